// SPDX-License-Identifier: Apache-2.0
// Bridges: deck, parapets and piers. Tunnels: a lined tube and a portal at each end.
#include <math.h>
#include <stdlib.h>

#include "render/ground_parts.h"
#include "scenes/land.h"

static const double PARAPET_FROM_M = 0.1, PARAPET_TO_M = 0.5, PARAPET_M = 0.95;
static const double PI = 3.14159265358979323846;
static const double DECK_M = 1.3;
static const double PIER_STEP_M = 28, PIER_LEAST_M = 3, PIER_LONG_M = 1.2, PIER_FOOT_M = 1.5;
static const double PIER_SHIFT_M = 0.5, PIER_APART_M = 8; // tries off the roads below; least span
static const double OFF_LANES_M = 1.3, OFF_SHOULDER_M = 1.0; // what piers keep off there
static const double BELOW_M = 3; // what a bridge crosses is that much lower, at least
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

// Whether a place beside a road, t to the left of its line, is free of what is driven on and of
// rails along it.
static bool off_road(const ground *g, const road *r, double s, double t) {
  const road_section *section = &g->net->sections[r->section_first];
  for (int side = -1; side <= 1; side += 2)
    for (int id = side;; id += side) {
      const road_lane *lane = road_lane_find(g->net, section, id);
      if (!lane)
        break;
      double inner = side * road_lane_outer_t(g->net, r, 0, id - side, s);
      double outer = side * road_lane_outer_t(g->net, r, 0, id, s), at = side * t;
      bool soft = lane->type == LANE_VERGE || lane->type == LANE_MEDIAN;
      double keep = lane->type == LANE_DRIVING ? OFF_LANES_M : soft ? 0 : 0.1;
      if (!soft && at > inner - keep && at < outer + keep)
        return false;
      if (lane->type == LANE_VERGE && at > inner && at < inner + OFF_SHOULDER_M)
        return false;
    }
  return true;
}

// Calls for each road that is below a place under a bridge, with where along and beside it that
// is: false as soon as one isn't left free. *heading_rad: of the last one.
static bool is_free(const ground *g, double x, double y, double deck_z, double *heading_rad) {
  for (int i = 0; i < g->net->road_count; i++) {
    const ground_stations *at = &g->stations[i];
    const road *r = &g->net->roads[i];
    for (int k = 0; k + 1 < at->count; k++) {
      const road_place *a = &at->places[k], *b = a + 1;
      double ex = b->x_m - a->x_m, ey = b->y_m - a->y_m, dx = x - a->x_m, dy = y - a->y_m;
      double square = ex * ex + ey * ey, u = (dx * ex + dy * ey) / square;
      if (u < 0 || u > 1 || at->z_m[k] > deck_z - BELOW_M)
        continue;
      double t = (dy * ex - dx * ey) / sqrt(square),
             s = at->s_m[k] + u * (at->s_m[k + 1] - at->s_m[k]);
      if (t > border(g, r, s, 1) + OFF_LANES_M || t < border(g, r, s, -1) - OFF_LANES_M)
        continue;
      *heading_rad = a->heading_rad;
      if (!off_road(g, r, s, t))
        return false;
    }
  }
  return true;
}

// A wall across the bridge, or along the road that it stands beside.
typedef struct wall {
  double x_m, y_m, z_m, heading_rad; // of its thickness; z of the road above
  double half_long_m, half_wide_m;
} wall;

static wall wall_at(const ground *g, const road *r, double s) {
  double left = border(g, r, s, 1), right = border(g, r, s, -1);
  pose at = road_pose(g->net, r, s, (left + right) / 2);
  wall w = {at.p_m.x,        at.p_m.y,
            at.p_m.z,        road_line_at(g->net, r, s).heading_rad,
            PIER_LONG_M / 2, 0.3 * (left - right)};
  double below = NAN;
  (void)is_free(g, w.x_m, w.y_m, w.z_m, &below);
  double skew = isnan(below) ? 0 : remainder(below - w.heading_rad, PI);
  skew = remainder(skew - PI / 2, PI); // of the crossing from a square one
  if (!isnan(below) && fabs(skew) < 0.8) {
    w.heading_rad += skew;
    w.half_wide_m /= cos(skew);
  }
  return w;
}

static bool wall_stands(const ground *g, const wall *w) {
  double c = cos(w->heading_rad), h = sin(w->heading_rad), below;
  for (int i = -1; i <= 1; i++)
    for (int k = -2; k <= 2; k++) {
      double ahead = i * w->half_long_m, aside = k * w->half_wide_m / 2;
      if (!is_free(g, w->x_m + ahead * c - aside * h, w->y_m + ahead * h + aside * c, w->z_m,
                   &below))
        return false;
    }
  return true;
}

// The place nearest to s where a pier stands beside the lanes below, at most `most` away; -1 none.
static double pier_place(const ground *g, const road *r, double s, double most) {
  for (double shift = 0; shift <= most; shift += PIER_SHIFT_M)
    for (int sign = 1; sign >= -1; sign -= 2) {
      double at = s + sign * shift;
      if (at < 0 || at > r->length_m)
        continue;
      wall w = wall_at(g, r, at);
      if (wall_stands(g, &w))
        return at;
    }
  return -1;
}

static void pier(ground *g, const road *r, double s) {
  wall w = wall_at(g, r, s);
  double foot = land_height(g->net, w.x_m, w.y_m), top = w.z_m - DECK_M;
  if (top - foot < PIER_LEAST_M)
    return;
  pose upright = pose_flat(w.x_m, w.y_m, 0, w.heading_rad);
  double half_long = w.half_long_m, half_wide = w.half_wide_m;
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
  double last = -INFINITY;
  for (int i = 1; i <= piers; i++) {
    double at = pier_place(g, r, r->length_m * i / (piers + 1), r->length_m / (piers + 1));
    if (at < last + PIER_APART_M || at < 0)
      continue; // the deck spans what is below
    pier(g, r, at);
    last = at;
  }
}

// From the left border over the arch to the right one.
static void line_tube(const ground *g, const road *r, section_point out[LINED]) {
  double wide = (border(g, r, 0, 1) - border(g, r, 0, -1)) / 2 + WALL_FROM_M;
  int n = 0;
  out[n++] = (section_point){1, 0, 0};
  out[n++] = (section_point){1, WALL_FROM_M, 0};
  for (int i = 0; i <= ARCH; i++)
    out[n++] = (section_point){0, wide * cos(PI * i / ARCH), WALL_M + ARCH_M * sin(PI * i / ARCH)};
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
