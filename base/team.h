// SPDX-License-Identifier: Apache-2.0
// A few threads that do the parts of one job after another. What a job writes mustn't depend on
// how many parts it has.
#ifndef BASE_TEAM_H
#define BASE_TEAM_H

#include "base/status.h"

enum { TEAM_MOST = 64 };

typedef struct team team;

/// Does part `part` of `parts`, 0 <= part < parts.
typedef void team_work(void *context, int part, int parts);

/// A team of 1 … TEAM_MOST threads, the caller among them: `members` - 1 are started. Call after
/// any fork. STATUS_RANGE, STATUS_MEMORY, STATUS_LIMIT (no more threads). Release with
/// team_destroy.
status team_create(team **out, int members, trouble *why);
/// NULL is ignored.
void team_destroy(team *t);
int team_members(const team *t);
/// Has each member do its part of a job and returns when all are done. One thread at a time.
void team_run(team *t, team_work *work, void *context);

#endif
