// SPDX-License-Identifier: Apache-2.0
// Bytes as text that JSON can hold.
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

/// Base64 with padding and a closing NUL, which the caller frees; NULL when memory ran out
/// or there are 1 GiB of bytes or more.
char *base64_encode(const void *bytes, size_t size);
/// The bytes of a text that base64_encode made, which the caller frees; NULL when it isn't
/// such a text, or memory ran out.
void *base64_decode(const char *text, size_t *size);

#endif
