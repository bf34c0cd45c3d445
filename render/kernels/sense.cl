// SPDX-License-Identifier: Apache-2.0
// Between tracing and shading: rays of a camera, surfaces of its hits, rays to the
// sun and into the sky, labels of pixels, and samples put together to an image. Kernels
// that say so take LANES samples, side by side, a work-item.
#define LANES_EXACT
#include "lens.cl"

typedef struct ray_lanes {
  real3 o, d;
  real time;
} ray_lanes;

inline void store_rays(__global float *rays, int i, int stride, ray_lanes r, real limit) {
  store_reals(r.o.x, rays, RAY_OX * stride + i);
  store_reals(r.o.y, rays, RAY_OY * stride + i);
  store_reals(r.o.z, rays, RAY_OZ * stride + i);
  store_reals(r.d.x, rays, RAY_DX * stride + i);
  store_reals(r.d.y, rays, RAY_DY * stride + i);
  store_reals(r.d.z, rays, RAY_DZ * stride + i);
  store_reals(r.time, rays, RAY_TIME * stride + i);
  store_reals(limit, rays, RAY_LIMIT * stride + i);
}

inline ray_lanes load_rays(__global const float *rays, int i, int stride) {
  ray_lanes r;
  r.o = triple(load_reals(rays, RAY_OX * stride + i), load_reals(rays, RAY_OY * stride + i),
               load_reals(rays, RAY_OZ * stride + i));
  r.d = triple(load_reals(rays, RAY_DX * stride + i), load_reals(rays, RAY_DY * stride + i),
               load_reals(rays, RAY_DZ * stride + i));
  r.time = load_reals(rays, RAY_TIME * stride + i);
  return r;
}

#define PLANE(plane) GATHER(float, rays + (plane)*stride, i)
inline real3 gather_directions(__global const float *rays, whole i, int stride) {
  return triple(PLANE(RAY_DX), PLANE(RAY_DY), PLANE(RAY_DZ));
}

inline ray_lanes gather_rays(__global const float *rays, whole i, int stride) {
  ray_lanes r;
  r.o = triple(PLANE(RAY_OX), PLANE(RAY_OY), PLANE(RAY_OZ));
  r.d = gather_directions(rays, i, stride);
  r.time = PLANE(RAY_TIME);
  return r;
}
#undef PLANE

// Rays through any lens at given times.
inline ray_lanes lens_rays(__global const gpu_camera *c, real x, real y, real time) {
  ray_lanes r;
  real4 q = {REAL(c->begin_q[0]), REAL(c->begin_q[1]), REAL(c->begin_q[2]), REAL(c->begin_q[3])};
  real4 end = {REAL(c->end_q[0]), REAL(c->end_q[1]), REAL(c->end_q[2]), REAL(c->end_q[3])};
  r.o = rgb(c->begin_p[0], c->begin_p[1], c->begin_p[2]);
  if (any_lane(time > REAL(0.0f))) {
    q = between4(q, end, time);
    real rest = 1.0f - time;
    r.o = add3(scale3(r.o, rest), scale3(rgb(c->end_p[0], c->end_p[1], c->end_p[2]), time));
  }
  r.d = turn(q, lens_directions(c, x, y));
  r.time = time;
  return r;
}

// camera_ray's sums in the same order, so that both give the same bits.
inline ray_lanes camera_lanes(__global const gpu_camera *c, real x, real y) {
  ray_lanes r;
  if (c->lens != CAMERA_PINHOLE)
    return lens_rays(c, x, y, c->readout * clamp(y / (float)c->height, 0.0f, 1.0f));
  if (c->readout > 0.0f) { // a pose for each row
#define EACH(s)                                                                                    \
  float3 o##s, d##s;                                                                               \
  float t##s;                                                                                      \
  camera_ray(c, (float2)(AT(x, s), AT(y, s)), &o##s, &d##s, &t##s);
    EACH(s0)
#if LANES == 8
    EACH(s1)
    EACH(s2)
    EACH(s3)
    EACH(s4)
    EACH(s5)
    EACH(s6)
    EACH(s7)
#endif
#undef EACH
#define OX(s) o##s.x
#define OY(s) o##s.y
#define OZ(s) o##s.z
#define DX(s) d##s.x
#define DY(s) d##s.y
#define DZ(s) d##s.z
#define TIME(s) t##s
    r.o = triple(EACH_LANE(float, OX), EACH_LANE(float, OY), EACH_LANE(float, OZ));
    r.d = triple(EACH_LANE(float, DX), EACH_LANE(float, DY), EACH_LANE(float, DZ));
    r.time = EACH_LANE(float, TIME);
    return r;
  }
  real4 q = {REAL(c->begin_q[0]), REAL(c->begin_q[1]), REAL(c->begin_q[2]), REAL(c->begin_q[3])};
  r.o = rgb(c->begin_p[0], c->begin_p[1], c->begin_p[2]);
  r.d = turn(q, triple((x - c->cx) / c->fx, (y - c->cy) / c->fy, REAL(1.0f)));
  r.time = REAL(0.0f);
  return r;
}

// Rays through pixel centres in tile order, or through `positions`. Samples outside
// the image or past count are idle, and those where the lens draws nothing: their
// directions are 0, too. LANES samples a work-item.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
camera_rays(__global const gpu_camera *camera, __global const float2 *positions, int use_positions,
            int count, int stride, float limit, __global float *rays) {
  int i = (int)get_global_id(0) * LANES;
  if (i >= stride)
    return;
  whole inside = i + LANE_NUMBERS < WHOLE(count);
  real x, y;
  if (use_positions) {
    whole at = min(i + LANE_NUMBERS, WHOLE(count - 1));
    x = GATHER_OF(float, positions, at, x);
    y = GATHER_OF(float, positions, at, y);
  } else {
    pixel_lanes pixel = tile_pixels(i + band_first(camera), (camera->width + 3) / 4);
    inside &= (pixel.x < WHOLE(camera->width)) & (pixel.y < WHOLE(camera->height));
    x = to_real(pixel.x) + 0.5f;
    y = to_real(pixel.y) + 0.5f;
  }
  ray_lanes r = camera_lanes(camera, x, y);
  inside &= dot3(r.d, r.d) > REAL(0.0f);
  store_rays(rays, i, stride, r, select(REAL(-1.0f), REAL(limit), inside));
}

// Rays of samples first .. first + count in tile order at random places of their pixels, and at
// times of the exposure: pass `pass` of `passes` has its own share of it. LANES a work-item.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
exposure_rays(__global const gpu_camera *camera, int first, int count, int stride, int pass,
              int passes, uint salt, float limit, __global float *rays) {
  int i = (int)get_global_id(0) * LANES;
  if (i >= stride)
    return;
  pixel_lanes pixel = tile_pixels(first + i, (camera->width + 3) / 4);
  whole inside = (i + LANE_NUMBERS < WHOLE(count)) & (pixel.x < WHOLE(camera->width)) &
                 (pixel.y < WHOLE(camera->height));
  // Each pixel has places and times of its own; its passes spread evenly (Roberts' R2 sequence).
  word h = hash_word(as_word(first + i + LANE_NUMBERS) ^ salt);
  real dx = unit_of(h) + 0.7548777f * (float)pass;
  real dy = unit_of(hash_word(h ^ 0x68bc21ebu)) + 0.5698403f * (float)pass;
  real x = to_real(pixel.x) + (dx - floor(dx)), y = to_real(pixel.y) + (dy - floor(dy));
  real share = ((float)pass + unit_of(hash_word(h ^ (0x02e5be93u + (uint)pass)))) / (float)passes;
  real begin = camera->readout * clamp(y / (float)camera->height, 0.0f, 1.0f);
  ray_lanes r = lens_rays(camera, x, y, min(begin + camera->exposure * share, 1.0f));
  inside &= dot3(r.d, r.d) > REAL(0.0f);
  store_rays(rays, i, stride, r, select(REAL(-1.0f), REAL(limit), inside));
}

// instance_normal of LANES normals in their things' frames.
inline real3 things_normal(__global const gpu_instance *all, word instance, real3 n, real time) {
  real3 scale;
  real4 q = things_rotation(all, instance, time, &scale);
  return unit3(turn(q, triple(n.x / scale.x, n.y / scale.y, n.z / scale.z)));
}

// Geometric normal that faces the ray and distance (-1: nothing met), and the material's
// number (MATERIAL_UNMET: none) of each hit. LANES hits a work-item.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
hit_surfaces(__global const gpu_facet *facets, __global const gpu_triangle *triangles,
             __global const gpu_instance *instances, __global const float *rays, int count,
             int stride, __global const float *t, __global const uint *primitive,
             __global const uint *instance, __global float4 *surface, __global uint *material) {
  int i = (int)get_global_id(0) * LANES;
  if (i >= count)
    return;
  word p = load_words(primitive, i);
  whole met = p < WORD(HIT_SKIP);
  real4 out = {REAL(0.0f), REAL(0.0f), REAL(0.0f), REAL(-1.0f)};
  word number = WORD(MATERIAL_UNMET);
  if (any_lane(met)) {
    p = select(WORD(0u), p, met);
    word who = select(WORD(0u), load_words(instance, i), met);
    ray_lanes r = load_rays(rays, i, stride);
    real3 n = {GATHER_OF(float, facets, p, nx), GATHER_OF(float, facets, p, ny),
               GATHER_OF(float, facets, p, nz)};
    n = things_normal(instances, who, n, r.time);
    n = choose3(n, neg3(n), dot3(n, r.d) > REAL(0.0f));
    out.x = select(out.x, n.x, met);
    out.y = select(out.y, n.y, met);
    out.z = select(out.z, n.z, met);
    out.w = select(out.w, load_reals(t, i), met);
    number = select(number, GATHER_OF(uint, triangles, p, material), met);
  }
  scatter4(surface, i + LANE_NUMBERS, out);
  store_words(number, material, i);
}

inline real surface_offset(real t) {
  return 0.002f + 3e-5f * t;
}

// Where a ray leaves the surface that it met at s.w.
inline real3 leave_surface(ray_lanes r, real3 n, real distance) {
  return add3(add3(r.o, scale3(r.d, distance)), scale3(n, surface_offset(distance)));
}

// A ray to a point of the sun's disc. Leaves let the sun through, so they ask for
// it on both sides. Samples count from `first` on, which chooses their points. LANES a work-item.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
sun_rays(__global const gpu_weather *weather, __global const gpu_material *materials,
         __global const uint *material, __global const float *rays, int count, int stride,
         __global const float4 *surface, uint salt, int first, __global float *out) {
  int i = (int)get_global_id(0) * LANES;
  if (i >= stride)
    return;
  whole numbers = i + LANE_NUMBERS;
  real4 s = gather4(surface, numbers);
  whole met = (numbers < WHOLE(count)) & (s.w >= REAL(0.0f));
  real3 n = triple(s.x, s.y, s.z);
  float3 to_sun = load3(weather->sun_direction);
  real3 sun = all3(to_sun);
  word what = select(WORD(0u), load_words(material, i), met);
  whole leaf = GATHER_OF(uint, materials, what, shader) == WORD(SHADER_LEAF);
  n = choose3(n, neg3(n), leaf & (dot3(n, sun) < REAL(0.0f)));
  word h = hash_word(as_word(first + numbers) ^
                     hash_u32(weather->seed ^ hash_u32(weather->frame + salt)));
  // A square as large as the disc: as soft, and no trigonometry. 2x2 pixels have its four quarters.
  word quarter = as_word(first + numbers) ^ hash_u32(salt);
  real a = 0.00415f * (unit_of(hash_word(h)) - to_real(as_whole(quarter & 1u)));
  real b =
      0.00415f * (unit_of(hash_word(h ^ 0x68bc21ebu)) - to_real(as_whole((quarter >> 2u) & 1u)));
  float3 across = fabs(to_sun.z) < 0.9f ? (float3)(0.0f, 0.0f, 1.0f) : (float3)(1.0f, 0.0f, 0.0f);
  float3 side = normalize(cross(to_sun, across));
  ray_lanes from = load_rays(rays, i, stride), r;
  r.o = leave_surface(from, n, s.w);
  r.d = add3(sun, add3(scale3(all3(side), a), scale3(all3(cross(to_sun, side)), b)));
  r.time = from.time;
  store_rays(out, i, stride, r,
             select(REAL(-1.0f), REAL(3000.0f), met & (dot3(n, sun) > REAL(0.0f))));
}

// Interleaved sampling (Keller and Heidrich 2001) at half resolution: each 2x2 pixels
// send one ray, 4x4 such quads look into 16 different parts of the sky. The mean over
// any 4x4 quads then has each direction once. Equal directions of a 32x32 pixel block
// share a packet. A quad's ray starts at one of its pixels.
inline whole quad_slot(__global const gpu_camera *c, whole qx, whole qy) {
  int blocks_x = (c->width + 31) / 32;
  qy -= c->band_row / 2;
  whole block = (qy >> 4) * blocks_x + (qx >> 4), direction = (qy & 3) * 4 + (qx & 3);
  return (block * 16 + direction) * 16 + ((qy >> 2) & 3) * 4 + ((qx >> 2) & 3);
}

// The sample of a pixel that the band has.
inline whole band_sample(__global const gpu_camera *c, whole x, whole y) {
  y -= c->band_row;
  return ((y >> 2) * ((c->width + 3) / 4) + (x >> 2)) * 16 + (y & 3) * 4 + (x & 3);
}

inline whole quad_sample(__global const gpu_camera *c, whole qx, whole qy) {
  return band_sample(c, min(2 * qx + (qy & 1), WHOLE(c->width - 1)),
                     min(2 * qy + (qx & 1), WHOLE(band_end(c) - 1)));
}

// Where occluders stop to count: near ones take all rays, far ones few.
__constant float AMBIENT_REACH[16] = {0.5f, 5.0f,  1.6f, 14.0f, 9.0f,  0.8f, 24.0f, 2.2f,
                                      3.0f, 18.0f, 1.1f, 7.0f,  12.0f, 4.0f, 0.6f,  35.0f};

// Cosine-weighted directions around z, 4x4 strata of angle and height: r = sqrt(v), z =
// sqrt(1 - v), angle = 2 pi (u + v / 4) at the strata's middles.
__constant float AMBIENT_DIRECTION[16][3] = {
    {0.196424f, 0.293969f, 0.935414f},   {-0.293969f, 0.196424f, 0.935414f},
    {-0.196424f, -0.293969f, 0.935414f}, {0.293969f, -0.196424f, 0.935414f},
    {0.119468f, 0.600606f, 0.790569f},   {-0.600606f, 0.119468f, 0.790569f},
    {-0.119468f, -0.600606f, 0.790569f}, {0.600606f, -0.119468f, 0.790569f},
    {-0.154232f, 0.775379f, 0.612372f},  {-0.775379f, -0.154232f, 0.612372f},
    {0.154232f, -0.775379f, 0.612372f},  {0.775379f, 0.154232f, 0.612372f},
    {-0.519688f, 0.777769f, 0.353553f},  {-0.777769f, -0.519688f, 0.353553f},
    {0.519688f, -0.777769f, 0.353553f},  {0.777769f, 0.519688f, 0.353553f}};

// LANES rays a work-item; all have the same direction in their surfaces' frames.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
ambient_rays(__global const gpu_camera *camera, __global const float *rays, int stride,
             __global const float4 *surface, int ambient_count, __global float *out) {
  int slot = (int)get_global_id(0) * LANES;
  if (slot >= ambient_count)
    return;
  int width = camera->width, end = band_end(camera);
  int blocks_x = (width + 31) / 32, block = slot >> 8, in = (slot >> 4) & 15;
  whole lane = (slot & 15) + LANE_NUMBERS;
  whole qx = (block % blocks_x) * 16 + (lane & 3) * 4 + (in & 3);
  whole qy = camera->band_row / 2 + (block / blocks_x) * 16 + (lane >> 2) * 4 + (in >> 2);
  whole inside = (2 * qx < WHOLE(width)) & (2 * qy < WHOLE(end));
  whole i = select(WHOLE(0), quad_sample(camera, qx, qy), inside);
  real4 s = gather4(surface, i);
  real3 n = triple(s.x, s.y, s.z);
  whole upright = fabs(n.z) < REAL(0.7f);
  real zero = REAL(0.0f);
  real3 side = unit3(
      triple(select(zero, -n.y, upright), select(-n.z, n.x, upright), select(n.y, zero, upright)));
  real3 d = add3(add3(scale3(side, REAL(AMBIENT_DIRECTION[in][0])),
                      scale3(cross3(n, side), REAL(AMBIENT_DIRECTION[in][1]))),
                 scale3(n, REAL(AMBIENT_DIRECTION[in][2])));
  ray_lanes r;
  if (camera->readout > 0.0f) {
    r = gather_rays(rays, i, stride);
  } else { // all begin at one place and time
    r.o = all3(load3(camera->begin_p));
    r.d = gather_directions(rays, i, stride);
    r.time = REAL(0.0f);
  }
  r.o = leave_surface(r, n, s.w);
  r.d = d;
  store_rays(out, slot, ambient_count, r,
             select(REAL(-1.0f), REAL(AMBIENT_REACH[in]), inside & (s.w >= REAL(0.0f))));
}

// What the filter reads of each quad, row by row with two quads more on every side:
// planes of normal x, y, z, distance and free sky, `plane` floats each. LANES quads a
// work-item; the last ones go back as far as needed to have as many.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
ambient_quads(__global const gpu_camera *camera, __global const float4 *surface,
              __global const float *sky_free, int plane, __global float *quads) {
  int first = (int)get_global_id(0) * LANES;
  if (first >= plane)
    return;
  first = min(first, plane - LANES);
  int width = camera->width, begin = camera->band_row / 2, row = (width + 1) / 2 + 4;
  int qy0 = first / row;
  whole x = first - qy0 * row + LANE_NUMBERS, wraps = x >= WHOLE(row);
  x = select(x, x - row, wraps);
  whole y = select(WHOLE(qy0), WHOLE(qy0 + 1), wraps);
  whole qx = clamp(x - 2, WHOLE(0), WHOLE((width - 1) >> 1));
  whole qy = clamp(begin + y - 2, WHOLE(begin), WHOLE((band_end(camera) - 1) >> 1));
  whole i = quad_sample(camera, qx, qy);
  whole slot = quad_slot(camera, qx, qy);
  real4 s = gather4(surface, i);
  store_reals(s.x, quads, first);
  store_reals(s.y, quads, plane + first);
  store_reals(s.z, quads, 2 * plane + first);
  store_reals(s.w, quads, 3 * plane + first);
  store_reals(GATHER(float, sky_free, slot), quads, 4 * plane + first);
}

#include "soften.cl"

#include "pixels.cl"

#define EDGE_SHADED (-1)
#define EDGE_LENDERS 4 // pixels that may lend their light
// Below this difference of brightness nobody sees a jagged edge.
#define EDGE_CONTRAST 0.05f

// A pixel's brightness as the eye will roughly meet it, 0..1.
inline real seen_light(real4 radiance, float exposure) {
  real light = exposure * (0.2126f * radiance.x + 0.7152f * radiance.y + 0.0722f * radiance.z);
  return light / (1.0f + light);
}

// Samples of the pixels one step away, held at the band's border, and so at the image's.
inline whole neighbours(pixel_lanes at, int dx, int dy, __global const gpu_camera *camera) {
  whole x = clamp(at.x + dx, WHOLE(0), WHOLE(camera->width - 1));
  whole y = clamp(at.y + dy, WHOLE(camera->band_row), WHOLE(band_end(camera) - 1));
  return band_sample(camera, x, y);
}

typedef struct hit_lanes {
  word material, instance;
  real4 surface;
} hit_lanes;

// Where hits are of different surfaces, and where it is sky, so that one of two is of nothing: the
// rim of a fisheye's circle. `leaf` of a's; leaf on leaf is texture rather than outline: it would
// take most extra samples.
inline whole surfaces_differ(const hit_lanes *a, real light, whole leaf, const hit_lanes *b,
                             real other_light) {
  word none = WORD(MATERIAL_UNMET);
  whole a_none = a->material == none, b_none = b->material == none;
  whole rim = (light == REAL(0.0f)) != (other_light == REAL(0.0f));
  whole another = a->material != b->material;
  real4 m = a->surface, o = b->surface;
  whole apart = another | (a->instance != b->instance) |
                (o.x * m.x + o.y * m.y + o.z * m.z < REAL(0.8f)) |
                (fabs(o.w - m.w) > 0.1f * m.w + 0.2f);
  apart = select(apart, WHOLE(0), leaf & (another == WHOLE(0)));
  return select(select(apart, WHOLE(-1), a_none | b_none), rim, a_none & b_none);
}

// Where a pixel's brightness is far from that of the one beside it.
inline whole light_steps(real light, real there) {
  return fabs(there - light) >= REAL(EDGE_CONTRAST);
}

// Of half a tile the pixels beside it, one step away: its own, and those of the half tile there.
#if LANES == 8
#define BESIDE_LEFT(own, other) (other).s3, (own).s012, (other).s7, (own).s456
#define BESIDE_RIGHT(own, other) (own).s123, (other).s0, (own).s567, (other).s4
#define BESIDE_ABOVE(own, other) (other).hi, (own).lo
#define BESIDE_BELOW(own, other) (own).hi, (other).lo

inline real4 gather_half(__global const float4 *p, int i) {
  return gather4(p, i + LANE_NUMBERS);
}

#define BESIDE(type, way, own, other) ((type)(way(own, other)))
#define EDGES_BESIDE(way, from, there)                                                             \
  if (any_lane(light_steps(light, there))) {                                                       \
    word m = load_words(material, from), n = load_words(instance, from);                           \
    real4 s = gather_half(surface, from);                                                          \
    hit_lanes other = {                                                                            \
        BESIDE(word, way, mine.material, m),                                                       \
        BESIDE(word, way, mine.instance, n),                                                       \
        {BESIDE(real, way, mine.surface.x, s.x), BESIDE(real, way, mine.surface.y, s.y),           \
         BESIDE(real, way, mine.surface.z, s.z), BESIDE(real, way, mine.surface.w, s.w)}};         \
    edges |= light_steps(light, there) & surfaces_differ(&mine, light, leaf, &other, there);       \
  }
#endif

// 1 for each sample with a neighbour on another surface of another brightness: these pixels
// get more samples. LANES samples a work-item.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
edge_pixels(__global const gpu_camera *camera, __global const float4 *surface,
            __global const gpu_material *materials, __global const uint *material,
            __global const uint *instance, __global const float *seen, int count,
            __global uchar *edge) {
  int i = (int)get_global_id(0) * LANES;
  if (i >= count)
    return;
  int tiles_x = (camera->width + 3) / 4;
  pixel_lanes at = tile_pixels(i + band_first(camera), tiles_x);
  whole inside = band_shown(camera, at), edges = WHOLE(0);
  real light = load_reals(seen, i);
#if LANES == 8
  // The half tiles left and right; the other half of the tile, and the half of the one above or
  // below.
  int x = FIRST_LANE(at.x), y = FIRST_LANE(at.y);
  int left = i - 16, right = i + 16;
  int above = i & 8 ? i - 8 : i + 8 - 16 * tiles_x, below = i & 8 ? i - 8 + 16 * tiles_x : i + 8;
  bool inner = x > 0 && x + 4 < camera->width && y > camera->band_row && y + 2 < band_end(camera);
  real to_left, to_right, up, down;
  if (inner) {
    to_left = BESIDE(real, BESIDE_LEFT, light, load_reals(seen, left));
    to_right = BESIDE(real, BESIDE_RIGHT, light, load_reals(seen, right));
    up = BESIDE(real, BESIDE_ABOVE, light, load_reals(seen, above));
    down = BESIDE(real, BESIDE_BELOW, light, load_reals(seen, below));
    if (!any_lane(light_steps(light, to_left) | light_steps(light, to_right) |
                  light_steps(light, up) | light_steps(light, down))) {
      vstore8((uchar8)(0), 0, edge + i);
      return;
    }
  }
#endif
  hit_lanes mine = {load_words(material, i), load_words(instance, i),
                    gather4(surface, i + LANE_NUMBERS)};
  whole met = mine.material != WORD(MATERIAL_UNMET);
  word what = select(WORD(0u), mine.material, met);
  whole leaf = met & (GATHER_OF(uint, materials, what, shader) == WORD(SHADER_LEAF));
#if LANES == 8
  if (inner) {
    EDGES_BESIDE(BESIDE_LEFT, left, to_left)
    EDGES_BESIDE(BESIDE_RIGHT, right, to_right)
    EDGES_BESIDE(BESIDE_ABOVE, above, up)
    EDGES_BESIDE(BESIDE_BELOW, below, down)
    vstore8(convert_uchar8(edges & inside & 1), 0, edge + i);
    return;
  }
#endif
  for (int k = 0; k < 4; k++) {
    whole j = neighbours(at, (k == 0) - (k == 1), (k == 2) - (k == 3), camera);
    real there = GATHER(float, seen, j);
    hit_lanes other = {GATHER(uint, material, j), GATHER(uint, instance, j), gather4(surface, j)};
    edges |=
        inside & light_steps(light, there) & surfaces_differ(&mine, light, leaf, &other, there);
  }
#define MARK(s) edge[i + AT(LANE_NUMBERS, s)] = AT(edges, s) ? 1 : 0;
  MARK(s0)
#if LANES == 8
  MARK(s1) MARK(s2) MARK(s3) MARK(s4) MARK(s5) MARK(s6) MARK(s7)
#endif
#undef MARK
}

// Lanes of `a` whose hit is of the same surface as that of `b`, leaves as one, the sky if `sky`.
inline whole same_surface(const hit_lanes *a, const hit_lanes *b, whole leaf, bool sky) {
  whole both = a->material == b->material, unmet = a->material == WORD(MATERIAL_UNMET);
  real4 m = a->surface, o = b->surface;
  whole close = (a->instance == b->instance) & (o.x * m.x + o.y * m.y + o.z * m.z >= REAL(0.8f)) &
                (fabs(o.w - m.w) <= 0.1f * m.w + 0.2f);
  return both & select(close | leaf, WHOLE(sky ? -1 : 0), unmet);
}

// The pixel whose light each extra sample takes, since it met the same surface: its own, or
// one of those that it lies towards, beside, above or below, or across. EDGE_SHADED: none, or such
// pixels around it look so different that a shadow may end between them. LANES samples a work-item.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
borrow_edges(__global const gpu_camera *camera, __global const gpu_material *materials,
             __global const float2 *positions, int count, __global const float4 *surface,
             __global const uint *material, __global const uint *instance,
             __global const float *seen, __global const float4 *extra_surface,
             __global const uint *extra_material, __global const uint *extra_instance,
             __global int *source) {
  int i = (int)get_global_id(0) * LANES;
  if (i >= count)
    return;
  whole number = min(i + LANE_NUMBERS, WHOLE(count - 1));
  real px = GATHER_OF(float, positions, number, x), py = GATHER_OF(float, positions, number, y);
  pixel_lanes at = {to_whole(px), to_whole(py)};
  whole dx = select(WHOLE(-1), WHOLE(1), px - to_real(at.x) > REAL(0.5f));
  whole dy = select(WHOLE(-1), WHOLE(1), py - to_real(at.y) > REAL(0.5f));
  hit_lanes mine = {GATHER(uint, extra_material, number), GATHER(uint, extra_instance, number),
                    gather4(extra_surface, number)};
  whole met = mine.material != WORD(MATERIAL_UNMET);
  word what = select(WORD(0u), mine.material, met);
  whole leaf = met & (GATHER_OF(uint, materials, what, shader) == WORD(SHADER_LEAF));
  // Sky is smooth, but a lens's picture may end there. Leaves differ anyway.
  bool sky = camera->lens == CAMERA_PINHOLE;
  whole content = leaf | (met == WHOLE(0));
  whole chosen = WHOLE(EDGE_SHADED), open = WHOLE(-1);
  real light = REAL(0.0f);
  for (int k = 0; k < EDGE_LENDERS + 2 && any_lane(open); k++) {
    // Towards it as the bits of k say; the last two lie on the other sides.
    bool lends = k < EDGE_LENDERS;
    whole sx = at.x + (lends ? (k & 1) * dx : ((k & 1) - 1) * dx);
    whole sy = at.y + (lends ? (k >> 1) * dy : -(k & 1) * dy);
    sx = clamp(sx, WHOLE(0), WHOLE(camera->width - 1));
    sy = clamp(sy, WHOLE(camera->band_row), WHOLE(band_end(camera) - 1));
    whole j = band_sample(camera, sx, sy);
    hit_lanes other = {GATHER(uint, material, j), GATHER(uint, instance, j), gather4(surface, j)};
    whole same = open & same_surface(&mine, &other, leaf, sky);
    real there = GATHER(float, seen, j);
    whole taken = chosen != WHOLE(EDGE_SHADED);
    whole clash = same & taken & (fabs(there - light) >= REAL(EDGE_CONTRAST));
    whole takes = same & (taken == WHOLE(0)) & WHOLE(lends ? -1 : 0);
    chosen = select(select(chosen, j, takes), WHOLE(EDGE_SHADED), clash);
    light = select(light, there, takes);
    open &= (clash == WHOLE(0)) & ((takes & content) == WHOLE(0));
  }
  store_words(as_word(chosen), (__global uint *)source, i);
}

// Rays and hits of the samples that `kept` numbers, one after the other in buffers of their own.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
keep_samples(__global const int *kept, int count, __global const float *rays, int stride,
             __global const float4 *surface, __global const uint *material, __global const float *t,
             __global const uint *primitive, __global const uint *instance, __global const float *u,
             __global const float *v, __global float *to_rays, int to_stride,
             __global float4 *to_surface, __global uint *to_material, __global float *to_t,
             __global uint *to_primitive, __global uint *to_instance, __global float *to_u,
             __global float *to_v) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int from = kept[i];
  for (int plane = 0; plane < RAY_PLANES; plane++)
    to_rays[plane * to_stride + i] = rays[plane * stride + from];
  to_surface[i] = surface[from];
  to_material[i] = material[from];
  to_t[i] = t[from];
  to_primitive[i] = primitive[from];
  to_instance[i] = instance[from];
  to_u[i] = u[from];
  to_v[i] = v[from];
}

// Ambient and mirror results of the pixel that each extra sample belongs to.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
inherit_ambient(__global const int *owner, int count, __global const float *ambient,
                __global float *out) {
  int i = (int)get_global_id(0);
  if (i < count)
    out[i] = ambient[owner[i]];
}

// Pixel samples in tile order to rows, and how bright each looks. LANES a work-item.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
resolve_pixels(__global const gpu_camera *camera, __global const gpu_weather *weather,
               __global const float4 *radiance, int count, __global float4 *image,
               __global float *seen) {
  int first = (int)get_global_id(0) * LANES, width = camera->width;
  if (first >= count)
    return;
  real4 colors = gather4(radiance, first + LANE_NUMBERS);
  store_reals(seen_light(colors, weather->exposure), seen, first);
  pixel_lanes at = tile_pixels(band_first(camera) + first, (width + 3) / 4);
  whole inside = band_shown(camera, at);
  __global float4 *to = image + FIRST_LANE(at.y) * width + FIRST_LANE(at.x);
#if LANES == 8
  if (bits8(inside) == 255) {
    for (int k = 0; k < 4; k++)
      to[k] = radiance[first + k];
    for (int k = 0; k < 4; k++)
      to[width + k] = radiance[first + 4 + k];
    return;
  }
#endif
  for (int k = 0, left = LANE_BITS(inside); left; k++, left >>= 1)
    if (left & 1)
      to[(k >> 2) * width + (k & 3)] = radiance[first + k];
}

// Extra samples, two a pixel one after the other: their mean with the centre, in a
// fixed order. Bright ones are held back before the mean so that a lamp or a
// glint doesn't leave a jagged edge. `source`: the pixel's sample whose light each takes,
// or -1 - n for the n-th of `extra`.
inline float3 calm(float4 c) {
  return c.xyz / (1.0f + 0.25f * max(c.x, max(c.y, c.z)));
}

inline float3 edge_light(int source, __global const float4 *radiance,
                         __global const float4 *extra) {
  return calm(source < 0 ? extra[-1 - source] : radiance[source]);
}

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
resolve_edges(__global const gpu_camera *camera, __global const int *centre,
              __global const int *source, int pixels, __global const float4 *radiance,
              __global const float4 *extra, __global float4 *image) {
  int i = (int)get_global_id(0);
  if (i >= pixels)
    return;
  int mine = centre[i];
  int2 at = tile_pixel(band_first(camera) + mine, (camera->width + 3) / 4);
  float3 c = calm(radiance[mine]) + edge_light(source[2 * i], radiance, extra) +
             edge_light(source[2 * i + 1], radiance, extra);
  c *= 1.0f / 3.0f;
  c = c / max(1.0f - 0.25f * max(c.x, max(c.y, c.z)), 1e-3f);
  image[at.y * camera->width + at.x] = (float4)(c, 1.0f);
}

// Adds a pass's share of light to the pixels of samples first .. first + count; the first pass
// begins anew.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
exposure_sum(__global const gpu_camera *camera, __global const float4 *radiance, int first,
             int count, int pass, int passes, __global float4 *image) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int2 at = tile_pixel(first + i, (camera->width + 3) / 4);
  if (at.x >= camera->width || at.y >= camera->height)
    return;
  int pixel = at.y * camera->width + at.x;
  float4 light = radiance[i] * (1.0f / (float)passes);
  image[pixel] = pass ? image[pixel] + light : light;
}
