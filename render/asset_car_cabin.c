// SPDX-License-Identifier: Apache-2.0
// Glass, pillars, roof, and what one sees through the glass.
#include <math.h>

#include "render/asset_car.h"

enum { CABIN_ROWS = 6, RAIL_ROW = 4 };
static const float row_up[CABIN_ROWS] = {0, 0.045f, 0.35f, 0.68f, 1.0f, 1.0f};
static const float RAIL_M = 0.028f, ROOF_CROWN_M = 0.045f, RAIL_IN_M = 0.05f;
static const float SCREEN_BOW_M = 0.26f, HEADER_BOW_M = 0.14f, REAR_BOW_M = 0.16f;

// A column: where it stands on the shell and where it meets the roof.
typedef struct post {
  float foot_s, head_s;
  material glass; // of the cells behind it
} post;

static float roof_z(const car_shape *k, float s) {
  float top = k->height - ROOF_CROWN_M - RAIL_M, length = k->roof_s - k->header_s;
  const float knots[][2] = {{k->header_s - 0.05f, top - 0.045f},
                            {k->header_s + 0.35f * length, top},
                            {k->header_s + 0.55f * length, top},
                            {k->roof_s, top - k->roof_drop}};
  return curve_at(knots, 4, s);
}

static float roof_half(const car_shape *k, float s) {
  float side = k->width / 2 - 0.075f - k->tumble;
  float length = k->roof_s - k->header_s, u = (s - k->header_s) / length - 0.4f;
  return side - 0.05f * u * u * (k->panel ? 0.2f : 1.0f);
}

static int find_posts(const car_shape *k, post *out) {
  const material glass = MATERIAL_CAR_GLASS, paint = MATERIAL_CAR_PAINT;
  const material black = MATERIAL_CAR_TRIM;
  material rear = k->panel ? paint : glass;
  float foot = k->screen_s + SCREEN_BOW_M, head = k->header_s + HEADER_BOW_M;
  float b = k->pillar_b_s, c = k->pillar_c_s, cabin_end = k->roof_s - 0.10f;
  int n = 0;
  out[n++] = (post){foot, head, paint};
  out[n++] = (post){foot + 0.09f, head + 0.05f, glass};
  out[n++] = (post){(foot + b) / 2 + 0.05f, fmaxf(head + 0.15f, (head + b) / 2), glass};
  out[n++] = (post){b - 0.045f, b - 0.01f, black};
  out[n++] = (post){b + 0.045f, b + 0.06f, rear};
  if (c - b > 0.3f)
    out[n++] = (post){(b + c) / 2, fminf((b + c) / 2, (b + cabin_end) / 2 + 0.05f), rear};
  float c_head = fminf(c - 0.06f, cabin_end - 0.12f);
  if (k->style == CAR_SEDAN || k->style == CAR_TAXI || k->style == CAR_COUPE)
    c_head = fminf(c - 0.28f, cabin_end - 0.12f);
  if (k->quarter_glass) {
    float end = k->rear_s - REAR_BOW_M - 0.20f;
    out[n++] = (post){c, c_head, black};
    out[n++] = (post){c + 0.07f, c_head + 0.07f, rear};
    out[n++] = (post){end, fminf(end, cabin_end - 0.16f), paint};
  } else {
    out[n++] = (post){c, c_head, paint};
    for (float at = c + 0.55f; k->panel && at < cabin_end - 0.3f; at += 0.55f)
      out[n++] = (post){at, at, paint};
  }
  return n;
}

static f3 between(f3 foot, f3 head, float up, float bulge) {
  f3 p = f3_mix(foot, head, up);
  p.y += bulge * 4 * up * (1 - up) * (p.y > 0.1f ? 1.0f : p.y * 10);
  return p;
}

static void fill_column(hull *h, int c, f3 foot, f3 head, float bulge, f3 in) {
  for (int r = 0; r < CABIN_ROWS; r++)
    h->p[r][c] = between(foot, head, row_up[r], bulge);
  h->p[CABIN_ROWS - 1][c] = f3_add(head, in);
  h->p[CABIN_ROWS - 1][c].z = head.z + RAIL_M;
}

static float deck_z(const hull *shell, float x, float share, float crown) {
  return hull_height_at(shell, CAR_ROWS - 1, x) + crown * (1 - powf(share, 2.5f));
}

// Windscreen (tail false) or rear window: one column a lane.
static void screen(const car_shape *k, const hull *shell, hull *h, bool tail) {
  float way = tail ? -1.0f : 1.0f;
  float foot_s = tail ? k->rear_s : k->screen_s, head_s = tail ? k->roof_s : k->header_s;
  float bow = tail ? REAR_BOW_M : SCREEN_BOW_M, head_bow = tail ? 0.10f : HEADER_BOW_M;
  if (k->bed && tail)
    bow = 0.03f, head_bow = 0.05f;
  float corner_x = k->length / 2 - foot_s - way * bow;
  float foot_half = hull_width_at(shell, CAR_ROWS - 1, corner_x);
  float head_half = roof_half(k, head_s + way * head_bow);
  for (int i = 0; i < HULL_LANES; i++) {
    float t = hull_lanes[i], t2 = t * t;
    float s = foot_s + way * bow * t2, top_s = head_s + way * head_bow * t2;
    f3 foot = {k->length / 2 - s, t * foot_half, 0};
    foot.z = deck_z(shell, foot.x, t, tail ? 0.03f : 0.06f) - 0.004f;
    f3 head = {k->length / 2 - top_s, t * head_half, 0};
    head.z = roof_z(k, top_s) + ROOF_CROWN_M * (1 - powf(t, 2.5f));
    int c = tail ? h->columns - 1 - i : i;
    f3 in = {-way * RAIL_IN_M, -RAIL_IN_M * t, 0};
    fill_column(h, c, foot, head, 0.02f * t, in);
    // Glass bows outward a little; the last lane is the pillar.
    for (int r = 1; r < RAIL_ROW; r++)
      h->p[r][c].x += way * 0.05f * 4 * row_up[r] * (1 - row_up[r]) * (1 - t2);
    if (i + 1 == HULL_LANES)
      continue;
    int cell = tail ? c - 1 : c;
    bool pillar = i == HULL_LANES - 2;
    material glass = tail && k->panel ? MATERIAL_CAR_PAINT : MATERIAL_CAR_GLASS;
    for (int r = 0; r + 1 < CABIN_ROWS; r++)
      h->cell[r][cell] = r >= RAIL_ROW || pillar ? MATERIAL_CAR_PAINT
                         : r == 0                ? MATERIAL_CAR_TRIM
                                                 : glass;
  }
}

void car_greenhouse(mesh *m, const car_shape *k, const hull *shell) {
  hull h = {.rows = CABIN_ROWS};
  post posts[24];
  int count = find_posts(k, posts);
  h.nose_end = HULL_LANES - 1;
  h.tail_start = h.nose_end + count;
  h.columns = h.tail_start + HULL_LANES;
  screen(k, shell, &h, false);
  screen(k, shell, &h, true);
  for (int i = 1; i < count; i++) {
    float x = k->length / 2 - posts[i].foot_s;
    f3 foot = {x, hull_width_at(shell, CAR_ROWS - 1, x),
               hull_height_at(shell, CAR_ROWS - 1, x) - 0.004f};
    f3 head = {k->length / 2 - posts[i].head_s, roof_half(k, posts[i].head_s),
               roof_z(k, posts[i].head_s)};
    fill_column(&h, h.nose_end + i, foot, head, 0.022f, f3_of(0, -RAIL_IN_M, 0));
  }
  for (int i = 0; i < count; i++)
    for (int r = 0; r + 1 < CABIN_ROWS; r++) {
      bool glass = r >= 1 && r < RAIL_ROW;
      material is = glass ? posts[i].glass : MATERIAL_CAR_PAINT;
      if (r == 0 && posts[i].glass != MATERIAL_CAR_PAINT)
        is = MATERIAL_CAR_TRIM;
      h.cell[r][h.nose_end + i] = is;
    }
  int first = m->vertex_count;
  hull_emit(m, &h);
  // uv of glass: how tall the windows are and how far up them a point is
  // (kernels/surface_window.cl).
  for (int i = first; i < m->vertex_count; i++) {
    mesh_vertex *v = &m->vertices[i];
    v->uv[0] = k->height - k->belt_z, v->uv[1] = v->p[2] - k->belt_z;
  }
  float crown[HULL_COLUMNS];
  for (int i = 0; i <= count; i++)
    crown[i] = ROOF_CROWN_M;
  hull_deck(m, &h, h.nose_end, h.tail_start, crown, NULL, MATERIAL_CAR_PAINT);
}

static void dash_and_wheel(mesh *m, const car_shape *k, const hull *shell, float floor_z) {
  float x = k->length / 2 - k->screen_s - 0.55f;
  float half = hull_width_at(shell, CAR_ROWS - 1, x) - 0.06f;
  float top = hull_height_at(shell, CAR_ROWS - 1, x) - 0.015f;
  f3 lo = {x - 0.12f, -half, floor_z}, hi = {x + 0.50f, half, top};
  mesh_bevel_box(m, lo, hi, 0.05f, MATERIAL_CAR_INTERIOR);
  f3 axis = f3_unit(f3_of(-0.9f, 0, 0.45f)), at = {x - 0.24f, 0.42f * half * 1.05f, top - 0.02f};
  mesh_torus(m, at, axis, 0.17f, 0.016f, 12, 4, MATERIAL_CAR_TRIM);
  mesh_bar(m, f3_sub(at, f3_of(0, 0.16f, 0)), f3_add(at, f3_of(0, 0.16f, 0)), axis, 0.02f, 0.04f,
           MATERIAL_CAR_TRIM);
}

void car_interior(mesh *m, const car_shape *k, const hull *shell) {
  float seat_z = k->belt_z - 0.52f, floor_z = k->ground + 0.10f;
  float front = k->length / 2 - k->screen_s - 0.2f;
  float rear = k->length / 2 - k->rear_s + 0.25f, half = k->width / 2 - 0.16f;
  float belt = fminf(k->cowl_z, fminf(k->belt_z, k->tail_z)) - 0.03f;
  const material is = MATERIAL_CAR_INTERIOR;
  mesh_patch(m, f3_of(front, half, floor_z), f3_of(rear, half, floor_z),
             f3_of(rear, -half, floor_z), f3_of(front, -half, floor_z), is);
  mesh_patch(m, f3_of(front, half, floor_z), f3_of(front, half, belt), f3_of(rear, half, belt),
             f3_of(rear, half, floor_z), is);
  mesh_patch(m, f3_of(front, -half, floor_z), f3_of(rear, -half, floor_z), f3_of(rear, -half, belt),
             f3_of(front, -half, belt), is);
  mesh_patch(m, f3_of(rear, -half, floor_z), f3_of(rear, half, floor_z), f3_of(rear, half, belt),
             f3_of(rear, -half, belt), is);
  dash_and_wheel(m, k, shell, floor_z);
  float x = k->length / 2 - fminf(k->pillar_b_s - 0.12f, k->header_s + 0.62f);
  for (int side = -1; side <= 1; side += 2)
    vehicle_seat(m, f3_of(x, (float)side * 0.36f, seat_z), 0.48f, true);
  if (k->panel)
    mesh_patch(m, f3_of(x - 0.55f, -half, floor_z), f3_of(x - 0.55f, half, floor_z),
               f3_of(x - 0.55f, half, k->height - 0.12f),
               f3_of(x - 0.55f, -half, k->height - 0.12f), is);
  else if (!k->two_doors || k->style != CAR_COUPE)
    vehicle_seat(m, f3_of(fmaxf(x - 0.82f, k->length / 2 - k->roof_s + 0.50f), 0, seat_z + 0.02f),
                 2 * half - 0.06f, false);
  // The parcel shelf, or a pickup's rear wall, closes the view into the boot.
  if (!k->panel && !k->bed) {
    float from = fmaxf(x - 1.2f, rear + 0.15f), z = k->belt_z - 0.08f, wide = half - 0.08f;
    mesh_patch(m, f3_of(from, wide, z), f3_of(rear, wide, z), f3_of(rear, -wide, z),
               f3_of(from, -wide, z), MATERIAL_CAR_TRIM);
  }
}
