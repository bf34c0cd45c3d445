// SPDX-License-Identifier: Apache-2.0
#include "cli/version.h"

#include <stdio.h>

#include "roadloom_commit.h" // ROADLOOM_COMMIT, written by the build

const char *cli_version(void) {
  return ROADLOOM_VERSION "+" ROADLOOM_COMMIT;
}

void cli_version_print(void) {
  printf("roadloom %s\nlicence Apache-2.0, built with %s\n", cli_version(), ROADLOOM_LIBRARIES);
}
