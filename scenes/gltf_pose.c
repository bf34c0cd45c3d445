// SPDX-License-Identifier: Apache-2.0
#include "scenes/gltf_pose.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/gltf_accessor.h"

// A node's way to its parent: a matrix, or parts that animations move.
typedef struct gltf_place {
  bool fixed;
  affine matrix;
  double shift[3], turn[4], scale[3]; // turn: x, y, z, w
} gltf_place;

enum { KEYS_MAX = 100000 };

const affine gltf_to_ours = {{{0, 0, 1, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}}};

affine affine_multiply(const affine *a, const affine *b) {
  affine out;
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 4; k++)
      out.m[i][k] = a->m[i][0] * b->m[0][k] + a->m[i][1] * b->m[1][k] + a->m[i][2] * b->m[2][k] +
                    (k == 3 ? a->m[i][3] : 0);
  return out;
}

void affine_apply(const affine *t, const double p[3], double w, double out[3]) {
  for (int i = 0; i < 3; i++)
    out[i] = t->m[i][0] * p[0] + t->m[i][1] * p[1] + t->m[i][2] * p[2] + t->m[i][3] * w;
}

double affine_cofactors(const affine *t, double out[3][3]) {
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) {
      int a = (i + 1) % 3, b = (i + 2) % 3, c = (k + 1) % 3, d = (k + 2) % 3;
      out[i][k] = t->m[a][c] * t->m[b][d] - t->m[a][d] * t->m[b][c];
    }
  return t->m[0][0] * out[0][0] + t->m[0][1] * out[0][1] + t->m[0][2] * out[0][2];
}

// --- nodes ---

static gltf_place place_of(const json_t *node) {
  gltf_place out = {.fixed = json_object_get(node, "matrix")};
  const json_t *t = json_object_get(node, "translation"), *q = json_object_get(node, "rotation");
  const json_t *s = json_object_get(node, "scale"), *matrix = json_object_get(node, "matrix");
  for (size_t i = 0; i < 3; i++) {
    for (size_t k = 0; k < 4; k++)
      out.matrix.m[i][k] = gltf_number_at(matrix, 4 * k + i, i == k);
    out.shift[i] = gltf_number_at(t, i, 0);
    out.scale[i] = gltf_number_at(s, i, 1);
  }
  for (size_t i = 0; i < 4; i++)
    out.turn[i] = gltf_number_at(q, i, i == 3);
  return out;
}

static affine local_of(const gltf_place *p) {
  if (p->fixed)
    return p->matrix;
  double x = p->turn[0], y = p->turn[1], z = p->turn[2], w = p->turn[3];
  const double turn[3][3] = {{1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
                             {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
                             {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}};
  affine out;
  for (int i = 0; i < 3; i++) {
    for (int k = 0; k < 3; k++)
      out.m[i][k] = turn[i][k] * p->scale[k];
    out.m[i][3] = p->shift[i];
  }
  return out;
}

// A tree of nodes; one that holds itself ends by its depth or count.
static status put_node(gltf_pose *pose, const gltf_file *f, json_int_t number, const affine *parent,
                       int depth, int *visited, trouble *why) {
  if (number < 0 || number >= pose->node_count)
    return trouble_set(why, STATUS_SYNTAX, "%s: there is no node %lld", f->name, (long long)number);
  if (depth > GLTF_DEPTH_MAX || ++*visited > GLTF_NODES_MAX)
    return trouble_set(why, STATUS_LIMIT, "%s: its nodes are more than %d, or deeper than %d",
                       f->name, GLTF_NODES_MAX, GLTF_DEPTH_MAX);
  affine *here = &pose->globals[number];
  affine at = affine_multiply(parent, &pose->locals[number]);
  *here = at;
  pose->placed[number] = true;
  const json_t *children = json_object_get(gltf_item(f, "nodes", number), "children");
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < json_array_size(children); i++) {
    const json_t *child = json_array_get(children, i);
    result = put_node(pose, f, json_is_integer(child) ? json_integer_value(child) : -1, &at,
                      depth + 1, visited, why);
  }
  return result;
}

static status put_scene(gltf_pose *pose, const gltf_file *f, trouble *why) {
  const json_t *nodes =
      json_object_get(gltf_item(f, "scenes", gltf_whole(f->root, "scene", 0)), "nodes");
  int visited = 0;
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < json_array_size(nodes); i++) {
    const json_t *node = json_array_get(nodes, i);
    result = put_node(pose, f, json_is_integer(node) ? json_integer_value(node) : -1, &gltf_to_ours,
                      0, &visited, why);
  }
  return result;
}

// --- animations ---

typedef struct channel {
  int node, width;
  gltf_accessor times, values;
  bool steps, cubic;
  double *to; // part of the node's place
} channel;

static const char *name_of(const json_t *object) {
  const char *name = json_string_value(json_object_get(object, "name"));
  return name ? name : "";
}

static bool holds(const char *text, const char *word) {
  size_t length = strlen(word);
  for (; *text; text++) {
    size_t i = 0;
    while (i < length && text[i] && tolower((unsigned char)text[i]) == word[i])
      i++;
    if (i == length)
      return true;
  }
  return false;
}

int gltf_clip_find(const gltf_file *f, const char *word) {
  const json_t *list = json_object_get(f->root, "animations");
  for (size_t i = 0; i < json_array_size(list); i++)
    if (holds(name_of(json_array_get(list, i)), word))
      return (int)i;
  return -1;
}

// A channel of an animation; width 0: of something that isn't read, as weights of morph targets.
static status open_channel(const gltf_file *f, const json_t *clip, size_t number, gltf_pose *pose,
                           channel *out, trouble *why) {
  const json_t *from = json_array_get(json_object_get(clip, "channels"), number);
  const json_t *target = json_object_get(from, "target");
  const json_t *sampler =
      json_array_get(json_object_get(clip, "samplers"),
                     (size_t)gltf_whole(from, "sampler", (json_int_t)INT32_MAX));
  const char *path = json_string_value(json_object_get(target, "path"));
  const char *how = json_string_value(json_object_get(sampler, "interpolation"));
  json_int_t node = gltf_whole(target, "node", -1);
  *out = (channel){.node = (int)node,
                   .steps = how && strcmp(how, "STEP") == 0,
                   .cubic = how && strcmp(how, "CUBICSPLINE") == 0};
  if (!path || strcmp(path, "weights") == 0 || node < 0)
    return STATUS_OK;
  if (!json_is_object(gltf_item(f, "nodes", node)) || !json_is_object(sampler))
    return trouble_set(why, STATUS_SYNTAX, "%s: animation \"%.40s\" moves what isn't there",
                       f->name, name_of(clip));
  bool turns = strcmp(path, "rotation") == 0;
  out->width = turns ? 4 : 3;
  if (pose) {
    gltf_place *p = &pose->nodes[node];
    out->to = turns ? p->turn : strcmp(path, "scale") == 0 ? p->scale : p->shift;
  }
  status result = gltf_accessor_open(f, gltf_whole(sampler, "input", -1), 1, &out->times, why);
  if (!result)
    result =
        gltf_accessor_open(f, gltf_whole(sampler, "output", -1), out->width, &out->values, why);
  if (!result &&
      (out->times.component != GLTF_FLOAT || out->values.component != GLTF_FLOAT ||
       out->times.count > KEYS_MAX || out->values.count < out->times.count * (out->cubic ? 3 : 1)))
    result = trouble_set(why, STATUS_SYNTAX,
                         "%s: animation \"%.40s\" has keys that don't fit; write floats", f->name,
                         name_of(clip));
  return result;
}

static double time_at(const channel *c, int i) {
  double t;
  gltf_shares_at(&c->times, i, 1, &t);
  return t;
}

// Between unit quaternions, the short way round.
static void slerp(const double a[4], const double b[4], double u, double out[4]) {
  double d = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3], side = d < 0 ? -1 : 1;
  double angle = acos(fmin(1, fabs(d))), s = sin(angle);
  double p = s > 1e-6 ? sin((1 - u) * angle) / s : 1 - u, q = s > 1e-6 ? sin(u * angle) / s : u;
  for (int k = 0; k < 4; k++)
    out[k] = p * a[k] + side * q * b[k];
}

static void value_at(const channel *c, double time_s, double *out) {
  int n = c->times.count, i = 0, wide = c->cubic ? 3 : 1;
  for (int end = n - 1; i + 1 < end;) { // the last key that isn't later, but for the very last
    int middle = i + (end - i) / 2;
    if (time_at(c, middle) <= time_s)
      i = middle;
    else
      end = middle;
  }
  double a[4], b[4], from[4], into[4];
  double begin = time_at(c, i), end = n > 1 ? time_at(c, i + 1) : begin, span = end - begin;
  double u = span > 0 ? fmax(0, fmin(1, (time_s - begin) / span)) : 0;
  gltf_shares_at(&c->values, wide * i + (c->cubic ? 1 : 0), c->width, a);
  gltf_shares_at(&c->values, wide * (n > 1 ? i + 1 : i) + (c->cubic ? 1 : 0), c->width, b);
  for (int k = 0; k < c->width; k++)
    out[k] = c->steps ? (u < 1 ? a[k] : b[k]) : a[k] + u * (b[k] - a[k]);
  if (c->cubic && n > 1) {
    gltf_shares_at(&c->values, 3 * i + 2, c->width, from);
    gltf_shares_at(&c->values, 3 * i + 3, c->width, into);
    double u2 = u * u, u3 = u2 * u;
    for (int k = 0; k < c->width; k++)
      out[k] = (2 * u3 - 3 * u2 + 1) * a[k] + span * (u3 - 2 * u2 + u) * from[k] +
               (3 * u2 - 2 * u3) * b[k] + span * (u3 - u2) * into[k];
  } else if (c->width == 4 && !c->steps) {
    slerp(a, b, u, out);
  }
  double length = 0;
  for (int k = 0; k < c->width; k++)
    length += out[k] * out[k];
  for (int k = 0; c->width == 4 && length > 0 && k < 4; k++)
    out[k] /= sqrt(length);
}

static const json_t *clip_of(const gltf_file *f, int clip) {
  return json_array_get(json_object_get(f->root, "animations"), (size_t)clip);
}

status gltf_clip_span(const gltf_file *f, int clip, double span_s[2], trouble *why) {
  const json_t *from = clip_of(f, clip);
  span_s[0] = INFINITY, span_s[1] = -INFINITY;
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < json_array_size(json_object_get(from, "channels")); i++) {
    channel c;
    result = open_channel(f, from, i, NULL, &c, why);
    if (result || !c.width)
      continue;
    span_s[0] = fmin(span_s[0], time_at(&c, 0));
    span_s[1] = fmax(span_s[1], time_at(&c, c.times.count - 1));
  }
  if (!result && !(span_s[1] > span_s[0] && isfinite(span_s[1] - span_s[0])))
    result = trouble_set(why, STATUS_SYNTAX, "%s: animation \"%.40s\" takes no time", f->name,
                         name_of(from));
  return result;
}

int gltf_clip_root(const gltf_file *f, int clip) {
  const json_t *channels = json_object_get(clip_of(f, clip), "channels");
  for (size_t i = 0; i < json_array_size(channels); i++) {
    const json_t *target = json_object_get(json_array_get(channels, i), "target");
    const char *path = json_string_value(json_object_get(target, "path"));
    if (path && strcmp(path, "translation") == 0)
      return (int)gltf_whole(target, "node", -1);
  }
  return -1;
}

// --- skins ---

static status open_skin(const gltf_pose *pose, const gltf_file *f, json_int_t number,
                        gltf_skin *out, trouble *why) {
  const json_t *from = gltf_item(f, "skins", number), *joints = json_object_get(from, "joints");
  size_t count = json_array_size(joints);
  gltf_accessor inverse;
  if (count < 1 || count > GLTF_JOINTS_MAX)
    return trouble_set(why, count ? STATUS_LIMIT : STATUS_SYNTAX,
                       "%s: skin %lld has %zu joints; it takes 1 to %d", f->name, (long long)number,
                       count, GLTF_JOINTS_MAX);
  bool bound = json_object_get(from, "inverseBindMatrices");
  out->joints = calloc(count, sizeof *out->joints);
  out->inverse = calloc(count, sizeof *out->inverse);
  out->now = calloc(count, sizeof *out->now);
  if (!out->joints || !out->inverse || !out->now)
    return trouble_set(why, STATUS_MEMORY, "%s: no memory for its skins", f->name);
  status result = STATUS_OK;
  if (bound)
    result = gltf_accessor_open(f, gltf_whole(from, "inverseBindMatrices", -1), 16, &inverse, why);
  if (!result && bound && (inverse.component != GLTF_FLOAT || inverse.count < (int)count))
    result = trouble_set(why, STATUS_SYNTAX, "%s: skin %lld has too few matrices, or no floats",
                         f->name, (long long)number);
  for (size_t i = 0; !result && i < count; i++) {
    json_t *joint = json_array_get(joints, i);
    json_int_t node = json_is_integer(joint) ? json_integer_value(joint) : -1;
    double m[16] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    if (node < 0 || node >= pose->node_count)
      return trouble_set(why, STATUS_SYNTAX, "%s: skin %lld has a joint that isn't a node", f->name,
                         (long long)number);
    if (bound)
      gltf_shares_at(&inverse, (int)i, 16, m);
    out->joints[i] = (int)node;
    for (size_t r = 0; r < 3; r++)
      for (size_t c = 0; c < 4; c++)
        out->inverse[i].m[r][c] = m[4 * c + r];
  }
  out->joint_count = (int)count;
  return result;
}

status gltf_pose_open(gltf_pose *pose, const gltf_file *f, trouble *why) {
  size_t nodes = json_array_size(json_object_get(f->root, "nodes"));
  size_t skins = json_array_size(json_object_get(f->root, "skins"));
  memset(pose, 0, sizeof *pose);
  if (nodes > GLTF_NODES_MAX || skins > 256)
    return trouble_set(why, STATUS_LIMIT,
                       "%s: has %zu nodes and %zu skins; the most are %d and 256", f->name, nodes,
                       skins, GLTF_NODES_MAX);
  pose->nodes = calloc(nodes + 1, sizeof *pose->nodes);
  pose->locals = calloc(nodes + 1, sizeof *pose->locals);
  pose->globals = calloc(nodes + 1, sizeof *pose->globals);
  pose->placed = calloc(nodes + 1, sizeof *pose->placed);
  pose->skins = calloc(skins + 1, sizeof *pose->skins);
  if (!pose->nodes || !pose->locals || !pose->globals || !pose->placed || !pose->skins)
    return trouble_set(why, STATUS_MEMORY, "%s: no memory for its nodes", f->name);
  pose->node_count = (int)nodes;
  status result = STATUS_OK;
  for (; !result && pose->skin_count < (int)skins; pose->skin_count++)
    result = open_skin(pose, f, pose->skin_count, &pose->skins[pose->skin_count], why);
  return result;
}

void gltf_pose_free(gltf_pose *pose) {
  for (int i = 0; pose->skins && i < pose->skin_count; i++) {
    free(pose->skins[i].joints);
    free(pose->skins[i].inverse);
    free(pose->skins[i].now);
  }
  free(pose->nodes);
  free(pose->locals);
  free(pose->globals);
  free(pose->placed);
  free(pose->skins);
  memset(pose, 0, sizeof *pose);
}

status gltf_pose_set(gltf_pose *pose, const gltf_file *f, int clip, double time_s, trouble *why) {
  const json_t *from = clip >= 0 ? clip_of(f, clip) : NULL;
  status result = STATUS_OK;
  for (int i = 0; i < pose->node_count; i++)
    pose->nodes[i] = place_of(gltf_item(f, "nodes", i));
  for (size_t i = 0; !result && i < json_array_size(json_object_get(from, "channels")); i++) {
    channel c;
    result = open_channel(f, from, i, pose, &c, why);
    if (!result && c.width)
      value_at(&c, time_s, c.to);
  }
  for (int i = 0; i < pose->node_count; i++)
    pose->locals[i] = local_of(&pose->nodes[i]);
  if (!result)
    result = put_scene(pose, f, why);
  for (int i = 0; !result && i < pose->skin_count; i++) {
    gltf_skin *skin = &pose->skins[i];
    for (int k = 0; k < skin->joint_count; k++)
      skin->now[k] = affine_multiply(&pose->globals[skin->joints[k]], &skin->inverse[k]);
  }
  return result;
}
