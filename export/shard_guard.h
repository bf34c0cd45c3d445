// SPDX-License-Identifier: Apache-2.0
// What a shard from a stranger may not have.
#ifndef EXPORT_SHARD_GUARD_H
#define EXPORT_SHARD_GUARD_H

#include <hdf5.h>

#include "base/status.h"

/// Opens `path` read-only with plugins off and walks all of it. STATUS_FORMAT when
/// something in it isn't a group or dataset of its own, or needs a filter but shuffle
/// and deflate.
status shard_guard_open(const char *path, hid_t *file, trouble *why);

#endif
