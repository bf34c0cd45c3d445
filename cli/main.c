// SPDX-License-Identifier: Apache-2.0
// The program: finds the subcommand in the table and hands over.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/version.h"

enum { COMMANDS_MAX = 32 };

static void print_help(FILE *to) {
  fprintf(to, "Usage: roadloom COMMAND [OPTION...]\n"
              "Weaves road scenes into labelled training data.\n\nCommands:\n");
  for (int i = 0; cli_commands[i]; i++)
    fprintf(to, "  %-10s %s\n", cli_commands[i]->name, cli_commands[i]->help);
  fprintf(to,
          "\n`roadloom COMMAND --help` shows a command's options; `roadloom --version` the "
          "version.\nStart with: roadloom preview scenes/library/first_drive.lua -o sheet.png\n");
}

static const cli_command *find(const char *name) {
  for (int i = 0; cli_commands[i]; i++)
    if (strcmp(cli_commands[i]->name, name) == 0)
      return cli_commands[i];
  return NULL;
}

static int unknown(const char *name) {
  const char *names[COMMANDS_MAX];
  int count = 0;
  for (; cli_commands[count] && count < COMMANDS_MAX; count++)
    names[count] = cli_commands[count]->name;
  const char *near = words_nearest(name, names, count);
  if (near)
    fprintf(stderr, "roadloom: unknown command '%s'; did you mean '%s'?\n", name, near);
  else
    fprintf(stderr, "roadloom: unknown command '%s'; `roadloom --help` lists them\n", name);
  return EXIT_USAGE;
}

static int run(const cli_command *found, int argc, char **argv) {
  char name[64];
  snprintf(name, sizeof name, "roadloom %s", found->name);
  argv[0] = name;
  return found->run(argc, argv);
}

int main(int argc, char **argv) {
  if (!cli_speaks()) { // under mpirun, one rank says everything and most work is for it alone
    const cli_command *wanted = argc > 1 ? find(argv[1]) : NULL;
    if (!wanted || !wanted->every_rank)
      return EXIT_DONE;
    if (!freopen("/dev/null", "w", stdout))
      return EXIT_TROUBLE;
  }
  if (argc < 2) {
    print_help(stderr);
    return EXIT_USAGE;
  }
  const char *first = argv[1];
  if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
    cli_version_print();
    return EXIT_DONE;
  }
  bool help = strcmp(first, "help") == 0;
  if (help && argc > 2) { // `roadloom help generate` is `roadloom generate --help`
    const cli_command *found = find(argv[2]);
    char flag[] = "--help";
    char *line[] = {argv[0], flag, NULL};
    return found ? run(found, 2, line) : unknown(argv[2]);
  }
  if (help || strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
    print_help(stdout);
    return EXIT_DONE;
  }
  const cli_command *found = find(first);
  return found ? run(found, argc - 1, argv + 1) : unknown(first);
}
