// SPDX-License-Identifier: Apache-2.0
// The table of subcommands: a file each, and a row each in cli/commands.c.
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <argp.h>
#include <stdbool.h>

/// What main, the man page and the shell's completion know of a subcommand.
typedef struct cli_command {
  const char *name, *help;           // help: one line
  const struct argp *argp;           // its own options, arguments and text
  unsigned shared;                   // cli_shared bits of cli/options.h
  bool every_rank;                   // works under mpirun; of others, one rank alone does anything
  int (*run)(int argc, char **argv); // argv[0] is "roadloom NAME"; gives an exit code
} cli_command;

extern const cli_command cli_generate, cli_drive, cli_replay, cli_compare, cli_preview, cli_check,
    cli_road, cli_export_scene, cli_inspect, cli_fields, cli_devices, cli_manual, cli_completion;

/// All of them in the order of the help, with NULL at the end.
extern const cli_command *const cli_commands[];

/// How the program ends. docs/running.md explains each to its user.
enum {
  EXIT_DONE = 0,
  EXIT_TROUBLE = 1,    // one line on stderr says what, where and what to do
  EXIT_USAGE = 2,      // wrong command line
  EXIT_QUARANTINE = 3, // done but for shards that failed three times
  EXIT_NO_SPACE = 4,   // the disk is full; the same command goes on
  EXIT_STOPPED = 5,    // asked to stop; the same command goes on
  EXIT_CONFLICT = 6,   // two runs made different bytes for one shard
};

#endif
