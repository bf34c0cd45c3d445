// SPDX-License-Identifier: Apache-2.0
// The route of an episode: from lanes to one line that progress is measured along.
#include <math.h>

#include "sim/episode.h"

static const lane_path *lane_of(const road_network *net, int id) {
  return id >= 1 && id <= net->path_count ? &net->paths[id - 1] : NULL;
}

static bool goes_on_in(const road_network *net, const lane_path *lane, int next) {
  for (int k = 0; k < lane->next_count; k++)
    if (net->lane_links[lane->next_first + k] == next)
      return true;
  return false;
}

// Whether two lanes of one section run the same way, however many are between them.
static bool lies_beside(const lane_path *a, const lane_path *b) {
  return a->road == b->road && a->section == b->section && (a->lane < 0) == (b->lane < 0);
}

static status check_lanes(const road_network *net, const int *lanes, int count, double begin_m,
                          double goal_m, trouble *why) {
  if (count < 1)
    return trouble_set(why, STATUS_RANGE, "route: has no lanes");
  for (int i = 0; i < count; i++) {
    const lane_path *lane = lane_of(net, lanes[i]);
    if (!lane)
      return trouble_set(why, STATUS_RANGE, "route: lane %d, its %d., isn't one of 1..%d", lanes[i],
                         i + 1, net->path_count);
    const lane_path *before = i ? lane_of(net, lanes[i - 1]) : NULL;
    if (before && !goes_on_in(net, before, lanes[i]) && !lies_beside(before, lane))
      return trouble_set(why, STATUS_RANGE,
                         "route: lane %d neither goes on in lane %d nor lies beside it",
                         lanes[i - 1], lanes[i]);
  }
  double first_m = lane_of(net, lanes[0])->length_m,
         last_m = lane_of(net, lanes[count - 1])->length_m;
  if (!(begin_m >= 0 && begin_m <= first_m))
    return trouble_set(why, STATUS_RANGE, "route: begins at %g m of lane %d, which is %.1f m long",
                       begin_m, lanes[0], first_m);
  if (!(goal_m >= 0 && goal_m <= last_m))
    return trouble_set(why, STATUS_RANGE,
                       "route: its goal is at %g m of lane %d, which is %.1f m "
                       "long",
                       goal_m, lanes[count - 1], last_m);
  return STATUS_OK;
}

// Appends a lane's points. The first one is left out where the last lane ended there.
static bool append_lane(sim_episode *e, const road_network *net, const lane_path *lane) {
  double from_m = e->route_count ? e->route_s_m[e->route_count - 1] : 0;
  for (int k = e->route_count > 0; k < lane->point_count; k++) {
    if (e->route_count == e->def.route_points)
      return false;
    const road_point *p = &net->points[lane->point_first + k];
    int at = e->route_count++;
    e->route_x_m[at] = p->x_m;
    e->route_y_m[at] = p->y_m;
    e->route_s_m[at] = from_m + p->s_m;
    e->route_limit_mps[at] = (float)lane->speed_limit_mps;
  }
  return true;
}

// Circles round every SIM_ROUTE_BLOCK pieces of the line.
static void make_blocks(sim_episode *e) {
  for (int from = 0; from < e->route_count - 1; from += SIM_ROUTE_BLOCK) {
    int last =
        from + SIM_ROUTE_BLOCK < e->route_count - 1 ? from + SIM_ROUTE_BLOCK : e->route_count - 1;
    int b = from / SIM_ROUTE_BLOCK;
    double x = (e->route_x_m[from] + e->route_x_m[last]) / 2;
    double y = (e->route_y_m[from] + e->route_y_m[last]) / 2, most = 0;
    for (int k = from; k <= last; k++)
      most = fmax(most, hypot(e->route_x_m[k] - x, e->route_y_m[k] - y));
    e->route_block_x[b] = x;
    e->route_block_y[b] = y;
    e->route_block_m[b] = most;
  }
}

bool sim_episode_is_near(const sim_episode *e, double x, double y, double reach) {
  for (int b = 0; b * SIM_ROUTE_BLOCK < e->route_count - 1; b++) {
    double dx = x - e->route_block_x[b], dy = y - e->route_block_y[b];
    double most = reach + e->route_block_m[b];
    if (dx * dx + dy * dy <= most * most)
      return true;
  }
  return false;
}

status sim_episode_route(sim_episode *e, const road_network *net, const int *lanes, int count,
                         double begin_m, double goal_m, trouble *why) {
  e->route_count = e->route_lane_count = 0;
  status s = check_lanes(net, lanes, count, begin_m, goal_m, why);
  if (s != STATUS_OK)
    return s;
  if (count > e->def.route_lanes)
    return trouble_set(why, STATUS_LIMIT, "route: has %d lanes, the record holds %d", count,
                       e->def.route_lanes);
  // Of lanes side by side the one that the route leaves the row by is its line.
  for (int i = 0, row = 0; i < count; i++) {
    const lane_path *lane = lane_of(net, lanes[i]);
    e->route_lanes[i] = lanes[i];
    if (i + 1 < count && !goes_on_in(net, lane, lanes[i + 1]))
      continue;
    double at_m = e->route_count ? e->route_s_m[e->route_count - 1] : 0;
    if (!append_lane(e, net, lane)) {
      e->route_count = 0;
      return trouble_set(why, STATUS_LIMIT, "route: is longer than the %d points of the record",
                         e->def.route_points);
    }
    if (row == 0)
      e->route_begin_m = begin_m / lane_of(net, lanes[0])->length_m * lane->length_m;
    for (; row <= i; row++)
      e->route_lane_begin_m[row] = at_m;
    if (i + 1 == count)
      e->route_goal_m = at_m + goal_m;
  }
  e->route_lane_count = count;
  make_blocks(e);
  road_point goal = lane_point(net, lane_of(net, lanes[count - 1]), goal_m);
  e->goal_x_m = goal.x_m;
  e->goal_y_m = goal.y_m;
  return STATUS_OK;
}

// The squared distance from a piece of the line, and where along the piece (0..1) that is.
static double piece_square(const sim_episode *e, int k, double x, double y, double *u) {
  double ex = e->route_x_m[k + 1] - e->route_x_m[k], ey = e->route_y_m[k + 1] - e->route_y_m[k];
  double dx = x - e->route_x_m[k], dy = y - e->route_y_m[k], square = ex * ex + ey * ey;
  double at = square > 0 ? (dx * ex + dy * ey) / square : 0;
  at = at < 0 ? 0 : at > 1 ? 1 : at;
  *u = at;
  dx -= at * ex;
  dy -= at * ey;
  return dx * dx + dy * dy;
}

// The piece that holds a place of the line.
static int piece_at(const sim_episode *e, double s_m) {
  int low = 0, high = e->route_count - 2;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (e->route_s_m[middle] <= s_m)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

// So far to both sides of the hint it is looked, and that near the line the answer holds.
static const double HINT_REACH_M = 15, HINT_NEAR_M = 15;

// The nearest piece among those from `from` to `to`, where it is nearer than *best.
static void look_along(const sim_episode *e, int from, int to, double x, double y, double *best,
                       double *along) {
  for (int k = from; k <= to; k++) {
    double u, square = piece_square(e, k, x, y, &u);
    if (square < *best) {
      *best = square;
      *along = e->route_s_m[k] + u * (e->route_s_m[k + 1] - e->route_s_m[k]);
    }
  }
}

static void look_everywhere(const sim_episode *e, double x, double y, double *best, double *along) {
  int last = e->route_count - 2;
  for (int b = 0; b * SIM_ROUTE_BLOCK <= last; b++) {
    double dx = x - e->route_block_x[b], dy = y - e->route_block_y[b];
    double least = sqrt(dx * dx + dy * dy) - e->route_block_m[b];
    if (least > 0 && least * least > *best)
      continue;
    int from = b * SIM_ROUTE_BLOCK, to = from + SIM_ROUTE_BLOCK - 1;
    look_along(e, from, to < last ? to : last, x, y, best, along);
  }
}

double sim_episode_along(const sim_episode *e, double x, double y, double hint_m, double *off_m) {
  if (e->route_count < 2)
    return NAN;
  double best = INFINITY, along = 0;
  if (!isnan(hint_m))
    look_along(e, piece_at(e, hint_m - HINT_REACH_M), piece_at(e, hint_m + HINT_REACH_M), x, y,
               &best, &along);
  if (!(best <= HINT_NEAR_M * HINT_NEAR_M)) {
    best = INFINITY;
    look_everywhere(e, x, y, &best, &along);
  }
  if (off_m)
    *off_m = sqrt(best);
  return along;
}
