// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_report.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cluster/folder.h"
#include "export/episodes.h"
#include "sim/episode.h"
#include "sim/statistics.h"

static const double CONFIDENCE = 0.95;
enum { DRAWS = 1000 };

// The whole scores of the episodes that have any, for intervals: names without a dot are whole.
typedef struct wholes {
  int count, room;
  uint32_t *scenes; // (count)
  double *values;   // (count, EPISODES_SCORES) NaN: no value, or not whole
} wholes;

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
  char first_failed[200];            // which, and how
  wholes wholes;
} totals;

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

static double *new_whole(wholes *w, uint32_t episode) {
  if (w->count == w->room) {
    int room = w->room ? 2 * w->room : 256;
    double *values = realloc(w->values, (size_t)room * EPISODES_SCORES * sizeof *values);
    w->values = values ? values : w->values;
    uint32_t *scenes = realloc(w->scenes, (size_t)room * sizeof *scenes);
    w->scenes = scenes ? scenes : w->scenes;
    if (!values || !scenes)
      return NULL;
    w->room = room;
  }
  w->scenes[w->count] = episode; // each is a scene of its own
  return w->values + (size_t)EPISODES_SCORES * (size_t)w->count++;
}

static void note_failed(totals *t, const episodes_row *row) {
  if (t->failed++ == 0)
    snprintf(t->first_failed, sizeof t->first_failed, "episode %" PRIu32 ": %s, %s",
             row->episode[0], row->end, row->end_text);
}

// False: memory ran out.
static bool count_row(totals *t, const episodes *e, int k) {
  const episodes_row *row = &e->rows[k];
  t->count++;
  t->truncated += row->truncated[0];
  t->seconds += row->seconds[0];
  t->way_m += row->way_m[0];
  for (int end = 0; end < SIM_END_COUNT; end++)
    t->ends[end] += strcmp(row->end, sim_end_name((sim_end)end)) == 0;
  if (row->failed[0]) { // counted apart: it has no score of a driver
    note_failed(t, row);
    return true;
  }
  if (row->goal_m[0] > 0)
    t->progress += fmin(1, fmax(0, row->progress_m[0] / row->goal_m[0]));
  double *whole = new_whole(&t->wholes, row->episode[0]);
  for (int i = 0; whole && i < EPISODES_SCORES; i++)
    whole[i] = NAN;
  for (int i = 0; whole && i < e->score_count && i < t->score_count; i++) {
    double x = e->scores[(size_t)k * (size_t)e->score_count + (size_t)i];
    if (!isfinite(x))
      continue;
    whole[i] = x;
    t->score_sums[i] += x;
    t->score_squares[i] += x * x;
    t->score_values[i]++;
  }
  return whole != NULL;
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
  for (int k = 0; k < e.count && !result; k++) {
    print_row(t->csv, &e, k);
    if (!count_row(t, &e, k))
      result = trouble_set(why, STATUS_MEMORY, "no memory for the scores of all episodes");
  }
  episodes_free(&e);
  return result;
}

static json_t *rate(int hits, int n) {
  if (n <= 0)
    return json_null();
  sim_interval of = sim_wilson(hits, n, CONFIDENCE);
  return json_pack("{s:i, s:i, s:f, s:[f, f]}", "count", hits, "of", n, "rate", of.value,
                   "wilson95", of.low, of.high);
}

static json_t *ends_json(const totals *t) {
  json_t *ends = json_object();
  for (int end = 0; end < SIM_END_COUNT; end++)
    if (t->ends[end])
      json_object_set_new(ends, sim_end_name((sim_end)end), rate(t->ends[end], t->count));
  return ends;
}

// The interval of a whole score's mean, by resampling scenes; NULL: it isn't whole.
static status interval_of(const totals *t, int score, uint64_t seed, json_t **out, trouble *why) {
  const wholes *w = &t->wholes;
  *out = NULL;
  if (strchr(t->score_names[score], '.') || t->score_values[score] < 2)
    return STATUS_OK;
  double *values = malloc((size_t)w->count * sizeof *values);
  if (!values)
    return trouble_set(why, STATUS_MEMORY, "no memory for the intervals of scores");
  for (int k = 0; k < w->count; k++)
    values[k] = w->values[(size_t)EPISODES_SCORES * (size_t)k + (size_t)score];
  sim_interval of;
  status result =
      sim_bootstrap_mean(values, w->scenes, w->count, CONFIDENCE, DRAWS, seed, &of, why);
  if (!result)
    *out = json_pack("[f, f]", of.low, of.high);
  free(values);
  return result;
}

static status scores_json(const totals *t, uint64_t seed, json_t **out, trouble *why) {
  *out = json_object();
  for (int i = 0; i < t->score_count; i++) {
    int n = t->score_values[i];
    double mean = n > 0 ? t->score_sums[i] / n : 0;
    double spread = n > 1 ? fmax(0, t->score_squares[i] - n * mean * mean) / (n - 1) : 0;
    json_t *score =
        n > 0 ? json_pack("{s:f, s:f, s:i}", "mean", mean, "sd", sqrt(spread), "values", n)
              : json_null();
    json_t *interval = NULL;
    status result = interval_of(t, i, seed, &interval, why);
    if (result) {
      json_decref(score);
      json_decref(*out);
      *out = NULL;
      return result;
    }
    if (interval)
      json_object_set_new(score, "bootstrap95", interval);
    json_object_set_new(*out, t->score_names[i], score);
  }
  return STATUS_OK;
}

static json_t *settings_json(const cluster_job *job) {
  json_t *settings = json_object();
  for (int i = 0; i < job->setting_count; i++)
    json_object_set_new(settings, job->settings[i].name, json_string(job->settings[i].value));
  return settings;
}

static json_t *report_json(const cluster_outcome *outcome, const totals *t, const char *root,
                           json_t *scores) {
  int drove = t->count - t->failed;
  json_t *progress = drove > 0 ? json_real(t->progress / drove) : json_null();
  return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:i, s:i, s:i, s:o, s:o, s:f, s:f, s:o, s:o}",
                   "program_version", outcome->job->program_version, "job", outcome->job->id,
                   "root_hash", root, "script", outcome->job->script_name, "seed",
                   (json_int_t)outcome->job->seed, "settings", settings_json(outcome->job),
                   "episodes", t->count, "episodes_missing", (int)outcome->job->scenes - t->count,
                   "truncated", t->truncated, "policy_failed", rate(t->failed, t->count), "ends",
                   ends_json(t), "seconds", t->seconds, "way_m", t->way_m, "mean_progress",
                   progress, "scores", scores);
}

static status write_report(const cluster_outcome *outcome, const totals *t, trouble *why) {
  char root[HASH_SHA256_HEX];
  status result = cluster_root_hash(outcome, root, why);
  if (result)
    return result;
  json_t *scores = NULL;
  if ((result = scores_json(t, outcome->job->seed, &scores, why)))
    return result;
  json_t *json = report_json(outcome, t, root, scores);
  char *text = json ? json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(10)) : NULL;
  json_decref(json);
  if (!text)
    return trouble_set(why, STATUS_MEMORY, "no memory for report.json");
  result = cluster_report_text(outcome->output, "report.json", text, why);
  free(text);
  return result;
}

// The one line that the terminal shows: how the episodes ended, and the first score.
static void say(const totals *t, char *text, size_t size) {
  size_t at = 0;
  text[0] = '\0';
  for (int end = 0; end < SIM_END_COUNT; end++)
    if (t->ends[end] && at < size)
      at += (size_t)snprintf(text + at, size - at, "%s%s %d",
                             at ? ", " : "episodes: ", sim_end_name((sim_end)end), t->ends[end]);
  for (int i = 0; i < t->score_count && at && at < size; i++)
    if (t->score_values[i] > 0 && !strchr(t->score_names[i], '.')) {
      snprintf(text + at, size - at, "; mean %s %.3f", t->score_names[i],
               t->score_sums[i] / t->score_values[i]);
      return;
    }
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
  if (!result && t->failed)
    log_line(LOG_WARNING, "the policy failed in %d of %d episodes (%s)", t->failed, t->count,
             t->first_failed);
  if (!result && outcome->says)
    say(t, outcome->says, OUTCOME_SAYS);
  free(text);
  free(t->wholes.scenes);
  free(t->wholes.values);
  free(t);
  return result;
}
