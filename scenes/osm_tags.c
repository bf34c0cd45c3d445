// SPDX-License-Identifier: Apache-2.0
// Tags: from highway=… and its companions to a cross-section.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/osm_reader.h"

static const double SLOW_MPS = 17;      // streets with sidewalks aren't faster
static const double WALKING_MPS = 2.78; // what maxspeed=walk and living streets mean here
static const double LANE_LEAST_M = 3, LANE_MOST_M = 4.5;

// Speeds and lanes: SUMO's osmNetconvert.typ.xml.
static const osm_kind kinds[] = {
    {"motorway", ROAD_MOTORWAY, 39.44, 2, 3.75, 0, false, true},
    {"motorway_link", ROAD_MOTORWAY, 22.22, 1, 3.75, 1, false, true},
    {"trunk", ROAD_PRIMARY, 27.78, 2, 3.5, 2, false, false},
    {"trunk_link", ROAD_PRIMARY, 22.22, 1, 3.5, 3, false, true},
    {"primary", ROAD_PRIMARY, 27.78, 2, 3.5, 4, true, false},
    {"primary_link", ROAD_PRIMARY, 22.22, 1, 3.5, 5, false, true},
    {"secondary", ROAD_SECONDARY, 27.78, 1, 3.25, 6, true, false},
    {"secondary_link", ROAD_SECONDARY, 22.22, 1, 3.25, 7, false, true},
    {"tertiary", ROAD_SECONDARY, 22.22, 1, 3.25, 8, true, false},
    {"tertiary_link", ROAD_SECONDARY, 22.22, 1, 3.25, 9, false, true},
    {"unclassified", ROAD_RESIDENTIAL, 13.89, 1, 3.25, 10, true, false},
    {"residential", ROAD_RESIDENTIAL, 13.89, 1, 3.25, 10, true, false},
    {"living_street", ROAD_RESIDENTIAL, WALKING_MPS, 1, 3.25, 11, true, false},
    {"service", ROAD_RESIDENTIAL, 5.56, 1, 3.25, 12, false, false},
    {"road", ROAD_RESIDENTIAL, 13.89, 1, 3.25, 10, false, false}, // not yet surveyed
};

// Reading tags ----------------------------------------------------------------

const char *osm_tag(const xmlNode *at, const char *key) {
  for (const xmlNode *tag = map_first(at); tag; tag = map_next(tag)) {
    const char *found = map_is(tag, "tag") ? map_text(tag, "k") : NULL;
    if (found && strcmp(found, key) == 0)
      return map_text(tag, "v");
  }
  return NULL;
}

bool osm_tag_is(const xmlNode *at, const char *key, const char *value) {
  const char *found = osm_tag(at, key);
  return found && strcmp(found, value) == 0;
}

int64_t osm_id(map_reader *r, const xmlNode *at, const char *attribute) {
  const char *text = map_need(r, at, attribute);
  char *end;
  long long value = strtoll(text, &end, 10);
  const long long most = 1LL << 53;
  if (r->code == STATUS_OK && (*end || value < -most || value > most))
    map_fail(r, at, "<%s> %s=\"%.40s\" is not an id", (const char *)at->name, attribute, text);
  return r->code == STATUS_OK ? value : 0;
}

// A number that begins a tag's value; NaN when there is none. *rest: what follows it.
static double leading_number(const char *text, const char **rest) {
  char *end;
  double value = text ? strtod(text, &end) : NAN;
  if (!text || end == text || !isfinite(value))
    return NAN;
  while (*end == ' ')
    end++;
  *rest = end;
  return value;
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

// "50", "30 mph", "walk", "DE:urban"; NaN when it says nothing that is understood.
static double read_speed(const char *text) {
  static const struct {
    const char *words;
    double mps;
  } named[] = {{"walk", WALKING_MPS},
               {":living_street", WALKING_MPS},
               {":zone30", 30 / 3.6},
               {":zone:30", 30 / 3.6},
               {":zone:20", 20 / 3.6},
               {"GB:nsl_single", 60 * 0.44704},
               {"GB:nsl_dual", 70 * 0.44704},
               {"GB:motorway", 70 * 0.44704},
               {"UK:nsl_single", 60 * 0.44704},
               {"DE:rural", 100 / 3.6},
               {":urban", 50 / 3.6},
               {":rural", 90 / 3.6}};
  const char *rest = "";
  double value = leading_number(text, &rest);
  for (size_t i = 0; isnan(value) && text && i < sizeof named / sizeof *named; i++)
    if (ends_with(text, named[i].words))
      return named[i].mps;
  if (isnan(value) || value <= 0 || value > 500)
    return NAN;
  if (!*rest || strcmp(rest, "km/h") == 0 || strcmp(rest, "kmh") == 0)
    return value / 3.6;
  return strcmp(rest, "mph") == 0     ? value * 0.44704
         : strcmp(rest, "knots") == 0 ? value * 0.5144
                                      : NAN;
}

static void speeds_of(map_reader *r, const xmlNode *way, osm_street *s) {
  static const char *const keys[3] = {"maxspeed", "maxspeed:forward", "maxspeed:backward"};
  s->speed_mps[0] = s->speed_mps[1] = s->kind->speed_mps;
  for (int i = 0; i < 3; i++) {
    const char *text = osm_tag(way, keys[i]);
    double speed = fmax(WALKING_MPS, fmin(60, read_speed(text)));
    if (!text || strcmp(text, "none") == 0)
      continue;
    if (isnan(read_speed(text))) {
      map_remark(r, way, "%s=%.40s is not understood: the class's speed", keys[i], text);
      continue;
    }
    for (int k = 0; k < 2; k++)
      if (i == 0 || k == i - 1)
        s->speed_mps[k] = speed;
  }
}

static int lanes_tag(map_reader *r, const xmlNode *way, const char *key) {
  const char *text = osm_tag(way, key), *rest = "";
  double value = leading_number(text, &rest);
  if (!text)
    return 0;
  if (isnan(value) || value < 1 || value > 2 * OSM_LANES) {
    map_remark(r, way, "%s=%.40s is not understood: as many lanes as its class has", key, text);
    return 0;
  }
  return (int)value;
}

static int clamp_lanes(int lanes) {
  return lanes < 1 ? 1 : lanes > OSM_LANES ? OSM_LANES : lanes;
}

// Lanes that a list of turns names, 0 where it can't be about a street.
static int listed(const xmlNode *way, const char *key) {
  int lanes = osm_lanes_listed(way, key);
  return lanes <= OSM_LANES ? lanes : 0;
}

// As SUMO's importer shares them: of an odd number one more along.
static void lanes_of(map_reader *r, const xmlNode *way, bool one_way, osm_street *s) {
  int all = lanes_tag(r, way, "lanes");
  int along = lanes_tag(r, way, "lanes:forward"), against = lanes_tag(r, way, "lanes:backward");
  along = along ? along : listed(way, "turn:lanes:forward");
  against = against ? against : listed(way, "turn:lanes:backward");
  s->lanes[0] = s->lanes[1] = s->kind->lanes;
  if (one_way) {
    along = along ? along : against ? against : listed(way, "turn:lanes");
    s->lanes[0] = clamp_lanes(all ? all : along ? along : s->kind->lanes);
    s->lanes[1] = 0;
    return;
  }
  if (along || against || all) {
    int total = all ? all : along && against ? along + against : 2 * s->kind->lanes;
    s->lanes[0] = clamp_lanes(along ? along : against ? total - against : (total + 1) / 2);
    s->lanes[1] = clamp_lanes(against ? against : total - s->lanes[0]);
  }
}

static void width_of(map_reader *r, const xmlNode *way, osm_street *s) {
  const char *text = osm_tag(way, "width"), *rest = "";
  double value = leading_number(text, &rest);
  s->lane_m = s->kind->lane_m;
  if (!text)
    return;
  if (isnan(value) || (*rest && strcmp(rest, "m") != 0) || value <= 0) {
    map_remark(r, way, "width=%.40s is not understood: the class's width", text);
    return;
  }
  int lanes = s->lanes[0] + s->lanes[1];
  s->lane_m = fmax(LANE_LEAST_M, fmin(LANE_MOST_M, value / lanes));
}

// Sides ------------------------------------------------------------------------

// How tags call the sides: index 0 is the one that traffic keeps to.
typedef struct side_words {
  const char *name, *walk, *parking, *parking_lane;
} side_words;

static const side_words *words_of(int side, bool mirrored) {
  static const side_words words[2] = {
      {"right", "sidewalk:right", "parking:right", "parking:lane:right"},
      {"left", "sidewalk:left", "parking:left", "parking:lane:left"}};
  return &words[mirrored ? 1 - side : side];
}

static void walks_of(map_reader *r, const xmlNode *way, bool mirrored, bool reversed,
                     osm_street *s) {
  const char *all = osm_tag(way, "sidewalk"), *both = osm_tag(way, "sidewalk:both");
  bool town = s->kind->town && fmax(s->speed_mps[0], s->speed_mps[1]) < SLOW_MPS;
  // The other carriageway, or a green strip, lies to the left of a one-way main street.
  s->walk[reversed] = town;
  s->walk[!reversed] = town && (s->lanes[1] > 0 || s->kind->rank > 8);
  if (all) {
    bool known = false;
    static const char *const words[] = {"both", "yes", "separate", "right", "left", "no", "none"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
      known = known || strcmp(all, words[i]) == 0;
    if (!known)
      map_remark(r, way, "sidewalk=%.40s is not understood", all);
    bool on = strcmp(all, "both") == 0 || strcmp(all, "yes") == 0 || strcmp(all, "separate") == 0;
    for (int k = 0; k < 2 && known; k++)
      s->walk[k] = on || strcmp(all, words_of(k, mirrored)->name) == 0;
  }
  for (int k = 0; k < 2; k++) {
    const char *one = osm_tag(way, words_of(k, mirrored)->walk);
    one = one ? one : both;
    if (one)
      s->walk[k] = strcmp(one, "no") != 0 && strcmp(one, "none") != 0;
  }
}

static bool parks(const char *value) {
  static const char *const words[] = {"lane",     "street_side", "on_kerb",       "half_on_kerb",
                                      "parallel", "diagonal",    "perpendicular", "yes"};
  for (size_t i = 0; value && i < sizeof words / sizeof *words; i++)
    if (strcmp(value, words[i]) == 0)
      return true;
  return false;
}

static void parking_of(const xmlNode *way, bool mirrored, osm_street *s) {
  bool both = parks(osm_tag(way, "parking:both")) || parks(osm_tag(way, "parking:lane:both"));
  for (int k = 0; k < 2; k++) {
    const side_words *words = words_of(k, mirrored);
    s->parking[k] = s->walk[k] && (both || parks(osm_tag(way, words->parking)) ||
                                   parks(osm_tag(way, words->parking_lane)));
  }
}

// Whole ways ------------------------------------------------------------------

// What describes a street without changing how it is built or driven, and what is read.
static bool is_known_key(const char *key) {
  static const char *const known[] = {"highway",
                                      "lanes",
                                      "lanes:forward",
                                      "lanes:backward",
                                      "turn:lanes",
                                      "turn:lanes:forward",
                                      "turn:lanes:backward",
                                      "bus:lanes",
                                      "bus:lanes:forward",
                                      "bus:lanes:backward",
                                      "psv:lanes",
                                      "psv:lanes:forward",
                                      "psv:lanes:backward",
                                      "lanes:bus",
                                      "lanes:bus:forward",
                                      "lanes:bus:backward",
                                      "lanes:psv",
                                      "lanes:psv:forward",
                                      "lanes:psv:backward",
                                      "busway",
                                      "busway:left",
                                      "busway:right",
                                      "busway:both",
                                      "cycleway",
                                      "cycleway:left",
                                      "cycleway:right",
                                      "cycleway:both",
                                      "oneway",
                                      "junction",
                                      "maxspeed",
                                      "maxspeed:forward",
                                      "maxspeed:backward",
                                      "sidewalk",
                                      "sidewalk:left",
                                      "sidewalk:right",
                                      "sidewalk:both",
                                      "width",
                                      "layer",
                                      "bridge",
                                      "tunnel",
                                      "service",
                                      "access",
                                      "motor_vehicle",
                                      "vehicle",
                                      "motorcar",
                                      "area",
                                      "name",
                                      "ref",
                                      "int_ref",
                                      "source",
                                      "note",
                                      "fixme",
                                      "surface",
                                      "lit",
                                      "smoothness",
                                      "wikidata",
                                      "wikipedia",
                                      "noname",
                                      "alt_name",
                                      "old_name",
                                      "loc_name",
                                      "short_name",
                                      "postal_code",
                                      "foot",
                                      "bicycle",
                                      "horse",
                                      "created_by",
                                      "start_date",
                                      "operator",
                                      "attribution",
                                      "zone:maxspeed",
                                      "zone:traffic",
                                      "maxspeed:type"};
  static const char *const heads[] = {
      "name:",      "source:", "note:",    "wikipedia:",  "addr:", "tiger:",  "gnis:",
      "check_date", "survey:", "parking:", "destination", "was:",  "old_ref", "FIXME"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(key, known[i]) == 0)
      return true;
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
    if (strncmp(key, heads[i], strlen(heads[i])) == 0)
      return true;
  return false;
}

static void remark_tags(map_reader *r, const xmlNode *way) {
  for (const xmlNode *tag = map_first(way); tag; tag = map_next(tag)) {
    const char *key = map_is(tag, "tag") ? map_text(tag, "k") : NULL;
    if (key && !is_known_key(key))
      map_remark(r, tag, "the tag %.60s of streets is left out", key);
  }
}

static const osm_kind *kind_of(const char *name) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i].name, name) == 0)
      return &kinds[i];
  return NULL;
}

static bool is_closed_to_cars(const xmlNode *way, const char **key) {
  static const char *const keys[] = {"motorcar", "motor_vehicle", "vehicle", "access"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    const char *value = osm_tag(way, keys[i]);
    *key = keys[i];
    if (value) // the most special one rules
      return strcmp(value, "no") == 0 || strcmp(value, "private") == 0;
  }
  return false;
}

// Driveways and ways between parked vehicles would be junctions every few metres.
static bool is_left_out(map_reader *r, const xmlNode *way, const char *highway) {
  const char *service = osm_tag(way, "service"), *key;
  if (osm_tag_is(way, "area", "yes"))
    map_remark(r, way, "highway=%.40s as an area is left out", highway);
  else if (is_closed_to_cars(way, &key))
    map_remark(r, way, "highway=%.40s with %s=%.20s is left out", highway, key, osm_tag(way, key));
  else if (service && strcmp(highway, "service") == 0)
    map_remark(r, way, "service=%.40s is left out", service);
  else
    return false;
  return true;
}

bool osm_street_of(map_reader *r, const xmlNode *way, bool mirrored, osm_street *out,
                   bool *reversed) {
  const char *highway = osm_tag(way, "highway"), *oneway = osm_tag(way, "oneway");
  const osm_kind *kind = kind_of(highway);
  if (!kind) {
    map_remark(r, way, "highway=%.40s is left out: no cars drive there", highway);
    return false;
  }
  if (is_left_out(r, way, highway))
    return false;
  bool ring = osm_tag_is(way, "junction", "roundabout") || osm_tag_is(way, "junction", "circular");
  *out = (osm_street){.kind = kind};
  *reversed = oneway && (strcmp(oneway, "-1") == 0 || strcmp(oneway, "reverse") == 0);
  bool one_way = kind->one_way || ring || *reversed;
  if (oneway && !*reversed)
    one_way = strcmp(oneway, "yes") == 0 || strcmp(oneway, "true") == 0 || strcmp(oneway, "1") == 0;
  if (oneway && (strcmp(oneway, "reversible") == 0 || strcmp(oneway, "alternating") == 0)) {
    map_remark(r, way, "oneway=%.40s is read as a street for both directions", oneway);
    one_way = false;
  }
  speeds_of(r, way, out);
  lanes_of(r, way, one_way, out);
  width_of(r, way, out);
  walks_of(r, way, mirrored, *reversed, out);
  parking_of(way, mirrored, out);
  remark_tags(r, way);
  if (*reversed) { // sides are as seen along the way
    osm_street turned = osm_street_flip(out);
    turned.lanes[0] = out->lanes[0], turned.lanes[1] = 0;
    *out = turned;
  }
  osm_lane_tags(r, way, mirrored, *reversed, out);
  return true;
}

bool osm_street_equal(const osm_street *a, const osm_street *b) {
  bool same = a->kind == b->kind && a->lane_m == b->lane_m;
  for (int k = 0; k < 2; k++)
    same = same && a->lanes[k] == b->lanes[k] && a->walk[k] == b->walk[k] &&
           a->parking[k] == b->parking[k] && a->bikes[k] == b->bikes[k] &&
           a->buses[k] == b->buses[k] && (a->lanes[k] == 0 || a->speed_mps[k] == b->speed_mps[k]);
  return same;
}

osm_street osm_street_flip(const osm_street *street) {
  osm_street out = *street;
  for (int k = 0; k < 2; k++) {
    out.lanes[k] = street->lanes[1 - k];
    out.speed_mps[k] = street->speed_mps[1 - k];
    out.walk[k] = street->walk[1 - k];
    out.parking[k] = street->parking[1 - k];
    out.bikes[k] = street->bikes[1 - k];
    out.buses[k] = street->buses[1 - k];
    out.turns[k] = street->turns[1 - k];
  }
  return out;
}

unsigned osm_marks_of(const xmlNode *node) {
  const char *highway = osm_tag(node, "highway"), *crossing = osm_tag(node, "crossing");
  unsigned marks = 0;
  bool lit = crossing && strcmp(crossing, "traffic_signals") == 0;
  if (highway && strcmp(highway, "crossing") == 0)
    marks |= OSM_CROSSING | (lit ? OSM_SIGNALS : 0);
  if (highway && strcmp(highway, "traffic_signals") == 0)
    marks |= OSM_SIGNALS | (crossing && strcmp(crossing, "no") != 0 ? OSM_CROSSING : 0);
  if (highway && strcmp(highway, "stop") == 0)
    marks |= osm_tag_is(node, "stop", "all") ? OSM_ALL_STOP : OSM_STOP;
  if (highway && strcmp(highway, "give_way") == 0)
    marks |= OSM_YIELD;
  // Painted nowhere: people cross, and nobody stops for them.
  if (crossing && (strcmp(crossing, "unmarked") == 0 || strcmp(crossing, "no") == 0))
    marks &= ~(unsigned)OSM_CROSSING;
  return marks;
}
