// SPDX-License-Identifier: Apache-2.0
// roadloom/envs.h: many envs, shared out among threads.
#include "envs/envs.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/policy.h"

enum { LATENCY_MOST = SIM_LATENCY_MOST, OVERRIDES_MOST = 1000, GRAIN = 4 };

static int fail(char *text, size_t size, const trouble *why) {
  if (text && size > 0)
    snprintf(text, size, "%s", why->text);
  return -1;
}

uint32_t roadloom_envs_abi(void) {
  return ROADLOOM_ENVS_ABI;
}

const char *roadloom_envs_end_name(uint32_t kind) {
  return sim_end_name((sim_end)(kind < SIM_END_COUNT ? kind : SIM_END_COUNT));
}

const char *roadloom_envs_score_name(const roadloom_envs *v, uint32_t column) {
  return column < v->arrays.score_count ? v->score_names[column] : NULL;
}

const char *roadloom_envs_end_text(const roadloom_envs *v, uint32_t env) {
  return env < v->config.envs ? v->envs[env].end_text : "";
}

// ---- creation ----

static status check(const roadloom_envs_config *c, trouble *why) {
  if (c->struct_size != sizeof *c || c->abi_version != ROADLOOM_ENVS_ABI)
    return trouble_set(
        why, STATUS_RANGE,
        "roadloom_envs_config is of another version: struct_size %u, abi_version %u; "
        "this library has %zu and %u",
        c->struct_size, c->abi_version, sizeof *c, ROADLOOM_ENVS_ABI);
  if (c->envs < 1 || c->envs > ROADLOOM_ENVS_MOST)
    return trouble_set(why, STATUS_RANGE, "%u envs are outside 1..%d", c->envs, ROADLOOM_ENVS_MOST);
  if (c->autoreset > ROADLOOM_DISABLED)
    return trouble_set(why, STATUS_RANGE, "autoreset %u is outside 0..%d", c->autoreset,
                       ROADLOOM_DISABLED);
  if (c->scenes > ROADLOOM_ENVS_SCENES_MOST)
    return trouble_set(why, STATUS_RANGE, "%u scenes kept an env are outside 0..%d", c->scenes,
                       ROADLOOM_ENVS_SCENES_MOST);
  if (c->latency > LATENCY_MOST)
    return trouble_set(why, STATUS_RANGE, "latency of %u decisions is outside 0..%d", c->latency,
                       LATENCY_MOST);
  if (!(c->duration_s >= 0) || !(c->goal_m >= 0) || !isfinite(c->duration_s + c->goal_m))
    return trouble_set(why, STATUS_RANGE, "duration_s %g and goal_m %g must not be negative",
                       c->duration_s, c->goal_m);
  if (c->override_count > OVERRIDES_MOST || (c->override_count > 0 && !c->overrides))
    return trouble_set(why, STATUS_RANGE, "%u overrides are outside 0..%d", c->override_count,
                       OVERRIDES_MOST);
  return c->script ? STATUS_OK : trouble_set(why, STATUS_RANGE, "there is no scene script");
}

static const char *library_of(const roadloom_envs_config *c) {
  struct stat info;
  const char *wanted = c->library && c->library[0] ? c->library : getenv("ROADLOOM_LIBRARY");
  if (wanted && wanted[0])
    return wanted;
  return stat(ROADLOOM_LIBRARY_DIR, &info) == 0 ? ROADLOOM_LIBRARY_DIR : NULL;
}

static status open_script(roadloom_envs *v, const roadloom_envs_config *c, trouble *why) {
  uint32_t count = c->override_count;
  script_override *overrides = calloc(count + 1, sizeof *overrides);
  status code = overrides ? STATUS_OK : trouble_set(why, STATUS_MEMORY, "memory ran out");
  uint32_t done = 0;
  for (; !code && done < count; done++) {
    const char *equals = strchr(c->overrides[done], '=');
    char *path = equals ? strndup(c->overrides[done], (size_t)(equals - c->overrides[done])) : NULL;
    overrides[done] = (script_override){path, equals ? equals + 1 : NULL};
    if (!path)
      code = trouble_set(why, STATUS_RANGE, "override '%.100s' should be path=value",
                         c->overrides[done]);
  }
  if (!code)
    code = script_open(&v->script, c->script, library_of(c), overrides, (int)count, why);
  for (uint32_t k = 0; k < done; k++)
    free((char *)overrides[k].path);
  free(overrides);
  return code;
}

// Zeroed pages that are taken as they are touched.
static void *pages(size_t bytes) {
  void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? NULL : at;
}

// What scores there are, from some of no episode.
static status name_scores(roadloom_envs *v, trouble *why) {
  sim_episode_def def = sim_episode_def_default();
  sim_score_value values[SIM_SCORE_VALUES];
  sim_scores *none = NULL;
  status code = sim_scores_create(&none, &def, why);
  if (code)
    return code;
  v->arrays.score_count = (uint32_t)sim_scores_values(none, values);
  for (uint32_t k = 0; k < v->arrays.score_count; k++)
    v->score_names[k] = values[k].name;
  sim_scores_destroy(none);
  return STATUS_OK;
}

// What the rig of a first scene has of those names, and the device for it.
static status open_sensors(roadloom_envs *v, const roadloom_envs_config *c, trouble *why) {
  scene *first = NULL;
  roadloom_sensors head;
  roadloom_envs_arrays *a = &v->arrays;
  uint32_t n = v->config.envs;
  v->sensors = strdup(c->sensors);
  v->rig = malloc(sizeof *v->rig);
  if (!v->sensors || !v->rig)
    return trouble_set(why, STATUS_MEMORY, "memory ran out for sensors");
  status code = script_build(v->script, 0, 0, &first, why);
  if (code)
    return code;
  *v->rig = first->rig;
  scene_destroy(first);
  code = lookout_head(v->rig, v->sensors, &head, why);
  if (!code)
    code = device_open(&v->device, c->device && c->device[0] ? c->device : NULL, why);
  if (code)
    return code;
  bool same = v->config.autoreset == ROADLOOM_SAME_STEP;
  a->sensor_stride = (head.size + 4095) / 4096 * 4096;
  a->sensed = pages(n * a->sensor_stride);
  a->final_sensed = same ? pages(n * a->sensor_stride) : NULL;
  if (!a->sensed || (same && !a->final_sensed))
    return trouble_set(why, STATUS_MEMORY, "memory ran out for the sensors of %u envs", n);
  for (uint32_t i = 0; i < n; i++) {
    memcpy(a->sensed + i * a->sensor_stride, &head, sizeof head);
    if (same)
      memcpy(a->final_sensed + i * a->sensor_stride, &head, sizeof head);
  }
  return STATUS_OK;
}

static void close_sensors(roadloom_envs *v) {
  roadloom_envs_arrays *a = &v->arrays;
  for (uint32_t i = 0; v->envs && i < v->config.envs; i++)
    lookout_destroy(v->envs[i].eyes);
  if (v->device)
    device_close(v->device);
  if (a->sensed)
    munmap(a->sensed, v->config.envs * a->sensor_stride);
  if (a->final_sensed)
    munmap(a->final_sensed, v->config.envs * a->sensor_stride);
  free(v->sensors);
  free(v->rig);
  pthread_mutex_destroy(&v->rendering);
}

static status make_room(roadloom_envs *v, trouble *why) {
  uint32_t n = v->config.envs;
  roadloom_envs_arrays *a = &v->arrays;
  a->struct_size = sizeof *a;
  a->envs = n;
  v->place_count = v->config.scenes ? v->config.scenes : 1;
  v->envs = calloc(n, sizeof *v->envs);
  v->places = calloc((size_t)n * v->place_count, sizeof *v->places);
  a->observations = pages(n * sizeof *a->observations);
  bool same = v->config.autoreset == ROADLOOM_SAME_STEP;
  a->final_observations = same ? pages(n * sizeof *a->final_observations) : NULL;
  a->actions = calloc(n, sizeof *a->actions);
  a->rewards = calloc(n, sizeof *a->rewards);
  a->terminals = calloc(5 * (size_t)n, 1);
  a->ends = calloc(3 * (size_t)n, sizeof *a->ends);
  a->end_seeds = calloc(n, sizeof *a->end_seeds);
  a->scores = calloc((size_t)n * a->score_count + 1, sizeof *a->scores);
  if (!v->envs || !v->places || !a->observations || (same && !a->final_observations) ||
      !a->actions || !a->rewards || !a->terminals || !a->ends || !a->end_seeds || !a->scores)
    return trouble_set(why, STATUS_MEMORY, "memory ran out for %u envs", n);
  a->truncations = a->terminals + n;
  a->masks = a->terminals + 2 * (size_t)n;
  a->ended = a->terminals + 3 * (size_t)n;
  a->end_steps = a->ends + n;
  a->end_scenes = a->ends + 2 * (size_t)n;
  for (uint32_t i = 0; i < n; i++) {
    v->envs[i].places = v->places + (size_t)i * v->place_count;
    v->envs[i].seed = i;
    v->envs[i].waits = true;
    a->actions[i].struct_size = sizeof *a->actions;
  }
  return STATUS_OK;
}

static sim_rollout_def def_of(const roadloom_envs_config *c) {
  sim_rollout_def d = sim_rollout_def_default();
  d.traffic = c->log_traffic ? SIM_TRAFFIC_LOG : SIM_TRAFFIC_REACTIVE;
  d.duration_s = c->duration_s > 0 ? c->duration_s : NAN;
  d.goal_m = c->goal_m > 0 ? c->goal_m : NAN;
  d.latency = (int)c->latency;
  d.wants_log = c->log;
  d.drives_on = c->drives_on;
  d.film = c->sensors != NULL;
  if (!c->scores) // nobody looks at plans then
    d.plan_points = 0;
  return d;
}

static int threads_of(const roadloom_envs_config *c) {
  long wanted = c->threads ? (long)c->threads : sysconf(_SC_NPROCESSORS_ONLN);
  long most = c->envs < TEAM_MOST ? (long)c->envs : TEAM_MOST;
  return (int)(wanted < 1 ? 1 : wanted > most ? most : wanted);
}

int roadloom_envs_create(roadloom_envs **out, const roadloom_envs_config *config, char *text,
                         size_t size) {
  trouble why;
  *out = NULL;
  roadloom_envs *v = calloc(1, sizeof *v);
  status code =
      v ? check(config, &why) : trouble_set(&why, STATUS_MEMORY, "memory ran out for envs");
  if (v)
    pthread_mutex_init(&v->rendering, NULL);
  if (!code) {
    v->config = *config;
    v->config.script = v->config.library = v->config.sensors = v->config.device = NULL;
    v->config.overrides = NULL;
    v->def = def_of(config);
    code = open_script(v, config, &why);
  }
  if (!code && v->config.scores)
    code = name_scores(v, &why);
  if (!code)
    code = make_room(v, &why);
  if (!code && config->sensors)
    code = open_sensors(v, config, &why);
  if (!code)
    code = team_create(&v->team, threads_of(config), &why);
  if (code) {
    roadloom_envs_destroy(v);
    return fail(text, size, &why);
  }
  *out = v;
  return 0;
}

void roadloom_envs_destroy(roadloom_envs *v) {
  if (!v)
    return;
  roadloom_envs_arrays *a = &v->arrays;
  size_t n = v->config.envs;
  team_destroy(v->team);
  for (uint32_t k = 0; k < v->teacher_count; k++)
    v->teachers[k].policy->destroy(v->teachers[k].state);
  close_sensors(v); // before the scenes that they look at
  for (size_t k = 0; v->places && k < n * v->place_count; k++)
    envs_place_free(&v->places[k]);
  if (a->observations)
    munmap(a->observations, n * sizeof *a->observations);
  if (a->final_observations)
    munmap(a->final_observations, n * sizeof *a->final_observations);
  free(a->actions);
  free(a->rewards);
  free(a->terminals);
  free(a->ends);
  free(a->end_seeds);
  free(a->scores);
  free(v->places);
  free(v->envs);
  script_close(v->script);
  free(v);
}

int roadloom_envs_arrays_of(const roadloom_envs *v, roadloom_envs_arrays *out, char *text,
                            size_t size) {
  trouble why;
  if (out->struct_size != sizeof *out) {
    trouble_set(&why, STATUS_RANGE, "roadloom_envs_arrays has struct_size %u, not %zu",
                out->struct_size, sizeof *out);
    return fail(text, size, &why);
  }
  *out = v->arrays;
  return 0;
}

// ---- work of all envs ----

typedef struct job {
  roadloom_envs *v;
  const uint64_t *seeds;
  const uint8_t *mask;
  const envs_teacher *teacher;
  roadloom_action *actions;
  status (*each)(struct job *job, uint32_t env, trouble *why);
  _Atomic uint32_t next;
} job;

static void work(void *context, int part, int parts) {
  (void)part, (void)parts;
  job *j = context;
  roadloom_envs *v = j->v;
  for (;;) { // a few at a time: some envs take far longer than others
    uint32_t from = atomic_fetch_add(&j->next, GRAIN);
    for (uint32_t i = from; i < from + GRAIN; i++) {
      if (i >= v->config.envs)
        return;
      v->envs[i].why.code = STATUS_OK;
      if (j->each(j, i, &v->envs[i].why))
        continue;
      v->envs[i].why.code = STATUS_OK;
    }
  }
}

// Of those that failed the first.
static int run(job *j, char *text, size_t size) {
  roadloom_envs *v = j->v;
  team_run(v->team, work, j);
  for (uint32_t i = 0; i < v->config.envs; i++)
    if (v->envs[i].why.code) {
      trouble why;
      trouble_set(&why, v->envs[i].why.code, "env %u: %s", i, v->envs[i].why.text);
      return fail(text, size, &why);
    }
  return 0;
}

static status reset_one(job *j, uint32_t i, trouble *why) {
  roadloom_envs *v = j->v;
  if (j->mask && !j->mask[i])
    return STATUS_OK;
  if (j->seeds) {
    v->envs[i].seed = j->seeds[i];
    v->envs[i].episode = 0;
  }
  v->arrays.rewards[i] = 0;
  v->arrays.terminals[i] = v->arrays.truncations[i] = v->arrays.ended[i] = 0;
  v->arrays.masks[i] = 0;
  return envs_begin(v, i, why);
}

int roadloom_envs_reset(roadloom_envs *v, const uint64_t *seeds, const uint8_t *mask, char *text,
                        size_t size) {
  job j = {.v = v, .seeds = seeds, .mask = mask, .each = reset_one};
  return run(&j, text, size);
}

static status step_one(job *j, uint32_t i, trouble *why) {
  return envs_step(j->v, i, why);
}

int roadloom_envs_step(roadloom_envs *v, char *text, size_t size) {
  job j = {.v = v, .each = step_one};
  return run(&j, text, size);
}

// ---- teachers ----

int roadloom_envs_teacher(roadloom_envs *v, const char *name, uint32_t *number, char *text,
                          size_t size) {
  trouble why;
  char names[256] = "";
  const roadloom_policy *policy = sim_policy_find(name);
  const roadloom_policy_config config = {sizeof config, ROADLOOM_POLICY_ABI, v->config.envs, ""};
  for (int n = 0; sim_policy_number(n); n++)
    snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", n ? ", " : "",
             sim_policy_number(n)->name);
  envs_teacher *t = &v->teachers[v->teacher_count < ENVS_TEACHERS ? v->teacher_count : 0];
  status code = STATUS_OK;
  if (!policy)
    code = trouble_set(&why, STATUS_NOT_FOUND, "no policy '%.100s' comes along; there are %s", name,
                       names);
  else if (v->teacher_count == ENVS_TEACHERS)
    code = trouble_set(&why, STATUS_LIMIT, "more than %d teachers", ENVS_TEACHERS);
  else if ((policy->capabilities & ROADLOOM_POLICY_WANTS_LOG) && !v->config.log)
    code = trouble_set(&why, STATUS_RANGE, "%s needs envs made with the scene's log", name);
  else if (policy->create(&t->state, &config))
    code = trouble_set(&why, STATUS_MEMORY, "memory ran out for the teacher %s", name);
  if (code)
    return fail(text, size, &why);
  t->policy = policy;
  *number = v->teacher_count++;
  return 0;
}

// Those that come along keep nothing that envs share, so that threads may ask them side by side.
static status ask_one(job *j, uint32_t i, trouble *why) {
  roadloom_action *to = &j->actions[i];
  to->struct_size = sizeof *to;
  to->kind = 0;
  if (j->v->envs[i].waits)
    return STATUS_OK;
  return j->teacher->policy->step_batch(j->teacher->state, 1, &j->v->arrays.observations[i], to)
             ? trouble_set(why, STATUS_CONFLICT,
                           "the teacher %s has no answer; it looks on from the next reset on",
                           j->teacher->policy->name)
             : STATUS_OK;
}

int roadloom_envs_ask(roadloom_envs *v, uint32_t teacher, roadloom_action *actions, char *text,
                      size_t size) {
  trouble why;
  if (teacher >= v->teacher_count) {
    trouble_set(&why, STATUS_RANGE, "there is no teacher %u", teacher);
    return fail(text, size, &why);
  }
  job j = {.v = v, .teacher = &v->teachers[teacher], .actions = actions, .each = ask_one};
  return run(&j, text, size);
}
