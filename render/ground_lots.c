// SPDX-License-Identifier: Apache-2.0
// The land between and around the streets: ways along the streets' outer borders, and what
// they enclose.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "render/ground_parts.h"

static const double TOUCH_M = 0.02;      // no land between borders closer than that
static const double OVERLAP_M = 1.5;     // carriageways that lie in each other by less; no street
                                         // is as narrow
static const double PORTAL_BACK_M = 0.4; // of the land behind the edge of a tunnel's portal
static const double MAP_EDGE_M = 0.02;   // that land lies below a map's streets
enum { CARRIAGEWAYS = 16 };              // of a street, side by side

double ground_edge_height(const ground *g, const road *r, int side) {
  const road_section *section = &g->net->sections[r->section_first];
  int index = side > 0 ? 0 : section->lane_count - 1;
  return g->net->lanes[section->lane_first + index].height_m;
}

double ground_corner_height(const ground *g, const road_arm *arm, const road_arm *next) {
  const road *a = &g->net->roads[arm->road - 1], *b = &g->net->roads[next->road - 1];
  return fmin(ground_edge_height(g, a, road_arm_left_side(arm)),
              ground_edge_height(g, b, -road_arm_left_side(next)));
}

// The road's outer border on one side: along s on the right, against it on the left, so that
// the land always lies to the right of the way.
static void follow_road(ground *g, const road *r, int side, ground_loop *l) {
  const ground_stations *at = &g->stations[r->id - 1];
  if (road_border_shared(g->net, r, side))
    return;
  double height = ground_edge_height(g, r, side);
  for (int i = 0; i < at->count; i++) {
    int k = side < 0 ? i : at->count - 1 - i;
    vec3 p = ground_station_point(at, k, road_edge_t(g->net, r, at->s_m[k], side, ROAD_EDGE_OUTER));
    p.z += height;
    ground_loop_add(l, p);
  }
}

// What a road goes on to as a bridge or in a tunnel, where the land leaves it.
static road_structure goes_on_to(const road_network *net, const road *r, bool at_end) {
  const road_link *link = at_end ? &r->successor : &r->predecessor;
  return link->kind == ROAD_LINK_ROAD ? net->roads[link->id - 1].structure : ROAD_ON_LAND;
}

// Round a tunnel's mouth: up beside the road, back over the portal and down again.
static void follow_portal(ground *g, const road *r, int from_side, ground_loop *l) {
  bool at_end = from_side < 0;
  double s = at_end ? r->length_m : 0, heading = road_line_at(g->net, r, s).heading_rad;
  double back = at_end ? PORTAL_BACK_M : -PORTAL_BACK_M;
  for (int i = 0; i < 2; i++) {
    int side = i ? -from_side : from_side;
    double t = road_edge_t(g->net, r, s, side, ROAD_EDGE_OUTER);
    vec3 foot = road_point_at(g->net, r, s, t);
    double wide = fmax(0.1, GROUND_PORTAL_M - 0.1);
    vec3 top = road_point_at(g->net, r, s, t + side * wide);
    top.x += back * cos(heading);
    top.y += back * sin(heading);
    top.z = foot.z + GROUND_PORTAL_HIGH_M - 0.15;
    ground_loop_add(l, i ? top : foot);
    ground_loop_add(l, i ? foot : top);
  }
}

// Across a road's open end, over the borders of its lanes.
static void follow_cap(ground *g, const road *r, int from_side, ground_loop *l) {
  double s = from_side < 0 ? r->length_m : 0;
  double height = ground_edge_height(g, r, from_side);
  if (goes_on_to(g->net, r, from_side < 0) == ROAD_TUNNEL) {
    follow_portal(g, r, from_side, l);
    return;
  }
  double kerb[2] = {road_edge_t(g->net, r, s, from_side, ROAD_EDGE_KERB),
                    road_edge_t(g->net, r, s, -from_side, ROAD_EDGE_KERB)};
  for (int i = 0; i < 2; i++) {
    vec3 p = road_point_at(g->net, r, s, kerb[i]);
    p.z += height;
    ground_loop_add(l, p);
  }
}

// The road on which the land's border goes on; 0 where it ends, or leaves the land.
static int land_next(const road_network *net, const road *r, bool at_end, bool *next_at_end) {
  return goes_on_to(net, r, at_end) == ROAD_ON_LAND ? road_border_next(net, r, at_end, next_at_end)
                                                    : 0;
}

static vec3 end_border(const ground *g, const road *r, bool at_end, int hand) {
  double s = at_end ? r->length_m : 0;
  int side = at_end ? hand : -hand;
  return road_point_at(g->net, r, s, road_edge_t(g->net, r, s, side, ROAD_EDGE_OUTER));
}

// The nearest open end that lies beside one, border to border, on the left (hand 1) or the
// right (-1) looking out along it: the other carriageway of a street. NULL for none.
static const road *open_end_beside(const ground *g, const road *r, bool at_end, int hand,
                                   bool *found_end) {
  const road_network *net = g->net;
  const road *found = NULL;
  vec3 border = end_border(g, r, at_end, hand);
  double least = OVERLAP_M, heading = road_line_at(net, r, at_end ? r->length_m : 0).heading_rad;
  for (int i = 0; i < 2 * net->road_count; i++) {
    const road *other = &net->roads[i / 2];
    bool other_end = i % 2;
    const road_link *link = other_end ? &other->successor : &other->predecessor;
    bool next_end;
    if (other == r || road_is_way(net, other) || other->structure != ROAD_ON_LAND ||
        road_meets_junction(net, link) || land_next(net, other, other_end, &next_end))
      continue;
    vec3 gap = vec3_sub(end_border(g, other, other_end, -hand), border);
    if (hypot(gap.x, gap.y) >= least)
      continue;
    double along = road_line_at(net, other, other_end ? other->length_m : 0).heading_rad - heading;
    if ((other_end == at_end ? 1 : -1) * cos(along) < 0.99)
      continue;
    least = hypot(gap.x, gap.y);
    found = other;
    *found_end = other_end;
  }
  return found;
}

// Along the end of a street in the open, over all its carriageways; between two of them back
// along the other one.
static void follow_open_end(ground *g, int *road_id, int *side, ground_loop *l) {
  const road *r = &g->net->roads[*road_id - 1], *next;
  bool at_end = *side < 0;
  next = open_end_beside(g, r, at_end, -1, &at_end);
  for (int i = 0; !next && i < CARRIAGEWAYS; i++) {
    follow_cap(g, r, at_end ? -1 : 1, l);
    const road *left = open_end_beside(g, r, at_end, 1, &at_end);
    if (!left)
      next = r;
    else
      r = left;
  }
  *road_id = next ? next->id : r->id;
  *side = at_end ? 1 : -1;
}

// From a road's side on to the next one round the land.
static void follow_corner(ground *g, int *road_id, int *side, ground_loop *l) {
  const road_network *net = g->net;
  const road *r = &net->roads[*road_id - 1];
  bool at_end = *side < 0, next_end;
  const road_link *link = at_end ? &r->successor : &r->predecessor;
  int next_road = land_next(net, r, at_end, &next_end);
  if (next_road) {
    *road_id = next_road;
    *side = next_end ? 1 : -1;
    return;
  }
  if (link->kind != ROAD_LINK_JUNCTION) {
    follow_open_end(g, road_id, side, l);
    return;
  }
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(net, &net->junctions[link->id - 1], arms), i = 0;
  while (i < count - 1 && (arms[i].road != r->id || arms[i].at_end != at_end))
    i++;
  const road_arm *next = &arms[(i + 1) % count];
  road_corner corner;
  road_corner_lines(net, &arms[i], next, &corner);
  double height = ground_corner_height(g, &arms[i], next);
  for (int k = 0; k < corner.count; k++) {
    vec3 p = corner.outer[k];
    p.z += height;
    ground_loop_add(l, p);
  }
  *road_id = next->road;
  *side = next->at_end ? 1 : -1;
}

// Ways are of three kinds: round the land within streets, clockwise as it is walked and then
// turned; round the streets, counter-clockwise; and along two carriageways that touch, with
// nothing between them or less than that.
typedef struct way_list {
  int count, capacity;
  ground_loop *of;
} way_list;

static void free_ways(way_list *list) {
  for (int i = 0; i < list->count; i++)
    free(list->of[i].points);
  free(list->of);
}

static void reverse(ground_loop *l) {
  for (int i = 0; i < l->count / 2; i++) {
    vec3 swap = l->points[i];
    l->points[i] = l->points[l->count - 1 - i];
    l->points[l->count - 1 - i] = swap;
  }
}

// Puts a way where it belongs, turned as ground_fill wants it, or drops it.
static void sort_way(ground *g, ground_loop *l, way_list *lots, way_list *outlines) {
  double length = 0, area = ground_loop_area(l);
  for (int i = 0; i < l->count; i++) {
    vec3 d = vec3_sub(l->points[(i + 1) % l->count], l->points[i]);
    length += hypot(d.x, d.y);
  }
  way_list *to = area > OVERLAP_M * length / 2 ? outlines : lots;
  bool kept = to == outlines || -area > TOUCH_M * length / 2;
  if (l->failed || (kept && !ARRAY_RESERVE(to->of, to->capacity, to->count + 1)))
    g->out->failed = true;
  if (g->out->failed || !kept) {
    free(l->points);
    return;
  }
  reverse(l);
  to->of[to->count++] = *l;
}

static void find_ways(ground *g, way_list *lots, way_list *outlines) {
  const road_network *net = g->net;
  bool *done = calloc((size_t)net->road_count * 2 + 1, sizeof *done);
  for (int i = 0; i < 2 * net->road_count && done && !g->out->failed; i++) {
    int road_id = i / 2 + 1, side = i % 2 ? 1 : -1;
    if (done[i] || road_is_way(net, &net->roads[road_id - 1]) ||
        net->roads[road_id - 1].structure != ROAD_ON_LAND)
      continue;
    ground_loop l = {0};
    for (int at = i; !done[at] && !l.failed; at = 2 * (road_id - 1) + (side > 0)) {
      done[at] = true;
      follow_road(g, &net->roads[road_id - 1], side, &l);
      follow_corner(g, &road_id, &side, &l);
    }
    vec3 gap = l.count > 1 ? vec3_sub(l.points[0], l.points[l.count - 1]) : (vec3){0, 0, 0};
    if (l.count > 1 && hypot(gap.x, gap.y) < 1e-6)
      l.count--;
    sort_way(g, &l, lots, outlines);
  }
  if (!done)
    g->out->failed = true;
  free(done);
}

// The streets of a map may cross without a junction, and lie in each other where they meet at
// a sharp angle. Land that gets among them must not cover them: it lies a little lower, and the
// streets show their edges.
static void sink(ground *g, ground_loop *l) {
  ground_loop closed = {0};
  for (int i = 0; i <= l->count; i++)
    ground_loop_add(&closed, l->points[i % l->count]);
  if (closed.failed)
    g->out->failed = true;
  else
    ground_face(g, closed.points, closed.count, MAP_EDGE_M, MATERIAL_ASPHALT);
  free(closed.points);
  for (int i = 0; i < l->count; i++)
    l->points[i].z -= MAP_EDGE_M;
}

// The smallest lot around an outline, the number of lots when there is none.
static int lot_around(const way_list *lots, const ground_loop *outline) {
  int best = lots->count;
  double least = INFINITY;
  for (int i = 0; i < lots->count; i++) {
    double area = ground_loop_area(&lots->of[i]);
    if (area < least && ground_loop_has(&lots->of[i], outline->points[0])) {
      least = area;
      best = i;
    }
  }
  return best;
}

void ground_lots(ground *g) {
  way_list lots = {0}, outlines = {0};
  find_ways(g, &lots, &outlines);
  for (int i = 0; i < lots.count && g->s->map[0]; i++)
    sink(g, &lots.of[i]);
  for (int i = 0; i < outlines.count && g->s->map[0]; i++)
    sink(g, &outlines.of[i]);
  size_t count = (size_t)outlines.count + 1;
  int *around = calloc(count, sizeof *around);
  ground_loop *within = calloc(count, sizeof *within);
  if (!around || !within)
    g->out->failed = true;
  for (int k = 0; k < outlines.count && around; k++)
    around[k] = lot_around(&lots, &outlines.of[k]);
  for (int i = 0; i <= lots.count && !g->out->failed; i++) {
    int holes = 0;
    for (int k = 0; k < outlines.count; k++)
      if (around[k] == i)
        within[holes++] = outlines.of[k];
    if (i < lots.count)
      ground_fill(g, &lots.of[i], within, holes, MATERIAL_GRASS);
    else if (holes > 0 || g->s->map[0])
      ground_land(g, within, holes);
  }
  free(within);
  free(around);
  free_ways(&lots);
  free_ways(&outlines);
}
