// SPDX-License-Identifier: Apache-2.0
// How a body turns whose front end goes straight on and whose axle rolls after it without slip: a
// tractrix. For files of sim/ alone.
#ifndef SIM_TRACTRIX_H
#define SIM_TRACTRIX_H

#include <math.h>

#include "base/least.h"

/// Angles whose tangent is less are none.
#define SIM_TRACTRIX_STRAIGHT 1e-9

/// Tangent of half the angle from `ahead`, a body's unit vector, to (cx, cy), that of its front
/// end's way, left positive.
static inline double sim_tractrix_drift(double ahead_x, double ahead_y, double cx, double cy) {
  return (ahead_x * cy - ahead_y * cx) / most_of(1e-9, 1 + ahead_x * cx + ahead_y * cy);
}

/// A body after its front end has gone `way` towards (cx, cy) with its axle d behind.
typedef struct sim_tractrix {
  double ahead_x, ahead_y; // unit vector
  double left;             // tangent of half of the angle that is left: drift exp(-way / d)
  double norm, cosine;     // 1 / (1 + left^2); of that angle
} sim_tractrix;

static inline sim_tractrix sim_tractrix_after(double drift, double cx, double cy, double way,
                                              double d) {
  double left = drift * exp(-way / d), norm = 1 / (1 + left * left);
  double sine = 2 * left * norm, cosine = (1 - left * left) * norm;
  return (sim_tractrix){.ahead_x = cx * cosine + cy * sine,
                        .ahead_y = cy * cosine - cx * sine,
                        .left = left,
                        .norm = norm,
                        .cosine = cosine};
}

#endif
