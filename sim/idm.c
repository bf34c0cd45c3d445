// SPDX-License-Identifier: Apache-2.0
#include "sim/idm.h"
#include "base/least.h"

#include <math.h>

// x^e; delta is 4 for nearly every driver, and pow() is the dearest call of a step.
static double power(double x, double e) {
  if (e == 4.0) {
    double square = x * x;
    return square * square;
  }
  return pow(x, e);
}

double sim_idm_free(const driver_params *d, double v_mps, double v0_mps) {
  if (v_mps <= v0_mps)
    return d->accel_mps2 * (1 - power(v_mps / v0_mps, d->exponent));
  return -d->decel_mps2 * (1 - pow(v0_mps / v_mps, d->accel_mps2 * d->exponent / d->decel_mps2));
}

double sim_idm_interaction(const driver_params *d, double v_mps, double closing_mps, double gap_m) {
  double dynamic =
      v_mps * d->headway_s + v_mps * closing_mps / (2 * sqrt(d->accel_mps2 * d->decel_mps2));
  double wanted = d->gap_m + most_of(0, dynamic);
  double ratio = wanted / most_of(gap_m, 0.1);
  return d->accel_mps2 * ratio * ratio;
}

double sim_idm_equilibrium_gap(const driver_params *d, double v_mps, double v0_mps) {
  return (d->gap_m + v_mps * d->headway_s) / sqrt(1 - power(v_mps / v0_mps, d->exponent));
}

double sim_time_to_cover(double distance_m, double v_mps, double accel_mps2, double top_mps) {
  if (distance_m <= 0)
    return 0;
  if (v_mps >= top_mps)
    return distance_m / v_mps;
  double speeding_up = (top_mps * top_mps - v_mps * v_mps) / (2 * accel_mps2);
  if (distance_m <= speeding_up)
    return (sqrt(v_mps * v_mps + 2 * accel_mps2 * distance_m) - v_mps) / accel_mps2;
  return (top_mps - v_mps) / accel_mps2 + (distance_m - speeding_up) / top_mps;
}
