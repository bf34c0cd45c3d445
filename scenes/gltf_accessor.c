// SPDX-License-Identifier: Apache-2.0
#include "scenes/gltf_accessor.h"

#include <string.h>

#include "scenes/gltf_read.h"

static size_t component_bytes(json_int_t component) {
  return component == GLTF_U8                               ? 1
         : component == GLTF_U16                            ? 2
         : component == GLTF_U32 || component == GLTF_FLOAT ? 4
                                                            : 0;
}

status gltf_accessor_open(const gltf_file *f, json_int_t number, int width, gltf_accessor *out,
                          trouble *why) {
  const json_t *a = gltf_item(f, "accessors", number);
  if (!json_is_object(a))
    return trouble_set(why, STATUS_SYNTAX, "%s: there is no accessor %lld", f->name,
                       (long long)number);
  const json_t *b = gltf_item(f, "bufferViews", gltf_whole(a, "bufferView", -1));
  if (!json_is_object(b) || json_object_get(a, "sparse"))
    return trouble_set(why, STATUS_SYNTAX,
                       "%s: accessor %lld is sparse or has no data; write plain ones", f->name,
                       (long long)number);
  const char *type = json_string_value(json_object_get(a, "type"));
  json_int_t count = gltf_whole(a, "count", -1), component = gltf_whole(a, "componentType", -1);
  json_int_t from = gltf_whole(a, "byteOffset", 0);
  static const char *const types[] = {[1] = "SCALAR", "VEC2", "VEC3", "VEC4", [16] = "MAT4"};
  gltf_bytes held;
  size_t bytes = component_bytes(component) * (size_t)width;
  if (!type || strcmp(type, types[width]) != 0 || bytes == 0)
    return trouble_set(why, STATUS_SYNTAX, "%s: accessor %lld has a type that isn't one of meshes",
                       f->name, (long long)number);
  if (count < 1 || from < 0 || !gltf_view(f, b, &held))
    return trouble_set(why, STATUS_SYNTAX,
                       "%s: accessor %lld lies outside the file's %zu bytes of data", f->name,
                       (long long)number, f->size);
  if (count > 3 * GLTF_TRIANGLES_MAX)
    return trouble_set(why, STATUS_LIMIT,
                       "%s: accessor %lld has %lld values; %d triangles are the most", f->name,
                       (long long)number, (long long)count, GLTF_TRIANGLES_MAX);
  json_int_t step = held.stride ? (json_int_t)held.stride : (json_int_t)bytes;
  json_int_t length = (json_int_t)held.length;
  if (step > 252 || step < (json_int_t)bytes || from > length ||
      (count - 1) * step + (json_int_t)bytes > length - from)
    return trouble_set(why, STATUS_SYNTAX, "%s: accessor %lld reaches beyond its data", f->name,
                       (long long)number);
  *out = (gltf_accessor){held.at + from, (size_t)step, (int)count, (int)component};
  return STATUS_OK;
}

uint32_t gltf_index_at(const gltf_accessor *v, int i) {
  const unsigned char *p = v->at + v->stride * (size_t)i;
  uint32_t value = p[0];
  if (v->component != GLTF_U8)
    value |= (uint32_t)p[1] << 8;
  if (v->component == GLTF_U32)
    value |= (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
  return value;
}

void gltf_vector_at(const gltf_accessor *v, int i, double out[3]) {
  float f[3];
  memcpy(f, v->at + v->stride * (size_t)i, sizeof f);
  for (int k = 0; k < 3; k++)
    out[k] = (double)f[k];
}

void gltf_shares_at(const gltf_accessor *v, int i, int width, double *out) {
  const unsigned char *p = v->at + v->stride * (size_t)i;
  for (int k = 0; k < width; k++) {
    float f;
    if (v->component == GLTF_FLOAT) {
      memcpy(&f, p + 4 * k, sizeof f);
      out[k] = (double)f;
    } else {
      out[k] = v->component == GLTF_U16 ? (p[2 * k] | p[2 * k + 1] << 8) / 65535.0 : p[k] / 255.0;
    }
  }
}

void gltf_four_at(const gltf_accessor *v, int i, uint32_t out[4]) {
  const unsigned char *p = v->at + v->stride * (size_t)i;
  for (int k = 0; k < 4; k++)
    out[k] = v->component == GLTF_U16 ? (uint32_t)(p[2 * k] | p[2 * k + 1] << 8) : p[k];
}

void gltf_coordinates_at(const gltf_accessor *v, int i, float out[2]) {
  const unsigned char *p = v->at + v->stride * (size_t)i;
  for (int k = 0; k < 2; k++)
    if (v->component == GLTF_FLOAT)
      memcpy(&out[k], p + 4 * k, sizeof out[k]);
    else if (v->component == GLTF_U16)
      out[k] = (float)(p[2 * k] | p[2 * k + 1] << 8) / 65535.0f;
    else
      out[k] = (float)p[k] / 255.0f;
}
