// SPDX-License-Identifier: Apache-2.0
// One frame: what every sensor of the rig saw, and its labels. Plain data, so that
// a shard can be written or read without a device.
#ifndef RENDER_FRAME_H
#define RENDER_FRAME_H

#include <stdint.h>

#include "render/keypoint.h"
#include "scenes/rig.h"
#include "sim/snapshot.h"

/// Optical flow is stored in whole numbers of 1/64 px: within 0.008 px, up to 511 px a frame.
enum { FLOW_STEPS = 64, FLOW_NONE = INT16_MIN };
/// Normals are stored in whole numbers of 1/32767: within 0.003 degrees.
enum { NORMAL_STEPS = 32767 };

/// Bits of the occlusion image: what becomes of a pixel's point in the next frame, and what was
/// of it in the last one; all 0 where it is seen in both.
enum {
  OCCLUSION_HIDDEN = 1,       // something is before it in the next frame
  OCCLUSION_OUTSIDE = 2,      // it is outside of the next image
  OCCLUSION_BACK_HIDDEN = 4,  // the same in the last frame
  OCCLUSION_BACK_OUTSIDE = 8, //
  OCCLUSION_BACK_NONE = 16    // there was no last frame
};

/// What the paint on the road is for, in the low bits of the mark image.
typedef enum frame_mark {
  FRAME_MARK_NONE,
  FRAME_MARK_SOLID,    // a line along lanes
  FRAME_MARK_BROKEN,   // a dash of one
  FRAME_MARK_DOUBLE,   // one of two solid lines side by side
  FRAME_MARK_STOP,     // a stop line, or the blocks where one gives way
  FRAME_MARK_CROSSING, // a bar of a crosswalk
  FRAME_MARK_SYMBOL,   // arrows, bicycles, words
  FRAME_MARK_AREA,     // what nobody drives on: chevrons
  FRAME_MARK_BAY,      // a parking bay's lines
  FRAME_MARK_COUNT,
  FRAME_MARK_YELLOW = 16 // added when the paint is yellow
} frame_mark;

/// What a frame was taken with, by a camera with full electronics; all 0 for others.
typedef struct frame_shot {
  double shutter_s, gain; // gain: 1 and more
  double system_gain;     // K, DN / e-
  double dark_e;          // mean dark electrons of a pixel
  double dn_per_cdm2;     // DN above black that white light of 1 cd/m2 makes in green pixels at the
                          // image's middle
  double white[3];        // factors of red, green and blue pixels that make white white
} frame_shot;

/// Light is stored as IEEE half floats in units of 100 cd/m2: 6e-3 to 6.5e6 cd/m2 within 0.05 %.
enum { HDR_UNIT_CDM2 = 100 };

/// Images are row-major, top row first. NULL: not taken (camera_def's labels; the renderer makes
/// depth, semantic and instance for itself in any case).
typedef struct frame_camera {
  int width_px, height_px;
  uint8_t *rgb;       // (H, W, 3) sRGB
  float *depth_m;     // (H, W) along the camera's z; 0 where nothing was hit
  float *range_m;     // (H, W) along the ray; 0 where nothing was hit
  uint8_t *semantic;  // (H, W) scenes/taxonomy.h
  uint32_t *instance; // (H, W) id; 0 none
  int16_t *normal;    // (H, W, 3) of the triangle hit, camera frame, towards the camera, in
                      // 1/NORMAL_STEPS; 0 0 0 where nothing was hit
  int16_t *flow;      // (H, W, 2) right and down to where the pixel's point is in the next frame,
                      // 1/FLOW_STEPS px; FLOW_NONE twice where it can't be said
  int16_t *flow_back; // (H, W, 2) the same to where it was in the last frame
  uint8_t *occlusion; // (H, W) OCCLUSION_… bits
  uint8_t *albedo;    // (H, W, 3) sRGB of the surface's reflectance; 0 where nothing was hit
  uint8_t *mark;      // (H, W) frame_mark
  uint16_t *raw;      // (H, W) what the sensor read, 0 .. RAW_WHITE, by its Bayer pattern
  uint16_t *hdr;      // (H, W, 3) half floats: linear sRGB light before the lens, in HDR_UNIT_CDM2
  frame_shot shot;
} frame_camera;

typedef enum lidar_echo { ECHO_SURFACE, ECHO_FOG, ECHO_RAIN, ECHO_SNOW } lidar_echo;

/// Points in firing order, returns only. Coordinates are in the lidar's frame at
/// the frame's timestamp: the ego's motion during the turn is taken out, that of
/// the others is not.
typedef struct frame_lidar {
  int count;
  float *x_m, *y_m, *z_m; // (count)
  float *intensity;       // (count) 0..1
  uint16_t *ring;         // (count) 0 is the lowest
  int32_t *t_ns;          // (count) firing time after the frame's timestamp
  uint32_t *instance;     // (count)
  uint8_t *semantic;      // (count)
  uint8_t *echo;          // (count) lidar_echo
} frame_lidar;

/// A 3D box at the frame's timestamp, of what thing_has_boxes() names: vehicles and people
/// wherever they are, signs, signal heads, cones and barriers up to 200 m from the ego.
typedef struct frame_box3d {
  uint32_t id;                          // the track id: the same thing in all frames
  uint8_t class;                        // semantic
  uint8_t kind;                         // thing_kind
  pose centre;                          // box frame (x forward, origin at the box centre) -> world
  double size_m[3];                     // l w h
  vec3 velocity_mps, acceleration_mps2; // world
  double yaw_rate_radps;
  uint32_t lidar_points[RIG_LIDARS]; // surface returns by lidar
  uint32_t flags;                    // ACTOR_… lights
  int lane;                          // lane_path id
} frame_box3d;

/// A 2D box in one camera, for ids that the camera could see. Pixels; x0 <= x1.
typedef struct frame_box2d {
  uint32_t id;
  uint16_t camera;
  uint8_t class, kind;
  float amodal[4];  // x0 y0 x1 y1 of all pixels the thing alone would cover
  float visible[4]; // of those not occluded; all 0 when none is
  uint32_t visible_pixels, amodal_pixels;
  float visible_fraction; // visible_pixels / amodal_pixels
  float truncation;       // share of the projected 3D box outside the image, 0..1
  // Its amodal mask in the frame's amodal_runs, or 0 runs: lengths of pixels outside and inside
  // by turns, outside first, column by column through the whole image (COCO's counts).
  uint32_t run_first, run_count;
} frame_box2d;

/// The joints of a person, on foot or in a saddle, whose box has that id: of the walk's phase that
/// is drawn, at the frame's timestamp.
typedef struct frame_keypoints3d {
  uint32_t id;
  double world_m[KEYPOINT_COUNT][3];
} frame_keypoints3d;

/// Where one camera sees them; for ids that have a 2D box there.
typedef struct frame_keypoints2d {
  uint32_t id;
  uint16_t camera;
  float px[KEYPOINT_COUNT][2];
  uint8_t visibility[KEYPOINT_COUNT]; // keypoint_visibility
} frame_keypoints2d;

typedef struct frame {
  int64_t time_ns;
  uint32_t scene, frame;
  pose ego_begin, ego_end; // ego frame -> world at the timestamp and at the interval's end
  int64_t duration_ns;
  vec3 ego_velocity_mps, ego_acceleration_mps2;
  double ego_yaw_rate_radps;
  weather_state weather;
  int camera_count, lidar_count;
  frame_camera cameras[RIG_CAMERAS];
  frame_lidar lidars[RIG_LIDARS];
  int box3d_count;
  frame_box3d *boxes3d;
  int box2d_count;
  frame_box2d *boxes2d;
  int amodal_run_count;
  uint32_t *amodal_runs; // (amodal_run_count) of the boxes, one after the other
  int keypoints3d_count, keypoints2d_count;
  frame_keypoints3d *keypoints3d;
  frame_keypoints2d *keypoints2d;
  int signal_count;
  uint8_t *signals;     // signal_color by road_signal id - 1
  float *signal_left_s; // seconds until it changes, -1 not settled yet; NULL: none is known
} frame;

#endif
