// SPDX-License-Identifier: Apache-2.0
// Lamps in fog, rain and snowfall: their cones and halos, light that drops scatter once.
#ifndef AIRLIGHT_CL
#define AIRLIGHT_CL
#include "light.cl"
#include "weather.cl"

// Thinner air shows no cones: one sees more than 1,500 m.
#define AIRLIGHT_BETA 0.002f
#define AIRLIGHT_STEPS 16
#define AIRLIGHT_STEP_M 5.0f
#define AIRLIGHT_REACH_M 90.0f
// Irradiance whose light nobody sees in the air, 2 lx.
#define AIRLIGHT_LEAST 2e-4f
// Nearer to a lamp than its own size is nobody.
#define AIRLIGHT_NEAR2 1.0f

inline bool air_glows(__constant const gpu_sky *sky, __constant const gpu_weather *w,
                      int light_count) {
  return light_count > 0 && sky->air_beta > AIRLIGHT_BETA && w->night > 0.05f;
}

// Henyey and Greenstein's phase function, 1/sr; `cosine` of the angle by which light turns.
inline real henyey(float g, real cosine) {
  real d = 1.0f + g * g - 2.0f * g * cosine;
  return (1.0f - g * g) * 0.0795774715f / (d * sqrt(d));
}

// A narrow lobe forward and a wide one back (Legendre's first terms of g = -0.25), as drops have
// them.
inline real drop_phase(real cosine) {
  real back = 0.84375f - 0.75f * cosine + 0.46875f * cosine * cosine;
  return 0.8f * henyey(0.85f, cosine) + 0.2f * 0.0795774715f * back;
}

// 0..1 at a pixel, far from that of its neighbours, so that their errors even out (interleaved
// gradient noise, Jimenez 2014).
inline real pixel_shift(real2 pixel) {
  real a = 0.06711056f * pixel.x + 0.00583715f * pixel.y, b = 52.9829189f * (a - floor(a));
  return b - floor(b);
}

// What reaches the eye of light that lamps throw into the air before `distance` metres of the
// unit ray: samples denser near the eye, each in a stratum of its own, by `shift` of 0..1 in all.
// Beams have edges much thinner than strata, so that each counts with its mean over the stratum.
inline real3 air_lamps(__global const gpu_light *lights, __global const uint *cells, float2 middle,
                       __constant const gpu_sky *sky, real3 origin, real3 ray, real distance,
                       real shift) {
  float beta = sky->air_beta;
  real far = min(distance, REAL(AIRLIGHT_REACH_M));
  real steps = clamp(floor(far * (1.0f / AIRLIGHT_STEP_M)) + 1.0f, 9.0f, (float)AIRLIGHT_STEPS);
  real share_of_one = 1.0f / steps;
  real3 sum = rgb(0.0f, 0.0f, 0.0f);
  for (int step = 0; step < AIRLIGHT_STEPS; step++) {
    whole goes_on = steps > REAL((float)step);
    if (!any_lane(goes_on))
      break;
    real u = ((float)step + shift) * share_of_one, root = sqrt(u);
    real t = far * u * root, length = far * root * 1.5f * share_of_one;
    real3 at = add3(origin, scale3(ray, t));
    whole row;
    word lamps = lamps_near(cells, pair(at.x, at.y), middle, goes_on, &row);
    if (!any_lane(lamps > WORD(0u)))
      continue;
    real3 lit = rgb(0.0f, 0.0f, 0.0f);
    for (uint k = 0; k < LIGHT_PER_CELL; k++) {
      whole there = lamps > WORD(k);
      if (!any_lane(there))
        break;
      word lamp = select(WORD(0u), GATHER(uint, cells, row + (int)(k + 1)), there);
      real3 to;
      real d2;
      real3 e = lamp_mean(lights, lamp, at, scale3(ray, length), &to, &d2);
      real share =
          drop_phase(dot3(to, ray)) * exp(-beta * sqrt(d2)) * min(d2 / AIRLIGHT_NEAR2, 1.0f);
      lit = choose3(lit, add3(lit, scale3(e, share)), there);
    }
    sum = add3(sum, scale3(lit, beta * exp(-beta * t) * length));
  }
  return sum;
}

#endif
