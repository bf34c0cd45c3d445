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
  const struct scene *built; // who begins where; NULL: nobody
  bool town;                 // streets with sidewalks, not open country alone
  uint64_t seed;
  uint32_t scene, attempt;
  occupancy lots;      // roads with their sidewalks, buildings, trees in yards
  occupancy furniture; // what stands within the roads: trunks, poles, parked vehicles
  occupancy walks;     // the middles of walkways, where small furniture leaves the way free
  occupancy mapped;    // buildings where a map has them, whether they find room or not
  int thing_count, thing_capacity;
  scene_thing *things; // ids not yet given
  int drive_count, drive_capacity;
  scene_drive *drives;
  int field_count, field_capacity;
  scene_field *fields;
  int rail_count, rail_capacity;
  scene_rail *rails;
  scene_thing lost; // what callers may fill in when memory ran out
  bool failed;
} furnisher;

/// Appends a thing. `at` as in scene_thing.
scene_thing *furnish_add(furnisher *f, thing_kind kind, semantic class, rng *r, pose at, double l_m,
                         double w_m, double h_m);
/// The stream of one road for one purpose (`what` keeps purposes apart).
rng furnish_stream(const furnisher *f, int road_id, uint32_t what);

/// Height of the land at a point beside the roads; `level_m` where all land is level.
double furnish_land_height(const furnisher *f, double x_m, double y_m, double level_m);
/// Where traffic on one side of a road (+1 left of its s) heads at s.
double furnish_heading(const road_network *net, const road *r, double s_m, int side);
/// A sign on its post, or a board on two, with its foot there and its face towards the heading.
/// NULL, and nothing stands, where there is no room.
scene_thing *furnish_sign(furnisher *f, rng *r, vec3 foot, double heading_rad, uint32_t sign);
/// Same with several plates on one post, the first on top.
scene_thing *furnish_signs(furnisher *f, rng *r, vec3 foot, double heading_rad,
                           const uint32_t *signs, int count);
/// A signal's head on its pole, for vehicles or people; `make` is that of all of a junction.
bool furnish_signal(furnisher *f, rng *r, vec3 foot, double heading_rad, int signal, bool people,
                    uint32_t make);

/// Barriers of work zones: a striped board on feet, a red plastic body filled with water, an
/// upright beacon with a lamp. Their faces look along the heading.
typedef enum barrier_make {
  BARRIER_BOARD,
  BARRIER_WATER,
  BARRIER_BEACON,
  BARRIER_MAKES
} barrier_make;

/// A traffic cone: the tall ones of fast roads or those of streets. What stands already stays:
/// false where there is no room.
bool furnish_cone(furnisher *f, rng *r, vec3 at, bool tall);
bool furnish_barrier(furnisher *f, rng *r, vec3 at, double heading_rad, barrier_make make);
/// Cones from (s0, t0) to (s1, t1) of a road, at most spacing_m apart along it (tall ones where
/// that is more than 3 m), e.g. a taper that closes a lane. Returns how many stand.
int furnish_cone_line(furnisher *f, rng *r, const road *on, double s0_m, double t0_m, double s1_m,
                      double t1_m, double spacing_m);
/// Barriers side by side across a road between two t; those who drive along s read them when
/// along_s is set, else those who come against it. Returns how many stand.
int furnish_barrier_row(furnisher *f, rng *r, const road *on, double s_m, double t0_m, double t1_m,
                        bool along_s, barrier_make make);

/// Everything: lots, then streets, then open land. False when memory ran out.
bool furnish_all(furnisher *f);
void furnish_buildings(furnisher *f);
/// A building whose walls stay within the box `size_m` (depth, width, height) about `at`, as its
/// kind of district has them.
scene_thing *furnish_building(furnisher *f, rng *r, district_kind kind, pose at,
                              const double size_m[3]);
/// What kind of quarter (x, y) lies in, and by how much buildings are taller there than on the
/// mean.
district_kind furnish_district(const furnisher *f, double x_m, double y_m, double *taller);
/// Buildings and trees that a map has.
void furnish_sites(furnisher *f);
/// Whether a map knows the buildings on one side of a road.
bool furnish_has_sites(const furnisher *f, const road *r, int side);
void furnish_streets(furnisher *f);
void furnish_small(furnisher *f);
/// Bus stops, before anybody parks there.
void furnish_stops(furnisher *f);
void furnish_roadsides(furnisher *f);
/// The border of one house's front garden, between s0 and s1 of a road.
void furnish_garden(furnisher *f, rng *r, const road *on, int side, double s0_m, double s1_m);
/// A driveway beside the house that ends at s0 of a road, where it leaves room_m to the next one:
/// the way itself and, by chance, a garage and a parked car. False where none is wanted or can be.
bool furnish_house_drive(furnisher *f, const road *r, int side, double s0_m, double room_m,
                         const scene_thing *house);
/// A way that leaves a road at s, `length_m` long beyond its outer border, where the land lies
/// high_m above the carriageway.
scene_drive furnish_drive_plan(const furnisher *f, const road *r, int side, double s_m,
                               double width_m, double length_m, double high_m);
/// Whether the road can be left there: kerb and strip lowered, no rail and nothing else before it.
bool furnish_drive_can_leave(const furnisher *f, const road *r, const scene_drive *d);
/// Whether nothing stands on its strip of land.
bool furnish_drive_free(const furnisher *f, const scene_drive *d);
/// Makes it so; nothing else will stand in it or before it.
void furnish_drive_add(furnisher *f, const scene_drive *d);
/// A parked vehicle on it, if it is large enough.
void furnish_drive_car(furnisher *f, rng *r, const scene_drive *d);
/// Rails where the land falls away beside roads and where they come to bridges.
void furnish_rails(furnisher *f);
/// Whether the land falls away beside a road by 2.5 m within 12 m of its border, or steeper than
/// 1 in 3.
bool furnish_falls_away(const road_network *net, const road *r, double s_m, int side);
bool furnish_has_rail(const furnisher *f, const road *r, double s_m, int side);
/// Puts the ways in their order.
void furnish_drives_sort(furnisher *f);
/// A pose beside the kerb, behind_m from the stone's outer border, facing the road.
pose furnish_kerb_pose(const road_network *net, const road *r, double s_m, int side,
                       double behind_m, double turn_rad);
/// Width at s of the lane of that type on that side; 0 when there is none.
double furnish_lane_width(const road_network *net, const road *r, double s_m, int side,
                          lane_type type);
/// t of the border of what one may drive or park on; *open: no kerb stands there.
double furnish_hard_border(const road_network *net, const road *r, double s, int side, bool *open);
/// Half the width that stays free for people around the middle line of each walkway.
#define FURNISH_WAY_M 0.5
/// Distance of delineators where the road bends so much, 1/m: 50 m, less in bends.
double furnish_post_spacing(double curvature_pm);

/// What a sign at a junction's arm k tells traffic that comes in there; 0: nothing to say.
uint32_t furnish_junction_sign(const road_network *net, const road_junction *j,
                               const road_arm *arms, int count, int k, rng *r);
/// What a sign along a street says to those who pass (x, y) with that heading.
uint32_t furnish_street_sign(const road_network *net, double x_m, double y_m, double heading_rad,
                             rng *r);
/// The sign of the limit there.
uint32_t furnish_limit_sign(const road_network *net, double x_m, double y_m, double heading_rad);
/// What stands round closed lanes.
void furnish_works(furnisher *f);
void furnish_parked(furnisher *f);
/// Vehicles in bays.
void furnish_bays(furnisher *f);
/// Hedges round car parks; trees and lamps between their rows.
void furnish_lots(furnisher *f);
void furnish_signals(furnisher *f);
void furnish_highways(furnisher *f);
void furnish_land(furnisher *f);
/// Farms, fields with their hedges and fences, and woods beside roads through open country.
void furnish_country(furnisher *f);
/// A tree or a bush where there is room for its crown; a tree has needles if it is a conifer, and a
/// crown of `spread` times the width that it has where it stands alone.
bool furnish_plant(furnisher *f, rng *r, double x_m, double y_m, double level_m, bool tree,
                   bool conifer, double spread);

/// The place that a road is of: a part of a composed one; NULL: the scene's.
place_ref furnish_place(const furnisher *f, const road *r);
/// Whether houses stand along a road's place. A road between two parts is in town with both.
bool furnish_in_town(const furnisher *f, const road *r);
/// Numbers that the places have in common, of a road's or the scene's.
roadside_def furnish_roadside(const furnisher *f, const road *r);

/// The day of the scene's year, of southern years half a year later: the seasons are alike.
double furnish_northern_day(const scene_def *def);
/// Colours of a tree or bush on the scene's day; gives its asset_seed PLANT_BARE in winter.
palette furnish_foliage(const furnisher *f, rng *r, uint32_t *asset_seed);

/// Colours.
palette palette_vehicle(thing_kind kind, rng *r);
palette palette_person(rng *r, bool old);
palette palette_dog(rng *r);
palette palette_deer(rng *r);
palette palette_building(rng *r);
palette palette_tree(rng *r);
palette palette_furniture(thing_kind kind, rng *r);
palette palette_garden(thing_kind kind, uint32_t make, rng *r);

/// Draws the body of a vehicle kind: l, w, h and the rear axle's place.
void vehicle_body(thing_kind kind, rng *r, double size_m[3], double *rear_to_centre_m,
                  double *wheelbase_m);
semantic vehicle_class(thing_kind kind);

#endif
