// SPDX-License-Identifier: Apache-2.0
// From a world into the record of an episode.
#ifndef SIM_EPISODE_RECORD_H
#define SIM_EPISODE_RECORD_H

#include "sim/episode.h"
#include "sim/world.h"

/// Gives everybody of a world but the ego a slot: its vehicles in the scene's order without the
/// ego, then its people. Once an episode, after sim_episode_begin.
/// STATUS_LIMIT: the record has no room for so many, or for the network's signals.
status sim_episode_cast(sim_episode *e, const sim_world *world, trouble *why);

/// Opens the next frame and fills it with the world as it is now; after the world's creation and
/// after each of its steps. Its number; -1 when the record is full. Slots are those of
/// sim_episode_cast.
int sim_episode_record(sim_episode *e, sim_world *world);

#endif
