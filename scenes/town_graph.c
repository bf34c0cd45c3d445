// SPDX-License-Identifier: Apache-2.0
#include "scenes/town_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pose.h"
#include "scenes/point_grid.h"

static const double PI = 3.14159265358979323846;
static const double APART = 0.78;          // least distance of two nodes, of block_m
static const double LEAST_ANGLE_RAD = 1.1; // between two streets at a node
static const double THROUGH_RAD = 2.4;     // arms wider apart than this become one straight street
static const double EXTRA = 0.35;          // share of the possible short cuts that are built
enum { TRIES_A_NODE = 30, CROSSING_ARMS = 4, ENDS = 40 };

static double distance(const town_graph *g, int a, int b) {
  return hypot(g->nodes[a].x_m - g->nodes[b].x_m, g->nodes[a].y_m - g->nodes[b].y_m);
}

static double heading(const town_graph *g, int from, int to) {
  return atan2(g->nodes[to].y_m - g->nodes[from].y_m, g->nodes[to].x_m - g->nodes[from].x_m);
}

// The farthest that a node is from the origin.
static double town_radius(const town_graph_def *def) {
  return fmax(def->size_m, 2.2 * def->block_m) / 2;
}

// Points in a bulging circle that keep apart. False when memory ran out.
static bool scatter(town_graph *g, const town_graph_def *def, rng *r) {
  double phase = rng_uniform(r, -PI, PI), least = APART * def->block_m, most = town_radius(def);
  int wanted =
      (int)fmin(TOWN_NODES, 1.15 * def->size_m * def->size_m / (def->block_m * def->block_m));
  wanted = wanted < 12 ? 12 : wanted;
  g->count = 0;
  point_grid taken;
  bool ok = point_grid_init(&taken, -most, -most, most, most, least, wanted);
  for (int i = 0; ok && i < wanted * TRIES_A_NODE && g->count < wanted; i++) {
    double angle = rng_uniform(r, -PI, PI), bulge = 0.88 + 0.12 * sin(2 * angle + phase);
    double at = most * bulge * sqrt(rng_unit(r));
    town_node n = {.x_m = at * cos(angle), .y_m = at * sin(angle)};
    bool near = false;
    point_grid_look look = point_grid_around(&taken, n.x_m, n.y_m, least);
    for (int k; !near && (k = point_grid_next(&look)) >= 0;)
      near = hypot(g->nodes[k].x_m - n.x_m, g->nodes[k].y_m - n.y_m) < least;
    if (near)
      continue;
    point_grid_add(&taken, g->count, n.x_m, n.y_m);
    g->nodes[g->count++] = n;
  }
  point_grid_free(&taken);
  return ok;
}

static void join(town_graph *g, int a, int b) {
  town_node *p = &g->nodes[a], *q = &g->nodes[b];
  p->arms[p->arm_count++] = (town_arm){.to = b, .heading_rad = heading(g, a, b)};
  q->arms[q->arm_count++] = (town_arm){.to = a, .heading_rad = heading(g, b, a)};
}

static void drop(town_graph *g, int a, int b) {
  int ends[2][2] = {{a, b}, {b, a}};
  for (int e = 0; e < 2; e++) {
    town_node *n = &g->nodes[ends[e][0]];
    for (int k = 0; k < n->arm_count; k++)
      if (n->arms[k].to == ends[e][1]) {
        n->arms[k] = n->arms[--n->arm_count];
        break;
      }
  }
}

// Least angle between a heading and a node's arms.
static double free_angle(const town_node *n, double heading_rad) {
  double least = PI;
  for (int k = 0; k < n->arm_count; k++)
    least = fmin(least, fabs(angle_wrap(n->arms[k].heading_rad - heading_rad)));
  return least;
}

typedef struct link {
  int a, b;
  double length_m;
  bool near; // relative neighbours: no third node is nearer to both than they are to each other
} link;

static int by_length(const void *a, const void *b) {
  const link *p = a, *q = b;
  if (p->near != q->near)
    return p->near ? -1 : 1;
  if (p->length_m != q->length_m)
    return p->length_m < q->length_m ? -1 : 1;
  return p->a != q->a ? p->a - q->a : p->b - q->b;
}

// Whether no node lies in the circle over a pair; *near as in link.
static bool is_clear(const town_graph *g, const point_grid *nodes, int a, int b, double d,
                     bool *near) {
  *near = true;
  point_grid_look look = point_grid_around(nodes, g->nodes[a].x_m, g->nodes[a].y_m, 1.001 * d);
  for (int k; (k = point_grid_next(&look)) >= 0;) {
    if (k == a || k == b)
      continue;
    double da = distance(g, a, k), db = distance(g, b, k);
    if (da * da + db * db <= d * d)
      return false;
    *near = *near && fmax(da, db) >= d;
  }
  return true;
}

// Pairs with no node in the circle over them; the graph of all these is plane.
static int find_links(const town_graph *g, const point_grid *nodes, double most_m, link *out,
                      int capacity) {
  int count = 0;
  for (int a = 0; a < g->count; a++) {
    point_grid_look look = point_grid_around(nodes, g->nodes[a].x_m, g->nodes[a].y_m, most_m);
    for (int b; count < capacity && (b = point_grid_next(&look)) >= 0;) {
      bool near;
      double d = b > a ? distance(g, a, b) : INFINITY;
      if (d < most_m && is_clear(g, nodes, a, b, d, &near))
        out[count++] = (link){a, b, d, near};
    }
  }
  qsort(out, (size_t)count, sizeof *out, by_length);
  return count;
}

// Relative neighbours keep 60 degrees between streets by themselves and leave nobody out.
// Short cuts that keep the angles join some of what else lies side by side.
static bool join_nodes(town_graph *g, const town_graph_def *def, rng *r) {
  int capacity = 4 * g->count + 16;
  double most = town_radius(def);
  link *links = malloc(sizeof *links * (size_t)capacity);
  point_grid nodes;
  bool ok = point_grid_init(&nodes, -most, -most, most, most, def->block_m, g->count) && links;
  for (int i = 0; i < g->count && ok; i++)
    point_grid_add(&nodes, i, g->nodes[i].x_m, g->nodes[i].y_m);
  int count = ok ? find_links(g, &nodes, 2.6 * def->block_m, links, capacity) : 0;
  point_grid_free(&nodes);
  for (int i = 0; i < count; i++) {
    const link *l = &links[i];
    town_node *p = &g->nodes[l->a], *q = &g->nodes[l->b];
    bool cut = rng_chance(r, EXTRA);
    if (!l->near && (!cut || p->arm_count >= CROSSING_ARMS || q->arm_count >= CROSSING_ARMS))
      continue;
    bool room = p->arm_count < TOWN_ARMS - 1 && q->arm_count < TOWN_ARMS - 1 &&
                free_angle(p, heading(g, l->a, l->b)) > LEAST_ANGLE_RAD &&
                free_angle(q, heading(g, l->b, l->a)) > LEAST_ANGLE_RAD;
    if (room)
      join(g, l->a, l->b);
  }
  free(links);
  return ok;
}

static void trim_dead_ends(town_graph *g, const town_graph_def *def, rng *r) {
  bool keep[TOWN_NODES];
  for (int i = 0; i < g->count; i++)
    keep[i] = rng_chance(r, def->dead_ends);
  for (bool changed = true; changed;) {
    changed = false;
    for (int i = 0; i < g->count; i++)
      if (g->nodes[i].arm_count == 1 && !keep[i]) {
        drop(g, i, g->nodes[i].arms[0].to);
        changed = true;
      }
  }
}

// Marks what hangs together with a node, or what the through road may reach from there.
static int flood(const town_graph *g, int at, bool through, int mark, int *marks) {
  int stack[TOWN_NODES], top = 0, size = 0;
  stack[top++] = at;
  marks[at] = mark;
  while (top > 0) {
    int i = stack[--top];
    size++;
    for (int k = 0; k < g->nodes[i].arm_count; k++) {
      int to = g->nodes[i].arms[k].to;
      if (to >= 0 && !marks[to] && !(through && g->nodes[i].arms[k].narrow)) {
        marks[to] = mark;
        stack[top++] = to;
      }
    }
  }
  return size;
}

// Long gaps may have left parts that no street joins: only the largest stays.
static void keep_largest(town_graph *g) {
  int marks[TOWN_NODES] = {0}, best = 0, most = 0;
  for (int i = 0; i < g->count; i++) {
    int size = marks[i] ? 0 : flood(g, i, false, i + 1, marks);
    if (size > most)
      most = size, best = i + 1;
  }
  for (int i = 0; i < g->count; i++)
    if (marks[i] != best)
      g->nodes[i].arm_count = 0;
}

// Nodes still to be looked at on a search, the nearest first; of equally near ones the first.
typedef struct open_nodes {
  int count;
  int heap[TOWN_NODES], place[TOWN_NODES]; // node by place, place by node
  double cost[TOWN_NODES];
} open_nodes;

static bool comes_first(const open_nodes *o, int a, int b) {
  return o->cost[a] < o->cost[b] || (o->cost[a] == o->cost[b] && a < b);
}

static void put_at(open_nodes *o, int place, int node) {
  o->heap[place] = node;
  o->place[node] = place;
}

// Puts a node in, or nearer to the front when its cost fell.
static void raise_node(open_nodes *o, int node) {
  int at = o->place[node] < 0 ? o->count++ : o->place[node];
  for (; at > 0 && comes_first(o, node, o->heap[(at - 1) / 2]); at = (at - 1) / 2)
    put_at(o, at, o->heap[(at - 1) / 2]);
  put_at(o, at, node);
}

static int take_first(open_nodes *o) {
  int first = o->heap[0], node = o->heap[--o->count], at = 0;
  for (int child; (child = 2 * at + 1) < o->count; at = child) {
    if (child + 1 < o->count && comes_first(o, o->heap[child + 1], o->heap[child]))
      child++;
    if (comes_first(o, node, o->heap[child]))
      break;
    put_at(o, at, o->heap[child]);
  }
  put_at(o, at, node);
  return first;
}

// Shortest way between two nodes, but on no narrow street when it is for the through road, into
// `from` (the node before each); false when there is none.
static bool find_way(const town_graph *g, int start, int end, bool through, int *from) {
  open_nodes open = {.count = 0};
  bool done[TOWN_NODES] = {false};
  for (int i = 0; i < g->count; i++) {
    open.cost[i] = INFINITY;
    open.place[i] = -1;
  }
  open.cost[start] = 0;
  from[start] = -1;
  raise_node(&open, start);
  while (open.count > 0) {
    int best = take_first(&open);
    if (best == end)
      return true;
    done[best] = true;
    for (int k = 0; k < g->nodes[best].arm_count; k++) {
      const town_arm *arm = &g->nodes[best].arms[k];
      if (arm->to < 0 || done[arm->to] || (through && arm->narrow))
        continue;
      double cost = open.cost[best] + distance(g, best, arm->to);
      if (cost < open.cost[arm->to]) {
        open.cost[arm->to] = cost;
        from[arm->to] = best;
        raise_node(&open, arm->to);
      }
    }
  }
  return false;
}

static void set_major(town_graph *g, int a, int b) {
  for (int k = 0; k < g->nodes[a].arm_count; k++)
    if (g->nodes[a].arms[k].to == b)
      g->nodes[a].arms[k].major = true;
}

// The through road goes on out of the town where it finds room, as straight as it can.
static bool add_way_out(town_graph *g, int at, double ahead_rad, double block_m) {
  static const double turns[] = {0, 0.25, -0.25, 0.5, -0.5, 0.75, -0.75};
  town_node *n = &g->nodes[at];
  for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
    double out = ahead_rad + turns[i];
    bool clear = n->arm_count < TOWN_ARMS && free_angle(n, out) > LEAST_ANGLE_RAD;
    for (double d = 0.5; d < 3 && clear; d += 0.25)
      for (int k = 0; k < g->count && clear; k++) {
        double dx = g->nodes[k].x_m - n->x_m - d * block_m * cos(out);
        double dy = g->nodes[k].y_m - n->y_m - d * block_m * sin(out);
        clear = k == at || fabs(dx) > 0.6 * block_m || hypot(dx, dy) > 0.6 * block_m;
      }
    if (!clear)
      continue;
    n->arms[n->arm_count++] = (town_arm){.to = -1, .heading_rad = angle_wrap(out), .major = true};
    return true;
  }
  return false;
}

// Its first and last node: the outermost along the axis. False when there are no two.
static bool choose_ends(town_graph *g) {
  double lo = INFINITY, hi = -INFINITY;
  g->begin = g->end = -1;
  for (int i = 0; i < g->count; i++) {
    const town_node *n = &g->nodes[i];
    double along = n->x_m * cos(g->axis_rad) + n->y_m * sin(g->axis_rad);
    if (n->arm_count == 0 || n->unfit)
      continue;
    if (along < lo)
      lo = along, g->begin = i;
    if (along > hi)
      hi = along, g->end = i;
  }
  return g->begin >= 0 && g->begin != g->end;
}

// From its first to its last node and out of the town at both. -1, or which of the two is unfit.
static int try_through_road(town_graph *g, const town_graph_def *def) {
  int from[TOWN_NODES], second = g->end;
  if (!find_way(g, g->begin, g->end, true, from)) {
    int marks[TOWN_NODES] = {0}, others[TOWN_NODES] = {0};
    bool begin_is_shut = flood(g, g->begin, true, 1, marks) < flood(g, g->end, true, 1, others);
    return begin_is_shut ? g->begin : g->end;
  }
  int before_end = from[g->end];
  for (int i = g->end; from[i] >= 0; i = from[i]) {
    set_major(g, i, from[i]);
    set_major(g, from[i], i);
    second = i;
  }
  if (!add_way_out(g, g->begin, heading(g, second, g->begin), def->block_m))
    return g->begin;
  return add_way_out(g, g->end, heading(g, before_end, g->end), def->block_m) ? -1 : g->end;
}

// Takes it up again, and with it all that was straightened.
static void clear_through_road(town_graph *g) {
  for (int i = 0; i < g->count; i++) {
    town_node *n = &g->nodes[i];
    for (int k = n->arm_count - 1; k >= 0; k--) {
      town_arm *arm = &n->arms[k];
      arm->major = false;
      if (arm->to >= 0)
        arm->heading_rad = heading(g, i, arm->to);
      else
        *arm = n->arms[--n->arm_count];
    }
  }
}

// In a large town other ends are tried where one is unfit.
static bool lay_through_road(town_graph *g, const town_graph_def *def) {
  for (int i = 0; i < ENDS; i++) {
    int unfit = choose_ends(g) ? try_through_road(g, def) : -2;
    if (unfit < 0 || g->count <= TOWN_LARGE)
      return unfit == -1;
    g->nodes[unfit].unfit = true;
    clear_through_road(g);
  }
  return false;
}

// Two arms nearly in line become one street without a kink.
static void straighten(town_node *n, bool major) {
  for (int a = 0; a < n->arm_count; a++)
    for (int b = a + 1; b < n->arm_count; b++) {
      double apart = angle_wrap(n->arms[b].heading_rad - n->arms[a].heading_rad);
      bool both = n->arms[a].major && n->arms[b].major,
           none = !n->arms[a].major && !n->arms[b].major;
      if (fabs(apart) < THROUGH_RAD || !(major ? both : none))
        continue;
      double off = angle_wrap(apart - PI) / 2;
      double ha = angle_wrap(n->arms[a].heading_rad + off);
      double hb = angle_wrap(n->arms[b].heading_rad - off);
      bool room = true;
      for (int k = 0; k < n->arm_count; k++)
        room = room && (k == a || k == b ||
                        (fabs(angle_wrap(n->arms[k].heading_rad - ha)) > 1.05 &&
                         fabs(angle_wrap(n->arms[k].heading_rad - hb)) > 1.05));
      if (!room)
        continue;
      n->arms[a].heading_rad = ha;
      n->arms[b].heading_rad = hb;
      return;
    }
}

// Ways round, counting dead ends, where one can turn: with two or more, lanes lead from
// everywhere to everywhere.
static int count_rounds(const town_graph *g) {
  int nodes = 0, ends = 0, dead = 0;
  for (int i = 0; i < g->count; i++) {
    nodes += g->nodes[i].arm_count > 0;
    dead += g->nodes[i].arm_count == 1;
    for (int k = 0; k < g->nodes[i].arm_count; k++)
      ends += g->nodes[i].arms[k].to >= 0;
  }
  return ends / 2 - nodes + 1 + dead;
}

static void straighten_all(town_graph *g) {
  for (int i = 0; i < g->count; i++)
    if (g->nodes[i].arm_count > 2) {
      straighten(&g->nodes[i], true);
      straighten(&g->nodes[i], false);
    }
}

bool town_graph_draw(town_graph *g, const town_graph_def *def, rng *r) {
  if (!scatter(g, def, r) || !join_nodes(g, def, r))
    return false;
  trim_dead_ends(g, def, r);
  keep_largest(g);
  g->axis_rad = rng_uniform(r, -PI, PI);
  if (!lay_through_road(g, def) || count_rounds(g) < 2)
    return false;
  straighten_all(g);
  return true;
}

bool town_graph_cut(town_graph *g, int node, int arm) {
  const town_arm *cut = &g->nodes[node].arms[arm];
  if (cut->to < 0 || cut->major)
    return false;
  int other = cut->to, from[TOWN_NODES];
  drop(g, node, other);
  bool whole = g->nodes[node].arm_count > 0 && g->nodes[other].arm_count > 0;
  return whole && find_way(g, node, other, false, from) && count_rounds(g) >= 2;
}

static town_arm *find_arm(town_graph *g, int node, int to) {
  for (int k = 0; k < g->nodes[node].arm_count; k++)
    if (g->nodes[node].arms[k].to == to)
      return &g->nodes[node].arms[k];
  return NULL;
}

bool town_graph_give_up(town_graph *g, int node, int to) {
  const town_arm *cut = find_arm(g, node, to);
  int from[TOWN_NODES], marks[TOWN_NODES] = {0};
  if (!cut)
    return true;
  if (to < 0 || cut->major)
    return false;
  drop(g, node, to);
  if (find_way(g, node, to, false, from))
    return true;
  flood(g, g->begin, false, 1, marks);
  for (int i = 0; i < g->count; i++)
    if (!marks[i])
      g->nodes[i].arm_count = 0;
  return marks[g->end] && count_rounds(g) >= 2;
}

bool town_graph_lead_round(town_graph *g, const town_graph_def *def, int node, int to) {
  town_arm *there = to < 0 ? NULL : find_arm(g, node, to);
  town_arm *back = to < 0 ? NULL : find_arm(g, to, node);
  if (to < 0)
    g->nodes[node].unfit = true;
  if (there && back)
    there->narrow = back->narrow = true;
  clear_through_road(g);
  if (!lay_through_road(g, def))
    return false;
  straighten_all(g);
  return true;
}
