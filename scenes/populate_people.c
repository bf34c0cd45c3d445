// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdlib.h>

#include "scenes/furnish.h"
#include "scenes/populate.h"

static const double APART_M = 0.75; // between middles
enum { TRIES = 40 };

static scene_person draw_person(const scene_def *def, rng *r) {
  bool child = rng_chance(r, 0.1);
  double height =
      child ? rng_uniform(r, 1.05, 1.45) : fmax(1.48, fmin(2.0, rng_normal(r, 1.7, 0.09)));
  scene_person p = {.asset_seed = rng_u32(r)};
  p.size_m[0] = 0.47 * height; // of a stride
  p.size_m[1] = 0.32 * height;
  p.size_m[2] = height;
  p.colors = palette_person(r);
  // Walking speeds as Weidmann (1993) found them.
  p.speed_mps = fmax(0.6, fmin(2.2, rng_normal(r, 1.34, 0.26))) * (child ? 0.85 : 1);
  p.direction = rng_chance(r, 0.5) ? 1 : -1;
  p.jaywalking = def->jaywalking;
  return p;
}

typedef struct crowd {
  const road_network *net;
  scene_person *people;
  double *xy; // (count, 2)
  int count;
} crowd;

static bool place_one(crowd *c, const scene_def *def, const double *weights, double total, rng *r) {
  scene_person p = draw_person(def, r);
  for (int attempt = 0; attempt < TRIES; attempt++) {
    double at = rng_uniform(r, 0, total);
    int i = 0;
    while (i < c->net->walk_edge_count - 1 && at >= weights[i])
      at -= weights[i++];
    const walk_edge *edge = &c->net->walk_edges[i];
    double s = rng_uniform(r, 0, edge->length_m);
    double offset = fmax(0, edge->width_m / 2 - 0.4) * rng_uniform(r, -1, 1);
    road_point on = walk_point(c->net, edge, s);
    double x = on.x_m - offset * sin(on.heading_rad), y = on.y_m + offset * cos(on.heading_rad);
    bool near = false;
    for (int k = 0; k < c->count && !near; k++)
      near = hypot(x - c->xy[2 * k], y - c->xy[2 * k + 1]) < APART_M;
    if (near)
      continue;
    p.edge = edge->id;
    p.s_m = s;
    p.offset_m = offset;
    c->xy[2 * c->count] = x;
    c->xy[2 * c->count + 1] = y;
    c->people[c->count++] = p;
    return true;
  }
  return false;
}

status populate_people(scene *s, const scene_def *def, trouble *why) {
  const road_network *net = &s->roads;
  double total = 0, sidewalks = 0;
  double *weights = malloc(sizeof *weights * ((size_t)net->walk_edge_count + 1));
  for (int i = 0; i < net->walk_edge_count && weights; i++) {
    const walk_edge *edge = &net->walk_edges[i];
    // Nobody starts on a crosswalk; more people than by length wait and turn at corners.
    double share = edge->kind == WALK_CROSSWALK ? 0 : edge->kind == WALK_CORNER ? 2 : 1;
    total += weights[i] = share * edge->length_m;
    sidewalks += edge->kind == WALK_SIDEWALK ? edge->length_m : 0;
  }
  int wanted = def->pedestrians >= 0
                   ? def->pedestrians
                   : (int)fmin(20000, round(def->pedestrians_per_km * sidewalks / 1000));
  if (total <= 0)
    wanted = 0; // highways have no sidewalks
  crowd c = {.net = net};
  c.people = ARENA_NEW(s->memory, scene_person, wanted);
  c.xy = malloc(sizeof *c.xy * 2 * ((size_t)wanted + 1));
  status got = STATUS_OK;
  if (!weights || !c.people || !c.xy) {
    got = trouble_set(why, STATUS_MEMORY, "memory ran out while placing %d people", wanted);
    goto done;
  }
  for (int i = 0; i < wanted; i++) {
    rng r = rng_at(s->seed, RNG_PEOPLE, s->index, (uint32_t)i + 1, s->attempt);
    if (!place_one(&c, def, weights, total, &r) && def->pedestrians >= 0) {
      got = trouble_set(why, STATUS_RANGE,
                        "pedestrians.count: %d don't fit on %.1f km of sidewalks; room was found "
                        "for %d",
                        wanted, sidewalks / 1000, c.count);
      goto done;
    }
  }
  s->people = c.people;
  s->person_count = c.count;
  for (int i = 0; i < c.count; i++)
    c.people[i].id = ++s->id_count;
done:
  free(weights);
  free(c.xy);
  return got;
}
