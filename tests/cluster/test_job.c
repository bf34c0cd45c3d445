// SPDX-License-Identifier: Apache-2.0
// labels: unit
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cluster/job.h"

enum { MAP_BYTES = 5000 };

static cluster_job make_job(uint32_t scenes, uint32_t shard_scenes) {
  cluster_job job;
  memset(&job, 0, sizeof job);
  snprintf(job.program_version, sizeof job.program_version, "1.2.3+abc");
  memset(job.kernels_sha256, 'a', HASH_SHA256_HEX - 1);
  job.script_name = strdup("a.lua");
  job.script_text = strdup("-- ünïcode\nreturn scene {}\n");
  assert_int_equal(STATUS_OK, script_modules_add(&job.modules, "cars", "return 1\n", NULL));
  assert_int_equal(STATUS_OK, script_modules_add(&job.modules, "rain", "-- ü\nreturn 2\n", NULL));
  char *map = calloc(1, MAP_BYTES + 1); // with zero bytes and what isn't UTF-8
  for (int i = 0; i < MAP_BYTES; i++)
    map[i] = (char)(i * i % 251);
  assert_int_equal(STATUS_OK, script_maps_add(&job.maps, "a.xodr", strdup("<a/>"), 4, NULL));
  assert_int_equal(STATUS_OK, script_maps_add(&job.maps, "b.xodr", map, MAP_BYTES, NULL));
  job.overrides = calloc(1, sizeof *job.overrides);
  job.overrides[0] = (script_override){.path = strdup("duration_s"), .value = strdup("5")};
  job.override_count = 1;
  job.seed = 42;
  job.scenes = scenes;
  job.split = cluster_split_default();
  job.shard_scenes = shard_scenes;
  job.first_scene_hash = 0xfedcba9876543210u;
  assert_int_equal(STATUS_OK, cluster_job_seal(&job, NULL));
  return job;
}

static void every_scene_is_in_exactly_one_unit(void **state) {
  (void)state;
  const uint32_t sizes[][2] = {{1, 1}, {6, 1}, {100, 7}, {1000, 62}, {64, 1000}};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    cluster_job job = make_job(sizes[k][0], sizes[k][1]);
    cluster_units units;
    assert_int_equal(STATUS_OK, cluster_units_cut(&job, &units, NULL));
    uint8_t *seen = calloc(job.scenes, 1);
    for (int unit = 0; unit < units.count; unit++) {
      uint32_t count;
      const uint32_t *scenes = cluster_unit_scenes(&units, unit, &count);
      assert_true(count >= 1 && count <= job.shard_scenes);
      for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(0, seen[scenes[i]]++);
        assert_int_equal(cluster_unit_part(&units, unit),
                         cluster_split_of(&job.split, job.seed, scenes[i]));
        assert_true(i == 0 || scenes[i] > scenes[i - 1]);
      }
      char name[JOB_UNIT_NAME];
      cluster_unit_name(&units, unit, name);
      assert_int_equal(unit, cluster_unit_find(&units, name));
    }
    for (uint32_t i = 0; i < job.scenes; i++)
      assert_int_equal(1, seen[i]);
    free(seen);
    cluster_units_free(&units);
    cluster_job_free(&job);
  }
}

static void names_that_are_no_shards_are_not_found(void **state) {
  (void)state;
  cluster_job job = make_job(100, 7);
  cluster_units units;
  assert_int_equal(STATUS_OK, cluster_units_cut(&job, &units, NULL));
  const char *const names[] = {
      "",           "train",       "train-",      "train-0",     "train-000000",
      "trai-00000", "train-99999", "train--0001", "train-0000x", "-00000"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    assert_int_equal(-1, cluster_unit_find(&units, names[i]));
  cluster_units_free(&units);
  cluster_job_free(&job);
}

static void shards_are_256_megabytes_but_sixteen_at_least(void **state) {
  (void)state;
  assert_int_equal(1, cluster_job_shard_scenes(6, 1000)); // 2 ranks have work with 6 scenes
  assert_int_equal(6, cluster_job_shard_scenes(100, 1000));
  assert_int_equal(4, cluster_job_shard_scenes(1000000, 60 << 20));
  assert_int_equal(1, cluster_job_shard_scenes(1000000, 1ull << 40));
  assert_int_equal(1, cluster_job_shard_scenes(1, 0));
}

static void a_printed_job_reads_back_equal(void **state) {
  (void)state;
  cluster_job job = make_job(100, 7), again;
  char *text, *text2;
  trouble why;
  assert_int_equal(STATUS_OK, cluster_job_print(&job, &text, &why));
  assert_int_equal(STATUS_OK, cluster_job_read("job.json", text, &again, &why));
  assert_string_equal(job.id, again.id);
  assert_int_equal(STATUS_OK, cluster_job_compare(&job, &again, &why));
  assert_int_equal(STATUS_OK, cluster_job_print(&again, &text2, &why));
  assert_string_equal(text, text2);
  assert_int_equal(again.maps.count, 2);
  assert_int_equal(again.maps.of[1].size, MAP_BYTES);
  assert_memory_equal(again.maps.of[1].bytes, job.maps.of[1].bytes, MAP_BYTES + 1);
  assert_string_equal(again.maps.of[1].sha256, job.maps.of[1].sha256);
  cluster_job_free(&again);

  char *seed = strstr(text, "\"seed\": 42");
  assert_non_null(seed);
  seed[8] = '9'; // an id that doesn't fit
  assert_int_equal(STATUS_FORMAT, cluster_job_read("job.json", text, &again, &why));
  assert_non_null(strstr(why.text, "changed"));
  for (size_t cut = 0; cut < strlen(text2); cut++) {
    char *part = strndup(text2, cut);
    assert_int_equal(STATUS_FORMAT, cluster_job_read("job.json", part, &again, &why));
    free(part);
  }
  free(text);
  free(text2);
  cluster_job_free(&job);
}

static void add_script(cluster_job *job, const char *name, const char *text) {
  assert_int_equal(STATUS_OK, cluster_job_add_script(job, name, strdup(text), NULL));
  cluster_script *s = &job->further[job->further_count - 1];
  assert_int_equal(STATUS_OK, script_modules_add(&s->modules, "cars", "return 2\n", NULL));
  assert_int_equal(STATUS_OK, script_maps_add(&s->maps, "a.xodr", strdup("<c/>"), 4, NULL));
  assert_int_equal(STATUS_OK, cluster_job_seal(job, NULL));
}

static void further_scripts_are_part_of_the_job(void **state) {
  (void)state;
  cluster_job one = make_job(99, 7), job = make_job(99, 7), again;
  char *text, *text2;
  trouble why;
  uint32_t index;
  add_script(&job, "b.lua", "return scene {}");
  add_script(&job, "c.lua", "return scene {}");
  assert_string_not_equal(one.id, job.id);
  assert_int_equal(STATUS_CONFLICT, cluster_job_compare(&one, &job, &why));
  assert_non_null(strstr(why.text, "it has 1 scripts there and 3 here"));
  for (uint32_t s = 0; s < 99; s++) {
    assert_int_equal(cluster_job_scene(&job, s, &index), s / 33);
    assert_int_equal(index, s % 33);
  }
  assert_int_equal(STATUS_OK, cluster_job_print(&job, &text, &why));
  assert_int_equal(STATUS_OK, cluster_job_read("job.json", text, &again, &why));
  assert_string_equal(job.id, again.id);
  assert_int_equal(STATUS_OK, cluster_job_print(&again, &text2, &why));
  assert_string_equal(text, text2);
  assert_string_equal(cluster_job_script(&again, 0).name, "a.lua");
  assert_string_equal(cluster_job_script(&again, 2).name, "c.lua");
  assert_string_equal(cluster_job_script(&again, 2).modules.of[0].text, "return 2\n");
  assert_string_equal(cluster_job_script(&again, 2).maps.of[0].bytes, "<c/>");
  again.further[1].modules.of[0].text[7] = '3';
  assert_int_equal(STATUS_OK, cluster_job_seal(&again, NULL));
  assert_int_equal(STATUS_CONFLICT, cluster_job_compare(&job, &again, &why));
  assert_non_null(strstr(why.text, "module cars.lua, which c.lua may require, differs"));
  cluster_job_free(&again);
  free(text);
  job.scenes = 100; // no whole number a script
  assert_int_equal(STATUS_OK, cluster_job_seal(&job, NULL));
  assert_int_equal(STATUS_OK, cluster_job_print(&job, &text, &why));
  assert_int_equal(STATUS_FORMAT, cluster_job_read("job.json", text, &again, &why));
  free(text);
  free(text2);
  cluster_job_free(&job);
  cluster_job_free(&one);
}

static void expect_difference(cluster_job *changed, const char *wanted) {
  cluster_job job = make_job(100, 7);
  trouble why;
  assert_int_equal(STATUS_OK, cluster_job_seal(changed, NULL));
  assert_int_equal(STATUS_CONFLICT, cluster_job_compare(&job, changed, &why));
  if (!strstr(why.text, wanted))
    fail_msg("'%s' is not in '%s'", wanted, why.text);
  cluster_job_free(&job);
  cluster_job_free(changed);
}

static void the_field_that_differs_is_named(void **state) {
  (void)state;
  cluster_job job = make_job(100, 7);
  job.seed = 43;
  expect_difference(&job, "seed is 42 there and 43 here");
  job = make_job(101, 7);
  expect_difference(&job, "scenes is 100 there and 101 here");
  job = make_job(100, 8);
  expect_difference(&job, "shard_scenes is 7 there and 8 here");
  job = make_job(100, 7);
  free(job.script_text);
  job.script_text = strdup("-- ünïcode\nreturn scene { duration_s = 1 }\n");
  expect_difference(&job, "script_text differs, first in line 2 of a.lua");
  job = make_job(100, 7);
  job.modules.of[1].text[13] = '3';
  expect_difference(&job, "module rain.lua, which a.lua may require, differs, first in line 2");
  job = make_job(100, 7);
  assert_int_equal(STATUS_OK, script_modules_add(&job.modules, "snow", "return 3\n", NULL));
  expect_difference(&job, "module snow.lua, which a.lua may require, is only here");
  job = make_job(100, 7);
  job.modules.of[0].name[0] = 'd';
  expect_difference(&job, "module cars.lua, which a.lua may require, is only there");
  job = make_job(100, 7);
  script_maps_free(&job.maps);
  assert_int_equal(STATUS_OK, script_maps_add(&job.maps, "a.xodr", strdup("<b/>"), 4, NULL));
  expect_difference(&job, "map a.xodr, which a.lua may read, has 4 bytes with SHA-256 ");
  job = make_job(100, 7);
  assert_int_equal(STATUS_OK, script_maps_add(&job.maps, "c.xodr", strdup("<c/>"), 4, NULL));
  expect_difference(&job, "map c.xodr, which a.lua may read, is only here");
  job = make_job(100, 7);
  job.overrides[0].path = (free((char *)job.overrides[0].path), strdup("frame_hz"));
  expect_difference(&job, "--set number 1 is duration_s=5 there and frame_hz=5 here");
  job = make_job(100, 7);
  assert_int_equal(STATUS_OK, cluster_split_parse("train=1", &job.split, NULL));
  expect_difference(&job, "split is train=80,val=10,test=10 there and train=1 here");
  job = make_job(100, 7);
  job.program_version[0] = '2';
  expect_difference(&job, "program_version is 1.2.3+abc there and 2.2.3+abc here");
  job = make_job(100, 7);
  job.first_scene_hash++;
  expect_difference(&job, "first_scene_hash");
}

static char *noise(size_t size) {
  char *bytes = malloc(size + 1);
  rng r = rng_at(1, RNG_TEST, 0, 0, 0);
  for (size_t i = 0; i < size; i++)
    bytes[i] = (char)rng_below(&r, 256);
  bytes[size] = 0;
  return bytes;
}

static void maps_that_do_not_fit_into_a_message_are_refused(void **state) {
  (void)state;
  cluster_job job = make_job(100, 7);
  trouble why;
  char *text;
  const size_t size = 32 << 20; // no XML is like that
  assert_int_equal(STATUS_OK, script_maps_add(&job.maps, "noise.xodr", noise(size), size, NULL));
  assert_int_equal(STATUS_OK, cluster_job_seal(&job, NULL));
  assert_int_equal(STATUS_LIMIT, cluster_job_print(&job, &text, &why));
  assert_non_null(
      strstr(why.text, "write noise.xodr smaller, a map cut to the part that is driven on"));
  cluster_job_free(&job);
}

static void a_map_that_was_changed_in_the_job_is_noticed(void **state) {
  (void)state;
  cluster_job job = make_job(100, 7), again;
  trouble why;
  char *text;
  assert_int_equal(STATUS_OK, cluster_job_print(&job, &text, &why));
  char *at = strstr(text, "zlib_base64");
  at = strstr(at + 1, "zlib_base64") + 40;
  at[0] = at[0] == 'A' ? 'B' : 'A';
  assert_int_equal(STATUS_FORMAT, cluster_job_read("job.json", text, &again, &why));
  free(text);
  cluster_job_free(&job);
}

static void a_split_gives_each_part_its_share_and_never_moves_a_scene(void **state) {
  (void)state;
  cluster_split split;
  assert_int_equal(STATUS_OK, cluster_split_parse("train=80,val=15,test=5,none=0", &split, NULL));
  int counts[4] = {0};
  for (uint32_t s = 0; s < 20000; s++)
    counts[cluster_split_of(&split, 7, s)]++;
  // Five standard deviations of a binomial draw.
  assert_in_range(counts[0], 16000 - 283, 16000 + 283);
  assert_in_range(counts[1], 3000 - 252, 3000 + 252);
  assert_in_range(counts[2], 1000 - 154, 1000 + 154);
  assert_int_equal(0, counts[3]);
  // Shares are relative: the same shares in other words cut the same.
  cluster_split same;
  assert_int_equal(STATUS_OK, cluster_split_parse("a=160,b=30,c=10", &same, NULL));
  for (uint32_t s = 0; s < 1000; s++)
    assert_int_equal(cluster_split_of(&split, 7, s), cluster_split_of(&same, 7, s));
}

static void a_wrong_split_says_what_is_wrong(void **state) {
  (void)state;
  const char *const wrong[][2] = {{"", "should be name=share"},
                                  {"train", "should be name=share"},
                                  {"train=", "whole number"},
                                  {"train=-1", "whole number"},
                                  {"train=1.5", "whole number"},
                                  {"train=9999999", "whole number"},
                                  {"train=1,train=2", "twice"},
                                  {"train=0", "all shares are 0"},
                                  {"train=1,", "ends with a comma"},
                                  {"Tr=1", "should be name=share"},
                                  {"a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1", "more than 8"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    cluster_split split = cluster_split_default();
    trouble why;
    assert_int_equal(STATUS_RANGE, cluster_split_parse(wrong[i][0], &split, &why));
    if (!strstr(why.text, wrong[i][1]))
      fail_msg("'%s' is not in '%s'", wrong[i][1], why.text);
    assert_int_equal(3, split.count); // unchanged
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_scene_is_in_exactly_one_unit),
      cmocka_unit_test(names_that_are_no_shards_are_not_found),
      cmocka_unit_test(shards_are_256_megabytes_but_sixteen_at_least),
      cmocka_unit_test(a_printed_job_reads_back_equal),
      cmocka_unit_test(further_scripts_are_part_of_the_job),
      cmocka_unit_test(the_field_that_differs_is_named),
      cmocka_unit_test(maps_that_do_not_fit_into_a_message_are_refused),
      cmocka_unit_test(a_map_that_was_changed_in_the_job_is_noticed),
      cmocka_unit_test(a_split_gives_each_part_its_share_and_never_moves_a_scene),
      cmocka_unit_test(a_wrong_split_says_what_is_wrong),
  };
  return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
