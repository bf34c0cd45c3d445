// SPDX-License-Identifier: Apache-2.0
// A triangulation made finer: Delaunay between fixed borders, with more points inside.
// Private to render/ground*.c.
#ifndef RENDER_GROUND_REFINE_H
#define RENDER_GROUND_REFINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pose.h"

/// Triangles over points, counter-clockwise from above. Edges of one triangle alone are borders.
typedef struct ground_net {
  int point_count, triangle_count;
  vec3 *points;
  uint32_t *indices; // (3 triangle_count)
} ground_net;

/// Takes a triangulation of `point_count` points, of which some may lie in the same place, and
/// adds `extra` points where they lie inside of a triangle, in their order: coarse ones first
/// make it fast. Borders stay; all other edges are flipped until no triangle's circle holds a
/// point (Lawson 1977). `out` is for the caller to free. False when memory ran out.
bool ground_refine(ground_net *out, const vec3 *points, int point_count, const uint32_t *indices,
                   int triangle_count, const vec3 *extra, int extra_count);

#endif
