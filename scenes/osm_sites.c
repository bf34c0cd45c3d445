// SPDX-License-Identifier: Apache-2.0
// What stands beside an extract's streets: buildings as boxes, trees.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/osm_reader.h"

static const double STOREY_M = 3.1, ROOF_M = 1.5;
static const double LEAST_BUILDING_M = 2.5, HIGHEST_M = 300;
static const double WHOLE_SHARE = 0.85; // of its box, that a building of one box fills
static const double ON_LINE_M = 1e-6;
static const double LEAST_PART_M2 = 30; // smaller parts aren't divided
static const double ROW_SPACING_M = 9;  // of a tree_row's trees
enum { DIVISIONS = 3, OUTLINE = 256, SITES = 200000 };

typedef struct outline {
  int count;
  double p[OUTLINE][2];
} outline;

// Every <way> of the file, by id: outlines of buildings may be parts of relations.
typedef struct way_index {
  int count, capacity;
  struct way_entry {
    int64_t id;
    xmlNode *at;
    bool taken; // a part of a relation that is a building
  } * ways;
} way_index;

static int by_id(const void *a, const void *b) {
  const struct way_entry *p = a, *q = b;
  return p->id < q->id ? -1 : p->id > q->id;
}

static bool index_ways(osm_reader *r, way_index *index) {
  for (xmlNode *at = map_first(xmlDocGetRootElement(r->map.doc)); at; at = map_next(at)) {
    if (!map_is(at, "way") || osm_tag(at, "highway"))
      continue;
    if (!ARRAY_RESERVE(index->ways, index->capacity, index->count + 1))
      return map_fail_memory(&r->map);
    index->ways[index->count++] = (struct way_entry){osm_id(&r->map, at, "id"), at, false};
  }
  if (index->count > 1)
    qsort(index->ways, (size_t)index->count, sizeof *index->ways, by_id);
  return r->map.code == STATUS_OK;
}

static struct way_entry *find_way(const way_index *index, int64_t id) {
  struct way_entry key = {.id = id};
  return index->count == 0 ? NULL
                           : bsearch(&key, index->ways, (size_t)index->count, sizeof key, by_id);
}

static bool add_site(osm_reader *r, const xmlNode *at, road_site site) {
  road_builder *b = r->map.b;
  if (b->net.site_count == SITES)
    return map_fail(&r->map, at, "more than %d buildings and trees", SITES);
  if (!ARRAY_RESERVE(b->net.sites, b->site_capacity, b->net.site_count + 1))
    return map_fail_memory(&r->map);
  b->net.sites[b->net.site_count++] = site;
  return true;
}

// A length in metres or feet; 0 when it isn't said or not understood.
static double metres(osm_reader *r, const xmlNode *at, const char *key) {
  const char *text = osm_tag(at, key);
  char *end = NULL;
  double value = text ? strtod(text, &end) : 0;
  if (!text)
    return 0;
  while (*end == ' ')
    end++;
  double unit = !*end || strcmp(end, "m") == 0           ? 1
                : *end == '\'' || strcmp(end, "ft") == 0 ? 0.3048
                                                         : 0;
  if (end == text || unit == 0 || !(value > 0) || value > 2 * HIGHEST_M) {
    map_remark(&r->map, at, "%s=%.40s is not understood", key, text);
    return 0;
  }
  return fmin(HIGHEST_M, value * unit);
}

// Buildings -------------------------------------------------------------------------

static double height_of(osm_reader *r, const xmlNode *at) {
  double height = metres(r, at, "height");
  const char *levels = osm_tag(at, "building:levels");
  char *end = NULL;
  double storeys = levels ? strtod(levels, &end) : 0;
  if (height > 0 || !levels)
    return height;
  if (end == levels || *end || !(storeys >= 0) || storeys > 100) {
    map_remark(&r->map, at, "building:levels=%.40s is not understood", levels);
    return 0;
  }
  return fmax(1, storeys) * STOREY_M + ROOF_M;
}

// The corners of a closed way; count 0 when it isn't one that the file has whole.
static void read_outline(osm_reader *r, const xmlNode *way, outline *out) {
  int64_t first = 0, last = 0;
  out->count = 0;
  int refs = 0;
  bool whole = true;
  for (const xmlNode *nd = map_first(way); nd; nd = map_next(nd)) {
    if (!map_is(nd, "nd"))
      continue;
    last = osm_id(&r->map, nd, "ref");
    first = refs++ == 0 ? last : first;
    const osm_node *node = osm_find_node(r, last);
    whole = whole && node && out->count < OUTLINE;
    if (whole)
      out->p[out->count][0] = node->x_m, out->p[out->count++][1] = node->y_m;
  }
  if (!whole || refs < 4 || first != last)
    out->count = 0;
  else
    out->count--;
}

static double area_of(const outline *o) {
  double twice = 0;
  for (int i = 0; i < o->count; i++) {
    const double *a = o->p[i], *b = o->p[(i + 1) % o->count];
    twice += (a[0] - o->p[0][0]) * (b[1] - o->p[0][1]) - (b[0] - o->p[0][0]) * (a[1] - o->p[0][1]);
  }
  return fabs(twice) / 2;
}

// The outline's box along a heading.
static road_site box_along(const outline *o, double heading) {
  double c = cos(heading), s = sin(heading), lo[2] = {INFINITY, INFINITY},
         hi[2] = {-INFINITY, -INFINITY};
  for (int i = 0; i < o->count; i++) {
    double at[2] = {o->p[i][0] * c + o->p[i][1] * s, o->p[i][1] * c - o->p[i][0] * s};
    for (int k = 0; k < 2; k++)
      lo[k] = fmin(lo[k], at[k]), hi[k] = fmax(hi[k], at[k]);
  }
  double along = (lo[0] + hi[0]) / 2, aside = (lo[1] + hi[1]) / 2;
  return (road_site){.kind = SITE_BUILDING,
                     .x_m = along * c - aside * s,
                     .y_m = along * s + aside * c,
                     .heading_rad = heading,
                     .length_m = hi[0] - lo[0],
                     .width_m = hi[1] - lo[1]};
}

// The smallest box that has a side along one of the outline's.
static road_site smallest_box(const outline *o) {
  road_site best = {0};
  double least = INFINITY;
  for (int i = 0; i < o->count; i++) {
    const double *a = o->p[i], *b = o->p[(i + 1) % o->count];
    if (hypot(b[0] - a[0], b[1] - a[1]) < 0.5)
      continue;
    road_site box = box_along(o, atan2(b[1] - a[1], b[0] - a[0]));
    if (box.length_m * box.width_m < least * (1 - 1e-9)) {
      least = box.length_m * box.width_m;
      best = box;
    }
  }
  return best;
}

// What lies on one side of a line, sign * (p . n) < sign * at (Sutherland and Hodgman 1974).
static void clip(const outline *o, double nx, double ny, double at, int sign, outline *out) {
  out->count = 0;
  for (int i = 0; i < o->count; i++) {
    const double *a = o->p[i], *b = o->p[(i + 1) % o->count];
    double da = sign * (a[0] * nx + a[1] * ny - at), db = sign * (b[0] * nx + b[1] * ny - at);
    // What lies on the line belongs to neither side, so that no spikes along it remain.
    bool inside = da < -ON_LINE_M, next_inside = db < -ON_LINE_M;
    if (inside && out->count < OUTLINE)
      out->p[out->count][0] = a[0], out->p[out->count++][1] = a[1];
    if (inside != next_inside && out->count < OUTLINE) {
      double u = da / (da - db);
      out->p[out->count][0] = a[0] + u * (b[0] - a[0]);
      out->p[out->count++][1] = a[1] + u * (b[1] - a[1]);
    }
  }
}

// Where to cut, through a corner and along a side of the box, so that the parts' boxes are
// smallest. False when no cut gains anything.
static bool find_cut(const outline *o, const road_site *box, outline parts[2], outline scratch[2]) {
  double best = 0.97 * box->length_m * box->width_m;
  bool found = false;
  for (int k = 0; k < 2 * o->count && o->count <= OUTLINE / 2; k++) {
    double turn = box->heading_rad + (k % 2 ? 1.5707963267948966 : 0);
    double nx = cos(turn), ny = sin(turn), at = o->p[k / 2][0] * nx + o->p[k / 2][1] * ny;
    double sum = 0;
    for (int side = 0; side < 2; side++) {
      clip(o, nx, ny, at, side ? -1 : 1, &scratch[side]);
      road_site part = box_along(&scratch[side], box->heading_rad);
      sum += scratch[side].count > 2 ? part.length_m * part.width_m : INFINITY;
    }
    if (sum >= best)
      continue;
    best = sum;
    found = true;
    parts[0] = scratch[0], parts[1] = scratch[1];
  }
  return found;
}

static bool add_building(osm_reader *r, const xmlNode *at, const outline *o, double height_m,
                         int divisions) {
  road_site box = smallest_box(o);
  double area = area_of(o), box_area = box.length_m * box.width_m;
  outline *parts = NULL;
  bool ok = true, cut = false;
  if (area < WHOLE_SHARE * box_area && divisions > 0 && box_area > LEAST_PART_M2) {
    parts = malloc(4 * sizeof *parts);
    if (!parts)
      return map_fail_memory(&r->map);
    cut = find_cut(o, &box, parts, parts + 2);
    for (int k = 0; k < 2 && cut && ok; k++)
      ok = add_building(r, at, &parts[k], height_m, divisions - 1);
    free(parts);
  }
  if (cut || !ok)
    return ok;
  if (fmin(box.length_m, box.width_m) < LEAST_BUILDING_M) {
    if (divisions == DIVISIONS)
      map_remark(&r->map, at, "a building less than %.1f m wide is left out", LEAST_BUILDING_M);
    return true;
  }
  box.height_m = height_m;
  return add_site(r, at, box);
}

static bool is_building(const xmlNode *at) {
  const char *building = osm_tag(at, "building");
  return building && strcmp(building, "no") != 0;
}

static bool read_building(osm_reader *r, const xmlNode *way, double height_m, outline *o) {
  read_outline(r, way, o);
  if (r->map.code != STATUS_OK)
    return false;
  if (o->count < 3 || area_of(o) < 1) {
    map_remark(&r->map, way, "a building whose outline isn't whole and closed is left out");
    return true;
  }
  return add_building(r, way, o, height_m, DIVISIONS);
}

static bool read_relation(osm_reader *r, const xmlNode *at, way_index *index, outline *o) {
  const char *type = osm_tag(at, "type");
  if (!is_building(at) || !type || strcmp(type, "multipolygon") != 0)
    return true;
  double height = height_of(r, at);
  for (const xmlNode *member = map_first(at); member; member = map_next(member)) {
    const char *role = map_text(member, "role"), *kind = map_text(member, "type");
    if (!map_is(member, "member") || !kind || strcmp(kind, "way") != 0)
      continue;
    struct way_entry *way = find_way(index, osm_id(&r->map, member, "ref"));
    if (r->map.code != STATUS_OK)
      return false;
    if (way)
      way->taken = true;
    if (role && strcmp(role, "inner") == 0)
      map_remark(&r->map, member, "a building's courtyard is left out");
    else if (!way)
      map_remark(&r->map, member, "a building's part that isn't in the file is left out");
    else if (!read_building(r, way->at, height, o))
      return false;
  }
  return true;
}

// Trees ---------------------------------------------------------------------------

static bool add_tree(osm_reader *r, const xmlNode *at, double x, double y) {
  return add_site(r, at,
                  (road_site){.kind = SITE_TREE,
                              .x_m = x,
                              .y_m = y,
                              .length_m = metres(r, at, "diameter_crown"),
                              .height_m = metres(r, at, "height")});
}

static bool read_row(osm_reader *r, const xmlNode *way) {
  const osm_node *last = NULL;
  double left = 0; // to the next tree
  for (const xmlNode *nd = map_first(way); nd; nd = map_next(nd)) {
    const osm_node *node = map_is(nd, "nd") ? osm_find_node(r, osm_id(&r->map, nd, "ref")) : NULL;
    if (r->map.code != STATUS_OK)
      return false;
    double length = node && last ? hypot(node->x_m - last->x_m, node->y_m - last->y_m) : 0;
    if (length > 10000) {
      map_remark(&r->map, way, "a row of trees of more than 10 km is left out");
      return true;
    }
    for (; left <= length && length > 0; left += ROW_SPACING_M) {
      double u = left / length;
      if (!add_tree(r, way, last->x_m + u * (node->x_m - last->x_m),
                    last->y_m + u * (node->y_m - last->y_m)))
        return false;
    }
    left = fmax(0, left - length);
    last = node ? node : last;
  }
  return true;
}

// Whole file ------------------------------------------------------------------------

// The first tag that says what an element is.
static void remark_kind(osm_reader *r, const xmlNode *at) {
  static const char *const keys[] = {"natural",  "landuse", "leisure",       "amenity",  "railway",
                                     "waterway", "barrier", "power",         "aeroway",  "man_made",
                                     "tourism",  "shop",    "boundary",      "historic", "office",
                                     "place",    "route",   "building:part", "emergency"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    const char *value = osm_tag(at, keys[i]);
    if (value) {
      map_remark(&r->map, at, "%s=%.40s is left out", keys[i], value);
      return;
    }
  }
}

static bool read_way(osm_reader *r, const struct way_entry *way, outline *o) {
  if (osm_tag_is(way->at, "natural", "tree_row"))
    return read_row(r, way->at);
  if (is_building(way->at))
    return way->taken || read_building(r, way->at, height_of(r, way->at), o);
  remark_kind(r, way->at);
  return true;
}

bool osm_read_sites(osm_reader *r) {
  way_index index = {0};
  outline *o = malloc(sizeof *o);
  bool ok = (o || map_fail_memory(&r->map)) && index_ways(r, &index);
  for (xmlNode *at = map_first(xmlDocGetRootElement(r->map.doc)); at && ok; at = map_next(at)) {
    if (map_is(at, "relation"))
      ok = read_relation(r, at, &index, o);
    else if (map_is(at, "node") && osm_tag_is(at, "natural", "tree")) {
      const osm_node *node = osm_find_node(r, osm_id(&r->map, at, "id"));
      ok = r->map.code == STATUS_OK && (!node || add_tree(r, at, node->x_m, node->y_m));
    } else if (map_is(at, "node") && !osm_tag(at, "highway")) {
      remark_kind(r, at);
    }
  }
  for (int i = 0; i < index.count && ok; i++)
    ok = read_way(r, &index.ways[i], o);
  free(index.ways);
  free(o);
  return ok && r->map.code == STATUS_OK;
}
