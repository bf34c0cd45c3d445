// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static status errno_status(int error) {
  if (error == ENOSPC || error == EDQUOT)
    return STATUS_NO_SPACE;
  if (error == ENOENT || error == ENOTDIR)
    return STATUS_NOT_FOUND;
  return STATUS_IO;
}

status file_read(const char *path, size_t limit, char **bytes, size_t *size, trouble *why) {
  *bytes = NULL;
  *size = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return trouble_set(why, errno_status(errno), "%s: cannot open: %s", path, strerror(errno));
  status result = STATUS_OK;
  char *data = NULL;
  struct stat info;
  if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
    result = trouble_set(why, STATUS_IO, "%s: not a regular file", path);
    goto close_fd;
  }
  if ((unsigned long long)info.st_size > limit) {
    result = trouble_set(why, STATUS_LIMIT, "%s: %lld bytes, the most is %zu", path,
                         (long long)info.st_size, limit);
    goto close_fd;
  }
  size_t want = (size_t)info.st_size, got = 0;
  data = malloc(want + 1);
  if (!data) {
    result = trouble_set(why, STATUS_MEMORY, "%s: no memory for %zu bytes", path, want);
    goto close_fd;
  }
  while (got < want) {
    ssize_t part = read(fd, data + got, want - got);
    if (part < 0 && errno == EINTR)
      continue;
    if (part < 0) {
      result = trouble_set(why, STATUS_IO, "%s: cannot read: %s", path, strerror(errno));
      free(data);
      goto close_fd;
    }
    if (part == 0)
      break; // it shrank while we read: what is there is what there is
    got += (size_t)part;
  }
  data[got] = 0;
  *bytes = data;
  *size = got;
close_fd:
  close(fd);
  return result;
}

status file_sync_folder(const char *path, trouble *why) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return trouble_set(why, errno_status(errno), "%s: cannot open folder: %s", path,
                       strerror(errno));
  status result = STATUS_OK;
  if (fsync(fd) < 0 && errno != EINVAL) // some network file systems have no folder fsync
    result = trouble_set(why, STATUS_IO, "%s: cannot fsync folder: %s", path, strerror(errno));
  close(fd);
  return result;
}

status file_write_atomic(const char *path, const void *bytes, size_t size, trouble *why) {
  char temp[PATH_MAX], folder[PATH_MAX];
  struct stat info;
  if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) // whatever it is, it is no file of ours
    return trouble_set(why, STATUS_CONFLICT, "%s: exists and is not a regular file", path);
  int length = snprintf(temp, sizeof temp, "%s.%ld.part", path, (long)getpid());
  if (length < 0 || (size_t)length >= sizeof temp)
    return trouble_set(why, STATUS_RANGE, "%s: path too long", path);
  snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (!slash)
    snprintf(folder, sizeof folder, ".");
  else
    slash[slash == folder ? 1 : 0] = 0;

  int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return trouble_set(why, errno_status(errno), "%s: cannot create: %s", path, strerror(errno));
  status result = STATUS_OK;
  const char *at = bytes;
  for (size_t left = size; left > 0;) {
    ssize_t part = write(fd, at, left);
    if (part < 0 && errno == EINTR)
      continue;
    if (part < 0) {
      result = trouble_set(why, errno_status(errno), "%s: cannot write: %s", path, strerror(errno));
      break;
    }
    at += part;
    left -= (size_t)part;
  }
  if (!result && fsync(fd) < 0)
    result = trouble_set(why, errno_status(errno), "%s: cannot fsync: %s", path, strerror(errno));
  if (close(fd) < 0 && !result)
    result = trouble_set(why, errno_status(errno), "%s: cannot close: %s", path, strerror(errno));
  if (!result && rename(temp, path) < 0)
    result = trouble_set(why, errno_status(errno), "%s: cannot rename: %s", path, strerror(errno));
  if (result) {
    unlink(temp);
    return result;
  }
  return file_sync_folder(folder, why);
}

status file_make_folder(const char *path, trouble *why) {
  char part[PATH_MAX];
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof part)
    return trouble_set(why, STATUS_RANGE, "'%s': not a usable folder name", path);
  memcpy(part, path, length + 1);
  for (size_t i = 1; i <= length; i++) {
    if (part[i] != '/' && part[i] != 0)
      continue;
    char kept = part[i];
    part[i] = 0;
    if (mkdir(part, 0777) < 0 && errno != EEXIST)
      return trouble_set(why, errno_status(errno), "%s: cannot create folder: %s", part,
                         strerror(errno));
    part[i] = kept;
  }
  struct stat info;
  if (stat(path, &info) < 0 || !S_ISDIR(info.st_mode))
    return trouble_set(why, STATUS_CONFLICT, "%s: exists and is not a folder", path);
  return STATUS_OK;
}

bool file_exists(const char *path) {
  struct stat info;
  return stat(path, &info) == 0;
}
