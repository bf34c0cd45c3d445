// SPDX-License-Identifier: Apache-2.0
#include "scenes/gltf_material.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/gltf_texture.h"

enum { MATERIALS_MAX = 1000 };

typedef struct reader {
  const gltf_file *file;
  body_mesh *out;
  trouble *why;
} reader;

void gltf_remark(body_mesh *b, const char *what) {
  if (strstr(b->remarks, what))
    return;
  size_t at = strlen(b->remarks);
  snprintf(b->remarks + at, sizeof b->remarks - at, "%s%s", at ? ", " : "", what);
}

static float share(double x) {
  return (float)(x >= 0 ? fmin(x, 1) : 0);
}

// A texture of a material, `out` its number. All of a material have to go by one set of
// coordinates.
static status take_texture(reader *r, const json_t *use, int *coordinates, int *out) {
  *out = -1;
  if (!use)
    return STATUS_OK;
  int set = (int)gltf_whole(use, "texCoord", 0);
  if (json_object_get(use, "extensions"))
    gltf_remark(r->out, "extensions of materials");
  if (set < 0 || set > 7)
    return trouble_set(r->why, STATUS_SYNTAX, "%s: a texture has a texCoord that isn't 0 to 7",
                       r->file->name);
  if (*coordinates >= 0 && set != *coordinates) {
    gltf_remark(r->out, "second coordinates of textures");
    return STATUS_OK;
  }
  *coordinates = set;
  return gltf_texture_read(r->file, use, r->out, out, r->why);
}

// emissiveFactor, and how strong it is by KHR_materials_emissive_strength. Other extensions are
// left out.
static void read_light(reader *r, const json_t *m, body_material *out) {
  const json_t *factor = json_object_get(m, "emissiveFactor"), *others;
  const json_t *extensions = json_object_get(m, "extensions");
  const json_t *strength = json_object_get(
      json_object_get(extensions, "KHR_materials_emissive_strength"), "emissiveStrength");
  double times = json_is_number(strength) ? fmax(0, fmin(1e4, json_number_value(strength))) : 1;
  for (size_t k = 0; k < 3; k++)
    out->emissive[k] = (float)((double)share(gltf_number_at(factor, k, 0)) * times);
  const char *name;
  json_object_foreach((json_t *)(size_t)extensions, name, others) {
    if (strcmp(name, "KHR_materials_emissive_strength") != 0)
      gltf_remark(r->out, "extensions of materials");
  }
}

static status read_material(reader *r, const json_t *m, body_material *out, int *coordinates) {
  const json_t *pbr = json_object_get(m, "pbrMetallicRoughness");
  const json_t *base = json_object_get(pbr, "baseColorFactor");
  const json_t *metallic = json_object_get(pbr, "metallicFactor");
  const json_t *roughness = json_object_get(pbr, "roughnessFactor");
  const char *mode = json_string_value(json_object_get(m, "alphaMode"));
  *out = (body_material){.blends = mode && strcmp(mode, "BLEND") == 0};
  for (size_t k = 0; k < 4; k++)
    out->base[k] = share(gltf_number_at(base, k, m ? 1 : k < 3 ? 0.5 : 1));
  out->metallic = share(json_is_number(metallic) ? json_number_value(metallic) : m != NULL);
  out->roughness = share(json_is_number(roughness) ? json_number_value(roughness) : 1);
  if (json_object_get(m, "occlusionTexture"))
    gltf_remark(r->out, "textures of occlusion");
  if (mode && strcmp(mode, "OPAQUE") != 0 && json_object_get(pbr, "baseColorTexture"))
    gltf_remark(r->out, "holes of textures");
  read_light(r, m, out);
  *coordinates = -1;
  status result =
      take_texture(r, json_object_get(pbr, "baseColorTexture"), coordinates, &out->color);
  if (!result)
    result = take_texture(r, json_object_get(pbr, "metallicRoughnessTexture"), coordinates,
                          &out->surface);
  const json_t *normals = json_object_get(m, "normalTexture");
  const json_t *bump = json_object_get(normals, "scale");
  out->bump = json_is_number(bump) ? (float)fmax(-10, fmin(10, json_number_value(bump))) : 1;
  if (!result)
    result = take_texture(r, normals, coordinates, &out->normal);
  if (!result)
    result = take_texture(r, json_object_get(m, "emissiveTexture"), coordinates, &out->glow);
  return result;
}

status gltf_materials_read(const gltf_file *f, body_mesh *out, int **coordinates, trouble *why) {
  reader all = {f, out, why}, *r = &all;
  const json_t *list = json_object_get(f->root, "materials");
  size_t count = json_array_size(list);
  if (count > MATERIALS_MAX)
    return trouble_set(why, STATUS_LIMIT, "%s: has %zu materials; the most is %d", f->name, count,
                       MATERIALS_MAX);
  *coordinates = calloc(count + 1, sizeof **coordinates);
  if (!*coordinates || !ARRAY_RESERVE(out->of, out->material_capacity, (int)count + 1))
    return trouble_set(why, STATUS_MEMORY, "%s: no memory", f->name);
  status result = STATUS_OK;
  for (size_t i = 0; !result && i <= count; i++) { // one more, for triangles without
    body_material *to = &out->of[out->material_count++];
    result = read_material(r, json_array_get(list, i), to, &(*coordinates)[i]);
  }
  return result;
}
