-- SPDX-License-Identifier: Apache-2.0
-- Two cars that ran into each other stand across the ego's lane and part of the other one.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(30, 80, 10),
  contact_s = scenario.between(4, 8), -- from the beginning, at the ego's speed
  driver = "idm",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  local function wreck(gap_m, kerb_m, heading_deg)
    return scenario.vehicle_target { speed_mps = 0,
      at = ahead(ego, { gap_m = gap_m, kerb_m = kerb_m, heading_deg = heading_deg }) }
  end
  local gap = speed * p.contact_s
  return scenario.track {
    duration_s = p.contact_s + 6,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100 },
    actors = { wreck(gap, 0.3, 55), wreck(gap + 5.5, -1.9, -50) },
  }
end)
