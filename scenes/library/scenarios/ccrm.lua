-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP CCRm, car to car rear moving: the ego comes up to a slower car. AEB Car-to-Car protocol
-- v4: 30 to 80 km/h behind 20 km/h, from 4 s before contact.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(30, 80, 5),
  target_kmh = 20,
  overlap = { -0.5, -0.75, 1, 0.75, 0.5 },
  contact_s = 4,
  driver = "constant",
}, function(p)
  local speed, slower = scenario.mps(p.ego_kmh), scenario.mps(p.target_kmh)
  return scenario.track {
    duration_s = p.contact_s - 0.1,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100 },
    actors = {
      scenario.vehicle_target { speed_mps = slower,
        at = ahead(ego, { gap_m = (speed - slower) * p.contact_s, overlap = p.overlap }) },
    },
  }
end)
