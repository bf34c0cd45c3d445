// SPDX-License-Identifier: Apache-2.0
// What the weather does to surfaces and to the air between them and the camera.
#ifndef WEATHER_CL
#define WEATHER_CL
#include "sky.cl"

// Albedo of a porous surface that is wet: water in the pores bends light on into the
// ground, so that less of it comes back.
inline float3 wet_albedo(float3 albedo, float wet, float porosity) {
  float k = 1.0f + 2.2f * wet * porosity;
  return fast_pow4((float4)(albedo, 1.0f), (float4)(k)).xyz;
}

inline float wet_roughness(float roughness, float wet) {
  return roughness + (min(roughness, 0.1f) - roughness) * clamp(wet, 0.0f, 1.0f);
}

// Share of a surface under water for a mean film on a texture of 1.2 mm.
inline float film_cover(float film_mm) {
  return clamp(film_mm / 1.2f, 0.0f, 1.0f);
}

// Transmittance of `distance` metres of air; beta is the extinction, 1/m.
inline float air_transmittance(float beta, float distance) {
  return fast_exp(-beta * distance);
}

// Depth of a puddle at a point of the ground, metres-wide hollows: 0 none, 1 open water.
inline float puddle(float2 p, float film_mm, float footprint) {
  if (film_mm < 0.05f)
    return 0.0f;
  float n = 0.5f + 0.9f * (0.7f * octave2(p, 0.23f, footprint, 911u) +
                           0.3f * octave2(p, 0.9f, footprint, 912u));
  float level = 0.31f + 0.20f * clamp(film_mm / 2.0f, 0.0f, 1.0f);
  return ramp(level, level - 0.09f, n);
}

// Slope of the water's skin by falling drops: rings that grow and fade.
inline float2 ripples(float2 p, float rain_mmh, float time_s, float footprint, uint seed) {
  float strength = clamp(rain_mmh * 0.12f, 0.0f, 1.0f) * band(footprint, 9.0f);
  if (strength <= 0.0f)
    return (float2)(0.0f);
  float2 slope = (float2)(0.0f);
  for (uint layer = 0; layer < 2u; layer++) {
    float2 q = p * (layer ? 4.3f : 3.1f) + (float)layer * 0.37f;
    float2 c = floor(q);
    uint h = hash_cell((int)c.x, (int)c.y, seed + layer);
    float beat = time_s * 1.7f + unit_of(h);
    uint k = hash_u32(h + (uint)(int)floor(beat));
    float age = beat - floor(beat);
    float2 at = (float2)(unit_of(k), unit_of(k * 747796405u)) * 0.5f + 0.25f;
    float2 r = q - c - at;
    float d = sqrt(dot(r, r) + 1e-6f), x = (d - 0.45f * age) * 22.0f;
    float wave = x * clamp(1.0f - 0.11f * x * x, 0.0f, 1.0f) * (1.0f - age);
    slope += r * (wave * 0.09f / d);
  }
  return slope * strength;
}

// Share of a surface that snow covers: up-facing first, in patches when thin.
inline float snow_share(float3 normal, float3 p, float depth_mm, float footprint) {
  if (depth_mm < 0.1f)
    return 0.0f;
  float patchy = rough3(p, 0.9f, footprint, 611u) + 0.5f * rough3(p, 6.0f, footprint, 613u);
  float amount = clamp(depth_mm / 18.0f, 0.0f, 1.3f);
  float flat = ramp(0.35f, 0.8f, normal.z + 0.25f * patchy);
  return flat * ramp(0.42f, 0.62f, amount * 0.8f + 0.35f * patchy + 0.12f);
}

// I = J t + L (1 - t): haze by colour, then fog, rain and snowfall in one extinction.
// `direction` is the unit ray, `distance` in metres.
inline float3 through_air(__constant const gpu_sky *sky, __constant const gpu_weather *w,
                          float3 radiance, float3 direction, float distance) {
  float toward = max(dot(direction, vload3(0, w->sun_direction)), 0.0f);
  toward *= toward;
  toward *= toward;
  float3 haze = sky_color(sky->haze_beta) * distance;
  // Below a few kilometres 1/(1+x) and exp(-x) differ by less than the eye can tell.
  float3 clear = 1.0f / (1.0f + haze + 0.5f * haze * haze);
  float3 far = sky_color(sky->haze_light);
  if (distance > 400.0f)
    far = sky_smooth(sky, (float3)(direction.xy, max(direction.z, 0.02f)));
  radiance = radiance * clear + far * (1.0f - clear);
  float t = air_transmittance(sky->air_beta, distance);
  float3 light = sky_color(sky->air) + sky_color(sky->air_glow) * toward;
  return radiance * t + light * (1.0f - t);
}

// How much air of a low bank lies before the sky in a direction, metres.
inline float air_before_sky(__constant const gpu_sky *sky, float3 direction) {
  return sky->air_top_m / max(direction.z, 0.01f);
}

#endif
