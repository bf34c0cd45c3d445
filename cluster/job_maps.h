// SPDX-License-Identifier: Apache-2.0
// The maps of a job: in job.json, and against those of another.
#ifndef CLUSTER_JOB_MAPS_H
#define CLUSTER_JOB_MAPS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/status.h"
#include "scenes/script_maps.h"

/// Largest text of all maps in job.json, deflated and in base64: what takes a job to a
/// worker carries 64 MiB.
enum { JOB_MAPS_TEXT_MAX = 40 << 20 };

/// A list of {name, bytes, sha256}, which is what a job's id is of; with `content` also the
/// bytes themselves. NULL and `why` on STATUS_MEMORY and STATUS_LIMIT.
json_t *job_maps_to_json(const script_maps *maps, bool content, trouble *why);
/// Reads a list with content into an empty one; false when it isn't one.
bool job_maps_take(const json_t *list, script_maps *out);
/// STATUS_CONFLICT and a text that names the first map that differs.
status job_maps_compare(const script_maps *there, const script_maps *here, const char *script_name,
                        trouble *why);

#endif
