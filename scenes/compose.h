// SPDX-License-Identifier: Apache-2.0
// Joining networks: open ends, roads that lead from one end to another, room between parts.
// Private to scenes/compose_*.c and place_compose.c.
#ifndef SCENES_COMPOSE_H
#define SCENES_COMPOSE_H

#include "scenes/highway.h"

/// A lane of a road at its open end.
typedef struct compose_lane {
  int id;
  lane_type type;
  int users;
  double width_m, height_m;
} compose_lane;

enum { COMPOSE_OUT, COMPOSE_IN }; // sides of an end: lanes that lead out of the network, into it

/// An end of a road that nothing is joined to, level across, straight, driven both ways.
typedef struct compose_end {
  int road;
  bool at_end;
  road_class class;
  double limit_mps;
  road_place at; // of lane 0, heading out of the network
  double z_m, grade;
  int driven[2];    // lanes, by side
  bool ridden[2];   // a lane for bicycles, by side
  bool kerbed[2];   // by side
  double walk_m[2]; // of the road's sidewalk, by side
  int count[2];     // by side
  compose_lane lanes[2][PROFILE_LANES];
} compose_end;

enum { COMPOSE_ENDS = 64 };

/// The ends of a network's roads from one on that can be joined; their number. Of roads that
/// don't lead to each other, as those that cross above a highway, only those that the best class
/// leads to count.
/// `failed` is set when memory ran out.
int compose_ends_find(const road_network *net, int first_road, compose_end out[COMPOSE_ENDS],
                      bool *failed);

enum { COMPOSE_STRIPS = 40, COMPOSE_CUTS = 32 };

/// A lane of a joining road, and those that it leads from and to; 0 none.
typedef struct joint_strip {
  highway_strip shape;
  double height_m;
  int users, from, to;
} joint_strip;

/// A road from one end to another, as plan. s runs out of the first and into the second; lanes
/// are listed from the centre outward, by side: along s (COMPOSE_OUT) and against it.
typedef struct compose_joint {
  road_class class;
  double limit_mps, length_m;
  int piece_count;
  road_geometry pieces[5];
  road_poly3 elevation;
  int strip_count[2];
  joint_strip strips[2][COMPOSE_STRIPS];
  int cut_count;
  double cuts[COMPOSE_CUTS]; // between its roads, ascending
} compose_joint;

/// Lays out a road of gap_m, or more where lanes, heights or the bend need it, that turns by
/// turn_rad (positive to the left). The second end's own place is free: *lands says where it has
/// to be, heading out of its network, and *lands_z_m how high.
void compose_joint_plan(compose_joint *out, const compose_end *a, const compose_end *b,
                        double gap_m, double turn_rad, road_place *lands, double *lands_z_m);
/// Builds it between those ends of roads of the builder.
void compose_joint_build(road_builder *b, const compose_joint *joint, int a_road, bool a_at_end,
                         int b_road, bool b_at_end);

/// A stretch of road as a circle over its width.
typedef struct compose_spot {
  double x_m, y_m, radius_m;
} compose_spot;

/// What roads cover.
typedef struct compose_room {
  int count, capacity;
  compose_spot *spots;
  bool failed;
} compose_room;

void compose_room_free(compose_room *room);
/// Adds all roads from one on.
void compose_room_add(compose_room *room, const road_network *net, int first_road);
/// Adds a joining road.
void compose_room_add_joint(compose_room *room, const compose_joint *joint);
/// A copy that is moved; empty and failed when memory ran out.
compose_room compose_room_moved(const compose_room *room, const road_motion *by);
/// Whether all of one are farther than apart_m from all of the other, but for what lies behind an
/// end (NULL: none), which looks out: the road there. False, with a->failed, when memory ran out.
bool compose_room_apart(compose_room *a, const compose_room *b, double apart_m,
                        const road_place *end);

#endif
