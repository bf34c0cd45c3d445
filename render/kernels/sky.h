// SPDX-License-Identifier: Apache-2.0
// What the host works out of a weather for shading: the sky as a table, its light on
// surfaces, and the air. Colours have a fourth number that nobody reads: vectors of four
// load at once. Only 4-byte members. Unit of light: 10,000 lux, 10,000 cd/m2.
#ifndef RENDER_KERNELS_SKY_H
#define RENDER_KERNELS_SKY_H

#define SKY_AZIMUTHS 32
#define SKY_ELEVATIONS 32

typedef struct gpu_sky {
  float sh[9][4];       // mean radiance over a cosine lobe by normal: real harmonics, l 0..2
  float sun_axis[2];    // unit, horizontal, to the sun
  float disc[4];        // radiance of the sun's or moon's disc, capped
  float disc_cos;       // cosine of its radius
  float glow[4];        // radiance of the aureole at its centre
  float cloud_lit[4];   // broken clouds: towards the sun
  float cloud_shade[4]; // and away from it; overcast: the mean of the dome
  float cloud_cover;
  float ground[4];       // mean radiance of the ground seen from above
  float air[4];          // radiance of endless fog or rain (airlight)
  float air_glow[4];     // added towards the sun
  float air_beta;        // extinction of fog, rain and snowfall, 1/m
  float air_top_m;       // height of the fog bank: how much of it lies before the sky
  float haze_beta[4];    // extinction of clean air by colour, 1/m
  float haze_light[4];   // mean radiance of the horizon: what clean air adds nearby
  float stars;           // 0..1
  float white[4];        // white balance gains
  float lamp_cap;        // largest radiance of a lamp that still shows its colour
  float lamp_ambient[4]; // mean radiance that lit streets give to everything at night
  float table[SKY_ELEVATIONS][SKY_AZIMUTHS][4]; // clear sky; rows by sqrt(sin elevation),
                                                // columns by sin(half the azimuth to the sun)
} gpu_sky;

#endif
