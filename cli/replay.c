// SPDX-License-Identifier: Apache-2.0
// roadloom replay: a recorded episode again, state by state, and what it looked like.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/replay_film.h"
#include "cli/version.h"

enum {
  KEY_EPISODE = CLI_OWN_KEY,
  KEY_SCORES,
  KEY_STRIP,
  KEY_FOLLOW,
  KEY_SENSOR,
  KEY_SHARD,
  EPISODE_LIMIT = 100000000
};

typedef struct replay_input {
  const char *folder;
  uint32_t episode;
  replay_film_def film;
} replay_input;

static const struct argp_option replay_options[] = {
    {"episode", KEY_EPISODE, "K", 0, "Which episode (default 0)", 0},
    {"scores", KEY_SCORES, "FILE.csv", 0,
     "Write what its scores are made of, a row for each frame: contacts, time to collision, "
     "speed above the limit, comfort, infractions, ...",
     0},
    {"strip", KEY_STRIP, "FILE.png", 0,
     "Draw the episode from above as a strip of moments, with its speed and its faults", 0},
    {"follow", KEY_FOLLOW, "FILE.png", 0,
     "The same moments as a camera above and behind the ego sees them", 0},
    {"sensor", KEY_SENSOR, "NAME,...", 0,
     "Render those sensors of the script's rig into the folder that -o names, as NAME-00012.png "
     "for what decision 12 could see: a camera's pictures, a lidar's points from above",
     0},
    {"shard", KEY_SHARD, "FILE.h5", 0,
     "Render the whole rig with its labels into a shard as generate's, a frame a step", 0},
    {"output", 'o', "DIR", 0, "Where the pictures of --sensor go", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state) {
  replay_input *input = state->input;
  switch (key) {
  case KEY_EPISODE:
    input->episode = (uint32_t)cli_whole_number(state, "--episode", arg, 0, EPISODE_LIMIT);
    return 0;
  case KEY_SCORES:
    input->film.scores = arg;
    return 0;
  case KEY_STRIP:
    input->film.strip = arg;
    return 0;
  case KEY_FOLLOW:
    input->film.follow = arg;
    return 0;
  case KEY_SENSOR:
    input->film.sensors = arg;
    return 0;
  case KEY_SHARD:
    input->film.shard = arg;
    return 0;
  case 'o':
    input->film.output = arg;
    return 0;
  case ARGP_KEY_ARG:
    if (input->folder)
      cli_usage_error(state, "one folder at a time: '%s' is too many", arg);
    input->folder = arg;
    return 0;
  case ARGP_KEY_END:
    if (!input->folder || !input->folder[0])
      cli_usage_error(state, "which folder? roadloom replay DIR --episode K");
    if (!input->film.sensors != !input->film.output)
      cli_usage_error(state, input->film.output ? "-o: which sensor's pictures? Give --sensor NAME"
                                                : "--sensor: where to? Give -o DIR");
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
           "isn't asked. On request it is scored, drawn or rendered on the way.\v"
           "Exit code 1 when a state differs: another build or processor computes otherwise."};

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  replay_input input = {0};
  if (!cli_parse(&cli_replay, argc, argv, &options, &input))
    return EXIT_TROUBLE;
  input.film.device = options.device;
  cli_options_free(&options);
  cluster_replay done;
  trouble why;
  if (replay_film(input.folder, input.episode, &input.film, &done, &why))
    return cli_fail("replay", &why);
  if (done.differs_at >= 0) {
    const bool ours = strcmp(done.driven_by, cli_version()) == 0;
    fprintf(stderr,
            "roadloom replay: episode %u: the state after step %d of %d isn't the recorded one; "
            "%s%s%s\n",
            input.episode, done.differs_at, done.steps,
            ours ? "its file has changed, or another processor drove it: replay it there"
                 : "replay it with the version that drove it, ",
            ours ? "" : done.driven_by, ours ? "" : ": this is another");
    return EXIT_TROUBLE;
  }
  printf("episode %u: %d steps, each state as recorded; ended by %s\n", input.episode, done.steps,
         done.end);
  return EXIT_DONE;
}

const cli_command cli_replay = {.name = "replay",
                                .help = "simulate a driven episode again and compare every state",
                                .argp = &replay_argp,
                                .shared = CLI_DEVICE,
                                .run = run};
