// SPDX-License-Identifier: Apache-2.0
// Between the parts of scenes/opendrive_read*.c only; scenes/osm_read*.c share what is about
// the file, its elements and remarks. The first error ends the reading: later
// calls change nothing and answer false or 0. What is kept goes straight into the builder;
// what is between the file and the model is here.
#ifndef SCENES_OPENDRIVE_READER_H
#define SCENES_OPENDRIVE_READER_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "scenes/opendrive_read.h"

/// A link of a road as the file has it; texts live in the document.
typedef struct map_link {
  road_link_kind kind;
  const char *id;
  bool at_end;
  bool inside; // of a main road, where it has a virtual junction: these say where
  double s_m;  // elementS
  bool along;  // elementDir "+": going on along its s
} map_link;

/// The piece of a road that became connecting roads of a direct junction.
typedef struct map_fork {
  int road;                   // id of the first of them, in the piece's place; 0: none
  int more_first, more_count; // ids of the others, one after the other
} map_fork;

/// A <road>. It becomes one road of the network per lane section that is long enough.
typedef struct map_road {
  xmlNode *node;
  const char *id, *junction; // junction NULL: none
  double length_m;
  road_class class;
  double speed_mps; // of its type; 0: not said
  map_link predecessor, successor;
  int geometry_first, geometry_count;   // into map_reader.geometries
  int elevation_first, elevation_count; // into map_reader.polys
  int bank_first, bank_count;           // into map_reader.polys: superelevation
  int offset_first, offset_count;       // into map_reader.polys
  int section_first, section_count;     // into the builder's sections, s_m along this road
  int first, last;                      // ids of the network's roads, first and last along s
  double begin_m, end_m;                // what these are of this road: all, or what forks leave
  map_fork forks[2];                    // at its start and its end
} map_road;

/// A road of the network as a part of a <road>.
typedef struct map_piece {
  int map;        // index into map_reader.roads
  double begin_m; // where it begins, as s of that
} map_piece;

typedef enum map_junction_type { MAP_CROSSING, MAP_DIRECT, MAP_VIRTUAL } map_junction_type;

typedef struct map_junction {
  xmlNode *node;
  const char *id;
  map_junction_type type;
  int number; // id in the network; 0: left out
  int main;   // virtual: index of its main road, from begin_m to end_m of which it lies
  double begin_m, end_m;
  bool needs_program; // has lights, and the file doesn't say when they change
} map_junction;

/// A <connection> of a direct junction: the road whose end is made into connecting roads, and
/// the one that it joins there.
typedef struct map_branch {
  const xmlNode *node;
  int junction;              // index
  int trunk, other;          // indices of roads
  bool trunk_end, other_end; // which ends of them meet
  bool from_other;           // the file's incoming road is the other
} map_branch;

/// Where a road is cut, as if a lane section ended there.
typedef struct map_cut {
  int map; // index of the road
  double s_m;
} map_cut;

/// What stands at an end of a network's road.
typedef struct map_end {
  xmlNode *light, *left_light, *walk_light; // first <signal> or <signalReference> of each
  bool must_yield, must_stop;               // by a sign
} map_end;

typedef struct map_reader {
  const char *name;     // of the file
  const xmlNode *ruled; // the first <road> that says on which side it is driven
  xmlDoc *doc;
  road_builder *b;
  int road_count, road_capacity;
  map_road *roads;
  int *by_id; // (road_count) indices of roads, sorted by id
  int junction_count, junction_capacity;
  map_junction *junctions;
  int geometry_count, geometry_capacity;
  road_geometry *geometries;
  int poly_count, poly_capacity;
  road_poly3 *polys;
  map_end (*ends)[2]; // (network's road_count)
  int piece_capacity;
  map_piece *pieces; // (network's road_count)
  int branch_count, branch_capacity;
  map_branch *branches; // by junction
  int cut_count, cut_capacity;
  map_cut *cuts;
  double lane_m;          // length of all lanes so far
  double east_m, north_m; // taken off all coordinates
  status code;
  trouble *why;
} map_reader;

// Errors, remarks and attributes ----------------------------------------------

/// The text's document into r->doc; `what` it should be is for errors. No entity, no DOCTYPE,
/// nothing from outside.
bool map_parse(map_reader *r, const char *what, const char *text, size_t size);
/// Ends the reading with "FILE:LINE: …"; false.
bool map_fail(map_reader *r, const xmlNode *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool map_fail_memory(map_reader *r);
/// Notes what is left out; the same words again only count.
void map_remark(map_reader *r, const xmlNode *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int map_line(const xmlNode *at);
bool map_is(const xmlNode *at, const char *element);
/// The element's first and next child element; the child of that name.
xmlNode *map_first(const xmlNode *at);
xmlNode *map_next(const xmlNode *at);
xmlNode *map_child(const xmlNode *at, const char *element);
/// The attribute's text as it is in the document; NULL when it isn't there.
const char *map_text(const xmlNode *at, const char *attribute);
/// Same for one that must be there; "" after an error.
const char *map_need(map_reader *r, const xmlNode *at, const char *attribute);
/// A finite number within +-limit; `fallback` when absent. NaN as a fallback: it must be there.
double map_number(map_reader *r, const xmlNode *at, const char *attribute, double limit,
                  double fallback);
int map_whole(map_reader *r, const xmlNode *at, const char *attribute);
/// Value of the element's <userData code=…>; NULL when it has none.
const char *map_user_data(const xmlNode *at, const char *code);
/// Remarks on every child element but those named, a list that ends with NULL.
void map_remark_others(map_reader *r, const xmlNode *at, const char *const *known);
/// A speed in m/s from the attributes max and unit; 0 for no limit.
double map_speed(map_reader *r, const xmlNode *at);

// Parts, in the order in which they run ----------------------------------------

bool map_read_road(map_reader *r, xmlNode *node);
bool map_read_shape(map_reader *r, map_road *map, xmlNode *plan_view);
bool map_read_lanes(map_reader *r, map_road *map, xmlNode *lanes);
/// Appends a poly3 record with s from attribute `s`.
bool map_read_poly(map_reader *r, const xmlNode *at, const char *s, road_poly3 *out);
/// Index of the last record that begins at or before s.
int map_poly_at(const road_poly3 *first, int count, double s_m);

/// Which ends of roads become the connecting roads of direct junctions, and the cuts for that.
bool map_find_branches(map_reader *r);
/// Once the network has its roads: makes them so.
bool map_make_forks(map_reader *r);
/// Virtual junctions: where their main roads are cut; once the network has its roads, what lies
/// between becomes the way straight through.
bool map_find_virtual(map_reader *r);
void map_make_through(map_reader *r);
/// The end of a piece of a main road that a connecting road of its virtual junction joins, by the
/// junction's number and the link that it has there, its predecessor or successor. Kind NONE where
/// there is none.
road_link map_link_inside(const map_reader *r, int junction, const map_link *link,
                          bool predecessor);
/// Adds a place where a road is to be cut; map_cut_sections cuts them all.
bool map_cut_at(map_reader *r, const map_road *map, double s_m);
bool map_cut_sections(map_reader *r);
/// Index of the first or last lane section of a <road> that becomes a road of the network; where
/// it begins and ends along the <road>.
int map_outer_section(const map_reader *r, const map_road *map, bool last, double *begin_m,
                      double *end_m);
/// The network's roads of every <road>, linked.
bool map_build_roads(map_reader *r);
map_road *map_find_road(map_reader *r, const char *id);
map_junction *map_find_junction(map_reader *r, const char *id);
/// Connections into the lanes' links, and each way's rank.
bool map_read_connections(map_reader *r);
/// Lanes that are too narrow for vehicles wherever they lead become shoulders.
bool map_leave_narrow(map_reader *r);
bool map_read_objects(map_reader *r);
/// Lights and signs into r->ends.
bool map_read_signals(map_reader *r);
/// Outlines, kinds, ranks, signal programs.
bool map_finish_junctions(map_reader *r);

/// The end of the network's road that a place on a map's road belongs to. `direction` is +1
/// for who drives along s, -1 against, 0 the nearer end.
typedef struct map_place {
  int road; // id in the network
  bool at_end;
  double out_m; // from that end
} map_place;
map_place map_place_at(const map_reader *r, const map_road *map, double s_m, int direction);

#endif
