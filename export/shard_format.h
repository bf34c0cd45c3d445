// SPDX-License-Identifier: Apache-2.0
// What a shard holds, column by column: the one list that the writer, the reader and
// the format page share. A table is a group of equally long datasets; each list below
// expands to the struct of one row and to the description of its columns.
#ifndef EXPORT_SHARD_FORMAT_H
#define EXPORT_SHARD_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/frame.h"
#include "render/keypoint.h"
#include "scenes/rig.h"
#include "scenes/scene.h"
#include "scenes/weather.h"

#define SHARD_FORMAT "roadloom"
#define SHARD_FORMAT_VERSION "1.10.0"

typedef enum shard_type {
  SHARD_U8,
  SHARD_U16,
  SHARD_U32,
  SHARD_U64,
  SHARD_I16,
  SHARD_I32,
  SHARD_I64,
  SHARD_F16,
  SHARD_F32,
  SHARD_F64,
  SHARD_TEXT, ///< fixed length UTF-8, padded with NUL; d0 is its length in bytes
  SHARD_TYPE_COUNT
} shard_type;

/// d0 of a column with one value for each lidar of the rig (one zero when there is none).
#define SHARD_PER_LIDAR (-1)

/// What the rows of a table belong to. Ragged tables have a dataset "offset" with one
/// entry more than there are frames (scenes, lines): rows of i are offset[i] .. offset[i+1].
typedef enum shard_owner {
  SHARD_A_ROW_A_SCENE,
  SHARD_A_ROW_A_FRAME,
  SHARD_RAGGED_BY_FRAME,
  SHARD_RAGGED_BY_SCENE,
  SHARD_RAGGED_BY_LINE,
  SHARD_RAGGED_BY_BOX, // of /boxes2d
  SHARD_LOOSE
} shard_owner;

// X(member, C type, type, d0, d1, units, frame, invalid, description): shape (N), (N, d0) or
// (N, d0, d1). Poses are x y z qw qx qy qz and map their own frame to the one named.

#define SHARD_SCENES(X)                                                                            \
  X(index, uint32_t, U32, 0, 0, "1", "none", "none", "number of the scene in the job")             \
  X(seed, uint64_t, U64, 0, 0, "1", "none", "none", "seed of the job")                             \
  X(attempt, uint32_t, U32, 0, 0, "1", "none", "none", "draws that require_that() had rejected")   \
  X(hash, uint64_t, U64, 0, 0, "1", "none", "none", "content hash of the concrete scene")          \
  X(place, char, TEXT, SCENE_PLACE_NAME, 0, "text", "none", "empty", "kind of place")              \
  X(weather, char, TEXT, 16, 0, "text", "none", "empty",                                           \
    "weather at the start: clear, cloudy, overcast, fog, rain or snow")                            \
  X(light, char, TEXT, 8, 0, "text", "none", "empty", "light at the start: day, dusk or night")    \
  X(duration_s, double, F64, 0, 0, "s", "none", "none", "length of the scene")                     \
  X(frame_hz, double, F64, 0, 0, "Hz", "none", "none", "frames per second")                        \
  X(step_s, double, F64, 0, 0, "s", "none", "none", "time step of the simulation")                 \
  X(frame_first, uint64_t, U64, 0, 0, "1", "none", "none", "row of its first frame in /frames")    \
  X(frame_count, uint64_t, U64, 0, 0, "1", "none", "none", "frames of the scene in this shard")

#define SHARD_FRAMES(X)                                                                            \
  X(timestamp_ns, int64_t, I64, 0, 0, "ns", "none", "none", "time since the scene began")          \
  X(duration_ns, int64_t, I64, 0, 0, "ns", "none", "none", "interval that the sensors looked at")  \
  X(scene, uint32_t, U32, 0, 0, "1", "none", "none", "number of the scene in the job")             \
  X(scene_row, uint32_t, U32, 0, 0, "1", "none", "none",                                           \
    "row of the scene in /scenes, /map and in the sensors' calibration")                           \
  X(frame, uint32_t, U32, 0, 0, "1", "none", "none", "number of the frame in its scene")           \
  X(ego_pose, double, F64, 7, 0, "m, 1", "ego to world", "none",                                   \
    "pose of the ego at the timestamp: x y z qw qx qy qz")                                         \
  X(ego_pose_end, double, F64, 7, 0, "m, 1", "ego to world", "none",                               \
    "pose of the ego at the end of the interval")                                                  \
  X(ego_velocity, double, F64, 3, 0, "m/s", "world", "none", "velocity of the ego's origin")       \
  X(ego_acceleration, double, F64, 3, 0, "m/s^2", "world", "none", "its acceleration")             \
  X(ego_yaw_rate, double, F64, 0, 0, "rad/s", "world", "none", "turn rate, left positive")

#define SHARD_WEATHER(X)                                                                           \
  X(cloud_cover, double, F64, 0, 0, "1", "none", "none", "0 blue sky .. 1 overcast")               \
  X(rain_mmh, double, F64, 0, 0, "mm/h", "none", "none", "rain rate")                              \
  X(snow_mmh, double, F64, 0, 0, "mm/h", "none", "none", "snowfall as water")                      \
  X(fog_visibility_m, double, F64, 0, 0, "m", "none", "none",                                      \
    "meteorological optical range at 5 % contrast; 50000 is clean air")                            \
  X(water_film_mm, double, F64, 0, 0, "mm", "none", "none", "mean depth of water on the road")     \
  X(wetness, double, F64, 0, 0, "1", "none", "none", "0 dry .. 1 soaked surfaces")                 \
  X(snow_depth_mm, double, F64, 0, 0, "mm", "none", "none", "lying snow")                          \
  X(wind_mps, double, F64, 0, 0, "m/s", "none", "none", "wind speed")                              \
  X(wind_heading_rad, double, F64, 0, 0, "rad", "world", "none", "direction it blows to")          \
  X(temperature_c, double, F64, 0, 0, "degC", "none", "none", "air temperature")                   \
  X(turbidity, double, F64, 0, 0, "1", "none", "none", "haze, 2 clean .. 10")                      \
  X(sun_azimuth_rad, double, F64, 0, 0, "rad", "world", "none",                                    \
    "heading of the sun: 0 east, pi/2 north")                                                      \
  X(sun_elevation_rad, double, F64, 0, 0, "rad", "world", "none",                                  \
    "above the horizon, negative at night")

#define SHARD_BOXES3D(X)                                                                           \
  X(id, uint32_t, U32, 0, 0, "1", "none", "0", "track id, the same thing in every modality")       \
  X(class, uint8_t, U8, 0, 0, "1", "none", "0", "semantic class, see the attribute taxonomy")      \
  X(kind, uint8_t, U8, 0, 0, "1", "none", "none", "kind of thing, see the attribute kinds")        \
  X(pose, double, F64, 7, 0, "m, 1", "box to world", "none",                                       \
    "box centre and heading at the timestamp: x y z qw qx qy qz; x is forward")                    \
  X(size, double, F64, 3, 0, "m", "box", "none", "length, width, height")                          \
  X(velocity, double, F64, 3, 0, "m/s", "world", "none", "velocity")                               \
  X(acceleration, double, F64, 3, 0, "m/s^2", "world", "none", "acceleration")                     \
  X(yaw_rate, double, F64, 0, 0, "rad/s", "world", "none", "turn rate, left positive")             \
  X(lidar_points, uint32_t, U32, SHARD_PER_LIDAR, 0, "1", "none", "none",                          \
    "surface returns by lidar, in the order of the attribute names of /lidars")                    \
  X(flags, uint32_t, U32, 0, 0, "bits", "none", "none",                                            \
    "1 brake lights, 2 left, 4 right indicator, 8 headlights, 16 indicator lit just now; its "     \
    "driver breaks rules: 32 red lights, 64 late braking, 128 speeding, 256 right of way, 512 "    \
    "tailgating, since 1.5; since 1.6: 1024 a bus at its stop, 2048 siren on, 4096 left, 8192 "    \
    "right blue lamp lit just now, 16384 makes way for a siren; 32768 the driver's door stands "   \
    "open: the box is that of car and door")                                                       \
  X(lane, int32_t, I32, 0, 0, "1", "none", "0", "id of the lane it is on")

#define SHARD_BOXES2D(X)                                                                           \
  X(id, uint32_t, U32, 0, 0, "1", "none", "0", "track id, the same thing in every modality")       \
  X(camera, uint16_t, U16, 0, 0, "1", "none", "none",                                              \
    "camera, in the order of the attribute names of /cameras")                                     \
  X(class, uint8_t, U8, 0, 0, "1", "none", "0", "semantic class, see the attribute taxonomy")      \
  X(kind, uint8_t, U8, 0, 0, "1", "none", "none", "kind of thing, see the attribute kinds")        \
  X(amodal, float, F32, 4, 0, "px", "image", "none",                                               \
    "x0 y0 x1 y1 of all pixels that the thing alone would cover")                                  \
  X(visible, float, F32, 4, 0, "px", "image", "0 0 0 0",                                           \
    "x0 y0 x1 y1 of its pixels that nothing hides; all 0 when none is")                            \
  X(visible_pixels, uint32_t, U32, 0, 0, "px", "image", "none", "pixels that nothing hides")       \
  X(amodal_pixels, uint32_t, U32, 0, 0, "px", "image", "none", "pixels of the thing alone")        \
  X(visible_fraction, float, F32, 0, 0, "1", "image", "none", "visible_pixels / amodal_pixels")    \
  X(truncation, float, F32, 0, 0, "1", "image", "none",                                            \
    "share of the projected 3D box that lies outside the image, 0..1: of the area of its "         \
    "rectangle; of its solid angle with lenses that aren't perspective")

#define SHARD_AMODAL(X)                                                                            \
  X(run, uint32_t, U32, 0, 0, "px", "image", "none",                                               \
    "lengths of pixels outside and inside of the mask by turns, outside first, column by column "  \
    "through the whole image: COCO's uncompressed counts")

#define SHARD_KEYPOINTS3D(X)                                                                       \
  X(id, uint32_t, U32, 0, 0, "1", "none", "0", "track id: of a person, or of what it rides")       \
  X(world, double, F64, KEYPOINT_COUNT, 3, "m", "world", "none",                                   \
    "joints at the timestamp, in the order of the attribute keypoints: x y z")

#define SHARD_KEYPOINTS2D(X)                                                                       \
  X(id, uint32_t, U32, 0, 0, "1", "none", "0", "track id, as in /keypoints3d")                     \
  X(camera, uint16_t, U16, 0, 0, "1", "none", "none",                                              \
    "camera, in the order of the attribute names of /cameras")                                     \
  X(px, float, F32, KEYPOINT_COUNT, 2, "px", "image", "0 0",                                       \
    "x y of the joints; 0 0 where they aren't in the image")                                       \
  X(visibility, uint8_t, U8, KEYPOINT_COUNT, 0, "1", "image", "0",                                 \
    "COCO's v: 0 not in the image, 1 hidden, by the person itself, too, 2 visible")

#define SHARD_SIGNALS(X)                                                                           \
  X(id, uint32_t, U32, 0, 0, "1", "none", "0", "id of the signal, see /map/signals")               \
  X(state, uint8_t, U8, 0, 0, "1", "none", "0",                                                    \
    "0 off, 1 red, 2 red and yellow, 3 green, 4 "                                                  \
    "yellow, 5 flashing yellow and lit just now, 6 flashing yellow and dark just now")             \
  X(left_s, float, F32, 0, 0, "s", "none", "-1",                                                   \
    "time until the state changes; -1 where that isn't settled yet or never; since 1.5")

#define SHARD_LIDAR(X)                                                                             \
  X(x, float, F32, 0, 0, "m", "lidar", "none",                                                     \
    "forward; motion of the ego during the turn is taken out")                                     \
  X(y, float, F32, 0, 0, "m", "lidar", "none", "left")                                             \
  X(z, float, F32, 0, 0, "m", "lidar", "none", "up")                                               \
  X(intensity, float, F32, 0, 0, "1", "none", "none", "0..1")                                      \
  X(ring, uint16_t, U16, 0, 0, "1", "none", "none", "0 is the lowest")                             \
  X(t_ns, int32_t, I32, 0, 0, "ns", "none", "none", "firing time after the frame's timestamp")     \
  X(instance, uint32_t, U32, 0, 0, "1", "none", "0", "id of the thing that was hit")               \
  X(semantic, uint8_t, U8, 0, 0, "1", "none", "0", "semantic class")                               \
  X(echo, uint8_t, U8, 0, 0, "1", "none", "none", "0 surface, 1 fog, 2 rain, 3 snow")

#define SHARD_CAMERA_CALIB(X)                                                                      \
  X(K, double, F64, 3, 3, "px", "camera to image", "none",                                         \
    "fx 0 cx, 0 fy cy, 0 0 1 of the lens's model; pixel centres at +0.5")                          \
  X(distortion, double, F64, 5, 0, "1", "camera", "none",                                          \
    "k1 k2 p1 p2 k3 of a Brown-Conrady lens; all 0 for others")                                    \
  X(extrinsics, double, F64, 7, 0, "m, 1", "camera to ego", "none",                                \
    "mount of the camera (x right, y down, z forward): x y z qw qx qy qz")                         \
  X(readout_s, double, F64, 0, 0, "s", "none", "0",                                                \
    "rolling shutter, first to last row; 0 global")                                                \
  X(model, uint8_t, U8, 0, 0, "1", "none", "none",                                                 \
    "of the lens: 0 pinhole, 1 Brown-Conrady, 2 Kannala-Brandt, 3 f-theta, 4 equirectangular; "    \
    "since 1.8")                                                                                   \
  X(coefficients, double, F64, LENS_COEFFICIENTS, 0, "1", "camera", "0 past the model's own",      \
    "k1 k2 p1 p2 k3 k4 k5 k6 of Brown-Conrady, k1 k2 k3 k4 of Kannala-Brandt and f-theta; since "  \
    "1.8")                                                                                         \
  X(field_rad, double, F64, 0, 0, "rad", "camera", "none",                                         \
    "how far from the axis the lens sees; a pinhole: to pi/2; since 1.8")                          \
  X(exposure_s, double, F64, 0, 0, "s", "none", "0",                                               \
    "how long each row is exposed, from the time of its labels on; since 1.8")                     \
  X(sensor, uint32_t, U32, 2, 0, "px", "none", "none",                                             \
    "width and height of the whole sensor; since 1.8")                                             \
  X(crop, uint32_t, U32, 4, 0, "px", "none", "none",                                               \
    "what is read of it: x y width height; K has it and the binning in it; since 1.8")             \
  X(binning, uint8_t, U8, 0, 0, "px", "none", "none",                                              \
    "sensor pixels a side that make one of the image; since 1.8")                                  \
  X(electronics, uint8_t, U8, 0, 0, "1", "none", "0",                                              \
    "0 simple, 1 full: the columns below and /cameras/NAME/shots say more; since 1.9")             \
  X(bayer, uint8_t, U8, 0, 0, "1", "image", "0",                                                   \
    "colours of the pixels at (0, 0), (1, 0), (0, 1), (1, 1): 0 RGGB, 1 BGGR, 2 GRBG, 3 GBRG; "    \
    "since 1.9")                                                                                   \
  X(black_level, uint16_t, U16, 0, 0, "DN", "none", "0", "raw value of no light; since 1.9")       \
  X(full_well_e, double, F64, 0, 0, "e-", "none", "0",                                             \
    "electrons that a pixel of the image holds; since 1.9")                                        \
  X(quantum_efficiency, double, F64, 0, 0, "e-/photon", "none", "0",                               \
    "electrons a photon; "                                                                         \
    "since 1.9")                                                                                   \
  X(read_noise_e, double, F64, 0, 0, "e-", "none", "0",                                            \
    "temporal noise in the dark, sigma; "                                                          \
    "since 1.9")                                                                                   \
  X(dsnu_e, double, F64, 0, 0, "e-", "none", "0", "fixed pattern in the dark, sigma; since 1.9")   \
  X(prnu, double, F64, 0, 0, "1", "none", "0", "fixed pattern of the response, sigma; since 1.9")  \
  X(ccm, double, F64, 3, 3, "1", "none", "0",                                                      \
    "linear sRGB of white-balanced sensor colour; since 1.9")

#define SHARD_SHOTS(X)                                                                             \
  X(shutter_s, double, F64, 0, 0, "s", "none", "none", "how long pixels gathered light")           \
  X(gain, double, F64, 0, 0, "1", "none", "none", "gain of the sensor, 1 and more")                \
  X(system_gain, double, F64, 0, 0, "DN/e-", "none", "none", "K of EMVA 1288, with that gain")     \
  X(dark_e, double, F64, 0, 0, "e-", "none", "none", "mean dark electrons of a pixel")             \
  X(dn_per_cdm2, double, F64, 0, 0, "DN m^2/cd", "none", "none",                                   \
    "what white light of 1 cd/m^2 adds to raw in green pixels without vignetting")                 \
  X(white, double, F64, 3, 0, "1", "none", "none",                                                 \
    "factors of red, green and blue pixels that make white white")

#define SHARD_LIDAR_CALIB(X)                                                                       \
  X(extrinsics, double, F64, 7, 0, "m, 1", "lidar to ego", "none",                                 \
    "mount of the lidar (x forward, y left, z up): x y z qw qx qy qz")                             \
  X(rings, uint32_t, U32, 0, 0, "1", "none", "none", "beams")                                      \
  X(elevation_rad, double, F64, RIG_RINGS, 0, "rad", "lidar", "0 past the last ring",              \
    "beam elevations, ring 0 first")                                                               \
  X(azimuth_steps, uint32_t, U32, 0, 0, "1", "none", "none", "firings a turn")                     \
  X(rotation_hz, double, F64, 0, 0, "Hz", "none", "none", "turns per second")                      \
  X(range_m, double, F64, 2, 0, "m", "lidar", "none", "nearest and farthest return")               \
  X(range_noise_m, double, F64, 0, 0, "m", "lidar", "none", "standard deviation of the range")     \
  X(divergence_rad, double, F64, 0, 0, "rad", "lidar", "none", "full divergence of a beam")

#define SHARD_TRACKS(X)                                                                            \
  X(id, uint32_t, U32, 0, 0, "1", "none", "0", "track and instance id")                            \
  X(class, uint8_t, U8, 0, 0, "1", "none", "0", "semantic class, see the attribute taxonomy")      \
  X(kind, uint8_t, U8, 0, 0, "1", "none", "none", "kind of thing, see the attribute kinds")        \
  X(role, uint8_t, U8, 0, 0, "1", "none", "none", "0 never moves, 1 vehicle, 2 person, 3 the ego") \
  X(size, double, F64, 3, 0, "m", "box", "none", "length, width, height")                          \
  X(pose, double, F64, 7, 0, "m, 1", "box to world", "all 0",                                      \
    "box centre of what never moves: x y z qw qx qy qz; x is where its face looks; since 1.3")     \
  X(sign, uint8_t, U8, 0, 0, "1", "none", "0",                                                     \
    "what a traffic sign says, see the attribute signs; since 1.3")                                \
  X(sign_number, uint16_t, U16, 0, 0, "1", "none", "0",                                            \
    "the number on it: of a speed limit, km/h; since 1.3")                                         \
  X(signal, uint32_t, U32, 0, 0, "1", "none", "0",                                                 \
    "signal that a head shows, see /map/signals and /signals; since 1.3")                          \
  X(driver, uint8_t, U8, 0, 0, "1", "none", "0",                                                   \
    "of a moving vehicle: 1 normal, 2 aggressive, 3 cautious; since 1.5")                          \
  X(breaks, uint8_t, U8, 0, 0, "bits", "none", "0",                                                \
    "rules that its driver breaks: 1 red lights, 2 late braking, 4 speeding, 8 right of way, 16 "  \
    "tailgating; since 1.5")                                                                       \
  X(tows, uint32_t, U32, 0, 0, "1", "none", "0", "of a tractor, its trailer's id; since 1.10")     \
  X(towed_by, uint32_t, U32, 0, 0, "1", "none", "0", "of a trailer, its tractor's id; since 1.10")

#define SHARD_MAP_LINES(X)                                                                         \
  X(kind, uint8_t, U8, 0, 0, "1", "none", "none",                                                  \
    "0 lane centre, 1 lane border, 2 stop line, 3 crosswalk outline, 4 walkway centre")            \
  X(id, uint32_t, U32, 0, 0, "1", "none", "0",                                                     \
    "lane, crosswalk or walkway id; a border's road id")                                           \
  X(junction, uint32_t, U32, 0, 0, "1", "none", "0", "id of the junction it lies in")              \
  X(signal, uint32_t, U32, 0, 0, "1", "none", "0", "signal obeyed at the end of the lane")         \
  X(turn, uint8_t, U8, 0, 0, "1", "none", "none", "0 straight, 1 left, 2 right, 3 U-turn")         \
  X(mark, uint8_t, U8, 0, 0, "1", "none", "0", "paint: 0 none, 1 solid, 2 broken, 3 double solid") \
  X(yellow, uint8_t, U8, 0, 0, "1", "none", "none", "1 when the paint is yellow")                  \
  X(speed_limit, double, F64, 0, 0, "m/s", "none", "0", "speed limit")                             \
  X(width, double, F64, 0, 0, "m", "none", "0",                                                    \
    "width of the lane or walkway, of a border's paint")                                           \
  X(users, uint8_t, U8, 0, 0, "1", "none", "0",                                                    \
    "of a lane centre, who may drive there: 1 cars and all others with a motor, 2 buses, 4 "       \
    "bicycles, added up; since 1.4")

#define SHARD_MAP_POINTS(X)                                                                        \
  X(x, double, F64, 0, 0, "m", "world", "none", "east")                                            \
  X(y, double, F64, 0, 0, "m", "world", "none", "north")                                           \
  X(z, double, F64, 0, 0, "m", "world", "none", "up")

#define SHARD_MAP_LINKS(X)                                                                         \
  X(from, uint32_t, U32, 0, 0, "1", "none", "0", "lane id")                                        \
  X(to, uint32_t, U32, 0, 0, "1", "none", "0", "id of a lane that follows it")

#define SHARD_MAP_SIGNALS(X)                                                                       \
  X(id, uint32_t, U32, 0, 0, "1", "none", "0", "id of the signal")                                 \
  X(junction, uint32_t, U32, 0, 0, "1", "none", "0", "id of its junction")                         \
  X(group, uint32_t, U32, 0, 0, "1", "none", "0", "signal group in the junction's program")        \
  X(pedestrian, uint8_t, U8, 0, 0, "1", "none", "none", "1 when it is for people on foot")

#define SHARD_INDEX(X)                                                                             \
  X(dataset, uint32_t, U32, 0, 0, "1", "none", "none", "row of /index/path")                       \
  X(chunk, uint64_t, U64, 0, 0, "1", "none", "none", "number of the chunk along the first axis")   \
  X(address, uint64_t, U64, 0, 0, "bytes", "file", "none", "where the chunk begins in the file")   \
  X(size, uint64_t, U64, 0, 0, "bytes", "file", "none", "bytes as stored, after the filters")      \
  X(filter_mask, uint32_t, U32, 0, 0, "bits", "file", "none", "HDF5's: a set bit skips a filter")  \
  X(xxh3, uint64_t, U64, 0, 0, "1", "file", "none", "XXH3-64 of the stored bytes")

// X(SYMBOL, name, group, owner, rows in a chunk, description). A group of NULL: one of each
// sensor.
#define SHARD_TABLES(X)                                                                            \
  X(SCENES, scenes, "/scenes", SHARD_A_ROW_A_SCENE, 64, "one row a scene")                         \
  X(FRAMES, frames, "/frames", SHARD_A_ROW_A_FRAME, 1024, "one row a frame")                       \
  X(WEATHER, weather, "/weather", SHARD_A_ROW_A_FRAME, 1024, "the weather, one row a frame")       \
  X(BOXES3D, boxes3d, "/boxes3d", SHARD_RAGGED_BY_FRAME, 4096, "3D boxes at the timestamp")        \
  X(BOXES2D, boxes2d, "/boxes2d", SHARD_RAGGED_BY_FRAME, 4096, "2D boxes in the cameras")          \
  X(AMODAL, amodal, "/amodal", SHARD_RAGGED_BY_BOX, 16384,                                         \
    "amodal masks of the rows of /boxes2d, of cameras with the label amodal; since 1.7")           \
  X(KEYPOINTS3D, keypoints3d, "/keypoints3d", SHARD_RAGGED_BY_FRAME, 1024,                         \
    "joints of people; since 1.6")                                                                 \
  X(KEYPOINTS2D, keypoints2d, "/keypoints2d", SHARD_RAGGED_BY_FRAME, 1024,                         \
    "joints of people in the cameras, of those with a row in /boxes2d; since 1.6")                 \
  X(SIGNALS, signals, "/signals", SHARD_RAGGED_BY_FRAME, 4096, "what the traffic signals show")    \
  X(LIDAR, lidar, NULL, SHARD_RAGGED_BY_FRAME, 16384, "lidar points in firing order")              \
  X(CAMERA_CALIB, camera_calib, NULL, SHARD_A_ROW_A_SCENE, 64, "calibration of a camera")          \
  X(SHOTS, shots, NULL, SHARD_A_ROW_A_FRAME, 1024,                                                 \
    "what each frame of a camera with full electronics was taken with; since 1.9")                 \
  X(LIDAR_CALIB, lidar_calib, NULL, SHARD_A_ROW_A_SCENE, 64, "calibration of a lidar")             \
  X(TRACKS, tracks, "/tracks", SHARD_RAGGED_BY_SCENE, 4096, "everything that has an id")           \
  X(MAP_LINES, map_lines, "/map/lines", SHARD_RAGGED_BY_SCENE, 4096, "polylines of the road")      \
  X(MAP_POINTS, map_points, "/map/points", SHARD_RAGGED_BY_LINE, 16384, "points of the polylines") \
  X(MAP_LINKS, map_links, "/map/links", SHARD_RAGGED_BY_SCENE, 4096, "which lane follows which")   \
  X(MAP_SIGNALS, map_signals, "/map/signals", SHARD_RAGGED_BY_SCENE, 1024, "the traffic signals")  \
  X(INDEX, index, "/index", SHARD_LOOSE, 16384, "where each stored chunk lies, and its hash")

#define SHARD_ROOM(d0, d1)                                                                         \
  (((d0) == SHARD_PER_LIDAR ? RIG_LIDARS : (d0) ? (d0) : 1) * ((d1) ? (d1) : 1))

/// shard_scenes_row, shard_frames_row, …: one row of each table.
#define SHARD_MEMBER(member, ctype, type, d0, d1, units, frame, invalid, text)                     \
  ctype member[SHARD_ROOM(d0, d1)];
#define SHARD_ROW(SYMBOL, name, ...)                                                               \
  typedef struct shard_##name##_row {                                                              \
    SHARD_##SYMBOL(SHARD_MEMBER)                                                                   \
  } shard_##name##_row;
SHARD_TABLES(SHARD_ROW)
#undef SHARD_ROW
#undef SHARD_MEMBER

typedef enum shard_table_id {
#define SHARD_ID(SYMBOL, ...) SHARD_TABLE_##SYMBOL,
  SHARD_TABLES(SHARD_ID)
#undef SHARD_ID
      SHARD_TABLE_COUNT
} shard_table_id;

typedef struct shard_column_info {
  const char *name;
  shard_type type;
  int d0, d1;        // as in the lists above
  size_t row_offset; // in the row struct
  const char *units, *frame, *invalid, *description;
} shard_column_info;

typedef struct shard_table_info {
  const char *name, *group;
  shard_owner owner;
  int chunk_rows;
  const char *description;
  const shard_column_info *columns;
  int column_count;
  size_t row_bytes; // of the row struct
} shard_table_info;

/// Indexed by shard_table_id.
extern const shard_table_info shard_tables[SHARD_TABLE_COUNT];
enum { SHARD_COLUMNS_MAX = 24 };

/// Images of a camera, (N, H, W) or (N, H, W, channels); one chunk is one frame. All but rgb are
/// there when the camera's labels ask for them.
typedef enum shard_image_id {
  SHARD_RGB,
  SHARD_DEPTH,
  SHARD_RANGE,
  SHARD_SEMANTIC,
  SHARD_INSTANCE,
  SHARD_NORMAL,
  SHARD_FLOW,
  SHARD_FLOW_BACK,
  SHARD_OCCLUSION,
  SHARD_ALBEDO,
  SHARD_MARK,
  SHARD_RAW,
  SHARD_HDR,
  SHARD_IMAGE_COUNT
} shard_image_id;

typedef struct shard_image_info {
  const char *name;
  shard_type type;
  int channels;   // 0: one value a pixel
  uint32_t label; // LABEL_… bit; 0: in any case
  size_t from;    // where a frame_camera has its pointer
  const char *units, *frame, *invalid, *description;
} shard_image_info;

extern const shard_image_info shard_images[SHARD_IMAGE_COUNT];

/// The minor version N of the format (1.N) that brought a table, column or image: the "since 1.N"
/// at the end of its description; 0 when it was always there.
int shard_since(const char *description);
/// N of the format version "1.N" or "1.N.M"; -1 for any other text.
int shard_minor(const char *format_version);

/// The pixels of an image in a frame, or NULL.
const void *shard_image_of(const frame_camera *camera, shard_image_id image);

/// Kinds of /map/lines.
typedef enum shard_line_kind {
  SHARD_LINE_CENTRE,
  SHARD_LINE_BORDER,
  SHARD_LINE_STOP,
  SHARD_LINE_CROSSWALK,
  SHARD_LINE_WALKWAY,
  SHARD_LINE_KIND_COUNT
} shard_line_kind;

/// The file type's name as numpy spells it, e.g. "u4"; "S" for text.
const char *shard_type_name(shard_type type);
/// Bytes of one value (1 for text).
size_t shard_type_bytes(shard_type type);
/// Values in one row of a column, for a rig of that many lidars.
int shard_column_width(const shard_column_info *column, int lidar_count);

/// "clear", "cloudy", "overcast", "fog", "rain" or "snow": what a person would call it.
const char *shard_weather_word(const weather_state *weather);
/// "day", "dusk" or "night" by the sun's elevation.
const char *shard_light_word(const weather_state *weather);
/// "nose", "left_eye", …; "unknown" outside the enumeration.
const char *shard_keypoint_name(int number);
/// "building", "tree", …; "unknown" outside the enumeration.
const char *shard_kind_name(int kind);

/// The pages' tables as Markdown, one line a column; heap text that the caller frees,
/// NULL when memory ran out. docs/dataset-format.md holds exactly this.
char *shard_format_markdown(void);

#endif
