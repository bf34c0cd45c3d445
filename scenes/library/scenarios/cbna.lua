-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP CBNA, car to bicyclist nearside adult: a cyclist rides at 15 km/h from the kerb's side
-- across the ego's way and is halfway across its width at contact. AEB VRU protocol v4: 10 to 60 km/h.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(10, 60, 5),
  impact = 0.5,
  contact_s = 5,
  driver = "constant",
}, function(p)
  return scenario.crossing { p = p, target = scenario.bicyclist_target, kmh = 15, kerb_m = 8,
    longer_m = 0.65 }
end)
