// SPDX-License-Identifier: Apache-2.0
// Huffman codes of limited length, as deflate (RFC 1951) writes them.
#ifndef EXPORT_HUFFMAN_H
#define EXPORT_HUFFMAN_H

#include <stdint.h>

enum { HUFFMAN_SYMBOLS = 288, HUFFMAN_LONGEST = 15 };

/// Bits of each symbol's code into lengths[count], none over `longest` <= HUFFMAN_LONGEST: 0 where
/// its count is 0, 1 where it is the only one. The cheapest code but for the limit (Moffat and
/// Katajainen 1995; codes over the limit are shortened as the cheapest others grow). count <=
/// HUFFMAN_SYMBOLS, at most 2^`longest` used; counts sum up to less than 2^23.
void huffman_lengths(const uint32_t *counts, int count, int longest, uint8_t *lengths);
/// The codes of these lengths, as deflate numbers them, with their first bit lowest; 0 where the
/// length is 0.
void huffman_codes(const uint8_t *lengths, int count, uint16_t *codes);

#endif
