// SPDX-License-Identifier: Apache-2.0
#include "cli/words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"

enum { NAMES_MAX = 64 };

typedef struct known {
  const char *name;
  bool takes_value;
} known;

static int list_known(const struct argp_option *all, known out[NAMES_MAX]) {
  int count = 0;
  out[count++] = (known){"help", false};
  out[count++] = (known){"usage", false};
  for (const struct argp_option *o = all; (o->name || o->key) && count < NAMES_MAX; o++)
    if (o->name)
      out[count++] = (known){o->name, o->arg != NULL};
  return count;
}

// The option of that name or, if only one begins so, of that beginning.
static const known *find(const known *list, int count, const char *name, size_t length,
                         int *matches) {
  const known *found = NULL;
  *matches = 0;
  for (int i = 0; i < count; i++) {
    if (strncmp(list[i].name, name, length) != 0)
      continue;
    found = &list[i];
    ++*matches;
    if (strlen(list[i].name) == length) {
      *matches = 1;
      break;
    }
  }
  return *matches == 1 ? found : NULL;
}

static const char *unknown_long(const known *list, int count, const char *name, size_t length,
                                int matches, char text[CLI_WRONG_WORD]) {
  char wanted[80];
  const char *names[NAMES_MAX];
  snprintf(wanted, sizeof wanted, "%.*s", (int)length, name);
  for (int i = 0; i < count; i++)
    names[i] = list[i].name;
  const char *near = words_nearest(wanted, names, count);
  if (matches > 1)
    snprintf(text, CLI_WRONG_WORD, "--%s: several options begin so; write one out", wanted);
  else if (near)
    snprintf(text, CLI_WRONG_WORD, "--%s: unknown option; did you mean --%s?", wanted, near);
  else
    snprintf(text, CLI_WRONG_WORD, "--%s: unknown option; --help lists them", wanted);
  return text;
}

// Words that an option takes, itself included; 0 when it is wrong.
static int check_long(const known *list, int count, const char *word, bool last,
                      char text[CLI_WRONG_WORD]) {
  size_t length = strcspn(word + 2, "=");
  bool has_value = word[2 + length] == '=';
  int matches;
  const known *option = find(list, count, word + 2, length, &matches);
  if (!option) {
    unknown_long(list, count, word + 2, length, matches, text);
    return 0;
  }
  if (has_value && !option->takes_value) {
    snprintf(text, CLI_WRONG_WORD, "--%s takes no value", option->name);
    return 0;
  }
  if (!option->takes_value || has_value)
    return 1;
  if (last)
    snprintf(text, CLI_WRONG_WORD, "--%s needs a value", option->name);
  return last ? 0 : 2;
}

static int check_short(const struct argp_option *all, const char *word, bool last,
                       char text[CLI_WRONG_WORD]) {
  for (const char *letter = word + 1; *letter; letter++) {
    if (*letter == '?')
      continue;
    const struct argp_option *o = all;
    while ((o->name || o->key) && o->key != *letter)
      o++;
    if (o->key != *letter) {
      snprintf(text, CLI_WRONG_WORD, "-%c: unknown option; --help lists them", *letter);
      return 0;
    }
    if (!o->arg)
      continue;
    if (!letter[1] && last)
      snprintf(text, CLI_WRONG_WORD, "-%c needs a value", *letter);
    return letter[1] ? 1 : last ? 0 : 2;
  }
  return 1;
}

const char *cli_wrong_word(const struct argp_option *all, int argc, char **argv,
                           char text[CLI_WRONG_WORD]) {
  known list[NAMES_MAX];
  int count = list_known(all, list);
  for (int i = 1, taken; i < argc; i += taken) {
    const char *word = argv[i];
    if (strcmp(word, "--") == 0)
      return NULL;
    if (word[0] != '-' || !word[1])
      taken = 1;
    else if (word[1] == '-')
      taken = check_long(list, count, word, i + 1 == argc, text);
    else
      taken = check_short(all, word, i + 1 == argc, text);
    if (!taken)
      return text;
  }
  return NULL;
}
