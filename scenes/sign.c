// SPDX-License-Identifier: Apache-2.0
#include "scenes/sign.h"

const sign_info sign_table[SIGN_KIND_COUNT] = {
#define X(NAME, name, form, width_m, height_m, corner_m, low_m)                                    \
  [SIGN_##NAME] = {name, SIGN_##form, width_m, height_m, corner_m, low_m},
    SIGNS(X)
#undef X
};
