// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_report.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/folder.h"
#include "export/episodes.h"
#include "sim/episode.h"

// All episodes of a job, unit by unit.
typedef struct totals {
  FILE *csv;
  bool headed;
  int count, failed, truncated;
  int ends[SIM_END_COUNT];
  double seconds, way_m;
  double progress; // shares of the way to the goal, summed over episodes whose policy didn't fail
  int score_count;
  char score_names[EPISODES_SCORES][EPISODES_SCORE_NAME];
  double score_sums[EPISODES_SCORES], score_squares[EPISODES_SCORES];
  int score_values[EPISODES_SCORES]; // those that aren't NaN
} totals;

void cluster_wilson(double hits, double n, double *low, double *high) {
  const double z = 1.959963984540054;
  double p = hits / n, z2 = z * z;
  double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  double half = z / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  *low = middle - half > 0 ? middle - half : 0;
  *high = middle + half < 1 ? middle + half : 1;
}

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

static void print_head(totals *t, const episodes *e) {
  if (t->headed)
    return;
  t->headed = true;
  t->score_count = e->score_count;
  memcpy(t->score_names, e->score_names, sizeof t->score_names);
  fprintf(t->csv, "episode,seed,scene_hash,place,weather,end,end_text,terminated,truncated,failed,"
                  "seconds,way_m,goal_m,progress_m");
  for (int k = 0; k < e->score_count; k++)
    fprintf(t->csv, ",%s", e->score_names[k]);
  fputc('\n', t->csv);
}

static void print_row(FILE *to, const episodes *e, int k) {
  const episodes_row *row = &e->rows[k];
  fprintf(to, "%" PRIu32 ",%" PRIu64 ",%016" PRIx64 ",", row->episode[0], row->seed[0],
          row->scene_hash[0]);
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
  for (int i = 0; i < e->score_count; i++)
    print_number(to, e->scores[(size_t)k * (size_t)e->score_count + (size_t)i]);
  fputc('\n', to);
}

static void count_row(totals *t, const episodes *e, int k) {
  const episodes_row *row = &e->rows[k];
  t->count++;
  t->failed += row->failed[0];
  t->truncated += row->truncated[0];
  t->seconds += row->seconds[0];
  t->way_m += row->way_m[0];
  for (int end = 0; end < SIM_END_COUNT; end++)
    t->ends[end] += strcmp(row->end, sim_end_name((sim_end)end)) == 0;
  if (row->failed[0]) // counted apart: it has no score of a driver
    return;
  if (row->goal_m[0] > 0)
    t->progress += fmin(1, fmax(0, row->progress_m[0] / row->goal_m[0]));
  for (int i = 0; i < e->score_count && i < t->score_count; i++) {
    double x = e->scores[(size_t)k * (size_t)e->score_count + (size_t)i];
    if (!isfinite(x))
      continue;
    t->score_sums[i] += x;
    t->score_squares[i] += x * x;
    t->score_values[i]++;
  }
}

static status add_unit(totals *t, const cluster_outcome *outcome, int unit, trouble *why) {
  char path[FOLDER_PATH];
  episodes e;
  status result = cluster_shard_path(path, outcome->output, outcome->units, unit, why);
  if (!result)
    result = episodes_read(path, &e, NULL, 0, why);
  if (result)
    return result;
  print_head(t, &e);
  for (int k = 0; k < e.count; k++) {
    print_row(t->csv, &e, k);
    count_row(t, &e, k);
  }
  episodes_free(&e);
  return STATUS_OK;
}

static json_t *rate(double hits, double n) {
  double low = 0, high = 1;
  if (n <= 0)
    return json_null();
  cluster_wilson(hits, n, &low, &high);
  return json_pack("{s:i, s:i, s:f, s:[f, f]}", "count", (int)hits, "of", (int)n, "rate", hits / n,
                   "wilson95", low, high);
}

static json_t *ends_json(const totals *t) {
  json_t *ends = json_object();
  for (int end = 0; end < SIM_END_COUNT; end++)
    if (t->ends[end])
      json_object_set_new(ends, sim_end_name((sim_end)end), rate(t->ends[end], t->count));
  return ends;
}

static json_t *scores_json(const totals *t) {
  json_t *scores = json_object();
  for (int i = 0; i < t->score_count; i++) {
    int n = t->score_values[i];
    double mean = n > 0 ? t->score_sums[i] / n : 0;
    double spread = n > 1 ? fmax(0, t->score_squares[i] - n * mean * mean) / (n - 1) : 0;
    json_object_set_new(
        scores, t->score_names[i],
        n > 0 ? json_pack("{s:f, s:f, s:i}", "mean", mean, "sd", sqrt(spread), "values", n)
              : json_null());
  }
  return scores;
}

static json_t *settings_json(const cluster_job *job) {
  json_t *settings = json_object();
  for (int i = 0; i < job->setting_count; i++)
    json_object_set_new(settings, job->settings[i].name, json_string(job->settings[i].value));
  return settings;
}

static json_t *report_json(const cluster_outcome *outcome, const totals *t, const char *root) {
  int drove = t->count - t->failed;
  json_t *progress = drove > 0 ? json_real(t->progress / drove) : json_null();
  return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:i, s:i, s:i, s:o, s:o, s:f, s:f, s:o, s:o}",
                   "program_version", outcome->job->program_version, "job", outcome->job->id,
                   "root_hash", root, "script", outcome->job->script_name, "seed",
                   (json_int_t)outcome->job->seed, "settings", settings_json(outcome->job),
                   "episodes", t->count, "episodes_missing", (int)outcome->job->scenes - t->count,
                   "truncated", t->truncated, "policy_failed", rate(t->failed, t->count), "ends",
                   ends_json(t), "seconds", t->seconds, "way_m", t->way_m, "mean_progress",
                   progress, "scores", scores_json(t));
}

static status write_report(const cluster_outcome *outcome, const totals *t, trouble *why) {
  char root[HASH_SHA256_HEX];
  status result = cluster_root_hash(outcome, root, why);
  if (result)
    return result;
  json_t *json = report_json(outcome, t, root);
  char *text = json ? json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(10)) : NULL;
  json_decref(json);
  if (!text)
    return trouble_set(why, STATUS_MEMORY, "no memory for report.json");
  result = cluster_report_text(outcome->output, "report.json", text, why);
  free(text);
  return result;
}

status cluster_drive_report(const cluster_outcome *outcome, trouble *why) {
  char *text = NULL;
  size_t size = 0;
  totals *t = calloc(1, sizeof *t);
  if (!t || !(t->csv = open_memstream(&text, &size))) {
    free(t);
    return trouble_set(why, STATUS_MEMORY, "no memory for episodes.csv");
  }
  status result = STATUS_OK;
  for (int unit = 0; !result && unit < outcome->units->count; unit++)
    if (outcome->records[unit].sha256[0])
      result = add_unit(t, outcome, unit, why);
  if (fclose(t->csv) != 0 && !result)
    result = trouble_set(why, STATUS_MEMORY, "no memory for episodes.csv");
  if (!result)
    result = cluster_report_text(outcome->output, "episodes.csv", text, why);
  if (!result)
    result = write_report(outcome, t, why);
  free(text);
  free(t);
  return result;
}
