// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// What an extract's tags become: lanes, speeds, sides, junctions, and that what is made of any
// extract is whole.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "with_extracts.h"
#include "with_network.h"
#include "with_proofs.h"

static void assert_near(const char *what, double got, double wanted, double limit) {
  if (!(fabs(got - wanted) <= limit))
    fail_msg("%s: %.10g, wanted %.10g", what, got, wanted);
}

static read_map from_file(int number) {
  size_t size;
  char *text = extract_text(number, &size);
  read_map map = extract_from(text);
  free(text);
  return map;
}

// Lanes ---------------------------------------------------------------------------

static void lanes_end_where_their_successors_begin(void **state) {
  (void)state;
  int links = 0;
  for (int n = 0; n < EXTRACTS; n++) {
    read_map map = from_file(n);
    const road_network *net = &map.net;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      const road_point *end = &network_points(net, lane)[lane->point_count - 1];
      for (int k = 0; k < lane->next_count; k++, links++) {
        const road_point *begin = network_points(net, network_next(net, lane, k));
        double gap = hypot(end->x_m - begin->x_m, end->y_m - begin->y_m);
        double turn = fabs(angle_wrap(end->heading_rad - begin->heading_rad));
        if (gap > 1e-3 || turn > 1e-3)
          fail_msg("%s: lane %d: gap %.6f m, turn %.6f rad", extract_name(n), lane->id, gap, turn);
      }
      bool bikes = lane->users == LANE_FOR_BICYCLES;
      if (lane->width_m < (bikes ? 1.4 : 2.8) || lane->width_m > 4.6)
        fail_msg("%s: lane %d is %.2f m wide", extract_name(n), lane->id, lane->width_m);
      if (lane->max_curvature_pm > 1 / (bikes ? 2 : 2.5))
        fail_msg("%s: lane %d bends with %.2f m", extract_name(n), lane->id,
                 1 / lane->max_curvature_pm);
    }
    map_free(&map);
  }
  assert_true(links > 500);
}

// What maps don't promise: they bend as they like, have sidewalks where they like, and streets
// at sharp angles; in one a bridge lies flat on what it crosses.
static bool is_excused(const char *extract, const char *name) {
  static const char *const excused[][2] = {{NULL, "bends suit the place and the speed"},
                                           {NULL, "one can walk everywhere"},
                                           {"dual", "roads keep apart"},
                                           {"dual", "from everywhere one gets everywhere"},
                                           {"dual", "ways to walk join and stay off lanes"},
                                           {"roundabout", "ways stay on the junction's asphalt"},
                                           {"roundabout", "ways to walk join and stay off lanes"},
                                           {"town_1_500", "ways stay on the junction's asphalt"},
                                           {"town_3_450", "ways stay on the junction's asphalt"}};
  for (size_t i = 0; i < sizeof excused / sizeof *excused; i++)
    if (strcmp(excused[i][1], name) == 0 && (!excused[i][0] || strcmp(excused[i][0], extract) == 0))
      return true;
  return false;
}

static void roads_of_extracts_keep_the_general_promises(void **state) {
  (void)state;
  int wrong = 0;
  for (int n = 0; n < EXTRACTS; n++) {
    read_map map = from_file(n);
    scene_def def = scene_def_default();
    def.place = PLACE_OSM;
    proof_case c = {.net = &map.net, .def = &def, .junctions = 1000};
    for (int i = 0; i < proofs_count; i++) {
      proof_fault fault = {0};
      proofs_table[i].check(&c, &fault);
      if (fault.count && !is_excused(extract_name(n), proofs_table[i].name)) {
        print_error("%s: %s: %d times: %s\n", extract_name(n), proofs_table[i].name, fault.count,
                    fault.text);
        wrong++;
      }
    }
    map_free(&map);
  }
  assert_int_equal(wrong, 0);
}

static void the_same_extract_gives_the_same_roads(void **state) {
  (void)state;
  for (int n = 0; n < EXTRACTS; n++) {
    read_map a = from_file(n), b = from_file(n);
    assert_int_equal(a.net.point_count, b.net.point_count);
    assert_memory_equal(a.net.points, b.net.points,
                        sizeof *a.net.points * (size_t)a.net.point_count);
    map_free(&a);
    map_free(&b);
  }
}

// Driving lanes of the first road: along it, against it.
static void count_lanes(const road_network *net, int lanes[2]) {
  lanes[0] = lanes[1] = 0;
  for (int i = 0; i < net->path_count; i++)
    if (net->paths[i].road == 1)
      lanes[net->paths[i].lane > 0]++;
}

#define LINE "0 0\n150 0\n"
#define WAY(tags) "<way id='1'><nd ref='1'/><nd ref='2'/>" tags "</way>"
#define TAG(k, v) "<tag k='" k "' v='" v "'/>"

static void lanes_are_shared_as_sumo_shares_them(void **state) {
  (void)state;
  static const struct {
    const char *tags;
    int along, against;
  } cases[] = {
      {TAG("highway", "residential"), 1, 1},
      {TAG("highway", "primary"), 2, 2},
      {TAG("highway", "motorway"), 2, 0},
      {TAG("highway", "motorway") TAG("oneway", "no"), 2, 2},
      {TAG("highway", "secondary") TAG("lanes", "3"), 2, 1},
      {TAG("highway", "secondary") TAG("lanes", "4"), 2, 2},
      {TAG("highway", "secondary") TAG("lanes", "3") TAG("lanes:forward", "1"), 1, 2},
      {TAG("highway", "secondary") TAG("lanes", "3") TAG("lanes:backward", "1"), 2, 1},
      {TAG("highway", "residential") TAG("lanes", "1"), 1, 1},
      {TAG("highway", "residential") TAG("lanes", "2") TAG("oneway", "yes"), 2, 0},
      {TAG("highway", "residential") TAG("oneway", "-1"), 1, 0},
      {TAG("highway", "tertiary") TAG("junction", "roundabout"), 1, 0},
      {TAG("highway", "residential") TAG("lanes", "many"), 1, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char way[1024];
    int lanes[2];
    snprintf(way, sizeof way, "<way id='1'><nd ref='1'/><nd ref='2'/>%s</way>", cases[i].tags);
    read_map map = extract_of(LINE, way);
    count_lanes(&map.net, lanes);
    if (lanes[0] != cases[i].along || lanes[1] != cases[i].against)
      fail_msg("%s: %d and %d lanes", cases[i].tags, lanes[0], lanes[1]);
    map_free(&map);
  }
}

static void speeds_have_units_and_words(void **state) {
  (void)state;
  static const struct {
    const char *tags;
    double mps;
  } cases[] = {
      {TAG("highway", "residential"), 13.89},
      {TAG("highway", "motorway"), 39.44},
      {TAG("highway", "living_street"), 2.78},
      {TAG("highway", "service"), 5.56},
      {TAG("highway", "primary") TAG("maxspeed", "50"), 50 / 3.6},
      {TAG("highway", "primary") TAG("maxspeed", "30 mph"), 30 * 0.44704},
      {TAG("highway", "primary") TAG("maxspeed", "30mph"), 30 * 0.44704},
      {TAG("highway", "primary") TAG("maxspeed", "RO:urban"), 50 / 3.6},
      {TAG("highway", "primary") TAG("maxspeed", "DE:zone:30"), 30 / 3.6},
      {TAG("highway", "residential") TAG("maxspeed", "walk"), 2.78},
      {TAG("highway", "motorway") TAG("maxspeed", "none"), 39.44},
      {TAG("highway", "primary") TAG("maxspeed:forward", "70"), 70 / 3.6},
      {TAG("highway", "primary") TAG("maxspeed", "fast"), 27.78},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char way[1024];
    snprintf(way, sizeof way, "<way id='1'><nd ref='1'/><nd ref='2'/>%s</way>", cases[i].tags);
    read_map map = extract_of(LINE, way);
    const lane_path *along = NULL;
    for (int k = 0; k < map.net.path_count; k++)
      if (map.net.paths[k].lane == -1)
        along = &map.net.paths[k];
    assert_non_null(along);
    assert_near(cases[i].tags, along->speed_limit_mps, cases[i].mps, 1e-9);
    map_free(&map);
  }
}

static void traffic_runs_along_one_way_streets(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    read_map map = extract_of(LINE, k ? WAY(TAG("highway", "residential") TAG("oneway", "-1"))
                                      : WAY(TAG("highway", "residential") TAG("oneway", "yes")));
    assert_int_equal(map.net.path_count, 1);
    const road_point *p = network_points(&map.net, &map.net.paths[0]);
    assert_near("heading", fabs(p->heading_rad), k ? 3.14159265 : 0, 1e-4);
    assert_near("the lane lies on the way", p->y_m, 0, 0.01);
    map_free(&map);
  }
}

static void sides_have_what_their_tags_say(void **state) {
  (void)state;
  static const struct {
    const char *tags;
    bool right, left;
  } cases[] = {
      {TAG("highway", "residential"), true, true},
      {TAG("highway", "residential") TAG("sidewalk", "no"), false, false},
      {TAG("highway", "residential") TAG("sidewalk", "right"), true, false},
      {TAG("highway", "residential") TAG("sidewalk", "left"), false, true},
      {TAG("highway", "residential") TAG("sidewalk:left", "no"), true, false},
      {TAG("highway", "trunk"), false, false},
      {TAG("highway", "trunk") TAG("sidewalk", "both"), true, true},
      {TAG("highway", "secondary"), false, false},
      {TAG("highway", "secondary") TAG("maxspeed", "50"), true, true},
      {TAG("highway", "secondary") TAG("maxspeed", "50") TAG("oneway", "yes"), true, false},
      {TAG("highway", "service"), false, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char way[1024];
    snprintf(way, sizeof way, "<way id='1'><nd ref='1'/><nd ref='2'/>%s</way>", cases[i].tags);
    read_map map = extract_of(LINE, way);
    bool right = road_walk_width(&map.net, &map.net.roads[0], -1) > 0;
    bool left = road_walk_width(&map.net, &map.net.roads[0], 1) > 0;
    if (right != cases[i].right || left != cases[i].left)
      fail_msg("%s: right %d, left %d", cases[i].tags, right, left);
    map_free(&map);
  }
}

// Places --------------------------------------------------------------------------

static void places_are_metres_on_the_plane_that_touches_the_middle(void **state) {
  (void)state;
  read_map map = extract_of(
      "-3000 0\n3000 0\n0 -2000\n0 2000\n",
      "<way id='1'><nd ref='1'/><nd ref='2'/>" TAG(
          "highway",
          "primary") "</way><way id='2'><nd ref='3'/><nd ref='4'/>" TAG("highway",
                                                                        "tertiary") "</way>");
  const road *east = &map.net.roads[0], *north = &map.net.roads[1];
  assert_near("6 km east", east->length_m, 6000, 0.02);
  assert_near("4 km north", north->length_m, 4000, 0.02);
  assert_near("begin", road_line_at(&map.net, east, 0).x_m, -3000, 0.02);
  map_free(&map);
}

// Junctions -----------------------------------------------------------------------

#define CROSS "0 0 %s\n-120 0\n120 0\n0 -120\n0 120\n"

static read_map cross(const char *node, const char *first, const char *second) {
  char nodes[2048], ways[2048];
  snprintf(nodes, sizeof nodes, CROSS, node);
  snprintf(ways, sizeof ways,
           "<way id='1'><nd ref='2'/><nd ref='1'/><nd ref='3'/>%s</way>"
           "<way id='2'><nd ref='4'/><nd ref='1'/><nd ref='5'/>%s</way>",
           first, second);
  return extract_of(nodes, ways);
}

// Of the junction with more than one arm.
static const road_junction *main_junction(const road_network *net) {
  for (int i = 0; i < net->junction_count; i++) {
    road_arm arms[ROAD_ARMS];
    if (road_junction_arms(net, &net->junctions[i], arms) > 2)
      return &net->junctions[i];
  }
  fail_msg("no junction");
  return NULL;
}

static void who_goes_first_is_by_lights_signs_and_classes(void **state) {
  (void)state;
  static const struct {
    const char *node, *first, *second;
    junction_kind kind;
  } cases[] = {
      {"", TAG("highway", "residential"), TAG("highway", "residential"),
       JUNCTION_RIGHT_BEFORE_LEFT},
      {"", TAG("highway", "tertiary"), TAG("highway", "residential"), JUNCTION_PRIORITY},
      {"", TAG("highway", "secondary"), TAG("highway", "secondary"), JUNCTION_PRIORITY},
      {TAG("highway", "traffic_signals"), TAG("highway", "residential"),
       TAG("highway", "residential"), JUNCTION_SIGNALS},
      {TAG("highway", "stop") TAG("stop", "all"), TAG("highway", "residential"),
       TAG("highway", "residential"), JUNCTION_ALL_WAY_STOP},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    read_map map = cross(cases[i].node, cases[i].first, cases[i].second);
    const road_junction *j = main_junction(&map.net);
    if (j->kind != cases[i].kind)
      fail_msg("%s %s %s: kind %d", cases[i].node, cases[i].first, cases[i].second, (int)j->kind);
    assert_int_equal(j->program_count > 0, cases[i].kind == JUNCTION_SIGNALS);
    map_free(&map);
  }
  // The through road's ways go before the others'.
  read_map map = cross("", TAG("highway", "tertiary"), TAG("highway", "residential"));
  for (int i = 0; i < map.net.path_count; i++) {
    const lane_path *lane = &map.net.paths[i];
    if (!lane->junction || lane->junction != main_junction(&map.net)->id)
      continue;
    bool major = fabs(sin(network_points(&map.net, lane)->heading_rad)) < 0.1;
    assert_int_equal(lane->priority > 3, major);
  }
  map_free(&map);
}

static void streets_that_only_change_meet_in_a_small_junction(void **state) {
  (void)state;
  read_map map = extract_of(
      "-150 0\n0 0\n150 0\n",
      "<way id='1'><nd ref='1'/><nd ref='2'/>" TAG(
          "highway",
          "primary") "</way><way id='2'><nd ref='2'/><nd ref='3'/>" TAG("highway",
                                                                        "secondary") "</way>");
  assert_int_equal(map.net.junction_count, 1);
  int ways = 0, joins = 0;
  for (int i = 0; i < map.net.path_count; i++) {
    ways += map.net.paths[i].junction == 1;
    joins += !map.net.paths[i].junction && map.net.paths[i].next_count == 1;
  }
  assert_int_equal(ways, 3); // two lanes become one, one lane goes on
  assert_int_equal(joins, 3);
  map_free(&map);
  // Nothing changes: one road, whichever way its parts are drawn.
  map = extract_of(
      "-150 0\n0 0\n150 0\n",
      "<way id='1'><nd ref='1'/><nd ref='2'/>" TAG(
          "highway",
          "secondary") "</way><way id='2'><nd ref='3'/><nd ref='2'/>" TAG("highway",
                                                                          "secondary") "</way>");
  assert_int_equal(map.net.road_count, 1);
  assert_near("length", map.net.roads[0].length_m, 300, 0.01);
  map_free(&map);
}

static void streets_that_leave_the_extract_end_open(void **state) {
  (void)state;
  read_map map =
      extract_of("0 0\n150 0\n", "<way id='1'><nd ref='1'/><nd ref='2'/><nd ref='77'/>" TAG(
                                     "highway", "residential") "</way>");
  assert_int_equal(map.net.roads[0].predecessor.kind, ROAD_LINK_JUNCTION); // a turning circle
  assert_int_equal(map.net.roads[0].successor.kind, ROAD_LINK_NONE);
  assert_int_equal(
      map_remarks(&map, "a street leads to a node that isn't in the file: it ends in the open", 0),
      1);
  map_free(&map);
}

static void a_crossing_has_a_crosswalk_where_it_is(void **state) {
  (void)state;
  read_map map = extract_of(
      "-150 0\n0 0" TAG("highway", "crossing") "\n150 0\n",
      "<way id='1'><nd ref='1'/><nd ref='2'/><nd ref='3'/>" TAG("highway", "residential") "</way>");
  assert_int_equal(map.net.crosswalk_count, 1);
  const road_crosswalk *walk = &map.net.crosswalks[0];
  assert_true(fabs(walk->corners[0].x) < 8);
  assert_int_equal(walk->group, 0);
  map_free(&map);
}

// How many ways lead from the first street's west into each of the other three.
static void count_turns(const char *relation, int turns[TURN_KIND_COUNT]) {
  char ways[2048];
  snprintf(ways, sizeof ways,
           "<way id='1'><nd ref='2'/><nd ref='1'/>%s</way><way id='2'><nd ref='1'/><nd ref='3'/>%s"
           "</way><way id='3'><nd ref='4'/><nd ref='1'/>%s</way>"
           "<way id='4'><nd ref='1'/><nd ref='5'/>%s</way>%s",
           TAG("highway", "tertiary"), TAG("highway", "tertiary"), TAG("highway", "tertiary"),
           TAG("highway", "tertiary"), relation);
  read_map map = extract_of("0 0\n-120 0\n120 0\n0 -120\n0 120\n", ways);
  memset(turns, 0, sizeof *turns * TURN_KIND_COUNT);
  for (int i = 0; i < map.net.path_count; i++) {
    const lane_path *lane = &map.net.paths[i];
    const road_point *p = network_points(&map.net, lane);
    if (lane->junction == main_junction(&map.net)->id && fabs(p->heading_rad) < 0.1 && p->x_m < 0)
      turns[lane->turn]++;
  }
  map_free(&map);
}

#define BAN(word, to)                                                                              \
  "<relation id='1'><member type='way' ref='1' role='from'/><member type='node' ref='1' "          \
  "role='via'/><member type='way' ref='" to "' role='to'/>" TAG("type", "restriction")             \
      TAG("restriction", word) "</relation>"

static void banned_turns_are_not_there(void **state) {
  (void)state;
  int turns[TURN_KIND_COUNT];
  count_turns("", turns);
  assert_true(turns[TURN_LEFT] && turns[TURN_RIGHT] && turns[TURN_STRAIGHT]);
  count_turns(BAN("no_left_turn", "4"), turns);
  assert_true(!turns[TURN_LEFT] && turns[TURN_RIGHT] && turns[TURN_STRAIGHT]);
  count_turns(BAN("only_straight_on", "2"), turns);
  assert_true(!turns[TURN_LEFT] && !turns[TURN_RIGHT] && turns[TURN_STRAIGHT]);
  count_turns(BAN("only_straight_on", "7"), turns);
  assert_true(turns[TURN_LEFT] && turns[TURN_RIGHT] && turns[TURN_STRAIGHT]);
}

static void what_stands_beside_the_streets_is_kept(void **state) {
  (void)state;
  static const char nodes[] = "0 0\n150 0\n"
                              "20 20\n40 20\n40 32\n20 32\n"               // a rectangle: 3 to 6
                              "60 20\n90 20\n90 30\n70 30\n70 50\n60 50\n" // an L: 7 to 12
                              "10 60" TAG("natural", "tree") TAG("height", "12") "\n"
                                                                                 "100 40\n128 40\n";
  read_map map = extract_of(
      nodes,
      WAY(TAG(
          "highway",
          "residential")) "<way id='2'><nd ref='3'/><nd ref='4'/><nd ref='5'/>"
                          "<nd ref='6'/><nd ref='3'/>" TAG("building", "yes") TAG(
                              "building:levels",
                              "3") "</way><way id='3'><nd ref='7'/><nd ref='8'/><nd ref='9'/><nd "
                                   "ref='10'/><nd ref='11'/>"
                                   "<nd ref='12'/><nd ref='7'/>" TAG("building", "yes")
                                       TAG("height",
                                           "20 m") "</way><way id='4'><nd ref='14'/><nd "
                                                   "ref='15'/>" TAG(
                                                       "natural",
                                                       "tree_row") "</way>"
                                                                   "<way id='5'><nd "
                                                                   "ref='3'/><nd "
                                                                   "ref='4'/>" TAG("building",
                                                                                   "yes") "</way>");
  int buildings = 0, trees = 0;
  double area = 0;
  for (int i = 0; i < map.net.site_count; i++) {
    const road_site *site = &map.net.sites[i];
    buildings += site->kind == SITE_BUILDING;
    trees += site->kind == SITE_TREE;
    if (site->kind == SITE_BUILDING && site->height_m == 20)
      area += site->length_m * site->width_m;
  }
  assert_int_equal(buildings, 3); // the L is two boxes
  assert_near("the L's area", area, 30 * 10 + 10 * 20, 0.1);
  assert_int_equal(trees, 1 + 4);
  assert_int_equal(
      map_remarks(&map, "a building whose outline isn't whole and closed is left out", 0), 1);
  map_free(&map);
}

static void streets_that_cross_without_a_junction_are_named(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    char ways[1024];
    snprintf(ways, sizeof ways,
             "<way id='1'><nd ref='1'/><nd ref='2'/>%s</way><way id='2'><nd ref='3'/>"
             "<nd ref='4'/>%s%s</way>",
             TAG("highway", "tertiary"), TAG("highway", "tertiary"), k ? TAG("bridge", "yes") : "");
    read_map map = extract_of("-100 0\n100 0\n0 -100\n0 100\n", ways);
    assert_int_equal(
        map_remarks(&map, "streets cross on two layers: both lie on the ground, without a junction",
                    0) > 0,
        k == 1);
    assert_int_equal(
        map_remarks(&map, "streets cross without a common node: without a junction", 0) > 0,
        k == 0);
    map_free(&map);
  }
}

static void what_is_left_out_is_named(void **state) {
  (void)state;
  static const char *const tags[] = {TAG("highway", "residential") TAG("maxheight", "3"),
                                     TAG("highway", "footway"),
                                     TAG("highway", "service") TAG("service", "driveway"),
                                     TAG("highway", "track") TAG("access", "no")};
  char ways[2048];
  size_t used = 0;
  for (int i = 0; i < 4; i++)
    used += (size_t)snprintf(ways + used, sizeof ways - used,
                             "<way id='%d'><nd ref='1'/><nd ref='%d'/>%s</way>", i + 1,
                             i == 0 ? 2 : 3, tags[i]);
  read_map map = extract_of(LINE "0 30\n", ways);
  assert_int_equal(map_remarks(&map, "highway=footway is left out: no cars drive there", 0), 1);
  assert_int_equal(map_remarks(&map, "service=driveway is left out", 0), 1);
  assert_int_equal(map_remarks(&map, "the tag maxheight of streets is left out", 0), 1);
  map_free(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lanes_end_where_their_successors_begin),
      cmocka_unit_test(roads_of_extracts_keep_the_general_promises),
      cmocka_unit_test(the_same_extract_gives_the_same_roads),
      cmocka_unit_test(lanes_are_shared_as_sumo_shares_them),
      cmocka_unit_test(speeds_have_units_and_words),
      cmocka_unit_test(traffic_runs_along_one_way_streets),
      cmocka_unit_test(sides_have_what_their_tags_say),
      cmocka_unit_test(places_are_metres_on_the_plane_that_touches_the_middle),
      cmocka_unit_test(who_goes_first_is_by_lights_signs_and_classes),
      cmocka_unit_test(streets_that_only_change_meet_in_a_small_junction),
      cmocka_unit_test(streets_that_leave_the_extract_end_open),
      cmocka_unit_test(a_crossing_has_a_crosswalk_where_it_is),
      cmocka_unit_test(banned_turns_are_not_there),
      cmocka_unit_test(streets_that_cross_without_a_junction_are_named),
      cmocka_unit_test(what_stands_beside_the_streets_is_kept),
      cmocka_unit_test(what_is_left_out_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
