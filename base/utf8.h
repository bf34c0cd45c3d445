// SPDX-License-Identifier: Apache-2.0
// Whether text is UTF-8.
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

/// The line, from 1, of the first byte that isn't part of a UTF-8 character; 0 when
/// all are.
int utf8_wrong_line(const char *text);

#endif
