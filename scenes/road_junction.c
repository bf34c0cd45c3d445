// SPDX-License-Identifier: Apache-2.0
// Fills a junction from the roads that meet there: setbacks, outline, connecting roads,
// crosswalks.
#include <math.h>

#include "base/array.h"
#include "scenes/road_builder.h"

static const double PI = 3.14159265358979323846;
static const double TURN_RAD = 0.6; // a smaller change of heading is going straight on

void road_junction_setbacks(const double *heading, const double *kerb, const double *outer,
                            int count, double corner_m, double *setback) {
  for (int i = 0; i < count; i++)
    setback[i] = 2;
  for (int i = 0; i < count; i++) {
    int j = (i + 1) % count;
    double opening = angle_wrap(heading[j] - heading[i]);
    if (count < 2 || opening < 0.35 || opening > 2.8)
      continue;
    double c = cos(opening), s = sin(opening), t = tan(opening / 2);
    double round = corner_m / t + 0.1, behind = 0.6 / t + 0.1;
    double at_i = (kerb[j] + kerb[i] * c) / s, at_j = (kerb[i] + kerb[j] * c) / s;
    double back_i = (outer[j] + outer[i] * c) / s, back_j = (outer[i] + outer[j] * c) / s;
    setback[i] = fmax(setback[i], fmax(at_i + round, back_i + behind));
    setback[j] = fmax(setback[j], fmax(at_j + round, back_j + behind));
  }
}

static const road *arm_road(const road_builder *b, const road_arm *arm) {
  return &b->net.roads[arm->road - 1];
}

// +1 or -1: the side whose lanes run into the junction. The other one's run out of it.
static int arm_entry_side(const road_arm *arm) {
  return arm->at_end ? -1 : 1;
}

static const road_section *arm_section(const road_builder *b, const road_arm *arm) {
  const road *r = arm_road(b, arm);
  return &b->net.sections[r->section_first + (arm->at_end ? r->section_count - 1 : 0)];
}

static int arm_section_index(const road_builder *b, const road_arm *arm) {
  return arm->at_end ? arm_road(b, arm)->section_count - 1 : 0;
}

// Driving lanes next to the centre on one side.
static int driving_lanes(const road_builder *b, const road_arm *arm, int side) {
  const road_section *section = arm_section(b, arm);
  int count = 0;
  for (const road_lane *lane;
       (lane = road_lane_find(&b->net, section, side * (count + 1))) && lane->type == LANE_DRIVING;)
    count++;
  return count;
}

static void outline_point(road_builder *b, road_junction *j, vec3 p) {
  if (j->outline_count > 0) {
    const road_point *last = &b->net.points[j->outline_first + j->outline_count - 1];
    if (hypot(last->x_m - p.x, last->y_m - p.y) < 1e-6)
      return;
  }
  road_builder_point(b, (road_point){.x_m = p.x, .y_m = p.y, .z_m = p.z});
  j->outline_count++;
}

// Every lane border across an arm from its right kerb to its left one, so that the
// junction's surface shares the roads' vertices.
static void outline_arm(road_builder *b, road_junction *j, const road_arm *arm) {
  const road_network *net = &b->net;
  const road *r = arm_road(b, arm);
  const road_section *section = arm_section(b, arm);
  int left = road_arm_left_side(arm), index = arm_section_index(b, arm);
  int paved[2] = {0, 0}; // lanes up to the kerb, on the right and on the left
  for (int k = 0; k < 2; k++) {
    int side = k ? left : -left;
    for (const road_lane *lane;
         (lane = road_lane_find(net, section, side * (paved[k] + 1))) && lane->type != LANE_CURB;)
      paved[k]++;
  }
  for (int i = paved[0]; i >= -paved[1]; i--) {
    int lane = i > 0 ? -left * i : left * -i;
    outline_point(
        b, j, road_point_at(net, r, arm->s_m, road_lane_outer_t(net, r, index, lane, arm->s_m)));
  }
}

static void add_outline(road_builder *b, int junction, const road_arm *arms, int count) {
  road_junction j = b->net.junctions[junction - 1];
  j.outline_first = b->net.point_count;
  for (int i = 0; i < count && !b->failed; i++) {
    outline_arm(b, &j, &arms[i]);
    road_corner corner;
    road_corner_lines(&b->net, &arms[i], &arms[(i + 1) % count], &corner);
    for (int k = 1; k + 1 < ROAD_ARC_POINTS && count > 1; k++)
      outline_point(b, &j, corner.kerb[k]);
  }
  for (int i = 0; i < j.outline_count && !b->failed; i++) {
    const road_point *p = &b->net.points[j.outline_first + i];
    j.radius_m = fmax(j.radius_m, hypot(p->x_m - j.x_m, p->y_m - j.y_m));
  }
  b->net.junctions[junction - 1] = j;
}

// Where a lane of an arm begins or ends, on its border towards the road's centre.
static road_place lane_gate(const road_builder *b, const road_arm *arm, int lane, bool entering) {
  const road *r = arm_road(b, arm);
  int inner = lane < 0 ? lane + 1 : lane - 1;
  double t = road_lane_outer_t(&b->net, r, arm_section_index(b, arm), inner, arm->s_m);
  vec3 p = road_point_at(&b->net, r, arm->s_m, t);
  double heading = arm->heading_rad + (entering ? PI : 0);
  return (road_place){.x_m = p.x, .y_m = p.y, .heading_rad = angle_wrap(heading)};
}

static void connect_lanes(road_builder *b, int junction, const road_arm *from, int from_lane,
                          const road_arm *to, int to_lane, int rank) {
  road_place begin = lane_gate(b, from, from_lane, true), end = lane_gate(b, to, to_lane, false);
  road_corner_point corners[2];
  int corner_count = road_connect(corners, &begin, &end);
  road_geometry pieces[ROAD_PIECES];
  int count = road_lay(pieces, begin.x_m, begin.y_m, end.x_m, end.y_m, corners, corner_count);
  const road_lane *in = road_lane_find(&b->net, arm_section(b, from), from_lane);
  const road_lane *out = road_lane_find(&b->net, arm_section(b, to), to_lane);
  double length = pieces[count - 1].s_m + pieces[count - 1].length_m;
  double width_in = road_width_at(&b->net, in, from->at_end ? from->s_m : 0);
  double width_out = road_width_at(&b->net, out, to->at_end ? to->s_m : 0);
  road_profile profile = {0};
  profile_lane *lane =
      road_profile_add(profile.right, &profile.right_count, LANE_DRIVING, width_in);
  lane->speed_limit_mps = in->speed_limit_mps;
  if (fabs(width_in - width_out) > 1e-9) {
    lane->step_count = 1;
    lane->steps[0] = (profile_step){0, length, width_out};
  }
  double z0 = from->middle.z, z1 = to->middle.z;
  int id = road_builder_road(b, arm_road(b, from)->class, pieces, count, &profile);
  if (!id)
    return;
  road_builder_elevation(b, id, (road_poly3){.a = z0, .b = (z1 - z0) / length});
  if (b->failed)
    return;
  road *r = &b->net.roads[id - 1];
  r->junction = junction;
  r->predecessor = (road_link){ROAD_LINK_ROAD, from->road, from->at_end};
  r->successor = (road_link){ROAD_LINK_ROAD, to->road, to->at_end};
  road_lane *added = &b->net.lanes[b->net.lane_count - 1];
  added->predecessor = from_lane;
  added->successor = to_lane;
  b->notes[id - 1].rank = rank;
}

static turn_kind arm_turn(const road_arm *from, const road_arm *to) {
  double change = angle_wrap(to->heading_rad - from->heading_rad - PI);
  return change > TURN_RAD ? TURN_LEFT : change < -TURN_RAD ? TURN_RIGHT : TURN_STRAIGHT;
}

// The leftmost lane turns left, the rightmost right, every lane goes straight on; without
// a way straight on, lanes are shared out between the turns.
static bool lane_may(int lane, int lanes, turn_kind turn) {
  if (turn == TURN_LEFT)
    return lane == 0;
  return turn != TURN_RIGHT || lane == lanes - 1;
}

static void connect_arms(road_builder *b, int junction, const junction_plan *plan,
                         const road_arm *arms, int count) {
  static const int turn_rank[TURN_KIND_COUNT] = {
      [TURN_STRAIGHT] = 3, [TURN_RIGHT] = 2, [TURN_LEFT] = 1};
  for (int i = 0; i < count; i++) {
    int entry = arm_entry_side(&arms[i]), lanes = driving_lanes(b, &arms[i], entry);
    for (int k = 0; k < count; k++) {
      if (k == i)
        continue;
      int exit = -arm_entry_side(&arms[k]), targets = driving_lanes(b, &arms[k], exit);
      turn_kind turn = arm_turn(&arms[i], &arms[k]);
      int rank = turn_rank[turn] + (plan->kind == JUNCTION_PRIORITY && plan->major[i] ? 4 : 0);
      for (int lane = 0; lane < lanes && targets > 0; lane++) {
        if (!lane_may(lane, lanes, turn))
          continue;
        int target = turn == TURN_LEFT ? 0 : turn == TURN_RIGHT ? targets - 1 : lane;
        if (target >= targets)
          continue;
        connect_lanes(b, junction, &arms[i], entry * (lane + 1), &arms[k], exit * (target + 1),
                      rank);
        if (b->failed)
          return;
      }
    }
  }
}

static void add_crosswalk(road_builder *b, int junction, const road_arm *arm) {
  road_network *net = &b->net;
  const road *r = arm_road(b, arm);
  if (road_walk_width(net, r, 1) <= 0 || road_walk_width(net, r, -1) <= 0)
    return;
  if (!ARRAY_RESERVE(net->crosswalks, b->crosswalk_capacity, net->crosswalk_count + 1)) {
    b->failed = true;
    return;
  }
  road_crosswalk *walk = &net->crosswalks[net->crosswalk_count++];
  *walk = (road_crosswalk){.id = net->crosswalk_count, .junction = junction};
  walk->corners[0] = road_arm_point(net, arm, false, ROAD_EDGE_KERB, CROSSWALK_BEGIN_M);
  walk->corners[1] = road_arm_point(net, arm, false, ROAD_EDGE_KERB, CROSSWALK_END_M);
  walk->corners[2] = road_arm_point(net, arm, true, ROAD_EDGE_KERB, CROSSWALK_END_M);
  walk->corners[3] = road_arm_point(net, arm, true, ROAD_EDGE_KERB, CROSSWALK_BEGIN_M);
  road_note *note = &b->notes[arm->road - 1];
  note->crosswalk[arm->at_end] = walk->id;
  note->walk_near_m[arm->at_end] = CROSSWALK_BEGIN_M;
  note->walk_far_m[arm->at_end] = CROSSWALK_END_M;
}

static void outline_arms(road_builder *b, int junction, const road_arm *arms, int count) {
  for (int i = 0; i < count; i++)
    b->net.junctions[junction - 1].z_m += arms[i].middle.z / count;
  add_outline(b, junction, arms, count);
}

void road_builder_outline(road_builder *b, int junction) {
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], arms);
  outline_arms(b, junction, arms, count);
}

void road_builder_fill_junction(road_builder *b, int junction, const junction_plan *plan) {
  if (b->failed)
    return;
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], arms);
  b->net.junctions[junction - 1].kind = plan->kind;
  outline_arms(b, junction, arms, count);
  connect_arms(b, junction, plan, arms, count);
  for (int i = 0; i < count && plan->zebra && !b->failed; i++)
    add_crosswalk(b, junction, &arms[i]);
  if (plan->kind == JUNCTION_SIGNALS)
    road_builder_signals(b, junction, plan, arms, count);
}
