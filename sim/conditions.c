// SPDX-License-Identifier: Apache-2.0
#include "sim/conditions.h"
#include "base/least.h"

#include <math.h>

static const double GRAVITY = 9.80665;

// Dry asphalt 0.85; wet 0.4 to 0.6, falling with speed and film as skid trailers
// measure it; packed snow 0.25; ice 0.12 (Wallman & Åström 2001, VTI meddelande 911A).
static void set_friction(sim_conditions *c, const weather_state *w) {
  double wet = least_of(1, most_of(w->wetness, w->water_film_mm / 0.2));
  double film = least_of(2, w->water_film_mm);
  double snow = least_of(1, w->snow_depth_mm / 5);
  bool ice = w->temperature_c < -1 && wet > 0.3 && snow < 0.5;
  c->friction_0 = 0.85 - wet * (0.22 + 0.03 * film);
  c->friction_drop_spm = wet * (0.0025 + 0.0015 * film);
  c->friction_least = 0.85 - wet * 0.5;
  double slippery = ice ? most_of(snow, wet) : snow;
  double low = ice ? 0.12 : 0.25;
  c->friction_0 += slippery * (low - c->friction_0);
  c->friction_drop_spm *= 1 - slippery;
  c->friction_least += slippery * (low - c->friction_least);
}

sim_conditions sim_conditions_from(const weather_state *w) {
  sim_conditions c = {0};
  set_friction(&c, w);
  // Free-flow speeds in rain and snow after the Highway Capacity Manual's speed
  // adjustment factors: about 0.93 in heavy rain and 0.85 in heavy snow.
  double rain = 1 - exp(-w->rain_mmh / 4);
  double falling_snow = 1 - exp(-w->snow_mmh / 1.5);
  double lying_snow = least_of(1, w->snow_depth_mm / 5);
  c.speed_factor = (1 - 0.07 * rain) * (1 - 0.15 * falling_snow) * (1 - 0.2 * lying_snow);
  double friction = sim_conditions_friction(&c, 14);
  c.headway_factor = 1 + 0.15 * rain + 0.5 * most_of(0, 0.6 - friction) / 0.4;
  // Drivers use about a third of the grip in curves, and less than they could when dry.
  c.curve_factor = least_of(1, 0.35 * friction * GRAVITY / 2.25);
  // Stop within sight after 1 s of reaction: v + v^2 / (2 b) = sight. The sight on a
  // dark, unlit body is shorter than the 5 % contrast distance.
  double sight = most_of(10, 0.8 * w->fog_visibility_m);
  double b = least_of(3.5, 0.6 * friction * GRAVITY);
  c.sight_speed_mps = -b + sqrt(b * b + 2 * b * sight);
  c.walking_factor = 1 + 0.12 * rain;
  c.headlights =
      weather_is_dark(w) || w->rain_mmh > 0.2 || w->snow_mmh > 0.1 || w->fog_visibility_m < 1000;
  return c;
}

void sim_weather_step(weather_state *w, double dt_s) {
  // A film drains to the gutter in some two minutes: 10 mm/h hold about 0.3 mm.
  const double drain_ps = 1.0 / 110;
  double fill = w->rain_mmh / 3600;
  double settled = fill / drain_ps;
  w->water_film_mm = settled + (w->water_film_mm - settled) * exp(-dt_s * drain_ps);
  double soaking_ps = least_of(1, w->rain_mmh / 2) / 60;
  double drying_ps = w->water_film_mm > 0.02 ? 0 : 1.0 / 1800;
  w->wetness += (1 - w->wetness) * (1 - exp(-dt_s * soaking_ps));
  w->wetness *= exp(-dt_s * drying_ps);
  // Fresh snow is ten times as deep as its water, and melts by degree-hours.
  double melt_mms = most_of(0, w->temperature_c) * 0.2 * 10 / 3600;
  double fall_mms = w->snow_mmh * 10 / 3600;
  w->snow_depth_mm = most_of(0, w->snow_depth_mm + dt_s * (fall_mms - melt_mms));
}
