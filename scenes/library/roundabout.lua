-- SPDX-License-Identifier: Apache-2.0
-- A roundabout of three to six streets, one or two lanes wide.

return scene {
  duration_s = 6,
  frame_hz = 5,
  time_of_day_h = uniform(7.5, 17.5),
  latitude_deg = uniform(35, 55),
  day_of_year = math.random(100, 245),

  road = roundabout {
    arms = math.random(3, 6),
    lanes = choose { [2] = 1, [1] = 2 },
    inner_radius_m = uniform(15, 30),
    angle_jitter_deg = uniform(0, 20),
    building_height_m = uniform(6, 18),
    trees_per_km = uniform(20, 90),
    parked_per_km = uniform(0, 40),
  },

  traffic = { vehicles_per_km = uniform(8, 30) },
  pedestrians = { per_km = uniform(10, 60), jaywalking = 0.03 },

  weather = choose {
    { weight = 3, clear { cloud_cover = uniform(0, 0.3) } },
    { weight = 1, overcast {} },
    { weight = 1, rain { rate_mmh = log_uniform(1, 30) } },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
