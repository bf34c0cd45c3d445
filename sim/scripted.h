// SPDX-License-Identifier: Apache-2.0
// A script's actors in motion: what their behaviours order, carried out by the bodies. Orders
// override drivers and feet, never grip or engines. For the files of this folder only.
#ifndef SIM_SCRIPTED_H
#define SIM_SCRIPTED_H

#include "base/arena.h"
#include "scenes/behaviour.h"
#include "sim/sight.h"

struct sim_world;

/// A body beside the lanes: a scripted vehicle that is parked, or goes where lanes don't.
#define SIM_BESIDE 2

/// Shape (count) by the number of the actor, unless said otherwise.
typedef struct sim_scripted {
  int count;
  int vehicle_count, person_count; // scripted ones are the first of the world's
  int number_of_vehicle[ACTORS_MAX], number_of_person[ACTORS_MAX];
  behaviours *minds; // NULL when nobody behaves
  behaviour_view *view;
  behaviour_order *orders;
  uint32_t *along_done, *across_done;             // serials
  uint32_t *along_seen, *across_seen, *path_seen; // of the orders begun
  double *shift_from_m, *shift_done;              // of a shift: where it began, 0..1
  int *next_point;                                // of a path
  double *path_x_m, *path_y_m;                    // where its present piece began
  double *speed_mps;                              // of people
  uint32_t *door_seen;                            // serial of the door's order begun
  double *door_rad, *door_before_rad;             // of driver's doors; before: the last step
  double *door_left_s;                            // of the order
} sim_scripted;

bool sim_scripted_create(struct sim_world *w);
/// Starts the behaviours.
status sim_scripted_start(struct sim_world *w, trouble *why);
void sim_scripted_destroy(struct sim_world *w);
/// Asks the behaviours for orders and begins new ones. STATUS_RANGE, … with the script's line.
status sim_scripted_decide(struct sim_world *w, trouble *why);
/// Afterwards: which orders are carried out.
void sim_scripted_settle(struct sim_world *w);
uint64_t sim_scripted_hash(const struct sim_world *w, uint64_t hash);

/// Number of the actor that a vehicle, or a person, is; -1 for those of the random traffic.
static inline int sim_actor_of_vehicle(const sim_scripted *scripted, int vehicle) {
  return vehicle < scripted->vehicle_count ? scripted->number_of_vehicle[vehicle] : -1;
}
static inline int sim_actor_of_person(const sim_scripted *scripted, int person) {
  return person < scripted->person_count ? scripted->number_of_person[person] : -1;
}

/// The acceleration of vehicle i: its driver's, or what its order makes of it.
double sim_scripted_accelerate(const struct sim_world *w, int vehicle, double a_mps2);
/// True for a vehicle that changes lanes on order only.
bool sim_scripted_keeps_lane(const struct sim_world *w, int vehicle);
/// Seconds of the lane change that a vehicle is told to make; 0: as its driver does.
double sim_scripted_change_time(const struct sim_world *w, int vehicle);
/// How far left of its lane's middle a scripted vehicle keeps after a step.
double sim_scripted_shift(const struct sim_world *w, int vehicle);
/// turn_kind that a vehicle takes at junctions; -1: any.
int sim_scripted_route(const struct sim_world *w, int vehicle);
/// What a vehicle beside the lanes takes up along the route of vehicle i. False when it isn't there
/// within sight_m.
bool sim_scripted_sight(const struct sim_world *w, int i, int other, double sight_m, sim_span *out);
/// Moves a vehicle beside the lanes, and a person off the walk graph, by a step.
void sim_scripted_roll(struct sim_world *w, int vehicle);
void sim_scripted_walk(struct sim_world *w, int person);
/// sim/scripted_door.c: moves doors by a step; a vehicle's door late_ns before now, 0 without.
void sim_doors_move(struct sim_world *w);
double sim_door_at(const struct sim_world *w, int vehicle, int64_t late_ns);
/// The vehicles of a scene whose door may open, in its actors' order: how many, and the n-th one.
int sim_door_count(const scene *s);
int sim_door_vehicle(const scene *s, int n);
/// The acceleration that not driving into bodies beside the lanes, people off the walks and driven
/// vehicles off their path leaves.
double sim_scripted_give_way(const struct sim_world *w, int vehicle, double a_mps2, double a_free,
                             double sight_m);

#endif
