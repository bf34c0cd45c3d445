// SPDX-License-Identifier: Apache-2.0
// roadloom replay: a recorded episode again, state by state.
#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cluster/drive_replay.h"

enum { KEY_EPISODE = CLI_OWN_KEY, EPISODE_LIMIT = 100000000 };

typedef struct replay_input {
  const char *folder;
  uint32_t episode;
} replay_input;

static const struct argp_option replay_options[] = {
    {"episode", KEY_EPISODE, "K", 0, "Which episode (default 0)", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state) {
  replay_input *input = state->input;
  switch (key) {
  case KEY_EPISODE:
    input->episode = (uint32_t)cli_whole_number(state, "--episode", arg, 0, EPISODE_LIMIT);
    return 0;
  case ARGP_KEY_ARG:
    if (input->folder)
      cli_usage_error(state, "one folder at a time: '%s' is too many", arg);
    input->folder = arg;
    return 0;
  case ARGP_KEY_END:
    if (!input->folder)
      cli_usage_error(state, "which folder? roadloom replay DIR --episode K");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp replay_argp = {
    .options = replay_options,
    .parser = parse,
    .args_doc = "DIR --episode K",
    .doc = "Simulates an episode that `roadloom drive` recorded again, by what the ego's body was "
           "told at each step, and compares every state's hash with the recorded one. The policy "
           "isn't asked.\v"
           "Exit code 1 when a state differs: another build or processor computes otherwise."};

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  replay_input input = {0};
  if (!cli_parse(&cli_replay, argc, argv, &options, &input))
    return EXIT_TROUBLE;
  cli_options_free(&options);
  cluster_replay done;
  trouble why;
  if (cluster_drive_replay(input.folder, input.episode, &done, &why))
    return cli_fail("replay", &why);
  if (done.differs_at >= 0) {
    fprintf(stderr,
            "roadloom replay: episode %u: the state after step %d of %d isn't the recorded "
            "one; go on where it was driven\n",
            input.episode, done.differs_at, done.steps);
    return EXIT_TROUBLE;
  }
  printf("episode %u: %d steps, each state as recorded; ended by %s\n", input.episode, done.steps,
         done.end);
  return EXIT_DONE;
}

const cli_command cli_replay = {.name = "replay",
                                .help = "simulate a driven episode again and compare every state",
                                .argp = &replay_argp,
                                .run = run};
