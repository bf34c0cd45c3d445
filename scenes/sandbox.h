// SPDX-License-Identifier: Apache-2.0
// A Lua interpreter that a stranger's script can't get out of: no files, no
// processes, no clock, no addresses; bounded instructions, memory and time; the same
// run every time. Used by scenes/script*.c only.
#ifndef SCENES_SANDBOX_H
#define SCENES_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

#include "base/rng.h"
#include "base/status.h"

typedef struct sandbox sandbox;

typedef struct sandbox_limits {
  size_t memory_bytes;
  int64_t instructions; // of Lua's machine; C functions charge what they cost
  double cpu_s;         // processor time: a script never waits, and a busy machine is not its fault
} sandbox_limits;

enum { SANDBOX_SOURCE_MAX = 1 << 20, SANDBOX_TEXT_MAX = 1 << 20 };

/// 64 MiB, 10^8 instructions, 5 s.
sandbox_limits sandbox_limits_default(void);

/// A fresh interpreter with the safe libraries, drawing from `stream`. `name` is what
/// error texts call the script when no line is known; it must outlive the sandbox.
/// NULL when memory ran out. One thread at a time. Release with sandbox_destroy.
sandbox *sandbox_create(const char *name, const sandbox_limits *limits, rng stream);
void sandbox_destroy(sandbox *box);
lua_State *sandbox_state(sandbox *box);

/// Compiles text (never bytecode) and leaves the function on the stack.
/// STATUS_SYNTAX, STATUS_LIMIT.
status sandbox_load(sandbox *box, const char *name, const char *text, size_t size, trouble *why);
/// Calls the C function `f` with `data` as its light userdata argument, protected.
status sandbox_call_c(sandbox *box, lua_CFunction f, void *data, trouble *why);
/// Calls the function below `arguments` values on the stack, leaving one result.
/// STATUS_RANGE for an error in the script, STATUS_LIMIT for a used-up quota,
/// STATUS_REJECTED after sandbox_reject.
status sandbox_call(sandbox *box, int arguments, trouble *why);

/// Resumes a coroutine with the `arguments` values on its stack and drops what it gives. *ended:
/// it has returned. Errors as sandbox_call's.
status sandbox_resume(sandbox *box, lua_State *co, int arguments, bool *ended, trouble *why);
/// From now on the script may take so many instructions and so much processor time.
void sandbox_allow(sandbox *box, int64_t instructions, double cpu_s);
int64_t sandbox_instructions_left(const sandbox *box);
/// Whether print() says nothing: a script that runs once more has said it.
void sandbox_set_quiet(sandbox *box, bool quiet);
void sandbox_set_stream(sandbox *box, rng stream);
/// What the stream draws first, `count` words up to SANDBOX_GIVEN, which are copied.
enum { SANDBOX_GIVEN = 32 };
void sandbox_give(sandbox *box, const uint32_t *words, uint32_t count);

// For C functions that scripts call -------------------------------------------

/// The stream that the script draws from.
rng *sandbox_stream(lua_State *L);
/// Whatever the script's reader wants to find again; NULL at first.
void sandbox_set_context(sandbox *box, void *context);
void *sandbox_context(lua_State *L);
/// Takes `cost` instructions off the budget and looks at the clock; doesn't return
/// when either is used up.
void sandbox_charge(lua_State *L, int64_t cost);
/// Ends the run with STATUS_REJECTED and `reason`; scripts can't catch it.
int sandbox_reject(lua_State *L, const char *reason);
/// Makes the error that scripts raise next, if nothing catches it, end the run with
/// this status instead of STATUS_RANGE.
void sandbox_set_status(lua_State *L, status code);
/// "urban.lua:4: " of the innermost line of script that runs, or "".
void sandbox_where(lua_State *L, char *out, size_t size);
/// Raises "file:line: …"; doesn't return.
int sandbox_error(lua_State *L, const char *format, ...) __attribute__((format(printf, 2, 3)));
/// Pushes what tostring() gives: never an address.
void sandbox_push_text(lua_State *L, int index);
/// How a person would call the value: "a string", "a table", "nothing".
const char *sandbox_type(lua_State *L, int index);

// Parts, each opened once by sandbox_create.
void sandbox_open_base(lua_State *L);
void sandbox_open_string(lua_State *L);
void sandbox_open_table(lua_State *L);
void sandbox_open_math(lua_State *L);
void sandbox_open_coroutine(lua_State *L);

// Between those parts.
enum { SANDBOX_HOOK_STEP = 100 };
/// Raises again after a protected call that ended by a quota; returns otherwise.
void sandbox_pass_on(lua_State *L, int lua_status);
/// Whether a quota is used up or the scene is rejected, and the run is on its way out.
int sandbox_is_leaving(lua_State *L);
bool sandbox_is_quiet(lua_State *L);

/// Sorts the values 1..count of the table at `list` stably, in place.
/// `less` compares the two values on top of the stack and leaves them there.
void sandbox_sort(lua_State *L, int list, lua_Integer count, int (*less)(lua_State *L, int context),
                  int context);

#endif
