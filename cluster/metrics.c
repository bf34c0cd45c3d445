// SPDX-License-Identifier: Apache-2.0
#include "cluster/metrics.h"

#include <stdio.h>
#include <unistd.h>

#include "cluster/folder.h"

enum { RUNNING = -1, METRICS_COUNT = 13 };

static void print(FILE *to, const cluster_metrics *m, const cluster_counts *c, int exit_code) {
  const struct {
    const char *name, *help;
    double value;
  } rows[METRICS_COUNT] = {
      {"shards", "Shards of the job.", c->shards},
      {"shards_done", "Shards that are committed.", c->shards_done},
      {"shards_quarantined", "Shards that failed three times.", c->quarantined},
      {"scenes", "Scenes of the job.", (double)c->scenes},
      {"scenes_done", "Scenes in committed shards.", (double)c->scenes_done},
      {"frames_expected", "Frames of the job, by its first scene.", (double)c->frames_expected},
      {"frames", "Frames that are there.", (double)(c->frames_before + c->frames_now)},
      {"bytes", "Bytes of committed shards.", (double)c->bytes},
      {"launch_faults", "Failed tries of this launch.", c->faults},
      {"launch_frames", "Frames made by this launch.", (double)c->frames_now},
      {"launch_seconds", "How long this launch has worked.", c->seconds},
      {"launch_ranks", "Ranks of this launch.", m->ranks},
      {"launch_exit_code", "How it ended; -1 while it runs.", exit_code},
  };
  for (int i = 0; i < METRICS_COUNT; i++)
    fprintf(
        to,
        "# HELP roadloom_%s %s\n# TYPE roadloom_%s gauge\nroadloom_%s{job_id=\"%.12s\"} %.15g\n",
        rows[i].name, rows[i].help, rows[i].name, rows[i].name, m->job_id, rows[i].value);
}

static void write_file(const cluster_metrics *m, const cluster_counts *c, int exit_code) {
  char path[FOLDER_PATH], temp[FOLDER_PATH]; // a sweep removes what ends in .part
  if (cluster_path(path, m->output, "metrics.prom", NULL) ||
      cluster_path(temp, m->output, "metrics.prom.part", NULL))
    return;
  FILE *to = fopen(temp, "we");
  if (!to)
    return;
  print(to, m, c, exit_code);
  bool good = !ferror(to);
  good = fclose(to) == 0 && good;
  if (!good || rename(temp, path) < 0)
    unlink(temp);
}

void cluster_metrics_tick(cluster_metrics *metrics, const cluster_counts *counts) {
  if (counts->seconds - metrics->written_s < METRICS_S)
    return;
  metrics->written_s = counts->seconds;
  write_file(metrics, counts, RUNNING);
}

void cluster_metrics_end(cluster_metrics *metrics, const cluster_counts *counts, int exit_code) {
  write_file(metrics, counts, exit_code);
}
