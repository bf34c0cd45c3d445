// SPDX-License-Identifier: Apache-2.0
// The one table of what a scene script can set: unit, range, default, meaning and
// where it lands. The reader of scripts, --set and `roadloom fields` all use it.
#ifndef SCENES_FIELDS_H
#define SCENES_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "scenes/rig_form.h"
#include "scenes/scene_def.h"

/// Where fields land while a script is read. Its parts become the scene_def.
typedef struct scene_form {
  scene_def def;                // all but its rig
  double weather_time_of_day_h; // NaN: the scene's own
  bool mix_given;               // else a highway has no bicycles, a car park no buses
  rig_form rig;
} scene_form;

/// The tables that a script is made of.
typedef enum field_group {
  FIELDS_SCENE,
  FIELDS_GRID_CITY,
  FIELDS_HIGHWAY,
  FIELDS_INTERSECTION, // places in the order of place_kind
  FIELDS_STRAIGHT,
  FIELDS_CURVE,
  FIELDS_ROUNDABOUT,
  FIELDS_TOWN,
  FIELDS_RURAL,
  FIELDS_INTERCHANGE,
  FIELDS_PARKING,
  FIELDS_COMPOSE,
  FIELDS_OPENDRIVE,
  FIELDS_OSM,
  FIELDS_TRAFFIC,
  FIELDS_MIX,
  FIELDS_DRIVERS,
  FIELDS_PEDESTRIANS,
  FIELDS_WALK_MIX,
  FIELDS_WEATHER,
  FIELDS_CHANGE,
  FIELDS_EGO,
  FIELDS_ACTOR,
  FIELDS_AT,
  FIELDS_PROP,
  FIELDS_RIG,
  FIELDS_CAMERA,
  FIELDS_LIDAR,
  FIELDS_GROUP_COUNT
} field_group;

typedef enum field_type {
  FIELD_NUMBER,  // double
  FIELD_ANGLE,   // double, degrees in scripts, radians where it lands
  FIELD_WHOLE,   // int
  FIELD_PAIR,    // int[2], a list of two whole numbers
  FIELD_VECTOR,  // double[3], a list of three numbers
  FIELD_NUMBERS, // number_list
  FIELD_NAME,    // char[RIG_NAME], letters, digits and _
  FIELD_FILE,    // char[SCENE_FILE], a map file's plain name
  FIELD_WORD,    // one of a few words; char[RIG_NAME] or nowhere
  FIELD_LABELS,  // uint32_t of LABEL_… bits, a word or a list of words
  FIELD_TABLE,   // a table that has fields of its own; lands nowhere
} field_type;

/// A field's offset when it lands nowhere: it is read by code of its own.
#define FIELD_NOWHERE ((size_t)-1)

typedef struct field {
  field_group group;
  const char *name;
  field_type type;
  const char *unit;     // "" when it has none
  double lo, hi;        // inclusive
  bool zero_too;        // 0 is fine although it is outside lo..hi
  double initial;       // in the script's unit; NaN when unset
  const char *fallback; // the default in words; NULL: `initial` says it
  size_t offset; // into scene_form, actor_def, actor_place, rig_form, camera_form or lidar_form
  const char *meaning;
} field;

typedef struct field_group_info {
  const char *name;  // what makes the table: "grid_city", "rain …", "camera"
  const char *path;  // prefix of its fields' paths: "road."
  const char *title; // how a script writes it: "road = grid_city { … }"
} field_group_info;

extern const field fields_table[];
extern const int fields_count;
extern const field_group_info fields_groups[FIELDS_GROUP_COUNT];

enum { FIELD_TEXT = 256, FIELD_PATH = 128 };

/// The field of that name, or NULL.
const field *fields_find(field_group group, const char *name);
/// The group's field that `name` probably meant, or NULL.
const char *fields_suggest(field_group group, const char *name);
/// The group's field names, "a, b and c".
void fields_names(field_group group, char *out, size_t size);
/// "40..400 m".
void fields_range(const field *f, char *out, size_t size);
/// The default as a script would write it, or in words.
void fields_default(const field *f, char *out, size_t size);
/// False, with what is wrong ("12 is outside 40..400 m") in `text`, when the value
/// can't be that field's: not finite, not whole where it should be, out of range.
bool fields_check(const field *f, double value, char *text, size_t size);
/// Same for a text: FIELD_NAME, FIELD_FILE, FIELD_WORD and a word of FIELD_LABELS.
bool fields_check_text(const field *f, const char *value, char *text, size_t size);
/// The words that a FIELD_WORD or FIELD_LABELS takes, by index; NULL past the end.
const char *fields_word(const field *f, int index);

/// Puts a checked number into element `index` (0 for a single number) of the field
/// in the struct at `base` that the field's offset counts from.
void fields_put(const field *f, void *base, int index, double value);
/// Puts a checked text into a FIELD_NAME, FIELD_FILE or FIELD_WORD; what lands nowhere is dropped.
void fields_put_text(const field *f, void *base, const char *value);
/// The number that is there, in the script's unit.
double fields_get(const field *f, const void *base, int index);
/// Numbers in the field: 1, 2 or 3; 0 when it isn't a fixed count of numbers.
int fields_width(const field *f);
/// Sets every field of the group to its default.
void fields_reset(field_group group, void *base);

/// Names of places and weathers, in order; NULL past the end.
const char *place_name(int index);
const char *weather_preset_name(int index);
/// The named weather's state: `rate_mmh` is its rain or snow rate, NaN for its usual
/// one. Sets *time_of_day_h when that weather has an hour of its own (night).
/// 0 and unchanged when there is none of that name.
int weather_preset(const char *name, double rate_mmh, weather_state *out, double *time_of_day_h);
/// Whether the named weather takes rate_mmh.
bool weather_preset_has_rate(const char *name);

/// Every field's default, the rig "minimal".
scene_form scene_form_default(void);
/// The definition that a form describes. STATUS_RANGE when parts don't fit.
status scene_def_from_form(scene_def *out, const scene_form *form, trouble *why);

#endif
