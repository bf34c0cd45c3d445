// SPDX-License-Identifier: Apache-2.0
// The assets that a stage has built so far: meshes of the geometry pool by kind, variant and
// phase. Built once a process, when a scene first shows them. For files of render/ alone.
#ifndef RENDER_ASSET_STORE_H
#define RENDER_ASSET_STORE_H

#include "render/asset.h"
#include "render/geometry.h"
#include "scenes/script_maps.h"
#include "sim/snapshot.h"

/// One mesh of a family, found by its key.
typedef struct asset_entry {
  uint64_t key;
  int mesh;
} asset_entry;

/// Where a variant's wheels stand, and the mesh of each axle.
typedef struct wheel_set {
  thing_kind kind;
  int variant;
  asset_wheels wheels;
  int axles[ASSET_AXLE_LIMIT];
} wheel_set;

/// A mesh that a user brought, by its file's hash.
typedef struct body_entry {
  char sha256[HASH_SHA256_HEX];
  int mesh;
} body_entry;

/// All zero but for `shapes` is an empty store.
typedef struct asset_store {
  geometry *shapes;
  bool left_hand; // of the scene that was added last
  int count, capacity;
  asset_entry *entries; // (count) sorted by key
  int set_count, set_capacity;
  wheel_set *sets; // (set_count)
  int body_count, body_capacity;
  body_entry *bodies; // (body_count)
} asset_store;

void asset_store_free(asset_store *st);
/// Every phase of what the scene shows, so that frames add no geometry.
status asset_store_add(asset_store *st, const scene *s, trouble *why);
/// Number of a mesh for the traffic's hand of the last scene; -1: not there.
int asset_store_find(const asset_store *st, thing_kind kind, int variant, int phase);
/// What a thing's asset is chosen by.
static inline uint32_t asset_look(const scene_thing *thing) {
  return thing->kind == THING_SIGN ? thing->sign : thing->asset_seed;
}
/// Number of the mesh of a file that a scene's vehicle has; -1: not there.
int asset_store_body(const asset_store *st, const script_map *file);
/// A vehicle's wheels, or NULL.
const wheel_set *asset_store_wheels(const asset_store *st, const sim_actor *a);

#endif
