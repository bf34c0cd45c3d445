// SPDX-License-Identifier: Apache-2.0
#include "with_graph_proofs.h"

#include <stdlib.h>

#include "with_network.h"

// Lanes that one changes between are a group, numbered by their rightmost lane's index.
typedef struct lane_groups {
  const road_network *net;
  int *of;      // (path_count) group of a lane
  bool *inside; // (path_count) by group: one can stay there
  bool *seen;   // (path_count) by group
  int *queue;   // (path_count)
} lane_groups;

static void find_groups(lane_groups *g) {
  for (int i = 0; i < g->net->path_count; i++) {
    const lane_path *lane = &g->net->paths[i];
    while (lane->right && !lane->junction)
      lane = &g->net->paths[lane->right - 1];
    g->of[i] = lane->id - 1;
    g->inside[i] = g->of[i] == i;
  }
}

// Groups all of whose ways on (or all of whose ways in) lead outside are outside too.
static void leave_out(lane_groups *g, bool forward) {
  const road_network *net = g->net;
  for (bool changed = true; changed;) {
    bool *leads = calloc((size_t)net->path_count + 1, sizeof *leads);
    changed = false;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      for (int k = 0; k < (forward ? lane->next_count : lane->previous_count); k++) {
        const lane_path *to = forward ? network_next(net, lane, k) : network_previous(net, lane, k);
        if (g->inside[g->of[to->id - 1]])
          leads[g->of[i]] = true;
      }
    }
    for (int i = 0; i < net->path_count; i++)
      if (g->inside[i] && !leads[i])
        g->inside[i] = false, changed = true;
    free(leads);
  }
}

// Groups reached from one of them; with `around` whoever leaves comes back everywhere.
static int reach(lane_groups *g, int from, bool forward, bool around) {
  const road_network *net = g->net;
  int head = 0, tail = 0;
  bool left = false;
  for (int i = 0; i < net->path_count; i++)
    g->seen[i] = false;
  g->seen[from] = true;
  g->queue[tail++] = from;
  while (head < tail) {
    int group = g->queue[head++];
    // The lanes of a group are neighbours of its rightmost one.
    for (const lane_path *lane = &net->paths[group];; lane = &net->paths[lane->left - 1]) {
      int ways = forward ? lane->next_count : lane->previous_count;
      for (int k = 0; k < ways; k++) {
        const lane_path *to = forward ? network_next(net, lane, k) : network_previous(net, lane, k);
        int next = g->of[to->id - 1];
        if (!g->seen[next])
          g->seen[next] = true, g->queue[tail++] = next;
      }
      for (int i = 0; ways == 0 && around && !left && i < net->path_count; i++) {
        int back = forward ? net->paths[i].previous_count : net->paths[i].next_count;
        if (back == 0 && !g->seen[g->of[i]])
          g->seen[g->of[i]] = true, g->queue[tail++] = g->of[i];
      }
      left = left || ways == 0;
      if (!lane->left || lane->junction)
        break;
    }
  }
  return tail;
}

static void check_reach(lane_groups *g, bool around, proof_fault *out) {
  const road_network *net = g->net;
  int from = -1;
  for (int i = 0; i < net->path_count && from < 0; i++)
    if (around ? g->of[i] == i : g->inside[i])
      from = i;
  for (int forward = 0; forward < 2 && from >= 0; forward++) {
    reach(g, from, forward, around);
    for (int i = 0; i < net->path_count; i++)
      if ((around ? g->of[i] == i : g->inside[i]) && !g->seen[i])
        proof_says(out, "from lane %d one doesn't get to lane %d, road %d%s",
                   forward ? from + 1 : i + 1, forward ? i + 1 : from + 1, net->paths[i].road,
                   around ? "" : ", without leaving the place");
  }
}

void proof_connected(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  size_t count = (size_t)net->path_count + 1;
  lane_groups g = {.net = net,
                   .of = calloc(count, sizeof *g.of),
                   .inside = calloc(count, sizeof *g.inside),
                   .seen = calloc(count, sizeof *g.seen),
                   .queue = calloc(count, sizeof *g.queue)};
  find_groups(&g);
  check_reach(&g, true, out);
  leave_out(&g, true);
  leave_out(&g, false);
  check_reach(&g, false, out);
  for (int i = 0; i < net->path_count && c->def->place == PLACE_GRID_CITY; i++)
    if (net->paths[i].next_count == 0 || net->paths[i].previous_count == 0)
      proof_says(out, "lane %d of road %d has an open end", i + 1, net->paths[i].road);
  free(g.of);
  free(g.inside);
  free(g.seen);
  free(g.queue);
}
