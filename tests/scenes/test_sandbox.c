// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Lua inside the sandbox: what it still does, as Lua's manual says, and what it does
// the same way every time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenes/sandbox.h"
#include "with_script.h"

// Runs text in a fresh sandbox and gives its result as text, for the caller to free.
static char *result_of(const char *text) {
  sandbox_limits limits = sandbox_limits_default();
  sandbox *box = sandbox_create("t.lua", &limits, rng_at(1, RNG_TEST, 0, 0, 0));
  assert_non_null(box);
  trouble why = {0};
  status result = sandbox_load(box, "t.lua", text, strlen(text), &why);
  if (result == STATUS_OK)
    result = sandbox_call(box, 0, &why);
  if (result != STATUS_OK)
    print_error("%s\n", why.text);
  assert_int_equal(result, STATUS_OK);
  const char *answer = lua_tostring(sandbox_state(box), -1);
  char *copy = strdup(answer ? answer : "(none)");
  sandbox_destroy(box);
  return copy;
}

static void expect_result(const char *text, const char *wanted) {
  char *got = result_of(text);
  assert_string_equal(got, wanted);
  free(got);
}

static void removed_names_are_gone(void **state) {
  (void)state;
  static const char *const names[] = {"dofile",         "loadfile", "load",       "require",
                                      "package",        "io",       "os",         "debug",
                                      "collectgarbage", "warn",     "loadstring", "module"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char text[128];
    snprintf(text, sizeof text, "return tostring(rawget(_G, '%s'))", names[i]);
    expect_result(text, "nil");
  }
  expect_result("return tostring(string.dump)", "nil");
  expect_result("return tostring(getmetatable(''))", "false");
}

static void pairs_and_next_run_in_a_fixed_order(void **state) {
  (void)state;
  static const char text[] =
      "local t = { [3] = 1, [1.5] = 1, [-2] = 1, b = 1, a = 1, ['10'] = 1, ['9'] = 1,"
      " [true] = 1, [false] = 1, 'x' }\n"
      "local keys = {}\n"
      "for k in pairs(t) do keys[#keys + 1] = tostring(k) end\n"
      "local again, k = {}, nil\n"
      "repeat k = next(t, k) if k ~= nil then again[#again + 1] = tostring(k) end until k == nil\n"
      "assert(table.concat(keys, ' ') == table.concat(again, ' '))\n"
      "return table.concat(keys, ' ')";
  expect_result(text, "-2 1 1.5 3 10 9 a b false true");
}

// Lua's own order depends on the address of its state and on the clock.
static void the_order_of_many_keys_never_changes(void **state) {
  (void)state;
  static const char text[] = "local t = {} for i = 1, 300 do t['k' .. (i * 7919 % 1000)] = i end\n"
                             "local s = {} for k, v in pairs(t) do s[#s + 1] = k .. '=' .. v end\n"
                             "return table.concat(s, ',')";
  char *first = result_of(text);
  for (int i = 0; i < 20; i++) {
    void *shift = malloc((size_t)i * 1000 + 1); // moves the next state
    char *again = result_of(text);
    assert_string_equal(first, again);
    free(again);
    free(shift);
  }
  free(first);
}

static void pairs_lets_fields_be_removed_and_changed(void **state) {
  (void)state;
  expect_result("local t = { a = 1, b = 2, c = 3 } local s = ''\n"
                "for k, v in pairs(t) do s = s .. k .. v t.b = nil t.c = 9 end return s",
                "a1c9");
  expect_result("return tostring(next({}) == nil and next({ 5 }) == 1)", "true");
}

static void sort_is_stable_and_survives_bad_comparators(void **state) {
  (void)state;
  expect_result("local t = {} for i = 1, 500 do t[i] = { i % 7, i } end\n"
                "table.sort(t, function(a, b) return a[1] < b[1] end)\n"
                "for i = 2, 500 do assert(t[i - 1][1] < t[i][1] or\n"
                "  (t[i - 1][1] == t[i][1] and t[i - 1][2] < t[i][2])) end return 'stable'",
                "stable");
  expect_result("local t = { 5, 2, 8, 1 } table.sort(t) return table.concat(t, ' ')", "1 2 5 8");
  expect_result("local t = { 'b', 'a', 'C' } table.sort(t) return table.concat(t)", "Cab");
  expect_result("local t = { 3, 1, 2 } pcall(table.sort, t, function() error 'no' end)\n"
                "return table.concat(t)",
                "312");
  expect_result("local t = { 4, 3, 2, 1 } local n = 0\n"
                "table.sort(t, function() n = n + 1 return n % 2 == 0 end) return #t",
                "4");
}

static void tables_do_what_the_manual_says(void **state) {
  (void)state;
  expect_result("local t = { 1, 2, 4 } table.insert(t, 3, 3) table.insert(t, 5)\n"
                "local r = table.remove(t, 1) local l = table.remove(t)\n"
                "return table.concat(t, ',') .. ';' .. r .. ';' .. l",
                "2,3,4;1;5");
  expect_result("return tostring(table.remove({})) .. table.concat({ 1, 2, 3 }, '-', 2, 3)",
                "nil2-3");
  expect_result("return table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ',')", "1,1,2,3");
  expect_result("return table.concat(table.move({ 1, 2, 3 }, 2, 3, 1), ',')", "2,3,3");
  expect_result(
      "local p = table.pack(1, nil, 3) return p.n .. select('#', table.unpack(p, 1, p.n))", "33");
}

static void texts_have_no_addresses(void **state) {
  (void)state;
  expect_result("return tostring({}) .. tostring(print) .. tostring(coroutine.create(print))",
                "tablefunctionthread");
  expect_result("return string.format('%s %s %5.1f %d %q %%', {}, nil, 1.25, 3, 'a')",
                "table nil   1.2 3 \"a\" %");
  expect_result("return tostring(setmetatable({}, { __tostring = function() return 'me' end }))",
                "me");
  expect_result("return string.format('%s', setmetatable({}, { __name = 'thing' }))", "table");
}

static void protected_calls_work_as_usual_otherwise(void **state) {
  (void)state;
  expect_result("local ok, e = pcall(error, 'x', 0) return tostring(ok) .. e", "falsex");
  expect_result("local ok, a, b = pcall(function(...) return ... end, 1, 2) return a + b", "3");
  expect_result(
      "local ok, e = xpcall(function() error('x', 0) end, function(m) return m .. 'y' end)\n"
      "return tostring(ok) .. e",
      "falsexy");
  expect_result("local ok, a = xpcall(function(...) return select('#', ...) end, print, 1, nil)\n"
                "return a",
                "2");
  expect_result("local co = coroutine.wrap(function() local ok, v = pcall(coroutine.yield, 1)\n"
                "return v end) return co() + co(5)",
                "6");
}

static void coroutines_work_as_usual_otherwise(void **state) {
  (void)state;
  expect_result("local co = coroutine.create(function(a) local b = coroutine.yield(a + 1)\n"
                "error('end ' .. b, 0) end)\n"
                "local _, x = coroutine.resume(co, 1) local ok, e = coroutine.resume(co, 'b')\n"
                "return x .. tostring(ok) .. e .. coroutine.status(co)",
                "2falseend bdead");
  expect_result(
      "local s = '' for v in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i)\n"
      "end end) do s = s .. v end return s",
      "123");
  expect_result(
      "local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co)\n"
      "return tostring(coroutine.close(co)) .. coroutine.status(co)",
      "truedead");
}

// Patterns still are Lua's: only hopeless ones are refused.
static void ordinary_patterns_are_untouched(void **state) {
  (void)state;
  expect_result("return ('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "key");
  expect_result("return (('a,b,,c'):gsub(',+', ';'))", "a;b;c");
  expect_result("local n = 0 for w in ('one two three'):gmatch('%a+') do n = n + #w end return n",
                "11");
  expect_result("return ('x'):rep(3, '-') .. ('a.b'):find('.', 1, true)", "x-x-x2");
  expect_result("return #('word '):rep(2000):gsub('%s+', '_')", "10000");
}

// Every pattern that is let through must give what plain Lua gives.
static void guarded_pattern_functions_agree_with_plain_lua(void **state) {
  (void)state;
  static const char program[] =
      "local out = {}\n"
      "local subjects = { '', 'a', 'abc abc', '[x] (y(z))', 'k=v; k2 = v2', '2024-05-06' }\n"
      "local patterns = { '', '.', 'a*', 'a-b', '^a', 'c$', '%b()', '(%w)(%w)', '[^%s]+', "
      "'%f[%w]%w+',\n"
      "  '()a()', '(a)%1', '[%]x]', '%d+%-?', '[a-c]?b' }\n"
      "for _, s in ipairs(subjects) do for _, p in ipairs(patterns) do\n"
      "  local row = { s, p, tostring(select(1, s:find(p))), tostring((s:match(p))) }\n"
      "  row[#row + 1] = s:gsub(p, '<%0>')\n"
      "  for m in s:gmatch(p) do row[#row + 1] = tostring(m) end\n"
      "  out[#out + 1] = table.concat(row, '|')\n"
      "end end return table.concat(out, '\\n')";
  lua_State *plain = luaL_newstate();
  luaL_openlibs(plain);
  assert_int_equal(luaL_dostring(plain, program), LUA_OK);
  char *got = result_of(program);
  assert_string_equal(got, lua_tostring(plain, -1));
  free(got);
  lua_close(plain);
}

static void random_numbers_come_from_the_scenes_stream(void **state) {
  (void)state;
  static const char text[] =
      "math.randomseed(1) return math.random() .. ' ' ..\n"
      "math.random(100) .. ' ' .. math.random(5, 6) .. ' ' .. math.random(0)";
  char *first = result_of(text), *again = result_of(text);
  assert_string_equal(first, again);
  free(first);
  free(again);
  expect_result(
      "local seen = {} for i = 1, 200 do local v = math.random(-1, 1) seen[v] = true end\n"
      "return tostring(seen[-1] and seen[0] and seen[1] and not seen[2] and not seen[-2])",
      "true");
  expect_result("return math.type(math.random(math.mininteger, math.maxinteger))", "integer");
}

static void print_goes_to_the_log_with_its_line(void **state) {
  (void)state;
  int ends[2], saved = dup(STDERR_FILENO);
  assert_int_equal(pipe(ends), 0);
  assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
  char *result = result_of("\nprint('speed', 5, {}, nil, 'a\\27[2Jb\\nc')");
  assert_true(dup2(saved, STDERR_FILENO) >= 0);
  close(ends[1]);
  char line[256] = "";
  ssize_t size = read(ends[0], line, sizeof line - 1);
  close(ends[0]);
  close(saved);
  free(result);
  assert_true(size > 0);
  assert_string_equal(line, "roadloom: t.lua:2: speed 5 table nil a [2Jb c\n");
}

static void printing_for_ever_uses_up_the_budget(void **state) {
  (void)state;
  sandbox_limits limits = sandbox_limits_default();
  limits.instructions = 25000; // two lines
  sandbox *box = sandbox_create("t.lua", &limits, rng_at(1, RNG_TEST, 0, 0, 0));
  static const char text[] = "while true do print('twice') end";
  trouble why = {0};
  assert_int_equal(sandbox_load(box, "t.lua", text, strlen(text), &why), STATUS_OK);
  assert_int_equal(sandbox_call(box, 0, &why), STATUS_LIMIT);
  assert_string_equal(why.text,
                      "t.lua:1: used up its 25000 instructions; is there an endless loop?");
  sandbox_destroy(box);
}

static status run_within(int64_t instructions, const char *text) {
  sandbox_limits limits = sandbox_limits_default();
  limits.instructions = instructions;
  sandbox *box = sandbox_create("t.lua", &limits, rng_at(1, RNG_TEST, 0, 0, 0));
  assert_non_null(box);
  status result = sandbox_load(box, "t.lua", text, strlen(text), NULL);
  if (result == STATUS_OK)
    result = sandbox_call(box, 0, NULL);
  sandbox_destroy(box);
  return result;
}

// Each alone ends before its first count.
static void short_coroutines_share_the_scenes_budget(void **state) {
  (void)state;
  static const char text[] =
      "for i = 1, 2000 do coroutine.wrap(function() for k = 1, 40 do end end)() end";
  assert_int_equal(run_within(100000, text), STATUS_LIMIT);
  assert_int_equal(run_within(1000000, text), STATUS_OK);
}

static void walking_long_texts_costs_by_their_length(void **state) {
  (void)state;
  static const char *const calls[] = {"utf8.len(s)",          "utf8.offset(s, -1)",
                                      "tonumber(s)",          "utf8.codepoint(s, 1)",
                                      "s:find('y', 1, true)", "s:match('^x')"};
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    char text[256];
    snprintf(text, sizeof text, "local s = ('x'):rep(100000) for i = 1, 1000 do local n = %s end",
             calls[i]);
    assert_int_equal(run_within(1000000, text), STATUS_LIMIT);
  }
}

// At every size of memory at which it may run out: an error or success, never a crash.
static void memory_may_run_out_anywhere(void **state) {
  (void)state;
  static const char text[] =
      "local t = {} for i = 1, 200 do t['k' .. i] = { i, ('x'):rep(i) } end\n"
      "for k, v in pairs(t) do pcall(table.sort, v) end\n"
      "local co = coroutine.wrap(function() local a <close> = nil coroutine.yield(t) end) co()\n"
      "return table.concat({ ('a b c'):gsub('%s', '%%'), tostring(t) })";
  int failed = 0, fine = 0;
  for (size_t bytes = 1000; bytes < 120000; bytes += 701) {
    sandbox_limits limits = sandbox_limits_default();
    limits.memory_bytes = bytes;
    sandbox *box = sandbox_create("t.lua", &limits, rng_at(1, RNG_TEST, 0, 0, 0));
    trouble why = {0};
    status result = STATUS_LIMIT;
    if (box && (result = sandbox_load(box, "t.lua", text, strlen(text), &why)) == STATUS_OK)
      result = sandbox_call(box, 0, &why);
    failed += result == STATUS_LIMIT;
    fine += result == STATUS_OK;
    sandbox_destroy(box);
  }
  assert_true(failed > 20 && fine > 20);
  assert_int_equal(failed + fine, (120000 - 1000 + 700) / 701);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(removed_names_are_gone),
      cmocka_unit_test(pairs_and_next_run_in_a_fixed_order),
      cmocka_unit_test(the_order_of_many_keys_never_changes),
      cmocka_unit_test(pairs_lets_fields_be_removed_and_changed),
      cmocka_unit_test(sort_is_stable_and_survives_bad_comparators),
      cmocka_unit_test(tables_do_what_the_manual_says),
      cmocka_unit_test(texts_have_no_addresses),
      cmocka_unit_test(protected_calls_work_as_usual_otherwise),
      cmocka_unit_test(coroutines_work_as_usual_otherwise),
      cmocka_unit_test(ordinary_patterns_are_untouched),
      cmocka_unit_test(guarded_pattern_functions_agree_with_plain_lua),
      cmocka_unit_test(random_numbers_come_from_the_scenes_stream),
      cmocka_unit_test(print_goes_to_the_log_with_its_line),
      cmocka_unit_test(printing_for_ever_uses_up_the_budget),
      cmocka_unit_test(short_coroutines_share_the_scenes_budget),
      cmocka_unit_test(walking_long_texts_costs_by_their_length),
      cmocka_unit_test(memory_may_run_out_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
