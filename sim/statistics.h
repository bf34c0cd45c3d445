// SPDX-License-Identifier: Apache-2.0
// Honest numbers from a handful of episodes: intervals for rates and for means of scores.
//
// Episodes of one scene are alike, so that scores are resampled by scene and not by episode (the
// cluster bootstrap: Davison and Hinkley 1997, section 3.8; percentiles). Draws come from
// base/rng.h: equal numbers give equal intervals, in whatever order the values lie.
#ifndef SIM_STATISTICS_H
#define SIM_STATISTICS_H

#include <stdint.h>

#include "base/status.h"

/// An estimate and its confidence interval; all NaN when there is nothing to estimate from.
typedef struct sim_interval {
  double value, low, high;
} sim_interval;

/// The standard normal's quantile that leaves (1 - confidence) / 2 on either side;
/// 0 < confidence < 1.
double sim_normal_z(double confidence);
/// The regularised incomplete beta function I_x(a, b); a, b > 0, x in 0..1.
double sim_beta(double x, double a, double b);

/// Wilson's score interval (1927) of a rate: good where rates aren't extreme.
sim_interval sim_wilson(int64_t hits, int64_t trials, double confidence);
/// Clopper's and Pearson's exact interval (1934): never too narrow.
sim_interval sim_clopper_pearson(int64_t hits, int64_t trials, double confidence);
/// The upper bound of a rate of which nothing was seen in `trials`: 3 / n, at most 1, which is 95 %
/// confident. NaN for none.
double sim_rule_of_three(int64_t trials);

/// The mean of values, and what it is in `draws` resamplings of whole scenes. NaN values are left
/// out. STATUS_RANGE: confidence outside 0..1, draws below 1. STATUS_MEMORY.
status sim_bootstrap_mean(const double *values, const uint32_t *scenes, int count,
                          double confidence, int draws, uint64_t seed, sim_interval *out,
                          trouble *why);
/// The mean of a - b over the pairs that both have, resampled the same way: two policies on the
/// same scenes and seeds. *pairs: how many those are.
status sim_paired_difference(const double *a, const double *b, const uint32_t *scenes, int count,
                             double confidence, int draws, uint64_t seed, sim_interval *out,
                             int *pairs, trouble *why);

#endif
