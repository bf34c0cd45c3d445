// SPDX-License-Identifier: Apache-2.0
// The supervisor of one rank: keeps a worker process, hands it the units that the
// manager leases, commits what it makes and survives what it does.
#ifndef CLUSTER_RANK_H
#define CLUSTER_RANK_H

#include <stdbool.h>
#include <stdint.h>

#include "cluster/commit.h"
#include "cluster/folder.h"
#include "cluster/mail.h"
#include "cluster/maker.h"
#include "cluster/spawner.h"
#include "cluster/wire.h"
#include "cluster/worker.h"

enum { RANK_HANG_S = 600, RANK_DEVICE_FAILURES = 3, RANK_READY_TRIES = 3 };

typedef struct cluster_rank {
  // set by whoever makes the rank
  cluster_mail *mail;
  cluster_spawner *spawner;
  const char *output;
  cluster_place place;
  int signals; // signalfd
  double hang_s;
  // set when the job is known
  cluster_job job;
  cluster_units units;
  char attempt[FOLDER_ATTEMPT];
  cluster_journal journal;
  int events;
  // the worker
  bool has_worker;
  int worker; // its number, from 1
  cluster_wire wire;
  double heard_s; // when it last spoke
  char device[RECORD_TEXT];
  bool lost; // none got ready: they died or hung, which may go better next time
  // the lease in work
  bool busy, checking;
  int unit;
  cluster_worker_order order;
  uint32_t frames_unit; // beats of this unit so far
  uint64_t frames_done; // of committed units in this launch
  double told_s;        // when the manager last heard about frames
  int device_failures, io_failures;
  bool retired;
  bool ended; // MAIL_END came
  int end_code;
} cluster_rank;

/// Monotonic seconds.
double cluster_now_s(void);

/// Starts a worker and gives it the job. On failure there is none. One that dies
/// meanwhile is no failure yet: its end is noticed later.
status cluster_rank_start_worker(cluster_rank *rank, trouble *why);
/// SIGKILL, and waits for its end.
void cluster_rank_end_worker(cluster_rank *rank);
/// Starts a worker, sends it an order without data and waits for that answer, of `size`
/// bytes: what the worker says in it is the caller's to judge. One that dies or hangs
/// instead is replaced with a warning; when RANK_READY_TRIES have, that is STATUS_INTERNAL
/// and rank->lost. A signal meanwhile is STATUS_STOPPED.
status cluster_rank_ready(cluster_rank *rank, cluster_word order, cluster_word answer, void *out,
                          size_t size, trouble *why);
/// Sleeps until the worker speaks, something ends, a signal comes or `timeout_ms` pass.
void cluster_rank_sleep(const cluster_rank *rank, int timeout_ms);
/// A stop signal that came, or 0.
int cluster_rank_signal(const cluster_rank *rank);

/// Tells the manager that there is nothing to do here.
void cluster_rank_ask_for_work(cluster_rank *rank);
/// Takes a letter that is for a rank.
void cluster_rank_letter(cluster_rank *rank, const cluster_letter *letter);
/// Looks at the worker: answers, beats, death, silence.
void cluster_rank_look(cluster_rank *rank);
/// Drops what is in work, ends the worker, removes its part file.
void cluster_rank_drop(cluster_rank *rank);

#endif
