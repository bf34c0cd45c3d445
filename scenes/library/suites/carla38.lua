-- SPDX-License-Identifier: Apache-2.0
-- The 38 scenario types of the training routes of CARLA's leaderboard 2.0, by their names: 64 cases. What happens
-- is what the type's name says there; the places, numbers and actors are this library's. The ego's route keeps to
-- its lane: where a type has it leave the lane (an obstacle, a merge, an exit, a parking space), doing so is the policy's.
local suite = require "suite"

local blocked, flow, beyond, beside_it = require "blocked_lane", require "actor_flow", require "beyond_junction", require "flow_beside"
local runner = require "red_light_runner"

return suite.of {
  { "Accident", blocked, seconds = 14, what = { "accident" }, two_ways = { false }, ego_kmh = { 40, 60 } },
  { "AccidentTwoWays", blocked, seconds = 14, what = { "accident" }, two_ways = { true }, ego_kmh = { 40, 60 } },
  { "BlockedIntersection", beyond, seconds = 16, what = { "car" }, turn = { "left", "right" } },
  { "ConstructionObstacle", require "work_zone", seconds = 18, place = { "street" }, hand = { "right" } },
  { "ConstructionObstacleTwoWays", blocked, seconds = 14, what = { "works" }, two_ways = { true } },
  { "ControlLoss", require "control_loss", seconds = 18, turn_deg = { -60, 60 } },
  { "CrossingBicycleFlow", flow, seconds = 20, kind = { "bicycle" }, turn = { "left" }, from = { "oncoming" },
    rule = { "signals", "priority" }, flow_kmh = { 20 } },
  { "DynamicObjectCrossing", require "child_behind_bus", seconds = 9, ego_kmh = { 30, 50 } },
  { "EnterActorFlow", flow, seconds = 20, turn = { "right" }, from = { "left" }, rule = { "priority" }, flow_kmh = { 30, 40 } },
  { "EnterActorFlowV2", flow, seconds = 20, turn = { "left" }, from = { "both" }, rule = { "priority" }, flow_kmh = { 30 } },
  { "HardBreakRoute", require "ccrb", seconds = 12, gap_m = { 12, 40 }, decel_mps2 = { 6 } },
  { "HazardAtSideLane", blocked, seconds = 14, what = { "cyclists" }, two_ways = { false } },
  { "HazardAtSideLaneTwoWays", blocked, seconds = 14, what = { "cyclists" }, two_ways = { true } },
  { "HighwayCutIn", require "r157_cut_in", seconds = 12, ego_kmh = { 80, 100 }, slower_kmh = { 20, 40 }, from = { "right" } },
  { "HighwayExit", beside_it, seconds = 18, why = { "exit" }, flow_kmh = { 60 }, ego_kmh = { 70 } },
  { "InterurbanActorFlow", flow, seconds = 20, turn = { "left" }, from = { "oncoming" }, rule = { "priority" }, flow_kmh = { 50 } },
  { "InterurbanAdvancedActorFlow", flow, seconds = 20, turn = { "left" }, from = { "both" }, rule = { "priority" }, flow_kmh = { 50 } },
  { "InvadingTurn", require "invading_turn", seconds = 14, turn_deg = { -60, 60 } },
  { "MergerIntoSlowTraffic", beside_it, seconds = 18, why = { "works" }, place = { "motorway" }, flow_kmh = { 30 } },
  { "MergerIntoSlowTrafficV2", beside_it, seconds = 18, why = { "works" }, place = { "street" }, flow_kmh = { 20 }, ego_kmh = { 40 } },
  { "NonSignalizedJunctionLeftTurn", flow, seconds = 20, turn = { "left" }, from = { "oncoming" }, rule = { "priority" }, flow_kmh = { 30, 40 } },
  { "NonSignalizedJunctionRightTurn", flow, seconds = 20, turn = { "right" }, from = { "left" }, rule = { "priority" }, flow_kmh = { 20, 50 } },
  { "OppositeVehicleRunningRedLight", runner, seconds = 9, from = { "left", "right" } },
  { "OppositeVehicleTakingPriority", runner, seconds = 9, rule = { "priority" }, from = { "left", "right" } },
  { "ParkedObstacle", blocked, seconds = 14, what = { "parked" }, two_ways = { false } },
  { "ParkedObstacleTwoWays", blocked, seconds = 14, what = { "parked" }, two_ways = { true } },
  { "ParkingCrossingPedestrian", require "cpnco", seconds = 8, ego_kmh = { 30, 50 } },
  { "ParkingCutIn", require "pull_out", seconds = 12, ego_kmh = { 30, 50 } },
  { "ParkingExit", beside_it, seconds = 18, why = { "parking" }, flow_kmh = { 30 } },
  { "PedestrianCrossing", beyond, seconds = 16, what = { "pedestrian" }, turn = { "straight" }, count = { 3 } },
  { "PriorityAtJunction", runner, seconds = 9, waits = { true }, from = { "left", "right" } },
  { "SignalizedJunctionLeftTurn", flow, seconds = 20, turn = { "left" }, from = { "oncoming" }, rule = { "signals" }, flow_kmh = { 30, 40 } },
  { "SignalizedJunctionRightTurn", flow, seconds = 24, turn = { "right" }, from = { "left" }, rule = { "signals" }, flow_kmh = { 30, 40 } },
  { "StaticCutIn", require "static_cut_in", seconds = 12, ego_kmh = { 30, 50 } },
  { "VehicleOpensDoorTwoWays", require "door_opening", seconds = 10, ego_kmh = { 30, 50 }, oncoming = { 4 }, hand = { "right" } },
  { "VehicleTurningRoute", beyond, seconds = 16, what = { "bicycle" }, turn = { "left", "right" } },
  { "VehicleTurningRoutePedestrian", beyond, seconds = 16, what = { "pedestrian" }, turn = { "left", "right" }, count = { 1 } },
  { "YieldToEmergencyVehicle", require "emergency_vehicle", seconds = 20, lanes = { 2, 3 }, vehicles = { 10 } },
}
