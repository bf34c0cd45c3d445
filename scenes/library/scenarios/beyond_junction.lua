-- SPDX-License-Identifier: Apache-2.0
-- Where the ego comes out of a junction somebody is in its way: a car that stands there, or people or a cyclist
-- who cross the street that it turns into, when it is near.
local scenario = require "scenario"

return scenario.of(..., {
  turn = { "left", "right", "straight" },
  what = { "car", "pedestrian", "bicycle" },
  count = { 1, 2, 3 },                -- of people
  ego_kmh = { 20, 30, 40 },
  away_m = scenario.between(14, 24),  -- from the ego's middle to who sets off, then
  beyond_m = scenario.between(3, 6),  -- of the junction
  hand = "right",
  driver = "idm",
}, function(p)
  local speed = scenario.mps(p.ego_kmh)
  local before = speed * 4
  -- From the stop line through the junction, with kerbs of 8 m at its corners.
  local wide = (p.turn == "straight") and 30 or ((p.turn == "left") == (p.hand == "right")) and 32 or 24
  local gap, actors = before + wide + p.beyond_m, {}
  if p.what == "car" then
    actors[1] = scenario.vehicle_target { speed_mps = 0, at = ahead(ego, { gap_m = gap, way = p.turn }) }
  else
    local target = p.what == "bicycle" and scenario.bicyclist_target or scenario.adult_target
    for k = 1, p.what == "bicycle" and 1 or p.count do
      actors[k] = target {
        at = ahead(ego, { gap_m = gap + 1.3 * (k - 1), kerb_m = 4, way = p.turn, facing = "across" }),
        behaviour = function(self)
          self:wait_until(function() return distance(ego, self) <= p.away_m end)
          self:cross_road { speed_mps = p.what == "bicycle" and 3.5 or 1.5, accel_mps2 = 3 }
        end }
    end
  end
  return scenario.track {
    road = intersection { angles_deg = { 0, 90, 180, 270 }, rule = "priority", lanes = 1, arm_m = 300,
      lane_width_m = 3.5, corner_radius_m = 8, sidewalk_m = 2.5, parked_per_km = 0, speed_limit_mps = 13.9 },
    traffic = { vehicles = 0, hand = p.hand },
    duration_s = 20,
    ego = { speed_mps = speed, driver = p.driver, before_junction_m = before, route = p.turn, arm = "major" },
    actors = actors,
  }
end)
