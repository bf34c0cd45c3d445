// SPDX-License-Identifier: Apache-2.0
#include "cluster/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/errors.h"
#include "cluster/hook.h"

// The hash stands last, so that what it covers is simply what stands before it.
#define CHECK_KEY ",\"xxh3\":\""
enum { CHECK_DIGITS = 16 };

const char *cluster_stage_name(cluster_stage stage) {
  static const char *const names[STAGE_COUNT] = {"build", "move",   "render",
                                                 "write", "commit", "wall"};
  return names[stage];
}

static json_t *boxes_to_json(const cluster_record *record) {
  json_t *boxes = json_object();
  for (int i = 0; i < SEMANTIC_COUNT; i++)
    if (record->boxes[i])
      json_object_set_new(boxes, semantic_table[i].name,
                          json_integer((json_int_t)record->boxes[i]));
  return boxes;
}

static json_t *waits_to_json(const cluster_record *record) {
  json_t *waits = json_object();
  for (int i = 0; i < RECORD_WAITS && record->waits[i].scenes; i++)
    json_object_set_new(waits, record->waits[i].text, json_integer(record->waits[i].scenes));
  return waits;
}

static void read_waits(json_t *json, cluster_record *out) {
  const char *text;
  json_t *scenes;
  int count = 0;
  json_object_foreach(json, text, scenes) {
    if (count == RECORD_WAITS)
      break;
    out->waits[count].scenes = (uint32_t)json_integer_value(scenes);
    snprintf(out->waits[count++].text, RECORD_WAIT, "%s", text);
  }
}

size_t cluster_record_print(const cluster_record *record, const char *name,
                            char out[JOURNAL_LINE]) {
  json_t *seconds = json_object();
  for (int i = 0; i < STAGE_COUNT; i++)
    json_object_set_new(seconds, cluster_stage_name((cluster_stage)i),
                        json_real(record->seconds[i]));
  json_t *json = json_pack("{s:i, s:s, s:i, s:I, s:I, s:I, s:s, s:o, s:o, s:s}", "unit",
                           (int)record->unit, "shard", name, "try", (int)record->try, "scenes",
                           (json_int_t)record->scenes, "frames", (json_int_t)record->frames,
                           "bytes", (json_int_t)record->bytes, "sha256", record->sha256, "seconds",
                           seconds, "boxes", boxes_to_json(record), "device", record->device);
  if (json && record->waits[0].scenes)
    json_object_set_new(json, "waits", waits_to_json(record));
  char *text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
  json_decref(json);
  if (!text)
    return 0;
  size_t length = strlen(text);
  size_t used = 0;
  if (length > 1 && length + sizeof CHECK_KEY + CHECK_DIGITS + 4 < JOURNAL_LINE) {
    length--; // its closing brace comes after the hash
    memcpy(out, text, length);
    uint64_t check = hash_xxh3(text, length);
    used = length + (size_t)snprintf(out + length, JOURNAL_LINE - length,
                                     CHECK_KEY "%016" PRIx64 "\"}\n", check);
  }
  free(text);
  return used;
}

static bool check_fits(const char *line, size_t length) {
  const size_t key = sizeof CHECK_KEY - 1, tail = key + CHECK_DIGITS + 2;
  if (length < tail)
    return false;
  const char *at = line + length - tail;
  char digits[CHECK_DIGITS + 1];
  memcpy(digits, at + key, CHECK_DIGITS);
  digits[CHECK_DIGITS] = 0;
  char wanted[CHECK_DIGITS + 1];
  snprintf(wanted, sizeof wanted, "%016" PRIx64, hash_xxh3(line, length - tail));
  return memcmp(at, CHECK_KEY, key) == 0 && strcmp(digits, wanted) == 0 &&
         memcmp(at + key + CHECK_DIGITS, "\"}", 2) == 0;
}

bool cluster_record_read(const char *line, size_t length, cluster_record *out) {
  memset(out, 0, sizeof *out);
  json_t *json = check_fits(line, length) ? json_loadb(line, length, 0, NULL) : NULL;
  int unit, try;
  json_int_t scenes, frames, bytes;
  const char *sha256, *device;
  json_t *seconds, *boxes;
  bool good = json && !json_unpack(json, "{s:i, s:i, s:I, s:I, s:I, s:s, s:o, s:o, s:s}", "unit",
                                   &unit, "try", &try, "scenes", &scenes, "frames", &frames,
                                   "bytes", &bytes, "sha256", &sha256, "seconds", &seconds, "boxes",
                                   &boxes, "device", &device);
  good = good && unit >= 0 && bytes >= 0 && strlen(sha256) == HASH_SHA256_HEX - 1;
  if (good) {
    out->unit = unit;
    out->try = (uint32_t)try;
    out->scenes = (uint32_t)scenes;
    out->frames = (uint32_t)frames;
    out->bytes = (uint64_t)bytes;
    snprintf(out->sha256, sizeof out->sha256, "%s", sha256);
    snprintf(out->device, sizeof out->device, "%s", device);
    for (int i = 0; i < STAGE_COUNT; i++)
      out->seconds[i] =
          json_number_value(json_object_get(seconds, cluster_stage_name((cluster_stage)i)));
    for (int i = 0; i < SEMANTIC_COUNT; i++)
      out->boxes[i] = (uint64_t)json_integer_value(json_object_get(boxes, semantic_table[i].name));
    read_waits(json_object_get(json, "waits"), out);
  }
  json_decref(json);
  return good;
}

int cluster_journal_scan(const char *text, size_t size,
                         void (*each)(void *context, const cluster_record *record), void *context) {
  int torn = 0;
  for (size_t at = 0; at < size;) {
    const char *newline = memchr(text + at, '\n', size - at);
    size_t length = newline ? (size_t)(newline - text) - at : size - at;
    cluster_record record;
    // A line without its newline was never confirmed, however whole it looks.
    if (newline && cluster_record_read(text + at, length, &record))
      each(context, &record);
    else if (length > 0)
      torn++;
    at += length + 1;
  }
  return torn;
}

status cluster_journal_open(cluster_journal *journal, const char *path, trouble *why) {
  *journal = (cluster_journal){.fd = -1, .path = strdup(path)};
  if (!journal->path)
    return trouble_set(why, STATUS_MEMORY, "%s: no memory", path);
  journal->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (journal->fd < 0)
    return cluster_errno(why, errno, path, "cannot open the journal");
  char last = '\n';
  off_t size = lseek(journal->fd, 0, SEEK_END);
  if (size > 0 && pread(journal->fd, &last, 1, size - 1) != 1)
    return cluster_errno(why, errno, path, "cannot read the journal");
  if (last != '\n' && write(journal->fd, "\n", 1) != 1)
    return cluster_errno(why, errno, path, "cannot write the journal");
  return STATUS_OK;
}

status cluster_journal_append(cluster_journal *journal, const cluster_record *record,
                              const char *name, trouble *why) {
  char line[JOURNAL_LINE];
  size_t length = cluster_record_print(record, name, line);
  if (length == 0)
    return trouble_set(why, STATUS_INTERNAL, "%s: a line doesn't fit", journal->path);
  off_t before = lseek(journal->fd, 0, SEEK_END);
  errno = 0;
  size_t half = length / 2; // in two pieces: a test can die between them
  ssize_t first = write(journal->fd, line, half);
  if (first == (ssize_t)half)
    cluster_hook_kill("journal-half", record->unit, (int)record->try);
  ssize_t second = first == (ssize_t)half ? write(journal->fd, line + half, length - half) : -1;
  if (second == (ssize_t)(length - half) && fsync(journal->fd) == 0)
    return STATUS_OK;
  int error = errno ? errno : ENOSPC; // a short write without a reason: the disk is full
  if (before >= 0 && ftruncate(journal->fd, before) < 0)
    error = errno;
  return cluster_errno(why, error, journal->path, "cannot write the journal");
}

void cluster_journal_close(cluster_journal *journal) {
  if (journal->fd >= 0 && journal->path)
    close(journal->fd);
  free(journal->path);
  *journal = (cluster_journal){.fd = -1};
}
