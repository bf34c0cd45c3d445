// SPDX-License-Identifier: Apache-2.0
// Between a frame's structs and the shard's rows, both ways, so that what one writes
// the other reads back.
#ifndef EXPORT_SHARD_ROWS_H
#define EXPORT_SHARD_ROWS_H

#include "export/shard_format.h"
#include "render/frame.h"

shard_frames_row shard_frame_row(const frame *f, uint32_t scene_row);
void shard_frame_from(frame *f, const shard_frames_row *row);

shard_weather_row shard_weather_row_of(const weather_state *weather);
weather_state shard_weather_from(const shard_weather_row *row);

shard_boxes3d_row shard_box3d_row(const frame_box3d *box);
frame_box3d shard_box3d_from(const shard_boxes3d_row *row);

shard_boxes2d_row shard_box2d_row(const frame_box2d *box);
frame_box2d shard_box2d_from(const shard_boxes2d_row *row);

shard_keypoints3d_row shard_keypoints3d_row_of(const frame_keypoints3d *joints);
frame_keypoints3d shard_keypoints3d_from(const shard_keypoints3d_row *row);

shard_keypoints2d_row shard_keypoints2d_row_of(const frame_keypoints2d *joints);
frame_keypoints2d shard_keypoints2d_from(const shard_keypoints2d_row *row);

shard_shots_row shard_shot_row(const frame_shot *shot);
frame_shot shard_shot_from(const shard_shots_row *row);
shard_camera_calib_row shard_camera_row(const camera_def *camera);
/// Leaves the name and the image's size alone.
void shard_camera_from(camera_def *camera, const shard_camera_calib_row *row);

shard_lidar_calib_row shard_lidar_row_of(const lidar_def *lidar);
void shard_lidar_from(lidar_def *lidar, const shard_lidar_calib_row *row);

/// The columns of a lidar's points, in SHARD_LIDAR's order.
void shard_lidar_columns(const frame_lidar *lidar, const void *columns[SHARD_COLUMNS_MAX]);

#endif
