// SPDX-License-Identifier: Apache-2.0
// What signals show. Fixed ones follow their junction's programme. Actuated ones cut the same
// programme into stages, each from one all-red to the next, and let who comes decide when a
// stage ends and which one is next, as SUMO's "actuated" signals and NEMA's ring controllers do:
//
// - Detectors cover the last two seconds' way before each stop line. A green lasts MIN_GREEN_S,
//   goes on while somebody is on its detectors or was GAP_S ago, and, once others wait, ends after
//   the stage's most_s. While nobody else waits it rests.
// - People who wait press the button. Their green begins with their stage's, or later in it where
//   there is time, lasts WALK_S at least, and leaves their clearance before the yellow.
// - The next stage is the next one in the programme's order that somebody waits for.
//
// Yellow and all-red are the programme's, which leads every stage through all-red: whatever the
// order, no two stages' greens meet. Everybody's green comes within one round of all stages.
#include "base/hash.h"
#include "base/least.h"
#include "sim/state.h"

#include <math.h>

static const double MIN_GREEN_S = 5; // SUMO's minDur
static const double GAP_S = 1;       // with the 2 s before it, SUMO's max-gap of 3 s
static const double WALK_S = 7;      // MUTCD 2009, 4E.06: the least walk interval
static const double DETECTOR_S = 2;  // SUMO's detector-gap
static const double DETECTOR_M[] = {15, 50};
static const double PAST_LINE_M = 0.6; // who stands so far beyond the line still waits
static const double LONGER = 1.5;      // most_s over the fixed programme's green, within
static const double MOST_S[] = {15, 50};
static const double FLASH_HZ = 1; // MUTCD 2009, 4D.30: 50 to 60 flashes a minute
static const double SOON_S = 1e-9;

enum { STAGES = 16, BUTTON_M = 3 };

typedef enum stage_part { PART_HEAD, PART_GREEN, PART_TAIL } stage_part;

/// Phases of a stage, counted from the programme's first one: head (red and yellow), green, tail.
typedef struct stage {
  int head, green, tail, end;
  uint32_t cars, walks; // groups that get green, bit 1 << group
  double clearance_s;   // of people, before the tail
  double most_s;
} stage;

typedef struct controller {
  int junction; // index
  int stage_count;
  stage stages[STAGES];
} controller;

/// The moving part of a controller; no padding, so that its bytes can be hashed.
typedef struct controller_state {
  double left_s;    // of the head's or tail's phase
  double green_s;   // since the green began
  double gap_s;     // since somebody was on the stage's detectors
  double opposed_s; // since others wait
  double walk_s;    // since people's green began
  double cleared_s; // since it ended
  uint32_t calls;   // groups with somebody on a detector
  uint32_t buttons; // groups that people wait for
  int32_t at, part; // stage, stage_part
  int32_t phase;    // of the head or tail, from the programme's first one
  int32_t walking;
} controller_state;

struct sim_signals {
  int count;
  controller *controllers;  // (count)
  controller_state *states; // (count)
  int *of_junction;         // (junction_count) index of its controller, -1 none
  double *since_s;          // (junction_count, ROAD_SIGNAL_GROUPS + 1) when the colour came
  uint64_t *look_at; // (junction_count) the step up to which a fixed programme's colours stay
};

static signal_mode mode_of(const sim_world *w, int junction) {
  const uint8_t *modes = w->scene->signal_modes;
  return modes ? (signal_mode)modes[junction] : SIGNALS_FIXED;
}

static const road_phase *phase_of(const sim_world *w, const controller *c, int phase) {
  const road_junction *j = &w->net->junctions[c->junction];
  return &w->net->phases[j->program_first + phase % j->program_count];
}

// Stages of a programme -------------------------------------------------------------------

static bool shows(const road_phase *phase, int groups, signal_color color) {
  for (int g = 1; g <= groups; g++)
    if (phase->color[g] == color)
      return true;
  return false;
}

static bool all_red(const road_phase *phase, int groups) {
  for (int g = 1; g <= groups; g++)
    if (phase->color[g] != SIGNAL_RED)
      return false;
  return true;
}

// Groups of a junction that a signal for vehicles shows; all others are for people.
static uint32_t car_groups(const road_network *net, int junction) {
  uint32_t bits = 0;
  for (int i = 0; i < net->signal_count; i++)
    if (net->signals[i].junction == junction + 1 && !net->signals[i].pedestrian)
      bits |= 1u << net->signals[i].group;
  return bits;
}

// Reads the stage that begins at phase `from`. False when it isn't of the kind that can be
// stretched: vehicles' greens that change within it, people's that come late, no yellow.
static bool read_stage(const sim_world *w, const controller *c, int from, uint32_t cars,
                       stage *out) {
  const road_junction *j = &w->net->junctions[c->junction];
  int groups = j->group_count, n = j->program_count, at = from;
  *out = (stage){.head = from};
  while (at < from + n && !shows(phase_of(w, c, at), groups, SIGNAL_GREEN))
    at++;
  out->green = out->tail = at;
  for (; at < from + n && !all_red(phase_of(w, c, at), groups); at++)
    if (shows(phase_of(w, c, at), groups, SIGNAL_GREEN))
      out->tail = at + 1;
  while (at < from + n && all_red(phase_of(w, c, at), groups))
    at++;
  out->end = at;
  const road_phase *first = phase_of(w, c, out->green), *last = phase_of(w, c, out->tail);
  if (out->tail == out->green)
    return false;
  double green = 0;
  for (int g = 1; g <= groups; g++)
    if (first->color[g] == SIGNAL_GREEN)
      *(cars >> g & 1 ? &out->cars : &out->walks) |= 1u << g;
  for (int k = out->green; k < out->tail; k++) {
    const road_phase *phase = phase_of(w, c, k),
                     *before = phase_of(w, c, k > out->green ? k - 1 : k);
    uint32_t walks = 0;
    for (int g = 1; g <= groups; g++) {
      bool goes = phase->color[g] == SIGNAL_GREEN;
      if ((!goes && phase->color[g] != SIGNAL_RED) ||
          (cars >> g & 1 ? goes != (out->cars >> g & 1) : goes && before->color[g] != SIGNAL_GREEN))
        return false;
      walks |= goes && !(cars >> g & 1) ? 1u << g : 0;
    }
    green += phase->duration_s;
    out->clearance_s += walks != out->walks ? phase->duration_s : 0;
  }
  for (int g = 1; g <= groups; g++)
    if (out->cars >> g & 1 && last->color[g] != SIGNAL_YELLOW)
      return false;
  out->most_s = least_of(MOST_S[1], most_of(MOST_S[0], LONGER * green));
  return true;
}

// False where the programme has no stages that could come in another order: it stays fixed.
static bool read_program(const sim_world *w, controller *c) {
  const road_junction *j = &w->net->junctions[c->junction];
  int groups = j->group_count, n = j->program_count, begin = 0;
  uint32_t cars = car_groups(w->net, c->junction);
  while (begin < n &&
         !(all_red(phase_of(w, c, begin), groups) && !all_red(phase_of(w, c, begin + 1), groups)))
    begin++;
  for (int at = begin + 1; at <= begin + n && c->stage_count < STAGES;) {
    stage *next = &c->stages[c->stage_count];
    if (begin == n || !read_stage(w, c, at, cars, next))
      return false;
    c->stage_count++;
    if (next->end > begin + n)
      return next->end == begin + n + 1 && c->stage_count > 1;
    at = next->end;
  }
  return false;
}

// Control ---------------------------------------------------------------------------------

static bool is_called(const stage *st, const controller_state *t) {
  return (t->calls & st->cars) || (t->buttons & st->walks);
}

static void begin_walk(const stage *st, controller_state *t) {
  t->walking = 1;
  t->walk_s = 0;
  t->buttons &= ~st->walks;
}

static void enter_part(const sim_world *w, const controller *c, controller_state *t,
                       stage_part part) {
  const stage *st = &c->stages[t->at];
  if (part == PART_HEAD && st->head == st->green)
    part = PART_GREEN;
  t->part = (int32_t)part;
  t->phase = part == PART_HEAD ? st->head : st->tail;
  t->left_s = phase_of(w, c, t->phase)->duration_s;
  if (part != PART_GREEN)
    return;
  t->green_s = t->gap_s = t->opposed_s = t->walk_s = 0;
  t->cleared_s = INFINITY;
  t->walking = 0;
  if (t->buttons & st->walks)
    begin_walk(st, t);
}

// The next stage in the programme's order that somebody waits for; the same one when nobody does.
static void enter_next(const sim_world *w, const controller *c, controller_state *t) {
  for (int k = 1; k < c->stage_count; k++) {
    int next = (t->at + k) % c->stage_count;
    if (is_called(&c->stages[next], t)) {
      t->at = next;
      break;
    }
  }
  enter_part(w, c, t, PART_HEAD);
}

static void advance_phase(const sim_world *w, const controller *c, controller_state *t) {
  const stage *st = &c->stages[t->at];
  t->left_s -= w->step_s;
  if (t->left_s > SOON_S)
    return;
  t->phase++;
  if (t->phase < (t->part == PART_HEAD ? st->green : st->end))
    t->left_s = phase_of(w, c, t->phase)->duration_s;
  else if (t->part == PART_HEAD)
    enter_part(w, c, t, PART_GREEN);
  else
    enter_next(w, c, t);
}

static void advance_green(const sim_world *w, const controller *c, controller_state *t) {
  const stage *st = &c->stages[t->at];
  double dt = w->step_s;
  bool others = (t->calls & ~st->cars) || (t->buttons & ~st->walks);
  t->green_s += dt;
  t->gap_s = t->calls & st->cars ? 0 : t->gap_s + dt;
  t->opposed_s = others ? t->opposed_s + dt : 0;
  if (t->walking) {
    t->walk_s += dt;
    t->buttons &= ~st->walks;
    if (others && t->walk_s >= WALK_S - SOON_S)
      t->walking = 0, t->cleared_s = 0;
    return;
  }
  t->cleared_s += dt;
  bool fits = t->opposed_s + WALK_S + st->clearance_s <= st->most_s;
  if ((t->buttons & st->walks) && (!others || fits)) {
    begin_walk(st, t);
    return;
  }
  bool done = !st->cars || t->gap_s >= GAP_S - SOON_S || t->opposed_s >= st->most_s;
  if (others && done && t->green_s >= MIN_GREEN_S - SOON_S &&
      t->cleared_s >= st->clearance_s - SOON_S)
    enter_part(w, c, t, PART_TAIL);
}

// Detectors -------------------------------------------------------------------------------

// The signal ahead whose detector vehicle i is on, 0 none.
static int detected_at(const sim_world *w, int i) {
  const int *route = sim_route(w, i);
  double start = -(w->cars.s_m[i] + w->cars.length_m[i] / 2); // of the lane, from the front
  for (int k = 0; k < w->cars.route_count[i] && start < DETECTOR_M[1]; k++) {
    const lane_path *lane = sim_lane(w, route[k]);
    double line = start + least_of(lane->stop_s_m, lane->length_m);
    double reach =
        least_of(DETECTOR_M[1], most_of(DETECTOR_M[0], DETECTOR_S * lane->speed_limit_mps));
    if (lane->signal)
      return line < reach && line > -PAST_LINE_M ? lane->signal : 0;
    start += lane->length_m;
  }
  return 0;
}

static controller_state *state_at(const sim_world *w, int junction) {
  int c = junction ? w->signals->of_junction[junction - 1] : -1;
  return c < 0 ? NULL : &w->signals->states[c];
}

static void detect(const sim_world *w) {
  for (int i = 0; i < w->signals->count; i++)
    w->signals->states[i].calls = 0;
  for (int i = 0; i < w->cars.count; i++) {
    int signal = w->cars.gone[i] ? 0 : detected_at(w, i);
    const road_signal *it = signal ? &w->net->signals[signal - 1] : NULL;
    controller_state *t = it ? state_at(w, it->junction) : NULL;
    if (t)
      t->calls |= 1u << it->group;
  }
  for (int i = 0; i < w->people.count; i++) {
    if (!w->people.waiting[i])
      continue;
    const walk_edge *next = &w->net->walk_edges[w->people.next_edge[i] - 1];
    if (!next->crosswalk)
      continue;
    const road_crosswalk *walk = &w->net->crosswalks[next->crosswalk - 1];
    controller_state *t = walk->group ? state_at(w, walk->junction) : NULL;
    if (t)
      t->buttons |= 1u << walk->group;
  }
}

void sim_signals_step(sim_world *w) {
  if (w->signals->count == 0)
    return;
  detect(w);
  for (int i = 0; i < w->signals->count; i++) {
    controller_state *t = &w->signals->states[i];
    (t->part == PART_GREEN ? advance_green : advance_phase)(w, &w->signals->controllers[i], t);
  }
}

// What is shown ---------------------------------------------------------------------------

static double program_time(const sim_world *w, int junction) {
  double offset = w->scene->signal_offsets_s ? w->scene->signal_offsets_s[junction] : 0;
  return (double)w->steps * w->step_s + offset;
}

static signal_color actuated_color(const sim_world *w, const controller *c,
                                   const controller_state *t, int group) {
  const stage *st = &c->stages[t->at];
  if (t->part != PART_GREEN)
    return (signal_color)phase_of(w, c, t->phase)->color[group];
  uint32_t green = st->cars | (t->walking ? st->walks : 0);
  return green >> group & 1 ? SIGNAL_GREEN : SIGNAL_RED;
}

// Steps that a fixed programme surely stays in that phase for, at least 1.
static uint64_t steps_of_phase(const sim_world *w, const road_junction *junction,
                               const road_phase *phase, double time_s) {
  const road_phase *first = &w->net->phases[junction->program_first];
  double cycle = 0, t = time_s;
  for (int k = 0; k < junction->program_count; k++)
    cycle += first[k].duration_s;
  t -= floor(t / cycle) * cycle;
  for (const road_phase *p = first; p <= phase; p++)
    t -= p->duration_s;
  return (uint64_t)most_of(1, floor((-t - 1e-6) / w->step_s));
}

void sim_colors_renew(sim_world *w) {
  for (int j = 0; j < w->net->junction_count; j++) {
    if (w->steps < w->signals->look_at[j])
      continue;
    const road_junction *junction = &w->net->junctions[j];
    uint8_t *colors = w->colors + (long)j * (ROAD_SIGNAL_GROUPS + 1);
    double *since = w->signals->since_s + (long)j * (ROAD_SIGNAL_GROUPS + 1);
    if (junction->program_count == 0 || mode_of(w, j) >= SIGNALS_FLASHING)
      continue;
    int c = w->signals->of_junction[j];
    const road_phase *phase = c < 0 ? signal_phase_at(w->net, junction, program_time(w, j)) : NULL;
    if (phase)
      w->signals->look_at[j] = w->steps + steps_of_phase(w, junction, phase, program_time(w, j));
    for (int g = 1; g <= junction->group_count && g <= ROAD_SIGNAL_GROUPS; g++) {
      signal_color color =
          phase ? (signal_color)phase->color[g]
                : actuated_color(w, &w->signals->controllers[c], &w->signals->states[c], g);
      if (color != colors[g] && w->steps > 0)
        since[g] = (double)w->steps * w->step_s;
      colors[g] = (uint8_t)color;
    }
  }
}

double sim_color_age(const sim_world *w, int junction, int group) {
  double since = w->signals->since_s[(junction - 1) * (ROAD_SIGNAL_GROUPS + 1) + group];
  return (double)w->steps * w->step_s - since;
}

signal_color sim_signal_shown(const sim_world *w, const road_signal *signal) {
  int j = signal->junction - 1;
  if (j < 0 || mode_of(w, j) != SIGNALS_FLASHING || w->net->junctions[j].program_count == 0)
    return sim_color(w, signal->junction, signal->group);
  if (signal->pedestrian)
    return SIGNAL_OFF;
  double offset = w->scene->signal_offsets_s ? w->scene->signal_offsets_s[j] : 0;
  double beat = ((double)w->now_ns * 1e-9 + offset) * FLASH_HZ;
  return beat - floor(beat) < 0.5 ? SIGNAL_FLASH_LIT : SIGNAL_FLASH_DARK;
}

// Seconds until a group's colour in phases from `phase` on, of which the first has left_s yet to
// go, is another; -1 when none before `end` is.
static double until_change(const sim_world *w, const controller *c, int phase, int end, int group,
                           double left_s) {
  int now = phase_of(w, c, phase)->color[group];
  for (int k = phase + 1; k < end; k++) {
    if (phase_of(w, c, k)->color[group] != now)
      return left_s;
    left_s += phase_of(w, c, k)->duration_s;
  }
  return -1;
}

double sim_signal_left_s(const sim_world *w, const road_signal *signal) {
  int j = signal->junction - 1;
  const road_junction *junction = j < 0 ? NULL : &w->net->junctions[j];
  if (!junction || junction->program_count == 0 || mode_of(w, j) >= SIGNALS_FLASHING)
    return -1;
  double late = (double)((int64_t)w->steps * w->step_ns - w->now_ns) * 1e-9; // of the state
  int number = w->signals->of_junction[j];
  double left = -1;
  if (number < 0) {
    const controller whole = {.junction = j};
    const road_phase *first = &w->net->phases[junction->program_first];
    const road_phase *at = signal_phase_at(w->net, junction, program_time(w, j));
    double cycle = 0, t = program_time(w, j);
    for (int k = 0; k < junction->program_count; k++)
      cycle += first[k].duration_s;
    t -= floor(t / cycle) * cycle;
    for (const road_phase *p = first; p <= at; p++)
      t -= p->duration_s;
    int phase = (int)(at - first);
    left = until_change(w, &whole, phase, phase + junction->program_count + 1, signal->group, -t);
  } else {
    const controller *c = &w->signals->controllers[number];
    const controller_state *t = &w->signals->states[number];
    const stage *st = &c->stages[t->at];
    if (t->part != PART_GREEN)
      left = until_change(w, c, t->phase, t->part == PART_HEAD ? st->tail : st->end, signal->group,
                          t->left_s);
  }
  return left < 0 ? -1 : left + late;
}

// Creation --------------------------------------------------------------------------------

// The stage that the fixed programme would be in, from the green's begin on or in its tail.
static void start(const sim_world *w, const controller *c, controller_state *t) {
  const road_junction *j = &w->net->junctions[c->junction];
  const road_phase *at = signal_phase_at(w->net, j, program_time(w, c->junction));
  int phase = (int)(at - &w->net->phases[j->program_first]), n = j->program_count;
  for (int s = 0; s < c->stage_count; s++)
    for (int k = c->stages[s].head; k < c->stages[s].end; k++)
      if (k % n == phase) {
        t->at = s;
        enter_part(w, c, t, k < c->stages[s].tail ? PART_GREEN : PART_TAIL);
      }
}

bool sim_signals_create(sim_world *w) {
  int junctions = w->net->junction_count;
  w->signals = ARENA_NEW(w->memory, struct sim_signals, 1);
  if (!w->signals)
    return false;
  struct sim_signals *all = w->signals;
  all->of_junction = ARENA_NEW(w->memory, int, junctions);
  all->controllers = ARENA_NEW(w->memory, controller, junctions);
  all->states = ARENA_NEW(w->memory, controller_state, junctions);
  all->since_s = ARENA_NEW(w->memory, double, (long)junctions *(ROAD_SIGNAL_GROUPS + 1));
  all->look_at = ARENA_NEW(w->memory, uint64_t, junctions);
  if (!all->look_at || !all->of_junction || !all->controllers || !all->states || !all->since_s)
    return false;
  for (long k = 0; k < (long)junctions * (ROAD_SIGNAL_GROUPS + 1); k++)
    all->since_s[k] = -1e9;
  for (int j = 0; j < junctions; j++) {
    controller *c = &all->controllers[all->count];
    *c = (controller){.junction = j};
    all->of_junction[j] = -1;
    if (mode_of(w, j) != SIGNALS_ACTUATED || w->net->junctions[j].program_count == 0 ||
        !read_program(w, c))
      continue;
    all->of_junction[j] = all->count;
    start(w, c, &all->states[all->count++]);
  }
  return true;
}

uint64_t sim_signals_hash(const sim_world *w, uint64_t seed) {
  const struct sim_signals *all = w->signals;
  return hash_xxh3_seeded(all->states, sizeof *all->states * (size_t)all->count, seed);
}
