// SPDX-License-Identifier: Apache-2.0
// A table under construction: its columns fill up chunk by chunk.
#ifndef EXPORT_SHARD_TABLE_H
#define EXPORT_SHARD_TABLE_H

#include "export/shard_sink.h"

typedef struct shard_column {
  int dataset; // of the sink
  size_t row_bytes;
  uint8_t *buffer; // the chunk being filled; NULL when none is
  uint64_t filled; // rows in it
} shard_column;

/// All zero is a table that isn't there yet.
typedef struct shard_table {
  const shard_table_info *info;
  uint64_t rows; // appended so far
  shard_column columns[SHARD_COLUMNS_MAX];
  bool ragged;
  shard_column offset;
} shard_table;

/// Makes the group and the datasets of table `id` at `group` in the sink; ragged
/// tables get their "offset", which begins with a 0.
status shard_table_create(shard_table *table, shard_sink *sink, shard_table_id id,
                          const char *group, int lidar_count, trouble *why);
/// Appends `count` row structs of the table.
status shard_table_rows(shard_table *table, shard_sink *sink, const void *rows, size_t count,
                        trouble *why);
/// Same from one array a column, in the list's order.
status shard_table_columns(shard_table *table, shard_sink *sink,
                           const void *const columns[SHARD_COLUMNS_MAX], size_t count,
                           trouble *why);
/// Ends the rows of one owner: the next offset is the number of rows so far.
status shard_table_end_owner(shard_table *table, shard_sink *sink, trouble *why);
/// Hands the last, partly filled chunks over.
status shard_table_finish(shard_table *table, shard_sink *sink, trouble *why);
/// Frees the buffers.
void shard_table_free(shard_table *table);

#endif
