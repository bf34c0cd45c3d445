// SPDX-License-Identifier: Apache-2.0
// Between the parts of scenes/osm_*.c only. Nodes and ways of the file become a graph: vertices
// where streets meet or change, strands of street between them. Vertices too near to each other
// share a junction. The first error ends the reading, as in scenes/opendrive_reader.h, whose
// functions for elements, errors and remarks are used here.
#ifndef SCENES_OSM_READER_H
#define SCENES_OSM_READER_H

#include <stdint.h>

#include "scenes/opendrive_reader.h"
#include "scenes/osm_read.h"
#include "scenes/place.h"
#include "scenes/ring.h"

/// What a value of the tag highway stands for.
typedef struct osm_kind {
  const char *name;
  road_class class;
  double speed_mps; // SUMO's OSM type map
  int lanes;        // a direction; of one-way streets and of others
  double lane_m;
  int rank;     // 0 the greatest: who goes first
  bool town;    // has sidewalks unless it is fast
  bool one_way; // unless it says otherwise
} osm_kind;

enum { OSM_LANES = 6 }; // a direction, at most

/// What turn:lanes says of a lane, a bit each; from the leftmost to the rightmost turn first.
typedef enum osm_move {
  OSM_REVERSE,
  OSM_SHARP_LEFT,
  OSM_LEFT,
  OSM_SLIGHT_LEFT,
  OSM_THROUGH,
  OSM_SLIGHT_RIGHT,
  OSM_RIGHT,
  OSM_SHARP_RIGHT,
  OSM_MERGE_LEFT,
  OSM_MERGE_RIGHT,
  OSM_MOVES
} osm_move;

/// Lanes from the street's middle outward, and their moves: bits, 0 for no arrow.
typedef struct osm_turns {
  int lanes; // 0: nothing is said
  uint16_t moves[OSM_LANES];
} osm_turns;

/// A street's cross-section, along its way: index 0 along, 1 against; sides 0 right, 1 left.
typedef struct osm_street {
  const osm_kind *kind;
  int lanes[2];
  double lane_m, speed_mps[2];
  bool walk[2], parking[2];
  bool bikes[2];      // a lane for bicycles beside the outermost one
  bool buses[2];      // the outermost one is for buses
  osm_turns turns[2]; // no part of the cross-section
} osm_street;

typedef struct osm_node {
  int64_t id;
  xmlNode *at;
  double lat_deg, lon_deg;
  double x_m, y_m;
  int degree; // pieces of street that end here
  int vertex; // -1: a street just goes through
  bool cut;   // a street goes on from here to a node that the file lacks
} osm_node;

/// A <way> that is driven on.
typedef struct osm_way {
  int64_t id;
  xmlNode *at;
  int ref_first, ref_count; // into osm_reader.refs
  int layer;
  bool ring; // a part of a roundabout
  osm_street street;
} osm_way;

typedef enum osm_mark {
  OSM_CROSSING = 1, // a zebra
  OSM_SIGNALS = 2,
  OSM_STOP = 4,
  OSM_YIELD = 8,
  OSM_ALL_STOP = 16
} osm_mark;

/// Where streets meet or change. Vertices of one junction share a root.
typedef struct osm_vertex {
  double x_m, y_m;
  int node;
  int root;      // index of the vertex that stands for the junction
  int end;       // of roots: first strand end at the junction, 2 * strand + which, or -1
  int arms;      // of roots: how many there are
  unsigned mark; // osm_mark of the node
  bool dirty;    // trims are to be found anew
  bool dead_end; // a street ends here, not only the extract
  int ring;      // of junctions of a ring road: number of the ring from 1, 0 of others
} osm_vertex;

typedef struct osm_point {
  double x_m, y_m, s_m;
} osm_point;

/// A piece of street between two vertices, driven along if it is one-way. Index 0 is its
/// begin, 1 its end.
typedef struct osm_strand {
  int vertex[2];
  int point_first, point_count; // into osm_reader.points
  int way[2];                   // index of the way that it begins and ends with
  osm_street street;
  bool ring;               // a part of a roundabout, as the file has it or
  int arc;                 // of a ring road: number of the ring from 1, 0 of others; it runs
  double from_rad, to_rad; // between these angles around the ring's middle
  osm_turns turns[2];      // of lanes that run into that end
  unsigned mark[2];        // osm_mark of what stands shortly before that end
  double trim_m[2];        // from that end to where its road ends
  int next[2];             // next strand end at the same junction, 2 * strand + which, or -1
  bool gone;               // lies within a junction, or finds no room
  int road[2];             // ids of its first and its last road in the network; 0 none
} osm_strand;

/// A turn that is banned, or the only one that isn't: ids of ways, the junction's root.
typedef struct osm_ban {
  int64_t from, to;
  int root;
  bool only;
  const xmlNode *at;
} osm_ban;

/// A roundabout that is built as a ring road.
typedef struct osm_ring {
  ring_style style;
  double radius_m;  // of the ways
  int first_strand; // the first of those that it was in the file
  bool failed;      // its arms have no room after all
} osm_ring;

typedef struct osm_arm {
  int strand;
  bool at_end;
  double angle_rad;   // around the junction's middle
  double heading_rad; // outward
  double x_m, y_m;    // of its vertex
} osm_arm;

typedef struct osm_reader {
  map_reader map; // file, builder, errors
  int node_count, node_capacity;
  osm_node *nodes; // by id
  int way_count, way_capacity;
  osm_way *ways;
  int ref_count, ref_capacity;
  int *refs; // indices of nodes; -1: not in the file
  int vertex_count, vertex_capacity;
  osm_vertex *vertices;
  int strand_count, strand_capacity;
  osm_strand *strands;
  int point_count, point_capacity;
  osm_point *points;
  int ring_count, ring_capacity;
  osm_ring *rings;
  int ban_count, ban_capacity;
  osm_ban *bans; // by root
  bool mirrored; // y is south: traffic on the left, seen in a mirror
  bool bounded;
  double bounds_m[4]; // of <bounds>: west, south, east, north
} osm_reader;

// Tags ------------------------------------------------------------------------

/// Value of an element's tag; NULL when it has none.
const char *osm_tag(const xmlNode *at, const char *key);
bool osm_tag_is(const xmlNode *at, const char *key, const char *value);
/// An element's id or reference, -2^53..2^53; 0 after an error.
int64_t osm_id(map_reader *r, const xmlNode *at, const char *attribute);
/// Whether a way is driven on, and its cross-section along the way; remarks on what isn't and
/// on tags that aren't known. *reversed: traffic runs against the way. `mirrored`: left is right.
bool osm_street_of(map_reader *r, const xmlNode *way, bool mirrored, osm_street *out,
                   bool *reversed);
/// The word for a move in the tags.
const char *osm_move_name(osm_move move, bool mirrored);
/// How many lanes a tag lists; 0 when there is no such tag.
int osm_lanes_listed(const xmlNode *way, const char *key);
/// What tags say of single lanes: their turns, lanes for buses and bicycles. Along the traffic of
/// one-way streets; `reversed`: that runs against the way.
void osm_lane_tags(map_reader *r, const xmlNode *way, bool mirrored, bool reversed,
                   osm_street *out);
/// Whether two streets have the same cross-section.
bool osm_street_equal(const osm_street *a, const osm_street *b);
/// The same street seen along the other direction.
osm_street osm_street_flip(const osm_street *street);
/// What a node says about the street that it is on.
unsigned osm_marks_of(const xmlNode *node);

// Parts, in the order in which they run -----------------------------------------

/// Nodes with coordinates, ways that are driven on.
bool osm_read_elements(osm_reader *r);
osm_node *osm_find_node(osm_reader *r, int64_t id);
/// Vertices and strands, with marks.
bool osm_build_graph(osm_reader *r);
/// Ring roads where roundabouts are round, and have room, but for those that begin with a
/// strand that is to be a `crossing`.
bool osm_lay_rings(osm_reader *r, const bool *crossing);
/// Vertices too near to each other share a root; every strand knows its trims.
bool osm_make_room(osm_reader *r);
/// A road for every strand.
bool osm_lay_roads(osm_reader *r);
/// Turn restrictions, once junctions have their roots.
bool osm_read_bans(osm_reader *r);
/// Those of a junction. By arm: the way that comes in and the one that goes out, 0 for none, and
/// bits of the arms where nobody who comes in may go.
void osm_apply_bans(osm_reader *r, int root, const int64_t *in, const int64_t *out, int count,
                    unsigned *barred);
/// Which arms the lanes of a street lead to that comes into a junction as its arm `from`. `open`:
/// arms that one may go to. Remarks name what is tagged and isn't there.
void osm_plan_lanes(osm_reader *r, const osm_way *way, const osm_turns *turns, const road_arm *arms,
                    int count, int from, const bool *open, junction_plan *plan);
/// Junctions where roads meet.
bool osm_fill_junctions(osm_reader *r);
/// Buildings and trees.
bool osm_read_sites(osm_reader *r);

/// The vertex that stands for another one's junction, and the list of strand ends there.
int osm_root(osm_reader *r, int vertex);
void osm_add_end(osm_reader *r, int root, int end);
void osm_remove_end(osm_reader *r, int root, int end);
/// A strand that finds no place.
void osm_give_up(osm_reader *r, int strand);
/// Moves the vertices where a street only changes out of its bends, before any share a root.
bool osm_straighten(osm_reader *r);
/// The vertex between a short strand and the one beyond it, where a street only changes, is
/// taken out; the longer one's cross-section stays. `at`: which end of the strand it is. False
/// when they don't fit together.
bool osm_dissolve(osm_reader *r, int strand, int at, int vertex);

/// Arms of a junction by their angle around it; their number, ROAD_ARMS at most.
int osm_arms(const osm_reader *r, int root, osm_arm out[ROAD_ARMS]);
/// A strand's end goes on straight to a point near another vertex, and belongs there.
bool osm_prolong(osm_reader *r, int end, double x_m, double y_m, int vertex);
/// How far two neighbouring arms have to keep from where they meet: `trim_m` grows to that.
void osm_trim_pair(osm_reader *r, const osm_arm *arm, const osm_arm *next, double trim_m[2]);
/// The point s metres along a strand, clamped to it.
osm_point osm_strand_at(const osm_reader *r, const osm_strand *strand, double s_m);
double osm_strand_length(const osm_reader *r, const osm_strand *strand);
/// Same from one of its ends.
osm_point osm_arm_at(const osm_reader *r, const osm_arm *arm, double out_m);

/// Half the carriageway's width, and from the reference line to the kerb and to the outer border
/// on side 0 right, 1 left.
double osm_half_m(const osm_street *street);
double osm_kerb_m(const osm_street *street, int side);
double osm_outer_m(const osm_street *street, int side);
/// The profile of a street of that length.
void osm_profile(road_profile *out, const osm_street *street, double length_m);

#endif
