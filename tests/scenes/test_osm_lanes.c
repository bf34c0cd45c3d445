// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Tags of single lanes: lanes lead where turn:lanes point, and lanes for buses and bicycles lie
// where their tags say.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "with_extracts.h"
#include "with_network.h"
#include "with_proofs.h"

#define TAG(k, v) "<tag k='" k "' v='" v "'/>"

// Turns -----------------------------------------------------------------------

// A street from the west, way 1, ends where others begin: n, e, s towards north, east, south, and
// f towards the east and a little south.
typedef struct turn_case {
  const char *arms, *tags;
  const char *leads;  // by lane from the leftmost: the arms that it leads to
  const char *remark; // NULL: none about lanes
  bool left_hand;
} turn_case;

static read_map cross_of(const turn_case *c) {
  static const struct {
    char arm;
    double x, y;
  } ends[] = {{'n', 0, 150}, {'e', 150, 0}, {'s', 0, -150}, {'f', 148, -50}};
  char nodes[512], ways[4096];
  size_t n = (size_t)snprintf(nodes, sizeof nodes, "0 0\n-150 0\n");
  size_t w = (size_t)snprintf(ways, sizeof ways, "<way id='1'><nd ref='2'/><nd ref='1'/>%s</way>",
                              c->tags);
  int id = 2;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    if (!strchr(c->arms, ends[i].arm))
      continue;
    id++;
    n += (size_t)snprintf(nodes + n, sizeof nodes - n, "%g %g\n", ends[i].x, ends[i].y);
    w += (size_t)snprintf(ways + w, sizeof ways - w,
                          "<way id='%d'><nd ref='1'/><nd ref='%d'/>" TAG("highway", "tertiary")
                              TAG("lanes", "4") TAG("maxspeed", "50") "</way>",
                          id, id);
  }
  return c->left_hand ? extract_left_of(nodes, ways) : extract_of(nodes, ways);
}

// The junction where most streets meet.
static const road_junction *middle_of(const road_network *net) {
  const road_junction *most = &net->junctions[0];
  for (int i = 1; i < net->junction_count; i++)
    if (net->junctions[i].end_count > most->end_count)
      most = &net->junctions[i];
  return most;
}

// The arm that a lane behind the junction lies on.
static char arm_of(const road_network *net, const lane_path *lane) {
  road_point p = lane_point(net, lane, lane->length_m);
  double angle = atan2(p.y_m - middle_of(net)->y_m, p.x_m - middle_of(net)->x_m);
  return fabs(angle) < 0.15  ? 'e'
         : fabs(angle) < 0.6 ? 'f'
         : fabs(angle) > 2.5 ? 'w'
         : angle > 0         ? 'n'
                             : 's';
}

// Lanes that run east in front of the junction, from the leftmost.
static int find_lanes(const road_network *net, const lane_path *out[12]) {
  int count = 0;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    const road_point *end = &network_points(net, lane)[lane->point_count - 1];
    double before = middle_of(net)->x_m - end->x_m;
    if (lane->junction || before < 0 || before > 60 || cos(end->heading_rad) < 0.9)
      continue;
    int k = count++;
    for (; k > 0 && network_points(net, out[k - 1])[out[k - 1]->point_count - 1].y_m < end->y_m;
         k--)
      out[k] = out[k - 1];
    out[k] = lane;
  }
  return count;
}

static void describe(const road_network *net, char *text, size_t size) {
  const lane_path *lanes[12];
  int count = find_lanes(net, lanes);
  size_t used = 0;
  *text = 0;
  for (int i = 0; i < count; i++) {
    if (i > 0)
      used += (size_t)snprintf(text + used, size - used, "|");
    for (const char *arm = "nefs"; *arm; arm++)
      for (int k = 0; k < lanes[i]->next_count; k++)
        if (arm_of(net, network_next(net, network_next(net, lanes[i], k), 0)) == *arm) {
          used += (size_t)snprintf(text + used, size - used, "%c", *arm);
          break;
        }
  }
}

#define STREET TAG("highway", "tertiary") TAG("maxspeed", "50")
#define ONE_WAY STREET TAG("oneway", "yes")

static const turn_case turn_cases[] = {
    {"nes", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "left|through|right"), "n|e|s", NULL, 0},
    {"nes", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "left|left;through|through;right"),
     "n|ne|es", NULL, 0},
    {"nes", ONE_WAY TAG("lanes", "2") TAG("turn:lanes", "left;through;right|right"), "nes|s", NULL,
     0},
    {"nes", ONE_WAY TAG("lanes", "4") TAG("turn:lanes", "left|left|through|right"), "n|n|e|s", NULL,
     0},
    // As many lanes as are listed, and of two directions the one that is named.
    {"nes", ONE_WAY TAG("turn:lanes", "left|through|right"), "n|e|s", NULL, 0},
    {"nes", STREET TAG("turn:lanes:forward", "left|through;right"), "n|es", NULL, 0},
    {"nes",
     STREET TAG("lanes", "5") TAG("lanes:backward", "2")
         TAG("turn:lanes:forward", "left|through|right"),
     "n|e|s", NULL, 0},
    // No arrow: straight on, and to a side where no arrow points there.
    {"nes", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "left||"), "n|e|es", NULL, 0},
    {"nes", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "none|none|right"), "ne|e|s", NULL, 0},
    {"nes", ONE_WAY TAG("lanes", "2") TAG("turn:lanes", "through|through"), "e|e", NULL, 0},
    {"ns", ONE_WAY TAG("lanes", "2") TAG("turn:lanes", "left|right"), "n|s", NULL, 0},
    {"ns", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "left|none|none"), "n|s|s", NULL, 0},
    // A lane that leaves slightly.
    {"ef", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "through|through|slight_right"), "e|e|f",
     NULL, 0},
    {"efs", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "through|slight_right|right"), "e|f|s",
     NULL, 0},
    {"efs", ONE_WAY TAG("lanes", "2") TAG("turn:lanes", "through|right"), "e|fs", NULL, 0},
    // What isn't there, or isn't understood.
    {"es", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "left|through|right"), "e|e|s",
     "turn:lanes of way 1: no street leads left from its end", 0},
    {"nes", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "left|through;reverse|right"), "n|e|s",
     "turn:lanes of way 1: no street leads reverse from its end", 0},
    {"nes", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "left|through"), "ne|e|s",
     "turn:lanes of way 1 lists 2 lanes, the street has 3: left out", 0},
    {"nes", ONE_WAY TAG("lanes", "2") TAG("turn:lanes", "right|left"), "ne|es",
     "turn:lanes of way 1 would cross each other: left out", 0},
    {"nes", ONE_WAY TAG("lanes", "2") TAG("turn:lanes", "left|up"), "ne|es",
     "turn:lanes=left|up is not understood", 0},
    {"nes", STREET TAG("lanes", "4") TAG("turn:lanes", "left|right"), "ne|es",
     "turn:lanes of a street for both directions is left out: it doesn't say which it means", 0},
    // In left-hand traffic the leftmost lane is the outermost one.
    {"nes", ONE_WAY TAG("lanes", "3") TAG("turn:lanes", "left|through|right"), "n|e|s", NULL, 1},
    {"nes", STREET TAG("turn:lanes:forward", "left;through|right"), "ne|s", NULL, 1},
    {"es", ONE_WAY TAG("lanes", "2") TAG("turn:lanes", "left|through;right"), "e|es",
     "turn:lanes of way 1: no street leads left from its end", 1},
};

static void lanes_lead_where_their_arrows_point(void **state) {
  (void)state;
  int wrong = 0;
  for (size_t i = 0; i < sizeof turn_cases / sizeof *turn_cases; i++) {
    const turn_case *c = &turn_cases[i];
    read_map map = cross_of(c);
    char leads[200];
    describe(&map.net, leads, sizeof leads);
    if (strcmp(leads, c->leads) != 0) {
      print_error("%s, %s: %s, wanted %s\n", c->arms, c->tags, leads, c->leads);
      wrong++;
    }
    int about = 0;
    for (int k = 0; k < map.net.remark_count; k++)
      about += strstr(map.net.remarks[k].text, "turn:lanes") != NULL;
    if (about != (c->remark != NULL) || (c->remark && !map_remarks(&map, c->remark, 0))) {
      print_error("%s, %s: %d remarks\n", c->arms, c->tags, about);
      wrong++;
    }
    map_free(&map);
  }
  assert_int_equal(wrong, 0);
}

// Traffic against the way, whose lanes are still listed as who drives there sees them.
static void turns_of_ways_that_are_driven_back_are_the_drivers(void **state) {
  (void)state;
  read_map map = extract_of(
      "0 0\n-150 0\n0 150\n0 -150\n",
      "<way id='1'><nd ref='1'/><nd ref='2'/>" TAG("highway", "tertiary") TAG("oneway", "-1")
          TAG("lanes", "3")
              TAG("turn:lanes",
                  "left|left|right") "</way>"
                                     "<way id='2'><nd ref='3'/><nd ref='1'/><nd ref='4'/>" TAG(
                                         "highway", "tertiary") TAG("lanes", "4") "</way>");
  char leads[200];
  describe(&map.net, leads, sizeof leads);
  assert_string_equal(leads, "n|n|s");
  map_free(&map);
  map = extract_of(
      "0 0\n-150 0\n0 150\n0 -150\n",
      "<way id='1'><nd ref='1'/><nd ref='2'/>" TAG("highway", "tertiary") TAG("lanes", "3")
          TAG("turn:lanes:backward",
              "left|right") "</way>"
                            "<way id='2'><nd ref='3'/><nd ref='1'/><nd ref='4'/>" TAG(
                                "highway", "tertiary") TAG("lanes", "4") "</way>");
  describe(&map.net, leads, sizeof leads);
  assert_string_equal(leads, "n|s");
  map_free(&map);
}

// Three lanes become two: which one ends is what its arrow says.
static void lanes_merge_to_the_side_that_is_said(void **state) {
  (void)state;
  static const struct {
    const char *turns;
    int to[3]; // lanes on, 0 the leftmost
  } cases[] = {{"through|through|through", {0, 1, 1}},
               {"merge_to_right|none|none", {0, 0, 1}},
               {"none|merge_to_left|none", {0, 0, 1}},
               {"none|none|merge_to_left", {0, 1, 1}}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char ways[1024];
    const lane_path *lanes[12];
    snprintf(ways, sizeof ways,
             "<way id='1'><nd ref='2'/><nd ref='1'/>%s<tag k='turn:lanes' v='%s'/></way>"
             "<way id='2'><nd ref='1'/><nd ref='3'/>%s</way>",
             ONE_WAY TAG("lanes", "3"), cases[i].turns, ONE_WAY TAG("lanes", "2"));
    read_map map = extract_of("0 0\n-150 0\n150 0\n", ways);
    assert_int_equal(find_lanes(&map.net, lanes), 3);
    for (int k = 0; k < 3; k++) {
      assert_int_equal(lanes[k]->next_count, 1);
      int to = -network_next(&map.net, network_next(&map.net, lanes[k], 0), 0)->lane - 1;
      if (to != cases[i].to[k])
        fail_msg("%s: lane %d leads to %d, wanted %d", cases[i].turns, k, to, cases[i].to[k]);
    }
    map_free(&map);
  }
}

// Where arrows give left turns a lane, lights give it a green.
static void lanes_for_left_turns_have_lights_of_their_own(void **state) {
  (void)state;
  for (int own = 0; own < 2; own++) {
    char ways[2048];
    const lane_path *lanes[12];
    snprintf(ways, sizeof ways,
             "<way id='1'><nd ref='2'/><nd ref='1'/>%s%s</way>"
             "<way id='2'><nd ref='1'/><nd ref='3'/>%s</way>"
             "<way id='3'><nd ref='4'/><nd ref='1'/><nd ref='5'/>%s</way>",
             STREET TAG("lanes", "4"),
             own ? TAG("turn:lanes:forward", "left|through;right")
                 : TAG("turn:lanes:forward", "left;through|through;right"),
             STREET TAG("lanes", "4"), STREET);
    read_map map = extract_of(
        "0 0" TAG("highway", "traffic_signals") "\n-150 0\n150 0\n0 -150\n0 150\n", ways);
    assert_int_equal(find_lanes(&map.net, lanes), 2);
    assert_true(lanes[0]->signal && lanes[1]->signal);
    assert_int_equal(lanes[0]->signal != lanes[1]->signal, own);
    map_free(&map);
  }
}

// Buses and bicycles --------------------------------------------------------------

// Lanes of the road's middle from the leftmost: d for all, b for buses, c for bicycles, and ^ or v
// behind each by the side it is on; walks and what else is there left out.
static void describe_section(const read_map *map, char *text) {
  const road_network *net = &map->net;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    road_place at = road_line_at(net, r, r->length_m / 2);
    if (r->junction || fabs(at.x_m) > 40)
      continue;
    const road_section *section = &net->sections[r->section_first];
    for (int k = 0; k < section->lane_count; k++) {
      const road_lane *lane = &net->lanes[section->lane_first + k];
      int users = road_lane_users(lane);
      if (lane->id == 0)
        *text++ = '0';
      else if (users)
        *text++ = users == LANE_FOR_ALL ? 'd' : users & LANE_FOR_BUSES ? 'b' : 'c';
    }
    break;
  }
  *text = 0;
}

static void lanes_for_buses_and_bicycles_lie_where_tags_say(void **state) {
  (void)state;
#define FOUR STREET TAG("lanes", "4")
#define TWO_ONE_WAY ONE_WAY TAG("lanes", "2")
  static const struct {
    const char *tags, *section;
    const char *remark;
  } cases[] = {
      {STREET TAG("cycleway", "lane"), "cd0dc", NULL},
      {STREET TAG("cycleway:right", "lane"), "d0dc", NULL},
      {STREET TAG("cycleway:left", "lane"), "cd0d", NULL},
      {STREET TAG("cycleway:both", "lane") TAG("sidewalk", "no"), "cd0dc", NULL},
      {STREET TAG("cycleway:both", "no"), "d0d", NULL},
      {STREET TAG("cycleway", "track"), "d0d",
       "cycleway=track is left out: bicycles ride on the street"},
      {ONE_WAY TAG("cycleway", "lane"), "0dc", NULL},
      {ONE_WAY TAG("cycleway:right", "lane"), "0dc", NULL},
      {STREET TAG("oneway", "-1") TAG("cycleway:left", "lane"), "0dc", NULL},
      {ONE_WAY TAG("cycleway", "opposite_lane"), "0d",
       "a lane for bicycles against a one-way street, or on its far side, is left out"},
      {ONE_WAY TAG("cycleway:left", "lane"), "0d",
       "a lane for bicycles against a one-way street, or on its far side, is left out"},
      {FOUR TAG("busway", "lane"), "bd0db", NULL},
      {FOUR TAG("busway:right", "lane"), "dd0db", NULL},
      {FOUR TAG("busway:left", "lane") TAG("cycleway:right", "lane"), "bd0ddc", NULL},
      {FOUR TAG("bus:lanes:forward", "no|designated"), "dd0db", NULL},
      {FOUR TAG("psv:lanes:backward", "|designated"), "bd0dd", NULL},
      {FOUR TAG("lanes:bus", "2"), "bd0db", NULL},
      {FOUR TAG("lanes:psv", "1"), "dd0db", NULL},
      {FOUR TAG("lanes:psv:backward", "1"), "bd0dd", NULL},
      {FOUR TAG("lanes:bus", "1") TAG("lanes:bus:backward", "1"), "bd0dd", NULL},
      {TWO_ONE_WAY TAG("lanes:bus", "1"), "0db", NULL},
      {STREET TAG("oneway", "-1") TAG("lanes", "2") TAG("bus:lanes:backward", "yes|designated"),
       "0db", NULL},
      {STREET TAG("turn:lanes:forward", "|||||||||"), "d0d",
       "turn:lanes:forward of way 1 lists 10 lanes, the street has 1: left out"},
      {TWO_ONE_WAY TAG("bus:lanes", "yes|designated"), "0db", NULL},
      {TWO_ONE_WAY TAG("bus:lanes", "yes|yes"), "0dd", NULL},
      {TWO_ONE_WAY TAG("busway", "lane") TAG("cycleway", "lane"), "0dbc", NULL},
      {TWO_ONE_WAY TAG("bus:lanes", "designated|yes"), "0dd",
       "a lane for buses of way 1 that isn't its direction's outermost is left out"},
      {TWO_ONE_WAY TAG("bus:lanes", "designated"), "0dd",
       "bus:lanes of way 1 lists 1 lanes, the street has 2: left out"},
      {STREET TAG("busway:right", "lane"), "d0d",
       "a lane for buses of way 1, its direction's only one, is for all"},
  };
  int wrong = 0;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char way[1024], section[64] = "";
    snprintf(way, sizeof way, "<way id='1'><nd ref='1'/><nd ref='2'/>%s</way>", cases[i].tags);
    read_map map = extract_of("-120 0\n120 0\n", way);
    describe_section(&map, section);
    if (strcmp(section, cases[i].section) != 0) {
      print_error("%s: %s, wanted %s\n", cases[i].tags, section, cases[i].section);
      wrong++;
    }
    int about = 0;
    for (int k = 0; k < map.net.remark_count; k++)
      about += strstr(map.net.remarks[k].text, "dead end") == NULL;
    if (about != (cases[i].remark != NULL) ||
        (cases[i].remark && !map_remarks(&map, cases[i].remark, 0))) {
      print_error("%s: %d remarks\n", cases[i].tags, about);
      wrong++;
    }
    map_free(&map);
  }
  assert_int_equal(wrong, 0);
}

// With traffic on the left, sides are what they are and the first of a list is the outermost.
static void lanes_for_buses_and_bicycles_lie_on_the_left_too(void **state) {
  (void)state;
  char section[64];
  read_map map = extract_left_of("-120 0\n120 0\n",
                                 "<way id='1'><nd ref='1'/><nd ref='2'/>" STREET TAG("lanes", "4")
                                     TAG("bus:lanes:forward", "designated|no")
                                         TAG("cycleway:right", "lane") "</way>");
  describe_section(&map, section);
  assert_string_equal(section, "bd0ddc");
  map_free(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lanes_lead_where_their_arrows_point),
      cmocka_unit_test(turns_of_ways_that_are_driven_back_are_the_drivers),
      cmocka_unit_test(lanes_merge_to_the_side_that_is_said),
      cmocka_unit_test(lanes_for_left_turns_have_lights_of_their_own),
      cmocka_unit_test(lanes_for_buses_and_bicycles_lie_where_tags_say),
      cmocka_unit_test(lanes_for_buses_and_bicycles_lie_on_the_left_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
