-- SPDX-License-Identifier: Apache-2.0
-- The ego turns or goes straight on at a junction, across or into a flow of cars or bicycles that goes first: an
-- oncoming one, or one from a side while the ego gives way or has its red light.
local scenario = require "scenario"

return scenario.of(..., {
  turn = { "left", "right", "straight" },
  from = { "oncoming", "left", "right", "both" }, -- both: from either side
  rule = { "signals", "priority" },
  kind = "car",
  ego_kmh = { 30, 40, 50 },
  flow_kmh = { 20, 30, 40, 50 },
  gap_s = scenario.between(2, 4), -- from one to the next one
  flow = 7,                       -- how many
  before_junction_m = 45,         -- of the ego's front, at the beginning
  hand = "right",
  driver = "idm",
}, function(p)
  local speed, flow = scenario.mps(p.ego_kmh), scenario.mps(p.flow_kmh)
  local lights, actors = p.rule == "signals", {}
  local function row(way, lane)
    -- From beyond the junction on; the first one is there a little before the ego is.
    scenario.row(actors, { count = p.flow, kind = p.kind, mps = flow, each_m = flow * p.gap_s,
      first_m = p.before_junction_m + 45 + flow, at = { lane = lane, way = way } })
  end
  if p.from == "oncoming" then row("straight", "oncoming") end
  if p.from == "left" or p.from == "both" then row("left", "oncoming") end
  if p.from == "right" or p.from == "both" then row("right", "oncoming") end
  local across = p.from ~= "oncoming"
  return scenario.track {
    road = intersection { angles_deg = { 0, 90, 180, 270 }, rule = p.rule, lanes = 1, arm_m = 500,
      lane_width_m = 3.5, corner_radius_m = 8, sidewalk_m = 2.5, parked_per_km = 0, speed_limit_mps = flow },
    traffic = { vehicles = 0, hand = p.hand },
    duration_s = 24,
    ego = { speed_mps = math.min(speed, flow * 1.2), driver = p.driver, before_junction_m = p.before_junction_m, route = p.turn,
      arm = not lights and across and "minor" or "any",
      -- With the oncoming flow the ego has its green light, too; across it, when the flow has had its own.
      green_at_s = lights and (across and 16 or 0) or nil },
    actors = actors,
  }
end)
