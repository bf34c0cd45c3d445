-- SPDX-License-Identifier: Apache-2.0
-- As small as a scene gets: for tests of everything around the pictures.
return scene {
  duration_s = 0.4,
  frame_hz = 10,
  road = highway { length_m = 300, lanes = 2, trees_per_km = 0 },
  traffic = { vehicles = math.random(3, 6), mix = { car = 1 } },
  pedestrians = { count = 0 },
  weather = rain { rate_mmh = uniform(1, 10) },
  ego = {
    rig = {
      name = "tiny",
      cameras = { { name = "front", width_px = 64, height_px = 48 } },
      lidars = {
        { name = "roof", elevations_deg = { -14, -10, -6, -4, -2, 0, 2, 5 }, azimuth_steps = 90 },
      },
    },
  },
}
