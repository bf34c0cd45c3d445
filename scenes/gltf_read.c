// SPDX-License-Identifier: Apache-2.0
#include "scenes/gltf_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"
#include "scenes/gltf_accessor.h"
#include "scenes/gltf_joints.h"
#include "scenes/gltf_material.h"
#include "scenes/gltf_pose.h"

enum { TRIANGLES = 4 };
// Texture coordinates that a float resolves to a small part of a large picture's pixel.
static const float UV_MAX = 1000;
// Bounds for hostile files: JSON takes 20 times its bytes in memory, and nodes may visit a mesh
// again and again. A visit of a primitive counts as PRIMITIVE_WORK values.
enum { JSON_MAX = 8 << 20, WORK_MAX = 100000000, PRIMITIVE_WORK = 1000 };

typedef struct reader {
  gltf_file file;
  json_t *root;
  gltf_pose pose;
  int *coordinates; // (material_count) set of its textures' coordinates, -1 for none
  body_mesh *out;
  int joints[BODY_JOINTS]; // nodes of keypoints
  int64_t work;            // values and primitives visited
  trouble *why;
} reader;

#define FAIL(r, code, ...) trouble_set((r)->why, code, __VA_ARGS__)

void body_mesh_free(body_mesh *b) {
  free(b->positions);
  free(b->normals);
  free(b->uvs);
  free(b->pose_positions);
  free(b->pose_normals);
  free(b->indices);
  free(b->materials);
  free(b->of);
  for (int i = 0; i < b->texture_count; i++)
    free(b->textures[i].rgba);
  free(b->textures);
  memset(b, 0, sizeof *b);
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
  gltf_accessor positions, normals, indices, uvs, joints, weights;
  const gltf_skin *skin; // NULL: it moves with its node
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

// Who moves a vertex, and how much each.
static status open_skin(reader *r, const json_t *attributes, primitive *out) {
  if (!out->skin)
    return STATUS_OK;
  if (json_object_get(attributes, "JOINTS_1"))
    gltf_remark(r->out, "more than four joints a vertex");
  status result =
      gltf_accessor_open(&r->file, gltf_whole(attributes, "JOINTS_0", -1), 4, &out->joints, r->why);
  if (!result)
    result = gltf_accessor_open(&r->file, gltf_whole(attributes, "WEIGHTS_0", -1), 4, &out->weights,
                                r->why);
  if (result)
    return result;
  int count = out->positions.count;
  if (out->joints.count != count || out->weights.count != count ||
      (out->joints.component != GLTF_U8 && out->joints.component != GLTF_U16) ||
      out->weights.component == GLTF_U32)
    return FAIL(r, STATUS_SYNTAX, "%s: a mesh's positions, JOINTS_0 and WEIGHTS_0 don't fit",
                r->file.name);
  for (int i = 0; i < count; i++) {
    uint32_t of[4];
    gltf_four_at(&out->joints, i, of);
    for (int k = 0; k < 4; k++)
      if (of[k] >= (uint32_t)out->skin->joint_count)
        return FAIL(r, STATUS_RANGE, "%s: a vertex hangs on joint %u of a skin of %d", r->file.name,
                    of[k], out->skin->joint_count);
  }
  return STATUS_OK;
}

// From the mesh as it is bound, or from its node, to our frame.
static affine way_of(const primitive *p, const affine *at, int from) {
  uint32_t of[4];
  double share[4], all = 0;
  affine out = {0};
  if (!p->skin)
    return *at;
  gltf_four_at(&p->joints, from, of);
  gltf_shares_at(&p->weights, from, 4, share);
  for (int k = 0; k < 4; k++)
    all += share[k];
  if (!(all > 0))
    return p->skin->now[of[0]];
  for (int n = 0; n < 4; n++)
    for (int i = 0; i < 3; i++)
      for (int k = 0; k < 4; k++)
        out.m[i][k] += share[n] / all * p->skin->now[of[n]].m[i][k];
  return out;
}

static status open_primitive(reader *r, const json_t *from, const gltf_skin *skin, primitive *out) {
  const json_t *attributes = json_object_get(from, "attributes");
  json_int_t count = r->out->material_count - 1, what = gltf_whole(from, "material", count);
  if (what < 0 || what > count)
    return FAIL(r, STATUS_SYNTAX, "%s: a mesh has material %lld of %lld", r->file.name,
                (long long)what, (long long)count);
  *out = (primitive){.what = (uint16_t)what,
                     .skin = skin,
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
  if (!result)
    result = open_skin(r, attributes, out);
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
static status take_smooth(reader *r, const primitive *p, const affine *at, double side,
                          uint32_t from, uint32_t *place) {
  double own[3], world[3], n[3], out[3], turn[3][3];
  float uv[2] = {0};
  if (*place != UNPLACED)
    return STATUS_OK;
  gltf_vector_at(&p->positions, (int)from, own);
  gltf_vector_at(&p->normals, (int)from, n);
  if (p->has_uvs)
    gltf_coordinates_at(&p->uvs, (int)from, uv);
  affine way = way_of(p, at, (int)from);
  affine_cofactors(&way, turn);
  affine_apply(&way, own, 1, world);
  for (int k = 0; k < 3; k++)
    out[k] = side * (turn[k][0] * n[0] + turn[k][1] * n[1] + turn[k][2] * n[2]);
  *place = (uint32_t)r->out->vertex_count;
  return add_vertex(r, world, out, uv);
}

static bool is_mirrored(const primitive *p, const affine *at) {
  affine way = way_of(p, at, 0);
  double unused[3][3];
  return affine_cofactors(&way, unused) < 0;
}

// With normals of its own: shared vertices stay shared. Those that no triangle has are left out.
static status add_smooth(reader *r, const primitive *p, const affine *at) {
  double side = is_mirrored(p, at) ? -1 : 1;
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
      result = take_smooth(r, p, at, side, from, &places[from]);
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
  bool mirrored = is_mirrored(p, at);
  status result = STATUS_OK;
  for (int i = 0; !result && i + 2 < p->corners; i += 3) {
    double own[3], w[3][3], n[3];
    float uv[3][2] = {{0}};
    for (int k = 0; k < 3; k++) {
      int from = (int)corner_of(p, i + (mirrored && k ? 3 - k : k));
      gltf_vector_at(&p->positions, from, own);
      affine way = way_of(p, at, from);
      affine_apply(&way, own, 1, w[k]);
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

// `skin` -1: none.
static status add_mesh(reader *r, json_int_t number, json_int_t skin, const affine *at) {
  const json_t *list = json_object_get(gltf_item(&r->file, "meshes", number), "primitives");
  if (!json_is_array(list))
    return FAIL(r, STATUS_SYNTAX, "%s: there is no mesh %lld", r->file.name, (long long)number);
  if (skin >= r->pose.skin_count)
    return FAIL(r, STATUS_SYNTAX, "%s: there is no skin %lld", r->file.name, (long long)skin);
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < json_array_size(list); i++) {
    const json_t *from = json_array_get(list, i);
    primitive p;
    if ((r->work += PRIMITIVE_WORK) > WORK_MAX)
      return too_much(r);
    if (gltf_whole(from, "mode", TRIANGLES) != TRIANGLES) {
      gltf_remark(r->out, "lines, points and strips");
      continue;
    }
    if (json_object_get(json_object_get(from, "attributes"), "COLOR_0"))
      gltf_remark(r->out, "colours of vertices");
    if (json_object_get(from, "targets"))
      gltf_remark(r->out, "morph targets");
    result = open_primitive(r, from, skin >= 0 ? &r->pose.skins[skin] : NULL, &p);
    if (!result)
      result = p.has_normals ? add_smooth(r, &p, at) : add_flat(r, &p, at);
  }
  return result;
}

// A tree of nodes, which gltf_pose_set has found to be one.
static status add_node(reader *r, json_int_t number, const affine *parent) {
  const json_t *node = gltf_item(&r->file, "nodes", number);
  affine at = affine_multiply(parent, &r->pose.locals[number]);
  status result = STATUS_OK;
  if (json_object_get(node, "mesh"))
    result = add_mesh(r, gltf_whole(node, "mesh", -1), gltf_whole(node, "skin", -1), &at);
  const json_t *children = json_object_get(node, "children");
  for (size_t i = 0; !result && i < json_array_size(children); i++)
    result = add_node(r, json_integer_value(json_array_get(children, i)), &at);
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

// The scene in the pose at hand.
static status add_scene(reader *r) {
  const json_t *nodes =
      json_object_get(gltf_item(&r->file, "scenes", gltf_whole(r->root, "scene", 0)), "nodes");
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < json_array_size(nodes); i++)
    result = add_node(r, json_integer_value(json_array_get(nodes, i)), &gltf_to_ours);
  if (!result && r->out->triangle_count == 0)
    return FAIL(r, STATUS_SYNTAX, "%s: its scene has no triangles", r->file.name);
  if (!result && !can_be_seen(r->out))
    return FAIL(r, STATUS_SYNTAX, "%s: none of its triangles has an area", r->file.name);
  return result;
}

// --- poses ---

// Places of a pose of the walk, -1: those of the one it stands in.
static float (*places_of(const body_mesh *b, int pose))[3] {
  return pose < 0 ? b->positions : b->pose_positions + (size_t)pose * (size_t)b->vertex_count;
}

// How long the body is in a pose, along its way.
static float length_of(const body_mesh *b, int pose) {
  float lo = INFINITY, hi = -INFINITY, (*at)[3] = places_of(b, pose);
  for (int i = 0; i < b->vertex_count; i++)
    lo = fminf(lo, at[i][0]), hi = fmaxf(hi, at[i][0]);
  return hi - lo;
}

// As the walk's moment with the feet together: what files have at rest is no way to stand.
static void stand_as_walked(body_mesh *b) {
  int best = 0;
  for (int k = 1; k < b->pose_count; k++)
    best = length_of(b, k) < length_of(b, best) ? k : best;
  size_t bytes = sizeof *b->positions * (size_t)b->vertex_count;
  memcpy(b->positions, places_of(b, best), bytes);
  memcpy(b->normals, b->pose_normals + (size_t)best * (size_t)b->vertex_count, bytes);
  memcpy(b->joints[BODY_POSES], b->joints[best], sizeof b->joints[best]);
}

// One pose of the walk, `way` of its root's since the first taken out.
static status add_pose(reader *r, int number, const double way[3]) {
  body_mesh *b = r->out, pose = {.material_count = b->material_count};
  r->out = &pose;
  status result = add_scene(r);
  r->out = b;
  if (!result && pose.vertex_count != b->vertex_count)
    result = FAIL(r, STATUS_INTERNAL, "%s: a pose has other vertices", r->file.name);
  size_t first = (size_t)number * (size_t)b->vertex_count;
  for (int i = 0; !result && i < b->vertex_count; i++)
    for (int k = 0; k < 3; k++) {
      b->pose_positions[first + (size_t)i][k] = (float)((double)pose.positions[i][k] - way[k]);
      b->pose_normals[first + (size_t)i][k] = pose.normals[i][k];
    }
  for (int i = 0; b->has_joints && i < BODY_JOINTS; i++)
    for (int k = 0; k < 3; k++)
      b->joints[number][i][k] -= (float)way[k];
  b->pose_count = number + 1;
  body_mesh_free(&pose);
  return result;
}

static void root_at(const reader *r, int root, double out[3]) {
  for (int k = 0; k < 3; k++)
    out[k] = root >= 0 && root < r->pose.node_count && k < 2 ? r->pose.globals[root].m[k][3] : 0;
}

// The walk's phases, evenly over the animation, which is one cycle of two steps.
static status add_walk(reader *r, int clip, bool stands) {
  body_mesh *b = r->out;
  double span[2], begin[3], end[3], way[3];
  const int root = gltf_clip_root(&r->file, clip);
  if (b->vertex_count > GLTF_WALK_VERTICES_MAX)
    return FAIL(r, STATUS_LIMIT, "%s: has %d vertices; of a body that walks the most are %d",
                r->file.name, b->vertex_count, GLTF_WALK_VERTICES_MAX);
  size_t room = sizeof *b->positions * BODY_POSES * (size_t)b->vertex_count;
  status result = gltf_clip_span(&r->file, clip, span, r->why);
  b->pose_positions = malloc(room), b->pose_normals = malloc(room);
  if (!result && (!b->pose_positions || !b->pose_normals))
    result = FAIL(r, STATUS_MEMORY, "%s: no memory for its vertices", r->file.name);
  if (!result)
    result = gltf_pose_set(&r->pose, &r->file, clip, span[1], r->why);
  root_at(r, root, end);
  if (!result)
    result = gltf_pose_set(&r->pose, &r->file, clip, span[0], r->why);
  root_at(r, root, begin);
  for (int k = 0; !result && k < BODY_POSES; k++) {
    double share = (double)k / BODY_POSES;
    for (int i = 0; i < 3; i++)
      way[i] = share * (end[i] - begin[i]);
    result = gltf_pose_set(&r->pose, &r->file, clip, span[0] + share * (span[1] - span[0]), r->why);
    if (!result && b->has_joints)
      gltf_joints_at(&r->pose, r->joints, b->joints[k]);
    if (!result)
      result = add_pose(r, k, way);
  }
  if (!result && !stands)
    stand_as_walked(b);
  return result;
}

static status add_poses(reader *r) {
  const gltf_file *f = &r->file;
  int walk = gltf_clip_find(f, "walk"), idle = gltf_clip_find(f, "idle");
  size_t clips = json_array_size(json_object_get(r->root, "animations"));
  walk = walk < 0 && clips == 1 && r->pose.skin_count > 0 ? 0 : walk;
  idle = idle < 0 ? gltf_clip_find(f, "stand") : idle;
  if (clips && walk < 0)
    gltf_remark(r->out, "animations");
  double span[2] = {0};
  status result = idle >= 0 ? gltf_clip_span(f, idle, span, r->why) : STATUS_OK;
  if (!result)
    result = gltf_pose_set(&r->pose, f, idle, span[0], r->why);
  r->out->has_joints = gltf_joints_find(f, r->joints);
  if (!result && r->out->has_joints)
    gltf_joints_at(&r->pose, r->joints, r->out->joints[BODY_POSES]);
  if (!result)
    result = add_scene(r);
  return result || walk < 0 ? result : add_walk(r, walk, idle >= 0);
}

// The middle of its underside is where it stands, in the box of all its poses.
static void stand(body_mesh *b) {
  float lo[3] = {INFINITY, INFINITY, INFINITY}, hi[3] = {-INFINITY, -INFINITY, -INFINITY};
  for (int pose = -1; pose < b->pose_count; pose++) {
    float(*at)[3] = places_of(b, pose);
    for (int i = 0; i < 3 * b->triangle_count; i++)
      for (int k = 0; k < 3; k++) {
        lo[k] = fminf(lo[k], at[b->indices[i]][k]);
        hi[k] = fmaxf(hi[k], at[b->indices[i]][k]);
      }
  }
  float from[3];
  for (int k = 0; k < 3; k++) {
    from[k] = k == 2 ? lo[2] : (lo[k] + hi[k]) / 2;
    b->size_m[k] = (double)(hi[k] - lo[k]);
  }
  for (int pose = -1; pose < b->pose_count; pose++) {
    float(*at)[3] = places_of(b, pose);
    for (int i = 0; i < b->vertex_count; i++)
      for (int k = 0; k < 3; k++)
        at[i][k] -= from[k];
  }
  for (int i = 0; b->has_joints && i < (BODY_POSES + 1) * BODY_JOINTS; i++)
    for (int k = 0; k < 3; k++) {
      float *x = &b->joints[i / BODY_JOINTS][i % BODY_JOINTS][k];
      *x = fabsf(*x) < 1e6f ? *x - from[k] : NAN;
    }
}

// Those of poses that there are.
static status check_joints(const reader *r) {
  const body_mesh *b = r->out;
  for (int pose = b->pose_count ? 0 : BODY_POSES; b->has_joints && pose <= BODY_POSES; pose++)
    for (int i = 0; i < BODY_JOINTS; i++)
      for (int k = 0; k < 3; k++)
        if (!isfinite(b->joints[pose][i][k]))
          return FAIL(r, STATUS_RANGE, "%s: a joint that is named is nowhere near the body",
                      r->file.name);
  return STATUS_OK;
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
  return STATUS_OK;
}

status gltf_read_body(const char *name, const char *bytes, size_t size, body_mesh *out,
                      trouble *why) {
  memset(out, 0, sizeof *out);
  reader r = {.file = {.name = name}, .out = out, .why = why};
  status result = open_file(&r, bytes, size);
  if (!result)
    result = gltf_materials_read(&r.file, out, &r.coordinates, why);
  if (!result)
    result = gltf_pose_open(&r.pose, &r.file, why);
  if (!result)
    result = add_poses(&r);
  if (!result) {
    stand(out);
    result = check_joints(&r);
  }
  gltf_pose_free(&r.pose);
  json_decref(r.root);
  free(r.coordinates);
  if (result)
    body_mesh_free(out);
  return result;
}
