// SPDX-License-Identifier: Apache-2.0
// labels: unit fault
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "cluster/journal.h"

enum { LINES = 3 };

static cluster_record make_record(int unit) {
  cluster_record r;
  memset(&r, 0, sizeof r);
  r.unit = unit;
  r.try = (uint32_t)unit + 7;
  r.scenes = 2;
  r.frames = 30;
  r.bytes = 123456789012u + (uint64_t)unit;
  memset(r.sha256, '0' + unit, HASH_SHA256_HEX - 1);
  r.seconds[STAGE_RENDER] = 1.5;
  r.boxes[SEMANTIC_CAR] = 99;
  snprintf(r.device, sizeof r.device, "a \"device\"");
  for (int i = 0; i < unit % (RECORD_WAITS + 1); i++) {
    r.waits[i].scenes = (uint32_t)(i + 1);
    snprintf(r.waits[i].text, RECORD_WAIT, "a.lua:%d: still waited when the scene ended", i);
  }
  return r;
}

static void expect_equal(const cluster_record *a, const cluster_record *b) {
  assert_int_equal(a->unit, b->unit);
  assert_int_equal(a->try, b->try);
  assert_int_equal(a->scenes, b->scenes);
  assert_int_equal(a->frames, b->frames);
  assert_true(a->bytes == b->bytes);
  assert_string_equal(a->sha256, b->sha256);
  assert_string_equal(a->device, b->device);
  for (int i = 0; i < RECORD_WAITS; i++) {
    assert_int_equal(a->waits[i].scenes, b->waits[i].scenes);
    assert_string_equal(a->waits[i].text, b->waits[i].text);
  }
  assert_true(a->seconds[STAGE_RENDER] == b->seconds[STAGE_RENDER]);
  assert_true(a->boxes[SEMANTIC_CAR] == b->boxes[SEMANTIC_CAR]);
}

static size_t make_text(char *text, size_t ends[LINES]) {
  size_t used = 0;
  for (int i = 0; i < LINES; i++) {
    cluster_record r = make_record(i);
    size_t length = cluster_record_print(&r, "train-00000", text + used);
    assert_true(length > 0);
    used += length;
    ends[i] = used;
  }
  return used;
}

typedef struct seen {
  int count;
  cluster_record records[LINES + 1];
} seen;

static void note(void *context, const cluster_record *record) {
  seen *s = context;
  assert_true(s->count <= LINES);
  s->records[s->count++] = *record;
}

static void a_journal_cut_at_any_byte_keeps_its_whole_lines(void **state) {
  (void)state;
  char text[LINES * JOURNAL_LINE];
  size_t ends[LINES];
  size_t size = make_text(text, ends);
  for (size_t cut = 0; cut <= size; cut++) {
    int whole = 0;
    while (whole < LINES && ends[whole] <= cut)
      whole++;
    bool torn = cut > 0 && (whole == 0 ? true : ends[whole - 1] < cut);
    seen s = {0};
    int bad = cluster_journal_scan(text, cut, note, &s);
    assert_int_equal(whole, s.count);
    assert_int_equal(torn, bad);
    for (int i = 0; i < whole; i++) {
      cluster_record wanted = make_record(i);
      expect_equal(&wanted, &s.records[i]);
    }
  }
}

static void a_changed_byte_anywhere_loses_that_line_alone(void **state) {
  (void)state;
  char text[LINES * JOURNAL_LINE];
  size_t ends[LINES];
  size_t size = make_text(text, ends);
  for (size_t at = ends[0]; at < ends[1] - 1; at++) {
    for (int bit = 0; bit < 8; bit += 3) {
      text[at] = (char)(text[at] ^ (1 << bit));
      seen s = {0};
      int bad = cluster_journal_scan(text, size, note, &s);
      if (s.count != 2 || bad < 1)
        fail_msg("byte %zu bit %d: %d whole, %d torn", at, bit, s.count, bad);
      assert_int_equal(2, s.records[1].unit);
      text[at] = (char)(text[at] ^ (1 << bit));
    }
  }
}

static char *temp_path(void) {
  static const char pattern[] = "/tmp/roadloom-journal-XXXXXX";
  char *path = strdup(pattern);
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  return path;
}

static void a_line_after_a_torn_one_stands_alone(void **state) {
  (void)state;
  char *path = temp_path(), *text;
  size_t size;
  int fd = open(path, O_WRONLY | O_TRUNC);
  assert_int_equal(9, write(fd, "{\"unit\":3", 9));
  close(fd);
  cluster_journal journal;
  cluster_record r = make_record(1);
  trouble why;
  assert_int_equal(STATUS_OK, cluster_journal_open(&journal, path, &why));
  assert_int_equal(STATUS_OK, cluster_journal_append(&journal, &r, "val-00001", &why));
  cluster_journal_close(&journal);
  assert_int_equal(STATUS_OK, file_read(path, 1 << 20, &text, &size, &why));
  seen s = {0};
  assert_int_equal(1, cluster_journal_scan(text, size, note, &s));
  assert_int_equal(1, s.count);
  expect_equal(&r, &s.records[0]);
  free(text);
  unlink(path);
  free(path);
}

static void a_line_that_did_not_fit_on_the_disk_is_taken_back(void **state) {
  (void)state;
  char *path = temp_path(), *text;
  size_t size;
  cluster_journal journal;
  cluster_record r = make_record(1);
  trouble why;
  assert_int_equal(STATUS_OK, cluster_journal_open(&journal, path, &why));
  assert_int_equal(STATUS_OK, cluster_journal_append(&journal, &r, "val-00001", &why));
  // A file size limit stands for a full disk: the write stops in the middle.
  struct rlimit before, small;
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = (rlim_t)lseek(journal.fd, 0, SEEK_END) + 200;
  setrlimit(RLIMIT_FSIZE, &small);
  status result = cluster_journal_append(&journal, &r, "val-00001", &why);
  setrlimit(RLIMIT_FSIZE, &before);
  assert_int_not_equal(STATUS_OK, result);
  cluster_journal_close(&journal);
  assert_int_equal(STATUS_OK, file_read(path, 1 << 20, &text, &size, &why));
  seen s = {0};
  assert_int_equal(0, cluster_journal_scan(text, size, note, &s));
  assert_int_equal(1, s.count);
  free(text);
  unlink(path);
  free(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_journal_cut_at_any_byte_keeps_its_whole_lines),
      cmocka_unit_test(a_changed_byte_anywhere_loses_that_line_alone),
      cmocka_unit_test(a_line_after_a_torn_one_stands_alone),
      cmocka_unit_test(a_line_that_did_not_fit_on_the_disk_is_taken_back),
  };
  return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
