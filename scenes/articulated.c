// SPDX-License-Identifier: Apache-2.0
#include "scenes/articulated.h"

#include <math.h>

#include "scenes/furnish.h"

static const double WIDTH_M = 2.55, LENGTH_M = 13.62;
static const double FRONT_M = 1.6; // of the trailer, ahead of its kingpin
static const double PIN_M = 7.7;   // from there to the middle one of three axles
static const double FIFTH_M = 0.6; // the fifth wheel ahead of the tractor's rear axle

void articulated_draw(scene_vehicle *tractor, scene_trailer *out, rng *r) {
  *out = (scene_trailer){.class = SEMANTIC_TRUCK, .asset_seed = rng_u32(r)};
  out->size_m[0] = LENGTH_M + rng_uniform(r, -0.04, 0.04);
  out->size_m[1] = WIDTH_M;
  out->size_m[2] = rng_uniform(r, 3.85, 4.0);
  double scale = out->size_m[0] / LENGTH_M, front = FRONT_M * scale;
  out->pin_m = PIN_M * scale;
  out->hitch_m = FIFTH_M;
  out->axle_to_centre_m = out->pin_m + front - out->size_m[0] / 2;
  out->colors = palette_vehicle(THING_TRAILER, r);
  double to_front = tractor->rear_to_centre_m + tractor->size_m[0] / 2 - out->hitch_m;
  tractor->trailer_m = to_front + out->size_m[0] - front - tractor->size_m[0];
}

double articulated_offtracking(double radius_m, double pin_m) {
  return radius_m > pin_m ? radius_m - sqrt(radius_m * radius_m - pin_m * pin_m) : INFINITY;
}

static bool bends_gently(const lane_path *lane) {
  double bend = lane->max_curvature_pm, longest = PIN_M * (1 + 0.04 / LENGTH_M);
  double inside = bend > 0 ? articulated_offtracking(1 / bend, longest) : 0;
  return WIDTH_M / 2 + inside <= lane->width_m / 2;
}

// Whether who is on a lane gets on to a wide one, out of the network, or, where it ends beside
// others, over to one of these.
static bool leads_on(const road_network *net, const lane_path *lane, const uint8_t *wide) {
  for (int k = 0; k < lane->next_count; k++)
    if (wide[net->lane_links[lane->next_first + k] - 1])
      return true;
  if (lane->next_count > 0)
    return false;
  bool ends = false;
  const int beside[2] = {lane->left, lane->right};
  for (int k = 0; k < 2; k++) {
    if (!beside[k] || net->paths[beside[k] - 1].next_count == 0)
      continue;
    ends = true;
    if (wide[beside[k] - 1])
      return true;
  }
  return !ends;
}

void articulated_lanes(const road_network *net, uint8_t *wide) {
  for (int i = 0; i < net->path_count; i++)
    wide[i] = (net->paths[i].users & LANE_FOR_CARS) && bends_gently(&net->paths[i]);
  // What leads to none of these is none, until nothing changes: in turns from either end, for lanes
  // mostly lead to those that come after them.
  bool changed = true;
  for (int round = 0; changed; round++) {
    changed = false;
    for (int k = 0; k < net->path_count; k++) {
      int i = round % 2 ? k : net->path_count - 1 - k;
      if (!wide[i] || leads_on(net, &net->paths[i], wide))
        continue;
      wide[i] = 0;
      changed = true;
    }
  }
}
