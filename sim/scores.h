// SPDX-License-Identifier: Apache-2.0
// The scores of one episode. Each is a pure function of the record (sim/episode.h) after its
// survey: same record, same bits. docs/scores.md tells what each is, where it is from and in what
// it differs from there.
//
// A sim_scores owns the arrays of results and of what the scores share; it is made once for
// records of a size and used for any number of episodes. One thread at a time; nothing allocates
// after creation. What has no value is NaN: a score of progress without a reference, a mean over
// no frames. Times that never come are INFINITY.
#ifndef SIM_SCORES_H
#define SIM_SCORES_H

#include "sim/episode.h"
#include "sim/score_carla.h"
#include "sim/score_comfort.h"
#include "sim/score_contact.h"
#include "sim/score_criticality.h"
#include "sim/score_navsim.h"
#include "sim/score_nuplan.h"
#include "sim/score_r157.h"

typedef struct sim_scores {
  arena *memory;
  sim_episode_def def; // what it was made for
  bool whole;          // the last record's motion was all numbers; else nothing has a value
  sim_score_ego ego;
  sim_contacts contacts;
  sim_comfort comfort;
  sim_nuplan_like nuplan_like;
  sim_navsim navsim;
  sim_carla carla;
  sim_criticality criticality;
  sim_r157 r157;
} sim_scores;

/// Room for the scores of records of that size. STATUS_MEMORY. Release with sim_scores_destroy.
status sim_scores_create(sim_scores **out, const sim_episode_def *def, trouble *why);
/// NULL is ignored.
void sim_scores_destroy(sim_scores *scores);

/// All scores of a record, which is no larger than what `scores` was made for, has at least one
/// frame and is surveyed. STATUS_RANGE, with nothing changed, otherwise.
status sim_scores_run(sim_scores *scores, const sim_episode *e, trouble *why);

/// A number of the results with its name, for tables: "nuplan_like", "nuplan_like.nc", ...
typedef struct sim_score_value {
  const char *name;
  double value;
} sim_score_value;
enum { SIM_SCORE_VALUES = 96 };
/// All single numbers of the results in a fixed order; their number, at most SIM_SCORE_VALUES. All
/// of them are NaN where somebody's motion in the record isn't a number: what is found by comparing
/// would pass it by.
int sim_scores_values(const sim_scores *scores, sim_score_value out[SIM_SCORE_VALUES]);
/// Whether a name is that of a score as its authors publish it, and no part of one: those that
/// tables begin with and intervals are given for.
bool sim_score_is_whole(const char *name);

#endif
