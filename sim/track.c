// SPDX-License-Identifier: Apache-2.0
#include "sim/track.h"
#include "base/least.h"

#include <math.h>

static bool begin_track(sim_track *out, arena *a, double length_m, double spacing_m) {
  out->length_m = length_m;
  out->count = (int)ceil(most_of(length_m, 1e-6) / spacing_m) + 1;
  out->spacing_m = most_of(length_m, 1e-6) / (out->count - 1);
  out->nodes = ARENA_NEW(a, sim_track_node, out->count);
  return out->nodes != NULL;
}

static sim_track_node node_of(road_point p) {
  return (sim_track_node){p.x_m, p.y_m, p.z_m, cos(p.heading_rad), sin(p.heading_rad), p.bank_rad};
}

// Whether all points of a lane are on the line between its ends, evenly so, and as steep and
// banked.
static bool is_straight(const road_network *net, const lane_path *lane) {
  const double least_m = 1e-6, least_rad = 1e-8;
  const road_point *p = net->points + lane->point_first, *last = p + lane->point_count - 1;
  for (const road_point *at = p; at <= last; at++) {
    double u = (at->s_m - p->s_m) / most_of(1e-6, last->s_m - p->s_m);
    if (fabs(p->x_m + u * (last->x_m - p->x_m) - at->x_m) > least_m ||
        fabs(p->y_m + u * (last->y_m - p->y_m) - at->y_m) > least_m ||
        fabs(p->z_m + u * (last->z_m - p->z_m) - at->z_m) > least_m ||
        fabs(p->bank_rad + u * (last->bank_rad - p->bank_rad) - at->bank_rad) > least_rad ||
        fabs(at->heading_rad - p->heading_rad) > least_rad)
      return false;
  }
  return true;
}

bool sim_track_of_lane(sim_track *out, arena *a, const road_network *net, const lane_path *lane) {
  if (!begin_track(out, a, lane->length_m,
                   is_straight(net, lane) ? lane->length_m : SIM_TRACK_STEP_M))
    return false;
  for (int k = 0; k < out->count; k++)
    out->nodes[k] = node_of(lane_point(net, lane, k * out->spacing_m));
  return true;
}

bool sim_track_of_edge(sim_track *out, arena *a, const road_network *net, const walk_edge *edge) {
  if (!begin_track(out, a, edge->length_m, 0.5))
    return false;
  for (int k = 0; k < out->count; k++)
    out->nodes[k] = node_of(walk_point(net, edge, k * out->spacing_m));
  return true;
}

sim_track_node sim_track_smooth(const sim_track *track, double s_m) {
  double u;
  int k = sim_track_find(track, s_m, &u);
  const sim_track_node *a = &track->nodes[k], *b = a + 1;
  double h = track->spacing_m, u2 = u * u, u3 = u2 * u;
  double at_b = 3 * u2 - 2 * u3, out_a = (u3 - 2 * u2 + u) * h, out_b = (u3 - u2) * h;
  double d_b = 6 * (u - u2) / h, d_out_a = 3 * u2 - 4 * u + 1, d_out_b = 3 * u2 - 2 * u;
  double dx = b->x_m - a->x_m, dy = b->y_m - a->y_m;
  double tx = d_b * dx + d_out_a * a->tx + d_out_b * b->tx;
  double ty = d_b * dy + d_out_a * a->ty + d_out_b * b->ty;
  double length = sqrt(tx * tx + ty * ty);
  length = length > 0 ? length : 1;
  return (sim_track_node){a->x_m + at_b * dx + out_a * a->tx + out_b * b->tx,
                          a->y_m + at_b * dy + out_a * a->ty + out_b * b->ty,
                          a->z_m + u * (b->z_m - a->z_m),
                          tx / length,
                          ty / length,
                          a->bank_rad + u * (b->bank_rad - a->bank_rad)};
}

sim_track_node sim_track_plain(const sim_track *track, double s_m) {
  double u;
  int k = sim_track_find(track, s_m, &u);
  const sim_track_node *a = &track->nodes[k], *b = a + 1;
  const sim_track_node *near = u < 0.5 ? a : b;
  return (sim_track_node){a->x_m + u * (b->x_m - a->x_m),
                          a->y_m + u * (b->y_m - a->y_m),
                          a->z_m + u * (b->z_m - a->z_m),
                          near->tx,
                          near->ty,
                          0};
}
