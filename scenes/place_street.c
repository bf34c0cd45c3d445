// SPDX-License-Identifier: Apache-2.0
// Town streets: lanes, parking bays, kerb, planted strip, sidewalk.
#include <math.h>
#include <string.h>

#include "scenes/place.h"

static const double PARKING_M = 2.4, VERGE_M = 1.5, KERB_STONE_M = 0.15;
// From each end: paved to the kerb, then the planted strip begins, then the parking bays.
static const double PAVED_M = 9, VERGE_TAPER_M = 1.5, BAYS_AT_M = 12, BAY_TAPER_M = 4;
static const double COUNTRY_SHOULDER_M = 0.75, COUNTRY_VERGE_M = 3;
static const double STRAIGHT_END_M = 7.5; // crossing and stop line lie on it

double street_kerb_m(const street_style *style) {
  return style->lanes * style->lane_width_m;
}

double street_outer_m(const street_style *style) {
  return street_kerb_m(style) + KERB_STONE_M + (style->parking ? PARKING_M : 0) + VERGE_M +
         style->sidewalk_m;
}

static void add_step(profile_lane *lane, double s, double length, double width) {
  lane->steps[lane->step_count++] = (profile_step){s, length, width};
}

static void add_lanes(profile_lane *lanes, int *count, const street_style *style) {
  for (int i = 0; i < style->lanes; i++) {
    profile_lane *lane = road_profile_add(lanes, count, LANE_DRIVING, style->lane_width_m);
    lane->speed_limit_mps = style->speed_limit_mps;
    if (i + 1 < style->lanes)
      lane->mark = MARK_BROKEN;
  }
}

static void add_raised(profile_lane *lanes, int *count, lane_type type, double width_m) {
  road_profile_add(lanes, count, type, width_m)->height_m = ROAD_KERB_M;
}

// The same width throughout: no junction to make room for.
static void add_open_side(profile_lane *lanes, int *count, const street_style *style) {
  add_lanes(lanes, count, style);
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

static void add_side(profile_lane *lanes, int *count, const street_style *style, double length) {
  if (style->open_ends || style->sidewalk_m <= 0) {
    add_open_side(lanes, count, style);
    return;
  }
  bool verge = length > 2 * (PAVED_M + VERGE_TAPER_M) + 4;
  bool bays = style->parking && length > 2 * (BAYS_AT_M + BAY_TAPER_M) + 8;
  double parking = style->parking ? PARKING_M : 0, walk = style->sidewalk_m;
  add_lanes(lanes, count, style);
  if (bays) {
    if (style->lanes > 0)
      lanes[*count - 1].mark = MARK_SOLID;
    profile_lane *lane = road_profile_add(lanes, count, LANE_PARKING, 0);
    add_step(lane, BAYS_AT_M, BAY_TAPER_M, parking);
    add_step(lane, length - BAYS_AT_M - BAY_TAPER_M, BAY_TAPER_M, 0);
  }
  add_raised(lanes, count, LANE_CURB, KERB_STONE_M);
  if (verge) {
    profile_lane *lane = road_profile_add(lanes, count, LANE_VERGE, 0);
    lane->height_m = ROAD_KERB_M;
    add_step(lane, PAVED_M, VERGE_TAPER_M, VERGE_M);
    add_step(lane, length - PAVED_M - VERGE_TAPER_M, VERGE_TAPER_M, 0);
  }
  profile_lane *lane = road_profile_add(lanes, count, LANE_SIDEWALK, walk + VERGE_M + parking);
  lane->height_m = ROAD_KERB_M;
  if (verge)
    add_step(lane, PAVED_M, VERGE_TAPER_M, walk + parking);
  if (bays) {
    add_step(lane, BAYS_AT_M, BAY_TAPER_M, walk);
    add_step(lane, length - BAYS_AT_M - BAY_TAPER_M, BAY_TAPER_M,
             style->bulb_end ? walk : walk + parking);
  }
  if (verge)
    add_step(lane, length - PAVED_M - VERGE_TAPER_M, VERGE_TAPER_M,
             style->bulb_end ? walk : walk + VERGE_M + parking);
}

void street_profile(road_profile *out, const street_style *style, double length_m) {
  *out = (road_profile){.centre_mark = style->lanes > 1 ? MARK_DOUBLE_SOLID : MARK_BROKEN,
                        .centre_yellow = true};
  add_side(out->right, &out->right_count, style, length_m);
  add_side(out->left, &out->left_count, style, length_m);
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
  road_profile profile;
  street_profile(&profile, style, last->s_m + last->length_m);
  road_class class = style->major       ? ROAD_PRIMARY
                     : style->lanes > 1 ? ROAD_SECONDARY
                                        : ROAD_RESIDENTIAL;
  int id = road_builder_road(b, class, pieces, count, &profile);
  if (id)
    road_builder_elevation(b, id, (road_poly3){0});
  return b->failed ? 0 : id;
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
    all[count++] = (road_corner_point){near.x_m, near.y_m, 60};
    for (int i = 0; i < corner_count; i++)
      all[count++] = corners[i];
    all[count++] = (road_corner_point){far.x_m, far.y_m, 60};
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
