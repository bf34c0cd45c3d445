// SPDX-License-Identifier: Apache-2.0
// roadloom manual: the man page, from the tables that the parsers read.
// docs/roadloom.1 is its output.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"

static const struct argp manual_argp = {
    .doc =
        "Prints the man page: roadloom manual | man -l -. The file docs/roadloom.1 is the same."};

// Text as roff wants it: a hyphen that can be copied, no control at a line's begin.
static void print_roff(const char *text, size_t length) {
  for (size_t i = 0; i < length && text[i]; i++) {
    bool first = i == 0 || text[i - 1] == '\n';
    if (first && (text[i] == '.' || text[i] == '\''))
      fputs("\\&", stdout);
    if (text[i] == '\\')
      fputs("\\e", stdout);
    else if (text[i] == '-')
      fputs("\\-", stdout);
    else
      putchar(text[i]);
  }
}

static void print_text(const char *text) {
  print_roff(text, strlen(text));
}

static void print_option(const struct argp_option *o) {
  printf(".TP\n");
  if (o->key > 32 && o->key < 127)
    printf("\\fB\\-%c\\fR, ", o->key);
  printf("\\fB\\-\\-");
  print_text(o->name);
  printf("\\fR");
  if (o->arg) {
    printf("=\\fI");
    print_text(o->arg);
    printf("\\fR");
  }
  printf("\n");
  print_text(o->doc);
  printf("\n");
}

static void print_command(const cli_command *command) {
  struct argp_option options[CLI_OPTIONS_MAX];
  const char *doc = command->argp->doc;
  size_t before = strcspn(doc, "\v"); // argp prints what comes after it below the options
  printf(".SS roadloom ");
  print_text(command->name);
  printf(" ");
  print_text(command->argp->args_doc ? command->argp->args_doc : "");
  printf("\n");
  print_roff(doc, before);
  printf("\n");
  int count = cli_option_table(command, options);
  for (int i = 0; i < count; i++)
    if (options[i].name)
      print_option(&options[i]);
  if (doc[before]) {
    printf(".PP\n");
    print_text(doc + before + 1);
    printf("\n");
  }
}

static const char head[] =
    ".\\\" Made by `roadloom manual`; do not edit.\n"
    ".TH ROADLOOM 1 \"\" \"Roadloom " ROADLOOM_VERSION "\"\n"
    ".SH NAME\n"
    "roadloom \\- weave road scenes into labelled training data\n"
    ".SH SYNOPSIS\n"
    "\\fBroadloom\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...]\n"
    ".br\n"
    "\\fBmpirun \\-n\\fR \\fIN\\fR \\fBroadloom generate\\fR \\fISCENE.lua\\fR \\fB\\-o\\fR "
    "\\fIDIR\\fR\n"
    ".SH DESCRIPTION\n"
    "A scene script and a seed become thousands of concrete, moving scenes; cameras and\n"
    "lidars look at them; labelled frames land in HDF5 shards. The same command makes the\n"
    "same bytes on one machine and, by \\fBmpirun\\fR(1), on many.\n"
    ".SH COMMANDS\n";

static const char foot[] =
    ".SH EXIT STATUS\n"
    ".TP\n0\nDone.\n"
    ".TP\n1\nTrouble; one line on standard error says what, where and what to do.\n"
    ".TP\n2\nWrong command line.\n"
    ".TP\n3\nDone but for shards that failed three times; quarantine.jsonl lists them.\n"
    ".TP\n4\nThe disk is full or broken; make room, then the same command.\n"
    ".TP\n5\nAsked to stop; the same command goes on.\n"
    ".TP\n6\nTwo different results for one shard; both files are kept.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n\\fBROADLOOM_LIBRARY\\fR\nFolder of the scripts that \\fBrequire\\fR finds besides the "
    "script's own.\n"
    ".TP\n\\fBROADLOOM_HANG_S\\fR\nSeconds without a sign after which a worker is replaced; 600 "
    "by default.\n"
    ".TP\n\\fBROADLOOM_DEBUG\\fR\nSay more on standard error.\n"
    ".TP\n\\fBROADLOOM_DEVICE_MEMORY_MIB\\fR\nHow much of its device's memory a worker takes at "
    "most; "
    "all by default.\n"
    ".TP\n\\fBPOCL_MAX_PTHREAD_COUNT\\fR\nThreads of a worker on PoCL's cpu device; its share of "
    "the machine by default.\n"
    ".SH SEE ALSO\n"
    "\\fBmpirun\\fR(1), \\fBh5dump\\fR(1), the pages in docs/.\n";

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  if (!cli_parse(&cli_manual, argc, argv, &options, NULL))
    return EXIT_TROUBLE;
  cli_options_free(&options);
  fputs(head, stdout);
  for (int i = 0; cli_commands[i]; i++)
    print_command(cli_commands[i]);
  fputs(foot, stdout);
  return EXIT_DONE;
}

const cli_command cli_manual = {
    .name = "manual", .help = "print the man page", .argp = &manual_argp, .run = run};
