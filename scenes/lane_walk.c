// SPDX-License-Identifier: Apache-2.0
#include "scenes/lane_walk.h"

#include <math.h>

static const double NEAR_M = 60;
enum { LOOKED_AT = 96, HOPS = 256 };

// Lanes still to be looked along, each with where it begins (looking ahead) or ends (behind).
typedef struct search {
  const road_network *net;
  double x_m, y_m, most_m;
  int lanes[LOOKED_AT], count;
  double at_m[LOOKED_AT];
  double best2; // squared distance
  lane_sight best;
} search;

// The nearest piece of a lane's line, whose begin is at_m ahead of the place looked from.
static void look_along(search *of, const lane_path *lane, double at_m) {
  const road_point *p = &of->net->points[lane->point_first];
  for (int k = 0; k + 1 < lane->point_count; k++) {
    double dx = p[k + 1].x_m - p[k].x_m, dy = p[k + 1].y_m - p[k].y_m;
    double length2 = dx * dx + dy * dy;
    if (length2 <= 0)
      continue;
    double rx = of->x_m - p[k].x_m, ry = of->y_m - p[k].y_m;
    double u = fmax(0, fmin(1, (rx * dx + ry * dy) / length2));
    double ox = rx - u * dx, oy = ry - u * dy, far2 = ox * ox + oy * oy;
    double along = at_m + p[k].s_m + u * (p[k + 1].s_m - p[k].s_m);
    if (far2 >= of->best2 - 1e-9 || fabs(along) > of->most_m)
      continue;
    of->best2 = far2;
    of->best = (lane_sight){.found = true,
                            .along_m = along,
                            .side_m = (ry * dx - rx * dy) / sqrt(length2),
                            .heading_rad = atan2(dy, dx)};
  }
}

static void note(search *of, int lane, double at_m) {
  for (int i = 0; i < of->count; i++)
    if (of->lanes[i] == lane)
      return;
  if (of->count == LOOKED_AT)
    return;
  of->lanes[of->count] = lane;
  of->at_m[of->count++] = at_m;
}

lane_sight lane_look(const road_network *net, int lane, double s_m, double x_m, double y_m,
                     double most_m) {
  search of = {.net = net, .x_m = x_m, .y_m = y_m, .most_m = most_m};
  of.best2 = NEAR_M * NEAR_M;
  note(&of, lane, -s_m);
  // Ahead first, breadth by breadth; then behind, from the same lane again.
  for (int i = 0; i < of.count; i++) {
    const lane_path *path = &net->paths[of.lanes[i] - 1];
    look_along(&of, path, of.at_m[i]);
    double end = of.at_m[i] + path->length_m;
    for (int k = 0; k < path->next_count && end < most_m; k++)
      note(&of, net->lane_links[path->next_first + k], end);
  }
  of.count = 0;
  note(&of, lane, -s_m);
  for (int i = 0; i < of.count; i++) {
    const lane_path *path = &net->paths[of.lanes[i] - 1];
    if (i > 0)
      look_along(&of, path, of.at_m[i]);
    for (int k = 0; k < path->previous_count && of.at_m[i] > -most_m; k++) {
      int before = net->lane_links[path->previous_first + k];
      note(&of, before, of.at_m[i] - net->paths[before - 1].length_m);
    }
  }
  return of.best;
}

// Of the lanes that follow, or of those before, the one that turns as wanted, or least.
static int choose(const road_network *net, const int *links, int count, turn_kind way) {
  int best = 0, best_rank = 4;
  for (int k = 0; k < count; k++) {
    const lane_path *lane = &net->paths[links[k] - 1];
    int rank = lane->opens ? 3 : lane->turn == TURN_U ? 3 : 2;
    if (!lane->junction)
      rank = lane->opens ? 2 : 0;
    else if (lane->turn == way)
      rank = 0;
    else if (lane->turn == TURN_STRAIGHT)
      rank = 1;
    if (rank < best_rank)
      best = links[k], best_rank = rank;
  }
  return best;
}

bool lane_walk(const road_network *net, int *lane, double *s_m, double along_m, turn_kind way) {
  *s_m += along_m;
  for (int hop = 0; hop < HOPS; hop++) {
    const lane_path *path = &net->paths[*lane - 1];
    if (*s_m < 0) {
      int before = choose(net, net->lane_links + path->previous_first, path->previous_count, way);
      if (!before) {
        *s_m = 0;
        return false;
      }
      *lane = before;
      *s_m += net->paths[before - 1].length_m;
    } else if (*s_m > path->length_m) {
      int next = choose(net, net->lane_links + path->next_first, path->next_count, way);
      if (!next) {
        *s_m = path->length_m;
        return false;
      }
      *s_m -= path->length_m;
      *lane = next;
    } else {
      return true;
    }
  }
  return false;
}

// Whether the segments p and q cross, and where: parts of either.
static bool segments_cross(const road_point p[2], const road_point q[2], double *u, double *v) {
  double px = p[1].x_m - p[0].x_m, py = p[1].y_m - p[0].y_m;
  double qx = q[1].x_m - q[0].x_m, qy = q[1].y_m - q[0].y_m;
  double turn = px * qy - py * qx, dx = q[0].x_m - p[0].x_m, dy = q[0].y_m - p[0].y_m;
  if (fabs(turn) < 1e-9)
    return false;
  *u = (dx * qy - dy * qx) / turn;
  *v = (dx * py - dy * px) / turn;
  return *u >= 0 && *u <= 1 && *v >= 0 && *v <= 1;
}

static bool lanes_cross(const road_network *net, int a, int b, double *a_m, double *b_m) {
  const lane_path *one = &net->paths[a - 1], *two = &net->paths[b - 1];
  const road_point *p = &net->points[one->point_first], *q = &net->points[two->point_first];
  for (int i = 0; i + 1 < one->point_count; i++)
    for (int k = 0; k + 1 < two->point_count; k++) {
      double u, v;
      if (!segments_cross(p + i, q + k, &u, &v))
        continue;
      *a_m = p[i].s_m + u * (p[i + 1].s_m - p[i].s_m);
      *b_m = q[k].s_m + v * (q[k + 1].s_m - q[k].s_m);
      return true;
    }
  return false;
}

bool lane_routes_cross(const road_network *net, const int *a, int a_count, const int *b,
                       int b_count, double *a_m, double *b_m) {
  double a_start = 0;
  for (int i = 0; i < a_count; i++) {
    double b_start = 0;
    for (int k = 0; k < b_count; k++) {
      if (a[i] != b[k] && lanes_cross(net, a[i], b[k], a_m, b_m)) {
        *a_m += a_start, *b_m += b_start;
        return true;
      }
      b_start += net->paths[b[k] - 1].length_m;
    }
    a_start += net->paths[a[i] - 1].length_m;
  }
  return false;
}
