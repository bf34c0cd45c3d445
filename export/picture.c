// SPDX-License-Identifier: Apache-2.0
#include "export/picture.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { SIDE_MAX = 65000, FAST = 3 };

typedef struct bytes {
  uint8_t *data;
  size_t size, capacity;
  jmp_buf failed;
  char text[128];
} bytes;

static void append(png_structp png, png_bytep from, size_t size) {
  bytes *out = png_get_io_ptr(png);
  if (size > out->capacity - out->size) {
    size_t capacity = 2 * out->capacity + size + (64 << 10);
    uint8_t *data = realloc(out->data, capacity);
    if (!data)
      png_error(png, "memory ran out");
    out->data = data;
    out->capacity = capacity;
  }
  memcpy(out->data + out->size, from, size);
  out->size += size;
}

static void flush(png_structp png) {
  (void)png;
}

static void fail(png_structp png, png_const_charp text) {
  bytes *out = png_get_error_ptr(png);
  strncpy(out->text, text, sizeof out->text - 1);
  longjmp(out->failed, 1);
}

static void ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

/// False when libpng gave up; its words are in out->text.
static int encode(bytes *out, png_structp png, png_infop info, int width, int height,
                  const uint8_t *rgb) {
  if (setjmp(out->failed))
    return 0;
  png_set_write_fn(png, out, append, flush);
  png_set_compression_level(png, FAST);
  png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_write_info(png, info);
  for (int y = 0; y < height; y++)
    png_write_row(png, rgb + 3 * (size_t)y * (size_t)width);
  png_write_end(png, info);
  return 1;
}

status picture_encode_png(void **to, size_t *size, int width, int height, const uint8_t *rgb,
                          trouble *why) {
  if (width < 1 || height < 1 || width > SIDE_MAX || height > SIDE_MAX)
    return trouble_set(why, STATUS_RANGE, "a picture of %d x %d px can't be written", width,
                       height);
  bytes *out = calloc(1, sizeof *out);
  if (!out)
    return trouble_set(why, STATUS_MEMORY, "no memory for a picture");
  status result = STATUS_OK;
  png_infop info = NULL;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, out, fail, ignore);
  if (png)
    info = png_create_info_struct(png);
  if (!info)
    result = trouble_set(why, STATUS_MEMORY, "no memory for a picture");
  else if (!encode(out, png, info, width, height, rgb))
    result = trouble_set(why, STATUS_MEMORY, "cannot make the PNG: %s", out->text);
  png_destroy_write_struct(&png, &info);
  if (result) {
    free(out->data);
  } else {
    *to = out->data;
    *size = out->size;
  }
  free(out);
  return result;
}

status picture_write_png(const char *path, int width, int height, const uint8_t *rgb,
                         trouble *why) {
  void *data = NULL;
  size_t size = 0;
  trouble inner;
  status result = picture_encode_png(&data, &size, width, height, rgb, &inner);
  if (result)
    return trouble_set(why, result, "%s: %s", path, inner.text);
  result = file_write_atomic(path, data, size, why);
  free(data);
  return result;
}
