// SPDX-License-Identifier: Apache-2.0
#include "render/scene_model_build.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "render/asset_own.h"
#include "render/shade.h"
#include "render/stage.h"
#include "scenes/lens.h"
#include "scenes/taxonomy.h"

// Numbers of the geometry pool's meshes that the scene shows, and what they hold together.
typedef struct used_meshes {
  int *model_mesh; // (count of the pool) number in the model, or -1
  int count;
  size_t vertices, indices;
} used_meshes;

static status find_used(const stage *st, used_meshes *out, trouble *why) {
  const geometry *shapes = stage_geometry(st);
  const trace_top *top = stage_top(st);
  int pool = geometry_count(shapes);
  out->model_mesh = malloc(sizeof(int) * (size_t)(pool ? pool : 1));
  if (!out->model_mesh)
    return trouble_set(why, STATUS_MEMORY, "no memory for %d meshes", pool);
  for (int i = 0; i < pool; i++)
    out->model_mesh[i] = -1;
  for (int i = 0; i < top->count; i++) {
    int *mine = &out->model_mesh[top->instances[i].mesh];
    if (*mine >= 0)
      continue;
    const geometry_mesh *about = geometry_about(shapes, (int)top->instances[i].mesh);
    *mine = out->count++;
    out->vertices += (size_t)about->vertex_count;
    out->indices += 3 * (size_t)about->triangle_count;
  }
  if (out->vertices > INT_MAX || out->indices > INT_MAX)
    return trouble_set(why, STATUS_LIMIT, "the scene has more geometry than one file can hold");
  return STATUS_OK;
}

// A texture's finest level, once; its number goes to *number.
static status add_image(scene_model *m, const uint32_t *texels, uint32_t first, int *number,
                        trouble *why) {
  *number = -1;
  if (!first)
    return STATUS_OK;
  for (int i = 0; i < m->image_count; i++)
    if (m->images[i].first == first) {
      *number = i;
      return STATUS_OK;
    }
  const uint32_t *head = texels + first, *from = head + head[TEXTURE_LEVEL_FIRST];
  model_image is = {.first = first,
                    .width = (int)head[TEXTURE_WIDTH],
                    .height = (int)head[TEXTURE_HEIGHT],
                    .wrap = {(int)head[TEXTURE_WRAP_U], (int)head[TEXTURE_WRAP_V]}};
  size_t pixels = (size_t)is.width * (size_t)is.height;
  is.rgb = malloc(3 * pixels);
  if (!is.rgb)
    return trouble_set(why, STATUS_MEMORY, "no memory for textures");
  for (size_t i = 0; i < pixels; i++)
    for (size_t c = 0; c < 3; c++)
      is.rgb[3 * i + c] = (uint8_t)(from[i] >> (8 * c));
  *number = m->image_count;
  m->images[m->image_count++] = is;
  return STATUS_OK;
}

// Users' materials have pictures, and light of their own; ours are as their shaders have them.
static status add_pictures(scene_model *m, const uint32_t *texels, const gpu_material *is,
                           model_paint *out, trouble *why) {
  model_pictures *p = &out->pictures;
  *p = (model_pictures){-1, -1, -1, -1, is->bump};
  if (is->shader != SHADER_TEXTURE && is->shader != SHADER_TEXTURE_PAINT)
    return STATUS_OK;
  for (int k = 0; k < 3; k++) {
    out->albedo[k] = is->tint[k]; // albedo is a picture's mean
    out->emissive[k] = is->glow[k] / SCREEN_RADIANCE;
  }
  const uint32_t from[] = {is->color_texture, is->surface_texture, is->normal_texture,
                           is->glow_texture};
  int *const to[] = {&p->color, &p->surface, &p->normal, &p->glow};
  status result = STATUS_OK;
  for (int i = 0; !result && i < 4; i++)
    result = add_image(m, texels, from[i], to[i], why);
  return result;
}

static bool has_pictures(const model_paint *is) {
  const model_pictures *p = &is->pictures;
  return p->color >= 0 || p->surface >= 0 || p->normal >= 0 || p->glow >= 0;
}

static status add_paints(scene_model *m, const geometry *shapes, trouble *why) {
  static const char *const names[MATERIAL_COUNT] = {
#define X(NAME, ...) #NAME,
      MATERIALS(X)
#undef X
  };
  int count;
  const gpu_material *all = geometry_materials(shapes, &count);
  m->paints = calloc((size_t)count, sizeof *m->paints);
  m->images = calloc(4 * (size_t)count, sizeof *m->images);
  if (!m->paints || !m->images)
    return trouble_set(why, STATUS_MEMORY, "no memory for materials");
  for (m->paint_count = 0; m->paint_count < count; m->paint_count++) {
    const gpu_material *is = &all[m->paint_count];
    model_paint *out = &m->paints[m->paint_count];
    *out = (model_paint){.shader = (int)is->shader,
                         .palette = is->palette,
                         .albedo = {is->albedo[0], is->albedo[1], is->albedo[2]},
                         .roughness = is->roughness,
                         .metallic = is->metallic};
    if (m->paint_count < MATERIAL_COUNT)
      snprintf(out->name, sizeof out->name, "%s", names[m->paint_count]);
    else
      snprintf(out->name, sizeof out->name, "OWN %d", m->paint_count - MATERIAL_COUNT);
    status result = add_pictures(m, geometry_texels(shapes), is, out, why);
    if (result)
      return result;
  }
  return STATUS_OK;
}

static status reserve(scene_model *m, const used_meshes *used, int nodes, trouble *why) {
  m->vertices = malloc(sizeof *m->vertices * (used->vertices + 1));
  m->indices = malloc(sizeof *m->indices * (used->indices + 1));
  m->pieces = malloc(sizeof *m->pieces * (used->indices / 3 + 1));
  m->meshes = calloc((size_t)used->count + 1, sizeof *m->meshes);
  m->nodes = calloc((size_t)nodes + 1, sizeof *m->nodes);
  m->looks = calloc((size_t)nodes + 1, sizeof *m->looks);
  if (!m->vertices || !m->indices || !m->pieces || !m->meshes || !m->nodes || !m->looks)
    return trouble_set(why, STATUS_MEMORY, "no memory for %zu vertices", used->vertices);
  return STATUS_OK;
}

// Triangles of a mesh sorted by material, in the tree's order within one; `starts` has room for
// one number more than materials.
static void add_mesh(scene_model *m, const geometry *shapes, const geometry_mesh *about,
                     int *starts, model_mesh *out) {
  const mesh_vertex *from = (const mesh_vertex *)geometry_vertices(shapes) + about->vertex_first;
  const gpu_triangle *triangles = geometry_triangles(shapes) + about->triangle_first;
  out->vertex_first = m->vertex_count;
  out->vertex_count = about->vertex_count;
  out->piece_first = m->piece_count;
  memcpy(m->vertices + m->vertex_count, from, sizeof *from * (size_t)about->vertex_count);
  m->vertex_count += about->vertex_count;
  memset(starts, 0, sizeof *starts * (size_t)(m->paint_count + 1));
  for (int i = 0; i < about->triangle_count; i++)
    starts[triangles[i].material + 1]++;
  for (int k = 0; k < m->paint_count; k++) {
    int count = starts[k + 1];
    starts[k + 1] = starts[k] + count;
    if (count > 0)
      m->pieces[m->piece_count++] =
          (model_piece){(uint16_t)k, m->index_count + 3 * starts[k], 3 * count};
  }
  out->piece_count = m->piece_count - out->piece_first;
  for (int i = out->piece_first; i < m->piece_count; i++)
    out->pictured = out->pictured || has_pictures(&m->paints[m->pieces[i].material]);
  for (int i = 0; i < about->triangle_count; i++) {
    int at = m->index_count + 3 * starts[triangles[i].material]++;
    for (int k = 0; k < 3; k++)
      m->indices[at + k] = triangles[i].v[k] - about->vertex_first;
  }
  m->index_count += 3 * about->triangle_count;
}

static const char *class_name(uint32_t class) {
  return class < SEMANTIC_COUNT ? semantic_table[class].name : "Thing";
}

static void add_meshes(scene_model *m, const stage *st, const used_meshes *used, int *starts) {
  const geometry *shapes = stage_geometry(st);
  const trace_top *top = stage_top(st);
  for (int i = 0; i < top->count; i++) {
    const gpu_instance *it = &top->instances[i];
    int number = used->model_mesh[it->mesh];
    if (number < m->mesh_count)
      continue; // meshes are numbered as instances show them first
    model_mesh *out = &m->meshes[m->mesh_count++];
    add_mesh(m, shapes, geometry_about(shapes, (int)it->mesh), starts, out);
    bool ground = it->kind == THING_KIND_COUNT;
    snprintf(out->name, sizeof out->name, "%s mesh %d", ground ? "Ground" : class_name(it->class),
             number);
  }
}

// The ego is what it is, too, not what its own sensors call it.
static int ego_class(const stage *st) {
  int count;
  const stage_target *all = stage_targets(st, &count);
  for (int i = 0; i < count; i++)
    if (all[i].ego)
      return (int)all[i].class;
  return SEMANTIC_EGO;
}

// Names say class and id; those of parts say which part.
static void add_nodes(scene_model *m, const stage *st, const used_meshes *used) {
  const trace_top *top = stage_top(st);
  int part = 0, parts = 0;
  for (int i = 0; i < top->count; i++) {
    const gpu_instance *it = &top->instances[i];
    part = part < parts ? part + 1 : 0;
    parts = part == 0 ? (int)it->parts : parts;
    model_node *n = &m->nodes[m->node_count];
    const float *p = it->begin_p, *q = it->begin_q;
    *n = (model_node){.id = it->id,
                      .kind = (int)it->kind,
                      .class = it->class == SEMANTIC_EGO ? ego_class(st) : (int)it->class,
                      .mesh = used->model_mesh[it->mesh],
                      .at = {{p[0], p[1], p[2]}, {q[3], q[0], q[1], q[2]}},
                      .scale = {it->scale[0], it->scale[1], it->scale[2]},
                      .look = m->node_count};
    if (it->kind == THING_KIND_COUNT)
      snprintf(n->name, sizeof n->name, "Ground");
    else if (part > 0)
      snprintf(n->name, sizeof n->name, "%s %u wheel %d", class_name(it->class), it->id, part);
    else
      snprintf(n->name, sizeof n->name, "%s %u%s", class_name((uint32_t)n->class), it->id,
               it->class == SEMANTIC_EGO ? " ego" : "");
    model_look *look = &m->looks[m->look_count++];
    memcpy(look->palette, it->palette, sizeof look->palette);
    look->flags = it->flags;
    look->signal = it->signal;
    m->node_count++;
  }
}

static status add_cameras(scene_model *m, const scene *s, const sim_snapshot *now, trouble *why) {
  m->cameras = calloc((size_t)s->rig.camera_count + 1, sizeof *m->cameras);
  if (!m->cameras)
    return trouble_set(why, STATUS_MEMORY, "no memory for cameras");
  for (int i = 0; i < s->rig.camera_count; i++) {
    const camera_def *def = &s->rig.cameras[i];
    if (!lens_is_perspective(def->model)) {
      log_line(LOG_WARNING, "camera %s: glTF has no lens like %s; it is left out", def->name,
               lens_model_name(def->model));
      continue;
    }
    model_camera *c = &m->cameras[m->camera_count++];
    snprintf(c->name, sizeof c->name, "%s", def->name);
    c->at = pose_multiply(now->actors[now->ego].begin, def->mount);
    c->aspect = (double)def->width_px / def->height_px;
    c->fov_y_rad = 2 * atan(def->height_px / 2.0 / def->fy_px);
  }
  return STATUS_OK;
}

// Colour and strength of a light in units of 10,000 lux.
static void split_light(const float color[3], model_light *out) {
  float most = fmaxf(color[0], fmaxf(color[1], color[2]));
  for (int k = 0; k < 3; k++)
    out->color[k] = most > 0 ? color[k] / most : 1;
  out->strength = 1e4 * (double)most;
}

static status add_lights(scene_model *m, const scene *s, const sim_snapshot *now, trouble *why) {
  m->lights = calloc((size_t)s->thing_count + 1, sizeof *m->lights);
  if (!m->lights)
    return trouble_set(why, STATUS_MEMORY, "no memory for lights");
  gpu_weather sky;
  shade_weather(&now->weather, 0, 0, 0, &sky);
  model_light *sun = &m->lights[m->light_count++];
  *sun = (model_light){.sun = true,
                       .direction = {-(double)sky.sun_direction[0], -(double)sky.sun_direction[1],
                                     -(double)sky.sun_direction[2]}};
  snprintf(sun->name, sizeof sun->name, "%s", sky.sun_elevation < SHADE_MOON_RAD ? "Moon" : "Sun");
  split_light(sky.sun_color, sun);
  m->night = sky.night;
  for (int i = 0; i < s->thing_count && m->night > STREET_LAMP_NIGHT; i++) {
    const scene_thing *lamp = &s->things[i];
    if (lamp->kind != THING_LAMP)
      continue;
    model_light *out = &m->lights[m->light_count++];
    out->at_m = pose_apply(lamp->at, (vec3){lamp->size_m[0] * 0.4, 0, lamp->size_m[2] - 0.25});
    const float p[3] = {(float)out->at_m.x, (float)out->at_m.y, (float)out->at_m.z};
    gpu_light light;
    shade_lamp_street(p, lamp->asset_seed, &light);
    split_light(light.color, out);
    out->direction = (vec3){0, 0, -1};
    snprintf(out->name, sizeof out->name, "Street lamp %u", lamp->id);
  }
  return STATUS_OK;
}

status scene_model_build(scene_model *out, device *dev, const scene *s,
                         const sim_snapshot *snapshot, trouble *why) {
  memset(out, 0, sizeof *out);
  used_meshes used = {0};
  stage *st = NULL;
  status result = stage_create(&st, dev, why);
  if (!result)
    result = stage_set_scene(st, s, why);
  if (!result)
    result = stage_set_frame(st, snapshot, why);
  if (!result)
    result = find_used(st, &used, why);
  if (!result)
    result = reserve(out, &used, stage_top(st)->count, why);
  if (!result)
    result = add_paints(out, stage_geometry(st), why);
  int *starts = result ? NULL : malloc(sizeof *starts * (size_t)(out->paint_count + 1));
  if (!result && !starts)
    result = trouble_set(why, STATUS_MEMORY, "no memory for materials");
  if (!result) {
    add_meshes(out, st, &used, starts);
    add_nodes(out, st, &used);
    result = add_cameras(out, s, snapshot, why);
  }
  if (!result)
    result = add_lights(out, s, snapshot, why);
  snprintf(out->name, sizeof out->name, "%s, scene %u, seed %llu", s->place, s->index,
           (unsigned long long)s->seed);
  free(starts);
  free(used.model_mesh);
  stage_destroy(st);
  return result;
}
