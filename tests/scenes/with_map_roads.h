// SPDX-License-Identifier: Apache-2.0
// Small maps written road by road, and what must hold of what is read from them.
#ifndef TESTS_SCENES_WITH_MAP_ROADS_H
#define TESTS_SCENES_WITH_MAP_ROADS_H

#include "with_maps.h"

/// Elements of a map that is being written.
typedef struct map_writer {
  int size;
  char text[32768];
} map_writer;

void map_add(map_writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// An arc, or a line, with lanes of one width. `lanes` names them from the leftmost to the
/// rightmost, a letter each, with `0` for the centre: d driving, s shoulder, m median, w
/// sidewalk, c kerb; e.g. "d0dds".
typedef struct map_shape {
  const char *id, *links, *lanes;
  double x_m, y_m, heading_rad, length_m, curvature_pm;
  const char *junction; // NULL: none
  const char *more;     // in <lanes> before the section; NULL: nothing
  int sections;         // of equal length, alike; 0 is 1
  bool linked;          // every lane to that of the same id before it and after it
  bool left_hand;
} map_shape;
void map_add_road(map_writer *w, const map_shape *shape);

#define FROM_JUNCTION "<predecessor elementType='junction' elementId='J'/>"
#define TO_JUNCTION "<successor elementType='junction' elementId='J'/>"
#define LANE_M 3.5 // all lanes' width

/// Whether one gets from the lane nearest to one point to the lane nearest to another without
/// changing lanes. Fails the test where there is no lane.
bool map_leads(const road_network *net, double x0, double y0, double x1, double y1);
/// Every proof of tests/scenes/with_*_proofs.h that holds of any map: fails the test otherwise.
void map_assert_sound(const road_network *net);
/// Writes the network as a map, reads it again and expects the same lanes and ways.
void map_assert_same_again(const road_network *net);

#endif
