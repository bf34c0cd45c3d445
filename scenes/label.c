// SPDX-License-Identifier: Apache-2.0
#include "scenes/label.h"

#include <stdio.h>
#include <string.h>

static const struct {
  const char *word;
  uint32_t bits;
} words[] = {
#define X(NAME, name) {name, LABEL_##NAME},
    LABELS(X)
#undef X
        {"standard", LABELS_STANDARD},
    {"all", LABELS_ALL},
    {"none", 0},
};

const char *label_word(int index) {
  return index >= 0 && index < (int)(sizeof words / sizeof *words) ? words[index].word : NULL;
}

bool label_bits(const char *word, uint32_t *bits) {
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(words[i].word, word) == 0) {
      *bits = words[i].bits;
      return true;
    }
  return false;
}

void label_names(uint32_t bits, const char *between, char out[LABELS_TEXT]) {
  size_t used = 0;
  out[0] = 0;
  for (int i = 0; i < LABEL_COUNT && used < LABELS_TEXT; i++)
    if (bits >> i & 1)
      used += (size_t)snprintf(out + used, LABELS_TEXT - used, "%s%s", used ? between : "",
                               words[i].word);
}
