-- SPDX-License-Identifier: Apache-2.0
-- UN R157 deceleration: the car that the ego follows brakes hard to a stop.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(20, 60, 10),
  headway_s = scenario.between(1.2, 2.5),
  decel_mps2 = scenario.between(2, 7),
  brake_at_s = 2,
  driver = "constant",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  local gap = speed * p.headway_s
  local lead = actor { speed_mps = speed, at = ahead(ego, gap),
    behaviour = function(self)
      self:wait(p.brake_at_s)
      self:brake(p.decel_mps2)
    end }
  return scenario.track {
    road = highway { length_m = 2000, lanes = 3, lane_width_m = 3.5, speed_limit_mps = 36.1 },
    duration_s = p.brake_at_s + scenario.contact_s(gap, 0, speed, p.decel_mps2) - 0.1,
    ego = { speed_mps = speed, driver = p.driver, lane = "middle", start_m = 300 },
    actors = { lead },
  }
end)
