-- SPDX-License-Identifier: Apache-2.0
-- A country road over hills, with side roads, a bridge and a tunnel.

return scene {
  duration_s = 4,
  frame_hz = 5,
  time_of_day_h = uniform(6.5, 21),
  latitude_deg = uniform(35, 60),
  day_of_year = math.random(60, 330),

  road = rural {
    length_m = uniform(1500, 2500),
    hills_m = uniform(3, 20),
    curviness = uniform(0, 1),
    side_roads_per_km = uniform(0, 2),
    bridges = math.random(0, 2),
    tunnels = math.random(0, 1),
    speed_limit_mps = pick { 13.89, 19.44, 25, 27.78 },
    trees_per_km = uniform(20, 150),
  },

  traffic = {
    vehicles_per_km = uniform(5, 20),
    mix = { car = 8, van = 1, truck = 1.5, bus = 0.2, motorcycle = 0.5, bicycle = 0.3 },
  },
  pedestrians = { count = 0 },

  weather = choose {
    { weight = 4, clear { cloud_cover = uniform(0, 0.3) } },
    { weight = 2, cloudy {} },
    { weight = 1, overcast {} },
    { weight = 2, rain { rate_mmh = log_uniform(1, 40), wind_mps = uniform(2, 12) } },
    { weight = 1, fog { fog_visibility_m = log_uniform(80, 800) } },
    { weight = 1, snow {} },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
