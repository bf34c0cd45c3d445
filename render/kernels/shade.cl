// SPDX-License-Identifier: Apache-2.0
// Radiance of every sample: surface, sun, sky, lamps, what it mirrors, and the air.
#include "light.cl"
#include "surface_point.cl"

// What a mirror ray brings: its hit shaded simply, or the sky.
inline float3 mirrored(scene_view view, __constant const gpu_sky *sky,
                       __constant const gpu_weather *w, uint primitive, uint instance, float u,
                       float v, float t, float3 from, float3 r, float time, float open) {
  if (primitive >= HIT_SKIP) {
    float3 up = sky_smooth(sky, (float3)(r.xy, max(r.z, 0.0f)));
    if (primitive == HIT_NONE)
      return up;
    // Not traced: as much of the sky as short rays see, the street for the rest.
    float3 street = sky_color(sky->ground) + sky_color(sky->lamp_ambient);
    float share = clamp(r.z * 4.0f + 0.2f, 0.0f, 1.0f) * (0.25f + 0.75f * open);
    return mix3(street * 0.7f, up, share);
  }
  __global const gpu_instance *it = view.instances + instance;
  __global const gpu_triangle *tri = view.triangles + primitive;
  __global const gpu_material *m = view.materials + tri->material;
  float3 n = load3(view.vertices[tri->v[0]].n) * (1.0f - u - v) +
             load3(view.vertices[tri->v[1]].n) * u + load3(view.vertices[tri->v[2]].n) * v;
  n = instance_normal(it, n, time);
  if (dot(n, r) > 0.0f)
    n = -n;
  float3 albedo = material_albedo(m, it);
  float lit = max(dot(n, vload3(0, w->sun_direction)), 0.0f) * (0.35f + 0.45f * open);
  float3 l = albedo * (vload3(0, w->sun_color) * (lit * 0.318309886f) + sky_diffuse(sky, n) * 0.6f +
                       sky_color(sky->lamp_ambient) * 2.0f);
  if (m->shader == SHADER_WINDOW || m->shader == SHADER_SHOP_WINDOW) {
    int3 place = convert_int3(floor((from + r * t) * 0.31f));
    uint h = hash_cell(place.x, place.y, it->seed + (uint)place.z);
    l = sky_color(sky->sh[0]) * 0.10f;
    if ((h & 255u) < 92u)
      l += (float3)(0.0010f, 0.0007f, 0.0004f) * w->night;
  }
  float3 lamp = lamp_radiance(m->shader, it->flags, it->signal, w->night);
  l += min(lamp, sky->lamp_cap);
  return through_air(sky, w, l, r, t);
}

// Light of the lamps around a point.
inline float3 lamps_at(const surface_point *at, lobe base, float3 n, float translucent,
                       __global const gpu_light *lights, __global const uint *cells,
                       int light_count, float2 middle) {
  float3 sum = (float3)(0.0f);
  int cell = light_count > 0 ? light_cell(at->world.xy, middle) : -1;
  if (cell < 0)
    return sum;
  __global const uint *row = cells + cell * LIGHT_STRIDE;
  uint n_lamps = min(row[0], (uint)LIGHT_PER_CELL);
  for (uint k = 0; k < n_lamps; k++) {
    float3 to;
    float3 e = lamp_light(lights + row[k + 1], at->world, &to);
    float nl = dot(n, to);
    if (e.x + e.y + e.z < 2e-5f) // a fifth of a lux
      continue;
    if (nl > 0.0f)
      sum += e * nl * reflect_share(base, n, to, at->view);
    else
      sum += e * base.diffuse * (-nl * translucent * 0.318309886f);
  }
  return sum;
}

__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void shade_radiance(
    __global const gpu_instance *instances, __global const gpu_vertex *vertices,
    __global const gpu_triangle *triangles, __global const gpu_material *materials,
    __constant const gpu_weather *weather, __constant const gpu_sky *sky,
    __global const gpu_light *lights, int light_count, __global const uint *cells,
    __global const gpu_camera *camera, __global const float2 *positions, int use_positions,
    int count, __global const float *hit_t, __global const uint *hit_primitive,
    __global const uint *hit_instance, __global const float *hit_u, __global const float *hit_v,
    __global const float *sun_seen, __global const float *sky_seen, __global const float *mirror_t,
    __global const uint *mirror_primitive, __global const uint *mirror_instance,
    __global const float *mirror_u, __global const float *mirror_v, __global float4 *radiance) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  float2 xy;
  if (use_positions) {
    xy = positions[i];
  } else {
    int2 pixel = tile_pixel(i, (camera->width + 3) / 4);
    if (pixel.x >= camera->width || pixel.y >= camera->height) {
      radiance[i] = (float4)(0.0f);
      return;
    }
    xy = (float2)((float)pixel.x, (float)pixel.y) + 0.5f;
  }
  float3 origin, direction;
  float time;
  pixel_ray(camera, xy, &origin, &direction, &time);
  uint primitive = hit_primitive[i];
  if (primitive >= HIT_SKIP) {
    float3 d = unit3(direction);
    float3 l = sky_radiance(sky, weather, d);
    float t = air_transmittance(sky->air_beta, air_before_sky(sky, d));
    float toward = max(dot(d, vload3(0, weather->sun_direction)), 0.0f);
    float3 air = sky_color(sky->air) + sky_color(sky->air_glow) * square(square(toward));
    radiance[i] = (float4)(l * t + air * (1.0f - t), 1.0f);
    return;
  }
  scene_view view = {instances, vertices, triangles, materials};
  surface_point at;
  uint instance = hit_instance[i];
  __global const gpu_material *m =
      surface_meet(view, primitive, instance, hit_u[i], hit_v[i], hit_t[i], origin, direction, time,
                   1.0f / camera->fx, &at);
  float3 albedo = material_albedo(m, instances + instance);
  surface s = surface_make(&at, m, albedo, weather, sky);
  float2 water = s.flat > 0.0f ? ground_water(&at, s.flat, weather) : (float2)(0.0f);
  surface_weather(&at, &s, water, m->shader, weather);
  s.albedo = clamp(s.albedo, 0.0f, 0.95f);
  if (dot(s.normal, at.view) < 0.02f)
    s.normal = unit3(s.normal + at.view * (0.02f - dot(s.normal, at.view)));

  float open = sky_seen[i];
  float3 sun_color = vload3(0, weather->sun_color) * sun_seen[i];
  float3 sun = vload3(0, weather->sun_direction);
  lobe base = {s.albedo * (1.0f - s.metallic),
               mix3((float3)(min(s.f0, 0.04f)), s.albedo, s.metallic),
               max(s.roughness, s.flat > 0.5f ? 0.42f : 0.05f)};
  float nv = dot(s.normal, at.view), nl = dot(s.normal, sun);
  float3 l = (float3)(0.0f);
  if (sun_seen[i] > 0.0f) {
    if (nl > 0.0f && dot(at.face, sun) > -0.05f)
      l += sun_color * nl * reflect_share(base, s.normal, sun, at.view);
    else
      l += sun_color * base.diffuse * (max(-nl, 0.0f) * s.translucent * 0.318309886f);
  }
  // Sky and what the street throws back where the sky is hidden.
  float3 bounce = (sky_color(sky->ground) * 0.55f) * (float3)(1.04f, 1.0f, 0.95f);
  float3 dome = sky_diffuse(sky, s.normal);
  float3 lamps = sky_color(sky->lamp_ambient);
  float3 ambient = dome * open + bounce * (1.0f - open) + lamps;
  float3 specular = ggx_albedo(base.f0, base.roughness, nv);
  l += base.diffuse * ambient * (1.0f - specular);
  if (s.translucent > 0.0f)
    l += base.diffuse * s.translucent * 0.5f * sky_diffuse(sky, -s.normal) * open;
  float3 r = s.normal * (2.0f * nv) - at.view;
  if (s.coat < 0.95f) {
    float gloss = clamp(1.3f - 1.8f * base.roughness, 0.0f, 1.0f);
    float3 around = ambient;
    if (gloss > 0.0f)
      around = mix3(ambient,
                    mix3(bounce, sky_smooth(sky, r), clamp(0.25f + r.z * 3.0f, 0.0f, 1.0f) * open) +
                        lamps,
                    gloss);
    l += around * specular * (1.0f - s.coat);
  }
  float2 middle = (float2)(camera->begin_p[0], camera->begin_p[1]);
  float3 lamp_part =
      lamps_at(&at, base, s.normal, s.translucent, lights, cells, light_count, middle);
  // A lamp's own image on the road stays short of a white-out.
  if (s.flat > 0.5f)
    lamp_part /= 1.0f + lamp_part.y * 10.0f / sky->lamp_cap;
  l += lamp_part;
  l += s.emission;
  if (s.coat > 0.02f) {
    uint dice = (uint)i * 2u + weather->frame * 0x9e3779b1u;
    float3 n = shader_is_ground(m->shader) || shader_is_glossy(m->shader)
                   ? mirror_normal(&at, m->shader, water.y > 0.0f ? water : (float2)(1.0f, 0.0f),
                                   dice, weather)
                   : s.normal;
    float cosine = clamp(dot(n, at.view), 0.02f, 1.0f);
    float f = fresnel(s.f0, cosine) * s.coat;
    float3 away = n * (2.0f * cosine) - at.view;
    float3 seen = mirrored(view, sky, weather, mirror_primitive[i], mirror_instance[i], mirror_u[i],
                           mirror_v[i], mirror_t[i], at.world, away, time, open);
    // Stones under a film break a lamp's image up; one ray of many must not be a spark.
    if (shader_is_ground(m->shader))
      seen = min(seen, sky->lamp_cap * (0.06f + 0.5f * water.x * water.x));
    l = l * (1.0f - f) + seen * f;
    // The sun's own image in the coat; rough on a film, sharp on paint.
    if (sun_seen[i] > 0.0f && dot(n, sun) > 0.0f) {
      float3 h = unit3(sun + at.view);
      float rough = shader_is_ground(m->shader) ? 0.10f + 0.20f * (1.0f - water.x) : 0.09f;
      float lobe_value = ggx(rough, max(dot(n, sun), 1e-3f), cosine, clamp(dot(n, h), 0.0f, 1.0f));
      l += sun_color *
           (min(lobe_value, 60.0f) * fresnel(s.f0, dot(h, sun)) * max(dot(n, sun), 0.0f) * s.coat);
    }
  }
  l = through_air(sky, weather, l, -at.view, at.distance);
  radiance[i] = (float4)(max(l, 0.0f), 1.0f);
}
