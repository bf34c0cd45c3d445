-- SPDX-License-Identifier: Apache-2.0
-- Three cyclists ride one behind the other, or two abreast, ahead of the ego.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(30, 80, 10),
  cyclist_kmh = { 15, 20, 25 },
  abreast = { false, true },
  contact_s = scenario.between(4, 8), -- from the beginning, at both speeds
  driver = "idm",
}, function(p)
  local speed, slower = scenario.mps(p.ego_kmh), scenario.mps(p.cyclist_kmh)
  local riders = {}
  for i = 0, 2 do
    local beside_it = p.abreast and i == 1
    riders[i + 1] = scenario.bicyclist_target { speed_mps = slower,
      at = ahead(ego, { gap_m = (speed - slower) * p.contact_s + (beside_it and 0 or 4 * i),
        kerb_m = beside_it and 0 or 1.1 }) }
  end
  return scenario.track {
    duration_s = p.contact_s + 5,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100 },
    actors = riders,
  }
end)
