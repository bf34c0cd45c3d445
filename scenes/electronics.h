// SPDX-License-Identifier: Apache-2.0
// A camera's electronics: plain data, from the glass before the sensor to the picture. A camera
// without them (`full` false) develops the scene's light directly, with the weather's exposure.
//
// Light of radiance L (10,000 cd/m2, the renderer's unit) makes in a pixel
//   electrons = L * electronics_rate() * shutter * vignetting
// of which `full_well` at most, over the gain, come through; EMVA 1288's linear model with the
// system gain K (DN / e-) then has y = black + K * electrons, 4095 at most, with the variance
//   K^2 (read^2 + dark) + 1/12 + K (y - dark level).
#ifndef SCENES_ELECTRONICS_H
#define SCENES_ELECTRONICS_H

#include <stdbool.h>

#include "base/status.h"

typedef enum exposure_mode {
  EXPOSURE_SCENE,  // what suits the weather, the same in all frames of it
  EXPOSURE_AUTO,   // metered
  EXPOSURE_MANUAL, // shutter and gain as given
  EXPOSURE_MODE_COUNT
} exposure_mode;

typedef enum metering { METERING_CENTRE, METERING_AVERAGE, METERING_COUNT } metering;

typedef enum white_mode {
  WHITE_SCENE, // most of the weather's light, as a camera's presets
  WHITE_AUTO,  // grey world on the locus of black bodies
  WHITE_FIXED, // a colour temperature
  WHITE_MODE_COUNT
} white_mode;

/// Colours of the pixels at (0, 0), (1, 0), (0, 1), (1, 1).
typedef enum bayer { BAYER_RGGB, BAYER_BGGR, BAYER_GRBG, BAYER_GBRG, BAYER_COUNT } bayer;

typedef enum tone_model { TONE_FILMIC, TONE_SRGB, TONE_MODEL_COUNT } tone_model;

typedef enum vignetting {
  VIGNETTING_POLYNOMIAL, // 1 + k1 r^2 + k2 r^4 + k3 r^6, r = 1 at the sensor's corners
  VIGNETTING_COS4,       // cos^4 of the angle off the axis
  VIGNETTING_NONE,
  VIGNETTING_COUNT
} vignetting;

enum { RAW_WHITE = 4095 }; // 12 bits
/// The shortest shutter, s.
#define SHUTTER_LEAST_S 1e-6

/// The full well holds so many times white paper as the exposure means it.
#define ELECTRONICS_HEADROOM 3.0

/// Electrons and sizes are those of one pixel of the sensor, before binning.
typedef struct electronics_def {
  bool full;
  exposure_mode exposure;
  metering metering;
  white_mode white;
  bayer bayer;
  tone_model tone;
  vignetting vignetting;
  int black;              // DN of no light
  unsigned serial;        // which one of its kind: another fixed pattern
  int jpeg;               // quality that the picture is compressed with, 1 .. 100; 0: it isn't
  double exposure_ev;     // brighter by 2^ev
  double exposure_tau_s;  // time constant of metered exposure and white
  double shutter_s;       // manual: the shutter; else the longest
  double gain, gain_most; // 1 and more; manual's, and the largest of the others
  double f_number;        //
  double white_k;         // of WHITE_FIXED
  double pixel_m;         // pitch
  double efficiency;      // electrons a photon
  double full_well_e;     //
  double read_e;          // sigma, temporal, in the dark
  double dark_eps;        // dark current at 25 degC
  double sensor_c;        // NaN: 15 above the air
  double dsnu_e, prnu;    // sigma of the fixed pattern: offset, and relative gain
  double ccm[9];          // row by row: linear sRGB of white-balanced sensor colour
  double sharpen;         // share of what a pixel differs from its surroundings by, added
  double vignetting_k[3]; //
  double psf_px, glare;   // sigma of the blur; share of the light that is spread far
} electronics_def;

/// Word of a camera's field by that name: "fast", "quality", …; NULL past the end, or when the
/// field has none.
const char *electronics_word(const char *name, int index);

/// Sensor colours (rows R G B) of linear sRGB: what its filters let through. Grey gives G = Y.
extern const double electronics_filters[9];
/// Electrons a second in a pixel of the image, per 10,000 cd/m2 of white in its green pixels;
/// `binning` as the camera's.
double electronics_rate(const electronics_def *e, int binning);
/// Dark electrons a second there, at that temperature of the sensor.
double electronics_dark_rate(const electronics_def *e, int binning, double sensor_c);
/// Full well of a pixel of the image.
double electronics_full_well(const electronics_def *e, int binning);
/// System gain K, DN / e-, at a gain of 1.
double electronics_system_gain(const electronics_def *e, int binning);
/// Light after the lens over that before it, at a place of the image; 0 where it draws nothing.
struct camera_def;
double electronics_vignetting(const struct camera_def *camera, double x_px, double y_px);

/// Samples and electronics of the camera, whose lens is set, as its form says. STATUS_RANGE, with
/// the field's name, when they can't be.
struct camera_form;
status electronics_from_form(struct camera_def *out, const struct camera_form *form, trouble *why);

#endif
