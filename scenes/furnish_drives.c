// SPDX-License-Identifier: Apache-2.0
// Driveways: from a street's kerb past a house, or to its garage.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/furnish.h"

static const double PI = 3.14159265358979323846;
enum { STREAM_DRIVES = 13 };

static const double END_M = 9;          // kept free before a street's ends
static const double BORDER_M = 0.3;     // within which land may count as the street's
static const double STRIP_M = 1.2;      // planted strip over which the kerb is lowered
static const double SPLAY_M = 0.9;      // beside the way, where kerb and strip are as usual again
static const double WALL_M = 0.2;       // from the house's wall
static const double ROOM_LEAST_M = 3.2; // between houses
static const double GARAGE_ROOM_M = 3.7;
static const double GARAGE_M[3] = {5.9, 3.1, 2.75};
static const double FLAT_M = 14.5;               // houses that are higher have no garages
static const double SHARE = 0.85, GARAGES = 0.6; // of the houses with room; of the ways
static const double PARKED = 0.45;               // of the ways, where anybody parks
static const double BEND_PM = 0.008;

static vec3 middle(vec3 a, vec3 b) {
  return vec3_scale(vec3_add(a, b), 0.5);
}

scene_drive furnish_drive_plan(const furnisher *f, const road *r, int side, double s,
                               double width_m, double length_m, double high_m) {
  scene_drive drive = {
      .road = r->id, .side = side, .s_m = s, .width_m = width_m, .length_m = length_m};
  double out = road_line_at(f->net, r, s).heading_rad + side * PI / 2;
  for (int k = 0; k < 2; k++) {
    double at = s + side * (k ? 0.5 : -0.5) * width_m;
    vec3 p = road_point_at(f->net, r, at, road_edge_t(f->net, r, at, side, ROAD_EDGE_OUTER));
    p.z += high_m;
    vec3 far = {p.x + length_m * cos(out), p.y + length_m * sin(out), p.z};
    far.z = furnish_land_height(f, far.x, far.y, far.z);
    drive.corners[k] = p;
    drive.corners[3 - k] = far;
  }
  return drive;
}

// A box on a way's middle line from `from` to `to` metres beyond the road's border, heading out.
static ground_box box_on(const scene_drive *d, double from, double to, double wide_m) {
  vec3 begin = middle(d->corners[0], d->corners[1]), end = middle(d->corners[2], d->corners[3]);
  double heading = atan2(end.y - begin.y, end.x - begin.x), at = (from + to) / 2;
  return (ground_box){begin.x + at * cos(heading), begin.y + at * sin(heading), heading,
                      (to - from) / 2, wide_m / 2};
}

static bool has_kerb(const furnisher *f, const road *r, double s, int side) {
  return furnish_lane_width(f->net, r, s, side, LANE_CURB) > 0;
}

static ground_box land_of(const scene_drive *d, double from) {
  vec3 across = vec3_sub(d->corners[1], d->corners[0]);
  return box_on(d, from, d->length_m, hypot(across.x, across.y) - 0.04);
}

// What a way takes of the road: from where vehicles park or stop to the road's border.
static ground_box crossing(const furnisher *f, const road *r, const scene_drive *d) {
  bool open;
  double from = furnish_hard_border(f->net, r, d->s_m, d->side, &open);
  if (has_kerb(f, r, d->s_m, d->side))
    from = road_edge_t(f->net, r, d->s_m, d->side, ROAD_EDGE_KERB) -
           d->side * furnish_lane_width(f->net, r, d->s_m, d->side, LANE_PARKING);
  double to = road_edge_t(f->net, r, d->s_m, d->side, ROAD_EDGE_OUTER);
  vec3 p = road_point_at(f->net, r, d->s_m, (from + to) / 2);
  return (ground_box){p.x, p.y, road_line_at(f->net, r, d->s_m).heading_rad,
                      (d->width_m + SPLAY_M) / 2, fabs(to - from) / 2};
}

bool furnish_drive_can_leave(const furnisher *f, const road *r, const scene_drive *d) {
  double s = d->s_m;
  if (s < END_M || s > r->length_m - END_M ||
      fabs(road_line_at(f->net, r, s).curvature_pm) > BEND_PM ||
      furnish_lane_width(f->net, r, s, d->side, LANE_WORKS) > 0)
    return false;
  bool kerb = has_kerb(f, r, s, d->side);
  for (int k = -1; k <= 1; k += 2) {
    double at = s + k * (d->width_m / 2 + SPLAY_M);
    if (at < 0 || at > r->length_m || has_kerb(f, r, at, d->side) != kerb ||
        furnish_lane_width(f->net, r, at, d->side, LANE_VERGE) < STRIP_M)
      return false;
  }
  ground_box box = crossing(f, r, d);
  return occupancy_free_at(&f->furniture, &box);
}

bool furnish_drive_free(const furnisher *f, const scene_drive *d) {
  ground_box land = land_of(d, BORDER_M);
  return occupancy_free_at(&f->lots, &land);
}

void furnish_drive_add(furnisher *f, const scene_drive *d) {
  if (!ARRAY_RESERVE(f->drives, f->drive_capacity, f->drive_count + 1)) {
    f->failed = true;
    return;
  }
  f->drives[f->drive_count++] = *d;
  ground_box land = land_of(d, 0), within = crossing(f, &f->net->roads[d->road - 1], d);
  occupancy_add(&f->lots, &land);
  occupancy_add(&f->furniture, &within);
}

void furnish_drive_car(furnisher *f, rng *r, const scene_drive *d) {
  thing_kind kind = rng_chance(r, 0.88) ? THING_CAR : THING_VAN;
  double size[3], rear, base, back = rng_chance(r, 0.35) ? PI : 0, ahead = rng_unit(r);
  double askew = rng_uniform(r, -0.02, 0.02), aside = rng_uniform(r, -0.15, 0.15);
  vehicle_body(kind, r, size, &rear, &base);
  double room = d->length_m - size[0] - 0.7, from = 0.4 + ahead * room;
  if (room < 0 || size[1] + 0.5 > d->width_m)
    return;
  ground_box box = box_on(d, from, from + size[0], size[1]);
  double x = box.x_m - aside * sin(box.heading_rad), y = box.y_m + aside * cos(box.heading_rad);
  pose at = pose_flat(x, y, furnish_land_height(f, x, y, d->corners[0].z),
                      angle_wrap(box.heading_rad + back + askew));
  scene_thing *thing = furnish_add(f, kind, vehicle_class(kind), r, at, size[0], size[1], size[2]);
  thing->colors = palette_vehicle(kind, r);
}

// At the end of the way, its door towards the street.
static void add_garage(furnisher *f, rng *r, const scene_drive *d, const palette *colors) {
  ground_box box = box_on(d, d->length_m, d->length_m + GARAGE_M[0], GARAGE_M[1]);
  if (!occupancy_free_at(&f->lots, &box))
    return;
  occupancy_add(&f->lots, &box);
  double z = furnish_land_height(f, box.x_m, box.y_m, d->corners[0].z);
  scene_thing *garage =
      furnish_building(f, r, DISTRICT_RESIDENTIAL,
                       pose_flat(box.x_m, box.y_m, z, angle_wrap(box.heading_rad + PI)), GARAGE_M);
  garage->asset_seed |= BUILDING_GARAGE_BITS;
  garage->colors = *colors;
}

bool furnish_house_drive(furnisher *f, const road *r, int side, double s0, double room_m,
                         const scene_thing *house) {
  rng own = furnish_stream(f, r->id, STREAM_DRIVES);
  own.entity += (uint32_t)(s0 + 64) << 16 | (side > 0 ? 1u << 15 : 0);
  double width = fmin(rng_uniform(&own, 2.6, 3.1), room_m - 2 * WALL_M);
  bool garage = rng_chance(&own, GARAGES) && room_m >= GARAGE_ROOM_M;
  bool parked = rng_chance(&own, PARKED) && furnish_roadside(f, r).parked_per_km > 0;
  if (!rng_chance(&own, SHARE) || room_m < ROOM_LEAST_M || house->size_m[2] > FLAT_M)
    return false;
  double s = s0 + WALL_M + fmax(width, garage ? GARAGE_M[1] : 0) / 2;
  scene_drive drive = furnish_drive_plan(f, r, side, s, width, 1, ROAD_KERB_M);
  if (!furnish_drive_can_leave(f, r, &drive))
    return false;
  ground_box out = box_on(&drive, 0, 1, 1);
  vec3 away = vec3_sub(house->at.p_m, middle(drive.corners[0], drive.corners[1]));
  double to_house = away.x * cos(out.heading_rad) + away.y * sin(out.heading_rad);
  double front = to_house - house->size_m[0] / 2, back = to_house + house->size_m[0] / 2;
  // A garage stands back as far as the house, or further; else one drives up beside its wall.
  double length = garage ? fmax(5.8, front + rng_uniform(&own, 0, 4))
                         : fmin(back, fmax(6, front + rng_uniform(&own, 3, 6)));
  drive = furnish_drive_plan(f, r, side, s, width, length, ROAD_KERB_M);
  if (!furnish_drive_free(f, &drive))
    return false;
  if (garage)
    add_garage(f, &own, &drive, &house->colors);
  furnish_drive_add(f, &drive);
  if (parked)
    furnish_drive_car(f, &own, &drive);
  return true;
}

static int by_place(const void *a, const void *b) {
  const scene_drive *x = a, *y = b;
  if (x->road != y->road)
    return x->road - y->road;
  return x->side != y->side ? x->side - y->side : (x->s_m > y->s_m) - (x->s_m < y->s_m);
}

void furnish_drives_sort(furnisher *f) {
  if (f->drive_count > 0)
    qsort(f->drives, (size_t)f->drive_count, sizeof *f->drives, by_place);
}
