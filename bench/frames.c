// SPDX-License-Identifier: Apache-2.0
// Labelled frames a second, from the script to the committed shard, start-up and all:
// two ranks of a core each, as the demo runs.
#include "generate.h"

enum { RANKS = 2, SCENES = 4 };

int main(void) {
  const char *script = BENCH_DIR "/town.lua";
  bench_samples rate = {0}, memory = {0};
  bench_run_generate(script, 1, 1, 0); // drivers compile kernels once and keep them
  for (int i = 0; i < BENCH_REPEATS; i++) {
    bench_generate job = bench_run_generate(script, RANKS, SCENES, i);
    bench_add(&memory, bench_run_generate(script, 1, 1, i).peak_mib);
    bench_add(&rate, job.frames / job.wall_s);
    fprintf(stderr,
            "bench: %.0f frames in %.2f s: build %.2f, move %.2f, render %.2f, write %.2f, "
            "commit %.2f s\n",
            job.frames, job.wall_s, job.build_s, job.move_s, job.render_s, job.write_s,
            job.commit_s);
  }
  bench_report_bar("frames", "fast_640x384", "frames/s", BENCH_MORE, &rate, 8);
  bench_report_bar("frames", "memory", "MiB", BENCH_LESS, &memory, 2048);
  return 0;
}
