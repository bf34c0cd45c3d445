// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cluster/folder.h"
#include "sim/scores.h"

void drive_table_free(drive_table *t) {
  free(t->rows);
  free(t->scores);
  memset(t, 0, sizeof *t);
}

double drive_table_score(const drive_table *t, int row, int score) {
  return score < 0 ? NAN : t->scores[(size_t)row * (size_t)t->score_count + (size_t)score];
}

int drive_table_find(const drive_table *t, const char *name) {
  return episodes_find_score(t->score_names[0], t->score_count, name);
}

static bool same_scores(const drive_table *t, const episodes *e) {
  if (t->score_count != e->score_count)
    return false;
  for (int k = 0; k < e->score_count; k++)
    if (strcmp(t->score_names[k], e->score_names[k]) != 0)
      return false;
  return true;
}

static status append(drive_table *t, const episodes *e, const char *path, trouble *why) {
  if (t->count == 0) {
    t->score_count = e->score_count;
    memcpy(t->score_names, e->score_names, sizeof t->score_names);
  } else if (!same_scores(t, e)) {
    return trouble_set(why, STATUS_FORMAT, "%s: its scores aren't those of the files before it",
                       path);
  }
  int count = t->count + e->count;
  size_t each = (size_t)t->score_count;
  if (!ARRAY_RESERVE(t->rows, t->capacity, count) ||
      (each &&
       !array_reserve((void **)&t->scores, &t->score_capacity, count, each * sizeof *t->scores)))
    return trouble_set(why, STATUS_MEMORY, "no memory for the scores of all episodes");
  memcpy(t->rows + t->count, e->rows, (size_t)e->count * sizeof *e->rows);
  if (each)
    memcpy(t->scores + (size_t)t->count * each, e->scores,
           (size_t)e->count * each * sizeof *e->scores);
  t->count = count;
  return STATUS_OK;
}

status drive_table_add(drive_table *out, const char *path, trouble *why) {
  episodes e;
  status result = episodes_read(path, &e, NULL, 0, why);
  if (result)
    return result;
  if (e.count > 0)
    result = append(out, &e, path, why);
  episodes_free(&e);
  return result;
}

status drive_table_read(drive_table *out, const cluster_outcome *outcome, trouble *why) {
  status result = STATUS_OK;
  for (int unit = 0; !result && unit < outcome->units->count; unit++) {
    char path[FOLDER_PATH];
    if (!outcome->records[unit].sha256[0])
      continue;
    result = cluster_shard_path(path, outcome->output, outcome->units, unit, why);
    if (!result)
      result = drive_table_add(out, path, why);
  }
  return result;
}

// ---- keys ----

const char *drive_key_name(drive_key key) {
  static const char *const names[DRIVE_KEYS] = {"script", "scenario", "place", "weather"};
  return names[key];
}

static const char *value_of(const episodes_row *row, drive_key key) {
  switch (key) {
  case DRIVE_SCRIPT:
    return row->script;
  case DRIVE_SCENARIO:
    return row->scenario;
  case DRIVE_PLACE:
    return row->place;
  default:
    return row->weather;
  }
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

status drive_values_find(drive_values *out, const drive_table *t, drive_key key, trouble *why) {
  for (int k = 0; k < t->count; k++) {
    const char *value = value_of(&t->rows[k], key);
    int i = out->count - 1; // mostly that of the row before
    while (i >= 0 && strcmp(out->names[i], value) != 0)
      i--;
    if (i >= 0 || !value[0])
      continue;
    if (!ARRAY_RESERVE(out->names, out->capacity, out->count + 1))
      return trouble_set(why, STATUS_MEMORY, "no memory for a table by %s", drive_key_name(key));
    out->names[out->count++] = value;
  }
  if (key != DRIVE_SCRIPT && out->count > 1)
    qsort(out->names, (size_t)out->count, sizeof *out->names, by_name);
  return STATUS_OK;
}

void drive_values_free(drive_values *v) {
  free(v->names);
  memset(v, 0, sizeof *v);
}

// ---- sums ----

const drive_fault drive_faults[DRIVE_FAULTS] = {
    {"crash_at_fault", "had a collision that was its fault"},
    {"crash_not_at_fault", "had collisions, none of them its fault"},
    {"hit_pedestrian", "hit somebody on foot"},
    {"hit_vehicle", "hit a vehicle"},
    {"hit_layout", "hit something solid"},
    {"red_light", "ran a red light"},
    {"stop_sign", "ran a stop sign"},
    {"emergency_vehicle", "didn't let an emergency vehicle by"},
    {"off_drivable", "left the drivable area"},
    {"wrong_way", "drove against its lane"},
    {"close_call", "came within 0.95 s of a collision"},
    {"uncomfortable", "braked, turned or jerked beyond comfort"}};

// A score without a value tells of none.
bool drive_table_faults(const drive_table *t, int row, bool has[DRIVE_FAULTS]) {
#define SCORE(name) drive_table_score(t, row, drive_table_find(t, name))
  double all = SCORE("contacts"), own = SCORE("contacts.at_fault");
  if (isnan(all))
    return false;
  const bool found[DRIVE_FAULTS] = {own > 0,
                                    all > 0 && !(own > 0),
                                    SCORE("carla.collisions_pedestrian") > 0,
                                    SCORE("carla.collisions_vehicle") > 0,
                                    SCORE("carla.collisions_layout") > 0,
                                    SCORE("carla.red_light") > 0,
                                    SCORE("carla.stop_infraction") > 0,
                                    SCORE("carla.yield_emergency_vehicle") > 0,
                                    SCORE("nuplan_like.dac") < 1,
                                    SCORE("nuplan_like.ddc") < 1,
                                    SCORE("nuplan_like.ttc") < 1,
                                    SCORE("nuplan_like.c") < 1};
#undef SCORE
  memcpy(has, found, sizeof found);
  return true;
}

static void count_faults(drive_sums *out, const drive_table *t, int row) {
  bool has[DRIVE_FAULTS];
  if (!drive_table_faults(t, row, has))
    return;
  out->scored++;
  for (int k = 0; k < DRIVE_FAULTS; k++)
    out->faults[k] += has[k];
}

static void add_row(drive_sums *out, const drive_table *t, int k, double *squares) {
  const episodes_row *row = &t->rows[k];
  out->count++;
  out->truncated += row->truncated[0];
  out->seconds += row->seconds[0];
  out->way_m += row->way_m[0];
  for (int end = 0; end < SIM_END_COUNT; end++)
    out->ends[end] += strcmp(row->end, sim_end_name((sim_end)end)) == 0;
  if (row->failed[0]) { // counted apart: it has no score of a driver
    out->failed++;
    return;
  }
  double share = row->progress_m[0] / row->goal_m[0];
  if (row->goal_m[0] > 0 && !isnan(share)) {
    out->progress += share < 0 ? 0 : share > 1 ? 1 : share;
    out->progress_count++;
  }
  count_faults(out, t, k);
  for (int i = 0; i < t->score_count; i++) {
    double x = drive_table_score(t, k, i);
    if (!isfinite(x))
      continue;
    out->scores[i].mean += x; // the sum, until all are there
    squares[i] += x * x;
    out->scores[i].values++;
  }
}

// `values` and `scenes`: room for all rows of the table.
static status resample(drive_sums *out, const drive_table *t, const int *which, int score,
                       uint64_t seed, double *values, uint32_t *scenes, trouble *why) {
  int n = 0;
  for (int i = 0; i < out->count; i++) {
    double x = drive_table_score(t, which[i], score);
    if (t->rows[which[i]].failed[0] || !isfinite(x))
      continue;
    scenes[n] = t->rows[which[i]].episode[0]; // each is a scene of its own
    values[n++] = x;
  }
  enum { DRAWS = 1000 };
  return sim_bootstrap_mean(values, scenes, n, 0.95, DRAWS, seed, &out->scores[score].of, why);
}

status drive_sums_of(drive_sums *out, const drive_table *t, drive_key key, const char *value,
                     uint64_t seed, trouble *why) {
  size_t room = (size_t)t->count + 1;
  int *which = malloc(room * sizeof *which);
  double *values = malloc(room * sizeof *values), squares[EPISODES_SCORES] = {0};
  uint32_t *scenes = malloc(room * sizeof *scenes);
  memset(out, 0, sizeof *out);
  status result = which && values && scenes
                      ? STATUS_OK
                      : trouble_set(why, STATUS_MEMORY, "no memory for the sums of episodes");
  for (int k = 0; !result && k < t->count; k++)
    if (!value || strcmp(value_of(&t->rows[k], key), value) == 0) {
      which[out->count] = k;
      add_row(out, t, k, squares);
    }
  out->progress = out->progress_count ? out->progress / out->progress_count : NAN;
  for (int i = 0; !result && i < t->score_count; i++) {
    int n = out->scores[i].values;
    double mean = out->scores[i].mean = n ? out->scores[i].mean / n : NAN;
    double spread = n > 1 ? (squares[i] - n * mean * mean) / (n - 1) : 0;
    out->scores[i].sd = n ? sqrt(spread > 0 ? spread : 0) : NAN;
    out->scores[i].of = (sim_interval){NAN, NAN, NAN};
    if (n > 1 && sim_score_is_whole(t->score_names[i]))
      result = resample(out, t, which, i, seed, values, scenes, why);
  }
  free(which);
  free(values);
  free(scenes);
  return result;
}
