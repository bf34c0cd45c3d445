// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// What we write we read back: reference lines and lane borders within a centimetre, links,
// signals, conflicts and ways to walk alike.
#include "scenes/opendrive_read.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/opendrive_write.h"
#include "with_places.h"

static const double NEAR_M = 0.01;

static void read_back(const char *text, size_t size, arena *memory, road_network *out) {
  road_builder b = {0};
  trouble why = {0};
  if (opendrive_read_text(&b, "map.xodr", text, size, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  road_derive_lanes(&b);
  road_derive_conflicts(&b);
  road_derive_walks(&b);
  if (road_builder_finish(&b, memory, out, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  road_builder_free(&b);
}

static void same_number(int number, const char *what, int index, double a, double b) {
  if (!(fabs(a - b) <= 1e-6))
    fail_msg("scene %d: %s %d: %.10g was written, %.10g is read", number, what, index, a, b);
}

static void same_roads(int number, const road_network *a, const road_network *b) {
  same_number(number, "left-hand traffic", 0, a->left_hand, b->left_hand);
  same_number(number, "roads", 0, a->road_count, b->road_count);
  for (int i = 0; i < a->road_count; i++) {
    const road *x = &a->roads[i], *y = &b->roads[i];
    same_number(number, "class of road", x->id, x->class, y->class);
    same_number(number, "length of road", x->id, x->length_m, y->length_m);
    same_number(number, "junction of road", x->id, x->junction, y->junction);
    same_number(number, "geometries of road", x->id, x->geometry_count, y->geometry_count);
    const road_link *links[2][2] = {{&x->predecessor, &y->predecessor},
                                    {&x->successor, &y->successor}};
    for (int k = 0; k < 2; k++) {
      same_number(number, "link kind of road", x->id, links[k][0]->kind, links[k][1]->kind);
      same_number(number, "link of road", x->id, links[k][0]->id, links[k][1]->id);
      same_number(number, "contact of road", x->id, links[k][0]->at_end, links[k][1]->at_end);
    }
    const road_section *sec = &a->sections[x->section_first];
    for (int k = 0; k <= 40; k++) {
      double s = x->length_m * k / 40;
      for (int m = 0; m < sec->lane_count; m++) {
        int lane = a->lanes[sec->lane_first + m].id;
        vec3 p = road_point_at(a, x, s, road_lane_outer_t(a, x, 0, lane, s));
        vec3 q = road_point_at(b, y, s, road_lane_outer_t(b, y, 0, lane, s));
        if (!(vec3_length(vec3_sub(p, q)) < NEAR_M))
          fail_msg("scene %d: road %d lane %d at %.2f m: (%.3f, %.3f, %.3f) was written, (%.3f, "
                   "%.3f, %.3f) is read",
                   number, x->id, lane, s, p.x, p.y, p.z, q.x, q.y, q.z);
      }
    }
    for (int m = 0; m < sec->lane_count; m++) {
      const road_lane *u = &a->lanes[sec->lane_first + m];
      const road_lane *v = road_lane_find(b, &b->sections[y->section_first], u->id);
      assert_non_null(v);
      same_number(number, "type of a lane of road", x->id, u->type, v->type);
      same_number(number, "mark of a lane of road", x->id, u->outer_mark, v->outer_mark);
      same_number(number, "users of a lane of road", x->id, u->users, v->users);
      same_number(number, "colour of a lane of road", x->id, u->mark_yellow, v->mark_yellow);
      same_number(number, "speed of a lane of road", x->id, u->speed_limit_mps, v->speed_limit_mps);
      same_number(number, "height of a lane of road", x->id, u->height_m, v->height_m);
      same_number(number, "predecessor of a lane of road", x->id, u->predecessor, v->predecessor);
      same_number(number, "successor of a lane of road", x->id, u->successor, v->successor);
    }
  }
}

static void same_paths(int number, const road_network *a, const road_network *b) {
  same_number(number, "paths", 0, a->path_count, b->path_count);
  same_number(number, "conflicts", 0, a->conflict_count, b->conflict_count);
  for (int i = 0; i < a->path_count; i++) {
    const lane_path *x = &a->paths[i], *y = &b->paths[i];
    same_number(number, "lane of path", x->id, x->lane, y->lane);
    same_number(number, "length of path", x->id, x->length_m, y->length_m);
    same_number(number, "turn of path", x->id, x->turn, y->turn);
    same_number(number, "rank of path", x->id, x->priority, y->priority);
    same_number(number, "users of path", x->id, x->users, y->users);
    same_number(number, "signal of path", x->id, x->signal, y->signal);
    same_number(number, "stop of path", x->id, x->stop_s_m, y->stop_s_m);
    same_number(number, "successors of path", x->id, x->next_count, y->next_count);
    same_number(number, "predecessors of path", x->id, x->previous_count, y->previous_count);
    for (int k = 0; k < x->next_count; k++)
      same_number(number, "successor of path", x->id, a->lane_links[x->next_first + k],
                  b->lane_links[y->next_first + k]);
  }
  for (int i = 0; i < a->conflict_count; i++) {
    same_number(number, "other of conflict", i, a->conflicts[i].other, b->conflicts[i].other);
    same_number(number, "yielding of conflict", i, a->conflicts[i].yields, b->conflicts[i].yields);
  }
}

static void same_junctions(int number, const road_network *a, const road_network *b) {
  same_number(number, "junctions", 0, a->junction_count, b->junction_count);
  for (int i = 0; i < a->junction_count; i++) {
    const road_junction *x = &a->junctions[i], *y = &b->junctions[i];
    same_number(number, "kind of junction", x->id, x->kind, y->kind);
    same_number(number, "x of junction", x->id, x->x_m, y->x_m);
    same_number(number, "y of junction", x->id, x->y_m, y->y_m);
    same_number(number, "radius of junction", x->id, x->radius_m, y->radius_m);
    same_number(number, "outline of junction", x->id, x->outline_count, y->outline_count);
    same_number(number, "phases of junction", x->id, x->program_count, y->program_count);
    same_number(number, "groups of junction", x->id, x->group_count, y->group_count);
    for (int group = 1; group <= x->group_count; group++)
      for (double t = 0; t < 100; t += 0.5)
        same_number(number, "colour of junction", x->id, signal_at(a, x, group, t),
                    signal_at(b, y, group, t));
  }
  same_number(number, "signals", 0, a->signal_count, b->signal_count);
  for (int i = 0; i < a->signal_count; i++) {
    same_number(number, "junction of signal", i + 1, a->signals[i].junction,
                b->signals[i].junction);
    same_number(number, "group of signal", i + 1, a->signals[i].group, b->signals[i].group);
    same_number(number, "kind of signal", i + 1, a->signals[i].pedestrian,
                b->signals[i].pedestrian);
  }
}

static void same_walks(int number, const road_network *a, const road_network *b) {
  same_number(number, "crosswalks", 0, a->crosswalk_count, b->crosswalk_count);
  for (int i = 0; i < a->crosswalk_count; i++) {
    const road_crosswalk *x = &a->crosswalks[i], *y = &b->crosswalks[i];
    same_number(number, "junction of crosswalk", x->id, x->junction, y->junction);
    same_number(number, "group of crosswalk", x->id, x->group, y->group);
    for (int k = 0; k < 4; k++)
      if (!(vec3_length(vec3_sub(x->corners[k], y->corners[k])) < NEAR_M))
        fail_msg("scene %d: crosswalk %d: corner %d is elsewhere", number, x->id, k);
  }
  same_number(number, "crossings", 0, a->crossing_count, b->crossing_count);
  same_number(number, "walk edges", 0, a->walk_edge_count, b->walk_edge_count);
  same_number(number, "walk nodes", 0, a->walk_node_count, b->walk_node_count);
  for (int i = 0; i < a->walk_edge_count; i++)
    same_number(number, "length of walk edge", i + 1, a->walk_edges[i].length_m,
                b->walk_edges[i].length_m);
}

static void same_bays(int number, const road_network *a, const road_network *b) {
  same_number(number, "bays", 0, a->bay_count, b->bay_count);
  for (int i = 0; i < a->bay_count; i++) {
    const road_bay *x = &a->bays[i], *y = &b->bays[i];
    same_number(number, "road of bay", x->id, x->road, y->road);
    same_number(number, "s of bay", x->id, x->s_m, y->s_m);
    same_number(number, "t of bay", x->id, x->t_m, y->t_m);
    same_number(number, "heading of bay", x->id, x->heading_rad, y->heading_rad);
    same_number(number, "length of bay", x->id, x->length_m, y->length_m);
    same_number(number, "width of bay", x->id, x->width_m, y->width_m);
    same_number(number, "access of bay", x->id, x->accessible, y->accessible);
  }
}

static void what_is_written_is_read_back(void **state) {
  (void)state;
  for (int n = 0; n < 2 * PLACES_COUNT; n++) {
    scene *s = places_build(n);
    char *text = NULL, *again = NULL;
    size_t size = 0, again_size = 0;
    trouble why = {0};
    arena *memory = arena_create();
    road_network net;
    assert_int_equal(opendrive_write(&s->roads, "town", &text, &size, &why), STATUS_OK);
    read_back(text, size, memory, &net);
    for (int i = 0; i < net.remark_count; i++)
      fail_msg("scene %d: line %d: %s", n, net.remarks[i].line, net.remarks[i].text);
    same_roads(n, &s->roads, &net);
    same_paths(n, &s->roads, &net);
    same_junctions(n, &s->roads, &net);
    same_walks(n, &s->roads, &net);
    same_bays(n, &s->roads, &net);
    // Nothing wears off: what is read is written as a file that reads the same.
    assert_int_equal(opendrive_write(&net, "town", &again, &again_size, &why), STATUS_OK);
    road_network twice;
    read_back(again, again_size, memory, &twice);
    same_roads(n, &s->roads, &twice);
    free(text);
    free(again);
    arena_destroy(memory);
    scene_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
