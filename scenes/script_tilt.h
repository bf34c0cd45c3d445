// SPDX-License-Identifier: Apache-2.0
// Draws of a script by other odds than it says, and by how much: what a search for rare scenes
// needs. A draw of the scene language takes one or two numbers that are uniform in [0, 1), "words";
// a tilt gives each of the first words a density of steps, so that whatever a script does with
// them keeps its meaning. What scenes draw besides their script (roads, traffic, people) stays
// as it is.
//
// A scene's words are a pure function of seed, index, attempt and tilt: the same word of the
// scene's stream as ever, taken through the inverse of the tilt's distribution.
#ifndef SCENES_SCRIPT_TILT_H
#define SCENES_SCRIPT_TILT_H

#include <stdint.h>

#include "scenes/script.h"

enum { SCRIPT_TILT_WORDS = 32, SCRIPT_TILT_BINS = 16 };

typedef struct script_tilt {
  double share; // of scenes drawn by it, 0 .. 1; the rest are drawn as the script says
  // Of each word what mass each sixteenth of [0, 1) has, all > 0; they sum to 1. A word that isn't
  // tilted has 1 / SCRIPT_TILT_BINS everywhere.
  double mass[SCRIPT_TILT_WORDS][SCRIPT_TILT_BINS];
} script_tilt;

/// No tilt: every scene is drawn as the script says, with weight 1.
script_tilt script_tilt_none(void);

/// From now on scenes of the script are drawn by that tilt, which is copied; NULL: none again.
/// Scenes whose actors behave have to be gone by then.
void script_set_tilt(script *s, const script_tilt *tilt);

/// The first words of a scene's draw, in units of 2^-32, and its weight: the density of the
/// script's own draws over that of the mixture, 1 / (1 - share + share x the tilt's density). The
/// mean of weight x f over scenes so drawn is, whatever the tilt, the mean of f over the script's.
double script_tilt_draw(const script_tilt *tilt, uint64_t seed, uint32_t index, uint32_t attempt,
                        uint32_t words[SCRIPT_TILT_WORDS]);

#endif
