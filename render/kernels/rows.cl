// SPDX-License-Identifier: Apache-2.0
// From samples in tile order to pixels row by row, LANES samples a work-item.
#ifndef ROWS_CL
#define ROWS_CL
#include "lanes.cl"

// Puts values of LANES samples in tile order where their pixels are in `out`, row by row.
#if LANES == 8
#define STORE_PIXELS(type, v, at, inside, width, out)                                              \
  {                                                                                                \
    int first = FIRST_LANE((at).y) * (width) + FIRST_LANE((at).x);                                 \
    if (bits8(inside) == 255) {                                                                    \
      vstore4((v).lo, 0, (out) + first);                                                           \
      vstore4((v).hi, 0, (out) + first + (width));                                                 \
    } else {                                                                                       \
      type each[8];                                                                                \
      vstore8(v, 0, each);                                                                         \
      for (int k = 0; k < 8; k++)                                                                  \
        if (bits8(inside) >> k & 1)                                                                \
          (out)[first + (k >> 2) * (width) + (k & 3)] = each[k];                                   \
    }                                                                                              \
  }
#define to_bytes(x) convert_uchar8(x)
#else
#define STORE_PIXELS(type, v, at, inside, width, out)                                              \
  if (inside)                                                                                      \
    (out)[(at).y * (width) + (at).x] = (type)(v);
#define to_bytes(x) ((uchar)(x))
#endif

// The number in one of the lanes that are set.
inline uint chosen_lane(word number, whole set) {
#if LANES == 8
  uint each[8];
  vstore8(number, 0, each);
  return each[lowest_bit(bits8(set))];
#else
  return number;
#endif
}

#endif
