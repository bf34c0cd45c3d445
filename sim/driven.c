// SPDX-License-Identifier: Apache-2.0
#include "sim/driven.h"

#include <math.h>

#include "base/hash.h"
#include "base/least.h"
#include "sim/state.h"

static const double DRY_FRICTION = 0.85; // that of sim/conditions.c on dry asphalt
static const double ROLL_STEP_S = 0.01;  // of the kinematic model
static const double TILT_M = 2;          // way in which a body takes on the slope

// Who is driven -------------------------------------------------------------------

sim_driven *sim_driven_of(const sim_world *w, int vehicle) {
  for (int k = 0; k < w->driven_count; k++)
    if (w->driven[k].vehicle == vehicle)
      return &w->driven[k];
  return NULL;
}

static int vehicle_of(const sim_world *w, uint32_t id) {
  for (int i = 0; i < w->cars.count; i++)
    if (w->scene->vehicles[i].id == id)
      return i;
  return -1;
}

static single_track_def def_of(const sim_world *w, int i) {
  const scene_vehicle *v = &w->scene->vehicles[i];
  body_model model = i == w->scene->ego ? w->scene->ego_model : BODY_BY_SIZE;
  return model == BODY_BMW_320I   ? single_track_bmw_320i()
         : model == BODY_PACIFICA ? single_track_pacifica()
                                  : single_track_of_size(v->size_m, w->cars.wheelbase_m[i]);
}

static bool drive(sim_world *w, int vehicle, body_dynamics by, const single_track_def *def) {
  if (!w->driven)
    w->driven = ARENA_NEW(w->memory, sim_driven, SIM_DRIVEN_MOST);
  if (!w->driven)
    return false;
  sim_driven *d = sim_driven_of(w, vehicle);
  if (!d) {
    d = &w->driven[w->driven_count++];
    *d = (sim_driven){.vehicle = vehicle, .path_shift_m = w->cars.shift_m[vehicle]};
  }
  d->by = by;
  d->def = def ? *def : def_of(w, vehicle);
  return true;
}

bool sim_driven_create(sim_world *w) {
  const scene *s = w->scene;
  return s->vehicle_count == 0 || s->ego_dynamics == BODY_RAILS ||
         drive(w, s->ego, s->ego_dynamics, NULL);
}

status sim_world_drive(sim_world *w, uint32_t id, body_dynamics by, const single_track_def *def,
                       trouble *why) {
  int vehicle = vehicle_of(w, id);
  if (vehicle < 0 || w->cars.gone[vehicle] == 1)
    return trouble_set(why, STATUS_RANGE, "drive: no vehicle on the road has the id %u", id);
  if (by == BODY_RAILS)
    return trouble_set(why, STATUS_RANGE,
                       "drive: vehicle %u: rails aren't driven; BODY_KINEMATIC or BODY_DYNAMIC "
                       "would do",
                       id);
  if (sim_trailer_of(w, vehicle) >= 0)
    return trouble_set(why, STATUS_RANGE,
                       "drive: vehicle %u tows a trailer, which the single-track model has not",
                       id);
  if (!sim_driven_of(w, vehicle) && w->driven_count == SIM_DRIVEN_MOST)
    return trouble_set(why, STATUS_RANGE, "drive: vehicle %u: %d vehicles are driven, the most", id,
                       SIM_DRIVEN_MOST);
  if (!drive(w, vehicle, by, def))
    return trouble_set(why, STATUS_MEMORY, "memory ran out for driven vehicles");
  return STATUS_OK;
}

status sim_world_command(sim_world *w, uint32_t id, const single_track_command *command,
                         trouble *why) {
  sim_driven *d = sim_driven_of(w, vehicle_of(w, id));
  if (!d)
    return trouble_set(why, STATUS_RANGE, "command: vehicle %u isn't driven; sim_world_drive first",
                       id);
  if (command && !(isfinite(command->steer_rad) && isfinite(command->drive_mps2) &&
                   isfinite(command->brake_mps2) && command->brake_mps2 >= 0))
    return trouble_set(why, STATUS_RANGE,
                       "command: vehicle %u: steering %g rad, drive %g and brakes %g m/s2 have to "
                       "be finite, and brakes not negative",
                       id, command->steer_rad, command->drive_mps2, command->brake_mps2);
  d->commanded = command != NULL;
  if (command)
    d->command = *command;
  return STATUS_OK;
}

const single_track_state *sim_world_motion(const sim_world *w, uint32_t id) {
  const sim_driven *d = sim_driven_of(w, vehicle_of(w, id));
  return d && d->begun ? &d->state : NULL;
}

// Moving --------------------------------------------------------------------------

// From the centre of mass ahead to the middle of the box.
static double middle_m(const sim_world *w, const sim_driven *d) {
  return w->cars.axle_m[d->vehicle] - d->def.rear_m;
}

// As its body stands and rolls.
static void begin(const sim_world *w, sim_driven *d) {
  const sim_body *body = &w->cars.body[d->vehicle];
  double u = w->cars.v_mps[d->vehicle], back = middle_m(w, d);
  d->begun = true;
  d->state = (single_track_state){.x_m = body->x_m - back * body->ahead_x,
                                  .y_m = body->y_m - back * body->ahead_y,
                                  .yaw_rad = sim_yaw(body),
                                  .u_mps = u,
                                  .steer_rad = atan(body->steer)};
  d->state.yaw_rate_radps = u * body->steer / (d->def.front_m + d->def.rear_m);
  d->state.w_mps = d->state.yaw_rate_radps * d->def.rear_m;
}

double sim_driven_friction(const single_track_def *def, const sim_conditions *c,
                           const single_track_state *state) {
  double speed = hypot(state->u_mps, state->w_mps);
  return def->tyre_grip / DRY_FRICTION * sim_conditions_friction(c, speed);
}

void sim_driven_advance(const single_track_def *def, body_dynamics by, single_track_state *state,
                        const single_track_command *command, double friction, double dt_s) {
  if (by == BODY_DYNAMIC) {
    single_track_drive(def, state, command, friction, dt_s);
    return;
  }
  int parts = (int)ceil(dt_s / ROLL_STEP_S - 1e-9);
  for (int k = 0; k < parts; k++)
    single_track_roll(def, state, command, friction, dt_s / parts);
}

static void put_body(sim_world *w, const sim_driven *d) {
  sim_vehicles *cars = &w->cars;
  int i = d->vehicle;
  const single_track_state *s = &d->state;
  sim_body *body = &cars->body[i];
  body->ahead_x = cos(s->yaw_rad);
  body->ahead_y = sin(s->yaw_rad);
  body->x_m = s->x_m + middle_m(w, d) * body->ahead_x;
  body->y_m = s->y_m + middle_m(w, d) * body->ahead_y;
  body->steer = tan(s->steer_rad);
  cars->wheel_rad[i] += s->u_mps * w->step_s / cars->wheel_radius_m[i];
  cars->v_mps[i] = most_of(0, s->u_mps);
  cars->a_mps2[i] = d->ahead_mps2;
}

void sim_driven_step(sim_world *w, sim_driven *d, double steer_rad, double accel_mps2) {
  if (!d->begun)
    begin(w, d);
  // A driver slows down with the brakes, and doesn't reverse.
  single_track_command command = {steer_rad, most_of(0, accel_mps2), most_of(0, -accel_mps2)};
  if (d->commanded)
    command = d->command;
  const single_track_state from = d->state;
  double dt = w->step_s;
  sim_driven_advance(&d->def, d->by, &d->state, &command,
                     sim_driven_friction(&d->def, &w->conditions, &d->state), dt);
  const single_track_state *to = &d->state;
  double turn = (from.yaw_rate_radps + to->yaw_rate_radps) / 2, rear = d->def.rear_m;
  double side0 = from.w_mps - rear * from.yaw_rate_radps;
  double side1 = to->w_mps - rear * to->yaw_rate_radps;
  d->ahead_mps2 = (to->u_mps - from.u_mps) / dt - turn * (side0 + side1) / 2;
  d->left_mps2 = (side1 - side0) / dt + turn * (from.u_mps + to->u_mps) / 2;
  if (d->commanded) {
    uint32_t *flags = &w->cars.flags[d->vehicle];
    *flags = (*flags & ~(uint32_t)ACTOR_BRAKE_LIGHTS) |
             (command.brake_mps2 > 0 ? ACTOR_BRAKE_LIGHTS : 0);
  }
  put_body(w, d);
}

void sim_driven_move(sim_world *w, sim_driven *d) {
  sim_vehicles *cars = &w->cars;
  int i = d->vehicle;
  if (!d->begun)
    begin(w, d);
  double along = cars->s_m[i], z = cars->body[i].z_m;
  double steer = sim_driven_steer(w, d, &along);
  double a = cars->a_mps2[i];
  if (!d->commanded && !sim_scripted_keeps_lane(w, i))
    a = sim_driven_ease(w, d, a);
  sim_driven_step(w, d, steer, a);
  double v = cars->v_mps[i], moved = cars->s_m[i];
  d->path_shift_m = cars->shift_m[i];
  sim_driven_steer(w, d, &along);
  sim_vehicle_goes_on(w, i, along - moved);
  // Who has slid off the road's end is beside its last lane's end, and goes on sliding.
  cars->v_mps[i] = v;
  sim_body *body = &cars->body[i];
  sim_track_node at = sim_driven_path(w, i, cars->s_m[i]);
  double left = (body->y_m - at.y_m) * at.tx - (body->x_m - at.x_m) * at.ty;
  body->z_m = at.z_m + left * tan(at.bank_rad);
  body->roll_rad = at.bank_rad;
  double way = fabs(d->state.u_mps) * w->step_s;
  if (way > 1e-6)
    body->grade += ((body->z_m - z) / way - body->grade) * (1 - exp(-way / TILT_M));
}

uint64_t sim_driven_hash(const sim_world *w, uint64_t hash) {
  for (int k = 0; k < w->driven_count; k++) {
    const sim_driven *d = &w->driven[k];
    // One that hasn't moved yet has no state; padding is left out.
    hash = hash_xxh3_seeded(&d->vehicle, sizeof d->vehicle, hash);
    hash = hash_xxh3_seeded(&d->by, sizeof d->by, hash);
    hash = hash_xxh3_seeded(&d->def, sizeof d->def, hash);
    hash = hash_xxh3_seeded(&d->state, sizeof d->state, hash);
    hash = hash_xxh3_seeded(&d->command, sizeof d->command, hash);
    hash = hash_xxh3_seeded(&d->commanded, sizeof d->commanded, hash);
    hash = hash_xxh3_seeded(&d->path_shift_m, sizeof d->path_shift_m, hash);
  }
  return hash;
}
