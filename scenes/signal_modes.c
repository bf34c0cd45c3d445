// SPDX-License-Identifier: Apache-2.0
#include "scenes/signal_modes.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "scenes/road_model.h"

enum { MAJOR_RANK = 4 };             // above any turn's rank
static const double STRAIGHT = -0.8; // cosine of the headings of two arms in line

// The greater of two arms: by class, then by lanes, then the first one.
static bool is_greater(const road_network *net, const road_arm *a, const road_arm *b) {
  road_class ca = net->roads[a->road - 1].class, cb = net->roads[b->road - 1].class;
  int la = road_arm_lanes(net, a, true) + road_arm_lanes(net, a, false);
  int lb = road_arm_lanes(net, b, true) + road_arm_lanes(net, b, false);
  return ca != cb ? ca < cb : la != lb ? la > lb : a->road < b->road;
}

// The junction's greater road: the greatest arm that another one lies in line with, and that
// one; the greatest arm alone where none do.
static void find_major(const road_network *net, const road_arm *arms, int count,
                       bool major[ROAD_ARMS]) {
  int best = -1, across = -1;
  for (int pass = 0; pass < 2 && best < 0; pass++)
    for (int i = 0; i < count; i++) {
      int other = -1;
      for (int k = 0; k < count; k++)
        if (k != i && cos(arms[k].heading_rad - arms[i].heading_rad) < STRAIGHT &&
            (other < 0 || is_greater(net, &arms[k], &arms[other])))
          other = k;
      if ((other >= 0 || pass == 1) && (best < 0 || is_greater(net, &arms[i], &arms[best]))) {
        best = i;
        across = other;
      }
    }
  for (int i = 0; i < count; i++)
    major[i] = i == best || i == across;
}

// Ways through the junction that come out of the greater road go before all others.
static void raise_major(road_network *net, const road_junction *j) {
  road_arm arms[ROAD_ARMS];
  bool major[ROAD_ARMS] = {false};
  int count = road_junction_arms(net, j, arms);
  find_major(net, arms, count, major);
  for (int i = 0; i < net->path_count; i++) {
    lane_path *way = &net->paths[i];
    if (way->junction != j->id || way->previous_count == 0)
      continue;
    const lane_path *from = &net->paths[net->lane_links[way->previous_first] - 1];
    bool at_end = road_lane_along(net, from->lane);
    for (int k = 0; k < count; k++)
      if (major[k] && arms[k].road == from->road && arms[k].at_end == at_end)
        way->priority += MAJOR_RANK;
  }
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *way = &net->paths[i];
    for (int c = 0; c < way->conflict_count && way->junction == j->id; c++) {
      lane_conflict *meets = &net->conflicts[way->conflict_first + c];
      const lane_path *other = &net->paths[meets->other - 1];
      meets->yields = way->priority < other->priority ||
                      (way->priority == other->priority && way->id > other->id);
    }
  }
}

static signal_mode draw_mode(const scene *s, const scene_def *def, int junction) {
  rng r = rng_at(s->seed, RNG_SIGNALS, s->index, (uint32_t)junction + 1, s->attempt);
  double u = rng_unit(&r);
  if (u < def->signals_dark)
    return SIGNALS_DARK;
  if (u < def->signals_dark + def->signals_flashing)
    return SIGNALS_FLASHING;
  return strcmp(def->signal_control, "actuated") == 0 ? SIGNALS_ACTUATED : SIGNALS_FIXED;
}

// Sets the programme of the junction that the ego comes to so that its lights turn green when the
// script wants it.
static status set_green(scene *s, double green_at_s, trouble *why) {
  const road_network *net = &s->roads;
  int id = net->paths[s->vehicles[0].lane - 1].signal;
  const road_signal *signal = id ? &net->signals[id - 1] : NULL;
  if (!signal || s->signal_modes[signal->junction - 1] != SIGNALS_FIXED)
    return trouble_set(why, STATUS_RANGE,
                       "ego.green_at_s: the junction ahead has no traffic lights of fixed times");
  const road_junction *j = &net->junctions[signal->junction - 1];
  const road_phase *phases = &net->phases[j->program_first];
  double cycle = 0, begin = NAN;
  for (int i = 0; i < j->program_count; i++) {
    const road_phase *before = &phases[(i + j->program_count - 1) % j->program_count];
    if (phases[i].color[signal->group] == SIGNAL_GREEN &&
        before->color[signal->group] != SIGNAL_GREEN && isnan(begin))
      begin = cycle;
    cycle += phases[i].duration_s;
  }
  double offset = fmod(begin - green_at_s, cycle);
  s->signal_offsets_s[signal->junction - 1] = offset < 0 ? offset + cycle : offset;
  return STATUS_OK;
}

status scene_signals_draw(scene *s, const scene_def *def, trouble *why) {
  road_network *net = &s->roads;
  s->signal_offsets_s = ARENA_NEW(s->memory, double, net->junction_count);
  s->signal_modes = ARENA_NEW(s->memory, uint8_t, net->junction_count);
  if (!s->signal_offsets_s || !s->signal_modes)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while setting signals");
  for (int j = 0; j < net->junction_count; j++) {
    rng r = rng_at(s->seed, RNG_ROAD, s->index, (uint32_t)j + 1, s->attempt);
    double cycle = 0;
    for (int i = 0; i < net->junctions[j].program_count; i++)
      cycle += net->phases[net->junctions[j].program_first + i].duration_s;
    s->signal_offsets_s[j] = rng_uniform(&r, 0, cycle);
    if (net->junctions[j].program_count == 0)
      continue;
    s->signal_modes[j] = (uint8_t)draw_mode(s, def, j);
    if (s->signal_modes[j] == SIGNALS_FLASHING || s->signal_modes[j] == SIGNALS_DARK)
      raise_major(net, &net->junctions[j]);
  }
  return isnan(def->ego_at.green_at_s) ? STATUS_OK : set_green(s, def->ego_at.green_at_s, why);
}
