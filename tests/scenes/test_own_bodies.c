// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Meshes of users' own in built scenes: who keeps clear of props, who has which body, and what of
// it can't be.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/furnish.h"
#include "scenes/script.h"

#define MESHES TEST_DATA_DIR "/meshes"
// wedge.glb is 4 m long, 2 m wide and 1 m high.
#define WEDGE "local wedge = asset('wedge.glb', { class = 'wall' })\n"

static status build(const char *text, const char *set, const char *to, uint32_t index, script **s,
                    scene **out, trouble *why) {
  script_override sets = {set, to};
  *out = NULL;
  status result =
      script_open_text(s, "own.lua", text, MESHES, LIBRARY_DIR, &sets, set != NULL, why);
  return result ? result : script_build(*s, 1, index, out, why);
}

static void expect(const char *text, const char *set, const char *to, const char *says) {
  script *s = NULL;
  scene *built = NULL;
  trouble why = {0};
  status got = build(text, set, to, 0, &s, &built, &why);
  if (got != STATUS_RANGE || strcmp(why.text, says) != 0)
    fail_msg("%s\n  %s: \"%s\"\n  wanted \"%s\"", text, status_name(got), why.text, says);
  scene_destroy(built);
  script_close(s);
}

static ground_box box_of(const scene_thing *t) {
  return (ground_box){t->at.p_m.x, t->at.p_m.y, quat_yaw(t->at.q), t->size_m[0] / 2,
                      t->size_m[1] / 2};
}

static ground_box box_of_vehicle(const scene *s, const scene_vehicle *v) {
  road_point p = lane_point(&s->roads, &s->roads.paths[v->lane - 1], v->s_m);
  return (ground_box){p.x_m, p.y_m, p.heading_rad, scene_vehicle_length(v) / 2, v->size_m[1] / 2};
}

// More places than there are actors, lengthwise and across, in both directions' lanes and beside
// them: 60 of them, so that lists of some dozens would run over.
static void nobody_begins_in_a_prop(void **state) {
  (void)state;
  static const char text[] = WEDGE
      "local all = {}\n"
      "for i = 1, 30 do\n"
      "  all[#all + 1] = prop { body = wedge, at = ahead(ego, { gap_m = 40 + 22 * i,\n"
      "    side_m = i % 3 - 1, facing = i % 2 == 0 and 'across' or 'along' }) }\n"
      "  all[#all + 1] = prop { body = wedge, at = ahead(ego, { gap_m = 50 + 22 * i, lane =\n"
      "    'oncoming', facing = i % 2 == 0 and 'across' or 'along' }) }\n"
      "end\n"
      "return scene { road = straight { length_m = 900, lanes = 2 }, ego = { start_m = 20 },\n"
      "  traffic = { vehicles_per_km = 60 }, props = all }";
  int props = 0, vehicles = 0;
  for (uint32_t index = 0; index < 6; index++) {
    script *own = NULL;
    scene *s;
    trouble why = {0};
    if (build(text, NULL, NULL, index, &own, &s, &why))
      fail_msg("%s", why.text);
    for (int i = 0; i < s->vehicle_count; i++)
      for (int k = 0; k < s->prop_count; k++) {
        ground_box a = box_of_vehicle(s, &s->vehicles[i]), b = box_of(&s->props[k]);
        if (ground_boxes_meet(&a, &b))
          fail_msg("scene %u: vehicle %u (lane %d at %.1f m) begins in prop %d", index,
                   s->vehicles[i].id, s->vehicles[i].lane, s->vehicles[i].s_m, k + 1);
      }
    props += s->prop_count;
    vehicles += s->vehicle_count;
    scene_destroy(s);
    script_close(own);
  }
  printf("%d props, %d vehicles\n", props, vehicles);
  assert_int_equal(props, 6 * 60);
  assert_true(vehicles > 60);
}

// Street trees alone may stand over one by their crowns.
static bool gives_way(const scene *s, const scene_thing *t) {
  bool grows = t->kind == THING_TREE || t->kind == THING_BUSH;
  for (int k = 0; k < s->prop_count; k++)
    if (t->id == s->props[k].id || t->body)
      return false;
  return grows || t->kind == THING_BUILDING || t->kind == THING_BILLBOARD ||
         t->kind == THING_HEDGE || t->kind == THING_FENCE || t->kind == THING_WALL;
}

static void nothing_is_built_or_planted_in_a_prop(void **state) {
  (void)state;
  static const char *const roads[] = {
      "rural { length_m = 1200, woods = 0.8, farmland = 0.6, trees_per_km = 100 }",
      "highway { length_m = 1200, trees_per_km = 200 }", "town {}",
      "straight { length_m = 1200, sidewalk_m = 2, trees_per_km = 0 }"};
  int others = 0;
  for (size_t k = 0; k < sizeof roads / sizeof *roads; k++)
    for (uint32_t index = 0; index < 3; index++) {
      char text[1200];
      snprintf(text, sizeof text,
               "local wedge = asset('wedge.glb', { class = 'building', scale = 2 })\n"
               "local all = {}\n"
               "for i = 1, %d do all[i] = prop { body = wedge, at = beside(ego, { ahead_m =\n"
               "  25 * i, kerb_m = 14 + 5 * (i %% 3) }) } end\n"
               "return scene { road = %s, ego = { start_m = 30 }, traffic = { vehicles = 0 },\n"
               "  pedestrians = { count = 0 }, props = all }",
               k == 2 ? 3 : 30, roads[k]);
      script *own = NULL;
      scene *s;
      trouble why = {0};
      if (build(text, NULL, NULL, index, &own, &s, &why))
        fail_msg("%s: %s", roads[k], why.text);
      for (int i = 0; i < s->thing_count; i++) {
        const scene_thing *t = &s->things[i];
        others += gives_way(s, t);
        for (int n = 0; n < s->prop_count && gives_way(s, t); n++) {
          ground_box a = box_of(t), b = box_of(&s->props[n]);
          if (ground_boxes_meet(&a, &b))
            fail_msg("%s, scene %u: a thing of kind %d stands in prop %d, at (%.1f, %.1f)",
                     roads[k], index, (int)t->kind, n + 1, t->at.p_m.x, t->at.p_m.y);
        }
      }
      scene_destroy(s);
      script_close(own);
    }
  printf("%d things beside props\n", others);
  assert_true(others > 5000);
}

// On a short sidewalk there is room for people, and not for all of their dogs and prams.
static void who_leaves_a_dog_at_home_has_its_own_body_still(void **state) {
  (void)state;
  static const char text[] = "local figure = asset('figure.glb', { class = 'pedestrian' })\n"
                             "return scene { road = straight { length_m = 100, sidewalk_m = 1.5 }, "
                             "traffic = { vehicles = 0\n"
                             "  }, pedestrians = { count = 110, groups = 0, dogs = 1, prams = 0.5, "
                             "bodies = { figure } } }";
  int alone = 0, company = 0;
  for (uint32_t index = 0; index < 8; index++) {
    script *own = NULL;
    scene *s;
    trouble why = {0};
    if (build(text, NULL, NULL, index, &own, &s, &why))
      fail_msg("%s", why.text);
    for (int i = 0; i < s->person_count; i++) {
      const scene_person *p = &s->people[i];
      bool has = false;
      for (int k = 0; k < s->person_count; k++)
        has |= s->people[k].along == 1 + i;
      company += p->along > 0;
      if (has || p->along || p->thing != THING_PERSON)
        continue;
      alone += p->kind != PERSON_CHILD;
      if (!p->body)
        fail_msg("scene %u: person %u is alone and of nobody's mesh", index, p->id);
    }
    scene_destroy(s);
    script_close(own);
  }
  printf("%d adults without company, %d dogs and prams\n", alone, company);
  assert_true(alone > 5 && company > 20);
}

static void what_is_no_list_is_an_error(void **state) {
  (void)state;
  expect(WEDGE "return scene { props = { bench = prop { body = wedge, at = ahead(ego, 30) } } }",
         NULL, NULL, "own.lua:2: props: is not a list; write { prop { … }, … }");
  expect(WEDGE "local p = prop { body = wedge, at = ahead(ego, 30) }\n"
               "return scene { props = { p, stone = p } }",
         NULL, NULL, "own.lua:3: props: is not a list; write { prop { … }, … }");
  expect("local car = asset('wedge.glb', { class = 'car' })\n"
         "return scene { traffic = { bodies = { wedge = car } } }",
         NULL, NULL,
         "own.lua:2: traffic.bodies: is not a list; write { asset(\"car.glb\", { class = \"car\" "
         "}), … }");
  expect("return scene { actors = { lead = actor { at = ahead(ego, 30) } } }", NULL, NULL,
         "own.lua:1: actors: is not a list; write { actor { … }, … }");
}

static void looks_that_are_said_twice_are_errors(void **state) {
  (void)state;
#define ACTOR(words)                                                                               \
  "local figure = asset('figure.glb', { class = 'pedestrian' })\n"                                 \
  "return scene { road = straight { length_m = 300 }, traffic = { vehicles = 0 }, actors = {\n"    \
  "actor { " words ", at = ahead(ego, 30) } } }"
  static const char twice[] =
      "own.lua:2: actors[1]: dress and body; a mesh has its own clothes, so "
      "leave out one of them";
  static const char measures[] = "own.lua:2: actors[1]: length_m, width_m and height_m are of one "
                                 "body; a truck with a trailer has its own, 16.5 m long";
  expect(ACTOR("body = figure, dress = 'worker'"), NULL, NULL, twice);
  expect(ACTOR("body = figure"), "actors[1].dress", "worker", twice);
  expect(ACTOR("kind = 'articulated', length_m = 18"), NULL, NULL, measures);
  expect(ACTOR("kind = 'articulated', width_m = 2.4"), NULL, NULL, measures);
  expect(ACTOR("kind = 'articulated'"), "actors[1].height_m", "3", measures);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nobody_begins_in_a_prop),
      cmocka_unit_test(nothing_is_built_or_planted_in_a_prop),
      cmocka_unit_test(who_leaves_a_dog_at_home_has_its_own_body_still),
      cmocka_unit_test(what_is_no_list_is_an_error),
      cmocka_unit_test(looks_that_are_said_twice_are_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
