// SPDX-License-Identifier: Apache-2.0
#include "scenes/script_tilt.h"

#include <math.h>

#include "base/rng.h"

script_tilt script_tilt_none(void) {
  script_tilt t = {.share = 0};
  for (int k = 0; k < SCRIPT_TILT_WORDS; k++)
    for (int b = 0; b < SCRIPT_TILT_BINS; b++)
      t.mass[k][b] = 1.0 / SCRIPT_TILT_BINS;
  return t;
}

// Where the distribution of steps has u of its mass.
static double inverse(const double mass[SCRIPT_TILT_BINS], double u) {
  int b = 0;
  for (; b < SCRIPT_TILT_BINS - 1 && u >= mass[b]; b++)
    u -= mass[b];
  double within = u / mass[b];
  return (b + (within < 1 ? within : 1)) / SCRIPT_TILT_BINS;
}

double script_tilt_draw(const script_tilt *t, uint64_t seed, uint32_t index, uint32_t attempt,
                        uint32_t words[SCRIPT_TILT_WORDS]) {
  rng own = rng_at(seed, RNG_SCRIPT, index, attempt, 0);
  rng which = rng_at(seed, RNG_SEARCH, index, attempt, 0);
  bool tilted = rng_chance(&which, t->share);
  double density = 1;
  for (int k = 0; k < SCRIPT_TILT_WORDS; k++) {
    words[k] = rng_u32(&own);
    if (tilted) {
      double at = ldexp(inverse(t->mass[k], ldexp(words[k], -32)), 32);
      words[k] = at < 4294967295.0 ? (uint32_t)at : UINT32_MAX;
    }
    density *= t->mass[k][words[k] / (uint32_t)(0x100000000 / SCRIPT_TILT_BINS)] * SCRIPT_TILT_BINS;
  }
  return 1 / (1 - t->share + t->share * density);
}
