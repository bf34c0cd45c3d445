// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Where furniture stands: people keep a free way, posts follow the road's bends, signals stay in
// sight, plates and heads are on poles.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scenes/furnish.h"
#include "scenes/sign.h"
#include "with_places.h"

static const double EYE_M = 1.4;

static bool is_at(const scene_thing *t, thing_kind kind) {
  return t->kind == kind;
}

// What small furniture may be, apart from poles.
static bool is_furniture(thing_kind kind) {
  switch (kind) {
  case THING_BENCH:
  case THING_BIN:
  case THING_HYDRANT:
  case THING_BOLLARD:
  case THING_BUS_STOP:
  case THING_BILLBOARD:
  case THING_DELINEATOR:
  case THING_FENCE:
  case THING_WALL:
  case THING_HEDGE:
    return true;
  default:
    return false;
  }
}

static ground_box box_of(const scene_thing *t) {
  return (ground_box){t->at.p_m.x, t->at.p_m.y, quat_yaw(t->at.q), t->size_m[0] / 2,
                      t->size_m[1] / 2};
}

static void people_keep_a_free_way(void **state) {
  (void)state;
  int things = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < s->thing_count; i++)
      things += is_furniture(s->things[i].kind);
    for (int e = 0; e < net->walk_edge_count; e++) {
      const walk_edge *edge = &net->walk_edges[e];
      for (double at = 0; at < edge->length_m; at += 0.7) {
        road_point p = walk_point(net, edge, at);
        for (int i = 0; i < s->thing_count; i++) {
          const scene_thing *t = &s->things[i];
          bool pole = is_at(t, THING_POLE);
          if (!pole && !is_furniture(t->kind))
            continue;
          // A pole may stand at the way's border; one still gets by.
          ground_box way = {p.x_m, p.y_m, p.heading_rad, 0.1, pole ? 0.2 : 0.5}, b = box_of(t);
          if (ground_boxes_meet(&way, &b))
            fail_msg("scene %d: thing %d of kind %d stands in walk edge %d of kind %d, %.2f m from "
                     "its middle",
                     n, i, t->kind, edge->id, edge->kind,
                     hypot(t->at.p_m.x - p.x_m, t->at.p_m.y - p.y_m));
        }
      }
    }
    scene_destroy(s);
  }
  assert_true(things > 2000);
}

// Nearest delineator to a point.
static double post_near(const scene *s, double x, double y) {
  double best = INFINITY;
  for (int i = 0; i < s->thing_count; i++)
    if (is_at(&s->things[i], THING_DELINEATOR))
      best = fmin(best, hypot(s->things[i].at.p_m.x - x, s->things[i].at.p_m.y - y));
  return best;
}

// Whether the verge has room for posts all the way: where ramps part from a road it hasn't.
static bool has_verge(const road_network *net, const road *r, double at, int side) {
  for (double s = fmax(0, at - 52); s <= fmin(r->length_m, at + 52); s += 4)
    if (furnish_lane_width(net, r, s, side, LANE_VERGE) < 3.5 ||
        furnish_lane_width(net, r, s, side, LANE_DRIVING) <= 0)
      return false;
  return true;
}

static void posts_stand_along_roads_without_kerbs(void **state) {
  (void)state;
  int roads = 0, bent = 0, checked = 0, lonely = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      bool kerb = false;
      for (int k = 0; k < net->lane_count; k++)
        kerb = kerb || net->lanes[k].type == LANE_CURB;
      if (kerb)
        break;
      if (r->junction)
        continue;
      roads++;
      for (double at = 0; at < r->length_m; at += 5)
        for (int side = -1; side <= 1; side += 2) {
          road_place p = road_line_at(net, r, at);
          double t = road_edge_t(net, r, at, side, ROAD_EDGE_OUTER);
          // 50 m on straight roads, less in bends; on their outside the arc is longer.
          double bend = fabs(p.curvature_pm);
          double apart = bend > 0 ? fmin(50, fmax(6, 2 * sqrt(1 / bend))) : 50;
          double most = (apart / 2 + 2) * (1 + bend * fabs(t)) + 4;
          double near =
              post_near(s, p.x_m - t * sin(p.heading_rad), p.y_m + t * cos(p.heading_rad));
          if (!has_verge(net, r, at, side))
            continue;
          bent += bend > 0.002;
          checked++;
          if (near <= most)
            continue;
          if (lonely++ < 5)
            print_error("scene %d, road %d at %.0f m, side %d: the nearest post is %.1f m away\n",
                        n, r->id, at, side, near);
        }
    }
    scene_destroy(s);
  }
  if (lonely > 0)
    fail_msg("%d of %d places are too far from posts", lonely, checked);
  assert_true(roads > 5 && bent > 50);
}

// Whether the line from a to b passes through the thing's box.
static bool hides(const scene_thing *t, vec3 a, vec3 b) {
  for (int k = 1; k < 60; k++) {
    vec3 p = vec3_add(a, vec3_scale(vec3_sub(b, a), k / 60.0));
    vec3 own = pose_apply(pose_inverse(t->at), p);
    if (fabs(own.x) < t->size_m[0] / 2 && fabs(own.y) < t->size_m[1] / 2 && own.z > 0 &&
        own.z < t->size_m[2])
      return true;
  }
  return false;
}

static void furniture_hides_no_signal(void **state) {
  (void)state;
  int lines = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      if (!lane->signal)
        continue;
      for (double back = 6; back < fmin(45, lane->length_m); back += 6) {
        road_point p = lane_point(net, lane, lane->length_m - back);
        vec3 eye = {p.x_m, p.y_m, p.z_m + EYE_M};
        int seen = 0, heads = 0;
        for (int k = 0; k < s->thing_count; k++) {
          const scene_thing *head = &s->things[k];
          if (head->signal != lane->signal || !is_at(head, THING_SIGNAL))
            continue;
          vec3 at = pose_apply(head->at, (vec3){head->size_m[0] / 2, 0, head->size_m[2] / 2});
          bool hidden = false;
          for (int m = 0; m < s->thing_count && !hidden; m++)
            hidden = (is_furniture(s->things[m].kind) || is_at(&s->things[m], THING_SIGN)) &&
                     hides(&s->things[m], eye, at);
          heads++;
          seen += !hidden;
        }
        if (heads > 0 && seen == 0)
          fail_msg("scene %d: furniture hides signal %d from lane %d, %.0f m before its end", n,
                   lane->signal, lane->id, back);
        lines += seen;
      }
    }
    scene_destroy(s);
  }
  assert_true(lines > 200);
}

static void plates_and_heads_are_on_poles(void **state) {
  (void)state;
  int plates = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    for (int i = 0; i < s->thing_count; i++) {
      const scene_thing *t = &s->things[i];
      if (!is_at(t, THING_SIGN) && !is_at(t, THING_SIGNAL) && !is_at(t, THING_WALK_SIGNAL))
        continue;
      int poles = 0;
      for (int k = 0; k < s->thing_count; k++) {
        const scene_thing *pole = &s->things[k];
        if (!is_at(pole, THING_POLE))
          continue;
        vec3 own = pose_apply(pose_inverse(t->at), pole->at.p_m);
        double top = own.z + pole->size_m[2];
        poles += own.x < 0 && own.x > -0.3 && fabs(own.y) < 0.4 * t->size_m[1] && own.z < -0.6 &&
                 top > 0.7 * t->size_m[2];
      }
      bool board = t->size_m[1] > 1;
      if (poles != (board ? 2 : 1))
        fail_msg("scene %d: %d poles carry thing %d of kind %d", n, poles, i, t->kind);
      plates++;
    }
    scene_destroy(s);
  }
  assert_true(plates > 500);
}

static int furniture_of(double share) {
  int count = 0;
  for (uint32_t i = 0; i < 4; i++) {
    scene_def def = scene_def_default();
    def.street_furniture = share;
    def.grid_city.building_height_m = 6;
    scene *s = NULL;
    trouble why = {0};
    if (scene_build(&s, &def, 5, i, 0, &why))
      fail_msg("%s", why.text);
    for (int k = 0; k < s->thing_count; k++)
      count += is_furniture(s->things[k].kind);
    scene_destroy(s);
  }
  return count;
}

static void street_furniture_is_as_much_as_asked_for(void **state) {
  (void)state;
  int none = furniture_of(0), some = furniture_of(0.5), all = furniture_of(1);
  assert_int_equal(none, 0);
  if (!(some > 200 && all > some + 200))
    fail_msg("%d things at 0.5, %d at 1", some, all);
}

// Trees and bushes of some scenes on a day: shares without leaves and with leaves more red than
// green; conifers apart.
typedef struct leafage {
  double bare, red, conifers_bare;
  int count, conifers;
} leafage;

static leafage leafage_of(int day, double latitude_deg) {
  leafage out = {0};
  for (uint32_t i = 0; i < 2; i++) {
    scene_def def = scene_def_default();
    def.day_of_year = day;
    def.latitude_deg = latitude_deg;
    scene *s = NULL;
    trouble why = {0};
    if (scene_build(&s, &def, 5, i, 0, &why))
      fail_msg("%s", why.text);
    for (int k = 0; k < s->thing_count; k++) {
      const scene_thing *t = &s->things[k];
      if (t->kind != THING_TREE && t->kind != THING_BUSH)
        continue;
      bool bare = t->asset_seed & PLANT_BARE;
      if (t->asset_seed & PLANT_CONIFER) {
        out.conifers++;
        out.conifers_bare += bare;
        continue;
      }
      out.count++;
      out.bare += bare;
      out.red += t->colors.rgb[0][0] > t->colors.rgb[0][1] && !bare;
    }
    scene_destroy(s);
  }
  out.bare /= out.count, out.red /= out.count;
  assert_true(out.count > 300 && out.conifers > 20);
  return out;
}

static void plants_follow_the_seasons(void **state) {
  (void)state;
  static const struct {
    int day;
    double latitude_deg, bare, red;
  } expected[] = {{15, 50, 1, 0},   {196, 50, 0, 0},  {300, 50, 0, 1},
                  {350, 60, 1, 0},  {196, -40, 1, 0}, {15, -40, 0, 0},
                  {118, -35, 0, 1}, {15, 10, 0, 0},   {300, -20, 0, 0}};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    leafage got = leafage_of(expected[i].day, expected[i].latitude_deg);
    assert_true(got.conifers_bare == 0);
    if (fabs(got.bare - expected[i].bare) > 0.1 || fabs(got.red - expected[i].red) > 0.15)
      fail_msg("day %d at %g degrees: %.2f bare, %.2f red", expected[i].day,
               expected[i].latitude_deg, got.bare, got.red);
  }
}

static void closed_lanes_have_cones_where_they_were_asked_for(void **state) {
  (void)state;
  scene_def def = scene_def_default();
  def.place = PLACE_HIGHWAY;
  def.vehicles = 0;
  scene *s = NULL;
  trouble why = {0};
  assert_int_equal(scene_build(&s, &def, 5, 0, 0, &why), STATUS_OK);
  const road_network *net = &s->roads;
  const road *r = &net->roads[0];
  furnisher f = {.net = net, .def = &def, .seed = 1};
  occupancy_init(&f.furniture, net->min_x_m, net->min_y_m, net->max_x_m, net->max_y_m);
  rng stream = furnish_stream(&f, r->id, 0);
  assert_int_equal(furnish_cone_line(&f, &stream, r, 100, -10, 160, -6, 5), 13);
  assert_int_equal(furnish_barrier_row(&f, &stream, r, 170, -10, -5.5, true, BARRIER_BOARD), 2);
  assert_int_equal(furnish_barrier_row(&f, &stream, r, 170, -10, -5.5, true, BARRIER_WATER), 0);
  for (int i = 0; i < f.thing_count; i++) {
    const scene_thing *t = &f.things[i];
    for (int k = 0; k < i; k++) {
      ground_box a = box_of(t), b = box_of(&f.things[k]);
      assert_false(ground_boxes_meet(&a, &b));
    }
    double at = t->kind == THING_CONE ? 100 + 5.0 * i : 170;
    double aside = t->kind == THING_CONE ? -10 + 4.0 * i / 12 : i == 13 ? -8.875 : -6.625;
    vec3 p = road_point_at(net, r, at, aside);
    if (hypot(p.x - t->at.p_m.x, p.y - t->at.p_m.y) > 0.25)
      fail_msg("thing %d stands %.2f m from its place", i,
               hypot(p.x - t->at.p_m.x, p.y - t->at.p_m.y));
    // Who drives along s reads the barrier's face.
    if (t->kind == THING_BARRIER)
      assert_true(cos(quat_yaw(t->at.q) - road_line_at(net, r, 170).heading_rad) < -0.99);
  }
  occupancy_free(&f.furniture);
  free(f.things);
  scene_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(people_keep_a_free_way),
      cmocka_unit_test(posts_stand_along_roads_without_kerbs),
      cmocka_unit_test(furniture_hides_no_signal),
      cmocka_unit_test(plates_and_heads_are_on_poles),
      cmocka_unit_test(street_furniture_is_as_much_as_asked_for),
      cmocka_unit_test(plants_follow_the_seasons),
      cmocka_unit_test(closed_lanes_have_cones_where_they_were_asked_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
