// SPDX-License-Identifier: Apache-2.0
#include "scenes/town_ways.h"

#include <math.h>
#include <string.h>

#include "base/pose.h"

static const double IN_LINE_RAD = 2.5;
enum { MOST_TRIED = 600 }; // each asks all ways
enum { STREETS = TOWN_NODES * 2, WAYS = 2 * STREETS };

// A street between two of the graph's junctions or dead ends; a way is a street in one
// direction: 2 i from end 0 to end 1 of street i, 2 i + 1 back.
typedef struct town_street {
  int node[2], arm[2]; // node -1: out of the town
  bool fixed;          // stays open in both directions
  int way;             // +1 from end 0 to end 1 only, -1 back only, 0 both
} town_street;

typedef struct town_ways {
  const town_graph *graph;
  int count;
  town_street streets[STREETS];
  int at[TOWN_NODES][TOWN_ARMS]; // 2 * street + end that a junction's arm is, -1 none
} town_ways;

// Where the arm of a junction leads over nodes where the street only bends.
static void follow(const town_graph *g, town_street *s) {
  int from = s->node[0], to = g->nodes[from].arms[s->arm[0]].to;
  while (to >= 0 && g->nodes[to].arm_count == 2) {
    const town_node *bend = &g->nodes[to];
    int on = bend->arms[0].to == from ? 1 : 0;
    from = to;
    to = bend->arms[on].to;
  }
  s->node[1] = to;
  s->arm[1] = 0;
  for (int k = 0; to >= 0 && k < g->nodes[to].arm_count; k++)
    if (g->nodes[to].arms[k].to == from)
      s->arm[1] = k;
}

static void list_streets(town_ways *t) {
  const town_graph *g = t->graph;
  memset(t->at, -1, sizeof t->at);
  for (int i = 0; i < g->count; i++)
    for (int k = 0; k < g->nodes[i].arm_count && g->nodes[i].arm_count > 2; k++) {
      if (t->at[i][k] >= 0 || t->count == STREETS)
        continue;
      town_street s = {.node = {i, 0}, .arm = {k, 0}};
      follow(g, &s);
      bool loop = s.node[1] == i;
      s.fixed =
          g->nodes[i].arms[k].major || s.node[1] < 0 || loop || g->nodes[s.node[1]].arm_count == 1;
      t->at[i][k] = 2 * t->count;
      if (s.node[1] >= 0 && g->nodes[s.node[1]].arm_count > 2)
        t->at[s.node[1]][s.arm[1]] = 2 * t->count + 1;
      t->streets[t->count++] = s;
    }
}

static bool open(const town_street *s, int back) {
  return s->way == 0 || (s->way < 0) == (back != 0);
}

// The ways that follow one, or with `forward` false those that lead to it. At a dead end one
// turns round; otherwise nobody turns back into the street he came from.
static int neighbours(const town_ways *t, int way, bool forward, int out[TOWN_ARMS]) {
  const town_street *s = &t->streets[way / 2];
  int end = (way % 2 == 0) == forward, node = s->node[end], count = 0;
  if (node < 0)
    return 0;
  if (t->graph->nodes[node].arm_count == 1) {
    out[count++] = way ^ 1;
    return count;
  }
  for (int k = 0; k < t->graph->nodes[node].arm_count; k++) {
    int at = t->at[node][k];
    if (at < 0 || k == s->arm[end])
      continue;
    // Leaving from end 0 is way 2 i; arriving there is way 2 i + 1.
    int next = at / 2 * 2 + ((at % 2 == 0) != forward);
    if (open(&t->streets[next / 2], next % 2))
      out[count++] = next;
  }
  return count;
}

// Ways inside the town that can be reached from the first one, or from which it can be.
static int reach(const town_ways *t, int first, bool forward) {
  static const int room = WAYS;
  int queue[WAYS], head = 0, tail = 0, inside = 0;
  bool seen[WAYS] = {false};
  queue[tail++] = first;
  seen[first] = true;
  while (head < tail && tail <= room) {
    int way = queue[head++], next[TOWN_ARMS];
    inside += t->streets[way / 2].node[1] >= 0;
    int count = neighbours(t, way, forward, next);
    for (int k = 0; k < count; k++)
      if (!seen[next[k]]) {
        seen[next[k]] = true;
        queue[tail++] = next[k];
      }
  }
  return inside;
}

// Whether every way that is open leads to every other one; those out of the town don't count.
static bool holds_together(const town_ways *t) {
  int first = -1, all = 0;
  for (int way = 0; way < 2 * t->count; way++) {
    const town_street *s = &t->streets[way / 2];
    if (s->node[1] < 0 || !open(s, way % 2))
      continue;
    first = first < 0 ? way : first;
    all++;
  }
  return first < 0 || (reach(t, first, true) == all && reach(t, first, false) == all);
}

void town_ways_draw(const town_graph *g, double share, rng *r, int ways[][TOWN_ARMS]) {
  memset(ways, 0, sizeof *ways * TOWN_NODES);
  if (share <= 0)
    return;
  town_ways t = {.graph = g};
  list_streets(&t);
  if (!holds_together(&t))
    return;
  int tried = 0;
  for (int i = 0; i < t.count; i++) {
    town_street *s = &t.streets[i];
    bool wanted = rng_chance(r, share) && tried < MOST_TRIED;
    int way = rng_chance(r, 0.5) ? 1 : -1;
    for (int attempt = 0; attempt < 2 && wanted && !s->fixed; attempt++, way = -way) {
      s->way = way;
      tried++;
      if (holds_together(&t))
        break;
      s->way = 0;
    }
    ways[s->node[0]][s->arm[0]] = s->way;
    if (s->node[1] >= 0)
      ways[s->node[1]][s->arm[1]] = -s->way;
  }
}

// Streets that are alike, each with another one of its kind; the first of them leads to itself.
static int first_alike(const int *alike, int street) {
  while (alike[street] != street)
    street = alike[street];
  return street;
}

static void make_alike(int *alike, int a, int b) {
  a = first_alike(alike, a), b = first_alike(alike, b);
  alike[a > b ? a : b] = a > b ? b : a;
}

static void find_alike(const town_ways *t, int *alike) {
  int through = -1;
  for (int i = 0; i < t->count; i++)
    alike[i] = i;
  for (int i = 0; i < t->graph->count; i++) {
    const town_node *n = &t->graph->nodes[i];
    for (int k = 0; k < n->arm_count; k++) {
      int own = t->at[i][k];
      if (own >= 0 && n->arms[k].major) {
        through = through < 0 ? own / 2 : through;
        make_alike(alike, own / 2, through);
      }
      for (int m = 0; m < k; m++)
        if (own >= 0 && t->at[i][m] >= 0 &&
            fabs(angle_wrap(n->arms[k].heading_rad - n->arms[m].heading_rad)) > IN_LINE_RAD)
          make_alike(alike, own / 2, t->at[i][m] / 2);
    }
  }
}

void town_bikes_draw(const town_graph *g, double share, const int ways[][TOWN_ARMS], rng *r,
                     bool bikes[][TOWN_ARMS]) {
  int alike[STREETS];
  bool drawn[STREETS];
  memset(bikes, 0, sizeof *bikes * TOWN_NODES);
  if (share <= 0)
    return;
  town_ways t = {.graph = g};
  list_streets(&t);
  find_alike(&t, alike);
  for (int i = 0; i < t.count; i++)
    drawn[i] = rng_chance(r, share);
  for (int i = 0; i < t.count; i++)
    if (ways[t.streets[i].node[0]][t.streets[i].arm[0]])
      drawn[first_alike(alike, i)] = false;
  for (int i = 0; i < t.count; i++) {
    const town_street *s = &t.streets[i];
    bool has = drawn[first_alike(alike, i)];
    bikes[s->node[0]][s->arm[0]] = has;
    if (s->node[1] >= 0)
      bikes[s->node[1]][s->arm[1]] = has;
  }
}
