// SPDX-License-Identifier: Apache-2.0
// The words of the scene language beyond the draws: places, weathers, rigs, scene,
// require. Between the parts of scenes/script*.c only.
#ifndef SCENES_SCRIPT_WORDS_H
#define SCENES_SCRIPT_WORDS_H

#include <lua.h>

#include "scenes/fields.h"
#include "scenes/sandbox.h"
#include "scenes/script.h"

/// What the words find through sandbox_context().
typedef struct script_run {
  const script *script;
  const script_modules *modules; // what require finds
  const script_maps *maps;       // what opendrive and osm find
  uint32_t index;                // of the scene
  int listings;                  // calls of scene { … } with actors
  struct behaviours *behaviours; // that run; NULL while the scene is described
} script_run;

/// User values of what scene { … } gives: the list of actors or nil, the ego's behaviour or nil.
enum { SCENE_ACTORS = 1, SCENE_EGO_BEHAVIOUR = 2, SCENE_USER_VALUES = 2 };

/// Runs the script in `box`, which has the words already, and leaves the scene on its stack.
status script_run_in(const script *s, sandbox *box, trouble *why);
/// A sandbox with the words, in which `run` (to outlive it) is found. Release with
/// sandbox_destroy.
status script_sandbox(sandbox **out, const script *s, const sandbox_limits *limits, uint64_t seed,
                      uint32_t index, uint32_t attempt, script_run *run, trouble *why);

/// script_define with quotas of one's own.
status script_define_within(const script *s, const sandbox_limits *limits, uint64_t seed,
                            uint32_t index, uint32_t attempt, scene_def *out, trouble *why);

/// Makes the words global. Inside a protected call.
void script_words_open(lua_State *L);
/// The finished definition when the value is what scene { … } gave, else NULL.
const scene_def *script_words_scene(lua_State *L, int index);

/// Reads the table at `index` into the struct that the group's fields land in. `path`
/// heads the fields' names in errors ("road."); `extra` is one more name to allow, or
/// NULL. Raises for unknown fields, wrong types and values out of range.
void script_read_fields(lua_State *L, int index, field_group group, void *base, const char *path,
                        const char *extra);
/// Reads one number that isn't where its field lands; false when it is nil.
bool script_read_number(lua_State *L, int table, const char *name, const field *range,
                        const char *path, double *out);
/// Raises unless the value is a table; `what` would do.
void script_check_table(lua_State *L, int index, const char *path, const char *what);
/// Raises unless the value is a list of `most` items at most, and nothing else; how many it has.
int script_check_list(lua_State *L, int index, const char *path, const char *what, int most);
/// Pushes a table of the group's fields as they are in `base`; unset ones are nil.
void script_push_fields(lua_State *L, field_group group, const void *base);
/// Reads a rig table, or a built-in rig's name, into `rig`.
void script_read_rig(lua_State *L, int index, rig_form *rig);
/// Pushes the table that scripts see as rigs.NAME.
void script_push_rig(lua_State *L, const rig_form *rig);

/// Puts the script's --set values into the form. Raises when one can't be met.
status script_overrides_apply(const script *s, scene_form *form, trouble *why);
/// Whether a --set is possible at all: STATUS_RANGE with the whole error text.
status script_override_check(const script_override *set, trouble *why);
/// Applies one --set to the form.
status script_override_apply(const script_override *set, scene_form *form, trouble *why);

#endif
