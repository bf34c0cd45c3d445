// SPDX-License-Identifier: Apache-2.0
// The world over one short interval, as plain data: what a sensor needs to look at
// it. Poses at the interval's begin and end; between them pose_between() holds.
#ifndef SIM_SNAPSHOT_H
#define SIM_SNAPSHOT_H

#include <stdint.h>

#include "scenes/scene.h"

enum {
  ACTOR_BRAKE_LIGHTS = 1,
  ACTOR_LEFT_INDICATOR = 2,
  ACTOR_RIGHT_INDICATOR = 4,
  ACTOR_HEADLIGHTS = 8,
  ACTOR_INDICATOR_ON = 16, // the blinking phase at the begin
  ACTOR_BREAKS_FIRST = 32, // times driver_break's bits: the rules that its driver breaks
  ACTOR_BREAKS_RED = ACTOR_BREAKS_FIRST * BREAKS_RED,
  ACTOR_BREAKS_BRAKING = ACTOR_BREAKS_FIRST * BREAKS_BRAKING,
  ACTOR_BREAKS_SPEED = ACTOR_BREAKS_FIRST * BREAKS_SPEED,
  ACTOR_BREAKS_YIELD = ACTOR_BREAKS_FIRST * BREAKS_YIELD,
  ACTOR_BREAKS_GAP = ACTOR_BREAKS_FIRST * BREAKS_GAP,
  ACTOR_BREAKS_ANY = ACTOR_BREAKS_FIRST * ((1 << DRIVER_BREAKS) - 1),
  ACTOR_AT_STOP = 1024,   // a bus that stands at its stop
  ACTOR_SIREN = 2048,     // siren and blue lights on: may pass red lights
  ACTOR_BLUE_LEFT = 4096, // the blue lamps that are lit at the begin
  ACTOR_BLUE_RIGHT = 8192,
  ACTOR_MAKES_WAY = 16384, // for one with its siren on
  ACTOR_DOOR_OPEN = 32768  // the driver's door stands open, if a little
};

typedef struct sim_actor {
  uint32_t id; // scene-wide, the same in every modality
  thing_kind kind;
  semantic class;
  uint32_t asset_seed;
  double size_m[3];   // l w h
  double centre_m[3]; // box centre in the actor's frame
  palette colors;
  pose begin, end;        // actor frame (ground, rear axle or feet) -> world
  pose before;            // at the begin of the last frame's interval; begin when there was none
  vec3 velocity_mps;      // of the pose's origin, world, mean over the interval
  vec3 acceleration_mps2; // world, at the begin
  double yaw_rate_radps;
  double speed_mps; // along x at the begin
  double steer_rad; // of the front wheels, to the left, at the begin
  double steer_end_rad;
  double wheel_rad;      // how far wheels have turned, counted on: rolled way over their radius
  double wheel_turn_rad; // and turn over the interval
  double wheel_radius_m; // of those that turn so: who draws others lets them roll the same way
  double door_rad;       // of the driver's door, 0 closed; size_m is that of the closed body
  const struct script_map *body; // the mesh that it looks like, or NULL: by kind and seed
  double gait;                   // 0..1 phase of a person's walk cycle
  uint32_t flags;                // ACTOR_…
  uint32_t tows, towed_by;       // ids of its trailer and of its tractor, 0 none
  int lane;                      // lane_path id, 0 off lanes
  double lane_s_m;
} sim_actor;

typedef struct sim_snapshot {
  int64_t time_ns;     // since the scene began, of the begin poses
  int64_t duration_ns; // end - begin
  int64_t before_ns;   // length of the last frame's interval; 0: this is the first frame
  uint32_t frame;      // frame number in the scene
  int actor_count, actor_capacity;
  sim_actor *actors; // vehicles (the ego among them), people, trailers, by id
  int ego;           // index into actors
  int signal_count, signal_capacity;
  uint8_t *signals;     // signal_color by road_signal id - 1, at the begin
  float *signal_left_s; // seconds until it changes, -1 when that isn't settled yet
  weather_state weather;
} sim_snapshot;

/// Frees the arrays. A snapshot that is all zero is empty and may be filled.
void sim_snapshot_free(sim_snapshot *snapshot);

#endif
