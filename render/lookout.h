// SPDX-License-Identifier: Apache-2.0
// What a policy's sensors see, rendered into memory as roadloom/policy.h lays it out. One lookout
// looks at one episode at a time; several may share a device, one call of any of them at a time.
#ifndef RENDER_LOOKOUT_H
#define RENDER_LOOKOUT_H

#include "render/device.h"
#include "roadloom/policy.h"
#include "scenes/scene.h"
#include "sim/snapshot.h"

typedef struct lookout lookout;

/// Sensors by their names ("front,lidar_top") in a rig; those of later scenes have to be of the
/// same kinds and sizes. `dev` must outlive it. Release with lookout_destroy. What sensor_choice_of
/// and sensor_choice_fits return, STATUS_MEMORY, and what the device does wrong.
status lookout_create(lookout **out, device *dev, const rig_def *rig, const char *names,
                      trouble *why);
/// NULL is ignored.
void lookout_destroy(lookout *l);
/// What such sensors are and where their data lie, without a device; `size` says how much memory
/// they take. The same checks as lookout_create.
status lookout_head(const rig_def *rig, const char *names, roadloom_sensors *out, trouble *why);

/// An episode in `s` begins, which must stay until the next one does or the lookout is destroyed.
/// STATUS_CONFLICT: its rig has other sensors of those names.
status lookout_begin(lookout *l, const scene *s, trouble *why);
/// Another episode in the scene that it looks at: what lookout_begin does, but faster.
void lookout_again(lookout *l);
/// Renders what sim_rollout_seen gives before decision `step` into `out`, which has room for
/// the size that lookout_head says.
status lookout_look(lookout *l, const sim_snapshot *seen, int step, roadloom_sensors *out,
                    trouble *why);

#endif
