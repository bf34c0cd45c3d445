// SPDX-License-Identifier: Apache-2.0
// Lamps and trees in the planted strip, and parked vehicles.
#include <math.h>

#include "scenes/furnish.h"

static const double PI = 3.14159265358979323846;
enum { STREAM_TREES = 4, STREAM_LAMPS = 6, STREAM_PARKED = 10 };

double furnish_lane_width(const road_network *net, const road *r, double s, int side,
                          lane_type type) {
  const road_section *section = &net->sections[r->section_first + road_section_at(net, r, s)];
  for (int id = side;; id += side) {
    const road_lane *lane = road_lane_find(net, section, id);
    if (!lane)
      return 0;
    if (lane->type == type)
      return road_width_at(net, lane, s - section->s_m);
  }
}

pose furnish_kerb_pose(const road_network *net, const road *r, double s, int side, double behind_m,
                       double turn_rad) {
  double t = road_edge_t(net, r, s, side, ROAD_EDGE_STONE) + side * behind_m;
  vec3 p = road_point_at(net, r, s, t);
  double heading = road_line_at(net, r, s).heading_rad - side * PI / 2 + turn_rad;
  return pose_flat(p.x, p.y, p.z + ROAD_KERB_M, angle_wrap(heading));
}

// Takes the room if it is free.
static bool claim(furnisher *f, pose at, double l_m, double w_m) {
  ground_box box = {at.p_m.x, at.p_m.y, quat_yaw(at.q), l_m / 2, w_m / 2};
  if (!occupancy_free_at(&f->furniture, &box))
    return false;
  occupancy_add(&f->furniture, &box);
  return true;
}

static void lamps(furnisher *f, const road *r) {
  rng stream = furnish_stream(f, r->id, STREAM_LAMPS);
  double spacing = rng_uniform(&stream, 26, 34);
  double height = rng_uniform(&stream, 6.5, 9), arm = rng_uniform(&stream, 1.6, 2.4);
  uint32_t model = rng_u32(&stream);
  int n = (int)((r->length_m - 14) / spacing);
  double first = (r->length_m - n * spacing) / 2;
  int side = rng_chance(&stream, 0.5) ? 1 : -1;
  for (int i = 0; i <= n; i++, side = -side) {
    pose at = furnish_kerb_pose(f->net, r, first + i * spacing, side, 0.35, 0);
    if (!claim(f, at, 0.4, 0.4))
      continue;
    // The pose is the box's middle: the arm reaches over the carriageway from the pole.
    at.p_m = pose_apply(at, (vec3){arm / 2 - 0.1, 0, 0});
    scene_thing *thing = furnish_add(f, THING_LAMP, SEMANTIC_POLE, &stream, at, arm, 0.3, height);
    thing->asset_seed = model;
    thing->colors = palette_furniture(THING_LAMP, &stream);
  }
}

static void trees(furnisher *f, const road *r, int side) {
  double per_km = furnish_roadside(f, r).trees_per_km;
  if (per_km <= 0)
    return;
  rng stream = furnish_stream(f, r->id, STREAM_TREES + (side > 0));
  double spacing = fmax(6, 2000 / per_km);
  uint32_t species = rng_u32(&stream);
  for (double s = rng_uniform(&stream, 0.3, 0.7) * spacing; s < r->length_m; s += spacing) {
    double at_s = s + 0.12 * spacing * rng_uniform(&stream, -1, 1);
    double height = rng_uniform(&stream, 5.5, 9.5);
    double room = 2 * (0.75 + road_walk_width(f->net, r, side)); // to the walls
    double crown = fmin(fmin(5.2, room), height * rng_uniform(&stream, 0.5, 0.68));
    if (at_s < 12 || at_s > r->length_m - 12 ||
        furnish_lane_width(f->net, r, at_s, side, LANE_VERGE) < 1.2)
      continue;
    pose at = furnish_kerb_pose(f->net, r, at_s, side, 0.75, rng_uniform(&stream, -PI, PI));
    if (!claim(f, at, 1.0, 1.0))
      continue;
    scene_thing *thing =
        furnish_add(f, THING_TREE, SEMANTIC_VEGETATION, &stream, at, crown, crown, height);
    if (rng_chance(&stream, 0.8))
      thing->asset_seed = species; // a street is mostly planted with one kind
    thing->asset_seed &= ~PLANT_CONIFER;
    thing->colors = furnish_foliage(f, &stream, &thing->asset_seed);
  }
}

void furnish_streets(furnisher *f) {
  for (int i = 0; i < f->net->road_count && !f->failed; i++) {
    const road *r = &f->net->roads[i];
    if (r->junction || r->class == ROAD_SERVICE || !furnish_in_town(f, r))
      continue;
    lamps(f, r);
    for (int side = -1; side <= 1; side += 2)
      trees(f, r, side);
  }
}

void furnish_parked(furnisher *f) {
  for (int i = 0; i < f->net->road_count && !f->failed; i++) {
    const road *r = &f->net->roads[i];
    double per_km = furnish_roadside(f, r).parked_per_km;
    for (int side = -1; side <= 1; side += 2) {
      if (r->junction || r->class == ROAD_SERVICE ||
          furnish_lane_width(f->net, r, r->length_m / 2, side, LANE_PARKING) < 2)
        continue;
      int one_way = road_one_way(f->net, r);
      bool along = one_way ? one_way > 0 : road_lane_along(f->net, side);
      const double slot = 6.2;
      double first = 17;
      int slots = (int)((r->length_m - 2 * first) / slot);
      double chance = slots > 0 ? fmin(1, per_km * r->length_m / 2000 / slots) : 0;
      for (int k = 0; k < slots; k++) {
        rng own = furnish_stream(f, r->id, STREAM_PARKED + (side > 0));
        own.entity += (uint32_t)(k + 1) << 16;
        if (!rng_chance(&own, chance))
          continue;
        thing_kind kind = rng_chance(&own, 0.87) ? THING_CAR : THING_VAN;
        double size[3], rear, base;
        vehicle_body(kind, &own, size, &rear, &base);
        double s = first + (k + 0.5) * slot + rng_uniform(&own, -1, 1) * (slot - 0.6 - size[0]) / 2;
        // Beside a tight curve a long body would reach into the lane.
        if (fabs(road_line_at(f->net, r, s).curvature_pm) * size[0] * size[0] / 8 > 0.06)
          continue;
        double t = road_edge_t(f->net, r, s, side, ROAD_EDGE_KERB) -
                   side * (size[1] / 2 + rng_uniform(&own, 0.08, 0.2));
        vec3 p = road_point_at(f->net, r, s, t);
        double heading = road_line_at(f->net, r, s).heading_rad + (along ? 0 : PI) +
                         rng_uniform(&own, -0.015, 0.015);
        if (!claim(f, pose_flat(p.x, p.y, p.z, heading), size[0], size[1]))
          continue; // a bus stops here
        scene_thing *thing =
            furnish_add(f, kind, vehicle_class(kind), &own,
                        pose_flat(p.x, p.y, p.z, angle_wrap(heading)), size[0], size[1], size[2]);
        thing->colors = palette_vehicle(kind, &own);
      }
    }
  }
}
