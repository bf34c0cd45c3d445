// SPDX-License-Identifier: Apache-2.0
// Semi-trailers behind their tractors. For files of sim/ alone; sim/state.h has it.
#ifndef SIM_TRAILERS_H
#define SIM_TRAILERS_H

#include "sim/boxes.h"
#include "sim/world.h"

/// Where a vehicle's body is, in one cache line. A step turns and tilts it without angles: those
/// are for frames.
typedef struct sim_body {
  double x_m, y_m, z_m;    // ground below the box centre
  double ahead_x, ahead_y; // unit vector of the yaw
  double grade;            // tangent of its pitch, up positive
  double roll_rad;
  double steer; // tangent of the front wheels' angle, left positive
} sim_body;

/// Trucks' trailers, shape (count) unless said otherwise: sim/trailers.c. Lengths are along the
/// vehicle; the middle is that of a box.
typedef struct sim_trailers {
  int count;        // 0: nothing of the rest is there
  int *of;          // (vehicles) number of its trailer, -1 none
  int *vehicle;     // who tows it
  double *lead_m;   // the tractor's middle ahead of the whole truck's
  double *hitch_m;  // the kingpin ahead of the tractor's middle
  double *pin_m;    // from the kingpin back to the middle axle
  double *middle_m; // the trailer's middle ahead of that
  double *half_length_m, *half_width_m;
  int *past;               // (count, SIM_TRAILER_PAST) lanes before the vehicle's, latest first
  uint8_t *wide;           // (path_count) lanes that they get through
  sim_body *body, *before; // neither steers, dives nor leans
  double *wheel_rad;
} sim_trailers;
#define SIM_TRAILER_WHEEL_M 0.5 // radius
enum { SIM_TRAILER_PAST = 6 };  // pieces of lanes may be shorter than a truck

bool sim_trailers_create(sim_world *w);
status sim_trailers_check(const scene *s, trouble *why);
/// Puts a trailer behind its tractor, which is in its place, as the scene begins.
void sim_trailer_start(sim_world *w, int vehicle);
/// Notes where a vehicle's trailer is before a step; draws it after the vehicle's body has gone
/// from where it was before to where it is. Nothing without a trailer.
void sim_trailer_keep(sim_world *w, int vehicle);
void sim_trailer_follow(sim_world *w, int vehicle);
/// Notes the lane that a vehicle has left by its middle.
void sim_trailer_passes(sim_world *w, int vehicle, int lane);
/// The lane that a vehicle's body, or a trailer's, is on by its middle, and where along it.
int sim_tractor_lane(const sim_world *w, int vehicle, double *s_m);
int sim_trailer_lane(const sim_world *w, int trailer, double *s_m);
/// The actor's pose (the middle axle's ground point) of a trailer whose body is there.
pose sim_trailer_pose(const sim_world *w, int trailer, const sim_body *body);
/// How fast a trailer goes behind a tractor whose middle has v_mps: its wheels, along it, and the
/// middle of its box, as after the last step.
typedef struct sim_trailer_motion {
  double along_mps, x_mps, y_mps;
} sim_trailer_motion;
sim_trailer_motion sim_trailer_velocity(const sim_world *w, int trailer, double v_mps);
/// A vehicle's box, and its trailer's; how many.
int sim_vehicle_boxes(const sim_world *w, int vehicle, sim_box out[2]);
/// One box that holds them.
sim_box sim_vehicle_hull(const sim_world *w, int vehicle);
/// How far left of its lane's middle one with a trailer keeps in a bend, 1/m, left positive.
double sim_trailer_shift(const sim_world *w, int vehicle, const lane_path *lane, double bend_pm);
uint64_t sim_trailers_hash(const sim_world *w, uint64_t hash);

#endif
