// SPDX-License-Identifier: Apache-2.0
// What is deflated comes back, whatever it is; ISA-L's decoder is the oracle. Machines without SSE2
// make the same bytes. Codes are as short as Huffman's.
// links: isal
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <isa-l/igzip_lib.h>

#include "base/hash.h"
#include "export/deflate.h"
#include "export/huffman.h"
#include "with_deflate_plain.h"

enum { GUARD = 64, FILL = 0xa5 };

static uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

// What pixels are, by kind: noise, few values, steps, one value, a gradient with noise, what was
// there a while before, rows that repeat.
enum { KINDS = 7 };
static void draw(uint8_t *p, size_t size, size_t row, int kind, uint32_t seed) {
  uint32_t state = seed;
  for (size_t i = 0; i < size; i++) {
    uint32_t dice = next_random(&state);
    const uint8_t all[KINDS] = {
        (uint8_t)dice,
        (uint8_t)(dice % 3),
        (uint8_t)(dice % 40 ? (i ? p[i - 1] : 0) : dice >> 8),
        7,
        (uint8_t)(i / 50 + dice % 3),
        (uint8_t)(i > 5000 && dice % 9 ? p[i - 5000] : dice),
        (uint8_t)(i >= row && dice % 30 ? p[i - row] : dice),
    };
    p[i] = all[kind];
  }
}

static void expand(const uint8_t *packed, size_t packed_size, uint8_t *out, size_t size) {
  struct inflate_state stream;
  isal_inflate_init(&stream);
  stream.crc_flag = ISAL_ZLIB;
  stream.next_in = (uint8_t *)(uintptr_t)packed;
  stream.avail_in = (uint32_t)packed_size;
  stream.next_out = out;
  stream.avail_out = (uint32_t)size + GUARD;
  assert_int_equal(isal_inflate(&stream), ISAL_DECOMP_OK);
  assert_int_equal(stream.block_state, ISAL_BLOCK_FINISH);
  assert_int_equal(stream.total_out, size);
  assert_int_equal(stream.avail_in, 0);
}

// The bytes made, after they came back.
static size_t there_and_back(deflater *d, deflater *plain, const deflate_picture *how,
                             const uint8_t *in, size_t size) {
  const size_t room = deflate_room(how, size);
  uint8_t *out = malloc(room + GUARD), *back = malloc(size + GUARD);
  assert_non_null(out);
  assert_non_null(back);
  memset(out, FILL, room + GUARD);
  size_t made = deflate_bytes(d, how, in, size, out);
  assert_true(made <= room);
  for (size_t i = 0; i < GUARD; i++)
    assert_int_equal(out[room + i], FILL);
  expand(out, made, back, size);
  assert_memory_equal(back, in, size);
  uint64_t hash = hash_xxh3(out, made);
  assert_int_equal(deflate_bytes(d, how, in, size, out), made);
  assert_true(hash == hash_xxh3(out, made)); // whatever came before
  assert_int_equal(plain_deflate_bytes(plain, how, in, size, out), made);
  assert_true(hash == hash_xxh3(out, made)); // on whatever machine
  free(back);
  free(out);
  return made;
}

static void all_pictures_come_back(void **state) {
  (void)state;
  deflater *d = deflater_create(), *plain = plain_deflater_create();
  assert_non_null(d);
  assert_non_null(plain);
  static const size_t SIZES[] = {1, 2, 7, 63, 64, 65, 300, 4099, 32768, 32769, 99000};
  static const deflate_picture LIKE[] = {{0, 1, 640}, {0, 3, 1920},  {0, 2, 32767},
                                         {0, 1, 1},   {0, 4, 40000}, {0, 3, 3}};
  for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++)
    for (int kind = 0; kind < KINDS; kind++)
      for (size_t k = 0; k < sizeof LIKE / sizeof *LIKE; k++)
        for (size_t planes = 1; planes <= 4 && planes <= SIZES[s]; planes += 3) {
          deflate_picture how = LIKE[k];
          how.plane = SIZES[s] / planes;
          // Exactly as large as needed, so that a sanitizer sees what is read beyond.
          uint8_t *in = malloc(SIZES[s]);
          assert_non_null(in);
          draw(in, SIZES[s], (size_t)how.above, kind, (uint32_t)(s * 31 + k));
          there_and_back(d, plain, &how, in, SIZES[s]);
          free(in);
        }
  free(plain);
  free(d);
}

static void repeats_are_found_and_noise_costs_little(void **state) {
  (void)state;
  enum { SIZE = 1 << 18 };
  deflater *d = deflater_create(), *plain = plain_deflater_create();
  uint8_t *in = malloc(SIZE);
  assert_non_null(d);
  assert_non_null(plain);
  assert_non_null(in);
  const deflate_picture how = {SIZE, 1, 640};
  static const double MOST[KINDS] = {1.001, 0.25, 0.09, 0.003, 0.7, 0.75, 0.25};
  for (int kind = 0; kind < KINDS; kind++) {
    draw(in, SIZE, 640, kind, 5);
    size_t made = there_and_back(d, plain, &how, in, SIZE);
    if ((double)made > MOST[kind] * SIZE)
      print_message("kind %d: %zu of %d bytes\n", kind, made, SIZE);
    assert_true((double)made <= MOST[kind] * SIZE);
  }
  free(in);
  free(plain);
  free(d);
}

// Bits of all symbols by the book: again and again the two rarest become one.
static uint64_t least_bits(const uint32_t *counts, int count) {
  uint64_t trees[HUFFMAN_SYMBOLS], sum = 0;
  int left = 0;
  for (int i = 0; i < count; i++)
    if (counts[i])
      trees[left++] = counts[i];
  if (left == 1)
    return trees[0];
  while (left > 1) {
    for (int k = 0; k < 2; k++) // the two least to the end
      for (int i = 0; i + 1 < left - k; i++)
        if (trees[i] < trees[i + 1]) {
          uint64_t swap = trees[i];
          trees[i] = trees[i + 1], trees[i + 1] = swap;
        }
    left--;
    trees[left - 1] += trees[left];
    sum += trees[left - 1];
  }
  return sum;
}

static void codes_are_as_short_as_can_be(void **state) {
  (void)state;
  uint32_t seed = 3;
  for (int round = 0; round < 300; round++) {
    uint32_t counts[HUFFMAN_SYMBOLS] = {0};
    const int count = 2 + (int)(next_random(&seed) % 285), spread = round % 12;
    for (int i = 0; i < count; i++)
      counts[i] = next_random(&seed) % 3 ? next_random(&seed) >> (next_random(&seed) % 12 + 11) : 0;
    counts[spread] += 1;
    for (int longest = 9; longest <= HUFFMAN_LONGEST; longest += 3) {
      uint8_t lengths[HUFFMAN_SYMBOLS];
      uint16_t codes[HUFFMAN_SYMBOLS];
      huffman_lengths(counts, count, longest, lengths);
      huffman_codes(lengths, count, codes);
      uint64_t bits = 0, taken = 0;
      int deepest = 0, used = 0;
      for (int i = 0; i < count; i++) {
        assert_int_equal(lengths[i] > 0, counts[i] > 0);
        bits += (uint64_t)counts[i] * lengths[i];
        taken += lengths[i] ? UINT64_C(1) << (HUFFMAN_LONGEST - lengths[i]) : 0;
        deepest = lengths[i] > deepest ? lengths[i] : deepest;
        used += lengths[i] > 0;
      }
      assert_true(deepest <= longest);
      if (used > 1)
        assert_int_equal(taken, 1 << HUFFMAN_LONGEST); // complete
      uint64_t least = least_bits(counts, count);
      assert_true(deepest < longest ? bits == least : bits >= least);
      // No code begins another.
      for (int i = 0; i < count; i++)
        for (int k = 0; k < count; k++)
          if (i != k && lengths[i] && lengths[i] <= lengths[k])
            assert_true((codes[k] & ((1u << lengths[i]) - 1)) != codes[i]);
    }
  }
}

static void a_long_tail_is_cut(void **state) {
  (void)state;
  uint32_t counts[30]; // Fibonacci's numbers make the deepest trees
  uint8_t lengths[30];
  counts[0] = counts[1] = 1;
  for (int i = 2; i < 30; i++)
    counts[i] = counts[i - 1] + counts[i - 2];
  huffman_lengths(counts, 30, 14, lengths);
  uint32_t taken = 0;
  for (int i = 0; i < 30; i++) {
    assert_in_range(lengths[i], 1, 14);
    taken += 1u << (14 - lengths[i]);
  }
  assert_int_equal(taken, 1 << 14);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_pictures_come_back),
      cmocka_unit_test(repeats_are_found_and_noise_costs_little),
      cmocka_unit_test(codes_are_as_short_as_can_be),
      cmocka_unit_test(a_long_tail_is_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
