-- SPDX-License-Identifier: Apache-2.0
-- Cars stand in a row in the lane beside the ego's; one of them leaves the row before the ego, when it is near.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = { 30, 40, 50 },
  away_s = scenario.between(2, 3.5), -- from the ego's front to the car when it sets off
  target_kmh = { 15, 25 },           -- that it gets up to
  seconds = { 2.5, 3, 3.5 },         -- that it takes to the middle of the ego's lane
  row = 5,
  hand = "right",
  driver = "idm",
}, function(p)
  local speed, beside_it = scenario.mps(p.ego_kmh), p.hand == "right" and "right" or "left"
  local back = p.hand == "right" and "left" or "right"
  local gap, actors = speed * (p.away_s + 2), {}
  actors[1] = actor { kind = "car", speed_mps = 0, length_m = 4.4, width_m = 1.8,
    at = ahead(ego, { gap_m = gap, lane = beside_it }),
    behaviour = function(self)
      self:wait_until(function() return distance(ego, self) <= p.away_s * speed + 4.5 end)
      self:set_speed { speed_mps = scenario.mps(p.target_kmh), accel_mps2 = 3, wait = false }
      self:wait(0.5)
      self:change_lane { side = back, seconds = p.seconds }
    end }
  for k = 1, p.row - 1 do
    -- One before it, with room to get out, the others behind.
    local off = k == 1 and 18 or -7 * (k - 1)
    actors[k + 1] = actor { kind = pick { "car", "van" }, speed_mps = 0, length_m = 4.6,
      at = ahead(ego, { gap_m = math.max(gap + off, 0), lane = beside_it }) }
  end
  return scenario.track {
    road = scenario.wide_street(),
    traffic = { vehicles = 0, hand = p.hand },
    duration_s = 2 + p.away_s + 8,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100, lane = "centre" },
    actors = actors,
  }
end)
