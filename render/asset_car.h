// SPDX-License-Identifier: Apache-2.0
// Cars and vans: one shape record, drawn from a table of styles. Lengths in metres; `s`
// is the distance behind the nose. For files of render/asset_car*.c alone.
#ifndef RENDER_ASSET_CAR_H
#define RENDER_ASSET_CAR_H

#include "render/asset_hull.h"
#include "render/asset_vehicle.h"

typedef enum car_style {
  CAR_SEDAN,
  CAR_HATCH,
  CAR_ESTATE,
  CAR_SUV,
  CAR_PICKUP,
  CAR_COUPE,
  CAR_CITY,
  CAR_TAXI,
  CAR_VAN,
  CAR_STYLE_COUNT
} car_style;

typedef enum car_grille { GRILLE_BARS, GRILLE_WIDE, GRILLE_SLIM, GRILLE_NONE } car_grille;

typedef struct car_shape {
  car_style style;
  float length, width, height; // of the shell, mirrors and roof gear not counted
  float wheelbase, front_overhang;
  float wheel_radius, tyre_width, ground;
  float nose_z, cowl_z, belt_z, tail_z; // heights of the shell's upper edge
  float screen_s, header_s;             // windscreen's foot and head, in the middle
  float roof_s, rear_s;                 // rear window's head and foot, in the middle
  float pillar_b_s, pillar_c_s;         // middle of the B pillar, end of the rear door's glass
  float tumble;                         // how far the roof's edge stands in from the belt
  float roof_drop;                      // of the roof's rear edge
  float nose_slope;                     // share of the full lean of the nose
  bool quarter_glass, two_doors, rails, cladding, bed, taxi_sign, panel;
  bool beacons; // blue lights on the roof, and stripes
  car_grille grille;
  int spokes;
  float spoke_width;
} car_shape;

/// Any variant >= 0 of cars or of vans.
car_shape car_shape_of(int variant, bool van);

/// The box of its geometry.
void car_shape_size(const car_shape *k, double size_m[3]);
/// Appends what it is made of, without normals: shell and glass; what one sees through that; what
/// is screwed on, and the wheels. The last two may be one.
void car_parts(const car_shape *k, hull *shell, mesh *skin, mesh *inside, mesh *outside);

enum { CAR_ROWS = 9 };
/// The shell below the belt, with its arches cut.
void car_shell(const car_shape *k, hull *shell);
/// The front door's shut lines, front and rear: distances behind the nose.
void car_door_seams(const car_shape *k, float seam_s[2]);
/// Bonnet, boot or bed, underside, wheel wells.
void car_shell_rest(mesh *m, const car_shape *k, const hull *shell);
/// Glass, pillars and roof.
void car_greenhouse(mesh *m, const car_shape *k, const hull *shell);
/// What one sees through the glass.
void car_interior(mesh *m, const car_shape *k, const hull *shell);
/// Plates, handles, mirrors, bars, exhaust: all that is screwed on.
void car_fittings(mesh *m, const car_shape *k, const hull *shell);

/// The whole mesh of a shape.
void car_shape_build(const car_shape *k, mesh *out);

/// Stripes in the second paint along the doors.
void car_stripes(const car_shape *k, hull *shell);
/// Blue lights on the roof.
void car_beacons(mesh *m, const car_shape *k);
#define CAR_BEACONS_M 0.14f

#endif
