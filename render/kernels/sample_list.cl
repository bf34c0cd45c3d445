// SPDX-License-Identifier: Apache-2.0
// Groups of samples of one shader. On a CPU a work-item takes a block of neighbouring
// samples and sorts it by shader, so that the lanes of a vector do the same; elsewhere a
// work-item is a sample. BLOCK_LOOP runs its body with `shader` and `i` (the samples'
// numbers) for each group of a block: samples may come twice, results are the same.
#ifndef SAMPLE_LIST_CL
#define SAMPLE_LIST_CL
#include "surface_hit.cl"

// Beside the shaders: rays that met nothing, and samples that nobody asks for.
#define KEY_SKY SHADER_COUNT
#define KEY_NONE (SHADER_COUNT + 1)

// Where the samples of a list look: pixel centres in tile order, or `positions`. A stride > 0:
// by rays of that stride, whatever the lens and their times. The list begins with sample `first`,
// which says what pixel it is and throws its dice.
typedef struct sample_list {
  __global const gpu_camera *camera;
  __global const float2 *positions;
  int use_positions, count;
  __global const float *rays;
  int stride, first;
  int turn; // which of its pixels' samples each is
  bool all; // all samples are pixels of the image, as where tiles divide it
} sample_list;

inline sample_list list_samples(__global const gpu_camera *camera, __global const float2 *positions,
                                int use_positions, int count, __global const float *rays,
                                int stride, int first, int turn) {
  sample_list list = {camera, positions, use_positions, count, rays, stride, first, turn};
  list.all = use_positions || ((camera->width | camera->height) & 3) == 0;
  return list;
}

inline bool sample_inside(sample_list list, int i) {
  if (list.all)
    return true;
  int2 pixel = tile_pixel(list.first + i, (list.camera->width + 3) / 4);
  return pixel.x < list.camera->width && pixel.y < list.camera->height;
}

inline real2 sample_positions(sample_list list, whole i) {
  if (list.use_positions)
    return pair(GATHER_OF(float, list.positions, i, x), GATHER_OF(float, list.positions, i, y));
  int tiles_x = (list.camera->width + 3) / 4;
  i += list.first;
  // Whole numbers have no quotient side by side: floats find it, or one beside it.
  whole tile = i >> 4, in = i & 15, row = to_whole(to_real(tile) * (1.0f / (float)tiles_x));
  whole column = tile - row * tiles_x;
  row += select(WHOLE(0), WHOLE(1), column >= WHOLE(tiles_x));
  row -= select(WHOLE(0), WHOLE(1), column < WHOLE(0));
  return pair(to_real((tile - row * tiles_x) * 4 + (in & 3)) + 0.5f,
              to_real(row * 4 + (in >> 2)) + 0.5f);
}

inline void sample_rays(sample_list list, whole i, real3 *origin, real3 *direction, real *time) {
  if (list.stride > 0)
    traced_ray(list.rays, list.stride, i, origin, direction, time);
  else
    pixel_ray(list.camera, sample_positions(list, i), origin, direction, time);
}

#ifdef DEVICE_CPU
#define BLOCK 512
#define BLOCK_GROUP 1

// Sorts a block's samples by their keys, which `first[key]` to `first[key + 1]` then says. Its
// quarters are counted side by side: equal keys in a row would wait for each other's count.
#define QUARTER (BLOCK / 4)
inline void block_sort(const uchar *keys, ushort *order, ushort *first) {
  ushort next[4][KEY_NONE + 1];
  for (int k = 0; k <= KEY_NONE; k++)
    next[0][k] = next[1][k] = next[2][k] = next[3][k] = 0;
  for (int i = 0; i < QUARTER; i++)
    for (int q = 0; q < 4; q++)
      next[q][keys[q * QUARTER + i]]++;
  ushort sum = 0;
  for (int k = 0; k <= KEY_NONE; k++) {
    first[k] = sum;
    for (int q = 0; q < 4; q++) {
      ushort count = next[q][k];
      next[q][k] = sum;
      sum += count;
    }
  }
  first[KEY_NONE + 1] = sum;
  for (int i = 0; i < QUARTER; i++)
    for (int q = 0; q < 4; q++)
      order[next[q][keys[q * QUARTER + i]]++] = (ushort)(q * QUARTER + i);
}

// The numbers of a group's samples; the last one fills up.
inline whole block_group(const ushort *order, int at, int end, int base) {
  int last = end - 1;
#define NUMBER(s) base + (int)order[min(at + AT(LANE_NUMBERS, s), last)]
  return EACH_LANE(int, NUMBER);
#undef NUMBER
}

#define BLOCK_LOOP(count, KEY_OF, BODY)                                                            \
  {                                                                                                \
    int base = (int)get_global_id(0) * BLOCK, items = min(BLOCK, (count)-base);                    \
    uchar keys[BLOCK];                                                                             \
    ushort order[BLOCK], first[KEY_NONE + 2];                                                      \
    if (items <= 0)                                                                                \
      return;                                                                                      \
    for (int k = 0; k < items; k++)                                                                \
      keys[k] = (uchar)KEY_OF(base + k);                                                           \
    for (int k = items; k < BLOCK; k++)                                                            \
      keys[k] = KEY_NONE;                                                                          \
    block_sort(keys, order, first);                                                                \
    for (uint shader = 0; shader < KEY_NONE; shader++)                                             \
      for (int at = first[shader]; at < first[shader + 1]; at += LANES) {                          \
        whole i = block_group(order, at, first[shader + 1], base);                                 \
        BODY(shader, i)                                                                            \
      }                                                                                            \
  }
#else
#define BLOCK 1
#define BLOCK_GROUP 64
#define BLOCK_LOOP(count, KEY_OF, BODY)                                                            \
  {                                                                                                \
    int i = (int)get_global_id(0);                                                                 \
    if (i >= (count))                                                                              \
      return;                                                                                      \
    uint shader = KEY_OF(i);                                                                       \
    if (shader < KEY_NONE)                                                                         \
      BODY(shader, i)                                                                              \
  }
#endif

inline void store_samples(__global float4 *out, whole i, real3 v, float last) {
  real4 all = {v.x, v.y, v.z, REAL(last)};
  scatter4(out, i, all);
}

#endif
