-- SPDX-License-Identifier: Apache-2.0
-- A deer bounds across a country road: from the roadside, when the ego is near, it gets to the middle of
-- the ego's way just when an ego that keeps its speed is there.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(40, 100, 10),
  deer_mps = scenario.between(4, 10),
  impact = { 0.25, 0.5, 0.75 }, -- of the way across the ego's width, when its front arrives
  from = { "kerb", "far" },
  contact_s = scenario.between(4, 6),
  driver = "idm",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  return scenario.track {
    road = straight { length_m = 1000, lanes = 1, lane_width_m = 3.5, speed_limit_mps = 27.8,
      trees_per_km = uniform(40, 120), parked_per_km = 0, sidewalk_m = 0 },
    time_of_day_h = pick { 5.5, 6.5, 20, 22 },
    duration_s = p.contact_s + 5,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100 },
    actors = {
      actor { kind = "deer",
        at = ahead(ego, { gap_m = speed * p.contact_s, kerb_m = p.from == "kerb" and 6.5 or -10,
          facing = "across" }),
        behaviour = function(self)
          self:cross_road { speed_mps = p.deer_mps, accel_mps2 = 9, meet = ego, impact = p.impact }
          self:walk_to(beside(self, { kerb_m = p.from == "kerb" and -25 or 25 }), { speed_mps = p.deer_mps })
        end },
    },
  }
end)
