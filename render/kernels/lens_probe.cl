// SPDX-License-Identifier: Apache-2.0
// Shows the lenses to the test that holds them against scenes/lens.h: the direction of each
// place, and the place of that direction; `seen` has 1 and 2 for the two ways.
#define LANES_EXACT
#include "lens.cl"

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
lens_probe(__global const gpu_camera *camera, __global const float *places, int count,
           __global float *directions, __global float *back, __global int *seen) {
  int i = (int)get_global_id(0) * LANES;
  if (i >= count)
    return;
  real px, py;
  real3 d = lens_directions(camera, load_reals(places, i), load_reals(places, count + i));
  whole there = dot3(d, d) > REAL(0.0f), again = lens_pixels(camera, d, &px, &py);
  store_reals(d.x, directions, i);
  store_reals(d.y, directions, count + i);
  store_reals(d.z, directions, 2 * count + i);
  store_reals(px, back, i);
  store_reals(py, back, count + i);
#define SEEN(s) seen[i + AT(LANE_NUMBERS, s)] = (AT(there, s) ? 1 : 0) + (AT(again, s) ? 2 : 0);
  SEEN(s0)
#if LANES == 8
  SEEN(s1) SEEN(s2) SEEN(s3) SEEN(s4) SEEN(s5) SEEN(s6) SEEN(s7)
#endif
#undef SEEN
}
