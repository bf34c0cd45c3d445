// SPDX-License-Identifier: Apache-2.0
// What a map says stands beside its roads: buildings and trees in their places, where the roads
// as they were built leave them room.
#include <math.h>

#include "scenes/furnish.h"

static const double PI = 3.14159265358979323846;
static const double FACING_M = 45, FACING_STEP_M = 5; // how far a front looks for its street
static const double LEAST_CROWN_M = 1.5;
static const double GAP_M = 0.05;              // between a building's parts
static const double NEAR_M = 12, ALONG_M = 15; // of a street, where the map knows buildings
enum { STREAM_SITES = 30 };

// The side of a building that is nearest to a street: quarter turns from its heading.
static int facing(const furnisher *f, const road_site *site) {
  for (double out = FACING_STEP_M; out < FACING_M; out += FACING_STEP_M)
    for (int turn = 0; turn < 4; turn++) {
      double heading = site->heading_rad + turn * PI / 2;
      double reach = out + (turn % 2 ? site->width_m : site->length_m) / 2;
      if (lane_nearest(f->net, site->x_m + reach * cos(heading), site->y_m + reach * sin(heading),
                       NULL, NULL))
        return turn;
    }
  return 0;
}

static double draw_height(const furnisher *f, rng *r) {
  double mean = furnish_roadside(f, NULL).building_height_m;
  double height = fmax(3.6, fmin(mean * exp(rng_normal(r, 0, 0.22)), 110));
  return 4 + 3.1 * fmax(0, round((height - 4.8) / 3.1)) + 0.8;
}

// Streets are wider here than some are in truth: buildings give way as far as they can.
static void add_building(furnisher *f, rng *r, const road_site *site) {
  static const double shares[] = {1, 0.9, 0.8, 0.65, 0.5};
  int turn = facing(f, site);
  double heading = angle_wrap(site->heading_rad + turn * PI / 2);
  double deep = (turn % 2 ? site->width_m : site->length_m) - GAP_M;
  double wide = (turn % 2 ? site->length_m : site->width_m) - GAP_M;
  double height = site->height_m > 0 ? fmax(2.5, site->height_m) : draw_height(f, r);
  for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
    // The back stays where it is, so that a front that is in the way moves away from the street.
    double share = shares[i], back = (1 - share) * deep / 2;
    double x = site->x_m - back * cos(heading), y = site->y_m - back * sin(heading);
    ground_box box = {x, y, heading, share * deep / 2, wide / 2 * (i < 3 ? 1 : share)};
    if (!occupancy_free_at(&f->lots, &box))
      continue;
    occupancy_add(&f->lots, &box);
    pose at = pose_flat(x, y, f->town ? ROAD_KERB_M : 0, heading);
    double size[3] = {2 * box.half_length_m, 2 * box.half_width_m, height}, taller;
    furnish_building(f, r, furnish_district(f, x, y, &taller), at, size);
    return;
  }
}

static void add_tree(furnisher *f, rng *r, const road_site *site) {
  double height = rng_uniform(r, 5, 13), spread = rng_uniform(r, 0.5, 0.75);
  double heading = rng_uniform(r, -PI, PI);
  height = site->height_m > 0 ? fmax(1.5, fmin(45, site->height_m)) : height;
  double crown = fmin(9, site->length_m > 0 ? fmax(1, site->length_m) : height * spread);
  // Trees between walls and streets are small.
  ground_box box = {site->x_m, site->y_m, heading, crown / 2, crown / 2};
  for (; !occupancy_free_at(&f->lots, &box) && crown > LEAST_CROWN_M; crown *= 0.8)
    box.half_length_m = box.half_width_m = 0.8 * crown / 2;
  if (!occupancy_free_at(&f->lots, &box))
    return;
  occupancy_add(&f->lots, &box);
  scene_thing *thing = furnish_add(
      f, THING_TREE, SEMANTIC_VEGETATION, r,
      pose_flat(site->x_m, site->y_m, f->town ? ROAD_KERB_M : 0, heading), crown, crown, height);
  thing->colors = palette_tree(r);
}

void furnish_sites(furnisher *f) {
  for (int pass = 0; pass < 2; pass++) // buildings take their room first
    for (int i = 0; i < f->net->site_count && !f->failed; i++) {
      const road_site *site = &f->net->sites[i];
      rng stream = furnish_stream(f, i + 1, STREAM_SITES);
      if (pass == 0 && site->kind == SITE_BUILDING) {
        occupancy_add(&f->mapped, &(ground_box){site->x_m, site->y_m, site->heading_rad,
                                                site->length_m / 2, site->width_m / 2});
        add_building(f, &stream, site);
      }
      if (pass == 1 && site->kind == SITE_TREE)
        add_tree(f, &stream, site);
    }
}

bool furnish_has_sites(const furnisher *f, const road *r, int side) {
  for (double s = 0; s < r->length_m && f->net->site_count > 0; s += ALONG_M) {
    double t = road_edge_t(f->net, r, s, side, ROAD_EDGE_OUTER) + side * NEAR_M;
    vec3 p = road_point_at(f->net, r, s, t);
    ground_box box = {p.x, p.y, road_line_at(f->net, r, s).heading_rad, ALONG_M / 2, NEAR_M};
    if (!occupancy_free_at(&f->mapped, &box))
      return true;
  }
  return false;
}
