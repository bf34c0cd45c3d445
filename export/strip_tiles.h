// SPDX-License-Identifier: Apache-2.0
// The square pictures from above that strips and reports are made of.
#ifndef EXPORT_STRIP_TILES_H
#define EXPORT_STRIP_TILES_H

#include <stddef.h>

#include "export/birdseye.h"
#include "export/strip.h"

/// What strips and their tiles are drawn with.
extern const colour strip_paper, strip_ink, strip_blue, strip_red;

/// A fault in words: "collision, its fault, with car 17".
void strip_fault_text(const sim_fault *fault, char *out, size_t size);

/// One moment: the ground across_m wide with the route, the ego's last 3 s and everybody there;
/// whom it has hit red, and a ring round the ego in the frame of a fault. `where` (may be NULL)
/// gets what it shows. rgb is NULL when memory ran out. Free rgb.
canvas strip_moment(const strip_of *of, const birdseye *b, int at_frame, int side_px,
                    double across_m, birdseye_view *where);
/// The whole way with the goal, faults as rings and the numbers of `moments`; likewise.
canvas strip_way(const strip_of *of, const birdseye *b, const int *moments, int count, int side_px,
                 birdseye_view *where);

#endif
