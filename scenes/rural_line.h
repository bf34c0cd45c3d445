// SPDX-License-Identifier: Apache-2.0
// The line that a country road follows: straights and curves with spirals, and the places along
// it where something is to be.
#ifndef SCENES_RURAL_LINE_H
#define SCENES_RURAL_LINE_H

#include "base/rng.h"
#include "scenes/road_curve.h"
#include "scenes/scene_def.h"

enum { RURAL_PIECES = 1024, RURAL_FEATURES = 64 };

typedef enum rural_feature_kind { RURAL_SIDE, RURAL_BRIDGE, RURAL_TUNNEL } rural_feature_kind;

typedef struct rural_feature {
  rural_feature_kind kind;
  double s_m;    // the middle of its straight
  double room_m; // length of that straight
} rural_feature;

typedef struct rural_line {
  int piece_count;
  road_geometry pieces[RURAL_PIECES];
  double length_m, base_rad; // it heads this way, give or take
  int feature_count;
  rural_feature features[RURAL_FEATURES]; // along s
} rural_line;

/// Draws the line: as long as the definition says, no curve tighter than its speed allows, never
/// turning back, so that it doesn't meet itself.
void rural_line_draw(rural_line *out, const rural_def *def, rng *r);
/// The place at s, clamped to the line.
road_place rural_line_at(const rural_line *line, double s_m);
/// Distance of a point from the line's points, 10 m apart.
double rural_line_distance(const rural_line *line, double x_m, double y_m);
/// Adds the valley or ridge that a feature is for, in land that is brought to where the road will
/// be: over_m higher. Nothing for a side road.
void rural_line_shape_terrain(const rural_line *line, const rural_feature *feature, double over_m,
                              road_terrain *terrain, rng *r);

#endif
