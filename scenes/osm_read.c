// SPDX-License-Identifier: Apache-2.0
#include "scenes/osm_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/osm_reader.h"

static const double PI = 3.14159265358979323846;
static const double WIDEST_KM = 60;
enum { NODES = 2000000, WAYS = 50000, REFS = 2000000 };

// Elements --------------------------------------------------------------------

// What an editor has marked as gone.
static bool is_deleted(map_reader *r, const xmlNode *at) {
  const char *action = map_text(at, "action"), *visible = map_text(at, "visible");
  bool gone =
      (action && strcmp(action, "delete") == 0) || (visible && strcmp(visible, "false") == 0);
  if (gone)
    map_remark(r, at, "a deleted <%.40s> is left out", (const char *)at->name);
  return gone;
}

static bool read_bounds(osm_reader *r, const xmlNode *at) {
  static const char *const sides[4] = {"minlon", "minlat", "maxlon", "maxlat"};
  for (int i = 0; i < 4; i++)
    r->bounds_m[i] = map_number(&r->map, at, sides[i], i % 2 ? 90 : 180, NAN); // degrees, for now
  if (r->map.code == STATUS_OK && r->bounds_m[1] >= r->bounds_m[3])
    return map_fail(&r->map, at, "<bounds> has minlat above maxlat");
  r->bounded = true;
  return r->map.code == STATUS_OK;
}

static bool read_node(osm_reader *r, xmlNode *at) {
  if (r->node_count == NODES)
    return map_fail(&r->map, at, "more than %d nodes", NODES);
  if (!ARRAY_RESERVE(r->nodes, r->node_capacity, r->node_count + 1))
    return map_fail_memory(&r->map);
  r->nodes[r->node_count++] = (osm_node){.id = osm_id(&r->map, at, "id"),
                                         .at = at,
                                         .lat_deg = map_number(&r->map, at, "lat", 89, NAN),
                                         .lon_deg = map_number(&r->map, at, "lon", 180, NAN),
                                         .vertex = -1};
  return r->map.code == STATUS_OK;
}

static int by_id(const void *a, const void *b) {
  const osm_node *p = a, *q = b;
  return p->id < q->id ? -1 : p->id > q->id;
}

static bool sort_nodes(osm_reader *r) {
  bool sorted = true;
  for (int i = 1; i < r->node_count && sorted; i++)
    sorted = r->nodes[i - 1].id < r->nodes[i].id;
  if (!sorted)
    qsort(r->nodes, (size_t)r->node_count, sizeof *r->nodes, by_id);
  for (int i = 1; i < r->node_count && !sorted; i++)
    if (r->nodes[i - 1].id == r->nodes[i].id)
      return map_fail(&r->map, r->nodes[i].at, "node %lld is there twice",
                      (long long)r->nodes[i].id);
  return true;
}

osm_node *osm_find_node(osm_reader *r, int64_t id) {
  int lo = 0, hi = r->node_count - 1;
  while (lo <= hi) {
    int middle = lo + (hi - lo) / 2;
    if (r->nodes[middle].id == id)
      return &r->nodes[middle];
    if (r->nodes[middle].id < id)
      lo = middle + 1;
    else
      hi = middle - 1;
  }
  return NULL;
}

static bool read_refs(osm_reader *r, osm_way *way) {
  way->ref_first = r->ref_count;
  for (const xmlNode *nd = map_first(way->at); nd; nd = map_next(nd)) {
    if (!map_is(nd, "nd"))
      continue;
    const osm_node *node = osm_find_node(r, osm_id(&r->map, nd, "ref"));
    int index = node ? (int)(node - r->nodes) : -1;
    if (r->map.code != STATUS_OK)
      return false;
    if (!node)
      map_remark(&r->map, nd,
                 "a street leads to a node that isn't in the file: it ends in the open");
    if (way->ref_count > 0 && r->refs[r->ref_count - 1] == index)
      continue;
    if (r->ref_count == REFS)
      return map_fail(&r->map, nd, "the streets have more than %d nodes", REFS);
    if (!ARRAY_RESERVE(r->refs, r->ref_capacity, r->ref_count + 1))
      return map_fail_memory(&r->map);
    r->refs[r->ref_count++] = index;
    way->ref_count++;
  }
  return true;
}

static void reverse_refs(osm_reader *r, const osm_way *way) {
  int *refs = &r->refs[way->ref_first];
  for (int i = 0; i < way->ref_count / 2; i++) {
    int swap = refs[i];
    refs[i] = refs[way->ref_count - 1 - i];
    refs[way->ref_count - 1 - i] = swap;
  }
}

static int layer_of(map_reader *r, const xmlNode *at) {
  const char *text = osm_tag(at, "layer"), *bridge = osm_tag(at, "bridge");
  const char *tunnel = osm_tag(at, "tunnel");
  char *end = NULL;
  long layer = text ? strtol(text, &end, 10) : 0;
  if (text && (end == text || *end || labs(layer) > 5)) {
    map_remark(r, at, "layer=%.20s is not understood", text);
    layer = 0;
  }
  if (!text && bridge && strcmp(bridge, "no") != 0)
    layer = 1;
  if (!text && tunnel && strcmp(tunnel, "no") != 0)
    layer = -1;
  return (int)layer;
}

static bool read_way(osm_reader *r, xmlNode *at) {
  bool reversed;
  osm_way way = {.at = at, .id = osm_id(&r->map, at, "id")};
  if (!osm_tag(at, "highway") || !osm_street_of(&r->map, at, r->mirrored, &way.street, &reversed))
    return r->map.code == STATUS_OK;
  if (r->way_count == WAYS)
    return map_fail(&r->map, at, "more than %d streets", WAYS);
  way.ring = osm_tag_is(at, "junction", "roundabout") || osm_tag_is(at, "junction", "circular");
  way.layer = layer_of(&r->map, at);
  if (!read_refs(r, &way))
    return false;
  if (reversed)
    reverse_refs(r, &way);
  if (way.ref_count < 2) {
    map_remark(&r->map, at, "a street of less than two nodes is left out");
    return true;
  }
  if (!ARRAY_RESERVE(r->ways, r->way_capacity, r->way_count + 1))
    return map_fail_memory(&r->map);
  r->ways[r->way_count++] = way;
  return true;
}

// Projection --------------------------------------------------------------------

// Earth-centred coordinates of a point on the WGS 84 ellipsoid.
static vec3 on_earth(double lat_rad, double lon_rad) {
  const double a = 6378137, e2 = 0.00669437999014131;
  double s = sin(lat_rad), n = a / sqrt(1 - e2 * s * s);
  return (vec3){n * cos(lat_rad) * cos(lon_rad), n * cos(lat_rad) * sin(lon_rad), n * (1 - e2) * s};
}

typedef struct plane {
  double lat_rad, lon_rad; // where it touches
  vec3 middle;
} plane;

// East and north on the plane that touches the ellipsoid.
static void project(const plane *p, double lat_deg, double lon_deg, double *x_m, double *y_m) {
  vec3 d = vec3_sub(on_earth(lat_deg * PI / 180, lon_deg * PI / 180), p->middle);
  double cl = cos(p->lon_rad), sl = sin(p->lon_rad), cp = cos(p->lat_rad), sp = sin(p->lat_rad);
  *x_m = d.y * cl - d.x * sl;
  *y_m = d.z * cp - sp * (d.x * cl + d.y * sl);
}

// Degrees of longitude from one to another, over the date line too.
static double east_of(double lon_deg, double from_deg) {
  return remainder(lon_deg - from_deg, 360);
}

static bool place_nodes(osm_reader *r) {
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY}, origin = 0;
  const xmlNode *root = xmlDocGetRootElement(r->map.doc);
  for (int i = 0; i < r->ref_count; i++) {
    if (r->refs[i] < 0)
      continue;
    const osm_node *node = &r->nodes[r->refs[i]];
    origin = isfinite(lo[0]) ? origin : node->lon_deg;
    double at[2] = {east_of(node->lon_deg, origin), node->lat_deg};
    for (int k = 0; k < 2; k++)
      lo[k] = fmin(lo[k], at[k]), hi[k] = fmax(hi[k], at[k]);
  }
  if (!isfinite(lo[0]))
    return map_fail(&r->map, root, "has no streets");
  double lat = (lo[1] + hi[1]) / 2, lon = origin + (lo[0] + hi[0]) / 2;
  double north = (hi[1] - lo[1]) * 111.2, east = (hi[0] - lo[0]) * 111.2 * cos(lat * PI / 180);
  if (!(fmax(north, east) <= WIDEST_KM))
    return map_fail(&r->map, root, "the streets reach over %.0f km; the most is %.0f km",
                    fmax(north, east), WIDEST_KM);
  double *box = r->bounds_m;
  if (r->bounded) {
    double width = east_of(box[2], box[0]);
    double middle[2] = {box[0] + width / 2, (box[1] + box[3]) / 2};
    if (fabs(middle[1] - lat) * 111.2 < WIDEST_KM / 2 &&
        fabs(east_of(middle[0], lon)) * 111.2 * cos(lat * PI / 180) < WIDEST_KM / 2)
      lat = middle[1], lon = middle[0];
  }
  plane p = {lat * PI / 180, lon * PI / 180, on_earth(lat * PI / 180, lon * PI / 180)};
  for (int i = 0; i < r->node_count; i++)
    project(&p, r->nodes[i].lat_deg, r->nodes[i].lon_deg, &r->nodes[i].x_m, &r->nodes[i].y_m);
  for (int i = 0; i < r->node_count && r->mirrored; i++)
    r->nodes[i].y_m = -r->nodes[i].y_m;
  if (r->bounded) {
    double south_west[2] = {box[0], box[1]}, north_east[2] = {box[2], box[3]};
    project(&p, south_west[1], south_west[0], &box[0], &box[1]);
    project(&p, north_east[1], north_east[0], &box[2], &box[3]);
    double south = box[1];
    if (r->mirrored)
      box[1] = -box[3], box[3] = -south;
  }
  return true;
}

// Whole file ------------------------------------------------------------------

static bool check_root(osm_reader *r, const xmlNode *root) {
  const char *version = map_text(root, "version");
  if (!map_is(root, "osm"))
    return map_fail(&r->map, root, "is <%.40s>, not <osm>", (const char *)root->name);
  if (version && strcmp(version, "0.6") != 0)
    return map_fail(&r->map, root, "is OpenStreetMap %.20s; 0.6 is understood", version);
  return true;
}

bool osm_read_elements(osm_reader *r) {
  static const char *const known[] = {"node", "way", "relation", "bounds", "note", "meta", NULL};
  xmlNode *root = xmlDocGetRootElement(r->map.doc);
  if (!check_root(r, root))
    return false;
  // Extracts have their elements in any order.
  for (xmlNode *at = map_first(root); at; at = map_next(at)) {
    if (map_is(at, "bounds") && !r->bounded && !read_bounds(r, at))
      return false;
    if (map_is(at, "node") && !is_deleted(&r->map, at) && !read_node(r, at))
      return false;
  }
  if (!sort_nodes(r))
    return false;
  for (xmlNode *at = map_first(root); at; at = map_next(at))
    if (map_is(at, "way") && !is_deleted(&r->map, at) && !read_way(r, at))
      return false;
  map_remark_others(&r->map, root, known);
  return place_nodes(r);
}

status osm_read_text(road_builder *b, const char *name, const char *text, size_t size,
                     bool mirrored, trouble *why) {
  osm_reader r = {.map = {.name = name, .b = b, .why = why}, .mirrored = mirrored};
  bool ok = map_parse(&r.map, "OpenStreetMap", text, size) && osm_read_elements(&r) &&
            osm_build_graph(&r) && osm_make_room(&r) && osm_lay_roads(&r) && osm_read_bans(&r) &&
            osm_fill_junctions(&r) && osm_read_sites(&r);
  if (r.map.code == STATUS_OK && (!ok || b->failed))
    map_fail_memory(&r.map);
  free(r.bans);
  free(r.rings);
  free(r.points);
  free(r.strands);
  free(r.vertices);
  free(r.refs);
  free(r.ways);
  free(r.nodes);
  xmlFreeDoc(r.map.doc);
  return r.map.code;
}
