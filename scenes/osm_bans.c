// SPDX-License-Identifier: Apache-2.0
// Turn restrictions: relations that ban a turn from one street into another, or all but one.
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/osm_reader.h"

static bool read_ban(osm_reader *r, const xmlNode *at) {
  const char *words = osm_tag(at, "restriction");
  osm_ban ban = {.root = -1, .at = at, .only = words && strncmp(words, "only_", 5) == 0};
  int from = 0, to = 0, via = 0;
  if (!words || (!ban.only && strncmp(words, "no_", 3) != 0)) {
    map_remark(&r->map, at, "restriction=%.40s is left out", words ? words : "");
    return true;
  }
  for (const xmlNode *member = map_first(at); member; member = map_next(member)) {
    const char *role = map_text(member, "role"), *kind = map_text(member, "type");
    if (!map_is(member, "member") || !role || !kind)
      continue;
    int64_t id = osm_id(&r->map, member, "ref");
    bool way = strcmp(kind, "way") == 0, node = strcmp(kind, "node") == 0;
    if (way && strcmp(role, "from") == 0)
      ban.from = id, from++;
    else if (way && strcmp(role, "to") == 0)
      ban.to = id, to++;
    else if (strcmp(role, "via") == 0) {
      const osm_node *found = node ? osm_find_node(r, id) : NULL;
      via++;
      if (found && found->vertex >= 0)
        ban.root = osm_root(r, found->vertex);
    }
  }
  if (r->map.code != STATUS_OK)
    return false;
  if (from != 1 || to != 1 || via != 1 || ban.root < 0) {
    map_remark(&r->map, at, "a turn restriction that isn't at one node of streets is left out");
    return true;
  }
  if (!ARRAY_RESERVE(r->bans, r->ban_capacity, r->ban_count + 1))
    return map_fail_memory(&r->map);
  r->bans[r->ban_count++] = ban;
  return true;
}

static int by_root(const void *a, const void *b) {
  const osm_ban *p = a, *q = b;
  return p->root != q->root ? p->root - q->root : map_line(p->at) - map_line(q->at);
}

bool osm_read_bans(osm_reader *r) {
  for (xmlNode *at = map_first(xmlDocGetRootElement(r->map.doc)); at; at = map_next(at))
    if (map_is(at, "relation") && osm_tag_is(at, "type", "restriction") && !read_ban(r, at))
      return false;
  if (r->ban_count > 1)
    qsort(r->bans, (size_t)r->ban_count, sizeof *r->bans, by_root);
  return true;
}

void osm_apply_bans(osm_reader *r, int root, const int64_t *in, const int64_t *out, int count,
                    unsigned *barred) {
  int lo = 0, hi = r->ban_count;
  while (lo < hi) {
    int middle = (lo + hi) / 2;
    if (r->bans[middle].root < root)
      lo = middle + 1;
    else
      hi = middle;
  }
  for (; lo < r->ban_count && r->bans[lo].root == root; lo++) {
    const osm_ban *ban = &r->bans[lo];
    unsigned ways = 0, exits = 0;
    int applied = 0;
    for (int k = 0; k < count; k++) {
      ways |= (unsigned)(out[k] == ban->to) << k;
      exits |= (unsigned)(out[k] != 0) << k;
    }
    for (int i = 0; i < count && ways; i++) {
      unsigned more = barred[i] | (ban->only ? exits & ~ways : ways);
      // Where nothing is left to go to, the ban is about something that isn't here.
      if (in[i] != ban->from || !(exits & ~more & ~(1u << i)))
        continue;
      barred[i] = more;
      applied++;
    }
    if (!applied)
      map_remark(&r->map, ban->at, "a turn restriction that fits no turn is left out");
  }
}
