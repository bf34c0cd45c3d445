// SPDX-License-Identifier: Apache-2.0
// libFuzzer's target for the reader of users' meshes: see tests/fuzz/CMakeLists.txt. Each input is
// read twice: as it is, and with the lengths in its head put right, since most mutations of a
// file's text break them.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/gltf_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds) {
  if (!holds)
    abort();
}

// What comes out is a mesh that can be used, or nothing and one line of why.
static void read(const char *bytes, size_t size) {
  trouble why = {0};
  body_mesh b;
  if (gltf_read_body("fuzz.glb", bytes, size, &b, &why)) {
    must(why.code && why.text[0] && !strchr(why.text, '\n') && !strchr(why.text, '\x1b'));
    must(!b.positions && !b.indices && b.triangle_count == 0);
    return;
  }
  must(b.triangle_count > 0 && b.triangle_count <= GLTF_TRIANGLES_MAX);
  for (int i = 0; i < 3 * b.triangle_count; i++)
    must(b.indices[i] < (uint32_t)b.vertex_count && b.materials[i / 3] < b.material_count);
  for (int i = 0; i < b.vertex_count; i++) {
    const float *n = b.normals[i], *p = b.positions[i];
    must(fabsf(n[0] * n[0] + n[1] * n[1] + n[2] * n[2] - 1) < 1e-3f);
    must(isfinite(p[0]) && isfinite(p[1]) && isfinite(p[2]));
  }
  for (int k = 0; k < 3; k++)
    must(isfinite(b.size_m[k]) && b.size_m[k] >= 0);
  for (int i = 0; i < b.material_count; i++)
    must(b.of[i].roughness >= 0 && b.of[i].roughness <= 1 && b.of[i].metallic >= 0 &&
         b.of[i].metallic <= 1);
  must(strnlen(b.remarks, sizeof b.remarks) < sizeof b.remarks);
  body_mesh_free(&b);
}

static void put_word(char *at, size_t word) {
  for (int k = 0; k < 4; k++)
    at[k] = (char)(word >> (8 * k) & 255);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  read((const char *)data, size);
  if (size < 28)
    return 0;
  char *mended = malloc(size);
  memcpy(mended, data, size);
  memcpy(mended, "glTF\2\0\0\0", 8);
  put_word(mended + 8, size);
  memcpy(mended + 16, "JSON", 4);
  size_t bin = 24;
  while (bin + 4 <= size && memcmp(mended + bin, "BIN\0", 4) != 0)
    bin++;
  if (bin + 4 <= size) {
    put_word(mended + bin - 4, size - bin - 4);
    put_word(mended + 12, bin - 4 - 20);
  } else {
    put_word(mended + 12, size - 20);
  }
  read(mended, size);
  free(mended);
  return 0;
}
