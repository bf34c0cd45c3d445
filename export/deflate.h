// SPDX-License-Identifier: Apache-2.0
// zlib streams (RFC 1950, 1951) of pictures, made for labels: what repeats does so beside or below
// itself, and is found there for whole words of pixels at once; other repeats are looked for where
// there are few of those, seldom in noise. Equal bytes in, equal bytes out.
#ifndef EXPORT_DEFLATE_H
#define EXPORT_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

typedef struct deflater deflater;

/// How bytes lie: planes of `plane` bytes, each compressed with codes of its own, in which a
/// pixel's neighbour to the left is `left` bytes before it and the one above `above` bytes.
typedef struct deflate_picture {
  size_t plane;
  int left, above; // >= 1; farther than 32767: not looked for
} deflate_picture;

/// One thread at a time. NULL: no memory. Release with free().
deflater *deflater_create(void);
/// Most bytes that `size` bytes become.
size_t deflate_room(const deflate_picture *how, size_t size);
/// `in` as a zlib stream into `out`, which has deflate_room() bytes; the stream's bytes.
size_t deflate_bytes(deflater *d, const deflate_picture *how, const uint8_t *in, size_t size,
                     uint8_t *out);

#endif
