// SPDX-License-Identifier: Apache-2.0
// The methods with which behaviours order: each fills the actor's order and waits until it is
// carried out, or, with wait = false, goes on at once.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/actor_place.h"
#include "scenes/articulated.h"
#include "scenes/behaviour_words.h"
#include "scenes/lane_walk.h"
#include "scenes/script_actors.h"

static const double VEHICLE_MPS2 = 2, PERSON_MPS2 = 3, BRAKE_MPS2 = 4; // when a script says none
static const double WALK_MPS = 1.4, CHANGE_S = 3, CUT_IN_GAP_M = 10, FOLLOW_S = 1.5;
static const double DOOR_S = 1.2;
static const double POINT_EVERY_M = 8; // of a way along the lane
static const double GAP_NEAR_M = 0.2;  // a gap so near to the one asked for is that
static const double LATE_S = 0.5;      // after its time an order across the lane is overdue

// Arguments -----------------------------------------------------------------------

typedef struct option {
  const char *name;
  double lo, hi;
} option;

// A table of numbers whose names are all known; `free` is one more name to allow.
static void check_options(lua_State *L, int table, const char *word, const option *known,
                          const char *const *others) {
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING)
      continue;
    const char *key = lua_tostring(L, -1);
    bool found = strcmp(key, "wait") == 0;
    for (const option *o = known; o->name && !found; o++)
      found = strcmp(o->name, key) == 0;
    for (int i = 0; others && others[i] && !found; i++)
      found = strcmp(others[i], key) == 0;
    if (!found) {
      char list[256] = "";
      for (const option *o = known; o->name; o++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s, ", o->name);
      for (int i = 0; others && others[i]; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s, ", others[i]);
      sandbox_error(L, "self:%s: there is no %.40s; it takes %swait", word, key, list);
    }
  }
}

static double number_of(lua_State *L, int table, const char *word, const option *o,
                        double initial) {
  if (lua_getfield(L, table, o->name) == LUA_TNIL) {
    lua_pop(L, 1);
    return initial;
  }
  if (lua_type(L, -1) != LUA_TNUMBER)
    sandbox_error(L, "self:%s: %s: is %s, not a number", word, o->name, sandbox_type(L, -1));
  double value = lua_tonumber(L, -1);
  if (!(value >= o->lo && value <= o->hi))
    sandbox_error(L, "self:%s: %s: %.10g is outside %.10g..%.10g", word, o->name, value, o->lo,
                  o->hi);
  lua_pop(L, 1);
  return value;
}

// The argument at 2 as a table: a number stands for its field `first`, nothing for {}.
static void table_argument(lua_State *L, const char *word, const char *first) {
  lua_settop(L, 2);
  if (first && lua_type(L, 2) == LUA_TNUMBER) {
    lua_newtable(L);
    lua_insert(L, 2);
    lua_setfield(L, 2, first);
  }
  if (lua_isnil(L, 2)) {
    lua_newtable(L);
    lua_replace(L, 2);
  }
  if (!lua_istable(L, 2))
    sandbox_error(L, "self:%s: takes a table, self:%s { … }, not %s", word, word,
                  sandbox_type(L, 2));
}

static bool waits(lua_State *L) {
  bool no = lua_getfield(L, 2, "wait") == LUA_TBOOLEAN && !lua_toboolean(L, -1);
  lua_pop(L, 1);
  return !no;
}

// The actor's order, begun anew along its way.
static behaviour_order *order_along_way(struct behaviours *b, order_along along) {
  behaviour_order *o = &b->orders[b->running];
  o->along_serial++;
  o->along = along;
  return o;
}

static int await(lua_State *L, mind *m, mind_wait what) {
  return waits(L) ? behaviour_wait_for(L, m, what, NULL) : 0;
}

static bool is_person(const struct behaviours *b, int number) {
  return b->scene->actors[number].person >= 0;
}

static double usual_mps2(const struct behaviours *b) {
  return is_person(b, b->running) ? PERSON_MPS2 : VEHICLE_MPS2;
}

static const option SPEED = {"speed_mps", 0, 70}, ACCEL = {"accel_mps2", 0.01, 20};

// Speeds --------------------------------------------------------------------------

static int put_speed(lua_State *L, struct behaviours *b, mind *m, double speed, double accel) {
  behaviour_order *o = &b->orders[b->running];
  bool on_path =
      o->along == ALONG_PATH && b->view->bodies[b->running].along_done != o->along_serial;
  o = order_along_way(b, on_path ? ALONG_PATH : ALONG_SPEED);
  o->to_speed = on_path;
  o->speed_mps = speed;
  o->accel_mps2 = accel;
  return await(L, m, MIND_ALONG);
}

static int method_set_speed(lua_State *L) {
  static const option known[] = {{"speed_mps", 0, 70}, {"accel_mps2", 0.01, 20}, {NULL, 0, 0}};
  mind *m;
  struct behaviours *b = behaviour_self(L, "set_speed", &m);
  table_argument(L, "set_speed", "speed_mps");
  check_options(L, 2, "set_speed", known, NULL);
  double speed = number_of(L, 2, "set_speed", &SPEED, NAN);
  if (isnan(speed))
    return sandbox_error(L, "self:set_speed: needs a speed, self:set_speed(8)");
  return put_speed(L, b, m, speed, number_of(L, 2, "set_speed", &ACCEL, usual_mps2(b)));
}

static int method_brake(lua_State *L) {
  static const option known[] = {{"decel_mps2", 0.01, 20}, {"to_mps", 0, 70}, {NULL, 0, 0}};
  mind *m;
  struct behaviours *b = behaviour_self(L, "brake", &m);
  table_argument(L, "brake", "decel_mps2");
  check_options(L, 2, "brake", known, NULL);
  double decel = number_of(L, 2, "brake", &known[0], BRAKE_MPS2);
  return put_speed(L, b, m, number_of(L, 2, "brake", &known[1], 0), decel);
}

static int method_drive(lua_State *L) {
  mind *m;
  struct behaviours *b = behaviour_self(L, "drive", &m);
  if (is_person(b, b->running))
    return sandbox_error(L, "self:drive: is for vehicles");
  order_along_way(b, ALONG_OWN);
  b->orders[b->running].across = ACROSS_OWN;
  return 0;
}

// What people, and vehicles beside the lanes, can't do.
static void need_to_be_on_a_lane(lua_State *L, const struct behaviours *b, const char *word) {
  if (is_person(b, b->running) || b->view->bodies[b->running].route_count == 0)
    sandbox_error(L, "self:%s: is for vehicles on a lane; follow_path and go_along move others",
                  word);
}

static void check_there(lua_State *L, const struct behaviours *b, int other, const char *word) {
  if (strcmp(word, "cross_road") != 0)
    need_to_be_on_a_lane(L, b, word);
  if (other == b->running)
    sandbox_error(L, "self:%s: an actor can't do that to itself", word);
  if (b->view->bodies[other].gone)
    sandbox_error(L, "self:%s: that actor has left the roads; `other.gone` says so", word);
}

static int follow_ends(lua_State *L, int state, lua_KContext context) {
  (void)state, (void)context;
  script_run *run = sandbox_context(L);
  struct behaviours *b = run->behaviours;
  behaviour_order *o = order_along_way(b, ALONG_SPEED);
  o->speed_mps = b->view->bodies[b->running].speed_mps;
  o->accel_mps2 = VEHICLE_MPS2;
  return 0;
}

// self:follow(other, { gap_m or headway_s, seconds })
static int method_follow(lua_State *L) {
  static const option known[] = {
      {"gap_m", 0, 500}, {"headway_s", 0, 20}, {"seconds", 0, 3600}, {NULL, 0, 0}};
  mind *m;
  struct behaviours *b = behaviour_self(L, "follow", &m);
  int other = behaviour_actor(L, 2, "follow");
  check_there(L, b, other, "follow");
  lua_remove(L, 2);
  table_argument(L, "follow", "gap_m");
  check_options(L, 2, "follow", known, NULL);
  double gap = number_of(L, 2, "follow", &known[0], NAN);
  double headway = number_of(L, 2, "follow", &known[1], NAN);
  double seconds = number_of(L, 2, "follow", &known[2], 3600);
  behaviour_order *o = order_along_way(b, ALONG_KEEP);
  o->other = other;
  o->in_front = false;
  o->gap_m = isnan(gap) ? (isnan(headway) ? 2 : 0) : gap;
  o->headway_s = isnan(headway) ? (isnan(gap) ? FOLLOW_S : 0) : headway;
  if (!waits(L))
    return 0;
  m->until_s = b->view->time_s + seconds;
  return behaviour_wait_for(L, m, MIND_TIME, follow_ends);
}

// Across the road -----------------------------------------------------------------

static int side_of(lua_State *L, const char *word) {
  int side = 0;
  if (lua_getfield(L, 2, "side") == LUA_TSTRING)
    side = strcmp(lua_tostring(L, -1), "left") == 0    ? 1
           : strcmp(lua_tostring(L, -1), "right") == 0 ? -1
                                                       : 0;
  if (!side)
    sandbox_error(L, "self:%s: side: \"left\" or \"right\" would do", word);
  lua_pop(L, 1);
  return side;
}

// Whether the running actor gets through that lane with what it tows.
static bool fits_trailer(lua_State *L, struct behaviours *b, int lane) {
  if (!b->scene->vehicles[b->scene->actors[b->running].vehicle].trailer)
    return true;
  if (!b->wide) {
    b->wide = calloc((size_t)b->scene->roads.path_count, sizeof *b->wide);
    if (!b->wide) {
      sandbox_set_status(L, STATUS_MEMORY);
      sandbox_error(L, "memory ran out for the lanes of trucks with trailers");
    }
    articulated_lanes(&b->scene->roads, b->wide);
  }
  return b->wide[lane - 1];
}

static void put_lane_change(lua_State *L, struct behaviours *b, const char *word, int side,
                            double seconds) {
  need_to_be_on_a_lane(L, b, word);
  const lane_path *lane = &b->scene->roads.paths[b->view->bodies[b->running].lane - 1];
  int target = side > 0 ? lane->left : lane->right;
  if (!target)
    sandbox_error(L, "self:%s: there is no lane to the %s", word, side > 0 ? "left" : "right");
  if (!fits_trailer(L, b, target))
    sandbox_error(L,
                  "self:%s: the lane to the %s, or what it leads to, bends too tightly for a truck "
                  "with a trailer",
                  word, side > 0 ? "left" : "right");
  behaviour_order *o = &b->orders[b->running];
  o->across_serial++;
  o->across = ACROSS_LANE;
  o->side = side;
  o->across_s = seconds;
  b->minds[b->running].until_s = b->view->time_s + seconds + LATE_S;
}

static int method_change_lane(lua_State *L) {
  static const option known[] = {{"seconds", 0.5, 30}, {NULL, 0, 0}};
  static const char *const others[] = {"side", NULL};
  mind *m;
  struct behaviours *b = behaviour_self(L, "change_lane", &m);
  lua_settop(L, 2);
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_newtable(L);
    lua_insert(L, 2);
    lua_setfield(L, 2, "side");
  }
  table_argument(L, "change_lane", NULL);
  check_options(L, 2, "change_lane", known, others);
  int side = side_of(L, "change_lane");
  double seconds = number_of(L, 2, "change_lane", &known[0], CHANGE_S);
  put_lane_change(L, b, "change_lane", side, seconds);
  return await(L, m, MIND_ACROSS);
}

static int method_shift(lua_State *L) {
  static const option known[] = {
      {"side_m", -5, 5}, {"kerb_m", -5, 5}, {"seconds", 0.2, 60}, {NULL, 0, 0}};
  mind *m;
  struct behaviours *b = behaviour_self(L, "shift", &m);
  table_argument(L, "shift", "side_m");
  check_options(L, 2, "shift", known, NULL);
  double kerb = number_of(L, 2, "shift", &known[1], NAN);
  double side = number_of(L, 2, "shift", &known[0], 0);
  need_to_be_on_a_lane(L, b, "shift");
  behaviour_order *o = &b->orders[b->running];
  o->across_serial++;
  o->across = ACROSS_SHIFT;
  o->shift_m = isnan(kerb) ? side : b->scene->roads.left_hand ? kerb : -kerb;
  o->across_s = number_of(L, 2, "shift", &known[2], 2);
  m->until_s = b->view->time_s + o->across_s + LATE_S;
  return await(L, m, MIND_ACROSS);
}

// Cutting in: first the gap in front of the other, then the lane change.
static const option cut_in_options[] = {
    {"gap_m", 0, 200}, {"seconds", 0.5, 30}, {"speed_mps", 0, 70}, {NULL, 0, 0}};

static int cut_in_target(lua_State *L, struct behaviours *b) {
  if (lua_getfield(L, 2, "of") == LUA_TNIL)
    script_actors_push_ego(L);
  int other = behaviour_actor(L, lua_gettop(L), "cut_in");
  lua_pop(L, 2);
  lua_settop(L, 2);
  check_there(L, b, other, "cut_in");
  return other;
}

static int cut_in_ends(lua_State *L, int state, lua_KContext context) {
  (void)state, (void)context;
  script_run *run = sandbox_context(L);
  struct behaviours *b = run->behaviours;
  double speed = number_of(L, 2, "cut_in", &cut_in_options[2], NAN);
  behaviour_order *o = order_along_way(b, ALONG_SPEED);
  o->speed_mps = isnan(speed) ? b->view->bodies[b->running].speed_mps : speed;
  o->accel_mps2 = VEHICLE_MPS2;
  return 0;
}

static int cut_in_when_there(lua_State *L, int state, lua_KContext context) {
  (void)state, (void)context;
  script_run *run = sandbox_context(L);
  struct behaviours *b = run->behaviours;
  mind *m = &b->minds[b->running];
  int other = cut_in_target(L, b);
  const behaviour_body *me = &b->view->bodies[b->running], *ego = &b->view->bodies[other];
  double wanted = number_of(L, 2, "cut_in", &cut_in_options[0], CUT_IN_GAP_M);
  bool ahead = false;
  double gap = behaviour_gap(b, other, b->running, &ahead), side;
  double drift = (me->speed_mps - ego->speed_mps);
  if (!ahead || fabs(gap - wanted) > GAP_NEAR_M || fabs(drift) > GAP_NEAR_M)
    return behaviour_wait_for(L, m, MIND_CONDITION, cut_in_when_there);
  behaviour_along(b, other, me->x_m, me->y_m, &side);
  double seconds = number_of(L, 2, "cut_in", &cut_in_options[1], CHANGE_S);
  put_lane_change(L, b, "cut_in", side > 0 ? -1 : 1, seconds);
  return behaviour_wait_for(L, m, MIND_ACROSS, cut_in_ends);
}

static int method_cut_in(lua_State *L) {
  static const char *const others[] = {"of", NULL};
  mind *m;
  struct behaviours *b = behaviour_self(L, "cut_in", &m);
  table_argument(L, "cut_in", "gap_m");
  check_options(L, 2, "cut_in", cut_in_options, others);
  int other = cut_in_target(L, b);
  behaviour_order *o = order_along_way(b, ALONG_KEEP);
  o->other = other;
  o->in_front = true;
  o->gap_m = number_of(L, 2, "cut_in", &cut_in_options[0], CUT_IN_GAP_M);
  o->headway_s = 0;
  return cut_in_when_there(L, LUA_OK, 0);
}

// self:siren(true), self:siren(false)
static int method_siren(lua_State *L) {
  mind *m;
  struct behaviours *b = behaviour_self(L, "siren", &m);
  int vehicle = b->scene->actors[b->running].vehicle;
  if (vehicle < 0 || !thing_has_siren(b->scene->vehicles[vehicle].kind))
    return sandbox_error(L, "self:siren: is for actors of kind police and ambulance");
  if (!lua_isboolean(L, 2))
    return sandbox_error(L, "self:siren: takes true or false, not %s", sandbox_type(L, 2));
  b->orders[b->running].siren = lua_toboolean(L, 2) ? 1 : -1;
  return 0;
}

// Off the lanes -------------------------------------------------------------------

static const option path_options[] = {
    {"speed_mps", 0.1, 30}, {"accel_mps2", 0.05, 20}, {NULL, 0, 0}};

static behaviour_order *begin_path(lua_State *L, struct behaviours *b, const char *word) {
  int vehicle = b->scene->actors[b->running].vehicle;
  if (vehicle >= 0 && b->scene->vehicles[vehicle].trailer)
    sandbox_error(L, "self:%s: a truck with a trailer keeps to its lanes", word);
  double usual =
      is_person(b, b->running) ? WALK_MPS : fmax(1, b->view->bodies[b->running].speed_mps);
  behaviour_order *o = order_along_way(b, ALONG_PATH);
  o->path_serial++;
  o->to_speed = false;
  o->speed_mps = number_of(L, 2, word, &path_options[0], usual);
  o->accel_mps2 = number_of(L, 2, word, &path_options[1], usual_mps2(b));
  o->point_count = 0;
  return o;
}

static void add_point(behaviour_order *o, double x, double y) {
  if (o->point_count == BEHAVIOUR_POINTS)
    return;
  o->points[o->point_count][0] = x;
  o->points[o->point_count++][1] = y;
}

// self:walk_to(place, { speed_mps })
static int method_walk_to(lua_State *L) {
  mind *m;
  struct behaviours *b = behaviour_self(L, "walk_to", &m);
  double to[2];
  behaviour_point(L, 2, "self:walk_to", to);
  lua_remove(L, 2);
  table_argument(L, "walk_to", "speed_mps");
  check_options(L, 2, "walk_to", path_options, NULL);
  add_point(begin_path(L, b, "walk_to"), to[0], to[1]);
  return await(L, m, MIND_ALONG);
}

// self:follow_path { place, place, …, speed_mps = … }
static int method_follow_path(lua_State *L) {
  mind *m;
  struct behaviours *b = behaviour_self(L, "follow_path", &m);
  table_argument(L, "follow_path", NULL);
  check_options(L, 2, "follow_path", path_options, NULL);
  int count = (int)lua_rawlen(L, 2);
  if (count < 1 || count > BEHAVIOUR_POINTS)
    return sandbox_error(L, "self:follow_path: has %d places; 1 to %d would do", count,
                         BEHAVIOUR_POINTS);
  double points[BEHAVIOUR_POINTS][2];
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, 2, i + 1);
    behaviour_point(L, lua_gettop(L), "self:follow_path", points[i]);
    lua_pop(L, 1);
  }
  behaviour_order *o = begin_path(L, b, "follow_path");
  for (int i = 0; i < count; i++)
    add_point(o, points[i][0], points[i][1]);
  return await(L, m, MIND_ALONG);
}

// The lane an actor beside the lanes is to be counted from.
static void need_lane(lua_State *L, const behaviour_body *me, const char *word) {
  if (!me->lane)
    sandbox_error(L, "self:%s: there is no lane near it", word);
}

// self:go_along { distance_m }: as it heads along its lane, at the distance from it that it has.
static int method_go_along(lua_State *L) {
  static const option known[] = {{"speed_mps", 0.1, 30},
                                 {"accel_mps2", 0.05, 20},
                                 {"distance_m", 0.1, BEHAVIOUR_POINTS * 8},
                                 {NULL, 0, 0}};
  mind *m;
  struct behaviours *b = behaviour_self(L, "go_along", &m);
  table_argument(L, "go_along", "speed_mps");
  check_options(L, 2, "go_along", known, NULL);
  const behaviour_body *me = &b->view->bodies[b->running];
  need_lane(L, me, "go_along");
  double far = number_of(L, 2, "go_along", &known[2], known[2].hi), side;
  behaviour_order *o = begin_path(L, b, "go_along");
  behaviour_along(b, b->running, me->x_m, me->y_m, &side);
  road_point here = lane_point(&b->scene->roads, &b->scene->roads.paths[me->lane - 1], me->s_m);
  double sign = cos(me->heading_rad - here.heading_rad) < 0 ? -1 : 1;
  for (double way = fmin(far, POINT_EVERY_M);; way = fmin(far, way + POINT_EVERY_M)) {
    int lane = me->lane;
    double s = me->s_m;
    bool there = lane_walk(&b->scene->roads, &lane, &s, sign * way, TURN_STRAIGHT);
    road_point p = lane_point(&b->scene->roads, &b->scene->roads.paths[lane - 1], s);
    add_point(o, p.x_m - side * sin(p.heading_rad), p.y_m + side * cos(p.heading_rad));
    if (!there || way >= far || o->point_count == BEHAVIOUR_POINTS)
      break;
  }
  return await(L, m, MIND_ALONG);
}

static const option cross_options[] = {
    {"speed_mps", 0.1, 30}, {"accel_mps2", 0.05, 20}, {"impact", -5, 5}, {NULL, 0, 0}};

static void order_crossing(lua_State *L, struct behaviours *b) {
  const road_network *net = &b->scene->roads;
  const behaviour_body *me = &b->view->bodies[b->running];
  need_lane(L, me, "cross_road");
  const lane_path *lane = &net->paths[me->lane - 1];
  road_point p = lane_point(net, lane, me->s_m);
  double side = (me->y_m - p.y_m) * cos(p.heading_rad) - (me->x_m - p.x_m) * sin(p.heading_rad);
  double kerb = net->left_hand ? 1 : -1;
  // From the side where it stands to the other one, straight across.
  double near = actor_roadside(net, me->lane, me->s_m, false);
  double far = actor_roadside(net, me->lane, me->s_m, true);
  double to = (side - (near + far) / 2) * kerb > 0 ? far : near;
  behaviour_order *o = begin_path(L, b, "cross_road");
  add_point(o, me->x_m - (to - side) * sin(p.heading_rad),
            me->y_m + (to - side) * cos(p.heading_rad));
}

// Seconds that the running actor needs, from where it stands, to the point of the other one's
// width that it is to meet, 0: the side that it comes from, 1: the far side.
static double seconds_to_meet(lua_State *L, struct behaviours *b, int other, double *arrival_s) {
  const behaviour_body *me = &b->view->bodies[b->running], *car = &b->view->bodies[other];
  double side, speed = number_of(L, 2, "cross_road", &cross_options[0], WALK_MPS);
  double accel = number_of(L, 2, "cross_road", &cross_options[1], usual_mps2(b));
  double share = number_of(L, 2, "cross_road", &cross_options[2], 0.5);
  sandbox_charge(L, 400);
  double way = behaviour_along(b, other, me->x_m, me->y_m, &side) - car->length_m / 2;
  double across = fmax(0, fabs(side) + (share - 0.5) * car->width_m);
  *arrival_s = car->speed_mps > 0.1 ? way / car->speed_mps : INFINITY;
  double gaining = speed * speed / (2 * accel);
  return across < gaining ? sqrt(2 * across / accel) : speed / accel + (across - gaining) / speed;
}

static int cross_when_due(lua_State *L, int state, lua_KContext context) {
  (void)state, (void)context;
  script_run *run = sandbox_context(L);
  struct behaviours *b = run->behaviours;
  mind *m = &b->minds[b->running];
  lua_getfield(L, 2, "meet");
  int other = behaviour_actor(L, lua_gettop(L), "cross_road");
  lua_settop(L, 2);
  check_there(L, b, other, "cross_road");
  double arrival_s, needed_s = seconds_to_meet(L, b, other, &arrival_s);
  if (arrival_s > needed_s + 0.5 * b->scene->step_s)
    return behaviour_wait_for(L, m, MIND_CONDITION, cross_when_due);
  m->never = false;
  order_crossing(L, b);
  return behaviour_wait_for(L, m, MIND_ALONG, NULL);
}

// self:cross_road { speed_mps, accel_mps2, meet = ego, impact = 0.5 }
static int method_cross_road(lua_State *L) {
  static const char *const others[] = {"meet", NULL};
  mind *m;
  struct behaviours *b = behaviour_self(L, "cross_road", &m);
  table_argument(L, "cross_road", "speed_mps");
  check_options(L, 2, "cross_road", cross_options, others);
  bool meets = lua_getfield(L, 2, "meet") != LUA_TNIL;
  lua_settop(L, 2);
  if (meets)
    return cross_when_due(L, LUA_OK, 0);
  order_crossing(L, b);
  return await(L, m, MIND_ALONG);
}

// Doors ---------------------------------------------------------------------------

static int put_door(lua_State *L, const char *word, double rad, double seconds,
                    struct behaviours *b, mind *m) {
  const scene_actor *a = &b->scene->actors[b->running];
  const scene_vehicle *v = a->vehicle < 0 ? NULL : &b->scene->vehicles[a->vehicle];
  if (!v || (v->kind != THING_CAR && v->kind != THING_VAN))
    return sandbox_error(L, "self:%s: is for cars and vans", word);
  if (b->running == 0)
    return sandbox_error(L, "self:%s: the ego's doors stay closed; its sensors don't see it", word);
  if (!scene_door_opens(v))
    return sandbox_error(L,
                         "self:%s: %s is one piece, without a door that opens; an actor without "
                         "`body` has one",
                         word, v->body->name);
  behaviour_order *o = &b->orders[b->running];
  o->door_serial++;
  o->door_rad = rad;
  o->door_s = seconds;
  if (!waits(L))
    return 0;
  m->until_s = b->view->time_s + seconds;
  return behaviour_wait_for(L, m, MIND_TIME, NULL);
}

static const option DOOR_SECONDS = {"seconds", 0.2, 30};

// self:open_door { angle_deg, seconds }: the driver's, on the side of the traffic.
static int method_open_door(lua_State *L) {
  static const option known[] = {{"angle_deg", 1, 66}, {"seconds", 0.2, 30}, {NULL, 0, 0}};
  mind *m;
  struct behaviours *b = behaviour_self(L, "open_door", &m);
  table_argument(L, "open_door", "angle_deg");
  check_options(L, 2, "open_door", known, NULL);
  double angle = number_of(L, 2, "open_door", &known[0], 66);
  double seconds = number_of(L, 2, "open_door", &DOOR_SECONDS, DOOR_S);
  return put_door(L, "open_door", angle * DOOR_MOST_RAD / 66, seconds, b, m);
}

static int method_close_door(lua_State *L) {
  static const option known[] = {{"seconds", 0.2, 30}, {NULL, 0, 0}};
  mind *m;
  struct behaviours *b = behaviour_self(L, "close_door", &m);
  table_argument(L, "close_door", "seconds");
  check_options(L, 2, "close_door", known, NULL);
  return put_door(L, "close_door", 0, number_of(L, 2, "close_door", &DOOR_SECONDS, DOOR_S), b, m);
}

const luaL_Reg behaviour_order_methods[] = {{"set_speed", method_set_speed},
                                            {"brake", method_brake},
                                            {"drive", method_drive},
                                            {"follow", method_follow},
                                            {"change_lane", method_change_lane},
                                            {"cut_in", method_cut_in},
                                            {"shift", method_shift},
                                            {"siren", method_siren},
                                            {"walk_to", method_walk_to},
                                            {"follow_path", method_follow_path},
                                            {"go_along", method_go_along},
                                            {"cross_road", method_cross_road},
                                            {"open_door", method_open_door},
                                            {"close_door", method_close_door},
                                            {NULL, NULL}};
