// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Steps shared out among threads, and what steps mustn't do: allocate.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/team.h"
#include "sim/world.h"
#include "with_networks.h"
#include "with_scenes.h"

// Sanitizers bring an allocator of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COUNTS 0
#endif
#endif
#ifndef COUNTS
#define COUNTS 1
#endif

static atomic_long allocations;

#if COUNTS
// The C library's own names for what these stand before.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t align, size_t size);

__attribute__((visibility("default"))) void *malloc(size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_malloc(size);
}
__attribute__((visibility("default"))) void *calloc(size_t count, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_calloc(count, size);
}
__attribute__((visibility("default"))) void *realloc(void *old, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_realloc(old, size);
}
__attribute__((visibility("default"))) void *aligned_alloc(size_t align, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_memalign(align, size);
}
#endif

enum { STEPS = 400, KINDS = 3 };

// A highway, where lanes are changed and merged into; a town with people and signals; a
// town that grew. All with enough in them to be shared out among four threads.
static scene *crowded(int kind) {
  static const int of[KINDS] = {4, 0, 9};
  static const int vehicles[KINDS] = {240, 200, 140};
  scene_def def = with_scene_def(of[kind], 3);
  def.vehicles = vehicles[kind];
  return with_scene_of(of[kind], 3, &def);
}

static uint64_t hash_after(const scene *s, int threads, int steps) {
  sim_world *world = with_world(s);
  assert_int_equal(sim_world_use_threads(world, threads, NULL), STATUS_OK);
  for (int k = 0; k < steps; k++)
    assert_int_equal(sim_world_step(world, NULL), STATUS_OK);
  uint64_t hash = sim_world_hash(world);
  sim_world_destroy(world);
  return hash;
}

static void any_number_of_threads_gives_the_same_states(void **state) {
  (void)state;
  for (int kind = 0; kind < KINDS; kind++) {
    scene *s = crowded(kind);
    uint64_t one = hash_after(s, 1, STEPS);
    assert_true(one != hash_after(s, 1, STEPS - 1)); // and each step changes them
    for (int threads = 1; threads <= 4; threads++)
      for (int run = 0; run < 2; run++)
        if (hash_after(s, threads, STEPS) != one)
          fail_msg("scene %d: run %d with %d threads differs from one thread", kind, run, threads);
    scene_destroy(s);
  }
}

static void threads_can_change_while_a_world_runs(void **state) {
  (void)state;
  scene *s = crowded(0);
  sim_world *world = with_world(s);
  trouble why = {0};
  for (int k = 0; k < STEPS; k++) {
    assert_int_equal(sim_world_use_threads(world, 1 + k / 40 % 4, &why), STATUS_OK);
    assert_int_equal(sim_world_step(world, NULL), STATUS_OK);
  }
  assert_int_equal(sim_world_use_threads(world, 0, &why), STATUS_RANGE);
  assert_string_equal(why.text, "0 threads are outside 1..64");
  assert_int_equal(sim_world_use_threads(world, TEAM_MOST + 1, &why), STATUS_RANGE);
  assert_true(sim_world_hash(world) == hash_after(s, 1, STEPS));
  sim_world_destroy(world);
  scene_destroy(s);
}

static void steps_allocate_nothing(void **state) {
  (void)state;
  if (!COUNTS)
    skip();
  long before = atomic_load(&allocations);
  void *volatile one = malloc(1); // volatile: or it is left out
  free(one);
  assert_int_equal(atomic_load(&allocations), before + 1); // it does count
  for (int kind = 0; kind < KINDS; kind++)
    for (int threads = 1; threads <= 2; threads++) {
      scene *s = crowded(kind);
      sim_world *world = with_world(s);
      assert_int_equal(sim_world_use_threads(world, threads, NULL), STATUS_OK);
      before = atomic_load(&allocations);
      for (int k = 0; k < STEPS; k++)
        sim_world_step(world, NULL);
      long made = atomic_load(&allocations) - before;
      if (made)
        fail_msg("scene %d: %ld allocations in %d steps of %d threads", kind, made, STEPS, threads);
      sim_world_destroy(world);
      scene_destroy(s);
    }
}

typedef struct sum {
  int count[TEAM_MOST], parts;
} sum;

static void count_part(void *context, int part, int parts) {
  sum *all = context;
  all->count[part]++;
  if (part == 0)
    all->parts = parts;
}

static void each_member_of_a_team_does_its_part_once_a_job(void **state) {
  (void)state;
  for (int members = 1; members <= 4; members++) {
    team *t;
    assert_int_equal(team_create(&t, members, NULL), STATUS_OK);
    sum all = {0};
    for (int job = 0; job < 1000; job++) {
      team_run(t, count_part, &all);
      for (int k = 0; k < members; k++)
        assert_int_equal(all.count[k], job + 1);
    }
    assert_int_equal(all.parts, members);
    team_destroy(t);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_number_of_threads_gives_the_same_states),
      cmocka_unit_test(threads_can_change_while_a_world_runs),
      cmocka_unit_test(steps_allocate_nothing),
      cmocka_unit_test(each_member_of_a_team_does_its_part_once_a_job),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
