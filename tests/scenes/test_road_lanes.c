// SPDX-License-Identifier: Apache-2.0
// labels: unit property
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scenes/road_model.h"
#include "with_network.h"
#include "with_places.h"

static void a_lane_ends_where_its_successors_begin(void **state) {
  (void)state;
  int links = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      const road_point *end = &network_points(net, lane)[lane->point_count - 1];
      for (int k = 0; k < lane->next_count; k++, links++) {
        const lane_path *next = network_next(net, lane, k);
        const road_point *begin = network_points(net, next);
        double gap = hypot(end->x_m - begin->x_m, end->y_m - begin->y_m);
        double turn = fabs(angle_wrap(end->heading_rad - begin->heading_rad));
        if (gap > 1e-3 || turn > 1e-3 || fabs(end->z_m - begin->z_m) > 1e-3)
          fail_msg("scene %d: lane %d to %d: gap %.6f m, turn %.6f rad", n, lane->id, next->id, gap,
                   turn);
        bool back = false;
        for (int m = 0; m < next->previous_count; m++)
          back = back || network_previous(net, next, m) == lane;
        assert_true(back);
      }
    }
    scene_destroy(s);
  }
  assert_true(links > 1000);
}

static void every_city_lane_leads_on_and_is_led_to(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    if (places_def(n).place != PLACE_GRID_CITY)
      continue;
    scene *s = places_build(n);
    for (int i = 0; i < s->roads.path_count; i++) {
      const lane_path *lane = &s->roads.paths[i];
      if (lane->next_count == 0)
        fail_msg("scene %d: lane %d of road %d has no successor", n, lane->id, lane->road);
    }
    scene_destroy(s);
  }
}

// Where the lane begins, or ends.
static double end_width(const road_network *net, const lane_path *lane, bool at_end) {
  const road *r = &net->roads[lane->road - 1];
  const road_section *section = &net->sections[r->section_first + lane->section];
  bool last = lane->section + 1 == r->section_count;
  double length = (last ? r->length_m : section[1].s_m) - section->s_m;
  bool far = road_lane_along(net, lane->lane) == at_end;
  return road_width_at(net, road_lane_find(net, section, lane->lane), far ? length : 0);
}

static void points_are_dense_and_smooth_and_lanes_have_sane_widths(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      const road_point *p = network_points(net, lane);
      // But where lanes open and close, widths are those of lanes.
      if (fmin(end_width(net, lane, false), end_width(net, lane, true)) > 2.79)
        assert_in_range((long)(lane->width_m * 100), 280, 450);
      for (int k = 0; k + 1 < lane->point_count; k++) {
        double step = p[k + 1].s_m - p[k].s_m;
        double chord = hypot(p[k + 1].x_m - p[k].x_m, p[k + 1].y_m - p[k].y_m);
        double turn = angle_wrap(p[k + 1].heading_rad - p[k].heading_rad);
        double limit = fabs(turn) > 1e-4 ? 1.12 : 2.0; // the outside of a curve is longer
        if (step <= 0 || step > limit || fabs(step - chord) > 1e-6)
          fail_msg("scene %d lane %d point %d: step %.4f m, chord %.4f m", n, lane->id, k, step,
                   chord);
        // A chord's direction is that of its middle.
        double along = atan2(p[k + 1].y_m - p[k].y_m, p[k + 1].x_m - p[k].x_m);
        double middle = p[k].heading_rad + turn / 2;
        if (fabs(angle_wrap(along - middle)) > 1.5e-3)
          fail_msg("scene %d lane %d point %d: chord %.5f rad, headings' mean %.5f rad", n,
                   lane->id, k, along, middle);
      }
      double tightest = lane->users == LANE_FOR_BICYCLES ? 1.8 : 2.5; // m
      if (lane->max_curvature_pm >= 1 / tightest)
        fail_msg("scene %d lane %d, junction %d, turn %d: radius %.2f m", n, lane->id,
                 lane->junction, (int)lane->turn, 1 / lane->max_curvature_pm);
    }
    scene_destroy(s);
  }
}

static void no_lane_crosses_itself(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n += 2) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      const road_point *p = network_points(net, lane);
      for (int a = 0; a + 1 < lane->point_count && lane->max_curvature_pm > 0; a++)
        for (int b = a + 2; b + 1 < lane->point_count; b++)
          if (network_segments_cross(&p[a], &p[b]))
            fail_msg("scene %d lane %d crosses itself", n, lane->id);
    }
    scene_destroy(s);
  }
}

// Least distance of two centre lines by brute force over densely sampled points.
static double least_distance(const road_network *net, const lane_path *a, const lane_path *b) {
  double best = INFINITY;
  for (double u = 0; u <= a->length_m; u += 0.2) {
    road_point p = lane_point(net, a, u);
    for (double v = 0; v <= b->length_m; v += 0.2) {
      road_point q = lane_point(net, b, v);
      double d = (p.x_m - q.x_m) * (p.x_m - q.x_m) + (p.y_m - q.y_m) * (p.y_m - q.y_m);
      best = d < best ? d : best;
    }
  }
  return sqrt(best);
}

static const lane_conflict *find_conflict(const road_network *net, const lane_path *a, int other) {
  for (int i = 0; i < a->conflict_count; i++)
    if (net->conflicts[a->conflict_first + i].other == other)
      return &net->conflicts[a->conflict_first + i];
  return NULL;
}

static void compare_conflict(const road_network *net, const lane_path *a, const lane_path *b) {
  if (network_previous(net, a, 0) == network_previous(net, b, 0)) {
    assert_null(find_conflict(net, a, b->id));
    return;
  }
  const lane_conflict *ab = find_conflict(net, a, b->id), *ba = find_conflict(net, b, a->id);
  double reach = (a->width_m + b->width_m) / 2 - 0.4, distance = least_distance(net, a, b);
  if (!ab != !ba || (!ab && distance < reach - 0.03) || (ab && distance > reach + 0.03))
    fail_msg("lanes %d and %d: %.3f m apart, areas meet below %.3f m, recorded %d %d", a->id, b->id,
             distance, reach, ab != NULL, ba != NULL);
  if (!ab)
    return;
  assert_true(ab->yields != ba->yields);
  assert_true(ab->begin_s_m <= ab->end_s_m && ab->end_s_m <= a->length_m + 1e-9);
  assert_true(ab->begin_s_m == ba->other_begin_s_m && ab->end_s_m == ba->other_end_s_m);
  // Outside of the recorded stretch the lane is clear of the other.
  for (double u = 0; u <= a->length_m; u += 0.4) {
    if (u > ab->begin_s_m - 0.55 && u < ab->end_s_m + 0.55)
      continue;
    road_point p = lane_point(net, a, u);
    for (double v = 0; v <= b->length_m; v += 0.4) {
      road_point q = lane_point(net, b, v);
      if (hypot(p.x_m - q.x_m, p.y_m - q.y_m) < reach - 0.05)
        fail_msg("lane %d meets %d at %.2f m, outside of %.2f..%.2f m", a->id, b->id, u,
                 ab->begin_s_m, ab->end_s_m);
    }
  }
}

static void conflicts_are_where_swept_areas_meet(void **state) {
  (void)state;
  int junctions = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int j = 1; j <= net->junction_count && j <= 2; j++, junctions++)
      for (int a = 0; a < net->path_count; a++)
        for (int b = a + 1; b < net->path_count; b++)
          if (net->paths[a].junction == j && net->paths[b].junction == j)
            compare_conflict(net, &net->paths[a], &net->paths[b]);
    scene_destroy(s);
  }
  assert_true(junctions >= 20);
}

typedef struct found {
  int lane; // 0 none
  double s_m, t_m;
} found;

// The twin of lane_nearest(): every segment of every lane.
static found nearest_by_force(const road_network *net, double x, double y) {
  found out = {0};
  double best = 10 * 10;
  for (int i = 0; i < net->path_count; i++) {
    const road_point *p = network_points(net, &net->paths[i]);
    for (int k = 0; k + 1 < net->paths[i].point_count && net->paths[i].users != LANE_FOR_BICYCLES;
         k++) {
      double ex = p[k + 1].x_m - p[k].x_m, ey = p[k + 1].y_m - p[k].y_m;
      double dx = x - p[k].x_m, dy = y - p[k].y_m, square = ex * ex + ey * ey;
      double u = square > 0 ? (dx * ex + dy * ey) / square : 0;
      u = 0.5 * (fabs(u) - fabs(u - 1) + 1); // clamped to 0..1; rounds as lane_nearest() does
      double ox = dx - u * ex, oy = dy - u * ey, away = ox * ox + oy * oy;
      if (away >= best)
        continue;
      best = away;
      out = (found){net->paths[i].id, p[k].s_m + u * (p[k + 1].s_m - p[k].s_m),
                    ex * dy - ey * dx < 0 ? -sqrt(away) : sqrt(away)};
    }
  }
  return out;
}

// A place to look from: anywhere, around a lane, on a lane's point, far outside.
static void draw_place(const road_network *net, rng *r, int i, double at[2]) {
  double far = i % 8 == 7 ? 300 : 20;
  const lane_path *lane = &net->paths[rng_below(r, net->path_count)];
  road_point p = lane_point(net, lane, rng_uniform(r, 0, lane->length_m));
  at[0] = p.x_m + rng_normal(r, 0, 4);
  at[1] = p.y_m + rng_normal(r, 0, 4);
  if (i % 4 == 3) {
    at[0] = rng_uniform(r, net->min_x_m - far, net->max_x_m + far);
    at[1] = rng_uniform(r, net->min_y_m - far, net->max_y_m + far);
  } else if (i % 4 == 2) {
    p = network_points(net, lane)[rng_below(r, lane->point_count)];
    at[0] = p.x_m;
    at[1] = p.y_m;
  }
}

static void compare_nearest(const road_network *net, double x, double y) {
  double s = -1, t = -1;
  found expected = nearest_by_force(net, x, y);
  int lane = lane_nearest(net, x, y, &s, &t);
  if (lane != expected.lane || (lane && (s != expected.s_m || t != expected.t_m)))
    fail_msg("at (%.6f, %.6f): lane %d, s %.9f, t %.9f; brute force: %d, %.9f, %.9f", x, y, lane, s,
             t, expected.lane, expected.s_m, expected.t_m);
}

static void the_nearest_lane_is_that_of_brute_force_to_the_last_bit(void **state) {
  (void)state;
  int junctions = 0, none = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    rng r = rng_at(3, RNG_TEST, 0, (uint32_t)n, 0);
    for (int i = 0; i < 400; i++) {
      double at[2];
      draw_place(net, &r, i, at);
      compare_nearest(net, at[0], at[1]);
      int lane = lane_nearest(net, at[0], at[1], NULL, NULL);
      junctions += lane && net->paths[lane - 1].junction;
      none += !lane;
    }
    assert_int_equal(lane_nearest(net, 1e300, NAN, NULL, NULL), 0);
    assert_int_equal(lane_nearest(net, -INFINITY, 1e12, NULL, NULL), 0);
    scene_destroy(s);
  }
  assert_true(junctions > 2000 && none > 500);
}

static void left_of_a_lane_is_positive(void **state) {
  (void)state;
  scene *s = places_build(0);
  const road_network *net = &s->roads;
  rng r = rng_at(3, RNG_TEST, 1, 0, 0);
  for (int i = 0; i < 400; i++) {
    double at[2], along = -1, aside = 0;
    draw_place(net, &r, i, at);
    int lane = lane_nearest(net, at[0], at[1], &along, &aside);
    if (!lane || fabs(aside) < 0.1 || along < 0.1 || along > net->paths[lane - 1].length_m - 0.1)
      continue;
    road_point p = lane_point(net, &net->paths[lane - 1], along);
    double left = (at[1] - p.y_m) * cos(p.heading_rad) - (at[0] - p.x_m) * sin(p.heading_rad);
    assert_true(left * aside > 0);
  }
  scene_destroy(s);
}

static void junctions_know_every_end_that_meets_there(void **state) {
  (void)state;
  int ends = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    int all = 0;
    for (int j = 0; j < net->junction_count; j++) {
      const road_junction *junction = &net->junctions[j];
      assert_int_equal(junction->end_first, all);
      for (int i = 0; i < net->road_count; i++)
        for (int end = 0; end < 2 && !net->roads[i].junction; end++) {
          const road_link *link = end ? &net->roads[i].successor : &net->roads[i].predecessor;
          if (link->kind != ROAD_LINK_JUNCTION || link->id != j + 1)
            continue;
          assert_int_equal(net->ends[all].road, i + 1);
          assert_int_equal(net->ends[all].at_end, end);
          all++;
        }
      assert_int_equal(junction->end_count, all - junction->end_first);
    }
    assert_int_equal(net->end_count, all);
    ends += all;
    scene_destroy(s);
  }
  assert_true(ends > 200);
}

static void a_road_finds_its_lanes(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int id = 1; id <= net->road_count; id++) {
      int first = 0;
      while (first < net->path_count && net->paths[first].road < id)
        first++;
      assert_int_equal(road_first_path(net, id), first);
      for (int i = 0; i < net->path_count; i++)
        assert_true((net->paths[i].road < id) == (i < first));
    }
    scene_destroy(s);
  }
}

static void neighbours_run_side_by_side(void **state) {
  (void)state;
  int pairs = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      if (!lane->right)
        continue;
      const lane_path *right = &net->paths[lane->right - 1];
      assert_int_equal(right->left, lane->id);
      // A lane that opens begins as one with the lane beside it.
      bool opens = lane->opens || right->opens;
      road_point p = lane_point(net, lane, opens ? lane->length_m : 0);
      road_point q = lane_point(net, right, opens ? right->length_m : 0);
      double left = (p.y_m - q.y_m) * cos(q.heading_rad) - (p.x_m - q.x_m) * sin(q.heading_rad);
      double apart = copysign(hypot(p.x_m - q.x_m, p.y_m - q.y_m), left);
      double widths = end_width(net, lane, opens) + end_width(net, right, opens);
      if (fabs(apart - widths / 2) > 1e-6)
        fail_msg("lane %d lies %.3f m left of lane %d", lane->id, left, right->id);
      pairs++;
    }
    scene_destroy(s);
  }
  assert_true(pairs > 50);
}

static void crossings_lie_on_their_crosswalks(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->crossing_count; i++) {
      const lane_crossing *c = &net->crossings[i];
      const road_crosswalk *walk = &net->crosswalks[c->crosswalk - 1];
      assert_true(i == 0 || net->crossings[i - 1].lane <= c->lane);
      for (int k = 0; k < 3; k++) {
        double s_m = c->begin_s_m + (c->end_s_m - c->begin_s_m) * (0.02 + 0.48 * k);
        road_point p = lane_point(net, &net->paths[c->lane - 1], s_m);
        for (int e = 0; e < 4; e++) {
          vec3 a = walk->corners[e], b = walk->corners[(e + 1) % 4];
          if ((b.x - a.x) * (p.y_m - a.y) - (b.y - a.y) * (p.x_m - a.x) < 0)
            fail_msg("scene %d: crossing %d of lane %d is off its crosswalk", n, i, c->lane);
        }
      }
      // Lanes towards a junction stop before the crosswalk.
      const lane_path *lane = &net->paths[c->lane - 1];
      if (c->begin_s_m > lane->length_m / 2)
        assert_true(lane->stop_s_m < c->begin_s_m - 0.5);
    }
    scene_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_lane_ends_where_its_successors_begin),
      cmocka_unit_test(every_city_lane_leads_on_and_is_led_to),
      cmocka_unit_test(points_are_dense_and_smooth_and_lanes_have_sane_widths),
      cmocka_unit_test(no_lane_crosses_itself),
      cmocka_unit_test(conflicts_are_where_swept_areas_meet),
      cmocka_unit_test(the_nearest_lane_is_that_of_brute_force_to_the_last_bit),
      cmocka_unit_test(left_of_a_lane_is_positive),
      cmocka_unit_test(junctions_know_every_end_that_meets_there),
      cmocka_unit_test(a_road_finds_its_lanes),
      cmocka_unit_test(neighbours_run_side_by_side),
      cmocka_unit_test(crossings_lie_on_their_crosswalks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
