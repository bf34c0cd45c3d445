// SPDX-License-Identifier: Apache-2.0
// Barriers of highways: concrete in the median, steel rails on posts outside the shoulders. Rails
// of other roads, where the scene has them.
#include <math.h>
#include <stdlib.h>

#include "render/ground_parts.h"
#include "scenes/scene.h"

static const double POST_STEP_M = 4, POST_M = 0.72;
static const double WALL_ROOM_M = 0.5;                             // of the median, to each side
static const double RAIL_BEYOND_M = SCENE_RAIL_BEYOND_M;           // from the shoulder's border
static const double RAIL_ROOM_M = 1.2;                             // of verge, at least
static const double DOWN_OVER_M = 8, DOWN_M = 0.64, FLARE_M = 0.3; // of a rail's open end
static const double TO_PARAPET_M = 0.3; // from the shoulder's border, where a rail meets one
static const double PIECE_M = 2;

// A cross-section: t from the line it follows, z above the road; counter-clockwise looking
// along the road (t to the left, z up).
typedef struct profile {
  int count;
  bool closed;
  const double (*points)[2];
} profile;

// Stations from `first` to `last` along a road, and how far left of its reference line and above
// its surface each station's point of something along it lies.
typedef struct run {
  const road *r;
  const ground_stations *at;
  const double *t_m;  // by station; NULL: on the line
  const double *up_m; // by station; NULL: on the surface
  int first, last;
} run;

static double run_t(const run *along, int station) {
  return along->t_m ? along->t_m[station] : 0;
}

static double run_up(const run *along, int station) {
  return along->up_m ? along->up_m[station] : 0;
}

// Extrudes a profile along a run, `aside` to its left.
static void extrude(ground *g, const run *along, double aside, double mirror, const profile *p,
                    material what) {
  const ground_stations *at = along->at;
  int edges = p->closed ? p->count : p->count - 1;
  for (int e = 0; e < edges; e++) {
    const double *a = p->points[e], *b = p->points[(e + 1) % p->count];
    // The profile's edge turned by a right angle looks out of it.
    double nt = mirror * (b[1] - a[1]), nz = -(b[0] - a[0]);
    double length = hypot(nt, nz);
    uint32_t last[2] = {0, 0};
    for (int i = along->first; i <= along->last; i++) {
      double s = at->s_m[i], heading = at->places[i].heading_rad, t = run_t(along, i) + aside;
      double at_t = t + mirror * a[0], bt = t + mirror * b[0];
      vec3 pa = ground_station_point(at, i, at_t), pb = ground_station_point(at, i, bt);
      float n[3] = {(float)(-sin(heading) * nt / length), (float)(cos(heading) * nt / length),
                    (float)(nz / length)};
      double up = run_up(along, i);
      float fa[3] = {(float)pa.x, (float)pa.y, (float)(pa.z + up + a[1])};
      float fb[3] = {(float)pb.x, (float)pb.y, (float)(pb.z + up + b[1])};
      uint32_t va = mesh_vertex_add(g->out, fa, n, (float)s, (float)a[1]);
      uint32_t vb = mesh_vertex_add(g->out, fb, n, (float)s, (float)b[1]);
      if (i > along->first && mirror > 0)
        mesh_quad(g->out, last[0], last[1], vb, va, what);
      else if (i > along->first)
        mesh_quad(g->out, va, vb, last[1], last[0], what);
      last[0] = va, last[1] = vb;
    }
  }
}

static void posts(ground *g, const run *along, double aside) {
  const ground_stations *list = along->at;
  int k = along->first;
  for (double s = list->s_m[k] + 1; s < list->s_m[along->last]; s += POST_STEP_M) {
    while (list->s_m[k + 1] < s)
      k++;
    double u = (s - list->s_m[k]) / (list->s_m[k + 1] - list->s_m[k]);
    double t = run_t(along, k) + u * (run_t(along, k + 1) - run_t(along, k)) + aside;
    double up = run_up(along, k) + u * (run_up(along, k + 1) - run_up(along, k));
    if (up < -POST_M) // in the ground
      continue;
    pose at = road_pose(g->net, along->r, s, t);
    float corner[8][3];
    for (int i = 0; i < 8; i++) {
      vec3 p = pose_apply(
          at, (vec3){(i & 1) ? 0.05 : -0.05, (i & 2) ? 0.06 : -0.06, (i & 4) ? POST_M + up : -0.1});
      corner[i][0] = (float)p.x, corner[i][1] = (float)p.y, corner[i][2] = (float)p.z;
    }
    mesh_flat_quad(g->out, corner[1], corner[3], corner[7], corner[5], MATERIAL_GUARD_RAIL);
    mesh_flat_quad(g->out, corner[2], corner[0], corner[4], corner[6], MATERIAL_GUARD_RAIL);
    mesh_flat_quad(g->out, corner[3], corner[2], corner[6], corner[7], MATERIAL_GUARD_RAIL);
    mesh_flat_quad(g->out, corner[0], corner[1], corner[5], corner[4], MATERIAL_GUARD_RAIL);
    mesh_flat_quad(g->out, corner[4], corner[5], corner[7], corner[6], MATERIAL_GUARD_RAIL);
  }
}

static bool has_median(const road_network *net, const road *r) {
  const road_lane *lane =
      road_lane_find(net, &net->sections[r->section_first], road_side_into(net, true));
  return lane && lane->type == LANE_MEDIAN;
}

// A rail along one side, beside the last lane before the verge, where that has room for it.
static void build_rail(ground *g, const road *r, int side, const profile *rail, double *t) {
  const ground_stations *at = &g->stations[r->id - 1];
  const road_section *section = &g->net->sections[r->section_first];
  int lane = side; // the last one before the verge
  for (const road_lane *next;
       (next = road_lane_find(g->net, section, lane + side)) && next->type != LANE_VERGE;)
    lane += side;
  const road_lane *verge = road_lane_find(g->net, section, lane + side);
  run along = {r, at, t, NULL, 0, -1};
  for (int i = 0; i <= at->count; i++) {
    bool room = i < at->count && verge && road_width_at(g->net, verge, at->s_m[i]) >= RAIL_ROOM_M;
    if (room) {
      t[i] = road_lane_outer_t(g->net, r, 0, lane, at->s_m[i]) + side * RAIL_BEYOND_M;
      along.last = i;
      continue;
    }
    if (along.last > along.first) {
      // The waves look at the road.
      extrude(g, &along, -side * 0.02, -side, rail, MATERIAL_GUARD_RAIL);
      posts(g, &along, side * 0.08);
    }
    along.first = i + 1;
  }
}

// The wall in the median, as far as that leaves it room.
static void build_wall(ground *g, const road *r, const profile *wall) {
  const ground_stations *at = &g->stations[r->id - 1];
  run along = {r, at, NULL, NULL, 0, -1};
  for (int i = 0; i <= at->count; i++) {
    bool room = i < at->count;
    for (int side = -1; side <= 1 && room; side += 2)
      room = fabs(road_lane_outer_t(g->net, r, 0, side, at->s_m[i])) >= WALL_ROOM_M;
    if (room) {
      along.last = i;
      continue;
    }
    if (along.last > along.first)
      extrude(g, &along, 0, 1, wall, MATERIAL_BARRIER);
    along.first = i + 1;
  }
}

// t of the border of what one drives or stops on, beside the verge.
static double verge_t(const road_network *net, const road *r, double s, int side) {
  const road_section *section = &net->sections[r->section_first + road_section_at(net, r, s)];
  double t = road_offset_at(net, r, s);
  for (int id = side;; id += side) {
    const road_lane *lane = road_lane_find(net, section, id);
    if (!lane || lane->type == LANE_VERGE)
      return t;
    t += side * road_width_at(net, lane, s - section->s_m);
  }
}

// Where a rail is at station i: down and away from the road at an open end, towards the parapet at
// a bridge.
static void shape_end(const scene_rail *rail, double s, double *beyond, double *up) {
  for (int end = 0; end < 2; end++) {
    double near = 1 - fabs(s - (end ? rail->end_m : rail->begin_m)) / DOWN_OVER_M;
    if (near <= 0)
      continue;
    if (rail->ends[end] == RAIL_PARAPET)
      *beyond += near * (TO_PARAPET_M - RAIL_BEYOND_M);
    if (rail->ends[end] == RAIL_DOWN)
      *beyond += near * FLARE_M, *up -= near * DOWN_M;
  }
}

// A rail of the scene, with stations of its own.
static bool build_scene_rail(ground *g, const scene_rail *rail, const profile *beam) {
  const road_network *net = g->net;
  const road *r = &net->roads[rail->road - 1];
  int count = (int)ceil((rail->end_m - rail->begin_m) / PIECE_M) + 1;
  double *numbers = malloc(sizeof *numbers * 5 * (size_t)count);
  road_place *places = malloc(sizeof *places * (size_t)count);
  ground_stations at = {.count = count,
                        .s_m = numbers,
                        .places = places,
                        .z_m = numbers + count,
                        .bank_rad = numbers + 2 * count};
  double *t = numbers + 3 * count, *up = numbers + 4 * count;
  for (int i = 0; i < count && numbers && places; i++) {
    double s = rail->begin_m + (rail->end_m - rail->begin_m) * i / (count - 1);
    double beyond = RAIL_BEYOND_M;
    at.s_m[i] = s;
    places[i] = road_line_at(net, r, s);
    at.z_m[i] = road_elevation_at(net, r, s);
    at.bank_rad[i] = road_bank_at(net, r, s);
    up[i] = 0;
    shape_end(rail, s, &beyond, &up[i]);
    t[i] = verge_t(net, r, s, rail->side) + rail->side * beyond;
  }
  bool ok = numbers && places;
  run along = {r, &at, t, up, 0, count - 1};
  if (ok) {
    extrude(g, &along, -rail->side * 0.02, -rail->side, beam, MATERIAL_GUARD_RAIL);
    posts(g, &along, rail->side * 0.08);
  }
  free(numbers);
  free(places);
  return ok;
}

void ground_rails(ground *g) {
  static const double jersey[][2] = {{0.30, -0.05}, {0.30, 0.08},  {0.13, 0.33},  {0.08, 0.81},
                                     {-0.08, 0.81}, {-0.13, 0.33}, {-0.30, 0.08}, {-0.30, -0.05}};
  static const double beam[][2] = {{0.00, 0.44}, {0.08, 0.50}, {0.02, 0.58},  {0.02, 0.61},
                                   {0.08, 0.69}, {0.00, 0.75}, {-0.02, 0.74}, {-0.02, 0.45}};
  const profile wall = {8, false, jersey}, rail = {8, true, beam};
  for (int i = 0; i < g->s->rail_count; i++)
    if (!build_scene_rail(g, &g->s->rails[i], &rail))
      g->out->failed = true;
  for (int i = 0; i < g->net->road_count; i++) {
    const road *r = &g->net->roads[i];
    if (road_is_way(g->net, r) || !has_median(g->net, r))
      continue;
    int count = g->stations[i].count;
    double *t = calloc((size_t)count, sizeof *t);
    if (!t) {
      g->out->failed = true;
      return;
    }
    build_wall(g, r, &wall);
    for (int side = -1; side <= 1; side += 2)
      build_rail(g, r, side, &rail, t);
    free(t);
  }
}
