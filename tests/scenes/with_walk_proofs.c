// SPDX-License-Identifier: Apache-2.0
#include "with_walk_proofs.h"

#include <math.h>
#include <stdlib.h>

#include "scenes/road_model.h"

static int root_of(int *parent, int node) {
  while (parent[node] != node)
    node = parent[node] = parent[parent[node]];
  return node;
}

static int root_of_crosswalk(const road_network *net, int *parent, int crosswalk) {
  for (int i = 0; i < net->walk_edge_count; i++)
    if (net->walk_edges[i].crosswalk == crosswalk)
      return root_of(parent, net->walk_edges[i].a);
  return -1;
}

// People don't get from town to town over land; within each part they get everywhere.
static void check_parts(const road_network *net, int *parent, proof_fault *out) {
  for (int i = 0; i < net->part_count; i++) {
    const road_part *part = &net->parts[i];
    int root = -1;
    for (int k = 0; k < net->crosswalk_count; k++) {
      int j = net->crosswalks[k].junction - part->junction_first;
      if (j < 0 || j >= part->junction_count)
        continue;
      int own = root_of_crosswalk(net, parent, k + 1);
      if (own < 0 || (root >= 0 && own != root))
        proof_says(out, "part %d: one can't walk to crosswalk %d", part->part, k + 1);
      root = own;
    }
  }
}

void proof_walks_connected(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  int *parent = malloc(((size_t)net->walk_node_count + 1) * sizeof *parent);
  int parts = net->walk_node_count, sides = 0;
  for (int i = 0; i <= net->walk_node_count; i++)
    parent[i] = i;
  for (int i = 0; i < net->walk_edge_count; i++) {
    int a = root_of(parent, net->walk_edges[i].a), b = root_of(parent, net->walk_edges[i].b);
    parts -= a != b;
    parent[a] = b;
  }
  for (int i = 0; i < net->road_count; i++)
    for (int side = -1; side <= 1; side += 2)
      sides += !net->roads[i].junction && road_walk_width(net, &net->roads[i], side) > 0;
  int expected = net->crosswalk_count > 0 ? 1 : net->road_count == 1 ? sides : parts;
  check_parts(net, parent, out);
  expected = net->part_count > 0 ? parts : expected;
  if (parts != expected || (sides > 0) != (net->walk_edge_count > 0))
    proof_says(out, "%d sides of roads have sidewalks, %d nodes in %d parts", sides,
               net->walk_node_count, parts);
  free(parent);
}

static bool knows(const road_network *net, int node, int edge) {
  const walk_node *n = &net->walk_nodes[node - 1];
  for (int i = 0; i < n->edge_count; i++)
    if (net->walk_links[n->edge_first + i] == edge)
      return true;
  return false;
}

void proof_walks_apart(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->walk_edge_count; i++) {
    const walk_edge *edge = &net->walk_edges[i];
    int ends[2] = {edge->a, edge->b};
    for (int k = 0; k < 2; k++) {
      const walk_node *node = &net->walk_nodes[ends[k] - 1];
      road_point p = walk_point(net, edge, k ? edge->length_m : 0);
      double gap = hypot(hypot(p.x_m - node->x_m, p.y_m - node->y_m), p.z_m - node->z_m);
      if (!(gap <= 1e-3) || !knows(net, ends[k], edge->id))
        proof_says(out, "edge %d ends %.4f m from node %d", edge->id, gap, ends[k]);
    }
    if (!(edge->length_m > 0.1 && edge->width_m >= 0.5))
      proof_says(out, "edge %d is %.2f m long, %.2f m wide", edge->id, edge->length_m,
                 edge->width_m);
    for (double s = 0; s < edge->length_m && edge->kind != WALK_CROSSWALK; s += 1.5) {
      road_point p = walk_point(net, edge, s);
      double t = 0;
      int lane = lane_nearest(net, p.x_m, p.y_m, NULL, &t);
      if (lane && !(fabs(t) >= net->paths[lane - 1].width_m / 2 + 0.3))
        proof_says(out,
                   "edge %d, kind %d, at %.1f m: %.2f m from the middle of lane %d, %.2f m "
                   "wide",
                   edge->id, (int)edge->kind, s, fabs(t), lane, net->paths[lane - 1].width_m);
    }
  }
}
