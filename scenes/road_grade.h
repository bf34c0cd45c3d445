// SPDX-License-Identifier: Apache-2.0
// Elevation profiles: how a road's line rises and falls over the ground below it.
#ifndef SCENES_ROAD_GRADE_H
#define SCENES_ROAD_GRADE_H

#include <stdbool.h>

#include "scenes/road_builder.h"

/// What a profile is asked for at one of evenly spaced places along a line.
typedef struct grade_wish {
  double z_m;    // where the ground is, or where the road must be
  double weight; // 1: like all ground; 0: whatever; GRADE_MUST: exactly there
  bool plane;    // no change of grade here
} grade_wish;

#define GRADE_STEP_M 10.0
#define GRADE_MUST 1e7

/// Heights z[count] at GRADE_STEP_M that follow the wishes as closely as a smoothing spline does
/// that is no steeper than grade_most and bends no more than curvature_most_pm (1/m). False when
/// memory ran out or nothing fits.
bool road_grade_fit(double *z, const grade_wish *wishes, int count, double grade_most,
                    double curvature_most_pm);
/// Height and, when grade isn't NULL, rise per metre of the profile at s.
double road_grade_height(const double *z, int count, double s_m, double *grade);
/// Gives a road the profile from s0 on as its elevation: a cubic a step, C1.
void road_grade_apply(road_builder *b, int road, const double *z, int count, double s0_m);

/// Largest vertical curvature of a crest for a speed: 1 / (100 K) by AASHTO's Green Book (2011),
/// table 3-34, K metres a percent of change for stopping sight distance.
double road_grade_curvature(double speed_mps);

#endif
