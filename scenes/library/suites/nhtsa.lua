-- SPDX-License-Identifier: Apache-2.0
-- Pre-crash types of NHTSA's typology (Najm, Smith and Yanagisawa 2007, DOT HS 810 767) that have two
-- parties and that the library has a scenario for: 13 of its 37, 50 cases. The other party does what the type
-- says; what no grid gives is drawn.
local suite = require "suite"

return suite.of {
  { "running_red_light", require "red_light_runner", seconds = 9, from = { "left", "right" } },
  { "animal_no_maneuver", require "animal", seconds = 9, ego_kmh = { 50, 80 }, from = { "kerb", "far" } },
  { "pedestrian_no_maneuver", require "cpna", seconds = 8, ego_kmh = { 30, 50 }, impact = { 0.25, 0.75 } },
  { "pedestrian_obstructed", require "cpnco", seconds = 8, ego_kmh = { 20, 40 } },
  { "pedalcyclist_no_maneuver", require "cbna", seconds = 9, ego_kmh = { 20, 40, 60 } },
  { "vehicle_parking_same_direction", require "pull_out", seconds = 12, ego_kmh = { 30, 50 }, target_kmh = { 10, 30 } },
  { "vehicle_changing_lanes_same_direction", require "r157_cut_in", seconds = 12, ego_kmh = { 60, 100 },
    slower_kmh = { 20, 40 }, from = { "left", "right" } },
  { "vehicle_opposite_no_maneuver", require "ghost_driver", seconds = 9, ego_kmh = { 80, 120 } },
  { "vehicle_opposite_maneuver", require "oncoming_overtaker", seconds = 9, ego_kmh = { 60, 80 }, faster_kmh = { 10, 30 } },
  { "lead_vehicle_moving", require "ccrm", seconds = 8, ego_kmh = { 40, 60, 80 }, overlap = { 1, 0.5 } },
  { "lead_vehicle_decelerating", require "ccrb", seconds = 12, gap_m = { 12, 40 }, decel_mps2 = { 2, 6 } },
  { "lead_vehicle_stopped", require "ccrs", seconds = 8, ego_kmh = { 30, 60 }, overlap = { 1, 0.5 } },
  { "left_turn_across_path_opposite", require "ccftap", seconds = 10, ego_kmh = { 15 }, target_kmh = { 30, 45, 60 } },
}
