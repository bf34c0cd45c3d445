// SPDX-License-Identifier: Apache-2.0
// labels: unit
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

// A fresh folder a test, the working directory while it runs.
static int enter_folder(void **state) {
  char template[] = "/tmp/roadloom-test-XXXXXX";
  char *folder = mkdtemp(template);
  if (!folder || chdir(folder) < 0)
    return -1;
  *state = strdup(folder);
  return 0;
}

static int leave_folder(void **state) {
  char command[PATH_MAX + 20];
  int failed = chdir("/");
  snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
  failed |= system(command);
  free(*state);
  return failed;
}

static int entries(const char *folder) {
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  int count = 0;
  for (struct dirent *entry; (entry = readdir(dir));)
    count += entry->d_name[0] != '.';
  closedir(dir);
  return count;
}

static void assert_holds(const char *path, const char *expected) {
  char *bytes;
  size_t size;
  trouble why;
  if (file_read(path, 1 << 20, &bytes, &size, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  assert_int_equal(size, strlen(expected));
  assert_string_equal(bytes, expected);
  free(bytes);
}

static void what_is_written_is_read_and_replaced_whole(void **state) {
  (void)state;
  trouble why;
  assert_int_equal(file_write_atomic("a.txt", "one", 3, &why), STATUS_OK);
  assert_holds("a.txt", "one");
  assert_int_equal(file_write_atomic("a.txt", "two and more", 12, &why), STATUS_OK);
  assert_holds("a.txt", "two and more");
  assert_int_equal(file_write_atomic("./a.txt", "", 0, &why), STATUS_OK);
  assert_holds("a.txt", "");
  assert_int_equal(entries("."), 1);
}

static void reading_says_what_is_wrong(void **state) {
  (void)state;
  trouble why;
  char *bytes;
  size_t size;
  assert_int_equal(file_read("none", 10, &bytes, &size, &why), STATUS_NOT_FOUND);
  assert_string_equal(why.text, "none: cannot open: No such file or directory");
  assert_null(bytes);
  assert_int_equal(file_read(".", 10, &bytes, &size, &why), STATUS_IO);
  assert_string_equal(why.text, ".: not a regular file");
  assert_int_equal(file_write_atomic("big", "0123456789", 10, &why), STATUS_OK);
  assert_int_equal(file_read("big", 9, &bytes, &size, &why), STATUS_LIMIT);
  assert_string_equal(why.text, "big: 10 bytes, the most is 9");
  // A pipe that nobody writes to must not make us wait.
  assert_int_equal(mkfifo("pipe", 0600), 0);
  assert_int_equal(file_read("pipe", 10, &bytes, &size, &why), STATUS_IO);
}

static void writing_where_nothing_can_be_leaves_nothing(void **state) {
  (void)state;
  trouble why;
  assert_int_equal(file_write_atomic("no/such/a", "x", 1, &why), STATUS_NOT_FOUND);
  assert_int_equal(mkdir("taken", 0700), 0);
  assert_int_equal(mkdir("taken/inside", 0700), 0);
  assert_int_not_equal(file_write_atomic("taken", "x", 1, &why), STATUS_OK);
  assert_int_equal(entries("."), 1);
  char longer[PATH_MAX + 10];
  memset(longer, 'a', sizeof longer - 1);
  longer[sizeof longer - 1] = 0;
  assert_int_equal(file_write_atomic(longer, "x", 1, &why), STATUS_RANGE);
}

// In a child, since the limit can't be taken back: a write that fails halfway.
static void a_write_that_fails_halfway_keeps_the_old_file(void **state) {
  (void)state;
  trouble why;
  assert_int_equal(file_write_atomic("a.txt", "old", 3, &why), STATUS_OK);
  pid_t child = fork();
  if (child == 0) {
    struct rlimit limit = {100000, 100000};
    signal(SIGXFSZ, SIG_IGN);
    static char bytes[200000];
    int good = setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
               file_write_atomic("a.txt", bytes, sizeof bytes, &why) == STATUS_IO &&
               strcmp(why.text, "a.txt: cannot write: File too large") == 0;
    _exit(good ? 0 : 1);
  }
  int result;
  assert_int_equal(waitpid(child, &result, 0), child);
  assert_int_equal(result, 0);
  assert_holds("a.txt", "old");
  assert_int_equal(entries("."), 1);
}

// The temporary of a process is "PATH.PID.part"; /dev/full in its place is a disk
// without a byte left.
static void a_full_disk_is_said_and_leaves_nothing(void **state) {
  (void)state;
  trouble why;
  char temp[64];
  snprintf(temp, sizeof temp, "a.txt.%ld.part", (long)getpid());
  assert_int_equal(symlink("/dev/full", temp), 0);
  assert_int_equal(file_write_atomic("a.txt", "x", 1, &why), STATUS_NO_SPACE);
  assert_string_equal(why.text, "a.txt: cannot write: No space left on device");
  assert_int_equal(entries("."), 0);
}

static void folders_are_made_with_those_above(void **state) {
  (void)state;
  trouble why;
  assert_int_equal(file_make_folder("a/b//c/", &why), STATUS_OK);
  assert_true(file_exists("a/b/c"));
  assert_int_equal(file_make_folder("a/b/c", &why), STATUS_OK);
  assert_int_equal(file_make_folder("/", &why), STATUS_OK);
  assert_int_equal(file_write_atomic("a/file", "x", 1, &why), STATUS_OK);
  assert_int_equal(file_make_folder("a/file", &why), STATUS_CONFLICT);
  assert_int_not_equal(file_make_folder("a/file/below", &why), STATUS_OK);
  assert_int_equal(file_make_folder("", &why), STATUS_RANGE);
  assert_int_equal(file_sync_folder("a", &why), STATUS_OK);
  assert_int_equal(file_sync_folder("none", &why), STATUS_NOT_FOUND);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_FOLDER(what_is_written_is_read_and_replaced_whole),
      IN_FOLDER(reading_says_what_is_wrong),
      IN_FOLDER(writing_where_nothing_can_be_leaves_nothing),
      IN_FOLDER(a_write_that_fails_halfway_keeps_the_old_file),
      IN_FOLDER(a_full_disk_is_said_and_leaves_nothing),
      IN_FOLDER(folders_are_made_with_those_above),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
