// SPDX-License-Identifier: Apache-2.0
// Drawing on an RGB image in memory. Everything is cut to the image.
#ifndef EXPORT_CANVAS_H
#define EXPORT_CANVAS_H

#include <stdint.h>

typedef struct canvas {
  int width, height;
  uint8_t *rgb; // (height, width, 3)
} canvas;

typedef struct colour {
  uint8_t r, g, b;
} colour;

enum { CANVAS_GLYPH_WIDTH = 6, CANVAS_GLYPH_HEIGHT = 9 }; // cell of one letter at scale 1

/// An image of one colour; rgb is NULL when memory ran out. Free rgb.
canvas canvas_create(int width, int height, colour fill);
void canvas_fill(canvas *c, int x, int y, int width, int height, colour with);
/// Lays `with` over a pixel, 0 <= alpha <= 1.
void canvas_blend(canvas *c, int x, int y, colour with, double alpha);
/// A line between two points, one pixel wide and smooth.
void canvas_line(canvas *c, double x0, double y0, double x1, double y1, colour with, double alpha);
/// Fills a polygon of `count` corners x, y, each pixel whose middle is inside (even-odd).
void canvas_polygon(canvas *c, const double (*corners)[2], int count, colour with, double alpha);
/// The outline of pixels x0 <= x < x1, y0 <= y < y1, `thick` pixels inwards.
void canvas_frame(canvas *c, int x0, int y0, int x1, int y1, int thick, colour with, double alpha);
void canvas_circle(canvas *c, double x, double y, double radius, colour with, double alpha);
/// ASCII text from its top left corner; other bytes show as a box. The x past its end.
int canvas_text(canvas *c, int x, int y, int scale, const char *text, colour with);
int canvas_text_width(int scale, const char *text);
/// A picture `factor` times smaller each way, a pixel the mean of those it stands for: what was
/// drawn so much larger has smooth edges. rgb is NULL when memory ran out. Free rgb.
canvas canvas_shrink(const canvas *from, int factor);
/// Copies `from` with its top left corner at x, y.
void canvas_paste(canvas *c, int x, int y, const canvas *from);

/// Dark violet (u = 0) through blue, teal and green to yellow (u = 1), evenly brighter.
colour colour_ramp(double u);
/// A colour for an id: neighbours differ, the same id is always the same colour.
colour colour_of_id(uint32_t id);
colour colour_mix(colour a, colour b, double u);

#endif
