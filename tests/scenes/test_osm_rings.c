// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Roundabouts of extracts: round ones become ring roads that keep the general promises and that
// everybody gives way to who comes in; what isn't round or has no room becomes a crossing.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "with_extracts.h"
#include "with_network.h"
#include "with_proofs.h"

#define TAG(k, v) "<tag k='" k "' v='" v "'/>"
static const double PI = 3.14159265358979323846;

static const double LEAST_BEND_M = 2.4; // of the middle of lanes into a ring and out of it

// Drawing ---------------------------------------------------------------------

typedef enum arm_kind {
  ARM_STREET,
  ARM_ISLAND, // a street that parts round an island in front of the ring
  ARM_DUAL,   // two carriageways side by side
  ARM_OUT,    // one-way streets
  ARM_IN
} arm_kind;

typedef struct drawn_arm {
  arm_kind kind;
  double angle_rad, skew_rad; // seen from the middle; of its axis at the ring
} drawn_arm;

typedef struct drawn_ring {
  double radius_m, stretch; // in y
  int lanes, arm_count;
  drawn_arm arms[8];
  bool left_hand;
  const char *tags; // of the ring and of its arms
  const char *arm_tags;
} drawn_ring;

typedef struct sheet {
  char nodes[8192], ways[16384];
  size_t node_size, way_size;
  int nodes_count, way_count;
} sheet;

static int node(sheet *s, double x, double y) {
  s->node_size += (size_t)snprintf(s->nodes + s->node_size, sizeof s->nodes - s->node_size,
                                   "%.3f %.3f\n", x, y);
  return ++s->nodes_count;
}

static void way(sheet *s, const int *nodes, int count, const char *tags, bool one_way) {
  char *end = s->ways + s->way_size;
  size_t room = sizeof s->ways - s->way_size;
  int n = snprintf(end, room, "<way id='%d'>", ++s->way_count);
  for (int i = 0; i < count; i++)
    n += snprintf(end + n, room - (size_t)n, "<nd ref='%d'/>", nodes[i]);
  n += snprintf(end + n, room - (size_t)n, "%s%s</way>", tags, one_way ? TAG("oneway", "yes") : "");
  s->way_size += (size_t)n;
  assert_true(s->way_size + 1 < sizeof s->ways);
}

// From a ring node outward: along the axis, a little aside, then straight away.
static int draw_leg(sheet *s, const drawn_ring *ring, const drawn_arm *arm, double aside,
                    int *out) {
  int count = 0;
  for (int i = 1; i <= 3; i++) {
    double far = ring->radius_m + (i == 1 ? 25 : i == 2 ? 60 : 190), angle = arm->angle_rad;
    double skew = arm->skew_rad * (far - ring->radius_m) * (i == 1 ? 1 : 0.6);
    double x = far * cos(angle) - (aside + skew) * sin(angle);
    double y = far * sin(angle) + (aside + skew) * cos(angle);
    out[count++] = node(s, x, y * ring->stretch);
  }
  return count;
}

typedef struct ring_node {
  double angle_rad;
  int id;
} ring_node;

static int ring_node_at(sheet *s, const drawn_ring *ring, double angle, ring_node *nodes,
                        int *count) {
  int id = node(s, ring->radius_m * cos(angle), ring->stretch * ring->radius_m * sin(angle));
  double at = fmod(angle + 8 * PI, 2 * PI);
  int k = (*count)++;
  for (; k > 0 && nodes[k - 1].angle_rad > at; k--)
    nodes[k] = nodes[k - 1];
  nodes[k] = (ring_node){at, id};
  return id;
}

static void draw_arm(sheet *s, const drawn_ring *ring, const drawn_arm *arm, ring_node *nodes,
                     int *count) {
  int refs[8];
  double sense = ring->left_hand ? -1 : 1; // who leaves comes to the way out first
  if (arm->kind == ARM_STREET || arm->kind == ARM_OUT || arm->kind == ARM_IN) {
    refs[0] = ring_node_at(s, ring, arm->angle_rad, nodes, count);
    int n = 1 + draw_leg(s, ring, arm, 0, refs + 1);
    for (int i = 0; i < n / 2 && arm->kind == ARM_IN; i++) {
      int swap = refs[i];
      refs[i] = refs[n - 1 - i], refs[n - 1 - i] = swap;
    }
    way(s, refs, n, arm->kind == ARM_STREET ? ring->arm_tags : ring->tags, arm->kind != ARM_STREET);
    return;
  }
  double half = 5.5 / ring->radius_m;
  int out = ring_node_at(s, ring, arm->angle_rad - sense * half, nodes, count);
  int in = ring_node_at(s, ring, arm->angle_rad + sense * half, nodes, count);
  if (arm->kind == ARM_ISLAND) {
    int n = draw_leg(s, ring, arm, 0, refs);
    way(s, (const int[]){out, refs[0]}, 2, ring->arm_tags, true);
    way(s, (const int[]){refs[0], in}, 2, ring->arm_tags, true);
    way(s, refs, n, ring->arm_tags, false);
    return;
  }
  refs[0] = out;
  int n = 1 + draw_leg(s, ring, arm, -sense * 6, refs + 1);
  way(s, refs, n, ring->tags, true);
  int back[4], m = draw_leg(s, ring, arm, sense * 6, back);
  way(s, (const int[]){back[2], back[1], back[0], in}, m + 1, ring->tags, true);
}

static read_map draw(const drawn_ring *ring) {
  static sheet s;
  memset(&s, 0, sizeof s);
  ring_node nodes[64];
  int count = 0, refs[65], pieces = 12;
  char tags[512];
  for (int i = 0; i < ring->arm_count; i++)
    draw_arm(&s, ring, &ring->arms[i], nodes, &count);
  for (int i = 0; i < pieces; i++) {
    double angle = 2 * PI * (i + 0.37) / pieces, nearest = 10;
    for (int k = 0; k < count; k++)
      nearest = fmin(nearest, fabs(angle_wrap(nodes[k].angle_rad - angle)));
    if (nearest > 0.1)
      ring_node_at(&s, ring, angle, nodes, &count);
  }
  for (int i = 0; i <= count; i++)
    refs[i] = nodes[ring->left_hand ? (2 * count - i) % count : i % count].id;
  snprintf(tags, sizeof tags, "%s" TAG("junction", "roundabout") "<tag k='lanes' v='%d'/>",
           ring->tags, ring->lanes);
  way(&s, refs, count + 1, tags, false);
  return ring->left_hand ? extract_left_of(s.nodes, s.ways) : extract_of(s.nodes, s.ways);
}

// What was built ------------------------------------------------------------------

static int ring_junctions(const road_network *net) {
  int count = 0;
  for (int i = 0; i < net->junction_count; i++)
    count += net->junctions[i].roundabout;
  return count;
}

// The general promises, but how sharply streets of maps bend and where their sidewalks lead.
static int check_promises(const read_map *map, const drawn_ring *ring, const char *what) {
  scene_def def = scene_def_default();
  def.place = PLACE_OSM;
  proof_case c = {.net = &map->net, .def = &def, .junctions = 1000};
  int wrong = 0;
  bool one_way = false; // where it ends in the open, nobody comes back
  for (int i = 0; i < ring->arm_count; i++)
    one_way = one_way || ring->arms[i].kind > ARM_ISLAND;
  for (int i = 0; i < proofs_count; i++) {
    proof_fault fault = {0};
    const char *name = proofs_table[i].name;
    if (strncmp(name, "bends suit", 10) == 0 || strcmp(name, "one can walk everywhere") == 0)
      continue;
    if (one_way && strcmp(name, "from everywhere one gets everywhere") == 0)
      continue;
    proofs_table[i].check(&c, &fault);
    if (fault.count) {
      print_error("%s: %s: %d times: %s\n", what, name, fault.count, fault.text);
      wrong++;
    }
  }
  return wrong;
}

// Who comes in yields to who goes round, and nobody turns to the left at the ring.
static int check_entries(const read_map *map, int lanes, const char *what) {
  const road_network *net = &map->net;
  int entries = 0, wrong = 0;
  turn_kind out = net->left_hand ? TURN_LEFT : TURN_RIGHT;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    if (!lane->junction || !net->junctions[lane->junction - 1].roundabout)
      continue;
    wrong += lane->turn != TURN_STRAIGHT && lane->turn != out;
    wrong += lane->users == LANE_FOR_ALL && lane->max_curvature_pm > 1 / LEAST_BEND_M;
    for (int k = 0; k < lane->conflict_count; k++) {
      const lane_conflict *c = &net->conflicts[lane->conflict_first + k];
      const lane_path *other = &net->paths[c->other - 1];
      const lane_path *from = network_previous(net, lane, 0),
                      *was = network_previous(net, other, 0);
      bool ring = net->roads[from->road - 1].predecessor.kind == ROAD_LINK_JUNCTION &&
                  road_one_way(net, &net->roads[from->road - 1]) != 0;
      bool around = net->roads[was->road - 1].predecessor.kind == ROAD_LINK_JUNCTION &&
                    road_one_way(net, &net->roads[was->road - 1]) != 0;
      if (ring || !around)
        continue;
      entries++;
      wrong += !c->yields;
    }
  }
  // Of three lanes the outermost leads out only, and who comes in on it meets nobody.
  bool none = entries == 0 && lanes < 3;
  if (wrong || none)
    print_error("%s: %d entries, %d wrong\n", what, entries, wrong);
  return wrong + none;
}

#define STREET TAG("highway", "tertiary") TAG("maxspeed", "50")

static drawn_ring ring_by_chance(uint32_t number) {
  rng r = rng_at(77, RNG_TEST, 0, number, 0);
  drawn_ring ring = {.radius_m = rng_uniform(&r, 8.5, 57),
                     .stretch = 1,
                     .lanes = 1,
                     .arm_count = 3 + rng_below(&r, 3),
                     .left_hand = rng_chance(&r, 0.3),
                     .tags = STREET,
                     .arm_tags = STREET};
  if (ring.radius_m > 20 && rng_chance(&r, 0.4))
    ring.lanes = 2;
  if (ring.radius_m > 30 && rng_chance(&r, 0.2))
    ring.lanes = 3;
  if ((ring.lanes > 1 || ring.radius_m > 20) && rng_chance(&r, 0.3))
    ring.arm_tags = STREET TAG("lanes", "4");
  if (rng_chance(&r, 0.2))
    ring.arm_tags = STREET TAG("cycleway", "lane") TAG("sidewalk", "both");
  if (rng_chance(&r, 0.2))
    ring.arm_tags = STREET TAG("sidewalk", "no");
  double base = rng_uniform(&r, 0, 2 * PI), step = 2 * PI / ring.arm_count;
  bool wide = ring.radius_m > 26;
  for (int i = 0; i < ring.arm_count; i++)
    ring.arms[i] = (drawn_arm){.kind = rng_chance(&r, 0.5)           ? ARM_STREET
                                       : rng_chance(&r, 0.6)         ? ARM_ISLAND
                                       : wide && rng_chance(&r, 0.5) ? ARM_DUAL
                                       : i == 1                      ? ARM_OUT
                                       : i == 2                      ? ARM_IN
                                                                     : ARM_STREET,
                               .angle_rad = base + step * i +
                                            (wide ? 0.15 : 0.05) * rng_uniform(&r, -1, 1) * step,
                               .skew_rad = rng_uniform(&r, -0.35, 0.35)};
  return ring;
}

static void rings_by_chance_keep_the_general_promises(void **state) {
  (void)state;
  int wrong = 0, built = 0, lanes = 0;
  enum { RINGS = 200 };
  for (uint32_t n = 0; n < RINGS; n++) {
    char what[120];
    drawn_ring ring = ring_by_chance(n);
    read_map map = draw(&ring);
    int junctions = ring_junctions(&map.net);
    snprintf(what, sizeof what, "ring %u, %.1f m, %d lanes, %d arms%s", n, ring.radius_m,
             ring.lanes, ring.arm_count, ring.left_hand ? ", on the left" : "");
    built += junctions > 0;
    if (junctions == 0) {
      wrong += !map_remarks(&map, "a roundabout is read as a crossing", 0);
    } else {
      int faults = check_promises(&map, &ring, what) + check_entries(&map, ring.lanes, what);
      wrong += faults > 0;
      for (int i = 0; i < map.net.path_count; i++)
        lanes += !map.net.paths[i].junction;
    }
    map_free(&map);
  }
  print_message("%d of %d are rings, %d lanes\n", built, RINGS, lanes);
  assert_int_equal(wrong, 0);
  assert_true(built > RINGS * 9 / 10);
}

// What is built ---------------------------------------------------------------

static int crossings(const road_network *net) {
  int count = 0;
  for (int i = 0; i < net->junction_count; i++)
    count += net->junctions[i].end_count > 2 && !net->junctions[i].roundabout;
  return count;
}

static void what_is_no_round_ring_is_a_crossing(void **state) {
  (void)state;
  const drawn_ring plain = {.radius_m = 18,
                            .stretch = 1,
                            .lanes = 1,
                            .arm_count = 4,
                            .arms = {{ARM_STREET, 0, 0},
                                     {ARM_STREET, 1.6, 0},
                                     {ARM_ISLAND, 3.1, 0},
                                     {ARM_STREET, 4.7, 0}},
                            .tags = STREET,
                            .arm_tags = STREET};
  drawn_ring rings[5] = {plain, plain, plain, plain, plain};
  rings[1].stretch = 0.6;    // an ellipse
  rings[2].radius_m = 5;     // no room for an island
  rings[3].radius_m = 70;    // streets round a block
  rings[4].left_hand = true; // driven clockwise; read with traffic on the left
  for (int i = 0; i < 5; i++) {
    read_map map = draw(&rings[i]);
    int built = ring_junctions(&map.net);
    int wanted = i == 0 || i == 4 ? 4 : 0;
    if (built != wanted || crossings(&map.net) != (wanted ? 0 : 1))
      fail_msg("ring %d: %d junctions of a ring, %d crossings", i, built, crossings(&map.net));
    assert_int_equal(map_remarks(&map, "a roundabout is read as a crossing", 0) > 0, wanted == 0);
    map_free(&map);
  }
}

static void a_ring_of_streets_is_no_crossing(void **state) {
  (void)state;
  const drawn_ring wide = {.radius_m = 120,
                           .stretch = 1,
                           .lanes = 1,
                           .arm_count = 4,
                           .arms = {{ARM_STREET, 0, 0},
                                    {ARM_STREET, 1.6, 0},
                                    {ARM_STREET, 3.1, 0},
                                    {ARM_STREET, 4.7, 0}},
                           .tags = STREET,
                           .arm_tags = STREET};
  read_map map = draw(&wide);
  assert_int_equal(ring_junctions(&map.net), 0);
  assert_int_equal(crossings(&map.net), 4);
  assert_true(map_remarks(&map, "a roundabout more than 150 m wide is read as streets", 0) > 0);
  map_free(&map);
}

#define RING_TAGS STREET TAG("junction", "roundabout")

// Nodes of a ring of 16 m around (x, y), `turns` of 12: +1 as traffic on the right drives it.
static void ring_way(sheet *s, double x, double y, int sense, int first[12]) {
  int refs[13];
  for (int i = 0; i < 12; i++)
    first[i] = node(s, x + 16 * cos(PI / 6 * i), y + 16 * sin(PI / 6 * i));
  for (int i = 0; i < 13; i++)
    refs[i] = first[(12 + sense * i) % 12];
  way(s, refs, 13, RING_TAGS, false);
}

// Of two roundabouts one has a crossing so close to it that its arm has no room, or that it would
// have room but for the crossing's corners.
static void check_close_crossing(double away_m) {
  sheet s = {.node_size = 0};
  int a[12], b[12];
  ring_way(&s, 0, 0, 1, a);
  ring_way(&s, 200, 0, 1, b);
  int near = node(&s, -away_m, 0), far = node(&s, -150, 0), up = node(&s, -away_m, 120);
  int north[2] = {node(&s, 0, 150), node(&s, 200, 150)},
      south[2] = {node(&s, 0, -150), node(&s, 200, -150)};
  int east = node(&s, 340, 0);
  way(&s, (const int[]){a[0], b[6]}, 2, STREET, false);
  way(&s, (const int[]){a[3], north[0]}, 2, STREET, false);
  way(&s, (const int[]){b[3], north[1]}, 2, STREET, false);
  way(&s, (const int[]){a[9], south[0]}, 2, STREET, false);
  way(&s, (const int[]){b[9], south[1]}, 2, STREET, false);
  way(&s, (const int[]){b[0], east}, 2, STREET, false);
  way(&s, (const int[]){a[6], near, far}, 3, STREET, false);
  way(&s, (const int[]){near, up}, 2, STREET, false);
  read_map map = extract_of(s.nodes, s.ways);
  assert_int_equal(ring_junctions(&map.net), 4);
  assert_int_equal(crossings(&map.net), 1);
  assert_true(map_remarks(&map, "a roundabout is read as a crossing", 0) > 0);
  for (int i = 0; i < map.net.junction_count; i++)
    if (map.net.junctions[i].roundabout)
      assert_true(map.net.junctions[i].x_m > 0);
  map_free(&map);
}

static void one_without_room_leaves_the_other_as_it_is(void **state) {
  (void)state;
  check_close_crossing(30);
  check_close_crossing(43);
}

static void a_ring_against_the_traffic_is_a_crossing(void **state) {
  (void)state;
  sheet s = {.node_size = 0};
  int a[12];
  ring_way(&s, 0, 0, -1, a);
  for (int i = 0; i < 4; i++) {
    int far = node(&s, 150 * cos(PI / 2 * i), 150 * sin(PI / 2 * i));
    way(&s, (const int[]){a[3 * i], far}, 2, STREET, false);
  }
  read_map map = extract_of(s.nodes, s.ways);
  assert_int_equal(ring_junctions(&map.net), 0);
  assert_true(map_remarks(&map, "a roundabout is read as a crossing", 0) > 0);
  map_free(&map);
  map = extract_left_of(s.nodes, s.ways);
  assert_int_equal(ring_junctions(&map.net), 4);
  map_free(&map);
}

// Lanes by the tag, the island's kerb where the ways are less half the lanes, crossings at arms.
static void a_ring_is_what_its_tags_say(void **state) {
  (void)state;
  for (int lanes = 1; lanes <= 3; lanes++) {
    drawn_ring ring = {.radius_m = 40,
                       .stretch = 1,
                       .lanes = lanes,
                       .arm_count = 3,
                       .arms = {{ARM_STREET, 0, 0}, {ARM_STREET, 2, 0}, {ARM_STREET, 4, 0}},
                       .tags = STREET,
                       .arm_tags = STREET TAG("lanes", "2")};
    read_map map = draw(&ring);
    const road_network *net = &map.net;
    int arcs = 0;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      double k = net->geometries[r->geometry_first].curvature_begin_pm;
      if (r->junction || r->geometry_count > 1 || k == 0)
        continue;
      int count = 0;
      for (int p = 0; p < net->path_count; p++)
        count += net->paths[p].road == r->id;
      arcs++;
      assert_int_equal(count, lanes);
      if (fabs(1 / k - (40 - 2.25 * lanes)) > 0.15)
        fail_msg("%d lanes: an island of %.2f m", lanes, 1 / k);
    }
    assert_int_equal(arcs, 3);
    // Out of three lanes round, the outermost leads out only; to one lane only one leads.
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      int out = 0, on = 0;
      if (lane->junction || road_one_way(net, &net->roads[lane->road - 1]) == 0)
        continue;
      for (int k = 0; k < lane->next_count; k++) {
        out += network_next(net, lane, k)->turn == TURN_RIGHT;
        on += network_next(net, lane, k)->turn == TURN_STRAIGHT;
      }
      bool outermost = lane->lane == -lanes;
      assert_int_equal(out, outermost);
      assert_int_equal(on, !(outermost && lanes == 3));
    }
    map_free(&map);
  }
}

// Carriageways side by side are arms of one junction, where nobody turns from the one into the
// other; nor do streets' ways out and in that part round an island only, which is left out.
static void carriageways_share_a_junction(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    drawn_ring ring = {
        .radius_m = 34,
        .stretch = 1,
        .lanes = 1,
        .arm_count = 3,
        .arms = {{k ? ARM_ISLAND : ARM_DUAL, 0, 0}, {ARM_STREET, 2, 0}, {ARM_STREET, 4, 0}},
        .left_hand = k == 0,
        .tags = STREET,
        .arm_tags = STREET};
    read_map map = draw(&ring);
    const road_network *net = &map.net;
    assert_int_equal(ring_junctions(net), 3);
    int most = 0, ways = 0;
    for (int i = 0; i < net->junction_count; i++)
      if (net->junctions[i].roundabout && net->junctions[i].end_count > most)
        most = net->junctions[i].end_count;
    for (int i = 0; i < net->path_count; i++) {
      int junction = net->paths[i].junction;
      ways += junction && net->junctions[junction - 1].roundabout;
    }
    assert_int_equal(most, k ? 3 : 4);
    assert_int_equal(ways, 3 * 3); // on, out and in
    assert_int_equal(
        map_remarks(&map, "an island between the ways into a roundabout and out of it is left out",
                    0),
        k);
    map_free(&map);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_no_round_ring_is_a_crossing),
      cmocka_unit_test(a_ring_of_streets_is_no_crossing),
      cmocka_unit_test(one_without_room_leaves_the_other_as_it_is),
      cmocka_unit_test(a_ring_against_the_traffic_is_a_crossing),
      cmocka_unit_test(a_ring_is_what_its_tags_say),
      cmocka_unit_test(carriageways_share_a_junction),
      cmocka_unit_test(rings_by_chance_keep_the_general_promises),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
