// SPDX-License-Identifier: Apache-2.0
// roadloom completion: what bash needs to finish words, from the tables that the
// parsers read.
#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"

static const struct argp completion_argp = {
    .doc =
        "Prints the completion for bash. For this shell: source <(roadloom completion). For all: "
        "roadloom completion > ~/.local/share/bash-completion/completions/roadloom."};

// What follows the tables: the word before decides, then the subcommand.
static const char body[] =
    "  case $before in\n"
    "    --device) words='gpu cpu accelerator' ;;\n"
    "    --policy)\n"
    "      words='constant_velocity idm mobil aeb log_replay pdm_closed'\n"
    "      mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\" && compgen -f -- "
    "\"$word\")\n"
    "      return ;;\n"
    "    --traffic) words='reactive log' ;;\n"
    "    --on-crash) words='end continue' ;;\n"
    "    --reference) words='pdm_closed none' ;;\n"
    "    --set)\n"
    "      words=$(\"${COMP_WORDS[0]}\" fields --paths 2>/dev/null)\n"
    "      compopt -o nospace\n"
    "      mapfile -t COMPREPLY < <(compgen -S = -W \"$words\" -- \"$word\")\n"
    "      return ;;\n"
    "    -o | --output | --sheet)\n"
    "      mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "      compopt -o filenames\n"
    "      return ;;\n"
    "    *)\n"
    "      if ((COMP_CWORD == 1)) || [[ $COMP_CWORD == 2 && ${COMP_WORDS[1]} == help ]]; then\n"
    "        words=$commands\n"
    "      elif [[ \" $valued \" == *\" $before \"* ]]; then\n"
    "        return # a number or a name: nothing to propose\n"
    "      elif [[ $word == -* ]]; then\n"
    "        words=$options\n"
    "      else\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "        compopt -o filenames\n"
    "        return\n"
    "      fi ;;\n"
    "  esac\n"
    "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
    "}\n"
    "complete -F _roadloom roadloom\n";

static void print_options(const cli_command *command, bool valued) {
  struct argp_option options[CLI_OPTIONS_MAX];
  int count = cli_option_table(command, options);
  for (int i = 0; i < count; i++) {
    if (!options[i].name || (valued && !options[i].arg))
      continue;
    printf(" --%s", options[i].name);
    if (options[i].key > 32 && options[i].key < 127)
      printf(" -%c", options[i].key);
  }
}

static void print_script(void) {
  printf("# bash completion for roadloom; made by `roadloom completion`.\n_roadloom() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
         "  local words='' options='--help' valued='' commands='--help --version help");
  for (int i = 0; cli_commands[i]; i++)
    printf(" %s", cli_commands[i]->name);
  printf("'\n  case ${COMP_WORDS[1]} in\n");
  for (int i = 0; cli_commands[i]; i++) {
    printf("    %s)\n      options='--help", cli_commands[i]->name);
    print_options(cli_commands[i], false);
    printf("'\n      valued='");
    print_options(cli_commands[i], true);
    printf("' ;;\n");
  }
  // bash takes --device=gpu for three words.
  printf("  esac\n"
         "  [[ $word == = ]] && word=\n"
         "  [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD - 2]}\n%s",
         body);
}

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  if (!cli_parse(&cli_completion, argc, argv, &options, NULL))
    return EXIT_TROUBLE;
  cli_options_free(&options);
  print_script();
  return EXIT_DONE;
}

const cli_command cli_completion = {.name = "completion",
                                    .help = "print the completion of words for bash",
                                    .argp = &completion_argp,
                                    .run = run};
