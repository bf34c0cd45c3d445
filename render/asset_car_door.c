// SPDX-License-Identifier: Apache-2.0
// A car whose driver's door stands open: the door's faces are cut out of the shell, get an inner
// panel and edges, and turn about their front edge.
#include <math.h>
#include <stdlib.h>

#include "render/asset_car.h"

static const float PANEL_M = 0.07f; // thickness of the door
static const float JAMB_M = 0.10f;  // depth of the frame that it leaves
static const float SEAM_M = 0.006f; // half a shut line, and a bit
static const float WALL_M = 0.16f;  // of the inner walls of car_interior, from the shell

typedef struct door_place {
  float front_x, rear_x; // between the middles of its shut lines
  float sill_z, belt_z;
  float half; // of the car's width
} door_place;

static door_place place_of(const car_shape *k, const hull *shell) {
  float seam[2];
  car_door_seams(k, seam);
  door_place d = {
      .front_x = k->length / 2 - seam[0], .rear_x = k->length / 2 - seam[1], .half = k->width / 2};
  d.belt_z = hull_height_at(shell, CAR_ROWS - 1, (d.front_x + d.rear_x) / 2);
  d.sill_z = k->ground + 0.12f * (d.belt_z - k->ground);
  return d;
}

static f3 corner(const mesh *m, int triangle, int k) {
  const float *p = m->vertices[m->indices[3 * triangle + k]].p;
  return f3_of(p[0], p[1], p[2]);
}

typedef struct facet {
  f3 centre, normal;
  material is;
} facet;

static facet facet_of(const mesh *m, int triangle) {
  f3 a = corner(m, triangle, 0), b = corner(m, triangle, 1), c = corner(m, triangle, 2);
  return (facet){f3_scale(f3_add(a, f3_add(b, c)), 1.0f / 3),
                 f3_unit(f3_cross(f3_sub(b, a), f3_sub(c, a))), (material)m->materials[triangle]};
}

static bool between_seams(const door_place *d, const facet *f) {
  return f->centre.y > 0 && f->centre.x < d->front_x - SEAM_M && f->centre.x > d->rear_x + SEAM_M;
}

// Of shell and glass: what looks to the left between the shut lines, but for sill and pillars.
static bool is_skin(const door_place *d, const facet *f) {
  if (!between_seams(d, f) || f->centre.z < d->sill_z)
    return false;
  if (f->is == MATERIAL_CAR_GLASS)
    return f->normal.y > 0.6f;
  bool low = f->centre.z < d->belt_z + 0.05f && f->normal.y > 0.45f && f->centre.y > d->half - 0.2f;
  return low && (f->centre.z < d->belt_z - 0.01f || f->is == MATERIAL_CAR_TRIM);
}

// Of what is screwed on: handle and mirror.
static bool is_fitting(const door_place *d, const facet *f) {
  return between_seams(d, f) && f->centre.y > d->half - 0.22f && f->centre.z < d->belt_z + 0.35f &&
         f->centre.z > d->sill_z;
}

// Of the interior: the wall behind the door, which is no part of it.
static bool is_wall(const door_place *d, const facet *f) {
  return f->is == MATERIAL_CAR_INTERIOR && fabsf(f->normal.y) > 0.99f &&
         fabsf(f->centre.y - (d->half - WALL_M)) < 0.002f;
}

typedef bool belongs(const door_place *, const facet *);

// Copies the triangles that belong, or those that don't, behind those of `out`.
static void take(mesh *out, const mesh *from, const door_place *d, belongs *rule, bool wanted) {
  for (int i = 0; i < from->triangle_count; i++) {
    facet f = facet_of(from, i);
    if (rule(d, &f) != wanted)
      continue;
    uint32_t v[3];
    for (int k = 0; k < 3; k++) {
      const mesh_vertex *vertex = &from->vertices[from->indices[3 * i + k]];
      v[k] = mesh_vertex_add(out, vertex->p, vertex->n, vertex->uv[0], vertex->uv[1]);
    }
    mesh_triangle(out, v[0], v[1], v[2], f.is);
  }
}

static bool same(f3 a, f3 b) {
  return f3_length(f3_sub(a, b)) < 1e-4f;
}

static f3 inward(f3 p, float by) {
  return f3_of(p.x, p.y - by, p.z);
}

// Whether another of the panel's faces has that edge.
static bool is_shared(const mesh *m, int count, int triangle, f3 a, f3 b) {
  for (int i = 0; i < count; i++)
    for (int k = 0; k < 3 && i != triangle; k++) {
      f3 p = corner(m, i, k), q = corner(m, i, (k + 1) % 3);
      if ((same(p, a) && same(q, b)) || (same(p, b) && same(q, a)))
        return true;
    }
  return false;
}

// A window's frame, along the edges that no other face of the door has.
static void frame_window(mesh *door, int count, int triangle, const f3 p[3]) {
  for (int k = 0; k < 3; k++)
    if (!is_shared(door, count, triangle, p[k], p[(k + 1) % 3]))
      mesh_bar(door, p[k], p[(k + 1) % 3], f3_of(0, 1, 0), 0.03f, 0.035f, MATERIAL_CAR_TRIM);
}

// An inner panel behind the metal, and strips along its border: of the door, and of the frame.
static void line_door(mesh *door, mesh *body, const door_place *d) {
  int count = door->triangle_count;
  for (int i = 0; i < count; i++) {
    facet f = facet_of(door, i);
    f3 p[3] = {corner(door, i, 0), corner(door, i, 1), corner(door, i, 2)};
    if (f.is == MATERIAL_CAR_GLASS)
      frame_window(door, count, i, p);
    if (f.is == MATERIAL_CAR_GLASS || f.centre.z > d->belt_z - 0.01f)
      continue;
    uint32_t v[3];
    for (int k = 0; k < 3; k++)
      v[k] = mesh_point(door, inward(p[k], PANEL_M));
    mesh_triangle(door, v[0], v[2], v[1], MATERIAL_CAR_INTERIOR);
    for (int k = 0; k < 3; k++) {
      f3 a = p[k], b = p[(k + 1) % 3];
      if (is_shared(door, count, i, a, b))
        continue;
      mesh_patch(door, b, a, inward(a, PANEL_M), inward(b, PANEL_M), MATERIAL_CAR_PAINT);
      if (fmaxf(a.z, b.z) < d->belt_z - 0.03f || fabsf(a.z - b.z) > 0.02f)
        mesh_patch(body, a, b, inward(b, JAMB_M), inward(a, JAMB_M), MATERIAL_CAR_PAINT);
    }
  }
}

// The wall's rest, before and behind the door.
static void wall(mesh *m, const car_shape *k, const door_place *d) {
  float y = d->half - WALL_M, low = k->ground + 0.10f;
  float high = fminf(k->cowl_z, fminf(k->belt_z, k->tail_z)) - 0.03f;
  float ends[2] = {k->length / 2 - k->screen_s - 0.2f, k->length / 2 - k->rear_s + 0.25f};
  float edges[2] = {d->front_x, d->rear_x};
  for (int i = 0; i < 2; i++)
    if ((ends[i] - edges[i]) * (i ? -1.0f : 1.0f) > 0)
      mesh_patch(m, f3_of(ends[i], y, low), f3_of(ends[i], y, high), f3_of(edges[i], y, high),
                 f3_of(edges[i], y, low), MATERIAL_CAR_INTERIOR);
}

// Widens bounds to those of a mesh's faces, as they are once mesh_smooth has dropped bare points.
static void reach(const mesh *m, float lo[3], float hi[3]) {
  for (int i = 0; i < 3 * m->triangle_count; i++)
    for (int k = 0; k < 3; k++) {
      lo[k] = fminf(lo[k], m->vertices[m->indices[i]].p[k]);
      hi[k] = fmaxf(hi[k], m->vertices[m->indices[i]].p[k]);
    }
}

static void swing(mesh *door, const door_place *d, float angle_rad) {
  float c = cosf(angle_rad), s = sinf(angle_rad), y0 = d->half - 0.04f;
  for (int i = 0; i < door->vertex_count; i++) {
    float *p = door->vertices[i].p, x = p[0] - d->front_x, y = p[1] - y0;
    p[0] = d->front_x + c * x + s * y;
    p[1] = y0 - s * x + c * y;
  }
}

static void build_open(const car_shape *k, float angle_rad, mesh *out) {
  hull shell;
  mesh skin = {0}, inside = {0}, outside = {0}, door = {0}, fitting = {0}, rest = {0};
  car_parts(k, &shell, &skin, &inside, &outside);
  float lo[3] = {INFINITY, INFINITY, INFINITY}, hi[3] = {-INFINITY, -INFINITY, -INFINITY};
  reach(&skin, lo, hi);
  reach(&inside, lo, hi);
  reach(&outside, lo, hi);
  door_place d = place_of(k, &shell);
  take(&door, &skin, &d, is_skin, true);
  take(out, &skin, &d, is_skin, false);
  line_door(&door, out, &d);
  mesh_smooth(out, 38);
  mesh_smooth(&door, 38);
  take(&rest, &inside, &d, is_wall, false);
  take(&rest, &outside, &d, is_fitting, false);
  wall(&rest, k, &d);
  take(&fitting, &outside, &d, is_fitting, true);
  mesh_smooth(&rest, 42);
  mesh_smooth(&fitting, 42);
  mesh_take(&door, &fitting);
  swing(&door, &d, angle_rad);
  mesh_smooth(&door, 40);
  mesh_take(out, &rest);
  mesh_take(out, &door);
  mesh_free(&skin);
  mesh_free(&inside);
  mesh_free(&outside);
  double size_m[3];
  car_shape_size(k, size_m);
  mesh_fit_from(out, lo, hi, size_m);
}

void car_build_open(int variant, float angle_rad, mesh *out) {
  car_shape k = car_shape_of(variant, false);
  build_open(&k, angle_rad, out);
}

void van_build_open(int variant, float angle_rad, mesh *out) {
  car_shape k = car_shape_of(variant, true);
  build_open(&k, angle_rad, out);
}
