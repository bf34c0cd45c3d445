// SPDX-License-Identifier: Apache-2.0
// Reading the road model in more detail than scenes/road.h offers: what builders,
// furnishing and the ground's mesh share. Plain functions over a const network.
#ifndef SCENES_ROAD_MODEL_H
#define SCENES_ROAD_MODEL_H

#include "scenes/road.h"
#include "scenes/road_curve.h"

enum { ROAD_ARMS = 8, ROAD_ARC_POINTS = 13, ROAD_BULB_POINTS = 61 };

/// Height of pavements above the carriageway.
#define ROAD_KERB_M 0.15

/// Width of the lines between bays.
#define ROAD_BAY_LINE_M 0.1

/// A polynomial's value at s.
double road_poly_value(const road_poly3 *p, double s_m);
/// The same polynomial begun anew at s.
road_poly3 road_poly_from(const road_poly3 *p, double s_m);
/// The reference line at s, clamped to the road.
road_place road_line_at(const road_network *net, const road *r, double s_m);
double road_elevation_at(const road_network *net, const road *r, double s_m);
/// Change of the elevation per metre of s.
double road_grade_at(const road_network *net, const road *r, double s_m);
/// Superelevation in rad about the reference line; positive: the right side is lower.
double road_bank_at(const road_network *net, const road *r, double s_m);
/// Its change per metre of s.
double road_bank_slope_at(const road_network *net, const road *r, double s_m);
/// t of lane 0, the lane offset.
double road_offset_at(const road_network *net, const road *r, double s_m);
/// A lane of a section by its OpenDRIVE id; NULL when there is none.
const road_lane *road_lane_find(const road_network *net, const road_section *section, int lane_id);
/// Width of a lane, ds_m from its section's start.
double road_width_at(const road_network *net, const road_lane *lane, double ds_m);
/// Index within the road of the section at s.
int road_section_at(const road_network *net, const road *r, double s_m);
/// t of a lane's middle and, when slope isn't NULL, its change per metre of s.
double road_lane_middle_t(const road_network *net, const road *r, int section, int lane_id,
                          double s_m, double *slope);
/// A point of a bay, ahead of its middle and to the left, as who drives in sees it.
vec3 road_bay_point(const road_network *net, const road_bay *bay, double ahead_m, double left_m);
/// Whether another bay's line lies on that side of a bay (+1 left) already: of two side by side
/// the earlier one has it.
bool road_bay_shares(const road_network *net, const road_bay *bay, int side);
/// Index of the first of a road's paths, which lie side by side in net->paths; of the first one
/// of a later road when it has none.
int road_first_path(const road_network *net, int road_id);
/// Whether a user of lanes, a lane_user, keeps off one: cars drive on it, and a lane of the same
/// direction beside it, or beside those beside it, is for that user and not for cars.
bool road_keeps_off(const road_network *net, const lane_path *lane, int user);
/// The point at (s, t), z on the carriageway's surface; t counts along the banked surface.
vec3 road_point_at(const road_network *net, const road *r, double s_m, double t_m);

/// Whether a road is a way over a junction's surface; at forks roads go on as they are.
bool road_is_way(const road_network *net, const road *r);
/// Whether a link leads to a junction that has a surface.
bool road_meets_junction(const road_network *net, const road_link *link);
/// The road on which a border goes on beyond an end of `r`, over a plain link or a fork; 0 when
/// there is none. The border is that on the right, seen walking towards that end; *next_at_end
/// says at which of its own ends the next road is entered.
int road_border_next(const road_network *net, const road *r, bool at_end, bool *next_at_end);

/// Whether that side (+1 left, -1 right) of a fork's connecting road is another one's side, too,
/// with no land between them.
bool road_border_shared(const road_network *net, const road *r, int side);

/// Whether a lane of a section is a gore: a shoulder that grows or shrinks between two lanes that
/// cars drive on in the same direction.
bool road_is_gore(const road_network *net, const road *r, int section, const road_lane *lane);
/// A chevron painted on the carriageway: its left arm and its right one, seen along s, each
/// counter-clockwise from above.
typedef struct road_chevron {
  vec3 arms[2][4];
} road_chevron;
/// Chevron `index` of a gore, 0 nearest to the wide end. False when it has no so many.
bool road_chevron_lay(const road_network *net, const road *r, int section, const road_lane *lane,
                      int index, road_chevron *out);

/// Where along a lane, from begin_m to end_m in driving direction, there is room for a body: all
/// of it but where the lane opens or closes.
#define ROAD_BODY_ROOM_M 2.75
void road_lane_usable(const road_network *net, const lane_path *lane, double *begin_m,
                      double *end_m);

/// How far it is from a lane's begin, along it and what it goes on in before any junction, to where
/// works have closed it; INFINITY when they don't. *taper_m: over what length they close it.
double road_works_ahead(const road_network *net, const lane_path *lane, double *taper_m);

/// A line along the road at one side of it, side +1 left or -1 right.
typedef enum road_edge {
  ROAD_EDGE_KERB,  // where the carriageway ends: the inner border of the kerb stone
  ROAD_EDGE_STONE, // outer border of the kerb stone
  ROAD_EDGE_WALK,  // inner border of the sidewalk
  ROAD_EDGE_PATH,  // middle of the strip that people walk on, along the outer border
  ROAD_EDGE_OUTER, // the last lane's outer border
} road_edge;
/// Its signed t. A road without that lane type answers with its outer border.
double road_edge_t(const road_network *net, const road *r, double s_m, int side, road_edge edge);

/// A road where it meets a junction. Left and right are as seen looking out of it.
typedef struct road_arm {
  int road;           // id
  bool at_end;        // the road's end lies here, so it runs into the junction
  double s_m;         // of the contact
  double heading_rad; // out of the junction
  vec3 middle;        // of the reference line
} road_arm;

/// Arms of a junction, ROAD_ARMS at most, counter-clockwise from the least heading; their number.
int road_junction_arms(const road_network *net, const road_junction *j, road_arm out[ROAD_ARMS]);
/// Lanes next to the centre that vehicles drive on, into the junction or out of it. An arm with
/// none in is the beginning of a one-way street: nobody may come out of it.
int road_arm_lanes(const road_network *net, const road_arm *arm, bool in);
/// The lane for bicycles of an arm, into the junction or out of it; 0 without.
int road_arm_bike_lane(const road_network *net, const road_arm *arm, bool in);
/// +1 where a road is driven along its s only, -1 against it only, 0 both ways.
int road_one_way(const road_network *net, const road *r);
/// Rise per metre out of the junction.
double road_arm_grade(const road_network *net, const road_arm *arm);
/// The road's side (+1 left, -1 right) that lies to the left looking out.
int road_arm_left_side(const road_arm *arm);
/// The point `out_m` metres outward along the arm on one of its edges; left looking out.
vec3 road_arm_point(const road_network *net, const road_arm *arm, bool left, road_edge edge,
                    double out_m);

/// Whether a one-way road's lane only joins, at a sharp angle, those it gives way to, as slip
/// lanes do: who comes there need not stop.
bool road_lane_joins(const road_network *net, const lane_path *lane);

/// Width of that strip on one side of a road; 0 without a sidewalk.
double road_walk_width(const road_network *net, const road *r, int side);

/// The corner between an arm and the next one counter-clockwise: lines from the first arm's
/// left side to the next arm's right side, on the carriageway's height.
typedef struct road_corner {
  int count; // ROAD_ARC_POINTS, or at the only arm of a turning circle ROAD_BULB_POINTS
  vec3 kerb[ROAD_BULB_POINTS], stone[ROAD_BULB_POINTS], path[ROAD_BULB_POINTS],
      outer[ROAD_BULB_POINTS];
} road_corner;
/// How far that corner's kerb goes straight on from each arm before it begins to turn.
void road_corner_leads(const road_network *net, const road_arm *arm, const road_arm *next,
                       double lead_m[2]);
void road_corner_lines(const road_network *net, const road_arm *arm, const road_arm *next,
                       road_corner *out);

/// A dead end's turning circle: the radius of its asphalt; how far from the arm's end its
/// middle is; one of its edges, from the arm's left side round to the right; and the reference
/// line of the lane of that width that leads round it, in 5 pieces.
#define ROAD_BULB_M 12.5
double road_bulb_reach(const road_network *net, const road_arm *arm);
void road_bulb_line(const road_network *net, const road_arm *arm, road_edge edge, int n, vec3 *out);
int road_bulb_lay(const road_network *net, const road_arm *arm, double width_m,
                  road_geometry pieces[5]);

#endif
