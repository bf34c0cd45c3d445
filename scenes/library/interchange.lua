-- SPDX-License-Identifier: Apache-2.0
-- A motorway and a road that crosses it on a bridge, with ramps between them, by day and by night.
-- What meets the motorway at a trumpet or a cloverleaf is a motorway, too.

local limit_mps = pick { 27.78, 33.33, 36.11 } -- 100, 120, 130 km/h
local kind = pick { "diamond", "trumpet", "cloverleaf" }

return scene {
  duration_s = 4,
  frame_hz = 5,
  time_of_day_h = uniform(0, 24),
  latitude_deg = uniform(30, 58),
  day_of_year = math.random(1, 365),

  road = interchange {
    kind = kind,
    over = pick { "crossing", "motorway" },
    length_m = 2800,
    lanes = math.random(2, 3),
    crossing_lanes = math.random(1, 2),
    speed_limit_mps = limit_mps,
    crossing_limit_mps = kind == "diamond" and pick { 13.89, 16.67, 19.44 } or pick { 22.22, 25 },
    loop_radius_m = uniform(55, 90),
    signals = 0.5,
    trees_per_km = uniform(10, 60),
  },

  traffic = {
    vehicles_per_km = uniform(5, 20),
    mix = { car = 8, van = 1.2, truck = 2, bus = 0.2, motorcycle = 0.2 },
  },
  pedestrians = { count = 0 },

  weather = choose {
    { weight = 4, clear { cloud_cover = uniform(0, 0.3) } },
    { weight = 2, cloudy {} },
    { weight = 2, rain { rate_mmh = log_uniform(1, 30), wind_mps = uniform(2, 12) } },
    { weight = 1, fog { fog_visibility_m = log_uniform(100, 800) } },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
