// SPDX-License-Identifier: Apache-2.0
// Episodes by hand on a straight road along x: lane 1 about y = 0, lane 2 about y = 3.5, both in
// the direction of x and 3.5 m wide, lane 3 about y = 7 against it; nothing beside them may be
// driven on. The route is lane 1 from x = 0 to x = 1000. The survey's part is worked out here, so
// that scores are tested without it.
#ifndef TESTS_SIM_WITH_STRAIGHT_H
#define TESTS_SIM_WITH_STRAIGHT_H

#include "sim/scores.h"

/// A record of that many frames and actors; the ego is 4.8 x 1.9 m, its rear axle 1.4 m behind its
/// middle; steps of 0.1 s. The reference drives 10 m/s. Destroy it.
sim_episode *straight_create(int frames, int actors);
/// Frame by frame: the ego with its middle there; a: acceleration along.
void straight_ego(sim_episode *e, double x, double y, double yaw, double v, double a);
/// Places somebody in the last frame, moving along its heading.
void straight_actor(sim_episode *e, int slot, double x, double y, double yaw, double v);
/// Scores it; fails the test when that can't be done.
void straight_score(sim_scores **scores, sim_episode *e);
/// The ego goes along y at v from x for so many frames.
void straight_drive(sim_episode *e, int frames, double x, double y, double v);

void straight_near(const char *what, double found, double expected, double within);

#endif
