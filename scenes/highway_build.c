// SPDX-License-Identifier: Apache-2.0
// From the plans of both carriageways to roads: one for each stretch on which no lane begins or
// ends, linked to its neighbours; a fork and a ramp at each nose.
#include <math.h>
#include <stdlib.h>

#include "scenes/highway.h"

static const double PI = 3.14159265358979323846;
static const double BESIDE_M = 6; // between a ramp's middle and another road's border, at least
enum { MOST_CUTS = 2 * HIGHWAY_CUTS + 2, RIGHT = 0, LEFT = 1 };

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
  const road_geometry *pieces;
  int piece_count;
  double length_m;
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
  return hand == RIGHT ? s : h->length_m - s;
}

static bool find_stretches(builder *h) {
  double cuts[MOST_CUTS];
  int count = 0;
  cuts[count++] = 0;
  cuts[count++] = h->length_m;
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

static int add_side(const builder *h, const stretch *at, int hand, profile_lane *lanes, int *ids) {
  const highway_side *side = &h->sides[hand];
  double a = distance_at(h, hand, at->s0_m), z = distance_at(h, hand, at->s1_m);
  double middle = (a + z) / 2, limit = h->def->speed_limit_mps;
  int count = strips_at(side, middle, ids), added = 0;
  for (int i = 0; i < count; i++) {
    int strip_id = ids[i];
    const highway_strip *strip = &side->strips[strip_id];
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
  int count = road_line_part(h->pieces, h->piece_count, at->s0_m, at->s1_m, pieces);
  road_profile profile = {.centre_mark = MARK_NONE};
  for (int hand = 0; hand < 2; hand++)
    at->count[hand] =
        add_side(h, at, hand, hand == RIGHT ? profile.right : profile.left, at->strips[hand]);
  profile.right_count = at->count[RIGHT];
  profile.left_count = at->count[LEFT];
  at->road = road_builder_road(h->b, ROAD_MOTORWAY, pieces, count, &profile);
  if (at->road)
    road_builder_elevation(h->b, at->road, (road_poly3){0});
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

// The inner border of the ramp's lane at its nose or some way beyond it, heading outward.
static road_place nose_place(const builder *h, int hand, const highway_fork *fork,
                             double beyond_m) {
  const highway_side *side = &h->sides[hand];
  double inside = fork->exit ? fork->nose_m - 0.01 : fork->nose_m + 0.01, aside = 0;
  int ids[PROFILE_LANES], count = strips_at(side, inside, ids);
  for (int i = 0; i < count && side->strips[ids[i]].order < STRIP_RAMP; i++)
    aside += highway_strip_width(&side->strips[ids[i]], fork->nose_m);
  double s = distance_at(h, hand, fork->nose_m + (fork->exit ? beyond_m : -beyond_m));
  double t = hand == RIGHT ? -aside : aside;
  int k = 0;
  while (k + 1 < h->piece_count && h->pieces[k + 1].s_m <= s)
    k++;
  road_place at = road_geometry_at(&h->pieces[k], s - h->pieces[k].s_m);
  double curvature = at.curvature_pm / (1 - at.curvature_pm * t);
  bool against = (hand == LEFT) == fork->exit; // outward runs against s
  return (road_place){.x_m = at.x_m - t * sin(at.heading_rad),
                      .y_m = at.y_m + t * cos(at.heading_rad),
                      .heading_rad = angle_wrap(at.heading_rad + (against ? PI : 0)),
                      .curvature_pm = against ? -curvature : curvature};
}

static int ramp_road(builder *h, const highway_ramp *ramp, bool exit, double from, double to) {
  road_geometry pieces[HIGHWAY_RAMP_PIECES];
  road_profile profile;
  int count = highway_ramp_part(ramp, h->z, exit, from, to, pieces, &profile);
  int id = road_builder_road(h->b, ROAD_MOTORWAY, pieces, count, &profile);
  if (id)
    road_builder_elevation(h->b, id, (road_poly3){0});
  return id;
}

// The ramp's connecting road from or to the road that has its lane, and the rest of it.
static void add_ramp(builder *h, int hand, const highway_fork *fork, int junction,
                     const highway_ramp *ramp) {
  double s = distance_at(h, hand, fork->nose_m);
  bool at_end = (hand == RIGHT) == fork->exit; // of the road that has the lane
  const stretch *trunk = NULL;
  for (int i = 0; i < h->stretch_count; i++)
    if (fabs((at_end ? h->stretches[i].s1_m : h->stretches[i].s0_m) - s) < 1e-6)
      trunk = &h->stretches[i];
  int way = ramp_road(h, ramp, fork->exit, 0, ramp->fork_m);
  int rest = ramp_road(h, ramp, fork->exit, ramp->fork_m, ramp->length_m);
  if (!way || !rest || !trunk)
    return;
  int lane = 0;
  for (int i = 0; i < trunk->count[hand]; i++)
    if (h->sides[hand].strips[trunk->strips[hand][i]].order == STRIP_RAMP)
      lane = lane_id(trunk, hand, trunk->strips[hand][i]);
  road *r = &h->b->net.roads[way - 1], *beyond = &h->b->net.roads[rest - 1];
  road_link to_trunk = {ROAD_LINK_ROAD, trunk->road, at_end};
  r->junction = junction;
  r->predecessor = fork->exit ? to_trunk : (road_link){ROAD_LINK_ROAD, rest, true};
  r->successor = fork->exit ? (road_link){ROAD_LINK_ROAD, rest, false} : to_trunk;
  *(fork->exit ? &beyond->predecessor : &beyond->successor) =
      (road_link){ROAD_LINK_JUNCTION, junction, false};
  road_lane *link = lane_of(h, way, -1);
  link->predecessor = fork->exit ? lane : -1;
  link->successor = fork->exit ? -1 : lane;
  h->b->notes[way - 1].turn = fork->exit ? TURN_RIGHT : TURN_STRAIGHT;
}

// Room ------------------------------------------------------------------------

// How far the highway's border is from its reference line, at most.
static double half_width(const builder *h) {
  double most = 0;
  for (int hand = 0; hand < 2; hand++) {
    const highway_side *side = &h->sides[hand];
    for (double d = 0; d < h->length_m; d += 20) {
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
    for (double s = 0; s < h->length_m; s += 10) {
      int k = 0;
      while (k + 1 < h->piece_count && h->pieces[k + 1].s_m <= s)
        k++;
      road_place at = road_geometry_at(&h->pieces[k], s - h->pieces[k].s_m);
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

bool highway_build(road_builder *b, const highway_def *def, const highway_sizes *z,
                   const road_geometry *pieces, int piece_count, const highway_side sides[2],
                   rng *r) {
  builder h = {.b = b,
               .def = def,
               .z = z,
               .pieces = pieces,
               .piece_count = piece_count,
               .sides = sides,
               .length_m = pieces[piece_count - 1].s_m + pieces[piece_count - 1].length_m};
  highway_ramp ramps[2 * HIGHWAY_FORKS];
  int ramp_count = 0;
  for (int hand = 0; hand < 2; hand++)
    for (int i = 0; i < sides[hand].fork_count; i++) {
      const highway_fork *fork = &sides[hand].forks[i];
      road_place at[2] = {nose_place(&h, hand, fork, 0), nose_place(&h, hand, fork, FORK_M)};
      highway_ramp_lay(&ramps[ramp_count++], def, z, at, fork->exit, r);
    }
  if (!find_stretches(&h) || !has_room(&h, ramps, ramp_count))
    return false;
  ramp_count = 0;
  for (int i = 0; i < h.stretch_count && !b->failed; i++)
    add_stretch(&h, &h.stretches[i]);
  int junctions[2 * HIGHWAY_FORKS];
  for (int hand = 0; hand < 2; hand++)
    for (int i = 0; i < sides[hand].fork_count && !b->failed; i++) {
      const highway_fork *fork = &sides[hand].forks[i];
      road_place at = nose_place(&h, hand, fork, 0);
      double inside = fork->nose_m + (fork->exit ? 1 : -1) * FORK_M / 2;
      double s = distance_at(&h, hand, inside);
      junctions[ramp_count++] = fork_junction(&h, &at);
      for (int k = 0; k < h.stretch_count; k++)
        if (h.stretches[k].s0_m < s && s < h.stretches[k].s1_m)
          h.stretches[k].junction = junctions[ramp_count - 1];
    }
  for (int i = 0; i < h.stretch_count && !b->failed; i++)
    b->net.roads[h.stretches[i].road - 1].junction = h.stretches[i].junction;
  for (int i = 0; i + 1 < h.stretch_count && !b->failed; i++)
    link_stretches(&h, &h.stretches[i], &h.stretches[i + 1]);
  ramp_count = 0;
  for (int hand = 0; hand < 2; hand++)
    for (int i = 0; i < sides[hand].fork_count && !b->failed; i++, ramp_count++)
      add_ramp(&h, hand, &sides[hand].forks[i], junctions[ramp_count], &ramps[ramp_count]);
  road_derive_ends(b);
  return true;
}
