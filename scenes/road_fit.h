// SPDX-License-Identifier: Apache-2.0
// Clothoids along curves of other kinds. The model knows lines, arcs and clothoids only;
// OpenDRIVE's cubic polynomials are followed by clothoids to within ROAD_FIT_M.
#ifndef SCENES_ROAD_FIT_H
#define SCENES_ROAD_FIT_H

#include <stdbool.h>

#include "scenes/road_curve.h"

/// The piece from one place to another with both headings (Bertolazzi and Frego 2015): the one
/// clothoid that turns the least. Its s_m is 0. False when none is found, or the places are
/// the same.
bool road_fit_clothoid(road_geometry *out, const road_place *from, const road_place *to);

/// A parametric cubic in the frame of its start: x = u(p) forward, y = v(p) to the left, p from
/// 0 to p_end; u = a + b p + c p^2 + d p^3, coefficients in that order.
typedef struct road_cubic {
  double x_m, y_m, heading_rad; // of the frame
  double u[4], v[4], p_end;
} road_cubic;

/// How far the pieces may be from the curve.
#define ROAD_FIT_M 0.005

enum { ROAD_FIT_PIECES = 256 };

/// Length of the curve from 0 to p.
double road_cubic_length(const road_cubic *c, double p);
/// The p at which the curve has that length; INFINITY when it never gets there.
double road_cubic_reach(const road_cubic *c, double length_m);
/// Follows the curve. Pieces join without a gap; s_m begins at 0. Returns their number, 0 when
/// the curve can't be followed with ROAD_FIT_PIECES: it has a cusp, say, or isn't finite.
int road_fit_cubic(road_geometry out[ROAD_FIT_PIECES], const road_cubic *c);

#endif
