// SPDX-License-Identifier: Apache-2.0
// Pictures are what they should be, pixel by pixel where that can be said.
// With a path as its argument, the program writes a contact sheet there to look at.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <png.h>

#include "export/picture.h"
#include "export/sheet.h"
#include "export/sheet_views.h"
#include "scenes/taxonomy.h"
#include "with_drive.h"

static void temp_path(char path[64]) {
  strcpy(path, "/tmp/roadloom-picture-XXXXXX");
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
}

static void a_png_reads_back(void **state) {
  (void)state;
  enum { W = 61, H = 17 };
  uint8_t rgb[W * H * 3], back[W * H * 3];
  for (int i = 0; i < W * H * 3; i++)
    rgb[i] = (uint8_t)(i * i + i / 7);
  char path[64];
  temp_path(path);
  trouble why = {0};
  if (picture_write_png(path, W, H, rgb, &why))
    fail_msg("%s", why.text);
  png_image image = {.version = PNG_IMAGE_VERSION};
  assert_true(png_image_begin_read_from_file(&image, path));
  assert_int_equal(image.width, W);
  assert_int_equal(image.height, H);
  image.format = PNG_FORMAT_RGB;
  assert_true(png_image_finish_read(&image, NULL, back, 0, NULL));
  assert_memory_equal(rgb, back, sizeof rgb);
  unlink(path);
}

static void a_picture_that_cannot_be_written_leaves_nothing(void **state) {
  (void)state;
  uint8_t rgb[3] = {0};
  trouble why = {0};
  assert_int_equal(picture_write_png("/nonexistent/a.png", 1, 1, rgb, &why), STATUS_NOT_FOUND);
  assert_non_null(strstr(why.text, "/nonexistent/a.png"));
  assert_int_equal(picture_write_png("/tmp/a.png", 0, 1, rgb, &why), STATUS_RANGE);
  sheet *s = NULL;
  assert_int_equal(sheet_create(&s, &why), STATUS_OK);
  assert_int_equal(sheet_write(s, "/tmp/roadloom-none.png", &why), STATUS_RANGE);
  assert_int_equal(access("/tmp/roadloom-none.png", F_OK), -1);
  sheet_destroy(s);
}

static void cells_show_the_pixels_labels(void **state) {
  (void)state;
  rig_def rig = drive_rig(1, 64, 40, 1);
  drive *d = drive_create(&rig, 1, 0);
  const frame *f = drive_frame(d, 0);
  const frame_camera *c = &f->cameras[0];
  canvas rgb, semantics, depth;
  assert_true(sheet_view_rgb(&rgb, 64, 40, c));
  assert_true(sheet_view_semantic(&semantics, 64, 40, c));
  assert_true(sheet_view_depth(&depth, 64, 40, c));
  assert_memory_equal(rgb.rgb, c->rgb, 64 * 40 * 3);
  for (int i = 0; i < 64 * 40; i++) {
    assert_memory_equal(semantics.rgb + 3 * i, semantic_table[c->semantic[i]].rgb, 3);
    if (i && c->depth_m[i] > c->depth_m[i - 1] && c->depth_m[i - 1] > 2)
      assert_true(depth.rgb[3 * i + 1] <= depth.rgb[3 * i - 2]); // farther is never brighter
  }
  free(rgb.rgb);
  free(semantics.rgb);
  free(depth.rgb);
  drive_destroy(d);
}

static void drawing_stays_inside_the_image(void **state) {
  (void)state;
  enum { SIDE = 20, GUARD = 4096 };
  uint8_t *memory = malloc(SIDE * SIDE * 3 + 2 * GUARD);
  memset(memory, 0x5a, SIDE * SIDE * 3 + 2 * GUARD);
  canvas c = {.width = SIDE, .height = SIDE, .rgb = memory + GUARD};
  const colour w = {255, 255, 255};
  canvas_fill(&c, -5, -5, 100, 100, (colour){0, 0, 0});
  canvas_line(&c, -1e9, -3, 1e9, 30, w, 1);
  canvas_line(&c, 5, 5, 5, 5, w, 1);
  canvas_frame(&c, -3, -3, 50, 50, 2, w, 1);
  canvas_frame(&c, 4, 4, 8, 8, 9, w, 1);
  canvas_circle(&c, 0, 0, 500, w, 1);
  canvas_text(&c, -8, 14, 3, "Text\xff", w);
  for (int i = 0; i < GUARD; i++) {
    assert_int_equal(memory[i], 0x5a);
    assert_int_equal(memory[GUARD + SIDE * SIDE * 3 + i], 0x5a);
  }
  free(memory);
}

static int write_sheet(const char *path) {
  sheet *s = NULL;
  trouble why = {0};
  status result = sheet_create(&s, &why);
  rig_def rig = drive_rig(1, 640, 384, 1);
  for (uint32_t i = 0; !result && i < 3; i++) {
    drive *d = drive_create(&rig, 7, i);
    char title[64];
    snprintf(title, sizeof title, "seed 7, scene %u, %s", i, i % 2 ? "rain" : "clear");
    result = sheet_add_row(s, title, drive_frame(d, 3), &rig, &why);
    drive_destroy(d);
  }
  rig = drive_rig(3, 640, 384, 1);
  drive *d = drive_create(&rig, 8, 0);
  if (!result)
    result = sheet_add_row(s, "three cameras", drive_frame(d, 0), &rig, &why);
  drive_destroy(d);
  if (!result)
    result = sheet_write(s, path, &why);
  sheet_destroy(s);
  if (result)
    fprintf(stderr, "%s\n", why.text);
  return result != STATUS_OK;
}

static void a_sheet_of_several_rows_is_written(void **state) {
  (void)state;
  char path[64];
  temp_path(path);
  assert_int_equal(write_sheet(path), 0);
  png_image image = {.version = PNG_IMAGE_VERSION};
  assert_true(png_image_begin_read_from_file(&image, path));
  assert_int_equal(image.width, 5 * 512 + 4 * 8 + 2 * 20);
  assert_true(image.height > 4 * 300);
  png_image_free(&image);
  unlink(path);
}

int main(int argc, char **argv) {
  if (argc > 1)
    return write_sheet(argv[1]);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_png_reads_back),
      cmocka_unit_test(a_picture_that_cannot_be_written_leaves_nothing),
      cmocka_unit_test(cells_show_the_pixels_labels),
      cmocka_unit_test(drawing_stays_inside_the_image),
      cmocka_unit_test(a_sheet_of_several_rows_is_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
