// SPDX-License-Identifier: Apache-2.0
// Bytes deflated into text and back, for files that travel within JSON.
#ifndef EXPORT_SQUEEZE_H
#define EXPORT_SQUEEZE_H

#include <stddef.h>

/// The bytes as a zlib stream in base64, which the caller frees; equal bytes, equal text.
/// NULL when memory ran out or there are 512 MiB or more.
char *squeeze(const void *bytes, size_t size);
/// `size` bytes and a zero after them, which the caller frees; NULL when the text isn't
/// that of so many bytes, or memory ran out.
char *unsqueeze(const char *text, size_t size);

#endif
