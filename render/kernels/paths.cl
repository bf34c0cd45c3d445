// SPDX-License-Identifier: Apache-2.0
// Paths of diffuse light (Kajiya 1986): from what a pixel shows on to what lights it. Directions
// are drawn by the cosine, so that a path's weight is the product of the albedos it met; at each
// hit the sun is asked for and one of the lamps there, chosen by what it gives. Every surface
// answers as a matt one. Sums are mean radiance over the cosine lobe, irradiance / pi, before the
// pixel's own albedo.
#include "light.cl"
#include "philox_lanes.cl"
#include "sample_list.cl"
#include "surface_point.cl"

#define PATH_REACH_M 3000.0f
// Lamps stand in their own lanterns; a ray to one ends so far before it.
#define LAMP_CLEAR_M 0.6f
// Irradiance by lamps at a hit, 1,000 lx at most: what lies closer is a lantern's own housing.
#define LAMP_MOST 0.1f
// A path meets surfaces as coarse as this: its pixel's size at distance 1.
#define PATH_PIXEL 0.1f

typedef struct path_scene {
  scene_view view;
  __constant const gpu_weather *weather;
  __constant const gpu_sky *sky;
  __global const gpu_light *lights;
  int light_count;
  __global const uint *cells;
  float2 middle; // of the lamps' grid
} path_scene;

// Rays of paths, to the next surface and to a lamp: planes of `stride` floats.
typedef struct path_rays {
  __global float *next, *lamp;
  int stride;
} path_rays;

inline void scatter_reals(__global float *p, whole i, real v) {
#define PUT(s) p[AT(i, s)] = AT(v, s);
  PUT(s0)
#if LANES == 8
  PUT(s1) PUT(s2) PUT(s3) PUT(s4) PUT(s5) PUT(s6) PUT(s7)
#endif
#undef PUT
}

inline void scatter_rays(__global float *rays, int stride, whole i, real3 o, real3 d, real time,
                         real limit) {
  scatter_reals(rays + RAY_OX * stride, i, o.x);
  scatter_reals(rays + RAY_OY * stride, i, o.y);
  scatter_reals(rays + RAY_OZ * stride, i, o.z);
  scatter_reals(rays + RAY_DX * stride, i, d.x);
  scatter_reals(rays + RAY_DY * stride, i, d.y);
  scatter_reals(rays + RAY_DZ * stride, i, d.z);
  scatter_reals(rays + RAY_TIME * stride, i, time);
  scatter_reals(rays + RAY_LIMIT * stride, i, limit);
}

// A direction by the cosine around n; u, v of 0..1. Behind the face that n bends away from it is
// mirrored back.
inline real3 cosine_around(real3 n, real3 face, real u, real v) {
  real r = sqrt(u), up = sqrt(max(1.0f - u, 0.0f)), angle = 6.2831853f * v;
  real zero = REAL(0.0f);
  whole upright = fabs(n.z) < REAL(0.7f);
  real3 side = unit3(
      triple(select(zero, -n.y, upright), select(-n.z, n.x, upright), select(n.y, zero, upright)));
  real3 d = add3(add3(scale3(side, r * cos(angle)), scale3(cross3(n, side), r * sin(angle))),
                 scale3(n, up));
  real behind = min(dot3(d, face), 0.0f);
  return sub3(d, scale3(face, 2.0f * behind));
}

// The sky of diffuse light, as harmonics_of in render/sky.c has it: without the sun, which is
// asked for, and clouds' detail; the fog before it instead.
inline real3 path_sky(__constant const gpu_sky *sky, real3 d) {
  real fog = REAL(1.0f - exp(-sky->air_beta * sky->air_top_m));
  real3 up = triple(d.x, d.y, max(d.z, 0.0f));
  real3 l = mix3(sky_clear(sky, up), scale3(sky_color(sky->cloud_shade), sky_overcast(up.z)),
                 REAL(sky->cloud_cover));
  return sky_over_ground(sky, mix3(l, sky_color(sky->air), fog), d.z);
}

// What lamps give at points with normals n were nothing in their way, and, in lanes of *any, the
// way to one of them, drawn by `dice`, with what the draw makes of its light.
typedef struct lamp_draw {
  real3 all, one; // irradiance
  real3 to;
  real distance;
  whole any;
} lamp_draw;

inline lamp_draw draw_lamp(const path_scene *in, real3 at, real3 n, real translucent, real dice) {
  real zero = REAL(0.0f);
  lamp_draw out = {{zero, zero, zero}, {zero, zero, zero}, {zero, zero, zero}, zero, WHOLE(0)};
  if (in->light_count <= 0)
    return out;
  whole row;
  word lamps = lamps_near(in->cells, pair(at.x, at.y), in->middle, WHOLE(-1), &row);
  real weight = zero, chosen = zero;
  for (uint k = 0; k < LIGHT_PER_CELL; k++) {
    whole there = lamps > WORD(k);
    if (!any_lane(there))
      break;
    word lamp = select(WORD(0u), GATHER(uint, in->cells, row + (int)(k + 1)), there);
    real3 to;
    real square_m;
    real3 e = lamp_light(in->lights, lamp, at, &to, &square_m);
    real nl = dot3(n, to);
    e = scale3(e, max(nl, 0.0f) + translucent * max(-nl, 0.0f));
    real w = select(zero, e.x + e.y + e.z, there);
    there &= w >= REAL(2e-5f); // as lamps_at
    if (!any_lane(there))
      continue;
    w = select(zero, w, there);
    weight += w;
    real share = select(zero, w / max(weight, 1e-20f), there);
    // One of all: each takes the place of those before by its share, with the same dice again.
    whole takes = there & (dice < share);
    dice = select((dice - share) / max(1.0f - share, 1e-6f), dice / max(share, 1e-6f), takes);
    dice = clamp(dice, 0.0f, 0.9999999f);
    out.all = choose3(out.all, add3(out.all, e), there);
    out.one = choose3(out.one, e, takes);
    out.to = choose3(out.to, to, takes);
    out.distance = select(out.distance, sqrt(square_m), takes);
    chosen = select(chosen, w, takes);
    out.any |= takes;
  }
  out.one = scale3(out.one, weight / max(chosen, 1e-20f));
  real most = max(out.all.x, max(out.all.y, out.all.z));
  out.one = scale3(out.one, min(LAMP_MOST / max(most, 1e-20f), 1.0f));
  return out;
}

// A side of a surface: what light comes through leaves it by the other one.
typedef struct path_side {
  real3 from, normal, face;
} path_side;

inline path_side leave_by(const surface_point *at, whole other) {
  path_side out;
  out.normal = choose3(at->normal, neg3(at->normal), other);
  out.face = choose3(at->face, neg3(at->face), other);
  out.from = add3(at->world, scale3(out.face, 0.002f + 3e-5f * at->distance));
  return out;
}

// Light comes from both sides of what `through` of it passes: a path goes to one of them, and
// counts for both.
inline whole draw_side(real through, real dice) {
  return dice * (1.0f + through) < through;
}

// From the side of the surface that the lamp lights.
inline void send_lamp_rays(path_rays out, whole i, const lamp_draw *lamp, const surface_point *at,
                           real time) {
  real3 from = leave_by(at, dot3(at->normal, lamp->to) < REAL(0.0f)).from;
  real limit = select(REAL(-1.0f), max(lamp->distance - LAMP_CLEAR_M, 0.01f), lamp->any);
  scatter_rays(out.lamp, out.stride, i, from, lamp->to, time, limit);
}

inline void idle_rays(path_rays out, int i) {
  out.next[RAY_LIMIT * out.stride + i] = out.lamp[RAY_LIMIT * out.stride + i] = -1.0f;
}

// Path number `number` of `count` pixels, from number `pixels_from` of the band on in tile order,
// `paths` in all: the ray to what lights each and one to a lamp. `guide`: shading normal and
// distance in the ray's unit, -1 where nothing was met. `through`: weight, 0 where there is no
// path; `light`: sums, w: the share of the lamps' light that isn't in shadow; `pending`: what the
// lamp's ray brings when it's free.
__kernel __attribute__((reqd_work_group_size(BLOCK_GROUP, 1, 1))) void
path_begin(__global const gpu_instance *instances, __global const gpu_vertex *vertices,
           __global const gpu_triangle *triangles, __global const gpu_material *materials,
           __global const uint *texels, __constant const gpu_weather *weather,
           __constant const gpu_sky *sky, __global const gpu_light *lights, int light_count,
           __global const uint *cells, __global const gpu_camera *camera, int pixels_from,
           int count, int number, uint purpose, __global const float *rays, int rays_stride,
           __global const uint *material, __global const float *hit_t,
           __global const uint *hit_primitive, __global const uint *hit_instance,
           __global const float *hit_u, __global const float *hit_v, __global float *next,
           __global float *lamp_rays, int stride, __global float4 *through, __global float4 *light,
           __global float4 *pending, __global float4 *guide) {
  path_scene in = {
      {instances, vertices, triangles, materials, texels}, weather, sky, lights, light_count, cells,
      (float2)(camera->begin_p[0], camera->begin_p[1])};
  path_rays out = {next, lamp_rays, stride};
  sample_list list = {camera, 0, 0, pixels_from + count, rays, rays_stride, band_first(camera)};
  for (int k = 0; k < BLOCK; k++) {
    int n = (int)get_global_id(0) * BLOCK + k;
    if (n < count) {
      through[n] = pending[n] = (float4)(0.0f);
      light[n] = (float4)(0.0f, 0.0f, 0.0f, 1.0f);
      guide[pixels_from + n] = (float4)(0.0f, 0.0f, 0.0f, -1.0f);
    }
    if (n < stride)
      idle_rays(out, n);
  }
#define KEY_OF(n)                                                                                  \
  (sample_inside(list, pixels_from + (n)) && material[pixels_from + (n)] != MATERIAL_UNMET         \
       ? materials[material[pixels_from + (n)]].shader                                             \
       : KEY_NONE)
#define BODY(shader, i)                                                                            \
  {                                                                                                \
    whole pixel = pixels_from + i;                                                                 \
    real3 origin, direction;                                                                       \
    real time, t = GATHER(float, hit_t, pixel);                                                    \
    sample_rays(list, pixel, &origin, &direction, &time);                                          \
    surface_point at;                                                                              \
    surface_meet(in.view, GATHER(uint, hit_primitive, pixel), GATHER(uint, hit_instance, pixel),   \
                 GATHER(float, hit_u, pixel), GATHER(float, hit_v, pixel), t, origin, direction,   \
                 time, 1.0f / camera->fx, shader, &at);                                            \
    word4 own = philox_lanes(as_word(list.first + pixel), WORD(0u), weather->frame, weather->seed, \
                             purpose);                                                             \
    word4 each = philox_lanes(as_word(list.first + pixel), WORD((uint)number << 8),                \
                              weather->frame, weather->seed, purpose);                             \
    /* A pixel's paths spread evenly from a place of its own (Roberts' R2 sequence). */            \
    real u = unit_of(own.x) + 0.7548777f * (float)number;                                          \
    real v = unit_of(own.y) + 0.5698403f * (float)number;                                          \
    real leaf = REAL(shader == SHADER_LEAF ? LEAF_THROUGH : 0.0f);                                 \
    path_side side = leave_by(&at, draw_side(leaf, unit_of(each.w)));                              \
    real3 d = cosine_around(side.normal, side.face, u - floor(u), v - floor(v));                   \
    scatter_rays(next, stride, i, side.from, d, time, REAL(PATH_REACH_M));                         \
    store_samples(through, i, grey(1.0f + leaf), 1.0f);                                            \
    store_samples(guide, pixel, at.normal, 0.0f);                                                  \
    scatter_reals((__global float *)guide, 4 * pixel + 3, t);                                      \
    lamp_draw lamp = draw_lamp(&in, at.world, at.normal, leaf, unit_of(each.z));                   \
    send_lamp_rays(out, i, &lamp, &at, time);                                                      \
    real share = select(REAL(0.0f), REAL(1.0f), lamp.any);                                         \
    real4 none = {REAL(0.0f), REAL(0.0f), REAL(0.0f), share};                                      \
    scatter4(pending, i, none);                                                                    \
  }
  BLOCK_LOOP(count, KEY_OF, BODY)
#undef KEY_OF
#undef BODY
}

// Takes what the last lamp's ray brought.
inline real4 take_pending(__global const float4 *light, __global const float4 *pending,
                          __global const float *lamp_free, whole i) {
  real4 sum = gather4(light, i), more = gather4(pending, i);
  real seen = GATHER(float, lamp_free, i);
  sum.x += more.x * seen;
  sum.y += more.y * seen;
  sum.z += more.z * seen;
  sum.w += more.w * (seen - 1.0f);
  return sum;
}

inline void end_path(path_rays out, whole i, __global float4 *through, __global float4 *pending) {
  real3 zero = rgb(0.0f, 0.0f, 0.0f);
  store_samples(through, i, zero, 0.0f);
  store_samples(pending, i, zero, 0.0f);
  scatter_reals(out.next + RAY_LIMIT * out.stride, i, REAL(-1.0f));
  scatter_reals(out.lamp + RAY_LIMIT * out.stride, i, REAL(-1.0f));
}

// What a path's hit throws on and gives of its own.
typedef struct path_surface {
  surface_point at;
  real3 albedo, emission;
  real translucent;
} path_surface;

inline path_surface meet_surface(const path_scene *in, uint shader, word primitive, word instance,
                                 real u, real v, real t, real3 o, real3 d, real time) {
  path_surface out;
  surface_meet(in->view, primitive, instance, u, v, t, o, d, time, PATH_PIXEL, shader, &out.at);
  material_view m = material_look(in->view, primitive, instance);
  if (shader_is_textured(shader))
    m = material_textured(in->view, primitive, &out.at, m);
  surface s = surface_make(shader, &out.at, m, in->weather->night, in->sky);
  real2 water = ground_water(&out.at, s.flat, in->weather);
  surface_weather(&out.at, &s, water, shader, in->weather);
  out.albedo = clamp3(s.albedo, 0.0f, 1.0f);
  // Lamps' light comes from the list of lamps.
  bool lamp = shader >= SHADER_HEADLAMP && shader <= SHADER_STREET_LAMP;
  out.emission = lamp ? rgb(0.0f, 0.0f, 0.0f) : s.emission;
  out.translucent = s.translucent;
  return out;
}

// What paths that met something get there, and where they go on; those that met nothing see the
// sky and end. `step`: how many surfaces they met, this one included.
__kernel __attribute__((reqd_work_group_size(BLOCK_GROUP, 1, 1))) void
path_light(__global const gpu_instance *instances, __global const gpu_vertex *vertices,
           __global const gpu_triangle *triangles, __global const gpu_material *materials,
           __global const uint *texels, __constant const gpu_weather *weather,
           __constant const gpu_sky *sky, __global const gpu_light *lights, int light_count,
           __global const uint *cells, __global const gpu_camera *camera, int pixels_from,
           int count, int number, uint purpose, int step, __global const uint *material,
           __global const float *hit_t, __global const uint *hit_primitive,
           __global const uint *hit_instance, __global const float *hit_u,
           __global const float *hit_v, __global const float *sun_free,
           __global const float *lamp_free, __global float *next, __global float *lamp_rays,
           int stride, __global float4 *through, __global float4 *light, __global float4 *pending) {
  path_scene in = {
      {instances, vertices, triangles, materials, texels}, weather, sky, lights, light_count, cells,
      (float2)(camera->begin_p[0], camera->begin_p[1])};
  path_rays out = {next, lamp_rays, stride};
#define KEY_OF(n)                                                                                  \
  (next[RAY_LIMIT * stride + (n)] <= 0.0f ? KEY_NONE                                               \
   : material[n] == MATERIAL_UNMET        ? KEY_SKY                                                \
                                          : materials[material[n]].shader)
#define BODY(shader, i)                                                                            \
  {                                                                                                \
    real3 o, d;                                                                                    \
    real time;                                                                                     \
    traced_ray(next, stride, i, &o, &d, &time);                                                    \
    real4 t4 = gather4(through, i), sum = take_pending(light, pending, lamp_free, i);              \
    real3 weight = {t4.x, t4.y, t4.z};                                                             \
    real3 l;                                                                                       \
    if (shader == KEY_SKY) {                                                                       \
      l = path_sky(sky, d);                                                                        \
      end_path(out, i, through, pending);                                                          \
    } else {                                                                                       \
      path_surface s = meet_surface(&in, shader, GATHER(uint, hit_primitive, i),                   \
                                    GATHER(uint, hit_instance, i), GATHER(float, hit_u, i),        \
                                    GATHER(float, hit_v, i), GATHER(float, hit_t, i), o, d, time); \
      real nl = dot3(s.at.normal, sun_of(weather));                                                \
      nl = max(nl, 0.0f) + s.translucent * max(-nl, 0.0f);                                         \
      real lit = nl * GATHER(float, sun_free, i) * 0.318309886f;                                   \
      real3 sun =                                                                                  \
          scale3(rgb(weather->sun_color[0], weather->sun_color[1], weather->sun_color[2]), lit);   \
      l = through_air(sky, weather, add3(s.emission, mul3(s.albedo, sun)), d, s.at.distance);      \
      real3 on = scale3(mul3(weight, s.albedo), air_transmittance(sky->air_beta, s.at.distance));  \
      word4 dice = philox_lanes(as_word(band_first(camera) + pixels_from + i),                     \
                                WORD(((uint)number << 8) + (uint)step), weather->frame,            \
                                weather->seed, purpose);                                           \
      path_side side = leave_by(&s.at, draw_side(s.translucent, unit_of(dice.w)));                 \
      lamp_draw lamp = draw_lamp(&in, s.at.world, s.at.normal, s.translucent, unit_of(dice.z));    \
      send_lamp_rays(out, i, &lamp, &s.at, time);                                                  \
      store_samples(pending, i, mul3(on, scale3(lamp.one, REAL(0.318309886f))), 0.0f);             \
      real3 away = cosine_around(side.normal, side.face, unit_of(dice.x), unit_of(dice.y));        \
      scatter_rays(next, stride, i, side.from, away, time, REAL(PATH_REACH_M));                    \
      store_samples(through, i, scale3(on, 1.0f + s.translucent), 1.0f);                           \
    }                                                                                              \
    sum.x += weight.x * l.x;                                                                       \
    sum.y += weight.y * l.y;                                                                       \
    sum.z += weight.z * l.z;                                                                       \
    scatter4(light, i, sum);                                                                       \
  }
  BLOCK_LOOP(count, KEY_OF, BODY)
#undef KEY_OF
#undef BODY
}

// The sky behind the last surface, where the way is free, and the sums of each pixel's paths:
// their mean so far and that of the squared brightness. LANES paths a work-item.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
path_end(__constant const gpu_sky *sky, int pixels_from, int count, int number, int paths,
         __global const float *next, int stride, __global const float *sky_free,
         __global const float *lamp_free, __global const float4 *through,
         __global const float4 *light, __global const float4 *pending, __global float4 *mean,
         __global float4 *squares) {
  int k = (int)get_global_id(0) * LANES;
  if (k >= count)
    return;
  whole i = min(k + LANE_NUMBERS, WHOLE(count - 1)), pixel = pixels_from + i;
  real4 sum = take_pending(light, pending, lamp_free, i), t = gather4(through, i);
  real3 o, d;
  real time;
  traced_ray(next, stride, i, &o, &d, &time);
  whole open = GATHER(float, next + RAY_LIMIT * stride, i) > REAL(0.0f);
  real seen = select(REAL(0.0f), GATHER(float, sky_free, i), open);
  real3 l = path_sky(sky, choose3(rgb(0.0f, 0.0f, 1.0f), d, open));
  sum.x += t.x * l.x * seen;
  sum.y += t.y * l.y * seen;
  sum.z += t.z * l.z * seen;
  real bright = 0.2126f * sum.x + 0.7152f * sum.y + 0.0722f * sum.z,
       share = REAL(1.0f / (float)paths);
  real4 part = {sum.x * share, sum.y * share, sum.z * share, sum.w * share};
  real4 square = {bright * bright * share, sum.w * sum.w * share, REAL(0.0f), REAL(0.0f)};
  if (number > 0) {
    real4 a = gather4(mean, pixel), b = gather4(squares, pixel);
    part.x += a.x, part.y += a.y, part.z += a.z, part.w += a.w;
    square.x += b.x, square.y += b.y;
  }
  scatter4(mean, pixel, part);
  scatter4(squares, pixel, square);
}
