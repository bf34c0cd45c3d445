// SPDX-License-Identifier: Apache-2.0
#include "scenes/furnish.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/actor_place.h"
#include "scenes/land.h"

enum { PART_SHIFT = 27 };           // of a road's number within its part
static const double OPEN_END_M = 4; // kept free beyond a road's open end
static const double APART_M = 0.5;  // of what stands from a script's actors

scene_thing *furnish_add(furnisher *f, thing_kind kind, semantic class, rng *r, pose at, double l_m,
                         double w_m, double h_m) {
  if (f->failed || !ARRAY_RESERVE(f->things, f->thing_capacity, f->thing_count + 1)) {
    f->failed = true;
    return &f->lost;
  }
  scene_thing *thing = &f->things[f->thing_count++];
  *thing = (scene_thing){
      .kind = kind, .class = class, .asset_seed = rng_u32(r), .at = at, .size_m = {l_m, w_m, h_m}};
  return thing;
}

rng furnish_stream(const furnisher *f, int road_id, uint32_t what) {
  // A part's roads have the streams that they had if it stood alone: what comes before it in a
  // composed place changes nothing along them.
  const road_part *part = road_id ? road_part_of(f->net, road_id) : NULL;
  uint32_t entity = (uint32_t)road_id;
  if (part)
    entity = (uint32_t)(road_id - part->road_first + 1) |
             (uint32_t)(part->joins ? part->part + COMPOSE_PARTS : part->part - 1) << PART_SHIFT;
  return rng_at(f->seed, RNG_PLACE, f->scene, entity, f->attempt * 32 + what);
}

place_ref furnish_place(const furnisher *f, const road *r) {
  const road_part *part = r ? road_part_of(f->net, r->id) : NULL;
  return part ? compose_ref(&f->def->compose, part->part) : scene_def_ref(f->def);
}

roadside_def furnish_roadside(const furnisher *f, const road *r) {
  const road_part *part = r ? road_part_of(f->net, r->id) : NULL;
  roadside_def side = place_roadside(furnish_place(f, r));
  if (!part || !part->joins)
    return side;
  roadside_def other = place_roadside(compose_ref(&f->def->compose, part->joins));
  return (roadside_def){(side.building_height_m + other.building_height_m) / 2,
                        (side.trees_per_km + other.trees_per_km) / 2,
                        (side.parked_per_km + other.parked_per_km) / 2};
}

// The way round a corner, in case the arms' rectangles leave a part of it.
double furnish_land_height(const furnisher *f, double x, double y, double level) {
  return f->net->land.columns > 0 ? land_height(f->net, x, y) : level;
}

static void occupy_corner(furnisher *f, const road_arm *arm, const road_arm *next) {
  const road *r = &f->net->roads[arm->road - 1], *q = &f->net->roads[next->road - 1];
  double width = fmax(road_walk_width(f->net, r, road_arm_left_side(arm)),
                      road_walk_width(f->net, q, -road_arm_left_side(next)));
  if (width <= 0)
    return;
  road_corner corner;
  road_corner_lines(f->net, arm, next, &corner);
  for (int i = 0; i + 1 < corner.count; i++) {
    vec3 a = corner.path[i], b = corner.path[i + 1];
    double length = hypot(b.x - a.x, b.y - a.y);
    if (length > 0.05)
      occupancy_add(&f->lots,
                    &(ground_box){(a.x + b.x) / 2, (a.y + b.y) / 2, atan2(b.y - a.y, b.x - a.x),
                                  length / 2 + 0.05, width / 2 + 0.05});
  }
}

// Each arm carried on to its junction's middle.
static void occupy_junction(furnisher *f, const road_junction *j) {
  const road_network *net = f->net;
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(net, j, arms);
  for (int k = 0; k < count; k++) {
    const road *r = &net->roads[arms[k].road - 1];
    occupy_corner(f, &arms[k], &arms[(k + 1) % count]);
    double left = road_edge_t(net, r, arms[k].s_m, 1, ROAD_EDGE_OUTER);
    double right = road_edge_t(net, r, arms[k].s_m, -1, ROAD_EDGE_OUTER);
    double half_width = (left - right) / 2;
    vec3 aside = vec3_sub(road_point_at(net, r, arms[k].s_m, (left + right) / 2), arms[k].middle);
    double x = (arms[k].middle.x + j->x_m) / 2 + aside.x;
    double y = (arms[k].middle.y + j->y_m) / 2 + aside.y;
    double length = hypot(arms[k].middle.x - j->x_m, arms[k].middle.y - j->y_m);
    if (count == 1)
      occupancy_add(&f->lots, &(ground_box){arms[k].middle.x - length * cos(arms[k].heading_rad),
                                            arms[k].middle.y - length * sin(arms[k].heading_rad),
                                            arms[k].heading_rad, ROAD_BULB_M, ROAD_BULB_M});
    occupancy_add(&f->lots,
                  &(ground_box){x, y, arms[k].heading_rad, length / 2 + 0.05, half_width + 0.05});
  }
}

// Beyond an open end nothing stands in the way of those who drive out of the picture.
static void occupy_open_ends(furnisher *f, const road *r) {
  const road_network *net = f->net;
  for (int end = 0; end < 2; end++) {
    if ((end ? r->successor : r->predecessor).kind != ROAD_LINK_NONE)
      continue;
    double s = end ? r->length_m : 0, half = OPEN_END_M / 2;
    double right = road_edge_t(net, r, s, -1, ROAD_EDGE_OUTER);
    double left = road_edge_t(net, r, s, 1, ROAD_EDGE_OUTER);
    vec3 p = road_point_at(net, r, s, (left + right) / 2);
    double heading = road_line_at(net, r, s).heading_rad, ahead = end ? half : -half;
    occupancy_add(&f->lots, &(ground_box){p.x + ahead * cos(heading), p.y + ahead * sin(heading),
                                          heading, half, (left - right) / 2});
  }
}

// Roads with their sidewalks as a chain of rectangles that overlap at the joints.
static void occupy_roads(furnisher *f) {
  const road_network *net = f->net;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    if (road_is_way(net, r))
      continue;
    occupy_open_ends(f, r);
    int n = (int)ceil(r->length_m / 6);
    for (int k = 0; k < n; k++) {
      double s0 = r->length_m * k / n, s1 = r->length_m * (k + 1) / n, s = (s0 + s1) / 2;
      double right = road_edge_t(net, r, s, -1, ROAD_EDGE_OUTER);
      double left = road_edge_t(net, r, s, 1, ROAD_EDGE_OUTER);
      road_place a = road_line_at(net, r, s0), b = road_line_at(net, r, s1);
      vec3 middle = road_point_at(net, r, s, (left + right) / 2);
      // On curves the outside of a piece is longer than its middle.
      double turn = fabs(angle_wrap(b.heading_rad - a.heading_rad));
      double half = (s1 - s0) / 2 + (left - right) / 2 * tan(turn / 2) + 0.05;
      occupancy_add(&f->lots, &(ground_box){middle.x, middle.y, atan2(b.y_m - a.y_m, b.x_m - a.x_m),
                                            half, (left - right) / 2 + 0.05});
    }
  }
  for (int j = 0; j < net->junction_count; j++)
    if (net->junctions[j].kind != JUNCTION_FORK)
      occupy_junction(f, &net->junctions[j]);
}

// The middles of walkways, in pieces of some metres.
static void occupy_walks(furnisher *f) {
  const road_network *net = f->net;
  for (int i = 0; i < net->walk_edge_count; i++) {
    const walk_edge *edge = &net->walk_edges[i];
    const road_point *p = &net->points[edge->point_first];
    for (int from = 0, to = 1; to < edge->point_count; to++) {
      // Straight on until the line has left the chord or is long enough.
      bool last = to + 1 == edge->point_count;
      double turn = angle_wrap(p[to].heading_rad - p[from].heading_rad);
      if (!last && p[to].s_m - p[from].s_m < 8 && fabs(turn) < 0.05)
        continue;
      double dx = p[to].x_m - p[from].x_m, dy = p[to].y_m - p[from].y_m;
      occupancy_add(&f->walks,
                    &(ground_box){(p[from].x_m + p[to].x_m) / 2, (p[from].y_m + p[to].y_m) / 2,
                                  atan2(dy, dx), hypot(dx, dy) / 2, FURNISH_WAY_M + 0.02});
      from = to;
    }
  }
}

// Whether houses stand along the roads of a place: where people walk beside some of them.
static bool is_town(const furnisher *f, place_ref of) {
  switch (of.kind) {
  case PLACE_HIGHWAY:
  case PLACE_RURAL:
  case PLACE_INTERCHANGE:
    return false;
  case PLACE_STRAIGHT:
  case PLACE_CURVE:
    return ((const single_road_def *)of.def)->sidewalk_m > 0;
  case PLACE_COMPOSE:
    for (int i = 1; i <= f->def->compose.part_count; i++)
      if (is_town(f, compose_ref(&f->def->compose, i)))
        return true;
    return false;
  case PLACE_OPENDRIVE:
  case PLACE_OSM:
    break;
  default:
    return true;
  }
  for (int i = 0; i < f->net->road_count; i++)
    if (road_walk_width(f->net, &f->net->roads[i], 1) > 0 ||
        road_walk_width(f->net, &f->net->roads[i], -1) > 0)
      return true;
  return false;
}

bool furnish_in_town(const furnisher *f, const road *r) {
  const road_part *part = road_part_of(f->net, r->id);
  if (!part)
    return f->town;
  const compose_def *def = &f->def->compose;
  return is_town(f, compose_ref(def, part->part)) &&
         (!part->joins || is_town(f, compose_ref(def, part->joins)));
}

// Nothing that finds room for itself stands, or is planted, where a script has its props.
static void occupy_props(furnisher *f) {
  for (int n = 0; f->built && n < f->built->prop_count; n++) {
    const scene_thing *p = &f->built->props[n];
    ground_box body = {p->at.p_m.x, p->at.p_m.y, quat_yaw(p->at.q), p->size_m[0] / 2 + APART_M,
                       p->size_m[1] / 2 + APART_M};
    occupancy_add(&f->furniture, &body);
    occupancy_add(&f->lots, &body);
  }
}

static void add_props(furnisher *f) {
  for (int n = 0; f->built && n < f->built->prop_count; n++) {
    if (f->failed || !ARRAY_RESERVE(f->things, f->thing_capacity, f->thing_count + 1)) {
      f->failed = true;
      return;
    }
    f->things[f->thing_count++] = f->built->props[n];
  }
}

// A script's actors, and the way across the road of those who stand beside it.
static void occupy_actors(furnisher *f) {
  for (int n = 1; f->built && n < f->built->actor_count; n++) {
    const scene_actor *a = &f->built->actors[n];
    const scene_vehicle *v = a->vehicle >= 0 ? &f->built->vehicles[a->vehicle] : NULL;
    const double *person = v ? NULL : f->built->people[a->person].size_m;
    double length = v ? scene_vehicle_length(v) : person[0], width = v ? v->size_m[1] : person[1];
    ground_box body = {a->x_m, a->y_m, a->heading_rad, length / 2 + APART_M, width / 2 + APART_M};
    occupancy_add(&f->furniture, &body);
    double s = 0, t = 0;
    int lane = a->beside && a->behaves ? lane_nearest(f->net, a->x_m, a->y_m, &s, &t) : 0;
    if (!lane)
      continue;
    double near = actor_roadside(f->net, lane, s, false),
           far = actor_roadside(f->net, lane, s, true);
    road_point p = lane_point(f->net, &f->net->paths[lane - 1], s);
    double middle = (near + far) / 2, heading = p.heading_rad;
    ground_box way = {p.x_m - middle * sin(heading), p.y_m + middle * cos(heading), heading,
                      length / 2 + APART_M, fabs(far - near) / 2 + 1};
    occupancy_add(&f->furniture, &way);
  }
}

bool furnish_all(furnisher *f) {
  const road_network *net = f->net;
  f->town = is_town(f, scene_def_ref(f->def));
  const double around = 150;
  occupancy_init(&f->lots, net->min_x_m - around, net->min_y_m - around, net->max_x_m + around,
                 net->max_y_m + around);
  occupancy_init(&f->furniture, net->min_x_m, net->min_y_m, net->max_x_m, net->max_y_m);
  occupancy_init(&f->walks, net->min_x_m, net->min_y_m, net->max_x_m, net->max_y_m);
  occupancy_init(&f->mapped, net->min_x_m - around, net->min_y_m - around, net->max_x_m + around,
                 net->max_y_m + around);
  if (!f->lots.failed && !f->furniture.failed && !f->walks.failed && !f->mapped.failed) {
    occupy_roads(f);
    occupy_walks(f);
    occupy_props(f);
    furnish_rails(f);
    furnish_sites(f);
    furnish_country(f);
    if (!f->town)
      furnish_works(f);
    furnish_highways(f);
    if (!f->town && scene_def_has(f->def, PLACE_INTERCHANGE))
      furnish_signals(f);
    if (f->town) {
      furnish_lots(f);
      furnish_buildings(f);
      furnish_signals(f);
      furnish_works(f);
      occupy_actors(f);
      add_props(f);
      furnish_stops(f);
      furnish_parked(f);
      furnish_bays(f);
      furnish_streets(f);
      furnish_small(f);
    } else {
      occupy_actors(f);
      add_props(f);
    }
    furnish_roadsides(f);
    furnish_land(f);
  }
  furnish_drives_sort(f);
  bool ok = !f->failed && !f->lots.failed && !f->furniture.failed && !f->walks.failed &&
            !f->mapped.failed;
  occupancy_free(&f->mapped);
  occupancy_free(&f->walks);
  occupancy_free(&f->lots);
  occupancy_free(&f->furniture);
  return ok;
}
