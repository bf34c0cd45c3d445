-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP CPNCO, car to pedestrian nearside child, obstructed: a child runs out at 5 km/h from
-- behind two parked cars, a small and a larger one, and is halfway across the ego's width at
-- contact. AEB VRU protocol v4: 10 to 60 km/h; the cars stand a metre beside the ego's way.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(10, 60, 5),
  impact = 0.5,
  contact_s = 4,
  driver = "constant",
}, function(p)
  local way = scenario.mps(p.ego_kmh) * p.contact_s
  local function parked(gap_m, length_m, height_m)
    return actor { kind = "car", length_m = length_m, width_m = 1.75, height_m = height_m,
      speed_mps = 0, at = ahead(ego, { gap_m = gap_m, kerb_m = 2.8 }) }
  end
  -- The small one ends a metre before the child, the larger one a metre before that.
  local small_m, large_m = 4.1, 4.6
  local cars = {}
  if way > small_m + 1.5 then cars[#cars + 1] = parked(way - 1 - small_m, small_m, 1.5) end
  if way > small_m + large_m + 2.5 then
    cars[#cars + 1] = parked(way - 2 - small_m - large_m, large_m, 1.7)
  end
  return scenario.crossing { p = p, target = scenario.child_target, kmh = 5, kerb_m = 4,
    others = cars }
end)
