// SPDX-License-Identifier: Apache-2.0
// "Did you mean …": the nearest of a list of words.
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

/// The candidate with the least edit distance (insert, delete, replace, swap of
/// neighbours) to `word`, or NULL when none is near enough to be a likely slip.
const char *words_nearest(const char *word, const char *const *candidates, int count);

#endif
