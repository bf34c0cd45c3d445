// SPDX-License-Identifier: Apache-2.0
#include "scenes/gltf_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"
#include "scenes/gltf_accessor.h"
#include "scenes/gltf_texture.h"

enum { TRIANGLES = 4 };
// Texture coordinates that a float resolves to a small part of a large picture's pixel.
static const float UV_MAX = 1000;
enum { DEPTH_MAX = 64, NODES_MAX = 100000, MATERIALS_MAX = 1000 };
// Bounds for hostile files: JSON takes 20 times its bytes in memory, and nodes may visit a mesh
// again and again. A visit of a primitive counts as PRIMITIVE_WORK values.
enum { JSON_MAX = 8 << 20, WORK_MAX = 100000000, PRIMITIVE_WORK = 1000 };

// Rows of three, and a shift: our own frame is right-handed as glTF's.
typedef struct affine {
  double m[3][4];
} affine;

typedef struct reader {
  gltf_file file;
  json_t *root;
  int *coordinates; // (material_count) set of its textures' coordinates, -1 for none
  body_mesh *out;
  int nodes;    // visited
  int64_t work; // values and primitives visited
  trouble *why;
} reader;

#define FAIL(r, code, ...) trouble_set((r)->why, code, __VA_ARGS__)

void body_mesh_free(body_mesh *b) {
  free(b->positions);
  free(b->normals);
  free(b->uvs);
  free(b->indices);
  free(b->materials);
  free(b->of);
  for (int i = 0; i < b->texture_count; i++)
    free(b->textures[i].rgba);
  free(b->textures);
  memset(b, 0, sizeof *b);
}

static void remark(body_mesh *b, const char *what) {
  if (strstr(b->remarks, what))
    return;
  size_t at = strlen(b->remarks);
  snprintf(b->remarks + at, sizeof b->remarks - at, "%s%s", at ? ", " : "", what);
}

// --- transforms ---

static void apply(const affine *t, const double p[3], double w, double out[3]) {
  for (int i = 0; i < 3; i++)
    out[i] = t->m[i][0] * p[0] + t->m[i][1] * p[1] + t->m[i][2] * p[2] + t->m[i][3] * w;
}

static affine multiply(const affine *a, const affine *b) {
  affine out;
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 4; k++)
      out.m[i][k] = a->m[i][0] * b->m[0][k] + a->m[i][1] * b->m[1][k] + a->m[i][2] * b->m[2][k] +
                    (k == 3 ? a->m[i][3] : 0);
  return out;
}

// Cofactors: the inverse transpose times the determinant, which normals go by.
static double cofactors(const affine *t, double out[3][3]) {
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) {
      int a = (i + 1) % 3, b = (i + 2) % 3, c = (k + 1) % 3, d = (k + 2) % 3;
      out[i][k] = t->m[a][c] * t->m[b][d] - t->m[a][d] * t->m[b][c];
    }
  return t->m[0][0] * out[0][0] + t->m[0][1] * out[0][1] + t->m[0][2] * out[0][2];
}

static affine local_of(const json_t *node) {
  affine out = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
  const json_t *matrix = json_object_get(node, "matrix");
  if (matrix) {
    for (size_t i = 0; i < 3; i++)
      for (size_t k = 0; k < 4; k++)
        out.m[i][k] = gltf_number_at(matrix, 4 * k + i, i == k);
    return out;
  }
  const json_t *t = json_object_get(node, "translation"), *q = json_object_get(node, "rotation");
  const json_t *s = json_object_get(node, "scale");
  double x = gltf_number_at(q, 0, 0), y = gltf_number_at(q, 1, 0), z = gltf_number_at(q, 2, 0);
  double w = gltf_number_at(q, 3, 1);
  const double turn[3][3] = {{1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
                             {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
                             {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}};
  for (size_t i = 0; i < 3; i++) {
    for (size_t k = 0; k < 3; k++)
      out.m[i][k] = turn[i][k] * gltf_number_at(s, k, 1);
    out.m[i][3] = gltf_number_at(t, i, 0);
  }
  return out;
}

// --- materials ---

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
    remark(r->out, "extensions of materials");
  if (set < 0 || set > 7)
    return FAIL(r, STATUS_SYNTAX, "%s: a texture has a texCoord that isn't 0 to 7", r->file.name);
  if (*coordinates >= 0 && set != *coordinates) {
    remark(r->out, "second coordinates of textures");
    return STATUS_OK;
  }
  *coordinates = set;
  return gltf_texture_read(&r->file, use, r->out, out, r->why);
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
      remark(r->out, "extensions of materials");
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
    remark(r->out, "textures of occlusion");
  if (mode && strcmp(mode, "OPAQUE") != 0 && json_object_get(pbr, "baseColorTexture"))
    remark(r->out, "holes of textures");
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

static status read_materials(reader *r) {
  const json_t *list = json_object_get(r->root, "materials");
  size_t count = json_array_size(list);
  if (count > MATERIALS_MAX)
    return FAIL(r, STATUS_LIMIT, "%s: has %zu materials; the most is %d", r->file.name, count,
                MATERIALS_MAX);
  r->coordinates = calloc(count + 1, sizeof *r->coordinates);
  if (!r->coordinates || !ARRAY_RESERVE(r->out->of, r->out->material_capacity, (int)count + 1))
    return FAIL(r, STATUS_MEMORY, "%s: no memory", r->file.name);
  status result = STATUS_OK;
  for (size_t i = 0; !result && i <= count; i++) { // one more, for triangles without
    body_material *to = &r->out->of[r->out->material_count++];
    result = read_material(r, json_array_get(list, i), to, &r->coordinates[i]);
  }
  return result;
}

// --- meshes ---

static status add_vertex(reader *r, const double p[3], const double n[3], const float uv[2]) {
  body_mesh *b = r->out;
  int capacity = b->vertex_capacity, i = b->vertex_count;
  if (!ARRAY_RESERVE(b->positions, capacity, i + 1))
    return FAIL(r, STATUS_MEMORY, "%s: no memory for its vertices", r->file.name);
  int normal_capacity = b->vertex_capacity;
  if (!ARRAY_RESERVE(b->normals, normal_capacity, capacity) ||
      !ARRAY_RESERVE(b->uvs, b->vertex_capacity, capacity))
    return FAIL(r, STATUS_MEMORY, "%s: no memory for its vertices", r->file.name);
  for (int k = 0; k < 2; k++) {
    if (!(fabsf(uv[k]) <= UV_MAX)) // NaN, too
      return FAIL(r, STATUS_RANGE, "%s: a vertex has the texture coordinate %g", r->file.name,
                  (double)uv[k]);
    b->uvs[i][k] = uv[k];
  }
  double length = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
  for (int k = 0; k < 3; k++) {
    // NaN fails this, too.
    if (!(fabs(p[k]) < 1e6))
      return FAIL(r, STATUS_RANGE, "%s: a vertex is at %g, which isn't a place of a thing",
                  r->file.name, p[k]);
    b->positions[i][k] = (float)p[k];
    b->normals[i][k] = length > 0 && isfinite(length) ? (float)(n[k] / length) : (k == 2);
  }
  b->vertex_count++;
  return STATUS_OK;
}

static status add_triangle(reader *r, uint32_t a, uint32_t b, uint32_t c, uint16_t what) {
  body_mesh *m = r->out;
  if (m->triangle_count >= GLTF_TRIANGLES_MAX)
    return FAIL(r, STATUS_LIMIT, "%s: has more than %d triangles", r->file.name,
                GLTF_TRIANGLES_MAX);
  if (!ARRAY_RESERVE(m->indices, m->index_capacity, 3 * m->triangle_count + 3) ||
      !ARRAY_RESERVE(m->materials, m->triangle_capacity, m->triangle_count + 1))
    return FAIL(r, STATUS_MEMORY, "%s: no memory for its triangles", r->file.name);
  uint32_t *to = m->indices + 3 * m->triangle_count;
  to[0] = a, to[1] = b, to[2] = c;
  m->materials[m->triangle_count++] = what;
  return STATUS_OK;
}

static const uint32_t UNPLACED = UINT32_MAX;

typedef struct primitive {
  gltf_accessor positions, normals, indices, uvs;
  bool has_normals, has_indices, has_uvs;
  int corners;
  uint16_t what;
} primitive;

static status too_much(const reader *r) {
  return FAIL(r, STATUS_LIMIT, "%s: its nodes show meshes too often; write it out smaller",
              r->file.name);
}

static status open_coordinates(const reader *r, const json_t *attributes, primitive *out) {
  int set = r->coordinates[out->what];
  char name[32];
  snprintf(name, sizeof name, "TEXCOORD_%d", set);
  out->has_uvs = set >= 0;
  if (!out->has_uvs)
    return STATUS_OK;
  if (!json_object_get(attributes, name))
    return FAIL(r, STATUS_SYNTAX,
                "%s: material %d has a texture, but a mesh of it no %s; unwrap it", r->file.name,
                out->what, name);
  status result =
      gltf_accessor_open(&r->file, gltf_whole(attributes, name, -1), 2, &out->uvs, r->why);
  if (!result && (out->uvs.component == GLTF_U32 || out->uvs.count != out->positions.count))
    return FAIL(r, STATUS_SYNTAX, "%s: a mesh's positions and %s don't fit", r->file.name, name);
  return result;
}

static status open_primitive(reader *r, const json_t *from, primitive *out) {
  const json_t *attributes = json_object_get(from, "attributes");
  json_int_t count = r->out->material_count - 1, what = gltf_whole(from, "material", count);
  if (what < 0 || what > count)
    return FAIL(r, STATUS_SYNTAX, "%s: a mesh has material %lld of %lld", r->file.name,
                (long long)what, (long long)count);
  *out = (primitive){.what = (uint16_t)what,
                     .has_normals = json_object_get(attributes, "NORMAL"),
                     .has_indices = json_object_get(from, "indices")};
  status result = gltf_accessor_open(&r->file, gltf_whole(attributes, "POSITION", -1), 3,
                                     &out->positions, r->why);
  if (!result && out->has_normals)
    result = gltf_accessor_open(&r->file, gltf_whole(attributes, "NORMAL", -1), 3, &out->normals,
                                r->why);
  if (!result && out->has_indices)
    result =
        gltf_accessor_open(&r->file, gltf_whole(from, "indices", -1), 1, &out->indices, r->why);
  if (!result)
    result = open_coordinates(r, attributes, out);
  if (result)
    return result;
  if (out->positions.component != GLTF_FLOAT ||
      (out->has_normals && out->normals.component != GLTF_FLOAT) ||
      (out->has_indices && out->indices.component == GLTF_FLOAT) ||
      (out->has_normals && out->normals.count != out->positions.count))
    return FAIL(r, STATUS_SYNTAX, "%s: a mesh's positions, normals and indices don't fit",
                r->file.name);
  out->corners = out->has_indices ? out->indices.count : out->positions.count;
  r->work += out->positions.count + out->corners;
  if (r->work > WORK_MAX)
    return too_much(r);
  for (int i = 0; out->has_indices && i < out->corners; i++)
    if (gltf_index_at(&out->indices, i) >= (uint32_t)out->positions.count)
      return FAIL(r, STATUS_RANGE, "%s: index %u is beyond a mesh's %d vertices", r->file.name,
                  gltf_index_at(&out->indices, i), out->positions.count);
  return STATUS_OK;
}

static uint32_t corner_of(const primitive *p, int i) {
  return p->has_indices ? gltf_index_at(&p->indices, i) : (uint32_t)i;
}

// A vertex with the normal that it has; *place: its number, once it is there.
static status take_smooth(reader *r, const primitive *p, const affine *at, double turn[3][3],
                          double side, uint32_t from, uint32_t *place) {
  double own[3], world[3], n[3], out[3];
  float uv[2] = {0};
  if (*place != UNPLACED)
    return STATUS_OK;
  gltf_vector_at(&p->positions, (int)from, own);
  gltf_vector_at(&p->normals, (int)from, n);
  if (p->has_uvs)
    gltf_coordinates_at(&p->uvs, (int)from, uv);
  apply(at, own, 1, world);
  for (int k = 0; k < 3; k++)
    out[k] = side * (turn[k][0] * n[0] + turn[k][1] * n[1] + turn[k][2] * n[2]);
  *place = (uint32_t)r->out->vertex_count;
  return add_vertex(r, world, out, uv);
}

// With normals of its own: shared vertices stay shared. Those that no triangle has are left out.
static status add_smooth(reader *r, const primitive *p, const affine *at) {
  double turn[3][3], determinant = cofactors(at, turn);
  double side = determinant < 0 ? -1 : 1;
  size_t bytes = (size_t)p->positions.count * sizeof(uint32_t);
  uint32_t *places = malloc(bytes); // by vertex of the file
  if (!places)
    return FAIL(r, STATUS_MEMORY, "%s: no memory for its vertices", r->file.name);
  memset(places, 0xff, bytes);
  status result = STATUS_OK;
  for (int i = 0; !result && i + 2 < p->corners; i += 3) {
    uint32_t corner[3];
    for (int k = 0; !result && k < 3; k++) {
      uint32_t from = corner_of(p, i + k);
      result = take_smooth(r, p, at, turn, side, from, &places[from]);
      corner[k] = places[from];
    }
    if (!result)
      result =
          add_triangle(r, corner[0], corner[side > 0 ? 1 : 2], corner[side > 0 ? 2 : 1], p->what);
  }
  free(places);
  return result;
}

// Without: flat ones, as the format asks for.
static status add_flat(reader *r, const primitive *p, const affine *at) {
  double turn[3][3];
  bool mirrored = cofactors(at, turn) < 0;
  status result = STATUS_OK;
  for (int i = 0; !result && i + 2 < p->corners; i += 3) {
    double own[3], w[3][3], n[3];
    float uv[3][2] = {{0}};
    for (int k = 0; k < 3; k++) {
      int from = (int)corner_of(p, i + (mirrored && k ? 3 - k : k));
      gltf_vector_at(&p->positions, from, own);
      apply(at, own, 1, w[k]);
      if (p->has_uvs)
        gltf_coordinates_at(&p->uvs, from, uv[k]);
    }
    for (int k = 0; k < 3; k++) {
      int a = (k + 1) % 3, b = (k + 2) % 3;
      n[k] = (w[1][a] - w[0][a]) * (w[2][b] - w[0][b]) - (w[1][b] - w[0][b]) * (w[2][a] - w[0][a]);
    }
    uint32_t first = (uint32_t)r->out->vertex_count;
    for (int k = 0; !result && k < 3; k++)
      result = add_vertex(r, w[k], n, uv[k]);
    if (!result)
      result = add_triangle(r, first, first + 1, first + 2, p->what);
  }
  return result;
}

static status add_mesh(reader *r, json_int_t number, const affine *at) {
  const json_t *list = json_object_get(gltf_item(&r->file, "meshes", number), "primitives");
  if (!json_is_array(list))
    return FAIL(r, STATUS_SYNTAX, "%s: there is no mesh %lld", r->file.name, (long long)number);
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < json_array_size(list); i++) {
    const json_t *from = json_array_get(list, i);
    primitive p;
    if ((r->work += PRIMITIVE_WORK) > WORK_MAX)
      return too_much(r);
    if (gltf_whole(from, "mode", TRIANGLES) != TRIANGLES) {
      remark(r->out, "lines, points and strips");
      continue;
    }
    if (json_object_get(json_object_get(from, "attributes"), "COLOR_0"))
      remark(r->out, "colours of vertices");
    if (json_object_get(from, "targets"))
      remark(r->out, "morph targets");
    result = open_primitive(r, from, &p);
    if (!result)
      result = p.has_normals ? add_smooth(r, &p, at) : add_flat(r, &p, at);
  }
  return result;
}

// A tree of nodes; one that holds itself ends by its depth or count.
static status add_node(reader *r, json_int_t number, const affine *parent, int depth) {
  const json_t *node = gltf_item(&r->file, "nodes", number);
  if (!json_is_object(node))
    return FAIL(r, STATUS_SYNTAX, "%s: there is no node %lld", r->file.name, (long long)number);
  if (depth > DEPTH_MAX || ++r->nodes > NODES_MAX)
    return FAIL(r, STATUS_LIMIT, "%s: its nodes are more than %d, or deeper than %d", r->file.name,
                NODES_MAX, DEPTH_MAX);
  affine own = local_of(node), at = multiply(parent, &own);
  status result = STATUS_OK;
  if (json_object_get(node, "skin"))
    remark(r->out, "skins");
  if (json_object_get(node, "mesh"))
    result = add_mesh(r, gltf_whole(node, "mesh", -1), &at);
  const json_t *children = json_object_get(node, "children");
  for (size_t i = 0; !result && i < json_array_size(children); i++) {
    const json_t *child = json_array_get(children, i);
    json_int_t which = json_is_integer(child) ? json_integer_value(child) : -1;
    result = add_node(r, which, &at, depth + 1);
  }
  return result;
}

// Whether any triangle has an area.
static bool can_be_seen(const body_mesh *b) {
  for (int i = 0; i < b->triangle_count; i++) {
    const uint32_t *v = b->indices + 3 * i;
    const float *p = b->positions[v[0]];
    double u[3], w[3], area = 0;
    for (int k = 0; k < 3; k++) {
      u[k] = (double)(b->positions[v[1]][k] - p[k]);
      w[k] = (double)(b->positions[v[2]][k] - p[k]);
    }
    for (int k = 0; k < 3; k++)
      area += fabs(u[k] * w[(k + 1) % 3] - u[(k + 1) % 3] * w[k]);
    if (area > 0)
      return true;
  }
  return false;
}

static status add_scene(reader *r) {
  // Their front, +z, is our x; their +x, the left, our y; their top, +y, our z.
  const affine ours = {{{0, 0, 1, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}}};
  const json_t *nodes =
      json_object_get(gltf_item(&r->file, "scenes", gltf_whole(r->root, "scene", 0)), "nodes");
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < json_array_size(nodes); i++) {
    const json_t *node = json_array_get(nodes, i);
    result = add_node(r, json_is_integer(node) ? json_integer_value(node) : -1, &ours, 0);
  }
  if (!result && r->out->triangle_count == 0)
    return FAIL(r, STATUS_SYNTAX, "%s: its scene has no triangles", r->file.name);
  if (!result && !can_be_seen(r->out))
    return FAIL(r, STATUS_SYNTAX, "%s: none of its triangles has an area", r->file.name);
  return result;
}

// The middle of its underside is where it stands.
static void stand(body_mesh *b) {
  float lo[3] = {INFINITY, INFINITY, INFINITY}, hi[3] = {-INFINITY, -INFINITY, -INFINITY};
  for (int i = 0; i < 3 * b->triangle_count; i++)
    for (int k = 0; k < 3; k++) {
      lo[k] = fminf(lo[k], b->positions[b->indices[i]][k]);
      hi[k] = fmaxf(hi[k], b->positions[b->indices[i]][k]);
    }
  for (int i = 0; i < b->vertex_count; i++)
    for (int k = 0; k < 3; k++)
      b->positions[i][k] -= k == 2 ? lo[2] : (lo[k] + hi[k]) / 2;
  for (int k = 0; k < 3; k++)
    b->size_m[k] = (double)(hi[k] - lo[k]);
}

// --- the file ---

static uint32_t word_at(const char *p) {
  const unsigned char *b = (const unsigned char *)p;
  return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static status open_file(reader *r, const char *bytes, size_t size) {
  if (size < 20 || memcmp(bytes, "glTF", 4) != 0)
    return FAIL(r, STATUS_SYNTAX, "%s: isn't binary glTF; export it as .glb", r->file.name);
  if (word_at(bytes + 4) != 2)
    return FAIL(r, STATUS_SYNTAX, "%s: is glTF %u; only 2.0 is read", r->file.name,
                word_at(bytes + 4));
  size_t whole_size = word_at(bytes + 8), text = word_at(bytes + 12);
  if (memcmp(bytes + 16, "JSON", 4) != 0)
    return FAIL(r, STATUS_SYNTAX, "%s: doesn't begin with its JSON, as binary glTF does",
                r->file.name);
  if (text > JSON_MAX)
    return FAIL(r, STATUS_LIMIT, "%s: its JSON has %zu bytes; the most is %d", r->file.name, text,
                JSON_MAX);
  if (whole_size > size || text > size - 20)
    return FAIL(r, STATUS_SYNTAX, "%s: is cut off: it says it has %zu bytes, it has %zu",
                r->file.name, whole_size, size);
  json_error_t error;
  r->root = json_loadb(bytes + 20, text, 0, &error);
  if (!r->root) {
    utf8_clean(error.text, false);
    return FAIL(r, STATUS_SYNTAX, "%s: its JSON can't be read: %.100s", r->file.name, error.text);
  }
  if (!json_is_object(r->root))
    return FAIL(r, STATUS_SYNTAX, "%s: its JSON is no object", r->file.name);
  r->file.root = r->root;
  size_t at = 20 + text;
  if (size - at >= 8 && memcmp(bytes + at + 4, "BIN\0", 4) == 0) {
    r->file.data = (const unsigned char *)bytes + at + 8;
    r->file.size = word_at(bytes + at);
    if (r->file.size > size - at - 8)
      return FAIL(r, STATUS_SYNTAX, "%s: is cut off: its data has %zu bytes of %zu", r->file.name,
                  size - at - 8, r->file.size);
  }
  const json_t *needs = json_array_get(json_object_get(r->root, "extensionsRequired"), 0);
  if (needs) {
    char extension[64] = "?";
    if (json_is_string(needs))
      snprintf(extension, sizeof extension, "%s", json_string_value(needs));
    utf8_clean(extension, false);
    return FAIL(r, STATUS_SYNTAX, "%s: needs the extension %s, which isn't read; export without",
                r->file.name, extension);
  }
  if (json_object_get(json_array_get(json_object_get(r->root, "buffers"), 0), "uri"))
    return FAIL(r, STATUS_SYNTAX, "%s: has its data in another file; export it as one .glb",
                r->file.name);
  if (json_object_get(r->root, "animations"))
    remark(r->out, "animations");
  return STATUS_OK;
}

status gltf_read_body(const char *name, const char *bytes, size_t size, body_mesh *out,
                      trouble *why) {
  memset(out, 0, sizeof *out);
  reader r = {.file = {.name = name}, .out = out, .why = why};
  status result = open_file(&r, bytes, size);
  if (!result)
    result = read_materials(&r);
  if (!result)
    result = add_scene(&r);
  if (!result)
    stand(out);
  json_decref(r.root);
  free(r.coordinates);
  if (result)
    body_mesh_free(out);
  return result;
}
