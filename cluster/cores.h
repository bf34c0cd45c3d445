// SPDX-License-Identifier: Apache-2.0
// The ranks of one machine share its cores.
#ifndef CLUSTER_CORES_H
#define CLUSTER_CORES_H

/// Cores that rank `local_rank` of `local_ranks` on this machine may use; at least 1.
int cluster_cores_of(int local_rank, int local_ranks, int cores);
/// Gives this process its share: sets POCL_MAX_PTHREAD_COUNT unless it is set, and
/// widens a binding to a single core, mpirun's default for one or two ranks, to the
/// share. A wider binding (--map-by ppr:…:PE=k) is respected.
void cluster_cores_share(int local_rank, int local_ranks);

#endif
