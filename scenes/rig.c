// SPDX-License-Identifier: Apache-2.0
#include "scenes/rig.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/fields.h"
#include "scenes/rig_form.h"

static const double RAD_PER_DEG = 3.14159265358979323846 / 180;

// Beam tables ---------------------------------------------------------------

static void spread(number_list *list, int count, double lo, double hi) {
  for (int i = 0; i < count; i++)
    list->value[list->count++] = count == 1 ? lo : lo + (hi - lo) * i / (count - 1);
}

// VLP-32C's rings from its manual: dense around the horizon, sparse outside.
static const double vlp32c_low[] = {-25,    -15.639, -11.31, -8.843, -7.254,
                                    -6.148, -5.333,  -4.667, -4};
static const double vlp32c_high[] = {2.333, 3.333, 4.667, 7, 10.333, 15};

static void fill_vlp32c(number_list *list) {
  for (size_t i = 0; i < sizeof vlp32c_low / sizeof *vlp32c_low; i++)
    list->value[list->count++] = vlp32c_low[i];
  for (int i = -11; i <= 5; i++)
    list->value[list->count++] = round(i * 1000.0 / 3) / 1000; // -3.667 .. 1.667
  for (size_t i = 0; i < sizeof vlp32c_high / sizeof *vlp32c_high; i++)
    list->value[list->count++] = vlp32c_high[i];
}

// What a firing cycle takes gives the firings a turn at the usual 10 Hz: HDL-32E
// 46.08 us at nuScenes' 20 Hz, VLP-16 and VLP-32C 55.296 us, HDL-64E 0.1728 deg.
static const struct preset {
  const char *name;
  int rings;
  double lo_deg, hi_deg; // evenly spread, unless the code below says otherwise
  int azimuth_steps;
} presets[] = {
    {"hdl32e", 32, -30.67, 10.67, 1080}, {"hdl64e", 64, -23.95, 2.81, 2083},
    {"vlp16", 16, -15, 15, 1808},        {"vlp32c", 32, -25, 15, 1808},
    {"os0_64", 64, -45, 45, 1024},       {"os0_128", 128, -45, 45, 1024},
    {"os1_64", 64, -22.5, 22.5, 1024},   {"os1_128", 128, -22.5, 22.5, 1024},
    {"os2_64", 64, -11.25, 11.25, 1024}, {"os2_128", 128, -11.25, 11.25, 1024},
    {"carla64", 64, -30, 10, 938},       {"waymo64", 64, -17.6, 2.4, 2650},
};

const char *lidar_preset_name(int index) {
  return index >= 0 && index < (int)(sizeof presets / sizeof *presets) ? presets[index].name : NULL;
}

int lidar_preset(const char *name, number_list *elevations_deg, int *azimuth_steps) {
  for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
    if (strcmp(presets[i].name, name) != 0)
      continue;
    number_list list = {0};
    if (strcmp(name, "vlp32c") == 0) {
      fill_vlp32c(&list);
    } else if (strcmp(name, "hdl64e") == 0) {
      spread(&list, 32, -23.95, -8.11); // two blocks of lasers, the lower one coarser
      spread(&list, 32, -7.63, 2.81);
    } else {
      spread(&list, presets[i].rings, presets[i].lo_deg, presets[i].hi_deg);
    }
    *elevations_deg = list;
    *azimuth_steps = presets[i].azimuth_steps;
    return 1;
  }
  return 0;
}

// Forms ---------------------------------------------------------------------

camera_form camera_form_default(void) {
  camera_form c = {.position_m = {1.7, 0, 1.51},
                   .lens = "pinhole",
                   .labels = LABELS_STANDARD,
                   .ego_body = "shadow",
                   .electronics = {.preset = "fast",
                                   .electronics = "auto",
                                   .exposure = "scene",
                                   .metering = "centre",
                                   .white_balance = "scene",
                                   .bayer = "rggb",
                                   .tone = "filmic",
                                   .vignetting = "polynomial"}};
  fields_reset(FIELDS_CAMERA, &c);
  return c;
}

lidar_form lidar_form_default(void) {
  lidar_form l = {.preset = "hdl32e", .ego_body = "shadow", .position_m = {0.95, 0, 1.9}};
  fields_reset(FIELDS_LIDAR, &l);
  return l;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static status lidar_from_form(lidar_def *out, const lidar_form *form, trouble *why) {
  number_list rings = form->elevations_deg;
  int steps = 1080;
  if (rings.count == 0 && !lidar_preset(form->preset, &rings, &steps))
    return trouble_set(why, STATUS_RANGE, "ego.rig.lidars: \"%s\": unknown preset \"%s\"",
                       form->name, form->preset);
  if (!(form->range_min_m < form->range_max_m))
    return trouble_set(why, STATUS_RANGE,
                       "ego.rig.lidars: \"%s\": range_min_m %.10g is not below range_max_m %.10g",
                       form->name, form->range_min_m, form->range_max_m);
  ego_body body;
  if (!ego_body_from(form->ego_body, &body))
    return trouble_set(why, STATUS_RANGE, "ego.rig.lidars: \"%s\": ego_body: unknown \"%s\"",
                       form->name, form->ego_body);
  lidar_def l = {
      .rings = rings.count,
      .azimuth_steps = form->azimuth_steps > 0 ? form->azimuth_steps : steps,
      .rotation_hz = form->rotation_hz,
      .range_min_m = form->range_min_m,
      .range_max_m = form->range_max_m,
      .range_noise_m = form->range_noise_m,
      .divergence_rad = form->divergence_mrad * 1e-3,
      .body = body,
      .mount = {.p_m = {form->position_m[0], form->position_m[1], form->position_m[2]},
                .q = quat_from_ypr(form->yaw_deg * RAD_PER_DEG, form->pitch_deg * RAD_PER_DEG,
                                   form->roll_deg * RAD_PER_DEG)}};
  memcpy(l.name, form->name, sizeof l.name);
  qsort(rings.value, (size_t)rings.count, sizeof *rings.value, by_value);
  for (int i = 0; i < rings.count; i++)
    l.elevation_rad[i] = rings.value[i] * RAD_PER_DEG;
  *out = l;
  return STATUS_OK;
}

// Every sensor is a group of its own in a shard, so names must differ.
static const char *repeated_name(const rig_form *form) {
  const char *names[RIG_CAMERAS + RIG_LIDARS];
  int count = 0;
  for (int i = 0; i < form->camera_count; i++)
    names[count++] = form->cameras[i].name;
  for (int i = 0; i < form->lidar_count; i++)
    names[count++] = form->lidars[i].name;
  for (int i = 0; i < count; i++)
    for (int k = 0; k < i; k++)
      if (strcmp(names[i], names[k]) == 0)
        return names[i];
  return NULL;
}

status rig_from_form(rig_def *out, const rig_form *form, trouble *why) {
  if (form->camera_count + form->lidar_count == 0)
    return trouble_set(why, STATUS_RANGE,
                       "ego.rig: has no sensor; give it cameras = { {} } or lidars = { {} }");
  const char *twice = repeated_name(form);
  if (twice)
    return trouble_set(why, STATUS_RANGE, "ego.rig: two sensors are named \"%s\"", twice);
  rig_def rig = {.camera_count = form->camera_count, .lidar_count = form->lidar_count};
  memcpy(rig.name, form->name, sizeof rig.name);
  for (int i = 0; i < form->camera_count; i++) {
    status result = camera_from_form(&rig.cameras[i], &form->cameras[i], why);
    if (result != STATUS_OK)
      return result;
  }
  for (int i = 0; i < form->lidar_count; i++) {
    status result = lidar_from_form(&rig.lidars[i], &form->lidars[i], why);
    if (result != STATUS_OK)
      return result;
  }
  *out = rig;
  return STATUS_OK;
}

// Defs ----------------------------------------------------------------------

const char *ego_body_name(int body) {
  static const char *const names[EGO_BODY_COUNT] = {"shadow", "shown", "none"};
  return body >= 0 && body < EGO_BODY_COUNT ? names[body] : NULL;
}

bool ego_body_from(const char *name, ego_body *out) {
  for (int i = 0; i < EGO_BODY_COUNT; i++)
    if (strcmp(name, ego_body_name(i)) == 0) {
      *out = (ego_body)i;
      return true;
    }
  return false;
}

camera_def camera_def_default(void) {
  camera_form form = camera_form_default();
  strcpy(form.name, "front");
  camera_def def = {0};
  (void)camera_from_form(&def, &form, NULL); // the table's defaults go together
  return def;
}

lidar_def lidar_def_default(void) {
  lidar_form form = lidar_form_default();
  strcpy(form.name, "lidar_top");
  lidar_def def = {0};
  (void)lidar_from_form(&def, &form, NULL); // its preset is in the table above
  return def;
}

pose camera_mount(double x_m, double y_m, double z_m, double yaw_rad, double pitch_down_rad) {
  // Turns camera axes (right, down, forward) into forward, left, up.
  static const quat axes = {0.5, -0.5, 0.5, -0.5};
  return (pose){.p_m = {x_m, y_m, z_m},
                .q = quat_multiply(quat_from_ypr(yaw_rad, pitch_down_rad, 0), axes)};
}

int rig_builtin(const char *name, rig_def *out) {
  rig_form form;
  return rig_form_builtin(name, &form) && rig_from_form(out, &form, NULL) == STATUS_OK;
}
