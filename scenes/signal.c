// SPDX-License-Identifier: Apache-2.0
// Traffic signals: fixed-time programs whose stages follow from the arms' geometry, and the
// colour at a time.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/road_builder.h"

// Arms straight across share a stage, every other arm has its own. People cross an arm while
// its own vehicles and those straight across wait; vehicles turning there give way to them.
// Lanes for left turns go before the rest of their stage, those of both its arms at once where
// their ways don't meet.
// Groups: vehicles of each stage, then people by the stage that they walk in, then left turns.
enum { STAGES = ROAD_ARMS + 1 };

typedef struct stage_plan {
  int cars;                // stages with vehicles: 0 .. cars - 1
  int count;               // one more where some arm can be crossed in none of them
  int drive[ROAD_ARMS];    // by arm, its stage
  int walk[ROAD_ARMS];     // by arm, the stage in which people cross it
  int lefts;               // times when only left turns go
  int left[ROAD_ARMS];     // by arm, the one of its lane for left turns; -1 without one
  double across_m[STAGES]; // longest crossing walked in a stage
} stage_plan;

static const double LEAST_GREEN_S = 9, LEFT_GREEN_S = 8;
static const double WALKING_MPS = 1.2; // that crossing times are laid out for
static const double ALL_RED_S = 2;

const road_phase *signal_phase_at(const road_network *net, const road_junction *junction,
                                  double time_s) {
  const road_phase *phases = &net->phases[junction->program_first];
  double cycle = 0;
  for (int i = 0; i < junction->program_count; i++)
    cycle += phases[i].duration_s;
  double t = fmod(time_s, cycle);
  if (t < 0)
    t += cycle;
  for (int i = 0; i < junction->program_count; i++) {
    if (t < phases[i].duration_s)
      return &phases[i];
    t -= phases[i].duration_s;
  }
  return &phases[junction->program_count - 1];
}

signal_color signal_at(const road_network *net, const road_junction *junction, int group,
                       double time_s) {
  if (junction->program_count == 0 || group < 1 || group > junction->group_count)
    return SIGNAL_OFF;
  return (signal_color)signal_phase_at(net, junction, time_s)->color[group];
}

static int add_signal(road_builder *b, int junction, int group, bool pedestrian) {
  road_network *net = &b->net;
  if (b->failed || !ARRAY_RESERVE(net->signals, b->signal_capacity, net->signal_count + 1)) {
    b->failed = true;
    return 0;
  }
  net->signals[net->signal_count] = (road_signal){
      .id = net->signal_count + 1, .junction = junction, .group = group, .pedestrian = pedestrian};
  return ++net->signal_count;
}

// Colours of one stage's vehicles and people, or of left turns (stage = cars + count + index),
// while all others have red.
static void add_phase(road_builder *b, road_junction *j, const stage_plan *plan, double duration_s,
                      int stage, signal_color cars, signal_color people) {
  road_network *net = &b->net;
  if (b->failed || !ARRAY_RESERVE(net->phases, b->phase_capacity, net->phase_count + 1)) {
    b->failed = true;
    return;
  }
  road_phase *phase = &net->phases[net->phase_count++];
  *phase = (road_phase){.duration_s = duration_s};
  int groups = plan->cars + plan->count + plan->lefts;
  for (int k = 0; k < groups && k < ROAD_SIGNAL_GROUPS; k++)
    phase->color[1 + k] = SIGNAL_RED;
  bool left = stage >= plan->cars + plan->count;
  if (stage < plan->cars || left)
    phase->color[1 + stage] = (uint8_t)cars;
  if (stage < plan->count && plan->cars + stage < ROAD_SIGNAL_GROUPS)
    phase->color[1 + plan->cars + stage] = (uint8_t)people;
  j->program_count++;
}

// Out of the innermost lane, which is for that; bicycles also turn left out of their own lane, in
// their stage's time.
static bool turns_left_from(const road_builder *b, const road *r, int junction,
                            const road_arm *arm) {
  const road_lane *way = road_lane_find(&b->net, &b->net.sections[r->section_first], -1);
  return way && abs(way->predecessor) == 1 && r->junction == junction &&
         b->notes[r->id - 1].turn == TURN_LEFT && r->predecessor.id == arm->road &&
         r->predecessor.at_end == arm->at_end;
}

// Whether the areas of two ways through a junction come together.
static bool ways_meet(const road_network *net, const road *a, const road *b) {
  const double step = 0.5;
  const road_lane *in = road_lane_find(net, &net->sections[a->section_first], -1);
  const road_lane *other = road_lane_find(net, &net->sections[b->section_first], -1);
  double reach = (road_width_at(net, in, 0) + road_width_at(net, other, 0)) / 2;
  for (double s = 0; s < a->length_m; s += step) {
    vec3 p = road_point_at(net, a, s, road_lane_middle_t(net, a, 0, -1, s, NULL));
    for (double u = 0; u < b->length_m; u += step) {
      vec3 q = road_point_at(net, b, u, road_lane_middle_t(net, b, 0, -1, u, NULL));
      if (hypot(p.x - q.x, p.y - q.y) < reach)
        return true;
    }
  }
  return false;
}

static bool left_turns_meet(const road_builder *b, int junction, const road_arm *one,
                            const road_arm *two) {
  for (int i = 0; i < b->net.road_count; i++)
    for (int k = 0; k < b->net.road_count && turns_left_from(b, &b->net.roads[i], junction, one);
         k++)
      if (turns_left_from(b, &b->net.roads[k], junction, two) &&
          ways_meet(&b->net, &b->net.roads[i], &b->net.roads[k]))
        return true;
  return false;
}

// Left turns get a time of their own as long as there are groups for them.
static void plan_lefts(const road_builder *b, int junction, const road_arm *arms, int count,
                       stage_plan *plan) {
  for (int i = 0; i < count; i++)
    plan->left[i] = -1;
  for (int i = 0; i < count; i++) {
    if (!b->notes[arms[i].road - 1].left_lane[arms[i].at_end])
      continue;
    for (int k = 0; k < i && plan->left[i] < 0; k++)
      if (plan->left[k] >= 0 && plan->drive[k] == plan->drive[i] &&
          !left_turns_meet(b, junction, &arms[i], &arms[k]))
        plan->left[i] = plan->left[k];
    if (plan->left[i] < 0 && plan->cars + plan->count + plan->lefts < ROAD_SIGNAL_GROUPS)
      plan->left[i] = plan->lefts++;
  }
}

// Arms that nobody comes out of have no stage of their own.
static void plan_stages(const road_network *net, const road_arm *arms, int count,
                        stage_plan *plan) {
  int across[ROAD_ARMS];
  bool in[ROAD_ARMS];
  *plan = (stage_plan){0};
  for (int i = 0; i < count; i++) {
    across[i] = road_straight_arm(arms, count, i);
    in[i] = road_arm_lanes(net, &arms[i], true) > 0;
    plan->drive[i] = -1;
  }
  // Arms in line come first, whichever of them is the first arm.
  for (int i = 0; i < count; i++)
    if (plan->drive[i] < 0 && across[i] >= 0 && across[across[i]] == i && (in[i] || in[across[i]]))
      plan->drive[i] = plan->drive[across[i]] = plan->cars++;
  for (int i = 0; i < count; i++)
    if (plan->drive[i] < 0 && in[i])
      plan->drive[i] = plan->cars++;
  for (int i = 0; i < count; i++)
    plan->drive[i] = plan->drive[i] < 0 ? 0 : plan->drive[i];
  plan->count = plan->cars;
  for (int i = 0; i < count; i++) {
    plan->walk[i] = -1;
    for (int k = 1; k < plan->cars && plan->walk[i] < 0; k++) {
      int stage = (plan->drive[i] + k) % plan->cars;
      bool clear = true;
      for (int m = 0; m < count; m++)
        clear = clear && !(in[m] && plan->drive[m] == stage && across[m] == i);
      plan->walk[i] = clear ? stage : -1;
    }
    if (plan->walk[i] < 0) {
      plan->walk[i] = plan->cars;
      plan->count = plan->cars + 1;
    }
  }
}

static void add_signals(road_builder *b, int junction, stage_plan *plan, const road_arm *arms,
                        int count) {
  for (int i = 0; i < count && !b->failed; i++) {
    road_note *note = &b->notes[arms[i].road - 1];
    if (road_arm_lanes(&b->net, &arms[i], true) > 0)
      note->signal[arms[i].at_end] = add_signal(b, junction, 1 + plan->drive[i], false);
    if (plan->left[i] >= 0)
      note->left_signal[arms[i].at_end] =
          add_signal(b, junction, 1 + plan->cars + plan->count + plan->left[i], false);
    int walk = note->crosswalk[arms[i].at_end];
    if (!walk)
      continue;
    road_crosswalk *crosswalk = &b->net.crosswalks[walk - 1];
    crosswalk->group = 1 + plan->cars + plan->walk[i];
    add_signal(b, junction, crosswalk->group, true);
    double across = vec3_length(vec3_sub(crosswalk->corners[2], crosswalk->corners[1]));
    plan->across_m[plan->walk[i]] = fmax(plan->across_m[plan->walk[i]], across);
  }
}

// Left turns of a stage's arms, one after the other where their ways meet.
static void add_left_phases(road_builder *b, road_junction *j, const stage_plan *plan, int stage,
                            int arm_count, double yellow_s) {
  for (int left = 0; left < plan->lefts; left++) {
    bool own = false;
    for (int i = 0; i < arm_count; i++)
      own = own || (plan->left[i] == left && plan->drive[i] == stage);
    int group = plan->cars + plan->count + left;
    if (!own)
      continue;
    add_phase(b, j, plan, LEFT_GREEN_S, group, SIGNAL_GREEN, SIGNAL_RED);
    add_phase(b, j, plan, yellow_s, group, SIGNAL_YELLOW, SIGNAL_RED);
    add_phase(b, j, plan, ALL_RED_S, group, SIGNAL_RED, SIGNAL_RED);
  }
}

void road_builder_signals(road_builder *b, int junction, const junction_plan *plan,
                          const road_arm *arms, int arm_count) {
  stage_plan stages;
  plan_stages(&b->net, arms, arm_count, &stages);
  plan_lefts(b, junction, arms, arm_count, &stages);
  add_signals(b, junction, &stages, arms, arm_count);
  if (b->failed)
    return;
  // Institute of Transportation Engineers: one second to react, then brake at 3 m/s^2.
  double yellow = fmax(3, fmin(6, 1 + plan->speed_limit_mps / (2 * 3)));
  double shared = fmax(LEAST_GREEN_S, (plan->green_s[0] + plan->green_s[1]) / stages.cars);
  road_junction j = b->net.junctions[junction - 1];
  j.group_count = stages.cars + stages.count + stages.lefts;
  j.program_first = b->net.phase_count;
  for (int k = 0; k < stages.count; k++) {
    bool cars = k < stages.cars;
    // People get red early enough to have crossed when the next stage begins.
    double spare = ALL_RED_S + (cars ? yellow : 0) - 1;
    double clearance = fmax(0, stages.across_m[k] / WALKING_MPS - spare);
    double green = !cars ? 0 : stages.cars == 2 ? plan->green_s[k] : shared;
    if (cars)
      add_left_phases(b, &j, &stages, k, arm_count, yellow);
    add_phase(b, &j, &stages, fmax(5, green - clearance), k, SIGNAL_GREEN, SIGNAL_GREEN);
    if (clearance > 0)
      add_phase(b, &j, &stages, clearance, k, SIGNAL_GREEN, SIGNAL_RED);
    if (cars)
      add_phase(b, &j, &stages, yellow, k, SIGNAL_YELLOW, SIGNAL_RED);
    add_phase(b, &j, &stages, ALL_RED_S, k, SIGNAL_RED, SIGNAL_RED);
  }
  b->net.junctions[junction - 1] = j;
}
