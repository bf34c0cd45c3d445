// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Files of episodes: what went in comes out, equal content is equal bytes, and a damaged file is
// an error and nothing worse.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "export/episodes.h"

static const episodes_about ABOUT = {.program_version = "0",
                                     .script_name = "a.lua",
                                     .script_sha256 = "00",
                                     .settings = "policy=idm\ntraffic=log",
                                     .seed = 5,
                                     .unit = 3};

static episodes sample(void) {
  static const char *const names[] = {"first", "second.part"};
  episodes e = {0};
  assert_int_equal(episodes_name_scores(&e, names, 2, NULL), STATUS_OK);
  for (uint32_t k = 0; k < 5; k++) {
    episodes_row row;
    episodes_step steps[40];
    memset(&row, 0, sizeof row);
    memset(steps, 0, sizeof steps);
    row.episode[0] = 10 + k;
    row.seed[0] = 5;
    row.way_m[0] = k * 1.25;
    snprintf(row.end, sizeof row.end, "%s", k % 2 ? "goal" : "time");
    snprintf(row.end_text, sizeof row.end_text, "because of %u", k);
    for (uint32_t i = 0; i < 8 * k; i++) {
      steps[i].episode[0] = 10 + k;
      steps[i].x_m[0] = k + i / 7.0;
      steps[i].state_hash[0] = 0x1234567890abcdefu * (i + 1);
    }
    double scores[2] = {k * 0.5, k == 2 ? NAN : -1.0 * k};
    assert_int_equal(episodes_add(&e, &row, steps, 8 * k, scores, NULL), STATUS_OK);
  }
  for (uint32_t k = 0; k < 3; k++) {
    episodes_picture picture;
    memset(&picture, 0, sizeof picture);
    picture.episode[0] = 11 + k / 2;
    picture.frame[0] = (int32_t)k - 1;
    picture.px_per_m[0] = 2.5;
    snprintf(picture.says, sizeof picture.says, "picture %u", k);
    assert_int_equal(episodes_add_picture(&e, &picture, "PNG of it", 7 + k, NULL), STATUS_OK);
  }
  return e;
}

static void put(const char *path, const void *bytes, size_t size) {
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, size, f), size);
  fclose(f);
}

static void what_is_written_is_read(void **state) {
  (void)state;
  char path[] = "/tmp/episodes.XXXXXX", settings[64];
  close(mkstemp(path));
  episodes in = sample(), out;
  void *bytes, *again;
  size_t size, size_again;
  trouble why = {0};
  assert_int_equal(episodes_write(&in, &ABOUT, &bytes, &size, &why), STATUS_OK);
  assert_int_equal(episodes_write(&in, &ABOUT, &again, &size_again, &why), STATUS_OK);
  assert_int_equal(size, size_again);
  assert_memory_equal(bytes, again, size);
  put(path, bytes, size);
  if (episodes_read(path, &out, settings, sizeof settings, &why))
    fail_msg("%s", why.text);
  assert_string_equal(settings, ABOUT.settings);
  assert_int_equal(out.count, in.count);
  assert_int_equal(out.step_count, 8 * (1 + 2 + 3 + 4));
  assert_memory_equal(out.rows, in.rows, sizeof *in.rows * (size_t)in.count);
  assert_memory_equal(out.steps, in.steps, sizeof *in.steps * in.step_count);
  assert_int_equal(out.rows[3].step_first[0], 8 * (1 + 2));
  assert_int_equal(out.rows[3].step_count[0], 24);
  assert_string_equal(out.score_names[1], "second.part");
  assert_memory_equal(out.scores, in.scores, sizeof(double) * 10);
  assert_int_equal(out.picture_count, 3);
  assert_memory_equal(out.pictures, in.pictures, sizeof *in.pictures * 3);
  assert_int_equal(out.pictures[0].frame[0], EPISODES_WHOLE_WAY);
  assert_int_equal(out.pictures[2].png_first[0], 7 + 8);
  assert_int_equal(out.png_size, 7 + 8 + 9);
  assert_memory_equal(out.png, "PNG of PNG of iPNG of it", out.png_size);
  episodes_free(&in);
  episodes_free(&out);
  free(bytes);
  free(again);
  unlink(path);
}

// What a file says whose pictures are as `change` makes them.
static void expect_refused(void (*change)(episodes *e), const char *words) {
  char path[] = "/tmp/episodes.XXXXXX";
  close(mkstemp(path));
  episodes in = sample(), out;
  void *bytes;
  size_t size;
  trouble why = {.text = ""};
  change(&in);
  assert_int_equal(episodes_write(&in, &ABOUT, &bytes, &size, NULL), STATUS_OK);
  put(path, bytes, size);
  status result = episodes_read(path, &out, NULL, 0, &why);
  if (result != STATUS_FORMAT || !strstr(why.text, path) || !strstr(why.text, words))
    fail_msg("not '%s' but '%s'", words, why.text);
  episodes_free(&in);
  free(bytes);
  unlink(path);
}

static void overlap(episodes *e) {
  e->pictures[1].png_first[0]--;
}
static void run_out(episodes *e) {
  e->pictures[2].png_size[0]++;
}
static void go_round(episodes *e) {
  e->pictures[1].png_size[0] = UINT64_MAX;
}
static void leave_bytes(episodes *e) {
  e->pictures[2].png_size[0]--;
}
static void say_on(episodes *e) {
  memset(e->pictures[0].says, 'x', sizeof e->pictures->says);
}
static void show_nobody(episodes *e) {
  e->pictures[2].episode[0] = 99;
}
static void turn_round(episodes *e) {
  e->pictures[0].episode[0] = 12;
}
static void look_ahead(episodes *e) {
  e->pictures[1].frame[0] = 8;
}
static void look_back(episodes *e) {
  e->pictures[1].frame[0] = -2;
}

static void pictures_that_lie_are_refused(void **state) {
  (void)state;
  expect_refused(overlap, "pictures/png_first");
  expect_refused(run_out, "pictures/png_first");
  expect_refused(go_round, "pictures/png_first");
  expect_refused(leave_bytes, "png is missing or not as it should be");
  expect_refused(say_on, "pictures/says");
  expect_refused(show_nobody, "pictures/episode");
  expect_refused(turn_round, "pictures/episode");
  expect_refused(look_ahead, "pictures/frame");
  expect_refused(look_back, "pictures/frame");
}

static void no_episodes_are_a_file_too(void **state) {
  (void)state;
  char path[] = "/tmp/episodes.XXXXXX";
  close(mkstemp(path));
  episodes none = {0}, out;
  void *bytes;
  size_t size;
  trouble why = {0};
  assert_int_equal(episodes_write(&none, &ABOUT, &bytes, &size, &why), STATUS_OK);
  put(path, bytes, size);
  if (episodes_read(path, &out, NULL, 0, &why))
    fail_msg("%s", why.text);
  assert_int_equal(out.count, 0);
  assert_int_equal(out.picture_count, 0);
  episodes_free(&out);
  free(bytes);
  unlink(path);
}

// Reads in a process of its own: 0 good, 1 refused, else it died.
static int read_apart(const char *path) {
  pid_t pid = fork();
  if (pid == 0) {
    episodes out;
    trouble why = {0};
    alarm(20);
    status result = episodes_read(path, &out, NULL, 0, &why);
    if (!result)
      episodes_free(&out);
    _exit(result ? 1 : 0);
  }
  int code;
  waitpid(pid, &code, 0);
  return WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code);
}

static void cut_files_are_refused(void **state) {
  (void)state;
  char path[] = "/tmp/episodes.XXXXXX";
  close(mkstemp(path));
  episodes in = sample();
  void *bytes;
  size_t size;
  assert_int_equal(episodes_write(&in, &ABOUT, &bytes, &size, NULL), STATUS_OK);
  for (size_t part = 0; part < 20; part++) {
    put(path, bytes, size * part / 20);
    assert_int_equal(read_apart(path), 1);
  }
  put(path, "not HDF5 at all", 15);
  assert_int_equal(read_apart(path), 1);
  episodes_free(&in);
  free(bytes);
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read),
      cmocka_unit_test(pictures_that_lie_are_refused),
      cmocka_unit_test(no_episodes_are_a_file_too),
      cmocka_unit_test(cut_files_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
