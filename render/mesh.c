// SPDX-License-Identifier: Apache-2.0
#include "render/mesh.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "render/float4.h"

void mesh_free(mesh *m) {
  free(m->vertices);
  free(m->indices);
  free(m->materials);
  memset(m, 0, sizeof *m);
}

uint32_t mesh_vertex_add(mesh *m, const float p[3], const float n[3], float u, float v) {
  if (m->failed || !ARRAY_RESERVE(m->vertices, m->vertex_capacity, m->vertex_count + 1)) {
    m->failed = true;
    return 0;
  }
  mesh_vertex *out = &m->vertices[m->vertex_count];
  memcpy(out->p, p, sizeof out->p);
  memcpy(out->n, n, sizeof out->n);
  out->uv[0] = u;
  out->uv[1] = v;
  return (uint32_t)m->vertex_count++;
}

void mesh_triangle(mesh *m, uint32_t a, uint32_t b, uint32_t c, material what) {
  if (m->failed || !ARRAY_RESERVE(m->indices, m->index_capacity, 3 * m->triangle_count + 3) ||
      !ARRAY_RESERVE(m->materials, m->material_capacity, m->triangle_count + 1)) {
    m->failed = true;
    return;
  }
  uint32_t *index = m->indices + 3 * m->triangle_count;
  index[0] = a, index[1] = b, index[2] = c;
  m->materials[m->triangle_count++] = (uint16_t)what;
}

void mesh_quad(mesh *m, uint32_t a, uint32_t b, uint32_t c, uint32_t d, material what) {
  mesh_triangle(m, a, b, c, what);
  mesh_triangle(m, a, c, d, what);
}

static float distance(const float a[3], const float b[3]) {
  float x = b[0] - a[0], y = b[1] - a[1], z = b[2] - a[2];
  return sqrtf(x * x + y * y + z * z);
}

void mesh_flat_quad(mesh *m, const float a[3], const float b[3], const float c[3], const float d[3],
                    material what) {
  // The diagonals' cross product is the normal even when one edge has no length.
  float e[3] = {c[0] - a[0], c[1] - a[1], c[2] - a[2]};
  float f[3] = {d[0] - b[0], d[1] - b[1], d[2] - b[2]};
  float n[3] = {e[1] * f[2] - e[2] * f[1], e[2] * f[0] - e[0] * f[2], e[0] * f[1] - e[1] * f[0]};
  float length = sqrtf(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
  for (int i = 0; i < 3; i++)
    n[i] = length > 0 ? n[i] / length : (float)(i == 2);
  float u = distance(a, b), v = distance(a, d);
  uint32_t first = mesh_vertex_add(m, a, n, 0, 0);
  mesh_vertex_add(m, b, n, u, 0);
  mesh_vertex_add(m, c, n, u, v);
  mesh_vertex_add(m, d, n, 0, v);
  mesh_quad(m, first, first + 1, first + 2, first + 3, what);
}

void mesh_box(mesh *m, const float lo[3], const float hi[3], bool open_bottom, material what) {
  float c[8][3];
  for (int i = 0; i < 8; i++) {
    c[i][0] = (i & 1) ? hi[0] : lo[0];
    c[i][1] = (i & 2) ? hi[1] : lo[1];
    c[i][2] = (i & 4) ? hi[2] : lo[2];
  }
  mesh_flat_quad(m, c[1], c[3], c[7], c[5], what); // +x
  mesh_flat_quad(m, c[2], c[0], c[4], c[6], what); // -x
  mesh_flat_quad(m, c[3], c[2], c[6], c[7], what); // +y
  mesh_flat_quad(m, c[0], c[1], c[5], c[4], what); // -y
  mesh_flat_quad(m, c[4], c[5], c[7], c[6], what); // top
  if (!open_bottom)
    mesh_flat_quad(m, c[2], c[3], c[1], c[0], what);
}

static void lathe_cap(mesh *m, float x, float y, float z, float radius, int segments, bool top,
                      material what) {
  float n[3] = {0, 0, top ? 1.0f : -1.0f}, centre[3] = {x, y, z};
  uint32_t middle = mesh_vertex_add(m, centre, n, 0, 0), first = (uint32_t)m->vertex_count;
  for (int i = 0; i < segments; i++) {
    float a = 6.2831853f * (float)i / (float)segments;
    float p[3] = {x + radius * cosf(a), y + radius * sinf(a), z};
    mesh_vertex_add(m, p, n, p[0] - x, p[1] - y);
  }
  for (int i = 0; i < segments; i++) {
    uint32_t a = first + (uint32_t)i, b = first + (uint32_t)((i + 1) % segments);
    mesh_triangle(m, middle, top ? a : b, top ? b : a, what);
  }
}

void mesh_lathe(mesh *m, float x, float y, const float *z, const float *radii, int rings,
                int segments, material what) {
  uint32_t first = (uint32_t)m->vertex_count;
  float along = 0;
  for (int i = 0; i < rings; i++) {
    int below = i > 0 ? i - 1 : i, above = i + 1 < rings ? i + 1 : i;
    float dz = z[above] - z[below], dr = radii[above] - radii[below];
    float length = sqrtf(dz * dz + dr * dr), nr = length > 0 ? dz / length : 1;
    float nz = length > 0 ? -dr / length : 0;
    if (i > 0)
      along += sqrtf((z[i] - z[i - 1]) * (z[i] - z[i - 1]) +
                     (radii[i] - radii[i - 1]) * (radii[i] - radii[i - 1]));
    for (int k = 0; k <= segments; k++) {
      float a = 6.2831853f * (float)(k % segments) / (float)segments;
      float p[3] = {x + radii[i] * cosf(a), y + radii[i] * sinf(a), z[i]};
      float n[3] = {nr * cosf(a), nr * sinf(a), nz};
      mesh_vertex_add(m, p, n, 6.2831853f * radii[i] * (float)k / (float)segments, along);
    }
  }
  for (int i = 0; i + 1 < rings; i++)
    for (int k = 0; k < segments; k++) {
      uint32_t a = first + (uint32_t)(i * (segments + 1) + k);
      uint32_t up = a + (uint32_t)(segments + 1);
      if (radii[i] > 0)
        mesh_triangle(m, a, a + 1, up + 1, what);
      if (radii[i + 1] > 0)
        mesh_triangle(m, a, up + 1, up, what);
    }
  if (radii[0] > 0)
    lathe_cap(m, x, y, z[0], radii[0], segments, false, what);
  if (radii[rings - 1] > 0)
    lathe_cap(m, x, y, z[rings - 1], radii[rings - 1], segments, true, what);
}

void mesh_bounds(const mesh *m, float lo[3], float hi[3]) {
  static const mesh_vertex none = {0};
  const mesh_vertex *v = m->vertex_count ? m->vertices : &none;
  float4 least = float4_load3(v->p), most = least;
  for (int i = 1; i < m->vertex_count; i++) {
    float4 p = float4_load3(v[i].p);
    least = float4_min(p, least);
    most = float4_max(p, most);
  }
  float4_store3(lo, least);
  float4_store3(hi, most);
}

status mesh_check(const mesh *m, const char *name, trouble *why) {
  if (m->failed)
    return trouble_set(why, STATUS_MEMORY, "%s: no memory for its geometry", name);
  for (int i = 0; i < 3 * m->triangle_count; i++)
    if (m->indices[i] >= (uint32_t)m->vertex_count)
      return trouble_set(why, STATUS_INTERNAL, "%s: triangle %d has vertex %u of %d", name, i / 3,
                         m->indices[i], m->vertex_count);
  for (int i = 0; i < m->vertex_count; i++)
    for (int k = 0; k < 3; k++)
      if (!isfinite(m->vertices[i].p[k]) || !isfinite(m->vertices[i].n[k]))
        return trouble_set(why, STATUS_INTERNAL, "%s: vertex %d is not finite", name, i);
  return STATUS_OK;
}
