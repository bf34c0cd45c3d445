// SPDX-License-Identifier: Apache-2.0
// Draws of drivers: the parameters of the Intelligent Driver Model by kind of vehicle and
// style, and the rules that rule breakers break.
#include <math.h>

#include "scenes/drivers.h"

const char *driver_style_name(int style) {
  static const char *const names[DRIVER_STYLES] = {"normal", "aggressive", "cautious"};
  return style >= 0 && style < DRIVER_STYLES ? names[style] : NULL;
}

const char *driver_break_name(int n) {
  static const char *const names[DRIVER_BREAKS] = {"red_light", "late_braking", "speeding",
                                                   "right_of_way", "tailgating"};
  return n >= 0 && n < DRIVER_BREAKS ? names[n] : NULL;
}

static const uint32_t RIDER_DRAWS = 1u << 30; // beyond the numbers of vehicles

// What a style makes of a normal driver's means. Wishes of speed lie one of SUMO's standard
// deviations (0.1) above and below the limit; headways at the ends of the 0.9 to 1.8 s that
// drivers say are comfortable (Taieb-Maimon and Shinar 2001; the "half the tachometer" of German
// driving schools is 1.8 s); accelerations 20 % up and down.
typedef struct style_means {
  double speed, headway_s, gap, accel; // added to the factor, of a car; factors
} style_means;

static const style_means styles[DRIVER_STYLES] = {[DRIVER_NORMAL] = {0, 1.3, 1, 1},
                                                  [DRIVER_AGGRESSIVE] = {0.1, 0.9, 0.75, 1.2},
                                                  [DRIVER_CAUTIOUS] = {-0.1, 1.8, 1.2, 0.8}};

static double draw(rng *r, double mean, double sd, double lo, double hi) {
  return fmax(lo, fmin(hi, rng_normal(r, mean, sd)));
}

static driver_params draw_params(thing_kind kind, driver_style style, double limit_mps, rng *r) {
  bool heavy = kind == THING_TRUCK || kind == THING_BUS || kind == THING_TRACTOR;
  const style_means *by = &styles[style];
  driver_params d = {.exponent = 4};
  d.speed_factor = by->speed + draw(r, heavy ? 0.93 : 1.0, heavy ? 0.05 : 0.1, 0.75, 1.3);
  d.headway_s = draw(r, by->headway_s + (heavy ? 0.3 : 0), 0.25, 0.8, 2.4);
  d.gap_m = by->gap * draw(r, 2.5, 0.4, 1.5, 4);
  d.accel_mps2 = by->accel * draw(r,
                                  heavy                   ? 1.2
                                  : kind == THING_BICYCLE ? 0.9
                                                          : 2.2,
                                  0.2, 0.5, 3.5);
  d.decel_mps2 = by->accel * draw(r, heavy ? 2.2 : 2.8, 0.3, 1.5, 4.5);
  // Cyclists ride at what their legs give, lorries at what the law and the engine give.
  if (kind == THING_BICYCLE && limit_mps > 0)
    d.speed_factor = fmin(1, draw(r, 5.2, 0.7, 3.5, 7) / limit_mps);
  if (heavy && limit_mps > 25)
    d.speed_factor = fmin(d.speed_factor, draw(r, 24, 1, 22, 26) / limit_mps);
  return d;
}

// On duty, with the siren on: faster than the limit by a quarter to two fifths, a normal distance
// to those who don't make way.
static driver_params draw_service(rng *r) {
  driver_params d = {.exponent = 4};
  d.speed_factor = rng_uniform(r, 1.25, 1.4);
  d.headway_s = rng_uniform(r, 0.8, 1.1);
  d.gap_m = 2;
  d.accel_mps2 = rng_uniform(r, 2.2, 2.8);
  d.decel_mps2 = rng_uniform(r, 3, 3.5);
  return d;
}

// What the broken rule takes from the drawn parameters: the headways are those of Germany's
// table of fines (less than a quarter of the tachometer, 0.9 s), the braking is near what tyres
// give (SUMO's emergency deceleration is 9 m/s^2).
static void break_rule(scene_vehicle *v, rng *r) {
  driver_params *d = &v->driver;
  // Three quarters pass in the first seconds of red, as those who press on at yellow do; the
  // others whenever nobody is in their way.
  double late_s = rng_uniform(r, 1, 3.5);
  v->red_s = rng_chance(r, 0.75) ? late_s : 1e9;
  double over = rng_uniform(r, 1.25, 1.6), headway_s = rng_uniform(r, 0.35, 0.6);
  if (v->breaks & BREAKS_BRAKING) {
    d->decel_mps2 = rng_uniform(r, 6, 7.5);
    d->headway_s = fmin(d->headway_s, 1);
  }
  if (v->breaks & BREAKS_SPEED)
    d->speed_factor = over;
  if (v->breaks & BREAKS_GAP) {
    d->headway_s = headway_s;
    d->gap_m = fmin(d->gap_m, 1.5);
    d->speed_factor = fmax(d->speed_factor, 1.15);
  }
}

// Cyclists and heavy vehicles don't get past the limit, and nobody tailgates on a bicycle.
static int breakable(thing_kind kind, driver_break out[DRIVER_BREAKS]) {
  bool slow =
      kind == THING_BICYCLE || kind == THING_TRUCK || kind == THING_BUS || kind == THING_TRACTOR;
  int count = 0;
  for (int n = 0; n < DRIVER_BREAKS; n++) {
    driver_break rule = (driver_break)(1 << n);
    bool bicycle = kind == THING_BICYCLE && (rule == BREAKS_GAP || rule == BREAKS_BRAKING);
    if (!bicycle && !(slow && rule == BREAKS_SPEED))
      out[count++] = rule;
  }
  return count;
}

void populate_driver(const scene *s, const scene_def *def, int i, scene_vehicle *v, rng *r) {
  static const driver_style order[DRIVER_STYLES] = {DRIVER_AGGRESSIVE, DRIVER_NORMAL,
                                                    DRIVER_CAUTIOUS};
  rng habits = rng_at(s->seed, RNG_DRIVERS, s->index, (uint32_t)i, s->attempt);
  double limit = s->roads.paths[v->lane - 1].speed_limit_mps;
  if (thing_has_siren(v->kind)) {
    v->driver = draw_service(&habits);
    return;
  }
  bool breaks = i > 0 && rng_chance(&habits, def->rule_breakers);
  driver_style style = order[rng_weighted(&habits, def->drivers, DRIVER_STYLES)];
  v->style = (uint8_t)(i > 0 ? style : DRIVER_NORMAL);
  v->driver = draw_params(v->kind, (driver_style)v->style, limit, r);
  rng wheels = rng_at(s->seed, RNG_DRIVERS, s->index, (uint32_t)i + RIDER_DRAWS, s->attempt);
  bool ridden = v->kind == THING_MOTORCYCLE || v->kind == THING_BICYCLE;
  v->filters = ridden && rng_chance(&wheels, def->filtering);
  if (!breaks)
    return;
  driver_break rules[DRIVER_BREAKS];
  v->breaks = (uint8_t)rules[rng_below(&habits, breakable(v->kind, rules))];
  break_rule(v, &habits);
}
