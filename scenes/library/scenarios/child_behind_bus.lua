-- SPDX-License-Identifier: Apache-2.0
-- A child runs out from before a bus that stands at the kerb, when the ego is near.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(20, 50, 10),
  away_s = scenario.between(1.8, 3.5), -- until the ego's front is there, when it sets off
  child_mps = scenario.between(2, 4),
  driver = "idm",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  local bus = actor { kind = "bus", length_m = 12, width_m = 2.55, speed_mps = 0,
    at = ahead(ego, { gap_m = speed * 3, kerb_m = 3.8 }) }
  local child = scenario.child_target {
    at = ahead(ego, { gap_m = speed * 3 + 13, kerb_m = 4.2, facing = "across" }),
    behaviour = function(self)
      self:wait_until(function() return time_to_arrival(ego, self) <= p.away_s end)
      self:cross_road { speed_mps = p.child_mps, accel_mps2 = 4 }
    end }
  return scenario.track {
    road = scenario.wide_street(),
    duration_s = 3 + 13 / speed + 3,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100, lane = "centre" },
    actors = { bus, child },
  }
end)
