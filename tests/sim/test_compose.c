// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Traffic that goes from one part of a composed place to another.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/fields.h"
#include "with_checks.h"

// A crossing between a fast road of two lanes, a street and a roundabout: lanes end and begin,
// kerbs run out, limits change.
static scene *build(int seed) {
  scene_def def = scene_def_default();
  def.frame_hz = 5;
  def.duration_s = 600;
  def.pedestrians = 10;
  def.vehicles_per_km = 14;
  def.highway.lanes = 2;
  def.highway.length_m = 500;
  def.highway.speed_limit_mps = 27.78;
  def.straight.lanes = 1 + seed % 3;
  def.straight.sidewalk_m = seed % 2 ? 2 : 0;
  def.intersection.bike_lanes = seed % 2;
  def.intersection.arm_m = 80;
  def.rural.length_m = 600;
  static const place_kind kinds[] = {PLACE_INTERSECTION, PLACE_HIGHWAY, PLACE_STRAIGHT,
                                     PLACE_RURAL};
  def.place = PLACE_COMPOSE;
  def.compose.part_count = 4;
  for (int i = 0; i < 4; i++)
    compose_part_put(&def.compose.parts[i], kinds[i], &def);
  strcpy(def.hand, seed % 4 == 3 ? "left" : "right");
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, (uint64_t)seed, 0, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

// Number of the part that a lane is in; 0 on joining roads.
static int part_of(const road_network *net, int lane) {
  const road_part *part = road_part_of(net, net->paths[lane - 1].road);
  return part->joins ? 0 : part->part;
}

// Whether somebody has changed from a lane for bicycles to one for others, on the same road.
static bool comes_in(const road_network *net, int from, int to) {
  const lane_path *a = &net->paths[from - 1], *b = &net->paths[to - 1];
  return a->users == LANE_FOR_BICYCLES && b->users != LANE_FOR_BICYCLES && a->road == b->road &&
         !a->junction && !b->junction;
}

typedef struct tally {
  int crossed;
  int came_in; // riders, from a lane for bicycles that ends to the one beside it
  double longest_stand_s;
} tally;

static tally run(const scene *s, double seconds, check_report *report) {
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  trouble why;
  tally t = {0};
  *report = (check_report){0};
  int *last = calloc((size_t)s->id_count + 1, sizeof *last);
  int *lanes = calloc((size_t)s->id_count + 1, sizeof *lanes);
  double *stands = calloc((size_t)s->id_count + 1, sizeof *stands);
  if (sim_world_create(&world, s, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  for (int frame = 0; frame < (int)(seconds * s->frame_hz); frame++) {
    sim_world_next_frame(world, &shot, &why);
    check_snapshot(&shot, report);
    check_sides(s, &shot, report);
    for (int i = 0; i < shot.actor_count; i++) {
      const sim_actor *a = &shot.actors[i];
      if (a->lane <= 0)
        continue; // on foot
      // Who has driven onto a joining road comes out of it in another part, or where they came in.
      int part = part_of(&s->roads, a->lane);
      t.crossed += part && last[a->id] == -1;
      last[a->id] = part == 0 ? -1 : part;
      t.came_in += lanes[a->id] && comes_in(&s->roads, lanes[a->id], a->lane);
      lanes[a->id] = a->lane;
      stands[a->id] = a->speed_mps < 0.1 && i != shot.ego ? stands[a->id] + 1 / s->frame_hz : 0;
      t.longest_stand_s = fmax(t.longest_stand_s, stands[a->id]);
    }
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  free(stands);
  free(lanes);
  free(last);
  return t;
}

static void vehicles_drive_from_part_to_part_without_touching(void **state) {
  (void)state;
  // In 36 a car comes to its line over the road's middle, beside a cyclist; in 39 a bus has to be
  // let in by a dense stream.
  static const int seeds[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 36, 39};
  int crossed = 0, came_in = 0;
  double longest = 0;
  for (size_t k = 0; k < sizeof seeds / sizeof *seeds; k++) {
    int seed = seeds[k];
    scene *s = build(seed);
    check_report report;
    tally t = run(s, 120, &report);
    if (report.overlaps || report.bad_numbers || report.jumps || report.wrong_ways)
      fail_msg("seed %d: %d overlaps, %d bad numbers, %d jumps, %d on the wrong side; %s", seed,
               report.overlaps, report.bad_numbers, report.jumps, report.wrong_ways, report.first);
    if (t.longest_stand_s > 100)
      fail_msg("seed %d: a vehicle stood for %g s", seed, t.longest_stand_s);
    if (t.crossed < 5)
      fail_msg("seed %d: %d vehicles came out of a joining road", seed, t.crossed);
    crossed += t.crossed;
    came_in += t.came_in;
    longest = fmax(longest, t.longest_stand_s);
    scene_destroy(s);
  }
  assert_true(came_in > 0);
  printf("%d came out of joining roads, %d riders out of lanes that end; longest stand %.0f s\n",
         crossed, came_in, longest);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(vehicles_drive_from_part_to_part_without_touching),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
