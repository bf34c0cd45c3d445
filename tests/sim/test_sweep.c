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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(boxes_meet_where_they_overlap),
      cmocka_unit_test(bodies_keep_in_the_boxes_that_sweep_their_lane),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
