// SPDX-License-Identifier: Apache-2.0
// Properties of junctions: what is in whose way, and what the ways lie on.
#ifndef TESTS_SCENES_WITH_JUNCTION_PROOFS_H
#define TESTS_SCENES_WITH_JUNCTION_PROOFS_H

#include "with_proofs.h"

/// The conflict matrix against brute force: the areas that bodies 0.2 m inside of their lanes'
/// borders sweep, cut into triangles of half a metre. Two lanes that don't come from the same
/// one are recorded exactly when those overlap; areas that touch within 0.05 m may be either.
/// What overlaps lies in the recorded stretches, and these reach no farther than half a body's
/// width and the 0.5 m of a step beyond it.
void proof_conflicts(const proof_case *c, proof_fault *out);
/// A conflict is known to both, of whom one yields.
void proof_yields(const proof_case *c, proof_fault *out);
/// What bodies sweep on their ways stays within the junction's outline, to 0.1 m.
void proof_ways_on_asphalt(const proof_case *c, proof_fault *out);
/// Crosswalks lie before junctions' outlines from kerb to kerb, where their lanes say; who
/// comes to a junction with one has half a metre from the stop to it.
void proof_stops(const proof_case *c, proof_fault *out);

#endif
