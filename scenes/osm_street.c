// SPDX-License-Identifier: Apache-2.0
// A road for every strand: its cross-section, and a smooth line through its points.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/osm_reader.h"

static const double SIDEWALK_M = 2, STONE_M = 0.15, RIM_M = 1;
static const double SHOULDER_M = 0.75, HARD_SHOULDER_M = 2.5, VERGE_M = 1.5;
static const double STRAIGHT_END_M = 7.5; // crossing and stop line lie on it
static const double CORNER_GAP_M = 3;     // from there to the first bend's corner
static const double DROP_M = 0.25;        // points nearer to the line through others
static const double TOLERANCE_M = 1;      // how far a bend may leave its corner
static const double WIDEST_BEND_M = 5000;
static const double SLIGHT_RAD = 0.03, SLIGHT_BEND_M = 150, SLIGHT_REACH_M = 5;
static const double USUAL_BEND_M = 18, TIGHT_BEND_M = 12; // long vehicles find room there
// Lanes for buses are open to all over that length before crossings.
static const double OPEN_M[2] = {35, 60}, OPEN_SHARE = 0.4, LEAST_RESERVED_M = 4;
static const double CLEAR_M = 1; // of a bend's middle from a street's inner border
enum { MOST_CORNERS = 100000, WINDOW = 64, REPAIRS = 40 };

// Cross-sections ------------------------------------------------------------------

double osm_half_m(const osm_street *street) {
  return (street->lanes[0] + street->lanes[1]) * street->lane_m / 2;
}

static bool has_bikes(const osm_street *street, int side) {
  return street->bikes[side] && street->lanes[side] > 0;
}

// Half the carriageway's width with the lane for bicycles on that side.
static double paved_m(const osm_street *street, int side) {
  return osm_half_m(street) + (has_bikes(street, side) ? STREET_BIKE_LANE_M : 0);
}

static street_style style_of(const osm_street *street, int side) {
  return (street_style){.lanes = street->lanes[side],
                        .lane_width_m = street->lane_m,
                        .sidewalk_m = SIDEWALK_M,
                        .speed_limit_mps = street->speed_mps[side],
                        .bikes = has_bikes(street, side),
                        .parking = street->parking[side]};
}

static double shoulder_m(const osm_street *street) {
  return street->kind->rank < 3 ? HARD_SHOULDER_M : SHOULDER_M;
}

double osm_outer_m(const osm_street *street, int side) {
  street_style style = style_of(street, side);
  if (street->walk[side])
    return paved_m(street, side) + street_outer_m(&style) - street_kerb_m(&style, false);
  return paved_m(street, side) +
         (street->lanes[side] > 0 ? shoulder_m(street) + VERGE_M : STONE_M + RIM_M);
}

// Without a kerb the carriageway goes on to the outer border.
double osm_kerb_m(const osm_street *street, int side) {
  bool kerb = street->walk[side] || street->lanes[side] == 0;
  return kerb ? paved_m(street, side) : osm_outer_m(street, side);
}

static void bare_side(profile_lane *lanes, int *count, const osm_street *street, int side) {
  for (int i = 0; i < street->lanes[side]; i++) {
    profile_lane *lane = road_profile_add(lanes, count, LANE_DRIVING, street->lane_m);
    lane->speed_limit_mps = street->speed_mps[side];
    lane->mark = i + 1 < street->lanes[side] ? MARK_BROKEN : MARK_SOLID;
  }
  if (has_bikes(street, side)) {
    lanes[*count - 1].mark = MARK_SOLID;
    road_profile_add(lanes, count, LANE_BIKING, STREET_BIKE_LANE_M)->speed_limit_mps =
        street->speed_mps[side];
    lanes[*count - 1].mark = MARK_SOLID;
  }
  if (street->lanes[side] > 0) {
    road_profile_add(lanes, count, LANE_SHOULDER, shoulder_m(street));
    road_profile_add(lanes, count, LANE_VERGE, VERGE_M);
    return;
  }
  road_profile_add(lanes, count, LANE_CURB, STONE_M)->height_m = ROAD_KERB_M;
  road_profile_add(lanes, count, LANE_VERGE, RIM_M)->height_m = ROAD_KERB_M;
}

void osm_profile(road_profile *out, const osm_street *street, double length_m) {
  bool both = street->lanes[0] > 0 && street->lanes[1] > 0;
  *out = (road_profile){.centre_yellow = true};
  if (both && street->kind->rank < 10)
    out->centre_mark = street->lanes[0] + street->lanes[1] > 2 ? MARK_DOUBLE_SOLID : MARK_BROKEN;
  for (int side = 0; side < 2; side++) {
    profile_lane *lanes = side ? out->left : out->right;
    int *count = side ? &out->left_count : &out->right_count;
    if (!street->walk[side]) {
      bare_side(lanes, count, street, side);
      continue;
    }
    street_style style = style_of(street, side);
    road_profile whole;
    street_profile(&whole, &style, length_m);
    *count = side ? whole.left_count : whole.right_count;
    memcpy(lanes, side ? whole.left : whole.right, sizeof *lanes * (size_t)*count);
  }
}

// Lines -----------------------------------------------------------------------

// The points that a street bends at, between its straight ends.
typedef struct course {
  road_place begin, end; // where the straight ends meet what is between
  int count, capacity;
  road_corner_point *corners;
  int piece_capacity;
  road_geometry *pieces;
} course;

static double from_chord(const osm_point *p, const road_corner_point *a, const osm_point *b) {
  double ex = b->x_m - a->x_m, ey = b->y_m - a->y_m, dx = p->x_m - a->x_m, dy = p->y_m - a->y_m;
  double square = ex * ex + ey * ey;
  double u = square > 0 ? fmax(0, fmin(1, (dx * ex + dy * ey) / square)) : 0;
  return hypot(dx - u * ex, dy - u * ey);
}

static bool add_corner(osm_reader *r, course *c, double x, double y) {
  if (!ARRAY_RESERVE(c->corners, c->capacity, c->count + 3))
    return map_fail_memory(&r->map);
  c->corners[c->count++] = (road_corner_point){x, y, 0};
  return true;
}

// Points between two places along a strand but those that lie near the line through the rest.
static bool find_corners(osm_reader *r, const osm_strand *s, double from_m, double to_m,
                         course *c) {
  const osm_point *points = &r->points[s->point_first];
  double s0 = points[0].s_m;
  road_corner_point last = {c->begin.x_m, c->begin.y_m, 0};
  int kept = 0;
  c->count = 0;
  for (int i = 0; i < s->point_count; i++) {
    if (points[i].s_m - s0 < from_m || points[i].s_m - s0 > to_m)
      continue;
    osm_point next = {c->end.x_m, c->end.y_m, 0};
    if (i + 1 < s->point_count && points[i + 1].s_m - s0 <= to_m)
      next = points[i + 1];
    bool near = i - kept < WINDOW;
    for (int k = kept; k <= i && near; k++)
      near = points[k].s_m - s0 < from_m || from_chord(&points[k], &last, &next) < DROP_M;
    if (near)
      continue;
    if (!add_corner(r, c, points[i].x_m, points[i].y_m))
      return false;
    last = c->corners[c->count - 1];
    kept = i + 1;
  }
  return true;
}

static road_place gate(const osm_reader *r, const osm_strand *s, bool at_end, double *straight_m) {
  double length = osm_strand_length(r, s), trim = s->trim_m[at_end];
  osm_point a = osm_strand_at(r, s, at_end ? length - trim : trim);
  osm_point b =
      osm_strand_at(r, s, at_end ? length - trim - STRAIGHT_END_M : trim + STRAIGHT_END_M);
  double sign = at_end ? -1 : 1;
  *straight_m = STRAIGHT_END_M;
  return (road_place){.x_m = a.x_m,
                      .y_m = a.y_m,
                      .heading_rad = atan2(sign * (b.y_m - a.y_m), sign * (b.x_m - a.x_m))};
}

static road_place ahead(const road_place *at, double forward_m) {
  road_place out = *at;
  out.x_m += forward_m * cos(at->heading_rad);
  out.y_m += forward_m * sin(at->heading_rad);
  return out;
}

// A bend as wide as it may be without leaving its corner too far.
static void set_radii(course *c, double least_m) {
  for (int i = 0; i < c->count; i++) {
    const road_corner_point *at = &c->corners[i];
    double x0 = i ? at[-1].x_m : c->begin.x_m, y0 = i ? at[-1].y_m : c->begin.y_m;
    double x1 = i + 1 < c->count ? at[1].x_m : c->end.x_m;
    double y1 = i + 1 < c->count ? at[1].y_m : c->end.y_m;
    double turn =
        fabs(angle_wrap(atan2(y1 - at->y_m, x1 - at->x_m) - atan2(at->y_m - y0, at->x_m - x0)));
    double beyond = 1 / fmax(1e-6, cos(fmin(turn, 3.1) / 2)) - 1;
    double radius = turn < SLIGHT_RAD ? SLIGHT_BEND_M : TOLERANCE_M / fmax(1e-9, beyond);
    c->corners[i].radius_m = fmin(WIDEST_BEND_M, fmax(least_m, radius));
  }
}

// How far a straight end goes on before it turns to the first corner: not far if it hardly turns.
static double reach(const road_place *from, const road_corner_point *to, int sign) {
  double dx = sign * (to->x_m - from->x_m), dy = sign * (to->y_m - from->y_m);
  double turn = fabs(angle_wrap(atan2(dy, dx) - from->heading_rad)), far = 0.3 * hypot(dx, dy);
  return turn < 3 * SLIGHT_RAD ? fmin(far, SLIGHT_REACH_M) : far;
}

// Straight end, bends, straight end. The number of pieces; 0 when memory ran out.
static int lay(osm_reader *r, course *c, const road_place *from, const road_place *to,
               double least_m) {
  road_corner_point bridge[2];
  int inner = c->count, count = c->count;
  road_corner_point *corners = c->corners;
  if (inner == 0) {
    corners = bridge;
    count = road_connect(bridge, &c->begin, &c->end);
  } else {
    // Room for two more was reserved: out of the straight ends, towards the first and the last.
    double reach0 = reach(&c->begin, &corners[0], 1);
    double reach1 = reach(&c->end, &corners[count - 1], -1);
    road_place near = ahead(&c->begin, reach0), far = ahead(&c->end, -reach1);
    memmove(corners + 1, corners, sizeof *corners * (size_t)count);
    corners[0] = (road_corner_point){near.x_m, near.y_m, 0};
    corners[count + 1] = (road_corner_point){far.x_m, far.y_m, 0};
    count += 2;
    c->count = count;
    set_radii(c, least_m);
  }
  int most = 4 * count + 3;
  if (!ARRAY_RESERVE(c->pieces, c->piece_capacity, most)) {
    map_fail_memory(&r->map);
    return 0;
  }
  c->pieces[0] = (road_geometry){.x_m = from->x_m,
                                 .y_m = from->y_m,
                                 .heading_rad = from->heading_rad,
                                 .length_m = STRAIGHT_END_M};
  int n = 1 + road_lay(c->pieces + 1, c->begin.x_m, c->begin.y_m, c->end.x_m, c->end.y_m, corners,
                       count);
  for (int i = 1; i < n; i++)
    c->pieces[i].s_m += STRAIGHT_END_M;
  c->pieces[n] = (road_geometry){.s_m = c->pieces[n - 1].s_m + c->pieces[n - 1].length_m,
                                 .x_m = c->end.x_m,
                                 .y_m = c->end.y_m,
                                 .heading_rad = to->heading_rad,
                                 .length_m = STRAIGHT_END_M};
  if (inner > 0) {
    c->count = inner;
    memmove(corners, corners + 1, sizeof *corners * (size_t)inner);
  }
  return n + 1;
}

static double least_radius(const road_geometry *pieces, int count, int *tightest) {
  double most = 1e-9;
  for (int i = 0; i < count; i++)
    if (fabs(pieces[i].curvature_end_pm) > most) {
      most = fabs(pieces[i].curvature_end_pm);
      *tightest = i;
    }
  return 1 / most;
}

// Corners too near to each other to be rounded become one.
static void join_corners(course *c, const road_geometry *tight) {
  int at = 0;
  double least = INFINITY;
  for (int i = 0; i < c->count; i++) {
    double d = hypot(c->corners[i].x_m - tight->x_m, c->corners[i].y_m - tight->y_m);
    if (d < least)
      least = d, at = i;
  }
  double before = at > 0 ? hypot(c->corners[at].x_m - c->corners[at - 1].x_m,
                                 c->corners[at].y_m - c->corners[at - 1].y_m)
                         : INFINITY;
  double after = at + 1 < c->count ? hypot(c->corners[at].x_m - c->corners[at + 1].x_m,
                                           c->corners[at].y_m - c->corners[at + 1].y_m)
                                   : INFINITY;
  if (isfinite(fmin(before, after))) {
    road_corner_point *a = &c->corners[before < after ? at - 1 : at];
    a->x_m = (a[0].x_m + a[1].x_m) / 2;
    a->y_m = (a[0].y_m + a[1].y_m) / 2;
    at = (int)(a - c->corners) + 1;
  }
  memmove(&c->corners[at], &c->corners[at + 1], sizeof *c->corners * (size_t)(c->count - at - 1));
  c->count--;
}

static double widest_m(const osm_street *street) {
  return fmax(osm_outer_m(street, 0), osm_outer_m(street, 1));
}

// A line whose bends leave room for the street inside of them. 0 when there is none.
static int smooth(osm_reader *r, osm_strand *s, course *c) {
  double straight, length = osm_strand_length(r, s);
  road_place from = gate(r, s, false, &straight), to = gate(r, s, true, &straight);
  c->begin = ahead(&from, STRAIGHT_END_M);
  c->end = ahead(&to, -STRAIGHT_END_M);
  double lead = STRAIGHT_END_M + CORNER_GAP_M;
  for (int narrower = 0; narrower < 5 && r->map.code == STATUS_OK; narrower++) {
    if (narrower == 3)
      s->street.parking[0] = s->street.parking[1] = false;
    if (narrower == 4)
      s->street.walk[0] = s->street.walk[1] = false;
    double least = widest_m(&s->street) + CLEAR_M;
    if (narrower < 2)
      least = fmax(least, narrower == 0 ? USUAL_BEND_M : TIGHT_BEND_M);
    if (!find_corners(r, s, s->trim_m[0] + lead, length - s->trim_m[1] - lead, c))
      return 0;
    for (int repair = 0; repair < REPAIRS + s->point_count; repair++) {
      int tight = 0, count = lay(r, c, &from, &to, least * 1.05);
      if (count == 0)
        return 0;
      if (least_radius(c->pieces, count, &tight) >= least) {
        if (narrower == 4)
          map_remark(&r->map, r->ways[s->way[0]].at,
                     "a street that bends tightly has no room for its sidewalks");
        return count;
      }
      if (c->count == 0)
        break;
      join_corners(c, &c->pieces[tight]);
    }
  }
  if (r->map.code == STATUS_OK)
    map_remark(&r->map, r->ways[s->way[0]].at,
               "a piece of street that bends too tightly for its lanes is left out");
  return 0;
}

// Roads -----------------------------------------------------------------------

// Where a lane for buses begins before an end that it runs from, or ends before one that it runs
// to: others turn from there on in front of a crossing.
static double opens_m(osm_reader *r, const osm_strand *s, int end, double length) {
  int arms = 0;
  for (int k = r->vertices[osm_root(r, s->vertex[end])].end; k >= 0;
       k = r->strands[k / 2].next[k % 2])
    arms++;
  return arms > 2 ? fmax(OPEN_M[0], fmin(OPEN_M[1], OPEN_SHARE * length)) : 0;
}

// Lanes for buses; the road is cut where they open to all.
static void reserve_lanes(osm_reader *r, osm_strand *s) {
  road_builder *b = r->map.b;
  double length = b->net.roads[s->road[0] - 1].length_m, cuts[2];
  double from[2] = {0, s->street.buses[1] ? opens_m(r, s, 0, length) : 0};
  double to[2] = {length - (s->street.buses[0] ? opens_m(r, s, 1, length) : 0), length};
  int count = 0;
  if (to[0] - from[1] < LEAST_RESERVED_M) {
    map_remark(&r->map, r->ways[s->way[0]].at,
               "a lane for buses on too short a piece of street is for all");
    return;
  }
  if (from[1] > 0)
    cuts[count++] = from[1];
  if (to[0] < length)
    cuts[count++] = to[0];
  int last = road_builder_cut(b, s->road[0], cuts, count);
  double at = 0;
  for (int id = s->road[0]; id <= last; id++) {
    const road *piece = &b->net.roads[id - 1];
    double middle = at + piece->length_m / 2;
    for (int k = 0; k < 2; k++)
      if (s->street.buses[k] && middle > from[k] && middle < to[k])
        street_reserve(b, piece, k ? 1 : -1, has_bikes(&s->street, k));
    at += piece->length_m;
  }
  s->road[1] = last;
}

static bool lay_arc(osm_reader *r, osm_strand *s) {
  int id = ring_stretch(r->map.b, &r->rings[s->arc - 1].style, s->from_rad, s->to_rad);
  s->road[0] = s->road[1] = id;
  return id || map_fail_memory(&r->map);
}

static bool lay_road(osm_reader *r, osm_strand *s, course *c) {
  if (s->arc)
    return lay_arc(r, s);
  int count = smooth(r, s, c);
  if (count == 0) {
    s->gone = true;
    return r->map.code == STATUS_OK;
  }
  road_builder *b = r->map.b;
  road_profile profile;
  const road_geometry *last = &c->pieces[count - 1];
  osm_profile(&profile, &s->street, last->s_m + last->length_m);
  int id = road_builder_road(b, s->street.kind->class, c->pieces, count, &profile);
  double offset = (s->street.lanes[0] - s->street.lanes[1]) * s->street.lane_m / 2;
  if (!id)
    return map_fail_memory(&r->map);
  road_builder_elevation(b, id, (road_poly3){0});
  if (offset != 0)
    road_builder_offset(b, id, (road_poly3){.a = offset});
  s->road[0] = s->road[1] = id;
  if (s->street.buses[0] || s->street.buses[1])
    reserve_lanes(r, s);
  return !b->failed || map_fail_memory(&r->map);
}

bool osm_lay_roads(osm_reader *r) {
  course c = {0};
  bool ok = true, any = false;
  for (int i = 0; i < r->strand_count && ok; i++) {
    if (r->strands[i].gone)
      continue;
    ok = lay_road(r, &r->strands[i], &c);
    any = any || r->strands[i].road[0];
  }
  free(c.pieces);
  free(c.corners);
  if (ok && !any)
    return map_fail(&r->map, xmlDocGetRootElement(r->map.doc),
                    "has no street long enough to drive on");
  return ok;
}
