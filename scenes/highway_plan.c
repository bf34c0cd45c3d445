// SPDX-License-Identifier: Apache-2.0
// What is where on a carriageway: exits, entries, weaving lanes, lane drops and gains, in an
// order and at distances that are drawn.
#include <math.h>

#include "scenes/highway.h"

static const double MEDIAN_HALF_M = 1.6, INNER_SHOULDER_M = 1.0;
static const double HEAD_M = 60, TAIL_M = 80; // of the road without anything
static const double APART_M = 40;             // between one thing and the next
static const double GORE_LIMIT_MPS = 22.22;
static const double LEAST_TAPER_M = 80, LEAST_DROP_M = 100, LEAST_GORE_M = 80;
static const double WEAVE_M[2] = {150, 350}; // weaving lanes, between the gores
static const double WIDEST_GORE_M = 5;       // wider shoulders leave ramps less of one at the nose
enum { MOST_LANES = 6, MOST_EVENTS = 32 };

typedef enum event { EXIT, ENTRY, WEAVE, DROP, GAIN } event;

// A lane that moves aside by that much over a length bends like this: 6 aside / length^2.
static double shift_length(double aside_m, double speed_mps) {
  return sqrt(6 * aside_m * place_least_radius(speed_mps));
}

void highway_sizes_gores(highway_sizes *z, const highway_def *def, double limit_mps,
                         double least_m) {
  z->gore_limit_mps = fmin(def->speed_limit_mps, limit_mps);
  z->gore_m = fmax(least_m, shift_length(z->gore_width_m + 0.3, z->gore_limit_mps));
}

highway_sizes highway_sizes_of(const highway_def *def) {
  highway_sizes z = {.gore_width_m = fmin(def->shoulder_m + RAMP_INNER_SHOULDER_M, WIDEST_GORE_M),
                     .ramp_width_m = fmax(def->lane_width_m, 4.5),
                     .radius_m = def->radius_m > 0
                                     ? fmax(def->radius_m, place_least_radius(def->speed_limit_mps))
                                     : 0};
  double kmh = def->speed_limit_mps * 3.6;
  z.taper_m = fmax(LEAST_TAPER_M, shift_length(def->lane_width_m / 2, def->speed_limit_mps));
  // The MUTCD's merging taper, L = W S: 0.62 m for each metre of width and km/h.
  z.drop_m = fmax(fmax(LEAST_DROP_M, 0.62 * def->lane_width_m * kmh), z.taper_m);
  highway_sizes_gores(&z, def, GORE_LIMIT_MPS, LEAST_GORE_M);
  z.ramp_limit_mps =
      fmax(3, floor(place_greatest_speed(def->ramp_radius_m) * 3.6 / 10 + 1e-6)) * 10 / 3.6;
  z.ramp_limit_mps = fmin(z.ramp_limit_mps, def->speed_limit_mps);
  z.spiral_m = fmax(40, fmin(90, 0.9 * def->ramp_radius_m));
  double bend = 1 / (def->ramp_radius_m + z.ramp_width_m / 2);
  bend -= z.radius_m > 0 ? 1 / fmax(1, z.radius_m - 25) : 0;
  // The ramp's border parts with the cube of the way; each verge takes less than a third.
  z.verge_rate = 0.28 * bend / (6 * z.spiral_m);
  z.clear_m = FORK_M + (bend > 0 ? highway_growth(z.verge_rate, HIGHWAY_VERGE_M) : 0) +
              HIGHWAY_VERGE_BEGIN_M + 4;
  double ahead = def->ramp_radius_m + z.spiral_m / 2 + 0.3 * RAMP_STRAIGHT_MOST_M + 18;
  z.apart_m = fmax(2 * ahead, 2 * z.clear_m);
  return z;
}

static double need_of(event what, const highway_def *def, const highway_sizes *z) {
  switch (what) {
  case EXIT:
    return z->taper_m + def->deceleration_m + z->gore_m + z->clear_m;
  case ENTRY:
    return z->clear_m + z->gore_m + def->acceleration_m + z->taper_m;
  case WEAVE:
    return 2 * z->clear_m + 2 * z->gore_m + WEAVE_M[1];
  case DROP:
    return z->drop_m;
  default:
    return z->taper_m;
  }
}

status highway_check(const highway_def *def, const highway_sizes *z, trouble *why) {
  int least = def->lanes + def->lane_gains - def->lane_drops;
  if (least < 1)
    return trouble_set(why, STATUS_RANGE,
                       "road.lane_drops: %d drops and %d gains leave %d of %d lanes; one must stay",
                       def->lane_drops, def->lane_gains, least, def->lanes);
  if (least > MOST_LANES)
    return trouble_set(why, STATUS_RANGE,
                       "road.lane_gains: %d gains and %d drops make %d lanes of %d; %d is the most",
                       def->lane_gains, def->lane_drops, least, def->lanes, MOST_LANES);
  if (def->exits + def->entries > 0 && z->radius_m > 0 &&
      def->ramp_radius_m > 0.6 * (z->radius_m - 25))
    return trouble_set(why, STATUS_RANGE,
                       "road.ramp_radius_m: ramps of %.10g m don't get off curves of %.10g m; "
                       "%.0f m or less would do",
                       def->ramp_radius_m, z->radius_m, floor(0.6 * (z->radius_m - 25)));
  int count = def->exits + def->entries + def->lane_drops + def->lane_gains;
  int pairs = def->exits < def->entries ? def->exits : def->entries;
  double need = HEAD_M + TAIL_M + (count + 1) * APART_M +
                pairs * fmax(0, z->apart_m - 2 * z->clear_m - APART_M) +
                def->exits * need_of(EXIT, def, z) + def->entries * need_of(ENTRY, def, z) +
                def->lane_drops * need_of(DROP, def, z) + def->lane_gains * need_of(GAIN, def, z);
  double weave = need_of(WEAVE, def, z) - need_of(EXIT, def, z) - need_of(ENTRY, def, z);
  if (def->weaving > 0)
    need += pairs * fmax(0, weave);
  if (count > 0 && def->length_m < need)
    return trouble_set(why, STATUS_RANGE,
                       "road.length_m: %.10g m are too short for %d exits, %d entries, %d lane "
                       "drops and %d lane gains; %.0f m would do",
                       def->length_m, def->exits, def->entries, def->lane_drops, def->lane_gains,
                       ceil(need));
  return STATUS_OK;
}

// Order -----------------------------------------------------------------------

static int list_events(const highway_def *def, rng *r, event *out) {
  int exits = def->exits, entries = def->entries, count = 0;
  int pairs = exits < entries ? exits : entries;
  for (int i = 0; i < pairs; i++)
    if (def->weaving > 0 && rng_chance(r, def->weaving)) {
      out[count++] = WEAVE;
      exits--, entries--;
    }
  for (int i = 0; i < exits; i++)
    out[count++] = EXIT;
  for (int i = 0; i < entries; i++)
    out[count++] = ENTRY;
  for (int i = 0; i < def->lane_drops; i++)
    out[count++] = DROP;
  for (int i = 0; i < def->lane_gains; i++)
    out[count++] = GAIN;
  for (int i = count - 1; i > 0; i--) {
    int k = rng_below(r, i + 1);
    event swap = out[i];
    out[i] = out[k], out[k] = swap;
  }
  // A drop that would take the only lane changes places with the next gain, and the other way
  // round.
  int lanes = def->lanes;
  for (int i = 0; i < count; i++) {
    event other = out[i] == DROP ? GAIN : DROP;
    bool wrong = (out[i] == DROP && lanes == 1) || (out[i] == GAIN && lanes == MOST_LANES);
    for (int k = i + 1; k < count && wrong; k++)
      if (out[k] == other) {
        out[k] = out[i];
        out[i] = other;
        wrong = false;
      }
    lanes += out[i] == GAIN ? 1 : out[i] == DROP ? -1 : 0;
  }
  return count;
}

// Strips ----------------------------------------------------------------------

typedef struct planner {
  highway_side *side;
  const highway_def *def;
  const highway_sizes *z;
  double end_m;
  int lanes[16]; // strips of the through lanes there are now
  int lane_count;
  int shoulder, verge; // strips there are now, -1 none
  double verge_rate;   // of the ramp that is added
} planner;

static int add_strip(planner *p, lane_type type, int order, double begin, double width) {
  int i = p->side->strip_count < HIGHWAY_STRIPS ? p->side->strip_count++ : HIGHWAY_STRIPS - 1;
  p->side->strips[i] = highway_strip_new(type, order, begin, p->end_m, width);
  return i;
}

static highway_strip *strip_at(planner *p, int i) {
  return &p->side->strips[i];
}

static void cut(planner *p, double d) {
  if (p->side->cut_count < HIGHWAY_CUTS)
    p->side->cuts[p->side->cut_count++] = d;
}

static void end_strip(planner *p, int i, double d) {
  if (i >= 0)
    strip_at(p, i)->end_m = d;
}

static void add_edge(planner *p, double d) {
  p->shoulder = -1;
  if (p->def->shoulder_m > 0)
    p->shoulder = add_strip(p, LANE_SHOULDER, STRIP_SHOULDER, d, p->def->shoulder_m);
  p->verge = add_strip(p, LANE_VERGE, STRIP_VERGE, d, HIGHWAY_VERGE_M);
}

static void add_nose(planner *p, bool exit, double nose) {
  if (p->side->fork_count < HIGHWAY_FORKS)
    p->side->forks[p->side->fork_count++] = (highway_fork){.exit = exit, .nose_m = nose};
  cut(p, nose);
  cut(p, exit ? nose + FORK_M : nose - FORK_M);
  if (!exit) // the verge goes before the nose
    highway_strip_shrink(strip_at(p, p->verge), nose - HIGHWAY_VERGE_BEGIN_M, p->verge_rate,
                         HIGHWAY_VERGE_M);
  end_strip(p, p->shoulder, nose);
  end_strip(p, p->verge, nose);
  add_edge(p, nose);
  if (exit) {
    highway_strip *verge = strip_at(p, p->verge);
    highway_strip_grow(verge, nose + HIGHWAY_VERGE_BEGIN_M, p->verge_rate, HIGHWAY_VERGE_M);
  }
}

// The gore before an exit's nose or after an entry's: the ramp's lane moves off.
static void add_gore(planner *p, bool exit, double nose) {
  double begin = exit ? nose - p->z->gore_m : nose;
  int gore = add_strip(p, LANE_SHOULDER, STRIP_GORE, begin, exit ? 0 : p->z->gore_width_m);
  end_strip(p, gore, begin + p->z->gore_m);
  highway_strip_step(strip_at(p, gore), begin, p->z->gore_m, exit ? p->z->gore_width_m : 0);
  cut(p, exit ? begin : begin + p->z->gore_m);
}

static void add_exit(planner *p, double d) {
  double nose = d + p->z->taper_m + p->def->deceleration_m + p->z->gore_m;
  int lane = add_strip(p, LANE_DRIVING, STRIP_RAMP, d, 0);
  highway_strip_step(strip_at(p, lane), d, p->z->taper_m, p->def->lane_width_m);
  end_strip(p, lane, nose);
  cut(p, d);
  add_gore(p, true, nose);
  add_nose(p, true, nose);
}

static void add_entry(planner *p, double d) {
  double nose = d + p->z->clear_m, taper = nose + p->z->gore_m + p->def->acceleration_m;
  int lane = add_strip(p, LANE_DRIVING, STRIP_RAMP, nose, p->def->lane_width_m);
  highway_strip_step(strip_at(p, lane), taper, p->z->taper_m, 0);
  end_strip(p, lane, taper + p->z->taper_m);
  cut(p, taper + p->z->taper_m);
  add_gore(p, false, nose);
  add_nose(p, false, nose);
}

static void add_weave(planner *p, double d, double length) {
  double in = d + p->z->clear_m, out = in + 2 * p->z->gore_m + length;
  int lane = add_strip(p, LANE_DRIVING, STRIP_RAMP, in, p->def->lane_width_m);
  end_strip(p, lane, out);
  add_gore(p, false, in);
  add_nose(p, false, in);
  add_gore(p, true, out);
  add_nose(p, true, out);
}

static void add_drop(planner *p, double d) {
  highway_strip *lane = strip_at(p, p->lanes[--p->lane_count]);
  highway_strip_step(lane, d, p->z->drop_m, 0);
  lane->end_m = d + p->z->drop_m;
  cut(p, lane->end_m);
}

static void add_gain(planner *p, double d) {
  int lane = add_strip(p, LANE_DRIVING, STRIP_LANE + p->lane_count, d, 0);
  highway_strip_step(strip_at(p, lane), d, p->z->taper_m, p->def->lane_width_m);
  p->lanes[p->lane_count++] = lane;
  cut(p, d);
}

static double gap_before(const event *list, int i, const highway_sizes *z) {
  bool ramps = i > 0 && (list[i - 1] == EXIT || list[i - 1] == WEAVE) &&
               (list[i] == ENTRY || list[i] == WEAVE);
  return ramps ? fmax(APART_M, z->apart_m - 2 * z->clear_m) : APART_M;
}

static planner begin_side(highway_side *out, const highway_def *def, const highway_sizes *z) {
  *out = (highway_side){0};
  planner p = {
      .side = out, .def = def, .z = z, .end_m = def->length_m, .verge_rate = z->verge_rate};
  add_strip(&p, LANE_MEDIAN, STRIP_MEDIAN, 0, MEDIAN_HALF_M);
  add_strip(&p, LANE_SHOULDER, STRIP_INNER, 0, INNER_SHOULDER_M);
  for (int i = 0; i < def->lanes; i++)
    p.lanes[p.lane_count++] = add_strip(&p, LANE_DRIVING, STRIP_LANE + i, 0, def->lane_width_m);
  add_edge(&p, 0);
  return p;
}

// Lanes for a ramp alone up to its nose, or from its nose on.
static void add_lane_for(planner *p, const highway_fork *fork) {
  double nose = fork->nose_m;
  int lane = add_strip(p, LANE_DRIVING, STRIP_RAMP, fork->exit ? 0 : nose, p->def->lane_width_m);
  if (fork->exit)
    end_strip(p, lane, nose);
  add_gore(p, fork->exit, nose);
  add_nose(p, fork->exit, nose);
}

double highway_ramp_reach(const highway_def *def, const highway_sizes *z, bool exit) {
  return need_of(exit ? EXIT : ENTRY, def, z) - z->clear_m;
}

double highway_carriageway(const highway_def *def, const highway_sizes *z) {
  highway_side side;
  double width = 0;
  highway_plan_forks(&side, def, z, NULL, 0);
  for (int i = 0; i < side.strip_count; i++)
    width += highway_strip_width(&side.strips[i], 0);
  return width;
}

void highway_plan_forks(highway_side *out, const highway_def *def, const highway_sizes *z,
                        const highway_fork *forks, int count) {
  planner p = begin_side(out, def, z);
  for (int i = 0; i < count; i++) {
    double nose = forks[i].nose_m;
    p.verge_rate = forks[i].verge_rate > 0 ? forks[i].verge_rate : z->verge_rate;
    if (forks[i].stays)
      add_lane_for(&p, &forks[i]);
    else if (forks[i].exit)
      add_exit(&p, nose - highway_ramp_reach(def, z, true));
    else if (forks[i].weaves && i + 1 < count)
      add_weave(&p, nose - z->clear_m, forks[i + 1].nose_m - nose - 2 * z->gore_m), i++;
    else
      add_entry(&p, nose - z->clear_m);
  }
}

void highway_plan(highway_side *out, const highway_def *def, const highway_sizes *z, rng *r) {
  event list[MOST_EVENTS];
  double share[MOST_EVENTS + 1], weave[MOST_EVENTS], shares = 0;
  int count = list_events(def, r, list);
  double slack = def->length_m - HEAD_M - TAIL_M;
  for (int i = 0; i < count; i++) {
    weave[i] = list[i] == WEAVE ? rng_uniform(r, WEAVE_M[0], WEAVE_M[1]) : 0;
    slack -= gap_before(list, i, z) + need_of(list[i], def, z);
  }
  for (int i = 0; i <= count && count > 0; i++)
    shares += share[i] = rng_uniform(r, 0.1, 1);
  planner p = begin_side(out, def, z);
  double d = HEAD_M;
  for (int i = 0; i < count; i++) {
    d += gap_before(list, i, z) + fmax(0, slack) * share[i] / shares;
    switch (list[i]) {
    case EXIT:
      add_exit(&p, d);
      break;
    case ENTRY:
      add_entry(&p, d);
      break;
    case WEAVE:
      add_weave(&p, d, weave[i]);
      break;
    case DROP:
      add_drop(&p, d);
      break;
    case GAIN:
      add_gain(&p, d);
      break;
    }
    d += need_of(list[i], def, z);
  }
}
