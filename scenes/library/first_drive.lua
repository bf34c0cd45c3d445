-- SPDX-License-Identifier: Apache-2.0
-- A first drive: a small town in changing weather, one camera and one lidar.
-- Try it:  roadloom preview scenes/library/first_drive.lua -o sheet.png

local hour = choose { [4] = uniform(9, 15), [2] = uniform(7, 9), [3] = uniform(15, 18) }

local weather = choose {
  { weight = 3, clear { cloud_cover = uniform(0, 0.25), turbidity = uniform(2.2, 4) } },
  { weight = 2, cloudy { cloud_cover = uniform(0.4, 0.7) } },
  { weight = 1.5, overcast {} },
  { weight = 2, rain { rate_mmh = log_uniform(1, 30) } },
  { weight = 1.5, fog { fog_visibility_m = log_uniform(60, 500) } },
}

return scene {
  duration_s = 3,
  frame_hz = 5,
  time_of_day_h = hour,
  latitude_deg = uniform(35, 55),
  day_of_year = math.random(110, 235),

  road = grid_city {
    blocks = { 3, 2 },
    block_m = uniform(85, 125),
    irregularity = uniform(0.1, 0.5),
    signals = uniform(0.5, 1),
    building_height_m = uniform(9, 20),
    trees_per_km = uniform(40, 110),
    parked_per_km = uniform(20, 60),
    sidewalk_m = uniform(2.2, 3.5),
  },

  traffic = {
    vehicles = math.random(34, 50),
    mix = { car = 8, van = 1, truck = 0.7, bus = 0.5, motorcycle = 0.4, bicycle = 0.8 },
  },
  pedestrians = { count = math.random(45, 60), jaywalking = 0.03 },

  weather = weather,
  ego = { rig = rigs.minimal, driver = "idm" },
}
