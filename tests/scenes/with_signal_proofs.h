// SPDX-License-Identifier: Apache-2.0
// Properties of signal programs.
#ifndef TESTS_SCENES_WITH_SIGNAL_PROOFS_H
#define TESTS_SCENES_WITH_SIGNAL_PROOFS_H

#include "with_proofs.h"

/// Junctions with signals, and no others, have a program of 25 to 300 s; each of its groups is
/// green for 4.9 s at least; vehicles' green ends with 2.9 to 6.1 s of yellow, then red; every
/// lane that comes in obeys a signal of this junction, unless it gives way on all of its ways.
void proof_greens(const proof_case *c, proof_fault *out);
/// Two lanes whose areas overlap have green or yellow together only where the one that yields
/// turns and they come towards each other, or where lanes side by side only touch as they
/// part, or become one.
void proof_conflicting_greens(const proof_case *c, proof_fault *out);
/// While people have green the lanes that come in across their crosswalk are red, and nobody
/// drives straight on over it.
void proof_people_greens(const proof_case *c, proof_fault *out);

#endif
