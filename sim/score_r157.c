// SPDX-License-Identifier: Apache-2.0
#include "sim/score_r157.h"

#include "base/least.h"

static const double PERCEPTION_S = 0.4, PERCEPTION_M = 0.72, WANDER_M = 0.375, CRITICAL_TTC_S = 2;
static const double REACTION_S = 0.75, BRAKE_MPS2 = 0.774 * 9.81, JERK_MPS3 = 12.65;
static const double SLOWS_MPS2 = 0.5;   // less isn't braking
static const double LOOKED_BACK_S = 15; // dangers are no older than this
static const double AFTERWARDS_S = 10;  // followed so long beyond the record's end

double sim_r157_brake(double v, double t, double *then) {
  double ramp = BRAKE_MPS2 / JERK_MPS3, way, speed;
  // When it stands: during the ramp, or after.
  double stop = v <= JERK_MPS3 * ramp * ramp / 2
                    ? sqrt(2 * v / JERK_MPS3)
                    : ramp + (v - JERK_MPS3 * ramp * ramp / 2) / BRAKE_MPS2;
  t = t < stop ? t : stop;
  double early = t < ramp ? t : ramp, late = t - early;
  speed = v - JERK_MPS3 * early * early / 2;
  way = v * early - JERK_MPS3 * early * early * early / 6;
  way += speed * late - BRAKE_MPS2 * late * late / 2;
  speed -= BRAKE_MPS2 * late;
  *then = t < stop ? speed : 0;
  return way;
}

// The ego's box at a place of its own way, beyond its end straight on.
static sim_box on_way(const sim_episode *e, const sim_score_ego *ego, double way_m) {
  int low = 0, high = e->count - 1;
  while (high - low > 1) {
    int middle = (low + high) / 2;
    if (e->travelled_m[middle] <= way_m)
      low = middle;
    else
      high = middle;
  }
  sim_box box = sim_score_ego_box(e, ego, low);
  double step = e->travelled_m[high] - e->travelled_m[low], into = way_m - e->travelled_m[low];
  if (way_m >= e->travelled_m[e->count - 1]) {
    box = sim_score_ego_box(e, ego, e->count - 1);
    into = way_m - e->travelled_m[e->count - 1];
    box.x_m += into * box.ahead_x;
    box.y_m += into * box.ahead_y;
  } else if (step > 0) {
    box.x_m += into / step * (e->ego_x_m[high] - e->ego_x_m[low]);
    box.y_m += into / step * (e->ego_y_m[high] - e->ego_y_m[low]);
  }
  return box;
}

// Where an actor is beside the ego's way up to the contact: along it and to its left.
static void beside_way(const sim_episode *e, const sim_score_ego *ego, int first, int contact,
                       int slot, double *along, double *left) {
  double x = e->actor_x_m[sim_episode_row(e, first) + (size_t)slot];
  double y = e->actor_y_m[sim_episode_row(e, first) + (size_t)slot];
  double best = INFINITY;
  int at = contact;
  for (int k = contact; k >= 0 && (contact - k) * e->step_s <= LOOKED_BACK_S; k--) {
    double dx = x - e->ego_x_m[k], dy = y - e->ego_y_m[k];
    if (dx * dx + dy * dy < best) {
      best = dx * dx + dy * dy;
      at = k;
    }
  }
  double dx = x - e->ego_x_m[at], dy = y - e->ego_y_m[at];
  *along = e->travelled_m[at] + dx * ego->ahead_x[at] + dy * ego->ahead_y[at];
  *left = dy * ego->ahead_x[at] - dx * ego->ahead_y[at];
}

static bool is_here(const sim_episode *e, int frame, int slot) {
  return e->actor_marks[sim_episode_row(e, frame) + (size_t)slot] & SIM_ACTOR_HERE;
}

static double speed_of(const sim_episode *e, int frame, int slot) {
  size_t at = sim_episode_row(e, frame) + (size_t)slot;
  return hypot((double)e->actor_x_mps[at], (double)e->actor_y_mps[at]);
}

// Whether the actor is in the way of the ego in a frame, as wide as both are.
static bool is_in_way(const sim_r157 *s, const sim_episode *e, const sim_score_ego *ego, int frame,
                      int contact, int slot) {
  sim_box box = sim_score_actor_box(e, frame, slot);
  double reach = sim_box_reach(&box, -ego->ahead_y[contact], ego->ahead_x[contact]);
  return fabs(s->lateral_m[frame]) <= e->ego_width_m / 2 + reach;
}

static double ttc_of(const sim_r157 *s, const sim_episode *e, int frame, int slot) {
  double gap = s->along_m[frame] - e->travelled_m[frame] - e->ego_length_m / 2 -
               (double)e->actor_length_m[slot] / 2;
  double moved = frame ? s->along_m[frame] - s->along_m[frame - 1] : 0;
  double closing = e->ego_ahead_mps[frame] - moved / e->step_s;
  return closing > 0 ? most_of(0, gap) / closing : INFINITY;
}

// Who has come from the side: when it is perceived. `in`: the first frame in the ego's way.
static double perceive_cut_in(const sim_r157 *s, const sim_episode *e, int first, int in,
                              int contact, int slot) {
  int rest = in;
  while (rest > first && fabs(s->lateral_m[rest - 1]) > fabs(s->lateral_m[rest]) + 1e-4)
    rest--;
  double from = fabs(s->lateral_m[rest]), left_s = NAN;
  for (int k = rest; k <= contact; k++) {
    double moved = from - fabs(s->lateral_m[k]) - WANDER_M;
    if (moved <= 0)
      continue;
    if (isnan(left_s))
      left_s = k * e->step_s;
    bool seen = k * e->step_s - left_s >= PERCEPTION_S - 1e-9 || moved >= PERCEPTION_M;
    if (seen && ttc_of(s, e, k, slot) <= CRITICAL_TTC_S)
      return k * e->step_s;
  }
  return INFINITY;
}

static double perceive(sim_r157 *s, const sim_episode *e, const sim_score_ego *ego,
                       sim_r157_case *c) {
  int contact = c->contact_frame, slot = c->who, first = contact, in = contact;
  while (first > 0 && is_here(e, first - 1, slot) &&
         (contact - first + 1) * e->step_s <= LOOKED_BACK_S)
    first--;
  for (int k = first; k <= contact; k++)
    beside_way(e, ego, k, contact, slot, &s->along_m[k], &s->lateral_m[k]);
  while (in > first && is_in_way(s, e, ego, in - 1, contact, slot))
    in--;
  if (in > first) {
    c->danger = SIM_R157_CUTS_IN;
    return perceive_cut_in(s, e, first, in, contact, slot);
  }
  int brakes = contact;
  while (brakes > first &&
         speed_of(e, brakes - 1, slot) - speed_of(e, brakes, slot) > SLOWS_MPS2 * e->step_s)
    brakes--;
  // Who has come to a stand has braked before that.
  int stands = contact;
  while (stands > first && speed_of(e, stands - 1, slot) < 0.05)
    stands--;
  if (stands > first)
    for (brakes = stands; brakes > first && speed_of(e, brakes - 1, slot) >
                                                speed_of(e, brakes, slot) + SLOWS_MPS2 * e->step_s;)
      brakes--;
  c->danger = brakes < contact ? SIM_R157_BRAKES : SIM_R157_STANDS;
  return (c->danger == SIM_R157_BRAKES ? brakes : first) * e->step_s + PERCEPTION_S;
}

// Whether the driver, at the place and speed that the ego had when it perceived, touches the body.
static bool touches(const sim_episode *e, const sim_score_ego *ego, const sim_r157_case *c) {
  int from = (int)(c->perceived_s / e->step_s + 1e-9), last = e->count - 1;
  from = from < last ? from : last;
  double v = most_of(0, e->ego_ahead_mps[from]), way = e->travelled_m[from], then;
  for (int k = from;; k++) {
    double t = (k - from) * e->step_s, before = most_of(0, c->brakes_s - from * e->step_s);
    double braked = sim_r157_brake(v, most_of(0, t - before), &then);
    sim_box own = on_way(e, ego, way + v * least_of(t, before) + braked);
    int frame = k < last ? k : last;
    if (!is_here(e, frame, c->who))
      return false;
    sim_box box = sim_score_actor_box(e, frame, c->who);
    size_t at = sim_episode_row(e, frame) + (size_t)c->who;
    box.x_m += (k - frame) * e->step_s * (double)e->actor_x_mps[at];
    box.y_m += (k - frame) * e->step_s * (double)e->actor_y_mps[at];
    if (then <= 0)
      return false; // it stands: what comes now isn't its doing
    if (sim_boxes_meet(&own, &box))
      return true;
    if ((k - last) * e->step_s > AFTERWARDS_S)
      return false;
  }
}

void sim_r157_score(sim_r157 *out, const sim_episode *e, const sim_score_ego *ego,
                    const sim_contacts *contacts) {
  out->count = out->preventable = 0;
  for (int i = 0; i < contacts->count && out->count < SIM_R157_CASES; i++) {
    const sim_contact *c = &contacts->all[i];
    if (!c->first || c->who < 0 || c->type == SIM_CONTACT_STOPPED_EGO ||
        c->type == SIM_CONTACT_REAR)
      continue;
    sim_r157_case *k = &out->all[out->count++];
    *k = (sim_r157_case){.who = c->who, .contact_frame = c->frame};
    k->perceived_s = perceive(out, e, ego, k);
    k->brakes_s = k->perceived_s + REACTION_S;
    k->preventable = isfinite(k->perceived_s) && !touches(e, ego, k);
    if (k->perceived_s > c->frame * e->step_s)
      k->preventable = false;
    out->preventable += k->preventable;
  }
}
