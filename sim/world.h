// SPDX-License-Identifier: Apache-2.0
// The scene in motion. Deterministic: the same scene gives the same states
// bit for bit. Nothing here allocates after creation but the snapshot's arrays.
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "base/status.h"
#include "scenes/behaviour.h"
#include "sim/snapshot.h"

typedef struct sim_world sim_world;

/// Builds a world from `s`, which must outlive it. One thread at a time. Release
/// with sim_world_destroy.
status sim_world_create(sim_world **out, const scene *s, trouble *why);
void sim_world_destroy(sim_world *world);
/// Has steps shared out among that many threads, 1 … TEAM_MOST (base/team.h), the caller's among
/// them; one to begin with. No state depends on it. Call after any fork. STATUS_RANGE,
/// STATUS_MEMORY, STATUS_LIMIT (no more threads) change nothing.
status sim_world_use_threads(sim_world *world, int threads, trouble *why);

/// Whether who stands while nothing changes around it keeps its decision instead of making it anew,
/// as it does to begin with. No state depends on it.
void sim_world_let_rest(sim_world *world, bool rests);

/// Keeps the state as it is now for sim_world_rewind(), at the cost of a copy of it. STATUS_RANGE:
/// actors of the scene behave, which can't be undone; STATUS_MEMORY. Again: the newer one holds.
status sim_world_keep(sim_world *world, trouble *why);
/// Brings back what was kept, bit for bit and much faster than building a world. Something has to
/// have been kept.
void sim_world_rewind(sim_world *world);

/// Advances by the scene's step_s. An error in a behaviour of the script is STATUS_RANGE,
/// STATUS_LIMIT or STATUS_MEMORY with its line; the world stays as it was then.
status sim_world_step(sim_world *world, trouble *why);
int64_t sim_world_time_ns(const sim_world *world);
/// What the script's behaviours would still wait for if the scene ended now; their number.
int sim_world_waiting(const sim_world *world, behaviour_wait out[ACTORS_MAX]);
/// XXH3 of the whole moving state: of all that a step carries over to the next one.
uint64_t sim_world_hash(const sim_world *world);

/// Fills `out` (zeroed or used before) with the interval [now, now + 1/frame_hz)
/// and advances the world to its end. Frame k of a scene is the k-th call.
status sim_world_next_frame(sim_world *world, sim_snapshot *out, trouble *why);
/// The same for who takes the steps: opens a frame that begins now; sim_world_close_frame ends it
/// where the world is then, one step later or more. Frames are numbered on from 0.
status sim_world_open_frame(sim_world *world, sim_snapshot *out, trouble *why);
void sim_world_close_frame(sim_world *world, sim_snapshot *out);
/// An interval of that length in which everything stands as it does now. It is no frame of its own:
/// the next one that is opened has its number.
status sim_world_still_frame(sim_world *world, sim_snapshot *out, int64_t duration_ns,
                             trouble *why);
/// Frames in the scene: floor(duration_s * frame_hz).
uint32_t sim_frame_count(const scene *s);

#endif
