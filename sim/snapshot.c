// SPDX-License-Identifier: Apache-2.0
#include "sim/snapshot.h"

#include <stdlib.h>
#include <string.h>

void sim_snapshot_free(sim_snapshot *snapshot) {
  if (!snapshot)
    return;
  free(snapshot->actors);
  free(snapshot->signals);
  free(snapshot->signal_left_s);
  memset(snapshot, 0, sizeof *snapshot);
}
