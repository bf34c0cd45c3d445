// SPDX-License-Identifier: Apache-2.0
// Signs and signal heads on their poles, and what closes lanes.
#include <math.h>

#include "scenes/furnish.h"
#include "scenes/sign.h"

static const double PI = 3.14159265358979323846;
static const double TUBE_M = 0.06;    // a sign's post
static const double BETWEEN_M = 0.05; // plates of one post
// Makes of poles, cones and barriers: render/asset_signal.c, render/asset_roadside.c.
enum { POLE_TUBE, POLE_SIGNAL, POLE_SIGNAL_DARK, POLE_WALK, POLE_WALK_DARK };

static pose facing(vec3 foot, double heading_rad, double ahead_m, double aside_m, double up_m) {
  double c = cos(heading_rad), s = sin(heading_rad);
  return pose_flat(foot.x + ahead_m * c - aside_m * s, foot.y + ahead_m * s + aside_m * c,
                   foot.z + up_m, angle_wrap(heading_rad));
}

static bool claim(furnisher *f, vec3 foot, double heading_rad, double half_l, double half_w) {
  ground_box box = {foot.x, foot.y, heading_rad, half_l, half_w};
  if (!occupancy_free_at(&f->furniture, &box))
    return false;
  occupancy_add(&f->furniture, &box);
  return true;
}

static void add_pole(furnisher *f, rng *r, uint32_t make, pose at, double l_m, double w_m,
                     double h_m) {
  scene_thing *pole = furnish_add(f, THING_POLE, SEMANTIC_POLE, r, at, l_m, w_m, h_m);
  pole->asset_seed = make;
  pole->colors = palette_furniture(THING_POLE, r);
}

double furnish_heading(const road_network *net, const road *r, double s, int side) {
  double along = side == road_side_into(net, true) ? 0 : PI;
  return angle_wrap(road_line_at(net, r, s).heading_rad + along);
}

static scene_thing *add_plate(furnisher *f, rng *r, vec3 foot, double heading_rad, uint32_t sign,
                              double low_m) {
  const sign_info *info = &sign_table[sign_kind_of(sign)];
  pose at = facing(foot, heading_rad, TUBE_M / 2 + SIGN_DEPTH_M / 2 + 0.001, 0, low_m);
  scene_thing *thing = furnish_add(f, THING_SIGN, SEMANTIC_TRAFFIC_SIGN, r, at, SIGN_DEPTH_M,
                                   info->width_m, info->height_m);
  thing->sign = sign;
  thing->colors = palette_furniture(THING_SIGN, r);
  return thing;
}

scene_thing *furnish_sign(furnisher *f, rng *r, vec3 foot, double heading_rad, uint32_t sign) {
  return furnish_signs(f, r, foot, heading_rad, &sign, 1);
}

scene_thing *furnish_signs(furnisher *f, rng *r, vec3 foot, double heading_rad,
                           const uint32_t *signs, int count) {
  const sign_info *lowest = &sign_table[sign_kind_of(signs[count - 1])];
  bool board = lowest->width_m > 1;
  if (!claim(f, foot, heading_rad, 0.15, board ? lowest->width_m / 2 : 0.15))
    return NULL;
  double low = lowest->low_m, top = low;
  for (int i = 0; i < count; i++)
    top += sign_table[sign_kind_of(signs[i])].height_m + (i > 0 ? BETWEEN_M : 0);
  for (int k = board ? -1 : 0; k <= (board ? 1 : 0); k += 2)
    add_pole(f, r, POLE_TUBE, facing(foot, heading_rad, 0, k * 0.3 * lowest->width_m, 0), TUBE_M,
             TUBE_M, top - 0.03);
  scene_thing *plate = NULL;
  for (int i = count - 1; i >= 0; i--) {
    plate = add_plate(f, r, foot, heading_rad, signs[i], low);
    low += plate->size_m[2] + BETWEEN_M;
  }
  return plate;
}

// Boxes of the makes of heads.
static const double heads[3][3] = {{0.36, 0.44, 1.02}, {0.36, 0.30, 0.94}, {0.36, 0.56, 1.02}};
static const double walk_heads[2][3] = {{0.30, 0.30, 0.60}, {0.30, 0.32, 0.64}};

bool furnish_signal(furnisher *f, rng *r, vec3 foot, double heading_rad, int signal, bool people,
                    uint32_t make) {
  const double *head = people ? walk_heads[make % 2] : heads[make % 3];
  bool dark = make % 3 == 1;
  double low = people ? 2.15 : 2.6, reach = people ? 0.05 : 0.056;
  if (!claim(f, foot, heading_rad, 0.2, 0.2))
    return false;
  pose at = facing(foot, heading_rad, 0, 0, 0);
  if (people)
    add_pole(f, r, dark ? POLE_WALK_DARK : POLE_WALK, at, 0.20, 0.16, low + head[2] - 0.1);
  else
    add_pole(f, r, dark ? POLE_SIGNAL_DARK : POLE_SIGNAL, at, 0.22, 0.22, low + head[2] - 0.1);
  // The walking pole's tube stands a little behind the middle of its box, for the button.
  at = facing(foot, heading_rad, head[0] / 2 + reach - (people ? 0.02 : 0), 0, low);
  scene_thing *thing = furnish_add(f, people ? THING_WALK_SIGNAL : THING_SIGNAL,
                                   SEMANTIC_TRAFFIC_LIGHT, r, at, head[0], head[1], head[2]);
  thing->asset_seed = make;
  thing->signal = signal;
  thing->colors = palette_furniture(thing->kind, r);
  return true;
}

bool furnish_cone(furnisher *f, rng *r, vec3 at, bool tall) {
  double wide = tall ? 0.42 : 0.30, heading = rng_uniform(r, -PI, PI);
  if (!claim(f, at, heading, wide / 2, wide / 2))
    return false;
  scene_thing *cone = furnish_add(f, THING_CONE, SEMANTIC_DYNAMIC, r, facing(at, heading, 0, 0, 0),
                                  wide, wide, tall ? 0.75 : 0.50);
  cone->colors = palette_furniture(THING_CONE, r);
  return true;
}

int furnish_cone_line(furnisher *f, rng *r, const road *on, double s0_m, double t0_m, double s1_m,
                      double t1_m, double spacing_m) {
  int steps = (int)ceil(fabs(s1_m - s0_m) / spacing_m), stand = 0;
  steps = steps > 0 ? steps : 1;
  for (int i = 0; i <= steps && !f->failed; i++) {
    double u = (double)i / steps, s = s0_m + u * (s1_m - s0_m);
    // Nobody sets them out with a ruler.
    double t = t0_m + u * (t1_m - t0_m) + 0.06 * rng_uniform(r, -1, 1);
    s = fmax(0, fmin(on->length_m, s + 0.15 * rng_uniform(r, -1, 1)));
    stand += furnish_cone(f, r, road_point_at(f->net, on, s, t), spacing_m > 3);
  }
  return stand;
}

bool furnish_barrier(furnisher *f, rng *r, vec3 at, double heading_rad, barrier_make make) {
  static const double boxes[BARRIER_MAKES][3] = {
      [BARRIER_BOARD] = {0.40, 2.00, 1.10},
      [BARRIER_WATER] = {0.50, 1.80, 0.95},
      [BARRIER_BEACON] = {0.40, 0.75, 1.15},
  };
  const double *box = boxes[make];
  if (!claim(f, at, heading_rad, box[0] / 2, box[1] / 2))
    return false;
  scene_thing *thing = furnish_add(f, THING_BARRIER, SEMANTIC_DYNAMIC, r,
                                   facing(at, heading_rad, 0, 0, 0), box[0], box[1], box[2]);
  thing->asset_seed = (uint32_t)make;
  thing->colors = palette_furniture(THING_BARRIER, r);
  return true;
}

int furnish_barrier_row(furnisher *f, rng *r, const road *on, double s_m, double t0_m, double t1_m,
                        bool along_s, barrier_make make) {
  static const double pitches[BARRIER_MAKES] = {2.15, 1.95, 1.5};
  double span = fabs(t1_m - t0_m), heading = road_line_at(f->net, on, s_m).heading_rad;
  int count = (int)fmax(1, floor((span + 0.15) / pitches[make])), stand = 0;
  for (int i = 0; i < count && !f->failed; i++) {
    double t = fmin(t0_m, t1_m) + span * (i + 0.5) / count;
    stand += furnish_barrier(f, r, road_point_at(f->net, on, s_m, t),
                             heading + (along_s ? PI : 0) + 0.03 * rng_uniform(r, -1, 1), make);
  }
  return stand;
}
