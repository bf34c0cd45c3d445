// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Each property of with_proofs.h sees a fault that is planted into a network that keeps it.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/fields.h"
#include "with_any_place.h"
#include "with_network.h"
#include "with_proofs.h"

// A place with its defaults but for one field, and lights at every crossing.
static any_place build(place_kind place) {
  any_place of = {.place = place, .number = 3, .def = scene_def_default()};
  trouble why = {0};
  of.def.place = place;
  of.def.grid_city.signals = of.def.intersection.signals = of.def.town.signals = 1;
  of.def.grid_city.lanes = of.def.intersection.lanes = 2;
  if (any_place_build(&of, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  return of;
}

static int faults_of(const any_place *of, const proof *p) {
  proof_case about = {.net = &of->net, .def = &of->def, .junctions = 100};
  proof_fault fault = {0};
  p->check(&about, &fault);
  return fault.count;
}

static road_point *last_point(road_network *net, const lane_path *lane) {
  return &net->points[lane->point_first + lane->point_count - 1];
}

// The longest lane outside junctions, so that it has room for faults; one that leads on, if any.
static lane_path *some_lane(road_network *net) {
  lane_path *best = NULL;
  for (int i = 0; i < net->path_count; i++) {
    lane_path *lane = &net->paths[i];
    if (lane->junction || (best && best->next_count && !lane->next_count))
      continue;
    if (!best || lane->length_m > best->length_m || (lane->next_count && !best->next_count))
      best = lane;
  }
  assert_non_null(best);
  return best;
}

// A way through a junction with the most conflicts.
static lane_path *some_way(road_network *net) {
  lane_path *best = NULL;
  for (int i = 0; i < net->path_count; i++)
    if (net->paths[i].junction && (!best || net->paths[i].conflict_count > best->conflict_count))
      best = &net->paths[i];
  assert_non_null(best);
  assert_true(best->conflict_count > 0);
  return best;
}

// A road outside junctions with as many pieces as there are.
static road *some_road(road_network *net) {
  road *best = NULL;
  for (int i = 0; i < net->road_count; i++)
    if (!net->roads[i].junction && (!best || net->roads[i].geometry_count > best->geometry_count))
      best = &net->roads[i];
  return best;
}

// The faults ----------------------------------------------------------------------

static void lane_end_moved_by_2_mm(road_network *net) {
  last_point(net, some_lane(net))->x_m += 0.002;
}

static void lane_end_turned_by_2_mrad(road_network *net) {
  last_point(net, some_lane(net))->heading_rad += 0.002;
}

static void lane_end_lifted_by_2_mm(road_network *net) {
  last_point(net, some_lane(net))->z_m += 0.002;
}

static void successor_forgets_its_predecessor(road_network *net) {
  const lane_path *lane = some_lane(net), *next = network_next(net, lane, 0);
  net->lane_links[next->previous_first] = next->id;
}

static void a_piece_is_moved(road_network *net) {
  net->geometries[some_road(net)->geometry_first + 1].x_m += 1e-4;
}

static void a_spiral_begins_as_an_arc(road_network *net) {
  const road *r = some_road(net);
  for (int k = 0; k < r->geometry_count; k++) {
    road_geometry *g = &net->geometries[r->geometry_first + k];
    if (g->curvature_begin_pm == 0 && g->curvature_end_pm != 0)
      g->curvature_begin_pm = g->curvature_end_pm;
  }
}

static void a_bend_is_too_tight(road_network *net) {
  net->geometries[some_road(net)->geometry_first].curvature_end_pm = 1.0 / 6;
}

static void a_hill_ends_in_a_step(road_network *net) {
  const road *r = &net->roads[some_lane(net)->road - 1];
  net->elevations[r->elevation_first].b = 0.01;
}

static void a_lane_is_5_m_wide(road_network *net) {
  const road *r = some_road(net);
  const road_section *section = &net->sections[r->section_first];
  for (int k = 0; k < section->lane_count; k++)
    if (net->lanes[section->lane_first + k].type == LANE_DRIVING)
      net->widths[net->lanes[section->lane_first + k].width_first].a = 5;
}

static void a_sidewalk_steps_by_a_millimetre(road_network *net) {
  for (int i = 0; i < net->lane_count; i++)
    if (net->lanes[i].type == LANE_SIDEWALK && net->lanes[i].width_count > 1) {
      net->widths[net->lanes[i].width_first + 1].a += 0.001;
      return;
    }
  fail_msg("no sidewalk changes its width");
}

static void a_road_lies_on_another(road_network *net) {
  const lane_path *lane = some_lane(net);
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *other = &net->paths[i];
    if (other->junction || other->road == lane->road)
      continue;
    net->points[other->point_first] = net->points[lane->point_first + lane->point_count / 2];
    return;
  }
}

static void a_point_is_missing(road_network *net) {
  lane_path *lane = some_lane(net);
  road_point *p = &net->points[lane->point_first + 1];
  memmove(p, p + 1, (size_t)(lane->point_count - 2) * sizeof *p);
  lane->point_count--;
}

static void a_point_is_off_the_line(road_network *net) {
  net->points[some_lane(net)->point_first + 2].y_m += 0.02;
}

static void a_lane_makes_a_loop(road_network *net) {
  const lane_path *lane = some_lane(net);
  road_point *p = &net->points[lane->point_first + lane->point_count / 2];
  road_point a = p[0], b = p[1];
  double c = cos(a.heading_rad), s = sin(a.heading_rad);
  // Out to the left, back and over its own beginning.
  p[1].x_m = b.x_m - 1.5 * s, p[1].y_m = b.y_m + 1.5 * c;
  p[2].x_m = a.x_m - 1.5 * s - 1 * c, p[2].y_m = a.y_m + 1.5 * c - 1 * s;
  p[3].x_m = a.x_m + 0.5 * c + 1 * s, p[3].y_m = a.y_m + 0.5 * s - 1 * c;
}

static void a_neighbour_is_on_the_wrong_side(road_network *net) {
  for (int i = 0; i < net->path_count; i++)
    if (net->paths[i].right) {
      net->paths[i].left = net->paths[i].right;
      return;
    }
  fail_msg("no lane has a neighbour");
}

static void a_street_is_closed(road_network *net) {
  lane_path *lane = some_lane(net);
  for (int id = lane->id; id; id = net->paths[id - 1].left)
    net->paths[id - 1].next_count = 0;
  for (int id = lane->id; id; id = net->paths[id - 1].right)
    net->paths[id - 1].next_count = 0;
}

// Whoever comes out of one junction goes back into it: the rest is out of reach.
static void a_way_leads_back(road_network *net) {
  for (int i = 0; i < net->path_count; i++) {
    lane_path *lane = &net->paths[i];
    if (lane->junction != 1)
      continue;
    for (int k = 0; k < lane->next_count; k++)
      net->lane_links[lane->next_first + k] = lane->id;
  }
}

static void a_conflict_is_missing(road_network *net) {
  some_way(net)->conflict_count--;
}

static void a_conflict_is_with_the_wrong_lane(road_network *net) {
  const lane_path *way = some_way(net);
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *other = &net->paths[i];
    bool met = other == way || other->junction != way->junction;
    for (int k = 0; k < way->conflict_count; k++)
      met = met || net->conflicts[way->conflict_first + k].other == other->id;
    if (met)
      continue;
    net->conflicts[way->conflict_first].other = other->id;
    return;
  }
  fail_msg("lane %d meets every other one", way->id);
}

static void a_conflict_ends_too_soon(road_network *net) {
  lane_conflict *c = &net->conflicts[some_way(net)->conflict_first];
  c->end_s_m = c->begin_s_m + 0.3 * (c->end_s_m - c->begin_s_m);
}

static void a_conflict_reaches_too_far(road_network *net) {
  for (int i = 0; i < net->path_count; i++)
    for (int k = 0; k < net->paths[i].conflict_count; k++) {
      lane_conflict *c = &net->conflicts[net->paths[i].conflict_first + k];
      if (c->begin_s_m > 6)
        c->begin_s_m = 0;
    }
}

static void both_think_the_same(road_network *net) {
  lane_conflict *c = &net->conflicts[some_way(net)->conflict_first];
  c->yields = !c->yields;
}

static void a_way_leaves_the_asphalt(road_network *net) {
  for (int i = 0; i < net->path_count; i++)
    if (net->paths[i].turn == TURN_RIGHT)
      net->paths[i].width_m += 8;
}

static void vehicles_stop_on_the_crosswalk(road_network *net) {
  for (int i = 0; i < net->crossing_count; i++) {
    lane_path *lane = &net->paths[net->crossings[i].lane - 1];
    if (net->crossings[i].begin_s_m > lane->length_m / 2)
      lane->stop_s_m = net->crossings[i].begin_s_m;
  }
}

static void a_crosswalk_is_elsewhere(road_network *net) {
  for (int k = 0; k < 4; k++)
    net->crosswalks[0].corners[k].x += 30;
}

static void a_group_is_never_green(road_network *net) {
  for (int i = 0; i < net->phase_count; i++)
    if (net->phases[i].color[1] == SIGNAL_GREEN)
      net->phases[i].color[1] = SIGNAL_RED;
}

static void yellow_is_missing(road_network *net) {
  for (int i = 0; i < net->phase_count; i++)
    if (net->phases[i].color[1] == SIGNAL_YELLOW)
      net->phases[i].color[1] = SIGNAL_RED;
}

static void a_lane_obeys_nobody(road_network *net) {
  for (int i = 0; i < net->path_count; i++)
    net->paths[i].signal = 0;
}

static void crossing_streets_go_together(road_network *net) {
  for (int i = 0; i < net->phase_count; i++)
    if (net->phases[i].color[1] == SIGNAL_GREEN)
      net->phases[i].color[2] = SIGNAL_GREEN;
}

static void people_go_with_those_who_come_in(road_network *net) {
  for (int i = 0; i < net->crossing_count; i++) {
    const lane_path *lane = &net->paths[net->crossings[i].lane - 1];
    road_crosswalk *walk = &net->crosswalks[net->crossings[i].crosswalk - 1];
    if (lane->signal && walk->group && net->crossings[i].begin_s_m > lane->length_m / 2)
      walk->group = net->signals[lane->signal - 1].group;
  }
}

static void a_crosswalk_cannot_be_walked(road_network *net) {
  for (int i = 0; i < net->walk_edge_count; i++)
    if (net->walk_edges[i].a == net->walk_edges[0].a ||
        net->walk_edges[i].b == net->walk_edges[0].a)
      net->walk_edges[i].a = net->walk_edges[i].b;
}

static void a_way_to_walk_leads_over_a_lane(road_network *net) {
  const lane_path *lane = some_lane(net);
  for (int i = 0; i < net->walk_edge_count; i++)
    if (net->walk_edges[i].kind == WALK_SIDEWALK && net->walk_edges[i].point_count > 6) {
      road_point *p = &net->points[net->walk_edges[i].point_first + 2];
      for (int k = 0; k < 2; k++) {
        p[k].x_m = net->points[lane->point_first + 3].x_m;
        p[k].y_m = net->points[lane->point_first + 3].y_m;
      }
      return;
    }
}

static void a_way_to_walk_ends_beside_its_node(road_network *net) {
  net->walk_nodes[net->walk_edges[0].a - 1].x_m += 0.002;
}

static const struct {
  const char *proof;
  place_kind place;
  void (*plant)(road_network *net);
} faults[] = {
    {"a lane's end joins its successor", PLACE_INTERSECTION, lane_end_moved_by_2_mm},
    {"a lane's end joins its successor", PLACE_TOWN, lane_end_turned_by_2_mrad},
    {"a lane's end joins its successor", PLACE_GRID_CITY, lane_end_lifted_by_2_mm},
    {"a lane's end joins its successor", PLACE_ROUNDABOUT, successor_forgets_its_predecessor},
    {"reference lines are smooth", PLACE_TOWN, a_piece_is_moved},
    {"reference lines are smooth", PLACE_CURVE, a_spiral_begins_as_an_arc},
    {"bends suit the place and the speed", PLACE_CURVE, a_bend_is_too_tight},
    {"bends suit the place and the speed", PLACE_TOWN, a_bend_is_too_tight},
    {"bends suit the place and the speed", PLACE_HIGHWAY, a_bend_is_too_tight},
    {"elevation is C1 along roads and across links", PLACE_INTERSECTION, a_hill_ends_in_a_step},
    {"elevation is C1 along roads and across links", PLACE_GRID_CITY, lane_end_lifted_by_2_mm},
    {"widths are in range and smooth", PLACE_STRAIGHT, a_lane_is_5_m_wide},
    {"widths are in range and smooth", PLACE_TOWN, a_sidewalk_steps_by_a_millimetre},
    {"roads keep apart", PLACE_GRID_CITY, a_road_lies_on_another},
    {"points are dense and smooth", PLACE_STRAIGHT, a_point_is_missing},
    {"points are dense and smooth", PLACE_HIGHWAY, a_point_is_off_the_line},
    {"no lane crosses itself", PLACE_GRID_CITY, a_lane_makes_a_loop},
    {"neighbours lie side by side", PLACE_GRID_CITY, a_neighbour_is_on_the_wrong_side},
    {"from everywhere one gets everywhere", PLACE_GRID_CITY, a_street_is_closed},
    {"from everywhere one gets everywhere", PLACE_GRID_CITY, a_way_leads_back},
    {"from everywhere one gets everywhere", PLACE_TOWN, a_way_leads_back},
    {"from everywhere one gets everywhere", PLACE_ROUNDABOUT, a_way_leads_back},
    {"conflicts are where swept areas overlap", PLACE_INTERSECTION, a_conflict_is_missing},
    {"conflicts are where swept areas overlap", PLACE_ROUNDABOUT, a_conflict_is_missing},
    {"conflicts are where swept areas overlap", PLACE_INTERSECTION,
     a_conflict_is_with_the_wrong_lane},
    {"conflicts are where swept areas overlap", PLACE_INTERSECTION, a_conflict_ends_too_soon},
    {"conflicts are where swept areas overlap", PLACE_INTERSECTION, a_conflict_reaches_too_far},
    {"who yields is settled", PLACE_INTERSECTION, both_think_the_same},
    {"who yields is settled", PLACE_INTERSECTION, a_conflict_is_missing},
    {"ways stay on the junction's asphalt", PLACE_INTERSECTION, a_way_leaves_the_asphalt},
    {"vehicles stop before crosswalks", PLACE_TOWN, vehicles_stop_on_the_crosswalk},
    {"vehicles stop before crosswalks", PLACE_INTERSECTION, a_crosswalk_is_elsewhere},
    {"every group gets green", PLACE_GRID_CITY, a_group_is_never_green},
    {"every group gets green", PLACE_GRID_CITY, yellow_is_missing},
    {"every group gets green", PLACE_INTERSECTION, a_lane_obeys_nobody},
    {"lanes that conflict go together only where a turn yields", PLACE_INTERSECTION,
     crossing_streets_go_together},
    {"people cross while nobody drives straight over them", PLACE_INTERSECTION,
     people_go_with_those_who_come_in},
    {"one can walk everywhere", PLACE_GRID_CITY, a_crosswalk_cannot_be_walked},
    {"ways to walk join and stay off lanes", PLACE_TOWN, a_way_to_walk_leads_over_a_lane},
    {"ways to walk join and stay off lanes", PLACE_TOWN, a_way_to_walk_ends_beside_its_node},
};
enum { FAULTS = sizeof faults / sizeof *faults };

static void each_planted_fault_is_seen(void **state) {
  (void)state;
  int missed = 0;
  for (int i = 0; i < FAULTS; i++) {
    any_place of = build(faults[i].place);
    const proof *p = proof_find(faults[i].proof);
    if (faults_of(&of, p) != 0 && ++missed)
      print_error("%s: doesn't hold without a fault\n", p->name);
    faults[i].plant(&of.net);
    if (faults_of(&of, p) == 0 && ++missed)
      print_error("%s: doesn't see fault %d of the table, in a %s\n", p->name, i,
                  place_name((int)faults[i].place));
    any_place_free(&of);
  }
  assert_int_equal(missed, 0);
}

static void every_property_has_a_fault(void **state) {
  (void)state;
  for (int i = 0; i < proofs_count; i++) {
    int of = 0;
    for (int k = 0; k < FAULTS; k++)
      of += strcmp(faults[k].proof, proofs_table[i].name) == 0;
    if (of == 0)
      fail_msg("no fault is planted against: %s", proofs_table[i].name);
  }
}

// The refusals' words.
static void a_refusal_names_a_field_or_says_nothing(void **state) {
  (void)state;
  assert_true(any_place_names_field(PLACE_TOWN, "road.block_m: 70 m leave no room"));
  assert_true(any_place_names_field(PLACE_INTERSECTION, "road.angles_deg[2]: too near"));
  assert_false(any_place_names_field(PLACE_TOWN, "road.inner_radius_m: not a town's"));
  assert_false(any_place_names_field(PLACE_TOWN, "there is no room"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_planted_fault_is_seen),
      cmocka_unit_test(every_property_has_a_fault),
      cmocka_unit_test(a_refusal_names_a_field_or_says_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
