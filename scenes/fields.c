// SPDX-License-Identifier: Apache-2.0
#include "scenes/fields.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "scenes/fields_camera.h"
#include "scenes/fields_electronics.h"
#include "scenes/lens.h"

// clang-format off
#define SCENE(member) offsetof(scene_form, def.member)
#define ACTOR(member) offsetof(actor_def, member)
#define AT(member) offsetof(actor_place, member)
#define LIDAR(member) offsetof(lidar_form, member)
#define NUMBER(g, n, u, lo, hi, d, at, m) {FIELDS_##g, n, FIELD_NUMBER, u, lo, hi, false, d, NULL, at, m}
#define OPTION(g, n, u, lo, hi, d, at, m) {FIELDS_##g, n, FIELD_NUMBER, u, lo, hi, false, NAN, d, at, m}
#define OR_ZERO(g, n, u, lo, hi, d, at, m) {FIELDS_##g, n, FIELD_NUMBER, u, lo, hi, true, d, NULL, at, m}
#define ANGLE(g, n, lo, hi, d, at, m) {FIELDS_##g, n, FIELD_ANGLE, "deg", lo, hi, false, d, NULL, at, m}
#define WHOLE(g, n, u, lo, hi, d, at, m) {FIELDS_##g, n, FIELD_WHOLE, u, lo, hi, false, d, NULL, at, m}
#define COUNT(g, n, lo, hi, d, at, m) {FIELDS_##g, n, FIELD_WHOLE, "", lo, hi, false, -1, d, at, m}
#define PAIR(g, n, lo, hi, d, at, m) {FIELDS_##g, n, FIELD_PAIR, "", lo, hi, false, d, NULL, at, m}
#define VECTOR(g, n, u, lo, hi, d, at, m) {FIELDS_##g, n, FIELD_VECTOR, u, lo, hi, false, NAN, d, at, m}
#define WORD(g, n, d, at, m) {FIELDS_##g, n, FIELD_WORD, "", 0, 0, false, NAN, d, at, m}
#define LONGER_NAME(g, n, size, d, at, m) {FIELDS_##g, n, FIELD_NAME, "", 1, (size) - 1, false, NAN, d, at, m}
#define NAME(g, n, d, at, m) LONGER_NAME(g, n, RIG_NAME, d, at, m)
#define TABLE(g, n, d, m) {FIELDS_##g, n, FIELD_TABLE, "", 0, 0, false, NAN, d, FIELD_NOWHERE, m}

// What a road's sides have in common, and a single road's cross-section.
#define ROADSIDE(g, part) \
  NUMBER(g, "building_height_m", "m", 3, 80, 10, SCENE(part.side.building_height_m), "mean height of buildings"), \
  NUMBER(g, "trees_per_km", "1/km", 0, 200, 60, SCENE(part.side.trees_per_km), "trees along the road"), \
  NUMBER(g, "parked_per_km", "1/km", 0, 150, 30, SCENE(part.side.parked_per_km), "parked vehicles, where there are sidewalks"),
#define WORKS(g, part) \
  WHOLE(g, "work_zones", "", 0, 20, 0, SCENE(part.work_zones), "stretches where a lane is closed for works, or what lies beside the only one; as many as there is room for"),
#define ALONG(g, part) \
  WHOLE(g, "lanes", "", 1, 3, 1, SCENE(part.lanes), "lanes a direction"), \
  NUMBER(g, "lane_width_m", "m", 2.8, 4.5, 3.5, SCENE(part.lane_width_m), "width of a lane"), \
  OR_ZERO(g, "sidewalk_m", "m", 1, 6, 0, SCENE(part.sidewalk_m), "width of a sidewalk; 0: a country road with verges"), \
  NUMBER(g, "speed_limit_mps", "m/s", 4, 36, 22.22, SCENE(part.speed_limit_mps), "speed limit, less where the curve asks for it"), \
  NUMBER(g, "bike_lanes", "", 0, 1, 0, SCENE(part.bike_lanes), "probability of lanes for bicycles"), \
  NUMBER(g, "bus_lanes", "", 0, 1, 0, SCENE(part.bus_lanes), "probability of lanes for buses, where there are two lanes a direction or more"), \
  ROADSIDE(g, part) \
  WORKS(g, part)

const field fields_table[] = {
  NUMBER(SCENE, "duration_s", "s", 0.1, 3600, 10, SCENE(duration_s), "length of the scene"),
  NUMBER(SCENE, "frame_hz", "Hz", 0.1, 100, 10, SCENE(frame_hz), "frames a second of every camera; lidars give one sweep a frame"),
  NUMBER(SCENE, "step_s", "s", 0.001, 0.1, 0.05, SCENE(step_s), "time step of the motion"),
  NUMBER(SCENE, "time_of_day_h", "h", 0, 24, 14, SCENE(time_of_day_h), "local solar time; places the sun"),
  NUMBER(SCENE, "latitude_deg", "deg", -90, 90, 50, SCENE(latitude_deg), "north is positive; places the sun"),
  WHOLE(SCENE, "day_of_year", "", 1, 366, 172, SCENE(day_of_year), "1 is the first of January; places the sun"),
  WORD(SCENE, "district", "mixed", SCENE(district), "kind of all buildings; mixed: by where in the place they stand"),
  NUMBER(SCENE, "street_furniture", "", 0, 1, 0.5, SCENE(street_furniture), "how much stands along the roads: bus stops, benches, bins, bollards, hydrants, billboards, garden fences"),
  WORD(SCENE, "signal_control", "fixed", SCENE(signal_control), "how traffic lights work: by a fixed programme, or actuated by who comes"),
  NUMBER(SCENE, "signals_flashing", "", 0, 1, 0, SCENE(signals_flashing), "share of junctions with traffic lights where they flash yellow, and the roads' priority holds"),
  NUMBER(SCENE, "signals_dark", "", 0, 1, 0, SCENE(signals_dark), "share of junctions with traffic lights where they are out of order"),
  LONGER_NAME(SCENE, "scenario", SCENARIO_NAME, "nothing", SCENE(scenario), "what kind of scene it is, a word of yours: `roadloom drive` tells results by it"),
  TABLE(SCENE, "road", "grid_city {}", "the place: grid_city, highway, intersection, straight, curve, roundabout, town, rural, interchange, parking, compose, opendrive or osm"),
  TABLE(SCENE, "traffic", "{}", "vehicles, and the side that they keep to"),
  TABLE(SCENE, "pedestrians", "{}", "people on foot"),
  TABLE(SCENE, "weather", "clear {}", "the weather: clear, cloudy, overcast, rain, snow, fog, night, storm"),
  TABLE(SCENE, "actors", "{}", "list of actors that the script places itself, 31 at most"),
  TABLE(SCENE, "props", "{}", "list of things with meshes of one's own that stand there, 64 at most"),
  TABLE(SCENE, "weather_change", "nothing", "another weather that it goes over to"),
  TABLE(SCENE, "ego", "{ rig = rigs.minimal }", "the vehicle that carries the sensors"),

  PAIR(GRID_CITY, "blocks", 1, 20, 3, SCENE(grid_city.blocks_x), "blocks between streets, east-west and north-south"),
  NUMBER(GRID_CITY, "block_m", "m", 40, 400, 110, SCENE(grid_city.block_m), "mean distance of parallel streets"),
  NUMBER(GRID_CITY, "irregularity", "", 0, 1, 0.3, SCENE(grid_city.irregularity), "0: a strict grid; 1: streets shift and bend much"),
  NUMBER(GRID_CITY, "signals", "", 0, 1, 0.7, SCENE(grid_city.signals), "share of inner junctions with traffic lights"),
  WHOLE(GRID_CITY, "lanes", "", 1, 2, 1, SCENE(grid_city.lanes), "lanes a direction"),
  NUMBER(GRID_CITY, "lane_width_m", "m", 2.8, 4.5, 3.25, SCENE(grid_city.lane_width_m), "width of a lane"),
  NUMBER(GRID_CITY, "sidewalk_m", "m", 1, 6, 2.5, SCENE(grid_city.sidewalk_m), "width of a sidewalk"),
  NUMBER(GRID_CITY, "speed_limit_mps", "m/s", 4, 25, 13.89, SCENE(grid_city.speed_limit_mps), "speed limit"),
  NUMBER(GRID_CITY, "building_height_m", "m", 3, 80, 14, SCENE(grid_city.building_height_m), "mean height of buildings"),
  NUMBER(GRID_CITY, "trees_per_km", "1/km", 0, 200, 60, SCENE(grid_city.trees_per_km), "street trees"),
  NUMBER(GRID_CITY, "parked_per_km", "1/km", 0, 150, 40, SCENE(grid_city.parked_per_km), "parked vehicles"),
  NUMBER(GRID_CITY, "corner_radius_m", "m", 3, 15, 6, SCENE(grid_city.corner_radius_m), "radius of kerbs at corners"),
  NUMBER(GRID_CITY, "turn_lanes", "", 0, 1, 0, SCENE(grid_city.turn_lanes), "share of junctions with lanes for left turns, where blocks leave them room"),
  NUMBER(GRID_CITY, "one_way", "", 0, 1, 0, SCENE(grid_city.one_way), "share of one-way streets, two lanes wide, within the city's rim"),
  NUMBER(GRID_CITY, "bike_lanes", "", 0, 1, 0, SCENE(grid_city.bike_lanes), "share of streets with lanes for bicycles"),
  NUMBER(GRID_CITY, "bus_lanes", "", 0, 1, 0, SCENE(grid_city.bus_lanes), "share of streets with lanes for buses, of those with two lanes a direction"),
  WORKS(GRID_CITY, grid_city)
  WHOLE(GRID_CITY, "ways_out", "", 0, 4, 0, SCENE(grid_city.ways_out), "streets that lead out of the city and end in the open, one on a side"),

  NUMBER(HIGHWAY, "length_m", "m", 200, 10000, 1500, SCENE(highway.length_m), "length of the road"),
  WHOLE(HIGHWAY, "lanes", "", 1, 5, 3, SCENE(highway.lanes), "lanes a direction"),
  NUMBER(HIGHWAY, "lane_width_m", "m", 3, 4.5, 3.75, SCENE(highway.lane_width_m), "width of a lane"),
  NUMBER(HIGHWAY, "shoulder_m", "m", 0, 5, 2.5, SCENE(highway.shoulder_m), "width of the hard shoulder"),
  OR_ZERO(HIGHWAY, "radius_m", "m", 120, 20000, 0, SCENE(highway.radius_m), "radius of its curves; 0: straight"),
  NUMBER(HIGHWAY, "speed_limit_mps", "m/s", 10, 45, 36.11, SCENE(highway.speed_limit_mps), "speed limit"),
  NUMBER(HIGHWAY, "trees_per_km", "1/km", 0, 200, 40, SCENE(highway.trees_per_km), "trees along the road"),
  WHOLE(HIGHWAY, "exits", "", 0, 6, 0, SCENE(highway.exits), "exit ramps of each carriageway"),
  WHOLE(HIGHWAY, "entries", "", 0, 6, 0, SCENE(highway.entries), "entry ramps of each carriageway"),
  NUMBER(HIGHWAY, "weaving", "", 0, 1, 0, SCENE(highway.weaving), "share of entries whose lane leads into an exit"),
  WHOLE(HIGHWAY, "lane_drops", "", 0, 4, 0, SCENE(highway.lane_drops), "lanes of each carriageway that end, on the right"),
  WHOLE(HIGHWAY, "lane_gains", "", 0, 4, 0, SCENE(highway.lane_gains), "lanes of each carriageway that begin, on the right"),
  NUMBER(HIGHWAY, "acceleration_m", "m", 100, 400, 200, SCENE(highway.acceleration_m), "length of acceleration lanes, without their tapers"),
  NUMBER(HIGHWAY, "deceleration_m", "m", 50, 400, 150, SCENE(highway.deceleration_m), "length of deceleration lanes, without their tapers"),
  NUMBER(HIGHWAY, "ramp_radius_m", "m", 40, 120, 60, SCENE(highway.ramp_radius_m), "radius of ramps"),
  WHOLE(HIGHWAY, "overpasses", "", 0, 8, 0, SCENE(highway.overpasses), "roads that cross above the highway on bridges, where ramps and bends leave room"),
  WORKS(HIGHWAY, highway)

  WHOLE(INTERSECTION, "arms", "", 3, 6, 4, SCENE(intersection.arms), "streets that meet"),
  ANGLE(INTERSECTION, "angle_jitter_deg", 0, 30, 0, SCENE(intersection.jitter_rad), "how far each street's heading is off; they stay 40 degrees apart"),
  {FIELDS_INTERSECTION, "angles_deg", FIELD_NUMBERS, "deg", -360, 360, false, NAN, "by arms", SCENE(intersection.angles_deg), "headings of the streets, 3 to 6 of them at least 40 degrees apart; instead of arms"},
  WORD(INTERSECTION, "rule", "signals_or_priority", SCENE(intersection.rule), "who goes first; signals_or_priority draws by `signals`"),
  NUMBER(INTERSECTION, "arm_m", "m", 40, 500, 120, SCENE(intersection.arm_m), "length of each street"),
  WHOLE(INTERSECTION, "lanes", "", 1, 2, 1, SCENE(intersection.lanes), "lanes a direction"),
  NUMBER(INTERSECTION, "lane_width_m", "m", 2.8, 4.5, 3.25, SCENE(intersection.lane_width_m), "width of a lane"),
  NUMBER(INTERSECTION, "sidewalk_m", "m", 1, 6, 2.5, SCENE(intersection.sidewalk_m), "width of a sidewalk"),
  NUMBER(INTERSECTION, "signals", "", 0, 1, 1, SCENE(intersection.signals), "probability of traffic lights, where the rule leaves it open"),
  NUMBER(INTERSECTION, "speed_limit_mps", "m/s", 4, 25, 13.89, SCENE(intersection.speed_limit_mps), "speed limit"),
  NUMBER(INTERSECTION, "building_height_m", "m", 3, 80, 14, SCENE(intersection.building_height_m), "mean height of buildings"),
  NUMBER(INTERSECTION, "trees_per_km", "1/km", 0, 200, 60, SCENE(intersection.trees_per_km), "street trees"),
  NUMBER(INTERSECTION, "parked_per_km", "1/km", 0, 150, 40, SCENE(intersection.parked_per_km), "parked vehicles"),
  NUMBER(INTERSECTION, "corner_radius_m", "m", 3, 15, 6, SCENE(intersection.corner_radius_m), "radius of kerbs at corners"),
  NUMBER(INTERSECTION, "turn_lanes", "", 0, 1, 0, SCENE(intersection.turn_lanes), "probability of lanes for left turns, with a green of their own where there are lights"),
  NUMBER(INTERSECTION, "bike_lanes", "", 0, 1, 0, SCENE(intersection.bike_lanes), "share of streets with lanes for bicycles; streets in line are alike"),
  NUMBER(INTERSECTION, "bus_lanes", "", 0, 1, 0, SCENE(intersection.bus_lanes), "share of streets with lanes for buses, where streets have two lanes a direction"),
  NUMBER(INTERSECTION, "slip_lanes", "", 0, 1, 0, SCENE(intersection.slip_lanes), "share of turns to the right (driving on the left: to the left) that have a slip lane behind an island, where there is room"),

  NUMBER(STRAIGHT, "length_m", "m", 100, 10000, 400, SCENE(straight.length_m), "length of the road"),
  ALONG(STRAIGHT, straight)

  NUMBER(CURVE, "leg_m", "m", 30, 2000, 100, SCENE(curve.length_m), "length of the straights before and after the curve"),
  NUMBER(CURVE, "radius_m", "m", 21, 5000, 80, SCENE(curve.radius_m), "radius of the curve"),
  ANGLE(CURVE, "turn_deg", -180, 180, 60, SCENE(curve.turn_rad), "how far the road turns; positive turns left"),
  ALONG(CURVE, curve)

  WHOLE(ROUNDABOUT, "arms", "", 3, 6, 4, SCENE(roundabout.arms), "streets that meet"),
  ANGLE(ROUNDABOUT, "angle_jitter_deg", 0, 30, 8, SCENE(roundabout.jitter_rad), "how far each street's heading is off, as far as they fit"),
  NUMBER(ROUNDABOUT, "inner_radius_m", "m", 15, 45, 18, SCENE(roundabout.inner_radius_m), "radius of the island; more where the streets need it"),
  WHOLE(ROUNDABOUT, "lanes", "", 1, 3, 1, SCENE(roundabout.lanes), "lanes of the ring, and of each street a direction"),
  NUMBER(ROUNDABOUT, "arm_m", "m", 40, 500, 100, SCENE(roundabout.arm_m), "length of each street"),
  NUMBER(ROUNDABOUT, "lane_width_m", "m", 2.8, 4.5, 3.25, SCENE(roundabout.lane_width_m), "width of a street's lane"),
  NUMBER(ROUNDABOUT, "sidewalk_m", "m", 1, 6, 2.5, SCENE(roundabout.sidewalk_m), "width of a sidewalk"),
  NUMBER(ROUNDABOUT, "speed_limit_mps", "m/s", 4, 25, 13.89, SCENE(roundabout.speed_limit_mps), "speed limit; on the ring 8.33 at most"),
  NUMBER(ROUNDABOUT, "corner_radius_m", "m", 8, 12, 10, SCENE(roundabout.corner_radius_m), "radius of kerbs where streets meet the ring"),
  ROADSIDE(ROUNDABOUT, roundabout)

  NUMBER(TOWN, "size_m", "m", 150, 4200, 420, SCENE(town.size_m), "the town across"),
  NUMBER(TOWN, "block_m", "m", 70, 250, 95, SCENE(town.block_m), "typical distance of crossings"),
  NUMBER(TOWN, "dead_ends", "", 0, 1, 0.5, SCENE(town.dead_ends), "share of the dead ends that stay, with turning circles"),
  NUMBER(TOWN, "signals", "", 0, 1, 0.5, SCENE(town.signals), "share of the through road's crossings with traffic lights"),
  WHOLE(TOWN, "main_lanes", "", 1, 2, 1, SCENE(town.main_lanes), "lanes a direction of the through road"),
  NUMBER(TOWN, "lane_width_m", "m", 2.8, 4, 3.25, SCENE(town.lane_width_m), "width of a lane"),
  NUMBER(TOWN, "sidewalk_m", "m", 1, 5, 2.2, SCENE(town.sidewalk_m), "width of a sidewalk"),
  NUMBER(TOWN, "speed_limit_mps", "m/s", 4, 20, 13.89, SCENE(town.speed_limit_mps), "speed limit of the through road"),
  NUMBER(TOWN, "residential_limit_mps", "m/s", 2.7, 14, 8.33, SCENE(town.residential_limit_mps), "speed limit of the other streets"),
  NUMBER(TOWN, "corner_radius_m", "m", 3, 12, 8, SCENE(town.corner_radius_m), "radius of kerbs at corners"),
  ROADSIDE(TOWN, town)
  NUMBER(TOWN, "turn_lanes", "", 0, 1, 0, SCENE(town.turn_lanes), "share of the through road's crossings with lanes for left turns"),
  NUMBER(TOWN, "one_way", "", 0, 1, 0, SCENE(town.one_way), "share of one-way streets, as far as all streets can still be reached"),
  NUMBER(TOWN, "bike_lanes", "", 0, 1, 0, SCENE(town.bike_lanes), "share of streets with lanes for bicycles; streets in line are alike"),
  NUMBER(TOWN, "bus_lanes", "", 0, 1, 0, SCENE(town.bus_lanes), "probability that the through road has lanes for buses, where it has two lanes a direction"),
  WORKS(TOWN, town)

  NUMBER(RURAL, "length_m", "m", 300, 10000, 1500, SCENE(rural.length_m), "length of the road"),
  NUMBER(RURAL, "hills_m", "m", 0, 40, 10, SCENE(rural.hills_m), "standard deviation of the land's height"),
  NUMBER(RURAL, "curviness", "", 0, 1, 0.5, SCENE(rural.curviness), "0: long, wide curves; 1: many, as tight as the speed allows"),
  NUMBER(RURAL, "side_roads_per_km", "1/km", 0, 3, 1, SCENE(rural.side_roads_per_km), "side roads, where there is room"),
  WHOLE(RURAL, "bridges", "", 0, 4, 0, SCENE(rural.bridges), "valleys that the road bridges, where there is room"),
  WHOLE(RURAL, "tunnels", "", 0, 4, 0, SCENE(rural.tunnels), "ridges that the road goes through, where there is room"),
  NUMBER(RURAL, "lane_width_m", "m", 2.8, 4, 3.25, SCENE(rural.lane_width_m), "width of a lane"),
  NUMBER(RURAL, "shoulder_m", "m", 0.25, 2.5, 0.75, SCENE(rural.shoulder_m), "width of the shoulders"),
  NUMBER(RURAL, "speed_limit_mps", "m/s", 8, 28, 22.22, SCENE(rural.speed_limit_mps), "speed limit; curves are as wide as it asks for"),
  NUMBER(RURAL, "superelevation", "", 0, 0.08, 0.06, SCENE(rural.superelevation), "rise per metre across the tightest curves, which lean inward"),
  NUMBER(RURAL, "grade", "", 0.03, 0.12, 0.07, SCENE(rural.grade), "steepest rise per metre"),
  NUMBER(RURAL, "trees_per_km", "1/km", 0, 400, 120, SCENE(rural.trees_per_km), "trees along the road and in its woods"),
  NUMBER(RURAL, "woods", "", 0, 1, 0.3, SCENE(rural.woods), "how much of the land beside the road is wooded"),
  NUMBER(RURAL, "farmland", "", 0, 1, 0.7, SCENE(rural.farmland), "share of the land beside the road that is fields and pastures, with farms"),
  WORKS(RURAL, rural)

  WORD(INTERCHANGE, "kind", "diamond", SCENE(interchange.kind), "how ramps lead from one road to the other"),
  WORD(INTERCHANGE, "over", "crossing", SCENE(interchange.over), "which road lies over the other one at a diamond or a cloverleaf; at a trumpet the one that crosses"),
  NUMBER(INTERCHANGE, "length_m", "m", 1400, 6000, 2400, SCENE(interchange.length_m), "length of the motorway"),
  WHOLE(INTERCHANGE, "lanes", "", 1, 4, 2, SCENE(interchange.lanes), "lanes of the motorway a direction"),
  WHOLE(INTERCHANGE, "crossing_lanes", "", 1, 2, 1, SCENE(interchange.crossing_lanes), "lanes of the road that crosses it a direction; that road is a motorway, too, but at a diamond"),
  NUMBER(INTERCHANGE, "lane_width_m", "m", 3, 4.5, 3.75, SCENE(interchange.lane_width_m), "width of a lane of the motorway"),
  NUMBER(INTERCHANGE, "shoulder_m", "m", 0, 3.5, 2.5, SCENE(interchange.shoulder_m), "width of the hard shoulder"),
  NUMBER(INTERCHANGE, "speed_limit_mps", "m/s", 16, 40, 33.33, SCENE(interchange.speed_limit_mps), "speed limit of the motorway"),
  NUMBER(INTERCHANGE, "crossing_limit_mps", "m/s", 8, 25, 16.67, SCENE(interchange.crossing_limit_mps), "speed limit of the road that crosses it"),
  NUMBER(INTERCHANGE, "ramp_radius_m", "m", 50, 200, 125, SCENE(interchange.ramp_radius_m), "least radius of ramps; their limit follows from it"),
  NUMBER(INTERCHANGE, "loop_radius_m", "m", 55, 90, 60, SCENE(interchange.loop_radius_m), "radius of the loops of a trumpet or a cloverleaf; their limit follows from it"),
  NUMBER(INTERCHANGE, "acceleration_m", "m", 100, 400, 200, SCENE(interchange.acceleration_m), "length of acceleration lanes, without their tapers"),
  NUMBER(INTERCHANGE, "deceleration_m", "m", 50, 400, 150, SCENE(interchange.deceleration_m), "length of deceleration lanes, without their tapers"),
  NUMBER(INTERCHANGE, "signals", "", 0, 1, 0.5, SCENE(interchange.signals), "probability that a diamond's junctions have traffic lights"),
  NUMBER(INTERCHANGE, "trees_per_km", "1/km", 0, 200, 40, SCENE(interchange.trees_per_km), "trees along the roads"),
  NUMBER(COMPOSE, "gap_m", "m", 100, 1000, 120, SCENE(compose.gap_m), "length of the roads that join the parts; more where lanes, speeds or heights need it"),

  WHOLE(PARKING, "aisles", "", 2, 8, 3, SCENE(parking.aisles), "aisles with bays on both sides, on one side of the last; ways at both ends join them"),
  WHOLE(PARKING, "bays_per_row", "", 10, 40, 14, SCENE(parking.bays_per_row), "bays on one side of an aisle; fewer of the wide ones, and in the last row"),
  ANGLE(PARKING, "bay_angle_deg", 45, 90, 90, SCENE(parking.bay_angle_rad), "of bays against their aisle"),
  NUMBER(PARKING, "bay_width_m", "m", 2.3, 3.5, 2.5, SCENE(parking.bay_width_m), "width of a bay"),
  NUMBER(PARKING, "bay_length_m", "m", 4.6, 6, 5, SCENE(parking.bay_length_m), "length of a bay"),
  NUMBER(PARKING, "aisle_m", "m", 3.5, 8, 6, SCENE(parking.aisle_m), "width of an aisle; 5.6 or more where it is driven both ways"),
  NUMBER(PARKING, "one_way", "", 0, 1, 0.3, SCENE(parking.one_way), "probability that aisles are one-way, by turns"),
  NUMBER(PARKING, "occupancy", "", 0, 1, 0.6, SCENE(parking.occupancy), "share of bays with a parked vehicle; half of it for accessible bays"),
  NUMBER(PARKING, "backed_in", "", 0, 1, 0.2, SCENE(parking.backed_in), "share of parked vehicles that head out"),
  WHOLE(PARKING, "accessible_bays", "", 0, 8, 2, SCENE(parking.accessible_bays), "wide bays with a wheelchair sign, nearest to the building"),
  NUMBER(PARKING, "speed_limit_mps", "m/s", 2.5, 8.4, 4.17, SCENE(parking.speed_limit_mps), "speed limit in the car park"),
  NUMBER(PARKING, "street_limit_mps", "m/s", 4, 20, 8.33, SCENE(parking.street_limit_mps), "speed limit of the street that leads past it"),
  NUMBER(PARKING, "sidewalk_m", "m", 1.5, 5, 2.2, SCENE(parking.sidewalk_m), "width of sidewalks along the street and around the car park"),
  NUMBER(PARKING, "building_height_m", "m", 3, 80, 9, SCENE(parking.building_height_m), "mean height of houses along the street"),
  NUMBER(PARKING, "trees_per_km", "1/km", 0, 200, 60, SCENE(parking.trees_per_km), "trees along the street and between the rows of bays"),

  {FIELDS_OPENDRIVE, "file", FIELD_FILE, "", 1, SCENE_FILE - 1, false, NAN, "none: it must be given", SCENE(opendrive.file), "OpenDRIVE map beside the script or in the library, e.g. town.xodr"},
  NUMBER(OPENDRIVE, "building_height_m", "m", 3, 80, 14, SCENE(opendrive.building_height_m), "mean height of buildings along roads with sidewalks"),
  NUMBER(OPENDRIVE, "trees_per_km", "1/km", 0, 200, 60, SCENE(opendrive.trees_per_km), "trees along the roads"),
  NUMBER(OPENDRIVE, "parked_per_km", "1/km", 0, 150, 40, SCENE(opendrive.parked_per_km), "parked vehicles on parking lanes"),

  {FIELDS_OSM, "file", FIELD_FILE, "", 1, SCENE_FILE - 1, false, NAN, "none: it must be given", SCENE(osm.file), "OpenStreetMap extract (XML) beside the script or in the library, e.g. town.osm"},
  NUMBER(OSM, "building_height_m", "m", 3, 80, 9, SCENE(osm.building_height_m), "mean height of buildings that the extract lacks, or lacks the height of"),
  NUMBER(OSM, "trees_per_km", "1/km", 0, 200, 40, SCENE(osm.trees_per_km), "trees along the streets besides the extract's"),
  NUMBER(OSM, "parked_per_km", "1/km", 0, 150, 40, SCENE(osm.parked_per_km), "parked vehicles where the extract has parking lanes"),

  WORD(TRAFFIC, "hand", "right", SCENE(hand), "the side that traffic keeps to; a map has its own"),
  NUMBER(TRAFFIC, "vehicles_per_km", "1/km", 0, 200, 12, SCENE(vehicles_per_km), "moving vehicles per km of lane"),
  COUNT(TRAFFIC, "vehicles", 0, 100000, "by vehicles_per_km", SCENE(vehicles), "moving vehicles besides the ego; instead of vehicles_per_km"),
  NUMBER(TRAFFIC, "rule_breakers", "", 0, 1, 0, SCENE(rule_breakers), "share of drivers who break a rule: red lights, late braking, speeding, right of way or tailgating"),
  NUMBER(TRAFFIC, "filtering", "", 0, 1, 0.3, SCENE(filtering), "share of riders of motorcycles and bicycles who ride past queues to their front"),
  NUMBER(TRAFFIC, "bus_stopping", "", 0, 1, 0.7, SCENE(bus_stopping), "probability that a bus stops at a bus stop that it comes to, for 8 to 25 s"),
  WHOLE(TRAFFIC, "emergency", "", 0, 20, 0, SCENE(emergency), "police cars and ambulances on duty with their siren on, besides the other vehicles, as many as there is room for"),
  TABLE(TRAFFIC, "drivers", "{ aggressive = 1, normal = 7, cautious = 2 }", "weights of the kinds of driver; kinds left out of given weights don't drive"),
  TABLE(TRAFFIC, "bodies", "none", "meshes of one's own that vehicles of their class have: { asset(\"car.glb\", { class = \"car\" }), … }"),
  TABLE(TRAFFIC, "mix", "as listed", "weights of the kinds of vehicle; kinds left out of a given mix don't drive"),

  NUMBER(MIX, "car", "", 0, 1000, 8, SCENE(mix[0]), "weight of cars"),
  NUMBER(MIX, "van", "", 0, 1000, 1, SCENE(mix[1]), "weight of vans"),
  NUMBER(MIX, "truck", "", 0, 1000, 1, SCENE(mix[2]), "weight of trucks"),
  NUMBER(MIX, "bus", "", 0, 1000, 0.5, SCENE(mix[3]), "weight of buses"),
  NUMBER(MIX, "motorcycle", "", 0, 1000, 0.5, SCENE(mix[4]), "weight of motorcycles"),
  NUMBER(MIX, "bicycle", "", 0, 1000, 1, SCENE(mix[5]), "weight of bicycles; on a highway 0 unless given"),
  NUMBER(MIX, "articulated", "", 0, 1000, 0, SCENE(mix[6]), "weight of trucks with semi-trailers, on a highway or an interchange 1 unless a mix is given; they keep off lanes that bend too tightly; trucks come where no lane has room for one"),

  NUMBER(DRIVERS, "aggressive", "", 0, 1000, 1, SCENE(drivers[0]), "weight of drivers who are fast, follow closely and take small gaps"),
  NUMBER(DRIVERS, "normal", "", 0, 1000, 7, SCENE(drivers[1]), "weight of normal drivers"),
  NUMBER(DRIVERS, "cautious", "", 0, 1000, 2, SCENE(drivers[2]), "weight of drivers who are slow, keep distance and wait for large gaps"),

  NUMBER(PEDESTRIANS, "per_km", "1/km", 0, 500, 15, SCENE(pedestrians_per_km), "people per km of sidewalk"),
  COUNT(PEDESTRIANS, "count", 0, 5000, "by per_km", SCENE(pedestrians), "people on foot; instead of per_km"),
  NUMBER(PEDESTRIANS, "jaywalking", "", 0, 1, 0.05, SCENE(jaywalking), "share of people who ignore a red light"),
  NUMBER(PEDESTRIANS, "midblock", "", 0, 1, 0.02, SCENE(midblock), "chance, at each sidewalk that somebody alone walks along, to cross the road in the middle of the block, in a gap of its traffic"),
  NUMBER(PEDESTRIANS, "groups", "", 0, 1, 0.3, SCENE(groups), "share of people who walk with others, 2 to 4 together; most children walk with an adult besides"),
  NUMBER(PEDESTRIANS, "wheelchairs", "", 0, 1, 0.01, SCENE(wheelchairs), "share of people in a wheelchair"),
  NUMBER(PEDESTRIANS, "prams", "", 0, 1, 0.03, SCENE(prams), "share of adults and old people walking alone who push a pram"),
  NUMBER(PEDESTRIANS, "dogs", "", 0, 1, 0.04, SCENE(dogs), "share of the others of them who lead a dog"),
  NUMBER(PEDESTRIANS, "umbrellas", "", 0, 1, 0.6, SCENE(umbrellas), "share of people who have an umbrella and open it in rain"),
  TABLE(PEDESTRIANS, "bodies", "none", "meshes of one's own that people on foot have: { asset(\"anna.glb\", { class = \"pedestrian\" }), … }"),
  TABLE(PEDESTRIANS, "mix", "as listed", "weights of the kinds of people; kinds left out of a given mix don't walk"),

  NUMBER(WALK_MIX, "adult", "", 0, 1000, 8, SCENE(walk_mix[0]), "weight of adults"),
  NUMBER(WALK_MIX, "child", "", 0, 1000, 1, SCENE(walk_mix[1]), "weight of children of 5 to 12 years"),
  NUMBER(WALK_MIX, "elderly", "", 0, 1000, 1, SCENE(walk_mix[2]), "weight of old people"),

  NUMBER(WEATHER, "cloud_cover", "", 0, 1, 0.1, SCENE(weather.cloud_cover), "0: blue sky; 1: overcast"),
  NUMBER(WEATHER, "rain_mmh", "mm/h", 0, 150, 0, SCENE(weather.rain_mmh), "rain rate; rate_mmh in rain {} and storm {} also wets the road to match"),
  NUMBER(WEATHER, "snow_mmh", "mm/h", 0, 20, 0, SCENE(weather.snow_mmh), "snowfall as water; rate_mmh in snow {}"),
  NUMBER(WEATHER, "fog_visibility_m", "m", 10, WEATHER_CLEAR_MOR_M, WEATHER_CLEAR_MOR_M, SCENE(weather.fog_visibility_m), "meteorological optical range; 50000: no fog"),
  NUMBER(WEATHER, "water_film_mm", "mm", 0, 10, 0, SCENE(weather.water_film_mm), "mean depth of water on the road"),
  NUMBER(WEATHER, "wetness", "", 0, 1, 0, SCENE(weather.wetness), "0: dry surfaces; 1: soaked"),
  NUMBER(WEATHER, "snow_depth_mm", "mm", 0, 500, 0, SCENE(weather.snow_depth_mm), "lying snow"),
  NUMBER(WEATHER, "wind_mps", "m/s", 0, 40, 2, SCENE(weather.wind_mps), "wind speed"),
  ANGLE(WEATHER, "wind_heading_deg", -360, 360, 0, SCENE(weather.wind_heading_rad), "where the wind blows to; 0: east, 90: north"),
  NUMBER(WEATHER, "temperature_c", "C", -40, 50, 18, SCENE(weather.temperature_c), "air temperature"),
  NUMBER(WEATHER, "turbidity", "", 2, 10, 3, SCENE(weather.turbidity), "haze: 2 clean air, 10 hazy"),
  OPTION(WEATHER, "time_of_day_h", "h", 0, 24, "the scene's", offsetof(scene_form, weather_time_of_day_h), "an hour that goes with this weather, instead of the scene's; night {} has 0"),

  TABLE(CHANGE, "to", "nothing", "the weather after the change; what lies on the ground follows from it"),
  NUMBER(CHANGE, "at_s", "s", 0, 3600, 0, SCENE(change.at_s), "when it begins to change"),
  NUMBER(CHANGE, "over_s", "s", 0.1, 3600, 30, SCENE(change.over_s), "how long that takes"),

  WORD(EGO, "driver", "idm", SCENE(actors[0].driver), "who drives: idm looks out for others, constant keeps its speed whatever happens"),
  OPTION(EGO, "speed_mps", "m/s", 0, 70, "what the road asks for", SCENE(actors[0].speed_mps), "speed at the beginning"),
  WORD(EGO, "lane", "any", SCENE(ego_at.lane), "lane that it begins on: any, kerb: the one at the kerb, middle: one between two others, centre: the one at the road's centre"),
  OPTION(EGO, "start_m", "m", 0, 10000, "drawn", SCENE(ego_at.start_m), "from where its lane begins to its middle"),
  OPTION(EGO, "before_junction_m", "m", 0, 1000, "anywhere", SCENE(ego_at.before_junction_m), "from its front to the stop line of a junction; instead of start_m"),
  WORD(EGO, "arm", "any", SCENE(ego_at.arm), "of the junction that before_junction_m is about: any, major: it comes on the road that goes first, minor: on one that gives way"),
  OPTION(EGO, "before_works_m", "m", 0, 1000, "anywhere", SCENE(ego_at.before_works_m), "from its front to where a work zone begins to close its lane; instead of start_m"),
  OPTION(EGO, "green_at_s", "s", -60, 60, "by chance", SCENE(ego_at.green_at_s), "when the traffic lights before_junction_m ahead turn green, from the beginning (negative: before it)"),
  WORD(EGO, "route", "any", SCENE(actors[0].route), "where it goes at junctions"),
  WORD(EGO, "dynamics", "rails", SCENE(ego_dynamics), "how its body moves: rails: along its lane's middle; kinematic: steered and braked through actuators, wheels roll; dynamic: tyres slip, too, and slide"),
  WORD(EGO, "vehicle", "drawn", SCENE(ego_vehicle), "its size and, for its dynamics, mass, tyres and actuators: drawn, by proportion; bmw_320i: CommonRoad's; pacifica: nuPlan's"),
  TABLE(EGO, "behaviour", "nothing", "function(self) … end, a coroutine that tells it what to do"),
  TABLE(EGO, "rig", "rigs.minimal", "the sensors: a rig of rigs, its name, or a table of one's own"),

  WORD(ACTOR, "kind", "car", ACTOR(kind), "what it is"),
  WORD(ACTOR, "age", "adult", ACTOR(age), "of people"),
  WORD(ACTOR, "dress", "drawn", ACTOR(dress), "of people: what they wear; worker: orange, as who works on roads"),
  TABLE(ACTOR, "at", "needed", "its place: ahead(…), behind(…) or beside(…)"),
  OPTION(ACTOR, "speed_mps", "m/s", 0, 70, "what the road asks for", ACTOR(speed_mps), "speed at the beginning; people, and who is beside the lanes, stand"),
  OPTION(ACTOR, "length_m", "m", 0.2, 25, "drawn", ACTOR(length_m), "length of its body"),
  OPTION(ACTOR, "width_m", "m", 0.2, 3, "drawn", ACTOR(width_m), "width of its body"),
  OPTION(ACTOR, "height_m", "m", 0.5, 4.5, "drawn", ACTOR(height_m), "height of its body"),
  WORD(ACTOR, "driver", "constant", ACTOR(driver), "who drives: constant keeps lane and speed until the behaviour says otherwise, idm looks out for others"),
  WORD(ACTOR, "route", "straight", ACTOR(route), "where it goes at junctions"),
  TABLE(ACTOR, "body", "drawn", "a mesh of one's own: asset(\"car.glb\", { class = \"car\" })"),
  TABLE(ACTOR, "behaviour", "nothing", "function(self) … end, a coroutine that tells it what to do"),

  TABLE(PROP, "body", "needed", "what it looks like, and is: asset(\"bench.glb\", { class = \"bench\" })"),
  TABLE(PROP, "at", "needed", "its place, as of an actor: ahead(…), behind(…) or beside(…)"),

  OPTION(AT, "gap_m", "m", 0, 2000, "10", AT(gap_m), "ahead and behind: from the rear of the one in front to the front of the other"),
  NUMBER(AT, "ahead_m", "m", -2000, 2000, 0, AT(ahead_m), "beside: from middle to middle along the road; negative: behind"),
  OPTION(AT, "side_m", "m", -40, 40, "0", AT(side_m), "to the left of that lane's middle, or of where the lane's word puts it"),
  OPTION(AT, "kerb_m", "m", -40, 40, "0", AT(kerb_m), "the same to the side that traffic keeps to; instead of side_m"),
  OPTION(AT, "overlap", "", -1, 1, "none", AT(overlap), "share of the other's width that is in line with it, seen from behind it moved to the left; negative: to the right; -1 and 1: all of it"),
  WORD(AT, "lane", "same", AT(lane), "which lane; kerb: parked at the kerb, sidewalk: beside the carriageway"),
  WORD(AT, "way", "straight", AT(way), "where to count along at a junction"),
  WORD(AT, "facing", "along", AT(facing), "where it looks: along its lane, against it, or across the road"),
  ANGLE(AT, "heading_deg", -180, 180, 0, AT(heading_rad), "added to that; positive turns left"),

  NAME(RIG, "name", "custom", offsetof(rig_form, name), "name of the rig in the dataset"),
  TABLE(RIG, "cameras", "{}", "list of cameras, 16 at most"),
  TABLE(RIG, "lidars", "{}", "list of lidars, 8 at most"),

  FIELDS_OF_CAMERAS
  FIELDS_OF_ELECTRONICS

  NAME(LIDAR, "name", "lidar_N", LIDAR(name), "name of the sensor in the dataset"),
  WORD(LIDAR, "preset", "hdl32e", LIDAR(preset), "beam table of a known unit"),
  {FIELDS_LIDAR, "elevations_deg", FIELD_NUMBERS, "deg", -89, 89, false, NAN, "the preset's", LIDAR(elevations_deg), "elevation of each ring, 1 to 128 of them; instead of a preset"},
  COUNT(LIDAR, "azimuth_steps", 16, 4096, "the preset's", LIDAR(azimuth_steps), "firings a turn"),
  NUMBER(LIDAR, "rotation_hz", "Hz", 0.5, 100, 10, LIDAR(rotation_hz), "turns a second"),
  NUMBER(LIDAR, "range_min_m", "m", 0, 20, 1, LIDAR(range_min_m), "nearest return"),
  NUMBER(LIDAR, "range_max_m", "m", 1, 1000, 100, LIDAR(range_max_m), "farthest return"),
  NUMBER(LIDAR, "range_noise_m", "m", 0, 1, 0.02, LIDAR(range_noise_m), "standard deviation of the range"),
  NUMBER(LIDAR, "divergence_mrad", "mrad", 0, 20, 3, LIDAR(divergence_mrad), "full divergence of a beam"),
  WORD(LIDAR, "ego_body", "shadow", LIDAR(ego_body), "shown: its beams meet its own vehicle, and points on it are of the class Ego; shadow, none: they pass through"),
  VECTOR(LIDAR, "position_m", "m", -50, 50, "{0.95, 0, 1.9}", LIDAR(position_m), "x forward, y left, z up from the ground below the rear axle"),
  NUMBER(LIDAR, "yaw_deg", "deg", -360, 360, 0, LIDAR(yaw_deg), "0: azimuth 0 is forward; positive turns left"),
  NUMBER(LIDAR, "pitch_deg", "deg", -90, 90, 0, LIDAR(pitch_deg), "positive tilts the front down"),
  NUMBER(LIDAR, "roll_deg", "deg", -180, 180, 0, LIDAR(roll_deg), "positive lowers the right side"),
};

const int fields_count = sizeof fields_table / sizeof *fields_table;

const field_group_info fields_groups[FIELDS_GROUP_COUNT] = {
  [FIELDS_SCENE] = {"scene", "", "return scene { … }"},
  [FIELDS_GRID_CITY] = {"grid_city", "road.", "road = grid_city { … }"},
  [FIELDS_HIGHWAY] = {"highway", "road.", "road = highway { … }"},
  [FIELDS_INTERSECTION] = {"intersection", "road.", "road = intersection { … }"},
  [FIELDS_STRAIGHT] = {"straight", "road.", "road = straight { … }"},
  [FIELDS_CURVE] = {"curve", "road.", "road = curve { … }"},
  [FIELDS_ROUNDABOUT] = {"roundabout", "road.", "road = roundabout { … }"},
  [FIELDS_TOWN] = {"town", "road.", "road = town { … }"},
  [FIELDS_RURAL] = {"rural", "road.", "road = rural { … }"},
  [FIELDS_INTERCHANGE] = {"interchange", "road.", "road = interchange { … }"},
  [FIELDS_PARKING] = {"parking", "road.", "road = parking { … }"},
  [FIELDS_COMPOSE] = {"compose", "road.", "road = compose { town { … }, rural { … }, … }, of 1 to 8 places; --set compose.2.rural.length_m=800 for the second"},
  [FIELDS_OPENDRIVE] = {"opendrive", "road.", "road = opendrive(\"town.xodr\"), or opendrive { file = \"town.xodr\", … }"},
  [FIELDS_OSM] = {"osm", "road.", "road = osm(\"town.osm\"), or osm { file = \"town.osm\", … }"},
  [FIELDS_TRAFFIC] = {"traffic", "traffic.", "traffic = { … }"},
  [FIELDS_MIX] = {"mix", "traffic.mix.", "traffic = { mix = { … } }"},
  [FIELDS_DRIVERS] = {"drivers", "traffic.drivers.", "traffic = { drivers = { … } }"},
  [FIELDS_PEDESTRIANS] = {"pedestrians", "pedestrians.", "pedestrians = { … }"},
  [FIELDS_WALK_MIX] = {"mix", "pedestrians.mix.", "pedestrians = { mix = { … } }"},
  [FIELDS_WEATHER] = {"weather", "weather.", "weather = clear { … }, or cloudy, overcast, rain, snow, fog, night, storm"},
  [FIELDS_CHANGE] = {"weather_change", "weather_change.", "weather_change = { to = rain { … }, … }"},
  [FIELDS_EGO] = {"ego", "ego.", "ego = { … }"},
  [FIELDS_ACTOR] = {"actor", "actors[N].", "actors = { actor { … }, … }"},
  [FIELDS_PROP] = {"prop", "props[N].", "props = { prop { … }, … }"},
  [FIELDS_AT] = {"at", "actors[N].at.", "at = ahead(ego, { … }), behind(ego, { … }) or beside(ego, { … })"},
  [FIELDS_RIG] = {"rig", "ego.rig.", "ego = { rig = { … } }"},
  [FIELDS_CAMERA] = {"camera", "ego.rig.cameras[N].", "ego = { rig = { cameras = { { … }, … } } }"},
  [FIELDS_LIDAR] = {"lidar", "ego.rig.lidars[N].", "ego = { rig = { lidars = { { … }, … } } }"},
};
// clang-format on

_Static_assert(offsetof(grid_city_def, blocks_y) == offsetof(grid_city_def, blocks_x) + sizeof(int),
               "blocks are a pair");

static const double RAD_PER_DEG = 3.14159265358979323846 / 180;

const field *fields_find(field_group group, const char *name) {
  for (int i = 0; i < fields_count; i++)
    if (fields_table[i].group == group && strcmp(fields_table[i].name, name) == 0)
      return &fields_table[i];
  return NULL;
}

const char *fields_suggest(field_group group, const char *name) {
  const char *names[64];
  int count = 0;
  for (int i = 0; i < fields_count && count < 64; i++)
    if (fields_table[i].group == group)
      names[count++] = fields_table[i].name;
  return words_nearest(name, names, count);
}

void fields_names(field_group group, char *out, size_t size) {
  int left = 0;
  for (int i = 0; i < fields_count; i++)
    left += fields_table[i].group == group;
  size_t used = 0;
  out[0] = 0;
  for (int i = 0; i < fields_count && used < size; i++)
    if (fields_table[i].group == group) {
      const char *join = used == 0 ? "" : left == 1 ? " and " : ", ";
      used += (size_t)snprintf(out + used, size - used, "%s%s", join, fields_table[i].name);
      left--;
    }
}

void fields_range(const field *f, char *out, size_t size) {
  out[0] = 0;
  if (f->type == FIELD_TABLE || f->type == FIELD_NAME || f->type == FIELD_FILE)
    return;
  if (f->type == FIELD_WORD || f->type == FIELD_LABELS) {
    size_t used = 0;
    const char *word;
    for (int i = 0; (word = fields_word(f, i)) && used < size; i++)
      used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", word);
    return;
  }
  snprintf(out, size, "%.10g..%.10g%s%s%s", f->lo, f->hi, *f->unit ? " " : "", f->unit,
           f->zero_too ? " or 0" : "");
}

void fields_default(const field *f, char *out, size_t size) {
  if (f->fallback)
    snprintf(out, size, "%s", f->fallback);
  else if (f->type == FIELD_PAIR)
    snprintf(out, size, "{%.10g, %.10g}", f->initial, f->initial);
  else
    snprintf(out, size, "%.10g", f->initial);
}

bool fields_check(const field *f, double value, char *text, size_t size) {
  bool whole = f->type == FIELD_WHOLE || f->type == FIELD_PAIR;
  char range[FIELD_TEXT];
  fields_range(f, range, sizeof range);
  if (!isfinite(value)) {
    snprintf(text, size, "%s is not a finite number; %s would do",
             isnan(value) ? "nan" : (value > 0 ? "inf" : "-inf"), range);
    return false;
  }
  if (whole && value != floor(value)) {
    snprintf(text, size, "%.10g is not a whole number; %s would do", value, range);
    return false;
  }
  if ((value < f->lo || value > f->hi) && !(f->zero_too && value == 0)) {
    snprintf(text, size, "%.10g is outside %s", value, range);
    return false;
  }
  return true;
}

static bool is_plain_name(const char *text, double most) {
  size_t length = strlen(text);
  if (length == 0 || (double)length > most)
    return false;
  return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == length;
}

// A name and not a path, so that it can't leave the folder that it is looked for in.
static bool is_map_name(const char *text, const char *ending) {
  size_t length = strlen(text);
  return length > strlen(ending) && length < SCENE_FILE && text[0] != '.' &&
         strcmp(text + length - strlen(ending), ending) == 0 &&
         strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
             length;
}

bool fields_check_text(const field *f, const char *value, char *text, size_t size) {
  if (f->type == FIELD_NAME) {
    if (is_plain_name(value, f->hi))
      return true;
    snprintf(text, size, "\"%.40s\" is not a name of letters, digits and _ (1 to %d of them)",
             value, (int)f->hi);
    return false;
  }
  if (f->type == FIELD_FILE) {
    const char *ending = f->group == FIELDS_OSM ? ".osm" : ".xodr";
    if (is_map_name(value, ending))
      return true;
    snprintf(text, size, "\"%.40s\" is not the plain name of a map, like town%s", value, ending);
    return false;
  }
  const char *words[32];
  int count = 0;
  for (; count < 32 && (words[count] = fields_word(f, count)); count++)
    if (strcmp(words[count], value) == 0)
      return true;
  const char *near = words_nearest(value, words, count);
  char range[FIELD_TEXT];
  fields_range(f, range, sizeof range);
  if (near)
    snprintf(text, size, "unknown \"%.40s\"; did you mean \"%s\"?", value, near);
  else
    snprintf(text, size, "unknown \"%.40s\"; there is: %s", value, range);
  return false;
}

// Words of the ego, of actors and of their places.
static const char *scripted_word(const field *f, int index) {
  enum { MOST = 12 };
  static const struct {
    field_group group;
    const char *name, *words[MOST];
  } lists[] = {
      {FIELDS_EGO, "driver", {"idm", "constant"}},
      {FIELDS_EGO, "lane", {"any", "kerb", "middle", "centre"}},
      {FIELDS_EGO, "arm", {"any", "major", "minor"}},
      {FIELDS_ACTOR,
       "kind",
       {"car", "van", "truck", "bus", "motorcycle", "bicycle", "pedestrian", "deer", "police",
        "ambulance", "articulated"}},
      {FIELDS_ACTOR, "age", {"adult", "child"}},
      {FIELDS_ACTOR, "dress", {"drawn", "worker"}},
      {FIELDS_ACTOR, "driver", {"constant", "idm"}},
      {FIELDS_AT, "lane", {"same", "left", "right", "oncoming", "kerb", "sidewalk"}},
      {FIELDS_AT, "facing", {"along", "against", "across"}},
      {FIELDS_AT, "way", {"straight", "left", "right"}},
      {FIELDS_EGO, "dynamics", {"rails", "kinematic", "dynamic"}},
      {FIELDS_EGO, "vehicle", {"drawn", "bmw_320i", "pacifica"}},
      {FIELDS_EGO, "route", {"any", "straight", "left", "right"}},
      {FIELDS_ACTOR, "route", {"straight", "left", "right", "any"}},
  };
  for (size_t i = 0; i < sizeof lists / sizeof *lists && index < MOST; i++)
    if (lists[i].group == f->group && strcmp(lists[i].name, f->name) == 0)
      return lists[i].words[index];
  return NULL;
}

const char *fields_word(const field *f, int index) {
  static const char *const rules[] = {"signals_or_priority", "signals", "priority", "all_way_stop",
                                      "right_before_left"};
  static const char *const hands[] = {"right", "left"};
  static const char *const kinds[] = {"diamond", "trumpet", "cloverleaf"};
  static const char *const overs[] = {"crossing", "motorway"};
  static const char *const controls[] = {"fixed", "actuated"};
  if (f->group == FIELDS_SCENE && strcmp(f->name, "signal_control") == 0)
    return index < (int)(sizeof controls / sizeof *controls) ? controls[index] : NULL;
  if (f->group == FIELDS_SCENE)
    return index == 0 ? "mixed" : district_name(index - 1);
  if (f->type == FIELD_LABELS)
    return label_word(index);
  if (strcmp(f->name, "ego_body") == 0)
    return ego_body_name(index);
  if (f->group == FIELDS_LIDAR)
    return lidar_preset_name(index);
  if (f->group == FIELDS_CAMERA && strcmp(f->name, "lens") == 0)
    return lens_model_name(index);
  if (f->group == FIELDS_CAMERA)
    return electronics_word(f->name, index);
  if (f->group == FIELDS_TRAFFIC)
    return index < (int)(sizeof hands / sizeof *hands) ? hands[index] : NULL;
  if (f->group == FIELDS_INTERSECTION)
    return index < (int)(sizeof rules / sizeof *rules) ? rules[index] : NULL;
  if (f->group == FIELDS_INTERCHANGE && strcmp(f->name, "over") == 0)
    return index < (int)(sizeof overs / sizeof *overs) ? overs[index] : NULL;
  if (f->group == FIELDS_INTERCHANGE)
    return index < (int)(sizeof kinds / sizeof *kinds) ? kinds[index] : NULL;
  return scripted_word(f, index);
}

int fields_width(const field *f) {
  switch (f->type) {
  case FIELD_NUMBER:
  case FIELD_ANGLE:
  case FIELD_WHOLE:
    return 1;
  case FIELD_PAIR:
    return 2;
  case FIELD_VECTOR:
    return 3;
  default:
    return 0;
  }
}

void fields_put(const field *f, void *base, int index, double value) {
  char *at = (char *)base + f->offset;
  if (f->type == FIELD_WHOLE || f->type == FIELD_PAIR)
    ((int *)(void *)at)[index] = (int)value;
  else
    ((double *)(void *)at)[index] = f->type == FIELD_ANGLE ? value * RAD_PER_DEG : value;
}

// Bytes after the text are zero, so that equal definitions are equal bytes.
void fields_put_text(const field *f, void *base, const char *value) {
  if (f->offset == FIELD_NOWHERE)
    return;
  char *at = (char *)base + f->offset;
  size_t size = f->type == FIELD_FILE   ? SCENE_FILE
                : f->type == FIELD_NAME ? (size_t)f->hi + 1
                                        : RIG_NAME;
  memset(at, 0, size);
  snprintf(at, size, "%s", value);
}

double fields_get(const field *f, const void *base, int index) {
  const char *at = (const char *)base + f->offset;
  if (f->type == FIELD_WHOLE || f->type == FIELD_PAIR)
    return ((const int *)(const void *)at)[index];
  double value = ((const double *)(const void *)at)[index];
  return f->type == FIELD_ANGLE ? value / RAD_PER_DEG : value;
}

void fields_reset(field_group group, void *base) {
  for (int i = 0; i < fields_count; i++) {
    const field *f = &fields_table[i];
    if (f->group != group || f->offset == FIELD_NOWHERE || f->type == FIELD_VECTOR)
      continue;
    for (int k = 0; k < fields_width(f); k++)
      fields_put(f, base, k, f->initial);
  }
}
