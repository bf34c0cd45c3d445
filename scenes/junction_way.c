// SPDX-License-Identifier: Apache-2.0
#include "scenes/junction_way.h"

#include <math.h>

#include "scenes/road_curve.h"

static const double PI = 3.14159265358979323846;
static const double LEAST_BEND_M = 4.5, LEAST_BIKE_BEND_M = 2.5;
static const double LEAST_INNER_M = 0.25; // radius of a lane's inner border
// From a lane that ends where the other begins nobody can turn back into that: streets that a map
// draws on each other.
static const double TURN_BACK_RAD = 2.6, TURN_BACK_M = 0.5, LEAST_WAY_M = 0.01;
static const double USUAL_REACH = 0.3; // as road_connect() has it
static const double SAME_WIDTH_M = 1e-9;
enum { SWINGS = 8 };

// Where a lane of an arm begins or ends, that share of its width away from its inner border.
static road_place gate_within(const road_builder *b, const road_arm *arm, int lane, bool entering,
                              double share) {
  const road *r = arm_road(b, arm);
  int section = arm_section_index(b, arm), inner = lane < 0 ? lane + 1 : lane - 1;
  double t = (1 - share) * road_lane_outer_t(&b->net, r, section, inner, arm->s_m) +
             share * road_lane_outer_t(&b->net, r, section, lane, arm->s_m);
  vec3 p = road_point_at(&b->net, r, arm->s_m, t);
  double heading = arm->heading_rad + (entering ? PI : 0);
  return (road_place){.x_m = p.x, .y_m = p.y, .heading_rad = angle_wrap(heading)};
}

road_place junction_gate(const road_builder *b, const road_arm *arm, int lane, bool entering) {
  return gate_within(b, arm, lane, entering, 0);
}

static double arm_lane_width(const road_builder *b, const road_arm *arm, int lane) {
  return road_width_at(&b->net, road_lane_find(&b->net, arm_section(b, arm), lane),
                       arm->at_end ? arm->s_m : 0);
}

// Wide only where the kerbs are: not before the bend on the way in, nor after it on the way out.
static profile_step taper_to(double width_in, double width_out, double length, bool bikes) {
  double taper = bikes ? length : 0.65 * length;
  return (profile_step){width_out > width_in ? length - taper : 0, taper, width_out};
}

// The lane lies with its middle on the reference line, however wide it is.
static void centre_lane(road_builder *b, int id, const road_lane *lane) {
  for (int i = 0; i < lane->width_count && !b->failed; i++) {
    road_poly3 half = b->net.widths[lane->width_first + i];
    if (i + 1 < lane->width_count && b->net.widths[lane->width_first + i + 1].s_m <= half.s_m)
      continue;
    half.a /= 2, half.b /= 2, half.c /= 2, half.d /= 2;
    road_builder_offset(b, id, half);
  }
}

void junction_way_lay(road_builder *b, int junction, const road_arm *from, int from_lane,
                      const road_arm *to, int to_lane, const road_geometry *pieces, int count,
                      const lane_way *way) {
  const road_lane *in = road_lane_find(&b->net, arm_section(b, from), from_lane);
  const road_lane *out = road_lane_find(&b->net, arm_section(b, to), to_lane);
  double width_in = arm_lane_width(b, from, from_lane);
  double width_out = arm_lane_width(b, to, to_lane);
  road_profile profile = {0};
  profile_lane *lane = road_profile_add(profile.right, &profile.right_count,
                                        way->bikes ? LANE_BIKING : LANE_DRIVING, width_in);
  lane->speed_limit_mps = in->speed_limit_mps;
  int users = road_lane_users(in) & road_lane_users(out);
  if (!way->bikes && users != LANE_FOR_ALL)
    lane->users = users;
  if (fabs(width_in - width_out) > SAME_WIDTH_M) {
    double length = pieces[count - 1].s_m + pieces[count - 1].length_m;
    lane->step_count = 1;
    lane->steps[0] = taper_to(width_in, width_out, length, way->bikes);
  }
  int id = road_builder_road(b, arm_road(b, from)->class, pieces, count, &profile);
  if (!id || b->failed)
    return;
  road *r = &b->net.roads[id - 1];
  r->junction = junction;
  r->predecessor = (road_link){ROAD_LINK_ROAD, from->road, from->at_end};
  r->successor = (road_link){ROAD_LINK_ROAD, to->road, to->at_end};
  road_lane *added = &b->net.lanes[b->net.lane_count - 1];
  added->predecessor = from_lane;
  added->successor = to_lane;
  if (way->middle)
    centre_lane(b, id, added);
  b->notes[id - 1].rank = way->rank;
  b->notes[id - 1].turn = way->turn;
}

// The largest radius whose spirals begin no sooner than the kerbs beside them.
static double bend_radius(const road_place *begin, const road_corner_point *corner,
                          const road_place *end, const lane_way *way) {
  double turn = fabs(angle_wrap(end->heading_rad - begin->heading_rad));
  double before = hypot(corner->x_m - begin->x_m, corner->y_m - begin->y_m) - way->lead_m[0];
  double after = hypot(corner->x_m - end->x_m, corner->y_m - end->y_m) - way->lead_m[1];
  double least = way->bikes ? LEAST_BIKE_BEND_M : LEAST_BEND_M;
  return turn > 1e-3 ? fmax(least, fmin(before, after) / road_bend_tangent(turn)) : 0;
}

static road_place moved(const road_place *at, double forward_m) {
  road_place out = *at;
  out.x_m += forward_m * cos(at->heading_rad);
  out.y_m += forward_m * sin(at->heading_rad);
  return out;
}

// A way's reference line: from where to where, and how far the lane reaches to the inside of its
// bends to the left and to the right.
typedef struct way_line {
  road_place begin, end;
  const lane_way *way;
  double inside_m[2];
} way_line;

// A swing goes straight on for `lead` at both ends, then for that share of what distance is left.
typedef struct swing_plan {
  double lead_m[2], reach[2];
} swing_plan;

// Its two corners, and the radii that suit their legs. Returns the smaller radius of the lane's
// inner border in the two bends, as road_lay() shares the leg between them.
static double swing(road_corner_point corners[2], const way_line *line, const swing_plan *plan) {
  road_place near = moved(&line->begin, plan->lead_m[0]);
  road_place far = moved(&line->end, -plan->lead_m[1]);
  double distance = hypot(far.x_m - near.x_m, far.y_m - near.y_m), inner = INFINITY;
  road_place a = moved(&near, plan->reach[0] * distance);
  road_place b = moved(&far, -plan->reach[1] * distance);
  double between = hypot(b.x_m - a.x_m, b.y_m - a.y_m), along = atan2(b.y_m - a.y_m, b.x_m - a.x_m);
  double turn[2] = {angle_wrap(along - near.heading_rad), angle_wrap(far.heading_rad - along)};
  double unit[2], wish[2] = {0, 0};
  corners[0] = (road_corner_point){.x_m = a.x_m, .y_m = a.y_m};
  corners[1] = (road_corner_point){.x_m = b.x_m, .y_m = b.y_m};
  for (int k = 0; k < 2; k++) {
    if (fabs(turn[k]) <= 1e-3)
      continue;
    double leg = plan->reach[k] * distance;
    unit[k] = road_bend_tangent(fabs(turn[k]));
    corners[k].radius_m =
        fmax(line->way->bikes ? LEAST_BIKE_BEND_M : LEAST_BEND_M, fmin(leg, between / 2) / unit[k]);
    wish[k] = fmin(fmin(plan->lead_m[k] + leg, between), corners[k].radius_m * unit[k]);
  }
  double share = fmin(1, between / fmax(1e-9, wish[0] + wish[1]));
  for (int k = 0; k < 2; k++)
    if (wish[k] > 0)
      inner = fmin(inner, share * wish[k] / unit[k] - line->inside_m[turn[k] < 0]);
  return inner;
}

// A way that swings from one side to the other goes straight on where kerbs do, but for no longer
// than leaves it room to swing in.
static double swing_between_kerbs(road_corner_point corners[2], const way_line *line) {
  const double *lead = line->way->lead_m;
  double distance = hypot(line->end.x_m - line->begin.x_m, line->end.y_m - line->begin.y_m);
  double leads = lead[0] + lead[1], inner = -INFINITY;
  double most = leads > 0.6 * distance ? 0.6 * distance / leads : 1;
  for (int i = SWINGS; i >= 0 && inner < LEAST_INNER_M; i--) {
    double share = most * i / SWINGS;
    road_place near = moved(&line->begin, share * lead[0]);
    road_place far = moved(&line->end, -share * lead[1]);
    road_corner_point other[2];
    if (i > 0 && road_connect(other, &near, &far) != 2)
      continue;
    swing_plan plan = {{share * lead[0], share * lead[1]}, {USUAL_REACH, USUAL_REACH}};
    double other_inner = swing(other, line, &plan);
    if (other_inner > inner)
      inner = other_inner, corners[0] = other[0], corners[1] = other[1];
  }
  return inner;
}

// One bend where the tangents of both ends meet, of the radius that the shorter one leaves it.
// Returns the radius of the lane's inner border; minus infinity where they don't meet.
static double bend_once(road_corner_point *corner, const way_line *line) {
  const road_place *from = &line->begin, *to = &line->end;
  double turn = angle_wrap(to->heading_rad - from->heading_rad), cross = sin(turn);
  double dx = to->x_m - from->x_m, dy = to->y_m - from->y_m;
  if (fabs(turn) < 1e-3 || fabs(cross) < 1e-9)
    return -INFINITY;
  double ahead = (dx * sin(to->heading_rad) - dy * cos(to->heading_rad)) / cross;
  double behind = (dy * cos(from->heading_rad) - dx * sin(from->heading_rad)) / cross;
  if (!(ahead > 0 && behind > 0))
    return -INFINITY;
  road_place at = moved(from, ahead);
  *corner = (road_corner_point){.x_m = at.x_m, .y_m = at.y_m};
  return fmin(ahead, behind) / road_bend_tangent(fabs(turn)) - line->inside_m[turn < 0];
}

// Where that is so tight that the lane's inner border would fold: with any legs, or a single bend
// close to an end. Returns the number of corners, 0 when nothing is rounder.
static int find_rounder(road_corner_point corners[2], const way_line *line, double inner) {
  int count = 0;
  road_corner_point other[2] = {{0}};
  for (int k = 0; k < 16; k++) {
    swing_plan plan = {.reach = {0.2 + 0.1 * (k / 4), 0.2 + 0.1 * (k % 4)}};
    double other_inner = swing(other, line, &plan);
    if (other_inner > inner)
      inner = other_inner, corners[0] = other[0], corners[1] = other[1], count = 2;
  }
  if (bend_once(other, line) > inner)
    corners[0] = other[0], count = 1;
  return count;
}

// The corners of a way's line: as few as it needs, and none so near to an end that the lane folds.
static int find_corners(road_corner_point corners[2], const way_line *line) {
  int count = road_connect(corners, &line->begin, &line->end), other_count = 0;
  double inner = INFINITY;
  road_corner_point other[2] = {{0}};
  if (count == 1) {
    double turn = angle_wrap(line->end.heading_rad - line->begin.heading_rad);
    corners[0].radius_m = fmax(bend_radius(&line->begin, &corners[0], &line->end, line->way),
                               line->inside_m[turn < 0]);
    inner = bend_once(other, line);
  }
  if (count == 2)
    inner = swing_between_kerbs(corners, line);
  if (inner < LEAST_INNER_M)
    other_count = find_rounder(other, line, inner);
  if (other_count == 0)
    return count;
  corners[0] = other[0], corners[1] = other[1];
  return other_count;
}

// The arc between two places on one circle.
static void append_arc(road_geometry *pieces, int *count, const road_place *begin,
                       const road_place *end) {
  double turn = angle_wrap(end->heading_rad - begin->heading_rad);
  double chord = hypot(end->x_m - begin->x_m, end->y_m - begin->y_m);
  double k = 2 * sin(turn / 2) / chord;
  pieces[0] =
      (road_geometry){.x_m = begin->x_m, .y_m = begin->y_m, .heading_rad = begin->heading_rad};
  road_append(pieces, count, turn / k, k, k);
}

// Bicycles come from lanes of their own into much wider ones: inner borders of these aren't side
// by side where their middles are.
static bool keeps_to_middle(const road_builder *b, const road_arm *from, int from_lane,
                            const road_arm *to, int to_lane, const lane_way *way) {
  return way->bikes && !way->arc &&
         fabs(arm_lane_width(b, from, from_lane) - arm_lane_width(b, to, to_lane)) > SAME_WIDTH_M;
}

void junction_way_add(road_builder *b, int junction, const road_arm *from, int from_lane,
                      const road_arm *to, int to_lane, const lane_way *wanted) {
  lane_way own = *wanted;
  const lane_way *way = &own;
  own.middle = keeps_to_middle(b, from, from_lane, to, to_lane, wanted);
  double within = own.middle ? 0.5 : 0;
  double width = fmax(arm_lane_width(b, from, from_lane), arm_lane_width(b, to, to_lane));
  road_place begin = gate_within(b, from, from_lane, true, within),
             end = gate_within(b, to, to_lane, false, within);
  double distance = hypot(end.x_m - begin.x_m, end.y_m - begin.y_m);
  double turn = fabs(angle_wrap(end.heading_rad - begin.heading_rad));
  if (distance < (turn > TURN_BACK_RAD ? TURN_BACK_M : LEAST_WAY_M))
    return;
  road_geometry pieces[ROAD_PIECES];
  int count = 0;
  if (way->arc) {
    append_arc(pieces, &count, &begin, &end);
  } else {
    way_line line = {begin, end, way, {within * width, (1 - within) * width}};
    road_corner_point corners[2];
    int corner_count = find_corners(corners, &line);
    count = road_lay(pieces, begin.x_m, begin.y_m, end.x_m, end.y_m, corners, corner_count);
  }
  junction_way_lay(b, junction, from, from_lane, to, to_lane, pieces, count, way);
}
