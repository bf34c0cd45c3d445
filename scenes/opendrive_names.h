// SPDX-License-Identifier: Apache-2.0
// What OpenDRIVE calls the things of the road model, for the writer and the reader.
#ifndef SCENES_OPENDRIVE_NAMES_H
#define SCENES_OPENDRIVE_NAMES_H

#include "scenes/road.h"

/// Types of signals in OpenDRIVE's own catalogue, and the German one's stop line.
#define OPENDRIVE_LIGHT "1000001"
#define OPENDRIVE_WALK_LIGHT "1000002"
#define OPENDRIVE_ARROW_LIGHT "1000011" // its subtype says which way
#define OPENDRIVE_TO_LEFT "10"
#define OPENDRIVE_TO_RIGHT "20"
#define OPENDRIVE_STOP_LINE "294"

/// Codes of the <userData> that keeps what OpenDRIVE has no words for.
#define OPENDRIVE_RANK "roadloom.rank"       // of a connecting road: larger goes first
#define OPENDRIVE_TURN "roadloom.turn"       // of a connecting road: turn_kind
#define OPENDRIVE_KIND "roadloom.kind"       // of a junction: who goes first there
#define OPENDRIVE_MIDDLE "roadloom.middle"   // of a junction: "x y"
#define OPENDRIVE_PROGRAM "roadloom.program" // of a junction: "seconds colours, …"

/// The type of <lane> and the type of <road> that the writer uses.
const char *opendrive_lane_name(const road_lane *lane);
const char *opendrive_road_name(road_class class);
const char *opendrive_mark_name(mark_kind kind);
const char *opendrive_junction_name(junction_kind kind);
/// Colours of signals in a program: one letter each, "-rYGy" by signal_color.
extern const char opendrive_colors[];

/// What the reader makes of a name. `note` says what is lost by it, NULL when nothing is.
typedef struct opendrive_meaning {
  const char *name;
  int value;
  const char *note;
} opendrive_meaning;

/// The restriction of <access> that stands for a lane_user bit, and back; 0 for others.
const char *opendrive_user_name(int user);
int opendrive_user(const char *name);

/// NULL when the name isn't known.
const opendrive_meaning *opendrive_lane_type(const char *name);
const opendrive_meaning *opendrive_road_class(const char *name);
const opendrive_meaning *opendrive_mark_kind(const char *name);
/// -1 when the name isn't known.
int opendrive_junction_kind(const char *name);

#endif
