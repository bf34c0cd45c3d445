// SPDX-License-Identifier: Apache-2.0
// What roadloom_envs is made of. For envs/*.c only.
#ifndef ENVS_ENVS_H
#define ENVS_ENVS_H

#include <pthread.h>

#include "base/team.h"
#include "render/lookout.h"
#include "roadloom/envs.h"
#include "scenes/script.h"
#include "sim/rollout.h"
#include "sim/scores.h"

enum { ENVS_TEACHERS = 8, ENVS_TEXT = 200 };

/// A scene that an env plays in, with what it takes. All zero: none yet.
typedef struct envs_place {
  uint64_t seed;
  uint32_t index;
  scene *scene;
  sim_rollout *rollout;
  sim_scores *scores; // NULL when they aren't wanted
} envs_place;

typedef struct envs_env {
  uint64_t seed;
  uint32_t episode;   // how many have begun in the seed's stream
  envs_place *places; // (place_count of the roadloom_envs)
  envs_place *at;     // in play; NULL: none
  bool waits;         // its episode has ended, or none has begun
  double begin_m;     // along the way at the episode's begin
  double along_m;     // now, at most the goal
  lookout *eyes;      // NULL until it needs them
  envs_place *shown;  // that they look at
  char end_text[ENVS_TEXT];
  trouble why; // of the work in hand; code STATUS_OK when all is well
} envs_env;

typedef struct envs_teacher {
  const roadloom_policy *policy;
  void *state;
} envs_teacher;

struct roadloom_envs {
  roadloom_envs_config config; // its texts aren't kept
  sim_rollout_def def;
  script *script;
  team *team;
  uint32_t place_count; // an env
  envs_env *envs;       // (envs)
  envs_place *places;   // (envs, place_count)
  envs_teacher teachers[ENVS_TEACHERS];
  uint32_t teacher_count;
  const char *score_names[SIM_SCORE_VALUES]; // (arrays.score_count)
  roadloom_envs_arrays arrays;
  char *sensors; // NULL: none; then
  device *device;
  rig_def *rig;              // of the first scene
  pthread_mutex_t rendering; // held by who renders: a device takes one call at a time
};

/// Frees what a place holds.
void envs_place_free(envs_place *p);
/// Begins an env's next episode and shows it. The env waits when that fails.
status envs_begin(roadloom_envs *v, uint32_t env, trouble *why);
/// A step of one env, autoreset and all.
status envs_step(roadloom_envs *v, uint32_t env, trouble *why);

#endif
