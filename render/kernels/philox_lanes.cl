// SPDX-License-Identifier: Apache-2.0
// philox.cl's numbers for LANES counters side by side.
#ifndef PHILOX_LANES_CL
#define PHILOX_LANES_CL
#include "lanes.cl"

typedef struct word4 {
  word x, y, z, w;
} word4;

// Counter (a, b, c, 0), key (k0, k1).
inline word4 philox_lanes(word a, word b, uint c, uint k0, uint k1) {
  word4 n = {a, b, WORD(c), WORD(0u)};
  for (int i = 0; i < 10; i++) {
    word hi0 = mul_hi(WORD(0xD2511F53u), n.x), lo0 = n.x * 0xD2511F53u;
    word hi1 = mul_hi(WORD(0xCD9E8D57u), n.z), lo1 = n.z * 0xCD9E8D57u;
    word4 next = {hi1 ^ n.y ^ WORD(k0), lo1, hi0 ^ n.w ^ WORD(k1), lo0};
    n = next;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return n;
}

#endif
