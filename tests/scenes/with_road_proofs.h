// SPDX-License-Identifier: Apache-2.0
// Properties of roads: reference lines, elevation, widths, room between roads.
#ifndef TESTS_SCENES_WITH_ROAD_PROOFS_H
#define TESTS_SCENES_WITH_ROAD_PROOFS_H

#include "with_proofs.h"

/// Pieces of a reference line join in place, heading and curvature.
void proof_lines_smooth(const proof_case *c, proof_fault *out);
/// No road outside junctions bends tighter than docs/roads.md says for its place; a place that
/// isn't named there keeps AASHTO's least radius for the speed limit.
void proof_bends(const proof_case *c, proof_fault *out);
/// Height and grade go on without a step, within roads and from a lane to the next.
void proof_elevation(const proof_case *c, proof_fault *out);
/// Every lane has a width that its type can have, without a step or a kink along it, and as
/// wide as its successor where they join.
void proof_widths(const proof_case *c, proof_fault *out);
/// Lanes of roads that aren't linked don't lie in each other, unless one passes 4 m above.
void proof_roads_apart(const proof_case *c, proof_fault *out);

#endif
