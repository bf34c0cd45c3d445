// SPDX-License-Identifier: Apache-2.0
// What a script can set of a camera: rows of the table in fields.c, which has their macros.
#ifndef SCENES_FIELDS_CAMERA_H
#define SCENES_FIELDS_CAMERA_H

// clang-format off
#define CAMERA(member) offsetof(camera_form, member)
#define FIELDS_OF_CAMERAS \
  NAME(CAMERA, "name", "camera_N", CAMERA(name), "name of the sensor in the dataset"), \
  WHOLE(CAMERA, "width_px", "px", 16, 8192, 640, CAMERA(width_px), "width of the sensor, and of the image unless cropped or binned"), \
  WHOLE(CAMERA, "height_px", "px", 16, 8192, 384, CAMERA(height_px), "height of the sensor, and of the image unless cropped or binned"), \
  WORD(CAMERA, "lens", "pinhole", CAMERA(lens), "model of the lens"), \
  NUMBER(CAMERA, "fov_deg", "deg", 1, 360, 70, CAMERA(fov_deg), "horizontal field of view, 170 at most, 200 with a fisheye (kannala_brandt, f_theta), 360 with equirectangular; of brown_conrady without its distortion; fx_px rules when given"), \
  OPTION(CAMERA, "fx_px", "px", 4, 1e6, "from fov_deg", CAMERA(fx_px), "focal length in columns"), \
  OPTION(CAMERA, "fy_px", "px", 4, 1e6, "fx_px", CAMERA(fy_px), "focal length in rows"), \
  OPTION(CAMERA, "cx_px", "px", -8192, 16384, "width_px / 2", CAMERA(cx_px), "column of the principal point"), \
  OPTION(CAMERA, "cy_px", "px", -8192, 16384, "height_px / 2", CAMERA(cy_px), "row of the principal point"), \
  {FIELDS_CAMERA, "distortion", FIELD_NUMBERS, "", -1000, 1000, false, NAN, "none", CAMERA(distortion), "coefficients of the lens: k1 k2 p1 p2 k3 k4 k5 k6 of brown_conrady, k1 k2 k3 k4 of kannala_brandt and f_theta"}, \
  NUMBER(CAMERA, "circle_deg", "deg", 10, 200, 200, CAMERA(circle_deg), "across the image circle of kannala_brandt and f_theta; black outside"), \
  {FIELDS_CAMERA, "crop_px", FIELD_NUMBERS, "px", 0, 8192, false, NAN, "all of it", CAMERA(crop_px), "x, y, width and height of what is read of the sensor"}, \
  WHOLE(CAMERA, "binning", "", 1, 4, 1, CAMERA(binning), "sensor pixels a side that make one of the image: 1, 2 or 4"), \
  VECTOR(CAMERA, "position_m", "m", -50, 50, "{1.7, 0, 1.51}", CAMERA(position_m), "x forward, y left, z up from the ground below the rear axle"), \
  NUMBER(CAMERA, "yaw_deg", "deg", -360, 360, 0, CAMERA(yaw_deg), "0: forward; positive looks left"), \
  NUMBER(CAMERA, "pitch_deg", "deg", -90, 90, 0, CAMERA(pitch_deg), "positive looks down"), \
  NUMBER(CAMERA, "roll_deg", "deg", -180, 180, 0, CAMERA(roll_deg), "positive lowers the right side"), \
  NUMBER(CAMERA, "readout_s", "s", 0, 0.1, 0, CAMERA(readout_s), "rolling shutter: time from the first to the last row; 0: global"), \
  NUMBER(CAMERA, "exposure_s", "s", 0, 0.1, 0, CAMERA(exposure_s), "motion blur: how long each row is exposed, from the time of its labels on; 0: an instant"), \
  WORD(CAMERA, "ego_body", "shadow", CAMERA(ego_body), "what it sees of its own vehicle: shadow: its shadow alone, shown: its body too, of the class Ego, none: nothing"), \
  WHOLE(CAMERA, "bounces", "", 0, 8, 3, CAMERA(bounces), "preset quality: how many surfaces light is followed over; 0: what the open sky gives, and a guess at the rest, as preset fast"), \
  WHOLE(CAMERA, "paths", "", 2, 256, 4, CAMERA(paths), "preset quality: paths of bounced light a pixel, before they are smoothed"), \
  {FIELDS_CAMERA, "labels", FIELD_LABELS, "", 0, 0, false, NAN, "standard", CAMERA(labels), "what it writes beside the picture: a word, or a list of them; standard: depth, semantic and instance; all: all but raw and hdr"},
// clang-format on

#endif
