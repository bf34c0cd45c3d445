// SPDX-License-Identifier: Apache-2.0
#include "export/shard_memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "export/shard_h5.h"

enum {
  GROWTH = 1 << 20,      // the file grows in such steps
  METADATA = 256 << 10,  // metadata lies together in such blocks, for readers over a network
  SUPERBLOCK_END_AT = 28 // where version 2 and 3 superblocks keep the end of the file
};
// Whole pages, which can be written past the page cache. The first buffer is larger than what glibc
// takes from its heap (32 MiB), so that it grows without being copied and stays at a page's begin;
// pages that nothing touches take no memory.
static const size_t PAGE = 4096, FIRST = (size_t)64 << 20;

static int reserve(shard_memory *memory, size_t size) {
  if (size <= memory->capacity)
    return 1;
  size_t capacity = memory->capacity * 3 / 2 > size ? memory->capacity * 3 / 2 : size;
  unsigned char *bytes = NULL;
  if (!memory->bytes && size <= FIRST)
    bytes = aligned_alloc(PAGE, capacity = FIRST);
  if (!bytes)
    bytes = realloc(memory->bytes, capacity);
  if (!bytes) {
    memory->failed = 1;
    return 0;
  }
  memory->bytes = bytes;
  memory->capacity = capacity;
  return 1;
}

shard_memory shard_memory_over(void *spare) {
  return (shard_memory){.bytes = spare, .capacity = spare ? malloc_usable_size(spare) : 0};
}

static void *image_resize(void *pointer, size_t size, H5FD_file_image_op_t op, void *context) {
  (void)op;
  (void)pointer; // always memory->bytes
  shard_memory *memory = context;
  if (!reserve(memory, size))
    return NULL;
  // Gaps (ends of blocks, the tail) stay as they are found. Debian 12's libhdf5 was seen to clear
  // what it adds, too (no test fails without this); equal bytes shan't hang on that.
  if (size > memory->size)
    memset(memory->bytes + memory->size, 0, size - memory->size);
  memory->size = size;
  return memory->bytes;
}

static void *image_new(size_t size, H5FD_file_image_op_t op, void *context) {
  return image_resize(NULL, size, op, context);
}

static void *image_copy(void *to, const void *from, size_t size, H5FD_file_image_op_t op,
                        void *context) {
  (void)op;
  (void)context;
  return memcpy(to, from, size);
}

/// The buffer stays ours: this is how it outlives the file.
static herr_t image_keep(void *pointer, H5FD_file_image_op_t op, void *context) {
  (void)pointer;
  (void)op;
  (void)context;
  return 0;
}

static void *same_context(void *context) {
  return context;
}

static herr_t keep_context(void *context) {
  (void)context;
  return 0;
}

static hid_t access_list(shard_memory *memory) {
  H5FD_file_image_callbacks_t callbacks = {.image_malloc = image_new,
                                           .image_memcpy = image_copy,
                                           .image_realloc = image_resize,
                                           .image_free = image_keep,
                                           .udata_copy = same_context,
                                           .udata_free = keep_context,
                                           .udata = memory};
  hid_t list = H5Pcreate(H5P_FILE_ACCESS);
  if (list < 0)
    return list;
  if (H5Pset_fapl_core(list, GROWTH, false) < 0 ||
      H5Pset_libver_bounds(list, H5F_LIBVER_V18, H5F_LIBVER_V110) < 0 ||
      H5Pset_meta_block_size(list, METADATA) < 0 ||
      H5Pset_file_image_callbacks(list, &callbacks) < 0) {
    H5Pclose(list);
    return -1;
  }
  return list;
}

static hid_t creation_list(void) {
  hid_t list = H5Pcreate(H5P_FILE_CREATE);
  if (list < 0)
    return list;
  // No page strategy: its superblock extension keeps the time of creation.
  if (!shard_h5_plain_group(list)) {
    H5Pclose(list);
    return -1;
  }
  return list;
}

status shard_memory_create(shard_memory *memory, hid_t *file, trouble *why) {
  hid_t access = access_list(memory), creation = creation_list();
  *file = -1;
  if (access >= 0 && creation >= 0)
    *file = H5Fcreate("shard", H5F_ACC_TRUNC, creation, access);
  status result =
      *file < 0 ? shard_h5_trouble(why, "shard: cannot create the file in memory") : STATUS_OK;
  if (creation >= 0)
    H5Pclose(creation);
  if (access >= 0)
    H5Pclose(access);
  return result;
}

status shard_memory_close(shard_memory *memory, hid_t file, size_t more, trouble *why) {
  if (H5Fclose(file) < 0)
    return shard_h5_trouble(why, "shard: cannot close the file in memory");
  if (memory->failed)
    return trouble_set(why, STATUS_MEMORY, "shard: no memory for %zu bytes and more", memory->size);
  uint64_t end = 0;
  if (memory->size >= SUPERBLOCK_END_AT + sizeof end)
    for (int i = 7; i >= 0; i--)
      end = end << 8 | memory->bytes[SUPERBLOCK_END_AT + i];
  if (end == 0 || end > memory->size)
    return trouble_set(why, STATUS_INTERNAL, "shard: the file in memory has no end");
  memory->size = (size_t)end;
  return reserve(memory, memory->size + more)
             ? STATUS_OK
             : trouble_set(why, STATUS_MEMORY, "shard: no memory for its last %zu bytes", more);
}

void shard_memory_free(shard_memory *memory) {
  free(memory->bytes);
  *memory = (shard_memory){0};
}
