-- SPDX-License-Identifier: Apache-2.0
-- Works on a highway, a main street or a country road: cones, barriers, signs, a lower limit,
-- and traffic that merges before the closed lane.

return scene {
  duration_s = 6,
  frame_hz = 5,
  time_of_day_h = uniform(7, 21),
  day_of_year = math.random(60, 300),

  road = choose {
    { weight = 2, highway { length_m = 1200, lanes = pick { 2, 3 }, work_zones = 2, speed_limit_mps = 33.33 } },
    { weight = 2, straight { length_m = 420, lanes = 2, sidewalk_m = 2.5, work_zones = 2, speed_limit_mps = 13.89 } },
    { weight = 1, straight { length_m = 420, lanes = 1, work_zones = 2 } },
  },

  traffic = { vehicles_per_km = uniform(8, 24) },
  pedestrians = { per_km = uniform(0, 20) },

  weather = choose {
    { weight = 3, clear { cloud_cover = uniform(0, 0.4) } },
    { weight = 1, overcast {} },
    { weight = 1, rain { rate_mmh = log_uniform(1, 20) } },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
