-- SPDX-License-Identifier: Apache-2.0
-- UN R157 cut-out: the car that the ego follows leaves the lane and lays bare one that stands there.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(20, 60, 10),
  headway_s = scenario.between(1.2, 2.5),   -- of the ego behind the lead
  bare_s = scenario.between(2, 4),          -- from the lead to who stands, when it sets off
  lateral_mps = scenario.between(1, 1.8),
  to = { "left", "right" },
  driver = "constant",
}, function(p)
  local width, speed = 3.5, scenario.mps(p.ego_kmh)
  local gap = speed * p.headway_s
  local lead = actor { speed_mps = speed, at = ahead(ego, gap),
    behaviour = function(self)
      self:wait(2)
      self:change_lane { side = p.to, seconds = width / p.lateral_mps }
    end }
  local standing = actor { speed_mps = 0, at = ahead(lead, speed * (2 + p.bare_s)) }
  return scenario.track {
    road = highway { length_m = 2000, lanes = 3, lane_width_m = width, speed_limit_mps = 36.1 },
    duration_s = 2 + p.bare_s + p.headway_s - 0.1, -- the lead's length is to spare
    ego = { speed_mps = speed, driver = p.driver, lane = "middle", start_m = 300 },
    actors = { lead, standing },
  }
end)
