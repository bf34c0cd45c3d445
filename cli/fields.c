// SPDX-License-Identifier: Apache-2.0
// roadloom fields: the table of what a script can set, for people and for editors.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "scenes/fields.h"

// For people --------------------------------------------------------------------

typedef struct columns {
  int path, range, initial;
} columns;

static int longer(int width, const char *text) {
  int length = (int)strlen(text);
  return length > width ? length : width;
}

static bool is_wanted(const field *f, const char *part) {
  if (!part)
    return true;
  char path[FIELD_PATH];
  snprintf(path, sizeof path, "%s%s", fields_groups[f->group].path, f->name);
  return strstr(path, part) || strcmp(fields_groups[f->group].name, part) == 0;
}

// Ranges of words may be long: they don't widen the column for all the others.
static void texts_of(const field *f, char path[FIELD_PATH], char range[FIELD_TEXT],
                     char initial[FIELD_TEXT]) {
  snprintf(path, FIELD_PATH, "%s%s", fields_groups[f->group].path, f->name);
  if (f->type == FIELD_WORD || f->type == FIELD_LABELS)
    range[0] = 0;
  else
    fields_range(f, range, FIELD_TEXT);
  fields_default(f, initial, FIELD_TEXT);
}

static columns measure(const char *part) {
  columns c = {0};
  char path[FIELD_PATH], range[FIELD_TEXT], initial[FIELD_TEXT];
  for (int i = 0; i < fields_count; i++) {
    if (!is_wanted(&fields_table[i], part))
      continue;
    texts_of(&fields_table[i], path, range, initial);
    c.path = longer(c.path, path);
    c.range = longer(c.range, range);
    c.initial = longer(c.initial, initial);
  }
  return c;
}

static int print_table(const char *part) {
  columns c = measure(part);
  int shown = 0;
  char path[FIELD_PATH], range[FIELD_TEXT], initial[FIELD_TEXT], words[FIELD_TEXT];
  for (int group = 0; group < FIELDS_GROUP_COUNT; group++) {
    bool headed = false;
    for (int i = 0; i < fields_count; i++) {
      const field *f = &fields_table[i];
      if (f->group != (field_group)group || !is_wanted(f, part))
        continue;
      if (!headed)
        printf("%s%s\n", shown ? "\n" : "", fields_groups[group].title);
      headed = true;
      shown++;
      texts_of(f, path, range, initial);
      printf("  %-*s  %-*s  %-*s  %s", c.path, path, c.range, range, c.initial, initial,
             f->meaning);
      if (f->type == FIELD_WORD || f->type == FIELD_LABELS) {
        fields_range(f, words, sizeof words);
        printf("%s%s", strstr(f->meaning, words) ? "" : ": ",
               strstr(f->meaning, words) ? "" : words);
      }
      printf("\n");
    }
  }
  return shown;
}

// For editors -------------------------------------------------------------------

static const char *lua_type_of(const field *f) {
  switch (f->type) {
  case FIELD_NUMBER:
  case FIELD_ANGLE:
    return "number";
  case FIELD_WHOLE:
    return "integer";
  case FIELD_PAIR:
    return "integer[]";
  case FIELD_VECTOR:
  case FIELD_NUMBERS:
    return "number[]";
  case FIELD_NAME:
  case FIELD_FILE:
    return "string";
  default:
    return NULL;
  }
}

static void print_type(const field *f) {
  const char *known = lua_type_of(f), *word;
  if (known) {
    printf("%s", known);
  } else if (f->type == FIELD_WORD || f->type == FIELD_LABELS) {
    for (int i = 0; (word = fields_word(f, i)); i++)
      printf("%s\"%s\"", i ? "|" : "", word);
    if (f->type == FIELD_LABELS)
      printf("|string[]");
  } else if (strcmp(f->name, "road") == 0) {
    printf("roadloom.place");
  } else if (f->group == FIELDS_CHANGE) {
    printf("roadloom.weather");
  } else if (strcmp(f->name, "cameras") == 0) {
    printf("roadloom.camera[]");
  } else if (strcmp(f->name, "lidars") == 0) {
    printf("roadloom.lidar[]");
  } else if (strcmp(f->name, "actors") == 0) {
    printf("roadloom.actor[]");
  } else if (strcmp(f->name, "behaviour") == 0) {
    printf("fun(self: roadloom.actor)");
  } else if (strcmp(f->name, "at") == 0) {
    printf("roadloom.spot");
  } else {
    printf("roadloom.%s", f->name);
  }
}

static void print_class(field_group group) {
  bool constructed = (group >= FIELDS_GRID_CITY && group <= FIELDS_OSM) || group == FIELDS_ACTOR ||
                     group == FIELDS_AT;
  printf("---@class (exact) roadloom.%s%s\n", fields_groups[group].name,
         constructed ? "_fields" : "");
  char range[FIELD_TEXT], initial[FIELD_TEXT];
  for (int i = 0; i < fields_count; i++) {
    const field *f = &fields_table[i];
    if (f->group != group)
      continue;
    fields_default(f, initial, sizeof initial);
    printf("---@field %s? ", f->name);
    print_type(f);
    printf(" %s", f->meaning);
    fields_range(f, range, sizeof range);
    if (*range && f->type != FIELD_WORD && f->type != FIELD_LABELS)
      printf("; %s", range);
    printf("; default %s\n", initial);
  }
  if (group == FIELDS_COMPOSE)
    printf("---@field [integer] roadloom.place its parts, 1 to %d\n", COMPOSE_PARTS);
  if (group == FIELDS_WEATHER)
    printf("---@field rate_mmh? number rain {}, storm {}, snow {}: its rate, and all that goes "
           "with it\n");
  printf("\n");
}

static const char actor_words[] =
    "---@class roadloom.spot\n\n"
    "---Somebody whom the script places and tells what to do; `ego` is one, too.\n"
    "---@class roadloom.actor\n"
    "---@field speed_mps number in behaviours: its speed\n"
    "---@field gone boolean in behaviours: it has left the roads\n"
    "---@field x_m number in behaviours: the middle of its box, east\n"
    "---@field y_m number in behaviours: north\n"
    "---@field heading_deg number in behaviours: 0 east, 90 north\n"
    "ego = {}\n\n"
    "---Waits.\n---@param seconds number\nfunction ego:wait(seconds) end\n\n"
    "---Waits until the condition, asked every step, holds.\n"
    "---@param condition fun(): any\nfunction ego:wait_until(condition) end\n\n"
    "---Speeds up or slows down, then keeps that speed.\n"
    "---@param to number|{ speed_mps: number, accel_mps2: number?, wait: boolean? }\n"
    "function ego:set_speed(to) end\n\n"
    "---Brakes, to a stop unless to_mps says otherwise.\n"
    "---@param how? number|{ decel_mps2: number?, to_mps: number?, wait: boolean? }\n"
    "function ego:brake(how) end\n\n"
    "---Hands the vehicle back to its driver, who looks out for others.\nfunction ego:drive() "
    "end\n\n"
    "---Keeps a gap behind another one: 2 m and 1.5 s when nothing is said.\n"
    "---@param other roadloom.actor\n"
    "---@param how? { gap_m: number?, headway_s: number?, seconds: number?, wait: boolean? }\n"
    "function ego:follow(other, how) end\n\n"
    "---Changes to the lane beside.\n"
    "---@param to \"left\"|\"right\"|{ side: \"left\"|\"right\", seconds: number?, wait: boolean? "
    "}\n"
    "function ego:change_lane(to) end\n\n"
    "---Takes the place gap_m in front of another one, then changes to its lane.\n"
    "---@param how? { of: roadloom.actor?, gap_m: number?, seconds: number?, speed_mps: number? }\n"
    "function ego:cut_in(how) end\n\n"
    "---Moves across its lane, to side_m left of the middle or kerb_m to the kerb's side.\n"
    "---@param to { side_m: number?, kerb_m: number?, seconds: number?, wait: boolean? }\n"
    "function ego:shift(to) end\n\n"
    "---Goes straight to a place.\n---@param to roadloom.spot|roadloom.actor\n"
    "---@param how? number|{ speed_mps: number?, accel_mps2: number?, wait: boolean? }\n"
    "function ego:walk_to(to, how) end\n\n"
    "---Goes from place to place, off the lanes.\n---@param path table places, speed_mps, "
    "accel_mps2\n"
    "function ego:follow_path(path) end\n\n"
    "---Goes along the road as it heads, at the distance from the lane that it has.\n"
    "---@param how? number|{ speed_mps: number?, accel_mps2: number?, distance_m: number?, wait: "
    "boolean? }\nfunction ego:go_along(how) end\n\n"
    "---Crosses the road; with `meet`, so that it is at `impact` of that one's width, 0 the near "
    "side, 1 the far one, when its front arrives.\n"
    "---@param how? number|{ speed_mps: number?, accel_mps2: number?, meet: roadloom.actor?, "
    "impact: "
    "number?, wait: boolean? }\nfunction ego:cross_road(how) end\n\n"
    "---@param fields roadloom.actor_fields\n---@return roadloom.actor\nfunction actor(fields) "
    "end\n\n"
    "---@param of roadloom.actor\n---@param fields? number|roadloom.at_fields\n"
    "---@return roadloom.spot\nfunction ahead(of, fields) end\n\n"
    "---@param of roadloom.actor\n---@param fields? number|roadloom.at_fields\n"
    "---@return roadloom.spot\nfunction behind(of, fields) end\n\n"
    "---@param of roadloom.actor\n---@param fields? number|roadloom.at_fields\n"
    "---@return roadloom.spot\nfunction beside(of, fields) end\n\n"
    "---In behaviours: metres from middle to middle.\n---@param a roadloom.actor\n"
    "---@param b roadloom.actor\n---@return number\nfunction distance(a, b) end\n\n"
    "---In behaviours: free metres between the two along the road.\n---@param a roadloom.actor\n"
    "---@param b roadloom.actor\n---@return number\nfunction gap(a, b) end\n\n"
    "---In behaviours: seconds until that gap is used up; math.huge when it grows.\n"
    "---@param a roadloom.actor\n---@param b roadloom.actor\n---@return number\n"
    "function time_to_collision(a, b) end\n\n"
    "---In behaviours: seconds until a's front comes by b.\n---@param a roadloom.actor\n"
    "---@param b roadloom.actor|roadloom.spot\n---@return number\n"
    "function time_to_arrival(a, b) end\n\n"
    "---In behaviours: metres that a still has to where its route crosses that of b.\n"
    "---@param a roadloom.actor\n---@param b roadloom.actor\n---@return number?\n"
    "function way_to_crossing(a, b) end\n\n"
    "---In behaviours: seconds since the scene began.\n---@return number\nfunction now() end\n\n";

static void print_luacats(void) {
  static const char draws[] =
      "---A number between lo and hi.\n"
      "---@param lo number\n---@param hi number\n---@return number\n"
      "function uniform(lo, hi) end\n\n"
      "---A number between lo and hi whose logarithm is uniform; 0 < lo.\n"
      "---@param lo number\n---@param hi number\n---@return number\n"
      "function log_uniform(lo, hi) end\n\n"
      "---A Gaussian number, drawn again until it lies within the bounds.\n"
      "---@param mean number\n---@param sd number\n---@param lo? number\n---@param hi? number\n"
      "---@return number\nfunction normal(mean, sd, lo, hi) end\n\n"
      "---A count with this mean.\n---@param mean number\n---@return integer\n"
      "function poisson(mean) end\n\n"
      "---True with probability p.\n---@param p number\n---@return boolean\n"
      "function chance(p) end\n\n"
      "---One value by weight: { [weight] = value, … } or { { weight = w, value }, … }.\n"
      "---@param choices table\n---@return any\nfunction choose(choices) end\n\n"
      "---One of a list, each as likely.\n---@generic T\n---@param list T[]\n---@return T\n"
      "function pick(list) end\n\n"
      "---A shuffled copy of a list.\n---@generic T\n---@param list T[]\n---@return T[]\n"
      "function shuffle(list) end\n\n"
      "---Which scene of the job this is, from 0 on.\n---@return integer\n"
      "function scene_number() end\n\n"
      "---Draws the scene again unless the condition holds.\n"
      "---@param condition any\n---@param reason string\n"
      "function require_that(condition, reason) end\n\n";
  printf("---@meta\n-- Made by `roadloom fields --luacats`: what a Roadloom scene script can "
         "say.\n\n");
  printf("---@class roadloom.place\n---@class roadloom.result\n\n");
  for (int group = 0; group < FIELDS_GROUP_COUNT; group++)
    print_class((field_group)group);
  printf("---@param fields roadloom.scene\n---@return roadloom.result\n"
         "function scene(fields) end\n\n");
  const char *name;
  for (int i = 0; (name = place_name(i)); i++)
    printf("---@param fields%sroadloom.%s_fields\n---@return roadloom.place\n"
           "function %s(fields) end\n\n",
           i == PLACE_OPENDRIVE || i == PLACE_OSM ? " string|" : "? ", name, name);
  for (int i = 0; (name = weather_preset_name(i)); i++)
    printf("---@param fields? roadloom.weather\n---@return roadloom.weather\n"
           "function %s(fields) end\n\n",
           name);
  printf("---@class roadloom.rigs\n");
  for (int i = 0; (name = rig_builtin_name(i)); i++)
    printf("---@field %s roadloom.rig\n", name);
  printf("rigs = {}\n\n%s%s", draws, actor_words);
}

// Running -----------------------------------------------------------------------

static int print_paths(const char *part) {
  int shown = 0;
  for (int i = 0; i < fields_count; i++)
    if (fields_table[i].type != FIELD_TABLE && is_wanted(&fields_table[i], part)) {
      printf("%s%s\n", fields_groups[fields_table[i].group].path, fields_table[i].name);
      shown++;
    }
  return shown;
}

enum { KEY_LUACATS = CLI_OWN_KEY, KEY_PATHS };

typedef struct fields_input {
  bool luacats, paths;
  const char *part;
} fields_input;

static error_t parse(int key, char *arg, struct argp_state *state) {
  fields_input *input = state->input;
  switch (key) {
  case KEY_LUACATS:
    input->luacats = true;
    return 0;
  case KEY_PATHS:
    input->paths = true;
    return 0;
  case ARGP_KEY_ARG:
    if (input->part)
      cli_usage_error(state, "'%s': one part of a name at a time", arg);
    input->part = arg;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option fields_options[] = {
    {"luacats", KEY_LUACATS, NULL, 0, "Write a LuaCATS definition file for editors", 0},
    {"paths", KEY_PATHS, NULL, 0, "List the paths alone, one a line", 0},
    {0}};

static const struct argp fields_argp = {
    .options = fields_options,
    .parser = parse,
    .args_doc = "[PART]",
    .doc = "Lists every field of a scene script: path, range with unit, default, meaning. With "
           "PART only those whose path contains it. --set takes the same paths."};

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  fields_input input = {0};
  if (!cli_parse(&cli_fields, argc, argv, &options, &input))
    return EXIT_TROUBLE;
  cli_options_free(&options);
  if (input.luacats) {
    print_luacats();
    return EXIT_DONE;
  }
  if ((input.paths ? print_paths(input.part) : print_table(input.part)) > 0)
    return EXIT_DONE;
  trouble why;
  trouble_set(&why, STATUS_NOT_FOUND,
              "no field's path contains \"%s\"; `roadloom fields` lists all", input.part);
  return cli_fail("fields", &why);
}

const cli_command cli_fields = {.name = "fields",
                                .help = "list every field of a script with unit, range and default",
                                .argp = &fields_argp,
                                .run = run};
