// SPDX-License-Identifier: Apache-2.0
// What a job of `drive` leaves beside its files of episodes: episodes.csv, report.json and
// report.html.
#ifndef CLUSTER_DRIVE_REPORT_H
#define CLUSTER_DRIVE_REPORT_H

#include "cluster/report.h"

/// Reads all episodes that are there and writes all three. Depends on nothing but them and the job,
/// so that equal jobs leave equal files.
status cluster_drive_report(const cluster_outcome *outcome, trouble *why);

#endif
