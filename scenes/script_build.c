// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "scenes/script.h"
#include "scenes/script_tally.h"

// Redrawing is given up after so many points of roads and people placed in draws that failed
// alike, about a second's worth. For small places that is hundreds of draws, so that a script
// which rarely draws enough room still gets there.
static const long WORK = 600000;
// One draw of the largest cities is half of that: so few draws are enough where much more is
// wanted than they had room for, and so few where it nearly fits.
enum { LEAST_FAR = 2, LEAST_NEAR = 8 };
static const double FAR = 1.5; // times the room
enum { ALIKE = 200 };          // draws that failed with the very same words

static bool is_number_part(char c) {
  return (c >= '0' && c <= '9') || c == '.';
}

static bool same_but_for_numbers(const char *a, const char *b) {
  for (;;) {
    while (is_number_part(*a))
      a++;
    while (is_number_part(*b))
      b++;
    if (*a != *b)
      return false;
    if (!*a)
      return true;
    a++, b++;
  }
}

void script_tally_reject(script_tally *tally, status code, const char *reason) {
  tally->rejected++;
  char text[TALLY_TEXT];
  snprintf(text, sizeof text, "%s", reason);
  for (int i = 0; i < tally->reason_count; i++) {
    struct tally_reason *known = &tally->reasons[i];
    if (known->code == code && (code == STATUS_RANGE ? same_but_for_numbers(known->text, text)
                                                     : strcmp(known->text, text) == 0)) {
      known->count++;
      return;
    }
  }
  if (tally->reason_count == TALLY_REASONS)
    return;
  struct tally_reason *added = &tally->reasons[tally->reason_count++];
  memcpy(added->text, text, sizeof text);
  added->code = code;
  added->count = 1;
}

const struct tally_reason *script_tally_top(const script_tally *tally) {
  const struct tally_reason *top = NULL;
  for (int i = 0; i < tally->reason_count; i++)
    if (!top || tally->reasons[i].count > top->count)
      top = &tally->reasons[i];
  return top;
}

// Draws that failed to build alike: for want of room for the same number, or with the same
// words. What require_that() turned down in between doesn't count.
typedef struct row {
  int draws, wanted;
  int room; // the most there was
  long work;
  char text[TALLY_TEXT]; // of the latest
} row;

static void row_add(row *r, const scene_lack *lack, const char *text) {
  bool alike = lack->kind == LACK_NONE ? strncmp(r->text, text, TALLY_TEXT - 1) == 0
                                       : r->wanted == lack->wanted;
  if (r->draws == 0 || !alike)
    *r = (row){.wanted = lack->wanted};
  r->draws++;
  r->work += lack->work + lack->room;
  r->room = lack->room > r->room ? lack->room : r->room;
  snprintf(r->text, sizeof r->text, "%s", text);
}

static bool row_is_hopeless(const row *r, lack_kind kind) {
  if (kind == LACK_NONE)
    return r->draws >= ALIKE;
  return r->work >= WORK && r->draws >= (r->wanted > FAR * r->room ? LEAST_FAR : LEAST_NEAR);
}

static status give_up(const script *s, uint32_t index, lack_kind kind, const row *r, trouble *why) {
  if (kind == LACK_NONE)
    return trouble_set(why, STATUS_RANGE, "%s: scene %u: %s (the same in %d draws)", script_name(s),
                       (unsigned)index, r->text, r->draws);
  bool cars = kind == LACK_VEHICLES;
  return trouble_set(why, STATUS_RANGE,
                     "%s: scene %u: %s: %d don't fit; the roomiest of %d draws had room for %d; "
                     "ask for fewer, or for longer %s",
                     script_name(s), (unsigned)index,
                     cars ? "traffic.vehicles" : "pedestrians.count", r->wanted, r->draws, r->room,
                     cars ? "roads or more lanes" : "streets or wider sidewalks");
}

// A definition that no scene can meet is STATUS_RANGE with `drawn` set: the next may fit.
static status try_once(const script *s, uint64_t seed, uint32_t index, uint32_t attempt,
                       scene **out, bool *drawn, scene_lack *lack, trouble *why) {
  scene_def def;
  *drawn = false;
  status result = script_define(s, seed, index, attempt, &def, why);
  if (result != STATUS_OK)
    return result;
  *drawn = true;
  result = scene_build_lacking(out, &def, seed, index, attempt, lack, why);
  if (result == STATUS_OK)
    (*out)->script = s;
  return result;
}

status script_build_counted(const script *s, uint64_t seed, uint32_t index, scene **out,
                            script_tally *tally, trouble *why) {
  *out = NULL;
  script_tally own = {0}; // of this scene, for the error text
  row rows[LACK_KIND_COUNT] = {0};
  for (uint32_t attempt = 0; attempt < SCRIPT_ATTEMPTS; attempt++) {
    trouble found = {0};
    scene_lack lack = {0};
    bool drawn;
    status result = try_once(s, seed, index, attempt, out, &drawn, &lack, &found);
    if (result == STATUS_OK) {
      tally->accepted++;
      return STATUS_OK;
    }
    bool unbuilt = drawn && result == STATUS_RANGE;
    if (result != STATUS_REJECTED && !unbuilt)
      return trouble_set(why, result, "%s", found.text);
    script_tally_reject(tally, result, found.text);
    script_tally_reject(&own, result, found.text);
    if (!unbuilt)
      continue;
    row *r = &rows[lack.kind];
    row_add(r, &lack, found.text);
    if (row_is_hopeless(r, lack.kind))
      return give_up(s, index, lack.kind, r, why);
  }
  const struct tally_reason *top = script_tally_top(&own);
  return trouble_set(why, STATUS_LIMIT,
                     "%s: scene %u: none of %d draws was accepted; most often (%d times): %s",
                     script_name(s), (unsigned)index, SCRIPT_ATTEMPTS, top->count, top->text);
}

status script_build(const script *s, uint64_t seed, uint32_t index, scene **out, trouble *why) {
  script_tally tally = {0};
  return script_build_counted(s, seed, index, out, &tally, why);
}

void script_log_remarks(const script *s, uint64_t seed, uint32_t index) {
  status result = STATUS_REJECTED;
  scene_def def = {0};
  for (uint32_t attempt = 0; attempt < SCRIPT_ATTEMPTS && result == STATUS_REJECTED; attempt++)
    result = script_define(s, seed, index, attempt, &def, NULL);
  script_maps_log_remarks(script_get_maps(s), result == STATUS_OK && strcmp(def.hand, "left") == 0);
}
