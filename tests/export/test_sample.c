// SPDX-License-Identifier: Apache-2.0
// A made-up dataset without a renderer. With a folder as its argument, the program writes
// shards/train-00000.h5 and so on there, which the tests of the Python reader read.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "export/shard.h"
#include "export/shard_reader.h"
#include "with_drive.h"

enum { SHARDS = 3, SCENES = 2, FRAMES = 4 };

static status add_scenes(shard_writer *w, const rig_def *rig, uint32_t shard, trouble *why) {
  status result = STATUS_OK;
  for (uint32_t s = 0; !result && s < SCENES; s++) {
    drive *d = drive_create(rig, 21, shard * SCENES + s);
    result = shard_add_scene(w, drive_scene(d), why);
    for (uint32_t i = 0; !result && i < FRAMES; i++)
      result = shard_add_frame(w, drive_frame(d, i), why);
    drive_destroy(d);
  }
  return result;
}

static status write_shard(const char *folder, uint32_t shard, trouble *why) {
  rig_def rig = drive_rig(2, 96, 64, 1);
  const char *split = shard == 2 ? "val" : "train";
  shard_about about = {.program_version = "0.1.0",
                       .script_name = "street.lua",
                       .script_text = "return scene {}\n",
                       .script_sha256 = "none",
                       .overrides = "",
                       .device = "made up",
                       .split = split,
                       .seed = 21,
                       .shard = shard};
  shard_writer *w = NULL;
  status result = shard_create(&w, &about, &rig, why);
  if (result)
    return result;
  result = add_scenes(w, &rig, shard, why);
  if (result) {
    shard_abandon(w);
    return result;
  }
  void *bytes = NULL;
  size_t size = 0;
  result = shard_finish(w, &bytes, &size, why);
  char path[512];
  snprintf(path, sizeof path, "%s/shards/%s-%05u.h5", folder, split, shard);
  if (!result)
    result = file_write_atomic(path, bytes, size, why);
  free(bytes);
  return result;
}

static status write_dataset(const char *folder, trouble *why) {
  char path[512];
  snprintf(path, sizeof path, "%s/shards", folder);
  status result = file_make_folder(path, why);
  for (uint32_t i = 0; !result && i < SHARDS; i++)
    result = write_shard(folder, i, why);
  return result;
}

static void every_shard_of_the_sample_opens(void **state) {
  (void)state;
  char folder[] = "/tmp/roadloom-sample-XXXXXX", path[128];
  assert_non_null(mkdtemp(folder));
  trouble why = {0};
  if (write_dataset(folder, &why))
    fail_msg("%s", why.text);
  for (int i = 0; i < SHARDS; i++) {
    snprintf(path, sizeof path, "%s/shards/%s-%05d.h5", folder, i == 2 ? "val" : "train", i);
    shard_reader *r = NULL;
    if (shard_open(&r, path, &why))
      fail_msg("%s", why.text);
    assert_int_equal(shard_summary_of(r)->frame_count, SCENES * FRAMES);
    shard_close(r);
    unlink(path);
  }
  snprintf(path, sizeof path, "%s/shards", folder);
  rmdir(path);
  rmdir(folder);
}

int main(int argc, char **argv) {
  trouble why = {0};
  if (argc > 1 && write_dataset(argv[1], &why)) {
    fprintf(stderr, "%s\n", why.text);
    return 1;
  }
  if (argc > 1)
    return 0;
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_shard_of_the_sample_opens)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
