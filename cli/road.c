// SPDX-License-Identifier: Apache-2.0
// roadloom road: the roads of one scene as a map file and as a picture from above.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/options.h"
#include "scenes/opendrive_write.h"
#include "scenes/road_svg.h"

enum { KEY_SCENE = CLI_OWN_KEY, KEY_OPENDRIVE, KEY_SVG, SCENE_LIMIT = 100000000 };

typedef struct road_input {
  const char *opendrive, *svg;
  uint32_t scene;
} road_input;

static const struct argp_option road_options[] = {
    {"scene", KEY_SCENE, "K", 0, "Number of the scene (default 0)", 0},
    {"opendrive", KEY_OPENDRIVE, "FILE.xodr", 0, "Write the roads as OpenDRIVE 1.7", 0},
    {"svg", KEY_SVG, "FILE.svg", 0,
     "Draw the roads from above: lanes, marks, directions, signals, conflicts", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state) {
  road_input *input = state->input;
  switch (key) {
  case KEY_SCENE:
    input->scene = (uint32_t)cli_whole_number(state, "--scene", arg, 0, SCENE_LIMIT);
    return 0;
  case KEY_OPENDRIVE:
    input->opendrive = arg;
    return 0;
  case KEY_SVG:
    input->svg = arg;
    return 0;
  case ARGP_KEY_END:
    if ((input->opendrive && !input->opendrive[0]) || (input->svg && !input->svg[0]))
      cli_usage_error(state, "a file has no name: --opendrive and --svg take one each");
    if (input->opendrive && input->svg && strcmp(input->opendrive, input->svg) == 0)
      cli_usage_error(state, "'%s': --opendrive and --svg can't share a file", input->svg);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp road_argp = {
    .options = road_options,
    .parser = parse,
    .args_doc = "SCENE.lua",
    .doc = "Builds one scene and says what its roads are; with --opendrive and --svg also writes "
           "them to files, which are whole or not there. Needs no OpenCL device."};

static void describe(const scene *s) {
  const road_network *net = &s->roads;
  double lanes_m = 0;
  int roads = 0, lanes = 0, ways = 0;
  for (int i = 0; i < net->road_count; i++)
    roads += net->roads[i].junction == 0;
  for (int i = 0; i < net->path_count; i++) {
    // A way that is cut into pieces is one where it comes in.
    const lane_path *p = &net->paths[i];
    int before = p->previous_count ? net->lane_links[p->previous_first] : 0;
    bool way = net->roads[p->road - 1].junction;
    ways += way && !(before && net->roads[net->paths[before - 1].road - 1].junction);
    lanes += !way;
    lanes_m += net->paths[i].junction ? 0 : net->paths[i].length_m;
  }
  printf("scene %u, seed %llu: %s\n", (unsigned)s->index, (unsigned long long)s->seed, s->place);
  printf("  %-12s %d, with %d lanes, %.2f km of lane\n", "roads", roads, lanes, lanes_m / 1000);
  printf("  %-12s %d, with %d ways through\n", "junctions", net->junction_count, ways);
  printf("  %-12s %d\n  %-12s %d\n", "signals", net->signal_count, "crosswalks",
         net->crosswalk_count);
  printf("  %-12s keeps %s\n", "traffic", net->left_hand ? "left" : "right");
  printf("  %-12s %.0f x %.0f m\n", "extent", net->max_x_m - net->min_x_m,
         net->max_y_m - net->min_y_m);
}

// "town.lua, scene 3, seed 7": the picture's title and the map's name.
static void title_of(const char *name, const scene *s, char *out, size_t size) {
  snprintf(out, size, "%.80s, scene %u, seed %llu", name, (unsigned)s->index,
           (unsigned long long)s->seed);
}

static status write_file(const char *path, const char *what, char *text, size_t size,
                         trouble *why) {
  status result = file_write_atomic(path, text, size, why);
  free(text);
  if (!result)
    printf("  %-12s %s\n", what, path);
  return result;
}

static status write_files(const road_input *input, const char *name, const scene *s, trouble *why) {
  char title[160], *text = NULL;
  size_t size = 0;
  title_of(name, s, title, sizeof title);
  status result = STATUS_OK;
  if (input->opendrive) {
    result = opendrive_write(&s->roads, title, &text, &size, why);
    if (!result)
      result = write_file(input->opendrive, "OpenDRIVE", text, size, why);
  }
  if (!result && input->svg) {
    result = road_svg(&s->roads, title, &text, &size, why);
    if (!result)
      result = write_file(input->svg, "picture", text, size, why);
  }
  return result;
}

// Before the work, not after it.
static status check_places(const road_input *input, trouble *why) {
  status result = input->opendrive ? cli_check_output_file(input->opendrive, why) : STATUS_OK;
  return result || !input->svg ? result : cli_check_output_file(input->svg, why);
}

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  road_input input = {0};
  if (!cli_parse(&cli_road, argc, argv, &options, &input))
    return EXIT_TROUBLE;
  char *library = cli_library_folder();
  trouble why = {0};
  script *s = NULL;
  scene *built = NULL;
  status result = check_places(&input, &why);
  if (!result)
    result =
        script_open(&s, options.script, library, options.overrides, options.override_count, &why);
  if (!result) {
    script_log_remarks(s, options.seed, input.scene);
    result = script_build(s, options.seed, input.scene, &built, &why);
  }
  if (!result)
    describe(built);
  if (!result)
    result = write_files(&input, script_name(s), built, &why);
  scene_destroy(built);
  script_close(s);
  free(library);
  cli_options_free(&options);
  return result ? cli_fail("road", &why) : EXIT_DONE;
}

const cli_command cli_road = {.name = "road",
                              .help = "write the roads of one scene as OpenDRIVE and as a picture",
                              .argp = &road_argp,
                              .shared = CLI_SCRIPT | CLI_SEED | CLI_SET,
                              .run = run};
