// SPDX-License-Identifier: Apache-2.0
// Which device a rank's worker takes.
#ifndef CLUSTER_UNIT_DEVICE_H
#define CLUSTER_UNIT_DEVICE_H

#include "cluster/maker.h"
#include "render/device.h"

/// Id of the device of that type for the local_rank-th rank of a machine: several
/// ranks share out several devices in turn. -1 when there are fewer than two.
int cluster_unit_device_turn(const device_info *devices, int count, const char *type,
                             int local_rank);
/// Opens what --device asks for; where that leaves a choice among several devices
/// of a type, ranks take turns. A machine's first rank says when kernels are compiled.
status cluster_unit_device(device **out, const cluster_place *place, trouble *why);

#endif
