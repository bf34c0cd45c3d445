// SPDX-License-Identifier: Apache-2.0
// Junction arms and corners, derived from the roads that meet there.
#include <math.h>

#include "scenes/road_model.h"

static const double PI = 3.14159265358979323846;
static const double WAY_ROOM_M = 0.9; // from the kerb to the middle of the way
static const double STREET_WAY_M = 1, RING_WAY_M = 7;
static const double KERB_MOST_M = 12;
static const double WIDE_RAD = 2.3;      // corners wider than this have kerbs of any radius
static const double SHIFT_M = 0.2;       // sides less than that out of line are in line
static const double OUTSIDE_SHARE = 0.5; // of the room for the arc outside of a bend

// Between a road's borders: carriageways of one street may share their reference line.
static vec3 arm_centre(const road_network *net, const road_arm *arm) {
  return vec3_scale(vec3_add(road_arm_point(net, arm, true, ROAD_EDGE_KERB, 0),
                             road_arm_point(net, arm, false, ROAD_EDGE_KERB, 0)),
                    0.5);
}

// Carriageways of one street lie side by side: their headings don't tell which comes first.
static void order_side_by_side(const road_network *net, road_arm *arms, int count) {
  for (int i = 0; i < count && count > 2; i++) {
    road_arm *a = &arms[i], *b = &arms[(i + 1) % count];
    if (fabs(angle_wrap(b->heading_rad - a->heading_rad)) > 0.1)
      continue;
    vec3 to = vec3_sub(arm_centre(net, b), arm_centre(net, a));
    bool b_is_left = cos(a->heading_rad) * to.y - sin(a->heading_rad) * to.x >= 0;
    if (!b_is_left) {
      road_arm swap = *a;
      *a = *b;
      *b = swap;
    }
  }
}

int road_junction_arms(const road_network *net, const road_junction *j, road_arm out[ROAD_ARMS]) {
  int count = 0;
  for (int i = 0; i < j->end_count && count < ROAD_ARMS; i++) {
    junction_end end = net->ends[j->end_first + i];
    const road *r = &net->roads[end.road - 1];
    double s = end.at_end ? r->length_m : 0;
    road_place at = road_line_at(net, r, s);
    road_arm arm = {.road = r->id,
                    .at_end = end.at_end,
                    .s_m = s,
                    .heading_rad = angle_wrap(at.heading_rad + (end.at_end ? PI : 0)),
                    .middle = {at.x_m, at.y_m, road_elevation_at(net, r, s)}};
    int k = count++;
    for (; k > 0 && out[k - 1].heading_rad > arm.heading_rad; k--)
      out[k] = out[k - 1];
    out[k] = arm;
  }
  order_side_by_side(net, out, count);
  return count;
}

// Driving lanes next to the centre on one side.
static int lanes_beside(const road_network *net, const road_section *section, int side) {
  int count = 0;
  for (const road_lane *lane;
       (lane = road_lane_find(net, section, side * (count + 1))) && lane->type == LANE_DRIVING;)
    count++;
  return count;
}

int road_arm_lanes(const road_network *net, const road_arm *arm, bool in) {
  const road *r = &net->roads[arm->road - 1];
  int index = r->section_first + (arm->at_end ? r->section_count - 1 : 0);
  int side = road_side_into(net, arm->at_end);
  return lanes_beside(net, &net->sections[index], in ? side : -side);
}

int road_arm_bike_lane(const road_network *net, const road_arm *arm, bool in) {
  const road *r = &net->roads[arm->road - 1];
  int index = r->section_first + (arm->at_end ? r->section_count - 1 : 0);
  int side = road_side_into(net, arm->at_end) * (in ? 1 : -1);
  const road_lane *lane;
  for (int id = side; (lane = road_lane_find(net, &net->sections[index], id)); id += side)
    if (lane->type == LANE_BIKING)
      return id;
  return 0;
}

int road_one_way(const road_network *net, const road *r) {
  const road_section *section = &net->sections[r->section_first];
  bool along = lanes_beside(net, section, road_side_into(net, true)) > 0;
  bool against = lanes_beside(net, section, road_side_into(net, false)) > 0;
  return along - against;
}

int road_arm_left_side(const road_arm *arm) {
  return arm->at_end ? -1 : 1;
}

vec3 road_arm_point(const road_network *net, const road_arm *arm, bool left, road_edge edge,
                    double out_m) {
  const road *r = &net->roads[arm->road - 1];
  double s = arm->at_end ? arm->s_m - out_m : arm->s_m + out_m;
  int side = road_arm_left_side(arm) * (left ? 1 : -1);
  return road_point_at(net, r, s, road_edge_t(net, r, s, side, edge));
}

// Two sides that meet at a corner: a heads out of the junction by da, b by db.
typedef struct sides {
  vec3 a, b;
  double da, db;
  double rise_a, rise_b; // per metre outward
} sides;

// Height of a point on the plane of both sides; from_corner as corner_radius gives it.
static double side_plane(const sides *at, const double from_corner[2], double x, double y) {
  double ca = cos(at->da), sa = sin(at->da), cb = cos(at->db), sb = sin(at->db);
  double dx = x - (at->a.x - from_corner[0] * ca), dy = y - (at->a.y - from_corner[0] * sa);
  double cross = ca * sb - sa * cb;
  double u = (dx * sb - dy * cb) / cross, v = (dy * ca - dx * sa) / cross;
  double corner =
      (at->a.z - from_corner[0] * at->rise_a + at->b.z - from_corner[1] * at->rise_b) / 2;
  return corner + u * at->rise_a + v * at->rise_b;
}

// Radius of the arc that rounds the corner where two sides meet: the largest one up to `most`
// that fits; 0 when they are nearly in line. from_corner: how far from the corner each ends.
static double corner_radius(const sides *at, double most, double from_corner[2]) {
  double opening = angle_wrap(at->db - at->da);
  if (fabs(opening) < 0.35 || fabs(opening) > PI - 0.02)
    return 0;
  // Both sides run inward until they meet at the corner: a - p da = b - q db.
  double ca = cos(at->da), sa = sin(at->da), cb = cos(at->db), sb = sin(at->db);
  double dx = at->a.x - at->b.x, dy = at->a.y - at->b.y, cross = ca * sb - sa * cb;
  double p = (dx * sb - dy * cb) / cross, q = (dx * sa - dy * ca) / cross;
  from_corner[0] = p;
  from_corner[1] = q;
  double tangent = fmin(p, q) - 0.05; // so that no arc point falls on an end
  if (tangent < 1e-3)
    return 0;
  double half = tan(fabs(opening) / 2);
  // Where the outside of a bend goes round the junction, lanes' spirals stay inside of the arc.
  return opening < 0 ? OUTSIDE_SHARE * tangent * half : fmin(most, tangent * half);
}

// Opposite sides aren't in line where one street is wider: what joins them goes over from the one
// to the other as lanes do.
static bool shifts(const sides *at) {
  double aside = (at->b.y - at->a.y) * cos(at->da) - (at->b.x - at->a.x) * sin(at->da);
  return fabs(angle_wrap(at->db - at->da)) > PI - 0.3 && fabs(aside) > SHIFT_M;
}

static vec3 shifted(const sides *at, double u) {
  double chord = hypot(at->b.x - at->a.x, at->b.y - at->a.y);
  vec3 begin = {-chord * cos(at->da), -chord * sin(at->da), at->b.z - at->a.z};
  vec3 end = {chord * cos(at->db), chord * sin(at->db), at->b.z - at->a.z};
  double v = 1 - u, over = u * u * (3 - 2 * u);
  vec3 ends = vec3_add(vec3_scale(at->a, 1 - over), vec3_scale(at->b, over));
  return vec3_add(ends, vec3_add(vec3_scale(begin, u * v * v), vec3_scale(end, -u * u * v)));
}

static void round_corner(const sides *at, double most, int n, vec3 *out) {
  for (int i = 0; i < n; i++) {
    double u = (double)i / (n - 1);
    out[i] = shifts(at) ? shifted(at, u) : vec3_add(vec3_scale(at->a, 1 - u), vec3_scale(at->b, u));
  }
  double from_corner[2], radius = corner_radius(at, most, from_corner);
  if (radius <= 0)
    return;
  double opening = angle_wrap(at->db - at->da), bisector = at->da + opening / 2;
  double middle = radius / sin(fabs(opening) / 2);
  double cx = at->a.x - from_corner[0] * cos(at->da) + middle * cos(bisector);
  double cy = at->a.y - from_corner[0] * sin(at->da) + middle * sin(bisector);
  // The first and last point stay where the arms end; the rest lie on the arc.
  double turned = copysign(1, opening);
  double from = at->da - turned * PI / 2, sweep = -turned * (PI - fabs(opening));
  for (int i = 1; i + 1 < n; i++) {
    double angle = from + sweep * (i - 1) / (n - 3);
    out[i].x = cx + radius * cos(angle);
    out[i].y = cy + radius * sin(angle);
    if (at->rise_a != 0 || at->rise_b != 0)
      out[i].z = side_plane(at, from_corner, out[i].x, out[i].y);
  }
}

static bool bends(const road_network *net, const road_arm *arm) {
  return fabs(road_line_at(net, &net->roads[arm->road - 1], arm->s_m).curvature_pm) > 1e-6;
}

// Both roads bend where they end: the kerb goes on along their circle.
static bool on_circle(const road_network *net, const road_arm *arm, const road_arm *next) {
  return bends(net, arm) && bends(net, next);
}

// The radius of the way round a corner: small between streets, wider where one meets a ring.
static double way_radius(const road_network *net, const road_arm *arm, const road_arm *next) {
  return bends(net, arm) || bends(net, next) ? RING_WAY_M : STREET_WAY_M;
}

// The largest radius of a kerb that leaves people room between it and the way they walk,
// which takes the corner nearly sharply.
static double kerb_radius_most(const road_network *net, const road_arm *arm, const road_arm *next,
                               road_edge edge) {
  double across = INFINITY, opening = angle_wrap(next->heading_rad - arm->heading_rad);
  const road_arm *both[2] = {arm, next};
  for (int k = 0; k < 2; k++) {
    const road *r = &net->roads[both[k]->road - 1];
    int side = road_arm_left_side(both[k]) * (k == 0 ? 1 : -1);
    across = fmin(across, fabs(road_edge_t(net, r, both[k]->s_m, side, ROAD_EDGE_PATH) -
                               road_edge_t(net, r, both[k]->s_m, side, edge)));
  }
  if (on_circle(net, arm, next))
    return INFINITY;
  double s = sin(fabs(opening) / 2);
  double usual = fabs(opening) > WIDE_RAD ? INFINITY : KERB_MOST_M;
  double way = way_radius(net, arm, next);
  return fmax(1, fmin(usual, way + (across - WAY_ROOM_M * s) / fmax(1e-3, 1 - s)));
}

double road_arm_grade(const road_network *net, const road_arm *arm) {
  double grade = road_grade_at(net, &net->roads[arm->road - 1], arm->s_m);
  return arm->at_end ? -grade : grade;
}

static sides corner_sides(const road_network *net, const road_arm *arm, const road_arm *next,
                          road_edge edge) {
  return (sides){.a = road_arm_point(net, arm, true, edge, 0),
                 .b = road_arm_point(net, next, false, edge, 0),
                 .da = arm->heading_rad,
                 .db = next->heading_rad,
                 .rise_a = road_arm_grade(net, arm),
                 .rise_b = road_arm_grade(net, next)};
}

void road_corner_leads(const road_network *net, const road_arm *arm, const road_arm *next,
                       double lead_m[2]) {
  sides kerb = corner_sides(net, arm, next, ROAD_EDGE_KERB);
  double from_corner[2], opening = angle_wrap(kerb.db - kerb.da);
  double most = kerb_radius_most(net, arm, next, ROAD_EDGE_KERB);
  double radius = opening > 0 ? corner_radius(&kerb, most, from_corner) : 0;
  for (int k = 0; k < 2; k++)
    lead_m[k] = radius > 0 ? fmax(0, from_corner[k] - radius / tan(opening / 2)) : 0;
}

void road_corner_lines(const road_network *net, const road_arm *arm, const road_arm *next,
                       road_corner *out) {
  static const road_edge edges[4] = {ROAD_EDGE_KERB, ROAD_EDGE_STONE, ROAD_EDGE_PATH,
                                     ROAD_EDGE_OUTER};
  // Kerbs are round; a sidewalk's outer corner is nearly sharp, as walls stand behind it.
  double way = way_radius(net, arm, next);
  double most[4] = {kerb_radius_most(net, arm, next, ROAD_EDGE_KERB),
                    kerb_radius_most(net, arm, next, ROAD_EDGE_STONE), way, way / 2};
  vec3 *lines[4] = {out->kerb, out->stone, out->path, out->outer};
  bool circle = arm->road == next->road && arm->at_end == next->at_end;
  out->count = circle ? ROAD_BULB_POINTS : ROAD_ARC_POINTS;
  for (int k = 0; k < 4 && circle; k++)
    road_bulb_line(net, arm, edges[k], out->count, lines[k]);
  if (circle)
    return;
  vec3 kerb[2];
  for (int k = 0; k < 4; k++) {
    vec3 a = road_arm_point(net, arm, true, edges[k], 0);
    vec3 b = road_arm_point(net, next, false, edges[k], 0);
    if (k == 0)
      kerb[0] = a, kerb[1] = b;
    // Where nobody walks, the outer corner is the carriageway's.
    if (vec3_length(vec3_sub(a, kerb[0])) + vec3_length(vec3_sub(b, kerb[1])) < 1e-9)
      most[k] = most[0];
    sides at = corner_sides(net, arm, next, edges[k]);
    if (on_circle(net, arm, next))
      most[k] = INFINITY;
    round_corner(&at, most[k], ROAD_ARC_POINTS, lines[k]);
  }
}
