// SPDX-License-Identifier: Apache-2.0
// Many vehicles are numbered along the lanes, in their order from the front: who is near on the
// road is near in memory then, and steps of a hundred thousand take little more each than of a
// thousand, whose state the caches hold in any order.
#include <stdlib.h>

#include "scenes/populate.h"

enum { MANY = 4000 };

static int along_lanes(const void *one, const void *other) {
  const scene_vehicle *a = one, *b = other;
  if (a->lane != b->lane)
    return a->lane < b->lane ? -1 : 1;
  return (a->s_m < b->s_m) - (a->s_m > b->s_m);
}

void populate_order(scene_vehicle *vehicles, int count) {
  if (count > MANY)
    qsort(vehicles, (size_t)count, sizeof *vehicles, along_lanes);
}
