// SPDX-License-Identifier: Apache-2.0
#include "sim/idm.h"

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
  return sim_idm_interaction_of(d, sqrt(d->accel_mps2 * d->decel_mps2), d->headway_s, v_mps,
                                closing_mps, gap_m);
}

double sim_idm_equilibrium_gap(const driver_params *d, double v_mps, double v0_mps) {
  return (d->gap_m + v_mps * d->headway_s) / sqrt(1 - power(v_mps / v0_mps, d->exponent));
}
