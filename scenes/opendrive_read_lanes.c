// SPDX-License-Identifier: Apache-2.0
// <lanes>: sections, lanes with their links, widths or borders, marks, speeds. Sections and
// lanes go into the network as they are read; their roads come later.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/opendrive_names.h"
#include "scenes/opendrive_reader.h"

enum { LANES = 64, RECORDS = 1000 }; // of a side; of a lane

static const double LANE_METRES = 3e6; // of lanes in a map, all together
static const double MARK_M = 0.12;
static const double ROUNDED_M = 0.05; // lengths in files are rounded by no more

// Widths ----------------------------------------------------------------------

static bool add_width(map_reader *r, road_lane *lane, road_poly3 poly) {
  road_network *net = &r->b->net;
  if (!ARRAY_RESERVE(net->widths, r->b->width_capacity, net->width_count + 1))
    return map_fail_memory(r);
  net->widths[net->width_count++] = poly;
  lane->width_count++;
  return true;
}

// Records of <width> or <border>, s from the section's start, the first at 0.
static bool read_records(map_reader *r, const xmlNode *node, const char *element, road_poly3 *out,
                         int *count) {
  *count = 0;
  for (const xmlNode *at = map_first(node); at; at = map_next(at)) {
    if (!map_is(at, element))
      continue;
    if (*count == RECORDS)
      return map_fail(r, at, "more than %d <%s> in one lane", RECORDS, element);
    if (!map_read_poly(r, at, "sOffset", &out[*count]))
      return false;
    if (*count > 0 && out[*count].s_m < out[*count - 1].s_m)
      return map_fail(r, at, "<%s> sOffset=%.10g comes after sOffset=%.10g", element,
                      out[*count].s_m, out[*count - 1].s_m);
    ++*count;
  }
  if (*count > 0 && out[0].s_m != 0) {
    if (out[0].s_m > 0)
      map_remark(r, node, "the first <%s> of a lane doesn't begin at its section's start", element);
    out[0] = road_poly_from(&out[0], 0);
  }
  return true;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// A border is the lane's outer edge as a t; the width is what the lanes inside of it leave.
// `inner` are those lanes, from the centre outward.
static bool add_border(map_reader *r, road_lane *lane, const road_poly3 *border, int count,
                       const road_lane *const *inner, int inner_count) {
  const road_network *net = &r->b->net;
  int knots = count, side = lane->id < 0 ? -1 : 1;
  for (int i = 0; i < inner_count; i++)
    knots += inner[i]->width_count;
  double *s = malloc(sizeof *s * (size_t)knots);
  if (!s)
    return map_fail_memory(r);
  knots = 0;
  for (int i = 0; i < count; i++)
    s[knots++] = border[i].s_m;
  for (int i = 0; i < inner_count; i++)
    for (int k = 0; k < inner[i]->width_count; k++)
      s[knots++] = net->widths[inner[i]->width_first + k].s_m;
  qsort(s, (size_t)knots, sizeof *s, ascending);
  bool ok = true;
  for (int i = 0; i < knots && ok; i++) {
    if (i > 0 && s[i] == s[i - 1])
      continue;
    road_poly3 p = road_poly_from(&border[map_poly_at(border, count, s[i])], s[i]);
    p = (road_poly3){s[i], side * p.a, side * p.b, side * p.c, side * p.d};
    for (int k = 0; k < inner_count; k++) {
      const road_poly3 *widths = &net->widths[inner[k]->width_first];
      if (inner[k]->width_count == 0)
        continue;
      road_poly3 w =
          road_poly_from(&widths[map_poly_at(widths, inner[k]->width_count, s[i])], s[i]);
      p = (road_poly3){s[i], p.a - w.a, p.b - w.b, p.c - w.c, p.d - w.d};
    }
    ok = add_width(r, lane, p);
  }
  free(s);
  return ok;
}

static bool check_widths(map_reader *r, const xmlNode *node, road_lane *lane, double length) {
  const road_network *net = &r->b->net;
  double widest = 0;
  for (int i = 0; i < lane->width_count; i++) {
    const road_poly3 *p = &net->widths[lane->width_first + i];
    double end = fmax(p->s_m, i + 1 < lane->width_count ? p[1].s_m : length);
    if (p->s_m > length)
      break;
    for (int k = 0; k <= 3; k++) {
      double width = road_poly_from(p, p->s_m + (fmin(end, length) - p->s_m) * k / 3).a;
      if (!(width > -1 && width < 200))
        return map_fail(r, node, "lane %d is %.3g m wide at sOffset=%.10g", lane->id, width,
                        p->s_m + (end - p->s_m) * k / 3);
      widest = fmax(widest, width);
    }
  }
  if (widest < 0.05 && road_lane_users(lane)) {
    map_remark(r, node, "a driving lane less than 0.05 m wide isn't driven on");
    lane->type = LANE_SHOULDER;
  }
  return true;
}

static bool read_widths(map_reader *r, const xmlNode *node, road_lane *lane,
                        const road_lane *const *inner, int inner_count) {
  road_poly3 *records = malloc(sizeof *records * RECORDS);
  int count = 0;
  if (!records)
    return map_fail_memory(r);
  lane->width_first = r->b->net.width_count;
  bool ok = read_records(r, node, "width", records, &count);
  for (int i = 0; i < count && ok; i++)
    ok = add_width(r, lane, records[i]);
  if (ok && count == 0) {
    ok = read_records(r, node, "border", records, &count);
    if (ok && count > 0)
      ok = add_border(r, lane, records, count, inner, inner_count);
    else if (ok)
      map_remark(r, node, "a lane without <width> and <border> has no width");
  }
  free(records);
  return ok;
}

// Lanes -----------------------------------------------------------------------

static void read_mark(map_reader *r, const xmlNode *node, road_lane *lane) {
  const xmlNode *mark = map_child(node, "roadMark");
  lane->mark_width_m = MARK_M;
  if (!mark)
    return;
  static const char *const known[] = {NULL};
  for (const xmlNode *at = map_next(mark); at; at = map_next(at))
    if (map_is(at, "roadMark"))
      map_remark(r, at, "a lane has one <roadMark> a section here, its first");
  const char *name = map_text(mark, "type"), *color = map_text(mark, "color");
  const opendrive_meaning *meaning = opendrive_mark_kind(name ? name : "none");
  if (!meaning)
    map_remark(r, mark, "the road mark \"%.40s\" is unknown and left out", name);
  else if (meaning->note)
    map_remark(r, mark, "the road mark \"%s\" %s", name, meaning->note);
  lane->outer_mark = meaning ? (mark_kind)meaning->value : MARK_NONE;
  lane->mark_yellow = color && strcmp(color, "yellow") == 0;
  if (color && !lane->mark_yellow && strcmp(color, "white") != 0 && strcmp(color, "standard") != 0)
    map_remark(r, mark, "the mark colour \"%.40s\" becomes white", color);
  double width = map_number(r, mark, "width", 10, MARK_M);
  lane->mark_width_m = width > 0 ? width : MARK_M;
  map_remark_others(r, mark, known);
}

static double default_speed(const map_road *map) {
  static const double by_class[ROAD_CLASS_COUNT] = {[ROAD_MOTORWAY] = 36.11,
                                                    [ROAD_PRIMARY] = 27.78,
                                                    [ROAD_SECONDARY] = 13.89,
                                                    [ROAD_RESIDENTIAL] = 13.89,
                                                    [ROAD_SERVICE] = 5.56};
  return map->speed_mps > 0 ? map->speed_mps : by_class[map->class];
}

static void read_speed(map_reader *r, const map_road *map, const xmlNode *node, road_lane *lane) {
  const xmlNode *speed = map_child(node, "speed");
  if (!road_lane_users(lane))
    return;
  for (const xmlNode *at = speed ? map_next(speed) : NULL; at; at = map_next(at))
    if (map_is(at, "speed"))
      map_remark(r, at, "a lane has one <speed> a section here, its first");
  lane->speed_limit_mps = speed ? map_speed(r, speed) : 0;
  if (lane->speed_limit_mps <= 0)
    lane->speed_limit_mps = default_speed(map);
  if (lane->speed_limit_mps < 1) {
    map_remark(r, node, "a speed limit below 1 m/s becomes 1 m/s");
    lane->speed_limit_mps = 1;
  }
}

// Kerbs, and what lies behind them, are as high as the model's kerb: people walk there.
static void read_height(map_reader *r, const xmlNode *node, road_lane *lane, bool behind_kerb) {
  const xmlNode *height = map_child(node, "height");
  double inner = height ? map_number(r, height, "inner", 1e3, 0) : 0;
  double outer = height ? map_number(r, height, "outer", 1e3, inner) : 0;
  bool raised = behind_kerb || lane->type == LANE_SIDEWALK;
  lane->height_m = raised ? ROAD_KERB_M : 0;
  if (height && fmax(fabs(inner - lane->height_m), fabs(outer - lane->height_m)) > 0.06)
    map_remark(r, height, "lanes are level or %.2f m high, as sidewalks are", ROAD_KERB_M);
}

static int read_lane_link(map_reader *r, const xmlNode *node, const char *element) {
  const xmlNode *at = map_child(map_child(node, "link"), element);
  if (!at)
    return 0;
  const xmlNode *more = map_next(at);
  if (more && map_is(more, element))
    map_remark(r, more, "a lane has one <%s> here, its first", element);
  return map_whole(r, at, "id");
}

// Who may drive there, where the file says so of cars, buses or bicycles; those of lanes of the
// type `bus` are buses unless it does.
static void read_access(map_reader *r, const xmlNode *node, bool bus, road_lane *lane) {
  int by_type = bus ? LANE_FOR_BUSES : road_lane_users(lane), allowed = 0, denied = 0;
  for (const xmlNode *at = map_first(node); at; at = map_next(at)) {
    if (!map_is(at, "access"))
      continue;
    const char *rule = map_text(at, "rule"), *who = map_text(at, "restriction");
    int user = who ? opendrive_user(who) : 0;
    if (!user || map_number(r, at, "sOffset", 1e6, 0) > 0)
      map_remark(r, at,
                 "an <access> for \"%.40s\" is left out: cars, buses and bicycles over a whole "
                 "section are told apart",
                 who ? who : "");
    else if (rule && strcmp(rule, "deny") == 0)
      denied |= user;
    else
      allowed |= user;
  }
  int users = (allowed ? allowed : by_type) & ~denied;
  if (by_type && users != road_lane_users(lane)) // a lane that nobody may use is nobody's
    lane->users = users ? users : by_type;
}

static bool read_lane(map_reader *r, const map_road *map, const xmlNode *node, int id,
                      const road_lane *const *inner, int inner_count, double length,
                      road_lane *out) {
  static const char *const known[] = {"link",  "width",  "border", "roadMark",
                                      "speed", "height", "access", NULL};
  const char *name = map_need(r, node, "type");
  const opendrive_meaning *meaning = opendrive_lane_type(name);
  if (r->code != STATUS_OK)
    return false;
  *out = (road_lane){.id = id, .type = meaning ? (lane_type)meaning->value : LANE_SHOULDER};
  if (!meaning)
    map_remark(r, node, "the lane type \"%.40s\" is unknown; shoulder is taken", name);
  else if (meaning->note)
    map_remark(r, node, "a \"%s\" lane %s", name, meaning->note);
  const char *direction = map_text(node, "direction");
  if (direction && strcmp(direction, "standard") != 0)
    map_remark(r, node, "a lane with direction=\"%.40s\" is driven on as others are", direction);
  map_remark_others(r, node, known);
  read_mark(r, node, out);
  if (id == 0) {
    out->type = LANE_NONE;
    return r->code == STATUS_OK;
  }
  out->predecessor = read_lane_link(r, node, "predecessor");
  out->successor = read_lane_link(r, node, "successor");
  bool behind = inner_count > 0 && inner[inner_count - 1]->height_m > 0;
  read_height(r, node, out, behind || out->type == LANE_CURB);
  if (r->code != STATUS_OK || !read_widths(r, node, out, inner, inner_count) ||
      !check_widths(r, node, out, length))
    return false;
  read_access(r, node, strcmp(name, "bus") == 0, out);
  read_speed(r, map, node, out);
  return r->code == STATUS_OK;
}

// Lanes of one side, found by their ids, from the centre outward: ids without a gap.
static bool read_side(map_reader *r, const map_road *map, const xmlNode *parent, int side,
                      double length, road_lane *out, int *count) {
  const xmlNode *nodes[LANES] = {NULL};
  const road_lane *inner[LANES];
  static const char *const known[] = {"lane", NULL};
  *count = 0;
  if (!parent)
    return true;
  for (const xmlNode *at = map_first(parent); at; at = map_next(at)) {
    if (!map_is(at, "lane"))
      continue;
    int id = map_whole(r, at, "id"), index = side * id - 1;
    if (r->code != STATUS_OK)
      return false;
    if (index < 0 || index >= LANES)
      return map_fail(r, at, "lane %d can't be in <%s>", id, (const char *)parent->name);
    if (nodes[index])
      return map_fail(r, at, "lane %d is there twice", id);
    nodes[index] = at;
    ++*count;
  }
  map_remark_others(r, parent, known);
  for (int i = 0; i < *count; i++) {
    if (!nodes[i])
      return map_fail(r, parent, "lane %d is missing in <%s>", side * (i + 1),
                      (const char *)parent->name);
    inner[i] = &out[i];
    if (!read_lane(r, map, nodes[i], side * (i + 1), inner, i, length, &out[i]))
      return false;
    r->lane_m += length;
  }
  if (r->lane_m > LANE_METRES)
    return map_fail(r, parent, "the map has more than %.0f km of lanes", LANE_METRES / 1000);
  return true;
}

static bool add_lanes(map_reader *r, road_section *section, const road_lane *lanes, int count,
                      bool backwards) {
  road_network *net = &r->b->net;
  if (!ARRAY_RESERVE(net->lanes, r->b->lane_capacity, net->lane_count + count))
    return map_fail_memory(r);
  for (int i = 0; i < count; i++)
    net->lanes[net->lane_count++] = lanes[backwards ? count - 1 - i : i];
  section->lane_count += count;
  return true;
}

static bool read_section(map_reader *r, map_road *map, const xmlNode *node, double s,
                         double length) {
  static const char *const known[] = {"left", "center", "right", NULL};
  road_network *net = &r->b->net;
  road_lane left[LANES], right[LANES], centre = {.mark_width_m = MARK_M};
  int left_count, right_count;
  const xmlNode *middle = map_child(map_child(node, "center"), "lane");
  if (!middle)
    map_remark(r, node, "a lane section without a centre lane has no mark there");
  map_remark_others(r, node, known);
  if (middle && !read_lane(r, map, middle, 0, NULL, 0, length, &centre))
    return false;
  if (!read_side(r, map, map_child(node, "left"), 1, length, left, &left_count) ||
      !read_side(r, map, map_child(node, "right"), -1, length, right, &right_count))
    return false;
  if (left_count + right_count == 0)
    return map_fail(r, node, "a lane section of road \"%.40s\" has no lanes", map->id);
  if (!ARRAY_RESERVE(net->sections, r->b->section_capacity, net->section_count + 1))
    return map_fail_memory(r);
  road_section section = {.s_m = s, .lane_first = net->lane_count};
  if (!add_lanes(r, &section, left, left_count, true) ||
      !add_lanes(r, &section, &centre, 1, false) ||
      !add_lanes(r, &section, right, right_count, false))
    return false;
  net->sections[net->section_count++] = section;
  map->section_count++;
  return true;
}

static const xmlNode *next_section(const xmlNode *at) {
  while (at && !map_is(at, "laneSection"))
    at = map_next(at);
  return at;
}

bool map_read_lanes(map_reader *r, map_road *map, xmlNode *lanes) {
  static const char *const known[] = {"laneOffset", "laneSection", NULL};
  map->section_first = r->b->net.section_count;
  map_remark_others(r, lanes, known);
  const xmlNode *at = next_section(map_first(lanes));
  if (!at)
    return map_fail(r, lanes, "road \"%.40s\" has no <laneSection>", map->id);
  double s = map_number(r, at, "s", 1e7, NAN);
  if (r->code == STATUS_OK && fabs(s) > ROUNDED_M)
    return map_fail(r, at, "the first lane section of road \"%.40s\" begins at s=%.10g, not at 0",
                    map->id, s);
  for (s = 0; at && r->code == STATUS_OK;) {
    const xmlNode *next = next_section(map_next(at));
    double end = next ? map_number(r, next, "s", 1e7, NAN) : map->length_m;
    if (end < s && end > s - ROUNDED_M)
      end = s;
    if (r->code == STATUS_OK && end < s)
      return map_fail(r, next ? next : at,
                      "a lane section of road \"%.40s\" ends at s=%.10g, before "
                      "it begins at s=%.10g",
                      map->id, end, s);
    if (r->code != STATUS_OK || !read_section(r, map, at, s, end - s))
      return false;
    at = next;
    s = end;
  }
  return r->code == STATUS_OK;
}
