// SPDX-License-Identifier: Apache-2.0
// Roundabouts as they are driven: ways tagged so that close a circle become a ring road round an
// island, with a junction at each arm, or where arms are near to each other at several. Those that
// aren't round, have no room or are too small stay as they are: one crossing is made of them.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/osm_reader.h"

static const double PI = 3.14159265358979323846;
static const double SMALL_M = 20, BIKES_LEAST_M = 18; // radii of rings that are too small for some
static const double LEAST_RADIUS_M = 8, MOST_RADIUS_M = 60, LEAST_ISLAND_M = 4.5;
static const double ROUND_SHARE = 0.2;       // of the radius that nodes may lie off the circle
static const double CORNERS_M[2] = {8, 5.5}; // radii of kerbs between arm and ring
static const double BORDER_M = 2;       // so much wider bend the inner borders of lanes round them
static const double BIKE_CORNER_M = 10; // where lanes for bicycles lie inside of them
static const double WIDER_M = 1.5, WIDEST_M = 3; // ring than on the map, so that all arms find room
static const double TOGETHER_RAD = 0.2;          // between headings of arms at one junction
static const double STRAIGHT_M = 7.5;            // of an arm's end
static const double SHARP_GAIN = 2;    // of a corner's radius a radian that an arm leans over it
static const double MOST_SKEW_RAD = 1; // of an arm from straight towards the middle
static const double LEAST_ARM_M = 16;
static const double ISLAND_REACH_M = 60; // of the island between a street's way in and way out
static const double BESIDE_M = 3.5;      // sidewalk or grass outside of the ring
enum { PIECES = 64, ARMS = 24, LANES = 3, ARC_POINTS = 13 };

// An arm, and the part of the ring that its corners take up.
typedef struct ring_arm {
  int end; // 2 * strand + which
  osm_arm arm;
  double trim_m, lo_rad, hi_rad;
  int group; // of arms at one junction
} ring_arm;

typedef struct ring_plan {
  osm_ring ring;
  double corner_m;
  int strand_count, strands[PIECES];
  int arm_count, group_count;
  ring_arm arms[ARMS]; // counter-clockwise
} ring_plan;

// The circle --------------------------------------------------------------------

// The one strand of a ring that begins at a junction where one ends; -1 for other numbers.
static int ring_from(const osm_reader *r, int root) {
  int begins = 0, ends = 0, found = -1;
  for (int end = r->vertices[root].end; end >= 0; end = r->strands[end / 2].next[end % 2]) {
    if (!r->strands[end / 2].ring)
      continue;
    begins += end % 2 == 0;
    ends += end % 2;
    found = end % 2 == 0 ? end / 2 : found;
  }
  return begins == 1 && ends == 1 ? found : -1;
}

static bool trace(osm_reader *r, int first, ring_plan *p) {
  int at = first;
  do {
    if (p->strand_count == PIECES || r->strands[at].street.lanes[1] > 0)
      return false;
    p->strands[p->strand_count++] = at;
    at = ring_from(r, osm_root(r, r->strands[at].vertex[1]));
  } while (at >= 0 && at != first);
  return at == first;
}

// Middle of the polygon that the strands enclose; false when it is driven clockwise.
static bool find_middle(const osm_reader *r, ring_plan *p) {
  const osm_point *origin = &r->points[r->strands[p->strands[0]].point_first];
  double area = 0, x = 0, y = 0;
  for (int i = 0; i < p->strand_count; i++) {
    const osm_strand *s = &r->strands[p->strands[i]];
    for (int k = 0; k + 1 < s->point_count; k++) {
      const osm_point *a = &r->points[s->point_first + k], *b = a + 1;
      double ax = a->x_m - origin->x_m, ay = a->y_m - origin->y_m;
      double bx = b->x_m - origin->x_m, by = b->y_m - origin->y_m, cross = ax * by - ay * bx;
      area += cross / 2;
      x += (ax + bx) * cross / 6, y += (ay + by) * cross / 6;
    }
  }
  if (!(area > 1))
    return false;
  p->ring.style.x_m = origin->x_m + x / area;
  p->ring.style.y_m = origin->y_m + y / area;
  return true;
}

// Its radius, by its nodes; false when it isn't round or too small or large.
static bool measure(const osm_reader *r, ring_plan *p) {
  double length = 0, sum = 0, least = INFINITY, most = 0;
  if (!find_middle(r, p))
    return false;
  for (int i = 0; i < p->strand_count; i++) {
    const osm_strand *s = &r->strands[p->strands[i]];
    for (int k = 0; k + 1 < s->point_count; k++) {
      const osm_point *a = &r->points[s->point_first + k], *b = a + 1;
      double from = hypot(a->x_m - p->ring.style.x_m, a->y_m - p->ring.style.y_m);
      double to = hypot(b->x_m - p->ring.style.x_m, b->y_m - p->ring.style.y_m);
      double piece = hypot(b->x_m - a->x_m, b->y_m - a->y_m);
      length += piece;
      sum += piece * (from + to) / 2;
      least = fmin(least, from), most = fmax(most, from);
    }
  }
  double radius = p->ring.radius_m = sum / length;
  return radius >= LEAST_RADIUS_M && radius <= MOST_RADIUS_M && most < (1 + ROUND_SHARE) * radius &&
         least > (1 - ROUND_SHARE) * radius;
}

static bool plan_style(osm_reader *r, ring_plan *p) {
  ring_style *style = &p->ring.style;
  style->beside_m = BESIDE_M;
  for (int i = 0; i < p->strand_count; i++) {
    const osm_street *street = &r->strands[p->strands[i]].street;
    style->lanes = street->lanes[0] > style->lanes ? street->lanes[0] : style->lanes;
    style->sidewalk = style->sidewalk || street->walk[0];
    style->speed_limit_mps = fmax(style->speed_limit_mps, street->speed_mps[0]);
  }
  if (style->lanes > LANES) {
    map_remark(&r->map, r->ways[r->strands[p->strands[0]].way[0]].at,
               "a roundabout of more than %d lanes has %d", LANES, LANES);
    style->lanes = LANES;
  }
  style->radius_m = p->ring.radius_m - style->lanes * RING_LANE_M / 2;
  return style->radius_m >= LEAST_ISLAND_M;
}

// Islands in front of the ring ----------------------------------------------------

// The third end at a junction of three, where the other two are those.
static int third_end(const osm_reader *r, int root, int one, int two) {
  int count = 0, found = -1;
  for (int end = r->vertices[root].end; end >= 0; end = r->strands[end / 2].next[end % 2]) {
    count++;
    if (end != one && end != two)
      found = end;
  }
  return count == 3 ? found : -1;
}

static bool is_one_way(const osm_reader *r, int end, int which) {
  const osm_strand *s = &r->strands[end / 2];
  return s->street.lanes[1] == 0 && end % 2 == which && !s->ring &&
         osm_strand_length(r, s) <= ISLAND_REACH_M;
}

// Where a street parts round an island in front of the ring, it goes on to the ring instead.
static bool join_ways(osm_reader *r, const ring_plan *p, int out, int in) {
  const osm_strand *s = &r->strands[out / 2], *t = &r->strands[in / 2];
  int root = osm_root(r, s->vertex[1]), ring = s->vertex[0];
  if (out / 2 == in / 2 || root != osm_root(r, t->vertex[0]))
    return true;
  int third = third_end(r, root, out + 1, in - 1);
  const osm_strand *street = third >= 0 ? &r->strands[third / 2] : NULL;
  if (!street || street->ring || street->street.lanes[0] == 0 || street->street.lanes[1] == 0)
    return true;
  const osm_vertex *a = &r->vertices[s->vertex[0]], *b = &r->vertices[t->vertex[1]];
  double x = (a->x_m + b->x_m) / 2 - p->ring.style.x_m,
         y = (a->y_m + b->y_m) / 2 - p->ring.style.y_m;
  double far = hypot(x, y), share = far > 0.1 ? p->ring.radius_m / far : 0;
  unsigned mark = s->mark[0] | s->mark[1] | t->mark[0] | t->mark[1] | r->vertices[root].mark;
  map_remark(&r->map, r->ways[s->way[0]].at,
             "an island between the ways into a roundabout and out of it is left out");
  osm_give_up(r, out / 2);
  osm_give_up(r, in / 2);
  osm_remove_end(r, root, third);
  if (!osm_prolong(r, third, p->ring.style.x_m + share * x, p->ring.style.y_m + share * y, ring))
    return false;
  osm_strand *joined = &r->strands[third / 2];
  joined->mark[third % 2] |= mark;
  joined->turns[third % 2] = (osm_turns){0};
  osm_add_end(r, osm_root(r, ring), third);
  return true;
}

// Ends of other streets at the ring's vertices.
static int list_ends(const osm_reader *r, const ring_plan *p, int out[ARMS]) {
  int count = 0;
  for (int i = 0; i < p->strand_count; i++) {
    int root = r->vertices[r->strands[p->strands[i]].vertex[0]].root;
    for (int end = r->vertices[root].end; end >= 0; end = r->strands[end / 2].next[end % 2]) {
      if (r->strands[end / 2].ring)
        continue;
      if (count == ARMS)
        return ARMS + 1;
      out[count++] = end;
    }
  }
  return count;
}

static bool leave_islands_out(osm_reader *r, const ring_plan *p) {
  int ends[ARMS], count = list_ends(r, p, ends);
  for (int i = 0; i < count && count <= ARMS; i++)
    for (int k = 0; k < count; k++)
      if (is_one_way(r, ends[i], 0) && is_one_way(r, ends[k], 1) && !r->strands[ends[i] / 2].gone &&
          !r->strands[ends[k] / 2].gone && !join_ways(r, p, ends[i], ends[k]))
        return false;
  return true;
}

// Arms --------------------------------------------------------------------------

// A curve of that radius between a circle and a line beside an arm's axis, on the line's left
// (side +1) or right: the angle from the axis to where it touches the circle, and how far from the
// middle, along the axis, the arm has to end. False when there is no such curve.
static bool fit_curve(const road_place *at, int side, double line_m, double circle_m,
                      double radius_m, double *angle_rad, double *along_m) {
  double off = at->y_m * cos(at->heading_rad) - at->x_m * sin(at->heading_rad);
  double across = off + line_m + side * radius_m, reach = circle_m + radius_m;
  if (fabs(across) >= 0.9 * reach)
    return false;
  double along = sqrt(reach * reach - across * across), angle = atan2(across, along);
  *angle_rad = side > 0 ? fmax(*angle_rad, angle) : fmin(*angle_rad, angle);
  *along_m = fmax(*along_m, along + 0.1);
  return true;
}

// Moves an arm's end out until its corners find room.
static bool fit_arm(const osm_reader *r, const ring_plan *p, ring_arm *a) {
  const osm_street *street = &r->strands[a->end / 2].street;
  double length = osm_strand_length(r, &r->strands[a->end / 2]);
  double outer = ring_outer_m(&p->ring.style);
  int left = a->end % 2 ? 0 : 1; // the strand's side that is to the left looking out
  // Where lanes out of the ring and into it have their left borders.
  double border = (left ? 0.5 : -0.5) * (street->lanes[0] - street->lanes[1]) * street->lane_m;
  for (int round = 0; round < 100 && a->trim_m + LEAST_ARM_M <= length; round++) {
    osm_point near = osm_arm_at(r, &a->arm, a->trim_m);
    osm_point far = osm_arm_at(r, &a->arm, a->trim_m + STRAIGHT_M);
    road_place at = {.x_m = near.x_m - p->ring.style.x_m,
                     .y_m = near.y_m - p->ring.style.y_m,
                     .heading_rad = atan2(far.y_m - near.y_m, far.x_m - near.x_m)};
    double along = 0, lo = 0, hi = 0;
    double skew = angle_wrap(at.heading_rad - atan2(at.y_m, at.x_m));
    bool room = true;
    for (int k = 0; k < 2; k++) { // looking out: the left side, the right one
      int side = k ? 1 - left : left, sign = k ? -1 : 1;
      double *angle = k ? &lo : &hi, corner = p->corner_m * (1 + SHARP_GAIN * fmax(0, sign * skew));
      double kerb = sign * osm_kerb_m(street, side), walk = sign * osm_outer_m(street, side);
      room = room && fit_curve(&at, sign, kerb, outer, corner, angle, &along) &&
             fit_curve(&at, sign, walk, outer + RING_STONE_M + BESIDE_M, RING_CORNER_WAY_M, angle,
                       &along) &&
             fit_curve(&at, sign, border, p->ring.style.radius_m, p->corner_m + BORDER_M, angle,
                       &along);
    }
    double have = at.x_m * cos(at.heading_rad) + at.y_m * sin(at.heading_rad);
    if (room && have >= along) {
      a->arm.heading_rad = at.heading_rad;
      a->arm.angle_rad = atan2(at.y_m, at.x_m);
      a->lo_rad = at.heading_rad + lo;
      a->hi_rad = at.heading_rad + hi;
      return fabs(skew) < MOST_SKEW_RAD;
    }
    a->trim_m += room ? along - have + 0.02 : 1;
  }
  return false;
}

static double angle_from(double from_rad, double to_rad) {
  double d = fmod(to_rad - from_rad, 2 * PI);
  return d < 0 ? d + 2 * PI : d;
}

static bool is_apart(const ring_plan *p, const ring_arm *a, const ring_arm *b) {
  double between = angle_wrap((b->lo_rad + b->hi_rad) / 2 - (a->lo_rad + a->hi_rad) / 2);
  between = between <= 0 ? between + 2 * PI : between;
  double taken = (a->hi_rad - a->lo_rad + b->hi_rad - b->lo_rad) / 2;
  return between - taken >= RING_LEAST_STRETCH_M / p->ring.style.radius_m;
}

// Sorts the arms round the ring, from one that stands apart from the one before it, and numbers
// the junctions. False when there is only one.
static bool group_arms(ring_plan *p) {
  int n = p->arm_count, first = -1;
  for (int i = 1; i < n; i++) {
    ring_arm arm = p->arms[i];
    double middle = angle_from(0, (arm.lo_rad + arm.hi_rad) / 2);
    int k = i;
    for (; k > 0 && angle_from(0, (p->arms[k - 1].lo_rad + p->arms[k - 1].hi_rad) / 2) > middle;
         k--)
      p->arms[k] = p->arms[k - 1];
    p->arms[k] = arm;
  }
  for (int i = 0; i < n && first < 0; i++)
    if (is_apart(p, &p->arms[(i + n - 1) % n], &p->arms[i]))
      first = i;
  if (n < 2 || first < 0)
    return false;
  ring_arm sorted[ARMS];
  for (int i = 0; i < n; i++)
    sorted[i] = p->arms[(first + i) % n];
  p->group_count = 0;
  for (int i = 0; i < n; i++) {
    p->arms[i] = sorted[i];
    p->group_count += i == 0 || is_apart(p, &sorted[i - 1], &sorted[i]);
    p->arms[i].group = p->group_count - 1;
  }
  return p->group_count > 1;
}

// Arms at one junction keep apart as those of other junctions do.
static bool part_arms(osm_reader *r, ring_plan *p) {
  for (int i = 0; i + 1 < p->arm_count; i++) {
    ring_arm *a = &p->arms[i], *b = a + 1;
    if (a->group != b->group)
      continue;
    for (int k = 0; k < 2; k++)
      r->strands[a[k].end / 2].trim_m[a[k].end % 2] = a[k].trim_m;
    double trim[2] = {a->trim_m, b->trim_m};
    double opening = angle_wrap(b->arm.heading_rad - a->arm.heading_rad);
    if (opening < -0.08 || opening > TOGETHER_RAD)
      return false;
    osm_trim_pair(r, &a->arm, &b->arm, trim);
    a->trim_m = trim[0], b->trim_m = trim[1];
    osm_point from = osm_arm_at(r, &a->arm, a->trim_m), to = osm_arm_at(r, &b->arm, b->trim_m);
    const osm_street *s = &r->strands[a->end / 2].street, *t = &r->strands[b->end / 2].street;
    double need = osm_kerb_m(s, a->end % 2 ? 0 : 1) + osm_kerb_m(t, b->end % 2 ? 1 : 0);
    if (hypot(to.x_m - from.x_m, to.y_m - from.y_m) < need)
      return false;
  }
  return true;
}

static bool plan_arms(osm_reader *r, ring_plan *p) {
  int ends[ARMS], count = list_ends(r, p, ends);
  if (count > ARMS)
    return false;
  p->arm_count = count;
  for (int i = 0; i < count; i++) {
    const osm_vertex *v = &r->vertices[r->strands[ends[i] / 2].vertex[ends[i] % 2]];
    p->arms[i] = (ring_arm){
        .end = ends[i],
        .arm = {.strand = ends[i] / 2, .at_end = ends[i] % 2, .x_m = v->x_m, .y_m = v->y_m}};
    if (!fit_arm(r, p, &p->arms[i]))
      return false;
  }
  // Ends that give way to each other turn a little, and so do their corners.
  for (int round = 0; round < 4; round++) {
    double before = 0, after = 0;
    for (int i = 0; i < count; i++)
      before += p->arms[i].trim_m;
    if (!group_arms(p) || !part_arms(r, p))
      return false;
    for (int i = 0; i < count; i++) {
      if (!fit_arm(r, p, &p->arms[i]))
        return false;
      after += p->arms[i].trim_m;
    }
    if (after == before) {
      int most = 0;
      for (int i = 0, size = 0; i < count; i++) {
        size = i > 0 && p->arms[i - 1].group == p->arms[i].group ? size + 1 : 1;
        most = size > most ? size : most;
      }
      return most + 2 <= ROAD_ARMS;
    }
  }
  return false;
}

static bool has_bikes(const osm_reader *r, const ring_plan *p) {
  int ends[ARMS], count = list_ends(r, p, ends);
  bool any = false;
  for (int i = 0; i < count && count <= ARMS; i++)
    any = any || r->strands[ends[i] / 2].street.bikes[0] || r->strands[ends[i] / 2].street.bikes[1];
  return any;
}

// As on the map, but if that gives each arm a junction of its own with tighter corners, or with a
// ring a little wider.
static bool find_place(osm_reader *r, ring_plan *p) {
  double radius = p->ring.radius_m;
  bool bikes = has_bikes(r, p);
  for (double wider = 0; wider <= WIDEST_M; wider += WIDER_M)
    for (int i = 0; i < (bikes ? 1 : 2); i++) {
      p->corner_m = bikes ? BIKE_CORNER_M : CORNERS_M[i];
      p->ring.radius_m = radius + wider;
      p->ring.style.radius_m = p->ring.radius_m - p->ring.style.lanes * RING_LANE_M / 2;
      if (plan_arms(r, p) && p->group_count == p->arm_count)
        return true;
    }
  p->corner_m = bikes ? BIKE_CORNER_M : CORNERS_M[0];
  p->ring.radius_m = radius;
  p->ring.style.radius_m = radius - p->ring.style.lanes * RING_LANE_M / 2;
  return plan_arms(r, p);
}

// Lanes of an arm beyond those of a small ring would have to swing round its corners.
static bool is_too_small(const osm_reader *r, const ring_plan *p) {
  int ends[ARMS], count = list_ends(r, p, ends), most = 0;
  for (int i = 0; i < count && count <= ARMS; i++)
    for (int k = 0; k < 2; k++)
      most = r->strands[ends[i] / 2].street.lanes[k] > most
                 ? r->strands[ends[i] / 2].street.lanes[k]
                 : most;
  return p->ring.radius_m < SMALL_M && most > p->ring.style.lanes;
}

// Building ----------------------------------------------------------------------

static int add_junction(osm_reader *r, const ring_plan *p, double angle_rad, int node) {
  if (!ARRAY_RESERVE(r->vertices, r->vertex_capacity, r->vertex_count + 1)) {
    map_fail_memory(&r->map);
    return -1;
  }
  r->vertices[r->vertex_count] =
      (osm_vertex){.x_m = p->ring.style.x_m + p->ring.radius_m * cos(angle_rad),
                   .y_m = p->ring.style.y_m + p->ring.radius_m * sin(angle_rad),
                   .node = node,
                   .root = r->vertex_count,
                   .end = -1,
                   .ring = r->ring_count};
  return r->vertex_count++;
}

static bool add_arc(osm_reader *r, const ring_plan *p, const osm_strand *from, const int vertex[2],
                    double from_rad, double to_rad) {
  if (!ARRAY_RESERVE(r->strands, r->strand_capacity, r->strand_count + 1) ||
      !ARRAY_RESERVE(r->points, r->point_capacity, r->point_count + ARC_POINTS))
    return map_fail_memory(&r->map);
  osm_strand arc = {.vertex = {vertex[0], vertex[1]},
                    .way = {from->way[0], from->way[0]},
                    .point_first = r->point_count,
                    .point_count = ARC_POINTS,
                    .street = {.kind = from->street.kind, .lane_m = RING_LANE_M},
                    .ring = true,
                    .arc = r->ring_count,
                    .from_rad = from_rad,
                    .to_rad = to_rad};
  arc.street.lanes[0] = p->ring.style.lanes;
  arc.street.walk[0] = p->ring.style.sidewalk;
  arc.street.speed_mps[0] = arc.street.speed_mps[1] = p->ring.style.speed_limit_mps;
  for (int i = 0; i < ARC_POINTS; i++) {
    double angle = from_rad + (to_rad - from_rad) * i / (ARC_POINTS - 1);
    r->points[r->point_count++] = (osm_point){p->ring.style.x_m + p->ring.radius_m * cos(angle),
                                              p->ring.style.y_m + p->ring.radius_m * sin(angle),
                                              p->ring.radius_m * (angle - from_rad)};
  }
  int index = r->strand_count++;
  r->strands[index] = arc;
  for (int k = 0; k < 2; k++)
    osm_add_end(r, vertex[k], 2 * index + k);
  return true;
}

// Junctions take the arms over from the ring's vertices, which stand for the first of theirs.
static bool move_arms(osm_reader *r, ring_plan *p, int junction[ARMS]) {
  int was[ARMS];
  for (int i = 0; i < p->arm_count; i++) {
    ring_arm *a = &p->arms[i];
    osm_strand *s = &r->strands[a->end / 2];
    was[i] = osm_root(r, s->vertex[a->end % 2]);
    if (i == 0 || p->arms[i - 1].group != a->group)
      junction[a->group] = add_junction(r, p, a->arm.angle_rad, r->vertices[was[i]].node);
    int root = junction[a->group];
    if (root < 0)
      return false;
    bool bikes = s->street.bikes[0] || s->street.bikes[1];
    if (bikes && p->ring.radius_m < BIKES_LEAST_M) {
      map_remark(&r->map, r->ways[s->way[a->end % 2]].at,
                 "lanes for bicycles that lead to a small roundabout are left out");
      s->street.bikes[0] = s->street.bikes[1] = false;
    }
    osm_remove_end(r, was[i], a->end);
    s->vertex[a->end % 2] = root;
    s->trim_m[a->end % 2] = a->trim_m;
    osm_add_end(r, root, a->end);
  }
  for (int i = 0; i < p->arm_count; i++)
    if (r->vertices[was[i]].root == was[i])
      r->vertices[was[i]].root = junction[p->arms[i].group];
  return true;
}

static bool build(osm_reader *r, ring_plan *p) {
  int junction[ARMS];
  double lo[ARMS], hi[ARMS];
  osm_strand first = r->strands[p->strands[0]];
  if (!ARRAY_RESERVE(r->rings, r->ring_capacity, r->ring_count + 1))
    return map_fail_memory(&r->map);
  r->rings[r->ring_count++] = p->ring;
  for (int i = 0; i < p->strand_count; i++)
    osm_give_up(r, p->strands[i]);
  if (!move_arms(r, p, junction))
    return false;
  for (int i = 0; i < p->arm_count; i++) {
    const ring_arm *a = &p->arms[i];
    bool begins = i == 0 || p->arms[i - 1].group != a->group;
    double from = begins ? a->lo_rad : lo[a->group];
    double by = angle_from(from, (a->lo_rad + a->hi_rad) / 2), half = (a->hi_rad - a->lo_rad) / 2;
    lo[a->group] = begins ? from : from + fmin(0, by - half);
    hi[a->group] = begins ? a->hi_rad : fmax(hi[a->group], from + by + half);
  }
  for (int g = 0; g < p->group_count; g++) {
    int next = (g + 1) % p->group_count;
    double from = angle_wrap(hi[g]), to = from + angle_from(from, lo[next]);
    if (!add_arc(r, p, &first, (const int[2]){junction[g], junction[next]}, from, to))
      return false;
  }
  return true;
}

bool osm_lay_rings(osm_reader *r, const bool *crossing) {
  int strands = r->strand_count;
  r->ring_count = 0;
  for (int i = 0; i < strands; i++) {
    ring_plan p = {.ring.first_strand = i};
    if (r->strands[i].gone || !r->strands[i].ring || crossing[i] || !trace(r, i, &p))
      continue;
    bool first = true; // of its strands: others find the same ring
    for (int k = 0; k < p.strand_count; k++)
      first = first && p.strands[k] >= i;
    if (!first || !measure(r, &p) || !plan_style(r, &p))
      continue;
    if (!leave_islands_out(r, &p))
      return false;
    if (!is_too_small(r, &p) && find_place(r, &p) && !build(r, &p))
      return false;
  }
  return r->map.code == STATUS_OK;
}
