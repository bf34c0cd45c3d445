// SPDX-License-Identifier: Apache-2.0
// The table of families, and what holds for all of them.
#include "render/asset.h"

#include <math.h>

#include "render/asset_building.h"
#include "render/asset_deer.h"
#include "render/asset_person.h"
#include "render/asset_street.h"
#include "render/asset_tree.h"
#include "render/asset_vehicle.h"
#include "render/asset_wheels.h"
#include "scenes/sign.h"

typedef struct family {
  const char *name;
  int variants; // 0: any number is one
  void (*size)(int variant, double size_m[3]);
  void (*build)(int variant, mesh *out);
} family;

static const family families[THING_KIND_COUNT] = {
    [THING_BUILDING] = {"building", 0, building_size, building_build},
    [THING_TREE] = {"tree", TREE_VARIANTS, tree_size, tree_build},
    [THING_BUSH] = {"bush", BUSH_VARIANTS, bush_size, bush_build},
    [THING_LAMP] = {"lamp", LAMP_VARIANTS, lamp_size, lamp_build},
    [THING_SIGNAL] = {"signal", SIGNAL_VARIANTS, signal_size, signal_build},
    [THING_WALK_SIGNAL] = {"walk signal", WALK_SIGNAL_VARIANTS, walk_signal_size,
                           walk_signal_build},
    [THING_SIGN] = {"sign", SIGN_VARIANTS, sign_size, sign_build},
    [THING_BENCH] = {"bench", BENCH_VARIANTS, bench_size, bench_build},
    [THING_BIN] = {"bin", BIN_VARIANTS, bin_size, bin_build},
    [THING_HYDRANT] = {"hydrant", HYDRANT_VARIANTS, hydrant_size, hydrant_build},
    [THING_BOLLARD] = {"bollard", BOLLARD_VARIANTS, bollard_size, bollard_build},
    [THING_BUS_STOP] = {"bus stop", BUS_STOP_VARIANTS, bus_stop_size, bus_stop_build},
    [THING_BILLBOARD] = {"billboard", BILLBOARD_VARIANTS, billboard_size, billboard_build},
    [THING_CAR] = {"car", CAR_VARIANTS, car_size, car_build},
    [THING_VAN] = {"van", VAN_VARIANTS, van_size, van_build},
    [THING_TRUCK] = {"truck", TRUCK_VARIANTS, truck_size, truck_build},
    [THING_BUS] = {"bus", BUS_VARIANTS, bus_size, bus_build},
    [THING_MOTORCYCLE] = {"motorcycle", CYCLE_VARIANTS, motorcycle_size, motorcycle_build},
    [THING_BICYCLE] = {"bicycle", CYCLE_VARIANTS, bicycle_size, bicycle_build},
    [THING_PERSON] = {"person", PERSON_VARIANTS, person_size, person_build},
    [THING_WHEELCHAIR] = {"wheelchair", WHEELCHAIR_VARIANTS, wheelchair_size, wheelchair_build},
    [THING_PRAM] = {"pram", PRAM_VARIANTS, pram_size, pram_build},
    [THING_DOG] = {"dog", DOG_VARIANTS, dog_size, dog_build},
    [THING_LEASH] = {"leash", DOG_VARIANTS, leash_size, leash_build},
    [THING_POLE] = {"pole", POLE_VARIANTS, pole_size, pole_build},
    [THING_CONE] = {"cone", CONE_VARIANTS, cone_size, cone_build},
    [THING_BARRIER] = {"barrier", BARRIER_VARIANTS, barrier_size, barrier_build},
    [THING_DELINEATOR] = {"delineator", DELINEATOR_VARIANTS, delineator_size, delineator_build},
    [THING_FENCE] = {"fence", FENCE_VARIANTS, fence_size, fence_build},
    [THING_WALL] = {"wall", GARDEN_WALL_VARIANTS, garden_wall_size, garden_wall_build},
    [THING_HEDGE] = {"hedge", HEDGE_VARIANTS, hedge_size, hedge_build},
    [THING_DEER] = {"deer", DEER_VARIANTS, deer_size, deer_build},
    [THING_POLICE] = {"police car", POLICE_VARIANTS, police_size, police_build},
    [THING_AMBULANCE] = {"ambulance", AMBULANCE_VARIANTS, ambulance_size, ambulance_build},
    [THING_TRACTOR] = {"tractor", TRACTOR_VARIANTS, tractor_size, tractor_build},
    [THING_TRAILER] = {"trailer", TRAILER_VARIANTS, trailer_size, trailer_build},
};

// How badly a variant's box would be stretched to size_m.
static double misfit(const family *f, int variant, const double size_m[3]) {
  double own[3], sum = 0;
  f->size(variant, own);
  for (int k = 0; k < 3; k++) {
    double ratio = log(fmax(1e-3, size_m[k]) / own[k]);
    sum += ratio * ratio;
  }
  return sum;
}

int asset_variant(thing_kind kind, uint32_t asset_seed, const double size_m[3]) {
  if (kind < 0 || kind >= THING_KIND_COUNT || !families[kind].size)
    return 0;
  const family *f = &families[kind];
  if (kind == THING_BUILDING)
    return building_variant(asset_seed, size_m);
  if (kind == THING_TREE)
    return tree_variant(asset_seed, size_m);
  if (kind == THING_BUSH)
    return bush_variant(asset_seed, size_m);
  if (kind == THING_PERSON)
    return person_variant(asset_seed, size_m);
  if (kind == THING_SIGN)
    return (int)sign_kind_of(asset_seed) % SIGN_VARIANTS;
  // Those who place these mean a certain make.
  bool chosen = (kind >= THING_BARRIER && kind <= THING_HEDGE) ||
                (kind >= THING_WHEELCHAIR && kind <= THING_LEASH);
  if (kind == THING_POLE || kind == THING_SIGNAL || chosen)
    return (int)(asset_seed % (uint32_t)f->variants);
  // Sizes of deer are those of a make, too.
  if (kind == THING_DEER) {
    int nearest = 0;
    for (int variant = 1; variant < f->variants; variant++)
      if (misfit(f, variant, size_m) < misfit(f, nearest, size_m))
        nearest = variant;
    return nearest;
  }
  // A few draws by the seed; the one that fits the box best keeps things unstretched.
  enum { DRAWS = 5 };
  int best = 0;
  double least = INFINITY;
  uint32_t state = asset_seed;
  for (int i = 0; i < DRAWS; i++) {
    state = state * 747796405u + 2891336453u;
    int variant = (int)((state >> 8) % (uint32_t)f->variants);
    double cost = misfit(f, variant, size_m);
    if (cost < least)
      least = cost, best = variant;
  }
  return best;
}

static bool has_gait(thing_kind kind) {
  _Static_assert((int)DEER_PHASES == (int)PERSON_PHASES && (int)DEER_STANDING == PERSON_STANDING,
                 "phases of one kind");
  return kind == THING_PERSON || kind == THING_DOG || kind == THING_DEER;
}

int asset_phase_count(thing_kind kind) {
  if (kind == THING_TREE)
    return ASSET_TREE_CLOSE + 1;
  return has_gait(kind) ? PERSON_PHASES : 1;
}

int asset_phase(thing_kind kind, double gait, double speed_mps) {
  const double standing_below_mps = 0.1;
  if (!has_gait(kind))
    return 0;
  if (!(speed_mps >= standing_below_mps) || !isfinite(gait))
    return PERSON_STANDING;
  double phase = (gait - floor(gait)) * PERSON_STANDING;
  return (int)floor(phase + 0.5) % PERSON_STANDING;
}

void asset_size(thing_kind kind, int variant, double size_m[3]) {
  size_m[0] = size_m[1] = size_m[2] = 1;
  if (kind >= 0 && kind < THING_KIND_COUNT && families[kind].size && variant >= 0)
    families[kind].size(variant, size_m);
}

int asset_door_phase(thing_kind kind, double door_rad) {
  if ((kind != THING_CAR && kind != THING_VAN) || !(door_rad > 0))
    return 0;
  int step = (int)floor(fmin(door_rad, DOOR_MOST_RAD) / DOOR_MOST_RAD * DOOR_PHASES + 0.5);
  return step == 0 ? 0 : ASSET_DOOR_FIRST - 1 + step;
}

status asset_build_open(thing_kind kind, int variant, int phase, mesh *out, trouble *why) {
  int step = phase - ASSET_DOOR_FIRST + 1;
  if ((kind != THING_CAR && kind != THING_VAN) || variant < 0 || step < 1 || step > DOOR_PHASES)
    return trouble_set(why, STATUS_RANGE, "thing kind %d variant %d has no open door %d", (int)kind,
                       variant, phase);
  float angle = (float)(DOOR_MOST_RAD * step / DOOR_PHASES);
  if (kind == THING_VAN)
    van_build_open(variant, angle, out);
  else
    car_build_open(variant, angle, out);
  mesh body = {0};
  asset_wheels unused;
  asset_split(out, &body, &unused, NULL);
  mesh_free(out);
  *out = body;
  return mesh_check(out, families[kind].name, why);
}

bool asset_sided(thing_kind kind) {
  return kind == THING_CAR || kind == THING_VAN || kind == THING_TRUCK || kind == THING_BUS ||
         kind == THING_TRACTOR || thing_has_siren(kind);
}

static void swap_u(mesh_vertex *a, mesh_vertex *b) {
  float u = a->uv[0];
  a->uv[0] = b->uv[0];
  b->uv[0] = u;
}

void asset_turn(mesh *m) {
  mesh_turn(m);
  // A plate is a quad with four corners of its own, in order: its text runs from the other end.
  for (int i = 0; i < m->triangle_count; i++) {
    if (m->materials[i] != MATERIAL_PLATE)
      continue;
    mesh_vertex *corner = &m->vertices[m->indices[3 * i]];
    swap_u(&corner[0], &corner[1]);
    swap_u(&corner[2], &corner[3]);
    i++; // its other triangle
  }
}

status asset_build(thing_kind kind, int variant, mesh out[ASSET_PHASE_LIMIT], trouble *why) {
  _Static_assert((int)PERSON_PHASES <= (int)ASSET_PHASE_LIMIT, "all poses have a place");
  if (kind < 0 || kind >= THING_KIND_COUNT || !families[kind].size)
    return trouble_set(why, STATUS_RANGE, "thing kind %d has no geometry", (int)kind);
  if (variant < 0)
    return trouble_set(why, STATUS_RANGE, "%s: variant %d is below 0", families[kind].name,
                       variant);
  families[kind].build(variant, out); // all phases
  if (kind == THING_TREE) {
    tree_build_far(variant, &out[ASSET_TREE_FAR]);
    tree_build_close(variant, &out[ASSET_TREE_CLOSE]);
  }
  if (asset_body_count(kind) > 0)
    asset_unmark(&out[0]);
  status result = STATUS_OK;
  for (int phase = 0; !result && phase < asset_phase_count(kind); phase++)
    result = mesh_check(&out[phase], families[kind].name, why);
  return result;
}

int asset_body_count(thing_kind kind) {
  switch (kind) {
  case THING_BICYCLE:
    return CRANK_STEPS;
  case THING_CAR:
  case THING_VAN:
  case THING_TRUCK:
  case THING_BUS:
  case THING_MOTORCYCLE:
  case THING_POLICE:
  case THING_AMBULANCE:
  case THING_TRACTOR:
  case THING_TRAILER:
    return 1;
  default:
    return 0;
  }
}

int asset_body_phase(thing_kind kind, double wheel_rad) {
  const double gear = 2.3; // turns of a bicycle's wheel for one of its cranks
  if (kind != THING_BICYCLE || !isfinite(wheel_rad))
    return ASSET_BODY_FIRST;
  double turns = wheel_rad / gear / 6.283185307179586;
  int step = (int)floor((turns - floor(turns)) * CRANK_STEPS + 0.5);
  return ASSET_BODY_FIRST + step % CRANK_STEPS;
}

status asset_build_body(thing_kind kind, int variant, int step, asset_fit *fit, mesh *whole,
                        mesh *body, asset_wheels *wheels, mesh axles[ASSET_AXLE_LIMIT],
                        trouble *why) {
  if (variant < 0 || step < 0 || step >= asset_body_count(kind))
    return trouble_set(why, STATUS_RANGE, "thing kind %d variant %d has no body %d", (int)kind,
                       variant, step);
  mesh marked = {0};
  if (kind == THING_BICYCLE)
    bicycle_build_cranked(variant, step, fit, &marked);
  else
    families[kind].build(variant, &marked);
  asset_split(&marked, body, wheels, axles);
  if (whole) {
    asset_unmark(&marked);
    *whole = marked;
  } else {
    mesh_free(&marked);
  }
  double size_m[3];
  asset_size(kind, variant, size_m);
  asset_limit_steering(wheels, kind, size_m, axles);
  status result = mesh_check(body, families[kind].name, why);
  if (!result && whole)
    result = mesh_check(whole, families[kind].name, why);
  for (int i = 0; !result && i < wheels->axle_count; i++)
    result = mesh_check(&axles[i], families[kind].name, why);
  return result;
}
