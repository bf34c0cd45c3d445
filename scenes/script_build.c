// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "scenes/script.h"
#include "scenes/script_tally.h"

void script_tally_reject(script_tally *tally, const char *reason) {
  tally->rejected++;
  char text[TALLY_TEXT];
  snprintf(text, sizeof text, "%s", reason);
  for (int i = 0; i < tally->reason_count; i++)
    if (strcmp(tally->reasons[i].text, text) == 0) {
      tally->reasons[i].count++;
      return;
    }
  if (tally->reason_count == TALLY_REASONS)
    return;
  struct tally_reason *added = &tally->reasons[tally->reason_count++];
  memcpy(added->text, text, sizeof text);
  added->count = 1;
}

const struct tally_reason *script_tally_top(const script_tally *tally) {
  const struct tally_reason *top = NULL;
  for (int i = 0; i < tally->reason_count; i++)
    if (!top || tally->reasons[i].count > top->count)
      top = &tally->reasons[i];
  return top;
}

// A definition that no scene can meet is a rejection too: the next draw may fit.
static status try_once(const script *s, uint64_t seed, uint32_t index, uint32_t attempt,
                       scene **out, trouble *why) {
  scene_def def;
  status result = script_define(s, seed, index, attempt, &def, why);
  if (result != STATUS_OK)
    return result;
  result = scene_build(out, &def, seed, index, attempt, why);
  if (result == STATUS_RANGE && why)
    why->code = STATUS_REJECTED;
  return result == STATUS_RANGE ? STATUS_REJECTED : result;
}

status script_build_counted(const script *s, uint64_t seed, uint32_t index, scene **out,
                            script_tally *tally, trouble *why) {
  *out = NULL;
  script_tally own = {0}; // of this scene, for the error text
  for (uint32_t attempt = 0; attempt < SCRIPT_ATTEMPTS; attempt++) {
    trouble found = {0};
    status result = try_once(s, seed, index, attempt, out, &found);
    if (result == STATUS_OK) {
      tally->accepted++;
      return STATUS_OK;
    }
    if (result != STATUS_REJECTED)
      return trouble_set(why, result, "%s", found.text);
    script_tally_reject(tally, found.text);
    script_tally_reject(&own, found.text);
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
