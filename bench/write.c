// SPDX-License-Identifier: Apache-2.0
// The share of a job's wall time that goes into compressing and writing shards and
// committing them. Stages are summed over threads, so work that overlaps with
// rendering counts in full.
#include "generate.h"

enum { SCENES = 2 };

int main(void) {
  const char *script = BENCH_DIR "/town.lua";
  bench_run_generate(script, NULL, 1, 1, 0);
  bench_samples share = {0};
  for (int i = 0; i < BENCH_REPEATS; i++) {
    bench_generate job = bench_run_generate(script, NULL, 1, SCENES, i);
    bench_add(&share, (job.write_s + job.commit_s) / job.wall_s);
  }
  bench_report_bar("write", "share_of_wall", "of wall", BENCH_LESS, &share, 0.10);
  return 0;
}
