// SPDX-License-Identifier: Apache-2.0
// libFuzzer's target for the reader of OpenStreetMap extracts: see tests/fuzz/CMakeLists.txt.
#include <stdint.h>

#include "with_hostile_maps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  trouble why = {0};
  (void)hostile_extract_use("fuzz.osm", (const char *)data, size, &why);
  return 0;
}
