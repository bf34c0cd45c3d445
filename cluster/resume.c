// SPDX-License-Identifier: Apache-2.0
#include "cluster/resume.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cluster/errors.h"
#include "cluster/folder.h"

typedef struct scan {
  cluster_record *records;
  int unit_count, lines;
} scan;

static void keep(void *context, const cluster_record *record) {
  scan *s = context;
  if (record->unit >= s->unit_count)
    return;
  s->lines += s->records[record->unit].sha256[0] == 0;
  s->records[record->unit] = *record;
}

static bool ends_with(const char *text, const char *end) {
  size_t a = strlen(text), b = strlen(end);
  return a > b && strcmp(text + a - b, end) == 0;
}

static status read_journal(const char *folder, const char *name, scan *s, int *torn, trouble *why) {
  char path[FOLDER_PATH], *text;
  size_t size;
  status result = cluster_path(path, folder, name, why);
  if (!result)
    result = file_read(path, (size_t)1 << 36, &text, &size, why);
  if (result)
    return result;
  *torn += cluster_journal_scan(text, size, keep, s);
  free(text);
  return STATUS_OK;
}

static status read_journals(const char *output, scan *s, int *torn, trouble *why) {
  char path[FOLDER_PATH];
  status result = cluster_path(path, output, "journal", why);
  if (result)
    return result;
  DIR *folder = opendir(path);
  if (!folder)
    return errno == ENOENT ? STATUS_OK : cluster_errno(why, errno, path, "cannot read the folder");
  for (const struct dirent *entry; !result && (entry = readdir(folder));)
    if (ends_with(entry->d_name, ".jsonl"))
      result = read_journal(path, entry->d_name, s, torn, why);
  closedir(folder);
  return result;
}

// One listing instead of a stat a shard: on a parallel file system it is far cheaper.
static status mark_present(const char *output, const cluster_units *units, cluster_manager *manager,
                           cluster_past *past, trouble *why) {
  char path[FOLDER_PATH], name[JOB_UNIT_NAME];
  status result = cluster_path(path, output, "shards", why);
  if (result)
    return result;
  DIR *folder = opendir(path);
  if (!folder)
    return errno == ENOENT ? STATUS_OK : cluster_errno(why, errno, path, "cannot read the folder");
  for (const struct dirent *entry; (entry = readdir(folder));) {
    size_t length = strlen(entry->d_name);
    if (!ends_with(entry->d_name, ".h5") || length - 3 >= sizeof name)
      continue;
    memcpy(name, entry->d_name, length - 3);
    name[length - 3] = 0;
    int unit = cluster_unit_find(units, name);
    if (unit >= 0 && cluster_manager_state(manager, unit) == UNIT_TODO) {
      cluster_manager_mark(manager, unit, UNIT_CHECK);
      past->present++;
    }
  }
  closedir(folder);
  return STATUS_OK;
}

status cluster_resume_scan(const char *output, const cluster_units *units, cluster_record *records,
                           cluster_manager *manager, cluster_past *past, trouble *why) {
  memset(past, 0, sizeof *past);
  scan s = {.records = records, .unit_count = units->count};
  status result = read_journals(output, &s, &past->torn, why);
  if (!result)
    result = mark_present(output, units, manager, past, why);
  if (result)
    return result;
  past->lines = s.lines;
  for (int unit = 0; unit < units->count; unit++)
    if (records[unit].sha256[0] && cluster_manager_state(manager, unit) == UNIT_TODO) {
      memset(&records[unit], 0, sizeof records[unit]);
      past->missing++;
    }
  return STATUS_OK;
}
