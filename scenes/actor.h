// SPDX-License-Identifier: Apache-2.0
// Scripted actors as a definition has them: what they are and where they begin, as plain
// data. What they do is a coroutine of the script (scenes/behaviour.h).
#ifndef SCENES_ACTOR_H
#define SCENES_ACTOR_H

#include <stdbool.h>

#include "scenes/body.h"
#include "scenes/rig.h"

enum { ACTORS_MAX = 32, ACTOR_WHERE = 80 }; // the ego among them

/// What an actor's place is counted from, along the road of the one it refers to.
typedef enum actor_relation {
  ACTOR_BESIDE, // ahead_m from middle to middle
  ACTOR_AHEAD,  // gap_m from its front to this one's rear
  ACTOR_BEHIND  // gap_m from this one's front to its rear
} actor_relation;

/// A place relative to another actor. Straight on at junctions unless `way` says otherwise.
typedef struct actor_place {
  int of; // number of the other actor, 0 the ego
  actor_relation relation;
  double ahead_m, gap_m;
  double side_m;         // to the left of that lane's middle; NaN: by kerb_m
  double kerb_m;         // to the side that traffic keeps to; NaN: by side_m
  double overlap;        // of the other's width that it covers, moved to the left; negative: to the
                         //   right; NaN: by side_m or kerb_m
  char lane[RIG_NAME];   // same, left, right, oncoming, kerb, sidewalk
  char way[RIG_NAME];    // straight, left, right
  char facing[RIG_NAME]; // along, against, across: towards the middle of the lane
  double heading_rad;    // against that, left positive
} actor_place;

/// Somebody whom a script places and tells what to do. Number 0 is the ego, which is placed by
/// the fields of ego_place instead.
typedef struct actor_def {
  char kind[RIG_NAME];                // car van truck bus motorcycle bicycle pedestrian deer
  char age[RIG_NAME];                 // of people: adult, child
  char dress[RIG_NAME];               // of people: drawn, worker
  char driver[RIG_NAME];              // constant, idm
  char route[RIG_NAME];               // at junctions: any, straight, left, right
  double length_m, width_m, height_m; // NaN: drawn
  double speed_mps;                   // at the beginning; NaN: what the road asks for, people stand
  bool behaves;                       // has a behaviour
  body_def body;                      // its look, of asset(); or none
  actor_place at;
  char where[ACTOR_WHERE]; // "town.lua:4: ", where it is in the script
} actor_def;

/// Something that stands where a script puts it, with a mesh of its user's.
typedef struct prop_def {
  body_def body;
  actor_place at;
  char where[ACTOR_WHERE];
} prop_def;

/// A car without a place or a behaviour.
actor_def actor_def_default(void);

/// Where the ego begins.
typedef struct ego_place {
  char lane[RIG_NAME]; // any, kerb: the one at the kerb, middle: between two, centre: at the centre
  char arm[RIG_NAME];  // of the junction ahead: any, major: goes first, minor: gives way
  double start_m;      // of its middle from the lane's begin; NaN: drawn
  double before_junction_m; // from its front to the stop line; NaN: anywhere
  double before_works_m;    // from its front to where works begin to close its lane; NaN: anywhere
  double green_at_s;        // when the lights that it comes to turn green; NaN: by chance
} ego_place;

#endif
