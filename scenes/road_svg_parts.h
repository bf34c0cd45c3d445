// SPDX-License-Identifier: Apache-2.0
// Between the parts of scenes/road_svg*.c only. Coordinates are metres, y north; y is
// turned around where a point is printed.
#ifndef SCENES_ROAD_SVG_PARTS_H
#define SCENES_ROAD_SVG_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "scenes/road_ends.h"

/// Places along a road where a line beside it may bend.
typedef struct svg_stations {
  int count, capacity;
  double *s_m;
} svg_stations;

typedef struct svg_picture {
  FILE *out;
  const road_network *net;
  road_end (*ends)[2];    // (net->road_count)
  svg_stations *stations; // (net->road_count)
  double pixels_per_m;
  double legend_scale; // large pictures are looked at from afar
  double name_m;       // height of names
  bool failed;
} svg_picture;

/// "x,y" and a blank.
void svg_point(const svg_picture *p, vec3 at);
/// Points of a line along the road between two s, at a lane's outer border moved by `aside_m`
/// to the left. `back` runs it from `to` to `from`.
void svg_border(const svg_picture *p, const road *r, int lane, double aside_m, double from_m,
                double to_m, bool back);

// Layers, from the ground up; surfaces and marks of bridges over all others.
void svg_surfaces(svg_picture *p, bool bridges);
void svg_marks(svg_picture *p, bool bridges);
void svg_crosswalks(svg_picture *p);
void svg_stop_lines(svg_picture *p);
void svg_conflicts(svg_picture *p);
void svg_directions(svg_picture *p);
void svg_signals(svg_picture *p);
void svg_labels(svg_picture *p);
void svg_style(svg_picture *p);
/// Title, legend and scale in a strip of `width_px` by SVG_LEGEND_PX.
void svg_legend(svg_picture *p, const char *title, double width_px);
enum { SVG_LEGEND_PX = 153, SVG_LEGEND_WIDE_PX = 1180 };

#endif
