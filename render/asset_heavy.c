// SPDX-License-Identifier: Apache-2.0
// What lorries and buses share: an upright hull with bands of glass.
#include "render/asset_heavy.h"

#include <math.h>

// How far a point at distance s from an end goes in when that end leans by `lean`: fades out
// slowly enough that columns keep their order.
static float lean_back(float lean, float s) {
  return lean * fmaxf(0, 1 - s / (0.35f + 1.8f * lean));
}

void heavy_hull(hull *h, const heavy_shell *k) {
  float stations[HULL_COLUMNS];
  int n = 0;
  for (int i = 0; i < k->station_count; i++)
    stations[n++] = k->stations[i];
  for (int i = 0; i < k->axle_count; i++)
    n += hull_arch_stations(stations + n, k->length / 2 - k->axle_x[i], k->wheel_radius,
                            k->wheel_radius + 0.07f, k->rows[0].z);
  hull_plan plan = {k->length, k->width / 2, k->nose_m, k->tail_m, 3.6f, 4.0f, 0.86f};
  hull_columns(h, &plan, stations, n, k->row_count, MATERIAL_CAR_PAINT);
  for (int r = 0; r < k->row_count; r++)
    for (int c = 0; c < h->columns; c++) {
      const heavy_row *row = &k->rows[r];
      f3 p = hull_inset(h, c, row->side, 0, 0, row->z);
      p.x -= lean_back(row->nose, k->length / 2 - h->x[c]);
      p.x += lean_back(row->tail, k->length / 2 + h->x[c]);
      h->p[r][c] = p;
    }
  for (int i = 0; i < k->axle_count; i++)
    hull_cut_arch(h, k->axle_x[i], k->wheel_radius, k->wheel_radius + 0.07f);
}

void heavy_paint_nose(hull *h, int lane0, int lane1, int row0, int row1, material what) {
  for (int r = row0; r < row1; r++)
    for (int c = lane0; c < lane1; c++)
      h->cell[r][c] = what;
}

void heavy_paint_tail(hull *h, int lane0, int lane1, int row0, int row1, material what) {
  for (int r = row0; r < row1; r++)
    for (int c = lane0; c < lane1; c++)
      h->cell[r][h->columns - 2 - c] = what;
}

void heavy_paint_side(hull *h, float x1, float x0, int row0, int row1, material what) {
  for (int c = h->nose_end; c < h->tail_start; c++) {
    float x = (h->x[c] + h->x[c + 1]) / 2;
    for (int r = row0; r < row1 && x < x1 && x > x0; r++)
      h->cell[r][c] = what;
  }
}

void heavy_close(mesh *m, const hull *h, const heavy_shell *k, material roof) {
  float crown[HULL_COLUMNS];
  for (int c = 0; c < HULL_COLUMNS; c++)
    crown[c] = 0.03f;
  hull_deck(m, h, h->nose_end, h->tail_start, crown, NULL, roof);
  float deep = k->width / 2 - 0.62f;
  for (int c = 0; c + 1 < h->columns; c++) {
    f3 a = h->p[0][c], b = h->p[0][c + 1];
    float low = k->rows[0].z;
    bool well = a.z > low + 0.01f || b.z > low + 0.01f;
    a.z = b.z = low;
    if (well)
      a.y = b.y = deep;
    mesh_patch(m, a, f3_of(a.x, -a.y, low), f3_of(b.x, -b.y, low), b, MATERIAL_CAR_SEAM);
  }
  for (int i = 0; i < k->axle_count; i++)
    hull_well(m, h, k->axle_x[i], k->wheel_radius + 0.07f, deep, k->rows[0].z);
}

void heavy_lamp(mesh *m, f3 lo, f3 hi, material lit) {
  mesh_bevel_box(m, lo, hi, 0.015f, lit);
}
