// SPDX-License-Identifier: Apache-2.0
// Shading's formulas again, slow and in double precision, and a way to run a small
// kernel that calls the real ones.
#ifndef WITH_SHADE_TWIN_H
#define WITH_SHADE_TWIN_H

#include "render/device_cl.h"

/// Runs statements of OpenCL C over cases: `x` is a case's four numbers, `r` gets four
/// (real4 of kernels/lanes.cl); `source` is the kernel file that has what they call. Runs
/// them a case a work-item and LANES cases side by side, and fails the test when the two
/// differ by more than rounding. `in` and `out` are (count, 4), count a multiple of 8.
void probe_run(device *dev, const char *source, const char *statements, const float *in, float *out,
               int count);
/// The same with `more` rows behind the cases, which statements find at `behind`
/// (__constant const float4 *).
void probe_run_with(device *dev, const char *source, const char *statements, const float *in,
                    int more, float *out, int count);

double twin_fresnel(double f0, double cosine);
double twin_ggx(double roughness, double nl, double nv, double nh);
/// Diffuse and specular share for unit vectors n = z, l, v; grey.
double twin_reflect_share(double albedo, double f0, double roughness, const double l[3],
                          const double v[3]);
double twin_wet_albedo(double albedo, double wet, double porosity);
double twin_wet_roughness(double roughness, double wet);
/// Tone curve and sRGB of a linear colour; out is 0..1.
void twin_develop(const double rgb[3], double out[3]);

#endif
