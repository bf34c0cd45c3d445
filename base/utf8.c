// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

// Bytes of the character at `s`, 0 when there is none.
static int character_bytes(const unsigned char *s) {
  if (s[0] < 0x80)
    return 1;
  if (s[0] < 0xc2 || s[0] > 0xf4)
    return 0;
  int count = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
  for (int i = 1; i < count; i++)
    if ((s[i] & 0xc0) != 0x80)
      return 0;
  // Longer than needed, a surrogate, or past the last character.
  bool wrong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
               (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f);
  return wrong ? 0 : count;
}

int utf8_wrong_line(const char *text) {
  int line = 1;
  for (const unsigned char *s = (const unsigned char *)text; *s;) {
    int count = character_bytes(s);
    if (!count)
      return line;
    line += *s == '\n';
    s += count;
  }
  return 0;
}

void utf8_clean(char *text, bool lines) {
  for (unsigned char *s = (unsigned char *)text; *s; s++) {
    bool second = s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0; // U+0080 .. U+009F
    if (second)
      *s++ = '?';
    if (second || *s < ' ' || *s == 0x7f)
      *s = *s == '\n' && lines ? '\n' : '?';
  }
}
