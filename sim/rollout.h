// SPDX-License-Identifier: Apache-2.0
// An episode as it goes on: a scene in which somebody else drives the ego. Decisions are
// ROADLOOM_DT_S apart; each sees the scene through roadloom/policy.h and says what to do until
// the next. What happens is recorded frame by frame, a frame a decision (sim/episode.h).
//
// Terminated, as gymnasium has it, is an episode that ended by what happened in it: goal, crash,
// off route, off road, blocked, or a failure of the policy; truncated is one whose time was up.
// The same scene, def and actions give the same states bit for bit.
#ifndef SIM_ROLLOUT_H
#define SIM_ROLLOUT_H

#include "roadloom/policy.h"
#include "sim/drive.h"
#include "sim/episode.h"
#include "sim/snapshot.h"

typedef enum sim_traffic {
  SIM_TRAFFIC_REACTIVE, // others drive by what they see, the ego among it
  SIM_TRAFFIC_LOG,      // others do what they do when the scene's own driver drives the ego
  SIM_TRAFFIC_COUNT
} sim_traffic;

enum { SIM_LATENCY_MOST = 20 }; // decisions

typedef struct sim_rollout_def {
  sim_traffic traffic;
  double duration_s; // NaN: the scene's
  double goal_m;     // along the way; NaN: 0.6 of what the speed limits allow in that time
  int latency;       // decisions after which one takes effect, 0 .. SIM_LATENCY_MOST
  bool wants_log;    // the route shows what the scene's own driver does
  bool drives_on;    // a crash ends nothing
  body_dynamics by;  // BODY_RAILS: the scene's, or kinematic where that is rails
  int plan_points;   // of plans that the record keeps, 0: none
  bool film;         // sim_rollout_seen is there
} sim_rollout_def;

/// Reactive traffic, the scene's duration, the usual goal, no latency, no log, ends by a crash,
/// plans of 4 s.
sim_rollout_def sim_rollout_def_default(void);

typedef struct sim_rollout sim_rollout;

/// Builds an episode of `s`, which must outlive it, and its first frame. One thread at a time.
/// Release with sim_rollout_destroy.
/// STATUS_RANGE: step_s of the scene doesn't divide ROADLOOM_DT_S, the ego isn't on a lane, or the
/// def makes no sense; STATUS_LIMIT: too long a way; STATUS_MEMORY; and what a script's behaviour
/// does wrong.
status sim_rollout_create(sim_rollout **out, const scene *s, const sim_rollout_def *def,
                          trouble *why);
void sim_rollout_destroy(sim_rollout *r);
/// From the begin again: the same episode bit for bit as a new rollout, but faster where the
/// scene's actors don't behave. The record is begun anew.
status sim_rollout_restart(sim_rollout *r, trouble *why);

/// The way in the world frame, for a policy's reset. Valid as long as the rollout.
const roadloom_route *sim_rollout_route(const sim_rollout *r);
/// What the ego sees now.
void sim_rollout_observe(sim_rollout *r, uint32_t env, roadloom_observation *out);
/// What sensors may have seen by now: the interval that the last step took, whose end is now. At
/// the episode's begin one as long in which everything stands. frame is that of the step, from 0
/// on. Valid until the next step. NULL unless the def asks for it, which changes no state.
const sim_snapshot *sim_rollout_seen(const sim_rollout *r);
/// Takes a decision and goes on to the next one. An action that is no good ends the episode, which
/// is no failure here. STATUS_CONFLICT: it has ended before; else what a script's behaviour does
/// wrong.
status sim_rollout_step(sim_rollout *r, const roadloom_action *action, trouble *why);
/// Takes a step with a command of an earlier run (sim_rollout_command) in a decision's place.
/// Nothing ends the episode then but its time.
status sim_rollout_repeat(sim_rollout *r, const single_track_command *command, trouble *why);
/// Ends the episode for a reason from outside: a policy that hung, died, ...
void sim_rollout_end(sim_rollout *r, sim_end end, const char *text);

/// SIM_END_OPEN while it goes on.
sim_end sim_rollout_ended(const sim_rollout *r);
/// How far along the way its rear axle is; the goal is at goal_m of the route.
double sim_rollout_along(const sim_rollout *r);
/// Decisions taken.
int sim_rollout_steps(const sim_rollout *r);
/// What was steered and accelerated by in the last step, after the tracker.
void sim_rollout_command(const sim_rollout *r, single_track_command *out);
/// XXH3 of the moving state after the last step.
uint64_t sim_rollout_hash(const sim_rollout *r);
/// The record, of which sim_episode_survey is still to be called once it has ended.
sim_episode *sim_rollout_record(sim_rollout *r);
/// Most decisions that it can have.
int sim_rollout_most(const sim_rollout *r);

#endif
