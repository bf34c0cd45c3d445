// SPDX-License-Identifier: Apache-2.0
// Properties of the walk graph.
#ifndef TESTS_SCENES_WITH_WALK_PROOFS_H
#define TESTS_SCENES_WITH_WALK_PROOFS_H

#include "with_proofs.h"

/// Where there are sidewalks and a junction with crosswalks, one gets on foot from everywhere
/// to everywhere; the sides of a single road are apart. Roads with sidewalks have ways.
void proof_walks_connected(const proof_case *c, proof_fault *out);
/// Edges begin and end at their nodes, which know them; but for crosswalks nobody comes closer
/// to a lane than 0.3 m.
void proof_walks_apart(const proof_case *c, proof_fault *out);

#endif
