// SPDX-License-Identifier: Apache-2.0
// A vehicle whose two wheels of an axle are one: the kinematic and the dynamic single-track
// model ("bicycle model"), with actuators. Plain functions of plain data.
//
// Frames: ISO 8855, x forward, y left, yaw and steering counter-clockwise. The state's place is
// that of the centre of mass.
//
// Dynamic model: the planar equations of motion with tyre forces of either axle,
//   m (u' - r w) = Fxf cos d - Fyf sin d + Fxr
//   m (w' + r u) = Fyf cos d + Fxf sin d + Fyr
//   I r'         = lf (Fyf cos d + Fxf sin d) - lr Fyr
// with axle loads that move with the acceleration. A tyre's side force is Fiala's brush model
// (1954), whose slope at rest is stiffness x friction x load as in CommonRoad's vehicle models
// (Althoff, Koschi, Manzinger 2017), so that for small slips both are the same; and force along
// and to the side stay together within friction x load, the friction circle. Below
// SINGLE_TRACK_SLOW_MPS wheels roll without slipping: the kinematic model.
#ifndef SIM_SINGLE_TRACK_H
#define SIM_SINGLE_TRACK_H

typedef struct single_track_def {
  double length_m, width_m;     // of the body
  double front_m, rear_m;       // centre of mass to the axles
  double mass_height_m;         // centre of mass above the ground
  double mass_kg, inertia_kgm2; // about the vertical axis
  double front_stiffness_prad;  // side force a load and slip, over the friction coefficient
  double rear_stiffness_prad;   //
  double tyre_grip;             // friction coefficient of its tyres on dry asphalt
  double steer_most_rad;        // of the front wheels, to either side
  double steer_rate_radps;      // at most
  double drive_most_mps2;       // up to switch_mps; above, the power is constant
  double switch_mps, speed_most_mps;
  double brake_most_mps2;          // of its brakes, however good the road is
  double steer_lag_s, pedal_lag_s; // time constants of the first-order actuators, 0 none
} single_track_def;

/// CommonRoad's BMW 320i: 4.508 x 1.610 m, 1093.3 kg, without lags.
single_track_def single_track_bmw_320i(void);
/// nuPlan's Chrysler Pacifica: 5.176 x 2.297 m, wheelbase 3.089 m; lags 0.05 s of the steering,
/// 0.2 s of the pedals as nuPlan's kinematic model. What nuPlan leaves open (mass, inertia, tyres)
/// is a van's.
single_track_def single_track_pacifica(void);
/// A vehicle of that size by proportion: mass by its volume, centre of mass in the middle of the
/// wheelbase, inertia of a uniform box.
single_track_def single_track_of_size(const double size_m[3], double wheelbase_m);

typedef struct single_track_state {
  double x_m, y_m, yaw_rad;
  double u_mps, w_mps; // velocity of the centre of mass, forward and to the left
  double yaw_rate_radps;
  double steer_rad;  // of the front wheels
  double drive_mps2; // that the engine gives, signed; brakes' own, >= 0, against the motion
  double brake_mps2;
} single_track_state;

/// What the driver asks for. Limits of the vehicle apply to all of it.
typedef struct single_track_command {
  double steer_rad;  // target
  double drive_mps2; // by the engine; negative in reverse gear
  double brake_mps2; // >= 0, always against the motion; ends at rest
} single_track_command;

/// An acceleration as a policy gives it, as pedals: against the motion it is braking.
single_track_command single_track_pedals(double steer_rad, double accel_mps2, double u_mps);

/// Speed below which wheels don't slip.
#define SINGLE_TRACK_SLOW_MPS 0.1

/// Advances by dt_s > 0 without slip, whatever the speed; but accelerations stay within
/// road_friction (of the vehicle's tyres: a share of tyre_grip is up to the caller) x g.
void single_track_roll(const single_track_def *def, single_track_state *state,
                       const single_track_command *command, double road_friction, double dt_s);
/// Advances by dt_s > 0 with the dynamic model; slow vehicles as single_track_roll.
/// road_friction: coefficient between tyres and road, tyre_grip on dry asphalt.
void single_track_drive(const single_track_def *def, single_track_state *state,
                        const single_track_command *command, double road_friction, double dt_s);

/// Forces of the two axles on the body in their wheels' frames, in N, and their loads.
typedef struct single_track_forces {
  double along_n[2], side_n[2], load_n[2]; // front, rear
} single_track_forces;

/// Forces at a state that moves faster than SINGLE_TRACK_SLOW_MPS.
single_track_forces single_track_tyres(const single_track_def *def, const single_track_state *state,
                                       double road_friction);

#endif
