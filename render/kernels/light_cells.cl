// SPDX-License-Identifier: Apache-2.0
// Sorts lamps into the grid of light.cl: one work-item a cell.
#include "light.cl"

__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
light_cells(__global const gpu_camera *camera, __global const gpu_light *lights, int light_count,
            __global uint *cells) {
  int cell = (int)get_global_id(0);
  if (cell >= LIGHT_CELLS * LIGHT_CELLS)
    return;
  float2 middle = (float2)(camera->begin_p[0], camera->begin_p[1]);
  float2 corner = (floor(middle / LIGHT_CELL_M) - 0.5f * (float)LIGHT_CELLS) * LIGHT_CELL_M;
  float2 at = corner + ((float2)((float)(cell % LIGHT_CELLS), (float)(cell / LIGHT_CELLS)) + 0.5f) *
                           LIGHT_CELL_M;
  float reach = 0.7072f * LIGHT_CELL_M;
  float strength[LIGHT_PER_CELL];
  uint chosen[LIGHT_PER_CELL];
  uint count = 0;
  for (int i = 0; i < light_count; i++) {
    __global const gpu_light *lamp = lights + i;
    float2 gap = at - (float2)(lamp->p[0], lamp->p[1]);
    float d2 = dot(gap, gap), range = lamp->range + reach;
    if (d2 > range * range)
      continue;
    // Cones: a cell wholly behind or beside a beam doesn't count it.
    float2 aim = (float2)(lamp->direction[0], lamp->direction[1]);
    float d = sqrt(max(d2, 1e-6f));
    if (lamp->cos_outer > 0.5f && dot(gap, aim) < 0.5f * d * sqrt(dot(aim, aim)) - reach)
      continue;
    float s = (lamp->color[0] + lamp->color[1] + lamp->color[2]) / (d2 + 25.0f);
    uint k = count;
    if (count == LIGHT_PER_CELL) {
      if (s <= strength[LIGHT_PER_CELL - 1])
        continue;
      k = LIGHT_PER_CELL - 1;
    } else {
      count++;
    }
    for (; k > 0 && strength[k - 1] < s; k--) {
      strength[k] = strength[k - 1];
      chosen[k] = chosen[k - 1];
    }
    strength[k] = s;
    chosen[k] = (uint)i;
  }
  __global uint *row = cells + cell * LIGHT_STRIDE;
  row[0] = count;
  for (uint k = 0; k < count; k++)
    row[k + 1] = chosen[k];
}
