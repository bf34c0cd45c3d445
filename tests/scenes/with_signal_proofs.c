// SPDX-License-Identifier: Apache-2.0
#include "with_signal_proofs.h"

#include <math.h>

#include "with_network.h"

static const double TOWARDS_RAD = 2.4; // headings that differ by more come towards each other

static bool moving(int color) {
  return color == SIGNAL_GREEN || color == SIGNAL_YELLOW;
}

static bool goes_on_all_red(const road_network *net, const lane_path *lane) {
  for (int k = 0; k < lane->next_count; k++) {
    const lane_path *way = network_next(net, lane, k);
    for (int m = 0; m < way->conflict_count; m++)
      if (!net->conflicts[way->conflict_first + m].yields)
        return true;
  }
  return false;
}

static void check_group(const road_network *net, const road_junction *j, int group, bool people,
                        proof_fault *out) {
  double green = 0, yellow = 0;
  int count = j->program_count;
  for (int i = 0; i < count; i++) {
    const road_phase *phase = &net->phases[j->program_first + i];
    const road_phase *next = &net->phases[j->program_first + (i + 1) % count];
    int now = phase->color[group], then = next->color[group];
    green += now == SIGNAL_GREEN ? phase->duration_s : 0;
    yellow += now == SIGNAL_YELLOW ? phase->duration_s : 0;
    if (now == SIGNAL_GREEN && then != now && then != (people ? SIGNAL_RED : SIGNAL_YELLOW))
      proof_says(out, "junction %d group %d: colour %d after green", j->id, group, then);
    if (now == SIGNAL_YELLOW && then != now && then != SIGNAL_RED)
      proof_says(out, "junction %d group %d: colour %d after yellow", j->id, group, then);
  }
  if (!(green >= 4.9))
    proof_says(out, "junction %d group %d is green for %.2f s", j->id, group, green);
  if (people ? yellow > 0 : !(yellow >= 2.9 && yellow <= 6.1))
    proof_says(out, "junction %d group %d is yellow for %.2f s", j->id, group, yellow);
}

// Whether a group is for people; groups that no signal shows count as theirs.
static bool is_for_people(const road_network *net, int junction, int group) {
  for (int i = 0; i < net->signal_count; i++)
    if (net->signals[i].junction == junction && net->signals[i].group == group)
      return net->signals[i].pedestrian;
  return true;
}

void proof_greens(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->junction_count; i++) {
    const road_junction *j = &net->junctions[i];
    double cycle = network_cycle_s(net, j);
    bool lit = j->kind == JUNCTION_SIGNALS;
    if (lit != (j->program_count > 0) || lit != (j->group_count > 0) ||
        j->group_count > ROAD_SIGNAL_GROUPS || (lit && !(cycle >= 25 && cycle <= 300)))
      proof_says(out, "junction %d, kind %d: %d groups, %.1f s", j->id, (int)j->kind,
                 j->group_count, cycle);
    for (int group = 1; group <= j->group_count && group <= ROAD_SIGNAL_GROUPS; group++)
      check_group(net, j, group, is_for_people(net, j->id, group), out);
  }
  for (int i = 0; i < net->signal_count; i++) {
    const road_signal *s = &net->signals[i];
    if (s->group < 1 || s->group > net->junctions[s->junction - 1].group_count)
      proof_says(out, "signal %d has group %d of %d", s->id, s->group,
                 net->junctions[s->junction - 1].group_count);
  }
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    int ahead = lane->next_count ? network_next(net, lane, 0)->junction : 0;
    if (lane->junction || !ahead || net->junctions[ahead - 1].kind != JUNCTION_SIGNALS) {
      if (lane->signal)
        proof_says(out, "lane %d obeys signal %d of no junction ahead", lane->id, lane->signal);
      continue;
    }
    const road_signal *s = lane->signal ? &net->signals[lane->signal - 1] : NULL;
    if (s ? s->junction != ahead || s->pedestrian : goes_on_all_red(net, lane))
      proof_says(out, "lane %d comes to junction %d and obeys signal %d", lane->id, ahead,
                 lane->signal);
  }
}

// Lanes side by side may touch where they part, or become one; they don't cross.
static bool only_touch(const road_network *net, const lane_path *a, const lane_path *b) {
  if (a->previous_count == 0 || b->previous_count == 0 ||
      network_previous(net, a, 0)->road != network_previous(net, b, 0)->road)
    return false;
  if (network_next(net, a, 0) == network_next(net, b, 0))
    return true;
  const road_point *p = network_points(net, a), *q = network_points(net, b);
  for (int i = 0; i + 1 < a->point_count; i++)
    for (int k = 0; k + 1 < b->point_count; k++)
      if (network_segments_cross(&p[i], &q[k]))
        return false;
  return true;
}

void proof_conflicting_greens(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    if (!lane->junction || net->junctions[lane->junction - 1].kind != JUNCTION_SIGNALS)
      continue;
    const road_junction *j = &net->junctions[lane->junction - 1];
    int group = network_group(net, lane);
    for (int k = 0; k < lane->conflict_count; k++) {
      const lane_conflict *meets = &net->conflicts[lane->conflict_first + k];
      const lane_path *other = &net->paths[meets->other - 1];
      int theirs = network_group(net, other);
      double apart = fabs(angle_wrap(network_points(net, lane)->heading_rad -
                                     network_points(net, other)->heading_rad));
      const lane_path *giving = meets->yields ? lane : other;
      // Turning vehicles also let those on lanes for bicycles beside them go on, and bicycles
      // that turn across the others, these.
      bool bicycles = lane->users == LANE_FOR_BICYCLES || other->users == LANE_FOR_BICYCLES;
      if (!group || !theirs || (giving->turn != TURN_STRAIGHT && (apart > TOWARDS_RAD || bicycles)))
        continue;
      for (int p = 0; p < j->program_count; p++) {
        const uint8_t *color = net->phases[j->program_first + p].color;
        if (moving(color[group]) && moving(color[theirs]) && !only_touch(net, lane, other))
          proof_says(out, "junction %d phase %d: lanes %d and %d conflict and both go", j->id, p,
                     lane->id, other->id);
      }
    }
  }
}

void proof_people_greens(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->crossing_count; i++) {
    const lane_crossing *at = &net->crossings[i];
    const road_crosswalk *walk = &net->crosswalks[at->crosswalk - 1];
    const road_junction *j = &net->junctions[walk->junction - 1];
    const lane_path *lane = &net->paths[at->lane - 1];
    if (!walk->group)
      continue;
    bool towards = at->begin_s_m > lane->length_m / 2;
    for (int p = 0; p < j->program_count; p++) {
      const uint8_t *color = net->phases[j->program_first + p].color;
      if (color[walk->group] != SIGNAL_GREEN)
        continue;
      int group = lane->signal && towards ? net->signals[lane->signal - 1].group : 0;
      if (group && color[group] != SIGNAL_RED)
        proof_says(out, "junction %d phase %d: lane %d goes over crosswalk %d in its green", j->id,
                   p, lane->id, walk->id);
      for (int k = 0; k < lane->previous_count && !towards; k++) {
        const lane_path *from = network_previous(net, lane, k);
        if (from->turn == TURN_STRAIGHT && moving(color[network_group(net, from)]))
          proof_says(out,
                     "junction %d phase %d: lane %d goes straight over crosswalk %d in its "
                     "green",
                     j->id, p, from->id, walk->id);
      }
    }
  }
}
