// SPDX-License-Identifier: Apache-2.0
// The words of a Lua text, for finding what a script names without running it.
#ifndef SCENES_SCRIPT_TOKENS_H
#define SCENES_SCRIPT_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum script_token_kind {
  TOKEN_END,
  TOKEN_NAME,
  TOKEN_STRING,
  TOKEN_OTHER
} script_token_kind;

typedef struct script_token {
  script_token_kind kind;
  const char *text; // of a string: between its quotes, escapes as they are written
  size_t length;
  int line;
} script_token;

/// Where in a text the next word is looked for; begins as {text, 1}.
typedef struct script_lexer {
  const char *at;
  int line;
} script_lexer;

/// The next word behind space and comments; at the end TOKEN_END, again and again.
script_token script_token_next(script_lexer *l);
/// Whether it is that name or sign, not a string of it.
bool script_token_is(script_token t, const char *word);

#endif
