// SPDX-License-Identifier: Apache-2.0
// Shows philox() to the test that holds it against the host's.
#include "philox.cl"

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
philox_probe(uint key0, uint key1, int count, __global uint4 *out) {
  uint i = (uint)get_global_id(0);
  if (i < (uint)count)
    out[i] = philox((uint4)(7u, i, 3u, i * 977u), (uint2)(key0, key1));
}
