// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Ways through junctions of all kinds of streets, at all angles, can be driven.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/rng.h"
#include "scenes/place.h"
#include "with_proofs.h"

enum { MOST_ARMS = 4 };

static const double PI = 3.14159265358979323846, LEAST_APART_RAD = 0.7;

// Arms by heading, none closer to the next than that.
static void draw_headings(rng *r, int count, double *heading) {
  double share[MOST_ARMS], sum = 0, at = rng_uniform(r, -PI, PI);
  for (int i = 0; i < count; i++)
    sum += share[i] = rng_chance(r, 0.3) ? 0 : rng_unit(r);
  for (int i = 0; i < count; i++) {
    heading[i] = angle_wrap(at);
    at += LEAST_APART_RAD + (sum > 0 ? (2 * PI - count * LEAST_APART_RAD) * share[i] / sum : 0);
  }
}

// Somebody comes in and somebody goes out: the first arm is open both ways or leads in.
static void draw_styles(rng *r, int count, street_style *styles) {
  double width = rng_uniform(r, 2.8, 4.5), walk = rng_uniform(r, 1, 5);
  for (int i = 0; i < count; i++) {
    int way = rng_below(r, 4) - 1;
    styles[i] = (street_style){.lanes = 1 + rng_below(r, 3),
                               .lane_width_m = width,
                               .sidewalk_m = walk,
                               .speed_limit_mps = 13,
                               .bikes = rng_chance(r, 0.4),
                               .buses = rng_chance(r, 0.2),
                               .leads_out = true,
                               .one_way = way > 1 ? 0 : way};
  }
  styles[0].one_way = styles[0].one_way ? -1 : 0;
  styles[1].one_way = styles[1].one_way ? 1 : 0;
}

static void lay_junction(road_builder *b, rng *r) {
  double heading[MOST_ARMS], kerb[MOST_ARMS], outer[MOST_ARMS], setback[MOST_ARMS];
  street_style styles[MOST_ARMS];
  int count = 3 + rng_below(r, MOST_ARMS - 2);
  draw_headings(r, count, heading);
  draw_styles(r, count, styles);
  for (int i = 0; i < count; i++) {
    kerb[i] = street_kerb_m(&styles[i], false);
    outer[i] = street_outer_m(&styles[i]);
  }
  road_junction_setbacks(heading, kerb, outer, count, rng_uniform(r, 3, 15), setback);
  int junction = road_builder_junction(b, 0, 0);
  for (int i = 0; i < count; i++) {
    double cs = cos(heading[i]), sn = sin(heading[i]), far = setback[i] + 60;
    road_place from = {setback[i] * cs, setback[i] * sn, heading[i], 0};
    road_place to = {far * cs, far * sn, heading[i], 0};
    int id = street_add(b, &styles[i], &from, &to, NULL, 0);
    assert_true(id > 0);
    b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, junction, false};
  }
  road_derive_ends(b);
  road_builder_fill_junction(
      b, junction,
      &(junction_plan){.kind = JUNCTION_RIGHT_BEFORE_LEFT, .speed_limit_mps = 13, .zebra = true});
}

static void ways_join_streets_without_a_kink(void **state) {
  (void)state;
  static const char *const promises[] = {
      "points are dense and smooth", "a lane's end joins its successor", "no lane crosses itself",
      "widths are in range and smooth"};
  enum { PROMISES = sizeof promises / sizeof *promises, JUNCTIONS = 3200 };
  int faulty = 0, ways = 0;
  for (uint32_t n = 0; n < JUNCTIONS; n++) {
    rng r = rng_at(n, RNG_TEST, 0, 0, 0);
    road_builder builder = {0};
    arena *memory = arena_create();
    road_network net;
    trouble why = {0};
    lay_junction(&builder, &r);
    if (n % 2)
      road_builder_mirror(&builder);
    road_derive_lanes(&builder);
    assert_int_equal(road_builder_finish(&builder, memory, &net, &why), STATUS_OK);
    proof_case about = {.net = &net};
    for (int i = 0; i < net.path_count; i++)
      ways += net.paths[i].junction > 0;
    for (int k = 0; k < PROMISES; k++) {
      proof_fault fault = {0};
      proof_find(promises[k])->check(&about, &fault);
      if (fault.count && ++faulty < 5)
        print_error("junction %u: not so: %s, in %d places; first: %s\n", n, promises[k],
                    fault.count, fault.text);
    }
    road_builder_free(&builder);
    arena_destroy(memory);
  }
  if (faulty || ways < 10 * JUNCTIONS)
    fail_msg("%d promises aren't kept, %d ways", faulty, ways);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ways_join_streets_without_a_kink),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
