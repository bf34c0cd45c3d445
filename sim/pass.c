// SPDX-License-Identifier: Apache-2.0
// Passing slow cyclists and what stands in the lane for good: within the lane where that is wide
// enough, else on the oncoming lane, where marks, sight and oncoming traffic allow to be back in
// time; before the next junction in either case.
#include <math.h>
#include <string.h>

#include "base/least.h"
#include "sim/idm.h"
#include "sim/state.h"
#include "sim/style.h"

// Beside cyclists, where it is faster than in built-up areas (by Germany's rules of 2020: 1.5 m;
// here a third less in towns), and beside what stands.
static const double RURAL_MPS = 15, CYCLIST_M = 1.0, RURAL_CYCLIST_M = 1.5, STANDING_M = 0.6;
static const double LONG_M = 0.25; // more for long bodies, whose corners swing
static const double AIR_M = 0.1;   // to the lane's border, beyond what is aimed at
static const double FAR_KERB_M = 0.4;
static const double FASTER_MPS = 2.5; // than the one ahead, for it to be worth while
static const double BACK_M = 3;       // behind the own tail when one goes back
static const double GROUP_M = 4;      // what is so near beyond the way back is passed, too
static const double BEFORE_END_M = 6; // of where one has to be back
static const double CREEP_M = 5;      // less than the run-up: nobody creeps nearer
static const double BEND_PM = 1.0 / 60;
static const double SEE_ASIDE_M = 7, EYE_M = 1.2, LIGHTS_M = 0.9, SEE_STEP_M = 10;
static const double ABREAST_M = 0.5; // who comes towards one at that distance needn't wait

enum { MOST = 8 };

// What is in the own lane ahead, from the own middle.
typedef struct sighted {
  double tail_m, front_m, side_m, half_m, v_mps;
  int vehicle; // -1: a prop
} sighted;

typedef struct outlook {
  sighted slow[MOST]; // nearest first
  int count;
  double next_m, next_mps; // tail of who has to be followed
  double end_m;            // where one has to be back
} outlook;

double sim_pass_clearance(const sim_world *w, int i, int passed) {
  bool rural = sim_facts(w, sim_lane_of(w, i))->speed_limit_mps > RURAL_MPS;
  bool stands = passed < 0 || w->cars.user[passed] != LANE_FOR_BICYCLES;
  double air = stands ? STANDING_M : rural ? RURAL_CYCLIST_M : CYCLIST_M;
  return w->cars.length_m[i] > SIM_LONG_M ? air + LONG_M : air;
}

static double run_up(const sim_world *w, int i) {
  return 3 + 1.7 * w->cars.length_m[i];
}

double sim_pass_wait(const sim_world *w, int i, double a, double a_free, double gap_m) {
  double short_m = run_up(w, i), v = w->cars.v_mps[i];
  if (gap_m > short_m)
    return least_of(a, sim_stop_at(w, i, a_free, gap_m, short_m));
  // Who is there waits; who is beyond can only wait where it is.
  return gap_m > short_m - CREEP_M ? least_of(a, -most_of(0, v)) : a;
}

static double desired(const sim_world *w, int i) {
  double v0 = sim_facts(w, sim_lane_of(w, i))->speed_limit_mps * w->cars.mood[i].speed_factor *
              w->conditions.speed_factor;
  return least_of(v0, w->conditions.sight_speed_mps);
}

static void insert(outlook *o, const sighted *s) {
  if (o->count == MOST)
    return;
  int at = o->count++;
  for (; at > 0 && o->slow[at - 1].tail_m > s->tail_m; at--)
    o->slow[at] = o->slow[at - 1];
  o->slow[at] = *s;
}

// One in the queues; false: it has to be followed.
static bool see(const sim_world *w, const sim_entry *e, double start_m, outlook *o) {
  const sim_vehicles *cars = &w->cars;
  int j = e->vehicle;
  double middle = start_m + e->s_m, half = cars->length_m[j] / 2;
  if (e->own && cars->change_from_m[j] == 0 && sim_passable(w, j)) {
    insert(o, &(sighted){middle - half, middle + half, cars->shift_m[j], cars->width_m[j] / 2,
                         cars->v_mps[j], j});
    return true;
  }
  o->next_m = middle - half;
  o->next_mps = cars->v_mps[j];
  return false;
}

static void see_standing(const sim_world *w, int i, double from_m, int vehicle,
                         const sim_span *span, outlook *o) {
  sighted s = {span->tail_m, span->front_m, span->side_m, span->half_m, 0, vehicle};
  if (s.front_m > from_m && fabs(s.side_m) - s.half_m < w->cars.width_m[i] / 2 + STANDING_M)
    insert(o, &s);
}

// Who stands beside the lanes, or half in one, on a scripted place; and props.
static void see_beside(const sim_world *w, int i, double from_m, double to_m, outlook *o) {
  sim_span span;
  for (int n = 0; n < w->scripted.vehicle_count; n++) {
    int j = w->scene->actors[w->scripted.number_of_vehicle[n]].vehicle;
    if (w->cars.gone[j] == SIM_BESIDE && sim_stands_for_good(w, j) &&
        sim_scripted_sight(w, i, j, to_m, &span))
      see_standing(w, i, from_m, j, &span, o);
  }
  for (int n = 0; n < w->obstacles.count; n++)
    if (sim_sight_span(w, i, &w->obstacles.boxes[n], to_m, &span))
      see_standing(w, i, from_m, -1, &span, o);
}

static outlook look(const sim_world *w, int i, double sight_m) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, i);
  outlook o = {.next_m = INFINITY};
  double start = -cars->s_m[i];
  bool open = true;
  o.end_m = sight_m;
  for (int k = 0; k < cars->route_count[i] && start < sight_m; k++) {
    const lane_path *lane = sim_lane(w, route[k]);
    if (lane->junction || lane->max_curvature_pm > BEND_PM) {
      o.end_m = least_of(o.end_m, start);
      break;
    }
    int q = k ? w->queue_first[route[k]] - 1 : w->queue_place[i] - 1;
    for (; open && q >= w->queue_first[route[k] - 1]; q--)
      open = w->queue[q].vehicle != i && see(w, &w->queue[q], start, &o);
    for (int c = w->lanes.crossing_first[route[k] - 1]; c < w->lanes.crossing_first[route[k]]; c++)
      if (start + w->net->crossings[c].begin_s_m > 0)
        o.end_m = least_of(o.end_m, start + w->net->crossings[c].begin_s_m);
    // Nor beyond where ways part: who is passed there might go the other one.
    if (k + 1 < cars->route_count[i] && (sim_facts(w, route[k + 1])->junction ||
                                         (sim_facts(w, route[k + 1])->marks & SIM_LANE_FORKS)))
      o.end_m = least_of(o.end_m, start + sim_facts(w, route[k])->stop_m);
    start += lane->length_m;
  }
  o.end_m = least_of(o.end_m, start);
  if (w->scripted.count > 0 || w->obstacles.count > 0)
    see_beside(w, i, 0, sight_m, &o);
  return o;
}

// Oncoming traffic -----------------------------------------------------------------

typedef struct bid {
  int vehicle;
  double way_m, time_s; // until one is back, from the own middle
} bid;

// Whether an oncoming vehicle, whose front is front_m ahead, is still beyond the bid's end then.
static bool beyond(const sim_world *w, const bid *b, int other, double front_m, double limit_mps) {
  double v = w->cars.v_mps[other], t = b->time_s;
  double comes =
      v < 2 ? least_of(limit_mps * t, v * t + 0.75 * t * t) : most_of(v, 0.9 * limit_mps) * t;
  return front_m - comes > b->way_m + w->cars.length_m[b->vehicle] / 2;
}

// Those in a lane's queue that runs against the own way and ends start_m ahead; via: only those
// whose way leads on to that lane.
static bool queue_beyond(const sim_world *w, const bid *b, int lane, double start_m, int via) {
  const sim_lane_facts *facts = sim_facts(w, lane);
  for (int q = w->queue_first[lane - 1]; q < w->queue_first[lane]; q++) {
    int other = w->queue[q].vehicle;
    double front = start_m + facts->length_m - w->queue[q].s_m - w->cars.length_m[other] / 2;
    if (front + w->cars.length_m[other] < -w->cars.length_m[b->vehicle] ||
        (via && (w->cars.route_count[other] < 2 || sim_route(w, other)[1] != via)))
      continue;
    if (!beyond(w, b, other, front, facts->speed_limit_mps))
      return false;
  }
  return true;
}

// Those on the lanes that lead to the last one that faces the own way, and on those before.
static bool feeders_beyond(const sim_world *w, const bid *b, int lane, double start_m) {
  const lane_path *to = sim_lane(w, lane);
  for (int p = 0; p < to->previous_count; p++) {
    const lane_path *from = sim_lane(w, w->net->lane_links[to->previous_first + p]);
    if (!queue_beyond(w, b, from->id, start_m, 0))
      return false;
    for (int k = 0; k < from->previous_count; k++)
      if (!queue_beyond(w, b, w->net->lane_links[from->previous_first + k],
                        start_m + from->length_m, from->id))
        return false;
  }
  return true;
}

// Props in the way on the oncoming lane.
static bool clear_of_props(const sim_world *w, const bid *b) {
  int i = b->vehicle, side = sim_over_side(w);
  double border = sim_lane(w, sim_lane_of(w, i))->width_m / 2;
  for (int n = 0; n < w->obstacles.count; n++) {
    sim_span span;
    if (sim_sight_span(w, i, &w->obstacles.boxes[n], b->way_m + 5, &span) && span.front_m > 0 &&
        side * span.side_m > border &&
        side * span.side_m - span.half_m < border + w->cars.width_m[i] + STANDING_M)
      return false;
  }
  return true;
}

// Actors off the lanes that come, or stand in the way.
static bool scripted_beyond(const sim_world *w, const bid *b) {
  const sim_body *own = &w->cars.body[b->vehicle];
  for (int n = 0; n < w->scripted.count; n++) {
    const scene_actor *a = &w->scene->actors[n];
    double x, y, v = 0;
    if (a->vehicle >= 0) {
      x = w->cars.body[a->vehicle].x_m, y = w->cars.body[a->vehicle].y_m;
      v = w->cars.v_mps[a->vehicle];
      if (w->cars.gone[a->vehicle] != SIM_BESIDE)
        continue;
    } else {
      x = w->people.x_m[a->person], y = w->people.y_m[a->person];
    }
    double dx = x - own->x_m, dy = y - own->y_m;
    double along = dx * own->ahead_x + dy * own->ahead_y;
    double side = dy * own->ahead_x - dx * own->ahead_y;
    // Who stands in the own lane is what is passed.
    double from_middle = sim_over_side(w) * (side + w->cars.shift_m[b->vehicle]);
    if (a->vehicle >= 0 && v < 0.3 &&
        from_middle < sim_lane(w, sim_lane_of(w, b->vehicle))->width_m / 2)
      continue;
    if (along > 0 && along < b->way_m + 5 + v * b->time_s && fabs(side) < SEE_ASIDE_M)
      return false;
  }
  return true;
}

// Whether a driver sees as far along the lanes as they run within the road's corridor, over crests.
static bool sees(const sim_world *w, int i, double far_m) {
  double x[64], y[64], z[64], start = -w->cars.s_m[i];
  int count = 0;
  if (far_m > w->weather.fog_visibility_m)
    return false;
  for (int k = 0; k < w->cars.route_count[i]; k++) {
    const sim_track *track = &w->lanes.tracks[sim_route(w, i)[k] - 1];
    while (count < 64 && count * SEE_STEP_M <= far_m &&
           count * SEE_STEP_M - start < track->length_m) {
      double bank;
      sim_track_middle(track, count * SEE_STEP_M - start, &x[count], &y[count], &z[count], &bank);
      count++;
    }
    start += track->length_m;
  }
  double dx = count ? x[count - 1] - x[0] : 0, dy = count ? y[count - 1] - y[0] : 0;
  double far = sqrt(dx * dx + dy * dy);
  for (int k = 1; k + 1 < count; k++) {
    double part = (double)k / (count - 1);
    double aside = ((y[k] - y[0]) * dx - (x[k] - x[0]) * dy) / most_of(1, far);
    double line = z[0] + EYE_M + part * (z[count - 1] + LIGHTS_M - z[0] - EYE_M);
    if (fabs(aside) > SEE_ASIDE_M || z[k] > line)
      return false;
  }
  return true;
}

static bool oncoming_beyond(const sim_world *w, const bid *b, double aside_m) {
  const sim_vehicles *cars = &w->cars;
  int i = b->vehicle, last = 0;
  const int *route = sim_route(w, i);
  double start = -cars->s_m[i], most = 0, last_end = 0;
  for (int k = 0; k < cars->route_count[i] && start < b->way_m + most * b->time_s; k++) {
    int facing = w->lanes.facing[route[k] - 1];
    const sim_lane_facts *lane = sim_facts(w, route[k]);
    if (!facing || lane->junction)
      break;
    bool used = start < b->way_m;
    if (used && (!w->lanes.open_over[route[k] - 1] ||
                 aside_m > (sim_lane(w, route[k])->width_m / 2 + sim_lane(w, facing)->width_m -
                            FAR_KERB_M)))
      return false;
    most = most_of(most, lane->speed_limit_mps);
    // The two are about as long, mirrored.
    if (!queue_beyond(w, b, facing, start + lane->length_m - sim_facts(w, facing)->length_m, 0))
      return false;
    start += lane->length_m;
    last = facing;
    last_end = start;
  }
  if (last_end < b->way_m)
    return false;
  double needed = b->way_m + most * b->time_s;
  return feeders_beyond(w, b, last, last_end) && sees(w, i, least_of(needed, last_end)) &&
         scripted_beyond(w, b) && clear_of_props(w, b);
}

// Passing ---------------------------------------------------------------------------

// Somebody behind is passing already.
static bool is_being_passed(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  int lane = sim_lane_of(w, i);
  for (int q = w->queue_place[i] + 1; q < w->queue_first[lane]; q++) {
    int j = w->queue[q].vehicle;
    if (cars->s_m[i] - w->queue[q].s_m > 15 + cars->length_m[i] / 2 + cars->length_m[j] / 2)
      return false;
    if (cars->aside[j] >= ASIDE_RETURNS)
      return true;
  }
  return false;
}

// Whether vehicle i can pass now; then how far aside it has to be and the way until it is back,
// which is 0 where it keeps within its lane.
static bool plan(const sim_world *w, int i, double *aim_m, double *over_m) {
  const sim_vehicles *cars = &w->cars;
  double v = cars->v_mps[i], half = cars->length_m[i] / 2, v0 = desired(w, i);
  double near = half + run_up(w, i) + 4 + 2.5 * v;
  outlook o = look(w, i, near + 200);
  if (o.count == 0 || o.slow[0].tail_m > near || o.next_m < o.slow[0].front_m)
    return false;
  int side = sim_over_side(w);
  double rest =
      cars->aside[i] == ASIDE_NONE || cars->aside[i] == ASIDE_RIDES ? cars->shift_m[i] : 0;
  double aim = -INFINITY, back = 0, front = 0, slowest = 0;
  for (int n = 0; n < o.count; n++) {
    const sighted *s = &o.slow[n];
    if (n > 0 && s->tail_m - front > 2 * half + BACK_M + back + GROUP_M)
      break;
    if (s->v_mps > v0 - FASTER_MPS || s->tail_m > o.next_m)
      return false;
    double needed = side * s->side_m + s->half_m + sim_pass_clearance(w, i, s->vehicle);
    aim = most_of(aim, needed + cars->width_m[i] / 2);
    back = sim_aside_way(w, i, aim - side * rest, 0) + 2;
    front = most_of(front, s->front_m);
    slowest = most_of(slowest, s->v_mps);
  }
  if (aim < side * rest + 0.02) // it is clear of them where it is
    return false;
  double relative = front + half + BACK_M;
  double time = 1 + sim_time_to_cover(relative, most_of(0, v - slowest),
                                      0.7 * cars->mood[i].accel_mps2, v0 - slowest);
  double v_then = least_of(v0, most_of(v, slowest + 2 + 0.7 * cars->mood[i].accel_mps2 * time));
  double way = slowest * time + relative + back;
  time += back / most_of(2, v_then);
  if (way + BEFORE_END_M > o.end_m || o.next_m + o.next_mps * time < way + half + 2 + 0.5 * v_then)
    return false;
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  *aim_m = side * aim;
  *over_m = 0;
  double edge = aim + cars->width_m[i] / 2;
  if (edge + AIR_M <= lane->width_m / 2)
    return true;
  bid b = {i, way, time + sim_style_of(cars->style[i])->soft_gap_s};
  *over_m = way;
  return oncoming_beyond(w, &b, edge);
}

static bool may_pass(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  int n = sim_actor_of_vehicle(&w->scripted, i);
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  bool told = n >= 0 && (w->scripted.orders[n].along != ALONG_OWN ||
                         w->scripted.orders[n].across == ACROSS_SHIFT);
  // Whose body goes its own way may be anywhere in its lane.
  bool driven = w->driven_count > 0 && sim_driven_of(w, i);
  return !cars->gone[i] && sim_trailer_of(w, i) < 0 && !sim_service_steers(w, i) && !told &&
         !driven && !lane->junction && cars->change_from_m[i] == 0 &&
         cars->aside[i] < ASIDE_FILTERS && cars->must_side[i] == 0 && !cars->hold_lane[i] &&
         !(lane->users == LANE_FOR_BICYCLES);
}

static void begin(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  double aim, over;
  bool on_way = cars->aside[i] == ASIDE_PASSES;
  if (!may_pass(w, i) || (!on_way && is_being_passed(w, i)) || !plan(w, i, &aim, &over))
    return;
  int side = sim_over_side(w);
  if (on_way && side * cars->aim_m[i] > side * aim)
    aim = cars->aim_m[i];
  if (cars->aside[i] == ASIDE_NONE)
    cars->slope[i] = 0;
  cars->aside[i] = ASIDE_PASSES;
  cars->aim_m[i] = aim;
  cars->over_m[i] = most_of(over, on_way ? cars->over_m[i] : 0);
}

// Whether somebody is beside a passing vehicle, or so near ahead that it must not go back.
static bool is_beside(const sim_world *w, int i, double *nearest_m, double *nearest_mps) {
  const sim_vehicles *cars = &w->cars;
  double half = cars->length_m[i] / 2;
  double back = sim_aside_way(w, i, cars->aim_m[i], 0);
  outlook o = look(w, i, 2 * half + back + 30);
  int lane = sim_lane_of(w, i), before = cars->came_from[i];
  for (int q = w->queue_place[i] + 1; q < w->queue_first[lane]; q++)
    if (sim_passable(w, w->queue[q].vehicle))
      see(w, &w->queue[q], -cars->s_m[i], &o);
  for (int q = before ? w->queue_first[before - 1] : 0; before && q < w->queue_first[before]; q++)
    if (sim_passable(w, w->queue[q].vehicle))
      see(w, &w->queue[q], -cars->s_m[i] - sim_facts(w, before)->length_m, &o);
  if (w->scripted.count > 0 || w->obstacles.count > 0)
    see_beside(w, i, -half - BACK_M, 2 * half + 30, &o);
  *nearest_m = INFINITY;
  for (int n = 0; n < o.count; n++) {
    if (o.slow[n].front_m < -half - BACK_M || o.slow[n].tail_m > half + back + GROUP_M)
      continue;
    if (o.slow[n].tail_m < *nearest_m) {
      *nearest_m = o.slow[n].tail_m;
      *nearest_mps = o.slow[n].v_mps;
    }
  }
  return *nearest_m < INFINITY;
}

static void carry_on(sim_world *w, int i, bool thinks) {
  sim_vehicles *cars = &w->cars;
  double nearest, nearest_mps = 0, aim, over;
  bool beside = is_beside(w, i, &nearest, &nearest_mps);
  // Where it can still fall back behind the next one first.
  double closing = most_of(0, cars->v_mps[i] - nearest_mps);
  double room = nearest - cars->length_m[i] / 2 - 0.5;
  bool aborts = beside && thinks && room > closing * closing / (2 * cars->mood[i].decel_mps2) &&
                (!may_pass(w, i) || !plan(w, i, &aim, &over));
  if (!beside || aborts)
    cars->aside[i] = ASIDE_RETURNS;
}

static void list_over(sim_world *w, int i) {
  double start = -w->cars.s_m[i];
  w->overs[w->over_count++] = i;
  for (int k = 0; k < w->cars.route_count[i] && start < w->cars.over_m[i]; k++) {
    int facing = w->lanes.facing[sim_route(w, i)[k] - 1];
    if (!facing)
      break;
    w->lane_met[facing - 1] = 1;
    start += sim_facts(w, sim_route(w, i)[k])->length_m;
  }
}

void sim_passes_decide(sim_world *w) {
  sim_vehicles *cars = &w->cars;
  uint64_t turns = (uint64_t)most_of(1, 0.5 / w->step_s + 0.5);
  if (w->over_count > 0)
    memset(w->lane_met, 0, (size_t)w->net->path_count);
  w->over_count = 0;
  for (int i = 0; i < cars->count; i++) {
    bool thinks = ((uint64_t)i + w->steps) % turns == 0;
    if (cars->gone[i])
      continue;
    if (cars->aside[i] == ASIDE_PASSES)
      carry_on(w, i, thinks);
    if (thinks && w->steps > 0)
      begin(w, i);
    if (cars->over_m[i] > 0)
      list_over(w, i);
  }
}

// Letting them back --------------------------------------------------------------------

// What vehicle p on the oncoming lane, `start_m` from whose end the own front is, leaves to i.
static double let_back(const sim_world *w, int i, int p, double middle_m, double a, double a_free) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *own = sim_lane(w, sim_lane_of(w, i)), *its = sim_lane(w, sim_lane_of(w, p));
  int side = sim_over_side(w);
  double most = most_of(side * cars->shift_m[p], side * cars->aim_m[p]);
  double reaches = most + cars->width_m[p] / 2 - its->width_m / 2;
  double free_m = own->width_m / 2 - cars->width_m[i] / 2 + side * -cars->shift_m[i];
  double half = cars->length_m[p] / 2, v = cars->v_mps[i];
  if (reaches + ABREAST_M < free_m || middle_m + half < -cars->length_m[i])
    return a;
  const driver_params *mood = &cars->mood[i];
  double gap = middle_m - cars->over_m[p] - half - 2;
  if (gap > 0) {
    double needs = sim_time_to_cover(cars->over_m[p], cars->v_mps[p],
                                     0.7 * cars->mood[p].accel_mps2, desired(w, p));
    if (sim_time_to_cover(gap, v, mood->accel_mps2, most_of(v, desired(w, i))) > needs + 0.5)
      return a;
    return least_of(a, most_of(sim_stop_at(w, i, a_free, gap, 0), -1.5 * mood->decel_mps2));
  }
  double head_on = a_free - sim_interaction(w, i, v + cars->v_mps[p], middle_m - half);
  return least_of(a, head_on);
}

double sim_pass_give_way(const sim_world *w, int i, double a, double a_free) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, i);
  double start = -(cars->s_m[i] + cars->length_m[i] / 2);
  for (int k = 0; k < cars->route_count[i] && start < 250; k++) {
    double end = start + sim_facts(w, route[k])->length_m;
    for (int n = 0; w->lane_met[route[k] - 1] && n < w->over_count; n++) {
      int p = w->overs[n];
      if (w->lanes.facing[sim_lane_of(w, p) - 1] == route[k])
        a = let_back(w, i, p, end - cars->s_m[p], a, a_free);
    }
    start = end;
  }
  return a;
}
