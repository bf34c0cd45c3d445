// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cluster/drive.h"
#include "cluster/drive_folder.h"
#include "cluster/folder.h"
#include "sim/scores.h"

enum { DRAWS = 1000 };

// What of a folder is there: units whose file isn't are left out.
static status read_folder(const char *folder, drive_table *t, char policy[256], uint64_t *seed,
                          trouble *why) {
  cluster_job job;
  cluster_units units;
  cluster_drive_def def;
  status result = cluster_drive_folder(folder, &job, &units, why);
  if (result)
    return result;
  *seed = job.seed;
  result = cluster_drive_def_of(&job, &def, why);
  if (!result)
    snprintf(policy, 256, "%s", def.policy);
  for (int unit = 0; !result && unit < units.count; unit++) {
    char path[FOLDER_PATH];
    result = cluster_shard_path(path, folder, &units, unit, why);
    if (!result && file_exists(path))
      result = drive_table_add(t, path, why);
  }
  cluster_units_free(&units);
  cluster_job_free(&job);
  if (!result && t->count == 0)
    result = trouble_set(why, STATUS_NOT_FOUND, "%s: holds no episode yet", folder);
  return result;
}

typedef struct place {
  uint64_t scene;
  int row;
} place;

static int by_scene(const void *a, const void *b) {
  const place *p = a, *q = b;
  return p->scene != q->scene ? (p->scene < q->scene ? -1 : 1) : p->row - q->row;
}

static place *places_of(const drive_table *t) {
  place *all = malloc((size_t)t->count * sizeof *all);
  for (int k = 0; all && k < t->count; k++)
    all[k] = (place){t->rows[k].scene_hash[0], k};
  if (all)
    qsort(all, (size_t)t->count, sizeof *all, by_scene);
  return all;
}

// Rows of either that belong together, and the number of their scene.
typedef struct pairs {
  int count;
  int *a, *b;
  uint32_t *scene;
  double *values; // (2 * count)
} pairs;

static void pairs_free(pairs *p) {
  free(p->a);
  free(p->b);
  free(p->scene);
  free(p->values);
}

static status find_pairs(pairs *p, drive_comparison *out, trouble *why) {
  const drive_table *a = &out->a, *b = &out->b;
  size_t most = (size_t)(a->count < b->count ? a->count : b->count);
  place *in_a = places_of(a), *in_b = places_of(b);
  *p = (pairs){0, malloc(most * sizeof *p->a), malloc(most * sizeof *p->b),
               malloc(most * sizeof *p->scene), malloc(2 * most * sizeof *p->values)};
  status result = in_a && in_b && p->a && p->b && p->scene && p->values
                      ? STATUS_OK
                      : trouble_set(why, STATUS_MEMORY, "no memory to compare two jobs");
  uint32_t scenes = 0;
  int i = 0, k = 0;
  while (!result && i < a->count && k < b->count) {
    if (in_a[i].scene != in_b[k].scene) {
      bool first = in_a[i].scene < in_b[k].scene;
      out->alone_a += first;
      out->alone_b += !first;
      i += first;
      k += !first;
      continue;
    }
    scenes += i == 0 || in_a[i - 1].scene != in_a[i].scene;
    if (a->rows[in_a[i].row].failed[0] || b->rows[in_b[k].row].failed[0]) {
      out->failed++;
    } else {
      p->a[p->count] = in_a[i].row;
      p->b[p->count] = in_b[k].row;
      p->scene[p->count++] = scenes;
    }
    i++, k++;
  }
  out->alone_a += a->count - i;
  out->alone_b += b->count - k;
  out->pairs = p->count;
  free(in_a);
  free(in_b);
  return result;
}

// Both rows of the values are filled.
static status add(drive_comparison *out, const pairs *p, const char *name, bool fault,
                  uint64_t seed, trouble *why) {
  drive_compared *it = &out->of[out->count++];
  *it = (drive_compared){.name = name, .fault = fault, .mean_a = NAN, .mean_b = NAN};
  double a = 0, b = 0;
  int both = 0;
  for (int k = 0; k < p->count; k++) {
    double x = p->values[k], y = p->values[p->count + k];
    if (isnan(x) || isnan(y))
      continue;
    a += x, b += y, both++;
  }
  if (both > 0)
    it->mean_a = a / both, it->mean_b = b / both;
  return sim_paired_difference(p->values, p->values + p->count, p->scene, p->count, 0.95, DRAWS,
                               seed, &it->difference, &it->pairs, why);
}

static status compare_scores(drive_comparison *out, const pairs *p, uint64_t seed, trouble *why) {
  status result = STATUS_OK;
  for (int i = 0; !result && i < out->a.score_count; i++) {
    const char *name = out->a.score_names[i];
    int other = drive_table_find(&out->b, name);
    if (!sim_score_is_whole(name) || other < 0)
      continue;
    for (int k = 0; k < p->count; k++) {
      double x = drive_table_score(&out->a, p->a[k], i);
      double y = drive_table_score(&out->b, p->b[k], other);
      p->values[k] = isfinite(x) ? x : NAN;
      p->values[p->count + k] = isfinite(y) ? y : NAN;
    }
    result = add(out, p, name, false, seed, why);
  }
  return result;
}

static status compare_faults(drive_comparison *out, const pairs *p, uint64_t seed, trouble *why) {
  status result = STATUS_OK;
  for (int i = 0; !result && i < DRIVE_FAULTS; i++) {
    for (int k = 0; k < p->count; k++) {
      bool has[DRIVE_FAULTS];
      p->values[k] = drive_table_faults(&out->a, p->a[k], has) ? has[i] : NAN;
      p->values[p->count + k] = drive_table_faults(&out->b, p->b[k], has) ? has[i] : NAN;
    }
    result = add(out, p, drive_faults[i].name, true, seed, why);
  }
  return result;
}

status drive_compare(const char *a, const char *b, drive_comparison *out, trouble *why) {
  pairs p = {0};
  uint64_t seed_a, seed_b;
  memset(out, 0, sizeof *out);
  status result = read_folder(a, &out->a, out->policy_a, &seed_a, why);
  if (!result)
    result = read_folder(b, &out->b, out->policy_b, &seed_b, why);
  if (result)
    return result;
  result = find_pairs(&p, out, why);
  if (!result && out->pairs + out->failed == 0)
    result = trouble_set(why, STATUS_CONFLICT,
                         "%s and %s have no scene in common; drive the same scripts with the same "
                         "--seed and --set",
                         a, b);
  if (!result)
    result = compare_scores(out, &p, seed_a, why);
  if (!result)
    result = compare_faults(out, &p, seed_a, why);
  pairs_free(&p);
  return result;
}

void drive_comparison_free(drive_comparison *c) {
  drive_table_free(&c->a);
  drive_table_free(&c->b);
}
