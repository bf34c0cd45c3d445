// SPDX-License-Identifier: Apache-2.0
// What traffic signs say. Shapes and colours are those of the Vienna Convention on Road
// Signs and Signals (1968); render/ draws them.
#ifndef SCENES_SIGN_H
#define SCENES_SIGN_H

#include <stdint.h>

typedef enum sign_kind {
  SIGN_NONE,
  SIGN_STOP,
  SIGN_GIVE_WAY,
  SIGN_PRIORITY_ROAD,
  SIGN_SPEED_LIMIT, // with its number, km/h
  SIGN_NO_ENTRY,
  SIGN_NO_STOPPING,
  SIGN_CROSSING, // a pedestrian crossing is here or near
  SIGN_PARKING,
  SIGN_DIRECTION, // a board with places and an arrow
  SIGN_KIND_COUNT
} sign_kind;

/// A sign and its number in one word; 0 is none.
static inline uint32_t sign_of(sign_kind kind, int number) {
  return (uint32_t)kind | (uint32_t)number << 8;
}
static inline sign_kind sign_kind_of(uint32_t sign) {
  return (sign_kind)(sign & 255u);
}
static inline int sign_number_of(uint32_t sign) {
  return (int)(sign >> 8);
}

#endif
