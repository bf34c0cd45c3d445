// SPDX-License-Identifier: Apache-2.0
// One env: its episodes one after another.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/least.h"
#include "envs/envs.h"

static const float BAD_END = -1; // that the policy is to blame for

void envs_place_free(envs_place *p) {
  sim_scores_destroy(p->scores);
  sim_rollout_destroy(p->rollout);
  scene_destroy(p->scene);
  *p = (envs_place){0};
}

// A scene that hasn't been played in this place yet.
static status build(roadloom_envs *v, envs_place *p, uint64_t seed, uint32_t index, trouble *why) {
  envs_place_free(p);
  status code = script_build(v->script, seed, index, &p->scene, why);
  if (!code)
    code = sim_rollout_create(&p->rollout, p->scene, &v->def, why);
  if (!code && v->config.scores)
    code = sim_scores_create(&p->scores, &sim_rollout_record(p->rollout)->def, why);
  if (code)
    envs_place_free(p);
  p->seed = seed;
  p->index = index;
  return code;
}

static status tell_teachers(roadloom_envs *v, uint32_t env, trouble *why) {
  const envs_place *p = v->envs[env].at;
  for (uint32_t k = 0; k < v->teacher_count; k++)
    if (v->teachers[k].policy->reset(v->teachers[k].state, env, p->scene->hash ^ p->seed,
                                     sim_rollout_route(p->rollout)))
      return trouble_set(why, STATUS_CONFLICT, "the teacher %s can't begin an episode%s",
                         v->teachers[k].policy->name,
                         v->config.log ? "" : "; log_replay needs the scene's log");
  return STATUS_OK;
}

static double along_to_goal(const sim_rollout *r) {
  double goal_m = sim_rollout_route(r)->goal_m;
  return least_of(sim_rollout_along(r), goal_m);
}

// What the sensors of an env see now, beside its observation.
static status render(roadloom_envs *v, envs_env *e, uint32_t env, trouble *why) {
  status code = STATUS_OK;
  if (!e->eyes)
    code = lookout_create(&e->eyes, v->device, v->rig, v->sensors, why);
  if (!code && e->shown != e->at) {
    e->shown = NULL;
    code = lookout_begin(e->eyes, e->at->scene, why);
    e->shown = code ? NULL : e->at;
  } else if (!code && sim_rollout_steps(e->at->rollout) == 0) {
    lookout_again(e->eyes);
  }
  if (code)
    return code;
  void *to = v->arrays.sensed + env * v->arrays.sensor_stride;
  return lookout_look(e->eyes, sim_rollout_seen(e->at->rollout), sim_rollout_steps(e->at->rollout),
                      to, why);
}

static status observe(roadloom_envs *v, uint32_t env, trouble *why) {
  envs_env *e = &v->envs[env];
  sim_rollout_observe(e->at->rollout, env, &v->arrays.observations[env]);
  if (!v->sensors)
    return STATUS_OK;
  pthread_mutex_lock(&v->rendering);
  status code = render(v, e, env, why);
  pthread_mutex_unlock(&v->rendering);
  return code;
}

status envs_begin(roadloom_envs *v, uint32_t env, trouble *why) {
  envs_env *e = &v->envs[env];
  uint32_t index = v->config.scenes ? e->episode % v->config.scenes : e->episode;
  envs_place *p = &e->places[v->config.scenes ? index : 0];
  bool there = p->rollout && p->seed == e->seed && p->index == index;
  e->waits = true;
  e->at = NULL;
  e->episode++;
  if (!there && e->shown == p)
    e->shown = NULL; // another scene takes its place
  status code = there ? sim_rollout_restart(p->rollout, why) : build(v, p, e->seed, index, why);
  if (code) {
    e->shown = NULL;
    envs_place_free(p);
    return code;
  }
  e->at = p;
  if ((code = tell_teachers(v, env, why)))
    return code;
  e->waits = false;
  e->begin_m = e->along_m = along_to_goal(p->rollout);
  v->arrays.actions[env].struct_size = sizeof(roadloom_action);
  v->arrays.actions[env].kind = 0;
  code = observe(v, env, why);
  e->waits = code != STATUS_OK;
  return code;
}

static status score(roadloom_envs *v, uint32_t env, trouble *why) {
  envs_place *p = v->envs[env].at;
  sim_score_value values[SIM_SCORE_VALUES];
  double *to = v->arrays.scores + (size_t)env * v->arrays.score_count;
  sim_episode *record = sim_rollout_record(p->rollout);
  sim_episode_survey(record, &p->scene->roads);
  status code = sim_scores_run(p->scores, record, why);
  int count = code ? 0 : sim_scores_values(p->scores, values);
  for (uint32_t k = 0; k < v->arrays.score_count; k++)
    to[k] = k < (uint32_t)count ? values[k].value : NAN;
  return code;
}

// Writes down how the episode in play ended.
static status end(roadloom_envs *v, uint32_t env, trouble *why) {
  envs_env *e = &v->envs[env];
  const sim_episode *record = sim_rollout_record(e->at->rollout);
  roadloom_envs_arrays *a = &v->arrays;
  bool late = record->end == SIM_END_TIME || record->end == SIM_END_JOB;
  a->terminals[env] = !late;
  a->truncations[env] = late;
  if (!late && record->end != SIM_END_GOAL)
    a->rewards[env] += BAD_END;
  a->ended[env] = 1;
  a->ends[env] = (uint32_t)record->end;
  a->end_steps[env] = (uint32_t)sim_rollout_steps(e->at->rollout);
  a->end_seeds[env] = e->at->seed;
  a->end_scenes[env] = e->at->index;
  snprintf(e->end_text, sizeof e->end_text, "%s", record->end_text);
  e->waits = true;
  return v->config.scores && record->end != SIM_END_JOB ? score(v, env, why) : STATUS_OK;
}

static status act(roadloom_envs *v, uint32_t env, trouble *why) {
  envs_env *e = &v->envs[env];
  sim_rollout *r = e->at->rollout;
  roadloom_envs_arrays *a = &v->arrays;
  status code = sim_rollout_step(r, &a->actions[env], why);
  a->masks[env] = 1;
  if (code) {
    sim_rollout_end(r, SIM_END_JOB, why->text);
    end(v, env, NULL);
    return code;
  }
  double along_m = along_to_goal(r), whole_m = sim_rollout_route(r)->goal_m - e->begin_m;
  a->rewards[env] = whole_m > 0 ? (float)((along_m - e->along_m) / whole_m) : 0;
  e->along_m = along_m;
  if ((code = observe(v, env, why))) {
    sim_rollout_end(r, SIM_END_JOB, why->text);
    end(v, env, NULL);
    return code;
  }
  return sim_rollout_ended(r) == SIM_END_OPEN ? STATUS_OK : end(v, env, why);
}

status envs_step(roadloom_envs *v, uint32_t env, trouble *why) {
  envs_env *e = &v->envs[env];
  roadloom_envs_arrays *a = &v->arrays;
  a->rewards[env] = 0;
  a->masks[env] = a->ended[env] = 0;
  if (e->waits) {
    if (v->config.autoreset == ROADLOOM_DISABLED)
      return STATUS_OK; // terminals and truncations stay as they are
    a->terminals[env] = a->truncations[env] = 0;
    return envs_begin(v, env, why);
  }
  a->terminals[env] = a->truncations[env] = 0;
  status code = act(v, env, why);
  if (e->waits && v->config.autoreset == ROADLOOM_SAME_STEP) {
    a->final_observations[env] = a->observations[env];
    if (a->final_sensed)
      memcpy(a->final_sensed + env * a->sensor_stride, a->sensed + env * a->sensor_stride,
             a->sensor_stride);
    trouble again;
    status began = envs_begin(v, env, &again);
    if (!code && began) {
      *why = again;
      code = began;
    }
  }
  return code;
}
