// SPDX-License-Identifier: Apache-2.0
#include "cluster/lead.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "cluster/hook.h"
#include "cluster/metrics.h"
#include "cluster/report.h"
#include "cluster/resume.h"

enum { LEAD_GOODBYE_S = 5 };
#define LEAD_LATE_S 60.0

struct cluster_lead {
  cluster_rank *rank;
  const cluster_request *request;
  const cluster_maker *maker;
  cluster_lock *lock;
  cluster_manager *manager;
  cluster_record *records; // (units)
  cluster_past past;
  bool *idle;       // (ranks)
  uint64_t *frames; // (ranks) made in this launch
  int ranks, leaves;
  cluster_counts counts;
  cluster_progress progress;
  cluster_metrics metrics;
  double begin_s, looked_s, end_s;
  int damaged, conflicts;
  bool ending;
  cluster_end end;
  char root_hash[HASH_SHA256_HEX];
  char says[OUTCOME_SAYS]; // what the report has for the terminal
  char last_words[1024];   // why it ended, for END_TROUBLE, _NO_SPACE and _STOPPED
};

// ---- beginning ----

static void skip_others(cluster_lead *lead, int only) {
  for (int unit = 0; unit < lead->rank->units.count; unit++)
    if (unit != only && cluster_manager_state(lead->manager, unit) == UNIT_TODO)
      cluster_manager_mark(lead->manager, unit, UNIT_SKIPPED);
}

static void count_from_records(cluster_lead *lead) {
  cluster_counts *c = &lead->counts;
  c->shards_done = 0;
  c->scenes_done = c->bytes = 0;
  for (int unit = 0; unit < lead->rank->units.count; unit++)
    if (cluster_manager_state(lead->manager, unit) == UNIT_DONE) {
      c->shards_done++;
      c->scenes_done += lead->records[unit].scenes;
      c->bytes += lead->records[unit].bytes;
    }
}

static void say_what_is_there(const cluster_lead *lead) {
  const cluster_past *past = &lead->past;
  if (past->lines == 0 && past->present == 0 && past->torn == 0)
    return;
  log_line(LOG_INFO, "going on: %d of %d shards are there and will be checked%s", past->present,
           lead->rank->units.count, past->torn ? "; a torn journal line was ignored" : "");
  if (past->missing)
    log_line(LOG_WARNING, "%d journalled shards are gone and will be made again", past->missing);
}

status cluster_lead_create(cluster_lead **out, cluster_rank *rank, const cluster_request *request,
                           const cluster_maker *maker, cluster_lock *lock, uint32_t frames,
                           trouble *why) {
  cluster_lead *lead = calloc(1, sizeof *lead);
  *out = lead;
  if (!lead)
    return trouble_set(why, STATUS_MEMORY, "no memory for the manager");
  int units = rank->units.count;
  lead->rank = rank;
  lead->request = request;
  lead->maker = maker;
  lead->lock = lock;
  lead->ranks = cluster_mail_size(rank->mail);
  lead->records = calloc((size_t)units + 1, sizeof *lead->records);
  lead->idle = calloc((size_t)lead->ranks, sizeof *lead->idle);
  lead->frames = calloc((size_t)lead->ranks, sizeof *lead->frames);
  status result = STATUS_OK;
  if (!lead->records || !lead->idle || !lead->frames)
    result = trouble_set(why, STATUS_MEMORY, "no memory for %d shards", units);
  if (!result)
    result = cluster_manager_create(&lead->manager, units, lead->ranks, why);
  for (int unit = 0; !result && maker->stage && unit < units; unit++)
    cluster_manager_stage(lead->manager, unit, maker->stage(&rank->job, &rank->units, unit));
  if (!result)
    result = cluster_resume_scan(rank->output, &rank->units, lead->records, lead->manager,
                                 &lead->past, why);
  if (result) {
    cluster_lead_destroy(lead);
    *out = NULL;
    return result;
  }
  if (request->only)
    skip_others(lead, cluster_unit_find(&rank->units, request->only));
  lead->counts = (cluster_counts){.shards = units,
                                  .scenes = rank->job.scenes,
                                  .frames_expected = (uint64_t)frames * rank->job.scenes};
  lead->progress = cluster_progress_begin();
  lead->metrics = (cluster_metrics){rank->output, rank->job.id, lead->ranks, -METRICS_S};
  lead->begin_s = cluster_now_s();
  say_what_is_there(lead);
  return STATUS_OK;
}

void cluster_lead_destroy(cluster_lead *lead) {
  if (!lead)
    return;
  cluster_manager_destroy(lead->manager);
  free(lead->records);
  free(lead->idle);
  free(lead->frames);
  free(lead);
}

// ---- ending ----

static void send_to(cluster_lead *lead, int to, cluster_mail_kind kind, int unit, int code) {
  cluster_letter letter;
  memset(&letter, 0, sizeof letter);
  letter.kind = kind;
  letter.unit = unit;
  letter.code = code;
  cluster_mail_send(lead->rank->mail, to, &letter);
}

static void end(cluster_lead *lead, cluster_end code) {
  if (lead->ending)
    return;
  lead->ending = true;
  lead->end = code;
  lead->end_s = cluster_now_s();
  for (int rank = 0; rank < lead->ranks; rank++)
    send_to(lead, rank, MAIL_END, -1, (int)code);
}

static cluster_outcome outcome_of(cluster_lead *lead) {
  return (cluster_outcome){.output = lead->rank->output,
                           .job = &lead->rank->job,
                           .units = &lead->rank->units,
                           .records = lead->records,
                           .manager = lead->manager,
                           .counts = lead->counts,
                           .ranks = lead->ranks,
                           .conflicts = lead->conflicts,
                           .says = lead->says};
}

static void update_counts(cluster_lead *lead) {
  count_from_records(lead);
  cluster_counts *c = &lead->counts;
  c->seconds = cluster_now_s() - lead->begin_s;
  c->quarantined = cluster_manager_count(lead->manager, UNIT_QUARANTINED);
  c->frames_now = 0;
  for (int rank = 0; rank < lead->ranks; rank++)
    c->frames_now += lead->frames[rank];
}

static status write_success(const cluster_lead *lead, trouble *why) {
  char path[FOLDER_PATH], text[HASH_SHA256_HEX + 1];
  int length = snprintf(text, sizeof text, "%s\n", lead->root_hash);
  status result = cluster_path(path, lead->rank->output, "_SUCCESS", why);
  return result ? result : file_write_atomic(path, text, (size_t)length, why);
}

// A record whose shard turned out to be missing or damaged doesn't count.
static void forget_what_is_not_done(cluster_lead *lead) {
  for (int unit = 0; unit < lead->rank->units.count; unit++)
    if (cluster_manager_state(lead->manager, unit) != UNIT_DONE)
      memset(&lead->records[unit], 0, sizeof lead->records[unit]);
}

static status write_last_files(cluster_lead *lead, bool complete, trouble *why) {
  cluster_outcome outcome = outcome_of(lead);
  status result = cluster_root_hash(&outcome, lead->root_hash, why);
  if (!result)
    result = lead->maker->report(&outcome, why);
  if (!result)
    result = cluster_manifest_write(&outcome, why);
  cluster_hook_kill("manifest", -1, 0);
  if (!result && complete)
    result = write_success(lead, why);
  return result;
}

static void finish(cluster_lead *lead) {
  trouble why;
  update_counts(lead);
  forget_what_is_not_done(lead);
  bool complete = lead->counts.shards_done == lead->counts.shards;
  if (lead->request->only && !complete) {
    bool made = lead->counts.quarantined == 0;
    end(lead, made ? END_DONE : END_QUARANTINE);
    return;
  }
  cluster_hook_kill("finish", -1, 0);
  status result = write_last_files(lead, complete, &why);
  if (result) {
    snprintf(lead->last_words, sizeof lead->last_words, "%s", why.text);
    end(lead, result == STATUS_NO_SPACE ? END_NO_SPACE : END_TROUBLE);
    return;
  }
  end(lead, lead->conflicts ? END_CONFLICT : complete ? END_DONE : END_QUARANTINE);
}

// ---- letters ----

// Everything that makes the shard again, alone, into another folder.
static void reproducing_command(const cluster_lead *lead, const char *name, char *out,
                                size_t size) {
  snprintf(out, size, "%s --only %s -o %s-%s", lead->request->command, name, lead->rank->output,
           name);
}

static void write_quarantine(cluster_lead *lead, int unit, const char *text) {
  char path[FOLDER_PATH], name[JOB_UNIT_NAME], command[4096];
  cluster_unit_name(&lead->rank->units, unit, name);
  reproducing_command(lead, name, command, sizeof command);
  uint32_t count;
  const uint32_t *scenes = cluster_unit_scenes(&lead->rank->units, unit, &count);
  json_t *list = json_array();
  for (uint32_t i = 0; i < count; i++)
    json_array_append_new(list, json_integer((json_int_t)scenes[i]));
  json_t *json =
      json_pack("{s:s, s:o, s:I, s:i, s:s, s:s}", "shard", name, "scenes", list, "seed",
                (json_int_t)lead->rank->job.seed, "tries",
                cluster_manager_failures(lead->manager, unit), "error", text, "command", command);
  char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
  json_decref(json);
  int fd = -1;
  if (line && !cluster_path(path, lead->rank->output, "quarantine.jsonl", NULL))
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0 || dprintf(fd, "%s\n", line) < 0 || fsync(fd) < 0)
    log_line(LOG_WARNING, "%s: cannot write: %s", path, strerror(errno));
  if (fd >= 0)
    close(fd);
  free(line);
  cluster_progress_end(&lead->progress);
  int tries = cluster_manager_failures(lead->manager, unit);
  log_line(LOG_ERROR, "%s quarantined after %d %s: %s; to see it again: %s", name, tries,
           tries == 1 ? "try" : "tries", text, command);
}

static void take_failure(cluster_lead *lead, const cluster_letter *letter) {
  char name[JOB_UNIT_NAME];
  uint32_t count;
  int unit = letter->unit;
  cluster_unit_name(&lead->rank->units, unit, name);
  const uint32_t *scenes = cluster_unit_scenes(&lead->rank->units, unit, &count);
  lead->counts.faults++;
  bool final = cluster_status_final((status)letter->code);
  cluster_progress_end(&lead->progress);
  log_line(LOG_WARNING, "%s (seed %llu, %u scenes from %u) failed on rank %d: %s", name,
           (unsigned long long)lead->rank->job.seed, count, scenes[0], letter->from, letter->text);
  if (cluster_manager_failed(lead->manager, letter->from, unit, final))
    write_quarantine(lead, unit, letter->text);
}

static void take_done(cluster_lead *lead, const cluster_letter *letter) {
  if (letter->code == 1 || lead->records[letter->unit].sha256[0] == 0)
    lead->records[letter->unit] = letter->record;
  if (letter->code == 1)
    lead->frames[letter->from] = letter->number;
  else
    lead->counts.frames_before += lead->records[letter->unit].frames;
  int other = cluster_manager_done(lead->manager, letter->from, letter->unit, cluster_now_s());
  if (other >= 0)
    send_to(lead, other, MAIL_CANCEL, letter->unit, 0);
}

static void take_full(cluster_lead *lead, const cluster_letter *letter) {
  char free_bytes[24], needed[24];
  cluster_bytes_print(cluster_folder_free(lead->rank->output), free_bytes);
  cluster_bytes_print(letter->number, needed);
  if (letter->code == STATUS_NO_SPACE && letter->number)
    snprintf(lead->last_words, sizeof lead->last_words, "%s: %s free, %s needed for the next shard",
             letter->text, free_bytes, needed);
  else
    snprintf(lead->last_words, sizeof lead->last_words, "%s (%s free)", letter->text, free_bytes);
  end(lead, END_NO_SPACE);
}

static void take_retired(cluster_lead *lead, const cluster_letter *letter) {
  cluster_progress_end(&lead->progress);
  log_line(LOG_WARNING, "the device of rank %d is retired: %s", letter->from, letter->text);
  if (cluster_manager_retire(lead->manager, letter->from)) {
    snprintf(lead->last_words, sizeof lead->last_words, "no device is left: %s", letter->text);
    end(lead, END_TROUBLE);
  }
}

void cluster_lead_letter(cluster_lead *lead, const cluster_letter *letter) {
  switch (letter->kind) {
  case MAIL_IDLE:
    lead->idle[letter->from] = true;
    break;
  case MAIL_DONE:
    take_done(lead, letter);
    break;
  case MAIL_DAMAGED:
    lead->damaged++;
    memset(&lead->records[letter->unit], 0, sizeof lead->records[letter->unit]);
    cluster_manager_damaged(lead->manager, letter->from, letter->unit);
    cluster_progress_end(&lead->progress);
    log_line(LOG_WARNING, "a shard was damaged and is moved aside: %s", letter->text);
    break;
  case MAIL_FAILED:
    take_failure(lead, letter);
    break;
  case MAIL_CONFLICT:
    lead->conflicts++;
    cluster_progress_end(&lead->progress);
    log_line(LOG_ERROR, "NOT DETERMINISTIC: %s; both are kept", letter->text);
    cluster_manager_failed(lead->manager, letter->from, letter->unit, true);
    break;
  case MAIL_FULL:
    take_full(lead, letter);
    break;
  case MAIL_BEAT:
    lead->frames[letter->from] = letter->number;
    break;
  case MAIL_RETIRED:
    take_retired(lead, letter);
    break;
  case MAIL_STOP:
    snprintf(lead->last_words, sizeof lead->last_words, "stopped by %s", strsignal(letter->code));
    end(lead, END_STOPPED);
    break;
  case MAIL_FATAL:
    snprintf(lead->last_words, sizeof lead->last_words, "%s", letter->text);
    end(lead, END_TROUBLE);
    break;
  case MAIL_BYE:
    lead->leaves++;
    break;
  default:
    break;
  }
}

// ---- time passes ----

static void lease_to_idle(cluster_lead *lead, double now_s) {
  for (int rank = 0; rank < lead->ranks; rank++) {
    cluster_lease lease;
    if (!lead->idle[rank] ||
        !cluster_manager_lease(lead->manager, rank, now_s, LEAD_LATE_S, &lease))
      continue;
    cluster_letter letter;
    memset(&letter, 0, sizeof letter);
    letter.kind = MAIL_LEASE;
    letter.unit = lease.unit;
    letter.number = lease.try;
    letter.flag = lease.check;
    if (lease.check)
      letter.record = lead->records[lease.unit];
    lead->idle[rank] = false;
    cluster_mail_send(lead->rank->mail, rank, &letter);
  }
}

static void look_around(cluster_lead *lead) {
  char path[FOLDER_PATH];
  trouble why;
  if (cluster_lock_beat(lead->lock, &why)) {
    snprintf(lead->last_words, sizeof lead->last_words, "%s", why.text);
    end(lead, END_TROUBLE);
  }
  if (!cluster_path(path, lead->rank->output, "STOP", NULL) && file_exists(path)) {
    unlink(path);
    snprintf(lead->last_words, sizeof lead->last_words, "stopped by the file STOP");
    end(lead, END_STOPPED);
  }
}

void cluster_lead_tick(cluster_lead *lead) {
  if (lead->ending)
    return;
  double now_s = cluster_now_s();
  lease_to_idle(lead, now_s);
  if (cluster_manager_finished(lead->manager)) {
    finish(lead);
    return;
  }
  if (now_s - lead->looked_s < 0.2)
    return;
  lead->looked_s = now_s;
  look_around(lead);
  update_counts(lead);
  cluster_progress_show(&lead->progress, &lead->counts);
  cluster_metrics_tick(&lead->metrics, &lead->counts);
}

bool cluster_lead_alone(const cluster_lead *lead) {
  return lead->leaves >= lead->ranks - 1 || cluster_now_s() - lead->end_s > LEAD_GOODBYE_S;
}

void cluster_lead_farewell(cluster_lead *lead) {
  char bytes[24], time[24];
  const cluster_counts *c = &lead->counts;
  const char *output = lead->rank->output;
  cluster_progress_end(&lead->progress);
  update_counts(lead);
  cluster_metrics_end(&lead->metrics, c, (int)lead->end);
  cluster_bytes_print(c->bytes, bytes);
  cluster_time_print(c->seconds, time);
  bool files = lead->end == END_DONE || lead->end == END_QUARANTINE || lead->end == END_CONFLICT;
  if (files) {
    printf("%s: %d of %d shards, %llu scenes, %s, %llu new frames in %s (%.1f frames/s)\n", output,
           c->shards_done, c->shards, (unsigned long long)c->scenes_done, bytes,
           (unsigned long long)c->frames_now, time,
           c->seconds > 0 ? (double)c->frames_now / c->seconds : 0.0);
    if (lead->says[0])
      printf("%s\n", lead->says);
    if (lead->root_hash[0] && c->shards_done)
      printf("root hash %s\nreport %s/%s\n", lead->root_hash, output, lead->maker->report_name);
    if (c->quarantined)
      log_line(LOG_WARNING,
               "%d shards are not there; %s/quarantine.jsonl says why, and the same "
               "command tries them again",
               c->quarantined, output);
  } else {
    log_line(LOG_ERROR, "%s; %d of %d shards are safe. To go on: %s", lead->last_words,
             c->shards_done, c->shards, lead->request->command);
  }
  fflush(stdout);
}
