// SPDX-License-Identifier: Apache-2.0
// Starts worker processes. Forking after MPI_Init isn't safe, so a small process
// is forked before it and forks the workers when asked. It dies with its parent and
// takes the workers along.
#ifndef CLUSTER_SPAWNER_H
#define CLUSTER_SPAWNER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/status.h"

typedef struct cluster_spawner {
  int control; // socket to the spawner
  pid_t pid;
} cluster_spawner;

/// What a worker runs: talks over `fd` and returns its exit code.
typedef int (*cluster_worker_main)(int fd, void *context);

typedef struct cluster_exit {
  int worker;
  int wait_status; // as of waitpid
} cluster_exit;

/// Forks the spawner. Call before MPI_Init, with no threads running.
status cluster_spawner_start(cluster_spawner *out, cluster_worker_main run, void *context,
                             trouble *why);
/// Starts worker number `worker` and gives the socket to it, which the caller owns.
status cluster_spawner_spawn(cluster_spawner *spawner, int worker, int *fd, trouble *why);
/// SIGKILL for a worker; its exit is reported as any other.
void cluster_spawner_kill(cluster_spawner *spawner, int worker);
/// An exit that has been reported, if any. Never waits.
bool cluster_spawner_exit(cluster_spawner *spawner, cluster_exit *out);
/// Kills what is left and waits for the spawner to end.
void cluster_spawner_stop(cluster_spawner *spawner);

#endif
