// SPDX-License-Identifier: Apache-2.0
// Where everything is in the next frame and was in the last one, for labels between frames.
// A frame's interval ends where the next one's begins; what follows is this interval's motion
// carried on as it was, which matters to rolling shutters alone. For files of render/ alone.
#ifndef RENDER_MOTION_H
#define RENDER_MOTION_H

#include "render/tracer.h"
#include "sim/snapshot.h"

typedef struct motion motion;

/// Another frame as labels see it from this one.
typedef struct motion_frame {
  bool known;              // false: there was no last frame
  double interval_s;       // its length
  pose ego_begin, ego_end; // over its interval
  cl_mem movers;           // gpu_mover of the instances from `fixed` on
  trace_scene traced;      // the world then; only when rays were asked for
} motion_frame;

status motion_create(motion **out, device *dev, trouble *why);
void motion_destroy(motion *m);
/// Takes down where instance `number` is; false when memory ran out.
bool motion_note(motion *m, int number, pose begin, pose end);
/// Instance `number`, noted before, also turns about its own y by `spin` radians in this frame, and
/// turned by `spin_before` in the last one.
void motion_spin(motion *m, int number, double spin, double spin_before);
/// The instances [first, end) are parts of a body: they were rigid with it in the last frame.
void motion_carry(motion *m, int first, int end, pose body_before, pose body_begin);
/// Brings both other frames to the device. `now` has this frame's instances, those before `fixed`
/// never move; `rays`: a ray may be traced there, too.
status motion_bring(motion *m, const sim_snapshot *snapshot, const trace_top *now,
                    const trace_scene *traced, const geometry *shapes, int fixed, bool rays,
                    trouble *why);
/// Which instance rays of both other frames pass through, or HIT_NONE.
void motion_skip(motion *m, uint32_t number);
/// Of the last motion_bring: the next frame (0) or the last one (1).
const motion_frame *motion_other(const motion *m, int back);
/// The origin of the movers' positions, near the ego; and the first instance that may move.
vec3 motion_origin(const motion *m);
uint32_t motion_fixed(const motion *m);

#endif
