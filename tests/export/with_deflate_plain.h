// SPDX-License-Identifier: Apache-2.0
// The encoder of pictures as it is compiled where there is no SSE2.
#ifndef TESTS_EXPORT_WITH_DEFLATE_PLAIN_H
#define TESTS_EXPORT_WITH_DEFLATE_PLAIN_H

#include "export/deflate.h"

/// As deflater_create and deflate_bytes; neither takes the other's deflater.
deflater *plain_deflater_create(void);
size_t plain_deflate_bytes(deflater *d, const deflate_picture *how, const uint8_t *in, size_t size,
                           uint8_t *out);

#endif
