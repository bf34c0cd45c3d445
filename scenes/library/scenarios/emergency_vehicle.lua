-- SPDX-License-Identifier: Apache-2.0
-- A police car or an ambulance with its siren on comes up behind the ego, past others who make way. An
-- ego that looks out makes way, too: it slows down and keeps to the side until that one has passed.
local scenario = require "scenario"

return scenario.of(..., {
  kind = { "ambulance", "police" },
  ego_kmh = scenario.range(30, 60, 10), -- the limit, too
  lanes = { 1, 2, 3 },
  behind_m = scenario.between(60, 120), -- from its front to the ego, at the beginning
  vehicles = { 0, 10, 20 },             -- others on the road
  hand = "right",
  driver = "idm",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  return scenario.track {
    road = straight { length_m = 1200, lanes = p.lanes, lane_width_m = 3.5, speed_limit_mps = speed,
      trees_per_km = uniform(0, 60), parked_per_km = 0, sidewalk_m = 2.5 },
    traffic = { vehicles = p.vehicles, hand = p.hand, mix = { car = 8, van = 1 } },
    duration_s = 30,
    ego = { speed_mps = speed, driver = p.driver, start_m = 250 },
    actors = {
      actor { kind = p.kind, driver = "idm", speed_mps = 1.2 * speed,
        at = behind(ego, { gap_m = p.behind_m }) },
    },
  }
end)
