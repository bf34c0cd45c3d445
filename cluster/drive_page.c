// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_page.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "cluster/drive_finds.h"
#include "cluster/drive_plots.h"
#include "cluster/drive_worst.h"
#include "cluster/folder.h"
#include "cluster/html.h"
#include "sim/scores.h"

enum { FAILURES = 20, SUMMARY = 3 };
// What tables by script and scene show.
static const char *const summary[SUMMARY] = {"nuplan_like", "navsim.pdms", "carla.ds_2_1"};

typedef struct page {
  FILE *to;
  const cluster_outcome *outcome;
  const drive_table *t;
  const drive_sums *all;
  const char *root;
  const json_t *finds; // of a search, or NULL
} page;

static const char STYLE[] =
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;padding:0 1.5em;max-width:68em;"
    "color:#1d2430;background:#fff}h1{font-size:1.6em;margin:0}h2{font-size:1.15em;margin:2em 0 "
    ".6em}p.u{color:#5b6675;margin:.2em 0 1em}table{border-collapse:collapse}th{text-align:left;"
    "font-weight:600}td,th{padding:.25em 1.1em .25em 0;border-bottom:1px solid #e6e9ee;"
    "vertical-align:middle}thead th{color:#5b6675;font-weight:500;white-space:nowrap}td.n,th.n"
    "{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.d{color:#5b6675}td."
    "c{white-space:nowrap}"
    "code{font:13px/1.4 ui-monospace,monospace;background:#f3f5f8;padding:.1em .35em;border-radius"
    ":3px;overflow-wrap:anywhere}pre{font:13px/1.4 ui-monospace,monospace;background:#f3f5f8;"
    "padding:1em;overflow:auto}svg{vertical-align:middle}svg text{font-size:10px;fill:#5b6675}"
    "svg .e{text-anchor:end}svg .m{text-anchor:middle}.g{stroke:#c3cad4}.s{stroke:#2f6fc1;"
    "stroke-width:3}circle{fill:#2f6fc1}.b{fill:#2f6fc1}.a{display:flex;flex-wrap:wrap;"
    "gap:1.2em}tr.p td{padding:.3em 0 1.4em}tr:has(+tr.p) td{border-bottom:0}.p .a{gap:.6em}"
    "figure.p{width:240px}.p figcaption{font-weight:400}.p img{display:block;border-radius:4px}"
    ".x{color:#c4372e}figure{margin:0}figcaption{font-weight:600;font-size:.93em}small{color:#"
    "5b6675;"
    "display:block}.t{overflow-x:auto}.h{display:flex;height:22px;border-radius:4px;overflow:"
    "hidden;margin:.6em 0}.h i{display:block}.k span{white-space:nowrap;margin-right:1.2em}.k i"
    "{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em}details"
    "{margin:.5em 0}summary{cursor:pointer;font-weight:600}";

// ---- words and numbers ----

static const char *color_of(int end) {
  switch (end) {
  case SIM_END_GOAL:
    return "#3a9d5d";
  case SIM_END_TIME:
    return "#8aa4c8";
  case SIM_END_CRASH:
    return "#c4372e";
  case SIM_END_BLOCKED:
    return "#8a6fb8";
  case SIM_END_OFF_ROUTE:
  case SIM_END_OFF_ROAD:
    return "#e08a2c";
  default:
    return "#3c4250";
  }
}

// What a score goes up to; 0: no bound.
static double most_of_score(const char *name) {
  if (strncmp(name, "carla.ds_", 9) == 0)
    return 100;
  return strncmp(name, "contacts", 8) == 0 ? 0 : 1;
}

static void number(FILE *to, double x, double most) {
  if (!isfinite(x))
    fputs("<td class=n>–</td>", to);
  else
    fprintf(to, most > 1 ? "<td class=n>%.1f</td>" : "<td class=n>%.3f</td>", x);
}

static void bounds(FILE *to, const sim_interval *of, double most) {
  if (!isfinite(of->low))
    fputs("<td class=\"n d\">–</td>", to);
  else
    fprintf(to,
            most > 1 ? "<td class=\"n d\">%.1f … %.1f</td>" : "<td class=\"n d\">%.3f … %.3f</td>",
            of->low, of->high);
}

// A row's name, count, share with Wilson's interval, and that drawn. Nothing of n: 3 / n, too.
static void rate_row(FILE *to, const char *name, int hits, int n) {
  sim_interval of = sim_wilson(hits, n, 0.95);
  fputs("<tr><th>", to);
  html_text(to, name);
  fprintf(to, "</th><td class=n>%d</td>", hits);
  if (n > 0 && hits == 0)
    fprintf(to, "<td class=n>0 %%</td><td class=\"n d\">below %.3g %%</td><td>",
            100 * sim_rule_of_three(n));
  else if (n > 0)
    fprintf(to, "<td class=n>%.1f %%</td><td class=\"n d\">%.1f … %.1f %%</td><td>", 100 * of.value,
            100 * of.low, 100 * of.high);
  else
    fputs("<td class=n>–</td><td></td><td>", to);
  drive_plot_interval(to, &of, 1);
  fputs("</td></tr>\n", to);
}

static const char *setting(const page *p, const char *name) {
  return cluster_job_setting(p->outcome->job, name);
}

// ---- parts ----

static void write_head(const page *p) {
  const cluster_job *job = p->outcome->job;
  const drive_sums *all = p->all;
  FILE *to = p->to;
  fputs("<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width="
        "device-width\"><title>",
        to);
  html_text(to, setting(p, "policy"));
  fprintf(to, " – Roadloom drive report</title><style>%s</style>\n<h1>", STYLE);
  html_text(to, setting(p, "policy"));
  fputs("</h1><p class=u>", to);
  if (job->further_count > 3)
    fprintf(to, "%d scripts", 1 + job->further_count);
  for (int i = 0; i <= job->further_count && job->further_count <= 3; i++) {
    fputs(i ? ", " : "", to);
    html_text(to, cluster_job_script(job, i).name);
  }
  fprintf(to, " · %d episodes · %.1f h and %.1f km driven · seed %" PRIu64 "</p>\n", all->count,
          all->seconds / 3600, all->way_m / 1000, job->seed);
  if ((int)job->scenes != all->count)
    fprintf(to, "<p><b>%d of %u episodes are missing.</b></p>\n", (int)job->scenes - all->count,
            job->scenes);
  fputs("<div class=h>", to);
  for (int end = 0; end < SIM_END_COUNT; end++)
    if (all->ends[end])
      fprintf(to, "<i style=\"width:%.2f%%;background:%s\"></i>",
              100.0 * all->ends[end] / all->count, color_of(end));
  fputs("</div><p class=k>", to);
  for (int end = 0; end < SIM_END_COUNT; end++)
    if (all->ends[end])
      fprintf(to, "<span><i style=\"background:%s\"></i>%s %d</span> ", color_of(end),
              sim_end_name((sim_end)end), all->ends[end]);
  fputs("</p>\n", to);
}

static void write_scores(const page *p) {
  FILE *to = p->to;
  fputs("<h2>Scores</h2><div class=t><table><thead><tr><th>score<th class=n>mean<th class=n>95 % "
        "interval<th><th class=n>episodes</tr></thead>\n",
        to);
  for (int i = 0; i < p->t->score_count; i++) {
    const char *name = p->t->score_names[i];
    double most = most_of_score(name);
    sim_interval of = p->all->scores[i].of;
    if (!sim_score_is_whole(name))
      continue;
    of.value = p->all->scores[i].mean;
    fprintf(to, "<tr><th>%s</th>", name);
    number(to, of.value, most);
    bounds(to, &of, most);
    fputs("<td>", to);
    drive_plot_interval(to, &of, most);
    fprintf(to, "</td><td class=n>%d</td></tr>\n", p->all->scores[i].values);
  }
  fputs("</table></div><p class=u>Over episodes whose policy didn't fail. Intervals are from 1,000 "
        "resamplings of the scenes; rates below have Wilson's.</p>\n",
        to);
}

static void write_ends(const page *p) {
  static const char head[] = "<th class=n>episodes<th class=n>share<th class=n>95 % interval<th>"
                             "</tr></thead>\n";
  fprintf(p->to, "<h2>How episodes ended</h2><div class=t><table><thead><tr><th>end%s", head);
  for (int end = 0; end < SIM_END_COUNT; end++)
    if (p->all->ends[end])
      rate_row(p->to, sim_end_name((sim_end)end), p->all->ends[end], p->all->count);
  fprintf(p->to, "</table></div><h2>Faults</h2><div class=t><table><thead><tr><th>the ego …%s",
          head);
  for (int k = 0; k < DRIVE_FAULTS; k++)
    rate_row(p->to, drive_faults[k].says, p->all->faults[k], p->all->scored);
  rate_row(p->to, "was driven by a policy that failed as a program", p->all->failed, p->all->count);
  fputs("</table></div>\n", p->to);
}

// A score's mean with its interval below.
static void short_score(FILE *to, const drive_sums *s, int score, double most) {
  const char *form = most > 1 ? "%.1f" : "%.3f";
  fputs("<td class=n>", to);
  if (score >= 0 && s->scores[score].values)
    fprintf(to, form, s->scores[score].mean);
  else
    fputs("–", to);
  if (score >= 0 && isfinite(s->scores[score].of.low)) {
    fputs("<small>", to);
    fprintf(to, form, s->scores[score].of.low);
    fputs(" … ", to);
    fprintf(to, form, s->scores[score].of.high);
    fputs("</small>", to);
  }
  fputs("</td>", to);
}

static void group_row(const page *p, const char *name, const drive_sums *s) {
  FILE *to = p->to;
  fputs("<tr><th>", to);
  html_text(to, name);
  fprintf(to, "</th><td class=n>%d</td>", s->count);
  const int shown[] = {s->ends[SIM_END_GOAL], s->ends[SIM_END_CRASH]};
  for (int i = 0; i < 2; i++)
    fprintf(to, "<td class=n>%.0f %%</td>", s->count ? 100.0 * shown[i] / s->count : 0.0);
  if (s->scored)
    fprintf(to, "<td class=n>%.0f %%</td>", 100.0 * s->faults[0] / s->scored);
  else
    fputs("<td class=n>–</td>", to);
  fprintf(to, "<td class=n>%d</td>", s->failed);
  for (int i = 0; i < SUMMARY; i++)
    short_score(to, s, drive_table_find(p->t, summary[i]), most_of_score(summary[i]));
  fputs("</tr>\n", to);
}

static status write_group(const page *p, drive_key key, drive_sums *sums, trouble *why) {
  drive_values values = {0};
  status result = drive_values_find(&values, p->t, key, why);
  if (!result && values.count > (key == DRIVE_SCENARIO ? 0 : 1)) {
    fprintf(p->to,
            "<h2>By %s</h2><div class=t><table><thead><tr><th>%s<th class=n>episodes<th class=n>"
            "goal<th class=n>crash<th class=n>at fault<th class=n>failed",
            drive_key_name(key), drive_key_name(key));
    for (int i = 0; i < SUMMARY; i++)
      fprintf(p->to, "<th class=n>%s", summary[i]);
    fputs("</tr></thead>\n", p->to);
    for (int i = 0; !result && i < values.count; i++) {
      result = drive_sums_of(sums, p->t, key, values.names[i], p->outcome->job->seed, why);
      if (!result)
        group_row(p, values.names[i], sums);
    }
    fputs("</table></div>\n", p->to);
  }
  drive_values_free(&values);
  return result;
}

static status write_histograms(const page *p, trouble *why) {
  static const struct {
    const char *name, *title; // NULL: its name
    double most;
  } shown[] = {{"nuplan_like", NULL, 1},
               {"navsim.pdms", NULL, 1},
               {"carla.ds_2_1", NULL, 100},
               {"criticality.ttc_s", "least time to collision, s", 10},
               {"criticality.drac_mps2", "hardest braking that was needed, m/s²", 10}};
  double *values = malloc(((size_t)p->t->count + 1) * sizeof *values);
  if (!values)
    return trouble_set(why, STATUS_MEMORY, "no memory for the plots");
  fputs("<h2>Distributions</h2><div class=a>\n", p->to);
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
    int n = 0, score = drive_table_find(p->t, shown[i].name);
    for (int k = 0; k < p->t->count; k++)
      if (!p->t->rows[k].failed[0])
        values[n++] = drive_table_score(p->t, k, score);
    drive_plot_histogram(p->to, shown[i].title ? shown[i].title : shown[i].name, values, n,
                         shown[i].most);
  }
  fputs("</div>\n", p->to);
  free(values);
  return STATUS_OK;
}

// ---- the worst ----

// The file that holds an episode, and its row there. The caller frees `e`.
static status read_file_of(const page *p, uint32_t number, episodes *e, const episodes_row **row,
                           trouble *why) {
  const cluster_units *units = p->outcome->units;
  for (int unit = 0; unit < units->count; unit++) {
    uint32_t count;
    const uint32_t *scenes = cluster_unit_scenes(units, unit, &count);
    if (number < scenes[0] || number > scenes[count - 1])
      continue;
    char path[FOLDER_PATH];
    status result = cluster_shard_path(path, p->outcome->output, units, unit, why);
    if (!result)
      result = episodes_read(path, e, NULL, 0, why);
    for (int k = 0; !result && k < e->count; k++)
      if (e->rows[k].episode[0] == number) {
        *row = &e->rows[k];
        return STATUS_OK;
      }
    if (result)
      return result;
    episodes_free(e);
  }
  return trouble_set(why, STATUS_NOT_FOUND, "episode %" PRIu32 " is in no file", number);
}

// What a picture shows, in a few words; `steps` are the episode's.
static void caption(FILE *to, const episodes_picture *it, const episodes_step *steps) {
  if (it->frame[0] < 0) {
    fputs("the whole way", to);
    return;
  }
  const episodes_step *then = steps + it->frame[0];
  fprintf(to, "%.1f s · %.1f m/s", then->time_s[0], then->ahead_mps[0]);
  if (it->says[0]) {
    fputs("<small class=x>", to);
    html_text(to, it->says);
    fputs("</small>", to);
  }
}

// A row of an episode's pictures, and none when it has none.
static status show_pictures(const page *p, const episodes *e, const episodes_row *row,
                            trouble *why) {
  FILE *to = p->to;
  int shown = 0;
  for (int k = 0; k < e->picture_count; k++) {
    const episodes_picture *it = &e->pictures[k];
    if (it->episode[0] != row->episode[0])
      continue;
    if (shown++ == 0)
      fputs("<tr class=p><td colspan=6><div class=a>", to);
    char *png = base64_encode(e->png + it->png_first[0], it->png_size[0]);
    if (!png)
      return trouble_set(why, STATUS_MEMORY, "no memory for report.html");
    fprintf(to,
            "<figure class=p><img width=%" PRIu32 " height=%" PRIu32
            " alt=\"from above\" src=\"data:image/png;base64,%s\"><figcaption>",
            it->width_px[0], it->height_px[0], png);
    free(png);
    caption(to, it, e->steps + row->step_first[0]);
    fputs("</figcaption></figure>", to);
  }
  if (shown)
    fputs("</div></td></tr>\n", to);
  return STATUS_OK;
}

static status worst_row(const page *p, const drive_badness *b, trouble *why) {
  const episodes_row *row = &p->t->rows[b->row], *there = NULL;
  FILE *to = p->to;
  episodes e;
  status result = read_file_of(p, row->episode[0], &e, &there, why);
  if (result)
    return result;
  fprintf(to, "<tr><td class=n>%" PRIu32 "</td><td>", row->episode[0]);
  html_text(to, row->script);
  fprintf(to, "<small>scene %" PRIu32, row->scene[0]);
  const char *const more[] = {row->scenario, row->place, row->weather};
  for (int i = 0; i < 3; i++) {
    fputs(more[i][0] ? ", " : "", to);
    html_text(to, more[i]);
  }
  fprintf(to, "</small></td><td>%s<small>", row->end);
  html_text(to, row->end_text);
  fputs("</small></td>", to);
  number(to, isfinite(b->nuplan) ? b->nuplan : NAN, 1);
  number(to, isfinite(b->carla) ? b->carla : NAN, 100);
  fprintf(to,
          "<td class=c><code>roadloom replay . --episode %" PRIu32 " --strip %" PRIu32
          ".png</code></td></tr>\n",
          row->episode[0], row->episode[0]);
  result = show_pictures(p, &e, there, why);
  episodes_free(&e);
  return result;
}

static status write_worst(const page *p, trouble *why) {
  int n = 0, at[DRIVE_WORST_SCORES];
  for (int i = 0; i < DRIVE_WORST_SCORES; i++)
    at[i] = drive_table_find(p->t, drive_worst_scores[i]);
  drive_badness *all = malloc(((size_t)p->t->count + 1) * sizeof *all);
  if (!all)
    return trouble_set(why, STATUS_MEMORY, "no memory for the worst episodes");
  for (int k = 0; k < p->t->count; k++)
    if (!p->t->rows[k].failed[0]) {
      double by[DRIVE_WORST_SCORES];
      for (int i = 0; i < DRIVE_WORST_SCORES; i++)
        by[i] = drive_table_score(p->t, k, at[i]);
      all[n] = drive_badness_of(by, p->t->rows[k].episode[0]);
      all[n++].row = k;
    }
  qsort(all, (size_t)n, sizeof *all, drive_worse_first);
  status result = STATUS_OK;
  if (n > 0)
    fprintf(
        p->to,
        "<h2>Worst episodes</h2><p class=u>By %s, then %s, then how hard the "
        "ego was hit. From above, north up: the ego blue, its route green, whom it hit red; up to "
        "what went wrong, or over the whole time when nothing did. The commands simulate an "
        "episode again and draw more of it, in a terminal in this folder.</p><div class=t>"
        "<table><thead><tr><th class=n>episode<th>scene<th>end<th class=n>%s"
        "<th class=n>%s<th>again</tr></thead>\n",
        drive_worst_scores[0], drive_worst_scores[1], drive_worst_scores[0], drive_worst_scores[1]);
  for (int i = 0; !result && i < n && i < DRIVE_WORST; i++)
    result = worst_row(p, &all[i], why);
  if (n > 0)
    fputs("</table></div>\n", p->to);
  free(all);
  return result;
}

static void write_failures(const page *p) {
  if (p->all->failed == 0)
    return;
  fputs("<h2>Where the policy failed as a program</h2><div class=t><table><thead><tr><th class=n>"
        "episode<th>end<th>why<th class=n>after</tr></thead>\n",
        p->to);
  int shown = 0;
  for (int k = 0; k < p->t->count && shown < FAILURES; k++) {
    const episodes_row *row = &p->t->rows[k];
    if (!row->failed[0])
      continue;
    shown++;
    fprintf(p->to, "<tr><td class=n>%" PRIu32 "</td><td>%s</td><td>", row->episode[0], row->end);
    html_text(p->to, row->end_text);
    fprintf(p->to, "</td><td class=n>%.1f s</td></tr>\n", row->seconds[0]);
  }
  fputs("</table></div>\n", p->to);
  if (shown < p->all->failed)
    fprintf(p->to, "<p class=u>and %d more, see episodes.csv</p>\n", p->all->failed - shown);
}

// ---- what it is by ----

static void fact(FILE *to, const char *name, const char *value) {
  fputs("<tr><th>", to);
  html_text(to, name);
  fputs("</th><td><code>", to);
  html_text(to, value[0] ? value : "–");
  fputs("</code></td></tr>\n", to);
}

static void write_all_scores(const page *p) {
  fputs("<h2>Details</h2><details><summary>All scores and their parts</summary><div class=t><table>"
        "<thead><tr><th>name<th class=n>mean<th class=n>standard deviation<th class=n>episodes"
        "</tr></thead>\n",
        p->to);
  for (int i = 0; i < p->t->score_count; i++)
    if (p->all->scores[i].values)
      fprintf(p->to,
              "<tr><th>%s</th><td class=n>%.4g</td><td class=n>%.4g</td><td class=n>%d</td></tr>\n",
              p->t->score_names[i], p->all->scores[i].mean, p->all->scores[i].sd,
              p->all->scores[i].values);
  fputs("</table></div></details>\n", p->to);
}

static void write_provenance(const page *p) {
  const cluster_job *job = p->outcome->job;
  FILE *to = p->to;
  char seed[24];
  snprintf(seed, sizeof seed, "%" PRIu64, job->seed);
  fputs("<details open><summary>Where this is from</summary><div class=t><table>\n", to);
  fact(to, "program", job->program_version);
  fact(to, "seed", seed);
  for (int i = 0; i < job->setting_count; i++)
    fact(to, job->settings[i].name, job->settings[i].value);
  for (int i = 0; i < job->override_count; i++) {
    char both[512];
    snprintf(both, sizeof both, "%s=%s", job->overrides[i].path, job->overrides[i].value);
    fact(to, "--set", both);
  }
  fact(to, "job", job->id);
  fact(to, "root hash", p->root);
  fputs("</table></div></details>\n", to);
  for (int i = 0; i <= job->further_count; i++) {
    cluster_script s = cluster_job_script(job, i);
    fputs("<details><summary>", to);
    html_text(to, s.name);
    fputs("</summary><pre>", to);
    html_text(to, s.text);
    fputs("</pre></details>\n", to);
  }
  fputs("</html>\n", to);
}

static status write_all(const page *p, trouble *why) {
  drive_sums *sums = malloc(sizeof *sums);
  if (!sums)
    return trouble_set(why, STATUS_MEMORY, "no memory for report.html");
  write_head(p);
  write_scores(p);
  cluster_finds_html(p->finds, p->to);
  status result = STATUS_OK;
  for (int key = 0; !result && key < DRIVE_KEYS; key++)
    result = write_group(p, (drive_key)key, sums, why);
  free(sums);
  write_ends(p);
  if (!result)
    result = write_histograms(p, why);
  if (!result)
    result = write_worst(p, why);
  write_failures(p);
  write_all_scores(p);
  write_provenance(p);
  return result;
}

status cluster_drive_page(const cluster_outcome *outcome, const drive_table *t,
                          const drive_sums *all, const char *root, const json_t *finds,
                          trouble *why) {
  char *text = NULL;
  size_t size = 0;
  page p = {.to = open_memstream(&text, &size),
            .outcome = outcome,
            .t = t,
            .all = all,
            .root = root,
            .finds = finds};
  if (!p.to)
    return trouble_set(why, STATUS_MEMORY, "no memory for report.html");
  status result = write_all(&p, why);
  if (fclose(p.to) != 0 && !result)
    result = trouble_set(why, STATUS_MEMORY, "no memory for report.html");
  if (!result)
    result = cluster_report_text(outcome->output, "report.html", text, why);
  free(text);
  return result;
}
