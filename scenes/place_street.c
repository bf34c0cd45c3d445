// SPDX-License-Identifier: Apache-2.0
// Town streets: lanes, lanes for bicycles, parking bays, kerb, planted strip, sidewalk.
#include <math.h>
#include <string.h>

#include "scenes/place.h"

static const double PARKING_M = 2.4, VERGE_M = 1.5, KERB_STONE_M = 0.15;
// From each end: paved to the kerb, then the planted strip begins, then the parking bays.
static const double PAVED_M = 9, VERGE_TAPER_M = 1.5, BAYS_AT_M = 12, BAY_TAPER_M = 4;
static const double COUNTRY_SHOULDER_M = 0.75, COUNTRY_VERGE_M = 3;
static const double STRAIGHT_END_M = 7.5; // crossing and stop line lie on it

// A left-turn lane, half of it on each side of where the middle was: its queue begins where it
// is full and ends at the junction.
static const double TAPER_M = 30, QUEUE_M = 44;             // where there is room
static const double LEAST_TAPER_M = 24, LEAST_QUEUE_M = 16; // and where there isn't
static const double BETWEEN_M = 6, BEYOND_M = 12;           // tapers; one and the other end

// Lanes for buses are open to all over this length before a junction, so that others can turn
// there; between the ends of those of both directions.
static const double OPEN_M[2] = {35, 60}, OPEN_SHARE = 0.4, LEAST_BETWEEN_M = 4;

// Half of the width of driving lanes and those for bicycles, where there are no others.
static double lanes_half_m(const street_style *style) {
  double side = style->lanes * style->lane_width_m + (style->bikes ? STREET_BIKE_LANE_M : 0);
  return style->one_way ? side / 2 : side;
}

// Lanes on one side of the centre line: all or none on a one-way street.
static int lanes_on(const street_style *style, int side) {
  return style->one_way == side ? 0 : style->lanes;
}

// Half of what left-turn lanes add to the carriageway.
static double turn_half_m(const street_style *style) {
  return style->left_lane[0] || style->left_lane[1] ? style->lane_width_m / 2 : 0;
}

double street_kerb_m(const street_style *style, bool at_end) {
  return lanes_half_m(style) + (style->left_lane[at_end] ? style->lane_width_m / 2 : 0);
}

// What lies between the driving lanes and the kerb stone somewhere along the street.
static double beside_m(const street_style *style) {
  return fmax(style->parking ? PARKING_M : 0, turn_half_m(style));
}

double street_outer_m(const street_style *style) {
  return lanes_half_m(style) + KERB_STONE_M + beside_m(style) + VERGE_M + style->sidewalk_m;
}

// Where along a street its left-turn lanes lie: from the start up to queue[0] and on, narrowing,
// to taper[0]; from taper[1], widening, to queue[1] and the end. Where both ends have one and
// the street is short, the one turns into the other.
typedef struct turn_plan {
  bool at[2];
  bool shared; // queue[0] to queue[1] is a taper of both
  double queue_m[2], taper_m[2];
} turn_plan;

static turn_plan plan_turns(const street_style *style, double length) {
  turn_plan plan = {.at = {style->left_lane[0], style->left_lane[1]}};
  int count = plan.at[0] + plan.at[1];
  double room = count == 2 ? (length - BETWEEN_M) / 2 : length - BEYOND_M;
  double taper = fmax(LEAST_TAPER_M, fmin(TAPER_M, room - QUEUE_M)), queue = room - taper;
  if (count == 0)
    return plan;
  plan.shared = count == 2 && queue < QUEUE_M / 2;
  if (plan.shared)
    queue = (length - taper) / 2;
  if (queue < LEAST_QUEUE_M)
    return (turn_plan){0};
  queue = plan.shared ? queue : fmin(queue, QUEUE_M);
  plan.queue_m[0] = plan.at[0] ? queue : 0;
  plan.taper_m[0] = plan.at[0] ? queue + taper : 0;
  plan.queue_m[1] = plan.at[1] ? length - queue : length;
  plan.taper_m[1] = plan.at[1] ? length - queue - taper : length;
  return plan;
}

static void add_step(profile_lane *lane, double s, double length, double width) {
  lane->steps[lane->step_count++] = (profile_step){s, length, width};
}

// The left-turn lane of one side: it runs towards the end, or the start when `side` is +1.
static void add_turn_lane(profile_lane *lanes, int *count, const street_style *style,
                          const turn_plan *plan, int side) {
  bool at_end = side < 0;
  if (!plan->at[at_end])
    return;
  double width = style->lane_width_m;
  profile_lane *lane = road_profile_add(lanes, count, LANE_DRIVING, at_end ? 0 : width);
  lane->speed_limit_mps = style->speed_limit_mps;
  lane->mark = MARK_BROKEN;
  double from = at_end ? plan->taper_m[1] : plan->queue_m[0];
  double to = at_end ? plan->queue_m[1] : plan->taper_m[0];
  add_step(lane, from, to - from, at_end ? width : 0);
}

static void add_lanes(profile_lane *lanes, int *count, const street_style *style, int side) {
  for (int i = 0; i < lanes_on(style, side); i++) {
    profile_lane *lane = road_profile_add(lanes, count, LANE_DRIVING, style->lane_width_m);
    lane->speed_limit_mps = style->speed_limit_mps;
    if (i + 1 < style->lanes)
      lane->mark = MARK_BROKEN;
  }
  if (!style->bikes || lanes_on(style, side) == 0)
    return;
  lanes[*count - 1].mark = MARK_SOLID;
  road_profile_add(lanes, count, LANE_BIKING, STREET_BIKE_LANE_M)->speed_limit_mps =
      style->speed_limit_mps;
}

static void add_raised(profile_lane *lanes, int *count, lane_type type, double width_m) {
  road_profile_add(lanes, count, type, width_m)->height_m = ROAD_KERB_M;
}

// The same width throughout: no junction to make room for.
static void add_open_side(profile_lane *lanes, int *count, const street_style *style, int side) {
  add_lanes(lanes, count, style, side);
  if (style->sidewalk_m <= 0) {
    lanes[*count - 1].mark = MARK_SOLID;
    road_profile_add(lanes, count, LANE_SHOULDER, COUNTRY_SHOULDER_M);
    road_profile_add(lanes, count, LANE_VERGE, COUNTRY_VERGE_M);
    return;
  }
  if (style->parking) {
    lanes[*count - 1].mark = MARK_SOLID;
    road_profile_add(lanes, count, LANE_PARKING, PARKING_M);
  }
  add_raised(lanes, count, LANE_CURB, KERB_STONE_M);
  add_raised(lanes, count, LANE_VERGE, VERGE_M);
  add_raised(lanes, count, LANE_SIDEWALK, style->sidewalk_m);
}

// A lane whose width follows from those of the others: it takes what they leave of the side.
static void give(profile_lane *lane, double s, double length, double change) {
  double width = lane->step_count ? lane->steps[lane->step_count - 1].width_m : lane->width_m;
  add_step(lane, s, length, width + change);
}

static void add_side(profile_lane *lanes, int *count, const street_style *style,
                     const turn_plan *plan, double length, int side) {
  if (style->open_ends || style->sidewalk_m <= 0) {
    add_open_side(lanes, count, style, side);
    return;
  }
  bool left = plan->at[0] || plan->at[1];
  double half = left ? style->lane_width_m / 2 : 0;
  // Bays lie where no left-turn lane widens the carriageway.
  double bays_from = plan->at[0] ? plan->taper_m[0] + 1 : BAYS_AT_M;
  double bays_to = plan->at[1] ? plan->taper_m[1] - 1 : length - BAYS_AT_M;
  bool verge = length > 2 * (PAVED_M + VERGE_TAPER_M) + 4;
  bool bays = style->parking && !plan->shared && bays_to - bays_from > 2 * BAY_TAPER_M + 8;
  double parking = bays ? PARKING_M : 0;
  add_turn_lane(lanes, count, style, plan, side);
  add_lanes(lanes, count, style, side);
  if (bays) {
    if (*count > 0)
      lanes[*count - 1].mark = MARK_SOLID;
    profile_lane *lane = road_profile_add(lanes, count, LANE_PARKING, 0);
    add_step(lane, bays_from, BAY_TAPER_M, parking);
    add_step(lane, bays_to - BAY_TAPER_M, BAY_TAPER_M, 0);
  }
  add_raised(lanes, count, LANE_CURB, KERB_STONE_M);
  if (verge) {
    profile_lane *lane = road_profile_add(lanes, count, LANE_VERGE, 0);
    lane->height_m = ROAD_KERB_M;
    add_step(lane, PAVED_M, VERGE_TAPER_M, VERGE_M);
    add_step(lane, length - PAVED_M - VERGE_TAPER_M, VERGE_TAPER_M, 0);
  }
  double begin =
      VERGE_M + style->sidewalk_m + beside_m(style) - (plan->at[0] || plan->shared ? half : 0);
  profile_lane *lane = road_profile_add(lanes, count, LANE_SIDEWALK, begin);
  lane->height_m = ROAD_KERB_M;
  if (verge)
    give(lane, PAVED_M, VERGE_TAPER_M, -VERGE_M);
  if (plan->at[0] && !plan->shared)
    give(lane, plan->queue_m[0], plan->taper_m[0] - plan->queue_m[0], half);
  if (bays) {
    give(lane, bays_from, BAY_TAPER_M, -parking);
    give(lane, bays_to - BAY_TAPER_M, BAY_TAPER_M, style->bulb_end ? 0 : parking);
  }
  if (plan->at[1] && !plan->shared)
    give(lane, plan->taper_m[1], plan->queue_m[1] - plan->taper_m[1], -half);
  if (verge)
    give(lane, length - PAVED_M - VERGE_TAPER_M, VERGE_TAPER_M, style->bulb_end ? 0 : VERGE_M);
}

static void fill_profile(road_profile *out, const street_style *style, const turn_plan *plan,
                         double length_m) {
  *out = (road_profile){.centre_mark = style->lanes > 1 || plan->at[0] || plan->at[1]
                                           ? MARK_DOUBLE_SOLID
                                           : MARK_BROKEN,
                        .centre_yellow = true};
  // The centre line of a one-way street is the border of its bays, or its kerb.
  if (style->one_way) {
    out->centre_mark = style->parking ? MARK_SOLID : MARK_NONE;
    out->centre_yellow = false;
  }
  add_side(out->right, &out->right_count, style, plan, length_m, -1);
  add_side(out->left, &out->left_count, style, plan, length_m, 1);
}

void street_profile(road_profile *out, const street_style *style, double length_m) {
  turn_plan none = {0};
  fill_profile(out, style, &none, length_m);
}

// The middle moves aside, so that both kerbs leave by half a left-turn lane.
static void add_offsets(road_builder *b, int id, const street_style *style, const turn_plan *plan) {
  double half = style->lane_width_m / 2, t = plan->at[0] ? -half : 0;
  road_builder_offset(b, id, (road_poly3){.a = t});
  const double steps[2][3] = {{plan->queue_m[0], plan->taper_m[0], plan->shared ? half : 0},
                              {plan->taper_m[1], plan->queue_m[1], half}};
  for (int k = 0; k < (plan->shared ? 1 : 2); k++) {
    double from = steps[k][0], l = steps[k][1] - from, rise = steps[k][2] - t;
    if (!plan->at[k])
      continue;
    road_builder_offset(b, id,
                        (road_poly3){from, t, 0, 3 * rise / (l * l), -2 * rise / (l * l * l)});
    t = steps[k][2];
    road_builder_offset(b, id, (road_poly3){.s_m = from + l, .a = t});
  }
}

// Where people queue to turn, nobody changes lanes.
static void mark_queues(road_builder *b, int id, bool at_end) {
  const road_section *section = &b->net.sections[b->net.roads[id - 1].section_first];
  for (int i = 0; i < section->lane_count; i++) {
    road_lane *lane = &b->net.lanes[section->lane_first + i];
    if (lane->type == LANE_DRIVING && (lane->id < 0) == at_end && lane->outer_mark == MARK_BROKEN)
      lane->outer_mark = MARK_SOLID;
  }
}

// Where lanes for buses end in front of junctions: along the street before at[1], back before
// at[0].
typedef struct bus_plan {
  bool any;
  double at[2];
} bus_plan;

static bus_plan plan_buses(const street_style *style, const turn_plan *turns, double length) {
  bus_plan plan = {.any = style->buses && style->lanes > 1, .at = {0, length}};
  double open = fmax(OPEN_M[0], fmin(OPEN_M[1], OPEN_SHARE * length));
  if (!style->open_ends) {
    plan.at[0] = turns->at[0] ? turns->taper_m[0] : open;
    plan.at[1] = turns->at[1] ? turns->taper_m[1] : style->leads_out ? length : length - open;
    plan.any = plan.any && !turns->shared && plan.at[1] - plan.at[0] > LEAST_BETWEEN_M;
  }
  return plan;
}

void street_reserve(road_builder *b, const road *r, int side, bool bikes) {
  const road_section *section = &b->net.sections[r->section_first];
  int outermost = 0;
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &b->net.lanes[section->lane_first + i];
    if (lane->type == LANE_DRIVING && lane->id * side > outermost)
      outermost = lane->id * side;
  }
  for (int i = 0; i < section->lane_count && outermost > 1; i++) {
    road_lane *lane = &b->net.lanes[section->lane_first + i];
    if (lane->id * side == outermost)
      lane->users = LANE_FOR_BUSES | (bikes ? 0 : LANE_FOR_BICYCLES);
    if (lane->id * side == outermost - 1)
      lane->outer_mark = MARK_SOLID;
  }
}

static void reserve_lanes(road_builder *b, const street_style *style, const bus_plan *plan, int id,
                          int last) {
  double s = 0;
  for (; id <= last && plan->any; id++) {
    const road *r = &b->net.roads[id - 1];
    double middle = s + r->length_m / 2;
    if (middle < plan->at[1])
      street_reserve(b, r, -1, style->bikes);
    if (middle > plan->at[0])
      street_reserve(b, r, 1, style->bikes);
    s += r->length_m;
  }
}

// One road for each stretch that has the same lanes for the same vehicles.
static int cut_street(road_builder *b, int id, const street_style *style, const turn_plan *plan) {
  bus_plan buses = plan_buses(style, plan, b->net.roads[id - 1].length_m);
  double at[4];
  int count = 0;
  if (plan->at[0])
    at[count++] = plan->queue_m[0];
  if (plan->at[0])
    at[count++] = plan->taper_m[0];
  else if (buses.any && !style->open_ends)
    at[count++] = buses.at[0];
  if (plan->at[1] && !plan->shared)
    at[count++] = plan->taper_m[1];
  else if (buses.any && !style->open_ends && !style->leads_out)
    at[count++] = buses.at[1];
  if (plan->at[1] && !plan->shared)
    at[count++] = plan->queue_m[1];
  b->notes[id - 1].left_lane[0] = plan->at[0];
  b->notes[id - 1].left_lane[1] = plan->at[1];
  int last = road_builder_cut(b, id, at, count);
  for (int k = 0; k < 2 && last; k++)
    if (plan->at[k])
      mark_queues(b, k ? last : id, k);
  if (last)
    reserve_lanes(b, style, &buses, id, last);
  return last ? id : 0;
}

int street_last(const road_builder *b, int id) {
  const road *r = &b->net.roads[id - 1];
  while (r->successor.kind == ROAD_LINK_ROAD)
    r = &b->net.roads[r->successor.id - 1];
  return r->id;
}

static road_place moved(const road_place *at, double forward_m) {
  road_place out = *at;
  out.x_m += forward_m * cos(at->heading_rad);
  out.y_m += forward_m * sin(at->heading_rad);
  return out;
}

int street_from_pieces(road_builder *b, const street_style *style, const road_geometry *pieces,
                       int count) {
  const road_geometry *last = &pieces[count - 1];
  double length = last->s_m + last->length_m;
  road_profile profile;
  turn_plan plan = plan_turns(style, length);
  fill_profile(&profile, style, &plan, length);
  road_class class = style->major       ? ROAD_PRIMARY
                     : style->lanes > 1 ? ROAD_SECONDARY
                                        : ROAD_RESIDENTIAL;
  int id = road_builder_road(b, class, pieces, count, &profile);
  if (id)
    road_builder_elevation(b, id, (road_poly3){0});
  if (id && style->one_way)
    road_builder_offset(b, id, (road_poly3){.a = style->one_way * lanes_half_m(style)});
  if (id && (plan.at[0] || plan.at[1]))
    add_offsets(b, id, style, &plan);
  if (id)
    id = cut_street(b, id, style, &plan);
  return b->failed ? 0 : id;
}

// Between the heading at a junction and the leg to a bend. What hardly turns is no short kink.
static road_corner_point leg_corner(const road_place *at, double x, double y) {
  double turn = angle_wrap(2 * (atan2(y - at->y_m, x - at->x_m) - at->heading_rad)) / 2;
  return (road_corner_point){at->x_m, at->y_m, fmax(60, 1 / fmax(1e-6, fabs(turn)))};
}

int street_add(road_builder *b, const street_style *style, const road_place *from,
               const road_place *to, const road_corner_point *corners, int corner_count) {
  road_place begin = moved(from, STRAIGHT_END_M), end = moved(to, -STRAIGHT_END_M);
  road_corner_point all[ROAD_CORNERS] = {0};
  int count = 0;
  if (corner_count == 0) {
    count = road_connect(all, &begin, &end);
  } else {
    // Bend from the junction's heading into each leg, and back at the other end.
    const road_corner_point *first = &corners[0], *last = &corners[corner_count - 1];
    double reach0 = 0.3 * hypot(first->x_m - begin.x_m, first->y_m - begin.y_m);
    double reach1 = 0.3 * hypot(last->x_m - end.x_m, last->y_m - end.y_m);
    road_place near = moved(&begin, reach0), far = moved(&end, -reach1);
    all[count++] = leg_corner(&near, first->x_m, first->y_m);
    for (int i = 0; i < corner_count; i++)
      all[count++] = corners[i];
    all[count++] = leg_corner(&far, last->x_m, last->y_m);
  }
  road_geometry pieces[ROAD_PIECES + 2];
  pieces[0] = (road_geometry){.x_m = from->x_m,
                              .y_m = from->y_m,
                              .heading_rad = from->heading_rad,
                              .length_m = STRAIGHT_END_M};
  int n = 1 + road_lay(pieces + 1, begin.x_m, begin.y_m, end.x_m, end.y_m, all, count);
  for (int i = 1; i < n; i++)
    pieces[i].s_m += STRAIGHT_END_M;
  double s = pieces[n - 1].s_m + pieces[n - 1].length_m;
  pieces[n++] = (road_geometry){.s_m = s,
                                .x_m = end.x_m,
                                .y_m = end.y_m,
                                .heading_rad = end.heading_rad,
                                .length_m = STRAIGHT_END_M};
  return street_from_pieces(b, style, pieces, n);
}
