// SPDX-License-Identifier: Apache-2.0
#include "export/huffman.h"

#include <string.h>

enum { SYMBOL_BITS = 9, SYMBOL_MASK = (1 << SYMBOL_BITS) - 1 };

// Sorts by what is above the symbol, byte by byte; equal ones keep their order.
static void sort_counts(uint32_t *items, int count, uint32_t most) {
  uint32_t other[HUFFMAN_SYMBOLS], *from = items, *to = other;
  for (int shift = SYMBOL_BITS; shift < 32 && most; shift += 8, most >>= 8) {
    int first[257] = {0};
    for (int i = 0; i < count; i++)
      first[(from[i] >> shift & 255) + 1]++;
    for (int i = 0; i < 255; i++)
      first[i + 1] += first[i];
    for (int i = 0; i < count; i++)
      to[first[from[i] >> shift & 255]++] = from[i];
    uint32_t *swap = from;
    from = to, to = swap;
  }
  if (from != items)
    memcpy(items, from, sizeof *items * (size_t)count);
}

// Depths in a Huffman tree of `count` >= 2 ascending weights, in their place: Moffat and
// Katajainen's three passes, parents, inner depths, leaves' depths.
static void find_depths(uint32_t *a, int count) {
  int root = 0, leaf = 2, next;
  a[0] += a[1];
  for (next = 1; next < count - 1; next++) {
    uint32_t sum = 0;
    for (int child = 0; child < 2; child++) {
      if (leaf >= count || (root < next && a[root] < a[leaf])) {
        sum += a[root];
        a[root++] = (uint32_t)next;
      } else {
        sum += a[leaf++];
      }
    }
    a[next] = sum;
  }
  a[count - 2] = 0;
  for (next = count - 3; next >= 0; next--)
    a[next] = a[a[next]] + 1;
  int available = 1, used = 0;
  uint32_t depth = 0;
  root = count - 2, next = count - 1;
  while (available > 0) {
    for (; root >= 0 && a[root] == depth; root--)
      used++;
    for (; available > used; available--)
      a[next--] = depth;
    available = 2 * used;
    depth++, used = 0;
  }
}

// How many codes have each length once none is over `longest`.
static void limit_lengths(const uint32_t *depths, int count, int longest, int of_length[]) {
  memset(of_length, 0, sizeof *of_length * (HUFFMAN_LONGEST + 1));
  for (int i = 0; i < count; i++)
    of_length[depths[i] > (uint32_t)longest ? (uint32_t)longest : depths[i]]++;
  uint32_t taken = 0; // of 2^longest codes of the longest kind
  for (int n = 1; n <= longest; n++)
    taken += (uint32_t)of_length[n] << (longest - n);
  for (; taken > 1u << longest; taken--) {
    int n = longest - 1;
    while (of_length[n] == 0)
      n--;
    of_length[n]--;
    of_length[n + 1] += 2;
    of_length[longest]--;
  }
}

void huffman_lengths(const uint32_t *counts, int count, int longest, uint8_t *lengths) {
  uint32_t sorted[HUFFMAN_SYMBOLS], depths[HUFFMAN_SYMBOLS], most = 0;
  int used = 0;
  for (int i = 0; i < count; i++) {
    lengths[i] = 0;
    if (counts[i] == 0)
      continue;
    sorted[used++] = counts[i] << SYMBOL_BITS | (uint32_t)i;
    most = counts[i] > most ? counts[i] : most;
  }
  if (used == 1)
    lengths[sorted[0] & SYMBOL_MASK] = 1;
  if (used < 2)
    return;
  sort_counts(sorted, used, most);
  for (int i = 0; i < used; i++)
    depths[i] = sorted[i] >> SYMBOL_BITS;
  find_depths(depths, used);
  int of_length[HUFFMAN_LONGEST + 1], at = 0;
  limit_lengths(depths, used, longest, of_length);
  for (int n = longest; n > 0; n--)
    for (int k = 0; k < of_length[n]; k++)
      lengths[sorted[at++] & SYMBOL_MASK] = (uint8_t)n;
}

static uint16_t reversed(uint32_t code, int bits) {
  code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
  code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
  code = (code & 0x0f0f) << 4 | (code >> 4 & 0x0f0f);
  code = (code & 0x00ff) << 8 | (code >> 8 & 0x00ff);
  return (uint16_t)(code >> (16 - bits));
}

void huffman_codes(const uint8_t *lengths, int count, uint16_t *codes) {
  int of_length[HUFFMAN_LONGEST + 1] = {0};
  uint32_t next[HUFFMAN_LONGEST + 1] = {0}, code = 0;
  for (int i = 0; i < count; i++)
    of_length[lengths[i]]++;
  of_length[0] = 0;
  for (int n = 1; n <= HUFFMAN_LONGEST; n++) {
    code = (code + (uint32_t)of_length[n - 1]) << 1;
    next[n] = code;
  }
  for (int i = 0; i < count; i++)
    codes[i] = lengths[i] ? reversed(next[lengths[i]]++, lengths[i]) : 0;
}
