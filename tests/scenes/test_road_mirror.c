// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Left-hand traffic against its oracle: the same place with right-hand traffic, in a mirror.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>

#include "scenes/opendrive_read.h"
#include "scenes/opendrive_write.h"
#include "scenes/road_builder.h"
#include "with_network.h"
#include "with_places.h"

static const double NEAR_M = 1e-6, NEAR_RAD = 1e-9;

typedef struct pair {
  int number;
  scene *right, *left;
} pair;

static scene *build(int number, const char *hand) {
  scene_def def = places_def(number);
  scene *s = NULL;
  trouble why = {0};
  strcpy(def.hand, hand);
  // What a script says in headings isn't mirrored, so it is here.
  double turn = strcmp(hand, "left") == 0 ? -1 : 1;
  def.curve.turn_rad *= turn;
  for (int i = 0; i < def.intersection.angles_deg.count; i++)
    def.intersection.angles_deg.value[i] *= turn;
  for (int k = 0; k < def.compose.part_count; k++) {
    compose_part *part = &def.compose.parts[k];
    if (part->kind == PLACE_CURVE)
      part->of.curve.turn_rad *= turn;
    for (int i = 0; part->kind == PLACE_INTERSECTION && i < part->of.intersection.angles_deg.count;
         i++)
      part->of.intersection.angles_deg.value[i] *= turn;
  }
  if (scene_build(&s, &def, 99, (uint32_t)number, 0, &why) != STATUS_OK)
    fail_msg("scene %d, %s: %s", number, hand, why.text);
  return s;
}

static pair build_both(int number) {
  pair p = {number, build(number, "right"), build(number, "left")};
  assert_false(p.right->roads.left_hand);
  assert_true(p.left->roads.left_hand);
  assert_true(p.right->hash != p.left->hash);
  return p;
}

static void destroy_both(const pair *p) {
  scene_destroy(p->right);
  scene_destroy(p->left);
}

static turn_kind turned(turn_kind turn) {
  return turn == TURN_LEFT ? TURN_RIGHT : turn == TURN_RIGHT ? TURN_LEFT : turn;
}

static bool mirrored(double x, double y, double ox, double oy) {
  return fabs(x - ox) < NEAR_M && fabs(y + oy) < NEAR_M;
}

static void roads_and_lanes_are_the_mirror_image(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    pair p = build_both(n);
    const road_network *a = &p.right->roads, *b = &p.left->roads;
    assert_int_equal(a->road_count, b->road_count);
    for (int i = 0; i < a->road_count; i++) {
      const road *r = &a->roads[i], *q = &b->roads[i];
      const road_section *sa = &a->sections[r->section_first], *sb = &b->sections[q->section_first];
      assert_int_equal(r->section_count, q->section_count);
      for (int section = 0; section < r->section_count; section++)
        for (int k = 0; k < sa[section].lane_count; k++) {
          const road_lane *lane = &a->lanes[sa[section].lane_first + k];
          const road_lane *other = road_lane_find(b, &sb[section], -lane->id);
          if (!other || other->id != -lane->id || other->type != lane->type ||
              other->predecessor != -lane->predecessor || other->successor != -lane->successor ||
              other->outer_mark != lane->outer_mark)
            fail_msg("scene %d road %d: lane %d has no mirror image", n, r->id, lane->id);
          for (int m = 0; m <= 6; m++) {
            double s = r->length_m * m / 6;
            vec3 at = road_point_at(a, r, s, road_lane_outer_t(a, r, section, lane->id, s));
            vec3 to = road_point_at(b, q, s, road_lane_outer_t(b, q, section, other->id, s));
            if (!mirrored(at.x, at.y, to.x, to.y) || fabs(at.z - to.z) > NEAR_M)
              fail_msg("scene %d road %d lane %d at %.2f m: (%.6f, %.6f) and (%.6f, %.6f)", n,
                       r->id, lane->id, s, at.x, at.y, to.x, to.y);
          }
        }
    }
    destroy_both(&p);
  }
}

static void compare_links(const pair *p, const lane_path *a, const lane_path *b) {
  const road_network *na = &p->right->roads, *nb = &p->left->roads;
  assert_int_equal(a->next_count, b->next_count);
  assert_int_equal(a->previous_count, b->previous_count);
  for (int k = 0; k < a->next_count; k++)
    assert_int_equal(network_next(na, a, k)->id, network_next(nb, b, k)->id);
  for (int k = 0; k < a->previous_count; k++)
    assert_int_equal(network_previous(na, a, k)->id, network_previous(nb, b, k)->id);
  assert_int_equal(a->left, b->right);
  assert_int_equal(a->right, b->left);
  if (a->conflict_count != b->conflict_count)
    fail_msg("scene %d lane %d: %d conflicts and %d", p->number, a->id, a->conflict_count,
             b->conflict_count);
  for (int k = 0; k < a->conflict_count; k++) {
    const lane_conflict *c = &na->conflicts[a->conflict_first + k];
    const lane_conflict *d = &nb->conflicts[b->conflict_first + k];
    if (c->other != d->other || c->yields != d->yields || fabs(c->begin_s_m - d->begin_s_m) > 0.6 ||
        fabs(c->end_s_m - d->end_s_m) > 0.6)
      fail_msg("scene %d lane %d meets %d at %.2f..%.2f m, yields %d; in the mirror %d at "
               "%.2f..%.2f m, yields %d",
               p->number, a->id, c->other, c->begin_s_m, c->end_s_m, c->yields, d->other,
               d->begin_s_m, d->end_s_m, d->yields);
  }
}

static void the_lane_graph_is_the_mirror_image(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    pair p = build_both(n);
    const road_network *na = &p.right->roads, *nb = &p.left->roads;
    assert_int_equal(na->path_count, nb->path_count);
    for (int i = 0; i < na->path_count; i++) {
      const lane_path *a = &na->paths[i], *b = &nb->paths[i];
      if (a->road != b->road || a->lane != -b->lane || a->turn != turned(b->turn) ||
          a->junction != b->junction || a->signal != b->signal || a->priority != b->priority ||
          fabs(a->length_m - b->length_m) > NEAR_M || fabs(a->stop_s_m - b->stop_s_m) > NEAR_M ||
          a->point_count != b->point_count)
        fail_msg("scene %d: lane %d of road %d has no mirror image", n, a->lane, a->road);
      for (int k = 0; k < a->point_count; k++) {
        const road_point *x = &network_points(na, a)[k], *y = &network_points(nb, b)[k];
        if (!mirrored(x->x_m, x->y_m, y->x_m, y->y_m) || fabs(x->z_m - y->z_m) > NEAR_M ||
            fabs(angle_wrap(x->heading_rad + y->heading_rad)) > NEAR_RAD)
          fail_msg("scene %d lane %d point %d: (%.6f, %.6f) %.6f rad and (%.6f, %.6f) %.6f rad", n,
                   a->id, k, x->x_m, x->y_m, x->heading_rad, y->x_m, y->y_m, y->heading_rad);
      }
      compare_links(&p, a, b);
    }
    assert_int_equal(na->crossing_count, nb->crossing_count);
    for (int i = 0; i < na->crossing_count; i++) {
      const lane_crossing *c = &na->crossings[i], *d = &nb->crossings[i];
      assert_true(c->lane == d->lane && c->crosswalk == d->crosswalk);
      assert_true(fabs(c->begin_s_m - d->begin_s_m) < NEAR_M);
      assert_true(fabs(c->end_s_m - d->end_s_m) < NEAR_M);
    }
    destroy_both(&p);
  }
}

static void junctions_are_the_mirror_image_and_counter_clockwise(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    pair p = build_both(n);
    const road_network *a = &p.right->roads, *b = &p.left->roads;
    assert_int_equal(a->junction_count, b->junction_count);
    for (int i = 0; i < a->junction_count; i++) {
      const road_junction *j = &a->junctions[i], *k = &b->junctions[i];
      assert_true(mirrored(j->x_m, j->y_m, k->x_m, k->y_m));
      assert_true(j->kind == k->kind && j->group_count == k->group_count);
      assert_int_equal(j->outline_count, k->outline_count);
      for (int m = 0; m < j->outline_count; m++) {
        const road_point *x = &a->points[j->outline_first + m];
        const road_point *y = &b->points[k->outline_first + k->outline_count - 1 - m];
        assert_true(mirrored(x->x_m, x->y_m, y->x_m, y->y_m));
      }
    }
    assert_int_equal(a->crosswalk_count, b->crosswalk_count);
    for (int i = 0; i < a->crosswalk_count; i++) {
      const vec3 *c = a->crosswalks[i].corners, *d = b->crosswalks[i].corners;
      assert_int_equal(a->crosswalks[i].group, b->crosswalks[i].group);
      for (int k = 0; k < 4; k++)
        assert_true(mirrored(c[k].x, c[k].y, d[3 - k].x, d[3 - k].y));
    }
    destroy_both(&p);
  }
}

// Rounding may cut an arc of a corner into a piece more or less.
#define ARC_M 3e-3

static bool ends_mirror(const road_network *a, int node, const road_network *b, int other) {
  const walk_node *x = &a->walk_nodes[node - 1], *y = &b->walk_nodes[other - 1];
  return mirrored(x->x_m, x->y_m, y->x_m, y->y_m);
}

static bool edges_mirror(const road_network *a, const walk_edge *e, const road_network *b,
                         const walk_edge *f) {
  if (e->kind != f->kind || e->crosswalk != f->crosswalk ||
      fabs(e->length_m - f->length_m) > ARC_M || fabs(e->width_m - f->width_m) > NEAR_M)
    return false;
  return (ends_mirror(a, e->a, b, f->a) && ends_mirror(a, e->b, b, f->b)) ||
         (ends_mirror(a, e->a, b, f->b) && ends_mirror(a, e->b, b, f->a));
}

static void the_walk_graph_is_the_mirror_image(void **state) {
  (void)state;
  int edges = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    pair p = build_both(n);
    const road_network *a = &p.right->roads, *b = &p.left->roads;
    assert_int_equal(a->walk_node_count, b->walk_node_count);
    assert_int_equal(a->walk_edge_count, b->walk_edge_count);
    for (int i = 0; i < a->walk_edge_count; i++, edges++) {
      int k = 0;
      while (k < b->walk_edge_count && !edges_mirror(a, &a->walk_edges[i], b, &b->walk_edges[k]))
        k++;
      if (k == b->walk_edge_count)
        fail_msg("scene %d: walk edge %d has no mirror image", n, i + 1);
    }
    destroy_both(&p);
  }
  assert_true(edges > 1000);
}

static void vehicles_start_in_the_mirror(void **state) {
  (void)state;
  int vehicles = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    pair p = build_both(n);
    assert_int_equal(p.right->vehicle_count, p.left->vehicle_count);
    for (int i = 0; i < p.right->vehicle_count; i++, vehicles++) {
      const scene_vehicle *v = &p.right->vehicles[i], *w = &p.left->vehicles[i];
      assert_int_equal(v->lane, w->lane);
      assert_true(fabs(v->s_m - w->s_m) < NEAR_M && fabs(v->speed_mps - w->speed_mps) < 1e-3);
    }
    destroy_both(&p);
  }
  assert_true(vehicles > 300);
}

static xmlDoc *written(const road_network *net) {
  char *text = NULL;
  size_t size = 0;
  trouble why = {0};
  assert_int_equal(opendrive_write(net, "map", &text, &size, &why), STATUS_OK);
  xmlDoc *doc = xmlReadMemory(text, (int)size, "map.xodr", NULL, XML_PARSE_NONET);
  assert_non_null(doc);
  free(text);
  return doc;
}

// The next element of a document after `at`, depth first.
static xmlNode *next_element(xmlNode *at) {
  do {
    xmlNode *next = at->children;
    while (!next && at) {
      next = at->next;
      at = at->parent;
    }
    at = next;
  } while (at && at->type != XML_ELEMENT_NODE);
  return at;
}

static double number(xmlNode *at, const char *name) {
  xmlChar *text = xmlGetProp(at, BAD_CAST name);
  if (!text)
    fail_msg("<%s> has no %s", (const char *)at->name, name);
  double value = strtod((const char *)text, NULL);
  xmlFree(text);
  return value;
}

// A connection's lanes follow each other from the left to the right, so here the other way.
static void compare_lane_links(int n, const xmlNode *a, const xmlNode *b) {
  for (xmlNode *link = a->children; link; link = link->next) {
    bool found = link->type != XML_ELEMENT_NODE;
    for (xmlNode *other = b->children; other && !found; other = other->next)
      found = other->type == XML_ELEMENT_NODE && number(link, "from") == -number(other, "from") &&
              number(link, "to") == -number(other, "to");
    if (!found)
      fail_msg("scene %d, line %ld: the way from lane %.0f to %.0f isn't in the mirror", n,
               xmlGetLineNo(link), number(link, "from"), number(link, "to"));
  }
}

// Attributes of what a map has beside its lines and lanes: same, or turned, or exchanged.
static int compare_elements(int n, xmlNode *a, xmlNode *b) {
  static const struct {
    const char *element, *attribute, *other;
    double sign;
  } turned[] = {{"signal", "s", "s", 1},
                {"signal", "t", "t", -1},
                {"signal", "width", "width", 1},
                {"validity", "fromLane", "toLane", -1},
                {"validity", "toLane", "fromLane", -1},
                {"object", "s", "s", 1},
                {"object", "t", "t", -1},
                {"connection", "incomingRoad", "incomingRoad", 1},
                {"connection", "connectingRoad", "connectingRoad", 1},
                {"priority", "high", "high", 1},
                {"priority", "low", "low", 1}};
  int compared = 0;
  for (size_t i = 0; i < sizeof turned / sizeof *turned; i++) {
    if (strcmp((const char *)a->name, turned[i].element) != 0)
      continue;
    double x = number(a, turned[i].attribute), y = number(b, turned[i].other);
    if (fabs(x - turned[i].sign * y) > NEAR_M)
      fail_msg("scene %d, line %ld: <%s> %s is %.6f, in the mirror %.6f", n, xmlGetLineNo(b),
               turned[i].element, turned[i].attribute, x, y);
    compared++;
  }
  return compared;
}

static void maps_are_written_in_the_mirror(void **state) {
  (void)state;
  int compared = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    pair p = build_both(n);
    xmlDoc *docs[2] = {written(&p.right->roads), written(&p.left->roads)};
    xmlNode *a = xmlDocGetRootElement(docs[0]), *b = xmlDocGetRootElement(docs[1]);
    for (; a && b; a = next_element(a), b = next_element(b)) {
      // Sides follow each other in another order there, and lanes are compared elsewhere.
      while (a && strcmp((const char *)a->name, "lanes") == 0)
        a = a->next;
      while (b && strcmp((const char *)b->name, "lanes") == 0)
        b = b->next;
      while (a && a->type != XML_ELEMENT_NODE)
        a = a->next;
      while (b && b->type != XML_ELEMENT_NODE)
        b = b->next;
      assert_string_equal((const char *)a->name, (const char *)b->name);
      compared += compare_elements(n, a, b);
      if (strcmp((const char *)a->name, "connection") == 0)
        compare_lane_links(n, a, b);
    }
    assert_true(!a && !b);
    xmlFreeDoc(docs[0]);
    xmlFreeDoc(docs[1]);
    destroy_both(&p);
  }
  assert_true(compared > 5000);
}

// The map as another program would have written it, without what only we write.
static road_network read_as_foreign(const road_network *net, arena *memory) {
  char *text = NULL;
  size_t size = 0;
  trouble why = {0};
  road_builder b = {0};
  road_network out;
  assert_int_equal(opendrive_write(net, "map", &text, &size, &why), STATUS_OK);
  for (char *at = text; (at = strstr(at, "\"roadloom.")); at++)
    memcpy(at + 1, "somebody", 8);
  if (opendrive_read_text(&b, "map.xodr", text, size, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  free(text);
  road_derive_lanes(&b);
  road_derive_conflicts(&b);
  assert_int_equal(road_builder_finish(&b, memory, &out, &why), STATUS_OK);
  road_builder_free(&b);
  return out;
}

static void who_goes_first_on_foreign_maps_is_mirrored(void **state) {
  (void)state;
  int turns = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    pair p = build_both(n);
    arena *memory = arena_create();
    road_network a = read_as_foreign(&p.right->roads, memory);
    road_network b = read_as_foreign(&p.left->roads, memory);
    assert_true(!a.left_hand && b.left_hand);
    assert_int_equal(a.path_count, b.path_count);
    assert_int_equal(a.conflict_count, b.conflict_count);
    for (int i = 0; i < a.path_count; i++) {
      const lane_path *x = &a.paths[i], *y = &b.paths[i];
      if (x->turn != turned(y->turn) || x->priority != y->priority)
        fail_msg("scene %d: lane %d turns %d with rank %d, in the mirror %d with rank %d", n, x->id,
                 x->turn, x->priority, y->turn, y->priority);
      turns += x->turn == TURN_LEFT || x->turn == TURN_RIGHT;
    }
    for (int i = 0; i < a.conflict_count; i++)
      assert_int_equal(a.conflicts[i].yields, b.conflicts[i].yields);
    arena_destroy(memory);
    destroy_both(&p);
  }
  assert_true(turns > 300);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(roads_and_lanes_are_the_mirror_image),
      cmocka_unit_test(the_lane_graph_is_the_mirror_image),
      cmocka_unit_test(junctions_are_the_mirror_image_and_counter_clockwise),
      cmocka_unit_test(the_walk_graph_is_the_mirror_image),
      cmocka_unit_test(vehicles_start_in_the_mirror),
      cmocka_unit_test(maps_are_written_in_the_mirror),
      cmocka_unit_test(who_goes_first_on_foreign_maps_is_mirrored),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
