// SPDX-License-Identifier: Apache-2.0
#include "export/shard_rows.h"

#include <string.h>

static const double HALF_PI = 1.57079632679489661923;

static void pose_to(double out[7], pose p) {
  const double values[7] = {p.p_m.x, p.p_m.y, p.p_m.z, p.q.w, p.q.x, p.q.y, p.q.z};
  memcpy(out, values, sizeof values);
}

static pose pose_from(const double in[7]) {
  return (pose){.p_m = {in[0], in[1], in[2]}, .q = {in[3], in[4], in[5], in[6]}};
}

static vec3 vec3_from(const double in[3]) {
  return (vec3){in[0], in[1], in[2]};
}

shard_frames_row shard_frame_row(const frame *f, uint32_t scene_row) {
  vec3 v = f->ego_velocity_mps, a = f->ego_acceleration_mps2;
  shard_frames_row row = {.timestamp_ns = {f->time_ns},
                          .duration_ns = {f->duration_ns},
                          .scene = {f->scene},
                          .scene_row = {scene_row},
                          .frame = {f->frame},
                          .ego_velocity = {v.x, v.y, v.z},
                          .ego_acceleration = {a.x, a.y, a.z},
                          .ego_yaw_rate = {f->ego_yaw_rate_radps}};
  pose_to(row.ego_pose, f->ego_begin);
  pose_to(row.ego_pose_end, f->ego_end);
  return row;
}

void shard_frame_from(frame *f, const shard_frames_row *row) {
  f->time_ns = row->timestamp_ns[0];
  f->duration_ns = row->duration_ns[0];
  f->scene = row->scene[0];
  f->frame = row->frame[0];
  f->ego_begin = pose_from(row->ego_pose);
  f->ego_end = pose_from(row->ego_pose_end);
  f->ego_velocity_mps = vec3_from(row->ego_velocity);
  f->ego_acceleration_mps2 = vec3_from(row->ego_acceleration);
  f->ego_yaw_rate_radps = row->ego_yaw_rate[0];
}

// The weather's columns have the names of the struct's members.
shard_weather_row shard_weather_row_of(const weather_state *weather) {
#define COPY(member, ...) .member = {weather->member},
  return (shard_weather_row){SHARD_WEATHER(COPY)};
#undef COPY
}

weather_state shard_weather_from(const shard_weather_row *row) {
#define COPY(member, ...) .member = row->member[0],
  return (weather_state){SHARD_WEATHER(COPY)};
#undef COPY
}

shard_boxes3d_row shard_box3d_row(const frame_box3d *box) {
  vec3 v = box->velocity_mps, a = box->acceleration_mps2;
  shard_boxes3d_row row = {.id = {box->id},
                           .class = {box->class},
                           .kind = {box->kind},
                           .size = {box->size_m[0], box->size_m[1], box->size_m[2]},
                           .velocity = {v.x, v.y, v.z},
                           .acceleration = {a.x, a.y, a.z},
                           .yaw_rate = {box->yaw_rate_radps},
                           .flags = {box->flags},
                           .lane = {box->lane}};
  pose_to(row.pose, box->centre);
  memcpy(row.lidar_points, box->lidar_points, sizeof row.lidar_points);
  return row;
}

frame_box3d shard_box3d_from(const shard_boxes3d_row *row) {
  frame_box3d box = {.id = row->id[0],
                     .class = row->class[0],
                     .kind = row->kind[0],
                     .centre = pose_from(row->pose),
                     .size_m = {row->size[0], row->size[1], row->size[2]},
                     .velocity_mps = vec3_from(row->velocity),
                     .acceleration_mps2 = vec3_from(row->acceleration),
                     .yaw_rate_radps = row->yaw_rate[0],
                     .flags = row->flags[0],
                     .lane = row->lane[0]};
  memcpy(box.lidar_points, row->lidar_points, sizeof box.lidar_points);
  return box;
}

shard_boxes2d_row shard_box2d_row(const frame_box2d *box) {
  shard_boxes2d_row row = {.id = {box->id},
                           .camera = {box->camera},
                           .class = {box->class},
                           .kind = {box->kind},
                           .visible_pixels = {box->visible_pixels},
                           .amodal_pixels = {box->amodal_pixels},
                           .visible_fraction = {box->visible_fraction},
                           .truncation = {box->truncation}};
  memcpy(row.amodal, box->amodal, sizeof row.amodal);
  memcpy(row.visible, box->visible, sizeof row.visible);
  return row;
}

frame_box2d shard_box2d_from(const shard_boxes2d_row *row) {
  frame_box2d box = {.id = row->id[0],
                     .camera = row->camera[0],
                     .class = row->class[0],
                     .kind = row->kind[0],
                     .visible_pixels = row->visible_pixels[0],
                     .amodal_pixels = row->amodal_pixels[0],
                     .visible_fraction = row->visible_fraction[0],
                     .truncation = row->truncation[0]};
  memcpy(box.amodal, row->amodal, sizeof box.amodal);
  memcpy(box.visible, row->visible, sizeof box.visible);
  return box;
}

shard_keypoints3d_row shard_keypoints3d_row_of(const frame_keypoints3d *joints) {
  shard_keypoints3d_row row = {.id = {joints->id}};
  _Static_assert(sizeof row.world == sizeof joints->world_m, "the same numbers");
  memcpy(row.world, joints->world_m, sizeof row.world);
  return row;
}

frame_keypoints3d shard_keypoints3d_from(const shard_keypoints3d_row *row) {
  frame_keypoints3d joints = {.id = row->id[0]};
  memcpy(joints.world_m, row->world, sizeof row->world);
  return joints;
}

shard_keypoints2d_row shard_keypoints2d_row_of(const frame_keypoints2d *joints) {
  shard_keypoints2d_row row = {.id = {joints->id}, .camera = {joints->camera}};
  _Static_assert(sizeof row.px == sizeof joints->px, "the same numbers");
  memcpy(row.px, joints->px, sizeof row.px);
  memcpy(row.visibility, joints->visibility, sizeof row.visibility);
  return row;
}

frame_keypoints2d shard_keypoints2d_from(const shard_keypoints2d_row *row) {
  frame_keypoints2d joints = {.id = row->id[0], .camera = row->camera[0]};
  memcpy(joints.px, row->px, sizeof row->px);
  memcpy(joints.visibility, row->visibility, sizeof row->visibility);
  return joints;
}

shard_shots_row shard_shot_row(const frame_shot *shot) {
  shard_shots_row row = {.shutter_s = {shot->shutter_s},
                         .gain = {shot->gain},
                         .system_gain = {shot->system_gain},
                         .dark_e = {shot->dark_e},
                         .dn_per_cdm2 = {shot->dn_per_cdm2}};
  memcpy(row.white, shot->white, sizeof row.white);
  return row;
}

frame_shot shard_shot_from(const shard_shots_row *row) {
  frame_shot shot = {.shutter_s = row->shutter_s[0],
                     .gain = row->gain[0],
                     .system_gain = row->system_gain[0],
                     .dark_e = row->dark_e[0],
                     .dn_per_cdm2 = row->dn_per_cdm2[0]};
  memcpy(shot.white, row->white, sizeof shot.white);
  return shot;
}

// Of pixels of the image, which binning puts together.
static void electronics_to(shard_camera_calib_row *row, const electronics_def *e, int binning) {
  row->electronics[0] = 1;
  row->bayer[0] = (uint8_t)e->bayer;
  row->black_level[0] = (uint16_t)e->black;
  row->full_well_e[0] = electronics_full_well(e, binning);
  row->quantum_efficiency[0] = e->efficiency;
  row->read_noise_e[0] = e->read_e * binning;
  row->dsnu_e[0] = e->dsnu_e * binning;
  row->prnu[0] = e->prnu / binning;
  memcpy(row->ccm, e->ccm, sizeof row->ccm);
}

static void electronics_from(electronics_def *e, const shard_camera_calib_row *row, int binning) {
  e->full = row->electronics[0] == 1;
  if (!e->full)
    return;
  e->bayer = row->bayer[0] < BAYER_COUNT ? (bayer)row->bayer[0] : BAYER_RGGB;
  e->black = row->black_level[0];
  e->full_well_e = row->full_well_e[0] / (binning * binning);
  e->efficiency = row->quantum_efficiency[0];
  e->read_e = row->read_noise_e[0] / binning;
  e->dsnu_e = row->dsnu_e[0] / binning;
  e->prnu = row->prnu[0] * binning;
  memcpy(e->ccm, row->ccm, sizeof e->ccm);
}

shard_camera_calib_row shard_camera_row(const camera_def *camera) {
  bool pinhole = camera->model == LENS_PINHOLE, whole = camera->sensor_px[0] <= 0;
  int binning = camera->binning > 0 ? camera->binning : 1;
  const int all[4] = {0, 0, camera->width_px * binning, camera->height_px * binning};
  shard_camera_calib_row row = {
      .K = {camera->fx_px, 0, camera->cx_px, 0, camera->fy_px, camera->cy_px, 0, 0, 1},
      .readout_s = {camera->readout_s},
      .model = {(uint8_t)camera->model},
      .field_rad = {pinhole ? HALF_PI : camera->field_rad},
      .exposure_s = {camera->exposure_s},
      .binning = {(uint8_t)binning}};
  pose_to(row.extrinsics, camera->mount);
  memcpy(row.coefficients, camera->coefficients, sizeof row.coefficients);
  if (camera->model == LENS_BROWN_CONRADY)
    memcpy(row.distortion, camera->coefficients, sizeof row.distortion);
  if (camera->electronics.full)
    electronics_to(&row, &camera->electronics, binning);
  for (int i = 0; i < 2; i++)
    row.sensor[i] = (uint32_t)(whole ? all[2 + i] : camera->sensor_px[i]);
  for (int i = 0; i < 4; i++)
    row.crop[i] = (uint32_t)(whole ? all[i] : camera->crop_px[i]);
  return row;
}

void shard_camera_from(camera_def *camera, const shard_camera_calib_row *row) {
  camera->fx_px = row->K[0];
  camera->cx_px = row->K[2];
  camera->fy_px = row->K[4];
  camera->cy_px = row->K[5];
  camera->readout_s = row->readout_s[0];
  camera->mount = pose_from(row->extrinsics);
  camera->model = (lens_model)row->model[0];
  memcpy(camera->coefficients, row->coefficients, sizeof camera->coefficients);
  camera->field_rad = row->field_rad[0] > 0 ? row->field_rad[0] : HALF_PI; // 0 before format 1.8
  camera->exposure_s = row->exposure_s[0];
  camera->binning = row->binning[0] ? row->binning[0] : 1;
  electronics_from(&camera->electronics, row, camera->binning);
  for (int i = 0; i < 2; i++)
    camera->sensor_px[i] = (int)row->sensor[i];
  for (int i = 0; i < 4; i++)
    camera->crop_px[i] = (int)row->crop[i];
}

shard_lidar_calib_row shard_lidar_row_of(const lidar_def *lidar) {
  shard_lidar_calib_row row = {.rings = {(uint32_t)lidar->rings},
                               .azimuth_steps = {(uint32_t)lidar->azimuth_steps},
                               .rotation_hz = {lidar->rotation_hz},
                               .range_m = {lidar->range_min_m, lidar->range_max_m},
                               .range_noise_m = {lidar->range_noise_m},
                               .divergence_rad = {lidar->divergence_rad}};
  pose_to(row.extrinsics, lidar->mount);
  for (int i = 0; i < lidar->rings && i < RIG_RINGS; i++)
    row.elevation_rad[i] = lidar->elevation_rad[i];
  return row;
}

void shard_lidar_from(lidar_def *lidar, const shard_lidar_calib_row *row) {
  lidar->rings = (int)row->rings[0];
  memcpy(lidar->elevation_rad, row->elevation_rad, sizeof lidar->elevation_rad);
  lidar->azimuth_steps = (int)row->azimuth_steps[0];
  lidar->rotation_hz = row->rotation_hz[0];
  lidar->range_min_m = row->range_m[0];
  lidar->range_max_m = row->range_m[1];
  lidar->range_noise_m = row->range_noise_m[0];
  lidar->divergence_rad = row->divergence_rad[0];
  lidar->mount = pose_from(row->extrinsics);
}

void shard_lidar_columns(const frame_lidar *lidar, const void *columns[SHARD_COLUMNS_MAX]) {
  const void *const list[] = {lidar->x_m,       lidar->y_m,      lidar->z_m,
                              lidar->intensity, lidar->ring,     lidar->t_ns,
                              lidar->instance,  lidar->semantic, lidar->echo};
  _Static_assert(sizeof list / sizeof list[0] <= SHARD_COLUMNS_MAX, "room for every column");
  memcpy(columns, list, sizeof list);
}
