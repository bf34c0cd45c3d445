// SPDX-License-Identifier: Apache-2.0
// roadloom preview: one picture that shows what a script makes.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "export/sheet.h"
#include "render/renderer.h"
#include "sim/world.h"

enum { KEY_AT = CLI_OWN_KEY, KEY_FIRST, PREVIEW_SCENES = 4, PREVIEW_LIMIT = 64, TITLE = 160 };

typedef struct preview_input {
  double at_s;
  uint32_t first;
} preview_input;

typedef struct preview {
  const cli_options *options;
  const preview_input *input;
  script *script;
  device *device;
  renderer *renderer;
  sheet *sheet;
} preview;

static const struct argp_option preview_options[] = {
    {"at", KEY_AT, "S", 0, "Moment of each scene, in seconds (default 3, at most its end)", 0},
    {"first", KEY_FIRST, "N", 0, "Number of the first scene (default 0)", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state) {
  preview_input *input = state->input;
  switch (key) {
  case KEY_AT:
    input->at_s = cli_moment(state, "--at", arg);
    return 0;
  case KEY_FIRST:
    input->first = (uint32_t)cli_whole_number(state, "--first", arg, 0, 100000000);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp preview_argp = {
    .options = preview_options,
    .parser = parse,
    .args_doc = "SCENE.lua -o SHEET.png",
    .doc = "Draws a contact sheet: a row a scene, with colours, depth, semantic classes, instances "
           "with boxes, and each lidar from above. --scenes says how many rows (default 4)."};

// "scene 2  grid_city  rain 4.0 mm/h  fog 300 m  sun 12 deg  48 vehicles  60 people"
static void describe(const scene *s, double time_s, char out[TITLE]) {
  char rain[32] = "", snow[32] = "", fog[32] = "";
  const weather_state *w = &s->weather;
  if (w->rain_mmh > 0)
    snprintf(rain, sizeof rain, "  rain %.1f mm/h", w->rain_mmh);
  if (w->snow_mmh > 0)
    snprintf(snow, sizeof snow, "  snow %.1f mm/h", w->snow_mmh);
  if (w->fog_visibility_m < 5000)
    snprintf(fog, sizeof fog, "  fog %.0f m", w->fog_visibility_m);
  snprintf(out, TITLE,
           "scene %u  seed %llu  %s%s%s%s  clouds %.0f %%  sun %.0f deg  %d vehicles  %d people  "
           "t = %.1f s",
           s->index, (unsigned long long)s->seed, s->place, rain, snow, fog, 100 * w->cloud_cover,
           w->sun_elevation_rad * 180 / 3.14159265358979323846, s->vehicle_count, s->person_count,
           time_s);
}

// Moves the world to the frame that is wanted and renders that one alone.
static status draw_frame(preview *p, const scene *s, trouble *why) {
  sim_world *world;
  status result = sim_world_create(&world, s, why);
  if (result)
    return result;
  sim_snapshot snapshot;
  memset(&snapshot, 0, sizeof snapshot);
  uint32_t count = sim_frame_count(s), wanted = (uint32_t)fmin(p->input->at_s * s->frame_hz, 1e9);
  if (count > 0 && wanted >= count)
    wanted = count - 1;
  for (uint32_t i = 0; !result && i <= wanted; i++)
    result = sim_world_next_frame(world, &snapshot, why);
  frame f;
  if (!result)
    result = renderer_frame(p->renderer, &snapshot, &f, why);
  if (!result) {
    char title[TITLE];
    describe(s, (double)f.time_ns * 1e-9, title);
    result = sheet_add_row(p->sheet, title, &f, &s->rig, why);
  }
  sim_snapshot_free(&snapshot);
  sim_world_destroy(world);
  return result;
}

static status draw_scenes(preview *p, trouble *why) {
  scene *kept = NULL; // the renderer's
  status result = STATUS_OK;
  for (uint32_t i = 0; !result && i < p->options->scenes; i++) {
    scene *next = NULL;
    result = script_build(p->script, p->options->seed, p->input->first + i, &next, why);
    if (result)
      break;
    result = renderer_set_scene(p->renderer, next, why);
    if (!result)
      result = draw_frame(p, next, why);
    if (kept)
      scene_destroy(kept);
    kept = next;
  }
  if (!result)
    result = sheet_write(p->sheet, p->options->output, why);
  renderer_destroy(p->renderer); // before the scene that it looks at
  p->renderer = NULL;
  if (kept)
    scene_destroy(kept);
  return result;
}

static status draw(preview *p, const char *library, trouble *why) {
  const cli_options *o = p->options;
  if (o->scenes > PREVIEW_LIMIT)
    return trouble_set(why, STATUS_RANGE,
                       "--scenes: %u rows are too many for one picture; the "
                       "most is %d",
                       o->scenes, PREVIEW_LIMIT);
  status result = cli_check_output_file(o->output, why); // before the work, not after it
  if (!result)
    result = script_open(&p->script, o->script, library, o->overrides, o->override_count, why);
  if (!result)
    script_log_remarks(p->script, o->seed, p->input->first);
  if (!result)
    result = device_open(&p->device, o->device, why);
  if (!result) {
    device_say_compiling(p->device);
    result = renderer_create(&p->renderer, p->device, why);
  }
  if (!result)
    result = sheet_create(&p->sheet, why);
  return result ? result : draw_scenes(p, why);
}

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  options.scenes = PREVIEW_SCENES;
  preview_input input = {.at_s = 3};
  preview p = {.options = &options, .input = &input};
  if (!cli_parse(&cli_preview, argc, argv, &options, &input))
    return EXIT_TROUBLE;
  char *library = cli_library_folder();
  trouble why;
  status result = draw(&p, library, &why);
  if (p.sheet)
    sheet_destroy(p.sheet);
  if (p.renderer)
    renderer_destroy(p.renderer);
  if (p.device)
    device_close(p.device);
  if (p.script)
    script_close(p.script);
  free(library);
  cli_options_free(&options);
  return result ? cli_fail("preview", &why) : EXIT_DONE;
}

const cli_command cli_preview = {.name = "preview",
                                 .help = "draw a contact sheet of a script's first scenes",
                                 .argp = &preview_argp,
                                 .shared = CLI_SCRIPT | CLI_OUTPUT_FILE | CLI_SEED | CLI_SCENES |
                                           CLI_SET | CLI_DEVICE,
                                 .run = run};
