// SPDX-License-Identifier: Apache-2.0
// A scene as rays meet it: assets looked up and built once, things and actors as
// instances, lamps. For files of render/, benches and oracles.
#ifndef RENDER_STAGE_H
#define RENDER_STAGE_H

#include "render/motion.h"
#include "scenes/rig.h"
#include "sim/snapshot.h"

typedef struct stage stage;

/// Something that gets boxes: a moving actor, a parked vehicle, or a sign, signal head, cone or
/// barrier near the ego.
typedef struct stage_target {
  uint32_t id;
  uint32_t instance; // number in the top-level tree
  thing_kind kind;
  semantic class;
  pose begin, end; // box centre -> world
  double size_m[3];
  vec3 velocity_mps, acceleration_mps2;
  double yaw_rate_radps;
  uint32_t flags;
  int lane;
  bool ego;
  bool has_keypoints;                 // of a person on foot or in a saddle
  float keypoints[KEYPOINT_COUNT][3]; // in the box's frame
} stage_target;

/// `dev` must outlive the stage.
status stage_create(stage **out, device *dev, trouble *why);
void stage_destroy(stage *st);
/// Geometry and fixed instances of a scene, which must stay while it is used.
status stage_set_scene(stage *st, const scene *s, trouble *why);
/// What rays meet of the ego from now on; its shadow alone to begin with.
void stage_show_ego(stage *st, ego_body body);
/// Instances, top-level tree, targets and lamps at a snapshot.
status stage_set_frame(stage *st, const sim_snapshot *snapshot, trouble *why);
/// Where everything is in the frames before and after that of stage_set_frame, to be asked after
/// it; `rays`: for rays, too.
status stage_set_motion(stage *st, const sim_snapshot *snapshot, bool rays, trouble *why);
const motion *stage_motion(const stage *st);
/// What rays of a sensor need; `skip` is the ego unless its body is shown.
const trace_scene *stage_traced(const stage *st);
/// What rays of light need: they meet the ego wherever it throws a shadow.
trace_scene stage_lit(const stage *st);
const trace_top *stage_top(const stage *st);
const geometry *stage_geometry(const stage *st);
const geometry_buffers *stage_buffers(const stage *st);
/// By id, ascending.
const stage_target *stage_targets(const stage *st, int *count);
/// The lamps that matter, nearest to the ego first; none by day.
cl_mem stage_lights(const stage *st, int *count);

#endif
