// SPDX-License-Identifier: Apache-2.0
// What every benchmark program shares: a clock, repeated samples, and the one line
// of JSON per case on stdout that tools/bench reads. Anything meant for a person
// goes to stderr.
//
//   bench_samples ours = {0}, peer = {0};
//   for (int i = 0; i < BENCH_REPEATS; i++) {
//     double begin_s = bench_now_s();
//     …
//     bench_add(&ours, rays / (bench_now_s() - begin_s) * 1e-6);
//   }
//   bench_report("rays", "camera_coherent", "Mrays/s", BENCH_MORE, &ours, "embree", &peer);
//
// Ours and a peer that runs here should be sampled in turns, so that a change of
// the machine's clock meets both.
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { BENCH_REPEATS = 5, BENCH_SAMPLES = 64 };

/// Which way is better; it decides only how tools/bench marks a case.
typedef enum bench_better { BENCH_MORE, BENCH_LESS } bench_better;

/// One value a repeat; all zero is empty.
typedef struct bench_samples {
  int count;
  double values[BENCH_SAMPLES]; // (count) ascending; kept so by bench_add
} bench_samples;

/// Monotonic seconds.
static inline double bench_now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/// Largest resident set of this process so far, MiB.
static inline double bench_peak_rss_mib(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_maxrss / 1024;
}

static inline void bench_add(bench_samples *samples, double value) {
  assert(samples->count < BENCH_SAMPLES);
  int at = samples->count++;
  for (; at > 0 && samples->values[at - 1] > value; at--)
    samples->values[at] = samples->values[at - 1];
  samples->values[at] = value;
}

static inline double bench_min(const bench_samples *samples) {
  return samples->values[0];
}

static inline double bench_max(const bench_samples *samples) {
  return samples->values[samples->count - 1];
}

static inline double bench_median(const bench_samples *samples) {
  int half = samples->count / 2;
  return samples->count % 2 ? samples->values[half]
                            : (samples->values[half - 1] + samples->values[half]) / 2;
}

/// The case's line: medians, their ratio (ours / peer's), and ours' least and most.
/// `peer` names what ours is measured against: a library run beside it, or "bar"
/// for a fixed target, which is then the one sample of `theirs`. Words must not
/// need escaping in JSON.
static inline void bench_report(const char *bench, const char *case_name, const char *unit,
                                bench_better better, const bench_samples *ours, const char *peer,
                                const bench_samples *theirs) {
  assert(ours->count > 0 && theirs->count > 0);
  assert(!strpbrk(bench, "\"\\") && !strpbrk(case_name, "\"\\") && !strpbrk(peer, "\"\\"));
  double value = bench_median(ours), peer_value = bench_median(theirs);
  printf(
      "{\"bench\": \"%s\", \"case\": \"%s\", \"value\": %.6g, \"unit\": \"%s\", \"peer\": \"%s\", "
      "\"peer_value\": %.6g, \"ratio\": %.4g, \"repeats\": %d, \"min\": %.6g, \"max\": %.6g, "
      "\"better\": \"%s\", \"peak_rss_mib\": %.0f}\n",
      bench, case_name, value, unit, peer, peer_value, value / peer_value, ours->count,
      bench_min(ours), bench_max(ours), better == BENCH_MORE ? "more" : "less",
      bench_peak_rss_mib());
  fflush(stdout);
}

/// The same against a fixed target.
static inline void bench_report_bar(const char *bench, const char *case_name, const char *unit,
                                    bench_better better, const bench_samples *ours, double bar) {
  bench_samples target = {1, {bar}};
  bench_report(bench, case_name, unit, better, ours, "bar", &target);
}

#endif
