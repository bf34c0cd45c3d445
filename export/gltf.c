// SPDX-License-Identifier: Apache-2.0
#include "export/gltf.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/hash.h"
#include "export/picture.h"

enum { STRIDE = 24, UV_BYTES = 8 }; // position and normal of a vertex; its place in pictures
enum { VIEW_VERTICES, VIEW_INDICES, VIEW_UVS }; // pictures follow
enum { FLOAT = 5126, UNSIGNED_INT = 5125, ARRAY_BUFFER = 34962, ELEMENT_ARRAY_BUFFER = 34963 };

// A mesh in some materials: what one glTF mesh is.
typedef struct dressed {
  int mesh, first; // first of its materials in writer.worn
} dressed;

// A picture as it stands in the file.
typedef struct packed {
  void *png;
  size_t size, at; // of the binary part
} packed;

typedef struct writer {
  const scene_model *m;
  json_t *root, *nodes, *meshes, *materials, *accessors;
  int *position_of; // (mesh_count) accessor of a mesh's positions; its normals' is the next, then
                    // those of its places in pictures, if it has any
  packed *pictures; // (image_count)
  bool glows;       // more than a factor can say
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

static size_t index_bytes(const scene_model *m) {
  return sizeof(uint32_t) * (size_t)m->index_count;
}

static size_t uv_bytes(const scene_model *m) {
  size_t count = 0;
  for (int i = 0; i < m->mesh_count; i++)
    count += m->meshes[i].pictured ? (size_t)m->meshes[i].vertex_count : 0;
  return UV_BYTES * count;
}

static size_t padded(size_t size) {
  return (size + 3) & ~(size_t)3;
}

static size_t binary_bytes(const writer *w) {
  const scene_model *m = w->m;
  if (m->image_count == 0)
    return vertex_bytes(m) + index_bytes(m);
  const packed *last = &w->pictures[m->image_count - 1];
  return padded(last->at + last->size);
}

static char *put_uvs(const scene_model *m, char *out) {
  for (int i = 0; i < m->mesh_count; i++) {
    const model_mesh *shape = &m->meshes[i];
    for (int k = 0; shape->pictured && k < shape->vertex_count; k++, out += UV_BYTES)
      memcpy(out, m->vertices[shape->vertex_first + k].uv, UV_BYTES);
  }
  return out;
}

// Into zeros.
static void put_binary(const writer *w, char *out) {
  const scene_model *m = w->m;
  for (int i = 0; i < m->vertex_count; i++) {
    float v[6];
    write_vertex(&m->vertices[i], v);
    memcpy(out + (size_t)STRIDE * (size_t)i, v, sizeof v);
  }
  if (m->index_count)
    memcpy(out + vertex_bytes(m), m->indices, index_bytes(m));
  put_uvs(m, out + vertex_bytes(m) + index_bytes(m));
  for (int i = 0; i < m->image_count; i++)
    memcpy(out + w->pictures[i].at, w->pictures[i].png, w->pictures[i].size);
}

static status pack_pictures(writer *w, trouble *why) {
  const scene_model *m = w->m;
  size_t at = vertex_bytes(m) + index_bytes(m) + uv_bytes(m);
  status result = STATUS_OK;
  for (int i = 0; !result && i < m->image_count; i++) {
    const model_image *from = &m->images[i];
    packed *to = &w->pictures[i];
    result = picture_encode_png(&to->png, &to->size, from->width, from->height, from->rgb, why);
    to->at = at;
    at = padded(at + to->size);
  }
  return result;
}

// --- accessors ---

static void add_vertices(writer *w, int number, size_t *uv_at) {
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
         json_pack("{s:i, s:I, s:i, s:i, s:s, s:o, s:o}", "bufferView", VIEW_VERTICES, "byteOffset",
                   at, "componentType", FLOAT, "count", shape->vertex_count, "type", "VEC3", "min",
                   triple((double)lo[0], (double)lo[1], (double)lo[2]), "max",
                   triple((double)hi[0], (double)hi[1], (double)hi[2])));
  append(w, w->accessors,
         json_pack("{s:i, s:I, s:i, s:i, s:s}", "bufferView", VIEW_VERTICES, "byteOffset", at + 12,
                   "componentType", FLOAT, "count", shape->vertex_count, "type", "VEC3"));
  if (!shape->pictured)
    return;
  append(w, w->accessors,
         json_pack("{s:i, s:I, s:i, s:i, s:s}", "bufferView", VIEW_UVS, "byteOffset",
                   (json_int_t)*uv_at, "componentType", FLOAT, "count", shape->vertex_count, "type",
                   "VEC2"));
  *uv_at += (size_t)UV_BYTES * (size_t)shape->vertex_count;
}

static void add_accessors(writer *w) {
  const scene_model *m = w->m;
  size_t uv_at = 0;
  for (int i = 0; i < m->mesh_count; i++)
    add_vertices(w, i, &uv_at);
  for (int i = 0; i < m->piece_count; i++) {
    w->index_of[i] = (int)json_array_size(w->accessors);
    append(w, w->accessors,
           json_pack("{s:i, s:I, s:i, s:i, s:s}", "bufferView", VIEW_INDICES, "byteOffset",
                     (json_int_t)4 * m->pieces[i].first, "componentType", UNSIGNED_INT, "count",
                     m->pieces[i].count, "type", "SCALAR"));
  }
}

// --- materials and meshes: each once ---

// Textures are numbered as pictures are.
static void set_picture(writer *w, json_t *object, const char *key, int number, const char *how,
                        float times) {
  if (number < 0)
    return;
  json_t *use = json_pack("{s:i}", "index", number);
  if (how && times != 1)
    set(w, use, how, json_real((double)times));
  set(w, object, key, use);
}

// A factor is 1 at most; an extension says how much brighter it is.
static void set_light(writer *w, json_t *out, const float emissive[3]) {
  double most = fmax((double)emissive[0], fmax((double)emissive[1], (double)emissive[2]));
  double k = most > 1 ? 1 / most : 1;
  if (!(most > 0))
    return;
  set(w, out, "emissiveFactor",
      triple(k * (double)emissive[0], k * (double)emissive[1], k * (double)emissive[2]));
  if (most > 1)
    set(w, out, "extensions",
        json_pack("{s:{s:f}}", "KHR_materials_emissive_strength", "emissiveStrength", most));
  w->glows = w->glows || most > 1;
}

static json_t *material_json(writer *w, const model_material *is) {
  json_t *pbr =
      json_pack("{s:[f,f,f,f], s:f, s:f}", "baseColorFactor", (double)is->base[0],
                (double)is->base[1], (double)is->base[2], (double)is->base[3], "metallicFactor",
                (double)is->metallic, "roughnessFactor", (double)is->roughness);
  // Leaves and sheets have one layer of triangles that is seen from both sides.
  json_t *out =
      json_pack("{s:s, s:o, s:b}", "name", is->name, "pbrMetallicRoughness", pbr, "doubleSided", 1);
  const model_pictures *p = &is->pictures;
  set_picture(w, pbr, "baseColorTexture", p->color, NULL, 1);
  set_picture(w, pbr, "metallicRoughnessTexture", p->surface, NULL, 1);
  set_picture(w, out, "normalTexture", p->normal, "scale", p->bump);
  set_picture(w, out, "emissiveTexture", p->glow, NULL, 1);
  set_light(w, out, is->emissive);
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
  for (int i = 0; i < shape->piece_count; i++) {
    int at = w->position_of[d->mesh];
    json_t *attributes = json_pack("{s:i, s:i}", "POSITION", at, "NORMAL", at + 1);
    if (shape->pictured)
      set(w, attributes, "TEXCOORD_0", json_integer(at + 2));
    append(w, primitives,
           json_pack("{s:o, s:i, s:i}", "attributes", attributes, "indices",
                     w->index_of[shape->piece_first + i], "material", w->worn[d->first + i]));
  }
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

static void add_extensions(writer *w) {
  json_t *used = json_array();
  if (json_object_get(w->root, "extensions"))
    append(w, used, json_string("KHR_lights_punctual"));
  if (w->glows)
    append(w, used, json_string("KHR_materials_emissive_strength"));
  if (json_array_size(used))
    set(w, w->root, "extensionsUsed", used);
  else
    json_decref(used);
}

// A texture of each picture, with a sampler of its own.
static void add_pictures(writer *w, json_t *views) {
  static const int wraps[] = {10497, 33648, 33071}; // by texture_wrap
  const scene_model *m = w->m;
  json_t *images = json_array(), *textures = json_array(), *samplers = json_array();
  for (int i = 0; i < m->image_count; i++) {
    const model_image *from = &m->images[i];
    append(w, images,
           json_pack("{s:i, s:s}", "bufferView", (int)json_array_size(views), "mimeType",
                     "image/png"));
    append(w, views,
           json_pack("{s:i, s:I, s:I}", "buffer", 0, "byteOffset", (json_int_t)w->pictures[i].at,
                     "byteLength", (json_int_t)w->pictures[i].size));
    append(w, samplers,
           json_pack("{s:i, s:i}", "wrapS", wraps[from->wrap[0]], "wrapT", wraps[from->wrap[1]]));
    append(w, textures, json_pack("{s:i, s:i}", "source", i, "sampler", i));
  }
  if (m->image_count) {
    set(w, w->root, "images", json_incref(images));
    set(w, w->root, "textures", json_incref(textures));
    set(w, w->root, "samplers", json_incref(samplers));
  }
  json_decref(images);
  json_decref(textures);
  json_decref(samplers);
}

static void add_buffers(writer *w) {
  const scene_model *m = w->m;
  json_int_t vertices = (json_int_t)vertex_bytes(m), indices = (json_int_t)index_bytes(m);
  json_int_t uvs = (json_int_t)uv_bytes(m), all = (json_int_t)binary_bytes(w);
  if (all == 0)
    return;
  set(w, w->root, "buffers", json_pack("[{s:I}]", "byteLength", all));
  json_t *views = json_pack("[{s:i, s:I, s:I, s:i, s:i}, {s:i, s:I, s:I, s:i}]", "buffer", 0,
                            "byteOffset", (json_int_t)0, "byteLength", vertices, "byteStride",
                            STRIDE, "target", ARRAY_BUFFER, "buffer", 0, "byteOffset", vertices,
                            "byteLength", indices, "target", ELEMENT_ARRAY_BUFFER);
  if (uvs)
    append(w, views,
           json_pack("{s:i, s:I, s:I, s:i, s:i}", "buffer", 0, "byteOffset", vertices + indices,
                     "byteLength", uvs, "byteStride", UV_BYTES, "target", ARRAY_BUFFER));
  add_pictures(w, views);
  set(w, w->root, "bufferViews", views);
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
  add_extensions(w);
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
  w->pictures = calloc((size_t)m->image_count + 1, sizeof *w->pictures);
  w->index_of = calloc((size_t)m->piece_count + 1, sizeof(int));
  w->nodes = json_array();
  w->meshes = json_array();
  w->materials = json_array();
  w->accessors = json_array();
  return w->material_table && w->dressed_table && w->position_of && w->index_of && w->pictures &&
         w->nodes && w->meshes && w->materials && w->accessors;
}

static void release(writer *w) {
  json_t *all[] = {w->nodes, w->meshes, w->materials, w->accessors, w->root};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    json_decref(all[i]);
  for (int i = 0; w->pictures && i < w->m->image_count; i++)
    free(w->pictures[i].png);
  free(w->pictures);
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
static status write_file(const char *path, const writer *w, const char *text, trouble *why) {
  size_t length = strlen(text), whole = padded(length), bytes = binary_bytes(w);
  size_t size = 12 + 8 + whole + (bytes ? 8 + bytes : 0);
  if (size > UINT32_MAX)
    return trouble_set(why, STATUS_LIMIT, "%s: the scene is %.1f GiB, more than a .glb can hold",
                       path, (double)size / (1 << 30));
  char *out = calloc(1, size);
  if (!out)
    return trouble_set(why, STATUS_MEMORY, "no memory for %zu bytes of %s", size, path);
  char *at = put_word(put_word(put_word(out, 0x46546c67), 2), (uint32_t)size);
  at = put_word(put_word(at, (uint32_t)whole), 0x4e4f534a);
  memcpy(at, text, length);
  memset(at + length, ' ', whole - length);
  at += whole;
  if (bytes) {
    at = put_word(put_word(at, (uint32_t)bytes), 0x004e4942);
    put_binary(w, at);
  }
  status result = file_write_atomic(path, out, size, why);
  free(out);
  return result;
}

status gltf_write(const char *path, const scene_model *m, trouble *why) {
  writer w = {.m = m};
  status result = prepare(&w) ? pack_pictures(&w, why) : STATUS_MEMORY;
  char *text = !result && describe(&w) ? json_dumps(w.root, JSON_COMPACT) : NULL;
  if (text)
    result = write_file(path, &w, text, why);
  else if (!result || result == STATUS_MEMORY)
    result = trouble_set(why, STATUS_MEMORY, "no memory for %s", path);
  free(text);
  release(&w);
  return result;
}
