// SPDX-License-Identifier: Apache-2.0
// The numbers of glTF meshes where they lie in the file. For scenes/gltf_*.c alone.
#ifndef SCENES_GLTF_ACCESSOR_H
#define SCENES_GLTF_ACCESSOR_H

#include <stdint.h>

#include "scenes/gltf_json.h"

enum { GLTF_FLOAT = 5126, GLTF_U8 = 5121, GLTF_U16 = 5123, GLTF_U32 = 5125 };

/// `count` values, each of one to four components or of sixteen, a matrix.
typedef struct gltf_accessor {
  const unsigned char *at;
  size_t stride;
  int count, component;
} gltf_accessor;

/// Where values of `width` components lie, checked against the bytes that are there.
status gltf_accessor_open(const gltf_file *f, json_int_t number, int width, gltf_accessor *out,
                          trouble *why);
/// Value i of whole numbers.
uint32_t gltf_index_at(const gltf_accessor *v, int i);
/// Value i of three floats.
void gltf_vector_at(const gltf_accessor *v, int i, double out[3]);
/// Value i of `width` numbers: floats, or whole numbers of 8 or 16 bits that stand for 0 to 1.
void gltf_shares_at(const gltf_accessor *v, int i, int width, double *out);
/// Value i of four whole numbers of 8 or 16 bits.
void gltf_four_at(const gltf_accessor *v, int i, uint32_t out[4]);
/// Value i of texture coordinates: two floats, or whole numbers of 8 or 16 bits that stand for 0
/// to 1.
void gltf_coordinates_at(const gltf_accessor *v, int i, float out[2]);

#endif
