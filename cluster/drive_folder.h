// SPDX-License-Identifier: Apache-2.0
// A folder that `roadloom drive` made, read back: its job, and how that is cut.
#ifndef CLUSTER_DRIVE_FOLDER_H
#define CLUSTER_DRIVE_FOLDER_H

#include "base/status.h"
#include "cluster/job.h"

/// Reads job.json and cuts the job. STATUS_FORMAT where another command made the folder; and what
/// reading does wrong. Release with cluster_units_free and cluster_job_free; nothing is to release
/// after a failure.
status cluster_drive_folder(const char *folder, cluster_job *job, cluster_units *units,
                            trouble *why);

#endif
