// SPDX-License-Identifier: Apache-2.0
// A maker that makes bytes from the job alone, without Lua, OpenCL or HDF5, and
// misbehaves on request: what the cluster must survive, quickly.
//
// $FAKE_FAULT is a word, a unit and perhaps a file: "crash:3" dies at unit 3,
// "crash:3:/tmp/x" only if /tmp/x isn't there yet (and makes it). Words: crash, hang,
// device, range, io, differ (other bytes than usual), open (no device at all), and
// die and stall (before it is ready; no unit: "die:-1").
// $FAKE_MS is how long a unit takes.
#ifndef WITH_FAKE_H
#define WITH_FAKE_H

#include "cluster/maker.h"

extern const cluster_maker fake_maker;

#endif
