// SPDX-License-Identifier: Apache-2.0
// roadloom generate: a dataset from a script, alone or under mpirun.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/version.h"
#include "cluster/generate.h"
#include "cluster/unit.h"

static_assert((int)END_DONE == EXIT_DONE && (int)END_TROUBLE == EXIT_TROUBLE &&
                  (int)END_QUARANTINE == EXIT_QUARANTINE && (int)END_NO_SPACE == EXIT_NO_SPACE &&
                  (int)END_STOPPED == EXIT_STOPPED && (int)END_CONFLICT == EXIT_CONFLICT,
              "the launch's ends are the program's exit codes");

enum { KEY_ONLY = CLI_OWN_KEY, KEY_SHARD_SCENES, SHARD_SCENES_LIMIT = 1000000 };

typedef struct generate_input {
  const char *only;
  uint32_t shard_scenes;
} generate_input;

static const struct argp_option generate_options[] = {
    {"shard-scenes", KEY_SHARD_SCENES, "N", 0,
     "Scenes in a shard (default: about 256 MB of raw arrays, at least 16 shards if the scenes "
     "allow); part of the job",
     0},
    {"only", KEY_ONLY, "SHARD", 0, "Make this one shard, e.g. train-00003, to look into a failure",
     0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state) {
  generate_input *input = state->input;
  switch (key) {
  case KEY_ONLY:
    input->only = arg;
    return 0;
  case KEY_SHARD_SCENES:
    input->shard_scenes =
        (uint32_t)cli_whole_number(state, "--shard-scenes", arg, 1, SHARD_SCENES_LIMIT);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp generate_argp = {
    .options = generate_options,
    .parser = parse,
    .args_doc = "SCENE.lua -o DIR",
    .doc = "Makes a dataset from a scene script. Under mpirun, all ranks share the work; the bytes "
           "that come out don't depend on how many there are. The same command again goes on "
           "where a launch ended.\v"
           "Exit codes: 0 done, 1 trouble, 2 wrong usage, 3 done but for quarantined shards, 4 "
           "disk full, 5 stopped, 6 two different results for one shard. After 3, 4 and 5 the "
           "same command goes on."};

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  generate_input input = {0};
  char *command = cli_command_line("generate", argc, argv); // before argp reorders it
  char *library = cli_library_folder();
  int result = EXIT_TROUBLE;
  if (command && cli_parse(&cli_generate, argc, argv, &options, &input)) {
    cluster_request request = {.script_path = options.script,
                               .output = options.output,
                               .library = library,
                               .device = options.device,
                               .overrides = options.overrides,
                               .override_count = options.override_count,
                               .seed = options.seed,
                               .scenes = options.scenes,
                               .shard_scenes = input.shard_scenes,
                               .split = options.split,
                               .only = input.only,
                               .program_version = cli_version(),
                               .command = command};
    result = (int)cluster_generate(&request, &cluster_unit_maker);
  }
  free(library);
  free(command);
  cli_options_free(&options);
  return result;
}

const cli_command cli_generate = {.name = "generate",
                                  .help =
                                      "make a dataset from a scene script, alone or under mpirun",
                                  .argp = &generate_argp,
                                  .shared = CLI_SCRIPT | CLI_OUTPUT_DIR | CLI_SEED | CLI_SCENES |
                                            CLI_SET | CLI_DEVICE | CLI_SPLIT,
                                  .every_rank = true,
                                  .run = run};
