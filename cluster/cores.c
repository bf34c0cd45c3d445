// SPDX-License-Identifier: Apache-2.0
#include "cluster/cores.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

int cluster_cores_of(int local_rank, int local_ranks, int cores) {
  int share = cores / local_ranks + (local_rank < cores % local_ranks);
  return share > 0 ? share : 1;
}

// The cores the machine (or its container) would let us use if mpirun hadn't bound us.
static int allowed_cores(cpu_set_t *out) {
  cpu_set_t before, all;
  if (sched_getaffinity(0, sizeof before, &before) < 0)
    return 0;
  CPU_ZERO(&all);
  for (size_t i = 0; i < CPU_SETSIZE; i++)
    CPU_SET(i, &all);
  if (sched_setaffinity(0, sizeof all, &all) < 0 || sched_getaffinity(0, sizeof *out, out) < 0)
    *out = before;
  sched_setaffinity(0, sizeof before, &before);
  return CPU_COUNT(out);
}

// The share-th part of `from`: neighbours, so that they share a cache.
static void pick(const cpu_set_t *from, int first, int count, cpu_set_t *out) {
  CPU_ZERO(out);
  int seen = 0;
  for (size_t i = 0; i < CPU_SETSIZE; i++)
    if (CPU_ISSET(i, from) && seen++ >= first && seen <= first + count)
      CPU_SET(i, out);
}

void cluster_cores_share(int local_rank, int local_ranks) {
  cpu_set_t bound, all, mine;
  int cores = allowed_cores(&all);
  if (cores == 0 || sched_getaffinity(0, sizeof bound, &bound) < 0)
    return;
  int share = cluster_cores_of(local_rank, local_ranks, cores);
  if (CPU_COUNT(&bound) > 1 && CPU_COUNT(&bound) < cores) {
    share = CPU_COUNT(&bound);
  } else if (CPU_COUNT(&bound) == 1 && share > 1) {
    int first = 0;
    for (int rank = 0; rank < local_rank; rank++)
      first += cluster_cores_of(rank, local_ranks, cores);
    pick(&all, first, share, &mine);
    sched_setaffinity(0, sizeof mine, &mine);
  }
  char text[16];
  snprintf(text, sizeof text, "%d", share);
  setenv("POCL_MAX_PTHREAD_COUNT", text, 0);
}
