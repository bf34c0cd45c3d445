// SPDX-License-Identifier: Apache-2.0
// roadloom check: defines and builds a script's scenes and says what they are.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "scenes/lens.h"
#include "scenes/script_tally.h"

typedef struct range {
  double lo, hi, sum;
  int count;
} range;

// Scenes by place and by weather as a person would name it.
enum { KINDS = 16 };

typedef struct kinds {
  int count;
  struct {
    char name[SCENE_PLACE_NAME];
    int scenes;
  } of[KINDS];
} kinds;

typedef struct findings {
  script_tally tally;
  kinds places, skies;
  range vehicles, people, things, lane_km, speed_kmh, rain, visibility, sun, frames;
} findings;

static void widen(range *r, double value) {
  r->lo = r->count ? fmin(r->lo, value) : value;
  r->hi = r->count ? fmax(r->hi, value) : value;
  r->sum += value;
  r->count++;
}

static void count_kind(kinds *k, const char *name) {
  int i = 0;
  while (i < k->count && strcmp(k->of[i].name, name) != 0)
    i++;
  if (i == KINDS)
    return;
  if (i == k->count) {
    snprintf(k->of[i].name, sizeof k->of[i].name, "%s", name);
    k->count++;
  }
  k->of[i].scenes++;
}

static const char *sky_name(const weather_state *w) {
  if (w->snow_mmh > 0)
    return "snow";
  if (w->rain_mmh > 0)
    return "rain";
  if (w->fog_visibility_m < 1000)
    return "fog";
  if (w->sun_elevation_rad < 0)
    return "night";
  return w->cloud_cover > 0.8 ? "overcast" : w->cloud_cover > 0.35 ? "cloudy" : "clear";
}

static void look_at(findings *f, const scene *s) {
  count_kind(&f->places, s->place);
  count_kind(&f->skies, sky_name(&s->weather));
  widen(&f->vehicles, s->vehicle_count);
  widen(&f->people, s->person_count);
  widen(&f->things, s->thing_count);
  double length_m = 0;
  for (int i = 0; i < s->roads.path_count; i++)
    length_m += s->roads.paths[i].junction ? 0 : s->roads.paths[i].length_m;
  widen(&f->lane_km, length_m / 1000);
  for (int i = 0; i < s->roads.path_count; i++)
    widen(&f->speed_kmh, s->roads.paths[i].speed_limit_mps * 3.6);
  widen(&f->rain, s->weather.rain_mmh);
  widen(&f->visibility, s->weather.fog_visibility_m);
  widen(&f->sun, s->weather.sun_elevation_rad * 180 / 3.14159265358979323846);
  widen(&f->frames, floor(s->duration_s * s->frame_hz + 1e-9));
}

// Printing --------------------------------------------------------------------

static void number_text(double value, char out[32]) {
  snprintf(out, 32, fabs(value) >= 1000 ? "%.0f" : "%.4g", value);
}

static void print_range(const char *what, const range *r, const char *unit) {
  char lo[32], hi[32], mean[32];
  number_text(r->lo, lo);
  number_text(r->hi, hi);
  number_text(r->sum / r->count, mean);
  const char *space = *unit ? " " : "";
  if (strcmp(lo, hi) == 0)
    printf("  %-18s %s%s%s\n", what, lo, space, unit);
  else
    printf("  %-18s %s to %s%s%s, mean %s\n", what, lo, hi, space, unit, mean);
}

static void print_kinds(const char *what, const kinds *k) {
  printf("  %-18s", what);
  for (int i = 0; i < k->count; i++)
    printf("%s %s (%d)", i ? "," : "", k->of[i].name, k->of[i].scenes);
  printf("\n");
}

static void print_rejections(const script_tally *tally) {
  int draws = tally->accepted + tally->rejected;
  printf("  %-18s %d of %d draws, %.1f %%\n", "accepted", tally->accepted, draws,
         draws ? 100.0 * tally->accepted / draws : 0);
  int told = 0;
  for (int i = 0; i < tally->reason_count; i++) {
    printf("  %-18s %d time%s: %s\n", i ? "" : "rejected", tally->reasons[i].count,
           tally->reasons[i].count == 1 ? "" : "s", tally->reasons[i].text);
    told += tally->reasons[i].count;
  }
  if (told < tally->rejected)
    printf("  %-18s %d for other reasons\n", "", tally->rejected - told);
}

static void print_rig(const rig_def *rig) {
  printf("  %-18s %s\n", "rig", rig->name);
  for (int i = 0; i < rig->camera_count; i++) {
    const camera_def *c = &rig->cameras[i];
    bool plain = c->model == LENS_PINHOLE;
    printf("  %-18s camera %s, %d x %d px, %.1f deg wide%s%s\n", "", c->name, c->width_px,
           c->height_px, lens_width_rad(c) * 180 / 3.14159265358979323846, plain ? "" : ", ",
           plain ? "" : lens_model_name(c->model));
  }
  for (int i = 0; i < rig->lidar_count; i++) {
    const lidar_def *l = &rig->lidars[i];
    printf("  %-18s lidar %s, %d rings x %d firings, %.3g Hz, %.4g m\n", "", l->name, l->rings,
           l->azimuth_steps, l->rotation_hz, l->range_max_m);
  }
}

static void print_findings(const char *path, const cli_options *options, const findings *f,
                           const rig_def *rig) {
  printf("%s is fine: %u scene%s built with seed %llu\n", path, (unsigned)options->scenes,
         options->scenes == 1 ? "" : "s", (unsigned long long)options->seed);
  print_rejections(&f->tally);
  print_kinds("place", &f->places);
  print_kinds("weather", &f->skies);
  print_range("frames a scene", &f->frames, "");
  print_range("vehicles", &f->vehicles, "");
  print_range("people", &f->people, "");
  print_range("things", &f->things, "");
  print_range("lanes", &f->lane_km, "km");
  print_range("speed limit", &f->speed_kmh, "km/h");
  print_range("rain", &f->rain, "mm/h");
  print_range("visibility", &f->visibility, "m");
  print_range("sun above horizon", &f->sun, "deg");
  print_rig(rig);
}

// Running ---------------------------------------------------------------------

static status build_all(const script *s, const cli_options *options, findings *f, rig_def *rig,
                        trouble *why) {
  for (uint32_t index = 0; index < options->scenes; index++) {
    scene *built = NULL;
    status result = script_build_counted(s, options->seed, index, &built, &f->tally, why);
    if (result != STATUS_OK)
      return result;
    look_at(f, built);
    if (index == 0)
      *rig = built->rig;
    scene_destroy(built);
  }
  return STATUS_OK;
}

static const struct argp check_argp = {
    .args_doc = "SCENE.lua",
    .doc = "Defines and builds the first scenes of a script (20 unless --scenes says otherwise) "
           "and says what they are: how many draws were accepted and why others were not, "
           "places, weather, counts, sensors. Needs no OpenCL device."};

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  options.scenes = 20;
  if (!cli_parse(&cli_check, argc, argv, &options, NULL))
    return EXIT_TROUBLE;
  const char *path = options.script;
  char *library = cli_library_folder();
  trouble why = {0};
  script *s = NULL;
  findings *found = calloc(1, sizeof *found);
  rig_def *rig = calloc(1, sizeof *rig);
  int code = EXIT_DONE;
  if (!found || !rig)
    trouble_set(&why, STATUS_MEMORY, "%s: no memory", path);
  else if (script_open(&s, path, library, options.overrides, options.override_count, &why) ==
           STATUS_OK) {
    script_log_remarks(s, options.seed, 0);
    build_all(s, &options, found, rig, &why);
  }
  if (why.code == STATUS_OK)
    print_findings(path, &options, found, rig);
  else
    code = cli_fail("check", &why);
  script_close(s);
  free(rig);
  free(found);
  free(library);
  cli_options_free(&options);
  return code;
}

const cli_command cli_check = {.name = "check",
                               .help = "say whether a script is fine and what it makes",
                               .argp = &check_argp,
                               .shared = CLI_SCRIPT | CLI_SEED | CLI_SCENES | CLI_SET,
                               .run = run};
