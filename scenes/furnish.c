// SPDX-License-Identifier: Apache-2.0
#include "scenes/furnish.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"

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
  return rng_at(f->seed, RNG_PLACE, f->scene, (uint32_t)road_id, f->attempt * 32 + what);
}

double furnish_trees_per_km(const scene_def *def) {
  return def->place == PLACE_GRID_CITY   ? def->grid_city.trees_per_km
         : def->place == PLACE_HIGHWAY   ? def->highway.trees_per_km
         : def->place == PLACE_OPENDRIVE ? def->opendrive.trees_per_km
                                         : def->intersection.trees_per_km;
}

double furnish_parked_per_km(const scene_def *def) {
  return def->place == PLACE_GRID_CITY      ? def->grid_city.parked_per_km
         : def->place == PLACE_INTERSECTION ? def->intersection.parked_per_km
         : def->place == PLACE_OPENDRIVE    ? def->opendrive.parked_per_km
                                            : 0;
}

double furnish_building_height_m(const scene_def *def) {
  return def->place == PLACE_GRID_CITY   ? def->grid_city.building_height_m
         : def->place == PLACE_OPENDRIVE ? def->opendrive.building_height_m
                                         : def->intersection.building_height_m;
}

// Roads with their sidewalks as a chain of rectangles that overlap at the joints, and each
// arm carried on to its junction's middle.
static void occupy_roads(furnisher *f) {
  const road_network *net = f->net;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    if (r->junction)
      continue;
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
  for (int j = 0; j < net->junction_count; j++) {
    road_arm arms[ROAD_ARMS];
    int count = road_junction_arms(net, &net->junctions[j], arms);
    for (int k = 0; k < count; k++) {
      const road *r = &net->roads[arms[k].road - 1];
      double half_width = fmax(fabs(road_edge_t(net, r, arms[k].s_m, 1, ROAD_EDGE_OUTER)),
                               fabs(road_edge_t(net, r, arms[k].s_m, -1, ROAD_EDGE_OUTER)));
      double x = (arms[k].middle.x + net->junctions[j].x_m) / 2;
      double y = (arms[k].middle.y + net->junctions[j].y_m) / 2;
      double length =
          hypot(arms[k].middle.x - net->junctions[j].x_m, arms[k].middle.y - net->junctions[j].y_m);
      occupancy_add(&f->lots,
                    &(ground_box){x, y, arms[k].heading_rad, length / 2 + 0.05, half_width + 0.05});
    }
  }
}

// A map is a town where people walk along some road.
static bool is_town(const furnisher *f) {
  if (f->def->place != PLACE_OPENDRIVE)
    return f->def->place != PLACE_HIGHWAY;
  for (int i = 0; i < f->net->road_count; i++)
    if (road_walk_width(f->net, &f->net->roads[i], 1) > 0 ||
        road_walk_width(f->net, &f->net->roads[i], -1) > 0)
      return true;
  return false;
}

bool furnish_all(furnisher *f) {
  const road_network *net = f->net;
  f->town = is_town(f);
  const double around = 150;
  occupancy_init(&f->lots, net->min_x_m - around, net->min_y_m - around, net->max_x_m + around,
                 net->max_y_m + around);
  occupancy_init(&f->furniture, net->min_x_m, net->min_y_m, net->max_x_m, net->max_y_m);
  if (!f->lots.failed && !f->furniture.failed) {
    occupy_roads(f);
    if (!f->town) {
      furnish_highways(f);
    } else {
      furnish_buildings(f);
      furnish_signals(f);
      furnish_parked(f);
      furnish_streets(f);
    }
    furnish_land(f);
    furnish_signs(f);
  }
  bool ok = !f->failed && !f->lots.failed && !f->furniture.failed;
  occupancy_free(&f->lots);
  occupancy_free(&f->furniture);
  return ok;
}
