// SPDX-License-Identifier: Apache-2.0
// Kinds of traffic signs as scenes/sign.h numbers them: render/asset_sign.c checks that.
#ifndef RENDER_KERNELS_SIGNS_H
#define RENDER_KERNELS_SIGNS_H

// clang-format off
#define SIGN_FACES(X)                                                                              \
  X(NONE) X(STOP) X(GIVE_WAY) X(PRIORITY_ROAD) X(SPEED_LIMIT) X(NO_ENTRY) X(NO_STOPPING)           \
  X(CROSSING) X(PARKING) X(DIRECTION) X(WORK_ZONE) X(CURVE_LEFT) X(CURVE_RIGHT) X(ROUNDABOUT)      \
  X(CHEVRON_LEFT) X(CHEVRON_RIGHT) X(KEEP_RIGHT) X(KEEP_LEFT) X(ONE_WAY) X(BUS_STOP)               \
  X(SIGNALS_AHEAD) X(PEOPLE_AHEAD)
// clang-format on

typedef enum sign_face {
#define X(NAME) SIGN_FACE_##NAME,
  SIGN_FACES(X)
#undef X
      SIGN_FACE_COUNT
} sign_face;

#endif
