-- SPDX-License-Identifier: Apache-2.0
-- A work zone closes the ego's lane, behind cones and boards, with people at work. A car is in the lane
-- that is left, where the ego has to fit in.
local scenario = require "scenario"

return scenario.of(..., {
  place = { "street", "motorway" },
  ego_kmh = scenario.range(40, 50, 5), -- on a motorway as much again
  away_s = scenario.between(7, 10),    -- from its front to where the lane begins to close
  beside_m = scenario.between(-15, 5), -- of the car in the lane beside, ahead of the ego
  workers = { 1, 2, 3 },
  hand = "right",
  driver = "idm",
}, function(p)
  local fast = p.place == "motorway"
  local speed = scenario.mps(p.ego_kmh * (fast and 2 or 1))
  local away = speed * p.away_s
  local car = actor { kind = "car", driver = "idm", speed_mps = speed,
    at = beside(ego, { ahead_m = p.beside_m, lane = p.hand == "right" and "left" or "right" }) }
  local actors = { car }
  local lane_m = 3.5
  for k = 1, p.workers do
    -- Counted from the car, whose lane goes on: right behind the taper, on the lane that is closed.
    actors[#actors + 1] = actor { kind = "pedestrian", dress = "worker",
      at = beside(car, { ahead_m = 2.3 + away - p.beside_m + (fast and 176 or 22.5) + uniform(0, 0.8),
        kerb_m = lane_m - 1.6 + 0.8 * k, heading_deg = pick { 0, 90, 180, -90 } }),
      behaviour = function(self)
        while true do
          self:wait(uniform(1, 4))
          self:go_along { speed_mps = uniform(0.4, 0.9), distance_m = uniform(0.2, 0.5) }
        end
      end }
  end
  return scenario.track {
    road = fast
      and highway { length_m = 1400, lanes = 3, lane_width_m = lane_m, speed_limit_mps = 27.8, work_zones = 1 }
      or straight { length_m = 700, lanes = 2, lane_width_m = lane_m, speed_limit_mps = 13.9, work_zones = 1,
        sidewalk_m = 2.5, parked_per_km = 0, trees_per_km = uniform(0, 60) },
    traffic = { vehicles = 0, hand = p.hand },
    duration_s = p.away_s + 14,
    ego = { speed_mps = speed, driver = p.driver, lane = "kerb", before_works_m = away },
    actors = actors,
  }
end)
