// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// links: png jpeg
// Pictures as libpng and libjpeg write them come back; cut off, bent or too large they are errors.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jpeglib.h>
#include <png.h>

#include "base/rng.h"
#include "scenes/image_read.h"

enum { WIDTH = 37, HEIGHT = 23 };

// Smooth, so that a JPEG keeps it.
static void paint(unsigned char *to, int channels) {
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int c = 0; c < channels; c++)
        to[channels * (y * WIDTH + x) + c] =
            (unsigned char)(c == 3 ? 200
                                   : 40 + (c == 0   ? 4 * x
                                           : c == 1 ? 6 * y
                                                    : 2 * (x + y)));
}

static unsigned char *png_of(png_uint_32 format, png_alloc_size_t *size) {
  unsigned char pixels[4 * WIDTH * HEIGHT];
  png_image file = {.version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT};
  file.format = format;
  paint(pixels, (int)PNG_IMAGE_SAMPLE_CHANNELS(format));
  assert_true(png_image_write_get_memory_size(file, *size, 0, pixels, 0, NULL));
  unsigned char *out = malloc(*size);
  assert_true(png_image_write_to_memory(&file, out, size, 0, pixels, 0, NULL));
  return out;
}

static unsigned char *jpeg_of(int channels, unsigned long *size) {
  unsigned char pixels[4 * WIDTH * HEIGHT], *out = NULL;
  struct jpeg_compress_struct file;
  struct jpeg_error_mgr manager;
  paint(pixels, channels);
  file.err = jpeg_std_error(&manager);
  jpeg_create_compress(&file);
  *size = 0;
  jpeg_mem_dest(&file, &out, size);
  file.image_width = WIDTH;
  file.image_height = HEIGHT;
  file.input_components = channels;
  file.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&file);
  jpeg_set_quality(&file, 98, TRUE);
  jpeg_start_compress(&file, TRUE);
  for (int y = 0; y < HEIGHT; y++) {
    JSAMPROW row = pixels + y * WIDTH * channels;
    jpeg_write_scanlines(&file, &row, 1);
  }
  jpeg_finish_compress(&file);
  jpeg_destroy_compress(&file);
  return out;
}

static void check(const void *bytes, size_t size, int channels, int tolerance) {
  unsigned char wanted[4 * WIDTH * HEIGHT];
  image is;
  trouble why = {0};
  if (image_read("wall", bytes, size, &is, &why))
    fail_msg("%s", why.text);
  assert_int_equal(is.width, WIDTH);
  assert_int_equal(is.height, HEIGHT);
  paint(wanted, channels);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    for (int c = 0; c < 4; c++) {
      int from = channels == 1 ? 0 : c;
      int should = c == 3 && channels < 4 ? 255 : wanted[channels * i + from];
      if (abs(is.rgba[4 * i + c] - should) > tolerance)
        fail_msg("pixel %d, channel %d of %d: %d, not %d", i, c, channels, is.rgba[4 * i + c],
                 should);
    }
  image_free(&is);
}

static void pictures_come_back(void **state) {
  (void)state;
  static const struct {
    png_uint_32 format;
    int channels;
  } of[] = {{PNG_FORMAT_GRAY, 1}, {PNG_FORMAT_RGB, 3}, {PNG_FORMAT_RGBA, 4}};
  for (int i = 0; i < 3; i++) {
    png_alloc_size_t size = 0;
    unsigned char *bytes = png_of(of[i].format, &size);
    check(bytes, size, of[i].channels, 0);
    free(bytes);
  }
  for (int channels = 1; channels <= 3; channels += 2) {
    unsigned long size;
    unsigned char *bytes = jpeg_of(channels, &size);
    check(bytes, size, channels, 6);
    free(bytes);
  }
}

static void refused(const void *bytes, size_t size, status with, const char *says) {
  image is;
  trouble why = {0};
  assert_int_equal(image_read("wall", bytes, size, &is, &why), with);
  assert_null(is.rgba);
  if (!strstr(why.text, says) || strchr(why.text, '\n'))
    fail_msg("said \"%s\", not \"%s\"", why.text, says);
}

static void what_cant_be_read_is_an_error(void **state) {
  (void)state;
  png_alloc_size_t size = 0;
  unsigned long length;
  unsigned char *png = png_of(PNG_FORMAT_RGB, &size), *jpeg = jpeg_of(3, &length);
  for (size_t cut = 0; cut < size - 12; cut++) // but for its empty last chunk
    refused(png, cut, STATUS_SYNTAX, cut < 8 ? "neither PNG nor JPEG" : "broken PNG");
  for (size_t cut = 0; cut < length - 2; cut++)
    refused(jpeg, cut, STATUS_SYNTAX, cut < 3 ? "neither PNG nor JPEG" : "broken JPEG");
  free(jpeg);
  jpeg = jpeg_of(4, &length);
  refused(jpeg, length, STATUS_SYNTAX, "broken JPEG");
  // A header that promises more than anyone draws; its checksum fails only with the bomb inside.
  for (int k = 0; k < 4; k++)
    png[16 + k] = png[20 + k] = k == 2 ? 0x60 : 0;
  image is;
  trouble why = {0};
  assert_int_not_equal(image_read("wall", png, size, &is, &why), STATUS_OK);
  free(png);
  free(jpeg);
}

static void whatever_is_done_to_it_reading_ends(void **state) {
  (void)state;
  rng r = rng_at(31, RNG_TEST, 0, 0, 0);
  for (int round = 0; round < 3000; round++) {
    png_alloc_size_t size = 0;
    unsigned long length = 0;
    unsigned char *bytes = round % 2 ? png_of(PNG_FORMAT_RGBA, &size) : jpeg_of(3, &length);
    size_t all = round % 2 ? size : length;
    for (int k = 1 + rng_below(&r, 6); k > 0; k--)
      bytes[rng_below(&r, (int)all)] ^= (unsigned char)(1 + rng_below(&r, 255));
    image is;
    trouble why = {0};
    if (image_read("wall", bytes, all, &is, &why) == STATUS_OK)
      image_free(&is);
    else
      assert_true(why.text[0] && !is.rgba);
    free(bytes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pictures_come_back),
      cmocka_unit_test(what_cant_be_read_is_an_error),
      cmocka_unit_test(whatever_is_done_to_it_reading_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
