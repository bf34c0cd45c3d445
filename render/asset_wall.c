// SPDX-License-Identifier: Apache-2.0
// Pieces of a wall: panels, blocks, windows.
#include "render/asset_building.h"

f3 wall_at(const wall_face *w, float u, float v, float d) {
  f3 p = f3_add(w->origin, f3_add(f3_scale(w->right, u), f3_scale(w->out, d)));
  p.z += v;
  return p;
}

static bool is_pane(material what) {
  return what == MATERIAL_WINDOW || what == MATERIAL_SHOP_WINDOW || what == MATERIAL_SHOP_SIGN;
}

void wall_quad(const wall_face *w, float u0, float v0, float u1, float v1, float d, material what) {
  if (u1 - u0 < 0.005f || v1 - v0 < 0.005f)
    return;
  mesh_face(w->m, wall_at(w, u0, v0, d), wall_at(w, u1, v0, d), wall_at(w, u1, v1, d),
            wall_at(w, u0, v1, d), what);
  if (is_pane(what) || w->m->failed)
    return;
  mesh_vertex *v = &w->m->vertices[w->m->vertex_count - 4];
  for (int i = 0; i < 4; i++)
    v[i].uv[0] += u0, v[i].uv[1] += v0;
}

void wall_block(const wall_face *w, float u0, float v0, float u1, float v1, float d0, float d1,
                material what) {
  wall_quad(w, u0, v0, u1, v1, d1, what);
  mesh_face(w->m, wall_at(w, u0, v0, d0), wall_at(w, u0, v0, d1), wall_at(w, u0, v1, d1),
            wall_at(w, u0, v1, d0), what);
  mesh_face(w->m, wall_at(w, u1, v0, d1), wall_at(w, u1, v0, d0), wall_at(w, u1, v1, d0),
            wall_at(w, u1, v1, d1), what);
  mesh_face(w->m, wall_at(w, u0, v1, d1), wall_at(w, u1, v1, d1), wall_at(w, u1, v1, d0),
            wall_at(w, u0, v1, d0), what);
  mesh_face(w->m, wall_at(w, u0, v0, d0), wall_at(w, u1, v0, d0), wall_at(w, u1, v0, d1),
            wall_at(w, u0, v0, d1), what);
}

static void reveals(const wall_face *w, float u0, float v0, float u1, float v1, float depth,
                    material side) {
  float d = -depth;
  mesh_face(w->m, wall_at(w, u0, v0, 0), wall_at(w, u0, v0, d), wall_at(w, u0, v1, d),
            wall_at(w, u0, v1, 0), side);
  mesh_face(w->m, wall_at(w, u1, v0, d), wall_at(w, u1, v0, 0), wall_at(w, u1, v1, 0),
            wall_at(w, u1, v1, d), side);
  mesh_face(w->m, wall_at(w, u0, v0, 0), wall_at(w, u1, v0, 0), wall_at(w, u1, v0, d),
            wall_at(w, u0, v0, d), side);
  mesh_face(w->m, wall_at(w, u0, v1, d), wall_at(w, u1, v1, d), wall_at(w, u1, v1, 0),
            wall_at(w, u0, v1, 0), side);
}

// Bars of a frame, flat, a little before the pane.
static void frame(const wall_face *w, float u0, float v0, float u1, float v1, float d) {
  const float bar = 0.065f;
  const material is = MATERIAL_WINDOW_FRAME;
  wall_quad(w, u0, v0, u0 + bar, v1, d, is);
  wall_quad(w, u1 - bar, v0, u1, v1, d, is);
  wall_quad(w, u0 + bar, v0, u1 - bar, v0 + bar, d, is);
  wall_quad(w, u0 + bar, v1 - bar, u1 - bar, v1, d, is);
  float middle = (u0 + u1) / 2;
  if (u1 - u0 > 0.9f)
    wall_quad(w, middle - bar * 0.6f, v0 + bar, middle + bar * 0.6f, v1 - bar, d, is);
}

void wall_window(const wall_face *w, float u0, float v0, float u1, float v1, float depth,
                 material pane, material side) {
  if (w->detail == 0) {
    wall_quad(w, u0, v0, u1, v1, 0, pane);
    return;
  }
  wall_quad(w, u0, v0, u1, v1, -depth, pane);
  reveals(w, u0, v0, u1, v1, depth, side);
  if (w->detail >= 1)
    frame(w, u0, v0, u1, v1, -depth + 0.03f);
}

void wall_around(const wall_face *w, const float (*openings)[2], int count, float v0, float sill,
                 float head, float v1) {
  const material is = w->b->wall;
  wall_quad(w, 0, v0, w->width, sill, 0, is);
  wall_quad(w, 0, head, w->width, v1, 0, is);
  float left = 0;
  for (int i = 0; i < count; i++) {
    wall_quad(w, left, sill, openings[i][0], head, 0, is);
    left = openings[i][1];
  }
  wall_quad(w, left, sill, w->width, head, 0, is);
}

void building_box(mesh *m, float x0, float y0, float z0, float x1, float y1, float z1,
                  material what) {
  const float lo[3] = {x0, y0, z0}, hi[3] = {x1, y1, z1};
  mesh_box(m, lo, hi, true, what);
}
