// SPDX-License-Identifier: Apache-2.0
// The labels that a camera can write beside its picture: one list that scripts, the renderer,
// shards and the readers' pages share. Who takes none of them pays for none.
#ifndef SCENES_LABEL_H
#define SCENES_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// X(NAME, "name"): names are those of scripts and of the shard's datasets.
#define LABELS(X)                                                                                  \
  X(DEPTH, "depth")                                                                                \
  X(RANGE, "range")                                                                                \
  X(SEMANTIC, "semantic")                                                                          \
  X(INSTANCE, "instance")                                                                          \
  X(NORMAL, "normal")                                                                              \
  X(FLOW, "flow")                                                                                  \
  X(FLOW_BACK, "flow_back")                                                                        \
  X(OCCLUSION, "occlusion")                                                                        \
  X(ALBEDO, "albedo")                                                                              \
  X(MARK, "mark")                                                                                  \
  X(AMODAL, "amodal")                                                                              \
  X(RAW, "raw")                                                                                    \
  X(HDR, "hdr")

enum {
#define X(NAME, name) LABEL_NUMBER_##NAME,
  LABELS(X)
#undef X
      LABEL_COUNT
};

/// Bits of a camera_def's labels.
enum {
#define X(NAME, name) LABEL_##NAME = 1 << LABEL_NUMBER_##NAME,
  LABELS(X)
#undef X
      LABELS_PICTURES = LABEL_RAW | LABEL_HDR, // other pictures, large ones: by name alone
  LABELS_ALL = ((1 << LABEL_COUNT) - 1) & ~LABELS_PICTURES,
  LABELS_STANDARD = LABEL_DEPTH | LABEL_SEMANTIC | LABEL_INSTANCE,
  LABELS_MOTION = LABEL_FLOW | LABEL_FLOW_BACK | LABEL_OCCLUSION // need other times' poses
};

enum { LABELS_TEXT = 160 };

/// "depth", "range", …; then the words for several, "standard", "all" and "none"; NULL past them.
const char *label_word(int index);
/// The bits that a word stands for, into *bits; false for a word that there isn't.
bool label_bits(const char *word, uint32_t *bits);
/// The names of the bits, `between` between them, into `out` of LABELS_TEXT bytes.
void label_names(uint32_t bits, const char *between, char out[LABELS_TEXT]);

#endif
