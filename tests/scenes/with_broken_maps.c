// SPDX-License-Identifier: Apache-2.0
#include "with_broken_maps.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"

// The words between "expect: " and the comment's end, which becomes the text's end.
static const char *expected(char *text) {
  char *wanted = strstr(text, "expect: ");
  assert_non_null(wanted);
  wanted += strlen("expect: ");
  char *end = strstr(wanted, " -->");
  assert_non_null(end);
  *end = 0;
  return wanted;
}

int broken_files_check(const char *folder, broken_reader *reader) {
  char path[512];
  int count = 0, wrong = 0;
  snprintf(path, sizeof path, "%s/%s", TEST_DATA_DIR, folder);
  DIR *dir = opendir(path);
  assert_non_null(dir);
  for (struct dirent *entry; (entry = readdir(dir));) {
    char *text;
    size_t size;
    trouble why = {0};
    if (entry->d_name[0] == '.')
      continue;
    snprintf(path, sizeof path, "%s/%s/%s", TEST_DATA_DIR, folder, entry->d_name);
    assert_int_equal(file_read(path, 1 << 20, &text, &size, &why), STATUS_OK);
    road_builder b = {0};
    status result = reader(&b, entry->d_name, text, size, &why);
    road_builder_free(&b);
    const char *wanted = expected(text);
    if (result != STATUS_FORMAT || strcmp(why.text, wanted) != 0) {
      print_error("wanted: %s\ngot %s: %s\n", wanted, status_name(result), why.text);
      wrong++;
    }
    free(text);
    count++;
  }
  closedir(dir);
  assert_int_equal(wrong, 0);
  return count;
}

static void derive(road_builder *b) {
  road_derive_lanes(b);
  road_derive_conflicts(b);
  road_derive_walks(b);
  for (int i = 0; i < b->net.point_count; i++)
    if (!isfinite(b->net.points[i].x_m + b->net.points[i].y_m + b->net.points[i].s_m))
      fail_msg("point %d isn't finite", i);
}

bool broken_text_check(const char *name, const char *text, size_t size, uint32_t number,
                       broken_reader *reader) {
  road_builder b = {0};
  trouble why = {0};
  status result = reader(&b, name, text, size, &why);
  size_t length = strlen(name);
  if (result == STATUS_OK)
    derive(&b);
  else if (strncmp(why.text, name, length) != 0 || why.text[length] != ':')
    fail_msg("%u: %s", number, why.text);
  road_builder_free(&b);
  return result == STATUS_OK;
}
