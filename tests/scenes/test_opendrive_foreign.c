// SPDX-License-Identifier: Apache-2.0
// labels: unit
// What other programs write: shapes, borders, sections, offsets, junctions, signals, and what
// is only remarked on.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/opendrive_write.h"
#include "with_maps.h"

#define WIDTH(w) "<width sOffset='0' a='" w "' b='0' c='0' d='0'/>"

static void assert_near(const char *what, double got, double wanted, double limit) {
  if (!(fabs(got - wanted) <= limit))
    fail_msg("%s: %.10g, wanted %.10g", what, got, wanted);
}

// The end of a road whose only piece has this shape, against a closed form.
static void assert_end(const char *shape, double length, double x, double y, double heading) {
  char plan[512];
  snprintf(plan, sizeof plan,
           "<geometry s='0' x='10' y='-5' hdg='1.5707963267948966' length='%.17g'>%s</geometry>",
           length, shape);
  char attributes[64];
  snprintf(attributes, sizeof attributes, "id='7' length='%.17g' junction='-1'", length);
  read_map map = map_from_roads(map_road_text(attributes, "", plan, TWO_LANES, ""));
  const road *r = &map.net.roads[0];
  road_place end = road_line_at(&map.net, r, r->length_m);
  // In the frame that looks north: forward is y, left is -x.
  assert_near("x", end.x_m, 10 - y, 0.01);
  assert_near("y", end.y_m, -5 + x, 0.01);
  assert_near("heading", angle_wrap(end.heading_rad - heading - 1.5707963267948966), 0, 1e-3);
  map_free(&map);
}

static void every_shape_of_reference_line_ends_where_it_should(void **state) {
  (void)state;
  assert_end("<line/>", 40, 40, 0, 0);
  assert_end("<arc curvature='0.02'/>", 50, 50 * sin(1), 50 * (1 - cos(1)), 1);
  // A clothoid's heading is half its end's curvature times its length; coordinates from the
  // series of the Fresnel integrals.
  double turn = 0.5, l = 50;
  double x = 0, y = 0, term = 1;
  for (int n = 0; n < 12; n++, term *= turn / n) {
    double sign = n % 4 < 2 ? 1 : -1;
    *(n % 2 ? &y : &x) += sign * term * l / (2 * n + 1);
  }
  assert_end("<spiral curvStart='0' curvEnd='0.02'/>", l, x, y, turn);
  // v = 0.01 u^2 up to u = 30: length from the parabola's closed form.
  double k = 0.02 * 30, reach = (k * sqrt(1 + k * k) + asinh(k)) / (2 * 0.02);
  assert_end("<poly3 a='0' b='0' c='0.01' d='0'/>", reach, 30, 9, atan(k));
  assert_end("<paramPoly3 aU='0' bU='30' cU='0' dU='0' aV='0' bV='0' cV='9' dV='0' "
             "pRange='normalized'/>",
             reach, 30, 9, atan(k));
  assert_end("<paramPoly3 aU='0' bU='1' cU='0' dU='0' aV='0' bV='0' cV='0' dV='0' "
             "pRange='arcLength'/>",
             25, 25, 0, 0);
}

static void borders_say_what_widths_say(void **state) {
  (void)state;
  static const char lanes[] =
      "<laneSection s='0'><center><lane id='0' type='none'/></center><right>"
      "<lane id='-1' type='driving'><border sOffset='0' a='-3' b='0' c='0' d='0'/>"
      "<border sOffset='40' a='-3' b='-0.01' c='0' d='0'/></lane>"
      "<lane id='-2' type='shoulder'><border sOffset='0' a='-5' b='0' c='0' d='0'/></lane>"
      "</right></laneSection>";
  read_map map = map_from_roads(
      map_road_text("id='1' length='100' junction='-1'", "", STRAIGHT_100, lanes, ""));
  const road *r = &map.net.roads[0];
  assert_near("inner", road_lane_outer_t(&map.net, r, 0, -1, 20), -3, 1e-12);
  assert_near("inner", road_lane_outer_t(&map.net, r, 0, -1, 90), -3.5, 1e-12);
  assert_near("outer", road_lane_outer_t(&map.net, r, 0, -2, 90), -5, 1e-12);
  map_free(&map);
}

static void lane_offsets_move_every_lane(void **state) {
  (void)state;
  static const char lanes[] = "<laneOffset s='0' a='0' b='0' c='0' d='0'/>"
                              "<laneOffset s='50' a='0' b='0' c='0.003' d='-0.00004'/>" TWO_LANES;
  read_map map = map_from_roads(
      map_road_text("id='1' length='100' junction='-1'", "", STRAIGHT_100, lanes, ""));
  const road *r = &map.net.roads[0];
  double offset = 0.003 * 40 * 40 - 0.00004 * 40 * 40 * 40;
  assert_near("left", road_lane_outer_t(&map.net, r, 0, 1, 90), 3.5 + offset, 1e-12);
  assert_near("right", road_edge_t(&map.net, r, 90, -1, ROAD_EDGE_OUTER), -3.5 + offset, 1e-12);
  road_point end = lane_point(&map.net, &map.net.paths[1], 1e9);
  assert_near("lane's end", end.y_m, -1.75 + 0.003 * 2500 - 0.00004 * 125000, 1e-9);
  assert_int_equal(r->geometry_count, 1);
  // And through a file of ours.
  char *text = NULL;
  size_t size = 0;
  trouble why;
  assert_int_equal(opendrive_write(&map.net, "again", &text, &size, &why), STATUS_OK);
  read_map again = map_from(text);
  assert_near("again", road_lane_outer_t(&again.net, &again.net.roads[0], 0, 1, 90), 3.5 + offset,
              1e-9);
  free(text);
  map_free(&again);
  map_free(&map);
}

// Three sections, of which the middle one is too short to be a road.
static void sections_become_roads_that_lead_on(void **state) {
  (void)state;
  static const char lanes[] =
      "<laneSection s='0'><center><lane id='0' type='none'/></center><right>"
      "<lane id='-1' type='driving'><link><successor id='-2'/></link>" WIDTH(
          "3.5") "</lane>"
                 "</right></laneSection>"
                 "<laneSection s='60'><center><lane id='0' type='none'/></center><right>"
                 "<lane id='-1' type='shoulder'>" WIDTH(
                     "1") "</lane>"
                          "<lane id='-2' type='driving'><link><predecessor id='-1'/><successor "
                          "id='-1'/></link>" WIDTH(
                              "3.5") "</lane></right></laneSection>"
                                     "<laneSection s='60.05'><center><lane id='0' "
                                     "type='none'/></center><right>"
                                     "<lane id='-1' type='driving'><link><predecessor "
                                     "id='-2'/></link>" WIDTH(
                                         "3.5") "</lane>"
                                                "<lane id='-2' type='driving'>" WIDTH(
                                                    "3") "</lane></right></laneSection>";
  read_map map = map_from_roads(
      map_road_text("id='1' length='100' junction='-1'", "", STRAIGHT_100, lanes, ""));
  assert_int_equal(map.net.road_count, 2);
  assert_near("first", map.net.roads[0].length_m, 60.05, 1e-9);
  assert_near("second", map.net.roads[1].length_m, 39.95, 1e-9);
  assert_int_equal(map.net.path_count, 3);
  assert_int_equal(map.net.paths[0].next_count, 1);
  int next = map.net.lane_links[map.net.paths[0].next_first];
  assert_int_equal(map.net.paths[next - 1].lane, -1);
  assert_int_equal(map.net.paths[next - 1].road, 2);
  road_point begin = lane_point(&map.net, &map.net.paths[next - 1], 0);
  road_point end = lane_point(&map.net, &map.net.paths[0], 1e9);
  assert_near("joint", hypot(begin.x_m - end.x_m, begin.y_m - end.y_m), 0, 1e-9);
  map_free(&map);
}

// Two sections, so two roads, and one way to walk along both on either side.
static void sidewalks_lead_on_from_section_to_section(void **state) {
  (void)state;
#define WALK(id, link)                                                                             \
  "<lane id='" id "' type='sidewalk'><link>" link "</link>" WIDTH("2") "</lane>"
#define STREET(s, more)                                                                            \
  "<laneSection s='" s "'><left>" WALK("2", "") "<lane id='1' type='driving'>" WIDTH(              \
      "3") "</lane></left><center><lane id='0' type='none'/></center><right>"                      \
           "<lane id='-1' type='driving'>" WIDTH("3") "</lane>" more "</right></laneSection>"
  read_map map =
      map_from_roads(map_road_text("id='1' length='100' junction='-1'", "", STRAIGHT_100,
                                   STREET("0", WALK("-2", "")) STREET("40", WALK("-2", "")), ""));
  const road_network *net = &map.net;
  assert_int_equal(net->road_count, 2);
  assert_int_equal(net->walk_edge_count, 4);
  assert_int_equal(net->walk_node_count, 6);
  int through = 0;
  for (int i = 0; i < net->walk_node_count; i++)
    through += net->walk_nodes[i].edge_count == 2;
  assert_int_equal(through, 2);
  for (int i = 0; i < net->walk_edge_count; i++) {
    const walk_edge *edge = &net->walk_edges[i];
    road_point a = walk_point(net, edge, 0);
    const walk_node *node = &net->walk_nodes[edge->a - 1];
    assert_near("edge's start", hypot(a.x_m - node->x_m, a.y_m - node->y_m), 0, 1e-9);
  }
  map_free(&map);
}

static void speeds_have_units(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double mps;
  } cases[] = {{"<type s='0' type='town'><speed max='50' unit='km/h'/></type>", 50 / 3.6},
               {"<type s='0' type='rural'><speed max='60' unit='mph'/></type>", 26.8224},
               {"<type s='0' type='motorway'><speed max='no limit'/></type>", 36.11},
               {"", 13.89}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    read_map map = map_from_roads(map_road_text("id='1' length='100' junction='-1'", "",
                                                STRAIGHT_100, TWO_LANES, cases[i].text));
    assert_near(cases[i].text, map.net.paths[0].speed_limit_mps, cases[i].mps, 1e-9);
    map_free(&map);
  }
}

#define LINK(which, kind, id, contact)                                                             \
  "<" which " elementType='" kind "' elementId='" id "' contactPoint='" contact "'/>"
#define LANE(id, links, width)                                                                     \
  "<lane id='" id "' type='driving'><link>" links "</link>" width "</lane>"
#define CENTRE "<center><lane id='0' type='none'/></center>"

// Two roads in line and a way between them for each direction, the second one with its s
// against its traffic.
static const char *crossing_text(const char *more_a, const char *more_j) {
  static char text[16384];
  static const char way[] = "<laneSection s='0'>" CENTRE "<right>" LANE(
      "-1", "<predecessor id='-1'/><successor id='-1'/>", WIDTH("3.5")) "</right></laneSection>";
  static const char back[] =
      "<laneSection s='0'><left>" LANE("1", "<predecessor id='1'/>", WIDTH("3.5")) "</left>" CENTRE
                                                                                   "</laneSection>";
  snprintf(
      text, sizeof text, "%s%s%s%s<junction id='J' name=''>%s%s</junction>",
      map_road_text("id='a' length='100' junction='-1'",
                    LINK("successor", "junction", "J", "start"), STRAIGHT_100, TWO_LANES, more_a),
      map_road_text(
          "id='b' length='100' junction='-1'", LINK("predecessor", "junction", "J", "start"),
          "<geometry s='0' x='120' y='0' hdg='0' length='100'><line/></geometry>", TWO_LANES, ""),
      map_road_text("id='w1' length='20' junction='J'",
                    LINK("predecessor", "road", "a", "end") LINK("successor", "road", "b", "start"),
                    "<geometry s='0' x='100' y='0' hdg='0' length='20'><line/></geometry>", way,
                    ""),
      map_road_text("id='w2' length='20' junction='J'",
                    LINK("predecessor", "road", "a", "end") LINK("successor", "road", "b", "start"),
                    "<geometry s='0' x='100' y='0' hdg='0' length='20'><line/></geometry>", back,
                    ""),
      "<connection id='0' incomingRoad='a' connectingRoad='w1' contactPoint='start'>"
      "<laneLink from='-1' to='-1'/></connection>"
      "<connection id='1' incomingRoad='b' connectingRoad='w2' contactPoint='end'>"
      "<laneLink from='1' to='1'/></connection>",
      more_j);
  return text;
}

static void ways_lead_through_a_junction_in_either_direction(void **state) {
  (void)state;
  read_map map = map_from_roads(crossing_text("", ""));
  const road_network *net = &map.net;
  int ways = 0;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *p = &net->paths[i];
    if (!p->junction)
      continue;
    ways++;
    assert_int_equal(p->previous_count, 1);
    assert_int_equal(p->next_count, 1);
    const lane_path *from = &net->paths[net->lane_links[p->previous_first] - 1];
    const lane_path *to = &net->paths[net->lane_links[p->next_first] - 1];
    assert_int_equal(from->lane, to->lane);
    road_point end = lane_point(net, from, 1e9), begin = lane_point(net, p, 0);
    assert_near("joint", hypot(end.x_m - begin.x_m, end.y_m - begin.y_m), 0, 1e-9);
  }
  assert_int_equal(ways, 2);
  assert_int_equal(net->junctions[0].kind, JUNCTION_RIGHT_BEFORE_LEFT);
  assert_true(net->junctions[0].outline_count > 4);
  map_free(&map);
}

static void lights_without_times_get_a_program(void **state) {
  (void)state;
  read_map map = map_from_roads(crossing_text(
      "<signals><signal s='98' t='-4' id='l' type='1000001' subtype='-1' country='OpenDRIVE' "
      "dynamic='yes' orientation='+' zOffset='3'/>"
      "<signal s='93' t='-2' id='line' type='294' country='DE' dynamic='no' orientation='+'/>"
      "<signal s='50' t='-4' id='v' type='274' country='DE' dynamic='no' orientation='+'/>"
      "</signals>",
      ""));
  assert_int_equal(map.net.junctions[0].kind, JUNCTION_SIGNALS);
  assert_true(map.net.junctions[0].program_count > 2);
  for (int i = 0; i < map.net.path_count; i++)
    if (map.net.paths[i].road == 1 && map.net.paths[i].lane == -1) {
      assert_true(map.net.paths[i].signal > 0);
      assert_near("stop", map.net.paths[i].stop_s_m, 92.6, 1e-9);
    }
  assert_int_equal(map_remarks(&map, "signals of type \"274\" (DE) are left out", 3), 1);
  assert_int_equal(map_remarks(&map, "lights get a two-stage program: OpenDRIVE has no times", 0),
                   1);
  map_free(&map);
}

static void a_yield_sign_makes_the_other_road_major(void **state) {
  (void)state;
  read_map map = map_from_roads(
      crossing_text("<signals><signal s='98' t='-4' id='y' type='205' country='DE' dynamic='no' "
                    "orientation='+'/></signals>",
                    ""));
  int rank[2] = {0, 0};
  for (int i = 0; i < map.net.path_count; i++)
    if (map.net.paths[i].junction)
      rank[map.net.paths[i].lane > 0] = map.net.paths[i].priority;
  assert_int_equal(map.net.junctions[0].kind, JUNCTION_PRIORITY);
  assert_true(rank[1] > rank[0] && rank[1] > 3);
  map_free(&map);
}

static void priorities_between_ways_are_kept(void **state) {
  (void)state;
  read_map map = map_from_roads(crossing_text("", "<priority high='w1' low='w2'/>"));
  int rank[2] = {0, 0};
  for (int i = 0; i < map.net.path_count; i++)
    if (map.net.paths[i].junction)
      rank[map.net.paths[i].lane > 0] = map.net.paths[i].priority;
  assert_true(rank[0] > rank[1]);
  map_free(&map);
  map = map_from_roads(
      crossing_text("", "<priority high='w1' low='w2'/><priority high='w2' low='w1'/>"));
  assert_int_equal(map_remarks(&map, "the <priority> of a junction go round in a circle", 0), 1);
  map_free(&map);
}

static void crosswalks_have_outlines_of_three_kinds(void **state) {
  (void)state;
  static const char *const objects[] = {
      "<object id='1' type='crosswalk' s='97' t='0' hdg='0' length='3' width='7'/>",
      "<object id='1' type='crosswalk' s='97' t='0' hdg='0' length='3' width='7'><outline>"
      "<cornerLocal u='-1.5' v='-3.5' z='0'/><cornerLocal u='1.5' v='-3.5' z='0'/>"
      "<cornerLocal u='1.5' v='3.5' z='0'/><cornerLocal u='-1.5' v='3.5' "
      "z='0'/></outline></object>",
      "<object id='1' type='crosswalk' s='97' t='0'><outlines><outline>"
      "<cornerRoad s='95.5' t='3.5'/><cornerRoad s='95.5' t='-3.5'/>"
      "<cornerRoad s='98.5' t='-3.5'/><cornerRoad s='98.5' "
      "t='3.5'/></outline></outlines></object>"};
  for (int k = 0; k < 3; k++) {
    char more[1024];
    snprintf(more, sizeof more, "<objects>%s</objects>", objects[k]);
    read_map map = map_from_roads(crossing_text(more, ""));
    assert_int_equal(map.net.crosswalk_count, 1);
    // Looking out of the junction (to the west): right is north.
    static const double corners[4][2] = {{98.5, 3.5}, {95.5, 3.5}, {95.5, -3.5}, {98.5, -3.5}};
    for (int i = 0; i < 4; i++) {
      assert_near("x", map.net.crosswalks[0].corners[i].x, corners[i][0], 1e-9);
      assert_near("y", map.net.crosswalks[0].corners[i].y, corners[i][1], 1e-9);
    }
    assert_int_equal(map.net.crossing_count, 2);
    assert_near("near", map.net.crossings[0].end_s_m - map.net.crossings[0].begin_s_m, 3, 1e-9);
    map_free(&map);
  }
}

// Two carriageways of one street have the same heading; going round the junction the right
// one comes first, whichever the file has first and on which side of pi its heading lies.
static void carriageways_of_a_street_are_met_in_their_order(void **state) {
  (void)state;
  static const char one_way[] =
      "<laneSection s='0'>" CENTRE "<right>" LANE("-1", "", WIDTH("3.5")) "</right></laneSection>";
  static const char *const headings[2] = {"3.1414", "-3.1414"};
  for (int k = 0; k < 2; k++) {
    char text[8192], out[128];
    snprintf(out, sizeof out,
             "<geometry s='0' x='100' y='2' hdg='%s' length='100'><line/></geometry>", headings[k]);
    snprintf(text, sizeof text, "%s%s%s<junction id='J'/>",
             map_road_text("id='in' length='100' junction='-1'",
                           LINK("successor", "junction", "J", ""),
                           "<geometry s='0' x='0' y='-2' hdg='0' length='100'><line/></geometry>",
                           one_way, ""),
             map_road_text("id='out' length='100' junction='-1'",
                           LINK("predecessor", "junction", "J", ""), out, one_way, ""),
             map_road_text("id='on' length='100' junction='-1'",
                           LINK("predecessor", "junction", "J", ""),
                           "<geometry s='0' x='120' y='0' hdg='0' length='100'><line/></geometry>",
                           TWO_LANES, ""));
    read_map map = map_from_roads(text);
    road_arm arms[ROAD_ARMS];
    int count = road_junction_arms(&map.net, &map.net.junctions[0], arms), at = 0;
    assert_int_equal(count, 3);
    while (arms[at].road != 2)
      at++;
    assert_int_equal(arms[(at + 1) % 3].road, 1);
    map_free(&map);
  }
}

static void a_map_far_from_its_origin_is_moved(void **state) {
  (void)state;
  static const char far[] = "<geometry s='0' x='601400' y='5650200.25' hdg='0' length='100'>"
                            "<line/></geometry>";
  read_map map =
      map_from_roads(map_road_text("id='1' length='100' junction='-1'", "", far, TWO_LANES, ""));
  road_place begin = road_line_at(&map.net, &map.net.roads[0], 0);
  assert_near("x", begin.x_m, 400, 1e-6);
  assert_near("y", begin.y_m, 200.25, 1e-6);
  assert_int_equal(
      map_remarks(&map, "601000 m east and 5650000 m north are taken off all coordinates", 1), 1);
  map_free(&map);
}

static void a_link_that_leads_out_of_the_map_is_an_open_end(void **state) {
  (void)state;
  read_map map = map_from_roads(map_road_text("id='1' length='100' junction='-1'",
                                              LINK("predecessor", "road", "77", "end")
                                                  LINK("successor", "junction", "78", "start"),
                                              STRAIGHT_100, TWO_LANES, ""));
  assert_int_equal(map.net.roads[0].predecessor.kind, ROAD_LINK_NONE);
  assert_int_equal(map.net.roads[0].successor.kind, ROAD_LINK_NONE);
  assert_int_equal(
      map_remarks(&map, "a road that leads to what isn't in the file ends in the open", 3), 2);
  map_free(&map);
}

static void what_is_not_understood_is_named_with_its_line(void **state) {
  (void)state;
  read_map map = map_from_roads(map_road_text(
      "id='1' length='100' junction='-1'", "", STRAIGHT_100, TWO_LANES,
      "\n<lateralProfile><shape s='0' t='0' a='0.05' b='0' c='0' d='0'/></lateralProfile>"
      "\n<objects><object id='1' type='tree' s='5' t='9'/>\n<object id='2' type='tree' s='9' "
      "t='9'/><objectReference/></objects>\n<railroad/>"));
  assert_int_equal(map_remarks(&map, "<shape> is left out: roads are plane across", 4), 1);
  assert_int_equal(map_remarks(&map, "objects of type \"tree\" are left out", 5), 2);
  assert_int_equal(map_remarks(&map, "<objectReference> in <objects> is left out", 6), 1);
  assert_int_equal(map_remarks(&map, "<railroad> in <road> is left out", 7), 1);
  map_free(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_shape_of_reference_line_ends_where_it_should),
      cmocka_unit_test(borders_say_what_widths_say),
      cmocka_unit_test(lane_offsets_move_every_lane),
      cmocka_unit_test(sections_become_roads_that_lead_on),
      cmocka_unit_test(sidewalks_lead_on_from_section_to_section),
      cmocka_unit_test(speeds_have_units),
      cmocka_unit_test(ways_lead_through_a_junction_in_either_direction),
      cmocka_unit_test(lights_without_times_get_a_program),
      cmocka_unit_test(a_yield_sign_makes_the_other_road_major),
      cmocka_unit_test(priorities_between_ways_are_kept),
      cmocka_unit_test(crosswalks_have_outlines_of_three_kinds),
      cmocka_unit_test(carriageways_of_a_street_are_met_in_their_order),
      cmocka_unit_test(a_map_far_from_its_origin_is_moved),
      cmocka_unit_test(a_link_that_leads_out_of_the_map_is_an_open_end),
      cmocka_unit_test(what_is_not_understood_is_named_with_its_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
