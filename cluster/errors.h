// SPDX-License-Identifier: Apache-2.0
// errno as a status with its one line.
#ifndef CLUSTER_ERRORS_H
#define CLUSTER_ERRORS_H

#include "base/status.h"

/// "path: what: reason". ENOSPC and EDQUOT are STATUS_NO_SPACE, ENOENT and ENOTDIR
/// STATUS_NOT_FOUND, the rest STATUS_IO.
status cluster_errno(trouble *why, int error, const char *path, const char *what);

#endif
