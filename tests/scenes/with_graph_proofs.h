// SPDX-License-Identifier: Apache-2.0
// The lane graph as a whole: where one gets to.
#ifndef TESTS_SCENES_WITH_GRAPH_PROOFS_H
#define TESTS_SCENES_WITH_GRAPH_PROOFS_H

#include "with_proofs.h"

/// Two promises, with lanes side by side outside junctions taken as one, as vehicles change
/// lanes there. Who leaves by an open end may come back by any: then one gets from every lane
/// to every other. And of the lanes where one neither has to leave by an open end nor can only
/// come from one, each is reached from each other without leaving. A grid city has no open end.
void proof_connected(const proof_case *c, proof_fault *out);

#endif
