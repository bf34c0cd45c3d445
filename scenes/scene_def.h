// SPDX-License-Identifier: Apache-2.0
// What a script asks for, with every draw already made: the bridge from Lua (which
// fills it) to the builders (which read it). Ranges are in scenes/fields.c, the
// one table that the reader, `roadloom fields` and --set share.
#ifndef SCENES_SCENE_DEF_H
#define SCENES_SCENE_DEF_H

#include <stdbool.h>
#include <stddef.h>

#include "scenes/actor.h"
#include "scenes/rig_form.h"
#include "scenes/weather.h"

typedef enum place_kind {
  PLACE_GRID_CITY,
  PLACE_HIGHWAY,
  PLACE_INTERSECTION,
  PLACE_STRAIGHT,
  PLACE_CURVE,
  PLACE_ROUNDABOUT,
  PLACE_TOWN,
  PLACE_RURAL,
  PLACE_INTERCHANGE,
  PLACE_PARKING,
  PLACE_COMPOSE,                      // of several others
  PLACE_KIND_COUNT,                   // of those made from numbers
  PLACE_OPENDRIVE = PLACE_KIND_COUNT, // read from a map
  PLACE_OSM,
  PLACE_COUNT
} place_kind;

typedef struct grid_city_def {
  int ways_out;           // streets that lead out of the city, one on a side
  int blocks_x, blocks_y; // blocks between streets: junctions are (x+1)(y+1)
  double block_m;         // mean distance of parallel streets
  double irregularity;    // 0..1: streets shift and bend (curved streets)
  double signals;         // share of inner junctions with signals
  int lanes;              // per direction, 1..2
  double lane_width_m, sidewalk_m;
  double speed_limit_mps;
  double building_height_m; // mean
  double trees_per_km;      // street trees
  double parked_per_km;     // parked vehicles
  double corner_radius_m;
  double turn_lanes; // share of junctions with lanes for left turns
  double one_way;    // share of the streets within the rim
  double bike_lanes; // share of the streets with lanes for bicycles
  double bus_lanes;  // of those with two lanes a direction, the share with lanes for buses
  int work_zones;    // stretches that something is closed on, where there is room; in all places
} grid_city_def;

typedef struct highway_def {
  double length_m;
  int lanes; // per direction
  double lane_width_m, shoulder_m;
  double radius_m; // of its curves; 0: straight throughout
  double speed_limit_mps;
  double trees_per_km;
  // Of each carriageway.
  int exits, entries;                    // ramps
  int lane_drops, lane_gains;            // lanes that end and begin
  double weaving;                        // probability that an entry and an exit share a lane
  double acceleration_m, deceleration_m; // lanes beside, without tapers and gores
  double ramp_radius_m;
  int overpasses; // roads that cross above, where there is room
  int work_zones;
} highway_def;

/// What stands along the streets of the newer places.
typedef struct roadside_def {
  double building_height_m; // mean
  double trees_per_km, parked_per_km;
} roadside_def;

/// One road that ends in the open.
typedef struct single_road_def {
  double length_m;           // of a straight; of each leg before and after a curve
  double radius_m, turn_rad; // curve only; positive turns left
  int lanes;                 // per direction
  double lane_width_m;
  double sidewalk_m; // 0: a country road with verges
  double speed_limit_mps;
  double bike_lanes; // probability of lanes for bicycles
  double bus_lanes;  // of lanes for buses, where there are two lanes a direction or more
  roadside_def side;
  int work_zones;
} single_road_def;

typedef struct intersection_def {
  int arms;               // 3..6
  double jitter_rad;      // how far each arm's heading may be off
  number_list angles_deg; // headings of the arms; count 0: by arms and jitter
  char rule[RIG_NAME];    // who goes first
  double arm_m;
  int lanes;
  double lane_width_m, sidewalk_m;
  double signals; // probability that it has them, where the rule leaves it open
  double speed_limit_mps;
  double building_height_m, trees_per_km, parked_per_km, corner_radius_m;
  double turn_lanes; // probability of lanes for left turns
  double bike_lanes; // share of the streets with lanes for bicycles
  double bus_lanes;  // of those with two lanes a direction, the share with lanes for buses
  double slip_lanes; // share of turns to the right with a slip lane, where there is room
} intersection_def;

typedef struct roundabout_def {
  int arms;              // 3..6
  double jitter_rad;     // how far each arm's heading may be off
  double inner_radius_m; // of the island; raised where the arms need more
  int lanes;             // of the ring and of each arm a direction
  double arm_m, lane_width_m, sidewalk_m, speed_limit_mps, corner_radius_m;
  roadside_def side;
} roundabout_def;

typedef struct town_def {
  double size_m, block_m; // across; typical distance of crossings
  double dead_ends;       // share of dead ends that stay
  double signals;         // share of the through road's crossings with signals
  int main_lanes;         // of the through road a direction
  double lane_width_m, sidewalk_m;
  double speed_limit_mps, residential_limit_mps; // on the through road, elsewhere
  double corner_radius_m;
  double turn_lanes; // share of the through road's crossings with lanes for left turns
  double one_way;    // share of the other streets, as far as all can still be reached
  double bike_lanes; // share of the streets with lanes for bicycles
  double bus_lanes;  // of those with two lanes a direction, the share with lanes for buses
  roadside_def side;
  int work_zones;
} town_def;

typedef struct rural_def {
  double length_m;
  double hills_m;   // standard deviation of the land's height
  double curviness; // 0: long curves; 1: as tight as the speed allows, and many
  double side_roads_per_km;
  int bridges, tunnels;
  double lane_width_m, shoulder_m, speed_limit_mps;
  double superelevation; // rise per metre across the tightest curves
  double grade;          // steepest rise per metre
  double trees_per_km;
  double woods, farmland; // shares of the land beside the road
  int work_zones;
} rural_def;

/// A motorway and a road that crosses it at another level.
typedef struct interchange_def {
  char kind[RIG_NAME];       // fields_word() lists what is built
  char over[RIG_NAME];       // and which road lies over the other one
  double length_m;           // of the motorway
  int lanes, crossing_lanes; // per direction
  double lane_width_m, shoulder_m;
  double speed_limit_mps, crossing_limit_mps;
  double ramp_radius_m, loop_radius_m;
  double acceleration_m, deceleration_m; // lanes beside, without tapers and gores
  double signals;                        // probability that a diamond's junctions have them
  double trees_per_km;
} interchange_def;

typedef struct parking_def {
  int aisles, bays_per_row;
  double bay_angle_rad; // of a bay against its aisle
  double bay_width_m, bay_length_m, aisle_m;
  double one_way;   // probability that its aisles are
  double occupancy; // share of bays with a vehicle
  double backed_in; // share of those that head out
  int accessible_bays;
  double speed_limit_mps, street_limit_mps; // in the car park and on its street
  double sidewalk_m;
  double building_height_m, trees_per_km; // along its street; trees between the rows, too
} parking_def;

enum { SCENE_FILE = 64 };

/// A place that is read from a map.
typedef struct map_def {
  char file[SCENE_FILE];        // as the script names it
  const struct script_map *map; // its bytes: the script's
  double building_height_m, trees_per_km, parked_per_km;
} map_def;

/// The definition of a place that can be a part of others.
typedef union part_def {
  grid_city_def grid_city;
  highway_def highway;
  intersection_def intersection;
  single_road_def straight, curve;
  roundabout_def roundabout;
  town_def town;
  rural_def rural;
  interchange_def interchange;
} part_def;

typedef struct compose_part {
  place_kind kind;
  part_def of;
} compose_part;

enum { COMPOSE_PARTS = 8 };

/// Places that roads join.
typedef struct compose_def {
  double gap_m; // length of the joining roads, at least
  int part_count;
  compose_part parts[COMPOSE_PARTS];
} compose_def;

/// A place of any kind by its definition: what reads all kinds alike takes this.
typedef struct place_ref {
  place_kind kind;
  const void *def; // grid_city_def of PLACE_GRID_CITY, and so on
} place_ref;

enum { MIX_KINDS = 7 };    // car van truck bus motorcycle bicycle articulated, in that order
enum { DRIVER_KINDS = 3 }; // aggressive normal cautious, in that order
enum { WALK_KINDS = 3 };   // adult child elderly, as person_kind has them

enum { SCENARIO_NAME = 48 };

typedef struct scene_def {
  double duration_s, frame_hz, step_s;
  char scenario[SCENARIO_NAME]; // a word of the script's, "": none
  place_kind place;
  grid_city_def grid_city;
  highway_def highway;
  intersection_def intersection;
  single_road_def straight, curve;
  roundabout_def roundabout;
  town_def town;
  rural_def rural;
  interchange_def interchange;
  parking_def parking;
  compose_def compose;
  map_def opendrive, osm;
  char hand[RIG_NAME];     // the side that traffic keeps to: right or left
  char district[RIG_NAME]; // of all buildings, a district's name; mixed: by where they stand
  double street_furniture; // 0..1: benches, bins, bus stops, bollards, hydrants, fences, posters
  double vehicles_per_km;  // per km of lane path outside junctions
  int vehicles;            // absolute count (besides the ego), or -1: use the density
  double mix[MIX_KINDS];   // weights
  int body_count;
  body_def bodies[BODIES_MAX]; // (body_count) that vehicles of their kinds have
  int walker_count;
  body_def walkers[BODIES_MAX];  // (walker_count) that people on foot have
  double drivers[DRIVER_KINDS];  // weights
  double rule_breakers;          // 0..1: share of drivers
  double filtering;              // 0..1: share of riders on two wheels
  double bus_stopping;           // 0..1: share of the bus stops that a bus stops at
  int emergency;                 // police cars and ambulances with siren, besides the others
  char signal_control[RIG_NAME]; // of all signals: fixed or actuated
  double signals_flashing, signals_dark; // shares of the junctions with signals
  double pedestrians_per_km;             // per km of sidewalk
  int pedestrians;                       // absolute count, or -1
  double jaywalking;                     // 0..1
  double midblock;                       // 0..1, at each sidewalk
  double groups;                         // 0..1, share of people who walk with others
  double wheelchairs, prams, dogs;       // 0..1, shares: see scenes/fields.c
  double umbrellas;                      // 0..1, share of people who have one
  double walk_mix[WALK_KINDS];           // weights
  weather_state weather;                 // the sun still to be placed from the three below
  weather_change change;
  double time_of_day_h, latitude_deg;
  int day_of_year;
  rig_def rig;
  ego_place ego_at;
  char ego_dynamics[RIG_NAME];  // rails, kinematic or dynamic
  char ego_vehicle[RIG_NAME];   // drawn, bmw_320i or pacifica
  int actor_count;              // 0: the ego alone, and nothing said about it but its place
  actor_def actors[ACTORS_MAX]; // [0] the ego
  int prop_count;
  prop_def props[PROPS_MAX]; // (prop_count)
} scene_def;

/// Where a kind's definition is in a scene_def, and its size in bytes.
void *scene_def_place(scene_def *def, place_kind kind, size_t *size);
/// Whether its roads are a place's of that kind, or some of them are.
bool scene_def_has(const scene_def *def, place_kind kind);
/// Makes a part the place of that kind that a definition has, which isn't composed or a map.
void compose_part_put(compose_part *part, place_kind kind, scene_def *from);
/// A part of a composed place, by its number from 1.
place_ref compose_ref(const compose_def *def, int number);
/// The scene's place, which lives as long as `def`.
place_ref scene_def_ref(const scene_def *def);
/// What stands along a place's roads.
roadside_def place_roadside(place_ref of);

/// Documented defaults of every field; place is a grid city.
scene_def scene_def_default(void);
/// Name of a district_kind; NULL beyond the last one.
const char *district_name(int kind);
/// How many work zones its place is to have.
int place_work_zones(place_ref of);
/// The map of a definition whose place is read from one; NULL for other places.
const map_def *scene_def_map(const scene_def *def);

#endif
