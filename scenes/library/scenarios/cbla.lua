-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP CBLA, car to bicyclist longitudinal adult: the ego comes up to a cyclist who rides ahead
-- of it at 15 km/h, at 25 or 50 % of its width. AEB VRU protocol v4: 25 to 60 km/h (25 %: to 80).
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(25, 80, 5),
  impact = { 0.25, 0.5 },
  contact_s = 4,
  driver = "constant",
}, function(p)
  return scenario.ahead { p = p, target = scenario.bicyclist_target, kmh = 15 }
end)
