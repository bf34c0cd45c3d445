// SPDX-License-Identifier: Apache-2.0
// A trumpet: a motorway that comes from the south over a bridge and ends at one along x. Beyond
// the bridge its carriageways part: the one is what a loop becomes, the other goes on as a ramp
// that turns back to the left around that loop.
#include <math.h>

#include "scenes/interchange.h"

static const double PI = 3.14159265358979323846;
static const double HEAD_M = 80;    // of both motorways before and after all else
static const double DIRECT_M = 160; // radius of the ramps but the loop, at least
static const double DIRECT_SPIRAL_M = 80, LOOP_SPIRAL_M = 40;
static const double BACK_RAD = 0.9; // the ramp to the left comes down at that angle
static const double BEFORE_M = 25;  // of that ramp before its bend
static const double LEAST_LEG_M = 10, LEAST_LAND_M = 8;
static const double SPLIT_VERGE_M = 1.6; // half of the median, where carriageways part
static const double SPLIT_FROM_M = 40, SPLIT_TO_M = 60;
static const double LEVEL_M = 40; // of the bridge's road before its ramps
static const double LONGER_M = 3.7;
enum { RIGHT = 0, LEFT = 1, STEPS = 6, TRIES = STEPS * STEPS * STEPS, MAIN = 0, END = 1 };
enum {
  DIRECT_OUT,
  DIRECT_IN,
  LOOP,
  BACK,
  RAMPS
}; // to the south and from it; on the right, then left

typedef struct trumpet {
  const interchange_def *def;
  highway_def ways[2]; // along x; from the south
  highway_sizes z[2];
  highway_fork forks[2][2][2]; // by way, hand, in driving direction
  int fork_count[2][2];
  highway_ramp ramps[RAMPS]; // in their own frames, then in place
  double limits_mps[RAMPS];
  double nose_m[2];           // of a ramp's lane's inner border, from the middle
  double end_y_m;             // where the one from the south ends
  double length_m, begin_x_m; // of that; of the one along x
  double bridge_m[2];         // along it
  double longer_m[RAMPS];     // so that no two cuts are nearly in the same place
  double leg_m;
} trumpet;

static double direct_radius(const trumpet *t) {
  return fmax(DIRECT_M, t->def->ramp_radius_m + t->z[MAIN].ramp_width_m / 2);
}

// A ramp of that shape from a nose at `at`, heading outward.
static void shape(const trumpet *t, int which, const road_place at[2], highway_ramp *out) {
  double loop = t->def->loop_radius_m + t->z[MAIN].ramp_width_m / 2, direct = direct_radius(t);
  highway_ramp_begin(out, at, true);
  switch (which) {
  case LOOP:
    interchange_bend(out, -1.5 * PI, loop, LOOP_SPIRAL_M, true, true);
    break;
  case BACK:
    road_append(out->pieces, &out->piece_count, BEFORE_M + t->longer_m[BACK], 0, 0);
    interchange_bend(out, PI / 2 + BACK_RAD, direct, DIRECT_SPIRAL_M, false, false);
    road_append(out->pieces, &out->piece_count, fmax(LEAST_LEG_M, t->leg_m), 0, 0);
    interchange_bend(out, -BACK_RAD, direct, DIRECT_SPIRAL_M, false, true);
    break;
  default:
    interchange_bend(out, -PI / 4, direct, DIRECT_SPIRAL_M, true, false);
    road_append(out->pieces, &out->piece_count, 1 + t->longer_m[which], 0, 0);
    interchange_bend(out, -PI / 4, direct, DIRECT_SPIRAL_M, false, true);
  }
  interchange_ramp_fork(out);
}

// Where that shape ends for who begins it in the origin, heading east.
static road_place reach(const trumpet *t, int which) {
  static const road_place at[2] = {{0}, {.x_m = FORK_M}};
  highway_ramp ramp;
  shape(t, which, at, &ramp);
  return interchange_ramp_end(&ramp);
}

static void add_fork(trumpet *t, int way, int hand, bool exit, double nose, bool stays) {
  t->forks[way][hand][t->fork_count[way][hand]++] =
      (highway_fork){.exit = exit, .nose_m = nose, .stays = stays};
}

// All noses: where ramps begin follows from where they end, or the other way round.
static void find_noses(trumpet *t) {
  double half = t->nose_m[MAIN], beside = t->nose_m[END];
  double inner = SPLIT_VERGE_M + 1.0; // where the carriageways part, of a lane's inner border
  road_place loop = reach(t, LOOP), out = reach(t, DIRECT_OUT), in = reach(t, DIRECT_IN);
  t->end_y_m = half - loop.y_m;
  t->leg_m = 0;
  road_place back = reach(t, BACK); // forward is north, left is west
  t->leg_m = LEAST_LEG_M + (t->end_y_m + back.x_m - half) / sin(BACK_RAD);
  back = reach(t, BACK);
  double x[RAMPS] = {[DIRECT_OUT] = -beside - out.x_m,
                     [DIRECT_IN] = beside - in.y_m,
                     [LOOP] = -inner + loop.x_m,
                     [BACK] = inner - back.y_m};
  double y_out = -half + out.y_m, y_in = -half - in.x_m;
  double west = 0, east = 0; // how far what ramps need goes
  for (int i = 0; i < RAMPS; i++) {
    bool exit = i == DIRECT_OUT || i == LOOP, right = i == DIRECT_OUT || i == DIRECT_IN;
    double need = highway_ramp_reach(&t->ways[MAIN], &t->z[MAIN], exit);
    // Before an exit and after an entry, in driving direction.
    west = fmax(west, -x[i] + (exit == right ? need : 0));
    east = fmax(east, x[i] + (exit == right ? 0 : need));
  }
  t->ways[MAIN].length_m = fmax(t->def->length_m, west + east + 2 * HEAD_M);
  t->begin_x_m = -west - (t->ways[MAIN].length_m - west - east) / 2;
  double reaches = fmax(highway_ramp_reach(&t->ways[END], &t->z[END], true),
                        highway_ramp_reach(&t->ways[END], &t->z[END], false));
  double down = LEVEL_M + overpass_climb(t->ways[END].speed_limit_mps);
  double length = t->end_y_m - fmin(y_out, y_in) + fmax(reaches, down) + HEAD_M;
  t->length_m = t->ways[END].length_m = length;
  double begin_y = t->end_y_m - length;
  bool stays = t->def->crossing_lanes > 1;
  for (int k = 0; k < 2; k++)
    for (int hand = 0; hand < 2; hand++)
      t->fork_count[k][hand] = 0;
  add_fork(t, MAIN, RIGHT, true, x[DIRECT_OUT] - t->begin_x_m, false);
  add_fork(t, MAIN, RIGHT, false, x[DIRECT_IN] - t->begin_x_m, false);
  double end_x = t->begin_x_m + t->ways[MAIN].length_m;
  add_fork(t, MAIN, LEFT, true, end_x - x[LOOP], false);
  add_fork(t, MAIN, LEFT, false, end_x - x[BACK], false);
  add_fork(t, END, RIGHT, true, y_in - begin_y, stays);
  add_fork(t, END, LEFT, false, t->end_y_m - y_out, stays);
}

static void plan_way(const trumpet *t, int way, highway_side sides[2], highway_line *line) {
  for (int hand = 0; hand < 2; hand++)
    highway_plan_forks(&sides[hand], &t->ways[way], &t->z[way], t->forks[way][hand],
                       t->fork_count[way][hand]);
  if (way == END) {
    // The bridge reaches over all that lies below it, ramps' lanes too.
    double begin_y = t->end_y_m - t->length_m;
    line->bridge_m[0] = -t->bridge_m[0] - begin_y;
    line->bridge_m[1] = t->bridge_m[1] - begin_y;
    double level =
        fmin(t->forks[END][RIGHT][0].nose_m, t->length_m - t->forks[END][LEFT][0].nose_m) - LEVEL_M;
    double climb = overpass_climb(t->ways[END].speed_limit_mps);
    line->rise = highway_strip_new(LANE_NONE, 0, 0, t->length_m, 0);
    highway_strip_climb(&line->rise, level - climb, climb, OVERPASS_M);
  }
}

// The verge inside of a ramp, where the one carriageway's is the other's at first.
static void dress_split(highway_ramp *ramp, const highway_sizes *z, bool at_end) {
  double end = ramp->length_m;
  if (at_end) {
    ramp->inner_verge = highway_strip_new(LANE_VERGE, 0, 0, end, 0);
    highway_strip_grow(&ramp->inner_verge, HIGHWAY_VERGE_BEGIN_M, z->verge_rate, HIGHWAY_VERGE_M);
    highway_strip_step(&ramp->inner_verge, end - SPLIT_FROM_M - SPLIT_TO_M, SPLIT_TO_M,
                       SPLIT_VERGE_M);
    return;
  }
  ramp->inner_verge = highway_strip_new(LANE_VERGE, 0, 0, end, SPLIT_VERGE_M);
  highway_strip_step(&ramp->inner_verge, SPLIT_FROM_M, SPLIT_TO_M, HIGHWAY_VERGE_M);
  highway_strip_shrink(&ramp->inner_verge, end - HIGHWAY_VERGE_BEGIN_M, z->verge_rate,
                       HIGHWAY_VERGE_M);
}

static bool add_ramp(road_builder *b, trumpet *t, int which, const road_place at[2],
                     const highway_gate *exit, const highway_gate *entry) {
  highway_ramp *ramp = &t->ramps[which];
  highway_sizes z = t->z[MAIN];
  z.ramp_limit_mps = t->limits_mps[which];
  shape(t, which, at, ramp);
  highway_ramp_dress(ramp, &t->ways[MAIN], &z, RAMP_FORK);
  if (which == LOOP || which == BACK)
    dress_split(ramp, &z, which == LOOP);
  bool up = which == DIRECT_OUT || which == LOOP;
  bool climbs = interchange_climb(ramp, up ? 0 : OVERPASS_M, up ? OVERPASS_M : 0, z.ramp_limit_mps);
  highway_add_ramp(b, &z, ramp, exit, entry);
  return climbs;
}

// Where the lanes of the road that ends go on as ramps.
static void find_split(road_builder *b, int junction, int last, highway_gate gates[2]) {
  const road_network *net = &b->net;
  const road_section *section = &net->sections[net->roads[last - 1].section_first];
  for (int hand = 0; hand < 2; hand++) {
    gates[hand] = (highway_gate){.junction = junction, .road = last, .at_end = true};
    for (int i = 0; i < section->lane_count; i++) {
      const road_lane *lane = &net->lanes[section->lane_first + i];
      if (lane->type == LANE_DRIVING && (lane->id > 0) == (hand == LEFT))
        gates[hand].lane = lane->id;
    }
  }
  b->net.roads[last - 1].successor = (road_link){ROAD_LINK_JUNCTION, junction, false};
}

static status refuse(const trumpet *t, trouble *why) {
  return trouble_set(why, STATUS_RANGE,
                     "road.length_m: %.10g m are too short for the ramps of this trumpet; %.0f m "
                     "would do",
                     t->def->length_m, ceil(t->ways[MAIN].length_m));
}

static void begin(trumpet *t) {
  for (int k = 0; k < 2; k++) {
    t->ways[k] = interchange_motorway(t->def);
    if (k == END) {
      t->ways[k].lanes = 1;
      t->ways[k].speed_limit_mps = t->def->crossing_limit_mps;
    }
    highway_sizes *z = &t->z[k];
    *z = highway_sizes_of(&t->ways[k]);
    z->verge_rate = interchange_verge_rate(direct_radius(t), DIRECT_SPIRAL_M);
    z->clear_m =
        FORK_M + highway_growth(z->verge_rate, HIGHWAY_VERGE_M) + HIGHWAY_VERGE_BEGIN_M + 4;
  }
  for (int k = 0; k < 2; k++)
    t->nose_m[k] = highway_carriageway(&t->ways[k], &t->z[k]) - HIGHWAY_VERGE_M -
                   t->def->shoulder_m + t->z[k].gore_width_m;
  double most = fmin(t->def->speed_limit_mps, t->def->crossing_limit_mps);
  for (int i = 0; i < RAMPS; i++)
    t->limits_mps[i] =
        interchange_limit(i == LOOP ? t->def->loop_radius_m : t->def->ramp_radius_m, most);
  double wide = t->nose_m[MAIN] + t->def->lane_width_m + t->def->shoulder_m + HIGHWAY_VERGE_M;
  t->bridge_m[0] = highway_carriageway(&t->ways[MAIN], &t->z[MAIN]) + OVERPASS_SLOPE_M;
  t->bridge_m[1] = wide + OVERPASS_SLOPE_M - 2;
}

status interchange_trumpet(road_builder *b, const interchange_def *def, rng *r, trouble *why) {
  (void)r;
  trumpet t = {.def = def};
  begin(&t);
  highway_side sides[2][2];
  highway_line lines[2];
  road_geometry pieces[2];
  highway_gate gates[2][2][HIGHWAY_FORKS] = {{{{0}}}}, split[2];
  bool built = false;
  for (int i = 0; i < TRIES && !built; i++) {
    t.longer_m[DIRECT_OUT] = i % STEPS * LONGER_M;
    t.longer_m[DIRECT_IN] = i / STEPS % STEPS * 2 * LONGER_M;
    t.longer_m[BACK] = i / STEPS / STEPS * LONGER_M;
    find_noses(&t);
    if (t.ways[MAIN].length_m > def->length_m)
      return refuse(&t, why);
    if (t.end_y_m < t.bridge_m[1] + LEAST_LAND_M)
      return trouble_set(why, STATUS_RANGE,
                         "road.loop_radius_m: a loop of %.10g m leaves no land beyond the bridge; "
                         "%.0f m would do",
                         def->loop_radius_m,
                         ceil(def->loop_radius_m + t.bridge_m[1] + LEAST_LAND_M - t.end_y_m));
    for (int k = 0; k < 2; k++) {
      int count = 0;
      pieces[k] = k == MAIN ? (road_geometry){.x_m = t.begin_x_m}
                            : (road_geometry){.y_m = t.end_y_m - t.length_m, .heading_rad = PI / 2};
      road_append(&pieces[k], &count, t.ways[k].length_m, 0, 0);
      lines[k] =
          (highway_line){.pieces = &pieces[k], .piece_count = 1, .length_m = t.ways[k].length_m};
    }
    plan_way(&t, END, sides[END], &lines[END]);
    plan_way(&t, MAIN, sides[MAIN], &lines[MAIN]);
    built = highway_fits(&lines[END], sides[END]) && highway_fits(&lines[MAIN], sides[MAIN]);
  }
  if (!built)
    return trouble_set(why, STATUS_RANGE,
                       "road.acceleration_m: both carriageways' ramps begin in the same places; "
                       "other lengths would do");
  (void)highway_add_roads(b, &t.ways[END], &t.z[END], &lines[END], sides[END], gates[END]);
  int last = b->net.road_count;
  (void)highway_add_roads(b, &t.ways[MAIN], &t.z[MAIN], &lines[MAIN], sides[MAIN], gates[MAIN]);
  int junction = road_builder_junction(b, 0, t.end_y_m);
  if (b->failed)
    return STATUS_OK; // which the caller looks at
  b->net.junctions[junction - 1].kind = JUNCTION_FORK;
  find_split(b, junction, last, split);
  bool climbs = true;
  for (int i = 0; i < RAMPS && !b->failed; i++) {
    road_place at[2];
    int way = i == DIRECT_IN ? END : MAIN, hand = i == LOOP ? LEFT : RIGHT;
    for (int k = 0; k < 2; k++)
      at[k] = i == BACK ? (road_place){.x_m = SPLIT_VERGE_M + 1.0,
                                       .y_m = t.end_y_m + k * FORK_M,
                                       .heading_rad = PI / 2}
                        : highway_nose(&lines[way], &sides[way][hand], hand,
                                       &sides[way][hand].forks[0], k * FORK_M);
    const highway_gate *exits[RAMPS] = {&gates[MAIN][RIGHT][0], &gates[END][RIGHT][0],
                                        &gates[MAIN][LEFT][0], &split[RIGHT]};
    const highway_gate *entries[RAMPS] = {&gates[END][LEFT][0], &gates[MAIN][RIGHT][1],
                                          &split[LEFT], &gates[MAIN][LEFT][1]};
    climbs &= add_ramp(b, &t, i, at, exits[i], entries[i]);
  }
  road_derive_ends(b);
  return climbs ? STATUS_OK
                : trouble_set(why, STATUS_RANGE,
                              "road.loop_radius_m: a loop of %.10g m is too short for its climb; "
                              "wider ones would do",
                              def->loop_radius_m);
}
