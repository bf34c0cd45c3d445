// SPDX-License-Identifier: Apache-2.0
// One spinning lidar. For files of render/ alone.
#ifndef RENDER_LIDAR_H
#define RENDER_LIDAR_H

#include "render/frame.h"
#include "render/stage.h"

/// Kernels shared by all lidars of a device.
typedef struct lidar_tools {
  device *dev;
  cl_program program;
  cl_kernel rays, returns;
} lidar_tools;

status lidar_tools_create(lidar_tools *out, device *dev, trouble *why);
void lidar_tools_destroy(lidar_tools *t);

typedef struct lidar lidar;

/// `tools` and `rays` must outlive the lidar.
status lidar_create(lidar **out, const lidar_def *def, lidar_tools *tools, tracer *rays,
                    trouble *why);
void lidar_destroy(lidar *l);
/// Most points a turn can give.
int lidar_point_limit(const lidar_def *def);

/// What a turn depends on besides the stage. Poses map the lidar frame to the world.
typedef struct lidar_turn {
  pose begin, end;
  double interval_s; // of the poses
  const weather_state *weather;
  uint64_t seed;
  uint32_t scene, frame, number;
} lidar_turn;

/// Scans one turn into `out`'s arrays (room for lidar_point_limit each), which the
/// caller provides. STATUS_RANGE when a turn takes longer than the interval.
status lidar_scan(lidar *l, const stage *st, const lidar_turn *turn, frame_lidar *out,
                  trouble *why);

/// Two-way model of the air: extinction of fog, rain and snow, 1/m.
double lidar_extinction_pm(const weather_state *weather);
/// Power of fog's own return from the pulse at range_m (Hahner et al. 2021, eq. of the
/// soft target with a 20 ns pulse), unit albedo at 1 m = 1.
double lidar_fog_power(double range_m, double fog_visibility_m, double extinction_pm);

#endif
