// SPDX-License-Identifier: Apache-2.0
// Drawings of a drive report, as SVG within its page.
#ifndef CLUSTER_DRIVE_PLOTS_H
#define CLUSTER_DRIVE_PLOTS_H

#include <stdio.h>

#include "sim/statistics.h"

/// An interval on a line from 0 to `most`, its value as a dot. NaN bounds: the dot alone.
void drive_plot_interval(FILE *to, const sim_interval *of, double most);
/// How many of `count` values lie where between 0 and `most`: bars of equal width, larger values in
/// the last one. What isn't finite is left out and counted below as without a value.
void drive_plot_histogram(FILE *to, const char *title, const double *values, int count,
                          double most);

#endif
