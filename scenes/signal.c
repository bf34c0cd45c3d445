// SPDX-License-Identifier: Apache-2.0
// Traffic signals: fixed-time programs of two stages, and the colour at a time.
#include <math.h>

#include "base/array.h"
#include "scenes/road_builder.h"

// Groups of a signalled junction: vehicles and people of the two stages. People cross the
// arms whose own vehicles wait; vehicles turning across them give way.
enum { GROUP_CARS = 1, GROUP_PEOPLE = 3, GROUPS = 4 };

static const double WALKING_MPS = 1.2; // that crossing times are laid out for
static const double ALL_RED_S = 2;

signal_color signal_at(const road_network *net, const road_junction *junction, int group,
                       double time_s) {
  if (junction->program_count == 0 || group < 1 || group > junction->group_count)
    return SIGNAL_OFF;
  const road_phase *phases = &net->phases[junction->program_first];
  double cycle = 0;
  for (int i = 0; i < junction->program_count; i++)
    cycle += phases[i].duration_s;
  double t = fmod(time_s, cycle);
  if (t < 0)
    t += cycle;
  for (int i = 0; i < junction->program_count; i++) {
    if (t < phases[i].duration_s)
      return (signal_color)phases[i].color[group];
    t -= phases[i].duration_s;
  }
  return (signal_color)phases[junction->program_count - 1].color[group];
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

static void add_phase(road_builder *b, road_junction *j, double duration_s, signal_color cars0,
                      signal_color cars1, signal_color people0, signal_color people1) {
  road_network *net = &b->net;
  if (b->failed || !ARRAY_RESERVE(net->phases, b->phase_capacity, net->phase_count + 1)) {
    b->failed = true;
    return;
  }
  road_phase *phase = &net->phases[net->phase_count++];
  *phase = (road_phase){.duration_s = duration_s};
  phase->color[GROUP_CARS] = (uint8_t)cars0;
  phase->color[GROUP_CARS + 1] = (uint8_t)cars1;
  phase->color[GROUP_PEOPLE] = (uint8_t)people0;
  phase->color[GROUP_PEOPLE + 1] = (uint8_t)people1;
  j->program_count++;
}

// Each arm is of the stage whose axis it lies nearest to; the first arm's axis is stage 0.
// In a T the two arms in line make one stage, whichever comes first.
static void arm_stages(const road_arm *arms, int count, int *stage) {
  int first = 0;
  for (int i = 0; i < count; i++)
    for (int k = i + 1; k < count; k++)
      if (fabs(cos(arms[i].heading_rad - arms[k].heading_rad) + 1) < 0.15) {
        first = i;
        i = count;
        break;
      }
  for (int i = 0; i < count; i++)
    stage[i] = fabs(cos(arms[i].heading_rad - arms[first].heading_rad)) > 0.7071 ? 0 : 1;
}

void road_builder_signals(road_builder *b, int junction, const junction_plan *plan,
                          const road_arm *arms, int arm_count) {
  road_network *net = &b->net;
  int stage[ROAD_ARMS];
  arm_stages(arms, arm_count, stage);
  double longest[2] = {0, 0}; // crossing walked during each stage
  for (int i = 0; i < arm_count && !b->failed; i++) {
    road_note *note = &b->notes[arms[i].road - 1];
    note->signal[arms[i].at_end] = add_signal(b, junction, GROUP_CARS + stage[i], false);
    int walk = note->crosswalk[arms[i].at_end];
    if (!walk)
      continue;
    road_crosswalk *crosswalk = &net->crosswalks[walk - 1];
    crosswalk->group = GROUP_PEOPLE + (1 - stage[i]);
    add_signal(b, junction, crosswalk->group, true);
    double across = vec3_length(vec3_sub(crosswalk->corners[2], crosswalk->corners[1]));
    longest[1 - stage[i]] = fmax(longest[1 - stage[i]], across);
  }
  if (b->failed)
    return;
  // Institute of Transportation Engineers: one second to react, then brake at 3 m/s^2.
  double yellow = fmax(3, fmin(6, 1 + plan->speed_limit_mps / (2 * 3)));
  road_junction j = net->junctions[junction - 1];
  j.group_count = GROUPS;
  j.program_first = net->phase_count;
  for (int k = 0; k < 2; k++) {
    // People get red early enough to have crossed when the other stage begins.
    double clearance = fmax(0, longest[k] / WALKING_MPS - yellow - ALL_RED_S + 1);
    double walk = fmax(5, plan->green_s[k] - clearance);
    signal_color on[2] = {k == 0 ? SIGNAL_GREEN : SIGNAL_RED, k == 1 ? SIGNAL_GREEN : SIGNAL_RED};
    add_phase(b, &j, walk, on[0], on[1], on[0], on[1]);
    if (clearance > 0)
      add_phase(b, &j, clearance, on[0], on[1], SIGNAL_RED, SIGNAL_RED);
    add_phase(b, &j, yellow, k == 0 ? SIGNAL_YELLOW : SIGNAL_RED,
              k == 1 ? SIGNAL_YELLOW : SIGNAL_RED, SIGNAL_RED, SIGNAL_RED);
    add_phase(b, &j, ALL_RED_S, SIGNAL_RED, SIGNAL_RED, SIGNAL_RED, SIGNAL_RED);
  }
  net->junctions[junction - 1] = j;
}
