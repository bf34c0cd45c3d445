// SPDX-License-Identifier: Apache-2.0
#include "export/shard_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN(member_, ctype, type_, d0_, d1_, units_, frame_, invalid_, text)                    \
  {.name = #member_,                                                                               \
   .type = SHARD_##type_,                                                                          \
   .d0 = d0_,                                                                                      \
   .d1 = d1_,                                                                                      \
   .row_offset = offsetof(ROW, member_),                                                           \
   .units = units_,                                                                                \
   .frame = frame_,                                                                                \
   .invalid = invalid_,                                                                            \
   .description = text},

#define ROW shard_scenes_row
static const shard_column_info scenes_columns[] = {SHARD_SCENES(COLUMN)};
#undef ROW
#define ROW shard_frames_row
static const shard_column_info frames_columns[] = {SHARD_FRAMES(COLUMN)};
#undef ROW
#define ROW shard_weather_row
static const shard_column_info weather_columns[] = {SHARD_WEATHER(COLUMN)};
#undef ROW
#define ROW shard_boxes3d_row
static const shard_column_info boxes3d_columns[] = {SHARD_BOXES3D(COLUMN)};
#undef ROW
#define ROW shard_boxes2d_row
static const shard_column_info boxes2d_columns[] = {SHARD_BOXES2D(COLUMN)};
#undef ROW
#define ROW shard_amodal_row
static const shard_column_info amodal_columns[] = {SHARD_AMODAL(COLUMN)};
#undef ROW
#define ROW shard_keypoints3d_row
static const shard_column_info keypoints3d_columns[] = {SHARD_KEYPOINTS3D(COLUMN)};
#undef ROW
#define ROW shard_keypoints2d_row
static const shard_column_info keypoints2d_columns[] = {SHARD_KEYPOINTS2D(COLUMN)};
#undef ROW
#define ROW shard_signals_row
static const shard_column_info signals_columns[] = {SHARD_SIGNALS(COLUMN)};
#undef ROW
#define ROW shard_lidar_row
static const shard_column_info lidar_columns[] = {SHARD_LIDAR(COLUMN)};
#undef ROW
#define ROW shard_camera_calib_row
static const shard_column_info camera_calib_columns[] = {SHARD_CAMERA_CALIB(COLUMN)};
#undef ROW
#define ROW shard_shots_row
static const shard_column_info shots_columns[] = {SHARD_SHOTS(COLUMN)};
#undef ROW
#define ROW shard_lidar_calib_row
static const shard_column_info lidar_calib_columns[] = {SHARD_LIDAR_CALIB(COLUMN)};
#undef ROW
#define ROW shard_tracks_row
static const shard_column_info tracks_columns[] = {SHARD_TRACKS(COLUMN)};
#undef ROW
#define ROW shard_map_lines_row
static const shard_column_info map_lines_columns[] = {SHARD_MAP_LINES(COLUMN)};
#undef ROW
#define ROW shard_map_points_row
static const shard_column_info map_points_columns[] = {SHARD_MAP_POINTS(COLUMN)};
#undef ROW
#define ROW shard_map_links_row
static const shard_column_info map_links_columns[] = {SHARD_MAP_LINKS(COLUMN)};
#undef ROW
#define ROW shard_map_signals_row
static const shard_column_info map_signals_columns[] = {SHARD_MAP_SIGNALS(COLUMN)};
#undef ROW
#define ROW shard_index_row
static const shard_column_info index_columns[] = {SHARD_INDEX(COLUMN)};
#undef ROW

#define TABLE(SYMBOL, name_, group_, owner_, rows, text)                                           \
  {.name = #name_,                                                                                 \
   .group = group_,                                                                                \
   .owner = owner_,                                                                                \
   .chunk_rows = rows,                                                                             \
   .description = text,                                                                            \
   .columns = name_##_columns,                                                                     \
   .column_count = sizeof name_##_columns / sizeof name_##_columns[0],                             \
   .row_bytes = sizeof(shard_##name_##_row)},
const shard_table_info shard_tables[SHARD_TABLE_COUNT] = {SHARD_TABLES(TABLE)};

#define TABLE_FITS(SYMBOL, name, ...)                                                              \
  _Static_assert(sizeof name##_columns / sizeof name##_columns[0] <= SHARD_COLUMNS_MAX,            \
                 "SHARD_COLUMNS_MAX is too small for " #name);
SHARD_TABLES(TABLE_FITS)

#define FROM(member) offsetof(frame_camera, member)
const shard_image_info shard_images[SHARD_IMAGE_COUNT] = {
    [SHARD_RGB] = {"rgb", SHARD_U8, 3, 0, FROM(rgb), "sRGB", "image", "none",
                   "colour, top row first"},
    [SHARD_DEPTH] = {"depth", SHARD_F32, 0, LABEL_DEPTH, FROM(depth_m), "m", "camera", "0",
                     "distance along the camera's z axis; 0 where nothing was hit; < 0 behind the "
                     "camera, which only lenses wider than 180 degrees show"},
    [SHARD_RANGE] = {"range", SHARD_F32, 0, LABEL_RANGE, FROM(range_m), "m", "camera", "0",
                     "distance along the pixel's ray; 0 where nothing was hit; since 1.7"},
    [SHARD_SEMANTIC] = {"semantic", SHARD_U8, 0, LABEL_SEMANTIC, FROM(semantic), "1", "image", "0",
                        "semantic class, see the attribute taxonomy"},
    [SHARD_INSTANCE] = {"instance", SHARD_U32, 0, LABEL_INSTANCE, FROM(instance), "1", "image", "0",
                        "id of the thing in the pixel, see /tracks"},
    [SHARD_NORMAL] = {"normal", SHARD_I16, 3, LABEL_NORMAL, FROM(normal), "1/32767", "camera",
                      "0 0 0", "unit normal of the surface, towards the camera; since 1.7"},
    [SHARD_FLOW] = {"flow", SHARD_I16, 2, LABEL_FLOW, FROM(flow), "1/64 px", "image",
                    "-32768 -32768",
                    "right and down to where the pixel's point is in the next frame; since 1.7"},
    [SHARD_FLOW_BACK] = {"flow_back", SHARD_I16, 2, LABEL_FLOW_BACK, FROM(flow_back), "1/64 px",
                         "image", "-32768 -32768",
                         "the same to where it was in the last frame; since 1.7"},
    [SHARD_OCCLUSION] = {"occlusion", SHARD_U8, 0, LABEL_OCCLUSION, FROM(occlusion), "bits",
                         "image", "none",
                         "0 the pixel's point is seen in both other frames; 1 hidden in the next "
                         "frame, 2 outside of its image; 4 hidden in the last frame, 8 outside of "
                         "its image, 16 there was none; since 1.7"},
    [SHARD_ALBEDO] = {"albedo", SHARD_U8, 3, LABEL_ALBEDO, FROM(albedo), "sRGB", "image", "0 0 0",
                      "reflectance of the surface, wet, snowed on or worn as it is; a metal's is "
                      "what it mirrors; since 1.7"},
    [SHARD_MARK] = {"mark", SHARD_U8, 0, LABEL_MARK, FROM(mark), "1", "image", "0",
                    "paint on the road: 1 solid line, 2 dash, 3 one of two solid lines, 4 stop "
                    "line or give-way blocks, 5 crosswalk, 6 symbol, 7 area not to drive on, 8 "
                    "parking bay; 16 more when it is yellow; since 1.7"},
    [SHARD_RAW] = {"raw", SHARD_U16, 0, LABEL_RAW, FROM(raw), "DN", "image", "none",
                   "what the sensor read, 12 bits, one colour a pixel by calib/bayer; since 1.9"},
    [SHARD_HDR] = {"hdr", SHARD_F16, 3, LABEL_HDR, FROM(hdr), "100 cd/m^2", "image", "none",
                   "linear sRGB light in front of the lens, with air, fog and rain's haze, without "
                   "drops, streaks, glare, exposure and noise; since 1.9"},
};
#undef FROM

const void *shard_image_of(const frame_camera *camera, shard_image_id image) {
  return *(void *const *)(const void *)((const char *)camera + shard_images[image].from);
}

// The digits at `text`, which `stop` or the text's end has to follow; -1: there are none.
static int digits(const char *text, char stop) {
  char *end;
  if (*text < '0' || *text > '9')
    return -1;
  long number = strtol(text, &end, 10);
  return (*end && *end != stop) || number > 9999 ? -1 : (int)number;
}

int shard_since(const char *description) {
  static const char mark[] = "since 1.";
  const char *last = NULL;
  for (const char *at = description; (at = strstr(at, mark)); at++)
    last = at + sizeof mark - 1;
  int minor = last ? digits(last, 0) : -1;
  return minor < 0 ? 0 : minor;
}

int shard_minor(const char *format_version) {
  return strncmp(format_version, "1.", 2) == 0 ? digits(format_version + 2, '.') : -1;
}

static const struct {
  const char *name;
  size_t bytes;
} types[SHARD_TYPE_COUNT] = {
    [SHARD_U8] = {"u1", 1},  [SHARD_U16] = {"u2", 2}, [SHARD_U32] = {"u4", 4},
    [SHARD_U64] = {"u8", 8}, [SHARD_I16] = {"i2", 2}, [SHARD_I32] = {"i4", 4},
    [SHARD_I64] = {"i8", 8}, [SHARD_F16] = {"f2", 2}, [SHARD_F32] = {"f4", 4},
    [SHARD_F64] = {"f8", 8}, [SHARD_TEXT] = {"S", 1},
};

const char *shard_type_name(shard_type type) {
  return types[type].name;
}

size_t shard_type_bytes(shard_type type) {
  return types[type].bytes;
}

int shard_column_width(const shard_column_info *column, int lidar_count) {
  if (column->d0 == SHARD_PER_LIDAR)
    return lidar_count > 0 ? lidar_count : 1;
  return SHARD_ROOM(column->d0, column->d1);
}

const char *shard_weather_word(const weather_state *weather) {
  if (weather->snow_mmh > 0.05)
    return "snow";
  if (weather->rain_mmh > 0.1)
    return "rain";
  if (weather->fog_visibility_m < 1000)
    return "fog";
  return weather->cloud_cover > 0.8 ? "overcast" : weather->cloud_cover > 0.35 ? "cloudy" : "clear";
}

const char *shard_light_word(const weather_state *weather) {
  const double civil_twilight_rad = -0.105, low_sun_rad = 0.07;
  if (weather->sun_elevation_rad < civil_twilight_rad)
    return "night";
  return weather->sun_elevation_rad < low_sun_rad ? "dusk" : "day";
}

const char *shard_keypoint_name(int number) {
  static const char *const names[] = {
#define X(NAME, name, ...) name,
      KEYPOINTS(X)
#undef X
  };
  return number >= 0 && number < KEYPOINT_COUNT ? names[number] : "unknown";
}

const char *shard_kind_name(int kind) {
  static const char *const names[] = {
      "building",  "tree",   "bush",   "lamp",       "signal",  "walk_signal",
      "sign",      "bench",  "bin",    "hydrant",    "bollard", "bus_stop",
      "billboard", "car",    "van",    "truck",      "bus",     "motorcycle",
      "bicycle",   "person", "pole",   "cone",       "barrier", "delineator",
      "fence",     "wall",   "hedge",  "wheelchair", "pram",    "dog",
      "leash",     "deer",   "police", "ambulance",  "tractor", "trailer"};
  _Static_assert(sizeof names / sizeof names[0] == THING_KIND_COUNT, "a name for every kind");
  return kind >= 0 && kind < THING_KIND_COUNT ? names[kind] : "unknown";
}

static const char *owner_text(shard_owner owner) {
  switch (owner) {
  case SHARD_A_ROW_A_SCENE:
    return "a row a scene";
  case SHARD_A_ROW_A_FRAME:
    return "a row a frame";
  case SHARD_RAGGED_BY_FRAME:
    return "ragged by frame";
  case SHARD_RAGGED_BY_SCENE:
    return "ragged by scene";
  case SHARD_RAGGED_BY_LINE:
    return "ragged by line";
  case SHARD_RAGGED_BY_BOX:
    return "ragged by row of /boxes2d";
  case SHARD_LOOSE:
    break;
  }
  return "one list";
}

static const char *group_text(shard_table_id table) {
  switch (table) {
  case SHARD_TABLE_LIDAR:
    return "/lidars/NAME";
  case SHARD_TABLE_LIDAR_CALIB:
    return "/lidars/NAME/calib";
  case SHARD_TABLE_SHOTS:
    return "/cameras/NAME/shots";
  case SHARD_TABLE_CAMERA_CALIB:
    return "/cameras/NAME/calib";
  default:
    return shard_tables[table].group;
  }
}

static void print_shape(FILE *out, const shard_column_info *column) {
  if (column->type == SHARD_TEXT || column->d0 == 0)
    fprintf(out, "(N)");
  else if (column->d0 == SHARD_PER_LIDAR)
    fprintf(out, "(N, lidars)");
  else if (column->d1 == 0)
    fprintf(out, "(N, %d)", column->d0);
  else
    fprintf(out, "(N, %d, %d)", column->d0, column->d1);
}

char *shard_format_markdown(void) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out)
    return NULL;
  fprintf(out, "### `/cameras/NAME`: images, one chunk a frame\n\n"
               "| dataset | type | shape | units | frame | invalid | what |\n"
               "|---|---|---|---|---|---|---|\n");
  for (int i = 0; i < SHARD_IMAGE_COUNT; i++) {
    const shard_image_info *image = &shard_images[i];
    char channels[16] = "";
    if (image->channels)
      snprintf(channels, sizeof channels, ", %d", image->channels);
    fprintf(out, "| `%s` | %s | (N, H, W%s) | %s | %s | %s | %s |\n", image->name,
            shard_type_name(image->type), channels, image->units, image->frame, image->invalid,
            image->description);
  }
  for (int t = 0; t < SHARD_TABLE_COUNT; t++) {
    const shard_table_info *table = &shard_tables[t];
    fprintf(out,
            "\n### `%s`: %s\n\nN: %s.\n\n"
            "| dataset | type | shape | units | frame | invalid | what |\n"
            "|---|---|---|---|---|---|---|\n",
            group_text((shard_table_id)t), table->description, owner_text(table->owner));
    for (int c = 0; c < table->column_count; c++) {
      const shard_column_info *column = &table->columns[c];
      fprintf(out, "| `%s` | %s", column->name, shard_type_name(column->type));
      if (column->type == SHARD_TEXT)
        fprintf(out, "%d", column->d0);
      fprintf(out, " | ");
      print_shape(out, column);
      fprintf(out, " | %s | %s | %s | %s |\n", column->units, column->frame, column->invalid,
              column->description);
    }
  }
  if (fclose(out) != 0) {
    free(text);
    return NULL;
  }
  return text;
}
