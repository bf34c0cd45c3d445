// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <xxhash.h>

uint64_t hash_xxh3(const void *bytes, size_t size) {
  return XXH3_64bits(bytes, size);
}

uint64_t hash_xxh3_seeded(const void *bytes, size_t size, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes, size, seed);
}

void hash_sha256_hex(const void *bytes, size_t size, char out[HASH_SHA256_HEX]) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(bytes, size, digest);
  for (int i = 0; i < SHA256_DIGEST_LENGTH; i++)
    snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
