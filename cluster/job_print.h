// SPDX-License-Identifier: Apache-2.0
// What a shard or a file of episodes says of the job that made it, as its texts. All are the
// caller's to free; NULL when memory ran out.
#ifndef CLUSTER_JOB_PRINT_H
#define CLUSTER_JOB_PRINT_H

#include "cluster/job.h"

/// "FIELD=VALUE" of all overrides, a line each, without a last line end.
char *cluster_print_overrides(const cluster_job *job);
/// "NAME=VALUE" of all settings, likewise.
char *cluster_print_settings(const cluster_job *job);
/// The names of all scripts, likewise.
char *cluster_print_scripts(const cluster_job *job);
/// What a script may require: "NAME.lua SHA-256", a line each.
char *cluster_print_modules(const script_modules *modules);
/// The maps it may read, likewise.
char *cluster_print_maps(const script_maps *maps);

/// Of one script its text's SHA-256; of several that of theirs, one after the other.
void cluster_hash_scripts(const cluster_job *job, char out[HASH_SHA256_HEX]);

#endif
