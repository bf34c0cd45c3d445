// SPDX-License-Identifier: Apache-2.0
// What became of the draws of a script's scenes: how many were accepted, and why the
// others were not.
#ifndef SCENES_SCRIPT_TALLY_H
#define SCENES_SCRIPT_TALLY_H

#include "scenes/script.h"

enum { SCRIPT_ATTEMPTS = 1000, TALLY_REASONS = 32, TALLY_TEXT = 256 };

typedef struct script_tally {
  int accepted, rejected;
  int reason_count;
  struct tally_reason {
    char text[TALLY_TEXT];
    status code;
    int count;
  } reasons[TALLY_REASONS]; // by first appearance; further ones count as rejected only
} script_tally;

/// Counts a draw that `code` ended. Texts of STATUS_RANGE that differ only in numbers are one
/// reason, with the first one's text; those of scripts count as they are.
void script_tally_reject(script_tally *tally, status code, const char *reason);
/// The most frequent reason, the earlier of two; NULL when there is none.
const struct tally_reason *script_tally_top(const script_tally *tally);

/// script_build that also counts into `tally` (zeroed or used before).
status script_build_counted(const script *s, uint64_t seed, uint32_t index, scene **out,
                            script_tally *tally, trouble *why);

#endif
