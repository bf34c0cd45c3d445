// SPDX-License-Identifier: Apache-2.0
#include "scenes/road_ends.h"

#include <math.h>
#include <string.h>

// Connecting roads of a major road have a larger rank than any turn of a minor one.
enum { MAJOR_RANK = 3 };

bool road_gives_way(const road_network *net, const lane_path *lane) {
  if (lane->signal)
    return true;
  for (int i = 0; i < lane->next_count; i++)
    if (net->paths[net->lane_links[lane->next_first + i] - 1].priority > MAJOR_RANK)
      return false;
  return lane->next_count > 0;
}

static void add_lane(const road_network *net, const lane_path *lane, road_end *end) {
  end->lane_from = end->lane_from ? (int)fmin(end->lane_from, lane->lane) : lane->lane;
  end->lane_to = end->lane_to ? (int)fmax(end->lane_to, lane->lane) : lane->lane;
  // The innermost lane has the signal for left turns, or that of the others.
  if (lane->lane == 1 || lane->lane == -1)
    end->left_signal = lane->signal;
  else if (lane->signal)
    end->signal = lane->signal;
  if (lane->stop_s_m < lane->length_m)
    end->stop_m = lane->length_m - lane->stop_s_m;
  end->gives_way = end->gives_way || (end->stop_m > 0 && road_gives_way(net, lane));
}

// The builder gives each signalled crosswalk a signal of its own, in the crosswalks' order.
static int walk_signal(const road_network *net, const road_crosswalk *walk) {
  int before = 0;
  for (int i = 0; i + 1 < walk->id; i++)
    before += net->crosswalks[i].junction == walk->junction && net->crosswalks[i].group > 0;
  for (int i = 0; i < net->signal_count && walk->group; i++)
    if (net->signals[i].junction == walk->junction && net->signals[i].pedestrian && before-- == 0)
      return net->signals[i].id;
  return 0;
}

void road_ends_find(const road_network *net, road_end (*out)[2]) {
  memset(out, 0, sizeof *out * (size_t)net->road_count);
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    const road *r = &net->roads[lane->road - 1];
    bool along = road_lane_along(net, lane->lane);
    bool last = lane->section == (along ? r->section_count - 1 : 0);
    if (last)
      add_lane(net, lane, &out[r->id - 1][along]);
  }
  for (int i = 0; i < 2 * net->road_count; i++) {
    road_end *end = &out[i / 2][i % 2];
    if (!end->signal || end->signal == end->left_signal) {
      end->signal = end->left_signal;
      end->left_signal = 0;
    }
  }
  for (int i = 0; i < net->crossing_count; i++) {
    const lane_crossing *c = &net->crossings[i];
    const lane_path *lane = &net->paths[c->lane - 1];
    bool ahead = c->begin_s_m + c->end_s_m > lane->length_m;
    road_end *end = &out[lane->road - 1][ahead == road_lane_along(net, lane->lane)];
    double middle = (c->begin_s_m + c->end_s_m) / 2;
    end->crosswalk = c->crosswalk;
    end->walk_m = ahead ? lane->length_m - middle : middle;
  }
  for (int i = 0; i < net->road_count; i++)
    for (int end = 0; end < 2; end++)
      if (out[i][end].crosswalk)
        out[i][end].walk_signal = walk_signal(net, &net->crosswalks[out[i][end].crosswalk - 1]);
}

void road_project(const road_network *net, const road *r, double x, double y, double *s_m,
                  double *t_m) {
  double best = INFINITY, s = 0;
  int n = (int)fmin(4000, 2 + r->length_m / 2);
  for (int i = 0; i <= n; i++) {
    road_place at = road_line_at(net, r, r->length_m * i / n);
    double distance = hypot(x - at.x_m, y - at.y_m);
    if (distance < best) {
      best = distance;
      s = r->length_m * i / n;
    }
  }
  // Newton's steps along the tangent, corrected for the curve's own turning.
  for (int i = 0; i < 20; i++) {
    road_place at = road_line_at(net, r, s);
    double c = cos(at.heading_rad), h = sin(at.heading_rad);
    double ahead = (x - at.x_m) * c + (y - at.y_m) * h, aside = (y - at.y_m) * c - (x - at.x_m) * h;
    double stretch = 1 - at.curvature_pm * aside;
    double next = fmax(0, fmin(r->length_m, s + ahead / fmax(0.2, stretch)));
    if (fabs(next - s) < 1e-12)
      break;
    s = next;
  }
  road_place at = road_line_at(net, r, s);
  *s_m = s;
  double level = (y - at.y_m) * cos(at.heading_rad) - (x - at.x_m) * sin(at.heading_rad);
  *t_m = level / cos(road_bank_at(net, r, s));
}
