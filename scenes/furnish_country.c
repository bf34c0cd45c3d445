// SPDX-License-Identifier: Apache-2.0
// Country land beside rural roads: farms, fields with their hedges and fences, woods.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/furnish.h"
#include "scenes/land.h"

static const double PI = 3.14159265358979323846;
enum { STREAM_FARMS = 7, STREAM_FIELDS = 15, STREAM_WOODS = 25 };

// A farm: a house beside the end of its way, a hall across the yard from it.
static const double FARM_APART_M = 300, FARM_SPREAD_M = 400, FARM_STEP_M = 18;
static const double WAY_M = 3.6, YARD_M = 9;
static const double UNEVEN_M = 1.8; // of the ground below a building
static const double UNDER_M = 0.3;  // that a building goes into the ground
static const double END_M = 30;     // kept free before a road's ends
static const double STRAIGHT_PM = 1 / 150.0;
// Fields lie along the road, with a strip of grass all around.
static const double FIELD_FROM_M = 5, FIELD_BETWEEN_M = 5, FIELD_STEP_M = 20;
static const double FIELD_LEAST_M = 45, FIELD_MOST_M = 170, FIELD_DEEP_M[2] = {45, 95};
static const double GRID_EDGE_M = 12; // from the border of the land that follows the roads
static const double STEEP = 0.2;
static const double PIECE_M = 3, BORDER_M = 1.6, GATE_M = 6; // of hedges and fences; from a field
static const double TROPIC_DEG = 23.44;                      // nearer to the equator any crop is up
// Woods of ellipses; at 1 one begins every so many metres on either side.
static const double WOOD_APART_M = 95, WOOD_FROM_M = 4, TREE_M2 = 20, FULL_PER_KM = 60;
static const double NARROW = 0.72; // crowns in woods

// The numbers of the place that a road through open country is of; NULL: it is none.
static const rural_def *country_of(const furnisher *f, const road *r) {
  place_ref of = furnish_place(f, r);
  const road_part *part = road_part_of(f->net, r->id);
  bool own = of.kind == PLACE_RURAL && !(part && part->joins);
  return own && !r->junction && r->structure == ROAD_ON_LAND ? of.def : NULL;
}

// Lowest and highest land below a box.
static void ground_below(const furnisher *f, const ground_box *box, double *low, double *high) {
  *low = INFINITY, *high = -INFINITY;
  double c = cos(box->heading_rad), s = sin(box->heading_rad);
  for (int i = -1; i <= 1; i++)
    for (int k = -1; k <= 1; k++) {
      double l = i * box->half_length_m, w = k * box->half_width_m;
      double z = furnish_land_height(f, box->x_m + l * c - w * s, box->y_m + l * s + w * c, 0);
      *low = fmin(*low, z), *high = fmax(*high, z);
    }
}

static bool can_build(const furnisher *f, const ground_box *box) {
  double low, high;
  ground_below(f, box, &low, &high);
  return high - low < UNEVEN_M && occupancy_free_at(&f->lots, box);
}

// Farms --------------------------------------------------------------------------

// `out` metres beyond the border on the way's middle line and `aside` to its left.
static ground_box box_at(const scene_drive *d, double out, double aside, double deep, double wide,
                         double turn) {
  vec3 a = vec3_scale(vec3_add(d->corners[0], d->corners[1]), 0.5);
  vec3 b = vec3_scale(vec3_add(d->corners[2], d->corners[3]), 0.5);
  double heading = atan2(b.y - a.y, b.x - a.x), c = cos(heading), s = sin(heading);
  return (ground_box){a.x + out * c - aside * s, a.y + out * s + aside * c,
                      angle_wrap(heading + turn), deep / 2, wide / 2};
}

static void add_building(furnisher *f, rng *r, district_kind kind, const ground_box *box,
                         double height) {
  double low, high;
  ground_below(f, box, &low, &high);
  occupancy_add(&f->lots, box);
  furnish_building(f, r, kind, pose_flat(box->x_m, box->y_m, low - UNDER_M, box->heading_rad),
                   (double[3]){2 * box->half_length_m, 2 * box->half_width_m, height + UNDER_M});
}

static bool add_farm(furnisher *f, rng *r, const road *on, int side, double s) {
  double length = rng_uniform(r, 26, 40), hand = rng_chance(r, 0.5) ? 1 : -1;
  double wide = rng_uniform(r, 11, 14), deep = rng_uniform(r, 9, 11);
  double hall_wide = rng_uniform(r, 16, 26), hall_deep = rng_uniform(r, 12, 16);
  double house_m = rng_chance(r, 0.4) ? 4.8 : 7.9, hall_m = rng_uniform(r, 6.2, 7.6);
  bool parked = rng_chance(r, 0.7);
  scene_drive way = furnish_drive_plan(f, on, side, s, WAY_M, length + YARD_M, 0);
  // The house looks at the way from beside it, the hall from its end.
  ground_box house = box_at(&way, length - wide / 2, hand * (WAY_M / 2 + 2 + deep / 2), deep, wide,
                            -hand * PI / 2);
  ground_box hall =
      box_at(&way, length + YARD_M + 0.1 + hall_deep / 2, -hand * 4, hall_deep, hall_wide, PI);
  if (!furnish_drive_can_leave(f, on, &way) || !furnish_drive_free(f, &way) ||
      !can_build(f, &house) || !can_build(f, &hall) || ground_boxes_meet(&house, &hall))
    return false;
  add_building(f, r, DISTRICT_RESIDENTIAL, &house, house_m);
  add_building(f, r, DISTRICT_INDUSTRIAL, &hall, hall_m);
  furnish_drive_add(f, &way);
  // Nothing is planted in the yard between them.
  ground_box yard = box_at(&way, length + YARD_M / 2, 0, YARD_M - 0.2, 2 * WAY_M, 0);
  occupancy_add(&f->lots, &yard);
  if (parked)
    furnish_drive_car(f, r, &way);
  return true;
}

// The first places from s on that have room for one, on either side.
static void try_farm(furnisher *f, rng *r, const road *on, double s) {
  enum { PLACES = 12 };
  int side = rng_chance(r, 0.5) ? 1 : -1;
  for (int i = 0; i < PLACES; i++) {
    double at = s + FARM_STEP_M * (i / 2);
    rng own = *r; // the same farm wherever it stands
    if (at < on->length_m - END_M &&
        fabs(road_line_at(f->net, on, at).curvature_pm) < STRAIGHT_PM &&
        add_farm(f, &own, on, i % 2 ? -side : side, at))
      return;
  }
}

static void farms_along(furnisher *f, const road *r) {
  rng stream = furnish_stream(f, r->id, STREAM_FARMS);
  double share = country_of(f, r)->farmland;
  uint32_t number = 0;
  for (double s = rng_uniform(&stream, END_M, FARM_APART_M); s < r->length_m - END_M && share > 0;
       s += (FARM_APART_M + rng_uniform(&stream, 0, FARM_SPREAD_M)) / share) {
    rng own = stream;
    own.entity += ++number << 16;
    try_farm(f, &own, r, s);
  }
}

// Fields -------------------------------------------------------------------------

typedef enum crop { CROP_GRAIN, CROP_RAPE, CROP_MAIZE, CROP_COUNT } crop;

// What a crop looks like on a day of a northern year: until which day, one after the other.
static field_look look_on(crop what, double day) {
  static const struct {
    double until;
    field_look look;
  } years[CROP_COUNT][8] = {
      [CROP_GRAIN] = {{186, FIELD_GREEN},
                      {217, FIELD_RIPE},
                      {262, FIELD_STUBBLE},
                      {298, FIELD_SOIL},
                      {999, FIELD_GREEN}},
      [CROP_RAPE] = {{110, FIELD_GREEN},
                     {145, FIELD_BLOOM},
                     {188, FIELD_GREEN},
                     {208, FIELD_RIPE},
                     {235, FIELD_STUBBLE},
                     {262, FIELD_SOIL},
                     {999, FIELD_GREEN}},
      [CROP_MAIZE] = {{142, FIELD_SOIL},
                      {262, FIELD_GREEN},
                      {300, FIELD_STUBBLE},
                      {999, FIELD_SOIL}},
  };
  int k = 0;
  while (day >= years[what][k].until)
    k++;
  return years[what][k].look;
}

static field_look draw_look(const furnisher *f, rng *r) {
  static const double weights[CROP_COUNT] = {5, 2, 3};
  crop what = (crop)rng_weighted(r, weights, CROP_COUNT);
  double day = furnish_northern_day(f->def) + rng_uniform(r, -9, 9), any = rng_uniform(r, 0, 365);
  return look_on(what, fabs(f->def->latitude_deg) < TROPIC_DEG ? any : fmax(0, day));
}

// A field's box and its corners, the first two on the road's side, counter-clockwise.
typedef struct plot {
  ground_box box;
  vec3 corners[4];
} plot;

static plot plan_plot(const furnisher *f, const road *r, int side, double s0, double s1,
                      double deep) {
  plot out;
  vec3 p[2];
  for (int k = 0; k < 2; k++) {
    double s = k ? s1 : s0;
    double t = road_edge_t(f->net, r, s, side, ROAD_EDGE_OUTER) + side * FIELD_FROM_M;
    p[side > 0 ? k : 1 - k] = road_point_at(f->net, r, s, t);
  }
  double along = atan2(p[1].y - p[0].y, p[1].x - p[0].x),
         length = hypot(p[1].x - p[0].x, p[1].y - p[0].y);
  double out_x = -sin(along), out_y = cos(along);
  out.box = (ground_box){(p[0].x + p[1].x) / 2 + deep / 2 * out_x,
                         (p[0].y + p[1].y) / 2 + deep / 2 * out_y, along, length / 2, deep / 2};
  for (int k = 0; k < 4; k++) {
    vec3 c = p[k == 1 || k == 2];
    if (k >= 2)
      c.x += deep * out_x, c.y += deep * out_y;
    c.z = furnish_land_height(f, c.x, c.y, 0);
    out.corners[k] = c;
  }
  return out;
}

// Whether it lies on land that follows the roads, free and not too steep for a plough.
static bool can_till(const furnisher *f, const plot *p) {
  const road_land *land = &f->net->land;
  for (int k = 0; k < 4; k++) {
    double x = (p->corners[k].x - land->x_m) / land->cell_m;
    double y = (p->corners[k].y - land->y_m) / land->cell_m, edge = GRID_EDGE_M / land->cell_m;
    if (x < edge || y < edge || x > land->columns - 1 - edge || y > land->rows - 1 - edge)
      return false;
  }
  double low, high;
  ground_below(f, &p->box, &low, &high);
  ground_box wide = p->box; // with the grass around it
  wide.half_length_m += FIELD_BETWEEN_M / 2, wide.half_width_m += FIELD_BETWEEN_M / 2;
  return high - low < STEEP * 2 * fmin(wide.half_length_m, wide.half_width_m) &&
         occupancy_free_at(&f->lots, &wide);
}

typedef struct border {
  thing_kind kind;
  semantic class;
  uint32_t make;
  double thick_m, height_m;
  palette colors;
} border;

static void border_between(furnisher *f, rng *r, vec3 a, vec3 b, double inward_rad,
                           const border *style) {
  double length = hypot(b.x - a.x, b.y - a.y);
  int n = (int)round(length / PIECE_M);
  for (int i = 0; i < n && !f->failed; i++) {
    vec3 p = vec3_add(a, vec3_scale(vec3_sub(b, a), (i + 0.5) / n));
    ground_box box = {p.x, p.y, inward_rad, style->thick_m / 2, length / n / 2 - 0.03};
    if (!occupancy_free_at(&f->lots, &box))
      continue;
    occupancy_add(&f->lots, &box);
    double z = furnish_land_height(f, p.x, p.y, p.z);
    scene_thing *thing =
        furnish_add(f, style->kind, style->class, r, pose_flat(p.x, p.y, z, angle_wrap(inward_rad)),
                    style->thick_m, length / n, style->height_m);
    thing->asset_seed = style->make;
    thing->colors = style->colors;
  }
}

// Along the road's side of a plot, or all around it but there where its gate is.
static void enclose(furnisher *f, rng *r, const plot *p, bool fence) {
  border style = fence ? (border){THING_FENCE, SEMANTIC_FENCE, 2, 0.08, 1.25, {{{0}}}}
                       : (border){THING_HEDGE, SEMANTIC_VEGETATION, 1, 0.9, 1.5, {{{0}}}};
  style.colors = palette_garden(style.kind, style.make, r);
  style.height_m *= rng_uniform(r, 0.85, 1.15);
  double gate = rng_chance(r, 0.5) ? 1 : 0;
  for (int k = 0; k < (fence ? 4 : 1); k++) {
    vec3 a = p->corners[k], b = p->corners[(k + 1) % 4];
    vec3 along = vec3_unit(vec3_sub(b, a)), out = {along.y * BORDER_M, -along.x * BORDER_M, 0};
    double length = hypot(b.x - a.x, b.y - a.y), from = 0, to = length;
    if (k == 0)
      from = gate * GATE_M, to = length - (1 - gate) * GATE_M;
    a = vec3_add(vec3_add(p->corners[k], out), vec3_scale(along, from));
    b = vec3_add(vec3_add(p->corners[k], out), vec3_scale(along, to));
    border_between(f, r, a, b, atan2(-out.y, -out.x), &style);
  }
}

static void add_field(furnisher *f, rng *r, const plot *p) {
  if (!ARRAY_RESERVE(f->fields, f->field_capacity, f->field_count + 1)) {
    f->failed = true;
    return;
  }
  scene_field *field = &f->fields[f->field_count++];
  field->look = draw_look(f, r);
  for (int k = 0; k < 4; k++)
    field->corners[k] = p->corners[k];
}

static void fields_along(furnisher *f, const road *r, int side) {
  rng stream = furnish_stream(f, r->id, STREAM_FIELDS);
  stream.entity += side > 0 ? 1u << 16 : 0;
  double share = country_of(f, r)->farmland, s = rng_uniform(&stream, 8, 40);
  while (s + FIELD_LEAST_M < r->length_m - 8 && !f->failed) {
    double length = fmin(rng_uniform(&stream, FIELD_LEAST_M, FIELD_MOST_M), r->length_m - 8 - s);
    double deep = rng_uniform(&stream, FIELD_DEEP_M[0], FIELD_DEEP_M[1]);
    bool wanted = rng_chance(&stream, share), tilled = rng_chance(&stream, 0.72);
    bool enclosed = rng_chance(&stream, tilled ? 0.4 : 0.9);
    double used = wanted ? FIELD_STEP_M : length;
    for (int attempt = 0; wanted && attempt < 3 && length >= FIELD_LEAST_M; attempt++) {
      plot p = plan_plot(f, r, side, s, s + length, deep);
      if (can_till(f, &p)) {
        if (enclosed)
          enclose(f, &stream, &p, !tilled);
        if (tilled)
          add_field(f, &stream, &p);
        if (tilled || enclosed)
          occupancy_add(&f->lots, &p.box);
        used = length + FIELD_BETWEEN_M + 1;
        break;
      }
      length *= 0.7, deep *= 0.8;
    }
    s += used;
  }
}

// Woods --------------------------------------------------------------------------

static void woods_along(furnisher *f, const road *r, int side) {
  rng stream = furnish_stream(f, r->id, STREAM_WOODS);
  stream.entity += side > 0 ? 1u << 16 : 0;
  const rural_def *def = country_of(f, r);
  double share = def->woods * fmin(1, def->trees_per_km / FULL_PER_KM);
  double mean = WOOD_APART_M / fmax(1e-6, share);
  for (double s = rng_uniform(&stream, 0, mean); s < r->length_m && share > 0 && !f->failed;
       s += mean * rng_uniform(&stream, 0.4, 1.6)) {
    double half[2] = {rng_uniform(&stream, 16, 55), rng_uniform(&stream, 14, 40)};
    double heading = road_line_at(f->net, r, s).heading_rad + rng_uniform(&stream, -0.5, 0.5);
    double beyond = WOOD_FROM_M + half[1] + rng_uniform(&stream, 0, 70);
    double t = road_edge_t(f->net, r, s, side, ROAD_EDGE_OUTER) + side * beyond;
    double conifers = rng_chance(&stream, 0.35) ? 0.85 : 0.08;
    vec3 middle = road_point_at(f->net, r, s, t);
    int tries = (int)(PI * half[0] * half[1] / TREE_M2);
    for (int i = 0; i < tries && !f->failed; i++) {
      double at = sqrt(rng_unit(&stream)), angle = rng_uniform(&stream, -PI, PI);
      double u = half[0] * at * cos(angle), v = half[1] * at * sin(angle);
      // Bushes grow at a wood's rim.
      bool tree = at < 0.85 || rng_chance(&stream, 0.5), conifer = rng_chance(&stream, conifers);
      furnish_plant(f, &stream, middle.x + u * cos(heading) - v * sin(heading),
                    middle.y + u * sin(heading) + v * cos(heading), middle.z, tree, conifer,
                    NARROW);
    }
  }
}

void furnish_country(furnisher *f) {
  const road_network *net = f->net;
  for (int pass = 0; pass < 3; pass++) // farms have the first choice, woods take what is left
    for (int i = 0; i < net->road_count && net->land.columns > 0 && !f->failed; i++) {
      const road *r = &net->roads[i];
      if (!country_of(f, r))
        continue;
      if (pass == 0)
        farms_along(f, r);
      for (int side = -1; side <= 1; side += 2) {
        if (pass == 1)
          fields_along(f, r, side);
        if (pass == 2)
          woods_along(f, r, side);
      }
    }
}
