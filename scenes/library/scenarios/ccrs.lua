-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP CCRs, car to car rear stationary: the ego comes up to a car that stands, with 50 to
-- 100 % of its width in line. AEB Car-to-Car protocol v4: 10 to 80 km/h, from 4 s before contact.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(10, 80, 5),
  overlap = { -0.5, -0.75, 1, 0.75, 0.5 }, -- of the ego's width; moved to the left, negative: right
  contact_s = 4,                           -- from the beginning, at the ego's speed
  driver = "constant",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  return scenario.track {
    duration_s = p.contact_s - 0.1,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100 },
    actors = {
      scenario.vehicle_target { speed_mps = 0,
        at = ahead(ego, { gap_m = speed * p.contact_s, overlap = p.overlap }) },
    },
  }
end)
