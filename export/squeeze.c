// SPDX-License-Identifier: Apache-2.0
#include "export/squeeze.h"

#include <isa-l/igzip_lib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/base64.h"

static const size_t BYTES_MAX = (size_t)512 << 20; // the library counts in 32 bits

char *squeeze(const void *bytes, size_t size) {
  if (size >= BYTES_MAX)
    return NULL;
  size_t room = size + size / 64 + 4096; // stored blocks and the stream's ends
  struct isal_zstream *stream = calloc(1, sizeof *stream);
  uint8_t *level = calloc(1, ISAL_DEF_LVL3_DEFAULT), *packed = malloc(room);
  char *text = NULL;
  if (stream && level && packed) {
    isal_deflate_stateless_init(stream);
    stream->level = 3; // 1 and 2 aren't the same in every process: docs/decisions.md
    stream->level_buf = level;
    stream->level_buf_size = ISAL_DEF_LVL3_DEFAULT;
    stream->gzip_flag = IGZIP_ZLIB;
    stream->end_of_stream = 1;
    stream->next_in = (uint8_t *)(uintptr_t)bytes;
    stream->avail_in = (uint32_t)size;
    stream->next_out = packed;
    stream->avail_out = (uint32_t)room;
    if (isal_deflate_stateless(stream) == COMP_OK)
      text = base64_encode(packed, stream->total_out);
  }
  free(packed);
  free(level);
  free(stream);
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
