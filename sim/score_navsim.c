// SPDX-License-Identifier: Apache-2.0
#include "sim/score_navsim.h"

#include "base/least.h"

// In tenths of a second.
enum { WINDOW = 40, BETWEEN_WINDOWS = 5, HISTORY = 15, LOOK = 9, LOOK_STEP = 3, LANE_KEPT = 20 };
static const double TENTH_S = 0.1;
static const double DDC_GOOD_M = 2, DDC_BAD_M = 6;
static const double TTC_STOPPED_MPS = 0.005, PROGRESS_LEAST_M = 5, OFF_CENTRE_M = 0.5;
enum { EXCLUDED = 64 };

// Whom a window leaves out.
typedef struct excluded {
  int count, who[EXCLUDED];
} excluded;

static bool is_out(const excluded *x, int who) {
  for (int i = 0; i < x->count; i++)
    if (x->who[i] == who)
      return true;
  return false;
}

static void leave_out(excluded *x, int who) {
  if (x->count < EXCLUDED && !is_out(x, who))
    x->who[x->count++] = who;
}

static void add_hit(sim_navsim *out, const sim_episode *e, const sim_score_ego *ego, int frame,
                    int who, int tenths, double x, double y) {
  uint8_t marks = e->ego_marks[frame];
  bool wide = !(marks & SIM_EGO_IN_LANE) || marks & SIM_EGO_IN_JUNCTION;
  if (out->hit_count == out->hit_capacity)
    return;
  out->hits[out->hit_count++] =
      (sim_navsim_hit){.frame = frame,
                       .who = who,
                       .tenths = (uint8_t)tenths,
                       .watched = sim_score_side(e, ego, frame, x, y) > (wide ? -1 : 0)};
}

static void look_ahead(sim_navsim *out, const sim_episode *e, const sim_score_ego *ego, int frame,
                       int then, int tenths) {
  sim_box own = sim_score_ego_box(e, ego, frame);
  own.x_m += own.ahead_x * ego->speed_mps[frame] * tenths * TENTH_S;
  own.y_m += own.ahead_y * ego->speed_mps[frame] * tenths * TENTH_S;
  double radius = hypot(own.half_length_m, own.half_width_m);
  size_t row = sim_episode_row(e, then);
  for (int i = 0; i < e->actor_count; i++) {
    double dx = e->actor_x_m[row + (size_t)i] - own.x_m,
           dy = e->actor_y_m[row + (size_t)i] - own.y_m;
    double reach = radius + ((double)e->actor_length_m[i] + (double)e->actor_width_m[i]) / 2;
    if (dx * dx + dy * dy > reach * reach || !(e->actor_marks[row + (size_t)i] & SIM_ACTOR_HERE) ||
        !sim_contact_counts((thing_kind)e->actor_kind[i]))
      continue;
    sim_box box = sim_score_actor_box(e, then, i);
    if (sim_boxes_meet(&own, &box))
      add_hit(out, e, ego, frame, i, tenths, box.x_m, box.y_m);
  }
  for (int k = 0; k < e->object_count; k++) {
    double dx = e->object_x_m[k] - own.x_m, dy = e->object_y_m[k] - own.y_m;
    double reach = radius + ((double)e->object_length_m[k] + (double)e->object_width_m[k]) / 2;
    if (dx * dx + dy * dy > reach * reach)
      continue;
    sim_box box = sim_score_object_box(e, k);
    if (sim_boxes_meet(&own, &box))
      add_hit(out, e, ego, frame, -1 - k, tenths, box.x_m, box.y_m);
  }
}

static void find_hits(sim_navsim *out, const sim_episode *e, const sim_score_ego *ego, int stride) {
  out->hit_count = 0;
  for (int k = 0; k < e->count; k++) {
    out->hit_first[k] = out->hit_count;
    for (int t = 0; t <= LOOK && k + t * stride < e->count; t += LOOK_STEP)
      if (ego->speed_mps[k] >= TTC_STOPPED_MPS)
        look_ahead(out, e, ego, k, k + t * stride, t);
  }
  out->hit_first[e->count] = out->hit_count;
}

// Contacts of one of the window's instants.
static double collide(const sim_contacts *contacts, int frame, excluded *x, double nc) {
  for (int i = contacts->frame_first[frame]; i < contacts->frame_first[frame + 1]; i++) {
    const sim_contact *c = &contacts->all[i];
    if (is_out(x, c->who))
      continue;
    if (c->at_fault)
      nc = least_of(nc, c->group == SIM_GROUP_OBJECT ? 0.5 : 0);
    else
      leave_out(x, c->who);
  }
  return nc;
}

static bool meets_somebody(const sim_navsim *s, int frame, excluded *x) {
  bool met = false;
  for (int i = s->hit_first[frame]; i < s->hit_first[frame + 1]; i++) {
    const sim_navsim_hit *h = &s->hits[i];
    if (is_out(x, h->who))
      continue;
    if (h->watched)
      met = true;
    else
      leave_out(x, h->who);
  }
  return met;
}

static bool is_oncoming(const sim_episode *e, int frame) {
  int on = SIM_EGO_ON_LANE | SIM_EGO_ON_ROUTE_LANE;
  return (e->ego_marks[frame] & on) != on;
}

// The greatest way within a second off the route's lanes.
static double wrong_way(const sim_episode *e, int first, int stride) {
  double most = 0;
  for (int k = 0; k <= WINDOW; k++) {
    double sum = 0;
    for (int j = k - 10 < 1 ? 1 : k - 10; j <= k; j++) {
      int now = first + j * stride, last = now - stride;
      if (is_oncoming(e, now))
        sum += hypot(e->ego_x_m[now] - e->ego_x_m[last], e->ego_y_m[now] - e->ego_y_m[last]);
    }
    most = most_of(most, sum);
  }
  return most;
}

static bool keeps_lane(const sim_episode *e, int first, int stride) {
  int off = 0;
  for (int k = 0; k <= WINDOW; k++) {
    int frame = first + k * stride;
    if (e->ego_marks[frame] & SIM_EGO_IN_JUNCTION)
      continue;
    off = !e->ego_lane[frame] || fabs(e->lane_left_m[frame]) > OFF_CENTRE_M ? off + 1 : 0;
    if (off >= LANE_KEPT)
      return false;
  }
  return true;
}

// Progress as a share of the greater of the own and the reference's, each times its multipliers.
static double share_of_progress(const sim_episode *e, int first, int last, double factor) {
  if (e->reference_count < 1 || e->route_count < 2)
    return NAN;
  int end = e->reference_count - 1, a = first < end ? first : end, b = last < end ? last : end;
  double own = factor * most_of(0, e->route_m[last] - e->route_m[first]);
  double reference = e->reference_m[b] - e->reference_m[a];
  if (isnan(reference) || isnan(own))
    return NAN;
  double most = most_of(own, reference);
  return most > PROGRESS_LEAST_M ? own / most : factor > 0;
}

// The plan made in a frame and the one made within 0.55 s before it; false without.
static bool find_plans(const sim_episode *e, int frame, int *before, int *plan) {
  int low = 0, high = e->plan_count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (e->plan_frame[middle] < frame)
      low = middle + 1;
    else
      high = middle;
  }
  if (low < 1 || low >= e->plan_count || e->plan_frame[low] != frame)
    return false;
  *plan = low;
  *before = low - 1;
  double apart = (frame - e->plan_frame[low - 1]) * e->step_s;
  return apart > 0 && apart < 0.55;
}

static void score_window(sim_navsim *out, const sim_episode *e, const sim_contacts *contacts,
                         int number, int first, int stride) {
  double v[SIM_NAVSIM_PARTS], nc = 1;
  int last = first + WINDOW * stride;
  excluded touched = {0};
  for (int i = contacts->frame_first[first]; i < contacts->frame_first[first + 1]; i++)
    leave_out(&touched, contacts->all[i].who);
  excluded met = touched;
  v[SIM_NAVSIM_DAC] = v[SIM_NAVSIM_TLC] = v[SIM_NAVSIM_TTC] = v[SIM_NAVSIM_TTC_V2] = 1;
  for (int k = 0; k <= WINDOW; k++) {
    int frame = first + k * stride;
    nc = collide(contacts, frame, &touched, nc);
    if (!(e->outside_m[frame] <= 0))
      v[SIM_NAVSIM_DAC] = 0;
    for (int j = k ? frame - stride + 1 : frame; j <= frame; j++)
      if (k && e->ego_marks[j] & SIM_EGO_PASSED_RED)
        v[SIM_NAVSIM_TLC] = 0;
    if (meets_somebody(out, frame, &met)) {
      v[SIM_NAVSIM_TTC] = 0;
      if (k <= WINDOW - LOOK)
        v[SIM_NAVSIM_TTC_V2] = 0;
    }
  }
  v[SIM_NAVSIM_NC] = nc;
  double wrong = e->route_count < 2 ? NAN : wrong_way(e, first, stride);
  v[SIM_NAVSIM_DDC] = isnan(wrong) ? NAN : wrong < DDC_GOOD_M ? 1 : wrong < DDC_BAD_M ? 0.5 : 0;
  v[SIM_NAVSIM_LK] = keeps_lane(e, first, stride);
  v[SIM_NAVSIM_C] = sim_comfort_navsim(e, first, stride, WINDOW + 1, out->scratch);
  int history = first / stride < HISTORY ? first / stride : HISTORY;
  v[SIM_NAVSIM_HC] =
      sim_comfort_navsim(e, first - history * stride, stride, WINDOW + 1 + history, out->scratch);
  double one = nc * v[SIM_NAVSIM_DAC], two = one * v[SIM_NAVSIM_DDC] * v[SIM_NAVSIM_TLC];
  v[SIM_NAVSIM_EP] = share_of_progress(e, first, last, one);
  v[SIM_NAVSIM_EP_V2] = share_of_progress(e, first, last, two);
  v[SIM_NAVSIM_EC] = NAN;
  int before, plan;
  if (find_plans(e, first, &before, &plan))
    sim_navsim_compare_plans(out, e, before, plan, &v[SIM_NAVSIM_EC], NULL);
  v[SIM_NAVSIM_PDMS] =
      one * (5 * v[SIM_NAVSIM_EP] + 5 * v[SIM_NAVSIM_TTC] + 2 * v[SIM_NAVSIM_C]) / 12;
  bool planned = !isnan(v[SIM_NAVSIM_EC]);
  double sum = 5 * v[SIM_NAVSIM_EP_V2] + 5 * v[SIM_NAVSIM_TTC_V2] + 2 * v[SIM_NAVSIM_LK] +
               2 * v[SIM_NAVSIM_HC];
  v[SIM_NAVSIM_EPDMS] = two * (planned ? (sum + 2 * v[SIM_NAVSIM_EC]) / 16 : sum / 14);
  for (int part = 0; part < SIM_NAVSIM_PARTS; part++)
    out->window[part][number] = v[part];
  out->window_frame[number] = first;
}

void sim_navsim_score(sim_navsim *out, const sim_episode *e, const sim_score_ego *ego,
                      const sim_contacts *contacts) {
  out->windows = out->windows_planned = 0;
  int stride = (int)lround(TENTH_S / e->step_s);
  if (stride >= 1 && fabs(stride * e->step_s - TENTH_S) < 1e-9) {
    find_hits(out, e, ego, stride);
    for (int first = 0; first + WINDOW * stride < e->count; first += BETWEEN_WINDOWS * stride)
      score_window(out, e, contacts, out->windows++, first, stride);
  }
  for (int part = 0; part < SIM_NAVSIM_PARTS; part++) {
    double sum = 0;
    int count = 0;
    for (int k = 0; k < out->windows; k++)
      if (part != SIM_NAVSIM_EC || !isnan(out->window[part][k])) {
        sum += out->window[part][k];
        count++;
      }
    out->mean[part] = count ? sum / count : NAN;
    if (part == SIM_NAVSIM_EC)
      out->windows_planned = count;
  }
}
