// SPDX-License-Identifier: Apache-2.0
#include "render/renderer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "render/camera.h"
#include "render/keypoints.h"
#include "render/lidar.h"

enum { IN_FLIGHT = 2, ROWS_LEAST = 32 };

// One frame's arrays: owned here, lent to the caller.
typedef struct frame_store {
  frame f;
  int box2d_capacity, box3d_capacity, signal_capacity, left_capacity;
  int keypoints2d_capacity, keypoints3d_capacity;
  amodal_runs runs;
} frame_store;

struct renderer {
  device *dev;
  tracer *tracing;
  shade *paint;
  sense tools;
  lidar_tools beams;
  stage *st;
  const scene *current;
  rig_def rig;
  camera *cameras[RIG_CAMERAS];
  lidar *lidars[RIG_LIDARS];
  cl_mem weather;
  frame_store stores[IN_FLIGHT];
  int next;
  bool lends; // cameras give back what they need for samples when their image is done
  int rows;   // that cameras make at a time at most; INT_MAX: all
  bool said;  // that they make fewer than all
  bool shows_ego;
  uint64_t blind; // cameras of which it was said that they see little but the ego
  uint64_t cameras_wanted;
  uint32_t lidars_wanted;
};

void renderer_choose(renderer *r, uint64_t cameras, uint32_t lidars) {
  r->cameras_wanted = cameras;
  r->lidars_wanted = lidars;
}

void renderer_show_ego(renderer *r, bool shown) {
  r->shows_ego = shown;
}

static bool looks(const renderer *r, int number) {
  return r->cameras_wanted >> number & 1;
}

static bool scans(const renderer *r, int number) {
  return r->lidars_wanted >> number & 1;
}

status renderer_create(renderer **out, device *dev, trouble *why) {
  *out = NULL;
  renderer *r = calloc(1, sizeof *r);
  if (!r)
    return trouble_set(why, STATUS_MEMORY, "no memory for a renderer");
  r->dev = dev;
  r->rows = INT_MAX;
  renderer_choose(r, ~(uint64_t)0, ~(uint32_t)0);
  status result = tracer_create(&r->tracing, dev, why);
  if (!result)
    result = shade_create(&r->paint, dev, why);
  if (!result)
    result = sense_create(&r->tools, dev, why);
  if (!result)
    result = stage_create(&r->st, dev, why);
  if (!result)
    result = device_buffer(dev, sizeof(gpu_weather), NULL, &r->weather, why);
  if (result) {
    renderer_destroy(r);
    return result;
  }
  *out = r;
  return STATUS_OK;
}

static void free_store(frame_store *s) {
  for (int i = 0; i < s->f.camera_count; i++) {
    frame_camera *c = &s->f.cameras[i];
    void *images[] = {c->rgb,    c->depth_m, c->range_m,   c->semantic,  c->instance,
                      c->normal, c->flow,    c->flow_back, c->occlusion, c->albedo,
                      c->mark,   c->raw,     c->hdr};
    for (size_t k = 0; k < sizeof images / sizeof *images; k++)
      free(images[k]);
  }
  amodal_runs_free(&s->runs);
  for (int i = 0; i < s->f.lidar_count; i++) {
    frame_lidar *l = &s->f.lidars[i];
    free(l->x_m);
    free(l->y_m);
    free(l->z_m);
    free(l->intensity);
    free(l->ring);
    free(l->t_ns);
    free(l->instance);
    free(l->semantic);
    free(l->echo);
  }
  free(s->f.boxes2d);
  free(s->f.boxes3d);
  free(s->f.keypoints2d);
  free(s->f.keypoints3d);
  free(s->f.signals);
  free(s->f.signal_left_s);
  memset(s, 0, sizeof *s);
}

static void drop_rig(renderer *r) {
  for (int i = 0; i < RIG_CAMERAS; i++) {
    camera_destroy(r->cameras[i]);
    r->cameras[i] = NULL;
  }
  for (int i = 0; i < RIG_LIDARS; i++) {
    lidar_destroy(r->lidars[i]);
    r->lidars[i] = NULL;
  }
  for (int i = 0; i < IN_FLIGHT; i++)
    free_store(&r->stores[i]);
  memset(&r->rig, 0, sizeof r->rig);
  r->blind = 0;
}

void renderer_destroy(renderer *r) {
  if (!r)
    return;
  drop_rig(r);
  if (r->weather)
    clReleaseMemObject(r->weather);
  stage_destroy(r->st);
  lidar_tools_destroy(&r->beams);
  sense_destroy(&r->tools);
  shade_destroy(r->paint);
  tracer_destroy(r->tracing);
  free(r);
}

// False when memory ran out; what was made is freed with the store.
static bool fill_store(frame_store *s, const rig_def *rig) {
  bool ok = true;
  s->f.camera_count = rig->camera_count;
  s->f.lidar_count = rig->lidar_count;
  for (int i = 0; i < rig->camera_count; i++) {
    frame_camera *c = &s->f.cameras[i];
    c->width_px = rig->cameras[i].width_px;
    c->height_px = rig->cameras[i].height_px;
    size_t pixels = (size_t)c->width_px * (size_t)c->height_px;
    // Depth, semantic and instance are asked of in any case, by keypoints.
    const uint32_t wanted = rig->cameras[i].labels | LABELS_STANDARD;
    const struct {
      uint32_t label;
      void **to;
      size_t size;
    } images[] = {{wanted, (void **)&c->rgb, 3},
                  {LABEL_DEPTH, (void **)&c->depth_m, sizeof *c->depth_m},
                  {LABEL_RANGE, (void **)&c->range_m, sizeof *c->range_m},
                  {LABEL_SEMANTIC, (void **)&c->semantic, 1},
                  {LABEL_INSTANCE, (void **)&c->instance, sizeof *c->instance},
                  {LABEL_NORMAL, (void **)&c->normal, 3 * sizeof *c->normal},
                  {LABEL_FLOW, (void **)&c->flow, 2 * sizeof *c->flow},
                  {LABEL_FLOW_BACK, (void **)&c->flow_back, 2 * sizeof *c->flow_back},
                  {LABEL_OCCLUSION, (void **)&c->occlusion, 1},
                  {LABEL_ALBEDO, (void **)&c->albedo, 3},
                  {LABEL_MARK, (void **)&c->mark, 1},
                  {LABEL_RAW, (void **)&c->raw, sizeof *c->raw},
                  {LABEL_HDR, (void **)&c->hdr, 3 * sizeof *c->hdr}};
    for (size_t k = 0; k < sizeof images / sizeof *images; k++)
      if (wanted & images[k].label) {
        *images[k].to = malloc(images[k].size * pixels);
        ok = ok && *images[k].to;
      }
  }
  for (int i = 0; i < rig->lidar_count; i++) {
    frame_lidar *l = &s->f.lidars[i];
    size_t points = (size_t)lidar_point_limit(&rig->lidars[i]);
    l->x_m = malloc(sizeof *l->x_m * points);
    l->y_m = malloc(sizeof *l->y_m * points);
    l->z_m = malloc(sizeof *l->z_m * points);
    l->intensity = malloc(sizeof *l->intensity * points);
    l->ring = malloc(sizeof *l->ring * points);
    l->t_ns = malloc(sizeof *l->t_ns * points);
    l->instance = malloc(sizeof *l->instance * points);
    l->semantic = malloc(points);
    l->echo = malloc(points);
    ok = ok && l->x_m && l->y_m && l->z_m && l->intensity && l->ring && l->t_ns && l->instance &&
         l->semantic && l->echo;
  }
  return ok;
}

// After a failure: whether the device was short of memory and there is a way out: that cameras
// lend each other what samples need, then bands of fewer rows. Cameras then have given theirs back.
static bool spare(renderer *r) {
  int most = 0;
  for (int i = 0; i < r->rig.camera_count; i++)
    most = camera_rows(r->cameras[i]) > most ? camera_rows(r->cameras[i]) : most;
  if (!device_was_short(r->dev) || (r->lends && most <= ROWS_LEAST))
    return false;
  if (r->lends)
    r->rows = (most / 2 + ROWS_LEAST - 1) / ROWS_LEAST * ROWS_LEAST;
  r->lends = true;
  for (int i = 0; i < r->rig.camera_count; i++)
    camera_limit_rows(r->cameras[i], r->rows);
  clFinish(device_queue(r->dev)); // which may still hold what they gave back
  return true;
}

// Once, when a frame is done.
static void say_bands(renderer *r) {
  bool bands = false;
  for (int i = 0; i < r->rig.camera_count; i++)
    bands = bands || camera_rows(r->cameras[i]) < r->rig.cameras[i].height_px;
  if (r->said || !bands)
    return;
  r->said = true;
  const device_info *about = device_about(r->dev);
  log_line(LOG_WARNING,
           "%s has too little memory (%zu MiB) for whole images: they are made in bands of %d "
           "rows, which takes longer and changes nothing else",
           about->name, about->memory_bytes >> 20, r->rows);
}

static status set_rig(renderer *r, const rig_def *rig, trouble *why) {
  if (r->rig.camera_count + r->rig.lidar_count > 0 && memcmp(&r->rig, rig, sizeof *rig) == 0)
    return STATUS_OK;
  drop_rig(r);
  status result = STATUS_OK;
  for (int i = 0; !result && i < rig->camera_count; i++) {
    result = camera_create(&r->cameras[i], &rig->cameras[i], &r->tools, r->tracing, r->paint, why);
    if (!result)
      camera_limit_rows(r->cameras[i], r->rows);
  }
  if (!result && rig->lidar_count > 0 && !r->beams.program) // most rigs have none
    result = lidar_tools_create(&r->beams, r->dev, why);
  for (int i = 0; !result && i < rig->lidar_count; i++)
    result = lidar_create(&r->lidars[i], &rig->lidars[i], &r->beams, r->tracing, why);
  for (int i = 0; !result && i < IN_FLIGHT; i++)
    if (!fill_store(&r->stores[i], rig))
      result = trouble_set(why, STATUS_MEMORY, "no memory for the frames of rig %s", rig->name);
  if (result) {
    drop_rig(r);
    return result;
  }
  r->rig = *rig;
  return STATUS_OK;
}

status renderer_set_scene(renderer *r, const scene *s, trouble *why) {
  r->current = NULL;
  status result = set_rig(r, &s->rig, why);
  if (!result)
    do
      result = stage_set_scene(r->st, s, why);
    while (result && spare(r));
  if (result)
    return result;
  renderer_again(r);
  r->current = s;
  return STATUS_OK;
}

void renderer_again(renderer *r) {
  for (int i = 0; i < r->rig.camera_count; i++)
    camera_begin(r->cameras[i]);
}

// `people` of the boxes have keypoints.
static bool reserve_boxes(frame_store *s, int cameras, int boxes3d, int people, int signals) {
  int boxes2d = boxes3d * (cameras ? cameras : 1), people2d = people * (cameras ? cameras : 1);
  return array_reserve((void **)&s->f.keypoints2d, &s->keypoints2d_capacity, people2d,
                       sizeof *s->f.keypoints2d) &&
         array_reserve((void **)&s->f.keypoints3d, &s->keypoints3d_capacity, people,
                       sizeof *s->f.keypoints3d) &&
         array_reserve((void **)&s->f.boxes2d, &s->box2d_capacity, boxes2d, sizeof *s->f.boxes2d) &&
         array_reserve((void **)&s->f.boxes3d, &s->box3d_capacity, boxes3d, sizeof *s->f.boxes3d) &&
         array_reserve((void **)&s->f.signals, &s->signal_capacity, signals,
                       sizeof *s->f.signals) &&
         array_reserve((void **)&s->f.signal_left_s, &s->left_capacity, signals,
                       sizeof *s->f.signal_left_s);
}

static void fill_boxes3d(const renderer *r, frame *f) {
  int targets;
  const stage_target *all = stage_targets(r->st, &targets);
  f->box3d_count = 0;
  for (int i = 0; i < targets; i++) {
    const stage_target *t = &all[i];
    if (t->ego)
      continue;
    frame_box3d *box = &f->boxes3d[f->box3d_count++];
    *box = (frame_box3d){.id = t->id,
                         .class = (uint8_t)t->class,
                         .kind = (uint8_t)t->kind,
                         .centre = t->begin,
                         .size_m = {t->size_m[0], t->size_m[1], t->size_m[2]},
                         .velocity_mps = t->velocity_mps,
                         .acceleration_mps2 = t->acceleration_mps2,
                         .yaw_rate_radps = t->yaw_rate_radps,
                         .flags = t->flags,
                         .lane = t->lane};
  }
}

static void fill_keypoints3d(const renderer *r, frame *f) {
  int targets;
  const stage_target *all = stage_targets(r->st, &targets);
  f->keypoints3d_count = 0;
  for (int i = 0; i < targets; i++)
    if (all[i].has_keypoints && !all[i].ego)
      keypoints_place(&all[i], &f->keypoints3d[f->keypoints3d_count++]);
}

// Of those people who got boxes from `first_box` on; both lists are sorted by id.
static void fill_keypoints2d(const renderer *r, int number, double interval_s, int first_box,
                             frame *f) {
  int targets;
  const stage_target *t = stage_targets(r->st, &targets), *end = t + targets;
  for (int i = first_box; i < f->box2d_count; i++) {
    while (t < end && t->id < f->boxes2d[i].id)
      t++;
    if (t == end || t->id != f->boxes2d[i].id || !t->has_keypoints)
      continue;
    frame_keypoints2d *out = &f->keypoints2d[f->keypoints2d_count++];
    keypoints_project(&r->rig.cameras[number], f->ego_begin, f->ego_end, interval_s, t,
                      &f->cameras[number], out);
    out->camera = (uint16_t)number;
  }
}

// Boxes are sorted by id, so each point finds its own by bisection.
static void count_points(frame *f) {
  for (int n = 0; n < f->lidar_count; n++)
    for (int i = 0; i < f->lidars[n].count; i++) {
      uint32_t id = f->lidars[n].instance[i];
      int low = 0, high = f->box3d_count;
      while (low < high) {
        int middle = (low + high) / 2;
        if (f->boxes3d[middle].id < id)
          low = middle + 1;
        else
          high = middle;
      }
      if (id && low < f->box3d_count && f->boxes3d[low].id == id)
        f->boxes3d[low].lidar_points[n]++;
    }
}

static void fill_head(const renderer *r, const sim_snapshot *snapshot, frame *f) {
  const sim_actor *ego = &snapshot->actors[snapshot->ego];
  f->time_ns = snapshot->time_ns;
  f->duration_ns = snapshot->duration_ns;
  f->scene = r->current->index;
  f->frame = snapshot->frame;
  f->ego_begin = ego->begin;
  f->ego_end = ego->end;
  f->ego_velocity_mps = ego->velocity_mps;
  f->ego_acceleration_mps2 = ego->acceleration_mps2;
  f->ego_yaw_rate_radps = ego->yaw_rate_radps;
  f->weather = snapshot->weather;
  f->signal_count = snapshot->signal_count;
  if (snapshot->signal_count)
    memcpy(f->signals, snapshot->signals, (size_t)snapshot->signal_count);
  for (int i = 0; i < snapshot->signal_count; i++)
    f->signal_left_s[i] = snapshot->signal_left_s ? snapshot->signal_left_s[i] : -1;
}

static status make_light(renderer *r, const sim_snapshot *snapshot, shade_scene *light,
                         trouble *why) {
  const geometry_buffers *b = stage_buffers(r->st);
  *light = (shade_scene){.instances = stage_traced(r->st)->instances,
                         .vertices = b->vertices,
                         .triangles = b->triangles,
                         .materials = b->materials,
                         .texels = b->texels,
                         .weather_buffer = r->weather};
  light->lights = stage_lights(r->st, &light->light_count);
  uint32_t seed = (uint32_t)r->current->seed ^ r->current->index * 0x9e3779b9u;
  shade_weather(&snapshot->weather, seed, snapshot->frame, (double)snapshot->time_ns * 1e-9,
                &light->weather);
  return device_status(clEnqueueWriteBuffer(device_queue(r->dev), r->weather, CL_TRUE, 0,
                                            sizeof light->weather, &light->weather, 0, NULL, NULL),
                       "clEnqueueWriteBuffer (weather)", why);
}

// One camera's image and boxes.
static status look_once(renderer *r, const shade_scene *light, int number, double interval_s,
                        frame *f, amodal_runs *runs, trouble *why) {
  pose mount = r->rig.cameras[number].mount;
  camera *c = r->cameras[number];
  stage_show_ego(r->st, r->shows_ego ? EGO_BODY_SHOWN : r->rig.cameras[number].body);
  status result =
      camera_render(c, r->st, light, number, pose_multiply(f->ego_begin, mount),
                    pose_multiply(f->ego_end, mount), interval_s, &f->cameras[number], why);
  if (!result)
    result = camera_boxes(c, r->st, number, f->boxes2d, &f->box2d_count, runs, why);
  // At last: whatever is short of memory before it makes the frame anew, and exposure moves on
  // once.
  return result ? result : camera_develop(c, light, number, interval_s, &f->cameras[number], why);
}

// Of a camera that sits within the body that it shows, once.
static void say_blind(renderer *r, int number, const frame_camera *seen) {
  const camera_def *def = &r->rig.cameras[number];
  if (r->shows_ego || def->body != EGO_BODY_SHOWN || r->blind >> number & 1)
    return;
  size_t all = (size_t)seen->width_px * (size_t)seen->height_px, own = 0;
  for (size_t i = 0; i < all; i++)
    own += seen->semantic[i] == SEMANTIC_EGO;
  if (own < all - all / 8)
    return;
  r->blind |= (uint64_t)1 << number;
  log_line(LOG_WARNING,
           "camera %s: %.0f %% of its pixels are its own vehicle; if it sits within the body, move "
           "it or write ego_body = \"shadow\"",
           def->name, 100.0 * (double)own / (double)all);
}

static status look(renderer *r, const sim_snapshot *snapshot, frame *f, amodal_runs *runs,
                   trouble *why) {
  shade_scene light;
  double interval_s = (double)snapshot->duration_ns * 1e-9;
  status result = make_light(r, snapshot, &light, why);
  f->box2d_count = f->keypoints2d_count = 0;
  runs->count = 0;
  uint32_t wanted = 0;
  for (int i = 0; i < r->rig.camera_count; i++)
    wanted |= looks(r, i) ? r->rig.cameras[i].labels : 0;
  if (!result && wanted & LABELS_MOTION)
    do
      result = stage_set_motion(r->st, snapshot, wanted & LABEL_OCCLUSION, why);
    while (result && spare(r));
  for (int i = 0; !result && i < r->rig.camera_count; i++) {
    if (!looks(r, i))
      continue;
    const int boxes = f->box2d_count, masks = runs->count;
    do {
      f->box2d_count = boxes, runs->count = masks;
      result = look_once(r, &light, i, interval_s, f, runs, why);
    } while (result && spare(r));
    if (r->lends)
      camera_limit_rows(r->cameras[i], r->rows);
    if (!result)
      fill_keypoints2d(r, i, interval_s, boxes, f);
    if (!result)
      say_blind(r, i, &f->cameras[i]);
  }
  for (int i = 0; !result && i < r->rig.lidar_count; i++) {
    f->lidars[i].count = 0;
    if (!scans(r, i))
      continue;
    pose mount = r->rig.lidars[i].mount;
    stage_show_ego(r->st, r->shows_ego ? EGO_BODY_SHOWN : r->rig.lidars[i].body);
    lidar_turn turn = {.begin = pose_multiply(f->ego_begin, mount),
                       .end = pose_multiply(f->ego_end, mount),
                       .interval_s = interval_s,
                       .weather = &snapshot->weather,
                       .seed = r->current->seed,
                       .scene = r->current->index,
                       .frame = snapshot->frame,
                       .number = (uint32_t)i};
    do
      result = lidar_scan(r->lidars[i], r->st, &turn, &f->lidars[i], why);
    while (result && spare(r));
  }
  return result;
}

status renderer_frame(renderer *r, const sim_snapshot *snapshot, frame *out, trouble *why) {
  if (!r->current)
    return trouble_set(why, STATUS_INTERNAL, "renderer_frame before renderer_set_scene");
  status result;
  do
    result = stage_set_frame(r->st, snapshot, why);
  while (result && spare(r));
  if (result)
    return result;
  frame_store *s = &r->stores[r->next];
  r->next = (r->next + 1) % IN_FLIGHT;
  int targets, people = 0;
  const stage_target *all = stage_targets(r->st, &targets);
  for (int i = 0; i < targets; i++)
    people += all[i].has_keypoints;
  if (!reserve_boxes(s, r->rig.camera_count, targets, people, snapshot->signal_count + 1))
    return trouble_set(why, STATUS_MEMORY, "no memory for %d boxes", targets);
  fill_head(r, snapshot, &s->f);
  fill_boxes3d(r, &s->f);
  fill_keypoints3d(r, &s->f);
  result = look(r, snapshot, &s->f, &s->runs, why);
  s->f.amodal_runs = s->runs.runs;
  s->f.amodal_run_count = s->runs.count;
  if (result)
    return result;
  say_bands(r);
  count_points(&s->f);
  *out = s->f;
  for (int i = 0; i < r->rig.camera_count; i++)
    if (!looks(r, i))
      out->cameras[i] = (frame_camera){.width_px = s->f.cameras[i].width_px,
                                       .height_px = s->f.cameras[i].height_px};
  return STATUS_OK;
}
