// SPDX-License-Identifier: Apache-2.0
// What goes along with somebody: a pram ahead, a dog at heel. It is where its owner's body and
// facing put it; who meets it meets its owner.
#include "base/least.h"
#include "base/rng.h"
#include "scenes/person.h"
#include "sim/state.h"

#include <math.h>

static const double PRAM_TURN_RADPS = 1.2; // slower than the body alone: nobody is swept away
static const double DOG_TURN_RADPS = 2.5;
static const double CYCLE_PER_HEIGHT = 2.2; // two steps of a dog's trot, by its height

void sim_company_shift(sim_people *people, int i, double dx, double dy) {
  people->x_m[i] += dx, people->y_m[i] += dy;
  people->moved_in[people->cell[i]] = people->round;
  int along = people->company[i];
  if (along >= 0) {
    people->x_m[along] += dx, people->y_m[along] += dy;
    people->moved_in[people->cell[along]] = people->round;
  }
}

// The ground under it: on the owner's way, so far ahead or behind.
static double ground(const sim_world *w, int owner, double ahead_m) {
  const sim_people *people = &w->people;
  const walk_edge *edge = &w->net->walk_edges[people->edge[owner] - 1];
  const sim_track *track = &w->lanes.edges[edge->id - 1];
  double s = people->s_m[owner] + ahead_m * people->direction[owner];
  double there = sim_track_plain(track, least_of(edge->length_m, most_of(0, s))).z_m;
  double here = sim_track_plain(track, people->s_m[owner]).z_m;
  return people->z_m[owner] + there - here;
}

void sim_company_place(sim_world *w, int owner) {
  sim_people *people = &w->people;
  int i = people->company[owner];
  double c = cos(people->yaw_rad[owner]), s = sin(people->yaw_rad[owner]);
  double ahead = people->ahead_m[i], left = people->left_m[i];
  people->x_m[i] = people->x_m[owner] + ahead * c - left * s;
  people->y_m[i] = people->y_m[owner] + ahead * s + left * c;
  people->z_m[i] = ground(w, owner, ahead);
  people->yaw_rad[i] = people->yaw_rad[owner];
  people->vx_mps[i] = people->vx_mps[owner], people->vy_mps[i] = people->vy_mps[owner];
}

void sim_company_turn(sim_world *w, int owner) {
  sim_people *people = &w->people;
  bool pram = w->scene->people[people->company[owner]].thing == THING_PRAM;
  sim_people_turn(people, owner, people->aim_rad[owner], pram ? PRAM_TURN_RADPS : DOG_TURN_RADPS,
                  w->step_s);
  sim_company_place(w, owner);
}

void sim_company_follow(sim_world *w, int i) {
  sim_people *people = &w->people;
  const sim_place *before = &people->before[i];
  double way = hypot(people->x_m[i] - before->x_m, people->y_m[i] - before->y_m);
  people->gait[i] += way / (CYCLE_PER_HEIGHT * people->height_m[i]);
  people->gait[i] -= floor(people->gait[i]);
  int owner = people->along[i];
  people->vx_mps[i] = people->vx_mps[owner], people->vy_mps[i] = people->vy_mps[owner];
}

void sim_company_join(sim_world *w, int i) {
  sim_people *people = &w->people;
  const scene_person *from = &w->scene->people[i];
  int owner = people->along[i];
  const walk_edge *edge = &w->net->walk_edges[people->edge[owner] - 1];
  double height = w->scene->people[owner].size_m[2];
  people->company[owner] = i;
  people->wish_m[owner] = INFINITY; // crosses where ways cross
  people->height_m[i] = most_of(0.2, from->size_m[2]);
  people->body_m[i] = person_body(from->thing, from->size_m);
  person_along(from->thing, height, &people->ahead_m[i], &people->left_m[i]);
  people->reach_m[owner] =
      most_of(0, people->ahead_m[i] + people->body_m[i] - people->body_m[owner]);
  // So far aside that it still has its place on the way.
  double room = edge->width_m / 2 - 0.3 - people->body_m[i] - people->left_m[i];
  people->keep_aside[owner] = least_of(people->keep_aside[owner], most_of(0, room));
  rng r = rng_at(w->scene->seed, RNG_COMPANY, w->scene->index, from->id, UINT32_MAX);
  people->gait[i] = rng_unit(&r);
  sim_company_place(w, owner);
  people->before[i] = sim_person_place(w, i);
}
