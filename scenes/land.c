// SPDX-License-Identifier: Apache-2.0
#include "scenes/land.h"

#include <math.h>
#include <stdlib.h>

#include "scenes/road_model.h"

static const double PI = 3.14159265358979323846;
static const double AROUND_M = 100;              // the grid goes that far beyond the roads
static const double BESIDE_CELLS = 0.75;         // nodes that near a road lie at its height
static const double PIECE_M = 4;                 // of roads, between places that are looked up
static const double HILLS_M = 30, LEVEL_M = 150; // how far roads shape land with and without waves
static const double LEVEL_ROAD_M = 1e-9;
static const double BELOW_BRIDGE_M = 1.8, ABOVE_TUNNEL_M = 8.2; // of the land, from the road
static const double CLEAR_CELLS = 1.25;
static const double REGION_EDGE_M = 60; // the less, the sharper regions part
enum { NODES_MOST = 1 << 20, SWEEPS = 160 };
static const double OVERRELAXATION = 1.6;

road_terrain land_draw_terrain(rng *r, double deviation_m) {
  road_terrain t = {.wave_count = TERRAIN_WAVES};
  double sum = 0;
  for (int i = 0; i < TERRAIN_WAVES; i++) {
    double length = rng_log_uniform(r, 400, 2400), heading = rng_uniform(r, -PI, PI);
    // Long waves are higher than short ones, so that all of them are about as steep.
    double height = length * rng_uniform(r, 0.5, 1);
    t.waves[i] = (terrain_wave){2 * PI / length * cos(heading), 2 * PI / length * sin(heading),
                                rng_uniform(r, -PI, PI), height};
    sum += height * height / 2;
  }
  for (int i = 0; i < TERRAIN_WAVES; i++)
    t.waves[i].height_m *= deviation_m / sqrt(sum);
  return t;
}

double land_terrain_at(const road_terrain *t, double x, double y) {
  double z = t->z_m;
  for (int i = 0; i < t->wave_count; i++) {
    const terrain_wave *w = &t->waves[i];
    z += w->height_m * sin(w->x_pm * x + w->y_pm * y + w->phase_rad);
  }
  for (int i = 0; i < t->cut_count; i++) {
    const terrain_cut *c = &t->cuts[i];
    double d = ((x - c->x_m) * c->across_x + (y - c->y_m) * c->across_y) / c->width_m;
    z -= c->depth_m * exp(-d * d);
  }
  return z;
}

// Distance of a point from a region's box.
static double distance_from(const land_region *g, double x, double y) {
  double c = cos(g->heading_rad), s = sin(g->heading_rad), dx = x - g->x_m, dy = y - g->y_m;
  double along = fabs(dx * c + dy * s) - g->half_length_m;
  double across = fabs(dy * c - dx * s) - g->half_width_m;
  return hypot(fmax(0, along), fmax(0, across));
}

double land_before_roads(const road_land *land, double x, double y) {
  if (land->region_count == 0)
    return land_terrain_at(&land->terrain, x, y);
  double sum = 0, weights = 0;
  for (int i = 0; i < land->region_count; i++) {
    double d = distance_from(&land->regions[i], x, y) + REGION_EDGE_M;
    double weight = 1 / (d * d);
    sum += weight * land_terrain_at(&land->regions[i].terrain, x, y);
    weights += weight;
  }
  return sum / weights;
}

static bool has_waves(const road_land *land) {
  for (int i = 0; i < land->region_count; i++)
    if (land->regions[i].terrain.wave_count > 0)
      return true;
  return land->terrain.wave_count > 0;
}

static bool is_level(const road_network *net) {
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    if (r->structure != ROAD_ON_LAND || r->bank_count > 0)
      return false;
    for (int k = 0; k < r->elevation_count; k++) {
      const road_poly3 *p = &net->elevations[r->elevation_first + k];
      if (fabs(p->a) + fabs(p->b) + fabs(p->c) + fabs(p->d) > LEVEL_ROAD_M)
        return false;
    }
  }
  return !has_waves(&net->land);
}

static double snap_down(double x) {
  return floor(x / LAND_STEP_M) * LAND_STEP_M;
}

static bool lay_grid(road_network *net, arena *memory) {
  road_land *land = &net->land;
  land->x_m = snap_down(net->min_x_m - AROUND_M);
  land->y_m = snap_down(net->min_y_m - AROUND_M);
  double wide = snap_down(net->max_x_m + AROUND_M) + LAND_STEP_M - land->x_m;
  double high = snap_down(net->max_y_m + AROUND_M) + LAND_STEP_M - land->y_m;
  static const double cells[] = {10, 15, 20, 30, 60};
  int k = 0;
  while (k < 4 && (wide / cells[k] + 1) * (high / cells[k] + 1) > NODES_MOST)
    k++;
  land->cell_m = cells[k];
  land->columns = (int)lround(wide / land->cell_m) + 1;
  land->rows = (int)lround(high / land->cell_m) + 1;
  size_t count = (size_t)land->columns * (size_t)land->rows;
  land->z_m = ARENA_NEW(memory, float, count);
  land->nodes = ARENA_NEW(memory, uint8_t, count);
  return land->z_m && land->nodes;
}

// Sums over what the roads say about a node's height.
typedef struct stamp {
  double z_m;
  int count;
} stamp;

// Calls `visit` for the nodes beside a piece of road from s0 to s1, `beside` or less from it, with
// their place along it, within the road, and across.
typedef void node_visit(const road_network *net, const road *r, double s_m, double t_m,
                        double right_m, double left_m, size_t node, void *to);

static bool is_structure(const road_network *net, const road_link *link) {
  return link->kind == ROAD_LINK_ROAD && net->roads[link->id - 1].structure != ROAD_ON_LAND;
}

static void visit_piece(const road_network *net, const road *r, double s0, double s1, double beside,
                        node_visit *visit, void *to) {
  const road_land *land = &net->land;
  // Land leaves a road where a bridge or a tunnel begins.
  double before = s0 <= 0 && is_structure(net, &r->predecessor) ? 0 : beside;
  double after = s1 >= r->length_m && is_structure(net, &r->successor) ? 0 : beside;
  road_place a = road_line_at(net, r, s0), b = road_line_at(net, r, s1);
  double right = road_edge_t(net, r, s0, -1, ROAD_EDGE_OUTER);
  double left = road_edge_t(net, r, s0, 1, ROAD_EDGE_OUTER);
  double reach = fmax(left, -right) + beside, chord = hypot(b.x_m - a.x_m, b.y_m - a.y_m);
  if (chord < 1e-9)
    return;
  double cx = (b.x_m - a.x_m) / chord, cy = (b.y_m - a.y_m) / chord;
  int x0 = (int)floor((fmin(a.x_m, b.x_m) - reach - land->x_m) / land->cell_m);
  int x1 = (int)ceil((fmax(a.x_m, b.x_m) + reach - land->x_m) / land->cell_m);
  int y0 = (int)floor((fmin(a.y_m, b.y_m) - reach - land->y_m) / land->cell_m);
  int y1 = (int)ceil((fmax(a.y_m, b.y_m) + reach - land->y_m) / land->cell_m);
  for (int y = y0 < 0 ? 0 : y0; y <= y1 && y < land->rows; y++)
    for (int x = x0 < 0 ? 0 : x0; x <= x1 && x < land->columns; x++) {
      double dx = land->x_m + x * land->cell_m - a.x_m, dy = land->y_m + y * land->cell_m - a.y_m;
      double along = dx * cx + dy * cy, t = dy * cx - dx * cy;
      if (along < -before || along > chord + after || t > left + beside || t < right - beside)
        continue;
      visit(net, r, s0 + fmax(0, fmin(chord, along)), t, right, left,
            (size_t)y * (size_t)land->columns + (size_t)x, to);
    }
}

static void visit_road(const road_network *net, const road *r, double beside, node_visit *visit,
                       void *to) {
  int n = (int)ceil(r->length_m / PIECE_M);
  for (int k = 0; k < n; k++)
    visit_piece(net, r, r->length_m * k / n, r->length_m * (k + 1) / n, beside, visit, to);
}

static void stamp_node(const road_network *net, const road *r, double s, double t, double right,
                       double left, size_t node, void *to) {
  const road_section *section = &net->sections[r->section_first];
  double kerb = 0; // height of what lies along the border
  if (t >= left)
    kerb = net->lanes[section->lane_first].height_m;
  else if (t <= right)
    kerb = net->lanes[section->lane_first + section->lane_count - 1].height_m;
  stamp *at = (stamp *)to + node;
  at->z_m += road_point_at(net, r, s, fmax(right, fmin(left, t))).z + kerb;
  at->count++;
}

static void stamp_roads(const road_network *net, stamp *stamps) {
  for (int i = 0; i < net->road_count; i++)
    if (net->roads[i].structure == ROAD_ON_LAND)
      visit_road(net, &net->roads[i], BESIDE_CELLS * net->land.cell_m, stamp_node, stamps);
}

// Land stays below bridges and above tunnels, whatever the roads that lead there do to it.
static void clear_node(const road_network *net, const road *r, double s, double t, double right,
                       double left, size_t node, void *to) {
  road_land *land = to;
  double z = road_point_at(net, r, s, fmax(right, fmin(left, t))).z, at = (double)land->z_m[node];
  if (land->nodes[node] == LAND_ROAD)
    return; // another road
  land->z_m[node] = (float)(r->structure == ROAD_BRIDGE ? fmin(at, z - BELOW_BRIDGE_M)
                                                        : fmax(at, z + ABOVE_TUNNEL_M));
}

static void clear_structures(road_network *net) {
  for (int i = 0; i < net->road_count; i++)
    if (net->roads[i].structure != ROAD_ON_LAND)
      visit_road(net, &net->roads[i], CLEAR_CELLS * net->land.cell_m, clear_node, &net->land);
}

// Bits of a node while the grid is being marked.
enum { ROAD_BIT = 1, ROW_BIT = 2, NEAR_BIT = 4 };

// Along a row or column: `to` on all nodes within LAND_NEAR_CELLS of one that has a bit of `from`.
static void mark_line(uint8_t *first, size_t step, int length, uint8_t from, uint8_t to) {
  for (int back = 0; back < 2; back++) {
    int last = -2 * LAND_NEAR_CELLS;
    for (int k = 0; k < length; k++) {
      uint8_t *at = &first[(size_t)(back ? length - 1 - k : k) * step];
      if (*at & from)
        last = k;
      if (k - last <= LAND_NEAR_CELLS)
        *at |= to;
    }
  }
}

static void mark_near(road_land *land) {
  size_t columns = (size_t)land->columns;
  for (int y = 0; y < land->rows; y++)
    mark_line(&land->nodes[(size_t)y * columns], 1, land->columns, ROAD_BIT, ROW_BIT);
  for (int x = 0; x < land->columns; x++)
    mark_line(&land->nodes[x], columns, land->rows, ROW_BIT, NEAR_BIT);
  for (size_t i = 0; i < columns * (size_t)land->rows; i++) {
    uint8_t bits = land->nodes[i];
    land->nodes[i] = bits & ROAD_BIT ? LAND_ROAD : bits & NEAR_BIT ? LAND_NEAR : LAND_FREE;
  }
}

// What roads add to the terrain dies away from them: laplacian(c) = c / range^2, by successive
// over-relaxation, c 0 along the grid's border.
static void spread(const road_land *land, double *c, double range_m) {
  int columns = land->columns;
  double stiff = 4 + (land->cell_m / range_m) * (land->cell_m / range_m);
  for (int sweep = 0; sweep < SWEEPS; sweep++)
    for (int y = 1; y + 1 < land->rows; y++) {
      double *row = &c[(size_t)y * (size_t)columns];
      const uint8_t *nodes = &land->nodes[(size_t)y * (size_t)columns];
      for (int x = 1; x + 1 < columns; x++)
        if (nodes[x] != LAND_ROAD) {
          double mean = (row[x - 1] + row[x + 1] + row[x - columns] + row[x + columns]) / stiff;
          row[x] += OVERRELAXATION * (mean - row[x]);
        }
    }
}

static void fill_heights(road_land *land, const stamp *stamps, double *c) {
  for (int y = 0; y < land->rows; y++)
    for (int x = 0; x < land->columns; x++) {
      size_t i = (size_t)y * (size_t)land->columns + (size_t)x;
      double terrain =
          land_before_roads(land, land->x_m + x * land->cell_m, land->y_m + y * land->cell_m);
      land->z_m[i] = (float)terrain;
      land->nodes[i] = stamps[i].count > 0 ? ROAD_BIT : 0;
      c[i] = stamps[i].count > 0 ? stamps[i].z_m / stamps[i].count - terrain : 0;
    }
  mark_near(land);
  spread(land, c, has_waves(land) ? HILLS_M : LEVEL_M);
  for (size_t i = 0; i < (size_t)land->columns * (size_t)land->rows; i++)
    land->z_m[i] = (float)((double)land->z_m[i] + c[i]);
}

// Without waves the terrain is level, at the mean height of the roads.
static void find_level(road_network *net) {
  double sum = 0;
  for (int i = 0; i < net->road_count; i++)
    sum += road_elevation_at(net, &net->roads[i], net->roads[i].length_m / 2);
  if (net->land.terrain.wave_count == 0 && net->road_count > 0)
    net->land.terrain.z_m = sum / net->road_count;
}

bool land_build(road_network *net, arena *memory) {
  if (net->point_count == 0 || is_level(net))
    return true;
  find_level(net);
  if (!lay_grid(net, memory))
    return false;
  size_t count = (size_t)net->land.columns * (size_t)net->land.rows;
  stamp *stamps = calloc(count, sizeof *stamps);
  double *c = calloc(count, sizeof *c);
  if (stamps && c) {
    stamp_roads(net, stamps);
    fill_heights(&net->land, stamps, c);
    clear_structures(net);
  }
  bool ok = stamps && c;
  free(stamps);
  free(c);
  return ok;
}

double land_height(const road_network *net, double x, double y) {
  const road_land *land = &net->land;
  if (land->columns == 0)
    return land_before_roads(land, x, y);
  double u = (x - land->x_m) / land->cell_m, v = (y - land->y_m) / land->cell_m;
  if (!(u >= 0 && v >= 0 && u < land->columns - 1 && v < land->rows - 1))
    return land_before_roads(land, x, y);
  int i = (int)u, k = (int)v;
  const float *z = &land->z_m[(size_t)k * (size_t)land->columns + (size_t)i];
  u -= i, v -= k;
  double low = (double)z[0] + u * ((double)z[1] - (double)z[0]);
  const float *above = z + land->columns;
  double high = (double)above[0] + u * ((double)above[1] - (double)above[0]);
  return low + v * (high - low);
}
