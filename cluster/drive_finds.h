// SPDX-License-Identifier: Apache-2.0
// What a search found, and apart from that how often scenes fail by the scripts' own odds: of a
// report.json and a report.html.
#ifndef CLUSTER_DRIVE_FINDS_H
#define CLUSTER_DRIVE_FINDS_H

#include <jansson.h>
#include <stdio.h>

#include "cluster/report.h"

/// An object with "kind" and what each script's episodes say, NULL where the job is no search;
/// owned by the caller. STATUS_MEMORY, STATUS_FORMAT, STATUS_CONFLICT.
status cluster_finds_json(const cluster_outcome *outcome, json_t **out, trouble *why);
/// The same as a section of a page, from that object; nothing where it is NULL.
void cluster_finds_html(const json_t *finds, FILE *to);

#endif
