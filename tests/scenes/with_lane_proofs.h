// SPDX-License-Identifier: Apache-2.0
// Properties of single lanes of the lane graph and of their joints.
#ifndef TESTS_SCENES_WITH_LANE_PROOFS_H
#define TESTS_SCENES_WITH_LANE_PROOFS_H

#include "with_proofs.h"

/// Within 1 mm and 0.001 rad, and the successor knows its predecessor.
void proof_joins(const proof_case *c, proof_fault *out);
/// As scenes/road.h says: at most 2 m apart, 1 m on curves, headings C1 within 1e-3; no lane
/// bends so tightly that its inner border turns back.
void proof_points(const proof_case *c, proof_fault *out);
void proof_no_self_crossing(const proof_case *c, proof_fault *out);
/// Left and right know each other and touch at both ends.
void proof_neighbours(const proof_case *c, proof_fault *out);

#endif
