// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The library's scenario of an emergency vehicle: what it promises happens.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "with_checks.h"
#include "with_events.h"

static char text[512];

static with_event open_scenario(const char *parameters, uint32_t index) {
  snprintf(text, sizeof text,
           "return require \"emergency_vehicle\" { %s, scene = { street_furniture = 0 } }",
           parameters);
  return with_event_drawn(text, NULL, 0, 1, index);
}

// How far the second is ahead of the first along the first's heading, and to its left.
static vec3 seen_from_ego(const with_event *e, int number) {
  double yaw = quat_yaw(with_event_actor(e, 0)->begin.q);
  vec3 v = vec3_sub(with_event_middle(e, number), with_event_middle(e, 0));
  return (vec3){v.x * cos(yaw) + v.y * sin(yaw), v.y * cos(yaw) - v.x * sin(yaw), v.z};
}

typedef struct meeting {
  double passes_s, slowest_mps, beside_m; // while it passes; sideways between the two bodies
  bool makes_way, goes_on;                // the ego, before it passes; and when it has passed
  int overlaps;
} meeting;

static meeting watch(const char *parameters, uint32_t index) {
  meeting m = {.passes_s = INFINITY, .slowest_mps = INFINITY, .beside_m = INFINITY};
  check_report report = {0};
  with_event e = open_scenario(parameters, index);
  for (int frame = 0; frame < 290; frame++) {
    with_event_frame(&e);
    check_snapshot(&e.shot, &report);
    const sim_actor *ego = with_event_actor(&e, 0), *siren = with_event_actor(&e, 1);
    if (!siren)
      break;
    vec3 at = seen_from_ego(&e, 1);
    double reach = (ego->size_m[0] + siren->size_m[0]) / 2;
    bool passed = at.x > reach;
    if (!(siren->flags & ACTOR_SIREN))
      fail_msg("%s: its siren is off", text);
    if (passed && isinf(m.passes_s))
      m.passes_s = with_event_time(&e);
    if (!passed) {
      m.makes_way |= (ego->flags & ACTOR_MAKES_WAY) != 0;
      m.slowest_mps = fmin(m.slowest_mps, ego->speed_mps);
    }
    if (fabs(at.x) < reach)
      m.beside_m = fmin(m.beside_m, fabs(at.y) - (ego->size_m[1] + siren->size_m[1]) / 2);
    m.goes_on = !(ego->flags & ACTOR_MAKES_WAY);
  }
  m.overlaps = report.overlaps;
  if (report.overlaps)
    fail_msg("%s: bodies meet: %s", text, report.first);
  with_event_free(&e);
  return m;
}

static void an_emergency_vehicle_comes_by_and_the_ego_makes_way(void **state) {
  (void)state;
  for (uint32_t k = 0; k < 12; k++) {
    char parameters[256];
    double kmh = 30 + 10 * (k % 4);
    snprintf(parameters, sizeof parameters,
             "kind = \"%s\", ego_kmh = %g, lanes = %u, behind_m = 80, vehicles = %u, hand = \"%s\"",
             k % 2 ? "police" : "ambulance", kmh, 1 + k % 3, 10 * (k % 2),
             k % 4 < 2 ? "right" : "left");
    meeting m = watch(parameters, k);
    // At 1.3 times the limit 80 m take 80 / 0.3 v; the ego slows down meanwhile.
    double longest = 85 / (0.3 * kmh / 3.6);
    if (!(m.passes_s > 3 && m.passes_s < longest && m.makes_way && m.beside_m > 0.1 &&
          m.slowest_mps < 0.75 * kmh / 3.6 && m.goes_on))
      fail_msg("%s: passes after %.1f s (%.1f at most), %.2f m beside, the ego %s way, %.2f m/s at "
               "the least, and %s afterwards",
               text, m.passes_s, longest, m.beside_m, m.makes_way ? "makes" : "doesn't make",
               m.slowest_mps, m.goes_on ? "goes on" : "doesn't go on");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_emergency_vehicle_comes_by_and_the_ego_makes_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
