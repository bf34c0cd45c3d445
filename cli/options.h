// SPDX-License-Identifier: Apache-2.0
// Options and arguments that mean the same in every subcommand that has them.
//
// A subcommand describes its own options in a `struct argp` as usual and names the
// shared ones it wants in its row; cli_parse() puts both into one --help:
//
//   static int run(int argc, char **argv) {
//     cli_options options = cli_options_default();
//     struct mine mine = {0};
//     if (!cli_parse(&cli_mine, argc, argv, &options, &mine))
//       return EXIT_TROUBLE;
//     …
//     cli_options_free(&options);
//   }
//   const cli_command cli_mine = {"mine", "…", &mine_argp, CLI_SCRIPT | CLI_SEED, false, run};
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/command.h"
#include "cluster/split.h"
#include "scenes/script.h"

typedef enum cli_shared {
  CLI_SEED = 1,          // --seed N
  CLI_SCENES = 2,        // --scenes N
  CLI_SET = 4,           // --set FIELD=VALUE, as often as wanted
  CLI_DEVICE = 8,        // --device ID|TYPE|NAME
  CLI_SPLIT = 16,        // --split train=80,val=10,test=10
  CLI_SCRIPT = 32,       // one argument, a scene script; must be there
  CLI_SCRIPTS = 256,     // one argument or more, scene scripts and folders of them
  CLI_OUTPUT_DIR = 64,   // -o DIR; must be there
  CLI_OUTPUT_FILE = 128, // -o FILE; must be there
} cli_shared;

enum {
  CLI_OWN_KEY = 0x1000, // keys of a subcommand's own long-only options start here
  CLI_OPTIONS_MAX = 48,
};

typedef struct cli_options {
  const char *script, *output; // point into argv
  int script_count, script_capacity;
  const char **scripts; // (script_count) of CLI_SCRIPTS; point into argv; owned
  uint64_t seed;
  uint32_t scenes;    // a subcommand puts its own default here before parsing
  const char *device; // NULL: choose; points into argv
  cluster_split split;
  int override_count, override_capacity;
  script_override *overrides; // owned, and so are their paths; values point into argv
} cli_options;

/// Seed 0, one scene, any device, 80/10/10, nothing overridden.
cli_options cli_options_default(void);
void cli_options_free(cli_options *options);

/// Parses argv with the subcommand's own argp and its shared options. The own parser
/// finds `own_input` in state->input. Leaves the program with EXIT_USAGE and one line on
/// a wrong command line, and with EXIT_DONE after --help. Returns false only when memory
/// ran out, with the reason printed.
bool cli_parse(const cli_command *command, int argc, char **argv, cli_options *options,
               void *own_input);

/// All options of a subcommand, its own first, ended by an empty one; how many.
int cli_option_table(const cli_command *command, struct argp_option out[CLI_OPTIONS_MAX]);

/// Under mpirun every rank reads the same command line: true for the one rank that
/// says what there is to say about it.
bool cli_speaks(void);

/// Ends with "roadloom NAME: …" on stderr and EXIT_USAGE; for own parsers.
void cli_usage_error(const struct argp_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/// A moment of a scene in seconds, 0 or more, or a usage error that names `option`.
double cli_moment(const struct argp_state *state, const char *option, const char *text);

/// A whole number lo..hi, or a usage error that names `option`.
uint64_t cli_whole_number(const struct argp_state *state, const char *option, const char *text,
                          uint64_t lo, uint64_t hi);

/// The command line of a subcommand as a person would type it again, mpirun before it where there
/// is one. argv[0] isn't looked at. NULL when memory ran out; the caller frees it.
char *cli_command_line(const char *name, int argc, char **argv);

/// The folder of the shipped scene library: $ROADLOOM_LIBRARY, the one the program
/// was built with, or ../share/roadloom/scenes beside the program, whichever is the
/// first that exists; NULL when none does. The caller frees it.
char *cli_library_folder(void);

/// Says before any work whether a file can be made there: STATUS_CONFLICT for a
/// folder, STATUS_NOT_FOUND without the folder above, STATUS_IO without the right to write.
status cli_check_output_file(const char *path, trouble *why);

/// Prints `why` as "roadloom NAME: text" on stderr and gives EXIT_TROUBLE.
int cli_fail(const char *name, const trouble *why);

#endif
