// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Virtual junctions: a side road at a main road that is one road, small maps written by hand.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/road_model.h"
#include "with_map_roads.h"

static const double PI = 3.14159265358979323846;

// How a map is written; what it says stays the same.
typedef struct form {
  bool against;        // the main road's s runs westward
  bool by_connections; // lanes' links are in <laneLink> alone
  int sections;        // of the main road
} form;

// Main road along y = 0 from x = 0 to 200, a side road to the south from (100, -10); four ways of
// radius 10 m between them, which meet the main road at x = 90 and x = 110.
static void add_way(map_writer *w, const form *f, int number) {
  static const struct {
    double x, y, heading, curvature;
    bool out, east; // of the main road; where on it
    bool eastward;  // how it runs there
  } ways[] = {{90, 0, 0, -0.1, true, false, true},
              {100, -10, PI / 2, -0.1, false, true, true},
              {110, 0, PI, 0.1, true, true, false},
              {100, -10, PI / 2, 0.1, false, false, false}};
  double x = ways[number].east ? 110 : 90, s = f->against ? 200 - x : x;
  bool along = ways[number].eastward != f->against;
  char main_road[128], links[400], lanes[128] = "";
  snprintf(main_road, sizeof main_road,
           "elementType='road' elementId='main' elementS='%g' elementDir='%s'", s,
           along ? "+" : "-");
  static const char side[] = "elementType='road' elementId='side' contactPoint='start'";
  bool out = ways[number].out;
  snprintf(links, sizeof links, "<predecessor %s/><successor %s/>", out ? main_road : side,
           out ? side : main_road);
  int before = out ? (along ? -1 : 1) : 1, after = out ? -1 : along ? -1 : 1;
  if (!f->by_connections)
    snprintf(lanes, sizeof lanes, "<link><predecessor id='%d'/><successor id='%d'/></link>", before,
             after);
  map_add(
      w,
      "<road id='way%d' length='%.17g' junction='V'><link>%s</link><planView><geometry s='0' "
      "x='%g' y='%g' hdg='%.17g' length='%.17g'><arc curvature='%g'/></geometry></planView><lanes>"
      "<laneSection s='0'><center><lane id='0' type='none'/></center><right><lane id='-1' "
      "type='driving'>%s<width sOffset='0' a='3.5' b='0' c='0' d='0'/></lane></right></laneSection>"
      "</lanes></road>\n",
      number, 5 * PI, links, ways[number].x, ways[number].y, ways[number].heading, 5 * PI,
      ways[number].curvature, lanes);
}

static void add_connections(map_writer *w, const form *f) {
  for (int i = 0; i < 4; i++) {
    bool out = i % 2 == 0, along = (i < 2) != f->against;
    int from = out ? (along ? -1 : 1) : 1, to = out ? -1 : along ? -1 : 1;
    map_add(w,
            "<connection id='%d' incomingRoad='%s' connectingRoad='way%d' contactPoint='start'>"
            "<laneLink from='%d' to='-1'/></connection>",
            2 * i, out ? "main" : "side", i, from);
    if (f->by_connections)
      map_add(w,
              "<connection id='%d' incomingRoad='%s' connectingRoad='way%d' contactPoint='end'>"
              "<laneLink from='%d' to='-1'/></connection>",
              2 * i + 1, out ? "side" : "main", i, to);
  }
}

static void add_roads(map_writer *w, const form *f) {
  map_add_road(w, &(map_shape){.id = "main",
                               .links = "",
                               .lanes = "d0d",
                               .x_m = f->against ? 200 : 0,
                               .heading_rad = f->against ? PI : 0,
                               .length_m = 200,
                               .sections = f->sections,
                               .linked = f->sections > 1});
  map_add_road(w, &(map_shape){.id = "side",
                               .links = "<predecessor elementType='junction' elementId='V'/>",
                               .lanes = "d0d",
                               .x_m = 100,
                               .y_m = -10,
                               .heading_rad = -PI / 2,
                               .length_m = 90});
}

static read_map read_form(const form *f, const char *junction, const char *more) {
  map_writer w = {0};
  add_roads(&w, f);
  for (int i = 0; i < 4; i++)
    add_way(&w, f, i);
  map_add(&w, "<junction id='V' type='virtual' %s>", junction);
  add_connections(&w, f);
  map_add(&w, "</junction>%s", more);
  return map_from_roads(w.text);
}

// Beginnings and ends of the lanes that lead to the junction and away from it.
static const double in[3][2] = {{5, -1.75}, {195, 1.75}, {101.75, -95}};
static const double out[3][2] = {{5, 1.75}, {195, -1.75}, {98.25, -95}};

static void a_main_road_is_cut_and_side_roads_join_it(void **state) {
  (void)state;
  for (int k = 0; k < 12; k++) {
    form f = {.against = k & 1, .by_connections = k & 2, .sections = k / 4 == 2 ? 20 : 1 + k / 4};
    read_map map = read_form(&f, "mainRoad='main' sStart='90' sEnd='110' orientation='none'", "");
    const road_network *net = &map.net;
    assert_int_equal(net->remark_count, 0);
    for (int a = 0; a < 3; a++)
      for (int z = 0; z < 3; z++)
        if (map_leads(net, in[a][0], in[a][1], out[z][0], out[z][1]) != (a != z))
          fail_msg("form %d: from arm %d to arm %d", k, a, z);
    assert_int_equal(net->junction_count, 1);
    assert_int_equal(net->junctions[0].kind, JUNCTION_PRIORITY);
    assert_int_equal(net->junctions[0].end_count, 3);
    assert_true(net->junctions[0].outline_count > 4);
    // Who goes straight on goes first, then who turns off; the side road gives way.
    const lane_path *through = &net->paths[lane_nearest(net, 95, 1.75, NULL, NULL) - 1];
    assert_int_equal(through->junction, 1);
    assert_int_equal(through->turn, TURN_STRAIGHT);
    int yielding = 0;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      if (!lane->junction)
        continue;
      assert_true(lane->priority <= through->priority);
      for (int c = 0; c < lane->conflict_count; c++)
        yielding += net->conflicts[lane->conflict_first + c].yields;
    }
    assert_true(yielding > 2);
    assert_int_equal(through->conflict_count > 0, true);
    for (int c = 0; c < through->conflict_count; c++)
      assert_false(net->conflicts[through->conflict_first + c].yields);
    map_assert_sound(net);
    map_assert_same_again(net);
    map_free(&map);
  }
}

static void what_a_virtual_junction_cannot_be_is_named(void **state) {
  (void)state;
  static const struct {
    const char *junction, *more, *remark;
    int count;
  } cases[] = {
      {"mainRoad='main' sStart='80' sEnd='120'", "",
       "a road that joins another inside of it, but for the ends of a virtual junction, ends in "
       "the open",
       4},
      {"mainRoad='main' sStart='90' sEnd='115'", "",
       "a road that joins another inside of it, but for the ends of a virtual junction, ends in "
       "the open",
       2},
      {"mainRoad='main' sStart='0' sEnd='110'", "",
       "a virtual junction less than 1 m long, or as near to another junction, is left out", 1},
      {"mainRoad='main' sStart='90' sEnd='90.5'", "",
       "a virtual junction less than 1 m long, or as near to another junction, is left out", 1},
      {"mainRoad='main' sStart='90' sEnd='110'",
       "<junction id='W' type='virtual' mainRoad='main' sStart='105' sEnd='140'><connection id='0' "
       "incomingRoad='main' connectingRoad='way0' contactPoint='start'/></junction>",
       "a virtual junction less than 1 m long, or as near to another junction, is left out", 1},
      {"mainRoad='main' sStart='90' sEnd='110'",
       "<junction id='W' type='virtual' mainRoad='main' sStart='140' sEnd='150'/>",
       "a virtual junction without connecting roads is left out", 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    form f = {.sections = 1};
    read_map map = read_form(&f, cases[i].junction, cases[i].more);
    assert_int_equal(map_remarks(&map, cases[i].remark, 0), cases[i].count);
    // Who drives straight on does so whatever becomes of the junction.
    assert_true(map_leads(&map.net, 5, -1.75, 195, -1.75));
    assert_true(map_leads(&map.net, 195, 1.75, 5, 1.75));
    map_assert_same_again(&map.net);
    map_free(&map);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_main_road_is_cut_and_side_roads_join_it),
      cmocka_unit_test(what_a_virtual_junction_cannot_be_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
