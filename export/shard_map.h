// SPDX-License-Identifier: Apache-2.0
// The map of a scene as rows of /map: lane centres and borders, stop lines, crosswalks,
// walkways, which lane follows which, signals; and its things as rows of /tracks.
#ifndef EXPORT_SHARD_MAP_H
#define EXPORT_SHARD_MAP_H

#include "base/status.h"
#include "export/shard_format.h"
#include "scenes/scene.h"

typedef struct shard_map {
  int line_count, line_capacity;
  shard_map_lines_row *lines;
  int point_count, point_capacity;
  shard_map_points_row *points;
  uint64_t *line_ends; // (line_count) points up to and with that line
  int end_capacity;
  int link_count, link_capacity;
  shard_map_links_row *links;
  int signal_count, signal_capacity;
  shard_map_signals_row *signals;
  int track_count, track_capacity;
  shard_tracks_row *tracks; // by id
} shard_map;

/// Fills `out`, which shard_map_free releases in every case.
status shard_map_build(shard_map *out, const scene *s, trouble *why);
void shard_map_free(shard_map *map);

#endif
