// SPDX-License-Identifier: Apache-2.0
#include "with_mutations.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROWTH = 64 << 10 };

typedef struct damaged {
  char *text;
  size_t size, capacity;
} damaged;

// From `begin` up to `end`, not including it; empty when nothing was found.
typedef struct span {
  size_t begin, end;
} span;

static size_t length(span s) {
  return s.end - s.begin;
}

// Puts `size` bytes in the place of a span, as far as there is room.
static void put(damaged *d, span at, const char *bytes, size_t size) {
  if (d->size - length(at) + size > d->capacity)
    return;
  char *copy = malloc(size + 1); // it may be from the text itself
  if (!copy)
    return;
  memcpy(copy, bytes, size);
  memmove(d->text + at.begin + size, d->text + at.end, d->size - at.end);
  memcpy(d->text + at.begin, copy, size);
  d->size += size - length(at);
  free(copy);
}

// Finding things ------------------------------------------------------------------

static size_t below(rng *r, size_t n) {
  return n == 0 ? 0 : (size_t)rng_below(r, n > 0x7fffffff ? 0x7fffffff : (int)n);
}

static bool begins_tag(const damaged *d, size_t at) {
  return d->text[at] == '<' && at + 1 < d->size && isalpha((unsigned char)d->text[at + 1]);
}

// A start tag after a random place, or the first one; from < to behind >.
static span some_tag(const damaged *d, rng *r) {
  size_t from = below(r, d->size);
  for (int round = 0; round < 2; round++, from = 0)
    for (size_t i = from; i + 1 < d->size; i++) {
      if (!begins_tag(d, i))
        continue;
      const char *end = memchr(d->text + i, '>', d->size - i);
      if (end)
        return (span){i, (size_t)(end - d->text) + 1};
    }
  return (span){0, 0};
}

// The element that a start tag begins, with all that is in it.
static span element_of(const damaged *d, span tag) {
  int depth = 0;
  for (size_t i = tag.begin; i + 1 < d->size; i++) {
    if (d->text[i] != '<')
      continue;
    const char *close = memchr(d->text + i, '>', d->size - i);
    if (!close)
      break;
    size_t end = (size_t)(close - d->text) + 1;
    if (d->text[i + 1] == '/')
      depth--;
    else if (begins_tag(d, i) && close[-1] != '/')
      depth++;
    if (depth <= 0)
      return (span){tag.begin, end};
    i = end - 1;
  }
  return tag;
}

static span some_element(const damaged *d, rng *r) {
  return element_of(d, some_tag(d, r));
}

typedef struct attribute {
  span whole, value; // name="value"; value without its quotes
} attribute;

// An attribute of a random tag, which mostly has some.
static attribute some_attribute(const damaged *d, rng *r) {
  for (int attempt = 0; attempt < 20; attempt++) {
    span tag = some_tag(d, r);
    attribute found[64];
    int count = 0;
    for (size_t i = tag.begin; i < tag.end && count < 64; i++) {
      char quote = d->text[i];
      if ((quote != '"' && quote != '\'') || i == 0 || d->text[i - 1] != '=')
        continue;
      size_t name = i - 1, end = i + 1;
      while (name > tag.begin && !isspace((unsigned char)d->text[name - 1]))
        name--;
      while (end < tag.end && d->text[end] != quote)
        end++;
      found[count++] = (attribute){{name, end < tag.end ? end + 1 : end}, {i + 1, end}};
      i = end;
    }
    if (count > 0)
      return found[rng_below(r, count)];
  }
  return (attribute){{0, 0}, {0, 0}};
}

// Changes -------------------------------------------------------------------------

static void change_bytes(damaged *d, rng *r) {
  static const char *const pieces[] = {
      "<", ">",  "\"",           "&",    "&#0;",     "&x;", "<!--", "]]>", "<![CDATA[", "\n", "/",
      "=", "<?", "<!DOCTYPE a>", "\xff", "\xc3\x28", "-",   "e",    "0x",  " "};
  size_t at = below(r, d->size + 1), end = at + below(r, 40);
  const char *piece = pieces[rng_below(r, sizeof pieces / sizeof *pieces)];
  switch (rng_below(r, 3)) {
  case 0:
    if (at < d->size)
      d->text[at] = (char)rng_below(r, 256);
    break;
  case 1:
    put(d, (span){at, end < d->size ? end : d->size}, "", 0);
    break;
  default:
    put(d, (span){at, at}, piece, strlen(piece));
  }
}

static void change_value(damaged *d, rng *r) {
  static const char *const values[] = {"0",           "-0",      "1",
                                       "-1",          "2",       "-2",
                                       "3.14",        "1e9",     "-1e9",
                                       "1e300",       "1e-300",  "5e-324",
                                       "nan",         "inf",     "-inf",
                                       "x",           "",        " ",
                                       "99999999",    "-7",      "2147483648",
                                       "-2147483649", "1e400",   "0x10",
                                       "end",         "start",   "junction",
                                       "road",        "none",    "driving",
                                       "both",        "LHT",     "RHT",
                                       "true",        "left",    "0.0001",
                                       "1000",        "20000",   "1,5",
                                       "1;2",         "1000001", "signals",
                                       "-0.05",       "0.3999",  "18446744073709551616"};
  attribute a = some_attribute(d, r);
  const char *value = values[rng_below(r, sizeof values / sizeof *values)];
  put(d, a.value, value, strlen(value));
}

static void change_number(damaged *d, rng *r) {
  static const double factors[] = {-1, 1e-3, 1e3, 0.5, 2, 1 + 1e-9, 1e6, 0.99};
  static const double offsets[] = {0, 0, 0, 1, -1, 1e-7, 100};
  attribute a = some_attribute(d, r);
  char before[64], after[64], *end;
  snprintf(before, sizeof before, "%.*s", (int)(length(a.value) < 60 ? length(a.value) : 60),
           d->text + a.value.begin);
  double value = strtod(before, &end);
  if (end == before)
    return;
  value = value * factors[rng_below(r, sizeof factors / sizeof *factors)] +
          offsets[rng_below(r, sizeof offsets / sizeof *offsets)];
  int n = snprintf(after, sizeof after, rng_chance(r, 0.3) ? "%.0f" : "%.17g", value);
  if (n > 0 && (size_t)n < sizeof after)
    put(d, a.value, after, (size_t)n);
}

static void copy_value(damaged *d, rng *r) {
  attribute a = some_attribute(d, r), b = some_attribute(d, r);
  put(d, a.value, d->text + b.value.begin, length(b.value));
}

static void drop_or_double_attribute(damaged *d, rng *r) {
  attribute a = some_attribute(d, r);
  if (rng_chance(r, 0.8)) {
    put(d, a.whole, "", 0);
  } else {
    put(d, (span){a.whole.begin, a.whole.begin}, " ", 1);
    put(d, (span){a.whole.begin, a.whole.begin}, d->text + a.whole.begin + 1, length(a.whole));
  }
}

// Of an element: gone; there twice; in another one; in itself, over and over.
static void move_element(damaged *d, rng *r) {
  span from = some_element(d, r), into = some_tag(d, r);
  size_t size = length(from);
  char *copy = malloc(size + 1);
  if (!copy)
    return;
  memcpy(copy, d->text + from.begin, size);
  switch (rng_below(r, 4)) {
  case 0:
    put(d, from, "", 0);
    break;
  case 1:
    put(d, (span){from.end, from.end}, copy, size);
    break;
  case 2:
    put(d, (span){into.end, into.end}, copy, size);
    break;
  default:
    for (int i = rng_below(r, 300), at = 0; i > 0; i--) {
      const char *end = memchr(copy, '>', size);
      if (!end || (end > copy && end[-1] == '/'))
        break;
      at += (int)(end - copy) + 1;
      put(d, (span){from.begin + (size_t)at, from.begin + (size_t)at}, copy, size);
    }
  }
  free(copy);
}

static void swap_elements(damaged *d, rng *r) {
  span a = some_element(d, r), b = some_element(d, r);
  if (a.begin > b.begin) {
    span other = a;
    a = b;
    b = other;
  }
  if (a.end > b.begin)
    return;
  size_t size = length(a);
  char *copy = malloc(size + 1);
  if (!copy)
    return;
  memcpy(copy, d->text + a.begin, size);
  size_t there = b.begin;
  put(d, (span){b.end, b.end}, copy, size);
  put(d, (span){a.begin, a.end}, d->text + there, length(b));
  there += length(b) - size;
  put(d, (span){there, there + length(b)}, "", 0);
  free(copy);
}

static span name_of(const damaged *d, span tag) {
  size_t end = tag.begin + 1;
  while (end < tag.end && (isalnum((unsigned char)d->text[end]) || d->text[end] == '_'))
    end++;
  return (span){tag.begin + 1, end};
}

// The start tag alone, so that it stays well-formed only where it is empty.
static void rename_element(damaged *d, rng *r) {
  span a = name_of(d, some_tag(d, r)), b = name_of(d, some_tag(d, r));
  put(d, a, d->text + b.begin, length(b));
}

char *mutation_of(const char *text, size_t size, rng *r, size_t *out_size) {
  static void (*const changes[])(damaged *, rng *) = {change_value,
                                                      change_value,
                                                      change_number,
                                                      change_number,
                                                      copy_value,
                                                      copy_value,
                                                      move_element,
                                                      move_element,
                                                      swap_elements,
                                                      rename_element,
                                                      drop_or_double_attribute,
                                                      change_bytes};
  damaged d = {malloc(size + GROWTH + 1), size, size + GROWTH};
  if (!d.text)
    return NULL;
  memcpy(d.text, text, size);
  int count = rng_chance(r, 0.6) ? 1 : 2 + rng_below(r, 3);
  for (int i = 0; i < count && d.size > 0; i++)
    changes[rng_below(r, sizeof changes / sizeof *changes)](&d, r);
  if (rng_chance(r, 0.01))
    d.size = below(r, d.size + 1);
  d.text[d.size] = 0;
  *out_size = d.size;
  return d.text;
}
