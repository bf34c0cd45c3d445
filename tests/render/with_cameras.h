// SPDX-License-Identifier: Apache-2.0
// Scenes seen by cameras that a test describes in a script's words.
#ifndef WITH_CAMERAS_H
#define WITH_CAMERAS_H

#include "render/renderer.h"
#include "scenes/script.h"
#include "sim/world.h"

/// A scene whose rig is the list `cameras`; `rest` has its other fields, without the ego, `ego`
/// the ego's beside its rig. Fails the test when it can't be built.
scene *cameras_build(const char *cameras, const char *rest, const char *ego, script **s);

typedef struct look {
  renderer *r;
  script *s;
  scene *built;
  sim_world *world;
  sim_snapshot now;
  frame f;
} look;

/// Builds the scene and renders its frame of that number, from 1.
void look_open(look *l, device *dev, const char *cameras, const char *rest, const char *ego,
               int frames);
/// Renders what the snapshot shows now.
void look_again(look *l);
void look_close(look *l);

/// A street with traffic and people by day.
extern const char cameras_street[];

#endif
