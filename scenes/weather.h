// SPDX-License-Identifier: Apache-2.0
// The one weather state that camera, lidar, tyres and drivers read.
#ifndef SCENES_WEATHER_H
#define SCENES_WEATHER_H

/// Visibility that stands for "no fog": clean air over any sensor's range.
#define WEATHER_CLEAR_MOR_M 50000.0

typedef struct weather_state {
  double cloud_cover;      // 0 (blue sky) .. 1 (overcast)
  double rain_mmh;         // rain rate, 0 .. 150
  double snow_mmh;         // snowfall as water, 0 .. 20
  double fog_visibility_m; // meteorological optical range (5 % contrast), >= 10
  double water_film_mm;    // mean water depth on the road, >= 0
  double wetness;          // 0 dry .. 1 soaked surfaces
  double snow_depth_mm;    // lying snow, >= 0
  double wind_mps;
  double wind_heading_rad; // direction it blows to, world frame
  double temperature_c;
  double turbidity;         // Preetham's haze measure, 2 (clean) .. 10
  double sun_azimuth_rad;   // world heading of the sun (0 = east, pi/2 = north)
  double sun_elevation_rad; // above the horizon; negative at night
} weather_state;

/// How the weather goes over to another one within a scene. What stands or lies on the ground
/// (water film, wetness, snow) isn't changed to: it follows from what falls.
typedef struct weather_change {
  int given;           // 0: it stays
  double at_s, over_s; // since the scene's begin; how long it takes
  weather_state to;    // its cloud, rain, snow, fog, wind, temperature and turbidity
} weather_change;

/// Sets what `change` sets of the weather at time_s, which began as `from`: halfway between both
/// halfway through. Visibility goes by its extinction's logarithm.
void weather_change_at(const weather_change *change, const weather_state *from, double time_s,
                       weather_state *weather);

/// A clear, dry noon-ish day.
weather_state weather_state_default(void);

/// Puts the sun where it stands at local solar time time_of_day_h (0..24) on day
/// of year 1..366 at latitude_deg. Cooper's declination and the hour angle.
void weather_place_sun(weather_state *weather, double time_of_day_h, double latitude_deg,
                       int day_of_year);

/// Extinction coefficient of fog, per metre: ln 20 / MOR.
double weather_fog_beta_pm(const weather_state *weather);

/// 1 when drivers light their lamps: sun below 3 degrees, or visibility under 120 m.
int weather_is_dark(const weather_state *weather);

#endif
