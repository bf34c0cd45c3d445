// SPDX-License-Identifier: Apache-2.0
// Guard rails of roads without kerbs: where the land falls away beside them, and where they come to
// a bridge.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/furnish.h"
#include "scenes/land.h"

static const double STEP_M = 4;                    // between places that are looked at
static const double DROP_M = 2.5, SLOPE = 1.0 / 3; // what calls for a rail,
static const double LOOK_M = 12, LOOK_STEP_M = 3;  // within so far of the verge's border
static const double SLOPE_DROP_M = 1;              // steep, but a ditch's side, isn't enough
static const double LEAST_M = 20;                  // shorter ones are of no use
static const double BRIDGE_M = 24;                 // before a bridge's parapet
static const double ROOM_M = 1.2;                  // of verge
static const double HALF_M = 0.16;                 // of a rail across
static const double SAME_M = 1e-6;

static bool meets_bridge(const road_network *net, const road_link *link) {
  return link->kind == ROAD_LINK_ROAD && net->roads[link->id - 1].structure == ROAD_BRIDGE;
}

bool furnish_falls_away(const road_network *net, const road *r, double s, int side) {
  double edge = road_edge_t(net, r, s, side, ROAD_EDGE_OUTER);
  double top = road_point_at(net, r, s, edge).z, before = top;
  for (double out = LOOK_STEP_M; out <= LOOK_M; out += LOOK_STEP_M) {
    vec3 p = road_point_at(net, r, s, edge + side * out);
    double z = land_height(net, p.x, p.y);
    if (top - z > DROP_M || (before - z > SLOPE * LOOK_STEP_M && top - z > SLOPE_DROP_M))
      return true;
    before = z;
  }
  return false;
}

// Whether a rail can stand there: on a verge, of a road that has neither kerbs nor rails of its
// own (render/ground_rails.c).
static bool has_room(const road_network *net, const road *r, double s, int side) {
  return furnish_lane_width(net, r, s, side, LANE_VERGE) >= ROOM_M &&
         furnish_lane_width(net, r, s, side, LANE_CURB) <= 0 &&
         furnish_lane_width(net, r, s, -1, LANE_MEDIAN) <= 0 &&
         furnish_lane_width(net, r, s, 1, LANE_MEDIAN) <= 0;
}

enum { ROOM = 1, WANTED = 2, BEYOND_STEPS = 2, GAP_STEPS = 6 };

static uint8_t look_at(const road_network *net, const road *r, double s, int side) {
  uint8_t got = has_room(net, r, s, side) ? ROOM : 0;
  bool bridge = (s < BRIDGE_M && meets_bridge(net, &r->predecessor)) ||
                (r->length_m - s < BRIDGE_M && meets_bridge(net, &r->successor));
  return got && (bridge || furnish_falls_away(net, r, s, side)) ? got | WANTED : got;
}

// Whether a rail that has come to a road's end goes on beside the road that follows there.
static rail_end end_of(const road_network *net, const road *r, int side, double s, bool at_end) {
  const road_link *link = at_end ? &r->successor : &r->predecessor;
  if (link->kind != ROAD_LINK_ROAD || (at_end ? r->length_m - s : s) > SAME_M)
    return RAIL_DOWN;
  const road *next = &net->roads[link->id - 1];
  if (meets_bridge(net, link))
    return RAIL_PARAPET;
  int its_side = link->at_end == at_end ? -side : side;
  for (double d = 0; d <= BEYOND_STEPS * STEP_M; d += STEP_M)
    if (next->structure == ROAD_ON_LAND && next->length_m >= LEAST_M &&
        look_at(net, next, link->at_end ? next->length_m - d : d, its_side) & WANTED)
      return RAIL_ON;
  return RAIL_DOWN;
}

static void add_rail(furnisher *f, const road *r, int side, double begin, double end) {
  if (!ARRAY_RESERVE(f->rails, f->rail_capacity, f->rail_count + 1)) {
    f->failed = true;
    return;
  }
  f->rails[f->rail_count++] = (scene_rail){
      .road = r->id,
      .side = side,
      .begin_m = begin,
      .end_m = end,
      .ends = {end_of(f->net, r, side, begin, false), end_of(f->net, r, side, end, true)}};
  int n = (int)ceil((end - begin) / STEP_M);
  for (int i = 0; i < n; i++) {
    vec3 p[2];
    for (int k = 0; k < 2; k++) {
      double s = begin + (end - begin) * (i + k) / n;
      bool open;
      double t = furnish_hard_border(f->net, r, s, side, &open) + side * SCENE_RAIL_BEYOND_M;
      p[k] = road_point_at(f->net, r, s, t);
    }
    occupancy_add(&f->furniture,
                  &(ground_box){(p[0].x + p[1].x) / 2, (p[0].y + p[1].y) / 2,
                                atan2(p[1].y - p[0].y, p[1].x - p[0].x),
                                hypot(p[1].x - p[0].x, p[1].y - p[0].y) / 2, HALF_M});
  }
}

// Steps from i to the next one that wants a rail, one way along the road, over such with room.
static int steps_to(const uint8_t *steps, int count, int i, int way) {
  for (int k = 1; k <= GAP_STEPS; k++) {
    int at = i + way * k;
    if (at < 0 || at >= count || !(steps[at] & ROOM))
      break;
    if (steps[at] & WANTED)
      return k;
  }
  return 2 * GAP_STEPS;
}

// Rails go on beyond what calls for them, and over short gaps, as far as there is room.
static bool has_rail(const uint8_t *steps, int count, int i) {
  if (steps[i] != ROOM)
    return steps[i] & WANTED;
  int before = steps_to(steps, count, i, -1), after = steps_to(steps, count, i, 1);
  return before <= BEYOND_STEPS || after <= BEYOND_STEPS || before + after <= GAP_STEPS;
}

static void rails_along(furnisher *f, const road *r, int side, uint8_t *steps) {
  int last = (int)ceil(r->length_m / STEP_M);
  for (int i = 0; i <= last; i++)
    steps[i] = look_at(f->net, r, r->length_m * i / last, side);
  for (int i = 0, first = -1; i <= last + 1; i++) {
    bool on = i <= last && has_rail(steps, last + 1, i);
    if (on && first < 0)
      first = i;
    if (on || first < 0)
      continue;
    double begin = r->length_m * first / last,
           end = fmin(r->length_m, r->length_m * (i - 1) / last);
    if (end - begin >= LEAST_M)
      add_rail(f, r, side, begin, end);
    first = -1;
  }
}

void furnish_rails(furnisher *f) {
  const road_network *net = f->net;
  for (int i = 0; i < net->road_count && net->land.columns > 0 && !f->failed; i++) {
    const road *r = &net->roads[i];
    if (r->junction || r->structure != ROAD_ON_LAND || r->length_m < LEAST_M)
      continue;
    uint8_t *steps = malloc((size_t)ceil(r->length_m / STEP_M) + 1);
    f->failed |= !steps;
    for (int side = -1; side <= 1 && steps; side += 2)
      rails_along(f, r, side, steps);
    free(steps);
  }
}

bool furnish_has_rail(const furnisher *f, const road *r, double s, int side) {
  for (int i = 0; i < f->rail_count; i++) {
    const scene_rail *rail = &f->rails[i];
    if (rail->road == r->id && rail->side == side && s >= rail->begin_m && s <= rail->end_m)
      return true;
  }
  return false;
}
