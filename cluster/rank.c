// SPDX-License-Identifier: Apache-2.0
#include "cluster/rank.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "cluster/hook.h"
#include "cluster/progress.h"

double cluster_now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// ---- the worker's life ----

static status send_job(cluster_rank *rank, trouble *why) {
  char *text;
  status result = cluster_job_print(&rank->job, &text, why);
  if (result)
    return result;
  cluster_worker_job head;
  memset(&head, 0, sizeof head);
  head.place = rank->place;
  head.worker = rank->worker;
  size_t size = sizeof head + strlen(text) + 1;
  unsigned char *bytes = malloc(size);
  if (bytes) {
    memcpy(bytes, &head, sizeof head);
    memcpy(bytes + sizeof head, text, size - sizeof head);
    // A worker that can't be reached has died: its exit will be noticed.
    cluster_wire_send(&rank->wire, WORD_JOB, bytes, size);
  } else {
    result = trouble_set(why, STATUS_MEMORY, "no memory to give a worker the job");
  }
  free(bytes);
  free(text);
  return result;
}

status cluster_rank_start_worker(cluster_rank *rank, trouble *why) {
  int fd;
  rank->worker++;
  status result = cluster_spawner_spawn(rank->spawner, rank->worker, &fd, why);
  if (result)
    return result;
  rank->wire = (cluster_wire){.fd = fd};
  rank->has_worker = true;
  rank->heard_s = cluster_now_s();
  result = send_job(rank, why);
  if (result)
    cluster_rank_end_worker(rank);
  return result;
}

// The wait status of this rank's worker once it has ended, -1 before.
static int worker_exit(cluster_rank *rank) {
  cluster_exit gone;
  while (cluster_spawner_exit(rank->spawner, &gone))
    if (gone.worker == rank->worker)
      return gone.wait_status;
  return -1;
}

// The same, waiting for it. The worker's socket is left out: one that has hung up is
// always readable, and the wait would be none.
static int wait_for_exit(cluster_rank *rank) {
  struct pollfd polled = {.fd = rank->spawner->control, .events = POLLIN};
  int wait_status;
  for (int i = 0; (wait_status = worker_exit(rank)) < 0 && i < 100; i++)
    poll(&polled, 1, 100);
  return wait_status;
}

static void forget_worker(cluster_rank *rank) {
  cluster_wire_close(&rank->wire);
  rank->has_worker = false;
}

void cluster_rank_end_worker(cluster_rank *rank) {
  if (!rank->has_worker)
    return;
  cluster_spawner_kill(rank->spawner, rank->worker);
  wait_for_exit(rank);
  forget_worker(rank);
}

// Says how a worker ended that hung up; its exit is reported a moment later.
static void describe_end(cluster_rank *rank, char out[128]) {
  int wait_status = wait_for_exit(rank);
  if (wait_status < 0) {
    cluster_spawner_kill(rank->spawner, rank->worker);
    snprintf(out, 128, "the worker hung up without ending and was killed");
  } else if (WIFSIGNALED(wait_status)) {
    int number = WTERMSIG(wait_status);
    snprintf(out, 128, "the worker died of signal %d (%s%s)", number, strsignal(number),
             number == SIGKILL ? "; was memory short?" : "");
  } else {
    snprintf(out, 128, "the worker ended with exit code %d", WEXITSTATUS(wait_status));
  }
}

void cluster_rank_sleep(const cluster_rank *rank, int timeout_ms) {
  struct pollfd polled[3] = {{.fd = rank->signals, .events = POLLIN},
                             {.fd = rank->spawner->control, .events = POLLIN},
                             {.fd = rank->has_worker ? rank->wire.fd : -1, .events = POLLIN}};
  poll(polled, 3, timeout_ms);
}

int cluster_rank_signal(const cluster_rank *rank) {
  struct signalfd_siginfo info;
  struct pollfd polled = {.fd = rank->signals, .events = POLLIN};
  if (poll(&polled, 1, 0) <= 0 || read(rank->signals, &info, sizeof info) != (ssize_t)sizeof info)
    return 0;
  return (int)info.ssi_signo;
}

// An order without data and its answer. STATUS_INTERNAL: the worker died or hung, and
// there is none any more.
static status ask(cluster_rank *rank, cluster_word order, cluster_word answer, void *out,
                  size_t size, trouble *why) {
  cluster_wire_message message;
  bool gone = !cluster_wire_send(&rank->wire, order, NULL, 0);
  double begin_s = cluster_now_s();
  while (!gone) {
    int got = cluster_wire_next(&rank->wire, false, &message);
    if (got == 1 && message.kind == (uint32_t)answer && message.size == size) {
      memcpy(out, message.bytes, size);
      return STATUS_OK;
    }
    if (cluster_rank_signal(rank))
      return trouble_set(why, STATUS_STOPPED, "stopped while getting ready");
    if (cluster_now_s() - begin_s > rank->hang_s) {
      cluster_rank_end_worker(rank);
      return trouble_set(why, STATUS_INTERNAL,
                         "the worker said nothing for %.0f s while getting ready and was killed",
                         rank->hang_s);
    }
    gone = got < 0;
    if (got == 0)
      cluster_rank_sleep(rank, 100);
  }
  char text[128];
  describe_end(rank, text);
  forget_worker(rank);
  return trouble_set(why, STATUS_INTERNAL, "%s while getting ready", text);
}

status cluster_rank_ready(cluster_rank *rank, cluster_word order, cluster_word answer, void *out,
                          size_t size, trouble *why) {
  for (int try = 1;; try++) {
    trouble lost;
    status result = cluster_rank_start_worker(rank, why);
    if (result)
      return result;
    result = ask(rank, order, answer, out, size, &lost);
    if (!result)
      return STATUS_OK;
    if (result != STATUS_INTERNAL)
      return trouble_set(why, result, "%s", lost.text);
    if (try == RANK_READY_TRIES) {
      rank->lost = true;
      return trouble_set(why, result, "%s; %d were tried", lost.text, try);
    }
    log_line(LOG_WARNING, "%s; a new one starts", lost.text);
  }
}

// ---- letters to the manager ----

static void tell(cluster_rank *rank, cluster_mail_kind kind, int code, uint64_t number,
                 const char *text) {
  cluster_letter letter;
  memset(&letter, 0, sizeof letter);
  letter.kind = kind;
  letter.unit = rank->unit;
  letter.code = code;
  letter.number = number;
  snprintf(letter.text, sizeof letter.text, "%s", text ? text : "");
  cluster_mail_send(rank->mail, 0, &letter);
}

static void tell_record(cluster_rank *rank, int code, const cluster_record *record) {
  cluster_letter letter;
  memset(&letter, 0, sizeof letter);
  letter.kind = MAIL_DONE;
  letter.unit = rank->unit;
  letter.code = code;
  letter.number = rank->frames_done;
  letter.record = *record;
  cluster_mail_send(rank->mail, 0, &letter);
}

void cluster_rank_ask_for_work(cluster_rank *rank) {
  rank->busy = false;
  if (!rank->retired)
    tell(rank, MAIL_IDLE, 0, 0, NULL);
}

// ---- failures ----

static void remove_part(const cluster_rank *rank) {
  if (!rank->checking && rank->order.path[0])
    unlink(rank->order.path);
}

static void retire(cluster_rank *rank, const char *text) {
  rank->retired = true;
  cluster_event(rank->events, "retired", -1, text);
  tell(rank, MAIL_RETIRED, 0, 0, text);
}

// Moves a shard that is no good out of the way and says so.
static void set_aside(cluster_rank *rank, const char *reason) {
  char aside[FOLDER_PATH + 32];
  snprintf(aside, sizeof aside, "%s.damaged-%.8s", rank->order.path, rank->attempt);
  if (rename(rank->order.path, aside) < 0 && errno != ENOENT) {
    char text[512];
    snprintf(text, sizeof text, "%.300s: damaged and can't be moved aside: %s", rank->order.path,
             strerror(errno));
    tell(rank, MAIL_FATAL, 0, 0, text);
    return;
  }
  cluster_event(rank->events, "damaged", rank->unit, reason);
  tell(rank, MAIL_DAMAGED, 0, 0, reason);
  cluster_rank_ask_for_work(rank);
}

static void fail(cluster_rank *rank, status code, uint64_t bytes, const char *text) {
  cluster_event(rank->events, "failed", rank->unit, text);
  remove_part(rank);
  rank->busy = false;
  bool broken_disk = code == STATUS_IO && ++rank->io_failures > 1;
  if (code == STATUS_NO_SPACE || broken_disk) {
    tell(rank, MAIL_FULL, (int)code, bytes, text);
    return; // the manager ends the launch
  }
  tell(rank, MAIL_FAILED, (int)code, 0, text);
  if (code == STATUS_DEVICE && ++rank->device_failures >= RANK_DEVICE_FAILURES)
    retire(rank, text);
  cluster_rank_ask_for_work(rank);
}

static void worker_lost(cluster_rank *rank, const char *text) {
  forget_worker(rank);
  if (!rank->busy)
    return; // the next lease starts another
  if (rank->checking)
    set_aside(rank, text); // reading it killed a worker: that is damage enough
  else
    fail(rank, STATUS_INTERNAL, 0, text);
}

// ---- work ----

static void commit(cluster_rank *rank, const cluster_record *record) {
  char shard[FOLDER_PATH], name[JOB_UNIT_NAME], kept[FOLDER_PATH + 32] = "";
  trouble why;
  cluster_commit_end end;
  cluster_unit_name(&rank->units, rank->unit, name);
  status result = cluster_shard_path(shard, rank->output, &rank->units, rank->unit, &why);
  if (!result)
    result = cluster_commit(rank->order.path, shard, name, record, &rank->journal, &end, kept,
                            sizeof kept, &why);
  if (result) {
    fail(rank, result, record->bytes, why.text);
    return;
  }
  rank->device_failures = rank->io_failures = 0;
  rank->frames_done += record->frames;
  if (end == COMMIT_DIFFERENT) {
    char text[512];
    snprintf(text, sizeof text, "%.200s and %.200s hold different bytes for the same shard", shard,
             kept);
    cluster_event(rank->events, "conflict", rank->unit, text);
    tell(rank, MAIL_CONFLICT, 0, 0, text);
  } else {
    cluster_event(rank->events, "done", rank->unit, record->sha256);
    tell_record(rank, 1, record);
    cluster_hook_kill("told", rank->unit, (int)record->try);
  }
  cluster_rank_ask_for_work(rank);
}

static void adopt(cluster_rank *rank, const cluster_record *record) {
  char name[JOB_UNIT_NAME];
  trouble why;
  if (rank->order.sha256[0]) { // its line is there already
    tell_record(rank, 0, record);
    cluster_rank_ask_for_work(rank);
    return;
  }
  cluster_unit_name(&rank->units, rank->unit, name);
  status result = cluster_journal_append(&rank->journal, record, name, &why);
  if (result) {
    fail(rank, result, record->bytes, why.text);
    return;
  }
  cluster_event(rank->events, "adopted", rank->unit, record->sha256);
  tell_record(rank, 0, record);
  cluster_rank_ask_for_work(rank);
}

static void take_answer(cluster_rank *rank, const cluster_wire_message *message) {
  cluster_worker_answer answer;
  if (message->size != sizeof answer || !rank->busy)
    return;
  memcpy(&answer, message->bytes, sizeof answer);
  if (answer.record.unit != rank->unit)
    return;
  rank->frames_unit = 0;
  status code = answer.why.code;
  if (rank->checking && !code)
    adopt(rank, &answer.record);
  else if (rank->checking && (code == STATUS_FORMAT || code == STATUS_NOT_FOUND))
    set_aside(rank, answer.why.text);
  else if (!code)
    commit(rank, &answer.record);
  else {
    // What a device left behind after an error isn't to be trusted.
    if (code == STATUS_DEVICE || code == STATUS_MEMORY)
      cluster_rank_end_worker(rank);
    fail(rank, code, answer.wanted_bytes, answer.why.text);
  }
}

static void begin(cluster_rank *rank, const cluster_letter *lease) {
  trouble why;
  rank->busy = true;
  rank->unit = lease->unit;
  rank->checking = lease->flag != 0;
  rank->frames_unit = 0;
  cluster_worker_order *order = &rank->order;
  memset(order, 0, sizeof *order);
  order->unit = lease->unit;
  order->try = (uint32_t)lease->number;
  status result = STATUS_OK;
  if (rank->checking) {
    snprintf(order->sha256, sizeof order->sha256, "%s", lease->record.sha256);
    order->bytes = lease->record.bytes;
    result = cluster_shard_path(order->path, rank->output, &rank->units, lease->unit, &why);
  } else {
    result =
        cluster_part_path(order->path, rank->output, rank->attempt, lease->unit, order->try, &why);
  }
  if (!result && !rank->has_worker)
    result = cluster_rank_start_worker(rank, &why);
  if (result) {
    fail(rank, result, 0, why.text);
    return;
  }
  cluster_event(rank->events, rank->checking ? "check" : "lease", rank->unit, NULL);
  rank->heard_s = cluster_now_s();
  // A worker that can't be reached has died: its exit will be noticed.
  cluster_wire_send(&rank->wire, rank->checking ? WORD_CHECK : WORD_MAKE, order, sizeof *order);
}

void cluster_rank_letter(cluster_rank *rank, const cluster_letter *letter) {
  switch (letter->kind) {
  case MAIL_LEASE:
    begin(rank, letter);
    break;
  case MAIL_CANCEL:
    if (rank->busy && rank->unit == letter->unit) {
      cluster_event(rank->events, "cancelled", rank->unit, NULL);
      cluster_rank_end_worker(rank);
      remove_part(rank);
      cluster_rank_ask_for_work(rank);
    }
    break;
  case MAIL_END:
    rank->ended = true;
    rank->end_code = letter->code;
    break;
  default:
    break;
  }
}

static void tell_frames(cluster_rank *rank, bool now) {
  double s = cluster_now_s();
  if (!now && s - rank->told_s < 1)
    return;
  rank->told_s = s;
  tell(rank, MAIL_BEAT, 0, rank->frames_done + rank->frames_unit, NULL);
}

void cluster_rank_look(cluster_rank *rank) {
  cluster_wire_message message;
  int got = 0;
  while (rank->has_worker && (got = cluster_wire_next(&rank->wire, false, &message)) == 1) {
    rank->heard_s = cluster_now_s();
    if (message.kind == WORD_BEAT && message.size == sizeof rank->frames_unit) {
      memcpy(&rank->frames_unit, message.bytes, sizeof rank->frames_unit);
      tell_frames(rank, false);
    } else if (message.kind == WORD_MADE || message.kind == WORD_CHECKED) {
      take_answer(rank, &message);
    }
  }
  if (!rank->has_worker)
    return;
  if (got < 0) {
    char text[128];
    describe_end(rank, text);
    worker_lost(rank, text);
  } else if (rank->busy && cluster_now_s() - rank->heard_s > rank->hang_s) {
    char text[128];
    snprintf(text, sizeof text, "the worker said nothing for %.0f s and was killed", rank->hang_s);
    cluster_spawner_kill(rank->spawner, rank->worker);
    worker_lost(rank, text);
  }
}

void cluster_rank_drop(cluster_rank *rank) {
  cluster_rank_end_worker(rank);
  if (rank->busy)
    remove_part(rank);
  rank->busy = false;
}
