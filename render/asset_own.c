// SPDX-License-Identifier: Apache-2.0
#include "render/asset_own.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/asset_person.h"
#include "render/texture.h"

_Static_assert((int)BODY_POSES == (int)PERSON_STANDING && (int)BODY_JOINTS == (int)KEYPOINT_COUNT,
               "own people walk as ours do");

// A picture as colours and as roughness and metal; 0: not there yet.
typedef struct picture {
  uint32_t color, surface;
  float color_mean[3], surface_mean[3];
} picture;

static status bring(geometry *shapes, const body_texture *from, bool color, uint32_t *first,
                    float mean[3], trouble *why) {
  uint32_t *words;
  int count;
  if (*first)
    return STATUS_OK;
  status result = texture_pack(from, color, &words, &count, mean, why);
  if (!result)
    result = geometry_add_texture(shapes, words, count, first, why);
  free(words);
  return result;
}

const float SCREEN_RADIANCE = 0.025f;

static bool glows(const body_material *from) {
  return from->emissive[0] + from->emissive[1] + from->emissive[2] > 0;
}

// A user's material as one of ours: glass, metal, glossy paint or plain, with a picture or without.
// It labels as its thing.
static gpu_material own_material(const body_material *from) {
  gpu_material out = {.roughness = fmaxf(from->roughness, 0.04f),
                      .metallic = from->metallic,
                      .shader = SHADER_PLAIN,
                      .palette = -1,
                      .bump = from->bump};
  for (int k = 0; k < 3; k++)
    out.glow[k] = SCREEN_RADIANCE * from->emissive[k];
  memcpy(out.albedo, from->base, sizeof out.albedo);
  memcpy(out.tint, from->base, sizeof out.tint);
  bool glossy = from->metallic <= 0.5f && from->roughness < 0.4f;
  if (from->blends && from->base[3] < 0.9f)
    out.shader = SHADER_CAR_GLASS;
  else if (from->color >= 0 || from->surface >= 0 || from->normal >= 0 || glows(from))
    out.shader = glossy ? SHADER_TEXTURE_PAINT : SHADER_TEXTURE;
  else if (from->metallic > 0.5f)
    out.shader = SHADER_METAL;
  else if (glossy)
    out.shader = SHADER_CAR_PAINT;
  return out;
}

static status add_material(geometry *shapes, const body_mesh *body, int which, picture *pictures,
                           int *number, trouble *why) {
  const body_material *from = &body->of[which];
  gpu_material is = own_material(from);
  status result = STATUS_OK;
  if (is.shader == SHADER_CAR_GLASS)
    return geometry_add_material(shapes, &is, number, why);
  if (from->color >= 0) {
    picture *p = &pictures[from->color];
    result = bring(shapes, &body->textures[from->color], true, &p->color, p->color_mean, why);
    is.color_texture = p->color;
    for (int k = 0; k < 3; k++)
      is.albedo[k] *= p->color_mean[k];
  }
  if (!result && from->surface >= 0) {
    picture *p = &pictures[from->surface];
    result =
        bring(shapes, &body->textures[from->surface], false, &p->surface, p->surface_mean, why);
    is.surface_texture = p->surface;
  }
  if (!result && from->normal >= 0) {
    picture *p = &pictures[from->normal];
    result = bring(shapes, &body->textures[from->normal], false, &p->surface, p->surface_mean, why);
    is.normal_texture = p->surface;
  }
  if (!result && from->glow >= 0 && glows(from)) {
    picture *p = &pictures[from->glow];
    result = bring(shapes, &body->textures[from->glow], true, &p->color, p->color_mean, why);
    is.glow_texture = p->color;
  }
  return result ? result : geometry_add_material(shapes, &is, number, why);
}

static status add_materials(geometry *shapes, const body_mesh *body, int *first, trouble *why) {
  picture *pictures = calloc((size_t)body->texture_count + 1, sizeof *pictures);
  if (!pictures)
    return trouble_set(why, STATUS_MEMORY, "no memory for textures");
  status result = STATUS_OK;
  for (int i = 0; !result && i < body->material_count; i++) {
    int number = 0;
    result = add_material(shapes, body, i, pictures, &number, why);
    *first = i == 0 ? number : *first;
  }
  free(pictures);
  return result;
}

// The mesh in a pose of its walk, BODY_POSES: as it stands, with materials from number `first` on.
static void copy_body(const body_mesh *from, int phase, int first, mesh *out) {
  bool walks = phase < from->pose_count;
  size_t skip = walks ? (size_t)phase * (size_t)from->vertex_count : 0;
  const float(*positions)[3] = (const float(*)[3])(walks ? from->pose_positions : from->positions);
  const float(*normals)[3] = (const float(*)[3])(walks ? from->pose_normals : from->normals);
  for (int i = 0; i < from->vertex_count; i++)
    mesh_vertex_add(out, positions[skip + (size_t)i], normals[skip + (size_t)i], from->uvs[i][0],
                    from->uvs[i][1]);
  for (int i = 0; i < from->triangle_count; i++) {
    const uint32_t *v = from->indices + 3 * i;
    mesh_triangle(out, v[0], v[1], v[2], (material)(first + from->materials[i]));
  }
  out->has_keypoints = from->has_joints;
  memcpy(out->keypoints, from->joints[phase], sizeof out->keypoints);
}

status asset_own_add(geometry *shapes, const script_map *file, int *number, trouble *why) {
  const body_mesh *body = &file->body;
  int first = 0;
  status result = add_materials(shapes, body, &first, why);
  for (int phase = body->pose_count ? 0 : BODY_POSES; !result && phase <= BODY_POSES; phase++) {
    mesh m = {0};
    int added = 0;
    copy_body(body, phase, first, &m);
    result = mesh_check(&m, file->name, why);
    if (!result)
      result = geometry_add(shapes, &m, &added, why);
    mesh_free(&m);
    if (phase == 0 || !body->pose_count)
      *number = added;
  }
  return result;
}
