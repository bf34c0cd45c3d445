// SPDX-License-Identifier: Apache-2.0
// What traffic signs say, and their plates. Shapes and colours are those of the Vienna
// Convention on Road Signs and Signals (1968), sizes Germany's for roads of medium speed
// (VwV-StVO to §§ 39-43); render/ draws them.
#ifndef SCENES_SIGN_H
#define SCENES_SIGN_H

#include <stddef.h>
#include <stdint.h>

/// The plate's outline: TIP is a triangle on its tip, BOARD any rectangle.
typedef enum sign_form {
  SIGN_DISC,
  SIGN_TRIANGLE,
  SIGN_TIP,
  SIGN_DIAMOND,
  SIGN_OCTAGON,
  SIGN_BOARD,
} sign_form;

// X(NAME, name, form, width m, height m, corner radius m, bottom above the ground m). Numbers
// of kinds never change: shards have them.
#define SIGNS(X)                                                                                   \
  X(NONE, "none", DISC, 0.60, 0.60, 0, 2.1)                                                        \
  X(STOP, "stop", OCTAGON, 0.84, 0.84, 0.01, 2.0)                                                  \
  X(GIVE_WAY, "give_way", TIP, 0.90, 0.7901, 0.04, 2.0)                                            \
  X(PRIORITY_ROAD, "priority_road", DIAMOND, 0.86, 0.86, 0.04, 2.0)                                \
  X(SPEED_LIMIT, "speed_limit", DISC, 0.60, 0.60, 0, 2.1)                                          \
  X(NO_ENTRY, "no_entry", DISC, 0.60, 0.60, 0, 2.1)                                                \
  X(NO_STOPPING, "no_stopping", DISC, 0.60, 0.60, 0, 2.1)                                          \
  X(CROSSING, "pedestrian_crossing", BOARD, 0.60, 0.60, 0.03, 2.1)                                 \
  X(PARKING, "parking", BOARD, 0.60, 0.60, 0.03, 2.1)                                              \
  X(DIRECTION, "direction", BOARD, 2.80, 1.60, 0.08, 1.7)                                          \
  X(WORK_ZONE, "work_zone", TRIANGLE, 0.90, 0.7901, 0.04, 1.9)                                     \
  X(CURVE_LEFT, "curve_left", TRIANGLE, 0.90, 0.7901, 0.04, 1.9)                                   \
  X(CURVE_RIGHT, "curve_right", TRIANGLE, 0.90, 0.7901, 0.04, 1.9)                                 \
  X(ROUNDABOUT, "roundabout", DISC, 0.60, 0.60, 0, 2.1)                                            \
  X(CHEVRON_LEFT, "chevron_left", BOARD, 0.50, 0.50, 0.02, 0.7)                                    \
  X(CHEVRON_RIGHT, "chevron_right", BOARD, 0.50, 0.50, 0.02, 0.7)                                  \
  X(KEEP_RIGHT, "keep_right", DISC, 0.60, 0.60, 0, 2.1)                                            \
  X(KEEP_LEFT, "keep_left", DISC, 0.60, 0.60, 0, 2.1)                                              \
  X(ONE_WAY, "one_way", BOARD, 0.80, 0.30, 0.02, 2.2)                                              \
  X(BUS_STOP, "bus_stop", DISC, 0.45, 0.45, 0, 2.2)                                                \
  X(SIGNALS_AHEAD, "signals_ahead", TRIANGLE, 0.90, 0.7901, 0.04, 1.9)                             \
  X(PEOPLE_AHEAD, "pedestrians_ahead", TRIANGLE, 0.90, 0.7901, 0.04, 1.9)

// NONE; STOP; GIVE_WAY; PRIORITY_ROAD; SPEED_LIMIT with its number, km/h; NO_ENTRY;
// NO_STOPPING; CROSSING: one is here; DIRECTION: a board with places and arrows; CHEVRON: one
// of a row round the outside of a tight bend; ROUNDABOUT: 1 where it is driven clockwise; BUS_STOP;
// SIGNALS_AHEAD, PEOPLE_AHEAD: warnings.
typedef enum sign_kind {
#define X(NAME, ...) SIGN_##NAME,
  SIGNS(X)
#undef X
      SIGN_KIND_COUNT
} sign_kind;

typedef struct sign_info {
  const char *name;
  sign_form form;
  double width_m, height_m; // of the plate
  double corner_m;          // radius of its corners, within width and height
  double low_m;             // from the ground to its bottom
} sign_info;

/// Indexed by sign_kind.
extern const sign_info sign_table[SIGN_KIND_COUNT];

/// Depth of a plate with what holds it, and of that the plate's; the pole is behind.
#define SIGN_DEPTH_M 0.06
#define SIGN_PLATE_M 0.012

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
