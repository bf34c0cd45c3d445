// SPDX-License-Identifier: Apache-2.0
// What stands or lies on roads: crosswalks and places to park as objects; traffic lights and
// stop lines as signals.
#include <math.h>
#include <stdio.h>

#include "scenes/opendrive_names.h"
#include "scenes/opendrive_writer.h"
#include "scenes/road_builder.h"

static const double BESIDE_KERB_M = 0.4; // of a pole, from the kerb stone's outer border

// Crosswalks ------------------------------------------------------------------

static void write_crosswalk(opendrive_writer *w, const road *r, const road_crosswalk *walk) {
  double s[4], t[4], middle_s = 0, middle_t = 0, wide = 0;
  char name[32];
  for (int i = 0; i < 4; i++) {
    road_project(w->net, r, walk->corners[i].x, walk->corners[i].y, &s[i], &t[i]);
    middle_s += s[i] / 4;
    middle_t += t[i] / 4;
  }
  for (int i = 0; i < 4; i++)
    wide = fmax(wide, fabs(t[i] - middle_t));
  snprintf(name, sizeof name, "crosswalk %d", walk->id);
  opendrive_open(w, "object");
  opendrive_whole(w, "id", walk->id);
  opendrive_text(w, "name", name);
  opendrive_text(w, "type", "crosswalk");
  opendrive_number(w, "s", middle_s);
  opendrive_number(w, "t", middle_t);
  opendrive_number(w, "zOffset", 0);
  opendrive_text(w, "orientation", "none");
  opendrive_number(w, "length", fabs(s[1] - s[0]));
  opendrive_number(w, "width", 2 * wide);
  opendrive_number(w, "height", 0);
  opendrive_number(w, "hdg", 0);
  opendrive_open(w, "outlines");
  opendrive_open(w, "outline");
  opendrive_whole(w, "id", 0);
  opendrive_text(w, "closed", "true");
  opendrive_text(w, "outer", "true");
  for (int i = 0; i < 4; i++) {
    opendrive_open(w, "cornerRoad");
    opendrive_whole(w, "id", i);
    opendrive_number(w, "s", s[i]);
    opendrive_number(w, "t", t[i]);
    opendrive_number(w, "dz", 0);
    opendrive_number(w, "height", 0);
    opendrive_close(w);
  }
  opendrive_close(w);
  opendrive_close(w);
  opendrive_close(w);
}

// A place to park, u along who drives in; its sides are marked.
static void write_bay(opendrive_writer *w, const road_bay *bay) {
  const double u = bay->length_m / 2, v = bay->width_m / 2;
  const double corners[4][2] = {{-u, -v}, {u, -v}, {u, v}, {-u, v}};
  static const char *const sides[2] = {"left", "right"};
  char name[32];
  snprintf(name, sizeof name, "bay %d", bay->id);
  opendrive_open(w, "object");
  opendrive_whole(w, "id", w->net->crosswalk_count + w->net->road_count + bay->id);
  opendrive_text(w, "name", name);
  opendrive_text(w, "type", "parkingSpace");
  opendrive_number(w, "s", bay->s_m);
  opendrive_number(w, "t", bay->t_m);
  opendrive_number(w, "zOffset", 0);
  opendrive_text(w, "orientation", "none");
  opendrive_number(w, "length", bay->length_m);
  opendrive_number(w, "width", bay->width_m);
  opendrive_number(w, "height", 0);
  opendrive_number(w, "hdg", bay->heading_rad);
  opendrive_open(w, "outlines");
  opendrive_open(w, "outline");
  opendrive_whole(w, "id", 0);
  opendrive_text(w, "closed", "true");
  opendrive_text(w, "outer", "true");
  for (int i = 0; i < 4; i++) {
    opendrive_open(w, "cornerLocal");
    opendrive_whole(w, "id", i);
    opendrive_number(w, "u", corners[i][0]);
    opendrive_number(w, "v", corners[i][1]);
    opendrive_number(w, "z", 0);
    opendrive_number(w, "height", 0);
    opendrive_close(w);
  }
  opendrive_close(w);
  opendrive_close(w);
  opendrive_open(w, "parkingSpace");
  opendrive_text(w, "access", bay->accessible ? "handicapped" : "all");
  opendrive_close(w);
  opendrive_open(w, "markings");
  for (int i = 0; i < 2; i++) {
    opendrive_open(w, "marking");
    opendrive_text(w, "side", sides[i]);
    opendrive_text(w, "color", "white");
    opendrive_text(w, "weight", "standard");
    opendrive_number(w, "width", ROAD_BAY_LINE_M);
    opendrive_number(w, "zOffset", 0);
    opendrive_number(w, "lineLength", bay->length_m);
    opendrive_number(w, "spaceLength", 0);
    opendrive_number(w, "startOffset", 0);
    opendrive_number(w, "stopOffset", 0);
    opendrive_close(w);
  }
  opendrive_close(w);
  opendrive_close(w);
}

// A bridge or tunnel is as long as its road.
static void write_structure(opendrive_writer *w, const road *r) {
  bool bridge = r->structure == ROAD_BRIDGE;
  char name[32];
  snprintf(name, sizeof name, "%s %d", bridge ? "bridge" : "tunnel", r->id);
  opendrive_open(w, bridge ? "bridge" : "tunnel");
  opendrive_number(w, "s", 0);
  opendrive_number(w, "length", r->length_m);
  opendrive_text(w, "name", name);
  opendrive_whole(w, "id", w->net->crosswalk_count + r->id);
  opendrive_text(w, "type", bridge ? "concrete" : "standard");
  opendrive_close(w);
}

void opendrive_write_objects(opendrive_writer *w, const road *r) {
  if (r->junction && r->structure == ROAD_ON_LAND)
    return;
  opendrive_open(w, "objects");
  if (r->structure != ROAD_ON_LAND)
    write_structure(w, r);
  for (int end = 0; end < 2; end++)
    if (w->ends[r->id - 1][end].crosswalk)
      write_crosswalk(w, r, &w->net->crosswalks[w->ends[r->id - 1][end].crosswalk - 1]);
  for (int i = 0; i < w->net->bay_count; i++)
    if (w->net->bays[i].road == r->id)
      write_bay(w, &w->net->bays[i]);
  opendrive_close(w);
}

// Signals ---------------------------------------------------------------------

typedef struct signpost {
  int id;
  const char *name, *type, *subtype, *country, *orientation;
  bool dynamic;
  double s_m, t_m, z_m, height_m, width_m;
  int lane_from, lane_to;
} signpost;

static void write_sign(opendrive_writer *w, const signpost *sign) {
  opendrive_open(w, "signal");
  opendrive_number(w, "s", sign->s_m);
  opendrive_number(w, "t", sign->t_m);
  opendrive_whole(w, "id", sign->id);
  opendrive_text(w, "name", sign->name);
  opendrive_text(w, "dynamic", sign->dynamic ? "yes" : "no");
  opendrive_text(w, "orientation", sign->orientation);
  opendrive_number(w, "zOffset", sign->z_m);
  opendrive_text(w, "country", sign->country);
  opendrive_text(w, "type", sign->type);
  opendrive_text(w, "subtype", sign->subtype ? sign->subtype : "-1");
  opendrive_text(w, "value", "-1");
  opendrive_number(w, "height", sign->height_m);
  opendrive_number(w, "width", sign->width_m);
  opendrive_open(w, "validity");
  opendrive_whole(w, "fromLane", sign->lane_from);
  opendrive_whole(w, "toLane", sign->lane_to);
  opendrive_close(w);
  opendrive_close(w);
}

static void write_end(opendrive_writer *w, const road *r, bool at_end) {
  const road_end *end = &w->ends[r->id - 1][at_end];
  const road_network *net = w->net;
  // Who comes in reads what stands on his own side.
  int side = road_side_into(net, at_end);
  double length = r->length_m;
  double stop = end->stop_m - (STOP_POINT_M - STOP_LINE_END_M), s = at_end ? length - stop : stop;
  signpost one = {.orientation = at_end ? "+" : "-",
                  .country = "OpenDRIVE",
                  .dynamic = true,
                  .height_m = 0.9,
                  .width_m = 0.3,
                  .lane_from = end->lane_from,
                  .lane_to = end->lane_to};
  if (end->signal) {
    one.id = end->signal;
    one.name = "traffic light";
    one.type = OPENDRIVE_LIGHT;
    one.s_m = s;
    one.t_m = road_edge_t(net, r, s, side, ROAD_EDGE_STONE) + side * BESIDE_KERB_M;
    one.z_m = 2.7;
    if (end->left_signal) // it is for the other lanes
      *(side < 0 ? &one.lane_to : &one.lane_from) += side;
    write_sign(w, &one);
  }
  if (end->left_signal) {
    signpost left = one;
    left.id = end->left_signal;
    left.name = "traffic light for turns";
    left.type = OPENDRIVE_ARROW_LIGHT;
    left.subtype = net->left_hand ? OPENDRIVE_TO_RIGHT : OPENDRIVE_TO_LEFT;
    left.s_m = s;
    left.z_m = 2.7;
    left.t_m = road_edge_t(net, r, s, -side, ROAD_EDGE_STONE) - side * BESIDE_KERB_M;
    left.lane_from = left.lane_to = side;
    write_sign(w, &left);
  }
  if (end->walk_signal) {
    double walk_s = at_end ? length - end->walk_m : end->walk_m;
    one.id = end->walk_signal;
    one.name = "pedestrian light";
    one.type = OPENDRIVE_WALK_LIGHT;
    one.s_m = walk_s;
    one.t_m = road_edge_t(net, r, walk_s, side, ROAD_EDGE_STONE) + side * BESIDE_KERB_M;
    one.z_m = 2.2;
    // No vehicle obeys it; the orientation says which end of the road it is for.
    one.lane_from = one.lane_to = 0;
    write_sign(w, &one);
  }
  if (end->stop_m > 0 && end->gives_way) {
    double inner = road_lane_outer_t(net, r, at_end ? r->section_count - 1 : 0, 0, s);
    double outer =
        road_lane_outer_t(net, r, at_end ? r->section_count - 1 : 0, road_end_outermost(end), s);
    one = (signpost){.id = net->signal_count + 2 * r->id - !at_end,
                     .name = "stop line",
                     .type = OPENDRIVE_STOP_LINE,
                     .country = "DE",
                     .orientation = at_end ? "+" : "-",
                     .s_m = s,
                     .t_m = (inner + outer) / 2,
                     .width_m = fabs(outer - inner),
                     .lane_from = end->lane_from,
                     .lane_to = end->lane_to};
    write_sign(w, &one);
  }
}

void opendrive_write_signals(opendrive_writer *w, const road *r) {
  opendrive_open(w, "signals");
  for (int end = 0; end < 2; end++)
    write_end(w, r, end);
  opendrive_close(w);
}
