-- SPDX-License-Identifier: Apache-2.0
-- Scenes on a map's roads. Put your own OpenDRIVE file beside a copy of this script.
-- Look at it first:  roadloom road scenes/library/map.lua --svg roads.svg

return scene {
  duration_s = 4,
  frame_hz = 5,
  time_of_day_h = uniform(8, 18),

  road = opendrive {
    file = "crossing.xodr",
    building_height_m = uniform(8, 20),
    trees_per_km = uniform(20, 80),
    parked_per_km = uniform(10, 60),
  },
  traffic = { vehicles_per_km = uniform(8, 25) },
  pedestrians = { per_km = uniform(10, 60) },
  weather = choose {
    { weight = 3, clear {} },
    { weight = 2, cloudy {} },
    { weight = 1, rain { rate_mmh = log_uniform(1, 20) } },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
