-- SPDX-License-Identifier: Apache-2.0
-- UN R157 cut-in: a car from the lane beside takes the ego's lane, slower than it and near before
-- it. Annex 4, appendix 3: ego's speed, relative speed, gap when it sets off, lateral speed.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(20, 130, 10),
  slower_kmh = scenario.range(0, 40, 10),    -- than the ego
  gap_m = scenario.between(10, 60),          -- when it begins to change lanes
  lateral_mps = scenario.between(0.4, 1.8),  -- mean of the change
  from = { "left", "right" },
  driver = "constant",
}, function(p)
  local width = 3.5
  local speed = scenario.mps(p.ego_kmh)
  local slower = math.max(scenario.mps(p.ego_kmh - p.slower_kmh), 2.8)
  local closing = speed - slower
  local cutter = actor { speed_mps = slower, -- 2 s before it sets off
    at = ahead(ego, { gap_m = p.gap_m + 2 * closing, lane = p.from }),
    behaviour = function(self)
      self:wait(2)
      self:change_lane { side = p.from == "left" and "right" or "left",
        seconds = width / p.lateral_mps }
    end }
  local contact_s = closing > 0.1 and p.gap_m / closing or 8
  return scenario.track {
    road = highway { length_m = 2000, lanes = 3, lane_width_m = width, radius_m = 0,
      speed_limit_mps = 36.1, shoulder_m = 2.5 },
    duration_s = 2 + math.min(contact_s - 0.1, width / p.lateral_mps + 3),
    ego = { speed_mps = speed, driver = p.driver, lane = "middle", start_m = 300 },
    actors = { cutter },
  }
end)
