// SPDX-License-Identifier: Apache-2.0
// Who touched the ego's box, when, how, and whose fault it is by nuPlan's rules.
//
// Source: nuPlan devkit 1.2, no_ego_at_fault_collisions. In this order: the ego stands (<= 0.05
// m/s): not its fault. The other stands (<= 0.05 m/s): its fault. The other's middle is more than
// 150 degrees away from the ego's heading, seen from its rear axle: not. The ego's front edge
// touches the other: its fault. Else it is lateral: its fault when it isn't within one lane.
#ifndef SIM_SCORE_CONTACT_H
#define SIM_SCORE_CONTACT_H

#include "sim/episode.h"
#include "sim/score_box.h"

/// What all scores need of the ego, each (frames).
typedef struct sim_score_ego {
  double *ahead_x, *ahead_y;      // unit vector of its heading
  double *speed_mps;              // of its rear axle, as nuPlan's
  double *ahead_mps2, *left_mps2; // acceleration of its box's middle, in its frame
} sim_score_ego;

typedef enum sim_contact_type {
  SIM_CONTACT_STOPPED_EGO,
  SIM_CONTACT_STOPPED_OTHER,
  SIM_CONTACT_REAR,
  SIM_CONTACT_FRONT,
  SIM_CONTACT_LATERAL,
  SIM_CONTACT_TYPES
} sim_contact_type;

/// nuPlan's groups: people, and who rides on two wheels, motorcycles among them; vehicles; objects
/// and animals.
typedef enum sim_contact_group {
  SIM_GROUP_VULNERABLE,
  SIM_GROUP_VEHICLE,
  SIM_GROUP_OBJECT,
  SIM_GROUPS
} sim_contact_group;

/// One frame in which somebody touches the ego.
typedef struct sim_contact {
  int frame;
  int who;            // slot of an actor; of an object -1 - its index
  uint8_t type;       // sim_contact_type in this frame
  uint8_t group;      // sim_contact_group
  uint8_t kind;       // thing_kind
  bool at_fault;      // the ego's, by the type in this frame
  bool begins;        // they didn't touch in the frame before
  bool first;         // they never touched before
  double delta_v_mps; // change of the ego's velocity in a plastic impact, by masses of the kinds
} sim_contact;

enum { SIM_CONTACTS_A_FRAME = 8 };
typedef struct sim_contacts {
  int count, capacity; // capacity: SIM_CONTACTS_A_FRAME for each frame
  int lost;            // that there was no more room for
  sim_contact *all;    // by frame
  int *frame_first;    // (frames + 1) into all
  int *first_touch;    // (actors + objects) 1 + first frame in which it touched, 0 never; by
                       // sim_contact_index
  int *last_touch;     // (actors + objects) 1 + last such frame
} sim_contacts;

sim_contact_group sim_contact_group_of(thing_kind kind);
/// Whether a contact with it is one at all: leashes are not.
bool sim_contact_counts(thing_kind kind);
/// Mass of a body of that kind for delta-v, kg; INFINITY of what is fixed to the ground.
double sim_contact_mass_kg(thing_kind kind);

/// The boxes of a frame.
sim_box sim_score_ego_box(const sim_episode *e, const sim_score_ego *ego, int frame);
sim_box sim_score_actor_box(const sim_episode *e, int frame, int slot);
sim_box sim_score_object_box(const sim_episode *e, int object);

/// 1: within 30 degrees of the ego's heading seen from its rear axle, -1: more than 150 degrees
/// away from it, 0: between.
int sim_score_side(const sim_episode *e, const sim_score_ego *ego, int frame, double x_m,
                   double y_m);

/// Index of an actor, an object or a door's or trailer's vehicle in first_touch and last_touch.
static inline int sim_contact_index(const sim_episode *e, int who) {
  return who >= 0 ? e->actor_body[who] : e->def.actors - 1 - who;
}

void sim_score_ego_fill(sim_score_ego *out, const sim_episode *e);
void sim_contacts_find(sim_contacts *out, const sim_episode *e, const sim_score_ego *ego);

#endif
