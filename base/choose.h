// SPDX-License-Identifier: Apache-2.0
// Choices without branches, for loops over arrays whose elements go side by side where the
// processor can. Nothing is fused or put in another order by that: the same bits come out as one by
// one, on any machine.
#ifndef BASE_CHOOSE_H
#define BASE_CHOOSE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/// Before a function with such a loop: there is one of it for processors with AVX2, too.
/// Before the loop: its arrays don't overlap.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SIDE_BY_SIDE __attribute__((target_clones("avx2", "default")))
#define ARRAYS_APART _Pragma("GCC ivdep")
#else
#define SIDE_BY_SIDE
#define ARRAYS_APART
#endif

/// What choose() chooses by: all bits set where something holds.
static inline int64_t choose_if(bool holds) {
  return -(int64_t)holds;
}

static inline double choose(int64_t first, double one, double other) {
  int64_t a, b;
  double out;
  memcpy(&a, &one, sizeof a);
  memcpy(&b, &other, sizeof b);
  a = (a & first) | (b & ~first);
  memcpy(&out, &a, sizeof out);
  return out;
}

#endif
