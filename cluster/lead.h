// SPDX-License-Identifier: Apache-2.0
// What rank 0 does besides: answers the ranks from the manager's books, shows
// progress, and brings the job to an end.
#ifndef CLUSTER_LEAD_H
#define CLUSTER_LEAD_H

#include "cluster/generate.h"
#include "cluster/lock.h"
#include "cluster/mail.h"
#include "cluster/manager.h"
#include "cluster/progress.h"
#include "cluster/rank.h"

typedef struct cluster_lead cluster_lead;

/// Reads what earlier launches left. `rank` (rank 0's own), `request`, `maker` and `lock`
/// must outlive it. `frames` is the first scene's.
status cluster_lead_create(cluster_lead **out, cluster_rank *rank, const cluster_request *request,
                           const cluster_maker *maker, cluster_lock *lock, uint32_t frames,
                           trouble *why);
void cluster_lead_destroy(cluster_lead *lead);
/// Takes a letter that is for the manager.
void cluster_lead_letter(cluster_lead *lead, const cluster_letter *letter);
/// Leases, beats, shows, and ends the job when it is time. Call often.
void cluster_lead_tick(cluster_lead *lead);
/// All other ranks have said goodbye, or the time for it is over.
bool cluster_lead_alone(const cluster_lead *lead);
/// Prints how it ended.
void cluster_lead_farewell(cluster_lead *lead);

#endif
