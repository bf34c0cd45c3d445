-- SPDX-License-Identifier: Apache-2.0
-- The driver's door of a parked car opens into the ego's lane when the ego is near.
local scenario = require "scenario"

return scenario.of(..., {
  ego_kmh = scenario.range(20, 50, 10),
  away_s = scenario.between(1.2, 3),    -- from the ego's front to the car's middle when it begins
  seconds = scenario.between(0.8, 1.6), -- that the door takes
  angle_deg = { 45, 55, 66 },           -- that it opens to
  oncoming = 0,                         -- cars that come towards the ego, a car every 2.5 s
  hand = "right",
  driver = "idm",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  local far = speed * (p.away_s + 2)
  local function parked(ahead_m, behaviour)
    return actor { kind = "car", speed_mps = 0, behaviour = behaviour,
      at = beside(ego, { ahead_m = ahead_m, lane = "kerb" }) }
  end
  local actors = {
    parked(far, function(self)
      self:wait_until(function() return time_to_arrival(ego, self) <= p.away_s end)
      self:open_door { angle_deg = p.angle_deg, seconds = p.seconds }
    end),
    parked(far - uniform(6, 7.5)),
    parked(far + uniform(6, 7.5)),
  }
  scenario.row(actors, { count = p.oncoming, first_m = far, each_m = 2.5 * speed, mps = speed,
    at = { lane = "oncoming" } })
  return scenario.track {
    -- A lane for parking comes with parked cars; those here are the scenario's own.
    road = straight { length_m = 700, lanes = 1, lane_width_m = 2.9, speed_limit_mps = 13.9,
      sidewalk_m = 2.5, parked_per_km = 1e-6, trees_per_km = uniform(0, 60) },
    traffic = { vehicles = 0, hand = p.hand },
    duration_s = p.away_s + 8,
    ego = { speed_mps = speed, driver = p.driver, start_m = 100 },
    actors = actors,
  }
end)
