// SPDX-License-Identifier: Apache-2.0
// Philox4x32-10 (Salmon et al. 2011), the same numbers as base/rng.h gives the host:
// key = (seed, purpose), counter = (scene, entity, step, draw / 4).
#ifndef PHILOX_CL
#define PHILOX_CL

inline uint4 philox(uint4 c, uint2 key) {
  for (int i = 0; i < 10; i++) {
    uint4 p = (uint4)(mul_hi(0xD2511F53u, c.x), 0xD2511F53u * c.x, mul_hi(0xCD9E8D57u, c.z),
                      0xCD9E8D57u * c.z);
    c = (uint4)(p.z ^ c.y ^ key.x, p.w, p.x ^ c.w ^ key.y, p.y);
    key += (uint2)(0x9E3779B9u, 0xBB67AE85u);
  }
  return c;
}

inline float4 philox_unit(uint4 c, uint2 key) {
  return convert_float4(philox(c, key) >> 8) * 0x1p-24f;
}

#endif
