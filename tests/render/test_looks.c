// SPDX-License-Identifier: Apache-2.0
// labels: unit
// What keeps things from looking like toys, as far as it can be counted: wheels with spokes or
// holes to be seen on every outer side, lamps laid out for their glass, riders with helmets, small
// leaves close by.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/asset_tree.h"
#include "render/asset_vehicle.h"

static const struct {
  thing_kind kind;
  int variants;
} kinds[] = {{THING_CAR, CAR_VARIANTS},         {THING_VAN, VAN_VARIANTS},
             {THING_BUS, BUS_VARIANTS},         {THING_TRUCK, TRUCK_VARIANTS},
             {THING_POLICE, POLICE_VARIANTS},   {THING_AMBULANCE, AMBULANCE_VARIANTS},
             {THING_MOTORCYCLE, CYCLE_VARIANTS}};
enum { KINDS = sizeof kinds / sizeof *kinds };

// Material of what is outermost on the side of y's sign at (x, z), or -1.
static int outermost(const mesh *m, float side, float x, float z) {
  int found = -1;
  float best = -INFINITY;
  for (int t = 0; t < m->triangle_count; t++) {
    const float *p[3];
    for (int k = 0; k < 3; k++)
      p[k] = m->vertices[m->indices[3 * t + k]].p;
    float area =
        (p[1][0] - p[0][0]) * (p[2][2] - p[0][2]) - (p[2][0] - p[0][0]) * (p[1][2] - p[0][2]);
    if (fabsf(area) < 1e-9f)
      continue;
    float u = ((x - p[0][0]) * (p[2][2] - p[0][2]) - (p[2][0] - p[0][0]) * (z - p[0][2])) / area;
    float v = ((p[1][0] - p[0][0]) * (z - p[0][2]) - (x - p[0][0]) * (p[1][2] - p[0][2])) / area;
    if (u < 0 || v < 0 || u + v > 1)
      continue;
    float y = side * (p[0][1] + u * (p[1][1] - p[0][1]) + v * (p[2][1] - p[0][1]));
    if (y > best)
      best = y, found = m->materials[t];
  }
  return found;
}

// How often the material changes once around a wheel, halfway out.
static int changes_around(const mesh *wheel, float side, float radius) {
  enum { STEPS = 180 };
  int changes = 0, last = -1;
  for (int i = 0; i <= STEPS; i++) {
    float a = 6.2831853f * ((float)i + 0.37f) / STEPS;
    int here = outermost(wheel, side, radius * cosf(a), radius * sinf(a));
    changes += i > 0 && here != last;
    last = here;
  }
  return changes;
}

static void wheels_show_spokes_or_holes(void **state) {
  (void)state;
  for (size_t k = 0; k < KINDS; k++)
    for (int variant = 0; variant < kinds[k].variants; variant++) {
      mesh body = {0}, axles[ASSET_AXLE_LIMIT] = {0};
      asset_wheels wheels;
      asset_fit fit = {0};
      trouble why = {0};
      if (asset_build_body(kinds[k].kind, variant, 0, &fit, NULL, &body, &wheels, axles, &why))
        fail_msg("%s", why.text);
      for (int i = 0; i < wheels.count; i++)
        for (int side = -1; side <= 1; side += 2) {
          if (side < 0 && kinds[k].kind != THING_MOTORCYCLE)
            continue; // its inner side
          int changes =
              changes_around(&axles[wheels.at[i].axle], (float)side, 0.52f * wheels.at[i].radius_m);
          if (changes < 10)
            fail_msg("kind %d variant %d axle %d side %d: %d changes of material around, 10 wanted",
                     (int)kinds[k].kind, variant, wheels.at[i].axle, side, changes);
        }
      mesh_free(&body);
      for (int i = 0; i < ASSET_AXLE_LIMIT; i++)
        mesh_free(&axles[i]);
    }
}

// u and v of the triangles of a material, on the left (y > 0) or the right.
static void uv_bounds(const mesh *m, material what, float side, float lo[2], float hi[2]) {
  for (int k = 0; k < 2; k++)
    lo[k] = INFINITY, hi[k] = -INFINITY;
  for (int t = 0; t < m->triangle_count; t++)
    for (int k = 0; k < 3 && m->materials[t] == what; k++) {
      const mesh_vertex *v = &m->vertices[m->indices[3 * t + k]];
      if (v->p[1] * side < 0)
        continue;
      for (int j = 0; j < 2; j++)
        lo[j] = fminf(lo[j], v->uv[j]), hi[j] = fmaxf(hi[j], v->uv[j]);
    }
}

static void lamps_of_shells_are_laid_out_for_their_glass(void **state) {
  (void)state;
  for (size_t k = 0; k < KINDS && kinds[k].kind != THING_MOTORCYCLE; k++)
    for (int variant = 0; variant < kinds[k].variants; variant++) {
      mesh all[ASSET_PHASE_LIMIT] = {0};
      trouble why = {0};
      if (asset_build(kinds[k].kind, variant, all, &why))
        fail_msg("%s", why.text);
      float lo[2], hi[2], other_lo[2], other_hi[2];
      uv_bounds(&all[0], MATERIAL_HEADLAMP, 1, lo, hi);
      uv_bounds(&all[0], MATERIAL_HEADLAMP, -1, other_lo, other_hi);
      // From the inner lower corner on, with room for a whole reflector.
      if (fabsf(lo[0]) > 1e-3f || fabsf(lo[1]) > 1e-3f || hi[0] < 1.1f || hi[1] < 0.95f)
        fail_msg("kind %d variant %d: headlamp u %g..%g, v %g..%g", (int)kinds[k].kind, variant,
                 (double)lo[0], (double)hi[0], (double)lo[1], (double)hi[1]);
      for (int j = 0; j < 2; j++)
        if (fabsf(lo[j] - other_lo[j]) > 1e-4f || fabsf(hi[j] - other_hi[j]) > 1e-4f)
          fail_msg("kind %d variant %d: left lamp's %g..%g, right lamp's %g..%g",
                   (int)kinds[k].kind, variant, (double)lo[j], (double)hi[j], (double)other_lo[j],
                   (double)other_hi[j]);
      mesh_free(&all[0]);
    }
}

static void riders_of_motorcycles_have_helmets_around_their_heads(void **state) {
  (void)state;
  for (int variant = 0; variant < CYCLE_VARIANTS; variant++) {
    mesh all[ASSET_PHASE_LIMIT] = {0};
    trouble why = {0};
    if (asset_build(THING_MOTORCYCLE, variant, all, &why))
      fail_msg("%s", why.text);
    // Level with the eyes nothing of the skin or hair is left of or right of the helmet.
    const float *eye = all[0].keypoints[KEYPOINT_LEFT_EYE];
    for (int side = -1; side <= 1; side += 2) {
      int seen = outermost(&all[0], (float)side, eye[0] - 0.10f, eye[2]);
      if (seen != MATERIAL_CAR_PAINT_2 && seen != MATERIAL_CAR_SEAM)
        fail_msg("motorcycle %d side %d: material %d beside the head", variant, side, seen);
    }
    mesh_free(&all[0]);
  }
}

static void lamps_of_cycles_hang_on_something(void **state) {
  (void)state;
  const double most_m = 0.035;
  for (int variant = 0; variant < CYCLE_VARIANTS; variant++) {
    mesh all[ASSET_PHASE_LIMIT] = {0};
    trouble why = {0};
    if (asset_build(THING_BICYCLE, variant, all, &why))
      fail_msg("%s", why.text);
    const mesh *m = &all[0];
    double least = INFINITY;
    for (int t = 0; t < 3 * m->triangle_count; t++)
      for (int s = 0; m->materials[t / 3] == MATERIAL_TAIL_LAMP && s < 3 * m->triangle_count; s++) {
        const float *p = m->vertices[m->indices[t]].p, *q = m->vertices[m->indices[s]].p;
        double x = (double)(p[0] - q[0]), y = (double)(p[1] - q[1]), z = (double)(p[2] - q[2]);
        if (m->materials[s / 3] != MATERIAL_TAIL_LAMP)
          least = fmin(least, x * x + y * y + z * z);
      }
    if (!(sqrt(least) < most_m))
      fail_msg("bicycle %d: its rear lamp is %.3f m from all else", variant, sqrt(least));
    mesh_free(&all[0]);
  }
}

// Leaves of a mesh, and their area, m2.
static int leaves_of(const mesh *m, double *area_m2) {
  int count = 0;
  *area_m2 = 0;
  for (int t = 0; t < m->triangle_count; t++) {
    if (m->materials[t] != MATERIAL_LEAF)
      continue;
    double p[3][3], cross = 0;
    for (int k = 0; k < 3; k++)
      for (int j = 0; j < 3; j++)
        p[k][j] = (double)m->vertices[m->indices[3 * t + k]].p[j];
    for (int k = 0; k < 3; k++) {
      int i = (k + 1) % 3, j = (k + 2) % 3;
      double part =
          (p[1][i] - p[0][i]) * (p[2][j] - p[0][j]) - (p[1][j] - p[0][j]) * (p[2][i] - p[0][i]);
      cross += part * part;
    }
    *area_m2 += sqrt(cross) / 2;
    count++;
  }
  return count;
}

static void trees_close_by_have_more_smaller_leaves_of_the_same_area(void **state) {
  (void)state;
  int leafy = 0;
  for (int variant = 0; variant < TREE_VARIANTS; variant++) {
    mesh all[ASSET_PHASE_LIMIT] = {0};
    trouble why = {0};
    if (asset_build(THING_TREE, variant, all, &why))
      fail_msg("%s", why.text);
    double near_m2, close_m2;
    int near = leaves_of(&all[0], &near_m2), close = leaves_of(&all[ASSET_TREE_CLOSE], &close_m2);
    leafy += near > 0;
    if (near > 0 && (close < 2 * near * 0.9 || fabs(close_m2 / near_m2 - 1) > 0.15))
      fail_msg("tree %d: %d leaves of %.1f m2 close by, %d of %.1f m2 else", variant, close,
               close_m2, near, near_m2);
    for (int phase = 0; phase < ASSET_PHASE_LIMIT; phase++)
      mesh_free(&all[phase]);
  }
  assert_true(leafy >= TREE_VARIANTS / 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wheels_show_spokes_or_holes),
      cmocka_unit_test(lamps_of_shells_are_laid_out_for_their_glass),
      cmocka_unit_test(riders_of_motorcycles_have_helmets_around_their_heads),
      cmocka_unit_test(lamps_of_cycles_hang_on_something),
      cmocka_unit_test(trees_close_by_have_more_smaller_leaves_of_the_same_area),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
