-- SPDX-License-Identifier: Apache-2.0
-- A small town that grew: winding streets, dead ends, a through road.

return scene {
  duration_s = 6,
  frame_hz = 5,
  time_of_day_h = uniform(7, 18),
  latitude_deg = uniform(35, 55),
  day_of_year = math.random(100, 245),

  road = town {
    size_m = uniform(280, 460),
    block_m = uniform(85, 120),
    dead_ends = uniform(0, 1),
    main_lanes = choose { [3] = 1, [1] = 2 },
    building_height_m = uniform(5, 12),
    trees_per_km = uniform(40, 120),
    parked_per_km = uniform(10, 60),
    sidewalk_m = uniform(1.5, 2.5),
  },

  traffic = { vehicles_per_km = uniform(4, 15) },
  pedestrians = { per_km = uniform(5, 40), jaywalking = 0.03 },

  weather = choose {
    { weight = 3, clear { cloud_cover = uniform(0, 0.3) } },
    { weight = 2, cloudy {} },
    { weight = 1, overcast {} },
    { weight = 2, rain { rate_mmh = log_uniform(1, 30) } },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
