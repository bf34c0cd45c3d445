// SPDX-License-Identifier: Apache-2.0
// Labels that a camera writes on demand: range, normals, paint on the road, optical flow,
// and rays that find out what is hidden in the next or the last frame. LANES pixel samples a
// work-item, in tile order.
#define LANES_EXACT
#include "lens.cl"
#include "rows.cl"

#define WANT_RANGE 1
#define WANT_NORMAL 2
#define WANT_MARK 4

// What paint is for: frame_mark of render/frame.h.
inline uchar mark_of(uint material) {
  switch (material) {
  case MATERIAL_MARK_WHITE:
    return 1;
  case MATERIAL_MARK_YELLOW:
    return 1 + 16;
  case MATERIAL_MARK_BROKEN_WHITE:
    return 2;
  case MATERIAL_MARK_BROKEN_YELLOW:
    return 2 + 16;
  case MATERIAL_MARK_DOUBLE_WHITE:
    return 3;
  case MATERIAL_MARK_DOUBLE_YELLOW:
    return 3 + 16;
  case MATERIAL_MARK_STOP:
    return 4;
  case MATERIAL_MARK_CROSSING:
    return 5;
  case MATERIAL_MARK_SYMBOL:
    return 6;
  case MATERIAL_MARK_AREA:
    return 7;
  case MATERIAL_MARK_BAY:
    return 8;
  default:
    return 0;
  }
}

// Two numbers a pixel, as above; they fit 16 bits.
inline void store_pairs(whole x, whole y, pixel_lanes at, whole inside, int width,
                        __global short *out) {
  whole both = as_whole((as_word(x) & 0xffffu) | as_word(y) << 16u); // little endian
  __global int *pairs = (__global int *)out;
  STORE_PIXELS(int, both, at, inside, width, pairs)
}

// Three of them.
inline void store_triples(whole x, whole y, whole z, pixel_lanes at, whole inside, int width,
                          __global short *out) {
#if LANES == 8
  if (bits8(inside) == 255) {
    short8 a = convert_short8(x), b = convert_short8(y), c = convert_short8(z);
    __global short *to = out + 3 * (at.y.s0 * width + at.x.s0);
    vstore8((short8)(a.s0, b.s0, c.s0, a.s1, b.s1, c.s1, a.s2, b.s2), 0, to);
    vstore4((short4)(c.s2, a.s3, b.s3, c.s3), 2, to);
    to += 3 * width;
    vstore8((short8)(a.s4, b.s4, c.s4, a.s5, b.s5, c.s5, a.s6, b.s6), 0, to);
    vstore4((short4)(c.s6, a.s7, b.s7, c.s7), 2, to);
    return;
  }
#endif
#define PUT(s)                                                                                     \
  if (AT(inside, s)) {                                                                             \
    __global short *to = out + 3 * (AT(at.y, s) * width + AT(at.x, s));                            \
    to[0] = (short)AT(x, s);                                                                       \
    to[1] = (short)AT(y, s);                                                                       \
    to[2] = (short)AT(z, s);                                                                       \
  }
  PUT(s0)
#if LANES == 8
  PUT(s1) PUT(s2) PUT(s3) PUT(s4) PUT(s5) PUT(s6) PUT(s7)
#endif
#undef PUT
}

inline real4 all4(float4 v) {
  real4 out = {REAL(v.x), REAL(v.y), REAL(v.z), REAL(v.w)};
  return out;
}

inline real4 turned_back(real4 q) {
  real4 out = {-q.x, -q.y, -q.z, q.w};
  return out;
}

// quat_between's sums in its order.
inline real4 quats_between(float4 a, float4 b, real u) {
  real p = 1.0f - u, q = dot(a, b) < 0.0f ? -u : u;
  real4 m = {p * a.x + q * b.x, p * a.y + q * b.y, p * a.z + q * b.z, p * a.w + q * b.w};
  real k = 1.0f / sqrt((m.x * m.x + m.y * m.y) + (m.z * m.z + m.w * m.w));
  real4 unit = {m.x * k, m.y * k, m.z * k, m.w * k};
  return unit;
}

inline real3 points_between(float3 a, float3 b, real u) {
  real p = 1.0f - u;
  return triple(p * a.x + u * b.x, p * a.y + u * b.y, p * a.z + u * b.z);
}

// camera_time of rows.
inline real camera_times(__global const gpu_camera *c, real y) {
  return c->readout * clamp(y / (float)c->height, 0.0f, 1.0f);
}

// Poses of the camera in the world at those shares of the interval, which without a rolling
// shutter are 0.
inline void camera_poses(__global const gpu_camera *c, real u, real3 *p, real4 *q) {
  if (c->readout > 0.0f) {
    *p = points_between(load3(c->begin_p), load3(c->end_p), u);
    *q = quats_between(load4(c->begin_q), load4(c->end_q), u);
  } else {
    *p = all3(load3(c->begin_p));
    *q = all4(load4(c->begin_q));
  }
}

// The image points of points (or, of what is infinitely far, directions) in the camera's
// frame, and where there are any. THE projection of this file.
inline whole camera_project(__global const gpu_camera *c, real3 p, real2 *xy) {
  if (c->lens != CAMERA_PINHOLE)
    return lens_pixels(c, p, &xy->x, &xy->y);
  whole seen = p.z > 1e-3f * sqrt(dot3(p, p));
  real z = select(REAL(1.0f), p.z, seen);
  *xy = pair(c->fx * p.x / z + c->cx, c->fy * p.y / z + c->cy);
  return seen;
}

// camera_ray's sums in its order, through any lens; where the lens draws anything.
inline whole view_rays(__global const gpu_camera *c, real2 xy, real3 *origin, real3 *direction,
                       real *time) {
  real3 p;
  real4 q;
  *time = camera_times(c, xy.y);
  camera_poses(c, *time, &p, &q);
  *origin = p;
  if (c->lens != CAMERA_PINHOLE) {
    real3 d = lens_directions(c, xy.x, xy.y);
    *direction = turn(q, d);
    return dot3(d, d) > REAL(0.0f);
  }
  *direction = turn(q, triple((xy.x - c->cx) / c->fx, (xy.y - c->cy) / c->fy, REAL(1.0f)));
  return WHOLE(-1);
}

// Places in the image apart; of a panorama the short way round.
inline real2 image_step(__global const gpu_camera *c, real2 from, real2 to) {
  real2 step = pair(to.x - from.x, to.y - from.y);
  if (c->lens == CAMERA_PANORAMA) {
    float turn = 6.28318531f * c->fx;
    step.x -= turn * rint(step.x / turn);
  }
  return step;
}

inline whole normal_steps(real x) {
  return to_whole(rint(clamp(x * 32767.0f, -32767.0f, 32767.0f)));
}

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
label_shape(__global const gpu_camera *camera, __global const float *rays, int stride,
            __global const float4 *surface, __global const uint *material, int count, uint wanted,
            __global float *range, __global short *normal, __global uchar *mark) {
  int i = (int)get_global_id(0) * LANES;
  if (i >= count)
    return;
  int width = camera->width;
  pixel_lanes at = tile_pixels(i + band_first(camera), (width + 3) / 4);
  whole inside = band_shown(camera, at);
  real4 s = gather4(surface, i + LANE_NUMBERS);
  whole met = s.w >= REAL(0.0f);
  if (wanted & WANT_RANGE) {
    real3 d = {load_reals(rays + RAY_DX * stride, i), load_reals(rays + RAY_DY * stride, i),
               load_reals(rays + RAY_DZ * stride, i)};
    real far = select(REAL(0.0f), s.w * sqrt(dot3(d, d)), met);
    STORE_PIXELS(float, far, at, inside, width, range)
  }
  if (wanted & WANT_NORMAL) {
    real3 p;
    real4 q;
    camera_poses(camera, load_reals(rays + RAY_TIME * stride, i), &p, &q);
    real3 n = turn(turned_back(q), triple(s.x, s.y, s.z));
    n = choose3(rgb(0.0f, 0.0f, 0.0f), n, met);
    store_triples(normal_steps(n.x), normal_steps(n.y), normal_steps(n.z), at, inside, width,
                  normal);
  }
  if (wanted & WANT_MARK) {
    word what = select(WORD(MATERIAL_UNMET), load_words(material, i), met);
#define MARK_OF(s) mark_of(AT(what, s))
    whole paint = EACH_LANE(int, MARK_OF);
#undef MARK_OF
    STORE_PIXELS(uchar, to_bytes(paint), at, inside, width, mark)
  }
}

inline real4 path_rotation(__global const gpu_path *path, real u) {
  real4 q = quats_between(load4(path->begin_q), load4(path->end_q), u);
  return path->spin != 0.0f ? spun4(q, path->spin * u) : q;
}

// The points in the frame of their thing, to the world; and back.
inline real3 path_points(__global const gpu_path *path, real3 own, real u) {
  real3 at = points_between(load3(path->begin_p), load3(path->end_p), u);
  return add3(at, turn(path_rotation(path, u), own));
}

inline real3 path_owns(__global const gpu_path *path, real3 p, real u) {
  real3 at = points_between(load3(path->begin_p), load3(path->end_p), u);
  return turn(turned_back(path_rotation(path, u)), sub3(p, at));
}

// Where lanes are set that are of one mover, does `p = f(its path)` with them; mover by mover.
#define EACH_MOVER(moves, who, member, f, p, u)                                                    \
  for (whole left = moves; any_lane(left);) {                                                      \
    uint one = chosen_lane(who, left);                                                             \
    whole mine = left & (who == WORD(one));                                                        \
    p = choose3(p, f(&movers[one].member, p, u), mine);                                            \
    left &= who != WORD(one);                                                                      \
  }

// Rounds after which a point's row, and with it the time when a rolling shutter sees it, moves
// by less than a hundredth of a pixel: each leaves the share of the error that the point moves
// down the image while it is read, which is well below a half.
#define ROUNDS 12

#if LANES == 8
#define FLOW_RUN 16
#else
#define FLOW_RUN 1
#endif

// Samples i.. through any lens, at any time and of things that move.
inline void flow_of(int i, __global const gpu_camera *now, __global const gpu_camera *then,
                    __global const gpu_camera *then_world, __global const gpu_mover *movers,
                    uint fixed, __global const float *t, __global const uint *material,
                    __global const uint *instance, int count, __global short *flow, int use_rays,
                    __global float *rays, int stride) {
  int width = now->width;
  pixel_lanes at = tile_pixels(i + band_first(now), (width + 3) / 4);
  whole inside = band_shown(now, at) & (i + LANE_NUMBERS < WHOLE(count));
  real2 here = {to_real(at.x) + 0.5f, to_real(at.y) + 0.5f}, there = here;
  real3 o, d, p = rgb(0.0f, 0.0f, 0.0f);
  real u, v = camera_times(then, here.y);
  whole seen = view_rays(now, here, &o, &d, &u) & inside;
  whole met = load_words(material, i) != WORD(MATERIAL_UNMET);
  word who = load_words(instance, i);
  whole moves = seen & met & (who >= WORD(fixed));
  who -= fixed;
  real3 point = choose3(d, add3(o, scale3(d, load_reals(t, i))), met), own = point;
  EACH_MOVER(moves, who, now, path_owns, own, u)
  int rounds = then->readout > 0.0f ? ROUNDS : 1;
  for (int round = 0; round < rounds && any_lane(seen); round++) {
    real3 eye, to = own;
    real4 q;
    camera_poses(then, v, &eye, &q);
    EACH_MOVER(moves, who, then, path_points, to, v)
    to = turn(turned_back(q), choose3(to, sub3(to, eye), met));
    real2 place;
    whole projected = camera_project(then, to, &place);
    p = choose3(p, to, seen);
    seen &= projected;
    there = choose2(there, place, seen);
    if (then->readout > 0.0f)
      v = select(v, camera_times(then, there.y), seen);
  }
  real2 step = scale2(image_step(then, here, there), REAL(64.0f));
  whole known = seen & (fabs(step.x) < REAL(32767.0f)) & (fabs(step.y) < REAL(32767.0f));
  store_pairs(select(WHOLE(-32768), to_whole(rint(step.x)), known),
              select(WHOLE(-32768), to_whole(rint(step.y)), known), at, inside, width, flow);
  if (!use_rays)
    return;
  seen &= (there.x >= REAL(0.0f)) & (there.y >= REAL(0.0f)) & (there.x < REAL((float)then->width)) &
          (there.y < REAL((float)then->height));
  real3 from, along;
  view_rays(then_world, there, &from, &along, &v);
  real far = sqrt(dot3(p, p)), length = sqrt(dot3(along, along));
  real limit = select(REAL(1e7f), max(far * 0.999f - 0.01f, 1e-3f) / length, met);
  store_reals(from.x, rays + RAY_OX * stride, i);
  store_reals(from.y, rays + RAY_OY * stride, i);
  store_reals(from.z, rays + RAY_OZ * stride, i);
  store_reals(along.x, rays + RAY_DX * stride, i);
  store_reals(along.y, rays + RAY_DY * stride, i);
  store_reals(along.z, rays + RAY_DZ * stride, i);
  store_reals(v, rays + RAY_TIME * stride, i);
  store_reals(select(REAL(-1.0f), limit, seen), rays + RAY_LIMIT * stride, i);
}

// From pixels to directions in the other camera's frame and in the world, and from the one camera
// to the other, where both draw straight and at one time each: direction = x * right + y * down +
// ahead.
typedef struct straight_view {
  float3 right, down, ahead, apart;
} straight_view;

inline straight_view look_straight(__global const gpu_camera *c, float4 turn, float3 apart) {
  straight_view v = {rotate(turn, (float3)(1.0f, 0.0f, 0.0f)) / c->fx,
                     rotate(turn, (float3)(0.0f, 1.0f, 0.0f)) / c->fy,
                     rotate(turn, (float3)(0.0f, 0.0f, 1.0f)), apart};
  v.ahead -= v.right * c->cx + v.down * c->cy;
  return v;
}

// Points t along the rays through pixels from the other camera, or, of what is infinitely far,
// directions.
inline real3 straight_points(const straight_view *v, real2 xy, real t, whole met) {
  real3 d = add3(add3(scale3(all3(v->right), xy.x), scale3(all3(v->down), xy.y)), all3(v->ahead));
  return choose3(d, add3(scale3(d, t), all3(v->apart)), met);
}

// flow_of what doesn't move: `seen` from `then`, through `there` in the world.
inline void flow_straight(int i, const straight_view *seen_by, const straight_view *there,
                          __global const gpu_camera *then, __global const gpu_camera *then_world,
                          pixel_lanes at, whole inside, whole met, real t, int width,
                          __global short *flow, int use_rays, __global float *rays, int stride) {
  real2 here = {to_real(at.x) + 0.5f, to_real(at.y) + 0.5f};
  real3 p = straight_points(seen_by, here, t, met);
  real far = sqrt(dot3(p, p));
  whole seen = inside & (p.z > 1e-3f * far);
  real z = select(REAL(1.0f), p.z, seen), nearness = 1.0f / z;
  real x = then->fx * (p.x * nearness) + then->cx, y = then->fy * (p.y * nearness) + then->cy;
  real right = (x - here.x) * 64.0f, down = (y - here.y) * 64.0f;
  whole known = seen & (fabs(right) < REAL(32767.0f)) & (fabs(down) < REAL(32767.0f));
  store_pairs(select(WHOLE(-32768), to_whole(rint(right)), known),
              select(WHOLE(-32768), to_whole(rint(down)), known), at, inside, width, flow);
  if (!use_rays)
    return;
  seen &= (x >= REAL(0.0f)) & (y >= REAL(0.0f)) & (x < REAL((float)then->width)) &
          (y < REAL((float)then->height));
  real3 along = scale3(straight_points(there, here, t, met), nearness);
  // Its length is far / z.
  real limit = select(REAL(1e7f), max(far * 0.999f - 0.01f, 1e-3f) * (z / far), met);
  store_reals(REAL(then_world->begin_p[0]), rays + RAY_OX * stride, i);
  store_reals(REAL(then_world->begin_p[1]), rays + RAY_OY * stride, i);
  store_reals(REAL(then_world->begin_p[2]), rays + RAY_OZ * stride, i);
  store_reals(along.x, rays + RAY_DX * stride, i);
  store_reals(along.y, rays + RAY_DY * stride, i);
  store_reals(along.z, rays + RAY_DZ * stride, i);
  store_reals(REAL(0.0f), rays + RAY_TIME * stride, i);
  store_reals(select(REAL(-1.0f), limit, seen), rays + RAY_LIMIT * stride, i);
}

// Where each pixel's point is in the other frame. `now` and `then` are the camera over the
// two intervals, `movers` what moves, beginning with instance `fixed`; all from one origin.
// `then_world` is `then` from the world's. flow: 1/64 px, or -32768 twice. With `rays` (use_rays)
// also a ray from the other frame's camera that ends just before the point: idle where the point
// isn't in its image. A work-item takes FLOW_RUN times LANES samples.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
label_flow(__global const gpu_camera *now, __global const gpu_camera *then,
           __global const gpu_camera *then_world, __global const gpu_mover *movers, uint fixed,
           __global const float *t, __global const uint *material, __global const uint *instance,
           int count, __global short *flow, int use_rays, __global float *rays, int stride) {
  int first = (int)get_global_id(0) * LANES * FLOW_RUN;
  bool straight = now->lens == CAMERA_PINHOLE && then->lens == CAMERA_PINHOLE &&
                  now->readout <= 0.0f && then->readout <= 0.0f;
  float4 turn = load4(now->begin_q), back = load4(then->begin_q);
  back.xyz = -back.xyz;
  float3 apart = load3(now->begin_p) - load3(then->begin_p);
  straight_view there = look_straight(now, turn, apart), seen_by;
  seen_by.right = rotate(back, there.right);
  seen_by.down = rotate(back, there.down);
  seen_by.ahead = rotate(back, there.ahead);
  seen_by.apart = rotate(back, apart);
  int width = now->width;
  for (int i = first; i < min(first + LANES * FLOW_RUN, stride); i += LANES) {
    pixel_lanes at = tile_pixels(i + band_first(now), (width + 3) / 4);
    whole inside = band_shown(now, at) & (i + LANE_NUMBERS < WHOLE(count));
    whole met = load_words(material, i) != WORD(MATERIAL_UNMET);
    whole moves = inside & met & (load_words(instance, i) >= WORD(fixed));
    if (straight && !any_lane(moves))
      flow_straight(i, &seen_by, &there, then, then_world, at, inside, met, load_reals(t, i), width,
                    flow, use_rays, rays, stride);
    else
      flow_of(i, now, then, then_world, movers, fixed, t, material, instance, count, flow, use_rays,
              rays, stride);
  }
}

// Puts into the occlusion image, at `shift`, what those rays found: 1 hidden, 2 outside.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
label_hidden(__global const gpu_camera *camera, __global const float *rays, int stride,
             __global const float *is_free, int count, int shift, __global uchar *occlusion) {
  int i = (int)get_global_id(0) * LANES;
  if (i >= count)
    return;
  int width = camera->width;
  pixel_lanes at = tile_pixels(i + band_first(camera), (width + 3) / 4);
  whole inside = band_shown(camera, at);
  whole code = select(WHOLE(1), WHOLE(0), load_reals(is_free, i) > REAL(0.0f));
  code = select(code, WHOLE(2), load_reals(rays + RAY_LIMIT * stride, i) <= REAL(0.0f)) << shift;
  if (shift) {
    whole pixel = select(WHOLE(0), at.y * width + at.x, inside);
    code |= GATHER(int, occlusion, pixel);
  }
  STORE_PIXELS(uchar, to_bytes(code), at, inside, width, occlusion)
}

// Albedo samples in tile order, linear, to rows of sRGB bytes: of each cell of floats the byte
// of its first, and where the next byte begins (render/labels.c).
inline uchar srgb_byte(float c, __global const gpu_step *cells) {
  c = clamp(c, 0.0f, 1.0f);
  __global const gpu_step *step = cells + max((as_int(c) >> SRGB_SHIFT) - SRGB_FIRST, 0);
  return (uchar)(step->byte + (c >= step->next ? 1u : 0u));
}

inline void store_albedo(float4 c, __global const gpu_step *cells, __global uchar *out) {
  out[0] = srgb_byte(c.x, cells);
  out[1] = srgb_byte(c.y, cells);
  out[2] = srgb_byte(c.z, cells);
}

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
label_albedo(__global const gpu_camera *camera, __global const float4 *albedo, int count,
             __global const gpu_step *cells, __global uchar *rgb) {
  int i = (int)get_global_id(0) * LANES;
  if (i >= count)
    return;
  int width = camera->width;
  pixel_lanes at = tile_pixels(i + band_first(camera), (width + 3) / 4);
  whole inside = band_shown(camera, at);
#define PUT(s)                                                                                     \
  if (AT(inside, s))                                                                               \
    store_albedo(albedo[i + AT(LANE_NUMBERS, s)], cells,                                           \
                 rgb + 3 * (AT(at.y, s) * width + AT(at.x, s)));
  PUT(s0)
#if LANES == 8
  PUT(s1) PUT(s2) PUT(s3) PUT(s4) PUT(s5) PUT(s6) PUT(s7)
#endif
#undef PUT
}
