// SPDX-License-Identifier: Apache-2.0
#include "scenes/slip.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
static const double TURN_RAD[2] = {1.15, 2.0}; // of ways to the right that get slip lanes
// How a slip lane's turn is shared: what it does where it leaves, and where it joins. Who joins
// turns by more than 0.6 rad, so that it counts as a turn to the right.
static const double LEAVE_RAD = 0.6, LEAVE_SHARE = 0.42, JOIN_RAD = 0.75, JOIN_SHARE = 0.54;
static const double BEND_M = 13;          // least radius of its own bend
static const double LEAD_M[2] = {2, 7.5}; // straight before the bend; after it, for the crossing
static const double BEFORE_M = 5;         // of the street, from its end to where one turns off
static const double STONE_M = 0.15, RIM_M = 1.6; // kerb and walk round the island
// It is wider towards the intersection, so that kerbs round the island's corner leave ways room.
static const double WIDE_RIM_M = 3, WIDE_UNTIL_M = 5.5, WIDE_OVER_M = 5;
static const double NOSE_M = 0.4;     // from the rims' corner to where the roads end
static const double LEAST_ARM_M = 13; // between the intersection and where one turns off
static const double WIDER_M = 0.6, WIDEST_M = 4.5; // than other lanes, as long bodies sweep
static const double BIKES_M = 1.5;
static const double MOST_GROWTH_M = 40;
static const double LEFT_LANE_M = 65; // of street that a lane for left turns and its taper need
// From the kerbs' corner to where an arm ends: farther where the arm's other corner is sharp, which
// leaves ways too little room beside an island.
static const double CORNER_M = 24;

typedef struct vec2 {
  double x, y;
} vec2;

static vec2 along(double heading) {
  return (vec2){cos(heading), sin(heading)};
}

static double cross(vec2 a, vec2 b) {
  return a.x * b.y - a.y * b.x;
}

static double slip_width_m(const street_style *style) {
  return fmin(WIDEST_M, style->lane_width_m + WIDER_M);
}

// From an arm's axis to the middle of its outermost lanes.
static double aside_m(const street_style *style) {
  return street_kerb_m(style, false) - (style->bikes ? BIKES_M : 0) - style->lane_width_m / 2;
}

// Streets have room for a lane for left turns where enough of them is left.
static bool takes_slips(const street_style *style, double street_m) {
  return !(style->left_lane[0] && street_m < LEFT_LANE_M) && !(style->buses && style->lanes > 1);
}

// From where a slip lane's middle leaves the outermost lane's middle, at that angle: how far the
// street's inner road and the slip lane end from there, so that the rims of their kerbs meet.
static void part(const street_style *style, double angle, double *inner_m, double *slip_m) {
  double rim = STONE_M + RIM_M;
  double lane = style->lane_width_m / 2 + (style->bikes ? BIKES_M : 0) + rim;
  double slip = slip_width_m(style) / 2 + rim;
  *inner_m = (slip + lane * cos(angle)) / sin(angle) + NOSE_M;
  *slip_m = (lane + slip * cos(angle)) / sin(angle) + NOSE_M;
}

// One slip lane by itself: where it leaves and joins, and what that leaves of the arms.
typedef struct slip_shape {
  double leave_m, join_m; // along the arms, from the middle
  double inner_m[2];      // where the inner roads end
  road_place from, to;    // on its middle
  road_corner_point bend;
} slip_shape;

static slip_shape shape(const slip_arm *a, const slip_arm *b, double growth_m) {
  double opening = fmod(b->heading_rad - a->heading_rad + 4 * PI, 2 * PI), turn = PI - opening;
  double leave = fmin(LEAVE_RAD, LEAVE_SHARE * turn), join = fmin(JOIN_RAD, JOIN_SHARE * turn);
  double rest = turn - leave - join;
  double tangent = (BEND_M + growth_m) * road_bend_tangent(rest);
  double inner[2], slip[2];
  part(&a->style, leave, &inner[0], &slip[0]);
  part(&b->style, join, &inner[1], &slip[1]);
  double first = slip[0] + LEAD_M[0] + tangent + growth_m / 2;
  double second = slip[1] + LEAD_M[1] + tangent + growth_m / 2;
  // Where the outermost lanes' middles meet, along either arm.
  double aside = aside_m(&a->style), other = aside_m(&b->style);
  double corner = (other + aside * cos(opening)) / sin(opening);
  double far_corner = (aside + other * cos(opening)) / sin(opening);
  vec2 in = along(a->heading_rad + PI), out = along(b->heading_rad);
  double heading = a->heading_rad + PI - leave, last = b->heading_rad + join;
  vec2 d = along(heading), e = along(last);
  vec2 way = {first * d.x + second * e.x, first * d.y + second * e.y};
  double before = cross(way, out) / cross(in, out), after = cross(in, way) / cross(in, out);
  slip_shape s = {.leave_m = corner + before,
                  .join_m = far_corner + after,
                  .inner_m = {corner + before - inner[0], far_corner + after - inner[1]}};
  vec2 arm = along(a->heading_rad);
  double x = arm.x * s.leave_m - arm.y * aside, y = arm.y * s.leave_m + arm.x * aside;
  s.from = (road_place){.x_m = x + slip[0] * d.x, .y_m = y + slip[0] * d.y, .heading_rad = heading};
  s.bend = (road_corner_point){x + first * d.x, y + first * d.y, BEND_M + growth_m};
  double on = second - slip[1];
  s.to =
      (road_place){.x_m = s.bend.x_m + on * e.x, .y_m = s.bend.y_m + on * e.y, .heading_rad = last};
  return s;
}

static road_place to_left(const road_place *at, double left_m) {
  road_place out = *at;
  out.x_m -= left_m * sin(at->heading_rad);
  out.y_m += left_m * cos(at->heading_rad);
  return out;
}

// Whether an arm ends near the corner between it and another.
static bool ends_at_corner(const slip_arm *arm, const slip_arm *other, double opening) {
  double own = street_kerb_m(&arm->style, false), across = street_kerb_m(&other->style, false);
  return arm->setback_m < (across + own * cos(opening)) / sin(opening) + CORNER_M;
}

// The shortest slip lane that leaves both arms room for a vehicle before the intersection.
static bool fit(const slip_arm *a, const slip_arm *b, slip_shape *out) {
  double turn = PI - fmod(b->heading_rad - a->heading_rad + 4 * PI, 2 * PI);
  if (turn < TURN_RAD[0] || turn > TURN_RAD[1] || !ends_at_corner(a, b, PI - turn) ||
      !ends_at_corner(b, a, PI - turn))
    return false;
  for (double growth = 0; growth <= MOST_GROWTH_M; growth += 0.5) {
    *out = shape(a, b, growth);
    if (out->inner_m[0] >= a->setback_m + LEAST_ARM_M &&
        out->inner_m[1] >= b->setback_m + LEAST_ARM_M)
      return true;
  }
  return false;
}

// Cyclists on a lane of their own turn off later.
static double before_m(const street_style *style) {
  return BEFORE_M + (style->bikes ? 2 * BIKES_M : 0);
}

static void cut(slip_plan *plan, int arm, double inner_m, double outer_m) {
  if (!plan->cut[arm])
    plan->inner_m[arm] = inner_m, plan->outer_m[arm] = outer_m;
  plan->cut[arm] = true;
  plan->inner_m[arm] = fmin(plan->inner_m[arm], inner_m);
  plan->outer_m[arm] = fmax(plan->outer_m[arm], outer_m);
}

// Where one can only turn, a slip lane would leave two lanes to the turns to the left.
static bool spoils_left_lane(const slip_plan *plan, int arm) {
  double heading[SLIP_ARMS];
  turn_kind turns[SLIP_ARMS];
  bool straight = false;
  for (int i = 0; i < plan->arm_count; i++)
    heading[i] = plan->arms[i].heading_rad;
  road_turns(heading, plan->arm_count, arm, turns);
  for (int i = 0; i < plan->arm_count; i++)
    straight = straight || turns[i] == TURN_STRAIGHT;
  return plan->arms[arm].style.left_lane[0] && !straight;
}

void slip_lay_out(slip_plan *plan, const bool *wished) {
  for (int i = 0; i < plan->arm_count; i++) {
    int k = (i + 1) % plan->arm_count;
    slip_shape s;
    const street_style *a = &plan->arms[i].style, *b = &plan->arms[k].style;
    if (!wished[i] || spoils_left_lane(plan, i) || !fit(&plan->arms[i], &plan->arms[k], &s))
      continue;
    double leave = s.leave_m + before_m(a), join = s.join_m + before_m(b);
    if (!takes_slips(a, plan->arm_m - leave) || !takes_slips(b, plan->arm_m - join))
      continue;
    double half = slip_width_m(a) / 2;
    road_corner_point bend = s.bend;
    plan->slip[i] = true;
    plan->from[i] = to_left(&s.from, half);
    plan->to[i] = to_left(&s.to, half);
    // Its left border meets on the bisector.
    double turn = angle_wrap(s.to.heading_rad - s.from.heading_rad);
    double bisector = s.from.heading_rad + turn / 2 + PI / 2;
    bend.x_m += half / cos(turn / 2) * cos(bisector);
    bend.y_m += half / cos(turn / 2) * sin(bisector);
    plan->bend[i] = bend;
    cut(plan, i, s.inner_m[0], leave);
    cut(plan, k, s.inner_m[1], join);
  }
}

static void add_raised(profile_lane *lanes, int *count, lane_type type, double width_m) {
  road_profile_add(lanes, count, type, width_m)->height_m = ROAD_KERB_M;
}

// One side of an arm between the intersection and where slip lanes leave: beside an island its
// rim, else a sidewalk as wide as the street's there.
static void add_side(profile_lane *lanes, int *count, const street_style *style, bool in,
                     bool island) {
  if (in && style->left_lane[0]) {
    profile_lane *lane = road_profile_add(lanes, count, LANE_DRIVING, style->lane_width_m);
    lane->speed_limit_mps = style->speed_limit_mps;
    lane->mark = MARK_SOLID;
  }
  for (int i = 0; i < style->lanes; i++) {
    profile_lane *lane = road_profile_add(lanes, count, LANE_DRIVING, style->lane_width_m);
    lane->speed_limit_mps = style->speed_limit_mps;
    lane->mark = i + 1 < style->lanes ? MARK_SOLID : MARK_NONE;
  }
  if (style->bikes) {
    lanes[*count - 1].mark = MARK_SOLID;
    road_profile_add(lanes, count, LANE_BIKING, BIKES_M)->speed_limit_mps = style->speed_limit_mps;
  }
  double rest = street_outer_m(style) - street_kerb_m(style, false) - STONE_M;
  add_raised(lanes, count, LANE_CURB, STONE_M);
  add_raised(lanes, count, LANE_SIDEWALK, island ? WIDE_RIM_M : rest);
  if (island) {
    lanes[*count - 1].step_count = 1;
    lanes[*count - 1].steps[0] = (profile_step){WIDE_UNTIL_M, WIDE_OVER_M, RIM_M};
  }
}

static road_class class_of(const street_style *style) {
  return style->lanes > 1 ? ROAD_SECONDARY : ROAD_RESIDENTIAL;
}

static int add_inner(road_builder *b, const slip_plan *plan, int i) {
  const slip_arm *arm = &plan->arms[i];
  int before = (i + plan->arm_count - 1) % plan->arm_count;
  bool left_lane = arm->style.left_lane[0];
  road_profile profile = {.centre_mark =
                              arm->style.lanes > 1 || left_lane ? MARK_DOUBLE_SOLID : MARK_BROKEN,
                          .centre_yellow = true};
  add_side(profile.right, &profile.right_count, &arm->style, false, plan->slip[before]);
  add_side(profile.left, &profile.left_count, &arm->style, true, plan->slip[i]);
  road_geometry line = {.x_m = arm->setback_m * cos(arm->heading_rad),
                        .y_m = arm->setback_m * sin(arm->heading_rad),
                        .heading_rad = arm->heading_rad,
                        .length_m = plan->inner_m[i] - arm->setback_m};
  int id = road_builder_road(b, class_of(&arm->style), &line, 1, &profile);
  if (id)
    road_builder_elevation(b, id, (road_poly3){0});
  if (id && left_lane) {
    road_builder_offset(b, id, (road_poly3){.a = -arm->style.lane_width_m / 2});
    b->notes[id - 1].left_lane[0] = true;
  }
  return id;
}

static int add_slip(road_builder *b, const slip_plan *plan, int i) {
  const street_style *style = &plan->arms[i].style;
  road_profile profile = {0};
  double rest = style->sidewalk_m + 1.5; // a street's strip beside it is paved here
  road_profile_add(profile.right, &profile.right_count, LANE_DRIVING, slip_width_m(style))
      ->speed_limit_mps = style->speed_limit_mps;
  add_raised(profile.right, &profile.right_count, LANE_CURB, STONE_M);
  add_raised(profile.right, &profile.right_count, LANE_SIDEWALK, rest);
  add_raised(profile.left, &profile.left_count, LANE_CURB, STONE_M);
  add_raised(profile.left, &profile.left_count, LANE_SIDEWALK, RIM_M);
  road_geometry pieces[ROAD_PIECES];
  int count = road_lay(pieces, plan->from[i].x_m, plan->from[i].y_m, plan->to[i].x_m,
                       plan->to[i].y_m, &plan->bend[i], 1);
  int id = road_builder_road(b, class_of(style), pieces, count, &profile);
  if (id)
    road_builder_elevation(b, id, (road_poly3){0});
  return id;
}

void slip_add_roads(road_builder *b, const slip_plan *plan, int junction, const int *streets,
                    int *nodes) {
  for (int i = 0; i < plan->arm_count && !b->failed; i++) {
    nodes[i] = 0;
    if (!plan->cut[i])
      continue;
    double middle = (plan->inner_m[i] + plan->outer_m[i]) / 2, heading = plan->arms[i].heading_rad;
    nodes[i] = road_builder_junction(b, middle * cos(heading), middle * sin(heading));
    int inner = add_inner(b, plan, i);
    if (b->failed)
      return;
    b->net.roads[inner - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, junction, false};
    b->net.roads[inner - 1].successor = (road_link){ROAD_LINK_JUNCTION, nodes[i], false};
    b->net.roads[streets[i] - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, nodes[i], false};
  }
  for (int i = 0; i < plan->arm_count && !b->failed; i++) {
    int id = plan->slip[i] ? add_slip(b, plan, i) : 0;
    if (!id)
      continue;
    b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, nodes[i], false};
    b->net.roads[id - 1].successor =
        (road_link){ROAD_LINK_JUNCTION, nodes[(i + 1) % plan->arm_count], false};
  }
}

// Slip lanes lead to the street and nowhere else, and only from the street one gets onto them.
// There are crosswalks over those that come in, where drivers give way in any case.
static void fill_node(road_builder *b, const slip_plan *plan, int i, int node) {
  junction_plan out = {.kind = JUNCTION_PRIORITY,
                       .speed_limit_mps = plan->arms[i].style.speed_limit_mps,
                       .zebra = true};
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(&b->net, &b->net.junctions[node - 1], arms), street = -1;
  for (int k = 0; k < count; k++) {
    bool both = road_one_way(&b->net, &b->net.roads[arms[k].road - 1]) == 0;
    out.major[k] = both;
    if (both && !arms[k].at_end)
      street = k;
    if (both || !arms[k].at_end)
      out.bare |= 1u << k;
  }
  for (int k = 0; k < count; k++)
    out.barred[k] = k == street ? 0 : ~(1u << street);
  road_builder_fill_junction(b, node, &out);
}

void slip_fill(road_builder *b, const slip_plan *plan, const int *nodes) {
  for (int i = 0; i < plan->arm_count && !b->failed; i++)
    if (nodes[i])
      fill_node(b, plan, i, nodes[i]);
}

void slip_bar(const slip_plan *plan, const road_arm *arms, int count, junction_plan *out) {
  for (int i = 0; i < plan->arm_count; i++) {
    int from = -1, to = -1, next = (i + 1) % plan->arm_count;
    for (int k = 0; k < count && plan->slip[i]; k++) {
      if (fabs(angle_wrap(arms[k].heading_rad - plan->arms[i].heading_rad)) < 1e-6)
        from = k;
      if (fabs(angle_wrap(arms[k].heading_rad - plan->arms[next].heading_rad)) < 1e-6)
        to = k;
    }
    if (from >= 0 && to >= 0)
      out->barred[from] |= 1u << to;
  }
}
