// SPDX-License-Identifier: Apache-2.0
// An episode as a strip: pictures of it over time, its speed with its faults below them, as a PNG.
#ifndef EXPORT_STRIP_H
#define EXPORT_STRIP_H

#include "base/status.h"
#include "export/canvas.h"
#include "sim/faults.h"

enum { STRIP_MOMENTS = 7, STRIP_TILES = 16, STRIP_FAULTS = 12, STRIP_LINE = 200 };

/// The episode that a strip is of. All must outlive the strip.
typedef struct strip_of {
  const char *title; // ASCII, as all texts here; may be NULL for tiles
  const char *end;   // how it ended, and why; likewise
  const scene *scene;
  const sim_episode *episode; // surveyed
  const sim_fault *faults;    // (fault_count) by at_frame
  int fault_count;
} strip_of;

/// Frames to show, ascending, the last one among them: even steps, moved to faults near them. How
/// many, at most STRIP_MOMENTS.
int strip_moments(const strip_of *of, int out[STRIP_MOMENTS]);

typedef struct strip strip;
/// STATUS_MEMORY. Release with strip_destroy.
status strip_create(strip **out, const strip_of *of, trouble *why);
/// NULL is ignored.
void strip_destroy(strip *s);
/// The whole way from above, with the moments' numbers, then each moment. STATUS_MEMORY.
status strip_add_birdseye(strip *s, trouble *why);
/// A picture of a frame, copied. All of a strip have one size. STATUS_MEMORY, STATUS_LIMIT.
status strip_add_picture(strip *s, const canvas *picture, int at_frame, trouble *why);
/// Lays out and writes it. STATUS_RANGE without a picture, and what picture_write_png does.
status strip_write(const strip *s, const char *path, trouble *why);

#endif
