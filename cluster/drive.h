// SPDX-License-Identifier: Apache-2.0
// The maker of `roadloom drive`: scripts -> scene -> episode driven by a policy -> scores -> a file
// of episodes. An episode is a scene of the job; a unit is a few of them, and begins with a policy
// that has seen none of the others.
#ifndef CLUSTER_DRIVE_H
#define CLUSTER_DRIVE_H

#include "cluster/maker.h"
#include "sim/rollout.h"
#include "sim/search.h"

/// What the command line says besides the job's own.
typedef struct cluster_drive_def {
  const char *policy; // name, library or command
  sim_traffic traffic;
  double latency_s, timeout_s;
  double duration_s, goal_m; // NaN: the scene's, the usual
  bool drives_on;            // a crash ends nothing
  bool reference;            // progress is scored beside pdm_closed's
  sim_search search;         // among the scripts' draws
  const char *sensors;       // names of those of the rig that the policy sees, "": none
} cluster_drive_def;

/// No policy (NULL), reactive traffic, no latency, 10 s for an answer, ends by a crash, with a
/// reference.
cluster_drive_def cluster_drive_def_default(void);

/// The job's settings by a def, checked: the policy is there, numbers make sense. STATUS_RANGE,
/// STATUS_NOT_FOUND. They go into an empty job's list; free them with cluster_job_free.
status cluster_drive_settings(cluster_job *out, const cluster_drive_def *def, trouble *why);
/// The def that a job's settings say; its policy points into the job. STATUS_FORMAT.
status cluster_drive_def_of(const cluster_job *job, cluster_drive_def *out, trouble *why);

/// Opens a script of the job, 0 the first; the job must outlive it. Release with script_close.
status cluster_drive_script(script **out, const cluster_job *job, int number, trouble *why);
/// The episodes that it asks for.
sim_rollout_def cluster_drive_rollout(const cluster_drive_def *def);

extern const cluster_maker cluster_drive_maker;

#endif
