// SPDX-License-Identifier: Apache-2.0
// Vehicles in service: buses at their stops, police cars and ambulances with their siren on, and
// those who make way for them. For the files of this folder only.
#ifndef SIM_SERVICE_H
#define SIM_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

struct sim_world;

/// Buses and their stops. NULL in worlds without either.
typedef struct sim_buses {
  int *stop_first;          // (path_count + 1) into stops
  struct scene_stop *stops; // (stop_count) by lane, then along it
  int stop_count;
  // Shape (vehicles); written by sim/buses.c.
  int *serves, *past; // number from 1 of the stop it is going to or stands at; of the last one
  double *dwell_s;    // still to stand there; 0 until it stands
  double *leaves_s;   // for so long it still shows that it leaves
} sim_buses;

enum { SIREN_BARS = 4 };

/// What a siren makes of one vehicle that has one.
typedef struct sim_siren {
  int vehicle;
  bool on, out;         // siren on; out of its lane
  double blocked_s;     // for so long it has stood
  int blocker;          // vehicle that it can't get past, -1 none
  double blocker_gap_m; // bumper to bumper
  double pass_mps;      // no faster past those who stand beside its way; INFINITY
  int bars[SIREN_BARS]; // junctions ahead that nobody else enters, 0 none
} sim_siren;

enum { SIREN_SEEN = 48 };

/// A vehicle on or beside the way ahead of one with its siren on, seen along that way.
typedef struct sim_siren_seen {
  int vehicle;
  double ahead_m, behind_m; // bumper to bumper; both negative where they are abreast
  double lo_m, hi_m;        // what its body takes across the way: left of the lane's middle
  double along_mps;         // towards where the siren goes
  bool same_lane;           // as the siren, or on its route
  bool facing;
  bool goes; // into a junction, or is in one
} sim_siren_seen;

/// Sirens and who hears them. NULL in worlds where nobody has one.
typedef struct sim_sirens {
  int count;
  sim_siren *all;
  int seen_count;
  sim_siren_seen *seen; // (SIREN_SEEN) by the one that is planned for
  // Shape (vehicles); written by sim/siren.c.
  int *number;        // from 1 into all; 0: it has none
  double *yields_s;   // for so long it still makes way
  double *aside_m;    // part of shift_m that is making way, or passing those who do
  double *aside_to_m; // what that is to become
  double *halt_m;     // from the front to where it has to stop for one that comes; INFINITY
} sim_sirens;

bool sim_buses_create(struct sim_world *w);
/// The acceleration that the next stop of a bus leaves.
double sim_bus_stop(struct sim_world *w, int vehicle, double a_mps2, double sight_m);
/// Its lamps, with those that show that it stops, stands, or leaves.
uint32_t sim_bus_lamps(const struct sim_world *w, int vehicle, uint32_t flags);

bool sim_sirens_create(struct sim_world *w);
/// Turns one on or off.
void sim_siren_set(struct sim_world *w, int vehicle, bool on);
/// Who hears a siren, and the way past them: once a step, when the queues are built.
void sim_sirens_hear(struct sim_world *w);
/// How fast who makes way drives, at most, where it would drive v0_mps.
double sim_siren_slow(const struct sim_world *w, int vehicle, double v0_mps);
/// The acceleration that sirens leave, those of others and one's own; after all else.
double sim_siren_drive(const struct sim_world *w, int vehicle, double a_mps2, double a_free);
/// Metres sideways a metre ahead, of who makes way or passes at that speed.
double sim_siren_slope(double v_mps);
/// Moves what a vehicle keeps aside as it rolls `way_m` on; returns it.
double sim_siren_aside(struct sim_world *w, int vehicle, double way_m);
/// Whether its siren is on.
bool sim_siren_on(const struct sim_world *w, int vehicle);
/// Whether a junction is kept free for one that comes, and this vehicle has to stay out.
bool sim_siren_bars(const struct sim_world *w, int vehicle, int junction);
/// True for a vehicle that keeps its lane for one's sake, or for a bus stop's.
bool sim_service_keeps_lane(const struct sim_world *w, int vehicle);
/// The same, or whose siren finds it a way of its own across the lane.
bool sim_service_steers(const struct sim_world *w, int vehicle);
uint64_t sim_service_hash(const struct sim_world *w, uint64_t hash);

#endif
