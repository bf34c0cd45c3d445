// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_finds.h"

#include <stdlib.h>
#include <string.h>

#include "cluster/drive_search.h"
#include "cluster/html.h"

enum { FINDS_SHOWN = 20 };

static int worse_first(const void *a, const void *b) {
  const cluster_search_row *x = a, *y = b;
  if (x->of.badness != y->of.badness)
    return x->of.badness > y->of.badness ? -1 : 1;
  return x->episode < y->episode ? -1 : x->episode > y->episode;
}

// By the rounds that estimate, null where none does. Where the policy broke down nobody knows: the
// rate counts those episodes as none, and the interval reaches to where all of them count.
static status estimate_json(sim_search kind, const cluster_search_rows *rows, json_t **out,
                            trouble *why) {
  sim_search_sample *samples = calloc((size_t)rows->count + 1, sizeof *samples);
  bool *broke_down = calloc((size_t)rows->count + 1, sizeof *broke_down);
  if (!samples || !broke_down) {
    free(samples);
    free(broke_down);
    return trouble_set(why, STATUS_MEMORY, "no memory for a search");
  }
  int count = 0, failed = 0, unknown = 0;
  double sum = 0, squares = 0;
  for (int i = 0; i < rows->count; i++)
    if (sim_search_estimates(kind, rows->of[i].round)) {
      double w = rows->of[i].of.weight;
      broke_down[count] = rows->of[i].broke_down;
      unknown += broke_down[count];
      samples[count++] = rows->of[i].of;
      failed += rows->of[i].of.failed;
      sum += w;
      squares += w * w;
    }
  bool ratio = rows->rejected && kind != SIM_SEARCH_RANDOM;
  *out = json_null();
  if (count > 0) {
    sim_interval rate = sim_search_rate(samples, count, ratio), most = rate;
    for (int i = 0; i < count; i++)
      samples[i].failed = samples[i].failed || broke_down[i];
    if (unknown)
      most = sim_search_rate(samples, count, ratio);
    *out = json_pack("{s:f, s:[f, f], s:i, s:i, s:i, s:f, s:b}", "rate", rate.value, "interval95",
                     rate.low, most.high, "episodes", count, "failed", failed, "policy_failed",
                     unknown, "effective_episodes", sum * sum / squares, "unbiased",
                     !ratio && !unknown);
  }
  free(samples);
  free(broke_down);
  return STATUS_OK;
}

static json_t *rounds_json(sim_search kind, const cluster_search_rows *rows) {
  json_t *rounds = json_array();
  for (int round = 0; round < sim_search_rounds(kind); round++) {
    int count = 0, failed = 0;
    for (int i = 0; i < rows->count; i++)
      if (rows->of[i].round == round) {
        count++;
        failed += rows->of[i].of.failed;
      }
    json_array_append_new(rounds, json_pack("{s:i, s:i, s:b}", "episodes", count, "failed", failed,
                                            "estimates", sim_search_estimates(kind, round)));
  }
  return rounds;
}

// The worst episodes, failed or not; `rows` is in their order afterwards.
static json_t *finds_json(cluster_search_rows *rows) {
  json_t *finds = json_array();
  if (rows->count)
    qsort(rows->of, (size_t)rows->count, sizeof *rows->of, worse_first);
  for (int i = 0; i < rows->count && i < FINDS_SHOWN; i++) {
    const cluster_search_row *row = &rows->of[i];
    if (row->of.badness >= 0)
      json_array_append_new(
          finds, json_pack("{s:I, s:I, s:i, s:f, s:b, s:s}", "episode", (json_int_t)row->episode,
                           "scene", (json_int_t)row->scene, "round", row->round, "weight",
                           row->of.weight, "failed", row->of.failed, "end", row->end));
  }
  return finds;
}

static status script_json(const cluster_outcome *outcome, int number, json_t **out, trouble *why) {
  cluster_search_rows rows = {0};
  sim_search kind = cluster_search_kind(outcome->job);
  json_t *estimate = NULL;
  status result =
      cluster_search_read(outcome->output, outcome->job, outcome->units, number, &rows, why);
  if (!result)
    result = estimate_json(kind, &rows, &estimate, why);
  if (!result) {
    json_t *rounds = rounds_json(kind, &rows);
    int failed = 0;
    for (int i = 0; i < rows.count; i++)
      failed += rows.of[i].of.failed;
    *out = json_pack("{s:o, s:i, s:o, s:o}", "estimate", estimate, "found", failed, "finds",
                     finds_json(&rows), "rounds", rounds);
  }
  cluster_search_rows_free(&rows);
  return result || *out ? result : trouble_set(why, STATUS_MEMORY, "no memory for report.json");
}

status cluster_finds_json(const cluster_outcome *outcome, json_t **out, trouble *why) {
  const cluster_job *job = outcome->job;
  sim_search kind = cluster_search_kind(job);
  *out = NULL;
  if (!kind)
    return STATUS_OK;
  json_t *scripts = json_object();
  status result =
      scripts ? STATUS_OK : trouble_set(why, STATUS_MEMORY, "no memory for report.json");
  for (int i = 0; !result && i <= job->further_count; i++) {
    json_t *one = NULL;
    result = script_json(outcome, i, &one, why);
    if (one)
      json_object_set_new(scripts, cluster_job_script(job, i).name, one);
  }
  if (result) {
    json_decref(scripts);
    return result;
  }
  *out = json_pack("{s:s, s:s, s:o}", "kind", sim_search_name(kind), "failure",
                   "contacts.at_fault > 0", "scripts", scripts);
  return *out ? STATUS_OK : trouble_set(why, STATUS_MEMORY, "no memory for report.json");
}

// ---- a page's section ----

static double real(const json_t *of, const char *key) {
  return json_number_value(json_object_get(of, key));
}

static void script_html(const char *name, const json_t *one, FILE *to) {
  const json_t *estimate = json_object_get(one, "estimate");
  const json_t *interval = json_object_get(estimate, "interval95");
  const json_t *find;
  size_t i;
  fputs("<h3>", to);
  html_text(to, name);
  fputs("</h3>\n", to);
  if (json_is_object(estimate)) {
    int unknown = (int)real(estimate, "policy_failed");
    fprintf(to,
            "<p>By the script's own odds %.3g %% of episodes have a crash at fault (nominal 95 %% "
            "interval %.3g to %.3g %%), estimated%s from %d episodes.</p>\n",
            100 * real(estimate, "rate"), 100 * json_number_value(json_array_get(interval, 0)),
            100 * json_number_value(json_array_get(interval, 1)),
            json_is_true(json_object_get(estimate, "unbiased")) ? " without bias" : "",
            (int)real(estimate, "episodes"));
    if (unknown)
      fprintf(to,
              "<p>In %d of them the policy broke down, so nobody knows: the rate counts "
              "them as none, and the interval reaches to where all of them are crashes.</p>\n",
              unknown);
  } else {
    fputs("<p>A search for finds alone says nothing of how often they are.</p>\n", to);
  }
  fprintf(to,
          "<p>Found: %d episodes with a crash at fault. The worst of all:</p>\n"
          "<div class=t><table><thead><tr><th class=n>episode<th class=n>round<th class=n>weight"
          "<th>failed<th>end<th>see it</tr></thead>\n",
          (int)real(one, "found"));
  json_array_foreach(json_object_get(one, "finds"), i, find) {
    int episode = (int)real(find, "episode");
    fprintf(to,
            "<tr><td class=n>%d</td><td class=n>%d</td><td class=n>%.3g</td><td>%s</td><td>%s</td>"
            "<td class=c><code>roadloom replay . --episode %d</code></td></tr>\n",
            episode, (int)real(find, "round"), real(find, "weight"),
            json_is_true(json_object_get(find, "failed")) ? "yes" : "no",
            json_string_value(json_object_get(find, "end")), episode);
  }
  fputs("</table></div>\n", to);
}

void cluster_finds_html(const json_t *finds, FILE *to) {
  const char *name;
  json_t *one;
  if (!finds)
    return;
  fprintf(
      to,
      "<h2>Search</h2><p>%s. All other tables count episodes as the search drew them, which isn't "
      "how often the script draws them.</p>\n",
      json_string_value(json_object_get(finds, "kind")));
  json_object_foreach(json_object_get(finds, "scripts"), name, one) script_html(name, one, to);
}
