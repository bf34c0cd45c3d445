// SPDX-License-Identifier: Apache-2.0
// Who makes what: the leases. Pure bookkeeping on numbers, no messages and no
// clock of its own.
#ifndef CLUSTER_MANAGER_H
#define CLUSTER_MANAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum { MANAGER_TRIES = 3, MANAGER_DEVICE_UNITS = 3 };

typedef enum cluster_unit_state {
  UNIT_TODO,
  UNIT_CHECK, // a file is there: look whether it is whole
  UNIT_LEASED,
  UNIT_DONE,
  UNIT_QUARANTINED,
  UNIT_SKIPPED, // not wanted in this launch
  UNIT_STATE_COUNT
} cluster_unit_state;

typedef struct cluster_lease {
  int unit;
  uint32_t try; // serial number, never given twice
  bool check;   // check the file instead of making it
} cluster_lease;

typedef struct cluster_manager cluster_manager;

/// All units begin as UNIT_TODO. One thread at a time.
status cluster_manager_create(cluster_manager **out, int units, int ranks, trouble *why);
void cluster_manager_destroy(cluster_manager *m);
/// Sets a unit's state before the first lease.
void cluster_manager_mark(cluster_manager *m, int unit, cluster_unit_state state);
/// Units of a stage, 0 unless set, are leased when nothing of lower stages is to do, to check or
/// leased. Set before the first lease.
void cluster_manager_stage(cluster_manager *m, int unit, int stage);
cluster_unit_state cluster_manager_state(const cluster_manager *m, int unit);
int cluster_manager_count(const cluster_manager *m, cluster_unit_state state);

/// A unit for an idle rank: files to check first, then what is
/// to be made, in order; when none is left, the one that has been in work longest
/// and for more than twice the mean (`late_s` at least) a second time. False: none now.
bool cluster_manager_lease(cluster_manager *m, int rank, double now_s, double late_s,
                           cluster_lease *out);
/// A rank finished a unit, or found its file whole. Returns the other rank that still
/// works on it and should stop, or -1.
int cluster_manager_done(cluster_manager *m, int rank, int unit, double now_s);
/// A rank's checked file was no good and is out of the way: the unit is to be made.
void cluster_manager_damaged(cluster_manager *m, int rank, int unit);
/// A rank failed at a unit. `final`: it would fail the same way anywhere. True when
/// the unit is quarantined now.
bool cluster_manager_failed(cluster_manager *m, int rank, int unit, bool final);
/// A lease came back unharmed: not tried, not failed.
void cluster_manager_returned(cluster_manager *m, int rank, int unit);
/// Failures of a unit so far.
int cluster_manager_failures(const cluster_manager *m, int unit);
/// A rank gets no more leases (its device is retired); what it had is to do again.
/// True when no rank is left.
bool cluster_manager_retire(cluster_manager *m, int rank);
/// Nothing is to do, to check or leased.
bool cluster_manager_finished(const cluster_manager *m);

#endif
