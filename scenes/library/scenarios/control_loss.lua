-- SPDX-License-Identifier: Apache-2.0
-- Black ice in a bend: one who keeps the speed slides out of the lane.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = { 45, 55, 65 },
  radius_m = { 60, 80 },
  turn_deg = { -60, 60 },
  temperature_c = { -6, -3 },
  before_m = scenario.between(60, 90), -- of the ego's middle, to where the bend begins
  hand = "right",
  driver = "constant",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  return scenario.track {
    road = curve { leg_m = 250, radius_m = p.radius_m, turn_deg = p.turn_deg, lanes = 1, lane_width_m = 3.5,
      speed_limit_mps = speed, trees_per_km = uniform(0, 60), parked_per_km = 0, sidewalk_m = 0 },
    weather = clear { wetness = 1, water_film_mm = 1, temperature_c = p.temperature_c },
    traffic = { vehicles = 0, hand = p.hand },
    duration_s = 12,
    ego = { speed_mps = speed, driver = p.driver, dynamics = "dynamic", start_m = 250 - p.before_m },
  }
end)
