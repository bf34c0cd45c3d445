// SPDX-License-Identifier: Apache-2.0
// Work zones: cones or beacons along what is closed, boards across it, vehicles within, signs
// before and after. All of it follows from lanes of type LANE_WORKS, whoever closed them.
#include <math.h>

#include "scenes/furnish.h"
#include "scenes/sign.h"

static const double PI = 3.14159265358979323846;
enum { STREAM_WORKS = 13 };

static const double INSET_M = 0.32;      // of what stands along the border, from it
static const double LEAST_CONE_M = 0.55; // of room for a cone
static const double BOARD_SPAN_M = 2.1;  // for a board across
static const double VEHICLE_M = 2.35;    // for one that works there
static const double TRUCK_M = 3.25;
static const double FAST_MPS = 15;               // where tall things stand
static const double FIRST_M = 8;                 // from a junction, before the first sign
static const double SIGN_M = 1.4, KERB_M = 0.45; // from the hard border; from the kerb stone

// A works lane of a road, seen by those who drive beside it.
typedef struct zone {
  const road *r;
  int id, side; // of the lane; +1 or -1
  bool along;   // traffic beside it runs along s
  int border;   // id of the lane whose outer border traffic passes
  int inward;   // from there into the works: +1 or -1 in t
  double limit_mps;
} zone;

static double s_of(const zone *z, double d) {
  return z->along ? d : z->r->length_m - d;
}

static double works_width(const furnisher *f, const zone *z, double d) {
  const road_section *section = &f->net->sections[z->r->section_first];
  return road_width_at(f->net, road_lane_find(f->net, section, z->id), s_of(z, d));
}

static double border_t(const furnisher *f, const zone *z, double d) {
  return road_lane_outer_t(f->net, z->r, 0, z->border, s_of(z, d));
}

// Room beyond the border: of the works, and of a shoulder behind them.
static double room_at(const furnisher *f, const zone *z, double d) {
  const road_section *section = &f->net->sections[z->r->section_first];
  const road_lane *behind = road_lane_find(f->net, section, z->id + z->inward);
  double room = works_width(f, z, d);
  if (behind && behind->id != 0 && behind->type == LANE_SHOULDER)
    room += road_width_at(f->net, behind, s_of(z, d));
  return room;
}

static bool changes(const furnisher *f, const zone *z) {
  return fabs(works_width(f, z, 0) - works_width(f, z, z->r->length_m)) > 0.01;
}

static const road_lane *works_of(const road_network *net, const road *r, int side) {
  const road_section *section = &net->sections[r->section_first];
  const road_lane *lane;
  for (int id = side; (lane = road_lane_find(net, section, id)); id += side)
    if (lane->type == LANE_WORKS)
      return lane;
  return NULL;
}

static double limit_of(const road_network *net, const road *r, int side) {
  const road_section *section = &net->sections[r->section_first];
  double limit = 0;
  const road_lane *lane;
  for (int id = side; (lane = road_lane_find(net, section, id)); id += side)
    if (lane->type == LANE_DRIVING)
      limit = fmax(limit, lane->speed_limit_mps);
  return limit;
}

// Along the border ----------------------------------------------------------------

static bool put_along(furnisher *f, rng *r, const zone *z, double d, double aside_m,
                      barrier_make make, bool cone) {
  double s = s_of(z, d), t = border_t(f, z, d) + z->inward * aside_m;
  vec3 at = road_point_at(f->net, z->r, s, t);
  double heading = road_line_at(f->net, z->r, s).heading_rad + (z->along ? PI : 0);
  if (cone)
    return furnish_cone(f, r, at, z->limit_mps > FAST_MPS);
  // Walls of water-filled bodies stand side by side along the lane.
  if (make == BARRIER_WATER)
    heading = road_line_at(f->net, z->r, s).heading_rad - z->inward * PI / 2;
  return furnish_barrier(f, r, at, heading, make);
}

static void line_border(furnisher *f, rng *r, const zone *z, bool taper) {
  bool fast = z->limit_mps > FAST_MPS, walls = !taper && rng_chance(r, 0.45);
  bool beacons = !walls && rng_chance(r, fast ? 0.6 : 0.35);
  // Every 0.12 m for each km/h of the limit in tapers, 0.2 m along lanes.
  double step = walls ? 1.96 : fmax(2.5, (taper ? 0.12 : 0.2) * z->limit_mps * 3.6);
  double length = z->r->length_m, first = walls ? 2.5 : step / 2;
  double aside = walls ? INSET_M + 0.1 : beacons ? INSET_M + 0.2 : INSET_M;
  double least = walls || beacons ? LEAST_CONE_M + 0.45 : LEAST_CONE_M;
  if (walls && (works_width(f, z, 0) < 2 || length < 12))
    walls = false, step = 4;
  for (double d = first; d < length - 0.3 && !f->failed; d += step) {
    double room = room_at(f, z, d);
    bool small = room < least;
    if (room >= LEAST_CONE_M)
      put_along(f, r, z, d, small ? INSET_M : aside, walls ? BARRIER_WATER : BARRIER_BEACON,
                small || (!walls && !beacons));
  }
}

// A strip that is closed from one place on is shut off by a slanting line.
static void slant(furnisher *f, rng *r, const zone *z, bool at_end) {
  double length = fmin(z->r->length_m / 4, fmax(5, 0.25 * z->limit_mps * 3.6));
  double d = at_end ? z->r->length_m - 0.4 : 0.4, to = at_end ? d - length : d + length;
  double width = works_width(f, z, d) - 0.25;
  if (width < 1)
    return;
  furnish_cone_line(f, r, z->r, s_of(z, d), border_t(f, z, d) + z->inward * width, s_of(z, to),
                    border_t(f, z, to) + z->inward * (INSET_M + 0.1), at_end ? 2.5 : 1.6);
}

// Across and within ---------------------------------------------------------------

static void boards(furnisher *f, rng *r, const zone *z, double d) {
  double t = border_t(f, z, d), width = works_width(f, z, d) - 0.3;
  double near = t + z->inward * 0.3, far = t + z->inward * width;
  if (width - 0.3 >= BOARD_SPAN_M)
    furnish_barrier_row(f, r, z->r, s_of(z, d), near, far, z->along, BARRIER_BOARD);
  else if (width - 0.3 >= 1)
    furnish_barrier_row(f, r, z->r, s_of(z, d), near, far, z->along, BARRIER_BEACON);
}

static bool park(furnisher *f, rng *r, const zone *z, double d, double t, thing_kind kind) {
  double size[3], rear, base, s = s_of(z, d);
  vehicle_body(kind, r, size, &rear, &base);
  pose at = road_pose(f->net, z->r, s, t);
  double heading = road_line_at(f->net, z->r, s).heading_rad + (z->along ? 0 : PI);
  double rise = atan(road_grade_at(f->net, z->r, s)), bank = road_bank_at(f->net, z->r, s);
  at.q = quat_from_ypr(angle_wrap(heading), z->along ? -rise : rise, z->along ? bank : -bank);
  ground_box box = {at.p_m.x, at.p_m.y, heading, size[0] / 2 + 0.3, size[1] / 2};
  if (!occupancy_free_at(&f->furniture, &box))
    return false;
  occupancy_add(&f->furniture, &box);
  scene_thing *thing = furnish_add(f, kind, vehicle_class(kind), r, at, size[0], size[1], size[2]);
  thing->colors = palette_vehicle(kind, r);
  static const uint8_t orange[3] = {226, 112, 28};
  for (int i = 0; i < 3; i++)
    thing->colors.rgb[0][i] = orange[i];
  return true;
}

static void vehicles(furnisher *f, rng *r, const zone *z) {
  double length = z->r->length_m, middle = length * rng_uniform(r, 0.4, 0.6);
  double width = works_width(f, z, middle), t = border_t(f, z, middle);
  if (length < 18)
    return;
  if (width < VEHICLE_M) { // on the verge beside a narrow shoulder
    const road_section *section = &f->net->sections[z->r->section_first];
    const road_lane *verge = road_lane_find(f->net, section, z->id + z->side);
    double room = verge && verge->type == LANE_VERGE && verge->height_m == 0
                      ? road_width_at(f->net, verge, s_of(z, middle))
                      : 0;
    if (room > VEHICLE_M)
      park(f, r, z, middle, t + z->inward * (width + room / 2), THING_VAN);
    return;
  }
  // As far from traffic as the works reach.
  double aside = t + z->inward * (width / 2 + fmin(0.25, (width - 2.2) / 3));
  bool truck = width >= TRUCK_M && rng_chance(r, 0.6);
  if (!park(f, r, z, middle, aside, truck ? THING_TRUCK : THING_VAN))
    park(f, r, z, middle, aside, THING_VAN);
  if (length > 60)
    park(f, r, z, middle + rng_uniform(r, 14, 20), aside, THING_VAN);
}

// Signs -----------------------------------------------------------------------------

// A place on a road as its traffic meets it: d from where that comes onto the road.
typedef struct stop {
  const road *r;
  bool along;
  double d_m;
} stop;

// The road before or after in driving direction; NULL at junctions and open ends.
static const road *next_road(const road_network *net, const road *r, bool *along, bool ahead) {
  const road_link *link = *along == ahead ? &r->successor : &r->predecessor;
  if (link->kind != ROAD_LINK_ROAD)
    return NULL;
  *along = ahead ? !link->at_end : link->at_end;
  return &net->roads[link->id - 1];
}

static int side_of(const furnisher *f, const stop *at) {
  return road_side_into(f->net, at->along);
}

static bool put_signs(furnisher *f, rng *r, const stop *at, const uint32_t *signs, int count) {
  const road_network *net = f->net;
  int side = side_of(f, at);
  for (int k = 0; k < 4; k++) { // beside what stands there
    double d = fmin(at->d_m + 1.2 * k, at->r->length_m - 0.2);
    double s = at->along ? d : at->r->length_m - d;
    bool kerb = furnish_lane_width(net, at->r, s, side, LANE_CURB) > 0, open;
    double t = furnish_hard_border(net, at->r, s, side, &open) + side * SIGN_M;
    vec3 foot = kerb ? furnish_kerb_pose(net, at->r, s, side, KERB_M, 0).p_m
                     : road_point_at(net, at->r, s, t);
    if (furnish_signs(f, r, foot, furnish_heading(net, at->r, s, side) + PI, signs, count))
      return true;
  }
  return false;
}

static uint32_t limit_sign(double mps) {
  return sign_of(SIGN_SPEED_LIMIT, 10 * (int)fmax(1, fmin(13, round(mps * 3.6 / 10))));
}

// From where works begin back to where their limit does, and on to the warning.
static void announce(furnisher *f, rng *r, const zone *z) {
  const road_network *net = f->net;
  uint32_t signs[2] = {sign_of(SIGN_WORK_ZONE, 0), limit_sign(z->limit_mps)};
  stop at = {z->r, z->along, 0};
  double before = 0; // limit there
  bool lower = false, begins = false;
  for (;;) {
    bool along = at.along;
    const road *back = next_road(net, at.r, &along, false);
    begins = !back;
    if (!back)
      break;
    before = limit_of(net, back, road_side_into(net, along));
    lower = before > z->limit_mps + 1;
    if (lower)
      break;
    at = (stop){back, along, 0};
  }
  at.d_m = begins ? fmin(FIRST_M, at.r->length_m / 2) : 2;
  stop warn = at;
  double ahead = z->limit_mps > FAST_MPS ? 130 : 14;
  while (ahead > warn.d_m) {
    bool along = warn.along;
    const road *back = next_road(net, warn.r, &along, false);
    if (!back)
      break;
    ahead -= warn.d_m;
    warn = (stop){back, along, back->length_m};
  }
  warn.d_m = fmax(fmin(FIRST_M, warn.r->length_m / 2), warn.d_m - ahead);
  bool same = warn.r == at.r && fabs(warn.d_m - at.d_m) < 6;
  if (!same)
    put_signs(f, r, &warn, signs, 1);
  if (lower || begins)
    put_signs(f, r, &at, same ? signs : signs + 1, same ? 2 : 1);
}

// What holds again where their limit ends.
static void dismiss(furnisher *f, rng *r, const zone *z) {
  stop at = {z->r, z->along, 0};
  do {
    at.r = next_road(f->net, at.r, &at.along, true);
    if (!at.r)
      return;
  } while (limit_of(f->net, at.r, side_of(f, &at)) <= z->limit_mps + 1);
  uint32_t sign = limit_sign(limit_of(f->net, at.r, side_of(f, &at)));
  at.d_m = fmin(4, at.r->length_m / 2);
  put_signs(f, r, &at, &sign, 1);
}

// Zones -----------------------------------------------------------------------------

static bool goes_on(const furnisher *f, const zone *z, bool ahead) {
  bool along = z->along;
  const road *next = next_road(f->net, z->r, &along, ahead);
  return next && works_of(f->net, next, road_side_into(f->net, along));
}

static void furnish_zone(furnisher *f, const zone *z) {
  rng stream = furnish_stream(f, z->r->id, STREAM_WORKS);
  stream.entity += z->side > 0 ? 1u << 16 : 0;
  bool before = goes_on(f, z, false), after = goes_on(f, z, true), taper = changes(f, z);
  if (!before)
    announce(f, &stream, z);
  if (!after)
    dismiss(f, &stream, z);
  if (!taper) {
    double lead = before ? 1.5 : fmin(z->r->length_m / 4, fmax(5, 0.25 * z->limit_mps * 3.6)) + 1;
    if (!before)
      slant(f, &stream, z, false);
    boards(f, &stream, z, lead);
    boards(f, &stream, z, z->r->length_m - (after ? 1.5 : 5));
    if (!after)
      slant(f, &stream, z, true);
    vehicles(f, &stream, z);
  }
  line_border(f, &stream, z, taper);
}

void furnish_works(furnisher *f) {
  const road_network *net = f->net;
  for (int i = 0; i < net->road_count && !f->failed; i++)
    for (int side = -1; side <= 1; side += 2) {
      const road *r = &net->roads[i];
      const road_lane *lane = r->junction || r->section_count > 1 ? NULL : works_of(net, r, side);
      if (!lane)
        continue;
      const road_section *section = &net->sections[r->section_first];
      const road_lane *inner = road_lane_find(net, section, lane->id - side);
      zone z = {.r = r,
                .id = lane->id,
                .side = side,
                .along = road_lane_along(net, lane->id),
                .limit_mps = limit_of(net, r, side)};
      bool inside = inner && inner->id != 0 && inner->type == LANE_DRIVING; // traffic passes there
      z.border = inside ? inner->id : lane->id;
      z.inward = inside ? side : -side;
      if (z.limit_mps > 0)
        furnish_zone(f, &z);
    }
}
