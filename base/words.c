// SPDX-License-Identifier: Apache-2.0
#include "base/words.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

enum { WORD_LIMIT = 64 };

static int least(int a, int b) {
  return a < b ? a : b;
}
static int most(int a, int b) {
  return a > b ? a : b;
}

// Damerau–Levenshtein distance in its optimal-string-alignment form, three rows.
static int distance(const char *a, const char *b) {
  int n = (int)strlen(a), m = (int)strlen(b);
  if (n >= WORD_LIMIT || m >= WORD_LIMIT)
    return INT_MAX;
  int rows[3][WORD_LIMIT + 1];
  for (int j = 0; j <= m; j++)
    rows[0][j] = j;
  for (int i = 1; i <= n; i++) {
    int *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
    row[0] = i;
    for (int j = 1; j <= m; j++) {
      int cost = a[i - 1] != b[j - 1];
      row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = least(row[j], above2[j - 2] + 1);
    }
  }
  return rows[n % 3][m];
}

const char *words_nearest(const char *word, const char *const *candidates, int count) {
  const char *best = NULL;
  int best_distance = 1 + (int)strlen(word) / 3;
  for (int i = 0; i < count; i++) {
    int d = distance(word, candidates[i]);
    if (d >= most((int)strlen(word), (int)strlen(candidates[i])))
      continue; // not a letter in common
    if (d <= best_distance && (best == NULL || d < best_distance)) {
      best = candidates[i];
      best_distance = d;
    }
  }
  return best;
}
