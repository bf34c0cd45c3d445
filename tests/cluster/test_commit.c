// SPDX-License-Identifier: Apache-2.0
// labels: unit fault
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cluster/commit.h"
#include "cluster/folder.h"
#include "cluster/lock.h"

typedef struct place {
  char folder[64], part[128], shard[128], journal[128];
  cluster_journal lines;
  cluster_record record;
} place;

static void write_part(place *p, const char *text) {
  trouble why;
  memset(&p->record, 0, sizeof p->record);
  hash_sha256_hex(text, strlen(text), p->record.sha256);
  p->record.bytes = strlen(text);
  if (cluster_part_write(p->part, text, strlen(text), 0, 0, &why))
    fail_msg("%s", why.text);
}

static int setup(void **state) {
  place *p = calloc(1, sizeof *p);
  snprintf(p->folder, sizeof p->folder, "/tmp/roadloom-commit-XXXXXX");
  assert_non_null(mkdtemp(p->folder));
  snprintf(p->part, sizeof p->part, "%s/0.1.part", p->folder);
  snprintf(p->shard, sizeof p->shard, "%s/train-00000.h5", p->folder);
  snprintf(p->journal, sizeof p->journal, "%s/0.jsonl", p->folder);
  assert_int_equal(STATUS_OK, cluster_journal_open(&p->lines, p->journal, NULL));
  *state = p;
  return 0;
}

static int teardown(void **state) {
  place *p = *state;
  cluster_journal_close(&p->lines);
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", p->folder);
  int code = system(command);
  free(p);
  return code;
}

static cluster_commit_end commit(place *p, char kept[256]) {
  trouble why;
  cluster_commit_end end;
  if (cluster_commit(p->part, p->shard, "train-00000", &p->record, &p->lines, &end, kept, 256,
                     &why))
    fail_msg("%s", why.text);
  assert_false(file_exists(p->part));
  return end;
}

static void expect_content(const char *path, const char *wanted) {
  char *text;
  size_t size;
  assert_int_equal(STATUS_OK, file_read(path, 1000, &text, &size, NULL));
  assert_string_equal(wanted, text);
  free(text);
}

static void count_one(void *context, const cluster_record *record) {
  (void)record;
  ++*(int *)context;
}

static int count_lines(const place *p) {
  char *text;
  size_t size;
  int count = 0;
  assert_int_equal(STATUS_OK, file_read(p->journal, 1 << 20, &text, &size, NULL));
  assert_int_equal(0, cluster_journal_scan(text, size, count_one, &count));
  free(text);
  return count;
}

static void a_commit_moves_the_part_and_adds_a_line(void **state) {
  place *p = *state;
  char kept[256];
  write_part(p, "shard");
  assert_int_equal(COMMIT_NEW, commit(p, kept));
  expect_content(p->shard, "shard");
  assert_int_equal(1, count_lines(p));
}

static void the_same_shard_again_is_dropped(void **state) {
  place *p = *state;
  char kept[256];
  write_part(p, "shard");
  commit(p, kept);
  write_part(p, "shard");
  assert_int_equal(COMMIT_SAME, commit(p, kept));
  expect_content(p->shard, "shard");
}

static void another_shard_never_replaces_the_first(void **state) {
  place *p = *state;
  char kept[256];
  write_part(p, "shard");
  commit(p, kept);
  for (int i = 0; i < 2; i++) { // and once more: the same other bytes
    write_part(p, "other");
    assert_int_equal(COMMIT_DIFFERENT, commit(p, kept));
    expect_content(p->shard, "shard");
    expect_content(kept, "other");
    assert_int_equal(1, count_lines(p));
  }
}

static void a_part_that_does_not_fit_leaves_nothing(void **state) {
  place *p = *state;
  struct rlimit before, small;
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 1000;
  char *bytes = aligned_alloc(4096, 8192);
  memset(bytes, 'x', 8192);
  trouble why;
  for (int i = 0; i < 2; i++) { // past the page cache, and by it
    setrlimit(RLIMIT_FSIZE, &small);
    status result = cluster_part_write(p->part, bytes + i, 8191, 0, 0, &why);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(STATUS_IO, result); // EFBIG here; ENOSPC is tested with a real full disk
    assert_non_null(strstr(why.text, p->part));
    assert_false(file_exists(p->part));
  }
  free(bytes);
}

// Bytes at a page's begin go past the page cache, but for those behind the last whole page.
static void a_part_is_written_whole_from_wherever_it_lies(void **state) {
  place *p = *state;
  enum { PAGE = 4096, ROOM = 5 * PAGE };
  static const size_t sizes[] = {0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE, 4 * PAGE - 24};
  char *room = aligned_alloc(PAGE, ROOM), *text;
  assert_non_null(room);
  for (int i = 0; i < ROOM; i++)
    room[i] = (char)('a' + i * 7 % 26 + i / PAGE % 2);
  for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
    const char *bytes = room + 16 * (i % 2);
    size_t size = sizes[i / 2], length = 0;
    assert_int_equal(STATUS_OK, cluster_part_write(p->part, bytes, size, 0, 0, NULL));
    assert_int_equal(STATUS_OK, file_read(p->part, ROOM, &text, &length, NULL));
    assert_int_equal(size, length);
    assert_memory_equal(bytes, text, size);
    free(text);
    unlink(p->part);
  }
  free(room);
}

static void the_hash_of_a_file_is_that_of_its_bytes(void **state) {
  place *p = *state;
  char sha256[HASH_SHA256_HEX];
  uint64_t size;
  write_part(p, "abc");
  assert_int_equal(STATUS_OK, cluster_file_sha256(p->part, sha256, &size, NULL));
  assert_string_equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", sha256);
  assert_int_equal(3, size);
  unlink(p->part);
  write_part(p, "");
  assert_int_equal(STATUS_OK, cluster_file_sha256(p->part, sha256, &size, NULL));
  assert_string_equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", sha256);
}

static void a_lock_keeps_others_out_until_it_is_released(void **state) {
  place *p = *state;
  cluster_lock *mine, *other;
  trouble why;
  assert_int_equal(STATUS_OK, cluster_lock_take(&mine, p->folder, &why));
  assert_int_equal(STATUS_CONFLICT, cluster_lock_take(&other, p->folder, &why));
  assert_non_null(strstr(why.text, "another launch is working there"));
  cluster_lock_release(mine);
  assert_int_equal(STATUS_OK, cluster_lock_take(&other, p->folder, &why));
  cluster_lock_release(other);
}

static void the_lock_of_a_dead_process_is_taken_over(void **state) {
  place *p = *state;
  pid_t child = fork();
  if (child == 0) {
    cluster_lock *theirs;
    _exit(cluster_lock_take(&theirs, p->folder, NULL) == STATUS_OK ? 0 : 1); // not released
  }
  int wait_status;
  assert_int_equal(child, waitpid(child, &wait_status, 0));
  assert_int_equal(0, wait_status);
  cluster_lock *mine;
  trouble why;
  assert_int_equal(STATUS_OK, cluster_lock_take(&mine, p->folder, &why));
  cluster_lock_release(mine);
}

static void write_lock(place *p, const char *host, long age_s) {
  char path[128], text[512];
  snprintf(path, sizeof path, "%s/job.lock", p->folder);
  snprintf(
      text, sizeof text,
      "{\"token\":\"x\",\"host\":\"%s\",\"space\":\"y\",\"pid\":1,\"start\":1,\"beat_s\":%ld}\n",
      host, (long)time(NULL) - age_s);
  assert_int_equal(STATUS_OK, file_write_atomic(path, text, strlen(text), NULL));
}

static void a_lock_from_elsewhere_is_judged_by_its_heartbeat(void **state) {
  place *p = *state;
  cluster_lock *mine;
  trouble why;
  write_lock(p, "elsewhere", LOCK_STALE_S - 20);
  assert_int_equal(STATUS_CONFLICT, cluster_lock_take(&mine, p->folder, &why));
  assert_non_null(strstr(why.text, "pid 1 on elsewhere"));
  write_lock(p, "elsewhere", LOCK_STALE_S + 20);
  assert_int_equal(STATUS_OK, cluster_lock_take(&mine, p->folder, &why));
  cluster_lock_release(mine);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      T(a_commit_moves_the_part_and_adds_a_line),
      T(the_same_shard_again_is_dropped),
      T(another_shard_never_replaces_the_first),
      T(a_part_that_does_not_fit_leaves_nothing),
      T(a_part_is_written_whole_from_wherever_it_lies),
      T(the_hash_of_a_file_is_that_of_its_bytes),
      T(a_lock_keeps_others_out_until_it_is_released),
      T(the_lock_of_a_dead_process_is_taken_over),
      T(a_lock_from_elsewhere_is_judged_by_its_heartbeat),
  };
  return cmocka_run_group_tests_name("commit", tests, NULL, NULL);
}
