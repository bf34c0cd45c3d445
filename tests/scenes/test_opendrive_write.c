// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// What the writer says, looked at with libxml2 itself; tests/python/test_opendrive.py has
// SUMO's opinion.
#include "scenes/opendrive_write.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>

#include "scenes/opendrive_writer.h"
#include "with_places.h"

static char *write_text(const scene *s, size_t *size) {
  char *text = NULL;
  trouble why = {0};
  if (opendrive_write(&s->roads, "a <town> & \"more\"", &text, size, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  return text;
}

static void equal_networks_give_equal_bytes(void **state) {
  (void)state;
  for (int n = 0; n < 6; n++) {
    scene *a = places_build(n), *b = places_build(n);
    size_t sizes[2];
    char *texts[2] = {write_text(a, &sizes[0]), write_text(b, &sizes[1])};
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(texts[0], texts[1], sizes[0]);
    assert_null(strstr(texts[0], "\"-0\""));
    free(texts[0]);
    free(texts[1]);
    scene_destroy(a);
    scene_destroy(b);
  }
}

static void numbers_are_the_shortest_that_read_back(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } cases[] = {{-0.0, "0"}, {-5e-324, "0"},        {0.1, "0.1"},
               {3, "3"},    {-2.5e-7, "-2.5e-07"}, {1.0 / 3, "0.3333333333333333"}};
  char text[OPENDRIVE_NUMBER];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    opendrive_number_text(cases[i].value, text);
    assert_string_equal(text, cases[i].text);
  }
  for (uint32_t n = 0; n < 5000; n++) {
    rng r = rng_at(8, RNG_TEST, 0, n, 0);
    double value = rng_normal(&r, 0, 1) * exp(rng_uniform(&r, -60, 60));
    opendrive_number_text(value, text);
    assert_true(strtod(text, NULL) == value);
  }
}

static int count(xmlNode *at, const char *name) {
  int found = 0;
  for (; at; at = at->next)
    if (at->type == XML_ELEMENT_NODE)
      found += (strcmp((const char *)at->name, name) == 0) + count(at->children, name);
  return found;
}

static void every_part_of_the_network_is_in_the_file(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    size_t size;
    char *text = write_text(s, &size);
    xmlDoc *doc = xmlReadMemory(text, (int)size, "map.xodr", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    xmlNode *root = xmlDocGetRootElement(doc);
    assert_int_equal(count(root, "road"), net->road_count);
    assert_int_equal(count(root, "junction"), net->junction_count);
    assert_int_equal(count(root, "geometry"), net->geometry_count);
    assert_int_equal(count(root, "lane"), net->lane_count);
    assert_int_equal(count(root, "width"), net->width_count);
    assert_int_equal(count(root, "object"), net->crosswalk_count + net->bay_count);
    int inside = 0, lights = 0, lines = 0;
    for (int i = 0; i < net->path_count; i++)
      inside += net->roads[net->paths[i].road - 1].junction > 0;
    assert_int_equal(count(root, "laneLink"), inside);
    road_end(*ends)[2] = calloc((size_t)net->road_count, sizeof *ends);
    assert_non_null(ends);
    road_ends_find(net, ends);
    for (int i = 0; i < 2 * net->road_count; i++) {
      const road_end *end = &ends[i / 2][i % 2];
      lights += (end->signal > 0) + (end->left_signal > 0) + (end->walk_signal > 0);
      lines += end->stop_m > 0 && end->gives_way;
    }
    free(ends);
    assert_int_equal(lights, net->signal_count);
    assert_int_equal(count(root, "signal"), lights + lines);
    assert_int_equal(count(root, "control"), net->signal_count);
    xmlFreeDoc(doc);
    free(text);
    scene_destroy(s);
  }
}

// Least distance of a point from the road's reference line, but for 5 m around s.
static double distance_elsewhere(const road_network *net, const road *r, vec3 p, double s) {
  double least = INFINITY;
  int n = (int)ceil(r->length_m / 0.5);
  for (int i = 0; i <= n; i++) {
    double at = r->length_m * i / n;
    road_place line = road_line_at(net, r, at);
    if (fabs(at - s) > 5)
      least = fmin(least, hypot(line.x_m - p.x, line.y_m - p.y));
  }
  return least;
}

static void a_point_is_found_again_on_its_road(void **state) {
  (void)state;
  int points = 0, elsewhere = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *built = places_build(n);
    const road_network *net = &built->roads;
    for (int i = 0; i < net->road_count; i++)
      for (int k = 0; k <= 10; k++, points++) {
        const road *r = &net->roads[i];
        double s, t, wanted_s = r->length_m * k / 10, wanted_t = k % 2 ? 2 : -1.5;
        vec3 p = road_point_at(net, r, wanted_s, wanted_t);
        road_project(net, r, p.x, p.y, &s, &t);
        if (fabs(s - wanted_s) <= 1e-6 && fabs(t - wanted_t) <= 1e-6)
          continue;
        // Only a road that passes itself there may be found with its other piece, and that must
        // be as near and lead to the same point.
        vec3 q = road_point_at(net, r, s, t);
        double other = distance_elsewhere(net, r, p, wanted_s);
        elsewhere++;
        if (other > fabs(wanted_t) + 0.1 || fabs(s - wanted_s) < 5 || fabs(t) > other + 0.1 ||
            hypot(q.x - p.x, q.y - p.y) > 1e-6)
          fail_msg("scene %d road %d: (%.6f, %.6f) became (%.6f, %.6f); the other pieces of the "
                   "road are %.2f m away",
                   n, i + 1, wanted_s, wanted_t, s, t, other);
      }
    scene_destroy(built);
  }
  if (elsewhere * 1000 > points)
    fail_msg("%d of %d points were found with another piece of their road", elsewhere, points);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_networks_give_equal_bytes),
      cmocka_unit_test(numbers_are_the_shortest_that_read_back),
      cmocka_unit_test(every_part_of_the_network_is_in_the_file),
      cmocka_unit_test(a_point_is_found_again_on_its_road),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
