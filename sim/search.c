// SPDX-License-Identifier: Apache-2.0
#include "sim/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double SHARE[SIM_SEARCH_COUNT] = {
    [SIM_SEARCH_IMPORTANCE] = 0.6, [SIM_SEARCH_CEM] = 0.9};
static const double ELITE = 0.1; // of the samples, where too few have failed
enum { FAILED_ENOUGH = 8, ELITE_LEAST = 8 };
static const double BY_CHANCE = 1.95; // Kolmogorov's limit that one word in 1,000 exceeds
static const double FLAT = 0.1;       // of the mass stays everywhere
static const double CONFIDENCE = 0.95;

const char *sim_search_name(sim_search kind) {
  static const char *const names[SIM_SEARCH_COUNT] = {"none", "random", "importance", "cem"};
  return kind >= 0 && kind < SIM_SEARCH_COUNT ? names[kind] : "unknown";
}

int sim_search_rounds(sim_search kind) {
  return kind == SIM_SEARCH_IMPORTANCE || kind == SIM_SEARCH_CEM ? 8 : 1;
}

bool sim_search_estimates(sim_search kind, int round) {
  return kind == SIM_SEARCH_RANDOM ||
         (kind == SIM_SEARCH_IMPORTANCE && round >= sim_search_rounds(kind) / 2);
}

// ---- fitting ----

typedef struct ranked {
  double badness;
  int number;
} ranked;

static int worse_first(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  if (x->badness != y->badness)
    return x->badness > y->badness ? -1 : 1;
  return x->number - y->number;
}

// The samples to go by, worst first; their number.
static int choose(const sim_search_sample *samples, int count, ranked *out) {
  int failed = 0;
  for (int i = 0; i < count; i++) {
    out[i] = (ranked){samples[i].badness, i};
    failed += samples[i].failed;
  }
  qsort(out, (size_t)count, sizeof *out, worse_first);
  if (failed >= FAILED_ENOUGH)
    return failed;
  int share = (int)lround(ELITE * count);
  int wanted = share > ELITE_LEAST ? share : ELITE_LEAST;
  return wanted < count ? wanted : count;
}

typedef struct weighed {
  double at, weight;
} weighed;

static int by_place(const void *a, const void *b) {
  const weighed *x = a, *y = b;
  return x->at < y->at ? -1 : x->at > y->at;
}

// How much farther than by chance the values are from uniform: sup |F - u| x sqrt of how many
// values of equal weight they are worth.
static double distance(weighed *values, int count) {
  double sum = 0, squares = 0, below = 0, most = 0;
  qsort(values, (size_t)count, sizeof *values, by_place);
  for (int i = 0; i < count; i++) {
    sum += values[i].weight;
    squares += values[i].weight * values[i].weight;
  }
  for (int i = 0; i < count; i++) {
    most = fmax(most, fabs(below / sum - values[i].at));
    below += values[i].weight;
    most = fmax(most, fabs(below / sum - values[i].at));
  }
  return most * sum / sqrt(squares);
}

// Mass where the values are, smoothed over neighbours.
static void shape(const weighed *values, int count, double mass[SCRIPT_TILT_BINS]) {
  double raw[SCRIPT_TILT_BINS] = {0}, sum = 0;
  for (int i = 0; i < count; i++) {
    int b = (int)(values[i].at * SCRIPT_TILT_BINS);
    raw[b < SCRIPT_TILT_BINS ? b : SCRIPT_TILT_BINS - 1] += values[i].weight;
    sum += values[i].weight;
  }
  for (int b = 0; b < SCRIPT_TILT_BINS; b++) {
    double left = raw[b > 0 ? b - 1 : b];
    double right = raw[b < SCRIPT_TILT_BINS - 1 ? b + 1 : b];
    double smooth = (left + 2 * raw[b] + right) / 4 / sum;
    mass[b] = (1 - FLAT) * smooth + FLAT / SCRIPT_TILT_BINS;
  }
}

status sim_search_fit(sim_search kind, const sim_search_sample *samples, int count,
                      script_tilt *out, trouble *why) {
  *out = script_tilt_none();
  if (sim_search_rounds(kind) == 1 || count == 0)
    return STATUS_OK;
  ranked *order = malloc((size_t)count * sizeof *order);
  weighed *values = malloc((size_t)count * sizeof *values);
  if (!order || !values) {
    free(order);
    free(values);
    return trouble_set(why, STATUS_MEMORY, "no memory for a search over %d episodes", count);
  }
  int chosen = choose(samples, count, order);
  for (int k = 0; k < SCRIPT_TILT_WORDS; k++) {
    for (int i = 0; i < chosen; i++) {
      const sim_search_sample *s = &samples[order[i].number];
      values[i] = (weighed){s->words[k], kind == SIM_SEARCH_CEM ? 1 : s->weight};
    }
    if (distance(values, chosen) > BY_CHANCE)
      shape(values, chosen, out->mass[k]);
  }
  out->share = SHARE[kind];
  free(order);
  free(values);
  return STATUS_OK;
}

// ---- estimating ----

sim_interval sim_search_rate(const sim_search_sample *samples, int count, bool rejected) {
  const double heaviest = 1 / (1 - SHARE[SIM_SEARCH_IMPORTANCE]); // that a sample can be
  double sum = 0, weights = 0, squares = 0, most = 0;
  int failed = 0;
  bool plain = true;
  for (int i = 0; i < count; i++) {
    const sim_search_sample *s = &samples[i];
    plain = plain && s->weight == 1;
    failed += s->failed;
    sum += s->failed ? s->weight : 0;
    most = s->failed ? fmax(most, s->weight) : most;
    weights += s->weight;
  }
  if (plain || count < 2)
    return sim_wilson(failed, count, CONFIDENCE);
  double scale = rejected ? weights : count, rate = sum / scale;
  if (failed == 0)
    return (sim_interval){0, 0, fmin(1, 3 * heaviest / scale)};
  for (int i = 0; i < count; i++) {
    const sim_search_sample *s = &samples[i];
    double off = s->weight * ((s->failed ? 1 : 0) - (rejected ? rate : 0)) - (rejected ? 0 : rate);
    squares += off * off;
  }
  double variance = squares * count / (count - 1) / (scale * scale), z = sim_normal_z(CONFIDENCE);
  // Wilson's of as many counted episodes as would vary as much.
  double z2 = z * z / fmax(rate * fmax(1 - rate, 1e-9) / variance, 1e-9);
  double middle = (rate + z2 / 2) / (1 + z2);
  double reach = sqrt(z2 * (fmax(rate * (1 - rate), 0) + z2 / 4)) / (1 + z2);
  // Where the tilt is thin a failure weighs much and is rarely met: room for one more.
  return (sim_interval){rate, fmax(0, middle - reach), fmin(1, middle + reach + most / scale)};
}
