// SPDX-License-Identifier: Apache-2.0
// A place from above, north up, with who is in it at one moment of an episode: for pictures of
// episodes.
#ifndef EXPORT_BIRDSEYE_H
#define EXPORT_BIRDSEYE_H

#include "base/status.h"
#include "export/canvas.h"
#include "export/shard_map.h"
#include "sim/episode.h"

/// A scene's ground with its lines. The scene must outlive it. Release with birdseye_free.
typedef struct birdseye {
  const scene *scene;
  shard_map map;
} birdseye;

/// Where to look: the point in the picture's middle, and how large.
typedef struct birdseye_view {
  double x_m, y_m;
  double scale; // px a metre
} birdseye_view;

/// STATUS_MEMORY, and nothing is left to release.
status birdseye_create(birdseye *out, const scene *s, trouble *why);
void birdseye_free(birdseye *b);

/// Land, buildings, trees, walkways, roads and their marks.
void birdseye_ground(const birdseye *b, canvas *to, const birdseye_view *view);
/// The route up to its goal.
void birdseye_route(canvas *to, const birdseye_view *view, const sim_episode *e);
/// The way of the ego's middle from frame `from` to frame `until`.
void birdseye_way(canvas *to, const birdseye_view *view, const sim_episode *e, int from, int until);
/// Everybody in that frame, those with the id `hit` (0: nobody) in red, and stop lines in the
/// colours of their signals.
void birdseye_bodies(const birdseye *b, canvas *to, const birdseye_view *view, const sim_episode *e,
                     int at_frame, uint32_t hit);
/// A ring round a place of the world.
void birdseye_ring(canvas *to, const birdseye_view *view, double x_m, double y_m, double radius_px,
                   double thick_px, colour with);
/// Where a place of the world is in the picture.
void birdseye_place(const canvas *to, const birdseye_view *view, double x_m, double y_m,
                    double out_px[2]);

#endif
