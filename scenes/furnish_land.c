// SPDX-License-Identifier: Apache-2.0
// Trees and bushes in yards and on open land; billboards along open roads.
#include <math.h>

#include "scenes/furnish.h"

static const double PI = 3.14159265358979323846;
static const double CONIFERS = 0.16;   // of trees in yards and on open land
static const double LESS_LOOSE = 0.75; // of single trees where there are many woods
enum { STREAM_LAND = 14, STREAM_HIGHWAY = 18, STREAM_WOOD = 19, STREAM_ISLAND = 20 };

bool furnish_plant(furnisher *f, rng *r, double x, double y, double z, bool tree, bool conifer,
                   double spread) {
  double height = tree ? rng_uniform(r, 5, 13) : rng_uniform(r, 0.7, 2);
  double crown =
      tree ? fmin(8, height * rng_uniform(r, 0.5, 0.75)) * spread : height * rng_uniform(r, 1, 1.6);
  double heading = rng_uniform(r, -PI, PI);
  ground_box box = {x, y, heading, crown / 2, crown / 2};
  if (!occupancy_free_at(&f->lots, &box))
    return false;
  occupancy_add(&f->lots, &box);
  z = furnish_land_height(f, x, y, z);
  scene_thing *thing = furnish_add(f, tree ? THING_TREE : THING_BUSH, SEMANTIC_VEGETATION, r,
                                   pose_flat(x, y, z, heading), crown, crown, height);
  thing->asset_seed &= ~PLANT_CONIFER;
  if (tree && conifer)
    thing->asset_seed |= PLANT_CONIFER;
  thing->colors = furnish_foliage(f, r, &thing->asset_seed);
  return true;
}

static bool plant(furnisher *f, rng *r, double x, double y, double z, bool tree) {
  return furnish_plant(f, r, x, y, z, tree, rng_chance(r, CONIFERS), 1);
}

// Trees beyond the open end of a street, so that it doesn't end in the void.
static void close_ends(furnisher *f, rng *r) {
  for (int i = 0; i < f->net->road_count; i++) {
    const road *street = &f->net->roads[i];
    if (street->junction || road_walk_width(f->net, street, road_side_into(f->net, false)) <= 0)
      continue;
    for (int end = 0; end < 2; end++) {
      const road_link *link = end ? &street->successor : &street->predecessor;
      if (link->kind != ROAD_LINK_NONE)
        continue;
      pose at = road_pose(f->net, street, end ? street->length_m : 0, 0);
      for (int k = 0; k < 24; k++) {
        double ahead = rng_uniform(r, 4, 26), aside = rng_uniform(r, -20, 20);
        vec3 p = pose_apply(at, (vec3){end ? ahead : -ahead, aside, ROAD_KERB_M});
        plant(f, r, p.x, p.y, p.z, rng_chance(r, 0.6));
      }
    }
  }
}

// Woods that close the view all around, on the flat land before the hills.
static void plant_woods(furnisher *f, rng *r, double inner, double outer, double area_m2,
                        double z) {
  const road_network *net = f->net;
  double x0 = net->min_x_m - outer, x1 = net->max_x_m + outer;
  double y0 = net->min_y_m - outer, y1 = net->max_y_m + outer;
  int tries = (int)fmin((x1 - x0) * (y1 - y0) / area_m2, 20000);
  for (int i = 0; i < tries && !f->failed; i++) {
    double x = rng_uniform(r, x0, x1), y = rng_uniform(r, y0, y1);
    bool inside = x > net->min_x_m - inner && x < net->max_x_m + inner &&
                  y > net->min_y_m - inner && y < net->max_y_m + inner;
    if (!inside)
      plant(f, r, x, y, z, rng_chance(r, 0.85));
  }
}

// The middle of a roundabout, where its part's origin is: bushes around, trees further in.
static void plant_island(furnisher *f, const road_part *part, rng *r) {
  const road_network *net = f->net;
  double radius = INFINITY;
  int inside = road_side_into(net, false); // of the ring
  for (int i = 0; i < part->road_count; i++) {
    const road *it = &net->roads[part->road_first - 1 + i];
    road_place at = road_line_at(net, it, 0);
    if (!it->junction && road_walk_width(net, it, inside) <= 0)
      radius = fmin(radius, hypot(at.x_m - part->x_m, at.y_m - part->y_m));
  }
  for (int i = 0; isfinite(radius) && i < (int)(radius * radius / 8); i++) {
    double at = sqrt(rng_unit(r)) * (radius - 3.5), angle = rng_uniform(r, -PI, PI);
    plant(f, r, part->x_m + at * cos(angle), part->y_m + at * sin(angle), part->z_m + ROAD_KERB_M,
          at < 0.6 * radius && rng_chance(r, 0.5));
  }
}

static void plant_islands(furnisher *f) {
  const road_part whole = {.road_first = 1, .road_count = f->net->road_count};
  rng island = furnish_stream(f, 0, STREAM_ISLAND);
  if (f->def->place == PLACE_ROUNDABOUT)
    plant_island(f, &whole, &island);
  for (int i = 0; i < f->net->part_count; i++) {
    const road_part *part = &f->net->parts[i];
    rng own = furnish_stream(f, part->road_first, STREAM_ISLAND);
    if (!part->joins && compose_ref(&f->def->compose, part->part).kind == PLACE_ROUNDABOUT)
      plant_island(f, part, &own);
  }
}

void furnish_land(furnisher *f) {
  const road_network *net = f->net;
  rng stream = furnish_stream(f, 0, STREAM_LAND);
  bool town = f->town;
  double around = town ? 60 : 120, z = town ? ROAD_KERB_M : 0;
  double x0 = net->min_x_m - around, x1 = net->max_x_m + around;
  double y0 = net->min_y_m - around, y1 = net->max_y_m + around;
  double area = (x1 - x0) * (y1 - y0);
  int tries = (int)fmin(area / (town ? 220 : 900), 6000);
  if (f->def->place == PLACE_RURAL) // trees stand in woods instead
    tries = (int)(tries * (1 - LESS_LOOSE * fmin(1, 1.5 * f->def->rural.woods)));
  plant_islands(f);
  close_ends(f, &stream);
  for (int i = 0; i < tries && !f->failed; i++) {
    double x = rng_uniform(&stream, x0, x1), y = rng_uniform(&stream, y0, y1);
    plant(f, &stream, x, y, z, rng_chance(&stream, 0.6));
  }
  if (town) {
    rng wood = furnish_stream(f, 0, STREAM_WOOD);
    plant_woods(f, &wood, 66, 92, 230, z);
  }
}

static void along(furnisher *f, const road *r, rng *stream, int side, double s, double beyond,
                  double turn, thing_kind kind, semantic class, double l, double w, double h) {
  double t = road_edge_t(f->net, r, s, side, ROAD_EDGE_OUTER) + side * beyond;
  vec3 p = road_point_at(f->net, r, s, t);
  double heading = road_line_at(f->net, r, s).heading_rad - side * PI / 2 + turn;
  if (beyond > 0)
    p.z = furnish_land_height(f, p.x, p.y, p.z);
  pose at = pose_flat(p.x, p.y, p.z, angle_wrap(heading));
  ground_box box = {p.x, p.y, heading, l / 2, w / 2};
  if (kind == THING_BILLBOARD && !occupancy_free_at(&f->lots, &box))
    return;
  scene_thing *thing = furnish_add(f, kind, class, stream, at, l, w, h);
  thing->colors = palette_furniture(kind, stream);
  occupancy_add(&f->lots, &box);
}

// A highway's road without a median.
static bool is_ramp(const furnisher *f, const road *r) {
  const road_section *section = &f->net->sections[r->section_first];
  const road_lane *lane = road_lane_find(f->net, section, -1);
  place_kind kind = furnish_place(f, r).kind;
  bool place = kind == PLACE_HIGHWAY || kind == PLACE_INTERCHANGE;
  return place && !(lane && lane->type == LANE_MEDIAN);
}

void furnish_highways(furnisher *f) {
  for (int i = 0; i < f->net->road_count && !f->failed; i++) {
    const road *r = &f->net->roads[i];
    if (furnish_in_town(f, r))
      continue;
    rng stream = furnish_stream(f, r->id, STREAM_HIGHWAY);
    // From facing the road round to facing those who come towards them on their own side.
    double hand = f->net->left_hand ? -1 : 1;
    for (int side = -1; side <= 1; side += 2) {
      for (double s = rng_uniform(&stream, 150, 500); s < r->length_m - 50;
           s += rng_uniform(&stream, 250, 600) / fmax(0.1, f->def->street_furniture))
        if (f->def->street_furniture > 0 && !is_ramp(f, r))
          along(f, r, &stream, side, s, 9, hand * (PI / 2 - 0.25), THING_BILLBOARD, SEMANTIC_STATIC,
                0.6, 7, 6.5);
      double spacing = 1000 / fmax(1, furnish_roadside(f, r).trees_per_km / 2);
      for (double s = 0; s < r->length_m; s += spacing) {
        double at = s + rng_uniform(&stream, 0, spacing),
               beyond = 3 + rng_log_uniform(&stream, 2, 30);
        double t = road_edge_t(f->net, r, at, side, ROAD_EDGE_OUTER) + side * beyond;
        vec3 p = road_point_at(f->net, r, at, t);
        plant(f, &stream, p.x, p.y, p.z, rng_chance(&stream, 0.8));
      }
    }
  }
}
