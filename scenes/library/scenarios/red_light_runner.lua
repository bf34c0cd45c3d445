-- SPDX-License-Identifier: Apache-2.0
-- The ego goes straight on at a green light; a car from the side runs its red one, and both come to
-- where their ways cross at the same moment.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(30, 60, 10), -- the limit, too
  runner_kmh = scenario.range(30, 60, 10),
  from = { "left", "right" },
  green_s = scenario.between(2, 6), -- for how long the ego's light is green when its front passes it
  contact_s = 5,                    -- from the beginning, at both speeds
  rule = "signals",                 -- or priority
  waits = false,
  hand = "right",
  driver = "constant",
}, function(p)
  local speed, across = scenario.mps(p.ego_kmh), scenario.mps(p.runner_kmh)
  -- From the ego's front to where the middles of the ways cross. The runner comes on the lane
  -- across that is nearer to the ego or the farther one; so far behind the stop line that is.
  local way = speed * p.contact_s
  local near = (p.from == "left") == (p.hand == "right")
  local line = near and 16.2 or 19.7
  -- The runner's way: counted round the ego's turn on to its road, which is longer or shorter than
  -- both ways to the crossing. The behaviour makes up for what is left.
  local round = near and 1 or -4.6
  local runner = scenario.vehicle_target { speed_mps = across, route = "straight",
    at = beside(ego, { ahead_m = way + across * (p.contact_s + 2.2 / speed) + round, way = p.from,
      lane = "oncoming" }),
    driver = p.waits and "idm" or "constant",
    behaviour = not p.waits and function(self) scenario.meet(self, ego, across) end or nil }
  local lights = p.rule == "signals"
  return scenario.track {
    road = intersection { angles_deg = { 0, 90, 180, 270 }, rule = p.rule, lanes = 1, arm_m = 500,
      lane_width_m = 3.5, corner_radius_m = 8, sidewalk_m = 2.5, parked_per_km = 0,
      speed_limit_mps = speed },
    traffic = { vehicles = 0, hand = p.hand },
    -- Who comes second to the other one's side touches it: the ego's front, or the other's.
    duration_s = p.contact_s + 2.2 / speed - math.min(3.6 / speed, 3.1 / across) - 0.1,
    ego = { speed_mps = speed, driver = p.driver, before_junction_m = way - line, route = "straight",
      green_at_s = lights and (way - line) / speed - p.green_s or nil, arm = lights and "any" or "major" },
    actors = { runner },
  }
end)
