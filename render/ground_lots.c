// SPDX-License-Identifier: Apache-2.0
// The land between and around the streets.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "render/ground_parts.h"

static const double LAND_STEP_M = 60;   // of the open land's grid
static const double LAND_NEAR_M = 100;  // flat land around the roads, at least
static const double UNDER_WALL_M = 1.4; // aprons reach below buildings
static const double LAND_FAR_M = 720;   // and hills beyond

typedef struct loop {
  int count, capacity;
  vec3 *points;
  bool failed;
} loop;

static void add_point(loop *l, vec3 p) {
  if (l->count > 0) {
    vec3 d = vec3_sub(p, l->points[l->count - 1]);
    if (hypot(d.x, d.y) < 1e-6)
      return;
  }
  if (l->failed || !ARRAY_RESERVE(l->points, l->capacity, l->count + 1)) {
    l->failed = true;
    return;
  }
  l->points[l->count++] = p;
}

static double edge_height(const ground *g, const road *r, int side) {
  const road_section *section = &g->net->sections[r->section_first];
  int index = side > 0 ? 0 : section->lane_count - 1;
  return g->net->lanes[section->lane_first + index].height_m;
}

// The road's outer border on one side: along s on the right, against it on the left, so that
// the land always lies to the right of the way.
static void follow_road(ground *g, const road *r, int side, loop *l) {
  const ground_stations *at = &g->stations[r->id - 1];
  double height = edge_height(g, r, side);
  for (int i = 0; i < at->count; i++) {
    int k = side < 0 ? i : at->count - 1 - i;
    vec3 p = ground_station_point(at, k, road_edge_t(g->net, r, at->s_m[k], side, ROAD_EDGE_OUTER));
    p.z += height;
    add_point(l, p);
  }
}

// Across a road's open end, over the borders of its lanes.
static void follow_cap(ground *g, const road *r, int from_side, loop *l) {
  const road_section *section = &g->net->sections[r->section_first];
  double s = from_side < 0 ? r->length_m : 0;
  double height = edge_height(g, r, from_side);
  double kerb[2] = {road_edge_t(g->net, r, s, from_side, ROAD_EDGE_KERB),
                    road_edge_t(g->net, r, s, -from_side, ROAD_EDGE_KERB)};
  (void)section;
  for (int i = 0; i < 2; i++) {
    vec3 p = road_point_at(g->net, r, s, kerb[i]);
    p.z += height;
    add_point(l, p);
  }
}

// From a road's side on to the next one round the land; false at an open end.
static bool follow_corner(ground *g, int *road_id, int *side, loop *l) {
  const road_network *net = g->net;
  const road *r = &net->roads[*road_id - 1];
  bool at_end = *side < 0;
  const road_link *link = at_end ? &r->successor : &r->predecessor;
  if (link->kind != ROAD_LINK_JUNCTION) {
    follow_cap(g, r, *side, l);
    *side = -*side;
    return false;
  }
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(net, &net->junctions[link->id - 1], arms), i = 0;
  while (i < count - 1 && (arms[i].road != r->id || arms[i].at_end != at_end))
    i++;
  const road_arm *next = &arms[(i + 1) % count];
  road_corner corner;
  road_corner_lines(net, &arms[i], next, &corner);
  for (int k = 0; k < corner.count; k++) {
    vec3 p = corner.outer[k];
    p.z += ROAD_KERB_M;
    add_point(l, p);
  }
  *road_id = next->road;
  *side = next->at_end ? 1 : -1;
  return true;
}

static double signed_area(const loop *l) {
  double sum = 0;
  for (int i = 0; i < l->count; i++) {
    vec3 a = l->points[i], b = l->points[(i + 1) % l->count];
    sum += a.x * b.y - a.y * b.x;
  }
  return sum / 2;
}

static void reverse(loop *l) {
  for (int i = 0; i < l->count / 2; i++) {
    vec3 swap = l->points[i];
    l->points[i] = l->points[l->count - 1 - i];
    l->points[l->count - 1 - i] = swap;
  }
}

static void fill(ground *g, const loop *l, material what) {
  uint32_t *indices = malloc(sizeof *indices * 3 * (size_t)(l->count + 1));
  int triangles = indices ? ground_cut_ears(l->points, l->count, indices) : -1;
  if (triangles < 0)
    g->out->failed = true;
  uint32_t first = (uint32_t)g->out->vertex_count;
  for (int i = 0; i < l->count && triangles > 0; i++)
    ground_vertex(g, l->points[i], l->points[i].x, l->points[i].y);
  for (int i = 0; i < triangles; i++)
    mesh_triangle(g->out, first + indices[3 * i], first + indices[3 * i + 1],
                  first + indices[3 * i + 2], what);
  free(indices);
}

typedef struct land_grid {
  int x0, y0, x1, y1; // in steps: the hole that the near land fills
  double z_m;
} land_grid;

// Hills that rise away from the roads: a few waves whose height grows with the distance.
static vec3 land_point(const land_grid *land, int x, int y) {
  vec3 p = {x * LAND_STEP_M, y * LAND_STEP_M, land->z_m};
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

// The land around all roads: a rectangle of grid points with the roads' outline as a hole,
// joined by a bridge from the outline's easternmost point.
static void build_near_land(ground *g, const loop *outline) {
  land_grid land = {.z_m = outline->points[0].z};
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  int east = 0;
  for (int i = 0; i < outline->count; i++) {
    vec3 p = outline->points[i];
    lo[0] = fmin(lo[0], p.x), hi[0] = fmax(hi[0], p.x);
    lo[1] = fmin(lo[1], p.y), hi[1] = fmax(hi[1], p.y);
    if (p.x > outline->points[east].x)
      east = i;
  }
  land.x0 = (int)floor((lo[0] - LAND_NEAR_M) / LAND_STEP_M);
  land.y0 = (int)floor((lo[1] - LAND_NEAR_M) / LAND_STEP_M);
  land.x1 = (int)ceil((hi[0] + LAND_NEAR_M) / LAND_STEP_M);
  land.y1 = (int)ceil((hi[1] + LAND_NEAR_M) / LAND_STEP_M);
  int bridge = (int)round(outline->points[east].y / LAND_STEP_M);
  loop all = {0};
  // Around the rectangle from the bridge's foot on its eastern side and back to it.
  for (int y = bridge; y < land.y1; y++)
    add_point(&all, land_point(&land, land.x1, y));
  for (int x = land.x1; x > land.x0; x--)
    add_point(&all, land_point(&land, x, land.y1));
  for (int y = land.y1; y > land.y0; y--)
    add_point(&all, land_point(&land, land.x0, y));
  for (int x = land.x0; x < land.x1; x++)
    add_point(&all, land_point(&land, x, land.y0));
  for (int y = land.y0; y <= bridge; y++)
    add_point(&all, land_point(&land, land.x1, y));
  // The outline runs counter-clockwise around the roads, so as a hole it runs backwards.
  for (int i = 0; i <= outline->count; i++)
    add_point(&all, outline->points[(east - i + 2 * outline->count) % outline->count]);
  if (all.failed)
    g->out->failed = true;
  else
    fill(g, &all, MATERIAL_GRASS);
  free(all.points);
  build_far_land(g, &land);
}

void ground_lots(ground *g) {
  const road_network *net = g->net;
  bool *done = calloc((size_t)net->road_count * 2 + 1, sizeof *done);
  if (!done) {
    g->out->failed = true;
    return;
  }
  for (int i = 0; i < 2 * net->road_count; i++) {
    int road_id = i / 2 + 1, side = i % 2 ? 1 : -1;
    if (done[i] || net->roads[road_id - 1].junction)
      continue;
    loop l = {0};
    for (int at = i; !done[at] && !l.failed; at = 2 * (road_id - 1) + (side > 0)) {
      done[at] = true;
      follow_road(g, &net->roads[road_id - 1], side, &l);
      follow_corner(g, &road_id, &side, &l);
    }
    vec3 gap = l.count > 1 ? vec3_sub(l.points[0], l.points[l.count - 1]) : (vec3){0, 0, 0};
    if (l.count > 1 && hypot(gap.x, gap.y) < 1e-6)
      l.count--;
    if (l.failed) {
      g->out->failed = true;
    } else if (signed_area(&l) > 0) {
      build_near_land(g, &l);
    } else {
      reverse(&l);
      fill(g, &l, MATERIAL_GRASS);
    }
    free(l.points);
  }
  free(done);
}

typedef struct foot {
  double distance_m;
  const road *r;
  double s_m;
  int side;
} foot;

// The nearest point of a road without junction, by its stations' chords.
static foot nearest_road(const ground *g, double x, double y) {
  foot best = {.distance_m = 25};
  for (int i = 0; i < g->net->road_count; i++) {
    const road *r = &g->net->roads[i];
    const ground_stations *at = &g->stations[i];
    // No point of a road is further from any of its stations than its length.
    double from = at->count ? hypot(x - at->places[0].x_m, y - at->places[0].y_m) : INFINITY;
    if (from > r->length_m + best.distance_m)
      continue;
    for (int k = 0; k + 1 < at->count; k++) {
      const road_place *a = &at->places[k], *b = &at->places[k + 1];
      double length = at->s_m[k + 1] - at->s_m[k], reach = length + best.distance_m;
      double ex = b->x_m - a->x_m, ey = b->y_m - a->y_m, dx = x - a->x_m, dy = y - a->y_m;
      if (dx * dx + dy * dy > reach * reach)
        continue;
      double u = fmax(0, fmin(1, (dx * ex + dy * ey) / (ex * ex + ey * ey)));
      double distance = sqrt((dx - u * ex) * (dx - u * ex) + (dy - u * ey) * (dy - u * ey));
      if (distance < best.distance_m)
        best = (foot){distance, r, at->s_m[k] + u * length, ex * dy - ey * dx > 0 ? 1 : -1};
    }
  }
  return best;
}

// Paving between a building that stands close to the sidewalk and that sidewalk.
void ground_aprons(ground *g) {
  for (int i = 0; i < g->s->thing_count; i++) {
    const scene_thing *t = &g->s->things[i];
    if (t->kind != THING_BUILDING)
      continue;
    const vec3 front = {1, 0, 0};
    vec3 wall[2], walk[2];
    bool near = true;
    for (int k = 0; k < 2 && near; k++) {
      wall[k] = pose_apply(t->at, (vec3){t->size_m[0] / 2, (k ? 0.5 : -0.5) * t->size_m[1], 0});
      foot f = nearest_road(g, wall[k].x, wall[k].y);
      near = f.r && f.s_m > 0.5 && f.s_m < f.r->length_m - 0.5;
      if (!near)
        break;
      walk[k] = road_point_at(g->net, f.r, f.s_m,
                              road_edge_t(g->net, f.r, f.s_m, f.side, ROAD_EDGE_OUTER));
      vec3 gap = vec3_sub(wall[k], walk[k]);
      near = hypot(gap.x, gap.y) < 2.2 &&
             -vec3_dot(gap, quat_rotate(t->at.q, front)) > 0.9 * hypot(gap.x, gap.y);
    }
    if (!near)
      continue;
    // On under the building, whose box begins where its awnings and balconies end.
    vec3 corners[4] = {wall[0], walk[0], walk[1], wall[1]}, ahead = quat_rotate(t->at.q, front);
    for (int k = 0; k < 4; k += 3)
      corners[k] = vec3_sub(corners[k], vec3_scale(ahead, UNDER_WALL_M));
    for (int k = 0; k < 4; k++)
      corners[k].z = wall[0].z + 0.006;
    ground_polygon(g, corners, 4, MATERIAL_GROUND_PAVING);
  }
}
