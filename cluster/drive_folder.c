// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_folder.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cluster/folder.h"

status cluster_drive_folder(const char *folder, cluster_job *job, cluster_units *units,
                            trouble *why) {
  char path[FOLDER_PATH], *text;
  size_t size;
  status result = cluster_path(path, folder, "job.json", why);
  if (!result && !file_exists(path))
    result = trouble_set(why, STATUS_NOT_FOUND,
                         "%s: no folder of `roadloom drive`: there is no job.json in it", folder);
  if (!result)
    result = file_read(path, (size_t)1 << 26, &text, &size, why);
  if (result)
    return result;
  result = cluster_job_read(path, text, job, why);
  free(text);
  if (result)
    return result;
  memset(units, 0, sizeof *units);
  if (strcmp(job->kind, "drive") != 0)
    result = trouble_set(why, STATUS_FORMAT, "%s: wasn't made by `roadloom drive`", folder);
  if (!result)
    result = cluster_units_cut(job, units, why);
  if (result) {
    cluster_units_free(units);
    cluster_job_free(job);
  }
  return result;
}
