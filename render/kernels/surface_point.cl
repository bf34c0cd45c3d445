// SPDX-License-Identifier: Apache-2.0
// What lies at a point: a surface of the material met, dry, and the weather on it.
#ifndef SURFACE_POINT_CL
#define SURFACE_POINT_CL
#include "surface_ground.cl"
#include "surface_hit.cl"
#include "surface_thing.cl"
#include "texture.cl"

// Lets the shader work on a surface that has its material's colour and roughness.
inline void surface_apply(uint shader, const surface_point *at, surface *s, float night,
                          __constant const gpu_sky *sky) {
  real3 day = add3(sky_color(sky->sh[0]), sky_color(sky->lamp_ambient));
  switch (shader) {
  case SHADER_ASPHALT:
    surface_asphalt(at, s);
    break;
  case SHADER_ROAD_MARK:
    surface_road_mark(at, s);
    break;
  case SHADER_PAVING:
    surface_paving(at, s);
    break;
  case SHADER_CONCRETE:
    surface_concrete(at, s);
    break;
  case SHADER_GRASS:
    surface_grass(at, s);
    break;
  case SHADER_FIELD:
    surface_field(at, s);
    break;
  case SHADER_EARTH:
    surface_earth(at, s);
    break;
  case SHADER_CAR_PAINT:
    surface_car_paint(at, s);
    break;
  case SHADER_TEXTURE_PAINT: // lacquer over the picture
    s->coat = REAL(1.0f);
    s->f0 = REAL(0.045f);
    s->porosity = REAL(0.05f);
    break;
  case SHADER_CAR_GLASS:
    surface_car_glass(at, s, day);
    break;
  case SHADER_WINDOW:
    surface_window(at, s, day, night, false);
    break;
  case SHADER_SHOP_WINDOW:
    surface_window(at, s, day, night, true);
    break;
  case SHADER_BRICK:
    surface_brick(at, s);
    break;
  case SHADER_PLASTER:
    surface_plaster(at, s);
    break;
  case SHADER_ROOF_TILE:
    surface_roof_tile(at, s);
    break;
  case SHADER_WOOD:
    surface_wood(at, s);
    break;
  case SHADER_BARK:
    surface_bark(at, s);
    break;
  case SHADER_LEAF:
    surface_leaf(at, s);
    break;
  case SHADER_SKIN:
    surface_skin(at, s);
    break;
  case SHADER_CLOTH:
    surface_cloth(at, s);
    break;
  case SHADER_HAIR:
    surface_hair(at, s);
    break;
  case SHADER_RUBBER:
    surface_rubber(at, s);
    break;
  case SHADER_METAL:
    surface_metal(at, s);
    break;
  case SHADER_PLASTIC:
    surface_plastic(at, s);
    break;
  case SHADER_HEADLAMP:
  case SHADER_TAIL_LAMP:
  case SHADER_LEFT_INDICATOR:
  case SHADER_RIGHT_INDICATOR:
  case SHADER_SIGNAL_RED:
  case SHADER_SIGNAL_YELLOW:
  case SHADER_SIGNAL_GREEN:
  case SHADER_WORK_LAMP:
  case SHADER_BLUE_LEFT:
  case SHADER_BLUE_RIGHT:
  case SHADER_STREET_LAMP:
    surface_lamp(shader, at, s, lamp_radiance(shader, at->flags, at->signal, night), sky->lamp_cap);
    break;
  case SHADER_SIGN_FACE:
    surface_sign(at, s);
    break;
  case SHADER_REFLECTOR:
    surface_reflector(at, s);
    break;
  case SHADER_BILLBOARD:
    surface_billboard(at, s, night);
    break;
  case SHADER_PLATE:
    surface_plate(at, s);
    break;
  case SHADER_SHOP_SIGN:
    surface_shop_sign(at, s, night);
    break;
  default:
    break;
  }
}

// The dry surface of a material at points of one shader.
inline surface surface_make(uint shader, const surface_point *at, material_view m, float night,
                            __constant const gpu_sky *sky) {
  surface s;
  s.albedo = m.albedo;
  s.normal = at->normal;
  s.emission = m.glow;
  s.roughness = m.roughness;
  s.metallic = m.metallic;
  s.f0 = 0.04f;
  s.coat = 0.0f;
  s.porosity = 0.5f;
  s.flat = 0.0f;
  s.translucent = 0.0f;
  s.shelter = 0.0f;
  s.retro = 0.0f;
  surface_apply(shader, at, &s, night, sky);
  return s;
}

// Open water and film on the ground at a point: x share that mirrors like a puddle,
// y share that is wet.
inline real2 ground_water(const surface_point *at, real flat, __constant const gpu_weather *w) {
  real2 none = {REAL(0.0f), REAL(0.0f)};
  whole level = at->face.z >= REAL(0.8f);
  if (w->wetness < 0.02f || !any_lane(level))
    return none;
  real pool =
      flat * puddle(pair(at->world.x, at->world.y), w->water_film_mm * w->wetness, at->footprint);
  float film = w->wetness * (0.35f + 0.65f * film_cover(w->water_film_mm));
  return choose2(none, pair(pool, max(pool, film)), level);
}

// -1 .. 1, as the sum of two even numbers less 1, from one of 0 .. 1.
inline real tent(real u) {
  real low = sqrt(2.0f * u) - 1.0f, high = 1.0f - sqrt(max(2.0f - 2.0f * u, 0.0f));
  return select(low, high, u > REAL(0.5f));
}

// How a film's stones tilt a sample: the 16 of a tile share the lobe evenly, neighbours far apart
// (Bayer's order, steps of the golden ratio), so that what is mirrored has a fine grain. Each
// `turn` of a pixel has another (Roberts' R2 sequence).
inline real2 film_tilt(word sample, int turn, uint frame) {
  word x = sample & 3u, y = (sample >> 2u) & 3u, d = x ^ y;
  word order = ((d & 1u) << 3u) | ((y & 1u) << 2u) | (d & 2u) | (y >> 1u);
  word own = hash_word((sample >> 4u) * 2u + WORD(frame * 0x9e3779b1u));
  real k = to_real(as_whole(order));
  real u = unit_of(own) + k * 0.0625f + 0.7548777f * (float)turn;
  real v = unit_of(own * 277803737u) + k * 0.6180340f + 0.5698403f * (float)turn;
  return pair(tent(u - floor(u)), tent(v - floor(v)));
}

// The normal of what mirrors: panes and paint as they are, water level with ripples,
// a film as rough as the stones under it (jittered by the number and turn of the sample).
inline real3 mirror_normal(const surface_point *at, uint shader, real2 water, word sample, int turn,
                           __constant const gpu_weather *w) {
  if (!shader_is_ground(shader)) {
    if (shader != SHADER_WINDOW && shader != SHADER_SHOP_WINDOW)
      return at->normal;
    word h = at->pane;
    return tilt(at->normal, 0.010f * (unit_of(h) - 0.5f), 0.010f * (unit_of(h * 3u) - 0.5f));
  }
  real rough = 0.045f * (1.0f - water.x);
  real2 stones = film_tilt(sample, turn, w->frame);
  real2 ring = ripples(pair(at->world.x, at->world.y), w->rain_mmh, w->time_s, at->footprint, 951u);
  real x = stones.x * rough + ring.x * water.x, y = stones.y * rough + ring.y * water.x;
  return unit3(triple(-x, -y, REAL(1.0f)));
}

// Wets a dry surface.
inline void surface_wet(const surface_point *at, surface *s, real2 water, uint shader, real wet) {
  // Half of the darkening keeps the colour: water alone makes walls too colourful.
  real3 third = rgb(0.333f, 0.333f, 0.333f), dark = wet_albedo(s->albedo, wet, s->porosity);
  real k = dot3(dark, third) / max(dot3(s->albedo, third), 1e-4f);
  s->albedo = scale3(add3(dark, scale3(s->albedo, k)), REAL(0.5f));
  // Leaves and blades stay as they are.
  real smooth = wet * select(REAL(0.25f), REAL(0.75f), s->flat > REAL(0.0f));
  s->roughness =
      select(wet_roughness(s->roughness, smooth), s->roughness, s->translucent > REAL(0.0f));
  if (!shader_is_ground(shader))
    return;
  s->albedo = scale3(s->albedo, 1.0f - 0.35f * water.x);
  s->normal = unit3(mix3(s->normal, rgb(0.0f, 0.0f, 1.0f), water.x));
  s->f0 = 0.02f;
  s->coat = max(water.x, 0.55f * water.y);
}

// Lays the weather on a dry surface.
inline void surface_weather(const surface_point *at, surface *s, real2 water, uint shader,
                            __constant const gpu_weather *w) {
  real up = at->normal.z;
  real wet = select(REAL(0.45f), REAL(1.0f), up > REAL(0.3f)) * w->wetness * (1.0f - s->shelter);
  whole damp = (wet > REAL(0.02f)) & (up > REAL(-0.3f));
  if (any_lane(damp)) {
    surface dry = *s;
    surface_wet(at, s, water, shader, wet);
    s->albedo = choose3(dry.albedo, s->albedo, damp);
    s->normal = choose3(dry.normal, s->normal, damp);
    s->roughness = select(dry.roughness, s->roughness, damp);
    s->f0 = select(dry.f0, s->f0, damp);
    s->coat = select(dry.coat, s->coat, damp);
  }
  real snow =
      snow_share(at->normal, at->world, w->snow_depth_mm, at->footprint) * (1.0f - s->shelter);
  if (any_lane(snow > REAL(0.0f))) {
    real fine = 0.5f * octave3(at->world, 7.0f, at->footprint, WORD(621u));
    s->albedo = mix3(s->albedo, scale3(rgb(0.80f, 0.82f, 0.85f), 1.0f + 0.12f * fine), snow);
    s->roughness = s->roughness + (0.7f - s->roughness) * snow;
    s->metallic *= 1.0f - snow;
    s->coat *= 1.0f - snow;
    s->emission = scale3(s->emission, 1.0f - snow);
    s->normal = tilt(s->normal, 0.2f * fine * snow, 0.15f * fine * snow);
  }
}

#endif
