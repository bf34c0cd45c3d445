// SPDX-License-Identifier: Apache-2.0
// A tiny bitmap font for labels in pictures.
#ifndef EXPORT_LETTERS_H
#define EXPORT_LETTERS_H

enum { LETTERS_COLUMNS = 5, LETTERS_ROWS = 9 };

/// The rows of a printable ASCII character from the top, LETTERS_ROWS bytes, the leftmost
/// pixel in the highest of the LETTERS_COLUMNS low bits; a box for all others.
const unsigned char *letters_glyph(char letter);

#endif
