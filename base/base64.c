// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static const size_t BYTES_MAX = (size_t)1 << 30; // the library counts in int

char *base64_encode(const void *bytes, size_t size) {
  if (size >= BYTES_MAX)
    return NULL;
  char *text = malloc((size + 2) / 3 * 4 + 1);
  if (text)
    EVP_EncodeBlock((unsigned char *)text, bytes, (int)size);
  return text;
}

void *base64_decode(const char *text, size_t *size) {
  size_t length = strlen(text), padding = 0;
  while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
    padding++;
  size_t letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  if (length % 4 || length / 4 * 3 >= BYTES_MAX || letters + padding != length)
    return NULL;
  unsigned char *bytes = malloc(length / 4 * 3 + 1);
  int made = bytes ? EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)length) : -1;
  if (made < (int)padding) {
    free(bytes);
    return NULL;
  }
  *size = (size_t)made - padding;
  return bytes;
}
