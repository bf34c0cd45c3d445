// SPDX-License-Identifier: Apache-2.0
#include "export/squeeze.h"

#include <isa-l/igzip_lib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/base64.h"
#include "export/deflate.h"

static const size_t BYTES_MAX = (size_t)512 << 20; // the library counts in 32 bits

char *squeeze(const void *bytes, size_t size) {
  const deflate_picture how = {size ? size : 1, 1, 1}; // a text is one plane of no picture
  if (size >= BYTES_MAX)
    return NULL;
  deflater *d = deflater_create();
  uint8_t *packed = malloc(deflate_room(&how, size));
  char *text =
      d && packed ? base64_encode(packed, deflate_bytes(d, &how, bytes, size, packed)) : NULL;
  free(packed);
  free(d);
  return text;
}

char *unsqueeze(const char *text, size_t size) {
  size_t packed_size = 0;
  uint8_t *packed = size < BYTES_MAX ? base64_decode(text, &packed_size) : NULL;
  struct inflate_state *state = calloc(1, sizeof *state);
  char *bytes = packed && state ? malloc(size + 1) : NULL;
  bool whole = false;
  if (bytes) {
    isal_inflate_init(state);
    state->crc_flag = ISAL_ZLIB;
    state->next_in = packed;
    state->avail_in = (uint32_t)packed_size;
    state->next_out = (uint8_t *)bytes;
    state->avail_out = (uint32_t)size;
    whole = isal_inflate_stateless(state) == ISAL_DECOMP_OK && state->total_out == size;
    bytes[size] = 0;
  }
  if (!whole) {
    free(bytes);
    bytes = NULL;
  }
  free(state);
  free(packed);
  return bytes;
}
