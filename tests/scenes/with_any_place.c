// SPDX-License-Identifier: Apache-2.0
#include "with_any_place.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/fields.h"
#include "scenes/place.h"

static const double SMALL_BLOCKS = 4, SMALL_M = 600, SMALL_LENGTH_M = 4000, SMALL_COUNT = 2;

typedef struct drawing {
  rng r;
  any_size size;
  any_place *out;
  size_t used; // of out->script
} drawing;

static void write_text(drawing *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void write_text(drawing *d, const char *format, ...) {
  va_list args;
  va_start(args, format);
  size_t left = sizeof d->out->script - d->used;
  int n = vsnprintf(d->out->script + d->used, left, format, args);
  va_end(args);
  assert_true(n >= 0 && (size_t)n < left);
  d->used += (size_t)n;
}

static bool makes_large(const field *f) {
  return f->type == FIELD_PAIR || strcmp(f->name, "size_m") == 0 ||
         strcmp(f->name, "length_m") == 0;
}

// Ramps, lane drops and the like: more of them don't fit into most roads.
static bool counts(const field *f) {
  return f->type == FIELD_WHOLE && f->lo == 0;
}

static double greatest(const drawing *d, const field *f) {
  if (counts(f))
    return fmin(f->hi, SMALL_COUNT);
  if (d->size == ANY_LARGE || !makes_large(f))
    return f->hi;
  double small = strcmp(f->name, "length_m") == 0 ? SMALL_LENGTH_M : SMALL_M;
  return fmin(f->hi, f->type == FIELD_PAIR ? SMALL_BLOCKS : small);
}

// In the script's unit and as short as the script writes it.
static double draw_number(drawing *d, const field *f) {
  double hi = greatest(d, f), kind = rng_unit(&d->r);
  bool whole = f->type == FIELD_WHOLE || f->type == FIELD_PAIR;
  double at = rng_unit(&d->r), value = f->lo + (hi - f->lo) * at;
  if ((f->zero_too && kind < 0.3) || (counts(f) && kind < 0.65))
    return 0;
  if (kind < 0.1)
    return f->lo;
  if (kind < 0.2)
    return hi;
  if (kind < 0.35 && isfinite(f->initial))
    return fmin(f->initial, hi);
  if (whole)
    value = f->lo + floor((hi - f->lo + 1) * at);
  if (f->lo > 0 && hi > 8 * f->lo) // small ones as often as large ones
    value = f->lo * pow(hi / f->lo, at);
  return whole ? fmin(hi, floor(value)) : fmin(hi, fmax(f->lo, round(value * 1000) / 1000));
}

// Headings of 3 to 6 arms, some of them no farther apart than they must be.
static void draw_headings(drawing *d, const field *f, number_list *out) {
  static const double apart_deg = 40;
  if (rng_chance(&d->r, 0.6))
    return;
  int n = 3 + rng_below(&d->r, 4);
  double share[6], sum = 0, heading = floor(rng_uniform(&d->r, -180, 180));
  for (int i = 0; i < n; i++) {
    share[i] = rng_chance(&d->r, 0.3) ? 0 : rng_unit(&d->r);
    sum += share[i];
  }
  out->count = n;
  write_text(d, "%s = {", f->name);
  for (int i = 0; i < n; i++) {
    out->value[i] = heading > 180 ? heading - 360 : heading;
    write_text(d, "%s%.10g", i ? ", " : "", out->value[i]);
    heading += apart_deg + (sum > 0 ? floor((360 - n * apart_deg) * share[i] / sum) : 0);
  }
  write_text(d, "}, ");
}

static void draw_field(drawing *d, const field *f, scene_form *form) {
  if (f->type == FIELD_WORD) {
    int words = 0;
    while (fields_word(f, words))
      words++;
    const char *word = fields_word(f, rng_below(&d->r, words));
    fields_put_text(f, form, word);
    write_text(d, "%s = \"%s\", ", f->name, word);
    return;
  }
  if (f->type == FIELD_NUMBERS) {
    draw_headings(d, f, (number_list *)(void *)((char *)form + f->offset));
    return;
  }
  if (f->type == FIELD_TABLE)
    return;
  int width = fields_width(f);
  if (width == 0 || f->type == FIELD_VECTOR)
    fail_msg("%s: no draw for this kind of field yet", f->name);
  write_text(d, width > 1 ? "%s = {" : "%s = ", f->name);
  for (int i = 0; i < width; i++) {
    double value = draw_number(d, f);
    fields_put(f, form, i, value);
    write_text(d, "%s%.10g", i ? ", " : "", value);
  }
  write_text(d, width > 1 ? "}, " : ", ");
}

static void draw_fields(drawing *d, place_kind place, scene_form *form) {
  for (int i = 0; i < fields_count; i++)
    if (fields_table[i].group == (field_group)(FIELDS_GRID_CITY + (int)place))
      draw_field(d, &fields_table[i], form);
}

static void make_room(drawing *d, highway_def *h);

// One to four places of other kinds, smaller than they are by themselves.
static void draw_parts(drawing *d, scene_form *form) {
  compose_def *compose = &form->def.compose;
  compose->part_count = 1 + rng_below(&d->r, 4);
  for (int i = 0; i < compose->part_count; i++) {
    scene_form own = scene_form_default();
    place_kind kind = (place_kind)rng_below(&d->r, PLACE_COMPOSE);
    write_text(d, "%s { ", place_name((int)kind));
    draw_fields(d, kind, &own);
    if (kind == PLACE_HIGHWAY)
      make_room(d, &own.def.highway);
    write_text(d, "}, ");
    compose_part_put(&compose->parts[i], kind, &own.def);
  }
}

// Ramps and lanes that end and begin take room, which a highway of any length doesn't have; what
// comes later in a table rules.
static void make_room(drawing *d, highway_def *h) {
  h->exits %= 3, h->entries %= 3;
  h->lane_drops = h->lanes > 1 ? h->lane_drops % 2 : 0;
  h->lane_gains %= 2;
  if (h->exits + h->entries + h->lane_drops + h->lane_gains > 0)
    h->length_m = fmax(h->length_m, 4700);
  double radius = fmax(h->radius_m, place_least_radius(h->speed_limit_mps));
  if (h->radius_m > 0)
    h->ramp_radius_m = fmin(h->ramp_radius_m, floor(0.6 * (radius - 25)));
  write_text(d, "exits = %d, entries = %d, lane_drops = %d, lane_gains = %d, ", h->exits,
             h->entries, h->lane_drops, h->lane_gains);
  write_text(d, "length_m = %.10g, ramp_radius_m = %.10g, ", h->length_m, h->ramp_radius_m);
}

void any_place_draw(any_place *out, place_kind place, uint32_t number, any_size size) {
  *out = (any_place){.place = place, .number = number};
  drawing d = {.r = rng_at(4711, RNG_TEST, (uint32_t)place, number, 0), .size = size, .out = out};
  scene_form form = scene_form_default();
  form.def.place = place;
  write_text(&d, "return scene { traffic = { vehicles = 0, ");
  draw_field(&d, fields_find(FIELDS_TRAFFIC, "hand"), &form);
  write_text(&d, "}, pedestrians = { count = 0 }, road = %s { ", place_name((int)place));
  draw_fields(&d, place, &form);
  if (place == PLACE_COMPOSE)
    draw_parts(&d, &form);
  if (place == PLACE_HIGHWAY)
    make_room(&d, &form.def.highway);
  if (place == PLACE_INTERCHANGE) {
    form.def.interchange.length_m = fmax(form.def.interchange.length_m, 3000);
    write_text(&d, "length_m = %.10g, ", form.def.interchange.length_m);
  }
  write_text(&d, "} }");
  trouble why = {0};
  if (scene_def_from_form(&out->def, &form, &why) != STATUS_OK)
    fail_msg("%s\n%s", out->script, why.text);
}

status any_place_build(any_place *of, trouble *why) {
  road_builder builder = {0};
  rng r = rng_at(of->number, RNG_ROAD, 0, 0, 0);
  of->memory = arena_create();
  status got = place_build(&builder, &of->def, &r, why);
  if (got == STATUS_OK)
    got = road_builder_finish(&builder, of->memory, &of->net, why);
  road_builder_free(&builder);
  if (got != STATUS_OK)
    any_place_free(of);
  return got;
}

void any_place_free(any_place *of) {
  arena_destroy(of->memory);
  of->memory = NULL;
}

bool any_place_names_field(place_kind place, const char *text) {
  static const char path[] = "road.";
  if (strncmp(text, path, strlen(path)) != 0)
    return false;
  // road.2.town.block_m, or the part that finds no room: road.2
  if (place == PLACE_COMPOSE && text[5] >= '1' && text[5] <= '0' + COMPOSE_PARTS) {
    if (text[6] != '.')
      return text[6] == ':';
    for (int i = 0; i < PLACE_COMPOSE; i++) {
      const char *name = place_name(i);
      size_t length = strlen(name);
      char own[256];
      snprintf(own, sizeof own, "%s%.200s", path, text + 8 + length);
      if (strncmp(text + 7, name, length) == 0 && text[7 + length] == '.' &&
          any_place_names_field((place_kind)i, own))
        return true;
    }
    return false;
  }
  char name[FIELD_TEXT];
  size_t length = strcspn(text + strlen(path), ":[ ");
  snprintf(name, sizeof name, "%.*s", (int)length, text + strlen(path));
  return fields_find((field_group)(FIELDS_GRID_CITY + (int)place), name) != NULL;
}
