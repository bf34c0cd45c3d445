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
} frontage;

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

static bool try_building(furnisher *f, const frontage *front, rng *r, double s, double width,
                         double depth) {
  for (int attempt = 0; attempt < 5; attempt++) {
    double back = attempt < 3 ? 0 : attempt == 3 ? 1.2 : 2.4;
    double deep = attempt == 0 ? depth : attempt == 1 ? 0.75 * depth : 8;
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
    height = fmax(3.6, fmin(height, 110));
    // Whole storeys, a taller ground floor and a parapet or roof on top.
    height = 4 + 3.1 * fmax(0, round((height - 4.8) / 3.1)) + 0.8;
    pose at = pose_flat(x, y, a.z + ROAD_KERB_M, angle_wrap(facing));
    scene_thing *thing =
        furnish_add(f, THING_BUILDING, SEMANTIC_BUILDING, r, at, deep, chord - 0.04, height);
    thing->colors = palette_building(r);
    return true;
  }
  return false;
}

static void fill_front(furnisher *f, const frontage *front, rng *r) {
  rng garden = furnish_stream(f, front->r->id, STREAM_GARDENS + (front->side > 0));
  double begin = front->r->predecessor.kind == ROAD_LINK_JUNCTION ? -CORNER_REACH_M : 2;
  double end =
      front->r->length_m + (front->r->successor.kind == ROAD_LINK_JUNCTION ? CORNER_REACH_M : -2);
  double s = begin;
  while (end - s > 8) {
    double width = front->attached ? rng_uniform(r, 9, 22) : rng_uniform(r, 9, 16);
    width = fmin(width, end - s);
    double depth = front->attached ? rng_uniform(r, 11, 16) : rng_uniform(r, 9, 13);
    bool done = try_building(f, front, r, s, width, depth) ||
                (width > 11 && try_building(f, front, r, s, width = 9, 9));
    if (!done) {
      s += 1.5;
      continue;
    }
    double gap = !front->attached      ? rng_uniform(r, 2.5, 9)
                 : rng_chance(r, 0.12) ? rng_uniform(r, 3, 7)
                                       : 0;
    if (!front->attached)
      furnish_garden(f, &garden, front->r, front->side, s - 0.4, s + width + fmin(gap, 4) - 0.6);
    s += width + gap;
  }
}

void furnish_buildings(furnisher *f) {
  for (int i = 0; i < f->net->road_count && !f->failed; i++) {
    const road *r = &f->net->roads[i];
    if (r->junction)
      continue;
    double mean = furnish_roadside(f, r).building_height_m;
    for (int k = 0; k < 2; k++) {
      rng stream = furnish_stream(f, r->id, (uint32_t)k);
      if (road_walk_width(f->net, r, k ? 1 : -1) <= 0 || furnish_has_sites(f, r, k ? 1 : -1))
        continue;
      frontage front = {.r = r, .side = k ? 1 : -1};
      front.attached = rng_chance(&stream, mean > 9 ? 0.75 : 0.3);
      front.setback_m =
          front.attached ? rng_uniform(&stream, 0.3, 1.5) : rng_uniform(&stream, 2.5, 5);
      front.height_m = mean * rng_uniform(&stream, 0.75, 1.25);
      fill_front(f, &front, &stream);
    }
  }
}
