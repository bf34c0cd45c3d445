// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "cluster/folder.h"
#include "export/episodes.h"

const char *const cluster_search_columns[SEARCH_COLUMNS] = {"search.round", "search.attempt",
                                                            "search.weight"};

sim_search cluster_search_kind(const cluster_job *job) {
  const char *name = cluster_job_setting(job, "search");
  for (int kind = SIM_SEARCH_NONE + 1; kind < SIM_SEARCH_COUNT; kind++)
    if (strcmp(name, sim_search_name((sim_search)kind)) == 0)
      return (sim_search)kind;
  return SIM_SEARCH_NONE;
}

status cluster_search_check(sim_search kind, uint32_t count, trouble *why) {
  uint32_t rounds = (uint32_t)sim_search_rounds(kind), least = rounds > 1 ? 10 * rounds : 1;
  uint32_t next = (count + rounds - 1) / rounds * rounds;
  next = next < least ? least : next;
  if (count == next)
    return STATUS_OK;
  return trouble_set(why, STATUS_RANGE,
                     "--episodes: %u don't make the %u rounds of --search %s; %u do", count, rounds,
                     sim_search_name(kind), next);
}

uint32_t cluster_search_file(sim_search kind, uint32_t count) {
  uint32_t rounds = (uint32_t)sim_search_rounds(kind), each = count / rounds;
  if (rounds == 1)
    return 0;
  uint32_t most = each / 4 < 1 ? 1 : each / 4 > 64 ? 64 : each / 4, size = 1;
  for (uint32_t n = 1; n <= most; n++)
    size = each % n == 0 ? n : size;
  return size;
}

static uint32_t episodes_of(const cluster_job *job) {
  return job->scenes / (uint32_t)(job->further_count + 1);
}

int cluster_search_round(const cluster_job *job, uint32_t episode) {
  uint32_t index, all = episodes_of(job);
  cluster_job_scene(job, episode, &index);
  uint64_t rounds = (uint64_t)sim_search_rounds(cluster_search_kind(job));
  return (int)(index * rounds / all);
}

int cluster_search_stage(const cluster_job *job, const cluster_units *units, int unit) {
  uint32_t count;
  const uint32_t *scenes = cluster_unit_scenes(units, unit, &count);
  return cluster_search_kind(job) && count ? cluster_search_round(job, scenes[0]) : 0;
}

void cluster_search_rows_free(cluster_search_rows *rows) {
  free(rows->of);
  memset(rows, 0, sizeof *rows);
}

// ---- what files say ----

typedef struct columns {
  int attempt, weight, own_contacts, contacts, ttc;
} columns;

static int find(const episodes *e, const char *name) {
  return episodes_find_score(e->score_names[0], e->score_count, name);
}

static double score_of(const episodes *e, int row, int column) {
  return column < 0 ? NAN : e->scores[(size_t)row * (size_t)e->score_count + (size_t)column];
}

// A crash of the ego's own fault is the failure; the nearer to a collision, the worse.
static void judge(const episodes *e, int k, const columns *at, cluster_search_row *row) {
  sim_search_sample *out = &row->of;
  double own = score_of(e, k, at->own_contacts), ttc = score_of(e, k, at->ttc);
  out->failed = own > 0;
  out->badness = own > 0                            ? 2
                 : score_of(e, k, at->contacts) > 0 ? 1.5
                 : ttc >= 0                         ? 1 / (1 + ttc)
                                                    : 0;
  row->broke_down = e->rows[k].failed[0];
  if (row->broke_down) {
    out->failed = false;
    out->badness = -1;
  }
}

static status take_row(const cluster_job *job, const script_tilt *tilt, const episodes *e, int k,
                       const columns *at, const char *path, cluster_search_rows *out,
                       trouble *why) {
  const episodes_row *from = &e->rows[k];
  if (!ARRAY_RESERVE(out->of, out->capacity, out->count + 1))
    return trouble_set(why, STATUS_MEMORY, "no memory for a search");
  cluster_search_row *row = &out->of[out->count];
  uint32_t words[SCRIPT_TILT_WORDS];
  memset(row, 0, sizeof *row);
  row->episode = from->episode[0];
  row->script = cluster_job_scene(job, row->episode, &row->scene);
  row->round = cluster_search_round(job, row->episode);
  snprintf(row->end, sizeof row->end, "%s", from->end);
  double attempt = score_of(e, k, at->attempt), weight = score_of(e, k, at->weight);
  if (!(attempt >= 0 && attempt < UINT32_MAX))
    return trouble_set(why, STATUS_FORMAT, "%s: has no columns of a search", path);
  row->of.weight = script_tilt_draw(tilt, job->seed, row->scene, (uint32_t)attempt, words);
  if (row->of.weight != weight)
    return trouble_set(why, STATUS_CONFLICT,
                       "%s: episode %u was drawn otherwise than the rounds before it say", path,
                       row->episode);
  for (int i = 0; i < SCRIPT_TILT_WORDS; i++)
    row->of.words[i] = ldexp(words[i], -32);
  judge(e, k, at, row);
  out->rejected = out->rejected || attempt > 0;
  out->count++;
  return STATUS_OK;
}

static status read_unit(const char *output, const cluster_job *job, const cluster_units *units,
                        int unit, const script_tilt *tilt, int number, bool all,
                        cluster_search_rows *out, trouble *why) {
  char path[FOLDER_PATH];
  episodes e = {0};
  status result = cluster_shard_path(path, output, units, unit, why);
  if (!result && !file_exists(path))
    return all ? trouble_set(why, STATUS_NOT_FOUND, "a later round of a search needs %s", path)
               : STATUS_OK;
  if (!result)
    result = episodes_read(path, &e, NULL, 0, why);
  if (result)
    return result;
  columns at = {find(&e, cluster_search_columns[1]), find(&e, cluster_search_columns[2]),
                find(&e, "contacts.at_fault"), find(&e, "contacts"), find(&e, "criticality.ttc_s")};
  for (int k = 0; !result && k < e.count; k++) {
    uint32_t index;
    if (cluster_job_scene(job, e.rows[k].episode[0], &index) == number)
      result = take_row(job, tilt, &e, k, &at, path, out, why);
  }
  episodes_free(&e);
  return result;
}

static status fit(const cluster_job *job, const cluster_search_rows *rows, script_tilt *out,
                  trouble *why) {
  sim_search_sample *samples = calloc((size_t)rows->count + 1, sizeof *samples);
  if (!samples)
    return trouble_set(why, STATUS_MEMORY, "no memory for a search");
  for (int i = 0; i < rows->count; i++)
    samples[i] = rows->of[i].of;
  status result = sim_search_fit(cluster_search_kind(job), samples, rows->count, out, why);
  free(samples);
  return result;
}

// Reads rounds below `rounds` one by one, each by the tilt that those before it give; the next
// one's goes to *tilt.
static status read_rounds(const char *output, const cluster_job *job, const cluster_units *units,
                          int number, int rounds, bool all, cluster_search_rows *rows,
                          script_tilt *tilt, trouble *why) {
  status result = STATUS_OK;
  *tilt = script_tilt_none();
  for (int round = 0; !result && round < rounds; round++) {
    for (int unit = 0; !result && unit < units->count; unit++)
      if (cluster_search_stage(job, units, unit) == round)
        result = read_unit(output, job, units, unit, tilt, number, all, rows, why);
    if (!result && round + 1 < sim_search_rounds(cluster_search_kind(job)))
      result = fit(job, rows, tilt, why);
  }
  return result;
}

status cluster_search_tilt(const char *output, const cluster_job *job, const cluster_units *units,
                           int number, int round, script_tilt *out, trouble *why) {
  cluster_search_rows rows = {0};
  status result = read_rounds(output, job, units, number, round, true, &rows, out, why);
  cluster_search_rows_free(&rows);
  return result;
}

status cluster_search_read(const char *output, const cluster_job *job, const cluster_units *units,
                           int number, cluster_search_rows *out, trouble *why) {
  script_tilt tilt;
  int rounds = sim_search_rounds(cluster_search_kind(job));
  return read_rounds(output, job, units, number, rounds, false, out, &tilt, why);
}
