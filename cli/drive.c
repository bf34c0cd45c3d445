// SPDX-License-Identifier: Apache-2.0
// roadloom drive: policies drive through scripts' scenes, alone or under mpirun.
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/scripts.h"
#include "cli/version.h"
#include "cluster/drive.h"
#include "cluster/drive_search.h"
#include "cluster/generate.h"

enum {
  KEY_POLICY = CLI_OWN_KEY,
  KEY_EPISODES,
  KEY_TRAFFIC,
  KEY_LATENCY,
  KEY_TIMEOUT,
  KEY_DURATION,
  KEY_GOAL,
  KEY_ON_CRASH,
  KEY_REFERENCE,
  KEY_SENSORS,
  KEY_SEARCH,
  KEY_ONLY
};
enum { EPISODES_LIMIT = 100000000 };

typedef struct drive_input {
  cluster_drive_def def;
  uint32_t episodes;
  const char *only;
} drive_input;

static const struct argp_option drive_options[] = {
    {"policy", KEY_POLICY, "POLICY", 0,
     "Who drives: constant_velocity, idm, mobil, aeb, log_replay, pdm_closed, a library "
     "(mine.so, see roadloom/policy.h), or a command (\"python3 mine.py\")",
     0},
    {"episodes", KEY_EPISODES, "N", 0,
     "Number of episodes of each script, one a scene, from scene 0 on", 0},
    {"traffic", KEY_TRAFFIC, "KIND", 0,
     "reactive: others see the ego (default); log: they do what they do when the scene's own "
     "driver drives",
     0},
    {"on-crash", KEY_ON_CRASH, "WHAT", 0, "end (default) or continue the episode", 0},
    {"goal-m", KEY_GOAL, "M", 0,
     "The goal, so far along the route (default: 0.6 of what the speed limits allow in the time)",
     0},
    {"duration-s", KEY_DURATION, "S", 0, "Most seconds of an episode (default: the scene's)", 0},
    {"latency-s", KEY_LATENCY, "S", 0,
     "Simulated time from an observation to when the decision on it takes effect: 0 .. 2, a "
     "multiple of 0.1 (default 0)",
     0},
    {"timeout-s", KEY_TIMEOUT, "S", 0,
     "Seconds that a library or a command may take for an answer (default 10)", 0},
    {"reference", KEY_REFERENCE, "WHAT", 0,
     "What progress is scored against: pdm_closed (default), driven through each scene first; or "
     "none, faster, and scores of progress have no value",
     0},
    {"sensors", KEY_SENSORS, "NAME,...", 0,
     "Sensors of the script's rig that a library or a command sees, rendered at every decision "
     "(default: none)",
     0},
    {"search", KEY_SEARCH, "KIND", 0,
     "Look for episodes with a crash at fault among the script's draws: random counts them; "
     "importance draws more of them in 8 rounds and estimates how often they are by the script's "
     "own "
     "odds; cem finds as many as it can",
     0},
    {"only", KEY_ONLY, "SHARD", 0,
     "Make this one file, e.g. episodes-00003, to look into a failure", 0},
    {0}};

static double number(const struct argp_state *state, const char *option, const char *text) {
  char *end = NULL;
  errno = 0;
  double value = strtod(text, &end);
  if (end == text || *end || errno || !isfinite(value))
    cli_usage_error(state, "%s: '%s' should be a number", option, text);
  return value;
}

static int choice(const struct argp_state *state, const char *option, const char *text,
                  const char *const names[2]) {
  for (int k = 0; k < 2; k++)
    if (strcmp(text, names[k]) == 0)
      return k;
  cli_usage_error(state, "%s: '%s' should be %s or %s", option, text, names[0], names[1]);
}

static sim_search search_of(const struct argp_state *state, const char *text) {
  for (int kind = SIM_SEARCH_NONE + 1; kind < SIM_SEARCH_COUNT; kind++)
    if (strcmp(text, sim_search_name((sim_search)kind)) == 0)
      return (sim_search)kind;
  cli_usage_error(state, "--search: '%s' should be random, importance or cem", text);
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  static const char *const traffics[] = {"reactive", "log"}, *const crashes[] = {"end", "continue"},
                           *const references[] = {"none", "pdm_closed"};
  drive_input *input = state->input;
  cluster_drive_def *def = &input->def;
  switch (key) {
  case KEY_POLICY:
    def->policy = arg;
    return 0;
  case KEY_EPISODES:
    input->episodes = (uint32_t)cli_whole_number(state, "--episodes", arg, 1, EPISODES_LIMIT);
    return 0;
  case KEY_TRAFFIC:
    def->traffic = (sim_traffic)choice(state, "--traffic", arg, traffics);
    return 0;
  case KEY_ON_CRASH:
    def->drives_on = choice(state, "--on-crash", arg, crashes) == 1;
    return 0;
  case KEY_REFERENCE:
    def->reference = choice(state, "--reference", arg, references) == 1;
    return 0;
  case KEY_SENSORS:
    def->sensors = arg;
    return 0;
  case KEY_SEARCH:
    def->search = search_of(state, arg);
    return 0;
  case KEY_GOAL:
    def->goal_m = number(state, "--goal-m", arg);
    return 0;
  case KEY_DURATION:
    def->duration_s = number(state, "--duration-s", arg);
    return 0;
  case KEY_LATENCY:
    def->latency_s = number(state, "--latency-s", arg);
    return 0;
  case KEY_TIMEOUT:
    def->timeout_s = number(state, "--timeout-s", arg);
    return 0;
  case KEY_ONLY:
    input->only = arg;
    return 0;
  case ARGP_KEY_END:
    if (!def->policy || !def->policy[0])
      cli_usage_error(state, "who drives? Give --policy, e.g. --policy idm");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp drive_argp = {
    .options = drive_options,
    .parser = parse,
    .args_doc = "SCENE.lua [SCENE.lua...] --policy POLICY -o DIR",
    .doc = "Lets a policy drive the ego through the scenes of one script or more and records what "
           "happens. A folder stands for the scripts in it. Under "
           "mpirun, all ranks share the work; the bytes that come out don't depend on how many "
           "there are. The same command again goes on where a launch ended.\v"
           "Exit codes as of generate. A policy that can't be started is an error; one that "
           "crashes, hangs or answers nonsense later ends its own episode, which says so, and "
           "nothing else."};

static int start(const cli_options *options, const drive_input *input, const char *library,
                 const char *command) {
  cluster_job settings = {0};
  cli_scripts scripts = {0};
  trouble why;
  status result =
      cli_scripts_list(&scripts, options->scripts, options->script_count, library, &why);
  if (!result && (uint64_t)scripts.count * input->episodes > EPISODES_LIMIT)
    result = trouble_set(&why, STATUS_RANGE, "%d scripts of %u episodes are more than %d episodes",
                         scripts.count, input->episodes, EPISODES_LIMIT);
  if (!result && input->def.search)
    result = cluster_search_check(input->def.search, input->episodes, &why);
  if (!result)
    result = cluster_drive_settings(&settings, &input->def, &why);
  if (result) {
    cluster_job_free(&settings);
    cli_scripts_free(&scripts);
    return cli_speaks() ? cli_fail("drive", &why) : EXIT_TROUBLE;
  }
  cluster_request request = {.script_path = scripts.paths[0],
                             .further_paths = (const char *const *)scripts.paths + 1,
                             .further_count = scripts.count - 1,
                             .output = options->output,
                             .library = library,
                             .device = options->device,
                             .overrides = options->overrides,
                             .override_count = options->override_count,
                             .kind = "drive",
                             .settings = settings.settings,
                             .setting_count = settings.setting_count,
                             .seed = options->seed,
                             .scenes = input->episodes * (uint32_t)scripts.count,
                             .shard_scenes =
                                 cluster_search_file(input->def.search, input->episodes),
                             .split = {.count = 1, .parts = {{"episodes", 1}}},
                             .only = input->only,
                             .program_version = cli_version(),
                             .command = command};
  int end = (int)cluster_generate(&request, &cluster_drive_maker);
  cluster_job_free(&settings);
  cli_scripts_free(&scripts);
  return end;
}

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  drive_input input = {.def = cluster_drive_def_default(), .episodes = 1};
  char *command = cli_command_line("drive", argc, argv); // before argp reorders it
  char *library = cli_library_folder();
  int result = EXIT_TROUBLE;
  if (command && cli_parse(&cli_drive, argc, argv, &options, &input))
    result = start(&options, &input, library, command);
  free(library);
  free(command);
  cli_options_free(&options);
  return result;
}

const cli_command cli_drive = {.name = "drive",
                               .help = "let a policy drive through scripts' scenes",
                               .argp = &drive_argp,
                               .shared =
                                   CLI_SCRIPTS | CLI_OUTPUT_DIR | CLI_SEED | CLI_SET | CLI_DEVICE,
                               .every_rank = true,
                               .run = run};
