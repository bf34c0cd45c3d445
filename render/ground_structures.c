// SPDX-License-Identifier: Apache-2.0
// Bridges: deck, parapets and piers. Tunnels: a lined tube and a portal at each end.
#include <math.h>
#include <stdlib.h>

#include "render/ground_parts.h"
#include "scenes/land.h"

static const double PARAPET_FROM_M = 0.1, PARAPET_TO_M = 0.5, PARAPET_M = 0.95;
static const double DECK_M = 1.3;
static const double PIER_STEP_M = 28, PIER_LEAST_M = 3, PIER_LONG_M = 1.2, PIER_FOOT_M = 1.5;
static const double WALL_FROM_M = 0.3, WALL_M = 4.0, ARCH_M = 2.2;
static const double PORTAL_WIDE_M = GROUND_PORTAL_M;
enum { ARCH = 12, LINED = ARCH + 5 };

// A point of a cross-section: t from the left border (side 1) or right border (-1), or from the
// middle (0); z above the road.
typedef struct section_point {
  int side;
  double t_m, z_m;
} section_point;

static double border(const ground *g, const road *r, double s, int side) {
  return road_edge_t(g->net, r, s, side, ROAD_EDGE_OUTER);
}

static double section_t(const ground *g, const road *r, double s, const section_point *p) {
  double left = border(g, r, s, 1), right = border(g, r, s, -1);
  return p->side > 0 ? left + p->t_m : p->side < 0 ? right - p->t_m : (left + right) / 2 + p->t_m;
}

static void put(float out[3], vec3 p, double up) {
  out[0] = (float)p.x, out[1] = (float)p.y, out[2] = (float)(p.z + up);
}

// Quads along the road between the points of a cross-section. They look to the right of who
// walks it, seen along s.
static void sweep(ground *g, const road *r, const section_point *points, int count, material what) {
  const ground_stations *at = &g->stations[r->id - 1];
  for (int e = 0; e + 1 < count; e++)
    for (int i = 0; i + 1 < at->count; i++) {
      float corner[4][3];
      for (int k = 0; k < 4; k++) {
        int station = i + (k == 1 || k == 2);
        const section_point *p = &points[e + (k >= 2)];
        double t = section_t(g, r, at->s_m[station], p);
        put(corner[k], ground_station_point(at, station, t), p->z_m);
      }
      mesh_flat_quad(g->out, corner[0], corner[1], corner[2], corner[3], what);
    }
}

// A quad across the road at one end of it, which looks out of the road's end.
static void end_quad(ground *g, const road *r, bool at_end, const section_point corners[4],
                     material what) {
  double s = at_end ? r->length_m : 0;
  float p[4][3];
  for (int k = 0; k < 4; k++)
    put(p[k], road_point_at(g->net, r, s, section_t(g, r, s, &corners[k])), corners[k].z_m);
  if (at_end)
    mesh_flat_quad(g->out, p[3], p[2], p[1], p[0], what);
  else
    mesh_flat_quad(g->out, p[0], p[1], p[2], p[3], what);
}

static void pier(ground *g, const road *r, double s) {
  double left = border(g, r, s, 1), right = border(g, r, s, -1), middle = (left + right) / 2;
  pose at = road_pose(g->net, r, s, middle);
  double foot = land_height(g->net, at.p_m.x, at.p_m.y),
         heading = road_line_at(g->net, r, s).heading_rad;
  double top = at.p_m.z - DECK_M;
  if (top - foot < PIER_LEAST_M)
    return;
  pose upright = pose_flat(at.p_m.x, at.p_m.y, 0, heading);
  double half_long = PIER_LONG_M / 2, half_wide = 0.3 * (left - right);
  float c[8][3];
  for (int i = 0; i < 8; i++)
    put(c[i],
        pose_apply(upright,
                   (vec3){(i & 1) ? half_long : -half_long, (i & 2) ? half_wide : -half_wide, 0}),
        (i & 4) ? top : foot - PIER_FOOT_M);
  mesh_flat_quad(g->out, c[1], c[3], c[7], c[5], MATERIAL_BARRIER);
  mesh_flat_quad(g->out, c[2], c[0], c[4], c[6], MATERIAL_BARRIER);
  mesh_flat_quad(g->out, c[3], c[2], c[6], c[7], MATERIAL_BARRIER);
  mesh_flat_quad(g->out, c[0], c[1], c[5], c[4], MATERIAL_BARRIER);
}

static void bridge(ground *g, const road *r) {
  const double a = PARAPET_FROM_M, b = PARAPET_TO_M, up = PARAPET_M;
  const section_point deck[] = {{1, 0, 0},       {1, a, 0},        {1, a, up},  {1, b, up},
                                {1, b, -DECK_M}, {-1, b, -DECK_M}, {-1, b, up}, {-1, a, up},
                                {-1, a, 0},      {-1, 0, 0}};
  sweep(g, r, deck, (int)(sizeof deck / sizeof *deck), MATERIAL_BARRIER);
  for (int end = 0; end < 2; end++) {
    const section_point left[4] = {{1, a, -DECK_M}, {1, a, up}, {1, b, up}, {1, b, -DECK_M}};
    const section_point right[4] = {{-1, b, -DECK_M}, {-1, b, up}, {-1, a, up}, {-1, a, -DECK_M}};
    end_quad(g, r, end, left, MATERIAL_BARRIER);
    end_quad(g, r, end, right, MATERIAL_BARRIER);
  }
  int piers = (int)(r->length_m / PIER_STEP_M);
  for (int i = 1; i <= piers; i++)
    pier(g, r, r->length_m * i / (piers + 1));
}

// From the left border over the arch to the right one.
static void line_tube(const ground *g, const road *r, section_point out[LINED]) {
  const double pi = 3.14159265358979323846;
  double wide = (border(g, r, 0, 1) - border(g, r, 0, -1)) / 2 + WALL_FROM_M;
  int n = 0;
  out[n++] = (section_point){1, 0, 0};
  out[n++] = (section_point){1, WALL_FROM_M, 0};
  for (int i = 0; i <= ARCH; i++)
    out[n++] = (section_point){0, wide * cos(pi * i / ARCH), WALL_M + ARCH_M * sin(pi * i / ARCH)};
  out[n++] = (section_point){-1, WALL_FROM_M, 0};
  out[n++] = (section_point){-1, 0, 0};
}

static void portal(ground *g, const road *r, bool at_end, const section_point *tube) {
  const double from = WALL_FROM_M, to = PORTAL_WIDE_M, top = GROUND_PORTAL_HIGH_M;
  const section_point left[4] = {{1, from, -0.5}, {1, from, top}, {1, to, top}, {1, to, -0.5}};
  const section_point right[4] = {{-1, to, -0.5}, {-1, to, top}, {-1, from, top}, {-1, from, -0.5}};
  end_quad(g, r, at_end, left, MATERIAL_BARRIER);
  end_quad(g, r, at_end, right, MATERIAL_BARRIER);
  for (int i = 2; i + 1 < LINED - 2; i++) {
    const section_point *a = &tube[i + 1], *b = &tube[i]; // a to the right of b
    const section_point above[4] = {*a, {0, a->t_m, top}, {0, b->t_m, top}, *b};
    end_quad(g, r, at_end, above, MATERIAL_BARRIER);
  }
}

static void tunnel(ground *g, const road *r) {
  section_point tube[LINED];
  line_tube(g, r, tube);
  sweep(g, r, tube, LINED, MATERIAL_BARRIER);
  for (int end = 0; end < 2; end++)
    portal(g, r, end, tube);
}

void ground_structures(ground *g) {
  for (int i = 0; i < g->net->road_count; i++) {
    const road *r = &g->net->roads[i];
    if (r->junction)
      continue;
    if (r->structure == ROAD_BRIDGE)
      bridge(g, r);
    if (r->structure == ROAD_TUNNEL)
      tunnel(g, r);
  }
}
