-- SPDX-License-Identifier: Apache-2.0
-- A car drives the wrong way on a motorway, in the ego's lane.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(80, 130, 10),
  ghost_kmh = scenario.range(50, 100, 10),
  contact_s = 5, -- from the beginning, at both speeds
  driver = "idm",
}, function(p)
  local speed, towards = scenario.mps(p.ego_kmh), scenario.mps(p.ghost_kmh)
  return scenario.track {
    road = highway { length_m = 2000, lanes = 3, lane_width_m = 3.5, speed_limit_mps = 36.1 },
    duration_s = p.contact_s - 0.1,
    ego = { speed_mps = speed, driver = p.driver, lane = "middle", start_m = 300 },
    actors = {
      scenario.vehicle_target { speed_mps = towards,
        at = ahead(ego, { gap_m = (speed + towards) * p.contact_s, facing = "against" }),
        behaviour = function(self)
          self:go_along { speed_mps = towards, distance_m = 300 }
        end },
    },
  }
end)
