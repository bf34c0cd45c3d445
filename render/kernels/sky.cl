// SPDX-License-Identifier: Apache-2.0
// The sky that a ray sees and the light of it on a surface. The clear sky is a table
// made on the host (render/sky.c); clouds are drawn on it here.
#ifndef SKY_CL
#define SKY_CL
#include "noise.cl"
#include "sky.h"

inline real3 sky_color(__constant const float *c) {
  return rgb(c[0], c[1], c[2]);
}

// One channel of the table between four of its entries; `at` is the first's offset.
inline real sky_between(__constant const float *table, whole at, real fu, real fv) {
  whole right = at + 4, up = at + 4 * SKY_AZIMUTHS, both = up + 4;
  real a = GATHER(float, table, at), b = GATHER(float, table, right);
  real c = GATHER(float, table, up), d = GATHER(float, table, both);
  real low = a + (b - a) * fu, high = c + (d - c) * fu;
  return low + (high - low) * fv;
}

// Clear sky above the horizon, table only. No transcendental call: the axes of the
// table are square roots.
inline real3 sky_clear(__constant const gpu_sky *sky, real3 d) {
  real flat_length = sqrt(max(d.x * d.x + d.y * d.y, 1e-12f));
  real to_sun = (d.x * sky->sun_axis[0] + d.y * sky->sun_axis[1]) / flat_length;
  real u = sqrt(max(0.5f - 0.5f * to_sun, 0.0f)) * (float)(SKY_AZIMUTHS - 1);
  real v = sqrt(max(d.z, 0.0f)) * (float)(SKY_ELEVATIONS - 1);
  real iu = clamp(floor(u), 0.0f, (float)(SKY_AZIMUTHS - 2));
  real iv = clamp(floor(v), 0.0f, (float)(SKY_ELEVATIONS - 2));
  real fu = clamp(u - iu, 0.0f, 1.0f), fv = clamp(v - iv, 0.0f, 1.0f);
  whole at = (to_whole(iv) * SKY_AZIMUTHS + to_whole(iu)) * 4;
  __constant const float *table = &sky->table[0][0][0];
  return triple(sky_between(table, at, fu, fv), sky_between(table + 1, at, fu, fv),
                sky_between(table + 2, at, fu, fv));
}

// Luminance of an overcast dome relative to its mean (CIE: three times as bright at
// the zenith as at the horizon; 9/7 makes the cosine-weighted mean 1).
inline real sky_overcast(real z) {
  return 0.4285714f * (1.0f + 2.0f * max(z, 0.0f));
}

// Below the horizon lies ground.
inline real3 sky_over_ground(__constant const gpu_sky *sky, real3 l, real z) {
  return mix3(l, sky_color(sky->ground), clamp(-8.0f * z, 0.0f, 1.0f));
}

// The sky without the detail of clouds: for rough reflections and light.
inline real3 sky_smooth(__constant const gpu_sky *sky, real3 d) {
  real3 up = mix3(sky_clear(sky, d), scale3(sky_color(sky->cloud_shade), sky_overcast(d.z)),
                  REAL(sky->cloud_cover));
  return sky_over_ground(sky, up, d.z);
}

// Mean radiance that a surface with normal n gets from the whole open dome.
inline real sky_channel(__constant const float *c, real3 n) {
  real l = c[0] + c[4] * n.y + c[8] * n.z + c[12] * n.x;
  l += c[16] * (n.x * n.y) + c[20] * (n.y * n.z) + c[24] * (3.0f * n.z * n.z - 1.0f);
  l += c[28] * (n.x * n.z) + c[32] * (n.x * n.x - n.y * n.y);
  return max(l, 0.0f);
}

inline real3 sky_diffuse(__constant const gpu_sky *sky, real3 n) {
  __constant const float *c = &sky->sh[0][0];
  return triple(sky_channel(c, n), sky_channel(c + 1, n), sky_channel(c + 2, n));
}

// Cloud density 0..1 at a point of the cloud layer, and how much of the layer lies
// between it and the sun.
inline real2 sky_clouds(real2 p, float2 sun_axis, float cover, uint seed) {
  word s0 = WORD(seed), s1 = WORD(seed + 1u);
  real bx = noise2(scale2(p, REAL(0.6f)), s0) - 0.5f;
  real by = noise2(pair(p.x * 2.9f + 4.2f, p.y * 2.9f + 4.2f), s1) - 0.5f;
  real2 q = {p.x + 0.9f * bx - 0.16f * by, p.y - 0.9f * bx + 0.16f * by};
  real n = 0.46f * noise2(q, s1) +
           0.24f * noise2(pair(q.x * 2.3f + 7.1f, q.y * 2.3f + 7.1f), WORD(seed + 2u)) +
           0.15f * noise2(pair(q.x * 5.1f + 3.3f, q.y * 5.1f + 3.3f), WORD(seed + 3u)) +
           0.08f * noise2(pair(q.x * 11.7f + 1.9f, q.y * 11.7f + 1.9f), WORD(seed + 4u)) +
           0.045f * noise2(pair(q.x * 25.3f + 0.7f, q.y * 25.3f + 0.7f), WORD(seed + 5u)) +
           0.025f * noise2(pair(q.x * 53.1f + 5.9f, q.y * 53.1f + 5.9f), WORD(seed + 6u));
  real2 s = {q.x + sun_axis.x * 0.22f, q.y + sun_axis.y * 0.22f};
  real toward = 0.50f * noise2(s, s1) +
                0.25f * noise2(pair(s.x * 2.3f + 7.1f, s.y * 2.3f + 7.1f), WORD(seed + 2u));
  float threshold = 0.5f + 0.42f * (0.5f - cover);
  float soft = 0.07f + 0.16f * cover;
  real density = fade(ramp(threshold, threshold + soft, n));
  real thick = clamp((toward + (0.125f - threshold)) * 4.0f, 0.0f, 1.0f);
  return pair(density, 0.5f * thick + 0.5f * ramp(0.0f, 0.35f, n - threshold));
}

inline real sky_stars(float stars, real3 d) {
  real k = 160.0f / (1.0f + max(d.z, 0.0f));
  real cx = floor(d.x * k), cy = floor(d.y * k);
  word h = hash_cell(cell_of(cx), cell_of(cy), WORD(77u));
  real rx = d.x * k - cx - unit_of(h) * 0.6f - 0.2f;
  real ry = d.y * k - cy - unit_of(h * 747796405u) * 0.6f - 0.2f;
  real light = clamp(1.0f - 40.0f * (rx * rx + ry * ry), 0.0f, 1.0f) * ramp(0.02f, 0.3f, d.z) *
               stars * 2e-5f;
  return select(REAL(0.0f), light, (h & 63u) == 0u);
}

// Radiance of the sky in the unit direction d, sun, clouds, stars and all, without the
// fog in front of it.
inline real3 sky_radiance(__constant const gpu_sky *sky, __constant const gpu_weather *w, real3 d) {
  real c = dot3(d, rgb(w->sun_direction[0], w->sun_direction[1], w->sun_direction[2]));
  real3 l = sky_clear(sky, d);
  // Aureole: a narrow and a wide lobe without powers.
  real off = max(1.0f - c, 0.0f);
  l = add3(l, scale3(sky_color(sky->glow), 0.85f * square(1.0f / (1.0f + 420.0f * off)) +
                                               0.15f / (1.0f + 60.0f * off * off + 24.0f * off)));
  real disc = clamp((c - sky->disc_cos) * (4.0f / (1.0f - sky->disc_cos)) + 1.0f, 0.0f, 1.0f);
  if (sky->stars > 0.01f)
    l = add3(l, grey(sky_stars(sky->stars, d)));
  float cover = sky->cloud_cover;
  if (cover > 0.02f && any_lane(d.z > REAL(0.0f))) {
    float k = w->time_s * 0.0006f;
    real far = 1.6f / (max(d.z, 0.0f) + 0.12f);
    real2 p = {d.x * far - w->wind[0] * k, d.y * far - w->wind[1] * k};
    float2 axis = (float2)(sky->sun_axis[0], sky->sun_axis[1]);
    real2 cloud = sky_clouds(p, axis, cover, w->seed ^ 0x51ceu);
    real above = select(REAL(0.0f), REAL(1.0f), d.z > REAL(0.0f));
    real near = ramp(0.0f, 0.10f, d.z); // the layer melts into the haze far away
    float veil = clamp((cover - 0.75f) / 0.25f, 0.0f, 1.0f);
    real alpha = cloud.x * (0.35f + 0.65f * near);
    real3 dull = sky_color(sky->cloud_shade);
    real forward = square(max(c, 0.0f));
    real rim = 0.7f * square(forward) * (1.0f - cloud.y);
    real3 lit = scale3(mix3(sky_color(sky->cloud_lit), dull, cloud.y), 1.0f + rim);
    real3 overcast = scale3(dull, sky_overcast(d.z) * (1.12f - 0.30f * cloud.y));
    real cover_here = max(alpha, veil * 0.97f) * above;
    l = mix3(l, mix3(lit, overcast, REAL(veil)), cover_here);
    disc *= 1.0f - above + above * square(1.0f - max(alpha, veil));
  }
  l = add3(l, scale3(sky_color(sky->disc), disc));
  return sky_over_ground(sky, l, d.z);
}

#endif
