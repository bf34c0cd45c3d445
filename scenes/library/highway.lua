-- SPDX-License-Identifier: Apache-2.0
-- A highway, straight or curved, in free to dense traffic.

local curved = chance(0.6)
local limit_mps = pick { 27.78, 33.33, 36.11 } -- 100, 120, 130 km/h

-- The least radius for a speed at 6 % superelevation (AASHTO), and up.
local least_radius_m = { [27.78] = 437, [33.33] = 756, [36.11] = 951 }

return scene {
  duration_s = 4,
  frame_hz = 5,
  time_of_day_h = uniform(7.5, 17.5),
  latitude_deg = uniform(30, 58),
  day_of_year = math.random(100, 245),

  road = highway {
    length_m = 1000,
    lanes = math.random(2, 4),
    radius_m = curved and log_uniform(least_radius_m[limit_mps], 3000) or 0,
    speed_limit_mps = limit_mps,
    trees_per_km = uniform(10, 80),
  },

  traffic = {
    vehicles = math.random(30, 60),
    mix = { car = 8, van = 1.2, truck = 2.5, bus = 0.2, motorcycle = 0.2 },
  },
  pedestrians = { count = 0 },

  weather = choose {
    { weight = 4, clear { cloud_cover = uniform(0, 0.3) } },
    { weight = 2, cloudy {} },
    { weight = 1, overcast {} },
    { weight = 2, rain { rate_mmh = log_uniform(1, 40), wind_mps = uniform(2, 12) } },
    { weight = 1, fog { fog_visibility_m = log_uniform(80, 800) } },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
