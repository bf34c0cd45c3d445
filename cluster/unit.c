// SPDX-License-Identifier: Apache-2.0
#include "cluster/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cluster/job_print.h"
#include "cluster/report.h"
#include "cluster/unit_device.h"
#include "export/shard.h"
#include "export/shard_reader.h"
#include "render/kernel_source.h"
#include "render/renderer.h"
#include "sim/world.h"

// What a worker keeps from unit to unit.
typedef struct unit_state {
  const cluster_job *job;
  const cluster_units *units;
  script *script;
  device *device;
  renderer *renderer;
  char device_text[256];
  char script_sha256[HASH_SHA256_HEX];
  char *modules;         // "town_helpers.lua 0123…\n"
  char *maps;            // "town.xodr 0123…\n"
  char *overrides;       // "a=1\nb=2"
  scene *scene;          // the renderer's, until it has the next
  sim_snapshot snapshot; // reused from frame to frame
  void *spare;           // memory for the next shard
} unit_state;

// What goes on while one unit is made.
typedef struct unit_work {
  unit_state *state;
  shard_writer *writer;
  cluster_record *record;
  cluster_beat beat;
} unit_work;

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Adds the time since *mark to a stage and moves the mark.
static void account(unit_work *work, cluster_stage stage, double *mark) {
  double now = seconds_now();
  work->record->seconds[stage] += now - *mark;
  *mark = now;
}

static void unit_sources(char out[HASH_SHA256_HEX]) {
  char *text = NULL;
  size_t size = 0;
  FILE *all = open_memstream(&text, &size);
  for (const render_kernel_source *s = render_kernel_sources; all && s->name; s++) {
    fprintf(all, "%s %zu\n", s->name, s->size);
    fwrite(s->text, 1, s->size, all);
  }
  if (all)
    fclose(all);
  hash_sha256_hex(text, size, out);
  free(text);
}

static status open_script(script **out, const cluster_job *job, trouble *why) {
  return script_open_recorded(out, job->script_name, job->script_text, &job->modules, &job->maps,
                              job->overrides, job->override_count, why);
}

// Raw bytes of one frame of a rig's arrays, as render/frame.h has them.
static uint64_t frame_bytes(const rig_def *rig) {
  uint64_t bytes = 0;
  for (int i = 0; i < rig->camera_count; i++)
    bytes += (uint64_t)rig->cameras[i].width_px * (uint64_t)rig->cameras[i].height_px *
             (3 + sizeof(float) + 1 + sizeof(uint32_t));
  for (int i = 0; i < rig->lidar_count; i++)
    bytes += (uint64_t)rig->lidars[i].rings * (uint64_t)rig->lidars[i].azimuth_steps *
             (4 * sizeof(float) + 2 + 4 + 4 + 1 + 1);
  return bytes;
}

static status unit_plan(const cluster_job *job, cluster_plan *out, trouble *why) {
  script *source = NULL;
  scene *first = NULL;
  status result = open_script(&source, job, why);
  if (!result) {
    script_log_remarks(source, job->seed, 0); // here and in no other worker: once a launch
    result = script_build(source, job->seed, 0, &first, why);
  }
  if (!result) {
    out->frames = sim_frame_count(first);
    out->scene_bytes = frame_bytes(&first->rig) * out->frames;
    out->first_scene_hash = first->hash;
    scene_destroy(first);
  }
  if (source)
    script_close(source);
  return result;
}

static void unit_close(void *opened) {
  unit_state *state = opened;
  if (state->renderer)
    renderer_destroy(state->renderer);
  if (state->device)
    device_close(state->device);
  if (state->scene)
    scene_destroy(state->scene);
  if (state->script)
    script_close(state->script);
  sim_snapshot_free(&state->snapshot);
  free(state->modules);
  free(state->maps);
  free(state->overrides);
  free(state->spare);
  free(state);
}

static status unit_open(void **out, const cluster_job *job, const cluster_units *units,
                        const cluster_place *place, char device_name[RECORD_TEXT], trouble *why) {
  unit_state *state = calloc(1, sizeof *state);
  if (!state)
    return trouble_set(why, STATUS_MEMORY, "no memory for a worker");
  state->job = job;
  state->units = units;
  state->modules = cluster_print_modules(&job->modules);
  state->maps = cluster_print_maps(&job->maps);
  state->overrides = cluster_print_overrides(job);
  hash_sha256_hex(job->script_text, strlen(job->script_text), state->script_sha256);
  status result = state->modules && state->maps && state->overrides
                      ? open_script(&state->script, job, why)
                      : trouble_set(why, STATUS_MEMORY, "no memory for a worker");
  if (!result)
    result = cluster_unit_device(&state->device, place, why);
  if (!result)
    result = renderer_create(&state->renderer, state->device, why);
  if (result) {
    unit_close(state);
    return result;
  }
  const device_info *about = device_about(state->device);
  snprintf(state->device_text, sizeof state->device_text, "%s, driver %s", about->name,
           about->driver);
  snprintf(device_name, RECORD_TEXT, "%.127s", state->device_text);
  *out = state;
  return STATUS_OK;
}

static void count_boxes(cluster_record *record, const frame *f) {
  for (int i = 0; i < f->box3d_count; i++)
    if (f->boxes3d[i].class < SEMANTIC_COUNT)
      record->boxes[f->boxes3d[i].class]++;
}

static status make_frame(unit_work *work, sim_world *world, trouble *why) {
  unit_state *state = work->state;
  frame f;
  double mark = seconds_now();
  status result = sim_world_next_frame(world, &state->snapshot, why);
  account(work, STAGE_MOVE, &mark);
  if (!result)
    result = renderer_frame(state->renderer, &state->snapshot, &f, why);
  account(work, STAGE_RENDER, &mark);
  if (result)
    return result;
  // The writer copies the frame and compresses it in its own threads, while this one
  // goes on to the next.
  result = shard_add_frame(work->writer, &f, why);
  account(work, STAGE_WRITE, &mark);
  count_boxes(work->record, &f);
  work->record->frames++;
  work->beat.call(work->beat.context, work->record->frames);
  return result;
}

static status start_shard(unit_work *work, int unit, const rig_def *rig, trouble *why) {
  unit_state *state = work->state;
  int part = cluster_unit_part(state->units, unit);
  shard_about about = {.program_version = state->job->program_version,
                       .script_name = state->job->script_name,
                       .script_text = state->job->script_text,
                       .script_sha256 = state->script_sha256,
                       .modules = state->modules,
                       .maps = state->maps,
                       .overrides = state->overrides,
                       .device = state->device_text,
                       .split = state->job->split.parts[part].name,
                       .seed = state->job->seed,
                       .shard = (uint32_t)unit,
                       .spare = state->spare};
  state->spare = NULL;
  return shard_create(&work->writer, &about, rig, why);
}

// Builds the scene and hands it to renderer and writer.
static status take_scene(unit_work *work, int unit, uint32_t index, trouble *why) {
  unit_state *state = work->state;
  scene *next = NULL;
  double mark = seconds_now();
  status result = script_build(state->script, state->job->seed, index, &next, why);
  if (result)
    return result;
  result = renderer_set_scene(state->renderer, next, why);
  if (result) {
    // What the renderer kept of either scene is unknown: the next unit sets it anew.
    scene_destroy(next);
    return result;
  }
  if (state->scene)
    scene_destroy(state->scene);
  state->scene = next;
  account(work, STAGE_BUILD, &mark);
  if (!work->writer)
    result = start_shard(work, unit, &next->rig, why);
  if (!result)
    result = shard_add_scene(work->writer, next, why);
  account(work, STAGE_WRITE, &mark);
  return result;
}

// What behaviours waited for in vain, by its line.
static void count_waits(cluster_record *record, const sim_world *world) {
  behaviour_wait waits[ACTORS_MAX];
  int count = sim_world_waiting(world, waits);
  for (int i = 0; i < count; i++) {
    bool again = false; // several actors may have one behaviour
    for (int k = 0; k < i; k++)
      again |= strcmp(waits[k].text, waits[i].text) == 0;
    int at = 0;
    while (at < RECORD_WAITS && record->waits[at].scenes &&
           strcmp(record->waits[at].text, waits[i].text) != 0)
      at++;
    if (again || at == RECORD_WAITS)
      continue;
    snprintf(record->waits[at].text, RECORD_WAIT, "%s", waits[i].text);
    record->waits[at].scenes++;
  }
}

static status make_scene(unit_work *work, int unit, uint32_t index, trouble *why) {
  sim_world *world = NULL;
  status result = take_scene(work, unit, index, why);
  if (result)
    return result;
  double mark = seconds_now();
  result = sim_world_create(&world, work->state->scene, why);
  account(work, STAGE_MOVE, &mark);
  if (result)
    return result;
  uint32_t frames = sim_frame_count(work->state->scene);
  for (uint32_t i = 0; !result && i < frames; i++)
    result = make_frame(work, world, why);
  if (!result)
    count_waits(work->record, world);
  sim_world_destroy(world);
  work->record->scenes++;
  return result;
}

static status unit_make(void *opened, int unit, cluster_beat beat, cluster_made *out,
                        trouble *why) {
  unit_work work = {.state = opened, .record = &out->record, .beat = beat};
  uint32_t count;
  const uint32_t *scenes = cluster_unit_scenes(work.state->units, unit, &count);
  status result = STATUS_OK;
  for (uint32_t i = 0; !result && i < count; i++)
    result = make_scene(&work, unit, scenes[i], why);
  if (result) {
    shard_abandon(work.writer);
    return result;
  }
  double mark = seconds_now();
  result = shard_finish(work.writer, &out->bytes, &out->size, why);
  account(&work, STAGE_WRITE, &mark);
  return result;
}

static void unit_take_back(void *opened, void *bytes) {
  unit_state *state = opened;
  free(state->spare);
  state->spare = bytes;
}

static bool same_scenes(const shard_reader *reader, const uint32_t *scenes, uint32_t count) {
  const shard_scenes_row *rows = shard_scene_rows(reader);
  if (shard_summary_of(reader)->scene_count != count)
    return false;
  for (uint32_t i = 0; i < count; i++)
    if (rows[i].index[0] != scenes[i])
      return false;
  return true;
}

// Frees the text; NULL counts as "".
static void hash_text(char *text, char out[HASH_SHA256_HEX]) {
  hash_sha256_hex(text ? text : "", text ? strlen(text) : 0, out);
  free(text);
}

static status unit_check(const cluster_job *job, const cluster_units *units, int unit,
                         const char *path, cluster_record *out, trouble *why) {
  shard_reader *reader = NULL;
  status result = shard_open(&reader, path, why);
  if (result)
    return result;
  const shard_summary *there = shard_summary_of(reader);
  char sha256[HASH_SHA256_HEX], modules_sha256[HASH_SHA256_HEX], maps_sha256[HASH_SHA256_HEX];
  hash_sha256_hex(job->script_text, strlen(job->script_text), sha256);
  hash_text(cluster_print_modules(&job->modules), modules_sha256);
  hash_text(cluster_print_maps(&job->maps), maps_sha256);
  uint32_t count;
  const uint32_t *scenes = cluster_unit_scenes(units, unit, &count);
  int part = cluster_unit_part(units, unit);
  bool ours = there->seed == job->seed && there->shard == (uint64_t)unit &&
              strcmp(there->script_sha256, sha256) == 0 &&
              strcmp(there->modules_sha256, modules_sha256) == 0 &&
              strcmp(there->maps_sha256, maps_sha256) == 0 &&
              strcmp(there->program_version, job->program_version) == 0 &&
              strcmp(there->split, job->split.parts[part].name) == 0 &&
              same_scenes(reader, scenes, count);
  out->scenes = (uint32_t)there->scene_count;
  out->frames = (uint32_t)there->frame_count;
  snprintf(out->device, sizeof out->device, "%.127s", there->device);
  for (int i = 0; i < SEMANTIC_COUNT; i++)
    out->boxes[i] = there->boxes3d_by_class[i];
  shard_close(reader);
  return ours ? STATUS_OK : trouble_set(why, STATUS_FORMAT, "%s: a shard of another job", path);
}

const cluster_maker cluster_unit_maker = {.report = cluster_report_write,
                                          .report_name = "report.html",
                                          .sources = unit_sources,
                                          .plan = unit_plan,
                                          .open = unit_open,
                                          .make = unit_make,
                                          .take_back = unit_take_back,
                                          .close = unit_close,
                                          .check = unit_check};
