// SPDX-License-Identifier: Apache-2.0
#include <stddef.h>

#include "cli/command.h"

const cli_command *const cli_commands[] = {
    &cli_generate, &cli_drive,  &cli_replay,       &cli_compare, &cli_preview,
    &cli_check,    &cli_road,   &cli_export_scene, &cli_inspect, &cli_fields,
    &cli_devices,  &cli_manual, &cli_completion,   NULL,
};
