// SPDX-License-Identifier: Apache-2.0
// Shading's formulas again, slow and in double precision, and a way to run a small
// kernel that calls the real ones.
#ifndef WITH_SHADE_TWIN_H
#define WITH_SHADE_TWIN_H

#include "render/device_cl.h"

/// Runs `__kernel void probe(__global const float4 *in, __global float4 *out, int count)`
/// of `source`, whose includes are the program's own kernel files. Fails the test when
/// anything fails. `in` and `out` are (count, 4).
void probe_run(device *dev, const char *source, const float *in, float *out, int count);

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
