// SPDX-License-Identifier: Apache-2.0
// Lanes side by side on longer roads: which of them end, which lead off, and how long two stay
// beside each other.
#include <math.h>
#include <stdlib.h>

#include "base/least.h"
#include "scenes/road_model.h"
#include "sim/lanes.h"

static const lane_path *next_of(const road_network *net, const lane_path *lane, int k) {
  return &net->paths[net->lane_links[lane->next_first + k] - 1];
}

// The next lane but no junction's: where roads go on, each lane has one.
static const lane_path *goes_on(const road_network *net, const lane_path *lane) {
  const lane_path *next = lane->next_count == 1 ? next_of(net, lane, 0) : NULL;
  return next && !next->junction && !lane->junction ? next : NULL;
}

// Passes of relaxation from the ends of roads back, for whatever a lane takes from the next one.
typedef bool refresh(sim_lanes *out, const road_network *net, const lane_path *lane);

static void relax(sim_lanes *out, const road_network *net, refresh *of) {
  for (bool changed = true; changed;) {
    changed = false;
    for (int i = net->path_count - 1; i >= 0; i--)
      changed |= of(out, net, &net->paths[i]);
  }
}

static bool set(double *value, double to) {
  bool changed = *value != to;
  *value = to;
  return changed;
}

// Rings would go on for ever.
static double capped(double m) {
  return m > SIM_REACH_M ? INFINITY : m;
}

static bool refresh_room(sim_lanes *out, const road_network *net, const lane_path *lane) {
  bool changed = false;
  const lane_path *next = goes_on(net, lane);
  for (int side = -1; side <= 1; side += 2) {
    double *room = side > 0 ? out->room_left_m : out->room_right_m, m = 0;
    int other = sim_lane_beside(out, net, lane, side);
    if (other) {
      const lane_path *next_other = goes_on(net, &net->paths[other - 1]);
      m = lane->length_m;
      if (next && next_other && sim_lane_beside(out, net, next, side) == next_other->id)
        m += room[next->id - 1];
    }
    changed |= set(&room[lane->id - 1], least_of(m, SIM_REACH_M));
  }
  return changed;
}

// Whether lanes beside it go on where this one ends.
static bool others_go_on(const sim_lanes *out, const road_network *net, const lane_path *lane) {
  for (int side = -1; side <= 1; side += 2)
    for (int id = sim_lane_beside(out, net, lane, side); id;
         id = sim_lane_beside(out, net, &net->paths[id - 1], side))
      if (net->paths[id - 1].next_count > 0)
        return true;
  return false;
}

static bool refresh_end(sim_lanes *out, const road_network *net, const lane_path *lane) {
  double *end = &out->end_m[lane->id - 1], begin, last;
  road_lane_usable(net, lane, &begin, &last);
  if (last < lane->length_m - 1e-6)
    return set(end, last);
  if (lane->next_count == 0)
    return set(end, others_go_on(out, net, lane) ? lane->length_m : INFINITY);
  double m = 0;
  for (int k = 0; k < lane->next_count; k++)
    m = most_of(m, lane->length_m + out->end_m[next_of(net, lane, k)->id - 1]);
  return set(end, lane->junction ? INFINITY : capped(m));
}

// A lane leads off where the one nearest to the road's centre goes on along another road.
static int leads_off(const road_network *net, const lane_path *lane) {
  const lane_path *next = goes_on(net, lane);
  if (!next || !next->road || !net->roads[next->road - 1].junction)
    return 0;
  const lane_path *inner = lane;
  for (int i = road_first_path(net, lane->road); i < net->path_count; i++) {
    const lane_path *p = &net->paths[i];
    if (p->road != lane->road)
      break;
    if (p->section == lane->section && p->lane * lane->lane > 0 &&
        abs(p->lane) < abs(inner->lane) && p->next_count > 0)
      inner = p;
  }
  return inner != lane && next_of(net, inner, 0)->road != next->road ? next->id : 0;
}

static bool refresh_exit(sim_lanes *out, const road_network *net, const lane_path *lane) {
  sim_exit *own = &out->exits[lane->id - 1], best = {.ramp = own->off, .last_m = lane->length_m};
  const lane_path *next = goes_on(net, lane);
  if (!best.ramp)
    best.last_m = INFINITY;
  if (next && !best.ramp && out->exits[next->id - 1].ramp) {
    best = out->exits[next->id - 1];
    best.last_m += lane->length_m;
  }
  // A lane beside this one that leads there is the way, until they part.
  for (int side = -1; side <= 1; side += 2)
    for (int id = sim_lane_beside(out, net, lane, side), hops = 1; id;
         id = sim_lane_beside(out, net, &net->paths[id - 1], side), hops++) {
      const sim_exit *other = &out->exits[id - 1];
      double last = (side > 0 ? out->room_right_m : out->room_left_m)[id - 1];
      if (!other->ramp || other->side || last >= best.last_m || (best.ramp && !best.side))
        continue;
      best = (sim_exit){.ramp = other->ramp, .side = side, .last_m = last};
    }
  best.off = own->off;
  best.last_m = capped(best.last_m);
  if (isinf(best.last_m))
    best.ramp = best.side = 0;
  bool changed = best.ramp != own->ramp || best.side != own->side || best.last_m != own->last_m;
  *own = best;
  return changed;
}

bool sim_corridors_build(sim_lanes *out, arena *a, const road_network *net) {
  int lanes = net->path_count;
  out->room_left_m = ARENA_NEW(a, double, lanes);
  out->room_right_m = ARENA_NEW(a, double, lanes);
  out->open_m = ARENA_NEW(a, double, lanes);
  out->end_m = ARENA_NEW(a, double, lanes);
  out->exits = ARENA_NEW(a, sim_exit, lanes);
  out->works_m = ARENA_NEW(a, double, lanes);
  out->taper_m = ARENA_NEW(a, double, lanes);
  if (!out->room_left_m || !out->room_right_m || !out->open_m || !out->end_m || !out->exits ||
      !out->works_m || !out->taper_m)
    return false;
  for (int i = 0; i < lanes; i++) {
    double end;
    road_lane_usable(net, &net->paths[i], &out->open_m[i], &end);
    out->end_m[i] = INFINITY;
    out->works_m[i] = road_works_ahead(net, &net->paths[i], &out->taper_m[i]);
    out->exits[i].off = leads_off(net, &net->paths[i]);
    out->exits[i].last_m = INFINITY;
  }
  relax(out, net, refresh_room);
  relax(out, net, refresh_end);
  relax(out, net, refresh_exit);
  return true;
}
