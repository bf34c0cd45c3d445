// SPDX-License-Identifier: Apache-2.0
// What earlier launches left: journals and shards, and what is to be done with each.
#ifndef CLUSTER_RESUME_H
#define CLUSTER_RESUME_H

#include <stdbool.h>

#include "base/status.h"
#include "cluster/job.h"
#include "cluster/journal.h"
#include "cluster/manager.h"

typedef struct cluster_past {
  int lines;   // journalled units
  int torn;    // journal lines that were not whole
  int present; // shards that are there: to be checked
  int missing; // journalled, but the file is gone: to be made again
} cluster_past;

/// Reads all journals into `records` (one a unit, zeroed; record.sha256 is "" where
/// nothing is known) and marks units whose file is there as UNIT_CHECK in `manager`.
status cluster_resume_scan(const char *output, const cluster_units *units, cluster_record *records,
                           cluster_manager *manager, cluster_past *past, trouble *why);

#endif
