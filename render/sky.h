// SPDX-License-Identifier: Apache-2.0
// Daylight from first principles: the atmosphere's scattering as a table of the clear
// sky, the sun after the air, clouds and fog, and what all that does to surfaces.
#ifndef RENDER_SKY_H
#define RENDER_SKY_H

#include "render/kernels/sky.h"
#include "render/kernels/types.h"

/// Radiance of a cloudless sky by direction relative to the sun, as gpu_sky.table lays
/// it out. A pure function of its two numbers.
typedef struct sky_table {
  float elevation_rad, turbidity;
  float radiance[SKY_ELEVATIONS][SKY_AZIMUTHS][3];
  float irradiance[3]; // of the dome on a level surface
} sky_table;

/// Elevation and turbidity as the tables quantise them: finer than the eye, coarse
/// enough that the frames of a scene share a table.
void sky_table_key(const gpu_weather *weather, float *elevation_rad, float *turbidity);
/// Fills the table for a key; some milliseconds.
void sky_table_make(float elevation_rad, float turbidity, sky_table *out);

/// Share of the sun's light, by colour, that a clear atmosphere lets through.
void sky_sun_transmittance(double elevation_rad, double turbidity, double out[3]);
/// Share of the direct sun that passes clouds of that cover.
double sky_direct_share(double cloud_cover);
/// Share of the whole daylight that passes them (Kasten and Czeplak 1980).
double sky_global_share(double cloud_cover);
/// Share of the direct sun that passes a fog bank.
double sky_fog_share(double fog_beta, double elevation_rad);
/// Light of a clear sky, without the sun, on level ground; unit as gpu_sky. For
/// exposure; within a few tens of per cent of the table.
double sky_dome_irradiance(double elevation_rad);

/// Everything kernels need, from the table of the weather's key and the weather.
void sky_make(const sky_table *table, const gpu_weather *weather, gpu_sky *out);

/// Sun outside the atmosphere on a surface facing it.
#define SKY_SUN 12.8

#endif
