// SPDX-License-Identifier: Apache-2.0
#include "scenes/actor_place.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/lane_walk.h"
#include "scenes/road_model.h"

static const double PI = 3.14159265358979323846;
static const double KERB_GAP_M = 0.25; // of who stops at a kerb without a lane to park on
static const double ROOM_M = 1.6;      // least width of a lane to park on
static const double BEYOND_M = 1.0;    // of a road's border, where it has no sidewalk

// A lane's place on its road.
typedef struct section_place {
  const road *r;
  const road_section *section;
  int index; // of the section within the road
  int lane;
  double s_m, middle_t_m;
  int left; // +1 where left of the lane is left of the road
} section_place;

static bool find_section(const road_network *net, int lane_id, double s_m, section_place *out) {
  const lane_path *lane = &net->paths[lane_id - 1];
  if (!lane->road)
    return false;
  const road *r = &net->roads[lane->road - 1];
  const road_section *first = &net->sections[r->section_first];
  double begin = first[lane->section].s_m;
  double end = lane->section + 1 < r->section_count ? first[lane->section + 1].s_m : r->length_m;
  double u = lane->length_m > 0 ? fmax(0, fmin(1, s_m / lane->length_m)) : 0;
  bool along = road_lane_along(net, lane->lane);
  *out = (section_place){.r = r,
                         .section = &first[lane->section],
                         .index = lane->section,
                         .lane = lane->lane,
                         .s_m = along ? begin + u * (end - begin) : end - u * (end - begin),
                         .left = along ? 1 : -1};
  out->middle_t_m = road_lane_middle_t(net, r, lane->section, lane->lane, out->s_m, NULL);
  return true;
}

static double middle_of(const road_network *net, const section_place *at, int lane_id) {
  return road_lane_middle_t(net, at->r, at->index, lane_id, at->s_m, NULL);
}

static double width_of(const road_network *net, const section_place *at, const road_lane *lane) {
  return road_width_at(net, lane, at->s_m - at->section->s_m);
}

// t where a body of that width stands at the kerb of one side of the road, +1 left.
static double kerb_t(const road_network *net, const section_place *at, int side, double width_m) {
  const road_lane *lane;
  int driven = 0;
  for (int id = side; (lane = road_lane_find(net, at->section, id)); id += side) {
    bool parks = lane->type == LANE_PARKING || lane->type == LANE_SHOULDER;
    if (parks && width_of(net, at, lane) >= ROOM_M)
      return middle_of(net, at, id);
    if (lane->type == LANE_CURB || lane->type == LANE_SIDEWALK || lane->type == LANE_VERGE)
      break;
    if (road_lane_users(lane) || lane->type == LANE_BIKING)
      driven = id;
  }
  double border = road_lane_outer_t(net, at->r, at->index, driven, at->s_m);
  return border - side * (KERB_GAP_M + width_m / 2);
}

// t beside the carriageway of one side: the middle of its sidewalk, or beyond its border.
static double walk_t(const road_network *net, const section_place *at, int side) {
  const road_lane *lane;
  int last = 0;
  for (int id = side; (lane = road_lane_find(net, at->section, id)); id += side) {
    if (lane->type == LANE_SIDEWALK)
      return middle_of(net, at, id);
    if (lane->type != LANE_VERGE)
      last = id;
  }
  return road_lane_outer_t(net, at->r, at->index, last, at->s_m) + side * BEYOND_M;
}

static int kerb_side(const road_network *net) {
  return net->left_hand ? 1 : -1;
}

// The nearest lane of the same place that runs the other way; 0 without.
static int oncoming(const road_network *net, int lane_id) {
  const lane_path *lane = &net->paths[lane_id - 1];
  int best = 0, least = 1 << 20;
  if (!lane->road)
    return 0;
  for (int i = road_first_path(net, lane->road);
       i < net->path_count && net->paths[i].road == lane->road; i++) {
    const lane_path *other = &net->paths[i];
    if (other->section == lane->section && other->lane * lane->lane < 0 &&
        (other->users & LANE_FOR_CARS) && abs(other->lane) < least)
      best = other->id, least = abs(other->lane);
  }
  return best;
}

static turn_kind way_of(const char *word) {
  return strcmp(word, "left") == 0    ? TURN_LEFT
         : strcmp(word, "right") == 0 ? TURN_RIGHT
                                      : TURN_STRAIGHT;
}

static double distance_of(const actor_place *at, double from_m, double length_m) {
  double halves = (from_m + length_m) / 2;
  return at->relation == ACTOR_AHEAD    ? at->gap_m + halves
         : at->relation == ACTOR_BEHIND ? -at->gap_m - halves
                                        : at->ahead_m;
}

// From one lane to the one that the word says. NULL, or what is wrong.
static const char *change_lane(const road_network *net, const char *word, actor_spot *out) {
  const lane_path *lane = &net->paths[out->lane - 1];
  bool left = strcmp(word, "left") == 0;
  if (left || strcmp(word, "right") == 0) {
    int beside = left ? lane->left : lane->right;
    if (!beside)
      return left ? "there is no lane to the left there" : "there is no lane to the right there";
    out->s_m *= net->paths[beside - 1].length_m / lane->length_m;
    out->lane = beside;
  } else if (strcmp(word, "oncoming") == 0) {
    int facing = oncoming(net, out->lane);
    if (!facing)
      return "there is no oncoming lane there";
    out->s_m = (1 - out->s_m / lane->length_m) * net->paths[facing - 1].length_m;
    out->lane = facing;
  }
  return NULL;
}

double actor_ground(const road_network *net, int lane_id, double s_m, double x_m, double y_m) {
  section_place at;
  const lane_path *lane = &net->paths[lane_id - 1];
  if (!find_section(net, lane_id, s_m, &at))
    return lane_point(net, lane, s_m).z_m;
  road_place line = road_line_at(net, at.r, at.s_m);
  double t = (y_m - line.y_m) * cos(line.heading_rad) - (x_m - line.x_m) * sin(line.heading_rad);
  double border = road_offset_at(net, at.r, at.s_m), height = 0;
  int side = t < border ? -1 : 1;
  const road_lane *of;
  for (int id = side; (of = road_lane_find(net, at.section, id)); id += side) {
    border += side * width_of(net, &at, of);
    height = of->height_m;
    if (side * (t - border) < 0)
      break;
  }
  return road_point_at(net, at.r, at.s_m, t).z + height;
}

double actor_roadside(const road_network *net, int lane_id, double s_m, bool far) {
  section_place at;
  int side = far ? -kerb_side(net) : kerb_side(net);
  if (!find_section(net, lane_id, s_m, &at))
    return side * (net->paths[lane_id - 1].width_m / 2 + BEYOND_M);
  return (walk_t(net, &at, side * at.left) - at.middle_t_m) * at.left;
}

// How far left of the lane's middle, when no number says it.
static double shift_by_word(const road_network *net, const char *word, const actor_spot *spot,
                            double width_m) {
  section_place at;
  if (strcmp(word, "sidewalk") == 0)
    return actor_roadside(net, spot->lane, spot->s_m, false);
  if (strcmp(word, "kerb") != 0)
    return 0;
  if (!find_section(net, spot->lane, spot->s_m, &at))
    return kerb_side(net) * net->paths[spot->lane - 1].width_m / 2;
  double t = kerb_t(net, &at, kerb_side(net) * at.left, width_m);
  return (t - at.middle_t_m) * at.left;
}

const char *actor_place_find(const road_network *net, const actor_place *at, actor_anchor from,
                             double length_m, double width_m, actor_spot *out) {
  *out = (actor_spot){.lane = from.lane, .s_m = from.s_m};
  double along = distance_of(at, from.length_m, length_m);
  if (!lane_walk(net, &out->lane, &out->s_m, along, way_of(at->way)))
    return along > 0 ? "the road ends before it gets there; a longer road, or an ego that begins "
                       "farther back, would do"
                     : "the road begins after that place; a longer road, or an ego that begins "
                       "farther on, would do";
  const char *wrong = change_lane(net, at->lane, out);
  if (wrong)
    return wrong;
  out->shift_m = shift_by_word(net, at->lane, out, width_m);
  out->shift_m += !isnan(at->kerb_m)   ? kerb_side(net) * at->kerb_m
                  : !isnan(at->side_m) ? at->side_m
                                       : 0;
  // Widths that overlap by a share of the other one's; all of it: one right before the other.
  double moved = (from.width_m + width_m) / 2 - fabs(at->overlap) * from.width_m;
  if (!isnan(at->overlap) && fabs(at->overlap) < 1)
    out->shift_m += at->overlap < 0 ? -moved : moved;
  const lane_path *lane = &net->paths[out->lane - 1];
  road_point p = lane_point(net, lane, out->s_m);
  out->x_m = p.x_m - out->shift_m * sin(p.heading_rad);
  out->y_m = p.y_m + out->shift_m * cos(p.heading_rad);
  out->z_m = actor_ground(net, out->lane, out->s_m, out->x_m, out->y_m);
  double turned = at->heading_rad;
  if (strcmp(at->facing, "against") == 0)
    turned += PI;
  else if (strcmp(at->facing, "across") == 0)
    turned += out->shift_m < 0 ? PI / 2 : -PI / 2;
  out->heading_rad = angle_wrap(p.heading_rad + turned);
  out->on_lane = turned == 0 && fabs(out->shift_m) < lane->width_m / 2;
  return NULL;
}
