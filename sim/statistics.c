// SPDX-License-Identifier: Apache-2.0
#include "sim/statistics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/rng.h"

static const sim_interval NOTHING = {NAN, NAN, NAN};

double sim_normal_z(double confidence) {
  double low = 0, high = 40, tail = 1 - confidence;
  for (int i = 0; i < 200; i++) {
    double z = (low + high) / 2;
    if (erfc(z * M_SQRT1_2) > tail)
      low = z;
    else
      high = z;
  }
  return (low + high) / 2;
}

// The continued fraction of I_x(a, b), by Lentz's method (DLMF 8.17.22).
static double beta_fraction(double x, double a, double b) {
  const double TINY = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  d = 1 / (fabs(d) < TINY ? TINY : d);
  double h = d;
  for (int m = 1; m < 10000; m++) {
    for (int odd = 0; odd < 2; odd++) {
      double term = odd ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
                        : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 + term * d;
      d = 1 / (fabs(d) < TINY ? TINY : d);
      c = 1 + term / c;
      c = fabs(c) < TINY ? TINY : c;
      h *= c * d;
    }
    if (fabs(c * d - 1) < 1e-15)
      break;
  }
  return h;
}

double sim_beta(double x, double a, double b) {
  if (x <= 0)
    return 0;
  if (x >= 1)
    return 1;
  double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
  // The fraction converges fast on that side only.
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(x, a, b) / a
                                   : 1 - front * beta_fraction(1 - x, b, a) / b;
}

static double beta_quantile(double p, double a, double b) {
  double low = 0, high = 1;
  for (int i = 0; i < 200 && low < high; i++) {
    double x = (low + high) / 2;
    if (sim_beta(x, a, b) < p)
      low = x;
    else
      high = x;
  }
  return (low + high) / 2;
}

static bool is_rate(int64_t hits, int64_t trials, double confidence) {
  return trials > 0 && hits >= 0 && hits <= trials && confidence > 0 && confidence < 1;
}

sim_interval sim_wilson(int64_t hits, int64_t trials, double confidence) {
  if (!is_rate(hits, trials, confidence))
    return NOTHING;
  double n = (double)trials, p = (double)hits / n, z = sim_normal_z(confidence), z2 = z * z / n;
  double middle = (p + z2 / 2) / (1 + z2);
  double half = z * sqrt(p * (1 - p) / n + z2 / (4 * n)) / (1 + z2);
  return (sim_interval){p, hits == 0 ? 0 : middle - half, hits == trials ? 1 : middle + half};
}

sim_interval sim_clopper_pearson(int64_t hits, int64_t trials, double confidence) {
  if (!is_rate(hits, trials, confidence))
    return NOTHING;
  double k = (double)hits, n = (double)trials, tail = (1 - confidence) / 2;
  return (sim_interval){k / n, hits == 0 ? 0 : beta_quantile(tail, k, n - k + 1),
                        hits == trials ? 1 : beta_quantile(1 - tail, k + 1, n - k)};
}

double sim_rule_of_three(int64_t trials) {
  return trials < 1 ? NAN : trials < 3 ? 1 : 3 / (double)trials;
}

// A scene's part of the mean.
typedef struct cluster {
  uint32_t scene;
  double value, sum;
  int count;
} cluster;

static int by_scene(const void *a, const void *b) {
  const cluster *x = a, *y = b;
  if (x->scene != y->scene)
    return x->scene < y->scene ? -1 : 1;
  return (x->value > y->value) - (x->value < y->value);
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Values, sorted by scene and size so that their order doesn't matter, become sums by scene.
static int gather(cluster *all, int count) {
  qsort(all, (size_t)count, sizeof *all, by_scene);
  int scenes = 0;
  for (int i = 0; i < count; i++) {
    double value = all[i].value;
    if (i == 0 || all[i].scene != all[scenes - 1].scene) {
      all[scenes] = all[i];
      all[scenes].sum = 0;
      all[scenes++].count = 0;
    }
    all[scenes - 1].sum += value;
    all[scenes - 1].count++;
  }
  return scenes;
}

static double quantile(const double *sorted, int n, double p) {
  double at = p * (n - 1);
  int k = (int)at < n - 1 ? (int)at : n - 1, next = k + 1 < n ? k + 1 : k;
  return sorted[k] + (at - k) * (sorted[next] - sorted[k]);
}

static void resample(const cluster *all, int scenes, double confidence, int draws, uint64_t seed,
                     double *means, sim_interval *out) {
  double sum = 0;
  int count = 0;
  for (int i = 0; i < scenes; i++) {
    sum += all[i].sum;
    count += all[i].count;
  }
  out->value = sum / count;
  for (int draw = 0; draw < draws; draw++) {
    rng r = rng_at(seed, RNG_STATISTICS, 0, 0, (uint32_t)draw);
    sum = 0;
    count = 0;
    for (int i = 0; i < scenes; i++) {
      const cluster *c = &all[rng_below(&r, scenes)];
      sum += c->sum;
      count += c->count;
    }
    means[draw] = sum / count;
  }
  qsort(means, (size_t)draws, sizeof *means, by_size);
  out->low = quantile(means, draws, (1 - confidence) / 2);
  out->high = quantile(means, draws, (1 + confidence) / 2);
}

// b: NULL, or what is subtracted.
static status bootstrap(const double *a, const double *b, const uint32_t *scenes, int count,
                        double confidence, int draws, uint64_t seed, sim_interval *out, int *used,
                        trouble *why) {
  *out = NOTHING;
  *used = 0;
  if (!(confidence > 0 && confidence < 1) || draws < 1)
    return trouble_set(why, STATUS_RANGE,
                       "bootstrap: a confidence of %g with %d draws makes no interval; it takes 0 "
                       "< confidence < 1 and at least 1 draw",
                       confidence, draws);
  cluster *all = malloc(sizeof *all * (size_t)(count > 0 ? count : 1));
  double *means = malloc(sizeof *means * (size_t)draws);
  if (!all || !means) {
    free(all);
    free(means);
    return trouble_set(why, STATUS_MEMORY, "bootstrap: no memory for %d values", count);
  }
  for (int i = 0; i < count; i++) {
    double value = b ? a[i] - b[i] : a[i];
    if (!isnan(value))
      all[(*used)++] = (cluster){.scene = scenes[i], .value = value};
  }
  if (*used > 0)
    resample(all, gather(all, *used), confidence, draws, seed, means, out);
  free(all);
  free(means);
  return STATUS_OK;
}

status sim_bootstrap_mean(const double *values, const uint32_t *scenes, int count,
                          double confidence, int draws, uint64_t seed, sim_interval *out,
                          trouble *why) {
  int used;
  return bootstrap(values, NULL, scenes, count, confidence, draws, seed, out, &used, why);
}

status sim_paired_difference(const double *a, const double *b, const uint32_t *scenes, int count,
                             double confidence, int draws, uint64_t seed, sim_interval *out,
                             int *pairs, trouble *why) {
  return bootstrap(a, b, scenes, count, confidence, draws, seed, out, pairs, why);
}
