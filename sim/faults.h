// SPDX-License-Identifier: Apache-2.0
// What went wrong in an episode and when, for those who show it to people: the moments that its
// scores count against the ego, taken from the same record and scores.
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include "sim/scores.h"

// The graver, the earlier.
typedef enum sim_fault_kind {
  SIM_FAULT_CRASH,     // a first contact that is the ego's fault (sim/score_contact.h)
  SIM_FAULT_HIT,       // one that isn't
  SIM_FAULT_RED,       // passed a stop line at red
  SIM_FAULT_STOP,      // passed an all-way stop without having stood
  SIM_FAULT_OFF_ROAD,  // a corner got 0.3 m off the drivable area (nuPlan's DAC)
  SIM_FAULT_WRONG_WAY, // headed against its lane for a second or longer
  SIM_FAULT_KINDS
} sim_fault_kind;

typedef struct sim_fault {
  int frame; // in which it began
  sim_fault_kind kind;
  uint32_t who; // id of whom it touched, 0 for others; then
  thing_kind kind_of_who;
} sim_fault;

/// A few words for people, such as "ran a red light"; never NULL.
const char *sim_fault_text(sim_fault_kind kind);

/// The faults of a surveyed record with the scores that were run on it, by frame; how many there
/// are in `out`. Of more than `most` the gravest kinds, and of a kind its first.
int sim_faults_find(const sim_episode *e, const sim_scores *scores, sim_fault *out, int most);

#endif
