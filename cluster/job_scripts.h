// SPDX-License-Identifier: Apache-2.0
// The scripts of a job that come after its first one: in job.json, and against those of another.
#ifndef CLUSTER_JOB_SCRIPTS_H
#define CLUSTER_JOB_SCRIPTS_H

#include <jansson.h>
#include <stdbool.h>

#include "cluster/job.h"

enum { JOB_SCRIPTS_MAX = 1000 };

/// A list of {name, text} of modules, and one back into an empty list; false when it isn't one.
json_t *job_modules_to_json(const script_modules *modules);
bool job_modules_take(const json_t *list, script_modules *out);

/// A list of {name, text, modules, maps}, the maps' bytes only with `content`. NULL and `why` on
/// STATUS_MEMORY and STATUS_LIMIT.
json_t *job_scripts_to_json(const cluster_job *job, bool content, trouble *why);
/// Reads a list with content into a job that has no further scripts; false when it isn't one.
bool job_scripts_take(const json_t *list, cluster_job *out);
/// STATUS_CONFLICT and a text that names the first script, module or map that differs, of all
/// scripts, the first one included.
status job_scripts_compare(const cluster_job *there, const cluster_job *here, trouble *why);
void job_scripts_free(cluster_job *job);

#endif
