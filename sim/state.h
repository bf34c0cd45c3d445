// SPDX-License-Identifier: Apache-2.0
// The world's moving state, for the files of this folder only. Structure of
// arrays, one arena, nothing allocated after sim_world_create.
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include <stdatomic.h>

#include "base/team.h"
#include "sim/conditions.h"
#include "sim/driven.h"
#include "sim/idm.h"
#include "sim/lanes.h"
#include "sim/obstacles.h"
#include "sim/scripted.h"
#include "sim/service.h"
#include "sim/trailers.h"
#include "sim/world.h"

enum { SIM_ROUTE = 8 }; // lanes known ahead, the current one among them

/// How sure a vehicle is of the junction lane it is about to enter.
typedef enum sim_claim { CLAIM_NONE, CLAIM_TENTATIVE, CLAIM_FINAL } sim_claim;

/// Where across its lane a vehicle keeps. All but the first are moved by sim/aside.c.
typedef enum sim_aside {
  ASIDE_NONE,    // in the middle, or where narrow bends and scripts have it
  ASIDE_RIDES,   // a cyclist, on the kerb's side
  ASIDE_RETURNS, // on its way back to either
  ASIDE_PASSES,  // round slower ones and standing ones of its lane
  ASIDE_FILTERS, // on two wheels beside a queue
  ASIDE_LEADS    // has come to the stop line beside the queue's first, who lets it go first
} sim_aside;

/// Where a person is: poses are made of these only when a frame asks.
typedef struct sim_place {
  double x_m, y_m, z_m, yaw_rad;
} sim_place;

/// What a step makes of a tilt's offset from rest and of its rate: offset' = kept x offset +
/// gained x rate, rate' = pulled x offset + going x rate.
typedef struct sim_spring {
  double kept, gained, pulled, going;
} sim_spring;

/// What the decision of somebody who stands depends on: see sim/rest.c.
enum { SIM_REST_NOT = -2 };
typedef struct sim_rest {
  double mark_m; // where the one ahead stands; or from where on the way beyond the line is clear
  int lead;      // the one ahead, -1 the stop line, SIM_REST_NOT
  int color_at;  // into colors: of the signal that is red, -1 none matters
} sim_rest;

/// Vehicles, shape (count) unless said otherwise. Their place is that of the box
/// centre along route[0].
typedef struct sim_vehicles {
  int count;
  double longest_m; // of their lengths
  // Set at creation.
  double *length_m, *width_m;
  double *axle_m; // rear axle to box centre
  double *wheelbase_m, *wheel_radius_m;
  double *blink_phase;     // 0..1
  int *user;               // its lane_user bit
  uint8_t *ridden;         // on two wheels
  driver_params *driver;   // as drawn
  uint8_t *style, *breaks; // driver_style, driver_break bits
  uint8_t *filters;        // rides past queues
  // Written by the mover (sim/move.c).
  uint8_t *gone;  // 1 left the network; SIM_BESIDE: a scripted one, beside the lanes
  double *gone_s; // seconds since
  int *route;     // (count, SIM_ROUTE) lane ids
  int *route_count;
  int *came_from;  // the lane before route[0], 0 at the start
  uint32_t *draws; // route choices made so far
  double *s_m, *v_mps;
  sim_body *body, *before; // before: the last step
  double *wheel_rad;
  int *straight_on;      // the straight level lane that its body goes along, 0 none
  double *change_from_m; // lane change: sideways offset when it began, 0 none
  double *change_done;   // its progress 0..1
  double *changed_s;     // seconds since the last change began
  double *shift_m;       // to the left of the lane's middle
  // On its springs, beyond the road's own, by sim/sway.c: nose down, right side down, and up as the
  // road moves it, see sim_heave; now, before the last step, and a second.
  double *dive_rad, *lean_rad, *heave_m;
  double *dive_before_rad, *lean_before_rad, *heave_before_m;
  double *dive_radps, *lean_radps, *heave_mps;
  double *bend_mps2; // acceleration to the left
  double *climb;     // change of the body's grade in the last step
  double *lean_by; // radians a m/s2; 0 for those on two wheels and those gone, whom no springs move
  // Written by sim/aside.c, sim/pass.c and sim/filter.c.
  uint8_t *aside; // sim_aside
  double *aim_m;  // the shift that it steers to
  double *slope;  // change of the shift per metre
  double *rest_m; // the shift of a scripted one that nothing moves
  double *over_m; // way until it is back from the oncoming lane, 0 not there
  // Written by sim/merge.c.
  int8_t *must_side; // where it has to change lanes to: 1 left, -1 right, 0 nowhere
  double *must_m;    // how far it may still go before it has
  int8_t *wish;      // written by sim/change.c: the side that it would change lanes to, 0 none
  double *blocked_m; // how far up to where it waits to get round what stands in its lane
  // Written by the drivers (sim/driver.c, sim/junction.c).
  driver_params *mood; // the driver's parameters in this weather and at this speed
  double *root_mps2;   // of the mood's two accelerations' product
  uint8_t *steady;     // its mood is the same at any speed
  double *a_mps2;
  sim_rest *rest;        // written as it stands
  uint8_t *rests;        // 1: decides as it did
  double *people_m;      // from the front to the crosswalk that it stops before; INFINITY
  double *wait_s;        // time spent standing before a junction
  uint32_t *flags;       // ACTOR_… but for the blinking phase
  int *want_lane;        // the next junction lane, 0 none within sight
  uint8_t *want_claim;   // sim_claim
  uint32_t *want_order;  // rank among final claims, smaller came first
  double *want_x_m;      // own place measured along want_lane, negative before it
  uint8_t *want_stopped; // has stood at the line (all-way stop)
  uint8_t *asks;         // where on its route want_lane is when its claim is to be decided, else 0
  double *line_m;        // from the front to the stop line before want_lane
  int *hold_lane;        // junction lane it is on, until its tail has left; 0 none
  uint32_t *hold_order;  // 0: not yet given
  double *hold_past_m;   // lanes completed since hold_lane ended
} sim_vehicles;

/// People, shape (count). Their place is on the walk graph, their position free.
typedef struct sim_people {
  int count;
  double turn; // what a step takes off facings' errors
  // Set at creation.
  double *speed_mps, *height_m;
  double *body_m;           // radius of what nobody else gets into
  double *relax_s;          // how fast one gets at the velocity that one wants
  double *keep_aside;       // m from the middle of the way to the side that traffic keeps to
  double *reach_m;          // how far what one pushes is ahead of the own body, else 0
  int *along;               // whom a pram or a dog goes along with, -1: goes by itself
  int *company;             // what goes along with somebody, -1 nothing
  double *ahead_m, *left_m; // where it is then, in the other's frame
  int *group_first;         // those who walk together are group_first .. + group_count - 1
  int *group_count;         // 1: alone
  // Written by sim/people.c.
  int *edge, *next_edge; // walk_edge ids
  int *direction;        // on edge: +1 towards b, -1 towards a
  uint32_t *draws;
  uint8_t *ignores_red;    // decided for the crosswalk ahead
  uint8_t *waiting;        // for the crosswalk that is its next edge
  uint8_t *wants;          // to go on, not to wait
  double *stuck_s;         // stood so long all the same; below 0: a step back takes so long yet
  int8_t *retreat;         // steps back to the left 1, to the right -1, doesn't 0
  uint32_t *tosses;        // coins tossed so far
  int *midway;             // number among those who cross in the middle of a block, -1; edge is 0
  double *wish_m;          // along the edge: where it would like to; INFINITY
  double *s_m, *lateral_m; // along and left of the edge's middle line, a to b
  double *x_m, *y_m, *z_m, *vx_mps, *vy_mps;
  double *yaw_rad, *gait;
  double *gone_m;             // distance walked so far
  double *done_m;             // length of the edges completed
  uint8_t *held;              // waits for others of its group who are behind
  double *mark_m, *late_s;    // the farthest it has come on its way, and for how long no farther
  double *aim_rad, *ground_m; // heading of what one walks to, the way's height here
  sim_place *before;
  // Written by sim/people_cells.c and whoever moves people out of each other.
  int *cell;          // the list of cells that it is in
  uint32_t round;     // of moving them, counted since the world began
  uint32_t *moved_in; // (cell_count) the last round in which somebody in that list was moved
} sim_people;

/// A vehicle's entry in a lane's queue; one that changes lanes is in two.
typedef struct sim_entry {
  double s_m, length_m;
  int vehicle;
  int own; // whether this lane is the one that the vehicle is in
} sim_entry;

/// The other lane that a vehicle is in.
typedef struct sim_also {
  int vehicle, lane;
} sim_also;

/// A claim on a junction lane as it was when the drivers began to decide, but for `claim` and
/// `order`: what others ask of it, in one cache line.
typedef struct sim_node {
  double front_m, tail_m; // along the claimed lane
  double v_mps, a_mps2, gain_mps2;
  double people_m; // along the lane: where it stops for people; INFINITY
  uint32_t order;
  int vehicle;
  int next; // claim on the same lane, -1 none
  uint8_t claim, claim_before;
  uint8_t holds; // is on the lane; else it wants to be
  uint8_t bulk;  // sim_bulk of its vehicle there
} sim_node;

/// What traffic does at one lane crossing of a crosswalk, renewed each step.
/// Drivers in several threads announce themselves.
typedef struct sim_approach {
  _Atomic double must_pass_s; // soonest arrival of a vehicle that can't stop softly
  _Atomic double any_s;       // soonest arrival of any vehicle
  atomic_bool occupied;       // a body is on it
  bool was_occupied;          // a step ago
} sim_approach;

/// One lane that somebody who crosses in the middle of a block has to get over.
enum { SIM_MIDLANES = 12 };
typedef struct sim_midlane {
  int lane;
  double s_m;               // along the lane
  double from_m, to_m, z_m; // its borders along the line, its height
  sim_approach approach;    // renewed each step
} sim_midlane;

typedef enum sim_midway_phase {
  MIDWAY_TO_KERB,
  MIDWAY_WAITS, // for a gap
  MIDWAY_CROSSES,
  MIDWAY_BACK // without one
} sim_midway_phase;

/// Somebody's way over a road in the middle of a block, straight from sidewalk to sidewalk.
typedef struct sim_midway {
  int person;
  sim_midway_phase phase;
  double x_m, y_m, dx, dy, length_m; // where it begins, where to, how far
  double kerb_m, far_m;              // along it: where to wait, and from where on one is over
  double u_m, waited_s, margin_s, patience_s;
  int from_edge, from_direction, to_edge, to_direction;
  double from_s_m, to_s_m, from_z_m, to_z_m;
  int lane_count;
  sim_midlane lanes[SIM_MIDLANES];
} sim_midway;

/// A place on a sidewalk, to find it by.
typedef struct sim_way_place {
  int edge;
  double s_m;
} sim_way_place;

struct sim_world {
  arena *memory;
  const scene *scene;
  const road_network *net;
  double step_s;
  int64_t step_ns, now_ns; // now_ns: end of the last frame or step
  uint64_t steps;          // taken; the state is that of steps * step_ns
  uint32_t next_order;

  sim_lanes lanes;
  sim_vehicles cars;
  sim_trailers trailers;
  sim_people people;
  sim_scripted scripted;
  sim_obstacles obstacles;
  int driven_count;
  sim_driven *driven;          // (SIM_DRIVEN_MOST) or NULL: who moves by the single-track model
  struct sim_signals *signals; // sim/signals.c
  sim_buses *buses;            // NULL: none, or no stops
  sim_sirens *sirens;          // NULL: nobody has one
  weather_state weather;
  sim_conditions conditions, felt; // felt: those of the moods

  struct sim_kept *kept;                // for sim_world_rewind; NULL: nothing
  team *team;                           // NULL: the caller's thread alone
  sim_spring body_spring, rider_spring; // of sway, by the step's length
  bool uneven;                          // bodies may heave
  bool restless;                        // nobody rests; for tests
  bool may_rest;                        // in this step; see sim/rest.c
  bool sideways;                        // some may drive beside others within a lane

  // Renewed each step.
  uint8_t *colors;                      // (junction_count, ROAD_SIGNAL_GROUPS + 1) signal_color
  int *queue_first;                     // (path_count + 1) into queue
  sim_entry *queue;                     // (2 * vehicles) by lane, front-most first
  int *bundle_load;                     // (bundle_count) entries in the lanes of each bundle
  int *queue_place;                     // (vehicles) its index in queue, in its own lane
  int *queue_lane;                      // (vehicles) its lane when they were built, 0 gone
  sim_also *also;                       // (vehicles) who is in another lane, too, by number
  int *claim_head;                      // (path_count) first claim on a junction lane, -1 none
  sim_node *nodes;                      // (2 * vehicles) claim 2 i: vehicle i wants, 2 i + 1: holds
  int *awake;                           // (vehicles) those that don't rest, by number
  int awake_count;                      // so many
  int awake_parts, awake_in[TEAM_MOST]; // by whom they were found
  int asker_count;
  int *askers;              // (vehicles) those whose claims are to be decided, by number
  int *asker_head;          // (junction_count) the first of them there, -1 none
  int *asker_next;          // (vehicles)
  uint32_t *changed_at;     // (path_count) the last step, from 1, in which somebody changed to it
  sim_approach *approaches; // (crossing_count)
  int *walker_head;         // (crosswalk_count) first person on it, -1 none
  int *waiting_head;        // (crosswalk_count) first person waiting to enter it
  int *walker_next;         // (people)
  int *cell_head;           // (cell_count) people by place, hashed
  int *cell_next;           // (people)
  bool any_asks;            // some lane_asks are set
  int *musts, must_count;   // (vehicles) those who have to change lanes
  bool was_blocked;         // something stood for good when they were found
  int cell_count;           // power of two
  uint8_t *lane_asks;       // (path_count) somebody on it has to change lanes
  int *overs, over_count;   // (vehicles) those on the oncoming lane
  uint8_t *lane_met;        // (path_count) one of them is on it
  // Who crosses in the middle of a block; nothing of it where nobody may.
  int midway_count, midway_capacity;
  sim_midway *midways; // (midway_count) in no order that means anything
  int *midway_head;    // (path_count) first midway and lane, m * SIM_MIDLANES + k, on it, -1 none
  int *midway_next;    // (midway_capacity * SIM_MIDLANES)
  int midway_listed;
  int *midway_lanes;   // (midway_listed) lanes whose heads are set
  int *way_cell_first; // (cell_count + 1) into ways
  sim_way_place *ways; // sidewalks by place
  // Obstacles people walk around, sorted into fixed cells.
  int post_count;
  vec3 *posts;          // x, y and radius in z
  int *post_cell_first; // (cell_count + 1) into posts

  // Frames.
  uint32_t frame, frame_base;
  int64_t frame_origin_ns;
  int64_t frame_end_ns; // of the last frame; -1 when steps were taken since
  pose *frame_pose;     // (vehicles + people + trailers) end poses of the last frame
  pose *frame_before;   // likewise its begin poses
  int64_t frame_long_ns;
};

/// Asks for a cache line that will be read SIM_AHEAD vehicles later.
static inline void sim_fetch(const void *at) {
  __builtin_prefetch(at);
}
enum { SIM_AHEAD = 20 };
static inline const lane_path *sim_lane(const sim_world *w, int lane) {
  return &w->net->paths[lane - 1];
}
static inline const sim_lane_facts *sim_facts(const sim_world *w, int lane) {
  return &w->lanes.facts[lane - 1];
}
/// What a place along `from` is multiplied by for the same place along `to`, a lane beside it.
static inline double sim_beside_scale(const sim_world *w, int from, int to) {
  return sim_facts(w, to)->length_m / sim_facts(w, from)->length_m;
}
/// How a body of that length takes that lane.
static inline sim_bulk sim_bulk_of(const sim_world *w, int lane, double length_m) {
  if (length_m > SIM_LONG_M)
    return BULK_LONG;
  return 100 * length_m > sim_facts(w, lane)->van_cm ? BULK_VAN : BULK_CAR;
}
static inline double sim_yaw(const sim_body *body) {
  return atan2(body->ahead_y, body->ahead_x);
}
static inline int *sim_route(const sim_world *w, int vehicle) {
  return w->cars.route + (long)vehicle * SIM_ROUTE;
}
/// The lane that a vehicle is on.
static inline int sim_lane_of(const sim_world *w, int vehicle) {
  return w->cars.route[(long)vehicle * SIM_ROUTE];
}
/// What something gap_m ahead, which it comes nearer to at closing_mps, takes off its free
/// acceleration.
static inline double sim_interaction(const sim_world *w, int vehicle, double closing_mps,
                                     double gap_m) {
  const driver_params *mood = &w->cars.mood[vehicle];
  return sim_idm_interaction_of(mood, w->cars.root_mps2[vehicle], mood->headway_s,
                                w->cars.v_mps[vehicle], closing_mps, gap_m);
}
/// Colour that a group of a junction shows; SIGNAL_OFF for group 0.
static inline signal_color sim_color(const sim_world *w, int junction, int group) {
  if (junction == 0 || group == 0)
    return SIGNAL_OFF;
  return (signal_color)w->colors[SIM_COLOR_AT(junction, group)];
}

// sim/trailers.c
/// The trailer that a vehicle tows, -1 none.
static inline int sim_trailer_of(const sim_world *w, int vehicle) {
  return w->trailers.count > 0 ? w->trailers.of[vehicle] : -1;
}
/// Whether a vehicle may be on a lane: without a trailer on any.
static inline bool sim_trailer_fits(const sim_world *w, int vehicle, int lane) {
  return sim_trailer_of(w, vehicle) < 0 || w->trailers.wide[lane - 1];
}

// sim/world.c
/// Work on the vehicles begin … end - 1, or on part `part` of `parts`, that may write what belongs
/// to those alone.
typedef void sim_some(sim_world *w, int begin, int end);
typedef void sim_part(sim_world *w, int part, int parts);
/// Shares work on `count` things out among the world's threads; returns when it is done.
void sim_share_out(sim_world *w, int count, sim_some *work);
void sim_share_parts(sim_world *w, int count, sim_part *work);

// sim/signals.c
bool sim_signals_create(sim_world *w);
/// Lets actuated signals see who has come and takes them one step on.
void sim_signals_step(sim_world *w);
/// Signal colours at the state's time. Flashing and dark ones are SIGNAL_OFF here.
void sim_colors_renew(sim_world *w);
/// Seconds since a group of a junction took its colour; very many when it has had it all along.
double sim_color_age(const sim_world *w, int junction, int group);
/// What the signal's heads show at now_ns, flashing among it.
signal_color sim_signal_shown(const sim_world *w, const road_signal *signal);
/// Seconds from now_ns until its colour changes; -1 when that isn't settled yet.
double sim_signal_left_s(const sim_world *w, const road_signal *signal);
uint64_t sim_signals_hash(const sim_world *w, uint64_t seed);

// sim/breakers.c
/// Whether a driver goes on although that signal before it isn't green.
bool sim_goes_at_red(const sim_world *w, int vehicle, const road_signal *signal);

// sim/route.c
/// Draws further lanes until the route is full or the network ends.
void sim_route_extend(sim_world *w, int vehicle);
/// The lanes that it would take from here on, as far as most_m ahead of its middle or a little
/// farther, into `lanes`; how many, at most `most`. Changes nothing.
int sim_route_ahead(const sim_world *w, int vehicle, double most_m, int *lanes, int most);
/// Drops the current lane.
void sim_route_advance(sim_world *w, int vehicle);

// sim/queue.c
void sim_queues_build(sim_world *w);
/// Another vehicle seen along a route.
typedef struct sim_leader {
  int vehicle;  // -1 none
  double gap_m; // own front to its tail
} sim_leader;
/// The vehicle that bounds the way ahead, not farther than `sight_m` from the front.
sim_leader sim_queue_leader(const sim_world *w, int vehicle, double sight_m);
/// The neighbours in a lane's queue around s: indices into w->queue, -1 none. The
/// vehicle itself is passed over.
void sim_queue_around(const sim_world *w, int lane, double s_m, int self, int *ahead, int *behind);

// sim/rest.c
bool sim_rest_create(sim_world *w);
/// Whether vehicle i, whose rest has begun, would decide as it did.
bool sim_rest_holds(const sim_world *w, int vehicle);
/// Begins a rest, or doesn't, once a vehicle that stands has decided, with that one ahead.
void sim_rest_begin(sim_world *w, int vehicle, const sim_leader *leader, double sight_m);

// sim/siren.c
/// Whom a vehicle follows where the one ahead, found before, makes way or is made way for.
sim_leader sim_siren_leader(const sim_world *w, int vehicle, sim_leader leader);
/// ACTOR_… of sirens and of making way, at a time.
uint32_t sim_siren_flags(const sim_world *w, int vehicle, int64_t t_ns);
// sim/siren_way.c
/// The way past those who make way, or who else is in it.
void sim_siren_plan(sim_world *w, sim_siren *siren);
/// Gaps that a vehicle's siren is heard over: ahead, behind.
#define SIREN_AHEAD_M 75.0
#define SIREN_BEHIND_M 20.0

// sim/junction.c
/// Renews vehicle i's claim on the junction lane ahead, which is route[k] and begins
/// `start_m` from the box centre; the stop line is `line_m` from the front. It may ask then.
void sim_claim_renew(sim_world *w, int vehicle, int k, double start_m, double line_m);
void sim_claim_drop(sim_world *w, int vehicle);
/// Notes what others ask of a vehicle's claims.
void sim_claims_note(sim_world *w, int vehicle);
/// Lists the claims by lane, and who asks.
void sim_claims_list(sim_world *w);
/// Decides the claims of those who ask, of every parts-th junction.
void sim_claims_decide(sim_world *w, int part, int parts);
/// Ranks claims that have become final.
void sim_claims_rank(sim_world *w);
/// Vehicle i has entered route[0], a junction lane.
void sim_claim_enter(sim_world *w, int vehicle);
/// The acceleration that leaves right of way to those who came first inside junctions.
double sim_claim_give_way(const sim_world *w, int vehicle, double a_mps2, double a_free);

// sim/driver.c
/// All vehicles' accelerations and lamps, and what they mean to the people.
void sim_drivers_decide(sim_world *w);
/// IDM towards something standing gap_m ahead at which to stop at about `short_m`.
double sim_stop_at(const sim_world *w, int vehicle, double a_free, double gap_m, double short_m);
/// The gap to something that stands which holds a standing vehicle back as much as a stop line
/// gap_m ahead.
double sim_stop_gap(const sim_world *w, int vehicle, double gap_m);
/// A line that far behind the front is the last that somebody stops for.
#define SIM_OVER_LINE_M (-0.5)

// sim/aside.c
bool sim_aside_create(sim_world *w);
/// Where a vehicle keeps at the scene's start.
void sim_aside_start(sim_world *w, int vehicle, bool scripted);
/// Moves a vehicle that isn't ASIDE_NONE across its lane while it rolls way_m.
void sim_aside_move(sim_world *w, int vehicle, double way_m);
/// Way that it takes to shift across_m at its speed, begun at that slope towards there.
double sim_aside_way(const sim_world *w, int vehicle, double across_m, double slope);
/// Whether others may pass a vehicle: it is slow by its nature, or stands for good.
bool sim_passable(const sim_world *w, int vehicle);
bool sim_stands_for_good(const sim_world *w, int vehicle);
/// Whether the vehicle of a lane's queue entry, whose tail is gap_m ahead of vehicle i, has to be
/// followed: the two aren't beside each other, nor will they be.
bool sim_in_way(const sim_world *w, int i, const sim_entry *entry, double gap_m);
/// The lane beside its own that a vehicle between two lanes is in, too, 0 none.
int sim_aside_lane(const sim_world *w, int vehicle);
/// Whether a vehicle beside others must not enter a junction yet.
bool sim_aside_holds(const sim_world *w, int vehicle);
/// The shift of a vehicle when it will have gone way_m: where it steers to, if it gets there.
double sim_shift_after(const sim_world *w, int vehicle, double way_m);
/// +1 where traffic overtakes on the left, -1 on the right.
static inline int sim_over_side(const sim_world *w) {
  return w->net->left_hand ? -1 : 1;
}

// sim/pass.c
/// Who begins to pass others, and who is back; lists those on the oncoming lane.
void sim_passes_decide(sim_world *w);
/// What drivers leave beside a vehicle that they pass.
double sim_pass_clearance(const sim_world *w, int vehicle, int passed);
/// The acceleration that letting those back who come on the own lane leaves.
double sim_pass_give_way(const sim_world *w, int vehicle, double a_mps2, double a_free);
/// The acceleration that waiting behind what stands leaves: from where one gets round it.
double sim_pass_wait(const sim_world *w, int vehicle, double a_mps2, double a_free, double gap_m);

// sim/filter.c
/// Who begins to ride past a queue, who has come to its front, who goes back into it.
void sim_filters_decide(sim_world *w);
/// The acceleration that filtering leaves: not much faster than the queue.
double sim_filter_adapt(const sim_world *w, int vehicle, double a_mps2);

// sim/narrow.c
/// How far left of its lane's middle a long vehicle keeps in a tight bend (negative: right).
double sim_narrow_shift(const sim_world *w, int vehicle);
/// True in a tight bend of its lane and up to before_m ahead of one.
bool sim_narrow_near(const sim_world *w, int vehicle, double before_m);
/// The acceleration that not driving abreast of a long vehicle in a tight bend leaves; for lanes
/// that are SIM_LANE_TIGHT and SIM_LANE_BESIDE others.
double sim_narrow_fall_back(const sim_world *w, int vehicle, double a_mps2, double a_free);
/// The acceleration that waiting for a long vehicle in a tight bend ahead leaves a long one.
double sim_narrow_give_way(const sim_world *w, int vehicle, double a_mps2, double a_free,
                           double sight_m);

// sim/merge.c
/// Whether a vehicle means to take a ramp that it comes by.
bool sim_wants_ramp(const sim_world *w, int vehicle, int ramp_lane);
/// Who has to leave the own lane, to which side, and how soon: must_side and must_m.
void sim_merges_find(sim_world *w);
/// Whether something stands for good within sight in a lane, a vehicle's own or one beside it.
bool sim_merge_sees_blocked(const sim_world *w, int vehicle, int lane);
/// 0 far from the place where a vehicle has to have changed, 1 there.
double sim_merge_urgency(const sim_world *w, int vehicle);
/// The acceleration that not driving over the end of the own lane leaves, that fitting in with
/// those in the lane it has to change to, and that letting in those who have to change to its own;
/// for lanes that are SIM_LANE_BINDS or SIM_LANE_BESIDE.
double sim_merge_adapt(const sim_world *w, int vehicle, double a_mps2, double a_free);

// sim/change.c
/// Seconds that a lane change takes a vehicle at its speed.
double sim_change_time(const sim_world *w, int vehicle);
/// How much of a works' taper has to be ahead when a change begins: so a body keeps inside of it.
#define SIM_TAPER_SHARE 0.85
/// The way that it takes at the present speed, and at walking pace, in m.
double sim_change_way(const sim_world *w, int vehicle);
double sim_change_least_way(const sim_world *w, int vehicle);
/// How far a vehicle still gets, by its middle, to where it has to wait for a gap because works
/// close its lane; INFINITY where none do.
double sim_merge_hold(const sim_world *w, int vehicle);
/// Whether it stands where its lane ends, or at the line before works, for a gap in the lane that
/// it has to change to.
bool sim_merge_waits(const sim_world *w, int vehicle);
/// The least gap that who has to change takes, and the speed below which one waits for one, or for
/// somebody who does.
#define SIM_MUST_GAP_M 1.5
#define SIM_WAITS_MPS 0.5
/// Whether one with a trailer, if it is, gets through the lane beside, and is on its own by the
/// front.
bool sim_change_may(const sim_world *w, int vehicle, int target);
/// Begins a change to the lane beside.
void sim_change_begin(sim_world *w, int vehicle, int target);
/// Begins lane changes that MOBIL's incentive and safety criteria allow.
void sim_changes_decide(sim_world *w);

// sim/move.c
bool sim_vehicles_create(sim_world *w);
status sim_vehicles_check(const scene *s, trouble *why);
void sim_vehicles_move(sim_world *w);
/// The actor's pose (rear axle's ground point) of a vehicle whose body is there.
pose sim_vehicle_pose(const sim_world *w, int vehicle, bool before);
/// Takes a vehicle on along its lanes by way_m, negative: back; and on with a lane change.
void sim_vehicle_goes_on(sim_world *w, int vehicle, double way_m);
/// How far a vehicle in a lane change still is to the left of its lane's middle.
double sim_change_offset(const sim_world *w, int vehicle);

// sim/sway.c
bool sim_sway_create(sim_world *w);

/// A body's tilt and heave after it has moved on by a step.
void sim_sway(sim_world *w, int vehicle);
/// Moves bodies begin … end - 1 on their springs, once sim_sway() has been told of a step.
void sim_springs_move(sim_world *w, int begin, int end);
/// A new vehicle's springs; and that they stay as they are.
void sim_sway_start(sim_world *w, int vehicle);
void sim_sway_end(sim_world *w, int vehicle);
/// How far a body's middle is above its place at rest, in m: over crests and in dips, and where it
/// dives.
double sim_heave(const sim_world *w, int vehicle, bool before);

// sim/people.c
bool sim_people_create(sim_world *w);
status sim_people_check(const scene *s, trouble *why);
sim_place sim_person_place(const sim_world *w, int person);
void sim_walkers_list(sim_world *w);
void sim_people_move(sim_world *w);
/// Facing follows the way one walks, and aim_rad, the way ahead, while one stands.
void sim_people_turn(sim_people *people, int person, double aim_rad, double most_radps,
                     double dt_s);
/// How far along its edge a person has come, in walking direction.
double sim_person_gone(const sim_world *w, int person);

/// Whose steps take a body along: its own, or those of whom it goes along with.
static inline int sim_leads(const sim_people *people, int person) {
  return people->along[person] >= 0 ? people->along[person] : person;
}

/// Lets a person who was off the walk graph go on along an edge from s.
void sim_person_join(sim_world *w, int person, int edge, double s_m, int direction);

// sim/midblock.c
bool sim_midways_create(sim_world *w);
/// Decides whether somebody who has come to a new edge wants to cross the road beside it.
void sim_midway_wish(sim_world *w, int person);
/// Makes the way over the road where somebody wants to cross; false: nothing came of it.
bool sim_midway_try(sim_world *w, int person);
/// One step of who is on such a way.
void sim_midway_walk(sim_world *w, int person);
/// Lists them by lane for the drivers, and forgets last step's approaches.
void sim_midways_list(sim_world *w);
/// Tells who waits or crosses on a lane, start_m ahead of the front, that a vehicle comes, and
/// returns how far before the front it has to stop for somebody; INFINITY.
double sim_midways_meet(sim_world *w, int vehicle, int lane, double start_m, double sight_m);

// sim/people_company.c
/// At the world's creation, once the other is placed: makes `company` go along.
void sim_company_join(sim_world *w, int company);
/// Puts what goes along with somebody where that person has it.
void sim_company_place(sim_world *w, int person);
/// Turns somebody who has company, which sweeps along, and moves the company there.
void sim_company_turn(sim_world *w, int person);
/// Moves somebody, with company.
void sim_company_shift(sim_people *people, int person, double dx_m, double dy_m);
/// What follows for company from where it went: its gait.
void sim_company_follow(sim_world *w, int company);

// sim/people_cells.c
void sim_people_sort(sim_world *w);
bool sim_posts_create(sim_world *w);
enum { SIM_BUCKETS = 9 };
/// The lists of cells, each once, that hold whoever is within SIM_SEE_M of a place: into
/// cell_head and post_cell_first. Returns how many.
int sim_people_buckets(const sim_world *w, double x_m, double y_m, int out[SIM_BUCKETS]);
/// The list that a place is in.
int sim_people_cell(const sim_world *w, double x_m, double y_m);
#define SIM_SEE_M 3.0
/// So far from the ends of a way its borders are open.
#define SIM_OPEN_M 1.5

// sim/people_force.c
/// Forces by mass on a person who wants to walk at speed_mps towards (ahead_x, ahead_y), a unit
/// vector: the own will, others, posts, and the way's borders.
void sim_people_force(const sim_world *w, int person, double ahead_x, double ahead_y,
                      double speed_mps, double *ax_mps2, double *ay_mps2);

// sim/people_bodies.c
/// Moves people out of each other, of posts and of vehicles where forces didn't keep them out.
void sim_people_part(sim_world *w);

// sim/people_impasse.c
/// Turns the way ahead, a unit vector, and slows who steps back from an impasse.
void sim_impasse_turn(sim_world *w, int person, double *ahead_x, double *ahead_y,
                      double *speed_mps);
/// What follows from having come so far in a step.
void sim_impasse_count(sim_world *w, int person, double way_m);

// sim/people_group.c
/// What walking with others makes of a person's speed, and how far to the right of the way's
/// middle it walks then; true: it waits for them.
bool sim_group_keep(const sim_world *w, int person, double *speed_mps, double *right_m);
/// Whether those who walk with a person who waits at a crosswalk have come, too, or have gone.
bool sim_group_gathered(const sim_world *w, int person);
/// After a step: notes whether a person gets on. Those who don't for long are no longer waited
/// for, by their group or by drivers.
void sim_person_note(sim_world *w, int person);
/// Whether somebody who may step out onto a crosswalk hasn't for so long that drivers go first.
bool sim_person_lingers(const sim_world *w, int person);

// sim/crosswalk.c
/// Forgets last step's approaches.
void sim_approaches_clear(sim_world *w);
/// True when a driver whose front is `distance_m` before crossing `c` must stop for people.
bool sim_crossing_blocked(const sim_world *w, int vehicle, int crossing, double distance_m);
/// Tells the people that vehicle i comes to, or stands on, a crossing.
void sim_crossing_announce(sim_world *w, int vehicle, int crossing, double distance_m);
/// Tells an approach that a vehicle is distance_m before it, or on it.
void sim_approach_announce(const sim_world *w, int vehicle, sim_approach *approach,
                           double distance_m);
/// True when person i may step onto the crosswalk edge that comes next.
bool sim_crosswalk_free(const sim_world *w, int person, const walk_edge *edge, bool from_a);
/// Distance that person i, on a crosswalk, may walk on before a body in the way; INFINITY.
double sim_crosswalk_room(const sim_world *w, int person);

#endif
