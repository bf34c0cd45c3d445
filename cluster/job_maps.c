// SPDX-License-Identifier: Apache-2.0
#include "cluster/job_maps.h"

#include <stdlib.h>
#include <string.h>

#include "export/squeeze.h"

enum { MAPS_MAX = 100000 };

static json_t *no_memory(json_t *list, trouble *why) {
  json_decref(list);
  trouble_set(why, STATUS_MEMORY, "no memory for the job's maps");
  return NULL;
}

json_t *job_maps_to_json(const script_maps *maps, bool content, trouble *why) {
  json_t *list = json_array();
  size_t total = 0;
  for (int i = 0; i < maps->count; i++) {
    const script_map *map = &maps->of[i];
    json_t *row = json_pack("{s:s, s:I, s:s}", "name", map->name, "bytes", (json_int_t)map->size,
                            "sha256", map->sha256);
    if (!row || json_array_append_new(list, row))
      return no_memory(list, why);
    if (!content)
      continue;
    char *text = squeeze(map->bytes, map->size);
    total += text ? strlen(text) : 0;
    int failed = total > JOB_MAPS_TEXT_MAX ? 0
                 : text ? json_object_set_new_nocheck(row, "zlib_base64", json_string_nocheck(text))
                        : -1;
    free(text);
    if (failed)
      return no_memory(list, why);
    if (total > JOB_MAPS_TEXT_MAX) {
      json_decref(list);
      trouble_set(why, STATUS_LIMIT,
                  "the maps that the script may read are more than %d MiB even when they are "
                  "packed; write %s smaller, a map cut to the part that is driven on",
                  JOB_MAPS_TEXT_MAX >> 20, map->name);
      return NULL;
    }
  }
  return list ? list : no_memory(NULL, why);
}

static bool take_map(const json_t *row, script_maps *out) {
  const char *name = json_string_value(json_object_get(row, "name"));
  const char *sha256 = json_string_value(json_object_get(row, "sha256"));
  const char *text = json_string_value(json_object_get(row, "zlib_base64"));
  json_int_t size = json_integer_value(json_object_get(row, "bytes"));
  if (!name || !sha256 || !text || size < 0 || size > MAPS_BYTES_MAX)
    return false;
  char *bytes = unsqueeze(text, (size_t)size);
  return bytes && !script_maps_add(out, name, bytes, (size_t)size, NULL) &&
         strcmp(out->of[out->count - 1].sha256, sha256) == 0;
}

bool job_maps_take(const json_t *list, script_maps *out) {
  size_t count = json_array_size(list);
  bool good = json_is_array(list) && count <= MAPS_MAX;
  for (size_t i = 0; good && i < count; i++)
    good = take_map(json_array_get(list, i), out);
  return good;
}

// Both lists are in the order of names.
status job_maps_compare(const script_maps *there, const script_maps *here, const char *script_name,
                        trouble *why) {
  for (int i = 0, k = 0; i < there->count || k < here->count; i++, k++) {
    const script_map *a = i < there->count ? &there->of[i] : NULL;
    const script_map *b = k < here->count ? &here->of[k] : NULL;
    int order = !a ? 1 : !b ? -1 : strcmp(a->name, b->name);
    if (order)
      return trouble_set(why, STATUS_CONFLICT, "map %s, which %s may read, is only %s",
                         order < 0 ? a->name : b->name, script_name, order < 0 ? "there" : "here");
    if (a->size != b->size || strcmp(a->sha256, b->sha256) != 0)
      return trouble_set(why, STATUS_CONFLICT,
                         "map %s, which %s may read, has %zu bytes with SHA-256 %.12s… there and "
                         "%zu with %.12s… here; put it back as it was to go on",
                         a->name, script_name, a->size, a->sha256, b->size, b->sha256);
  }
  return STATUS_OK;
}
