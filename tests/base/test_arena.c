// SPDX-License-Identifier: Apache-2.0
// labels: unit
#include "base/arena.h"
#include "base/array.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PIECES = 3000 };

static void pieces_are_aligned_zeroed_and_apart(void **state) {
  (void)state;
  arena *a = arena_create();
  assert_non_null(a);
  static unsigned char *pieces[PIECES];
  static size_t sizes[PIECES];
  size_t total = 0;
  for (int i = 0; i < PIECES; i++) {
    // Mostly small, now and then more than a whole block.
    sizes[i] = i % 500 == 499 ? (3u << 20) + (size_t)i : (size_t)(i * 37 % 2000);
    pieces[i] = arena_alloc(a, sizes[i]);
    assert_non_null(pieces[i]);
    assert_int_equal((uintptr_t)pieces[i] % 64, 0);
    for (size_t k = 0; k < sizes[i]; k++)
      assert_int_equal(pieces[i][k], 0);
    memset(pieces[i], i & 0xff, sizes[i]);
    total += sizes[i];
  }
  for (int i = 0; i < PIECES; i++)
    for (size_t k = 0; k < sizes[i]; k++)
      assert_int_equal(pieces[i][k], i & 0xff);
  assert_true(arena_used(a) >= total);
  arena_destroy(a);
}

static void a_reset_arena_gives_the_same_memory_zeroed_again(void **state) {
  (void)state;
  arena *a = arena_create();
  unsigned char *first = arena_alloc(a, 1000);
  unsigned char *large = arena_alloc(a, 2u << 20);
  memset(first, 0xff, 1000);
  memset(large, 0xff, 2u << 20);
  size_t used = arena_used(a);
  for (int round = 0; round < 3; round++) {
    arena_reset(a);
    assert_int_equal(arena_used(a), 0);
    assert_ptr_equal(arena_alloc(a, 1000), first);
    unsigned char *again = arena_alloc(a, 2u << 20);
    assert_ptr_equal(again, large);
    for (size_t k = 0; k < 2u << 20; k++)
      assert_int_equal(again[k], 0);
    assert_int_equal(arena_used(a), used);
    memset(again, 0xff, 2u << 20);
  }
  arena_destroy(a);
}

static void nothing_of_size_zero_is_still_something(void **state) {
  (void)state;
  arena *a = arena_create();
  void *p = arena_alloc(a, 0), *q = arena_alloc(a, 0);
  assert_non_null(p);
  assert_ptr_not_equal(p, q);
  assert_non_null(arena_copy(a, NULL, 0));
  arena_destroy(a);
  arena_destroy(NULL);
}

static void copies_are_equal_and_own(void **state) {
  (void)state;
  arena *a = arena_create();
  char text[] = "façade";
  char *copy = arena_text(a, text);
  text[0] = 'x';
  assert_string_equal(copy, "façade");
  double numbers[] = {1, 2, 3};
  double *same = arena_copy(a, numbers, sizeof numbers);
  assert_memory_equal(same, numbers, sizeof numbers);
  arena_destroy(a);
}

static void more_than_there_can_be_is_null_and_harmless(void **state) {
  (void)state;
  arena *a = arena_create();
  assert_null(arena_alloc(a, SIZE_MAX));
  assert_null(arena_alloc(a, SIZE_MAX / 2 + 1));
  assert_null(ARENA_NEW(a, double, -1));
  assert_int_equal(arena_used(a), 0);
  assert_non_null(arena_alloc(a, 10));
  arena_destroy(a);
}

static void an_array_grows_by_doubling_and_keeps_its_items(void **state) {
  (void)state;
  int *items = NULL, capacity = 0, growths = 0;
  for (int i = 0; i < 100000; i++) {
    int before = capacity;
    assert_true(ARRAY_RESERVE(items, capacity, i + 1));
    assert_true(capacity > i);
    growths += capacity != before;
    items[i] = i;
  }
  for (int i = 0; i < 100000; i++)
    assert_int_equal(items[i], i);
  assert_in_range(growths, 1, 16);
  free(items);
}

static void an_array_that_cannot_grow_is_unchanged(void **state) {
  (void)state;
  char *items = NULL;
  int capacity = 0;
  assert_true(ARRAY_RESERVE(items, capacity, 10));
  char *before = items;
  int room = capacity;
  assert_false(array_reserve((void **)&items, &capacity, INT_MAX, SIZE_MAX / 4));
  assert_false(array_reserve((void **)&items, &capacity, 64, SIZE_MAX / 16));
  // The product is 2^64 + 64: it must not come out as 64.
  assert_false(array_reserve((void **)&items, &capacity, 64, SIZE_MAX / 64 + 2));
  assert_ptr_equal(items, before);
  assert_int_equal(capacity, room);
  free(items);
}

static void what_was_kept_comes_back(void **state) {
  (void)state;
  arena *a = arena_create();
  unsigned char *parts[40];
  for (int k = 0; k < 40; k++) { // several blocks
    parts[k] = arena_alloc(a, 100000);
    memset(parts[k], k, 100000);
  }
  size_t used = arena_used(a);
  void *kept = arena_keep(a);
  assert_non_null(kept);
  for (int round = 0; round < 2; round++) {
    for (int k = 0; k < 40; k++)
      memset(parts[k], 0xee, 100000);
    unsigned char *later = arena_alloc(a, 3000000);
    memset(later, 1, 3000000);
    arena_go_back(a, kept);
    assert_int_equal(arena_used(a), used);
    for (int k = 0; k < 40; k++)
      for (int i = 0; i < 100000; i += 999)
        assert_int_equal(parts[k][i], k);
  }
  unsigned char *next = arena_alloc(a, 500000); // zeroed, and apart from what is there
  for (int i = 0; i < 500000; i += 999)
    assert_int_equal(next[i], 0);
  memset(next, 7, 500000);
  for (int k = 0; k < 40; k++)
    assert_int_equal(parts[k][99999], k);
  free(kept);
  arena_destroy(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pieces_are_aligned_zeroed_and_apart),
      cmocka_unit_test(a_reset_arena_gives_the_same_memory_zeroed_again),
      cmocka_unit_test(nothing_of_size_zero_is_still_something),
      cmocka_unit_test(copies_are_equal_and_own),
      cmocka_unit_test(more_than_there_can_be_is_null_and_harmless),
      cmocka_unit_test(an_array_grows_by_doubling_and_keeps_its_items),
      cmocka_unit_test(an_array_that_cannot_grow_is_unchanged),
      cmocka_unit_test(what_was_kept_comes_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
