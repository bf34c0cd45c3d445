// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// What signs say is what the roads beside them do.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/road_model.h"
#include "scenes/sign.h"
#include "with_places.h"

// The lane whose traffic reads the sign: the nearest one outside junctions that it faces.
static const lane_path *reader_of(const scene *s, const scene_thing *sign) {
  const road_network *net = &s->roads;
  double facing = quat_yaw(sign->at.q), best = 14;
  const lane_path *found = NULL;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    if (lane->junction)
      continue;
    for (int k = 0; k < lane->point_count; k++) {
      const road_point *p = &net->points[lane->point_first + k];
      double distance = hypot(p->x_m - sign->at.p_m.x, p->y_m - sign->at.p_m.y);
      if (distance < best && cos(p->heading_rad - facing) < -0.9)
        best = distance, found = lane;
    }
  }
  return found;
}

static void signs_face_traffic_on_their_own_side(void **state) {
  (void)state;
  int signs = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    for (int i = 0; i < s->thing_count; i++) {
      const scene_thing *sign = &s->things[i];
      if (sign->kind != THING_SIGN) {
        assert_int_equal(sign->sign, 0);
        continue;
      }
      assert_true(sign_kind_of(sign->sign) > SIGN_NONE &&
                  sign_kind_of(sign->sign) < SIGN_KIND_COUNT);
      const lane_path *lane = reader_of(s, sign);
      if (sign_kind_of(sign->sign) == SIGN_NO_ENTRY) {
        if (lane)
          fail_msg("place %d: lane %d goes where a sign forbids it", n, lane->id);
        continue;
      }
      if (!lane)
        fail_msg("place %d: nobody reads the sign at (%.1f, %.1f)", n, sign->at.p_m.x,
                 sign->at.p_m.y);
      double t = 0;
      road_point p = lane_point(&s->roads, lane, 0);
      for (int k = 0; k < lane->point_count; k++) {
        const road_point *q = &s->roads.points[lane->point_first + k];
        if (hypot(q->x_m - sign->at.p_m.x, q->y_m - sign->at.p_m.y) <
            hypot(p.x_m - sign->at.p_m.x, p.y_m - sign->at.p_m.y))
          p = *q;
      }
      t = (sign->at.p_m.y - p.y_m) * cos(p.heading_rad) -
          (sign->at.p_m.x - p.x_m) * sin(p.heading_rad);
      // Boards of bends stand outside of them, whichever side that is.
      sign_kind says = sign_kind_of(sign->sign);
      if (says != SIGN_CHEVRON_LEFT && says != SIGN_CHEVRON_RIGHT)
        assert_true(s->roads.left_hand ? t > 0 : t < 0); // on the side that its readers keep to
      signs++;
    }
    scene_destroy(s);
  }
  assert_true(signs > 50);
}

static void limits_are_those_of_the_lane(void **state) {
  (void)state;
  int limits = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    for (int i = 0; i < s->thing_count; i++) {
      const scene_thing *sign = &s->things[i];
      if (sign_kind_of(sign->sign) != SIGN_SPEED_LIMIT)
        continue;
      double kmh = reader_of(s, sign)->speed_limit_mps * 3.6;
      if (fabs(sign_number_of(sign->sign) - kmh) > 5.01)
        fail_msg("the sign says %d, the lane %.1f km/h", sign_number_of(sign->sign), kmh);
      limits++;
    }
    scene_destroy(s);
  }
  assert_true(limits > 10);
}

// Straight ways from a road through the junction it leads to: do they yield to crossing ones?
static bool yields_to_crossing(const road_network *net, const lane_path *lane) {
  for (int i = 0; i < lane->next_count; i++) {
    const lane_path *way = &net->paths[net->lane_links[lane->next_first + i] - 1];
    if (way->turn != TURN_STRAIGHT)
      continue;
    double heading = net->points[way->point_first].heading_rad;
    for (int c = 0; c < way->conflict_count; c++) {
      const lane_conflict *meets = &net->conflicts[way->conflict_first + c];
      const lane_path *other = &net->paths[meets->other - 1];
      double across = sin(net->points[other->point_first].heading_rad - heading);
      if (meets->yields && other->turn == TURN_STRAIGHT && fabs(across) > 0.7)
        return true;
    }
  }
  return false;
}

static void who_has_priority_is_told_so(void **state) {
  (void)state;
  int first = 0, last = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    for (int i = 0; i < s->thing_count; i++) {
      sign_kind kind = sign_kind_of(s->things[i].sign);
      if (kind != SIGN_PRIORITY_ROAD && kind != SIGN_GIVE_WAY)
        continue;
      const lane_path *lane = reader_of(s, &s->things[i]);
      bool yields = yields_to_crossing(&s->roads, lane);
      if (kind == SIGN_PRIORITY_ROAD)
        assert_false(yields);
      first += kind == SIGN_PRIORITY_ROAD;
      last += kind == SIGN_GIVE_WAY && yields;
    }
    scene_destroy(s);
  }
  assert_true(first > 5 && last > 2);
}

// Driving lanes of a road that run along it, or against it.
static int lanes_that_run(const road_network *net, int road_id, bool along) {
  int count = 0;
  for (int i = 0; i < net->path_count; i++)
    count += net->paths[i].road == road_id && net->paths[i].users != LANE_FOR_BICYCLES &&
             road_lane_along(net, net->paths[i].lane) == along;
  return count;
}

static void one_way_streets_say_so(void **state) {
  (void)state;
  int signs = 0, streets = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      int way = road_one_way(net, r);
      const road_link *begin = way > 0 ? &r->predecessor : &r->successor;
      streets += way != 0 && !r->junction && road_meets_junction(net, begin) &&
                 !net->junctions[begin->id - 1].roundabout;
    }
    for (int i = 0; i < s->thing_count; i++) {
      if (sign_kind_of(s->things[i].sign) != SIGN_ONE_WAY)
        continue;
      const lane_path *lane = reader_of(s, &s->things[i]);
      bool along = road_lane_along(net, lane->lane);
      if (lanes_that_run(net, lane->road, !along) > 0)
        fail_msg("place %d: road %d isn't one-way, as its sign says", n, lane->road);
      signs++;
    }
    scene_destroy(s);
  }
  if (signs != streets || streets < 5)
    fail_msg("%d signs for %d one-way streets", signs, streets);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(signs_face_traffic_on_their_own_side),
      cmocka_unit_test(limits_are_those_of_the_lane),
      cmocka_unit_test(who_has_priority_is_told_so),
      cmocka_unit_test(one_way_streets_say_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
