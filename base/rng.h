// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: Random123's Philox4x32-10. A number is a pure
// function of (seed, purpose, scene, entity, step, draw), so that neither order,
// rank, device nor time can change it.
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdbool.h>
#include <stdint.h>

/// What a stream is for; part of the key. Append only: a changed value changes
/// every dataset.
typedef enum rng_purpose {
  RNG_SCRIPT = 1,
  RNG_ROAD,
  RNG_PLACE,
  RNG_TRAFFIC,
  RNG_PEOPLE,
  RNG_WEATHER,
  RNG_ASSET,
  RNG_CAMERA,
  RNG_LIDAR,
  RNG_SPLIT,
  RNG_TEST,
  RNG_SIGNALS,
  RNG_DRIVERS,
  RNG_COMPANY, // what people have with them, where they cross
  RNG_BUSES,
  RNG_STATISTICS,
  RNG_IMPASSE,
  RNG_SEARCH, // which scenes of a search are tilted
  RNG_TRAILERS,
} rng_purpose;

/// A stream: a place in the counter space. Copy it to fork a repeatable one.
typedef struct rng {
  uint32_t key[2];
  uint32_t scene, entity, step, draw;
  uint32_t given_count;  // 0 but where somebody else says what is drawn first,
  const uint32_t *given; // (given_count) which has to outlive the stream
} rng;

/// The stream of one entity (0: the scene itself) at one step.
rng rng_at(uint64_t seed, rng_purpose purpose, uint32_t scene, uint32_t entity, uint32_t step);

/// Philox4x32-10 itself, as Random123's known-answer file tests it.
void rng_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

uint32_t rng_u32(rng *r);
/// Uniform in [0, 1), 32 bits of resolution.
double rng_unit(rng *r);
/// Uniform in [lo, hi).
double rng_uniform(rng *r, double lo, double hi);
/// Uniform integer in [0, n); n > 0.
int rng_below(rng *r, int n);
/// True with probability p.
bool rng_chance(rng *r, double p);
/// Gaussian by Box–Muller; takes two draws.
double rng_normal(rng *r, double mean, double sd);
/// exp(uniform(log lo, log hi)), in [lo, hi]; 0 < lo <= hi.
double rng_log_uniform(rng *r, double lo, double hi);
/// Poisson: Knuth's product below a mean of 30, else PTRS (Hörmann 1993). A mean that
/// isn't above 0 gives 0; one above 1e9 counts as 1e9.
int rng_poisson(rng *r, double mean);
/// The index drawn with probability weights[i] / sum; weights >= 0, sum > 0.
int rng_weighted(rng *r, const double *weights, int count);

#endif
