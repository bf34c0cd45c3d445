// SPDX-License-Identifier: Apache-2.0
#include "cluster/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "cluster/errors.h"

static status fits(int length, const char *output, trouble *why) {
  if (length < 0 || length >= FOLDER_PATH)
    return trouble_set(why, STATUS_RANGE, "%s: path too long", output);
  return STATUS_OK;
}

status cluster_path(char out[FOLDER_PATH], const char *output, const char *name, trouble *why) {
  return fits(snprintf(out, FOLDER_PATH, "%s/%s", output, name), output, why);
}

status cluster_shard_path(char out[FOLDER_PATH], const char *output, const cluster_units *units,
                          int unit, trouble *why) {
  char name[JOB_UNIT_NAME];
  cluster_unit_name(units, unit, name);
  return fits(snprintf(out, FOLDER_PATH, "%s/shards/%s.h5", output, name), output, why);
}

status cluster_part_path(char out[FOLDER_PATH], const char *output, const char *attempt, int unit,
                         uint32_t try, trouble *why) {
  return fits(snprintf(out, FOLDER_PATH, "%s/tmp/%s/%d.%u.part", output, attempt, unit, try),
              output, why);
}

static bool below_exists(const char *output, const char *name) {
  char path[FOLDER_PATH];
  return !cluster_path(path, output, name, NULL) && file_exists(path);
}

static bool is_part(const char *name) {
  size_t length = strlen(name);
  return length > 5 && strcmp(name + length - 5, ".part") == 0;
}

// An empty folder may hold hidden files, and what a launch leaves that was killed
// before it had written job.json.
static bool counts_as_empty(const char *name) {
  return name[0] == '.' || strcmp(name, "lost+found") == 0 ||
         strncmp(name, "job.lock", strlen("job.lock")) == 0 ||
         (strncmp(name, "job.json.", strlen("job.json.")) == 0 && is_part(name));
}

static bool has_visible_entry(DIR *folder) {
  const struct dirent *entry;
  while ((entry = readdir(folder)))
    if (!counts_as_empty(entry->d_name))
      return true;
  return false;
}

// Whether a folder that isn't there could be made, as far as its nearest ancestor tells:
// better now than after the device has compiled its kernels.
static status look_above(const char *output, trouble *why) {
  char path[FOLDER_PATH];
  struct stat info;
  status result = fits(snprintf(path, sizeof path, "%s", output), output, why);
  if (result)
    return result;
  do {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
      path[--length] = 0;
    char *slash = strrchr(path, '/');
    if (!slash)
      strcpy(path, ".");
    else
      slash[slash == path] = 0;
  } while (stat(path, &info) < 0 && errno == ENOENT && strcmp(path, "/") != 0);
  if (access(path, W_OK | X_OK) == 0)
    return STATUS_OK;
  char what[FOLDER_PATH + 32];
  snprintf(what, sizeof what, "cannot make it in the folder %s", path);
  return cluster_errno(why, errno, output, what);
}

status cluster_folder_look(const char *output, cluster_folder_state *out, trouble *why) {
  *out = FOLDER_NEW;
  struct stat info;
  if (stat(output, &info) < 0)
    return errno == ENOENT ? look_above(output, why)
                           : cluster_errno(why, errno, output, "cannot look at it");
  if (!S_ISDIR(info.st_mode))
    return trouble_set(why, STATUS_CONFLICT, "%s: exists and is not a folder; choose another -o",
                       output);
  DIR *folder = opendir(output);
  if (!folder)
    return cluster_errno(why, errno, output, "cannot read the folder");
  bool visible = has_visible_entry(folder);
  closedir(folder);
  if (access(output, W_OK | X_OK) < 0)
    return cluster_errno(why, errno, output, "cannot write into the folder");
  if (below_exists(output, "job.json"))
    *out = below_exists(output, "_SUCCESS") ? FOLDER_DONE : FOLDER_JOB;
  else if (visible)
    *out = FOLDER_ALIEN;
  return STATUS_OK;
}

status cluster_folder_make(const char *output, const char *attempt, trouble *why) {
  char path[FOLDER_PATH], name[FOLDER_ATTEMPT + 8];
  snprintf(name, sizeof name, "tmp/%s", attempt);
  const char *const names[] = {"shards", "journal", "events", name};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    status result = cluster_path(path, output, names[i], why);
    if (!result)
      result = file_make_folder(path, why);
    if (result)
      return result;
  }
  return file_sync_folder(output, why);
}

static int sweep_attempt(const char *tmp, const char *attempt) {
  char path[FOLDER_PATH], file[FOLDER_PATH];
  if (cluster_path(path, tmp, attempt, NULL))
    return 0;
  DIR *folder = opendir(path);
  int removed = 0;
  for (const struct dirent *entry; folder && (entry = readdir(folder));)
    if (entry->d_name[0] != '.' && !cluster_path(file, path, entry->d_name, NULL))
      removed += unlink(file) == 0;
  if (folder)
    closedir(folder);
  rmdir(path);
  return removed;
}

// Temporaries of files that were being written beside their final names.
static int sweep_parts(const char *output) {
  char path[FOLDER_PATH];
  DIR *folder = opendir(output);
  int removed = 0;
  for (const struct dirent *entry; folder && (entry = readdir(folder));)
    if (is_part(entry->d_name) && !cluster_path(path, output, entry->d_name, NULL))
      removed += unlink(path) == 0;
  if (folder)
    closedir(folder);
  return removed;
}

int cluster_folder_sweep(const char *output, const char *keep) {
  char tmp[FOLDER_PATH];
  int removed = sweep_parts(output);
  if (cluster_path(tmp, output, "tmp", NULL))
    return removed;
  DIR *folder = opendir(tmp);
  for (const struct dirent *entry; folder && (entry = readdir(folder));)
    if (entry->d_name[0] != '.' && (!keep || strcmp(entry->d_name, keep) != 0))
      removed += sweep_attempt(tmp, entry->d_name);
  if (folder)
    closedir(folder);
  if (!keep)
    rmdir(tmp);
  return removed;
}

status cluster_attempt_draw(char out[FOLDER_ATTEMPT], trouble *why) {
  unsigned char bytes[16];
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
    return trouble_set(why, STATUS_IO, "no random bytes: %s", strerror(errno));
  for (int i = 0; i < 16; i++)
    snprintf(out + 2 * i, 3, "%02x", bytes[i]);
  return STATUS_OK;
}

uint64_t cluster_folder_free(const char *output) {
  struct statvfs info;
  return statvfs(output, &info) < 0 ? 0 : (uint64_t)info.f_bavail * info.f_frsize;
}
