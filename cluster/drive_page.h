// SPDX-License-Identifier: Apache-2.0
// report.html of a job of `drive`: scores with intervals, how episodes ended, faults, the same by
// script and scene, distributions, the worst episodes with the command that shows each again. One
// file that loads nothing from elsewhere.
#ifndef CLUSTER_DRIVE_PAGE_H
#define CLUSTER_DRIVE_PAGE_H

#include <jansson.h>

#include "cluster/drive_table.h"

/// Writes it; `all` are the sums of the whole table, `root` the job's root hash. Depends on the job
/// and its episodes alone.
status cluster_drive_page(const cluster_outcome *outcome, const drive_table *t,
                          const drive_sums *all, const char *root, const json_t *finds,
                          trouble *why);

#endif
