-- SPDX-License-Identifier: Apache-2.0
-- An oncoming car overtakes a truck and comes towards the ego in the ego's lane.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(50, 90, 10),
  truck_kmh = { 40, 50, 60 },
  faster_kmh = { 10, 20, 30 }, -- than the truck
  contact_s = 5,               -- from the beginning, at both speeds
  driver = "idm",
}, function(p)
  local speed, truck = scenario.mps(p.ego_kmh), scenario.mps(p.truck_kmh)
  local towards = truck + scenario.mps(p.faster_kmh)
  local way = (speed + towards) * p.contact_s
  return scenario.track {
    duration_s = p.contact_s - 0.1,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100 },
    actors = {
      actor { kind = "truck", speed_mps = truck,
        at = ahead(ego, { gap_m = way - 4, lane = "oncoming" }) },
      scenario.vehicle_target { speed_mps = towards,
        at = ahead(ego, { gap_m = way, facing = "against" }),
        behaviour = function(self)
          self:go_along { speed_mps = towards, distance_m = 200 }
        end },
    },
  }
end)
