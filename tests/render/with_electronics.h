// SPDX-License-Identifier: Apache-2.0
// Slow, obvious twins of the kernels of electronics.cl, in double.
#ifndef WITH_ELECTRONICS_H
#define WITH_ELECTRONICS_H

#include <stdint.h>

#include "render/kernels/electronics.h"

enum { TWIN_W = 37, TWIN_H = 26 };

/// Colour of a pixel, 0 red, 1 green, 2 blue, by the pattern's letters.
int twin_bayer(int pattern, int x, int y);
/// White-balanced light of a RAW picture, demosaiced and multiplied by the colour matrix.
void twin_demosaic(const gpu_sensor *s, uint16_t raw[TWIN_H][TWIN_W],
                   double out[TWIN_H][TWIN_W][3]);
void twin_calm(double in[TWIN_H][TWIN_W][3], double out[TWIN_H][TWIN_W][3]);
/// Display values, 0..255 and not rounded.
void twin_finish(const gpu_sensor *s, double in[TWIN_H][TWIN_W][3], double out[TWIN_H][TWIN_W][3]);
/// IEEE 754 binary16, round to nearest, ties to even; values are in 0 .. 65504.
uint16_t twin_half(double value);

#endif
