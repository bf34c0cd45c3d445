// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"

#include <math.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

// So that a count can't leave an int, whatever a script asks for.
#define POISSON_MEAN_LIMIT 1e9

rng rng_at(uint64_t seed, rng_purpose purpose, uint32_t scene, uint32_t entity, uint32_t step) {
  // The purpose goes into the key's upper word, spread by an odd constant, so that
  // small seeds and small purposes can't meet.
  rng r = {.key = {(uint32_t)seed, (uint32_t)(seed >> 32) ^ ((uint32_t)purpose * 0x9E3779B9u)},
           .scene = scene,
           .entity = entity,
           .step = step,
           .draw = 0};
  return r;
}

void rng_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  philox4x32_ctr_t c = {{counter[0], counter[1], counter[2], counter[3]}};
  philox4x32_key_t k = {{key[0], key[1]}};
  philox4x32_ctr_t result = philox4x32_R(10, c, k);
  for (int i = 0; i < 4; i++)
    out[i] = result.v[i];
}

uint32_t rng_u32(rng *r) {
  if (r->draw < r->given_count)
    return r->given[r->draw++];
  // Four draws share one Philox block: counter word 3 is draw / 4.
  uint32_t counter[4] = {r->scene, r->entity, r->step, r->draw >> 2};
  uint32_t block[4];
  rng_philox(counter, r->key, block);
  return block[r->draw++ & 3];
}

double rng_unit(rng *r) {
  return (double)rng_u32(r) * 0x1p-32;
}

double rng_uniform(rng *r, double lo, double hi) {
  return lo + (hi - lo) * rng_unit(r);
}

int rng_below(rng *r, int n) {
  return (int)(((uint64_t)rng_u32(r) * (uint64_t)n) >> 32);
}

bool rng_chance(rng *r, double p) {
  return rng_unit(r) < p;
}

double rng_normal(rng *r, double mean, double sd) {
  double u = ((double)rng_u32(r) + 0.5) * 0x1p-32; // never 0, so the log is finite
  double v = rng_unit(r);
  return mean + sd * sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

double rng_log_uniform(rng *r, double lo, double hi) {
  // exp(log(x)) may miss x by a rounding, and a range must hold to the last bit.
  return fmin(fmax(exp(rng_uniform(r, log(lo), log(hi))), lo), hi);
}

int rng_poisson(rng *r, double mean) {
  if (!(mean > 0))
    return 0;
  if (mean < 30) {
    double limit = exp(-mean), product = rng_unit(r);
    int count = 0;
    while (product > limit) {
      count++;
      product *= rng_unit(r);
    }
    return count;
  }
  if (mean > POISSON_MEAN_LIMIT)
    mean = POISSON_MEAN_LIMIT;
  double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
  double inv_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    double u = rng_unit(r) - 0.5, v = rng_unit(r);
    double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r)
      return (int)k;
    if (k < 0 || (us < 0.013 && v > us))
      continue;
    if (log(v) + log(inv_alpha) - log(a / (us * us) + b) <= -mean + k * log(mean) - lgamma(k + 1))
      return (int)k;
  }
}

int rng_weighted(rng *r, const double *weights, int count) {
  double sum = 0;
  for (int i = 0; i < count; i++)
    sum += weights[i];
  double at = rng_uniform(r, 0, sum);
  for (int i = 0; i < count; i++) {
    if (at < weights[i])
      return i;
    at -= weights[i];
  }
  for (int i = count - 1; i > 0; i--) // rounding left a rest: the last possible one
    if (weights[i] > 0)
      return i;
  return 0;
}
