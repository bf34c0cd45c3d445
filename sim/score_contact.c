// SPDX-License-Identifier: Apache-2.0
#include "sim/score_contact.h"

#include <string.h>

static const double STOPPED_MPS = 0.05;
static const double DOOR_KG = 30;
static const double COS2_30 = 0.75; // cos^2 of 30 degrees

sim_contact_group sim_contact_group_of(thing_kind kind) {
  switch (kind) {
  case THING_PERSON:
  case THING_WHEELCHAIR:
  case THING_PRAM:
  case THING_BICYCLE:
  case THING_MOTORCYCLE:
    return SIM_GROUP_VULNERABLE;
  case THING_CAR:
  case THING_VAN:
  case THING_TRUCK:
  case THING_TRACTOR:
  case THING_TRAILER:
  case THING_BUS:
  case THING_POLICE:
  case THING_AMBULANCE:
    return SIM_GROUP_VEHICLE;
  default:
    return SIM_GROUP_OBJECT;
  }
}

bool sim_contact_counts(thing_kind kind) {
  return kind != THING_LEASH;
}

double sim_contact_mass_kg(thing_kind kind) {
  switch (kind) {
  case THING_CAR:
  case THING_POLICE:
    return 1500;
  case THING_VAN:
    return 2500;
  case THING_AMBULANCE:
    return 4000;
  case THING_TRUCK:
  case THING_BUS:
    return 12000;
  case THING_TRACTOR: // and what hangs together with it
  case THING_TRAILER:
    return 30000;
  case THING_MOTORCYCLE:
    return 280;
  case THING_BICYCLE:
    return 95;
  case THING_PERSON:
  case THING_DEER:
    return 75;
  case THING_WHEELCHAIR:
    return 100;
  case THING_PRAM:
  case THING_DOG:
  case THING_BIN:
  case THING_BARRIER:
    return 25;
  case THING_CONE:
    return 5;
  default:
    return INFINITY;
  }
}

sim_box sim_score_ego_box(const sim_episode *e, const sim_score_ego *ego, int frame) {
  return (sim_box){.x_m = e->ego_x_m[frame],
                   .y_m = e->ego_y_m[frame],
                   .ahead_x = ego->ahead_x[frame],
                   .ahead_y = ego->ahead_y[frame],
                   .half_length_m = e->ego_length_m / 2,
                   .half_width_m = e->ego_width_m / 2};
}

sim_box sim_score_actor_box(const sim_episode *e, int frame, int slot) {
  size_t at = sim_episode_row(e, frame) + (size_t)slot;
  return (sim_box){.x_m = e->actor_x_m[at],
                   .y_m = e->actor_y_m[at],
                   .ahead_x = (double)e->actor_ahead_x[at],
                   .ahead_y = (double)e->actor_ahead_y[at],
                   .half_length_m = (double)e->actor_length_m[slot] / 2,
                   .half_width_m = (double)e->actor_width_m[slot] / 2};
}

sim_box sim_score_object_box(const sim_episode *e, int k) {
  return (sim_box){.x_m = e->object_x_m[k],
                   .y_m = e->object_y_m[k],
                   .ahead_x = (double)e->object_ahead_x[k],
                   .ahead_y = (double)e->object_ahead_y[k],
                   .half_length_m = (double)e->object_length_m[k] / 2,
                   .half_width_m = (double)e->object_width_m[k] / 2};
}

int sim_score_side(const sim_episode *e, const sim_score_ego *ego, int frame, double x, double y) {
  double back = e->ego_rear_to_centre_m;
  double dx = x - e->ego_x_m[frame] + back * ego->ahead_x[frame];
  double dy = y - e->ego_y_m[frame] + back * ego->ahead_y[frame];
  double along = dx * ego->ahead_x[frame] + dy * ego->ahead_y[frame];
  if (along * along <= COS2_30 * (dx * dx + dy * dy))
    return 0;
  return along > 0 ? 1 : -1;
}

void sim_score_ego_fill(sim_score_ego *out, const sim_episode *e) {
  double d = e->ego_rear_to_centre_m;
  for (int k = 0; k < e->count; k++) {
    double turn = e->ego_yaw_radps[k], before = k ? e->ego_yaw_radps[k - 1] : turn;
    out->ahead_x[k] = cos(e->ego_yaw_rad[k]);
    out->ahead_y[k] = sin(e->ego_yaw_rad[k]);
    out->speed_mps[k] = hypot(e->ego_ahead_mps[k], e->ego_left_mps[k]);
    out->ahead_mps2[k] = e->ego_ahead_mps2[k] - turn * turn * d;
    out->left_mps2[k] = e->ego_left_mps2[k] + (turn - before) / e->step_s * d;
  }
}

// A pair that touches in a frame. vx, vy: of the other.
static void add(sim_contacts *out, const sim_episode *e, const sim_score_ego *ego, int frame,
                int who, const sim_box *box, double vx, double vy) {
  int index = sim_contact_index(e, who);
  if (out->last_touch[index] == frame + 1) // its body, before its door or its trailer
    return;
  if (out->count == out->capacity) {
    out->lost++;
    return;
  }
  thing_kind kind = (thing_kind)(who >= 0 ? e->actor_kind[who] : e->object_kind[-1 - who]);
  sim_contact c = {.frame = frame,
                   .who = who,
                   .group = (uint8_t)sim_contact_group_of(kind),
                   .kind = (uint8_t)kind,
                   .begins = frame == 0 || out->last_touch[index] != frame,
                   .first = out->first_touch[index] == 0};
  out->last_touch[index] = frame + 1;
  if (c.first)
    out->first_touch[index] = frame + 1;
  sim_box own = sim_score_ego_box(e, ego, frame), front = own;
  front.x_m += own.half_length_m * own.ahead_x;
  front.y_m += own.half_length_m * own.ahead_y;
  front.half_length_m = 0;
  if (ego->speed_mps[frame] <= STOPPED_MPS)
    c.type = SIM_CONTACT_STOPPED_EGO;
  else if (hypot(vx, vy) <= STOPPED_MPS)
    c.type = SIM_CONTACT_STOPPED_OTHER;
  else if (sim_score_side(e, ego, frame, box->x_m, box->y_m) < 0)
    c.type = SIM_CONTACT_REAR;
  else if (sim_boxes_meet(&front, box))
    c.type = SIM_CONTACT_FRONT;
  else
    c.type = SIM_CONTACT_LATERAL;
  c.at_fault = c.type == SIM_CONTACT_STOPPED_OTHER || c.type == SIM_CONTACT_FRONT ||
               (c.type == SIM_CONTACT_LATERAL && !(e->ego_marks[frame] & SIM_EGO_IN_LANE));
  double side = e->ego_left_mps[frame] + e->ego_yaw_radps[frame] * e->ego_rear_to_centre_m;
  double ex = e->ego_ahead_mps[frame] * own.ahead_x - side * own.ahead_y;
  double ey = e->ego_ahead_mps[frame] * own.ahead_y + side * own.ahead_x;
  bool door = who >= 0 && e->actor_body[who] != who && kind != THING_TRAILER;
  double mass = door ? DOOR_KG : sim_contact_mass_kg(kind);
  double share = 1 / (1 + sim_contact_mass_kg(THING_CAR) / mass);
  c.delta_v_mps = share * hypot(vx - ex, vy - ey);
  out->all[out->count++] = c;
}

static void find_in_frame(sim_contacts *out, const sim_episode *e, const sim_score_ego *ego,
                          int frame) {
  sim_box own = sim_score_ego_box(e, ego, frame);
  double radius = hypot(own.half_length_m, own.half_width_m);
  size_t row = sim_episode_row(e, frame);
  for (int i = 0; i < e->actor_count; i++) {
    size_t at = row + (size_t)i;
    double dx = e->actor_x_m[at] - own.x_m, dy = e->actor_y_m[at] - own.y_m;
    // A box is within half of the sum of its sides.
    double reach = radius + ((double)e->actor_length_m[i] + (double)e->actor_width_m[i]) / 2;
    if (dx * dx + dy * dy > reach * reach || !(e->actor_marks[at] & SIM_ACTOR_HERE) ||
        !sim_contact_counts((thing_kind)e->actor_kind[i]))
      continue;
    sim_box box = sim_score_actor_box(e, frame, i);
    if (sim_boxes_meet(&own, &box))
      add(out, e, ego, frame, i, &box, (double)e->actor_x_mps[at], (double)e->actor_y_mps[at]);
  }
  for (int k = 0; k < e->object_count; k++) {
    double dx = e->object_x_m[k] - own.x_m, dy = e->object_y_m[k] - own.y_m;
    double reach = radius + ((double)e->object_length_m[k] + (double)e->object_width_m[k]) / 2;
    if (dx * dx + dy * dy > reach * reach)
      continue;
    sim_box box = sim_score_object_box(e, k);
    if (sim_boxes_meet(&own, &box))
      add(out, e, ego, frame, -1 - k, &box, 0, 0);
  }
}

void sim_contacts_find(sim_contacts *out, const sim_episode *e, const sim_score_ego *ego) {
  out->count = out->lost = 0;
  size_t bodies = (size_t)(e->def.actors + e->def.objects);
  memset(out->first_touch, 0, sizeof *out->first_touch * bodies);
  memset(out->last_touch, 0, sizeof *out->last_touch * bodies);
  for (int k = 0; k < e->count; k++) {
    out->frame_first[k] = out->count;
    find_in_frame(out, e, ego, k);
  }
  out->frame_first[e->count] = out->count;
}
