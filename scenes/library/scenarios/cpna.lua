-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP CPNA, car to pedestrian nearside adult: an adult walks at 5 km/h from the kerb into the
-- ego's way and is 25 or 75 % across its width at contact. AEB VRU protocol v4: 10 to 60 km/h.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(10, 60, 5),
  impact = { 0.25, 0.75 },
  contact_s = 4,
  driver = "constant",
}, function(p)
  return scenario.crossing { p = p, target = scenario.adult_target, kmh = 5, kerb_m = 4 }
end)
