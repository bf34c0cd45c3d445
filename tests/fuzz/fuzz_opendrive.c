// SPDX-License-Identifier: Apache-2.0
// libFuzzer's target for the reader of OpenDRIVE: see tests/fuzz/CMakeLists.txt.
#include <stdint.h>

#include "with_hostile_maps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  trouble why = {0};
  (void)hostile_map_use("fuzz.xodr", (const char *)data, size, &why);
  return 0;
}
