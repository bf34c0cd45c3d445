// SPDX-License-Identifier: Apache-2.0
// From a hit to a surface: what was met, where, of what material, in which weather.
#ifndef SURFACE_POINT_CL
#define SURFACE_POINT_CL
#include "surface_ground.cl"
#include "surface_thing.cl"

// Buffers of the scene that every kernel here reads.
typedef struct scene_view {
  __global const gpu_instance *instances;
  __global const gpu_vertex *vertices;
  __global const gpu_triangle *triangles;
  __global const gpu_material *materials;
} scene_view;

// camera_ray, with a short way for a camera that is at rest or has a global shutter.
inline void pixel_ray(__global const gpu_camera *c, float2 xy, float3 *origin, float3 *direction,
                      float *time) {
  if (c->readout > 0.0f) {
    camera_ray(c, xy, origin, direction, time);
    return;
  }
  *time = 0.0f;
  *origin = load3(c->begin_p);
  float3 own = (float3)((xy.x - c->cx) / c->fx, (xy.y - c->cy) / c->fy, 1.0f);
  *direction = rotate(vload4(0, c->begin_q), own);
}

inline bool shader_sees_through(uint shader) {
  return shader == SHADER_WINDOW || shader == SHADER_SHOP_WINDOW || shader == SHADER_CAR_GLASS;
}

inline bool shader_is_ground(uint shader) {
  return shader == SHADER_ASPHALT || shader == SHADER_ROAD_MARK || shader == SHADER_PAVING;
}

inline bool shader_is_glossy(uint shader) {
  return shader == SHADER_CAR_PAINT || shader == SHADER_CAR_GLASS || shader == SHADER_WINDOW ||
         shader == SHADER_SHOP_WINDOW;
}

inline float3 material_albedo(__global const gpu_material *m, __global const gpu_instance *it) {
  float3 albedo = (float3)(m->albedo[0], m->albedo[1], m->albedo[2]);
  return m->palette >= 0 ? albedo * palette_color(it->palette[m->palette & 3]) : albedo;
}

// Fills `at` for a ray origin + t direction (not normalised) and returns the material.
inline __global const gpu_material *surface_meet(scene_view view, uint primitive, uint instance,
                                                 float u, float v, float t, float3 origin,
                                                 float3 direction, float time, float pixel,
                                                 surface_point *at) {
  __global const gpu_instance *it = view.instances + instance;
  __global const gpu_triangle *tri = view.triangles + primitive;
  __global const gpu_material *m = view.materials + tri->material;
  // A vertex is eight floats: position, normal, uv.
  float8 a = vload8(0, (__global const float *)(view.vertices + tri->v[0]));
  float8 b = vload8(0, (__global const float *)(view.vertices + tri->v[1]));
  float8 c = vload8(0, (__global const float *)(view.vertices + tri->v[2]));
  float8 e = b - a, f = c - a, at8 = a + e * u + f * v;
  float3 scale = (float3)(it->scale[0], it->scale[1], it->scale[2]);
  float3 e1 = e.s012 * scale, e2 = f.s012 * scale;
  float4 q = vload4(0, it->begin_q);
  if (it->moving)
    q = quat_between(q, vload4(0, it->end_q), time);
  at->object = at8.s012 * scale;
  at->world = origin + direction * t;
  float length2 = dot(direction, direction), inverse = rsqrt(length2);
  at->distance = t * length2 * inverse;
  float3 ray = direction * inverse;
  at->view = -ray;
  at->object_normal = unit3(at8.s345 / scale);
  at->normal = rotate(q, at->object_normal);
  at->face = rotate(q, unit3(cross(e1, e2)));
  float towards = dot(at->face, ray);
  at->face = towards > 0.0f ? -at->face : at->face;
  at->normal = dot(at->normal, at->face) < 0.0f ? -at->normal : at->normal;
  // A normal that points away from the viewer at a silhouette is bent back.
  float back = dot(at->normal, ray);
  if (back > -0.02f)
    at->normal = unit3(at->normal - ray * (back + 0.02f));
  at->uv = at8.s67;
  // A pixel's size along and across the surface in one number: their geometric mean.
  at->footprint = t * pixel * rsqrt(max(fabs(towards), 0.06f));
  at->seed = it->seed;
  at->flags = it->flags;
  at->signal = it->signal;
  at->kind = it->kind;
  at->triangle = primitive - it->triangle_first;
  if (shader_sees_through(m->shader)) {
    at->view_object = rotate((float4)(-q.xyz, q.w), ray);
    float2 uv1 = e.s67, uv2 = f.s67;
    float det = uv1.x * uv2.y - uv2.x * uv1.y;
    float k = 1.0f / (fabs(det) < 1e-8f ? 1e-8f : det);
    float3 du = (e1 * uv2.y - e2 * uv1.y) * k, dv = (e2 * uv1.x - e1 * uv2.x) * k;
    float3 corner = a.s012 * scale - du * a.s6 - dv * a.s7;
    at->du = unit3(du);
    at->dv = unit3(dv);
    // Where uv is 0 names the pane, whichever of its triangles was hit.
    int3 place = convert_int3(floor(corner * 4.0f + 0.137f));
    at->pane = hash_cell(place.x, place.y, hash_u32(at->seed + (uint)place.z));
  }
  return m;
}

// The dry surface of a material at a point.
inline surface surface_make(const surface_point *at, __global const gpu_material *m, float3 albedo,
                            __constant const gpu_weather *w, __constant const gpu_sky *sky) {
  surface s;
  s.albedo = albedo;
  s.normal = at->normal;
  s.emission = (float3)(0.0f);
  s.roughness = m->roughness;
  s.metallic = m->metallic;
  s.f0 = 0.04f;
  s.coat = 0.0f;
  s.porosity = 0.5f;
  s.flat = 0.0f;
  s.translucent = 0.0f;
  s.shelter = 0.0f;
  float night = w->night;
  float3 day = sky_color(sky->sh[0]) + sky_color(sky->lamp_ambient);
  switch (m->shader) {
  case SHADER_ASPHALT:
    surface_asphalt(at, &s);
    break;
  case SHADER_ROAD_MARK:
    surface_road_mark(at, &s);
    break;
  case SHADER_PAVING:
    surface_paving(at, &s);
    break;
  case SHADER_CONCRETE:
    surface_concrete(at, &s);
    break;
  case SHADER_GRASS:
    surface_grass(at, &s);
    break;
  case SHADER_EARTH:
    surface_earth(at, &s);
    break;
  case SHADER_CAR_PAINT:
    surface_car_paint(at, &s);
    break;
  case SHADER_CAR_GLASS:
    surface_car_glass(at, &s, day);
    break;
  case SHADER_WINDOW:
    surface_window(at, &s, day, night, false);
    break;
  case SHADER_SHOP_WINDOW:
    surface_window(at, &s, day, night, true);
    break;
  case SHADER_BRICK:
    surface_brick(at, &s);
    break;
  case SHADER_PLASTER:
    surface_plaster(at, &s);
    break;
  case SHADER_ROOF_TILE:
    surface_roof_tile(at, &s);
    break;
  case SHADER_WOOD:
    surface_wood(at, &s);
    break;
  case SHADER_BARK:
    surface_bark(at, &s);
    break;
  case SHADER_LEAF:
    surface_leaf(at, &s);
    break;
  case SHADER_SKIN:
    surface_skin(at, &s);
    break;
  case SHADER_CLOTH:
    surface_cloth(at, &s);
    break;
  case SHADER_HAIR:
    surface_hair(at, &s);
    break;
  case SHADER_RUBBER:
    surface_rubber(at, &s);
    break;
  case SHADER_METAL:
    surface_metal(at, &s);
    break;
  case SHADER_PLASTIC:
    surface_plastic(at, &s);
    break;
  case SHADER_HEADLAMP:
  case SHADER_TAIL_LAMP:
  case SHADER_LEFT_INDICATOR:
  case SHADER_RIGHT_INDICATOR:
  case SHADER_SIGNAL_RED:
  case SHADER_SIGNAL_YELLOW:
  case SHADER_SIGNAL_GREEN:
  case SHADER_STREET_LAMP:
    surface_lamp(at, &s, lamp_radiance(m->shader, at->flags, at->signal, night), sky->lamp_cap);
    break;
  case SHADER_SIGN_FACE:
    surface_sign(at, &s);
    break;
  case SHADER_BILLBOARD:
    surface_billboard(at, &s, night);
    break;
  case SHADER_PLATE:
    surface_plate(at, &s);
    break;
  case SHADER_SHOP_SIGN:
    surface_shop_sign(at, &s, night);
    break;
  default:
    break;
  }
  return s;
}

// Open water and film on the ground at a point: x share that mirrors like a puddle,
// y share that is wet.
inline float2 ground_water(const surface_point *at, float flat, __constant const gpu_weather *w) {
  if (w->wetness < 0.02f || at->face.z < 0.8f)
    return (float2)(0.0f);
  float pool = flat * puddle(at->world.xy, w->water_film_mm * w->wetness, at->footprint);
  float film = w->wetness * (0.35f + 0.65f * film_cover(w->water_film_mm));
  return (float2)(pool, max(pool, film));
}

// The normal of what mirrors: panes and paint as they are, water level with ripples,
// a film as rough as the stones under it (jittered by the pixel, `dice`).
inline float3 mirror_normal(const surface_point *at, uint shader, float2 water, uint dice,
                            __constant const gpu_weather *w) {
  if (!shader_is_ground(shader)) {
    if (shader != SHADER_WINDOW && shader != SHADER_SHOP_WINDOW)
      return at->normal;
    uint h = at->pane;
    return tilt(at->normal,
                (float2)(0.010f * (unit_of(h) - 0.5f), 0.010f * (unit_of(h * 3u) - 0.5f)));
  }
  float rough = 0.045f * (1.0f - water.x);
  uint h = hash_u32(dice);
  float2 slope = ((float2)(unit_of(h), unit_of(h * 747796405u)) +
                  (float2)(unit_of(h * 277803737u), unit_of(h * 83492791u)) - 1.0f) *
                 rough;
  slope += ripples(at->world.xy, w->rain_mmh, w->time_s, at->footprint, 951u) * water.x;
  return unit3((float3)(0.0f, 0.0f, 1.0f) - (float3)(slope, 0.0f));
}

// Lays the weather on a dry surface.
inline void surface_weather(const surface_point *at, surface *s, float2 water, uint shader,
                            __constant const gpu_weather *w) {
  float up = at->normal.z;
  float wet = w->wetness * (up > 0.3f ? 1.0f : 0.45f) * (1.0f - s->shelter);
  if (wet > 0.02f && up > -0.3f) {
    // Half of the darkening keeps the colour: water alone makes walls too colourful.
    float3 dark = wet_albedo(s->albedo, wet, s->porosity);
    float grey = dot(s->albedo, (float3)(0.333f)), dark_grey = dot(dark, (float3)(0.333f));
    s->albedo = 0.5f * (dark + s->albedo * (dark_grey / max(grey, 1e-4f)));
    if (s->translucent <= 0.0f) // leaves and blades stay as they are
      s->roughness = wet_roughness(s->roughness, wet * (s->flat > 0.0f ? 0.75f : 0.25f));
    if (water.x > 0.0f) {
      s->albedo *= 1.0f - 0.35f * water.x;
      s->normal = unit3(mix3(s->normal, (float3)(0.0f, 0.0f, 1.0f), water.x));
    }
    if (shader_is_ground(shader)) {
      s->f0 = 0.02f;
      s->coat = max(water.x, 0.55f * water.y);
    }
  }
  float snow =
      snow_share(at->normal, at->world, w->snow_depth_mm, at->footprint) * (1.0f - s->shelter);
  if (snow > 0.0f) {
    float fine = 0.5f * octave3(at->world, 7.0f, at->footprint, 621u);
    s->albedo = mix3(s->albedo, (float3)(0.80f, 0.82f, 0.85f) * (1.0f + 0.12f * fine), snow);
    s->roughness = s->roughness + (0.7f - s->roughness) * snow;
    s->metallic *= 1.0f - snow;
    s->coat *= 1.0f - snow;
    s->emission *= 1.0f - snow;
    s->normal = tilt(s->normal, (float2)(0.2f * fine * snow, 0.15f * fine * snow));
  }
}

#endif
