// SPDX-License-Identifier: Apache-2.0
#include "export/gltf.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/hash.h"

enum { STRIDE = 24 }; // position and normal of a vertex
enum { FLOAT = 5126, UNSIGNED_INT = 5125, ARRAY_BUFFER = 34962, ELEMENT_ARRAY_BUFFER = 34963 };

// A mesh in some materials: what one glTF mesh is.
typedef struct dressed {
  int mesh, first; // first of its materials in writer.worn
} dressed;

typedef struct writer {
  const scene_model *m;
  json_t *root, *nodes, *meshes, *materials, *accessors;
  int *position_of; // (mesh_count) accessor of a mesh's positions; its normals' is the next
  int *index_of;    // (piece_count)
  int material_count, material_capacity;
  model_material *looks; // (material_count) as glTF's materials
  int dressed_count, dressed_capacity, worn_count, worn_capacity;
  dressed *all;
  int *worn;
  int table_size; // of both tables, a power of 2; items are numbers + 1
  int *material_table, *dressed_table;
  bool failed; // a part of the JSON is missing
} writer;

static json_t *triple(double x, double y, double z) {
  return json_pack("[f, f, f]", x, y, z);
}

// What can't be made, for want of memory or by a number that isn't finite, spoils the whole file.
static void append(writer *w, json_t *list, json_t *item) {
  w->failed |= json_array_append_new(list, item) != 0;
}

static void set(writer *w, json_t *object, const char *key, json_t *value) {
  w->failed |= json_object_set_new(object, key, value) != 0;
}

// --- binary part ---

// Unit normals, as the format wants them.
static void write_vertex(const mesh_vertex *v, float out[6]) {
  double length = 0;
  for (int k = 0; k < 3; k++)
    length += (double)v->n[k] * (double)v->n[k];
  length = sqrt(length);
  for (int k = 0; k < 3; k++) {
    out[k] = v->p[k];
    out[3 + k] = length > 0 ? (float)((double)v->n[k] / length) : (k == 2);
  }
}

static size_t vertex_bytes(const scene_model *m) {
  return (size_t)STRIDE * (size_t)m->vertex_count;
}

static size_t binary_bytes(const scene_model *m) {
  return vertex_bytes(m) + sizeof(uint32_t) * (size_t)m->index_count;
}

static void put_binary(const scene_model *m, char *out) {
  for (int i = 0; i < m->vertex_count; i++) {
    float v[6];
    write_vertex(&m->vertices[i], v);
    memcpy(out + (size_t)STRIDE * (size_t)i, v, sizeof v);
  }
  if (m->index_count)
    memcpy(out + vertex_bytes(m), m->indices, sizeof(uint32_t) * (size_t)m->index_count);
}

// --- accessors ---

static void add_vertices(writer *w, int number) {
  const model_mesh *shape = &w->m->meshes[number];
  const mesh_vertex *v = w->m->vertices + shape->vertex_first;
  float lo[3] = {INFINITY, INFINITY, INFINITY}, hi[3] = {-INFINITY, -INFINITY, -INFINITY};
  for (int i = 0; i < shape->vertex_count; i++)
    for (int k = 0; k < 3; k++) {
      lo[k] = fminf(lo[k], v[i].p[k]);
      hi[k] = fmaxf(hi[k], v[i].p[k]);
    }
  w->position_of[number] = (int)json_array_size(w->accessors);
  json_int_t at = (json_int_t)STRIDE * shape->vertex_first;
  append(w, w->accessors,
         json_pack("{s:i, s:I, s:i, s:i, s:s, s:o, s:o}", "bufferView", 0, "byteOffset", at,
                   "componentType", FLOAT, "count", shape->vertex_count, "type", "VEC3", "min",
                   triple((double)lo[0], (double)lo[1], (double)lo[2]), "max",
                   triple((double)hi[0], (double)hi[1], (double)hi[2])));
  append(w, w->accessors,
         json_pack("{s:i, s:I, s:i, s:i, s:s}", "bufferView", 0, "byteOffset", at + 12,
                   "componentType", FLOAT, "count", shape->vertex_count, "type", "VEC3"));
}

static void add_accessors(writer *w) {
  const scene_model *m = w->m;
  for (int i = 0; i < m->mesh_count; i++)
    add_vertices(w, i);
  for (int i = 0; i < m->piece_count; i++) {
    w->index_of[i] = (int)json_array_size(w->accessors);
    append(w, w->accessors,
           json_pack("{s:i, s:I, s:i, s:i, s:s}", "bufferView", 1, "byteOffset",
                     (json_int_t)4 * m->pieces[i].first, "componentType", UNSIGNED_INT, "count",
                     m->pieces[i].count, "type", "SCALAR"));
  }
}

// --- materials and meshes: each once ---

static json_t *material_json(writer *w, const model_material *is) {
  json_t *pbr =
      json_pack("{s:[f,f,f,f], s:f, s:f}", "baseColorFactor", (double)is->base[0],
                (double)is->base[1], (double)is->base[2], (double)is->base[3], "metallicFactor",
                (double)is->metallic, "roughnessFactor", (double)is->roughness);
  // Leaves and sheets have one layer of triangles that is seen from both sides.
  json_t *out =
      json_pack("{s:s, s:o, s:b}", "name", is->name, "pbrMetallicRoughness", pbr, "doubleSided", 1);
  if (is->emissive[0] + is->emissive[1] + is->emissive[2] > 0)
    set(w, out, "emissiveFactor",
        triple((double)is->emissive[0], (double)is->emissive[1], (double)is->emissive[2]));
  if (is->base[3] < 1)
    set(w, out, "alphaMode", json_string("BLEND"));
  return out;
}

// The number of a material, or -1 when memory ran out.
static int find_material(writer *w, const model_material *is) {
  size_t mask = (size_t)w->table_size - 1, at = (size_t)hash_xxh3(is, sizeof *is) & mask;
  for (; w->material_table[at]; at = (at + 1) & mask)
    if (memcmp(&w->looks[w->material_table[at] - 1], is, sizeof *is) == 0)
      return w->material_table[at] - 1;
  if (!ARRAY_RESERVE(w->looks, w->material_capacity, w->material_count + 1))
    return -1;
  w->looks[w->material_count] = *is;
  append(w, w->materials, material_json(w, is));
  w->material_table[at] = ++w->material_count;
  return w->material_count - 1;
}

static void add_mesh(writer *w, const dressed *d) {
  const model_mesh *shape = &w->m->meshes[d->mesh];
  json_t *primitives = json_array();
  for (int i = 0; i < shape->piece_count; i++)
    append(w, primitives,
           json_pack("{s:{s:i, s:i}, s:i, s:i}", "attributes", "POSITION", w->position_of[d->mesh],
                     "NORMAL", w->position_of[d->mesh] + 1, "indices",
                     w->index_of[shape->piece_first + i], "material", w->worn[d->first + i]));
  append(w, w->meshes, json_pack("{s:s, s:o}", "name", shape->name, "primitives", primitives));
}

// The glTF mesh that a node shows, or -1 when memory ran out.
static int find_mesh(writer *w, const model_node *node) {
  const model_mesh *shape = &w->m->meshes[node->mesh];
  int count = shape->piece_count, first = w->worn_count;
  if (!ARRAY_RESERVE(w->worn, w->worn_capacity, first + count))
    return -1;
  for (int i = 0; i < count; i++) {
    model_material is;
    memset(&is, 0, sizeof is);
    scene_model_material(w->m, &w->m->looks[node->look],
                         w->m->pieces[shape->piece_first + i].material, &is);
    int number = find_material(w, &is);
    if (number < 0)
      return -1;
    w->worn[first + i] = number;
  }
  const int *mine = w->worn + first;
  size_t bytes = sizeof *mine * (size_t)count, mask = (size_t)w->table_size - 1;
  size_t at = (size_t)hash_xxh3_seeded(mine, bytes, (uint64_t)node->mesh) & mask;
  for (; w->dressed_table[at]; at = (at + 1) & mask) {
    const dressed *d = &w->all[w->dressed_table[at] - 1];
    if (d->mesh == node->mesh && memcmp(w->worn + d->first, mine, bytes) == 0)
      return w->dressed_table[at] - 1;
  }
  if (!ARRAY_RESERVE(w->all, w->dressed_capacity, w->dressed_count + 1))
    return -1;
  w->worn_count += count;
  w->all[w->dressed_count] = (dressed){node->mesh, first};
  add_mesh(w, &w->all[w->dressed_count]);
  w->dressed_table[at] = ++w->dressed_count;
  return w->dressed_count - 1;
}

// --- nodes ---

static json_t *place(writer *w, json_t *node, pose at) {
  set(w, node, "translation", triple(at.p_m.x, at.p_m.y, at.p_m.z));
  double k = sqrt(at.q.w * at.q.w + at.q.x * at.q.x + at.q.y * at.q.y + at.q.z * at.q.z);
  set(w, node, "rotation",
      json_pack("[f, f, f, f]", at.q.x / k, at.q.y / k, at.q.z / k, at.q.w / k));
  return node;
}

static bool add_things(writer *w) {
  for (int i = 0; i < w->m->node_count; i++) {
    const model_node *n = &w->m->nodes[i];
    if (w->m->meshes[n->mesh].piece_count == 0)
      continue;
    int number = find_mesh(w, n);
    if (number < 0)
      return false;
    json_t *out = json_pack("{s:s, s:i, s:o, s:{s:I, s:i, s:i}}", "name", n->name, "mesh", number,
                            "scale", triple(n->scale[0], n->scale[1], n->scale[2]), "extras", "id",
                            (json_int_t)n->id, "class", n->class, "kind", n->kind);
    append(w, w->nodes, place(w, out, n->at));
  }
  return true;
}

static void add_cameras(writer *w) {
  json_t *cameras = json_array();
  for (int i = 0; i < w->m->camera_count; i++) {
    const model_camera *c = &w->m->cameras[i];
    append(w, cameras,
           json_pack("{s:s, s:s, s:{s:f, s:f, s:f}}", "name", c->name, "type", "perspective",
                     "perspective", "yfov", c->fov_y_rad, "aspectRatio", c->aspect, "znear", 0.05));
    // A camera of glTF looks along its -z with y up: ours, half a turn about x.
    pose at = {c->at.p_m, quat_multiply(c->at.q, (quat){0, 1, 0, 0})};
    append(w, w->nodes, place(w, json_pack("{s:s, s:i}", "name", c->name, "camera", i), at));
  }
  if (json_array_size(cameras))
    set(w, w->root, "cameras", cameras);
  else
    json_decref(cameras);
}

// The rotation that takes -z, along which lights of glTF shine, to a direction.
static quat facing(vec3 direction) {
  double length = vec3_length(direction), c = -direction.z / length;
  if (c < -0.999999)
    return (quat){0, 1, 0, 0};
  // From -z to d: axis -z x d, half angle by the sum of both.
  quat q = {1 + c, direction.y / length, -direction.x / length, 0};
  double k = 1 / sqrt(q.w * q.w + q.x * q.x + q.y * q.y);
  return (quat){q.w * k, q.x * k, q.y * k, 0};
}

static void add_lights(writer *w) {
  json_t *lights = json_array();
  for (int i = 0; i < w->m->light_count; i++) {
    const model_light *l = &w->m->lights[i];
    append(w, lights,
           json_pack("{s:s, s:s, s:o, s:f}", "name", l->name, "type",
                     l->sun ? "directional" : "point", "color",
                     triple((double)l->color[0], (double)l->color[1], (double)l->color[2]),
                     "intensity", l->strength));
    json_t *node = json_pack("{s:s, s:{s:{s:i}}}", "name", l->name, "extensions",
                             "KHR_lights_punctual", "light", i);
    append(w, w->nodes, place(w, node, (pose){l->at_m, facing(l->direction)}));
  }
  if (json_array_size(lights) == 0) {
    json_decref(lights);
    return;
  }
  set(w, w->root, "extensionsUsed", json_pack("[s]", "KHR_lights_punctual"));
  set(w, w->root, "extensions", json_pack("{s:{s:o}}", "KHR_lights_punctual", "lights", lights));
}

// The root turns our z-up frame into glTF's y-up one; all else hangs below it.
static void add_root(writer *w) {
  json_t *children = json_array();
  for (size_t i = 1; i < json_array_size(w->nodes); i++)
    append(w, children, json_integer((json_int_t)i));
  const double half = 0.70710678118654752;
  json_t *root = json_array_get(w->nodes, 0);
  set(w, root, "rotation", json_pack("[f, f, f, f]", -half, 0.0, 0.0, half));
  if (json_array_size(children))
    set(w, root, "children", children);
  else
    json_decref(children);
}

static void add_buffers(writer *w) {
  const scene_model *m = w->m;
  json_int_t vertices = (json_int_t)vertex_bytes(m), all = (json_int_t)binary_bytes(m);
  if (all == 0)
    return;
  set(w, w->root, "buffers", json_pack("[{s:I}]", "byteLength", all));
  set(w, w->root, "bufferViews",
      json_pack("[{s:i, s:I, s:I, s:i, s:i}, {s:i, s:I, s:I, s:i}]", "buffer", 0, "byteOffset",
                (json_int_t)0, "byteLength", vertices, "byteStride", STRIDE, "target", ARRAY_BUFFER,
                "buffer", 0, "byteOffset", vertices, "byteLength", all - vertices, "target",
                ELEMENT_ARRAY_BUFFER));
}

static void set_list(writer *w, const char *name, json_t *list) {
  if (json_array_size(list))
    w->failed |= json_object_set(w->root, name, list) != 0;
}

static bool describe(writer *w) {
  w->root =
      json_pack("{s:{s:s, s:s}, s:i, s:[{s:s, s:[i]}]}", "asset", "version", "2.0", "generator",
                "Roadloom", "scene", 0, "scenes", "name", w->m->name, "nodes", 0);
  append(w, w->nodes, json_pack("{s:s}", "name", w->m->name));
  add_accessors(w);
  if (!add_things(w))
    return false;
  add_cameras(w);
  add_lights(w);
  add_root(w);
  set_list(w, "nodes", w->nodes);
  set_list(w, "meshes", w->meshes);
  set_list(w, "materials", w->materials);
  set_list(w, "accessors", w->accessors);
  add_buffers(w);
  return !w->failed;
}

static bool prepare(writer *w) {
  const scene_model *m = w->m;
  size_t most = (size_t)m->node_count * 2 + 64, materials = 0;
  for (int i = 0; i < m->node_count; i++)
    materials += (size_t)m->meshes[m->nodes[i].mesh].piece_count;
  most = 2 * materials > most ? 2 * materials : most;
  w->table_size = 64;
  while ((size_t)w->table_size < most && w->table_size < 1 << 28)
    w->table_size *= 2;
  w->material_table = calloc((size_t)w->table_size, sizeof(int));
  w->dressed_table = calloc((size_t)w->table_size, sizeof(int));
  w->position_of = calloc((size_t)m->mesh_count + 1, sizeof(int));
  w->index_of = calloc((size_t)m->piece_count + 1, sizeof(int));
  w->nodes = json_array();
  w->meshes = json_array();
  w->materials = json_array();
  w->accessors = json_array();
  return w->material_table && w->dressed_table && w->position_of && w->index_of && w->nodes &&
         w->meshes && w->materials && w->accessors;
}

static void release(writer *w) {
  json_t *all[] = {w->nodes, w->meshes, w->materials, w->accessors, w->root};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    json_decref(all[i]);
  free(w->looks);
  free(w->all);
  free(w->worn);
  free(w->material_table);
  free(w->dressed_table);
  free(w->position_of);
  free(w->index_of);
}

static char *put_word(char *at, uint32_t word) {
  for (int k = 0; k < 4; k++)
    *at++ = (char)(word >> (8 * k) & 255);
  return at;
}

// Header, a chunk of text filled up with blanks, a chunk of bytes with zeros.
static status write_file(const char *path, const scene_model *m, const char *text, trouble *why) {
  size_t length = strlen(text), padded = (length + 3) & ~(size_t)3, bytes = binary_bytes(m);
  size_t size = 12 + 8 + padded + (bytes ? 8 + bytes : 0);
  if (size > UINT32_MAX)
    return trouble_set(why, STATUS_LIMIT, "%s: the scene is %.1f GiB, more than a .glb can hold",
                       path, (double)size / (1 << 30));
  char *out = malloc(size);
  if (!out)
    return trouble_set(why, STATUS_MEMORY, "no memory for %zu bytes of %s", size, path);
  char *at = put_word(put_word(put_word(out, 0x46546c67), 2), (uint32_t)size);
  at = put_word(put_word(at, (uint32_t)padded), 0x4e4f534a);
  memcpy(at, text, length);
  memset(at + length, ' ', padded - length);
  at += padded;
  if (bytes) {
    at = put_word(put_word(at, (uint32_t)bytes), 0x004e4942);
    put_binary(m, at);
  }
  status result = file_write_atomic(path, out, size, why);
  free(out);
  return result;
}

status gltf_write(const char *path, const scene_model *m, trouble *why) {
  writer w = {.m = m};
  char *text = prepare(&w) && describe(&w) ? json_dumps(w.root, JSON_COMPACT) : NULL;
  status result = text ? write_file(path, m, text, why)
                       : trouble_set(why, STATUS_MEMORY, "no memory for %s", path);
  free(text);
  release(&w);
  return result;
}
