// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_report.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cluster/drive_finds.h"
#include "cluster/drive_page.h"
#include "cluster/drive_table.h"

static const double CONFIDENCE = 0.95;

// ---- episodes.csv ----

// Commas, quotes and line ends would break the row.
static void print_text(FILE *to, const char *text) {
  fputc('"', to);
  for (; *text; text++) {
    if (*text == '"')
      fputc('"', to);
    fputc((unsigned char)*text < ' ' ? ' ' : *text, to);
  }
  fputc('"', to);
}

static void print_number(FILE *to, double x) {
  if (isnan(x))
    fputc(',', to);
  else
    fprintf(to, ",%.10g", x);
}

static void print_row(FILE *to, const drive_table *t, int k) {
  const episodes_row *row = &t->rows[k];
  fprintf(to, "%" PRIu32 ",", row->episode[0]);
  print_text(to, row->script);
  fprintf(to, ",%" PRIu32 ",", row->scene[0]);
  print_text(to, row->scenario);
  fprintf(to, ",%" PRIu64 ",%016" PRIx64 ",", row->seed[0], row->scene_hash[0]);
  print_text(to, row->place);
  fputc(',', to);
  print_text(to, row->weather);
  fprintf(to, ",%s,", row->end);
  print_text(to, row->end_text);
  fprintf(to, ",%d,%d,%d", row->terminated[0], row->truncated[0], row->failed[0]);
  print_number(to, row->seconds[0]);
  print_number(to, row->way_m[0]);
  print_number(to, row->goal_m[0]);
  print_number(to, row->progress_m[0]);
  for (int i = 0; i < t->score_count; i++)
    print_number(to, drive_table_score(t, k, i));
  fputc('\n', to);
}

static status write_csv(const cluster_outcome *outcome, const drive_table *t, trouble *why) {
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  if (!to)
    return trouble_set(why, STATUS_MEMORY, "no memory for episodes.csv");
  if (t->count > 0)
    fprintf(to, "episode,script,scene,scenario,seed,scene_hash,place,weather,end,end_text,"
                "terminated,truncated,failed,seconds,way_m,goal_m,progress_m");
  for (int k = 0; k < t->score_count; k++)
    fprintf(to, ",%s", t->score_names[k]);
  if (t->count > 0)
    fputc('\n', to);
  for (int k = 0; k < t->count; k++)
    print_row(to, t, k);
  status result = fclose(to) == 0 ? cluster_report_text(outcome->output, "episodes.csv", text, why)
                                  : trouble_set(why, STATUS_MEMORY, "no memory for episodes.csv");
  free(text);
  return result;
}

// ---- report.json ----

static json_t *rate(int hits, int n) {
  if (n <= 0)
    return json_null();
  sim_interval of = sim_wilson(hits, n, CONFIDENCE);
  return json_pack("{s:i, s:i, s:f, s:[f, f]}", "count", hits, "of", n, "rate", of.value,
                   "wilson95", of.low, of.high);
}

static json_t *number(double x) {
  return isfinite(x) ? json_real(x) : json_null();
}

static json_t *ends_json(const drive_sums *s) {
  json_t *ends = json_object();
  for (int end = 0; end < SIM_END_COUNT; end++)
    if (s->ends[end])
      json_object_set_new(ends, sim_end_name((sim_end)end), rate(s->ends[end], s->count));
  return ends;
}

// All that there are, also those that didn't happen: 0 of n says something, too.
static json_t *faults_json(const drive_sums *s) {
  json_t *faults = json_object();
  for (int k = 0; k < DRIVE_FAULTS; k++)
    json_object_set_new(faults, drive_faults[k].name, rate(s->faults[k], s->scored));
  return faults;
}

static json_t *scores_json(const drive_table *t, const drive_sums *s) {
  json_t *scores = json_object();
  for (int i = 0; i < t->score_count; i++) {
    int n = s->scores[i].values;
    json_t *score = n > 0 ? json_pack("{s:f, s:f, s:i}", "mean", s->scores[i].mean, "sd",
                                      s->scores[i].sd, "values", n)
                          : json_null();
    if (isfinite(s->scores[i].of.low))
      json_object_set_new(score, "bootstrap95",
                          json_pack("[f, f]", s->scores[i].of.low, s->scores[i].of.high));
    json_object_set_new(scores, t->score_names[i], score);
  }
  return scores;
}

static json_t *sums_json(const drive_table *t, const drive_sums *s) {
  return json_pack("{s:i, s:i, s:o, s:o, s:o, s:f, s:f, s:o, s:o}", "episodes", s->count,
                   "truncated", s->truncated, "policy_failed", rate(s->failed, s->count), "ends",
                   ends_json(s), "faults", faults_json(s), "seconds", s->seconds, "way_m", s->way_m,
                   "mean_progress", number(s->progress), "scores", scores_json(t, s));
}

// {"town.lua": {…}, …}, an object a value of the key, in the order of the values.
static status by_key(const drive_table *t, drive_key key, uint64_t seed, json_t **out,
                     trouble *why) {
  drive_values values = {0};
  drive_sums *sums = malloc(sizeof *sums);
  json_t *all = *out = json_object();
  status result = sums && all ? drive_values_find(&values, t, key, why)
                              : trouble_set(why, STATUS_MEMORY, "no memory for report.json");
  for (int i = 0; !result && i < values.count; i++) {
    result = drive_sums_of(sums, t, key, values.names[i], seed, why);
    if (!result)
      json_object_set_new(all, values.names[i], sums_json(t, sums));
  }
  drive_values_free(&values);
  free(sums);
  return result;
}

static json_t *settings_json(const cluster_job *job) {
  json_t *settings = json_object();
  for (int i = 0; i < job->setting_count; i++)
    json_object_set_new(settings, job->settings[i].name, json_string(job->settings[i].value));
  return settings;
}

static json_t *scripts_json(const cluster_job *job) {
  json_t *scripts = json_array();
  for (int i = 0; i <= job->further_count; i++)
    json_array_append_new(scripts, json_string(cluster_job_script(job, i).name));
  return scripts;
}

static status add_keys(json_t *json, const drive_table *t, uint64_t seed, trouble *why) {
  json_t *by = json_object();
  json_object_set_new(json, "by", by);
  status result = STATUS_OK;
  for (int key = 0; !result && key < DRIVE_KEYS; key++) {
    json_t *values = NULL;
    result = by_key(t, (drive_key)key, seed, &values, why);
    json_object_set_new(by, drive_key_name((drive_key)key), values);
  }
  return result;
}

static status write_json(const cluster_outcome *outcome, const drive_table *t,
                         const drive_sums *all, const char *root, json_t *finds, trouble *why) {
  const cluster_job *job = outcome->job;
  json_t *json = sums_json(t, all);
  json_t *head = json_pack("{s:s, s:s, s:s, s:o, s:I, s:o, s:i}", "program_version",
                           job->program_version, "job", job->id, "root_hash", root, "scripts",
                           scripts_json(job), "seed", (json_int_t)job->seed, "settings",
                           settings_json(job), "episodes_missing", (int)job->scenes - all->count);
  status result = json && head && !json_object_update(json, head)
                      ? add_keys(json, t, job->seed, why)
                      : trouble_set(why, STATUS_MEMORY, "no memory for report.json");
  if (!result && finds)
    json_object_set(json, "search", finds);
  char *text = result ? NULL : json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
  json_decref(head);
  json_decref(json);
  if (!result && !text)
    result = trouble_set(why, STATUS_MEMORY, "no memory for report.json");
  if (!result)
    result = cluster_report_text(outcome->output, "report.json", text, why);
  free(text);
  return result;
}

// ---- the terminal ----

// The one line that it shows: how the episodes ended, and the first score.
static void say(const drive_table *t, const drive_sums *all, char *text, size_t size) {
  size_t at = 0;
  text[0] = '\0';
  for (int end = 0; end < SIM_END_COUNT; end++)
    if (all->ends[end] && at < size)
      at += (size_t)snprintf(text + at, size - at, "%s%s %d",
                             at ? ", " : "episodes: ", sim_end_name((sim_end)end), all->ends[end]);
  for (int i = 0; i < t->score_count && at && at < size; i++)
    if (all->scores[i].values > 0 && !strchr(t->score_names[i], '.')) {
      snprintf(text + at, size - at, "; mean %s %.3f", t->score_names[i], all->scores[i].mean);
      return;
    }
}

static void warn_of_failures(const drive_table *t, const drive_sums *all) {
  int k = 0;
  while (k < t->count && !t->rows[k].failed[0])
    k++;
  if (k < t->count)
    log_line(LOG_WARNING, "the policy failed in %d of %d episodes (episode %" PRIu32 ": %s, %s)",
             all->failed, all->count, t->rows[k].episode[0], t->rows[k].end, t->rows[k].end_text);
}

status cluster_drive_report(const cluster_outcome *outcome, trouble *why) {
  char root[HASH_SHA256_HEX];
  drive_table t = {0};
  json_t *finds = NULL;
  drive_sums *all = calloc(1, sizeof *all);
  status result = all ? drive_table_read(&t, outcome, why)
                      : trouble_set(why, STATUS_MEMORY, "no memory for a report");
  if (!result)
    result = cluster_root_hash(outcome, root, why);
  if (!result)
    result = drive_sums_of(all, &t, DRIVE_SCRIPT, NULL, outcome->job->seed, why);
  if (!result)
    result = write_csv(outcome, &t, why);
  if (!result)
    result = cluster_finds_json(outcome, &finds, why);
  if (!result)
    result = write_json(outcome, &t, all, root, finds, why);
  if (!result)
    result = cluster_drive_page(outcome, &t, all, root, finds, why);
  if (!result)
    warn_of_failures(&t, all);
  if (!result && outcome->says)
    say(&t, all, outcome->says, OUTCOME_SAYS);
  json_decref(finds);
  drive_table_free(&t);
  free(all);
  return result;
}
