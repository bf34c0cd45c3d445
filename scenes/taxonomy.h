// SPDX-License-Identifier: Apache-2.0
// Semantic classes and colours: CARLA's table since 0.9.14, so that Cityscapes-
// style tools work as they are, and behind it the ego's own body, which sensors see when they are
// asked to (ego_body of scenes/rig.h). One list; every reader of it expands this macro.
#ifndef SCENES_TAXONOMY_H
#define SCENES_TAXONOMY_H

// X(id, NAME, "Name", r, g, b)
#define TAXONOMY(X)                                                                                \
  X(0, UNLABELED, "Unlabeled", 0, 0, 0)                                                            \
  X(1, ROAD, "Road", 128, 64, 128)                                                                 \
  X(2, SIDEWALK, "Sidewalk", 244, 35, 232)                                                         \
  X(3, BUILDING, "Building", 70, 70, 70)                                                           \
  X(4, WALL, "Wall", 102, 102, 156)                                                                \
  X(5, FENCE, "Fence", 190, 153, 153)                                                              \
  X(6, POLE, "Pole", 153, 153, 153)                                                                \
  X(7, TRAFFIC_LIGHT, "TrafficLight", 250, 170, 30)                                                \
  X(8, TRAFFIC_SIGN, "TrafficSign", 220, 220, 0)                                                   \
  X(9, VEGETATION, "Vegetation", 107, 142, 35)                                                     \
  X(10, TERRAIN, "Terrain", 152, 251, 152)                                                         \
  X(11, SKY, "Sky", 70, 130, 180)                                                                  \
  X(12, PEDESTRIAN, "Pedestrian", 220, 20, 60)                                                     \
  X(13, RIDER, "Rider", 255, 0, 0)                                                                 \
  X(14, CAR, "Car", 0, 0, 142)                                                                     \
  X(15, TRUCK, "Truck", 0, 0, 70)                                                                  \
  X(16, BUS, "Bus", 0, 60, 100)                                                                    \
  X(17, TRAIN, "Train", 0, 80, 100)                                                                \
  X(18, MOTORCYCLE, "Motorcycle", 0, 0, 230)                                                       \
  X(19, BICYCLE, "Bicycle", 119, 11, 32)                                                           \
  X(20, STATIC, "Static", 110, 190, 160)                                                           \
  X(21, DYNAMIC, "Dynamic", 170, 120, 50)                                                          \
  X(22, OTHER, "Other", 55, 90, 80)                                                                \
  X(23, WATER, "Water", 45, 60, 150)                                                               \
  X(24, ROAD_LINE, "RoadLine", 157, 234, 50)                                                       \
  X(25, GROUND, "Ground", 81, 0, 81)                                                               \
  X(26, BRIDGE, "Bridge", 150, 100, 100)                                                           \
  X(27, RAIL_TRACK, "RailTrack", 230, 150, 140)                                                    \
  X(28, GUARD_RAIL, "GuardRail", 180, 165, 180)                                                    \
  X(29, EGO, "Ego", 255, 240, 245)

typedef enum semantic {
#define X(id, NAME, name, r, g, b) SEMANTIC_##NAME = id,
  TAXONOMY(X)
#undef X
      SEMANTIC_COUNT
} semantic;

typedef struct semantic_info {
  const char *name;
  unsigned char rgb[3];
} semantic_info;

/// Indexed by semantic id.
extern const semantic_info semantic_table[SEMANTIC_COUNT];

#endif
