// SPDX-License-Identifier: Apache-2.0
#include "with_glb.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void put_word(char *at, uint32_t word) {
  for (int k = 0; k < 4; k++)
    at[k] = (char)(word >> (8 * k) & 255);
}

char *glb_make(const char *json, const void *data, size_t data_size, size_t *size) {
  size_t text = (strlen(json) + 3) & ~(size_t)3, bytes = (data_size + 3) & ~(size_t)3;
  *size = 20 + text + 8 + bytes;
  char *out = calloc(*size + 1, 1);
  memcpy(out, "glTF", 4);
  put_word(out + 4, 2);
  put_word(out + 8, (uint32_t)*size);
  put_word(out + 12, (uint32_t)text);
  memcpy(out + 16, "JSON", 4);
  memset(out + 20, ' ', text);
  memcpy(out + 20, json, strlen(json));
  put_word(out + 20 + text, (uint32_t)bytes);
  memcpy(out + 24 + text, "BIN", 3);
  memcpy(out + 28 + text, data, data_size);
  return out;
}

// Six corners, eight triangles: positions first, then indices of 16 bits.
const char glb_wedge_json[] =
    "{\"asset\":{\"version\":\"2.0\"},\"scene\":0,\"scenes\":[{\"nodes\":[0]}],"
    "\"nodes\":[{\"children\":[1],\"translation\":[5,6,7]},{\"mesh\":0,\"scale\":[2,1,4]}],"
    "\"materials\":[{\"pbrMetallicRoughness\":{\"baseColorFactor\":[0.5,0.25,0.125,1],"
    "\"metallicFactor\":0,\"roughnessFactor\":0.75}}],"
    "\"meshes\":[{\"primitives\":[{\"attributes\":{\"POSITION\":0},\"indices\":1,\"material\":0}]}]"
    ","
    "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":6,\"type\":\"VEC3\"},"
    "{\"bufferView\":1,\"componentType\":5123,\"count\":24,\"type\":\"SCALAR\"}],"
    "\"bufferViews\":[{\"buffer\":0,\"byteLength\":72},"
    "{\"buffer\":0,\"byteOffset\":72,\"byteLength\":48}],\"buffers\":[{\"byteLength\":120}]}";

static const float corners[6][3] = {{-0.5f, 0, -0.5f}, {0.5f, 0, -0.5f}, {0.5f, 1, -0.5f},
                                    {-0.5f, 1, -0.5f}, {-0.5f, 0, 0.5f}, {0.5f, 0, 0.5f}};
static const uint16_t faces[24] = {0, 3, 2, 0, 2, 1, 0, 1, 5, 0, 5, 4,
                                   3, 4, 5, 3, 5, 2, 0, 4, 3, 1, 2, 5};

char *glb_wedge(const char *json, size_t *size) {
  char data[120];
  memcpy(data, corners, 72);
  memcpy(data + 72, faces, 48);
  return glb_make(json ? json : glb_wedge_json, data, sizeof data, size);
}

char *glb_smooth(size_t *size) {
  static const char json[] =
      "{\"asset\":{\"version\":\"2.0\"},\"scenes\":[{\"nodes\":[0]}],"
      "\"nodes\":[{\"mesh\":0,\"scale\":[-2,1,4],"
      "\"rotation\":[0,0.70710678118654752,0,0.70710678118654752]}],"
      "\"meshes\":[{\"primitives\":["
      "{\"attributes\":{\"POSITION\":0,\"NORMAL\":1},\"indices\":2},"
      "{\"attributes\":{\"POSITION\":0,\"NORMAL\":1},\"indices\":3}]}],"
      "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":7,\"type\":\"VEC3\"},"
      "{\"bufferView\":0,\"byteOffset\":12,\"componentType\":5126,\"count\":7,\"type\":\"VEC3\"},"
      "{\"bufferView\":1,\"componentType\":5123,\"count\":12,\"type\":\"SCALAR\"},"
      "{\"bufferView\":1,\"byteOffset\":24,\"componentType\":5123,\"count\":12,"
      "\"type\":\"SCALAR\"}],"
      "\"bufferViews\":[{\"buffer\":0,\"byteLength\":168,\"byteStride\":24},"
      "{\"buffer\":0,\"byteOffset\":168,\"byteLength\":48}],\"buffers\":[{\"byteLength\":216}]}";
  static const float middle[3] = {0, 1.0f / 3, -1.0f / 6};
  float vertices[7][6] = {{0}};
  for (int i = 0; i < 6; i++)
    for (int k = 0; k < 3; k++) {
      vertices[i][k] = corners[i][k];
      vertices[i][3 + k] = corners[i][k] - middle[k];
    }
  vertices[6][0] = 90000;
  vertices[6][4] = 1;
  char data[216];
  memcpy(data, vertices, sizeof vertices);
  memcpy(data + 168, faces, 48);
  return glb_make(json, data, sizeof data, size);
}
