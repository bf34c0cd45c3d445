// SPDX-License-Identifier: Apache-2.0
#include "export/shard_sink.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "export/shard_h5.h"
#include "export/shard_memory.h"
#include "export/shard_pack.h"

enum { RANK_MAX = 4, DEFLATE_LEVEL = 1 };

typedef struct sink_dataset {
  char *path;
  hid_t id;
  int rank;
  hsize_t dims[RANK_MAX]; // of the dataset as it stands
  uint64_t chunk_rows;
  size_t row_bytes, item_bytes;
  int left, above; // as in shard_chunk
  uint64_t pushed; // chunks handed over
  int hash_count, hash_capacity;
  uint64_t *hashes; // (hash_count) of the chunks written
} sink_dataset;

struct shard_sink {
  shard_memory memory;
  hid_t file;
  shard_packer *packer;
  int count, capacity;
  sink_dataset *datasets;
};

status shard_sink_create(shard_sink **out, int threads, void *spare, trouble *why) {
  *out = NULL;
  shard_h5_quiet();
  shard_sink *sink = calloc(1, sizeof *sink);
  if (!sink) {
    free(spare);
    return trouble_set(why, STATUS_MEMORY, "shard: no memory");
  }
  sink->file = -1;
  sink->memory = shard_memory_over(spare);
  status result = shard_memory_create(&sink->memory, &sink->file, why);
  if (!result)
    result = shard_packer_create(&sink->packer, threads, why);
  if (result) {
    shard_sink_destroy(sink);
    return result;
  }
  *out = sink;
  return STATUS_OK;
}

status shard_sink_group(shard_sink *sink, const char *path, const char *description, trouble *why) {
  hid_t list = H5Pcreate(H5P_GROUP_CREATE);
  shard_h5_plain_group(list);
  hid_t group = H5Gcreate2(sink->file, path, H5P_DEFAULT, list, H5P_DEFAULT);
  H5Pclose(list);
  if (group < 0)
    return shard_h5_trouble(why, path);
  status result =
      description ? shard_h5_set_text(group, "description", description, why) : STATUS_OK;
  H5Gclose(group);
  return result;
}

static hid_t dataset_list(const shard_dataset_def *def, const hsize_t chunk[RANK_MAX], int rank,
                          size_t item_bytes) {
  hid_t list = H5Pcreate(H5P_DATASET_CREATE);
  if (list < 0)
    return list;
  // Shuffling single bytes would do nothing.
  bool shuffle = item_bytes > 1 && def->type != SHARD_TEXT;
  if (!shard_h5_plain_dataset(list) || H5Pset_fill_time(list, H5D_FILL_TIME_NEVER) < 0 ||
      H5Pset_chunk(list, rank, chunk) < 0 || (shuffle && H5Pset_shuffle(list) < 0) ||
      H5Pset_deflate(list, DEFLATE_LEVEL) < 0) {
    H5Pclose(list);
    return -1;
  }
  return list;
}

static hid_t make_dataset(shard_sink *sink, const shard_dataset_def *def, sink_dataset *made) {
  hsize_t most[RANK_MAX] = {H5S_UNLIMITED}, chunk[RANK_MAX] = {def->chunk_rows};
  made->rank = def->dim_count + 1;
  made->row_bytes = def->type == SHARD_TEXT ? (size_t)def->text_bytes : shard_type_bytes(def->type);
  made->item_bytes = def->type == SHARD_TEXT ? 1 : shard_type_bytes(def->type);
  made->chunk_rows = def->chunk_rows;
  for (int i = 0; i < def->dim_count; i++) {
    made->dims[i + 1] = most[i + 1] = chunk[i + 1] = def->dims[i];
    made->row_bytes *= def->dims[i];
  }
  made->left = def->picture && def->dim_count > 2 ? (int)def->dims[2] : 1;
  made->above =
      def->picture ? made->left * (int)def->dims[1] : (int)(made->row_bytes / made->item_bytes);
  hid_t type = shard_h5_type(def->type, def->text_bytes);
  hid_t space = H5Screate_simple(made->rank, made->dims, most);
  hid_t list = dataset_list(def, chunk, made->rank, made->item_bytes);
  hid_t id = -1;
  if (type >= 0 && space >= 0 && list >= 0)
    id = H5Dcreate2(sink->file, def->path, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
  if (list >= 0)
    H5Pclose(list);
  if (space >= 0)
    H5Sclose(space);
  if (type >= 0)
    H5Tclose(type);
  return id;
}

status shard_sink_dataset(shard_sink *sink, const shard_dataset_def *def, int *id, trouble *why) {
  if (!ARRAY_RESERVE(sink->datasets, sink->capacity, sink->count + 1))
    return trouble_set(why, STATUS_MEMORY, "shard: no memory");
  sink_dataset made = {.id = -1, .path = strdup(def->path)};
  if (!made.path)
    return trouble_set(why, STATUS_MEMORY, "shard: no memory");
  made.id = make_dataset(sink, def, &made);
  if (made.id < 0) {
    free(made.path);
    return shard_h5_trouble(why, def->path);
  }
  *id = sink->count;
  sink->datasets[sink->count++] = made;
  status result = shard_h5_set_text(made.id, "units", def->units, why);
  if (!result)
    result = shard_h5_set_text(made.id, "frame", def->frame, why);
  if (!result)
    result = shard_h5_set_text(made.id, "invalid", def->invalid, why);
  if (!result)
    result = shard_h5_set_text(made.id, "description", def->description, why);
  return result;
}

size_t shard_sink_row_bytes(const shard_sink *sink, int id) {
  return sink->datasets[id].row_bytes;
}

size_t shard_sink_chunk_bytes(const shard_sink *sink, int id) {
  return sink->datasets[id].row_bytes * sink->datasets[id].chunk_rows;
}

uint64_t shard_sink_chunk_rows(const shard_sink *sink, int id) {
  return sink->datasets[id].chunk_rows;
}

/// Puts one packed chunk into the file.
static status write_chunk(shard_sink *sink, const shard_chunk *chunk, trouble *why) {
  sink_dataset *d = &sink->datasets[chunk->dataset];
  if (!chunk->packed || !ARRAY_RESERVE(d->hashes, d->hash_capacity, d->hash_count + 1))
    return trouble_set(why, STATUS_MEMORY, "shard: no memory for a chunk of %s", d->path);
  d->hashes[d->hash_count++] = chunk->hash;
  d->dims[0] = chunk->number * d->chunk_rows + chunk->rows;
  hsize_t at[RANK_MAX] = {chunk->number * d->chunk_rows};
  if (H5Dset_extent(d->id, d->dims) < 0 ||
      H5Dwrite_chunk(d->id, H5P_DEFAULT, chunk->filter_mask, at, chunk->packed_size,
                     chunk->packed) < 0) {
    if (sink->memory.failed)
      return trouble_set(why, STATUS_MEMORY, "shard: no memory beyond %zu bytes",
                         sink->memory.size);
    return shard_h5_trouble(why, d->path);
  }
  return STATUS_OK;
}

/// Writes what is packed: all of it when `all`, else what needs no waiting.
static status drain(shard_sink *sink, bool all, trouble *why) {
  status result = STATUS_OK;
  shard_chunk chunk;
  while (!result &&
         shard_packer_take(sink->packer, all || shard_packer_full(sink->packer), &chunk)) {
    result = write_chunk(sink, &chunk, why);
    free(chunk.packed);
  }
  return result;
}

static status hand_over(shard_sink *sink, int id, uint8_t *raw, uint64_t rows, bool shuffled,
                        trouble *why) {
  status result = drain(sink, false, why);
  if (result) {
    free(raw);
    return result;
  }
  sink_dataset *d = &sink->datasets[id];
  shard_chunk chunk = {.dataset = id,
                       .number = d->pushed++,
                       .rows = rows,
                       .raw = raw,
                       .raw_size = d->row_bytes * d->chunk_rows,
                       .item_bytes = d->item_bytes,
                       .shuffled = shuffled,
                       .left = d->left,
                       .above = d->above};
  shard_packer_push(sink->packer, &chunk);
  return STATUS_OK;
}

status shard_sink_chunk(shard_sink *sink, int id, uint8_t *raw, uint64_t rows, trouble *why) {
  return hand_over(sink, id, raw, rows, false, why);
}

// Shuffling is a copy, too: one pass over the picture instead of two.
status shard_sink_picture(shard_sink *sink, int id, const void *picture, trouble *why) {
  const sink_dataset *d = &sink->datasets[id];
  uint8_t *raw = malloc(d->row_bytes);
  if (!raw)
    return trouble_set(why, STATUS_MEMORY, "shard: no memory for an image of %zu bytes",
                       d->row_bytes);
  if (d->item_bytes > 1)
    shard_shuffle(raw, picture, d->row_bytes, d->item_bytes);
  else
    memcpy(raw, picture, d->row_bytes);
  return hand_over(sink, id, raw, 1, true, why);
}

status shard_sink_flush(shard_sink *sink, trouble *why) {
  return drain(sink, true, why);
}

hid_t shard_sink_file(const shard_sink *sink) {
  return sink->file;
}

static status index_dataset(const sink_dataset *d, uint32_t number, shard_index_row *rows,
                            trouble *why) {
  for (int i = 0; i < d->hash_count; i++) {
    hsize_t at[RANK_MAX] = {(hsize_t)i * d->chunk_rows}, size = 0;
    haddr_t address = HADDR_UNDEF;
    unsigned mask = 0;
    if (H5Dget_chunk_info_by_coord(d->id, at, &mask, &address, &size) < 0 || address == HADDR_UNDEF)
      return shard_h5_trouble(why, d->path);
    rows[i] = (shard_index_row){.dataset = {number},
                                .chunk = {(uint64_t)i},
                                .address = {address},
                                .size = {size},
                                .filter_mask = {mask},
                                .xxh3 = {d->hashes[i]}};
  }
  return STATUS_OK;
}

status shard_sink_index(shard_sink *sink, shard_index_row **rows, size_t *count, trouble *why) {
  *count = 0;
  for (int i = 0; i < sink->count; i++)
    *count += (size_t)sink->datasets[i].hash_count;
  *rows = calloc(*count ? *count : 1, sizeof **rows);
  if (!*rows)
    return trouble_set(why, STATUS_MEMORY, "shard: no memory for the index");
  size_t at = 0;
  for (int i = 0; i < sink->count; i++) {
    status result = index_dataset(&sink->datasets[i], (uint32_t)i, *rows + at, why);
    if (result) {
      free(*rows);
      *rows = NULL;
      return result;
    }
    at += (size_t)sink->datasets[i].hash_count;
  }
  return STATUS_OK;
}

int shard_sink_dataset_count(const shard_sink *sink) {
  return sink->count;
}

const char *shard_sink_path(const shard_sink *sink, int id) {
  return sink->datasets[id].path;
}

static void close_datasets(shard_sink *sink) {
  for (int i = 0; i < sink->count; i++) {
    if (sink->datasets[i].id >= 0)
      H5Dclose(sink->datasets[i].id);
    sink->datasets[i].id = -1;
  }
}

status shard_sink_finish(shard_sink *sink, void **bytes, size_t *size, size_t more, trouble *why) {
  close_datasets(sink);
  hid_t file = sink->file;
  sink->file = -1;
  status result = shard_memory_close(&sink->memory, file, more, why);
  if (result)
    return result;
  *bytes = sink->memory.bytes;
  *size = sink->memory.size;
  sink->memory = (shard_memory){0};
  return STATUS_OK;
}

void shard_sink_destroy(shard_sink *sink) {
  if (!sink)
    return;
  shard_packer_destroy(sink->packer);
  close_datasets(sink);
  if (sink->file >= 0)
    H5Fclose(sink->file);
  shard_memory_free(&sink->memory);
  for (int i = 0; i < sink->count; i++) {
    free(sink->datasets[i].path);
    free(sink->datasets[i].hashes);
  }
  free(sink->datasets);
  free(sink);
}

double shard_sink_seconds(const shard_sink *sink) {
  return shard_packer_seconds(sink->packer);
}
