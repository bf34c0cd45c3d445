// SPDX-License-Identifier: Apache-2.0
#include "render/mesh_shape.h"

#include <math.h>
#include <string.h>

static const float TURN = 6.2831853f;

f3 f3_across(f3 a) {
  f3 other = fabsf(a.z) < 0.9f ? f3_of(0, 0, 1) : f3_of(1, 0, 0);
  return f3_unit(f3_cross(other, a));
}

// Fritsch and Carlson's monotone slope at knot i.
static float knot_slope(const float (*k)[2], int count, int i) {
  if (i == 0 || i == count - 1) {
    int a = i == 0 ? 0 : count - 2;
    return (k[a + 1][1] - k[a][1]) / (k[a + 1][0] - k[a][0]);
  }
  float before = (k[i][1] - k[i - 1][1]) / (k[i][0] - k[i - 1][0]);
  float after = (k[i + 1][1] - k[i][1]) / (k[i + 1][0] - k[i][0]);
  return before * after <= 0 ? 0 : 2 * before * after / (before + after);
}

float curve_at(const float (*knots)[2], int count, float x) {
  if (x <= knots[0][0])
    return knots[0][1];
  for (int i = 0; i + 1 < count; i++) {
    float width = knots[i + 1][0] - knots[i][0];
    if (x > knots[i + 1][0])
      continue;
    float u = (x - knots[i][0]) / width, u2 = u * u, u3 = u2 * u;
    float a = knot_slope(knots, count, i) * width, b = knot_slope(knots, count, i + 1) * width;
    return knots[i][1] * (2 * u3 - 3 * u2 + 1) + a * (u3 - 2 * u2 + u) +
           knots[i + 1][1] * (3 * u2 - 2 * u3) + b * (u3 - u2);
  }
  return knots[count - 1][1];
}

uint32_t mesh_point(mesh *m, f3 p) {
  float at[3] = {p.x, p.y, p.z}, none[3] = {0, 0, 0};
  return mesh_vertex_add(m, at, none, 0, 0);
}

void mesh_grid(mesh *m, const f3 *p, int rows, int cols, const material *cells, material what,
               bool flip) {
  uint32_t first = (uint32_t)m->vertex_count;
  for (int i = 0; i < rows * cols; i++)
    mesh_point(m, p[i]);
  for (int r = 0; r + 1 < rows; r++)
    for (int c = 0; c + 1 < cols; c++) {
      material is = cells ? cells[r * (cols - 1) + c] : what;
      if (is == MATERIAL_NONE)
        continue;
      uint32_t a = first + (uint32_t)(r * cols + c), up = a + (uint32_t)cols;
      if (flip)
        mesh_quad(m, a + 1, a, up, up + 1, is);
      else
        mesh_quad(m, a, a + 1, up + 1, up, is);
    }
}

void mesh_patch(mesh *m, f3 a, f3 b, f3 c, f3 d, material what) {
  uint32_t i = mesh_point(m, a);
  mesh_point(m, b);
  mesh_point(m, c);
  mesh_point(m, d);
  mesh_quad(m, i, i + 1, i + 2, i + 3, what);
}

void mesh_face(mesh *m, f3 a, f3 b, f3 c, f3 d, material what) {
  const float corner[4][3] = {{a.x, a.y, a.z}, {b.x, b.y, b.z}, {c.x, c.y, c.z}, {d.x, d.y, d.z}};
  mesh_flat_quad(m, corner[0], corner[1], corner[2], corner[3], what);
}

void mesh_bevel_box_at(mesh *m, f3 centre, f3 x, f3 y, f3 half, float bevel, material what) {
  f3 z = f3_cross(x, y);
  const f3 axis[3] = {x, y, z};
  const float full[3] = {half.x, half.y, half.z};
  const float cut[3] = {half.x - bevel, half.y - bevel, half.z - bevel};
  // Corner i has three points: pushed out along one axis each, cut along the others.
  uint32_t id[8][3];
  for (int i = 0; i < 8; i++)
    for (int k = 0; k < 3; k++) {
      f3 p = centre;
      for (int a = 0; a < 3; a++)
        p = f3_add(p, f3_scale(axis[a], ((i >> a & 1) ? 1.0f : -1.0f) * (a == k ? full : cut)[a]));
      id[i][k] = mesh_point(m, p);
    }
  for (int k = 0; k < 3; k++) {
    int u = 1 << (k + 1) % 3, v = 1 << (k + 2) % 3, w = 1 << k;
    mesh_quad(m, id[w][k], id[w | u][k], id[w | u | v][k], id[w | v][k], what);
    mesh_quad(m, id[0][k], id[v][k], id[u | v][k], id[u][k], what);
    if (bevel <= 0)
      continue;
    // The four edges along axis k join faces u's and v's.
    int ku = (k + 1) % 3, kv = (k + 2) % 3;
    for (int s = 0; s < 4; s++) {
      int at = ((s & 1) ? u : 0) | ((s & 2) ? v : 0);
      bool flip = s == 1 || s == 2;
      uint32_t a = id[at][ku], b = id[at][kv], c = id[at | w][kv], d = id[at | w][ku];
      if (flip)
        mesh_quad(m, a, d, c, b, what);
      else
        mesh_quad(m, a, b, c, d, what);
    }
  }
  for (int i = 0; i < 8 && bevel > 0; i++) {
    bool odd = ((i & 1) + (i >> 1 & 1) + (i >> 2 & 1)) & 1;
    mesh_triangle(m, id[i][0], id[i][odd ? 1 : 2], id[i][odd ? 2 : 1], what);
  }
}

void mesh_bevel_box(mesh *m, f3 lo, f3 hi, float bevel, material what) {
  f3 half = f3_scale(f3_sub(hi, lo), 0.5f);
  mesh_bevel_box_at(m, f3_mix(lo, hi, 0.5f), f3_of(1, 0, 0), f3_of(0, 1, 0), half, bevel, what);
}

void mesh_bar(mesh *m, f3 from, f3 to, f3 side, float width, float thickness, material what) {
  f3 x = f3_unit(f3_sub(to, from));
  f3 y = f3_unit(f3_sub(side, f3_scale(x, f3_dot(side, x))));
  f3 half = {f3_length(f3_sub(to, from)) / 2, width / 2, thickness / 2};
  mesh_bevel_box_at(m, f3_mix(from, to, 0.5f), x, y, half, 0, what);
}

void mesh_ball(mesh *m, f3 centre, f3 radii, int segments, int rings, material what) {
  uint32_t first = (uint32_t)m->vertex_count;
  for (int i = 0; i <= rings; i++)
    for (int k = 0; k < segments; k++) {
      float lat = TURN / 2 * ((float)i / (float)rings - 0.5f);
      float lon = TURN * (float)k / (float)segments;
      float c = i == 0 || i == rings ? 0 : cosf(lat);
      mesh_point(m, f3_add(centre, f3_of(radii.x * c * cosf(lon), radii.y * c * sinf(lon),
                                         radii.z * sinf(lat))));
    }
  for (int i = 0; i < rings; i++)
    for (int k = 0; k < segments; k++) {
      uint32_t a = first + (uint32_t)(i * segments + k);
      uint32_t b = first + (uint32_t)(i * segments + (k + 1) % segments);
      mesh_quad(m, a, b, b + (uint32_t)segments, a + (uint32_t)segments, what);
    }
}

static void ring_points(mesh *m, f3 at, f3 s, f3 o, float a, float b, int segments) {
  for (int k = 0; k < segments; k++) {
    float angle = TURN * (float)k / (float)segments;
    mesh_point(m, f3_add(at, f3_add(f3_scale(s, a * cosf(angle)), f3_scale(o, b * sinf(angle)))));
  }
}

static void ring_band(mesh *m, uint32_t low, uint32_t high, int segments, material what) {
  for (int k = 0; k < segments; k++) {
    uint32_t a = (uint32_t)k, b = (uint32_t)((k + 1) % segments);
    mesh_quad(m, low + a, low + b, high + b, high + a, what);
  }
}

static void ring_cap(mesh *m, uint32_t ring, f3 tip, int segments, bool end, material what) {
  uint32_t middle = mesh_point(m, tip);
  for (int k = 0; k < segments; k++) {
    uint32_t a = ring + (uint32_t)k, b = ring + (uint32_t)((k + 1) % segments);
    mesh_triangle(m, middle, end ? a : b, end ? b : a, what);
  }
}

// A dome in two steps: a ring at 70 % and the tip.
static void sweep_dome(mesh *m, uint32_t ring, f3 at, f3 out, f3 s, f3 o, const float r[2],
                       float cap, int segments, bool end, material what) {
  float reach = cap * (r[0] + r[1]) / 2;
  f3 tip = f3_add(at, f3_scale(out, reach));
  if (reach > 0) {
    uint32_t next = (uint32_t)m->vertex_count;
    ring_points(m, f3_add(at, f3_scale(out, 0.7f * reach)), s, o, 0.7f * r[0], 0.7f * r[1],
                segments);
    if (end)
      ring_band(m, ring, next, segments, what);
    else
      ring_band(m, next, ring, segments, what);
    ring = next;
  }
  ring_cap(m, ring, tip, segments, end, what);
}

void mesh_sweep(mesh *m, const f3 *path, const float (*radii)[2], int count, f3 side, int segments,
                float cap, material what) {
  uint32_t last = 0;
  for (int i = 0; i < count; i++) {
    f3 t = f3_unit(f3_sub(path[i + 1 < count ? i + 1 : i], path[i > 0 ? i - 1 : i]));
    f3 s = f3_sub(side, f3_scale(t, f3_dot(side, t)));
    s = f3_length(s) > 1e-4f ? f3_unit(s) : f3_across(t);
    f3 o = f3_cross(t, s);
    uint32_t ring = (uint32_t)m->vertex_count;
    ring_points(m, path[i], s, o, radii[i][0], radii[i][1], segments);
    if (i > 0)
      ring_band(m, last, ring, segments, what);
    if (cap >= 0 && (i == 0 || i == count - 1))
      sweep_dome(m, ring, path[i], f3_scale(t, i == 0 ? -1.0f : 1.0f), s, o, radii[i], cap,
                 segments, i > 0, what);
    last = ring;
  }
}

void mesh_tube(mesh *m, f3 from, f3 to, float r0, float r1, int segments, material what) {
  const f3 path[2] = {from, to};
  const float radii[2][2] = {{r0, r0}, {r1, r1}};
  mesh_sweep(m, path, radii, 2, f3_across(f3_unit(f3_sub(to, from))), segments, 0, what);
}

void mesh_spin(mesh *m, f3 centre, f3 axis, const float (*profile)[2], int count, int segments,
               const material *what) {
  f3 s = f3_across(axis), o = f3_cross(axis, s);
  uint32_t first = (uint32_t)m->vertex_count;
  for (int i = 0; i < count; i++) {
    f3 at = f3_add(centre, f3_scale(axis, profile[i][0]));
    ring_points(m, at, s, o, profile[i][1], profile[i][1], segments);
  }
  for (int i = 0; i + 1 < count; i++)
    ring_band(m, first + (uint32_t)(i * segments), first + (uint32_t)((i + 1) * segments), segments,
              what[i]);
}

void mesh_torus(mesh *m, f3 centre, f3 axis, float radius, float thickness, int segments, int sides,
                material what) {
  f3 s = f3_across(axis), o = f3_cross(axis, s);
  uint32_t first = (uint32_t)m->vertex_count;
  for (int i = 0; i < segments; i++) {
    float a = TURN * (float)i / (float)segments;
    f3 out = f3_add(f3_scale(s, cosf(a)), f3_scale(o, sinf(a)));
    ring_points(m, f3_add(centre, f3_scale(out, radius)), axis, out, thickness, thickness, sides);
  }
  for (int i = 0; i < segments; i++)
    ring_band(m, first + (uint32_t)(i * sides), first + (uint32_t)((i + 1) % segments * sides),
              sides, what);
}

void mesh_take(mesh *m, mesh *part) {
  m->failed |= part->failed;
  uint32_t first = (uint32_t)m->vertex_count;
  for (int i = 0; i < part->vertex_count; i++) {
    const mesh_vertex *v = &part->vertices[i];
    mesh_vertex_add(m, v->p, v->n, v->uv[0], v->uv[1]);
  }
  for (int i = 0; i < part->triangle_count; i++) {
    const uint32_t *v = part->indices + 3 * i;
    mesh_triangle(m, first + v[0], first + v[1], first + v[2], (material)part->materials[i]);
  }
  if (part->has_keypoints) {
    m->has_keypoints = true;
    memcpy(m->keypoints, part->keypoints, sizeof m->keypoints);
  }
  mesh_free(part);
}

static material mirrored(material what) {
  if (what == MATERIAL_LEFT_INDICATOR)
    return MATERIAL_RIGHT_INDICATOR;
  if (what == MATERIAL_BLUE_LEFT || what == MATERIAL_BLUE_RIGHT)
    return what == MATERIAL_BLUE_LEFT ? MATERIAL_BLUE_RIGHT : MATERIAL_BLUE_LEFT;
  return what == MATERIAL_RIGHT_INDICATOR ? MATERIAL_LEFT_INDICATOR : what;
}

void mesh_mirror(mesh *m, int first) {
  // Whole vertices are copied, used or not: mesh_smooth() drops what nothing uses.
  uint32_t offset = (uint32_t)m->vertex_count;
  int count = m->triangle_count, vertices = m->vertex_count;
  for (int i = 0; i < vertices; i++) {
    mesh_vertex v = m->vertices[i];
    v.p[1] = -v.p[1], v.n[1] = -v.n[1];
    mesh_vertex_add(m, v.p, v.n, v.uv[0], v.uv[1]);
  }
  for (int i = first; i < count; i++) {
    uint32_t a = m->indices[3 * i], b = m->indices[3 * i + 1], c = m->indices[3 * i + 2];
    mesh_triangle(m, offset + a, offset + c, offset + b, mirrored((material)m->materials[i]));
  }
}

static void turn_keypoints(mesh *m) {
  static const keypoint other[KEYPOINT_COUNT] = {
#define X(NAME, name, OTHER) [KEYPOINT_##NAME] = KEYPOINT_##OTHER,
      KEYPOINTS(X)
#undef X
  };
  float before[KEYPOINT_COUNT][3];
  memcpy(before, m->keypoints, sizeof before);
  for (int i = 0; i < KEYPOINT_COUNT; i++) {
    memcpy(m->keypoints[i], before[other[i]], sizeof m->keypoints[i]);
    m->keypoints[i][1] = -m->keypoints[i][1];
  }
}

void mesh_turn(mesh *m) {
  turn_keypoints(m);
  for (int i = 0; i < m->vertex_count; i++) {
    mesh_vertex *v = &m->vertices[i];
    v->p[1] = -v->p[1], v->n[1] = -v->n[1];
  }
  for (int i = 0; i < m->triangle_count; i++) {
    uint32_t *corner = &m->indices[3 * i], b = corner[1];
    corner[1] = corner[2], corner[2] = b; // counter-clockwise again
    m->materials[i] = (uint16_t)mirrored((material)m->materials[i]);
  }
}

void mesh_fit_from(mesh *m, const float lo[3], const float hi[3], const double size_m[3]) {
  for (int k = 0; k < 3; k++) {
    float span = hi[k] - lo[k], scale = span > 0 ? (float)size_m[k] / span : 1;
    float middle = k == 2 ? lo[k] : (lo[k] + hi[k]) / 2;
    for (int i = 0; i < m->vertex_count; i++) {
      m->vertices[i].p[k] = (m->vertices[i].p[k] - middle) * scale;
      m->vertices[i].n[k] /= scale;
    }
    for (int i = 0; i < KEYPOINT_COUNT; i++)
      m->keypoints[i][k] = (m->keypoints[i][k] - middle) * scale;
  }
  for (int i = 0; i < m->vertex_count; i++) {
    float *n = m->vertices[i].n;
    f3 unit = f3_unit(f3_of(n[0], n[1], n[2]));
    n[0] = unit.x, n[1] = unit.y, n[2] = unit.z;
  }
}

void mesh_fit(mesh *m, const double size_m[3]) {
  float lo[3], hi[3];
  mesh_bounds(m, lo, hi);
  mesh_fit_from(m, lo, hi, size_m);
}
