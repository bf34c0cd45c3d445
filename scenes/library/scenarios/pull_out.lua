-- SPDX-License-Identifier: Apache-2.0
-- A parked car pulls out from the kerb, over a free lane, into the ego's lane when the ego is near.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(30, 60, 10),
  away_s = scenario.between(2, 4),    -- from the ego's front to the car when it sets off
  target_kmh = { 10, 20, 30 },        -- that it gets up to
  merge_m = scenario.between(14, 24), -- of way that it takes to the middle of the lane
  driver = "idm",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  local car = scenario.vehicle_target {
    at = ahead(ego, { gap_m = speed * (p.away_s + 2), kerb_m = 4.3 }),
    behaviour = function(self)
      self:wait_until(function() return gap(ego, self) <= p.away_s * ego.speed_mps end)
      -- Places for its rear; its own length is 4.02 m.
      local function at(way_m, kerb_m)
        return ahead(ego, { gap_m = gap(ego, self) + way_m, kerb_m = kerb_m })
      end
      self:follow_path { at(p.merge_m / 3, 3.2), at(2 * p.merge_m / 3, 1.1), at(p.merge_m, 0),
        at(120, 0), speed_mps = scenario.mps(p.target_kmh), accel_mps2 = 2 }
    end }
  return scenario.track {
    road = scenario.wide_street(),
    duration_s = 2 + p.away_s + 6,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100, lane = "centre" },
    actors = { car },
  }
end)
