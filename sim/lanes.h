// SPDX-License-Identifier: Apache-2.0
// What drivers need to know of the lane graph, worked out once a scene.
#ifndef SIM_LANES_H
#define SIM_LANES_H

#include <stdint.h>

#include "base/arena.h"
#include "scenes/road.h"
#include "sim/track.h"

/// Another lane that begins where this one does, and how far along both a vehicle
/// on the one still is in the way of the other.
typedef struct sim_fork {
  int lane;
  double apart_m;
} sim_fork;

/// Where a lane meets a crosswalk, seen from the people on it.
typedef struct sim_band {
  int edge;                // walk_edge id of the crosswalk, 0 when it has none
  double middle_m, half_m; // along that edge from node a: where the lane's traffic sweeps
} sim_band;

/// How much of the road a body takes in bends, by its length and the lane: as cars do; as vans do
/// in bends that are tight for them; as buses do.
typedef enum sim_bulk { BULK_CAR, BULK_VAN, BULK_LONG } sim_bulk;

/// A conflict as long vehicles meet it, whose corners swing out of their lane, as vans do, and the
/// network's own one for others.
typedef struct sim_conflict {
  lane_conflict wide;
  lane_conflict van; // `other` is 0: vans pass each other there
  int narrow;        // index into the network's conflicts, -1 none
  bool merges;       // both lanes end in the same lane
} sim_conflict;

/// The next way off a longer road that a lane, or one beside it, leads to.
typedef struct sim_exit {
  int off;       // lane id of the ramp when this very lane ends in it, else 0
  int ramp;      // lane id of the next ramp ahead, 0 none
  int side;      // where the lanes are that lead there: 1 left, -1 right, 0 this one
  double last_m; // along this lane: up to where one can still get to them, or to the ramp
} sim_exit;

/// The lanes on both sides of one, 0 none.
typedef struct sim_lane_pair {
  int right, left;
} sim_lane_pair;

/// What every vehicle asks of the lanes on its way, each step: one cache line a lane.
typedef struct sim_lane_facts {
  double length_m, speed_limit_mps;
  double stop_m;             // where to stop before a junction, at the lane's end at the latest
  double begin_v2, least_v2; // curve_v2 where it begins, and its least
  double fork_m;             // up to where one is beside lanes that begin where it does
  double top_mps;            // its speed_mps, at least 1
  int junction;              // 0 outside of junctions
  uint8_t turn;              // turn_kind
  uint8_t marks;             // SIM_LANE_... bits
  uint16_t van_cm;           // bodies longer than this sweep as vans do; UINT16_MAX where none do
} sim_lane_facts;

/// Marks of a lane: others beside it, of whatever kind; it leads off, ends or is closed ahead, or
/// others beside it do; it bends tightly outside of junctions; people may cross it; it leads
/// nowhere; others begin where it does; a signal stands at its end.
enum {
  SIM_LANE_BESIDE = 1,
  SIM_LANE_BINDS = 2,
  SIM_LANE_TIGHT = 4,
  SIM_LANE_CROSSED = 8,
  SIM_LANE_LAST = 16,
  SIM_LANE_FORKS = 32,
  SIM_LANE_SIGNAL = 64
};

/// Where a world's colors have that of a group of a junction.
#define SIM_COLOR_AT(junction, group) (((junction)-1) * (ROAD_SIGNAL_GROUPS + 1) + (group))

typedef struct sim_lanes {
  sim_lane_facts *facts; // (path_count)
  int *color_at;         // (path_count) into the world's colors: of its signal, -1 none, or dark
  int bind_count;        // lanes marked SIM_LANE_BINDS
  int *binding;          // (bind_count) those
  sim_lane_pair *before; // (path_count) the lanes that one may change from to this one
  sim_track *tracks;     // (path_count)
  sim_track *edges;      // (walk_edge_count)
  double **curve_v2;     // (path_count)(track's count) highest speed squared that braking
                         // softly for the curves ahead on this lane leaves; dry road
  double *speed_mps;     // (path_count) limit, or the slowest curve's speed when lower
  double *reach_m;       // (path_count) longest way ahead before the network ends
  int *facing;           // (path_count) the lane beside it that runs against it, 0 none
  int *turn_beside;      // (path_count) the lane next to it, for buses farther back, that one has
                         // to be on to turn off at the junction ahead; 0 none
  int *bikes_beside;     // (path_count) the lane for bicycles next to it; of such a lane, the one
                         // next to that; 0 none
  double *tight_begin_m; // (path_count) from where to where, outside junctions, two
  double *tight_end_m;   //   long bodies can't pass; empty when begin >= end
  double *room_left_m;   // (path_count) from the lane's begin: how far on it and the lane to
  double *room_right_m;  //   its left, its right, stay beside each other; 0 without
  double *long_stop_m;   // where long vehicles stop before a junction: facts' stop_m or before it
  double *open_m;        // (path_count) up to where it is too narrow for a body
  double *end_m;         // (path_count) from its begin: where it and those that it goes on in
                         //   end while others go on; INFINITY when they don't
  sim_exit *exits;       // (path_count)
  double *works_m;       // (path_count) from its begin: where works have closed it; INFINITY
  double *taper_m;       // (path_count) over what length they do
  double *ride_m;        // (path_count) left of its middle, where cyclists keep on it
  uint8_t *open_over;    // (path_count) the lane facing it may be used to pass somebody
  int *fork_first;       // (path_count + 1) into forks
  int *bundle;           // (path_count) of lanes that part from each other, from 0; 0: from none
  int bundle_count;
  sim_fork *forks;
  int *crossing_first;                  // (path_count + 1) into the network's crossings
  sim_band *bands;                      // (crossing_count)
  int *walk_first;                      // (crosswalk_count + 1) into walk_crossings
  int *walk_crossings;                  // (crossing_count) crossing indices by crosswalk
  int *conflict_first, *conflict_count; // (path_count) into conflicts
  sim_conflict *conflicts;
  int *conflict_with; // as many: the other lane of each, to look first whether anybody claims it
} sim_lanes;

/// Softest braking before curves and slower lanes.
#define SIM_CURVE_DECEL_MPS2 1.5
/// What lateral acceleration drivers accept on a dry road.
#define SIM_LATERAL_MPS2 2.25
/// Bodies longer than this need the wide conflicts.
#define SIM_LONG_M 6.0
/// So do, as vans, those longer than this on lanes that bend sharper than that: a van's middle cuts
/// a bend of 9 m radius by its length squared over 8 radii, 0.4 m. In bends that are sharper still
/// shorter ones do, whose middles would cut them by more than SIM_CUT_M.
#define SIM_VAN_M 5.0
#define SIM_SWEPT_PM (1.0 / 9)
#define SIM_CUT_M 0.55
/// Bends sharper than this are too tight for two of them to meet in.
#define SIM_TIGHT_PM (1.0 / 45)
/// Ways ahead longer than this are as good as endless.
#define SIM_REACH_M 4000.0

/// Fills `out` from memory of `a`; false when memory ran out.
bool sim_lanes_build(sim_lanes *out, arena *a, const road_network *net);

/// The part of sim_lanes_build in sim/conflicts.c.
bool sim_conflicts_build(sim_lanes *out, arena *a, const road_network *net);

/// The part in sim/long_stop.c.
bool sim_long_stops_build(sim_lanes *out, arena *a, const road_network *net);

/// The part in sim/corridor.c.
bool sim_corridors_build(sim_lanes *out, arena *a, const road_network *net);

/// The part in sim/sides.c, after the others.
bool sim_sides_build(sim_lanes *out, arena *a, const road_network *net);

/// The lane to the left (side > 0) or right that somebody may change to, 0 none: of one for
/// bicycles it is the one for cars beside it, which riders may be on, too, nearer to the road's
/// middle.
int sim_lane_beside(const sim_lanes *lanes, const road_network *net, const lane_path *lane,
                    int side);

/// The lane on that side that somebody may change from to this one, 0 none.
static inline int sim_lane_before_change(const sim_lanes *lanes, const road_network *net,
                                         const lane_path *lane, int side) {
  int beside = side > 0 ? lane->left : lane->right;
  int bikes = beside || lane->users == LANE_FOR_BICYCLES ? 0 : lanes->bikes_beside[lane->id - 1];
  return bikes && sim_lane_beside(lanes, net, &net->paths[bikes - 1], -side) == lane->id ? bikes
                                                                                         : beside;
}

/// curve_v2 at s on a lane, interpolated.
static inline double sim_lane_curve_v2(const sim_lanes *lanes, int lane, double s_m) {
  double u;
  int k = sim_track_find(&lanes->tracks[lane - 1], s_m, &u);
  const double *v2 = lanes->curve_v2[lane - 1] + k;
  return v2[0] + u * (v2[1] - v2[0]);
}

#endif
