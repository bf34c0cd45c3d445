// SPDX-License-Identifier: Apache-2.0
// A contact sheet: frames as a person looks at them, side by side. A row shows one
// frame: the first camera's colours, depth, semantic classes and instances with their
// 2D boxes, the further labels that it writes, each lidar from above with the 3D boxes, then the
// other cameras.
#ifndef EXPORT_SHEET_H
#define EXPORT_SHEET_H

#include "base/status.h"
#include "export/canvas.h"
#include "render/frame.h"
#include "scenes/rig.h"

typedef struct sheet sheet;

/// An empty sheet. STATUS_MEMORY. Release with sheet_destroy.
status sheet_create(sheet **out, trouble *why);
void sheet_destroy(sheet *s);
/// Draws a row; neither frame nor rig is kept. The title stands above it (ASCII).
status sheet_add_row(sheet *s, const char *title, const frame *f, const rig_def *rig, trouble *why);
/// Writes the sheet as a PNG. STATUS_RANGE when it has no row.
status sheet_write(const sheet *s, const char *path, trouble *why);

#endif
