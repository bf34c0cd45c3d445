// SPDX-License-Identifier: Apache-2.0
// What a shard says about itself: root attributes, and /job, what its scenes were made from.
#ifndef EXPORT_SHARD_ABOUT_H
#define EXPORT_SHARD_ABOUT_H

#include "export/shard.h"
#include "export/shard_sink.h"

/// Writes both into the sink's file, which has neither yet. STATUS_FORMAT.
status shard_about_write(shard_sink *sink, const shard_about *about, trouble *why);

#endif
