// SPDX-License-Identifier: Apache-2.0
// What the map says of the ego's way. Where lanes lie over each other, in junctions and at forks,
// the ego is on the route's one as long as it is within its borders, else on the one that it has
// come along.
#include <math.h>
#include <string.h>

#include "base/least.h"
#include "sim/episode.h"

// A place seen from a lane: along it, before its begin negative, and left of its middle line.
typedef struct beside {
  double s_m, left_m, yaw_rad;
} beside;

static const lane_path *lane_of(const road_network *net, int lane) {
  return &net->paths[lane - 1];
}

static double piece_square(const road_point *p, double x, double y, double *u) {
  double ex = p[1].x_m - p[0].x_m, ey = p[1].y_m - p[0].y_m;
  double dx = x - p[0].x_m, dy = y - p[0].y_m, square = ex * ex + ey * ey;
  *u = square > 0 ? (dx * ex + dy * ey) / square : 0;
  double at = most_of(0, least_of(1, *u));
  dx -= at * ex;
  dy -= at * ey;
  return dx * dx + dy * dy;
}

// Looks along a lane's pieces, from *piece on downhill both ways; beyond its ends it goes straight
// on. *piece: the nearest piece.
static beside look(const road_network *net, const lane_path *lane, double x, double y, int *piece) {
  const road_point *p = &net->points[lane->point_first];
  int last = lane->point_count - 2, k = *piece < last ? *piece : last;
  k = k < 0 ? 0 : k;
  double u, best = piece_square(p + k, x, y, &u);
  for (int way = -1; way <= 1; way += 2)
    for (int j = k + way; j >= 0 && j <= last; j += way) {
      double at, square = piece_square(p + j, x, y, &at);
      if (square > best || (square == best && way > 0))
        break;
      best = square;
      k = j;
      u = at;
    }
  *piece = k;
  u = k > 0 ? most_of(0, u) : u;
  u = k < last ? least_of(1, u) : u;
  double ex = p[k + 1].x_m - p[k].x_m, ey = p[k + 1].y_m - p[k].y_m, length = hypot(ex, ey);
  double cross = length > 0 ? (ex * (y - p[k].y_m) - ey * (x - p[k].x_m)) / length : 0;
  return (beside){
      .s_m = p[k].s_m + u * (p[k + 1].s_m - p[k].s_m), .left_m = cross, .yaw_rad = atan2(ey, ex)};
}

// A metre or two apart: near where a place is along a lane.
static int piece_near(const road_network *net, const lane_path *lane, double s_m) {
  const road_point *p = &net->points[lane->point_first];
  int low = 0, high = lane->point_count - 2;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (p[middle].s_m <= s_m)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

static bool within(const lane_path *lane, const beside *at) {
  return at->s_m >= 0 && at->s_m <= lane->length_m && fabs(at->left_m) <= lane->width_m / 2;
}

static bool holds(const road_network *net, int lane, double x, double y, double near_s_m,
                  beside *at) {
  const lane_path *path = lane_of(net, lane);
  int piece = piece_near(net, path, near_s_m);
  *at = look(net, path, x, y, &piece);
  return within(path, at);
}

typedef struct survey {
  sim_episode *e;
  const road_network *net;
  int lane;       // of the last frame
  beside at;      // on it
  bool stood;     // before its stop line
  double front_m; // of the ego's front along it
} survey;

// The route's lanes at a frame's place on the route, of which the nearest that holds the ego.
static int route_lane(const survey *v, int frame, beside *at) {
  const sim_episode *e = v->e;
  double along = e->route_m[frame], least = INFINITY;
  int best = 0;
  for (int row = 0; row < e->route_lane_count; row++) {
    const lane_path *lane = lane_of(v->net, e->route_lanes[row]);
    double s = along - e->route_lane_begin_m[row];
    beside there;
    if (s < -5 || s > lane->length_m + 5 ||
        !holds(v->net, lane->id, e->ego_x_m[frame], e->ego_y_m[frame], s, &there) ||
        fabs(there.left_m) >= least)
      continue;
    least = fabs(there.left_m);
    best = lane->id;
    *at = there;
  }
  return best;
}

// Of the lanes that the last frame's goes on in, the nearest that holds the ego.
static int next_lane(const survey *v, int frame, beside *at) {
  const lane_path *from = lane_of(v->net, v->lane);
  double least = INFINITY;
  int best = 0;
  for (int k = 0; k < from->next_count; k++) {
    int next = v->net->lane_links[from->next_first + k];
    beside there;
    if (!holds(v->net, next, v->e->ego_x_m[frame], v->e->ego_y_m[frame], 0, &there) ||
        fabs(there.left_m) >= least)
      continue;
    least = fabs(there.left_m);
    best = next;
    *at = there;
  }
  return best;
}

static int choose_lane(const survey *v, int frame, beside *at) {
  double x = v->e->ego_x_m[frame], y = v->e->ego_y_m[frame], s, left;
  int nearest = lane_nearest(v->net, x, y, &s, &left);
  if (!nearest)
    return 0;
  const lane_path *lane = lane_of(v->net, nearest);
  int piece = piece_near(v->net, lane, s);
  beside on_route, kept;
  int route = route_lane(v, frame, &on_route);
  bool crossing = lane->junction != 0;
  if (route && (crossing || fabs(on_route.left_m) <= fabs(left) + 0.05)) {
    *at = on_route;
    return route;
  }
  if (crossing && v->lane) {
    if (holds(v->net, v->lane, x, y, v->at.s_m, &kept)) {
      *at = kept;
      return v->lane;
    }
    int next = next_lane(v, frame, &kept);
    if (next) {
      *at = kept;
      return next;
    }
  }
  *at = look(v->net, lane, x, y, &piece);
  return nearest;
}

// Whether a place is on a lane, or beyond its ends on one that it goes on in or comes from.
static bool corner_holds(const road_network *net, const lane_path *lane, double near_s_m, double x,
                         double y) {
  int piece = piece_near(net, lane, near_s_m);
  beside at = look(net, lane, x, y, &piece);
  if (at.s_m >= 0 && at.s_m <= lane->length_m)
    return fabs(at.left_m) <= lane->width_m / 2;
  bool ahead = at.s_m > 0;
  int first = ahead ? lane->next_first : lane->previous_first;
  int count = ahead ? lane->next_count : lane->previous_count;
  if (count == 0)
    return fabs(at.left_m) <= lane->width_m / 2;
  for (int k = 0; k < count; k++) {
    const lane_path *other = lane_of(net, net->lane_links[first + k]);
    piece = ahead ? 0 : other->point_count;
    at = look(net, other, x, y, &piece);
    if (fabs(at.left_m) <= other->width_m / 2)
      return true;
  }
  return false;
}

// The corners: how far off the drivable area, and whether they share a lane with the middle.
static void look_at_corners(const survey *v, int frame, uint8_t *marks) {
  sim_episode *e = v->e;
  double c = cos(e->ego_yaw_rad[frame]), s = sin(e->ego_yaw_rad[frame]), outside = 0;
  bool in_lane = v->lane != 0;
  for (int k = 0; k < 4; k++) {
    double ahead = (k < 2 ? 0.5 : -0.5) * e->ego_length_m;
    double left = (k % 2 ? 0.5 : -0.5) * e->ego_width_m;
    double x = e->ego_x_m[frame] + c * ahead - s * left,
           y = e->ego_y_m[frame] + s * ahead + c * left;
    outside = most_of(outside, sim_drivable_outside(v->net, x, y));
    in_lane = in_lane && corner_holds(v->net, lane_of(v->net, v->lane), v->at.s_m, x, y);
  }
  e->outside_m[frame] = outside;
  e->middle_outside_m[frame] = sim_drivable_outside(v->net, e->ego_x_m[frame], e->ego_y_m[frame]);
  *marks |= in_lane ? SIM_EGO_IN_LANE : 0;
}

static double limit_on(const road_network *net, const lane_path *lane) {
  double limit = lane->junction ? 0 : lane->speed_limit_mps;
  for (int k = 0; lane->junction && k < lane->next_count; k++)
    limit = most_of(limit, lane_of(net, net->lane_links[lane->next_first + k])->speed_limit_mps);
  for (int k = 0; lane->junction && k < lane->previous_count; k++)
    limit =
        most_of(limit, lane_of(net, net->lane_links[lane->previous_first + k])->speed_limit_mps);
  return limit > 0 ? limit : lane->speed_limit_mps;
}

static bool is_route_lane(const sim_episode *e, const road_network *net, const lane_path *lane) {
  for (int row = 0; row < e->route_lane_count; row++) {
    const lane_path *of = lane_of(net, e->route_lanes[row]);
    if (of->road == lane->road && of->section == lane->section &&
        (of->lane < 0) == (lane->lane < 0))
      return true;
  }
  return false;
}

static bool is_all_way_stop(const road_network *net, const lane_path *lane) {
  if (lane->junction || lane->next_count == 0)
    return false;
  int junction = lane_of(net, net->lane_links[lane->next_first])->junction;
  return junction && net->junctions[junction - 1].kind == JUNCTION_ALL_WAY_STOP;
}

static bool is_red(const sim_episode *e, int frame, int signal) {
  if (signal < 1 || signal > e->signal_count)
    return false;
  uint8_t now = e->signals[sim_episode_signal_row(e, frame) + (size_t)signal - 1];
  return now == SIGNAL_RED || now == SIGNAL_RED_YELLOW;
}

// A front that has come from one place along a lane to another: did it pass the line at red, or
// without having stood there?
static void pass_line(const survey *v, int frame, int lane, double from_m, double to_m, bool stood,
                      uint8_t *marks) {
  const lane_path *path = lane_of(v->net, lane);
  sim_episode *e = v->e;
  if (!(from_m < path->stop_s_m && path->stop_s_m <= to_m))
    return;
  if (path->signal && is_red(e, frame - 1, path->signal) && is_red(e, frame, path->signal)) {
    *marks |= SIM_EGO_PASSED_RED;
    e->red_signal[frame] = path->signal;
  }
  if (is_all_way_stop(v->net, path) && !stood)
    *marks |= SIM_EGO_PASSED_STOP;
}

// In one frame nobody drives farther than this: what is farther was put there.
static const double JUMP_M = 15, STOOD_MPS = 0.1, STOOD_WITHIN_M = 5;

// Follows the ego's front over stop lines. `before`: the last frame's survey.
static void watch_lines(survey *v, const survey *before, int frame, uint8_t *marks) {
  sim_episode *e = v->e;
  v->stood = false;
  if (!v->lane)
    return;
  const lane_path *lane = lane_of(v->net, v->lane);
  double facing = cos(e->ego_yaw_rad[frame] - v->at.yaw_rad);
  v->front_m = v->at.s_m + facing * e->ego_length_m / 2;
  double moved = frame ? e->travelled_m[frame] - e->travelled_m[frame - 1] : 0;
  double dx = frame ? e->ego_x_m[frame] - e->ego_x_m[frame - 1] : 0;
  double dy = frame ? e->ego_y_m[frame] - e->ego_y_m[frame - 1] : 0;
  double along = dx * cos(v->at.yaw_rad) + dy * sin(v->at.yaw_rad);
  if (frame > 0 && facing > 0 && moved < JUMP_M) {
    bool same = before->lane == v->lane, next = false;
    const lane_path *from = before->lane ? lane_of(v->net, before->lane) : NULL;
    for (int k = 0; from && !same && k < from->next_count; k++)
      next = next || v->net->lane_links[from->next_first + k] == v->lane;
    if (next) {
      pass_line(v, frame, before->lane, before->front_m, from->length_m + v->front_m, before->stood,
                marks);
      pass_line(v, frame, v->lane, before->front_m - from->length_m, v->front_m, false, marks);
    } else {
      pass_line(v, frame, v->lane, same ? before->front_m : v->front_m - along, v->front_m,
                same && before->stood, marks);
    }
    v->stood = same && before->stood;
  }
  double to_line = lane->stop_s_m - v->front_m;
  v->stood = v->stood || (to_line > -1 && to_line < STOOD_WITHIN_M &&
                          hypot(e->ego_ahead_mps[frame], e->ego_left_mps[frame]) < STOOD_MPS);
}

static void survey_frame(survey *v, int frame) {
  sim_episode *e = v->e;
  survey before = *v;
  double x = e->ego_x_m[frame], y = e->ego_y_m[frame];
  double hint = frame ? e->route_m[frame - 1] : e->route_count ? e->route_begin_m : NAN;
  e->off_route_m[frame] = NAN;
  e->route_m[frame] = sim_episode_along(e, x, y, hint, &e->off_route_m[frame]);
  e->travelled_m[frame] = 0;
  if (frame)
    e->travelled_m[frame] =
        e->travelled_m[frame - 1] + hypot(x - e->ego_x_m[frame - 1], y - e->ego_y_m[frame - 1]);
  v->lane = choose_lane(v, frame, &v->at);
  uint8_t marks = 0;
  e->red_signal[frame] = 0;
  e->ego_lane[frame] = v->lane;
  e->lane_s_m[frame] = v->lane ? v->at.s_m : 0;
  e->lane_left_m[frame] = v->lane ? v->at.left_m : 0;
  e->lane_yaw_rad[frame] = v->lane ? v->at.yaw_rad : 0;
  e->lane_limit_mps[frame] = INFINITY;
  if (v->lane) {
    const lane_path *lane = lane_of(v->net, v->lane);
    if (fabs(v->at.left_m) <= lane->width_m / 2) {
      marks |= SIM_EGO_ON_LANE;
      e->lane_limit_mps[frame] = limit_on(v->net, lane);
    }
    if (lane->junction)
      marks |= SIM_EGO_IN_JUNCTION;
    else if (cos(e->ego_yaw_rad[frame] - v->at.yaw_rad) < 0)
      marks |= SIM_EGO_WRONG_WAY;
    if (is_route_lane(e, v->net, lane))
      marks |= SIM_EGO_ON_ROUTE_LANE;
  }
  look_at_corners(v, frame, &marks);
  watch_lines(v, &before, frame, &marks);
  e->ego_marks[frame] = marks;
}

void sim_episode_survey(sim_episode *e, const road_network *net) {
  survey v = {.e = e, .net = net};
  for (int frame = 0; frame < e->count; frame++)
    survey_frame(&v, frame);
  e->surveyed = e->count;
}
