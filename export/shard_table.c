// SPDX-License-Identifier: Apache-2.0
#include "export/shard_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 160, OFFSET_CHUNK_ROWS = 1024 };

static status make_column(shard_table *table, shard_sink *sink, int number, const char *group,
                          int lidar_count, trouble *why) {
  const shard_column_info *info = &table->info->columns[number];
  char path[PATH_BYTES];
  snprintf(path, sizeof path, "%s/%s", group, info->name);
  shard_dataset_def def = {.path = path,
                           .type = info->type,
                           .text_bytes = info->type == SHARD_TEXT ? info->d0 : 0,
                           .chunk_rows = (uint64_t)table->info->chunk_rows,
                           .units = info->units,
                           .frame = info->frame,
                           .invalid = info->invalid,
                           .description = info->description};
  if (info->type != SHARD_TEXT && info->d0 != 0) {
    def.dim_count = info->d1 ? 2 : 1;
    int width = shard_column_width(info, lidar_count);
    def.dims[0] = (uint64_t)(info->d1 ? width / info->d1 : width);
    def.dims[1] = (uint64_t)info->d1;
  }
  shard_column *column = &table->columns[number];
  status result = shard_sink_dataset(sink, &def, &column->dataset, why);
  if (!result)
    column->row_bytes = shard_sink_row_bytes(sink, column->dataset);
  return result;
}

static const char *offset_text(shard_owner owner) {
  switch (owner) {
  case SHARD_RAGGED_BY_FRAME:
    return "rows of frame i are offset[i] .. offset[i + 1]";
  case SHARD_RAGGED_BY_BOX:
    return "rows of row i of /boxes2d are offset[i] .. offset[i + 1]";
  case SHARD_RAGGED_BY_SCENE:
    return "rows of scene row i are offset[i] .. offset[i + 1]";
  default:
    return "rows of line i are offset[i] .. offset[i + 1]";
  }
}

/// Appends `count` rows that lie `stride` bytes apart.
static status append(shard_column *column, shard_sink *sink, const uint8_t *from, size_t stride,
                     size_t count, trouble *why) {
  const uint64_t chunk_rows = shard_sink_chunk_rows(sink, column->dataset);
  const size_t bytes = column->row_bytes;
  while (count > 0) {
    if (!column->buffer) {
      column->buffer = malloc(shard_sink_chunk_bytes(sink, column->dataset));
      column->filled = 0;
      if (!column->buffer)
        return trouble_set(why, STATUS_MEMORY, "shard: no memory for %s",
                           shard_sink_path(sink, column->dataset));
    }
    size_t room = (size_t)(chunk_rows - column->filled), part = count < room ? count : room;
    uint8_t *to = column->buffer + column->filled * bytes;
    if (stride == bytes)
      memcpy(to, from, part * bytes);
    else
      for (size_t i = 0; i < part; i++)
        memcpy(to + i * bytes, from + i * stride, bytes);
    from += part * stride;
    count -= part;
    column->filled += part;
    if (column->filled == chunk_rows) {
      uint8_t *full = column->buffer;
      column->buffer = NULL;
      status result = shard_sink_chunk(sink, column->dataset, full, chunk_rows, why);
      if (result)
        return result;
    }
  }
  return STATUS_OK;
}

status shard_table_create(shard_table *table, shard_sink *sink, shard_table_id id,
                          const char *group, int lidar_count, trouble *why) {
  *table = (shard_table){.info = &shard_tables[id]};
  status result = shard_sink_group(sink, group, table->info->description, why);
  for (int i = 0; !result && i < table->info->column_count; i++)
    result = make_column(table, sink, i, group, lidar_count, why);
  shard_owner owner = table->info->owner;
  table->ragged = owner == SHARD_RAGGED_BY_FRAME || owner == SHARD_RAGGED_BY_SCENE ||
                  owner == SHARD_RAGGED_BY_LINE || owner == SHARD_RAGGED_BY_BOX;
  if (result || !table->ragged)
    return result;
  char path[PATH_BYTES];
  snprintf(path, sizeof path, "%s/offset", group);
  shard_dataset_def def = {.path = path,
                           .type = SHARD_U64,
                           .chunk_rows = OFFSET_CHUNK_ROWS,
                           .units = "1",
                           .frame = "none",
                           .invalid = "none",
                           .description = offset_text(owner)};
  result = shard_sink_dataset(sink, &def, &table->offset.dataset, why);
  table->offset.row_bytes = sizeof(uint64_t);
  return result ? result : shard_table_end_owner(table, sink, why);
}

status shard_table_rows(shard_table *table, shard_sink *sink, const void *rows, size_t count,
                        trouble *why) {
  if (count == 0)
    return STATUS_OK; // rows may be NULL
  for (int i = 0; i < table->info->column_count; i++) {
    const uint8_t *from = (const uint8_t *)rows + table->info->columns[i].row_offset;
    status result = append(&table->columns[i], sink, from, table->info->row_bytes, count, why);
    if (result)
      return result;
  }
  table->rows += count;
  return STATUS_OK;
}

status shard_table_columns(shard_table *table, shard_sink *sink,
                           const void *const columns[SHARD_COLUMNS_MAX], size_t count,
                           trouble *why) {
  for (int i = 0; i < table->info->column_count; i++) {
    status result =
        append(&table->columns[i], sink, columns[i], table->columns[i].row_bytes, count, why);
    if (result)
      return result;
  }
  table->rows += count;
  return STATUS_OK;
}

status shard_table_end_owner(shard_table *table, shard_sink *sink, trouble *why) {
  return append(&table->offset, sink, (const uint8_t *)&table->rows, sizeof table->rows, 1, why);
}

static status finish_column(shard_column *column, shard_sink *sink, trouble *why) {
  if (!column->buffer)
    return STATUS_OK;
  size_t used = column->filled * column->row_bytes;
  memset(column->buffer + used, 0, shard_sink_chunk_bytes(sink, column->dataset) - used);
  uint8_t *last = column->buffer;
  column->buffer = NULL;
  return shard_sink_chunk(sink, column->dataset, last, column->filled, why);
}

status shard_table_finish(shard_table *table, shard_sink *sink, trouble *why) {
  if (!table->info)
    return STATUS_OK;
  status result = STATUS_OK;
  for (int i = 0; !result && i < table->info->column_count; i++)
    result = finish_column(&table->columns[i], sink, why);
  if (!result && table->ragged)
    result = finish_column(&table->offset, sink, why);
  return result;
}

void shard_table_free(shard_table *table) {
  for (int i = 0; i < SHARD_COLUMNS_MAX; i++)
    free(table->columns[i].buffer);
  free(table->offset.buffer);
}
