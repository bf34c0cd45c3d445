// SPDX-License-Identifier: Apache-2.0
// A road network while it is being made: heap arrays that grow, then one copy into
// the scene's arena. After a failed allocation every call is a no-op and the end says so.
#ifndef SCENES_ROAD_BUILDER_H
#define SCENES_ROAD_BUILDER_H

#include "base/rng.h"
#include "base/status.h"
#include "scenes/road_model.h"

/// What builders know about a road beyond the model. Index 0 is the road's start, 1 its end.
typedef struct road_note {
  int rank;                             // connecting roads: larger goes first
  turn_kind turn;                       // of a connecting road
  int signal[2];                        // road_signal id that lanes running into that end obey
  int crosswalk[2];                     // id of the one across that end
  double walk_near_m[2], walk_far_m[2]; // its borders, from that end
  double stop_m[2];   // where vehicles stop, from that end; 0: as far as a crossing or a yield asks
  bool circle[2];     // a turning circle, out of which long bodies swing
  bool left_lane[2];  // the innermost lane that runs into that end is for left turns only
  int left_signal[2]; // road_signal id that it obeys; 0: the other lanes' signal
} road_note;

typedef struct road_builder {
  road_network net; // readable by every function over networks at any time
  int note_capacity;
  road_note *notes; // (net.road_count)
  int geometry_capacity, road_capacity, elevation_capacity, bank_capacity, offset_capacity,
      section_capacity, lane_capacity, width_capacity, junction_capacity, end_capacity,
      phase_capacity, signal_capacity, crosswalk_capacity, point_capacity, path_capacity,
      lane_link_capacity, conflict_capacity, crossing_capacity, walk_node_capacity,
      walk_edge_capacity, walk_link_capacity, bay_capacity, site_capacity, part_capacity,
      remark_capacity;
  bool failed;
} road_builder;

/// Arrays that a network has before anything is derived from it: X(items, count, capacity).
#define LAID_ARRAYS(X)                                                                             \
  X(roads, road_count, road_capacity)                                                              \
  X(geometries, geometry_count, geometry_capacity)                                                 \
  X(elevations, elevation_count, elevation_capacity)                                               \
  X(banks, bank_count, bank_capacity)                                                              \
  X(offsets, offset_count, offset_capacity)                                                        \
  X(sections, section_count, section_capacity)                                                     \
  X(lanes, lane_count, lane_capacity)                                                              \
  X(widths, width_count, width_capacity)                                                           \
  X(junctions, junction_count, junction_capacity)                                                  \
  X(ends, end_count, end_capacity)                                                                 \
  X(phases, phase_count, phase_capacity)                                                           \
  X(signals, signal_count, signal_capacity)                                                        \
  X(crosswalks, crosswalk_count, crosswalk_capacity)                                               \
  X(points, point_count, point_capacity)                                                           \
  X(bays, bay_count, bay_capacity)                                                                 \
  X(sites, site_count, site_capacity)

void road_builder_free(road_builder *b);

enum { PROFILE_STEPS = 8, PROFILE_POLYS = 8, PROFILE_LANES = 16 };

/// A width that changes smoothly over length_m to width_m, beginning at s_m.
typedef struct profile_step {
  double s_m, length_m, width_m;
} profile_step;

typedef struct profile_lane {
  lane_type type;
  int users;      // lane_user bits; 0: those that its type is for
  mark_kind mark; // at the border away from the centre
  bool mark_yellow;
  double height_m, width_m, speed_limit_mps;
  int step_count;
  profile_step steps[PROFILE_STEPS];
  int poly_count; // where above 0, these are the width, and width_m and steps are nothing
  road_poly3 polys[PROFILE_POLYS];
} profile_lane;

/// A road's cross-section. Lanes are listed from the centre outward.
typedef struct road_profile {
  mark_kind centre_mark;
  bool centre_yellow;
  int right_count, left_count;
  profile_lane right[PROFILE_LANES], left[PROFILE_LANES];
} road_profile;

/// Adds a lane to one side's list.
profile_lane *road_profile_add(profile_lane *lanes, int *count, lane_type type, double width_m);

/// A road with one section; its id, 0 when memory ran out. Links are for the caller to set.
int road_builder_road(road_builder *b, road_class class, const road_geometry *pieces,
                      int piece_count, const road_profile *profile);
/// Links a road's end with another one's begin, and lanes of the same number.
void road_builder_continue(road_builder *b, int before, int after);
/// A level road has one elevation polynomial, z above the plane.
void road_builder_elevation(road_builder *b, int road, road_poly3 poly);
/// Lane 0 leaves the reference line: polynomials of its t, in order of s.
void road_builder_offset(road_builder *b, int road, road_poly3 poly);
/// A superelevation's polynomial; a road without one is level across.
void road_builder_bank(road_builder *b, int road, road_poly3 poly);
/// Cuts the road added last at `count` places, ascending and inside of it, into roads that
/// continue each other; lanes without width on a piece are left out there. The pieces have ids
/// that follow each other; the last one's, 0 when memory ran out.
int road_builder_cut(road_builder *b, int road, const double *s_m, int count);
/// A place to park; it gets its id.
void road_builder_bay(road_builder *b, const road_bay *bay);
/// Something that stands beside the roads.
void road_builder_site(road_builder *b, const road_site *site);
/// Index of a point just added.
int road_builder_point(road_builder *b, road_point p);

/// A turn about the origin and then a shift.
typedef struct road_motion {
  double x_m, y_m, z_m, heading_rad;
} road_motion;
vec3 road_motion_point(const road_motion *by, vec3 p);
/// Adds another network to this one, moved, with ids that go on from those that are there, as a
/// part of it: all but its terrain. Before anything is derived from either.
void road_builder_append(road_builder *b, const road_builder *from, const road_motion *by,
                         int part);
/// A terrain moved alike.
road_terrain road_motion_terrain(const road_motion *by, const road_terrain *terrain);

/// Turns a network into its mirror image, y to -y, for traffic on the other side. Before anything
/// is derived from it.
void road_builder_mirror(road_builder *b);
/// Finds which roads meet at each junction, by their links. Comes when those are set and before
/// any junction is filled or asked for its arms; connecting roads may be added later.
void road_derive_ends(road_builder *b);
/// Derives lane graph, conflicts and crossings from roads, junctions, crosswalks.
void road_derive_lanes(road_builder *b);
/// Conflicts of junction lanes by the overlap of their swept areas.
void road_derive_conflicts(road_builder *b);
/// Derives the walk graph from sidewalks, corners and crosswalks.
void road_derive_walks(road_builder *b);

enum { PLAN_LANES = 8 };

/// How a junction is to be built from the roads that already link to it.
typedef struct junction_plan {
  junction_kind kind;
  bool major[ROAD_ARMS];      // by arm in road_junction_arms' order
  double speed_limit_mps;     // of the roads that meet
  bool ring;                  // a part of a roundabout: roads round it in and out, and arms
  unsigned around;            // the arms that are the ring's, a bit each
  bool zebra;                 // crosswalks at arms with a sidewalk on both sides
  unsigned bare;              // but not at these arms, a bit each
  unsigned barred[ROAD_ARMS]; // by arm: where nobody who comes from it may go, a bit an arm
  /// Arms that an arm's lane leads to, a bit each, lanes from the middle outward; of an arm with
  /// none at its lane 0 all lanes lead where lanes usually do.
  uint8_t lanes[ROAD_ARMS][PLAN_LANES];
  /// Lanes of these that end: bits by arm, into the lane on the left, into the one on the right.
  uint8_t ends[ROAD_ARMS][2];
  double green_s[2]; // of two stages, signals only; more stages share their sum
} junction_plan;

/// Adds an empty junction so that roads can link to it; its id.
int road_builder_junction(road_builder *b, double x_m, double y_m);
/// Fills it once its arms exist: outline, connecting roads, crosswalks, signals.
void road_builder_fill_junction(road_builder *b, int junction, const junction_plan *plan);
/// The part of it for junctions whose connecting roads are there already: height and outline.
void road_builder_outline(road_builder *b, int junction);
/// Gives the ways through a junction, which are the last roads from id first_way on, their
/// heights: on the plane of its arms.
void road_builder_heights(road_builder *b, int junction, int first_way, const road_arm *arms,
                          int arm_count);
/// Groups and program of a signalled junction; sets groups of its crosswalks.
void road_builder_signals(road_builder *b, int junction, const junction_plan *plan,
                          const road_arm *arms, int arm_count);
/// Which way each arm lies for who comes from arm `from`, by headings out of the junction. Only
/// the straightest is straight on.
void road_turns(const double *heading_rad, int count, int from, turn_kind *turns);
/// Whether arm `from` has left turns, and other ways for its `lanes` lanes when left turns get
/// one of their own. Arms that are not `open` can't be entered.
bool road_left_lane_helps(const double *heading_rad, const bool *open, int count, int from,
                          int lanes);
/// The arm that lies straight on for who comes from arm `from`; -1 when none does.
int road_straight_arm(const road_arm *arms, int count, int from);

/// Distance from a junction's middle at which an arm's road should end, so that corners of
/// radius corner_m and the pavements behind them fit. Arms are given by heading (counter-
/// clockwise), half width to the kerb and to the outer border.
void road_junction_setbacks(const double *heading_rad, const double *kerb_m, const double *outer_m,
                            int count, double corner_m, double *setback_m);

/// Copies the network into `memory`. STATUS_MEMORY when an allocation failed before.
status road_builder_finish(road_builder *b, arena *memory, road_network *out, trouble *why);

/// Where crosswalks and stop lines lie, metres out from a junction along an arm.
#define CROSSWALK_BEGIN_M 0.4
#define CROSSWALK_END_M 4.4
#define STOP_LINE_BEGIN_M 5.4
#define STOP_LINE_END_M 5.8
#define STOP_POINT_M 6.2
#define BARE_STOP_POINT_M 1.2 // where there is no crosswalk

#endif
