// SPDX-License-Identifier: Apache-2.0
// The table of subcommands: a file each, and a row each in COMMANDS.
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

// X(name, one line of help)
#define COMMANDS(X)                                                                                \
  X(generate, "make a dataset from a scene script, alone or under mpirun")                         \
  X(preview, "draw a contact sheet of a script's first scenes")                                    \
  X(check, "say whether a script is fine and what it makes")                                       \
  X(inspect, "show what is in a dataset or a shard")                                               \
  X(fields, "list every field of a script with unit, range and default")                           \
  X(devices, "list the OpenCL devices and the ids that --device takes")

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

/// Each takes its own arguments (argv[0] is "roadloom NAME") and returns an exit code.
#define X(name, help) int cli_##name(int argc, char **argv);
COMMANDS(X)
#undef X

#endif
