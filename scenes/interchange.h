// SPDX-License-Identifier: Apache-2.0
// Interchanges: what their kinds share. Private to scenes/interchange_*.c and
// place_interchange.c.
#ifndef SCENES_INTERCHANGE_H
#define SCENES_INTERCHANGE_H

#include "scenes/overpass.h"

/// The motorway as a highway's definition.
highway_def interchange_motorway(const interchange_def *def);

/// Whether the motorway lies over the road that crosses it.
bool interchange_motorway_over(const interchange_def *def);
/// Heights and bridge of a straight motorway that lies over what crosses it in its middle: it is
/// high up to level_m from there, bridge_m of it a bridge, and comes down beyond. Returns how far
/// from the middle that takes.
double interchange_raise(highway_line *line, double level_m, double bridge_m, double limit_mps);

/// Roads and junctions of a kind, the crossing in the origin and the motorway along x.
/// STATUS_RANGE with the field that leaves no room.
status interchange_diamond(road_builder *b, const interchange_def *def, rng *r, trouble *why);
status interchange_trumpet(road_builder *b, const interchange_def *def, rng *r, trouble *why);
status interchange_cloverleaf(road_builder *b, const interchange_def *def, rng *r, trouble *why);

/// Appends a bend to a ramp, positive to the left, with spirals of that length or what there is
/// room for. From a fork, or to one, it has some of its curvature at once.
void interchange_bend(highway_ramp *ramp, double turn_rad, double radius_m, double spiral_m,
                      bool from_fork, bool to_fork);
/// Appends the part in a fork at its far end.
void interchange_ramp_fork(highway_ramp *ramp);
road_place interchange_ramp_end(const highway_ramp *ramp);
/// How fast verges may grow beside a ramp that parts from its highway in such a bend.
double interchange_verge_rate(double radius_m, double spiral_m);
/// Its heights from one to the other, level at both ends. False when that is too steep or bends
/// too much for the limit.
bool interchange_climb(highway_ramp *ramp, double from_m, double to_m, double limit_mps);
/// What AASHTO's table gives for a radius in whole tens of km/h, or `most_mps` if that is less.
double interchange_limit(double radius_m, double most_mps);

#endif
