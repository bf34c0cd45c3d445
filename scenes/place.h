// SPDX-License-Identifier: Apache-2.0
// Places: from a definition's numbers to roads and junctions.
#ifndef SCENES_PLACE_H
#define SCENES_PLACE_H

#include "base/rng.h"
#include "base/status.h"
#include "scenes/road_builder.h"
#include "scenes/scene_def.h"

/// Builds the roads of `def`'s place into an empty builder and derives its lane and walk
/// graph. Equal def and stream, equal network. STATUS_RANGE when the definition can't be
/// met, e.g. blocks too short for their corners; STATUS_MEMORY.
status place_build(road_builder *b, const scene_def *def, rng *r, trouble *why);

/// Roads and junctions of one place, without what is derived from them. Generators build for
/// traffic on the right whatever `left_hand` says; extracts are read as in a mirror where it is
/// set, and OpenDRIVE maps know their side themselves.
status place_lay(road_builder *b, place_ref of, bool left_hand, rng *r, trouble *why);
status place_grid_city(road_builder *b, const grid_city_def *def, rng *r, trouble *why);
status place_highway(road_builder *b, const highway_def *def, rng *r, trouble *why);
status place_intersection(road_builder *b, const intersection_def *def, rng *r, trouble *why);
status place_straight(road_builder *b, const single_road_def *def, rng *r, trouble *why);
status place_curve(road_builder *b, const single_road_def *def, rng *r, trouble *why);
status place_town(road_builder *b, const town_def *def, rng *r, trouble *why);
status place_rural(road_builder *b, const rural_def *def, rng *r, trouble *why);
status place_interchange(road_builder *b, const interchange_def *def, rng *r, trouble *why);
status place_parking(road_builder *b, const parking_def *def, rng *r, trouble *why);
status place_compose(road_builder *b, const compose_def *def, rng *r, trouble *why);
status place_roundabout(road_builder *b, const roundabout_def *def, rng *r, trouble *why);

/// Makes the arm nearest to a heading and the one most opposite to it the major road.
void junction_plan_major(junction_plan *plan, const road_arm *arms, int count, double heading_rad);

/// Width of lanes for bicycles.
#define STREET_BIKE_LANE_M 1.5

/// What the cross-section of a town street depends on.
typedef struct street_style {
  int lanes; // per direction
  double lane_width_m;
  double sidewalk_m; // 0: a country road, verges beside a narrow shoulder
  double speed_limit_mps;
  bool parking;
  bool bikes;        // a lane for bicycles beside the outermost lane
  bool buses;        // of two lanes or more the outermost is for buses, but before junctions
  bool major;        // a through road
  bool bulb_end;     // ends in a turning circle, without room for a crossing
  bool open_ends;    // nothing to widen for at its ends
  bool leads_out;    // no junction at its end
  int one_way;       // +1: all of `lanes` run from its start to its end, -1: back; 0: both ways
  bool left_lane[2]; // wanted for left turns at its start and its end, if it is long enough
} street_style;

/// Half widths at one of a street's ends, to its kerb and to its outer border.
double street_kerb_m(const street_style *style, bool at_end);
double street_outer_m(const street_style *style);
/// The profile of a street of that length, its ends widened for corners and crossings.
void street_profile(road_profile *out, const street_style *style, double length_m);
/// A town street from one junction arm's end to another's: straight for the crossings at both
/// ends, smooth between, through `corners` if any. Returns the road's id, the first one's where
/// lanes for left turns or buses cut it; 0 when out of memory.
int street_add(road_builder *b, const street_style *style, const road_place *from,
               const road_place *to, const road_corner_point *corners, int corner_count);

/// The street along given pieces; widened at its ends unless the style's ends are open. Returns
/// the road's id; 0 when out of memory.
int street_from_pieces(road_builder *b, const street_style *style, const road_geometry *pieces,
                       int count);

/// The outermost of a side's driving lanes, +1 left or -1 right, is for buses from now on; for
/// bicycles too where they have no lane of their own. A side's only lane stays as it is.
void street_reserve(road_builder *b, const road *r, int side, bool bikes);

/// The last of the roads that a street is made of, which begins with the given one.
int street_last(const road_builder *b, int road);

/// Least radius of a curve for a speed at 6 % superelevation (AASHTO's table, interpolated).
double place_least_radius(double speed_mps);
/// The other way round: the speed that a radius allows.
double place_greatest_speed(double radius_m);

#endif
