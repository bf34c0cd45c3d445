// SPDX-License-Identifier: Apache-2.0
// Plates, handles, mirrors, grille bars, lamps' inner rings, exhaust, roof gear.
#include <math.h>

#include "render/asset_car.h"

// y of the shell's left side at (x, z), by rows.
static f3 on_side(const hull *h, float x, float z) {
  int c = h->nose_end;
  while (c + 1 < h->tail_start && h->p[4][c + 1].x > x)
    c++;
  float u = (h->p[4][c].x - x) / fmaxf(1e-4f, h->p[4][c].x - h->p[4][c + 1].x);
  for (int r = 0; r + 1 < h->rows; r++) {
    f3 a = f3_mix(h->p[r][c], h->p[r][c + 1], u), b = f3_mix(h->p[r + 1][c], h->p[r + 1][c + 1], u);
    if (z > b.z && r + 2 < h->rows)
      continue;
    float v = b.z > a.z ? (z - a.z) / (b.z - a.z) : 0;
    return f3_of(x, f3_mix(a, b, fmaxf(0, fminf(1, v))).y, z);
  }
  return f3_of(x, 0, z);
}

static f3 row_middle(const hull *h, bool tail, int row) {
  return h->p[row][tail ? h->columns - 1 : 0];
}

static void handles(mesh *m, const car_shape *k, const hull *h) {
  float ends[2] = {k->pillar_b_s - 0.16f, k->pillar_c_s - 0.18f};
  for (int i = 0; i < (k->two_doors || k->panel ? 1 : 2); i++) {
    float x = k->length / 2 - ends[i];
    float z = k->ground + 0.80f * (hull_height_at(h, CAR_ROWS - 1, x) - k->ground);
    f3 at = on_side(h, x, z);
    mesh_bevel_box(m, f3_sub(at, f3_of(0.09f, 0.01f, 0.013f)),
                   f3_add(at, f3_of(0.09f, 0.022f, 0.013f)), 0.008f,
                   k->style == CAR_PICKUP ? MATERIAL_CAR_TRIM : MATERIAL_CAR_PAINT);
    mesh_bevel_box(m, f3_sub(at, f3_of(0.10f, 0.01f, 0.022f)),
                   f3_add(at, f3_of(0.10f, 0.001f, 0.022f)), 0, MATERIAL_CAR_SEAM);
  }
}

// Cladding along an arch: a band that stands out from the wing.
static void cladding(mesh *m, const car_shape *k, const hull *h) {
  for (int axle = 0; axle < 2; axle++) {
    float x0 = k->length / 2 - k->front_overhang - (axle ? k->wheelbase : 0);
    float r0 = k->wheel_radius + 0.035f, r1 = r0 + 0.075f;
    f3 last[3] = {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}};
    for (int i = 0; i <= 14; i++) {
      float a = -0.32f + (3.14159265f + 0.64f) * (float)i / 14, ca = cosf(a), sa = sinf(a);
      f3 in = on_side(h, x0 + r0 * ca, k->wheel_radius + r0 * sa);
      f3 out = on_side(h, x0 + r1 * ca, k->wheel_radius + r1 * sa);
      in.y = fmaxf(in.y, out.y);
      f3 now[3] = {f3_sub(in, f3_of(0, 0.06f, 0)), f3_add(in, f3_of(0, 0.016f, 0)),
                   f3_add(out, f3_of(0, 0.012f, 0))};
      f3 edge = f3_sub(out, f3_of(0, 0.02f, 0));
      if (i > 0) {
        mesh_patch(m, last[0], now[0], now[1], last[1], MATERIAL_CAR_TRIM);
        mesh_patch(m, last[1], now[1], now[2], last[2], MATERIAL_CAR_TRIM);
        f3 before = f3_sub(last[2], f3_of(0, 0.032f, 0));
        mesh_patch(m, last[2], now[2], edge, before, MATERIAL_CAR_TRIM);
      }
      for (int j = 0; j < 3; j++)
        last[j] = now[j];
    }
  }
}

// The grille's lowest and highest row of the nose; false without one.
static bool grille_rows(const car_shape *k, int *r0, int *r1) {
  *r0 = k->grille == GRILLE_WIDE ? 3 : 4, *r1 = k->grille == GRILLE_WIDE ? 6 : 7;
  return k->grille != GRILLE_NONE && k->grille != GRILLE_SLIM;
}

// What is seen of a bar from the middle to the left: front, top and underside.
static void slat(mesh *m, f3 from, f3 to, float tall, float deep) {
  f3 up = {0, 0, tall / 2}, ahead = {deep / 2, 0, 0}, back = {-deep, 0, 0};
  f3 a = f3_add(f3_sub(from, up), ahead), b = f3_add(f3_sub(to, up), ahead);
  f3 c = f3_add(f3_add(to, up), ahead), d = f3_add(f3_add(from, up), ahead);
  mesh_patch(m, a, b, c, d, MATERIAL_CHROME);
  mesh_patch(m, d, c, f3_add(c, back), f3_add(d, back), MATERIAL_CHROME);
  mesh_patch(m, a, f3_add(a, back), f3_add(b, back), b, MATERIAL_CHROME);
}

// Bars of its left half follow the nose from lane to lane.
static void grille(mesh *m, const car_shape *k, const hull *h) {
  int r0, r1, bars = 4;
  if (!grille_rows(k, &r0, &r1))
    return;
  for (int b = 0; b <= bars; b++) {
    float u = (float)b / (float)bars * (float)(r1 - r0);
    int r = r0 + (int)fminf(u, (float)(r1 - r0 - 1));
    u -= (float)(r - r0);
    for (int i = 0; i < 3; i++) {
      f3 from = f3_mix(h->p[r][i], h->p[r + 1][i], u);
      f3 to = f3_mix(h->p[r][i + 1], h->p[r + 1][i + 1], u);
      from.x += 0.004f, to.x += 0.004f;
      bool frame = b == 0 || b == bars;
      slat(m, from, to, frame ? 0.018f : 0.010f, 0.016f);
    }
  }
}

static void front_badge(mesh *m, const car_shape *k, const hull *h) {
  int r0, r1;
  if (!grille_rows(k, &r0, &r1))
    return;
  f3 badge = f3_mix(h->p[r0 + 1][0], h->p[r0 + 2][0], 0.5f);
  const float disc[][2] = {{0, 0.055f}, {0.014f, 0.050f}, {0.014f, 0}};
  const material is[] = {MATERIAL_CHROME, MATERIAL_CHROME};
  mesh_spin(m, badge, f3_unit(f3_of(1, 0, 0.3f)), disc, 3, 12, is);
}

static void tail_gear(mesh *m, const car_shape *k, const hull *h) {
  // On the tail the plate sits in the middle of the lid, pickups and vans have it low.
  bool low = k->bed || k->panel;
  f3 at = f3_mix(row_middle(h, true, low ? 2 : 4), row_middle(h, true, low ? 3 : 5), 0.5f);
  vehicle_plate(m, f3_add(at, f3_of(-0.004f, 0, 0)), -1);
  f3 pipe = f3_add(row_middle(h, true, 0), f3_of(0.14f, k->width * 0.27f, 0.03f));
  if (k->grille != GRILLE_NONE || k->style == CAR_COUPE)
    mesh_tube(m, pipe, f3_sub(pipe, f3_of(0.15f, 0, 0)), 0.034f, 0.034f, 8, MATERIAL_CHROME);
  f3 badge = f3_mix(row_middle(h, true, 6), row_middle(h, true, 7), 0.4f);
  mesh_bevel_box(m, f3_sub(badge, f3_of(0.012f, 0.06f, 0.02f)),
                 f3_add(badge, f3_of(0.01f, 0.06f, 0.02f)), 0.008f, MATERIAL_CHROME);
}

static void roof_gear(mesh *m, const car_shape *k) {
  float x0 = k->length / 2 - k->header_s - 0.35f, x1 = k->length / 2 - k->roof_s + 0.35f;
  float y = k->width / 2 - 0.075f - k->tumble - 0.085f, z = k->height - 0.035f;
  for (int side = -1; k->rails && side <= 1; side += 2) {
    const f3 path[] = {{x0, (float)side * y, z - 0.03f},
                       {x0 - 0.12f, (float)side * y, z + 0.052f},
                       {x1 + 0.12f, (float)side * y, z + 0.052f - k->roof_drop * 0.6f},
                       {x1, (float)side * y, z - 0.03f - k->roof_drop * 0.6f}};
    const float r[][2] = {{0.016f, 0.016f}, {0.016f, 0.016f}, {0.016f, 0.016f}, {0.016f, 0.016f}};
    mesh_sweep(m, path, r, 4, f3_of(0, 1, 0), 5, 0, MATERIAL_CHROME);
  }
  if (k->taxi_sign) {
    float x = k->length / 2 - k->header_s - 0.35f;
    mesh_bevel_box(m, f3_of(x - 0.09f, -0.26f, k->height - 0.03f),
                   f3_of(x + 0.09f, 0.26f, k->height + 0.13f), 0.03f, MATERIAL_CAR_PAINT_2);
  }
}

void car_fittings(mesh *m, const car_shape *k, const hull *h) {
  mesh left = {0};
  handles(&left, k, h);
  if (k->cladding)
    cladding(&left, k, h);
  f3 half = k->panel ? f3_of(0.07f, 0.09f, 0.15f) : f3_of(0.065f, 0.105f, 0.072f);
  float x = k->length / 2 - k->screen_s - 0.38f;
  f3 at = {x, k->width / 2 + 0.045f - 2 * half.y, hull_height_at(h, CAR_ROWS - 1, x) + 0.01f};
  vehicle_mirror(&left, at, half, k->panel ? MATERIAL_CAR_TRIM : MATERIAL_CAR_PAINT);
  grille(&left, k, h);
  mesh_mirror(&left, 0);
  mesh_take(m, &left);
  front_badge(m, k, h);
  vehicle_plate(
      m,
      f3_add(f3_mix(row_middle(h, false, 2), row_middle(h, false, 3), 0.5f), f3_of(0.004f, 0, 0)),
      1);
  tail_gear(m, k, h);
  roof_gear(m, k);
}
