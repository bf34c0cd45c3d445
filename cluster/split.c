// SPDX-License-Identifier: Apache-2.0
#include "cluster/split.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"

enum { SHARE_LIMIT = 1000000 };

cluster_split cluster_split_default(void) {
  return (cluster_split){.count = 3, .parts = {{"train", 80}, {"val", 10}, {"test", 10}}};
}

static bool name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// Reads one "name=share" from *at and moves past it and its comma.
static status parse_part(const char **at, const char *text, cluster_split *split, trouble *why) {
  if (split->count == SPLIT_PARTS)
    return trouble_set(why, STATUS_RANGE, "split '%s': more than %d parts", text, SPLIT_PARTS);
  cluster_split_part *part = &split->parts[split->count];
  const char *p = *at;
  size_t length = 0;
  while (name_char(p[length]))
    length++;
  if (length == 0 || length >= SPLIT_NAME || p[length] != '=')
    return trouble_set(why, STATUS_RANGE,
                       "split '%s': '%.*s' should be name=share, such as train=80", text,
                       (int)strcspn(p, ","), p);
  memcpy(part->name, p, length);
  part->name[length] = 0;
  p += length + 1;
  uint32_t share = 0;
  size_t digits = 0;
  for (; p[digits] >= '0' && p[digits] <= '9' && share <= SHARE_LIMIT; digits++)
    share = share * 10 + (uint32_t)(p[digits] - '0');
  p += digits;
  if (digits == 0 || share > SHARE_LIMIT || (*p != ',' && *p != 0))
    return trouble_set(why, STATUS_RANGE,
                       "split '%s': the share of %s should be a whole number 0..%d", text,
                       part->name, SHARE_LIMIT);
  for (int i = 0; i < split->count; i++)
    if (strcmp(split->parts[i].name, part->name) == 0)
      return trouble_set(why, STATUS_RANGE, "split '%s': %s is there twice", text, part->name);
  part->share = share;
  split->count++;
  if (*p == ',' && p[1] == 0)
    return trouble_set(why, STATUS_RANGE, "split '%s': ends with a comma", text);
  *at = *p ? p + 1 : p;
  return STATUS_OK;
}

status cluster_split_parse(const char *text, cluster_split *out, trouble *why) {
  cluster_split split;
  memset(&split, 0, sizeof split); // jobs are compared and hashed field by field
  const char *at = text;
  do {
    status result = parse_part(&at, text, &split, why);
    if (result)
      return result;
  } while (*at);
  uint64_t sum = 0;
  for (int i = 0; i < split.count; i++)
    sum += split.parts[i].share;
  if (sum == 0)
    return trouble_set(why, STATUS_RANGE, "split '%s': all shares are 0", text);
  *out = split;
  return STATUS_OK;
}

void cluster_split_print(const cluster_split *split, char out[SPLIT_TEXT]) {
  size_t used = 0;
  out[0] = 0;
  for (int i = 0; i < split->count; i++)
    used += (size_t)snprintf(out + used, SPLIT_TEXT - used, "%s%s=%u", i ? "," : "",
                             split->parts[i].name, split->parts[i].share);
}

int cluster_split_of(const cluster_split *split, uint64_t seed, uint32_t scene) {
  uint64_t sum = 0;
  if (split->count == 1) // a job of all scenes there can be is cut in a second
    return 0;
  for (int i = 0; i < split->count; i++)
    sum += split->parts[i].share;
  // Integers only: a share's border must not hang on a compiler's rounding.
  rng stream = rng_at(seed, RNG_SPLIT, scene, 0, 0);
  uint64_t draw = ((uint64_t)rng_u32(&stream) * sum) >> 32;
  for (int i = 0; i < split->count; i++) {
    if (draw < split->parts[i].share)
      return i;
    draw -= split->parts[i].share;
  }
  return split->count - 1;
}
