// SPDX-License-Identifier: Apache-2.0
#include "scenes/behaviour_words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "scenes/actor_place.h"
#include "scenes/lane_walk.h"
#include "scenes/script_actors.h"

static const double SIGHT_M = 300;
enum { LOOK_COST = 200 }; // instructions that looking along lanes is worth

// Who runs ----------------------------------------------------------------------

struct behaviours *behaviour_of(lua_State *L, const char *word) {
  script_run *run = sandbox_context(L);
  if (!run->behaviours || run->behaviours->running < 0)
    sandbox_error(L, "%s: is for behaviours; nothing moves while the scene is described", word);
  return run->behaviours;
}

int behaviour_actor(lua_State *L, int index, const char *word) {
  struct behaviours *b = behaviour_of(L, word);
  script_actor *a = script_actors_get(L, index);
  if (!a)
    sandbox_error(L, "%s: takes actors, not %s", word, sandbox_type(L, index));
  if (a->number < 0 || a->number >= b->count)
    sandbox_error(L, "%s: that actor is not in the scene's list", word);
  return a->number;
}

struct behaviours *behaviour_self(lua_State *L, const char *word, mind **out) {
  int number = behaviour_actor(L, 1, word);
  struct behaviours *b = behaviour_of(L, word);
  if (b->asking)
    sandbox_error(L, "self:%s: a condition only looks; it can't order or wait", word);
  if (number != b->running || L != b->minds[number].co)
    sandbox_error(L, "self:%s: an actor is told what to do by its own behaviour only", word);
  *out = &b->minds[number];
  return b;
}

int behaviour_wait_for(lua_State *L, mind *m, mind_wait what, lua_KFunction then) {
  m->wait = what;
  m->said = true;
  m->never = what == MIND_CONDITION;
  return then ? lua_yieldk(L, 0, 0, then) : lua_yield(L, 0);
}

// Looking -----------------------------------------------------------------------

double behaviour_along(const struct behaviours *b, int from, double x, double y, double *side_m) {
  const behaviour_body *body = &b->view->bodies[from];
  double c = cos(body->heading_rad), s = sin(body->heading_rad);
  double dx = x - body->x_m, dy = y - body->y_m, along = dx * c + dy * s, side = dy * c - dx * s;
  if (body->lane) {
    lane_sight seen = lane_look(&b->scene->roads, body->lane, body->s_m, x, y, SIGHT_M);
    if (seen.found)
      along = seen.along_m, side = seen.side_m;
  }
  if (side_m)
    *side_m = side;
  return along;
}

double behaviour_gap(const struct behaviours *b, int from, int to, bool *ahead) {
  const behaviour_body *me = &b->view->bodies[from], *other = &b->view->bodies[to];
  if (me->gone || other->gone)
    return INFINITY;
  double along = behaviour_along(b, from, other->x_m, other->y_m, NULL);
  *ahead = along >= 0;
  return fmax(0, fabs(along) - (me->length_m + other->length_m) / 2);
}

static int word_distance(lua_State *L) {
  int from = behaviour_actor(L, 1, "distance"), to = behaviour_actor(L, 2, "distance");
  const behaviour_body *body = behaviour_of(L, "distance")->view->bodies;
  bool gone = body[from].gone || body[to].gone;
  lua_pushnumber(L, gone ? INFINITY
                         : hypot(body[from].x_m - body[to].x_m, body[from].y_m - body[to].y_m));
  return 1;
}

static int word_gap(lua_State *L) {
  int from = behaviour_actor(L, 1, "gap"), to = behaviour_actor(L, 2, "gap");
  bool ahead = true;
  sandbox_charge(L, LOOK_COST);
  lua_pushnumber(L, behaviour_gap(behaviour_of(L, "gap"), from, to, &ahead));
  return 1;
}

// Of two bodies on one way: how fast the gap between them shrinks.
static double closing(const struct behaviours *b, int from, int to, bool ahead) {
  const behaviour_body *me = &b->view->bodies[from], *other = &b->view->bodies[to];
  double heading = me->heading_rad;
  // Along the road where the one is, and along that where the other is.
  if (me->lane) {
    lane_sight seen =
        lane_look(&b->scene->roads, me->lane, me->s_m, other->x_m, other->y_m, SIGHT_M);
    heading = seen.found ? seen.heading_rad : heading;
  }
  double along = other->vx_mps * cos(heading) + other->vy_mps * sin(heading);
  return ahead ? me->speed_mps - along : along - me->speed_mps;
}

static int word_time_to_collision(lua_State *L) {
  const char *word = "time_to_collision";
  int from = behaviour_actor(L, 1, word), to = behaviour_actor(L, 2, word);
  struct behaviours *b = behaviour_of(L, word);
  bool ahead = true;
  sandbox_charge(L, 2 * LOOK_COST);
  double gap = behaviour_gap(b, from, to, &ahead), by = closing(b, from, to, ahead);
  lua_pushnumber(L, by > 1e-6 ? gap / by : INFINITY);
  return 1;
}

void behaviour_point(lua_State *L, int index, const char *word, double out[2]) {
  struct behaviours *b = behaviour_of(L, word);
  int of;
  const actor_place *place = script_actors_place(L, index, &of);
  if (!place) {
    if (!script_actors_get(L, index))
      sandbox_error(L, "%s: takes an actor or a place, beside(ego, { … }), not %s", word,
                    sandbox_type(L, index));
    const behaviour_body *body = &b->view->bodies[behaviour_actor(L, index, word)];
    out[0] = body->x_m, out[1] = body->y_m;
    return;
  }
  if (of < 0 || of >= b->count)
    sandbox_error(L, "%s: the place refers to an actor that is not in the scene's list", word);
  const behaviour_body *body = &b->view->bodies[of], *me = &b->view->bodies[b->running];
  if (body->gone || !body->lane)
    sandbox_error(L, "%s: the place refers to an actor that has left the roads", word);
  actor_spot spot;
  actor_anchor anchor = {body->lane, body->s_m, body->length_m, body->width_m};
  const char *wrong =
      actor_place_find(&b->scene->roads, place, anchor, me->length_m, me->width_m, &spot);
  if (wrong)
    sandbox_error(L, "%s: %s", word, wrong);
  sandbox_charge(L, LOOK_COST);
  out[0] = spot.x_m, out[1] = spot.y_m;
}

static int word_time_to_arrival(lua_State *L) {
  const char *word = "time_to_arrival";
  int from = behaviour_actor(L, 1, word);
  struct behaviours *b = behaviour_of(L, word);
  const behaviour_body *me = &b->view->bodies[from];
  script_actor *other = script_actors_get(L, 2);
  if (me->gone || (other && b->view->bodies[behaviour_actor(L, 2, word)].gone)) {
    lua_pushnumber(L, INFINITY);
    return 1;
  }
  double point[2];
  behaviour_point(L, 2, word, point);
  sandbox_charge(L, LOOK_COST);
  double way = behaviour_along(b, from, point[0], point[1], NULL) - me->length_m / 2;
  lua_pushnumber(L, me->speed_mps > 1e-3 ? way / me->speed_mps : way > 0 ? INFINITY : 0);
  return 1;
}

// way_to_crossing(a, b): how far a's middle is from where the ways of both cross, or nothing.
static int word_way_to_crossing(lua_State *L) {
  const char *word = "way_to_crossing";
  int one = behaviour_actor(L, 1, word), two = behaviour_actor(L, 2, word);
  struct behaviours *b = behaviour_of(L, word);
  const behaviour_body *a = &b->view->bodies[one], *other = &b->view->bodies[two];
  double a_m, b_m;
  sandbox_charge(L, 10 * LOOK_COST);
  if (a->gone || other->gone ||
      !lane_routes_cross(&b->scene->roads, a->route, a->route_count, other->route,
                         other->route_count, &a_m, &b_m))
    return 0;
  lua_pushnumber(L, a_m - a->s_m);
  return 1;
}

static int word_now(lua_State *L) {
  lua_pushnumber(L, behaviour_of(L, "now")->view->time_s);
  return 1;
}

// Waiting -----------------------------------------------------------------------

static int method_wait(lua_State *L) {
  mind *m;
  struct behaviours *b = behaviour_self(L, "wait", &m);
  double seconds = lua_type(L, 2) == LUA_TNUMBER ? lua_tonumber(L, 2) : NAN;
  if (!(seconds >= 0 && seconds <= 3600))
    return sandbox_error(L, "self:wait: takes seconds, 0..3600, not %s",
                         isnan(seconds) ? sandbox_type(L, 2) : "any number beyond");
  m->until_s = b->view->time_s + seconds;
  return behaviour_wait_for(L, m, MIND_TIME, NULL);
}

// Arguments: self, the condition.
static int ask(lua_State *L, int state, lua_KContext context) {
  (void)state, (void)context;
  script_run *run = sandbox_context(L);
  struct behaviours *b = run->behaviours;
  mind *m = &b->minds[b->running];
  b->asking = true;
  lua_settop(L, 2);
  lua_pushvalue(L, 2);
  int failed = lua_pcall(L, 0, 1, 0);
  b->asking = false;
  sandbox_pass_on(L, failed);
  if (failed)
    return lua_error(L);
  if (lua_toboolean(L, -1)) {
    m->never = false;
    return 0;
  }
  return behaviour_wait_for(L, m, MIND_CONDITION, ask);
}

static int method_wait_until(lua_State *L) {
  mind *m;
  behaviour_self(L, "wait_until", &m);
  if (!lua_isfunction(L, 2))
    return sandbox_error(L, "self:wait_until: takes a condition, function() return … end, not %s",
                         sandbox_type(L, 2));
  return ask(L, LUA_OK, 0);
}

// Actors ------------------------------------------------------------------------

static const luaL_Reg wait_methods[] = {
    {"wait", method_wait}, {"wait_until", method_wait_until}, {NULL, NULL}};

static int push_state(lua_State *L, const char *name) {
  static const char *const names[] = {"speed_mps", "gone", "x_m", "y_m", "heading_deg"};
  size_t which = 0;
  while (which < sizeof names / sizeof *names && strcmp(names[which], name) != 0)
    which++;
  if (which == sizeof names / sizeof *names)
    return 0;
  const behaviour_body *body = &behaviour_of(L, name)->view->bodies[behaviour_actor(L, 1, name)];
  switch (which) {
  case 0:
    lua_pushnumber(L, body->speed_mps);
    break;
  case 1:
    lua_pushboolean(L, body->gone);
    break;
  case 2:
    lua_pushnumber(L, body->x_m);
    break;
  case 3:
    lua_pushnumber(L, body->y_m);
    break;
  default:
    lua_pushnumber(L, body->heading_rad * 180 / 3.14159265358979323846);
  }
  return 1;
}

static int add_names(const luaL_Reg *methods, const char **names, int count) {
  for (; methods->name; methods++)
    names[count++] = methods->name;
  return count;
}

static int unknown_method(lua_State *L, const char *name) {
  const char *names[64] = {"speed_mps", "gone", "x_m", "y_m", "heading_deg"};
  int count = add_names(behaviour_order_methods, names, add_names(wait_methods, names, 5));
  const char *near = words_nearest(name, names, count);
  if (near)
    return sandbox_error(L, "%.60s: actors have no such word; did you mean \"%s\"?", name, near);
  char list[512] = "";
  for (int i = 0; i < count; i++)
    snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", names[i]);
  return sandbox_error(L, "%.60s: actors have no such word; they have %s", name, list);
}

static const char methods_key;

int behaviour_index(lua_State *L) {
  if (lua_type(L, 2) != LUA_TSTRING)
    return sandbox_error(L, "actors have words, not %s", sandbox_type(L, 2));
  const char *name = lua_tostring(L, 2);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &methods_key);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, -2) != LUA_TNIL)
    return 1;
  if (push_state(L, name))
    return 1;
  return unknown_method(L, name);
}

void behaviour_words_open(lua_State *L) {
  static const luaL_Reg words[] = {{"distance", word_distance},
                                   {"gap", word_gap},
                                   {"time_to_collision", word_time_to_collision},
                                   {"time_to_arrival", word_time_to_arrival},
                                   {"way_to_crossing", word_way_to_crossing},
                                   {"now", word_now},
                                   {NULL, NULL}};
  for (const luaL_Reg *w = words; w->name; w++)
    lua_register(L, w->name, w->func);
  lua_newtable(L);
  luaL_setfuncs(L, wait_methods, 0);
  luaL_setfuncs(L, behaviour_order_methods, 0);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &methods_key);
}
