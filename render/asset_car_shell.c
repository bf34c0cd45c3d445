// SPDX-License-Identifier: Apache-2.0
// The shell below the belt: nose, sides, tail, bonnet, boot or bed, wheel wells.
#include <math.h>

#include "render/asset_car.h"

// Rows by share of the height between sill and upper edge. Rows 3 and 4 are a shut line
// apart; 5..7 is the band of the lamps; above 7 the edge turns in.
static const float row_share[CAR_ROWS] = {0,     0.10f, 0.30f, 0.485f, 0.50f,
                                          0.66f, 0.82f, 0.93f, 1.0f};
static const float row_side[CAR_ROWS] = {0.085f, 0.030f, 0.008f, 0.014f, 0.0145f,
                                         0.016f, 0.004f, 0.028f, 0.072f};
static const float row_nose[CAR_ROWS] = {0.11f,  0.035f, 0.0f,  0.004f, 0.006f,
                                         0.035f, 0.085f, 0.15f, 0.25f};
static const float row_tail[CAR_ROWS] = {0.12f,  0.03f,  0.0f,   0.010f, 0.030f,
                                         0.035f, 0.030f, 0.040f, 0.085f};
static const float ARCH_GAP_M = 0.045f, WELL_DEPTH_M = 0.30f, SEAM_M = 0.009f;

static float arch_radius(const car_shape *k) {
  return k->wheel_radius + ARCH_GAP_M;
}

static float sill_z(const car_shape *k, float s) {
  const float knots[][2] = {{0, k->ground + 0.05f},
                            {0.40f, k->ground},
                            {k->front_overhang + k->wheelbase + arch_radius(k), k->ground},
                            {k->length, k->ground + 0.10f}};
  return curve_at(knots, 4, s);
}

static float edge_z(const car_shape *k, float s) {
  float tail = k->bed ? k->tail_z : k->tail_z - 0.035f;
  const float knots[][2] = {{0, k->nose_z},
                            {0.16f, k->nose_z + 0.2f * (k->cowl_z - k->nose_z)},
                            {k->screen_s + 0.05f, k->cowl_z},
                            {k->pillar_c_s, k->belt_z},
                            {k->length - 0.22f, k->tail_z},
                            {k->length, tail}};
  return curve_at(knots, 6, s);
}

static float wheel_x(const car_shape *k, int axle) {
  return k->length / 2 - k->front_overhang - (axle ? k->wheelbase : 0);
}

// Height of the arch's edge at x; 0 away from wheels.
static float arch_z(const car_shape *k, float x) {
  float r = arch_radius(k);
  for (int axle = 0; axle < 2; axle++) {
    float dx = x - wheel_x(k, axle);
    if (fabsf(dx) < r)
      return k->wheel_radius + sqrtf(r * r - dx * dx);
  }
  return 0;
}

// Wings stand out a little around the wheels.
static float arch_flare(const car_shape *k, float x, float z) {
  float flare = 0, r = arch_radius(k);
  for (int axle = 0; axle < 2; axle++) {
    float d = hypotf(x - wheel_x(k, axle), z - k->wheel_radius) - r;
    flare = fmaxf(flare, 0.014f * expf(-d * d / (0.07f * 0.07f)));
  }
  return flare;
}

enum { SEAMS = 3 };

static int find_seams(const car_shape *k, float seam[SEAMS]) {
  seam[0] = k->front_overhang + arch_radius(k) + 0.10f; // front door's front edge
  seam[1] = k->pillar_b_s;
  seam[2] = k->panel ? k->pillar_c_s : k->pillar_c_s - 0.10f; // rear door's rear edge
  if (k->two_doors)
    seam[1] += 0.1f;
  return k->two_doors ? 2 : SEAMS;
}

void car_door_seams(const car_shape *k, float seam_s[2]) {
  float seam[SEAMS];
  find_seams(k, seam);
  seam_s[0] = seam[0];
  seam_s[1] = seam[1];
}

static int find_stations(const car_shape *k, float *s) {
  int n = 0;
  const float corner[] = {0.20f, 0.25f, 0.31f, 0.38f, 0.46f};
  for (int i = 0; i < 5; i++) {
    s[n++] = corner[i];
    s[n++] = k->length - corner[i];
  }
  for (int axle = 0; axle < 2; axle++)
    n += hull_arch_stations(s + n, k->length / 2 - wheel_x(k, axle), k->wheel_radius,
                            arch_radius(k), k->ground);
  float seam[SEAMS];
  int seams = find_seams(k, seam);
  for (int i = 0; i < seams; i++) {
    s[n++] = seam[i] - SEAM_M / 2;
    s[n++] = seam[i] + SEAM_M / 2;
  }
  // Even filling: not so near others that slivers arise.
  for (float at = 0.6f; at < k->length - 0.6f; at += 0.40f) {
    bool free_here = true;
    for (int i = 0; i < n && free_here; i++)
      free_here = fabsf(s[i] - at) > 0.09f;
    if (free_here)
      s[n++] = at;
  }
  return n;
}

static void shell_points(const car_shape *k, hull *h) {
  for (int c = 0; c < h->columns; c++) {
    float s = k->length / 2 - h->x[c], low = sill_z(k, s), high = edge_z(k, s);
    for (int r = 0; r < CAR_ROWS; r++) {
      float z = low + row_share[r] * (high - low), tail = row_tail[r];
      if (k->style == CAR_SUV || k->panel || k->bed)
        tail *= 0.6f;
      f3 p = hull_inset(h, c, row_side[r], row_nose[r] * k->nose_slope, tail, z);
      p.y += arch_flare(k, p.x, fmaxf(p.z, arch_z(k, p.x))) * fminf(1, h->ny[c] * h->ny[c]);
      h->p[r][c] = p;
    }
  }
  for (int axle = 0; axle < 2; axle++)
    hull_cut_arch(h, wheel_x(k, axle), k->wheel_radius, arch_radius(k));
  // Nose and tail carry the crown of bonnet and boot on their upper edge.
  for (int i = 0; i <= h->nose_end; i++) {
    float t = hull_lanes[i], bulge = 1 - powf(t, 2.5f);
    for (int r = 5; r < CAR_ROWS; r++) {
      float share = (row_share[r] - 0.5f) * 2;
      h->p[r][i].z += 0.045f * bulge * share;
      if (!k->bed)
        h->p[r][h->columns - 1 - i].z += 0.03f * bulge * share;
    }
  }
}

// Cells from lane a to b of the nose (or tail), rows r0..r1-1.
static void paint_end(hull *h, bool tail, int a, int b, int r0, int r1, material what) {
  for (int r = r0; r < r1; r++)
    for (int i = a; i < b; i++)
      h->cell[r][tail ? h->columns - 2 - i : i] = what;
}

static void paint_nose(const car_shape *k, hull *h) {
  paint_end(h, false, 0, 8, 0, 1, MATERIAL_CAR_TRIM);
  paint_end(h, false, 0, k->grille == GRILLE_NONE ? 4 : 5, 1, 2, MATERIAL_CAR_TRIM);
  paint_end(h, false, 6, 8, 1, 2, MATERIAL_CAR_TRIM);
  if (k->grille == GRILLE_BARS)
    paint_end(h, false, 0, 3, 4, 7, MATERIAL_CAR_TRIM);
  if (k->grille == GRILLE_WIDE)
    paint_end(h, false, 0, 3, 3, 6, MATERIAL_CAR_TRIM);
  if (k->grille == GRILLE_SLIM)
    paint_end(h, false, 0, 3, 5, 6, MATERIAL_CAR_TRIM);
  paint_end(h, false, 4, 8, 5, 7, MATERIAL_HEADLAMP);
  for (int c = h->nose_end; c < h->tail_start; c++) {
    float s = k->length / 2 - h->x[c + 1];
    if (s < 0.47f)
      h->cell[5][c] = h->cell[6][c] = s < 0.40f ? MATERIAL_HEADLAMP : MATERIAL_LEFT_INDICATOR;
  }
}

static void paint_tail(const car_shape *k, hull *h) {
  bool tall = k->panel || k->bed || k->style == CAR_SUV;
  paint_end(h, true, 0, 8, 0, 1, MATERIAL_CAR_TRIM);
  paint_end(h, true, 0, 6, 3, 4, MATERIAL_CAR_SEAM); // boot lid above the bumper
  if (!tall)
    paint_end(h, true, 5, 6, 4, 8, MATERIAL_CAR_SEAM);
  else
    paint_end(h, true, 5, 6, 3, 8, MATERIAL_CAR_SEAM);
  if (k->cladding)
    paint_end(h, true, 0, 8, 1, 3, MATERIAL_CAR_TRIM);
  if (k->style == CAR_COUPE)
    paint_end(h, true, 0, 8, 6, 7, MATERIAL_TAIL_LAMP);
  paint_end(h, true, tall ? 6 : 4, 8, tall ? 4 : 5, 7, MATERIAL_TAIL_LAMP);
  paint_end(h, true, tall ? 6 : 4, tall ? 8 : 5, 5, 6, MATERIAL_LEFT_INDICATOR);
  for (int c = h->nose_end; c < h->tail_start; c++) {
    float behind = k->length / 2 + h->x[c];
    if (behind < 0.33f)
      h->cell[5][c] = h->cell[6][c] = MATERIAL_TAIL_LAMP;
    if (behind < 0.33f && tall)
      h->cell[4][c] = MATERIAL_TAIL_LAMP;
  }
}

static void paint_side(const car_shape *k, hull *h) {
  for (int c = h->nose_end; c < h->tail_start; c++) {
    float s = k->length / 2 - (h->x[c] + h->x[c + 1]) / 2;
    if (k->cladding || k->style == CAR_COUPE)
      h->cell[0][c] = MATERIAL_CAR_TRIM;
    bool door = s > k->front_overhang + arch_radius(k) &&
                s < k->front_overhang + k->wheelbase - arch_radius(k);
    if (k->cladding && door)
      h->cell[1][c] = MATERIAL_CAR_TRIM;
    if (door)
      h->cell[0][c] = MATERIAL_CAR_TRIM;
  }
  float seam[SEAMS];
  int seams = find_seams(k, seam);
  for (int c = h->nose_end; c < h->tail_start; c++)
    for (int i = 0; i < seams; i++) {
      float s = k->length / 2 - (h->x[c] + h->x[c + 1]) / 2;
      if (fabsf(s - seam[i]) < 0.002f)
        for (int r = 1; r < CAR_ROWS - 1; r++)
          h->cell[r][c] = MATERIAL_CAR_SEAM;
    }
}

void car_shell(const car_shape *k, hull *h) {
  float stations[128];
  int count = find_stations(k, stations);
  bool square = k->panel || k->bed;
  hull_plan plan = {k->length,
                    k->width / 2,
                    square ? 0.62f : 0.80f,
                    square ? 0.30f : 0.62f,
                    square ? 3.4f : 2.9f,
                    square ? 3.6f : 3.2f,
                    0.80f};
  hull_columns(h, &plan, stations, count, CAR_ROWS, MATERIAL_CAR_PAINT);
  shell_points(k, h);
  paint_side(k, h);
  paint_nose(k, h);
  paint_tail(k, h);
}

// The floor ends at the wells; nobody sees more of it than a dark plane.
static void underside(mesh *m, const car_shape *k, const hull *h) {
  for (int c = 0; c + 1 < h->columns; c++) {
    f3 a = h->p[0][c], b = h->p[0][c + 1];
    bool well = arch_z(k, (a.x + b.x) / 2) > k->ground + 0.01f;
    float deep = k->width / 2 - WELL_DEPTH_M;
    if (well)
      a.y = b.y = deep, a.z = b.z = k->ground;
    f3 c2 = f3_of(b.x, -b.y, b.z), d = f3_of(a.x, -a.y, a.z);
    mesh_patch(m, a, d, c2, b, MATERIAL_CAR_SEAM);
  }
}

static int column_behind(const hull *h, float x) {
  int c = h->nose_end;
  while (c < h->tail_start && h->p[h->rows - 1][c].x > x)
    c++;
  return c;
}

static void decks(mesh *m, const car_shape *k, const hull *h) {
  float crown[HULL_COLUMNS];
  material cells[HULL_COLUMNS * HULL_DECK_LANES];
  int from = h->nose_end, to = column_behind(h, k->length / 2 - k->screen_s - 0.28f);
  for (int c = from; c <= to; c++) {
    crown[c - from] = 0.045f + 0.02f * (float)(c - from) / (float)(to - from);
    for (int j = 0; j + 1 < HULL_DECK_LANES; j++) {
      bool seam = j == 2 || j == HULL_DECK_LANES - 4;
      seam |= c == from && j > 1 && j < HULL_DECK_LANES - 3;
      cells[(c - from) * (HULL_DECK_LANES - 1) + j] = MATERIAL_CAR_PAINT;
      if (seam && c > from)
        cells[(c - from) * (HULL_DECK_LANES - 1) + j] = MATERIAL_CAR_SEAM;
    }
  }
  hull_deck(m, h, from, to, crown, cells, MATERIAL_CAR_PAINT);
  if (k->bed)
    return;
  from = column_behind(h, k->length / 2 - k->rear_s + 0.30f), to = h->tail_start;
  for (int c = from; c <= to; c++)
    crown[c - from] = 0.03f;
  hull_deck(m, h, from, to, crown, NULL, MATERIAL_CAR_PAINT);
}

// A pickup's bed: a rim along the edge, then walls down to the floor.
static void bed(mesh *m, const car_shape *k, const hull *h) {
  mesh part = {0};
  float front = k->length / 2 - k->rear_s - 0.10f, rear = -k->length / 2 + 0.12f;
  float side = k->width / 2 - 0.16f, floor_z = k->ground + 0.42f;
  const f3 *edge = h->p[CAR_ROWS - 1];
  for (int c = column_behind(h, front + 0.15f); c + 1 < h->columns; c++) {
    f3 a = edge[c], b = edge[c + 1];
    f3 ai = f3_of(fmaxf(rear, fminf(front, a.x)), fminf(side, a.y), a.z);
    f3 bi = f3_of(fmaxf(rear, fminf(front, b.x)), fminf(side, b.y), b.z);
    mesh_patch(&part, a, b, bi, ai, MATERIAL_CAR_PAINT);
    mesh_patch(&part, ai, bi, f3_of(bi.x, bi.y, floor_z), f3_of(ai.x, ai.y, floor_z),
               MATERIAL_CAR_TRIM);
  }
  float rim = edge[h->tail_start].z, wheel = wheel_x(k, 1), r = arch_radius(k);
  mesh_patch(&part, f3_of(front, side, floor_z), f3_of(front, 0, floor_z), f3_of(front, 0, rim),
             f3_of(front, side, rim), MATERIAL_CAR_TRIM);
  mesh_bevel_box(&part, f3_of(wheel - r, k->width / 2 - WELL_DEPTH_M - 0.02f, floor_z - 0.05f),
                 f3_of(wheel + r, side, k->wheel_radius + r + 0.02f), 0.04f, MATERIAL_CAR_TRIM);
  mesh_patch(&part, f3_of(front, 0, floor_z), f3_of(front, side, floor_z),
             f3_of(rear, side, floor_z), f3_of(rear, 0, floor_z), MATERIAL_CAR_TRIM);
  // The strip between the cabin's rear wall and the bed.
  mesh_patch(&part, f3_of(front, 0, k->tail_z), f3_of(front + 0.3f, 0, k->tail_z),
             f3_of(front + 0.3f, side, k->tail_z), f3_of(front, side, k->tail_z),
             MATERIAL_CAR_PAINT);
  mesh_mirror(&part, 0);
  mesh_take(m, &part);
}

void car_shell_rest(mesh *m, const car_shape *k, const hull *h) {
  decks(m, k, h);
  underside(m, k, h);
  for (int axle = 0; axle < 2; axle++)
    hull_well(m, h, wheel_x(k, axle), arch_radius(k), k->width / 2 - WELL_DEPTH_M, k->ground);
  if (k->bed)
    bed(m, k, h);
}
