// SPDX-License-Identifier: Apache-2.0
// Small scenes by hand: roads whose every number a test knows.
#ifndef TESTS_SIM_WITH_NETWORKS_H
#define TESTS_SIM_WITH_NETWORKS_H

#include "scenes/scene.h"
#include "sim/world.h"

/// A driver with a = 1.5, b = 2, T = 1.2, s0 = 2, delta 4 who wants exactly the limit.
driver_params with_driver(void);

/// A scene with one circular lane of that length and `vehicles` cars spread evenly,
/// at rest. 600 s, 10 Hz, steps of 0.05 s. Release with with_scene_free.
scene *with_ring(double length_m, double limit_mps, int vehicles);

/// One straight lane along x. Vehicle 0 is the ego, at s = 10 m, at rest.
scene *with_straight(double length_m, double limit_mps, int vehicles);

/// A straight way along x in lanes that follow each other: 100 m, `pieces` of piece_m, 100 m.
scene *with_pieces(double piece_m, int pieces, double limit_mps, int vehicles);

/// A bend: 60 m straight, a left arc of that radius through 90 degrees, 60 m straight.
scene *with_bend(double radius_m, double limit_mps);

/// Two one-way lanes that cross, each 120 m to a junction lane of 16 m and 120 m after
/// it. Lanes 1 2 3 run along x, lanes 4 5 6 along y; lanes 2 and 5 meet, 5 yields.
/// A crosswalk lies over lane 1 between its stop line and the junction, and a walk of
/// three edges (walkway, crosswalk, walkway) leads over it. With signals, group 1 is
/// for lane 1, 2 for lane 4, 3 for the crosswalk; 20 s green each, 3 s yellow, 2 s red.
scene *with_crossing(bool signals, int along_x, int along_y, int people);

/// A walkway round in a circle, of two edges, with so many people spread over it who walk the
/// one way, and a car far away. Speeds are Weidmann's 1.34 m/s.
scene *with_round_walk(double length_m, double width_m, int people);

/// Puts vehicle i somewhere else.
void with_vehicle_at(scene *s, int i, int lane, double s_m, double speed_mps);

/// Makes vehicle i a tractor with a trailer, the scene's next, in the order of vehicles.
void with_trailer(scene *s, int i);

void with_scene_free(scene *s);

/// A world of the scene, which outlives it; fails the test when there is none. Release
/// with sim_world_destroy.
sim_world *with_world(const scene *s);

#endif
