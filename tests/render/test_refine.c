// SPDX-License-Identifier: Apache-2.0
// labels: unit property
#include "render/ground_refine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/ground_parts.h"

static const double PI = 3.14159265358979323846;
enum { SEEDS = 200, CORNERS = 60, EXTRA = 300 };

static double turn(vec3 a, vec3 b, vec3 c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

// A polygon round the origin, with bays and points on straight edges. Every third seed has all
// corners on a square's sides.
static void draw_polygon(rng *r, int seed, vec3 *p) {
  for (int i = 0; i < CORNERS; i++) {
    double angle = 2 * PI * i / CORNERS, radius = rng_uniform(r, 40, 100);
    double c = cos(angle), s = sin(angle);
    if (seed % 3 == 0)
      radius = 70 / fmax(fabs(c), fabs(s));
    p[i] = (vec3){radius * c, radius * s, rng_uniform(r, -3, 3)};
  }
}

static double polygon_area(const vec3 *p) {
  double sum = 0;
  for (int i = 0; i < CORNERS; i++)
    sum += turn((vec3){0, 0, 0}, p[i], p[(i + 1) % CORNERS]) / 2;
  return sum;
}

// Whether the circle through a, b and c holds q, by a determinant: positive when it does.
static double in_circle(vec3 a, vec3 b, vec3 c, vec3 q) {
  double m[3][3];
  const vec3 *from[3] = {&a, &b, &c};
  for (int i = 0; i < 3; i++) {
    m[i][0] = from[i]->x - q.x, m[i][1] = from[i]->y - q.y;
    m[i][2] = m[i][0] * m[i][0] + m[i][1] * m[i][1];
  }
  return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
         m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
         m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

// The corner of another triangle beyond the edge from a to b; -1 at the border.
static int beyond(const ground_net *net, uint32_t a, uint32_t b) {
  for (int t = 0; t < net->triangle_count; t++)
    for (int k = 0; k < 3; k++)
      if (net->indices[3 * t + k] == b && net->indices[3 * t + (k + 1) % 3] == a)
        return (int)net->indices[3 * t + (k + 2) % 3];
  return -1;
}

static void check_delaunay(const ground_net *net, int seed) {
  for (int t = 0; t < net->triangle_count; t++)
    for (int k = 0; k < 3; k++) {
      uint32_t ia = net->indices[3 * t + k], ib = net->indices[3 * t + (k + 1) % 3];
      int other = beyond(net, ia, ib);
      if (other < 0)
        continue;
      vec3 a = net->points[ia], b = net->points[ib];
      vec3 c = net->points[net->indices[3 * t + (k + 2) % 3]], q = net->points[other];
      // Only where the other diagonal lies inside.
      if (turn(c, q, b) < 1e-3 || turn(q, c, a) < 1e-3)
        continue;
      double size = fmax(vec3_length(vec3_sub(a, b)), vec3_length(vec3_sub(c, q)));
      if (in_circle(a, b, c, q) > 1e-9 * pow(size, 4))
        fail_msg("seed %d: an edge of triangle %d is not Delaunay's", seed, t);
    }
}

static int find(const ground_net *net, vec3 p) {
  int found = 0;
  for (int i = 0; i < net->point_count; i++)
    found += net->points[i].x == p.x && net->points[i].y == p.y && net->points[i].z == p.z;
  return found;
}

static void polygons_keep_their_area_and_border(void **state) {
  (void)state;
  int put_in = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    rng r = rng_at(61, RNG_TEST, 0, (uint32_t)seed, 0);
    vec3 p[CORNERS], extra[EXTRA];
    uint32_t indices[3 * CORNERS];
    draw_polygon(&r, seed, p);
    int cut = ground_cut_ears(p, CORNERS, indices);
    assert_int_equal(cut, CORNERS - 2);
    for (int i = 0; i < EXTRA; i++)
      extra[i] = (vec3){rng_uniform(&r, -110, 110), rng_uniform(&r, -110, 110), 5};
    ground_net net;
    assert_true(ground_refine(&net, p, CORNERS, indices, cut, extra, EXTRA));
    double area = 0;
    for (int t = 0; t < net.triangle_count; t++) {
      const uint32_t *c = &net.indices[3 * t];
      double piece = turn(net.points[c[0]], net.points[c[1]], net.points[c[2]]) / 2;
      if (piece < -1e-9)
        fail_msg("seed %d: triangle %d is turned over", seed, t);
      area += piece;
    }
    if (fabs(area - polygon_area(p)) > 1e-6)
      fail_msg("seed %d: %.9f m2 of %.9f", seed, area, polygon_area(p));
    check_delaunay(&net, seed);
    for (int i = 0; i < CORNERS; i++)
      assert_int_equal(find(&net, p[i]), 1);
    // Euler: a disc of n points with b on its border has 2 n - b - 2 triangles.
    assert_int_equal(net.triangle_count, 2 * net.point_count - CORNERS - 2);
    int inside = 0;
    for (int i = 0; i < EXTRA; i++)
      inside += find(&net, extra[i]);
    assert_int_equal(net.point_count, CORNERS + inside);
    put_in += inside;
    free(net.points);
    free(net.indices);
  }
  assert_true(put_in > SEEDS * EXTRA / 5);
}

// Points that are well within are taken, those outside and next to the border aren't.
static void extra_points_go_in_where_there_is_room(void **state) {
  (void)state;
  const vec3 p[4] = {{0, 0, 0}, {10, 0, 0}, {10, 10, 0}, {0, 10, 0}};
  const uint32_t indices[6] = {0, 1, 2, 0, 2, 3};
  const vec3 extra[6] = {{5, 5, 1}, {2, 7, 2}, {-1, 5, 3}, {5, 0.1, 4}, {5, 5.01, 5}, {7, 3, 6}};
  ground_net net;
  assert_true(ground_refine(&net, p, 4, indices, 2, extra, 6));
  static const int wanted[6] = {1, 1, 0, 0, 0, 1};
  for (int i = 0; i < 6; i++)
    assert_int_equal(find(&net, extra[i]), wanted[i]);
  free(net.points);
  free(net.indices);
}

// Points in one place become one, and what has no area then goes.
static void points_in_one_place_are_one(void **state) {
  (void)state;
  const vec3 p[6] = {{0, 0, 0}, {4, 0, 0}, {4, 4, 0}, {0, 4, 0}, {4, 4, 0}, {0, 0, 0}};
  const uint32_t indices[12] = {0, 1, 2, 5, 4, 3, 0, 5, 3, 2, 4, 1};
  ground_net net;
  assert_true(ground_refine(&net, p, 6, indices, 4, NULL, 0));
  assert_int_equal(net.point_count, 4);
  assert_int_equal(net.triangle_count, 2);
  free(net.points);
  free(net.indices);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(polygons_keep_their_area_and_border),
      cmocka_unit_test(extra_points_go_in_where_there_is_room),
      cmocka_unit_test(points_in_one_place_are_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
