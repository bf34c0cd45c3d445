-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP CCFtap, car to car front turn across path: the ego turns across the way of a car that
-- comes towards it, and both come to where their ways cross at the same moment. AEB Car-to-Car
-- protocol v4: 10, 15 and 20 km/h, the other at 30, 45 and 60 km/h.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = { 10, 15, 20 },
  target_kmh = { 30, 45, 60 },
  before_junction_m = scenario.between(20, 26), -- of the ego's front, at the beginning
  hand = "right",
  driver = "constant",
}, function(p)
  local speed, oncoming = scenario.mps(p.ego_kmh), scenario.mps(p.target_kmh)
  -- From the ego's middle to where the ways cross, along its turn, which is a metre longer than
  -- the junction is straight on. The behaviour makes up for what is left.
  local way = p.before_junction_m + 19
  local target = scenario.vehicle_target { speed_mps = oncoming, route = "straight",
    at = beside(ego, { ahead_m = way - 1 + oncoming * way / speed, lane = "oncoming" }),
    behaviour = function(self) scenario.meet(self, ego, oncoming) end }
  return scenario.track {
    road = intersection { arms = 4, rule = "priority", lanes = 1, arm_m = 500, lane_width_m = 3.5,
      parked_per_km = 0, speed_limit_mps = 22.2 },
    traffic = { vehicles = 0, hand = p.hand },
    -- Who comes second to the other one's side touches it: the ego's corner, or the other's front.
    duration_s = way / speed - math.min(3.6 / speed, 3 / oncoming) - 0.1,
    ego = { speed_mps = speed, driver = p.driver, before_junction_m = p.before_junction_m,
      route = p.hand == "right" and "left" or "right" },
    actors = { target },
  }
end)
