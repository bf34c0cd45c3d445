// SPDX-License-Identifier: Apache-2.0
// One list of status codes and the text that goes with a failure.
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/// What a function answers. STATUS_OK is 0, everything else is a failure whose
/// text is in the caller's `trouble`.
typedef enum status {
  STATUS_OK = 0,
  STATUS_MEMORY,    ///< memory ran out
  STATUS_IO,        ///< the operating system refused a read or a write
  STATUS_NO_SPACE,  ///< the disk or quota is full
  STATUS_NOT_FOUND, ///< a named thing isn't there
  STATUS_SYNTAX,    ///< text that can't be parsed
  STATUS_RANGE,     ///< a value outside its documented range
  STATUS_LIMIT,     ///< a quota was used up: instructions, memory, time, attempts
  STATUS_CONFLICT,  ///< something else is already there and differs
  STATUS_DEVICE,    ///< an OpenCL device failed or is missing
  STATUS_FORMAT,    ///< a file isn't what it should be
  STATUS_REJECTED,  ///< require_that() turned the scene down
  STATUS_STOPPED,   ///< asked to stop
  STATUS_INTERNAL,  ///< our own bug
} status;

/// Where a failing function leaves its one clear line: what, where, what to do.
typedef struct trouble {
  status code;
  char text[1024];
} trouble;

/// Sets `why` (ignored when NULL) and returns `code`, so that a failure is one
/// line: `return trouble_set(why, STATUS_IO, "%s: cannot open: %s", …);`.
/// Text longer than the buffer is cut. An argument may be why->text, so that a caller
/// can say where it happened.
status trouble_set(trouble *why, status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/// The code's name in lower case, e.g. "no_space"; never NULL.
const char *status_name(status code);

#endif
