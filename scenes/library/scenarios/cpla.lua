-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP CPLA, car to pedestrian longitudinal adult: the ego comes up to an adult who walks ahead
-- of it at 5 km/h, at 25 or 50 % of its width. AEB VRU protocol v4: 20 to 60 km/h (25 %: to 80).
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(20, 80, 5),
  impact = { 0.25, 0.5 },
  contact_s = 4,
  driver = "constant",
}, function(p)
  return scenario.ahead { p = p, target = scenario.adult_target, kmh = 5 }
end)
