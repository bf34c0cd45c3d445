// SPDX-License-Identifier: Apache-2.0
// Where everything lies in a dataset's folder.
#ifndef CLUSTER_FOLDER_H
#define CLUSTER_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "cluster/job.h"

enum { FOLDER_PATH = 4096, FOLDER_ATTEMPT = 40 };

/// What a folder is before a launch touches it.
typedef enum cluster_folder_state {
  FOLDER_NEW,  // missing or empty
  FOLDER_JOB,  // has a job.json
  FOLDER_DONE, // has _SUCCESS, too
  FOLDER_ALIEN // has something else
} cluster_folder_state;

/// Each writes a path below `output`. STATUS_RANGE when it is too long.
status cluster_path(char out[FOLDER_PATH], const char *output, const char *name, trouble *why);
status cluster_shard_path(char out[FOLDER_PATH], const char *output, const cluster_units *units,
                          int unit, trouble *why);
status cluster_part_path(char out[FOLDER_PATH], const char *output, const char *attempt, int unit,
                         uint32_t try, trouble *why);

/// STATUS_IO when it can't be looked at or couldn't be written.
status cluster_folder_look(const char *output, cluster_folder_state *out, trouble *why);
/// Makes the folders of a dataset and tmp/<attempt>.
status cluster_folder_make(const char *output, const char *attempt, trouble *why);
/// Removes part files: in tmp/ but for the attempt `keep` (NULL: all), and those of
/// job.json and its like. Gives the number removed. Only under the lock.
int cluster_folder_sweep(const char *output, const char *keep);
/// A random attempt name.
status cluster_attempt_draw(char out[FOLDER_ATTEMPT], trouble *why);
/// Free bytes where `output` lies, 0 when unknown.
uint64_t cluster_folder_free(const char *output);

#endif
