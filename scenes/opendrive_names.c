// SPDX-License-Identifier: Apache-2.0
#include "scenes/opendrive_names.h"

#include <stddef.h>
#include <string.h>

const char opendrive_colors[] = "-rYGy";

const char *opendrive_lane_name(const road_lane *lane) {
  static const char *const names[LANE_TYPE_COUNT] = {
      [LANE_NONE] = "none",         [LANE_DRIVING] = "driving", [LANE_SHOULDER] = "shoulder",
      [LANE_PARKING] = "parking",   [LANE_CURB] = "curb",       [LANE_VERGE] = "none",
      [LANE_SIDEWALK] = "sidewalk", [LANE_MEDIAN] = "median",   [LANE_BIKING] = "biking",
      [LANE_WORKS] = "roadWorks"};
  bool buses = lane->type == LANE_DRIVING && lane->users && !(lane->users & LANE_FOR_CARS);
  return buses ? "bus" : names[lane->type];
}

const char *opendrive_user_name(int user) {
  return user == LANE_FOR_CARS ? "passengerCar" : user == LANE_FOR_BUSES ? "bus" : "bicycle";
}

int opendrive_user(const char *name) {
  for (int bit = 1; bit <= LANE_FOR_BICYCLES; bit <<= 1)
    if (strcmp(opendrive_user_name(bit), name) == 0)
      return bit;
  return 0;
}

const char *opendrive_road_name(road_class class) {
  static const char *const names[ROAD_CLASS_COUNT] = {[ROAD_MOTORWAY] = "motorway",
                                                      [ROAD_PRIMARY] = "townArterial",
                                                      [ROAD_SECONDARY] = "townCollector",
                                                      [ROAD_RESIDENTIAL] = "townLocal",
                                                      [ROAD_SERVICE] = "townPrivate"};
  return names[class];
}

const char *opendrive_mark_name(mark_kind kind) {
  static const char *const names[MARK_KIND_COUNT] = {[MARK_NONE] = "none",
                                                     [MARK_SOLID] = "solid",
                                                     [MARK_BROKEN] = "broken",
                                                     [MARK_DOUBLE_SOLID] = "solid solid"};
  return names[kind];
}

static const char *const junction_names[] = {[JUNCTION_PRIORITY] = "priority",
                                             [JUNCTION_SIGNALS] = "signals",
                                             [JUNCTION_ALL_WAY_STOP] = "all_way_stop",
                                             [JUNCTION_RIGHT_BEFORE_LEFT] = "right_before_left",
                                             [JUNCTION_FORK] = "fork"};

const char *opendrive_junction_name(junction_kind kind) {
  return junction_names[kind];
}

int opendrive_junction_kind(const char *name) {
  for (int i = 0; i < JUNCTION_KIND_COUNT; i++)
    if (strcmp(junction_names[i], name) == 0)
      return i;
  return -1;
}

static const opendrive_meaning *find(const opendrive_meaning *list, const char *name) {
  for (; list->name; list++)
    if (strcmp(list->name, name) == 0)
      return list;
  return NULL;
}

const opendrive_meaning *opendrive_lane_type(const char *name) {
  static const char anyone[] = "is open to every vehicle here";
  static const char flat[] = "becomes a shoulder";
  static const opendrive_meaning types[] = {
      {"driving", LANE_DRIVING, NULL},   {"entry", LANE_DRIVING, NULL},
      {"exit", LANE_DRIVING, NULL},      {"onRamp", LANE_DRIVING, NULL},
      {"offRamp", LANE_DRIVING, NULL},   {"connectingRamp", LANE_DRIVING, NULL},
      {"slipLane", LANE_DRIVING, NULL},  {"mwyEntry", LANE_DRIVING, NULL},
      {"mwyExit", LANE_DRIVING, NULL},   {"bidirectional", LANE_DRIVING, "has one direction"},
      {"HOV", LANE_DRIVING, anyone},     {"bus", LANE_DRIVING, NULL},
      {"taxi", LANE_DRIVING, anyone},    {"shared", LANE_DRIVING, anyone},
      {"shoulder", LANE_SHOULDER, NULL}, {"stop", LANE_SHOULDER, NULL},
      {"border", LANE_SHOULDER, NULL},   {"restricted", LANE_SHOULDER, flat},
      {"parking", LANE_PARKING, NULL},   {"curb", LANE_CURB, NULL},
      {"none", LANE_VERGE, NULL},        {"sidewalk", LANE_SIDEWALK, NULL},
      {"walking", LANE_SIDEWALK, NULL},  {"median", LANE_MEDIAN, NULL},
      {"biking", LANE_BIKING, NULL},     {"tram", LANE_SHOULDER, flat},
      {"rail", LANE_SHOULDER, flat},     {"roadWorks", LANE_WORKS, NULL},
      {"special1", LANE_SHOULDER, flat}, {"special2", LANE_SHOULDER, flat},
      {"special3", LANE_SHOULDER, flat}, {NULL, 0, NULL}};
  return find(types, name);
}

const opendrive_meaning *opendrive_road_class(const char *name) {
  static const opendrive_meaning classes[] = {
      {"motorway", ROAD_MOTORWAY, NULL},          {"rural", ROAD_PRIMARY, NULL},
      {"townExpressway", ROAD_PRIMARY, NULL},     {"townArterial", ROAD_PRIMARY, NULL},
      {"townCollector", ROAD_SECONDARY, NULL},    {"town", ROAD_RESIDENTIAL, NULL},
      {"townLocal", ROAD_RESIDENTIAL, NULL},      {"townPrivate", ROAD_SERVICE, NULL},
      {"townPlayStreet", ROAD_RESIDENTIAL, NULL}, {"lowSpeed", ROAD_RESIDENTIAL, NULL},
      {"pedestrian", ROAD_RESIDENTIAL, NULL},     {"bicycle", ROAD_RESIDENTIAL, NULL},
      {"unknown", ROAD_RESIDENTIAL, NULL},        {NULL, 0, NULL}};
  return find(classes, name);
}

const opendrive_meaning *opendrive_mark_kind(const char *name) {
  static const char one[] = "becomes a broken line";
  static const opendrive_meaning marks[] = {{"none", MARK_NONE, NULL},
                                            {"solid", MARK_SOLID, NULL},
                                            {"broken", MARK_BROKEN, NULL},
                                            {"solid solid", MARK_DOUBLE_SOLID, NULL},
                                            {"solid broken", MARK_SOLID, "becomes a solid line"},
                                            {"broken solid", MARK_SOLID, "becomes a solid line"},
                                            {"broken broken", MARK_BROKEN, one},
                                            {"botts dots", MARK_BROKEN, one},
                                            {"edge", MARK_SOLID, "becomes a solid line"},
                                            {"curb", MARK_NONE, NULL},
                                            {"grass", MARK_NONE, NULL},
                                            {NULL, 0, NULL}};
  return find(marks, name);
}
