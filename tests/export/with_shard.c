// SPDX-License-Identifier: Apache-2.0
#include "with_shard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "export/shard.h"
#include "export/shard_reader.h"
#include "export/shard_seal.h"
#include "with_drive.h"

sample *sample_create(int cameras) {
  sample *s = calloc(1, sizeof *s);
  strcpy(s->folder, "/tmp/roadloom-damage-XXXXXX");
  assert_non_null(mkdtemp(s->folder));
  snprintf(s->path, sizeof s->path, "%s/shard.h5", s->folder);
  rig_def rig = drive_rig(cameras, 48, 32, 1);
  shard_about about = {.split = "val"};
  shard_writer *w = NULL;
  trouble why = {0};
  drive *d = drive_create(&rig, 3, 0);
  assert_int_equal(shard_create(&w, &about, &rig, &why), STATUS_OK);
  assert_int_equal(shard_add_scene(w, drive_scene(d), &why), STATUS_OK);
  for (uint32_t i = 0; i < 2; i++)
    assert_int_equal(shard_add_frame(w, drive_frame(d, i), &why), STATUS_OK);
  assert_int_equal(shard_finish(w, (void **)&s->bytes, &s->size, &why), STATUS_OK);
  drive_destroy(d);
  return s;
}

void sample_destroy(sample *s) {
  unlink(s->path);
  rmdir(s->folder);
  free(s->bytes);
  free(s);
}

void sample_write(const sample *s, const void *bytes, size_t size) {
  FILE *file = fopen(s->path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

void sample_seal(const sample *s) {
  char *bytes = NULL;
  size_t size = 0;
  trouble why;
  assert_int_equal(file_read(s->path, 1 << 26, &bytes, &size, &why), STATUS_OK);
  bytes = realloc(bytes, size + SHARD_SEAL_BYTES);
  shard_seal_make(bytes, size, (uint8_t *)bytes + size);
  sample_write(s, bytes, size + SHARD_SEAL_BYTES);
  free(bytes);
}

hid_t sample_open(const sample *s) {
  sample_write(s, s->bytes, s->size - SHARD_SEAL_BYTES);
  hid_t file = H5Fopen(s->path, H5F_ACC_RDWR, H5P_DEFAULT);
  assert_true(file >= 0);
  return file;
}

void sample_refused(const sample *s, const char *part) {
  shard_reader *r = NULL;
  trouble why = {0};
  if (shard_open(&r, s->path, &why) == STATUS_OK)
    fail_msg("a bad file was taken (%s)", part);
  assert_null(r);
  if (!strstr(why.text, part) || strncmp(why.text, s->path, strlen(s->path)) != 0 ||
      strchr(why.text, '\n'))
    fail_msg("expected '%s' in: %s", part, why.text);
}
