// SPDX-License-Identifier: Apache-2.0
#include "scenes/script_tokens.h"

#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define DIGITS "0123456789"
#define SPACE " \t\r\n\f\v"

static void step(script_lexer *l, const char *to) {
  for (; l->at < to; l->at++)
    l->line += *l->at == '\n';
}

// At "[[" or "[=[": steps over the whole long string and gives what is in it.
static bool long_string(script_lexer *l, script_token *out) {
  if (*l->at != '[')
    return false;
  size_t level = strspn(l->at + 1, "=");
  const char *begin = l->at + 1 + level;
  if (*begin != '[')
    return false;
  begin++;
  const char *end = strchr(begin, ']');
  while (end && !(strspn(end + 1, "=") >= level && end[1 + level] == ']'))
    end = strchr(end + 1, ']');
  *out = (script_token){TOKEN_STRING, begin, end ? (size_t)(end - begin) : strlen(begin), l->line};
  step(l, end ? end + level + 2 : begin + out->length);
  return true;
}

// What a backslash takes along: \z all space after it, a line's end its second byte.
static const char *after_escape(const char *at) {
  if (at[1] == 'z')
    return at + 2 + strspn(at + 2, SPACE);
  if ((at[1] == '\r' && at[2] == '\n') || (at[1] == '\n' && at[2] == '\r'))
    return at + 3;
  return at + (at[1] ? 2 : 1);
}

static void quoted_string(script_lexer *l, script_token *out) {
  const char *end = l->at + 1;
  while (*end && *end != *l->at && *end != '\n' && *end != '\r')
    end = *end == '\\' ? after_escape(end) : end + 1;
  *out = (script_token){TOKEN_STRING, l->at + 1, (size_t)(end - l->at - 1), l->line};
  step(l, *end == *l->at ? end + 1 : end);
}

static void skip_space(script_lexer *l) {
  script_token skipped;
  for (;;) {
    step(l, l->at + strspn(l->at, SPACE));
    if (strncmp(l->at, "--", 2) != 0)
      return;
    l->at += 2;
    if (!long_string(l, &skipped))
      step(l, l->at + strcspn(l->at, "\r\n"));
  }
}

script_token script_token_next(script_lexer *l) {
  skip_space(l);
  script_token t = {TOKEN_OTHER, l->at, 1, l->line};
  size_t word = strspn(l->at, NAME_CHARACTERS);
  if (*l->at == 0)
    return (script_token){TOKEN_END, l->at, 0, l->line};
  if (long_string(l, &t))
    return t;
  if (*l->at == '"' || *l->at == '\'') {
    quoted_string(l, &t);
    return t;
  }
  if (word > 0) {
    t.kind = strspn(l->at, DIGITS) > 0 ? TOKEN_OTHER : TOKEN_NAME; // 0xff is a number
    t.length = word;
  }
  l->at += t.length;
  return t;
}

bool script_token_is(script_token t, const char *word) {
  return t.kind != TOKEN_STRING && t.length == strlen(word) && strncmp(t.text, word, t.length) == 0;
}
