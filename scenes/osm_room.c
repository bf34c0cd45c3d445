// SPDX-License-Identifier: Apache-2.0
// Room for junctions: how far their arms keep from the middle, and what becomes of pieces of
// street that are too short for the junctions at their ends.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/osm_reader.h"

static const double CORNER_M = 8, SERVICE_CORNER_M = 6; // radius of kerbs
static const double LEAST_STREET_M = 16;                // straight at both ends
static const double CIRCLE_REACH_M = 16.1;              // from a dead end to its road's end
static const double CIRCLE_ROOM_M = 17;                 // that other streets keep from it
static const double RING_MOST_M = 150;                  // from junction to junction of one
static const double LONGEST_TRIM_M = 60;                // of an arm that meets others at an angle
static const double LONGEST_PART_M = 120, APART_M = 0.3, STEP_M = 2; // of one beside another
static const double SIDE_BY_SIDE_RAD = 0.35, STRAIGHT_ON_RAD = 2.8;
static const double ALONG_M = 8;        // over which an arm's heading is taken
static const double LANE_CHANGE_M = 12; // for each lane that begins or ends
enum { ROUNDS = 100, REACH_STEPS = 65, RING_TRIES = 6 };

// Junctions as lists of strand ends ----------------------------------------------

int osm_root(osm_reader *r, int vertex) {
  while (r->vertices[vertex].root != vertex) {
    r->vertices[vertex].root = r->vertices[r->vertices[vertex].root].root;
    vertex = r->vertices[vertex].root;
  }
  return vertex;
}

void osm_add_end(osm_reader *r, int root, int end) {
  r->strands[end / 2].next[end % 2] = r->vertices[root].end;
  r->vertices[root].end = end;
  r->vertices[root].dirty = true;
}

void osm_remove_end(osm_reader *r, int root, int end) {
  int *at = &r->vertices[root].end;
  while (*at >= 0 && *at != end)
    at = &r->strands[*at / 2].next[*at % 2];
  if (*at == end)
    *at = r->strands[end / 2].next[end % 2];
}

static void count_arms(osm_reader *r) {
  for (int i = 0; i < r->vertex_count; i++)
    r->vertices[i].arms = 0;
  for (int i = 0; i < r->strand_count; i++)
    for (int k = 0; k < 2 && !r->strands[i].gone; k++)
      r->vertices[osm_root(r, r->strands[i].vertex[k])].arms++;
}

void osm_give_up(osm_reader *r, int strand) {
  osm_strand *s = &r->strands[strand];
  s->gone = true;
  for (int k = 0; k < 2; k++) {
    int root = osm_root(r, s->vertex[k]);
    osm_remove_end(r, root, 2 * strand + k);
    r->vertices[root].dirty = true;
  }
}

// Arms --------------------------------------------------------------------------

int osm_arms(const osm_reader *r, int root, osm_arm out[ROAD_ARMS]) {
  int count = 0;
  double x = 0, y = 0;
  for (int end = r->vertices[root].end; end >= 0 && count < ROAD_ARMS;
       end = r->strands[end / 2].next[end % 2]) {
    const osm_strand *s = &r->strands[end / 2];
    const osm_vertex *v = &r->vertices[s->vertex[end % 2]];
    out[count++] = (osm_arm){.strand = end / 2, .at_end = end % 2, .x_m = v->x_m, .y_m = v->y_m};
    x += v->x_m, y += v->y_m;
  }
  for (int i = 0; i < count; i++) {
    osm_arm arm = out[i];
    double trim = r->strands[arm.strand].trim_m[arm.at_end];
    osm_point from = osm_arm_at(r, &arm, trim), to = osm_arm_at(r, &arm, trim + ALONG_M);
    osm_point far = osm_arm_at(r, &arm, trim + 2 * ALONG_M);
    arm.heading_rad = atan2(to.y_m - from.y_m, to.x_m - from.x_m);
    arm.angle_rad = atan2(far.y_m - y / count, far.x_m - x / count);
    int k = i; // the order among equals is that of the list
    for (; k > 0 && out[k - 1].angle_rad > arm.angle_rad; k--)
      out[k] = out[k - 1];
    out[k] = arm;
  }
  return count;
}

// The side of the strand that lies to the left looking out along an arm.
static int left_side(const osm_arm *arm) {
  return arm->at_end ? 0 : 1;
}

static const osm_street *street_of(const osm_reader *r, const osm_arm *arm) {
  return &r->strands[arm->strand].street;
}

// Streets that leave in nearly the same direction: where they have parted.
static bool part(osm_reader *r, const osm_arm *arm, const osm_arm *next, double need_m,
                 double trim_m[2]) {
  double x[REACH_STEPS + 1], y[REACH_STEPS + 1], last = 0;
  double length = osm_strand_length(r, &r->strands[arm->strand]);
  for (int i = 0; i <= REACH_STEPS; i++) {
    osm_point p = osm_arm_at(r, next, STEP_M * i);
    x[i] = p.x_m, y[i] = p.y_m;
  }
  for (double out = 0; out <= LONGEST_PART_M; out += STEP_M) {
    osm_point p = osm_arm_at(r, arm, out);
    double least = INFINITY;
    for (int i = 0; i <= REACH_STEPS; i++)
      least = fmin(least, hypot(p.x_m - x[i], p.y_m - y[i]));
    if (least < need_m)
      last = out + STEP_M;
  }
  // Carriageways side by side never part: nothing is gained by going further.
  if (last > LONGEST_PART_M || last > length - LEAST_STREET_M / 2)
    return false;
  trim_m[0] = fmax(trim_m[0], last);
  trim_m[1] = fmax(trim_m[1], last);
  return true;
}

void osm_trim_pair(osm_reader *r, const osm_arm *arm, const osm_arm *next, double trim_m[2]) {
  const osm_street *a = street_of(r, arm), *b = street_of(r, next);
  double heading[2] = {arm->heading_rad, next->heading_rad};
  double kerb[2] = {osm_kerb_m(a, left_side(arm)), osm_kerb_m(b, 1 - left_side(next))};
  double outer[2] = {osm_outer_m(a, left_side(arm)), osm_outer_m(b, 1 - left_side(next))};
  double opening = angle_wrap(heading[1] - heading[0]);
  if (fabs(opening) < SIDE_BY_SIDE_RAD) {
    if (!part(r, arm, next, kerb[0] + kerb[1] + APART_M, trim_m))
      part(r, arm, next, osm_half_m(a) + osm_half_m(b) + APART_M, trim_m);
    return;
  }
  if (opening < 0 || opening > STRAIGHT_ON_RAD)
    return;
  bool service = a->kind->rank > 11 || b->kind->rank > 11;
  double setback[2];
  road_junction_setbacks(heading, kerb, outer, 2, service ? SERVICE_CORNER_M : CORNER_M, setback);
  // Both axes as straight lines; they needn't come from one point.
  const osm_arm *arms[2] = {arm, next};
  double from[2][2];
  for (int k = 0; k < 2; k++) {
    double trim = r->strands[arms[k]->strand].trim_m[arms[k]->at_end];
    osm_point p = osm_arm_at(r, arms[k], trim);
    from[k][0] = p.x_m - trim * cos(heading[k]);
    from[k][1] = p.y_m - trim * sin(heading[k]);
  }
  double dx = from[1][0] - from[0][0], dy = from[1][1] - from[0][1], s = sin(opening);
  setback[0] += (dx * sin(heading[1]) - dy * cos(heading[1])) / s;
  setback[1] += (dx * sin(heading[0]) - dy * cos(heading[0])) / s;
  for (int k = 0; k < 2; k++)
    trim_m[k] = fmax(trim_m[k], fmin(LONGEST_TRIM_M, setback[k]));
}

static int lane_change(const osm_reader *r, const osm_arm arms[2]) {
  const osm_street *a = street_of(r, &arms[0]), *b = street_of(r, &arms[1]);
  int most = 0;
  for (int way = 0; way < 2; way++) { // into the junction on one arm, out of it on the other
    int in = (way ? b : a)->lanes[arms[way].at_end ? 0 : 1];
    int out = (way ? a : b)->lanes[arms[1 - way].at_end ? 1 : 0];
    most = abs(in - out) > most ? abs(in - out) : most;
  }
  return most;
}

static void trim_junction(osm_reader *r, int root) {
  osm_arm arms[ROAD_ARMS];
  double trim[ROAD_ARMS];
  int count = osm_arms(r, root, arms);
  double least = count == 1 ? 0 : 2;
  if (count == 1 && r->vertices[root].dead_end)
    least = CIRCLE_REACH_M;
  if (count == 2)
    least += LANE_CHANGE_M * lane_change(r, arms);
  for (int i = 0; i < count; i++)
    trim[i] = least;
  for (int i = 0; i < count && count > 1; i++) {
    int k = (i + 1) % count;
    double pair[2] = {0, 0};
    osm_trim_pair(r, &arms[i], &arms[k], pair);
    trim[i] = fmax(trim[i], pair[0]);
    trim[k] = fmax(trim[k], pair[1]);
  }
  for (int i = 0; i < count; i++)
    r->strands[arms[i].strand].trim_m[arms[i].at_end] = trim[i];
}

static void trim_all(osm_reader *r) {
  enum { PASSES = 3 }; // headings are taken where the trims were
  for (int pass = 0; pass < PASSES; pass++)
    for (int i = 0; i < r->vertex_count; i++)
      if (r->vertices[i].root == i && r->vertices[i].arms > 0 && r->vertices[i].dirty &&
          !r->vertices[i].ring)
        trim_junction(r, i);
  for (int i = 0; i < r->vertex_count; i++)
    r->vertices[i].dirty = false;
}

// Dead ends ---------------------------------------------------------------------

// A turning circle needs its room, and lanes in both directions.
static bool has_room(const osm_reader *r, const osm_vertex *v, int strand) {
  const osm_street *street = &r->strands[strand].street;
  if (street->lanes[0] != 1 || street->lanes[1] != 1 || !street->walk[0] || !street->walk[1])
    return false;
  for (int i = 0; i < r->strand_count; i++) {
    const osm_strand *s = &r->strands[i];
    double room = CIRCLE_ROOM_M + osm_half_m(&s->street);
    if (s->gone || i == strand)
      continue;
    for (int k = 0; k + 1 < s->point_count; k++) {
      const osm_point *a = &r->points[s->point_first + k], *b = a + 1;
      double ex = b->x_m - a->x_m, ey = b->y_m - a->y_m, dx = v->x_m - a->x_m, dy = v->y_m - a->y_m;
      double square = ex * ex + ey * ey;
      double u = square > 0 ? fmax(0, fmin(1, (dx * ex + dy * ey) / square)) : 0;
      if (hypot(dx - u * ex, dy - u * ey) < room)
        return false;
    }
  }
  return true;
}

static void check_dead_ends(osm_reader *r) {
  for (int i = 0; i < r->vertex_count; i++) {
    osm_vertex *v = &r->vertices[i];
    if (v->dead_end && v->end >= 0 && !has_room(r, v, v->end / 2)) {
      v->dead_end = false;
      map_remark(&r->map, r->nodes[v->node].at,
                 "a dead end without room for a turning circle ends in the open");
    }
  }
}

// What is too short ----------------------------------------------------------------

// Both junctions become one, and the strands between them lie within it.
static bool contract(osm_reader *r, int a, int b) {
  int between = 0;
  for (int end = r->vertices[a].end; end >= 0; end = r->strands[end / 2].next[end % 2])
    between += osm_root(r, r->strands[end / 2].vertex[1 - end % 2]) == b;
  if (r->vertices[a].arms + r->vertices[b].arms - 2 * between > ROAD_ARMS)
    return false;
  for (int end = r->vertices[a].end, next; end >= 0; end = next) {
    next = r->strands[end / 2].next[end % 2];
    if (osm_root(r, r->strands[end / 2].vertex[1 - end % 2]) == b)
      osm_give_up(r, end / 2);
  }
  for (int end = r->vertices[b].end, next; end >= 0; end = next) {
    next = r->strands[end / 2].next[end % 2];
    osm_add_end(r, a, end);
  }
  r->vertices[b].end = -1;
  r->vertices[b].root = a;
  r->vertices[a].mark |= r->vertices[b].mark;
  return true;
}

// Where junctions of a ring road would have to become one with others, it is none.
static bool leave_ring(osm_reader *r, const int root[2]) {
  bool any = false;
  for (int k = 0; k < 2; k++)
    if (r->vertices[root[k]].ring) {
      r->rings[r->vertices[root[k]].ring - 1].failed = true;
      any = true;
    }
  return any;
}

// Finds a place for a strand that has none. True when anything changed.
static bool settle(osm_reader *r, int index) {
  osm_strand *s = &r->strands[index];
  int root[2] = {osm_root(r, s->vertex[0]), osm_root(r, s->vertex[1])};
  for (int k = 0; k < 2; k++)
    if (r->vertices[root[k]].arms == 1 && r->vertices[root[k]].dead_end) {
      r->vertices[root[k]].dead_end = false;
      r->vertices[root[k]].dirty = true;
      return true;
    }
  for (int k = 0; k < 2 && root[0] != root[1]; k++)
    if (r->vertices[root[k]].arms == 2 && !r->vertices[root[k]].ring &&
        osm_dissolve(r, index, k, root[k]))
      return true;
  bool stub = r->vertices[root[0]].arms == 1 || r->vertices[root[1]].arms == 1;
  if (!stub && root[0] != root[1] && !leave_ring(r, root) && contract(r, root[0], root[1]))
    return true;
  map_remark(&r->map, r->ways[s->way[0]].at,
             "a piece of street without room beside its crossings is left out");
  osm_give_up(r, index);
  return true;
}

static bool shorten(osm_reader *r) {
  bool changed = false, *touched = calloc((size_t)r->vertex_count + 1, sizeof *touched);
  if (!touched)
    return map_fail_memory(&r->map);
  for (int i = 0; i < r->strand_count && r->map.code == STATUS_OK; i++) {
    osm_strand *s = &r->strands[i];
    if (s->gone || s->arc ||
        osm_strand_length(r, s) >= s->trim_m[0] + s->trim_m[1] + LEAST_STREET_M)
      continue;
    int a = osm_root(r, s->vertex[0]), b = osm_root(r, s->vertex[1]);
    if (touched[a] || touched[b])
      continue;
    touched[a] = touched[b] = true;
    changed = settle(r, i) || changed;
  }
  free(touched);
  return changed;
}

static void limit_arms(osm_reader *r) {
  bool more = true;
  while (more) {
    more = false;
    count_arms(r);
    for (int i = 0; i < r->vertex_count; i++) {
      if (r->vertices[i].root != i || r->vertices[i].arms <= ROAD_ARMS)
        continue;
      map_remark(&r->map, r->nodes[r->vertices[i].node].at,
                 "of more than %d streets that meet some are left out", ROAD_ARMS);
      osm_give_up(r, r->vertices[i].end / 2);
      more = true;
    }
  }
}

// Streets meet where a roundabout lies that is no ring road; its island isn't built.
static void close_rings(osm_reader *r) {
  count_arms(r);
  for (int i = 0; i < r->strand_count; i++) {
    osm_strand *s = &r->strands[i];
    if (s->gone || !s->ring || s->arc)
      continue;
    int a = osm_root(r, s->vertex[0]), b = osm_root(r, s->vertex[1]);
    if (r->vertices[a].arms == 1 || r->vertices[b].arms == 1)
      continue; // a part of one that the extract cuts
    double wide =
        hypot(r->vertices[a].x_m - r->vertices[b].x_m, r->vertices[a].y_m - r->vertices[b].y_m);
    if (wide > RING_MOST_M) {
      map_remark(&r->map, r->ways[s->way[0]].at,
                 "a roundabout more than %.0f m wide is read as streets", RING_MOST_M);
      s->ring = false;
      continue;
    }
    map_remark(&r->map, r->ways[s->way[0]].at, "a roundabout is read as a crossing");
    if (a == b)
      osm_give_up(r, i);
    else if (!contract(r, a, b))
      s->ring = false; // more streets than a crossing has: a street like others
    count_arms(r);
  }
}

// Tries -------------------------------------------------------------------------

// What is looked for anew when a ring road turns out to have no room.
typedef struct graph_copy {
  int strand_count, vertex_count, point_count, remark_count;
  osm_strand *strands;
  osm_vertex *vertices;
  road_remark *remarks;
} graph_copy;

static void *copy_of(const void *items, size_t size, int count) {
  void *copy = malloc(size * (size_t)count + 1);
  if (copy && count)
    memcpy(copy, items, size * (size_t)count);
  return copy;
}

static bool keep(osm_reader *r, graph_copy *c) {
  const road_network *net = &r->map.b->net;
  *c = (graph_copy){.strand_count = r->strand_count,
                    .vertex_count = r->vertex_count,
                    .point_count = r->point_count,
                    .remark_count = net->remark_count,
                    .strands = copy_of(r->strands, sizeof *r->strands, r->strand_count),
                    .vertices = copy_of(r->vertices, sizeof *r->vertices, r->vertex_count),
                    .remarks = copy_of(net->remarks, sizeof *net->remarks, net->remark_count)};
  return (c->strands && c->vertices && c->remarks) || map_fail_memory(&r->map);
}

static void restore(osm_reader *r, const graph_copy *c) {
  road_network *net = &r->map.b->net;
  r->strand_count = c->strand_count, r->vertex_count = c->vertex_count;
  r->point_count = c->point_count, net->remark_count = c->remark_count;
  memcpy(r->strands, c->strands, sizeof *r->strands * (size_t)c->strand_count);
  memcpy(r->vertices, c->vertices, sizeof *r->vertices * (size_t)c->vertex_count);
  if (c->remark_count)
    memcpy(net->remarks, c->remarks, sizeof *net->remarks * (size_t)c->remark_count);
}

static void find_room(osm_reader *r) {
  close_rings(r);
  bool changed = true;
  for (int i = 0; i < r->vertex_count; i++)
    r->vertices[i].dirty = true;
  for (int round = 0; changed && round < ROUNDS && r->map.code == STATUS_OK; round++) {
    limit_arms(r);
    trim_all(r);
    changed = shorten(r);
  }
}

// Roundabouts become ring roads; those whose arms then have no room are left out of the next try,
// and after some tries all are.
static void find_room_for_rings(osm_reader *r, const graph_copy *copy, bool *crossing) {
  bool failed = true;
  for (int attempt = 0; failed && r->map.code == STATUS_OK; attempt++) {
    failed = false;
    if (attempt > 0)
      restore(r, copy);
    for (int i = 0; i < copy->strand_count && attempt == RING_TRIES; i++)
      crossing[i] = true;
    if (!osm_lay_rings(r, crossing))
      return;
    find_room(r);
    for (int i = 0; i < r->ring_count; i++)
      if (r->rings[i].failed)
        crossing[r->rings[i].first_strand] = failed = true;
  }
}

bool osm_make_room(osm_reader *r) {
  for (int i = 0; i < r->strand_count; i++)
    for (int k = 0; k < 2; k++) {
      r->strands[i].trim_m[k] = ALONG_M;
      osm_add_end(r, r->strands[i].vertex[k], 2 * i + k);
    }
  if (!osm_straighten(r))
    return false;
  check_dead_ends(r);
  graph_copy copy;
  bool *crossing = calloc((size_t)r->strand_count + 1, sizeof *crossing);
  if (keep(r, &copy) && (crossing || map_fail_memory(&r->map)))
    find_room_for_rings(r, &copy, crossing);
  free(crossing);
  free(copy.remarks);
  free(copy.vertices);
  free(copy.strands);
  return r->map.code == STATUS_OK;
}
