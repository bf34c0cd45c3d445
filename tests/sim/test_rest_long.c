// SPDX-License-Identifier: Apache-2.0
// labels: unit slow
// Resting changes nothing, whatever there is in a world: see test_rest.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "with_rest.h"

enum { SEEDS = 3, STEPS = 3000 };

typedef struct world_text {
  const char *name;
  int rests; // somebody has to have rested in it
  const char *text;
} world_text;

static const world_text worlds[] = {
    {"grid of lanes side by side", 1,
     "road = opendrive 'grid.xodr', traffic = { vehicles = 900, mix = { car = 1 }, drivers = { "
     "normal = 1 } }, pedestrians = { count = 0 }, step_s = 0.1"},
    {"grid of single lanes", 1,
     "road = grid_city { blocks = { 6, 6 }, lanes = 1, signals = 1, parked_per_km = 0 }, traffic = "
     "{ vehicles = 500, mix = { car = 1 }, drivers = { normal = 1 } }, pedestrians = { count = 0 "
     "}, "
     "step_s = 0.1"},
    {"town", 1, "road = town {}, traffic = { vehicles_per_km = 30 }, pedestrians = { count = 0 }"},
    {"city with people", 1,
     "road = grid_city { blocks = { 3, 3 } }, traffic = { vehicles_per_km = 30 }, pedestrians = { "
     "per_km = 60, jaywalking = 0.3, midblock = 0.3 }"},
    {"city full of cars and people", 1,
     "road = grid_city { blocks = { 2, 2 }, block_m = 80 }, traffic = { vehicles_per_km = 110 }, "
     "pedestrians = { per_km = 150, jaywalking = 0.5, midblock = 0.3 }"},
    {"works in a city", 1,
     "road = grid_city { blocks = { 3, 3 }, lanes = 2, block_m = 140, work_zones = 8 }, traffic = "
     "{ "
     "vehicles_per_km = 25 }, pedestrians = { count = 0 }"},
    {"works on a highway", 0,
     "road = highway { length_m = 1500, lanes = 3, work_zones = 3 }, traffic = { vehicles_per_km = "
     "40 }"},
    {"merges on a highway", 0,
     "road = highway { lanes = 2, length_m = 2400, entries = 2, exits = 1, lane_drops = 1 }, "
     "traffic = { vehicles_per_km = 50, mix = { car = 8, "
     "articulated = 3 } }"},
    {"interchange", 0, "road = interchange {}, traffic = { vehicles_per_km = 30 }"},
    {"composed", 0,
     "road = compose { intersection {}, highway { lanes = 2, length_m = 500 }, straight { lanes = "
     "3 "
     "}, town { size_m = 350 } }, traffic = { vehicles_per_km = 25 }, pedestrians = { count = 30 "
     "}"},
    {"ends of lanes in a town of maps", 0,
     "road = osm 'village.osm', traffic = { vehicles_per_km = 40 }, pedestrians = { count = 20 }"},
    {"turn and one-way lanes", 1,
     "road = grid_city { blocks = { 3, 3 }, lanes = 2, turn_lanes = 1, one_way = 0.3, signals = 1 "
     "}, traffic = { vehicles_per_km = 30 }, pedestrians = { count = 0 }"},
    {"buses", 1,
     "road = grid_city { blocks = { 2, 2 }, block_m = 170, bus_lanes = 1, lanes = 2, signals = 1 "
     "}, "
     "street_furniture = 1, traffic = { vehicles = 120, mix = { car = 2, bus = 1 }, bus_stopping = "
     "1 }, pedestrians = { count = 0 }"},
    {"cyclists and riders", 1,
     "road = grid_city { blocks = { 3, 3 }, bike_lanes = 0.5, signals = 1 }, traffic = { "
     "vehicles_per_km = 25, filtering = 0.8, mix = { car = 4, bicycle = 3, motorcycle = 2 } }, "
     "pedestrians = { count = 0 }"},
    {"articulated", 1,
     "road = grid_city { blocks = { 2, 2 }, block_m = 200, corner_radius_m = 12, signals = 1 }, "
     "traffic = { vehicles = 120, mix = { car = 3, articulated = 2 } }, pedestrians = { count = 0 "
     "}"},
    {"sirens", 0,
     "road = grid_city { blocks = { 3, 3 }, signals = 1 }, traffic = { vehicles_per_km = 25, "
     "emergency = 3 }, pedestrians = { count = 20 }"},
    {"breakers of rules", 1,
     "road = grid_city { blocks = { 3, 3 }, signals = 1 }, traffic = { vehicles_per_km = 30, "
     "rule_breakers = 0.5 }, pedestrians = { count = 20 }"},
    {"drivers of all kinds", 1,
     "road = grid_city { blocks = { 3, 3 }, signals = 1 }, traffic = { vehicles_per_km = 40, "
     "drivers "
     "= { aggressive = 1, normal = 1, cautious = 1 } }, pedestrians = { count = 0 }"},
    {"lights that see traffic, some dark", 1,
     "road = grid_city { blocks = { 3, 3 }, signals = 1 }, signal_control = 'actuated', "
     "signals_dark "
     "= 0.2, signals_flashing = 0.2, traffic = { vehicles_per_km = 30 }, pedestrians = { count = 0 "
     "}"},
    {"weather that comes and goes", 1,
     "road = grid_city { blocks = { 3, 3 }, signals = 1 }, traffic = { vehicles_per_km = 30 }, "
     "pedestrians = { count = 0 }, weather = clear {}, weather_change = { to = storm {}, at_s = "
     "20, "
     "over_s = 60 }"},
    {"on the left", 1,
     "road = grid_city { blocks = { 3, 3 }, lanes = 2, signals = 1 }, traffic = { hand = 'left', "
     "vehicles_per_km = 30 }, pedestrians = { per_km = 20 }"},
    {"roundabout", 0, "road = roundabout { lanes = 2 }, traffic = { vehicles_per_km = 50 }"},
    {"somebody who is told what to do", 0,
     "road = grid_city { blocks = { 2, 2 }, signals = 1 }, traffic = { vehicles_per_km = 30 }, "
     "actors "
     "= { actor { kind = 'car', at = ahead(ego, 30), driver = 'idm' } }"},
};

static const char *only = ""; // those whose names have it

static void no_world_shows_whether_its_vehicles_rest(void **state) {
  (void)state;
  char folder[] = "/tmp/test_rest.XXXXXX";
  with_rest_folder(folder);
  for (size_t k = 0; k < sizeof worlds / sizeof *worlds; k++) {
    rest_tally all = {0};
    if (!strstr(worlds[k].name, only))
      continue;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      script *source = NULL;
      scene *s = with_rest_scene(&source, folder, worlds[k].text, seed);
      rest_tally one =
          with_rest_beside(s, worlds[k].name, seed, STEPS, 1 + (int)seed % 2, seed == 3 ? 2 : 0);
      all.steps += one.steps;
      all.rests += one.rests;
      scene_destroy(s);
      script_close(source);
    }
    print_message("%s: %ld steps of vehicles, %.1f %% at rest\n", worlds[k].name, all.steps,
                  100.0 * (double)all.rests / (double)all.steps);
    assert_true(all.rests > 0 || !worlds[k].rests);
  }
  with_rest_clear(folder);
}

int main(int argc, char **argv) {
  only = argc > 1 ? argv[1] : only;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_world_shows_whether_its_vehicles_rest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
