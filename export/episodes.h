// SPDX-License-Identifier: Apache-2.0
// A file of driven episodes: how each ended and scored, and what the ego did step by step, with
// the hashes of the states that it can be driven again by. HDF5, built in memory as shards are;
// docs/driving.md has the format. The lists below are what writer, reader and that page share.
#ifndef EXPORT_EPISODES_H
#define EXPORT_EPISODES_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define EPISODES_FORMAT "roadloom episodes"
#define EPISODES_FORMAT_VERSION "1.2.0"

enum {
  EPISODES_TEXT = 24,
  EPISODES_NAME = 64,
  EPISODES_LINE = 200,
  EPISODES_SCORES = 128,
  EPISODES_SCORE_NAME = 48
};
enum { EPISODES_WHOLE_WAY = -1 }; // in a picture's frame

// X(member, C type, type of export/shard_format.h, bytes of text, units, description)
#define EPISODES_ROWS(X)                                                                           \
  X(episode, uint32_t, U32, 0, "1", "number of the episode in the job")                            \
  X(script, char, TEXT, EPISODES_NAME, "text", "file name of the script, perhaps cut")             \
  X(scene, uint32_t, U32, 0, "1", "number of the scene among the script's")                        \
  X(scenario, char, TEXT, EPISODES_NAME, "text", "what the scene says that it is; often nothing")  \
  X(seed, uint64_t, U64, 0, "1", "seed of the job")                                                \
  X(scene_hash, uint64_t, U64, 0, "1", "content hash of the concrete scene")                       \
  X(place, char, TEXT, EPISODES_TEXT, "text", "kind of place")                                     \
  X(weather, char, TEXT, EPISODES_TEXT, "text", "weather at the start")                            \
  X(end, char, TEXT, EPISODES_TEXT, "text", "how it ended")                                        \
  X(end_text, char, TEXT, EPISODES_LINE, "text", "why, for people")                                \
  X(terminated, uint8_t, U8, 0, "1", "1: it ended by what happened in it")                         \
  X(truncated, uint8_t, U8, 0, "1", "1: its time was up")                                          \
  X(failed, uint8_t, U8, 0, "1", "1: the policy failed as a program")                              \
  X(seconds, double, F64, 0, "s", "how long it lasted")                                            \
  X(way_m, double, F64, 0, "m", "how far the ego came, by its middle")                             \
  X(goal_m, double, F64, 0, "m", "along the route from where it began to the goal")                \
  X(progress_m, double, F64, 0, "m", "how far along the route it came")                            \
  X(step_first, uint64_t, U64, 0, "1", "row of its first frame in /steps")                         \
  X(step_count, uint64_t, U64, 0, "1", "frames of it: decisions and one")

#define EPISODES_STEPS(X)                                                                          \
  X(episode, uint32_t, U32, 0, "1", "number of the episode")                                       \
  X(time_s, double, F64, 0, "s", "since the episode began")                                        \
  X(x_m, double, F64, 0, "m", "middle of the ego's box, world")                                    \
  X(y_m, double, F64, 0, "m", "middle of the ego's box, world")                                    \
  X(yaw_rad, double, F64, 0, "rad", "world")                                                       \
  X(ahead_mps, double, F64, 0, "m/s", "of the rear axle, along the ego's x")                       \
  X(left_mps, double, F64, 0, "m/s", "of the rear axle, to the left")                              \
  X(ahead_mps2, double, F64, 0, "m/s^2", "acceleration of the rear axle")                          \
  X(left_mps2, double, F64, 0, "m/s^2", "acceleration of the rear axle")                           \
  X(yaw_rate_radps, double, F64, 0, "rad/s", "left positive")                                      \
  X(steer_rad, double, F64, 0, "rad", "of the front wheels")                                       \
  X(command_steer_rad, double, F64, 0, "rad", "asked for until the next frame; 0 in the last")     \
  X(command_drive_mps2, double, F64, 0, "m/s^2", "asked for of the engine until the next frame")   \
  X(command_brake_mps2, double, F64, 0, "m/s^2", "asked for of the brakes until the next frame")   \
  X(state_hash, uint64_t, U64, 0, "1", "XXH3 of the whole moving state")

#define EPISODES_PICTURES(X)                                                                       \
  X(episode, uint32_t, U32, 0, "1", "number of the episode")                                       \
  X(frame, int32_t, I32, 0, "1", "of the episode's steps; -1: the whole way")                      \
  X(width_px, uint32_t, U32, 0, "px", "its width")                                                 \
  X(height_px, uint32_t, U32, 0, "px", "its height")                                               \
  X(x_m, double, F64, 0, "m", "place in the picture's middle, world; north is up")                 \
  X(y_m, double, F64, 0, "m", "place in the picture's middle, world")                              \
  X(px_per_m, double, F64, 0, "px/m", "its scale")                                                 \
  X(says, char, TEXT, EPISODES_NAME, "text", "what went wrong then, for people; often nothing")    \
  X(png_first, uint64_t, U64, 0, "1", "first of its bytes in /png")                                \
  X(png_size, uint64_t, U64, 0, "1", "how many bytes")

typedef struct episodes_row {
#define X(member, c, type, bytes, units, description) c member[(bytes) > 0 ? (bytes) : 1];
  EPISODES_ROWS(X)
#undef X
} episodes_row;

typedef struct episodes_step {
#define X(member, c, type, bytes, units, description) c member[(bytes) > 0 ? (bytes) : 1];
  EPISODES_STEPS(X)
#undef X
} episodes_step;

/// A picture from above of one of the worst episodes.
typedef struct episodes_picture {
#define X(member, c, type, bytes, units, description) c member[(bytes) > 0 ? (bytes) : 1];
  EPISODES_PICTURES(X)
#undef X
} episodes_picture;

/// What the file's root attributes say. Strings are copied.
typedef struct episodes_about {
  const char *program_version, *script_name, *script_sha256, *settings; // "policy=idm\n…"
  uint64_t seed;
  uint32_t unit;
} episodes_about;

/// A file's content in memory. All zero is empty. Release with episodes_free.
typedef struct episodes {
  int count, row_capacity;
  episodes_row *rows; // (count)
  size_t step_count, step_capacity;
  episodes_step *steps; // (step_count)
  int score_count;
  char score_names[EPISODES_SCORES][EPISODES_SCORE_NAME];
  size_t score_capacity;
  double *scores; // (count, score_count)
  int picture_count, picture_capacity;
  episodes_picture *pictures; // (picture_count) by episode
  size_t png_size, png_capacity;
  uint8_t *png; // (png_size) all PNG files, one after the other
} episodes;

void episodes_free(episodes *e);
/// The names of the scores that every row comes with, before the first row. STATUS_LIMIT.
status episodes_name_scores(episodes *e, const char *const *names, int count, trouble *why);
/// The number of a score among `count` names of EPISODES_SCORE_NAME bytes each; -1: none is that.
int episodes_find_score(const char *names, int count, const char *name);
/// Appends an episode with its steps; step_first and step_count are set here.
status episodes_add(episodes *e, const episodes_row *row, const episodes_step *steps, size_t count,
                    const double *scores, trouble *why);
/// Appends a picture of an episode that is there, with its PNG file; png_first and png_size are set
/// here. STATUS_MEMORY.
status episodes_add_picture(episodes *e, const episodes_picture *picture, const void *png,
                            size_t size, trouble *why);
/// The bytes of the file, which the caller frees. Equal content, equal bytes.
status episodes_write(const episodes *e, const episodes_about *about, void **bytes, size_t *size,
                      trouble *why);
/// Reads a file that episodes_write made into an empty `out`. STATUS_FORMAT when it isn't one.
/// The settings' text goes into `settings` (may be NULL), cut to its size.
status episodes_read(const char *path, episodes *out, char *settings, size_t settings_size,
                     trouble *why);

#endif
