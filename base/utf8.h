// SPDX-License-Identifier: Apache-2.0
// Whether text is UTF-8, and free of what terminals obey.
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>

/// The line, from 1, of the first byte that isn't part of a UTF-8 character; 0 when
/// all are.
int utf8_wrong_line(const char *text);
/// Makes control characters '?', so that a stranger's text moves no terminal's cursor; `lines`:
/// all but line feeds.
void utf8_clean(char *text, bool lines);

#endif
