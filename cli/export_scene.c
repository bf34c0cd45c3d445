// SPDX-License-Identifier: Apache-2.0
// roadloom export-scene: one built scene at one moment as glTF.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "export/gltf.h"
#include "render/scene_model_build.h"
#include "sim/world.h"

enum { KEY_SCENE = CLI_OWN_KEY, KEY_GLTF, KEY_AT, SCENE_LIMIT = 100000000 };

typedef struct export_input {
  const char *gltf;
  uint32_t scene;
  double at_s;
} export_input;

static const struct argp_option export_options[] = {
    {"scene", KEY_SCENE, "K", 0, "Number of the scene (default 0)", 0},
    {"at", KEY_AT, "S", 0, "Moment of the scene, in seconds (default 0, at most its end)", 0},
    {"gltf", KEY_GLTF, "FILE.glb", 0, "Write the scene as binary glTF 2.0; must be there", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state) {
  export_input *input = state->input;
  switch (key) {
  case KEY_SCENE:
    input->scene = (uint32_t)cli_whole_number(state, "--scene", arg, 0, SCENE_LIMIT);
    return 0;
  case KEY_AT:
    input->at_s = cli_moment(state, "--at", arg);
    return 0;
  case KEY_GLTF:
    input->gltf = arg;
    return 0;
  case ARGP_KEY_END:
    if (!input->gltf || !input->gltf[0])
      cli_usage_error(state, "--gltf FILE.glb says where to write the scene; it is missing");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp export_argp = {
    .options = export_options,
    .parser = parse,
    .args_doc = "SCENE.lua --gltf FILE.glb",
    .doc = "Writes one scene as the sensors meet it at one moment: ground, buildings, trees, "
           "vehicles and people with their colours, the ego's cameras, the sun and street lamps. "
           "Names and extras carry class and instance id. Textures, sky and weather stay behind, "
           "and cameras that are no "
           "perspective; those that are lose distortion and stand over their middle."};

// The world at that moment.
static status move(const scene *s, double at_s, sim_snapshot *out, trouble *why) {
  sim_world *world;
  status result = sim_world_create(&world, s, why);
  if (result)
    return result;
  uint32_t count = sim_frame_count(s), wanted = (uint32_t)fmin(at_s * s->frame_hz, 1e9);
  if (count > 0 && wanted >= count)
    wanted = count - 1;
  for (uint32_t i = 0; !result && i <= wanted; i++)
    result = sim_world_next_frame(world, out, why);
  sim_world_destroy(world);
  return result;
}

static status export_to(const export_input *input, const cli_options *options, const scene *s,
                        trouble *why) {
  device *dev = NULL;
  scene_model model = {0};
  sim_snapshot now = {0};
  status result = device_open(&dev, options->device, why);
  if (!result) {
    device_say_compiling(dev);
    result = move(s, input->at_s, &now, why);
  }
  if (!result)
    result = scene_model_build(&model, dev, s, &now, why);
  if (!result)
    result = gltf_write(input->gltf, &model, why);
  if (!result)
    printf("%s: %d things, %d meshes, %d triangles\n", input->gltf, model.node_count,
           model.mesh_count, model.index_count / 3);
  scene_model_free(&model);
  sim_snapshot_free(&now);
  if (dev)
    device_close(dev);
  return result;
}

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  export_input input = {0};
  if (!cli_parse(&cli_export_scene, argc, argv, &options, &input))
    return EXIT_TROUBLE;
  char *library = cli_library_folder();
  trouble why = {0};
  script *s = NULL;
  scene *built = NULL;
  status result = cli_check_output_file(input.gltf, &why);
  if (!result)
    result =
        script_open(&s, options.script, library, options.overrides, options.override_count, &why);
  if (!result) {
    script_log_remarks(s, options.seed, input.scene);
    result = script_build(s, options.seed, input.scene, &built, &why);
  }
  if (!result)
    result = export_to(&input, &options, built, &why);
  scene_destroy(built);
  script_close(s);
  free(library);
  cli_options_free(&options);
  return result ? cli_fail("export-scene", &why) : EXIT_DONE;
}

const cli_command cli_export_scene = {.name = "export-scene",
                                      .help = "write one scene as glTF for other programs",
                                      .argp = &export_argp,
                                      .shared = CLI_SCRIPT | CLI_SEED | CLI_SET | CLI_DEVICE,
                                      .run = run};
