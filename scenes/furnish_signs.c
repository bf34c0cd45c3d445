// SPDX-License-Identifier: Apache-2.0
// What the signs say: at junctions who goes first, along streets their limit, crossings and
// where to park, on highways limits and boards. Others have put up the poles.
#include <math.h>

#include "scenes/furnish.h"
#include "scenes/sign.h"

// From a junction's arm to the sign that its traffic reads.
static const double AT_ARM_M = 9;
static const double BOARD_M = 1; // wider signs are boards

static int from_road(const road_network *net, const lane_path *lane) {
  return lane->previous_count ? net->paths[net->lane_links[lane->previous_first] - 1].road : 0;
}

static double arm_heading(const road_arm *arms, int count, int id) {
  for (int i = 0; i < count; i++)
    if (arms[i].road == id)
      return arms[i].heading_rad;
  return 0;
}

// Whether traffic of the arm gives way to any that comes from its sides and goes straight.
static bool gives_way(const road_network *net, int junction, const road_arm *arms, int count,
                      int k) {
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    if (lane->junction != junction || from_road(net, lane) != arms[k].road)
      continue;
    for (int c = 0; c < lane->conflict_count; c++) {
      const lane_conflict *meets = &net->conflicts[lane->conflict_first + c];
      const lane_path *other = &net->paths[meets->other - 1];
      double apart = arm_heading(arms, count, from_road(net, other)) - arms[k].heading_rad;
      if (meets->yields && other->turn == TURN_STRAIGHT && cos(apart) > -0.7)
        return true;
    }
  }
  return false;
}

// The limit where the sign stands, as signs give it.
static int limit_kmh(const road_network *net, const scene_thing *sign) {
  int lane = lane_nearest(net, sign->at.p_m.x, sign->at.p_m.y, NULL, NULL);
  double mps = lane ? net->paths[lane - 1].speed_limit_mps : 50 / 3.6;
  return 10 * (int)fmax(1, fmin(13, round(mps * 3.6 / 10)));
}

// The arm whose traffic reads this sign while it comes to the junction; -1 when none does.
static int read_at_arm(const scene_thing *sign, const road_arm *arms, int count) {
  double facing = quat_yaw(sign->at.q);
  for (int k = 0; k < count; k++) {
    double dx = sign->at.p_m.x - arms[k].middle.x, dy = sign->at.p_m.y - arms[k].middle.y;
    double out = dx * cos(arms[k].heading_rad) + dy * sin(arms[k].heading_rad);
    if (cos(facing - arms[k].heading_rad) > 0.98 && out > 0 && out < AT_ARM_M && hypot(dx, dy) < 25)
      return k;
  }
  return -1;
}

static uint32_t junction_sign(const road_network *net, const scene_thing *sign, rng *r) {
  for (int i = 0; i < net->junction_count; i++) {
    const road_junction *j = &net->junctions[i];
    if (hypot(sign->at.p_m.x - j->x_m, sign->at.p_m.y - j->y_m) > 60)
      continue;
    road_arm arms[ROAD_ARMS];
    int count = road_junction_arms(net, j, arms), k = read_at_arm(sign, arms, count);
    if (k < 0)
      continue;
    switch (j->kind) {
    case JUNCTION_ALL_WAY_STOP:
      return sign_of(SIGN_STOP, 0);
    case JUNCTION_PRIORITY:
      if (!gives_way(net, j->id, arms, count, k))
        return sign_of(SIGN_PRIORITY_ROAD, 0);
      return sign_of(rng_chance(r, 0.35) ? SIGN_STOP : SIGN_GIVE_WAY, 0);
    default:
      return sign_of(SIGN_CROSSING, 0);
    }
  }
  return 0;
}

static uint32_t street_sign(const road_network *net, const scene_thing *sign, rng *r) {
  static const struct {
    sign_kind kind;
    double weight;
  } kinds[] = {
      {SIGN_SPEED_LIMIT, 3}, {SIGN_PARKING, 2}, {SIGN_NO_STOPPING, 1.5}, {SIGN_CROSSING, 0.5}};
  enum { KINDS = sizeof kinds / sizeof *kinds };
  double weights[KINDS];
  for (int i = 0; i < KINDS; i++)
    weights[i] = kinds[i].weight;
  sign_kind kind = kinds[rng_weighted(r, weights, KINDS)].kind;
  return sign_of(kind, kind == SIGN_SPEED_LIMIT ? limit_kmh(net, sign) : 0);
}

void furnish_signs(furnisher *f) {
  for (int i = 0; i < f->thing_count && !f->failed; i++) {
    scene_thing *sign = &f->things[i];
    if (sign->kind != THING_SIGN || sign->sign)
      continue;
    // Keyed by where it stands: signs that others add or drop change no other's words.
    rng r = rng_at(f->seed, RNG_PLACE, f->scene, sign->asset_seed, f->attempt * 32 + 31);
    if (sign->size_m[1] > BOARD_M) {
      sign->sign = sign_of(SIGN_DIRECTION, 0);
      continue;
    }
    sign->sign = junction_sign(f->net, sign, &r);
    if (!sign->sign)
      sign->sign = street_sign(f->net, sign, &r);
  }
}
