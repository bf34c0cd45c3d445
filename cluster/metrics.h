// SPDX-License-Identifier: Apache-2.0
// How far a job is, for a monitoring system: a Prometheus textfile in the dataset's
// folder, replaced as a whole.
#ifndef CLUSTER_METRICS_H
#define CLUSTER_METRICS_H

#include <stdbool.h>

#include "cluster/progress.h"

enum { METRICS_S = 10 }; // between two looks of a scraper there is rarely less

typedef struct cluster_metrics {
  const char *output, *job_id; // must outlive this
  int ranks;
  double written_s;
} cluster_metrics;

/// Writes OUTPUT/metrics.prom when METRICS_S have passed since it was last written.
/// Without fsync: a torn or missing one harms nobody, and a failure is not told.
void cluster_metrics_tick(cluster_metrics *metrics, const cluster_counts *counts);
/// Writes it a last time, with how the launch ended.
void cluster_metrics_end(cluster_metrics *metrics, const cluster_counts *counts, int exit_code);

#endif
