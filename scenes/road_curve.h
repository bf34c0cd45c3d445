// SPDX-License-Identifier: Apache-2.0
// Reference lines: evaluating line, arc and clothoid pieces, and laying them along
// points of intersection as road engineers do (line, spiral, arc, spiral, line).
#ifndef SCENES_ROAD_CURVE_H
#define SCENES_ROAD_CURVE_H

#include "scenes/road.h"

/// A place on a plane curve.
typedef struct road_place {
  double x_m, y_m, heading_rad, curvature_pm;
} road_place;

/// The piece at d metres from its own start, 0 <= d <= length_m.
road_place road_geometry_at(const road_geometry *g, double d_m);

/// The part of a piece between two distances from its start. Its s_m is 0.
road_geometry road_geometry_part(const road_geometry *g, double from_m, double to_m);
/// The part of a line from s0 to s1, its s_m from 0; out has room for `count` pieces. Returns
/// their number.
int road_line_part(const road_geometry *line, int count, double s0_m, double s1_m,
                   road_geometry *out);

/// A corner of the polygon that a curve rounds off.
typedef struct road_corner_point {
  double x_m, y_m;
  double radius_m; // of the arc; 0: as large as its neighbours leave room for
} road_corner_point;

enum { ROAD_CORNERS = 10, ROAD_PIECES = 5 * ROAD_CORNERS + 1 };

/// Pieces from `start` through the rounded corners to `end`, heading and curvature
/// continuous, with no curvature at both ends. Headings at the ends follow from the first
/// and last corner. The pieces' s_m begins at 0. Returns their number, at most
/// 4 corner_count + 1, which is less than ROAD_PIECES for up to ROAD_CORNERS.
int road_lay(road_geometry *out, double start_x_m, double start_y_m, double end_x_m, double end_y_m,
             const road_corner_point *corners, int corner_count);

/// Tangent length of a spiral-arc-spiral bend of unit radius that turns by angle_rad > 0.
double road_bend_tangent(double angle_rad);

/// The corners that take a line from one place and heading to another with as few bends as
/// it needs: 0, 1 or 2.
int road_connect(road_corner_point out[2], const road_place *from, const road_place *to);

/// Adds a piece of that length, its curvature changing evenly from k0 to k1 (1/m), where the
/// last of *count pieces ends. The first one begins at pieces[0]'s own place and heading, which
/// the caller sets.
void road_append(road_geometry *pieces, int *count, double length_m, double k0_pm, double k1_pm);

#endif
