// SPDX-License-Identifier: Apache-2.0
// Other names for all that the encoder shows, then the encoder itself.
#undef __SSE2__
#define deflater_create plain_deflater_create
#define deflate_room plain_deflate_room
#define deflate_bytes plain_deflate_bytes

#include "../../export/deflate.c" // NOLINT(bugprone-suspicious-include)
