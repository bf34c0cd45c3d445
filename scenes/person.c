// SPDX-License-Identifier: Apache-2.0
#include "scenes/person.h"

#include <math.h>

void person_box(uint32_t asset_seed, double height_m, double size_m[3]) {
  size_m[0] = 0.47 * height_m; // of a stride
  size_m[1] = 0.32 * height_m;
  size_m[2] = height_m;
  if (asset_seed & PERSON_PUSHES_PRAM)
    size_m[0] = 0.51 * height_m, size_m[1] = 0.34 * height_m;
  if (asset_seed & PERSON_HAS_UMBRELLA) {
    size_m[0] = size_m[1] = 0.6 * height_m;
    size_m[2] += PERSON_UMBRELLA_RISE_M;
  }
}

uint32_t person_look(const scene_person *p, double rain_mmh, double size_m[3]) {
  bool open = p->umbrella && rain_mmh >= p->umbrella_mmh;
  for (int k = 0; k < 3; k++)
    size_m[k] = p->size_m[k];
  if (!open)
    return p->asset_seed;
  person_box(p->asset_seed | PERSON_HAS_UMBRELLA, p->size_m[2], size_m);
  return p->asset_seed | PERSON_HAS_UMBRELLA;
}

void wheelchair_box(double size_m[3]) {
  size_m[0] = 0.98, size_m[1] = 0.71, size_m[2] = 1.38;
}

void pram_box(double times, double size_m[3]) {
  size_m[0] = 0.85 * times, size_m[1] = 0.59 * times, size_m[2] = 1.05 * times;
}

void dog_box(uint32_t asset_seed, double times, double size_m[3]) {
  static const double boxes[PERSON_DOGS][3] = {
      {1.05, 0.23, 0.75}, {1.30, 0.24, 0.90}, {0.65, 0.14, 0.46}, {0.83, 0.18, 0.66}};
  for (int k = 0; k < 3; k++)
    size_m[k] = boxes[asset_seed % PERSON_DOGS][k] * times;
}

void person_along(thing_kind what, double height_m, double *ahead_m, double *left_m) {
  *ahead_m = *left_m = 0;
  if (what == THING_PRAM)
    *ahead_m = 0.726 * height_m / PRAM_FOR_M; // its handle is in the hands
  else if (what == THING_DOG)
    *ahead_m = 0.15, *left_m = 0.55;
}

double person_body(thing_kind what, const double size_m[3]) {
  switch (what) {
  case THING_WHEELCHAIR:
    return 0.44; // 0.98 m x 0.71 m
  case THING_PRAM:
    return 0.37 * size_m[2] / 1.05; // 0.85 m x 0.59 m
  case THING_DOG:
  case THING_DEER:
    return 0.24 * size_m[0]; // nose and tail give way
  default:
    return 0.126 * size_m[2]; // 0.22 m of 1.75 m, shoulders in clothes
  }
}
