-- SPDX-License-Identifier: Apache-2.0
-- The end of a jam on a motorway: two rows of vehicles that stand or crawl in all three lanes.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(80, 130, 10),
  jam_kmh = { 0, 5, 10 },
  contact_s = scenario.between(5, 9), -- from the beginning, at both speeds
  driver = "idm",
}, function(p)
  local speed, jam = scenario.mps(p.ego_kmh), scenario.mps(p.jam_kmh)
  local gap, cars = (speed - jam) * p.contact_s, {}
  for _, lane in ipairs { "same", "left", "right" } do
    -- Of the ego's own lane the last one stands where it is told; of the others, somewhere near.
    local first = gap + (lane == "same" and 0 or uniform(-3, 8))
    for row = 0, 1 do
      cars[#cars + 1] = actor { kind = row == 1 and lane == "right" and "truck" or "car",
        speed_mps = jam, at = ahead(ego, { gap_m = first + row * (7 + 0.6 * jam), lane = lane }) }
    end
  end
  return scenario.track {
    road = highway { length_m = 2000, lanes = 3, lane_width_m = 3.5, speed_limit_mps = 36.1 },
    duration_s = p.contact_s + 6,
    ego = { speed_mps = speed, driver = p.driver, lane = "middle", start_m = 300 },
    actors = cars,
  }
end)
