// SPDX-License-Identifier: Apache-2.0
#include "with_mutated_maps.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/file.h"
#include "scenes/opendrive_write.h"
#include "with_any_place.h"
#include "with_hostile_maps.h"
#include "with_mutations.h"

static const double MOST_S = 20; // of processor time for a map; sanitizers are slow

enum { MAPS = 256 };

typedef struct map_list {
  int count, good_count; // these come first
  char *texts[MAPS];
  size_t sizes[MAPS];
} map_list;

static int by_name(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_folder(map_list *list, const char *folder) {
  struct dirent **names = NULL;
  int count = scandir(folder, &names, NULL, by_name);
  assert_true(count >= 0);
  for (int i = 0; i < count; i++) {
    char path[512];
    trouble why = {0};
    snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
    if (strstr(names[i]->d_name, ".xodr") && list->count < MAPS) {
      int k = list->count++;
      assert_int_equal(file_read(path, 1 << 20, &list->texts[k], &list->sizes[k], &why), STATUS_OK);
    }
    free(names[i]);
  }
  free(names);
}

// The smallest of a few networks of each place.
static void add_places(map_list *list) {
  for (int place = 0; place < PLACE_KIND_COUNT; place++) {
    int k = list->count++;
    for (uint32_t n = 0; n < 6; n++) {
      any_place of;
      trouble why = {0};
      char *text = NULL;
      size_t size = 0;
      any_place_draw(&of, (place_kind)place, n, ANY_SMALL);
      if (any_place_build(&of, &why) != STATUS_OK)
        continue;
      assert_int_equal(opendrive_write(&of.net, "place", &text, &size, &why), STATUS_OK);
      any_place_free(&of);
      if (list->texts[k] && list->sizes[k] <= size) {
        free(text);
        continue;
      }
      free(list->texts[k]);
      list->texts[k] = text;
      list->sizes[k] = size;
    }
    assert_non_null(list->texts[k]);
  }
}

static void check(const map_list *list, uint32_t number, int counts[2]) {
  rng r = rng_at(31, RNG_TEST, 0, number, 0);
  // Three of four from a good one, as there are more broken maps.
  int from = number % 4 ? rng_below(&r, list->good_count) : rng_below(&r, list->count);
  size_t size = 0;
  char *text = mutation_of(list->texts[from], list->sizes[from], &r, &size);
  assert_non_null(text);
  trouble why = {0};
  clock_t began = clock();
  status got = hostile_map_use("damaged.xodr", text, size, &why);
  double took = (double)(clock() - began) / CLOCKS_PER_SEC;
  counts[got != STATUS_OK]++;
  bool named = strncmp(why.text, "damaged.xodr:", 13) == 0 && !strchr(why.text, '\n');
  if (took > MOST_S || (got != STATUS_OK && (got != STATUS_FORMAT || !named))) {
    FILE *out = fopen("damaged.xodr", "wb");
    if (out) {
      fwrite(text, 1, size, out);
      fclose(out);
    }
    fail_msg("map %u, left as damaged.xodr: %.1f s, %s: %s", number, took, status_name(got),
             why.text);
  }
  free(text);
}

void mutated_maps_check(uint32_t first, int count) {
  map_list *list = calloc(1, sizeof *list);
  int counts[2] = {0, 0}; // read, refused
  assert_non_null(list);
  add_places(list);
  add_folder(list, TEST_DATA_DIR "/maps");
  list->good_count = list->count;
  add_folder(list, LIBRARY_DIR);
  add_folder(list, TEST_DATA_DIR "/maps_broken");
  for (int i = 0; i < count; i++)
    check(list, first + (uint32_t)i, counts);
  for (int i = 0; i < list->count; i++)
    free(list->texts[i]);
  free(list);
  if (counts[0] < count / 8 || counts[1] < count / 8)
    fail_msg("%d maps were read and %d refused", counts[0], counts[1]);
}
