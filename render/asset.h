// SPDX-License-Identifier: Apache-2.0
// Procedural geometry of things. A family has variants; a variant's meshes depend on
// nothing but (kind, variant, phase), so they are built once a process and shared.
//
// Where things have their front, x: vehicles and people look ahead; a building's street face,
// a bench's seat, a shelter's open side, a sign's, billboard's and signal's faces look along
// +x. A lamp's pole stands at the rear end of its box and its arm reaches to the front end,
// with MATERIAL_LAMP_GLASS under the head; signs and signals are plates and heads alone, their
// poles are things of their own. Left indicators are those at y > 0.
// People are built in the box of their whole walk, about 0.47 of their height long and 0.32
// wide: a smaller size_m squeezes their stride.
#ifndef RENDER_ASSET_H
#define RENDER_ASSET_H

#include <stdint.h>

#include "base/status.h"
#include "render/mesh.h"
#include "scenes/scene.h"

/// The variant of a thing with that seed and box: any int >= 0. Buildings choose
/// storeys and bays near size_m, so that an instance's scale stays near 1.
int asset_variant(thing_kind kind, uint32_t asset_seed, const double size_m[3]);
/// The phases of a tree that is far from the viewer, with fewer, larger leaves, and of one close
/// by.
enum { ASSET_TREE_FAR = 1, ASSET_TREE_CLOSE = 2 };
/// No kind has more phases.
enum { ASSET_PHASE_LIMIT = 9 };

/// Number of poses a variant has: walk cycle phases for people (the last one stands
/// still), three for trees (near, ASSET_TREE_FAR, ASSET_TREE_CLOSE), 1 for the rest.
int asset_phase_count(thing_kind kind);
/// The phase for a gait of 0..1 and a speed.
int asset_phase(thing_kind kind, double gait, double speed_mps);
/// The box l, w, h of the variant as built. An instance is scaled by size_m over this;
/// so labels and geometry agree. People are the same in every phase (a box of their
/// widest phase).
void asset_size(thing_kind kind, int variant, double size_m[3]);
/// Whether a kind has its driver's seat on one side.
bool asset_sided(thing_kind kind);
/// Makes of a sided kind's mesh the one for traffic on the left, its mirror image: asset_build
/// has the driver on the left, a bus's doors on the right. Number plates can be read in both.
void asset_turn(mesh *m);
/// Cars and vans have further phases, with the driver's door open: DOOR_PHASES of them, evenly up
/// to DOOR_MOST_RAD. They are built one by one, for those whose door opens, and reach out of the
/// box of asset_size by the door alone.
enum { ASSET_DOOR_FIRST = 1 };
/// The phase for a door's angle; 0 for a closed one and for kinds without.
int asset_door_phase(thing_kind kind, double door_rad);
/// Builds one of them without its wheels, as asset_build_body. STATUS_RANGE for a kind or a phase
/// that isn't one.
status asset_build_open(thing_kind kind, int variant, int phase, mesh *out, trouble *why);
/// Vehicles have a further mesh: without their wheels, which turn and steer as things of their
/// own. Bicycles have one for every step of their cranks.
enum { ASSET_BODY_FIRST = 64, ASSET_AXLE_FIRST = 96, ASSET_AXLE_LIMIT = 4, ASSET_WHEEL_LIMIT = 8 };
typedef struct asset_wheel {
  float centre_m[3];    // in the frame and scale of the vehicle as built
  float radius_m;       // no corner is further from its axle
  float steer_most_rad; // 0 behind; further would take it out of the vehicle's box or its fork
  int axle;             // from the front, from 0: which mesh it shows
  bool right;           // and that turned about z by half a turn
} asset_wheel;
typedef struct asset_wheels {
  int count, axle_count;
  asset_wheel at[ASSET_WHEEL_LIMIT];
} asset_wheels;
/// The bounds that the steps of a variant's body are stretched from, those of step 0.
typedef struct asset_fit {
  bool known;
  float lo[3], hi[3]; // m
} asset_fit;
/// How many bodies a kind has; 0: no wheels.
int asset_body_count(thing_kind kind);
/// The phase of the body for wheels that have turned so far, ASSET_BODY_FIRST and up.
int asset_body_phase(thing_kind kind, double wheel_rad);
/// Builds the body of a step of 0..asset_body_count - 1 and where its wheels stand; `axles`: a
/// wheel of each axle around its middle, outside to the left, round in x and z; `whole`, may be
/// NULL: the vehicle with its wheels on, as asset_build has it for step 0. `fit`: one for all steps
/// of a variant, all zero before the first. All meshes are empty before; the caller frees them,
/// also after trouble.
status asset_build_body(thing_kind kind, int variant, int step, asset_fit *fit, mesh *whole,
                        mesh *body, asset_wheels *wheels, mesh axles[ASSET_AXLE_LIMIT],
                        trouble *why);
/// Builds all phases: x forward, y left, z up, origin on the ground at the middle of the box,
/// every vertex inside the box of asset_size. `out` is empty before; the caller frees every
/// mesh, also after trouble. STATUS_RANGE for an unknown kind or a variant below 0.
status asset_build(thing_kind kind, int variant, mesh out[ASSET_PHASE_LIMIT], trouble *why);

#endif
