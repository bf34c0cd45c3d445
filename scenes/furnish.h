// SPDX-License-Identifier: Apache-2.0
// What stands along the roads: a growing list of things and the room they take.
#ifndef SCENES_FURNISH_H
#define SCENES_FURNISH_H

#include "base/rng.h"
#include "scenes/road_model.h"
#include "scenes/scene.h"

/// A rectangle on the ground, turned by its heading.
typedef struct ground_box {
  double x_m, y_m, heading_rad;
  double half_length_m, half_width_m; // along and across the heading
} ground_box;

/// True when two rectangles overlap (touching isn't).
bool ground_boxes_meet(const ground_box *a, const ground_box *b);

/// Rectangles in a grid of cells, to ask quickly whether a place is free.
typedef struct occupancy {
  double x0_m, y0_m, cell_m;
  int nx, ny;
  int *heads; // (ny, nx) first entry of a cell, -1 none
  int entry_count, entry_capacity;
  struct occupancy_entry *entries;
  int box_count, box_capacity;
  ground_box *boxes;
  bool failed;
} occupancy;

/// Covers the rectangle; places outside it count towards its border cells.
void occupancy_init(occupancy *o, double x0_m, double y0_m, double x1_m, double y1_m);
void occupancy_free(occupancy *o);
void occupancy_add(occupancy *o, const ground_box *box);
bool occupancy_free_at(const occupancy *o, const ground_box *box);

typedef struct furnisher {
  const road_network *net;
  const scene_def *def;
  bool town; // streets with sidewalks, not open country
  uint64_t seed;
  uint32_t scene, attempt;
  occupancy lots;      // roads with their sidewalks, buildings, trees in yards
  occupancy furniture; // what stands within the roads: trunks, poles, parked vehicles
  int thing_count, thing_capacity;
  scene_thing *things; // ids not yet given
  scene_thing lost;    // what callers may fill in when memory ran out
  bool failed;
} furnisher;

/// Appends a thing. `at` as in scene_thing.
scene_thing *furnish_add(furnisher *f, thing_kind kind, semantic class, rng *r, pose at, double l_m,
                         double w_m, double h_m);
/// The stream of one road for one purpose (`what` keeps purposes apart).
rng furnish_stream(const furnisher *f, int road_id, uint32_t what);

/// Everything: lots, then streets, then open land. False when memory ran out.
bool furnish_all(furnisher *f);
void furnish_buildings(furnisher *f);
void furnish_streets(furnisher *f);
/// Says what the signs that stand so far say.
void furnish_signs(furnisher *f);
void furnish_parked(furnisher *f);
void furnish_signals(furnisher *f);
void furnish_highways(furnisher *f);
void furnish_land(furnisher *f);

/// Numbers that the places have in common.
roadside_def furnish_roadside(const scene_def *def);

/// Colours.
palette palette_vehicle(thing_kind kind, rng *r);
palette palette_person(rng *r);
palette palette_building(rng *r);
palette palette_tree(rng *r);
palette palette_furniture(thing_kind kind, rng *r);

/// Draws the body of a vehicle kind: l, w, h and the rear axle's place.
void vehicle_body(thing_kind kind, rng *r, double size_m[3], double *rear_to_centre_m,
                  double *wheelbase_m);
semantic vehicle_class(thing_kind kind);

#endif
