-- SPDX-License-Identifier: Apache-2.0
-- A city with lanes for bicycles and for buses along many of its streets, in most weather: who
-- turns lets cyclists go first, and buses pass what queues.

return scene {
  duration_s = 6,
  frame_hz = 5,
  time_of_day_h = uniform(7, 19),
  latitude_deg = uniform(40, 56),
  day_of_year = math.random(80, 290),

  road = choose {
    {
      weight = 2,
      grid_city {
        blocks = { 3, 3 },
        block_m = uniform(110, 150),
        lanes = pick { 1, 2, 2 },
        signals = uniform(0.4, 1),
        bike_lanes = uniform(0.5, 1),
        bus_lanes = uniform(0.3, 1),
        turn_lanes = uniform(0, 0.5),
        parked_per_km = uniform(0, 40),
      },
    },
    {
      weight = 1,
      town {
        size_m = uniform(300, 450),
        main_lanes = 2,
        bike_lanes = uniform(0.4, 1),
        bus_lanes = uniform(0.5, 1),
      },
    },
  },

  traffic = { vehicles_per_km = uniform(6, 18), mix = { car = 0.6, bus = 0.1, bicycle = 0.25, motorcycle = 0.05 } },
  pedestrians = { per_km = uniform(5, 30), jaywalking = 0.02 },

  weather = choose {
    { weight = 4, clear { cloud_cover = uniform(0, 0.4) } },
    { weight = 2, cloudy {} },
    { weight = 1, rain { rate_mmh = log_uniform(1, 15) } },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
