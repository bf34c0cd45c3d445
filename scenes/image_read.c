// SPDX-License-Identifier: Apache-2.0
#include "scenes/image_read.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "base/utf8.h"

void image_free(image *i) {
  free(i->rgba);
  memset(i, 0, sizeof *i);
}

static status make_room(const char *name, size_t width, size_t height, image *out, trouble *why) {
  if (width < 1 || height < 1)
    return trouble_set(why, STATUS_SYNTAX, "%s: has no pixels", name);
  if (width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX || width * height > IMAGE_PIXELS_MAX)
    return trouble_set(why, STATUS_LIMIT, "%s: has %zu x %zu pixels; the most is %d a side and %d",
                       name, width, height, IMAGE_SIDE_MAX, IMAGE_PIXELS_MAX);
  *out = (image){(int)width, (int)height, malloc(4 * width * height)};
  return out->rgba ? STATUS_OK : trouble_set(why, STATUS_MEMORY, "%s: no memory", name);
}

static status read_png(const char *name, const void *bytes, size_t size, image *out, trouble *why) {
  png_image file = {.version = PNG_IMAGE_VERSION};
  status result = STATUS_OK;
  if (png_image_begin_read_from_memory(&file, bytes, size)) {
    file.format = PNG_FORMAT_RGBA;
    result = make_room(name, file.width, file.height, out, why);
    if (!result && png_image_finish_read(&file, NULL, out->rgba, 0, NULL))
      return STATUS_OK;
  }
  if (!result) {
    utf8_clean(file.message, false);
    result = trouble_set(why, STATUS_SYNTAX, "%s: is a broken PNG: %s", name, file.message);
  }
  png_image_free(&file);
  image_free(out);
  return result;
}

// libjpeg leaves by a jump, its only way out of an error.
typedef struct jpeg_trouble {
  struct jpeg_error_mgr base;
  jmp_buf out;
  char text[JMSG_LENGTH_MAX];
} jpeg_trouble;

static void jpeg_leave(j_common_ptr file) {
  jpeg_trouble *t = (jpeg_trouble *)file->err;
  file->err->format_message(file, t->text);
  longjmp(t->out, 1);
}

// A picture that is cut off is an error, too: libjpeg would fill it with grey and warn.
static void jpeg_warn(j_common_ptr file, int level) {
  if (level < 0)
    jpeg_leave(file);
}

static status read_jpeg(const char *name, const void *bytes, size_t size, image *out,
                        trouble *why) {
  struct jpeg_decompress_struct file;
  jpeg_trouble t = {0};
  file.err = jpeg_std_error(&t.base);
  t.base.error_exit = jpeg_leave;
  t.base.emit_message = jpeg_warn;
  if (setjmp(t.out)) {
    jpeg_destroy_decompress(&file);
    image_free(out);
    utf8_clean(t.text, false);
    return trouble_set(why, STATUS_SYNTAX, "%s: is a broken JPEG: %s", name, t.text);
  }
  jpeg_create_decompress(&file);
  jpeg_mem_src(&file, bytes, size);
  jpeg_read_header(&file, TRUE);
  file.out_color_space = JCS_EXT_RGBA;
  status result = make_room(name, file.image_width, file.image_height, out, why);
  if (!result) {
    jpeg_start_decompress(&file);
    while (file.output_scanline < file.output_height) {
      JSAMPROW row = out->rgba + 4 * (size_t)file.output_scanline * (size_t)out->width;
      jpeg_read_scanlines(&file, &row, 1);
    }
    jpeg_finish_decompress(&file);
  }
  jpeg_destroy_decompress(&file);
  return result;
}

status image_read(const char *name, const void *bytes, size_t size, image *out, trouble *why) {
  memset(out, 0, sizeof *out);
  if (size >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
    return read_png(name, bytes, size, out, why);
  if (size >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0)
    return read_jpeg(name, bytes, size, out, why);
  return trouble_set(why, STATUS_SYNTAX, "%s: is neither PNG nor JPEG", name);
}
