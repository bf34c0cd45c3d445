// SPDX-License-Identifier: Apache-2.0
// Vertices where a street only changes: moved out of bends, or taken out where there is no room
// to change.
#include <math.h>

#include "base/array.h"
#include "scenes/osm_reader.h"

static const double PI = 3.14159265358979323846;
static const double BEND_RAD = 0.2; // a street that turns by less may change there
static const double BEND_M = 18;    // radius of bends
static const double BEYOND_M = 5;   // straight before the change
static const double LEAST_LEFT_M = 30;

static bool same_directions(const osm_street *a, const osm_street *b) {
  return (a->lanes[0] > 0) == (b->lanes[0] > 0) && (a->lanes[1] > 0) == (b->lanes[1] > 0);
}

// Appends the points of a strand, seen from one of its ends, but the first `skip`.
static bool copy_points(osm_reader *r, const osm_strand *s, bool from_end, int skip, double s_m) {
  double length = osm_strand_length(r, s), first = r->points[s->point_first].s_m;
  for (int i = skip; i < s->point_count; i++) {
    int k = s->point_first + (from_end ? s->point_count - 1 - i : i);
    if (!ARRAY_RESERVE(r->points, r->point_capacity, r->point_count + 1))
      return map_fail_memory(&r->map);
    osm_point p = r->points[k];
    p.s_m = s_m + (from_end ? length - (p.s_m - first) : p.s_m - first);
    r->points[r->point_count++] = p;
  }
  return true;
}

bool osm_dissolve(osm_reader *r, int short_one, int at, int vertex) {
  osm_strand *s = &r->strands[short_one];
  int end = r->vertices[vertex].end;
  if (end / 2 == short_one)
    end = s->next[end % 2];
  if (end < 0 || end / 2 == short_one)
    return false;
  osm_strand *t = &r->strands[end / 2];
  osm_street street = s->street;
  if (at == end % 2) // one begins and the other ends here, or one is seen the other way round
    street = osm_street_flip(&street);
  if (!same_directions(&street, &t->street) || s->ring != t->ring)
    return false;
  if (!osm_street_equal(&street, &t->street))
    map_remark(&r->map, r->ways[s->way[0]].at,
               "a piece of street too short to change its lanes has its neighbour's");
  // Seen from t's far end: t, then s.
  bool t_from_end = end % 2 == 0;
  int first = r->point_count, u = s->vertex[1 - at];
  double length = osm_strand_length(r, t);
  osm_strand joined = *t;
  joined.point_first = first;
  if (!copy_points(r, t, t_from_end, 0, 0) || !copy_points(r, s, at == 1, 1, length))
    return false;
  joined.point_count = r->point_count - first;
  if (t_from_end) { // turned back, so that it runs as t does
    osm_strand seen = joined;
    joined.point_first = r->point_count;
    if (!copy_points(r, &seen, true, 0, 0))
      return false;
  }
  joined.vertex[end % 2] = u;
  joined.way[end % 2] = s->way[1 - at];
  joined.turns[end % 2] = s->turns[1 - at];
  joined.trim_m[end % 2] = s->trim_m[1 - at]; // lasts at a ring road
  joined.mark[end % 2] =
      s->mark[1 - at] | s->mark[at] | t->mark[end % 2] | r->vertices[vertex].mark;
  *t = joined;
  osm_remove_end(r, vertex, end);
  osm_give_up(r, short_one);
  osm_add_end(r, osm_root(r, u), end);
  return true;
}

bool osm_prolong(osm_reader *r, int end, double x_m, double y_m, int vertex) {
  osm_strand *s = &r->strands[end / 2];
  int first = r->point_count;
  if (!copy_points(r, s, end % 2 == 0, 0, 0))
    return false;
  const osm_point *last = &r->points[r->point_count - 1];
  double length = last->s_m + hypot(x_m - last->x_m, y_m - last->y_m);
  if (!ARRAY_RESERVE(r->points, r->point_capacity, r->point_count + 1))
    return map_fail_memory(&r->map);
  r->points[r->point_count++] = (osm_point){x_m, y_m, length};
  osm_strand longer = *s;
  longer.point_first = first, longer.point_count = s->point_count + 1;
  if (end % 2 == 0) { // turned back, so that it runs as it did
    int turned = r->point_count;
    if (!copy_points(r, &longer, true, 0, 0))
      return false;
    longer.point_first = turned;
  }
  longer.vertex[end % 2] = vertex;
  *s = longer;
  return true;
}

// Bends -----------------------------------------------------------------------

// The first `to_m` metres of a strand, seen from one of its ends, go over to another strand,
// whose end lies there.
static bool hand_over(osm_reader *r, int giver_end, int taker_end, double to_m) {
  osm_strand given = r->strands[giver_end / 2], *taker = &r->strands[taker_end / 2];
  bool giver_from_end = giver_end % 2, taker_from_end = taker_end % 2 == 0;
  double length = osm_strand_length(r, &given), own = osm_strand_length(r, taker);
  osm_point cut = osm_strand_at(r, &given, giver_from_end ? length - to_m : to_m);
  int first = r->point_count;
  // The taker from its far end, what it is given, and the cut.
  if (!copy_points(r, taker, taker_from_end, 0, 0))
    return false;
  for (int i = 1; i < given.point_count; i++) {
    int k = given.point_first + (giver_from_end ? given.point_count - 1 - i : i);
    double s = r->points[k].s_m - r->points[given.point_first].s_m;
    s = giver_from_end ? length - s : s;
    osm_point p = {r->points[k].x_m, r->points[k].y_m, own + s};
    if (s >= to_m)
      break;
    if (!ARRAY_RESERVE(r->points, r->point_capacity, r->point_count + 1))
      return map_fail_memory(&r->map);
    r->points[r->point_count++] = p;
  }
  if (!ARRAY_RESERVE(r->points, r->point_capacity, r->point_count + 1))
    return map_fail_memory(&r->map);
  r->points[r->point_count++] = (osm_point){cut.x_m, cut.y_m, own + to_m};
  osm_strand seen = *taker;
  seen.point_first = first, seen.point_count = r->point_count - first;
  if (taker_from_end) { // turned back, so that it runs as it did
    int turned = r->point_count;
    if (!copy_points(r, &seen, true, 0, 0))
      return false;
    seen.point_first = turned;
  }
  *taker = seen;
  // The giver's rest: the cut, and what lies beyond.
  first = r->point_count;
  if (!ARRAY_RESERVE(r->points, r->point_capacity, r->point_count + given.point_count + 1))
    return map_fail_memory(&r->map);
  for (int i = 0; i < given.point_count; i++) {
    osm_point p = r->points[given.point_first + i];
    p.s_m -= r->points[given.point_first].s_m;
    double from = giver_from_end ? length - p.s_m : p.s_m;
    if (!giver_from_end && r->point_count == first)
      r->points[r->point_count++] = (osm_point){cut.x_m, cut.y_m, to_m};
    if (from > to_m)
      r->points[r->point_count++] = p;
  }
  if (giver_from_end)
    r->points[r->point_count++] = (osm_point){cut.x_m, cut.y_m, length - to_m};
  r->strands[giver_end / 2].point_first = first;
  r->strands[giver_end / 2].point_count = r->point_count - first;
  osm_vertex *v = &r->vertices[osm_root(r, given.vertex[giver_end % 2])];
  v->x_m = cut.x_m, v->y_m = cut.y_m;
  return true;
}

bool osm_straighten(osm_reader *r) {
  for (int i = 0; i < r->vertex_count; i++) {
    int end[2] = {r->vertices[i].end, -1};
    if (end[0] >= 0)
      end[1] = r->strands[end[0] / 2].next[end[0] % 2];
    bool two = end[1] >= 0 && r->strands[end[1] / 2].next[end[1] % 2] < 0;
    if (!two || end[0] / 2 == end[1] / 2)
      continue;
    double heading[2], length[2];
    for (int k = 0; k < 2; k++) {
      osm_arm arm = {.strand = end[k] / 2, .at_end = end[k] % 2};
      osm_point from = osm_arm_at(r, &arm, 0), to = osm_arm_at(r, &arm, BEYOND_M);
      heading[k] = atan2(to.y_m - from.y_m, to.x_m - from.x_m);
      length[k] = osm_strand_length(r, &r->strands[end[k] / 2]);
    }
    double turn = fabs(angle_wrap(heading[1] - heading[0] + PI));
    double to = BEND_M * road_bend_tangent(fmin(turn, 2.4)) + BEYOND_M;
    int giver = length[1] > length[0];
    if (turn < BEND_RAD || length[giver] < to + LEAST_LEFT_M)
      continue;
    if (!hand_over(r, end[giver], end[1 - giver], to))
      return false;
  }
  return true;
}
