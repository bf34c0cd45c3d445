// SPDX-License-Identifier: Apache-2.0
#include "export/shard_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

static const uint8_t magic[8] = {'R', 'L', 'S', 'E', 'A', 'L', '1', '\n'};
static const uint8_t hdf5_magic[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
enum { BLOCK = 1 << 20 };

static void put_u64(uint8_t *to, uint64_t value) {
  for (int i = 0; i < 8; i++)
    to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_u64(const uint8_t *from) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; i--)
    value = value << 8 | from[i];
  return value;
}

void shard_seal_make(const void *bytes, size_t size, uint8_t seal[SHARD_SEAL_BYTES]) {
  uint64_t hash = 0;
  for (size_t at = 0; at < size; at += BLOCK)
    hash =
        hash_xxh3_seeded((const uint8_t *)bytes + at, size - at < BLOCK ? size - at : BLOCK, hash);
  memcpy(seal, magic, sizeof magic);
  put_u64(seal + 8, size);
  put_u64(seal + 16, hash);
}

/// Reads exactly `size` bytes; 0 also at the end of the file.
static int read_all(int fd, uint8_t *to, size_t size) {
  for (size_t got = 0; got < size;) {
    ssize_t part = read(fd, to + got, size - got);
    if (part < 0 && errno == EINTR)
      continue;
    if (part <= 0)
      return 0;
    got += (size_t)part;
  }
  return 1;
}

static status check(int fd, const char *path, uint64_t size, uint8_t *block, trouble *why) {
  uint8_t head[8], seal[SHARD_SEAL_BYTES];
  if (size < sizeof head || !read_all(fd, head, sizeof head) ||
      memcmp(head, hdf5_magic, sizeof head) != 0)
    return trouble_set(why, STATUS_FORMAT, "%s: not a Roadloom shard (not an HDF5 file)", path);
  if (size < SHARD_SEAL_BYTES || lseek(fd, (off_t)(size - SHARD_SEAL_BYTES), SEEK_SET) < 0 ||
      !read_all(fd, seal, sizeof seal) || memcmp(seal, magic, sizeof magic) != 0)
    return trouble_set(why, STATUS_FORMAT,
                       "%s: no seal at its end: cut short, changed since, or written by another "
                       "program; make it again",
                       path);
  const uint64_t body = size - SHARD_SEAL_BYTES;
  if (get_u64(seal + 8) != body)
    return trouble_set(why, STATUS_FORMAT, "%s: %llu bytes where its seal says %llu; make it again",
                       path, (unsigned long long)body, (unsigned long long)get_u64(seal + 8));
  if (lseek(fd, 0, SEEK_SET) < 0)
    return trouble_set(why, STATUS_IO, "%s: cannot read: %s", path, strerror(errno));
  uint64_t hash = 0;
  for (uint64_t at = 0; at < body; at += BLOCK) {
    size_t part = body - at < BLOCK ? (size_t)(body - at) : BLOCK;
    if (!read_all(fd, block, part))
      return trouble_set(why, STATUS_IO, "%s: cannot read at byte %llu", path,
                         (unsigned long long)at);
    hash = hash_xxh3_seeded(block, part, hash);
  }
  if (hash != get_u64(seal + 16))
    return trouble_set(why, STATUS_FORMAT,
                       "%s: damaged: its bytes don't have the hash of its seal; make it again",
                       path);
  return STATUS_OK;
}

status shard_seal_check(const char *path, uint64_t *size, trouble *why) {
  *size = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return trouble_set(why, errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_IO,
                       "%s: cannot open: %s", path, strerror(errno));
  status result = STATUS_OK;
  uint8_t *block = NULL;
  struct stat info;
  if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
    result = trouble_set(why, STATUS_FORMAT, "%s: not a regular file", path);
    goto close_fd;
  }
  block = malloc(BLOCK);
  if (!block) {
    result = trouble_set(why, STATUS_MEMORY, "%s: no memory to check it", path);
    goto close_fd;
  }
  *size = (uint64_t)info.st_size;
  result = check(fd, path, *size, block, why);
  free(block);
close_fd:
  close(fd);
  return result;
}
