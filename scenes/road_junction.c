// SPDX-License-Identifier: Apache-2.0
// Fills a junction from the roads that meet there: setbacks, outline, connecting roads,
// crosswalks. For right-hand traffic, as all builders: place_build() mirrors what they made.
#include <math.h>

#include "base/array.h"
#include "scenes/junction_way.h"

static const double PI = 3.14159265358979323846;
static const double SHARP_RAD = 1.3, SHARP_GAIN = 1.4; // corners sharper than this; per radian
enum { RING_OUT_LANES = 3 };
static const double LEFT_LANE_RAD = 1; // apart are the arms where lanes for left turns are
static const double TURN_RAD = 0.6;    // a smaller change of heading is going straight on

void road_junction_setbacks(const double *heading, const double *kerb, const double *outer,
                            int count, double corner_m, double *setback) {
  for (int i = 0; i < count; i++)
    setback[i] = 2;
  for (int i = 0; i < count; i++) {
    int j = (i + 1) % count;
    double opening = angle_wrap(heading[j] - heading[i]);
    if (count < 2 || opening < 0.35 || opening > 2.8)
      continue;
    double c = cos(opening), s = sin(opening), t = tan(opening / 2);
    // Long bodies need more room the sharper they turn.
    double sharp = 1 + SHARP_GAIN * fmax(0, SHARP_RAD - opening);
    double round = sharp * corner_m / t + 0.1, behind = 0.6 / t + 0.1;
    double at_i = (kerb[j] + kerb[i] * c) / s, at_j = (kerb[i] + kerb[j] * c) / s;
    double back_i = (outer[j] + outer[i] * c) / s, back_j = (outer[i] + outer[j] * c) / s;
    setback[i] = fmax(setback[i], fmax(at_i + round, back_i + behind));
    setback[j] = fmax(setback[j], fmax(at_j + round, back_j + behind));
  }
}

static int lanes_in(const road_builder *b, const road_arm *arm) {
  return road_arm_lanes(&b->net, arm, true);
}

static int lanes_out(const road_builder *b, const road_arm *arm) {
  return road_arm_lanes(&b->net, arm, false);
}

// Lanes that cars may go on in; those for buses are the outermost.
static int car_lanes_out(const road_builder *b, const road_arm *arm) {
  int lanes = lanes_out(b, arm);
  while (lanes > 0 && !(road_lane_users(road_lane_find(&b->net, arm_section(b, arm),
                                                       -arm_entry_side(arm) * lanes)) &
                        LANE_FOR_CARS))
    lanes--;
  return lanes;
}

static void outline_point(road_builder *b, road_junction *j, vec3 p) {
  if (j->outline_count > 0) {
    const road_point *last = &b->net.points[j->outline_first + j->outline_count - 1];
    if (hypot(last->x_m - p.x, last->y_m - p.y) < 1e-6)
      return;
  }
  road_builder_point(b, (road_point){.x_m = p.x, .y_m = p.y, .z_m = p.z});
  j->outline_count++;
}

// Every lane border across an arm from its right kerb to its left one, so that the
// junction's surface shares the roads' vertices.
static void outline_arm(road_builder *b, road_junction *j, const road_arm *arm) {
  const road_network *net = &b->net;
  const road *r = arm_road(b, arm);
  const road_section *section = arm_section(b, arm);
  int left = road_arm_left_side(arm), index = arm_section_index(b, arm);
  int paved[2] = {0, 0}; // lanes up to the kerb, on the right and on the left
  for (int k = 0; k < 2; k++) {
    int side = k ? left : -left;
    for (const road_lane *lane;
         (lane = road_lane_find(net, section, side * (paved[k] + 1))) && lane->type != LANE_CURB;)
      paved[k]++;
  }
  for (int i = paved[0]; i >= -paved[1]; i--) {
    int lane = i > 0 ? -left * i : left * -i;
    outline_point(
        b, j, road_point_at(net, r, arm->s_m, road_lane_outer_t(net, r, index, lane, arm->s_m)));
  }
}

static void add_outline(road_builder *b, int junction, const road_arm *arms, int count) {
  road_junction j = b->net.junctions[junction - 1];
  j.outline_first = b->net.point_count;
  for (int i = 0; i < count && !b->failed; i++) {
    outline_arm(b, &j, &arms[i]);
    road_corner corner;
    road_corner_lines(&b->net, &arms[i], &arms[(i + 1) % count], &corner);
    for (int k = 1; k + 1 < corner.count; k++)
      outline_point(b, &j, corner.kerb[k]);
  }
  for (int i = 0; i < j.outline_count && !b->failed; i++) {
    const road_point *p = &b->net.points[j.outline_first + i];
    j.radius_m = fmax(j.radius_m, hypot(p->x_m - j.x_m, p->y_m - j.y_m));
  }
  b->net.junctions[junction - 1] = j;
}

void road_turns(const double *heading, int count, int from, turn_kind *turns) {
  int straight = -1;
  double least = TURN_RAD;
  for (int k = 0; k < count; k++) {
    double change = angle_wrap(heading[k] - heading[from] - PI);
    turns[k] = k == from ? TURN_U : change > 0 ? TURN_LEFT : TURN_RIGHT;
    if (k == from || fabs(change) >= least)
      continue;
    straight = k;
    least = fabs(change);
  }
  if (straight >= 0)
    turns[straight] = TURN_STRAIGHT;
}

bool road_left_lane_helps(const double *heading, const bool *open, int count, int from, int lanes) {
  turn_kind turns[ROAD_ARMS];
  bool has[TURN_KIND_COUNT] = {false};
  road_turns(heading, count, from, turns);
  for (int i = 0; i < count; i++) // sharp corners leave no room
    for (int k = 0; k < i; k++)
      if (fabs(angle_wrap(heading[k] - heading[i])) < LEFT_LANE_RAD)
        return false;
  for (int k = 0; k < count; k++)
    has[turns[k]] |= open[k];
  return has[TURN_LEFT] && (has[TURN_STRAIGHT] || (has[TURN_RIGHT] && lanes == 1));
}

static void arm_turns(const road_arm *arms, int count, int from, turn_kind *turns) {
  double heading[ROAD_ARMS] = {0};
  for (int k = 0; k < count; k++)
    heading[k] = arms[k].heading_rad;
  road_turns(heading, count, from, turns);
}

typedef struct ways {
  turn_kind turns[ROAD_ARMS];
  int targets[ROAD_ARMS]; // lanes that lead away on each arm
  bool has[TURN_KIND_COUNT];
  int ahead;      // the arm with lanes whose heading changes least
  bool ring;      // every lane may leave a roundabout that finds a lane there
  bool around;    // out of the ring
  bool left_lane; // the innermost lane is for left turns only
} ways;

// The leftmost lane turns left, the rightmost right, every lane goes straight on; where one can
// only turn to one side, all lanes go to the straightest of the arms there. A lane for left turns
// leaves the others the rest. Of three lanes round a roundabout the outermost only leads out: who
// leaves from the one beside it crosses nobody.
static bool lane_may(const ways *w, int lane, int lanes, int to) {
  turn_kind turn = w->turns[to];
  if (w->left_lane && (lane == 0 || turn == TURN_LEFT))
    return lane == 0 && turn == TURN_LEFT;
  if (turn == TURN_LEFT)
    return lane == 0 || (!w->has[TURN_STRAIGHT] && !w->has[TURN_RIGHT] && to == w->ahead);
  if (turn == TURN_RIGHT)
    return lane == lanes - 1 || (w->ring && (!w->around || lane + w->targets[to] - lanes >= 0)) ||
           (!w->has[TURN_STRAIGHT] && !w->has[TURN_LEFT] && to == w->ahead);
  return turn == TURN_STRAIGHT && !(w->ring && lanes >= RING_OUT_LANES && lane == lanes - 1);
}

// The lane that a turn leads to, counted from the middle; beyond `targets` there is none.
static int target_lane(turn_kind turn, int lane, int lanes, int targets) {
  if (turn == TURN_RIGHT)
    return lane + targets - lanes < 0 ? 0 : lane + targets - lanes;
  return turn == TURN_LEFT && lane >= targets ? targets - 1 : lane;
}

// Of the kerbs on the side that a lane turns to.
static void kerb_leads(const road_builder *b, const road_arm *arms, int count, int from, int to,
                       turn_kind turn, double lead_m[2]) {
  double near[2], far[2];
  bool right = turn == TURN_RIGHT;
  int before = (from + count - 1) % count, after = (to + 1) % count;
  if (right)
    before = (from + 1) % count, after = (to + count - 1) % count;
  road_corner_leads(&b->net, &arms[right ? from : before], &arms[right ? before : from], near);
  road_corner_leads(&b->net, &arms[right ? after : to], &arms[right ? to : after], far);
  lead_m[0] = near[right ? 0 : 1];
  lead_m[1] = far[right ? 1 : 0];
}

// On the way straight on there are kerbs on both sides.
static void straight_leads(const road_builder *b, const road_arm *arms, int count, int from, int to,
                           double lead_m[2]) {
  double left[2], right[2];
  kerb_leads(b, arms, count, from, to, TURN_LEFT, left);
  kerb_leads(b, arms, count, from, to, TURN_RIGHT, right);
  for (int k = 0; k < 2; k++)
    lead_m[k] = fmin(left[k], right[k]);
}

static void add_leads(const road_builder *b, const road_arm *arms, int count, int from, int to,
                      lane_way *way) {
  if (way->turn == TURN_RIGHT || way->turn == TURN_LEFT)
    kerb_leads(b, arms, count, from, to, way->turn, way->lead_m);
  else if (!way->arc)
    straight_leads(b, arms, count, from, to, way->lead_m);
}

// Bits of the arms that a lane is said to lead to; 0 where lanes lead where they usually do.
static unsigned planned_arms(const junction_plan *plan, int from, int lane) {
  return lane < PLAN_LANES ? plan->lanes[from][lane] : 0;
}

// The lane that it leads to there: those that lead to one arm stay beside each other.
static int planned_target(const junction_plan *plan, int from, int lane, int lanes, int to,
                          turn_kind turn, int targets) {
  int before = 0, count = 0;
  for (int i = 0; i < lanes && i < PLAN_LANES; i++) {
    bool ends = (plan->ends[from][0] | plan->ends[from][1]) >> i & 1;
    if (!(plan->lanes[from][i] >> to & 1) || ends)
      continue;
    before += i < lane;
    count++;
  }
  if (plan->ends[from][0] >> lane & 1 && before > 0)
    before--;
  int target = target_lane(turn, before, count, targets);
  return target < targets ? target : targets - 1;
}

// The outermost lane, counted from the middle, that is said to lead to an arm; 0 for none.
static int planned_lane(const junction_plan *plan, int from, int lanes, int to) {
  while (lanes > 0 && !(planned_arms(plan, from, lanes - 1) >> to & 1))
    lanes--;
  return lanes;
}

static const int turn_rank[TURN_KIND_COUNT] = {
    [TURN_STRAIGHT] = 3, [TURN_RIGHT] = 2, [TURN_LEFT] = 1};

// Of a junction's major road all ways go before those of others.
static int major_rank(const junction_plan *plan, int from) {
  return plan->kind == JUNCTION_PRIORITY && plan->major[from] ? 4 : 0;
}

static void connect_lane(road_builder *b, int junction, const junction_plan *plan,
                         const road_arm *arms, int count, int from, int lane, int lanes,
                         const ways *w) {
  int entry = arm_entry_side(&arms[from]) * (lane + 1), made = 0, spare = -1;
  int major = major_rank(plan, from);
  for (int k = 0; k < count && !b->failed; k++) {
    if (k == from || w->targets[k] == 0)
      continue;
    turn_kind turn = w->turns[k];
    if (spare < 0 || turn == TURN_STRAIGHT)
      spare = k;
    int shift = w->left_lane && turn != TURN_LEFT;
    int target = target_lane(turn, lane - shift, lanes - shift, w->targets[k]);
    unsigned planned = planned_arms(plan, from, lane);
    if (planned)
      target = planned_target(plan, from, lane, lanes, k, turn, w->targets[k]);
    bool may = planned ? planned >> k & 1 : lane_may(w, lane, lanes, k);
    if (!may || target >= w->targets[k])
      continue;
    lane_way way = {
        .turn = turn, .rank = turn_rank[turn] + major, .arc = w->ring && turn == TURN_STRAIGHT};
    add_leads(b, arms, count, from, k, &way);
    junction_way_add(b, junction, &arms[from], entry, &arms[k],
                     -arm_entry_side(&arms[k]) * (target + 1), &way);
    made++;
  }
  // A lane that ends beside fewer lanes joins the last of them.
  if (made == 0 && spare >= 0 && !b->failed)
    junction_way_add(
        b, junction, &arms[from], entry, &arms[spare],
        -arm_entry_side(&arms[spare]) * w->targets[spare],
        &(lane_way){.turn = w->turns[spare], .rank = turn_rank[w->turns[spare]] + major});
}

static bool on_ring(const junction_plan *plan, int arm) {
  return plan->ring && plan->around >> arm & 1;
}

// Into a roundabout and out of it one turns right, whatever the arms' angles.
static void plan_turns(const junction_plan *plan, const road_arm *arms, int count, int from,
                       turn_kind *turns) {
  arm_turns(arms, count, from, turns);
  for (int k = 0; k < count && plan->ring; k++)
    if (k != from)
      turns[k] = on_ring(plan, from) && on_ring(plan, k) ? TURN_STRAIGHT : TURN_RIGHT;
}

static bool is_way_to(const road_builder *b, const road *r, int junction, const road_arm *to,
                      int lane) {
  const road_lane *own = r->junction == junction
                             ? road_lane_find(&b->net, &b->net.sections[r->section_first], -1)
                             : NULL;
  return own && r->successor.id == to->road && r->successor.at_end == to->at_end &&
         own->successor == lane;
}

// The road of a way that leads into a lane of an arm, 0 for none.
static int way_into(const road_builder *b, int junction, const road_arm *to, int lane) {
  for (int i = b->net.road_count; i > 0; i--)
    if (is_way_to(b, &b->net.roads[i - 1], junction, to, lane))
      return i;
  return 0;
}

// Leads into a lane that nothing leads into, from where one gets into the lane beside it.
static void feed_lane(road_builder *b, int junction, const road_arm *arms, int count,
                      const road_arm *to, int lane, int lane_beside) {
  int beside = way_into(b, junction, to, lane_beside);
  if (b->failed || !beside || way_into(b, junction, to, lane))
    return;
  const road *r = &b->net.roads[beside - 1];
  lane_way way = {.turn = b->notes[beside - 1].turn, .rank = b->notes[beside - 1].rank};
  int from = road_lane_find(&b->net, &b->net.sections[r->section_first], -1)->predecessor;
  for (int i = 0; i < count; i++)
    if (arms[i].road == r->predecessor.id && arms[i].at_end == r->predecessor.at_end) {
      if (way.turn == TURN_LEFT || way.turn == TURN_RIGHT)
        kerb_leads(b, arms, count, i, (int)(to - arms), way.turn, way.lead_m);
      junction_way_add(b, junction, &arms[i], from, to, lane, &way);
      return;
    }
}

// A one-way street may begin with more lanes than lead into it.
static void feed_rest(road_builder *b, int junction, const road_arm *arms, int count,
                      const road_arm *to) {
  int side = -arm_entry_side(to), lanes = lanes_in(b, to) == 0 ? car_lanes_out(b, to) : 0;
  for (int lane = 2; lane <= lanes; lane++)
    feed_lane(b, junction, arms, count, to, side * lane, side * (lane - 1));
  for (int lane = lanes - 1; lane >= 1; lane--)
    feed_lane(b, junction, arms, count, to, side * lane, side * (lane + 1));
}

// Cyclists go from an arm's lane for them to that of every other arm. Where an arm has none they
// ride on its outermost lane, or come in on the innermost one to turn left; where neither has
// one they go as cars do. Who turns left out of a lane for bicycles, which is on the right, lets
// everybody go first.
static void connect_bikes(road_builder *b, int junction, const junction_plan *plan,
                          const road_arm *arms, int count, int from) {
  int own = road_arm_bike_lane(&b->net, &arms[from], true), lanes = lanes_in(b, &arms[from]);
  turn_kind turns[ROAD_ARMS];
  plan_turns(plan, arms, count, from, turns);
  for (int k = 0; k < count && lanes > 0 && !b->failed; k++) {
    int to = road_arm_bike_lane(&b->net, &arms[k], false), targets = lanes_out(b, &arms[k]);
    if (k == from || (plan->barred[from] >> k & 1) || targets == 0 || (!own && !to))
      continue;
    bool left = turns[k] == TURN_LEFT;
    lane_way way = {.turn = turns[k],
                    .rank = (own && left ? 0 : turn_rank[turns[k]]) + major_rank(plan, from),
                    .bikes = true};
    int lane = planned_arms(plan, from, 0) ? planned_lane(plan, from, lanes, k) : left ? 1 : lanes;
    if (!own && lane == 0)
      continue;
    add_leads(b, arms, count, from, k, &way);
    junction_way_add(b, junction, &arms[from], own ? own : arm_entry_side(&arms[from]) * lane,
                     &arms[k], to ? to : -arm_entry_side(&arms[k]) * targets, &way);
  }
}

// Whether a way leads from a lane of one arm to another arm.
static bool has_way(const road_builder *b, int junction, const road_arm *from, int lane,
                    const road_arm *to) {
  for (int i = b->net.road_count - 1; i >= 0; i--) {
    const road *r = &b->net.roads[i];
    const road_lane *own = r->junction == junction
                               ? road_lane_find(&b->net, &b->net.sections[r->section_first], -1)
                               : NULL;
    if (own && r->predecessor.id == from->road && r->predecessor.at_end == from->at_end &&
        own->predecessor == lane && r->successor.id == to->road &&
        r->successor.at_end == to->at_end)
      return true;
  }
  return false;
}

// Buses go from an arm's outermost lane to other arms' lanes for them; turning left from the
// innermost one, where that alone leads to the left.
static void connect_buses(road_builder *b, int junction, const junction_plan *plan,
                          const road_arm *arms, int count, int from) {
  int lanes = lanes_in(b, &arms[from]);
  turn_kind turns[ROAD_ARMS];
  plan_turns(plan, arms, count, from, turns);
  for (int k = 0; k < count && lanes > 0 && !b->failed; k++) {
    int to = lanes_out(b, &arms[k]);
    if (k == from || (plan->barred[from] >> k & 1) || to == car_lanes_out(b, &arms[k]))
      continue;
    int outermost = arm_entry_side(&arms[from]) * lanes;
    bool inner = turns[k] == TURN_LEFT && !has_way(b, junction, &arms[from], outermost, &arms[k]);
    if (planned_arms(plan, from, 0)) {
      inner = false;
      outermost = arm_entry_side(&arms[from]) * planned_lane(plan, from, lanes, k);
      if (outermost == 0)
        continue;
    }
    lane_way way = {.turn = turns[k], .rank = turn_rank[turns[k]] + major_rank(plan, from)};
    add_leads(b, arms, count, from, k, &way);
    junction_way_add(b, junction, &arms[from], inner ? arm_entry_side(&arms[from]) : outermost,
                     &arms[k], -arm_entry_side(&arms[k]) * to, &way);
  }
}

static void connect_arms(road_builder *b, int junction, const junction_plan *plan,
                         const road_arm *arms, int count) {
  for (int i = 0; i < count; i++) {
    ways w = {.ring = plan->ring, .around = on_ring(plan, i), .ahead = -1};
    plan_turns(plan, arms, count, i, w.turns);
    for (int k = 0; k < count; k++) {
      bool barred = k == i || (plan->barred[i] >> k & 1);
      w.targets[k] = barred ? 0 : car_lanes_out(b, &arms[k]);
      w.has[w.turns[k]] |= w.targets[k] > 0;
      if (w.targets[k] > 0 &&
          (w.ahead < 0 || cos(arms[k].heading_rad - arms[i].heading_rad) <
                              cos(arms[w.ahead].heading_rad - arms[i].heading_rad)))
        w.ahead = k;
    }
    int lanes = lanes_in(b, &arms[i]);
    w.left_lane = b->notes[arms[i].road - 1].left_lane[arms[i].at_end] && w.has[TURN_LEFT];
    for (int lane = 0; lane < lanes && !b->failed; lane++)
      connect_lane(b, junction, plan, arms, count, i, lane, lanes, &w);
  }
  for (int k = 0; k < count && !plan->ring; k++)
    feed_rest(b, junction, arms, count, &arms[k]);
  for (int i = 0; i < count; i++) {
    connect_buses(b, junction, plan, arms, count, i);
    connect_bikes(b, junction, plan, arms, count, i);
  }
}

int road_straight_arm(const road_arm *arms, int count, int from) {
  turn_kind turns[ROAD_ARMS];
  arm_turns(arms, count, from, turns);
  for (int k = 0; k < count; k++)
    if (turns[k] == TURN_STRAIGHT)
      return k;
  return -1;
}

// Bicycles turn round where the circle begins, out of their lane or into it.
static void connect_bike_circle(road_builder *b, int junction, const road_arm *arm) {
  int in = road_arm_bike_lane(&b->net, arm, true), out = road_arm_bike_lane(&b->net, arm, false);
  if (!in && !out)
    return;
  in = in ? in : arm_entry_side(arm) * lanes_in(b, arm);
  out = out ? out : -arm_entry_side(arm) * lanes_out(b, arm);
  road_place begin = junction_gate(b, arm, in, true), end = junction_gate(b, arm, out, false);
  double radius = hypot(end.x_m - begin.x_m, end.y_m - begin.y_m) / 2;
  road_geometry arc = {.x_m = begin.x_m, .y_m = begin.y_m, .heading_rad = begin.heading_rad};
  int count = 0;
  road_append(&arc, &count, PI * radius, 1 / radius, 1 / radius);
  lane_way way = {.turn = TURN_U, .bikes = true};
  junction_way_lay(b, junction, arm, in, arm, out, &arc, count, &way);
}

// Round the turning circle of a dead end and back.
static void connect_circle(road_builder *b, int junction, const road_arm *arm) {
  int entry = arm_entry_side(arm);
  if (lanes_in(b, arm) == 0 || lanes_out(b, arm) == 0)
    return;
  const road_lane *lane = road_lane_find(&b->net, arm_section(b, arm), entry);
  road_geometry pieces[5];
  int count = road_bulb_lay(&b->net, arm, road_width_at(&b->net, lane, arm->s_m), pieces);
  lane_way way = {.turn = TURN_U, .rank = 1};
  b->notes[arm->road - 1].circle[arm->at_end] = true;
  junction_way_lay(b, junction, arm, entry, arm, -entry, pieces, count, &way);
  connect_bike_circle(b, junction, arm);
}

static void add_crosswalk(road_builder *b, int junction, const road_arm *arm) {
  road_network *net = &b->net;
  const road *r = arm_road(b, arm);
  if (road_walk_width(net, r, 1) <= 0 || road_walk_width(net, r, -1) <= 0)
    return;
  if (!ARRAY_RESERVE(net->crosswalks, b->crosswalk_capacity, net->crosswalk_count + 1)) {
    b->failed = true;
    return;
  }
  road_crosswalk *walk = &net->crosswalks[net->crosswalk_count++];
  *walk = (road_crosswalk){.id = net->crosswalk_count, .junction = junction};
  walk->corners[0] = road_arm_point(net, arm, false, ROAD_EDGE_KERB, CROSSWALK_BEGIN_M);
  walk->corners[1] = road_arm_point(net, arm, false, ROAD_EDGE_KERB, CROSSWALK_END_M);
  walk->corners[2] = road_arm_point(net, arm, true, ROAD_EDGE_KERB, CROSSWALK_END_M);
  walk->corners[3] = road_arm_point(net, arm, true, ROAD_EDGE_KERB, CROSSWALK_BEGIN_M);
  road_note *note = &b->notes[arm->road - 1];
  note->crosswalk[arm->at_end] = walk->id;
  note->walk_near_m[arm->at_end] = CROSSWALK_BEGIN_M;
  note->walk_far_m[arm->at_end] = CROSSWALK_END_M;
}

static void outline_arms(road_builder *b, int junction, const road_arm *arms, int count) {
  for (int i = 0; i < count; i++)
    b->net.junctions[junction - 1].z_m += arms[i].middle.z / count;
  add_outline(b, junction, arms, count);
}

void road_builder_outline(road_builder *b, int junction) {
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], arms);
  outline_arms(b, junction, arms, count);
}

void road_builder_fill_junction(road_builder *b, int junction, const junction_plan *plan) {
  if (b->failed)
    return;
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], arms);
  b->net.junctions[junction - 1].kind = plan->kind;
  b->net.junctions[junction - 1].roundabout = plan->ring;
  outline_arms(b, junction, arms, count);
  int first_way = b->net.road_count + 1;
  if (count == 1)
    connect_circle(b, junction, &arms[0]);
  else
    connect_arms(b, junction, plan, arms, count);
  if (!b->failed)
    road_builder_heights(b, junction, first_way, arms, count);
  for (int i = 0; i < count && count > 1 && plan->zebra && !b->failed; i++)
    if (!(plan->bare >> i & 1))
      add_crosswalk(b, junction, &arms[i]);
  if (plan->kind == JUNCTION_SIGNALS)
    road_builder_signals(b, junction, plan, arms, count);
}
