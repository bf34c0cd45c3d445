// SPDX-License-Identifier: Apache-2.0
// labels: mpi fault
// Whole launches with a fake maker: this program is its own `roadloom generate`.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "cluster/generate.h"
#include "with_fake.h"

enum { SCENES = 12, OUTPUT = 1 << 16 };

// ---- as a rank ----

// run OUT SEED SCENES [ONLY]
static int run_rank(int argc, char **argv) {
  char command[8192], path[1024];
  snprintf(command, sizeof command, "roadloom generate s.lua -o %s", argv[2]);
  const char *wanted = getenv("TEST_SCRIPT");
  snprintf(path, sizeof path, "%s", wanted ? wanted : TEST_DATA_DIR "/any.lua");
  cluster_request request = {.script_path = path,
                             .output = argv[2],
                             .seed = strtoull(argv[3], NULL, 10),
                             .scenes = (uint32_t)atoi(argv[4]),
                             .split = cluster_split_default(),
                             .only = argc > 5 ? argv[5] : NULL,
                             .program_version = "test",
                             .command = command};
  return (int)cluster_generate(&request, &fake_maker);
}

// ---- as the tests ----

typedef struct place {
  char folder[64], data[300], self[1024];
  char text[OUTPUT]; // what the last launch printed
} place;

static int setup(void **state) {
  place *p = calloc(1, sizeof *p);
  snprintf(p->folder, sizeof p->folder, "/tmp/roadloom-test-XXXXXX");
  assert_non_null(mkdtemp(p->folder));
  snprintf(p->data, sizeof p->data, "%s/data", p->folder);
  ssize_t length = readlink("/proc/self/exe", p->self, sizeof p->self - 1);
  assert_true(length > 0);
  *state = p;
  return 0;
}

static int teardown(void **state) {
  place *p = *state;
  char command[8192];
  snprintf(command, sizeof command, "rm -rf %s", p->folder);
  int code = system(command);
  free(p);
  return code;
}

// Runs a launch: `before` is environment settings, `ranks` 0 is without mpirun.
static int launch(place *p, const char *before, int ranks, const char *data, const char *rest) {
  char command[8192], mpirun[256] = "";
  if (ranks > 0)
    snprintf(mpirun, sizeof mpirun,
             "mpirun --allow-run-as-root --oversubscribe --bind-to none -n %d ", ranks);
  snprintf(command, sizeof command, "%s %s%s run %s %s 2>&1", before, mpirun, p->self, data, rest);
  FILE *pipe = popen(command, "r");
  assert_non_null(pipe);
  size_t used = fread(p->text, 1, OUTPUT - 1, pipe);
  p->text[used] = 0;
  int code = pclose(pipe);
  return WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code);
}

static void expect(place *p, int wanted, int got) {
  if (wanted != got)
    fail_msg("exit code %d, expected %d; it said:\n%s", got, wanted, p->text);
}

static void expect_text(place *p, const char *wanted) {
  if (!strstr(p->text, wanted))
    fail_msg("expected '%s' in:\n%s", wanted, p->text);
}

static char *read_file(const char *folder, const char *name) {
  char path[512], *text;
  size_t size;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  trouble why;
  if (file_read(path, 1 << 24, &text, &size, &why))
    fail_msg("%s", why.text);
  return text;
}

static bool exists(const char *folder, const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return file_exists(path);
}

static int count_files(const char *folder, const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  DIR *d = opendir(path);
  int count = 0;
  for (const struct dirent *e; d && (e = readdir(d));)
    count += e->d_name[0] != '.';
  if (d)
    closedir(d);
  return count;
}

// The clean run that all others are compared with.
static void make_clean(place *p, char out[300]) {
  snprintf(out, 300, "%s/clean", p->folder);
  expect(p, 0, launch(p, "", 0, out, "5 12"));
}

static void expect_same_manifest(const char *a, const char *b) {
  char *left = read_file(a, "manifest.json"), *right = read_file(b, "manifest.json");
  assert_string_equal(left, right);
  free(left);
  free(right);
  assert_true(exists(a, "_SUCCESS"));
  assert_true(exists(b, "_SUCCESS"));
  assert_int_equal(0, count_files(a, "tmp"));
  assert_false(exists(a, "job.lock"));
}

static void one_two_and_three_ranks_make_the_same_manifest(void **state) {
  place *p = *state;
  char clean[300], other[300];
  make_clean(p, clean);
  assert_int_equal(SCENES, count_files(clean, "shards"));
  for (int ranks = 1; ranks <= 3; ranks++) {
    snprintf(other, sizeof other, "%s/np%d", p->folder, ranks);
    expect(p, 0, launch(p, "FAKE_MS=10", ranks, other, "5 12"));
    expect_same_manifest(clean, other);
  }
}

static void the_same_command_again_does_nothing(void **state) {
  place *p = *state;
  expect(p, 0, launch(p, "", 0, p->data, "5 12"));
  expect(p, 0, launch(p, "", 0, p->data, "5 12"));
  expect_text(p, "nothing to do");
}

static void another_job_is_refused_by_field(void **state) {
  place *p = *state;
  expect(p, 0, launch(p, "", 0, p->data, "5 12"));
  expect(p, 1, launch(p, "", 0, p->data, "6 12"));
  expect_text(p, "seed is 5 there and 6 here");
  expect(p, 1, launch(p, "", 0, p->data, "5 13"));
  expect_text(p, "scenes is 12 there and 13 here");
}

// Kills a launch at a step, then lets the same command go on.
static void killed_at(place *p, const char *clean, const char *step, int ranks) {
  char data[300], before[8192];
  snprintf(data, sizeof data, "%s/%s-%d", p->folder, step, ranks);
  snprintf(before, sizeof before, "ROADLOOM_TEST_KILL=%s", step);
  int code = launch(p, before, ranks, data, "5 12");
  if (code == 0)
    fail_msg("nothing died at %s:\n%s", step, p->text);
  expect(p, 0, launch(p, "", ranks, data, "5 12"));
  expect_same_manifest(data, clean);
}

static void a_kill_at_any_step_loses_nothing(void **state) {
  place *p = *state;
  char clean[300];
  make_clean(p, clean);
  const char *const steps[] = {"job",      "reported:2",     "renamed:3",
                               "folder:4", "journal-half:5", "journalled:6",
                               "told:7",   "finish",         "manifest"};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    killed_at(p, clean, steps[i], 0);
  killed_at(p, clean, "renamed:3", 2);
}

static void a_worker_killed_once_is_replaced(void **state) {
  place *p = *state;
  char clean[300], data[300];
  make_clean(p, clean);
  const char *const steps[] = {"lease:0:1", "made:0:1", "written:0:1", "synced:0:1"};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    char before[8192];
    snprintf(before, sizeof before, "ROADLOOM_TEST_KILL=%s", steps[i]);
    snprintf(data, sizeof data, "%s/worker%zu", p->folder, i);
    expect(p, 0, launch(p, before, 0, data, "5 12"));
    expect_text(p, "died of signal 9");
    expect_same_manifest(data, clean);
  }
}

static int count_text(const place *p, const char *wanted) {
  int count = 0;
  for (const char *at = p->text; (at = strstr(at, wanted)); at++)
    count++;
  return count;
}

// Worker 1 of rank 0 looks at the first scene, its worker 2 and every other rank's
// worker 1 open a device.
static void a_worker_killed_while_it_gets_ready_is_replaced(void **state) {
  place *p = *state;
  char clean[300], data[300], before[8192];
  make_clean(p, clean);
  for (int ranks = 0; ranks <= 3; ranks++)
    for (int worker = 1; worker <= 2; worker++) {
      snprintf(before, sizeof before, "ROADLOOM_TEST_KILL=ready:%d", worker);
      snprintf(data, sizeof data, "%s/ready%d-%d", p->folder, worker, ranks);
      expect(p, 0, launch(p, before, ranks, data, "5 12"));
      expect_text(p, "roadloom: warning: the worker died of signal 9 (Killed; was memory short?) "
                     "while getting ready; a new one starts\n");
      assert_int_equal(worker == 1 && ranks > 1 ? ranks : 1, count_text(p, "warning"));
      expect_same_manifest(data, clean);
    }
}

static void workers_that_never_get_ready_end_in_a_command_that_goes_on(void **state) {
  place *p = *state;
  char clean[300];
  make_clean(p, clean);
  const char *const faults[][2] = {
      {"ROADLOOM_TEST_KILL=ready", "signal 9 (Killed; was memory short?)"}, // the first scene
      {"FAKE_FAULT=die:-1", "signal 6 (Aborted)"},                          // the device
  };
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
    for (int ranks = 0; ranks <= 2; ranks += 2) {
      char line[8192];
      snprintf(line, sizeof line,
               "roadloom: error: the worker died of %s while getting ready; 3 were tried. "
               "To go on: roadloom generate s.lua -o %s\n",
               faults[i][1], p->data);
      expect(p, 1, launch(p, faults[i][0], ranks, p->data, "5 12"));
      expect_text(p, line);
      assert_int_equal(1, count_text(p, "error:"));
      assert_false(file_exists(p->data));
    }
  expect(p, 0, launch(p, "", 2, p->data, "5 12"));
  expect_same_manifest(p->data, clean);
}

static void a_job_in_work_outlives_a_launch_whose_workers_never_get_ready(void **state) {
  place *p = *state;
  char clean[300];
  make_clean(p, clean);
  launch(p, "ROADLOOM_TEST_KILL=renamed:3", 0, p->data, "5 12");
  expect(p, 1, launch(p, "ROADLOOM_TEST_KILL=ready", 2, p->data, "5 12"));
  expect(p, 0, launch(p, "ROADLOOM_TEST_KILL=ready:1", 2, p->data, "5 12"));
  expect_same_manifest(p->data, clean);
}

static void one_rank_of_two_that_loses_its_worker_once_gets_another(void **state) {
  place *p = *state;
  char clean[300], before[8192];
  make_clean(p, clean);
  snprintf(before, sizeof before, "FAKE_FAULT=die:-1:%s/once", p->folder);
  expect(p, 0, launch(p, before, 2, p->data, "5 12"));
  expect_text(p, "signal 6 (Aborted) while getting ready; a new one starts");
  assert_int_equal(1, count_text(p, "warning"));
  expect_same_manifest(p->data, clean);
}

static void a_worker_that_hangs_while_it_gets_ready_is_replaced(void **state) {
  place *p = *state;
  char before[8192];
  snprintf(before, sizeof before, "ROADLOOM_HANG_S=1 FAKE_FAULT=stall:-1:%s/once", p->folder);
  expect(p, 0, launch(p, before, 0, p->data, "5 12"));
  expect_text(p, "said nothing for 1 s while getting ready and was killed; a new one starts");
}

static void a_script_error_while_getting_ready_is_one_line_and_not_tried_again(void **state) {
  place *p = *state;
  char command[8192];
  snprintf(command, sizeof command, "echo 'syntax error' > %s/bad.lua", p->folder);
  assert_int_equal(0, system(command));
  snprintf(command, sizeof command, "TEST_SCRIPT=%s/bad.lua", p->folder);
  expect(p, 1, launch(p, command, 0, p->data, "5 12"));
  assert_string_equal("roadloom: error: bad.lua:1: syntax error\n", p->text);
}

static void a_unit_that_always_crashes_is_quarantined(void **state) {
  place *p = *state;
  char clean[300];
  make_clean(p, clean);
  expect(p, 3, launch(p, "FAKE_FAULT=crash:4", 0, p->data, "5 12"));
  char *text = read_file(p->data, "quarantine.jsonl");
  if (!strstr(text, "--only"))
    fail_msg("no reproducing command in %s", text);
  free(text);
  assert_false(exists(p->data, "_SUCCESS"));
  assert_int_equal(SCENES - 1, count_files(p->data, "shards"));
  expect(p, 0, launch(p, "", 0, p->data, "5 12"));
  expect_same_manifest(p->data, clean);
}

static void a_script_error_in_one_scene_is_not_tried_again(void **state) {
  place *p = *state;
  expect(p, 3, launch(p, "FAKE_FAULT=range:4", 0, p->data, "5 12"));
  expect_text(p, "after 1 try:");
  expect_text(p, "outside 0..1");
}

static void a_hanging_worker_is_killed_and_replaced(void **state) {
  place *p = *state;
  char before[8192];
  snprintf(before, sizeof before, "ROADLOOM_HANG_S=1 FAKE_FAULT=hang:4:%s/once", p->folder);
  expect(p, 0, launch(p, before, 0, p->data, "5 12"));
  expect_text(p, "said nothing");
}

static void a_device_that_fails_is_retired(void **state) {
  place *p = *state;
  expect(p, 1, launch(p, "FAKE_FAULT=device:-1", 0, p->data, "5 12"));
  expect_text(p, "CL_OUT_OF_RESOURCES");
  expect_text(p, "no device is left");
}

static void no_device_is_one_line_and_no_folder(void **state) {
  place *p = *state;
  expect(p, 1, launch(p, "FAKE_FAULT=open:-1", 0, p->data, "5 12"));
  assert_string_equal("roadloom: error: no OpenCL device\n", p->text);
  assert_false(file_exists(p->data));
  int code = launch(p, "FAKE_FAULT=open:-1", 2, p->data, "5 12");
  expect(p, 1, code);
  assert_false(file_exists(p->data));
}

static void a_missing_script_is_one_line_and_no_folder(void **state) {
  place *p = *state;
  expect(p, 1, launch(p, "TEST_SCRIPT=/nowhere/x.lua", 0, p->data, "5 12"));
  assert_string_equal("roadloom: error: /nowhere/x.lua: cannot open: No such file or directory\n",
                      p->text);
  assert_false(file_exists(p->data));
}

static void a_folder_with_other_things_is_refused(void **state) {
  place *p = *state;
  char command[8192];
  snprintf(command, sizeof command, "echo mine > %s/thesis.txt", p->folder);
  assert_int_equal(0, system(command));
  expect(p, 1, launch(p, "", 0, p->folder, "5 12"));
  expect_text(p, "holds other things than a Roadloom dataset; choose another -o");
  assert_int_equal(1, count_files(p->folder, "."));
}

static void a_damaged_shard_is_moved_aside_and_made_again(void **state) {
  place *p = *state;
  char clean[300], command[8192];
  make_clean(p, clean);
  expect(p, 0, launch(p, "", 0, p->data, "5 12"));
  snprintf(command, sizeof command,
           "rm %s/_SUCCESS && f=$(ls %s/shards/*.h5 | head -n 1) && "
           "printf x | dd of=$f bs=1 seek=777 conv=notrunc status=none",
           p->data, p->data);
  assert_int_equal(0, system(command));
  expect(p, 0, launch(p, "", 2, p->data, "5 12"));
  expect_text(p, "damaged and is moved aside");
  expect_same_manifest(p->data, clean);
}

static void a_truncated_shard_without_its_line_is_made_again(void **state) {
  place *p = *state;
  char clean[300], command[8192];
  make_clean(p, clean);
  expect(p, 0, launch(p, "", 0, p->data, "5 12"));
  snprintf(command, sizeof command,
           "cd %s && rm _SUCCESS journal/* && truncate -s 5000 $(ls shards/*.h5 | head -n 1)",
           p->data);
  assert_int_equal(0, system(command));
  expect(p, 0, launch(p, "", 0, p->data, "5 12"));
  expect_text(p, "damaged and is moved aside");
  expect_same_manifest(p->data, clean);
}

static void a_lost_shard_is_made_again_even_after_success(void **state) {
  place *p = *state;
  char clean[300], command[8192];
  make_clean(p, clean);
  expect(p, 0, launch(p, "", 0, p->data, "5 12"));
  snprintf(command, sizeof command, "cd %s && rm $(ls shards/*.h5 | head -n 1)", p->data);
  assert_int_equal(0, system(command));
  expect(p, 0, launch(p, "", 0, p->data, "5 12"));
  expect_text(p, "1 journalled shards are gone");
  expect_same_manifest(p->data, clean);
}

static void different_bytes_for_a_shard_raise_the_alarm(void **state) {
  place *p = *state;
  // The rename is done, the journal line isn't: a second launch meets the file.
  char before[8192];
  snprintf(before, sizeof before, "ROADLOOM_TEST_KILL=job FAKE_FAULT=none");
  launch(p, before, 0, p->data, "5 12");
  char command[8192];
  snprintf(command, sizeof command,
           "(sleep 0.3; echo other > %s/shards/train-00003.h5) & FAKE_MS=100", p->data);
  expect(p, 6, launch(p, command, 0, p->data, "5 12"));
  expect_text(p, "NOT DETERMINISTIC");
  assert_false(exists(p->data, "_SUCCESS"));
}

static void sigterm_and_the_stop_file_end_with_a_command_that_goes_on(void **state) {
  place *p = *state;
  char clean[300], before[8192];
  make_clean(p, clean);
  expect(p, 5, launch(p, "FAKE_MS=200 timeout --preserve-status -s TERM 0.7", 0, p->data, "5 12"));
  expect_text(p, "To go on: roadloom generate s.lua -o");
  assert_int_equal(0, count_files(p->data, "tmp"));
  snprintf(before, sizeof before, "(sleep 0.5; touch %s/STOP) & FAKE_MS=150", p->data);
  expect(p, 5, launch(p, before, 0, p->data, "5 12"));
  expect(p, 0, launch(p, "", 0, p->data, "5 12"));
  expect_same_manifest(p->data, clean);
}

static void a_second_launch_at_once_is_refused(void **state) {
  place *p = *state;
  char before[8192];
  snprintf(before, sizeof before, "(FAKE_MS=200 %s run %s 5 12 >%s/log 2>&1) & sleep 0.6;", p->self,
           p->data, p->folder);
  expect(p, 1, launch(p, before, 0, p->data, "5 12"));
  expect_text(p, "another launch is working there");
  char command[8192];
  snprintf(command, sizeof command, "while [ -e %s/job.lock ]; do sleep 0.1; done", p->data);
  assert_int_equal(0, system(command));
  assert_true(exists(p->data, "_SUCCESS"));
}

static void only_makes_one_shard(void **state) {
  place *p = *state;
  expect(p, 0, launch(p, "", 0, p->data, "5 12 train-00002"));
  assert_int_equal(1, count_files(p->data, "shards"));
  assert_true(exists(p->data, "shards/train-00002.h5"));
  assert_false(exists(p->data, "_SUCCESS"));
  expect(p, 1, launch(p, "", 0, p->data, "5 12 train-00099"));
}

static void a_broken_disk_is_tried_once_more_and_then_ends_the_launch(void **state) {
  place *p = *state;
  expect(p, 4, launch(p, "FAKE_FAULT=io:-1", 0, p->data, "5 12"));
  expect_text(p, "Input/output error");
  expect_text(p, "To go on");
}

static void a_full_disk_ends_with_numbers_and_a_command(void **state) {
  place *p = *state;
  char command[8192], clean[300];
  make_clean(p, clean);
  // A file system of its own, in a mount namespace of its own.
  snprintf(command, sizeof command, "unshare -m true 2>/dev/null && mkdir -p %s/small && true",
           p->folder);
  if (system(command) != 0) {
    print_message("no permission to mount: skipped\n");
    skip();
  }
  snprintf(
      command, sizeof command,
      "unshare -m sh -c 'mount -t tmpfs -o size=400k none %s/small && { %s run %s/small/d 5 12; "
      "echo code $?; ls %s/small/d/tmp 2>/dev/null | wc -l; rm -f %s/small/filler; "
      "mount -o remount,size=4m %s/small && %s run %s/small/d 5 12 && "
      "cmp %s/small/d/manifest.json %s/manifest.json && echo same; }'; true",
      p->folder, p->self, p->folder, p->folder, p->folder, p->folder, p->self, p->folder, p->folder,
      clean);
  FILE *pipe = popen(command, "r");
  assert_non_null(pipe);
  size_t used = fread(p->text, 1, OUTPUT - 1, pipe);
  p->text[used] = 0;
  pclose(pipe);
  expect_text(p, "code 4\n0\n");
  expect_text(p, "same");
}

int main(int argc, char **argv) {
  if (argc > 4 && strcmp(argv[1], "run") == 0)
    return run_rank(argc, argv);
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      T(one_two_and_three_ranks_make_the_same_manifest),
      T(the_same_command_again_does_nothing),
      T(another_job_is_refused_by_field),
      T(a_kill_at_any_step_loses_nothing),
      T(a_worker_killed_once_is_replaced),
      T(a_worker_killed_while_it_gets_ready_is_replaced),
      T(workers_that_never_get_ready_end_in_a_command_that_goes_on),
      T(a_job_in_work_outlives_a_launch_whose_workers_never_get_ready),
      T(one_rank_of_two_that_loses_its_worker_once_gets_another),
      T(a_worker_that_hangs_while_it_gets_ready_is_replaced),
      T(a_script_error_while_getting_ready_is_one_line_and_not_tried_again),
      T(a_unit_that_always_crashes_is_quarantined),
      T(a_script_error_in_one_scene_is_not_tried_again),
      T(a_hanging_worker_is_killed_and_replaced),
      T(a_device_that_fails_is_retired),
      T(no_device_is_one_line_and_no_folder),
      T(a_missing_script_is_one_line_and_no_folder),
      T(a_folder_with_other_things_is_refused),
      T(a_damaged_shard_is_moved_aside_and_made_again),
      T(a_truncated_shard_without_its_line_is_made_again),
      T(a_lost_shard_is_made_again_even_after_success),
      T(different_bytes_for_a_shard_raise_the_alarm),
      T(sigterm_and_the_stop_file_end_with_a_command_that_goes_on),
      T(a_second_launch_at_once_is_refused),
      T(only_makes_one_shard),
      T(a_broken_disk_is_tried_once_more_and_then_ends_the_launch),
      T(a_full_disk_ends_with_numbers_and_a_command),
  };
  return cmocka_run_group_tests_name("launches", tests, NULL, NULL);
}
