// SPDX-License-Identifier: Apache-2.0
#include "with_drive.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "export/shard_format.h"
#include "scenes/sign.h"

enum { ACTORS = 14, SIGNALS = 3, POINTS = 6000, PATH_POINTS = 41 };
enum { RUNS = 1024 }; // of a mask, at most

typedef struct actor {
  uint32_t id;
  semantic class;
  thing_kind kind;
  double x_m, y_m, speed_mps, yaw_rad;
  double size_m[3];
  uint8_t rgb[3];
} actor;

struct drive {
  scene s;
  road roads[1];
  road_geometry geometries[1];
  road_section sections[1];
  road_lane lanes[3];
  road_poly3 widths[2];
  road_point points[2 * PATH_POINTS];
  lane_path paths[2];
  int links[2];
  road_crosswalk crosswalks[1];
  road_signal signals[SIGNALS];
  scene_thing things[2];
  scene_vehicle vehicles[ACTORS + 1];
  scene_person people[ACTORS];
  actor actors[ACTORS];
  uint8_t states[SIGNALS];
  float left_s[SIGNALS];
  frame f;
};

rig_def drive_rig(int cameras, int width_px, int height_px, int lidars) {
  const double pi = 3.14159265358979323846;
  rig_def rig = {.name = "drive", .camera_count = cameras, .lidar_count = lidars};
  for (int i = 0; i < cameras; i++) {
    camera_def *c = &rig.cameras[i];
    snprintf(c->name, sizeof c->name, i == 0 ? "CAM_FRONT" : "CAM_%d", i);
    c->width_px = width_px;
    c->height_px = height_px;
    c->fx_px = c->fy_px = 0.7 * width_px;
    c->cx_px = 0.5 * width_px;
    c->cy_px = 0.45 * height_px;
    // Camera axes in the ego frame: x is right (-y), y is down (-z), z is forward (x).
    quat forward = quat_multiply(quat_from_ypr(-pi / 2, 0, 0), quat_from_ypr(0, 0, -pi / 2));
    c->mount = (pose){.p_m = {1.5, 0, 1.6},
                      .q = quat_multiply(quat_from_ypr(i == 1 ? pi : 0, 0, 0), forward)};
    c->readout_s = 0.01 * i;
    c->labels = i == 1 ? LABELS_ALL | LABELS_PICTURES : LABELS_STANDARD;
    if (i == 1)
      c->electronics = (electronics_def){.full = true,
                                         .bayer = BAYER_GRBG,
                                         .black = 168,
                                         .full_well_e = 10500,
                                         .efficiency = 0.6,
                                         .read_e = 2.2,
                                         .dsnu_e = 1.2,
                                         .prnu = 0.008,
                                         .ccm = {1.5, -0.4, -0.1, -0.2, 1.4, -0.2, 0, -0.5, 1.5}};
  }
  for (int i = 0; i < lidars; i++) {
    lidar_def *l = &rig.lidars[i];
    snprintf(l->name, sizeof l->name, "LIDAR_%d", i);
    l->rings = 16;
    for (int k = 0; k < 16; k++)
      l->elevation_rad[k] = -0.25 + 0.02 * k;
    l->azimuth_steps = 360;
    l->rotation_hz = 10;
    l->range_min_m = 1;
    l->range_max_m = 80;
    l->range_noise_m = 0.02;
    l->divergence_rad = 0.003;
    l->mount = (pose){.p_m = {0.9, 0, 1.9}, .q = quat_from_ypr(0.1 * i, 0, 0)};
  }
  return rig;
}

static void make_street(drive *d) {
  road_network *net = &d->s.roads;
  d->geometries[0] = (road_geometry){.length_m = 80};
  d->roads[0] = (road){.id = 1, .length_m = 80, .geometry_count = 1, .section_count = 1};
  d->sections[0] = (road_section){.lane_count = 3};
  d->widths[0] = d->widths[1] = (road_poly3){.a = 3.5};
  d->lanes[0] = (road_lane){.id = 1,
                            .type = LANE_DRIVING,
                            .width_count = 1,
                            .outer_mark = MARK_SOLID,
                            .mark_width_m = 0.12};
  d->lanes[1] =
      (road_lane){.id = 0, .outer_mark = MARK_BROKEN, .mark_width_m = 0.12, .mark_yellow = true};
  d->lanes[2] = (road_lane){.id = -1,
                            .type = LANE_DRIVING,
                            .width_first = 1,
                            .width_count = 1,
                            .outer_mark = MARK_SOLID,
                            .mark_width_m = 0.12};
  for (int p = 0; p < 2; p++) {
    for (int i = 0; i < PATH_POINTS; i++)
      d->points[p * PATH_POINTS + i] = (road_point){.x_m = p ? 80 - 2 * i : 2 * i,
                                                    .y_m = p ? 1.75 : -1.75,
                                                    .heading_rad = p ? 3.14159265358979 : 0,
                                                    .s_m = 2 * i};
    d->paths[p] = (lane_path){.id = p + 1,
                              .road = 1,
                              .lane = p ? 1 : -1,
                              .length_m = 80,
                              .width_m = 3.5,
                              .speed_limit_mps = 13.9,
                              .point_first = p * PATH_POINTS,
                              .point_count = PATH_POINTS,
                              .next_first = p,
                              .next_count = 1,
                              .signal = 1,
                              .stop_s_m = 70};
    d->links[p] = 2 - p;
  }
  d->crosswalks[0] =
      (road_crosswalk){.id = 1, .corners = {{74, -4, 0}, {77, -4, 0}, {77, 4, 0}, {74, 4, 0}}};
  for (int i = 0; i < SIGNALS; i++)
    d->signals[i] = (road_signal){.id = i + 1, .group = i + 1, .pedestrian = i == 2};
  net->road_count = 1, net->roads = d->roads;
  net->geometry_count = 1, net->geometries = d->geometries;
  net->section_count = 1, net->sections = d->sections;
  net->lane_count = 3, net->lanes = d->lanes;
  net->width_count = 2, net->widths = d->widths;
  net->point_count = 2 * PATH_POINTS, net->points = d->points;
  net->path_count = 2, net->paths = d->paths;
  net->lane_link_count = 2, net->lane_links = d->links;
  net->crosswalk_count = 1, net->crosswalks = d->crosswalks;
  net->signal_count = SIGNALS, net->signals = d->signals;
}

static void make_actors(drive *d, rng *r) {
  scene *s = &d->s;
  s->vehicles = d->vehicles;
  s->people = d->people;
  d->vehicles[s->vehicle_count++] =
      (scene_vehicle){.id = 1, .kind = THING_CAR, .class = SEMANTIC_CAR, .size_m = {4.5, 1.8, 1.5}};
  for (int i = 0; i < ACTORS; i++) {
    actor *a = &d->actors[i];
    bool person = i % 3 == 2;
    a->id = (uint32_t)i + 4; // 1 is the ego, 2 and 3 are things
    a->class = person ? SEMANTIC_PEDESTRIAN : i % 4 == 3 ? SEMANTIC_TRUCK : SEMANTIC_CAR;
    a->kind = person ? THING_PERSON : i % 4 == 3 ? THING_TRUCK : THING_CAR;
    a->x_m = rng_uniform(r, -45, 60);
    if (fabs(a->x_m - 2) < 7)
      a->x_m += 14;
    a->y_m = person ? (rng_chance(r, 0.5) ? 6 : -6) : rng_chance(r, 0.5) ? 1.75 : -1.75;
    a->speed_mps = person ? 1.2 : rng_uniform(r, 3, 12);
    a->yaw_rad = a->y_m > 0 ? 3.14159265358979 : 0;
    const double sizes[3][3] = {{0.5, 0.6, 1.75}, {8.2, 2.4, 3.2}, {4.4, 1.8, 1.5}};
    memcpy(a->size_m, sizes[person ? 0 : a->kind == THING_TRUCK ? 1 : 2], sizeof a->size_m);
    for (int k = 0; k < 3; k++)
      a->rgb[k] = (uint8_t)rng_uniform(r, 40, 230);
    if (person) {
      scene_person *p = &d->people[s->person_count++];
      *p = (scene_person){.id = a->id, .thing = THING_PERSON};
      memcpy(p->size_m, a->size_m, sizeof a->size_m);
    } else {
      scene_vehicle *v = &d->vehicles[s->vehicle_count++];
      *v = (scene_vehicle){.id = a->id, .kind = a->kind, .class = a->class};
      memcpy(v->size_m, a->size_m, sizeof a->size_m);
    }
  }
  for (int i = 0; i < 2; i++)
    d->things[i] = (scene_thing){.id = (uint32_t)i + 2,
                                 .kind = THING_TREE,
                                 .class = SEMANTIC_VEGETATION,
                                 .at = pose_flat(30, 9, 0, 1),
                                 .size_m = {2, 2, 6}};
  d->things[1] = (scene_thing){.id = 3,
                               .kind = THING_SIGN,
                               .class = SEMANTIC_TRAFFIC_SIGN,
                               .at = pose_flat(40, -6, 2.1, 3),
                               .size_m = {0.06, 0.6, 0.6},
                               .sign = sign_of(SIGN_SPEED_LIMIT, 50)};
  s->thing_count = 2, s->things = d->things;
  s->id_count = ACTORS + 3;
}

static void *room(size_t count, size_t bytes) {
  void *memory = calloc(count, bytes);
  if (!memory)
    abort();
  return memory;
}

static void **image_of(frame_camera *c, int image) {
  return (void **)(void *)((char *)c + shard_images[image].from);
}

drive *drive_create(const rig_def *rig, uint64_t seed, uint32_t scene_index) {
  drive *d = room(1, sizeof *d);
  rng r = rng_at(seed, RNG_TEST, scene_index, 0, 0);
  d->s = (scene){.seed = seed,
                 .index = scene_index,
                 .hash = seed * 977 + scene_index,
                 .place = "street",
                 .duration_s = 2,
                 .frame_hz = 10,
                 .step_s = 0.1,
                 .weather = weather_state_default(),
                 .rig = *rig};
  if (scene_index % 2)
    d->s.weather.rain_mmh = 6, d->s.weather.cloud_cover = 1, d->s.weather.wetness = 0.8;
  make_street(d);
  make_actors(d, &r);
  frame *f = &d->f;
  f->scene = scene_index;
  f->camera_count = rig->camera_count;
  f->lidar_count = rig->lidar_count;
  for (int i = 0; i < rig->camera_count; i++) {
    frame_camera *c = &f->cameras[i];
    c->width_px = rig->cameras[i].width_px;
    c->height_px = rig->cameras[i].height_px;
    size_t pixels = (size_t)c->width_px * (size_t)c->height_px;
    for (int k = 0; k < SHARD_IMAGE_COUNT; k++) {
      const shard_image_info *image = &shard_images[k];
      size_t values = pixels * (size_t)(image->channels ? image->channels : 1);
      if (!image->label || rig->cameras[i].labels & image->label)
        *image_of(c, k) = room(values, shard_type_bytes(image->type));
    }
  }
  for (int i = 0; i < rig->lidar_count; i++) {
    frame_lidar *l = &f->lidars[i];
    l->x_m = room(POINTS, sizeof *l->x_m);
    l->y_m = room(POINTS, sizeof *l->y_m);
    l->z_m = room(POINTS, sizeof *l->z_m);
    l->intensity = room(POINTS, sizeof *l->intensity);
    l->ring = room(POINTS, sizeof *l->ring);
    l->t_ns = room(POINTS, sizeof *l->t_ns);
    l->instance = room(POINTS, sizeof *l->instance);
    l->semantic = room(POINTS, 1);
    l->echo = room(POINTS, 1);
  }
  f->boxes3d = room(ACTORS, sizeof *f->boxes3d);
  f->boxes2d = room(ACTORS * RIG_CAMERAS, sizeof *f->boxes2d);
  f->amodal_runs = room(RUNS * ACTORS * RIG_CAMERAS, sizeof *f->amodal_runs);
  f->keypoints3d = room(ACTORS, sizeof *f->keypoints3d);
  f->keypoints2d = room(ACTORS * RIG_CAMERAS, sizeof *f->keypoints2d);
  f->signals = d->states;
  f->signal_left_s = d->left_s;
  return d;
}

void drive_destroy(drive *d) {
  for (int i = 0; i < d->f.camera_count; i++) {
    for (int k = 0; k < SHARD_IMAGE_COUNT; k++)
      free(*image_of(&d->f.cameras[i], k));
  }
  for (int i = 0; i < d->f.lidar_count; i++) {
    frame_lidar *l = &d->f.lidars[i];
    free(l->x_m), free(l->y_m), free(l->z_m), free(l->intensity), free(l->ring), free(l->t_ns);
    free(l->instance), free(l->semantic), free(l->echo);
  }
  free(d->f.boxes3d);
  free(d->f.boxes2d);
  free(d->f.amodal_runs);
  free(d->f.keypoints3d);
  free(d->f.keypoints2d);
  free(d);
}

const scene *drive_scene(const drive *d) {
  return &d->s;
}

static void put_pixel(frame_camera *c, int at, const uint8_t rgb[3], double depth_m, semantic class,
                      uint32_t id, rng *noise) {
  for (int k = 0; k < 3; k++) {
    int value = rgb[k] + rng_below(noise, 9) - 4;
    c->rgb[3 * at + k] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
  }
  c->depth_m[at] = (float)depth_m;
  c->semantic[at] = (uint8_t) class;
  c->instance[at] = id;
}

static void paint_background(const camera_def *def, frame_camera *c, rng *noise) {
  for (int y = 0; y < c->height_px; y++)
    for (int x = 0; x < c->width_px; x++) {
      double down = (y + 0.5 - def->cy_px) / def->fy_px;
      double right = (x + 0.5 - def->cx_px) / def->fx_px;
      int at = y * c->width_px + x;
      if (down <= 0.02) {
        const uint8_t sky[3] = {(uint8_t)(120 - 60 * down), (uint8_t)(165 - 40 * down), 225};
        put_pixel(c, at, sky, 0, SEMANTIC_SKY, 0, noise);
        continue;
      }
      double depth_m = 1.6 / down;
      bool on_road = fabs(right * depth_m) < 3.5;
      const uint8_t grey[3] = {96, 96, 100}, green[3] = {92, 120, 70};
      put_pixel(c, at, on_road ? grey : green, depth_m, on_road ? SEMANTIC_ROAD : SEMANTIC_TERRAIN,
                0, noise);
    }
}

/// The rectangle of the projected box, cut to the image; false when behind or outside.
static bool project(const camera_def *def, pose to_camera, const frame_box3d *box, int out[4],
                    double *depth_m, double *truncation) {
  double x0 = DBL_MAX, y0 = DBL_MAX, x1 = -DBL_MAX, y1 = -DBL_MAX;
  for (int i = 0; i < 8; i++) {
    vec3 corner = {(i & 1 ? 0.5 : -0.5) * box->size_m[0], (i & 2 ? 0.5 : -0.5) * box->size_m[1],
                   (i & 4 ? 0.5 : -0.5) * box->size_m[2]};
    vec3 p = pose_apply(to_camera, pose_apply(box->centre, corner));
    if (p.z < 0.5)
      return false;
    double x = def->fx_px * p.x / p.z + def->cx_px, y = def->fy_px * p.y / p.z + def->cy_px;
    x0 = fmin(x0, x), x1 = fmax(x1, x), y0 = fmin(y0, y), y1 = fmax(y1, y);
  }
  double whole = (x1 - x0) * (y1 - y0);
  out[0] = (int)fmax(0, floor(x0)), out[1] = (int)fmax(0, floor(y0));
  out[2] = (int)fmin(def->width_px, ceil(x1)), out[3] = (int)fmin(def->height_px, ceil(y1));
  if (out[2] <= out[0] || out[3] <= out[1])
    return false;
  double cut_x = fmin(x1, def->width_px) - fmax(x0, 0);
  double cut_y = fmin(y1, def->height_px) - fmax(y0, 0);
  *truncation = 1 - fmax(0, cut_x) * fmax(0, cut_y) / whole;
  *depth_m = pose_apply(to_camera, box->centre.p_m).z;
  return true;
}

static void measure_visible(frame_box2d *box, const frame_camera *c) {
  int x0 = c->width_px, y0 = c->height_px, x1 = 0, y1 = 0;
  for (int y = 0; y < c->height_px; y++)
    for (int x = 0; x < c->width_px; x++)
      if (c->instance[y * c->width_px + x] == box->id) {
        box->visible_pixels++;
        x0 = x < x0 ? x : x0, y0 = y < y0 ? y : y0;
        x1 = x + 1 > x1 ? x + 1 : x1, y1 = y + 1 > y1 ? y + 1 : y1;
      }
  if (box->visible_pixels) {
    box->visible[0] = (float)x0, box->visible[1] = (float)y0;
    box->visible[2] = (float)x1, box->visible[3] = (float)y1;
  }
  box->visible_fraction = (float)box->visible_pixels / (float)box->amodal_pixels;
}

// Joints of people in a spiral within their boxes; the picture shows the boxes' rectangles.
static void place_joints(drive *d) {
  frame *f = &d->f;
  f->keypoints3d_count = 0;
  for (int i = 0; i < f->box3d_count; i++) {
    const frame_box3d *box = &f->boxes3d[i];
    if (box->kind != THING_PERSON)
      continue;
    frame_keypoints3d *joints = &f->keypoints3d[f->keypoints3d_count++];
    joints->id = box->id;
    for (int k = 0; k < KEYPOINT_COUNT; k++) {
      vec3 own = {0.1 * cos(k), 0.1 * sin(k), (0.45 - 0.05 * k) * box->size_m[2]};
      vec3 p = pose_apply(box->centre, own);
      joints->world_m[k][0] = p.x, joints->world_m[k][1] = p.y, joints->world_m[k][2] = p.z;
    }
  }
}

static void see_joints(drive *d, int number, pose to_camera) {
  frame *f = &d->f;
  const camera_def *def = &d->s.rig.cameras[number];
  const frame_camera *c = &f->cameras[number];
  for (int i = 0; i < f->box2d_count; i++)
    for (int n = 0; n < f->keypoints3d_count && f->boxes2d[i].camera == number; n++) {
      const frame_keypoints3d *joints = &f->keypoints3d[n];
      if (joints->id != f->boxes2d[i].id)
        continue;
      frame_keypoints2d *out = &f->keypoints2d[f->keypoints2d_count++];
      *out = (frame_keypoints2d){.id = joints->id, .camera = (uint16_t)number};
      for (int k = 0; k < KEYPOINT_COUNT; k++) {
        const double *w = joints->world_m[k];
        vec3 p = pose_apply(to_camera, (vec3){w[0], w[1], w[2]});
        double x = def->fx_px * p.x / p.z + def->cx_px, y = def->fy_px * p.y / p.z + def->cy_px;
        if (p.z < 0.1 || x < 0 || y < 0 || x >= c->width_px || y >= c->height_px)
          continue;
        out->px[k][0] = (float)x, out->px[k][1] = (float)y;
        bool own = c->instance[(int)y * c->width_px + (int)x] == joints->id;
        out->visibility[k] = own ? KEYPOINT_VISIBLE : KEYPOINT_HIDDEN;
      }
    }
}

// Labels on demand that agree with depth and instances where that is simple, and numbers of every
// size where it isn't.
static void fill_labels(const camera_def *def, frame_camera *c, rng *noise) {
  for (int y = 0; y < c->height_px; y++)
    for (int x = 0; x < c->width_px; x++) {
      int at = y * c->width_px + x;
      double right = (x + 0.5 - def->cx_px) / def->fx_px;
      double down = (y + 0.5 - def->cy_px) / def->fy_px;
      c->range_m[at] = c->depth_m[at] * (float)sqrt(1 + right * right + down * down);
      for (int k = 0; k < 3; k++)
        c->normal[3 * at + k] = 0;
      c->normal[3 * at + (c->instance[at] ? 2 : 1)] = c->depth_m[at] > 0 ? -NORMAL_STEPS : 0;
      for (int k = 0; k < 2; k++) {
        c->flow[2 * at + k] = (int16_t)(rng_below(noise, 65535) - 32767);
        c->flow_back[2 * at + k] = x == 3 ? FLOW_NONE : (int16_t)(x - y);
      }
      c->occlusion[at] = (uint8_t)rng_below(noise, 32);
      for (int k = 0; k < 3; k++)
        c->albedo[3 * at + k] = c->depth_m[at] > 0 ? c->rgb[3 * at + k] : 0;
      c->mark[at] = (uint8_t)(c->semantic[at] == SEMANTIC_ROAD && x % 16 == 5 ? 1 + y % 8 : 0);
      c->raw[at] = (uint16_t)(y == 0 ? x % (RAW_WHITE + 1) : rng_below(noise, RAW_WHITE + 1));
      for (int k = 0; k < 3; k++) // every size of a half float up to the largest, 0x7bff
        c->hdr[3 * at + k] = (uint16_t)(y == 0 ? 17 * x + k : rng_below(noise, 0x7c00));
    }
  c->shot = (frame_shot){.shutter_s = 0.001 * (1 + rng_below(noise, 16)),
                         .gain = 1 + rng_unit(noise),
                         .system_gain = 0.374,
                         .dark_e = 0.1,
                         .dn_per_cdm2 = 0.25,
                         .white = {1.2, 1, 1.6}};
}

// A rectangle's runs.
static void add_mask(frame *f, frame_box2d *box, const frame_camera *c) {
  const uint32_t h = (uint32_t)c->height_px, w = (uint32_t)c->width_px;
  const uint32_t x0 = (uint32_t)box->amodal[0], y0 = (uint32_t)box->amodal[1];
  const uint32_t x1 = (uint32_t)box->amodal[2], y1 = (uint32_t)box->amodal[3];
  uint32_t *runs = f->amodal_runs + f->amodal_run_count, count = 0, done = 0;
  for (uint32_t x = x0; x < x1; x++)
    if (y1 - y0 < h || x == x0) { // else whole columns, which join
      runs[count++] = x * h + y0 - done;
      runs[count++] = y1 - y0 < h ? y1 - y0 : (x1 - x0) * h;
      done = x * h + y0 + runs[count - 1];
    }
  if (done < w * h)
    runs[count++] = w * h - done;
  box->run_first = (uint32_t)f->amodal_run_count;
  box->run_count = count;
  f->amodal_run_count += (int)count;
}

static void look(drive *d, int number, rng *noise) {
  frame *f = &d->f;
  frame_camera *c = &f->cameras[number];
  const camera_def *def = &d->s.rig.cameras[number];
  pose to_camera = pose_inverse(pose_multiply(f->ego_begin, def->mount));
  paint_background(def, c, noise);
  const int first = f->box2d_count;
  bool done[ACTORS] = {0};
  for (int n = 0; n < f->box3d_count; n++) { // farthest first
    int next = -1, rectangle[4], kept[4];
    double far_m = -1, depth_m = 0, truncation = 0, kept_truncation = 0;
    for (int i = 0; i < f->box3d_count; i++)
      if (!done[i] && project(def, to_camera, &f->boxes3d[i], rectangle, &depth_m, &truncation) &&
          depth_m > far_m) {
        far_m = depth_m, next = i, kept_truncation = truncation;
        memcpy(kept, rectangle, sizeof kept);
      }
    if (next < 0)
      break;
    done[next] = true;
    const frame_box3d *box = &f->boxes3d[next];
    for (int y = kept[1]; y < kept[3]; y++)
      for (int x = kept[0]; x < kept[2]; x++)
        put_pixel(c, y * c->width_px + x, d->actors[next].rgb, far_m, (semantic)box->class, box->id,
                  noise);
    f->boxes2d[f->box2d_count++] =
        (frame_box2d){.id = box->id,
                      .camera = (uint16_t)number,
                      .class = box->class,
                      .kind = box->kind,
                      .amodal = {(float)kept[0], (float)kept[1], (float)kept[2], (float)kept[3]},
                      .amodal_pixels = (uint32_t)((kept[2] - kept[0]) * (kept[3] - kept[1])),
                      .truncation = (float)kept_truncation};
  }
  for (int i = first; i < f->box2d_count; i++)
    measure_visible(&f->boxes2d[i], c);
  for (int i = first; i < f->box2d_count && def->labels & LABEL_AMODAL; i++)
    add_mask(f, &f->boxes2d[i], c);
  if (def->labels & LABEL_FLOW)
    fill_labels(def, c, noise);
  see_joints(d, number, to_camera);
}

static void scan(drive *d, int number, rng *noise) {
  frame *f = &d->f;
  frame_lidar *l = &f->lidars[number];
  pose to_lidar = pose_inverse(pose_multiply(f->ego_begin, d->s.rig.lidars[number].mount));
  l->count = POINTS - rng_below(noise, 500);
  for (int i = 0; i < l->count; i++) {
    vec3 world;
    int hit = i % 4 == 0 ? rng_below(noise, f->box3d_count) : -1;
    if (hit >= 0) {
      frame_box3d *box = &f->boxes3d[hit];
      vec3 on = {rng_uniform(noise, -0.5, 0.5) * box->size_m[0], -0.5 * box->size_m[1],
                 rng_uniform(noise, -0.5, 0.5) * box->size_m[2]};
      world = pose_apply(box->centre, on);
      box->lidar_points[number]++;
    } else {
      double range_m = rng_log_uniform(noise, 2.5, 60), turn = rng_uniform(noise, -3.1416, 3.1416);
      world = pose_apply(f->ego_begin, (vec3){range_m * cos(turn), range_m * sin(turn), 0});
    }
    vec3 p = pose_apply(to_lidar, world);
    l->x_m[i] = (float)p.x, l->y_m[i] = (float)p.y, l->z_m[i] = (float)p.z;
    l->intensity[i] = (float)rng_unit(noise);
    l->ring[i] = (uint16_t)rng_below(noise, 16);
    l->t_ns[i] = i * 16000;
    l->instance[i] = hit >= 0 ? f->boxes3d[hit].id : 0;
    l->semantic[i] = hit >= 0 ? f->boxes3d[hit].class : SEMANTIC_ROAD;
    l->echo[i] = ECHO_SURFACE;
  }
}

const frame *drive_frame(drive *d, uint32_t number) {
  frame *f = &d->f;
  rng noise = rng_at(d->s.seed, RNG_TEST, d->s.index, 1, number);
  const double t_s = 0.1 * number;
  f->frame = number;
  f->time_ns = (int64_t)number * 100000000;
  f->duration_ns = 100000000;
  f->ego_begin = pose_flat(8 * t_s, -1.75, 0, 0.01 * t_s);
  f->ego_end = pose_flat(8 * (t_s + 0.1), -1.75, 0, 0.01 * (t_s + 0.1));
  f->ego_velocity_mps = (vec3){8, 0.01, 0};
  f->ego_acceleration_mps2 = (vec3){0.1 * number, 0, 0};
  f->ego_yaw_rate_radps = 0.01;
  f->weather = d->s.weather;
  f->weather.water_film_mm = 0.01 * number;
  f->box3d_count = ACTORS;
  f->box2d_count = f->amodal_run_count = 0;
  for (int i = 0; i < ACTORS; i++) {
    const actor *a = &d->actors[i];
    double x_m = a->x_m + a->speed_mps * cos(a->yaw_rad) * t_s;
    f->boxes3d[i] = (frame_box3d){.id = a->id,
                                  .class = (uint8_t)a->class,
                                  .kind = (uint8_t)a->kind,
                                  .centre = pose_flat(x_m, a->y_m, a->size_m[2] / 2, a->yaw_rad),
                                  .velocity_mps = {a->speed_mps * cos(a->yaw_rad), 0, 0},
                                  .acceleration_mps2 = {0.5, 0.25, 0},
                                  .yaw_rate_radps = 0.125,
                                  .flags = ACTOR_HEADLIGHTS,
                                  .lane = a->y_m < 0 ? 1 : 2};
    memcpy(f->boxes3d[i].size_m, a->size_m, sizeof a->size_m);
  }
  place_joints(d);
  f->keypoints2d_count = 0;
  for (int i = 0; i < f->camera_count; i++)
    look(d, i, &noise);
  for (int i = 0; i < f->lidar_count; i++)
    scan(d, i, &noise);
  f->signal_count = SIGNALS;
  for (int i = 0; i < SIGNALS; i++)
    d->states[i] = (uint8_t)((number / 5 + (uint32_t)i) % 7), d->left_s[i] = (float)number / 7 - 1;
  return f;
}
