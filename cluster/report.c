// SPDX-License-Identifier: Apache-2.0
#include "cluster/report.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "cluster/folder.h"
#include "cluster/html.h"

enum { ROOT_LINE = JOB_UNIT_NAME + HASH_SHA256_HEX + 2, DEVICE_LIMIT = 64, WAIT_LIMIT = 16 };

status cluster_root_hash(const cluster_outcome *outcome, char out[HASH_SHA256_HEX], trouble *why) {
  char *text = malloc((size_t)outcome->units->count * ROOT_LINE + 1);
  if (!text)
    return trouble_set(why, STATUS_MEMORY, "no memory for the root hash");
  size_t used = 0;
  for (int unit = 0; unit < outcome->units->count; unit++) {
    char name[JOB_UNIT_NAME];
    cluster_unit_name(outcome->units, unit, name);
    if (outcome->records[unit].sha256[0])
      used +=
          (size_t)snprintf(text + used, ROOT_LINE, "%s %s\n", name, outcome->records[unit].sha256);
  }
  hash_sha256_hex(text, used, out);
  free(text);
  return STATUS_OK;
}

status cluster_report_text(const char *output, const char *name, const char *text, trouble *why) {
  char path[FOLDER_PATH];
  status result = cluster_path(path, output, name, why);
  return result ? result : file_write_atomic(path, text, strlen(text), why);
}

static status write_json(const char *output, const char *name, json_t *json, trouble *why) {
  char *text = json ? json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) : NULL;
  json_decref(json);
  if (!text)
    return trouble_set(why, STATUS_MEMORY, "no memory for %s", name);
  status result = cluster_report_text(output, name, text, why);
  free(text);
  return result;
}

static json_t *scenes_of(const cluster_units *units, int unit) {
  uint32_t count;
  const uint32_t *scenes = cluster_unit_scenes(units, unit, &count);
  json_t *list = json_array();
  for (uint32_t i = 0; i < count; i++)
    json_array_append_new(list, json_integer((json_int_t)scenes[i]));
  return list;
}

static json_t *shard_row(const cluster_outcome *outcome, int unit) {
  const cluster_record *record = &outcome->records[unit];
  char name[JOB_UNIT_NAME], path[JOB_UNIT_NAME + 16];
  cluster_unit_name(outcome->units, unit, name);
  snprintf(path, sizeof path, "shards/%s.h5", name);
  int part = cluster_unit_part(outcome->units, unit);
  return json_pack("{s:s, s:s, s:o, s:I, s:I, s:s}", "path", path, "split",
                   outcome->job->split.parts[part].name, "scenes", scenes_of(outcome->units, unit),
                   "frames", (json_int_t)record->frames, "bytes", (json_int_t)record->bytes,
                   "sha256", record->sha256);
}

static json_t *quarantined(const cluster_outcome *outcome) {
  json_t *list = json_array();
  for (int unit = 0; unit < outcome->units->count; unit++) {
    char name[JOB_UNIT_NAME];
    cluster_unit_name(outcome->units, unit, name);
    if (cluster_manager_state(outcome->manager, unit) == UNIT_QUARANTINED)
      json_array_append_new(list, json_string(name));
  }
  return list;
}

status cluster_manifest_write(const cluster_outcome *outcome, trouble *why) {
  char root[HASH_SHA256_HEX];
  status result = cluster_root_hash(outcome, root, why);
  if (result)
    return result;
  json_t *shards = json_array();
  json_int_t scenes = 0, frames = 0, bytes = 0;
  for (int unit = 0; unit < outcome->units->count; unit++) {
    const cluster_record *record = &outcome->records[unit];
    if (!record->sha256[0])
      continue;
    json_array_append_new(shards, shard_row(outcome, unit));
    scenes += record->scenes;
    frames += record->frames;
    bytes += (json_int_t)record->bytes;
  }
  json_t *json =
      json_pack("{s:s, s:i, s:s, s:s, s:I, s:I, s:I, s:s, s:o, s:o}", "format", "roadloom manifest",
                "format_version", 1, "job", outcome->job->id, "program_version",
                outcome->job->program_version, "scenes", scenes, "frames", frames, "bytes", bytes,
                "root_hash", root, "quarantined", quarantined(outcome), "shards", shards);
  return write_json(outcome->output, "manifest.json", json, why);
}

bool cluster_manifest_fits(const char *output, const cluster_units *units,
                           char root_hash[HASH_SHA256_HEX]) {
  char path[FOLDER_PATH], shard[FOLDER_PATH], *text;
  size_t size;
  if (cluster_path(path, output, "manifest.json", NULL) ||
      file_read(path, (size_t)1 << 32, &text, &size, NULL))
    return false;
  json_t *json = json_loads(text, 0, NULL);
  free(text);
  const json_t *shards = json_object_get(json, "shards");
  const char *root = json_string_value(json_object_get(json, "root_hash"));
  bool fits = root && strlen(root) == HASH_SHA256_HEX - 1 &&
              json_array_size(shards) == (size_t)units->count;
  for (int unit = 0; fits && unit < units->count; unit++) {
    const json_t *row = json_array_get(shards, (size_t)unit);
    struct stat info;
    fits = !cluster_shard_path(shard, output, units, unit, NULL) && stat(shard, &info) == 0 &&
           info.st_size == json_integer_value(json_object_get(row, "bytes"));
  }
  if (fits)
    snprintf(root_hash, HASH_SHA256_HEX, "%s", root);
  json_decref(json);
  return fits;
}

// ---- the report ----

// Sums over all shards, whichever launch made them.
typedef struct totals {
  uint64_t scenes, frames, bytes;
  double seconds[STAGE_COUNT];
  uint64_t boxes[SEMANTIC_COUNT];
  int wait_count;
  record_wait waits[WAIT_LIMIT];
  int device_count;
  struct {
    char name[RECORD_TEXT];
    int shards;
  } devices[DEVICE_LIMIT];
} totals;

static void count_device(totals *t, const char *name) {
  int i = 0;
  while (i < t->device_count && strcmp(t->devices[i].name, name) != 0)
    i++;
  if (i == DEVICE_LIMIT)
    return;
  if (i == t->device_count)
    snprintf(t->devices[t->device_count++].name, RECORD_TEXT, "%s", name);
  t->devices[i].shards++;
}

static void count_wait(totals *t, const record_wait *wait) {
  int i = 0;
  while (i < t->wait_count && strcmp(t->waits[i].text, wait->text) != 0)
    i++;
  if (i == WAIT_LIMIT)
    return;
  if (i == t->wait_count)
    t->waits[t->wait_count++] = *wait;
  else
    t->waits[i].scenes += wait->scenes;
}

static totals sum(const cluster_outcome *outcome) {
  totals t;
  memset(&t, 0, sizeof t);
  for (int unit = 0; unit < outcome->units->count; unit++) {
    const cluster_record *record = &outcome->records[unit];
    if (!record->sha256[0])
      continue;
    t.scenes += record->scenes;
    t.frames += record->frames;
    t.bytes += record->bytes;
    for (int i = 0; i < STAGE_COUNT; i++)
      t.seconds[i] += record->seconds[i];
    for (int i = 0; i < SEMANTIC_COUNT; i++)
      t.boxes[i] += record->boxes[i];
    for (int i = 0; i < RECORD_WAITS && record->waits[i].scenes; i++)
      count_wait(&t, &record->waits[i]);
    count_device(&t, record->device[0] ? record->device : "unknown (adopted)");
  }
  return t;
}

static json_t *report_json(const cluster_outcome *outcome, const totals *t, const char *root) {
  json_t *stages = json_object(), *boxes = json_object(), *devices = json_object();
  json_t *waits = json_object();
  for (int i = 0; i < t->wait_count; i++)
    json_object_set_new(waits, t->waits[i].text, json_integer(t->waits[i].scenes));
  for (int i = 0; i < STAGE_COUNT; i++)
    json_object_set_new(stages, cluster_stage_name((cluster_stage)i), json_real(t->seconds[i]));
  for (int i = 0; i < SEMANTIC_COUNT; i++)
    if (t->boxes[i])
      json_object_set_new(boxes, semantic_table[i].name, json_integer((json_int_t)t->boxes[i]));
  for (int i = 0; i < t->device_count; i++)
    json_object_set_new(devices, t->devices[i].name, json_integer(t->devices[i].shards));
  const cluster_counts *c = &outcome->counts;
  double rate = c->seconds > 0 ? (double)c->frames_now / c->seconds : 0;
  json_t *launch =
      json_pack("{s:i, s:f, s:I, s:f, s:i}", "ranks", outcome->ranks, "seconds", c->seconds,
                "frames", (json_int_t)c->frames_now, "frames_per_s", rate, "faults", c->faults);
  return json_pack(
      "{s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:i}",
      "program_version", outcome->job->program_version, "job", outcome->job->id, "root_hash", root,
      "script", outcome->job->script_name, "seed", (json_int_t)outcome->job->seed, "kernels_sha256",
      outcome->job->kernels_sha256, "shards", (json_int_t)(c->shards_done), "scenes",
      (json_int_t)t->scenes, "frames", (json_int_t)t->frames, "bytes", (json_int_t)t->bytes,
      "stage_seconds", stages, "boxes3d", boxes, "devices", devices, "last_launch", launch,
      "quarantined", quarantined(outcome), "waits", waits, "conflicts", outcome->conflicts);
}

static void row(FILE *to, const char *name, const char *value) {
  fputs("<tr><th>", to);
  html_text(to, name);
  fputs("</th><td>", to);
  html_text(to, value);
  fputs("</td></tr>\n", to);
}

static void bar_row(FILE *to, const char *name, const char *value, double share) {
  fputs("<tr><th>", to);
  html_text(to, name);
  fprintf(to, "</th><td>%s</td><td class=b><i style=\"width:%.1f%%\"></i></td></tr>\n", value,
          100 * share);
}

static void write_sums(FILE *to, const cluster_outcome *outcome, const totals *t,
                       const char *root) {
  char text[160], bytes[24], time[24];
  const cluster_counts *c = &outcome->counts;
  cluster_bytes_print(t->bytes, bytes);
  snprintf(text, sizeof text, "%d of %d, %" PRIu64 " scenes, %" PRIu64 " frames, %s",
           c->shards_done, c->shards, t->scenes, t->frames, bytes);
  row(to, "shards", text);
  row(to, "root hash", root);
  row(to, "program", outcome->job->program_version);
  snprintf(text, sizeof text, "%" PRIu64, outcome->job->seed);
  row(to, "seed", text);
  cluster_time_print(c->seconds, time);
  snprintf(text, sizeof text, "%d ranks, %s, %" PRIu64 " frames, %.1f frames/s, %d faults",
           outcome->ranks, time, c->frames_now,
           c->seconds > 0 ? (double)c->frames_now / c->seconds : 0.0, c->faults);
  row(to, "last launch", text);
  for (int i = 0; i < t->device_count; i++) {
    snprintf(text, sizeof text, "%d shards", t->devices[i].shards);
    row(to, t->devices[i].name, text);
  }
}

static void write_tables(FILE *to, const cluster_outcome *outcome, const totals *t) {
  char text[64], name[JOB_UNIT_NAME];
  fputs("</table><h2>Worker time by stage</h2><table>\n", to);
  double wall = t->seconds[STAGE_WALL] > 0 ? t->seconds[STAGE_WALL] : 1;
  for (int i = 0; i < STAGE_COUNT; i++) {
    snprintf(text, sizeof text, "%.2f s", t->seconds[i]);
    bar_row(to, cluster_stage_name((cluster_stage)i), text, t->seconds[i] / wall);
  }
  fputs("</table><p>write overlaps with render; wall is a shard's whole time.</p>"
        "<h2>3D boxes by class</h2><table>\n",
        to);
  uint64_t most = 1;
  for (int i = 0; i < SEMANTIC_COUNT; i++)
    most = t->boxes[i] > most ? t->boxes[i] : most;
  for (int i = 0; i < SEMANTIC_COUNT; i++)
    if (t->boxes[i]) {
      snprintf(text, sizeof text, "%" PRIu64, t->boxes[i]);
      bar_row(to, semantic_table[i].name, text, (double)t->boxes[i] / (double)most);
    }
  fputs("</table>\n", to);
  if (t->wait_count)
    fputs("<h2>What behaviours waited for in vain</h2><table>\n", to);
  for (int i = 0; i < t->wait_count; i++) {
    snprintf(text, sizeof text, "%u scenes", t->waits[i].scenes);
    row(to, t->waits[i].text, text);
  }
  if (t->wait_count)
    fputs("</table>\n", to);
  if (outcome->counts.quarantined)
    fputs("<h2>Quarantined</h2><p>See quarantine.jsonl.</p><ul>\n", to);
  for (int unit = 0; unit < outcome->units->count; unit++)
    if (cluster_manager_state(outcome->manager, unit) == UNIT_QUARANTINED) {
      cluster_unit_name(outcome->units, unit, name);
      fprintf(to, "<li>%s</li>\n", name);
    }
  if (outcome->counts.quarantined)
    fputs("</ul>\n", to);
}

static status write_html(const cluster_outcome *outcome, const totals *t, const char *root,
                         trouble *why) {
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  if (!to)
    return trouble_set(why, STATUS_MEMORY, "no memory for report.html");
  fputs("<!doctype html><html lang=en><meta charset=utf-8><title>Roadloom report</title><style>"
        "body{font:15px/1.4 sans-serif;margin:2em;max-width:60em}th{text-align:left;"
        "padding-right:1em;font-weight:600}td{font-variant-numeric:tabular-nums}"
        ".b{width:20em}.b i{display:block;height:.8em;background:#48c}pre{background:#f4f4f4;"
        "padding:1em;overflow:auto}</style><h1>",
        to);
  html_text(to, outcome->job->script_name);
  fputs("</h1><table>\n", to);
  write_sums(to, outcome, t, root);
  write_tables(to, outcome, t);
  fputs("<h2>Script</h2><pre>", to);
  html_text(to, outcome->job->script_text);
  fputs("</pre></html>\n", to);
  if (fclose(to) != 0) {
    free(text);
    return trouble_set(why, STATUS_MEMORY, "no memory for report.html");
  }
  status result = cluster_report_text(outcome->output, "report.html", text, why);
  free(text);
  return result;
}

static status write_card(const cluster_outcome *outcome, const totals *t, const char *root,
                         trouble *why) {
  char *text = NULL, split[SPLIT_TEXT];
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  if (!to)
    return trouble_set(why, STATUS_MEMORY, "no memory for README.md");
  const cluster_job *job = outcome->job;
  cluster_split_print(&job->split, split);
  fprintf(to,
          "---\npretty_name: %s\ntags:\n- synthetic\n- driving\n- roadloom\n---\n\n"
          "# %s\n\nSynthetic driving scenes made by Roadloom %s from the script below.\n\n"
          "| | |\n|---|---|\n| scenes | %" PRIu64 " |\n| frames | %" PRIu64 " |\n| seed | %" PRIu64
          " |\n| split by scene | %s |\n| root hash | `%s` |\n\n",
          job->script_name, job->script_name, job->program_version, t->scenes, t->frames, job->seed,
          split, root);
  fputs("Read it with `roadloom.Dataset(folder)[i]` or any HDF5 reader; manifest.json lists the "
        "shards with their hashes, report.html says how they were made.\n\n",
        to);
  if (job->override_count)
    fputs("Overrides:\n\n", to);
  for (int i = 0; i < job->override_count; i++)
    fprintf(to, "- `%s=%s`\n", job->overrides[i].path, job->overrides[i].value);
  fprintf(to, "\n```lua\n%s\n```\n", job->script_text);
  if (fclose(to) != 0) {
    free(text);
    return trouble_set(why, STATUS_MEMORY, "no memory for README.md");
  }
  status result = cluster_report_text(outcome->output, "README.md", text, why);
  free(text);
  return result;
}

status cluster_report_write(const cluster_outcome *outcome, trouble *why) {
  char root[HASH_SHA256_HEX];
  status result = cluster_root_hash(outcome, root, why);
  if (result)
    return result;
  totals t = sum(outcome);
  for (int i = 0; i < t.wait_count; i++)
    log_line(LOG_WARNING, "%s (in %u scenes)", t.waits[i].text, t.waits[i].scenes);
  if ((result = write_json(outcome->output, "report.json", report_json(outcome, &t, root), why)) ||
      (result = write_html(outcome, &t, root, why)))
    return result;
  return write_card(outcome, &t, root, why);
}
