// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "scenes/bus_stops.h"
#include "scenes/fields.h"
#include "scenes/furnish.h"
#include "scenes/place.h"
#include "scenes/populate.h"
#include "scenes/scene.h"
#include "scenes/scene_hash.h"
#include "scenes/signal_modes.h"

static status build_roads(scene *s, const scene_def *def, trouble *why) {
  road_builder builder = {0};
  rng r = rng_at(s->seed, RNG_ROAD, s->index, 0, s->attempt);
  status got = place_build(&builder, def, &r, why);
  if (got == STATUS_OK)
    got = road_builder_finish(&builder, s->memory, &s->roads, why);
  road_builder_free(&builder);
  return got;
}

static status build_things(scene *s, const scene_def *def, trouble *why) {
  furnisher f = {.net = &s->roads,
                 .def = def,
                 .built = s,
                 .seed = s->seed,
                 .scene = s->index,
                 .attempt = s->attempt};
  status got = STATUS_OK;
  s->things = NULL;
  if (furnish_all(&f)) {
    s->things = arena_copy(s->memory, f.things, sizeof *f.things * (size_t)f.thing_count);
    s->drives = arena_copy(s->memory, f.drives, sizeof *f.drives * (size_t)f.drive_count);
    s->fields = arena_copy(s->memory, f.fields, sizeof *f.fields * (size_t)f.field_count);
    s->rails = arena_copy(s->memory, f.rails, sizeof *f.rails * (size_t)f.rail_count);
  }
  if (s->things && s->drives && s->fields && s->rails) {
    s->thing_count = f.thing_count;
    s->drive_count = f.drive_count;
    s->field_count = f.field_count;
    s->rail_count = f.rail_count;
  } else {
    got = trouble_set(why, STATUS_MEMORY, "memory ran out while furnishing the streets");
  }
  for (int i = 0; i < s->thing_count; i++)
    s->things[i].id = ++s->id_count;
  free(f.things);
  free(f.drives);
  free(f.fields);
  free(f.rails);
  return got;
}

status scene_build_lacking(scene **out, const scene_def *def, uint64_t seed, uint32_t index,
                           uint32_t attempt, scene_lack *lack, trouble *why) {
  *lack = (scene_lack){0};
  arena *memory = arena_create();
  scene *s = memory ? ARENA_NEW(memory, scene, 1) : NULL;
  if (!s) {
    arena_destroy(memory);
    return trouble_set(why, STATUS_MEMORY, "memory ran out while building scene %u", index);
  }
  s->memory = memory;
  s->seed = seed;
  s->index = index;
  s->attempt = attempt;
  s->duration_s = def->duration_s;
  s->frame_hz = def->frame_hz;
  s->step_s = def->step_s;
  s->rig = def->rig;
  s->weather = def->weather;
  s->change = def->change;
  s->bus_stopping = def->bus_stopping;
  weather_place_sun(&s->weather, def->time_of_day_h, def->latitude_deg, def->day_of_year);
  status got = build_roads(s, def, why);
  if (got == STATUS_OK)
    got = populate_vehicles(s, def, lack, why);
  if (got == STATUS_OK)
    got = populate_people(s, def, lack, why);
  for (int i = 0; got == STATUS_OK && i < s->trailer_count; i++)
    s->trailers[i].id = ++s->id_count;
  if (got == STATUS_OK)
    got = build_things(s, def, why);
  if (got == STATUS_OK)
    got = bus_stops_find(s, why);
  if (got == STATUS_OK)
    got = scene_signals_draw(s, def, why);
  lack->work = s->roads.point_count;
  if (got != STATUS_OK) {
    scene_destroy(s);
    return got;
  }
  snprintf(s->place, sizeof s->place, "%s", place_name((int)def->place));
  snprintf(s->scenario, sizeof s->scenario, "%s", def->scenario);
  const map_def *map = scene_def_map(def);
  snprintf(s->map, sizeof s->map, "%s", map ? map->file : "");
  s->hash = scene_hash(s);
  *out = s;
  return STATUS_OK;
}

status scene_build(scene **out, const scene_def *def, uint64_t seed, uint32_t index,
                   uint32_t attempt, trouble *why) {
  scene_lack lack;
  return scene_build_lacking(out, def, seed, index, attempt, &lack, why);
}

void scene_destroy(scene *s) {
  if (s)
    arena_destroy(s->memory);
}
