// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Long vehicles in tight bends, where two that meet would be in each other's way.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/state.h"
#include "with_networks.h"
#include "with_scenes.h"

// A town full of vans, trucks and buses. For how long one stood in a bend of a lane that another
// faces; *driven_s: how long they drove there.
static double longest_stand(uint64_t seed, double seconds, double *driven_s) {
  scene_def def = with_scene_def(1, seed);
  def.mix[1] = def.mix[2] = def.mix[3] = 4;
  scene *s = with_scene_of(1, seed, &def);
  sim_world *w = with_world(s);
  double *stands = calloc((size_t)s->vehicle_count, sizeof *stands), longest = 0;
  *driven_s = 0;
  for (long step = 0; step < (long)(seconds / s->step_s); step++) {
    assert_int_equal(sim_world_step(w, NULL), STATUS_OK);
    for (int i = 0; i < w->cars.count; i++) {
      int lane = sim_lane_of(w, i);
      double half = w->cars.length_m[i] / 2, at = w->cars.s_m[i];
      bool in = w->cars.length_m[i] > SIM_LONG_M && !w->cars.gone[i] && w->lanes.facing[lane - 1] &&
                at + half > w->lanes.tight_begin_m[lane - 1] &&
                at - half < w->lanes.tight_end_m[lane - 1];
      *driven_s += in ? s->step_s : 0;
      stands[i] = in && w->cars.v_mps[i] < 0.1 ? stands[i] + s->step_s : 0;
      longest = fmax(longest, stands[i]);
    }
  }
  free(stands);
  sim_world_destroy(w);
  scene_destroy(s);
  return longest;
}

// Each of two queues would wait for the one that stands in the bend in the other.
static void nobody_long_waits_in_a_tight_bend(void **state) {
  (void)state;
  static const uint64_t seeds[] = {0, 6};
  for (size_t k = 0; k < sizeof seeds / sizeof *seeds; k++) {
    double driven, longest = longest_stand(seeds[k], 150, &driven);
    printf("seed %d: %.0f s in bends, longest stand there %.1f s\n", (int)seeds[k], driven,
           longest);
    assert_true(driven > 100);
    if (longest > 8)
      fail_msg("seed %d: a long vehicle stood in a bend for %.1f s", (int)seeds[k], longest);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nobody_long_waits_in_a_tight_bend),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
