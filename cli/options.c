// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "cli/command.h"

enum { KEY_SEED = 0x800, KEY_SCENES, KEY_SET, KEY_DEVICE, KEY_SPLIT, OPTION_LIMIT = 48 };

#define SCENES_LIMIT 100000000u

static const struct {
  unsigned bit;
  struct argp_option option;
} shared_options[] = {
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
  const struct argp *own;
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

void cli_usage_error(const struct argp_state *state, const char *format, ...) {
  char text[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (cli_speaks())
    fprintf(stderr, "%s: %s\n", state->name, text);
  leave_wrong_usage();
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

static error_t add_override(const struct argp_state *state, cli_options *options, char *text) {
  const char *equals = strchr(text, '=');
  if (!equals || equals == text || equals[1] == 0)
    cli_usage_error(state, "--set: '%s' should be FIELD=VALUE, e.g. duration_s=5", text);
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

static error_t parse(int key, char *arg, struct argp_state *state) {
  parse_input *input = state->input;
  error_t result = parse_shared(key, arg, state, input->options);
  if (result != ARGP_ERR_UNKNOWN || !input->own->parser)
    return result;
  state->input = input->own_input;
  result = input->own->parser(key, arg, state);
  state->input = input;
  return result;
}

bool cli_parse(const struct argp *own, unsigned shared, int argc, char **argv, cli_options *options,
               void *own_input) {
  struct argp_option all[OPTION_LIMIT] = {{0}};
  int count = 0;
  for (const struct argp_option *o = own->options; o && (o->name || o->key || o->doc); o++)
    if (count < OPTION_LIMIT - 8)
      all[count++] = *o;
  for (size_t i = 0; i < sizeof shared_options / sizeof *shared_options; i++)
    if (shared & shared_options[i].bit)
      all[count++] = shared_options[i].option;
  struct argp joined = *own;
  joined.options = all;
  joined.parser = parse;
  parse_input input = {.own = own, .own_input = own_input, .options = options};
  argp_err_exit_status = EXIT_USAGE;
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

int cli_fail(const char *name, const trouble *why) {
  fprintf(stderr, "roadloom %s: %s\n", name, why->text);
  return EXIT_TROUBLE;
}
