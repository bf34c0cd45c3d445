-- SPDX-License-Identifier: Apache-2.0
-- In a bend the oncoming cars cut into the ego's lane, so far that it has to keep to its edge.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = { 30, 40, 50 },
  others_kmh = { 30, 40, 50 },
  radius_m = { 50, 80, 120 },
  turn_deg = { -60, 60 },
  invade_m = scenario.between(1, 1.5), -- that they are off the middle of their own lane
  others = 4,
  gap_s = scenario.between(2, 3),        -- from one to the next one
  hand = "right",
  driver = "idm",
}, function(p)
  local speed, others = scenario.mps(p.ego_kmh), scenario.mps(p.others_kmh)
  local bend = p.radius_m * math.rad(60)
  local actors = {}
  for k = 0, p.others - 1 do
    -- The first one and the ego are in the middle of the bend at the same time.
    local way = 60 + bend / 2
    actors[k + 1] = scenario.vehicle_target { speed_mps = others,
      at = beside(ego, { ahead_m = way + others * (way / speed + k * p.gap_s), lane = "oncoming" }),
      behaviour = function(self) self:shift { kerb_m = -p.invade_m, seconds = 2 } end }
  end
  return scenario.track {
    road = curve { leg_m = 400, radius_m = p.radius_m, turn_deg = p.turn_deg, lanes = 1, lane_width_m = 3.5,
      speed_limit_mps = 13.9, trees_per_km = uniform(0, 60), parked_per_km = 0, sidewalk_m = 0 },
    traffic = { vehicles = 0, hand = p.hand },
    duration_s = (60 + bend) / speed + 8,
    ego = { speed_mps = speed, driver = p.driver, start_m = 340 },
    actors = actors,
  }
end)
