// SPDX-License-Identifier: Apache-2.0
// The middle lines of lanes and walk edges again, at even spacing: a place on one is
// found without a search, and lanes are smooth (cubic Hermite) between their points.
#ifndef SIM_TRACK_H
#define SIM_TRACK_H

#include "base/arena.h"
#include "scenes/road.h"

typedef struct sim_track_node {
  double x_m, y_m, z_m;
  double tx, ty;   // unit tangent
  double bank_rad; // of the surface about the tangent; positive: the right side is lower
} sim_track_node;

typedef struct sim_track {
  sim_track_node *nodes; // (count >= 2)
  int count;
  double spacing_m, length_m;
} sim_track;

/// So far apart nodes of lanes are at most where those aren't straight.
#define SIM_TRACK_STEP_M 1.0

/// Nodes about a metre apart along a lane, or at its ends only where it is straight. False when
/// memory ran out.
bool sim_track_of_lane(sim_track *out, arena *a, const road_network *net, const lane_path *lane);
/// Nodes about half a metre apart along an edge.
bool sim_track_of_edge(sim_track *out, arena *a, const road_network *net, const walk_edge *edge);

/// The node interval that holds s (clamped to the ends) and the part of it before s, 0..1.
static inline int sim_track_find(const sim_track *track, double s_m, double *u) {
  double at = s_m > 0 ? s_m / track->spacing_m : 0;
  int k = at < track->count - 1 ? (int)at : track->count - 2;
  at -= k;
  *u = at < 1 ? at : 1;
  return k;
}

/// Whether the track of a lane has nodes at the ends of a straight line alone.
static inline bool sim_track_is_straight(const sim_track *track) {
  return track->spacing_m > SIM_TRACK_STEP_M;
}

/// The place at s along a smooth curve, without its direction.
static inline void sim_track_middle(const sim_track *track, double s_m, double *x_m, double *y_m,
                                    double *z_m, double *bank_rad) {
  double u;
  int k = sim_track_find(track, s_m, &u);
  const sim_track_node *a = &track->nodes[k], *b = a + 1;
  double h = track->spacing_m, u2 = u * u, u3 = u2 * u;
  if (sim_track_is_straight(track)) {
    *x_m = a->x_m + u * (b->x_m - a->x_m);
    *y_m = a->y_m + u * (b->y_m - a->y_m);
  } else {
    double at_b = 3 * u2 - 2 * u3, out_a = (u3 - 2 * u2 + u) * h, out_b = (u3 - u2) * h;
    *x_m = a->x_m + at_b * (b->x_m - a->x_m) + out_a * a->tx + out_b * b->tx;
    *y_m = a->y_m + at_b * (b->y_m - a->y_m) + out_a * a->ty + out_b * b->ty;
  }
  *z_m = a->z_m + u * (b->z_m - a->z_m);
  *bank_rad = a->bank_rad + u * (b->bank_rad - a->bank_rad);
}
/// The place at s with position and tangent along the same curve.
sim_track_node sim_track_smooth(const sim_track *track, double s_m);
/// The place at s on the straight line between nodes, with the tangent of the nearer one.
sim_track_node sim_track_plain(const sim_track *track, double s_m);

#endif
