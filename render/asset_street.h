// SPDX-License-Identifier: Apache-2.0
// What stands along roads and gardens. For files of render/asset_*.c alone.
#ifndef RENDER_ASSET_STREET_H
#define RENDER_ASSET_STREET_H

#include "render/mesh.h"

enum {
  LAMP_VARIANTS = 4,
  SIGNAL_VARIANTS = 3,
  WALK_SIGNAL_VARIANTS = 2,
  SIGN_VARIANTS = 22, // SIGN_KIND_COUNT
  POLE_VARIANTS = 5,
  BENCH_VARIANTS = 3,
  BIN_VARIANTS = 3,
  HYDRANT_VARIANTS = 2,
  BOLLARD_VARIANTS = 3,
  BUS_STOP_VARIANTS = 2,
  BILLBOARD_VARIANTS = 2,
  CONE_VARIANTS = 2,
  BARRIER_VARIANTS = 3,
  DELINEATOR_VARIANTS = 2,
  FENCE_VARIANTS = 3,
  GARDEN_WALL_VARIANTS = 3
};

void lamp_size(int variant, double size_m[3]);
void lamp_build(int variant, mesh *out);
void signal_size(int variant, double size_m[3]);
void signal_build(int variant, mesh *out);
void walk_signal_size(int variant, double size_m[3]);
void walk_signal_build(int variant, mesh *out);
void sign_size(int variant, double size_m[3]);
void sign_build(int variant, mesh *out);
void bench_size(int variant, double size_m[3]);
void bench_build(int variant, mesh *out);
void bin_size(int variant, double size_m[3]);
void bin_build(int variant, mesh *out);
void hydrant_size(int variant, double size_m[3]);
void hydrant_build(int variant, mesh *out);
void bollard_size(int variant, double size_m[3]);
void bollard_build(int variant, mesh *out);
void bus_stop_size(int variant, double size_m[3]);
void bus_stop_build(int variant, mesh *out);
void billboard_size(int variant, double size_m[3]);
void billboard_build(int variant, mesh *out);
void pole_size(int variant, double size_m[3]);
void pole_build(int variant, mesh *out);
void cone_size(int variant, double size_m[3]);
void cone_build(int variant, mesh *out);
void barrier_size(int variant, double size_m[3]);
void barrier_build(int variant, mesh *out);
void delineator_size(int variant, double size_m[3]);
void delineator_build(int variant, mesh *out);
void fence_size(int variant, double size_m[3]);
void fence_build(int variant, mesh *out);
void garden_wall_size(int variant, double size_m[3]);
void garden_wall_build(int variant, mesh *out);

#endif
