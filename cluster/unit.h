// SPDX-License-Identifier: Apache-2.0
// The product's maker: script -> scene -> world -> renderer -> shard.
#ifndef CLUSTER_UNIT_H
#define CLUSTER_UNIT_H

#include "cluster/maker.h"

extern const cluster_maker cluster_unit_maker;

#endif
