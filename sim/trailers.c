// SPDX-License-Identifier: Apache-2.0
// Semi-trailers: where they are behind their tractors. Traffic knows a truck with its trailer as
// one long vehicle whose s_m is the middle of both; cars->body is the tractor's alone.
#include "sim/trailers.h"

#include <math.h>

#include "base/hash.h"
#include "base/least.h"
#include "scenes/articulated.h"
#include "sim/state.h"
#include "sim/tractrix.h"

static const double STEP_M = 0.25; // along the lane at the start

// Turns `ahead` as a tractrix; returns how far the axle rolls: the integral of the cosine.
static double draw(double *ahead_x, double *ahead_y, double cx, double cy, double way, double d) {
  double drift = sim_tractrix_drift(*ahead_x, *ahead_y, cx, cy);
  if (fabs(drift) < SIM_TRACTRIX_STRAIGHT) {
    *ahead_x = cx, *ahead_y = cy;
    return way;
  }
  sim_tractrix after = sim_tractrix_after(drift, cx, cy, way, d);
  *ahead_x = after.ahead_x, *ahead_y = after.ahead_y;
  return way - d * log((1 + drift * drift) * after.norm);
}

void sim_trailer_passes(sim_world *w, int i, int lane) {
  int n = sim_trailer_of(w, i);
  if (n < 0)
    return;
  int *past = w->trailers.past + (long)n * SIM_TRAILER_PAST;
  for (int k = SIM_TRAILER_PAST - 1; k > 0; k--)
    past[k] = past[k - 1];
  past[0] = lane;
}

// The place `ahead_m` of a vehicle's s_m along its lanes: its lane there, and s along that. Behind
// those that it has come from nothing is known: the begin of the first of them.
static int lane_at(const sim_world *w, int i, double ahead_m, double *s_m) {
  const int *route = sim_route(w, i);
  const int *past = w->trailers.past + (long)sim_trailer_of(w, i) * SIM_TRAILER_PAST;
  double s = w->cars.s_m[i] + ahead_m;
  int k = 0, last = w->cars.route_count[i] - 1, before = 0;
  for (int back = 0; s < 0 && back < SIM_TRAILER_PAST && past[back]; back++) {
    before = past[back];
    s += sim_facts(w, before)->length_m;
  }
  if (before) {
    *s_m = most_of(0, s);
    return before;
  }
  while (k < last && s >= sim_facts(w, route[k])->length_m)
    s -= sim_facts(w, route[k++])->length_m;
  *s_m = s;
  return route[k];
}

int sim_tractor_lane(const sim_world *w, int i, double *s_m) {
  int n = sim_trailer_of(w, i);
  if (n < 0) {
    *s_m = w->cars.s_m[i];
    return sim_lane_of(w, i);
  }
  return lane_at(w, i, w->trailers.lead_m[n], s_m);
}

int sim_trailer_lane(const sim_world *w, int n, double *s_m) {
  const sim_trailers *t = &w->trailers;
  return lane_at(w, t->vehicle[n], t->lead_m[n] + t->hitch_m[n] - t->pin_m[n] + t->middle_m[n],
                 s_m);
}

static void hitch_of(const sim_trailers *t, int n, const sim_body *tractor, double *x, double *y) {
  *x = tractor->x_m + t->hitch_m[n] * tractor->ahead_x;
  *y = tractor->y_m + t->hitch_m[n] * tractor->ahead_y;
}

// Where the box's middle and the ground below it are, for the direction that it has.
static void put(sim_world *w, int i, int n) {
  const sim_trailers *t = &w->trailers;
  const sim_body *tractor = &w->cars.body[i];
  sim_body *body = &t->body[n];
  double x, y, s, at[3], back = t->pin_m[n] - t->middle_m[n];
  hitch_of(t, n, tractor, &x, &y);
  body->x_m = x - back * body->ahead_x;
  body->y_m = y - back * body->ahead_y;
  if (w->cars.gone[i])
    return;
  int lane = lane_at(w, i, t->lead_m[n] + t->hitch_m[n] - t->pin_m[n], &s);
  sim_track_middle(&w->lanes.tracks[lane - 1], s, &at[0], &at[1], &at[2], &body->roll_rad);
  double ax = x - t->pin_m[n] * body->ahead_x, ay = y - t->pin_m[n] * body->ahead_y;
  double left = (ay - at[1]) * body->ahead_x - (ax - at[0]) * body->ahead_y;
  double axle_z = at[2] + left * tan(body->roll_rad);
  double hitch_z = tractor->z_m + t->hitch_m[n] * tractor->grade;
  body->grade = (hitch_z - axle_z) / t->pin_m[n];
  body->z_m = axle_z + t->middle_m[n] * body->grade;
}

void sim_trailer_keep(sim_world *w, int i) {
  int n = sim_trailer_of(w, i);
  if (n >= 0)
    w->trailers.before[n] = w->trailers.body[n];
}

void sim_trailer_follow(sim_world *w, int i) {
  int n = sim_trailer_of(w, i);
  if (n < 0)
    return;
  const sim_trailers *t = &w->trailers;
  sim_body *body = &t->body[n];
  double x0, y0, x1, y1;
  hitch_of(t, n, &w->cars.before[i], &x0, &y0);
  hitch_of(t, n, &w->cars.body[i], &x1, &y1);
  double dx = x1 - x0, dy = y1 - y0, way = sqrt(dx * dx + dy * dy);
  if (way > 1e-9)
    t->wheel_rad[n] += draw(&body->ahead_x, &body->ahead_y, dx / way, dy / way, way, t->pin_m[n]) /
                       SIM_TRAILER_WHEEL_M;
  put(w, i, n);
}

// As if it had come along the lane from where its tail stands.
void sim_trailer_start(sim_world *w, int i) {
  int n = sim_trailer_of(w, i);
  if (n < 0)
    return;
  const sim_trailers *t = &w->trailers;
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  double s = most_of(0, w->cars.s_m[i] - w->cars.length_m[i] / 2), x, y;
  double end = least_of(lane->length_m, w->cars.s_m[i] + t->lead_m[n] + t->hitch_m[n]);
  road_point from = lane_point(w->net, lane, s);
  sim_body *body = &t->body[n];
  body->ahead_x = cos(from.heading_rad), body->ahead_y = sin(from.heading_rad);
  while (s < end) {
    s = least_of(end, s + STEP_M);
    road_point to = lane_point(w->net, lane, s);
    double dx = to.x_m - from.x_m, dy = to.y_m - from.y_m, way = sqrt(dx * dx + dy * dy);
    if (way > 0)
      draw(&body->ahead_x, &body->ahead_y, dx / way, dy / way, way, t->pin_m[n]);
    from = to;
  }
  // And from there to its tractor's fifth wheel, which isn't quite on the lane.
  hitch_of(t, n, &w->cars.body[i], &x, &y);
  double ax = x - (from.x_m - t->pin_m[n] * body->ahead_x);
  double ay = y - (from.y_m - t->pin_m[n] * body->ahead_y), apart = sqrt(ax * ax + ay * ay);
  if (apart > 0)
    body->ahead_x = ax / apart, body->ahead_y = ay / apart;
  put(w, i, n);
  t->before[n] = *body;
}

bool sim_trailers_create(sim_world *w) {
  sim_trailers *t = &w->trailers;
  int count = w->scene->trailer_count, vehicles = w->scene->vehicle_count;
  if (count == 0)
    return true;
  double **doubles[] = {&t->lead_m,    &t->hitch_m,       &t->pin_m,       &t->middle_m,
                        &t->wheel_rad, &t->half_length_m, &t->half_width_m};
  for (size_t k = 0; k < sizeof doubles / sizeof *doubles; k++)
    if (!(*doubles[k] = ARENA_NEW(w->memory, double, count)))
      return false;
  t->of = ARENA_NEW(w->memory, int, vehicles);
  t->vehicle = ARENA_NEW(w->memory, int, count);
  t->past = ARENA_NEW(w->memory, int, (long)count *SIM_TRAILER_PAST);
  t->body = ARENA_NEW(w->memory, sim_body, count);
  t->before = ARENA_NEW(w->memory, sim_body, count);
  t->wide = ARENA_NEW(w->memory, uint8_t, w->net->path_count);
  if (!t->of || !t->vehicle || !t->past || !t->body || !t->before || !t->wide)
    return false;
  articulated_lanes(w->net, t->wide);
  for (int i = 0; i < vehicles; i++)
    t->of[i] = -1;
  for (int n = 0; n < count; n++) {
    const scene_trailer *is = &w->scene->trailers[n];
    const scene_vehicle *v = &w->scene->vehicles[is->vehicle];
    t->of[is->vehicle] = n;
    t->vehicle[n] = is->vehicle;
    t->lead_m[n] = v->trailer_m / 2;
    t->hitch_m[n] = is->hitch_m - v->rear_to_centre_m;
    t->pin_m[n] = is->pin_m;
    t->middle_m[n] = is->axle_to_centre_m;
    t->half_length_m[n] = is->size_m[0] / 2;
    t->half_width_m[n] = is->size_m[1] / 2;
  }
  t->count = count;
  return true;
}

status sim_trailers_check(const scene *s, trouble *why) {
  for (int n = 0; n < s->trailer_count; n++) {
    const scene_trailer *t = &s->trailers[n];
    if (t->vehicle < 0 || t->vehicle >= s->vehicle_count ||
        s->vehicles[t->vehicle].trailer != n + 1 || t->vehicle == s->ego)
      return trouble_set(why, STATUS_RANGE, "trailer %u: vehicle %d doesn't tow it", t->id,
                         t->vehicle);
    if (!(t->size_m[0] > 0 && t->size_m[1] > 0 && t->pin_m > 0 && isfinite(t->hitch_m) &&
          isfinite(t->axle_to_centre_m) && s->vehicles[t->vehicle].trailer_m > 0))
      return trouble_set(why, STATUS_RANGE, "trailer %u: its measures must be positive", t->id);
  }
  for (int i = 0; i < s->vehicle_count; i++) {
    int n = s->vehicles[i].trailer;
    if (n < 0 || n > s->trailer_count || (n > 0 && s->trailers[n - 1].vehicle != i))
      return trouble_set(why, STATUS_RANGE, "vehicle %u: trailer %d of %d isn't its own",
                         s->vehicles[i].id, n, s->trailer_count);
  }
  return STATUS_OK;
}

pose sim_trailer_pose(const sim_world *w, int n, const sim_body *body) {
  double yaw = sim_yaw(body), pitch = -atan(body->grade);
  double d = w->trailers.middle_m[n], level = d * cos(pitch);
  return (pose){{body->x_m - level * body->ahead_x, body->y_m - level * body->ahead_y,
                 body->z_m + d * sin(pitch)},
                quat_from_ypr(yaw, pitch, body->roll_rad)};
}

// The kingpin goes its way; across it the trailer turns about its axle.
sim_trailer_motion sim_trailer_velocity(const sim_world *w, int n, double v) {
  const sim_trailers *t = &w->trailers;
  const sim_body *tractor = &w->cars.body[t->vehicle[n]], *body = &t->body[n];
  const sim_body *before = &w->cars.before[t->vehicle[n]];
  double x0, y0, x1, y1, along = v, across = 0;
  hitch_of(t, n, before, &x0, &y0);
  hitch_of(t, n, tractor, &x1, &y1);
  double dx = x1 - x0, dy = y1 - y0;
  double way = hypot(tractor->x_m - before->x_m, tractor->y_m - before->y_m);
  if (way > 1e-3) {
    along = v * (dx * body->ahead_x + dy * body->ahead_y) / way;
    across = v * (dy * body->ahead_x - dx * body->ahead_y) / way * t->middle_m[n] / t->pin_m[n];
  }
  return (sim_trailer_motion){along, along * body->ahead_x - across * body->ahead_y,
                              along * body->ahead_y + across * body->ahead_x};
}

int sim_vehicle_boxes(const sim_world *w, int i, sim_box out[2]) {
  const sim_body *body = &w->cars.body[i];
  int n = sim_trailer_of(w, i);
  double length = w->cars.length_m[i] - (n < 0 ? 0 : 2 * w->trailers.lead_m[n]);
  out[0] = (sim_box){.x_m = body->x_m,
                     .y_m = body->y_m,
                     .ahead_x = body->ahead_x,
                     .ahead_y = body->ahead_y,
                     .half_length_m = length / 2,
                     .half_width_m = w->cars.width_m[i] / 2};
  if (n < 0)
    return 1;
  body = &w->trailers.body[n];
  out[1] = (sim_box){.x_m = body->x_m,
                     .y_m = body->y_m,
                     .ahead_x = body->ahead_x,
                     .ahead_y = body->ahead_y,
                     .half_length_m = w->trailers.half_length_m[n],
                     .half_width_m = w->trailers.half_width_m[n]};
  return 2;
}

sim_box sim_vehicle_hull(const sim_world *w, int i) {
  sim_box both[2];
  if (sim_vehicle_boxes(w, i, both) == 1)
    return both[0];
  // From the tractor's front to the trailer's rear, and so wide that it holds both.
  double x1 = both[0].x_m + both[0].half_length_m * both[0].ahead_x;
  double y1 = both[0].y_m + both[0].half_length_m * both[0].ahead_y;
  double x0 = both[1].x_m - both[1].half_length_m * both[1].ahead_x;
  double y0 = both[1].y_m - both[1].half_length_m * both[1].ahead_y;
  double dx = x1 - x0, dy = y1 - y0, length = sqrt(dx * dx + dy * dy);
  sim_box hull = {
      .x_m = (x0 + x1) / 2, .y_m = (y0 + y1) / 2, .ahead_x = dx / length, .ahead_y = dy / length};
  for (int k = 0; k < 2; k++) {
    double bx = both[k].x_m - hull.x_m, by = both[k].y_m - hull.y_m;
    double along = fabs(bx * hull.ahead_x + by * hull.ahead_y);
    double left = fabs(by * hull.ahead_x - bx * hull.ahead_y);
    hull.half_length_m =
        most_of(hull.half_length_m, along + sim_box_reach(&both[k], hull.ahead_x, hull.ahead_y));
    hull.half_width_m =
        most_of(hull.half_width_m, left + sim_box_reach(&both[k], -hull.ahead_y, hull.ahead_x));
  }
  return hull;
}

double sim_trailer_shift(const sim_world *w, int i, const lane_path *lane, double bend_pm) {
  int n = sim_trailer_of(w, i);
  double inside = articulated_offtracking(1 / most_of(1e-6, fabs(bend_pm)), w->trailers.pin_m[n]);
  double room = most_of(0, lane->width_m / 2 - w->cars.width_m[i] / 2 - 0.1);
  return (bend_pm > 0 ? -1 : 1) * least_of(room, inside / 2);
}

uint64_t sim_trailers_hash(const sim_world *w, uint64_t hash) {
  size_t n = (size_t)w->trailers.count;
  if (n == 0)
    return hash;
  hash = hash_xxh3_seeded(w->trailers.body, n * sizeof *w->trailers.body, hash);
  hash = hash_xxh3_seeded(w->trailers.past, n * SIM_TRAILER_PAST * sizeof(int), hash);
  return hash_xxh3_seeded(w->trailers.wheel_rad, n * sizeof *w->trailers.wheel_rad, hash);
}
