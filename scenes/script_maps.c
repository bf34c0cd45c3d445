// SPDX-License-Identifier: Apache-2.0
#include "scenes/script_maps.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/log.h"
#include "scenes/fields.h"
#include "scenes/opendrive_read.h"
#include "scenes/osm_read.h"
#include "scenes/script.h"
#include "scenes/script_tokens.h"

enum { PATH_BYTES = 4096 };

// The list --------------------------------------------------------------------

void script_maps_free(script_maps *maps) {
  for (int i = 0; i < maps->count; i++) {
    free(maps->of[i].name);
    free(maps->of[i].bytes);
    body_mesh_free(&maps->of[i].body);
  }
  free(maps->of);
  memset(maps, 0, sizeof *maps);
}

const script_map *script_maps_get(const script_maps *maps, const char *name) {
  for (int i = 0; i < maps->count; i++)
    if (strcmp(maps->of[i].name, name) == 0)
      return &maps->of[i];
  return NULL;
}

bool script_map_is_body(const char *name) {
  size_t length = strlen(name);
  return length > 4 && length < SCENE_FILE && name[0] != '.' &&
         strcmp(name + length - 4, ".glb") == 0 && !strpbrk(name, "/\\ ");
}

void script_maps_read_bodies(script_maps *maps) {
  for (int i = 0; i < maps->count; i++) {
    script_map *map = &maps->of[i];
    trouble why = {0};
    if (!script_map_is_body(map->name))
      continue;
    body_mesh_free(&map->body);
    map->body_status = gltf_read_body(map->name, map->bytes, map->size, &map->body, &why);
    snprintf(map->body_trouble, sizeof map->body_trouble, "%s", why.text);
  }
}

status script_maps_add(script_maps *maps, const char *name, char *bytes, size_t size,
                       trouble *why) {
  script_map added = {.name = strdup(name), .bytes = bytes, .size = size};
  if (!added.name || !ARRAY_RESERVE(maps->of, maps->capacity, maps->count + 1)) {
    free(added.name);
    free(bytes);
    return trouble_set(why, STATUS_MEMORY, "%s: no memory", name);
  }
  hash_sha256_hex(bytes, size, added.sha256);
  if (script_map_is_body(name)) {
    added.body_status = STATUS_CONFLICT;
    snprintf(added.body_trouble, sizeof added.body_trouble, "%.100s hasn't been read", name);
  }
  maps->of[maps->count++] = added;
  return STATUS_OK;
}

static bool is_name_for(field_group group, const char *name) {
  char text[FIELD_TEXT];
  return fields_check_text(fields_find(group, "file"), name, text, sizeof text);
}

static bool is_map_name(const char *name) {
  return script_map_is_body(name) || is_name_for(FIELDS_OPENDRIVE, name) ||
         is_name_for(FIELDS_OSM, name);
}

// Finding -----------------------------------------------------------------------

typedef struct map_finder {
  const char *folders[2];
  script_maps *out;
  size_t bytes;
  bool all[2]; // all OpenDRIVE maps, all extracts that are there were taken
} map_finder;

static bool find_file(const map_finder *f, const char *name, char path[PATH_BYTES]) {
  for (int i = 0; i < 2; i++) {
    int length = f->folders[i] ? snprintf(path, PATH_BYTES, "%s/%s", f->folders[i], name) : -1;
    if (length > 0 && length < PATH_BYTES && file_exists(path))
      return true;
  }
  return false;
}

// `from` is where the map is named: "town.lua:3" or "--set road.file". `lenient` leaves out
// what can't be read instead of failing.
static status take(map_finder *f, const char *name, bool lenient, const char *from, trouble *why) {
  char path[PATH_BYTES], *bytes;
  size_t size;
  if (script_maps_get(f->out, name) || !find_file(f, name, path))
    return STATUS_OK;
  trouble found = {0};
  status result = file_read(path, OPENDRIVE_FILE_MAX, &bytes, &size, &found);
  if (result && lenient && result != STATUS_MEMORY)
    return STATUS_OK;
  if (result)
    return trouble_set(why, result, "%s: %s", from, found.text);
  f->bytes += size;
  if (f->bytes <= MAPS_BYTES_MAX)
    return script_maps_add(f->out, name, bytes, size, why);
  free(bytes);
  return trouble_set(why, STATUS_LIMIT,
                     "%s: the maps that this script may read are more than %d MiB; write their "
                     "names out, \"town.xodr\", or give them a folder of their own",
                     from, MAPS_BYTES_MAX >> 20);
}

static int is_map_file(const struct dirent *entry) {
  return is_map_name(entry->d_name);
}

static status take_folder(map_finder *f, field_group kind, const char *folder, const char *from,
                          trouble *why) {
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, is_map_file, alphasort);
  if (count < 0)
    return trouble_set(why, STATUS_IO,
                       "%s: cannot list the folder %s to find the maps it may read: %s; write "
                       "their names out, \"town.xodr\"",
                       from, folder, strerror(errno));
  status result = STATUS_OK;
  for (int i = 0; i < count; i++) {
    if (!result && is_name_for(kind, entries[i]->d_name))
      result = take(f, entries[i]->d_name, true, from, why);
    free(entries[i]);
  }
  free(entries);
  return result;
}

static status take_all(map_finder *f, field_group kind, const char *from, trouble *why) {
  status result = STATUS_OK;
  for (int i = 0; !result && i < 2; i++)
    if (f->folders[i])
      result = take_folder(f, kind, f->folders[i], from, why);
  f->all[kind == FIELDS_OSM] = true;
  return result;
}

// A string: the name of a map, or a part of names that are put together later.
static status scan_string(map_finder *f, const char *text, size_t length, const char *from,
                          trouble *why) {
  char name[SCENE_FILE] = "";
  if (length < sizeof name && !memchr(text, 0, length)) {
    memcpy(name, text, length);
    name[length] = 0;
  }
  if (is_map_name(name))
    return take(f, name, false, from, why);
  status result = STATUS_OK;
  if (memmem(text, length, "xodr", 4) && !f->all[0])
    result = take_all(f, FIELDS_OPENDRIVE, from, why);
  if (!result && memmem(text, length, "osm", 3) && !f->all[1])
    result = take_all(f, FIELDS_OSM, from, why);
  return result;
}

static status scan(map_finder *f, const char *file, const char *text, trouble *why) {
  script_lexer l = {.at = text, .line = 1};
  status result = STATUS_OK;
  for (script_token t = script_token_next(&l); !result && t.kind != TOKEN_END;
       t = script_token_next(&l)) {
    char from[160];
    snprintf(from, sizeof from, "%.120s:%d", file, t.line);
    if (t.kind == TOKEN_STRING)
      result = scan_string(f, t.text, t.length, from, why);
  }
  return result;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const script_map *)a)->name, ((const script_map *)b)->name);
}

status script_maps_find(const script_maps_source *source, script_maps *out, trouble *why) {
  memset(out, 0, sizeof *out);
  map_finder f = {.folders = {source->folder, source->library}, .out = out};
  status result = scan(&f, source->name, source->text, why);
  for (int i = 0; !result && i < source->modules->count; i++) {
    char file[80];
    snprintf(file, sizeof file, "%.70s.lua", source->modules->of[i].name);
    result = scan(&f, file, source->modules->of[i].text, why);
  }
  for (int i = 0; !result && i < source->override_count; i++) {
    char from[160];
    const script_override *set = &source->overrides[i];
    snprintf(from, sizeof from, "--set %.120s", set->path);
    if (is_map_name(set->value))
      result = take(&f, set->value, false, from, why);
  }
  if (result)
    script_maps_free(out);
  else if (out->count > 1)
    qsort(out->of, (size_t)out->count, sizeof *out->of, by_name);
  return result;
}

// Reading -----------------------------------------------------------------------

status script_map_read(const script_map *map, bool left_hand, road_builder *b, trouble *why) {
  return is_name_for(FIELDS_OSM, map->name)
             ? osm_read_text(b, map->name, map->bytes, map->size, left_hand, why)
             : opendrive_read_text(b, map->name, map->bytes, map->size, why);
}

// Remarks -----------------------------------------------------------------------

void script_maps_log_remarks(const script_maps *maps, bool left_hand) {
  for (int i = 0; i < maps->count; i++) {
    const script_map *map = &maps->of[i];
    if (map->body.remarks[0])
      log_line(LOG_WARNING, "%s: left out: %s", map->name, map->body.remarks);
    if (script_map_is_body(map->name))
      continue;
    road_builder b = {0};
    status result = script_map_read(map, left_hand, &b, NULL);
    for (int k = 0; !result && k < b.net.remark_count; k++) {
      const road_remark *remark = &b.net.remarks[k];
      char more[32] = "";
      if (remark->count > 1)
        snprintf(more, sizeof more, " (and %d more)", remark->count - 1);
      log_line(LOG_WARNING, "%s:%d: %s%s", map->name, remark->line, remark->text, more);
    }
    road_builder_free(&b);
  }
}
