// SPDX-License-Identifier: Apache-2.0
// Junction arms and corners, derived from the roads that meet there.
#include <math.h>

#include "scenes/road_model.h"

static const double PI = 3.14159265358979323846;

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
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    if (r->junction)
      continue;
    for (int end = 0; end < 2 && count < ROAD_ARMS; end++) {
      const road_link *link = end ? &r->successor : &r->predecessor;
      if (link->kind != ROAD_LINK_JUNCTION || link->id != j->id)
        continue;
      double s = end ? r->length_m : 0;
      road_place at = road_line_at(net, r, s);
      road_arm arm = {.road = r->id,
                      .at_end = end,
                      .s_m = s,
                      .heading_rad = angle_wrap(at.heading_rad + (end ? PI : 0)),
                      .middle = {at.x_m, at.y_m, road_elevation_at(net, r, s)}};
      int k = count++;
      for (; k > 0 && out[k - 1].heading_rad > arm.heading_rad; k--)
        out[k] = out[k - 1];
      out[k] = arm;
    }
  }
  order_side_by_side(net, out, count);
  return count;
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

// A line from a (heading out of the junction da) to b (db) that rounds the corner where the
// two sides meet, with the largest radius up to `most` that fits; straight when they are
// nearly in line.
static void round_corner(vec3 a, double da, vec3 b, double db, double least, double most,
                         vec3 out[ROAD_ARC_POINTS]) {
  const int n = ROAD_ARC_POINTS;
  for (int i = 0; i < n; i++) {
    double u = (double)i / (n - 1);
    out[i] = vec3_add(vec3_scale(a, 1 - u), vec3_scale(b, u));
  }
  double opening = angle_wrap(db - da);
  if (opening < 0.35 || opening > 2.8)
    return;
  // Both sides run inward until they meet at the corner: a - p da = b - q db.
  double ca = cos(da), sa = sin(da), cb = cos(db), sb = sin(db);
  double dx = a.x - b.x, dy = a.y - b.y, cross = ca * sb - sa * cb;
  double p = (dx * sb - dy * cb) / cross, q = (dx * sa - dy * ca) / cross;
  double tangent = fmin(p, q) - 0.05; // so that no arc point falls on an end
  if (tangent < 1e-3)
    return;
  double half = tan(opening / 2);
  double radius = fmax(least, fmin(most, tangent * half));
  vec3 corner = {a.x - p * ca, a.y - p * sa, a.z};
  double middle = radius / sin(opening / 2);
  double bisector = da + opening / 2;
  double cx = corner.x + middle * cos(bisector), cy = corner.y + middle * sin(bisector);
  // The first and last point stay where the arms end; the rest lie on the arc.
  double from = da - PI / 2, sweep = -(PI - opening);
  for (int i = 1; i + 1 < n; i++) {
    double angle = from + sweep * (i - 1) / (n - 3);
    out[i].x = cx + radius * cos(angle);
    out[i].y = cy + radius * sin(angle);
  }
}

void road_corner_lines(const road_network *net, const road_arm *arm, const road_arm *next,
                       road_corner *out) {
  static const road_edge edges[4] = {ROAD_EDGE_KERB, ROAD_EDGE_STONE, ROAD_EDGE_PATH,
                                     ROAD_EDGE_OUTER};
  // Kerbs are round; a sidewalk's outer corner is nearly sharp, as walls stand behind it.
  static const double most[4] = {12, 12, 1, 0.5};
  vec3 *lines[4] = {out->kerb, out->stone, out->path, out->outer};
  vec3 kerb[2];
  for (int k = 0; k < 4; k++) {
    vec3 a = road_arm_point(net, arm, true, edges[k], 0);
    vec3 b = road_arm_point(net, next, false, edges[k], 0);
    if (k == 0)
      kerb[0] = a, kerb[1] = b;
    // Where nobody walks, the outer corner is the carriageway's.
    bool same = vec3_length(vec3_sub(a, kerb[0])) + vec3_length(vec3_sub(b, kerb[1])) < 1e-9;
    double radius = same ? most[0] : most[k];
    round_corner(a, arm->heading_rad, b, next->heading_rad, 0.5, radius, lines[k]);
  }
}
