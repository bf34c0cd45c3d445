// SPDX-License-Identifier: Apache-2.0
// A road network as OpenDRIVE 1.7. docs/roads.md says what goes where; the reader in
// scenes/opendrive_read.h takes it back.
#ifndef SCENES_OPENDRIVE_WRITE_H
#define SCENES_OPENDRIVE_WRITE_H

#include <stddef.h>

#include "base/status.h"
#include "scenes/road.h"

/// Equal networks and names give equal bytes. `name` stands in the header. On success *text is
/// heap memory of *size bytes (UTF-8, closing NUL not counted) that the caller frees; on
/// STATUS_MEMORY both are unchanged.
status opendrive_write(const road_network *net, const char *name, char **text, size_t *size,
                       trouble *why);

#endif
