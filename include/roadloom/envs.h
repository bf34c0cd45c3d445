/* SPDX-License-Identifier: Apache-2.0 */
/* Many episodes side by side, for those who train: libroadloom_drive.so. Python's
 * roadloom.DriveVectorEnv is made of it; whatever calls C can be. Observations and actions are
 * those of roadloom/policy.h. Plain C99 and C++.
 *
 * All arrays are the library's, stay where they are until roadloom_envs_destroy, and are filled in
 * place: nothing is copied. Actions are written by the caller, all else by the library alone.
 *
 * An env is a stream of episodes: with seed S its episode k is scene k of that seed, the one that
 * `roadloom drive --seed S` calls episode k. What one env does changes nothing of another, nor does
 * the number of threads.
 *
 * One roadloom_envs belongs to one thread at a time; it shares its work out among threads of its
 * own. Make it after any fork. Functions that return int give 0, or -1 and one line of text. */
#ifndef ROADLOOM_ENVS_H
#define ROADLOOM_ENVS_H

#include "roadloom/policy.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ROADLOOM_ENVS_ABI 1u

#if defined(__GNUC__)
#define ROADLOOM_API __attribute__((visibility("default")))
#else
#define ROADLOOM_API
#endif

enum { ROADLOOM_ENVS_MOST = 65536, ROADLOOM_ENVS_SCENES_MOST = 4096 };

/* What happens to an env whose episode has ended, as gymnasium's AutoresetMode. */
typedef enum roadloom_autoreset {
  ROADLOOM_NEXT_STEP, /* the next step begins its next episode instead of taking its action */
  ROADLOOM_SAME_STEP, /* the step that ended it begins the next one; final_observations has the end */
  ROADLOOM_DISABLED   /* it waits for roadloom_envs_reset */
} roadloom_autoreset;

typedef struct roadloom_envs_config {
  uint32_t struct_size, abi_version;
  uint32_t envs;      /* 1 .. ROADLOOM_ENVS_MOST */
  uint32_t threads;   /* 0: as many as there are processors */
  uint32_t autoreset; /* roadloom_autoreset */
  uint32_t scenes;    /* an env goes through scenes 0 .. scenes - 1 of its seed again and again, and
                         keeps them: a further episode costs next to nothing; 0: each is a new one */
  uint32_t scores;    /* 1: all scores at each episode's end */
  uint32_t log;       /* 1: what the scene's own driver does is known: for the teacher log_replay */
  uint32_t log_traffic; /* 1: others do what they do when the scene's own driver drives */
  uint32_t drives_on; /* 1: a crash ends nothing */
  uint32_t latency;   /* decisions, 0 .. 20, before one takes effect */
  uint32_t override_count;
  const char *const *overrides; /* (override_count) "path=value" */
  const char *script;           /* path of the scene script */
  const char *library;          /* folder of scripts that it may require; NULL: the program's */
  double duration_s, goal_m;    /* 0: the scene's, the usual one */
  const char *sensors; /* names of sensors of the script's rig that are rendered at each step,
                          "front,lidar_top"; NULL: none, and no device is opened */
  const char *device;  /* that renders, as of roadloom --device; NULL: choose */
} roadloom_envs_config;

typedef struct roadloom_envs_arrays {
  uint32_t struct_size, envs, score_count, reserved;
  roadloom_observation *observations;       /* (envs) */
  roadloom_observation *final_observations; /* (envs) with SAME_STEP, else NULL: where `ended` */
  roadloom_action *actions;                 /* (envs) struct_size is set; `kind` is the caller's */
  float *rewards;      /* (envs) see docs/driving.md */
  uint8_t *terminals;  /* (envs) 1: the episode ended by what happened in it */
  uint8_t *truncations; /* (envs) 1: its time was up */
  uint8_t *masks;      /* (envs) 1: this step took the env's action; 0: it began an episode, or
                          the env waits for a reset */
  uint8_t *ended;      /* (envs) 1: this step ended an episode, of which the following tells */
  uint32_t *ends;      /* (envs) how: roadloom_envs_end_name */
  uint32_t *end_steps; /* (envs) decisions that it had */
  uint64_t *end_seeds; /* (envs) */
  uint32_t *end_scenes; /* (envs) its number: `roadloom drive --seed …` has it again */
  double *scores;      /* (envs, score_count) NaN: no value */
  /* With sensors: a roadloom_sensors with its data each, at env x sensor_stride bytes. What a sensor is
   * and where its data lie is the same in all envs and from the creation on; mounts and lenses are
   * those of the scene in play. NULL without. */
  unsigned char *sensed;       /* (envs, sensor_stride) as each observation is */
  unsigned char *final_sensed; /* (envs, sensor_stride) with SAME_STEP: of final_observations */
  uint64_t sensor_stride;
} roadloom_envs_arrays;

typedef struct roadloom_envs roadloom_envs;

/* ROADLOOM_ENVS_ABI of the library. */
ROADLOOM_API uint32_t roadloom_envs_abi(void);

/* Reads the script and makes room; builds no scene yet, but for scene 0 of seed 0 where sensors are
 * wanted: all scenes need them in the sizes of that one. Each env renders by a renderer of its own,
 * with the geometry of its scene: some 300 MB. */
ROADLOOM_API int roadloom_envs_create(roadloom_envs **out, const roadloom_envs_config *config,
                                      char *text, size_t size);
/* NULL is ignored. */
ROADLOOM_API void roadloom_envs_destroy(roadloom_envs *v);
/* struct_size of `out` has to be set. */
ROADLOOM_API int roadloom_envs_arrays_of(const roadloom_envs *v, roadloom_envs_arrays *out,
                                         char *text, size_t size);
/* The name of a column of `scores`; NULL beyond the last. */
ROADLOOM_API const char *roadloom_envs_score_name(const roadloom_envs *v, uint32_t column);
/* "goal", "crash", … ; "unknown" beyond the last. */
ROADLOOM_API const char *roadloom_envs_end_name(uint32_t end);
/* One line of why the env's last episode ended. Until its next one ends. */
ROADLOOM_API const char *roadloom_envs_end_text(const roadloom_envs *v, uint32_t env);

/* Begins an episode in all envs, or in those whose mask isn't 0. seeds (envs) begin their streams
 * anew, at scene 0; NULL goes on in the streams as they are. Of envs that couldn't begin one the
 * text has the first; they wait for a reset. */
ROADLOOM_API int roadloom_envs_reset(roadloom_envs *v, const uint64_t *seeds, const uint8_t *mask,
                                     char *text, size_t size);
/* A step of all envs by `actions`. An action that is no good ends its env's episode as a failure
 * of the policy. -1 is a failure of the scene (a behaviour's error), of which the text has the
 * first: its env's episode is truncated, the others have gone on. */
ROADLOOM_API int roadloom_envs_step(roadloom_envs *v, char *text, size_t size);

/* Makes one of the policies that come along (idm, pdm_closed, …) look on from the next reset on.
 * *number is handed to roadloom_envs_ask. */
ROADLOOM_API int roadloom_envs_teacher(roadloom_envs *v, const char *name, uint32_t *number,
                                       char *text, size_t size);
/* What a teacher would do now, into `actions` (envs), which may be the envs' own. Of envs that
 * wait for their next episode `kind` is 0. */
ROADLOOM_API int roadloom_envs_ask(roadloom_envs *v, uint32_t teacher, roadloom_action *actions,
                                   char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
