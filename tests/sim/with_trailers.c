// SPDX-License-Identifier: Apache-2.0
#include "with_trailers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/articulated.h"
#include "sim/state.h"
#include "with_checks.h"
#include "with_networks.h"
#include "with_scenes.h"

scene *with_trucks(int kind, uint64_t seed, int vehicles) {
  scene_def def = with_scene_def(kind, seed);
  strcpy(def.hand, seed % 5 % 2 ? "left" : "right");
  def.vehicles = vehicles;
  def.mix[6] = 12; // cars 8, the others 4
  return with_scene_of(kind, seed, &def);
}

// How far a point is beyond the nearest border of the lanes beside each other that a truck's parts
// are on: measured from lane `id`, whose neighbours to that side may be used in part by it alone.
static double over(const sim_world *w, int id, double near_m, double x, double y) {
  const lane_path *lane = sim_lane(w, id);
  const sim_track *track = &w->lanes.tracks[id - 1];
  double best = INFINITY, side = 0;
  for (double s = fmax(0, near_m - 20); s <= fmin(lane->length_m, near_m + 20); s += 0.5) {
    sim_track_node p = sim_track_smooth(track, s);
    double dx = x - p.x_m, dy = y - p.y_m, far = dx * dx + dy * dy;
    if (far < best)
      best = far, side = fabs(dy * p.tx - dx * p.ty);
  }
  return side - lane->width_m / 2;
}

static void see_trailers(const sim_world *w, truck_report *report) {
  const sim_trailers *t = &w->trailers;
  for (int n = 0; n < t->count; n++) {
    int i = t->vehicle[n];
    if (w->cars.gone[i])
      continue;
    report->frames++;
    for (int k = 0; k < w->cars.route_count[i]; k++) {
      int lane = sim_route(w, i)[k];
      if (!t->wide[lane - 1])
        fail_msg("truck %d is to take lane %d, which bends by %g 1/m", i, lane,
                 sim_lane(w, lane)->max_curvature_pm);
    }
    sim_box box[2];
    assert_int_equal(sim_vehicle_boxes(w, i, box), 2);
    double pin_x = box[0].x_m + t->hitch_m[n] * box[0].ahead_x;
    double pin_y = box[0].y_m + t->hitch_m[n] * box[0].ahead_y;
    double to_pin = t->pin_m[n] - t->middle_m[n];
    assert_true(hypot(box[1].x_m + to_pin * box[1].ahead_x - pin_x,
                      box[1].y_m + to_pin * box[1].ahead_y - pin_y) < 1e-6);
    if (w->cars.change_from_m[i] != 0 || w->cars.changed_s[i] < 20 || w->cars.aside[i] ||
        (w->sirens && w->sirens->count))
      continue;
    // Both sides at the axle, where off-tracking is most.
    double s;
    int lane = sim_trailer_lane(w, n, &s);
    double ax = box[1].x_m - t->middle_m[n] * box[1].ahead_x;
    double ay = box[1].y_m - t->middle_m[n] * box[1].ahead_y;
    for (int side = -1; side <= 1; side += 2) {
      double px = ax - side * box[1].half_width_m * box[1].ahead_y;
      double py = ay + side * box[1].half_width_m * box[1].ahead_x;
      report->most_over_m = fmax(report->most_over_m, over(w, lane, s, px, py));
    }
  }
}

void trucks_check(int kind, uint64_t seed, double seconds, truck_report *report) {
  static const int vehicles[WITH_SCENE_KINDS] = {40, 40, 16, 16, 60, 12, 10, 16, 20, 40, 0};
  scene *s = with_trucks(kind, seed, vehicles[kind]);
  check_report found;
  if (s->trailer_count > 0) {
    report->scenes++;
    check_scene(s, seconds, &found);
    if (found.overlaps || found.hit_people || found.red_runs || found.bad_numbers ||
        found.wrong_ways || found.jumps || found.longest_stand_s > 180)
      fail_msg("%s, seed %d: %d overlaps, %d people hit, %d red lights run, %d bad numbers, %d on "
               "the wrong side, %d jumps, longest stand %.0f s; %s",
               with_scene_name(kind), (int)seed, found.overlaps, found.hit_people, found.red_runs,
               found.bad_numbers, found.wrong_ways, found.jumps, found.longest_stand_s,
               found.first);
    sim_world *world = with_world(s);
    for (long step = 0; step < (long)(seconds / s->step_s); step++) {
      assert_int_equal(sim_world_step(world, NULL), STATUS_OK);
      if (step % 2 == 0)
        see_trailers(world, report);
    }
    sim_world_destroy(world);
  }
  scene_destroy(s);
}
