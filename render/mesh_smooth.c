// SPDX-License-Identifier: Apache-2.0
// Normals by crease angle.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/mesh_shape.h"

static const float WELD_PER_M = 10000; // points within 0.1 mm are one
static const float LEAST_AREA_M2 = 2e-9f;

typedef struct smoothing {
  const mesh *from;
  uint32_t *point_of; // (vertices) welded point
  int point_count;
  f3 *face;     // (triangles) unit normal, zero for dropped ones
  int *start;   // (points + 1) into corners
  int *corners; // (3 * triangles) corner numbers, by point, in triangle order
  float *angle; // (3 * triangles) rad, of the face at its corner
} smoothing;

static f3 position(const mesh *m, uint32_t v) {
  const float *p = m->vertices[v].p;
  return f3_of(p[0], p[1], p[2]);
}

// Points get numbers in order of first use, so that nothing depends on the table.
static bool weld(smoothing *s) {
  const mesh *m = s->from;
  uint32_t size = 16;
  while (size < 2u * (uint32_t)m->vertex_count)
    size *= 2;
  typedef struct slot {
    int32_t key[3];
    uint32_t point; // + 1
  } slot;
  slot *table = calloc(size, sizeof *table);
  if (!table)
    return false;
  for (int i = 0; i < m->vertex_count; i++) {
    int32_t key[3];
    for (int k = 0; k < 3; k++)
      key[k] = (int32_t)lroundf(m->vertices[i].p[k] * WELD_PER_M);
    uint32_t at = ((uint32_t)key[0] * 73856093u) ^ ((uint32_t)key[1] * 19349663u) ^
                  ((uint32_t)key[2] * 83492791u);
    at = (at ^ (at >> 15)) & (size - 1);
    while (table[at].point && memcmp(table[at].key, key, sizeof key) != 0)
      at = (at + 1) & (size - 1);
    if (!table[at].point) {
      memcpy(table[at].key, key, sizeof key);
      table[at].point = (uint32_t)++s->point_count;
    }
    s->point_of[i] = table[at].point - 1;
  }
  free(table);
  return true;
}

// Angles at a triangle's corners.
static void corner_angles(const f3 corner[3], float out[3]) {
  f3 edge[3]; // from corner k to the next
  for (int k = 0; k < 3; k++)
    edge[k] = f3_unit(f3_sub(corner[(k + 1) % 3], corner[k]));
  for (int k = 0; k < 3; k++) {
    float cosine = -f3_dot(edge[k], edge[(k + 2) % 3]);
    out[k] = acosf(cosine < -1 ? -1 : cosine > 1 ? 1 : cosine);
  }
}

static void find_faces(smoothing *s) {
  const mesh *m = s->from;
  for (int t = 0; t < m->triangle_count; t++) {
    const uint32_t *v = m->indices + 3 * t;
    uint32_t a = s->point_of[v[0]], b = s->point_of[v[1]], c = s->point_of[v[2]];
    const f3 corner[3] = {position(m, v[0]), position(m, v[1]), position(m, v[2])};
    f3 n = f3_cross(f3_sub(corner[1], corner[0]), f3_sub(corner[2], corner[0]));
    bool empty = a == b || b == c || c == a || f3_length(n) < 2 * LEAST_AREA_M2;
    s->face[t] = empty ? f3_of(0, 0, 0) : f3_unit(n);
    if (empty)
      continue;
    for (int k = 0; k < 3; k++)
      s->start[s->point_of[v[k]] + 1]++;
    corner_angles(corner, &s->angle[3 * t]);
  }
  for (int i = 0; i < s->point_count; i++)
    s->start[i + 1] += s->start[i];
}

static bool dropped(const smoothing *s, int triangle) {
  f3 n = s->face[triangle];
  return n.x == 0 && n.y == 0 && n.z == 0;
}

static void list_corners(smoothing *s, int *next) {
  memcpy(next, s->start, (size_t)s->point_count * sizeof *next);
  for (int c = 0; c < 3 * s->from->triangle_count; c++)
    if (!dropped(s, c / 3))
      s->corners[next[s->point_of[s->from->indices[c]]]++] = c;
}

static f3 corner_normal(const smoothing *s, int point, int corner, float cosine) {
  f3 own = s->face[corner / 3], sum = {0, 0, 0};
  for (int i = s->start[point]; i < s->start[point + 1]; i++) {
    f3 other = s->face[s->corners[i] / 3];
    if (f3_dot(own, other) >= cosine)
      sum = f3_add(sum, f3_scale(other, s->angle[s->corners[i]]));
  }
  return f3_length(sum) > 1e-6f ? f3_unit(sum) : own;
}

static void emit(const smoothing *s, float cosine, uint32_t *vertex_of, mesh *out) {
  for (int point = 0; point < s->point_count; point++) {
    int first = out->vertex_count;
    for (int i = s->start[point]; i < s->start[point + 1]; i++) {
      const mesh_vertex *from = &s->from->vertices[s->from->indices[s->corners[i]]];
      // All vertices of a point stand where its first one does: no cracks.
      const float *p = s->from->vertices[s->from->indices[s->corners[s->start[point]]]].p;
      f3 n = corner_normal(s, point, s->corners[i], cosine);
      int found = first;
      for (; found < out->vertex_count; found++) {
        const mesh_vertex *v = &out->vertices[found];
        if (n.x * v->n[0] + n.y * v->n[1] + n.z * v->n[2] > 0.9999f && v->uv[0] == from->uv[0] &&
            v->uv[1] == from->uv[1])
          break;
      }
      float normal[3] = {n.x, n.y, n.z};
      vertex_of[s->corners[i]] = found < out->vertex_count
                                     ? (uint32_t)found
                                     : mesh_vertex_add(out, p, normal, from->uv[0], from->uv[1]);
    }
  }
  for (int t = 0; t < s->from->triangle_count; t++)
    if (!dropped(s, t))
      mesh_triangle(out, vertex_of[3 * t], vertex_of[3 * t + 1], vertex_of[3 * t + 2],
                    (material)s->from->materials[t]);
}

void mesh_smooth(mesh *m, float crease_deg) {
  if (m->failed || m->triangle_count == 0)
    return;
  size_t vertices = (size_t)m->vertex_count, triangles = (size_t)m->triangle_count;
  smoothing s = {.from = m};
  s.point_of = malloc(vertices * sizeof *s.point_of);
  s.face = malloc(triangles * sizeof *s.face);
  s.start = calloc(vertices + 1, sizeof *s.start);
  s.corners = malloc(3 * triangles * sizeof *s.corners);
  s.angle = malloc(3 * triangles * sizeof *s.angle);
  int *next = malloc(vertices * sizeof *next);
  uint32_t *vertex_of = malloc(3 * triangles * sizeof *vertex_of);
  mesh out = {.has_keypoints = m->has_keypoints};
  memcpy(out.keypoints, m->keypoints, sizeof out.keypoints);
  out.failed = !s.point_of || !s.face || !s.start || !s.corners || !s.angle || !next ||
               !vertex_of || !weld(&s);
  if (!out.failed) {
    find_faces(&s);
    list_corners(&s, next);
    emit(&s, cosf(crease_deg * 0.017453293f), vertex_of, &out);
  }
  free(vertex_of);
  free(next);
  free(s.angle);
  free(s.corners);
  free(s.start);
  free(s.face);
  free(s.point_of);
  mesh_free(m);
  *m = out;
}

void mesh_finish(mesh *m, float crease_deg, const double size_m[3]) {
  mesh_smooth(m, crease_deg);
  mesh_fit(m, size_m);
}

void mesh_fit_phases(mesh *phases, int count, float crease_deg, const double size_m[3]) {
  float lo[3] = {INFINITY, INFINITY, INFINITY}, hi[3] = {-INFINITY, -INFINITY, -INFINITY};
  for (int phase = 0; phase < count; phase++) {
    float a[3], b[3];
    mesh_bounds(&phases[phase], a, b);
    for (int k = 0; k < 3; k++) {
      lo[k] = fminf(lo[k], a[k]);
      hi[k] = fmaxf(hi[k], b[k]);
    }
  }
  for (int phase = 0; phase < count; phase++) {
    mesh_smooth(&phases[phase], crease_deg);
    mesh_fit_from(&phases[phase], lo, hi, size_m);
  }
}
