// SPDX-License-Identifier: Apache-2.0
#include "cluster/commit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cluster/errors.h"
#include "cluster/folder.h"
#include "cluster/hook.h"

// Past the page cache, where a file system can: the copy into it takes more time than all else that
// writing does, and nobody reads a shard soon. What a place and a length of bytes have to be
// multiples of there; no file system asks for more.
enum { DIRECT_UNIT = 4096 };
static const size_t PIECE = (size_t)1 << 26;

// Bytes that went past the page cache; all others are still to be written.
static size_t write_direct(const char *path, const char *bytes, size_t size) {
  size_t done = 0, whole = size / DIRECT_UNIT * DIRECT_UNIT;
  if ((uintptr_t)bytes % DIRECT_UNIT || whole == 0)
    return 0;
  int fd = open(path, O_WRONLY | O_CLOEXEC | O_DIRECT);
  while (fd >= 0 && done < whole) {
    ssize_t part = write(fd, bytes + done, whole - done < PIECE ? whole - done : PIECE);
    if (part < 0 && errno == EINTR)
      continue;
    if (part <= 0 || part % DIRECT_UNIT)
      break; // what was wrong, if anything, the plain way says
    done += (size_t)part;
  }
  if (fd >= 0)
    close(fd);
  return done;
}

static int write_all(int fd, const char *at, size_t left) {
  while (left > 0) {
    ssize_t part = write(fd, at, left < PIECE ? left : PIECE);
    if (part < 0 && errno != EINTR)
      return errno;
    at += part > 0 ? part : 0;
    left -= part > 0 ? (size_t)part : 0;
  }
  return 0;
}

status cluster_part_write(const char *path, const void *bytes, size_t size, int unit, int try,
                          trouble *why) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0)
    return cluster_errno(why, errno, path, "cannot create");
  const char *what = "cannot write";
  size_t direct = write_direct(path, bytes, size);
  int error = lseek(fd, (off_t)direct, SEEK_SET) < 0
                  ? errno
                  : write_all(fd, (const char *)bytes + direct, size - direct);
  if (!error) {
    cluster_hook_kill("written", unit, try);
    what = "cannot fsync";
    error = fsync(fd) < 0 ? errno : 0; // never tried again: the pages may be gone
  }
  if (close(fd) < 0 && !error) {
    what = "cannot close";
    error = errno;
  }
  if (!error) {
    cluster_hook_kill("synced", unit, try);
    return STATUS_OK;
  }
  unlink(path);
  return cluster_errno(why, error, path, what);
}

status cluster_file_sha256(const char *path, char out[HASH_SHA256_HEX], uint64_t *size,
                           trouble *why) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return cluster_errno(why, errno, path, "cannot open");
  struct stat info;
  status result = STATUS_OK;
  void *map = NULL;
  if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
    result = trouble_set(why, STATUS_FORMAT, "%s: not a regular file", path);
  else if (info.st_size > 0 &&
           (map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
    result = cluster_errno(why, errno, path, "cannot map");
  close(fd);
  if (result)
    return result;
  *size = (uint64_t)info.st_size;
  hash_sha256_hex(map, (size_t)info.st_size, out);
  if (map)
    munmap(map, (size_t)info.st_size);
  return STATUS_OK;
}

// 0, or the errno. Never replaces. link+unlink where the file system has no
// RENAME_NOREPLACE (NFS, some FUSE).
static int rename_new(const char *from, const char *to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return errno;
  if (link(from, to) < 0)
    return errno;
  unlink(from);
  return 0;
}

// The folder part of a path.
static void folder_of(const char *path, char out[FOLDER_PATH]) {
  snprintf(out, FOLDER_PATH, "%s", path);
  char *slash = strrchr(out, '/');
  if (slash)
    *slash = 0;
}

static status meet(const char *part, const char *shard, const cluster_record *record,
                   cluster_commit_end *end, char *kept, size_t kept_size, trouble *why) {
  char sha256[HASH_SHA256_HEX];
  uint64_t size;
  status result = cluster_file_sha256(shard, sha256, &size, why);
  if (result)
    return result;
  if (strcmp(sha256, record->sha256) == 0) {
    *end = COMMIT_SAME;
    unlink(part);
    return STATUS_OK;
  }
  *end = COMMIT_DIFFERENT;
  snprintf(kept, kept_size, "%s.other-%.8s", shard, record->sha256);
  int error = rename_new(part, kept);
  if (error == EEXIST) // the very same other bytes are kept already
    unlink(part);
  else if (error)
    return cluster_errno(why, error, kept, "cannot rename");
  return STATUS_OK;
}

status cluster_commit(const char *part, const char *shard, const char *name,
                      const cluster_record *record, cluster_journal *journal,
                      cluster_commit_end *end, char *kept, size_t kept_size, trouble *why) {
  int try = (int)record->try;
  char folder[FOLDER_PATH];
  *end = COMMIT_NEW;
  cluster_hook_kill("reported", record->unit, try);
  int error = rename_new(part, shard);
  if (error && error != EEXIST)
    return cluster_errno(why, error, shard, "cannot rename");
  status result = error ? meet(part, shard, record, end, kept, kept_size, why) : STATUS_OK;
  if (result)
    return result;
  cluster_hook_kill("renamed", record->unit, try);
  folder_of(shard, folder);
  if ((result = file_sync_folder(folder, why)))
    return result;
  cluster_hook_kill("folder", record->unit, try);
  if (*end == COMMIT_DIFFERENT)
    return STATUS_OK;
  if ((result = cluster_journal_append(journal, record, name, why)))
    return result;
  cluster_hook_kill("journalled", record->unit, try);
  return STATUS_OK;
}
