// SPDX-License-Identifier: Apache-2.0
// One episode as plain data: who was where in every frame, the route, the signals, what the
// policy planned, and how it ended. Whoever drives fills it frame by frame; the scores
// (sim/score_*.h) are pure functions of it.
//
// An episode owns all its arrays and points at nothing else, so that it can be scored after the
// world and the scene are gone. Their sizes are settled at its creation: nothing allocates after
// that, and one episode record serves any number of episodes, one after the other. One thread at
// a time.
//
// The order of things:
//   sim_episode_create      once
//   sim_episode_begin       of each episode: its step, its ego
//   sim_episode_actor       everybody else, once each (also later, when somebody comes)
//   sim_episode_object      what stands still and can be hit
//   sim_episode_route       where the ego is to go
//   sim_episode_open        of each frame, the first one being the initial state; then the
//                           caller writes the frame's row of the arrays, or sim_episode_record
//                           does all of it from a world (sim/episode_record.h)
//   end, end_text           when it is over
//   sim_episode_survey      once after that: what the map says of the ego's way
//   sim_scores_...          sim/scores.h
//
// Frames: a frame is an instant, frame k that of k * step_s. World, vehicle and actor frames are
// those of DESIGN: x east, y north; x forward, y left; angles in rad, counter-clockwise.
// Lanes are ids of the scene's lane graph (lane_path of scenes/road.h), 0 none.
#ifndef SIM_EPISODE_H
#define SIM_EPISODE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "scenes/road.h"
#include "scenes/scene.h"

/// Sizes of an episode's arrays. All at least 0, frames at least 1.
typedef struct sim_episode_def {
  int frames;                    // the initial state's among them
  int actors;                    // all but the ego, those who come later among them
  int objects;                   // that stand still
  int signals;                   // of the road network
  int route_lanes, route_points; // of the route and its middle line
  int events;
  int plans, plan_points; // of policies that give trajectories, 0 for others
} sim_episode_def;

/// 200 frames, 64 actors, 64 objects, 64 signals, 64 lanes and 2048 points of the route, 64 events,
/// no plans.
sim_episode_def sim_episode_def_default(void);

/// How an episode ended. The first group is the policy's or the traffic's doing; the second are
/// failures of the policy as a program; the last is nobody's on the road.
typedef enum sim_end {
  SIM_END_OPEN,      // it hasn't
  SIM_END_GOAL,      // terminated: the route's goal was reached
  SIM_END_TIME,      // truncated: the scene's time was up
  SIM_END_CRASH,     // terminated: a collision, where the caller ends episodes by them
  SIM_END_OFF_ROUTE, // terminated: too far from the route
  SIM_END_BLOCKED,   // terminated: stood still for too long
  SIM_END_OFF_ROAD,  // terminated: left the road network
  SIM_END_HUNG,      // the policy didn't answer in its time
  SIM_END_DIED,      // its process ended or crashed
  SIM_END_NAN,       // an action wasn't finite
  SIM_END_SHAPE,     // an action had the wrong shape or size
  SIM_END_OVERRUN,   // it wrote outside its buffer
  SIM_END_JOB,       // the job failed: not the policy's doing
  SIM_END_COUNT
} sim_end;

/// Short name in lower case, such as "off_route"; never NULL.
const char *sim_end_name(sim_end end);
/// Whether the policy itself failed as a program (SIM_END_HUNG ... SIM_END_OVERRUN).
bool sim_end_is_failure(sim_end end);

/// What a script, or the driver of the episode, notes besides poses.
typedef enum sim_event_kind {
  SIM_EVENT_SCENARIO_TIMEOUT,  // a scripted scenario wasn't got through in its time
  SIM_EVENT_EMERGENCY_BLOCKED, // no way was made for a vehicle with its siren on
  SIM_EVENT_TRIGGER,           // a scripted scenario began; actor: who it is about
  SIM_EVENT_KIND_COUNT
} sim_event_kind;

typedef struct sim_event {
  int frame;
  sim_event_kind kind;
  int actor; // slot, -1 none
  double value;
} sim_event;

/// Marks of an actor in a frame.
enum {
  SIM_ACTOR_HERE = 1,   // it is in the scene; without this bit the rest of its row means nothing
  SIM_ACTOR_SIREN = 2,  // drives with its siren on
  SIM_ACTOR_PARKED = 4, // stands beside the lanes for good
};

/// Marks of the ego's place in a frame, by sim_episode_survey.
enum {
  SIM_EGO_ON_LANE = 1,      // its middle is on a lane that cars may drive on
  SIM_EGO_IN_LANE = 2,      // all its corners are on one lane, or on lanes that go on in each other
  SIM_EGO_IN_JUNCTION = 4,  // its rear axle is within a junction
  SIM_EGO_WRONG_WAY = 8,    // it heads against its lane by more than 90 degrees
  SIM_EGO_PASSED_RED = 16,  // its front crossed a stop line since the last frame, at red
  SIM_EGO_PASSED_STOP = 32, // ... of an all-way stop, without having stood in the last 5 m
  SIM_EGO_ON_ROUTE_LANE =
      64, // its lane is one of the route's, or beside one that runs the same way
};

typedef struct sim_episode {
  arena *memory; // owns all arrays
  sim_episode_def def;

  // Settled by sim_episode_begin.
  uint64_t seed, scene_hash; // for whoever reads results; no score depends on them
  uint32_t scene;            // number of the scene in its job
  double step_s;             // from frame to frame, > 0
  double ego_length_m, ego_width_m;
  double ego_rear_to_centre_m, ego_wheelbase_m;

  // The ego, each (def.frames), written by whoever drives, row `count - 1` after
  // sim_episode_open. The pose is that of its box's middle; motion is that of its rear axle.
  int count; // frames so far
  double *ego_x_m, *ego_y_m, *ego_yaw_rad;
  double *ego_ahead_mps, *ego_left_mps;   // velocity in the vehicle's frame; reversing: negative
  double *ego_ahead_mps2, *ego_left_mps2; // acceleration of the axle over ground, in the vehicle's
                                          // frame; turning counts: left = v x yaw rate when rolling
  double *ego_yaw_radps;                  // yaw rate
  double *ego_steer_rad;                  // of the front wheels

  // Everybody else. A slot is one body for the whole episode.
  int actor_count;
  uint32_t *actor_id;                    // (def.actors) of the scene
  uint8_t *actor_kind;                   // (def.actors) thing_kind
  float *actor_length_m, *actor_width_m; // (def.actors)
  int *actor_body;               // (def.actors) slot of whose door or trailer it is, or its own
  uint8_t *actor_marks;          // (def.frames, def.actors) SIM_ACTOR_...
  double *actor_x_m, *actor_y_m; // (def.frames, def.actors) of the box's middle
  float *actor_ahead_x, *actor_ahead_y; // (def.frames, def.actors) unit vector of its heading
  float *actor_x_mps, *actor_y_mps;     // (def.frames, def.actors) velocity over ground, world
  int32_t *actor_lane;                  // (def.frames, def.actors) lane id, 0 off the lanes
  float *actor_s_m;                     // (def.frames, def.actors) of its middle along that

  // What stands still and can be hit: poles, cones, barriers, walls, parked bodies.
  int object_count;
  uint32_t *object_id;                     // (def.objects)
  uint8_t *object_kind;                    // (def.objects) thing_kind
  double *object_x_m, *object_y_m;         // (def.objects) of the box's middle
  float *object_ahead_x, *object_ahead_y;  // (def.objects)
  float *object_length_m, *object_width_m; // (def.objects)

  // Signals by id - 1, written by whoever drives.
  int signal_count;
  uint8_t *signals; // (def.frames, def.signals) signal_color

  // The route, settled by sim_episode_route: lanes one after the other, either going on in the
  // next one or beside it (a lane change), and their middle line.
  int route_lane_count;
  int *route_lanes;              // (def.route_lanes)
  double *route_lane_begin_m;    // (def.route_lanes) where each begins along the middle line; of
                                 // lanes changed to: as where one beside it begins
  int route_count;               // points of the middle line, 0: no route
  double *route_x_m, *route_y_m; // (def.route_points)
  double *route_s_m;             // (def.route_points) from the route's begin, rising
  float *route_limit_mps;        // (def.route_points) speed limit from there on
  double *route_block_x, *route_block_y, *route_block_m; // (def.route_points / 16 + 1) circles
                                                         // round 16 pieces each, for searches
  double route_begin_m; // along the middle line: where the ego begins
  double route_goal_m;  // and where it is to get to
  double goal_x_m, goal_y_m;

  // Progress of the reference, a PDM-Closed run on the same seed, by frame: how far along the
  // route's middle line it was; all of its run, where the ego's own ended early, too.
  // reference_count 0: there is none, and scores of progress are NaN.
  int reference_count;
  double *reference_m; // (def.frames)

  // What the policy planned, in the order of planning; none for policies that give controls.
  int plan_count;
  double plan_step_s; // between points; point 0 is the pose at the frame of planning
  int *plan_frame;    // (def.plans)
  double *plan_x_m, *plan_y_m, *plan_yaw_rad; // (def.plans, def.plan_points) of the rear axle
  int *plan_length;                           // (def.plans) points of it

  int event_count;
  sim_event *events; // (def.events) by frame

  sim_end end;
  char end_text[200]; // one line of why, for people

  // What the map says of the ego's way, each (def.frames), written by sim_episode_survey.
  int surveyed;           // frames surveyed; scores want it equal to count
  int32_t *ego_lane;      // lane under its middle, 0: none within reach
  double *lane_s_m;       // along that lane
  double *lane_left_m;    // its middle, left of the lane's
  double *lane_yaw_rad;   // heading of the lane there
  double *lane_limit_mps; // speed limit; of junction lanes the larger of its neighbours'. INFINITY
                          // without a lane
  double *middle_outside_m; // how far its middle is off the drivable area, 0 on it
  double *outside_m;   // how far the outermost of its corners is off the drivable area, 0 on it
  uint8_t *ego_marks;  // SIM_EGO_...
  double *route_m;     // along the route's middle line, not clamped to the goal
  double *off_route_m; // how far from that line
  double *travelled_m; // way of its middle since frame 0
  int *red_signal;     // signal passed at red in this frame, 0 none
} sim_episode;

/// An empty record of those sizes. STATUS_RANGE for sizes that make no sense, STATUS_MEMORY.
/// Release with sim_episode_destroy.
status sim_episode_create(sim_episode **out, const sim_episode_def *def, trouble *why);
/// NULL is ignored.
void sim_episode_destroy(sim_episode *e);

/// Sizes that fit a scene of that many frames: its actors and who comes with them, the objects
/// that sim_episode_objects_of takes, its signals.
sim_episode_def sim_episode_def_of(const scene *s, int frames);

/// Forgets the last episode. The ego's box and axles are those of a vehicle; step_s > 0.
void sim_episode_begin(sim_episode *e, double step_s, const scene_vehicle *ego);

/// A slot for somebody, in [0, def.actors); -1 when there is none left. It is nowhere in frames
/// that were opened before, and in every new one until its row says otherwise.
int sim_episode_actor(sim_episode *e, uint32_t id, thing_kind kind, double length_m,
                      double width_m);
/// A slot for the driver's door of the body in slot `of`; -1 when there is none left. Its id and
/// kind are the body's, and whoever touches both touches one.
int sim_episode_door(sim_episode *e, int of, double length_m, double width_m);
/// Likewise for the trailer of the truck in slot `of`, with an id of its own.
int sim_episode_trailer(sim_episode *e, int of, uint32_t id, double length_m, double width_m);
/// Something that stands still, its middle at (x, y). False when there is no room left.
bool sim_episode_object(sim_episode *e, uint32_t id, thing_kind kind, double x_m, double y_m,
                        double yaw_rad, double length_m, double width_m);
/// All things of a scene that a car can hit and that stand within 12 m of the route's line, in the
/// scene's order, up to def.objects of them. After sim_episode_route. Returns how many there would
/// have been.
int sim_episode_objects_of(sim_episode *e, const scene *s);

/// The route along those lanes, of which each goes on in the next one or lies beside it, from
/// begin_m on the first one to goal_m on the last one.
/// STATUS_RANGE: no lanes, an id that isn't one, a place off its lane, or two lanes that neither
/// follow each other nor lie side by side. STATUS_LIMIT: more than the record holds. Leaves the
/// record without a route then.
status sim_episode_route(sim_episode *e, const road_network *net, const int *lanes, int count,
                         double begin_m, double goal_m, trouble *why);

/// Opens the next frame, in which nobody is anywhere yet, and returns its number; -1 when all
/// def.frames are used.
int sim_episode_open(sim_episode *e);
/// Where a frame's row of an array (def.frames, def.actors) begins.
static inline size_t sim_episode_row(const sim_episode *e, int number) {
  return (size_t)number * (size_t)e->def.actors;
}
/// Where a frame's row of `signals` begins.
static inline size_t sim_episode_signal_row(const sim_episode *e, int number) {
  return (size_t)number * (size_t)e->def.signals;
}

/// Notes an event. False when there is no room left.
bool sim_episode_event(sim_episode *e, sim_event event);
/// A slot for a plan made in the last frame, whose points the caller writes; -1 when there is no
/// room left, or `points` is more than a plan may have.
int sim_episode_plan(sim_episode *e, int points);

/// How far along the route's middle line a place is, near hint_m (NaN: anywhere), and how far
/// from the line (may be NULL). NaN without a route.
double sim_episode_along(const sim_episode *e, double x_m, double y_m, double hint_m,
                         double *off_m);
/// False for places that are farther than reach_m from the route's line; true for others, and for
/// some that are little farther. Quick.
bool sim_episode_is_near(const sim_episode *e, double x_m, double y_m, double reach_m);
enum { SIM_ROUTE_BLOCK = 16 };

/// Works out what the map says of the ego's way, in all frames. After the last frame. `net` is the
/// network that lanes and signals are of.
void sim_episode_survey(sim_episode *e, const road_network *net);

/// How far a place is from what may be driven on: 0 on lanes of any kind that aren't paths for
/// people, on shoulders, parking strips, bays and junctions; up to about 10 m, INFINITY beyond.
double sim_drivable_outside(const road_network *net, double x_m, double y_m);

#endif
