// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "scenes/furnish.h"
#include "scenes/populate.h"

static const double APART_M = 0.75; // between middles
static const double CELL_M = 1;     // above APART_M: who is too near is a cell away at most
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
  int *heads;          // (heads_mask + 1) by hash of a cell: who stands there, -1 none
  int *next;           // (count) the next one of the same hash
  uint32_t heads_mask; // a power of two less one
} crowd;

static uint32_t head_of(const crowd *c, int64_t column, int64_t row) {
  uint64_t mixed = (uint64_t)column * 0x9e3779b97f4a7c15u + (uint64_t)row * 0xc2b2ae3d27d4eb4fu;
  return (uint32_t)(mixed >> 32) & c->heads_mask;
}

static int64_t cell_of(double at_m) {
  return (int64_t)floor(at_m / CELL_M);
}

// Others of the same hash are looked at, too, which costs time and changes nothing.
static bool is_near(const crowd *c, double x, double y) {
  int64_t column = cell_of(x), row = cell_of(y);
  for (int64_t i = column - 1; i <= column + 1; i++)
    for (int64_t j = row - 1; j <= row + 1; j++)
      for (int k = c->heads[head_of(c, i, j)]; k >= 0; k = c->next[k])
        if (hypot(x - c->xy[2 * k], y - c->xy[2 * k + 1]) < APART_M)
          return true;
  return false;
}

static void put(crowd *c, const scene_person *p, double x, double y) {
  int *head = &c->heads[head_of(c, cell_of(x), cell_of(y))];
  c->xy[2 * c->count] = x;
  c->xy[2 * c->count + 1] = y;
  c->next[c->count] = *head;
  c->people[c->count] = *p;
  *head = c->count++;
}

// Room for `wanted` people. False when memory ran out; free_crowd all the same.
static bool make_crowd(crowd *c, arena *memory, int wanted) {
  c->heads_mask = 15;
  while (c->heads_mask < 2 * (uint32_t)wanted)
    c->heads_mask = 2 * c->heads_mask + 1;
  c->people = ARENA_NEW(memory, scene_person, wanted);
  c->xy = malloc(sizeof *c->xy * 2 * ((size_t)wanted + 1));
  c->next = malloc(sizeof *c->next * ((size_t)wanted + 1));
  c->heads = malloc(sizeof *c->heads * ((size_t)c->heads_mask + 1));
  for (uint32_t i = 0; i <= c->heads_mask && c->heads; i++)
    c->heads[i] = -1;
  return c->people && c->xy && c->next && c->heads;
}

static void free_crowd(crowd *c) {
  free(c->xy);
  free(c->next);
  free(c->heads);
}

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
    if (is_near(c, x, y))
      continue;
    p.edge = edge->id;
    p.s_m = s;
    p.offset_m = offset;
    put(c, &p, x, y);
    return true;
  }
  return false;
}

status populate_people(scene *s, const scene_def *def, scene_lack *lack, trouble *why) {
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
  status got = STATUS_OK;
  int scripted = s->person_count; // are there already, off the walk graph
  if (!make_crowd(&c, s->memory, wanted + scripted) || !weights) {
    got = trouble_set(why, STATUS_MEMORY, "memory ran out while placing %d people", wanted);
    goto done;
  }
  for (int i = 0, person = 0; i < s->actor_count && person < scripted; i++)
    if (s->actors[i].person >= 0)
      put(&c, &s->people[person++], s->actors[i].x_m, s->actors[i].y_m);
  for (int i = 0; i < wanted; i++) {
    rng r = rng_at(s->seed, RNG_PEOPLE, s->index, (uint32_t)i + 1, s->attempt);
    if (!place_one(&c, def, weights, total, &r) && def->pedestrians >= 0) {
      *lack = (scene_lack){.kind = LACK_PEOPLE, .wanted = wanted, .room = i};
      got = trouble_set(why, STATUS_RANGE,
                        "pedestrians.count: %d don't fit on %.1f km of sidewalks; room was found "
                        "for %d",
                        wanted, sidewalks / 1000, i);
      goto done;
    }
  }
  s->people = c.people;
  s->person_count = c.count;
  for (int i = 0; i < c.count; i++)
    c.people[i].id = ++s->id_count;
done:
  free(weights);
  free_crowd(&c);
  return got;
}
