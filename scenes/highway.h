// SPDX-License-Identifier: Apache-2.0
// A highway's carriageways as plans: strips of a width that changes along them, and forks
// where ramps leave and join. Private to scenes/highway_*.c, overpass.c, interchange_*.c and the
// places made of them.
#ifndef SCENES_HIGHWAY_H
#define SCENES_HIGHWAY_H

#include "scenes/place.h"

enum {
  HIGHWAY_PIECES = 8,
  HIGHWAY_STRIPS = 128,
  HIGHWAY_CUTS = 128,
  HIGHWAY_FORKS = 16,
  HIGHWAY_RAMP_PIECES = 24
};

/// From the median outward. Through lanes have STRIP_LANE and what follows it.
enum {
  STRIP_MEDIAN,
  STRIP_INNER,
  STRIP_LANE,
  STRIP_GORE = 20, // between the lanes and a ramp's
  STRIP_RAMP,      // deceleration, acceleration and weaving lanes
  STRIP_SHOULDER,
  STRIP_VERGE
};

/// A lane from where it begins to where it ends, over all sections. Distances d run along the
/// carriageway in driving direction.
typedef struct highway_strip {
  lane_type type;
  int order;
  double begin_m, end_m;
  int piece_count; // of its width; s_m is a distance
  road_poly3 pieces[HIGHWAY_PIECES];
} highway_strip;

/// The nose where a ramp leaves (exit) or joins. Up to FORK_M beyond it the roads are
/// connecting roads of a junction.
typedef struct highway_fork {
  bool exit;
  double nose_m;
  bool weaves;       // an entry whose lane leads into the exit that comes next
  bool stays;        // its lane is there from the carriageway's begin, or up to its end
  double verge_rate; // of the verges beside it; 0: the sizes'
} highway_fork;

#define FORK_M 6.0

typedef struct highway_side {
  int strip_count, cut_count, fork_count;
  highway_strip strips[HIGHWAY_STRIPS];
  double cuts[HIGHWAY_CUTS]; // where a strip or a fork begins or ends, unsorted
  highway_fork forks[HIGHWAY_FORKS];
} highway_side;

/// Lengths that follow from a definition.
typedef struct highway_sizes {
  double taper_m, drop_m, gore_m, gore_width_m; // openings, lane drops, before and after noses
  double ramp_width_m, ramp_limit_mps, gore_limit_mps;
  double spiral_m;   // of ramps, on either side of their arc
  double verge_rate; // verges grow by this times the cube of the way
  double clear_m;    // beyond a nose, before anything else
  double apart_m;    // of the noses of an exit and an entry after it
  double radius_m;   // of the highway's curves, 0 straight
} highway_sizes;

#define HIGHWAY_VERGE_M 4.0
#define RAMP_INNER_SHOULDER_M 1.0
#define RAMP_SHOULDER_M 1.5
#define RAMP_STRAIGHT_MOST_M 110.0

highway_sizes highway_sizes_of(const highway_def *def);
/// Makes gores as long as a limit of `limit_mps` in them, or the highway's, asks for, least_m at
/// least.
void highway_sizes_gores(highway_sizes *sizes, const highway_def *def, double limit_mps,
                         double least_m);
/// Width of a carriageway without ramps, with its half of the median and its verge.
double highway_carriageway(const highway_def *def, const highway_sizes *sizes);
/// STATUS_RANGE when the definition asks for more than its length holds, or for lanes that
/// can't be.
status highway_check(const highway_def *def, const highway_sizes *sizes, trouble *why);
/// Draws where what is on one carriageway.
void highway_plan(highway_side *out, const highway_def *def, const highway_sizes *sizes, rng *r);
/// A carriageway with ramps at given noses, in driving direction.
void highway_plan_forks(highway_side *out, const highway_def *def, const highway_sizes *sizes,
                        const highway_fork *forks, int count);
/// How much of it a ramp takes, from where its lane begins to open to its nose (exit), or from
/// its nose to where the lane has closed.
double highway_ramp_reach(const highway_def *def, const highway_sizes *sizes, bool exit);

/// Width of a strip at a distance.
double highway_strip_width(const highway_strip *strip, double d_m);
/// Its width polynomials from one distance to another, s_m from 0 up: along the carriageway, or
/// against it. Returns their number, at most PROFILE_POLYS.
int highway_strip_slice(const highway_strip *strip, double from_m, double to_m, bool against,
                        road_poly3 out[PROFILE_POLYS]);
/// Whether polynomials are a width of nothing throughout: such a lane isn't made.
bool highway_is_nothing(const road_poly3 *polys, int count);
/// A strip of constant width; more pieces follow by highway_strip_step.
highway_strip highway_strip_new(lane_type type, int order, double begin_m, double end_m,
                                double width_m);
/// A smooth change of width from begin_m on, over length_m.
void highway_strip_step(highway_strip *strip, double begin_m, double length_m, double width_m);
/// Growth from nothing at from_m with the cube of the way to half of width_m, and on to it in a
/// parabola that ends level.
void highway_strip_grow(highway_strip *strip, double from_m, double rate, double width_m);
/// The same the other way round: the strip has width_m up to there and nothing from to_m on.
void highway_strip_shrink(highway_strip *strip, double to_m, double rate, double width_m);
/// How long that takes.
double highway_growth(double rate, double width_m);
/// Of heights: a change by two parabolas, which bend by 4 rise / length^2 and are as steep as
/// 2 rise / length in the middle.
void highway_strip_climb(highway_strip *strip, double begin_m, double length_m, double height_m);

/// A ramp's verge and that of the highway beside it begin this far beyond the nose.
#define HIGHWAY_VERGE_BEGIN_M 14.0

/// What a ramp leads to at its far end: it ends in the open, at a junction or beside another
/// carriageway.
typedef enum ramp_end { RAMP_OPEN, RAMP_JUNCTION, RAMP_FORK } ramp_end;

/// A ramp from its nose outward: line of its lane's inner border, heights and cross-section.
typedef struct highway_ramp {
  bool against; // laid against its driving direction: an entry's from its nose
  int piece_count;
  road_geometry pieces[HIGHWAY_RAMP_PIECES];
  double length_m, fork_m; // the fork's part of it
  double far_fork_m;       // that at its far end, 0 none
  highway_strip rise;      // its heights; no pieces: level

  highway_strip lane, shoulder, verge, inner_shoulder, inner_verge;
} highway_ramp;

/// Lays a ramp out from its nose: along the highway from at[0] to at[1], which is FORK_M farther,
/// and then away from it to its end in the open. Both are of the lane's inner border as seen
/// driving, heading outward. The ramp lies to the right of those who drive on it.
void highway_ramp_lay(highway_ramp *out, const highway_def *def, const highway_sizes *sizes,
                      const road_place at[2], bool exit, rng *r);
/// Begins a ramp with the fork's part of it; more pieces are appended.
void highway_ramp_begin(highway_ramp *out, const road_place at[2], bool exit);
/// Its cross-section, once all pieces are there.
void highway_ramp_dress(highway_ramp *ramp, const highway_def *def, const highway_sizes *sizes,
                        ramp_end far);
/// Of its full curvature a ramp has this share at once, so that its border parts from the
/// highway's by more than their chords differ.
#define HIGHWAY_FIRST_SHARE 0.3

/// The line and the heights that both carriageways follow.
typedef struct highway_line {
  const road_geometry *pieces;
  int piece_count;
  double length_m;
  highway_strip rise; // its heights along s; no pieces: level
  double bridge_m[2]; // a bridge from there to there; equal: none
} highway_line;

/// Whether both carriageways can be cut where their plans ask for it: no two cuts are too close.
bool highway_fits(const highway_line *line, const highway_side sides[2]);
/// Ordinary roads that cross above the highway, once it is built: up to `wanted` of them, where
/// there is room. Returns their number.
int highway_add_overpasses(road_builder *b, const highway_line *line, int wanted, rng *r);

/// Where a ramp's lane goes on beside a carriageway's.
typedef struct highway_gate {
  int junction;   // the fork
  int road, lane; // that have the ramp's lane
  bool at_end;    // the road's end lies there
} highway_gate;

/// The inner border of a ramp's lane at its nose or some way beyond it, heading outward.
/// hand: 0 for the carriageway on the right, which runs along s, 1 for the other one.
road_place highway_nose(const highway_line *line, const highway_side *side, int hand,
                        const highway_fork *fork, double beyond_m);
/// Both carriageways' roads, links and forks; gates by carriageway and fork. False when two
/// cuts are too close to each other: nothing is built then.
bool highway_add_roads(road_builder *b, const highway_def *def, const highway_sizes *sizes,
                       const highway_line *line, const highway_side sides[2],
                       highway_gate gates[2][HIGHWAY_FORKS]);
/// A ramp from an exit's gate, to an entry's gate, or both; NULL: its other end. Returns the id of
/// its road between the forks; 0 when memory ran out.
int highway_add_ramp(road_builder *b, const highway_sizes *sizes, const highway_ramp *ramp,
                     const highway_gate *exit, const highway_gate *entry);

/// Both carriageways' roads along the line, links and forks and ramps. False when a ramp
/// would lie on another road: another draw may do better.
bool highway_build(road_builder *b, const highway_def *def, const highway_sizes *sizes,
                   const highway_line *line, const highway_side sides[2], rng *r);

#endif
