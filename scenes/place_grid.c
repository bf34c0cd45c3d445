// SPDX-License-Identifier: Apache-2.0
// A city of streets in rows and columns. Streets run through their crossings without a
// kink; between them they bend as much as `irregularity` asks for.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/place.h"

static const double PI = 3.14159265358979323846;
static const double CORNER_CURVE_M = 22; // radius of a street that turns at the city's corner
static const double LEAST_STREET_M = 16; // between two crossings' corners
static const double LEAST_RADIUS_M = 18; // of a street's middle, where there is a choice
static const double TIGHTEST_M = 8;      // and where there is none
static const double WAY_OUT_M = 110;     // of streets that lead out of the city
enum { ONE_WAY_LANES = 2 };
enum { LAYOUTS = 8 }; // tries, each more regular than the one before

enum { EAST, NORTH, WEST, SOUTH, WAYS };

typedef struct grid_node {
  double x_m, y_m;
  double heading[WAYS]; // outward
  double setback[WAYS];
  bool open[WAYS]; // a street leaves this way
  bool out[WAYS];  // another one, out of the city
  bool left[WAYS]; // a lane for left turns is wanted on it
  int ways;
  int junction; // id; 0 at the corners, where a street just bends
} grid_node;

enum { MOST_LINES = 32 };

typedef struct grid {
  int nx, ny;
  int one_way[2][MOST_LINES]; // rows (+1 eastward), columns (+1 northward); 0 both ways
  bool bikes[2][MOST_LINES];  // rows and columns with lanes for bicycles
  bool buses[2][MOST_LINES];  // and with lanes for buses
  grid_node *nodes;           // (ny, nx)
} grid;

static grid_node *node_at(const grid *g, int x, int y) {
  return &g->nodes[y * g->nx + x];
}

static grid_node *neighbour(const grid *g, int x, int y, int way) {
  static const int dx[WAYS] = {1, 0, -1, 0}, dy[WAYS] = {0, 1, 0, -1};
  return node_at(g, x + dx[way], y + dy[way]);
}

static void place_nodes(grid *g, const grid_city_def *def, rng *r) {
  double shift = 0.1 * def->irregularity * def->block_m;
  double y_m = 0;
  double *columns = malloc(sizeof *columns * (size_t)g->nx);
  if (!columns)
    return;
  for (int x = 0; x < g->nx; x++)
    columns[x] = x == 0 ? 0
                        : columns[x - 1] +
                              def->block_m * (1 + 0.3 * def->irregularity * rng_uniform(r, -1, 1));
  for (int y = 0; y < g->ny; y++) {
    for (int x = 0; x < g->nx; x++) {
      grid_node *n = node_at(g, x, y);
      n->x_m = columns[x] + shift * rng_uniform(r, -1, 1);
      n->y_m = y_m + shift * rng_uniform(r, -1, 1);
      n->open[EAST] = x + 1 < g->nx;
      n->open[WEST] = x > 0;
      n->open[NORTH] = y + 1 < g->ny;
      n->open[SOUTH] = y > 0;
      for (int way = 0; way < WAYS; way++)
        n->ways += n->open[way];
    }
    y_m += def->block_m * (1 + 0.3 * def->irregularity * rng_uniform(r, -1, 1));
  }
  free(columns);
}

// On each side of the city one crossing of the rim can have a street that leads out. Drawn by
// itself, so that it changes nothing else.
static void draw_ways_out(grid *g, const grid_city_def *def, const rng *r) {
  rng own = *r;
  own.entity ^= 1u << 25;
  int side = rng_below(&own, WAYS);
  for (int i = 0, left = def->ways_out; i < WAYS && left > 0; i++) {
    int way = (side + i) % WAYS, lines = way % 2 == 0 ? g->ny : g->nx;
    if (lines < 3)
      continue; // corners only
    int line = 1 + rng_below(&own, lines - 2);
    int x = way == EAST ? g->nx - 1 : way == WEST ? 0 : line;
    int y = way == NORTH ? g->ny - 1 : way == SOUTH ? 0 : line;
    node_at(g, x, y)->out[way] = true;
    left--;
  }
}

// Heading of the street through a node along an axis (0: west to east, 1: south to north),
// from the neighbours on it.
static double axis_heading(const grid *g, int x, int y, int axis) {
  const grid_node *n = node_at(g, x, y);
  const grid_node *a = n->open[axis + 2] ? neighbour(g, x, y, axis + 2) : n;
  const grid_node *b = n->open[axis] ? neighbour(g, x, y, axis) : n;
  return atan2(b->y_m - a->y_m, b->x_m - a->x_m);
}

static void turn_nodes(grid *g, const grid_city_def *def, rng *r) {
  for (int y = 0; y < g->ny; y++)
    for (int x = 0; x < g->nx; x++) {
      grid_node *n = node_at(g, x, y);
      double along = axis_heading(g, x, y, 0), up = axis_heading(g, x, y, 1);
      along += 0.10 * def->irregularity * rng_uniform(r, -1, 1);
      up += 0.10 * def->irregularity * rng_uniform(r, -1, 1);
      // Crossings stay within 12 degrees of a right angle.
      double skew = angle_wrap(up - along) - PI / 2;
      double excess = skew - fmax(-0.21, fmin(0.21, skew));
      along += excess / 2;
      up -= excess / 2;
      n->heading[EAST] = along;
      n->heading[NORTH] = up;
      n->heading[WEST] = angle_wrap(along + PI);
      n->heading[SOUTH] = angle_wrap(up + PI);
    }
}

// Streets within the rim may be one-way, those of one axis by turns; the rim itself stays open
// in both directions, so that everything can be reached from everywhere.
static void draw_one_way(grid *g, const grid_city_def *def, rng *r) {
  for (int axis = 0; axis < 2 && def->one_way > 0; axis++) {
    int way = rng_chance(r, 0.5) ? 1 : -1, lines = axis == 0 ? g->ny : g->nx;
    for (int i = 1; i + 1 < lines && i < MOST_LINES; i++) {
      if (!rng_chance(r, def->one_way))
        continue;
      g->one_way[axis][i] = way;
      way = -way;
    }
  }
}

// Streets have lanes for bicycles, or buses, from one end to the other; those of the rim, which go
// on in each other round its corners, all or none.
static void draw_lines(const grid *g, double share, rng *r, bool lines[2][MOST_LINES]) {
  bool rim = share > 0 && rng_chance(r, share);
  for (int axis = 0; axis < 2 && share > 0; axis++) {
    int count = axis == 0 ? g->ny : g->nx;
    for (int i = 0; i < count && i < MOST_LINES; i++)
      lines[axis][i] = i == 0 || i + 1 == count ? rim : rng_chance(r, share);
  }
}

static bool leaves(const grid_node *n, int way) {
  return n->open[way] || n->out[way];
}

// Which way the street that leaves a node is driven: +1 away from it, -1 towards it, 0 both.
static int one_way_from(const grid *g, int x, int y, int way) {
  if (node_at(g, x, y)->out[way])
    return 0;
  int line = g->one_way[way % 2][way % 2 == 0 ? y : x];
  return way < 2 ? line : -line;
}

// Which junctions have lanes for left turns, on the streets where they help.
static void want_left_lanes(grid *g, const grid_city_def *def, rng *r) {
  for (int i = 0; i < g->nx * g->ny && def->turn_lanes > 0; i++) {
    grid_node *n = &g->nodes[i];
    bool lanes = rng_chance(r, def->turn_lanes), enter[WAYS] = {false};
    double heading[WAYS];
    int way_of[WAYS], count = 0;
    for (int way = 0; way < WAYS; way++)
      if (leaves(n, way)) {
        way_of[count] = way;
        enter[count] = one_way_from(g, i % g->nx, i / g->nx, way) >= 0;
        heading[count++] = n->heading[way];
      }
    for (int k = 0; k < count && n->ways > 2; k++)
      n->left[way_of[k]] = lanes && one_way_from(g, i % g->nx, i / g->nx, way_of[k]) == 0 &&
                           road_left_lane_helps(heading, enter, count, k, def->lanes);
  }
}

// Of the street that leaves a node that way.
static street_style styled(const grid *g, const street_style *common, int x, int y, int way) {
  int one_way = one_way_from(g, x, y, way);
  street_style style = *common;
  style.one_way = one_way;
  style.bikes = g->bikes[way % 2][way % 2 == 0 ? y : x];
  style.buses = g->buses[way % 2][way % 2 == 0 ? y : x];
  style.lanes = one_way ? ONE_WAY_LANES : common->lanes;
  style.left_lane[0] = style.left_lane[1] = false;
  return style;
}

static void set_back(grid *g, const street_style *common, double corner_m) {
  for (int i = 0; i < g->nx * g->ny; i++) {
    grid_node *n = &g->nodes[i];
    if (n->ways < 3)
      continue;
    double heading[WAYS], kerb[WAYS], outer[WAYS], setback[WAYS];
    int way_of[WAYS], count = 0;
    for (int way = 0; way < WAYS; way++)
      if (leaves(n, way)) {
        street_style style = styled(g, common, i % g->nx, i / g->nx, way);
        style.left_lane[0] = n->left[way];
        way_of[count] = way;
        heading[count] = n->heading[way];
        kerb[count] = street_kerb_m(&style, false);
        style.left_lane[1] = common->left_lane[1] && !style.one_way; // perhaps
        outer[count++] = street_outer_m(&style);
      }
    road_junction_setbacks(heading, kerb, outer, count, corner_m, setback);
    for (int k = 0; k < count; k++)
      n->setback[way_of[k]] = setback[k];
  }
}

static road_place gate(const grid_node *n, int way, bool inward) {
  return (road_place){.x_m = n->x_m + n->setback[way] * cos(n->heading[way]),
                      .y_m = n->y_m + n->setback[way] * sin(n->heading[way]),
                      .heading_rad = n->heading[way] + (inward ? PI : 0)};
}

// Least radius of a street's reference line.
static double street_radius(const road_network *net, int first, int last) {
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

// The street that leaves a junction that way, round the city's corners if it meets any.
static status add_street(road_builder *b, const grid *g, const street_style *common, int x, int y,
                         int way, double least_radius_m, trouble *why) {
  static const int dx[WAYS] = {1, 0, -1, 0}, dy[WAYS] = {0, 1, 0, -1};
  const grid_node *from = node_at(g, x, y);
  road_corner_point corners[ROAD_CORNERS - 2];
  int count = 0, at_x = x + dx[way], at_y = y + dy[way], go = way;
  while (node_at(g, at_x, at_y)->ways < 3) {
    const grid_node *corner = node_at(g, at_x, at_y);
    corners[count++] = (road_corner_point){corner->x_m, corner->y_m, CORNER_CURVE_M};
    for (int next = 0; next < WAYS; next++)
      if (corner->open[next] && next != (go + 2) % WAYS) {
        go = next;
        break;
      }
    at_x += dx[go];
    at_y += dy[go];
  }
  const grid_node *to = node_at(g, at_x, at_y);
  int back = (go + 2) % WAYS;
  // Each street is met from both of its ends; keep the first meeting.
  if (to < from || (to == from && back < way))
    return STATUS_OK;
  road_place begin = gate(from, way, false), end = gate(to, back, true);
  double gap = hypot(end.x_m - begin.x_m, end.y_m - begin.y_m);
  double ahead = (end.x_m - begin.x_m) * cos(begin.heading_rad) +
                 (end.y_m - begin.y_m) * sin(begin.heading_rad);
  if (count == 0 && (gap < LEAST_STREET_M || ahead < 0.7 * gap))
    return trouble_set(why, STATUS_RANGE,
                       "road.block_m: too short for streets of this width and corners of this "
                       "radius: %.0f m remain between two crossings, %.0f m are needed",
                       ahead > 0 ? gap : 0.0, LEAST_STREET_M);
  street_style style = styled(g, common, x, y, way);
  style.left_lane[0] = from->left[way];
  style.left_lane[1] = to->left[back];
  int id = street_add(b, &style, &begin, &end, corners, count);
  if (!id)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while building streets");
  double radius = street_radius(&b->net, id, street_last(b, id));
  if (radius < least_radius_m)
    return trouble_set(why, STATUS_RANGE,
                       "road.block_m: too short for streets of this width: one would bend with a "
                       "radius of %.0f m, %.0f m are needed",
                       radius, least_radius_m);
  b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, from->junction, false};
  b->net.roads[street_last(b, id) - 1].successor =
      (road_link){ROAD_LINK_JUNCTION, to->junction, false};
  return STATUS_OK;
}

static status add_way_out(road_builder *b, const grid *g, const street_style *common, int x, int y,
                          int way, trouble *why) {
  const grid_node *from = node_at(g, x, y);
  road_place begin = gate(from, way, false), end = begin;
  end.x_m += WAY_OUT_M * cos(begin.heading_rad);
  end.y_m += WAY_OUT_M * sin(begin.heading_rad);
  street_style style = styled(g, common, x, y, way);
  style.left_lane[0] = from->left[way];
  int id = street_add(b, &style, &begin, &end, NULL, 0);
  if (!id)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while building streets");
  b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, from->junction, false};
  return STATUS_OK;
}

static void fill_junctions(road_builder *b, const grid *g, const grid_city_def *def, rng *r) {
  for (int i = 0; i < g->nx * g->ny && !b->failed; i++) {
    const grid_node *n = &g->nodes[i];
    if (!n->junction)
      continue;
    bool inner = n->ways == WAYS;
    double green0 = rng_uniform(r, 20, 35), green1 = rng_uniform(r, 18, 30);
    bool signals = rng_chance(r, def->signals) && inner;
    int axis = inner ? rng_below(r, 2) : n->open[EAST] && n->open[WEST] ? 0 : 1;
    junction_plan plan = {.kind = signals ? JUNCTION_SIGNALS : JUNCTION_PRIORITY,
                          .speed_limit_mps = def->speed_limit_mps,
                          .zebra = true,
                          .green_s = {green0, green1}};
    road_arm arms[ROAD_ARMS];
    int count = road_junction_arms(&b->net, &b->net.junctions[n->junction - 1], arms);
    for (int k = 0; k < count; k++)
      plan.major[k] = fabs(cos(arms[k].heading_rad - n->heading[axis])) > 0.7071;
    road_builder_fill_junction(b, n->junction, &plan);
  }
}

// Streets and empty junctions. STATUS_RANGE when a street would be too short or too tight.
static status lay_out(road_builder *b, grid *g, const grid_city_def *def, double least_radius_m,
                      rng *r, trouble *why) {
  street_style style = {.lanes = def->lanes,
                        .lane_width_m = def->lane_width_m,
                        .sidewalk_m = def->sidewalk_m,
                        .speed_limit_mps = def->speed_limit_mps,
                        .parking = def->parked_per_km > 0,
                        .left_lane = {false, def->turn_lanes > 0}};
  place_nodes(g, def, r);
  turn_nodes(g, def, r);
  draw_one_way(g, def, r);
  draw_ways_out(g, def, r);
  want_left_lanes(g, def, r);
  draw_lines(g, def->bike_lanes, r, g->bikes);
  draw_lines(g, def->bus_lanes, r, g->buses);
  set_back(g, &style, def->corner_radius_m);
  for (int i = 0; i < g->nx * g->ny; i++)
    if (g->nodes[i].ways >= 3)
      g->nodes[i].junction = road_builder_junction(b, g->nodes[i].x_m, g->nodes[i].y_m);
  for (int y = 0; y < g->ny; y++)
    for (int x = 0; x < g->nx; x++)
      for (int way = 0; way < WAYS && node_at(g, x, y)->junction; way++) {
        if (!leaves(node_at(g, x, y), way))
          continue;
        status got = node_at(g, x, y)->out[way]
                         ? add_way_out(b, g, &style, x, y, way, why)
                         : add_street(b, g, &style, x, y, way, least_radius_m, why);
        if (got != STATUS_OK)
          return got;
      }
  return STATUS_OK;
}

status place_grid_city(road_builder *b, const grid_city_def *def, rng *r, trouble *why) {
  if (def->blocks_x < 1 || def->blocks_y < 1 || def->blocks_x * def->blocks_y < 2)
    return trouble_set(why, STATUS_RANGE,
                       "road.blocks: {%d, %d} has no crossing; ask for {2, 1} or more",
                       def->blocks_x, def->blocks_y);
  grid g = {.nx = def->blocks_x + 1, .ny = def->blocks_y + 1};
  size_t size = (size_t)(g.nx * g.ny) * sizeof *g.nodes;
  g.nodes = malloc(size);
  if (!g.nodes)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while laying out the city");
  // Where the asked-for irregularity leaves some street no room, less of it does.
  grid_city_def tamed = *def;
  status got = STATUS_RANGE;
  for (int i = 0; i < LAYOUTS && got == STATUS_RANGE; i++) {
    bool last = i + 1 == LAYOUTS;
    tamed.irregularity = last ? 0 : def->irregularity * pow(0.7, i);
    rng stream = *r;
    road_builder_free(b);
    memset(g.nodes, 0, size);
    memset(g.one_way, 0, sizeof g.one_way);
    memset(g.bikes, 0, sizeof g.bikes);
    memset(g.buses, 0, sizeof g.buses);
    got = lay_out(b, &g, &tamed, last ? TIGHTEST_M : LEAST_RADIUS_M, &stream, why);
  }
  r->entity ^= 1u << 30; // what follows mustn't repeat the layout's draws
  if (got == STATUS_OK) {
    road_derive_ends(b);
    fill_junctions(b, &g, def, r);
  }
  free(g.nodes);
  return got;
}
