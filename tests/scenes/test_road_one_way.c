// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// One-way streets: who may drive where, and that all can be reached nevertheless.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scenes/road_model.h"
#include "scenes/scene.h"
#include "with_graph_proofs.h"
#include "with_network.h"

static scene *build(int n, scene_def *def) {
  *def = scene_def_default();
  def->place = n % 2 ? PLACE_TOWN : PLACE_GRID_CITY;
  def->vehicles = def->pedestrians = 5;
  def->grid_city.blocks_x = 2 + n / 2 % 4;
  def->grid_city.blocks_y = 3;
  def->grid_city.lanes = 1 + n / 4 % 2;
  def->grid_city.one_way = n % 3 ? 1 : 0.5;
  def->grid_city.turn_lanes = n / 2 % 2;
  def->town.one_way = n % 3 ? 1 : 0.5;
  def->town.main_lanes = 1 + n / 4 % 2;
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, def, (uint64_t)n, 0, 0, &why) != STATUS_OK)
    fail_msg("scene %d: %s", n, why.text);
  return s;
}

static void everything_can_still_be_reached(void **state) {
  (void)state;
  int one_way = 0, both = 0;
  for (int n = 0; n < 24; n++) {
    scene_def def;
    scene *s = build(n, &def);
    proof_case about = {.net = &s->roads, .def = &def};
    proof_fault fault = {0};
    proof_connected(&about, &fault);
    if (fault.count)
      fail_msg("scene %d: %s", n, fault.text);
    for (int i = 0; i < s->roads.road_count; i++)
      if (!s->roads.roads[i].junction)
        *(road_one_way(&s->roads, &s->roads.roads[i]) ? &one_way : &both) += 1;
    for (int i = 0; i < s->roads.path_count; i++)
      if (s->roads.paths[i].previous_count == 0 && def.place == PLACE_GRID_CITY)
        fail_msg("scene %d: nothing leads to lane %d", n, i + 1);
    scene_destroy(s);
  }
  if (one_way < 150 || both < 150)
    fail_msg("only %d one-way roads, %d others", one_way, both);
}

// No way out of an arm without lanes in; every lane out of a junction is led to.
static void nobody_comes_out_of_where_nobody_may(void **state) {
  (void)state;
  int closed = 0;
  for (int n = 0; n < 24; n++) {
    scene_def def;
    scene *s = build(n, &def);
    const road_network *net = &s->roads;
    for (int j = 0; j < net->junction_count; j++) {
      road_arm arms[ROAD_ARMS];
      int count = road_junction_arms(net, &net->junctions[j], arms);
      for (int k = 0; k < count; k++) {
        int in = road_arm_lanes(net, &arms[k], true), out = road_arm_lanes(net, &arms[k], false);
        int comes = 0, goes = 0;
        for (int i = 0; i < net->path_count; i++) {
          const lane_path *way = &net->paths[i];
          if (way->junction != j + 1)
            continue;
          const lane_path *from = network_previous(net, way, 0), *to = network_next(net, way, 0);
          bool at_end = road_lane_along(net, from->lane);
          comes += from->road == arms[k].road && at_end == arms[k].at_end;
          goes += to->road == arms[k].road && road_lane_along(net, to->lane) != arms[k].at_end;
        }
        closed += in == 0;
        if ((in == 0) != (comes == 0) || goes < out)
          fail_msg("scene %d junction %d arm %d: %d lanes in, %d ways; %d lanes out, %d ways", n,
                   j + 1, k, in, comes, out, goes);
        assert_true(in + out > 0);
      }
    }
    scene_destroy(s);
  }
  assert_true(closed > 100);
}

// Parallel ones go by turns, and the rim is open both ways.
static void a_citys_one_way_streets_alternate(void **state) {
  (void)state;
  for (int seed = 0; seed < 6; seed++) {
    scene_def def = scene_def_default();
    def.grid_city.blocks_x = def.grid_city.blocks_y = 5;
    def.grid_city.irregularity = 0;
    def.grid_city.one_way = 1;
    def.vehicles = def.pedestrians = 0;
    scene *s = NULL;
    trouble why = {0};
    assert_int_equal(scene_build(&s, &def, (uint64_t)seed, 0, 0, &why), STATUS_OK);
    int way[2][6] = {{0}}, seen[2][6] = {{0}};
    for (int i = 0; i < s->roads.road_count; i++) {
      const road *r = &s->roads.roads[i];
      road_place at = road_line_at(&s->roads, r, r->length_m / 2);
      if (r->junction || r->length_m > 1.5 * def.grid_city.block_m)
        continue;
      int axis = fabs(cos(at.heading_rad)) < 0.7, go = road_one_way(&s->roads, r);
      int line = (int)round((axis ? at.x_m : at.y_m) / def.grid_city.block_m);
      go *= (axis ? sin(at.heading_rad) : cos(at.heading_rad)) > 0 ? 1 : -1;
      if (seen[axis][line] && way[axis][line] != go)
        fail_msg("seed %d: road %d goes against its line", seed, r->id);
      way[axis][line] = go;
      seen[axis][line] = 1;
    }
    for (int axis = 0; axis < 2; axis++)
      for (int line = 0; line < 6; line++)
        if (line == 0 || line == 5
                ? way[axis][line] != 0
                : way[axis][line] == 0 || (line > 1 && way[axis][line] == way[axis][line - 1]))
          fail_msg("seed %d: line %d goes %d", seed, line, way[axis][line]);
    scene_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_can_still_be_reached),
      cmocka_unit_test(nobody_comes_out_of_where_nobody_may),
      cmocka_unit_test(a_citys_one_way_streets_alternate),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
