-- SPDX-License-Identifier: Apache-2.0
-- Something blocks the ego's lane or its edge, and the lane that is left has traffic: the one beside it, which
-- goes the same way, or on a narrow road (two_ways) that of the oncoming cars.
local scenario = require "scenario"

return scenario.of(..., {
  what = { "accident", "parked", "works", "cyclists" },
  two_ways = { false, true },
  ego_kmh = scenario.range(30, 60, 10),
  contact_s = scenario.between(5, 8), -- from the beginning, at both speeds
  others_kmh = scenario.range(30, 60, 10),
  gap_s = scenario.between(2, 4),     -- from one of the others to the next one
  others = 6,
  hand = "right",
  driver = "idm",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  local slow = p.what == "cyclists" and scenario.mps(12) or 0
  local gap = (speed - slow) * p.contact_s
  local actors = {}
  local function stands(fields, more_m, kerb_m, heading_deg)
    fields.speed_mps = 0
    fields.at = ahead(ego, { gap_m = gap + more_m, kerb_m = kerb_m, heading_deg = heading_deg })
    actors[#actors + 1] = actor(fields)
  end
  if p.what == "accident" then
    stands({ kind = "car", length_m = 4.4, width_m = 1.8 }, 0, 0.2, 20)
    stands({ kind = "car", length_m = 4.4, width_m = 1.8 }, 6, 0.2, -15)
    stands({ kind = "police", behaviour = function(self) self:siren(false) end }, 16, 0.5)
  elseif p.what == "parked" then
    stands({ kind = pick { "car", "van" } }, 0, 0.5)
  elseif p.what == "works" then
    stands({ kind = "truck", length_m = 7, width_m = 2.4 }, 0, 0.3)
    for k = 1, 2 do
      actors[#actors + 1] = actor { kind = "pedestrian", dress = "worker",
        at = ahead(ego, { gap_m = gap + 7.5 + 1.5 * k, kerb_m = 0.9 - 0.5 * k, heading_deg = pick { 0, 90, 180, -90 } }) }
    end
  else
    for k = 0, 2 do
      actors[#actors + 1] = scenario.bicyclist_target { speed_mps = slow,
        at = ahead(ego, { gap_m = gap + 5 * k, kerb_m = 1 }) }
    end
  end
  local others = scenario.mps(p.others_kmh)
  if p.two_ways then
    -- The first one meets the ego before what blocks the lane, the next ones there and beyond it.
    scenario.row(actors, { count = p.others, first_m = gap, each_m = others * p.gap_s, mps = others,
      at = { lane = "oncoming" } })
  else
    scenario.row(actors, { count = p.others, first_m = 20, each_m = -others * p.gap_s, mps = others,
      at = { lane = p.hand == "right" and "left" or "right" } })
  end
  return scenario.track {
    road = straight { length_m = 1200, lanes = p.two_ways and 1 or 2, lane_width_m = 3.5, speed_limit_mps = 16.7,
      trees_per_km = uniform(0, 60), parked_per_km = 0, sidewalk_m = 2.5 },
    traffic = { vehicles = 0, hand = p.hand },
    duration_s = p.contact_s + 8,
    ego = { speed_mps = speed, driver = p.driver, lane = "kerb", start_m = 450 },
    actors = actors,
  }
end)
