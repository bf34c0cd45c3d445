// SPDX-License-Identifier: Apache-2.0
// Content hashes: XXH3 for chunks and scenes, SHA-256 for manifests.
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_SHA256_HEX = 65 };

uint64_t hash_xxh3(const void *bytes, size_t size);
/// Same with a seed: chain calls to hash a sequence.
uint64_t hash_xxh3_seeded(const void *bytes, size_t size, uint64_t seed);
/// Lower-case hex with a closing NUL.
void hash_sha256_hex(const void *bytes, size_t size, char out[HASH_SHA256_HEX]);

#endif
