// SPDX-License-Identifier: Apache-2.0
// From the plans of both carriageways to roads: one for each stretch on which no lane begins or
// ends, linked to its neighbours; a fork and a ramp at each nose.
#include <math.h>
#include <stdlib.h>

#include "scenes/highway.h"

static const double PI = 3.14159265358979323846;
static const double BESIDE_M = 6; // between a ramp's middle and another road's border, at least
enum { MOST_CUTS = 2 * HIGHWAY_CUTS + 4, RIGHT = 0, LEFT = 1 };

// A stretch of the road from one cut to the next, and its lanes by strip.
typedef struct stretch {
  double s0_m, s1_m;
  int road, junction; // ids; junction: of the fork that it is a part of, 0 none
  int count[2], strips[2][PROFILE_LANES];
} stretch;

typedef struct builder {
  road_builder *b;
  const highway_def *def;
  const highway_sizes *z;
  const highway_line *line;
  const highway_side *sides;
  int stretch_count;
  stretch stretches[MOST_CUTS];
} builder;

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Distance along a carriageway at an s of the road; the same the other way round.
static double distance_at(const builder *h, int hand, double s) {
  return hand == RIGHT ? s : h->line->length_m - s;
}

static bool is_bridged(const highway_line *line) {
  return line->bridge_m[1] > line->bridge_m[0];
}

static bool find_stretches(builder *h) {
  double cuts[MOST_CUTS];
  int count = 0;
  cuts[count++] = 0;
  cuts[count++] = h->line->length_m;
  for (int k = 0; k < 2 && is_bridged(h->line); k++)
    cuts[count++] = h->line->bridge_m[k];
  for (int hand = 0; hand < 2; hand++)
    for (int i = 0; i < h->sides[hand].cut_count; i++)
      cuts[count++] = distance_at(h, hand, h->sides[hand].cuts[i]);
  qsort(cuts, (size_t)count, sizeof *cuts, ascending);
  for (int i = 0; i + 1 < count; i++) {
    if (cuts[i + 1] - cuts[i] < FORK_M - 1e-6)
      return false; // too close to each other
    h->stretches[h->stretch_count++] = (stretch){.s0_m = cuts[i], .s1_m = cuts[i + 1]};
  }
  return true;
}

// Cross-sections --------------------------------------------------------------

static bool has_gore(const highway_side *side, double d) {
  for (int i = 0; i < side->strip_count; i++)
    if (side->strips[i].order == STRIP_GORE && side->strips[i].begin_m < d &&
        d < side->strips[i].end_m)
      return true;
  return false;
}

// The strips at a distance, from the median outward.
static int strips_at(const highway_side *side, double d, int *out) {
  int count = 0;
  for (int i = 0; i < side->strip_count; i++) {
    const highway_strip *strip = &side->strips[i];
    if (d < strip->begin_m || d > strip->end_m || count == PROFILE_LANES)
      continue;
    int k = count++;
    for (; k > 0 && side->strips[out[k - 1]].order > strip->order; k--)
      out[k] = out[k - 1];
    out[k] = i;
  }
  return count;
}

static void mark_lane(profile_lane *lane, const highway_strip *strip, const highway_strip *next) {
  bool driven = next && next->type == LANE_DRIVING;
  if (strip->order == STRIP_INNER) {
    lane->mark = MARK_SOLID;
    lane->mark_yellow = true;
  } else if (strip->type == LANE_DRIVING) {
    lane->mark = driven ? MARK_BROKEN : MARK_SOLID;
  } else if (strip->order == STRIP_GORE) {
    lane->mark = MARK_SOLID;
  }
}

static bool on_bridge(const highway_line *line, const stretch *at) {
  double middle = (at->s0_m + at->s1_m) / 2;
  return is_bridged(line) && line->bridge_m[0] < middle && middle < line->bridge_m[1];
}

static int add_side(const builder *h, const stretch *at, int hand, profile_lane *lanes, int *ids) {
  const highway_side *side = &h->sides[hand];
  double a = distance_at(h, hand, at->s0_m), z = distance_at(h, hand, at->s1_m);
  double middle = (a + z) / 2, limit = h->def->speed_limit_mps;
  int count = strips_at(side, middle, ids), added = 0;
  for (int i = 0; i < count; i++) {
    int strip_id = ids[i];
    const highway_strip *strip = &side->strips[strip_id];
    if (on_bridge(h->line, at) && strip->order == STRIP_VERGE)
      continue;
    profile_lane *lane = road_profile_add(lanes, &added, strip->type, 0);
    lane->poly_count =
        highway_strip_slice(strip, fmin(a, z), fmax(a, z), hand == LEFT, lane->polys);
    mark_lane(lane, strip, i + 1 < count ? &side->strips[ids[i + 1]] : NULL);
    if (strip->type == LANE_DRIVING)
      lane->speed_limit_mps =
          strip->order == STRIP_RAMP && has_gore(side, middle) ? h->z->gore_limit_mps : limit;
    if (highway_is_nothing(lane->polys, lane->poly_count))
      added--;
    else
      ids[added - 1] = strip_id;
  }
  return added;
}

static void add_stretch(builder *h, stretch *at) {
  enum { PIECES = ROAD_PIECES };
  road_geometry pieces[PIECES];
  int count = road_line_part(h->line->pieces, h->line->piece_count, at->s0_m, at->s1_m, pieces);
  road_profile profile = {.centre_mark = MARK_NONE};
  for (int hand = 0; hand < 2; hand++)
    at->count[hand] =
        add_side(h, at, hand, hand == RIGHT ? profile.right : profile.left, at->strips[hand]);
  profile.right_count = at->count[RIGHT];
  profile.left_count = at->count[LEFT];
  at->road = road_builder_road(h->b, ROAD_MOTORWAY, pieces, count, &profile);
  road_poly3 heights[PROFILE_POLYS] = {{0}};
  int polys = 1;
  if (h->line->rise.piece_count > 0)
    polys = highway_strip_slice(&h->line->rise, at->s0_m, at->s1_m, false, heights);
  for (int i = 0; i < polys && at->road; i++)
    road_builder_elevation(h->b, at->road, heights[i]);
  if (at->road && on_bridge(h->line, at))
    h->b->net.roads[at->road - 1].structure = ROAD_BRIDGE;
}

// Links -----------------------------------------------------------------------

static road_lane *lane_of(builder *h, int road_id, int lane_id) {
  road_network *net = &h->b->net;
  const road *r = &net->roads[road_id - 1];
  return (road_lane *)road_lane_find(net, &net->sections[r->section_first], lane_id);
}

// OpenDRIVE id of a strip's lane in a stretch; 0 when it isn't there.
static int lane_id(const stretch *at, int hand, int strip) {
  for (int i = 0; i < at->count[hand]; i++)
    if (at->strips[hand][i] == strip)
      return hand == RIGHT ? -(i + 1) : i + 1;
  return 0;
}

static void link_stretches(builder *h, stretch *a, stretch *z) {
  road *ra = &h->b->net.roads[a->road - 1], *rz = &h->b->net.roads[z->road - 1];
  // What meets a fork knows the junction; its connecting roads know the roads and lanes.
  ra->successor = z->junction ? (road_link){ROAD_LINK_JUNCTION, z->junction, false}
                              : (road_link){ROAD_LINK_ROAD, z->road, false};
  rz->predecessor = a->junction ? (road_link){ROAD_LINK_JUNCTION, a->junction, false}
                                : (road_link){ROAD_LINK_ROAD, a->road, true};
  for (int hand = 0; hand < 2; hand++)
    for (int i = 0; i < a->count[hand]; i++) {
      int own = lane_id(a, hand, a->strips[hand][i]);
      int next = lane_id(z, hand, a->strips[hand][i]);
      if (!next)
        continue;
      if (ra->successor.kind == ROAD_LINK_ROAD)
        lane_of(h, a->road, own)->successor = next;
      if (rz->predecessor.kind == ROAD_LINK_ROAD)
        lane_of(h, z->road, next)->predecessor = own;
    }
}

// Forks and ramps -------------------------------------------------------------

static int fork_junction(builder *h, const road_place *at) {
  int id = road_builder_junction(h->b, at->x_m, at->y_m);
  if (id)
    h->b->net.junctions[id - 1].kind = JUNCTION_FORK;
  return id;
}

road_place highway_nose(const highway_line *line, const highway_side *side, int hand,
                        const highway_fork *fork, double beyond_m) {
  double inside = fork->exit ? fork->nose_m - 0.01 : fork->nose_m + 0.01, aside = 0;
  int ids[PROFILE_LANES], count = strips_at(side, inside, ids);
  for (int i = 0; i < count && side->strips[ids[i]].order < STRIP_RAMP; i++)
    aside += highway_strip_width(&side->strips[ids[i]], fork->nose_m);
  double d = fork->nose_m + (fork->exit ? beyond_m : -beyond_m);
  double s = hand == RIGHT ? d : line->length_m - d, t = hand == RIGHT ? -aside : aside;
  int k = 0;
  while (k + 1 < line->piece_count && line->pieces[k + 1].s_m <= s)
    k++;
  road_place at = road_geometry_at(&line->pieces[k], s - line->pieces[k].s_m);
  double curvature = at.curvature_pm / (1 - at.curvature_pm * t);
  bool against = (hand == LEFT) == fork->exit; // outward runs against s
  return (road_place){.x_m = at.x_m - t * sin(at.heading_rad),
                      .y_m = at.y_m + t * cos(at.heading_rad),
                      .heading_rad = angle_wrap(at.heading_rad + (against ? PI : 0)),
                      .curvature_pm = against ? -curvature : curvature};
}

// The road that has a fork's ramp lane, and the lane.
static highway_gate find_gate(const builder *h, int hand, const highway_fork *fork, int junction) {
  double s = distance_at(h, hand, fork->nose_m);
  highway_gate gate = {.junction = junction, .at_end = (hand == RIGHT) == fork->exit};
  for (int i = 0; i < h->stretch_count; i++) {
    const stretch *at = &h->stretches[i];
    if (fabs((gate.at_end ? at->s1_m : at->s0_m) - s) >= 1e-6)
      continue;
    gate.road = at->road;
    for (int k = 0; k < at->count[hand]; k++)
      if (h->sides[hand].strips[at->strips[hand][k]].order == STRIP_RAMP)
        gate.lane = lane_id(at, hand, at->strips[hand][k]);
  }
  return gate;
}

// Room ------------------------------------------------------------------------

// How far the highway's border is from its reference line, at most.
static double half_width(const builder *h) {
  double most = 0;
  for (int hand = 0; hand < 2; hand++) {
    const highway_side *side = &h->sides[hand];
    for (double d = 0; d < h->line->length_m; d += 20) {
      int ids[PROFILE_LANES], count = strips_at(side, d, ids);
      double width = 0;
      for (int i = 0; i < count; i++)
        width += highway_strip_width(&side->strips[ids[i]], d);
      most = fmax(most, width);
    }
  }
  return most;
}

typedef struct sample {
  double x, y;
} sample;

enum { RAMP_SAMPLES = 64 };

static int sample_ramp(const highway_ramp *ramp, double from, sample out[RAMP_SAMPLES]) {
  for (int i = 0; i < RAMP_SAMPLES; i++) {
    double d = from + (ramp->length_m - from) * i / (RAMP_SAMPLES - 1);
    int k = 0;
    while (k + 1 < ramp->piece_count && ramp->pieces[k + 1].s_m <= d)
      k++;
    road_place at = road_geometry_at(&ramp->pieces[k], d - ramp->pieces[k].s_m);
    out[i] = (sample){at.x_m, at.y_m};
  }
  return RAMP_SAMPLES;
}

// Beyond where a ramp has parted from the highway it must keep off it, and off other ramps.
static bool has_room(const builder *h, const highway_ramp *ramps, int count) {
  double ramp_half = h->z->ramp_width_m + RAMP_SHOULDER_M + HIGHWAY_VERGE_M;
  double reach = half_width(h) + ramp_half;
  sample own[RAMP_SAMPLES], other[RAMP_SAMPLES];
  for (int i = 0; i < count; i++) {
    sample_ramp(&ramps[i], h->z->clear_m + 25, own);
    for (double s = 0; s < h->line->length_m; s += 10) {
      int k = 0;
      while (k + 1 < h->line->piece_count && h->line->pieces[k + 1].s_m <= s)
        k++;
      road_place at = road_geometry_at(&h->line->pieces[k], s - h->line->pieces[k].s_m);
      for (int m = 0; m < RAMP_SAMPLES; m++)
        if (hypot(own[m].x - at.x_m, own[m].y - at.y_m) < reach - HIGHWAY_VERGE_M)
          return false;
    }
    for (int k = 0; k < i; k++) {
      sample_ramp(&ramps[k], 0, other);
      for (int m = 0; m < RAMP_SAMPLES; m++)
        for (int n = 0; n < RAMP_SAMPLES; n++)
          if (hypot(own[m].x - other[n].x, own[m].y - other[n].y) < 2 * ramp_half + BESIDE_M)
            return false;
    }
  }
  return true;
}

// A stretch lies in a fork beyond its nose, up to FORK_M.
static void mark_fork(builder *h, int hand, const highway_fork *fork, int junction) {
  double s = distance_at(h, hand, fork->nose_m + (fork->exit ? 1 : -1) * FORK_M / 2);
  for (int k = 0; k < h->stretch_count; k++)
    if (h->stretches[k].s0_m < s && s < h->stretches[k].s1_m)
      h->stretches[k].junction = junction;
}

static void add_roads(builder *h, highway_gate gates[2][HIGHWAY_FORKS]) {
  road_builder *b = h->b;
  for (int i = 0; i < h->stretch_count && !b->failed; i++)
    add_stretch(h, &h->stretches[i]);
  for (int hand = 0; hand < 2; hand++)
    for (int i = 0; i < h->sides[hand].fork_count && !b->failed; i++) {
      const highway_fork *fork = &h->sides[hand].forks[i];
      road_place at = highway_nose(h->line, &h->sides[hand], hand, fork, 0);
      int junction = fork_junction(h, &at);
      mark_fork(h, hand, fork, junction);
      gates[hand][i] = find_gate(h, hand, fork, junction);
    }
  for (int i = 0; i < h->stretch_count && !b->failed; i++)
    b->net.roads[h->stretches[i].road - 1].junction = h->stretches[i].junction;
  for (int i = 0; i + 1 < h->stretch_count && !b->failed; i++)
    link_stretches(h, &h->stretches[i], &h->stretches[i + 1]);
}

bool highway_fits(const highway_line *line, const highway_side sides[2]) {
  builder h = {.line = line, .sides = sides};
  return find_stretches(&h);
}

bool highway_add_roads(road_builder *b, const highway_def *def, const highway_sizes *z,
                       const highway_line *line, const highway_side sides[2],
                       highway_gate gates[2][HIGHWAY_FORKS]) {
  builder h = {.b = b, .def = def, .z = z, .line = line, .sides = sides};
  if (!find_stretches(&h))
    return false;
  add_roads(&h, gates);
  return true;
}

bool highway_build(road_builder *b, const highway_def *def, const highway_sizes *z,
                   const highway_line *line, const highway_side sides[2], rng *r) {
  builder h = {.b = b, .def = def, .z = z, .line = line, .sides = sides};
  highway_ramp ramps[2 * HIGHWAY_FORKS];
  highway_gate gates[2][HIGHWAY_FORKS];
  int ramp_count = 0;
  for (int hand = 0; hand < 2; hand++)
    for (int i = 0; i < sides[hand].fork_count; i++) {
      const highway_fork *fork = &sides[hand].forks[i];
      road_place at[2] = {highway_nose(line, &sides[hand], hand, fork, 0),
                          highway_nose(line, &sides[hand], hand, fork, FORK_M)};
      highway_ramp_lay(&ramps[ramp_count++], def, z, at, fork->exit, r);
    }
  if (!find_stretches(&h) || !has_room(&h, ramps, ramp_count))
    return false;
  add_roads(&h, gates);
  ramp_count = 0;
  for (int hand = 0; hand < 2; hand++)
    for (int i = 0; i < sides[hand].fork_count && !b->failed; i++, ramp_count++) {
      const highway_gate *gate = &gates[hand][i];
      bool exit = sides[hand].forks[i].exit;
      highway_add_ramp(b, z, &ramps[ramp_count], exit ? gate : NULL, exit ? NULL : gate);
    }
  road_derive_ends(b);
  return true;
}
