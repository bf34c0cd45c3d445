// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cluster/drive_report.h"
#include "cluster/drive_search.h"
#include "cluster/drive_worst.h"
#include "cluster/job_print.h"
#include "cluster/policy_host.h"
#include "cluster/unit_device.h"
#include "export/episodes.h"
#include "render/lookout.h"
#include "sim/policy.h"
#include "sim/scores.h"

// What a worker keeps from unit to unit.
typedef struct drive_state {
  const cluster_job *job;
  const cluster_units *units;
  cluster_drive_def def;
  char *output;                // the job's folder, whose files a search reads
  script **scripts;            // (1 + job's further_count)
  int tilt_script, tilt_round; // of `tilt`; -1: none yet
  script_tilt tilt;
  cluster_policy *policy;
  device *device;       // NULL without sensors
  lookout *eyes;        // likewise
  scene *shown;         // that they look at
  episodes_step *steps; // (step_capacity) of the episode in work
  size_t step_capacity;
} drive_state;

// What goes on while one unit is made.
typedef struct drive_work {
  drive_state *state;
  cluster_record *record;
  cluster_beat beat;
  episodes made;
  drive_worst *worst; // of them
  uint32_t episode;   // in work
} drive_work;

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void account(drive_work *work, cluster_stage stage, double *mark) {
  double now = seconds_now();
  work->record->seconds[stage] += now - *mark;
  *mark = now;
}

// No kernels have a part in it.
static void drive_sources(char out[HASH_SHA256_HEX]) {
  hash_sha256_hex("", 0, out);
}

status cluster_drive_script(script **out, const cluster_job *job, int number, trouble *why) {
  if (number == 0) // the maps must outlive it
    return script_open_recorded(out, job->script_name, job->script_text, &job->modules, &job->maps,
                                job->overrides, job->override_count, why);
  const cluster_script *s = &job->further[number - 1];
  return script_open_recorded(out, s->name, s->text, &s->modules, &s->maps, job->overrides,
                              job->override_count, why);
}

sim_rollout_def cluster_drive_rollout(const cluster_drive_def *d) {
  sim_rollout_def def = sim_rollout_def_default();
  def.traffic = d->traffic;
  def.duration_s = d->duration_s;
  def.goal_m = d->goal_m;
  def.latency = (int)lround(d->latency_s / ROADLOOM_DT_S);
  def.drives_on = d->drives_on;
  return def;
}

// `bytes`: of what the sensors see.
static status check_sensors(const cluster_job *job, const cluster_drive_def *def, int number,
                            const rig_def *rig, uint64_t *bytes, trouble *why) {
  trouble wrong;
  roadloom_sensors head;
  status result = lookout_head(rig, def->sensors, &head, &wrong);
  *bytes = result ? 0 : head.size;
  return result ? trouble_set(why, result, "--sensors: %s: %s",
                              cluster_job_script(job, number).name, wrong.text)
                : STATUS_OK;
}

// What a script's first scene says, added to what those before it said.
static status plan_script(const cluster_job *job, const cluster_drive_def *def, int number,
                          cluster_plan *out, uint64_t *sensors, trouble *why) {
  script *source = NULL;
  scene *first = NULL;
  sim_rollout *r = NULL;
  status result = cluster_drive_script(&source, job, number, why);
  if (!result) {
    script_log_remarks(source, job->seed, 0);
    result = script_build(source, job->seed, 0, &first, why);
  }
  if (!result && def->sensors[0])
    result = check_sensors(job, def, number, &first->rig, sensors, why);
  if (!result) {
    sim_rollout_def each = cluster_drive_rollout(def);
    each.traffic = SIM_TRAFFIC_REACTIVE; // a log takes time, and tells no more
    result = sim_rollout_create(&r, first, &each, why);
  }
  if (!result) {
    uint32_t frames = (uint32_t)sim_rollout_most(r);
    out->frames = frames > out->frames ? frames : out->frames;
    out->scene_bytes = out->frames * sizeof(episodes_step);
    out->first_scene_hash =
        number ? hash_xxh3_seeded(&first->hash, sizeof first->hash, out->first_scene_hash)
               : first->hash;
  }
  sim_rollout_destroy(r);
  if (first)
    scene_destroy(first);
  if (source)
    script_close(source);
  return result;
}

static status drive_plan(const cluster_job *job, cluster_plan *out, trouble *why) {
  cluster_drive_def def;
  status result = cluster_drive_def_of(job, &def, why);
  uint64_t sensors = 0;
  for (int number = 0; !result && number <= job->further_count; number++)
    result = plan_script(job, &def, number, out, &sensors, why);
  if (!result) // or it would fail in every episode, as if that said how it drives
    result = cluster_policy_try(def.policy, def.timeout_s, sensors, why);
  return result;
}

static void drive_close(void *opened) {
  drive_state *state = opened;
  cluster_policy_close(state->policy);
  lookout_destroy(state->eyes);
  if (state->device)
    device_close(state->device);
  if (state->shown)
    scene_destroy(state->shown);
  for (int i = 0; state->scripts && i <= state->job->further_count; i++)
    if (state->scripts[i])
      script_close(state->scripts[i]);
  free(state->scripts);
  free(state->output);
  free(state->steps);
  free(state);
}

// A policy that isn't the one that the job was begun with would drive otherwise.
static status check_policy(const cluster_job *job, const cluster_drive_def *def, trouble *why) {
  char sha256[HASH_SHA256_HEX];
  status result = cluster_policy_check(def->policy, sha256, why);
  if (!result && strcmp(sha256, cluster_job_setting(job, "policy_sha256")) != 0)
    result = trouble_set(why, STATUS_CONFLICT,
                         "--policy %.200s: its files have changed since the job began; put them "
                         "back as they were to go on",
                         def->policy);
  return result;
}

// The policy with what its sensors need: the rig of the first scene says how large they are.
static status open_policy(drive_state *state, const cluster_place *place, trouble *why) {
  const cluster_drive_def *def = &state->def;
  roadloom_sensors head = {0};
  scene *first = NULL;
  status result = STATUS_OK;
  if (def->sensors[0]) {
    result = script_build(state->scripts[0], state->job->seed, 0, &first, why);
    if (!result)
      result = lookout_head(&first->rig, def->sensors, &head, why);
    if (!result)
      result = cluster_unit_device(&state->device, place, why);
    if (!result)
      result = lookout_create(&state->eyes, state->device, &first->rig, def->sensors, why);
  }
  if (!result)
    result = cluster_policy_open(&state->policy, def->policy, def->timeout_s, head.size, why);
  if (first)
    scene_destroy(first);
  return result;
}

static status drive_open(void **out, const cluster_job *job, const cluster_units *units,
                         const cluster_place *place, char device_name[RECORD_TEXT], trouble *why) {
  drive_state *state = calloc(1, sizeof *state);
  if (!state)
    return trouble_set(why, STATUS_MEMORY, "no memory for a worker");
  state->job = job;
  state->units = units;
  state->tilt_script = state->tilt_round = -1;
  state->output = strdup(place->output);
  state->scripts = calloc((size_t)job->further_count + 1, sizeof *state->scripts);
  status result = state->scripts && state->output
                      ? cluster_drive_def_of(job, &state->def, why)
                      : trouble_set(why, STATUS_MEMORY, "no memory for a worker");
  if (!result)
    result = check_policy(job, &state->def, why);
  for (int i = 0; !result && i <= job->further_count; i++)
    result = cluster_drive_script(&state->scripts[i], job, i, why);
  if (!result)
    result = open_policy(state, place, why);
  if (result) {
    drive_close(state);
    return result;
  }
  snprintf(device_name, RECORD_TEXT, "%.127s",
           state->device ? device_about(state->device)->name : "processor");
  *out = state;
  return STATUS_OK;
}

// ---- one episode ----

static status keep_step(drive_work *work, const sim_episode *e, int frame, uint64_t hash,
                        trouble *why) {
  drive_state *state = work->state;
  if ((size_t)frame >= state->step_capacity) {
    size_t room = 2 * state->step_capacity + 256;
    episodes_step *grown = realloc(state->steps, room * sizeof *grown);
    if (!grown)
      return trouble_set(why, STATUS_MEMORY, "no memory for %zu steps", room);
    state->steps = grown;
    state->step_capacity = room;
  }
  episodes_step *to = &state->steps[frame];
  memset(to, 0, sizeof *to);
  to->episode[0] = work->episode;
  to->time_s[0] = frame * ROADLOOM_DT_S;
  to->x_m[0] = e->ego_x_m[frame];
  to->y_m[0] = e->ego_y_m[frame];
  to->yaw_rad[0] = e->ego_yaw_rad[frame];
  to->ahead_mps[0] = e->ego_ahead_mps[frame];
  to->left_mps[0] = e->ego_left_mps[frame];
  to->ahead_mps2[0] = e->ego_ahead_mps2[frame];
  to->left_mps2[0] = e->ego_left_mps2[frame];
  to->yaw_rate_radps[0] = e->ego_yaw_radps[frame];
  to->steer_rad[0] = e->ego_steer_rad[frame];
  to->state_hash[0] = hash;
  return STATUS_OK;
}

// Asks and goes on until the episode has ended.
static status drive_to_end(drive_work *work, sim_rollout *r, trouble *why) {
  drive_state *state = work->state;
  sim_episode *e = sim_rollout_record(r);
  char text[POLICY_TEXT] = "";
  uint64_t seed = e->scene_hash ^ e->seed;
  sim_end end = cluster_policy_reset(state->policy, seed, sim_rollout_route(r), text);
  status result = keep_step(work, e, 0, sim_rollout_hash(r), why);
  while (!result && !end && sim_rollout_ended(r) == SIM_END_OPEN) {
    roadloom_action action;
    sim_rollout_observe(r, 0, cluster_policy_seen(state->policy));
    if (state->eyes)
      result = lookout_look(state->eyes, sim_rollout_seen(r), sim_rollout_steps(r),
                            cluster_policy_sensed(state->policy), why);
    if (result)
      return result;
    end = cluster_policy_step(state->policy, &action, text);
    if (end)
      break;
    int before = sim_rollout_steps(r);
    result = sim_rollout_step(r, &action, why);
    if (result || sim_rollout_steps(r) == before)
      break;
    single_track_command command;
    sim_rollout_command(r, &command);
    state->steps[before].command_steer_rad[0] = command.steer_rad;
    state->steps[before].command_drive_mps2[0] = command.drive_mps2;
    state->steps[before].command_brake_mps2[0] = command.brake_mps2;
    result = keep_step(work, e, before + 1, sim_rollout_hash(r), why);
    work->record->frames++;
    work->beat.call(work->beat.context, work->record->frames);
  }
  if (end == SIM_END_JOB) // nothing that the policy did
    return trouble_set(why, STATUS_LIMIT, "episode %u: %s", work->episode, text);
  if (end)
    sim_rollout_end(r, end, text);
  return result;
}

static const char *weather_word(const weather_state *w) {
  if (w->snow_mmh > 0)
    return "snow";
  if (w->rain_mmh > 0)
    return "rain";
  if (w->fog_visibility_m < 1000)
    return "fog";
  return w->cloud_cover > 0.8 ? "overcast" : w->cloud_cover > 0.3 ? "cloudy" : "clear";
}

// How far pdm_closed gets in the same scene, frame by frame: what progress is measured against.
static status drive_reference(const scene *s, const cluster_drive_def *d, sim_episode *e,
                              trouble *why) {
  sim_rollout_def def = cluster_drive_rollout(d);
  sim_rollout *r = NULL;
  cluster_policy *pdm = NULL;
  char text[POLICY_TEXT];
  def.latency = def.plan_points = 0;
  status result = sim_rollout_create(&r, s, &def, why);
  if (!result)
    result = cluster_policy_open(&pdm, "pdm_closed", d->timeout_s, 0, why);
  sim_end end = result ? SIM_END_JOB : cluster_policy_reset(pdm, 0, sim_rollout_route(r), text);
  while (!result && !end && sim_rollout_ended(r) == SIM_END_OPEN) {
    roadloom_action action;
    sim_rollout_observe(r, 0, cluster_policy_seen(pdm));
    end = cluster_policy_step(pdm, &action, text);
    if (!end)
      result = sim_rollout_step(r, &action, why);
  }
  if (!result) {
    const sim_episode *ref = sim_rollout_record(r);
    double along = NAN;
    for (int k = 0; k < e->def.frames; k++) { // where it has ended it stays
      if (k < ref->count)
        along = sim_episode_along(ref, ref->ego_x_m[k], ref->ego_y_m[k], along, NULL);
      e->reference_m[k] = along;
    }
    e->reference_count = e->def.frames;
  }
  cluster_policy_close(pdm);
  sim_rollout_destroy(r);
  return result;
}

// What a search has to know of an episode besides its scores.
static void add_search(const drive_work *work, const scene *s, const char **names, double *values) {
  const drive_state *state = work->state;
  uint32_t words[SCRIPT_TILT_WORDS];
  const double of[SEARCH_COLUMNS] = {
      state->tilt_round, s->attempt,
      script_tilt_draw(&state->tilt, s->seed, s->index, s->attempt, words)};
  for (int i = 0; i < SEARCH_COLUMNS; i++) {
    names[i] = cluster_search_columns[i];
    values[i] = of[i];
  }
}

static double value_of(const sim_score_value *values, int count, const char *name) {
  for (int k = 0; k < count; k++)
    if (strcmp(values[k].name, name) == 0)
      return values[k].value;
  return NAN;
}

// Pictures of it, unless the policy failed: that is no way to drive.
static status draw(drive_work *work, const scene *s, const sim_episode *e, const sim_scores *scores,
                   const sim_score_value *named, int count, trouble *why) {
  if (sim_end_is_failure(e->end))
    return STATUS_OK;
  double by[DRIVE_WORST_SCORES];
  for (int i = 0; i < DRIVE_WORST_SCORES; i++)
    by[i] = value_of(named, count, drive_worst_scores[i]);
  return drive_worst_offer(work->worst, drive_badness_of(by, work->episode), s, e, scores, why);
}

static status score(drive_work *work, const scene *s, sim_episode *e, double *values,
                    trouble *why) {
  const drive_state *state = work->state;
  sim_scores *scores = NULL;
  sim_score_value named[SIM_SCORE_VALUES];
  const char *names[SIM_SCORE_VALUES + SEARCH_COLUMNS];
  sim_episode_survey(e, &s->roads);
  status result = state->def.reference ? drive_reference(s, &state->def, e, why) : STATUS_OK;
  if (!result)
    result = sim_scores_create(&scores, &e->def, why);
  if (!result)
    result = sim_scores_run(scores, e, why);
  if (result) {
    sim_scores_destroy(scores);
    return result;
  }
  int count = sim_scores_values(scores, named);
  for (int k = 0; k < count; k++) {
    names[k] = named[k].name;
    values[k] = named[k].value;
  }
  result = draw(work, s, e, scores, named, count, why);
  sim_scores_destroy(scores);
  if (state->def.search) {
    add_search(work, s, names + count, values + count);
    count += SEARCH_COLUMNS;
  }
  if (!result && work->made.count == 0)
    result = episodes_name_scores(&work->made, names, count, why);
  return result;
}

static status keep_episode(drive_work *work, const scene *s, sim_rollout *r, trouble *why) {
  sim_episode *e = sim_rollout_record(r);
  episodes_row row;
  double values[SIM_SCORE_VALUES + SEARCH_COLUMNS];
  status result = score(work, s, e, values, why);
  if (result)
    return result;
  memset(&row, 0, sizeof row);
  uint32_t index;
  int number = cluster_job_scene(work->state->job, work->episode, &index);
  row.episode[0] = work->episode;
  snprintf(row.script, sizeof row.script, "%s", cluster_job_script(work->state->job, number).name);
  row.scene[0] = index;
  row.seed[0] = s->seed;
  row.scene_hash[0] = s->hash;
  snprintf(row.scenario, sizeof row.scenario, "%s", s->scenario);
  snprintf(row.place, sizeof row.place, "%s", s->place);
  snprintf(row.weather, sizeof row.weather, "%s", weather_word(&s->weather));
  snprintf(row.end, sizeof row.end, "%s", sim_end_name(e->end));
  snprintf(row.end_text, sizeof row.end_text, "%s", e->end_text);
  row.truncated[0] = e->end == SIM_END_TIME;
  row.terminated[0] = !row.truncated[0];
  row.failed[0] = sim_end_is_failure(e->end);
  row.seconds[0] = sim_rollout_steps(r) * ROADLOOM_DT_S;
  row.way_m[0] = e->travelled_m[e->count - 1];
  row.goal_m[0] = e->route_goal_m - e->route_begin_m;
  row.progress_m[0] = e->route_m[e->count - 1] - e->route_begin_m;
  return episodes_add(&work->made, &row, work->state->steps, (size_t)e->count, values, why);
}

// Lets the episode's script draw as its round of the search does.
static status tilt_script(drive_state *state, int number, uint32_t episode, trouble *why) {
  int round = cluster_search_round(state->job, episode);
  if (!state->def.search || (number == state->tilt_script && round == state->tilt_round))
    return STATUS_OK;
  status result = cluster_search_tilt(state->output, state->job, state->units, number, round,
                                      &state->tilt, why);
  if (result)
    return result;
  script_set_tilt(state->scripts[number], &state->tilt);
  state->tilt_script = number;
  state->tilt_round = round;
  return STATUS_OK;
}

static status make_episode(drive_work *work, uint32_t episode, trouble *why) {
  drive_state *state = work->state;
  uint32_t index;
  int number = cluster_job_scene(state->job, episode, &index);
  work->episode = episode;
  scene *s = NULL;
  sim_rollout *r = NULL;
  char text[POLICY_TEXT] = "";
  sim_end end;
  double mark = seconds_now();
  status result = tilt_script(state, number, episode, why);
  if (!result)
    result = script_build(state->scripts[number], state->job->seed, index, &s, why);
  account(work, STAGE_BUILD, &mark);
  if (result)
    return result;
  sim_rollout_def def = cluster_drive_rollout(&state->def);
  def.wants_log = cluster_policy_wants_log(state->policy, &end, text);
  def.film = state->eyes != NULL;
  result = sim_rollout_create(&r, s, &def, why);
  if (!result && state->eyes)
    result = lookout_begin(state->eyes, s, why);
  if (!result && end) // it couldn't even be started
    sim_rollout_end(r, end, text);
  if (!result && end == SIM_END_JOB)
    result = trouble_set(why, STATUS_LIMIT, "episode %u: %s", episode, text);
  if (!result)
    result = end ? keep_step(work, sim_rollout_record(r), 0, sim_rollout_hash(r), why)
                 : drive_to_end(work, r, why);
  if (!result)
    result = keep_episode(work, s, r, why);
  account(work, STAGE_MOVE, &mark);
  sim_rollout_destroy(r);
  if (state->shown)
    scene_destroy(state->shown);
  state->shown = state->eyes ? s : NULL;
  if (!state->eyes)
    scene_destroy(s);
  work->record->scenes++;
  work->beat.call(work->beat.context, work->record->frames);
  return result;
}

// ---- units ----

static status write_unit(const drive_work *work, int unit, cluster_made *out, trouble *why) {
  const cluster_job *job = work->state->job;
  char sha256[HASH_SHA256_HEX], *settings = cluster_print_settings(job);
  if (!settings)
    return trouble_set(why, STATUS_MEMORY, "no memory for the settings");
  char *scripts = cluster_print_scripts(job);
  if (!scripts) {
    free(settings);
    return trouble_set(why, STATUS_MEMORY, "no memory for the scripts' names");
  }
  cluster_hash_scripts(job, sha256);
  episodes_about about = {.program_version = job->program_version,
                          .script_name = scripts,
                          .script_sha256 = sha256,
                          .settings = settings,
                          .seed = job->seed,
                          .unit = (uint32_t)unit};
  status result = episodes_write(&work->made, &about, &out->bytes, &out->size, why);
  free(settings);
  free(scripts);
  return result;
}

static status drive_make(void *opened, int unit, cluster_beat beat, cluster_made *out,
                         trouble *why) {
  drive_work work = {.state = opened, .record = &out->record, .beat = beat};
  uint32_t count;
  const uint32_t *scenes = cluster_unit_scenes(work.state->units, unit, &count);
  // A unit's bytes mustn't depend on those that this worker made before.
  cluster_policy_forget(work.state->policy);
  status result = check_policy(work.state->job, &work.state->def, why);
  if (!result)
    result = drive_worst_create(&work.worst, why);
  for (uint32_t i = 0; !result && i < count; i++)
    result = make_episode(&work, scenes[i], why);
  if (!result) // which one has driven isn't known otherwise
    result = check_policy(work.state->job, &work.state->def, why);
  double mark = seconds_now();
  if (!result)
    result = drive_worst_put(work.worst, &work.made, why);
  if (!result)
    result = write_unit(&work, unit, out, why);
  account(&work, STAGE_WRITE, &mark);
  drive_worst_destroy(work.worst);
  episodes_free(&work.made);
  return result;
}

static status drive_check(const cluster_job *job, const cluster_units *units, int unit,
                          const char *path, cluster_record *out, trouble *why) {
  episodes there;
  char *settings = cluster_print_settings(job), *found = calloc(1, 1 << 16);
  status result = settings && found ? episodes_read(path, &there, found, 1 << 16, why)
                                    : trouble_set(why, STATUS_MEMORY, "no memory for a check");
  bool ours = !result && strcmp(settings, found) == 0;
  free(settings);
  free(found);
  if (result)
    return result;
  uint32_t count;
  const uint32_t *scenes = cluster_unit_scenes(units, unit, &count);
  ours = ours && there.count == (int)count;
  for (uint32_t i = 0; ours && i < count; i++)
    ours = there.rows[i].episode[0] == scenes[i] && there.rows[i].seed[0] == job->seed;
  out->scenes = (uint32_t)there.count;
  out->frames = (uint32_t)(there.step_count - (size_t)there.count);
  episodes_free(&there);
  return ours ? STATUS_OK : trouble_set(why, STATUS_FORMAT, "%s: episodes of another job", path);
}

const cluster_maker cluster_drive_maker = {.report = cluster_drive_report,
                                           .report_name = "report.html",
                                           .sources = drive_sources,
                                           .plan = drive_plan,
                                           .stage = cluster_search_stage,
                                           .open = drive_open,
                                           .make = drive_make,
                                           .close = drive_close,
                                           .check = drive_check};
