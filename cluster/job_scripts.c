// SPDX-License-Identifier: Apache-2.0
#include "cluster/job_scripts.h"

#include <stdlib.h>
#include <string.h>

#include "cluster/job_maps.h"

enum { JOB_MODULES_MAX = 100000 };

cluster_script cluster_job_script(const cluster_job *job, int number) {
  if (number > 0)
    return job->further[number - 1];
  return (cluster_script){.name = job->script_name,
                          .text = job->script_text,
                          .modules = job->modules,
                          .maps = job->maps};
}

int cluster_job_scene(const cluster_job *job, uint32_t number, uint32_t *index) {
  uint32_t each = job->scenes / (uint32_t)(1 + job->further_count);
  *index = number % each;
  return (int)(number / each);
}

status cluster_job_add_script(cluster_job *job, const char *name, char *text, trouble *why) {
  if (job->further_count + 1 >= JOB_SCRIPTS_MAX)
    return trouble_set(why, STATUS_LIMIT, "%s: a job has %d scripts at most", name,
                       JOB_SCRIPTS_MAX);
  size_t count = (size_t)job->further_count;
  cluster_script *grown = realloc(job->further, (count + 1) * sizeof *grown);
  if (grown)
    job->further = grown;
  char *copy = strdup(name);
  if (!grown || !copy) {
    free(copy);
    return trouble_set(why, STATUS_MEMORY, "no memory for the job");
  }
  job->further[job->further_count++] = (cluster_script){.name = copy, .text = text};
  return STATUS_OK;
}

void job_scripts_free(cluster_job *job) {
  for (int i = 0; i < job->further_count; i++) {
    free(job->further[i].name);
    free(job->further[i].text);
    script_modules_free(&job->further[i].modules);
    script_maps_free(&job->further[i].maps);
  }
  free(job->further);
  job->further = NULL;
  job->further_count = 0;
}

// ---- as JSON ----

json_t *job_modules_to_json(const script_modules *modules) {
  json_t *list = json_array();
  for (int i = 0; i < modules->count; i++)
    json_array_append_new(
        list, json_pack("{s:s, s:s}", "name", modules->of[i].name, "text", modules->of[i].text));
  return list;
}

bool job_modules_take(const json_t *list, script_modules *out) {
  size_t count = json_array_size(list);
  bool good = json_is_array(list) && count <= JOB_MODULES_MAX;
  for (size_t i = 0; good && i < count; i++) {
    const json_t *row = json_array_get(list, i);
    const char *name = json_string_value(json_object_get(row, "name"));
    const char *text = json_string_value(json_object_get(row, "text"));
    good = name && text && !script_modules_add(out, name, text, NULL);
  }
  return good;
}

json_t *job_scripts_to_json(const cluster_job *job, bool content, trouble *why) {
  json_t *list = json_array();
  for (int i = 0; i < job->further_count; i++) {
    const cluster_script *s = &job->further[i];
    json_t *maps = job_maps_to_json(&s->maps, content, why);
    json_t *row = maps ? json_pack("{s:s, s:s, s:o, s:o}", "name", s->name, "text", s->text,
                                   "modules", job_modules_to_json(&s->modules), "maps", maps)
                       : NULL;
    if (!row || json_array_append_new(list, row)) {
      if (maps)
        trouble_set(why, STATUS_FORMAT, "%s: can't be written as JSON", s->name);
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

bool job_scripts_take(const json_t *list, cluster_job *out) {
  size_t count = json_array_size(list);
  bool good = json_is_array(list) && count > 0 && count < JOB_SCRIPTS_MAX;
  for (size_t i = 0; good && i < count; i++) {
    const json_t *row = json_array_get(list, i);
    const char *name = json_string_value(json_object_get(row, "name"));
    const char *text = json_string_value(json_object_get(row, "text"));
    char *copy = name && text ? strdup(text) : NULL;
    good = copy && !cluster_job_add_script(out, name, copy, NULL);
    if (copy && !good)
      free(copy);
    cluster_script *s = good ? &out->further[out->further_count - 1] : NULL;
    good = good && job_modules_take(json_object_get(row, "modules"), &s->modules) &&
           job_maps_take(json_object_get(row, "maps"), &s->maps);
  }
  return good;
}

// ---- compared ----

static int first_different_line(const char *a, const char *b) {
  int line = 1;
  for (; *a && *a == *b; a++, b++)
    line += *a == '\n';
  return line;
}

// Both lists are in the order of names.
static status compare_modules(const script_modules *a, const script_modules *b, const char *name,
                              trouble *why) {
  for (int i = 0, k = 0; i < a->count || k < b->count;) {
    int order = i == a->count ? 1 : k == b->count ? -1 : strcmp(a->of[i].name, b->of[k].name);
    if (order)
      return trouble_set(why, STATUS_CONFLICT, "module %s.lua, which %s may require, is only %s",
                         order < 0 ? a->of[i].name : b->of[k].name, name,
                         order < 0 ? "there" : "here");
    if (strcmp(a->of[i].text, b->of[k].text) != 0)
      return trouble_set(why, STATUS_CONFLICT,
                         "module %s.lua, which %s may require, differs, first in line %d",
                         a->of[i].name, name, first_different_line(a->of[i].text, b->of[k].text));
    i++;
    k++;
  }
  return STATUS_OK;
}

static status compare_scripts(const cluster_script *a, const cluster_script *b, trouble *why) {
  if (strcmp(a->name, b->name) != 0)
    return trouble_set(why, STATUS_CONFLICT, "script_name is %.200s there and %.200s here", a->name,
                       b->name);
  if (strcmp(a->text, b->text) != 0)
    return trouble_set(why, STATUS_CONFLICT, "script_text differs, first in line %d of %s",
                       first_different_line(a->text, b->text), b->name);
  status result = compare_modules(&a->modules, &b->modules, b->name, why);
  return result ? result : job_maps_compare(&a->maps, &b->maps, b->name, why);
}

status job_scripts_compare(const cluster_job *there, const cluster_job *here, trouble *why) {
  if (there->further_count != here->further_count)
    return trouble_set(why, STATUS_CONFLICT, "it has %d scripts there and %d here",
                       1 + there->further_count, 1 + here->further_count);
  status result = STATUS_OK;
  for (int i = 0; !result && i <= here->further_count; i++) {
    cluster_script a = cluster_job_script(there, i), b = cluster_job_script(here, i);
    result = compare_scripts(&a, &b, why);
  }
  return result;
}
