// SPDX-License-Identifier: Apache-2.0
#include "cluster/html.h"

void html_text(FILE *to, const char *text) {
  for (; *text; text++)
    switch (*text) {
    case '<':
      fputs("&lt;", to);
      break;
    case '>':
      fputs("&gt;", to);
      break;
    case '&':
      fputs("&amp;", to);
      break;
    case '"':
      fputs("&quot;", to);
      break;
    default:
      fputc(*text, to);
    }
}
