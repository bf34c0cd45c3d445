-- SPDX-License-Identifier: Apache-2.0
-- What the frames and write benchmarks make: the town of first_drive.lua with 50 moving
-- vehicles besides the ego, 60 people, and one camera of 640x384.
return scene {
  duration_s = 4,
  frame_hz = 10,
  road = grid_city {
    blocks = { 3, 3 },
    block_m = 105,
    irregularity = 0.3,
    signals = 0.75,
    building_height_m = 14,
    trees_per_km = 75,
    parked_per_km = 40,
    sidewalk_m = 2.8,
  },
  traffic = { vehicles = 50 },
  pedestrians = { count = 60 },
  weather = clear {},
  time_of_day_h = uniform(9, 17),
  ego = {
    driver = "idm",
    rig = { name = "fast", cameras = { { name = "front", width_px = 640, height_px = 384 } } },
  },
}
