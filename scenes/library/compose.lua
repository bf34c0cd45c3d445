-- SPDX-License-Identifier: Apache-2.0
-- A town, a roundabout and a crossing, a country road that leads away: one network of many parts.
return scene {
  duration_s = 20,
  road = compose {
    roundabout { arms = 4 },
    town { size_m = uniform(300, 450), main_lanes = 1 },
    rural { length_m = uniform(800, 1500), hills_m = uniform(2, 8) },
    intersection { arms = 4, signals = 1 },
    gap_m = uniform(110, 180),
  },
  traffic = { vehicles_per_km = uniform(4, 12) },
  pedestrians = { per_km = uniform(4, 20) },
  ego = { rig = rigs.minimal },
}
