-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP CCRb, car to car rear braking: both at 50 km/h, then the car ahead brakes to a stop.
-- AEB Car-to-Car protocol v4: 2 or 6 m/s2, 12 or 40 m of headway.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = 50,
  gap_m = { 12, 40 },
  decel_mps2 = { 2, 6 },
  brake_at_s = 1,
  driver = "constant",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  local lead = scenario.vehicle_target { speed_mps = speed, at = ahead(ego, p.gap_m),
    behaviour = function(self)
      self:wait(p.brake_at_s)
      self:brake(p.decel_mps2)
    end }
  return scenario.track {
    duration_s = p.brake_at_s + scenario.contact_s(p.gap_m, 0, speed, p.decel_mps2) - 0.1,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100 },
    actors = { lead },
  }
end)
