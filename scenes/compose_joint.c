// SPDX-License-Identifier: Apache-2.0
// A road that joins two open ends: its line, its rise, and how the one's cross-section becomes
// the other's. Lanes end and begin one after the other; a sidewalk ends where its kerb runs out
// into the carriageway's border, and verges begin there.
#include <math.h>
#include <stdlib.h>

#include "scenes/compose.h"
#include "scenes/road_grade.h"

static const double PI = 3.14159265358979323846;
static const double SPIRAL_SHARE = 0.4, LEAST_RADIUS_M = 60, ROOMY = 1.15;
static const double BEND_ENDS_M = 10;             // straight before and after the bend
static const double WALK_M = 14, RAISED_M = 32;   // from an end: its sidewalk ends, its kerb
static const double STRIP_AT_M = 2, STRIP_M = 10; // where a planted strip takes from a sidewalk
static const double PLANTED_M = 1.5;              // at most
static const double BARE_AT_M = 0.1, BARE_M = 16; // after the kerb: a verge begins, over
static const double APART_M = 4;                  // between that and the lanes' changes
static const double LEAST_PAVED_M = 0.1;          // beside a lane, to paint its border
static const double LEAST_ZONE_M = 30, ZONE_STEP_M = 5;

typedef struct planner {
  compose_joint *j;
  double zone_m[2]; // where lanes change, from and to
} planner;

static joint_strip *add_strip(planner *p, int side, lane_type type, double height, double begin,
                              double end, double width) {
  compose_joint *j = p->j;
  int i = j->strip_count[side] < COMPOSE_STRIPS ? j->strip_count[side]++ : COMPOSE_STRIPS - 1;
  j->strips[side][i] =
      (joint_strip){.shape = highway_strip_new(type, i, begin, end, width), .height_m = height};
  return &j->strips[side][i];
}

static void step(joint_strip *strip, double begin, double end, double width) {
  if (fabs(highway_strip_width(&strip->shape, begin) - width) > 1e-9)
    highway_strip_step(&strip->shape, begin, end - begin, width);
}

// Lanes --------------------------------------------------------------------------

// What is level with the carriageway, and what is raised or lies beyond it.
static int level_lanes(const compose_lane *lanes, int count) {
  int n = 0;
  while (n < count && lanes[n].height_m <= 0 && lanes[n].type != LANE_VERGE &&
         lanes[n].type != LANE_CURB && lanes[n].type != LANE_NONE)
    n++;
  return n;
}

static bool alike(const compose_lane *a, const compose_lane *b) {
  return a->type == b->type && a->users == b->users && a->height_m == b->height_m;
}

// Of two lanes that the other side lacks, the inner one. A shoulder inside of all driving lanes
// stays there, or it would part a lane that ends from those to change to.
static int rank(const compose_lane *lanes, int at) {
  static const lane_type order[] = {LANE_MEDIAN, LANE_DRIVING, LANE_BIKING, LANE_SHOULDER,
                                    LANE_PARKING};
  lane_type type = lanes[at].type;
  bool inner = type == LANE_SHOULDER;
  for (int i = 0; i < at; i++)
    inner &= lanes[i].type != LANE_DRIVING;
  int i = 0;
  while (i < 5 && order[i] != type)
    i++;
  return inner ? 0 : i;
}

typedef struct lane_pair {
  const compose_lane *from, *to; // one of them may be NULL
} lane_pair;

// What it is worth that a lane goes on: all others together are worth less than one to drive on.
static int worth(const compose_lane *a, const compose_lane *b) {
  return !alike(a, b) ? -1 : a->type == LANE_DRIVING ? 4 * PROFILE_LANES : 1;
}

// A list that has both in their order, with as much as can go on (a common subsequence by weight).
static int pair_lanes(const compose_lane *a, int a_count, const compose_lane *b, int b_count,
                      lane_pair out[2 * PROFILE_LANES]) {
  int common[PROFILE_LANES + 1][PROFILE_LANES + 1] = {{0}}, count = 0;
  for (int i = a_count - 1; i >= 0; i--)
    for (int k = b_count - 1; k >= 0; k--) {
      int skip = common[i + 1][k] > common[i][k + 1] ? common[i + 1][k] : common[i][k + 1];
      int match = worth(&a[i], &b[k]) + common[i + 1][k + 1];
      common[i][k] = alike(&a[i], &b[k]) && match >= skip ? match : skip;
    }
  for (int i = 0, k = 0; i < a_count || k < b_count;) {
    if (i < a_count && k < b_count && alike(&a[i], &b[k]) &&
        common[i][k] == worth(&a[i], &b[k]) + common[i + 1][k + 1]) {
      out[count++] = (lane_pair){&a[i++], &b[k++]};
      continue;
    }
    bool first = k == b_count;
    if (i < a_count && k < b_count)
      first = common[i + 1][k] != common[i][k + 1] ? common[i + 1][k] > common[i][k + 1]
                                                   : rank(a, i) <= rank(b, k);
    out[count++] = first ? (lane_pair){&a[i++], NULL} : (lane_pair){NULL, &b[k++]};
  }
  return count;
}

static double up_to_step(double m) {
  return ZONE_STEP_M * ceil(m / ZONE_STEP_M - 1e-9);
}

// How long a driving lane takes to end or begin: the MUTCD's merging taper, L = W S, 0.62 m for
// each metre of width and km/h; to begin, as long as its swerve needs (6 aside / length^2).
static double taper_of(const compose_joint *j, double width, bool ends) {
  double swerve = sqrt(3 * width * place_least_radius(j->limit_mps));
  return up_to_step(fmax(LEAST_ZONE_M, ends ? 0.62 * width * j->limit_mps * 3.6 : swerve));
}

static double width_of(const compose_lane *lane) {
  return lane ? lane->width_m : 0;
}

// What the changes of one side's lanes take.
static double zone_of(const compose_joint *j, const lane_pair *pairs, int count, int side) {
  double tapers = 0, aside = 0;
  for (int i = 0; i < count; i++) {
    const lane_pair *p = &pairs[i];
    bool driven = (p->from ? p->from : p->to)->type == LANE_DRIVING;
    if (driven && !(p->from && p->to))
      tapers += taper_of(j, fmax(width_of(p->from), width_of(p->to)),
                         (p->to == NULL) == (side == COMPOSE_OUT));
    else
      aside += fabs(width_of(p->to) - width_of(p->from));
  }
  double swerve = sqrt(6 * aside * place_least_radius(j->limit_mps));
  return fmax(tapers, up_to_step(fmax(LEAST_ZONE_M, swerve)));
}

// Lanes that end do so from the outermost inward along s, those that begin the other way round.
static void add_level(planner *p, int side, const lane_pair *pairs, int count, bool kerb_from,
                      bool kerb_to) {
  compose_joint *j = p->j;
  double begin[2 * PROFILE_LANES] = {0}, at = p->zone_m[0];
  for (int k = 0; k < 2 * count; k++) {
    bool ends = k < count;
    int i = ends ? count - 1 - k : k - count;
    const compose_lane *only = pairs[i].from && pairs[i].to ? NULL
                               : ends                       ? pairs[i].from
                                                            : pairs[i].to;
    if (!only || only->type != LANE_DRIVING)
      continue;
    begin[i] = at;
    at += taper_of(j, only->width_m, ends == (side == COMPOSE_OUT));
  }
  int last_driven = -1;
  for (int i = 0; i < count; i++)
    if ((pairs[i].from ? pairs[i].from : pairs[i].to)->type == LANE_DRIVING)
      last_driven = i;
  for (int i = 0; i < count; i++) {
    const compose_lane *from = pairs[i].from, *to = pairs[i].to, *any = from ? from : to;
    double zone[2] = {p->zone_m[0], p->zone_m[1]};
    bool beyond = i > last_driven;
    if (any->type == LANE_DRIVING && !(from && to)) {
      zone[0] = begin[i];
      zone[1] = begin[i] + taper_of(j, any->width_m, (to == NULL) == (side == COMPOSE_OUT));
    } else if (beyond && !(from && to)) {
      // While the kerb runs out, or before a verge begins.
      zone[0] = from ? WALK_M : kerb_from ? WALK_M : j->length_m - RAISED_M;
      zone[1] = zone[0] + RAISED_M - WALK_M;
      if (from && kerb_to)
        zone[0] = j->length_m - RAISED_M, zone[1] = j->length_m - WALK_M;
    }
    joint_strip *strip = add_strip(p, side, any->type, 0, from ? 0 : zone[0],
                                   to ? j->length_m : zone[1], width_of(from));
    strip->users = any->users;
    strip->from = from ? from->id : 0;
    strip->to = to ? to->id : 0;
    step(strip, zone[0], zone[1], width_of(to));
  }
}

// Beside the lanes -----------------------------------------------------------------

// Kerb, planted strip and sidewalk at one end.
typedef struct raised_side {
  double kerb_m, planted_m, walk_m;
  int kerb, planted, walk;      // lane ids, 0 none
  double to_plant_m, to_walk_m; // a little into the joint
} raised_side;

static raised_side raised_of(const compose_end *end, int side) {
  raised_side r = {0};
  for (int i = 0; i < end->count[side]; i++) {
    const compose_lane *lane = &end->lanes[side][i];
    if (lane->type == LANE_CURB)
      r.kerb_m = lane->width_m, r.kerb = lane->id;
    else if (lane->type == LANE_SIDEWALK)
      r.walk_m = lane->width_m, r.walk = lane->id;
    else if (lane->type == LANE_VERGE && lane->height_m > 0)
      r.planted_m = lane->width_m, r.planted = lane->id;
  }
  // Streets pave the strip where they end: it is planted again from there.
  r.to_walk_m = end->walk_m[side] > 0 ? fmin(r.walk_m, end->walk_m[side]) : r.walk_m;
  r.to_plant_m = fmax(r.planted_m, fmin(PLANTED_M, r.planted_m + r.walk_m - r.to_walk_m));
  return r;
}

static void add_kerb_through(planner *p, int side, const raised_side *a, const raised_side *b) {
  double l = p->j->length_m, walk = fmin(a->to_walk_m, b->to_walk_m);
  bool planted = a->to_plant_m > 0 && b->to_plant_m > 0;
  double plant = planted ? fmin(a->to_plant_m, b->to_plant_m) : 0;
  joint_strip *kerb = add_strip(p, side, LANE_CURB, ROAD_KERB_M, 0, l, a->kerb_m);
  step(kerb, p->zone_m[0], p->zone_m[1], b->kerb_m);
  kerb->from = a->kerb, kerb->to = b->kerb;
  joint_strip *strip = add_strip(p, side, LANE_VERGE, ROAD_KERB_M, 0, l, a->planted_m);
  step(strip, STRIP_AT_M, STRIP_AT_M + STRIP_M, plant);
  step(strip, l - STRIP_AT_M - STRIP_M, l - STRIP_AT_M, b->planted_m);
  strip->from = a->planted, strip->to = b->planted;
  strip = add_strip(p, side, LANE_SIDEWALK, ROAD_KERB_M, 0, l, a->walk_m);
  step(strip, STRIP_AT_M, STRIP_AT_M + STRIP_M, walk);
  step(strip, l - STRIP_AT_M - STRIP_M, l - STRIP_AT_M, b->walk_m);
  strip->from = a->walk, strip->to = b->walk;
}

// At the first end: grass goes on in the sidewalk's place and runs out together with the kerb.
static void add_kerb_from(planner *p, int side, const raised_side *a) {
  joint_strip *kerb = add_strip(p, side, LANE_CURB, ROAD_KERB_M, 0, RAISED_M, a->kerb_m);
  step(kerb, WALK_M, RAISED_M, 0);
  kerb->from = a->kerb;
  joint_strip *strip = add_strip(p, side, LANE_VERGE, ROAD_KERB_M, 0, RAISED_M, a->planted_m);
  step(strip, STRIP_AT_M, STRIP_AT_M + STRIP_M, a->to_plant_m);
  step(strip, WALK_M, RAISED_M, 0);
  strip->from = a->planted;
  if (a->walk_m <= 0)
    return;
  strip = add_strip(p, side, LANE_SIDEWALK, ROAD_KERB_M, 0, WALK_M, a->walk_m);
  step(strip, STRIP_AT_M, STRIP_AT_M + STRIP_M, a->to_walk_m);
  strip->from = a->walk;
  strip = add_strip(p, side, LANE_VERGE, ROAD_KERB_M, WALK_M, RAISED_M, a->to_walk_m);
  step(strip, WALK_M, RAISED_M, 0);
}

static void add_kerb_to(planner *p, int side, const raised_side *b) {
  double l = p->j->length_m;
  joint_strip *kerb = add_strip(p, side, LANE_CURB, ROAD_KERB_M, l - RAISED_M, l, 0);
  step(kerb, l - RAISED_M, l - WALK_M, b->kerb_m);
  kerb->to = b->kerb;
  joint_strip *strip = add_strip(p, side, LANE_VERGE, ROAD_KERB_M, l - RAISED_M, l, 0);
  step(strip, l - RAISED_M, l - WALK_M, b->to_plant_m);
  step(strip, l - STRIP_AT_M - STRIP_M, l - STRIP_AT_M, b->planted_m);
  strip->to = b->planted;
  if (b->walk_m <= 0)
    return;
  strip = add_strip(p, side, LANE_VERGE, ROAD_KERB_M, l - RAISED_M, l - WALK_M, 0);
  step(strip, l - RAISED_M, l - WALK_M, b->to_walk_m);
  strip = add_strip(p, side, LANE_SIDEWALK, ROAD_KERB_M, l - WALK_M, l, b->to_walk_m);
  step(strip, l - STRIP_AT_M - STRIP_M, l - STRIP_AT_M, b->walk_m);
  strip->to = b->walk;
}

// Verges and the like, between the kerbs if any.
static void add_bare(planner *p, int side, const lane_pair *pairs, int count, bool kerb_from,
                     bool kerb_to) {
  double l = p->j->length_m, begin = kerb_from ? RAISED_M : 0, end = kerb_to ? l - RAISED_M : l;
  for (int i = 0; i < count; i++) {
    const compose_lane *from = pairs[i].from, *to = pairs[i].to, *any = from ? from : to;
    double zone[2] = {p->zone_m[0], p->zone_m[1]};
    if (kerb_from)
      zone[0] = begin + BARE_AT_M, zone[1] = zone[0] + BARE_M;
    if (kerb_to)
      zone[1] = end - BARE_AT_M, zone[0] = zone[1] - BARE_M;
    joint_strip *strip = add_strip(p, side, any->type, any->height_m, begin, end, width_of(from));
    strip->from = from ? from->id : 0;
    strip->to = to ? to->id : 0;
    step(strip, zone[0], zone[1], width_of(to));
  }
}

static void add_beside(planner *p, int side, const compose_end *a, int a_side, const compose_end *b,
                       int b_side) {
  bool kerb_from = a->kerbed[a_side], kerb_to = b->kerbed[b_side];
  raised_side from = raised_of(a, a_side), to = raised_of(b, b_side);
  int level_a = level_lanes(a->lanes[a_side], a->count[a_side]);
  int level_b = level_lanes(b->lanes[b_side], b->count[b_side]);
  lane_pair pairs[2 * PROFILE_LANES];
  int count =
      pair_lanes(a->lanes[a_side] + level_a, kerb_from ? 0 : a->count[a_side] - level_a,
                 b->lanes[b_side] + level_b, kerb_to ? 0 : b->count[b_side] - level_b, pairs);
  if (kerb_from && kerb_to) {
    add_kerb_through(p, side, &from, &to);
    return;
  }
  if (kerb_from)
    add_kerb_from(p, side, &from);
  add_bare(p, side, pairs, count, kerb_from, kerb_to);
  if (kerb_to)
    add_kerb_to(p, side, &to);
}

// The line -------------------------------------------------------------------------

static void lay_line(compose_joint *j, const road_place *from, double turn, double radius) {
  double arc = fabs(turn) * radius, k = copysign(1 / radius, turn);
  double bend = (1 + SPIRAL_SHARE) * arc, straight = (j->length_m - bend) / 2;
  j->pieces[0] =
      (road_geometry){.x_m = from->x_m, .y_m = from->y_m, .heading_rad = from->heading_rad};
  if (arc < 1) {
    road_append(j->pieces, &j->piece_count, j->length_m, 0, 0);
    return;
  }
  road_append(j->pieces, &j->piece_count, straight, 0, 0);
  road_append(j->pieces, &j->piece_count, SPIRAL_SHARE * arc, 0, k);
  road_append(j->pieces, &j->piece_count, (1 - SPIRAL_SHARE) * arc, k, k);
  road_append(j->pieces, &j->piece_count, SPIRAL_SHARE * arc, k, 0);
  road_append(j->pieces, &j->piece_count, straight, 0, 0);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Whether lanes that are driven on may lie outside of it, or are it.
static bool moves_lanes(const joint_strip *strip) {
  lane_type type = strip->shape.type;
  return type == LANE_DRIVING || type == LANE_BIKING || type == LANE_MEDIAN ||
         type == LANE_SHOULDER;
}

// Roads end where some lane begins or ends, and where driven lanes begin or cease to move aside:
// their lines bend there at once.
static void find_cuts(compose_joint *j) {
  double all[2 * COMPOSE_STRIPS * (HIGHWAY_PIECES + 2)];
  int count = 0;
  for (int side = 0; side < 2; side++)
    for (int i = 0; i < j->strip_count[side]; i++) {
      const joint_strip *strip = &j->strips[side][i];
      all[count++] = strip->shape.begin_m;
      all[count++] = strip->shape.end_m;
      for (int k = 1; k < strip->shape.piece_count && moves_lanes(strip); k++)
        all[count++] = strip->shape.pieces[k].s_m;
    }
  qsort(all, (size_t)count, sizeof *all, ascending);
  for (int i = 0; i < count && j->cut_count < COMPOSE_CUTS; i++)
    if (all[i] > 0.5 && all[i] < j->length_m - 0.5 &&
        (j->cut_count == 0 || all[i] > j->cuts[j->cut_count - 1] + 0.5))
      j->cuts[j->cut_count++] = all[i];
}

static void plan_rise(compose_joint *j, const compose_end *a, const compose_end *b, double *z) {
  // A parabola: the grade changes evenly.
  double l = j->length_m, change = -b->grade - a->grade;
  j->elevation = (road_poly3){.a = a->z_m, .b = a->grade, .c = change / (2 * l)};
  *z = a->z_m + l * (a->grade + change / 2);
}

void compose_joint_plan(compose_joint *j, const compose_end *a, const compose_end *b, double gap,
                        double turn, road_place *lands, double *lands_z) {
  *j = (compose_joint){.class = a->class > b->class ? a->class : b->class,
                       .limit_mps = fmin(a->limit_mps, b->limit_mps)};
  lane_pair pairs[2][2 * PROFILE_LANES];
  int count[2];
  double zone = 0, radius = ROOMY * fmax(LEAST_RADIUS_M, place_least_radius(j->limit_mps));
  for (int side = 0; side < 2; side++) {
    int other = 1 - side; // what leads out of one network leads into the other
    count[side] =
        pair_lanes(a->lanes[side], level_lanes(a->lanes[side], a->count[side]), b->lanes[other],
                   level_lanes(b->lanes[other], b->count[other]), pairs[side]);
    zone = fmax(zone, zone_of(j, pairs[side], count[side], side));
  }
  double bend = (1 + SPIRAL_SHARE) * fabs(turn) * radius;
  double rise = fabs(a->grade + b->grade) / road_grade_curvature(j->limit_mps);
  j->length_m =
      fmax(fmax(gap, zone + 2 * (RAISED_M + APART_M)), fmax(bend + 2 * BEND_ENDS_M, rise));
  planner p = {j, {(j->length_m - zone) / 2, (j->length_m + zone) / 2}};
  for (int side = 0; side < 2; side++) {
    add_level(&p, side, pairs[side], count[side], a->kerbed[side], b->kerbed[1 - side]);
    add_beside(&p, side, a, side, b, 1 - side);
  }
  find_cuts(j);
  lay_line(j, &a->at, turn, radius);
  const road_geometry *last = &j->pieces[j->piece_count - 1];
  *lands = road_geometry_at(last, last->length_m);
  lands->heading_rad = angle_wrap(lands->heading_rad + PI);
  plan_rise(j, a, b, lands_z);
}

// Building -------------------------------------------------------------------------

// Strips that a stretch from s0 to s1 has, by side, from the centre outward.
typedef struct stretch {
  int road, count[2], strips[2][PROFILE_LANES];
} stretch;

static int lane_sign(int side) {
  return side == COMPOSE_OUT ? -1 : 1;
}

// Whether there is asphalt for a mark all along a lane's inner border.
static bool is_paved(const profile_lane *lane, double length) {
  const road_poly3 *first = &lane->polys[0], *last = &lane->polys[lane->poly_count - 1];
  return (lane->type == LANE_SHOULDER || lane->type == LANE_PARKING || lane->type == LANE_BIKING) &&
         road_poly_value(first, 0) > LEAST_PAVED_M && road_poly_value(last, length) > LEAST_PAVED_M;
}

static void add_lanes(const compose_joint *j, stretch *at, int side, double s0, double s1,
                      profile_lane *lanes) {
  int added = 0, last_driven = -1;
  double middle = (s0 + s1) / 2;
  for (int i = 0; i < j->strip_count[side] && added < PROFILE_LANES; i++) {
    const joint_strip *strip = &j->strips[side][i];
    if (strip->shape.begin_m > middle || strip->shape.end_m < middle)
      continue;
    profile_lane *lane = road_profile_add(lanes, &added, strip->shape.type, 0);
    lane->poly_count = highway_strip_slice(&strip->shape, s0, s1, false, lane->polys);
    lane->height_m = strip->height_m;
    lane->users = strip->users;
    at->strips[side][added - 1] = i;
    if (highway_is_nothing(lane->polys, lane->poly_count)) {
      added--;
      continue;
    }
    if (strip->shape.type == LANE_DRIVING || strip->shape.type == LANE_BIKING)
      lane->speed_limit_mps = j->limit_mps;
    if (strip->shape.type == LANE_DRIVING)
      last_driven = added - 1;
  }
  at->count[side] = added;
  bool driven = false;
  for (int i = 0; i < added; i++) {
    bool paved = i + 1 < added && is_paved(&lanes[i + 1], s1 - s0);
    if (lanes[i].type == LANE_BIKING && paved)
      lanes[i].mark = MARK_SOLID;
    bool inner_border = lanes[i].type == LANE_SHOULDER && !driven;
    driven |= lanes[i].type == LANE_DRIVING;
    if (lanes[i].type == LANE_DRIVING)
      lanes[i].mark = i < last_driven ? MARK_BROKEN : paved ? MARK_SOLID : MARK_NONE;
    if (inner_border)
      lanes[i].mark = MARK_SOLID, lanes[i].mark_yellow = true;
  }
}

static void mark_centre(road_profile *profile) {
  int driven = 0;
  bool beside = profile->right_count > 0 && profile->right[0].type == LANE_DRIVING &&
                profile->left_count > 0 && profile->left[0].type == LANE_DRIVING;
  for (int i = 0; i < profile->right_count; i++)
    driven += profile->right[i].type == LANE_DRIVING;
  for (int i = 0; i < profile->left_count; i++)
    driven += profile->left[i].type == LANE_DRIVING;
  profile->centre_yellow = beside;
  profile->centre_mark = !beside ? MARK_NONE : driven > 2 ? MARK_DOUBLE_SOLID : MARK_BROKEN;
}

static void add_stretch(road_builder *b, const compose_joint *j, stretch *at, double s0,
                        double s1) {
  road_geometry pieces[5];
  int count = road_line_part(j->pieces, j->piece_count, s0, s1, pieces);
  road_profile profile = {0};
  add_lanes(j, at, COMPOSE_OUT, s0, s1, profile.right);
  add_lanes(j, at, COMPOSE_IN, s0, s1, profile.left);
  profile.right_count = at->count[COMPOSE_OUT];
  profile.left_count = at->count[COMPOSE_IN];
  mark_centre(&profile);
  at->road = road_builder_road(b, j->class, pieces, count, &profile);
  if (!at->road)
    return;
  road_poly3 rise = road_poly_from(&j->elevation, s0);
  rise.s_m = 0;
  road_builder_elevation(b, at->road, rise);
}

static road_lane *lane_of(road_builder *b, int road_id, bool at_end, int lane_id) {
  road_network *net = &b->net;
  const road *r = &net->roads[road_id - 1];
  int section = at_end ? r->section_count - 1 : 0;
  return (road_lane *)road_lane_find(net, &net->sections[r->section_first + section], lane_id);
}

static void link_lane(road_builder *b, int road_id, bool at_end, int id, int to) {
  road_lane *lane = lane_of(b, road_id, at_end, id);
  *(at_end ? &lane->successor : &lane->predecessor) = to;
}

static void link_road(road_builder *b, int road_id, bool at_end, road_link to) {
  road *r = &b->net.roads[road_id - 1];
  *(at_end ? &r->successor : &r->predecessor) = to;
}

static void link_stretches(road_builder *b, const stretch *u, const stretch *v) {
  link_road(b, u->road, true, (road_link){ROAD_LINK_ROAD, v->road, false});
  link_road(b, v->road, false, (road_link){ROAD_LINK_ROAD, u->road, true});
  for (int side = 0; side < 2; side++)
    for (int i = 0; i < u->count[side]; i++)
      for (int k = 0; k < v->count[side]; k++)
        if (u->strips[side][i] == v->strips[side][k]) {
          link_lane(b, u->road, true, lane_sign(side) * (i + 1), lane_sign(side) * (k + 1));
          link_lane(b, v->road, false, lane_sign(side) * (k + 1), lane_sign(side) * (i + 1));
        }
}

// The joining road's first or last stretch and the road of the part that it meets.
static void link_part(road_builder *b, const compose_joint *j, const stretch *own, bool own_end,
                      int road_id, bool at_end) {
  link_road(b, own->road, own_end, (road_link){ROAD_LINK_ROAD, road_id, at_end});
  link_road(b, road_id, at_end, (road_link){ROAD_LINK_ROAD, own->road, own_end});
  for (int side = 0; side < 2; side++)
    for (int i = 0; i < own->count[side]; i++) {
      const joint_strip *strip = &j->strips[side][own->strips[side][i]];
      int id = own_end ? strip->to : strip->from, mine = lane_sign(side) * (i + 1);
      if (!id)
        continue;
      link_lane(b, own->road, own_end, mine, id);
      link_lane(b, road_id, at_end, id, mine);
    }
}

void compose_joint_build(road_builder *b, const compose_joint *j, int a_road, bool a_at_end,
                         int b_road, bool b_at_end) {
  stretch all[COMPOSE_CUTS + 1] = {0};
  for (int k = 0; k <= j->cut_count && !b->failed; k++)
    add_stretch(b, j, &all[k], k ? j->cuts[k - 1] : 0, k < j->cut_count ? j->cuts[k] : j->length_m);
  if (b->failed)
    return;
  for (int k = 0; k < j->cut_count; k++)
    link_stretches(b, &all[k], &all[k + 1]);
  link_part(b, j, &all[0], false, a_road, a_at_end);
  link_part(b, j, &all[j->cut_count], true, b_road, b_at_end);
}
