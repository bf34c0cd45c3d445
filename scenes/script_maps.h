// SPDX-License-Identifier: Apache-2.0
// The maps that a scene script may name, OpenDRIVE or OpenStreetMap, read once. A job holds them,
// so that every worker at any time reads the same bytes. docs/decisions.md says how they are found.
#ifndef SCENES_SCRIPT_MAPS_H
#define SCENES_SCRIPT_MAPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"
#include "base/status.h"
#include "scenes/gltf_read.h"
#include "scenes/script_modules.h"

enum { MAPS_BYTES_MAX = 64 << 20 };

struct script_override;

/// A map's file.
typedef struct script_map {
  char *name;  // "town.xodr", "town.osm"
  char *bytes; // (size) and a zero after them
  size_t size;
  char sha256[HASH_SHA256_HEX];
  body_mesh body;     // of a mesh, "car.glb"; empty when it can't be read, and then:
  status body_status; // why not
  char body_trouble[200];
} script_map;

/// Owns its strings. All zero is an empty list. Release with script_maps_free.
typedef struct script_maps {
  int count, capacity;
  script_map *of; // (count) by name
} script_maps;

/// Whether it is the plain name of a mesh, "car.glb".
bool script_map_is_body(const char *name);
void script_maps_free(script_maps *maps);
/// NULL when there is none of that name.
const script_map *script_maps_get(const script_maps *maps, const char *name);
/// Appends a map and takes `bytes` (heap memory with a zero after `size`), on failure
/// too; the caller keeps to the order. STATUS_MEMORY.
status script_maps_add(script_maps *maps, const char *name, char *bytes, size_t size, trouble *why);

/// Reads the meshes among them, which processes that only pass files on leave alone. What is wrong
/// with one is said when a script asks for it.
void script_maps_read_bodies(script_maps *maps);

/// What a script is made of, where maps may be named.
typedef struct script_maps_source {
  const char *name, *text;
  const script_modules *modules;
  const struct script_override *overrides; // (override_count)
  int override_count;
  const char *folder, *library; // where maps are looked for, in this order; NULL: nowhere
} script_maps_source;

/// Reads into an empty list every map that the script could ask for: those that a text of
/// it names in a string of its own, "town.xodr", or an override does; and every one of
/// both folders of that kind as soon as a string holds "xodr" or "osm" in another way, as in "town"
/// .. k ..
/// ".xodr". A name without a file is no error here: the script may never ask for it.
/// STATUS_IO, STATUS_LIMIT (MAPS_BYTES_MAX together), STATUS_MEMORY. On failure the list
/// is empty.
status script_maps_find(const script_maps_source *source, script_maps *out, trouble *why);

struct road_builder;
/// Reads a map into an empty builder by the reader of its ending: opendrive_read_text or
/// osm_read_text, the latter as in a mirror where traffic keeps left.
status script_map_read(const script_map *map, bool left_hand, struct road_builder *b, trouble *why);

/// Logs what each map has that isn't understood, "town.xodr:12: … (and 3 more)", extracts as they
/// are read where traffic keeps to that side. What can't be read at all is left to the scene that
/// asks for it.
void script_maps_log_remarks(const script_maps *maps, bool left_hand);

#endif
