// SPDX-License-Identifier: Apache-2.0
// turn:lanes at a junction: which of its arms each arrow means, and so where each lane leads.
#include <math.h>

#include "scenes/osm_reader.h"

static const double PI = 3.14159265358979323846;
static const double DEGREE = 3.14159265358979323846 / 180;
static const double TURN_BACK_RAD = 2.75; // into the street's other carriageway
static const double MOST_OFF_DEG = 75;    // of an arm from where the arrow points
static const double UNUSED_DEG = 180;     // so dear is an arrow that means no arm
// Where arrows point, to the left of straight on. Who merges goes straight on.
static const double points_deg[OSM_MOVES] = {
    [OSM_REVERSE] = 180, [OSM_SHARP_LEFT] = 135,   [OSM_LEFT] = 90,   [OSM_SLIGHT_LEFT] = 45,
    [OSM_THROUGH] = 0,   [OSM_SLIGHT_RIGHT] = -45, [OSM_RIGHT] = -90, [OSM_SHARP_RIGHT] = -135};
enum { MERGES = 1 << OSM_MERGE_LEFT | 1 << OSM_MERGE_RIGHT };

// Arms and arrows from left to right, and which arrow means which arm.
typedef struct fit {
  int arm_count, move_count;
  int arms[ROAD_ARMS];
  double turn_deg[ROAD_ARMS];
  osm_move moves[OSM_MOVES];
  int tried[ROAD_ARMS], best[ROAD_ARMS]; // by arm, index of the arrow; -1 for none
  double least_deg;
} fit;

static int lane_moves(const osm_turns *turns, int lane) {
  int moves = turns->moves[lane];
  return (moves & ~MERGES) | (moves & MERGES ? 1 << OSM_THROUGH : 0);
}

static double turn_of(const road_arm *arms, int from, int to) {
  return angle_wrap(arms[to].heading_rad - arms[from].heading_rad - PI) / DEGREE;
}

static void find_arms(fit *f, const road_arm *arms, int count, int from, const bool *open) {
  for (int k = 0; k < count; k++) {
    double turn = turn_of(arms, from, k);
    if (!open[k] || fabs(turn) * DEGREE > TURN_BACK_RAD)
      continue;
    int i = f->arm_count++;
    for (; i > 0 && f->turn_deg[i - 1] < turn; i--)
      f->arms[i] = f->arms[i - 1], f->turn_deg[i] = f->turn_deg[i - 1];
    f->arms[i] = k, f->turn_deg[i] = turn;
  }
}

static void finish(fit *f, double cost_deg) {
  for (int m = 0; m < f->move_count; m++) {
    bool used = false;
    for (int i = 0; i < f->arm_count; i++)
      used = used || f->tried[i] == m;
    cost_deg += used ? 0 : UNUSED_DEG;
  }
  if (cost_deg >= f->least_deg)
    return;
  f->least_deg = cost_deg;
  for (int i = 0; i < f->arm_count; i++)
    f->best[i] = f->tried[i];
}

// Arrows for the arms from `arm` on, none of them further left than `first`. Straight on is one
// arm only.
static void try_arms(fit *f, int arm, int first, double cost_deg) {
  if (cost_deg >= f->least_deg)
    return;
  if (arm == f->arm_count) {
    finish(f, cost_deg);
    return;
  }
  for (int m = first; m < f->move_count; m++) {
    double off = fabs(f->turn_deg[arm] - points_deg[f->moves[m]]);
    bool again = arm > 0 && f->tried[arm - 1] == m && f->moves[m] == OSM_THROUGH;
    f->tried[arm] = m;
    if (off <= MOST_OFF_DEG && !again)
      try_arms(f, arm + 1, m, cost_deg + off);
  }
  f->tried[arm] = -1;
  try_arms(f, arm + 1, first, cost_deg + MOST_OFF_DEG);
}

// Bits of the arms that each arrow means.
static void find_meanings(fit *f, const osm_turns *turns, unsigned means[OSM_MOVES]) {
  int tagged = 0;
  for (int i = 0; i < turns->lanes; i++)
    tagged |= lane_moves(turns, i);
  for (int move = OSM_SHARP_LEFT; move <= OSM_SHARP_RIGHT; move++)
    if (tagged >> move & 1)
      f->moves[f->move_count++] = (osm_move)move;
  f->least_deg = INFINITY;
  try_arms(f, 0, 0, 0);
  for (int i = 0; i < f->arm_count; i++)
    if (f->best[i] >= 0)
      means[f->moves[f->best[i]]] |= 1u << f->arms[i];
}

// A lane without arrows leads straight on; the first also to the left and the last to the right,
// where no arrow points there.
static unsigned usual(const fit *f, unsigned meant, int lane, int lanes) {
  unsigned arms = 0, rest = 0;
  int straight = -1;
  for (int i = 0; i < f->arm_count; i++)
    if (straight < 0 || fabs(f->turn_deg[i]) < fabs(f->turn_deg[straight]))
      straight = i;
  for (int i = 0; i < f->arm_count; i++) {
    unsigned bit = 1u << f->arms[i];
    bool left = i<straight, right = i> straight;
    rest |= bit & ~meant;
    bool own = i == straight && fabs(f->turn_deg[i]) <= MOST_OFF_DEG;
    if (own ||
        (!(meant & bit) && (i == straight || (left && lane == 0) || (right && lane == lanes - 1))))
      arms |= bit;
  }
  // All are taken: it goes with the nearest.
  arms = arms ? arms : rest;
  return arms || straight < 0 ? arms : 1u << f->arms[straight];
}

// Of two lanes the left one leads to no arm further right than the other one does.
static bool in_order(const fit *f, const uint8_t *lanes, int count) {
  for (int a = 0; a < count; a++)
    for (int b = a + 1; b < count; b++)
      for (int i = 0; i < f->arm_count; i++)
        for (int k = 0; k < i; k++)
          if (lanes[a] >> f->arms[i] & 1 && lanes[b] >> f->arms[k] & 1)
            return false;
  return true;
}

// Whether the first lane alone leads to the left, and nowhere else.
static bool has_left_lane(const road_arm *arms, int count, int from, const uint8_t *lanes,
                          int lane_count) {
  double heading[ROAD_ARMS] = {0};
  turn_kind turns[ROAD_ARMS];
  unsigned left = 0;
  for (int k = 0; k < count; k++)
    heading[k] = arms[k].heading_rad;
  road_turns(heading, count, from, turns);
  for (int k = 0; k < count; k++)
    left |= (unsigned)(turns[k] == TURN_LEFT) << k;
  bool own = lane_count > 1 && lanes[0] && !(lanes[0] & ~left);
  for (int i = 1; i < lane_count; i++)
    own = own && !(lanes[i] & left);
  return own;
}

static void remark_missing(osm_reader *r, const osm_way *way, const osm_turns *turns,
                           const unsigned means[OSM_MOVES]) {
  int tagged = 0;
  for (int i = 0; i < turns->lanes; i++)
    tagged |= lane_moves(turns, i);
  for (int move = 0; move < OSM_MOVES; move++)
    if (tagged >> move & 1 && !means[move])
      map_remark(&r->map, way->at, "turn:lanes of way %lld: no street leads %s from its end",
                 (long long)way->id, osm_move_name((osm_move)move, r->mirrored));
}

void osm_plan_lanes(osm_reader *r, const osm_way *way, const osm_turns *turns, const road_arm *arms,
                    int count, int from, const bool *open, junction_plan *plan) {
  fit f = {0};
  unsigned means[OSM_MOVES] = {0}, meant = 0;
  uint8_t lanes[OSM_LANES] = {0};
  find_arms(&f, arms, count, from, open);
  find_meanings(&f, turns, means);
  for (int k = 0; k < count; k++)
    if (open[k] && fabs(turn_of(arms, from, k)) * DEGREE > TURN_BACK_RAD)
      means[OSM_REVERSE] |= 1u << k;
  // Arrows before a place where the street only changes are about the junction beyond it.
  if (count > 2)
    remark_missing(r, way, turns, means);
  for (int i = 0; i < turns->lanes; i++)
    for (int move = 0; move < OSM_MOVES; move++)
      lanes[i] |= (uint8_t)(lane_moves(turns, i) >> move & 1 ? means[move] : 0);
  for (int i = 0; i < turns->lanes; i++)
    meant |= lanes[i];
  for (int i = 0; i < turns->lanes; i++) {
    lanes[i] = lanes[i] ? lanes[i] : (uint8_t)usual(&f, meant, i, turns->lanes);
    if (!lanes[i])
      return;
  }
  if (!in_order(&f, lanes, turns->lanes)) {
    map_remark(&r->map, way->at, "turn:lanes of way %lld would cross each other: left out",
               (long long)way->id);
    return;
  }
  for (int i = 0; i < turns->lanes; i++) {
    plan->lanes[from][i] = lanes[i];
    for (int k = 0; k < 2; k++)
      if (turns->moves[i] >> (k ? OSM_MERGE_RIGHT : OSM_MERGE_LEFT) & 1)
        plan->ends[from][k] |= (uint8_t)(1u << i);
  }
  if (has_left_lane(arms, count, from, lanes, turns->lanes))
    r->map.b->notes[arms[from].road - 1].left_lane[arms[from].at_end] = true;
}
