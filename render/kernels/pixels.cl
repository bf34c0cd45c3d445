// SPDX-License-Identifier: Apache-2.0
// Labels of the pixels, and what of each instance is seen. Part of sense.cl.
#ifndef PIXELS_CL
#define PIXELS_CL
#include "rows.cl"

// Of hits at t along rays i.. of the image; perspective lenses' rays have 1 along z.
inline real depths_along_z(__global const gpu_camera *c, __global const float *rays, int stride,
                           int i, real t) {
  if (c->lens == CAMERA_PINHOLE || c->lens == CAMERA_BROWN)
    return t;
  real4 q = {REAL(c->begin_q[0]), REAL(c->begin_q[1]), REAL(c->begin_q[2]), REAL(c->begin_q[3])};
  real4 end = {REAL(c->end_q[0]), REAL(c->end_q[1]), REAL(c->end_q[2]), REAL(c->end_q[3])};
  real time = load_reals(rays + RAY_TIME * stride, i);
  if (any_lane(time > REAL(0.0f)))
    q = between4(q, end, time);
  real3 axis = turn(q, rgb(0.0f, 0.0f, 1.0f));
  return t * (load_reals(rays + RAY_DX * stride, i) * axis.x +
              load_reals(rays + RAY_DY * stride, i) * axis.y +
              load_reals(rays + RAY_DZ * stride, i) * axis.z);
}

// What a work-item has seen of an instance: how many pixels, and their box.
typedef struct seen_run {
  uint who; // HIT_NONE: of none
  int pixels, x0, y0, x1, y1;
} seen_run;

// Instances that a work-item keeps at a time, by their last bits.
#define SEEN_RUNS (LANES)

inline void seen_tell(const seen_run *run, __global int *seen) {
  if (run->who == HIT_NONE)
    return;
  __global int *mine = seen + 5 * run->who;
  atomic_add(mine, run->pixels);
  atomic_min(mine + 1, run->x0);
  atomic_min(mine + 2, run->y0);
  atomic_max(mine + 3, run->x1);
  atomic_max(mine + 4, run->y1);
}

inline int count_bits(int bits) {
  return (int)popcount((uint)bits);
}

// Columns (a row's four lanes) and rows of a half tile that bits are set in, as bits.
#if LANES == 8
#define COLUMN_BITS(bits) (((bits) | (bits) >> 4) & 15)
#define ROW_BITS(bits) (((bits)&15 ? 1 : 0) | ((bits) >> 4 ? 2 : 0))
#define LANE_BITS(mask) bits8(mask)
#else
#define COLUMN_BITS(bits) (bits)
#define ROW_BITS(bits) (bits)
#define LANE_BITS(mask) ((mask)&1)
#endif

// Adds the lanes set of that instance, whose first lane is at (x, y).
inline void seen_add(seen_run *run, uint who, int bits, int x, int y, __global int *seen) {
  if (run->who != who) {
    seen_tell(run, seen);
    *run = (seen_run){who, 0, INT_MAX, INT_MAX, INT_MIN, INT_MIN};
  }
  int columns = COLUMN_BITS(bits), rows = ROW_BITS(bits);
  run->pixels += count_bits(bits);
  run->x0 = min(run->x0, x + lowest_bit(columns));
  run->y0 = min(run->y0, y + lowest_bit(rows));
  run->x1 = max(run->x1, x + 31 - (int)clz(columns));
  run->y1 = max(run->y1, y + 31 - (int)clz(rows));
}

// Labels of the pixels, row by row; per instance the pixels seen and their box as
// {count, x0, y0, x1, y1}. One work-item is LANES tiles, and adds what they show of an instance
// together as far as it can: atomics are dear. Pixels where the lens draws nothing have no class.
__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void
label_pixels(__global const gpu_camera *camera, __global const gpu_instance *instances,
             __global const gpu_material *materials, __global const uint *material,
             __global const float *rays, __global const float *t, __global const uint *instance,
             int tiles, __global float *depth, __global uchar *class_out, __global uint *id_out,
             __global int *seen) {
  int first = (int)get_global_id(0) * LANES * 16, count = tiles * 16;
  int end = min(first + LANES * 16, count), width = camera->width, tiles_x = (width + 3) / 4;
  seen_run runs[SEEN_RUNS];
  for (int k = 0; k < SEEN_RUNS; k++)
    runs[k].who = HIT_NONE;
  for (int i = first; i < end; i += LANES) {
    pixel_lanes at = tile_pixels(i + band_first(camera), tiles_x);
    whole inside = band_shown(camera, at);
    if (!any_lane(inside))
      continue;
    word what = load_words(material, i), who = WORD(0u), id = WORD(0u);
    whole met = what != WORD(MATERIAL_UNMET);
    // Sky, or nothing.
    word class = select(WORD(0u), WORD(11u), load_reals(rays + RAY_LIMIT * count, i) > REAL(0.0f));
    real far = REAL(0.0f);
    if (any_lane(met)) {
      who = select(WORD(0u), load_words(instance, i), met);
      what = select(WORD(0u), what, met);
      word own = GATHER_OF(uint, materials, what, class);
      word of_whole = GATHER_OF(uint, instances, who, class);
      own = select(of_whole, own, (own != WORD(0u)) & (of_whole != WORD(CLASS_EGO)));
      class = select(class, own, met);
      id = select(id, GATHER_OF(uint, instances, who, id), met);
      far = select(far, depths_along_z(camera, rays, count, i, load_reals(t, i)), met);
    }
    STORE_PIXELS(float, far, at, inside, width, depth)
    STORE_PIXELS(uchar, to_bytes(class), at, inside, width, class_out)
    STORE_PIXELS(uint, id, at, inside, width, id_out)
    for (whole left = met & inside; any_lane(left);) {
      uint one = chosen_lane(who, left);
      whole mine = left & (who == WORD(one));
      seen_add(&runs[one % SEEN_RUNS], one, LANE_BITS(mine), FIRST_LANE(at.x), FIRST_LANE(at.y),
               seen);
      left &= who != WORD(one);
    }
  }
  for (int k = 0; k < SEEN_RUNS; k++)
    seen_tell(&runs[k], seen);
}

#endif
