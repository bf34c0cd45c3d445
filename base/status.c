// SPDX-License-Identifier: Apache-2.0
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

status trouble_set(trouble *why, status code, const char *format, ...) {
  if (why) {
    // By way of a copy, since an argument may be why->text itself.
    trouble made = {.code = code};
    va_list args;
    va_start(args, format);
    vsnprintf(made.text, sizeof made.text, format, args);
    va_end(args);
    *why = made;
  }
  return code;
}

const char *status_name(status code) {
  static const char *const names[] = {
      "ok",    "memory",   "io",     "no_space", "not_found", "syntax",  "range",
      "limit", "conflict", "device", "format",   "rejected",  "stopped", "internal",
  };
  return (unsigned)code < sizeof names / sizeof *names ? names[code] : "unknown";
}
