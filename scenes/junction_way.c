// SPDX-License-Identifier: Apache-2.0
#include "scenes/junction_way.h"

#include <math.h>

#include "scenes/road_curve.h"

static const double PI = 3.14159265358979323846;
static const double LEAST_BEND_M = 4.5, LEAST_BIKE_BEND_M = 2.5;

road_place junction_gate(const road_builder *b, const road_arm *arm, int lane, bool entering) {
  const road *r = arm_road(b, arm);
  int inner = lane < 0 ? lane + 1 : lane - 1;
  double t = road_lane_outer_t(&b->net, r, arm_section_index(b, arm), inner, arm->s_m);
  vec3 p = road_point_at(&b->net, r, arm->s_m, t);
  double heading = arm->heading_rad + (entering ? PI : 0);
  return (road_place){.x_m = p.x, .y_m = p.y, .heading_rad = angle_wrap(heading)};
}

// Wide only where the kerbs are: not before the bend on the way in, nor after it on the way out.
static profile_step taper_to(double width_in, double width_out, const road_geometry *pieces,
                             int count, bool bikes) {
  double length = pieces[count - 1].s_m + pieces[count - 1].length_m;
  double from = 0.35 * length, to = 0.65 * length;
  for (int i = count - 1; i >= 0 && bikes; i--) // next to the kerb up to where that turns
    if (pieces[i].curvature_begin_pm != 0 || pieces[i].curvature_end_pm != 0)
      from = pieces[i].s_m;
  for (int i = 0; i < count && bikes; i++)
    if (pieces[i].curvature_begin_pm != 0 || pieces[i].curvature_end_pm != 0)
      to = pieces[i].s_m + pieces[i].length_m;
  return width_out > width_in ? (profile_step){from, length - from, width_out}
                              : (profile_step){0, to, width_out};
}

void junction_way_lay(road_builder *b, int junction, const road_arm *from, int from_lane,
                      const road_arm *to, int to_lane, const road_geometry *pieces, int count,
                      const lane_way *way) {
  const road_lane *in = road_lane_find(&b->net, arm_section(b, from), from_lane);
  const road_lane *out = road_lane_find(&b->net, arm_section(b, to), to_lane);
  double width_in = road_width_at(&b->net, in, from->at_end ? from->s_m : 0);
  double width_out = road_width_at(&b->net, out, to->at_end ? to->s_m : 0);
  road_profile profile = {0};
  profile_lane *lane = road_profile_add(profile.right, &profile.right_count,
                                        way->bikes ? LANE_BIKING : LANE_DRIVING, width_in);
  lane->speed_limit_mps = in->speed_limit_mps;
  int users = road_lane_users(in) & road_lane_users(out);
  if (!way->bikes && users != LANE_FOR_ALL)
    lane->users = users;
  if (fabs(width_in - width_out) > 1e-9) {
    lane->step_count = 1;
    lane->steps[0] = taper_to(width_in, width_out, pieces, count, way->bikes);
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

// The same for a way that swings from one side to the other, where the kerbs leave it room.
static void swing_between(road_corner_point corners[2], const road_place *begin,
                          const road_place *end, const lane_way *way) {
  double distance = hypot(end->x_m - begin->x_m, end->y_m - begin->y_m);
  double leads = way->lead_m[0] + way->lead_m[1];
  double share = leads > 0.6 * distance ? 0.6 * distance / leads : 1;
  road_place near = moved(begin, share * way->lead_m[0]);
  road_place far = moved(end, -share * way->lead_m[1]);
  road_corner_point closer[2];
  if (road_connect(closer, &near, &far) != 2)
    return;
  double between = hypot(closer[1].x_m - closer[0].x_m, closer[1].y_m - closer[0].y_m);
  double along = atan2(closer[1].y_m - closer[0].y_m, closer[1].x_m - closer[0].x_m);
  for (int k = 0; k < 2; k++) {
    const road_place *at = k ? &far : &near;
    double turn = fabs(angle_wrap(along - at->heading_rad));
    double tangent = fmin(hypot(closer[k].x_m - at->x_m, closer[k].y_m - at->y_m), between / 2);
    closer[k].radius_m = turn > 1e-3 ? fmax(LEAST_BEND_M, tangent / road_bend_tangent(turn)) : 0;
    corners[k] = closer[k];
  }
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

void junction_way_add(road_builder *b, int junction, const road_arm *from, int from_lane,
                      const road_arm *to, int to_lane, const lane_way *way) {
  road_place begin = junction_gate(b, from, from_lane, true),
             end = junction_gate(b, to, to_lane, false);
  road_corner_point corners[2];
  int corner_count = road_connect(corners, &begin, &end);
  if (corner_count == 1)
    corners[0].radius_m = bend_radius(&begin, &corners[0], &end, way);
  if (corner_count == 2)
    swing_between(corners, &begin, &end, way);
  road_geometry pieces[ROAD_PIECES];
  int count = 0;
  if (way->arc)
    append_arc(pieces, &count, &begin, &end);
  else
    count = road_lay(pieces, begin.x_m, begin.y_m, end.x_m, end.y_m, corners, corner_count);
  junction_way_lay(b, junction, from, from_lane, to, to_lane, pieces, count, way);
}
