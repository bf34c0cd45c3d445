// SPDX-License-Identifier: Apache-2.0
#include "cluster/startup.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cluster/hook.h"
#include "cluster/report.h"

enum { SCRIPT_LIMIT = 1 << 20 };

// ---- the job ----

static status copy_overrides(cluster_job *job, const cluster_request *request) {
  job->overrides = calloc((size_t)request->override_count + 1, sizeof *job->overrides);
  if (!job->overrides)
    return STATUS_MEMORY;
  for (int i = 0; i < request->override_count; i++) {
    job->overrides[i].path = strdup(request->overrides[i].path);
    job->overrides[i].value = strdup(request->overrides[i].value);
    job->override_count++;
    if (!job->overrides[i].path || !job->overrides[i].value)
      return STATUS_MEMORY;
  }
  return STATUS_OK;
}

static const char *name_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

// The job holds it as text.
static status check_name(const char *path, trouble *why) {
  char shown[256];
  if (!utf8_wrong_line(name_of(path)))
    return STATUS_OK;
  snprintf(shown, sizeof shown, "%s", name_of(path));
  for (char *c = shown; *c; c++)
    *c = (unsigned char)*c < 128 ? *c : '?';
  return trouble_set(why, STATUS_SYNTAX, "%s: the script's name isn't UTF-8; rename it", shown);
}

static status read_script(const char *path, char **text, trouble *why) {
  size_t size;
  status result = check_name(path, why);
  if (result)
    return result;
  result = file_read(path, SCRIPT_LIMIT, text, &size, why);
  if (!result && strlen(*text) != size)
    result = trouble_set(why, STATUS_SYNTAX, "%s: holds a zero byte: not a script", path);
  return result ? result : script_check_utf8(name_of(path), *text, why);
}

// Workers never look for modules and maps themselves: what they load is what the job says.
static status find_files(cluster_script *s, const cluster_job *job, const char *path,
                         const char *library, trouble *why) {
  const char *slash = strrchr(path, '/');
  size_t length = slash ? (size_t)(slash - path) + (slash == path) : 0;
  char *folder = slash ? strndup(path, length) : strdup(".");
  if (!folder)
    return trouble_set(why, STATUS_MEMORY, "no memory for the job");
  status result = script_modules_find(s->name, s->text, folder, library, &s->modules, why);
  script_maps_source source = {.name = s->name,
                               .text = s->text,
                               .modules = &s->modules,
                               .overrides = job->overrides,
                               .override_count = job->override_count,
                               .folder = folder,
                               .library = library};
  if (!result)
    result = script_maps_find(&source, &s->maps, why);
  free(folder);
  return result;
}

static status first_script(cluster_job *job, const cluster_request *request, trouble *why) {
  status result = read_script(request->script_path, &job->script_text, why);
  if (result)
    return result;
  job->script_name = strdup(name_of(request->script_path));
  if (!job->script_name || copy_overrides(job, request))
    return trouble_set(why, STATUS_MEMORY, "no memory for the job");
  cluster_script first = cluster_job_script(job, 0);
  result = find_files(&first, job, request->script_path, request->library, why);
  job->modules = first.modules;
  job->maps = first.maps;
  return result;
}

static status further_script(cluster_job *job, const char *path, const char *library,
                             trouble *why) {
  char *text = NULL;
  for (int i = 0; i <= job->further_count; i++)
    if (strcmp(cluster_job_script(job, i).name, name_of(path)) == 0)
      return trouble_set(why, STATUS_CONFLICT,
                         "%s: there are two scripts of that name; results tell them apart by it",
                         path);
  status result = read_script(path, &text, why);
  if (!result)
    result = cluster_job_add_script(job, name_of(path), text, why);
  if (result) {
    free(text);
    return result;
  }
  return find_files(&job->further[job->further_count - 1], job, path, library, why);
}

static status fill_job(cluster_job *job, const cluster_request *request, const cluster_maker *maker,
                       trouble *why) {
  memset(job, 0, sizeof *job);
  status result = first_script(job, request, why);
  for (int i = 0; !result && i < request->further_count; i++)
    result = further_script(job, request->further_paths[i], request->library, why);
  if (result)
    return result;
  snprintf(job->program_version, sizeof job->program_version, "%s", request->program_version);
  maker->sources(job->kernels_sha256);
  snprintf(job->kind, sizeof job->kind, "%s", request->kind ? request->kind : "");
  for (int i = 0; i < request->setting_count; i++)
    if ((result = cluster_job_set(job, request->settings[i].name, request->settings[i].value, why)))
      return result;
  job->seed = request->seed;
  job->scenes = request->scenes;
  job->split = request->split;
  job->shard_scenes = 1;
  return cluster_job_seal(job, why);
}

static status look_at_first_scene(cluster_rank *rank, cluster_plan *plan, trouble *why) {
  cluster_worker_planned planned;
  status result = cluster_rank_ready(rank, WORD_PLAN, WORD_PLANNED, &planned, sizeof planned, why);
  if (!result && planned.why.code) {
    if (why)
      *why = planned.why;
    result = planned.why.code;
  }
  // Its job wasn't the final one: the next worker gets that.
  cluster_rank_end_worker(rank);
  if (!result)
    *plan = planned.plan;
  return result;
}

static status read_job(const char *output, cluster_job *out, trouble *why) {
  char path[FOLDER_PATH], *text;
  size_t size;
  status result = cluster_path(path, output, "job.json", why);
  if (!result)
    result = file_read(path, (size_t)1 << 26, &text, &size, why);
  if (result)
    return result;
  trouble wrong;
  result = cluster_job_read(path, text, out, &wrong);
  free(text);
  return result ? trouble_set(why, result, "%s; choose another -o", wrong.text) : STATUS_OK;
}

static status same_job(const cluster_rank *rank, trouble *why) {
  cluster_job there;
  status result = read_job(rank->output, &there, why);
  if (result)
    return result;
  trouble difference;
  result = cluster_job_compare(&there, &rank->job, &difference);
  cluster_job_free(&there);
  if (result)
    return trouble_set(why, result, "%s: holds another job: %s; choose another -o", rank->output,
                       difference.text);
  return STATUS_OK;
}

static status compare_folder(const cluster_rank *rank, cluster_start *out, trouble *why) {
  status result = cluster_folder_look(rank->output, &out->folder, why);
  if (result || out->folder == FOLDER_NEW)
    return result;
  if (out->folder == FOLDER_ALIEN)
    return trouble_set(why, STATUS_CONFLICT,
                       "%s: holds other things than a Roadloom dataset; choose another -o",
                       rank->output);
  if ((result = same_job(rank, why)))
    return result;
  out->complete = out->folder == FOLDER_DONE &&
                  cluster_manifest_fits(rank->output, &rank->units, out->root_hash);
  return STATUS_OK;
}

static status find_only(const cluster_rank *rank, const char *only, trouble *why) {
  char first[JOB_UNIT_NAME], last[JOB_UNIT_NAME];
  if (!only || cluster_unit_find(&rank->units, only) >= 0)
    return STATUS_OK;
  cluster_unit_name(&rank->units, 0, first);
  cluster_unit_name(&rank->units, rank->units.count - 1, last);
  return trouble_set(why, STATUS_NOT_FOUND, "--only %s: the job's shards are %s .. %s", only, first,
                     last);
}

status cluster_start_plan(cluster_rank *rank, const cluster_request *request,
                          const cluster_maker *maker, cluster_start *out, trouble *why) {
  cluster_plan plan;
  cluster_job *job = &rank->job;
  memset(out, 0, sizeof *out);
  status result = fill_job(job, request, maker, why);
  if (!result)
    result = look_at_first_scene(rank, &plan, why);
  if (result)
    return result;
  out->frames = plan.frames;
  job->first_scene_hash = plan.first_scene_hash;
  job->shard_scenes = request->shard_scenes
                          ? request->shard_scenes
                          : cluster_job_shard_scenes(job->scenes, plan.scene_bytes);
  if ((result = cluster_job_seal(job, why)) ||
      (result = cluster_units_cut(job, &rank->units, why)) ||
      (result = find_only(rank, request->only, why)))
    return result;
  if ((result = cluster_attempt_draw(rank->attempt, why)))
    return result;
  return compare_folder(rank, out, why);
}

status cluster_start_share(cluster_rank *rank, trouble *why) {
  char *text = NULL;
  size_t size = 0;
  bool first = cluster_mail_rank(rank->mail) == 0;
  status result = first ? cluster_job_print(&rank->job, &text, why) : STATUS_OK;
  if (cluster_mail_worst(rank->mail, result != STATUS_OK, NULL)) {
    free(text);
    return result ? result : trouble_set(why, STATUS_MEMORY, "rank 0 can't print the job");
  }
  size = first ? strlen(text) + 1 : 0;
  void *bytes = text;
  result = cluster_mail_share(rank->mail, &bytes, &size, why);
  if (!result && !first)
    result = cluster_job_read("job", bytes, &rank->job, why);
  if (!result && !first)
    result = cluster_units_cut(&rank->job, &rank->units, why);
  free(bytes);
  cluster_mail_tell(rank->mail, 0, rank->attempt, sizeof rank->attempt);
  return result;
}

// ---- the folder ----

// Undoes a beginning that failed: nothing of value is there yet.
static void take_back(const char *output) {
  static const char *const names[] = {"shards", "journal", "events", "tmp"};
  char path[FOLDER_PATH];
  cluster_folder_sweep(output, NULL);
  if (!cluster_path(path, output, "job.json", NULL))
    unlink(path);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!cluster_path(path, output, names[i], NULL))
      rmdir(path);
  rmdir(output);
}

static status write_job(const cluster_rank *rank, trouble *why) {
  char path[FOLDER_PATH], *text;
  status result = cluster_path(path, rank->output, "job.json", why);
  if (!result)
    result = cluster_job_print(&rank->job, &text, why);
  if (result)
    return result;
  result = file_write_atomic(path, text, strlen(text), why);
  free(text);
  cluster_hook_kill("job", -1, 0);
  return result;
}

// Work goes on in a dataset that was called done: it isn't any more.
static void take_success_back(const cluster_rank *rank) {
  char path[FOLDER_PATH];
  log_line(LOG_WARNING, "%s: was complete, but shards are missing or changed", rank->output);
  if (!cluster_path(path, rank->output, "_SUCCESS", NULL))
    unlink(path);
}

status cluster_start_folder(cluster_rank *rank, cluster_start *start, cluster_lock **lock,
                            trouble *why) {
  status result = file_make_folder(rank->output, why);
  if (!result)
    result = cluster_lock_take(lock, rank->output, why);
  if (result) {
    if (start->folder == FOLDER_NEW)
      rmdir(rank->output); // only goes when it is empty
    return result;
  }
  // Another launch may have been here between our look and our lock.
  cluster_folder_state now;
  result = cluster_folder_look(rank->output, &now, why);
  bool written = now == FOLDER_JOB || now == FOLDER_DONE;
  if (!result && written)
    result = same_job(rank, why);
  int stale = result ? 0 : cluster_folder_sweep(rank->output, rank->attempt);
  if (stale)
    log_line(LOG_INFO, "%d part files of earlier launches removed", stale);
  // job.json comes first: a folder with anything else in it is known to be ours.
  if (!result && !written)
    result = write_job(rank, why);
  if (!result)
    result = cluster_folder_make(rank->output, rank->attempt, why);
  if (!result && now == FOLDER_DONE)
    take_success_back(rank);
  if (result) {
    cluster_lock_release(*lock);
    *lock = NULL;
    if (!written)
      take_back(rank->output);
  }
  return result;
}

status cluster_start_files(cluster_rank *rank, trouble *why) {
  char path[FOLDER_PATH], name[48];
  int number = cluster_mail_rank(rank->mail);
  snprintf(name, sizeof name, "events/%d.jsonl", number);
  status result = cluster_path(path, rank->output, name, why);
  if (result)
    return result;
  rank->events = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  snprintf(name, sizeof name, "journal/%d.jsonl", number);
  result = cluster_path(path, rank->output, name, why);
  return result ? result : cluster_journal_open(&rank->journal, path, why);
}
