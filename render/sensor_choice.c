// SPDX-License-Identifier: Apache-2.0
#include "render/sensor_choice.h"

#include <stdio.h>
#include <string.h>

static void list_names(const rig_def *rig, char out[SENSORS_TEXT]) {
  size_t used = 0;
  out[0] = 0;
  for (int i = 0; i < rig->camera_count + rig->lidar_count && used < SENSORS_TEXT - 1; i++) {
    const char *name =
        i < rig->camera_count ? rig->cameras[i].name : rig->lidars[i - rig->camera_count].name;
    int more = snprintf(out + used, SENSORS_TEXT - used, "%s%s", i ? ", " : "", name);
    used += more > 0 ? (size_t)more : 0;
  }
}

const char *sensor_choice_name(const sensor_choice *c, const rig_def *rig, int i) {
  return c->lidar[i] ? rig->lidars[c->number[i]].name : rig->cameras[c->number[i]].name;
}

static bool find(sensor_choice *c, const rig_def *rig, const char *name) {
  int at = c->count;
  for (int i = 0; i < rig->camera_count; i++)
    if (strcmp(rig->cameras[i].name, name) == 0) {
      c->lidar[at] = false;
      c->number[at] = i;
      return true;
    }
  for (int i = 0; i < rig->lidar_count; i++)
    if (strcmp(rig->lidars[i].name, name) == 0) {
      c->lidar[at] = true;
      c->number[at] = i;
      return true;
    }
  return false;
}

static status add(sensor_choice *c, const rig_def *rig, const char *name, trouble *why) {
  char there[SENSORS_TEXT];
  if (c->count == SENSORS_MOST)
    return trouble_set(why, STATUS_RANGE, "more than %d sensors", SENSORS_MOST);
  if (!find(c, rig, name)) {
    list_names(rig, there);
    if (!there[0])
      return trouble_set(why, STATUS_NOT_FOUND, "no sensor '%s': the scene's rig has none at all",
                         name);
    return trouble_set(why, STATUS_NOT_FOUND, "no sensor '%s' in the rig %s; it has %s", name,
                       rig->name, there);
  }
  int number = c->number[c->count];
  bool twice = c->lidar[c->count] ? c->lidars >> number & 1 : c->cameras >> number & 1;
  if (twice)
    return trouble_set(why, STATUS_RANGE, "the sensor '%s' is asked for twice", name);
  if (c->lidar[c->count])
    c->lidars |= (uint32_t)1 << number;
  else
    c->cameras |= (uint64_t)1 << number;
  c->count++;
  return STATUS_OK;
}

status sensor_choice_of(sensor_choice *out, const rig_def *rig, const char *names, trouble *why) {
  memset(out, 0, sizeof *out);
  for (const char *at = names; *at;) {
    char name[RIG_NAME + 1];
    at += strspn(at, ", ");
    size_t length = strcspn(at, ",");
    size_t kept = length;
    while (kept > 0 && at[kept - 1] == ' ')
      kept--;
    snprintf(name, sizeof name, "%.*s", (int)(kept < RIG_NAME ? kept : RIG_NAME), at);
    at += length;
    if (!name[0])
      continue;
    status result = add(out, rig, name, why);
    if (result)
      return result;
  }
  return out->count ? STATUS_OK : trouble_set(why, STATUS_RANGE, "no sensor is named");
}

status sensor_choice_fits(const sensor_choice *c, const rig_def *rig, double frame_s,
                          trouble *why) {
  for (int i = 0; i < c->count; i++) {
    if (c->lidar[i]) {
      const lidar_def *l = &rig->lidars[c->number[i]];
      if (l->rotation_hz * frame_s < 0.999)
        return trouble_set(why, STATUS_RANGE,
                           "the lidar %s turns %g times a second, and a frame lasts %g s; %g would "
                           "do",
                           l->name, l->rotation_hz, frame_s, 1 / frame_s);
      continue;
    }
    const camera_def *k = &rig->cameras[c->number[i]];
    if (k->readout_s + k->exposure_s > frame_s * (1 + 1e-9))
      return trouble_set(why, STATUS_RANGE,
                         "the camera %s takes %g s for a picture (readout and exposure), and a "
                         "frame lasts %g s",
                         k->name, k->readout_s + k->exposure_s, frame_s);
  }
  return STATUS_OK;
}
