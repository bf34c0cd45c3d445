// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cli/words.h"

enum { KEY_SEED = 0x800, KEY_SCENES, KEY_SET, KEY_DEVICE, KEY_SPLIT };

#define SCENES_LIMIT 100000000u

static const struct {
  unsigned bit;
  struct argp_option option;
} shared_options[] = {
    {CLI_OUTPUT_DIR,
     {"output", 'o', "DIR", 0, "Folder of the dataset: new, empty, or one to go on with", 1}},
    {CLI_OUTPUT_FILE, {"output", 'o', "FILE", 0, "PNG file to write", 1}},
    {CLI_SEED, {"seed", KEY_SEED, "N", 0, "Seed of every draw, 0..2^63-1 (default 0)", 1}},
    {CLI_SCENES, {"scenes", KEY_SCENES, "N", 0, "Number of scenes, from scene 0 on", 1}},
    {CLI_SET,
     {"set", KEY_SET, "FIELD=VALUE", 0,
      "Override a field of the script, e.g. traffic.vehicles_per_km=40; may be repeated", 1}},
    {CLI_DEVICE,
     {"device", KEY_DEVICE, "ID", 0,
      "OpenCL device: an id of `roadloom devices`, a type (gpu, cpu) or part of a name", 1}},
    {CLI_SPLIT,
     {"split", KEY_SPLIT, "PARTS", 0, "Shares of scenes by part (default train=80,val=10,test=10)",
      1}},
};

// What the joined parser carries: the shared options and the subcommand's own.
typedef struct parse_input {
  const cli_command *command;
  void *own_input;
  cli_options *options;
} parse_input;

cli_options cli_options_default(void) {
  return (cli_options){.scenes = 1, .split = cluster_split_default()};
}

void cli_options_free(cli_options *options) {
  for (int i = 0; i < options->override_count; i++)
    free((char *)options->overrides[i].path);
  free(options->overrides);
  free(options->scripts);
  options->scripts = NULL;
  options->script_count = options->script_capacity = 0;
  options->overrides = NULL;
  options->override_count = options->override_capacity = 0;
}

bool cli_speaks(void) {
  const char *rank = getenv("OMPI_COMM_WORLD_RANK");
  if (!rank)
    rank = getenv("PMIX_RANK");
  return !rank || strcmp(rank, "0") == 0;
}

// A silent rank leaves last: mpirun ends the others as soon as one fails.
static _Noreturn void leave_wrong_usage(void) {
  if (!cli_speaks())
    usleep(300000);
  exit(EXIT_USAGE);
}

// --help in any of the forms that argp takes. Muted, argp would ignore it and go on.
static bool asks_for_help(int argc, char **argv) {
  static const char *const forms[] = {"--help", "--usage"};
  for (int i = 1; i < argc; i++) {
    size_t length = strlen(argv[i]);
    if (strcmp(argv[i], "-?") == 0)
      return true;
    for (int k = 0; k < 2; k++)
      if (length > 2 && strncmp(argv[i], forms[k], length) == 0)
        return true;
  }
  return false;
}

static _Noreturn void usage_error(const char *name, const char *text) {
  if (cli_speaks())
    fprintf(stderr, "%s: %s\n", name, text);
  leave_wrong_usage();
}

void cli_usage_error(const struct argp_state *state, const char *format, ...) {
  char text[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  usage_error(state->name, text);
}

uint64_t cli_whole_number(const struct argp_state *state, const char *option, const char *text,
                          uint64_t lo, uint64_t hi) {
  char *end = NULL;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end || errno || value < lo || value > hi)
    cli_usage_error(state, "%s: '%s' should be a whole number %llu..%llu", option, text,
                    (unsigned long long)lo, (unsigned long long)hi);
  return value;
}

double cli_moment(const struct argp_state *state, const char *option, const char *text) {
  char *end;
  double at_s = strtod(text, &end);
  if (end == text || *end || !(at_s >= 0 && at_s <= 1e6))
    cli_usage_error(state, "%s: '%s' should be seconds, 0 or more", option, text);
  return at_s;
}

static error_t add_override(const struct argp_state *state, cli_options *options, char *text) {
  const char *equals = strchr(text, '=');
  if (!equals || equals == text || equals[1] == 0)
    cli_usage_error(state, "--set: '%s' should be FIELD=VALUE, e.g. duration_s=5", text);
  if (utf8_wrong_line(text))
    cli_usage_error(state, "--set: '%s' isn't UTF-8", text);
  if (!ARRAY_RESERVE(options->overrides, options->override_capacity, options->override_count + 1))
    return ENOMEM;
  char *path = strndup(text, (size_t)(equals - text));
  if (!path)
    return ENOMEM;
  options->overrides[options->override_count++] =
      (script_override){.path = path, .value = equals + 1};
  return 0;
}

static error_t parse_shared(int key, char *arg, struct argp_state *state, cli_options *options) {
  trouble why;
  switch (key) {
  case 'o':
    options->output = arg;
    return 0;
  case KEY_SEED:
    options->seed = cli_whole_number(state, "--seed", arg, 0, INT64_MAX);
    return 0;
  case KEY_SCENES:
    options->scenes = (uint32_t)cli_whole_number(state, "--scenes", arg, 1, SCENES_LIMIT);
    return 0;
  case KEY_SET:
    return add_override(state, options, arg);
  case KEY_DEVICE:
    options->device = arg;
    return 0;
  case KEY_SPLIT:
    if (cluster_split_parse(arg, &options->split, &why))
      cli_usage_error(state, "--split: %s", why.text);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static void take_script(const struct argp_state *state, cli_options *options, const char *arg) {
  if (options->script)
    cli_usage_error(state, "one script at a time: '%s' is too many", arg);
  options->script = arg;
}

static error_t add_script(cli_options *options, const char *arg) {
  if (!ARRAY_RESERVE(options->scripts, options->script_capacity, options->script_count + 1))
    return ENOMEM;
  options->scripts[options->script_count++] = arg;
  return 0;
}

static bool is_missing(const char *text) {
  return !text || !text[0];
}

static void check_complete(const struct argp_state *state, const cli_command *command,
                           const cli_options *options) {
  bool none = (command->shared & CLI_SCRIPTS) && options->script_count == 0;
  if (none || ((command->shared & CLI_SCRIPT) && is_missing(options->script)))
    cli_usage_error(state, "which script? roadloom %s %s", command->name, command->argp->args_doc);
  if ((command->shared & CLI_OUTPUT_DIR) && is_missing(options->output))
    cli_usage_error(state, "where to? Give a folder with -o, e.g. -o dataset");
  if ((command->shared & CLI_OUTPUT_FILE) && is_missing(options->output))
    cli_usage_error(state, "where to? Give a file with -o, e.g. -o sheet.png");
}

static error_t parse_own(int key, char *arg, struct argp_state *state, parse_input *input) {
  if (!input->command->argp->parser)
    return ARGP_ERR_UNKNOWN;
  state->input = input->own_input;
  error_t result = input->command->argp->parser(key, arg, state);
  state->input = input;
  return result;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  parse_input *input = state->input;
  if (key == ARGP_KEY_ARG && (input->command->shared & CLI_SCRIPT)) {
    take_script(state, input->options, arg);
    return 0;
  }
  if (key == ARGP_KEY_ARG && (input->command->shared & CLI_SCRIPTS) && arg[0])
    return add_script(input->options, arg);
  if (key == ARGP_KEY_END)
    check_complete(state, input->command, input->options);
  // A command whose -o is one of its own options tells itself what it is for.
  bool own_output = key == 'o' && !(input->command->shared & (CLI_OUTPUT_DIR | CLI_OUTPUT_FILE));
  error_t result = own_output ? ARGP_ERR_UNKNOWN : parse_shared(key, arg, state, input->options);
  if (result == ARGP_ERR_UNKNOWN)
    result = parse_own(key, arg, state, input);
  if (result == ARGP_ERR_UNKNOWN && key == ARGP_KEY_ARG)
    cli_usage_error(state, "'%s': takes no argument", arg);
  return result;
}

int cli_option_table(const cli_command *command, struct argp_option out[CLI_OPTIONS_MAX]) {
  int count = 0;
  const struct argp_option *o = command->argp->options;
  for (; o && (o->name || o->key || o->doc) && count < CLI_OPTIONS_MAX - 16; o++)
    out[count++] = *o;
  for (size_t i = 0; i < sizeof shared_options / sizeof *shared_options; i++)
    if (command->shared & shared_options[i].bit)
      out[count++] = shared_options[i].option;
  out[count] = (struct argp_option){0};
  return count;
}

bool cli_parse(const cli_command *command, int argc, char **argv, cli_options *options,
               void *own_input) {
  struct argp_option all[CLI_OPTIONS_MAX];
  char text[CLI_WRONG_WORD];
  cli_option_table(command, all);
  struct argp joined = *command->argp;
  joined.options = all;
  joined.parser = parse;
  parse_input input = {.command = command, .own_input = own_input, .options = options};
  argp_err_exit_status = EXIT_USAGE;
  // argp says the same in three lines.
  if (cli_wrong_word(all, argc, argv, text))
    usage_error(argv[0], text);
  if (!cli_speaks() && asks_for_help(argc, argv))
    exit(EXIT_DONE);
  unsigned flags = cli_speaks() ? 0 : ARGP_NO_ERRS;
  error_t error = argp_parse(&joined, argc, argv, flags, NULL, &input);
  if (error == EINVAL || error == ARGP_ERR_UNKNOWN)
    leave_wrong_usage();
  if (error)
    fprintf(stderr, "%s: %s\n", argv[0], strerror(error));
  return error == 0;
}

static bool is_plain(const char *text) {
  return text[0] && text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_-./=,:+@%")] == 0;
}

static void print_quoted(FILE *to, const char *text) {
  if (is_plain(text)) {
    fputs(text, to);
    return;
  }
  fputc('\'', to);
  for (; *text; text++)
    if (*text == '\'')
      fputs("'\\''", to);
    else
      fputc(*text, to);
  fputc('\'', to);
}

char *cli_command_line(const char *name, int argc, char **argv) {
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  if (!to)
    return NULL;
  const char *ranks = getenv("OMPI_COMM_WORLD_SIZE");
  if (ranks)
    fprintf(to, "mpirun -n %s ", ranks);
  print_quoted(to, program_invocation_name);
  fprintf(to, " %s", name);
  for (int i = 1; i < argc; i++) {
    fputc(' ', to);
    print_quoted(to, argv[i]);
  }
  return fclose(to) == 0 ? text : NULL;
}

char *cli_library_folder(void) {
  const char *wanted = getenv("ROADLOOM_LIBRARY");
  if (wanted && wanted[0])
    return strdup(wanted);
  if (file_exists(ROADLOOM_LIBRARY_DIR))
    return strdup(ROADLOOM_LIBRARY_DIR);
  char path[PATH_MAX + 64];
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
  if (length <= 0)
    return NULL;
  path[length] = 0;
  char *slash = strrchr(path, '/');
  if (!slash)
    return NULL;
  snprintf(slash, sizeof path - (size_t)(slash - path), "/../share/roadloom/scenes");
  return file_exists(path) ? strdup(path) : NULL;
}

status cli_check_output_file(const char *path, trouble *why) {
  char folder[PATH_MAX];
  struct stat info;
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof folder)
    return trouble_set(why, STATUS_RANGE, "'%.80s': not a usable file name", path);
  if (path[length - 1] == '/' || (stat(path, &info) == 0 && S_ISDIR(info.st_mode)))
    return trouble_set(why, STATUS_CONFLICT, "%s: is a folder; name a file in it", path);
  if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) // a rename would put a file in its place
    return trouble_set(why, STATUS_CONFLICT, "%s: is a device or a pipe; name a file", path);
  memcpy(folder, path, length + 1);
  char *slash = strrchr(folder, '/');
  snprintf(slash ? slash + (slash == folder) : folder, 2, "%s", slash ? "" : ".");
  if (stat(folder, &info) < 0)
    return trouble_set(why, STATUS_NOT_FOUND, "%s: cannot reach the folder %s: %s", path, folder,
                       strerror(errno));
  if (!S_ISDIR(info.st_mode))
    return trouble_set(why, STATUS_NOT_FOUND, "%s: %s is not a folder", path, folder);
  if (access(folder, W_OK | X_OK) < 0)
    return trouble_set(why, STATUS_IO, "%s: cannot write into the folder %s: %s", path, folder,
                       strerror(errno));
  return STATUS_OK;
}

int cli_fail(const char *name, const trouble *why) {
  fprintf(stderr, "roadloom %s: %s\n", name, why->text);
  return EXIT_TROUBLE;
}
