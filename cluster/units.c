// SPDX-License-Identifier: Apache-2.0
// The cut of a job into shards.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/job.h"

#define SHARD_BYTES (256ull << 20)
enum { SHARDS_WANTED = 16 };

uint32_t cluster_job_shard_scenes(uint32_t scenes, uint64_t scene_bytes) {
  uint64_t by_size = scene_bytes ? SHARD_BYTES / scene_bytes : SHARD_BYTES;
  uint64_t by_share = scenes / SHARDS_WANTED;
  uint64_t least = by_size < by_share ? by_size : by_share;
  return least ? (uint32_t)least : 1;
}

status cluster_units_cut(const cluster_job *job, cluster_units *out, trouble *why) {
  memset(out, 0, sizeof *out);
  out->split = &job->split;
  out->shard_scenes = job->shard_scenes;
  int parts = job->split.count;
  // Two passes over a pure function instead of a second array of parts.
  for (uint32_t s = 0; s < job->scenes; s++)
    out->scene_first[cluster_split_of(&job->split, job->seed, s) + 1]++;
  uint64_t units = 0;
  for (int part = 0; part < parts; part++) {
    uint32_t in_part = out->scene_first[part + 1];
    units += ((uint64_t)in_part + job->shard_scenes - 1) / job->shard_scenes;
    if (units > INT_MAX / 2)
      return trouble_set(why, STATUS_LIMIT, "%u scenes make too many shards", job->scenes);
    out->part_first[part + 1] = (int)units;
    out->scene_first[part + 1] += out->scene_first[part];
  }
  out->count = (int)units;
  out->scenes = malloc((size_t)job->scenes * sizeof *out->scenes);
  if (!out->scenes)
    return trouble_set(why, STATUS_MEMORY, "no memory for a list of %u scenes", job->scenes);
  uint32_t next[SPLIT_PARTS + 1];
  memcpy(next, out->scene_first, sizeof next);
  for (uint32_t s = 0; s < job->scenes; s++)
    out->scenes[next[cluster_split_of(&job->split, job->seed, s)]++] = s;
  return STATUS_OK;
}

void cluster_units_free(cluster_units *units) {
  free(units->scenes);
  memset(units, 0, sizeof *units);
}

int cluster_unit_part(const cluster_units *units, int unit) {
  int part = 0;
  while (unit >= units->part_first[part + 1])
    part++;
  return part;
}

const uint32_t *cluster_unit_scenes(const cluster_units *units, int unit, uint32_t *count) {
  int part = cluster_unit_part(units, unit);
  uint32_t number = (uint32_t)(unit - units->part_first[part]);
  uint32_t first = units->scene_first[part] + number * units->shard_scenes;
  uint32_t left = units->scene_first[part + 1] - first;
  *count = left < units->shard_scenes ? left : units->shard_scenes;
  return units->scenes + first;
}

void cluster_unit_name(const cluster_units *units, int unit, char out[JOB_UNIT_NAME]) {
  int part = cluster_unit_part(units, unit);
  snprintf(out, JOB_UNIT_NAME, "%s-%05d", units->split->parts[part].name,
           unit - units->part_first[part]);
}

int cluster_unit_find(const cluster_units *units, const char *name) {
  const char *dash = strrchr(name, '-');
  for (int part = 0; dash && part < units->split->count; part++) {
    const char *own = units->split->parts[part].name;
    if (strlen(own) != (size_t)(dash - name) || strncmp(own, name, strlen(own)) != 0)
      continue;
    long number = strtol(dash + 1, NULL, 10);
    if (number < 0 || number >= units->part_first[part + 1] - units->part_first[part])
      return -1;
    char again[JOB_UNIT_NAME];
    int unit = units->part_first[part] + (int)number;
    cluster_unit_name(units, unit, again);
    return strcmp(again, name) == 0 ? unit : -1;
  }
  return -1;
}
