// SPDX-License-Identifier: Apache-2.0
// A sensor and its ISP for one frame, as host and kernels share it. "Exposed" light is in units
// of what the exposure means by white paper. Only 4-byte members.
#ifndef RENDER_KERNELS_ELECTRONICS_H
#define RENDER_KERNELS_ELECTRONICS_H

#include "types.h"

typedef struct gpu_sensor {
  int width, height;
  float scale;     // exposed light of radiance 1
  float glare;     // share of the light that goes into the halo
  float electrons; // of exposed light 1 in a pixel
  float electrons_most;
  float system_gain; // DN / e-
  float dark_e;      // mean dark electrons
  float read_e, dsnu_e, prnu;
  float black;       // DN
  int bayer;         // scenes/electronics.h
  u32 key[2];        // of the frame's noise
  u32 frame, number; // number: of the camera in its rig
  u32 pattern[2];    // key of the fixed pattern
  float filters[9];  // sensor colours of linear sRGB, row by row
  float white[3];    // gains of white balance
  float clip;        // white-balanced light from which on a pixel may be full
  float ccm[9];
  int filmic;
  float tone_b, tone_c; // of the filmic curve (tone.cl)
  float sharpen;
  int noise_step;                 // distance of the pixels that noise is averaged over
  float noise_floor, noise_slope; // variance of exposed light c: floor + slope c
} gpu_sensor;

#endif
