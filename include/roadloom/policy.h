/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy sees and what it does, and the functions by which it is asked: one layout for every
 * policy, built in, in a library of its own or in a program of its own. Plain C99 and C++, no
 * includes of Roadloom's. docs/driving.md shows a whole policy.
 *
 * Units: SI, angles in radians. Ego frame: origin on the ground below the ego's rear axle, x
 * forward, y left, as it stands at the time of the observation; directions are given by cosine and
 * sine. All numbers are finite. Rows beyond a count are 0. Arrays are sorted as their comments say.
 *
 * A decision holds for ROADLOOM_DT_S seconds. */
#ifndef ROADLOOM_POLICY_H
#define ROADLOOM_POLICY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ROADLOOM_POLICY_ABI 1u
#define ROADLOOM_DT_S 0.1
#define ROADLOOM_ROUTE_STEP_M 2.0

enum {
  ROADLOOM_HISTORY = 21, /* states ROADLOOM_DT_S apart: now and two seconds back */
  ROADLOOM_ROUTE_POINTS = 100,
  ROADLOOM_LANES = 48,
  ROADLOOM_LANE_POINTS = 16,
  ROADLOOM_AGENTS = 48,
  ROADLOOM_OBSTACLES = 32,
  ROADLOOM_SIGNALS = 16,
  ROADLOOM_TRAJECTORY_POINTS = 81 /* of an action: 8 s, the present among them */
};

/* ---- what it sees ---- */

/* A place and a motion at one time. */
typedef struct roadloom_motion {
  float x_m, y_m;     /* middle of the box; of the ego's own history its rear axle */
  float cos_yaw, sin_yaw;
  float vx_mps, vy_mps; /* of that point, in the ego frame's axes, over the ground */
} roadloom_motion;

typedef struct roadloom_ego {
  double x_m, y_m, yaw_rad;        /* world frame, of the rear axle */
  float speed_mps;                 /* along x, at the rear axle; negative backwards */
  float side_mps;                  /* to the left, at the rear axle */
  float accel_mps2, side_mps2;     /* along x and y, at the rear axle, mean of the last step */
  float yaw_rate_radps;
  float steer_rad;                 /* of the front wheels */
  float length_m, width_m, height_m;
  float wheelbase_m, rear_to_middle_m; /* rear axle to the middle of the box */
  float steer_most_rad, drive_most_mps2, brake_most_mps2; /* what its body can */
  uint32_t seen;                   /* rows of the history that hold, 1 .. ROADLOOM_HISTORY */
  roadloom_motion history[ROADLOOM_HISTORY]; /* [0] now, [k] k steps ago */
} roadloom_ego;

/* Middle of the way that it should take, ROADLOOM_ROUTE_STEP_M apart; point 0 is beside the rear
 * axle, so that the ego is off_m to the left of it. The way leads on beyond the goal where the
 * network does. */
typedef struct roadloom_route_point {
  float x_m, y_m, cos_yaw, sin_yaw;
  float limit_mps, width_m;
  float left_m, right_m; /* to the middle of the lane beside it that goes the same way; 0: none */
} roadloom_route_point;

typedef enum roadloom_signal_color {
  ROADLOOM_SIGNAL_NONE,
  ROADLOOM_SIGNAL_RED,
  ROADLOOM_SIGNAL_RED_YELLOW,
  ROADLOOM_SIGNAL_GREEN,
  ROADLOOM_SIGNAL_YELLOW,
  ROADLOOM_SIGNAL_FLASHING /* or dark: the roads' priority holds */
} roadloom_signal_color;

enum { /* bits of a lane */
  ROADLOOM_LANE_ROUTE = 1,    /* the way leads along it */
  ROADLOOM_LANE_JUNCTION = 2, /* within a junction */
  ROADLOOM_LANE_LEFT = 4,     /* turns left there */
  ROADLOOM_LANE_RIGHT = 8,
  ROADLOOM_LANE_CARS = 16 /* cars may use it */
};

/* A piece of a lane's middle line in driving direction, at most some 40 m long, its points evenly
 * apart. */
typedef struct roadloom_lane {
  uint32_t id, flags;
  uint32_t left, right; /* ids of the lanes beside it that go the same way, 0 none */
  uint32_t signal;      /* roadloom_signal_color that who comes to the lane's end obeys */
  float limit_mps, width_m;
  float points[ROADLOOM_LANE_POINTS][2]; /* x, y */
} roadloom_lane;

typedef enum roadloom_kind {
  ROADLOOM_CAR = 1, /* and vans, police cars, ambulances */
  ROADLOOM_TRUCK, /* and trailers, agents of their own behind their tractors */
  ROADLOOM_BUS,
  ROADLOOM_MOTORCYCLE,
  ROADLOOM_BICYCLE,
  ROADLOOM_PEDESTRIAN, /* and wheelchairs, prams */
  ROADLOOM_ANIMAL,
  ROADLOOM_OBJECT /* what never moves and isn't a vehicle; among agents an open door */
} roadloom_kind;

enum { /* bits of an agent */
  ROADLOOM_AGENT_BRAKES = 1,
  ROADLOOM_AGENT_BLINKS_LEFT = 2,
  ROADLOOM_AGENT_BLINKS_RIGHT = 4,
  ROADLOOM_AGENT_SIREN = 8
};

/* Somebody else, nearest first. An id is one agent's for the whole episode, a trailer's is not its
 * tractor's; only a driver's door that stands open, an agent of kind ROADLOOM_OBJECT, has its vehicle's. */
typedef struct roadloom_agent {
  uint32_t id, kind, flags;
  uint32_t seen; /* rows of the history that hold, 1 .. ROADLOOM_HISTORY */
  float length_m, width_m, height_m;
  roadloom_motion history[ROADLOOM_HISTORY]; /* [0] now, [k] k steps ago */
} roadloom_agent;

/* Something that stands for good on or beside the road: a parked vehicle, a cone, a barrier.
 * Nearest first. */
typedef struct roadloom_obstacle {
  uint32_t id, kind;
  float x_m, y_m, cos_yaw, sin_yaw, length_m, width_m;
} roadloom_obstacle;

/* A signal, at the middle of its stop line. Those on the way first, nearest first. */
typedef struct roadloom_signal {
  uint32_t id, color;
  float x_m, y_m, cos_yaw, sin_yaw; /* of who comes to it */
  float left_s;                     /* until it changes; -1: not settled yet */
  float along_m; /* from the rear axle along the way to the stop line; -1: not on the way */
} roadloom_signal;

typedef struct roadloom_weather {
  float rain_mmh, snow_mmh, fog_visibility_m;
  float friction; /* between tyres and road at the present speed, 0.85 on dry asphalt */
  float sun_elevation_rad, cloud_cover;
} roadloom_weather;

/* What one policy sees of one episode at one time. */
typedef struct roadloom_observation {
  uint32_t struct_size; /* of this struct as the sender knows it */
  uint32_t env;         /* which of the episodes that go on side by side */
  uint32_t step;        /* decisions before this one */
  uint32_t flags;       /* 0 */
  double time_s;        /* since the episode began */
  roadloom_ego ego;
  float off_m;          /* how far left of the way the rear axle is */
  float goal_m;         /* along the way from the rear axle to the goal; negative: behind */
  uint32_t route_count, lane_count, agent_count, obstacle_count, signal_count;
  uint32_t agents_around; /* within 100 m, those without a row among them */
  roadloom_route_point route[ROADLOOM_ROUTE_POINTS];
  roadloom_lane lanes[ROADLOOM_LANES]; /* nearest first */
  roadloom_agent agents[ROADLOOM_AGENTS];
  roadloom_obstacle obstacles[ROADLOOM_OBSTACLES];
  roadloom_signal signals[ROADLOOM_SIGNALS];
  roadloom_weather weather;
} roadloom_observation;

/* ---- what its sensors see, where they were asked for ---- */

enum { ROADLOOM_SENSORS = 16, ROADLOOM_SENSOR_NAME = 32, ROADLOOM_LENS_COEFFICIENTS = 8 };

typedef enum roadloom_sensor_kind {
  ROADLOOM_CAMERA = 1, /* uint8 (height_px, width_px, 3): sRGB, top row first */
  ROADLOOM_LIDAR       /* float (points_most, 4): x, y, z in m in the lidar's frame (x forward, y
                          left, z up) as it was at begin_s, the ego's own motion since taken out;
                          intensity 0 .. 1. `points` rows in firing order, then 0 */
} roadloom_sensor_kind;

/* A sensor of the script's rig. Camera frame: x right, y down, z forward, pixel centres at +0.5. */
typedef struct roadloom_sensor {
  char name[ROADLOOM_SENSOR_NAME]; /* ends with 0 */
  uint32_t kind;                   /* roadloom_sensor_kind */
  uint32_t width_px, height_px;    /* of cameras, else 0 */
  uint32_t points_most, points;    /* of lidars, else 0 */
  uint32_t lens;                   /* 0 pinhole, 1 Brown-Conrady, 2 Kannala-Brandt, 3 f-theta, 4
                                      equirectangular; docs/dataset-format.md has the formulas */
  uint64_t data_at, data_size;     /* of its data, in bytes from the begin of roadloom_sensors */
  double x_m, y_m, z_m;            /* where it is in the ego frame */
  double qw, qx, qy, qz;           /* how it is turned: sensor frame -> ego frame */
  double fx_px, fy_px, cx_px, cy_px;
  double coefficients[ROADLOOM_LENS_COEFFICIENTS]; /* of the lens */
} roadloom_sensor;

/* All sensors that were asked for, in the order of their names there; their data follow in the same
 * memory. They see the last step, from the decision before to this one: nothing that is to come.
 * What has an exposure or turns takes it from begin_s on. As an episode begins everything stands. */
typedef struct roadloom_sensors {
  uint32_t struct_size; /* of this struct */
  uint32_t count;
  uint64_t size;              /* bytes of struct and data */
  double begin_s, duration_s; /* the step seen, since the episode began; begin_s is -0.1 at first */
  roadloom_sensor sensors[ROADLOOM_SENSORS];
} roadloom_sensors;

/* ---- what it does ---- */

typedef enum roadloom_action_kind {
  ROADLOOM_ACTION_TRAJECTORY = 1,   /* points */
  ROADLOOM_ACTION_ACCELERATION = 2, /* accel_mps2, steer_rate_radps */
  ROADLOOM_ACTION_PEDALS = 3        /* throttle, brake, steer */
} roadloom_action_kind;

typedef struct roadloom_point {
  float x_m, y_m, yaw_rad; /* ego frame of the observation, rear axle */
} roadloom_point;

/* Fill what `kind` names; the rest isn't read. A number that isn't finite, an unknown kind, or
 * fewer than two points is a failure of the policy and ends its episode. */
typedef struct roadloom_action {
  uint32_t struct_size; /* of this struct; set before the call, must come back as it was */
  uint32_t kind;        /* roadloom_action_kind; 0 before the call */
  /* Trajectory: where the rear axle should be now, and each ROADLOOM_DT_S from then on. A tracker
   * (nuPlan's LQR) makes acceleration and steering rate of it. */
  uint32_t point_count; /* 2 .. ROADLOOM_TRAJECTORY_POINTS */
  float accel_mps2;     /* held for the step; against the motion it is braking */
  float steer_rate_radps;
  float throttle, brake; /* 0 .. 1 of what the body can */
  float steer;           /* -1 right .. 1 left, of steer_most_rad */
  roadloom_point points[ROADLOOM_TRAJECTORY_POINTS];
} roadloom_action;

/* ---- how it is asked ---- */

typedef struct roadloom_policy_config {
  uint32_t struct_size, abi_version;
  uint32_t envs;        /* episodes that may go on side by side: env is 0 .. envs - 1 */
  const char *argument; /* what the command line says after the name, "" when nothing */
} roadloom_policy_config;

/* An episode's way, in the world frame, a metre apart from where it begins. */
typedef struct roadloom_route {
  uint32_t struct_size;
  uint32_t count;
  const double (*points)[3]; /* (count) x, y, yaw */
  double goal_m;             /* from its first point along it */
  double duration_s;
  /* What the scene's own driver does in the same scene, for policies that ask for it: the rear
   * axle each ROADLOOM_DT_S from the begin on; else 0 and NULL. */
  uint32_t log_count;
  const double (*log)[3]; /* (log_count) x, y, yaw */
} roadloom_route;

enum { /* capabilities */
  ROADLOOM_POLICY_WANTS_LOG = 1,  /* its reset gets the log */
  ROADLOOM_POLICY_HAS_STATE = 2,  /* save_state and load_state are there */
  ROADLOOM_POLICY_SENSES = 4      /* sense is there: it drives with sensors, which whoever starts it
                                     names (roadloom drive --sensors) */
};

/* Functions return 0, or anything else when they fail: that ends the episodes that they were
 * called for and nothing else. They are called by one thread at a time. Equal calls have to give
 * equal answers: draw from `seed`, and from nothing else. */
typedef struct roadloom_policy {
  uint32_t abi_version; /* ROADLOOM_POLICY_ABI */
  uint32_t struct_size; /* sizeof(roadloom_policy) */
  uint64_t capabilities;
  const char *name;
  /* One policy for a run; *out is handed to all others. */
  int (*create)(void **out, const roadloom_policy_config *config);
  /* An episode begins in `env`; what the policy kept of one before is of no use any more.
   * `route` holds until the next reset of that env. */
  int (*reset)(void *policy, uint32_t env, uint64_t seed, const roadloom_route *route);
  /* n observations, of different envs, and as many actions to fill, in the same order. */
  int (*step_batch)(void *policy, uint32_t n, const roadloom_observation *observations,
                    roadloom_action *actions);
  /* NULL without HAS_STATE. The state of an env: save_state gives the bytes that it needs, and
   * writes them if `size` is enough; load_state takes what save_state wrote. */
  size_t (*save_state)(const void *policy, uint32_t env, void *bytes, size_t size);
  int (*load_state)(void *policy, uint32_t env, const void *bytes, size_t size);
  void (*destroy)(void *policy);
  /* NULL without SENSES. What an env's sensors see, before each step_batch that it is in; valid until
   * that returns. */
  int (*sense)(void *policy, uint32_t env, const roadloom_sensors *sensors);
} roadloom_policy;

/* A library exports this one function, which gives a table that lives as long as it is loaded. */
#define ROADLOOM_POLICY_ENTRY "roadloom_policy_entry"
typedef const roadloom_policy *roadloom_policy_entry_function(void);

#ifdef __cplusplus
}
#endif

#endif
