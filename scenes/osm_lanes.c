// SPDX-License-Identifier: Apache-2.0
// Tags that speak of single lanes: turn:lanes, and lanes for buses and bicycles.
#include <string.h>

#include "scenes/osm_reader.h"

static const char *const moves[OSM_MOVES] = {[OSM_REVERSE] = "reverse",
                                             [OSM_SHARP_LEFT] = "sharp_left",
                                             [OSM_LEFT] = "left",
                                             [OSM_SLIGHT_LEFT] = "slight_left",
                                             [OSM_THROUGH] = "through",
                                             [OSM_SLIGHT_RIGHT] = "slight_right",
                                             [OSM_RIGHT] = "right",
                                             [OSM_SHARP_RIGHT] = "sharp_right",
                                             [OSM_MERGE_LEFT] = "merge_to_left",
                                             [OSM_MERGE_RIGHT] = "merge_to_right"};
// The same seen in a mirror.
static const osm_move mirrored_moves[OSM_MOVES] = {[OSM_REVERSE] = OSM_REVERSE,
                                                   [OSM_SHARP_LEFT] = OSM_SHARP_RIGHT,
                                                   [OSM_LEFT] = OSM_RIGHT,
                                                   [OSM_SLIGHT_LEFT] = OSM_SLIGHT_RIGHT,
                                                   [OSM_THROUGH] = OSM_THROUGH,
                                                   [OSM_SLIGHT_RIGHT] = OSM_SLIGHT_LEFT,
                                                   [OSM_RIGHT] = OSM_LEFT,
                                                   [OSM_SHARP_RIGHT] = OSM_SHARP_LEFT,
                                                   [OSM_MERGE_LEFT] = OSM_MERGE_RIGHT,
                                                   [OSM_MERGE_RIGHT] = OSM_MERGE_LEFT};

const char *osm_move_name(osm_move move, bool mirrored) {
  return moves[mirrored ? mirrored_moves[move] : move];
}

static long long id_of(map_reader *r, const xmlNode *way) {
  return (long long)osm_id(r, way, "id");
}

// Lists -----------------------------------------------------------------------

// A lane's value in a list as "left|through|".
typedef struct value {
  const char *text;
  size_t length;
} value;

static value next_value(const char **rest, char between) {
  const char *end = strchr(*rest, between);
  value v = {*rest, end ? (size_t)(end - *rest) : strlen(*rest)};
  *rest = end ? end + 1 : NULL;
  while (v.length > 0 && v.text[0] == ' ')
    v.text++, v.length--;
  while (v.length > 0 && v.text[v.length - 1] == ' ')
    v.length--;
  return v;
}

static bool is(value v, const char *word) {
  return v.length == strlen(word) && strncmp(v.text, word, v.length) == 0;
}

int osm_lanes_listed(const xmlNode *way, const char *key) {
  const char *text = osm_tag(way, key);
  int count = text ? 1 : 0;
  for (; text && *text; text++)
    count += *text == '|';
  return count;
}

// A tag's list of as many lanes as the street has in a direction; NULL without one.
static const char *list_of(map_reader *r, const xmlNode *way, const char *key, int lanes) {
  const char *text = osm_tag(way, key);
  int count = osm_lanes_listed(way, key);
  if (!text || lanes == 0 || count == lanes)
    return lanes ? text : NULL;
  map_remark(r, way, "%s of way %lld lists %d lanes, the street has %d: left out", key,
             id_of(r, way), count, lanes);
  return NULL;
}

// The key of a direction's list; of one-way streets also the one without a direction.
static const char *key_of(const xmlNode *way, const char *const keys[3], int direction,
                          bool one_way, bool reversed) {
  return one_way && direction == 0 && osm_tag(way, keys[2])
             ? keys[2]
             : keys[reversed ? !direction : direction];
}

// Turns -----------------------------------------------------------------------

// Bits of what a lane's arrows show; -1 when that isn't understood.
static int moves_of(value lane) {
  char text[80];
  int bits = 0;
  if (lane.length >= sizeof text)
    return -1;
  memcpy(text, lane.text, lane.length);
  text[lane.length] = 0;
  for (const char *rest = text; rest;) {
    value v = next_value(&rest, ';');
    int move = 0;
    while (move < OSM_MOVES && !is(v, moves[move]))
      move++;
    if (move == OSM_MOVES && v.length > 0 && !is(v, "none"))
      return -1;
    bits |= move < OSM_MOVES ? 1 << move : 0;
  }
  return bits;
}

static int turned(int bits) {
  int out = 0;
  for (int move = 0; move < OSM_MOVES; move++)
    if (bits >> move & 1)
      out |= 1 << mirrored_moves[move];
  return out;
}

static void turns_of(map_reader *r, const xmlNode *way, bool mirrored, bool reversed,
                     osm_street *s) {
  static const char *const keys[3] = {"turn:lanes:forward", "turn:lanes:backward", "turn:lanes"};
  bool one_way = s->lanes[1] == 0;
  for (int k = 0; k < 2; k++) {
    const char *key = key_of(way, keys, k, one_way, reversed);
    const char *rest = list_of(r, way, key, s->lanes[k]);
    osm_turns turns = {.lanes = rest ? s->lanes[k] : 0};
    for (int i = 0; i < turns.lanes && rest; i++) {
      int bits = moves_of(next_value(&rest, '|'));
      if (bits < 0) {
        map_remark(r, way, "%s=%.40s is not understood", key, osm_tag(way, key));
        turns.lanes = 0;
        break;
      }
      turns.moves[mirrored ? turns.lanes - 1 - i : i] = (uint16_t)(mirrored ? turned(bits) : bits);
    }
    s->turns[k] = turns;
  }
  if (!one_way && osm_tag(way, keys[2]))
    map_remark(r, way,
               "turn:lanes of a street for both directions is left out: it doesn't say "
               "which it means");
}

// Buses -----------------------------------------------------------------------

// Which lanes of a list are for them, bits from the middle of the street outward.
static unsigned designated(map_reader *r, const xmlNode *way, const char *key, int lanes,
                           bool mirrored) {
  const char *rest = list_of(r, way, key, lanes);
  unsigned bits = 0;
  for (int i = 0; i < lanes && rest; i++)
    if (is(next_value(&rest, '|'), "designated"))
      bits |= 1u << (mirrored ? lanes - 1 - i : i);
  return bits;
}

static int number_of(const xmlNode *way, const char *key) {
  const char *text = osm_tag(way, key);
  return text && *text > '0' && *text <= '9' ? *text - '0' : 0;
}

// The words of a side's tag, as of busway:right.
typedef struct side_keys {
  const char *plain, *both, *side[2];
} side_keys;

// What a tag says of a side; side 0 is the one that traffic keeps to, of one-way streets the only
// one that a plain tag speaks of.
static const char *said_of(const xmlNode *way, const side_keys *keys, int side, bool mirrored,
                           bool one_way) {
  const char *own = osm_tag(way, keys->side[mirrored ? 1 - side : side]);
  own = own ? own : osm_tag(way, keys->both);
  return own || (one_way && side == 1) ? own : osm_tag(way, keys->plain);
}

static void buses_of(map_reader *r, const xmlNode *way, bool mirrored, bool reversed,
                     osm_street *s) {
  static const char *const lists[2][3] = {{"bus:lanes:forward", "bus:lanes:backward", "bus:lanes"},
                                          {"psv:lanes:forward", "psv:lanes:backward", "psv:lanes"}};
  static const char *const counts[2][3] = {
      {"lanes:bus:forward", "lanes:bus:backward", "lanes:bus"},
      {"lanes:psv:forward", "lanes:psv:backward", "lanes:psv"}};
  static const side_keys sides = {"busway", "busway:both", {"busway:right", "busway:left"}};
  bool one_way = s->lanes[1] == 0;
  for (int k = 0; k < 2; k++) {
    unsigned bits = 0, outermost = s->lanes[k] ? 1u << (s->lanes[k] - 1) : 0;
    for (int i = 0; i < 2; i++) {
      bits |=
          designated(r, way, key_of(way, lists[i], k, one_way, reversed), s->lanes[k], mirrored);
      // Without a direction they count the lanes of both.
      bool sided = osm_tag(way, counts[i][0]) || osm_tag(way, counts[i][1]);
      bool counted = sided ? number_of(way, counts[i][reversed ? !k : k]) > 0
                           : number_of(way, counts[i][2]) > (one_way ? 0 : k);
      bits |= counted && !bits ? outermost : 0;
    }
    const char *side = said_of(way, &sides, k, mirrored != reversed, one_way);
    if (side && strcmp(side, "lane") == 0)
      bits |= s->lanes[k] ? outermost : 2u;
    if (side && strcmp(side, "opposite_lane") == 0)
      bits |= 2u << s->lanes[k];
    if (bits & ~outermost)
      map_remark(r, way,
                 "a lane for buses of way %lld that isn't its direction's outermost is left "
                 "out",
                 id_of(r, way));
    if (bits & outermost && s->lanes[k] < 2)
      map_remark(r, way, "a lane for buses of way %lld, its direction's only one, is for all",
                 id_of(r, way));
    s->buses[k] = bits & outermost && s->lanes[k] > 1;
  }
}

// Bicycles ----------------------------------------------------------------------

static void bikes_of(map_reader *r, const xmlNode *way, bool mirrored, osm_street *s) {
  static const side_keys sides = {"cycleway", "cycleway:both", {"cycleway:right", "cycleway:left"}};
  static const char *const quiet[] = {"no",          "none",          "separate",
                                      "shared_lane", "shared_busway", "share_busway",
                                      "opposite",    "shared"};
  for (int k = 0; k < 2; k++) {
    const char *said = said_of(way, &sides, k, mirrored, s->lanes[1] == 0);
    bool known = !said;
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet && !known; i++)
      known = strcmp(said, quiet[i]) == 0;
    s->bikes[k] = said && strcmp(said, "lane") == 0 && s->lanes[k] > 0;
    if (!known && strstr(said, "lane") && !s->bikes[k])
      map_remark(r, way,
                 "a lane for bicycles against a one-way street, or on its far side, is left "
                 "out");
    else if (!known && !s->bikes[k])
      map_remark(r, way, "cycleway=%.40s is left out: bicycles ride on the street", said);
  }
}

void osm_lane_tags(map_reader *r, const xmlNode *way, bool mirrored, bool reversed,
                   osm_street *out) {
  turns_of(r, way, mirrored, reversed, out);
  buses_of(r, way, mirrored, reversed, out);
  bikes_of(r, way, mirrored != reversed, out);
}
