// SPDX-License-Identifier: Apache-2.0
// --set path=value: the same fields, ranges and words as in a script, put over what
// the script gave. Whole parts are set by name: road=highway, weather=fog,
// ego.rig=kitti.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "scenes/script_words.h"

// Errors ----------------------------------------------------------------------

static status refuse(const script_override *set, trouble *why, const char *text) {
  return trouble_set(why, STATUS_RANGE, "--set %.200s=%.200s: %s", set->path, set->value, text);
}

static status refuse_unknown(const script_override *set, trouble *why) {
  enum { PATHS = 384 };
  static const char *const wholes[] = {"road", "weather", "weather_change.to", "ego.rig"};
  char paths[PATHS][FIELD_PATH];
  const char *names[PATHS + 4];
  int count = 0;
  for (int i = 0; i < fields_count && count < PATHS; i++) {
    const field *f = &fields_table[i];
    if (f->type == FIELD_TABLE)
      continue;
    snprintf(paths[count], sizeof paths[count], "%s%s", fields_groups[f->group].path, f->name);
    names[count] = paths[count];
    count++;
  }
  for (int i = 0; i < 4; i++)
    names[count++] = wholes[i];
  char text[256];
  const char *near = words_nearest(set->path, names, count);
  if (near)
    snprintf(text, sizeof text, "there is no such field; did you mean \"%s\"?", near);
  else
    snprintf(text, sizeof text, "there is no such field; `roadloom fields` lists them");
  return refuse(set, why, text);
}

// `kind`: "place", "weather", "rig"; `name_at` lists the known ones.
static status refuse_name(const script_override *set, trouble *why, const char *kind,
                          const char *(*name_at)(int index)) {
  char text[256];
  int used = snprintf(text, sizeof text, "there is no such %s; there is", kind);
  const char *name;
  for (int i = 0; (name = name_at(i)) && used < (int)sizeof text; i++)
    used += snprintf(text + used, sizeof text - (size_t)used, "%s %s", i ? "," : "", name);
  return refuse(set, why, text);
}

// Values ----------------------------------------------------------------------

static status put_numbers(const script_override *set, const field *f, void *base, trouble *why) {
  char text[FIELD_TEXT], problem[FIELD_TEXT + 64];
  int width = fields_width(f), count = 0;
  int most = f->type == FIELD_NUMBERS ? RIG_RINGS : width;
  double numbers[RIG_RINGS];
  const char *at = set->value;
  for (;;) {
    char *end;
    double value = strtod(at, &end);
    if (end == at || (*end && *end != ',') || count == most) {
      fields_range(f, text, sizeof text);
      if (most == 1)
        snprintf(problem, sizeof problem, "not a number; %s would do", text);
      else if (f->type == FIELD_NUMBERS)
        snprintf(problem, sizeof problem, "not a list a,b,… of 1 to %d numbers in %s", most, text);
      else
        snprintf(problem, sizeof problem, "not a list of %d numbers like %s; each in %s", most,
                 most == 2 ? "3,4" : "1,0,2", text);
      return refuse(set, why, problem);
    }
    if (!fields_check(f, value, text, sizeof text))
      return refuse(set, why, text);
    numbers[count++] = value;
    if (!*end)
      break;
    at = end + 1;
  }
  if (f->type != FIELD_NUMBERS && count != width) {
    fields_range(f, text, sizeof text);
    snprintf(problem, sizeof problem, "not a list of %d numbers like %s; each in %s", most,
             most == 2 ? "3,4" : "1,0,2", text);
    return refuse(set, why, problem);
  }
  // Refused in a script only when the place is built: there both may be drawn.
  if (f->type == FIELD_PAIR && numbers[0] * numbers[1] < 2)
    return refuse(set, why, "has no crossing; 2,1 or 1,2 or more would do");
  if (f->type == FIELD_NUMBERS) {
    number_list *list = (number_list *)(void *)((char *)base + f->offset);
    list->count = count;
    memcpy(list->value, numbers, sizeof numbers[0] * (size_t)count);
    return STATUS_OK;
  }
  for (int k = 0; k < width; k++)
    fields_put(f, base, k, numbers[k]);
  return STATUS_OK;
}

// "depth,flow", "all"
static status put_labels(const script_override *set, const field *f, void *base, trouble *why) {
  char word[FIELD_TEXT], text[FIELD_TEXT];
  uint32_t labels = 0, bits = 0;
  for (const char *at = set->value;; at++) {
    size_t length = strcspn(at, ",");
    snprintf(word, sizeof word, "%.*s", (int)(length < 64 ? length : 64), at);
    if (!fields_check_text(f, word, text, sizeof text) || !label_bits(word, &bits))
      return refuse(set, why, text);
    labels |= bits;
    at += length;
    if (!*at)
      break;
  }
  *(uint32_t *)(void *)((char *)base + f->offset) = labels;
  return STATUS_OK;
}

static status put_value(const script_override *set, const field *f, void *base, trouble *why) {
  if (f->type == FIELD_LABELS)
    return put_labels(set, f, base, why);
  if (f->type != FIELD_NAME && f->type != FIELD_WORD && f->type != FIELD_FILE)
    return put_numbers(set, f, base, why);
  char text[FIELD_TEXT];
  if (!fields_check_text(f, set->value, text, sizeof text))
    return refuse(set, why, text);
  fields_put_text(f, base, set->value);
  return STATUS_OK;
}

// Sensors ---------------------------------------------------------------------

// "ego.rig.cameras[2].fov_deg", "ego.rig.cameras.front.fov_deg", "…[*]…"
typedef struct sensor_path {
  int number; // 1.., 0: by name, -1: every one
  char name[RIG_NAME];
  const field *field;
} sensor_path;

static bool parse_sensor(const char *rest, field_group group, sensor_path *out) {
  memset(out, 0, sizeof *out);
  const char *dot;
  if (strncmp(rest, "[*].", 4) == 0) {
    out->number = -1;
    dot = rest + 3;
  } else if (rest[0] == '[') {
    char *end;
    long number = strtol(rest + 1, &end, 10);
    if (end == rest + 1 || strncmp(end, "].", 2) != 0 || number < 1 || number > 999)
      return false;
    out->number = (int)number;
    dot = end + 1;
  } else {
    dot = rest[0] == '.' ? strchr(rest + 1, '.') : NULL;
    if (!dot || dot - rest - 1 < 1 || dot - rest - 1 >= RIG_NAME)
      return false;
    memcpy(out->name, rest + 1, (size_t)(dot - rest - 1));
  }
  out->field = fields_find(group, dot + 1);
  return out->field != NULL;
}

// Explicit intrinsics would hide a new field of view.
static void forget_focal_length(const field *f, camera_form *camera) {
  if (strcmp(f->name, "fov_deg") == 0 || strcmp(f->name, "lens") == 0)
    camera->fx_px = camera->fy_px = NAN;
}

static void forget_elevations(const field *f, lidar_form *lidar) {
  if (strcmp(f->name, "preset") == 0) {
    lidar->elevations_deg.count = 0;
    lidar->azimuth_steps = -1;
  }
}

static status put_sensor(const script_override *set, const sensor_path *path, rig_form *rig,
                         trouble *why) {
  bool cameras = path->field->group == FIELDS_CAMERA;
  int count = cameras ? rig->camera_count : rig->lidar_count, met = 0;
  for (int i = 0; i < count; i++) {
    const char *name = cameras ? rig->cameras[i].name : rig->lidars[i].name;
    bool wanted = path->number == -1 || path->number == i + 1 ||
                  (path->number == 0 && strcmp(path->name, name) == 0);
    if (!wanted)
      continue;
    met++;
    void *base = cameras ? (void *)&rig->cameras[i] : (void *)&rig->lidars[i];
    status result = put_value(set, path->field, base, why);
    if (result != STATUS_OK)
      return result;
    if (cameras)
      forget_focal_length(path->field, &rig->cameras[i]);
    else
      forget_elevations(path->field, &rig->lidars[i]);
  }
  if (met == 0)
    return refuse(set, why,
                  cameras ? "the scene's rig has no such camera"
                          : "the scene's rig has no such lidar");
  return STATUS_OK;
}

// Actors ----------------------------------------------------------------------

// "actors[2].speed_mps", "actors[*].…", "actors[2].at.gap_m": by the number in the list.
typedef struct actor_path {
  int number; // 1.., -1: every one
  const field *field;
} actor_path;

static bool parse_actor(const char *path, actor_path *out) {
  if (strncmp(path, "actors[", 7) != 0)
    return false;
  const char *rest = path + 7;
  char *end = (char *)rest + 1;
  out->number = -1;
  if (*rest != '*') {
    long number = strtol(rest, &end, 10);
    if (end == rest || number < 1 || number >= ACTORS_MAX)
      return false;
    out->number = (int)number;
  }
  if (strncmp(end, "].", 2) != 0)
    return false;
  bool at = strncmp(end + 2, "at.", 3) == 0;
  out->field = fields_find(at ? FIELDS_AT : FIELDS_ACTOR, end + (at ? 5 : 2));
  return out->field && out->field->type != FIELD_TABLE;
}

static status put_actors(const script_override *set, const actor_path *path, scene_form *form,
                         trouble *why) {
  int met = 0;
  for (int i = 1; i < form->def.actor_count; i++) {
    if (path->number != -1 && path->number != i)
      continue;
    met++;
    actor_def *actor = &form->def.actors[i];
    bool at = path->field->group == FIELDS_AT;
    status result = put_value(set, path->field, at ? (void *)&actor->at : (void *)actor, why);
    if (result != STATUS_OK)
      return result;
    // One of the two says where it is across the road.
    if (at && strcmp(path->field->name, "side_m") == 0)
      actor->at.kerb_m = NAN;
    if (at && strcmp(path->field->name, "kerb_m") == 0)
      actor->at.side_m = NAN;
  }
  return met ? STATUS_OK : refuse(set, why, "the scene has no such actor");
}

// Paths -----------------------------------------------------------------------

static const char *after(const char *path, const char *head) {
  size_t length = strlen(head);
  return strncmp(path, head, length) == 0 ? path + length : NULL;
}

// "compose.2.town.size_m", "compose.*.town.size_m": of a part that is such a place.
typedef struct part_path {
  int number; // 1.., -1: every one
  place_kind kind;
  const field *field;
} part_path;

static bool parse_part(const char *path, part_path *out) {
  const char *rest = after(path, "compose."), *name;
  if (!rest || !(*rest == '*' || (*rest >= '1' && *rest <= '0' + COMPOSE_PARTS)) || rest[1] != '.')
    return false;
  out->number = *rest == '*' ? -1 : *rest - '0';
  for (int i = 0; i < PLACE_COMPOSE; i++)
    if ((name = after(rest + 2, place_name(i))) && *name == '.') {
      out->kind = (place_kind)i;
      out->field = fields_find((field_group)(FIELDS_GRID_CITY + i), name + 1);
      return out->field != NULL;
    }
  return false;
}

static status put_parts(const script_override *set, const part_path *path, scene_form *form,
                        trouble *why) {
  compose_def *compose = &form->def.compose;
  for (int i = 0; i < compose->part_count; i++) {
    compose_part *part = &compose->parts[i];
    if ((path->number > 0 && path->number != i + 1) || part->kind != path->kind)
      continue;
    scene_form own = *form;
    size_t size;
    void *def = scene_def_place(&own.def, part->kind, &size);
    memcpy(def, &part->of, size);
    status result = put_value(set, path->field, &own, why);
    if (result != STATUS_OK)
      return result;
    memcpy(&part->of, def, size);
  }
  return STATUS_OK;
}

static status set_whole(const script_override *set, scene_form *form, bool *done, trouble *why) {
  *done = true;
  if (strcmp(set->path, "road") == 0) {
    for (int i = 0; place_name(i); i++)
      if (strcmp(place_name(i), set->value) == 0) {
        form->def.place = (place_kind)i;
        return STATUS_OK;
      }
    return refuse_name(set, why, "place", place_name);
  }
  if (strcmp(set->path, "weather") == 0) {
    if (weather_preset(set->value, NAN, &form->def.weather, &form->weather_time_of_day_h))
      return STATUS_OK;
    return refuse_name(set, why, "weather", weather_preset_name);
  }
  if (strcmp(set->path, "weather_change.to") == 0) {
    double hour = NAN;
    if (!weather_preset(set->value, NAN, &form->def.change.to, &hour))
      return refuse_name(set, why, "weather", weather_preset_name);
    form->def.change.given = 1;
    return isnan(hour) ? STATUS_OK : refuse(set, why, "is an hour, and the scene keeps its own");
  }
  if (strcmp(set->path, "ego.rig") == 0) {
    if (rig_form_builtin(set->value, &form->rig))
      return STATUS_OK;
    return refuse_name(set, why, "rig", rig_builtin_name);
  }
  *done = false;
  return STATUS_OK;
}

// Fields of the form itself; `road.` goes to the place that the form has.
static const field *find_plain(const char *path, place_kind place) {
  const char *name;
  if ((name = after(path, "road.")))
    return fields_find((field_group)(FIELDS_GRID_CITY + (int)place), name);
  for (int i = 0; i < PLACE_COUNT; i++)
    if ((name = after(path, place_name(i))) && *name == '.')
      return fields_find((field_group)(FIELDS_GRID_CITY + i), name + 1);
  if ((name = after(path, "traffic.mix.")))
    return fields_find(FIELDS_MIX, name);
  if ((name = after(path, "traffic.drivers.")))
    return fields_find(FIELDS_DRIVERS, name);
  if ((name = after(path, "traffic.")))
    return fields_find(FIELDS_TRAFFIC, name);
  if ((name = after(path, "pedestrians.mix.")))
    return fields_find(FIELDS_WALK_MIX, name);
  if ((name = after(path, "pedestrians.")))
    return fields_find(FIELDS_PEDESTRIANS, name);
  if ((name = after(path, "weather.")))
    return fields_find(FIELDS_WEATHER, name);
  if ((name = after(path, "weather_change.")))
    return fields_find(FIELDS_CHANGE, name);
  if ((name = after(path, "ego.rig.")))
    return fields_find(FIELDS_RIG, name);
  if ((name = after(path, "ego.")))
    return fields_find(FIELDS_EGO, name);
  return fields_find(FIELDS_SCENE, path);
}

// What a field's new value makes void.
static void settle(const field *f, scene_form *form) {
  if (f->group == FIELDS_TRAFFIC && strcmp(f->name, "vehicles_per_km") == 0)
    form->def.vehicles = -1;
  if (f->group == FIELDS_PEDESTRIANS && strcmp(f->name, "per_km") == 0)
    form->def.pedestrians = -1;
  if (f->group == FIELDS_MIX && strcmp(f->name, "bicycle") == 0)
    form->mix_given = true;
  if (f->group == FIELDS_SCENE && strcmp(f->name, "time_of_day_h") == 0)
    form->weather_time_of_day_h = NAN;
}

// A field of the weather that the scene's goes over to; NULL for other paths.
static const field *find_later(const char *path) {
  const char *name = after(path, "weather_change.to.");
  const field *f = name ? fields_find(FIELDS_WEATHER, name) : NULL;
  return f && f->offset < sizeof(scene_def) ? f : NULL; // the hour is the scene's
}

static status refuse_change(const script_override *set, trouble *why) {
  return refuse(set, why,
                "this scene's weather doesn't change; say to which one before, with "
                "--set weather_change.to=rain");
}

static status put_later(const script_override *set, const field *f, scene_form *form,
                        trouble *why) {
  if (!form->def.change.given)
    return refuse_change(set, why);
  scene_form other = {.def.weather = form->def.change.to};
  status result = put_value(set, f, &other, why);
  if (result == STATUS_OK)
    form->def.change.to = other.def.weather;
  return result;
}

static const char *sensor_rest(const char *path, field_group *group) {
  const char *rest = after(path, "ego.rig.cameras");
  *group = FIELDS_CAMERA;
  if (!rest) {
    rest = after(path, "ego.rig.lidars");
    *group = FIELDS_LIDAR;
  }
  return rest && (*rest == '[' || *rest == '.') ? rest : NULL;
}

status script_override_apply(const script_override *set, scene_form *form, trouble *why) {
  bool done;
  status result = set_whole(set, form, &done, why);
  if (done)
    return result;
  field_group group;
  const char *rest = sensor_rest(set->path, &group);
  if (rest) {
    sensor_path path;
    if (!parse_sensor(rest, group, &path))
      return refuse_unknown(set, why);
    return put_sensor(set, &path, &form->rig, why);
  }
  part_path part;
  if (parse_part(set->path, &part))
    return put_parts(set, &part, form, why);
  actor_path actor;
  if (parse_actor(set->path, &actor))
    return put_actors(set, &actor, form, why);
  const field *later = find_later(set->path);
  if (later)
    return put_later(set, later, form, why);
  const field *f = find_plain(set->path, form->def.place);
  if (!f || f->type == FIELD_TABLE) {
    char text[160];
    if (!after(set->path, "road."))
      return refuse_unknown(set, why);
    const char *place = place_name((int)form->def.place);
    snprintf(text, sizeof text,
             "this scene's place is %s, which has no such field; name the place: "
             "--set PLACE.field=value applies only where it fits",
             place);
    return refuse(set, why, text);
  }
  if (f->group == FIELDS_CHANGE && !form->def.change.given)
    return refuse_change(set, why);
  result = put_value(set, f, f->group == FIELDS_RIG ? (void *)&form->rig : (void *)form, why);
  if (result == STATUS_OK)
    settle(f, form);
  return result;
}

// At the start of a job no place or rig is drawn yet: a --set is fine when some
// place, and a rig with every sensor, would take it.
status script_override_check(const script_override *set, trouble *why) {
  field_group group;
  const char *rest = sensor_rest(set->path, &group);
  sensor_path path;
  if (rest) {
    if (!parse_sensor(rest, group, &path))
      return refuse_unknown(set, why);
    camera_form camera = camera_form_default();
    lidar_form lidar = lidar_form_default();
    return put_value(set, path.field, group == FIELDS_CAMERA ? (void *)&camera : (void *)&lidar,
                     why);
  }
  part_path part;
  if (parse_part(set->path, &part)) {
    scene_form form = scene_form_default();
    return put_value(set, part.field, &form, why);
  }
  actor_path actor;
  if (parse_actor(set->path, &actor)) {
    scene_form form = scene_form_default();
    form.def.actors[1] = actor_def_default();
    form.def.actor_count = 2;
    actor.number = 1;
    return put_actors(set, &actor, &form, why);
  }
  status first = STATUS_OK;
  bool known = false;
  for (int place = 0; place < PLACE_COUNT; place++) {
    scene_form form = scene_form_default();
    form.def.place = (place_kind)place;
    form.def.change.given = 1;
    const field *f = find_plain(set->path, form.def.place);
    if (after(set->path, "road.") && !f)
      continue;
    known = true;
    trouble found = {0};
    status result = script_override_apply(set, &form, &found);
    if (result == STATUS_OK)
      return STATUS_OK;
    if (first == STATUS_OK)
      first = trouble_set(why, result, "%s", found.text);
  }
  return known ? first : refuse_unknown(set, why);
}
