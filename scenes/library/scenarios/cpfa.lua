-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP CPFA, car to pedestrian farside adult: an adult runs at 8 km/h from the far side into
-- the ego's way and is halfway across its width at contact. AEB VRU protocol v4: 10 to 60 km/h.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(10, 60, 5),
  impact = 0.5,
  contact_s = 4,
  driver = "constant",
}, function(p)
  return scenario.crossing { p = p, target = scenario.adult_target, kmh = 8, kerb_m = -6 }
end)
