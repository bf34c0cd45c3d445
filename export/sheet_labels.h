// SPDX-License-Identifier: Apache-2.0
// Cells of a contact sheet for the labels that a camera writes on demand. All return 0 when memory
// ran out; what they give is freed by canvas.rgb.
#ifndef EXPORT_SHEET_LABELS_H
#define EXPORT_SHEET_LABELS_H

#include "export/canvas.h"
#include "render/frame.h"

/// One cell: what it is of, and who draws it.
typedef struct sheet_label {
  const char *label;
  int (*draw)(canvas *out, int width, int height, const frame *f, int camera);
} sheet_label;

/// What there is to draw of a camera's labels beyond the standard ones, by index: false past the
/// end. `labels` are those that it wrote.
int sheet_label_at(uint32_t labels, int index, sheet_label *out);

#endif
