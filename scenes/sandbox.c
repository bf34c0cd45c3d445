// SPDX-License-Identifier: Apache-2.0
#include "scenes/sandbox.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef enum leaving {
  LEAVING_NOT,
  LEAVING_INSTRUCTIONS,
  LEAVING_TIME,
  LEAVING_MEMORY,
  LEAVING_REJECTED
} leaving;

struct sandbox {
  lua_State *L;
  const char *name;
  sandbox_limits limits;
  size_t memory_used;
  int64_t instructions_left;
  double deadline_s;
  bool late; // the allocator found the deadline passed
  leaving leaving;
  char text[512]; // why it is leaving
  status code;    // of an ordinary error, when a C function knows it better
  bool quiet;
  rng stream;
  uint32_t given[SANDBOX_GIVEN]; // of the stream
  void *context;
};

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static sandbox *sandbox_of(lua_State *L) {
  return *(sandbox **)lua_getextraspace(L);
}

// Big blocks look at the clock too: copying them takes time that no instruction
// counts. Lua hears that memory ran out; the flag tells what it was.
static void *limited_realloc(void *user, void *block, size_t old_size, size_t new_size) {
  sandbox *box = user;
  if (!block)
    old_size = 0; // Lua passes the kind of object there
  if (new_size == 0) {
    free(block);
    box->memory_used -= old_size;
    return NULL;
  }
  if (new_size > old_size) {
    if (new_size - old_size > box->limits.memory_bytes - box->memory_used)
      return NULL;
    if (new_size >= 1 << 16 && now_s() > box->deadline_s) {
      box->late = true;
      return NULL;
    }
  }
  void *moved = realloc(block, new_size);
  if (!moved)
    return new_size <= old_size ? block : NULL; // Lua relies on shrinking to succeed
  box->memory_used = box->memory_used - old_size + new_size;
  return moved;
}

// Leaving -------------------------------------------------------------------

// What the script sees of the error on its way out, e.g. in a __close handler.
static const char leaving_key;

static void count_hook(lua_State *L, lua_Debug *record);

static int leave(lua_State *L, leaving how, const char *text) {
  sandbox *box = sandbox_of(L);
  if (!box->leaving) {
    box->leaving = how;
    snprintf(box->text, sizeof box->text, "%s", text);
  }
  // From here on every handler that runs on the way out gets one instruction.
  lua_sethook(L, count_hook, LUA_MASKCOUNT, 1);
  lua_pushlightuserdata(L, (void *)&leaving_key);
  return lua_error(L);
}

static int leave_over_quota(lua_State *L, leaving how) {
  sandbox *box = sandbox_of(L);
  char where[128], text[512];
  sandbox_where(L, where, sizeof where);
  if (!*where)
    snprintf(where, sizeof where, "%s: ", box->name);
  if (how == LEAVING_INSTRUCTIONS)
    snprintf(text, sizeof text, "%sused up its %lld instructions; is there an endless loop?", where,
             (long long)box->limits.instructions);
  else if (how == LEAVING_TIME)
    snprintf(text, sizeof text, "%sran longer than %.10g s; make the script do less", where,
             box->limits.cpu_s);
  else
    snprintf(text, sizeof text, "%s: needs more than %zu MiB of memory; make its tables smaller",
             box->name, box->limits.memory_bytes >> 20);
  return leave(L, how, text);
}

static void check_quota(lua_State *L) {
  sandbox *box = sandbox_of(L);
  if (box->leaving)
    leave(L, box->leaving, box->text);
  if (box->instructions_left < 0)
    leave_over_quota(L, LEAVING_INSTRUCTIONS);
  if (now_s() > box->deadline_s)
    leave_over_quota(L, LEAVING_TIME);
}

static void count_hook(lua_State *L, lua_Debug *record) {
  (void)record;
  sandbox_of(L)->instructions_left -= SANDBOX_HOOK_STEP;
  check_quota(L);
}

void sandbox_charge(lua_State *L, int64_t cost) {
  sandbox *box = sandbox_of(L);
  if (cost > box->instructions_left)
    box->instructions_left = -1;
  else
    box->instructions_left -= cost;
  check_quota(L);
}

int sandbox_reject(lua_State *L, const char *reason) {
  return leave(L, LEAVING_REJECTED, reason);
}

int sandbox_is_leaving(lua_State *L) {
  return sandbox_of(L)->leaving != LEAVING_NOT;
}

void sandbox_pass_on(lua_State *L, int lua_status) {
  sandbox *box = sandbox_of(L);
  if (box->leaving)
    leave(L, box->leaving, box->text);
  if (lua_status == LUA_ERRMEM)
    leave_over_quota(L, box->late ? LEAVING_TIME : LEAVING_MEMORY);
}

// Errors --------------------------------------------------------------------

void sandbox_where(lua_State *L, char *out, size_t size) {
  lua_Debug record;
  for (int level = 0; lua_getstack(L, level, &record); level++) {
    lua_getinfo(L, "Sl", &record);
    if (record.currentline > 0) {
      snprintf(out, size, "%s:%d: ", record.short_src, record.currentline);
      return;
    }
  }
  *out = 0;
}

int sandbox_error(lua_State *L, const char *format, ...) {
  char where[128], text[768];
  sandbox_where(L, where, sizeof where);
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  lua_pushfstring(L, "%s%s", where, text);
  return lua_error(L);
}

void sandbox_set_status(lua_State *L, status code) {
  sandbox_of(L)->code = code;
}

const char *sandbox_type(lua_State *L, int index) {
  switch (lua_type(L, index)) {
  case LUA_TNONE:
  case LUA_TNIL:
    return "nothing";
  case LUA_TBOOLEAN:
    return lua_toboolean(L, index) ? "true" : "false";
  case LUA_TNUMBER:
    return "a number";
  case LUA_TSTRING:
    return "a string";
  case LUA_TTABLE:
    return "a table";
  case LUA_TFUNCTION:
    return "a function";
  case LUA_TTHREAD:
    return "a coroutine";
  default:
    return "a scene";
  }
}

// "urban.lua:4: …", or about the command line.
static bool has_place(const char *text) {
  const char *colon = strchr(text, ':');
  return strncmp(text, "--set ", 6) == 0 || (colon && colon[1] >= '0' && colon[1] <= '9');
}

// One line, whatever a script put into its message.
static void flatten(char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < 32 || *text == 127)
      *text = ' ';
}

static status report(sandbox *box, int lua_status, trouble *why) {
  lua_State *L = box->L;
  if (lua_status == LUA_ERRMEM && !box->leaving) {
    box->leaving = box->late ? LEAVING_TIME : LEAVING_MEMORY;
    if (box->late)
      snprintf(box->text, sizeof box->text, "%s: ran longer than %.10g s; make the script do less",
               box->name, box->limits.cpu_s);
    else
      snprintf(box->text, sizeof box->text,
               "%s: needs more than %zu MiB of memory; make its tables smaller", box->name,
               box->limits.memory_bytes >> 20);
  }
  status code = box->code != STATUS_OK ? box->code : STATUS_RANGE;
  if (box->leaving)
    code = trouble_set(why, box->leaving == LEAVING_REJECTED ? STATUS_REJECTED : STATUS_LIMIT, "%s",
                       box->text);
  else if (lua_status == LUA_ERRSYNTAX)
    code = trouble_set(why, STATUS_SYNTAX, "%s", lua_tostring(L, -1));
  else if (lua_type(L, -1) == LUA_TSTRING && has_place(lua_tostring(L, -1)))
    code = trouble_set(why, code, "%s", lua_tostring(L, -1));
  else if (lua_type(L, -1) == LUA_TSTRING)
    code = trouble_set(why, code, "%s: %s", box->name, lua_tostring(L, -1));
  else
    code = trouble_set(why, code, "%s: raised %s as an error; raise a text", box->name,
                       sandbox_type(L, -1));
  if (why)
    flatten(why->text);
  lua_pop(L, 1);
  return code;
}

// The interpreter -----------------------------------------------------------

sandbox_limits sandbox_limits_default(void) {
  return (sandbox_limits){.memory_bytes = (size_t)64 << 20, .instructions = 100000000, .cpu_s = 5};
}

static int open_libraries(lua_State *L) {
  sandbox_open_base(L);
  sandbox_open_string(L);
  sandbox_open_table(L);
  sandbox_open_math(L);
  sandbox_open_coroutine(L);
  return 0;
}

sandbox *sandbox_create(const char *name, const sandbox_limits *limits, rng stream) {
  sandbox *box = calloc(1, sizeof *box);
  if (!box)
    return NULL;
  box->name = name;
  box->limits = *limits;
  box->instructions_left = limits->instructions;
  box->deadline_s = now_s() + limits->cpu_s;
  box->stream = stream;
  box->L = lua_newstate(limited_realloc, box);
  if (!box->L) {
    free(box);
    return NULL;
  }
  *(sandbox **)lua_getextraspace(box->L) = box;
  lua_sethook(box->L, count_hook, LUA_MASKCOUNT, SANDBOX_HOOK_STEP);
  lua_pushcfunction(box->L, open_libraries);
  if (lua_pcall(box->L, 0, 0, 0) != LUA_OK) {
    sandbox_destroy(box);
    return NULL;
  }
  return box;
}

void sandbox_destroy(sandbox *box) {
  if (!box)
    return;
  lua_close(box->L);
  free(box);
}

lua_State *sandbox_state(sandbox *box) {
  return box->L;
}

void sandbox_set_context(sandbox *box, void *context) {
  box->context = context;
}
void *sandbox_context(lua_State *L) {
  return sandbox_of(L)->context;
}
rng *sandbox_stream(lua_State *L) {
  return &sandbox_of(L)->stream;
}

status sandbox_load(sandbox *box, const char *name, const char *text, size_t size, trouble *why) {
  static const char byte_order_mark[] = "\xEF\xBB\xBF";
  if (size > SANDBOX_SOURCE_MAX)
    return trouble_set(why, STATUS_LIMIT, "%s: %zu bytes; a script has %d at most", name, size,
                       SANDBOX_SOURCE_MAX);
  if (size >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
    text += 3;
    size -= 3;
  }
  if (size > 0 && text[0] == LUA_SIGNATURE[0])
    return trouble_set(why, STATUS_SYNTAX, "%s:1: is compiled Lua; scripts must be text", name);
  char chunk[256];
  snprintf(chunk, sizeof chunk, "@%s", name);
  int result = luaL_loadbufferx(box->L, text, size, chunk, "t");
  if (result != LUA_OK && result != LUA_ERRMEM && result != LUA_ERRSYNTAX)
    box->code = STATUS_SYNTAX; // nested too deep
  return result == LUA_OK ? STATUS_OK : report(box, result, why);
}

status sandbox_call(sandbox *box, int arguments, trouble *why) {
  int result = lua_pcall(box->L, arguments, 1, 0);
  return result == LUA_OK ? STATUS_OK : report(box, result, why);
}

status sandbox_call_c(sandbox *box, lua_CFunction f, void *data, trouble *why) {
  lua_pushcfunction(box->L, f);
  lua_pushlightuserdata(box->L, data);
  int result = lua_pcall(box->L, 1, 0, 0);
  return result == LUA_OK ? STATUS_OK : report(box, result, why);
}

status sandbox_resume(sandbox *box, lua_State *co, int arguments, bool *ended, trouble *why) {
  int results = 0, result = lua_resume(co, box->L, arguments, &results);
  *ended = result != LUA_YIELD;
  if (result == LUA_OK || result == LUA_YIELD) {
    lua_pop(co, results);
    return STATUS_OK;
  }
  lua_xmove(co, box->L, 1);
  return report(box, result, why);
}

void sandbox_allow(sandbox *box, int64_t instructions, double cpu_s) {
  box->limits.instructions = box->instructions_left = instructions;
  box->limits.cpu_s = cpu_s;
  box->deadline_s = now_s() + cpu_s;
}

int64_t sandbox_instructions_left(const sandbox *box) {
  return box->instructions_left;
}

void sandbox_set_quiet(sandbox *box, bool quiet) {
  box->quiet = quiet;
}

bool sandbox_is_quiet(lua_State *L) {
  return sandbox_of(L)->quiet;
}

void sandbox_set_stream(sandbox *box, rng stream) {
  box->stream = stream;
}

void sandbox_give(sandbox *box, const uint32_t *words, uint32_t count) {
  memcpy(box->given, words, count * sizeof *words);
  box->stream.given = box->given;
  box->stream.given_count = count;
}
