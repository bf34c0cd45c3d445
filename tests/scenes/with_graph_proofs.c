// SPDX-License-Identifier: Apache-2.0
#include "with_graph_proofs.h"

#include <stdlib.h>

#include "scenes/road_model.h"
#include "with_network.h"

// Lanes that one kind of vehicle keeps to: those it may use, cyclists their own where there are.
static bool keeps_to(const road_network *net, const lane_path *lane, int user) {
  bool may = (lane->users & user) != 0;
  if (user != LANE_FOR_BICYCLES || lane->users == user)
    return may;
  if (lane->junction) // between two such lanes
    return may && lane->previous_count && lane->next_count &&
           keeps_to(net, network_previous(net, lane, 0), user) &&
           keeps_to(net, network_next(net, lane, 0), user);
  for (int i = road_first_path(net, lane->road);
       i < net->path_count && net->paths[i].road == lane->road; i++) {
    const lane_path *other = &net->paths[i];
    may = may &&
          (other->section != lane->section || other->lane * lane->lane < 0 || other->users != user);
  }
  return may;
}

// Lanes that one changes between are a group, numbered by their rightmost lane's index.
typedef struct lane_groups {
  const road_network *net;
  bool *kept;   // (path_count) lanes that the vehicles in question keep to
  int *of;      // (path_count) group of a lane
  bool *inside; // (path_count) by group: one can stay there
  bool *seen;   // (path_count) by group
  int *queue;   // (path_count)
} lane_groups;

static void find_groups(lane_groups *g) {
  for (int i = 0; i < g->net->path_count; i++) {
    const lane_path *lane = &g->net->paths[i];
    while (lane->right && !lane->junction && g->kept[lane->right - 1])
      lane = &g->net->paths[lane->right - 1];
    g->of[i] = lane->id - 1;
    g->inside[i] = g->of[i] == i && g->kept[i];
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
        if (g->kept[i] && g->kept[to->id - 1] && g->inside[g->of[to->id - 1]])
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
        if (!g->seen[next] && g->kept[to->id - 1])
          g->seen[next] = true, g->queue[tail++] = next;
      }
      for (int i = 0; ways == 0 && around && !left && i < net->path_count; i++) {
        int back = forward ? net->paths[i].previous_count : net->paths[i].next_count;
        if (back == 0 && g->kept[i] && !g->seen[g->of[i]])
          g->seen[g->of[i]] = true, g->queue[tail++] = g->of[i];
      }
      left = left || ways == 0;
      if (!lane->left || lane->junction || !g->kept[lane->left - 1])
        break;
    }
  }
  return tail;
}

static void check_reach(lane_groups *g, bool around, const char *who, proof_fault *out) {
  const road_network *net = g->net;
  int from = -1;
  for (int i = 0; i < net->path_count && from < 0; i++)
    if (around ? g->of[i] == i && g->kept[i] : g->inside[i])
      from = i;
  for (int forward = 0; forward < 2 && from >= 0; forward++) {
    reach(g, from, forward, around);
    for (int i = 0; i < net->path_count; i++)
      if ((around ? g->of[i] == i && g->kept[i] : g->inside[i]) && !g->seen[i])
        proof_says(out, "from lane %d %s don't get to lane %d, road %d%s",
                   forward ? from + 1 : i + 1, who, forward ? i + 1 : from + 1, net->paths[i].road,
                   around ? "" : ", without leaving the place");
  }
}

// Whether works close the lane where its road goes on, beside one that does.
static bool is_closed(const road_network *net, const lane_path *lane, bool ahead) {
  const road *r = &net->roads[lane->road - 1];
  const road_section *section = &net->sections[r->section_first];
  bool works = false;
  for (int i = 0; i < section->lane_count; i++)
    works = works || (net->lanes[section->lane_first + i].type == LANE_WORKS &&
                      net->lanes[section->lane_first + i].id * lane->lane > 0);
  for (int k = 0; k < 2 && works; k++) {
    int id = k ? lane->left : lane->right;
    if (id && (ahead ? net->paths[id - 1].next_count : net->paths[id - 1].previous_count) > 0)
      return true;
  }
  return false;
}

static void check_user(const road_network *net, int user, const char *who, proof_fault *out) {
  size_t count = (size_t)net->path_count + 1;
  lane_groups g = {.net = net,
                   .kept = calloc(count, sizeof *g.kept),
                   .of = calloc(count, sizeof *g.of),
                   .inside = calloc(count, sizeof *g.inside),
                   .seen = calloc(count, sizeof *g.seen),
                   .queue = calloc(count, sizeof *g.queue)};
  for (int i = 0; i < net->path_count; i++)
    g.kept[i] = keeps_to(net, &net->paths[i], user);
  find_groups(&g);
  check_reach(&g, true, who, out);
  leave_out(&g, true);
  leave_out(&g, false);
  check_reach(&g, false, who, out);
  free(g.kept);
  free(g.of);
  free(g.inside);
  free(g.seen);
  free(g.queue);
}

void proof_connected(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  bool alike = true;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    alike = alike && lane->users == LANE_FOR_ALL;
    if (c->def->place == PLACE_GRID_CITY && c->def->grid_city.ways_out == 0 &&
        ((lane->next_count == 0 && !is_closed(net, lane, true)) ||
         (lane->previous_count == 0 && !is_closed(net, lane, false))))
      proof_says(out, "lane %d of road %d has an open end", i + 1, lane->road);
  }
  check_user(net, LANE_FOR_CARS, "cars", out);
  if (!alike) {
    check_user(net, LANE_FOR_BUSES, "buses", out);
    if (net->part_count == 0) // lanes for bicycles may end where parts join
      check_user(net, LANE_FOR_BICYCLES, "cyclists", out);
  }
}
