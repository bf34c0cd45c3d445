// SPDX-License-Identifier: Apache-2.0
#include "scenes/behaviour.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/behaviour_words.h"
#include "scenes/script_actors.h"

// The draws of behaviours: a stream for each actor, beside that of the scene itself.
static const uint32_t STREAMS = 1;
// The whole scene's instructions, more for long ones, and what one step may take of them.
static const int64_t SCENE_INSTRUCTIONS = 100000000, PER_STEP = 20000, STEP_MOST = 2000000;
static const double STEP_CPU_S = 2;

static bool behaves(const scene *s) {
  for (int i = 0; i < s->actor_count; i++)
    if (s->actors[i].behaves)
      return true;
  return false;
}

// Behaviours and their actors lie in the registry under this key, so that nothing collects them.
static const char minds_key;

// Arguments: the scene that the script returned, the behaviours.
static int make_minds(lua_State *L) {
  struct behaviours *b = lua_touserdata(L, 2);
  lua_settop(L, 1);
  lua_newtable(L); // what has to be kept
  lua_pushvalue(L, 2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &minds_key);
  for (int i = 0; i < b->count; i++) {
    lua_settop(L, 2);
    if (i == 0) {
      script_actors_push_ego(L);
      lua_getiuservalue(L, 1, SCENE_EGO_BEHAVIOUR);
    } else {
      lua_getiuservalue(L, 1, SCENE_ACTORS);
      lua_rawgeti(L, 3, i);
      lua_remove(L, 3);
      lua_getiuservalue(L, 3, 1);
    }
    if (!lua_isfunction(L, 4)) {
      b->minds[i].wait = MIND_ENDED;
      continue;
    }
    sandbox_charge(L, SANDBOX_HOOK_STEP);
    lua_State *co = b->minds[i].co = lua_newthread(L);
    lua_rawseti(L, 2, i + 1);
    lua_pushvalue(L, 4); // the function, then self
    lua_pushvalue(L, 3);
    lua_xmove(L, co, 2);
  }
  return 0;
}

static status start(struct behaviours *b, trouble *why) {
  const scene *s = b->scene;
  sandbox_limits limits = sandbox_limits_default();
  status result =
      script_sandbox(&b->box, s->script, &limits, s->seed, s->index, s->attempt, &b->run, why);
  if (result)
    return result;
  sandbox_set_quiet(b->box, true);
  result = script_run_in(s->script, b->box, why);
  if (result)
    return result;
  lua_State *L = sandbox_state(b->box);
  lua_pushcfunction(L, make_minds);
  lua_insert(L, -2);
  lua_pushlightuserdata(L, b);
  result = sandbox_call(b->box, 2, why);
  b->run.behaviours = b;
  sandbox_set_quiet(b->box, false);
  return result;
}

status behaviours_create(behaviours **out, const scene *s, trouble *why) {
  *out = NULL;
  if (!s->script || !behaves(s))
    return STATUS_OK;
  struct behaviours *b = calloc(1, sizeof *b);
  if (!b)
    return trouble_set(why, STATUS_MEMORY, "memory ran out for the behaviours of scene %u",
                       s->index);
  b->scene = s;
  b->count = s->actor_count;
  b->running = -1;
  b->instructions = SCENE_INSTRUCTIONS + PER_STEP * (int64_t)(s->duration_s / s->step_s);
  for (int i = 0; i < b->count; i++)
    b->minds[i].stream = rng_at(s->seed, RNG_SCRIPT, s->index, s->attempt, STREAMS + (uint32_t)i);
  status result = start(b, why);
  if (result)
    behaviours_destroy(b);
  else
    *out = b;
  return result;
}

void behaviours_destroy(behaviours *b) {
  if (!b)
    return;
  sandbox_destroy(b->box);
  free(b->wide);
  free(b);
}

// Stepping ----------------------------------------------------------------------

static bool is_due(const struct behaviours *b, int i) {
  const mind *m = &b->minds[i];
  const behaviour_body *body = &b->view->bodies[i];
  switch (m->wait) {
  case MIND_READY:
  case MIND_CONDITION:
    return true;
  case MIND_TIME:
    return b->view->time_s >= m->until_s - 1e-9;
  case MIND_ALONG:
    return body->along_done == b->orders[i].along_serial;
  case MIND_ACROSS:
    return body->across_done == b->orders[i].across_serial;
  default:
    return false;
  }
}

// Where a coroutine that isn't running has stopped: "town.lua:7: ".
static void stopped_at(lua_State *co, char *out, size_t size) {
  sandbox_where(co, out, size);
}

static status resume(struct behaviours *b, int i, trouble *why) {
  mind *m = &b->minds[i];
  // First with the actor itself; later waits go on with nothing.
  int arguments = lua_status(m->co) == LUA_YIELD ? 0 : 1;
  bool ended;
  m->said = false;
  b->running = i;
  sandbox_set_stream(b->box, m->stream);
  status result = sandbox_resume(b->box, m->co, arguments, &ended, why);
  m->stream = *sandbox_stream(sandbox_state(b->box));
  b->running = -1;
  if (result)
    return result;
  if (ended) {
    m->wait = MIND_ENDED;
    return STATUS_OK;
  }
  stopped_at(m->co, m->where, sizeof m->where);
  if (!m->said)
    return trouble_set(why, STATUS_RANGE,
                       "%scoroutine.yield: behaviours wait with self:wait(seconds) or "
                       "self:wait_until(condition)",
                       m->where);
  return STATUS_OK;
}

status behaviours_step(behaviours *b, const behaviour_view *view, behaviour_order *orders,
                       trouble *why) {
  b->view = view;
  b->orders = orders;
  int64_t most = b->instructions < STEP_MOST ? b->instructions : STEP_MOST;
  sandbox_allow(b->box, most, STEP_CPU_S);
  status result = STATUS_OK;
  for (int i = 0; i < b->count && !result; i++) {
    mind *m = &b->minds[i];
    if (m->wait != MIND_ENDED && view->bodies[i].gone) {
      m->wait = MIND_ENDED;
      m->lost = true;
    }
    if (m->wait == MIND_ACROSS)
      m->never = view->time_s > m->until_s;
    if (is_due(b, i))
      result = resume(b, i, why);
  }
  b->instructions -= most - sandbox_instructions_left(b->box);
  b->view = NULL;
  b->orders = NULL;
  return result;
}

int behaviours_waiting(const behaviours *b, behaviour_wait out[ACTORS_MAX]) {
  int count = 0;
  for (int i = 0; b && i < b->count; i++) {
    const mind *m = &b->minds[i];
    bool in_vain = (m->wait == MIND_CONDITION || m->wait == MIND_ACROSS) && m->never;
    if (!m->lost && !in_vain)
      continue;
    out[count].actor = i;
    snprintf(out[count++].text, sizeof out->text, "%s%s", m->where,
             m->lost ? "its actor had left the roads before its behaviour ended"
                     : "still waited when the scene ended");
  }
  return count;
}
