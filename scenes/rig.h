// SPDX-License-Identifier: Apache-2.0
// The sensors on the ego: plain data. A mount maps sensor coordinates to the ego
// frame (x forward, y left, z up, origin on the ground below the rear axle).
#ifndef SCENES_RIG_H
#define SCENES_RIG_H

#include "base/pose.h"
#include "scenes/electronics.h"
#include "scenes/label.h"

enum { RIG_NAME = 32, RIG_CAMERAS = 64, RIG_LIDARS = 32, RIG_RINGS = 128, RIG_SIDE_PX = 8192 };

/// How a lens maps directions to the image; scenes/lens.h has the formulas.
typedef enum lens_model {
  LENS_PINHOLE,
  LENS_BROWN_CONRADY,
  LENS_KANNALA_BRANDT,
  LENS_F_THETA,
  LENS_EQUIRECTANGULAR,
  LENS_MODEL_COUNT
} lens_model;

enum { LENS_COEFFICIENTS = 8 };

/// What a sensor sees of the vehicle that it is mounted on.
typedef enum ego_body {
  EGO_BODY_SHADOW, // its shadow, not its body: a sensor may sit within it
  EGO_BODY_SHOWN,  // both; pixels and points have the class Ego and the ego's id
  EGO_BODY_NONE,   // nothing; lamps shine all the same
  EGO_BODY_COUNT
} ego_body;

/// A camera. Its frame is x right, y down, z forward; pixel centres at +0.5. Size and
/// intrinsics are those of the image, after cropping and binning.
typedef struct camera_def {
  char name[RIG_NAME];
  int width_px, height_px; // 16 .. RIG_SIDE_PX
  double fx_px, fy_px, cx_px, cy_px;
  pose mount;       // camera frame -> ego frame
  double readout_s; // rolling shutter: time from first to last row; 0 is global
  uint32_t labels;  // LABEL_… bits that it writes
  lens_model model;
  double coefficients[LENS_COEFFICIENTS]; // the model's, in lens.h's order; 0 past its own
  double field_rad;  // how far from the axis the lens sees, by lens_field; unused by a pinhole
  double exposure_s; // each row is exposed from its own time on for so long; 0: an instant
  int sensor_px[2];  // width and height of the sensor; 0: as the image
  int crop_px[4];    // x, y, width, height on the sensor of what is read
  int binning;       // sensor pixels a side that make one of the image; 0 as 1
  int samples;       // of each pixel; 0: one, and more on edges
  int bounces;       // surfaces that light meets before those that pixels show; 0: none is followed
  int paths;         // of such light a pixel, 2 and more; 0 without bounces
  ego_body body;     // what it sees of the ego
  electronics_def electronics;
} camera_def;

/// A spinning lidar. Its frame is x forward, y left, z up; azimuth 0 is forward and
/// grows to the left; it turns clockwise seen from above, as most do.
typedef struct lidar_def {
  char name[RIG_NAME];
  int rings;                       // 1 .. RIG_RINGS
  double elevation_rad[RIG_RINGS]; // ring 0 is the lowest
  int azimuth_steps;               // firings a turn, 16 .. 4096
  double rotation_hz;
  double range_min_m, range_max_m;
  double range_noise_m;  // sigma
  double divergence_rad; // full beam divergence
  ego_body body;         // what it meets of the ego; a shadow is nothing to it
  pose mount;            // lidar frame -> ego frame
} lidar_def;

typedef struct rig_def {
  char name[RIG_NAME];
  int camera_count, lidar_count;
  camera_def cameras[RIG_CAMERAS];
  lidar_def lidars[RIG_LIDARS];
} rig_def;

/// 640x384, 70 degrees wide, at (1.70, 0, 1.51) m, looking forward.
camera_def camera_def_default(void);
/// 32 rings as the HDL-32E, 1080 steps, 10 Hz, at (0.95, 0, 1.90) m.
lidar_def lidar_def_default(void);
/// "shadow", "shown", "none"; NULL past the end.
const char *ego_body_name(int body);
/// Mount of a camera at (x, y, z) that looks along yaw (left positive) and
/// pitch_down.
pose camera_mount(double x_m, double y_m, double z_m, double yaw_rad, double pitch_down_rad);
/// A built-in rig by name ("minimal", "nuscenes", …); 0 and unchanged when there is none of
/// that name.
int rig_builtin(const char *name, rig_def *out);
/// Names of built-in rigs, in order; NULL past the end.
const char *rig_builtin_name(int index);

#endif
