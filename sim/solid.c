// SPDX-License-Identifier: Apache-2.0
#include "sim/solid.h"

static const double TRUNK_M = 0.35, POST_M = 0.25;
static const double LAMP_FOOT_M = 0.1; // from the rear end of a lamp's box, whose arm is in front

static bool can_be_hit(thing_kind kind) {
  switch (kind) {
  case THING_BUILDING:
  case THING_TREE:
  case THING_LAMP:
  case THING_BENCH:
  case THING_BIN:
  case THING_HYDRANT:
  case THING_BOLLARD:
  case THING_BUS_STOP:
  case THING_BILLBOARD:
  case THING_POLE:
  case THING_CONE:
  case THING_BARRIER:
  case THING_DELINEATOR:
  case THING_FENCE:
  case THING_WALL:
  case THING_HEDGE:
    return true;
  default:
    return kind >= THING_CAR && thing_moves(kind); // a body that stands for good
  }
}

bool sim_solid_of(const scene_thing *t, sim_box *out) {
  if (!can_be_hit(t->kind))
    return false;
  double yaw = quat_yaw(t->at.q), length = t->size_m[0], width = t->size_m[1], ahead = 0;
  if (t->kind == THING_LAMP)
    ahead = LAMP_FOOT_M - length / 2;
  if (t->kind == THING_TREE || t->kind == THING_LAMP || t->kind == THING_POLE)
    length = width = t->kind == THING_TREE ? TRUNK_M : POST_M;
  *out = (sim_box){.ahead_x = cos(yaw),
                   .ahead_y = sin(yaw),
                   .half_length_m = length / 2,
                   .half_width_m = width / 2};
  out->x_m = t->at.p_m.x + ahead * out->ahead_x;
  out->y_m = t->at.p_m.y + ahead * out->ahead_y;
  return true;
}
