// SPDX-License-Identifier: Apache-2.0
// How a camera chooses exposure and white balance: host arithmetic on a small picture of what it
// saw. Exposures are scales: exposed light of radiance 1, white paper being 1 and middle grey
// 0.18.
#ifndef RENDER_EXPOSURE_H
#define RENDER_EXPOSURE_H

#include "scenes/rig.h"

/// A small picture of linear sRGB radiance, row by row. The fourth numbers aren't read.
typedef struct exposure_picture {
  int width, height;
  const float (*colors)[4];
} exposure_picture;

/// How an exposure is made: scale = gain * shutter_s * …, both within what the camera has.
typedef struct exposure_shot {
  double scale, shutter_s, gain;
} exposure_shot;

/// What a camera carries from frame to frame. All 0: a scene begins.
typedef struct exposure_state {
  bool settled;
  double scale; // of the next frame, as asked for
  double white_mired;
} exposure_state;

/// The shot nearest to the scale that is asked for: first the shutter, then gain. `manual`
/// settings of the camera overrule the scale.
exposure_shot exposure_of(const electronics_def *e, int binning, double scale);
/// Mean brightness, exposed with that scale, as a meter sees it: the mean of logarithms between
/// 1/50 and the full well, by the camera's weights. Grows with scale, and never faster.
double exposure_metered(const exposure_picture *p, metering weights, double scale);
/// What it should be: 0.18 by day, less by night, which stays night; times 2^exposure_ev.
double exposure_target(const electronics_def *e, double scale);
/// The scale that meets the target on this picture, within what the camera has.
double exposure_settle(const electronics_def *e, int binning, const exposure_picture *p);
/// The scale after dt_s: the error, in stops, falls by 1 - exp(-dt / tau), at most by 0.8.
double exposure_follow(const electronics_def *e, int binning, const exposure_picture *p,
                       double scale, double dt_s);

/// Linear sRGB, brightness 1, of a black body, 1,700 .. 25,000 K (Kim et al. 2002).
void white_of_kelvin(double kelvin, double rgb[3]);
/// The colour of light, in mired (1e6 / K), that makes the picture's mean grey if there is one on
/// the locus of black bodies; else the nearest, between 2,300 and 12,000 K. Black, full and
/// strongly coloured parts don't count. `usual` when nothing does.
double white_guess(const exposure_picture *p, double scale, double usual_mired);
double white_follow(const electronics_def *e, double mired, double guess, double dt_s);
/// Gains of the sensor's red, green and blue that make light of that colour (linear sRGB) white.
void white_gains(const double light[3], double gains[3]);

#endif
