// SPDX-License-Identifier: Apache-2.0
// The rigs that scripts find in `rigs`, after published data sets. Positions are
// from the ground below the rear axle.
#include <math.h>
#include <string.h>

#include "scenes/rig.h"
#include "scenes/rig_form.h"

typedef struct camera_row {
  const char *name;
  int width_px, height_px;
  double fov_deg;             // used when fx_px is 0
  double fx_px, cx_px, cy_px; // 0: from fov_deg, the image's middle
  double x_m, y_m, z_m, yaw_deg;
} camera_row;

static void add_camera(rig_form *rig, const camera_row *row) {
  camera_form c = camera_form_default();
  strcpy(c.name, row->name);
  c.width_px = row->width_px;
  c.height_px = row->height_px;
  if (row->fx_px > 0) {
    c.fx_px = row->fx_px;
    c.cx_px = row->cx_px;
    c.cy_px = row->cy_px;
    c.fov_deg = 2 * atan(row->width_px / 2.0 / row->fx_px) * 180 / 3.14159265358979323846;
  } else {
    c.fov_deg = row->fov_deg;
  }
  c.position_m[0] = row->x_m;
  c.position_m[1] = row->y_m;
  c.position_m[2] = row->z_m;
  c.yaw_deg = row->yaw_deg;
  rig->cameras[rig->camera_count++] = c;
}

static lidar_form *add_lidar(rig_form *rig, const char *name, const char *preset, double x_m,
                             double y_m, double z_m) {
  lidar_form l = lidar_form_default();
  strcpy(l.name, name);
  strcpy(l.preset, preset);
  l.position_m[0] = x_m;
  l.position_m[1] = y_m;
  l.position_m[2] = z_m;
  rig->lidars[rig->lidar_count] = l;
  return &rig->lidars[rig->lidar_count++];
}

static void fill_minimal(rig_form *rig) {
  add_camera(rig, &(camera_row){"front", 640, 384, 70, 0, 0, 0, 1.7, 0, 1.51, 0});
  add_lidar(rig, "lidar_top", "hdl32e", 0.95, 0, 1.9);
}

// KITTI after rectification and cropping (calibration of 2011_09_26): the left
// colour camera and its partner 0.54 m to the right, an HDL-64E 0.27 m behind.
static void fill_kitti(rig_form *rig) {
  static const camera_row rows[] = {
      {"image_02", 1242, 375, 0, 721.5377, 609.5593, 172.854, 1.03, 0.06, 1.65, 0},
      {"image_03", 1242, 375, 0, 721.5377, 609.5593, 172.854, 1.03, -0.48, 1.65, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    add_camera(rig, &rows[i]);
  lidar_form *lidar = add_lidar(rig, "velodyne", "hdl64e", 0.76, 0, 1.73);
  lidar->range_max_m = 120;
  lidar->divergence_mrad = 2;
}

// nuScenes: intrinsics and places of one of its vehicles; headings are the nominal ones.
static void fill_nuscenes(rig_form *rig) {
  static const camera_row rows[] = {
      {"CAM_FRONT", 1600, 900, 0, 1266.417, 816.267, 491.507, 1.7008, 0.0159, 1.5110, 0},
      {"CAM_FRONT_RIGHT", 1600, 900, 0, 1260.847, 807.968, 495.334, 1.5508, -0.4934, 1.4957, -55},
      {"CAM_BACK_RIGHT", 1600, 900, 0, 1259.514, 807.253, 501.196, 1.0149, -0.4806, 1.5624, -110},
      {"CAM_BACK", 1600, 900, 0, 809.221, 829.220, 481.778, 0.0283, 0.0035, 1.5791, 180},
      {"CAM_BACK_LEFT", 1600, 900, 0, 1256.741, 792.113, 492.776, 1.0357, 0.4848, 1.5910, 110},
      {"CAM_FRONT_LEFT", 1600, 900, 0, 1272.598, 826.615, 479.752, 1.5239, 0.4946, 1.5093, 55},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    add_camera(rig, &rows[i]);
  lidar_form *lidar = add_lidar(rig, "LIDAR_TOP", "hdl32e", 0.9437, 0, 1.8402);
  lidar->rotation_hz = 20;
  lidar->azimuth_steps = 1085; // 50 ms at 46.08 us a firing: 34.7 k points
}

// Bench2Drive counts from the middle of CARLA's car, about 1.4 m ahead of its rear axle.
static void fill_bench2drive(rig_form *rig) {
  static const double middle_m = 1.4;
  static const camera_row rows[] = {
      {"CAM_FRONT", 1600, 900, 70, 0, 0, 0, 0.80, 0, 1.60, 0},
      {"CAM_FRONT_LEFT", 1600, 900, 70, 0, 0, 0, 0.27, 0.55, 1.60, 55},
      {"CAM_FRONT_RIGHT", 1600, 900, 70, 0, 0, 0, 0.27, -0.55, 1.60, -55},
      {"CAM_BACK", 1600, 900, 110, 0, 0, 0, -2.0, 0, 1.60, 180},
      {"CAM_BACK_LEFT", 1600, 900, 70, 0, 0, 0, -0.32, 0.55, 1.60, 110},
      {"CAM_BACK_RIGHT", 1600, 900, 70, 0, 0, 0, -0.32, -0.55, 1.60, -110},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    camera_row row = rows[i];
    row.x_m += middle_m;
    add_camera(rig, &row);
  }
  lidar_form *lidar = add_lidar(rig, "LIDAR_TOP", "carla64", -0.39 + middle_m, 0, 1.84);
  lidar->range_max_m = 85;
}

// Like Waymo's: five cameras over the front and the sides, one long-range lidar.
static void fill_waymo_like(rig_form *rig) {
  static const camera_row rows[] = {
      {"FRONT", 1920, 1280, 50.4, 0, 0, 0, 1.54, 0, 2.12, 0},
      {"FRONT_LEFT", 1920, 1280, 50.4, 0, 0, 0, 1.49, 0.09, 2.12, 45},
      {"FRONT_RIGHT", 1920, 1280, 50.4, 0, 0, 0, 1.49, -0.09, 2.12, -45},
      {"SIDE_LEFT", 1920, 886, 50.4, 0, 0, 0, 1.43, 0.11, 2.12, 90},
      {"SIDE_RIGHT", 1920, 886, 50.4, 0, 0, 0, 1.43, -0.11, 2.12, -90},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    add_camera(rig, &rows[i]);
  lidar_form *lidar = add_lidar(rig, "TOP", "waymo64", 1.43, 0, 2.18);
  lidar->range_max_m = 75;
}

// Like WoodScape's surround view (Yogamani et al. 2019): four fisheyes of 190 degrees with the
// published polynomial of its front camera, r = 339.749 t - 31.988 t^2 + 48.275 t^3 - 7.201 t^4
// px. Where they sit and look is nominal, apart from the front one's place.
static void fill_woodscape_like(rig_form *rig) {
  static const double j[4] = {339.749, -31.988, 48.275, -7.201};
  static const struct {
    const char *name;
    double x_m, y_m, z_m, yaw_deg, pitch_deg;
  } rows[] = {{"FV", 3.7484, 0, 0.6602, 0, 20},
              {"RV", -0.95, 0, 0.85, 180, 25},
              {"MVL", 2.1, 1.0, 1.0, 90, 40},
              {"MVR", 2.1, -1.0, 1.0, -90, 40}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    camera_form c = camera_form_default();
    strcpy(c.name, rows[i].name);
    strcpy(c.lens, "f_theta");
    c.width_px = 1280, c.height_px = 966;
    c.fx_px = j[0];
    c.cx_px = 640 + 3.942, c.cy_px = 483 - 3.093;
    for (int k = 1; k < 4; k++)
      c.distortion.value[c.distortion.count++] = j[k] / j[0];
    c.circle_deg = 190;
    c.position_m[0] = rows[i].x_m, c.position_m[1] = rows[i].y_m, c.position_m[2] = rows[i].z_m;
    c.yaw_deg = rows[i].yaw_deg, c.pitch_deg = rows[i].pitch_deg;
    rig->cameras[rig->camera_count++] = c;
  }
  add_lidar(rig, "lidar_top", "hdl64e", 1.2, 0, 1.9)->range_max_m = 120;
}

// A panorama on the roof, for looking round; below it is the roof.
static void fill_panorama(rig_form *rig) {
  camera_form c = camera_form_default();
  strcpy(c.name, "panorama");
  strcpy(c.lens, "equirectangular");
  c.width_px = 2048, c.height_px = 1024;
  c.fov_deg = 360;
  strcpy(c.ego_body, "shown");
  c.position_m[0] = 1.2, c.position_m[2] = 2.2;
  rig->cameras[rig->camera_count++] = c;
  add_lidar(rig, "lidar_top", "os1_128", 1.2, 0, 2.0);
}

static const struct builtin {
  const char *name;
  void (*fill)(rig_form *rig);
} builtins[] = {
    {"minimal", fill_minimal},       {"nuscenes", fill_nuscenes},
    {"kitti", fill_kitti},           {"bench2drive", fill_bench2drive},
    {"waymo_like", fill_waymo_like}, {"woodscape_like", fill_woodscape_like},
    {"panorama", fill_panorama},
};

const char *rig_builtin_name(int index) {
  int count = (int)(sizeof builtins / sizeof *builtins);
  return index >= 0 && index < count ? builtins[index].name : NULL;
}

int rig_form_builtin(const char *name, rig_form *out) {
  for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
    if (strcmp(builtins[i].name, name) != 0)
      continue;
    memset(out, 0, sizeof *out);
    strcpy(out->name, name);
    builtins[i].fill(out);
    return 1;
  }
  return 0;
}
