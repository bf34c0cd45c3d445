// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Direct junctions: roads that join without connecting roads, small maps written by hand.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/road_model.h"
#include "with_map_roads.h"
#include "with_network.h"

static const double PI = 3.14159265358979323846;

#define LINK(from, to) "<laneLink from='" from "' to='" to "'/>"

// A motorway's carriageway along y = 0 from x = 0: three lanes up to x = 200, of which the outer
// one leaves as a ramp that bends to the right.
static void add_exit_roads(map_writer *w) {
  map_add_road(
      w, &(map_shape){.id = "trunk", .links = TO_JUNCTION, .lanes = "m0ddds", .length_m = 200});
  map_add_road(
      w, &(map_shape){
             .id = "on", .links = FROM_JUNCTION, .lanes = "m0dd", .x_m = 200, .length_m = 150});
  map_add_road(w, &(map_shape){.id = "ramp",
                               .links = FROM_JUNCTION,
                               .lanes = "0ds",
                               .x_m = 200,
                               .y_m = -2 * LANE_M,
                               .length_m = 80,
                               .curvature_pm = -0.01});
}

static read_map read_exit(const char *junction) {
  map_writer w = {0};
  add_exit_roads(&w);
  map_add(&w, "%s", junction);
  return map_from_roads(w.text);
}

#define EXIT                                                                                       \
  "<junction id='J' type='direct'>\n<connection id='0' incomingRoad='trunk' linkedRoad='on' "      \
  "contactPoint='start'>" LINK("1", "1") LINK("-1", "-1")                                          \
      LINK("-2", "-2") "</connection>\n<connection id='1' incomingRoad='trunk' "                   \
                       "linkedRoad='ramp' contactPoint='start'>" LINK("-3", "-1") "</connection>"  \
                                                                                  "</junction>"

// Where the ramp's lane is after its whole length.
static void ramp_end(double *x, double *y) {
  *x = 200 + (100 - 1.75) * sin(0.8);
  *y = -7 - 100 + (100 - 1.75) * cos(0.8);
}

static const lane_path *lane_near(const road_network *net, double x, double y) {
  int id = lane_nearest(net, x, y, NULL, NULL);
  assert_true(id > 0);
  return &net->paths[id - 1];
}

static void an_exit_divides_the_last_metres_of_its_road(void **state) {
  (void)state;
  read_map map = read_exit(EXIT);
  const road_network *net = &map.net;
  double x, y;
  ramp_end(&x, &y);
  assert_int_equal(net->remark_count, 0);
  assert_int_equal(net->junctions[0].kind, JUNCTION_FORK);
  assert_true(map_leads(net, 10, -1.75, 340, -1.75));
  assert_true(map_leads(net, 10, -5.25, 340, -5.25));
  assert_true(map_leads(net, 10, -8.75, x, y));
  assert_false(map_leads(net, 10, -8.75, 340, -5.25));
  assert_false(map_leads(net, 10, -5.25, x, y));
  // Six metres of connecting roads; the shoulder and the median go with the lanes beside them.
  const lane_path *on = lane_near(net, 197, -5.25), *off = lane_near(net, 197, -8.75);
  const road *roads[2] = {&net->roads[on->road - 1], &net->roads[off->road - 1]};
  assert_ptr_not_equal(roads[0], roads[1]);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(roads[i]->junction, 1);
    assert_true(fabs(roads[i]->length_m - 6) < 1e-9);
    assert_int_equal(roads[i]->section_count, 1);
  }
  assert_int_equal(net->sections[roads[0]->section_first].lane_count, 4);
  assert_int_equal(net->sections[roads[1]->section_first].lane_count, 3);
  assert_int_equal(off->turn, TURN_RIGHT);
  assert_int_equal(on->turn, TURN_STRAIGHT);
  assert_true(fabs(road_lane_outer_t(net, roads[1], 0, -2, 3) + 14) < 1e-9);
  map_assert_sound(net);
  map_assert_same_again(net);
  map_free(&map);
}

// Two roads merge into one: the junction's links may be written from either side, with the roads'
// s along the traffic or against it.
static void an_entry_joins_however_it_is_written(void **state) {
  (void)state;
  static const char *const lanes[2][2] = {{"0dd", "0d"}, {"dd0", "d0"}};
  for (int form = 0; form < 4; form++) {
    bool against = form & 1, swapped = form & 2;
    map_writer w = {0};
    // The ramp comes round from the right and ends at (100, -7), beside the road that goes on.
    double turn = 0.8, x = 100 - 100 * sin(turn), y = -7 - 100 + 100 * cos(turn);
    map_add_road(&w, &(map_shape){.id = "main",
                                  .links = against ? FROM_JUNCTION : TO_JUNCTION,
                                  .lanes = lanes[against][0],
                                  .x_m = against ? 100 : 0,
                                  .heading_rad = against ? PI : 0,
                                  .length_m = 100});
    if (against)
      map_add_road(&w, &(map_shape){.id = "ramp",
                                    .links = FROM_JUNCTION,
                                    .lanes = "d0",
                                    .x_m = 100,
                                    .y_m = -7,
                                    .heading_rad = PI,
                                    .length_m = 80,
                                    .curvature_pm = 0.01});
    else
      map_add_road(&w, &(map_shape){.id = "ramp",
                                    .links = TO_JUNCTION,
                                    .lanes = "0d",
                                    .x_m = x,
                                    .y_m = y,
                                    .heading_rad = turn,
                                    .length_m = 80,
                                    .curvature_pm = -0.01});
    map_add_road(
        &w,
        &(map_shape){
            .id = "after", .links = FROM_JUNCTION, .lanes = "0ddds", .x_m = 100, .length_m = 120});
    const char *contact = against ? "start" : "end", *sign = against ? "" : "-";
    map_add(&w, "<junction id='J' type='direct'>");
    const char *const names[2] = {"main", "ramp"};
    for (int i = 0; i < 2; i++) {
      if (swapped)
        map_add(&w, "<connection id='%d' incomingRoad='after' linkedRoad='%s' contactPoint='%s'>",
                i, names[i], contact);
      else
        map_add(&w,
                "<connection id='%d' incomingRoad='%s' linkedRoad='after' contactPoint='start'>", i,
                names[i]);
      for (int k = 1; k <= 2 - i; k++)
        if (swapped)
          map_add(&w, "<laneLink from='-%d' to='%s%d'/>", i == 0 ? k : 3, sign, k);
        else
          map_add(&w, "<laneLink from='%s%d' to='-%d'/>", sign, k, i == 0 ? k : 3);
      map_add(&w, "</connection>");
    }
    map_add(&w, "</junction>");
    read_map map = map_from_roads(w.text);
    const road_network *net = &map.net;
    assert_int_equal(net->remark_count, 0);
    x = 100 - 98.25 * sin(turn - 0.05), y = -107 + 98.25 * cos(turn - 0.05);
    assert_true(map_leads(net, 10, -1.75, 210, -1.75));
    assert_true(map_leads(net, 10, -5.25, 210, -5.25));
    assert_true(map_leads(net, x, y, 210, -8.75));
    assert_false(map_leads(net, x, y, 210, -5.25));
    const road *way = &net->roads[lane_near(net, 103, -8.75)->road - 1];
    assert_int_equal(way->junction, 1);
    assert_true(fabs(way->length_m - 6) < 1e-9);
    map_assert_sound(net);
    map_assert_same_again(net);
    map_free(&map);
  }
}

// A road with both directions divides to the left, on a curve, with lanes that get wider, a lane
// offset, superelevation and slope: ends still join.
static void lanes_join_where_nothing_is_straight(void **state) {
  (void)state;
  for (int left_hand = 0; left_hand < 2; left_hand++) {
    map_writer w = {0};
    double turn = 0.002 * 100, x = sin(turn) / 0.002, y = (1 - cos(turn)) / 0.002;
    const char *more = "<laneOffset s='0' a='0.5' b='0.004' c='0' d='0'/>"
                       "<laneOffset s='90' a='0.86' b='0.004' c='-0.0002' d='0'/>";
    const char *rule = left_hand ? " rule='LHT'" : "";
    double offset = 0.88, inner = 3.475;
    map_add(&w,
            "<road id='trunk' length='100' junction='-1'%s><link>" TO_JUNCTION "</link><planView>"
            "<geometry s='0' x='0' y='0' hdg='0' length='100'><arc curvature='0.002'/></geometry>"
            "</planView><elevationProfile><elevation s='0' a='5' b='0.03' c='0' d='0'/>"
            "</elevationProfile><lateralProfile><superelevation s='0' a='0.04' b='0' c='0' d='0'/>"
            "</lateralProfile><lanes>%s<laneSection s='0'><left>"
            "<lane id='2' type='driving'><width sOffset='0' a='3.5' b='0' c='0' d='0'/></lane>"
            "<lane id='1' type='driving'><width sOffset='0' a='3' b='0.005' c='0' d='0'/>"
            "<width sOffset='90' a='3.45' b='0.005' c='-0.00025' d='0'/></lane>"
            "</left><center><lane id='0' type='none'/></center><right>"
            "<lane id='-1' type='driving'><width sOffset='0' a='3.5' b='0' c='0' d='0'/></lane>"
            "<lane id='-2' type='shoulder'><width sOffset='0' a='1' b='0' c='0' d='0'/></lane>"
            "</right></laneSection></lanes></road>",
            rule, more);
    // What goes on has the trunk's middle; the other begins at the outer border of its lane 1.
    for (int i = 0; i < 2; i++) {
      double t = offset + (i ? inner : 0);
      double px = x - t * cos(0.04) * sin(turn), py = y + t * cos(0.04) * cos(turn);
      map_add(&w,
              "<road id='%s' length='60' junction='-1'%s><link>" FROM_JUNCTION "</link><planView>"
              "<geometry s='0' x='%.17g' y='%.17g' hdg='%.17g' length='60'><arc curvature='%g'/>"
              "</geometry></planView><elevationProfile><elevation s='0' a='%.17g' b='0.03' c='0' "
              "d='0'/></elevationProfile><lateralProfile><superelevation s='0' a='0.04' b='0' "
              "c='0' d='0'/></lateralProfile><lanes><laneSection s='0'>",
              i ? "off" : "on", rule, px, py, turn, i ? 0.01 : 0.002, 8 + t * sin(0.04));
      map_add(&w,
              "<left><lane id='1' type='driving'><width sOffset='0' a='%g' b='0' c='0' d='0'/>"
              "</lane></left><center><lane id='0' type='none'/></center>",
              i ? 3.5 : inner);
      if (!i)
        map_add(&w, "<right><lane id='-1' type='driving'><width sOffset='0' a='3.5' b='0' c='0' "
                    "d='0'/></lane><lane id='-2' type='shoulder'><width sOffset='0' a='1' b='0' "
                    "c='0' d='0'/></lane></right>");
      map_add(&w, "</laneSection></lanes></road>");
    }
    map_add(&w,
            "<junction id='J' type='direct'>"
            "<connection id='0' incomingRoad='trunk' linkedRoad='on' contactPoint='start'>" LINK(
                "1", "1") LINK("-1", "-1")
                LINK("-2", "-2") "</connection>"
                                 "<connection id='1' incomingRoad='trunk' linkedRoad='off' "
                                 "contactPoint='start'>" LINK("2", "1") "</connection></junction>");
    read_map map = map_from_roads(w.text);
    assert_int_equal(map.net.remark_count, 0);
    int joins = 0;
    for (int i = 0; i < map.net.path_count; i++) {
      const lane_path *lane = &map.net.paths[i];
      for (int k = 0; k < lane->next_count; k++, joins++) {
        const road_point *end = &network_points(&map.net, lane)[lane->point_count - 1];
        const road_point *begin = network_points(&map.net, network_next(&map.net, lane, k));
        double gap = hypot(end->x_m - begin->x_m, end->y_m - begin->y_m);
        double step = fabs(end->z_m - begin->z_m);
        double turned = fabs(angle_wrap(end->heading_rad - begin->heading_rad));
        if (!(gap < 1e-3 && step < 1e-3 && turned < 1e-3))
          fail_msg("lane %d to its successor: %.6f m aside, %.6f m down, %.6f rad", lane->id, gap,
                   step, turned);
      }
    }
    assert_int_equal(joins, 6); // three lanes onto connecting roads and off them
    map_free(&map);
  }
}

// One lane that leads to two roads, and two roads that each lead to the same two.
static void lanes_may_lead_to_several_roads(void **state) {
  (void)state;
  map_writer w = {0};
  map_add_road(&w, &(map_shape){.id = "a", .links = TO_JUNCTION, .lanes = "0dds", .length_m = 100});
  map_add_road(
      &w,
      &(map_shape){
          .id = "b", .links = TO_JUNCTION, .lanes = "0d", .x_m = 0, .y_m = -3.5, .length_m = 100});
  map_add_road(&w, &(map_shape){.id = "c",
                                .links = FROM_JUNCTION,
                                .lanes = "0d",
                                .x_m = 100,
                                .length_m = 100,
                                .curvature_pm = 0.01});
  map_add_road(&w, &(map_shape){.id = "d",
                                .links = FROM_JUNCTION,
                                .lanes = "0d",
                                .x_m = 100,
                                .y_m = -3.5,
                                .length_m = 100,
                                .curvature_pm = -0.01});
  map_add_road(&w, &(map_shape){.id = "e",
                                .links = FROM_JUNCTION,
                                .lanes = "0d",
                                .x_m = 100,
                                .y_m = -3.5,
                                .length_m = 100,
                                .curvature_pm = -0.02});
  map_add(&w, "<junction id='J' type='direct'>");
  static const char *const links[][4] = {{"a", "c", "-1", "-1"},
                                         {"a", "d", "-2", "-1"},
                                         {"a", "e", "-2", "-1"},
                                         {"b", "d", "-1", "-1"}};
  for (int i = 0; i < 4; i++)
    map_add(&w,
            "<connection id='%d' incomingRoad='%s' linkedRoad='%s' contactPoint='start'>"
            "<laneLink from='%s' to='%s'/></connection>",
            i, links[i][0], links[i][1], links[i][2], links[i][3]);
  map_add(&w, "</junction>");
  read_map map = map_from_roads(w.text);
  const road_network *net = &map.net;
  assert_int_equal(net->remark_count, 0);
  int first_b = 0;
  for (int i = 0; i < net->path_count; i++) // lane of road b: the second that begins at x = 0 there
    if (fabs(network_points(net, &net->paths[i])->x_m) < 1e-9 &&
        fabs(network_points(net, &net->paths[i])->y_m + 5.25) < 1e-9)
      first_b = net->paths[i].id;
  assert_int_equal(network_next(net, &net->paths[first_b - 1], 0)->next_count, 1);
  // Road a's outer lane leads to two connecting roads.
  int forks = 0;
  for (int i = 0; i < net->path_count; i++)
    forks += net->paths[i].next_count == 2;
  assert_int_equal(forks, 1);
  assert_true(map_leads(net, 10, -1.75, 100 + 101.75 * sin(0.9), 100 - 101.75 * cos(0.9)));
  map_assert_sound(net);
  map_free(&map);
}

static void what_makes_no_fork_is_named(void **state) {
  (void)state;
  static const struct {
    const char *junction, *remark;
  } cases[] = {
      {"<junction id='J' type='direct'>\n<connection id='0' incomingRoad='trunk' "
       "connectingRoad='on'/></junction>",
       "a <connection> of a direct junction without a linked road is left out"},
      {"<junction id='J' type='direct'>\n<connection id='0' incomingRoad='trunk' linkedRoad='on' "
       "contactPoint='end'/></junction>",
       "a <connection> of a road that doesn't lead to its junction is left out"},
      {"<junction id='J' type='direct'>\n<connection id='0' incomingRoad='trunk' linkedRoad='on' "
       "contactPoint='start'/></junction>",
       "a direct junction that links no lanes of a road ends it"},
      {"<junction id='J' type='direct'>\n<connection id='0' incomingRoad='trunk' linkedRoad='on' "
       "contactPoint='start'>" LINK("-1", "-1") "</connection></junction>",
       "a driving lane that a direct junction doesn't link ends there"},
      {"<junction id='J' type='direct'>\n<connection id='0' incomingRoad='trunk' linkedRoad='ramp' "
       "contactPoint='start'>" LINK("-2", "-1") "</connection></junction>",
       "lanes that a direct junction links are apart"},
      {"<junction id='J' type='direct'>\n<connection id='0' incomingRoad='trunk' linkedRoad='on' "
       "contactPoint='start'>" LINK("-2", "-1") LINK("-2", "-2") "</connection></junction>",
       "a second <laneLink> of a lane to the same road is left out"},
      {"<junction id='J' type='direct'>\n<connection id='0' incomingRoad='trunk' linkedRoad='on' "
       "contactPoint='start'/><connection id='1' incomingRoad='on' linkedRoad='ramp' "
       "contactPoint='start'/><connection id='2' incomingRoad='ramp' linkedRoad='trunk' "
       "contactPoint='end'/></junction>",
       "a <connection> of roads that each lead on to both is left out"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    read_map map = read_exit(cases[i].junction);
    if (!map_remarks(&map, cases[i].remark, 7))
      fail_msg("not remarked: %s", cases[i].remark);
    map_assert_same_again(&map.net);
    map_free(&map);
  }
}

// Lanes that run towards each other: the ramp is driven the wrong way.
static void lanes_driven_towards_each_other_are_not_linked(void **state) {
  (void)state;
  map_writer w = {0};
  map_add_road(&w, &(map_shape){.id = "a", .links = TO_JUNCTION, .lanes = "0d", .length_m = 100});
  map_add_road(
      &w,
      &(map_shape){.id = "b", .links = FROM_JUNCTION, .lanes = "d0", .x_m = 100, .length_m = 100});
  map_add(&w, "<junction id='J' type='direct'><connection id='0' incomingRoad='a' linkedRoad='b' "
              "contactPoint='start'>" LINK("-1", "1") "</connection></junction>");
  read_map map = map_from_roads(w.text);
  assert_int_equal(
      map_remarks(&map, "a <laneLink> of lanes that are driven towards each other is left out", 0),
      1);
  assert_false(map_leads(&map.net, 10, -1.75, 190, 1.75));
  assert_false(map_leads(&map.net, 190, 1.75, 10, -1.75));
  map_free(&map);
}

// Sections shorter than a fork give a third of themselves; a road between two forks loses both
// its ends.
static void short_roads_fork_in_what_they_have(void **state) {
  (void)state;
  for (int k = 0; k < 3; k++) {
    static const double lengths[3] = {9, 1, 0.3};
    double length = lengths[k];
    map_writer w = {0};
    map_add_road(&w, &(map_shape){.id = "a",
                                  .links = "<successor elementType='junction' elementId='I'/>",
                                  .lanes = "0d",
                                  .x_m = -50,
                                  .length_m = 50});
    map_add_road(
        &w, &(map_shape){.id = "b",
                         .links = "<predecessor elementType='junction' elementId='I'/>" TO_JUNCTION,
                         .lanes = "0d",
                         .length_m = length});
    map_add_road(
        &w, &(map_shape){
                .id = "c", .links = FROM_JUNCTION, .lanes = "0d", .x_m = length, .length_m = 50});
    map_add(&w, "<junction id='I' type='direct'><connection id='0' incomingRoad='b' linkedRoad='a' "
                "contactPoint='end'>" LINK("-1", "-1") "</connection></junction>");
    map_add(&w, "<junction id='J' type='direct'><connection id='0' incomingRoad='b' linkedRoad='c' "
                "contactPoint='start'>" LINK("-1", "-1") "</connection></junction>");
    read_map map = map_from_roads(w.text);
    if (k == 2) {
      assert_int_equal(
          map_remarks(&map, "a <connection> at a lane section shorter than 0.5 m is left out", 0),
          2);
      assert_false(map_leads(&map.net, -40, -1.75, 40, -1.75));
    } else {
      assert_true(map_leads(&map.net, -40, -1.75, 40, -1.75));
      const road *way = &map.net.roads[lane_near(&map.net, length / 6, -1.75)->road - 1];
      assert_true(fabs(way->length_m - length / 3) < 1e-9);
      map_assert_sound(&map.net);
    }
    map_free(&map);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_exit_divides_the_last_metres_of_its_road),
      cmocka_unit_test(an_entry_joins_however_it_is_written),
      cmocka_unit_test(lanes_join_where_nothing_is_straight),
      cmocka_unit_test(lanes_may_lead_to_several_roads),
      cmocka_unit_test(what_makes_no_fork_is_named),
      cmocka_unit_test(lanes_driven_towards_each_other_are_not_linked),
      cmocka_unit_test(short_roads_fork_in_what_they_have),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
