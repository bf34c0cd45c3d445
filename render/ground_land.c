// SPDX-License-Identifier: Apache-2.0
// The open land around the streets.
#include <math.h>
#include <stdlib.h>

#include "render/ground_parts.h"
#include "scenes/land.h"

static const double LAND_NEAR_M = 100; // flat land around the roads, at least
static const double SHEET_M = 0.2;     // below the lowest border
static const double LAND_FAR_M = 720;  // and hills beyond

typedef struct land_grid {
  int x0, y0, x1, y1; // in steps: the hole that the near land fills
  double z_m;
  const road_land *hills; // land that isn't level; NULL: z_m
} land_grid;

// Hills that rise away from the roads: a few waves whose height grows with the distance.
static vec3 land_point(const land_grid *land, int x, int y) {
  vec3 p = {x * LAND_STEP_M, y * LAND_STEP_M, land->z_m};
  if (land->hills)
    p.z = land_before_roads(land->hills, p.x, p.y);
  double dx = fmax(0, fmax(land->x0 - x, x - land->x1)) * LAND_STEP_M;
  double dy = fmax(0, fmax(land->y0 - y, y - land->y1)) * LAND_STEP_M;
  double far = fmin(1, hypot(dx, dy) / 600);
  double waves = sin(p.x / 173 + 0.7) * cos(p.y / 211) + 0.6 * sin(p.x / 97 - p.y / 131) + 1.1;
  p.z += 9 * far * far * waves;
  return p;
}

static void land_vertex(ground *g, const land_grid *land, int x, int y) {
  vec3 p = land_point(land, x, y);
  vec3 ex = vec3_sub(land_point(land, x + 1, y), land_point(land, x - 1, y));
  vec3 ey = vec3_sub(land_point(land, x, y + 1), land_point(land, x, y - 1));
  vec3 up = vec3_unit(vec3_cross(ex, ey));
  float at[3] = {(float)p.x, (float)p.y, (float)p.z};
  float n[3] = {(float)up.x, (float)up.y, (float)up.z};
  mesh_vertex_add(g->out, at, n, at[0], at[1]);
}

static void build_far_land(ground *g, const land_grid *land) {
  int ring = (int)ceil(LAND_FAR_M / LAND_STEP_M);
  int x0 = land->x0 - ring, y0 = land->y0 - ring, x1 = land->x1 + ring, y1 = land->y1 + ring;
  uint32_t first = (uint32_t)g->out->vertex_count, row = (uint32_t)(x1 - x0 + 1);
  for (int y = y0; y <= y1; y++)
    for (int x = x0; x <= x1; x++)
      land_vertex(g, land, x, y);
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++) {
      if (x >= land->x0 && x < land->x1 && y >= land->y0 && y < land->y1)
        continue;
      uint32_t at = first + (uint32_t)(y - y0) * row + (uint32_t)(x - x0);
      mesh_quad(g->out, at, at + 1, at + 1 + row, at + row, MATERIAL_GRASS);
    }
}

// The grid's points that bound the hole, counter-clockwise from its eastern side at `from`.
static ground_loop near_ring(const land_grid *land, int from) {
  ground_loop ring = {0};
  for (int y = from; y < land->y1; y++)
    ground_loop_add(&ring, land_point(land, land->x1, y));
  for (int x = land->x1; x > land->x0; x--)
    ground_loop_add(&ring, land_point(land, x, land->y1));
  for (int y = land->y1; y > land->y0; y--)
    ground_loop_add(&ring, land_point(land, land->x0, y));
  for (int x = land->x0; x < land->x1; x++)
    ground_loop_add(&ring, land_point(land, x, land->y0));
  for (int y = land->y0; y < from; y++)
    ground_loop_add(&ring, land_point(land, land->x1, y));
  return ring;
}

// What shows where land is missing, a little lower: better than the sky.
static void build_sheet(ground *g, const land_grid *land, double z) {
  double x[2] = {land->x0 * LAND_STEP_M, land->x1 * LAND_STEP_M};
  double y[2] = {land->y0 * LAND_STEP_M, land->y1 * LAND_STEP_M};
  vec3 corners[4] = {{x[0], y[0], z}, {x[1], y[0], z}, {x[1], y[1], z}, {x[0], y[1], z}};
  ground_polygon(g, corners, 4, MATERIAL_GRASS);
}

void ground_land(ground *g, const ground_loop *outlines, int count) {
  const road_network *net = g->net;
  land_grid land = {.z_m = count ? outlines[0].points[0].z : 0};
  vec3 east = {-INFINITY, net->min_y_m, 0};
  double low = land.z_m;
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  for (int i = 0; i < count; i++)
    for (int k = 0; k < outlines[i].count; k++) {
      vec3 p = outlines[i].points[k];
      lo[0] = fmin(lo[0], p.x), hi[0] = fmax(hi[0], p.x);
      lo[1] = fmin(lo[1], p.y), hi[1] = fmax(hi[1], p.y);
      low = fmin(low, p.z - SHEET_M);
      if (p.x > east.x)
        east = p;
    }
  if (g->s->map[0]) { // a street may be in no outline
    lo[0] = fmin(lo[0], net->min_x_m), hi[0] = fmax(hi[0], net->max_x_m);
    lo[1] = fmin(lo[1], net->min_y_m), hi[1] = fmax(hi[1], net->max_y_m);
  }
  land.x0 = (int)floor((lo[0] - LAND_NEAR_M) / LAND_STEP_M);
  land.y0 = (int)floor((lo[1] - LAND_NEAR_M) / LAND_STEP_M);
  land.x1 = (int)ceil((hi[0] + LAND_NEAR_M) / LAND_STEP_M);
  land.y1 = (int)ceil((hi[1] + LAND_NEAR_M) / LAND_STEP_M);
  const road_land *hills = &net->land;
  if (hills->columns > 0) {
    land.hills = hills;
    land.x0 = (int)lround(hills->x_m / LAND_STEP_M);
    land.y0 = (int)lround(hills->y_m / LAND_STEP_M);
    land.x1 = land.x0 + (int)lround((hills->columns - 1) * hills->cell_m / LAND_STEP_M);
    land.y1 = land.y0 + (int)lround((hills->rows - 1) * hills->cell_m / LAND_STEP_M);
  }
  ground_loop ring = near_ring(&land, (int)round(east.y / LAND_STEP_M));
  if (ring.failed)
    g->out->failed = true;
  else
    ground_fill(g, &ring, outlines, count, MATERIAL_GRASS);
  free(ring.points);
  build_far_land(g, &land);
  if (g->torn)
    build_sheet(g, &land, low);
}
