// SPDX-License-Identifier: Apache-2.0
// <road>: links, type, elevation, and the reference line in all its forms.
#include <math.h>
#include <string.h>

#include "base/array.h"
#include "scenes/opendrive_names.h"
#include "scenes/opendrive_reader.h"
#include "scenes/road_fit.h"

static const double FAR_M = 1e7;         // coordinates and lengths beyond are mistakes
static const double CURVATURE_PM = 1000; // so are curves tighter than a hairpin of an extract gets
static const double TURNING_RAD = 60;    // and pieces that wind up
static const double GAP_M = 0.05;        // pieces that miss each other by more are remarked on
static const double SHORT_M = 1e-6;
static const double SHORTEST_M = 1e-3;  // of roads
static const double STEEPEST_RAD = 0.6; // of superelevation

// Polynomials -----------------------------------------------------------------

bool map_read_poly(map_reader *r, const xmlNode *at, const char *s, road_poly3 *out) {
  *out = (road_poly3){.s_m = map_number(r, at, s, FAR_M, NAN),
                      .a = map_number(r, at, "a", FAR_M, 0),
                      .b = map_number(r, at, "b", FAR_M, 0),
                      .c = map_number(r, at, "c", FAR_M, 0),
                      .d = map_number(r, at, "d", FAR_M, 0)};
  return r->code == STATUS_OK;
}

int map_poly_at(const road_poly3 *first, int count, double s) {
  int lo = 0, hi = count - 1;
  while (lo < hi) {
    int middle = (lo + hi + 1) / 2;
    if (first[middle].s_m <= s)
      lo = middle;
    else
      hi = middle - 1;
  }
  return lo;
}

// Records of one kind below an element, in the order of their s; none reaches more than `most`.
static bool read_polys(map_reader *r, const xmlNode *parent, const char *element, double most,
                       const char *unit, double length, int *first, int *count) {
  *first = r->poly_count;
  *count = 0;
  if (!ARRAY_RESERVE(r->polys, r->poly_capacity,
                     r->poly_count + 1)) // even an empty list is somewhere
    return map_fail_memory(r);
  for (xmlNode *at = map_first(parent); at; at = map_next(at)) {
    road_poly3 poly;
    if (!map_is(at, element))
      continue;
    if (!map_read_poly(r, at, "s", &poly))
      return false;
    if (*count > 0 && poly.s_m < r->polys[r->poly_count - 1].s_m)
      return map_fail(r, at, "<%s> s=%.10g comes after s=%.10g", element, poly.s_m,
                      r->polys[r->poly_count - 1].s_m);
    if (!ARRAY_RESERVE(r->polys, r->poly_capacity, r->poly_count + 1))
      return map_fail_memory(r);
    r->polys[r->poly_count++] = poly;
    ++*count;
  }
  for (int i = 0; i < *count; i++) {
    const road_poly3 *p = &r->polys[*first + i];
    double end = i + 1 < *count ? p[1].s_m : fmax(length, p->s_m);
    for (int k = 0; k <= 3; k++) {
      double value = road_poly_from(p, p->s_m + (end - p->s_m) * k / 3).a;
      if (!(fabs(value) <= most))
        return map_fail(r, parent, "<%s> reaches %.3g %s; the most is %.3g %s", element, value,
                        unit, most, unit);
    }
  }
  return true;
}

// Reference line --------------------------------------------------------------

static bool add_piece(map_reader *r, map_road *map, const road_geometry *piece) {
  if (!ARRAY_RESERVE(r->geometries, r->geometry_capacity, r->geometry_count + 1))
    return map_fail_memory(r);
  r->geometries[r->geometry_count++] = *piece;
  map->geometry_count++;
  return true;
}

// Clothoids along a cubic whose s runs over the length that the file gives it.
static bool add_cubic(map_reader *r, map_road *map, const xmlNode *at, const road_geometry *frame,
                      const road_cubic *cubic) {
  road_geometry pieces[ROAD_FIT_PIECES];
  int count = isfinite(cubic->p_end) ? road_fit_cubic(pieces, cubic) : 0;
  if (count == 0)
    return map_fail(r, at, "this <%s> can't be followed: it has a cusp, a loop or no length",
                    (const char *)at->name);
  double length = pieces[count - 1].s_m + pieces[count - 1].length_m;
  double scale = frame->length_m / length;
  if (fabs(length - frame->length_m) > GAP_M)
    map_remark(r, at, "a <%s> is not as long as its length says", (const char *)at->name);
  for (int i = 0; i < count; i++) {
    if (fmax(fabs(pieces[i].curvature_begin_pm), fabs(pieces[i].curvature_end_pm)) > CURVATURE_PM)
      return map_fail(r, at, "this <%s> is bent tighter than %.3g m", (const char *)at->name,
                      1 / CURVATURE_PM);
    pieces[i].s_m = frame->s_m + pieces[i].s_m * scale;
    if (!add_piece(r, map, &pieces[i]))
      return false;
  }
  return true;
}

static bool read_cubic(map_reader *r, map_road *map, const xmlNode *shape,
                       const road_geometry *frame) {
  road_cubic c = {.x_m = frame->x_m, .y_m = frame->y_m, .heading_rad = frame->heading_rad};
  static const char *const u[4] = {"aU", "bU", "cU", "dU"}, *const v[4] = {"aV", "bV", "cV", "dV"},
                           *const y[4] = {"a", "b", "c", "d"};
  bool parametric = map_is(shape, "paramPoly3");
  for (int i = 0; i < 4; i++) {
    c.u[i] = parametric ? map_number(r, shape, u[i], FAR_M, 0) : i == 1;
    c.v[i] = map_number(r, shape, parametric ? v[i] : y[i], FAR_M, 0);
  }
  if (r->code != STATUS_OK)
    return false;
  const char *range = parametric ? map_text(shape, "pRange") : NULL;
  if (!parametric)
    c.p_end = road_cubic_reach(&c, frame->length_m);
  else if (range && strcmp(range, "arcLength") == 0)
    c.p_end = frame->length_m;
  else if (!range || strcmp(range, "normalized") == 0)
    c.p_end = 1;
  else
    return map_fail(r, shape, "<paramPoly3> pRange=\"%.40s\" is not arcLength or normalized",
                    range);
  return add_cubic(r, map, shape, frame, &c);
}

static bool read_geometry(map_reader *r, map_road *map, const xmlNode *at) {
  road_geometry g = {.s_m = map_number(r, at, "s", FAR_M, NAN),
                     .x_m = map_number(r, at, "x", FAR_M, NAN),
                     .y_m = map_number(r, at, "y", FAR_M, NAN),
                     .heading_rad = map_number(r, at, "hdg", 1e4, NAN),
                     .length_m = map_number(r, at, "length", FAR_M, NAN)};
  const xmlNode *shape = map_first(at);
  while (shape && map_is(shape, "userData"))
    shape = map_next(shape);
  if (r->code != STATUS_OK)
    return false;
  if (g.length_m < SHORT_M) {
    if (g.length_m < 0)
      return map_fail(r, at, "<geometry> has a length of %.10g m", g.length_m);
    map_remark(r, at, "a <geometry> without length is left out");
    return true;
  }
  if (!shape)
    return map_fail(r, at,
                    "<geometry> has no shape; line, arc, spiral, poly3, paramPoly3 would do");
  if (map_is(shape, "poly3") || map_is(shape, "paramPoly3"))
    return read_cubic(r, map, shape, &g);
  if (map_is(shape, "arc")) {
    g.curvature_begin_pm = g.curvature_end_pm =
        map_number(r, shape, "curvature", CURVATURE_PM, NAN);
  } else if (map_is(shape, "spiral")) {
    g.curvature_begin_pm = map_number(r, shape, "curvStart", CURVATURE_PM, NAN);
    g.curvature_end_pm = map_number(r, shape, "curvEnd", CURVATURE_PM, NAN);
  } else if (!map_is(shape, "line")) {
    return map_fail(r, shape,
                    "the shape <%.40s> is unknown; line, arc, spiral, poly3, paramPoly3 "
                    "would do",
                    (const char *)shape->name);
  }
  double bend = fmax(fabs(g.curvature_begin_pm), fabs(g.curvature_end_pm));
  if (r->code == STATUS_OK && bend * g.length_m > TURNING_RAD)
    return map_fail(r, shape, "<%s> winds up: it turns by %.3g rad", (const char *)shape->name,
                    bend * g.length_m);
  return r->code == STATUS_OK && add_piece(r, map, &g);
}

bool map_read_shape(map_reader *r, map_road *map, xmlNode *plan_view) {
  static const char *const known[] = {"geometry", NULL};
  map->geometry_first = r->geometry_count;
  for (xmlNode *at = map_first(plan_view); at; at = map_next(at)) {
    int before = map->geometry_count;
    if (map_is(at, "geometry") && !read_geometry(r, map, at))
      return false;
    if (before == 0 || map->geometry_count == before)
      continue;
    const road_geometry *last = &r->geometries[map->geometry_first + before - 1], *next = last + 1;
    if (next->s_m < last->s_m + last->length_m - 1)
      return map_fail(r, at, "<geometry> s=%.10g begins before the one before ends", next->s_m);
    if (next->s_m > last->s_m + last->length_m + 1)
      return map_fail(r, at, "<geometry> s=%.10g begins long after the one before ends, s=%.10g",
                      next->s_m, last->s_m + last->length_m);
    road_place end = road_geometry_at(last, last->length_m);
    if (hypot(end.x_m - next->x_m, end.y_m - next->y_m) > GAP_M)
      map_remark(r, at, "there is a gap in a road's reference line");
  }
  map_remark_others(r, plan_view, known);
  if (map->geometry_count == 0)
    return map_fail(r, plan_view, "road \"%.40s\" has no geometry", map->id);
  road_geometry *first = &r->geometries[map->geometry_first];
  const road_geometry *last = first + map->geometry_count - 1;
  double end = last->s_m + last->length_m;
  if (fabs(first->s_m) > GAP_M)
    return map_fail(r, plan_view, "road \"%.40s\" begins at s=%.10g, not at 0", map->id,
                    first->s_m);
  first->s_m = 0;
  if (fabs(end - map->length_m) > GAP_M)
    map_remark(r, map->node, "a road is not as long as its length says");
  if (fabs(end - map->length_m) > 1e-3)
    map->length_m = end;
  if (map->length_m < SHORTEST_M)
    return map_fail(r, plan_view, "road \"%.40s\" has a length of %.10g m", map->id, end);
  return true;
}

// Roads -----------------------------------------------------------------------

static bool read_link(map_reader *r, const xmlNode *parent, const char *element, map_link *out) {
  const xmlNode *at = map_child(parent, element);
  if (!at)
    return true;
  const char *type = map_need(r, at, "elementType"), *contact = map_text(at, "contactPoint");
  *out = (map_link){.id = map_need(r, at, "elementId")};
  if (r->code != STATUS_OK)
    return false;
  if (strcmp(type, "junction") == 0) {
    out->kind = ROAD_LINK_JUNCTION;
  } else if (strcmp(type, "road") == 0) {
    out->kind = ROAD_LINK_ROAD;
    const char *direction = map_text(at, "elementDir");
    out->inside = !contact && map_text(at, "elementS");
    if (contact)
      out->at_end = strcmp(contact, "end") == 0;
    else if (out->inside) {
      out->s_m = map_number(r, at, "elementS", FAR_M, NAN);
      out->along = direction && strcmp(direction, "+") == 0;
      if (r->code == STATUS_OK && !out->along && (!direction || strcmp(direction, "-") != 0))
        return map_fail(r, at, "<%s> elementDir=\"%.40s\" is not + or -", element,
                        direction ? direction : "");
    } else
      map_remark(r, at, "<%s> has no contactPoint; start is taken", element);
  } else {
    return map_fail(r, at, "<%s> elementType=\"%.40s\" is not road or junction", element, type);
  }
  return r->code == STATUS_OK;
}

static bool read_types(map_reader *r, map_road *map, const xmlNode *node) {
  static const char *const known[] = {"speed", NULL};
  bool found = false;
  for (const xmlNode *at = map_first(node); at; at = map_next(at)) {
    if (!map_is(at, "type"))
      continue;
    if (found) {
      map_remark(r, at, "a road has one <type> here, its first");
      continue;
    }
    found = true;
    const char *name = map_text(at, "type");
    const opendrive_meaning *meaning = opendrive_road_class(name ? name : "unknown");
    if (meaning)
      map->class = (road_class)meaning->value;
    else
      map_remark(r, at, "the road type \"%.40s\" is unknown; townLocal is taken", name);
    const xmlNode *speed = map_child(at, "speed");
    map->speed_mps = speed ? map_speed(r, speed) : 0;
    map_remark_others(r, at, known);
  }
  return r->code == STATUS_OK;
}

// Of lateral profiles the model has superelevation alone.
static void remark_lateral(map_reader *r, const xmlNode *profile) {
  for (const xmlNode *at = map_first(profile); at; at = map_next(at)) {
    road_poly3 p;
    if (map_is(at, "superelevation"))
      continue;
    bool flat = map_read_poly(r, at, "s", &p) && p.a == 0 && p.b == 0 && p.c == 0 && p.d == 0;
    if (!flat)
      map_remark(r, at, "<%.40s> is left out: roads are plane across", (const char *)at->name);
  }
}

static bool read_parts(map_reader *r, map_road *map) {
  static const char *const known[] = {
      "link",    "type",    "planView", "elevationProfile", "lateralProfile", "lanes",
      "objects", "signals", NULL};
  xmlNode *node = map->node, *link = map_child(node, "link");
  const xmlNode *lateral = map_child(node, "lateralProfile");
  xmlNode *plan_view = map_child(node, "planView"), *lanes = map_child(node, "lanes");
  if (!plan_view || !lanes)
    return map_fail(r, node, "road \"%.40s\" has no <%s>", map->id,
                    plan_view ? "lanes" : "planView");
  static const char *const links[] = {"predecessor", "successor", NULL};
  if (link)
    map_remark_others(r, link, links);
  if (!read_link(r, link, "predecessor", &map->predecessor) ||
      !read_link(r, link, "successor", &map->successor) || !read_types(r, map, node) ||
      !map_read_shape(r, map, plan_view) ||
      !read_polys(r, map_child(node, "elevationProfile"), "elevation", 1e5, "m", map->length_m,
                  &map->elevation_first, &map->elevation_count) ||
      !read_polys(r, lateral, "superelevation", STEEPEST_RAD, "rad", map->length_m,
                  &map->bank_first, &map->bank_count) ||
      !read_polys(r, lanes, "laneOffset", 1e3, "m", map->length_m, &map->offset_first,
                  &map->offset_count))
    return false;
  remark_lateral(r, lateral);
  map_remark_others(r, node, known);
  return r->code == STATUS_OK && map_read_lanes(r, map, lanes);
}

// A map keeps to one side. Its first road with a rule says which; roads without one follow.
static bool read_rule(map_reader *r, const map_road *map) {
  const char *rule = map_text(map->node, "rule");
  if (!rule)
    return true;
  bool left = strcmp(rule, "LHT") == 0;
  if (!left && strcmp(rule, "RHT") != 0)
    return map_fail(r, map->node, "road \"%.40s\" has rule=\"%.40s\"; RHT or LHT would do", map->id,
                    rule);
  if (!r->ruled) {
    r->ruled = map->node;
    r->b->net.left_hand = left;
  }
  if (left != r->b->net.left_hand)
    return map_fail(
        r, map->node,
        "road \"%.40s\" has rule=\"%s\", the road of line %d has \"%s\": a map keeps to "
        "one side",
        map->id, rule, map_line(r->ruled), left ? "RHT" : "LHT");
  return true;
}

bool map_read_road(map_reader *r, xmlNode *node) {
  map_road map = {.node = node, .class = ROAD_RESIDENTIAL};
  map.id = map_need(r, node, "id");
  map.junction = map_text(node, "junction");
  if (map.junction && (strcmp(map.junction, "-1") == 0 || !*map.junction))
    map.junction = NULL;
  map.length_m = map_number(r, node, "length", FAR_M, NAN);
  if (r->code != STATUS_OK)
    return false;
  if (!(map.length_m >= SHORTEST_M))
    return map_fail(r, node, "road \"%.40s\" has a length of %.10g m", map.id, map.length_m);
  if (!read_rule(r, &map) || !read_parts(r, &map))
    return false;
  if (!ARRAY_RESERVE(r->roads, r->road_capacity, r->road_count + 1))
    return map_fail_memory(r);
  r->roads[r->road_count++] = map;
  return true;
}
