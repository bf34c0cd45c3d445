// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// links: embree
#include "render/ground.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/ground_parts.h"
#include "scenes/fields.h"
#include "scenes/land.h"
#include "scenes/road_ends.h"
#include "scenes/script_maps.h"

// Places that came later have scenes of their own after those of the first ones, whose draws stay.
enum {
  FIRST_PLACES = PLACE_RURAL + 1,
  LATER_PLACES = PLACE_KIND_COUNT - FIRST_PLACES,
  FIRST_SCENES = 22,
  SCENES = FIRST_SCENES + 4 * LATER_PLACES
};

static scene *build_scene(int number) {
  rng r = rng_at(31, RNG_TEST, 0, (uint32_t)number, 0);
  scene_def def = scene_def_default();
  def.place = (place_kind)(number % FIRST_PLACES);
  if (number >= FIRST_SCENES) {
    int turn = (number - FIRST_SCENES) / LATER_PLACES;
    snprintf(def.interchange.kind, sizeof def.interchange.kind, "%s",
             fields_word(fields_find(FIELDS_INTERCHANGE, "kind"), turn % 3));
    snprintf(def.interchange.over, sizeof def.interchange.over, "%s",
             turn < 2 ? "crossing" : "motorway");
  }
  def.interchange.length_m = 3000;
  if (number >= FIRST_SCENES)
    def.place = (place_kind)(FIRST_PLACES + (number - FIRST_SCENES) % LATER_PLACES);
  def.roundabout.arms = 3 + rng_below(&r, 4);
  def.roundabout.lanes = 1 + rng_below(&r, 2);
  def.roundabout.inner_radius_m = rng_uniform(&r, 15, 45);
  def.town.size_m = 300;
  def.town.dead_ends = 1;
  def.town.main_lanes = 1 + rng_below(&r, 2);
  def.straight.sidewalk_m = rng_chance(&r, 0.5) ? 2 : 0;
  def.curve.sidewalk_m = rng_chance(&r, 0.5) ? 2 : 0;
  def.curve.radius_m = rng_uniform(&r, 25, 100);
  def.curve.turn_rad = rng_uniform(&r, -2.5, 2.5);
  def.grid_city.blocks_x = 1 + number % 3;
  def.grid_city.irregularity = number == 0 ? 0 : rng_unit(&r);
  def.grid_city.lanes = 1 + rng_below(&r, 2);
  def.intersection.lanes = 1 + rng_below(&r, 2);
  def.intersection.arms = 3 + rng_below(&r, 4);
  def.intersection.jitter_rad = rng_uniform(&r, 0, 0.5);
  def.highway.radius_m = number < 3 ? 0 : 400;
  if (number > 2) {
    def.highway.length_m = 3800;
    def.highway.exits = def.highway.entries = 2;
    def.highway.lane_drops = def.highway.lane_gains = 1;
    def.highway.weaving = 0.5;
    def.highway.ramp_radius_m = rng_uniform(&r, 40, 80);
    def.highway.overpasses = number > 12 ? 2 : 0;
  }
  if (number >= 6)
    def.grid_city.parked_per_km = def.intersection.parked_per_km = 0;
  static const place_kind parts[] = {PLACE_TOWN, PLACE_RURAL, PLACE_HIGHWAY, PLACE_ROUNDABOUT};
  def.compose.part_count = 3;
  for (int i = 0; i < 3; i++)
    compose_part_put(&def.compose.parts[i], parts[(number + i) % 4], &def);
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, 17, (uint32_t)number, 0, &why) != STATUS_OK)
    fail_msg("scene %d: %s", number, why.text);
  return s;
}

typedef struct layers {
  scene *s;
  mesh m;
  // Triangles in a grid of cells, as lists.
  double x0, y0, cell;
  int nx, ny, *heads, *next, *triangles, count, capacity;
} layers;

static bool is_mark(int what) {
  return what >= MATERIAL_MARK_WHITE && what <= MATERIAL_MARK_BAY;
}

// Surfaces one stands on: not marks, barriers or vertical faces.
static bool is_ground(const mesh *m, int triangle) {
  int what = m->materials[triangle];
  if (is_mark(what) || what == MATERIAL_GUARD_RAIL || what == MATERIAL_BARRIER ||
      what == MATERIAL_GROUND_PAVING || what == MATERIAL_DRIVE_PAVING)
    return false;
  return m->vertices[m->indices[3 * triangle]].n[2] > 0.5f;
}

static const float *corner(const mesh *m, int triangle, int k) {
  return m->vertices[m->indices[3 * triangle + k]].p;
}

static void put(layers *l, int triangle, int cell) {
  if (l->count == l->capacity) {
    l->capacity = l->capacity ? 2 * l->capacity : 1 << 16;
    l->next = realloc(l->next, sizeof *l->next * (size_t)l->capacity);
    l->triangles = realloc(l->triangles, sizeof *l->triangles * (size_t)l->capacity);
  }
  l->triangles[l->count] = triangle;
  l->next[l->count] = l->heads[cell];
  l->heads[cell] = l->count++;
}

static int clamp_cell(double at, int n) {
  return at < 0 ? 0 : at >= n ? n - 1 : (int)at;
}

static layers layers_of(scene *built) {
  layers l = {.s = built, .cell = 10};
  trouble why = {0};
  if (render_ground_build(l.s, &l.m, NULL, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  const road_network *net = &l.s->roads;
  l.x0 = net->min_x_m - 60;
  l.y0 = net->min_y_m - 60;
  l.nx = (int)((net->max_x_m + 60 - l.x0) / l.cell) + 1;
  l.ny = (int)((net->max_y_m + 60 - l.y0) / l.cell) + 1;
  l.heads = malloc(sizeof *l.heads * (size_t)(l.nx * l.ny));
  for (int i = 0; i < l.nx * l.ny; i++)
    l.heads[i] = -1;
  for (int t = 0; t < l.m.triangle_count; t++) {
    double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
    for (int k = 0; k < 3; k++)
      for (int axis = 0; axis < 2; axis++) {
        lo[axis] = fmin(lo[axis], (double)corner(&l.m, t, k)[axis]);
        hi[axis] = fmax(hi[axis], (double)corner(&l.m, t, k)[axis]);
      }
    for (int y = clamp_cell((lo[1] - l.y0) / l.cell, l.ny);
         y <= clamp_cell((hi[1] - l.y0) / l.cell, l.ny); y++)
      for (int x = clamp_cell((lo[0] - l.x0) / l.cell, l.nx);
           x <= clamp_cell((hi[0] - l.x0) / l.cell, l.nx); x++)
        put(&l, t, y * l.nx + x);
  }
  return l;
}

static layers open_layers(int number) {
  return layers_of(build_scene(number));
}

static void close_layers(layers *l) {
  mesh_free(&l->m);
  scene_destroy(l->s);
  free(l->heads);
  free(l->next);
  free(l->triangles);
}

// Height of a triangle at a point of the plane; NAN outside of it.
static double height_at(const mesh *m, int t, double x, double y) {
  const float *a = corner(m, t, 0), *b = corner(m, t, 1), *c = corner(m, t, 2);
  double abx = (double)b[0] - (double)a[0], aby = (double)b[1] - (double)a[1];
  double acx = (double)c[0] - (double)a[0], acy = (double)c[1] - (double)a[1];
  double area = abx * acy - aby * acx, px = x - (double)a[0], py = y - (double)a[1];
  if (fabs(area) < 1e-12)
    return NAN;
  double u = (px * acy - py * acx) / area, v = (abx * py - aby * px) / area;
  if (u < 0 || v < 0 || u + v > 1)
    return NAN;
  return (double)a[2] + u * ((double)b[2] - (double)a[2]) + v * ((double)c[2] - (double)a[2]);
}

// Number of surfaces of one family at a point, within `reach` of a height, and the height and
// material of the highest.
static int count_near(const layers *l, double x, double y, double level, double reach, bool marks,
                      double *z, int *what) {
  int cell =
      clamp_cell((y - l->y0) / l->cell, l->ny) * l->nx + clamp_cell((x - l->x0) / l->cell, l->nx);
  int found = 0;
  *z = -INFINITY;
  for (int e = l->heads[cell]; e >= 0; e = l->next[e]) {
    int t = l->triangles[e];
    if (marks ? !is_mark(l->m.materials[t]) : !is_ground(&l->m, t))
      continue;
    double height = height_at(&l->m, t, x, y);
    if (isnan(height) || fabs(height - level) > reach)
      continue;
    found++;
    if (height > *z) {
      *z = height;
      *what = l->m.materials[t];
    }
  }
  return found;
}

static int count_at(const layers *l, double x, double y, bool marks, double *z, int *what) {
  return count_near(l, x, y, 0, INFINITY, marks, z, what);
}

// Whether a bridge's deck lies above a place, or ends near it.
static bool is_under_bridge(const road_network *net, double x, double y) {
  const double near_m = 0.5;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    if (r->structure != ROAD_BRIDGE)
      continue;
    double s, t;
    road_project(net, r, x, y, &s, &t);
    vec3 at = road_point_at(net, r, s, t);
    if (hypot(at.x - x, at.y - y) < near_m &&
        t < road_edge_t(net, r, s, 1, ROAD_EDGE_OUTER) + near_m &&
        t > road_edge_t(net, r, s, -1, ROAD_EDGE_OUTER) - near_m)
      return true;
  }
  return false;
}

static void every_place_has_exactly_one_ground(void **state) {
  (void)state;
  for (int n = 0; n < SCENES; n++) {
    layers l = open_layers(n);
    rng r = rng_at(1, RNG_TEST, 0, (uint32_t)n, 0);
    const road_network *net = &l.s->roads;
    for (int i = 0; i < 20000; i++) {
      double x = rng_uniform(&r, net->min_x_m - 50, net->max_x_m + 50);
      double y = rng_uniform(&r, net->min_y_m - 50, net->max_y_m + 50), z;
      int what = 0, count = count_at(&l, x, y, false, &z, &what);
      if (count > 0 && is_under_bridge(net, x, y))
        continue;
      if (count != 1)
        fail_msg("scene %d at (%.3f, %.3f): %d surfaces", n, x, y, count);
      double level = net->land.columns > 0 ? land_height(net, x, y) : 0;
      double room = net->land.columns > 0 ? 2.0 : 0; // between the grid's nodes
      if (z < level - 0.001 - room || z > level + 0.2 + room)
        fail_msg("scene %d at (%.3f, %.3f): ground at %.3f m", n, x, y, z);
    }
    close_layers(&l);
  }
}

// Where a ramp's border parts from the highway's, land of no width begins between them.
static void ramps_and_the_land_between_leave_no_gap(void **state) {
  (void)state;
  int forks = 0;
  for (int n = 0; n < SCENES; n++) {
    layers l = open_layers(n);
    rng r = rng_at(2, RNG_TEST, 0, (uint32_t)n, 0);
    const road_network *net = &l.s->roads;
    for (int j = 0; j < net->junction_count; j++) {
      const road_junction *fork = &net->junctions[j];
      if (fork->kind != JUNCTION_FORK)
        continue;
      forks++;
      for (int i = 0; i < 12000; i++) {
        double near = i % 2 ? 15 : 90, z;
        double x = fork->x_m + rng_uniform(&r, -near, near);
        double y = fork->y_m + rng_uniform(&r, -near, near);
        int what = 0, count = count_at(&l, x, y, false, &z, &what);
        if (count > 0 && is_under_bridge(net, x, y))
          continue;
        if (count != 1)
          fail_msg("scene %d at (%.3f, %.3f): %d surfaces", n, x, y, count);
      }
    }
    close_layers(&l);
  }
  assert_true(forks >= 12);
}

// Its width at s, along which it may begin or end.
static double lane_width(const road_network *net, const lane_path *lane, double s) {
  const road *r = &net->roads[lane->road - 1];
  const road_section *section = &net->sections[r->section_first + lane->section];
  double u = s / lane->length_m;
  u = road_lane_along(net, lane->lane) ? u : 1 - u;
  double width = road_width_at(net, road_lane_find(net, section, lane->lane), u * r->length_m);
  return r->section_count == 1 ? fmin(lane->width_m, width) : lane->width_m;
}

static void lanes_lie_on_asphalt_at_their_height(void **state) {
  (void)state;
  for (int n = 0; n < SCENES; n++) {
    layers l = open_layers(n);
    const road_network *net = &l.s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      bool bridge = net->roads[lane->road - 1].structure == ROAD_BRIDGE;
      for (double s = 0.013; s < lane->length_m; s += 0.83)
        for (int k = -1; k <= 1; k++) {
          road_point p = lane_point(net, lane, s);
          double t = k * fmax(0, lane_width(net, lane, s) / 2 - 0.1) + 0.0037, z;
          double x = p.x_m - t * sin(p.heading_rad), y = p.y_m + t * cos(p.heading_rad);
          // Hills and twists are ruled between stations.
          double off = net->land.columns > 0 ? 8e-3 : 1e-3;
          double wanted = p.z_m + t * tan(p.bank_rad);
          int what = 0, count = count_near(&l, x, y, wanted, 1, false, &z, &what);
          // Below the ends of a bridge there is land that comes up to it.
          bool end = bridge && (s < 6 || s > lane->length_m - 6);
          if ((count != 1 && !end) || count < 1 || what != MATERIAL_ASPHALT ||
              fabs(z - wanted) > off)
            fail_msg("scene %d lane %d at %.2f m, t %.2f m: %d surfaces, material %d at %.4f m, "
                     "not %.4f m",
                     n, lane->id, s, t, count, what, z, wanted);
        }
    }
    close_layers(&l);
  }
}

static bool is_paved_above(const layers *l, double x, double y, double z) {
  for (int t = 0; t < l->m.triangle_count; t++)
    if (l->m.materials[t] == MATERIAL_DRIVE_PAVING) {
      double height = height_at(&l->m, t, x, y);
      if (height > z && height < z + 0.02)
        return true;
    }
  return false;
}

// Across the kerb, over the strip and on as far as the house.
static void driveways_are_paved_and_lower_the_kerb(void **state) {
  (void)state;
  scene_def def = scene_def_default();
  def.place = PLACE_TOWN;
  snprintf(def.district, sizeof def.district, "residential");
  scene *s = NULL;
  trouble why = {0};
  assert_int_equal(scene_build(&s, &def, 17, 3, 0, &why), STATUS_OK);
  assert_true(s->drive_count > 20);
  layers l = layers_of(s);
  for (int i = 0; i < s->drive_count; i++) {
    const scene_drive *d = &s->drives[i];
    const road_network *net = &s->roads;
    const road *r = &net->roads[d->road - 1];
    for (int k = -5; k <= 5; k++) {
      double at = d->s_m + k * 0.098 * d->width_m, z;
      double kerb = road_edge_t(net, r, at, d->side, ROAD_EDGE_KERB);
      double strip = road_edge_t(net, r, at, d->side, ROAD_EDGE_STONE);
      double walk = road_edge_t(net, r, at, d->side, ROAD_EDGE_WALK);
      vec3 p = road_point_at(net, r, at, (kerb + strip) / 2);
      int what = 0, count = count_at(&l, p.x, p.y, false, &z, &what);
      if (count != 1 || what != MATERIAL_KERB || fabs(z - 0.03) > 0.005)
        fail_msg("driveway %d: %d surfaces, material %d at %.3f m on the kerb", i, count, what, z);
      for (int u = 1; u < 6; u++) {
        p = road_point_at(net, r, at, strip + (walk - strip) * u / 6);
        count = count_at(&l, p.x, p.y, false, &z, &what);
        if (count != 1 || what != MATERIAL_DRIVEWAY || fabs(z - 0.03 - 0.12 * u / 6) > 0.02)
          fail_msg("driveway %d: %d surfaces, material %d at %.3f m on the strip", i, count, what,
                   z);
      }
      for (int u = 1; u < 20; u++) {
        vec3 a = vec3_add(d->corners[0],
                          vec3_scale(vec3_sub(d->corners[1], d->corners[0]), 0.5 + 0.098 * k));
        vec3 b = vec3_add(d->corners[3],
                          vec3_scale(vec3_sub(d->corners[2], d->corners[3]), 0.5 + 0.098 * k));
        p = vec3_add(a, vec3_scale(vec3_sub(b, a), u / 20.0));
        count = count_at(&l, p.x, p.y, false, &z, &what);
        if (count != 1 || !is_paved_above(&l, p.x, p.y, z))
          fail_msg("driveway %d: no paving on its way, %d of 20", i, u);
      }
    }
    for (int k = -1; k <= 1; k += 2) { // beside it all is as elsewhere
      double at = d->s_m + k * (d->width_m / 2 + 0.62), z;
      double t = road_edge_t(net, r, at, d->side, ROAD_EDGE_STONE);
      vec3 p = road_point_at(net, r, at, t - d->side * 0.05);
      int what = 0;
      count_at(&l, p.x, p.y, false, &z, &what);
      assert_true(what == MATERIAL_KERB && fabs(z - ROAD_KERB_M) < 0.005);
      p = road_point_at(net, r, at, t + d->side * 0.3);
      count_at(&l, p.x, p.y, false, &z, &what);
      assert_true(what == MATERIAL_GRASS);
    }
  }
  close_layers(&l);
}

static void people_walk_on_pavement_at_its_height(void **state) {
  (void)state;
  for (int n = 0; n < SCENES; n++) {
    layers l = open_layers(n);
    const road_network *net = &l.s->roads;
    for (int i = 0; i < net->walk_edge_count; i++) {
      const walk_edge *edge = &net->walk_edges[i];
      for (double s = 0.31; s < edge->length_m && edge->kind != WALK_CROSSWALK; s += 0.9) {
        road_point p = walk_point(net, edge, s);
        double z;
        int what = 0, count = count_at(&l, p.x_m, p.y_m, false, &z, &what);
        if (count != 1 || what != MATERIAL_SIDEWALK || fabs(z - p.z_m) > 1e-3)
          fail_msg("scene %d edge %d at %.2f m: %d surfaces, material %d at %.4f m", n, edge->id, s,
                   count, what, z);
      }
    }
    close_layers(&l);
  }
}

// A street of a map as a road for each direction, which share a reference line `gap_m` apart:
// out of the middle of the map along `heading` and back.
static void write_street(FILE *to, int id, double x, double y, double heading, double gap_m,
                         bool junction) {
  static const char lane[] = "<center><lane id='0' type='none'/></center><right>"
                             "<lane id='-1' type='driving'><width sOffset='0' a='3.5' b='0' c='0' "
                             "d='0'/></lane></right></laneSection>";
  const char *link = junction ? "elementType='junction' elementId='100'" : NULL;
  for (int back = 0; back < 2; back++) {
    double along = back ? 120 : 20, aside = (back ? 0.5 : -0.5) * gap_m;
    fprintf(to, "<road id='%d' length='100' junction='-1'><link>", id + back);
    if (link)
      fprintf(to, "<%s %s/>", back ? "successor" : "predecessor", link);
    fprintf(to,
            "</link><planView><geometry s='0' x='%.6f' y='%.6f' hdg='%.9f' length='100'><line/>"
            "</geometry></planView><lanes><laneSection s='0'>%s<laneSection s='40'>%s</lanes>"
            "</road>\n",
            x + along * cos(heading) - aside * sin(heading),
            y + along * sin(heading) + aside * cos(heading),
            heading + (back ? 3.14159265358979323846 : 0), lane, lane);
  }
}

// Three streets at a junction, and one by itself beside them.
static char *write_streets(double gap_m, size_t *size) {
  char *text = NULL;
  FILE *to = open_memstream(&text, size);
  fprintf(to, "<OpenDRIVE><header revMajor='1' revMinor='7'/>\n");
  for (int i = 0; i < 3; i++)
    write_street(to, 1 + 2 * i, 0, 0, 1.57079632679489661923 * i, gap_m, true);
  write_street(to, 7, 150, 60, 0.6, gap_m, false);
  for (int i = 0; i < 2; i++) // straight on
    fprintf(to,
            "<road id='%d' length='40' junction='100'><link>"
            "<predecessor elementType='road' elementId='%d' contactPoint='end'/>"
            "<successor elementType='road' elementId='%d' contactPoint='start'/></link><planView>"
            "<geometry s='0' x='%d' y='%.6f' hdg='%.9f' length='40'><line/></geometry></planView>"
            "<lanes><laneSection s='0'><center><lane id='0' type='none'/></center><right>"
            "<lane id='-1' type='driving'><link><predecessor id='-1'/><successor id='-1'/></link>"
            "<width sOffset='0' a='3.5' b='0' c='0' d='0'/></lane></right></laneSection></lanes>"
            "</road>\n",
            101 + i, i ? 6 : 2, i ? 1 : 5, i ? -20 : 20, (i ? -0.5 : 0.5) * gap_m,
            i ? 0 : 3.14159265358979323846);
  fprintf(to, "<junction id='100'>");
  for (int i = 0; i < 2; i++)
    fprintf(to,
            "<connection id='%d' incomingRoad='%d' connectingRoad='%d' contactPoint='start'>"
            "<laneLink from='-1' to='-1'/></connection>",
            i, i ? 6 : 2, 101 + i);
  fprintf(to, "</junction></OpenDRIVE>\n");
  fclose(to);
  return text;
}

// Carriageways that share a border, that lie in each other a little, with a narrow and with
// a wide strip between them.
static void land_leaves_carriageways_of_one_street_free(void **state) {
  (void)state;
  static const double gaps[] = {0, -0.3, 0.2, 6};
  for (int n = 0; n < 4; n++) {
    script_map map = {.name = (char[]){"streets.xodr"}};
    scene_def def = scene_def_default();
    def.place = PLACE_OPENDRIVE;
    def.opendrive.map = &map;
    snprintf(def.opendrive.file, sizeof def.opendrive.file, "%s", map.name);
    def.vehicles = 2;
    map.bytes = write_streets(gaps[n], &map.size);
    scene *s = NULL;
    trouble why = {0};
    if (scene_build(&s, &def, 1, 0, 0, &why) != STATUS_OK)
      fail_msg("%s", why.text);
    layers l = layers_of(s);
    for (int i = 0; i < s->roads.path_count; i++) {
      const lane_path *lane = &s->roads.paths[i];
      for (double at = 0.013; at < lane->length_m; at += 0.83) {
        road_point p = lane_point(&s->roads, lane, at);
        double z;
        int what = 0, count = count_at(&l, p.x_m, p.y_m, false, &z, &what);
        if (what != MATERIAL_ASPHALT || fabs(z - p.z_m) > 1e-3)
          fail_msg(
              "%.1f m apart, lane %d at %.2f m (%.2f %.2f): %d surfaces, material %d at %.4f m",
              gaps[n], lane->id, at, p.x_m, p.y_m, count, what, z);
      }
    }
    rng r = rng_at(3, RNG_TEST, 0, (uint32_t)n, 0);
    for (int i = 0; i < 20000; i++) {
      double x = rng_uniform(&r, s->roads.min_x_m - 50, s->roads.max_x_m + 50), z;
      double y = rng_uniform(&r, s->roads.min_y_m - 50, s->roads.max_y_m + 50);
      int what = 0, count = count_at(&l, x, y, false, &z, &what);
      if (count != 1 && gaps[n] >= 0)
        fail_msg("%.1f m apart at (%.3f, %.3f): %d surfaces", gaps[n], x, y, count);
    }
    close_layers(&l);
    free(map.bytes);
  }
}

// Whether a triangle reaches into the box that vehicles on a lane need: half a lane to each side of
// a place, and as high as bridges have to leave free.
static bool reaches_into(const mesh *m, int triangle, const road_point *p, double half_m) {
  const double clear_m = 4.7, wheel_m = 0.1;
  double lo = INFINITY, hi = -INFINITY;
  bool beside = false;
  for (int k = 0; k < 3; k++) {
    const float *c = corner(m, triangle, k);
    lo = fmin(lo, (double)c[2]), hi = fmax(hi, (double)c[2]);
    beside |= hypot((double)c[0] - p->x_m, (double)c[1] - p->y_m) < half_m;
  }
  return beside && lo < p->z_m + clear_m && hi > p->z_m + wheel_m;
}

// Decks, piers, abutments and embankments.
static void the_space_above_lanes_is_free(void **state) {
  (void)state;
  int crossed = 0;
  for (int n = 0; n < SCENES; n++) {
    layers l = open_layers(n);
    const road_network *net = &l.s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      for (double s = 0.5; s < lane->length_m && net->land.columns > 0; s += 1) {
        road_point p = lane_point(net, lane, s);
        double half = fmin(1.4, fmax(0, lane_width(net, lane, s) / 2 - 0.2));
        bool under = net->roads[lane->road - 1].structure != ROAD_BRIDGE &&
                     is_under_bridge(net, p.x_m, p.y_m);
        crossed += under;
        int cell = clamp_cell((p.y_m - l.y0) / l.cell, l.ny) * l.nx +
                   clamp_cell((p.x_m - l.x0) / l.cell, l.nx);
        for (int e = l.heads[cell]; e >= 0; e = l.next[e]) {
          int t = l.triangles[e];
          double z = height_at(&l.m, t, p.x_m, p.y_m);
          if (reaches_into(&l.m, t, &p, half) || (z > p.z_m + 0.1 && z < p.z_m + 4.7))
            fail_msg("scene %d lane %d at %.1f m (%.1f, %.1f): material %d stands in it", n,
                     lane->id, s, p.x_m, p.y_m, l.m.materials[t]);
        }
      }
    }
    close_layers(&l);
  }
  assert_true(crossed > 20);
}

static void no_two_marks_lie_in_each_other(void **state) {
  (void)state;
  for (int n = 0; n < SCENES; n++) {
    layers l = open_layers(n);
    rng r = rng_at(2, RNG_TEST, 0, (uint32_t)n, 0);
    for (int t = 0; t < l.m.triangle_count; t++) {
      if (!is_mark(l.m.materials[t]))
        continue;
      double u = rng_uniform(&r, 0.05, 0.9), v = rng_uniform(&r, 0.02, 0.95 - u), at[3], z;
      for (int k = 0; k < 3; k++)
        at[k] = (1 - u - v) * (double)corner(&l.m, t, 0)[k] + u * (double)corner(&l.m, t, 1)[k] +
                v * (double)corner(&l.m, t, 2)[k];
      int what = 0, count = count_near(&l, at[0], at[1], at[2], 1, true, &z, &what);
      int below = 0;
      if (count != 1)
        fail_msg("scene %d at (%.3f, %.3f): %d marks", n, at[0], at[1], count);
      double asphalt, highest = l.s->roads.land.columns > 0 ? 0.010 : 0.006;
      count_near(&l, at[0], at[1], at[2], 1, false, &asphalt, &below);
      if (below != MATERIAL_ASPHALT || z - asphalt < 0.002 || z - asphalt > highest)
        fail_msg("scene %d at (%.3f, %.3f): mark %.4f m above material %d", n, at[0], at[1],
                 z - asphalt, below);
    }
    close_layers(&l);
  }
}

static void gores_have_their_chevrons(void **state) {
  (void)state;
  int painted = 0;
  for (int n = 0; n < SCENES; n++) {
    layers l = open_layers(n);
    const road_network *net = &l.s->roads;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      const road_section *section = &net->sections[r->section_first];
      for (int k = 0; k < section->lane_count; k++) {
        const road_lane *lane = &net->lanes[section->lane_first + k];
        road_chevron c;
        for (int m = 0; road_is_gore(net, r, 0, lane) && road_chevron_lay(net, r, 0, lane, m, &c);
             m++)
          for (int arm = 0; arm < 2; arm++, painted++) {
            const vec3 *p = c.arms[arm];
            vec3 at = vec3_scale(vec3_add(vec3_add(p[0], p[1]), vec3_add(p[2], p[3])), 0.25);
            double z;
            int what = 0, count = count_near(&l, at.x, at.y, at.z, 0.1, true, &z, &what);
            if (count < 1 || count > 2 || what != MATERIAL_MARK_AREA) // 2: on the diagonal
              fail_msg("scene %d, road %d: %d marks where a chevron is", n, r->id, count);
          }
      }
    }
    close_layers(&l);
  }
  assert_true(painted > 200);
}

static void triangles_wind_as_their_normals_point(void **state) {
  (void)state;
  for (int n = 0; n < SCENES; n++) {
    layers l = open_layers(n);
    for (int t = 0; t < l.m.triangle_count; t++) {
      const float *a = corner(&l.m, t, 0), *b = corner(&l.m, t, 1), *c = corner(&l.m, t, 2);
      vec3 e = {(double)(b[0] - a[0]), (double)(b[1] - a[1]), (double)(b[2] - a[2])};
      vec3 f = {(double)(c[0] - a[0]), (double)(c[1] - a[1]), (double)(c[2] - a[2])};
      vec3 face = vec3_cross(e, f);
      const float *up = l.m.vertices[l.m.indices[3 * t]].n;
      double along = face.x * (double)up[0] + face.y * (double)up[1] + face.z * (double)up[2];
      // Float coordinates of a large place blur slivers, long ones the more; those may have no
      // area at all.
      double far = fmax(fabs((double)a[0]), fabs((double)a[1])) * 0x1p-23;
      double blur = 1e-3 + far * fmax(vec3_length(e), vec3_length(f));
      if (along < -blur || (along <= 0 && vec3_length(face) > blur))
        fail_msg("scene %d triangle %d of material %d looks away: %.6f", n, t, l.m.materials[t],
                 along);
    }
    close_layers(&l);
  }
}

static void a_town_stays_small_enough(void **state) {
  (void)state;
  scene_def def = scene_def_default();
  scene *s = NULL;
  trouble why = {0};
  mesh m = {0};
  assert_int_equal(scene_build(&s, &def, 1, 0, 0, &why), STATUS_OK);
  assert_int_equal(render_ground_build(s, &m, NULL, &why), STATUS_OK);
  assert_in_range(m.triangle_count, 5000, 80000);
  float lo[3], hi[3];
  mesh_bounds(&m, lo, hi);
  assert_true((double)lo[0] < s->roads.min_x_m - 600 && (double)hi[0] > s->roads.max_x_m + 600);
  assert_true((double)lo[1] < s->roads.min_y_m - 600 && (double)hi[1] > s->roads.max_y_m + 600);
  mesh_free(&m);
  scene_destroy(s);
}

static void ears_fill_a_star_exactly(void **state) {
  (void)state;
  enum { N = 60 };
  vec3 p[N];
  uint32_t indices[3 * N];
  double area = 0, cut = 0;
  for (int i = 0; i < N; i++) {
    double radius = i % 2 ? 1 : 3, angle = 2 * 3.14159265358979323846 * i / N;
    p[i] = (vec3){radius * cos(angle), radius * sin(angle), 0};
  }
  for (int i = 0; i < N; i++)
    area += (p[i].x * p[(i + 1) % N].y - p[i].y * p[(i + 1) % N].x) / 2;
  int count = ground_cut_ears(p, N, indices);
  assert_int_equal(count, N - 2);
  for (int i = 0; i < count; i++) {
    vec3 a = p[indices[3 * i]], b = p[indices[3 * i + 1]], c = p[indices[3 * i + 2]];
    double piece = ((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)) / 2;
    assert_true(piece > 0);
    cut += piece;
  }
  assert_true(fabs(cut - area) < 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_place_has_exactly_one_ground),
      cmocka_unit_test(ramps_and_the_land_between_leave_no_gap),
      cmocka_unit_test(lanes_lie_on_asphalt_at_their_height),
      cmocka_unit_test(driveways_are_paved_and_lower_the_kerb),
      cmocka_unit_test(people_walk_on_pavement_at_its_height),
      cmocka_unit_test(land_leaves_carriageways_of_one_street_free),
      cmocka_unit_test(the_space_above_lanes_is_free),
      cmocka_unit_test(no_two_marks_lie_in_each_other),
      cmocka_unit_test(gores_have_their_chevrons),
      cmocka_unit_test(triangles_wind_as_their_normals_point),
      cmocka_unit_test(a_town_stays_small_enough),
      cmocka_unit_test(ears_fill_a_star_exactly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
