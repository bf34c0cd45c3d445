// SPDX-License-Identifier: Apache-2.0
#include "scenes/bus_stops.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
// The sign stands so far ahead of the shelter's middle (furnish_small.c); a bus's front door, which
// is to be there, is so far behind its front.
static const double SIGN_M = 3, TO_DOOR_M = 1;
static const double CLEAR_M = 2; // from a lane's stop line

// The lane that a shelter stands beside, and where on it a bus's front stops; lane 0: none.
static scene_stop stop_of(const road_network *net, const scene_thing *shelter) {
  scene_stop stop = {.thing = shelter->id};
  double s = 0;
  int lane = lane_nearest(net, shelter->at.p_m.x, shelter->at.p_m.y, &s, NULL);
  if (!lane)
    return stop;
  const lane_path *path = &net->paths[lane - 1];
  double facing = quat_yaw(shelter->at.q), way = facing + (net->left_hand ? 0.5 : -0.5) * PI;
  bool along = cos(way - lane_point(net, path, s).heading_rad) > 0.7;
  stop.s_m = s + SIGN_M + TO_DOOR_M;
  if (along && !path->junction && (path->users & LANE_FOR_BUSES) &&
      stop.s_m < fmin(path->stop_s_m, path->length_m) - CLEAR_M)
    stop.lane = lane;
  return stop;
}

status bus_stops_find(scene *s, trouble *why) {
  int count = 0;
  for (int i = 0; i < s->thing_count; i++)
    count += s->things[i].kind == THING_BUS_STOP;
  s->stops = ARENA_NEW(s->memory, scene_stop, count);
  if (!s->stops)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while placing bus stops");
  s->stop_count = 0;
  for (int i = 0; i < s->thing_count; i++) {
    if (s->things[i].kind != THING_BUS_STOP)
      continue;
    scene_stop stop = stop_of(&s->roads, &s->things[i]);
    if (stop.lane)
      s->stops[s->stop_count++] = stop;
  }
  return STATUS_OK;
}
