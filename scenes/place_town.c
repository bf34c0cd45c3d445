// SPDX-License-Identifier: Apache-2.0
// A town that grew: residential streets without a grid, dead ends with turning circles, and a
// through road across.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/place.h"
#include "scenes/town_ways.h"

static const double PI = 3.14159265358979323846;
static const double LEAST_STREET_M = 20;                    // between two junctions' corners
static const double MINOR_BEND_M = 45, MAJOR_BEND_M = 80;   // radius where a street just bends
static const double MINOR_LEAST_M = 25, MAJOR_LEAST_M = 35; // of any bend
static const double WAY_OUT_M = 130;                        // of the through road beyond the town
static const double CIRCLE_REACH_M = 16.1; // from a dead end's node to its road's end
// Streets that are mended at once, and how often.
enum { TIGHT = 512, MENDINGS = 60 };
enum { LAYOUTS = 60, CHAIN = ROAD_CORNERS - 2, ONE_WAY_LANES = 2 };

typedef struct town {
  const town_def *def;
  street_style minor, major;
  town_graph graph;
  double setback[TOWN_NODES][TOWN_ARMS];
  int way[TOWN_NODES][TOWN_ARMS];    // one-way: +1 away from the node, -1 towards it
  bool bikes[TOWN_NODES][TOWN_ARMS]; // lanes for bicycles
  bool left[TOWN_NODES][TOWN_ARMS];  // a lane for left turns is wanted there
  int junction[TOWN_NODES];          // id; 0 where a street only bends
} town;

static street_style style_of(const town *t, int node, int arm) {
  street_style style = t->graph.nodes[node].arms[arm].major ? t->major : t->minor;
  style.one_way = t->way[node][arm];
  style.lanes = style.one_way ? ONE_WAY_LANES : style.lanes;
  style.bikes = t->bikes[node][arm];
  return style;
}

static double kerb_of(const town *t, int node, int arm) {
  street_style style = style_of(t, node, arm);
  return street_kerb_m(&style, false);
}

// Which of the through road's crossings have lanes for left turns. Keyed by the node, so that a
// street that is given up changes no other's.
static void want_left_lanes(town *t, const rng *r) {
  for (int i = 0; i < t->graph.count; i++) {
    const town_node *n = &t->graph.nodes[i];
    rng own = *r;
    own.entity ^= (uint32_t)(i + 1) << 8 ^ 1u << 31;
    bool lanes = t->def->turn_lanes > 0 && rng_chance(&own, t->def->turn_lanes);
    double heading[TOWN_ARMS];
    bool open[TOWN_ARMS];
    for (int k = 0; k < n->arm_count; k++) {
      heading[k] = n->arms[k].heading_rad;
      open[k] = t->way[i][k] >= 0;
    }
    for (int k = 0; k < n->arm_count; k++)
      t->left[i][k] = lanes && n->arm_count > 2 && n->arms[k].major &&
                      road_left_lane_helps(heading, open, n->arm_count, k, t->major.lanes);
  }
}

static void set_back(town *t, int node) {
  const town_node *n = &t->graph.nodes[node];
  double heading[TOWN_ARMS], kerb[TOWN_ARMS], outer[TOWN_ARMS], setback[TOWN_ARMS];
  int order[TOWN_ARMS], count = n->arm_count;
  for (int k = 0; k < count; k++) {
    int at = k;
    for (; at > 0 && n->arms[order[at - 1]].heading_rad > n->arms[k].heading_rad; at--)
      order[at] = order[at - 1];
    order[at] = k;
  }
  for (int k = 0; k < count; k++) {
    street_style style = style_of(t, node, order[k]);
    style.left_lane[0] = t->left[node][order[k]];
    heading[k] = n->arms[order[k]].heading_rad;
    kerb[k] = street_kerb_m(&style, false);
    style.left_lane[1] = style.major && t->def->turn_lanes > 0; // perhaps, at its other end
    outer[k] = street_outer_m(&style);
  }
  road_junction_setbacks(heading, kerb, outer, count, t->def->corner_radius_m, setback);
  for (int k = 0; k < count; k++)
    t->setback[node][order[k]] = setback[k];
}

static road_place gate(const town *t, int node, int arm, bool inward) {
  const town_node *n = &t->graph.nodes[node];
  double heading = n->arms[arm].heading_rad, out = t->setback[node][arm];
  return (road_place){.x_m = n->x_m + out * cos(heading),
                      .y_m = n->y_m + out * sin(heading),
                      .heading_rad = angle_wrap(heading + (inward ? PI : 0))};
}

static int arm_towards(const town_node *n, int to) {
  for (int k = 0; k < n->arm_count; k++)
    if (n->arms[k].to == to)
      return k;
  return 0;
}

static double least_radius(const road_network *net, int first, int last) {
  double most = 1e-9;
  for (int id = first; id <= last; id++) {
    const road *r = &net->roads[id - 1];
    for (int i = 0; i < r->geometry_count; i++) {
      const road_geometry *g = &net->geometries[r->geometry_first + i];
      most = fmax(most, fmax(fabs(g->curvature_begin_pm), fabs(g->curvature_end_pm)));
    }
  }
  return 1 / most;
}

// Where a street goes from a junction's arm: through nodes where it only bends, to a junction,
// a dead end or out of the town.
typedef struct course {
  road_corner_point corners[CHAIN];
  int corner_count;
  int node, arm;      // where it ends and by which arm it comes in there; node -1: out of the town
  double x_m, y_m;    // the last node before that
  double heading_rad; // as it left that node
} course;

static bool follow(const town *t, int node, int arm, course *c) {
  const town_node *n = &t->graph.nodes[node];
  *c = (course){.x_m = n->x_m, .y_m = n->y_m, .heading_rad = n->arms[arm].heading_rad};
  int to = n->arms[arm].to, from = node;
  while (to >= 0 && t->graph.nodes[to].arm_count == 2) {
    const town_node *bend = &t->graph.nodes[to];
    if (c->corner_count == CHAIN)
      return false;
    int on = arm_towards(bend, from) == 0 ? 1 : 0;
    c->corners[c->corner_count++] = (road_corner_point){
        bend->x_m, bend->y_m, bend->arms[on].major ? MAJOR_BEND_M : MINOR_BEND_M};
    c->x_m = bend->x_m, c->y_m = bend->y_m, c->heading_rad = bend->arms[on].heading_rad;
    from = to;
    to = bend->arms[on].to;
  }
  c->node = to;
  c->arm = to >= 0 ? arm_towards(&t->graph.nodes[to], from) : 0;
  return true;
}

static bool is_dead_end(const town *t, int node) {
  return node >= 0 && t->graph.nodes[node].arm_count == 1;
}

// Where the course's road ends.
static road_place course_end(const town *t, const course *c) {
  if (c->node >= 0 && !is_dead_end(t, c->node))
    return gate(t, c->node, c->arm, true);
  double heading = c->heading_rad, out = WAY_OUT_M;
  if (c->node >= 0) { // straight on from the last bend up to the turning circle
    const town_node *n = &t->graph.nodes[c->node];
    heading = atan2(n->y_m - c->y_m, n->x_m - c->x_m);
    out = hypot(n->x_m - c->x_m, n->y_m - c->y_m) - CIRCLE_REACH_M;
  }
  return (road_place){.x_m = c->x_m + out * cos(heading),
                      .y_m = c->y_m + out * sin(heading),
                      .heading_rad = heading};
}

// A narrow street nearly in line with a wide one leaves no place for the kerb between them.
static bool squints(const town *t, int node, int arm) {
  const town_node *n = &t->graph.nodes[node];
  double own = kerb_of(t, node, arm);
  for (int k = 0; k < n->arm_count; k++) {
    double apart = fabs(angle_wrap(n->arms[k].heading_rad - n->arms[arm].heading_rad));
    if (kerb_of(t, node, k) > own + 1e-9 && apart > 2.5)
      return true;
  }
  return false;
}

// The street that leaves a junction by an arm. False when it finds no room.
static bool add_street(road_builder *b, town *t, int node, int arm) {
  course c;
  if (!follow(t, node, arm, &c))
    return false;
  // Each street is met from both of its ends; keep the first meeting.
  bool dead = is_dead_end(t, c.node);
  if (c.node >= 0 && !dead && (c.node < node || (c.node == node && c.arm < arm)))
    return true;
  if (squints(t, node, arm) || (c.node >= 0 && !dead && squints(t, c.node, c.arm)))
    return false;
  street_style style = style_of(t, node, arm);
  style.bulb_end = dead;
  style.leads_out = c.node < 0;
  road_place begin = gate(t, node, arm, false), end = course_end(t, &c);
  double gap = hypot(end.x_m - begin.x_m, end.y_m - begin.y_m);
  double ahead = (end.x_m - begin.x_m) * cos(begin.heading_rad) +
                 (end.y_m - begin.y_m) * sin(begin.heading_rad);
  if (c.corner_count == 0 && (gap < LEAST_STREET_M || ahead < 0.7 * gap))
    return false;
  style.left_lane[0] = t->left[node][arm];
  style.left_lane[1] = c.node >= 0 && !dead && t->left[c.node][c.arm];
  int id = street_add(b, &style, &begin, &end, c.corners, c.corner_count);
  int last = id ? street_last(b, id) : 0;
  if (!id || least_radius(&b->net, id, last) < (style.major ? MAJOR_LEAST_M : MINOR_LEAST_M))
    return false;
  b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, t->junction[node], false};
  if (c.node >= 0)
    b->net.roads[last - 1].successor = (road_link){ROAD_LINK_JUNCTION, t->junction[c.node], false};
  return true;
}

// A street that finds no room: from a junction towards a node, -1 out of the town.
typedef struct tight_street {
  int node, to;
} tight_street;

// Lays the graph's streets; the number of those without room, of which at most `most` are listed
// before it ends.
static int lay_out(road_builder *b, town *t, tight_street *tight, int most) {
  int count = 0;
  for (int i = 0; i < t->graph.count; i++) {
    const town_node *n = &t->graph.nodes[i];
    t->junction[i] =
        n->arm_count == 1 || n->arm_count > 2 ? road_builder_junction(b, n->x_m, n->y_m) : 0;
    if (n->arm_count > 2)
      set_back(t, i);
  }
  for (int i = 0; i < t->graph.count; i++)
    for (int k = 0; k < t->graph.nodes[i].arm_count && t->graph.nodes[i].arm_count > 2; k++)
      if (!add_street(b, t, i, k)) {
        tight[count++] = (tight_street){i, t->graph.nodes[i].arms[k].to};
        if (count == most || b->failed)
          return count;
      }
  return count;
}

static junction_plan plan_junction(const town *t, const road_network *net, const road_arm *arms,
                                   int count, rng *r) {
  static const double minor_rules[] = {5, 2, 3};
  static const junction_kind kinds[] = {JUNCTION_RIGHT_BEFORE_LEFT, JUNCTION_ALL_WAY_STOP,
                                        JUNCTION_PRIORITY};
  double green0 = rng_uniform(r, 22, 36), green1 = rng_uniform(r, 16, 24);
  bool signals = rng_chance(r, t->def->signals);
  junction_plan plan = {.kind = kinds[rng_weighted(r, minor_rules, 3)],
                        .speed_limit_mps = t->def->speed_limit_mps,
                        .zebra = true,
                        .green_s = {green0, green1}};
  bool through = false;
  int across = 0;
  for (int k = 0; k < count; k++) {
    plan.major[k] = net->roads[arms[k].road - 1].class == ROAD_PRIMARY;
    through = through || plan.major[k];
    if (road_straight_arm(arms, count, k) >= 0)
      across = k;
  }
  if (through)
    plan.kind = signals ? JUNCTION_SIGNALS : JUNCTION_PRIORITY;
  else
    junction_plan_major(&plan, arms, count, arms[across].heading_rad);
  return plan;
}

static void fill_junctions(road_builder *b, const town *t, rng *r) {
  for (int i = 0; i < t->graph.count && !b->failed; i++) {
    if (!t->junction[i])
      continue;
    road_arm arms[ROAD_ARMS];
    int count = road_junction_arms(&b->net, &b->net.junctions[t->junction[i] - 1], arms);
    junction_plan plan = plan_junction(t, &b->net, arms, count, r);
    road_builder_fill_junction(b, t->junction[i], &plan);
  }
}

// Minor streets without room are given up, together with what they alone lead to; the through
// road leads round where it finds none.
static bool mend(town *t, const town_graph_def *about, const tight_street *tight, int count) {
  for (int i = 0; i < count; i++) {
    const town_node *n = &t->graph.nodes[tight[i].node];
    bool major = false;
    for (int k = 0; k < n->arm_count; k++)
      major = major || (n->arms[k].to == tight[i].to && n->arms[k].major);
    bool done = major ? town_graph_lead_round(&t->graph, about, tight[i].node, tight[i].to)
                      : town_graph_give_up(&t->graph, tight[i].node, tight[i].to);
    if (!done)
      return false;
  }
  return true;
}

// A small town is drawn anew when it doesn't come out; for a large one, which hardly ever comes
// out by itself, all that is wrong is mended at once, and what then comes up again.
static bool build(road_builder *b, town *t, const town_graph_def *about, rng *r) {
  if (!town_graph_draw(&t->graph, about, r))
    return false;
  bool large = t->graph.count > TOWN_LARGE;
  tight_street tight[TIGHT];
  for (int i = 0; i < (large ? MENDINGS : t->graph.count); i++) {
    road_builder_free(b);
    rng ways = *r;
    ways.entity ^= 1u << 29;
    town_ways_draw(&t->graph, t->def->one_way, &ways, t->way);
    ways.entity ^= 1u << 27;
    t->major.buses = t->def->bus_lanes > 0 && rng_chance(&ways, t->def->bus_lanes);
    ways.entity ^= 3u << 27;
    town_bikes_draw(&t->graph, t->def->bike_lanes, (const int(*)[TOWN_ARMS])t->way, &ways,
                    t->bikes);
    want_left_lanes(t, r);
    int count = lay_out(b, t, tight, large ? TIGHT : 1);
    if (count == 0)
      return true;
    if (b->failed)
      return false;
    if (!(large ? mend(t, about, tight, count)
                : town_graph_cut(&t->graph, tight[0].node,
                                 arm_towards(&t->graph.nodes[tight[0].node], tight[0].to))))
      return false;
  }
  return false;
}

status place_town(road_builder *b, const town_def *def, rng *r, trouble *why) {
  town *t = calloc(1, sizeof *t);
  if (!t)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while laying out the town");
  t->def = def;
  t->minor = (street_style){.lanes = 1,
                            .lane_width_m = def->lane_width_m,
                            .sidewalk_m = def->sidewalk_m,
                            .speed_limit_mps = def->residential_limit_mps,
                            .parking = def->side.parked_per_km > 0};
  t->major = t->minor;
  t->major.major = true;
  t->major.lanes = def->main_lanes;
  t->major.speed_limit_mps = def->speed_limit_mps;
  town_graph_def about = {def->size_m, def->block_m, def->dead_ends};
  bool done = false;
  for (int i = 0; i < LAYOUTS && !done; i++) {
    rng stream = *r;
    stream.entity ^= (uint32_t)(i + 1) << 20;
    done = build(b, t, &about, &stream);
  }
  r->entity ^= 1u << 30; // what follows mustn't repeat the layout's draws
  status got = STATUS_OK;
  if (!done && !b->failed)
    got =
        trouble_set(why, STATUS_RANGE,
                    "road.block_m: %.0f m leave no room for a town of %.0f m with streets of this "
                    "width",
                    def->block_m, def->size_m);
  if (done) {
    road_derive_ends(b);
    fill_junctions(b, t, r);
  }
  free(t);
  if (got == STATUS_OK && b->failed)
    got = trouble_set(why, STATUS_MEMORY, "memory ran out while building the town");
  return got;
}
