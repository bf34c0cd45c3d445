// SPDX-License-Identifier: Apache-2.0
// Buildings: a plan packed into a variant's number, faces, and what faces are made of.
// For files of render/asset_*.c alone.
#ifndef RENDER_ASSET_BUILDING_H
#define RENDER_ASSET_BUILDING_H

#include "render/mesh_shape.h"

typedef enum building_style {
  BUILDING_BRICK,
  BUILDING_TOWNHOUSE,
  BUILDING_SLAB,
  BUILDING_OFFICE,
  BUILDING_SHOP,
  BUILDING_HALL,   // of works and stores
  BUILDING_GARAGE, // of one car
  BUILDING_STYLE_COUNT
} building_style;

typedef enum building_roof { ROOF_PARAPET, ROOF_GABLE, ROOF_MANSARD } building_roof;

/// Lengths in metres. Walls stand on x = front_x, -back_x and y = +-half_width.
typedef struct building {
  building_style style;
  int storeys, wide, deep; // storeys, bays along the street, bays away from it
  int look;                // 0..3: turns of the same style
  building_roof roof;
  bool shops, balconies;
  float bay_m, storey_m, ground_m, roof_m; // roof_m: from the last ceiling to the very top
  float front_reach, back_reach;           // what stands out of front and back walls
  float front_x, back_x, half_width, wall_top;
  material wall;
} building;

enum { BUILDING_MOST_STOREYS = 32, BUILDING_MOST_BAYS = 10, BUILDING_LOOKS = 4 };

building building_of(int variant);
/// Of a seed whose lowest bits say the district.
int building_variant(uint32_t asset_seed, const double size_m[3]);

/// One wall seen from outside: u to the right, v up, d out of the wall.
typedef struct wall_face {
  mesh *m;
  const building *b;
  f3 origin, right, out;
  float width;
  int bays;
  int detail; // 0 flush panes; 1 reveals; 2 frames and sills; 3 surrounds too
  bool front;
} wall_face;

f3 wall_at(const wall_face *w, float u, float v, float d);
/// A rectangle in the plane d; uv counts from the face's corner, or from its own for panes.
void wall_quad(const wall_face *w, float u0, float v0, float u1, float v1, float d, material what);
/// A block that stands out of the wall from d0 to d1: five sides.
void wall_block(const wall_face *w, float u0, float v0, float u1, float v1, float d0, float d1,
                material what);
/// A pane set back by `depth` with reveals of `side`, frame bars and a sill by detail.
void wall_window(const wall_face *w, float u0, float v0, float u1, float v1, float depth,
                 material pane, material side);
/// Walls of one storey with an opening a bay: the pier, sill and head around rectangles
/// (left, right of each opening), v0..v1 of the storey and of the openings.
void wall_around(const wall_face *w, const float (*openings)[2], int count, float v0, float sill,
                 float head, float v1);
/// An axis-aligned box without its underside.
void building_box(mesh *m, float x0, float y0, float z0, float x1, float y1, float z1,
                  material what);

/// The storeys of a face from the ground up.
void building_front(const wall_face *w);
/// The ground floor of the street's side.
void building_shopfront(const wall_face *w);
/// A face of a hall: gates in front, bands of windows below the eaves.
void building_hall_face(const wall_face *w);
/// A face of a garage, its door in front.
void building_garage_face(const wall_face *w);
void building_roof_build(mesh *m, const building *b);

void building_size(int variant, double size_m[3]);
void building_build(int variant, mesh *out);

#endif
