// SPDX-License-Identifier: Apache-2.0
// Labelled frames a second of the demo's town with 100 vehicles and 100 people, every label on,
// from the script to the committed shard, start-up and all: two ranks of a core each, as the demo
// runs. And the processor time of a frame, which a busy machine changes less than the clock.
#include "generate.h"

enum { RANKS = 2 };

#define LIVELY "traffic.vehicles=100", "pedestrians.count=100", "ego.rig.cameras[*].labels=all"
static const char *const SMALL[] = {LIVELY, NULL};
static const char *const WIDE[] = {LIVELY, "ego.rig.cameras[*].width_px=1600",
                                   "ego.rig.cameras[*].height_px=900", NULL};

// Processor seconds of children that have ended.
static double spent_s(void) {
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

// `bar` frames/s of RANKS cores, which is so much processor time a frame.
static void measure(const char *name, const char *cost_name, const char *const *sets, int scenes,
                    double bar) {
  const char *script = BENCH_DIR "/town.lua";
  bench_samples rate = {0}, cost = {0};
  bench_run_generate(script, sets, 1, 1, 0); // drivers compile kernels once and keep them
  for (int i = 0; i < BENCH_REPEATS; i++) {
    double before_s = spent_s();
    bench_generate job = bench_run_generate(script, sets, RANKS, scenes, i);
    bench_add(&rate, job.frames / job.wall_s);
    bench_add(&cost, (spent_s() - before_s) / job.frames * 1e3);
    fprintf(stderr,
            "bench: %s: %.0f frames in %.2f s: build %.2f, move %.2f, render %.2f, write %.2f, "
            "commit %.2f s\n",
            name, job.frames, job.wall_s, job.build_s, job.move_s, job.render_s, job.write_s,
            job.commit_s);
  }
  bench_report_bar("frames", name, "frames/s", BENCH_MORE, &rate, bar);
  bench_report_bar("frames", cost_name, "ms", BENCH_LESS, &cost, RANKS / bar * 1e3);
}

int main(void) {
  measure("fast_640x384", "fast_640x384_processor", SMALL, 8, 15);
  measure("fast_1600x900", "fast_1600x900_processor", WIDE, 2, 3);
  bench_samples memory = {0};
  for (int i = 0; i < BENCH_REPEATS; i++)
    bench_add(&memory, bench_run_generate(BENCH_DIR "/town.lua", SMALL, 1, 1, i).peak_mib);
  bench_report_bar("frames", "memory", "MiB", BENCH_LESS, &memory, 2048);
  return 0;
}
