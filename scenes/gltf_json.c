// SPDX-License-Identifier: Apache-2.0
#include "scenes/gltf_json.h"

json_int_t gltf_whole(const json_t *object, const char *key, json_int_t fallback) {
  const json_t *value = json_object_get(object, key);
  if (!value)
    return fallback;
  json_int_t got = json_is_integer(value) ? json_integer_value(value) : -1;
  return got < 0 ? -1 : got;
}

const json_t *gltf_item(const gltf_file *f, const char *list, json_int_t number) {
  return number < 0 ? NULL : json_array_get(json_object_get(f->root, list), (size_t)number);
}

double gltf_number_at(const json_t *list, size_t i, double fallback) {
  const json_t *value = json_array_get(list, i);
  return json_is_number(value) ? json_number_value(value) : fallback;
}

bool gltf_view(const gltf_file *f, const json_t *view, gltf_bytes *out) {
  json_int_t start = gltf_whole(view, "byteOffset", 0), stride = gltf_whole(view, "byteStride", 0);
  json_int_t length = gltf_whole(view, "byteLength", -1);
  if (start < 0 || length < 0 || stride < 0 || gltf_whole(view, "buffer", 0) != 0 ||
      start > (json_int_t)f->size || length > (json_int_t)f->size - start)
    return false;
  *out = (gltf_bytes){f->data + start, (size_t)length, (size_t)stride};
  return true;
}
