// SPDX-License-Identifier: Apache-2.0
#include "render/ground.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "render/ground_parts.h"

static const double CHORD_ERROR_M = 0.01;   // of curves against their chords
static const double HEIGHT_ERROR_M = 0.001; // of hills and hollows, which marks lie upon
static const double TWIST_STEP_RAD = 0.002; // of superelevation from one station to the next
enum { TAPER_PIECES = 6 };

static const vec3 UP = {0, 0, 1};

static uint32_t vertex(ground *g, vec3 p, vec3 normal, double u_m, double v_m) {
  float at[3] = {(float)p.x, (float)p.y, (float)p.z};
  float n[3] = {(float)normal.x, (float)normal.y, (float)normal.z};
  return mesh_vertex_add(g->out, at, n, (float)u_m, (float)v_m);
}

uint32_t ground_vertex(ground *g, vec3 p, double u_m, double v_m) {
  return vertex(g, p, UP, u_m, v_m);
}

// In plan.
static double apart(vec3 a, vec3 b) {
  double dx = a.x - b.x, dy = a.y - b.y;
  return sqrt(dx * dx + dy * dy);
}

// Of a strip at its point i: across it and along it.
static vec3 strip_normal(const vec3 *left, const vec3 *right, int count, int i) {
  int before = i > 0 ? i - 1 : 0, after = i + 1 < count ? i + 1 : i;
  vec3 across = vec3_sub(left[i], right[i]);
  vec3 along = vec3_add(vec3_sub(left[after], left[before]), vec3_sub(right[after], right[before]));
  vec3 n = vec3_cross(along, across);
  return n.z > 1e-9 ? vec3_unit(n) : UP;
}

vec3 ground_station_point(const ground_stations *at, int index, double t_m) {
  const road_place *p = &at->places[index];
  double bank = at->bank_rad[index], level = bank == 0 ? t_m : t_m * cos(bank);
  return (vec3){p->x_m - level * sin(p->heading_rad), p->y_m + level * cos(p->heading_rad),
                at->z_m[index] + t_m * sin(bank)};
}

// Stations are numbered from 0; `paved` says between which of them a strip is a driveway's.
static void strip(ground *g, const vec3 *left, const vec3 *right, int count, material what,
                  const bool *paved) {
  double u = 0;
  uint32_t last[2] = {0, 0};
  bool was_thin = false;
  for (int i = 0; i < count; i++) {
    if (i > 0)
      u += (apart(left[i], left[i - 1]) + apart(right[i], right[i - 1])) / 2;
    double width = apart(left[i], right[i]);
    vec3 normal = strip_normal(left, right, count, i);
    uint32_t r = vertex(g, right[i], normal, u, 0);
    uint32_t l = vertex(g, left[i], normal, u, width);
    bool thin = width < 1e-6;
    material here = i > 0 && paved && paved[i - 1] ? MATERIAL_DRIVEWAY : what;
    // Where a strip has no width one or both triangles have no area.
    if (i > 0 && !thin)
      mesh_triangle(g->out, last[0], r, l, here);
    if (i > 0 && !was_thin)
      mesh_triangle(g->out, last[0], l, last[1], here);
    last[0] = r, last[1] = l;
    was_thin = thin;
  }
}

void ground_strip(ground *g, const vec3 *left, const vec3 *right, int count, material what) {
  strip(g, left, right, count, what, NULL);
}

void ground_face(ground *g, const vec3 *top, int count, double height_m, material what) {
  for (int i = 0; i + 1 < count; i++) {
    float a[3] = {(float)top[i].x, (float)top[i].y, (float)(top[i].z - height_m)};
    float b[3] = {(float)top[i + 1].x, (float)top[i + 1].y, (float)(top[i + 1].z - height_m)};
    float c[3] = {b[0], b[1], (float)top[i + 1].z}, d[3] = {a[0], a[1], (float)top[i].z};
    if (apart(top[i + 1], top[i]) > 1e-6)
      mesh_flat_quad(g->out, b, a, d, c, what);
  }
}

void ground_polygon(ground *g, const vec3 *points, int count, material what) {
  uint32_t first = 0;
  vec3 n = {0, 0, 0};
  for (int i = 2; i < count; i++)
    n = vec3_add(n, vec3_cross(vec3_sub(points[i - 1], points[0]), vec3_sub(points[i], points[0])));
  vec3 normal = n.z > 1e-9 ? vec3_unit(n) : UP;
  for (int i = 0; i < count; i++) {
    uint32_t v = vertex(g, points[i], normal, points[i].x, points[i].y);
    first = i == 0 ? v : first;
    if (i >= 2)
      mesh_triangle(g->out, first, v - 1, v, what);
  }
}

bool ground_triangles(ground *g, const vec3 *points, int count, const uint32_t *indices,
                      int triangles, material what) {
  // Normals are the mean of the triangles around each point, by area.
  vec3 *normals = calloc((size_t)count + 1, sizeof *normals);
  if (!normals)
    return false;
  for (int i = 0; i < triangles; i++) {
    const uint32_t *t = &indices[3 * i];
    vec3 n = vec3_cross(vec3_sub(points[t[1]], points[t[0]]), vec3_sub(points[t[2]], points[t[0]]));
    for (int k = 0; k < 3; k++)
      normals[t[k]] = vec3_add(normals[t[k]], n);
  }
  uint32_t first = (uint32_t)g->out->vertex_count;
  for (int i = 0; i < count; i++)
    vertex(g, points[i], normals[i].z > 1e-9 ? vec3_unit(normals[i]) : UP, points[i].x,
           points[i].y);
  for (int i = 0; i < triangles; i++)
    mesh_triangle(g->out, first + indices[3 * i], first + indices[3 * i + 1],
                  first + indices[3 * i + 2], what);
  free(normals);
  return true;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static bool add_station(ground_stations *list, double s) {
  if (!ARRAY_RESERVE(list->s_m, list->capacity, list->count + 1))
    return false;
  list->s_m[list->count++] = s;
  return true;
}

// Where two roads part, their borders are followed more closely, so that the one's chords don't lie
// in the other.
static bool add_fork_stations(const road_network *net, const road *r, ground_stations *list) {
  const double reach_m = 24, step_m = 1;
  bool ok = true;
  for (int end = 0; end < 2; end++) {
    const road_link *link = end ? &r->successor : &r->predecessor;
    if (link->kind != ROAD_LINK_JUNCTION || road_meets_junction(net, link))
      continue;
    for (double s = step_m; s < fmin(reach_m, r->length_m) && ok; s += step_m)
      ok = add_station(list, end ? r->length_m - s : s);
  }
  return ok;
}

// Where the polynomial after number i of a road's list begins.
static double poly_end(const road_poly3 *polys, int first, int count, int i, const road *r) {
  return i + 1 < count ? fmin(polys[first + i + 1].s_m, r->length_m) : r->length_m;
}

// Steps over an elevation or a superelevation, fine enough to rule the surface between them.
static bool add_height_stations(const road_poly3 *p, double end, bool twists,
                                ground_stations *list) {
  double length = end - p->s_m;
  if (length <= 0 || (p->b == 0 && p->c == 0 && p->d == 0))
    return true;
  double bend = fmax(fabs(2 * p->c), fabs(2 * p->c + 6 * p->d * length));
  double slope = fmax(fabs(p->b), fabs(p->b + length * (2 * p->c + length * 3 * p->d)));
  slope = fmax(slope, fabs(p->b + length / 2 * (2 * p->c + length / 2 * 3 * p->d)));
  double step = bend > 1e-9 ? sqrt(8 * HEIGHT_ERROR_M / bend) : length;
  if (twists && slope > 0)
    step = fmin(step, TWIST_STEP_RAD / slope);
  int n = (int)fmax(1, ceil(length / step));
  for (int k = 0; k < n; k++)
    if (!add_station(list, p->s_m + length * k / n))
      return false;
  return true;
}

// Steps over polynomial k of a lane's width or of the lane offset.
static bool add_taper(const road_poly3 *polys, int count, int k, const road *r,
                      ground_stations *list) {
  const double piece_m = 8;
  const road_poly3 *p = &polys[k];
  double length = poly_end(polys, 0, count, k, r) - p->s_m;
  double bend = fmax(fabs(2 * p->c), fabs(2 * p->c + 6 * p->d * length));
  if (length <= 0 || (bend == 0 && k + 1 == count))
    return true;
  double chords = fmax(length / piece_m, ceil(length * sqrt(bend / (8 * CHORD_ERROR_M))));
  int n = bend == 0 ? 1 : (int)fmax(TAPER_PIECES, chords);
  for (int m = 1; m <= n; m++)
    if (!add_station(list, p->s_m + length * m / n))
      return false;
  return true;
}

static bool add_drive_stations(const ground *g, const road *r, ground_stations *list) {
  enum { STATIONS = 4 };
  bool ok = true;
  for (int side = -1; side <= 1; side += 2) {
    int count;
    const scene_drive *drives = ground_drives_of(g, r, side, &count);
    for (int i = 0; i < count * STATIONS && ok; i++)
      ok = add_station(list, ground_drive_station(&drives[i / STATIONS], i % STATIONS));
  }
  return ok;
}

// Joints of the geometry, steps on curves, on hills and where the road twists, and steps where a
// lane's width changes.
static bool add_stations(const road_network *net, const road *r, ground_stations *list) {
  bool ok =
      add_station(list, 0) && add_station(list, r->length_m) && add_fork_stations(net, r, list);
  for (int i = 0; i < r->geometry_count && ok; i++) {
    const road_geometry *piece = &net->geometries[r->geometry_first + i];
    double bend = fmax(fabs(piece->curvature_begin_pm), fabs(piece->curvature_end_pm));
    double step = bend > 1e-9 ? sqrt(8 * CHORD_ERROR_M / bend) : piece->length_m;
    int n = (int)fmax(1, ceil(piece->length_m / step));
    for (int k = 0; k < n && ok; k++)
      ok = add_station(list, piece->s_m + piece->length_m * k / n);
  }
  for (int i = 0; i < r->elevation_count && ok; i++)
    ok = add_height_stations(
        &net->elevations[r->elevation_first + i],
        poly_end(net->elevations, r->elevation_first, r->elevation_count, i, r), false, list);
  for (int i = 0; i < r->bank_count && ok; i++)
    ok = add_height_stations(&net->banks[r->bank_first + i],
                             poly_end(net->banks, r->bank_first, r->bank_count, i, r), true, list);
  // Beside land that rises and falls borders have points as close as it has.
  double cell = net->land.columns > 0 ? net->land.cell_m : INFINITY;
  for (double s = cell; s < r->length_m && ok; s += cell)
    ok = add_station(list, s);
  const road_section *section = &net->sections[r->section_first];
  for (int i = 0; i < section->lane_count && ok; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    for (int k = 0; k < lane->width_count && ok; k++)
      ok = add_taper(&net->widths[lane->width_first], lane->width_count, k, r, list);
  }
  for (int k = 0; k < r->offset_count && ok; k++)
    ok = add_taper(&net->offsets[r->offset_first], r->offset_count, k, r, list);
  return ok;
}

static bool find_stations(const ground *g, const road *r, ground_stations *list) {
  const road_network *net = g->net;
  enum { FORK_PIECES = 6 };
  bool ok = true;
  // Roads side by side in a fork have the same stations, as they share a border.
  for (int i = 0; i <= FORK_PIECES && ok && r->junction; i++)
    ok = add_station(list, r->length_m * i / FORK_PIECES);
  if (!ok || (!r->junction && !(add_stations(net, r, list) && add_drive_stations(g, r, list))))
    return false;
  qsort(list->s_m, (size_t)list->count, sizeof *list->s_m, ascending);
  int kept = 1;
  for (int i = 1; i < list->count; i++)
    if (list->s_m[i] - list->s_m[kept - 1] > 0.02)
      list->s_m[kept++] = list->s_m[i];
  // The end itself must stay: junctions share its vertices.
  list->s_m[kept - 1] = r->length_m;
  list->count = kept;
  list->places = malloc(sizeof *list->places * (size_t)kept);
  list->z_m = malloc(sizeof *list->z_m * (size_t)kept);
  list->bank_rad = malloc(sizeof *list->bank_rad * (size_t)kept);
  if (!list->places || !list->z_m || !list->bank_rad)
    return false;
  for (int i = 0; i < kept; i++) {
    list->places[i] = road_line_at(net, r, list->s_m[i]);
    list->z_m[i] = road_elevation_at(net, r, list->s_m[i]);
    list->bank_rad[i] = road_bank_at(net, r, list->s_m[i]);
  }
  return true;
}

static material lane_material(lane_type type) {
  switch (type) {
  case LANE_CURB:
    return MATERIAL_KERB;
  case LANE_SIDEWALK:
    return MATERIAL_SIDEWALK;
  case LANE_VERGE:
    return MATERIAL_GRASS;
  default:
    return MATERIAL_ASPHALT;
  }
}

static void raise_line(vec3 *line, int count, double by) {
  for (int i = 0; i < count; i++)
    line[i].z += by;
}

// Brings the kerb, and the inner border of what lies along it, down where driveways leave; says
// where a planted strip is paved for them.
static void lower(const ground *g, const road *r, const road_lane *lane, double inner_height,
                  vec3 *inner, vec3 *outer, bool *paved) {
  const ground_stations *at = &g->stations[r->id - 1];
  int count;
  const scene_drive *drives = ground_drives_of(g, r, lane->id < 0 ? -1 : 1, &count);
  bool kerb = lane->type == LANE_CURB, verge = lane->type == LANE_VERGE;
  for (int i = 0; i < at->count; i++) {
    double s = at->s_m[i];
    double dip = kerb || inner_height > 0 ? ground_drive_dip(drives, count, s, lane->height_m) : 0;
    inner[i].z -= kerb || verge ? dip : 0;
    outer[i].z -= kerb ? dip : 0;
    paved[i] = verge && i + 1 < at->count && ground_drive_over(drives, count, s, at->s_m[i + 1]);
  }
}

// One lane's strip and, where it stands higher than the lane inside of it, the face below.
static void build_lane(ground *g, const road *r, int lane_id, double inner_height, vec3 *inner,
                       vec3 *outer, bool *paved) {
  const road_network *net = g->net;
  const ground_stations *at = &g->stations[r->id - 1];
  const road_section *section = &net->sections[r->section_first];
  const road_lane *lane = road_lane_find(net, section, lane_id);
  int side = lane_id < 0 ? -1 : 1;
  for (int i = 0; i < at->count; i++) {
    double s = at->s_m[i];
    inner[i] = ground_station_point(at, i, road_lane_outer_t(net, r, 0, lane_id - side, s));
    outer[i] = ground_station_point(at, i, road_lane_outer_t(net, r, 0, lane_id, s));
  }
  raise_line(inner, at->count, lane->height_m);
  raise_line(outer, at->count, lane->height_m);
  lower(g, r, lane, inner_height, inner, outer, paved);
  strip(g, side < 0 ? inner : outer, side < 0 ? outer : inner, at->count, lane_material(lane->type),
        paved);
  double step = lane->height_m - inner_height;
  if (step <= 0)
    return;
  // Faces look towards the carriageway: to the left going along on the right side.
  if (side < 0) {
    ground_face(g, inner, at->count, step, MATERIAL_KERB);
    return;
  }
  for (int i = 0; i < at->count / 2; i++) {
    vec3 swap = inner[i];
    inner[i] = inner[at->count - 1 - i];
    inner[at->count - 1 - i] = swap;
  }
  ground_face(g, inner, at->count, step, MATERIAL_KERB);
}

static bool build_road(ground *g, const road *r) {
  const road_network *net = g->net;
  const road_section *section = &net->sections[r->section_first];
  int count = g->stations[r->id - 1].count;
  vec3 *lines = malloc(sizeof *lines * 2 * (size_t)count);
  bool *paved = malloc(sizeof *paved * (size_t)count), ok = lines && paved;
  for (int side = -1; side <= 1 && ok; side += 2) {
    double height = 0;
    for (int id = side;; id += side) {
      const road_lane *lane = road_lane_find(net, section, id);
      if (!lane)
        break;
      build_lane(g, r, id, height, lines, lines + count, paved);
      height = lane->height_m;
    }
  }
  free(lines);
  free(paved);
  return ok;
}

static void build_corner(ground *g, const road_arm *arm, const road_arm *next) {
  road_corner corner;
  road_corner_lines(g->net, arm, next, &corner);
  double height = ground_corner_height(g, arm, next);
  raise_line(corner.kerb, corner.count, height);
  raise_line(corner.stone, corner.count, height);
  raise_line(corner.outer, corner.count, height);
  if (height > 0)
    ground_face(g, corner.kerb, corner.count, height, MATERIAL_KERB);
  ground_strip(g, corner.kerb, corner.stone, corner.count, MATERIAL_KERB);
  bool walk = road_walk_width(g->net, &g->net->roads[arm->road - 1], road_arm_left_side(arm)) > 0;
  ground_strip(g, corner.stone, corner.outer, corner.count,
               walk ? MATERIAL_SIDEWALK : MATERIAL_GRASS);
}

static bool build_junction(ground *g, const road_junction *j) {
  const road_network *net = g->net;
  int count = j->outline_count;
  vec3 *points = calloc((size_t)count + 1, sizeof *points);
  uint32_t *indices = malloc(sizeof *indices * 3 * (size_t)count);
  int triangles = -1;
  if (points && indices) {
    for (int i = 0; i < count; i++) {
      const road_point *p = &net->points[j->outline_first + i];
      points[i] = (vec3){p->x_m, p->y_m, p->z_m};
    }
    triangles = ground_cut_ears(points, count, indices);
  }
  if (triangles > 0 && !ground_triangles(g, points, count, indices, triangles, MATERIAL_ASPHALT))
    triangles = -1;
  free(points);
  free(indices);
  road_arm arms[ROAD_ARMS];
  int arm_count = road_junction_arms(net, j, arms);
  for (int i = 0; i < arm_count; i++)
    build_corner(g, &arms[i], &arms[(i + 1) % arm_count]);
  return triangles >= 0;
}

// A road that ends in the open gets a kerb across its end where the land lies higher.
static void build_dead_end(ground *g, const road *r, bool at_end) {
  const road_network *net = g->net;
  double s = at_end ? r->length_m : 0;
  double right = road_edge_t(net, r, s, -1, ROAD_EDGE_KERB);
  double left = road_edge_t(net, r, s, 1, ROAD_EDGE_KERB);
  if (road_walk_width(net, r, 1) <= 0 && road_walk_width(net, r, -1) <= 0)
    return;
  vec3 line[2] = {road_point_at(net, r, s, at_end ? right : left),
                  road_point_at(net, r, s, at_end ? left : right)};
  raise_line(line, 2, ROAD_KERB_M);
  ground_face(g, line, 2, ROAD_KERB_M, MATERIAL_KERB);
}

static bool build_all(ground *g) {
  const road_network *net = g->net;
  for (int i = 0; i < net->road_count; i++)
    if (!road_is_way(net, &net->roads[i]) && !find_stations(g, &net->roads[i], &g->stations[i]))
      return false;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    if (road_is_way(net, r))
      continue;
    if (!build_road(g, r))
      return false;
    if (r->predecessor.kind == ROAD_LINK_NONE)
      build_dead_end(g, r, false);
    if (r->successor.kind == ROAD_LINK_NONE)
      build_dead_end(g, r, true);
  }
  for (int i = 0; i < net->junction_count; i++)
    if (net->junctions[i].kind != JUNCTION_FORK && !build_junction(g, &net->junctions[i]))
      return false;
  ground_structures(g);
  ground_marks(g);
  ground_rails(g);
  ground_lots(g);
  ground_aprons(g);
  ground_drives(g);
  return true;
}

status render_ground_build(const scene *s, mesh *out, bool *torn, trouble *why) {
  ground g = {.s = s, .net = &s->roads, .out = out};
  g.stations = calloc((size_t)s->roads.road_count + 1, sizeof *g.stations);
  bool ok = g.stations && ground_plots_open(&g) && build_all(&g);
  for (int i = 0; i < s->roads.road_count && g.stations; i++) {
    free(g.stations[i].s_m);
    free(g.stations[i].places);
    free(g.stations[i].z_m);
    free(g.stations[i].bank_rad);
  }
  free(g.stations);
  free(g.plots);
  if (torn)
    *torn = g.torn;
  if (!ok)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while building the ground");
  return mesh_check(out, "ground", why);
}
