// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void log_line(log_level level, const char *format, ...) {
  if (level == LOG_DEBUG && !getenv("ROADLOOM_DEBUG"))
    return;
  static const char *const heads[] = {
      "roadloom: debug: ", "roadloom: ", "roadloom: warning: ", "roadloom: error: "};
  char line[2048];
  size_t used = (size_t)snprintf(line, sizeof line, "%s", heads[level]);
  va_list args;
  va_start(args, format);
  int more = vsnprintf(line + used, sizeof line - used - 1, format, args);
  va_end(args);
  used = more < 0 ? used : used + (size_t)more;
  if (used > sizeof line - 2)
    used = sizeof line - 2;
  line[used++] = '\n';
  ssize_t written = write(STDERR_FILENO, line, used);
  (void)written; // nowhere left to complain
}
