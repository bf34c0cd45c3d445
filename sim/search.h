// SPDX-License-Identifier: Apache-2.0
// Searching a script's draws for the scenes in which a policy fails, and how often it fails all the
// same. Pure functions of samples: same samples in the same order, same bits.
//
// Draws are tilted towards where failures, or the nearest things to them, were (the
// cross-entropy method: Rubinstein and Kroese 2004), each word by itself, and a word only where
// they lie otherwise than by chance (Kolmogorov and Smirnov, weighted). Importance
// sampling keeps the weights: of rounds whose tilt was settled by earlier rounds alone, the mean of
// weight x failed has the failure rate as its expectation whatever was found before.
#ifndef SIM_SEARCH_H
#define SIM_SEARCH_H

#include <stdbool.h>

#include "scenes/script_tilt.h"
#include "sim/statistics.h"

typedef enum sim_search {
  SIM_SEARCH_NONE,
  SIM_SEARCH_RANDOM,     // the script's own draws: finds, and a rate by counting
  SIM_SEARCH_IMPORTANCE, // the first half of the rounds learns, the second half estimates
  SIM_SEARCH_CEM,        // for finds alone
  SIM_SEARCH_COUNT
} sim_search;

/// "none", "random", "importance", "cem".
const char *sim_search_name(sim_search kind);
/// Rounds of a search, each of which draws by what those before it found.
int sim_search_rounds(sim_search kind);
/// Whether a round's episodes count in the estimate of the rate.
bool sim_search_estimates(sim_search kind, int round);

typedef struct sim_search_sample {
  double words[SCRIPT_TILT_WORDS]; // in [0, 1)
  double weight;                   // script_tilt_draw's
  double badness;                  // the greater the worse, of failures above all others
  bool failed;
} sim_search_sample;

/// The tilt of a round after those samples; none without samples and for a random search.
/// STATUS_MEMORY.
status sim_search_fit(sim_search kind, const sim_search_sample *samples, int count,
                      script_tilt *out, trouble *why);

/// The rate of failures of the script's own draws, from samples of rounds that estimate, with a
/// 95 % interval: Wilson's, when not all weights are 1 of as many episodes as their counting would
/// vary as much, with room for one more failure as heavy as the heaviest; and without any failure 3
/// / n times the most that a sample can weigh. `rejected`: not all draws were accepted
/// (require_that), so that weights are known but for a factor; the mean is then divided by the mean
/// weight, which makes it consistent instead of unbiased.
sim_interval sim_search_rate(const sim_search_sample *samples, int count, bool rejected);

#endif
