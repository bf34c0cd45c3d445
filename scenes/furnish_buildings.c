// SPDX-License-Identifier: Apache-2.0
// Buildings along both sides of every street, facing it.
#include <math.h>

#include "scenes/furnish.h"

static const double PI = 3.14159265358979323846;
enum { STREAM_GARDENS = 2 };
static const double CORNER_REACH_M = 14; // frontage goes on past a street's end to the corner

typedef struct frontage {
  const road *r;
  int side;         // +1 left, -1 right of the road
  double setback_m; // from the sidewalk to the wall
  bool attached;    // a closed row
  double height_m;  // mean of this row
  district_kind kind;
} frontage;

// How the buildings of a district stand.
typedef struct manner {
  double attached;               // probability of a closed row
  double width_m[2], depth_m[2]; // least and most
  double gap_m[2], setback_m[2]; // of detached ones
  double gardens;                // share of detached ones
  double height_most_m;
  double least_m; // width and depth where there is no room for more
} manner;

static const manner manners[DISTRICT_COUNT] = {
    [DISTRICT_CENTRE] = {0.9, {9, 22}, {11, 16}, {2.5, 6}, {1, 3}, 0, 110, 9},
    [DISTRICT_RESIDENTIAL] = {0.3, {9, 16}, {9, 13}, {2.5, 9}, {2.5, 5}, 1, 60, 9},
    [DISTRICT_OFFICES] = {0.4, {16, 32}, {13, 20}, {3, 9}, {2, 5}, 0, 110, 12},
    [DISTRICT_INDUSTRIAL] = {0, {18, 40}, {16, 30}, {5, 14}, {5, 9}, 0.6, 11, 14},
};

// The building line at s; beyond the road's ends it goes straight on.
static vec3 front_point(const furnisher *f, const frontage *front, double s, double back_m) {
  const road *r = front->r;
  double inside = fmax(0, fmin(r->length_m, s));
  double t = road_edge_t(f->net, r, inside, front->side, ROAD_EDGE_OUTER) +
             front->side * (front->setback_m + back_m);
  vec3 p = road_point_at(f->net, r, inside, t);
  double heading = road_line_at(f->net, r, inside).heading_rad;
  p.x += (s - inside) * cos(heading);
  p.y += (s - inside) * sin(heading);
  return p;
}

scene_thing *furnish_building(furnisher *f, rng *r, district_kind kind, pose at,
                              const double size_m[3]) {
  scene_thing *thing =
      furnish_add(f, THING_BUILDING, SEMANTIC_BUILDING, r, at, size_m[0], size_m[1], size_m[2]);
  thing->asset_seed = (thing->asset_seed & ~BUILDING_DISTRICT_BITS) | (uint32_t)kind;
  thing->colors = palette_building(r);
  return thing;
}

static bool try_building(furnisher *f, const frontage *front, rng *r, double s, double width,
                         double depth) {
  for (int attempt = 0; attempt < 5; attempt++) {
    double back = attempt < 3 ? 0 : attempt == 3 ? 1.2 : 2.4;
    double deep = attempt == 0   ? depth
                  : attempt == 1 ? 0.75 * depth
                                 : fmin(depth, manners[front->kind].least_m - 1);
    vec3 a = front_point(f, front, s, back), b = front_point(f, front, s + width, back);
    double along = atan2(b.y - a.y, b.x - a.x), chord = hypot(b.x - a.x, b.y - a.y);
    if (chord < 7)
      return false;                               // the inside of a bend leaves too little
    double facing = along - front->side * PI / 2; // towards the street
    double x = (a.x + b.x) / 2 - deep / 2 * cos(facing);
    double y = (a.y + b.y) / 2 - deep / 2 * sin(facing);
    ground_box box = {x, y, facing, deep / 2, chord / 2 - 0.02};
    if (!occupancy_free_at(&f->lots, &box))
      continue;
    occupancy_add(&f->lots, &box);
    double height = front->height_m * exp(rng_normal(r, 0, 0.22));
    height = fmax(3.6, fmin(height, manners[front->kind].height_most_m));
    // Whole storeys, a taller ground floor and a parapet or roof on top.
    height = 4 + 3.1 * fmax(0, round((height - 4.8) / 3.1)) + 0.8;
    pose at = pose_flat(x, y, a.z + ROAD_KERB_M, angle_wrap(facing));
    furnish_building(f, r, front->kind, at, (double[3]){deep, chord - 0.04, height});
    return true;
  }
  return false;
}

static void fill_front(furnisher *f, const frontage *front, rng *r) {
  const manner *how = &manners[front->kind];
  rng garden = furnish_stream(f, front->r->id, STREAM_GARDENS + (front->side > 0));
  double begin = front->r->predecessor.kind == ROAD_LINK_JUNCTION ? -CORNER_REACH_M : 2;
  double end =
      front->r->length_m + (front->r->successor.kind == ROAD_LINK_JUNCTION ? CORNER_REACH_M : -2);
  double s = begin;
  while (end - s > how->least_m - 1) {
    double width = fmin(rng_uniform(r, how->width_m[0], how->width_m[1]), end - s);
    double depth = rng_uniform(r, how->depth_m[0], how->depth_m[1]);
    bool done = try_building(f, front, r, s, width, depth) ||
                (width > how->least_m + 2 &&
                 try_building(f, front, r, s, width = how->least_m, how->least_m));
    if (!done) {
      s += 1.5;
      continue;
    }
    double gap = !front->attached      ? rng_uniform(r, how->gap_m[0], how->gap_m[1])
                 : rng_chance(r, 0.12) ? rng_uniform(r, 3, 7)
                                       : 0;
    double border = s + width + fmin(gap, 4) - 0.6;
    if (front->kind == DISTRICT_RESIDENTIAL && !front->attached && !f->failed) {
      scene_thing house = f->things[f->thing_count - 1]; // the list may move
      if (furnish_house_drive(f, front->r, front->side, s + width, gap, &house))
        border = s + width;
    }
    if (!front->attached && rng_chance(r, how->gardens))
      furnish_garden(f, &garden, front->r, front->side, s - 0.4, border);
    s += width + gap;
  }
}

void furnish_buildings(furnisher *f) {
  for (int i = 0; i < f->net->road_count && !f->failed; i++) {
    const road *r = &f->net->roads[i];
    if (r->junction || r->class == ROAD_SERVICE || !furnish_in_town(f, r))
      continue;
    double mean = furnish_roadside(f, r).building_height_m;
    for (int k = 0; k < 2; k++) {
      rng stream = furnish_stream(f, r->id, (uint32_t)k);
      if (road_walk_width(f->net, r, k ? 1 : -1) <= 0 || furnish_has_sites(f, r, k ? 1 : -1))
        continue;
      frontage front = {.r = r, .side = k ? 1 : -1};
      road_place middle = road_line_at(f->net, r, r->length_m / 2);
      double taller;
      front.kind = furnish_district(f, middle.x_m, middle.y_m, &taller);
      const manner *how = &manners[front.kind];
      front.attached = rng_chance(&stream, how->attached);
      front.setback_m = front.attached ? rng_uniform(&stream, 0.3, 1.5)
                                       : rng_uniform(&stream, how->setback_m[0], how->setback_m[1]);
      front.height_m = mean * taller * rng_uniform(&stream, 0.75, 1.25);
      fill_front(f, &front, &stream);
    }
  }
}
