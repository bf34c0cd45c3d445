// SPDX-License-Identifier: Apache-2.0
#include "with_fake.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "cluster/report.h"

enum { FAKE_BYTES = 60000, FAKE_FRAMES = 3 };

typedef struct fake {
  const cluster_job *job;
  const cluster_units *units;
} fake;

static bool faulty(const char *word, int unit) {
  const char *wanted = getenv("FAKE_FAULT");
  char name[32] = "", path[512] = "";
  int at = -1;
  if (!wanted || sscanf(wanted, "%31[^:]:%d:%511s", name, &at, path) < 1)
    return false;
  if (strcmp(name, word) != 0 || (at >= 0 && at != unit))
    return false;
  if (!path[0])
    return true;
  int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
  if (fd >= 0)
    close(fd);
  return fd >= 0;
}

static void fake_sources(char out[HASH_SHA256_HEX]) {
  hash_sha256_hex("fake", 4, out);
}

static status fake_plan(const cluster_job *job, cluster_plan *out, trouble *why) {
  if (strstr(job->script_text, "syntax error"))
    return trouble_set(why, STATUS_SYNTAX, "%s:1: syntax error", job->script_name);
  *out = (cluster_plan){.scene_bytes = 1000, .frames = FAKE_FRAMES, .first_scene_hash = 7};
  return STATUS_OK;
}

static status fake_open(void **state, const cluster_job *job, const cluster_units *units,
                        const cluster_place *place, char device[RECORD_TEXT], trouble *why) {
  (void)place;
  if (faulty("open", -1))
    return trouble_set(why, STATUS_DEVICE, "no OpenCL device");
  if (faulty("die", -1))
    abort();
  if (faulty("stall", -1))
    for (;;)
      pause();
  fake *f = malloc(sizeof *f);
  if (!f)
    return trouble_set(why, STATUS_MEMORY, "no memory");
  *f = (fake){.job = job, .units = units};
  *state = f;
  snprintf(device, RECORD_TEXT, "fake device");
  return STATUS_OK;
}

static status misbehave(int unit, trouble *why) {
  if (faulty("crash", unit))
    abort();
  if (faulty("hang", unit))
    for (;;)
      pause();
  if (faulty("device", unit))
    return trouble_set(why, STATUS_DEVICE, "CL_OUT_OF_RESOURCES");
  if (faulty("range", unit))
    return trouble_set(why, STATUS_RANGE, "scene.lua:3: x: 5 is outside 0..1");
  if (faulty("io", unit))
    return trouble_set(why, STATUS_IO, "cannot fsync: Input/output error");
  return STATUS_OK;
}

// Numbers from (seed, unit, first scene): what a shard is a function of.
static void fill(const fake *f, int unit, uint32_t *words, size_t count) {
  uint32_t scenes;
  const uint32_t *first = cluster_unit_scenes(f->units, unit, &scenes);
  rng stream = rng_at(f->job->seed, RNG_TEST, first[0], (uint32_t)unit, scenes);
  for (size_t i = 0; i < count; i++)
    words[i] = rng_u32(&stream);
  if (faulty("differ", unit))
    words[0]++;
}

static status fake_make(void *state, int unit, cluster_beat beat, cluster_made *out, trouble *why) {
  const fake *f = state;
  const char *slow = getenv("FAKE_MS");
  status result = misbehave(unit, why);
  if (result)
    return result;
  uint32_t scenes;
  cluster_unit_scenes(f->units, unit, &scenes);
  for (uint32_t i = 0; i < FAKE_FRAMES * scenes; i++) {
    usleep((useconds_t)(slow ? atoi(slow) : 0) * 1000 / (FAKE_FRAMES * scenes));
    beat.call(beat.context, i + 1);
  }
  out->bytes = malloc(FAKE_BYTES);
  if (!out->bytes)
    return trouble_set(why, STATUS_MEMORY, "no memory");
  fill(f, unit, out->bytes, FAKE_BYTES / 4);
  out->size = FAKE_BYTES;
  out->record.scenes = scenes;
  out->record.frames = FAKE_FRAMES * scenes;
  out->record.boxes[SEMANTIC_CAR] = (uint64_t)unit;
  return STATUS_OK;
}

static void fake_close(void *state) {
  free(state);
}

static status fake_check(const cluster_job *job, const cluster_units *units, int unit,
                         const char *path, cluster_record *out, trouble *why) {
  fake f = {.job = job, .units = units};
  char *bytes;
  size_t size;
  status result = file_read(path, 1 << 20, &bytes, &size, why);
  if (result)
    return result;
  uint32_t *wanted = malloc(FAKE_BYTES);
  if (wanted)
    fill(&f, unit, wanted, FAKE_BYTES / 4);
  bool same = wanted && size == FAKE_BYTES && memcmp(bytes, wanted, size) == 0;
  free(wanted);
  free(bytes);
  if (!same)
    return trouble_set(why, STATUS_FORMAT, "%s: not a whole shard", path);
  cluster_unit_scenes(units, unit, &out->scenes);
  out->frames = FAKE_FRAMES * out->scenes;
  return STATUS_OK;
}

const cluster_maker fake_maker = {.report = cluster_report_write,
                                  .report_name = "report.html",
                                  .sources = fake_sources,
                                  .plan = fake_plan,
                                  .open = fake_open,
                                  .make = fake_make,
                                  .close = fake_close,
                                  .check = fake_check};
