// SPDX-License-Identifier: Apache-2.0
// Masks as run lengths: from the tiles that a thing alone covers. For files of render/ alone.
#ifndef RENDER_AMODAL_H
#define RENDER_AMODAL_H

#include <stdbool.h>
#include <stdint.h>

/// A rectangle of 4x4 tiles of an image; tile (x, y) begins at column 4 x and row 4 y.
typedef struct amodal_tiles {
  int x, y, across, down;
} amodal_tiles;

/// A list of runs that grows; all zero is empty. Free with amodal_runs_free.
typedef struct amodal_runs {
  int count, capacity;
  uint32_t *runs;
} amodal_runs;

/// Appends the runs of a mask in an image of that size: pixels outside and inside by turns,
/// outside first (maybe 0), column by column from the top left; they sum to its pixels.
/// `covered` (down, across): bit 4 row + column of a tile is set where the mask is; none is set
/// outside of the image. False when memory ran out.
bool amodal_append(amodal_runs *to, int width_px, int height_px, amodal_tiles where,
                   const uint32_t *covered);
void amodal_runs_free(amodal_runs *runs);

#endif
