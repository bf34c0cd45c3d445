// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Guard rails as geometry: beams at their height where the scene has rails, down at open ends.
#include "render/ground.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scenes/furnish.h"

enum { SEEDS = 6 };

// Lowest and highest point of steel near a place, above it; false without any.
static bool steel_near(const mesh *m, vec3 at, double reach_m, double *low, double *high) {
  *low = INFINITY, *high = -INFINITY;
  for (int t = 0; t < m->triangle_count; t++)
    for (int k = 0; k < 3 && m->materials[t] == MATERIAL_GUARD_RAIL; k++) {
      const float *p = m->vertices[m->indices[3 * t + k]].p;
      if (hypot((double)p[0] - at.x, (double)p[1] - at.y) > reach_m)
        continue;
      *low = fmin(*low, (double)p[2] - at.z), *high = fmax(*high, (double)p[2] - at.z);
    }
  return *high > -INFINITY;
}

static void rails_stand_at_their_height_and_end_in_the_ground_or_a_parapet(void **state) {
  (void)state;
  int ends[2] = {0};
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = scene_def_default();
    def.place = PLACE_RURAL;
    def.rural.hills_m = 20;
    def.rural.bridges = 2;
    def.vehicles = 0;
    scene *s = NULL;
    trouble why = {0};
    mesh m = {0};
    if (scene_build(&s, &def, 6, (uint32_t)seed, 0, &why) || render_ground_build(s, &m, NULL, &why))
      fail_msg("seed %d: %s", seed, why.text);
    for (int i = 0; i < s->rail_count; i++) {
      const scene_rail *rail = &s->rails[i];
      const road *r = &s->roads.roads[rail->road - 1];
      bool open;
      double low, high;
      for (double at = rail->begin_m + 9; at < rail->end_m - 9; at += 1) {
        double t = furnish_hard_border(&s->roads, r, at, rail->side, &open);
        vec3 p = road_point_at(&s->roads, r, at, t + rail->side * SCENE_RAIL_BEYOND_M);
        if (!steel_near(&m, p, 1.3, &low, &high) || high < 0.6 || high > 0.92)
          fail_msg("seed %d rail %d at %.0f m: steel up to %.2f m", seed, i, at, high);
      }
      for (int end = 0; end < 2; end++) {
        double at = end ? rail->end_m : rail->begin_m;
        bool down = rail->ends[end] == RAIL_DOWN;
        double t = furnish_hard_border(&s->roads, r, at, rail->side, &open);
        vec3 p = road_point_at(&s->roads, r, at, t + rail->side * (down ? 0.8 : 0.25));
        // Steel that stands out of the ground there, or doesn't.
        if (!steel_near(&m, p, down ? 0.2 : 0.1, &low, &high) || (down ? high > 0.2 : high < 0.6))
          fail_msg("seed %d rail %d ends at %.0f m: steel up to %.2f m", seed, i, at, high);
        ends[down]++;
      }
    }
    mesh_free(&m);
    scene_destroy(s);
  }
  assert_true(ends[0] > 20 && ends[1] > 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rails_stand_at_their_height_and_end_in_the_ground_or_a_parapet),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
