// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "scenes/body.h"
#include "scenes/furnish.h"
#include "scenes/person.h"
#include "scenes/populate.h"

static const double APART_M = 0.75;      // between middles
static const double WIDE_APART_M = 0.95; // where one of two may be a wheelchair or a pram
static const double CELL_M = 1;          // above those: who is too near is a cell away at most
enum { TRIES = 40 };

static const double CHILD_WITH_ADULT = 0.85; // of children
enum { MOST_TOGETHER = 4 };

// Statures of adults after DIN 33402-2:2005 (5th, 50th and 95th percentile of men 1.65, 1.75 and
// 1.86 m, of women 1.54, 1.63 and 1.72 m; old people 4 cm less); of children of 5 to 12 years
// after the WHO's growth reference of 2007.
static double draw_height(person_kind kind, rng *r) {
  bool man = rng_chance(r, 0.5);
  double off = fmax(-2.5, fmin(2.5, rng_normal(r, 0, 1))), age = rng_uniform(r, 5, 13);
  if (kind == PERSON_CHILD)
    return 1.10 + 0.056 * (age - 5) + 0.055 * off;
  double adult = man ? 1.75 + 0.064 * off : 1.63 + 0.057 * off;
  return kind == PERSON_ELDERLY ? adult - 0.04 : adult;
}

// Adults' walking speeds as Weidmann (1993) found them, old people's and children's by his
// curve over age.
static double draw_speed(person_kind kind, rng *r) {
  double z = rng_normal(r, 0, 1);
  switch (kind) {
  case PERSON_CHILD:
    return fmax(0.6, fmin(1.9, 1.18 + 0.22 * z));
  case PERSON_ELDERLY:
    return fmax(0.5, fmin(1.5, 0.98 + 0.18 * z));
  default:
    return fmax(0.6, fmin(2.2, 1.34 + 0.26 * z));
  }
}

static scene_person draw_person(const scene_def *def, person_kind kind, rng *r) {
  static const uint32_t looks[PERSON_KIND_COUNT] = {
      [PERSON_CHILD] = PERSON_LOOKS_CHILD, [PERSON_ELDERLY] = PERSON_LOOKS_OLD};
  scene_person p = {.kind = kind, .thing = THING_PERSON};
  p.asset_seed = (rng_u32(r) & PERSON_LOOK_BITS) | looks[kind];
  person_box(0, draw_height(kind, r), p.size_m);
  p.colors = palette_person(r, kind == PERSON_ELDERLY);
  p.speed_mps = draw_speed(kind, r);
  p.direction = rng_chance(r, 0.5) ? 1 : -1;
  // Children look less.
  p.midblock = def->midblock;
  p.jaywalking = fmin(1, def->jaywalking * (kind == PERSON_CHILD ? 2 : 1));
  return p;
}

// Those who walk together, the first of them an adult where one is among them. Returns how many,
// `most` at most. Sizes of groups as Moussaïd et al. (2010) counted them.
static int draw_together(const scene_def *def, int most, scene_person out[MOST_TOGETHER], rng *r) {
  static const double sizes[] = {0.72, 0.2, 0.08};
  person_kind kind = (person_kind)rng_weighted(r, def->walk_mix, WALK_KINDS);
  bool led = rng_chance(r, CHILD_WITH_ADULT) && kind == PERSON_CHILD && most > 1;
  // A group of n takes n people: fewer groups than people in groups.
  double mean = 2 * sizes[0] + 3 * sizes[1] + 4 * sizes[2], share = def->groups;
  bool group = rng_chance(r, share / (share + (1 - share) * mean));
  int n = group ? 2 + rng_weighted(r, sizes, 3) : led ? 2 : 1;
  n = n < most ? n : most;
  for (int i = 0; i < n; i++) {
    person_kind own = (person_kind)rng_weighted(r, def->walk_mix, WALK_KINDS);
    if (i == 0)
      own = led ? PERSON_ADULT : kind;
    else if (led && i == 1)
      own = PERSON_CHILD;
    out[i] = draw_person(def, own, r);
  }
  // Together they walk as fast as the slowest, and a little slower still.
  for (int i = 1; i < n; i++)
    out[0].speed_mps = fmin(out[0].speed_mps, out[i].speed_mps);
  out[0].speed_mps -= 0.04 * (n - 1);
  for (int i = 1; i < n; i++) {
    out[i].speed_mps = out[0].speed_mps;
    out[i].direction = out[0].direction;
    out[i].jaywalking = out[0].jaywalking;
  }
  return n;
}

// Speeds of those who roll or push are our choice, as is when umbrellas open.
static void draw_things(const scene_def *def, scene_person *p, int n, rng *r) {
  for (int i = 0; i < n; i++) {
    p[i].umbrella = rng_chance(r, def->umbrellas);
    p[i].umbrella_mmh = rng_uniform(r, 0.2, 1.2);
    bool rolls = rng_chance(r, def->wheelchairs);
    double rolling = fmax(0.5, fmin(1.6, rng_normal(r, 1.0, 0.2)));
    if (!rolls || p[i].kind == PERSON_CHILD)
      continue;
    p[i].thing = THING_WHEELCHAIR;
    p[i].umbrella = false; // both hands are on the rims
    wheelchair_box(p[i].size_m);
    for (int k = 0; k < n; k++) // together they go as fast as the slowest
      p[k].speed_mps = fmin(p[k].speed_mps, rolling);
  }
}

// A pram or a dog for who walks alone. False: neither.
static bool draw_company(const scene_def *def, scene_person *p, scene_person *company, rng *r) {
  bool pram = rng_chance(r, def->prams), dog = rng_chance(r, def->dogs);
  if (p->kind == PERSON_CHILD || p->thing != THING_PERSON || !(pram || dog))
    return false;
  double height = p->size_m[2];
  *company = (scene_person){.thing = pram ? THING_PRAM : THING_DOG, .asset_seed = rng_u32(r)};
  company->colors = pram ? palette_person(r, false) : palette_dog(r);
  if (pram) {
    p->asset_seed |= PERSON_PUSHES_PRAM;
    p->umbrella = false;
    p->speed_mps = fmin(p->speed_mps, fmax(0.6, fmin(1.6, rng_normal(r, 1.15, 0.18))));
    pram_box(height / PRAM_FOR_M, company->size_m);
  } else {
    p->asset_seed |= PERSON_HAS_LEASH;
    dog_box(company->asset_seed, rng_uniform(r, 0.92, 1.08), company->size_m);
  }
  person_box(p->asset_seed, height, p->size_m);
  return true;
}

typedef struct crowd {
  const road_network *net;
  scene_person *people, *company; // company: `along` is 1 + index of whom it goes along with
  int company_count;
  int count;
  int occupied;
  double *xy;          // (occupied, 2)
  int *heads;          // (heads_mask + 1) by hash of a cell: who stands there, -1 none
  int *next;           // (occupied) the next one of the same hash
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
static bool is_near(const crowd *c, double x, double y, double apart_m) {
  int64_t column = cell_of(x), row = cell_of(y);
  for (int64_t i = column - 1; i <= column + 1; i++)
    for (int64_t j = row - 1; j <= row + 1; j++)
      for (int k = c->heads[head_of(c, i, j)]; k >= 0; k = c->next[k])
        if (hypot(x - c->xy[2 * k], y - c->xy[2 * k + 1]) < apart_m)
          return true;
  return false;
}

static void occupy(crowd *c, double x, double y) {
  int *head = &c->heads[head_of(c, cell_of(x), cell_of(y))];
  c->xy[2 * c->occupied] = x;
  c->xy[2 * c->occupied + 1] = y;
  c->next[c->occupied] = *head;
  *head = c->occupied++;
}

static void put(crowd *c, const scene_person *p, double x, double y) {
  occupy(c, x, y);
  c->people[c->count++] = *p;
}

// Room for `wanted` people. False when memory ran out; free_crowd all the same.
static bool make_crowd(crowd *c, arena *memory, int wanted) {
  c->heads_mask = 15;
  while (c->heads_mask < 2 * (uint32_t)wanted)
    c->heads_mask = 2 * c->heads_mask + 1;
  c->people = ARENA_NEW(memory, scene_person, 2 * wanted);
  c->company = malloc(sizeof *c->company * ((size_t)wanted + 1));
  c->xy = malloc(sizeof *c->xy * 4 * ((size_t)wanted + 1));
  c->next = malloc(sizeof *c->next * 2 * ((size_t)wanted + 1));
  c->heads = malloc(sizeof *c->heads * ((size_t)c->heads_mask + 1));
  for (uint32_t i = 0; i <= c->heads_mask && c->heads; i++)
    c->heads[i] = -1;
  return c->people && c->company && c->xy && c->next && c->heads;
}

static void free_crowd(crowd *c) {
  free(c->company);
  free(c->xy);
  free(c->next);
  free(c->heads);
}

// Where what goes along with somebody at (x, y) is then.
static void company_place(const scene_person *p, const scene_person *company, const road_point *on,
                          double x, double y, double *out_x, double *out_y) {
  double ahead, left, c = p->direction * cos(on->heading_rad),
                      s = p->direction * sin(on->heading_rad);
  person_along(company->thing, p->size_m[2], &ahead, &left);
  *out_x = x + ahead * c - left * s;
  *out_y = y + ahead * s + left * c;
}

// Puts n people who walk together abreast at some place of the graph, or in rows where it is
// narrow. `group` is their number if they are more than one. `company` goes along with the first
// where it is one.
static bool place_together(crowd *c, scene_person *p, int n, int group, const scene_person *company,
                           const double *weights, double total, rng *r) {
  for (int attempt = 0; attempt < TRIES; attempt++) {
    double at = rng_uniform(r, 0, total);
    int i = 0;
    while (i < c->net->walk_edge_count - 1 && at >= weights[i])
      at -= weights[i++];
    const walk_edge *edge = &c->net->walk_edges[i];
    double s = rng_uniform(r, 0, edge->length_m), room = fmax(0, edge->width_m - 0.8);
    int columns = (int)fmin(n, 1 + floor(room / APART_M)), free = 0;
    double offset = (room - (columns - 1) * APART_M) / 2 * rng_uniform(r, -1, 1);
    double x[MOST_TOGETHER], y[MOST_TOGETHER];
    double beside_x = 0, beside_y = 0;
    for (; free < n; free++) {
      double side = free % columns - (columns - 1) / 2.0;
      double back = (free / columns) * 1.0;
      p[free].edge = edge->id;
      p[free].s_m = fmax(0, fmin(edge->length_m, s - back * p->direction));
      p[free].offset_m = offset - side * APART_M * p->direction;
      p[free].group = n > 1 ? group : 0;
      road_point on = walk_point(c->net, edge, p[free].s_m);
      x[free] = on.x_m - p[free].offset_m * sin(on.heading_rad);
      y[free] = on.y_m + p[free].offset_m * cos(on.heading_rad);
      double apart = p[free].thing == THING_WHEELCHAIR ? WIDE_APART_M : APART_M;
      bool crowds = is_near(c, x[free], y[free], apart);
      if (company) {
        company_place(p, company, &on, x[0], y[0], &beside_x, &beside_y);
        crowds |= is_near(c, beside_x, beside_y, WIDE_APART_M);
      }
      for (int k = 0; k < free; k++)
        crowds |= hypot(x[k] - x[free], y[k] - y[free]) < APART_M - 0.01;
      if (crowds)
        break;
    }
    if (free < n)
      continue;
    for (int k = 0; k < n; k++)
      put(c, &p[k], x[k], y[k]);
    if (company) {
      occupy(c, beside_x, beside_y);
      c->company[c->company_count] = *company;
      c->company[c->company_count++].along = c->count;
    }
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
  for (int i = 0, groups = 0, n; i < wanted; i += n) {
    rng r = rng_at(s->seed, RNG_PEOPLE, s->index, (uint32_t)i + 1, s->attempt);
    scene_person together[MOST_TOGETHER];
    n = draw_together(def, wanted - i, together, &r);
    rng own = rng_at(s->seed, RNG_COMPANY, s->index, (uint32_t)i + 1, s->attempt);
    scene_person company;
    draw_things(def, together, n, &own);
    scene_person alone = together[0];
    bool has = n == 1 && draw_company(def, together, &company, &own);
    if (!has)
      body_draw_people(def->walkers, def->walker_count, together, n);
    bool placed =
        place_together(&c, together, n, groups + 1, has ? &company : NULL, weights, total, &r);
    if (has && !placed) { // leaves it at home
      body_draw_people(def->walkers, def->walker_count, &alone, 1);
      placed = place_together(&c, &alone, 1, 0, NULL, weights, total, &r);
    }
    // Where there is no room for all of them, some find it on their own.
    for (int k = 0; k < n && !placed && n > 1; k++)
      (void)place_together(&c, &together[k], 1, 0, NULL, weights, total, &r);
    groups += placed && n > 1;
    int room = c.count - scripted;
    if (room < i + n && def->pedestrians >= 0) {
      *lack = (scene_lack){.kind = LACK_PEOPLE, .wanted = wanted, .room = room};
      got = trouble_set(why, STATUS_RANGE,
                        "pedestrians.count: %d don't fit on %.1f km of sidewalks; room was found "
                        "for %d",
                        wanted, sidewalks / 1000, room);
      goto done;
    }
  }
  s->people = c.people;
  for (int i = 0; i < c.company_count; i++)
    c.people[c.count++] = c.company[i];
  s->person_count = c.count;
  for (int i = 0; i < c.count; i++)
    c.people[i].id = ++s->id_count;
done:
  free(weights);
  free_crowd(&c);
  return got;
}
