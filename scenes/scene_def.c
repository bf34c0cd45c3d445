// SPDX-License-Identifier: Apache-2.0
#include "scenes/scene_def.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenes/fields.h"

enum { TRUCKS = 2, BUSES = 3, BICYCLES = 5, ARTICULATED = 6 }; // in scene_def.mix

actor_def actor_def_default(void) {
  actor_def def = {0};
  fields_reset(FIELDS_ACTOR, &def);
  fields_reset(FIELDS_AT, &def.at);
  strcpy(def.kind, "car");
  strcpy(def.age, "adult");
  strcpy(def.dress, "drawn");
  strcpy(def.driver, "constant");
  strcpy(def.route, "straight");
  strcpy(def.at.lane, "same");
  strcpy(def.at.way, "straight");
  strcpy(def.at.facing, "along");
  return def;
}

scene_form scene_form_default(void) {
  scene_form form = {.def = {.place = PLACE_GRID_CITY}};
  for (int group = 0; group <= FIELDS_EGO; group++)
    fields_reset((field_group)group, &form);
  strcpy(form.def.intersection.rule, "signals_or_priority");
  strcpy(form.def.interchange.kind, "diamond");
  strcpy(form.def.interchange.over, "crossing");
  strcpy(form.def.hand, "right");
  form.def.actors[0] = actor_def_default();
  strcpy(form.def.actors[0].driver, "idm");
  strcpy(form.def.actors[0].route, "any");
  strcpy(form.def.ego_at.lane, "any");
  strcpy(form.def.ego_at.arm, "any");
  strcpy(form.def.ego_dynamics, "rails");
  strcpy(form.def.ego_vehicle, "drawn");
  strcpy(form.def.district, "mixed");
  strcpy(form.def.signal_control, "fixed");
  weather_preset("clear", NAN, &form.def.weather, NULL);
  rig_form_builtin("minimal", &form.rig);
  return form;
}

// A frame holds one turn of a lidar, or the part of it that fits: none may last longer.
static status check_turns(const scene_def *def, trouble *why) {
  for (int i = 0; i < def->rig.lidar_count; i++) {
    const lidar_def *lidar = &def->rig.lidars[i];
    if (lidar->rotation_hz * 1.001 < def->frame_hz)
      return trouble_set(why, STATUS_RANGE,
                         "ego.rig.lidars[%d].rotation_hz: %s turns at %.10g Hz, slower than "
                         "frame_hz, %.10g; raise the one or lower the other",
                         i + 1, lidar->name, lidar->rotation_hz, def->frame_hz);
  }
  return STATUS_OK;
}

// A crossing's headings as the script gives them: enough of them, and room between them. `path`
// is that of the place's fields, "road.".
static status check_angles(place_ref of, const char *path, trouble *why) {
  const number_list *list = &((const intersection_def *)of.def)->angles_deg;
  if (of.kind != PLACE_INTERSECTION || list->count == 0)
    return STATUS_OK;
  if (list->count < 3 || list->count > 6)
    return trouble_set(why, STATUS_RANGE, "%sangles_deg: has %d headings; 3 to 6 would do", path,
                       list->count);
  for (int i = 0; i < list->count; i++)
    for (int k = 0; k < i; k++) {
      double apart = fabs(remainder(list->value[i] - list->value[k], 360));
      if (apart < 40 - 1e-9)
        return trouble_set(why, STATUS_RANGE,
                           "%sangles_deg: %.10g and %.10g are %.10g degrees apart; 40 or more "
                           "would do",
                           path, list->value[k], list->value[i], apart);
    }
  return STATUS_OK;
}

static status check_place(const scene_def *def, trouble *why) {
  if (def->place != PLACE_COMPOSE)
    return check_angles(scene_def_ref(def), "road.", why);
  status result = STATUS_OK;
  if (def->compose.part_count == 0)
    result = trouble_set(why, STATUS_RANGE,
                         "road: compose has no parts; write compose { town {}, rural {} }");
  for (int i = 1; i <= def->compose.part_count && result == STATUS_OK; i++) {
    char path[FIELD_PATH];
    place_ref of = compose_ref(&def->compose, i);
    snprintf(path, sizeof path, "road.%d.%s.", i, place_name((int)of.kind));
    result = check_angles(of, path, why);
  }
  return result;
}

// A row's exposure ends before the next frame begins: what moves is known until then.
static status check_exposures(const scene_def *def, trouble *why) {
  for (int i = 0; i < def->rig.camera_count; i++) {
    const camera_def *c = &def->rig.cameras[i];
    if (c->exposure_s > 0 && (c->readout_s + c->exposure_s) * def->frame_hz > 1 + 1e-9)
      return trouble_set(why, STATUS_RANGE,
                         "ego.rig.cameras: \"%s\": exposure_s: %.10g and readout_s, %.10g, are "
                         "more than the %.10g s of a frame; %.10g would do, or a lower frame_hz",
                         c->name, c->exposure_s, c->readout_s, 1 / def->frame_hz,
                         fmax(0, 1 / def->frame_hz - c->readout_s));
  }
  return STATUS_OK;
}

// What is said twice about an actor's looks; NULL: nothing.
static const char *said_twice(const actor_def *def) {
  bool sized = !isnan(def->length_m) || !isnan(def->width_m) || !isnan(def->height_m);
  if (sized && strcmp(def->kind, "articulated") == 0)
    return "length_m, width_m and height_m are of one body; a truck with a trailer has its own, "
           "16.5 m long";
  if (def->body.file && strcmp(def->dress, "drawn") != 0)
    return "dress and body; a mesh has its own clothes, so leave out one of them";
  return NULL;
}

status scene_def_from_form(scene_def *out, const scene_form *form, trouble *why) {
  scene_def def = form->def;
  if (!isnan(form->weather_time_of_day_h))
    def.time_of_day_h = form->weather_time_of_day_h;
  bool fast = scene_def_has(&def, PLACE_HIGHWAY) || scene_def_has(&def, PLACE_INTERCHANGE);
  if (fast && !form->mix_given)
    def.mix[BICYCLES] = 0;
  if ((def.place == PLACE_HIGHWAY || def.place == PLACE_INTERCHANGE) && !form->mix_given)
    def.mix[ARTICULATED] = 1;
  if (def.place == PLACE_PARKING && !form->mix_given) // too long for its corners
    def.mix[TRUCKS] = def.mix[BUSES] = 0;
  const actor_def *ego = &def.actors[0];
  if (def.actor_count == 0 &&
      (ego->behaves || strcmp(ego->driver, "idm") != 0 || strcmp(ego->route, "any") != 0))
    def.actor_count = 1;
  for (int i = 1; i < def.actor_count; i++) {
    const char *wrong = said_twice(&def.actors[i]);
    if (wrong)
      return trouble_set(why, STATUS_RANGE, "actors[%d]: %s", i, wrong);
  }
  if (!isnan(def.ego_at.start_m) + !isnan(def.ego_at.before_junction_m) +
          !isnan(def.ego_at.before_works_m) >
      1)
    return trouble_set(why, STATUS_RANGE,
                       "ego: give one of start_m, before_junction_m and before_works_m");
  if (!isnan(def.ego_at.green_at_s) && isnan(def.ego_at.before_junction_m))
    return trouble_set(why, STATUS_RANGE, "ego.green_at_s: give before_junction_m, too");
  if (strcmp(def.ego_at.arm, "any") != 0 && isnan(def.ego_at.before_junction_m))
    return trouble_set(why, STATUS_RANGE, "ego.arm: give before_junction_m, too");
  double weights = 0;
  for (int i = 0; i < MIX_KINDS; i++)
    weights += def.mix[i];
  if (!(weights > 0))
    return trouble_set(why, STATUS_RANGE, "traffic.mix: every weight is 0; give one above 0");
  if (!(def.drivers[0] + def.drivers[1] + def.drivers[2] > 0))
    return trouble_set(why, STATUS_RANGE, "traffic.drivers: every weight is 0; give one above 0");
  if (def.signals_flashing + def.signals_dark > 1)
    return trouble_set(why, STATUS_RANGE,
                       "signals_flashing: %.10g and signals_dark, %.10g, are more than 1 together; "
                       "lower one of them",
                       def.signals_flashing, def.signals_dark);
  weights = 0;
  for (int i = 0; i < WALK_KINDS; i++)
    weights += def.walk_mix[i];
  if (!(weights > 0))
    return trouble_set(why, STATUS_RANGE, "pedestrians.mix: every weight is 0; give one above 0");
  if (def.duration_s * def.frame_hz < 1)
    return trouble_set(why, STATUS_RANGE,
                       "duration_s: %.10g s at %.10g frames a second is not one frame",
                       def.duration_s, def.frame_hz);
  status result = check_place(&def, why);
  if (result == STATUS_OK)
    result = rig_from_form(&def.rig, &form->rig, why);
  if (result == STATUS_OK)
    result = check_exposures(&def, why);
  if (result == STATUS_OK)
    result = check_turns(&def, why);
  if (result == STATUS_OK)
    *out = def;
  return result;
}

scene_def scene_def_default(void) {
  scene_form form = scene_form_default();
  scene_def def = form.def;
  (void)scene_def_from_form(&def, &form, NULL);
  return def;
}

void *scene_def_place(scene_def *def, place_kind kind, size_t *size) {
#define MEMBER(PLACE, member)                                                                      \
  case PLACE:                                                                                      \
    *size = sizeof def->member;                                                                    \
    return &def->member
  switch (kind) {
    MEMBER(PLACE_GRID_CITY, grid_city);
    MEMBER(PLACE_HIGHWAY, highway);
    MEMBER(PLACE_INTERSECTION, intersection);
    MEMBER(PLACE_STRAIGHT, straight);
    MEMBER(PLACE_CURVE, curve);
    MEMBER(PLACE_ROUNDABOUT, roundabout);
    MEMBER(PLACE_TOWN, town);
    MEMBER(PLACE_RURAL, rural);
    MEMBER(PLACE_INTERCHANGE, interchange);
    MEMBER(PLACE_PARKING, parking);
    MEMBER(PLACE_COMPOSE, compose);
    MEMBER(PLACE_OPENDRIVE, opendrive);
    MEMBER(PLACE_OSM, osm);
  case PLACE_COUNT:
    break;
  }
#undef MEMBER
  *size = 0;
  return NULL;
}

void compose_part_put(compose_part *part, place_kind kind, scene_def *from) {
  size_t size;
  const void *def = scene_def_place(from, kind, &size);
  assert(kind < PLACE_COMPOSE && size <= sizeof part->of);
  memset(part, 0, sizeof *part);
  part->kind = kind;
  memcpy(&part->of, def, size);
}

place_ref compose_ref(const compose_def *def, int number) {
  const compose_part *part = &def->parts[number - 1];
  return (place_ref){part->kind, &part->of};
}

bool scene_def_has(const scene_def *def, place_kind kind) {
  for (int i = 0; i < def->compose.part_count && def->place == PLACE_COMPOSE; i++)
    if (def->compose.parts[i].kind == kind)
      return true;
  return def->place == kind;
}

place_ref scene_def_ref(const scene_def *def) {
  size_t size;
  return (place_ref){def->place, scene_def_place((scene_def *)def, def->place, &size)};
}

roadside_def place_roadside(place_ref of) {
  switch (of.kind) {
  case PLACE_GRID_CITY: {
    const grid_city_def *def = of.def;
    return (roadside_def){def->building_height_m, def->trees_per_km, def->parked_per_km};
  }
  case PLACE_HIGHWAY:
    return (roadside_def){.trees_per_km = ((const highway_def *)of.def)->trees_per_km};
  case PLACE_INTERSECTION: {
    const intersection_def *def = of.def;
    return (roadside_def){def->building_height_m, def->trees_per_km, def->parked_per_km};
  }
  case PLACE_STRAIGHT:
  case PLACE_CURVE:
    return ((const single_road_def *)of.def)->side;
  case PLACE_ROUNDABOUT:
    return ((const roundabout_def *)of.def)->side;
  case PLACE_TOWN:
    return ((const town_def *)of.def)->side;
  case PLACE_RURAL:
    return (roadside_def){.trees_per_km = ((const rural_def *)of.def)->trees_per_km};
  case PLACE_INTERCHANGE:
    return (roadside_def){.trees_per_km = ((const interchange_def *)of.def)->trees_per_km};
  case PLACE_PARKING: {
    const parking_def *def = of.def;
    return (roadside_def){def->building_height_m, def->trees_per_km, 0};
  }
  case PLACE_COMPOSE: // its parts have theirs
    break;
  case PLACE_OPENDRIVE:
  case PLACE_OSM: {
    const map_def *map = of.def;
    return (roadside_def){map->building_height_m, map->trees_per_km, map->parked_per_km};
  }
  case PLACE_COUNT:
    break;
  }
  return (roadside_def){0};
}

const char *district_name(int kind) {
  static const char *const names[] = {"centre", "residential", "offices", "industrial"};
  return kind >= 0 && kind < (int)(sizeof names / sizeof *names) ? names[kind] : NULL;
}

const map_def *scene_def_map(const scene_def *def) {
  return def->place == PLACE_OPENDRIVE ? &def->opendrive
         : def->place == PLACE_OSM     ? &def->osm
                                       : NULL;
}

int place_work_zones(place_ref of) {
  switch (of.kind) {
  case PLACE_GRID_CITY:
    return ((const grid_city_def *)of.def)->work_zones;
  case PLACE_HIGHWAY:
    return ((const highway_def *)of.def)->work_zones;
  case PLACE_STRAIGHT:
  case PLACE_CURVE:
    return ((const single_road_def *)of.def)->work_zones;
  case PLACE_TOWN:
    return ((const town_def *)of.def)->work_zones;
  case PLACE_RURAL:
    return ((const rural_def *)of.def)->work_zones;
  default: // the parts of a composed place have theirs
    return 0;
  }
}

const char *place_name(int index) {
  static const char *const names[] = {
      "grid_city", "highway",     "intersection", "straight", "curve",     "roundabout", "town",
      "rural",     "interchange", "parking",      "compose",  "opendrive", "osm"};
  return index >= 0 && index < PLACE_COUNT ? names[index] : NULL;
}

static const char *const preset_names[] = {"clear", "cloudy", "overcast", "rain",
                                           "snow",  "fog",    "night",    "storm"};

const char *weather_preset_name(int index) {
  int count = (int)(sizeof preset_names / sizeof *preset_names);
  return index >= 0 && index < count ? preset_names[index] : NULL;
}

bool weather_preset_has_rate(const char *name) {
  return strcmp(name, "rain") == 0 || strcmp(name, "snow") == 0 || strcmp(name, "storm") == 0;
}

// Depth of the water on a road in steady rain: Russam and Ross (1968), a drainage
// path of 7 m at a slope of 1 in 40.
static double rain_film_mm(double rate_mmh) {
  return 0.046 * sqrt(7 * rate_mmh) * pow(40, 0.2);
}

static void set_rain(weather_state *w, double rate_mmh) {
  w->rain_mmh = rate_mmh;
  w->water_film_mm = fmin(rain_film_mm(rate_mmh), 10);
  w->wetness = 1 - exp(-rate_mmh); // drizzle darkens a road too, given time
}

int weather_preset(const char *name, double rate_mmh, weather_state *out, double *time_of_day_h) {
  weather_state w = {.cloud_cover = 0.1,
                     .fog_visibility_m = WEATHER_CLEAR_MOR_M,
                     .wind_mps = 2,
                     .temperature_c = 18,
                     .turbidity = 3};
  double hour = NAN;
  if (strcmp(name, "clear") == 0) {
  } else if (strcmp(name, "cloudy") == 0) {
    w.cloud_cover = 0.55;
    w.wind_mps = 4;
  } else if (strcmp(name, "overcast") == 0) {
    w.cloud_cover = 1;
    w.wind_mps = 4;
    w.temperature_c = 12;
    w.turbidity = 4;
  } else if (strcmp(name, "rain") == 0) {
    w.cloud_cover = 0.95;
    w.wind_mps = 5;
    w.temperature_c = 11;
    w.turbidity = 4;
    w.fog_visibility_m = 10000;
    set_rain(&w, isnan(rate_mmh) ? 6 : rate_mmh);
  } else if (strcmp(name, "snow") == 0) {
    w.cloud_cover = 1;
    w.temperature_c = -3;
    w.turbidity = 4;
    w.fog_visibility_m = 4000;
    w.snow_mmh = isnan(rate_mmh) ? 2 : rate_mmh;
    w.snow_depth_mm = 40;
    w.wetness = 0.3;
  } else if (strcmp(name, "fog") == 0) {
    w.cloud_cover = 0.8;
    w.wind_mps = 0.5;
    w.temperature_c = 6;
    w.turbidity = 6;
    w.fog_visibility_m = 150;
    w.wetness = 0.25;
  } else if (strcmp(name, "night") == 0) {
    w.temperature_c = 10;
    hour = 0;
  } else if (strcmp(name, "storm") == 0) {
    w.cloud_cover = 1;
    w.wind_mps = 18;
    w.temperature_c = 14;
    w.turbidity = 5;
    w.fog_visibility_m = 4000;
    set_rain(&w, isnan(rate_mmh) ? 40 : rate_mmh);
  } else {
    return 0;
  }
  *out = w;
  if (time_of_day_h)
    *time_of_day_h = hour;
  return 1;
}
