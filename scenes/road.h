// SPDX-License-Identifier: Apache-2.0
// The road model, OpenDRIVE's: roads with a reference line, lane sections, lanes,
// junctions, signals, crosswalks; and what is derived from it for motion: the lane
// graph and the walk graph. Flat arrays in one arena; ids are index + 1, 0 is none.
// Where traffic keeps to the right, lanes with negative ids run along s and positive ones
// against it; where it keeps to the left, the other way round (OpenDRIVE's RHT and LHT).
// road_lane_along() says which; nobody else concludes it from an id's sign.
#ifndef SCENES_ROAD_H
#define SCENES_ROAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/pose.h"

typedef enum road_class {
  ROAD_MOTORWAY,
  ROAD_PRIMARY,
  ROAD_SECONDARY,
  ROAD_RESIDENTIAL,
  ROAD_SERVICE, // aisles of a car park and the ways into it
  ROAD_CLASS_COUNT
} road_class;

typedef enum lane_type {
  LANE_NONE,
  LANE_DRIVING,
  LANE_SHOULDER,
  LANE_PARKING,
  LANE_CURB,
  LANE_VERGE,
  LANE_SIDEWALK,
  LANE_MEDIAN,
  LANE_BIKING,
  LANE_WORKS, // closed for works: nobody drives there
  LANE_TYPE_COUNT
} lane_type;

/// Who may drive on a lane, bits; cars stand for all that has a motor and isn't a bus.
typedef enum lane_user {
  LANE_FOR_CARS = 1,
  LANE_FOR_BUSES = 2,
  LANE_FOR_BICYCLES = 4,
  LANE_FOR_ALL = 7
} lane_user;

typedef enum mark_kind {
  MARK_NONE,
  MARK_SOLID,
  MARK_BROKEN,
  MARK_DOUBLE_SOLID,
  MARK_KIND_COUNT
} mark_kind;

typedef enum turn_kind { TURN_STRAIGHT, TURN_LEFT, TURN_RIGHT, TURN_U, TURN_KIND_COUNT } turn_kind;

/// A piece of reference line: line (both curvatures 0), arc (equal), clothoid.
typedef struct road_geometry {
  double s_m, x_m, y_m, heading_rad, length_m;
  double curvature_begin_pm, curvature_end_pm; // 1/m, positive turns left
} road_geometry;

/// a + b d + c d^2 + d d^3 with d = s - s_m: elevation, superelevation, lane offset or lane width.
typedef struct road_poly3 {
  double s_m, a, b, c, d;
} road_poly3;

typedef struct road_lane {
  int id; // OpenDRIVE's: 0 centre, negative right, positive left
  lane_type type;
  int users;                    // lane_user bits; 0: those that its type is for
  int width_first, width_count; // into widths, s relative to the section
  mark_kind outer_mark;         // at the border away from the centre
  double mark_width_m;
  bool mark_yellow;
  double speed_limit_mps;
  double height_m;            // above the road surface: 0, or the kerb's height
  int predecessor, successor; // lane ids in the linked section or road; 0 none
} road_lane;

/// A lane section from s_m to the next one's; its lanes are sorted from the
/// leftmost (largest id) to the rightmost and include the centre lane 0.
typedef struct road_section {
  double s_m;
  int lane_first, lane_count;
} road_section;

typedef enum road_link_kind { ROAD_LINK_NONE, ROAD_LINK_ROAD, ROAD_LINK_JUNCTION } road_link_kind;

typedef struct road_link {
  road_link_kind kind;
  int id;      // road id or junction id
  bool at_end; // contact point of the other road: its end (else its start)
} road_link;

/// What a road lies on: land that it cuts into or that is heaped up to it; a bridge over land
/// or other roads; a tunnel below them.
typedef enum road_structure { ROAD_ON_LAND, ROAD_BRIDGE, ROAD_TUNNEL } road_structure;

typedef struct road {
  int id;
  road_class class;
  road_structure structure;
  double length_m;
  int geometry_first, geometry_count;
  int elevation_first, elevation_count;
  int bank_first, bank_count;     // into banks: superelevation in rad; none: 0
  int offset_first, offset_count; // into offsets: t of lane 0; none: 0
  int section_first, section_count;
  int junction; // id of the junction it is a connecting road of, or 0
  road_link predecessor, successor;
} road;

typedef enum junction_kind {
  JUNCTION_PRIORITY,
  JUNCTION_SIGNALS,
  JUNCTION_ALL_WAY_STOP,
  JUNCTION_RIGHT_BEFORE_LEFT, // left before right where traffic keeps to the left
  JUNCTION_FORK, // a ramp leaves or joins: each lane leads on to its own, and nobody gives way
  JUNCTION_KIND_COUNT
} junction_kind;

/// One of a road's ends, where it meets a junction.
typedef struct junction_end {
  int road; // id
  bool at_end;
} junction_end;

/// The junction's outline polygon (counter-clockwise) is what its surface fills. A fork has
/// none: its connecting roads have surfaces of their own, and their lanes are lanes like any
/// others, with lane_path.junction 0.
typedef struct road_junction {
  int id;
  junction_kind kind;
  double x_m, y_m, z_m, radius_m;
  int end_first, end_count;         // into ends: the roads that meet here
  int outline_first, outline_count; // into points
  int program_first, program_count; // into phases; 0 phases when unsignalled
  int group_count;                  // signal groups, numbered 1..group_count
  bool roundabout;                  // a part of a ring, to which what comes in yields
} road_junction;

typedef enum signal_color {
  SIGNAL_OFF,
  SIGNAL_RED,
  SIGNAL_RED_YELLOW,
  SIGNAL_GREEN,
  SIGNAL_YELLOW,
  // Not in programmes: what flashing signals show, which mean nothing but care.
  SIGNAL_FLASH_LIT,
  SIGNAL_FLASH_DARK
} signal_color;
enum { ROAD_SIGNAL_GROUPS = 16 };

/// One step of a fixed-time program; the program starts at cycle time 0 and the
/// scene adds the junction's own offset.
typedef struct road_phase {
  double duration_s;
  uint8_t color[ROAD_SIGNAL_GROUPS + 1]; // signal_color by group; [0] unused
} road_phase;

/// A signal: what a driver or walker obeys. Its head's thing carries the same id.
typedef struct road_signal {
  int id, junction, group;
  bool pedestrian;
} road_signal;

/// A zebra across one road arm, a rectangle (counter-clockwise). Corners: right kerb near the
/// junction, right kerb far from it, left kerb far, left kerb near, seen looking out of it.
typedef struct road_crosswalk {
  int id, junction;
  int group; // pedestrian signal group of the junction, 0 unsignalled
  vec3 corners[4];
} road_crosswalk;

typedef struct road_point {
  double x_m, y_m, z_m;
  double heading_rad; // of travel
  double s_m;         // along the lane from its start
  double bank_rad;    // of the surface about the heading; positive: the right side is lower
} road_point;

/// A node of the lane graph: the centre line of one lane of one section that is driven or ridden
/// on, in driving direction. Points are at most 2 m apart, 1 m on curves, C1 within 1e-3.
typedef struct lane_path {
  int id;
  int road, section; // road id, index of the section within the road
  int lane;          // OpenDRIVE lane id
  int junction;      // 0 outside junctions
  turn_kind turn;
  int users; // lane_user bits
  double length_m, width_m, speed_limit_mps;
  double max_curvature_pm;            // largest |curvature|
  int point_first, point_count;       // into points
  int next_first, next_count;         // into lane_links: successors' ids
  int previous_first, previous_count; // into lane_links: predecessors' ids
  int left, right;                    // driving lane there that goes the same way, 0 none
  bool opens;                         // begins as one with the lane beside it and swings out of it
  int signal;                         // signal id obeyed at this lane's end, 0 none
  double stop_s_m; // where to stop before a junction (stop line); length_m if none
  int conflict_first, conflict_count; // into conflicts; junction lanes only
  int priority;                       // among conflicting junction lanes, larger goes first
} lane_path;

/// Two junction lanes (not sharing the start) whose swept areas meet.
typedef struct lane_conflict {
  int other;                             // lane id
  double begin_s_m, end_s_m;             // on this lane
  double other_begin_s_m, other_end_s_m; // on the other
  bool yields;                           // this lane gives way to the other when both may go
} lane_conflict;

/// A crosswalk as a lane meets it.
typedef struct lane_crossing {
  int lane, crosswalk;
  double begin_s_m, end_s_m;
} lane_crossing;

typedef enum walk_kind { WALK_SIDEWALK, WALK_CROSSWALK, WALK_CORNER } walk_kind;

/// An undirected edge of the walk graph, its middle line from node a to node b.
typedef struct walk_edge {
  int id, a, b; // node ids
  walk_kind kind;
  int crosswalk; // id when kind is WALK_CROSSWALK
  double width_m, length_m;
  int point_first, point_count;
} walk_edge;

typedef struct walk_node {
  double x_m, y_m, z_m;
  int edge_first, edge_count; // into walk_links: edge ids that meet here
} walk_node;

enum { LANE_NEAR_EACH = 4, LANE_NEAR_PIECES = 8 };

/// Four chords, each over up to LANE_NEAR_PIECES pieces of a lane's centre line that are nearly
/// straight: a line of cache. Where there are fewer the last is there again.
typedef struct lane_chords {
  float x_m[LANE_NEAR_EACH], y_m[LANE_NEAR_EACH];             // begins, from the cell's middle
  float along_x_m[LANE_NEAR_EACH], along_y_m[LANE_NEAR_EACH]; // from there to the ends
  int point[LANE_NEAR_EACH];                                  // where the first piece begins
  int path[LANE_NEAR_EACH]; // (2 x index into paths, + 1: bent) x LANE_NEAR_PIECES + pieces - 1
} lane_chords;

/// A square of the ground: the chords that can be nearest to a place in it; or, where those are
/// many, its quarters.
typedef struct lane_cell {
  int first; // into nears; of quarters into cells: south-west, south-east, north-west, ...
  int count; // of nears; -1: quarters
} lane_cell;

/// A grid over the lanes and what is near them.
typedef struct lane_index {
  double x_m, y_m, cell_m; // the first cell's lower left corner; its side
  double per_cell;         // 1 / cell_m
  int columns, rows;       // 0 without lanes
  int cell_count, near_count;
  lane_cell *cells; // (rows, columns), then quarters
  lane_chords *nears;
} lane_index;

/// A wave of the terrain: height_m sin(x_pm x + y_pm y + phase).
typedef struct terrain_wave {
  double x_pm, y_pm, phase_rad, height_m;
} terrain_wave;

/// A valley, or with a negative depth a ridge, straight through (x, y): depth_m lower there,
/// fading by exp(-(d / width_m)^2) with the distance d along (across_x, across_y).
typedef struct terrain_cut {
  double x_m, y_m, across_x, across_y, depth_m, width_m;
} terrain_cut;

enum { TERRAIN_WAVES = 12, TERRAIN_CUTS = 16 };

/// The land as it was before the roads: waves about a level, valleys and ridges.
typedef struct road_terrain {
  double z_m;
  int wave_count, cut_count;
  terrain_wave waves[TERRAIN_WAVES];
  terrain_cut cuts[TERRAIN_CUTS];
} road_terrain;

/// One part of a composed network: a box round its roads, and the land that it came with.
typedef struct land_region {
  double x_m, y_m, heading_rad; // of the box's middle
  double half_length_m, half_width_m;
  road_terrain terrain;
} land_region;

enum { LAND_REGIONS = 8 };

/// A grid of heights over the network and 100 m around it, by rows from the lower left corner.
/// scenes/land.h makes and reads it.
typedef struct road_land {
  road_terrain terrain;
  int region_count; // above 0: these are the terrain, each near its box
  land_region regions[LAND_REGIONS];
  double x_m, y_m, cell_m;
  int columns, rows; // 0 where all roads are level
  float *z_m;        // (rows columns)
  uint8_t *nodes;    // (rows columns) land_node
} road_land;

/// What a map file has that the network hasn't, or has otherwise.
typedef struct road_remark {
  int line, count; // of the first such place, and how many there are
  char text[120];
} road_remark;

/// A place to park one vehicle: a rectangle on a road's surface with its middle at (s, t), along
/// the heading, against the road's, of who drives in forward.
typedef struct road_bay {
  int id, road;
  double s_m, t_m, heading_rad;
  double length_m, width_m;
  bool accessible; // for people with disabilities
} road_bay;

typedef enum site_kind { SITE_BUILDING, SITE_TREE } site_kind;

/// What stands beside the roads by the place's plan or a map: a box with its middle there, along
/// its heading and across it. A tree's length is its crown's width. 0: not said.
typedef struct road_site {
  site_kind kind;
  double x_m, y_m, heading_rad;
  double length_m, width_m, height_m;
} road_site;

/// Roads and junctions of one part of a composed place, or the roads that join two of them: ids
/// that follow each other.
typedef struct road_part {
  int part;  // its number in the script, from 1
  int joins; // 0; of joining roads the number of the other part
  int road_first, road_count, junction_first, junction_count;
  double x_m, y_m, z_m, heading_rad; // where its own origin lies
} road_part;

typedef struct road_network {
  bool left_hand; // traffic keeps to the left
  int road_count;
  road *roads;
  int geometry_count;
  road_geometry *geometries;
  int elevation_count;
  road_poly3 *elevations;
  int bank_count;
  road_poly3 *banks; // superelevations
  int offset_count;
  road_poly3 *offsets; // lane offsets
  int section_count;
  road_section *sections;
  int lane_count;
  road_lane *lanes;
  int width_count;
  road_poly3 *widths;
  int junction_count;
  road_junction *junctions;
  int end_count;
  junction_end *ends; // by junction, then by road
  int phase_count;
  road_phase *phases;
  int signal_count;
  road_signal *signals;
  int crosswalk_count;
  road_crosswalk *crosswalks;
  int point_count;
  road_point *points;
  int path_count;
  lane_path *paths; // the lane graph
  int lane_link_count;
  int *lane_links;
  int conflict_count;
  lane_conflict *conflicts;
  int crossing_count;
  lane_crossing *crossings; // sorted by lane
  int walk_node_count;
  walk_node *walk_nodes;
  int walk_edge_count;
  walk_edge *walk_edges;
  int walk_link_count;
  int *walk_links;
  int bay_count;
  road_bay *bays; // by road
  int site_count;
  road_site *sites;
  int part_count;
  road_part *parts; // of composed places; by road
  int remark_count;
  road_remark *remarks; // of networks that were read; nothing else depends on them
  double min_x_m, min_y_m, max_x_m, max_y_m;
  lane_index index; // of the lane graph
  road_land land;
} road_network;

/// Who may drive on a lane: lane_user bits, 0 where nobody drives.
static inline int road_lane_users(const road_lane *lane) {
  int by_type = lane->type == LANE_DRIVING  ? LANE_FOR_ALL
                : lane->type == LANE_BIKING ? LANE_FOR_BICYCLES
                                            : 0;
  return lane->users ? lane->users : by_type;
}
/// The part of a composed network that a road is of; NULL where there are no parts.
static inline const road_part *road_part_of(const road_network *net, int road_id) {
  for (int i = 0; i < net->part_count; i++)
    if (road_id < net->parts[i].road_first + net->parts[i].road_count)
      return &net->parts[i];
  return NULL;
}
/// Whether traffic on a lane of that OpenDRIVE id runs along its road's s.
static inline bool road_lane_along(const road_network *net, int lane_id) {
  return (lane_id < 0) != net->left_hand;
}
/// The side of a road, +1 left of its s or -1 right, whose lanes run into that end of it. The
/// other one's run out of it.
static inline int road_side_into(const road_network *net, bool at_end) {
  return at_end != net->left_hand ? -1 : 1;
}
/// Pose on the road's surface at s, t to the left of the reference line.
pose road_pose(const road_network *net, const road *r, double s_m, double t_m);
/// Signed t of the border of lane `lane_id` that is away from the centre.
double road_lane_outer_t(const road_network *net, const road *r, int section, int lane_id,
                         double s_m);
/// The lane's centre at s along its path, clamped to its ends.
road_point lane_point(const road_network *net, const lane_path *lane, double s_m);
/// Same for an edge of the walk graph, from a to b.
road_point walk_point(const road_network *net, const walk_edge *edge, double s_m);
/// The lane for cars or buses whose centre is nearest to a point, and the s and t on it (either may
/// be NULL); 0 when none is within 10 m. Of equally near ones the first.
int lane_nearest(const road_network *net, double x_m, double y_m, double *s_m,
                 double *t_m); /// The phase of a junction with signals at a time of its programme.
const road_phase *signal_phase_at(const road_network *net, const road_junction *junction,
                                  double time_s);
/// Colour of a junction's group at a time since the program began.
signal_color signal_at(const road_network *net, const road_junction *junction, int group,
                       double time_s);

#endif
