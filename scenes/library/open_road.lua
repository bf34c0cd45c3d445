-- SPDX-License-Identifier: Apache-2.0
-- One road, straight or curved, through open country or between houses.

local sidewalk_m = choose { [3] = 0, [2] = uniform(1.5, 3) }
local limit_mps = sidewalk_m > 0 and pick { 8.33, 13.89 } or pick { 13.89, 19.44, 25 }
local lanes = pick { 1, 1, 2 }
local trees = uniform(20, 120)

return scene {
  duration_s = 4,
  frame_hz = 5,
  time_of_day_h = uniform(7.5, 17.5),
  latitude_deg = uniform(30, 58),
  day_of_year = math.random(100, 245),

  road = choose {
    [2] = curve {
      leg_m = uniform(80, 200),
      radius_m = log_uniform(25, 400),
      turn_deg = uniform(-150, 150),
      lanes = lanes,
      sidewalk_m = sidewalk_m,
      speed_limit_mps = limit_mps,
      trees_per_km = trees,
    },
    [1] = straight {
      length_m = uniform(300, 700),
      lanes = lanes,
      sidewalk_m = sidewalk_m,
      speed_limit_mps = limit_mps,
      trees_per_km = trees,
    },
  },

  traffic = { vehicles_per_km = uniform(5, 25) },
  pedestrians = { per_km = uniform(5, 40) },

  weather = choose {
    { weight = 4, clear { cloud_cover = uniform(0, 0.3) } },
    { weight = 2, overcast {} },
    { weight = 2, rain { rate_mmh = log_uniform(1, 40) } },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
