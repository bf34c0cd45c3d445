// SPDX-License-Identifier: Apache-2.0
// The ring of a roundabout: one-way roads round an island, between the junctions at its arms.
#ifndef SCENES_RING_H
#define SCENES_RING_H

#include "scenes/road_builder.h"

/// Width of its lanes, as long bodies sweep, and of the asphalt beside them.
#define RING_LANE_M 4.5
#define RING_MARGIN_M 0.7
#define RING_STONE_M 0.15 // of the outer kerb
/// Of ring between the corners of two arms, at the island.
#define RING_LEAST_STRETCH_M 3
/// Radius of what people walk on round the corners between arm and ring.
#define RING_CORNER_WAY_M 3.5
#define RING_LIMIT_MPS 8.33

/// Traffic runs counter-clockwise round the middle at (x, y).
typedef struct ring_style {
  double x_m, y_m;
  double radius_m; // of the island's kerb
  int lanes;
  double beside_m; // of the sidewalk outside of the ring, or of what grows there
  bool sidewalk;
  double speed_limit_mps;
} ring_style;

/// From the middle to the outer kerb.
double ring_outer_m(const ring_style *ring);
/// The ring's road from one angle around the middle to a larger one; its id, 0 when memory ran out.
int ring_stretch(road_builder *b, const ring_style *ring, double from_rad, double to_rad);

#endif
