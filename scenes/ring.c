// SPDX-License-Identifier: Apache-2.0
#include "scenes/ring.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
static const double RIM_M = 1.0; // the island's grass beside its kerb

double ring_outer_m(const ring_style *ring) {
  return ring->radius_m + ring->lanes * RING_LANE_M + RING_MARGIN_M;
}

static void ring_profile(road_profile *out, const ring_style *ring) {
  *out = (road_profile){.centre_mark = MARK_NONE};
  for (int i = 0; i < ring->lanes; i++) {
    profile_lane *lane = road_profile_add(out->right, &out->right_count, LANE_DRIVING, RING_LANE_M);
    lane->speed_limit_mps = fmin(ring->speed_limit_mps, RING_LIMIT_MPS);
    lane->mark = i + 1 < ring->lanes ? MARK_BROKEN : MARK_NONE;
  }
  road_profile_add(out->right, &out->right_count, LANE_SHOULDER, RING_MARGIN_M);
  road_profile_add(out->right, &out->right_count, LANE_CURB, RING_STONE_M)->height_m = ROAD_KERB_M;
  road_profile_add(out->right, &out->right_count, ring->sidewalk ? LANE_SIDEWALK : LANE_VERGE,
                   ring->beside_m)
      ->height_m = ROAD_KERB_M;
  road_profile_add(out->left, &out->left_count, LANE_CURB, RING_STONE_M)->height_m = ROAD_KERB_M;
  road_profile_add(out->left, &out->left_count, LANE_VERGE, RIM_M)->height_m = ROAD_KERB_M;
}

int ring_stretch(road_builder *b, const ring_style *ring, double from_rad, double to_rad) {
  road_geometry arc = {.x_m = ring->x_m + ring->radius_m * cos(from_rad),
                       .y_m = ring->y_m + ring->radius_m * sin(from_rad),
                       .heading_rad = angle_wrap(from_rad + PI / 2)};
  int count = 0;
  road_append(&arc, &count, ring->radius_m * (to_rad - from_rad), 1 / ring->radius_m,
              1 / ring->radius_m);
  road_profile profile;
  ring_profile(&profile, ring);
  int id = road_builder_road(b, ring->lanes > 1 ? ROAD_SECONDARY : ROAD_RESIDENTIAL, &arc, count,
                             &profile);
  if (id)
    road_builder_elevation(b, id, (road_poly3){0});
  return id;
}
