// SPDX-License-Identifier: Apache-2.0
#include "sim/lanes.h"
#include "base/least.h"

#include <math.h>
#include <stdlib.h>

#include "scenes/road_model.h"

// Curvature at each node from its neighbours' tangents, then a sweep from the end: no
// node may be passed faster than soft braking down to the next one allows.
static bool sweep_curves(sim_lanes *out, arena *a, const lane_path *lane) {
  const sim_track *track = &out->tracks[lane->id - 1];
  int n = track->count;
  double *v2 = out->curve_v2[lane->id - 1] = ARENA_NEW(a, double, n);
  if (!v2)
    return false;
  double slowest = lane->speed_limit_mps * lane->speed_limit_mps;
  for (int i = n - 1; i >= 0; i--) {
    int before = i > 0 ? i - 1 : 0, after = i < n - 1 ? i + 1 : n - 1;
    const sim_track_node *p = &track->nodes[before], *q = &track->nodes[after];
    double turned = atan2(fabs(p->tx * q->ty - p->ty * q->tx), p->tx * q->tx + p->ty * q->ty);
    v2[i] = SIM_LATERAL_MPS2 / most_of(turned / ((after - before) * track->spacing_m), 1e-4);
    slowest = least_of(slowest, v2[i]);
    if (i < n - 1)
      v2[i] = least_of(v2[i], v2[i + 1] + 2 * SIM_CURVE_DECEL_MPS2 * track->spacing_m);
  }
  out->speed_mps[lane->id - 1] = most_of(0.5, sqrt(slowest));
  return true;
}

// Passes of relaxation: a lane's reach is its length and the longest reach after it.
// Rings grow until the cap, so the passes end.
static void measure_reach(sim_lanes *out, const road_network *net) {
  for (int i = 0; i < net->path_count; i++)
    out->reach_m[i] = net->paths[i].length_m;
  for (bool changed = true; changed;) {
    changed = false;
    for (int i = net->path_count - 1; i >= 0; i--) {
      const lane_path *lane = &net->paths[i];
      double best = 0;
      for (int k = 0; k < lane->next_count; k++)
        best = most_of(best, out->reach_m[net->lane_links[lane->next_first + k] - 1]);
      double reach = least_of(SIM_REACH_M, best + most_of(0.01, lane->length_m));
      if (reach > out->reach_m[i]) {
        out->reach_m[i] = reach;
        changed = true;
      }
    }
  }
}

// How far along two lanes with a common start their middle lines stay closer than
// two vehicles' half widths and a little air.
static double apart_after(const road_network *net, const lane_path *a, const lane_path *b) {
  const double air_m = 0.5, body_m = 2.1;
  double shorter = least_of(a->length_m, b->length_m);
  for (double s = 0; s < shorter; s += 0.5) {
    road_point p = lane_point(net, a, s), q = lane_point(net, b, s);
    if (hypot(p.x_m - q.x_m, p.y_m - q.y_m) > body_m + air_m)
      return s;
  }
  return shorter;
}

static bool find_forks(sim_lanes *out, arena *memory, const road_network *net) {
  // Siblings are the other successors of a predecessor; a lane with several
  // predecessors may meet the same sibling twice, so look whether it is there.
  int room = 0;
  for (int i = 0; i < net->path_count; i++)
    for (int k = 0; k < net->paths[i].next_count; k++)
      room += net->paths[i].next_count - 1;
  out->forks = ARENA_NEW(memory, sim_fork, room + 1);
  if (!out->forks)
    return false;
  int count = 0;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    out->fork_first[i] = count;
    for (int p = 0; p < lane->previous_count; p++) {
      const lane_path *before = &net->paths[net->lane_links[lane->previous_first + p] - 1];
      for (int k = 0; k < before->next_count; k++) {
        int other = net->lane_links[before->next_first + k];
        bool known = other == lane->id;
        for (int f = out->fork_first[i]; f < count && !known; f++)
          known = out->forks[f].lane == other;
        if (!known && count < room)
          out->forks[count++] = (sim_fork){other, apart_after(net, lane, &net->paths[other - 1])};
      }
    }
  }
  out->fork_first[net->path_count] = count;
  return true;
}

// Gives two lanes the lesser of their bundles; whether one's was another.
static bool bind(int *one, int *other) {
  bool differs = *one != *other;
  *one = *other = *one < *other ? *one : *other;
  return differs;
}

// Numbers the bundles of lanes that part from each other, directly or by way of others.
static void bundle_forks(sim_lanes *out, const road_network *net) {
  int *of = out->bundle, lanes = net->path_count;
  for (int i = 0; i < lanes; i++)
    of[i] = out->fork_first[i] < out->fork_first[i + 1] ? i + 1 : 0;
  for (bool again = true; again;) {
    again = false;
    for (int i = 0; i < lanes; i++)
      for (int f = out->fork_first[i]; f < out->fork_first[i + 1]; f++)
        again |= bind(&of[i], &of[out->forks[f].lane - 1]);
  }
  // Each has the number of its first lane: those get numbers without gaps, in turn.
  out->bundle_count = 1;
  for (int i = 0; i < lanes; i++)
    of[i] = of[i] == i + 1 ? out->bundle_count++ : of[i] ? of[of[i] - 1] : 0;
}

// The innermost lanes of a road face each other. Where one bends tightly, so does the
// other.
static void find_tight_places(sim_lanes *out, const road_network *net) {
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    const road_point *p = net->points + lane->point_first;
    out->tight_begin_m[i] = INFINITY;
    for (int k = 0; k + 1 < lane->point_count && !lane->junction; k++) {
      double bend = fabs(angle_wrap(p[k + 1].heading_rad - p[k].heading_rad));
      if (bend < SIM_TIGHT_PM * (p[k + 1].s_m - p[k].s_m))
        continue;
      out->tight_begin_m[i] = least_of(out->tight_begin_m[i], p[k].s_m);
      out->tight_end_m[i] = p[k + 1].s_m;
    }
    bool innermost = lane->road != 0 && (lane->lane == 1 || lane->lane == -1);
    for (int k = innermost ? road_first_path(net, lane->road) : net->path_count;
         k < net->path_count && net->paths[k].road == lane->road; k++) {
      const lane_path *other = &net->paths[k];
      if (other->section == lane->section && other->lane == -lane->lane)
        out->facing[i] = other->id;
    }
  }
}

// The lane before one, where it is the only one and no junction's; NULL else.
static const lane_path *only_before(const road_network *net, const lane_path *lane) {
  const lane_path *before =
      lane->previous_count == 1 ? &net->paths[net->lane_links[lane->previous_first] - 1] : NULL;
  return before && !before->junction ? before : NULL;
}

static void find_open_ends(sim_lanes *out, const road_network *net) {
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    int beside = net->left_hand ? lane->left : lane->right;
    bool open = beside && !lane->junction;
    int hops = 0;
    for (const lane_path *at = open ? &net->paths[beside - 1] : NULL; at && hops < 8;
         at = only_before(net, at), hops++)
      if (!(at->users & LANE_FOR_CARS)) {
        out->turn_beside[i] = at == &net->paths[beside - 1] ? 0 : beside;
        break;
      }
  }
}

// Paths side by side follow each other.
static void find_bikes_beside(sim_lanes *out, const road_network *net) {
  for (int i = 0; i + 1 < net->path_count; i++) {
    const lane_path *a = &net->paths[i], *b = &net->paths[i + 1];
    bool side_by_side = a->road == b->road && a->section == b->section && a->lane * b->lane > 0;
    if (a->junction || !side_by_side ||
        (a->users == LANE_FOR_BICYCLES) == (b->users == LANE_FOR_BICYCLES))
      continue;
    out->bikes_beside[i] = b->id;
    out->bikes_beside[i + 1] = a->id;
  }
}

int sim_lane_beside(const sim_lanes *lanes, const road_network *net, const lane_path *lane,
                    int side) {
  int beside = side > 0 ? lane->left : lane->right;
  if (beside || lane->users != LANE_FOR_BICYCLES || lane->junction)
    return beside;
  int inward = net->left_hand ? -1 : 1, other = lanes->bikes_beside[lane->id - 1];
  bool may = side == inward && other && (net->paths[other - 1].users & LANE_FOR_BICYCLES) &&
             abs(net->paths[other - 1].lane) < abs(lane->lane);
  return may ? other : 0;
}

// Where on an edge's middle line a point projects.
static double project_on_edge(const road_network *net, const walk_edge *edge, road_point at) {
  double best_s = 0, best_d2 = INFINITY;
  for (int i = 0; i + 1 < edge->point_count; i++) {
    const road_point *p = &net->points[edge->point_first + i];
    double dx = p[1].x_m - p[0].x_m, dy = p[1].y_m - p[0].y_m;
    double length2 = most_of(1e-12, dx * dx + dy * dy);
    double u = ((at.x_m - p[0].x_m) * dx + (at.y_m - p[0].y_m) * dy) / length2;
    u = least_of(1, most_of(0, u));
    double ex = p[0].x_m + u * dx - at.x_m, ey = p[0].y_m + u * dy - at.y_m;
    if (ex * ex + ey * ey < best_d2) {
      best_d2 = ex * ex + ey * ey;
      best_s = p[0].s_m + u * (p[1].s_m - p[0].s_m);
    }
  }
  return best_s;
}

// Crosswalks' edges in lists: the first of each, and the next one of each edge, -1 none.
static bool list_crosswalk_edges(arena *a, const road_network *net, int **head, int **next) {
  *head = ARENA_NEW(a, int, net->crosswalk_count);
  *next = ARENA_NEW(a, int, net->walk_edge_count);
  if (!*head || !*next)
    return false;
  for (int i = 0; i < net->crosswalk_count; i++)
    (*head)[i] = -1;
  for (int e = net->walk_edge_count - 1; e >= 0; e--) {
    const walk_edge *edge = &net->walk_edges[e];
    if (edge->kind != WALK_CROSSWALK || !edge->crosswalk)
      continue;
    (*next)[e] = (*head)[edge->crosswalk - 1];
    (*head)[edge->crosswalk - 1] = e;
  }
  return true;
}

static bool find_bands(sim_lanes *out, arena *a, const road_network *net) {
  int *edge_head, *edge_next;
  if (!list_crosswalk_edges(a, net, &edge_head, &edge_next))
    return false;
  for (int i = 0; i < net->crosswalk_count + 1; i++)
    out->walk_first[i] = 0;
  for (int i = 0; i < net->crossing_count; i++)
    out->walk_first[net->crossings[i].crosswalk]++;
  for (int i = 0; i < net->crosswalk_count; i++)
    out->walk_first[i + 1] += out->walk_first[i];
  // walk_first[c] now ends crosswalk c; filling from the back leaves its begin at c - 1.
  for (int i = net->crossing_count - 1; i >= 0; i--)
    out->walk_crossings[--out->walk_first[net->crossings[i].crosswalk]] = i;
  for (int i = 0; i < net->crosswalk_count; i++)
    out->walk_first[i] = out->walk_first[i + 1];
  out->walk_first[net->crosswalk_count] = net->crossing_count;

  int at = 0;
  for (int i = 0; i < net->path_count; i++) {
    out->crossing_first[i] = at;
    while (at < net->crossing_count && net->crossings[at].lane == i + 1)
      at++;
  }
  out->crossing_first[net->path_count] = at;
  for (int i = 0; i < net->crossing_count; i++) {
    const lane_crossing *c = &net->crossings[i];
    const lane_path *lane = &net->paths[c->lane - 1];
    // Bands of lanes side by side leave room to wait between them; else people waiting
    // for one lane stand in the other, and drivers and people wait for each other.
    out->bands[i] = (sim_band){0, 0, least_of(lane->width_m / 2 - 0.15, 1.5)};
    for (int e = edge_head[c->crosswalk - 1]; e >= 0; e = edge_next[e]) {
      const walk_edge *edge = &net->walk_edges[e];
      double from = project_on_edge(net, edge, lane_point(net, lane, c->begin_s_m));
      double to = project_on_edge(net, edge, lane_point(net, lane, c->end_s_m));
      out->bands[i].edge = edge->id;
      out->bands[i].middle_m = (from + to) / 2;
      out->bands[i].half_m += fabs(to - from) / 2; // a lane that crosses askew sweeps more
    }
  }
  return true;
}

static int marks_of(const sim_lanes *lanes, const lane_path *lane) {
  int i = lane->id - 1, marks = 0;
  if (lane->left || lane->right || lanes->bikes_beside[i])
    marks |= SIM_LANE_BESIDE;
  if (lanes->exits[i].ramp || lanes->turn_beside[i] || !isinf(lanes->end_m[i]) ||
      !isinf(lanes->works_m[i]))
    marks |= SIM_LANE_BINDS;
  if (lanes->tight_begin_m[i] < lanes->tight_end_m[i])
    marks |= SIM_LANE_TIGHT;
  if (lanes->crossing_first[i] < lanes->crossing_first[i + 1])
    marks |= SIM_LANE_CROSSED;
  if (lanes->fork_first[i] < lanes->fork_first[i + 1])
    marks |= SIM_LANE_FORKS;
  if (lane->signal)
    marks |= SIM_LANE_SIGNAL;
  return lane->next_count == 0 ? marks | SIM_LANE_LAST : marks;
}

// From what length on bodies sweep their neighbours in a lane's bends as vans do.
static uint16_t van_cm(const lane_path *lane) {
  double bend = lane->max_curvature_pm;
  return bend > SIM_SWEPT_PM ? (uint16_t)(100 * least_of(SIM_VAN_M, sqrt(8 * SIM_CUT_M / bend)))
                             : UINT16_MAX;
}

static void state_facts(sim_lanes *out, const road_network *net) {
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    sim_lane_facts *facts = &out->facts[i];
    *facts = (sim_lane_facts){.length_m = lane->length_m,
                              .speed_limit_mps = lane->speed_limit_mps,
                              .stop_m = least_of(lane->stop_s_m, lane->length_m),
                              .begin_v2 = out->curve_v2[i][0],
                              .least_v2 = out->curve_v2[i][0],
                              .top_mps = most_of(1, out->speed_mps[i]),
                              .junction = lane->junction,
                              .turn = (uint8_t)lane->turn,
                              .marks = (uint8_t)marks_of(out, lane),
                              .van_cm = van_cm(lane)};
    out->color_at[i] = -1;
    if (lane->signal && net->signals[lane->signal - 1].junction &&
        net->signals[lane->signal - 1].group)
      out->color_at[i] = SIM_COLOR_AT(net->signals[lane->signal - 1].junction,
                                      net->signals[lane->signal - 1].group);
    if (facts->marks & SIM_LANE_BINDS)
      out->binding[out->bind_count++] = lane->id;
    out->before[i] = (sim_lane_pair){sim_lane_before_change(out, net, lane, -1),
                                     sim_lane_before_change(out, net, lane, 1)};
    for (int k = 1; k < out->tracks[i].count; k++)
      facts->least_v2 = least_of(facts->least_v2, out->curve_v2[i][k]);
    for (int f = out->fork_first[i]; f < out->fork_first[i + 1]; f++)
      facts->fork_m = most_of(facts->fork_m, out->forks[f].apart_m);
  }
}

bool sim_lanes_build(sim_lanes *out, arena *a, const road_network *net) {
  int lanes = net->path_count;
  out->facts = ARENA_NEW(a, sim_lane_facts, lanes);
  out->color_at = ARENA_NEW(a, int, lanes);
  out->tracks = ARENA_NEW(a, sim_track, lanes);
  out->edges = ARENA_NEW(a, sim_track, net->walk_edge_count);
  out->curve_v2 = ARENA_NEW(a, double *, lanes);
  out->speed_mps = ARENA_NEW(a, double, lanes);
  out->reach_m = ARENA_NEW(a, double, lanes);
  out->facing = ARENA_NEW(a, int, lanes);
  out->turn_beside = ARENA_NEW(a, int, lanes);
  out->bikes_beside = ARENA_NEW(a, int, lanes);
  out->tight_begin_m = ARENA_NEW(a, double, lanes);
  out->tight_end_m = ARENA_NEW(a, double, lanes);
  out->fork_first = ARENA_NEW(a, int, lanes + 1);
  out->crossing_first = ARENA_NEW(a, int, lanes + 1);
  out->bands = ARENA_NEW(a, sim_band, net->crossing_count);
  out->walk_first = ARENA_NEW(a, int, net->crosswalk_count + 1);
  out->walk_crossings = ARENA_NEW(a, int, net->crossing_count);
  if (!out->facts || !out->color_at || !out->tracks || !out->edges || !out->curve_v2 ||
      !out->speed_mps || !out->reach_m || !out->facing || !out->bikes_beside || !out->turn_beside ||
      !out->tight_begin_m || !out->tight_end_m || !out->fork_first || !out->crossing_first ||
      !out->bands || !out->walk_first || !out->walk_crossings)
    return false;
  for (int i = 0; i < lanes; i++)
    if (!sim_track_of_lane(&out->tracks[i], a, net, &net->paths[i]) ||
        !sweep_curves(out, a, &net->paths[i]))
      return false;
  for (int i = 0; i < net->walk_edge_count; i++)
    if (!sim_track_of_edge(&out->edges[i], a, net, &net->walk_edges[i]))
      return false;
  measure_reach(out, net);
  find_tight_places(out, net);
  find_bikes_beside(out, net);
  find_open_ends(out, net);
  out->bundle = ARENA_NEW(a, int, lanes);
  out->binding = ARENA_NEW(a, int, lanes);
  out->before = ARENA_NEW(a, sim_lane_pair, lanes);
  if (!out->bundle || !out->binding || !out->before || !find_bands(out, a, net) ||
      !find_forks(out, a, net) || !sim_conflicts_build(out, a, net) ||
      !sim_long_stops_build(out, a, net) || !sim_corridors_build(out, a, net))
    return false;
  bundle_forks(out, net);
  state_facts(out, net);
  return sim_sides_build(out, a, net);
}
