// SPDX-License-Identifier: Apache-2.0
// A cloverleaf: a motorway along x and one along y, one of them on a bridge above the other. In
// each quadrant a loop takes those who turn left, all the way round to the right, and an outer ramp
// around it those who turn right. Who comes out of one loop and who is on the way to the next one
// change places on a lane beside the carriageway.
//
// Carriageways are numbered by where they lead: 0 east, 1 north, 2 west, 3 south; quadrants from
// the south-east on, counter-clockwise. The loop of quadrant q leaves carriageway q and joins
// q + 1; the outer ramp leaves q + 1 and joins q. Quadrants by turns are of two sizes, so that no
// two carriageways' cuts lie in the same places.
#include <math.h>

#include "scenes/interchange.h"

static const double PI = 3.14159265358979323846;
static const double HEAD_M = 80;   // of both motorways before and after all else
static const double OUTER_M = 125; // radius of the outer ramps, at least
static const double OUTER_SPIRAL_M = 60, LOOP_SPIRAL_M = 40;
static const double LEG_M = 5;     // between a ramp's bends, at least
static const double WEAVE_M = 120; // between the gores of two loops, at least
static const double GORE_LIMIT_MPS = 16.67, GORE_M = 50;
static const double BESIDE_M = 8; // of land between the verges of a loop and its outer ramp
static const double APART_M = 4;  // between what is needed for one ramp and the next
static const double LEVEL_M = 10; // of the bridge's road beyond its last ramps
static const double DIFFER_M = 13, LONGER_M = 3.7; // how much farther the larger quadrants reach
enum { MAIN = 0, CROSS = 1, LOOP = 0, OUTER = 1, STEPS = 8, SAMPLES = 96 };
enum { OUTER_EXIT, LOOP_ENTRY, LOOP_EXIT, OUTER_ENTRY, FORKS }; // of a carriageway, as it is driven

// What is one per quadrant has an index of its parity: that is also the way that the loop leaves.
typedef struct cloverleaf {
  const interchange_def *def;
  highway_def ways[2]; // along x; along y
  int over;            // the one of them that lies over the other
  highway_sizes z[2];
  double nose_m[2]; // of ramps' lanes' inner borders, from the middle of a way
  double radius_m[2], spiral_m[2], turn_rad[2], limit_mps[2],
      verge_rate[2];                  // of loops, outer ramps
  double leg_m[2][2];                 // between the bends of loops, outer ramps; by quadrant
  double exit_m[2][2], entry_m[2][2]; // of their noses from the crossing
} cloverleaf;

// A ramp of that shape from a nose at `at`: two bends to the right with a leg between them.
static void shape(const cloverleaf *c, int kind, double leg, const road_place at[2],
                  highway_ramp *out) {
  highway_ramp_begin(out, at, true);
  interchange_bend(out, -c->turn_rad[kind] / 2, c->radius_m[kind], c->spiral_m[kind], true, false);
  road_append(out->pieces, &out->piece_count, leg, 0, 0);
  interchange_bend(out, -c->turn_rad[kind] / 2, c->radius_m[kind], c->spiral_m[kind], false, true);
  interchange_ramp_fork(out);
}

// Where it ends for who begins it in the origin, heading east: as far ahead as to the right, but
// for a loop, which ends behind.
static double reach(const cloverleaf *c, int kind, double leg) {
  static const road_place at[2] = {{0}, {.x_m = FORK_M}};
  highway_ramp ramp;
  shape(c, kind, leg, at, &ramp);
  return fabs(interchange_ramp_end(&ramp).x_m);
}

// Noses of the ramps of a quadrant whose loop leaves that way.
static void place_noses(cloverleaf *c, int way) {
  int other = 1 - way;
  double loop = reach(c, LOOP, c->leg_m[LOOP][way]), outer = reach(c, OUTER, c->leg_m[OUTER][way]);
  c->exit_m[LOOP][way] = c->nose_m[other] + loop;
  c->entry_m[LOOP][way] = c->nose_m[way] + loop;
  c->exit_m[OUTER][way] = c->nose_m[way] + outer;
  c->entry_m[OUTER][way] = c->nose_m[other] + outer;
}

static int sample(const highway_ramp *ramp, road_place out[SAMPLES]) {
  const road_geometry *last = &ramp->pieces[ramp->piece_count - 1];
  double length = last->s_m + last->length_m;
  for (int i = 0; i < SAMPLES; i++) {
    double d = length * i / (SAMPLES - 1);
    int k = 0;
    while (k + 1 < ramp->piece_count && ramp->pieces[k + 1].s_m <= d)
      k++;
    out[i] = road_geometry_at(&ramp->pieces[k], d - ramp->pieces[k].s_m);
  }
  return SAMPLES;
}

// Least distance between the lines of a quadrant's ramps, in the frame of the carriageway that the
// loop leaves.
static double between(const cloverleaf *c, int way) {
  double x = c->exit_m[LOOP][way], y = -c->nose_m[way];
  road_place loop_at[2] = {{.x_m = x, .y_m = y}, {.x_m = x + FORK_M, .y_m = y}};
  x = c->nose_m[1 - way], y = -c->exit_m[OUTER][way];
  road_place outer_at[2] = {{.x_m = x, .y_m = y, .heading_rad = PI / 2},
                            {.x_m = x, .y_m = y + FORK_M, .heading_rad = PI / 2}};
  highway_ramp ramp;
  road_place loop[SAMPLES], outer[SAMPLES];
  shape(c, LOOP, c->leg_m[LOOP][way], loop_at, &ramp);
  sample(&ramp, loop);
  shape(c, OUTER, c->leg_m[OUTER][way], outer_at, &ramp);
  sample(&ramp, outer);
  double least = INFINITY;
  for (int i = 0; i < SAMPLES; i++)
    for (int k = 0; k < SAMPLES; k++)
      least = fmin(least, hypot(loop[i].x_m - outer[k].x_m, loop[i].y_m - outer[k].y_m));
  return least;
}

static double verges(double rate) {
  return HIGHWAY_VERGE_BEGIN_M + highway_growth(rate, HIGHWAY_VERGE_M);
}

// Loops reach so far that there is room to weave between them.
static void find_loops(cloverleaf *c, double differ) {
  double least = LEG_M, loop = reach(c, LOOP, 0);
  for (int way = 0; way < 2; way++) {
    double need = WEAVE_M + 2 * c->z[way].gore_m - 2 * c->nose_m[1 - way] - 2 * loop - differ;
    least = fmax(least, need / sqrt(2));
  }
  c->leg_m[LOOP][0] = least;
  c->leg_m[LOOP][1] = least + sqrt(2) * differ;
}

// Outer ramps keep off the loops, and off their lanes and verges.
static void find_outer(cloverleaf *c, int way, double least) {
  double beside = 2 * (RAMP_INNER_SHOULDER_M + HIGHWAY_VERGE_M) + BESIDE_M;
  double apart = verges(c->verge_rate[LOOP]) + verges(c->verge_rate[OUTER]) + APART_M;
  double *leg = &c->leg_m[OUTER][way];
  *leg = least;
  place_noses(c, way);
  double room = fmin(c->exit_m[OUTER][way] - c->entry_m[LOOP][way],
                     c->entry_m[OUTER][way] - c->exit_m[LOOP][way]);
  *leg += sqrt(2) * fmax(0, apart - room);
  place_noses(c, way);
  // The leg's line moves off the crossing by half of what it grows; samples are a little apart.
  for (int i = 0; i < STEPS && between(c, way) < beside; i++) {
    *leg += 2 * (beside - between(c, way)) + 0.5;
    place_noses(c, way);
  }
}

static void begin(cloverleaf *c) {
  const interchange_def *def = c->def;
  c->over = interchange_motorway_over(def) ? MAIN : CROSS;
  for (int k = 0; k < 2; k++) {
    c->ways[k] = interchange_motorway(def);
    if (k == CROSS) {
      c->ways[k].lanes = def->crossing_lanes;
      c->ways[k].speed_limit_mps = def->crossing_limit_mps;
    }
    c->z[k] = highway_sizes_of(&c->ways[k]);
    highway_sizes_gores(&c->z[k], &c->ways[k], GORE_LIMIT_MPS, GORE_M);
  }
  double aside = c->z[MAIN].ramp_width_m / 2, radius[2] = {def->loop_radius_m, def->ramp_radius_m};
  double most = fmin(def->speed_limit_mps, def->crossing_limit_mps);
  c->radius_m[LOOP] = radius[LOOP] + aside;
  c->radius_m[OUTER] = fmax(OUTER_M, radius[OUTER]) + aside;
  c->turn_rad[LOOP] = 1.5 * PI, c->turn_rad[OUTER] = PI / 2;
  c->spiral_m[LOOP] = LOOP_SPIRAL_M, c->spiral_m[OUTER] = OUTER_SPIRAL_M;
  for (int kind = 0; kind < 2; kind++) {
    c->limit_mps[kind] = interchange_limit(radius[kind], most);
    c->verge_rate[kind] = interchange_verge_rate(c->radius_m[kind], c->spiral_m[kind]);
  }
  for (int k = 0; k < 2; k++) {
    highway_sizes *z = &c->z[k];
    z->verge_rate = c->verge_rate[OUTER];
    z->clear_m = FORK_M + verges(z->verge_rate) + APART_M;
    c->nose_m[k] =
        highway_carriageway(&c->ways[k], z) - HIGHWAY_VERGE_M - def->shoulder_m + z->gore_width_m;
  }
}

// How far a way's outer noses are from the crossing, at most.
static double outermost(const cloverleaf *c, int way) {
  return fmax(c->exit_m[OUTER][1 - way], c->entry_m[OUTER][way]);
}

static void find_lengths(cloverleaf *c) {
  for (int k = 0; k < 2; k++) {
    double exit = c->exit_m[OUTER][1 - k] + highway_ramp_reach(&c->ways[k], &c->z[k], true);
    double entry = c->entry_m[OUTER][k] + highway_ramp_reach(&c->ways[k], &c->z[k], false);
    double half = fmax(exit, entry);
    if (k == c->over)
      half = fmax(half, outermost(c, k) + LEVEL_M + overpass_climb(c->ways[k].speed_limit_mps));
    c->ways[k].length_m = 2 * (half + HEAD_M);
  }
  c->ways[MAIN].length_m = fmax(c->ways[MAIN].length_m, c->def->length_m);
}

static void plan_way(const cloverleaf *c, int way, highway_side sides[2], highway_line *line) {
  double length = c->ways[way].length_m, half = length / 2;
  highway_fork forks[FORKS] = {
      [OUTER_EXIT] = {.exit = true, .nose_m = half - c->exit_m[OUTER][1 - way]},
      [LOOP_ENTRY] = {.weaves = true, .nose_m = half - c->entry_m[LOOP][1 - way]},
      [LOOP_EXIT] = {.exit = true, .nose_m = half + c->exit_m[LOOP][way]},
      [OUTER_ENTRY] = {.nose_m = half + c->entry_m[OUTER][way]}};
  forks[LOOP_ENTRY].verge_rate = c->verge_rate[LOOP]; // and so of the exit that it leads to
  for (int hand = 0; hand < 2; hand++)
    highway_plan_forks(&sides[hand], &c->ways[way], &c->z[way], forks, FORKS);
  if (way != c->over)
    return;
  double below = highway_carriageway(&c->ways[1 - way], &c->z[1 - way]) + c->def->lane_width_m;
  interchange_raise(line, outermost(c, way) + LEVEL_M, below + OVERPASS_SLOPE_M,
                    c->ways[way].speed_limit_mps);
}

typedef struct plan {
  road_geometry pieces[2];
  highway_line lines[2];
  highway_side sides[2][2]; // by way, hand
  highway_gate gates[2][2][HIGHWAY_FORKS];
} plan;

// The sizes of quadrants with which all cuts are far enough from each other. False when there are
// none, or when the motorway is too short.
static bool find_plan(cloverleaf *c, plan *p) {
  for (int i = 0; i < STEPS * STEPS; i++) {
    double differ[2] = {
        [LOOP] = DIFFER_M + i % STEPS * LONGER_M, [OUTER] = DIFFER_M + i / STEPS * LONGER_M};
    find_loops(c, differ[LOOP]);
    find_outer(c, 0, LEG_M);
    find_outer(c, 1, c->leg_m[OUTER][0] + sqrt(2) * differ[OUTER]);
    find_lengths(c);
    if (c->ways[MAIN].length_m > c->def->length_m)
      return false;
    bool fits = true;
    for (int k = 0; k < 2; k++) {
      double half = c->ways[k].length_m / 2;
      int count = 0;
      p->pieces[k] = k == MAIN ? (road_geometry){.x_m = -half}
                               : (road_geometry){.y_m = -half, .heading_rad = PI / 2};
      road_append(&p->pieces[k], &count, 2 * half, 0, 0);
      p->lines[k] = (highway_line){.pieces = &p->pieces[k], .piece_count = 1, .length_m = 2 * half};
      plan_way(c, k, p->sides[k], &p->lines[k]);
      fits &= highway_fits(&p->lines[k], p->sides[k]);
    }
    if (fits)
      return true;
  }
  return false;
}

// Returns whether there is room for its climb.
static bool add_ramp(road_builder *b, const cloverleaf *c, const plan *p, int quadrant, int kind) {
  int next = (quadrant + 1) % 4, from = kind == LOOP ? quadrant : next;
  int to = kind == LOOP ? next : quadrant, way = from % 2, hand = from / 2;
  int exit = kind == LOOP ? LOOP_EXIT : OUTER_EXIT, entry = kind == LOOP ? LOOP_ENTRY : OUTER_ENTRY;
  const highway_side *side = &p->sides[way][hand];
  road_place at[2];
  for (int k = 0; k < 2; k++)
    at[k] = highway_nose(&p->lines[way], side, hand, &side->forks[exit], k * FORK_M);
  highway_sizes z = c->z[MAIN];
  z.ramp_limit_mps = c->limit_mps[kind];
  z.verge_rate = c->verge_rate[kind];
  highway_ramp ramp;
  shape(c, kind, c->leg_m[kind][quadrant % 2], at, &ramp);
  highway_ramp_dress(&ramp, &c->ways[MAIN], &z, RAMP_FORK);
  double from_m = way == c->over ? OVERPASS_M : 0, to_m = OVERPASS_M - from_m;
  bool climbs = interchange_climb(&ramp, from_m, to_m, z.ramp_limit_mps);
  highway_add_ramp(b, &z, &ramp, &p->gates[way][hand][exit], &p->gates[to % 2][to / 2][entry]);
  return climbs;
}

status interchange_cloverleaf(road_builder *b, const interchange_def *def, rng *r, trouble *why) {
  (void)r;
  cloverleaf c = {.def = def};
  plan p = {0};
  begin(&c);
  if (!find_plan(&c, &p)) {
    if (c.ways[MAIN].length_m > def->length_m)
      return trouble_set(why, STATUS_RANGE,
                         "road.length_m: %.10g m are too short for the ramps of this cloverleaf; "
                         "%.0f m would do",
                         def->length_m, ceil(c.ways[MAIN].length_m));
    return trouble_set(why, STATUS_RANGE,
                       "road.acceleration_m: both carriageways' ramps begin in the same places; "
                       "other lengths would do");
  }
  for (int k = 0; k < 2; k++)
    (void)highway_add_roads(b, &c.ways[k], &c.z[k], &p.lines[k], p.sides[k], p.gates[k]);
  bool climbs = true;
  for (int quadrant = 0; quadrant < 4 && !b->failed; quadrant++)
    for (int kind = 0; kind < 2 && !b->failed; kind++)
      climbs &= add_ramp(b, &c, &p, quadrant, kind);
  road_derive_ends(b);
  return climbs ? STATUS_OK
                : trouble_set(why, STATUS_RANGE,
                              "road.loop_radius_m: a loop of %.10g m is too short for its climb; "
                              "wider ones would do",
                              def->loop_radius_m);
}
