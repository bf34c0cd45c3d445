-- SPDX-License-Identifier: Apache-2.0
-- Mixed scenes of everyday driving: towns, crossings, roundabouts, car traffic and people, in all
-- weathers, drawn anew for every scene; for means of scores over many scenes.
local place = pick { "town", "grid_city", "intersection", "roundabout" }
local places = {
  town = town { size_m = uniform(300, 450), turn_lanes = uniform(0, 1) },
  grid_city = grid_city { blocks = { 2, 2 }, block_m = uniform(80, 130), signals = uniform(0, 1) },
  intersection = intersection { arms = math.random(3, 4), lanes = math.random(1, 2) },
  roundabout = roundabout { arms = math.random(3, 4) },
}

return scene {
  scenario = place,
  duration_s = 15,
  road = places[place],
  traffic = { vehicles_per_km = uniform(5, 20), drivers = { aggressive = 1, normal = 7, cautious = 2 } },
  pedestrians = { per_km = uniform(5, 30), midblock = 0.1 },
  weather = choose {
    { weight = 4, clear {} },
    { weight = 2, cloudy {} },
    { weight = 2, rain { rate_mmh = log_uniform(1, 30) } },
    { weight = 1, fog { fog_visibility_m = log_uniform(80, 800) } },
  },
  time_of_day_h = uniform(7, 20),
}
