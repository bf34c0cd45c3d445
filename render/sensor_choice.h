// SPDX-License-Identifier: Apache-2.0
// Sensors of a rig that somebody asks for by their names.
#ifndef RENDER_SENSOR_CHOICE_H
#define RENDER_SENSOR_CHOICE_H

#include <stdbool.h>

#include "base/status.h"
#include "scenes/rig.h"

enum { SENSORS_MOST = 16, SENSORS_TEXT = 512 };

typedef struct sensor_choice {
  int count;
  bool lidar[SENSORS_MOST]; // (count) else a camera
  int number[SENSORS_MOST]; // (count) among the rig's cameras or lidars
  uint64_t cameras;         // bit i: camera i is among them, as renderer_choose() takes it
  uint32_t lidars;
} sensor_choice;

/// Those of "front, top", in that order. STATUS_NOT_FOUND with the names that there are when the
/// rig has none of that name; STATUS_RANGE: no name, one twice, or more than SENSORS_MOST.
status sensor_choice_of(sensor_choice *out, const rig_def *rig, const char *names, trouble *why);
/// Whether those sensors are done with a frame of that length: rows are exposed and lidars have
/// turned round in it. STATUS_RANGE with the one that isn't.
status sensor_choice_fits(const sensor_choice *c, const rig_def *rig, double frame_s, trouble *why);
/// The name of the i-th of them.
const char *sensor_choice_name(const sensor_choice *c, const rig_def *rig, int i);

#endif
