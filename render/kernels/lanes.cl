// SPDX-License-Identifier: Apache-2.0
// Samples side by side: one work-item shades LANES of them, eight on a CPU, whose vectors
// then hold eight samples instead of the x, y, z of one; one on a GPU, whose lanes are the
// work-items. Everything from here on is written once for both: `real`, `whole` and `word`
// are float, int and uint, or vectors of them. There is no `?:` between lanes but
// select(a, b, mask), and branches ask any_lane().
#ifndef LANES_CL
#define LANES_CL
#include "common.cl"
// What feeds no label may fuse multiplications and additions; who does says LANES_EXACT.
#ifndef LANES_EXACT
#pragma OPENCL FP_CONTRACT ON
#endif

#ifdef DEVICE_CPU
#define LANES 8
typedef float8 real;
typedef int8 whole; // also masks: what comparisons give, for select and any_lane
typedef uint8 word;
#define REAL(x) ((float8)(x))
#define WORD(x) ((uint8)(x))
#define WHOLE(x) ((int8)(x))
#define to_real(x) convert_float8(x)
#define to_whole(x) convert_int8(x)
#define as_real(x) as_float8(x)
#define as_whole(x) as_int8(x)
#define as_word(x) as_uint8(x)
#define LANE_NUMBERS ((int8)(0, 1, 2, 3, 4, 5, 6, 7))
#define FIRST_LANE(x) ((x).s0)
// An expression for each lane, f(s) with s one of s0, s1 ...; in it AT(x, s) is x's lane.
#define AT(x, s) ((x).s)
#define EACH_LANE(type, f) ((type##8)(f(s0), f(s1), f(s2), f(s3), f(s4), f(s5), f(s6), f(s7)))
// p[i] of each lane, and the same of a member of an array of records.
#define GATHER(type, p, i)                                                                         \
  ((type##8)((p)[(i).s0], (p)[(i).s1], (p)[(i).s2], (p)[(i).s3], (p)[(i).s4], (p)[(i).s5],         \
             (p)[(i).s6], (p)[(i).s7]))
#define GATHER_OF(type, p, i, member)                                                              \
  ((type##8)((p)[(i).s0].member, (p)[(i).s1].member, (p)[(i).s2].member, (p)[(i).s3].member,       \
             (p)[(i).s4].member, (p)[(i).s5].member, (p)[(i).s6].member, (p)[(i).s7].member))
#define load_reals(p, i) vload8(0, (p) + (i))
#define store_reals(v, p, i) vstore8(v, 0, (p) + (i))
#define load_words(p, i) vload8(0, (p) + (i))
#define store_words(v, p, i) vstore8(v, 0, (p) + (i))

inline bool any_lane(int8 mask) {
  int4 a = mask.lo | mask.hi;
  int2 b = a.lo | a.hi;
  return (b.x | b.y) != 0;
}

// Whether the word is the same in all lanes.
inline bool same_lanes(uint8 x) {
  return !any_lane(x != (uint8)(x.s0));
}
#else
#define LANES 1
typedef float real;
typedef int whole;
typedef uint word;
#define REAL(x) ((float)(x))
#define WORD(x) ((uint)(x))
#define WHOLE(x) ((int)(x))
#define to_real(x) convert_float(x)
#define to_whole(x) convert_int(x)
#define as_real(x) as_float(x)
#define as_whole(x) as_int(x)
#define as_word(x) as_uint(x)
#define LANE_NUMBERS 0
#define FIRST_LANE(x) (x)
#define AT(x, s) (x)
#define EACH_LANE(type, f) (f(s0))
#define GATHER(type, p, i) ((p)[i])
#define GATHER_OF(type, p, i, member) ((p)[i].member)
#define load_reals(p, i) ((p)[i])
#define store_reals(v, p, i) ((p)[i] = (v))
#define load_words(p, i) ((p)[i])
#define store_words(v, p, i) ((p)[i] = (v))

inline bool any_lane(int mask) {
  return mask != 0;
}

inline bool same_lanes(uint x) {
  return true;
}
#endif

// Points, directions and colours of LANES samples.
typedef struct real2 {
  real x, y;
} real2;

typedef struct real3 {
  real x, y, z;
} real3;

inline real2 pair(real x, real y) {
  real2 r = {x, y};
  return r;
}
inline real3 triple(real x, real y, real z) {
  real3 r = {x, y, z};
  return r;
}
// The same in all lanes.
inline real3 rgb(float x, float y, float z) {
  return triple(REAL(x), REAL(y), REAL(z));
}
inline real3 grey(real x) {
  return triple(x, x, x);
}
inline real3 all3(float3 v) {
  return rgb(v.x, v.y, v.z);
}

inline real2 scale2(real2 a, real k) {
  return pair(a.x * k, a.y * k);
}
inline real2 times2(real2 a, float x, float y) {
  return pair(a.x * x, a.y * y);
}
inline real2 floor2(real2 a) {
  return pair(floor(a.x), floor(a.y));
}

inline real3 add3(real3 a, real3 b) {
  return triple(a.x + b.x, a.y + b.y, a.z + b.z);
}
inline real3 sub3(real3 a, real3 b) {
  return triple(a.x - b.x, a.y - b.y, a.z - b.z);
}
inline real3 mul3(real3 a, real3 b) {
  return triple(a.x * b.x, a.y * b.y, a.z * b.z);
}
inline real3 scale3(real3 a, real k) {
  return triple(a.x * k, a.y * k, a.z * k);
}
inline real3 neg3(real3 a) {
  return triple(-a.x, -a.y, -a.z);
}
inline real dot3(real3 a, real3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline real3 cross3(real3 a, real3 b) {
  return triple(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}
inline real3 unit3(real3 v) {
  return scale3(v, 1.0f / sqrt(max(dot3(v, v), 1e-30f)));
}
inline real3 mix3(real3 a, real3 b, real u) {
  return triple(a.x + (b.x - a.x) * u, a.y + (b.y - a.y) * u, a.z + (b.z - a.z) * u);
}
// b where the mask is set, else a.
inline real3 choose3(real3 a, real3 b, whole mask) {
  return triple(select(a.x, b.x, mask), select(a.y, b.y, mask), select(a.z, b.z, mask));
}
inline real2 choose2(real2 a, real2 b, whole mask) {
  return pair(select(a.x, b.x, mask), select(a.y, b.y, mask));
}
inline real3 clamp3(real3 a, float lo, float hi) {
  return triple(clamp(a.x, lo, hi), clamp(a.y, lo, hi), clamp(a.z, lo, hi));
}

typedef struct real4 {
  real x, y, z, w;
} real4;

#if LANES == 8
#define PAIRS_LOW(a, b) ((float8)(a.s0, b.s0, a.s1, b.s1, a.s4, b.s4, a.s5, b.s5))
#define PAIRS_HIGH(a, b) ((float8)(a.s2, b.s2, a.s3, b.s3, a.s6, b.s6, a.s7, b.s7))
#define HALVES_LOW(a, b) ((float8)(a.s0, a.s1, b.s0, b.s1, a.s4, a.s5, b.s4, b.s5))
#define HALVES_HIGH(a, b) ((float8)(a.s2, a.s3, b.s2, b.s3, a.s6, a.s7, b.s6, b.s7))

// p[i] of each lane: eight rows become four columns.
inline real4 gather4(__global const float4 *p, int8 i) {
  float8 a = (float8)(p[i.s0], p[i.s4]), b = (float8)(p[i.s1], p[i.s5]);
  float8 c = (float8)(p[i.s2], p[i.s6]), d = (float8)(p[i.s3], p[i.s7]);
  float8 e = PAIRS_LOW(a, b), f = PAIRS_LOW(c, d), g = PAIRS_HIGH(a, b), h = PAIRS_HIGH(c, d);
  real4 out = {HALVES_LOW(e, f), HALVES_HIGH(e, f), HALVES_LOW(g, h), HALVES_HIGH(g, h)};
  return out;
}

inline void scatter4(__global float4 *p, int8 i, real4 v) {
  float8 a = PAIRS_LOW(v.x, v.y), b = PAIRS_LOW(v.z, v.w);
  float8 c = PAIRS_HIGH(v.x, v.y), d = PAIRS_HIGH(v.z, v.w);
  float8 e = HALVES_LOW(a, b), f = HALVES_HIGH(a, b), g = HALVES_LOW(c, d), h = HALVES_HIGH(c, d);
  p[i.s0] = e.lo;
  p[i.s1] = f.lo;
  p[i.s2] = g.lo;
  p[i.s3] = h.lo;
  p[i.s4] = e.hi;
  p[i.s5] = f.hi;
  p[i.s6] = g.hi;
  p[i.s7] = h.hi;
}
#else
inline real4 gather4(__global const float4 *p, int i) {
  real4 out = {p[i].x, p[i].y, p[i].z, p[i].w};
  return out;
}

inline void scatter4(__global float4 *p, int i, real4 v) {
  p[i] = (float4)(v.x, v.y, v.z, v.w);
}
#endif

// Rotates by the unit quaternion x, y, z, w.
inline real3 turn(real4 q, real3 v) {
  real3 axis = {q.x, q.y, q.z};
  real3 t = scale3(cross3(axis, v), REAL(2.0f));
  return add3(add3(v, scale3(t, q.w)), cross3(axis, t));
}

// quat_between of each lane.
inline real4 between4(real4 a, real4 b, real u) {
  real side = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
  real p = 1.0f - u, q = select(u, -u, side < REAL(0.0f));
  real4 m = {p * a.x + q * b.x, p * a.y + q * b.y, p * a.z + q * b.z, p * a.w + q * b.w};
  real k = 1.0f / sqrt(m.x * m.x + m.y * m.y + m.z * m.z + m.w * m.w);
  real4 unit = {m.x * k, m.y * k, m.z * k, m.w * k};
  return unit;
}

// quat_spun of each lane.
inline real4 spun4(real4 q, real angle) {
  real s = sin(0.5f * angle), c = cos(0.5f * angle);
  real4 out = {q.x * c - q.z * s, q.y * c + q.w * s, q.z * c + q.x * s, q.w * c - q.y * s};
  return out;
}

// The rotations of things at their lanes' times, and their scales; most lanes met the same.
inline real4 things_rotation(__global const gpu_instance *all, word instance, real time,
                             real3 *scale) {
  bool later = any_lane(time > REAL(0.0f));
  if (same_lanes(instance)) {
    __global const gpu_instance *it = all + FIRST_LANE(instance);
    *scale = rgb(it->scale[0], it->scale[1], it->scale[2]);
    real4 q = {REAL(it->begin_q[0]), REAL(it->begin_q[1]), REAL(it->begin_q[2]),
               REAL(it->begin_q[3])};
    real4 end = {REAL(it->end_q[0]), REAL(it->end_q[1]), REAL(it->end_q[2]), REAL(it->end_q[3])};
    if (later && it->moving)
      q = between4(q, end, time);
    return later && it->spin != 0.0f ? spun4(q, it->spin * time) : q;
  }
#define MEMBER(name) GATHER_OF(float, all, instance, name)
  *scale = triple(MEMBER(scale[0]), MEMBER(scale[1]), MEMBER(scale[2]));
  real4 q = {MEMBER(begin_q[0]), MEMBER(begin_q[1]), MEMBER(begin_q[2]), MEMBER(begin_q[3])};
  if (later) {
    real4 end = {MEMBER(end_q[0]), MEMBER(end_q[1]), MEMBER(end_q[2]), MEMBER(end_q[3])};
    q = between4(q, end, time);
    real spin = MEMBER(spin);
    if (any_lane(spin != REAL(0.0f)))
      q = spun4(q, spin * time);
  }
#undef MEMBER
  return q;
}

// 0..1 from an already mixed word.
inline real unit_of(word h) {
  return to_real(as_whole(h >> 8u)) * 0x1p-24f;
}

// PCG hash (Jarzynski and Olano 2020), as hash_u32 in common.cl.
inline word hash_word(word x) {
  word s = x * 747796405u + 2891336453u;
  word w = ((s >> ((s >> 28u) + 4u)) ^ s) * 277803737u;
  return (w >> 22u) ^ w;
}

// Pixel of LANES samples in tile order, the first a multiple of LANES.
typedef struct pixel_lanes {
  whole x, y;
} pixel_lanes;

inline pixel_lanes tile_pixels(int i, int tiles_x) {
  int tile = i >> 4, row = tile / tiles_x;
  whole in = (i & 15) + LANE_NUMBERS;
  pixel_lanes p = {(tile - row * tiles_x) * 4 + (in & 3), row * 4 + (in >> 2)};
  return p;
}

// band_shows of LANES pixels.
inline whole band_shown(__global const gpu_camera *c, pixel_lanes at) {
  return (at.x < WHOLE(c->width)) & (at.y >= WHOLE(c->band_row + c->band_above)) &
         (at.y < WHOLE(band_end(c) - c->band_below));
}

inline real square(real x) {
  return x * x;
}
inline real ramp(float lo, float hi, real x) {
  return clamp((x - lo) * (1.0f / (hi - lo)), 0.0f, 1.0f);
}

#endif
