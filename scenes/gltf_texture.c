// SPDX-License-Identifier: Apache-2.0
#include "scenes/gltf_texture.h"

#include <stdio.h>

#include "base/array.h"
#include "scenes/image_read.h"

enum { CLAMP = 33071, MIRROR = 33648, REPEAT = 10497 };

static texture_wrap wrap_of(const json_t *sampler, const char *key) {
  json_int_t code = gltf_whole(sampler, key, REPEAT);
  return code == CLAMP ? TEXTURE_CLAMP : code == MIRROR ? TEXTURE_MIRROR : TEXTURE_REPEAT;
}

static status not_there(const gltf_file *f, const char *what, json_int_t number, trouble *why) {
  return trouble_set(why, STATUS_SYNTAX, "%s: there is no %s %lld", f->name, what,
                     (long long)number);
}

static int64_t pixels_of(const body_mesh *b) {
  int64_t sum = 0;
  for (int i = 0; i < b->texture_count; i++)
    sum += (int64_t)b->textures[i].width * b->textures[i].height;
  return sum;
}

static status read_picture(const gltf_file *f, json_int_t number, body_mesh *out,
                           body_texture *texture, trouble *why) {
  const json_t *picture = gltf_item(f, "images", number);
  char name[96];
  snprintf(name, sizeof name, "%.60s: image %lld", f->name, (long long)number);
  if (!json_is_object(picture))
    return not_there(f, "image", number, why);
  if (json_object_get(picture, "uri"))
    return trouble_set(why, STATUS_SYNTAX, "%s is in another file; export all as one .glb", name);
  gltf_bytes bytes;
  json_int_t view = gltf_whole(picture, "bufferView", -1);
  if (!gltf_view(f, gltf_item(f, "bufferViews", view), &bytes))
    return trouble_set(why, STATUS_SYNTAX, "%s lies outside the file's %zu bytes of data", name,
                       f->size);
  image is;
  status result = image_read(name, bytes.at, bytes.length, &is, why);
  if (result)
    return result;
  texture->width = is.width;
  texture->height = is.height;
  texture->rgba = is.rgba;
  if (pixels_of(out) + (int64_t)is.width * is.height > IMAGE_PIXELS_MAX) {
    image_free(&is);
    return trouble_set(why, STATUS_LIMIT, "%s: its textures have more than %d pixels", f->name,
                       IMAGE_PIXELS_MAX);
  }
  return STATUS_OK;
}

status gltf_texture_read(const gltf_file *f, const json_t *use, body_mesh *out, int *number,
                         trouble *why) {
  json_int_t index = gltf_whole(use, "index", -1);
  const json_t *texture = gltf_item(f, "textures", index);
  if (!json_is_object(texture))
    return not_there(f, "texture", index, why);
  json_int_t source = gltf_whole(texture, "source", -1);
  const json_t *sampler = gltf_item(f, "samplers", gltf_whole(texture, "sampler", -1));
  if (json_object_get(texture, "sampler") && !json_is_object(sampler))
    return not_there(f, "sampler", gltf_whole(texture, "sampler", -1), why);
  body_texture is = {.source = (int64_t)source,
                     .wrap = {wrap_of(sampler, "wrapS"), wrap_of(sampler, "wrapT")}};
  for (int i = 0; i < out->texture_count; i++) {
    const body_texture *other = &out->textures[i];
    if (other->source == is.source && other->wrap[0] == is.wrap[0] &&
        other->wrap[1] == is.wrap[1]) {
      *number = i;
      return STATUS_OK;
    }
  }
  if (!ARRAY_RESERVE(out->textures, out->texture_capacity, out->texture_count + 1))
    return trouble_set(why, STATUS_MEMORY, "%s: no memory for its textures", f->name);
  status result = read_picture(f, source, out, &is, why);
  if (result)
    return result;
  *number = out->texture_count;
  out->textures[out->texture_count++] = is;
  return STATUS_OK;
}
