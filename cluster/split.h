// SPDX-License-Identifier: Apache-2.0
// Which scenes are for training and which for judging. A scene's part depends on
// (seed, scene) alone, so that more scenes never move the ones that were there.
#ifndef CLUSTER_SPLIT_H
#define CLUSTER_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { SPLIT_PARTS = 8, SPLIT_NAME = 24, SPLIT_TEXT = 320 };

typedef struct cluster_split_part {
  char name[SPLIT_NAME]; // a-z 0-9 _
  uint32_t share;        // 0 .. 1,000,000; relative to the sum
} cluster_split_part;

typedef struct cluster_split {
  int count;
  cluster_split_part parts[SPLIT_PARTS];
} cluster_split;

/// train=80,val=10,test=10.
cluster_split cluster_split_default(void);
/// Reads "name=share,name=share…"; shares are whole numbers. STATUS_RANGE with
/// `out` unchanged when the text isn't that.
status cluster_split_parse(const char *text, cluster_split *out, trouble *why);
/// Writes the text that cluster_split_parse reads.
void cluster_split_print(const cluster_split *split, char out[SPLIT_TEXT]);
/// Index of the part that a scene belongs to.
int cluster_split_of(const cluster_split *split, uint64_t seed, uint32_t scene);

#endif
