// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The ground that a body is said to cover in junctions, against bodies that drive there.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/state.h"
#include "sim/sweep.h"
#include "sim/world.h"
#include "with_scenes.h"

typedef struct tally {
  int bodies;    // looked at, by frame
  double out_m;  // how far a corner was out of its box, at most
  double bent_m; // how far a corner was out of the box of one that is never turned
} tally;

static sim_sweep_box between(const sim_sweep *sweep, double front_m) {
  int k = (int)(front_m / SIM_SWEEP_STEP_M);
  double u = front_m / SIM_SWEEP_STEP_M - k;
  assert_in_range(k + 1, 1, sweep->count - 1);
  const sim_sweep_box *p = &sweep->at[k], *q = &sweep->at[k + 1];
  double x = p->ahead_x + u * (q->ahead_x - p->ahead_x);
  double y = p->ahead_y + u * (q->ahead_y - p->ahead_y), length = hypot(x, y);
  return (sim_sweep_box){p->x_m + u * (q->x_m - p->x_m), p->y_m + u * (q->y_m - p->y_m), x / length,
                         y / length};
}

// How far a body's corners are out of a box.
static double outside(const sim_actor *a, const sim_sweep_box *box, const sim_sweep_body *of) {
  double out = -INFINITY;
  for (int c = 0; c < 4; c++) {
    vec3 corner = {a->centre_m[0] + (c & 1 ? 0.5 : -0.5) * a->size_m[0],
                   a->centre_m[1] + (c & 2 ? 0.5 : -0.5) * a->size_m[1], 0};
    vec3 p = pose_apply(a->begin, corner);
    double dx = p.x - box->x_m, dy = p.y - box->y_m;
    out = fmax(out, fabs(dx * box->ahead_x + dy * box->ahead_y) - of->half_m);
    out = fmax(out, fabs(dy * box->ahead_x - dx * box->ahead_y) - of->side_m);
  }
  return out;
}

static void watch(int kind, uint64_t seed, thing_kind thing, const sim_sweep_body *body,
                  double seconds, tally *sum) {
  scene *s = with_built_scene(kind, seed);
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  sim_sweep *sweep = calloc(1, sizeof *sweep);
  assert_int_equal(sim_world_create(&world, s, NULL), STATUS_OK);
  for (int frame = 0; frame < seconds * s->frame_hz; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, NULL), STATUS_OK);
    for (int i = 0; i < shot.actor_count; i++) {
      const sim_actor *a = &shot.actors[i];
      const lane_path *lane = a->lane ? &s->roads.paths[a->lane - 1] : NULL;
      if (a->kind != thing || !lane || !lane->junction || lane->max_curvature_pm < 0.05)
        continue;
      sim_sweep_drive(&s->roads, lane, NULL, body, sweep);
      sim_sweep_box box = between(sweep, a->lane_s_m + body->half_m);
      road_point p = lane_point(&s->roads, lane, a->lane_s_m);
      sim_sweep_box plain = {p.x_m, p.y_m, cos(p.heading_rad), sin(p.heading_rad)};
      sum->bodies++;
      sum->out_m = fmax(sum->out_m, outside(a, &box, body));
      sum->bent_m = fmax(sum->bent_m, outside(a, &plain, body));
    }
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  scene_destroy(s);
  free(sweep);
}

static void bodies_keep_in_the_boxes_that_sweep_their_lane(void **state) {
  (void)state;
  const struct {
    thing_kind thing;
    const sim_sweep_body *body;
    int kind, seeds;
    double most_m; // out of the box
  } cases[] = {{THING_VAN, &sim_sweep_van, 10, 6, 0.2}, {THING_BUS, &sim_sweep_bus, 1, 10, 0.25}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    tally sum = {.out_m = -INFINITY, .bent_m = -INFINITY};
    for (int seed = 0; seed < cases[c].seeds; seed++)
      watch(cases[c].kind, (uint64_t)seed, cases[c].thing, cases[c].body, 60, &sum);
    printf("%d bodies, at most %.2f m out of their box; %.2f m if it weren't drawn after them\n",
           sum.bodies, sum.out_m, sum.bent_m);
    assert_true(sum.bodies > 50);
    assert_true(sum.out_m < cases[c].most_m);
    assert_true(sum.bent_m > 2 * cases[c].most_m); // or the check would see nothing
  }
}

static void boxes_meet_where_they_overlap(void **state) {
  (void)state;
  const sim_sweep_body one = {2, 1, 1}, other = {3, 1, 1};
  const sim_sweep_box at = {0, 0, 1, 0};
  const struct {
    sim_sweep_box box;
    bool meets;
  } cases[] = {
      {{4.9, 0, 1, 0}, true},       {{5.1, 0, 1, 0}, false},      {{0, 1.9, 1, 0}, true},
      {{0, 2.1, 1, 0}, false},      {{2.9, 0, 0, 1}, true},       {{3.1, 0, 0, 1}, false},
      {{0, 3.9, 0, 1}, true},       {{0, 4.1, 0, -1}, false},     {{2.3, 2, 0.6, -0.8}, true},
      {{2.7, 2, 0.6, -0.8}, false}, {{3.5, 3.2, 0.6, 0.8}, true}, {{4, 4, 0.6, 0.8}, false}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    assert_int_equal(sim_sweep_meet(&at, &one, &cases[c].box, &other), cases[c].meets);
    assert_int_equal(sim_sweep_meet(&cases[c].box, &other, &at, &one), cases[c].meets);
  }
}

// A truck's body whose front is `before_m` before the end of a lane that leads to a junction.
static sim_sweep_box waiting(const road_network *net, const lane_path *lane, double before_m,
                             const sim_sweep_body *truck) {
  road_point p = lane_point(net, lane, lane->length_m - before_m - truck->half_m);
  return (sim_sweep_box){p.x_m, p.y_m, cos(p.heading_rad), sin(p.heading_rad)};
}

static bool meets_any(const sim_sweep *bus, const sim_sweep_box *box, const sim_sweep_body *truck) {
  for (int k = 0; k < bus->count; k++)
    if (sim_sweep_meet(&bus->at[k], &sim_sweep_bus, box, truck))
      return true;
  return false;
}

// Where the conflict of a lane with another begins; INFINITY: there is none.
static double begin_of(const sim_lanes *lanes, int lane, int other) {
  for (int c = 0; c < lanes->conflict_count[lane - 1]; c++) {
    const sim_conflict *conflict = &lanes->conflicts[lanes->conflict_first[lane - 1] + c];
    if (conflict->wide.other == other)
      return conflict->wide.begin_s_m;
  }
  return INFINITY;
}

// Of each lane of the scene's junctions that bends: whose way from the line into the same junction
// a bus on it sweeps over has a conflict with it that begins there or before. How many there are.
static int swept_ways(int kind, uint64_t seed, sim_sweep *bus) {
  static const sim_sweep_body truck = {.half_m = 3.8, .side_m = 1.25, .axle_m = 1.5};
  scene *s = with_built_scene(kind, seed);
  const road_network *net = &s->roads;
  sim_world *world = NULL;
  int found = 0;
  assert_int_equal(sim_world_create(&world, s, NULL), STATUS_OK);
  for (int a = 0; a < net->path_count; a++) {
    const lane_path *bends = &net->paths[a];
    if (!bends->junction || bends->max_curvature_pm < 0.05 || bends->next_count == 0)
      continue;
    const lane_path *next = &net->paths[net->lane_links[bends->next_first] - 1];
    sim_sweep_drive(net, bends, next, &sim_sweep_bus, bus);
    for (int b = 0; b < net->path_count; b++) {
      const lane_path *way = &net->paths[b];
      if (way->junction != bends->junction || way->previous_count == 0)
        continue;
      int from = net->lane_links[way->previous_first];
      const lane_path *lane = &net->paths[from - 1];
      if (lane->junction || from == net->lane_links[bends->previous_first])
        continue;
      for (double before = 0; before < lane->length_m - lane->stop_s_m; before += 0.5) {
        sim_sweep_box box = waiting(net, lane, before, &truck);
        if (!meets_any(bus, &box, &truck))
          continue;
        found++;
        double begin = begin_of(&world->lanes, way->id, bends->id);
        if (begin > -before)
          fail_msg("%s, seed %d: a bus on lane %d sweeps over %g m before lane %d; their conflict "
                   "begins at %g m",
                   with_scene_name(kind), (int)seed, bends->id, before, way->id, begin);
      }
    }
  }
  sim_world_destroy(world);
  scene_destroy(s);
  return found;
}

static void ways_from_the_line_that_buses_sweep_over_are_in_conflict(void **state) {
  (void)state;
  sim_sweep *bus = calloc(1, sizeof *bus);
  int found = 0;
  for (uint64_t seed = 0; seed < 6; seed++)
    found += swept_ways(0, seed, bus) + swept_ways(7, seed, bus);
  printf("%d places between lines and junctions that buses sweep over\n", found);
  assert_true(found > 50);
  free(bus);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(boxes_meet_where_they_overlap),
      cmocka_unit_test(bodies_keep_in_the_boxes_that_sweep_their_lane),
      cmocka_unit_test(ways_from_the_line_that_buses_sweep_over_are_in_conflict),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
