// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cluster/drive.h"
#include "cluster/drive_folder.h"
#include "cluster/drive_search.h"
#include "cluster/folder.h"
#include "export/episodes.h"

// The unit that holds an episode, -1 when none does.
static int unit_of(const cluster_units *units, uint32_t number) {
  for (int unit = 0; unit < units->count; unit++) {
    uint32_t count;
    const uint32_t *scenes = cluster_unit_scenes(units, unit, &count);
    for (uint32_t i = 0; i < count; i++)
      if (scenes[i] == number)
        return unit;
  }
  return -1;
}

static status step_all(sim_rollout *r, const episodes *e, const episodes_row *row,
                       const cluster_replay_watch *watch, cluster_replay *out, trouble *why) {
  const episodes_step *steps = e->steps + row->step_first[0];
  out->steps = (int)row->step_count[0] - 1;
  out->differs_at = -1;
  status result = STATUS_OK;
  for (int k = 0; !result && k <= out->steps; k++) {
    if (sim_rollout_hash(r) != steps[k].state_hash[0]) {
      out->differs_at = k;
      return STATUS_OK;
    }
    if (watch->frame)
      result = watch->frame(watch->context, r, k, why);
    single_track_command command = {.steer_rad = steps[k].command_steer_rad[0],
                                    .drive_mps2 = steps[k].command_drive_mps2[0],
                                    .brake_mps2 = steps[k].command_brake_mps2[0]};
    if (!result && k < out->steps)
      result = sim_rollout_repeat(r, &command, why);
  }
  return result;
}

// How the record says that it ended.
static void end_as(sim_rollout *r, const episodes_row *row) {
  for (int end = SIM_END_OPEN + 1; end < SIM_END_COUNT; end++)
    if (strcmp(sim_end_name((sim_end)end), row->end) == 0)
      sim_rollout_end(r, (sim_end)end, row->end_text);
}

// A search's scene is drawn as its round did.
static status tilt(script *source, const char *folder, const cluster_job *job,
                   const cluster_units *units, int number, uint32_t episode, trouble *why) {
  script_tilt of;
  int round = cluster_search_round(job, episode);
  status result = cluster_search_tilt(folder, job, units, number, round, &of, why);
  if (!result)
    script_set_tilt(source, &of);
  return result;
}

static status replay_row(const char *folder, const cluster_job *job, const cluster_units *units,
                         const episodes *e, const episodes_row *row,
                         const cluster_replay_watch *watch, cluster_replay *out, trouble *why) {
  cluster_drive_def def;
  script *source = NULL;
  scene *s = NULL;
  sim_rollout *r = NULL;
  uint32_t index;
  int number = cluster_job_scene(job, row->episode[0], &index);
  status result = cluster_drive_def_of(job, &def, why);
  if (!result)
    result = cluster_drive_script(&source, job, number, why);
  if (!result && def.search)
    result = tilt(source, folder, job, units, number, row->episode[0], why);
  if (!result)
    result = script_build(source, job->seed, index, &s, why);
  if (!result && s->hash != row->scene_hash[0])
    result = trouble_set(why, STATUS_CONFLICT, "episode %u: its scene comes out differently here",
                         row->episode[0]);
  if (!result) {
    sim_rollout_def each = cluster_drive_rollout(&def);
    each.film = watch->film;
    result = sim_rollout_create(&r, s, &each, why);
  }
  const cluster_script from = cluster_job_script(job, number);
  if (!result && watch->begin)
    result = watch->begin(watch->context, &from, job, row, s, why);
  if (!result)
    result = step_all(r, e, row, watch, out, why);
  if (!result && out->differs_at < 0) {
    end_as(r, row);
    if (watch->end)
      result = watch->end(watch->context, row, s, r, why);
  }
  sim_rollout_destroy(r);
  if (s)
    scene_destroy(s);
  if (source)
    script_close(source);
  return result;
}

static status replay_unit(const char *folder, const cluster_job *job, const cluster_units *units,
                          uint32_t number, const cluster_replay_watch *watch, cluster_replay *out,
                          trouble *why) {
  char path[FOLDER_PATH];
  episodes e;
  int unit = unit_of(units, number);
  if (unit < 0)
    return trouble_set(why, STATUS_NOT_FOUND, "--episode %u: %s has the episodes 0 .. %u", number,
                       folder, job->scenes - 1);
  status result = cluster_shard_path(path, folder, units, unit, why);
  if (!result)
    result = episodes_read(path, &e, NULL, 0, why);
  if (result)
    return result;
  snprintf(out->where, sizeof out->where, "%s", path);
  result = trouble_set(why, STATUS_NOT_FOUND, "%s: doesn't hold episode %u", path, number);
  for (int k = 0; k < e.count; k++)
    if (e.rows[k].episode[0] == number && e.rows[k].step_count[0] > 0) {
      snprintf(out->end, sizeof out->end, "%s", e.rows[k].end);
      result = replay_row(folder, job, units, &e, &e.rows[k], watch, out, why);
      break;
    }
  episodes_free(&e);
  return result;
}

status cluster_drive_replay(const char *folder, uint32_t number, const cluster_replay_watch *watch,
                            cluster_replay *out, trouble *why) {
  static const cluster_replay_watch nobody = {0};
  cluster_job job;
  cluster_units units;
  memset(out, 0, sizeof *out);
  status result = cluster_drive_folder(folder, &job, &units, why);
  if (result)
    return result;
  snprintf(out->driven_by, sizeof out->driven_by, "%s", job.program_version);
  result = replay_unit(folder, &job, &units, number, watch ? watch : &nobody, out, why);
  cluster_units_free(&units);
  cluster_job_free(&job);
  return result;
}
