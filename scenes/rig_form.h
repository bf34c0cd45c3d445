// SPDX-License-Identifier: Apache-2.0
// A sensor rig as a script writes it: names, pixels, degrees and metres. The built-in
// rigs are forms too, so that what a script reads, changes and gives back is exactly
// what it would have got without looking. Becomes a rig_def by rig_from_form.
#ifndef SCENES_RIG_FORM_H
#define SCENES_RIG_FORM_H

#include <stdbool.h>

#include "base/status.h"
#include "scenes/rig.h"

/// A list of numbers of bounded length, e.g. the elevations of a lidar's rings.
typedef struct number_list {
  int count;
  double value[RIG_RINGS];
} number_list;

/// What a camera does with the light; scenes/electronics.h has what becomes of it.
typedef struct electronics_form {
  char preset[RIG_NAME], electronics[RIG_NAME];
  char exposure[RIG_NAME], metering[RIG_NAME], white_balance[RIG_NAME];
  char bayer[RIG_NAME], tone[RIG_NAME], vignetting[RIG_NAME];
  double exposure_ev, exposure_tau_s, shutter_s, gain_db, gain_max_db, f_number, white_k;
  double pixel_um, quantum_efficiency, full_well_e, read_noise_e, dark_current_eps;
  double sensor_c; // NaN: from the air's
  double dsnu_e, prnu, sharpen, psf_px, glare;
  int black_level, serial, jpeg;
  number_list ccm, vignetting_k; // none: the sensor's, the usual
} electronics_form;

/// Pixels are the whole sensor's, before cropping and binning.
typedef struct camera_form {
  char name[RIG_NAME];
  int width_px, height_px;
  char lens[RIG_NAME];               // lens_model_name
  double fov_deg;                    // horizontal; used when fx_px is NaN
  double fx_px, fy_px, cx_px, cy_px; // NaN: from fov_deg, fx_px, the image's middle
  number_list distortion;            // the model's coefficients
  double circle_deg;                 // across a fisheye's image circle
  number_list crop_px;               // x, y, width, height; none: the whole sensor
  int binning;                       // 1, 2 or 4
  double position_m[3];
  double yaw_deg, pitch_deg, roll_deg; // pitch: positive looks down
  double readout_s, exposure_s;
  char ego_body[RIG_NAME]; // ego_body_name
  int bounces, paths;      // of the preset quality
  uint32_t labels;         // LABEL_… bits
  electronics_form electronics;
} camera_form;

typedef struct lidar_form {
  char name[RIG_NAME];
  char preset[RIG_NAME];      // a beam table by name; empty: elevations_deg
  number_list elevations_deg; // lowest first once read
  int azimuth_steps;          // -1: the preset's
  double rotation_hz;
  double range_min_m, range_max_m, range_noise_m;
  double divergence_mrad;
  char ego_body[RIG_NAME]; // ego_body_name
  double position_m[3];
  double yaw_deg, pitch_deg, roll_deg;
} lidar_form;

typedef struct rig_form {
  char name[RIG_NAME];
  int camera_count, lidar_count;
  camera_form cameras[RIG_CAMERAS];
  lidar_form lidars[RIG_LIDARS];
} rig_form;

camera_form camera_form_default(void);
lidar_form lidar_form_default(void);

/// A built-in rig by name; 0 and unchanged when there is none of that name.
int rig_form_builtin(const char *name, rig_form *out);

/// An ego_body by name; false and unchanged when there is none of that name.
bool ego_body_from(const char *name, ego_body *out);

/// A beam table by name: elevations, lowest first, and the usual firings a turn at
/// that unit's own rate. 0 and unchanged when there is none of that name.
int lidar_preset(const char *name, number_list *elevations_deg, int *azimuth_steps);
/// Names of the beam tables, in order; NULL past the end.
const char *lidar_preset_name(int index);

/// The camera that a form describes. STATUS_RANGE, with `out` unchanged, when its lens, sizes or
/// times can't be.
status camera_from_form(camera_def *out, const camera_form *form, trouble *why);
/// The rig that a form describes. STATUS_RANGE, with `out` unchanged, when it has no
/// sensor, two of the same name, a lidar whose beam table is missing, or as camera_from_form.
status rig_from_form(rig_def *out, const rig_form *form, trouble *why);

#endif
