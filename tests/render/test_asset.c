// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Every family, variant and pose: boxes, normals, winding, budgets, repeatability.
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/rng.h"
#include "render/asset.h"
#include "render/asset_building.h"
#include "render/asset_deer.h"
#include "render/asset_person.h"
#include "render/asset_street.h"
#include "render/asset_tree.h"
#include "render/asset_vehicle.h"

typedef struct family {
  thing_kind kind;
  const char *name;
  int variants;
  int least, most; // triangles
} family;

static const family families[] = {
    {THING_TREE, "tree", TREE_VARIANTS, 900, 13000},
    {THING_BUSH, "bush", BUSH_VARIANTS, 500, 2500},
    {THING_LAMP, "lamp", LAMP_VARIANTS, 100, 1000},
    {THING_SIGNAL, "signal", SIGNAL_VARIANTS, 300, 1500},
    {THING_POLE, "pole", POLE_VARIANTS, 40, 300},
    {THING_CONE, "cone", CONE_VARIANTS, 200, 1000},
    {THING_BARRIER, "barrier", BARRIER_VARIANTS, 60, 600},
    {THING_DELINEATOR, "delineator", DELINEATOR_VARIANTS, 60, 400},
    {THING_FENCE, "fence", FENCE_VARIANTS, 60, 800},
    {THING_WALL, "wall", GARDEN_WALL_VARIANTS, 15, 100},
    {THING_HEDGE, "hedge", HEDGE_VARIANTS, 500, 3500},
    {THING_WALK_SIGNAL, "walk signal", WALK_SIGNAL_VARIANTS, 200, 1500},
    {THING_SIGN, "sign", SIGN_VARIANTS, 40, 400},
    {THING_BENCH, "bench", BENCH_VARIANTS, 100, 1000},
    {THING_BIN, "bin", BIN_VARIANTS, 50, 1000},
    {THING_HYDRANT, "hydrant", HYDRANT_VARIANTS, 200, 1000},
    {THING_BOLLARD, "bollard", BOLLARD_VARIANTS, 50, 500},
    {THING_BUS_STOP, "bus stop", BUS_STOP_VARIANTS, 100, 1000},
    {THING_BILLBOARD, "billboard", BILLBOARD_VARIANTS, 100, 1000},
    {THING_CAR, "car", CAR_VARIANTS, 2000, 7300},
    {THING_VAN, "van", VAN_VARIANTS, 2000, 7000},
    {THING_TRUCK, "truck", TRUCK_VARIANTS, 2000, 7000},
    {THING_BUS, "bus", BUS_VARIANTS, 2000, 8000},
    {THING_MOTORCYCLE, "motorcycle", CYCLE_VARIANTS, 2000, 6000},
    {THING_BICYCLE, "bicycle", CYCLE_VARIANTS, 2000, 6000},
    {THING_POLICE, "police car", POLICE_VARIANTS, 2000, 7500},
    {THING_AMBULANCE, "ambulance", AMBULANCE_VARIANTS, 2000, 7500},
    {THING_TRACTOR, "tractor", TRACTOR_VARIANTS, 2000, 7500},
    {THING_TRAILER, "trailer", TRAILER_VARIANTS, 2000, 9500},
    {THING_PERSON, "person", PERSON_VARIANTS, 1500, 3600},
    {THING_WHEELCHAIR, "wheelchair", WHEELCHAIR_VARIANTS, 2000, 6000},
    {THING_PRAM, "pram", PRAM_VARIANTS, 1000, 3000},
    {THING_DOG, "dog", DOG_VARIANTS, 800, 3000},
    {THING_LEASH, "leash", DOG_VARIANTS, 50, 200},
    {THING_DEER, "deer", DEER_VARIANTS, 1200, 3500},
};
enum { FAMILIES = sizeof families / sizeof *families, BUILDINGS = 60, GARAGES = 8 };
static const double GARAGE_M[3] = {5.9, 3.1, 2.75};

// Of a building that is no garage.
static uint32_t district_seed(rng *r) {
  uint32_t seed = rng_u32(r);
  return (seed & BUILDING_DISTRICT_BITS) == BUILDING_GARAGE_BITS ? seed ^ 4 : seed;
}

// Buildings as scenes ask for them, from a shed to a tower.
static int some_building(int i) {
  rng r = rng_at(11, RNG_TEST, 0, (uint32_t)i, 0);
  const double size_m[3] = {rng_uniform(&r, 8, 16), rng_uniform(&r, 9, 22),
                            4.8 + 3.1 * floor(rng_log_uniform(&r, 1, 24) - 1)};
  return asset_variant(THING_BUILDING, district_seed(&r), size_m);
}

static int some_garage(int i) {
  return asset_variant(THING_BUILDING, (uint32_t)i << 3 | BUILDING_GARAGE_BITS, GARAGE_M);
}

typedef void check(const family *f, int variant);

static void for_all(check *what) {
  for (int i = 0; i < FAMILIES; i++)
    for (int variant = 0; variant < families[i].variants; variant++)
      what(&families[i], variant);
  const family buildings = {THING_BUILDING, "building", 0, 300, 5000};
  for (int i = 0; i < BUILDINGS; i++)
    what(&buildings, some_building(i));
  const family garages = {THING_BUILDING, "garage", 0, 80, 300};
  for (int i = 0; i < GARAGES; i++)
    what(&garages, some_garage(i));
}

static mesh built(const family *f, int variant, int phase) {
  mesh all[ASSET_PHASE_LIMIT] = {0};
  trouble why = {0};
  if (asset_build(f->kind, variant, all, &why))
    fail_msg("%s", why.text);
  for (int i = 0; i < ASSET_PHASE_LIMIT; i++)
    if (i != phase)
      mesh_free(&all[i]);
  return all[phase];
}

// All phases together touch all six sides of the box and nothing leaves it.
static void check_box(const family *f, int variant) {
  const float inside_m = 0.001f, touch_m = 0.01f;
  double size_m[3];
  asset_size(f->kind, variant, size_m);
  float lo[3] = {9e9f, 9e9f, 9e9f}, hi[3] = {-9e9f, -9e9f, -9e9f};
  for (int phase = 0; phase < asset_phase_count(f->kind); phase++) {
    mesh m = built(f, variant, phase);
    float a[3], b[3];
    mesh_bounds(&m, a, b);
    // Who bounds is in the air at times.
    bool bounds = f->kind == THING_DEER && phase != DEER_STANDING && a[2] > 0 && a[2] < 0.3f;
    if (fabsf(a[2]) > inside_m && !bounds)
      fail_msg("%s %d phase %d stands at z = %g m, not on the ground", f->name, variant, phase,
               (double)a[2]);
    for (int k = 0; k < 3; k++)
      lo[k] = fminf(lo[k], a[k]), hi[k] = fmaxf(hi[k], b[k]);
    mesh_free(&m);
  }
  for (int k = 0; k < 3; k++) {
    float from = k == 2 ? 0 : -(float)size_m[k] / 2, to = from + (float)size_m[k];
    if (lo[k] < from - inside_m || hi[k] > to + inside_m || lo[k] > from + touch_m ||
        hi[k] < to - touch_m)
      fail_msg("%s %d axis %d spans %g..%g m, its box %g..%g m", f->name, variant, k, (double)lo[k],
               (double)hi[k], (double)from, (double)to);
  }
}

static void variants_fill_their_boxes_and_stand_on_the_ground(void **state) {
  (void)state;
  for_all(check_box);
}

static void corner(const mesh *m, int t, int k, float out[3]) {
  memcpy(out, m->vertices[m->indices[3 * t + k]].p, 3 * sizeof(float));
}

static void sub(const float a[3], const float b[3], float out[3]) {
  for (int k = 0; k < 3; k++)
    out[k] = a[k] - b[k];
}

static float dot(const float a[3], const float b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const float a[3], const float b[3], float out[3]) {
  for (int k = 0; k < 3; k++)
    out[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
}

// Twice the area, along the face's normal.
static void face_of(const mesh *m, int t, float out[3]) {
  float a[3], b[3], c[3], e[3], g[3];
  corner(m, t, 0, a), corner(m, t, 1, b), corner(m, t, 2, c);
  sub(b, a, e), sub(c, a, g);
  cross(e, g, out);
}

static void check_surface(const family *f, int variant) {
  for (int phase = 0; phase < asset_phase_count(f->kind); phase++) {
    mesh m = built(f, variant, phase);
    for (int i = 0; i < m.vertex_count; i++) {
      float length = sqrtf(dot(m.vertices[i].n, m.vertices[i].n));
      if (!(fabsf(length - 1) < 1e-3f))
        fail_msg("%s %d: normal of vertex %d has length %g", f->name, variant, i, (double)length);
    }
    for (int t = 0; t < m.triangle_count; t++) {
      float n[3], sum[3] = {0, 0, 0};
      face_of(&m, t, n);
      for (int k = 0; k < 3; k++)
        for (int j = 0; j < 3; j++)
          sum[j] += m.vertices[m.indices[3 * t + k]].n[j];
      float area = sqrtf(dot(n, n)) / 2;
      if (!(area > 1e-9f))
        fail_msg("%s %d: triangle %d has area %g m2", f->name, variant, t, (double)area);
      if (!(dot(n, sum) > 0))
        fail_msg("%s %d: triangle %d of material %d winds against its normals", f->name, variant, t,
                 (int)m.materials[t]);
      assert_true(m.materials[t] < MATERIAL_COUNT);
    }
    if (m.triangle_count < f->least || m.triangle_count > f->most)
      fail_msg("%s %d has %d triangles, budget %d..%d", f->name, variant, m.triangle_count,
               f->least, f->most);
    mesh_free(&m);
  }
}

static void normals_are_unit_faces_have_area_and_budgets_hold(void **state) {
  (void)state;
  for_all(check_surface);
}

// Moller and Trumbore; the distance or infinity.
static float meets(const mesh *m, int t, const float from[3], const float way[3]) {
  float a[3], b[3], c[3], e[3], g[3], p[3], q[3], s[3];
  corner(m, t, 0, a), corner(m, t, 1, b), corner(m, t, 2, c);
  sub(b, a, e), sub(c, a, g);
  cross(way, g, p);
  float det = dot(e, p);
  if (fabsf(det) < 1e-12f)
    return INFINITY;
  sub(from, a, s);
  float u = dot(s, p) / det;
  cross(s, e, q);
  float v = dot(way, q) / det, at = dot(g, q) / det;
  return u < 0 || v < 0 || u + v > 1 || at < 0 ? INFINITY : at;
}

// Rays from all around: what they meet first must face them, panes and leaves aside.
static void check_outside(const family *f, int variant) {
  enum { RAYS = 48 };
  mesh m = built(f, variant, 0);
  double size_m[3];
  asset_size(f->kind, variant, size_m);
  rng r = rng_at(12, RNG_TEST, 0, (uint32_t)f->kind, (uint32_t)variant);
  float far = (float)(size_m[0] + size_m[1] + size_m[2]);
  int hits = 0, backs = 0, worst = 0;
  for (int i = 0; i < RAYS; i++) {
    float to[3], from[3], way[3];
    double turn = rng_uniform(&r, 0, 6.2831853), rise = rng_uniform(&r, 0.02, 1.2);
    for (int k = 0; k < 3; k++)
      to[k] =
          (float)(size_m[k] * (k == 2 ? rng_uniform(&r, 0.05, 0.95) : rng_uniform(&r, -0.4, 0.4)));
    from[0] = to[0] + far * (float)(cos(turn) * cos(rise));
    from[1] = to[1] + far * (float)(sin(turn) * cos(rise));
    from[2] = to[2] + far * (float)sin(rise);
    sub(to, from, way);
    float nearest = INFINITY;
    int hit = -1;
    for (int t = 0; t < m.triangle_count; t++) {
      float at = meets(&m, t, from, way);
      if (at < nearest)
        nearest = at, hit = t;
    }
    if (hit < 0 || m.materials[hit] == MATERIAL_LEAF)
      continue;
    float n[3];
    face_of(&m, hit, n);
    hits++;
    if (dot(n, way) > 0)
      backs++, worst = m.materials[hit];
  }
  if (backs > (hits + 19) / 20)
    fail_msg("%s %d shows its inside to %d of %d rays, last with material %d", f->name, variant,
             backs, hits, worst);
  mesh_free(&m);
}

static void surfaces_face_outward(void **state) {
  (void)state;
  for_all(check_outside);
}

static uint64_t hash_of(const mesh *m) {
  uint64_t h = hash_xxh3_seeded(m->vertices, (size_t)m->vertex_count * sizeof *m->vertices, 0);
  h = hash_xxh3_seeded(m->indices, (size_t)m->triangle_count * 3 * sizeof *m->indices, h);
  return hash_xxh3_seeded(m->materials, (size_t)m->triangle_count * sizeof *m->materials, h);
}

static void check_repeat(const family *f, int variant) {
  mesh a = built(f, variant, 0), b = built(f, variant, 0);
  if (hash_of(&a) != hash_of(&b))
    fail_msg("%s %d: two builds differ", f->name, variant);
  mesh_free(&a);
  mesh_free(&b);
}

static void a_variant_is_the_same_each_time_it_is_built(void **state) {
  (void)state;
  for_all(check_repeat);
}

static void check_distinct(const family *f, int variant) {
  mesh a = built(f, variant, 0);
  for (int other = 0; other < variant && f->variants; other++) {
    mesh b = built(f, other, 0);
    if (hash_of(&a) == hash_of(&b))
      fail_msg("%s: variants %d and %d are the same", f->name, other, variant);
    mesh_free(&b);
  }
  mesh_free(&a);
}

static void variants_of_a_kind_differ(void **state) {
  (void)state;
  for (int i = 0; i < FAMILIES; i++)
    if (families[i].variants <= 6)
      for (int variant = 0; variant < families[i].variants; variant++)
        check_distinct(&families[i], variant);
}

static void buildings_come_close_to_the_asked_size(void **state) {
  (void)state;
  rng r = rng_at(13, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < 400; i++) {
    const double size_m[3] = {rng_uniform(&r, 8, 16), rng_uniform(&r, 9, 22),
                              4.8 + 3.1 * floor(rng_uniform(&r, 0, 20))};
    double own[3];
    int variant = asset_variant(THING_BUILDING, district_seed(&r), size_m);
    assert_true(variant >= 0);
    asset_size(THING_BUILDING, variant, own);
    for (int k = 0; k < 3; k++)
      if (own[k] / size_m[k] > 1.34 || own[k] / size_m[k] < 0.75)
        fail_msg("asked for %g x %g x %g m, axis %d is %g m", size_m[0], size_m[1], size_m[2], k,
                 own[k]);
  }
  for (int i = 0; i < GARAGES; i++) {
    double own[3];
    asset_size(THING_BUILDING, some_garage(i), own);
    for (int k = 0; k < 3; k++)
      if (fabs(own[k] / GARAGE_M[k] - 1) > 0.1)
        fail_msg("a garage's axis %d is %g m, not %g m", k, own[k], GARAGE_M[k]);
  }
}

static void seeds_spread_over_the_variants(void **state) {
  (void)state;
  bool seen[CAR_VARIANTS] = {false};
  int count = 0;
  rng r = rng_at(14, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < 400; i++) {
    const double size_m[3] = {rng_uniform(&r, 4.15, 4.85), rng_uniform(&r, 1.76, 1.88),
                              rng_uniform(&r, 1.43, 1.61)};
    int variant = asset_variant(THING_CAR, rng_u32(&r), size_m);
    assert_in_range(variant, 0, CAR_VARIANTS - 1);
    count += !seen[variant];
    seen[variant] = true;
  }
  if (count < 12)
    fail_msg("400 cars use only %d variants", count);
}

static void walkers_step_through_eight_phases_and_stand_in_the_ninth(void **state) {
  (void)state;
  assert_int_equal(asset_phase_count(THING_PERSON), 9);
  assert_int_equal(asset_phase(THING_PERSON, 0.0, 1.2), 0);
  assert_int_equal(asset_phase(THING_PERSON, 0.26, 1.2), 2);
  assert_int_equal(asset_phase(THING_PERSON, 0.99, 1.2), 0);
  assert_int_equal(asset_phase(THING_PERSON, 0.26, 0.0), 8);
  assert_int_equal(asset_phase(THING_PERSON, NAN, 1.2), 8);
  assert_int_equal(asset_phase(THING_CAR, 0.6, 9), 0);
}

// A mirror image half a cycle later: the left side does what the right side did.
static void the_walk_is_symmetric(void **state) {
  (void)state;
  person_shape who = person_shape_of(0);
  for (int phase = 0; phase < 8; phase++) {
    person_joints a, b;
    person_walk(&who, phase, &a);
    person_walk(&who, (phase + 4) % 8, &b);
    for (int side = 0; side < 2; side++) {
      const f3 from[2] = {a.ankle[side], a.wrist[side]}, to[2] = {b.ankle[!side], b.wrist[!side]};
      for (int k = 0; k < 2; k++)
        if (fabsf(from[k].x - to[k].x) > 1e-4f || fabsf(from[k].y + to[k].y) > 1e-4f ||
            fabsf(from[k].z - to[k].z) > 1e-4f)
          fail_msg("phase %d: %g %g %g against %g %g %g", phase, (double)from[k].x,
                   (double)from[k].y, (double)from[k].z, (double)to[k].x, (double)to[k].y,
                   (double)to[k].z);
    }
    if ((a.ankle[0].x - a.ankle[1].x) * (a.wrist[0].x - a.wrist[1].x) > 0.02f)
      fail_msg("phase %d: arms swing with the leg of their own side", phase);
  }
}

// u along a plate, on its outside, from left to right as it is read.
static float plate_slope(const mesh *m, int t) {
  const mesh_vertex *v[3];
  for (int k = 0; k < 3; k++)
    v[k] = &m->vertices[m->indices[3 * t + k]];
  // Up is z: to the right of who looks at the face against its normal is up x normal.
  float rx = -v[0]->n[1], ry = v[0]->n[0], slope = 0;
  for (int k = 0; k < 3; k++) {
    const mesh_vertex *a = v[k], *b = v[(k + 1) % 3];
    float along = (b->p[0] - a->p[0]) * rx + (b->p[1] - a->p[1]) * ry;
    if (fabsf(along) > 0.1f)
      slope = (b->uv[0] - a->uv[0]) / along;
  }
  return slope;
}

static void vehicles_for_the_left_are_mirrored_but_for_their_plates(void **state) {
  (void)state;
  int plates = 0, indicators = 0, sided = 0;
  for (int f = 0; f < FAMILIES; f++) {
    if (!asset_sided(families[f].kind))
      continue;
    sided++;
    for (int variant = 0; variant < families[f].variants; variant++) {
      mesh a = built(&families[f], variant, 0), b = built(&families[f], variant, 0);
      asset_turn(&b);
      for (int i = 0; i < a.vertex_count; i++)
        assert_true(a.vertices[i].p[1] == -b.vertices[i].p[1] &&
                    a.vertices[i].n[1] == -b.vertices[i].n[1] &&
                    a.vertices[i].p[0] == b.vertices[i].p[0]);
      for (int t = 0; t < a.triangle_count; t++) {
        material was = (material)a.materials[t], is = (material)b.materials[t];
        float n[3];
        face_of(&b, t, n);
        assert_true(dot(n, b.vertices[b.indices[3 * t]].n) +
                        dot(n, b.vertices[b.indices[3 * t + 1]].n) +
                        dot(n, b.vertices[b.indices[3 * t + 2]].n) >
                    0);
        indicators += was == MATERIAL_LEFT_INDICATOR && is == MATERIAL_RIGHT_INDICATOR;
        if (is != MATERIAL_PLATE)
          continue;
        plates++;
        assert_true(plate_slope(&a, t) > 0.5f && plate_slope(&b, t) > 0.5f);
      }
      mesh_free(&a);
      mesh_free(&b);
    }
  }
  assert_int_equal(sided, 7);
  assert_true(plates > 100 && indicators > 100);
}

static void unknown_kinds_and_variants_are_refused(void **state) {
  (void)state;
  mesh m[ASSET_PHASE_LIMIT] = {0};
  trouble why = {0};
  assert_int_equal(asset_build((thing_kind)99, 0, m, &why), STATUS_RANGE);
  assert_int_equal(asset_build(THING_PERSON, -1, m, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "person"));
  assert_int_equal(m[0].vertex_count, 0);
}

static bool has_leaves(thing_kind kind, uint32_t seed) {
  const double size_m[3] = {5, 5, 8};
  mesh m[ASSET_PHASE_LIMIT] = {0};
  trouble why = {0};
  if (asset_build(kind, asset_variant(kind, seed, size_m), m, &why))
    fail_msg("%s", why.text);
  bool found = false;
  for (int i = 0; i < m[0].triangle_count; i++)
    found = found || m[0].materials[i] == MATERIAL_LEAF;
  for (int i = 0; i < ASSET_PHASE_LIMIT; i++)
    mesh_free(&m[i]);
  return found;
}

static void bare_plants_have_no_leaves(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < 8; seed++) {
    uint32_t own = seed * 2654435761u & ~(PLANT_BARE | PLANT_CONIFER);
    assert_true(has_leaves(THING_TREE, own) && has_leaves(THING_BUSH, own));
    assert_false(has_leaves(THING_TREE, own | PLANT_BARE));
    assert_false(has_leaves(THING_BUSH, own | PLANT_BARE));
    assert_true(has_leaves(THING_TREE, own | PLANT_BARE | PLANT_CONIFER));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(variants_fill_their_boxes_and_stand_on_the_ground),
      cmocka_unit_test(normals_are_unit_faces_have_area_and_budgets_hold),
      cmocka_unit_test(surfaces_face_outward),
      cmocka_unit_test(a_variant_is_the_same_each_time_it_is_built),
      cmocka_unit_test(variants_of_a_kind_differ),
      cmocka_unit_test(buildings_come_close_to_the_asked_size),
      cmocka_unit_test(seeds_spread_over_the_variants),
      cmocka_unit_test(walkers_step_through_eight_phases_and_stand_in_the_ninth),
      cmocka_unit_test(the_walk_is_symmetric),
      cmocka_unit_test(vehicles_for_the_left_are_mirrored_but_for_their_plates),
      cmocka_unit_test(unknown_kinds_and_variants_are_refused),
      cmocka_unit_test(bare_plants_have_no_leaves),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
