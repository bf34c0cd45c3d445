// SPDX-License-Identifier: Apache-2.0
#include "sim/score_carla.h"

#include <string.h>

#include "base/least.h"

// Factors of 1.0 and 2.0, terms of 2.1; 1.0 doesn't know the last three.
static const struct {
  const char *name;
  double factor, term;
} KINDS[SIM_CARLA_INFRACTIONS] = {
    [SIM_CARLA_PEDESTRIAN] = {"collisions_pedestrian", 0.50, 1.0},
    [SIM_CARLA_VEHICLE] = {"collisions_vehicle", 0.60, 0.7},
    [SIM_CARLA_STATIC] = {"collisions_layout", 0.65, 0.6},
    [SIM_CARLA_RED] = {"red_light", 0.70, 0.4},
    [SIM_CARLA_STOP] = {"stop_infraction", 0.80, 0.25},
    [SIM_CARLA_SCENARIO_TIMEOUT] = {"scenario_timeouts", 0.70, 0.4},
    [SIM_CARLA_EMERGENCY] = {"yield_emergency_vehicle", 0.70, 0.4},
    [SIM_CARLA_MIN_SPEED] = {"min_speed", 0.70, 0.4}, // at a speed of 0: 1 - 0.3 (1 - p)
};

static const double GOAL_NEAR_M = 10, GOAL_SHARE = 0.99, DEVIATED_M = 30;
static const double BLOCKED_MPS = 0.1, BLOCKED_S = 180;
static const double OUTSIDE_M = 1.3;
static const double SAME_CONTACT_S = 5, SAME_CONTACT_M = 5;
// The leaderboard moves on by two of its waypoints, a metre apart, in each of its 20 ticks a
// second at most: who is put ahead gets the way between credited no faster.
static const double PROGRESS_MOST_MPS = 40;

const char *sim_carla_name(sim_carla_infraction kind) {
  return kind >= 0 && kind < SIM_CARLA_INFRACTIONS ? KINDS[kind].name : "unknown";
}

// How far the route is done by frame, and where it is over.
static void follow_route(sim_carla *out, const sim_episode *e, const sim_score_ego *ego) {
  double whole = e->route_goal_m - e->route_begin_m, done = 0;
  int moved = -1; // the last frame that it moved in
  out->last_frame = e->count - 1;
  out->completed = out->deviated = out->blocked = false;
  for (int k = 0; k < e->count; k++) {
    double at = e->route_m[k] - e->route_begin_m;
    if (at > done)
      done = least_of(least_of(at, whole), done + PROGRESS_MOST_MPS * e->step_s);
    out->frame_done_m[k] = done;
    if (ego->speed_mps[k] >= BLOCKED_MPS)
      moved = k;
    double gx = e->goal_x_m - e->ego_x_m[k], gy = e->goal_y_m - e->ego_y_m[k];
    out->completed = done > GOAL_SHARE * whole && gx * gx + gy * gy < GOAL_NEAR_M * GOAL_NEAR_M;
    out->deviated = e->off_route_m[k] > DEVIATED_M;
    out->blocked = (k - moved) * e->step_s > BLOCKED_S + 1e-9;
    if (out->completed || out->deviated || out->blocked) {
      out->last_frame = k;
      break;
    }
  }
  for (int k = out->last_frame + 1; k < e->count; k++)
    out->frame_done_m[k] = done;
  out->rc = out->completed ? 100 : whole > 0 ? 100 * done / whole : NAN;
}

static void infringe(sim_carla *out, int frame, sim_carla_infraction kind) {
  out->count[kind]++;
  out->frame_infraction[frame] |= (uint16_t)(1u << kind);
}

static sim_carla_infraction kind_of(thing_kind kind) {
  switch (kind) {
  case THING_PERSON:
  case THING_WHEELCHAIR:
  case THING_PRAM:
    return SIM_CARLA_PEDESTRIAN;
  case THING_BICYCLE:
  case THING_MOTORCYCLE:
    return SIM_CARLA_VEHICLE;
  default:
    return sim_contact_group_of(kind) == SIM_GROUP_VEHICLE ? SIM_CARLA_VEHICLE : SIM_CARLA_STATIC;
  }
}

// Contacts with the same body count once as long as neither 5 s nor 5 m of the ego's way lie
// between one and the next.
static void count_contacts(sim_carla *out, const sim_episode *e, const sim_contacts *contacts) {
  memset(out->merge_frame, 0, sizeof *out->merge_frame * (size_t)(e->def.actors + e->def.objects));
  for (int i = 0; i < contacts->count && contacts->all[i].frame <= out->last_frame; i++) {
    const sim_contact *c = &contacts->all[i];
    int *before = &out->merge_frame[sim_contact_index(e, c->who)];
    double apart_s = (c->frame - (*before - 1)) * e->step_s;
    double apart_m = *before ? e->travelled_m[c->frame] - e->travelled_m[*before - 1] : 0;
    if (!*before || (c->begins && apart_s > SAME_CONTACT_S && apart_m > SAME_CONTACT_M))
      infringe(out, c->frame, kind_of((thing_kind)c->kind));
    *before = c->frame + 1;
  }
}

static void count_rules(sim_carla *out, const sim_episode *e) {
  for (int k = 0; k <= out->last_frame; k++) {
    if (e->ego_marks[k] & SIM_EGO_PASSED_RED)
      infringe(out, k, SIM_CARLA_RED);
    if (e->ego_marks[k] & SIM_EGO_PASSED_STOP)
      infringe(out, k, SIM_CARLA_STOP);
  }
  for (int i = 0; i < e->event_count && e->events[i].frame <= out->last_frame; i++) {
    if (e->events[i].kind == SIM_EVENT_SCENARIO_TIMEOUT)
      infringe(out, e->events[i].frame, SIM_CARLA_SCENARIO_TIMEOUT);
    if (e->events[i].kind == SIM_EVENT_EMERGENCY_BLOCKED)
      infringe(out, e->events[i].frame, SIM_CARLA_EMERGENCY);
  }
}

static void measure_outside(sim_carla *out, const sim_episode *e) {
  double wrong = 0, before = 0;
  for (int k = 0; k <= out->last_frame; k++) {
    out->frame_outside[k] =
        e->middle_outside_m[k] > OUTSIDE_M || e->ego_marks[k] & SIM_EGO_WRONG_WAY;
    wrong += out->frame_outside[k] ? out->frame_done_m[k] - before : 0;
    before = out->frame_done_m[k];
  }
  out->outside = before > 0 ? wrong / before : 0;
}

static double traffic_speed(const sim_episode *e, int frame) {
  double sum = 0;
  int count = 0;
  size_t row = sim_episode_row(e, frame);
  for (int i = 0; i < e->actor_count; i++) {
    uint8_t marks = e->actor_marks[row + (size_t)i];
    if ((marks & (SIM_ACTOR_HERE | SIM_ACTOR_PARKED)) != SIM_ACTOR_HERE ||
        kind_of((thing_kind)e->actor_kind[i]) != SIM_CARLA_VEHICLE)
      continue;
    double vx = (double)e->actor_x_mps[row + (size_t)i],
           vy = (double)e->actor_y_mps[row + (size_t)i];
    sum += sqrt(vx * vx + vy * vy);
    count++;
  }
  return count ? sum / count : NAN;
}

// Mean speeds by quarters of the route; the last one counts when 95 % of the route are done.
static void measure_speeds(sim_carla *out, const sim_episode *e, const sim_score_ego *ego) {
  double whole = e->route_goal_m - e->route_begin_m, part = whole / SIM_CARLA_CHECKPOINTS;
  double own = 0, others = 0;
  int at = 0;
  for (int i = 0; i < SIM_CARLA_CHECKPOINTS; i++)
    out->speed_share[i] = NAN;
  for (int k = 0; k <= out->last_frame && at < SIM_CARLA_CHECKPOINTS && whole > 0; k++) {
    bool ends = at < SIM_CARLA_CHECKPOINTS - 1
                    ? out->frame_done_m[k] > (at + 1) * part
                    : k == out->last_frame && out->frame_done_m[k] > 0.95 * whole;
    if (ends) {
      out->speed_share[at] = others > 0 ? own / others : 1;
      if (out->speed_share[at] < 1)
        infringe(out, k, SIM_CARLA_MIN_SPEED);
      at++;
      own = others = 0;
    }
    double speed = traffic_speed(e, k);
    if (!isnan(speed)) {
      own += ego->speed_mps[k];
      others += speed;
    }
  }
}

static void compose(sim_carla *out) {
  double one = 1, two = 1, sum = 0;
  for (int kind = 0; kind < SIM_CARLA_MIN_SPEED; kind++) {
    double factor = pow(KINDS[kind].factor, out->count[kind]);
    two *= factor;
    if (kind <= SIM_CARLA_STOP)
      one *= factor;
    sum += KINDS[kind].term * out->count[kind];
  }
  for (int i = 0; i < SIM_CARLA_CHECKPOINTS; i++) {
    double missing = isnan(out->speed_share[i]) ? 0 : most_of(0, 1 - out->speed_share[i]);
    two *= 1 - (1 - KINDS[SIM_CARLA_MIN_SPEED].factor) * missing;
    sum += KINDS[SIM_CARLA_MIN_SPEED].term * missing;
  }
  double inside = 1 - out->outside;
  out->penalty_1_0 = one * inside;
  out->penalty_2_0 = two * inside;
  out->penalty_2_1 = inside / (1 + sum);
  out->ds_1_0 = out->rc * out->penalty_1_0;
  out->ds_2_0 = out->rc * out->penalty_2_0;
  out->ds_2_1 = out->rc * out->penalty_2_1;
}

void sim_carla_score(sim_carla *out, const sim_episode *e, const sim_score_ego *ego,
                     const sim_contacts *contacts) {
  memset(out->count, 0, sizeof out->count);
  memset(out->frame_infraction, 0, sizeof *out->frame_infraction * (size_t)e->count);
  memset(out->frame_outside, 0, (size_t)e->count);
  follow_route(out, e, ego);
  count_contacts(out, e, contacts);
  count_rules(out, e);
  measure_outside(out, e);
  measure_speeds(out, e, ego);
  compose(out);
}
