// SPDX-License-Identifier: Apache-2.0
// Vehicles: what their files share. For files of render/asset_*.c alone.
#ifndef RENDER_ASSET_VEHICLE_H
#define RENDER_ASSET_VEHICLE_H

#include "render/asset.h"
#include "render/mesh_shape.h"

/// A wheel whose outer face looks along `side` (+1 left, -1 right). spokes 0: a cover.
typedef struct wheel_def {
  float radius, width;
  int spokes;
  float spoke_width; // share of the radius
  int axle;          // 0 in front, which steers
} wheel_def;
/// Marks the triangles from `first` on as a wheel's, by bits above those of materials; asset_build
/// takes the marks away.
void vehicle_mark_wheel(mesh *m, int first, int axle, bool right);
#define VEHICLE_WHEEL_SHIFT 12
void vehicle_wheel(mesh *m, const wheel_def *def, f3 centre, float side);
/// Its spokes and hub, or its cover's holes, alone and unmarked.
void vehicle_wheel_face(mesh *m, const wheel_def *def, f3 centre, float side);
/// A seat that faces forward: cushion, back and head-rest; `at` is the middle of the
/// cushion's underside.
void vehicle_seat(mesh *m, f3 at, float width, bool headrest);
/// A number plate, its face along +x (+1) or -x (-1).
void vehicle_plate(mesh *m, f3 centre, float facing);
/// A driver's mirror on the left side, its stalk at `at`.
void vehicle_mirror(mesh *m, f3 at, f3 half, material shell);

enum { CAR_VARIANTS = 24, VAN_VARIANTS = 6, TRUCK_VARIANTS = 6, BUS_VARIANTS = 4 };
enum { TRACTOR_VARIANTS = 4, TRAILER_VARIANTS = 8 };
enum { CYCLE_VARIANTS = 6, POLICE_VARIANTS = 2, AMBULANCE_VARIANTS = 2 };
void car_size(int variant, double size_m[3]);
void car_build(int variant, mesh *out);
void van_size(int variant, double size_m[3]);
void van_build(int variant, mesh *out);
/// The same with the driver's door open by that angle, in the closed one's scale: the door is out
/// of the box.
void car_build_open(int variant, float angle_rad, mesh *out);
void van_build_open(int variant, float angle_rad, mesh *out);
void truck_size(int variant, double size_m[3]);
void truck_build(int variant, mesh *out);
void tractor_size(int variant, double size_m[3]);
void tractor_build(int variant, mesh *out);
/// Semi-trailers. Their kingpin is 1.6 m behind the front, their middle axle 7.7 m behind that.
void trailer_size(int variant, double size_m[3]);
void trailer_build(int variant, mesh *out);
void bus_size(int variant, double size_m[3]);
void bus_build(int variant, mesh *out);
void police_size(int variant, double size_m[3]);
void police_build(int variant, mesh *out);
void ambulance_size(int variant, double size_m[3]);
void ambulance_build(int variant, mesh *out);
void motorcycle_size(int variant, double size_m[3]);
void motorcycle_build(int variant, mesh *out);
void bicycle_size(int variant, double size_m[3]);
void bicycle_build(int variant, mesh *out);
/// The same with cranks and legs at a step of CRANK_STEPS evenly around; 0 is as bicycle_build.
/// `fit` is the variant's: see asset_build_body.
enum { CRANK_STEPS = 8 };
void bicycle_build_cranked(int variant, int step, asset_fit *fit, mesh *out);

#endif
