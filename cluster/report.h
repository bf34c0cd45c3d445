// SPDX-License-Identifier: Apache-2.0
// What a finished job leaves beside its shards: the manifest that readers enter by,
// a report for people and one for programs, and a dataset card.
#ifndef CLUSTER_REPORT_H
#define CLUSTER_REPORT_H

#include "base/hash.h"
#include "base/status.h"
#include "cluster/job.h"
#include "cluster/journal.h"
#include "cluster/manager.h"
#include "cluster/progress.h"

enum { OUTCOME_SAYS = 256 };

typedef struct cluster_outcome {
  const char *output;
  const cluster_job *job;
  const cluster_units *units;
  const cluster_record *records;  // (units) sha256 is "" where there is no shard
  const cluster_manager *manager; // says which are quarantined
  cluster_counts counts;
  int ranks, conflicts;
  char *says; // (OUTCOME_SAYS) for a line on the terminal that the report may write, or NULL
} cluster_outcome;

/// SHA-256 of "name sha256\n" over all shards in order: one hash for the dataset.
status cluster_root_hash(const cluster_outcome *outcome, char out[HASH_SHA256_HEX], trouble *why);
/// Writes manifest.json, which depends on the job alone.
status cluster_manifest_write(const cluster_outcome *outcome, trouble *why);
/// A dataset's: README.md, report.json and report.html.
status cluster_report_write(const struct cluster_outcome *outcome, trouble *why);
/// Writes a text file below the output folder, whole or not at all.
status cluster_report_text(const char *output, const char *name, const char *text, trouble *why);
/// True when manifest.json lists every shard and each has the size it says;
/// `root_hash` gets the hash that it says.
bool cluster_manifest_fits(const char *output, const cluster_units *units,
                           char root_hash[HASH_SHA256_HEX]);

#endif
