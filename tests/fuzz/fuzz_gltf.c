// SPDX-License-Identifier: Apache-2.0
// libFuzzer's target for the reader of users' meshes: see tests/fuzz/CMakeLists.txt.
#include <stdint.h>

#include "scenes/gltf_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  trouble why = {0};
  body_mesh b;
  if (!gltf_read_body("fuzz.glb", (const char *)data, size, &b, &why))
    body_mesh_free(&b);
  return 0;
}
