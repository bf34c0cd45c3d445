// SPDX-License-Identifier: Apache-2.0
// One launch at a time on a dataset: job.lock, made with O_EXCL, says who holds it
// and when it last lived. A holder that is gone is taken over.
#ifndef CLUSTER_LOCK_H
#define CLUSTER_LOCK_H

#include "base/status.h"

enum { LOCK_BEAT_S = 5, LOCK_STALE_S = 60 };

typedef struct cluster_lock cluster_lock;

/// Takes the lock of the dataset in `output`. STATUS_CONFLICT when somebody alive
/// holds it: the text says who and what to do. A stale one is taken over and a
/// warning logged: the process is gone from this machine, or from elsewhere no
/// heartbeat came for LOCK_STALE_S.
status cluster_lock_take(cluster_lock **out, const char *output, trouble *why);
/// Writes the heartbeat when LOCK_BEAT_S have passed since the last. STATUS_CONFLICT
/// when somebody has taken the lock from us; other failures are let pass, since a
/// full disk must not end a job in a worse way than it would anyway.
status cluster_lock_beat(cluster_lock *lock, trouble *why);
/// Removes the lock file if it is still ours. NULL is ignored.
void cluster_lock_release(cluster_lock *lock);

#endif
