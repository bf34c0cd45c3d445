-- SPDX-License-Identifier: Apache-2.0
-- The ego has to leave its lane for the one beside it, in which cars go in a row: its own is closed by works (on a
-- motorway or a street), has a parked car right before it, which stands at the kerb as the ego does, or isn't the one
-- that the exit leaves from.
local scenario = require "scenario"

return scenario.of(..., {
  why = { "works", "parking", "exit" },
  place = { "motorway", "street" }, -- of works
  flow_kmh = { 20, 30, 40 },
  ego_kmh = { 50, 60, 70 },         -- in a parking bay: stands
  gap_s = scenario.between(2, 3),   -- from one car to the next one
  flow = 8,
  away_s = scenario.between(6, 8),  -- from the ego's front to where its lane begins to close
  hand = "right",
  driver = "idm",
}, function(p)
  local parks, exits = p.why == "parking", p.why == "exit"
  local speed, flow = parks and 0 or scenario.mps(p.ego_kmh), scenario.mps(p.flow_kmh)
  local motorway = exits or p.why == "works" and p.place == "motorway"
  local inner, outer = "left", "right"
  if p.hand == "left" then inner, outer = outer, inner end
  local actors = {}
  scenario.row(actors, { count = p.flow, mps = flow, at = { lane = exits and outer or inner },
    first_m = parks and 10 or 20 + 3 * flow, each_m = -(flow * p.gap_s + 2) })
  if parks then
    for _, at in ipairs { ahead(ego, { gap_m = uniform(2.5, 4) }), behind(ego, { gap_m = uniform(1.5, 3) }) } do
      actors[#actors + 1] = actor { kind = "car", speed_mps = 0, at = at }
    end
  end
  local road
  if motorway then
    road = highway { length_m = 2000, lanes = 2, lane_width_m = 3.5, speed_limit_mps = 27.8,
      exits = exits and 1 or 0, work_zones = exits and 0 or 1 }
  else
    road = straight { length_m = 1000, lanes = 2, lane_width_m = 3.5, speed_limit_mps = 13.9, sidewalk_m = 2.5,
      parked_per_km = 0, trees_per_km = uniform(0, 60), work_zones = parks and 0 or 1 }
  end
  return scenario.track {
    road = road,
    traffic = { vehicles = 0, hand = p.hand },
    duration_s = 20,
    ego = { speed_mps = speed, driver = p.driver, lane = exits and "centre" or "kerb",
      start_m = p.why ~= "works" and 300 or nil, before_works_m = p.why == "works" and speed * p.away_s or nil },
    actors = actors,
  }
end)
