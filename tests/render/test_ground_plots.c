// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Fields and ways on hilly land: its mesh is of their material inside of them and nowhere else.
#include "render/ground.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/rng.h"

enum { SEEDS = 6, POINTS = 60 };

static bool is_field(int what) {
  return what >= MATERIAL_FIELD_GREEN && what <= MATERIAL_FIELD_SOIL;
}

// What one stands on at a point; -1 nothing. The land has no two surfaces above each other there.
static int ground_at(const mesh *m, double x, double y) {
  int found = -1;
  for (int t = 0; t < m->triangle_count; t++) {
    const float *a = m->vertices[m->indices[3 * t]].p, *b = m->vertices[m->indices[3 * t + 1]].p;
    const float *c = m->vertices[m->indices[3 * t + 2]].p;
    double abx = (double)b[0] - (double)a[0], aby = (double)b[1] - (double)a[1];
    double acx = (double)c[0] - (double)a[0], acy = (double)c[1] - (double)a[1];
    double area = abx * acy - aby * acx, px = x - (double)a[0], py = y - (double)a[1];
    if (fabs(area) < 1e-9)
      continue;
    double u = (px * acy - py * acx) / area, v = (abx * py - aby * px) / area;
    if (u < 0 || v < 0 || u + v > 1)
      continue;
    if (found >= 0)
      fail_msg("two surfaces at (%.2f, %.2f): %d and %d", x, y, found, m->materials[t]);
    found = m->materials[t];
  }
  return found;
}

// A point of a rectangle's plane: 0 to 1 inside, `beyond` metres out of it past its side k.
static vec3 point_of(const vec3 *c, double u, double v) {
  vec3 along = vec3_sub(c[1], c[0]), up = vec3_sub(c[3], c[0]);
  return vec3_add(c[0], vec3_add(vec3_scale(along, u), vec3_scale(up, v)));
}

static void the_land_is_tilled_and_paved_where_the_scene_says(void **state) {
  (void)state;
  static const int days[SEEDS] = {15, 127, 198, 205, 250, 275};
  int fields = 0, ways = 0, looks[FIELD_LOOKS] = {0};
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = scene_def_default();
    def.place = PLACE_RURAL;
    def.rural.hills_m = 4 * seed;
    def.rural.curviness = 0.2 * seed;
    def.day_of_year = days[seed];
    def.vehicles = 0;
    scene *s = NULL;
    trouble why = {0};
    mesh m = {0};
    if (scene_build(&s, &def, 6, (uint32_t)seed, 0, &why) || render_ground_build(s, &m, NULL, &why))
      fail_msg("seed %d: %s", seed, why.text);
    rng r = rng_at(1, RNG_TEST, 0, (uint32_t)seed, 0);
    for (int i = 0; i < s->field_count; i++) {
      const scene_field *field = &s->fields[i];
      vec3 side = vec3_sub(field->corners[1], field->corners[0]);
      vec3 deep = vec3_sub(field->corners[3], field->corners[0]);
      double mu = 0.6 / hypot(side.x, side.y), mv = 0.6 / hypot(deep.x, deep.y);
      fields++, looks[field->look]++;
      for (int k = 0; k < POINTS; k++) {
        vec3 p = point_of(field->corners, rng_uniform(&r, mu, 1 - mu), rng_uniform(&r, mv, 1 - mv));
        int what = ground_at(&m, p.x, p.y);
        if (what != MATERIAL_FIELD_GREEN + (int)field->look)
          fail_msg("seed %d field %d at (%.1f, %.1f): material %d", seed, i, p.x, p.y, what);
        double along = rng_unit(&r);
        vec3 beside = k % 2 ? point_of(field->corners, along, k % 4 < 2 ? -mv : 1 + mv)
                            : point_of(field->corners, k % 4 < 2 ? -mu : 1 + mu, along);
        if (is_field(what = ground_at(&m, beside.x, beside.y)))
          fail_msg("seed %d beside field %d at (%.1f, %.1f): material %d", seed, i, beside.x,
                   beside.y, what);
      }
    }
    for (int i = 0; i < s->drive_count; i++) {
      ways++;
      for (int k = 0; k < POINTS; k++) {
        vec3 p = point_of(s->drives[i].corners, rng_uniform(&r, 0.12, 0.88),
                          rng_uniform(&r, 0.01, 0.99));
        int what = ground_at(&m, p.x, p.y);
        if (what != MATERIAL_DRIVEWAY)
          fail_msg("seed %d way %d at (%.1f, %.1f): material %d", seed, i, p.x, p.y, what);
        p = point_of(s->drives[i].corners, k % 2 ? 1.15 : -0.15, rng_uniform(&r, 0.05, 1));
        assert_true(ground_at(&m, p.x, p.y) != MATERIAL_DRIVEWAY);
      }
    }
    mesh_free(&m);
    scene_destroy(s);
  }
  assert_true(fields > 40 && ways > 6);
  for (int k = 0; k < FIELD_LOOKS; k++)
    assert_true(looks[k] > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_land_is_tilled_and_paved_where_the_scene_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
