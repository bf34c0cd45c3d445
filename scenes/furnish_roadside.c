// SPDX-License-Identifier: Apache-2.0
// Beside roads without kerbs: delineators, limits, boards, and what warns of tight bends.
#include <math.h>

#include "scenes/furnish.h"
#include "scenes/sign.h"

static const double PI = 3.14159265358979323846;
enum { STREAM_POSTS = 26, STREAM_BENDS = 28, STREAM_SIGNS = 16, STREAM_RAMPS = 30 };

static const double POSTS_M = 50;         // apart on straight roads
static const double BEYOND_M = 0.5;       // from the hard shoulder's border
static const double BEHIND_RAIL_M = 0.85; // from there, where a rail stands before them
static const double BOARD_M = 1, BOARD_BEHIND_M = 1.5; // the same of bends' boards
static const double WARN_M = 130;                      // radius of bends that want a sign
static const double BOARDS_M = 75;                     // and of those that want boards
static const double BEND_STEP_M = 4;
// Of verge to stand on, where roads part: for boards, and for posts, which rails stand before.
static const double BOARD_VERGE_M = 3.9, POST_VERGE_M = 1.5;
static const double RAMP_SIGN_M = 45; // from a ramp's fork

double furnish_post_spacing(double curvature_pm) {
  double bend = fabs(curvature_pm);
  return bend > 0 ? fmax(6, fmin(POSTS_M, 2 * sqrt(1 / bend))) : POSTS_M;
}

// Whether a verge gives way to a ramp that parts from the road beside it.
static bool parts(const road_network *net, const road_lane *verge) {
  const road_poly3 *w = &net->widths[verge->width_first];
  return verge->type == LANE_VERGE && (verge->width_count > 1 || w->b != 0 || w->a == 0);
}

// t of the border of what one may drive or park on; *open: no kerb stands there, and a verge that
// parts from another road's is that wide.
static double border_at(const road_network *net, const road *r, double s, int side, double verge_m,
                        bool *open) {
  const road_section *section = &net->sections[r->section_first + road_section_at(net, r, s)];
  double t = road_offset_at(net, r, s), hard = t;
  bool ends = false, any = false;
  *open = true;
  for (int id = side;; id += side) {
    const road_lane *lane = road_lane_find(net, section, id);
    if (!lane)
      break;
    t += side * road_width_at(net, lane, s - section->s_m);
    if (lane->type == LANE_CURB || lane->type == LANE_SIDEWALK)
      *open = false;
    ends = ends || lane->type == LANE_VERGE || lane->type == LANE_NONE;
    if (!ends)
      hard = t, any = any || lane->type == LANE_DRIVING;
    else if (parts(net, lane) && road_width_at(net, lane, s - section->s_m) < verge_m)
      *open = false;
  }
  *open = *open && any;
  return hard;
}

double furnish_hard_border(const road_network *net, const road *r, double s, int side, bool *open) {
  return border_at(net, r, s, side, BOARD_VERGE_M, open);
}

// Whether the road has a median, and so steel rails outside (render/ground_rails.c).
static bool has_rails(const road_network *net, const road *r) {
  const road_lane *lane = road_lane_find(net, &net->sections[r->section_first], -1);
  const road_lane *other = road_lane_find(net, &net->sections[r->section_first], 1);
  return (lane && lane->type == LANE_MEDIAN) || (other && other->type == LANE_MEDIAN);
}

// False where a sign stands already or there is no room for one.
static bool add_delineator(furnisher *f, rng *stream, const road *r, double s, int side) {
  bool open, median = has_rails(f->net, r), rails = median || furnish_has_rail(f, r, s, side);
  double t = border_at(f->net, r, s, side, POST_VERGE_M, &open);
  if (!open)
    return false;
  vec3 p = road_point_at(f->net, r, s, t + side * (rails ? BEHIND_RAIL_M : BEYOND_M));
  double heading = angle_wrap(furnish_heading(f->net, r, s, side) + PI);
  ground_box box = {p.x, p.y, heading, 0.06, 0.06};
  if (!occupancy_free_at(&f->furniture, &box))
    return false;
  occupancy_add(&f->furniture, &box);
  scene_thing *post =
      furnish_add(f, THING_DELINEATOR, SEMANTIC_POLE, stream, pose_flat(p.x, p.y, p.z, heading),
                  0.12, 0.12, rails ? 1.2 : 1.05);
  post->asset_seed = median ? 1 : 0; // with a median between, nobody comes the other way
  post->colors = palette_furniture(THING_DELINEATOR, stream);
  return true;
}

static double spacing_at(const road_network *net, const road *r, double s) {
  return furnish_post_spacing(road_line_at(net, r, s).curvature_pm);
}

static void delineators(furnisher *f, const road *r) {
  rng stream = furnish_stream(f, r->id, STREAM_POSTS);
  double last = 0;
  for (double s = fmin(spacing_at(f->net, r, 0), r->length_m) / 2; s < r->length_m && !f->failed;) {
    for (int side = -1; side <= 1; side += 2)
      for (int k = 0; k < 3; k++) // beside what stands there
        if (add_delineator(f, &stream, r, fmin(r->length_m, s + 1.5 * k), side))
          break;
    last = s;
    // The tightest bend up to the next post says how far it is.
    double step = POSTS_M;
    for (double ahead = 0; ahead < step; ahead += BEND_STEP_M)
      step = fmin(
          step, fmax(ahead, furnish_post_spacing(road_line_at(f->net, r, s + ahead).curvature_pm)));
    s += step;
  }
  for (int side = -1; side <= 1 && r->length_m - last > spacing_at(f->net, r, r->length_m) / 2;
       side += 2)
    add_delineator(f, &stream, r, r->length_m - 1, side);
}

// Limits and boards with places, for those who come on that side of the road.
static void road_signs(furnisher *f, const road *r, int side) {
  rng stream = furnish_stream(f, r->id, STREAM_SIGNS + (side > 0));
  for (double s = rng_uniform(&stream, 60, 160); s < r->length_m - 20;
       s += rng_uniform(&stream, 180, 420)) {
    bool open, board = rng_chance(&stream, 0.4);
    double t = furnish_hard_border(f->net, r, s, side, &open);
    if (!open)
      continue;
    double heading = furnish_heading(f->net, r, s, side);
    vec3 foot = road_point_at(f->net, r, s, t + side * (board ? 2.4 : 1.4));
    furnish_sign(f, &stream, foot, heading + PI,
                 board ? sign_of(SIGN_DIRECTION, 0)
                       : furnish_limit_sign(f->net, foot.x, foot.y, heading));
  }
}

static void warn(furnisher *f, rng *stream, const road *r, double s, int side, bool left) {
  bool open;
  double t = furnish_hard_border(f->net, r, s, side, &open);
  if (!open)
    return;
  double heading = furnish_heading(f->net, r, s, side);
  furnish_sign(f, stream, road_point_at(f->net, r, s, t + side * 1.2), heading + PI,
               sign_of(left ? SIGN_CURVE_LEFT : SIGN_CURVE_RIGHT, 0));
}

// Boards round the outside of a bend from s0 to s1, one for each direction in turn.
static void boards(furnisher *f, rng *stream, const road *r, double s0, double s1, bool left) {
  int outside = left ? -1 : 1, turn = 0;
  double step =
      fmax(6, furnish_post_spacing(road_line_at(f->net, r, (s0 + s1) / 2).curvature_pm) * 0.8);
  for (double s = s0 + step / 2; s < s1; s += step, turn++) {
    bool open;
    double t = furnish_hard_border(f->net, r, s, outside, &open);
    if (!open)
      continue;
    bool along = turn % 2 == 0; // read by those who drive along s
    double heading = road_line_at(f->net, r, s).heading_rad + (along ? 0 : PI);
    // Turned to who comes round the bend.
    double towards = heading + PI + (left == along ? -0.2 : 0.2);
    double beyond = furnish_has_rail(f, r, s, outside) ? BOARD_BEHIND_M : BOARD_M;
    furnish_sign(f, stream, road_point_at(f->net, r, s, t + outside * beyond), towards,
                 sign_of(left == along ? SIGN_CHEVRON_LEFT : SIGN_CHEVRON_RIGHT, 0));
  }
}

// Finds each bend of one sense that is tight for the road's speed.
static void bends(furnisher *f, const road *r) {
  const road_network *net = f->net;
  rng stream = furnish_stream(f, r->id, STREAM_BENDS);
  for (double s = 0; s < r->length_m && !f->failed; s += BEND_STEP_M) {
    double bend = road_line_at(net, r, s).curvature_pm, most = fabs(bend), begin = s;
    if (most < 1 / WARN_M)
      continue;
    bool left = bend > 0;
    for (; s < r->length_m; s += BEND_STEP_M) {
      bend = road_line_at(net, r, s).curvature_pm;
      if (fabs(bend) < 1 / WARN_M || (bend > 0) != left)
        break;
      most = fmax(most, fabs(bend));
    }
    for (int side = -1; side <= 1; side += 2) {
      bool forward = side == road_side_into(net, true);
      double at = forward ? begin - 60 : s + 60;
      if (at > 5 && at < r->length_m - 5)
        warn(f, &stream, r, at, side, left == forward);
    }
    if (most > 1 / BOARDS_M)
      boards(f, &stream, r, begin, fmin(s, r->length_m), left);
  }
}

static bool is_ramp(const road_network *net, int id) {
  return !has_rails(net, &net->roads[id - 1]);
}

// At forks: the ramp's limit on it, and a board where its lane leaves the others.
static void ramp_signs(furnisher *f, const lane_path *lane) {
  const road_network *net = f->net;
  const road *r = &net->roads[lane->road - 1];
  int next = lane->next_count ? net->lane_links[lane->next_first] : 0;
  int before = lane->previous_count ? net->lane_links[lane->previous_first] : 0;
  bool along_s = road_lane_along(net, lane->lane), ramp = is_ramp(net, r->id), open;
  bool leaves = next && net->roads[net->paths[next - 1].road - 1].junction &&
                is_ramp(net, net->paths[next - 1].road);
  bool begins = ramp && before && net->roads[net->paths[before - 1].road - 1].junction;
  if (r->junction || r->structure == ROAD_BRIDGE || leaves == begins || (leaves && ramp))
    return;
  double from = fmin(begins ? RAMP_SIGN_M : 1, r->length_m),
         s = along_s ? from : r->length_m - from;
  int side = road_side_into(net, along_s);
  double t = furnish_hard_border(net, r, s, side, &open);
  rng stream = furnish_stream(f, r->id, STREAM_RAMPS);
  vec3 foot = road_point_at(net, r, s, t + side * (leaves ? 2.4 : 1.4));
  double heading = furnish_heading(net, r, s, side);
  if (open)
    furnish_sign(f, &stream, foot, heading + PI,
                 leaves ? sign_of(SIGN_DIRECTION, 0)
                        : sign_of(SIGN_SPEED_LIMIT, (int)round(lane->speed_limit_mps * 3.6)));
}

void furnish_roadsides(furnisher *f) {
  for (int i = 0; i < f->net->path_count; i++) {
    const lane_path *lane = &f->net->paths[i];
    place_kind kind = furnish_place(f, &f->net->roads[lane->road - 1]).kind;
    if (kind == PLACE_HIGHWAY || kind == PLACE_INTERCHANGE)
      ramp_signs(f, lane);
  }
  for (int i = 0; i < f->net->road_count && !f->failed; i++) {
    const road *r = &f->net->roads[i];
    if (r->junction || r->structure == ROAD_BRIDGE) // beside a bridge there is no ground
      continue;
    bool any = false;
    for (int k = 0; k < 6 && !any; k++)
      border_at(f->net, r, r->length_m * (k / 2) / 2, k % 2 ? 1 : -1, POST_VERGE_M, &any);
    if (!any)
      continue;
    bends(f, r);
    for (int side = -1; side <= 1; side += 2)
      road_signs(f, r, side);
    delineators(f, r);
  }
}
