// SPDX-License-Identifier: Apache-2.0
#include "with_lane_proofs.h"

#include <math.h>

#include "with_network.h"

static const double PI = 3.14159265358979323846;
static const double MOST_STEP_M = 2; // between points
// Of a chord from its headings' mean; these leave out that a road which banks draws its lanes in.
static const double LEVEL_RAD = 1.5e-3, BANKED_RAD = 5e-3;

void proof_joins(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    const road_point *end = &network_points(net, lane)[lane->point_count - 1];
    for (int k = 0; k < lane->next_count; k++) {
      const lane_path *next = network_next(net, lane, k);
      const road_point *begin = network_points(net, next);
      double gap = hypot(end->x_m - begin->x_m, end->y_m - begin->y_m);
      double turn = fabs(angle_wrap(end->heading_rad - begin->heading_rad));
      double step = fabs(end->z_m - begin->z_m);
      if (!(gap <= 1e-3 && turn <= 1e-3 && step <= 1e-3))
        proof_says(out, "lane %d to %d: gap %.6f m, step %.6f m, turn %.6f rad", lane->id, next->id,
                   gap, step, turn);
      int back = 0;
      for (int m = 0; m < next->previous_count; m++)
        back += network_previous(net, next, m) == lane;
      if (back != 1)
        proof_says(out, "lane %d has successor %d, which has it %d times as predecessor", lane->id,
                   next->id, back);
    }
    for (int k = 0; k < lane->previous_count; k++) {
      const lane_path *before = network_previous(net, lane, k);
      int on = 0;
      for (int m = 0; m < before->next_count; m++)
        on += network_next(net, before, m) == lane;
      if (on != 1)
        proof_says(out, "lane %d has predecessor %d, which has it %d times as successor", lane->id,
                   before->id, on);
    }
  }
}

void proof_points(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    const road_point *p = network_points(net, lane);
    if (lane->point_count < 2 || fabs(p[lane->point_count - 1].s_m - lane->length_m) > 1e-9)
      proof_says(out, "lane %d has %d points and %.6f m", lane->id, lane->point_count,
                 lane->length_m);
    for (int k = 0; k + 1 < lane->point_count; k++) {
      double dx = p[k + 1].x_m - p[k].x_m, dy = p[k + 1].y_m - p[k].y_m;
      double step = p[k + 1].s_m - p[k].s_m;
      double turn = angle_wrap(p[k + 1].heading_rad - p[k].heading_rad);
      double limit = fabs(turn) > 1e-4 ? 1.12 : MOST_STEP_M; // the outside of a curve is longer
      if (!(step > 0 && step <= limit && fabs(step - hypot(dx, dy)) <= 1e-6))
        proof_says(out, "lane %d point %d: %.4f m further is %.4f m away", lane->id, k, step,
                   hypot(dx, dy));
      // A chord's direction is that of its middle.
      double off = angle_wrap(atan2(dy, dx) - p[k].heading_rad - turn / 2);
      if (!(fabs(off) <= (net->bank_count ? BANKED_RAD : LEVEL_RAD)))
        proof_says(out, "lane %d point %d: its chord is %.5f rad off its headings", lane->id, k,
                   off);
      if (!(fabs(turn) * lane->width_m / 2 < 1.02 * step)) // the inner border goes on
        proof_says(out, "lane %d point %d: turns by %.4f rad in %.4f m, %.2f m wide", lane->id, k,
                   turn, step, lane->width_m);
    }
  }
}

// A line whose headings stay within half a turn can't come back to itself.
static bool may_return(const road_point *p, int count) {
  double heading = 0, least = 0, most = 0;
  for (int k = 0; k + 1 < count; k++) {
    double to = atan2(p[k + 1].y_m - p[k].y_m, p[k + 1].x_m - p[k].x_m);
    heading += angle_wrap(to - p->heading_rad - heading);
    least = fmin(least, heading);
    most = fmax(most, heading);
  }
  return most - least >= PI - 0.01;
}

void proof_no_self_crossing(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    const road_point *p = network_points(net, lane);
    if (!may_return(p, lane->point_count))
      continue;
    for (int a = 0; a + 1 < lane->point_count; a++)
      for (int b = a + 2; b + 1 < lane->point_count; b++) {
        // Nothing nearer can follow before the way between them is gone.
        double far = hypot(p[b].x_m - p[a].x_m, p[b].y_m - p[a].y_m) - 4;
        if (far > MOST_STEP_M) {
          b += (int)(far / MOST_STEP_M) - 1;
          continue;
        }
        if (network_segments_cross(&p[a], &p[b]))
          proof_says(out, "lane %d crosses itself at %.1f m and %.1f m", lane->id, p[a].s_m,
                     p[b].s_m);
      }
  }
}

void proof_neighbours(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    for (int side = -1; side <= 1; side += 2) {
      int id = side > 0 ? lane->left : lane->right;
      if (!id)
        continue;
      const lane_path *other = &net->paths[id - 1];
      if ((side > 0 ? other->right : other->left) != lane->id || other->road != lane->road ||
          other->lane * lane->lane < 0)
        proof_says(out, "lane %d has neighbour %d, which doesn't have it", lane->id, id);
      for (int k = 0; k <= 4; k++) {
        int at = (lane->point_count - 1) * k / 4;
        if ((lane->opens || other->opens) && k < 4) // one swings out of the other
          continue;
        const road_point *p = &network_points(net, lane)[at];
        const road_point *q = &network_points(net, other)[at];
        double left =
            (q->y_m - p->y_m) * cos(p->heading_rad) - (q->x_m - p->x_m) * sin(p->heading_rad);
        double along =
            (q->x_m - p->x_m) * cos(p->heading_rad) + (q->y_m - p->y_m) * sin(p->heading_rad);
        if (!(left * side > 0.4 && left * side < 5 && fabs(along) < 1))
          proof_says(out, "lane %d at %.2f m: neighbour %d lies %.2f m to the left, %.2f m ahead",
                     lane->id, p->s_m, id, left, along);
      }
    }
  }
}
