// SPDX-License-Identifier: Apache-2.0
// The behaviours of a script's actors: coroutines that look at the world as plain data and
// answer with orders, plain data too. Each world has its own; nobody else knows Lua.
#ifndef SCENES_BEHAVIOUR_H
#define SCENES_BEHAVIOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "scenes/scene.h"

enum { BEHAVIOUR_POINTS = 48, BEHAVIOUR_ROUTE = 8 };

/// An actor as its behaviour sees it, by its number. The place is the middle of its box.
typedef struct behaviour_body {
  bool gone; // has left the roads
  double x_m, y_m, heading_rad;
  double vx_mps, vy_mps;
  double speed_mps; // along its heading
  double length_m, width_m;
  int lane;                         // that it drives on, or that is nearest; 0: none is near
  double s_m;                       // along it
  int route[BEHAVIOUR_ROUTE];       // lanes that it is going to take, `lane` first
  int route_count;                  // 0 beside the lanes
  uint32_t along_done, across_done; // serial of the last order that is carried out
} behaviour_body;

typedef struct behaviour_view {
  double time_s;
  int count; // the scene's actor_count
  behaviour_body bodies[ACTORS_MAX];
} behaviour_view;

/// How to go on along the way.
typedef enum order_along {
  ALONG_OWN,   // as its driver would; from the beginning, unless the scene has it constant
  ALONG_SPEED, // to speed_mps at accel_mps2, then at that speed; done once there
  ALONG_KEEP,  // so that it has gap_m + headway_s v to `other`; done once it has
  ALONG_PATH   // off the lanes, from point to point; done at the last one, where it stands
} order_along;

/// Where to be across the lane.
typedef enum order_across {
  ACROSS_OWN,   // as its driver would, with ALONG_OWN; else in its lane
  ACROSS_LANE,  // to the lane beside, in across_s
  ACROSS_SHIFT, // shift_m left of the lane's middle, in across_s
} order_across;

/// What an actor is to do. A new serial is a new order; both begin with 0, none.
typedef struct behaviour_order {
  uint32_t along_serial, across_serial, path_serial; // of the points
  order_along along;
  order_across across;
  double speed_mps, accel_mps2; // accel_mps2 > 0: for speeding up and slowing down
  bool to_speed;                // of a path: done as soon as the speed is reached
  int other;                    // number of the actor
  bool in_front;                // the gap is kept in front of it, else behind it
  double gap_m, headway_s;
  int side; // of the lane: 1 left, -1 right
  double shift_m, across_s;
  uint32_t door_serial; // of the driver's door: to door_rad in door_s
  double door_rad, door_s;
  int siren; // 1 on, -1 off, 0: as it was
  int point_count;
  double points[BEHAVIOUR_POINTS][2];
} behaviour_order;

typedef struct behaviours behaviours;

/// Starts the behaviours of the scene's actors: runs its script once more, in a sandbox of its
/// own, with the same draws. *out is NULL where nobody behaves. The scene and its script must
/// outlive it. Release with behaviours_destroy. Errors as script_define's.
status behaviours_create(behaviours **out, const scene *s, trouble *why);
void behaviours_destroy(behaviours *b);

/// Resumes, in the order of the actors, those whose wait is over. orders: (actor_count), as the
/// last step left them. STATUS_RANGE, STATUS_LIMIT or STATUS_MEMORY with the line of the script.
status behaviours_step(behaviours *b, const behaviour_view *view, behaviour_order *orders,
                       trouble *why);

/// A wait that hasn't come to its end.
typedef struct behaviour_wait {
  int actor;
  char text[160]; // "town.lua:7: wait_until: …"
} behaviour_wait;
/// What would still be waited for if the scene ended now: conditions that never held, lane changes
/// that found no room to begin, and actors who were gone before their behaviour had ended. The
/// number of them.
int behaviours_waiting(const behaviours *b, behaviour_wait out[ACTORS_MAX]);

#endif
