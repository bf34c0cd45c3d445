// SPDX-License-Identifier: Apache-2.0
// Junctions of an extract: who goes first, where people cross, which turns are banned.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/osm_reader.h"

static const double TURN_BACK_RAD = 2.75;
static const double BACK_M = 5; // vehicles stop, where there is no crosswalk
static const double PI = 3.14159265358979323846;
enum { MINOR_RANK = 10, CONFLICT_LANES = 64 };

// What is known of a junction's arms, in road_junction_arms' order.
typedef struct crossroads {
  int count;
  road_arm arms[ROAD_ARMS];
  const osm_strand *strands[ROAD_ARMS];
} crossroads;

static int end_of(const road_arm *arm) {
  return arm->at_end ? 1 : 0;
}

static unsigned mark_of(const crossroads *x, int k) {
  return x->strands[k]->mark[end_of(&x->arms[k])];
}

// Lanes into the junction, or out of it.
static int lanes_of(const crossroads *x, int k, bool in) {
  return x->strands[k]->street.lanes[(end_of(&x->arms[k]) == 1) == in ? 0 : 1];
}

// What turn:lanes says of the lanes into the junction.
static const osm_turns *turns_of(const crossroads *x, int k) {
  return &x->strands[k]->turns[end_of(&x->arms[k])];
}

static bool may_turn_back(const crossroads *x, int k) {
  bool may = false;
  for (int i = 0; i < turns_of(x, k)->lanes; i++)
    may = may || turns_of(x, k)->moves[i] >> OSM_REVERSE & 1;
  return may;
}

static int rank_of(const crossroads *x, int k) {
  return x->strands[k]->street.kind->rank;
}

// The arm that has another one straightest across from it.
static double through_heading(const crossroads *x) {
  double least = INFINITY, heading = 0;
  for (int i = 0; i < x->count; i++)
    for (int k = 0; k < i; k++) {
      double off = fabs(angle_wrap(x->arms[i].heading_rad - x->arms[k].heading_rad - PI));
      if (off < least)
        least = off, heading = x->arms[i].heading_rad;
    }
  return heading;
}

static void plan_order(const crossroads *x, unsigned mark, junction_plan *plan) {
  int stops = 0, waits = 0, entering = 0, best = 100, worst = 0;
  for (int k = 0; k < x->count; k++) {
    unsigned own = mark_of(x, k) | mark;
    entering += lanes_of(x, k, true) > 0;
    stops += lanes_of(x, k, true) > 0 && own & OSM_STOP;
    waits += lanes_of(x, k, true) > 0 && own & (OSM_STOP | OSM_YIELD);
    mark |= own & OSM_ALL_STOP;
    best = rank_of(x, k) < best ? rank_of(x, k) : best;
    worst = rank_of(x, k) > worst ? rank_of(x, k) : worst;
  }
  bool equal = best == worst || (best >= MINOR_RANK && worst < MINOR_RANK + 2);
  plan->kind = JUNCTION_PRIORITY;
  if (x->count > 2 && (mark & OSM_ALL_STOP || (stops == entering && stops > 1)))
    plan->kind = JUNCTION_ALL_WAY_STOP;
  else if (waits == 0 && equal && best >= MINOR_RANK && x->count > 2)
    plan->kind = JUNCTION_RIGHT_BEFORE_LEFT;
  if (waits > 0 && waits < entering) {
    for (int k = 0; k < x->count; k++)
      plan->major[k] = !(mark_of(x, k) & (OSM_STOP | OSM_YIELD));
  } else if (!equal || x->count == 2) {
    for (int k = 0; k < x->count; k++)
      plan->major[k] = rank_of(x, k) == best || x->count == 2;
  } else {
    junction_plan_major(plan, x->arms, x->count, through_heading(x));
  }
}

static void plan_walks(const crossroads *x, unsigned mark, junction_plan *plan) {
  for (int k = 0; k < x->count; k++) {
    bool zebra = mark_of(x, k) & OSM_CROSSING || plan->kind == JUNCTION_SIGNALS;
    // At a street's own zebra there are two arms, and one crosswalk.
    if (mark & OSM_CROSSING)
      zebra = x->count > 2 || k == 0;
    if (x->count == 2 && plan->kind == JUNCTION_SIGNALS && !(mark_of(x, k) & OSM_CROSSING))
      zebra = k == 0;
    if (!zebra)
      plan->bare |= 1u << k;
    plan->zebra = plan->zebra || zebra;
  }
}

// Nobody turns back into the street's other carriageway where another way leads on, but where
// arrows say so.
static void bar_turning_back(const crossroads *x, junction_plan *plan) {
  for (int i = 0; i < x->count; i++) {
    unsigned back = 0;
    bool on = false;
    for (int k = 0; k < x->count; k++) {
      double turn = angle_wrap(x->arms[k].heading_rad - x->arms[i].heading_rad - PI);
      if (k == i || lanes_of(x, k, false) == 0)
        continue;
      if (fabs(turn) > TURN_BACK_RAD)
        back |= 1u << k;
      else
        on = true;
    }
    if (on && !may_turn_back(x, i))
      plan->barred[i] |= back;
  }
}

// Far enough back that long vehicles can turn or change lanes in front of who waits.
static void set_stops(osm_reader *r, const crossroads *x, const junction_plan *plan) {
  for (int k = 0; k < x->count && x->count > 1; k++)
    if (plan->bare >> k & 1 && (x->count > 2 || lanes_of(x, k, true) > lanes_of(x, 1 - k, false)))
      r->map.b->notes[x->arms[k].road - 1].stop_m[x->arms[k].at_end] = BACK_M;
}

static void bar_turns(osm_reader *r, int root, const crossroads *x, junction_plan *plan) {
  int64_t in[ROAD_ARMS], out[ROAD_ARMS];
  for (int k = 0; k < x->count; k++) {
    int64_t id = r->ways[x->strands[k]->way[end_of(&x->arms[k])]].id;
    in[k] = lanes_of(x, k, true) > 0 ? id : 0;
    out[k] = lanes_of(x, k, false) > 0 ? id : 0;
  }
  osm_apply_bans(r, root, in, out, x->count, plan->barred);
}

// By turn:lanes. Where a street only changes, only what ends there matters.
static void plan_lanes(osm_reader *r, const crossroads *x, junction_plan *plan) {
  for (int i = 0; i < x->count; i++) {
    bool open[ROAD_ARMS];
    const osm_turns *turns = turns_of(x, i);
    if (turns->lanes == 0 || x->count < 2)
      continue;
    for (int k = 0; k < x->count; k++)
      open[k] = k != i && !(plan->barred[i] >> k & 1) && lanes_of(x, k, false) > 0;
    const osm_way *way = &r->ways[x->strands[i]->way[end_of(&x->arms[i])]];
    if (turns->lanes != lanes_of(x, i, true))
      map_remark(&r->map, way->at,
                 "turn lanes of way %lld on too short a piece of street are left out",
                 (long long)way->id);
    else
      osm_plan_lanes(r, way, turns, x->arms, x->count, i, open, plan);
  }
}

static bool find_crossroads(const osm_reader *r, const int *strand_of, int junction,
                            crossroads *x) {
  const road_network *net = &r->map.b->net;
  x->count = road_junction_arms(net, &net->junctions[junction - 1], x->arms);
  for (int k = 0; k < x->count; k++)
    x->strands[k] = &r->strands[strand_of[x->arms[k].road - 1]];
  return x->count > 0;
}

// Who goes round goes first, and nobody goes back from one arm to another against that.
static void plan_ring(osm_reader *r, int root, const crossroads *x, junction_plan *plan) {
  int in = 0;
  unsigned all = 0;
  for (int k = 0; k < x->count; k++) {
    all |= mark_of(x, k);
    in = x->strands[k]->arc && x->arms[k].at_end ? k : in;
    if (turns_of(x, k)->lanes > 0)
      map_remark(&r->map, r->ways[x->strands[k]->way[end_of(&x->arms[k])]].at,
                 "turn lanes before a roundabout are left out");
  }
  *plan = (junction_plan){
      .kind = JUNCTION_PRIORITY, .speed_limit_mps = plan->speed_limit_mps, .ring = true};
  for (int k = 0; k < x->count; k++) {
    plan->around |= (unsigned)(x->strands[k]->arc > 0) << k;
    plan->major[k] = k == in;
    for (int to = 0; to < x->count; to++)
      if ((to - in + x->count) % x->count < (k - in + x->count) % x->count)
        plan->barred[k] |= 1u << to;
  }
  if (all & OSM_SIGNALS)
    map_remark(&r->map, r->nodes[r->vertices[root].node].at,
               "lights at a roundabout are left out: who goes round goes first");
  plan_walks(x, 0, plan);
  bar_turns(r, root, x, plan);
}

static void fill(osm_reader *r, const int *strand_of, int root, int junction) {
  crossroads x;
  unsigned mark = r->vertices[root].mark, all = mark;
  junction_plan plan = {.green_s = {26, 24}};
  if (!find_crossroads(r, strand_of, junction, &x))
    return;
  for (int k = 0; k < x.count; k++) {
    all |= mark_of(&x, k);
    for (int way = 0; way < 2; way++)
      plan.speed_limit_mps = fmax(plan.speed_limit_mps, x.strands[k]->street.speed_mps[way]);
  }
  if (r->vertices[root].ring) {
    plan_ring(r, root, &x, &plan);
  } else {
    plan_order(&x, mark, &plan);
    if (all & OSM_SIGNALS)
      plan.kind = JUNCTION_SIGNALS;
    plan_walks(&x, mark, &plan);
    bar_turning_back(&x, &plan);
    bar_turns(r, root, &x, &plan);
    plan_lanes(r, &x, &plan);
    set_stops(r, &x, &plan);
  }
  if (osm_tag_is(r->nodes[r->vertices[root].node].at, "highway", "mini_roundabout"))
    map_remark(&r->map, r->nodes[r->vertices[root].node].at,
               "a mini roundabout is read as a crossing");
  int before = r->map.b->net.road_count, walks = r->map.b->net.crosswalk_count;
  road_builder_fill_junction(r->map.b, junction, &plan);
  if (r->map.b->net.road_count - before > CONFLICT_LANES)
    map_remark(&r->map, r->nodes[r->vertices[root].node].at,
               "of a junction's lanes only the first %d are kept apart", CONFLICT_LANES);
  if (all & OSM_CROSSING && r->map.b->net.crosswalk_count == walks)
    map_remark(&r->map, r->nodes[r->vertices[root].node].at,
               "a crossing of a street without sidewalks on both sides is left out");
}

// Roads that meet at a root link to a junction there; its id, 0 where a street ends in the open.
static int link_roads(osm_reader *r, int root) {
  road_network *net = &r->map.b->net;
  double x = 0, y = 0;
  int count = 0, in = 0, out = 0;
  for (int end = r->vertices[root].end; end >= 0; end = r->strands[end / 2].next[end % 2]) {
    const osm_strand *s = &r->strands[end / 2];
    if (!s->road[0])
      continue;
    const road *way = &net->roads[s->road[end % 2] - 1];
    road_place at = road_line_at(net, way, end % 2 ? way->length_m : 0);
    x += at.x_m, y += at.y_m;
    in += s->street.lanes[end % 2 == 0] > 0;
    out += s->street.lanes[end % 2] > 0;
    count++;
  }
  const osm_vertex *v = &r->vertices[root];
  if (count > 1 && (in == 0 || out == 0))
    map_remark(&r->map, r->nodes[v->node].at,
               "one-way streets that all end, or all begin, at one place end in the open there");
  if (count == 0 || in == 0 || out == 0 || (count == 1 && !v->dead_end))
    return 0;
  int junction = road_builder_junction(r->map.b, count > 1 ? x / count : v->x_m,
                                       count > 1 ? y / count : v->y_m);
  net = &r->map.b->net;
  for (int end = v->end; end >= 0 && junction; end = r->strands[end / 2].next[end % 2]) {
    const osm_strand *s = &r->strands[end / 2];
    if (s->road[0])
      *(end % 2 ? &net->roads[s->road[1] - 1].successor : &net->roads[s->road[0] - 1].predecessor) =
          (road_link){ROAD_LINK_JUNCTION, junction, false};
  }
  return junction;
}

bool osm_fill_junctions(osm_reader *r) {
  road_network *net = &r->map.b->net;
  int *strand_of = calloc((size_t)net->road_count + 1, sizeof *strand_of);
  int *junction = calloc((size_t)r->vertex_count + 1, sizeof *junction);
  bool ok = strand_of && junction;
  for (int i = 0; i < r->strand_count && ok; i++)
    for (int k = 0; k < 2 && r->strands[i].road[0]; k++)
      strand_of[r->strands[i].road[k] - 1] = i;
  for (int i = 0; i < r->vertex_count && ok; i++)
    if (r->vertices[i].root == i)
      junction[i] = link_roads(r, i);
  if (ok)
    road_derive_ends(r->map.b);
  for (int i = 0; i < r->vertex_count && ok; i++)
    if (junction[i])
      fill(r, strand_of, i, junction[i]);
  free(junction);
  free(strand_of);
  return (ok && !r->map.b->failed) || map_fail_memory(&r->map);
}
