// SPDX-License-Identifier: Apache-2.0
// Barriers of highways: concrete in the median, steel rails on posts outside the shoulders.
#include <math.h>
#include <stdlib.h>

#include "render/ground_parts.h"

static const double POST_STEP_M = 4;
static const double RAIL_BEYOND_M = 0.5; // from the shoulder's border

// A cross-section: t from the line it follows, z above the road; counter-clockwise looking
// along the road (t to the left, z up).
typedef struct profile {
  int count;
  bool closed;
  const double (*points)[2];
} profile;

// Extrudes a profile along a road at a constant t for each side.
static void extrude(ground *g, const road *r, double t, double mirror, const profile *p,
                    material what) {
  const ground_stations *at = &g->stations[r->id - 1];
  int edges = p->closed ? p->count : p->count - 1;
  for (int e = 0; e < edges; e++) {
    const double *a = p->points[e], *b = p->points[(e + 1) % p->count];
    double at_t = t + mirror * a[0], bt = t + mirror * b[0];
    // The profile's edge turned by a right angle looks out of it.
    double nt = mirror * (b[1] - a[1]), nz = -(b[0] - a[0]);
    double length = hypot(nt, nz);
    uint32_t last[2] = {0, 0};
    for (int i = 0; i < at->count; i++) {
      double s = at->s_m[i], heading = at->places[i].heading_rad;
      vec3 pa = ground_station_point(at, i, at_t), pb = ground_station_point(at, i, bt);
      float n[3] = {(float)(-sin(heading) * nt / length), (float)(cos(heading) * nt / length),
                    (float)(nz / length)};
      float fa[3] = {(float)pa.x, (float)pa.y, (float)(pa.z + a[1])};
      float fb[3] = {(float)pb.x, (float)pb.y, (float)(pb.z + b[1])};
      uint32_t va = mesh_vertex_add(g->out, fa, n, (float)s, (float)a[1]);
      uint32_t vb = mesh_vertex_add(g->out, fb, n, (float)s, (float)b[1]);
      if (i > 0 && mirror > 0)
        mesh_quad(g->out, last[0], last[1], vb, va, what);
      else if (i > 0)
        mesh_quad(g->out, va, vb, last[1], last[0], what);
      last[0] = va, last[1] = vb;
    }
  }
}

static void posts(ground *g, const road *r, double t) {
  for (double s = 1; s < r->length_m; s += POST_STEP_M) {
    pose at = road_pose(g->net, r, s, t);
    float corner[8][3];
    for (int i = 0; i < 8; i++) {
      vec3 p = pose_apply(
          at, (vec3){(i & 1) ? 0.05 : -0.05, (i & 2) ? 0.06 : -0.06, (i & 4) ? 0.72 : -0.1});
      corner[i][0] = (float)p.x, corner[i][1] = (float)p.y, corner[i][2] = (float)p.z;
    }
    mesh_flat_quad(g->out, corner[1], corner[3], corner[7], corner[5], MATERIAL_GUARD_RAIL);
    mesh_flat_quad(g->out, corner[2], corner[0], corner[4], corner[6], MATERIAL_GUARD_RAIL);
    mesh_flat_quad(g->out, corner[3], corner[2], corner[6], corner[7], MATERIAL_GUARD_RAIL);
    mesh_flat_quad(g->out, corner[0], corner[1], corner[5], corner[4], MATERIAL_GUARD_RAIL);
    mesh_flat_quad(g->out, corner[4], corner[5], corner[7], corner[6], MATERIAL_GUARD_RAIL);
  }
}

static bool has_median(const road_network *net, const road *r) {
  const road_lane *lane =
      road_lane_find(net, &net->sections[r->section_first], road_side_into(net, true));
  return lane && lane->type == LANE_MEDIAN;
}

void ground_rails(ground *g) {
  static const double jersey[][2] = {{0.30, -0.05}, {0.30, 0.08},  {0.13, 0.33},  {0.08, 0.81},
                                     {-0.08, 0.81}, {-0.13, 0.33}, {-0.30, 0.08}, {-0.30, -0.05}};
  static const double beam[][2] = {{0.00, 0.44}, {0.08, 0.50}, {0.02, 0.58},  {0.02, 0.61},
                                   {0.08, 0.69}, {0.00, 0.75}, {-0.02, 0.74}, {-0.02, 0.45}};
  const profile wall = {8, false, jersey}, rail = {8, true, beam};
  for (int i = 0; i < g->net->road_count; i++) {
    const road *r = &g->net->roads[i];
    if (r->junction || !has_median(g->net, r))
      continue;
    extrude(g, r, 0, 1, &wall, MATERIAL_BARRIER);
    const road_section *section = &g->net->sections[r->section_first];
    for (int side = -1; side <= 1; side += 2) {
      int lane = side; // the last one before the verge
      for (const road_lane *next;
           (next = road_lane_find(g->net, section, lane + side)) && next->type != LANE_VERGE;)
        lane += side;
      double t = road_lane_outer_t(g->net, r, 0, lane, 0) + side * RAIL_BEYOND_M;
      // The waves look at the road.
      extrude(g, r, t - side * 0.02, -side, &rail, MATERIAL_GUARD_RAIL);
      posts(g, r, t + side * 0.08);
    }
  }
}
