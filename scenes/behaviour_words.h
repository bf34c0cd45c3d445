// SPDX-License-Identifier: Apache-2.0
// What behaviours can say: methods of actors and functions of the world as it is. Between
// scenes/behaviour*.c and scenes/script*.c only.
#ifndef SCENES_BEHAVIOUR_WORDS_H
#define SCENES_BEHAVIOUR_WORDS_H

#include <lua.h>

#include "scenes/behaviour.h"
#include "scenes/sandbox.h"
#include "scenes/script_words.h"

/// What an actor's coroutine waits for.
typedef enum mind_wait {
  MIND_READY,     // nothing: it is resumed next
  MIND_TIME,      // until_s
  MIND_CONDITION, // asked again each step
  MIND_ALONG,     // its order along to be done
  MIND_ACROSS,
  MIND_ENDED // it has returned, or there is none
} mind_wait;

typedef struct mind {
  lua_State *co;
  mind_wait wait;
  double until_s;
  bool said;  // yielded by a word of ours, not by coroutine.yield
  bool never; // what it waits for never held so far; across: is overdue, until_s is past
  bool lost;  // its actor was gone before it ended
  rng stream;
  char where[ACTOR_WHERE]; // of the wait
} mind;

struct behaviours {
  sandbox *box;
  script_run run;
  const scene *scene;
  int count;
  mind minds[ACTORS_MAX];
  int64_t instructions; // left for the whole scene
  int running;          // number of the actor that is being resumed, -1 none
  bool asking;          // its condition is being evaluated
  const behaviour_view *view;
  behaviour_order *orders;
  uint8_t *wide; // (path_count) lanes that trucks with trailers get through; NULL: not yet asked
};

/// Opens gap, distance, …, and what actors answer. Inside a protected call.
void behaviour_words_open(lua_State *L);
/// The __index of actors: their methods, and their state while they move.
int behaviour_index(lua_State *L);

/// The behaviours that run; raises for `word` while the scene is described.
struct behaviours *behaviour_of(lua_State *L, const char *word);
/// Same for a method, of the actor's own behaviour only; its mind.
struct behaviours *behaviour_self(lua_State *L, const char *word, mind **out);
/// The actor at an index of the stack, by number; raises.
int behaviour_actor(lua_State *L, int index, const char *word);
/// Yields until `what`, then goes on with `then` (NULL: returns nothing).
int behaviour_wait_for(lua_State *L, mind *m, mind_wait what, lua_KFunction then);

/// scenes/behaviour_orders.c: the methods that order, NULL past the end.
extern const luaL_Reg behaviour_order_methods[];

/// Metres along the road from the middle of one actor to a point ahead (negative: behind) of it.
double behaviour_along(const struct behaviours *b, int from, double x_m, double y_m,
                       double *side_m);
/// Free way between two actors along the road of the first; which is ahead.
double behaviour_gap(const struct behaviours *b, int from, int to, bool *ahead);
/// A place or an actor at an index of the stack as a point; raises.
void behaviour_point(lua_State *L, int index, const char *word, double out[2]);

#endif
