// SPDX-License-Identifier: Apache-2.0
// roadloom inspect: what is in a dataset or a shard, as a person wants to read it.
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/options.h"
#include "export/episodes.h"
#include "export/shard_reader.h"
#include "export/sheet.h"
#include "scenes/lens.h"

enum {
  PATH_BYTES = 4096,
  SHARDS_SHOWN = 32,
  SCENES_SHOWN = 24,
  SHEET_ROWS = 6,
  ALL_KEY = CLI_OWN_KEY,
  SHEET_KEY,
  COLUMNS_KEY
};
static const size_t MANIFEST_MAX = (size_t)1 << 30;

typedef struct request {
  const char *path, *sheet;
  bool all, columns;
} request;

typedef struct tally {
  const char *name;
  uint64_t frames;
} tally;

/// What was found in all shards looked at.
typedef struct findings {
  int shards, damaged;
  uint64_t scenes, frames, bytes, tracks, boxes3d, boxes2d;
  double duration_s;
  uint64_t lidar_points[RIG_LIDARS];
  uint64_t boxes3d_by_class[SEMANTIC_COUNT], boxes2d_by_class[SEMANTIC_COUNT];
  tally weather[8], light[4];
  double rain_max_mmh, visibility_min_m;
  shard_summary first; // of the first shard that could be read
  int row_count;       // the first scenes
  shard_scenes_row rows[SCENES_SHOWN];
} findings;

typedef struct shard_list {
  int count, capacity;
  char **paths;
} shard_list;

// Finding the shards ----------------------------------------------------------

static void list_free(shard_list *list) {
  for (int i = 0; i < list->count; i++)
    free(list->paths[i]);
  free(list->paths);
}

static status list_add(shard_list *list, const char *folder, const char *name, trouble *why) {
  char path[PATH_BYTES];
  if (snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", name) >= PATH_BYTES)
    return trouble_set(why, STATUS_RANGE, "%s: path too long", folder);
  char *copy = strdup(path);
  if (!copy || !ARRAY_RESERVE(list->paths, list->capacity, list->count + 1)) {
    free(copy);
    return trouble_set(why, STATUS_MEMORY, "%s: no memory", folder);
  }
  list->paths[list->count++] = copy;
  return STATUS_OK;
}

static int is_shard(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 3 && strcmp(entry->d_name + length - 3, ".h5") == 0;
}

static status list_folder(shard_list *list, const char *folder, trouble *why) {
  char shards[PATH_BYTES];
  snprintf(shards, sizeof shards, "%s/shards", folder);
  struct dirent **entries = NULL;
  int count = scandir(shards, &entries, is_shard, alphasort);
  if (count < 0)
    return trouble_set(why, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
                       "%s: not a dataset: cannot read its folder shards: %s", folder,
                       strerror(errno));
  status result = STATUS_OK;
  for (int i = 0; i < count; i++) {
    if (!result)
      result = list_add(list, shards, entries[i]->d_name, why);
    free(entries[i]);
  }
  free(entries);
  if (!result && list->count == 0)
    result = trouble_set(why, STATUS_NOT_FOUND, "%s: no shard in it yet", shards);
  return result;
}

// Counting --------------------------------------------------------------------

static void count_word(tally *list, int capacity, const char *word) {
  for (int i = 0; i < capacity; i++) {
    if (!list[i].name)
      list[i].name = word;
    if (strcmp(list[i].name, word) == 0) {
      list[i].frames++;
      return;
    }
  }
}

static void count_weather(findings *f, const shard_reader *r, uint64_t frames) {
  for (uint64_t i = 0; i < frames; i++) {
    const shard_weather_row *row = &shard_weather_rows(r)[i];
    weather_state weather = weather_state_default();
    weather.cloud_cover = row->cloud_cover[0];
    weather.rain_mmh = row->rain_mmh[0];
    weather.snow_mmh = row->snow_mmh[0];
    weather.fog_visibility_m = row->fog_visibility_m[0];
    weather.sun_elevation_rad = row->sun_elevation_rad[0];
    count_word(f->weather, sizeof f->weather / sizeof f->weather[0], shard_weather_word(&weather));
    count_word(f->light, sizeof f->light / sizeof f->light[0], shard_light_word(&weather));
    f->rain_max_mmh = fmax(f->rain_max_mmh, weather.rain_mmh);
    f->visibility_min_m = fmin(f->visibility_min_m, weather.fog_visibility_m);
  }
}

static void count_shard(findings *f, const shard_reader *r) {
  const shard_summary *s = shard_summary_of(r);
  if (f->shards++ == 0)
    f->first = *s;
  f->scenes += s->scene_count;
  f->frames += s->frame_count;
  f->bytes += s->bytes;
  f->tracks += s->track_count;
  f->boxes3d += s->box3d_count;
  f->boxes2d += s->box2d_count;
  f->duration_s += s->duration_s;
  for (int i = 0; i < RIG_LIDARS; i++)
    f->lidar_points[i] += s->lidar_points[i];
  for (int i = 0; i < SEMANTIC_COUNT; i++) {
    f->boxes3d_by_class[i] += s->boxes3d_by_class[i];
    f->boxes2d_by_class[i] += s->boxes2d_by_class[i];
  }
  count_weather(f, r, s->frame_count);
  for (uint64_t i = 0; i < s->scene_count && f->row_count < SCENES_SHOWN; i++)
    f->rows[f->row_count++] = shard_scene_rows(r)[i];
}

// The contact sheet -----------------------------------------------------------

/// A frame from the middle of scene row `row` of the shard.
static status draw_scene(sheet *s, shard_reader *r, uint64_t row, trouble *why) {
  const shard_scenes_row *of = &shard_scene_rows(r)[row];
  if (of->frame_count[0] == 0)
    return STATUS_OK;
  frame f;
  rig_def *rig = malloc(sizeof *rig);
  if (!rig)
    return trouble_set(why, STATUS_MEMORY, "contact sheet: no memory");
  status result = shard_read_rig(r, row, rig, why);
  if (!result)
    result = shard_read_frame(r, of->frame_first[0] + of->frame_count[0] / 2, &f, why);
  if (!result) {
    char title[160];
    snprintf(title, sizeof title, "scene %u, frame %u, %.*s, %.*s, %.*s", of->index[0], f.frame,
             (int)sizeof of->place, of->place, (int)sizeof of->weather, of->weather,
             (int)sizeof of->light, of->light);
    result = sheet_add_row(s, title, &f, rig, why);
  }
  free(rig);
  return result;
}

static status draw_shard(sheet *s, shard_reader *r, int *rows, trouble *why) {
  status result = STATUS_OK;
  for (uint64_t i = 0; !result && i < shard_summary_of(r)->scene_count && *rows < SHEET_ROWS; i++) {
    result = draw_scene(s, r, i, why);
    ++*rows;
  }
  return result;
}

// Printing --------------------------------------------------------------------

static void print_bytes(uint64_t bytes, char out[32]) {
  static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
  double value = (double)bytes;
  int unit = 0;
  for (; value >= 1000 && unit < 4; unit++)
    value /= 1000;
  snprintf(out, 32, unit ? "%.3g %s" : "%.0f %s", value, units[unit]);
}

static const char *plural(uint64_t count) {
  return count == 1 ? "" : "s";
}

static void print_tallies(const char *what, const tally *list, int capacity, uint64_t frames) {
  printf("  %-12s", what);
  for (int i = 0; i < capacity && list[i].name; i++)
    printf("%s %s %.0f %%", i ? "," : "", list[i].name,
           100.0 * (double)list[i].frames / (double)frames);
  printf("\n");
}

static void print_sensors(const findings *f) {
  const rig_def *rig = &f->first.rig;
  for (int i = 0; i < rig->camera_count; i++) {
    const camera_def *c = &rig->cameras[i];
    char labels[LABELS_TEXT];
    label_names(c->labels, ", ", labels);
    bool plain = c->model == LENS_PINHOLE;
    printf("  %-12s %s, %d x %d px, %.1f deg wide%s%s: rgb%s%s\n", i ? "" : "cameras", c->name,
           c->width_px, c->height_px, lens_width_rad(c) * 180 / 3.14159265358979323846,
           plain ? "" : ", ", plain ? "" : lens_model_name(c->model), *labels ? ", " : "", labels);
  }
  for (int i = 0; i < rig->lidar_count; i++) {
    const lidar_def *l = &rig->lidars[i];
    printf("  %-12s %s, %d rings, %llu points, %.0f a frame\n", i ? "" : "lidars", l->name,
           l->rings, (unsigned long long)f->lidar_points[i],
           f->frames ? (double)f->lidar_points[i] / (double)f->frames : 0);
  }
}

static void print_classes(const findings *f) {
  printf("  %-12s %llu in 3D, %llu in 2D, of %llu things\n", "boxes",
         (unsigned long long)f->boxes3d, (unsigned long long)f->boxes2d,
         (unsigned long long)f->tracks);
  for (int i = 0; i < SEMANTIC_COUNT; i++)
    if (f->boxes3d_by_class[i] || f->boxes2d_by_class[i])
      printf("  %-12s %-12s %10llu in 3D %10llu in 2D\n", "", semantic_table[i].name,
             (unsigned long long)f->boxes3d_by_class[i],
             (unsigned long long)f->boxes2d_by_class[i]);
}

static void print_scenes(const findings *f) {
  printf("\n  %7s  %-14s %-9s %-6s %7s %8s\n", "scene", "place", "weather", "light", "frames",
         "seconds");
  for (int i = 0; i < f->row_count; i++) {
    const shard_scenes_row *row = &f->rows[i];
    printf("  %7u  %-14.*s %-9.*s %-6.*s %7llu %8.1f\n", row->index[0], (int)sizeof row->place,
           row->place, (int)sizeof row->weather, row->weather, (int)sizeof row->light, row->light,
           (unsigned long long)row->frame_count[0], row->duration_s[0]);
  }
  if (f->scenes > SCENES_SHOWN)
    printf("  %7s  and %llu more\n", "...", (unsigned long long)(f->scenes - SCENES_SHOWN));
}

static void print_findings(const findings *f) {
  char size[32];
  print_bytes(f->bytes, size);
  const shard_summary *about = &f->first;
  printf("  %-12s %s, seed %llu, made by Roadloom %s\n", "script", about->script_name,
         (unsigned long long)about->seed, about->program_version);
  printf("  %-12s %s\n", "device", about->device);
  printf("  %-12s %llu scene%s, %llu frame%s, %.1f s, %s in %d shard%s\n", "content",
         (unsigned long long)f->scenes, plural(f->scenes), (unsigned long long)f->frames,
         plural(f->frames), f->duration_s, size, f->shards, plural((uint64_t)f->shards));
  print_sensors(f);
  if (f->frames) {
    print_tallies("weather", f->weather, sizeof f->weather / sizeof f->weather[0], f->frames);
    print_tallies("light", f->light, sizeof f->light / sizeof f->light[0], f->frames);
    printf("  %-12s rain up to %.3g mm/h, visibility from %.5g m\n", "", f->rain_max_mmh,
           f->visibility_min_m);
  }
  print_classes(f);
  print_scenes(f);
}

static void print_splits(const json_t *shards) {
  tally splits[8] = {0};
  const int most = sizeof splits / sizeof splits[0];
  size_t i;
  const json_t *row;
  json_array_foreach(shards, i, row) {
    const char *name = json_string_value(json_object_get(row, "split"));
    json_int_t frames = json_integer_value(json_object_get(row, "frames"));
    for (int k = 0; name && k < most; k++) {
      if (!splits[k].name)
        splits[k].name = name;
      if (strcmp(splits[k].name, name) == 0) {
        splits[k].frames += (uint64_t)frames;
        break;
      }
    }
  }
  printf("  %-12s", "split");
  for (int k = 0; k < most && splits[k].name; k++)
    printf("%s %s %llu", k ? "," : "", splits[k].name, (unsigned long long)splits[k].frames);
  printf(" frames\n");
}

/// What the manifest and _SUCCESS say of the dataset; true when it is complete.
static bool print_state(const char *folder, int shards_there) {
  char path[PATH_BYTES], *text = NULL;
  size_t size = 0;
  snprintf(path, sizeof path, "%s/_SUCCESS", folder);
  bool done = file_exists(path);
  snprintf(path, sizeof path, "%s/manifest.json", folder);
  json_t *json = NULL;
  if (file_read(path, MANIFEST_MAX, &text, &size, NULL) == STATUS_OK)
    json = json_loads(text, 0, NULL);
  free(text);
  const json_t *shards = json_object_get(json, "shards");
  const char *root = json_string_value(json_object_get(json, "root_hash"));
  if (!done)
    printf("%s: dataset, not complete: run the same generate command again\n", folder);
  else
    printf("%s: dataset, complete\n", folder);
  if (shards)
    print_splits(shards);
  if (root)
    printf("  %-12s %s\n", "root hash", root);
  if (shards && (int)json_array_size(shards) != shards_there) {
    printf("  %-12s manifest.json lists %d shards, the folder has %d\n", "warning",
           (int)json_array_size(shards), shards_there);
    done = false;
  }
  json_decref(json);
  return done;
}

// Running ---------------------------------------------------------------------

/// Whether it is a file of driven episodes, which has the same ending.
static bool is_driven(const char *path) {
  episodes e;
  if (episodes_read(path, &e, NULL, 0, NULL))
    return false;
  episodes_free(&e);
  return true;
}

/// Reads the shards; a bad one is told and counted, and the others go on.
static status read_shards(const shard_list *list, int most, findings *f, sheet *s, trouble *why) {
  int rows = 0;
  status result = STATUS_OK;
  for (int i = 0; !result && i < list->count && i < most; i++) {
    shard_reader *r = NULL;
    trouble bad = {0};
    if (shard_open(&r, list->paths[i], &bad)) {
      if (is_driven(list->paths[i]))
        return trouble_set(why, STATUS_FORMAT,
                           "%s: driven episodes, not a dataset's shard; see report.html in their "
                           "folder, and `roadloom replay FOLDER`",
                           list->paths[i]);
      if (list->count == 1)
        return trouble_set(why, bad.code, "%s", bad.text);
      cli_fail("inspect", &bad);
      f->damaged++;
      continue;
    }
    count_shard(f, r);
    if (s)
      result = draw_shard(s, r, &rows, why);
    shard_close(r);
  }
  return result;
}

static status inspect(const request *want, findings *f, trouble *why) {
  shard_list list = {0};
  sheet *s = NULL;
  struct stat info;
  status result = STATUS_OK;
  if (want->sheet && cli_check_output_file(want->sheet, why))
    return why->code;
  if (stat(want->path, &info) < 0)
    return trouble_set(why, STATUS_NOT_FOUND, "%s: %s", want->path, strerror(errno));
  const bool folder = S_ISDIR(info.st_mode);
  result = folder ? list_folder(&list, want->path, why) : list_add(&list, "", want->path, why);
  if (!result && want->sheet)
    result = sheet_create(&s, why);
  const int most = want->all ? list.count : SHARDS_SHOWN;
  if (!result)
    result = read_shards(&list, most, f, s, why);
  if (!result) {
    if (folder)
      print_state(want->path, list.count);
    else
      printf("%s: shard %llu, split %s, format %s, whole\n", want->path,
             (unsigned long long)f->first.shard, f->first.split, f->first.format_version);
    if (list.count > most)
      printf("  %-12s of the first %d of %d shards; --all reads every one\n", "what follows", most,
             list.count);
    if (f->shards)
      print_findings(f);
  }
  if (!result && s)
    result = sheet_write(s, want->sheet, why);
  if (!result && s)
    printf("\ncontact sheet: %s\n", want->sheet);
  sheet_destroy(s);
  list_free(&list);
  return result;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *want = state->input;
  switch (key) {
  case ALL_KEY:
    want->all = true;
    return 0;
  case SHEET_KEY:
    want->sheet = arg;
    return 0;
  case COLUMNS_KEY:
    want->columns = true;
    return 0;
  case ARGP_KEY_ARG:
    if (want->path)
      cli_usage_error(state, "'%s': one dataset or shard at a time", arg);
    want->path = arg;
    return 0;
  case ARGP_KEY_END:
    if ((!want->path || !want->path[0]) && !want->columns)
      cli_usage_error(state, "which one? roadloom inspect DATASET");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static int print_columns(void) {
  char *text = shard_format_markdown();
  if (!text) {
    trouble why = {.code = STATUS_MEMORY, .text = "no memory"};
    return cli_fail("inspect", &why);
  }
  fputs(text, stdout);
  free(text);
  return EXIT_DONE;
}

static const struct argp_option inspect_options[] = {
    {"sheet", SHEET_KEY, "FILE.png", 0, "draw a contact sheet of the first scenes", 0},
    {"all", ALL_KEY, NULL, 0, "read every shard, not only the first 32", 0},
    {"columns", COLUMNS_KEY, NULL, 0, "print every dataset of a shard, as Markdown", 0},
    {0}};

static const struct argp inspect_argp = {
    .options = inspect_options,
    .parser = parse,
    .args_doc = "DATASET|SHARD",
    .doc = "Says what is in a dataset's folder or in one shard: scenes, frames, sensors, boxes, "
           "weather, split, bytes, and whether it is complete. Each shard that it reads is "
           "checked against its seal; a damaged one is named and the exit code is 1."};

static int run(int argc, char **argv) {
  request want = {0};
  cli_options options = cli_options_default();
  if (!cli_parse(&cli_inspect, argc, argv, &options, &want))
    return EXIT_TROUBLE;
  cli_options_free(&options);
  if (want.columns)
    return print_columns();
  findings *f = calloc(1, sizeof *f);
  trouble why = {0};
  int code = EXIT_DONE;
  if (!f)
    trouble_set(&why, STATUS_MEMORY, "no memory");
  else {
    f->visibility_min_m = WEATHER_CLEAR_MOR_M;
    inspect(&want, f, &why);
    if (f->damaged)
      code = EXIT_TROUBLE;
  }
  free(f);
  return why.code ? cli_fail("inspect", &why) : code;
}

const cli_command cli_inspect = {.name = "inspect",
                                 .help = "show what is in a dataset or a shard",
                                 .argp = &inspect_argp,
                                 .run = run};
