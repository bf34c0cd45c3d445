// SPDX-License-Identifier: Apache-2.0
// What a shard says of the job that made it, as its texts. All are the caller's to free; NULL when
// memory ran out.
#ifndef CLUSTER_JOB_PRINT_H
#define CLUSTER_JOB_PRINT_H

#include "cluster/job.h"

/// "FIELD=VALUE" of all overrides, a line each, without a last line end.
char *cluster_print_overrides(const cluster_job *job);
/// What a script may require: "NAME.lua SHA-256", a line each.
char *cluster_print_modules(const script_modules *modules);
/// The maps it may read, likewise.
char *cluster_print_maps(const script_maps *maps);

#endif
