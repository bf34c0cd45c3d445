// SPDX-License-Identifier: Apache-2.0
#include "scenes/overpass.h"

#include <math.h>

#include "scenes/road_grade.h"

static const double VERGE_M = 3, VERGE_TAPER_M = 12;

double overpass_climb(double speed_mps) {
  return fmax(2 * OVERPASS_M / OVERPASS_GRADE,
              sqrt(4 * OVERPASS_M / road_grade_curvature(speed_mps)));
}

double overpass_half(const overpass_style *style) {
  return style->lanes * style->lane_width_m + style->shoulder_m;
}

double overpass_outer(const overpass_style *style) {
  return overpass_half(style) + VERGE_M;
}

// A piece of the road from s0 to s1, counted from its begin.
typedef struct part {
  double s0_m, s1_m;
  bool bridge, from_junction, to_junction;
} part;

static void add_half(profile_lane *lanes, int *count, const overpass_style *style, const part *at) {
  for (int i = 0; i < style->lanes; i++) {
    profile_lane *lane = road_profile_add(lanes, count, LANE_DRIVING, style->lane_width_m);
    lane->speed_limit_mps = style->speed_limit_mps;
    lane->mark = i + 1 < style->lanes ? MARK_BROKEN : MARK_SOLID;
  }
  road_profile_add(lanes, count, LANE_SHOULDER, style->shoulder_m);
  if (at->bridge)
    return;
  double length = at->s1_m - at->s0_m, taper = fmin(VERGE_TAPER_M, length / 3);
  profile_lane *verge = road_profile_add(lanes, count, LANE_VERGE, at->from_junction ? 0 : VERGE_M);
  if (at->from_junction)
    verge->steps[verge->step_count++] = (profile_step){0, taper, VERGE_M};
  if (at->to_junction)
    verge->steps[verge->step_count++] = (profile_step){length - taper, taper, 0};
}

static int add_part(road_builder *b, const overpass_road *o, const highway_strip *rise,
                    const part *at) {
  road_geometry piece = {.heading_rad = o->middle.heading_rad};
  double from = at->s0_m - o->legs[0].length_m; // from the middle
  piece.x_m = o->middle.x_m + from * cos(piece.heading_rad);
  piece.y_m = o->middle.y_m + from * sin(piece.heading_rad);
  int pieces = 0;
  road_append(&piece, &pieces, at->s1_m - at->s0_m, 0, 0);
  road_profile profile = {.centre_mark = o->style.lanes > 1 ? MARK_DOUBLE_SOLID : MARK_BROKEN,
                          .centre_yellow = true};
  add_half(profile.right, &profile.right_count, &o->style, at);
  add_half(profile.left, &profile.left_count, &o->style, at);
  int id = road_builder_road(b, ROAD_SECONDARY, &piece, pieces, &profile);
  road_poly3 heights[PROFILE_POLYS];
  int count = highway_strip_slice(rise, at->s0_m, at->s1_m, false, heights);
  for (int i = 0; i < count && id; i++)
    road_builder_elevation(b, id, heights[i]);
  if (id && at->bridge)
    b->net.roads[id - 1].structure = ROAD_BRIDGE;
  return id;
}

// Heights along the road: up on the first leg, down on the other one.
static highway_strip lay_heights(const overpass_road *o) {
  const overpass_leg *before = &o->legs[0], *after = &o->legs[1];
  double climb = overpass_climb(o->style.speed_limit_mps), middle = before->length_m;
  highway_strip rise = highway_strip_new(LANE_NONE, 0, 0, middle + after->length_m, 0);
  if (o->under)
    return rise;
  highway_strip_climb(&rise, middle - before->level_m - climb, climb, OVERPASS_M);
  highway_strip_climb(&rise, middle + after->level_m, climb, 0);
  return rise;
}

// The parts of the road in order of s; their number. junctions[i]: before part i, 0 none.
static int list_parts(const overpass_road *o, part out[5], int junctions[6]) {
  const overpass_leg *before = &o->legs[0], *after = &o->legs[1];
  double middle = before->length_m;
  int count = 0;
  junctions[0] = 0;
  if (before->junction) {
    out[count++] = (part){0, middle - before->far_m, .to_junction = true};
    junctions[count] = before->junction;
  }
  double from = before->junction ? middle - before->near_m : 0;
  out[count++] = (part){from, middle - before->bridge_m, .from_junction = before->junction > 0};
  junctions[count] = 0;
  out[count++] = (part){middle - before->bridge_m, middle + after->bridge_m, .bridge = !o->under};
  junctions[count] = 0;
  double end = middle + after->length_m, to = after->junction ? middle + after->near_m : end;
  out[count++] = (part){middle + after->bridge_m, to, .to_junction = after->junction > 0};
  junctions[count] = after->junction;
  if (after->junction)
    out[count++] = (part){middle + after->far_m, end, .from_junction = true};
  junctions[count] = 0;
  return count;
}

void overpass_add(road_builder *b, const overpass_road *o) {
  highway_strip rise = lay_heights(o);
  part parts[5];
  int junctions[7] = {0}, count = list_parts(o, parts, junctions), last = 0;
  for (int i = 0; i < count; i++) {
    int id = add_part(b, o, &rise, &parts[i]);
    if (!id)
      return; // out of memory, which the builder knows
    if (i > 0 && junctions[i]) {
      road_link link = {ROAD_LINK_JUNCTION, junctions[i], false};
      b->net.roads[last - 1].successor = link;
      b->net.roads[id - 1].predecessor = link;
    } else if (i > 0) {
      road_builder_continue(b, last, id);
    }
    last = id;
  }
}
