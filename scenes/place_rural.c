// SPDX-License-Identifier: Apache-2.0
// Open country: a road of clothoids over hills, with side roads, bridges over valleys and tunnels
// through ridges.
#include <math.h>
#include <stdlib.h>

#include "scenes/land.h"
#include "scenes/place.h"
#include "scenes/road_grade.h"
#include "scenes/rural_line.h"

static const double PI = 3.14159265358979323846;
static const double VERGE_M = 3, VERGE_TAPER_M = 12;
static const double PLANE_M = 45;           // of the road round a junction's middle
static const double BRIDGE_AT_M = 2.5;      // above the valley
static const double TUNNEL_AT_M = 7.6;      // below the ridge
static const double STRUCTURE_LEAST_M = 16; // shorter ones are embankments and cuttings
static const double CUT_WEIGHT = 0.002;     // of a valley's ground, which the road leaves below
static const double SIDE_CLEAR_M = 45;      // between a side road and all other roads
static const double SIDE_LANE_M = 2.8, SIDE_LIMIT_MPS = 13.89, SIDE_SHOULDER_M = 0.5;
static const double CORNER_M = 10;
static const double LEAN_M = 15, LEAN_OUT_M = 28; // of a side road beside the plane, and from it
enum { SIDE_TRIES = 8, SIDE_PIECES = 5, SIDE_STEPS = 64 };

typedef struct side_road {
  double s_m, heading_rad, setback_m; // of the junction on the line; out of it
  double before_m, after_m;           // the line's own setbacks
  road_geometry pieces[SIDE_PIECES];
  int piece_count;
  double length_m;
} side_road;

typedef struct structure {
  double begin_m, end_m;
  road_structure kind;
} structure;

typedef struct rural {
  const rural_def *def;
  rural_line line;
  double *z; // (z_count) profile of the line
  int z_count;
  int side_count, structure_count;
  side_road sides[RURAL_FEATURES];
  structure structures[RURAL_FEATURES];
} rural;

// Cross-sections --------------------------------------------------------------------

typedef struct country_style {
  double lane_m, shoulder_m, limit_mps;
  bool verge, taper_begin, taper_end;
} country_style;

static void add_half(profile_lane *lanes, int *count, const country_style *c, double length) {
  profile_lane *lane = road_profile_add(lanes, count, LANE_DRIVING, c->lane_m);
  lane->speed_limit_mps = c->limit_mps;
  lane->mark = MARK_SOLID;
  if (c->shoulder_m > 0)
    road_profile_add(lanes, count, LANE_SHOULDER, c->shoulder_m);
  if (!c->verge)
    return;
  lane = road_profile_add(lanes, count, LANE_VERGE, c->taper_begin ? 0 : VERGE_M);
  double taper = fmin(VERGE_TAPER_M, length / 3);
  if (c->taper_begin)
    lane->steps[lane->step_count++] = (profile_step){0, taper, VERGE_M};
  if (c->taper_end)
    lane->steps[lane->step_count++] = (profile_step){length - taper, taper, 0};
}

static int add_road(road_builder *b, road_class class, const country_style *c,
                    const road_geometry *pieces, int count) {
  double length = pieces[count - 1].s_m + pieces[count - 1].length_m;
  road_profile profile = {.centre_mark = MARK_BROKEN, .centre_yellow = true};
  add_half(profile.right, &profile.right_count, c, length);
  add_half(profile.left, &profile.left_count, c, length);
  return road_builder_road(b, class, pieces, count, &profile);
}

static double half_width(const country_style *c) {
  return c->lane_m + c->shoulder_m;
}

static country_style main_style(const rural_def *def) {
  return (country_style){.lane_m = def->lane_width_m,
                         .shoulder_m = def->shoulder_m,
                         .limit_mps = def->speed_limit_mps,
                         .verge = true};
}

static country_style side_style(const rural_def *def) {
  return (country_style){.lane_m = fmin(def->lane_width_m, SIDE_LANE_M),
                         .shoulder_m = SIDE_SHOULDER_M,
                         .limit_mps = fmin(def->speed_limit_mps, SIDE_LIMIT_MPS),
                         .verge = true,
                         .taper_begin = true};
}

// Side roads ------------------------------------------------------------------------

static bool keeps_clear(const rural *p, const side_road *side) {
  for (double d = 50; d <= side->length_m; d += 10) {
    int piece = 0;
    while (piece + 1 < side->piece_count && side->pieces[piece + 1].s_m <= d)
      piece++;
    road_place at = road_geometry_at(&side->pieces[piece], d - side->pieces[piece].s_m);
    if (rural_line_distance(&p->line, at.x_m, at.y_m) < SIDE_CLEAR_M)
      return false;
    for (int i = 0; i < p->side_count; i++)
      for (int k = 0; k < p->sides[i].piece_count; k++)
        for (int m = 0; m <= 4; m++) {
          const road_geometry *g = &p->sides[i].pieces[k];
          road_place other = road_geometry_at(g, g->length_m * m / 4);
          if (hypot(at.x_m - other.x_m, at.y_m - other.y_m) < 2 * SIDE_CLEAR_M)
            return false;
        }
  }
  return true;
}

// Arms of the junction by heading: forward, the side road, back, or the other way round.
static void set_back(const rural *p, side_road *side) {
  road_place at = rural_line_at(&p->line, side->s_m);
  country_style major = main_style(p->def), minor = side_style(p->def);
  bool left = angle_wrap(side->heading_rad - at.heading_rad) > 0;
  double ahead = at.heading_rad, back = at.heading_rad + PI, half[3], setback[3];
  double heading[3] = {ahead, left ? side->heading_rad : back, left ? back : side->heading_rad};
  for (int i = 0; i < 3; i++)
    half[i] = half_width(i == (left ? 1 : 2) ? &minor : &major);
  road_junction_setbacks(heading, half, half, 3, CORNER_M, setback);
  side->after_m = setback[0];
  side->setback_m = setback[left ? 1 : 2];
  side->before_m = setback[left ? 2 : 1];
}

static void draw_side(rural *p, double s, rng *r) {
  for (int attempt = 0; attempt < SIDE_TRIES; attempt++) {
    side_road side = {.s_m = s};
    road_place at = rural_line_at(&p->line, s);
    double hand = rng_chance(r, 0.5) ? 1 : -1;
    side.heading_rad = angle_wrap(at.heading_rad + hand * rng_uniform(r, 1.25, 1.9));
    set_back(p, &side);
    side.pieces[0] = (road_geometry){.x_m = at.x_m + side.setback_m * cos(side.heading_rad),
                                     .y_m = at.y_m + side.setback_m * sin(side.heading_rad),
                                     .heading_rad = side.heading_rad};
    double share = 1 - 0.08 * attempt, bend = rng_uniform(r, -0.7, 0.7);
    double radius = rng_uniform(r, 1.1, 3) * place_least_radius(SIDE_LIMIT_MPS), k = 1 / radius;
    double arc = fabs(bend) * radius / 2, turned = copysign(k, bend);
    road_append(side.pieces, &side.piece_count, rng_uniform(r, 45, 70), 0, 0);
    road_append(side.pieces, &side.piece_count, arc, 0, turned);
    road_append(side.pieces, &side.piece_count, arc, turned, turned);
    road_append(side.pieces, &side.piece_count, arc, turned, 0);
    road_append(side.pieces, &side.piece_count, share * rng_uniform(r, 40, 160), 0, 0);
    const road_geometry *last = &side.pieces[side.piece_count - 1];
    side.length_m = last->s_m + last->length_m;
    if (!keeps_clear(p, &side))
      continue;
    p->sides[p->side_count++] = side;
    return;
  }
}

// Heights ---------------------------------------------------------------------------

static bool in_plane(const rural *p, double s) {
  for (int i = 0; i < p->side_count; i++)
    if (fabs(s - p->sides[i].s_m) <= PLANE_M)
      return true;
  return false;
}

// The land that the road keeps to: of a feature's two cuts only the one that brings it there.
static road_terrain without_valleys(const road_terrain *terrain) {
  road_terrain out = *terrain;
  out.cut_count = terrain->cut_count / 2;
  for (int i = 0; i < out.cut_count; i++)
    out.cuts[i] = terrain->cuts[2 * i];
  return out;
}

static status fit_line(rural *p, const road_terrain *terrain, trouble *why) {
  grade_wish *wishes = malloc(sizeof *wishes * (size_t)p->z_count);
  status got = STATUS_OK;
  if (!wishes)
    got = trouble_set(why, STATUS_MEMORY, "memory ran out while building the country road");
  road_terrain whole = without_valleys(terrain);
  for (int i = 0; i < p->z_count && got == STATUS_OK; i++) {
    double s = i * GRADE_STEP_M;
    road_place at = rural_line_at(&p->line, s);
    double ground = land_terrain_at(&whole, at.x_m, at.y_m);
    bool cut = fabs(land_terrain_at(terrain, at.x_m, at.y_m) - ground) > 0.3;
    wishes[i] = (grade_wish){ground, cut ? CUT_WEIGHT : 1, in_plane(p, s)};
  }
  if (got == STATUS_OK && !road_grade_fit(p->z, wishes, p->z_count, p->def->grade,
                                          road_grade_curvature(p->def->speed_limit_mps)))
    got = trouble_set(why, STATUS_RANGE,
                      "road.hills_m: no profile of grade %.3g or less fits %.3g m hills; lower it "
                      "or raise road.grade",
                      p->def->grade, p->def->hills_m);
  free(wishes);
  return got;
}

// Valleys and ridges go where the road would be without them, so that none lies beside a cutting
// or an embankment.
static status shape_terrain(rural *p, road_terrain *terrain, rng *r, trouble *why) {
  status got = fit_line(p, terrain, why);
  const road_terrain whole = *terrain;
  for (int i = 0; i < p->line.feature_count && got == STATUS_OK; i++) {
    const rural_feature *f = &p->line.features[i];
    road_place at = rural_line_at(&p->line, f->s_m);
    double z = road_grade_height(p->z, p->z_count, f->s_m, NULL);
    rural_line_shape_terrain(&p->line, f, z - land_terrain_at(&whole, at.x_m, at.y_m), terrain, r);
  }
  return got == STATUS_OK && terrain->cut_count > 0 ? fit_line(p, terrain, why) : got;
}

// Where the line lies that far above the valley that it crosses, or below the ridge.
static void find_structures(rural *p, const road_terrain *terrain) {
  for (int i = 0; i < p->line.feature_count; i++) {
    const rural_feature *f = &p->line.features[i];
    if (f->kind == RURAL_SIDE)
      continue;
    double sign = f->kind == RURAL_BRIDGE ? 1 : -1;
    double least = f->kind == RURAL_BRIDGE ? BRIDGE_AT_M : TUNNEL_AT_M;
    double ends[2] = {f->s_m, f->s_m};
    for (int k = 0; k < 2; k++)
      for (double s = f->s_m; fabs(s - f->s_m) < f->room_m / 2; s += k ? 2 : -2) {
        road_place at = rural_line_at(&p->line, s);
        double over =
            road_grade_height(p->z, p->z_count, s, NULL) - land_terrain_at(terrain, at.x_m, at.y_m);
        if (sign * over < least)
          break;
        ends[k] = s;
      }
    if (ends[1] - ends[0] >= STRUCTURE_LEAST_M)
      p->structures[p->structure_count++] =
          (structure){ends[0], ends[1], sign > 0 ? ROAD_BRIDGE : ROAD_TUNNEL};
  }
}

static status add_side(road_builder *b, rural *p, const side_road *side, int junction,
                       trouble *why) {
  double slope, z0 = road_grade_height(p->z, p->z_count, side->s_m, &slope);
  road_place at = rural_line_at(&p->line, side->s_m);
  double grade = slope * cos(side->heading_rad - at.heading_rad);
  double z[SIDE_STEPS];
  grade_wish wishes[SIDE_STEPS];
  int count = (int)fmin(SIDE_STEPS, ceil(side->length_m / GRADE_STEP_M) + 1);
  for (int i = 0; i < count; i++) {
    double d = i * GRADE_STEP_M;
    int k = 0;
    while (k + 1 < side->piece_count && side->pieces[k + 1].s_m <= d)
      k++;
    road_place on = road_geometry_at(&side->pieces[k], d - side->pieces[k].s_m);
    bool flush = d <= 25;
    wishes[i] = (grade_wish){flush ? z0 + grade * (side->setback_m + d)
                                   : land_terrain_at(&b->net.land.terrain, on.x_m, on.y_m),
                             flush ? GRADE_MUST : 1, false};
  }
  if (!road_grade_fit(z, wishes, count, fmax(p->def->grade, fabs(grade)) + 0.03,
                      road_grade_curvature(SIDE_LIMIT_MPS)))
    return trouble_set(why, STATUS_RANGE,
                       "road.hills_m: no profile of grade %.3g fits a side road; lower it or raise "
                       "road.grade",
                       p->def->grade + 0.03);
  country_style style = side_style(p->def);
  int id = add_road(b, ROAD_RESIDENTIAL, &style, side->pieces, side->piece_count);
  road_grade_apply(b, id, z, count, 0);
  // The plane that it comes from leans sideways for it.
  double lean = atan(-slope * sin(side->heading_rad - at.heading_rad)), d = LEAN_OUT_M;
  if (!id)
    return STATUS_OK; // out of memory, which the builder knows
  road_builder_bank(b, id, (road_poly3){.a = lean});
  road_builder_bank(b, id,
                    (road_poly3){LEAN_M, lean, 0, -3 * lean / (d * d), 2 * lean / (d * d * d)});
  road_builder_bank(b, id, (road_poly3){.s_m = LEAN_M + d});
  b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, junction, false};
  return STATUS_OK;
}

// The line's roads ------------------------------------------------------------------

// Curves lean inward, as much as they bend, over the length of their spirals.
static void bank_curves(road_builder *b, int road_id, double most, double least_radius_m) {
  for (int i = 0; road_id && i < b->net.roads[road_id - 1].geometry_count && !b->failed; i++) {
    const road_geometry g = b->net.geometries[b->net.roads[road_id - 1].geometry_first + i];
    double full = most * least_radius_m; // a curve of that radius leans as much as any
    double from = -copysign(fmin(most, fabs(g.curvature_begin_pm) * full), g.curvature_begin_pm);
    double to = -copysign(fmin(most, fabs(g.curvature_end_pm) * full), g.curvature_end_pm);
    double l = g.length_m, rise = to - from;
    road_builder_bank(b, road_id,
                      (road_poly3){g.s_m, from, 0, 3 * rise / (l * l), -2 * rise / (l * l * l)});
  }
}

typedef struct joint {
  double s_m; // where a road of the line ends and, further on, the next one begins
  double resume_m;
  int side; // index, or -1: they join
} joint;

static int by_place(const void *a, const void *b) {
  const joint *x = a, *y = b;
  return (x->s_m > y->s_m) - (x->s_m < y->s_m);
}

static int find_joints(const rural *p, joint joints[2 * RURAL_FEATURES]) {
  int count = 0;
  for (int i = 0; i < p->side_count; i++)
    joints[count++] =
        (joint){p->sides[i].s_m - p->sides[i].before_m, p->sides[i].s_m + p->sides[i].after_m, i};
  for (int i = 0; i < p->structure_count; i++) {
    joints[count++] = (joint){p->structures[i].begin_m, p->structures[i].begin_m, -1};
    joints[count++] = (joint){p->structures[i].end_m, p->structures[i].end_m, -1};
  }
  qsort(joints, (size_t)count, sizeof *joints, by_place);
  return count;
}

static road_structure structure_at(const rural *p, double s) {
  for (int i = 0; i < p->structure_count; i++)
    if (s > p->structures[i].begin_m && s < p->structures[i].end_m)
      return p->structures[i].kind;
  return ROAD_ON_LAND;
}

static int add_stretch(road_builder *b, const rural *p, double s0, double s1, bool from_junction,
                       bool to_junction) {
  road_geometry pieces[RURAL_PIECES];
  int count = road_line_part(p->line.pieces, p->line.piece_count, s0, s1, pieces);
  road_structure kind = structure_at(p, (s0 + s1) / 2);
  country_style style = main_style(p->def);
  style.verge = kind == ROAD_ON_LAND;
  style.taper_begin = from_junction;
  style.taper_end = to_junction;
  int id = add_road(b, ROAD_SECONDARY, &style, pieces, count);
  road_grade_apply(b, id, p->z, p->z_count, s0);
  if (id && p->def->superelevation > 0)
    bank_curves(b, id, atan(p->def->superelevation), place_least_radius(p->def->speed_limit_mps));
  if (id)
    b->net.roads[id - 1].structure = kind;
  return id;
}

static void fill_side(road_builder *b, const rural *p, const side_road *side, int junction) {
  junction_plan plan = {.kind = JUNCTION_PRIORITY, .speed_limit_mps = p->def->speed_limit_mps};
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], arms);
  junction_plan_major(&plan, arms, count, rural_line_at(&p->line, side->s_m).heading_rad);
  road_builder_fill_junction(b, junction, &plan);
}

static status add_roads(road_builder *b, rural *p, trouble *why) {
  joint joints[2 * RURAL_FEATURES + 1];
  int junctions[RURAL_FEATURES], count = find_joints(p, joints), before = 0;
  for (int i = 0; i < p->side_count; i++) {
    road_place at = rural_line_at(&p->line, p->sides[i].s_m);
    junctions[i] = road_builder_junction(b, at.x_m, at.y_m);
  }
  joints[count] = (joint){p->line.length_m, 0, -1};
  double from = 0;
  for (int i = 0; i <= count && !b->failed; i++) {
    int side_before = i > 0 ? joints[i - 1].side : -1, side_after = i < count ? joints[i].side : -1;
    int id = add_stretch(b, p, from, joints[i].s_m, side_before >= 0, side_after >= 0);
    if (!id)
      break;
    if (side_before >= 0)
      b->net.roads[id - 1].predecessor =
          (road_link){ROAD_LINK_JUNCTION, junctions[side_before], false};
    else if (before)
      road_builder_continue(b, before, id);
    if (side_after >= 0)
      b->net.roads[id - 1].successor =
          (road_link){ROAD_LINK_JUNCTION, junctions[side_after], false};
    before = id;
    from = joints[i].resume_m;
  }
  for (int i = 0; i < p->side_count && !b->failed; i++) {
    status got = add_side(b, p, &p->sides[i], junctions[i], why);
    if (got != STATUS_OK)
      return got;
  }
  road_derive_ends(b);
  for (int i = 0; i < p->side_count && !b->failed; i++)
    fill_side(b, p, &p->sides[i], junctions[i]);
  return b->failed
             ? trouble_set(why, STATUS_MEMORY, "memory ran out while building the country road")
             : STATUS_OK;
}

status place_rural(road_builder *b, const rural_def *def, rng *r, trouble *why) {
  rural *p = calloc(1, sizeof *p);
  if (!p)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while building the country road");
  p->def = def;
  rural_line_draw(&p->line, def, r);
  road_terrain *terrain = &b->net.land.terrain;
  *terrain = land_draw_terrain(r, def->hills_m);
  for (int i = 0; i < p->line.feature_count; i++)
    if (p->line.features[i].kind == RURAL_SIDE)
      draw_side(p, p->line.features[i].s_m, r);
  p->z_count = (int)ceil(p->line.length_m / GRADE_STEP_M) + 1;
  p->z = malloc(sizeof *p->z * (size_t)p->z_count);
  status got =
      p->z ? shape_terrain(p, terrain, r, why)
           : trouble_set(why, STATUS_MEMORY, "memory ran out while building the country road");
  if (got == STATUS_OK) {
    find_structures(p, terrain);
    got = add_roads(b, p, why);
  }
  free(p->z);
  free(p);
  return got;
}
