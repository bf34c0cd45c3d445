// SPDX-License-Identifier: Apache-2.0
// What every generated network promises, as one table of properties. Each is checked by code
// of its own that shares nothing with the builders but scenes/road.h and the readers of
// scenes/road_model.h. tests/scenes/test_road_faults.c shows that each sees a planted fault.
#ifndef TESTS_SCENES_WITH_PROOFS_H
#define TESTS_SCENES_WITH_PROOFS_H

#include "scenes/road.h"
#include "scenes/scene_def.h"

typedef struct proof_case {
  const road_network *net;
  const scene_def *def;
  int junctions; // brute force looks at no more than that many of them
} proof_case;

/// How often a property doesn't hold, and the first place where.
typedef struct proof_fault {
  int count;
  char text[240];
} proof_fault;

typedef struct proof {
  const char *name;
  void (*check)(const proof_case *c, proof_fault *out);
  double most_share; // of networks for which it may not hold
} proof;

extern const proof proofs_table[];
extern const int proofs_count;

/// The property of that name; fails the test when there is none.
const proof *proof_find(const char *name);
/// Counts a fault and keeps the first one's words.
void proof_says(proof_fault *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
