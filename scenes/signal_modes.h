// SPDX-License-Identifier: Apache-2.0
// How the signals of a scene's junctions work.
#ifndef SCENES_SIGNAL_MODES_H
#define SCENES_SIGNAL_MODES_H

#include "base/status.h"
#include "scenes/scene.h"

/// Draws each junction's place in its programme and its signal_mode. Where signals flash or are
/// dark the priority of the roads is put into the conflicts of `s->roads`: what runs through on
/// the greater road goes first. STATUS_RANGE where def->ego_at.green_at_s is given and the ego
/// comes to no lights of fixed times.
status scene_signals_draw(scene *s, const scene_def *def, trouble *why);

#endif
