// SPDX-License-Identifier: Apache-2.0
// The walk graph: sidewalks, the ways round corners, and crosswalks between kerbs.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/road_builder.h"

static const double BEHIND_KERB_M = 0.6; // where people wait, from the carriageway's edge

// Nodes at one end of a road, by side: [0] right, [1] left of the road's own direction. Ids
// are index + 1.
typedef struct end_nodes {
  int path[2]; // on the sidewalk
  int kerb[2]; // waiting at the crosswalk
} end_nodes;

static int add_node(road_builder *b, vec3 p) {
  road_network *net = &b->net;
  if (b->failed ||
      !ARRAY_RESERVE(net->walk_nodes, b->walk_node_capacity, net->walk_node_count + 1)) {
    b->failed = true;
    return 0;
  }
  net->walk_nodes[net->walk_node_count] = (walk_node){.x_m = p.x, .y_m = p.y, .z_m = p.z};
  return ++net->walk_node_count;
}

static vec3 node_point(const road_builder *b, int node) {
  const walk_node *n = &b->net.walk_nodes[node - 1];
  return (vec3){n->x_m, n->y_m, n->z_m};
}

// An edge along `count` points from node a to node b; gaps are filled to 2 m.
static void add_edge(road_builder *b, walk_kind kind, int from, int to, const vec3 *points,
                     int count, double width_m, int crosswalk) {
  road_network *net = &b->net;
  if (b->failed ||
      !ARRAY_RESERVE(net->walk_edges, b->walk_edge_capacity, net->walk_edge_count + 1)) {
    b->failed = true;
    return;
  }
  walk_edge edge = {.id = net->walk_edge_count + 1,
                    .a = from,
                    .b = to,
                    .kind = kind,
                    .crosswalk = crosswalk,
                    .width_m = width_m,
                    .point_first = net->point_count};
  double s = 0;
  for (int i = 0; i + 1 < count; i++) {
    vec3 step = vec3_sub(points[i + 1], points[i]);
    double length = hypot(step.x, step.y);
    int pieces = (int)ceil(length / 2);
    if (length < 1e-9)
      continue;
    for (int k = 0; k < pieces; k++) {
      vec3 p = vec3_add(points[i], vec3_scale(step, (double)k / pieces));
      road_builder_point(
          b, (road_point){p.x, p.y, p.z, atan2(step.y, step.x), s + length * k / pieces, 0});
      edge.point_count++;
    }
    s += length;
  }
  vec3 last = points[count - 1];
  if (b->failed || edge.point_count == 0)
    return;
  double heading = net->points[net->point_count - 1].heading_rad;
  road_builder_point(b, (road_point){last.x, last.y, last.z, heading, s, 0});
  edge.point_count++;
  edge.length_m = s;
  net->walk_edges[net->walk_edge_count++] = edge;
}

static vec3 raised(vec3 p) {
  return (vec3){p.x, p.y, p.z + ROAD_KERB_M};
}

static vec3 side_point(const road_network *net, const road *r, double s, int side, road_edge edge,
                       double behind) {
  double t = road_edge_t(net, r, s, side, edge) + side * behind;
  return road_point_at(net, r, s, t);
}

// How far in from its end a road's sidewalks begin: at the crosswalk's middle, if there is one.
static double walk_inward(const road_builder *b, const road *r, bool at_end) {
  const road_note *note = &b->notes[r->id - 1];
  return note->crosswalk[at_end] ? (note->walk_near_m[at_end] + note->walk_far_m[at_end]) / 2 : 0;
}

// Roads that continue each other share the nodes between them; an earlier one has made them.
static bool share_end(const road_builder *b, const road *r, bool at_end, const end_nodes (*ends)[2],
                      end_nodes *out) {
  const road_link *link = at_end ? &r->successor : &r->predecessor;
  if (link->kind != ROAD_LINK_ROAD || link->id >= r->id || b->net.roads[link->id - 1].junction)
    return false;
  const end_nodes *other = &ends[link->id - 1][link->at_end];
  bool turned = link->at_end == at_end; // left of one is right of the other
  for (int k = 0; k < 2; k++)
    out->path[k] = other->path[turned ? 1 - k : k];
  return out->path[0] && out->path[1];
}

static void add_end(road_builder *b, const road *r, bool at_end, const end_nodes (*ends)[2],
                    end_nodes *out) {
  const road_network *net = &b->net;
  if (share_end(b, r, at_end, ends, out))
    return;
  int walk = b->notes[r->id - 1].crosswalk[at_end];
  double inward = walk_inward(b, r, at_end);
  double s = at_end ? r->length_m - inward : inward;
  for (int k = 0; k < 2; k++) {
    int side = k ? 1 : -1;
    if (road_walk_width(net, r, side) <= 0)
      continue;
    if (!out->path[k])
      out->path[k] = add_node(b, raised(side_point(net, r, s, side, ROAD_EDGE_PATH, 0)));
    if (walk)
      out->kerb[k] =
          add_node(b, raised(side_point(net, r, s, side, ROAD_EDGE_KERB, BEHIND_KERB_M)));
  }
}

static void join_end(road_builder *b, const road *r, bool at_end, const end_nodes *end) {
  int walk = b->notes[r->id - 1].crosswalk[at_end];
  if (!walk || !end->kerb[0] || !end->kerb[1])
    return;
  for (int k = 0; k < 2; k++) {
    vec3 line[2] = {node_point(b, end->path[k]), node_point(b, end->kerb[k])};
    add_edge(b, WALK_CORNER, end->path[k], end->kerb[k], line, 2, 2, 0);
  }
  // Down from the kerb, over the carriageway, up again.
  double inward = walk_inward(b, r, at_end);
  double s = at_end ? r->length_m - inward : inward;
  vec3 line[4] = {node_point(b, end->kerb[0]), side_point(&b->net, r, s, -1, ROAD_EDGE_KERB, 0),
                  side_point(&b->net, r, s, 1, ROAD_EDGE_KERB, 0), node_point(b, end->kerb[1])};
  add_edge(b, WALK_CROSSWALK, end->kerb[0], end->kerb[1], line, 4,
           b->notes[r->id - 1].walk_far_m[at_end] - b->notes[r->id - 1].walk_near_m[at_end], walk);
}

static void add_sidewalks(road_builder *b, const road *r, const end_nodes ends[2]) {
  const road_network *net = &b->net;
  enum { MOST = 2000 };
  vec3 *line = malloc(sizeof *line * MOST);
  b->failed = b->failed || !line;
  for (int k = 0; k < 2 && !b->failed; k++) {
    int side = k ? 1 : -1;
    if (!ends[0].path[k] || !ends[1].path[k])
      continue;
    double s0 = walk_inward(b, r, false), s1 = r->length_m - walk_inward(b, r, true);
    int n = (int)ceil((s1 - s0) / 1.9);
    n = n < 1 ? 1 : n > MOST - 1 ? MOST - 1 : n;
    for (int i = 0; i <= n; i++)
      line[i] = raised(side_point(net, r, s0 + (s1 - s0) * i / n, side, ROAD_EDGE_PATH, 0));
    // Nodes that another road has made lie where its sidewalk ends.
    if (r->predecessor.kind == ROAD_LINK_ROAD)
      line[0] = node_point(b, ends[0].path[k]);
    if (r->successor.kind == ROAD_LINK_ROAD)
      line[n] = node_point(b, ends[1].path[k]);
    add_edge(b, WALK_SIDEWALK, ends[0].path[k], ends[1].path[k], line, n + 1,
             road_walk_width(net, r, side), 0);
  }
  free(line);
}

static void add_corners(road_builder *b, int junction, const end_nodes (*ends)[2]) {
  road_arm arms[ROAD_ARMS];
  const road_network *net = &b->net;
  int count = road_junction_arms(net, &net->junctions[junction - 1], arms);
  for (int i = 0; i < count; i++) {
    const road_arm *arm = &arms[i], *next = &arms[(i + 1) % count];
    int from = ends[arm->road - 1][arm->at_end].path[road_arm_left_side(arm) > 0];
    int to = ends[next->road - 1][next->at_end].path[road_arm_left_side(next) < 0];
    if (!from || !to)
      continue;
    road_corner corner;
    road_corner_lines(net, arm, next, &corner);
    vec3 line[ROAD_BULB_POINTS + 2];
    line[0] = node_point(b, from);
    for (int k = 0; k < corner.count; k++)
      line[k + 1] = raised(corner.path[k]);
    line[corner.count + 1] = node_point(b, to);
    double width =
        fmin(road_walk_width(net, &net->roads[arm->road - 1], road_arm_left_side(arm)),
             road_walk_width(net, &net->roads[next->road - 1], -road_arm_left_side(next)));
    add_edge(b, WALK_CORNER, from, to, line, corner.count + 2, width, 0);
  }
}

static void link_nodes(road_builder *b) {
  road_network *net = &b->net;
  if (net->walk_edge_count == 0)
    return;
  if (!ARRAY_RESERVE(net->walk_links, b->walk_link_capacity, 2 * net->walk_edge_count)) {
    b->failed = true;
    return;
  }
  for (int i = 0; i < net->walk_edge_count; i++) {
    net->walk_nodes[net->walk_edges[i].a - 1].edge_count++;
    net->walk_nodes[net->walk_edges[i].b - 1].edge_count++;
  }
  for (int i = 0; i < net->walk_node_count; i++) {
    net->walk_nodes[i].edge_first = net->walk_link_count;
    net->walk_link_count += net->walk_nodes[i].edge_count;
    net->walk_nodes[i].edge_count = 0;
  }
  for (int i = 0; i < net->walk_edge_count; i++) {
    const walk_edge *edge = &net->walk_edges[i];
    int ends[2] = {edge->a, edge->b};
    for (int k = 0; k < 2; k++) {
      walk_node *node = &net->walk_nodes[ends[k] - 1];
      net->walk_links[node->edge_first + node->edge_count++] = edge->id;
    }
  }
}

void road_derive_walks(road_builder *b) {
  if (b->failed)
    return;
  end_nodes(*ends)[2] = calloc((size_t)b->net.road_count + 1, sizeof *ends);
  if (!ends) {
    b->failed = true;
    return;
  }
  for (int i = 0; i < b->net.road_count && !b->failed; i++) {
    const road *r = &b->net.roads[i];
    if (r->junction)
      continue;
    for (int end = 0; end < 2; end++)
      add_end(b, r, end, (const end_nodes(*)[2])ends, &ends[i][end]);
    add_sidewalks(b, r, (const end_nodes *)ends[i]);
    for (int end = 0; end < 2 && !b->failed; end++)
      join_end(b, r, end, &ends[i][end]);
  }
  for (int j = 1; j <= b->net.junction_count && !b->failed; j++)
    add_corners(b, j, (const end_nodes(*)[2])ends);
  if (!b->failed)
    link_nodes(b);
  free(ends);
}
