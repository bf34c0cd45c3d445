// SPDX-License-Identifier: Apache-2.0
// What the files that read glTF ask of its JSON. For scenes/gltf_*.c alone.
#ifndef SCENES_GLTF_JSON_H
#define SCENES_GLTF_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "base/status.h"

/// A file in memory; nothing of it is owned. `data` is its binary chunk.
typedef struct gltf_file {
  const char *name;
  const json_t *root;
  const unsigned char *data;
  size_t size;
} gltf_file;

/// A whole number >= 0 of an object, or `fallback` when it isn't there; -1 for anything else.
json_int_t gltf_whole(const json_t *object, const char *key, json_int_t fallback);
/// A numbered thing of one of the file's lists, "meshes"; NULL where there is none.
const json_t *gltf_item(const gltf_file *f, const char *list, json_int_t number);
/// Number i of a list, or `fallback`.
double gltf_number_at(const json_t *list, size_t i, double fallback);

/// Bytes of the file.
typedef struct gltf_bytes {
  const unsigned char *at;
  size_t length, stride; // stride: 0 when the file names none
} gltf_bytes;

/// The bytes of a bufferView; false when it isn't there or lies outside the data.
bool gltf_view(const gltf_file *f, const json_t *view, gltf_bytes *out);

#endif
