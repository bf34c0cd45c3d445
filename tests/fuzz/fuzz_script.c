// SPDX-License-Identifier: Apache-2.0
// libFuzzer's target for scene scripts: the sandbox, the reader of what they return, --set.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Bytes up to the first zero are the script, what follows is a value for --set.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 2);
  if (!text)
    return 0;
  memcpy(text, data, size);
  text[size] = text[size + 1] = 0;
  script_override set = {.path = "road", .value = text + strlen(text) + 1};
  script_modules modules = {0};
  script_maps maps = {0};
  script *s = NULL;
  scene_def def;
  trouble why = {0};
  int sets = strlen(text) < size;
  if (script_open_recorded(&s, "fuzz.lua", text, &modules, &maps, &set, sets, &why) == STATUS_OK)
    (void)script_define(s, 1, 0, 0, &def, &why);
  script_close(s);
  free(text);
  return 0;
}
