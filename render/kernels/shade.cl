// SPDX-License-Identifier: Apache-2.0
// Radiance of every sample: surface, sun, sky, lamps, what it mirrors, and the air. With
// TRACED_LIGHT what sky and street give is what paths brought (paths.cl), not a guess.
#include "airlight.cl"
#include "light.cl"
#include "sample_list.cl"
#include "surface_point.cl"

typedef struct shade_input {
  scene_view view;
  __constant const gpu_weather *weather;
  __constant const gpu_sky *sky;
  __global const gpu_light *lights;
  int light_count;
  __global const uint *cells;
  sample_list list;
  hit_list hits, mirror;
  __global const float *sun_seen, *sky_seen;
#ifdef TRACED_LIGHT
  __global const float4 *light;
#endif
} shade_input;

// Simple shading of what mirror rays met, in lanes where `met` is set.
inline real3 mirrored_things(const shade_input *in, whole i, whole met, real3 from, real3 r,
                             real time, real open) {
  __constant const gpu_sky *sky = in->sky;
  __constant const gpu_weather *w = in->weather;
  // Lanes that met nothing read the first triangle of the first thing.
  word primitive = select(WORD(0u), GATHER(uint, in->mirror.primitive, i), met);
  word instance = select(WORD(0u), GATHER(uint, in->mirror.instance, i), met);
  real u = GATHER(float, in->mirror.u, i), v = GATHER(float, in->mirror.v, i);
  real t = select(REAL(0.0f), GATHER(float, in->mirror.t, i), met);
  attributes a, e1, e2;
  triangle_attributes(in->view, primitive, u, v, &a, &e1, &e2);
  thing_view it = thing_look(in->view, instance, time);
  real3 n = turn(it.q, unit3(divide3(triple(a.nx, a.ny, a.nz), it.scale)));
  n = choose3(n, neg3(n), dot3(n, r) > REAL(0.0f));
  material_view m = material_look(in->view, primitive, instance);
  real lit = max(dot3(n, sun_of(w)), 0.0f) * (0.35f + 0.45f * open) * 0.318309886f;
  real3 light = add3(scale3(rgb(w->sun_color[0], w->sun_color[1], w->sun_color[2]), lit),
                     add3(scale3(sky_diffuse(sky, n), REAL(0.6f)),
                          scale3(sky_color(sky->lamp_ambient), REAL(2.0f))));
  real3 l = mul3(m.albedo, light);
  word number = GATHER_OF(uint, in->view.triangles, primitive, material);
  word shader = GATHER_OF(uint, in->view.materials, number, shader);
  whole window = (shader == WORD(SHADER_WINDOW)) | (shader == WORD(SHADER_SHOP_WINDOW));
  if (any_lane(window)) {
    real3 p = add3(from, scale3(r, t));
    word h = hash_cell(cell_of(floor(p.x * 0.31f)), cell_of(floor(p.y * 0.31f)),
                       it.seed + cell_of(floor(p.z * 0.31f)));
    real lit_room = select(REAL(0.0f), REAL(w->night), (h & 255u) < WORD(92u));
    real3 room_light = add3(scale3(sky_color(sky->sh[0]), REAL(0.10f)),
                            scale3(rgb(0.0010f, 0.0007f, 0.0004f), lit_room));
    l = choose3(l, room_light, window);
  }
  whole lamp = (shader >= WORD(SHADER_HEADLAMP)) & (shader <= WORD(SHADER_STREET_LAMP)) & met;
  if (any_lane(lamp))
    for (uint kind = SHADER_HEADLAMP; kind <= SHADER_STREET_LAMP; kind++) {
      whole mine = lamp & (shader == WORD(kind));
      if (!any_lane(mine))
        continue;
      real3 glow = lamp_radiance(kind, it.flags, it.signal, w->night);
      glow = triple(min(glow.x, sky->lamp_cap), min(glow.y, sky->lamp_cap),
                    min(glow.z, sky->lamp_cap));
      l = choose3(l, add3(l, glow), mine);
    }
  return through_air(sky, w, l, r, t);
}

// What mirror rays bring: their hits shaded simply, or the sky.
inline real3 mirrored(const shade_input *in, whole i, real3 from, real3 r, real time, real open) {
  __constant const gpu_sky *sky = in->sky;
  word primitive = GATHER(uint, in->mirror.primitive, i);
  real3 up = sky_smooth(sky, triple(r.x, r.y, max(r.z, 0.0f)));
  // Not traced: as much of the sky as short rays see, the street for the rest.
  real3 street = scale3(add3(sky_color(sky->ground), sky_color(sky->lamp_ambient)), REAL(0.7f));
  real share = clamp(r.z * 4.0f + 0.2f, 0.0f, 1.0f) * (0.25f + 0.75f * open);
  real3 l = choose3(mix3(street, up, share), up, primitive == WORD(HIT_NONE));
  whole met = primitive < WORD(HIT_SKIP);
  if (any_lane(met))
    l = choose3(l, mirrored_things(in, i, met, from, r, time, open), met);
  return l;
}

// Light of the lamps around points.
inline real3 lamps_at(const shade_input *in, const surface_point *at, const lobe *base,
                      const surface *s) {
  real3 n = s->normal;
  real translucent = s->translucent;
  bool throws_back = any_lane(s->retro > REAL(0.0f));
  real3 sum = rgb(0.0f, 0.0f, 0.0f);
  if (in->light_count <= 0)
    return sum;
  float2 middle = (float2)(in->list.camera->begin_p[0], in->list.camera->begin_p[1]);
  whole row;
  word lamps = lamps_near(in->cells, pair(at->world.x, at->world.y), middle, WHOLE(-1), &row);
  for (uint k = 0; k < LIGHT_PER_CELL; k++) {
    whole there = lamps > WORD(k);
    if (!any_lane(there))
      break;
    whole slot = row + (int)(k + 1);
    word lamp = select(WORD(0u), GATHER(uint, in->cells, slot), there);
    real3 to;
    real square_m;
    real3 e = lamp_light(in->lights, lamp, at->world, &to, &square_m);
    there &= e.x + e.y + e.z >= REAL(2e-5f); // a fifth of a lux
    if (!any_lane(there))
      continue;
    real nl = dot3(n, to);
    real3 front = scale3(reflect_share(base, n, to, at->view), nl);
    if (throws_back)
      front = add3(front,
                   scale3(base->diffuse, s->retro * retro_gain(to, at->view) * nl * 0.318309886f));
    real3 behind = scale3(base->diffuse, -nl * translucent * 0.318309886f);
    real3 part = mul3(e, choose3(behind, front, nl > REAL(0.0f)));
    sum = choose3(sum, add3(sum, part), there);
  }
  return sum;
}

// Sun on the base.
inline real3 sun_light(const surface_point *at, const surface *s, const lobe *base, real3 sun,
                       real3 color) {
  real nl = dot3(s->normal, sun);
  whole front = (nl > REAL(0.0f)) & (dot3(at->face, sun) > REAL(-0.05f));
  real3 lit = scale3(reflect_share(base, s->normal, sun, at->view), nl);
  real3 through = scale3(base->diffuse, max(-nl, 0.0f) * s->translucent * 0.318309886f);
  return mul3(color, choose3(through, lit, front));
}

// Sky, and what the street throws back where the sky is hidden: diffuse and rough specular.
inline real3 sky_light(const shade_input *in, whole i, const surface_point *at, const surface *s,
                       const lobe *base, real open) {
  __constant const gpu_sky *sky = in->sky;
  real nv = dot3(s->normal, at->view);
#ifdef TRACED_LIGHT
  real4 traced = gather4(in->light, i);
  // Paths know the smooth surface; its grain is lit as the open sky would.
  real3 grain = sky_diffuse(sky, s->normal), even = sky_diffuse(sky, at->normal);
  real turned = clamp(grain.y / max(even.y, 1e-12f), 0.5f, 1.6f);
  real3 ambient = scale3(triple(traced.x, traced.y, traced.z), turned);
  real3 bounce = ambient, lamps = rgb(0.0f, 0.0f, 0.0f);
#else
  real3 bounce = mul3(sky_color(sky->ground), rgb(0.572f, 0.55f, 0.5225f));
  real3 lamps = sky_color(sky->lamp_ambient);
  real3 ambient = add3(mix3(bounce, sky_diffuse(sky, s->normal), open), lamps);
#endif
  real3 specular = ggx_albedo(base->f0, base->roughness, nv);
  real3 l = mul3(mul3(base->diffuse, ambient), sub3(rgb(1.0f, 1.0f, 1.0f), specular));
#ifndef TRACED_LIGHT // whose light comes from both sides
  if (any_lane(s->translucent > REAL(0.0f)))
    l = add3(l, scale3(mul3(base->diffuse, sky_diffuse(sky, neg3(s->normal))),
                       s->translucent * 0.5f * open));
#endif
  whole bare = s->coat < REAL(0.95f);
  if (any_lane(bare)) {
    real gloss = clamp(1.3f - 1.8f * base->roughness, 0.0f, 1.0f);
    real3 around = ambient;
    if (any_lane(gloss > REAL(0.0f))) {
      real3 r = sub3(scale3(s->normal, 2.0f * nv), at->view);
      real3 seen = mix3(bounce, sky_smooth(sky, r), clamp(0.25f + r.z * 3.0f, 0.0f, 1.0f) * open);
      around = mix3(ambient, add3(seen, lamps), gloss);
    }
    real share = select(REAL(0.0f), 1.0f - s->coat, bare);
    l = add3(l, scale3(mul3(around, specular), share));
  }
  return l;
}

// A clear coat over light l: what it mirrors, and the sun's own image in it.
inline real3 coat_light(const shade_input *in, uint shader, whole i, const surface_point *at,
                        const surface *s, real2 water, real time, real open, real3 sun,
                        real3 sun_color, real3 l) {
  __constant const gpu_weather *w = in->weather;
  bool ground = shader_is_ground(shader);
  real3 n = s->normal;
  if (ground || shader_is_glossy(shader)) {
    real2 open_water = {select(REAL(1.0f), water.x, water.y > REAL(0.0f)), water.y};
    n = mirror_normal(at, shader, open_water, as_word(in->list.first + i), in->list.turn, w);
  }
  real cosine = clamp(dot3(n, at->view), 0.02f, 1.0f);
  real f = fresnel(s->f0, cosine) * s->coat;
  real3 away = sub3(scale3(n, 2.0f * cosine), at->view);
  real3 seen = mirrored(in, i, at->world, away, time, open);
  // Stones under a film break a lamp's image up; one ray of many must not be a spark.
  if (ground) {
    real most = in->sky->lamp_cap * (0.06f + 0.5f * water.x * water.x);
    seen = triple(min(seen.x, most), min(seen.y, most), min(seen.z, most));
  }
  l = mix3(l, seen, f);
  // Rough on a film, sharp on paint.
  real nl = dot3(n, sun);
  whole lit = (nl > REAL(0.0f)) & (sun_color.x + sun_color.y + sun_color.z > REAL(0.0f));
  if (!any_lane(lit))
    return l;
  real3 h = unit3(add3(sun, at->view));
  real rough = ground ? 0.10f + 0.20f * (1.0f - water.x) : REAL(0.09f);
  real shine = min(ggx(rough, max(nl, 1e-3f), cosine, clamp(dot3(n, h), 0.0f, 1.0f)), 60.0f);
  shine *= fresnel(s->f0, dot3(h, sun)) * max(nl, 0.0f) * s->coat;
  return add3(l, scale3(sun_color, select(REAL(0.0f), shine, lit)));
}

// Light of lamps that the air before a point throws to the eye.
inline real3 lamps_in_air(const shade_input *in, whole i, real3 origin, real3 ray, real distance) {
  if (!air_glows(in->sky, in->weather, in->light_count))
    return rgb(0.0f, 0.0f, 0.0f);
  float2 middle = (float2)(in->list.camera->begin_p[0], in->list.camera->begin_p[1]);
  // Other pixels' in each frame.
  real2 pixel = sample_positions(in->list, i);
  float moved = 5.588238f * (float)(in->weather->frame & 63u);
  real shift = pixel_shift(pair(pixel.x + moved, pixel.y + moved));
  shift += 0.6180340f * (float)in->list.turn;
  shift -= floor(shift);
  return air_lamps(in->lights, in->cells, middle, in->sky, origin, ray, distance, shift);
}

// Black where the lens draws nothing, whose directions are 0.
inline real3 shade_sky(const shade_input *in, whole i, real3 origin, real3 direction) {
  whole seen = dot3(direction, direction) > REAL(0.0f);
  if (!any_lane(seen))
    return rgb(0.0f, 0.0f, 0.0f);
  real3 d = unit3(direction), l = sky_radiance(in->sky, in->weather, d);
  real t = air_transmittance(in->sky->air_beta, air_before_sky(in->sky, d));
  real toward = square(max(dot3(d, sun_of(in->weather)), 0.0f));
  real3 air = add3(sky_color(in->sky->air), scale3(sky_color(in->sky->air_glow), square(toward)));
  l = add3(mix3(air, l, t), lamps_in_air(in, i, origin, d, REAL(1e6f)));
  return choose3(rgb(0.0f, 0.0f, 0.0f), l, seen);
}

// Radiance of samples of one shader.
inline real3 shade_surface(const shade_input *in, uint shader, whole i, real3 origin,
                           real3 direction, real time, real3 *albedo) {
  __constant const gpu_weather *w = in->weather;
  word primitive = GATHER(uint, in->hits.primitive, i);
  word instance = GATHER(uint, in->hits.instance, i);
  surface_point at;
  surface_meet(in->view, primitive, instance, GATHER(float, in->hits.u, i),
               GATHER(float, in->hits.v, i), GATHER(float, in->hits.t, i), origin, direction, time,
               1.0f / in->list.camera->fx, shader, &at);
  material_view m = material_look(in->view, primitive, instance);
  if (shader_is_textured(shader))
    m = material_textured(in->view, primitive, &at, m);
  surface s = surface_make(shader, &at, m, w->night, in->sky);
  real2 water = ground_water(&at, s.flat, w);
  surface_weather(&at, &s, water, shader, w);
  s.albedo = clamp3(s.albedo, 0.0f, 0.95f);
  *albedo = s.albedo;
  real facing = dot3(s.normal, at.view);
  real3 bent = unit3(add3(s.normal, scale3(at.view, 0.02f - facing)));
  s.normal = choose3(s.normal, bent, facing < REAL(0.02f));
  real open = GATHER(float, in->sky_seen, i);
  real3 sun = sun_of(w);
  real3 sun_color = scale3(rgb(w->sun_color[0], w->sun_color[1], w->sun_color[2]),
                           GATHER(float, in->sun_seen, i));
  lobe base;
  base.diffuse = scale3(s.albedo, 1.0f - s.metallic);
  base.f0 = mix3(grey(min(s.f0, 0.04f)), s.albedo, s.metallic);
  base.roughness = max(s.roughness, select(REAL(0.05f), REAL(0.42f), s.flat > REAL(0.5f)));
  real3 l = s.emission;
  if (any_lane(sun_color.x + sun_color.y + sun_color.z > REAL(0.0f)))
    l = add3(l, sun_light(&at, &s, &base, sun, sun_color));
  l = add3(l, sky_light(in, i, &at, &s, &base, open));
  real3 lamps = lamps_at(in, &at, &base, &s);
#ifdef TRACED_LIGHT
  lamps = scale3(lamps, GATHER_OF(float, in->light, i, w));
#endif
  // A lamp's own image on the road stays short of a white-out.
  real calm = 1.0f / (1.0f + lamps.y * (10.0f / in->sky->lamp_cap));
  l = add3(l, scale3(lamps, select(REAL(1.0f), calm, s.flat > REAL(0.5f))));
  whole coated = s.coat > REAL(0.02f);
  if (any_lane(coated))
    l = choose3(l, coat_light(in, shader, i, &at, &s, water, time, open, sun, sun_color, l),
                coated);
  real3 ray = neg3(at.view);
  return add3(through_air(in->sky, w, l, ray, at.distance),
              lamps_in_air(in, i, origin, ray, at.distance));
}

__kernel __attribute__((reqd_work_group_size(BLOCK_GROUP, 1, 1))) void shade_radiance(
    __global const gpu_instance *instances, __global const gpu_vertex *vertices,
    __global const gpu_triangle *triangles, __global const gpu_material *materials,
    __global const uint *texels, __constant const gpu_weather *weather,
    __constant const gpu_sky *sky, __global const gpu_light *lights, int light_count,
    __global const uint *cells, __global const gpu_camera *camera, __global const float2 *positions,
    int use_positions, int count, __global const float *rays, int stride, int first_sample,
    int turn, __global const uint *material, __global const float *hit_t,
    __global const uint *hit_primitive, __global const uint *hit_instance,
    __global const float *hit_u, __global const float *hit_v, __global const float *sun_seen,
    __global const float *sky_seen, __global const float *mirror_t,
    __global const uint *mirror_primitive, __global const uint *mirror_instance,
    __global const float *mirror_u, __global const float *mirror_v, __global float4 *radiance,
    int use_albedo, __global float4 *albedo
#ifdef TRACED_LIGHT
    ,
    __global const float4 *light
#endif
) {
  shade_input in = {
      {instances, vertices, triangles, materials, texels},
      weather,
      sky,
      lights,
      light_count,
      cells,
      list_samples(camera, positions, use_positions, count, rays, stride, first_sample, turn),
      {hit_t, hit_primitive, hit_instance, hit_u, hit_v},
      {mirror_t, mirror_primitive, mirror_instance, mirror_u, mirror_v},
      sun_seen,
      sky_seen
#ifdef TRACED_LIGHT
      ,
      light
#endif
  };
#define KEY_OF(n)                                                                                  \
  (!sample_inside(in.list, n)      ? KEY_NONE                                                      \
   : material[n] == MATERIAL_UNMET ? KEY_SKY                                                       \
                                   : materials[material[n]].shader)
#define BODY(shader, i)                                                                            \
  {                                                                                                \
    real3 origin, direction;                                                                       \
    real time;                                                                                     \
    sample_rays(in.list, i, &origin, &direction, &time);                                           \
    real3 own = rgb(0.0f, 0.0f, 0.0f);                                                             \
    real3 l = shader == KEY_SKY ? shade_sky(&in, i, origin, direction)                             \
                                : shade_surface(&in, shader, i, origin, direction, time, &own);    \
    if (use_albedo)                                                                                \
      store_samples(albedo, i, own, 1.0f);                                                         \
    store_samples(radiance, i, triple(max(l.x, 0.0f), max(l.y, 0.0f), max(l.z, 0.0f)), 1.0f);      \
  }
  BLOCK_LOOP(count, KEY_OF, BODY)
}
