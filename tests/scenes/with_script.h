// SPDX-License-Identifier: Apache-2.0
// Scripts from text, for tests.
#ifndef TESTS_SCENES_WITH_SCRIPT_H
#define TESTS_SCENES_WITH_SCRIPT_H

#include "scenes/script.h"

/// Opens `text` as urban.lua with `count` overrides given as path, value, path, value…
/// and defines scene `index` of `seed`, first attempt.
status define_with(const char *text, const char *const *overrides, int count, uint64_t seed,
                   uint32_t index, scene_def *out, trouble *why);
/// The same without overrides, seed 1, scene 0.
status define_text(const char *text, scene_def *out, trouble *why);
/// Fails the test unless the text ends with this status and exactly this error.
void expect_error(const char *text, status code, const char *error);
/// Fails the test unless --set path=value on `text` ends with exactly this error.
void expect_set_error(const char *text, const char *path, const char *value, const char *error);
/// Runs `expression` as a script and fails the test unless it is true.
void expect_true(const char *expression);

#endif
