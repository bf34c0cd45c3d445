// SPDX-License-Identifier: Apache-2.0
// labels: unit
#include "scenes/road_svg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>

#include "scenes/road_model.h"
#include "with_places.h"

static char *draw(int number, size_t *size) {
  scene *s = places_build(number);
  char *text = NULL;
  trouble why = {0};
  if (road_svg(&s->roads, "a <town> & more", &text, size, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  scene_destroy(s);
  return text;
}

static int count(const char *text, const char *what) {
  int found = 0;
  for (; (text = strstr(text, what)); text += strlen(what))
    found++;
  return found;
}

static void the_picture_is_xml_and_the_same_every_time(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    size_t sizes[2];
    char *texts[2] = {draw(n, &sizes[0]), draw(n, &sizes[1])};
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(texts[0], texts[1], sizes[0]);
    assert_null(strstr(texts[0], "nan"));
    assert_null(strstr(texts[0], "inf"));
    xmlDoc *doc = xmlReadMemory(texts[0], (int)sizes[0], "roads.svg", NULL, XML_PARSE_NONET);
    if (!doc)
      fail_msg("scene %d: the picture isn't XML", n);
    xmlFreeDoc(doc);
    free(texts[0]);
    free(texts[1]);
  }
}

static void everything_on_the_roads_is_in_the_picture(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    size_t size;
    char *text = draw(n, &size);
    int yields = 0;
    for (int i = 0; i < s->roads.path_count; i++)
      for (int k = 0; k < s->roads.paths[i].conflict_count; k++) {
        const lane_conflict *c = &s->roads.conflicts[s->roads.paths[i].conflict_first + k];
        char words[64];
        snprintf(words, sizeof words, "lane %d gives way to lane %d<", i + 1, c->other);
        assert_int_equal(count(text, words), c->yields);
        yields += c->yields;
      }
    assert_int_equal(count(text, "<title>lane ") - yields, s->roads.path_count);
    assert_int_equal(count(text, "gives way to lane"), yields);
    assert_int_equal(count(text, "<title>crosswalk "), s->roads.crosswalk_count);
    assert_int_equal(count(text, "<title>signal "), s->roads.signal_count);
    free(text);
    scene_destroy(s);
  }
}

static int chevrons_of(const road_network *net) {
  int found = 0;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    for (int k = 0; k < net->sections[r->section_first].lane_count; k++) {
      const road_lane *lane = &net->lanes[net->sections[r->section_first].lane_first + k];
      road_chevron c;
      for (int n = 0; road_is_gore(net, r, 0, lane) && road_chevron_lay(net, r, 0, lane, n, &c);
           n++)
        found++;
    }
  }
  return found;
}

static void chevrons_are_in_the_picture(void **state) {
  (void)state;
  int all = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    size_t size;
    char *text = draw(n, &size);
    int there = chevrons_of(&s->roads);
    assert_int_equal(count(text, "<path class=\"zebra\""), there);
    all += there;
    free(text);
    scene_destroy(s);
  }
  assert_true(all > 100);
}

static void no_roads_are_an_empty_picture(void **state) {
  (void)state;
  road_network none = {0};
  char *text = NULL;
  size_t size = 0;
  trouble why = {0};
  assert_int_equal(road_svg(&none, "nothing", &text, &size, &why), STATUS_OK);
  assert_non_null(strstr(text, "</svg>"));
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_picture_is_xml_and_the_same_every_time),
      cmocka_unit_test(everything_on_the_roads_is_in_the_picture),
      cmocka_unit_test(chevrons_are_in_the_picture),
      cmocka_unit_test(no_roads_are_an_empty_picture),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
