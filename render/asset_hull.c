// SPDX-License-Identifier: Apache-2.0
#include "render/asset_hull.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const float hull_lanes[HULL_LANES] = {0, 0.22f, 0.42f, 0.58f, 0.70f, 0.82f, 0.833f, 0.92f, 1};

static const float LEAST_GAP_M = 0.004f;

// y on a superellipse quarter that starts at its tip; s from 0 to `reach`.
static float outline(float s, float reach, float power) {
  float u = 1 - s / reach;
  return u <= 0 ? 1 : powf(fmaxf(0, 1 - powf(u, power)), 1 / power);
}

// How far from the tip the outline has come to share y of its width.
static float outline_at(float y, float reach, float power) {
  return reach * (1 - powf(fmaxf(0, 1 - powf(y, power)), 1 / power));
}

static float plan_y(const hull_plan *plan, float s) {
  float front = outline(s, plan->nose_m, plan->nose_power);
  float rear = outline(plan->length - s, plan->tail_m, plan->tail_power);
  return plan->half_width * fminf(front, rear);
}

static int by_size(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static void add_column(hull *h, const hull_plan *plan, float s, float y) {
  if (h->columns == HULL_COLUMNS)
    return;
  h->x[h->columns] = plan->length / 2 - s;
  h->y[h->columns++] = y;
}

void hull_columns(hull *h, const hull_plan *plan, const float *stations, int count, int rows,
                  material what) {
  float sorted[HULL_COLUMNS];
  int kept = 0;
  float share = plan->end_share;
  float first = outline_at(share, plan->nose_m, plan->nose_power);
  float last = plan->length - outline_at(share, plan->tail_m, plan->tail_power);
  for (int i = 0; i < count && kept < HULL_COLUMNS; i++)
    if (stations[i] > first + 0.03f && stations[i] < last - 0.03f)
      sorted[kept++] = stations[i];
  qsort(sorted, (size_t)kept, sizeof *sorted, by_size);
  h->columns = 0, h->rows = rows;
  for (int i = 0; i < HULL_LANES; i++) {
    float y = hull_lanes[i] * share;
    add_column(h, plan, outline_at(y, plan->nose_m, plan->nose_power), y * plan->half_width);
  }
  h->nose_end = h->columns - 1;
  float before = first;
  for (int i = 0; i < kept; i++)
    if (sorted[i] - before > LEAST_GAP_M) {
      add_column(h, plan, sorted[i], plan_y(plan, sorted[i]));
      before = sorted[i];
    }
  h->tail_start = h->columns;
  for (int i = HULL_LANES - 1; i >= 0; i--) {
    float y = hull_lanes[i] * share;
    add_column(h, plan, plan->length - outline_at(y, plan->tail_m, plan->tail_power),
               y * plan->half_width);
  }
  for (int c = 0; c < h->columns; c++) {
    // Neighbours' chord, turned; the middle of nose and tail look straight along.
    int a = c > 0 ? c - 1 : c, b = c + 1 < h->columns ? c + 1 : c;
    float dx = h->x[b] - h->x[a], dy = h->y[b] - h->y[a], length = hypotf(dx, dy);
    bool middle = c == 0 || c == h->columns - 1;
    h->nx[c] = middle ? (c == 0 ? 1.0f : -1.0f) : dy / length;
    h->ny[c] = middle ? 0 : -dx / length;
  }
  for (int r = 0; r + 1 < rows; r++)
    for (int c = 0; c + 1 < h->columns; c++)
      h->cell[r][c] = what;
}

f3 hull_inset(const hull *h, int c, float side, float nose, float tail, float z) {
  float end = h->nx[c] > 0 ? nose : tail;
  float y = h->y[c] - side * h->ny[c] * fminf(1, h->y[c] * 4);
  return f3_of(h->x[c] - end * h->nx[c], fmaxf(0, y), z);
}

static bool is_lamp(material what, bool tail) {
  return tail ? what == MATERIAL_TAIL_LAMP : what == MATERIAL_HEADLAMP;
}

// uv for the lamps of nose or tail (kernels/surface_lamp.cl): u runs outwards from the lamp's inner
// end, v up from its bottom. Headlamps count both in what is less of height and width, tail lamps u
// in heights and v in shares of the height. Nothing else of a shell reads uv.
static void lay_out_lamps(const hull *h, bool tail, float (*uv)[2]) {
  int last = h->columns - 1, half = h->columns / 2, inner = half, outer = 0, low = h->rows,
      high = 0;
  for (int r = 0; r + 1 < h->rows; r++)
    for (int i = 0; i < half; i++)
      if (is_lamp(h->cell[r][tail ? last - 1 - i : i], tail)) {
        inner = i < inner ? i : inner, outer = i + 1 > outer ? i + 1 : outer;
        low = r < low ? r : low, high = r + 1 > high ? r + 1 : high;
      }
  if (inner == half)
    return;
  int row = (low + high) / 2, first = tail ? last - inner : inner;
  float tall = fmaxf(h->p[high][first].z - h->p[low][first].z, 0.01f), way[HULL_COLUMNS] = {0};
  for (int i = inner + 1; i < half; i++) {
    int c = tail ? last - i : i;
    way[i] = way[i - 1] + f3_length(f3_sub(h->p[row][c], h->p[row][tail ? c + 1 : c - 1]));
  }
  float unit = tail ? tall : fmaxf(0.01f, fminf(tall, way[outer] / 1.15f));
  for (int i = inner; i < half; i++) {
    int c = tail ? last - i : i;
    float bottom = h->p[low][c].z, top = fmaxf(h->p[high][c].z, bottom + 0.01f);
    for (int r = low; r <= high; r++) {
      float *at = uv[r * h->columns + c];
      at[0] = way[i] / unit, at[1] = (h->p[r][c].z - bottom) / (top - bottom) * tall / unit;
    }
  }
}

void hull_emit(mesh *m, const hull *h) {
  float uv[HULL_ROWS * HULL_COLUMNS][2] = {{0}};
  lay_out_lamps(h, false, uv);
  lay_out_lamps(h, true, uv);
  int first = m->vertex_count, count = h->rows * h->columns;
  f3 p[HULL_ROWS * HULL_COLUMNS] = {{0}};
  material cell[HULL_ROWS * HULL_COLUMNS] = {0}, other[HULL_ROWS * HULL_COLUMNS] = {0};
  for (int r = 0; r < h->rows; r++)
    for (int c = 0; c < h->columns; c++)
      p[r * h->columns + c] = h->p[r][c];
  for (int r = 0; r + 1 < h->rows; r++)
    for (int c = 0; c + 1 < h->columns; c++) {
      int i = r * (h->columns - 1) + c;
      cell[i] = other[i] = h->cell[r][c];
      if (cell[i] == MATERIAL_LEFT_INDICATOR)
        other[i] = MATERIAL_RIGHT_INDICATOR;
    }
  mesh_grid(m, p, h->rows, h->columns, cell, MATERIAL_NONE, false);
  for (int i = 0; i < h->rows * h->columns; i++)
    p[i].y = -p[i].y;
  mesh_grid(m, p, h->rows, h->columns, other, MATERIAL_NONE, true);
  for (int i = 0; i < 2 * count && first + i < m->vertex_count; i++)
    memcpy(m->vertices[first + i].uv, uv[i % count], sizeof uv[0]);
}

// The part of an edge between two columns at x; columns run towards smaller x.
static float edge_at(const hull *h, int row, float x, bool height) {
  const f3 *p = h->p[row];
  for (int c = 0; c + 1 < h->columns; c++) {
    if (x < p[c + 1].x && c + 2 < h->columns)
      continue;
    float span = p[c].x - p[c + 1].x;
    float u = span > 0 ? fmaxf(0, fminf(1, (p[c].x - x) / span)) : 0;
    float a = height ? p[c].z : p[c].y, b = height ? p[c + 1].z : p[c + 1].y;
    return a + (b - a) * u;
  }
  return 0;
}

float hull_width_at(const hull *h, int row, float x) {
  return edge_at(h, row, x, false);
}
float hull_height_at(const hull *h, int row, float x) {
  return edge_at(h, row, x, true);
}

void hull_deck(mesh *m, const hull *h, int from, int to, const float *crown, const material *cells,
               material what) {
  f3 p[HULL_COLUMNS * HULL_DECK_LANES];
  const f3 *edge = h->p[h->rows - 1];
  for (int c = from; c <= to; c++)
    for (int j = 0; j < HULL_DECK_LANES; j++) {
      int lane = abs(HULL_LANES - 1 - j);
      float t = (j < HULL_LANES ? 1.0f : -1.0f) * hull_lanes[lane];
      float bulge = crown[c - from] * (1 - powf(fabsf(t), 2.5f));
      f3 at = f3_of(edge[c].x, t * edge[c].y, edge[c].z + bulge);
      // The last row at either end is the edge of nose or tail itself.
      if (c == h->nose_end || c == h->tail_start) {
        int column = c == h->nose_end ? lane : h->columns - 1 - lane;
        at = edge[column];
        at.y = t < 0 ? -at.y : at.y;
      }
      p[(c - from) * HULL_DECK_LANES + j] = at;
    }
  mesh_grid(m, p, to - from + 1, HULL_DECK_LANES, cells, what, true);
}

void hull_cut_arch(hull *h, float x0, float z0, float radius) {
  for (int r = 0; r < h->rows; r++)
    for (int c = 0; c < h->columns; c++) {
      float dx = h->p[r][c].x - x0;
      if (fabsf(dx) < radius)
        h->p[r][c].z = fmaxf(h->p[r][c].z, z0 + sqrtf(radius * radius - dx * dx));
    }
}

int hull_arch_stations(float *out, float s0, float z0, float radius, float low) {
  enum { STEPS = 10 };
  float drop = asinf(fmaxf(0, fminf(1, (z0 - low) / radius))); // where the arch meets the sill
  for (int i = 0; i <= STEPS; i++)
    out[i] = s0 - radius * cosf(-drop + (3.14159265f + 2 * drop) * (float)i / STEPS);
  return STEPS + 1;
}

void hull_well(mesh *m, const hull *h, float x0, float radius, float deep, float low) {
  mesh part = {0};
  f3 last = {0, 0, 0};
  bool open = false;
  for (int c = h->nose_end; c <= h->tail_start; c++) {
    f3 p = h->p[0][c];
    if (fabsf(p.x - x0) > radius + 0.002f)
      continue;
    if (open) {
      f3 a = f3_of(last.x, deep, last.z), b = f3_of(p.x, deep, p.z);
      mesh_patch(&part, last, a, b, p, MATERIAL_CAR_SEAM);
      mesh_patch(&part, f3_of(a.x, deep, low), f3_of(b.x, deep, low), b, a, MATERIAL_CAR_SEAM);
    }
    last = p, open = true;
  }
  mesh_mirror(&part, 0);
  mesh_take(m, &part);
}
