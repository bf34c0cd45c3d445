// SPDX-License-Identifier: Apache-2.0
#include "with_signal_watch.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { GROUPS = ROAD_SIGNAL_GROUPS + 1 };
static const double EPS_S = 0.051; // half a frame, for times that fall between two

typedef struct watched_group {
  bool used, people;
  int color;
  double since_s, went_s; // the colour came; the last green or yellow ended; -1 before that
  double waits_since_s;   // -1 nobody
  double yellow_s;        // the programme's
  double across_s;        // people's way at 1.2 m/s
  uint32_t with;          // groups that may go at the same time
  bool seen;              // its present colour's begin was seen
} watched_group;

static void fault(signal_watch *w, const char *form, ...) {
  va_list list;
  va_start(list, form);
  if (w->faults++ == 0)
    vsnprintf(w->first, sizeof w->first, form, list);
  va_end(list);
}

static bool goes(int color) {
  return color == SIGNAL_GREEN || color == SIGNAL_YELLOW;
}

static bool is_all_red(const road_phase *p, int groups) {
  for (int g = 1; g <= groups; g++)
    if (p->color[g] != SIGNAL_RED)
      return false;
  return true;
}

// By the words of sim/signals.c, from the programme alone.
static double round_s(const road_network *net, const road_junction *j) {
  const road_phase *phases = &net->phases[j->program_first];
  double sum = 0, green = 0, rest = 0;
  for (int i = 0; i < 2 * j->program_count; i++) { // the first round only finds a stage's begin
    const road_phase *p = &phases[i % j->program_count];
    bool any = false;
    for (int g = 1; g <= j->group_count; g++)
      any = any || p->color[g] == SIGNAL_GREEN;
    if (any)
      green += p->duration_s;
    else
      rest += p->duration_s;
    bool ends = is_all_red(p, j->group_count) &&
                !is_all_red(&phases[(i + 1) % j->program_count], j->group_count);
    if (ends && i >= j->program_count - 1)
      sum += fmax(fmin(50, fmax(15, 1.5 * green)), 7 + green) + rest + 0.5;
    if (ends)
      green = rest = 0;
  }
  return sum;
}

static watched_group *group_at(const signal_watch *w, int junction, int group) {
  return &w->groups[(junction - 1) * GROUPS + group];
}

signal_watch signal_watch_begin(const scene *s) {
  const road_network *net = &s->roads;
  signal_watch w = {.s = s, .shortest_s = INFINITY};
  w.groups = calloc((size_t)net->junction_count * GROUPS + 1, sizeof *w.groups);
  w.bounds_s = calloc((size_t)net->junction_count + 1, sizeof *w.bounds_s);
  for (int i = 0; i < net->signal_count; i++) {
    const road_signal *signal = &net->signals[i];
    watched_group *g = group_at(&w, signal->junction, signal->group);
    g->used = true;
    g->people = signal->pedestrian;
    g->color = -1;
    g->went_s = g->waits_since_s = -1;
  }
  for (int i = 0; i < net->crosswalk_count; i++) {
    const road_crosswalk *walk = &net->crosswalks[i];
    if (!walk->group)
      continue;
    watched_group *g = group_at(&w, walk->junction, walk->group);
    double across = vec3_length(vec3_sub(walk->corners[2], walk->corners[1]));
    g->across_s = fmax(g->across_s, across / 1.2);
  }
  for (int j = 1; j <= net->junction_count; j++) {
    const road_junction *junction = &net->junctions[j - 1];
    w.bounds_s[j - 1] = round_s(net, junction);
    for (int p = 0; p < junction->program_count; p++) {
      const road_phase *phase = &net->phases[junction->program_first + p];
      for (int a = 1; a <= junction->group_count; a++) {
        watched_group *g = group_at(&w, j, a);
        g->yellow_s = fmax(g->yellow_s, phase->color[a] == SIGNAL_YELLOW ? phase->duration_s : 0);
        for (int b = 1; b <= junction->group_count; b++)
          if (goes(phase->color[a]) && goes(phase->color[b]))
            g->with |= 1u << b;
      }
    }
  }
  return w;
}

void signal_watch_end(signal_watch *w) {
  free(w->groups);
  free(w->bounds_s);
}

static void see_green_begin(signal_watch *w, int junction, int group, double now) {
  const watched_group *g = group_at(w, junction, group);
  for (int b = 1; b < GROUPS; b++) {
    const watched_group *other = group_at(w, junction, b);
    if (!other->used || other->went_s < 0 || g->with >> b & 1 || b == group)
      continue;
    double least = fmax(2, other->people && !g->people ? other->across_s : 0);
    if (now - other->went_s < least - EPS_S)
      fault(w, "%.2f s: junction %d: group %d is green %.2f s after group %d, not %.2f", now,
            junction, group, now - other->went_s, b, least);
  }
}

static void see_change(signal_watch *w, int junction, int group, int color, double now) {
  watched_group *g = group_at(w, junction, group);
  double lasted = now - g->since_s;
  int old = g->color;
  if (old == SIGNAL_GREEN && color != (g->people ? SIGNAL_RED : SIGNAL_YELLOW))
    fault(w, "%.2f s: junction %d group %d: colour %d after green", now, junction, group, color);
  if (old == SIGNAL_YELLOW && color != SIGNAL_RED)
    fault(w, "%.2f s: junction %d group %d: colour %d after yellow", now, junction, group, color);
  if (g->seen && old == SIGNAL_YELLOW && lasted < g->yellow_s - EPS_S)
    fault(w, "%.2f s: junction %d group %d was yellow for %.2f s", now, junction, group, lasted);
  if (g->seen && old == SIGNAL_GREEN && lasted < 5 - EPS_S)
    fault(w, "%.2f s: junction %d group %d was green for %.2f s", now, junction, group, lasted);
  if (g->seen && old == SIGNAL_GREEN && !g->people) {
    w->shortest_s = fmin(w->shortest_s, lasted);
    w->longest_s = fmax(w->longest_s, lasted);
  }
  if (goes(old) && !goes(color))
    g->went_s = now;
  if (color == SIGNAL_GREEN) {
    see_green_begin(w, junction, group, now);
    *(g->people ? &w->walks : &w->greens) += 1;
  }
  g->color = color;
  g->since_s = now;
  g->seen = old >= 0;
}

static void see_waiting(signal_watch *w, const sim_snapshot *shot, double now) {
  const road_network *net = &w->s->roads;
  for (int i = 0; i < net->junction_count * GROUPS; i++)
    if (w->groups[i].color == SIGNAL_GREEN)
      w->groups[i].waits_since_s = -1;
  for (int i = 0; i < shot->actor_count; i++) {
    const sim_actor *a = &shot->actors[i];
    const lane_path *lane = a->lane ? &net->paths[a->lane - 1] : NULL;
    if (!lane || !lane->signal || a->speed_mps > 0.1 ||
        fabs(lane->stop_s_m - a->lane_s_m - a->size_m[0] / 2) > 3)
      continue;
    const road_signal *signal = &net->signals[lane->signal - 1];
    watched_group *g = group_at(w, signal->junction, signal->group);
    if (g->color == SIGNAL_GREEN)
      continue;
    if (g->waits_since_s < 0)
      g->waits_since_s = now;
    double share = (now - g->waits_since_s) / w->bounds_s[signal->junction - 1];
    w->longest_wait_s = fmax(w->longest_wait_s, share);
    if (share > 1)
      fault(w, "%.2f s: junction %d group %d: vehicle %u waits since %.2f s, a round takes %.1f s",
            now, signal->junction, signal->group, a->id, g->waits_since_s,
            w->bounds_s[signal->junction - 1]);
  }
}

void signal_watch_see(signal_watch *w, const sim_snapshot *shot) {
  const road_network *net = &w->s->roads;
  double now = (double)shot->time_ns * 1e-9;
  for (int i = 0; i < net->signal_count; i++) {
    const road_signal *signal = &net->signals[i];
    if (group_at(w, signal->junction, signal->group)->color != shot->signals[i])
      see_change(w, signal->junction, signal->group, shot->signals[i], now);
  }
  for (int j = 1; j <= net->junction_count; j++)
    for (int a = 1; a < GROUPS; a++)
      for (int b = a + 1; b < GROUPS; b++) {
        const watched_group *x = group_at(w, j, a), *y = group_at(w, j, b);
        if (x->used && y->used && goes(x->color) && goes(y->color) && !(x->with >> b & 1))
          fault(w, "%.2f s: junction %d: groups %d and %d both go", now, j, a, b);
      }
  see_waiting(w, shot, now);
}
