// SPDX-License-Identifier: Apache-2.0
#include "render/asset_store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "render/asset_own.h"
#include "scenes/person.h"

void asset_store_free(asset_store *st) {
  free(st->entries);
  free(st->sets);
  free(st->bodies);
}

static uint64_t asset_key(const asset_store *st, thing_kind kind, int variant, int phase) {
  uint64_t turned = st->left_hand && asset_sided(kind);
  return (uint64_t)kind << 56 | turned << 55 | (uint64_t)(uint32_t)phase << 40 |
         (uint64_t)(uint32_t)variant;
}

// Place of the key in the sorted list, or where it belongs.
static int find_asset(const asset_store *st, uint64_t key) {
  int low = 0, high = st->count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (st->entries[middle].key < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static status add_phase(asset_store *st, uint64_t key, const mesh *m, trouble *why) {
  int at = find_asset(st, key), number = 0;
  if (at < st->count && st->entries[at].key == key)
    return STATUS_OK; // memory ran out after it the last time
  if (!ARRAY_RESERVE(st->entries, st->capacity, st->count + 1))
    return trouble_set(why, STATUS_MEMORY, "no memory for assets");
  status result = geometry_add(st->shapes, m, &number, why);
  if (result)
    return result;
  memmove(st->entries + at + 1, st->entries + at, sizeof *st->entries * (size_t)(st->count - at));
  st->entries[at] = (asset_entry){key, number};
  st->count++;
  return STATUS_OK;
}

int asset_store_find(const asset_store *st, thing_kind kind, int variant, int phase) {
  uint64_t key = asset_key(st, kind, variant, phase);
  int at = find_asset(st, key);
  return at < st->count && st->entries[at].key == key ? st->entries[at].mesh : -1;
}

static const wheel_set *find_wheels(const asset_store *st, thing_kind kind, int variant) {
  for (int i = 0; i < st->set_count; i++)
    if (st->sets[i].kind == kind && st->sets[i].variant == variant)
      return &st->sets[i];
  return NULL;
}

const wheel_set *asset_store_wheels(const asset_store *st, const sim_actor *a) {
  return find_wheels(st, a->kind, asset_variant(a->kind, a->asset_seed, a->size_m));
}

static status add_asset(asset_store *st, thing_kind kind, uint32_t asset_seed,
                        const double size_m[3], trouble *why) {
  int variant = asset_variant(kind, asset_seed, size_m), phases = asset_phase_count(kind);
  // The last phase is added last: where it is, all are.
  uint64_t last = asset_key(st, kind, variant, phases - 1);
  int at = find_asset(st, last);
  if (at < st->count && st->entries[at].key == last)
    return STATUS_OK;
  mesh m[ASSET_PHASE_LIMIT] = {0};
  status result = asset_build(kind, variant, m, why);
  for (int phase = 0; !result && phase < phases && st->left_hand && asset_sided(kind); phase++)
    asset_turn(&m[phase]);
  for (int phase = 0; !result && phase < phases; phase++)
    result = add_phase(st, asset_key(st, kind, variant, phase), &m[phase], why);
  for (int phase = 0; phase < ASSET_PHASE_LIMIT; phase++)
    mesh_free(&m[phase]);
  return result;
}

// Every step of a door that may open.
static status add_doors(asset_store *st, const scene_vehicle *v, trouble *why) {
  int variant = asset_variant(v->kind, v->asset_seed, v->size_m);
  status result = STATUS_OK;
  for (int step = 0; !result && step < DOOR_PHASES; step++) {
    uint64_t key = asset_key(st, v->kind, variant, ASSET_DOOR_FIRST + step);
    int at = find_asset(st, key);
    if (at < st->count && st->entries[at].key == key)
      continue;
    mesh m = {0};
    result = asset_build_open(v->kind, variant, ASSET_DOOR_FIRST + step, &m, why);
    if (!result && st->left_hand)
      asset_turn(&m);
    if (!result)
      result = add_phase(st, key, &m, why);
    mesh_free(&m);
  }
  return result;
}

static status add_body(asset_store *st, thing_kind kind, int variant, int step, asset_fit *fit,
                       trouble *why) {
  mesh whole = {0}, body = {0}, axles[ASSET_AXLE_LIMIT] = {0};
  asset_wheels wheels;
  status result = asset_build_body(kind, variant, step, fit, &whole, &body, &wheels, axles, why);
  if (!result && st->left_hand && asset_sided(kind)) {
    asset_turn(&whole);
    asset_turn(&body);
  }
  if (!result && step == 0)
    result = add_phase(st, asset_key(st, kind, variant, 0), &whole, why);
  if (!result)
    result = add_phase(st, asset_key(st, kind, variant, ASSET_BODY_FIRST + step), &body, why);
  for (int i = 0; step == 0 && !result && i < wheels.axle_count; i++)
    result = add_phase(st, asset_key(st, kind, variant, ASSET_AXLE_FIRST + i), &axles[i], why);
  if (!result && !find_wheels(st, kind, variant)) {
    wheel_set set = {.kind = kind, .variant = variant, .wheels = wheels};
    for (int i = 0; i < wheels.axle_count; i++)
      set.axles[i] = asset_store_find(st, kind, variant, ASSET_AXLE_FIRST + i);
    if (ARRAY_RESERVE(st->sets, st->set_capacity, st->set_count + 1))
      st->sets[st->set_count++] = set;
    else
      result = trouble_set(why, STATUS_MEMORY, "no memory for assets");
  }
  mesh_free(&whole);
  mesh_free(&body);
  for (int i = 0; i < ASSET_AXLE_LIMIT; i++)
    mesh_free(&axles[i]);
  return result;
}

// The vehicle's body and wheels apart, if it has wheels.
static status add_bodies(asset_store *st, thing_kind kind, uint32_t asset_seed,
                         const double size_m[3], trouble *why) {
  int variant = asset_variant(kind, asset_seed, size_m), count = asset_body_count(kind);
  asset_fit fit = {0};
  status result = STATUS_OK;
  if (count == 0 || asset_store_find(st, kind, variant, ASSET_BODY_FIRST + count - 1) >= 0)
    return STATUS_OK;
  for (int step = 0; !result && step < count; step++)
    result = add_body(st, kind, variant, step, &fit, why);
  return result;
}

// Whoever has an umbrella may open it, and a dog has a leash.
static status add_looks(asset_store *st, const scene_person *p, trouble *why) {
  double size_m[3];
  status result = add_asset(st, p->thing, p->asset_seed, p->size_m, why);
  if (!result && p->umbrella) {
    uint32_t look = person_look(p, INFINITY, size_m);
    result = add_asset(st, p->thing, look, size_m, why);
  }
  if (!result && p->thing == THING_DOG)
    result = add_asset(st, THING_LEASH, p->asset_seed, p->size_m, why);
  return result;
}

int asset_store_body(const asset_store *st, const script_map *file) {
  for (int i = 0; i < st->body_count; i++)
    if (strcmp(st->bodies[i].sha256, file->sha256) == 0)
      return st->bodies[i].mesh;
  return -1;
}

static status add_own_body(asset_store *st, const script_map *file, trouble *why) {
  if (asset_store_body(st, file) >= 0)
    return STATUS_OK;
  if (!ARRAY_RESERVE(st->bodies, st->body_capacity, st->body_count + 1))
    return trouble_set(why, STATUS_MEMORY, "no memory for assets");
  int number = 0;
  status result = asset_own_add(st->shapes, file, &number, why);
  if (result)
    return result;
  body_entry *entry = &st->bodies[st->body_count++];
  memcpy(entry->sha256, file->sha256, sizeof entry->sha256);
  entry->mesh = number;
  return STATUS_OK;
}

status asset_store_add(asset_store *st, const scene *s, trouble *why) {
  st->left_hand = s->roads.left_hand;
  status result = STATUS_OK;
  for (int i = 0; !result && i < s->thing_count; i++) {
    const scene_thing *thing = &s->things[i];
    result = thing->body ? add_own_body(st, thing->body, why)
                         : add_asset(st, thing->kind, asset_look(thing), thing->size_m, why);
  }
  for (int i = 0; !result && i < s->vehicle_count; i++) {
    const scene_vehicle *v = &s->vehicles[i];
    if (v->body) {
      result = add_own_body(st, v->body, why);
      continue;
    }
    result = i == s->ego ? STATUS_OK : add_bodies(st, v->kind, v->asset_seed, v->size_m, why);
    if (!result)
      result = add_asset(st, v->kind, v->asset_seed, v->size_m, why);
  }
  for (int i = 0; !result && i < s->trailer_count; i++) {
    const scene_trailer *t = &s->trailers[i];
    result = add_bodies(st, THING_TRAILER, t->asset_seed, t->size_m, why);
    if (!result)
      result = add_asset(st, THING_TRAILER, t->asset_seed, t->size_m, why);
  }
  for (int i = 0; !result && i < s->actor_count; i++) {
    const scene_actor *a = &s->actors[i];
    bool has_doors =
        a->vehicle >= 0 && !s->vehicles[a->vehicle].body &&
        (s->vehicles[a->vehicle].kind == THING_CAR || s->vehicles[a->vehicle].kind == THING_VAN);
    if (has_doors && a->behaves && a->vehicle != s->ego)
      result = add_doors(st, &s->vehicles[a->vehicle], why);
  }
  for (int i = 0; !result && i < s->person_count; i++)
    result = s->people[i].body ? add_own_body(st, s->people[i].body, why)
                               : add_looks(st, &s->people[i], why);
  return result;
}
