-- SPDX-License-Identifier: Apache-2.0
-- A cyclist comes towards the ego in its own lane, at the kerb.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(20, 60, 10),
  cyclist_kmh = { 10, 15, 20 },
  kerb_m = scenario.between(0.2, 1.3), -- from the lane's middle towards the kerb
  contact_s = 5,                       -- from the beginning, at both speeds
  driver = "idm",
}, function(p)
  local speed, towards = scenario.mps(p.ego_kmh), scenario.mps(p.cyclist_kmh)
  return scenario.track {
    duration_s = p.contact_s - 0.1,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100 },
    actors = {
      scenario.bicyclist_target { speed_mps = towards,
        at = ahead(ego, { gap_m = (speed + towards) * p.contact_s, kerb_m = p.kerb_m,
          facing = "against" }),
        behaviour = function(self)
          self:go_along { speed_mps = towards, distance_m = 200 }
        end },
    },
  }
end)
