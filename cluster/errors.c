// SPDX-License-Identifier: Apache-2.0
#include "cluster/errors.h"

#include <errno.h>
#include <string.h>

status cluster_errno(trouble *why, int error, const char *path, const char *what) {
  status code = STATUS_IO;
  if (error == ENOSPC || error == EDQUOT)
    code = STATUS_NO_SPACE;
  else if (error == ENOENT || error == ENOTDIR)
    code = STATUS_NOT_FOUND;
  return trouble_set(why, code, "%s: %s: %s", path, what, strerror(error));
}
