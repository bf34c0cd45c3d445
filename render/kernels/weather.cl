// SPDX-License-Identifier: Apache-2.0
// What the weather does to surfaces and to the air between them and the camera.
#ifndef WEATHER_CL
#define WEATHER_CL
#include "sky.cl"

inline real3 sun_of(__constant const gpu_weather *w) {
  return rgb(w->sun_direction[0], w->sun_direction[1], w->sun_direction[2]);
}

// Albedo of a porous surface that is wet: water in the pores bends light on into the
// ground, so that less of it comes back.
inline real3 wet_albedo(real3 albedo, real wet, real porosity) {
  real k = 1.0f + 2.2f * wet * porosity;
  return triple(fast_pow(albedo.x, k), fast_pow(albedo.y, k), fast_pow(albedo.z, k));
}

inline real wet_roughness(real roughness, real wet) {
  return roughness + (min(roughness, 0.1f) - roughness) * clamp(wet, 0.0f, 1.0f);
}

// Share of a surface under water for a mean film on a texture of 1.2 mm.
inline float film_cover(float film_mm) {
  return clamp(film_mm / 1.2f, 0.0f, 1.0f);
}

// Transmittance of `distance` metres of air; beta is the extinction, 1/m.
inline real air_transmittance(float beta, real distance) {
  return fast_exp(-beta * distance);
}

// Depth of a puddle at a point of the ground, metres-wide hollows: 0 none, 1 open water.
inline real puddle(real2 p, float film_mm, real footprint) {
  if (film_mm < 0.05f)
    return REAL(0.0f);
  real n = 0.5f + 0.9f * (0.7f * octave2(p, 0.23f, footprint, WORD(911u)) +
                          0.3f * octave2(p, 0.9f, footprint, WORD(912u)));
  float level = 0.31f + 0.20f * clamp(film_mm / 2.0f, 0.0f, 1.0f);
  return ramp(level, level - 0.09f, n);
}

// Slope of the water's skin by falling drops: rings that grow and fade.
inline real2 ripples(real2 p, float rain_mmh, float time_s, real footprint, uint seed) {
  real strength = clamp(rain_mmh * 0.12f, 0.0f, 1.0f) * band(footprint, 9.0f);
  real2 slope = {REAL(0.0f), REAL(0.0f)};
  if (!any_lane(strength > REAL(0.0f)))
    return slope;
  for (uint layer = 0; layer < 2u; layer++) {
    float zoom = layer ? 4.3f : 3.1f, shift = (float)layer * 0.37f;
    real qx = p.x * zoom + shift, qy = p.y * zoom + shift;
    real cx = floor(qx), cy = floor(qy);
    word h = hash_cell(cell_of(cx), cell_of(cy), WORD(seed + layer));
    real beat = time_s * 1.7f + unit_of(h), whole_beats = floor(beat);
    word k = hash_word(h + cell_of(whole_beats));
    real age = beat - whole_beats;
    real rx = qx - cx - unit_of(k) * 0.5f - 0.25f;
    real ry = qy - cy - unit_of(k * 747796405u) * 0.5f - 0.25f;
    real d = sqrt(rx * rx + ry * ry + 1e-6f), x = (d - 0.45f * age) * 22.0f;
    real wave = x * clamp(1.0f - 0.11f * x * x, 0.0f, 1.0f) * (1.0f - age) * 0.09f / d;
    slope.x += rx * wave;
    slope.y += ry * wave;
  }
  return scale2(slope, strength);
}

// Share of a surface that snow covers: up-facing first, in patches when thin.
inline real snow_share(real3 normal, real3 p, float depth_mm, real footprint) {
  if (depth_mm < 0.1f)
    return REAL(0.0f);
  real patchy =
      rough3(p, 0.9f, footprint, WORD(611u)) + 0.5f * rough3(p, 6.0f, footprint, WORD(613u));
  float amount = clamp(depth_mm / 18.0f, 0.0f, 1.3f);
  real flat = ramp(0.35f, 0.8f, normal.z + 0.25f * patchy);
  return flat * ramp(0.42f, 0.62f, amount * 0.8f + 0.35f * patchy + 0.12f);
}

// I = J t + L (1 - t): haze by colour, then fog, rain and snowfall in one extinction.
// `direction` is the unit ray, `distance` in metres.
inline real3 through_air(__constant const gpu_sky *sky, __constant const gpu_weather *w,
                         real3 radiance, real3 direction, real distance) {
  real toward = max(dot3(direction, sun_of(w)), 0.0f);
  toward *= toward;
  toward *= toward;
  real3 haze = scale3(sky_color(sky->haze_beta), distance);
  // Below a few kilometres 1/(1+x) and exp(-x) differ by less than the eye can tell.
  real3 clear = {1.0f / (1.0f + haze.x + 0.5f * haze.x * haze.x),
                 1.0f / (1.0f + haze.y + 0.5f * haze.y * haze.y),
                 1.0f / (1.0f + haze.z + 0.5f * haze.z * haze.z)};
  real3 far = sky_color(sky->haze_light);
  whole very_far = distance > REAL(400.0f);
  if (any_lane(very_far))
    far = choose3(far, sky_smooth(sky, triple(direction.x, direction.y, max(direction.z, 0.02f))),
                  very_far);
  radiance = add3(far, mul3(sub3(radiance, far), clear));
  real t = air_transmittance(sky->air_beta, distance);
  real3 light = add3(sky_color(sky->air), scale3(sky_color(sky->air_glow), toward));
  return mix3(light, radiance, t);
}

// How much air of a low bank lies before the sky in a direction, metres.
inline real air_before_sky(__constant const gpu_sky *sky, real3 direction) {
  return sky->air_top_m / max(direction.z, 0.01f);
}

#endif
