// SPDX-License-Identifier: Apache-2.0
// Ordinary roads that cross above a highway, where its ramps, its bends and each other leave them
// room.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/land.h"
#include "scenes/overpass.h"

static const double PI = 3.14159265358979323846;
static const double SKEW_RAD = 0.35, HEAD_M = 40;
static const double LIMIT_MPS[2] = {13.89, 22.22}, LANE_M = 3.25, SHOULDER_M = 1;
static const double STEP_M = 8;
static const double CLEAR_M = 12;  // between what overpasses lie on and any other road's border
static const double BESIDE_M = 24; // of the bridge, what the highway is near to of itself
static const double LEVEL_M = 6, TAIL_M = 60;
static const double WAVES_M = 0.5; // of the open land, so that it isn't a table
enum { TRIES = 24 };

static bool is_highway(const road_network *net, const road *r) {
  const road_lane *lane = road_lane_find(net, &net->sections[r->section_first], -1);
  return lane && lane->type == LANE_MEDIAN;
}

// Half width of a road at s, the wider of its sides.
static double half_at(const road_network *net, const road *r, double s) {
  return fmax(road_edge_t(net, r, s, 1, ROAD_EDGE_OUTER),
              -road_edge_t(net, r, s, -1, ROAD_EDGE_OUTER));
}

// A place on a road's line and how far the road reaches from there.
typedef struct station {
  double x_m, y_m, half_m;
  bool highway;
} station;

typedef struct stations {
  station *all; // of every road, at most STEP_M apart; on the heap
  int count, capacity, roads;
} stations;

// Adds those of roads that came since. False when memory ran out.
static bool note_roads(stations *st, const road_network *net) {
  for (; st->roads < net->road_count; st->roads++) {
    const road *r = &net->roads[st->roads];
    int n = (int)ceil(r->length_m / STEP_M);
    bool highway = is_highway(net, r);
    if (!ARRAY_RESERVE(st->all, st->capacity, st->count + n + 1))
      return false;
    for (int k = 0; k <= n; k++) {
      double s = r->length_m * k / n;
      road_place at = road_line_at(net, r, s);
      st->all[st->count++] = (station){at.x_m, at.y_m, half_at(net, r, s), highway};
    }
  }
  return true;
}

// How far the highway reaches from its line near a place.
static double reach_near(const stations *st, double x, double y) {
  const double near_m = 40;
  double most = 0;
  for (int i = 0; i < st->count; i++)
    if (st->all[i].highway && hypot(st->all[i].x_m - x, st->all[i].y_m - y) < near_m)
      most = fmax(most, st->all[i].half_m);
  return most;
}

// Whether the way is free at (x, y): nothing but the highway below the bridge, and nothing at all
// beside its ramps.
static bool is_free(const stations *st, double x, double y, bool on_bridge, double outer) {
  double clear = outer + CLEAR_M + STEP_M / 2;
  for (int i = 0; i < st->count; i++) {
    const station *at = &st->all[i];
    if (!(on_bridge && at->highway) && hypot(at->x_m - x, at->y_m - y) < at->half_m + clear)
      return false;
  }
  return true;
}

static bool has_room(const stations *st, const overpass_road *o) {
  double outer = overpass_outer(&o->style), heading = o->middle.heading_rad;
  for (double d = -o->legs[0].length_m; d <= o->legs[1].length_m; d += STEP_M) {
    double bridge = o->legs[d < 0 ? 0 : 1].bridge_m + BESIDE_M;
    if (!is_free(st, o->middle.x_m + d * cos(heading), o->middle.y_m + d * sin(heading),
                 fabs(d) < bridge, outer))
      return false;
  }
  return true;
}

static overpass_road draw(const stations *st, const road_place *at, rng *r) {
  overpass_road o = {.middle = *at};
  double skew = rng_uniform(r, -SKEW_RAD, SKEW_RAD);
  o.middle.heading_rad = angle_wrap(at->heading_rad + PI / 2 + skew);
  o.style = (overpass_style){.lanes = 1,
                             .lane_width_m = LANE_M,
                             .shoulder_m = SHOULDER_M,
                             .speed_limit_mps = rng_uniform(r, LIMIT_MPS[0], LIMIT_MPS[1])};
  double half = reach_near(st, at->x_m, at->y_m) + OVERPASS_SLOPE_M;
  double bridge = half / cos(skew) + overpass_outer(&o.style) * fabs(tan(skew));
  for (int k = 0; k < 2; k++) {
    double level = bridge + LEVEL_M;
    o.legs[k] = (overpass_leg){.bridge_m = bridge,
                               .level_m = level,
                               .length_m = level + overpass_climb(o.style.speed_limit_mps) +
                                           rng_uniform(r, 0.5, 1) * TAIL_M};
  }
  return o;
}

// A road above a place that was drawn on one of the highway's equal shares; whether it has room.
static bool draw_on_share(const stations *st, const highway_line *line, int share, int shares,
                          rng *r, overpass_road *out) {
  double share_m = (line->length_m - 2 * HEAD_M) / shares;
  double s = HEAD_M + share_m * (share + rng_unit(r));
  int k = 0;
  while (k + 1 < line->piece_count && line->pieces[k + 1].s_m <= s)
    k++;
  road_place at = road_geometry_at(&line->pieces[k], s - line->pieces[k].s_m);
  *out = draw(st, &at, r);
  return has_room(st, out);
}

int highway_add_overpasses(road_builder *b, const highway_line *line, int wanted, rng *r) {
  int built = 0;
  stations st = {0};
  if (wanted > 0)
    b->net.land.terrain = land_draw_terrain(r, WAVES_M);
  for (int i = 0; i < wanted && !b->failed; i++) {
    bool has = false;
    overpass_road o;
    b->failed = !note_roads(&st, &b->net);
    for (int attempt = 0; attempt < TRIES && !has && !b->failed; attempt++)
      has = draw_on_share(&st, line, i, wanted, r, &o);
    if (has)
      overpass_add(b, &o);
    built += has;
  }
  free(st.all);
  return built;
}
