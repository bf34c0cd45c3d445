// SPDX-License-Identifier: Apache-2.0
// The sky that a ray sees and the light of it on a surface. The clear sky is a table
// made on the host (render/sky.c); clouds are drawn on it here.
#ifndef SKY_CL
#define SKY_CL
#include "noise.cl"
#include "sky.h"

inline float3 sky_color(__constant const float *c) {
  return vload4(0, c).xyz;
}

// Clear sky above the horizon, table only. No transcendental call: the axes of the
// table are square roots.
inline float3 sky_clear(__constant const gpu_sky *sky, float3 d) {
  float flat_length = sqrt(max(d.x * d.x + d.y * d.y, 1e-12f));
  float to_sun = (d.x * sky->sun_axis[0] + d.y * sky->sun_axis[1]) / flat_length;
  float u = sqrt(max(0.5f - 0.5f * to_sun, 0.0f)) * (float)(SKY_AZIMUTHS - 1);
  float v = sqrt(max(d.z, 0.0f)) * (float)(SKY_ELEVATIONS - 1);
  int iu = clamp((int)u, 0, SKY_AZIMUTHS - 2), iv = clamp((int)v, 0, SKY_ELEVATIONS - 2);
  float fu = clamp(u - (float)iu, 0.0f, 1.0f), fv = clamp(v - (float)iv, 0.0f, 1.0f);
  __constant const float *a = sky->table[iv][iu];
  __constant const float *b = sky->table[iv + 1][iu];
  float4 low = vload4(0, a) + (vload4(1, a) - vload4(0, a)) * fu;
  float4 high = vload4(0, b) + (vload4(1, b) - vload4(0, b)) * fu;
  return (low + (high - low) * fv).xyz;
}

// Luminance of an overcast dome relative to its mean (CIE: three times as bright at
// the zenith as at the horizon; 9/7 makes the cosine-weighted mean 1).
inline float sky_overcast(float z) {
  return 0.4285714f * (1.0f + 2.0f * max(z, 0.0f));
}

// The sky without the detail of clouds: for rough reflections and light.
inline float3 sky_smooth(__constant const gpu_sky *sky, float3 d) {
  float3 up =
      mix3(sky_clear(sky, d), sky_color(sky->cloud_shade) * sky_overcast(d.z), sky->cloud_cover);
  return d.z >= 0.0f ? up : mix3(up, sky_color(sky->ground), clamp(-8.0f * d.z, 0.0f, 1.0f));
}

// Mean radiance that a surface with normal n gets from the whole open dome.
inline float3 sky_diffuse(__constant const gpu_sky *sky, float3 n) {
  __constant const float *c = sky->sh[0];
  float4 l = vload4(0, c) + vload4(1, c) * n.y + vload4(2, c) * n.z + vload4(3, c) * n.x;
  float4 m = vload4(4, c) * (n.x * n.y) + vload4(5, c) * (n.y * n.z);
  l += vload4(6, c) * (3.0f * n.z * n.z - 1.0f) + vload4(7, c) * (n.x * n.z);
  return max(l + m + vload4(8, c) * (n.x * n.x - n.y * n.y), 0.0f).xyz;
}

// Cloud density 0..1 at a point of the cloud layer, and how much of the layer lies
// between it and the sun.
inline float2 sky_clouds(float2 p, float2 sun_axis, float cover, uint seed) {
  float2 bend = noise2_pair(p * 0.6f, p * 2.9f + 4.2f, seed) - 0.5f;
  float2 q = p + (float2)(bend.x, -bend.x) * 0.9f + (float2)(-bend.y, bend.y) * 0.16f;
  float2 broad = noise2_pair(q, q * 2.3f + 7.1f, seed + 1u);
  float2 fine = noise2_pair(q * 5.1f + 3.3f, q * 11.7f + 1.9f, seed + 3u);
  float2 finer = noise2_pair(q * 25.3f + 0.7f, q * 53.1f + 5.9f, seed + 5u);
  float n = 0.46f * broad.x + 0.24f * broad.y + 0.15f * fine.x + 0.08f * fine.y + 0.045f * finer.x +
            0.025f * finer.y;
  float2 s = q + sun_axis * 0.22f;
  float2 toward = noise2_pair(s, s * 2.3f + 7.1f, seed + 1u);
  float threshold = 0.5f + 0.42f * (0.5f - cover);
  float soft = 0.07f + 0.16f * cover;
  float density = ramp(threshold, threshold + soft, n);
  density = density * density * (3.0f - 2.0f * density);
  float thick =
      clamp((0.50f * toward.x + 0.25f * toward.y + 0.125f - threshold) * 4.0f, 0.0f, 1.0f);
  return (float2)(density, 0.5f * thick + 0.5f * ramp(0.0f, 0.35f, n - threshold));
}

// Radiance of the sky in the unit direction d, sun, clouds, stars and all, without the
// fog in front of it.
inline float3 sky_radiance(__constant const gpu_sky *sky, __constant const gpu_weather *w,
                           float3 d) {
  float3 sun = vload3(0, w->sun_direction);
  float c = dot(d, sun);
  float3 l = sky_clear(sky, d);
  // Aureole: a narrow and a wide lobe without powers.
  float off = max(1.0f - c, 0.0f);
  l += sky_color(sky->glow) * (0.85f * square(1.0f / (1.0f + 420.0f * off)) +
                               0.15f / (1.0f + 60.0f * off * off + 24.0f * off));
  float disc = clamp((c - sky->disc_cos) / (0.25f * (1.0f - sky->disc_cos)) + 1.0f, 0.0f, 1.0f);
  if (sky->stars > 0.01f && d.z > 0.02f) {
    float2 cell = d.xy / (1.0f + d.z) * 160.0f;
    uint h = hash_cell((int)floor(cell.x), (int)floor(cell.y), 77u);
    float2 at = (float2)(unit_of(h), unit_of(h * 747796405u)) * 0.6f + 0.2f;
    float2 r = cell - floor(cell) - at;
    float bright = (h & 63u) == 0u ? 1.0f : 0.0f;
    l += bright * sky->stars * 2e-5f * clamp(1.0f - 40.0f * dot(r, r), 0.0f, 1.0f) *
         ramp(0.02f, 0.3f, d.z);
  }
  float cover = sky->cloud_cover;
  if (cover > 0.02f && d.z > 0.0f) {
    float2 wind = (float2)(w->wind[0], w->wind[1]) * (w->time_s * 0.0006f);
    float2 p = d.xy * (1.6f / (d.z + 0.12f)) - wind;
    float2 axis = (float2)(sky->sun_axis[0], sky->sun_axis[1]);
    float2 cloud = sky_clouds(p, axis, cover, w->seed ^ 0x51ceu);
    float near = ramp(0.0f, 0.10f, d.z); // the layer melts into the haze far away
    float veil = ramp(0.75f, 1.0f, cover);
    float alpha = cloud.x * (0.35f + 0.65f * near);
    float3 dull = sky_color(sky->cloud_shade);
    float rim = 0.7f * square(max(c, 0.0f)) * square(max(c, 0.0f)) * (1.0f - cloud.y);
    float3 lit = mix3(sky_color(sky->cloud_lit), dull, cloud.y) * (1.0f + rim);
    float3 grey = dull * (sky_overcast(d.z) * (1.12f - 0.30f * cloud.y));
    l = mix3(l, mix3(lit, grey, veil), max(alpha, veil * 0.97f));
    disc *= square(1.0f - max(alpha, veil));
  }
  l += sky_color(sky->disc) * disc;
  return d.z >= 0.0f ? l : mix3(l, sky_color(sky->ground), clamp(-8.0f * d.z, 0.0f, 1.0f));
}

#endif
