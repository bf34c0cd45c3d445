// SPDX-License-Identifier: Apache-2.0
// Building worlds on one core: a city of 3x3 blocks and a town of 10 km2 within its outermost
// junctions, with all that stands in them (roads, lane graph, walk graph, furniture, vehicles,
// people and the ground's mesh; no trees for rays), and the search for the lane under a point.
#include <stdlib.h>

#include "base/rng.h"
#include "bench.h"
#include "render/ground.h"
#include "scenes/script.h"

enum { POINTS = 1 << 17 };

static const char CITY[] = "return scene { road = grid_city { blocks = {3, 3} } }";

static const char TOWN[] = "return scene { road = town { size_m = 4150 } }";

static void die(const trouble *why) {
  fprintf(stderr, "bench_roads: %s\n", why->text);
  exit(1);
}

static double build_ms(script *s, uint32_t number, scene **out) {
  trouble why = {0};
  mesh ground = {0};
  double begin_s = bench_now_s();
  if (script_build(s, 1, number, out, &why) || render_ground_build(*out, &ground, NULL, &why))
    die(&why);
  double ms = (bench_now_s() - begin_s) * 1e3;
  mesh_free(&ground);
  return ms;
}

// Points where things are: within 4 m of lanes.
static double lookup_ns(const scene *s, uint32_t salt) {
  static double x[POINTS], y[POINTS];
  const road_network *net = &s->roads;
  rng r = rng_at(7, RNG_TEST, salt, 0, 0);
  for (int i = 0; i < POINTS; i++) {
    const lane_path *lane = &net->paths[rng_below(&r, net->path_count)];
    road_point p = lane_point(net, lane, rng_uniform(&r, 0, lane->length_m));
    x[i] = p.x_m + rng_uniform(&r, -4, 4);
    y[i] = p.y_m + rng_uniform(&r, -4, 4);
  }
  double begin_s = bench_now_s(), along = 0;
  long found = 0;
  for (int i = 0; i < POINTS; i++)
    found += lane_nearest(net, x[i], y[i], &along, NULL) != 0;
  double ns = (bench_now_s() - begin_s) * 1e9 / POINTS;
  if (found != POINTS) {
    fprintf(stderr, "bench_roads: %ld of %d points have a lane\n", found, POINTS);
    exit(1);
  }
  return ns;
}

static script *open_script(const char *text) {
  trouble why = {0};
  script *s = NULL;
  if (script_open_text(&s, "bench.lua", text, NULL, LIBRARY_DIR, NULL, 0, &why))
    die(&why);
  return s;
}

static void build_cities(bench_samples *city, bench_samples *lookup) {
  enum { REPEATS = 15 };
  script *s = open_script(CITY);
  scene *built = NULL;
  build_ms(s, 0, &built);
  scene_destroy(built);
  for (uint32_t i = 0; i < REPEATS; i++) {
    bench_add(city, build_ms(s, i, &built));
    bench_add(lookup, lookup_ns(built, i));
    scene_destroy(built);
  }
  script_close(s);
}

static void build_towns(bench_samples *town, bench_samples *lookup) {
  script *s = open_script(TOWN);
  scene *built = NULL;
  for (uint32_t i = 0; i < BENCH_REPEATS; i++) {
    bench_add(town, build_ms(s, i, &built) / 1e3);
    bench_add(lookup, lookup_ns(built, i));
    scene_destroy(built);
  }
  script_close(s);
}

int main(void) {
  bench_samples city = {0}, town = {0}, in_city = {0}, in_town = {0};
  build_cities(&city, &in_city);
  build_towns(&town, &in_town);
  bench_report_bar("roads", "grid_city_3x3", "ms", BENCH_LESS, &city, 40);
  bench_report_bar("roads", "lane_lookup", "ns", BENCH_LESS, &in_city, 200);
  bench_report_bar("roads", "town_10km2", "s", BENCH_LESS, &town, 1.5);
  bench_report_bar("roads", "town_lane_lookup", "ns", BENCH_LESS, &in_town, 200);
  return 0;
}
