// SPDX-License-Identifier: Apache-2.0
// Lines for a person, on stderr. Each is one write, so ranks don't mix.
#ifndef BASE_LOG_H
#define BASE_LOG_H

typedef enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR } log_level;

/// "roadloom: warning: …\n" on stderr. LOG_INFO has no level word. LOG_DEBUG is
/// shown only when the environment has ROADLOOM_DEBUG.
void log_line(log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
