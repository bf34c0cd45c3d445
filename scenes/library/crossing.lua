-- SPDX-License-Identifier: Apache-2.0
-- One crossing with many people: three to five arms under any rule.

local arms = pick { 3, 4, 4, 4, 5 }
local lanes = choose { [3] = 1, [1.5] = 2 }
local people = math.random(25, 60)
local vehicles = math.random(15, 30)

require_that(lanes == 1 or people + vehicles >= 50, "a wide crossing with too few on it")

return scene {
  duration_s = 4,
  frame_hz = 5,
  time_of_day_h = uniform(7.5, 17.5),
  latitude_deg = uniform(35, 55),
  day_of_year = math.random(100, 245),

  road = intersection {
    arms = arms,
    angle_jitter_deg = uniform(0, 15),
    rule = choose { [5] = "signals_or_priority", [1] = "all_way_stop", [2] = "right_before_left" },
    arm_m = uniform(75, 120),
    lanes = lanes,
    signals = lanes == 2 and 1 or 0.6,
    sidewalk_m = uniform(2.5, 4),
    corner_radius_m = uniform(5, 9),
    building_height_m = uniform(10, 24),
    trees_per_km = uniform(20, 90),
    parked_per_km = uniform(0, 40),
  },

  traffic = { vehicles = vehicles },
  pedestrians = { count = people, jaywalking = uniform(0, 0.1) },

  weather = choose {
    { weight = 3, clear { cloud_cover = uniform(0, 0.3) } },
    { weight = 2, cloudy {} },
    { weight = 1, overcast {} },
    { weight = 2, rain { rate_mmh = log_uniform(1, 30) } },
    { weight = 1, fog { fog_visibility_m = log_uniform(60, 400) } },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
