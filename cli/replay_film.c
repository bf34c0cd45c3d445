// SPDX-License-Identifier: Apache-2.0
#include "cli/replay_film.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/options.h"
#include "cli/replay_scores.h"
#include "cli/version.h"
#include "cluster/job_print.h"
#include "export/picture.h"
#include "export/shard.h"
#include "export/sheet_views.h"
#include "export/strip.h"
#include "render/renderer.h"
#include "render/sensor_choice.h"

enum { PATH = 4096, TITLE = 400, FAULTS = 64 };
enum { FOLLOW_WIDE = 400, FOLLOW_HIGH = 226, FOLLOW_FINER = 2, LIDAR_SIDE = 720 };

// The record of an episode with all that a strip tells of it; kept from the first replay on.
typedef struct story {
  char title[TITLE], end[TITLE];
  sim_fault faults[FAULTS];
  int fault_count;
  int moments[STRIP_MOMENTS], moment_count;
} story;

// What one replay works with.
typedef struct film {
  const replay_film_def *def;
  story *story;
  bool follows; // else sensors and shard
  device *device;
  renderer *renderer;
  sensor_choice choice;
  scene scene; // the episode's with frames as long as its steps, and perhaps another rig
  sim_snapshot now;
  canvas pictures[STRIP_MOMENTS];
  shard_writer *shard;
} film;

// ---- telling ----

// Letters of pictures are ASCII.
static void plain(char *text) {
  for (char *c = text; *c; c++)
    if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
      *c = '?';
}

static strip_of strip_of_episode(const story *t, const scene *s, const sim_episode *e) {
  return (strip_of){.title = t->title,
                    .end = t->end,
                    .scene = s,
                    .episode = e,
                    .faults = t->faults,
                    .fault_count = t->fault_count};
}

static void tell(story *t, const episodes_row *row) {
  snprintf(t->title, sizeof t->title, "episode %u  %s scene %u%s%s  %s, %s", row->episode[0],
           row->script, row->scene[0], row->scenario[0] ? "  " : "", row->scenario, row->place,
           row->weather);
  snprintf(t->end, sizeof t->end, "%s: %s, after %.1f s and %.0f m", row->end, row->end_text,
           row->seconds[0], row->way_m[0]);
  plain(t->title);
  plain(t->end);
}

static status score(story *t, const char *file, const scene *s, sim_episode *e, trouble *why) {
  sim_scores *scores = NULL;
  sim_episode_survey(e, &s->roads);
  status result = sim_scores_create(&scores, &e->def, why);
  if (!result)
    result = sim_scores_run(scores, e, why);
  if (!result)
    t->fault_count = sim_faults_find(e, scores, t->faults, FAULTS);
  if (!result && file)
    result = replay_scores_write(file, e, scores, why);
  sim_scores_destroy(scores);
  return result;
}

// ---- strips ----

static status write_birdseye(const char *path, const strip_of *of, trouble *why) {
  strip *s = NULL;
  status result = strip_create(&s, of, why);
  if (!result)
    result = strip_add_birdseye(s, why);
  if (!result)
    result = strip_write(s, path, why);
  strip_destroy(s);
  return result;
}

// The first replay's end: all is known then that the pictures tell.
static status end_story(void *context, const episodes_row *row, const scene *s, sim_rollout *r,
                        trouble *why) {
  film *f = context;
  sim_episode *e = sim_rollout_record(r);
  tell(f->story, row);
  status result = score(f->story, f->def->scores, s, e, why);
  if (result)
    return result;
  const strip_of of = strip_of_episode(f->story, s, e);
  f->story->moment_count = strip_moments(&of, f->story->moments);
  return f->def->strip ? write_birdseye(f->def->strip, &of, why) : STATUS_OK;
}

static camera_def follower(void) {
  const double half_rad = 35 * 3.14159265358979323846 / 180;
  camera_def c = camera_def_default();
  snprintf(c.name, sizeof c.name, "follow");
  c.width_px = FOLLOW_WIDE * FOLLOW_FINER;
  c.height_px = FOLLOW_HIGH * FOLLOW_FINER;
  c.fx_px = c.fy_px = c.width_px / 2.0 / tan(half_rad);
  c.cx_px = c.width_px / 2.0;
  c.cy_px = c.height_px / 2.0;
  c.mount = camera_mount(-7.5, 0, 3.6, 0, 0.2);
  c.readout_s = 0;
  return c;
}

// The end of what is seen, standing: a picture at the very moment.
static status stand(film *f, const sim_snapshot *seen, trouble *why) {
  sim_actor *actors = realloc(f->now.actors, sizeof *actors * (size_t)(seen->actor_count + 1));
  if (!actors)
    return trouble_set(why, STATUS_MEMORY, "no memory for a picture");
  memcpy(actors, seen->actors, sizeof *actors * (size_t)seen->actor_count);
  f->now = *seen;
  f->now.actors = actors;
  for (int i = 0; i < f->now.actor_count; i++) {
    sim_actor *a = &actors[i];
    a->before = a->begin = a->end;
    a->steer_rad = a->steer_end_rad;
    a->wheel_rad += a->wheel_turn_rad;
    a->wheel_turn_rad = 0;
  }
  return STATUS_OK;
}

static status take_picture(film *f, const sim_snapshot *seen, canvas *out, trouble *why) {
  frame rendered;
  status result = stand(f, seen, why);
  if (!result)
    result = renderer_frame(f->renderer, &f->now, &rendered, why);
  if (result)
    return result;
  return sheet_view_rgb(out, FOLLOW_WIDE, FOLLOW_HIGH, &rendered.cameras[0])
             ? STATUS_OK
             : trouble_set(why, STATUS_MEMORY, "no memory for a picture");
}

static status follow(film *f, const sim_snapshot *seen, int k, trouble *why) {
  status result = STATUS_OK;
  for (int i = 0; !result && i < f->story->moment_count; i++)
    if (f->story->moments[i] == k && !f->pictures[i].rgb)
      result = take_picture(f, seen, &f->pictures[i], why);
  return result;
}

static status end_follow(film *f, const scene *s, sim_episode *e, trouble *why) {
  const strip_of of = strip_of_episode(f->story, s, e);
  strip *to = NULL;
  status result = strip_create(&to, &of, why);
  for (int i = 0; !result && i < f->story->moment_count; i++)
    result = strip_add_picture(to, &f->pictures[i], f->story->moments[i], why);
  if (!result)
    result = strip_write(to, f->def->follow, why);
  strip_destroy(to);
  return result;
}

// ---- sensors ----

static status begin_shard(film *f, const cluster_script *from, const cluster_job *job,
                          trouble *why) {
  char sha256[HASH_SHA256_HEX], machine[300];
  char *modules = cluster_print_modules(&from->modules);
  char *maps = cluster_print_maps(&from->maps), *overrides = cluster_print_overrides(job);
  const device_info *about = device_about(f->device);
  hash_sha256_hex(from->text, strlen(from->text), sha256);
  snprintf(machine, sizeof machine, "%s, driver %s", about->name, about->driver);
  const shard_about says = {.program_version = cli_version(),
                            .script_name = from->name,
                            .script_text = from->text,
                            .script_sha256 = sha256,
                            .modules = modules,
                            .maps = maps,
                            .overrides = overrides,
                            .device = machine,
                            .split = "replay",
                            .seed = job->seed};
  status result = modules && maps && overrides
                      ? shard_create(&f->shard, &says, &f->scene.rig, why)
                      : trouble_set(why, STATUS_MEMORY, "no memory for a shard");
  if (!result)
    result = shard_add_scene(f->shard, &f->scene, why);
  free(modules);
  free(maps);
  free(overrides);
  return result;
}

static status choose_sensors(film *f, trouble *why) {
  const replay_film_def *def = f->def;
  const rig_def *rig = &f->scene.rig;
  sensor_choice all = {0};
  status result = def->sensors ? sensor_choice_of(&f->choice, rig, def->sensors, why) : STATUS_OK;
  if (!result && def->sensors)
    result = sensor_choice_fits(&f->choice, rig, ROADLOOM_DT_S, why);
  if (!result && def->output)
    result = file_make_folder(def->output, why);
  if (!result && !def->shard)
    renderer_choose(f->renderer, f->choice.cameras, f->choice.lidars);
  for (int i = 0; i < rig->camera_count + rig->lidar_count && i < SENSORS_MOST; i++) {
    all.lidar[i] = i >= rig->camera_count;
    all.number[i] = all.lidar[i] ? i - rig->camera_count : i;
    all.count++;
  }
  if (!result && def->shard)
    result = sensor_choice_fits(&all, rig, ROADLOOM_DT_S, why);
  return result;
}

static status begin(void *context, const cluster_script *from, const cluster_job *job,
                    const episodes_row *row, const scene *s, trouble *why) {
  film *f = context;
  f->scene = *s;
  f->scene.duration_s = row->seconds[0];
  f->scene.frame_hz = 1 / ROADLOOM_DT_S;
  if (f->follows) {
    f->scene.rig = (rig_def){.name = "follow", .camera_count = 1, .cameras = {follower()}};
    renderer_show_ego(f->renderer, true);
  }
  status result = f->follows ? STATUS_OK : choose_sensors(f, why);
  if (!result)
    result = renderer_set_scene(f->renderer, &f->scene, why);
  if (!result && !f->follows && f->def->shard)
    result = begin_shard(f, from, job, why);
  return result;
}

static status write_camera(const char *path, const frame_camera *c, trouble *why) {
  if (!c->rgb)
    return trouble_set(why, STATUS_RANGE, "%s: this camera takes no colours", path);
  return picture_write_png(path, c->width_px, c->height_px, c->rgb, why);
}

static status write_lidar(const char *path, const frame *f, const rig_def *rig, int number,
                          trouble *why) {
  canvas picture = {0};
  if (!sheet_view_lidar(&picture, LIDAR_SIDE * 3 / 2, LIDAR_SIDE, f, rig, number))
    return trouble_set(why, STATUS_MEMORY, "%s: no memory for the picture", path);
  status result = picture_write_png(path, picture.width, picture.height, picture.rgb, why);
  free(picture.rgb);
  return result;
}

static status write_pictures(film *f, const frame *seen, int k, trouble *why) {
  status result = STATUS_OK;
  for (int i = 0; !result && i < f->choice.count; i++) {
    char path[PATH];
    snprintf(path, sizeof path, "%s/%s-%05d.png", f->def->output,
             sensor_choice_name(&f->choice, &f->scene.rig, i), k);
    int number = f->choice.number[i];
    result = f->choice.lidar[i] ? write_lidar(path, seen, &f->scene.rig, number, why)
                                : write_camera(path, &seen->cameras[number], why);
  }
  return result;
}

static status each_frame(void *context, sim_rollout *r, int k, trouble *why) {
  film *f = context;
  const sim_snapshot *seen = sim_rollout_seen(r);
  if (f->follows)
    return follow(f, seen, k, why);
  frame rendered;
  status result = renderer_frame(f->renderer, seen, &rendered, why);
  if (!result)
    result = write_pictures(f, &rendered, k, why);
  if (!result && f->shard && k > 0) // what stands at the begin is no frame of its own
    result = shard_add_frame(f->shard, &rendered, why);
  return result;
}

static status write_shard(film *f, trouble *why) {
  void *bytes = NULL;
  size_t size;
  shard_writer *writer = f->shard;
  f->shard = NULL;
  status result = shard_finish(writer, &bytes, &size, why);
  if (!result)
    result = file_write_atomic(f->def->shard, bytes, size, why);
  free(bytes);
  return result;
}

static status end(void *context, const episodes_row *row, const scene *s, sim_rollout *r,
                  trouble *why) {
  film *f = context;
  (void)row;
  if (!f->follows)
    return f->shard ? write_shard(f, why) : STATUS_OK;
  sim_episode *e = sim_rollout_record(r);
  sim_episode_survey(e, &s->roads);
  return end_follow(f, s, e, why);
}

// ---- replays ----

static void film_free(film *f) {
  shard_abandon(f->shard);
  if (f->renderer)
    renderer_destroy(f->renderer);
  if (f->device)
    device_close(f->device);
  for (int i = 0; i < STRIP_MOMENTS; i++)
    free(f->pictures[i].rgb);
  free(f->now.actors);
  f->now = (sim_snapshot){0};
}

// A replay that renders.
static status shoot(const char *folder, uint32_t number, const replay_film_def *def, story *told,
                    bool follows, cluster_replay *out, trouble *why) {
  film *f = calloc(1, sizeof *f);
  if (!f)
    return trouble_set(why, STATUS_MEMORY, "no memory for a film");
  f->def = def;
  f->story = told;
  f->follows = follows;
  status result = device_open(&f->device, def->device, why);
  if (!result)
    result = renderer_create(&f->renderer, f->device, why);
  const cluster_replay_watch watch = {
      .context = f, .film = true, .begin = begin, .frame = each_frame, .end = end};
  if (!result)
    result = cluster_drive_replay(folder, number, &watch, out, why);
  film_free(f);
  free(f);
  return result;
}

static status check_outputs(const replay_film_def *def, trouble *why) {
  const char *const files[] = {def->scores, def->strip, def->follow, def->shard};
  status result = STATUS_OK;
  for (int i = 0; !result && i < 4; i++)
    if (files[i])
      result = cli_check_output_file(files[i], why);
  return result;
}

status replay_film(const char *folder, uint32_t number, const replay_film_def *def,
                   cluster_replay *out, trouble *why) {
  story *told = calloc(1, sizeof *told);
  if (!told)
    return trouble_set(why, STATUS_MEMORY, "no memory for a replay");
  film first = {.def = def, .story = told};
  const bool tells = def->scores || def->strip || def->follow;
  const cluster_replay_watch watch = {.context = &first, .end = tells ? end_story : NULL};
  status result = check_outputs(def, why);
  if (!result)
    result = cluster_drive_replay(folder, number, &watch, out, why);
  bool same = !result && out->differs_at < 0;
  if (same && def->follow)
    result = shoot(folder, number, def, told, true, out, why);
  if (same && !result && (def->sensors || def->shard))
    result = shoot(folder, number, def, told, false, out, why);
  free(told);
  return result;
}
