// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/articulated.h"
#include "scenes/drivers.h"
#include "scenes/furnish.h"
#include "scenes/populate.h"
#include "scenes/populate_actors.h"
#include "scenes/road_ends.h"

static const double LEAST_GAP_M = 3; // bumper to bumper at the start
static const double BESIDE_CROSSWALK_M = 0.5;
static const double WORKS_WAY_M = 48, WORKS_MPS2 = 2; // to change lanes in, and braking
static const double LONG_M = 6;                       // bodies that tight turns are hard for
static const double EGO_AHEAD_M = 600;                // how far ahead a good start can see its way
enum { TRIES = 60, EGO_STREAM = 0, USERS = 4, EMERGENCY_NUMBER = 1 << 29 };
enum { ARTICULATED = 6, ARTICULATED_USER = 3 };            // in scene_def.mix; of slots.weights
static const uint32_t EMERGENCY_STREAM = EMERGENCY_NUMBER; // beyond those of the random traffic

semantic vehicle_class(thing_kind kind) {
  switch (kind) {
  case THING_TRUCK:
  case THING_TRACTOR:
  case THING_TRAILER:
    return SEMANTIC_TRUCK;
  case THING_BUS:
    return SEMANTIC_BUS;
  case THING_MOTORCYCLE:
    return SEMANTIC_MOTORCYCLE;
  case THING_BICYCLE:
    return SEMANTIC_BICYCLE;
  default:
    return SEMANTIC_CAR;
  }
}

void vehicle_body(thing_kind kind, rng *r, double size_m[3], double *rear_to_centre_m,
                  double *wheelbase_m) {
  // Mean length, width, height and their spread; wheelbase and rear overhang as shares.
  static const struct {
    thing_kind kind;
    double size[3], spread[3], base, rear;
  } bodies[] = {{THING_CAR, {4.5, 1.82, 1.52}, {0.35, 0.06, 0.09}, 0.595, 0.215},
                {THING_VAN, {5.3, 2.0, 2.25}, {0.4, 0.05, 0.2}, 0.60, 0.21},
                {THING_TRUCK, {7.4, 2.42, 3.2}, {0.6, 0.06, 0.25}, 0.57, 0.25},
                {THING_BUS, {11.8, 2.52, 3.15}, {0.4, 0.02, 0.1}, 0.50, 0.27},
                {THING_MOTORCYCLE, {2.15, 0.8, 1.5}, {0.1, 0.05, 0.05}, 0.67, 0.165},
                {THING_BICYCLE, {1.75, 0.62, 1.75}, {0.06, 0.03, 0.06}, 0.61, 0.195},
                {THING_TRACTOR, {6.0, 2.5, 3.75}, {0.08, 0.02, 0.12}, 0.617, 0.15},
                {THING_POLICE, {4.7, 1.86, 1.62}, {0.08, 0.02, 0.02}, 0.595, 0.215},
                {THING_AMBULANCE, {5.6, 2.06, 2.62}, {0.1, 0.02, 0.03}, 0.60, 0.21}};
  const int count = (int)(sizeof bodies / sizeof *bodies);
  int i = 0;
  while (i < count - 1 && bodies[i].kind != kind)
    i++;
  for (int k = 0; k < 3; k++)
    size_m[k] = bodies[i].size[k] + bodies[i].spread[k] * rng_uniform(r, -1, 1);
  *wheelbase_m = bodies[i].base * size_m[0];
  *rear_to_centre_m = (0.5 - bodies[i].rear) * size_m[0];
}

typedef struct slots {
  const scene *of;
  const road_network *net;
  scene_vehicle *vehicles;
  int count;
  int *next;                            // (capacity) the next vehicle on the same lane, -1 none
  int *head;                            // (path_count) first vehicle of a lane
  double *lo, *hi;                      // (path_count) where bodies may be; hi <= lo: nowhere
  double *weights[USERS], total[USERS]; // (path_count) room for each user of lanes; its sum
  const uint8_t *wide;                  // (path_count) trucks with trailers get through; or NULL
  const cast *scripted;
  int trailer_count;
  scene_trailer *trailers;
} slots;

// Who a kind of vehicle is to lanes: the number of a lane_user bit, or ARTICULATED_USER.
static int user_of(thing_kind kind) {
  return kind == THING_BICYCLE   ? 2
         : kind == THING_BUS     ? 1
         : kind == THING_TRACTOR ? ARTICULATED_USER
                                 : 0;
}

// Whether who follows the lane gets on.
static bool leads_on(const road_network *net, const lane_path *lane) {
  const road *r = &net->roads[lane->road - 1];
  bool along = road_lane_along(net, lane->lane);
  return lane->users != LANE_FOR_BICYCLES || lane->next_count > 0 ||
         (along ? r->successor : r->predecessor).kind == ROAD_LINK_NONE;
}

// Whether that user starts on the lane: cyclists and buses not beside a lane of their own. Those
// for bicycles may end at a map's junctions, where nobody gets on.
static bool starts_on(const road_network *net, const lane_path *lane, int user) {
  int bit = 1 << user;
  return (lane->users & bit) && leads_on(net, lane) &&
         (bit == LANE_FOR_CARS || !road_keeps_off(net, lane, bit));
}

// Bodies start clear of crosswalks and behind stop lines.
static void find_room(slots *p) {
  const road_network *net = p->net;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    p->head[i] = -1;
    double begin, end;
    road_lane_usable(net, lane, &begin, &end);
    p->lo[i] = 0.5 + begin;
    p->hi[i] = fmin(lane->stop_s_m, end) - 0.5;
    // Works close the lane: all can still brake and get over before.
    double taper = 0, works = road_works_ahead(net, lane, &taper), v = lane->speed_limit_mps;
    p->hi[i] = fmin(p->hi[i], works - fmax(taper, WORKS_WAY_M) - v * v / (2 * WORKS_MPS2));
    // Nor where a lane is still one with the lane beside it.
    if (lane->junction || lane->opens)
      p->hi[i] = -1;
    // The road goes on from another one: what starts on that is at least the usual gap away.
    if (lane->previous_count && !net->paths[net->lane_links[lane->previous_first] - 1].junction)
      p->lo[i] = fmax(p->lo[i], LEAST_GAP_M);
  }
  for (int i = 0; i < net->crossing_count; i++) {
    const lane_crossing *c = &net->crossings[i];
    if (c->begin_s_m < net->paths[c->lane - 1].length_m / 2)
      p->lo[c->lane - 1] = fmax(p->lo[c->lane - 1], c->end_s_m + BESIDE_CROSSWALK_M);
  }
  for (int user = 0; user < USERS; user++)
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      bool may = user == ARTICULATED_USER ? p->wide && p->wide[i] && !lane->opens
                                          : starts_on(net, lane, user);
      p->weights[user][i] = may ? fmax(0, p->hi[i] - p->lo[i]) : 0;
      p->total[user] += p->weights[user][i];
    }
}

static bool fits(const slots *p, int lane, double s, double length) {
  if (s - length / 2 < p->lo[lane] || s + length / 2 > p->hi[lane])
    return false;
  for (int i = 0; i < p->scripted->clearing_count; i++) {
    const clearing *c = &p->scripted->clearings[i];
    if (c->lane == lane + 1 && s + length / 2 > c->lo_m && s - length / 2 < c->hi_m)
      return false;
  }
  for (int v = p->head[lane]; v >= 0; v = p->next[v])
    if (fabs(p->vehicles[v].s_m - s) <
        (scene_vehicle_length(&p->vehicles[v]) + length) / 2 + LEAST_GAP_M)
      return false;
  return true;
}

// Whether a lane leads nowhere but round a turn that is too tight for that body.
static bool too_tight(const road_network *net, const lane_path *lane, double length) {
  if (length < LONG_M || lane->next_count != 1)
    return false;
  const lane_path *next = &net->paths[net->lane_links[lane->next_first] - 1];
  return next->junction && next->max_curvature_pm * 1.1 * length > 1;
}

static void put(slots *p, const scene_vehicle *vehicle) {
  int v = p->count++, lane = vehicle->lane - 1;
  p->vehicles[v] = *vehicle;
  p->next[v] = p->head[lane];
  p->head[lane] = v;
}

static scene_vehicle draw_vehicle(thing_kind kind, rng *r) {
  scene_vehicle v = {.kind = kind, .class = vehicle_class(kind)};
  vehicle_body(kind, r, v.size_m, &v.rear_to_centre_m, &v.wheelbase_m);
  v.asset_seed = rng_u32(r);
  v.colors = palette_vehicle(kind, r);
  return v;
}

// Length of road ahead when going straight on wherever that is possible.
static double way_ahead(const road_network *net, int lane, double enough) {
  double length = 0;
  for (int hops = 0; lane && length < enough && hops < 64; hops++) {
    const lane_path *path = &net->paths[lane - 1];
    length += path->length_m;
    int straight = 0, right = 0;
    for (int i = 0; i < path->next_count; i++) {
      int next = net->lane_links[path->next_first + i];
      bool opens = net->paths[next - 1].opens;
      if (net->paths[next - 1].turn == TURN_STRAIGHT && (!opens || !straight))
        straight = next;
      else
        right = next;
    }
    // A turn ends the view, so it counts for little.
    length -= straight || !right ? 0 : 0.3 * path->length_m;
    lane = straight ? straight : right;
  }
  return fmin(length, enough);
}

// Whether a script lets the ego begin on that lane, which has room for it, and where its middle
// may be then; *s_m is left alone where it may be anywhere.
static bool is_wanted(const slots *p, const scene_def *def, int index, double length, double *s_m) {
  const road_network *net = p->net;
  const lane_path *lane = &net->paths[index];
  const ego_place *at = &def->ego_at;
  int kerb = net->left_hand ? lane->left : lane->right,
      centre = net->left_hand ? lane->right : lane->left;
  if ((strcmp(at->lane, "kerb") == 0 && kerb) || (strcmp(at->lane, "centre") == 0 && centre) ||
      (strcmp(at->lane, "middle") == 0 && !(kerb && centre)))
    return false;
  if (!isnan(at->start_m))
    *s_m = at->start_m;
  if (!isnan(at->before_works_m)) {
    double taper = 0, works = road_works_ahead(net, lane, &taper);
    *s_m = works - taper - at->before_works_m - length / 2;
    return !isinf(works) && *s_m > length / 2 && *s_m < lane->length_m - length / 2;
  }
  if (isnan(at->before_junction_m))
    return isnan(at->start_m) || (*s_m > length / 2 && *s_m < lane->length_m - length / 2);
  // From where the turn asked for can be taken.
  const char *route = def->actors[0].route;
  bool leads = false;
  for (int k = 0; k < lane->next_count; k++) {
    const lane_path *way = &net->paths[net->lane_links[lane->next_first + k] - 1];
    leads |= way->junction && (strcmp(route, "any") == 0 ||
                               (strcmp(route, "straight") == 0 && way->turn == TURN_STRAIGHT) ||
                               (strcmp(route, "left") == 0 && way->turn == TURN_LEFT) ||
                               (strcmp(route, "right") == 0 && way->turn == TURN_RIGHT));
  }
  if (strcmp(at->arm, "any") != 0)
    leads &= road_gives_way(net, lane) == (strcmp(at->arm, "minor") == 0);
  *s_m = lane->stop_s_m - at->before_junction_m - length / 2;
  return leads && *s_m > length / 2;
}

// The ego as its script wants it. Size and wheelbase of CommonRoad's BMW 320i, whose box is about
// its centre of mass, and of nuPlan's Chrysler Pacifica; heights are those of the makes.
static scene_vehicle draw_ego(scene *s, const scene_def *def, rng *r) {
  static const struct {
    double size_m[3], rear_to_centre_m, wheelbase_m;
  } makes[BODY_MODELS] = {
      [BODY_BMW_320I] = {{4.508, 1.610, 1.43}, 1.4227, 2.5789},
      [BODY_PACIFICA] = {{5.176, 2.297, 1.777}, 1.461, 3.089},
  };
  scene_vehicle ego = draw_vehicle(THING_CAR, r);
  s->ego_dynamics = strcmp(def->ego_dynamics, "kinematic") == 0 ? BODY_KINEMATIC
                    : strcmp(def->ego_dynamics, "dynamic") == 0 ? BODY_DYNAMIC
                                                                : BODY_RAILS;
  s->ego_model = strcmp(def->ego_vehicle, "bmw_320i") == 0   ? BODY_BMW_320I
                 : strcmp(def->ego_vehicle, "pacifica") == 0 ? BODY_PACIFICA
                                                             : BODY_BY_SIZE;
  if (s->ego_model == BODY_BY_SIZE)
    return ego;
  memcpy(ego.size_m, makes[s->ego_model].size_m, sizeof ego.size_m);
  ego.rear_to_centre_m = makes[s->ego_model].rear_to_centre_m;
  ego.wheelbase_m = makes[s->ego_model].wheelbase_m;
  return ego;
}

// `within`: if it can, on a road of that class.
static bool place_ego(slots *p, scene *s, const scene_def *def, road_class within, rng *r) {
  const road_network *net = p->net;
  const double *weights = p->weights[user_of(THING_CAR)];
  scene_vehicle ego = draw_ego(s, def, r);
  double best = -1, least = ego.size_m[0] + 4, given = NAN;
  int chosen = -1;
  for (int i = 0; i < net->path_count; i++) {
    double jitter = rng_uniform(r, 0, 120); // different scenes start on different streets
    double at = NAN;
    if (weights[i] < least || !is_wanted(p, def, i, ego.size_m[0], &at))
      continue;
    double score = way_ahead(net, i + 1, EGO_AHEAD_M) + jitter;
    score += net->roads[net->paths[i].road - 1].class == within ? 2 * EGO_AHEAD_M : 0;
    if (score > best) {
      best = score;
      chosen = i;
      given = at;
    }
  }
  if (chosen < 0)
    return false;
  double room = weights[chosen] - ego.size_m[0];
  ego.lane = chosen + 1;
  // On long roads not right where they begin, so that there is something to see behind, too.
  double skip = room > 500 ? 120 : 0;
  ego.s_m = p->lo[chosen] + ego.size_m[0] / 2 + skip + rng_uniform(r, 0.05, 0.35) * fmin(room, 120);
  if (!isnan(given))
    ego.s_m = given;
  populate_driver(p->of, def, 0, &ego, r);
  ego.driver.speed_factor = fmin(ego.driver.speed_factor, 1);
  put(p, &ego);
  return true;
}

static bool is_anywhere(const scene_def *def) {
  return strcmp(def->ego_at.lane, "any") == 0 && isnan(def->ego_at.start_m) &&
         isnan(def->ego_at.before_junction_m) && isnan(def->ego_at.before_works_m);
}

// Somewhere with room on the lanes that it may begin on, with the driver of that number.
static bool place_drawn(slots *p, const scene_def *def, int number, scene_vehicle *v, rng *r) {
  const double *weights = p->weights[user_of(v->kind)], total = p->total[user_of(v->kind)];
  for (int attempt = 0; attempt < TRIES && total > 0; attempt++) {
    double at = rng_uniform(r, 0, total);
    int lane = 0;
    while (lane < p->net->path_count - 1 && at >= weights[lane])
      at -= weights[lane++];
    double s = p->lo[lane] + at;
    double length = scene_vehicle_length(v);
    if (!fits(p, lane, s, length) || too_tight(p->net, &p->net->paths[lane], length))
      continue;
    v->lane = lane + 1;
    v->s_m = s;
    populate_driver(p->of, def, number, v, r);
    put(p, v);
    return true;
  }
  return false;
}

// A tractor with its trailer; a truck where no lane has room for it.
static bool place_articulated(slots *p, const scene_def *def, int number, scene_vehicle *v,
                              rng *r) {
  const scene *s = p->of;
  rng own = rng_at(s->seed, RNG_TRAILERS, s->index, (uint32_t)number, s->attempt);
  scene_trailer *t = &p->trailers[p->trailer_count];
  articulated_draw(v, t, &own);
  v->trailer = ++p->trailer_count;
  if (place_drawn(p, def, number, v, r))
    return true;
  p->trailer_count--;
  *v = draw_vehicle(THING_TRUCK, &own);
  body_draw(def->bodies, def->body_count, v);
  return place_drawn(p, def, number, v, r);
}

static bool place_one(slots *p, const scene_def *def, int number, rng *r) {
  static const thing_kind kinds[MIX_KINDS] = {
      THING_CAR, THING_VAN, THING_TRUCK, THING_BUS, THING_MOTORCYCLE, THING_BICYCLE, THING_TRACTOR};
  double mix[MIX_KINDS], sum = 0;
  for (int i = 0; i < MIX_KINDS; i++) {
    bool fast = def->place == PLACE_HIGHWAY || def->place == PLACE_INTERCHANGE;
    bool banned = fast && kinds[i] == THING_BICYCLE;
    sum += mix[i] = banned ? 0 : def->mix[i];
  }
  if (sum <= 0)
    mix[0] = 1;
  scene_vehicle v = draw_vehicle(kinds[rng_weighted(r, mix, MIX_KINDS)], r);
  if (v.kind == THING_TRACTOR)
    return place_articulated(p, def, number, &v, r);
  body_draw(def->bodies, def->body_count, &v);
  return place_drawn(p, def, number, &v, r);
}

// Police cars and ambulances have streams beyond those of the others, who are the same with them
// and without.
static void place_emergency(slots *p, const scene_def *def) {
  for (int i = 0; i < def->emergency; i++) {
    rng r = rng_at(p->of->seed, RNG_TRAFFIC, p->of->index, EMERGENCY_STREAM + (uint32_t)i,
                   p->of->attempt);
    scene_vehicle v = draw_vehicle(rng_chance(&r, 0.5) ? THING_POLICE : THING_AMBULANCE, &r);
    body_draw(def->bodies, def->body_count, &v);
    place_drawn(p, def, EMERGENCY_NUMBER + i, &v, &r);
  }
}

// The speed that leaves a way to stop behind what is ahead_m ahead of the lane's start, which is
// a vehicle or a stop line on it or on the lanes it goes on as; 1e3 for nothing within three.
static double speed_towards(const slots *p, const scene_vehicle *v, int lane_id, double start_m,
                            int hops) {
  const lane_path *lane = &p->net->paths[lane_id - 1];
  const double b = 0.7 * v->driver.decel_mps2;
  double front = scene_vehicle_length(v) / 2, speed = 1e3;
  if (lane->junction)
    return speed;
  if (lane->stop_s_m < lane->length_m)
    speed = sqrt(2 * b * fmax(0, start_m + lane->stop_s_m - front));
  for (int k = p->head[lane_id - 1]; k >= 0; k = p->next[k]) {
    const scene_vehicle *ahead = &p->vehicles[k];
    double gap = start_m + ahead->s_m - scene_vehicle_length(ahead) / 2 - front;
    if (ahead == v || start_m + ahead->s_m <= 0)
      continue;
    gap = fmax(0, gap - v->driver.gap_m);
    speed = fmin(speed, fmin(gap / v->driver.headway_s, sqrt(2 * b * gap)));
  }
  for (int k = 0; k < lane->next_count && hops > 0; k++)
    speed = fmin(speed, speed_towards(p, v, p->net->lane_links[lane->next_first + k],
                                      start_m + lane->length_m, hops - 1));
  return speed;
}

// The speed a careful driver has: the limit, less for bends, for the vehicle ahead, and for
// the stop line as if it had to stop.
static void set_speeds(slots *p) {
  for (int i = 0; i < p->count; i++) {
    scene_vehicle *v = &p->vehicles[i];
    const lane_path *lane = &p->net->paths[v->lane - 1];
    double speed = lane->speed_limit_mps * v->driver.speed_factor;
    if (lane->max_curvature_pm > 0)
      speed = fmin(speed, sqrt(2.0 / lane->max_curvature_pm));
    speed = fmin(speed, speed_towards(p, v, v->lane, -v->s_m, 3));
    v->speed_mps = speed;
  }
}

// The ego and the actors begin as fast as their script says.
static void set_scripted_speeds(const scene *s, const scene_def *def, slots *p) {
  if (!isnan(def->actors[0].speed_mps))
    p->vehicles[0].speed_mps = def->actors[0].speed_mps;
  for (int i = 0; i < s->actor_count; i++) {
    scene_actor *a = &s->actors[i];
    if (i == 0)
      a->speed_mps = p->vehicles[0].speed_mps;
    else if (a->vehicle >= 0)
      p->vehicles[a->vehicle].speed_mps = a->speed_mps;
  }
}

static int wanted_count(const slots *p, const scene_def *def) {
  if (def->vehicles >= 0)
    return def->vehicles;
  double length = 0;
  for (int i = 0; i < p->net->path_count; i++)
    if (!p->net->paths[i].junction && p->net->paths[i].users != LANE_FOR_BICYCLES)
      length += p->net->paths[i].length_m;
  return (int)fmin(20000, round(def->vehicles_per_km * length / 1000));
}

// Where trucks with trailers get through, and room for these, where there may be some.
static bool find_wide(slots *p, const scene *s, const scene_def *def, int wanted) {
  bool any = def->mix[ARTICULATED] > 0;
  for (int i = 1; i < def->actor_count; i++)
    any |= strcmp(def->actors[i].kind, "articulated") == 0;
  if (!any)
    return true;
  uint8_t *wide = ARENA_NEW(s->memory, uint8_t, s->roads.path_count);
  p->trailers = ARENA_NEW(s->memory, scene_trailer, wanted + ACTORS_MAX);
  if (wide)
    articulated_lanes(&s->roads, wide);
  p->wide = wide;
  return wide && p->trailers;
}

// Trailers in the order of their vehicles, which may have got other numbers.
static bool settle_trailers(scene *s, const slots *p) {
  if (p->trailer_count == 0)
    return true;
  s->trailers = ARENA_NEW(s->memory, scene_trailer, p->trailer_count);
  for (int i = 0; s->trailers && i < s->vehicle_count; i++) {
    if (!s->vehicles[i].trailer)
      continue;
    scene_trailer *t = &s->trailers[s->trailer_count++];
    *t = p->trailers[s->vehicles[i].trailer - 1];
    t->vehicle = i;
    s->vehicles[i].trailer = s->trailer_count;
  }
  return s->trailers;
}

status populate_vehicles(scene *s, const scene_def *def, scene_lack *lack, trouble *why) {
  slots p = {.of = s, .net = &s->roads};
  size_t paths = (size_t)s->roads.path_count;
  int wanted = wanted_count(&p, def);
  cast scripted = {0};
  p.scripted = &scripted;
  if (!find_wide(&p, s, def, wanted))
    return trouble_set(why, STATUS_MEMORY, "memory ran out while placing %d vehicles", wanted);
  p.vehicles = ARENA_NEW(s->memory, scene_vehicle, wanted + def->emergency + ACTORS_MAX);
  p.next = malloc(sizeof *p.next * ((size_t)wanted + (size_t)def->emergency + ACTORS_MAX));
  p.head = malloc(sizeof *p.head * (paths + 1));
  p.lo = malloc(sizeof *p.lo * (2 + USERS) * (paths + 1));
  status got = STATUS_OK;
  if (!p.vehicles || !p.next || !p.head || !p.lo) {
    got = trouble_set(why, STATUS_MEMORY, "memory ran out while placing %d vehicles", wanted);
    goto done;
  }
  p.hi = p.lo + paths;
  for (int user = 0; user < USERS; user++)
    p.weights[user] = p.hi + (size_t)(user + 1) * paths;
  find_room(&p);
  rng r = rng_at(s->seed, RNG_TRAFFIC, s->index, EGO_STREAM, s->attempt);
  road_class within = def->place == PLACE_PARKING   ? ROAD_SERVICE
                      : def->place == PLACE_HIGHWAY ? ROAD_MOTORWAY
                                                    : ROAD_CLASS_COUNT;
  if (!place_ego(&p, s, def, within, &r)) {
    got = trouble_set(why, STATUS_RANGE, "road: no lane is long enough for the ego to start on%s",
                      is_anywhere(def) ? "" : " where `ego` says");
    goto done;
  }
  got = populate_actors(s, def, &p.vehicles[0], p.wide, &scripted, why);
  if (got != STATUS_OK)
    goto done;
  for (int i = 0; i < scripted.trailer_count; i++)
    p.trailers[p.trailer_count++] = scripted.trailers[i];
  for (int i = 0; i < scripted.vehicle_count; i++)
    put(&p, &scripted.vehicles[i]);
  for (int i = 0; i < wanted; i++) {
    r = rng_at(s->seed, RNG_TRAFFIC, s->index, (uint32_t)i + 1, s->attempt);
    if (!place_one(&p, def, i + 1, &r) && def->vehicles >= 0) {
      *lack = (scene_lack){.kind = LACK_VEHICLES, .wanted = wanted, .room = i};
      got = trouble_set(why, STATUS_RANGE,
                        "traffic.vehicles: %d don't fit on %.1f km of lanes; room was found for %d",
                        wanted, p.total[0] / 1000, i);
      goto done;
    }
  }
  place_emergency(&p, def);
  set_speeds(&p);
  set_scripted_speeds(s, def, &p);
  populate_order(p.vehicles + 1 + scripted.vehicle_count, p.count - 1 - scripted.vehicle_count);
  s->vehicles = p.vehicles;
  s->vehicle_count = p.count;
  s->ego = 0;
  s->people = arena_copy(s->memory, scripted.people,
                         sizeof *scripted.people * (size_t)scripted.person_count);
  s->person_count = scripted.person_count;
  if (!s->people || !settle_trailers(s, &p)) {
    got = trouble_set(why, STATUS_MEMORY, "memory ran out while placing actors");
    goto done;
  }
  for (int i = 0; i < p.count; i++)
    p.vehicles[i].id = ++s->id_count;
done:
  free(scripted.clearings);
  free(p.next);
  free(p.head);
  free(p.lo);
  return got;
}
