// SPDX-License-Identifier: Apache-2.0
#include "render/lookout.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "render/lidar.h"
#include "render/renderer.h"
#include "render/sensor_choice.h"

static_assert((int)ROADLOOM_SENSORS == (int)SENSORS_MOST, "as many as may be chosen");
static_assert((int)ROADLOOM_SENSOR_NAME == (int)RIG_NAME, "names fit");
static_assert((int)ROADLOOM_LENS_COEFFICIENTS == (int)LENS_COEFFICIENTS, "lenses fit");

enum { ALIGNED = 64 };

struct lookout {
  renderer *renderer;
  char names[SENSORS_TEXT];
  sensor_choice choice;
  roadloom_sensors head; // as of the first rig; what each episode's rig says is put in
  scene shown;           // the episode's, with frames as long as its steps
  bool begun;
};

// ---- what there is ----

static void describe_camera(roadloom_sensor *to, const camera_def *c) {
  to->kind = ROADLOOM_CAMERA;
  to->width_px = (uint32_t)c->width_px;
  to->height_px = (uint32_t)c->height_px;
  to->data_size = 3ull * to->width_px * to->height_px;
  to->lens = (uint32_t)c->model;
  to->fx_px = c->fx_px;
  to->fy_px = c->fy_px;
  to->cx_px = c->cx_px;
  to->cy_px = c->cy_px;
  memcpy(to->coefficients, c->coefficients, sizeof to->coefficients);
}

static void describe_lidar(roadloom_sensor *to, const lidar_def *l) {
  to->kind = ROADLOOM_LIDAR;
  to->points_most = (uint32_t)lidar_point_limit(l);
  to->data_size = 4ull * sizeof(float) * to->points_most;
}

static void describe(roadloom_sensors *out, const sensor_choice *c, const rig_def *rig) {
  *out = (roadloom_sensors){.struct_size = sizeof *out, .count = (uint32_t)c->count};
  uint64_t at = (sizeof *out + ALIGNED - 1) / ALIGNED * ALIGNED;
  for (int i = 0; i < c->count; i++) {
    roadloom_sensor *to = &out->sensors[i];
    pose mount = c->lidar[i] ? rig->lidars[c->number[i]].mount : rig->cameras[c->number[i]].mount;
    memcpy(to->name, sensor_choice_name(c, rig, i), RIG_NAME);
    to->name[RIG_NAME - 1] = 0;
    if (c->lidar[i])
      describe_lidar(to, &rig->lidars[c->number[i]]);
    else
      describe_camera(to, &rig->cameras[c->number[i]]);
    to->x_m = mount.p_m.x, to->y_m = mount.p_m.y, to->z_m = mount.p_m.z;
    to->qw = mount.q.w, to->qx = mount.q.x, to->qy = mount.q.y, to->qz = mount.q.z;
    to->data_at = at;
    at += (to->data_size + ALIGNED - 1) / ALIGNED * ALIGNED;
  }
  out->size = at;
}

static status choose(sensor_choice *c, const rig_def *rig, const char *names, trouble *why) {
  status result = sensor_choice_of(c, rig, names, why);
  return result ? result : sensor_choice_fits(c, rig, ROADLOOM_DT_S, why);
}

status lookout_head(const rig_def *rig, const char *names, roadloom_sensors *out, trouble *why) {
  sensor_choice c;
  status result = choose(&c, rig, names, why);
  if (!result)
    describe(out, &c, rig);
  return result;
}

// ---- episodes ----

status lookout_create(lookout **out, device *dev, const rig_def *rig, const char *names,
                      trouble *why) {
  *out = NULL;
  if (strlen(names) >= SENSORS_TEXT)
    return trouble_set(why, STATUS_RANGE, "the sensors' names are longer than %d bytes",
                       SENSORS_TEXT - 1);
  lookout *l = calloc(1, sizeof *l);
  if (!l)
    return trouble_set(why, STATUS_MEMORY, "no memory for sensors");
  memcpy(l->names, names, strlen(names) + 1);
  status result = choose(&l->choice, rig, names, why);
  if (!result)
    describe(&l->head, &l->choice, rig);
  if (!result)
    result = renderer_create(&l->renderer, dev, why);
  if (result) {
    lookout_destroy(l);
    return result;
  }
  *out = l;
  return STATUS_OK;
}

void lookout_destroy(lookout *l) {
  if (!l)
    return;
  if (l->renderer)
    renderer_destroy(l->renderer);
  free(l);
}

// Same kinds and sizes as in the first scene; mounts and lenses may be others.
static status check_same(const roadloom_sensors *a, const roadloom_sensors *b, uint32_t index,
                         trouble *why) {
  for (uint32_t i = 0; i < a->count; i++) {
    const roadloom_sensor *x = &a->sensors[i], *y = &b->sensors[i];
    if (x->kind != y->kind)
      return trouble_set(why, STATUS_CONFLICT,
                         "scene %u: its sensor %s is a camera here and a lidar there; a policy's "
                         "sensors are the same in all scenes",
                         index, x->name);
    if (x->width_px != y->width_px || x->height_px != y->height_px ||
        x->points_most != y->points_most)
      return trouble_set(why, STATUS_CONFLICT,
                         "scene %u: its %s %s has %u x %u px or %u points, in the first scene %u x "
                         "%u or %u; a policy's sensors are the same in all scenes",
                         index, x->kind == ROADLOOM_CAMERA ? "camera" : "lidar", x->name,
                         y->width_px, y->height_px, y->points_most, x->width_px, x->height_px,
                         x->points_most);
  }
  return STATUS_OK;
}

status lookout_begin(lookout *l, const scene *s, trouble *why) {
  sensor_choice c;
  roadloom_sensors head;
  l->begun = false;
  status result = choose(&c, &s->rig, l->names, why);
  if (result)
    return result;
  describe(&head, &c, &s->rig);
  result = check_same(&l->head, &head, s->index, why);
  if (result)
    return result;
  l->choice = c;
  l->head = head;
  l->shown = *s;
  l->shown.frame_hz = 1 / ROADLOOM_DT_S;
  renderer_choose(l->renderer, c.cameras, c.lidars);
  result = renderer_set_scene(l->renderer, &l->shown, why);
  l->begun = result == STATUS_OK;
  return result;
}

void lookout_again(lookout *l) {
  renderer_again(l->renderer);
}

static void put_points(float *to, const frame_lidar *from, const roadloom_sensor *as) {
  uint32_t count = (uint32_t)from->count;
  for (uint32_t i = 0; i < count; i++) {
    to[4 * i] = from->x_m[i];
    to[4 * i + 1] = from->y_m[i];
    to[4 * i + 2] = from->z_m[i];
    to[4 * i + 3] = from->intensity[i];
  }
  memset(to + 4 * (size_t)count, 0, as->data_size - 4 * sizeof *to * count);
}

status lookout_look(lookout *l, const sim_snapshot *seen, int step, roadloom_sensors *out,
                    trouble *why) {
  frame f;
  if (!l->begun)
    return trouble_set(why, STATUS_INTERNAL, "lookout_look before lookout_begin");
  status result = renderer_frame(l->renderer, seen, &f, why);
  if (result)
    return result;
  *out = l->head;
  out->duration_s = (double)seen->duration_ns * 1e-9;
  out->begin_s = (step - 1) * ROADLOOM_DT_S;
  for (uint32_t i = 0; i < out->count; i++) {
    roadloom_sensor *to = &out->sensors[i];
    void *data = (unsigned char *)out + to->data_at;
    int number = l->choice.number[i];
    if (to->kind == ROADLOOM_CAMERA) {
      memcpy(data, f.cameras[number].rgb, to->data_size);
    } else {
      to->points = (uint32_t)f.lidars[number].count;
      put_points(data, &f.lidars[number], to);
    }
  }
  return STATUS_OK;
}
