// SPDX-License-Identifier: Apache-2.0
#include "render/lens.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
static const double NEAR_M = 0.05;
enum { CUTS = 16, FACE = 6 }; // samples along an edge, and along a face's side

// Vignetting belongs to the whole sensor, of which the image may be a part. Panoramas are put
// together from several cameras' middles.
static void lens_pack_sensor(const camera_def *c, gpu_camera *out) {
  int binning = c->binning > 0 ? c->binning : 1, wide = c->sensor_px[0], high = c->sensor_px[1];
  if (wide <= 0 || high <= 0)
    wide = c->width_px * binning, high = c->height_px * binning;
  out->middle[0] = (0.5f * (float)wide - (float)c->crop_px[0]) / (float)binning;
  out->middle[1] = (0.5f * (float)high - (float)c->crop_px[1]) / (float)binning;
  float corner = 4.0f * (float)(binning * binning) / (float)(wide * wide + high * high);
  out->corner = out->lens == CAMERA_PANORAMA ? 0.0f : corner;
}

void lens_pack(const camera_def *c, gpu_camera *out) {
  static const int kinds[LENS_MODEL_COUNT] = {[LENS_PINHOLE] = CAMERA_PINHOLE,
                                              [LENS_BROWN_CONRADY] = CAMERA_BROWN,
                                              [LENS_KANNALA_BRANDT] = CAMERA_RADIAL,
                                              [LENS_F_THETA] = CAMERA_RADIAL,
                                              [LENS_EQUIRECTANGULAR] = CAMERA_PANORAMA};
  out->fx = (float)c->fx_px, out->fy = (float)c->fy_px;
  out->cx = (float)c->cx_px, out->cy = (float)c->cy_px;
  out->lens = kinds[c->model];
  memset(out->k, 0, sizeof out->k);
  lens_pack_sensor(c, out);
  if (out->lens == CAMERA_BROWN) {
    for (int i = 0; i < LENS_COEFFICIENTS; i++)
      out->k[i] = (float)c->coefficients[i];
    out->field = (float)tan(c->field_rad);
  } else if (out->lens == CAMERA_RADIAL) {
    double a[9];
    lens_polynomial(c, a);
    for (int i = 0; i < 9; i++)
      out->k[i] = (float)a[i];
    out->field = (float)c->field_rad;
    out->edge = (float)lens_edge(c);
  }
}

static double clamp(double x, double lo, double hi) {
  return fmin(hi, fmax(lo, x));
}

static vec3 corner_of(pose own, const double size[3], int k) {
  return pose_apply(own, (vec3){((k & 1) ? 0.5 : -0.5) * size[0], ((k & 2) ? 0.5 : -0.5) * size[1],
                                ((k & 4) ? 0.5 : -0.5) * size[2]});
}

static bool is_edge(int a, int b) {
  return __builtin_popcount((unsigned)(a ^ b)) == 1;
}

static void add_place(double extent[4], double x, double y) {
  extent[0] = fmin(extent[0], x), extent[2] = fmax(extent[2], x);
  extent[1] = fmin(extent[1], y), extent[3] = fmax(extent[3], y);
}

// Corners, and where edges pass the near plane: edges are straight in a pinhole's image.
static bool pinhole_extent(const gpu_camera *g, pose own, const double size[3], double extent[4]) {
  vec3 corner[8];
  bool any = false;
  for (int k = 0; k < 8; k++)
    corner[k] = corner_of(own, size, k);
  for (int a = 0; a < 8; a++)
    for (int b = a; b < 8; b++) {
      if (a != b && !is_edge(a, b))
        continue;
      vec3 v = corner[a];
      if (a != b) {
        if ((corner[a].z < NEAR_M) == (corner[b].z < NEAR_M))
          continue;
        double u = (NEAR_M - corner[a].z) / (corner[b].z - corner[a].z);
        v = vec3_add(corner[a], vec3_scale(vec3_sub(corner[b], corner[a]), u));
        v.z = NEAR_M;
      } else if (v.z < NEAR_M) {
        continue;
      }
      add_place(extent, (double)g->fx * v.x / v.z + (double)g->cx,
                (double)g->fy * v.y / v.z + (double)g->cy);
      any = true;
    }
  return any;
}

// Distortion -------------------------------------------------------------------

// What a thing covers in a distorted image.
typedef struct bent_extent {
  double places[4]; // around what was looked at
  double held[4];   // and around what bulges between
} bent_extent;

// A piece of a line in the pinhole's image: foot + s way for s0 <= s <= s1.
typedef struct straight {
  double foot[2], way[2], off; // of the line's point nearest to the axis, its distance
  double s0, s1;
} straight;

// Places along a piece, each second one beside the chord of its neighbours: the curve between two
// of them is less far from theirs. Within the field steps are equal; beyond it, where the piece may
// run far away, the angles round the axis are.
static void add_piece(const camera_def *c, const straight *line, bool beyond, bent_extent *out) {
  double at[2 * CUTS + 1][2], a0 = atan2(line->s0, line->off), a1 = atan2(line->s1, line->off);
  for (int i = 0; i <= 2 * CUTS; i++) {
    double u = 0.5 * i / CUTS, s = line->s0 + (line->s1 - line->s0) * u;
    if (beyond && i > 0 && i < 2 * CUTS)
      s = line->off * tan(a0 + (a1 - a0) * u);
    vec3 v = {line->foot[0] + s * line->way[0], line->foot[1] + s * line->way[1], 1};
    (void)lens_project(c, v, at[i]);
    add_place(out->places, at[i][0], at[i][1]);
  }
  for (int i = 1; i < 2 * CUTS; i += 2) {
    double x = fabs(at[i][0] - 0.5 * (at[i - 1][0] + at[i + 1][0]));
    double y = fabs(at[i][1] - 0.5 * (at[i - 1][1] + at[i + 1][1]));
    add_place(out->held, at[i][0] - x, at[i][1] - y);
    add_place(out->held, at[i][0] + x, at[i][1] + y);
  }
}

// From a to b, both before the near plane, in pieces within and beyond the field.
static void add_bent(const camera_def *c, vec3 a, vec3 b, bent_extent *out) {
  const double m[2] = {a.x / a.z, a.y / a.z}, to[2] = {b.x / b.z - m[0], b.y / b.z - m[1]};
  double length = hypot(to[0], to[1]), most = tan(c->field_rad);
  straight line = {.way = {1, 0}};
  if (length > 0)
    line.way[0] = to[0] / length, line.way[1] = to[1] / length;
  double from = m[0] * line.way[0] + m[1] * line.way[1];
  for (int k = 0; k < 2; k++)
    line.foot[k] = m[k] - from * line.way[k];
  line.off = hypot(line.foot[0], line.foot[1]);
  double half = line.off < most ? sqrt(most * most - line.off * line.off) : 0;
  const double ends[4] = {from, clamp(-half, from, from + length), clamp(half, from, from + length),
                          from + length};
  for (int k = 0; k < 3; k++) {
    line.s0 = ends[k], line.s1 = ends[k + 1];
    if (line.s1 > line.s0 || k == 0)
      add_piece(c, &line, k != 1, out);
  }
}

// The outline of a convex box, cut off at the near plane, runs along the edges of its sides, and
// that of its image along theirs, bent.
static bool distorted_extent(const camera_def *c, pose own, const double size[3],
                             bent_extent *out) {
  bool any = false;
  for (int side = 0; side < 6; side++) {
    const int axis = side / 2, s = 1 << (axis + 1) % 3, t = 1 << (axis + 2) % 3;
    const int base = side % 2 << axis, around[4] = {base, base | s, base | s | t, base | t};
    vec3 kept[5];
    int count = 0;
    for (int k = 0; k < 4; k++) {
      vec3 a = corner_of(own, size, around[k]), b = corner_of(own, size, around[(k + 1) % 4]);
      if (a.z >= NEAR_M)
        kept[count++] = a;
      if ((a.z < NEAR_M) != (b.z < NEAR_M)) {
        double u = (NEAR_M - a.z) / (b.z - a.z);
        kept[count] = vec3_add(a, vec3_scale(vec3_sub(b, a), u));
        kept[count++].z = NEAR_M;
      }
    }
    for (int k = 0; k < count; k++)
      add_bent(c, kept[k], kept[(k + 1) % count], out);
    any |= count > 0;
  }
  return any;
}

// Wide lenses -----------------------------------------------------------------

// Whether the half line from the camera along `d`, or the camera itself, meets the box.
static bool meets(pose own, const double size[3], vec3 d) {
  pose back = pose_inverse(own);
  vec3 o = back.p_m, v = quat_rotate(back.q, d);
  const double at[3] = {o.x, o.y, o.z}, along[3] = {v.x, v.y, v.z};
  double enter = 0, leave = INFINITY;
  for (int k = 0; k < 3; k++) {
    double half = size[k] / 2;
    if (fabs(along[k]) < 1e-12) {
      if (fabs(at[k]) > half)
        return false;
      continue;
    }
    double a = (-half - at[k]) / along[k], b = (half - at[k]) / along[k];
    enter = fmax(enter, fmin(a, b)), leave = fmin(leave, fmax(a, b));
  }
  return enter <= leave;
}

// Of a panorama x is counted on from the box's middle, round the back if need be.
static void wide_place(const camera_def *c, vec3 v, double middle_px, double px[2]) {
  (void)lens_project(c, v, px);
  if (c->model == LENS_EQUIRECTANGULAR) {
    double turn = 2 * PI * c->fx_px;
    px[0] -= turn * round((px[0] - middle_px) / turn);
  }
}

// The outline of a convex box runs along its edges, and so does that of its image, on the image
// plane and on what continues it beyond the lens's field.
static void wide_extent(const camera_def *c, pose own, const double size[3], double middle_px,
                        double extent[4]) {
  double gap = 0;
  for (int a = 0; a < 8; a++)
    for (int b = a + 1; b < 8; b++) {
      if (!is_edge(a, b))
        continue;
      vec3 from = corner_of(own, size, a), way = vec3_sub(corner_of(own, size, b), from);
      double last[2] = {0, 0};
      for (int i = 0; i <= CUTS; i++) {
        double px[2] = {c->cx_px, c->cy_px};
        wide_place(c, vec3_add(from, vec3_scale(way, (double)i / CUTS)), middle_px, px);
        add_place(extent, px[0], px[1]);
        if (i > 0)
          gap = fmax(gap, fmax(fabs(px[0] - last[0]), fabs(px[1] - last[1])));
        last[0] = px[0], last[1] = px[1];
      }
    }
  // Between two samples it bulges by less than half their distance.
  extent[0] -= gap / 2, extent[1] -= gap / 2;
  extent[2] += gap / 2, extent[3] += gap / 2;
}

// Solid angles of the box's sides that face the camera, and what the image shows of them.
static void add_solid_angle(const camera_def *c, pose own, const double size[3], double *whole,
                            double *shown) {
  for (int face = 0; face < 6; face++) {
    int axis = face / 2, s = (axis + 1) % 3, t = (axis + 2) % 3;
    double normal[3] = {0, 0, 0};
    normal[axis] = face % 2 ? 1 : -1;
    vec3 n = quat_rotate(own.q, (vec3){normal[0], normal[1], normal[2]});
    for (int i = 0; i < FACE * FACE; i++) {
      double at[3];
      at[axis] = normal[axis] * size[axis] / 2;
      at[s] = ((i % FACE + 0.5) / FACE - 0.5) * size[s];
      at[t] = ((i / FACE + 0.5) / FACE - 0.5) * size[t];
      vec3 p = pose_apply(own, (vec3){at[0], at[1], at[2]});
      double far = vec3_length(p), facing = -vec3_dot(n, p);
      if (facing <= 0 || far < 1e-6)
        continue;
      double angle = size[s] * size[t] * facing / (far * far * far), px[2];
      *whole += angle;
      if (lens_project(c, p, px) && px[0] >= 0 && px[1] >= 0 && px[0] < c->width_px &&
          px[1] < c->height_px)
        *shown += angle;
    }
  }
}

// Brings a panorama's rectangle into the image, from where it was counted round the back. Its
// two ends may both show; then it takes the whole width.
static void bring_round(const camera_def *c, double extent[4]) {
  double turn = 2 * PI * c->fx_px, width = extent[2] - extent[0], from = extent[0];
  int pieces = 0;
  for (int k = -1; k <= 1; k++) {
    double x0 = from + k * turn;
    if (x0 > c->width_px || x0 + width < 0)
      continue;
    pieces++;
    extent[0] = x0, extent[2] = x0 + width;
  }
  if (pieces > 1)
    extent[0] = 0, extent[2] = c->width_px;
}

static void wide(const camera_def *c, const pose own[2], int ends, const double size[3],
                 lens_extent *out) {
  double extent[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, whole = 0, shown = 0;
  double reach = 0.5 * sqrt(size[0] * size[0] + size[1] * size[1] + size[2] * size[2]);
  bool pole = false, near = false, seen = false;
  double middle[2] = {c->cx_px, c->cy_px};
  (void)lens_project(c, own[0].p_m, middle);
  for (int end = 0; end < ends; end++) {
    vec3 p = own[end].p_m;
    double far = vec3_length(p), off = atan2(hypot(p.x, p.y), p.z);
    near = near || meets(own[end], size, (vec3){0, 0, 0}) || far < 1e-6;
    seen = seen || far <= reach || off - asin(reach / far) <= c->field_rad;
    pole = pole || (c->model == LENS_EQUIRECTANGULAR && (meets(own[end], size, (vec3){0, 1, 0}) ||
                                                         meets(own[end], size, (vec3){0, -1, 0})));
  }
  if (!seen)
    return;
  for (int end = 0; end < ends; end++) {
    wide_extent(c, own[end], size, middle[0], extent);
    add_solid_angle(c, own[end], size, &whole, &shown);
  }
  if (near || pole)
    extent[0] = extent[1] = 0, extent[2] = c->width_px, extent[3] = c->height_px;
  else if (c->model == LENS_EQUIRECTANGULAR)
    bring_round(c, extent);
  out->seen = true;
  memcpy(out->px, extent, sizeof extent);
  out->truncation = whole > 0 ? clamp(1 - shown / whole, 0, 1) : 0;
}

void lens_extent_of(const camera_def *c, const gpu_camera *g, const stage_target *target,
                    lens_extent *out) {
  *out = (lens_extent){0};
  pose own[2];
  int ends = g->readout > 0 ? 2 : 1;
  for (int end = 0; end < ends; end++) {
    const float *p = end ? g->end_p : g->begin_p, *q = end ? g->end_q : g->begin_q;
    pose eye = {{p[0], p[1], p[2]}, {q[3], q[0], q[1], q[2]}};
    own[end] = pose_multiply(pose_inverse(eye), end ? target->end : target->begin);
  }
  if (!lens_is_perspective(c->model)) {
    wide(c, own, ends, target->size_m, out);
    return;
  }
  double w = c->width_px, h = c->height_px;
  bent_extent where = {.places = {INFINITY, INFINITY, -INFINITY, -INFINITY},
                       .held = {INFINITY, INFINITY, -INFINITY, -INFINITY}};
  double *extent = where.places;
  bool any = false;
  for (int end = 0; end < ends; end++)
    any |= c->model == LENS_PINHOLE ? pinhole_extent(g, own[end], target->size_m, extent)
                                    : distorted_extent(c, own[end], target->size_m, &where);
  if (!any)
    return;
  out->seen = true;
  for (int k = 0; k < 4; k++)
    out->px[k] = k < 2 ? fmin(extent[k], where.held[k]) : fmax(extent[k], where.held[k]);
  double whole = (extent[2] - extent[0]) * (extent[3] - extent[1]);
  double inside = (clamp(extent[2], 0, w) - clamp(extent[0], 0, w)) *
                  (clamp(extent[3], 0, h) - clamp(extent[1], 0, h));
  out->truncation = whole > 0 ? clamp(1 - inside / whole, 0, 1) : 0;
}
