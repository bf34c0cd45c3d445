// SPDX-License-Identifier: Apache-2.0
#include "scenes/populate_actors.h"

#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/rng.h"
#include "scenes/actor_place.h"
#include "scenes/articulated.h"
#include "scenes/body.h"
#include "scenes/furnish.h"
#include "scenes/lane_walk.h"
#include "scenes/person.h"

static const uint32_t ACTOR_STREAM = 1u << 30; // beyond those of the random traffic
static const double APART_M = 0.05, CLEAR_M = 6;
static const double CHILD_M = 1.154, ADULT_M = 1.74; // heights; a child as Euro NCAP's target

static const uint8_t FLUORESCENT[3] = {250, 92, 24};

// A body at the scene's beginning: its box on the ground.
typedef struct footprint {
  double x_m, y_m, heading_rad, length_m, width_m;
} footprint;

static bool separated(const footprint *a, const footprint *b, double axis_rad) {
  double c = cos(axis_rad), s = sin(axis_rad);
  double apart = fabs((b->x_m - a->x_m) * c + (b->y_m - a->y_m) * s);
  double reach = 0;
  const footprint *both[2] = {a, b};
  for (int k = 0; k < 2; k++)
    reach += (fabs(cos(both[k]->heading_rad - axis_rad)) * both[k]->length_m +
              fabs(sin(both[k]->heading_rad - axis_rad)) * both[k]->width_m) /
             2;
  return apart > reach - APART_M;
}

static bool overlap(const footprint *a, const footprint *b) {
  const double quarter = 1.5707963267948966;
  return !separated(a, b, a->heading_rad) && !separated(a, b, a->heading_rad + quarter) &&
         !separated(a, b, b->heading_rad) && !separated(a, b, b->heading_rad + quarter);
}

// The words of actors' kinds are those of bodies' classes that move, and two more.
static thing_kind kind_of(const char *word) {
  return strcmp(word, "articulated") == 0 ? THING_TRACTOR
         : strcmp(word, "deer") == 0      ? THING_DEER
                                          : (thing_kind)body_kind(word);
}

static int route_of(const char *word) {
  return strcmp(word, "straight") == 0 ? TURN_STRAIGHT
         : strcmp(word, "left") == 0   ? TURN_LEFT
         : strcmp(word, "right") == 0  ? TURN_RIGHT
                                       : -1;
}

// The actors placed so far, by number.
typedef struct stage {
  const road_network *net;
  const uint8_t *wide; // (path_count) trucks with trailers get through
  actor_anchor anchors[ACTORS_MAX];
  footprint bodies[ACTORS_MAX];
  cast *out;
} stage;

static void clear(cast *out, int lane, double lo_m, double hi_m) {
  if (ARRAY_RESERVE(out->clearings, out->clearing_capacity, out->clearing_count + 1))
    out->clearings[out->clearing_count++] = (clearing){lane, lo_m, hi_m};
  else
    out->failed = true;
}

// Nobody begins in a body, or right before or behind it, on any lane that it reaches into. True:
// that lane, too.
static bool clear_footprint(stage *on, const footprint *body, int of_lane) {
  bool reaches = false;
  for (int i = 0; i < on->net->path_count; i++) {
    const lane_path *lane = &on->net->paths[i];
    const road_point *p = &on->net->points[lane->point_first];
    for (int k = 0; k + 1 < lane->point_count; k++) {
      double dx = p[k + 1].x_m - p[k].x_m, dy = p[k + 1].y_m - p[k].y_m, length = hypot(dx, dy);
      double x = body->x_m - p[k].x_m, y = body->y_m - p[k].y_m;
      if (length <= 0)
        continue;
      double along = (x * dx + y * dy) / length, left = (y * dx - x * dy) / length;
      double turn = body->heading_rad - atan2(dy, dx), c = fabs(cos(turn)), s = fabs(sin(turn));
      double half_along = (c * body->length_m + s * body->width_m) / 2;
      double half_across = (s * body->length_m + c * body->width_m) / 2;
      if (fabs(left) >= lane->width_m / 2 + half_across || along < -half_along ||
          along > length + half_along)
        continue;
      double at = p[k].s_m + along;
      clear(on->out, lane->id, at - half_along - CLEAR_M, at + half_along + CLEAR_M);
      reaches |= lane->id == of_lane;
    }
  }
  return reaches;
}

// Nobody begins between an actor and the one that its place is counted from.
static void clear_between(stage *on, const actor_place *at, const actor_spot *spot) {
  int lane = on->anchors[at->of].lane;
  double s = on->anchors[at->of].s_m, far = 0;
  lane_sight seen = lane_look(on->net, lane, s, spot->x_m, spot->y_m, 2000);
  clear(on->out, spot->lane, spot->s_m - CLEAR_M, spot->s_m + CLEAR_M);
  if (!seen.found)
    return;
  while (far < fabs(seen.along_m)) {
    int here = lane;
    double from = s, step = fmin(fabs(seen.along_m) - far, 50);
    bool on_road = lane_walk(on->net, &lane, &s, seen.along_m < 0 ? -step : step, TURN_STRAIGHT);
    if (here == lane) {
      clear(on->out, lane, fmin(from, s), fmax(from, s));
    } else {
      clear(on->out, here, seen.along_m < 0 ? 0 : from, seen.along_m < 0 ? from : 1e9);
      clear(on->out, lane, seen.along_m < 0 ? s : 0, seen.along_m < 0 ? 1e9 : s);
    }
    far += step;
    if (!on_road)
      break;
  }
}

// The numbers of a size that the script says itself.
static void put_size(const actor_def *def, double size_m[3]) {
  const double given[3] = {def->length_m, def->width_m, def->height_m};
  for (int k = 0; k < 3; k++)
    if (!isnan(given[k]))
      size_m[k] = given[k];
}

static scene_person draw_person(const actor_def *def, rng *r) {
  bool child = strcmp(def->age, "child") == 0;
  double height = (child ? CHILD_M : ADULT_M) * rng_uniform(r, 0.97, 1.03);
  scene_person p = {.thing = THING_PERSON, .direction = 1};
  p.asset_seed = (rng_u32(r) & PERSON_LOOK_BITS) | (child ? PERSON_LOOKS_CHILD : 0);
  person_box(0, height, p.size_m);
  if (def->body.file)
    body_put_person(&def->body, &p);
  put_size(def, p.size_m);
  p.kind = child ? PERSON_CHILD : PERSON_ADULT;
  p.colors = palette_person(r, false);
  if (strcmp(def->dress, "worker") == 0)
    for (int part = 0; part < 2; part++) // top and trousers of fluorescent orange-red, EN ISO 20471
      for (int k = 0; k < 3; k++)
        p.colors.rgb[part][k] = FLUORESCENT[k];
  p.speed_mps = 1.4;
  return p;
}

// A roe deer, a fallow or white-tailed doe, a red stag: boxes of their bounds as
// render/asset_deer.c builds them.
static scene_person draw_deer(const actor_def *def, rng *r) {
  static const double makes[][3] = {
      {1.65, 0.29, 1.23}, {1.69, 0.31, 1.41}, {2.16, 0.38, 1.53}, {2.67, 0.90, 2.59}};
  scene_person p = {.asset_seed = rng_u32(r), .direction = 1, .thing = THING_DEER, .speed_mps = 8};
  int make = (int)rng_uniform(r, 0, 4);
  double scale = rng_uniform(r, 0.95, 1.05);
  for (int k = 0; k < 3; k++)
    p.size_m[k] = scale * makes[make][k];
  put_size(def, p.size_m);
  p.colors = palette_deer(r);
  return p;
}

static scene_vehicle draw_vehicle(const actor_def *def, thing_kind kind, rng *r) {
  scene_vehicle v = {.kind = kind, .class = vehicle_class(kind)};
  vehicle_body(kind, r, v.size_m, &v.rear_to_centre_m, &v.wheelbase_m);
  if (def->body.file)
    body_put(&def->body, &v);
  double drawn_m = v.size_m[0];
  put_size(def, v.size_m);
  v.rear_to_centre_m *= v.size_m[0] / drawn_m;
  v.wheelbase_m *= v.size_m[0] / drawn_m;
  v.asset_seed = rng_u32(r);
  v.colors = palette_vehicle(kind, r);
  v.driver = (driver_params){.speed_factor = 1,
                             .headway_s = 1.3,
                             .gap_m = 2.5,
                             .accel_mps2 = kind == THING_BICYCLE ? 0.9 : 2,
                             .decel_mps2 = 2.8,
                             .exponent = 4};
  if (thing_has_siren(kind))
    v.driver.speed_factor = 1.3, v.driver.headway_s = 1, v.driver.accel_mps2 = 2.5;
  return v;
}

static void draw_trailer(stage *on, const scene *s, int n, scene_vehicle *v) {
  rng r = rng_at(s->seed, RNG_TRAILERS, s->index, ACTOR_STREAM + (uint32_t)n, s->attempt);
  articulated_draw(v, &on->out->trailers[on->out->trailer_count], &r);
  v->trailer = ++on->out->trailer_count;
}

// Number `n`: draws its body and finds its place.
static const char *place(stage *on, const scene *s, const actor_def *def, int n, scene_actor *a) {
  rng r = rng_at(s->seed, RNG_TRAFFIC, s->index, ACTOR_STREAM + (uint32_t)n, s->attempt);
  thing_kind kind = kind_of(def->kind);
  scene_person person = {0};
  scene_vehicle vehicle = {0};
  bool walks = kind == THING_PERSON || kind == THING_DEER;
  if (walks)
    person = kind == THING_DEER ? draw_deer(def, &r) : draw_person(def, &r);
  else
    vehicle = draw_vehicle(def, kind, &r);
  if (kind == THING_TRACTOR)
    draw_trailer(on, s, n, &vehicle);
  double length = walks ? person.size_m[0] : scene_vehicle_length(&vehicle);
  double width = walks ? person.size_m[1] : vehicle.size_m[1];
  actor_spot spot;
  const char *wrong =
      actor_place_find(on->net, &def->at, on->anchors[def->at.of], length, width, &spot);
  if (wrong)
    return wrong;
  if (kind == THING_TRACTOR && !spot.on_lane)
    return "a truck with a trailer begins on a lane, and not beside one";
  if (kind == THING_TRACTOR && !on->wide[spot.lane - 1])
    return "that lane, or what it leads to, bends too tightly for a truck with a trailer";
  on->anchors[n] = (actor_anchor){spot.lane, spot.s_m, length, width};
  on->bodies[n] = (footprint){spot.x_m, spot.y_m, spot.heading_rad, length, width};
  for (int k = 0; k < n; k++)
    if (overlap(&on->bodies[n], &on->bodies[k]))
      return "another actor is there already";
  clear_between(on, &def->at, &spot);
  *a = (scene_actor){.vehicle = -1,
                     .person = -1,
                     .route = route_of(def->route),
                     .constant = strcmp(def->driver, "constant") == 0,
                     .behaves = def->behaves,
                     .x_m = spot.x_m,
                     .y_m = spot.y_m,
                     .z_m = spot.z_m,
                     .heading_rad = spot.heading_rad,
                     .shift_m = spot.shift_m};
  if (walks) {
    a->beside = true;
    a->person = on->out->person_count;
    on->out->people[on->out->person_count++] = person;
    return NULL;
  }
  const lane_path *lane = &on->net->paths[spot.lane - 1];
  double usual = lane->speed_limit_mps;
  if (lane->max_curvature_pm > 0)
    usual = fmin(usual, sqrt(2.0 / lane->max_curvature_pm));
  if (kind == THING_BICYCLE)
    usual = fmin(usual, 5.2);
  a->beside = !spot.on_lane;
  a->speed_mps = !isnan(def->speed_mps) ? def->speed_mps : a->beside ? 0 : usual;
  vehicle.lane = spot.lane;
  vehicle.s_m = spot.s_m;
  vehicle.speed_mps = a->speed_mps;
  a->vehicle = 1 + on->out->vehicle_count;
  on->out->vehicles[on->out->vehicle_count++] = vehicle;
  return NULL;
}

// As the same things of our own have it.
static semantic prop_class(thing_kind kind) {
  switch (kind) {
  case THING_BUILDING:
    return SEMANTIC_BUILDING;
  case THING_TREE:
  case THING_BUSH:
    return SEMANTIC_VEGETATION;
  case THING_POLE:
    return SEMANTIC_POLE;
  case THING_FENCE:
    return SEMANTIC_FENCE;
  case THING_WALL:
    return SEMANTIC_WALL;
  case THING_BARRIER:
  case THING_CONE:
    return SEMANTIC_DYNAMIC;
  default:
    return SEMANTIC_STATIC;
  }
}

// Puts one where it is to be, apart from the actors and the props before it.
static const char *place_prop(stage *on, const scene *s, const prop_def *def, int n,
                              scene_thing *out) {
  double size[3];
  for (int k = 0; k < 3; k++)
    size[k] = def->body.scale * def->body.file->body.size_m[k];
  actor_spot spot;
  const char *wrong =
      actor_place_find(on->net, &def->at, on->anchors[def->at.of], size[0], size[1], &spot);
  if (wrong)
    return wrong;
  const footprint mine = {spot.x_m, spot.y_m, spot.heading_rad, size[0], size[1]};
  for (int k = 0; k == 0 || k < s->actor_count; k++)
    if (overlap(&mine, &on->bodies[k]))
      return "an actor is there already";
  for (int k = 0; k < n; k++) {
    const scene_thing *other = &s->props[k];
    const footprint its = {other->at.p_m.x, other->at.p_m.y, quat_yaw(other->at.q),
                           other->size_m[0], other->size_m[1]};
    if (overlap(&mine, &its))
      return "another prop is there already";
  }
  if (clear_footprint(on, &mine, spot.lane))
    clear_between(on, &def->at, &spot);
  thing_kind kind = (thing_kind)def->body.kind;
  *out = (scene_thing){.kind = kind,
                       .class = prop_class(kind),
                       .asset_seed = (uint32_t)n,
                       .at = pose_flat(spot.x_m, spot.y_m, spot.z_m, spot.heading_rad),
                       .size_m = {size[0], size[1], size[2]},
                       .body = def->body.file};
  return NULL;
}

static status place_props(stage *on, scene *s, const scene_def *def, trouble *why) {
  if (def->prop_count == 0)
    return STATUS_OK;
  s->props = ARENA_NEW(s->memory, scene_thing, def->prop_count);
  if (!s->props)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while placing props");
  for (int n = 0; n < def->prop_count; n++) {
    const char *wrong = place_prop(on, s, &def->props[n], n, &s->props[n]);
    if (wrong)
      return trouble_set(why, STATUS_RANGE, "%sprops[%d].at: %s", def->props[n].where, n + 1,
                         wrong);
  }
  s->prop_count = def->prop_count;
  return STATUS_OK;
}

static status place_actors(stage *on, scene *s, const scene_def *def, road_point ego,
                           trouble *why) {
  if (def->actor_count == 0)
    return STATUS_OK;
  s->actors = ARENA_NEW(s->memory, scene_actor, def->actor_count);
  if (!s->actors)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while placing actors");
  s->actor_count = def->actor_count;
  s->actors[0] = (scene_actor){.person = -1,
                               .route = route_of(def->actors[0].route),
                               .constant = strcmp(def->actors[0].driver, "constant") == 0,
                               .behaves = def->actors[0].behaves,
                               .x_m = ego.x_m,
                               .y_m = ego.y_m,
                               .z_m = ego.z_m,
                               .heading_rad = ego.heading_rad};
  for (int n = 1; n < def->actor_count; n++) {
    const char *wrong = place(on, s, &def->actors[n], n, &s->actors[n]);
    if (wrong)
      return trouble_set(why, STATUS_RANGE, "%sactors[%d].at: %s", def->actors[n].where, n, wrong);
  }
  return STATUS_OK;
}

status populate_actors(scene *s, const scene_def *def, const scene_vehicle *ego,
                       const uint8_t *wide, cast *out, trouble *why) {
  road_point p = lane_point(&s->roads, &s->roads.paths[ego->lane - 1], ego->s_m);
  stage on = {.net = &s->roads, .wide = wide, .out = out};
  on.anchors[0] = (actor_anchor){ego->lane, ego->s_m, ego->size_m[0], ego->size_m[1]};
  on.bodies[0] = (footprint){p.x_m, p.y_m, p.heading_rad, ego->size_m[0], ego->size_m[1]};
  status result = place_actors(&on, s, def, p, why);
  if (!result)
    result = place_props(&on, s, def, why);
  if (!result && out->failed)
    result = trouble_set(why, STATUS_MEMORY, "memory ran out while placing actors");
  return result;
}
