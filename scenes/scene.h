// SPDX-License-Identifier: Apache-2.0
// One concrete scene: built once from a definition and a stream, then const.
#ifndef SCENES_SCENE_H
#define SCENES_SCENE_H

#include <math.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "scenes/rig.h"
#include "scenes/road.h"
#include "scenes/scene_def.h"
#include "scenes/taxonomy.h"
#include "scenes/weather.h"

/// What stands or moves in a scene. The renderer has one family of assets a kind.
typedef enum thing_kind {
  THING_BUILDING,
  THING_TREE,
  THING_BUSH,
  THING_LAMP,
  THING_SIGNAL,
  THING_WALK_SIGNAL,
  THING_SIGN,
  THING_BENCH,
  THING_BIN,
  THING_HYDRANT,
  THING_BOLLARD,
  THING_BUS_STOP,
  THING_BILLBOARD,
  THING_CAR,
  THING_VAN,
  THING_TRUCK,
  THING_BUS,
  THING_MOTORCYCLE,
  THING_BICYCLE,
  THING_PERSON,
  THING_POLE,       // carries signs and signal heads, which are things of their own
  THING_CONE,       // of a work zone
  THING_BARRIER,    // of a work zone, red and white
  THING_DELINEATOR, // a post with reflectors at the road's border
  THING_FENCE,      // fences, walls and hedges: a piece of about 2 m, y along it
  THING_WALL,
  THING_HEDGE,
  THING_WHEELCHAIR, // and the person in it
  THING_PRAM,       // without who pushes it
  THING_DOG,
  THING_LEASH, // of a dog: a look without a label of its own
  THING_DEER,
  THING_POLICE, // cars and vans with blue lights
  THING_AMBULANCE,
  THING_TRACTOR, // of a semi-trailer, which is a thing of its own
  THING_TRAILER,
  THING_KIND_COUNT
} thing_kind;

/// Bits of a tree's or bush's asset_seed: with needles all year; without leaves in winter.
#define PLANT_CONIFER 0x80000000u
#define PLANT_BARE 0x40000000u

/// What kind of quarter a building is made for: the lowest three bits of its asset_seed.
typedef enum district_kind {
  DISTRICT_CENTRE,      // closed rows, shops below flats
  DISTRICT_RESIDENTIAL, // houses with gardens, flats where they are tall
  DISTRICT_OFFICES,
  DISTRICT_INDUSTRIAL, // halls
  DISTRICT_COUNT
} district_kind;
#define BUILDING_DISTRICT_BITS 7u
/// Those bits of a garage, which is of no district.
#define BUILDING_GARAGE_BITS 7u

/// Bits of a person's asset_seed: who that looks like, and what is held. The rest is free.
#define PERSON_HAS_UMBRELLA 0x80000000u
#define PERSON_LOOKS_CHILD 0x40000000u
#define PERSON_LOOKS_OLD 0x20000000u
#define PERSON_PUSHES_PRAM 0x10000000u
#define PERSON_HAS_LEASH 0x08000000u
#define PERSON_LOOK_BITS 0x07ffffffu

/// Whether it is on a sidewalk's way: a person of any kind, a pram or a dog.
static inline bool thing_walks(thing_kind kind) {
  return kind == THING_PERSON || (kind >= THING_WHEELCHAIR && kind <= THING_DOG);
}
/// Whether it takes part in traffic: a vehicle, who is on foot, or a deer.
static inline bool thing_moves(thing_kind kind) {
  return (kind >= THING_CAR && kind <= THING_PERSON) || thing_walks(kind) || kind >= THING_DEER;
}
/// Whether it has blue lights and a siren.
static inline bool thing_has_siren(thing_kind kind) {
  return kind == THING_POLICE || kind == THING_AMBULANCE;
}
/// Whether it gets boxes of its own in every frame: what moves or could, and what detectors of
/// signs, signals and work zones are trained on.
static inline bool thing_has_boxes(thing_kind kind) {
  return thing_moves(kind) || kind == THING_SIGNAL || kind == THING_WALK_SIGNAL ||
         kind == THING_SIGN || kind == THING_CONE || kind == THING_BARRIER;
}

/// The driver's door of cars and vans: its steps in pictures, how far it opens, and how long it is.
enum { DOOR_PHASES = 11 };
#define DOOR_MOST_RAD 1.1519173063162575 // 66 degrees
#define DOOR_M 1.25                      // about: long coupes have 1.7 m, vans 0.8 m
/// How far a door that is open by so much stands out of the body's side, in m.
static inline double door_reach(double door_rad) {
  return DOOR_M * sin(door_rad < DOOR_MOST_RAD ? door_rad : DOOR_MOST_RAD);
}

/// Four sRGB colours that an asset's materials may refer to. By kind:
/// vehicles: paint, second paint, interior, rim; people: top, trousers, skin, hair; deer: coat,
/// pale; buildings: wall, trim, roof, shop sign; others: main, second.
typedef struct palette {
  uint8_t rgb[4][3];
} palette;

/// Something that never moves. Its pose is at the middle of its box's bottom, which is on the
/// ground but for signs and signal heads, whose poles are things of their own; size_m is the
/// box of its geometry, z from 0 to size_m[2].
typedef struct scene_thing {
  uint32_t id;
  thing_kind kind;
  semantic class;
  uint32_t asset_seed; // chooses the variant
  pose at;             // x: front. Buildings: front faces the street.
  double size_m[3];    // l w h
  palette colors;
  int signal;                    // road_signal id of a head, 0 otherwise
  uint32_t sign;                 // scenes/sign.h, 0 for other things
  const struct script_map *body; // the mesh that it looks like, or NULL: by kind and seed
} scene_thing;

/// A paved way from a road to a house, a garage or a yard. Within the road it goes over kerb and
/// planted strip, or over the verge; beyond the road's outer border it is a strip of land.
typedef struct scene_drive {
  int road, side;      // road id; +1 left of its s, -1 right
  double s_m, width_m; // of its middle on the road; along the road
  double length_m;     // from the road's outer border on
  vec3 corners[4];     // of the strip of land, counter-clockwise; the first two are on that border
} scene_drive;

/// How a field looks on the scene's day.
typedef enum field_look {
  FIELD_GREEN,
  FIELD_RIPE,
  FIELD_BLOOM, // rape, yellow
  FIELD_STUBBLE,
  FIELD_SOIL, // ploughed or sown
  FIELD_LOOKS
} field_look;

/// A tilled field, a rectangle of the land. Its rows run along its first side, which lies towards
/// the road.
typedef struct scene_field {
  field_look look;
  vec3 corners[4]; // counter-clockwise, on the land
} scene_field;

/// How a rail ends: down in the ground, in a bridge's parapet, or on along the next road.
typedef enum rail_end { RAIL_DOWN, RAIL_PARAPET, RAIL_ON } rail_end;

/// A steel rail beside a road, SCENE_RAIL_BEYOND_M from the border of what is driven or stopped on.
typedef struct scene_rail {
  int road, side; // road id; +1 left of its s, -1 right
  double begin_m, end_m;
  rail_end ends[2]; // at its begin, at its end
} scene_rail;
#define SCENE_RAIL_BEYOND_M 0.5

/// What kind of driver somebody is; sim/style.h says what it means besides driver_params.
typedef enum driver_style {
  DRIVER_NORMAL,
  DRIVER_AGGRESSIVE,
  DRIVER_CAUTIOUS,
  DRIVER_STYLES
} driver_style;

/// What a rule breaker does, bits; each has one.
typedef enum driver_break {
  BREAKS_RED = 1,     // goes on at yellow and at red
  BREAKS_BRAKING = 2, // brakes late, as hard as tyres allow
  BREAKS_SPEED = 4,   // drives much faster than the limit
  BREAKS_YIELD = 8,   // doesn't give way, nor stop at a stop sign or for those who wait to cross
  BREAKS_GAP = 16,    // follows too closely
} driver_break;
enum { DRIVER_BREAKS = 5 };

/// A driver's draws: the Intelligent Driver Model's parameters (Treiber 2000).
typedef struct driver_params {
  double speed_factor; // desired speed = limit x factor
  double headway_s;    // T
  double gap_m;        // s0
  double accel_mps2;   // a
  double decel_mps2;   // b, comfortable
  double exponent;     // delta
} driver_params;

/// A vehicle at the scene's start. Its pose origin is on the ground below the
/// rear axle, its box centre rear_to_centre_m ahead of that, half its height up.
struct script_map;
typedef struct scene_vehicle {
  uint32_t id;
  thing_kind kind;
  semantic class;
  uint32_t asset_seed;
  double size_m[3];
  double rear_to_centre_m, wheelbase_m;
  palette colors;
  int lane;   // lane_path id
  double s_m; // of the box centre along the lane
  double speed_mps;
  driver_params driver;
  uint8_t style;                 // driver_style
  uint8_t breaks;                // driver_break bits, 0: keeps the rules
  double red_s;                  // BREAKS_RED: how long after red began it still goes, s
  uint8_t filters;               // 1: on two wheels, and rides past queues
  const struct script_map *body; // the mesh that it looks like, or NULL: by kind and seed
  int trailer;                   // 1 + index of the trailer that it tows, 0 none
  double trailer_m;              // by which that makes it longer
} scene_vehicle;

/// Whether it has a driver's door that opens: meshes of users' own are one piece.
static inline bool scene_door_opens(const scene_vehicle *v) {
  return (v->kind == THING_CAR || v->kind == THING_VAN) && !v->body;
}

/// From its front to the rear of what it tows. Its s_m is that of the middle of this length.
static inline double scene_vehicle_length(const scene_vehicle *v) {
  return v->size_m[0] + v->trailer_m;
}

/// A semi-trailer on its tractor's fifth wheel. Its pose origin is on the ground below its middle
/// axle, its box centre axle_to_centre_m ahead of that, half its height up.
typedef struct scene_trailer {
  uint32_t id; // beyond those of vehicles and people
  int vehicle; // index of its tractor
  semantic class;
  uint32_t asset_seed;
  double size_m[3];
  double hitch_m; // the kingpin, ahead of the tractor's rear axle
  double pin_m;   // from the kingpin back to the middle axle
  double axle_to_centre_m;
  palette colors;
} scene_trailer;

/// Where buses stop.
typedef struct scene_stop {
  int lane;       // lane_path id
  double s_m;     // of the bus's front along it
  uint32_t thing; // id of the shelter
} scene_stop;

/// How a junction's signals work. Whoever gives none has fixed ones.
typedef enum signal_mode {
  SIGNALS_FIXED,    // by their programme
  SIGNALS_ACTUATED, // by who comes, see sim/signals.c
  SIGNALS_FLASHING, // yellow for vehicles, off for people: the roads' priority holds
  SIGNALS_DARK,     // out of order: likewise
} signal_mode;

/// Who walks.
typedef enum person_kind {
  PERSON_ADULT,
  PERSON_CHILD,
  PERSON_ELDERLY,
  PERSON_KIND_COUNT
} person_kind;

typedef struct scene_person {
  uint32_t id;
  person_kind kind;
  int group; // number from 1 of those who walk together, 0 alone; they follow each other
  uint32_t asset_seed;
  double size_m[3];
  palette colors;
  thing_kind thing; // THING_PERSON, or a wheelchair with its user; a pram or a dog goes along
  int along;        // 1 + index of whom it goes along with; 0: by itself
  bool umbrella;    // has one for rain from umbrella_mmh on
  double umbrella_mmh;
  int edge;          // walk_edge id; 0 of scripted people, who are where scene_actor says, and of
                     // what goes along
  double s_m;        // from node a
  double offset_m;   // sideways from the edge's middle line, left positive
  int direction;     // +1 towards b, -1 towards a
  double speed_mps;  // desired
  double jaywalking; // chance to ignore a red man
  double midblock;   // chance, at each sidewalk, to cross in the middle of it
  const struct script_map *body; // the mesh that it looks like, or NULL
} scene_person;

/// How a vehicle's body moves: its middle along its lane's, as a train's; or as the single-track
/// model (sim/single_track.h) lets it, whose wheels roll, or slip.
typedef enum body_dynamics {
  BODY_RAILS,
  BODY_KINEMATIC,
  BODY_DYNAMIC,
  BODY_DYNAMICS
} body_dynamics;

/// Of which make the model's numbers, and the body's size, are: drawn, or a known car's.
typedef enum body_model { BODY_BY_SIZE, BODY_BMW_320I, BODY_PACIFICA, BODY_MODELS } body_model;

/// One of the actors of a script, by its number: a vehicle or a person of the scene.
typedef struct scene_actor {
  int vehicle, person; // index, -1: it isn't one
  int route;           // turn_kind that it takes at junctions; -1: any
  bool constant;       // keeps its speed, and its lane, until it is told otherwise
  bool beside;         // off the lanes from the beginning, at (x, y), the middle of its box
  bool behaves;        // has a behaviour
  double x_m, y_m, z_m, heading_rad; // of one beside the lanes
  double shift_m;                    // of one on a lane: to the left of its middle
  double speed_mps;                  // at the beginning
} scene_actor;

enum { SCENE_PLACE_NAME = 32 };

typedef struct scene {
  arena *memory; // owns everything below
  uint64_t seed;
  uint32_t index;   // scene number in the job
  uint32_t attempt; // how often require_that() had rejected before
  uint64_t hash;    // of all that follows: equal scenes, equal hash
  char place[SCENE_PLACE_NAME];
  char scenario[SCENARIO_NAME]; // what the script calls it, or ""; not in the hash
  char map[SCENE_FILE];         // file that the roads were read from, or ""
  double duration_s, frame_hz, step_s;
  weather_state weather; // at its begin
  weather_change change;
  road_network roads;
  int thing_count;
  scene_thing *things;
  int drive_count;
  scene_drive *drives; // by road, side and s
  int field_count;
  scene_field *fields; // of open country
  int stop_count;
  scene_stop *stops;   // of buses, by their shelter
  double bus_stopping; // probability that a bus stops at one of them
  int rail_count;
  scene_rail *rails; // of roads without a median, by road and side
  int vehicle_count;
  scene_vehicle *vehicles; // [ego] is the ego
  int ego;
  int trailer_count;
  scene_trailer *trailers; // by their vehicle
  body_dynamics ego_dynamics;
  body_model ego_model;
  int person_count;
  scene_person *people;     // then what goes along with them
  double *signal_offsets_s; // (junction_count) program time at scene time 0
  uint8_t *signal_modes;    // (junction_count) signal_mode; NULL: all fixed
  rig_def rig;
  uint32_t id_count; // ids in use are 1 .. id_count
  int actor_count;
  scene_actor *actors; // of the script, [0] the ego; count 0: none
  int prop_count;
  scene_thing *props;          // of the script, among `things`, too, where they have ids
  const struct script *script; // which has their behaviours, and must outlive the scene; or NULL
} scene;

/// Bodies that move: vehicles, people, and trailers, which whoever lists them has in that order.
static inline int scene_body_count(const scene *s) {
  return s->vehicle_count + s->person_count + s->trailer_count;
}

typedef enum lack_kind { LACK_NONE, LACK_VEHICLES, LACK_PEOPLE, LACK_KIND_COUNT } lack_kind;

/// A number that was asked for, and for how many room was found.
typedef struct scene_lack {
  lack_kind kind;
  int wanted, room;
  int work; // points of the roads' lanes: what drawing again would cost
} scene_lack;

/// Builds scene number `index` of the job with that seed from a definition. The
/// scene copies what it needs. Release with scene_destroy.
/// STATUS_RANGE when the definition can't be met, e.g. no room for the vehicles.
status scene_build(scene **out, const scene_def *def, uint64_t seed, uint32_t index,
                   uint32_t attempt, trouble *why);
/// Same. When an asked-for number is what doesn't fit, `lack` says so; otherwise its kind is
/// LACK_NONE.
status scene_build_lacking(scene **out, const scene_def *def, uint64_t seed, uint32_t index,
                           uint32_t attempt, scene_lack *lack, trouble *why);
void scene_destroy(scene *s);

#endif
