// SPDX-License-Identifier: Apache-2.0
#include "cluster/worker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cluster/commit.h"
#include "cluster/cores.h"
#include "cluster/hook.h"
#include "cluster/wire.h"

typedef struct worker {
  cluster_wire wire;
  const cluster_maker *maker;
  bool has_job;
  cluster_job job;
  cluster_units units;
  cluster_place place;
  int number;  // on its rank, from 1
  void *state; // the maker's, NULL until opened
  char device[RECORD_TEXT];
} worker;

bool cluster_status_final(status code) {
  return code == STATUS_SYNTAX || code == STATUS_RANGE || code == STATUS_REJECTED ||
         code == STATUS_NOT_FOUND || code == STATUS_CONFLICT;
}

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool take_job(worker *w, const cluster_wire_message *message) {
  cluster_worker_job head;
  if (w->has_job || message->size <= sizeof head || message->bytes[message->size - 1] != 0)
    return false;
  memcpy(&head, message->bytes, sizeof head);
  w->place = head.place;
  w->number = head.worker;
  if (cluster_job_read("job", (const char *)message->bytes + sizeof head, &w->job, NULL) ||
      cluster_units_cut(&w->job, &w->units, NULL))
    return false;
  script_maps_read_bodies(&w->job.maps);
  for (int i = 0; i < w->job.further_count; i++)
    script_maps_read_bodies(&w->job.further[i].maps);
  w->has_job = true;
  cluster_cores_share(w->place.local_rank, w->place.local_ranks);
  return true;
}

static bool answer_plan(worker *w) {
  cluster_worker_planned answer;
  memset(&answer, 0, sizeof answer);
  answer.why.code = w->maker->plan(&w->job, &answer.plan, &answer.why);
  cluster_hook_kill("ready", w->number, 0);
  return cluster_wire_send(&w->wire, WORD_PLANNED, &answer, sizeof answer);
}

static status open_maker(worker *w, trouble *why) {
  if (w->state)
    return STATUS_OK;
  return w->maker->open(&w->state, &w->job, &w->units, &w->place, w->device, why);
}

static bool answer_open(worker *w) {
  cluster_worker_answer answer;
  memset(&answer, 0, sizeof answer);
  answer.why.code = open_maker(w, &answer.why);
  cluster_hook_kill("ready", w->number, 0);
  snprintf(answer.record.device, sizeof answer.record.device, "%s", w->device);
  return cluster_wire_send(&w->wire, WORD_OPENED, &answer, sizeof answer);
}

static void send_beat(void *context, uint32_t frames) {
  worker *w = context;
  if (!cluster_wire_send(&w->wire, WORD_BEAT, &frames, sizeof frames))
    _Exit(1); // the supervisor is gone
}

static void *hash(void *context) {
  cluster_made *made = context;
  hash_sha256_hex(made->bytes, made->size, made->record.sha256);
  return NULL;
}

// Hashes a unit's bytes while they go to the disk.
static status keep(cluster_made *made, const cluster_worker_order *order, trouble *why) {
  pthread_t thread;
  bool beside = pthread_create(&thread, NULL, hash, made) == 0;
  status result =
      cluster_part_write(order->path, made->bytes, made->size, order->unit, (int)order->try, why);
  if (beside)
    pthread_join(thread, NULL);
  else if (!result)
    hash(made);
  return result;
}

static status make(worker *w, const cluster_worker_order *order, cluster_worker_answer *answer) {
  cluster_made made;
  memset(&made, 0, sizeof made);
  double begin_s = seconds_now();
  cluster_hook_kill("lease", order->unit, (int)order->try);
  cluster_beat beat = {.call = send_beat, .context = w};
  status result = w->maker->make(w->state, order->unit, beat, &made, &answer->why);
  if (result)
    return result;
  cluster_hook_kill("made", order->unit, (int)order->try);
  double made_s = seconds_now();
  cluster_record *record = &answer->record;
  result = keep(&made, order, &answer->why);
  *record = made.record;
  record->bytes = answer->wanted_bytes = made.size;
  if (w->maker->take_back)
    w->maker->take_back(w->state, made.bytes);
  else
    free(made.bytes);
  record->seconds[STAGE_COMMIT] = seconds_now() - made_s;
  record->seconds[STAGE_WALL] = seconds_now() - begin_s;
  return result;
}

static bool answer_make(worker *w, const cluster_worker_order *order) {
  cluster_worker_answer answer;
  memset(&answer, 0, sizeof answer);
  status result = open_maker(w, &answer.why);
  if (!result)
    result = make(w, order, &answer);
  answer.why.code = result;
  answer.record.unit = order->unit;
  answer.record.try = order->try;
  snprintf(answer.record.device, sizeof answer.record.device, "%s", w->device);
  return cluster_wire_send(&w->wire, WORD_MADE, &answer, sizeof answer);
}

static status check(worker *w, const cluster_worker_order *order, cluster_record *record,
                    trouble *why) {
  status result = cluster_file_sha256(order->path, record->sha256, &record->bytes, why);
  if (result)
    return result;
  bool known = order->sha256[0] != 0;
  if (known && record->bytes != order->bytes)
    return trouble_set(why, STATUS_FORMAT, "%s: %llu bytes, the journal says %llu", order->path,
                       (unsigned long long)record->bytes, (unsigned long long)order->bytes);
  if (known && strcmp(record->sha256, order->sha256) != 0)
    return trouble_set(why, STATUS_FORMAT, "%s: its bytes are not those the journal says",
                       order->path);
  return known ? STATUS_OK
               : w->maker->check(&w->job, &w->units, order->unit, order->path, record, why);
}

static bool answer_check(worker *w, const cluster_worker_order *order) {
  cluster_worker_answer answer;
  memset(&answer, 0, sizeof answer);
  answer.why.code = check(w, order, &answer.record, &answer.why);
  answer.record.unit = order->unit;
  answer.record.try = order->try;
  return cluster_wire_send(&w->wire, WORD_CHECKED, &answer, sizeof answer);
}

static bool obey(worker *w, const cluster_wire_message *message) {
  cluster_worker_order order;
  if (message->kind == WORD_JOB)
    return take_job(w, message);
  if (!w->has_job)
    return false;
  if (message->kind == WORD_PLAN)
    return answer_plan(w);
  if (message->kind == WORD_OPEN)
    return answer_open(w);
  if (message->size != sizeof order)
    return false;
  memcpy(&order, message->bytes, sizeof order);
  if (message->kind == WORD_MAKE)
    return answer_make(w, &order);
  return message->kind == WORD_CHECK && answer_check(w, &order);
}

int cluster_worker_run(int fd, void *context) {
  worker *w = calloc(1, sizeof *w);
  if (!w)
    return 1;
  w->wire.fd = fd;
  w->maker = context;
  cluster_wire_message message;
  bool good = true;
  while (good && cluster_wire_next(&w->wire, true, &message) == 1)
    good = obey(w, &message);
  if (w->state)
    w->maker->close(w->state);
  if (w->has_job) {
    cluster_units_free(&w->units);
    cluster_job_free(&w->job);
  }
  cluster_wire_close(&w->wire);
  free(w);
  return good ? 0 : 1;
}
