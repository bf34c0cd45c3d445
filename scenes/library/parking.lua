-- SPDX-License-Identifier: Apache-2.0
-- The car park of a supermarket: bays at any angle, aisles one-way or not, at any hour.

local angle = pick { 90, 90, 60, 45 }

return scene {
  duration_s = 6,
  frame_hz = 5,
  time_of_day_h = uniform(7, 20),
  latitude_deg = uniform(35, 55),
  day_of_year = math.random(60, 330),

  road = parking {
    aisles = math.random(2, 5),
    bays_per_row = math.random(10, 24),
    bay_angle_deg = angle,
    bay_width_m = uniform(2.4, 2.8),
    bay_length_m = uniform(4.8, 5.4),
    aisle_m = angle == 90 and uniform(6, 7) or uniform(4, 6),
    one_way = angle == 90 and 0.2 or 0.9,
    occupancy = uniform(0.1, 1),
    accessible_bays = math.random(1, 4),
    trees_per_km = uniform(0, 120),
  },

  traffic = { vehicles_per_km = uniform(4, 20) },
  pedestrians = { per_km = uniform(10, 60) },

  weather = choose {
    { weight = 3, clear { cloud_cover = uniform(0, 0.3) } },
    { weight = 2, cloudy {} },
    { weight = 1, overcast {} },
    { weight = 2, rain { rate_mmh = log_uniform(1, 30) } },
    { weight = 1, snow {} },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
