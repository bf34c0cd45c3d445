// SPDX-License-Identifier: Apache-2.0
#include "cluster/job.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/job_maps.h"
#include "cluster/job_scripts.h"

// A job goes to a worker as one message of at most 64 MiB.
enum { JOB_FORMAT_VERSION = 3, JOB_TEXT_MAX = 60 << 20 };

void cluster_job_free(cluster_job *job) {
  for (int i = 0; i < job->override_count; i++) {
    free((char *)job->overrides[i].path);
    free((char *)job->overrides[i].value);
  }
  free(job->overrides);
  for (int i = 0; i < job->setting_count; i++) {
    free((char *)job->settings[i].name);
    free((char *)job->settings[i].value);
  }
  free(job->settings);
  free(job->script_name);
  free(job->script_text);
  script_modules_free(&job->modules);
  script_maps_free(&job->maps);
  job_scripts_free(job);
  memset(job, 0, sizeof *job);
}

status cluster_job_set(cluster_job *job, const char *name, const char *value, trouble *why) {
  if (!job->settings)
    job->settings = calloc(JOB_SETTINGS_MAX, sizeof *job->settings);
  if (job->settings && job->setting_count == JOB_SETTINGS_MAX)
    return trouble_set(why, STATUS_LIMIT, "the job: more than %d settings", JOB_SETTINGS_MAX);
  cluster_setting setting = {.name = strdup(name), .value = strdup(value)};
  if (!job->settings || !setting.name || !setting.value) {
    free((char *)setting.name);
    free((char *)setting.value);
    return trouble_set(why, STATUS_MEMORY, "no memory for the job");
  }
  job->settings[job->setting_count++] = setting;
  return STATUS_OK;
}

const char *cluster_job_setting(const cluster_job *job, const char *name) {
  for (int i = 0; i < job->setting_count; i++)
    if (strcmp(job->settings[i].name, name) == 0)
      return job->settings[i].value;
  return "";
}

// A dataset's job has neither kind nor settings, and its file doesn't speak of them.
static bool add_kind(json_t *json, const cluster_job *job) {
  if (!job->kind[0])
    return true;
  json_t *list = json_array();
  for (int i = 0; i < job->setting_count; i++) // fails on text that isn't UTF-8
    if (json_array_append_new(list, json_pack("{s:s, s:s}", "name", job->settings[i].name, "value",
                                              job->settings[i].value))) {
      json_decref(list);
      return false;
    }
  return !json_object_set_new(json, "kind", json_string(job->kind)) &&
         !json_object_set_new(json, "settings", list);
}

static json_t *overrides_to_json(const cluster_job *job) {
  json_t *list = json_array();
  for (int i = 0; i < job->override_count; i++)
    json_array_append_new(list, json_pack("{s:s, s:s}", "field", job->overrides[i].path, "value",
                                          job->overrides[i].value));
  return list;
}

static status no_json(trouble *why) {
  return trouble_set(why, STATUS_FORMAT,
                     "the job can't be written as JSON: a text in it isn't UTF-8");
}

// Everything but the id, and the maps' bytes only with `content`.
static status to_json(const cluster_job *job, bool content, json_t **out, trouble *why) {
  json_t *maps = job_maps_to_json(&job->maps, content, why);
  if (!maps)
    return why ? why->code : STATUS_MEMORY;
  char split[SPLIT_TEXT], hash[20];
  cluster_split_print(&job->split, split);
  snprintf(hash, sizeof hash, "%016" PRIx64, job->first_scene_hash);
  *out = json_pack(
      "{s:s, s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:I, s:s, s:I, s:s}", "format",
      "roadloom job", "format_version", JOB_FORMAT_VERSION, "program_version", job->program_version,
      "kernels_sha256", job->kernels_sha256, "script_name", job->script_name, "script_text",
      job->script_text, "modules", job_modules_to_json(&job->modules), "maps", maps, "overrides",
      overrides_to_json(job), "seed", (json_int_t)job->seed, "scenes", (json_int_t)job->scenes,
      "split", split, "shard_scenes", (json_int_t)job->shard_scenes, "first_scene_hash", hash);
  if (*out && job->further_count > 0) { // a job of one script doesn't speak of others
    json_t *further = job_scripts_to_json(job, content, why);
    if (!further) {
      json_decref(*out);
      *out = NULL;
      return why ? why->code : STATUS_MEMORY;
    }
    json_object_set_new(*out, "further_scripts", further);
  }
  if (*out && add_kind(*out, job))
    return STATUS_OK;
  json_decref(*out);
  *out = NULL;
  return no_json(why);
}

static status compute_id(const cluster_job *job, char out[HASH_SHA256_HEX], trouble *why) {
  json_t *json = NULL;
  status result = to_json(job, false, &json, why);
  if (result)
    return result;
  char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(json);
  if (!text)
    return no_json(why);
  hash_sha256_hex(text, strlen(text), out);
  free(text);
  return STATUS_OK;
}

status cluster_job_seal(cluster_job *job, trouble *why) {
  return compute_id(job, job->id, why);
}

status cluster_job_print(const cluster_job *job, char **text, trouble *why) {
  json_t *json = NULL;
  status result = to_json(job, true, &json, why);
  if (result)
    return result;
  if (json_object_set_new(json, "id", json_string(job->id))) {
    json_decref(json);
    return no_json(why);
  }
  *text = json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS);
  json_decref(json);
  if (!*text)
    return trouble_set(why, STATUS_MEMORY, "no memory for job.json");
  if (strlen(*text) <= JOB_TEXT_MAX)
    return STATUS_OK;
  free(*text);
  *text = NULL;
  return trouble_set(why, STATUS_LIMIT,
                     "the job's scripts, modules and maps are more than %d MiB together; drive "
                     "fewer scripts at a time",
                     JOB_TEXT_MAX >> 20);
}

static bool take_text(const json_t *json, const char *key, char *out, size_t size) {
  const char *text = json_string_value(json_object_get(json, key));
  return text && strlen(text) < size && strcpy(out, text);
}

static bool take_copy(const json_t *json, const char *key, char **out) {
  const char *text = json_string_value(json_object_get(json, key));
  return text && (*out = strdup(text));
}

static bool take_number(const json_t *json, const char *key, json_int_t hi, json_int_t *out) {
  const json_t *value = json_object_get(json, key);
  *out = json_integer_value(value);
  return json_is_integer(value) && *out >= 0 && *out <= hi;
}

static bool take_overrides(const json_t *json, cluster_job *job) {
  const json_t *list = json_object_get(json, "overrides");
  size_t count = json_array_size(list);
  if (!json_is_array(list) || count > 100000)
    return false;
  job->overrides = calloc(count + 1, sizeof *job->overrides);
  if (!job->overrides)
    return false;
  for (size_t i = 0; i < count; i++) {
    char *path = NULL, *value = NULL;
    const json_t *row = json_array_get(list, i);
    bool good = take_copy(row, "field", &path) && take_copy(row, "value", &value);
    job->overrides[job->override_count++] = (script_override){.path = path, .value = value};
    if (!good)
      return false;
  }
  return true;
}

static bool take_kind(const json_t *json, cluster_job *job) {
  const json_t *list = json_object_get(json, "settings");
  bool good = !json_object_get(json, "kind") ||
              (take_text(json, "kind", job->kind, sizeof job->kind) && json_is_array(list));
  for (size_t i = 0; good && i < json_array_size(list); i++) {
    const json_t *row = json_array_get(list, i);
    const char *name = json_string_value(json_object_get(row, "name"));
    const char *value = json_string_value(json_object_get(row, "value"));
    good = name && value && !cluster_job_set(job, name, value, NULL);
  }
  return good;
}

static bool take_all(const json_t *json, cluster_job *job, trouble *why) {
  json_int_t version, seed, scenes, shard_scenes;
  const json_t *further = json_object_get(json, "further_scripts");
  char split[SPLIT_TEXT], hash[20], *end = NULL;
  if (!take_number(json, "format_version", JOB_FORMAT_VERSION, &version) ||
      !take_text(json, "program_version", job->program_version, JOB_TEXT) ||
      !take_text(json, "kernels_sha256", job->kernels_sha256, HASH_SHA256_HEX) ||
      !take_copy(json, "script_name", &job->script_name) ||
      !take_copy(json, "script_text", &job->script_text) ||
      !job_modules_take(json_object_get(json, "modules"), &job->modules) ||
      !job_maps_take(json_object_get(json, "maps"), &job->maps) || !take_overrides(json, job) ||
      !take_number(json, "seed", INT64_MAX, &seed) ||
      !take_number(json, "scenes", UINT32_MAX, &scenes) ||
      !take_text(json, "split", split, sizeof split) ||
      cluster_split_parse(split, &job->split, why) ||
      !take_number(json, "shard_scenes", UINT32_MAX, &shard_scenes) || shard_scenes == 0 ||
      !take_text(json, "first_scene_hash", hash, sizeof hash) ||
      !take_text(json, "id", job->id, HASH_SHA256_HEX) || !take_kind(json, job) ||
      (further && !job_scripts_take(further, job)))
    return false;
  job->seed = (uint64_t)seed;
  job->scenes = (uint32_t)scenes;
  job->shard_scenes = (uint32_t)shard_scenes;
  job->first_scene_hash = strtoull(hash, &end, 16);
  return end != hash && *end == 0 && job->scenes % (uint32_t)(1 + job->further_count) == 0;
}

status cluster_job_read(const char *name, const char *text, cluster_job *out, trouble *why) {
  memset(out, 0, sizeof *out);
  json_error_t error;
  json_t *json = json_loads(text, 0, &error);
  if (!json)
    return trouble_set(why, STATUS_FORMAT, "%s:%d: not JSON: %s", name, error.line, error.text);
  char id[HASH_SHA256_HEX];
  status result = STATUS_OK;
  if (!take_all(json, out, NULL))
    result = trouble_set(why, STATUS_FORMAT,
                         "%s: not a job of this program (a field is missing or of the wrong kind)",
                         name);
  else
    result = compute_id(out, id, why);
  if (!result && strcmp(id, out->id) != 0)
    result =
        trouble_set(why, STATUS_FORMAT, "%s: its id doesn't fit its text: it was changed", name);
  json_decref(json);
  if (result)
    cluster_job_free(out);
  return result;
}

static status differs(const char *field, const char *there, const char *here, trouble *why) {
  return trouble_set(why, STATUS_CONFLICT, "%s is %.200s there and %.200s here", field, there,
                     here);
}

static status compare_numbers(const char *field, uint64_t there, uint64_t here, trouble *why) {
  if (there == here)
    return STATUS_OK;
  char a[24], b[24];
  snprintf(a, sizeof a, "%" PRIu64, there);
  snprintf(b, sizeof b, "%" PRIu64, here);
  return differs(field, a, b, why);
}

static status compare_overrides(const cluster_job *there, const cluster_job *here, trouble *why) {
  for (int i = 0; i < there->override_count || i < here->override_count; i++) {
    char a[200] = "nothing", b[200] = "nothing", field[40];
    if (i < there->override_count)
      snprintf(a, sizeof a, "%s=%s", there->overrides[i].path, there->overrides[i].value);
    if (i < here->override_count)
      snprintf(b, sizeof b, "%s=%s", here->overrides[i].path, here->overrides[i].value);
    snprintf(field, sizeof field, "--set number %d", i + 1);
    if (strcmp(a, b) != 0)
      return differs(field, a, b, why);
  }
  return STATUS_OK;
}

status cluster_job_compare(const cluster_job *there, const cluster_job *here, trouble *why) {
  if (strcmp(there->id, here->id) == 0)
    return STATUS_OK;
  char a[SPLIT_TEXT], b[SPLIT_TEXT];
  status result;
  if (strcmp(there->program_version, here->program_version) != 0)
    return differs("program_version", there->program_version, here->program_version, why);
  if (strcmp(there->kernels_sha256, here->kernels_sha256) != 0)
    return differs("kernels_sha256", there->kernels_sha256, here->kernels_sha256, why);
  if (strcmp(there->kind, here->kind) != 0)
    return differs("kind of job", there->kind[0] ? there->kind : "dataset",
                   here->kind[0] ? here->kind : "dataset", why);
  if ((result = job_scripts_compare(there, here, why)) ||
      (result = compare_overrides(there, here, why)) ||
      (result = compare_numbers("seed", there->seed, here->seed, why)) ||
      (result = compare_numbers("scenes", there->scenes, here->scenes, why)))
    return result;
  for (int i = 0; i < here->setting_count; i++) {
    const char *name = here->settings[i].name, *other = cluster_job_setting(there, name);
    if (strcmp(other, here->settings[i].value) != 0)
      return differs(name, other, here->settings[i].value, why);
  }
  cluster_split_print(&there->split, a);
  cluster_split_print(&here->split, b);
  if (strcmp(a, b) != 0)
    return differs("split", a, b, why);
  if ((result = compare_numbers("shard_scenes", there->shard_scenes, here->shard_scenes, why)))
    return result;
  return trouble_set(
      why, STATUS_CONFLICT,
      "first_scene_hash differs: scene 0 of the same job comes out differently here; "
      "go on where it was begun");
}
