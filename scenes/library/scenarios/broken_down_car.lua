-- SPDX-License-Identifier: Apache-2.0
-- A car stands without lights in the ego's lane of a dark motorway.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(80, 130, 10),
  contact_s = scenario.between(5, 9), -- from the beginning, at the ego's speed
  driver = "idm",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  return scenario.track {
    road = highway { length_m = 2000, lanes = 3, lane_width_m = 3.5, speed_limit_mps = 36.1 },
    weather = pick { night {}, night { rain_mmh = 4 } },
    duration_s = p.contact_s + 5,
    ego = { speed_mps = speed, driver = p.driver, lane = "middle", start_m = 300 },
    actors = { scenario.vehicle_target { speed_mps = 0,
      at = ahead(ego, { gap_m = speed * p.contact_s, kerb_m = 0 }) } },
  }
end)
