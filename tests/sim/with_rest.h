// SPDX-License-Identifier: Apache-2.0
// Worlds in which who stands may rest beside the same worlds in which nobody does.
#ifndef TESTS_SIM_WITH_REST_H
#define TESTS_SIM_WITH_REST_H

#include "scenes/script.h"
#include "sim/world.h"

/// Steps of vehicles, and those in which they rested.
typedef struct rest_tally {
  long steps, rests;
} rest_tally;

/// What a scene's script returns, without its braces. The folder has grid.xodr, the bench's map of
/// 5 x 5 junctions. Release the scene, then close the script.
scene *with_rest_scene(script **source, const char *folder, const char *text, uint64_t seed);
/// Makes such a folder, `name` being a pattern as of mkdtemp(); removes it.
void with_rest_folder(char *name);
void with_rest_clear(const char *name);
/// The first vehicle of which two states differ, for who has to find out why; -1 none.
int with_rest_other(const sim_world *a, const sim_world *b);
/// Puts somebody somewhere else, standing.
void with_rest_put(sim_world *w, int vehicle, int lane, double s_m);
/// Steps a scene's worlds side by side, the one that rests on so many threads. Fails the test where
/// their hashes differ. disturbed > 0: so often each 10 steps somebody is stopped, driven off or
/// put near one that rests, in both alike, and every state is compared instead of each tenth.
rest_tally with_rest_beside(const scene *s, const char *name, uint64_t seed, int steps, int threads,
                            int disturbed);

#endif
