// SPDX-License-Identifier: Apache-2.0
// A town's streets as a plane graph, before any of them has a width: points that keep apart,
// joined where nothing lies between them, with a through road across.
#ifndef SCENES_TOWN_GRAPH_H
#define SCENES_TOWN_GRAPH_H

#include <stdbool.h>

#include "base/rng.h"

enum { TOWN_NODES = 4096, TOWN_ARMS = 6 };
enum { TOWN_LARGE = 40 }; // towns of more nodes are mended where they don't come out

typedef struct town_arm {
  int to;             // node index; -1: the through road leaves the town here
  double heading_rad; // outward, as the street leaves the node
  bool major;
  bool narrow; // no room for the through road
} town_arm;

/// One arm: a dead end; two: a bend; three or more: a junction.
typedef struct town_node {
  double x_m, y_m;
  bool unfit; // the through road can't begin or end here
  int arm_count;
  town_arm arms[TOWN_ARMS];
} town_node;

typedef struct town_graph {
  int count;
  double axis_rad; // along which the through road leads
  int begin, end;  // its first and last node
  town_node nodes[TOWN_NODES];
} town_graph;

typedef struct town_graph_def {
  double size_m, block_m; // across the town; typical distance of crossings
  double dead_ends;       // share of dead ends that stay
} town_graph_def;

/// Draws a town around the origin. False when these draws give none: too few crossings, or no
/// way out for the through road. Nodes without arms may be left over.
bool town_graph_draw(town_graph *g, const town_graph_def *def, rng *r);

/// Gives a street up. False, with the graph spoilt, when it is the through road or the town
/// doesn't hold together without it.
bool town_graph_cut(town_graph *g, int node, int arm);

/// The same, and what then hangs together with the through road no longer goes, too. Streets
/// that are gone already are fine.
bool town_graph_give_up(town_graph *g, int node, int to);
/// Leads the through road another way than along that street, which may be one out of the town.
bool town_graph_lead_round(town_graph *g, const town_graph_def *def, int node, int to);

#endif
