// SPDX-License-Identifier: Apache-2.0
// A car park beside a street: aisles in parallel, ways at both ends of them that lead on to the
// street, and a building beyond the last aisle, which goes round from one way to the other.
//
//            building
//      .---- last aisle ----.      <- bays on this side of it
//      |                    |
//      +------ aisle -------+
//      |                    |
//      +------ aisle -------+
//      |                    |
//   ---+------ street ------+---
#include <math.h>
#include <string.h>

#include "scenes/place.h"

static const double PI = 3.14159265358979323846;
static const double WAY_LANE_M = 3.1, STREET_LANE_M = 3.25;
static const double LEAST_LANE_M = 2.8, MOST_LANE_M = 4, ONE_WAY_LANE_M = 3.5;
static const double STONE_M = 0.15;
static const double WALK_M = 1.2;                      // between two rows of bays
static const double MOUTH_WALK_M = 2.4, MOUTH_M = 5.2; // where people cross an aisle
static const double ENDS_WALK_M = 3;                   // beside the ways, at the rows' ends
static const double TAPER_M = 4.5;                     // over which bays open
static const double GREEN_M = 1.6;                     // between two rows' walks
static const double CORNER_M = 4, STREET_CORNER_M = 6;
static const double ENTRY_M = 16;                   // of a way, from the street to the first aisle
static const double ARM_M = 70;                     // of the street, beyond the ways
static const double BEND_M = 9, LEAST_BEND_M = 6.2; // of the last aisle
static const double STRAIGHT_M = 4.8;               // before it bends
static const double FRONT_WALK_M = 4.5;             // before the building
static const double ACCESSIBLE_M = 3.5;
static const double STORE_BACK_M = 1.2, STORE_BAY_M = 3.4, SLACK_M = 0.2;
enum { MOST_AISLES = 8, MOST_BAYS = 48 };

// Across the aisles u runs along them and v away from the street, from the middle of the street
// between the two ways.
typedef struct lot {
  const parking_def *def;
  double base_rad; // heading of u
  bool one_way;
  double lane_m, edge_m;   // of an aisle: a lane; from its middle to its bays
  double depth_m, pitch_m; // of a row: across the aisle, and of one bay along it
  double slant_m;          // how far a bay's back is ahead of its front
  double row_m;
  double apart_m;                   // aisles, middle to middle
  double half_m;                    // from the middle to the ways
  double first_m;                   // v of the first aisle
  double aisle_set_m, way_set_m;    // from a crossing's middle to where its arms end
  double entry_set_m, street_set_m; // the same where a way meets the street
  int street_junction[2], junction[2][MOST_AISLES];
} lot;

static road_place place_on(const lot *p, double u, double v, double heading) {
  double c = cos(p->base_rad), s = sin(p->base_rad);
  return (road_place){
      .x_m = u * c - v * s, .y_m = u * s + v * c, .heading_rad = angle_wrap(heading + p->base_rad)};
}

static double bay_width(const parking_def *def, bool accessible) {
  return accessible ? fmax(def->bay_width_m, ACCESSIBLE_M) : def->bay_width_m;
}

// Where each bay of a row begins, along its aisle and in the direction in which bays lean: side
// by side, their fronts in line. Returns the row's length.
static double lay_row(const lot *p, const double *widths_m, int count, double *begin_m) {
  double angle = p->def->bay_angle_rad, at = 0, length = 0;
  for (int i = 0; i < count; i++) {
    begin_m[i] = at;
    length = at + p->slant_m + widths_m[i] * sin(angle);
    if (i + 1 < count)
      at += (widths_m[i] + widths_m[i + 1] + (widths_m[i + 1] - widths_m[i]) * cos(2 * angle)) /
            (2 * sin(angle));
  }
  return length;
}

// The street's cross-section.
static street_style street_of(const parking_def *def) {
  return (street_style){.lanes = 1,
                        .lane_width_m = STREET_LANE_M,
                        .sidewalk_m = def->sidewalk_m,
                        .speed_limit_mps = def->street_limit_mps};
}

static void set_back(lot *p) {
  street_style street = street_of(p->def);
  double way_outer = WAY_LANE_M + STONE_M + fmax(ENDS_WALK_M, p->def->sidewalk_m);
  double heading[3] = {-PI / 2, 0, PI / 2}, out[3];
  double kerb[3] = {WAY_LANE_M, p->edge_m, WAY_LANE_M};
  double outer[3] = {WAY_LANE_M + STONE_M + ENDS_WALK_M, p->edge_m + STONE_M + MOUTH_WALK_M,
                     WAY_LANE_M + STONE_M + ENDS_WALK_M};
  road_junction_setbacks(heading, kerb, outer, 3, CORNER_M, out);
  p->aisle_set_m = out[1];
  p->way_set_m = out[0];
  double street_heading[3] = {0, PI / 2, PI};
  double street_kerb = street_kerb_m(&street, false), street_outer = street_outer_m(&street);
  double kerbs[3] = {street_kerb, WAY_LANE_M, street_kerb};
  double outers[3] = {street_outer, way_outer, street_outer};
  road_junction_setbacks(street_heading, kerbs, outers, 3, STREET_CORNER_M, out);
  p->street_set_m = out[0];
  p->entry_set_m = out[1];
}

static lot plan_lot(const parking_def *def, rng *r) {
  lot p = {.def = def, .base_rad = rng_uniform(r, -PI, PI), .one_way = rng_chance(r, def->one_way)};
  double angle = def->bay_angle_rad, widths[MOST_BAYS], begin[MOST_BAYS];
  p.lane_m = p.one_way ? fmin(def->aisle_m, ONE_WAY_LANE_M)
                       : fmax(LEAST_LANE_M, fmin(MOST_LANE_M, def->aisle_m / 2));
  p.edge_m = p.one_way ? def->aisle_m / 2 : p.lane_m;
  p.pitch_m = def->bay_width_m / sin(angle);
  p.slant_m = def->bay_length_m * cos(angle);
  p.depth_m = def->bay_length_m * sin(angle) + def->bay_width_m * cos(angle);
  if (def->accessible_bays > 0)
    p.depth_m = fmax(p.depth_m, def->bay_length_m * sin(angle) + bay_width(def, true) * cos(angle));
  for (int i = 0; i < def->bays_per_row; i++)
    widths[i] = def->bay_width_m;
  p.row_m = lay_row(&p, widths, def->bays_per_row, begin);
  set_back(&p);
  double bend = STRAIGHT_M + LEAST_BEND_M * road_bend_tangent(PI / 2); // of the last aisle
  p.apart_m =
      fmax(2 * (p.edge_m + p.depth_m + STONE_M + WALK_M) + GREEN_M, p.way_set_m + bend + SLACK_M);
  p.half_m = p.row_m / 2 + MOUTH_M + TAPER_M + SLACK_M + p.aisle_set_m;
  p.first_m = p.entry_set_m + ENTRY_M + p.way_set_m;
  return p;
}

// Cross-sections -----------------------------------------------------------------

static void add_raised(profile_lane *lanes, int *count, lane_type type, double width_m) {
  road_profile_add(lanes, count, type, width_m)->height_m = ROAD_KERB_M;
}

static void add_driving(profile_lane *lanes, int *count, double width_m, double limit_mps) {
  road_profile_add(lanes, count, LANE_DRIVING, width_m)->speed_limit_mps = limit_mps;
}

static void step(profile_lane *lane, double s, double length, double width) {
  lane->steps[lane->step_count++] = (profile_step){s, length, width};
}

// Where along a road a row of bays lies on one of its sides.
typedef struct row_span {
  double begin_m, end_m;
} row_span;

// Bays, kerb and walk: the walk is wide where people cross. It never reaches out farther than
// behind the bays, where the next aisle's is near.
static void add_row(const lot *p, profile_lane *lanes, int *count, const row_span *row) {
  profile_lane *bays = road_profile_add(lanes, count, LANE_PARKING, 0);
  step(bays, row->begin_m - TAPER_M, TAPER_M, p->depth_m);
  step(bays, row->end_m, TAPER_M, 0);
  add_raised(lanes, count, LANE_CURB, STONE_M);
  profile_lane *walk = road_profile_add(lanes, count, LANE_SIDEWALK, MOUTH_WALK_M);
  walk->height_m = ROAD_KERB_M;
  step(walk, row->begin_m - TAPER_M, 2 * TAPER_M / 3, WALK_M);
  step(walk, row->end_m + TAPER_M / 3, 2 * TAPER_M / 3, MOUTH_WALK_M);
}

// The lanes of an aisle between its bays.
static void add_aisle_lanes(const lot *p, road_profile *out) {
  double limit = p->def->speed_limit_mps, shoulder = p->edge_m - p->lane_m / 2;
  add_driving(out->right, &out->right_count, p->lane_m, limit);
  if (!p->one_way)
    add_driving(out->left, &out->left_count, p->lane_m, limit);
  for (int k = 0; k < 2 && p->one_way && shoulder > 0.01; k++)
    road_profile_add(k ? out->left : out->right, k ? &out->left_count : &out->right_count,
                     LANE_SHOULDER, shoulder);
}

static int add_road(road_builder *b, const lot *p, const road_geometry *pieces, int count,
                    const road_profile *profile, bool one_way) {
  int id = road_builder_road(b, ROAD_SERVICE, pieces, count, profile);
  if (!id)
    return 0;
  road_builder_elevation(b, id, (road_poly3){0});
  if (one_way)
    road_builder_offset(b, id, (road_poly3){.a = p->lane_m / 2});
  return id;
}

static void link_ends(road_builder *b, int id, int from, int to) {
  if (!id)
    return;
  b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, from, false};
  b->net.roads[id - 1].successor = (road_link){ROAD_LINK_JUNCTION, to, false};
}

// Bays ---------------------------------------------------------------------------

// A row on one side (+1 left) of a road whose bays lean ahead along s (1) or back (-1), in the
// middle of its span; `accessible` of its bays, in the middle, are wide.
static void add_bays(road_builder *b, const lot *p, int road_id, int side, int ahead,
                     const row_span *row, int accessible) {
  const parking_def *def = p->def;
  double widths[MOST_BAYS], begin[MOST_BAYS], angle = def->bay_angle_rad;
  double room = row->end_m - row->begin_m, length = 0;
  bool wide[MOST_BAYS] = {false};
  int count = def->bays_per_row;
  for (; count > 0; count--) {
    int special = accessible < count ? accessible : count, first = (count - special) / 2;
    for (int i = 0; i < count; i++) {
      wide[i] = i >= first && i < first + special;
      widths[i] = bay_width(def, wide[i]);
    }
    length = lay_row(p, widths, count, begin);
    if (length <= room + 1e-9)
      break;
  }
  for (int i = 0; i < count; i++) {
    double depth = def->bay_length_m * sin(angle) + widths[i] * cos(angle);
    double ahead_m = (room - length) / 2 + begin[i] + (p->slant_m + widths[i] * sin(angle)) / 2;
    road_bay bay = {.road = road_id,
                    .s_m = ahead > 0 ? row->begin_m + ahead_m : row->end_m - ahead_m,
                    .t_m = side * (p->edge_m + depth / 2),
                    .heading_rad = ahead > 0 ? side * angle : angle_wrap(PI - side * angle),
                    .length_m = def->bay_length_m,
                    .width_m = widths[i],
                    .accessible = wide[i]};
    road_builder_bay(b, &bay);
  }
}

// Roads --------------------------------------------------------------------------

// The way from (side half_m, v0) on to v1, away from the street. Outside of it the walk goes
// round the car park.
static int add_way(road_builder *b, const lot *p, int side, double v0, double v1, int from,
                   int to) {
  road_profile profile = {.centre_mark = MARK_NONE};
  double limit = p->def->speed_limit_mps;
  add_driving(profile.right, &profile.right_count, WAY_LANE_M, limit);
  add_driving(profile.left, &profile.left_count, WAY_LANE_M, limit);
  for (int k = -1; k <= 1; k += 2) {
    profile_lane *lanes = k < 0 ? profile.right : profile.left;
    int *count = k < 0 ? &profile.right_count : &profile.left_count;
    add_raised(lanes, count, LANE_CURB, STONE_M);
    add_raised(lanes, count, LANE_SIDEWALK, k == -side ? p->def->sidewalk_m : ENDS_WALK_M);
  }
  road_place at = place_on(p, side * p->half_m, v0, PI / 2);
  road_geometry line = {.x_m = at.x_m, .y_m = at.y_m, .heading_rad = at.heading_rad};
  int pieces = 0;
  road_append(&line, &pieces, v1 - v0, 0, 0);
  int id = add_road(b, p, &line, pieces, &profile, false);
  link_ends(b, id, from, to);
  return id;
}

// An aisle between the ways; a one-way one with `back` runs towards the first of them.
static void add_aisle(road_builder *b, const lot *p, int index, bool back) {
  double from = p->half_m - p->aisle_set_m, length = 2 * from, v = p->first_m + index * p->apart_m;
  row_span row = {(length - p->row_m) / 2, (length + p->row_m) / 2};
  road_profile profile = {.centre_mark = MARK_NONE};
  add_aisle_lanes(p, &profile);
  add_row(p, profile.right, &profile.right_count, &row);
  add_row(p, profile.left, &profile.left_count, &row);
  road_place at = place_on(p, back ? from : -from, v, back ? PI : 0);
  road_geometry line = {.x_m = at.x_m, .y_m = at.y_m, .heading_rad = at.heading_rad};
  int pieces = 0;
  road_append(&line, &pieces, length, 0, 0);
  int id = add_road(b, p, &line, pieces, &profile, p->one_way);
  link_ends(b, id, p->junction[back][index], p->junction[!back][index]);
  add_bays(b, p, id, -1, 1, &row, 0);
  add_bays(b, p, id, 1, p->one_way ? 1 : -1, &row, 0);
}

// The straight between the bends of the last aisle.
static row_span straight_span(const road_geometry *pieces, int count) {
  for (int i = 1; i + 1 < count; i++)
    if (pieces[i].curvature_begin_pm == 0 && pieces[i].curvature_end_pm == 0)
      return (row_span){pieces[i].s_m, pieces[i].s_m + pieces[i].length_m};
  return (row_span){0, 0};
}

// The building beyond the last aisle.
static void add_store(road_builder *b, const lot *p, double outer_v, double room_m, rng *r) {
  double wide = fmin(room_m, STORE_BAY_M * 10), deep = rng_uniform(r, 16, 28);
  road_place at = place_on(p, 0, outer_v + STORE_BACK_M + deep / 2, -PI / 2);
  road_builder_site(b, &(road_site){.kind = SITE_BUILDING,
                                    .x_m = at.x_m,
                                    .y_m = at.y_m,
                                    .heading_rad = at.heading_rad,
                                    .length_m = deep,
                                    .width_m = wide,
                                    .height_m = rng_uniform(r, 4.8, 6.4)});
}

// The last aisle leaves one way, goes past the building and comes back on the other.
static void add_last_aisle(road_builder *b, const lot *p, rng *r) {
  int last = p->def->aisles - 1;
  double v0 = p->first_m + (last - 1) * p->apart_m + p->way_set_m;
  double v1 = p->first_m + last * p->apart_m, u = p->half_m;
  double radius = fmin(BEND_M, (v1 - v0 - STRAIGHT_M) / road_bend_tangent(PI / 2));
  road_place at[4] = {place_on(p, -u, v0, 0), place_on(p, -u, v1, 0), place_on(p, u, v1, 0),
                      place_on(p, u, v0, 0)};
  road_corner_point corners[2] = {{at[1].x_m, at[1].y_m, radius}, {at[2].x_m, at[2].y_m, radius}};
  road_geometry pieces[ROAD_PIECES];
  int count = road_lay(pieces, at[0].x_m, at[0].y_m, at[3].x_m, at[3].y_m, corners, 2);
  row_span straight = straight_span(pieces, count);
  row_span row = {straight.begin_m + TAPER_M, straight.end_m - TAPER_M};
  road_profile profile = {.centre_mark = MARK_NONE};
  add_aisle_lanes(p, &profile);
  add_row(p, profile.right, &profile.right_count, &row);
  add_raised(profile.left, &profile.left_count, LANE_CURB, STONE_M);
  double front = fmax(FRONT_WALK_M, p->def->sidewalk_m);
  profile_lane *walk =
      road_profile_add(profile.left, &profile.left_count, LANE_SIDEWALK, p->def->sidewalk_m);
  walk->height_m = ROAD_KERB_M;
  step(walk, straight.begin_m, TAPER_M, front);
  step(walk, straight.end_m - TAPER_M, TAPER_M, p->def->sidewalk_m);
  int id = add_road(b, p, pieces, count, &profile, p->one_way);
  link_ends(b, id, p->junction[0][last - 1], p->junction[1][last - 1]);
  add_bays(b, p, id, -1, 1, &row, p->def->accessible_bays);
  add_store(b, p, v1 + p->edge_m + STONE_M + front, row.end_m - row.begin_m, r);
}

static void add_street(road_builder *b, const lot *p, double u0, double u1, int from, int to) {
  street_style style = street_of(p->def);
  road_place begin = place_on(p, u0, 0, 0), end = place_on(p, u1, 0, 0);
  int id = street_add(b, &style, &begin, &end, NULL, 0);
  if (!id)
    return;
  if (from)
    b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, from, false};
  if (to)
    b->net.roads[street_last(b, id) - 1].successor = (road_link){ROAD_LINK_JUNCTION, to, false};
}

// Junctions ----------------------------------------------------------------------

static void add_junctions(road_builder *b, lot *p) {
  for (int k = 0; k < 2; k++) {
    double u = k ? p->half_m : -p->half_m;
    road_place at = place_on(p, u, 0, 0);
    p->street_junction[k] = road_builder_junction(b, at.x_m, at.y_m);
    for (int i = 0; i + 1 < p->def->aisles; i++) {
      at = place_on(p, u, p->first_m + i * p->apart_m, 0);
      p->junction[k][i] = road_builder_junction(b, at.x_m, at.y_m);
    }
  }
}

static bool has_bays(const road_network *net, int road_id) {
  const road_section *section = &net->sections[net->roads[road_id - 1].section_first];
  for (int i = 0; i < section->lane_count; i++)
    if (net->lanes[section->lane_first + i].type == LANE_PARKING)
      return true;
  return false;
}

// People cross aisles; the ways between them are too short to wait on.
static void fill(road_builder *b, const lot *p, int junction, bool street) {
  junction_plan plan = {.kind = street ? JUNCTION_PRIORITY : JUNCTION_RIGHT_BEFORE_LEFT,
                        .speed_limit_mps =
                            street ? p->def->street_limit_mps : p->def->speed_limit_mps,
                        .zebra = true};
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], arms);
  for (int k = 0; k < count; k++) {
    plan.major[k] = street && b->net.roads[arms[k].road - 1].class != ROAD_SERVICE;
    if (!street && !has_bays(&b->net, arms[k].road))
      plan.bare |= 1u << k;
  }
  road_builder_fill_junction(b, junction, &plan);
}

status place_parking(road_builder *b, const parking_def *def, rng *r, trouble *why) {
  lot p = plan_lot(def, r);
  int aisles = def->aisles;
  add_junctions(b, &p);
  double end = p.half_m + p.street_set_m;
  add_street(b, &p, -end - ARM_M, -end, 0, p.street_junction[0]);
  add_street(b, &p, -p.half_m + p.street_set_m, p.half_m - p.street_set_m, p.street_junction[0],
             p.street_junction[1]);
  add_street(b, &p, end, end + ARM_M, p.street_junction[1], 0);
  for (int k = 0; k < 2; k++) {
    int side = k ? 1 : -1;
    add_way(b, &p, side, p.entry_set_m, p.first_m - p.way_set_m, p.street_junction[k],
            p.junction[k][0]);
    for (int i = 0; i + 2 < aisles; i++)
      add_way(b, &p, side, p.first_m + i * p.apart_m + p.way_set_m,
              p.first_m + (i + 1) * p.apart_m - p.way_set_m, p.junction[k][i],
              p.junction[k][i + 1]);
  }
  // The last aisle runs on from the first way to the second, the one before it back, and so on.
  for (int i = 0; i + 1 < aisles; i++)
    add_aisle(b, &p, i, p.one_way && (aisles - 1 - i) % 2 == 1);
  add_last_aisle(b, &p, r);
  road_derive_ends(b);
  for (int k = 0; k < 2 && !b->failed; k++) {
    fill(b, &p, p.street_junction[k], true);
    for (int i = 0; i + 1 < aisles && !b->failed; i++)
      fill(b, &p, p.junction[k][i], false);
  }
  return b->failed ? trouble_set(why, STATUS_MEMORY, "memory ran out while building the car park")
                   : STATUS_OK;
}
