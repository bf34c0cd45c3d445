// SPDX-License-Identifier: Apache-2.0
// Lorries and buses: an upright hull. For files of render/asset_*.c alone.
#ifndef RENDER_ASSET_HEAVY_H
#define RENDER_ASSET_HEAVY_H

#include "render/asset_hull.h"
#include "render/asset_vehicle.h"

/// A level of the hull: its height, and how far it stands in.
typedef struct heavy_row {
  float z, side, nose, tail;
} heavy_row;

typedef struct heavy_shell {
  float length, width, nose_m, tail_m, wheel_radius;
  const float *stations; // (station_count) behind the nose
  int station_count;
  const heavy_row *rows; // (row_count) from the sill up
  int row_count;
  float axle_x[3]; // from the hull's middle, forward
  int axle_count;
} heavy_shell;

void heavy_hull(hull *h, const heavy_shell *k);
/// Cells by lanes of nose or tail, or by x on the sides; rows row0..row1-1.
void heavy_paint_nose(hull *h, int lane0, int lane1, int row0, int row1, material what);
void heavy_paint_tail(hull *h, int lane0, int lane1, int row0, int row1, material what);
void heavy_paint_side(hull *h, float x1, float x0, int row0, int row1, material what);
/// Roof, underside and wheel wells.
void heavy_close(mesh *m, const hull *h, const heavy_shell *k, material roof);
void heavy_lamp(mesh *m, f3 lo, f3 hi, material lit);

/// A cab over the front axle. Of its rows those from HEAVY_GLASS to HEAVY_GLASS + 2 bound the
/// windows, and above them are the roof's.
typedef struct heavy_cab {
  float length, width, wheel_radius;
  float axle_m; // behind the nose
  float lift;   // floor, seats and mirrors above a lorry's
  const heavy_row *rows;
  int row_count;
} heavy_cab;
enum { HEAVY_GLASS = 5 };
/// Adds it, smoothed, with its wheels; its nose is at `nose_x`.
void heavy_cab_build(const heavy_cab *def, float nose_x, mesh *out);

#endif
